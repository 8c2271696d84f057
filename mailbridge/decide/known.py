"""The frozen values that a match is made from and what comes out; the desk fetches them, `match.py` decides on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailbridge.decide.trust import Trust
from mailbridge.mail.tokens import Token

PROVEN = frozenset({Trust.ALIGNED, Trust.SUBMITTED})


class Evidence(StrEnum):
    """By which signal a message found its ticket, strongest first."""

    TOKEN = "token"
    OUR_ID = "our-id"
    REFERENCE = "reference"
    ANCESTOR = "ancestor"
    MARKER = "marker"
    THREAD_INDEX = "thread-index"
    SUBJECT_TAG = "subject-tag"
    SUBJECT_SENDER = "subject-sender"
    LIKE_TEXT = "like-text"
    NONE = "none"


class Standing(StrEnum):
    """As whom the sender speaks on the ticket."""

    REQUESTER = "requester"
    PARTICIPANT = "participant"
    THIRD_PARTY = "third-party"
    AGENT = "agent"


class WhyNot(StrEnum):
    """Why a runner-up did not win."""

    WEAKER = "a stronger signal points elsewhere"
    STRANGER = "the sender is a stranger there, and this signal can be forged"
    AMBIGUOUS = "the id lies on several tickets or contents"
    FINISHED = "the ticket is finished; a stranger's mail opens its own"
    WINDOW = "closed for longer than the reopen window"
    UNLIKE = "the two mails are not one said twice"
    GONE = "no such ticket"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent the mail, as far as we know. `best_trust`: the best proof that this contact ever had."""

    contact: int | None
    address: str
    trust: Trust
    best_trust: Trust = Trust.BARE
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket as it stands. `people`: contact → role; `colleague_domains`: the requester's own, mail providers left out.

    lived: somebody was written to about it, or is going to be; history that was only ever imported is not.
    unheard: third parties who were copied and have not written themselves.
    """

    id: int
    key: bytes
    state: str
    department: str
    people: Mapping[int, str] = field(default_factory=dict)
    colleague_domains: frozenset[str] = frozenset()
    closed_at: datetime | None = None
    merged_into: int | None = None
    updated_at: datetime | None = None
    lived: bool = True
    unheard: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Owner:
    """A message that bears an id: where it lies, who sent it (From, lower case), when it was dated, what it is about."""

    ticket: int
    message: int
    sender: str = ""
    sent_at: datetime | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Seeker:
    """A message that refers to an id which we never received: where it lies, and how well its sender is and was proven.

    text: what it says, only for likenesses; at: when it came; opened: its ticket was opened with it.
    """

    ticket: int
    message: int = 0
    contact: int | None = None
    trust: Trust = Trust.BARE
    best_trust: Trust = Trust.BARE
    at: datetime | None = None
    text: str = ""
    opened: bool = True

    @property
    def believable(self) -> bool:
        """Say whether its From may be taken as written: proven, or of somebody who was never better proven."""
        return self.trust in PROVEN or (self.trust is Trust.BARE and self.best_trust not in PROVEN)


@dataclass(frozen=True, slots=True)
class IdFacts:
    """What we know of a Message-ID: who bears it, and who refers to it though nobody bears it."""

    owners: tuple[Owner, ...] = ()
    seekers: tuple[Seeker, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk found for one mail; may be empty. `importing`: an admin's history is read, whatever the states.

    copied: the known contacts among the people in To and Cc.
    """

    sender: Sender
    tickets: Mapping[int, TicketFacts] = field(default_factory=dict)
    by_key: Mapping[bytes, int] = field(default_factory=dict)
    ids: Mapping[str, IdFacts] = field(default_factory=dict)
    importing: bool = False
    reopen_window: timedelta = timedelta(days=14)
    copied: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """A ticket that was pointed at and not taken."""

    ticket: int
    evidence: Evidence
    why_not: WhyNot


@dataclass(frozen=True, slots=True)
class Match:
    """The decision. `ticket` None: the mail opens one (linked to `linked`), or is kept silent if its kind never opens any.

    token: the reply token it came by, if that named the winner. pointed: the ticket that the signal names, before merges
    were followed; parent: the message that it names. merges: other tickets that this mail proves to be the same
    conversation (a parent that came after its replies). index: (id, whether it is the mail's own) that later mail is to
    find this one by. first_word: a third party who has not written on this ticket before.
    """

    ticket: int | None
    evidence: Evidence = Evidence.NONE
    standing: Standing = Standing.REQUESTER
    token: Token | None = None
    linked: int | None = None
    runners_up: tuple[RunnerUp, ...] = ()
    merges: tuple[int, ...] = ()
    pointed: int | None = None
    parent: int | None = None
    index: tuple[tuple[str, bool], ...] = ()
    first_word: bool = False
