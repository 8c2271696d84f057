"""What an answer on a ticket goes by: who gets it, which mail it answers, what was said last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from mailbridge.decide.match import TELLING, Standing
from mailbridge.desk.changes import Changes
from mailbridge.desk.post import Thread, To
from mailbridge.desk.work import TicketNow
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Event, Message, Participant

SHOWN_MESSAGES = 8
SHOWN_LETTERS = 300
THREAD_MESSAGES = 15
UNSEEN = tuple(sorted(kind.value for kind in TELLING))
"""Kinds of mail that a program wrote in somebody's name: he never saw it, so no answer hangs under it."""

event: Any = Event.__table__  # type: ignore[attr-defined]
message: Any = Message.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]


def recipients(connection: Connection, ticket: TicketNow, changes: Changes | None = None) -> list[To]:
    """Return who gets an agent's answer: the requester first, then those who take part; third parties never.

    changes: what this transaction has not written yet; whom it lets in gets the answer of the same mail.
    """
    query = select(participant.c.contact, participant.c.role, participant.c.address, participant.c.name)
    rows = [tuple(row) for row in connection.execute(query.where(participant.c.ticket == ticket.id))]
    made = [row for row in changes.collected(Participant) if row["ticket"] == ticket.id] if changes is not None else []
    rows += [(row["contact"], row["role"], row["address"], row["name"]) for row in made]
    found: dict[str, To] = {}  # two contacts may share the address that answers go to
    for role in (Standing.REQUESTER.value, Standing.PARTICIPANT.value):
        for contact, written, address, name in sorted(rows):
            if ticket.people.get(contact, written) == role and "@" in address:
                found.setdefault(address, To(address, name, contact=contact))
    return list(found.values())


def thread_of(connection: Connection, ticket: TicketNow) -> Thread:
    """Return where an answer hangs: under the newest mail of those who take part.

    Apple Mail and Thunderbird want the chain, so References name the root and what was said up to that mail; ids of third parties,
    notes and notifications, which the reader never saw, stay out. Of a forward, the id is that of the mail inside it.
    """
    query = select(message.c.id, message.c.message_id, message.c.direction, message.c.agent, message.c.decision).where(
        message.c.ticket == ticket.id,
        message.c.third_party.is_(False),
        or_(
            (message.c.direction == "inbound") & message.c.kind.not_in(UNSEEN),
            (message.c.direction == "outbound") & message.c.automatic.is_(False),
        ),
    )
    newest = connection.execute(query.order_by(message.c.id.desc()).limit(THREAD_MESSAGES)).all()
    first = connection.execute(query.order_by(message.c.id).limit(1)).all()
    parent = next((row for row in newest if row.direction == "inbound"), None)
    if parent is None:
        return Thread()
    chain = dict.fromkeys(_id_of(row) for row in (*first, *reversed(newest)) if row.id <= parent.id)
    answers = _id_of(parent) or _last_of_ours(connection, ticket)
    return Thread(answers, tuple(ref for ref in chain if ref), parent.decision.get("thread_index", ""))


def _last_of_ours(connection: Connection, ticket: TicketNow) -> str:
    """Return the id of our newest mail, an acknowledgement too: where the mail that is answered has none, it hangs under that."""
    query = select(message.c.message_id).where(message.c.ticket == ticket.id, message.c.direction == "outbound")
    return str(connection.execute(query.order_by(message.c.id.desc()).limit(1)).scalar() or "")


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
