"""Merging tickets: whole, recorded, reversible; later mail follows because the messages themselves move."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from mailbridge.desk.changes import Changes
from mailbridge.store.tables import Event, Message, Participant, Ticket

message: Any = Message.__table__  # type: ignore[attr-defined]
ticket: Any = Ticket.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]


def merge(changes: Changes, source: int, target: int, actor: str, why: str) -> None:
    """Merge ticket `source` into `target`, after everything else of this transaction is written.

    Messages and people move; the event lists the messages, so that the merge can be undone.
    """
    changes.touch(source)
    changes.touch(target)
    changes.then(lambda connection: _move(connection, changes, source, target, actor, why))


def _move(connection: Connection, changes: Changes, source: int, target: int, actor: str, why: str) -> None:
    state = connection.execute(select(ticket.c.state).where(ticket.c.id == source)).scalar()
    if state in (None, "merged") or source == target:
        return
    moved = list(connection.execute(select(message.c.id).where(message.c.ticket == source)).scalars())
    connection.execute(update(message).where(message.c.ticket == source).values(ticket=target))
    connection.execute(
        update(ticket)
        .where((ticket.c.id == source) | (ticket.c.merged_into == source))
        .values(state="merged", merged_into=target, updated_at=changes.now)
    )
    known = set(connection.execute(select(participant.c.contact).where(participant.c.ticket == target)).scalars())
    people = [
        row._asdict()
        for row in connection.execute(select(participant).where(participant.c.ticket == source))
        if row.contact not in known
    ]
    last = changes.fork()
    for person in people:
        last.add(
            Participant,
            **person | {"ticket": target, "role": "participant" if person["role"] == "requester" else person["role"]},
        )
    last.add(
        Event,
        ticket=source,
        at=changes.now,
        actor=actor,
        what="merged",
        why={"into": target, "messages": moved, "state": state, "why": why},
    )
    last.add(
        Event,
        ticket=target,
        at=changes.now,
        actor=actor,
        what="merged-in",
        why={"from": source, "messages": moved, "why": why},
    )
    last.flush(connection)
