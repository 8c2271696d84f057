"""All tables in one view. Rows of tickets, messages, events and contacts are written by the desk alone.

Numbers of tickets, messages, contacts and outbox rows come from `Number`, taken under the desk's lock: they are
never reused, and a batch of mails is written with one statement a table. Times are aware UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING
metadata: MetaData = SQLModel.metadata


def _text() -> Any:
    return Field(default="", sa_column=Column(Text, nullable=False))


def _json(kind: type) -> Any:
    return Field(default_factory=kind, sa_column=Column(JSON, nullable=False))


class Spool(SQLModel, table=True):
    """One accepted mail and what became of it; states in `mailbridge/spool.py`."""

    __tablename__ = "spool"
    __table_args__ = (
        Index(
            "ix_spool_unsettled",
            "id",
            sqlite_where=text("state != 'settled'"),
            postgresql_where=text("state != 'settled'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    accepted_at: datetime
    source: str
    peer: str = ""
    envelope_from: str | None = None
    recipients: list[str] = _json(list)
    authenticated_as: str | None = None
    believed: bool = False
    mailbox: str | None = None
    origin: str | None = Field(default=None, unique=True)
    sha256: str = Field(index=True)
    size: int
    in_blob: bool = False
    state: str = "accepted"
    attempts: int = 0
    alone: bool = False
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    outcome: str | None = None
    reason: str | None = Field(default=None, sa_column=Column(Text))
    message: int | None = Field(default=None, index=True)
    ticket: int | None = None
    settled_at: datetime | None = None


class SpoolRaw(SQLModel, table=True):
    """The exact bytes of a small spooled mail; apart from its row, which changes while they never do."""

    __tablename__ = "spool_raw"

    spool: int = Field(primary_key=True, foreign_key="spool.id")
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Number(SQLModel, table=True):
    """The last number given out under a name."""

    __tablename__ = "number"

    name: str = Field(primary_key=True)
    last: int


class Contact(SQLModel, table=True):
    """A person who writes to us."""

    __tablename__ = "contact"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = ""
    locale: str | None = None
    timezone: str | None = None
    level: str = ""
    created_at: datetime


class ContactAddress(SQLModel, table=True):
    """An address of a contact, with the best proof that mail from it ever had."""

    __tablename__ = "contact_address"

    address: str = Field(primary_key=True)
    contact: int = Field(foreign_key="contact.id", index=True)
    best_trust: str = "bare"


class Ticket(SQLModel, table=True):
    """A numbered conversation with one requester about one matter."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_live", "state", "updated_at"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: str = Field(unique=True)
    state: str = "new"
    priority: str = "normal"
    category: str = ""
    subject: str = _text()
    locale: str | None = None
    department: str
    mailbox: str
    requester: int | None = Field(default=None, foreign_key="contact.id", index=True)
    agent: str | None = None
    created_at: datetime
    updated_at: datetime
    state_since: datetime
    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    news_at: datetime | None = None
    next_news_at: datetime | None = None
    follow_ups: int = 0
    eta: datetime | None = None
    eta_made_at: datetime | None = None
    snoozed_until: datetime | None = None
    paused: list[list[str]] = _json(list)
    apologies: list[str] = _json(list)
    answerable: bool = True
    merged_into: int | None = None
    linked_to: int | None = None


class Timer(SQLModel, table=True):
    """A due action on a ticket. `key` names it for good: it rings once; those that have not rung follow the plan."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("ticket", "key"),
        Index("ix_timer_due", "due_at", sqlite_where=text("rung_at IS NULL"), postgresql_where=text("rung_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    ticket: int = Field(foreign_key="ticket.id")
    key: str
    kind: str
    due_at: datetime
    to: str
    reason: str
    about_at: datetime
    step: int = 0
    rung_at: datetime | None = None


class Draft(SQLModel, table=True):
    """The draft that an agent was last shown for a ticket: what `/send` sends, word for word.

    Under the empty name of an agent: the one that lies in a shared mailbox; `filed` says where and how it was.
    """

    __tablename__ = "draft"

    ticket: int = Field(primary_key=True, foreign_key="ticket.id")
    agent: str = Field(primary_key=True)
    text: str = _text()
    apology: str = ""
    made_at: datetime
    filed: dict[str, Any] = _json(dict)


class Participant(SQLModel, table=True):
    """A contact on a ticket, by the address he writes from there. `role` is requester, participant or third-party."""

    __tablename__ = "participant"

    ticket: int = Field(primary_key=True, foreign_key="ticket.id")
    contact: int = Field(primary_key=True, foreign_key="contact.id")
    role: str
    address: str
    name: str = ""
    why: str = ""


class Message(SQLModel, table=True):
    """One e-mail (or note) on a ticket."""

    __tablename__ = "message"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket: int = Field(foreign_key="ticket.id", index=True)
    spool: int | None = None
    outbox: int | None = None
    direction: str
    kind: str
    message_id: str = _text()
    identity: str | None = Field(default=None, unique=True)
    from_name: str = _text()
    from_address: str = _text()
    contact: int | None = None
    agent: str | None = None
    to: list[str] = _json(list)
    cc: list[str] = _json(list)
    subject: str = _text()
    dated_at: datetime | None = None
    at: datetime
    text: str = _text()
    reply: str = _text()
    language: str | None = None
    trust: str | None = None
    trust_reasons: list[str] = _json(list)
    evidence: str = "none"
    decision: dict[str, Any] = _json(dict)
    third_party: bool = False
    unverified: bool = False
    automatic: bool = False


class MessageReference(SQLModel, table=True):
    """A Message-ID that a message bears (`own`) or refers to: what later mail is found by."""

    __tablename__ = "message_reference"

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(index=True)
    message: int = Field(foreign_key="message.id", index=True)
    own: bool


class Attachment(SQLModel, table=True):
    """A file of a message; its bytes lie in the blobs under `sha256`."""

    __tablename__ = "attachment"

    id: int | None = Field(default=None, primary_key=True)
    message: int = Field(foreign_key="message.id", index=True)
    name: str = _text()
    type: str
    size: int
    sha256: str = Field(index=True)
    inline: bool = False
    content_id: str = ""


class Event(SQLModel, table=True):
    """One line of a ticket's history: who did what, when and why. Never changed."""

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    ticket: int = Field(foreign_key="ticket.id", index=True)
    at: datetime
    actor: str
    what: str
    why: dict[str, Any] = _json(dict)
    message: int | None = None


class Outbox(SQLModel, table=True):
    """One mail to send; states in `mailbridge/outbox.py`."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "next_at",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket: int | None = Field(default=None, index=True)
    purpose: str
    state: str = "waiting"
    made_at: datetime
    next_at: datetime
    not_after: datetime | None = None
    unless_answered: bool = False
    attempts: int = 0
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    message_id: str = _text()
    envelope_from: str = _text()
    recipients: list[dict[str, Any]] = _json(list)
    headers: dict[str, Any] = _json(dict)
    text: str = _text()
    html: str | None = Field(default=None, sa_column=Column(Text))
    files: list[dict[str, Any]] = _json(list)
    agent: str | None = None
    reason: str | None = Field(default=None, sa_column=Column(Text))
    sent_at: datetime | None = None


class MailCount(SQLModel, table=True):
    """How many automatic mails went to whom in which window of time."""

    __tablename__ = "mail_count"

    scope: str = Field(primary_key=True)
    window: str = Field(primary_key=True, index=True)
    made: int


class Confirmation(SQLModel, table=True):
    """An agent's mail without proof, which waits for the code that only the real agent was sent."""

    __tablename__ = "confirmation"

    code_hash: str = Field(primary_key=True)
    message: int
    agent: str
    expires_at: datetime
    used_at: datetime | None = None


class LastGood(SQLModel, table=True):
    """The last version of a template that rendered."""

    __tablename__ = "last_good_template"

    name: str = Field(primary_key=True)
    source: str = _text()
    kept_at: datetime


def _uid(*, key: bool = False) -> Any:
    """A number of an IMAP server: up to 32 bits without a sign (RFC 9051 §2.3.1.1), more than PostgreSQL's integer."""
    return Field(sa_column=Column(BigInteger, primary_key=key, autoincrement=False, nullable=False))


class ImapFolder(SQLModel, table=True):
    """A folder that we read by IMAP, and how far; the meaning of each number is in `mailbridge/intake/imap_folder.py`."""

    __tablename__ = "imap_folder"

    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = _uid()
    again: int = 0
    base: int = _uid()
    taken_after: datetime | None = None
    renewed: bool = False
    cursor: int = _uid()
    compared_at: datetime | None = None


class ImapMessage(SQLModel, table=True):
    """The ledger of IMAP: every UID that we ever saw, and what became of it; states in `mailbridge/intake/imap_folder.py`."""

    __tablename__ = "imap_message"
    __table_args__ = (
        Index(
            "ix_imap_message_accepted",
            "account",
            "folder",
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
    )

    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=True)
    again: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    uid: int = _uid(key=True)
    state: str
    spool: int | None = Field(default=None, index=True)
    internaldate: datetime | None = None
    size: int | None = Field(default=None, sa_column=Column(BigInteger))


class Lease(SQLModel, table=True):
    """What one daemon of several does alone (polling an IMAP account), until when it has it."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    until: datetime
