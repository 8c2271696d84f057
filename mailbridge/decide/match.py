"""Which ticket a message belongs to, with the evidence and the runners-up (design.md §3).

A match is a location, not a right: who may join by which signal is decided here too. Everything that must be
known comes in as `Known`, fetched in one batch; nothing in here asks anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailbridge.decide.classify import Kind
from mailbridge.decide.signals import Signals
from mailbridge.decide.trust import Trust
from mailbridge.mail.tokens import Audience, Token


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
    GONE = "no such ticket"


TELLING = frozenset({Kind.BOUNCE, Kind.AUTO_REPLY, Kind.OUT_OF_OFFICE, Kind.FEEDBACK, Kind.OWN})
"""Kinds that never open a ticket: onto the one they belong to, else kept silent (cli.md)."""

_STRONG = frozenset({Evidence.TOKEN, Evidence.OUR_ID, Evidence.REFERENCE})
_FOR_BARE = _STRONG | {Evidence.ANCESTOR}
_FINISHED = frozenset({"resolved", "closed", "spam"})
_PROVEN = frozenset({Trust.ALIGNED, Trust.SUBMITTED})


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
    """A ticket as it stands. `people`: contact → role; `colleague_domains`: the requester's own, mail providers left out."""

    id: int
    key: bytes
    state: str
    department: str
    people: Mapping[int, str] = field(default_factory=dict)
    colleague_domains: frozenset[str] = frozenset()
    closed_at: datetime | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class IdFacts:
    """What we know of a Message-ID. owners: (ticket, message) that bear it; seekers: tickets that refer to it."""

    owners: tuple[tuple[int, int], ...] = ()
    seekers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk found for one mail; may be empty. `importing`: an admin's history is read, whatever the states."""

    sender: Sender
    tickets: Mapping[int, TicketFacts] = field(default_factory=dict)
    by_key: Mapping[bytes, int] = field(default_factory=dict)
    ids: Mapping[str, IdFacts] = field(default_factory=dict)
    importing: bool = False
    reopen_window: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """A ticket that was pointed at and not taken."""

    ticket: int
    evidence: Evidence
    why_not: WhyNot


@dataclass(frozen=True, slots=True)
class Match:
    """The decision. `ticket` None: the mail opens one (linked to `linked`), or is kept silent if its kind never opens any.

    token: the reply token it came by, if that named the winner.
    merges: other tickets that this mail proves to be the same conversation (a parent that came after its replies).
    """

    ticket: int | None
    evidence: Evidence = Evidence.NONE
    standing: Standing = Standing.REQUESTER
    token: Token | None = None
    linked: int | None = None
    runners_up: tuple[RunnerUp, ...] = ()
    merges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A ticket that a signal points at. late: it waits for this very mail, its parent; certain: the id means one ticket."""

    ticket: int
    evidence: Evidence
    certain: bool = True
    token: Token | None = None
    late: bool = False


def match_ticket(signals: Signals, kind: Kind, known: Known, now: datetime) -> Match:
    """Say which ticket a mail belongs to, with the evidence and the runners-up.

    The signals and their order are those of design.md §3. `Match.ticket` is None when the mail opens a new ticket.
    A signal that a stranger can forge never joins him to a ticket: it comes back among the runners-up.
    Never raises: a mail with broken ids opens a ticket.
    """
    runners: list[RunnerUp] = []
    merges: list[int] = []
    seen: set[int] = set()
    winner: Match | None = None
    linked: int | None = None
    for candidate in _candidates(signals, known):
        ticket = _final(candidate.ticket, known.tickets)
        if ticket is None:
            runners.append(RunnerUp(candidate.ticket, candidate.evidence, WhyNot.GONE))
            continue
        if ticket.id in seen:
            continue
        standing = _standing(ticket, known)
        why_not = WhyNot.WEAKER if winner else _refusal(candidate, ticket, standing, kind, known, now)
        if why_not is None:
            winner = Match(ticket.id, candidate.evidence, standing, candidate.token)
            seen.add(ticket.id)
            continue
        if winner and _same_conversation(candidate, ticket, standing, winner, known):
            merges.append(ticket.id)
            seen.add(ticket.id)
            continue
        runners.append(RunnerUp(ticket.id, candidate.evidence, why_not))
        if why_not in (WhyNot.WINDOW, WhyNot.FINISHED):
            linked = linked or ticket.id
    runners_up = tuple(dict.fromkeys(runners))
    if winner is None:
        return Match(None, linked=linked, runners_up=runners_up)
    return Match(winner.ticket, winner.evidence, winner.standing, winner.token, None, runners_up, tuple(merges))


def _candidates(signals: Signals, known: Known) -> Iterator[_Candidate]:
    """Every ticket that a signal points at, strongest signal first."""
    for token in signals.tokens:
        if token.ticket_key in known.by_key:
            yield _Candidate(known.by_key[token.ticket_key], Evidence.TOKEN, token=token)
    for _, key in signals.our_ids:
        if key in known.by_key:
            yield _Candidate(known.by_key[key], Evidence.OUR_ID)
    for ref in signals.references:
        owners = known.ids.get(ref, IdFacts()).owners
        certain = len(owners) == 1
        for ticket, _ in owners:
            yield _Candidate(ticket, Evidence.REFERENCE, certain)
    for ref in (signals.message_id, *signals.references):
        seekers = known.ids.get(ref, IdFacts()).seekers if ref else ()
        for ticket in seekers:
            yield _Candidate(ticket, Evidence.ANCESTOR, len(seekers) == 1, late=ref == signals.message_id)
    yield from _weak_candidates(signals, known)


def _weak_candidates(signals: Signals, known: Known) -> Iterator[_Candidate]:
    for token in signals.markers:
        if token.ticket_key in known.by_key:
            yield _Candidate(known.by_key[token.ticket_key], Evidence.MARKER)
    for ticket in known.ids.get(signals.thread_root, IdFacts()).seekers:
        yield _Candidate(ticket, Evidence.THREAD_INDEX)
    for tag in signals.tags:
        yield _Candidate(tag, Evidence.SUBJECT_TAG)


def _refusal(
    candidate: _Candidate, ticket: TicketFacts, standing: Standing, kind: Kind, known: Known, now: datetime
) -> WhyNot | None:
    """Say why this sender may not join this ticket by this signal, or None if he may."""
    evidence, telling = candidate.evidence, kind in TELLING
    joins = standing is not Standing.THIRD_PARTY and (known.sender.trust in _PROVEN or evidence in _FOR_BARE)
    if not joins:
        if not candidate.certain:
            return WhyNot.AMBIGUOUS
        if evidence not in _STRONG and not (known.importing and evidence is Evidence.ANCESTOR):
            return WhyNot.STRANGER
        if ticket.state in _FINISHED and not known.importing and not telling:
            return WhyNot.FINISHED
    if known.importing or telling or ticket.state != "closed" or ticket.closed_at is None:
        return None
    return WhyNot.WINDOW if now - ticket.closed_at > known.reopen_window else None


def _same_conversation(
    candidate: _Candidate, ticket: TicketFacts, standing: Standing, winner: Match, known: Known
) -> bool:
    """Say whether a second ticket is the same conversation: a late link (design.md §3, last lines).

    Outside of `import` only the parent of its messages links, and only if its sender may join both tickets.
    """
    if candidate.evidence not in (Evidence.REFERENCE, Evidence.ANCESTOR):
        return False
    if known.importing:
        return candidate.certain or candidate.evidence is Evidence.ANCESTOR
    joins = Standing.THIRD_PARTY not in (standing, winner.standing) and ticket.state != "spam"
    return candidate.late and joins


def _standing(ticket: TicketFacts, known: Known) -> Standing:
    """Say as whom the sender speaks on this ticket.

    A `failed` sender is always a stranger; so is a `bare` one whose contact was better proven before: anybody can
    write a From.
    """
    sender = known.sender
    if sender.agent is not None:
        return Standing.AGENT
    if sender.trust is Trust.FAILED or (sender.trust is Trust.BARE and sender.best_trust in _PROVEN):
        return Standing.THIRD_PARTY
    role = ticket.people.get(sender.contact) if sender.contact is not None else None
    if role in (Standing.REQUESTER, Standing.PARTICIPANT):
        return Standing(role)
    domain = sender.address.rpartition("@")[2].lower()
    if sender.trust in _PROVEN and domain in ticket.colleague_domains:
        return Standing.PARTICIPANT
    return Standing.THIRD_PARTY


def _final(number: int, tickets: Mapping[int, TicketFacts]) -> TicketFacts | None:
    """Follow merged tickets to the end of the chain; a circle (which the desk never makes) ends at its entrance."""
    ticket, walked = tickets.get(number), {number}
    while ticket is not None and ticket.merged_into is not None and ticket.merged_into not in walked:
        walked.add(ticket.merged_into)
        ticket = tickets.get(ticket.merged_into, ticket)
    return ticket


def proves_agent(match: Match, agent_person: bytes) -> bool:
    """Say whether the mail came by a token that only this agent was sent: the first of the two facts of design.md §4."""
    return (
        match.standing is Standing.AGENT
        and match.token is not None
        and match.token.person == agent_person
        and match.token.audience in (Audience.AGENT, Audience.NOTE)
    )
