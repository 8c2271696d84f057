"""Reads and judges one mail: from its bytes and envelope to plain values, before anybody asks what is known about it.

Comes in: the exact bytes, what the peer said (`Envelope`), and what the pure rooms go by (`Reading`). Goes out: `ReadMail`.
Touches no world and asks no clock. All three can be sent to another process, so this module stays light: it knows neither
the database nor the desk (`mailbridge/reader.py` is such a process, `mailbridge/readers.py` hands the mail out).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from mailbridge.config.model import Config, Department
from mailbridge.decide.classify import Classification, Kind, classify
from mailbridge.decide.classify_words import KindWords
from mailbridge.decide.forwards import Original, find_original
from mailbridge.decide.groups import without_group
from mailbridge.decide.mailboxes import Mailbox, first_mailbox
from mailbridge.decide.own_check import judge_with_answers, names_to_ask
from mailbridge.decide.signals import Signals, alike_of, read_signals, weeks_of
from mailbridge.decide.trust import Trust, TrustFacts, TrustVerdict, judge_trust
from mailbridge.mail.language import language
from mailbridge.mail.message import Mail, Written
from mailbridge.mail.parse import read_envelope, read_mail
from mailbridge.mail.patterns import Patterns
from mailbridge.mail.quote import written
from mailbridge.mail.tokens import is_own_message_id

_FIRST_MAIL = datetime(1982, 8, 13, tzinfo=UTC)  # RFC 822


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pure rooms go by when they read a mail; replaced as a whole when the configuration is read anew.

    keys: that sign tokens, the newest first. markers: words above which a reply of ours ends.
    """

    patterns: Patterns
    words: KindWords
    config: Config
    keys: tuple[bytes, ...]
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came with the bytes of a mail; see `spool.Delivery`.

    answers: what the DNS said about the names that `ReadMail.asks` names, when it was asked (see `own_check.py`).
    """

    sender: str | None
    recipients: tuple[str, ...]
    source: str
    received_at: datetime
    authenticated_as: str | None = None
    believed: bool = False
    mailbox: str | None = None
    answers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One mail, read and judged.

    mailbox, department: which of ours it is for. at: when it came; of imported history, when it was written.
    original: the mail that it forwards, if its From is one of us. asks: names of TXT records that might prove its sender;
    with their answers in its envelope it is read once more.
    """

    mail: Mail
    written: Written
    kind: Classification
    verdict: TrustVerdict
    signals: Signals
    mailbox: str
    department: str
    at: datetime
    language: str | None = None
    importing: bool = False
    original: Original | None = None
    asks: tuple[str, ...] = ()


def read(raw: bytes, envelope: Envelope, reading: Reading) -> ReadMail:
    """Read and judge one mail. Raise ParseError when it goes over a limit on its parts or its head."""
    config = reading.config
    mailbox = first_mailbox(envelope.recipients, config.departments)
    hints = config.departments[mailbox.department].charset_hints if mailbox else ()
    mail = read_mail(raw, hints, config.limits.max_parts)
    mailbox = mailbox or _mailbox_in(mail, envelope.mailbox, config.departments)
    said = written(mail, reading.patterns, reading.markers)
    ours = frozenset(box for department in config.departments.values() for box in department.mailboxes)
    kind = classify(
        mail,
        envelope.sender,
        reading.words,
        said.reply,
        lambda ref: is_own_message_id(ref, reading.keys),
        ours,
    )
    verdict, asks = _judge(raw, mail, envelope, config)
    mail, verdict = without_group(mail, verdict, config.departments)
    about = kind.bounce.original_message_id if kind.bounce else ""
    importing = envelope.source == "import"
    alike = None
    if kind.kind is Kind.HUMAN and not importing:
        weeks = weeks_of(config.departments[mailbox.department])
        alike = alike_of(mail, mailbox.address, said.reply, envelope.received_at, weeks)
    signals = read_signals(mail, envelope.recipients, reading.keys, about, alike)
    return ReadMail(
        mail=mail,
        written=said,
        kind=kind,
        verdict=verdict,
        signals=signals,
        mailbox=mailbox.address,
        department=mailbox.department,
        at=_time_of(mail, envelope.received_at) if importing else envelope.received_at,
        language=language(said.reply or mail.text),
        importing=importing,
        original=find_original(mail, said, reading.patterns) if _from_one_of_us(mail, config) else None,
        asks=asks,
    )


def _from_one_of_us(mail: Mail, config: Config) -> bool:
    address = mail.author.address.lower()
    return any(agent.address == address for agent in config.agents.values())


def _judge(raw: bytes, mail: Mail, envelope: Envelope, config: Config) -> tuple[TrustVerdict, tuple[str, ...]]:
    """Say how well the sender is proven, and what to ask the DNS about him. Of years of history the keys are gone."""
    facts = TrustFacts(
        authenticated_as=envelope.authenticated_as,
        believed=envelope.believed,
        authserv_ids=config.trust.authserv_ids,
    )
    if envelope.answers is not None:
        return judge_with_answers(raw, mail, facts, envelope.answers), ()
    verdict = judge_trust(mail, facts)
    wanted = config.trust.check_dkim and verdict.trust is Trust.BARE and envelope.source != "import"
    return verdict, names_to_ask(raw, mail) if wanted else ()


def unread(raw: bytes, envelope: Envelope, departments: Mapping[str, Department]) -> ReadMail:
    """Return what can be said of a mail that could not be read: its envelope, and of its head whatever is legible."""
    mail = read_envelope(raw)
    mailbox = first_mailbox(envelope.recipients, departments) or _mailbox_in(mail, envelope.mailbox, departments)
    return ReadMail(
        mail=mail,
        written=Written(""),
        kind=Classification(Kind.AUTOMATIC, ("unread",)),
        verdict=TrustVerdict(Trust.BARE, ("unread",)),
        signals=Signals(mail.message_id),
        mailbox=mailbox.address,
        department=mailbox.department,
        at=envelope.received_at,
    )


def _mailbox_in(mail: Mail, named: str | None, departments: Mapping[str, Department]) -> Mailbox:
    """Say which mailbox a mail is for whose envelope names none: its source says it, its head, or it is the desk's first."""
    heads = (*mail.delivered_to, *(person.address for person in (*mail.to, *mail.cc)))
    found = first_mailbox((named,) if named else heads, departments)
    if found is not None:
        return found
    key, department = next(iter(departments.items()))
    return Mailbox(department.mailboxes[0], key)


def _time_of(mail: Mail, received_at: datetime) -> datetime:
    """When imported history was written: its Date, unless that lies in the future or before e-mail."""
    if mail.date is None or mail.date > received_at or mail.date < _FIRST_MAIL:
        return received_at
    return mail.date
