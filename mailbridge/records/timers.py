"""What the desk is going to do by itself, as `plan` tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.config.model import Config
from mailbridge.records.words import JsonObject, when
from mailbridge.store.tables import Participant, Ticket, Timer

timer: Any = Timer.__table__  # type: ignore[attr-defined]
ticket: Any = Ticket.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]

ACTIONS = {
    "update": ("send", "follow-up"),
    "reminder": ("send", "status"),
    "promise": ("send", "follow-up/promise"),
    "warning": ("notify", "escalation/warning"),
    "escalation": ("notify", "escalation/standard"),
    "snooze": ("open", "notification/message"),
    "auto-close": ("close", ""),
}


def planned_objects(connection: Connection, config: Config, until: datetime) -> Iterator[JsonObject]:
    """Give every timer that will ring until then, the nearest first."""
    query = (
        select(timer, ticket.c.department, ticket.c.agent, participant.c.address)
        .join_from(timer, ticket, timer.c.ticket == ticket.c.id)
        .join(participant, (participant.c.ticket == ticket.c.id) & (participant.c.role == "requester"), isouter=True)
        .where(timer.c.rung_at.is_(None), timer.c.due_at <= until)
        .order_by(timer.c.due_at, timer.c.id)
    )
    for row in connection.execute(query):
        action, template = ACTIONS[row.kind]
        if row.kind == "update" and row.to != "customer":
            action = "draft"
        yield {
            "ticket": row.ticket,
            "timer": row.kind,
            "due_at": when(row.due_at),
            "action": action,
            "to": _to(row, config),
            "template": template,
            "reason": row.reason,
        }


def timers_of(connection: Connection, number: int) -> list[JsonObject]:
    """Return the timers of one ticket, those that have rung too."""
    rows = connection.execute(select(timer).where(timer.c.ticket == number).order_by(timer.c.due_at, timer.c.id))
    return [
        {
            "timer": row.kind,
            "due_at": when(row.due_at),
            "to": row.to,
            "reason": row.reason,
            "step": row.step,
            "rung_at": when(row.rung_at),
        }
        for row in rows
    ]


def _to(row: Any, config: Config) -> list[str]:
    if row.to == "customer":
        return [row.address] if row.address else []
    if row.to == "desk":
        return []
    if row.to == "agent" and row.agent in config.agents:
        return [config.agents[row.agent].address]
    working = [one for one in config.agents.values() if not one.departments or row.department in one.departments]
    return [one.address for one in working if one.role == row.to]
