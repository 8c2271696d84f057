"""What happens when a timer rings: news to the customer, a warning, a step of the ladder, an awakening, the daily digest.

A sweep is one transaction under the desk's lock: every mail, event and mark of it appears together or not at all, and a
second sweep at the same time finds nothing left. A timer that its ticket's plan no longer holds does not ring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.decide.promises import WE_OWE, Kind, next_news
from mailbridge.desk.admin import find_ticket
from mailbridge.desk.answers import news_sent, recipients, thread_of
from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.digest import send_digests
from mailbridge.desk.post import To, customer_facts, notify_agents, send_to_customer
from mailbridge.desk.pressing import raise_by_waiting
from mailbridge.desk.shown import agents_facts
from mailbridge.desk.states import set_state
from mailbridge.desk.timers import due_timers, mark_rung, plan_of, replan, timer
from mailbridge.desk.work import Rules, TicketNow, Work
from mailbridge.replies.render import Person
from mailbridge.store.db import Database
from mailbridge.store.tables import Draft

BATCH = 20
"""Timers that ring in one transaction: more would keep new mail waiting for the desk."""
AGEING = (Kind.WARNING, Kind.ESCALATION, Kind.UPDATE)
"""The timers that show how long a customer has been waiting."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One timer that rang. `to` are addresses; `template` is empty when nothing was written."""

    ticket: int | None
    timer: str
    due_at: datetime
    action: str
    to: tuple[str, ...] = ()
    template: str = ""


class _UndoneError(Exception):
    """Carries out what a rehearsed sweep would have done, past the rollback."""

    def __init__(self, rung: list[Rung]) -> None:
        self.rung = rung


def sweep(database: Database, rules: Rules, at: datetime, *, dry_run: bool = False) -> list[Rung]:
    """Ring everything that is due at `at`, and say what rang. dry_run: say it, and leave everything as it was."""
    if dry_run:
        try:
            database.write(lambda connection: _rehearse(connection, rules, at))
        except _UndoneError as undone:
            return undone.rung
    rung: list[Rung] = []
    while (batch := database.write(lambda connection: _ring_batch(connection, rules, at))) is not None:
        rung += batch
    return rung + database.write(lambda connection: send_digests(connection, rules, at, Rung))


def _ring_batch(connection: Connection, rules: Rules, at: datetime) -> list[Rung] | None:
    """Ring some of what is due, the longest due first; None when nothing is. Whatever does not ring any more is planned anew."""
    rows = due_timers(connection, at, BATCH)
    return [done for row in rows for done in _ring(connection, rules, row, at)] if rows else None


def _rehearse(connection: Connection, rules: Rules, at: datetime) -> None:
    """Ring everything in one transaction, and undo it."""
    rung: list[Rung] = []
    while (batch := _ring_batch(connection, rules, at)) is not None:
        rung += batch
    raise _UndoneError(rung + send_digests(connection, rules, at, Rung))


def _ring(connection: Connection, rules: Rules, row: Any, at: datetime) -> list[Rung]:
    """Ring one timer, if its ticket's plan still holds it, and plan the ticket anew."""
    numbers = Numbers(connection)
    work = Work(rules, Changes(numbers, at), Caps(rules.config.limits, at), at)
    ticket = find_ticket(connection, row.ticket)
    keys = connection.execute(select(timer.c.key).where(timer.c.ticket == ticket.id, timer.c.rung_at.is_not(None)))
    plan = plan_of(ticket, rules, frozenset(keys.scalars()))
    rung: list[Rung] = []
    if any(one.key == row.key and one.at <= at for one in plan.timers):
        mark_rung(connection, ticket.id, row.key, at)
        if Kind(row.kind) in AGEING:
            raise_by_waiting(connection, work, ticket)
        rung = [_RINGS[Kind(row.kind)](connection, work, ticket, row)]
    work.changes.touch(ticket.id)
    work.changes.flush(connection)
    work.caps.flush(connection)
    numbers.flush(connection)
    replan(connection, rules, work.changes.touched)
    return rung


def _news(connection: Connection, work: Work, ticket: TicketNow, row: Any) -> Rung:
    """The 24-hour promise: the customer hears from us, in other words each time, with the time of the next news."""
    rules = work.rules.promises(ticket.department)
    coming = next_news(work.now, rules.service.update, rules.hours)
    number = news_sent(connection, ticket) + 1
    to = recipients(connection, ticket)[:1]
    facts = customer_facts(
        work,
        ticket,
        to[0] if to else To(""),
        number=number,
        answer_by=coming.by,
        estimate=ticket.eta if ticket.eta and ticket.eta > work.now else None,
        breach=ticket.due_at is not None and ticket.due_at < work.now,
    )
    writer = work.rules.agent(ticket.agent)
    facts = replace(facts, agent=Person(writer.name, "", ticket.locale) if writer else None)
    work.set(ticket, follow_ups=ticket.follow_ups + 1)
    if row.to != "customer" or not to:
        return _lay_before_agents(connection, work, ticket, row, facts)
    work.caps.load(connection, [to[0].address], [ticket.id])
    rendered = work.rules.templates.render("follow-up", facts, ticket.locale or "en")
    send_to_customer(work, ticket, to, rendered, thread_of(connection, ticket), purpose="follow-up")
    work.set(ticket, next_news_at=coming.at)
    return Rung(ticket.id, row.kind, row.due_at, "send", (to[0].address,), rendered.template)


def _lay_before_agents(connection: Connection, work: Work, ticket: TicketNow, row: Any, facts: Any) -> Rung:
    """The department wants to send its news itself: the draft goes to the agents, `/send` sends it; the next follows a day later."""
    rules = work.rules.promises(ticket.department)
    rendered = work.rules.templates.render("follow-up", replace(facts, automatic=False), ticket.locale or "en")
    work.set(ticket, next_news_at=next_news(work.now, rules.service.update, rules.hours).at)
    told = _looking_after(work, ticket)
    notify_agents(work, ticket, told, agents_facts(connection, work, ticket, draft=rendered.text), variant="message")
    for agent in told:
        work.changes.put(
            Draft, ticket=ticket.id, agent=agent, text=rendered.text, apology=rendered.apology, made_at=work.now
        )
    work.changes.event(ticket.id, "mailbridge", "follow-up-drafted", to=told, step=row.step)
    return Rung(ticket.id, row.kind, row.due_at, "draft", _addresses(work, told), rendered.template)


def _warn(connection: Connection, work: Work, ticket: TicketNow, row: Any) -> Rung:
    """The agent is told before a target or a promised date is missed."""
    told = _looking_after(work, ticket)
    facts = agents_facts(connection, work, ticket, due_at=row.about_at)
    notify_agents(work, ticket, told, facts, purpose="escalation", variant="warning", with_draft=True)
    work.changes.event(ticket.id, "mailbridge", "warned", to=told, about=row.reason, due=row.about_at.isoformat())
    return Rung(ticket.id, row.kind, row.due_at, "notify", _addresses(work, told), "escalation/warning")


def _escalate(connection: Connection, work: Work, ticket: TicketNow, row: Any) -> Rung:
    """One step of the ladder: whoever stands on it is told, with all that is needed to act; a step without anybody goes on."""
    ladder = list(work.rules.department(ticket.department).escalation)
    higher = ladder[ladder.index(row.to) :] if row.to in ladder else ladder
    told = next((found for role in higher if (found := work.rules.agents_of(ticket.department, role))), [])
    told = told or work.rules.answering(ticket.department)
    facts = agents_facts(connection, work, ticket, number=row.step, due_at=row.about_at, breach=True)
    notify_agents(work, ticket, told, facts, purpose="escalation", variant="standard", with_draft=True)
    work.changes.event(
        ticket.id, "mailbridge", "escalated", to=told, step=row.step, about=row.reason, due=row.about_at.isoformat()
    )
    return Rung(ticket.id, row.kind, row.due_at, "notify", _addresses(work, told), "escalation/standard")


def _tell_missed(connection: Connection, work: Work, ticket: TicketNow, row: Any) -> Rung:
    """A promised date will be missed: the customer is told before it passes."""
    to = recipients(connection, ticket)[:1]
    if not to:
        return Rung(ticket.id, row.kind, row.due_at, "nobody to tell")
    rules = work.rules.promises(ticket.department)
    work.caps.load(connection, [to[0].address], [ticket.id])
    coming = next_news(work.now, rules.service.update, rules.hours)
    by = coming.by if ticket.state in WE_OWE else None
    facts = customer_facts(work, ticket, to[0], due_at=row.about_at, answer_by=by, breach=True)
    rendered = work.rules.templates.render("follow-up", facts, ticket.locale or "en", "promise")
    send_to_customer(work, ticket, to, rendered, thread_of(connection, ticket), purpose="promise")
    work.set(ticket, next_news_at=coming.at if by else None)
    work.changes.event(ticket.id, "mailbridge", "promise-missed", due=row.about_at.isoformat())
    return Rung(ticket.id, row.kind, row.due_at, "send", (to[0].address,), rendered.template)


def _wake(connection: Connection, work: Work, ticket: TicketNow, row: Any) -> Rung:
    """A snoozed ticket wakes up: the next step is ours."""
    set_state(work, ticket, "open", "mailbridge", "slept until its time")
    told = _looking_after(work, ticket)
    notify_agents(work, ticket, told, agents_facts(connection, work, ticket), variant="message", with_draft=True)
    return Rung(ticket.id, row.kind, row.due_at, "open", _addresses(work, told), "notification/message")


def _close(_connection: Connection, work: Work, ticket: TicketNow, row: Any) -> Rung:
    set_state(work, ticket, "closed", "mailbridge", row.reason)
    return Rung(ticket.id, row.kind, row.due_at, "close")


def _remind(connection: Connection, work: Work, ticket: TicketNow, row: Any) -> Rung:
    """The customer owes the next step and has been silent: one friendly word."""
    to = recipients(connection, ticket)[:1]
    if not to:
        return Rung(ticket.id, row.kind, row.due_at, "nobody to remind")
    work.caps.load(connection, [to[0].address], [ticket.id])
    rendered = work.rules.templates.render("status", customer_facts(work, ticket, to[0]), ticket.locale or "en")
    send_to_customer(work, ticket, to, rendered, thread_of(connection, ticket), purpose="reminder")
    return Rung(ticket.id, row.kind, row.due_at, "send", (to[0].address,), rendered.template)


def _looking_after(work: Work, ticket: TicketNow) -> list[str]:
    if ticket.agent and work.rules.agent(ticket.agent):
        return [ticket.agent]
    return work.rules.answering(ticket.department)


def _addresses(work: Work, keys: list[str]) -> tuple[str, ...]:
    return tuple(work.rules.config.agents[key].address for key in keys)


_RINGS: dict[Kind, Callable[[Connection, Work, TicketNow, Any], Rung]] = {
    Kind.UPDATE: _news,
    Kind.WARNING: _warn,
    Kind.ESCALATION: _escalate,
    Kind.PROMISE: _tell_missed,
    Kind.SNOOZE: _wake,
    Kind.AUTO_CLOSE: _close,
    Kind.REMINDER: _remind,
}
