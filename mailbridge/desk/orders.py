"""What an agent's commands do to a ticket. One transaction: all of them, or none (`CommandRefused` undoes what came before)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select, update

from mailbridge.decide.command_values import Command
from mailbridge.decide.match import Standing
from mailbridge.decide.trust import Trust
from mailbridge.desk.answers import recipients, thread_of
from mailbridge.desk.lookup import find_contacts
from mailbridge.desk.people import contact_of, is_ours, join
from mailbridge.desk.post import customer_facts, notify_agents, send_to_customer
from mailbridge.desk.sentences import Because, Refused
from mailbridge.desk.shown import agents_facts
from mailbridge.desk.splits import open_split
from mailbridge.desk.states import set_state
from mailbridge.desk.threads import end_of_chain, merge, unmerge
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.message import Address
from mailbridge.store.db import doing
from mailbridge.store.tables import Message, Participant, Ticket

STATES = {
    "open": "open",
    "reopen": "open",
    "pending": "pending",
    "resolve": "resolved",
    "close": "closed",
    "spam": "spam",
}
ABOUT_TEXT = frozenset({"note", "help", "status", "send"})
"""Commands that say what becomes of the mail itself; `agents.py` heeds them."""

message_table: Any = Message.__table__  # type: ignore[attr-defined]
participant: Any = Participant.__table__  # type: ignore[attr-defined]
ticket_table: Any = Ticket.__table__  # type: ignore[attr-defined]


def carry_out(
    connection: Connection, work: Work, ticket: TicketNow, commands: tuple[Command, ...], actor: str
) -> tuple[str, ...]:
    """Do every command and return what was done, a word each. Raise CommandRefused for one that cannot be done."""
    done = []
    if ticket.state == "merged" and any(command.name not in ABOUT_TEXT | {"unmerge"} for command in commands):
        raise Refused(Because.MERGED, ticket=ticket.id, into=ticket.merged_into)
    if {"resolve", "close", "spam"} & {command.name for command in commands} and any(
        one.name == "eta" for one in commands
    ):
        raise Refused(Because.ETA_AND_FINISHED)
    for command in commands:
        if command.name in ABOUT_TEXT:
            continue
        try:
            _ORDERS.get(command.name, _not_available)(connection, work, ticket, command, actor)
        except Refused as refusal:
            refusal.line_number = command.line_number
            raise
        done.append(command.name)
    return tuple(done)


def tell_customer(connection: Connection, work: Work, ticket: TicketNow, done: tuple[str, ...]) -> None:
    """Tell the customer of a command that came without words of its own: solved, or a date that is promised."""
    to = recipients(connection, ticket, work.changes)[:1]
    purpose = "resolved" if "resolve" in done else "status" if "eta" in done else None
    if purpose is None or not to or not ticket.answerable:
        return
    facts = customer_facts(work, ticket, to[0], estimate=ticket.eta)
    rendered = work.rules.templates.render(purpose, facts, ticket.locale or "en")
    send_to_customer(work, ticket, to, rendered, thread_of(connection, ticket), purpose=purpose)


def available() -> frozenset[str]:
    """Return the names of the commands that this desk can do."""
    return frozenset(_ORDERS) | ABOUT_TEXT


def _not_available(_connection: Connection, _work: Work, _ticket: TicketNow, command: Command, _actor: str) -> None:
    raise Refused(Because.NOT_AVAILABLE, name=command.name)


def _state(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    set_state(work, ticket, STATES[command.name], actor)


def _assign(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    agent = command.agent or None
    if command.name == "take" and actor not in work.rules.config.agents:
        raise Refused(Because.TAKE_IS_FOR_AGENTS)
    if agent is not None and agent not in work.rules.config.agents:
        raise Refused(Because.UNKNOWN_AGENT, name=command.name, value=agent, known=", ".join(work.rules.config.agents))
    work.changes.event(ticket.id, actor, "assigned", to=agent, before=ticket.agent)
    work.set(ticket, agent=agent, updated_at=work.now)


def _priority(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    work.changes.event(ticket.id, actor, "priority-set", to=command.priority, before=ticket.priority)
    work.set(ticket, priority=command.priority or ticket.priority, updated_at=work.now)


def _category(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    work.changes.event(ticket.id, actor, "category-set", to=command.category, before=ticket.category)
    work.set(ticket, category=command.category or "", updated_at=work.now)


def _transfer(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    department = work.rules.config.departments.get(command.department or "")
    if department is None:
        known = ", ".join(work.rules.config.departments)
        raise Refused(Because.UNKNOWN_DEPARTMENT, value=command.department, known=known)
    work.changes.event(ticket.id, actor, "transferred", to=command.department, before=ticket.department)
    work.set(
        ticket,
        department=command.department or "",
        mailbox=department.mailboxes[0],
        agent=None,
        updated_at=work.now,
    )


def _snooze(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    set_state(work, ticket, "snoozed", actor)
    work.set(ticket, snoozed_until=command.until)


def _eta(_connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    """A date that an agent names is a promise: it gets a timer, and it is told before it is missed."""
    work.changes.event(ticket.id, actor, "promised", until=command.until.isoformat() if command.until else None)
    work.set(ticket, eta=command.until, eta_made_at=work.now, updated_at=work.now)


def _escalate(connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    """Hand the ticket to the next step of the ladder at once, whatever the clocks say."""
    ladder = work.rules.department(ticket.department).escalation
    told = next((found for role in ladder if (found := work.rules.agents_of(ticket.department, role))), [])
    if not told:
        raise Refused(Because.NOBODY_ABOVE, department=ticket.department, known=", ".join(ladder) or "–")
    work.changes.event(ticket.id, actor, "escalated", to=told, reason=command.text)
    facts = agents_facts(connection, work, ticket, reason=command.text, number=1)
    notify_agents(work, ticket, told, facts, purpose="escalation")


def _allow(connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    """Let somebody in: a third party, or anybody whom an agent names; on a ticket without a requester he becomes the one."""
    rows = list(connection.execute(select(participant).where(participant.c.ticket == ticket.id)))
    strangers = sorted(row.address for row in rows if row.role == Standing.THIRD_PARTY.value)
    wanted = command.address or (strangers[0] if len(strangers) == 1 else None)
    if wanted is None:
        raise Refused(Because.ALLOW_WHOM if strangers else Because.ALLOW_NOBODY, known=", ".join(strangers))
    if is_ours(work, wanted) or work.rules.agent_by_address(wanted) is not None:
        raise Refused(Because.ALLOW_US, value=wanted)
    before = next((row for row in rows if row.address == wanted), None)
    if before is not None and before.role != Standing.THIRD_PARTY.value:
        raise Refused(Because.ALLOWED_ALREADY, value=wanted)
    person = Address(before.name if before is not None else "", wanted)
    contact = contact_of(work, person, find_contacts(connection, [wanted]), Trust.BARE)
    role = Standing.PARTICIPANT if ticket.requester is not None else Standing.REQUESTER
    work.changes.event(ticket.id, actor, "allowed", contact=contact, role=role.value)
    if role is Standing.REQUESTER:
        work.set(ticket, requester=contact, answerable=True)
    if before is None:
        join(work, ticket, contact, person, role, "let in")
        return
    ticket.people[before.contact] = role.value
    work.changes.then(
        doing(
            update(participant)
            .where(participant.c.ticket == ticket.id, participant.c.contact == before.contact)
            .values(role=role.value)
        )
    )


def _merge(connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    """Join this ticket into another one, to the end of its chain."""
    row = connection.execute(select(ticket_table.c.id).where(ticket_table.c.id == command.ticket)).one_or_none()
    if row is None or end_of_chain(connection, row.id) == ticket.id or ticket.state == "merged":
        raise Refused(Because.NOT_MERGED, value=command.ticket)
    merge(work.changes, ticket.id, row.id, actor, "by command")


def _unmerge(connection: Connection, work: Work, ticket: TicketNow, command: Command, actor: str) -> None:
    """Undo a merge: of this ticket if it was merged, else of the one named, or of the last one merged into this."""
    query = select(ticket_table.c.id).where(ticket_table.c.merged_into == ticket.id)
    if command.ticket is not None and command.ticket != ticket.id:
        query = query.where(ticket_table.c.id == command.ticket)
    merged = list(connection.execute(query.order_by(ticket_table.c.updated_at.desc(), ticket_table.c.id.desc())).scalars())
    source = ticket.id if ticket.state == "merged" else merged[0] if merged else None
    if source is None:
        raise Refused(Because.NOT_UNMERGED, ticket=ticket.id)
    unmerge(work.changes, source, actor)


def _split(connection: Connection, work: Work, ticket: TicketNow, _command: Command, actor: str) -> None:
    """Make a ticket of its own from the last mail that came in."""
    query = select(message_table).where(message_table.c.ticket == ticket.id, message_table.c.direction == "inbound")
    mails = connection.execute(query.order_by(message_table.c.id.desc()).limit(2)).all()
    if len(mails) < 2:
        raise Refused(Because.ONE_MAIL)
    open_split(connection, work, ticket, mails[0], actor)


_Order = Callable[[Connection, Work, TicketNow, Command, str], None]
_ORDERS: dict[str, _Order] = dict.fromkeys(STATES, _state) | {
    "assign": _assign,
    "take": _assign,
    "priority": _priority,
    "category": _category,
    "transfer": _transfer,
    "allow": _allow,
    "merge": _merge,
    "unmerge": _unmerge,
    "split": _split,
    "snooze": _snooze,
    "eta": _eta,
    "escalate": _escalate,
}
