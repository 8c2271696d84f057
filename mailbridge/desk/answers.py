"""What an answer on a ticket goes by: who gets it, which mail it answers, what was said last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from mailbridge.decide.match import Standing
from mailbridge.desk.post import Thread, To
from mailbridge.desk.work import TicketNow
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Event, Message, Participant

SHOWN_MESSAGES = 8
SHOWN_LETTERS = 300
THREAD_MESSAGES = 15

event: Any = Event.__table__  # type: ignore[attr-defined]
message: Any = Message.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]


def recipients(connection: Connection, ticket: TicketNow) -> list[To]:
    """Return who gets an agent's answer: the requester first, then those who take part; third parties never."""
    query = select(participant).where(
        participant.c.ticket == ticket.id,
        participant.c.role.in_([Standing.REQUESTER.value, Standing.PARTICIPANT.value]),
    )
    rows = sorted(connection.execute(query), key=lambda row: (row.role != Standing.REQUESTER.value, row.contact))
    once = {row.address: row for row in reversed(rows)}  # two contacts may share the address that answers go to
    return [To(row.address, row.name, contact=row.contact) for row in rows if "@" in row.address and once[row.address] is row]


def thread_of(connection: Connection, ticket: TicketNow) -> Thread:
    """Return where an answer hangs: under the newest mail of those who take part.

    Apple Mail and Thunderbird want the chain, so References name the root and what was said since; ids of third parties,
    notes and notifications, which the reader never saw, stay out. Of a forward, the id is that of the mail inside it.
    """
    query = select(message.c.id, message.c.message_id, message.c.direction, message.c.agent, message.c.decision).where(
        message.c.ticket == ticket.id,
        message.c.third_party.is_(False),
        or_(message.c.direction == "inbound", (message.c.direction == "outbound") & message.c.automatic.is_(False)),
    )
    newest = connection.execute(query.order_by(message.c.id.desc()).limit(THREAD_MESSAGES)).all()
    first = connection.execute(query.order_by(message.c.id).limit(1)).all()
    parent = next((row for row in newest if row.direction == "inbound"), None)
    if parent is None:
        return Thread()
    chain = dict.fromkeys(_id_of(row) for row in (*first, *reversed(newest)))
    return Thread(_id_of(parent), tuple(ref for ref in chain if ref), parent.decision.get("thread_index", ""))


def _id_of(row: AnyRow) -> str:
    """Return the id by which those who take part know a message."""
    return str(row.decision.get("original_id", "") if row.direction == "inbound" and row.agent else row.message_id)


def news_sent(connection: Connection, ticket: TicketNow) -> int:
    """Return how much news this ticket has had since it was opened: the next is put in other words than all of it."""
    query = select(func.count()).where(event.c.ticket == ticket.id, event.c.what.in_(("follow-up-queued", "follow-up-drafted")))
    return connection.execute(query).scalar() or 0


def last_words(connection: Connection, ticket: TicketNow) -> str:
    """Return what those who take part wrote last."""
    query = select(message.c.reply, message.c.text).where(
        message.c.ticket == ticket.id, message.c.direction == "inbound", message.c.third_party.is_(False)
    )
    row = connection.execute(query.order_by(message.c.id.desc()).limit(1)).first()
    return (row.reply or row.text) if row is not None else ""


def history(connection: Connection, ticket: TicketNow) -> tuple[tuple[datetime, str, str], ...]:
    """Return the newest messages of a ticket, oldest first, shortened, for agents."""
    query = select(message).where(message.c.ticket == ticket.id).order_by(message.c.id.desc()).limit(SHOWN_MESSAGES)
    rows = reversed(connection.execute(query).all())
    return tuple((row.at, row.agent or row.from_name or row.from_address, row.reply[:SHOWN_LETTERS]) for row in rows)
