"""Which ticket a message belongs to, with the evidence and the runners-up (design.md §3).

A match is a location, not a right: who may join by which signal is decided here too. Everything that must be
known comes in as `Known`, fetched in one batch; nothing in here asks anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailbridge.decide.classify import Kind
from mailbridge.decide.known import (
    PROVEN,
    Evidence,
    IdFacts,
    Known,
    Match,
    Owner,
    RunnerUp,
    Seeker,
    Sender,
    Standing,
    TicketFacts,
    WhyNot,
)
from mailbridge.decide.likeness import alike_texts
from mailbridge.decide.signals import LIKE_MINUTES, Signals
from mailbridge.decide.trust import Trust
from mailbridge.mail.tokens import Audience, Token

__all__ = [
    "CROWD",
    "PROVEN",
    "TELLING",
    "Evidence",
    "IdFacts",
    "Known",
    "Match",
    "Owner",
    "RunnerUp",
    "Seeker",
    "Sender",
    "Standing",
    "TicketFacts",
    "WhyNot",
    "match_ticket",
    "proves_agent",
]

TELLING = frozenset({Kind.BOUNCE, Kind.AUTO_REPLY, Kind.OUT_OF_OFFICE, Kind.FEEDBACK, Kind.OWN})
"""Kinds that never open a ticket: onto the one they belong to, else kept silent (cli.md)."""

CROWD = 40
"""Messages that one id leads to, at most: more say nothing about any of them, and would make every look-up dear."""

_STRONG = frozenset({Evidence.TOKEN, Evidence.OUR_ID, Evidence.REFERENCE})
_FOR_BARE = _STRONG | {Evidence.ANCESTOR}
_FINISHED = frozenset({"resolved", "closed", "spam"})
_EMPTY = IdFacts()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A ticket that a signal points at.

    certain: the id means one message. late: who waits for this very mail, its parent. like: who said nearly the same.
    """

    ticket: int
    evidence: Evidence
    message: int | None = None
    certain: bool = True
    token: Token | None = None
    late: Seeker | None = None
    like: Seeker | None = None


@dataclass(slots=True)
class _Tally:
    """What the signals came to so far."""

    winner: Match | None = None
    linked: int | None = None
    runners: list[RunnerUp] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)


def match_ticket(signals: Signals, kind: Kind, known: Known, now: datetime) -> Match:
    """Say which ticket a mail belongs to, with the evidence and the runners-up.

    The signals and their order are those of design.md §3. `Match.ticket` is None when the mail opens a new ticket.
    A signal that a stranger can forge never joins him to a ticket: it comes back among the runners-up.
    Never raises: a mail with broken ids opens a ticket.
    """
    tally = _Tally()
    for candidate in _candidates(signals, kind, known):
        ticket = _final(candidate.ticket, known.tickets)
        if ticket is None:
            tally.runners.append(RunnerUp(candidate.ticket, candidate.evidence, WhyNot.GONE))
        elif not _settled(tally, ticket.id):
            _weigh(tally, candidate, ticket, signals, kind, known, now)
    made = tally.winner or Match(None, linked=tally.linked)
    return replace(
        made,
        runners_up=tuple(dict.fromkeys(tally.runners)),
        merges=tuple(tally.merges),
        index=_index(signals, made.ticket, known),
    )


def _settled(tally: _Tally, ticket: int) -> bool:
    return ticket in tally.merges or (tally.winner is not None and tally.winner.ticket == ticket)


def _weigh(
    tally: _Tally,
    candidate: _Candidate,
    ticket: TicketFacts,
    signals: Signals,
    kind: Kind,
    known: Known,
    now: datetime,
) -> None:
    standing = _standing(ticket, known)
    if tally.winner is None:
        why_not = _refusal(candidate, ticket, standing, signals, kind, known, now)
        if why_not is None:
            tally.winner = Match(
                ticket.id,
                candidate.evidence,
                standing,
                candidate.token,
                pointed=candidate.ticket,
                parent=candidate.message,
                first_word=known.sender.contact not in ticket.people or known.sender.contact in ticket.unheard,
            )
            return
    else:
        why_not = WhyNot.WEAKER
    if _same_conversation(candidate, ticket, standing, tally.winner, kind, known):
        tally.merges.append(ticket.id)
        return
    tally.runners.append(RunnerUp(ticket.id, candidate.evidence, why_not))
    if why_not in (WhyNot.WINDOW, WhyNot.FINISHED):
        tally.linked = tally.linked or ticket.id


def _candidates(signals: Signals, kind: Kind, known: Known) -> Iterator[_Candidate]:
    """Every ticket that a signal points at, strongest signal first."""
    for token in signals.tokens:
        if token.ticket_key in known.by_key:
            yield _Candidate(known.by_key[token.ticket_key], Evidence.TOKEN, token=token)
    for _, key in signals.our_ids:
        if key in known.by_key:
            yield _Candidate(known.by_key[key], Evidence.OUR_ID)
    for ref in signals.references:
        owners = known.ids.get(ref, _EMPTY).owners
        for owner in owners:
            yield _Candidate(owner.ticket, Evidence.REFERENCE, owner.message, _certain(owners, known))
    yield from _twins(signals, known)
    for ref in (signals.message_id, *signals.references):
        seekers = known.ids.get(ref, _EMPTY).seekers if ref else ()
        certain = len({seeker.ticket for seeker in seekers}) == 1
        for seeker in seekers:
            late = seeker if ref == signals.message_id else None
            yield _Candidate(seeker.ticket, Evidence.ANCESTOR, seeker.message, certain, late=late)
    if not known.importing:  # in old mail, tags and markers are those of other desks
        yield from _weak_candidates(signals, kind, known)


def _certain(owners: tuple[Owner, ...], known: Known) -> bool:
    """Say whether an id means one message. In history, the copies of one message that lists changed lie on one ticket."""
    return len(owners) == 1 or (known.importing and len({owner.ticket for owner in owners}) == 1)


def _twins(signals: Signals, known: Known) -> Iterator[_Candidate]:
    """The same message in another form: a list changed its text or From on the way, so it is no repeat.

    Its id alone proves nothing, since anybody may reuse it: sender, date and subject must be the same as well; in
    history the sender or the date is enough.
    """
    owners = known.ids.get(signals.message_id, _EMPTY).owners if signals.message_id else ()
    for owner in owners:
        sender = bool(owner.sender) and owner.sender == signals.sender
        date = owner.sent_at is not None and owner.sent_at == signals.sent_at
        if (sender or date) if known.importing else (sender and date and owner.subject == signals.subject):
            yield _Candidate(owner.ticket, Evidence.REFERENCE, owner.message, _certain(owners, known))


def _weak_candidates(signals: Signals, kind: Kind, known: Known) -> Iterator[_Candidate]:
    for token in signals.markers:
        if token.ticket_key in known.by_key:
            yield _Candidate(known.by_key[token.ticket_key], Evidence.MARKER)
    for seeker in known.ids.get(signals.thread_root, _EMPTY).seekers:
        yield _Candidate(seeker.ticket, Evidence.THREAD_INDEX)
    for tag in signals.tags:
        yield _Candidate(tag, Evidence.SUBJECT_TAG)
    if kind is not Kind.HUMAN:
        return
    for name in signals.alike.weeks:
        for seeker in reversed(known.ids.get(name, _EMPTY).seekers):
            yield _Candidate(seeker.ticket, Evidence.SUBJECT_SENDER)
    for name in (signals.alike.now, signals.alike.before):
        for seeker in reversed(known.ids.get(name, _EMPTY).seekers):
            yield _Candidate(seeker.ticket, Evidence.LIKE_TEXT, seeker.message, like=seeker)


def _refusal(
    candidate: _Candidate,
    ticket: TicketFacts,
    standing: Standing,
    signals: Signals,
    kind: Kind,
    known: Known,
    now: datetime,
) -> WhyNot | None:
    """Say why this sender may not join this ticket by this signal, or None if he may."""
    evidence, telling = candidate.evidence, kind in TELLING
    if candidate.like is not None:
        return None if _said_again(candidate.like, ticket, signals, known.sender, now) else WhyNot.UNLIKE
    joins = standing is not Standing.THIRD_PARTY and (known.sender.trust in PROVEN or evidence in _FOR_BARE)
    if not joins:
        if not candidate.certain:
            return WhyNot.AMBIGUOUS
        if evidence not in _STRONG and not (known.importing and evidence is Evidence.ANCESTOR):
            return WhyNot.STRANGER
        if ticket.state in _FINISHED and not known.importing and not telling:
            return WhyNot.FINISHED
    if known.importing or telling or standing is Standing.AGENT or ticket.state != "closed" or ticket.closed_at is None:
        return None
    return WhyNot.WINDOW if now - ticket.closed_at > known.reopen_window else None


def _said_again(like: Seeker, ticket: TicketFacts, signals: Signals, sender: Sender, now: datetime) -> bool:
    """Say whether a mail is one that its sender said before: within minutes, equally proven, in like words."""
    return (
        sender.contact is not None
        and sender.contact == like.contact
        and sender.trust == like.trust
        and sender.trust is not Trust.FAILED
        and ticket.state in ("new", "open")
        and like.at is not None
        and abs(now - like.at) <= timedelta(minutes=LIKE_MINUTES)
        and alike_texts(signals.alike.text, like.text)
    )


def _same_conversation(
    candidate: _Candidate, ticket: TicketFacts, standing: Standing, winner: Match | None, kind: Kind, known: Known
) -> bool:
    """Say whether a second ticket is the same conversation: a late link (design.md §3, last lines).

    Outside of `import` only the parent of its messages links, and only if one of the two senders may join both
    tickets: the parent's, or that of the message which waited for it. So it is in `import` as well, as soon as one of
    the tickets has lived: a stranger's old mail that names two of them must not show one customer the other's answers.
    """
    if candidate.evidence not in (Evidence.REFERENCE, Evidence.ANCESTOR):
        return False
    if known.importing and not ticket.lived and not _has_lived(winner, known):
        return winner is not None and (candidate.certain or candidate.evidence is Evidence.ANCESTOR)
    waiting = candidate.late
    if waiting is None or ticket.state == "spam" or kind in TELLING or known.sender.trust is Trust.FAILED:
        return False
    if winner is not None and Standing.THIRD_PARTY not in (standing, winner.standing):
        return True
    there = _takes_part(winner, known)
    return waiting.believable and waiting.contact in there and _is_all_about(waiting, ticket, there)


def _has_lived(winner: Match | None, known: Known) -> bool:
    return winner is not None and winner.ticket is not None and known.tickets[winner.ticket].lived


def _is_all_about(waiting: Seeker, ticket: TicketFacts, there: frozenset[int]) -> bool:
    """Say whether a ticket holds nothing but the mail that waited, unanswered, of somebody whom the parent's ticket knows.

    Else the writer of a mail that a customer once answered could send it to us late, and get her whole ticket for it; or
    one who knows the id of a mail to come could write in another's name, and have himself brought in.
    """
    parts = {contact for contact, role in ticket.people.items() if role != Standing.THIRD_PARTY}
    return waiting.opened and ticket.state == "new" and parts <= there


def _takes_part(winner: Match | None, known: Known) -> frozenset[int]:
    """The contacts that take part where this mail lands; in a ticket that it opens, those whom a proven sender copied."""
    if winner is None:
        return known.copied if known.sender.trust in PROVEN else frozenset()
    people = known.tickets[winner.ticket].people if winner.ticket is not None else {}
    return frozenset(contact for contact, role in people.items() if role != Standing.THIRD_PARTY)


def _standing(ticket: TicketFacts, known: Known) -> Standing:
    """Say as whom the sender speaks on this ticket.

    A `failed` sender is always a stranger; so is a `bare` one whose contact was better proven before: anybody can
    write a From.
    """
    sender = known.sender
    if sender.agent is not None:
        return Standing.AGENT
    if sender.trust is Trust.FAILED or (sender.trust is Trust.BARE and sender.best_trust in PROVEN):
        return Standing.THIRD_PARTY
    role = ticket.people.get(sender.contact) if sender.contact is not None else None
    if role in (Standing.REQUESTER, Standing.PARTICIPANT):
        return Standing(role)
    domain = sender.address.rpartition("@")[2].lower()
    if sender.trust in PROVEN and domain in ticket.colleague_domains:
        return Standing.PARTICIPANT
    return Standing.THIRD_PARTY


def _final(number: int, tickets: Mapping[int, TicketFacts]) -> TicketFacts | None:
    """Follow merged tickets to the end of the chain; a circle (which the desk never makes) ends at its entrance."""
    ticket, walked = tickets.get(number), {number}
    while ticket is not None and ticket.merged_into is not None and ticket.merged_into not in walked:
        walked.add(ticket.merged_into)
        ticket = tickets.get(ticket.merged_into, ticket)
    return ticket


def _index(signals: Signals, ticket: int | None, known: Known) -> tuple[tuple[str, bool], ...]:
    """Say by which ids later mail is to find this one: its own, and those that its ticket is not known by yet.

    What leads to the ticket already is not written again, so a conversation costs as many rows as it has messages, and
    an id that a crowd refers to stays cheap to look up.
    """
    own = signals.message_id
    found: list[tuple[str, bool]] = []
    if own and len(known.ids.get(own, _EMPTY).owners) < CROWD:
        found.append((own, True))
    alike = (signals.alike.now, signals.alike.week)
    for ref in (*signals.references, signals.thread_root, *alike):
        facts = known.ids.get(ref, _EMPTY)
        there = {owner.ticket for owner in facts.owners} | {seeker.ticket for seeker in facts.seekers}
        if ref and ticket not in {_number(one, known) for one in there} and len(facts.seekers) < CROWD:
            found.append((ref, False))
    return tuple(found)


def _number(pointed: int, known: Known) -> int:
    final = _final(pointed, known.tickets)
    return final.id if final is not None else pointed


def proves_agent(match: Match, agent_person: bytes) -> bool:
    """Say whether the mail came by a token that only this agent was sent: the first of the two facts of design.md §4."""
    return (
        match.standing is Standing.AGENT
        and match.token is not None
        and match.token.person == agent_person
        and match.token.audience in (Audience.AGENT, Audience.NOTE)
    )
