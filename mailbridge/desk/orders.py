"""What an agent's commands do to a ticket. One transaction: all of them, or none (`CommandRefused` undoes what came before)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select, update

from mailbridge.decide.command_values import Command
from mailbridge.decide.match import Standing
from mailbridge.desk.threads import merge
from mailbridge.desk.work import TicketNow, Work
from mailbridge.errors import CommandRefused
from mailbridge.store.db import doing
from mailbridge.store.tables import Event, Participant, Ticket

STATES = {
    "open": "open",
    "reopen": "open",
    "pending": "pending",
    "resolve": "resolved",
    "close": "closed",
    "spam": "spam",
}
ABOUT_TEXT = frozenset({"note", "help", "status"})
"""Commands that say what becomes of the mail itself; `agents.py` heeds them."""

participant: Any = Participant.__table__  # type: ignore[attr-defined]
ticket_table: Any = Ticket.__table__  # type: ignore[attr-defined]
event_table: Any = Event.__table__  # type: ignore[attr-defined]


def carry_out(
    connection: Connection, work: Work, ticket: TicketNow, commands: tuple[Command, ...], actor: str
) -> tuple[str, ...]:
    """Do every command and return what was done, a word each. Raise CommandRefused for one that cannot be done."""
    done = []
    for command in commands:
        if command.name in ABOUT_TEXT:
            continue
        order = _ORDERS.get(command.name)
        if order is None:
            raise CommandRefused(f"/{command.name} is not available on this desk; /help lists the commands that are")
        order(connection, work, ticket, command, actor)
        done.append(command.name)
    return tuple(done)


def set_state(work: Work, ticket: TicketNow, state: str, actor: str, why: str = "") -> None:
    """Put the ticket into a state and write it down."""
    if state == ticket.state:
        return
    closed = work.now if state == "closed" else None
    work.changes.event(ticket.id, actor, f"state-{state}", before=ticket.state, why=why)
    work.changes.change(Ticket, ticket.id, state=state, closed_at=closed, updated_at=work.now)
    ticket.state, ticket.closed_at = state, closed


def available() -> frozenset[str]:
    """Return the names of the commands that this desk can do."""
    return frozenset(_ORDERS) | ABOUT_TEXT


def _state(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    if ticket.state == "merged":
        raise CommandRefused(f"ticket {ticket.id} was merged into another; write to that one")
    set_state(work, ticket, STATES[command.name], actor)


def _assign(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    agent = command.agent or None
    if agent is not None and agent not in work.rules.config.agents:
        raise CommandRefused(
            f"/{command.name}: nobody here is called {agent!r}; known: {', '.join(work.rules.config.agents)}"
        )
    work.changes.event(ticket.id, actor, "assigned", to=agent, before=ticket.agent)
    work.changes.change(Ticket, ticket.id, agent=agent, updated_at=work.now)
    ticket.agent = agent


def _priority(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    work.changes.event(ticket.id, actor, "priority-set", to=command.priority, before=ticket.priority)
    work.changes.change(Ticket, ticket.id, priority=command.priority, updated_at=work.now)
    ticket.priority = command.priority or ticket.priority


def _category(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    work.changes.event(ticket.id, actor, "category-set", to=command.category, before=ticket.category)
    work.changes.change(Ticket, ticket.id, category=command.category, updated_at=work.now)
    ticket.category = command.category or ""


def _transfer(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    department = work.rules.config.departments.get(command.department or "")
    if department is None:
        raise CommandRefused(
            f"/transfer: there is no department {command.department!r}; known: {', '.join(work.rules.config.departments)}"
        )
    work.changes.event(ticket.id, actor, "transferred", to=command.department, before=ticket.department)
    ticket.department, ticket.mailbox, ticket.agent = command.department or "", department.mailboxes[0], None
    work.changes.change(
        Ticket, ticket.id, department=ticket.department, mailbox=ticket.mailbox, agent=None, updated_at=work.now
    )


def _allow(connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    """Let a third party in: from now on he takes part like anybody whom a participant copied."""
    strangers = {
        row.address: row.contact
        for row in connection.execute(
            select(participant).where(
                participant.c.ticket == ticket.id, participant.c.role == Standing.THIRD_PARTY.value
            )
        )
    }
    wanted = command.address or (next(iter(strangers)) if len(strangers) == 1 else None)
    if wanted not in strangers:
        raise CommandRefused(f"/allow: say whom, one of: {', '.join(sorted(strangers)) or 'nobody waits to be let in'}")
    contact = strangers[wanted]
    work.changes.event(ticket.id, actor, "allowed", contact=contact)
    work.changes.then(
        doing(
            update(participant)
            .where(participant.c.ticket == ticket.id, participant.c.contact == contact)
            .values(role=Standing.PARTICIPANT.value)
        )
    )


def _merge(connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    row = connection.execute(select(ticket_table).where(ticket_table.c.id == command.ticket)).one_or_none()
    target = row.merged_into or row.id if row is not None else None
    if target is None or target == ticket.id or ticket.state == "merged":
        raise CommandRefused(
            f"/merge: ticket {command.ticket} is not there, is this one, or this one is merged already"
        )
    merge(work.changes, ticket.id, target, actor, "by command")


_Order = Callable[[Connection, Work, TicketNow, Command, str], None]
_ORDERS: dict[str, _Order] = dict.fromkeys(STATES, _state) | {
    "assign": _assign,
    "take": _assign,
    "priority": _priority,
    "category": _category,
    "transfer": _transfer,
    "allow": _allow,
    "merge": _merge,
}
