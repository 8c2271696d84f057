"""The facts to match by, fetched for a whole batch in a fixed number of queries, all of them by index.

Runs inside the desk's transaction, so nothing it finds can change before the desk has written. Writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from mailbridge.decide.match import IdFacts, Known, Sender, TicketFacts
from mailbridge.decide.providers import colleague_domain
from mailbridge.decide.signals import Signals
from mailbridge.decide.trust import Trust
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Contact, ContactAddress, Message, MessageReference, Participant, Ticket

contact: Any = Contact.__table__  # type: ignore[attr-defined]
contact_address: Any = ContactAddress.__table__  # type: ignore[attr-defined]
message: Any = Message.__table__  # type: ignore[attr-defined]
reference: Any = MessageReference.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]
ticket: Any = Ticket.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known about one mail. `identity`: equal for the same message come twice, or None.

    people: further addresses that may become participants (Reply-To, Cc).
    """

    address: str
    trust: Trust
    agent: str | None
    signals: Signals
    identity: str | None
    importing: bool = False
    reopen_window: timedelta = timedelta(days=14)
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A contact as the tables know him."""

    id: int
    name: str
    locale: str | None
    timezone: str | None
    best_trust: Trust


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a batch needs. known: one for each question, in order. repeats: identity → row of the message that is there."""

    known: tuple[Known, ...]
    contacts: Mapping[str, ContactFacts] = field(default_factory=dict)
    repeats: Mapping[str, AnyRow] = field(default_factory=dict)
    tickets: Mapping[int, AnyRow] = field(default_factory=dict)


def fetch_facts(connection: Connection, questions: Sequence[Question]) -> Facts:
    """Return the facts for every question, in seven queries whatever the number of questions and tickets."""
    contacts = _contacts(
        connection, {address for question in questions for address in (question.address, *question.people) if address}
    )
    ids = _ids(connection, {ref for question in questions for ref in question.signals.ids})
    repeats = _repeats(connection, {question.identity for question in questions if question.identity})
    numbers = {number for facts in ids.values() for number, _ in facts.owners} | {
        n for facts in ids.values() for n in facts.seekers
    }
    numbers |= {tag for question in questions for tag in question.signals.tags}
    keys = {key.hex() for question in questions for key in question.signals.ticket_keys}
    rows = _tickets(connection, numbers, keys)
    facts = _ticket_facts(connection, rows)
    by_key = {bytes.fromhex(row.key): row.id for row in rows.values()}
    known = tuple(_known(question, contacts, facts, by_key, ids) for question in questions)
    return Facts(known, contacts, repeats, rows)


def _known(
    question: Question,
    contacts: Mapping[str, ContactFacts],
    tickets: Mapping[int, TicketFacts],
    by_key: Mapping[bytes, int],
    ids: Mapping[str, IdFacts],
) -> Known:
    writer = contacts.get(question.address)
    sender = Sender(
        writer.id if writer else None,
        question.address,
        question.trust,
        writer.best_trust if writer else Trust.BARE,
        question.agent,
    )
    return Known(sender, tickets, by_key, ids, question.importing, question.reopen_window)


def _contacts(connection: Connection, addresses: Iterable[str]) -> dict[str, ContactFacts]:
    query = (
        select(
            contact_address.c.address,
            contact_address.c.best_trust,
            contact.c.id,
            contact.c.name,
            contact.c.locale,
            contact.c.timezone,
        )
        .join_from(contact_address, contact)
        .where(contact_address.c.address.in_(list(addresses)))
    )
    return {
        row.address: ContactFacts(row.id, row.name, row.locale, row.timezone, Trust(row.best_trust))
        for row in connection.execute(query)
    }


def _ids(connection: Connection, refs: Iterable[str]) -> dict[str, IdFacts]:
    owners: dict[str, list[tuple[int, int]]] = defaultdict(list)
    seekers: dict[str, list[int]] = defaultdict(list)
    query = (
        select(reference.c.ref, reference.c.own, message.c.id, message.c.ticket)
        .join_from(reference, message)
        .where(reference.c.ref.in_(list(refs)))
        .order_by(reference.c.id)
    )
    for row in connection.execute(query):
        if row.own:
            owners[row.ref].append((row.ticket, row.id))
        elif row.ticket not in seekers[row.ref]:
            seekers[row.ref].append(row.ticket)
    return {ref: IdFacts(tuple(owners.get(ref, ())), tuple(seekers.get(ref, ()))) for ref in {*owners, *seekers}}


def _repeats(connection: Connection, identities: Iterable[str]) -> dict[str, AnyRow]:
    query = select(message).where(message.c.identity.in_(list(identities)))
    return {row.identity: row for row in connection.execute(query)}


def _tickets(connection: Connection, numbers: set[int], keys: set[str]) -> dict[int, AnyRow]:
    query = select(ticket).where(or_(ticket.c.id.in_(numbers), ticket.c.key.in_(keys)))
    rows = {row.id: row for row in connection.execute(query)}
    while missing := {row.merged_into for row in rows.values() if row.merged_into is not None} - rows.keys():
        further = {row.id: row for row in connection.execute(select(ticket).where(ticket.c.id.in_(missing)))}
        if not further:
            break
        rows |= further
    return rows


def _ticket_facts(connection: Connection, rows: Mapping[int, AnyRow]) -> dict[int, TicketFacts]:
    people: dict[int, dict[int, str]] = defaultdict(dict)
    domains: dict[int, set[str]] = defaultdict(set)
    query = select(participant.c.ticket, participant.c.contact, participant.c.role, participant.c.address).where(
        participant.c.ticket.in_(list(rows))
    )
    for row in connection.execute(query):
        people[row.ticket][row.contact] = row.role
        domain = colleague_domain(row.address)
        if row.role == "requester" and domain:
            domains[row.ticket].add(domain)
    return {
        row.id: TicketFacts(
            row.id,
            bytes.fromhex(row.key),
            row.state,
            row.department,
            people[row.id],
            frozenset(domains[row.id]),
            row.closed_at,
            row.merged_into,
        )
        for row in rows.values()
    }
