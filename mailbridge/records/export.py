"""Everything a desk holds, one object each, for scripts and for leaving."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.records.tickets import list_tickets
from mailbridge.records.words import JsonObject, when
from mailbridge.store.tables import Contact, ContactAddress, Event, Message, Spool, Ticket

message: Any = Message.__table__  # type: ignore[attr-defined]
spool: Any = Spool.__table__  # type: ignore[attr-defined]
event: Any = Event.__table__  # type: ignore[attr-defined]
contact: Any = Contact.__table__  # type: ignore[attr-defined]
address: Any = ContactAddress.__table__  # type: ignore[attr-defined]
ticket: Any = Ticket.__table__  # type: ignore[attr-defined]


def export(connection: Connection) -> Iterator[JsonObject]:
    """Give every ticket, message, further copy of a message, contact and event. Merged tickets say what they became part of."""
    for one in list_tickets(connection):
        yield {"type": "ticket"} | one
    for row in connection.execute(
        select(ticket.c.id, ticket.c.merged_into).where(ticket.c.state == "merged").order_by(ticket.c.id)
    ):
        yield {"type": "ticket", "ticket": row.id, "state": "merged", "merged_into": row.merged_into}
    yield from _messages(connection)
    yield from _copies(connection)
    addresses: dict[int, list[str]] = {}
    for row in connection.execute(select(address.c.contact, address.c.address).order_by(address.c.address)):
        addresses.setdefault(row.contact, []).append(row.address)
    for row in connection.execute(select(contact).order_by(contact.c.id)):
        yield {
            "type": "contact",
            "contact": row.id,
            "name": row.name,
            "locale": row.locale,
            "level": row.level,
            "addresses": addresses.get(row.id, []),
        }
    for row in connection.execute(select(event).order_by(event.c.id).execution_options(yield_per=1000)):
        yield {
            "type": "event",
            "ticket": row.ticket,
            "at": when(row.at),
            "actor": row.actor,
            "what": row.what,
            "why": row.why,
            "message": row.message,
        }


def _messages(connection: Connection) -> Iterator[JsonObject]:
    columns = [
        message.c.id,
        message.c.ticket,
        message.c.message_id,
        message.c.direction,
        message.c.kind,
        message.c.evidence,
        message.c.at,
        message.c.from_address,
        message.c.subject,
        message.c.third_party,
        spool.c.sha256,
        spool.c.state,
    ]
    query = (
        select(*columns).join_from(message, spool, message.c.spool == spool.c.id, isouter=True).order_by(message.c.id)
    )
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield {
            "type": "message",
            "message": row.id,
            "ticket": row.ticket,
            "message_id": row.message_id,
            "sha256": row.sha256,
            "direction": row.direction,
            "kind": row.kind,
            "evidence": row.evidence,
            "at": when(row.at),
            "from": row.from_address,
            "subject": row.subject,
            "third_party": row.third_party,
            "quarantined": row.state == "quarantined",
        }


def _copies(connection: Connection) -> Iterator[JsonObject]:
    query = (
        select(spool.c.id, spool.c.sha256, message.c.ticket, message.c.message_id)
        .join_from(spool, message, spool.c.message == message.c.id)
        .where(spool.c.outcome == "duplicate")
        .order_by(spool.c.id)
    )
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield {
            "type": "copy",
            "ticket": row.ticket,
            "message_id": row.message_id,
            "sha256": row.sha256,
            "spool": row.id,
        }
