"""Timers as rows: what the plan of a ticket holds, what is due, and that each rings once.

| state   | stored                                                | what happens                                                  |
|---------|-------------------------------------------------------|---------------------------------------------------------------|
| planned | row without `rung_at`; follows the plan               | replaced whenever the ticket changes, in the same transaction |
| due     | the same, `due_at` has come                           | the next sweep, of any daemon, rings it under the desk's lock |
| rung    | `rung_at`, beside the mail and the event that it made | its key never rings again                                     |

The plan itself is pure (`decide/promises.py`). A sweep that dies leaves nothing half done: it is one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from mailbridge.decide.promises import Facts, Plan, plan
from mailbridge.desk.work import Rules, TicketNow
from mailbridge.store.tables import Ticket, Timer

timer: Any = Timer.__table__  # type: ignore[attr-defined]
ticket_table: Any = Ticket.__table__  # type: ignore[attr-defined]


def replan(connection: Connection, rules: Rules, tickets: Iterable[int]) -> None:
    """Make the timers of these tickets follow their plan: four statements, however many there are."""
    wanted = sorted(set(tickets))
    if not wanted:
        return
    rung: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(
        select(timer.c.ticket, timer.c.key).where(timer.c.ticket.in_(wanted), timer.c.rung_at.is_not(None))
    ):
        rung[row.ticket].add(row.key)
    rows: list[dict[str, Any]] = []
    dues: list[dict[str, Any]] = []
    for row in connection.execute(select(ticket_table).where(ticket_table.c.id.in_(wanted))):
        made = plan_of(TicketNow.of(row, {}), rules, frozenset(rung[row.id]))
        rows.extend(_rows(row.id, made))
        if made.due_at != row.due_at:
            dues.append({"b_id": row.id, "b_due_at": made.due_at})
    connection.execute(delete(timer).where(timer.c.ticket.in_(wanted), timer.c.rung_at.is_(None)))
    if rows:
        connection.execute(insert(timer), rows)
    if dues:
        connection.execute(
            update(ticket_table).where(ticket_table.c.id == bindparam("b_id")).values(due_at=bindparam("b_due_at")),
            dues,
        )


def plan_of(ticket: TicketNow, rules: Rules, rung: frozenset[str]) -> Plan:
    """Return what a ticket owes from now on."""
    return plan(facts_of(ticket, rung), rules.promises(ticket.department))


def facts_of(ticket: TicketNow, rung: frozenset[str]) -> Facts:
    """Return the facts of a ticket that its plan is made from."""
    return Facts(
        state=ticket.state,
        created_at=ticket.created_at,
        state_since=ticket.state_since,
        waiting_since=ticket.waiting_since,
        answered_at=ticket.answered_at,
        news_at=ticket.news_at,
        next_news_at=ticket.next_news_at,
        follow_ups=ticket.follow_ups,
        eta=ticket.eta,
        eta_made_at=ticket.eta_made_at,
        snoozed_until=ticket.snoozed_until,
        paused=tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in ticket.paused),
        answerable=ticket.answerable and ticket.requester is not None,
        done=rung,
    )


def due_timers(connection: Connection, at: datetime, most: int) -> list[Any]:
    """Return the timers that are due at `at`, the longest due first."""
    query = select(timer).where(timer.c.rung_at.is_(None), timer.c.due_at <= at).order_by(timer.c.due_at, timer.c.id)
    return list(connection.execute(query.limit(most)))


def planned(connection: Connection, until: datetime) -> list[Any]:
    """Return every timer that will ring until then, the nearest first."""
    query = select(timer).where(timer.c.rung_at.is_(None), timer.c.due_at <= until)
    return list(connection.execute(query.order_by(timer.c.due_at, timer.c.id)))


def mark_rung(connection: Connection, ticket: int, key: str, at: datetime) -> None:
    """Write down that a timer has rung; by its key, since planning anew gives its row another number."""
    connection.execute(update(timer).where(timer.c.ticket == ticket, timer.c.key == key).values(rung_at=at))


def _rows(number: int, made: Plan) -> list[dict[str, Any]]:
    return [
        {
            "ticket": number,
            "key": one.key,
            "kind": one.kind.value,
            "due_at": one.at,
            "to": one.to,
            "reason": one.reason.value,
            "about_at": one.about_at,
            "step": one.step,
        }
        for one in made.timers
    ]
