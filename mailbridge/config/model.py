"""The frozen values of the configuration. Each option is described once, here.

The description feeds validation, the commented samples (`config/`, `mailbridge.toml`), `config describe` and the
reference page (`docs/reference/configuration.md`); a test keeps them equal. In the files, paths are relative to the
desk's folder; in a loaded `Config` every path is absolute.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mailbridge.config.values import (
    Charset,
    Day,
    Domain,
    Duration,
    Hours,
    Listen,
    Locale,
    MailAddress,
    NameServer,
    Network,
    Role,
    Security,
    TimeZone,
    Window,
    Word,
    check_week,
)

__all__ = [
    "Agent", "Calendar", "Config", "Database", "Department", "Desk", "Duration", "Imap", "Limits", "Listener", "Lmtp",
    "Locale", "MailAddress", "Relay", "Role", "Section", "Security", "ServiceLevel", "Smtp", "Trust",
]


def _with_usual_port(data: Any, ports: dict[str, int]) -> Any:
    """Fill in the port that a kind of security usually has, when none is written."""
    if isinstance(data, dict) and "port" not in data and data.get("security") in ports:
        return {**data, "port": ports[data["security"]]}
    return data


class Section(BaseModel):
    """A table of the configuration: frozen, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Desk(Section):
    """The desk as a whole."""

    name: str = Field(
        default="Support", min_length=1, description="Name of the desk; customers see it as the sender.",
        examples=["Acme Support"])
    locale: Locale = Field(default="en", description="Language of last resort; the customer's own comes first.")
    timezone: TimeZone = Field(
        default="UTC", description="Time zone of the desk (IANA name).", examples=["Europe/Vilnius"])
    key_file: Path = Field(
        default=Path("secrets/key"),
        description="Secret that signs reply addresses and Message-IDs: one key a line; the first "
        "signs, all are believed, so a new one is put on top.")
    templates: Path = Field(
        default=Path("templates"),
        description="Folder of the reply templates; files that are missing there are taken from the "
        "shipped ones.")


class Database(Section):
    """Where the desk keeps its rows."""

    url: str = Field(
        default="sqlite:///var/mailbridge.db", repr=False,
        description="SQLite by default; PostgreSQL (extra `postgres`) by "
        "its URL. `$NAME` in it is taken from the environment.",
        examples=["postgresql+psycopg://mailbridge@localhost/mailbridge"])
    password_file: Path | None = Field(
        default=None, description="File with the password of the PostgreSQL user, so that the URL holds none.",
        examples=["secrets/database"])
    blobs: Path = Field(
        default=Path("var/blobs"),
        description="Folder of large mails and attachments; shared by all daemons of one database.")


class Listener(Section):
    """A listener for mail."""

    listen: Listen | None = Field(
        default=None, description="Address and port, `host:port`; no listener when it is missing.",
        examples=["127.0.0.1:2525"])
    tls_listen: Listen | None = Field(
        default=None, description="Address and port for TLS from the first byte (RFC 8314); needs `certificate`.",
        examples=["0.0.0.0:465"])
    hostname: str = Field(
        default="localhost", min_length=1, description="The name we greet with.", examples=["mx.example.org"])
    certificate: Path | None = Field(
        default=None, description="PEM file with the certificate chain; switches STARTTLS on.",
        examples=["secrets/certificate.pem"])
    private_key: Path | None = Field(
        default=None, description="PEM file with the key of the certificate, when it is not in the same file.",
        examples=["secrets/certificate.key"])
    auth: bool = Field(
        default=True, description="Offer AUTH (on TLS only) to agents who have a `password_hash_file`.")
    max_connections: int = Field(default=200, ge=1, description="Connections at once; more are told `421`.")
    max_connections_per_peer: int = Field(
        default=20, ge=1, description="Connections at once from one address; loopback and `[trust] peers` are exempt.")
    max_mails_per_peer_minute: int = Field(
        default=60, ge=1, description="Mails a minute from one address; loopback and `[trust] peers` are exempt.")
    max_recipients: int = Field(default=100, ge=1, description="Recipients of one mail; more are told `452`.")
    max_message_mb: int = Field(default=50, ge=1, description="Largest mail, in megabytes (10^6 bytes).")
    max_header_kb: int = Field(
        default=256, ge=16, description="Largest header, in kilobytes; more is refused with `552`.")
    timeout_seconds: int = Field(
        default=300, ge=5, description="Silence after which a client is let go (RFC 5321 §4.5.3.2).")
    max_data_seconds: int = Field(default=1200, ge=10, description="Longest time that one mail may take to arrive.")


class Smtp(Listener):
    """The SMTP listener (RFC 5321)."""


class Lmtp(Listener):
    """The LMTP listener (RFC 2033): the same, with one answer for each recipient."""

    listen: Listen | None = Field(
        default=None, description="Address and port, `host:port`; no listener when it is missing.",
        examples=["127.0.0.1:2424"])


class Imap(Section):
    """A mailbox that we read by IMAP (RFC 9051). One `[[imap]]` table for each account."""

    name: Word = Field(
       description="Our name of the account. What became of each mail is noted under it, so it stays the same "
        "for good.", examples=["support"])
    host: str = Field(min_length=1, description="The IMAP server.", examples=["imap.example.org"])
    port: int = Field(
        default=993, ge=1, le=65535, description="Its port; when none is written, 143 unless security is `tls`.")
    security: Security = Field(
        default="tls", description="`tls` from the first byte, `starttls`, or `none` (for loopback only).")
    user: str = Field(min_length=1, description="User name of the account.", examples=["support@example.org"])
    password_file: Path = Field(description="File with its password.", examples=["secrets/imap"])
    ca_file: Path | None = Field(
        default=None, description="PEM file of a private certificate authority.", examples=["secrets/ca.pem"])
    mailbox: MailAddress = Field(
       description="The address, one of a department's, that mail in this account was sent to.",
        examples=["support@example.org"])
    folders: tuple[str, ...] = Field(
        default=("INBOX",), min_length=1, description="Folders that are read for new mail.")
    acknowledge: Literal["keyword", "move", "none"] = Field(
        default="keyword",
        description="How a mail is marked once it is safe with us: by a `keyword`, by a `move` to another "
        "folder, or not at all. `\\Seen` is never touched.")
    keyword: Word = Field(default="Mailbridge", description="The keyword, for `keyword`.")
    move_to: str = Field(
        default="Processed", min_length=1, description="The folder, for `move`; made when it is missing.")
    shared: bool = Field(
        default=False,
        description="People work in this account: drafts are filed there, and mail in its `sent` folder may be "
        "an agent's answer.")
    drafts: str = Field(default="Drafts", min_length=1, description="Folder for drafts, when shared.")
    sent: str = Field(default="Sent", min_length=1, description="Folder of sent mail, when shared.")
    poll_seconds: int = Field(
        default=60, ge=5, description="Time between looks at each folder; the first one is also watched by IDLE.")
    max_message_mb: int = Field(
        default=50, ge=1,
        description="Largest mail that is taken in, in megabytes (10^6 bytes). A larger one stays where it lies, and its "
        "ticket says so.")
    timeout_seconds: int = Field(default=60, ge=5, description="Longest wait for an answer of the server.")

    @model_validator(mode="before")
    @classmethod
    def _usual_port(cls, data: Any) -> Any:
        return _with_usual_port(data, {"tls": 993, "starttls": 143, "none": 143})


class Relay(Section):
    """The way out."""

    kind: Literal["maildir", "smtp"] = Field(
        default="maildir",
        description="`maildir` writes a file for each recipient, for trying out and for tests; `smtp` "
        "sends.", examples=["smtp"])
    path: Path = Field(default=Path("var/outgoing"), description="The Maildir, for `maildir`.")
    host: str = Field(
        default="localhost", min_length=1, description="The smarthost, for `smtp`.", examples=["smtp.example.org"])
    port: int = Field(
        default=587, ge=1, le=65535, description="Its port; when none is written, 465 if security is `tls`.")
    security: Security = Field(
        default="starttls", description="`starttls`, `tls` from the first byte, or `none` (for loopback only).")
    user: str | None = Field(default=None, description="User name for AUTH.", examples=["support@example.org"])
    password_file: Path | None = Field(
        default=None, description="File with the password for AUTH.", examples=["secrets/relay"])
    ca_file: Path | None = Field(
        default=None, description="PEM file of a private certificate authority.", examples=["secrets/ca.pem"])
    hostname: str = Field(
        default="localhost", min_length=1, description="The name we say in EHLO.", examples=["mx.example.org"])
    timeout_seconds: int = Field(default=60, ge=5, description="Longest wait for an answer of the relay.")
    give_up_after: Duration = Field(
        default="5d",
        description="Time after which a mail that is only ever refused for now has failed (RFC 5321 §4.5.4.1).")

    @model_validator(mode="before")
    @classmethod
    def _usual_port(cls, data: Any) -> Any:
        return _with_usual_port(data, {"tls": 465})


class Trust(Section):
    """Whom we believe about the sender of a mail."""

    authserv_ids: tuple[str, ...] = Field(
        default=(),
        description="Names (authserv-id) of the mail servers whose Authentication-Results we believe, top-most "
        "only (RFC 8601).", examples=[["mx.example.org"]])
    peers: tuple[Network, ...] = Field(
        default=(), description="Addresses or networks of the mail servers that hand us mail by SMTP or LMTP and whose "
        "Authentication-Results count.", examples=[["192.0.2.10", "10.0.0.0/8"]])
    check_dkim: bool = Field(
        default=False,
        description="Check DKIM signatures ourselves, in mail whose sender nothing else proves (extra `dkim`). Asks the DNS for "
        "keys, so every sender can learn that his mail was read; a name server that does not answer holds mail up by two "
        "seconds at most.")
    name_servers: tuple[NameServer, ...] = Field(
        default=(), description="DNS servers to ask, by IP address; those of the machine when missing. Their answers are "
        "believed, so they should be near.", examples=[["127.0.0.1"]])


class Limits(Section):
    """Caps on automatic mail to customers (counted by the time that a mail was made for) and on reading."""

    per_sender_day: int = Field(default=20, ge=10, description="Automatic mails to one address in a day.")
    per_ticket_day: int = Field(default=10, ge=5, description="Automatic mails on one ticket in a day.")
    per_minute: int = Field(
        default=300, ge=1,
        description="Automatic mails in all in a minute; over it the breaker holds them and tells the admin.")
    max_parts: int = Field(
        default=1000, ge=10, description="Parts of one mail that are read; a mail with more is quarantined.")
    read_seconds: int = Field(
        default=10, ge=1, le=30,
        description="Computing time that reading one mail may take; then it is quarantined.")
    read_memory_mb: int = Field(
        default=300, ge=100,
        description="Memory that reading one mail may take beside six times its own size, in megabytes (10^6 bytes); then "
        "it is quarantined. Holds for mail that is read by processes of their own (`readers`).")
    readers: int | None = Field(
        default=None, ge=0, le=32,
        description="Processes that read mail, so that a hostile one harms nothing else. When missing, the daemon has "
        "one, and single commands read in their own process, as everybody does with 0.", examples=[2])


class Department(Section):
    """A team with its own mailboxes, agents and times. File `config/departments.toml`, one table each."""

    name: str = Field(
        default="", description="Name that customers see; the desk's name when empty.", examples=["Customer service"])
    mailboxes: tuple[MailAddress, ...] = Field(
       min_length=1, description="Addresses we receive mail for; the first is the sender of answers.",
        examples=[["support@example.org"]])
    calendar: str | None = Field(
        default=None, description="Name of a table in `calendars.toml`; always open when missing.", examples=["office"])
    service_level: str | None = Field(
        default=None, description="Name of a table in `service_levels.toml`; the defaults there when missing.",
        examples=["standard"])
    escalation: tuple[Role, ...] = Field(
        default=("lead", "supervisor"), description="Whom overdue tickets climb to, in order.")
    follow_up: Literal["send", "draft", "off"] = Field(
        default="send", description="What happens to the 24-hour news: sent, laid before the agent, or none.")
    most_follow_ups: int | None = Field(
        default=None, ge=1,
        description="News in a row without an answer by a person, at most; until somebody answers when missing.",
        examples=[14])
    locale: Locale | None = Field(
        default=None, description="Language of its mailboxes, when the customer's is unknown.", examples=["lt"])
    separator: Literal["+", "-", "=", ""] = Field(
        default="+",
        description="What separates the reply token from the mailbox's name; empty when the mail server knows no "
        "sub-addresses.")
    reply_domain: Domain | None = Field(
        default=None,
        description="Domain of which every address reaches this department (a catch-all); the reply token is then the "
        "whole name before the `@`.", examples=["reply.example.org"])
    acknowledge: bool = Field(default=True, description="Tell a customer at once that the mail has arrived.")
    several_mailboxes: Literal["one", "each"] = Field(
        default="one", description="A mail to several departments is one ticket, or one for each (linked).")
    reopen_window: Window = Field(
        default="14d",
        description="Time after closing in which a reply reopens the ticket; later it opens a linked one.")
    after_answer: Literal["open", "pending"] = Field(
        default="open",
        description="State of a ticket after an agent's answer: we owe the next step, or the customer does.")
    subject_tag: bool = Field(default=False, description="Put `[#1042]` into the subject of mails to customers.")
    match_by_subject: bool = Field(
        default=False,
        description="A reply that refers to nothing joins its sender's ticket with the same subject, if the sender is "
        "proven.")
    subject_window: Window = Field(
        default="14d", description="How far back `match_by_subject` looks, in whole weeks.", examples=["28d"])
    charset_hints: tuple[Charset, ...] = Field(
        default=(), description="Charsets to try on mail that declares none or a wrong one, in this order.",
        examples=[["cp1257", "cp1251"]])


class Agent(Section):
    """One of us who answers. File `config/agents.toml`, one table each."""

    name: str = Field(min_length=1, description="Name that customers see.", examples=["Anna Petrova"])
    address: MailAddress = Field(
       description="The agent's own address: where notifications go and answers come from.",
        examples=["anna@example.org"])
    departments: tuple[str, ...] = Field(
        default=(), description="Departments the agent works for; all when empty.", examples=[["support"]])
    role: Role = Field(
        default="agent",
        description="`agent` answers, `lead` and `supervisor` hear of overdue tickets, `admin` of faults.")
    locale: Locale | None = Field(
        default=None, description="Language of mail to the agent; the desk's when missing.", examples=["ru"])
    password_hash_file: Path | None = Field(
        default=None,
        description="File with the hash that `mailbridge hash-password` prints; for agents who submit through "
        "our listener.", examples=["secrets/anna"])


class ServiceLevel(Section):
    """Targets. File `config/service_levels.toml`, one table each. In business time, `d` is one open day."""

    first_response: Duration = Field(default="1h", description="Until the first answer by a person, in business time.")
    next_response: Duration | None = Field(
        default=None, description="Until each later answer, in business time.", examples=["4h"])
    update: Duration = Field(
        default="24h", description="Longest silence towards a customer whom we owe an answer, in running time.")
    resolution: Duration | None = Field(default="3d", description="Until the ticket is resolved, in business time.")
    escalate_after: tuple[Duration, ...] = Field(
        default=("1h", "4h"), description="When each step of the ladder is told, counted from the breach.")


class Calendar(Section):
    """Opening hours. File `config/calendars.toml`, one table each."""

    timezone: TimeZone = Field(
        default="UTC", description="Time zone of the hours (IANA name).", examples=["Europe/Vilnius"])
    hours: Annotated[dict[str, tuple[Hours, ...]], AfterValidator(check_week)] = Field(
       default={"mon-sun": ("00:00-24:00",)}, description="Opening hours by day or span of days; always open when "
        "missing.", examples=[{"mon-fri": ["09:00-18:00"]}])
    closed: tuple[Day, ...] = Field(default=(), description="Closed days.", examples=[["2026-12-24"]])
    holidays: str | None = Field(
        default=None, description="Country or country-region whose public holidays are closed (extra `holidays`).",
        examples=["LT"])


class Config(Section):
    """The whole configuration of a desk, checked. `folder` is the desk's folder; every path in here is absolute."""

    folder: Path = Field(exclude=True)
    desk: Desk = Desk()
    database: Database = Database()
    smtp: Smtp = Smtp()
    lmtp: Lmtp = Lmtp()
    imap: tuple[Imap, ...] = ()
    relay: Relay = Relay()
    trust: Trust = Trust()
    limits: Limits = Limits()
    departments: dict[str, Department] = Field(default_factory=dict)
    agents: dict[str, Agent] = Field(default_factory=dict)
    service_levels: dict[str, ServiceLevel] = Field(default_factory=dict)
    calendars: dict[str, Calendar] = Field(default_factory=dict)
