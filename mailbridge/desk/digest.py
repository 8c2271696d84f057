"""The supervisor's daily digest: every overdue thread of a department, once a day, when the desk is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select

from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.post import tell_agents
from mailbridge.desk.work import Rules, Work
from mailbridge.replies.render import Facts, Overdue, Person
from mailbridge.store.tables import MailCount, Participant, Ticket

MOST_LINES = 100
Told = TypeVar("Told")

ticket_table: Any = Ticket.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]
counts: Any = MailCount.__table__  # type: ignore[attr-defined]


def send_digests(connection: Connection, rules: Rules, at: datetime, told: Callable[..., Told]) -> list[Told]:
    """Tell each department's supervisors what is overdue, unless they were told today or nothing is."""
    found = []
    for key in rules.config.departments:
        hours = rules.hours(key)
        readers = rules.agents_of(key, "supervisor")
        if not readers or not hours.open_at(at) or not _first_today(connection, key, f"{hours.local_day(at)}"):
            continue
        lines = overdue(connection, rules, key, at)
        if not lines:
            continue
        connection.execute(
            insert(counts), {"scope": f"digest:{key}", "window": f"{hours.local_day(at)}", "made": len(lines)}
        )
        numbers = Numbers(connection)
        work = Work(rules, Changes(numbers, at), Caps(rules.config.limits, at), at)
        department = rules.department(key)
        facts = Facts(
            overdue=lines, department=department.name or rules.config.desk.name, now=at, timezone=hours.zone.key
        )
        tell_agents(work, "digest", facts, readers, department.mailboxes[0])
        work.changes.flush(connection)
        numbers.flush(connection)
        addresses = tuple(rules.config.agents[one].address for one in readers)
        found.append(told(None, "digest", at, "notify", addresses, "digest/standard"))
    return found


def overdue(connection: Connection, rules: Rules, department: str, at: datetime) -> tuple[Overdue, ...]:
    """Return a department's threads that wait longer than they should, the longest due first; at most a hundred."""
    query = (
        select(ticket_table, participant.c.name.label("customer_name"), participant.c.address.label("customer_address"))
        .join(
            participant, (participant.c.ticket == ticket_table.c.id) & (participant.c.role == "requester"), isouter=True
        )
        .where(
            ticket_table.c.due_at < at,
            ticket_table.c.state.in_(("new", "open")),
            ticket_table.c.department == department,
        )
        .order_by(ticket_table.c.due_at)
        .limit(MOST_LINES)
    )
    return tuple(_line(row, rules, at) for row in connection.execute(query))


def _line(row: Any, rules: Rules, at: datetime) -> Overdue:
    agent = rules.agent(row.agent)
    return Overdue(
        ticket=row.id,
        subject=row.subject,
        customer=Person(row.customer_name or "", row.customer_address or ""),
        agent=Person(agent.name, agent.address) if agent else None,
        priority=row.priority,
        wait=at - (row.waiting_since or row.created_at),
        due_at=row.due_at,
    )


def _first_today(connection: Connection, department: str, day: str) -> bool:
    query = select(counts.c.made).where(counts.c.scope == f"digest:{department}", counts.c.window == day)
    return connection.execute(query).first() is None
