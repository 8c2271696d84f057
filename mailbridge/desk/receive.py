"""A batch of mails becomes tickets: each opens one, goes onto one, is a repeat, or is kept silent; one transaction.

| mail                                   | what the desk does                                                                     |
|----------------------------------------|----------------------------------------------------------------------------------------|
| the same message once more             | adds recipients, trust and evidence to the message; decides anew if they are stronger    |
| bounce, auto-reply, absence, own …     | onto its ticket, changing no state; without a ticket it is kept silent                   |
| an agent's, on a ticket                | `agents.py`: proven: relayed, noted or obeyed; else an unverified note and a question   |
| a participant's, on a ticket           | appended; the ticket is ours again; its agents are told                                 |
| a third party's, on a ticket           | appended as such; no state changes; agents are told, he gets one receipt without content |
| anything else                          | opens a ticket; a person is acknowledged                                                |

Mails of one batch that could belong together are worked off in waves, each with its own look-up, so that a reply
finds its parent although both came in the same second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailbridge.config.model import Config
from mailbridge.decide.classify import Kind
from mailbridge.decide.match import TELLING, Evidence, Known, Match, Standing
from mailbridge.decide.trust import Trust, stronger
from mailbridge.desk import agents, opening, people
from mailbridge.desk.bounces import not_delivered
from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.forwards import open_for_original, opens_for_another
from mailbridge.desk.incoming import Incoming, Outcome, Received
from mailbridge.desk.lookup import Facts, Question, fetch_facts
from mailbridge.desk.rows import add_message
from mailbridge.desk.shares import known_to, shares_of
from mailbridge.desk.threads import merge
from mailbridge.desk.timers import replan
from mailbridge.desk.work import Rules, TicketNow, Work
from mailbridge.store.db import AnyRow, is_outage
from mailbridge.store.tables import Message, MessageReference

Decide = Callable[[Incoming, Known], Match]
_EVIDENCE = list(Evidence)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail with all that was found for it."""

    item: Incoming
    known: Known
    match: Match
    facts: Facts

    def ticket(self) -> TicketNow | None:
        """The ticket that it goes onto, as it stands."""
        if self.match.ticket is None:
            return None
        return TicketNow.of(self.facts.tickets[self.match.ticket], dict(self.known.tickets[self.match.ticket].people))


def receive(
    connection: Connection, rules: Rules, batch: Sequence[Incoming], decide: Decide, now: datetime
) -> list[Received]:
    """Work off a batch inside one transaction; the answers come in the order of the batch.

    A mail that the desk cannot take leaves nothing behind and comes back with its `fault`.
    """
    received: dict[int, Received] = {}
    numbers = Numbers(connection)
    for wave in waves([share for item in batch for share in shares_of(item, rules.config.departments)]):
        left = wave
        while left:
            left = _receive_wave(connection, rules, left, decide, numbers, now, received)
    numbers.flush(connection)
    return [received[item.entry.id] for item in batch]


def waves(batch: Sequence[Incoming]) -> Iterator[list[Incoming]]:
    """Split a batch so that no two mails of a wave share an id, a ticket or an identity; order is kept among those that do."""
    left = list(batch)
    while left:
        taken: set[object] = set()
        wave: list[Incoming] = []
        later: list[Incoming] = []
        for item in left:
            keys: set[object] = {
                *item.signals.ids,
                *item.signals.ticket_keys,
                *item.signals.tags,
                item.identity,
                -item.entry.id,
            }
            keys.discard(None)
            (wave if taken.isdisjoint(keys) else later).append(item)
            taken |= keys
        yield wave
        left = later


def _receive_wave(
    connection: Connection,
    rules: Rules,
    wave: list[Incoming],
    decide: Decide,
    numbers: Numbers,
    now: datetime,
    received: dict[int, Received],
) -> list[Incoming]:
    """Work off a wave; note what became of each mail. Return those that must wait for another one's change of their ticket."""
    facts = fetch_facts(connection, [question_of(item, rules.config) for item in wave])
    cases, left = _apart([_case(item, known, decide, facts, received) for item, known in zip(wave, facts.known, strict=True)])
    changes, caps = Changes(numbers, now), Caps(rules.config.limits, now)
    caps.load(
        connection,
        {address for item in wave for address in _addresses(item)},
        {case.match.ticket for case in cases if case.match.ticket},
    )
    for case in cases:
        own = changes.fork()
        own.contacts.update(changes.contacts)
        try:
            answer = _receive_one(connection, Work(rules, own, caps, now), case)
        except Exception as fault:
            if is_outage(fault):  # the transaction is lost, and it is not this mail's fault
                raise
            received[case.item.entry.id] = Received(case.item.entry.id, None, fault=fault)
            continue
        changes.merge(own)
        received.setdefault(answer.spool_id, answer)
    changes.flush(connection)
    caps.flush(connection)
    replan(connection, rules, changes.touched)
    return left


def _case(
    item: Incoming, known: Known, decide: Decide, facts: Facts, received: dict[int, Received]
) -> _Case:
    known = known_to(item, known)
    match = decide(item, known)
    first = received.get(item.entry.id) if item.extra else None
    if first is not None and match.ticket is None and match.linked is None:
        match = replace(match, linked=first.ticket)
    return _Case(item, known, match, facts)


def _apart(cases: list[_Case]) -> tuple[list[_Case], list[Incoming]]:
    """Keep one case of each ticket; the mails of the others are looked up again when it has been written."""
    kept, left, taken = [], [], set[int]()
    for case in cases:
        before = case.facts.repeats.get(case.item.identity or "")
        wanted = {case.match.ticket, case.match.linked, *case.match.merges, before.ticket if before is not None else None}
        tickets = {number for number in wanted if number is not None}
        if taken.isdisjoint(tickets):
            kept.append(case)
        else:
            left.append(case.item)
        taken |= tickets
    return kept, left


def question_of(item: Incoming, config: Config) -> Question:
    """Return what must be looked up for one mail."""
    window = config.departments[item.department].reopen_window
    return Question(
        item.address,
        item.verdict.trust,
        item.agent,
        item.signals,
        item.identity,
        item.importing,
        timedelta(**{_UNITS[window[-1]]: int(window[:-1])}),
        _addresses(item),
        tuple(person.address.lower() for person in item.addressed),
    )


def _addresses(item: Incoming) -> tuple[str, ...]:
    mail, forwarded = item.mail, item.original.senders[:1] if item.original else ()
    return tuple(
        dict.fromkeys(
            person.address.lower()
            for person in (*mail.from_[:1], *mail.reply_to[:1], *item.addressed, *forwarded)
            if person.address
        )
    )


def _receive_one(connection: Connection, work: Work, case: _Case) -> Received:
    item, match = case.item, case.match
    before = case.facts.repeats.get(item.identity) if item.identity else None
    if before is not None:
        return _repeat(connection, work, case, before)
    ticket = case.ticket()
    from_agent = ticket is not None and match.standing is Standing.AGENT and not item.importing
    if item.kind.kind in TELLING and not from_agent:
        received = _told(connection, work, case, ticket) if ticket else Received(item.entry.id, Outcome.SILENT)
    elif ticket is not None and from_agent:
        message = agents.receive(connection, work, ticket, item, match)
        received = Received(item.entry.id, Outcome.APPENDED, ticket.id, message, match.evidence)
    elif ticket is not None:
        message = opening.append(work, ticket, item, match, case.facts.contacts)
        received = Received(item.entry.id, Outcome.APPENDED, ticket.id, message, match.evidence)
    elif opens_for_another(item):
        opened, message = open_for_original(work, item, match, case.facts.contacts)
        received = Received(item.entry.id, Outcome.NEW, opened.id, message)
    else:
        opened, message = opening.open_ticket(work, item, match, case.facts.contacts)
        received = Received(item.entry.id, Outcome.NEW, opened.id, message)
    _finish(work, item, match, received)
    return received


def _finish(work: Work, item: Incoming, match: Match, received: Received) -> None:
    if not item.extra:
        work.changes.settle(item.entry.id, received.outcome or "", received.message, received.ticket)
    for other in match.merges if received.ticket else ():
        merge(work.changes, other, received.ticket or 0, "mailbridge", "its parent message arrived")
    _clear_stub(work, item, received.ticket)


def _clear_stub(work: Work, item: Incoming, ticket: int | None) -> None:
    """A quarantined mail could be worked on after all: its stub ticket points to where it lies now, or is closed."""
    if item.extra or item.entry.stub is None or item.entry.stub[1] == ticket:
        return
    if ticket is not None:
        opening.replace_stub(work, item.entry.stub, ticket)
    else:
        opening.close_stub(work, item.entry.stub)


def _told(connection: Connection, work: Work, case: _Case, ticket: TicketNow) -> Received:
    """Lay mail that only tells something (a bounce, an absence) on its ticket; it changes no state."""
    item, match = case.item, case.match
    message = add_message(work, ticket.id, item, match)
    event = {Kind.BOUNCE: "bounced", Kind.OUT_OF_OFFICE: "absence-received", Kind.FEEDBACK: "complaint-received"}.get(
        item.kind.kind, "automatic-received"
    )
    bounce = item.kind.bounce
    why = {"status": bounce.status, "class": bounce.bounce_class, "reason": bounce.reason} if bounce else {}
    work.changes.event(
        ticket.id,
        "mailbridge",
        event,
        at=item.at,
        message=message,
        evidence=match.evidence.value,
        kind=item.kind.kind.value,
        **why,
    )
    if item.kind.kind is Kind.BOUNCE:
        not_delivered(connection, work, ticket, item)
    return Received(item.entry.id, Outcome.APPENDED, ticket.id, message, match.evidence)


def _repeat(connection: Connection, work: Work, case: _Case, before: AnyRow) -> Received:
    """Add to the message what its repeat says, and decide anew when that is stronger than what was decided from."""
    item, match = case.item, case.match
    recipients = list(
        dict.fromkeys([*before.to, *(person.address for person in item.mail.to), *item.entry.delivery.recipients])
    )
    better_trust = stronger(item.verdict.trust, Trust(before.trust or "bare"))
    better_evidence = match.ticket is not None and _EVIDENCE.index(match.evidence) < _EVIDENCE.index(
        Evidence(before.evidence)
    )
    work.changes.change(Message, before.id, to=recipients)
    work.changes.event(
        before.ticket,
        "mailbridge",
        "repeat-received",
        message=before.id,
        spool=item.entry.id,
        trust=item.verdict.trust.value,
        evidence=match.evidence.value,
    )
    if better_trust:
        work.changes.change(
            Message, before.id, trust=item.verdict.trust.value, trust_reasons=list(item.verdict.reasons)
        )
        people.contact_of(work, item.mail.author, case.facts.contacts, item.verdict.trust)
    if item.importing:
        _learn(work, case, before)
    elif better_trust or better_evidence:
        _decide_anew(connection, work, case, before)
    if not item.extra:
        work.changes.settle(item.entry.id, Outcome.DUPLICATE, before.id, before.ticket)
    _clear_stub(work, item, before.ticket)
    return Received(item.entry.id, Outcome.DUPLICATE, before.ticket, before.id, match.evidence)


def _shows_nobody_more(case: _Case, opened: int) -> bool:
    """Say whether the ticket that a mail opened may go into the one where its repeat points.

    Anybody who was sent a copy can hand it in again, by the reply address of a ticket of his own. So the sender must be
    the requester there, and nobody else may take part who does not take part in what he opened.
    """
    there, here = case.known.tickets.get(case.match.ticket or 0), case.known.tickets.get(opened)
    if case.match.standing is not Standing.REQUESTER or there is None or here is None:
        return False
    parts = [{contact for contact, role in one.people.items() if role != Standing.THIRD_PARTY} for one in (there, here)]
    return parts[0] <= parts[1]


def _learn(work: Work, case: _Case, before: AnyRow) -> None:
    """In history, a repeat may name ids that the first one has lost on its way through a gateway: they lead here too.

    Only there: whoever has a copy of a customer's mail could send it again with ids of his own choice.
    """
    match, tickets = case.match, case.known.tickets
    for ref, own in match.index:
        if not own:
            work.changes.add(MessageReference, ref=ref, message=before.id, own=False)
    target = match.ticket or before.ticket
    lived = any(number not in tickets or tickets[number].lived for number in (target, before.ticket))
    for other in dict.fromkeys(match.merges if lived else (*match.merges, before.ticket)):
        if other != target:
            merge(work.changes, other, target, "mailbridge", "the same message names both")


def _decide_anew(connection: Connection, work: Work, case: _Case, before: AnyRow) -> None:
    item, match, ticket = case.item, case.match, case.ticket()
    if before.evidence == Evidence.NONE.value and (ticket is None or ticket.id == before.ticket):
        there = case.known.tickets.get(before.ticket)
        if there is not None and before.agent is None:
            opened = TicketNow.of(case.facts.tickets[before.ticket], dict(there.people))
            opening.proven_better(work, opened, item, match, case.facts.contacts)
        return
    if ticket is None:
        return
    if match.standing is Standing.AGENT:
        if before.unverified:
            agents.receive(connection, work, ticket, item, match, message=before.id)
    elif match.ticket != before.ticket:
        if before.evidence == Evidence.NONE.value and _shows_nobody_more(case, before.ticket):
            merge(
                work.changes,
                before.ticket,
                ticket.id,
                "mailbridge",
                f"repeat with {match.evidence.value}, {item.verdict.trust.value}",
            )
    elif before.third_party and match.standing is not Standing.THIRD_PARTY:
        opening.welcome(work, ticket, item, match, before.id, case.facts.contacts)
