"""The admin's commands at the terminal: the same as by mail, as one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.decide.commands import read_commands
from mailbridge.desk.agents import command_context
from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.orders import carry_out, tell_customer
from mailbridge.desk.post import To
from mailbridge.desk.timers import replan
from mailbridge.desk.work import Rules, TicketNow, Work
from mailbridge.errors import CommandRefused
from mailbridge.store.db import Database
from mailbridge.store.tables import Participant, Ticket

ADMIN = "admin"
ticket_table: Any = Ticket.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]


def do_commands(database: Database, rules: Rules, number: int, lines: list[str], now: datetime) -> tuple[str, ...]:
    """Do the commands of `lines` on ticket `number`: all of them or none. Raise CommandRefused, which says which line and why."""
    return database.write(lambda connection: _do(connection, rules, number, lines, now))


def _do(connection: Connection, rules: Rules, number: int, lines: list[str], now: datetime) -> tuple[str, ...]:
    numbers = Numbers(connection)
    work = Work(rules, Changes(numbers, now), Caps(rules.config.limits, now), now)
    ticket = find_ticket(connection, number)
    sheet = read_commands("\n".join(lines), command_context(work, ADMIN, ticket))
    if sheet.problems:
        raise CommandRefused(
            "\n".join(f"{problem.line}: {problem.what} {problem.fix}".strip() for problem in sheet.problems)
            + "\nNothing was done."
        )
    if sheet.text.strip() and "note" not in sheet:
        raise CommandRefused(
            f'"{sheet.text.strip().splitlines()[0]}" is no command; commands begin with a slash. Nothing was done.'
        )
    done = carry_out(connection, work, ticket, sheet.commands, ADMIN)
    if "note" in sheet:
        work.changes.event(ticket.id, ADMIN, "noted", text=sheet.text.strip())
        done = (*done, "note")
    if "note" not in sheet:
        tell_customer(connection, work, ticket, done)
    work.changes.flush(connection)
    work.caps.flush(connection)
    numbers.flush(connection)
    replan(connection, rules, work.changes.touched)
    return done


def find_ticket(connection: Connection, number: int) -> TicketNow:
    """Return a ticket as it stands. Raise CommandRefused when there is none."""
    row = connection.execute(select(ticket_table).where(ticket_table.c.id == number)).one_or_none()
    if row is None:
        raise CommandRefused(f"there is no ticket {number}. List them with: mailbridge ticket list")
    people = connection.execute(select(participant.c.contact, participant.c.role).where(participant.c.ticket == number))
    return TicketNow.of(row, {one.contact: one.role for one in people})


def requester_of_ticket(connection: Connection, number: int) -> To:
    """Return whom mail about a ticket goes to; an empty address when nobody asked (a stub)."""
    row = connection.execute(
        select(participant).where(participant.c.ticket == number, participant.c.role == "requester")
    ).first()
    return To(row.address, row.name, contact=row.contact) if row is not None else To("")
