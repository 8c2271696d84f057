"""A ticket's priority: graded when it opens, raised while its customer waits, left alone once a person has set it.

The grade itself is pure (`decide/priority.py`); here its facts are found, and what came out is written down with its
reasons. Nothing is ever lowered by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.decide.priority import Grade, Pressing, grade
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.lookup import ContactFacts
from mailbridge.desk.work import Rules, TicketNow, Work
from mailbridge.store.tables import Contact, Event, Message

ORDER = ("low", "normal", "high", "critical")

contact: Any = Contact.__table__  # type: ignore[attr-defined]
event: Any = Event.__table__  # type: ignore[attr-defined]
message: Any = Message.__table__  # type: ignore[attr-defined]


def grade_opening(
    work: Work, ticket: TicketNow, item: Incoming, address: str, contacts: Mapping[str, ContactFacts]
) -> None:
    """Grade a new ticket by what the customer (of this address) writes and who he is; without any reason it is normal."""
    known = contacts.get(address.lower())
    found = graded(item, work.rules, known.level if known else "")
    if found.reasons:
        _write_down(work, ticket, found)


def graded(item: Incoming, rules: Rules, level: str = "") -> Grade:
    """Return how pressing a ticket is that this mail opens. level: the contact's."""
    return grade(Pressing(item.mail.subject, item.written.reply or item.mail.text, level), rules.priority)


def raise_by_waiting(connection: Connection, work: Work, ticket: TicketNow) -> None:
    """Grade a ticket anew when its customer still waits: each day makes it more pressing, unless a person has decided."""
    if ticket.waiting_since is None or _set_by_a_person(connection, ticket):
        return
    subject, text = _first_words(connection, ticket)
    level = connection.execute(select(contact.c.level).where(contact.c.id == ticket.requester)).scalar() or ""
    found = grade(Pressing(subject, text, level, waited=work.now - ticket.waiting_since), work.rules.priority)
    if ORDER.index(found.priority) > ORDER.index(ticket.priority):
        _write_down(work, ticket, found)


def _write_down(work: Work, ticket: TicketNow, found: Grade) -> None:
    work.changes.event(
        ticket.id,
        "mailbridge",
        "graded",
        to=found.priority,
        before=ticket.priority,
        points=found.points,
        reasons=reasons_of(found),
    )
    work.set(ticket, priority=found.priority)


def reasons_of(found: Grade) -> list[dict[str, Any]]:
    """Return the reasons of a grade as they are stored and shown."""
    return [{"ground": why.ground.value, "points": why.points, "found": why.found} for why in found.reasons]


def _set_by_a_person(connection: Connection, ticket: TicketNow) -> bool:
    query = select(event.c.id).where(event.c.ticket == ticket.id, event.c.what == "priority-set").limit(1)
    return connection.execute(query).first() is not None


def _first_words(connection: Connection, ticket: TicketNow) -> tuple[str, str]:
    """Return the subject and the words that the ticket was opened with."""
    query = select(message.c.subject, message.c.reply, message.c.text).where(
        message.c.ticket == ticket.id, message.c.direction == "inbound"
    )
    row = connection.execute(query.order_by(message.c.id).limit(1)).first()
    return (row.subject, row.reply or row.text) if row is not None else (ticket.subject, "")
