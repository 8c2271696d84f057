"""Merging tickets, undoing it, and splitting: whole, recorded, reversible; later mail follows because the messages move.

| act     | messages                                            | people                        | undone by        |
|---------|-----------------------------------------------------|-------------------------------|------------------|
| merge   | all of the source lie on the target                 | all of the source take part   | `/unmerge`       |
| unmerge | those that came with the source, and what answered  | who came with it leaves again | `/merge`         |
|         | them or was sent to the source since, go back       |                               |                  |
| split   | one mail, and what answered it, on a new ticket     | its sender is the requester   | `/merge`         |

Every act runs after all other rows of its transaction are written; its events name the messages that it moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from mailbridge.decide.match import Standing
from mailbridge.desk.changes import Changes
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Event, Message, Participant, Ticket

AT_REST = ("pending", "snoozed", "resolved", "closed")
LONGEST_CHAIN = 1000

message: Any = Message.__table__  # type: ignore[attr-defined]
ticket: Any = Ticket.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]
event: Any = Event.__table__  # type: ignore[attr-defined]


def merge(changes: Changes, source: int, target: int, actor: str, why: str) -> None:
    """Merge ticket `source` into `target`, or into what that was merged into; nothing happens when they are one already."""
    changes.touch(source)
    changes.touch(target)
    changes.then(lambda connection: _merge(connection, changes, source, target, actor, why))


def unmerge(changes: Changes, source: int, actor: str) -> None:
    """Undo the merge of ticket `source`: it is what it was, with its messages and what came for it since."""
    changes.touch(source)
    changes.then(lambda connection: _unmerge(connection, changes, source, actor))


def split(changes: Changes, source: int, target: int, number: int, actor: str) -> None:
    """Move message `number` of `source`, and what answered it, onto `target`, a ticket that this transaction makes."""
    changes.touch(source)
    changes.touch(target)
    changes.then(lambda connection: _split(connection, changes, source, target, number, actor))


def end_of_chain(connection: Connection, number: int) -> int:
    """Return the ticket that this one was merged into in the end, or itself."""
    for _ in range(LONGEST_CHAIN):
        further = connection.execute(select(ticket.c.merged_into).where(ticket.c.id == number)).scalar()
        if further is None:
            break
        number = further
    return number


def _merge(connection: Connection, changes: Changes, source: int, named: int, actor: str, why: str) -> None:
    target = end_of_chain(connection, named)
    rows = {row.id: row for row in connection.execute(select(ticket).where(ticket.c.id.in_((source, target))))}
    if source == target or len(rows) < 2 or rows[source].state == "merged":
        return
    moved = list(connection.execute(select(message.c.id).where(message.c.ticket == source)).scalars())
    connection.execute(update(message).where(message.c.ticket == source).values(ticket=target))
    connection.execute(
        update(ticket)
        .where(ticket.c.id == source)
        .values(state="merged", merged_into=target, updated_at=changes.now, due_at=None)
    )
    changes.touch(target)
    last = changes.fork()
    joined, raised = _bring_people(connection, last, source, target)
    before = _owe_for(connection, changes.now, rows[source], rows[target])
    told = {"messages": moved, "why": why}
    _note(last, source, actor, "merged", told | {"into": target, "state": rows[source].state})
    _note(
        last, target, actor, "merged-in", told | {"from": source, "joined": joined, "raised": raised, "before": before}
    )
    last.flush(connection)


def _bring_people(connection: Connection, last: Changes, source: int, target: int) -> tuple[list[int], list[int]]:
    """Let the people of the source take part in the target; return who is new there, and who was a third party before."""
    known = _people(connection, target)
    joined, raised = [], []
    for contact, row in _people(connection, source).items():
        role = Standing.PARTICIPANT.value if row.role == Standing.REQUESTER else row.role
        if contact not in known:
            last.add(Participant, **row._asdict() | {"ticket": target, "role": role})
            joined.append(contact)
        elif known[contact].role == Standing.THIRD_PARTY != role:
            raised.append(contact)
    _give_role(connection, target, raised, Standing.PARTICIPANT)
    return joined, raised


def _owe_for(connection: Connection, now: datetime, source: AnyRow, target: AnyRow) -> dict[str, Any]:
    """What the source waited for, the target waits for; return what that changed, to be undone."""
    if source.waiting_since is None or source.state not in ("new", "open") or target.state == "spam":
        return {}
    since = min(source.waiting_since, target.waiting_since or source.waiting_since)
    values: dict[str, Any] = {"waiting_since": since, "updated_at": now}
    if target.state in AT_REST:
        values |= {"state": "open", "state_since": now, "closed_at": None, "snoozed_until": None}
    connection.execute(update(ticket).where(ticket.c.id == target.id).values(**values))
    return {
        "state": target.state,
        "waiting_since": _iso(target.waiting_since),
        "closed_at": _iso(target.closed_at),
        "now": _iso(since),
    }


def _unmerge(connection: Connection, changes: Changes, source: int, actor: str) -> None:
    row = connection.execute(select(ticket).where(ticket.c.id == source)).one_or_none()
    if row is None or row.state != "merged":
        return
    holder = end_of_chain(connection, source)
    changes.touch(holder)
    merged = _last_event(connection, source, "merged")
    taken = [one for one in _events(connection, row.merged_into, "merged-in") if one["from"] == source]
    first = set(merged.get("messages", ()))
    moved = _with_answers(connection, holder, first, _merged_below(connection, source))
    connection.execute(update(message).where(message.c.id.in_(moved)).values(ticket=source))
    later = _waiting_since(connection, moved - first)
    values: dict[str, Any] = {"state": merged.get("state", "open"), "merged_into": None, "updated_at": changes.now}
    if later is not None and values["state"] not in ("new", "open", "spam"):
        values |= {"state": "open", "state_since": changes.now, "closed_at": None}
    if later is not None and row.waiting_since is None:
        values["waiting_since"] = later
    connection.execute(update(ticket).where(ticket.c.id == source).values(**values))
    if taken:
        _send_people_home(connection, holder, taken[-1])
        _owe_no_longer(connection, changes.now, holder, taken[-1].get("before", {}))
    last = changes.fork()
    _note(last, source, actor, "unmerged", {"from": holder, "messages": sorted(moved)})
    _note(last, holder, actor, "unmerged-out", {"into": source, "messages": sorted(moved)})
    last.flush(connection)


def _send_people_home(connection: Connection, holder: int, taken: dict[str, Any]) -> None:
    """Who came with the merge leaves again, unless he has written there since."""
    wrote = select(message.c.contact).where(message.c.ticket == holder, message.c.contact.is_not(None))
    connection.execute(
        delete(participant).where(
            participant.c.ticket == holder,
            participant.c.contact.in_(taken.get("joined", ())),
            participant.c.role != Standing.REQUESTER.value,
            participant.c.contact.not_in(wrote),
        )
    )
    _give_role(connection, holder, taken.get("raised", ()), Standing.THIRD_PARTY)


def _owe_no_longer(connection: Connection, now: datetime, holder: int, before: dict[str, Any]) -> None:
    """Give the target back what the merge took from it, unless something happened to it since."""
    row = connection.execute(select(ticket).where(ticket.c.id == holder)).one()
    if (
        not before
        or row.waiting_since is None
        or _iso(row.waiting_since) != before["now"]
        or row.state not in ("new", "open")
    ):
        return
    values = {
        name: datetime.fromisoformat(before[name]) if before[name] else None for name in ("waiting_since", "closed_at")
    }
    state = {"state": before["state"], "state_since": now} if before["state"] != row.state else {}
    connection.execute(update(ticket).where(ticket.c.id == holder).values(updated_at=now, **values, **state))


def _split(connection: Connection, changes: Changes, source: int, target: int, number: int, actor: str) -> None:
    moved = _with_answers(connection, source, {number}, set())
    connection.execute(update(message).where(message.c.id.in_(moved)).values(ticket=target))
    row = connection.execute(select(ticket).where(ticket.c.id == source)).one()
    reopened = [one for one in _events(connection, source, "reopened", message_id=number) if "before" in one]
    left = _waiting_since(connection, _unanswered(connection, row, number if reopened else 0))
    values: dict[str, Any] = {"waiting_since": left, "updated_at": changes.now}
    if left is None and reopened and row.state == "open":
        values |= {"state": reopened[-1]["before"], "state_since": changes.now}
        values |= {"closed_at": changes.now} if reopened[-1]["before"] == "closed" else {}
    connection.execute(update(ticket).where(ticket.c.id == source).values(**values))
    last = changes.fork()
    _note(last, source, actor, "split", {"into": target, "messages": sorted(moved)})
    _note(last, target, actor, "split-from", {"from": source, "messages": sorted(moved)})
    last.flush(connection)


def _merged_below(connection: Connection, number: int) -> set[int]:
    """Return a ticket and all that were merged into it, at whatever distance."""
    found, fresh = {number}, {number}
    while fresh:
        below = connection.execute(select(ticket.c.id).where(ticket.c.merged_into.in_(fresh))).scalars()
        fresh = set(below) - found
        found |= fresh
    return found


def _with_answers(connection: Connection, holder: int, first: set[int], named: set[int]) -> set[int]:
    """Return these messages, and those on the same ticket that answered them or were sent to one of the tickets `named`."""
    query = select(message.c.id, message.c.decision).where(message.c.ticket == holder).order_by(message.c.id)
    moved: set[int] = set()
    for row in connection.execute(query):
        parent, pointed = row.decision.get("parent"), row.decision.get("pointed")
        if row.id in first or (parent is not None and parent in moved) or pointed in named:
            moved.add(row.id)
    return moved


def _unanswered(connection: Connection, row: AnyRow, after: int) -> set[int]:
    """Return the messages of a ticket, from a number on, that came after our last answer."""
    query = select(message.c.id).where(message.c.ticket == row.id, message.c.id > after)
    if row.answered_at is not None:
        query = query.where(message.c.at > row.answered_at)
    return set(connection.execute(query).scalars())


def _waiting_since(connection: Connection, numbers: Iterable[int]) -> datetime | None:
    """Return when the first of these that a person who takes part wrote came in, or None."""
    query = select(message.c.at).where(
        message.c.id.in_(list(numbers)),
        message.c.direction == "inbound",
        message.c.kind == "human",
        message.c.third_party.is_(False),
    )
    return min(connection.execute(query).scalars(), default=None)


def _people(connection: Connection, number: int) -> dict[int, AnyRow]:
    return {row.contact: row for row in connection.execute(select(participant).where(participant.c.ticket == number))}


def _give_role(connection: Connection, number: int, contacts: Iterable[int], role: Standing) -> None:
    connection.execute(
        update(participant)
        .where(participant.c.ticket == number, participant.c.contact.in_(list(contacts)))
        .values(role=role.value)
    )


def _note(last: Changes, number: int, actor: str, what: str, why: dict[str, Any]) -> None:
    last.add(Event, ticket=number, at=last.now, actor=actor, what=what, why=why)


def _events(connection: Connection, number: int, what: str, message_id: int | None = None) -> list[dict[str, Any]]:
    query = select(event.c.why).where(event.c.ticket == number, event.c.what == what).order_by(event.c.id)
    if message_id is not None:
        query = query.where(event.c.message == message_id)
    return list(connection.execute(query).scalars())


def _last_event(connection: Connection, number: int, what: str) -> dict[str, Any]:
    return (_events(connection, number, what) or [{}])[-1]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
