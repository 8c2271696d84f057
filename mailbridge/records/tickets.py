"""Tickets as `ticket list` and `ticket show` tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from mailbridge.records.timers import timers_of
from mailbridge.records.words import JsonObject, when
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Attachment, Contact, ContactAddress, Event, Message, Participant, Ticket

ticket: Any = Ticket.__table__  # type: ignore[attr-defined]
message: Any = Message.__table__  # type: ignore[attr-defined]
event: Any = Event.__table__  # type: ignore[attr-defined]
contact: Any = Contact.__table__  # type: ignore[attr-defined]
contact_address: Any = ContactAddress.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]
attachment: Any = Attachment.__table__  # type: ignore[attr-defined]


def list_tickets(
    connection: Connection, *, state: str | None = None, agent: str | None = None, overdue_at: datetime | None = None
) -> Iterator[JsonObject]:
    """Give every ticket, newest first; merged ones only when asked for by state.

    overdue_at: only those that were due before this time.
    """
    query = select(ticket).order_by(ticket.c.id.desc())
    query = query.where(ticket.c.state == state) if state else query.where(ticket.c.state != "merged")
    if agent:
        query = query.where(ticket.c.agent == agent)
    if overdue_at is not None:
        query = query.where(ticket.c.due_at < overdue_at, ticket.c.state.in_(("new", "open")))
    rows = connection.execute(query).all()
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        counts = _counts(connection, [row.id for row in part])
        asking = _requesters(connection, [row.id for row in part])
        for row in part:
            yield _summary(row, asking.get(row.id, ""), counts.get(row.id, 0))


def show_ticket(connection: Connection, number: int) -> JsonObject | None:
    """Give one ticket with its thread, history and links; None when there is no such ticket."""
    row = connection.execute(select(ticket).where(ticket.c.id == number)).one_or_none()
    if row is None:
        return None
    summary = _summary(
        row, _requesters(connection, [number]).get(number, ""), _counts(connection, [number]).get(number, 0)
    )
    return summary | {
        "merged_into": row.merged_into,
        "participants": _participants(connection, number),
        "events": _events(connection, number),
        "thread": _thread(connection, number),
        "timers": timers_of(connection, number),
        "links": _links(connection, row),
    }


def _summary(row: AnyRow, requester: str, messages: int) -> JsonObject:
    return {
        "ticket": row.id,
        "state": row.state,
        "priority": row.priority,
        "category": row.category,
        "subject": row.subject,
        "requester": requester,
        "department": row.department,
        "agent": row.agent,
        "created_at": when(row.created_at),
        "updated_at": when(row.updated_at),
        "due_at": when(row.due_at),
        "messages": messages,
    }


def _counts(connection: Connection, numbers: list[int]) -> dict[int, int]:
    """Count customers' and agents' messages, without our automatic mail and without notes."""
    query = (
        select(message.c.ticket, func.count())
        .where(
            message.c.ticket.in_(numbers),
            message.c.direction != "note",
            or_(message.c.direction == "inbound", message.c.automatic.is_(False)),
        )
        .group_by(message.c.ticket)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _requesters(connection: Connection, numbers: list[int]) -> dict[int, str]:
    query = select(participant.c.ticket, participant.c.address).where(
        participant.c.ticket.in_(numbers), participant.c.role == "requester"
    )
    return {row.ticket: row.address for row in connection.execute(query)}


def _participants(connection: Connection, number: int) -> list[JsonObject]:
    rows = connection.execute(select(participant).where(participant.c.ticket == number).order_by(participant.c.contact))
    return [{"address": row.address, "name": row.name, "role": row.role, "why": row.why} for row in rows]


def _events(connection: Connection, number: int) -> list[JsonObject]:
    rows = connection.execute(select(event).where(event.c.ticket == number).order_by(event.c.id))
    return [
        {"at": when(row.at), "actor": row.actor, "what": row.what, "why": row.why, "message": row.message}
        for row in rows
    ]


def _thread(connection: Connection, number: int) -> list[JsonObject]:
    rows = connection.execute(
        select(message).where(message.c.ticket == number).order_by(message.c.at, message.c.id)
    ).all()
    files: dict[int, list[JsonObject]] = {}
    for file in connection.execute(
        select(attachment).where(attachment.c.message.in_([row.id for row in rows])).order_by(attachment.c.id)
    ):
        files.setdefault(file.message, []).append(
            {"name": file.name, "type": file.type, "bytes": file.size, "inline": file.inline, "sha256": file.sha256}
        )
    return [
        {
            "message": row.id,
            "message_id": row.message_id,
            "direction": row.direction,
            "kind": row.kind,
            "from": {"name": row.from_name, "address": row.from_address},
            "to": row.to,
            "cc": row.cc,
            "subject": row.subject,
            "at": when(row.at),
            "text": row.text,
            "reply": row.reply,
            "trust": row.trust,
            "trust_reasons": row.trust_reasons,
            "evidence": row.evidence,
            "decision": row.decision,
            "third_party": row.third_party,
            "unverified": row.unverified,
            "automatic": row.automatic,
            "agent": row.agent,
            "language": row.language,
            "attachments": files.get(row.id, []),
        }
        for row in rows
    ]


def _links(connection: Connection, row: AnyRow) -> list[JsonObject]:
    back = connection.execute(select(ticket.c.id).where(ticket.c.linked_to == row.id)).scalars()
    merged = connection.execute(select(ticket.c.id).where(ticket.c.merged_into == row.id)).scalars()
    ahead = [{"ticket": row.linked_to, "how": "continues"}] if row.linked_to else []
    return (
        ahead
        + [{"ticket": number, "how": "continued-by"} for number in back]
        + [{"ticket": number, "how": "merged-in"} for number in merged]
    )
