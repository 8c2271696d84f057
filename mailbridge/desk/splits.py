"""A ticket of its own for a mail that came onto another: its sender asks, we owe, and both tickets name each other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from mailbridge.decide.match import Standing
from mailbridge.desk.people import join
from mailbridge.desk.threads import split
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.message import Address
from mailbridge.mail.tokens import KEY_BYTES
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Message, Participant, Ticket

participant: Any = Participant.__table__  # type: ignore[attr-defined]


def open_split(connection: Connection, work: Work, ticket: TicketNow, mail: AnyRow, actor: str) -> TicketNow:
    """Open a ticket for a message that lies on `ticket`; who was copied on it and takes part there does so here as well."""
    made = TicketNow(
        id=work.changes.numbers.next("ticket"),
        key=work.rules.random(KEY_BYTES),
        state="new",
        department=ticket.department,
        mailbox=ticket.mailbox,
        subject=mail.subject or ticket.subject,
        created_at=mail.at,
        state_since=work.now,
        updated_at=work.now,
        priority=ticket.priority,
        category=ticket.category,
        locale=mail.language if mail.language in ("en", "ru", "lt") else ticket.locale,
        agent=ticket.agent,
        requester=mail.contact,
        waiting_since=mail.at if mail.kind == "human" else None,
        answerable=mail.kind == "human" and mail.trust != "failed" and mail.contact is not None,
        linked_to=ticket.id,
    )
    work.changes.add(Ticket, **made.row())
    join(work, made, mail.contact, Address(mail.from_name, mail.from_address), Standing.REQUESTER, "wrote it")
    copied = {address.lower() for address in (*mail.to, *mail.cc)}
    for row in connection.execute(select(participant).where(participant.c.ticket == ticket.id)):
        if row.address in copied:
            role = Standing.THIRD_PARTY if row.role == Standing.THIRD_PARTY else Standing.PARTICIPANT
            join(work, made, row.contact, Address(row.name, row.address), role, "copied")
    work.changes.event(made.id, actor, "opened", message=mail.id, linked=ticket.id)
    work.changes.change(Message, mail.id, third_party=False)
    split(work.changes, ticket.id, made.id, mail.id, actor)
    return made
