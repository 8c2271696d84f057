"""The values that the bridge hands to the desk, and what it gets back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbridge.decide.classify import Classification
from mailbridge.decide.forwards import Original
from mailbridge.decide.signals import Signals
from mailbridge.decide.trust import TrustVerdict
from mailbridge.mail.message import Address, Mail, Written
from mailbridge.spool import Entry

MOST_ADDRESSED = 100


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail, read and judged, on its way to a ticket.

    mailbox, department: which of ours it is for. agent: whose address From is, if one of us. at: when it came; of imported
    history, when it was written. importing: history; nobody is told anything. original: the mail that it forwards, if an
    agent of ours does. share, extra, among: of a mail to several departments (`desk/shares.py`), the one that wants its own
    ticket, that another share stands for the mail, and whose tickets count.
    """

    entry: Entry
    mail: Mail
    written: Written
    kind: Classification
    verdict: TrustVerdict
    signals: Signals
    mailbox: str
    department: str
    at: datetime
    agent: str | None = None
    language: str | None = None
    importing: bool = False
    original: Original | None = None
    share: str = ""
    extra: bool = False
    among: frozenset[str] | None = None

    @property
    def address(self) -> str:
        """The sender's address in lower case, by which contacts are known."""
        return self.mail.author.address.lower()

    @property
    def addressed(self) -> tuple[Address, ...]:
        """The people in To and Cc, each once; of a monstrous list the first, so that no mail makes its batch dear."""
        people = (person for person in (*self.mail.to, *self.mail.cc)[:MOST_ADDRESSED] if person.address)
        return tuple({person.address.lower(): person for person in people}.values())

    @property
    def identity(self) -> str | None:
        """Equal for the same message come twice: Message-ID and content together (design.md §2).

        A mail with neither Message-ID nor Date says too little about itself to be called a repeat.
        """
        if not self.mail.message_id and self.mail.date is None:
            return None
        share = f"\0{self.share}" if self.share else ""
        return hashlib.sha256(f"{self.mail.message_id}\0{self.mail.content_key}{share}".encode()).hexdigest()


class Outcome(StrEnum):
    """What became of a mail."""

    NEW = "new"
    APPENDED = "appended"
    DUPLICATE = "duplicate"
    SILENT = "silent"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one mail; `fault` is set, and nothing was written, when the desk could not take it."""

    spool_id: int
    outcome: Outcome | None
    ticket: int | None = None
    message: int | None = None
    evidence: str = "none"
    fault: BaseException | None = None
