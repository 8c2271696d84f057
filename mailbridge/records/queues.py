"""The spool and the outbox as `spool list|show` and `outbox list|show` tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.records.words import JsonObject, when
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Outbox, Spool

spool: Any = Spool.__table__  # type: ignore[attr-defined]
outbox: Any = Outbox.__table__  # type: ignore[attr-defined]


def list_spool(connection: Connection, *, everything: bool = False) -> Iterator[JsonObject]:
    """Give the mails of the spool that are not settled, or all."""
    query = select(spool).order_by(spool.c.id)
    for row in connection.execute(query if everything else query.where(spool.c.state != "settled")):
        yield spool_object(row)


def spool_object(row: AnyRow) -> JsonObject:
    """Return one spooled mail as an object."""
    return {
        "id": row.id,
        "state": row.state,
        "reason": row.reason,
        "at": when(row.accepted_at),
        "size": row.size,
        "from": row.envelope_from,
        "to": row.recipients,
        "ticket": row.ticket,
        "sha256": row.sha256,
        "source": row.source,
        "outcome": row.outcome,
        "attempts": row.attempts,
    }


def list_outbox(connection: Connection, *, everything: bool = False) -> Iterator[JsonObject]:
    """Give the mails of the outbox that are neither sent nor withdrawn, or all."""
    query = select(outbox).order_by(outbox.c.id)
    for row in connection.execute(query if everything else query.where(outbox.c.state.not_in(("sent", "withdrawn")))):
        yield outbox_object(row)


def outbox_object(row: AnyRow) -> JsonObject:
    """Return one mail to send as an object."""
    return {
        "id": row.id,
        "state": row.state,
        "reason": row.reason,
        "at": when(row.made_at),
        "size": len(row.text.encode()),
        "from": row.headers["from_address"],
        "to": [one["address"] for one in row.recipients],
        "ticket": row.ticket,
        "purpose": row.purpose,
        "subject": row.headers["subject"],
        "message_id": row.message_id,
        "attempts": row.attempts,
        "next_at": when(row.next_at),
        "sent_at": when(row.sent_at),
    }


def one_of_spool(connection: Connection, number: int) -> JsonObject | None:
    """Return one spooled mail, or None."""
    row = connection.execute(select(spool).where(spool.c.id == number)).one_or_none()
    return (
        spool_object(row) | {"peer": row.peer, "authenticated_as": row.authenticated_as, "believed": row.believed}
        if row is not None
        else None
    )


def one_of_outbox(connection: Connection, number: int) -> JsonObject | None:
    """Return one mail to send with its text and what was said for each recipient, or None."""
    row = connection.execute(select(outbox).where(outbox.c.id == number)).one_or_none()
    return (
        outbox_object(row)
        | {"recipients": row.recipients, "headers": row.headers, "files": row.files, "text": row.text}
        if row is not None
        else None
    )
