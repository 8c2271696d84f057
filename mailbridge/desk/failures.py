"""Mail that could not be delivered for good: an event on its ticket, and the agent is told what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.post import To, customer_facts, notify_agents
from mailbridge.desk.sentences import Because
from mailbridge.desk.work import Rules, TicketNow, Work
from mailbridge.outbox import lost_recipients
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Ticket

TOLD = frozenset({"answer", "acknowledgement", "follow-up", "promise", "reminder", "resolved", "status"})
"""Purposes whose failure an agent can do something about; a notification that fails is seen in `outbox list` alone."""

ticket_table: Any = Ticket.__table__  # type: ignore[attr-defined]


def undeliverable(connection: Connection, rules: Rules, failed: Sequence[AnyRow], now: datetime) -> None:
    """Write down and tell whom these outbox rows will never reach; runs in the transaction that marks it.

    A row of several recipients may still be on its way to the others.
    """
    numbers = Numbers(connection)
    work = Work(rules, Changes(numbers, now), Caps(rules.config.limits, now), now)
    wanted = {row.ticket for row in failed if row.ticket is not None}
    tickets = {row.id: row for row in connection.execute(select(ticket_table).where(ticket_table.c.id.in_(wanted)))}
    for row in failed:
        found = tickets.get(row.ticket)
        if found is not None:
            _tell(work, TicketNow.of(found, {}), row, now)
    work.changes.flush(connection)
    numbers.flush(connection)


def _tell(work: Work, ticket: TicketNow, row: AnyRow, now: datetime) -> None:
    lost = lost_recipients(row.recipients, now)
    work.changes.event(
        ticket.id,
        "mailbridge",
        "undeliverable",
        outbox=row.id,
        purpose=row.purpose,
        codes=[one["code"] for one in lost],
    )
    if row.purpose not in TOLD:
        return
    replies = "; ".join(dict.fromkeys(one["reply"] for one in lost if one["reply"]))
    reason: str | dict[str, str] = row.reason or ""
    if any(one.get("given_up") for one in lost):
        reason = Because.GIVEN_UP.worded(days=(now - row.made_at).days)
    facts = customer_facts(
        work,
        ticket,
        To(""),
        address=", ".join(one["address"] for one in lost),
        text=row.text if row.agent else "",
        status=replies,
        reason="" if reason == replies else reason,
    )
    notify_agents(
        work,
        ticket,
        [row.agent] if work.rules.agent(row.agent) else work.rules.answering(ticket.department),
        facts,
        purpose="undeliverable",
    )
