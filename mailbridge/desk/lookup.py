"""The facts to match by, fetched for a whole batch in a fixed number of queries, all of them by index.

Runs inside the desk's transaction, so nothing it finds can change before the desk has written. Writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from mailbridge.decide.known import PROVEN, Evidence, IdFacts, Known, Owner, Seeker, Sender, TicketFacts
from mailbridge.decide.providers import colleague_domain
from mailbridge.decide.signals import Signals
from mailbridge.decide.trust import Trust
from mailbridge.mail.subject import read_subject
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Contact, ContactAddress, Message, MessageReference, Participant, Ticket

COPIED = "copied"
"""Why somebody is on a ticket who was only named in To or Cc."""

QUERIES = 7
"""Statements that one look-up makes at most, whatever the number of mails (a test counts them)."""

contact: Any = Contact.__table__  # type: ignore[attr-defined]
contact_address: Any = ContactAddress.__table__  # type: ignore[attr-defined]
message: Any = Message.__table__  # type: ignore[attr-defined]
reference: Any = MessageReference.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]
ticket: Any = Ticket.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known about one mail. `identity`: equal for the same message come twice, or None.

    people: further addresses that may become participants (Reply-To, Cc); copied: those of them in To and Cc.
    """

    address: str
    trust: Trust
    agent: str | None
    signals: Signals
    identity: str | None
    importing: bool = False
    reopen_window: timedelta = timedelta(days=14)
    people: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A contact as the tables know him."""

    id: int
    name: str
    locale: str | None
    timezone: str | None
    best_trust: Trust
    level: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a batch needs. known: one for each question, in order. repeats: identity → row of the message that is there."""

    known: tuple[Known, ...]
    contacts: Mapping[str, ContactFacts] = field(default_factory=dict)
    repeats: Mapping[str, AnyRow] = field(default_factory=dict)
    tickets: Mapping[int, AnyRow] = field(default_factory=dict)


def fetch_facts(connection: Connection, questions: Sequence[Question]) -> Facts:
    """Return the facts for every question, in at most `QUERIES` queries whatever the number of questions and tickets."""
    contacts = find_contacts(
        connection, {address for question in questions for address in (question.address, *question.people) if address}
    )
    likenesses = {name for question in questions for name in question.signals.alike.names}
    ids = _ids(connection, {ref for question in questions for ref in question.signals.ids}, likenesses)
    repeats = _repeats(connection, {question.identity for question in questions if question.identity})
    numbers = {owner.ticket for facts in ids.values() for owner in facts.owners}
    numbers |= {seeker.ticket for facts in ids.values() for seeker in facts.seekers}
    numbers |= {tag for question in questions for tag in question.signals.tags}
    numbers |= {row.ticket for row in repeats.values()}
    keys = {key.hex() for question in questions for key in question.signals.ticket_keys}
    rows = _tickets(connection, numbers, keys)
    facts = _ticket_facts(connection, rows, proven=any(question.trust in PROVEN for question in questions))
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
    copied = frozenset(contacts[address].id for address in question.copied if address in contacts)
    return Known(sender, tickets, by_key, ids, question.importing, question.reopen_window, copied)


def find_contacts(connection: Connection, addresses: Iterable[str]) -> dict[str, ContactFacts]:
    """Return the contacts with these addresses (lower case), by address."""
    query = (
        select(
            contact_address.c.address,
            contact_address.c.best_trust,
            contact.c.id,
            contact.c.name,
            contact.c.locale,
            contact.c.timezone,
            contact.c.level,
        )
        .join_from(contact_address, contact)
        .where(contact_address.c.address.in_(list(addresses)))
    )
    return {
        row.address: ContactFacts(row.id, row.name, row.locale, row.timezone, Trust(row.best_trust), row.level)
        for row in connection.execute(query)
    }


def _ids(connection: Connection, refs: Iterable[str], likenesses: set[str]) -> dict[str, IdFacts]:
    """Return who bears these ids and who refers to them. `index` of a match keeps the rows of one id few."""
    best_trust = select(contact_address.c.best_trust).where(contact_address.c.address == func.lower(message.c.from_address))
    query = (
        select(
            reference.c.ref,
            reference.c.own,
            message.c.id,
            message.c.ticket,
            message.c.contact,
            message.c.from_address,
            message.c.dated_at,
            message.c.subject,
            message.c.at,
            _of_seekers(message.c.evidence).label("evidence"),
            _of_seekers(message.c.trust).label("trust"),  # lies behind the text in the row: dear to read
            _of_seekers(best_trust.scalar_subquery()).label("best_trust"),
        )
        .join_from(reference, message)
        .where(reference.c.ref.in_(list(refs)))
        .order_by(reference.c.id)
    )
    rows = connection.execute(query).all()
    texts = _texts(connection, {row.id for row in rows if row.ref in likenesses})
    owners: dict[str, list[Owner]] = defaultdict(list)
    seekers: dict[str, list[Seeker]] = defaultdict(list)
    for row in rows:
        if row.own:
            subject = read_subject(row.subject).base
            owners[row.ref].append(Owner(row.ticket, row.id, row.from_address.lower(), row.dated_at, subject))
        else:
            trust, best = Trust(row.trust or "bare"), Trust(row.best_trust or "bare")
            text = texts.get(row.id, "") if row.ref in likenesses else ""
            opened = row.evidence == Evidence.NONE.value
            seekers[row.ref].append(Seeker(row.ticket, row.id, row.contact, trust, best, row.at, text, opened))
    return {ref: IdFacts(tuple(owners.get(ref, ())), tuple(seekers.get(ref, ()))) for ref in {*owners, *seekers}}


def _of_seekers(column: Any) -> Any:
    """Ask for a column only of messages that refer to an id; those that bear it are far more, and need it not."""
    return case((reference.c.own.is_(False), column))


def _texts(connection: Connection, messages: set[int]) -> dict[int, str]:
    if not messages:
        return {}
    query = select(message.c.id, message.c.reply).where(message.c.id.in_(messages))
    return {row.id: row.reply for row in connection.execute(query)}


def _repeats(connection: Connection, identities: Iterable[str]) -> dict[str, AnyRow]:
    query = select(message).where(message.c.identity.in_(list(identities)))
    return {row.identity: row for row in connection.execute(query)}


def _tickets(connection: Connection, numbers: set[int], keys: set[str]) -> dict[int, AnyRow]:
    """Return these tickets and those that they were merged into, to the end of each chain; a circle ends too."""
    named = select(ticket.c.id, ticket.c.merged_into).where(or_(ticket.c.id.in_(numbers), ticket.c.key.in_(keys)))
    chain = named.cte("chain", recursive=True)
    following = select(ticket.c.id, ticket.c.merged_into).join(chain, ticket.c.id == chain.c.merged_into)
    chain = chain.union(following)
    query = select(ticket).where(ticket.c.id.in_(select(chain.c.id)))
    return {row.id: row for row in connection.execute(query)}


def _addresses(connection: Connection, contacts: Iterable[int]) -> Iterable[tuple[int, str]]:
    """Return the own addresses of contacts. Where answers to them go (Reply-To) may be anybody's, so it makes no colleagues."""
    query = select(contact_address.c.contact, contact_address.c.address)
    return [(row.contact, row.address) for row in connection.execute(query.where(contact_address.c.contact.in_(list(contacts))))]


def _ticket_facts(connection: Connection, rows: Mapping[int, AnyRow], *, proven: bool) -> dict[int, TicketFacts]:
    """Return what the rows say, with the people. proven: somebody asks who may be a colleague; nobody else needs the domains."""
    people: dict[int, dict[int, str]] = defaultdict(dict)
    domains: dict[int, set[str]] = defaultdict(set)
    unheard: dict[int, set[int]] = defaultdict(set)
    asking: dict[int, set[int]] = defaultdict(set)
    query = select(participant.c.ticket, participant.c.contact, participant.c.role, participant.c.why)
    for row in connection.execute(query.where(participant.c.ticket.in_(list(rows)))):
        people[row.ticket][row.contact] = row.role
        if row.role == "third-party" and row.why == COPIED:
            unheard[row.ticket].add(row.contact)
        if row.role == "requester":
            asking[row.contact].add(row.ticket)
    for contact_number, address in _addresses(connection, asking) if proven else ():
        domain = colleague_domain(address)
        for number in asking[contact_number] if domain else ():
            domains[number].add(domain or "")
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
            row.updated_at,
            row.state != "closed" or row.answered_at is not None or row.news_at is not None,
            frozenset(unheard[row.id]),
        )
        for row in rows.values()
    }
