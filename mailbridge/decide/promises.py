"""What a ticket owes to whom, and when: targets, the 24-hour news, escalation, promised dates, sleep and closing.

In: the facts of one ticket and the rules of its department. Out: a `Plan`: the targets and the timers that stand from
now on, those already due included. Nothing is remembered here: when the facts change, the plan is made anew, and what
it no longer holds is withdrawn. Business time is the department's calendar; the news run in running time, day and
night.

| state            | response, resolution | news | promised date | sleep | reminder, closing |
|------------------|----------------------|------|---------------|-------|-------------------|
| new, open        | yes                  | yes  | yes           |       |                   |
| pending          |                      |      | yes           |       | yes               |
| snoozed          |                      |      | yes           | yes   |                   |
| resolved         |                      |      |               |       | closing           |
| closed and other |                      |      |               |       |                   |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from mailbridge.config.model import Role, ServiceLevel
from mailbridge.decide.calendar import Hours, running

BEFORE_CLOSING = timedelta(minutes=30)
"""How long before the desk closes the news goes out that would otherwise fall into the night."""

BEFORE_PROMISE = timedelta(hours=1)
"""How long before a promised date the customer is told that it will be missed."""

WARN_BEFORE = timedelta(hours=3)
"""How long before that the agent is warned."""

WARN_AT = 0.75
"""The part of a target's time after which the agent is warned."""

SOON = 4
"""News that would follow the last by less than a fourth of the usual time is spared: the last one names the day."""

GRACE = timedelta(minutes=15)
"""What is named to the customer lies this much behind our own time, on a full quarter of an hour: it is kept, not just missed."""

WE_OWE = ("new", "open")
PROMISED = ("new", "open", "pending", "snoozed")


class Kind(StrEnum):
    """The kinds of timer that a plan holds (`check`, `survey` and `digest` of the closed list belong to no plan)."""

    UPDATE = "update"
    REMINDER = "reminder"
    WARNING = "warning"
    ESCALATION = "escalation"
    AUTO_CLOSE = "auto-close"
    SNOOZE = "snooze"
    PROMISE = "promise"


class Reason(StrEnum):
    """Why a timer stands."""

    FIRST_RESPONSE = "first-response"
    NEXT_RESPONSE = "next-response"
    RESOLUTION = "resolution"
    NEWS = "news"
    NEWS_BEFORE_CLOSING = "news-before-closing"
    NEWS_NAMED = "news-on-the-named-day"
    ETA = "eta"
    SLEPT = "slept"
    CUSTOMER_SILENT = "customer-silent"
    RESOLVED_LONG_AGO = "resolved-long-ago"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one ticket. Moments are aware UTC.

    state_since: when it took its state; waiting_since: the customer's first message that no person has answered yet,
    None when
        all are answered; answered_at: the latest answer by a person.
    news_at: when the customer last heard from us at all (acknowledgement, answer, update); next_news_at: when the next
        goes out by what he was told, if he was told (see `next_news`).
    follow_ups: updates since the last answer by a person.
    eta, eta_made_at: the date promised last, and when; None when that promise is kept, or there was none.
    paused: spans in which the next step was not ours (the customer owed, it slept or was done), in order of time; they
        do not count towards the resolution, and from the end of the last one the 24 hours run anew.
    answerable: the requester may be sent automatic mail (a person, not bounced, not spam).
    done: keys of timers that have rung.
    """

    state: str
    created_at: datetime
    state_since: datetime | None = None
    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    news_at: datetime | None = None
    next_news_at: datetime | None = None
    follow_ups: int = 0
    eta: datetime | None = None
    eta_made_at: datetime | None = None
    snoozed_until: datetime | None = None
    paused: tuple[tuple[datetime, datetime], ...] = ()
    answerable: bool = True
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a department promises.

    ladder: whom an overdue ticket climbs to, one for each of the service level's `escalate_after`.
    most_follow_ups: updates in a row at most; None: until somebody answers.
    remind_after: a `pending` customer is reminded after this silence, close_pending_after: and the ticket closed after
    this
        one; close_resolved_after: a resolved ticket is closed. Running time; None: never.
    """

    service: ServiceLevel
    hours: Hours
    ladder: tuple[Role, ...] = ("lead", "supervisor")
    follow_up: Literal["send", "draft", "off"] = "send"
    most_follow_ups: int | None = None
    remind_after: timedelta | None = None
    close_pending_after: timedelta | None = None
    close_resolved_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """Something due. `to` is `customer`, `agent`, `desk` (nobody is written to) or the role of a step of the ladder.

    about_at: the deadline it is about: the target, the promised date, or the end of 24 hours since the last news.
    step: from 1 for escalations and updates. since: of an escalation, when the wait began that it is about: each step is
        told once for one wait, though a transfer may set another deadline.
    key: names this timer of this ticket for good; a timer rings once.
    """

    kind: Kind
    at: datetime
    to: str
    reason: Reason
    about_at: datetime
    step: int = 0
    since: datetime | None = None

    @property
    def key(self) -> str:
        """Return the name under which it is remembered that this timer has rung."""
        return f"{self.kind}:{self.reason}:{self.step}:{(self.since or self.about_at).isoformat(timespec='seconds')}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a ticket owes: its timers in order of time, and its targets (None where none runs)."""

    timers: tuple[Timer, ...] = ()
    response_due_at: datetime | None = None
    resolution_due_at: datetime | None = None
    due_at: datetime | None = None

    def due(self, now: datetime) -> tuple[Timer, ...]:
        """Return the timers that should have rung by now."""
        return tuple(timer for timer in self.timers if timer.at <= now)


@dataclass(frozen=True, slots=True)
class News:
    """When the next news is due after one that goes out now; `named`: that one has to say so, as it is a later day."""

    at: datetime
    named: bool

    @property
    def by(self) -> datetime:
        """Return the time by which the customer is told to hear from us: a little later, and round."""
        end = self.at + GRACE
        return end + (datetime.min.replace(tzinfo=end.tzinfo) - end) % GRACE


def plan(facts: Facts, rules: Rules) -> Plan:
    """Return what the ticket owes from now on; timers that have rung (`facts.done`) are left out."""
    response = _response(facts, rules)
    resolution = _resolution(facts, rules)
    timers = [*_on_target(rules, response), *_on_target(rules, resolution), *_update(facts, rules),
              *_promise(facts, rules), *_waiting(facts, rules)]
    left = sorted((timer for timer in timers if timer.key not in facts.done), key=lambda timer: (timer.at, timer.kind))
    eta = facts.eta if facts.state in PROMISED else None
    dues = [target.due_at for target in (response, resolution) if target] + ([eta] if eta else [])
    return Plan(tuple(left), response.due_at if response else None, resolution.due_at if resolution else None,
                min(dues, default=None))


def next_news(after: datetime, every: str, hours: Hours) -> News:
    """Say when the next news is due when some goes out at `after`, and whether that one must name the day.

    Usually `every` later. If the desk is closed then, the next goes out before it closes; if that would be too soon
    after (less than a fourth of `every`), this one names the next open day and keeps to its end. A desk that is closed
    already names nothing and keeps to `every`: what a customer writes on a Saturday is not left alone until Monday.
    """
    due = after + running(every)
    if hours.open_at(due):
        return News(due, named=False)
    before_closing = _before_closing(due, hours)
    if before_closing and before_closing - after >= running(every) / SOON:
        return News(before_closing, named=False)
    if not hours.open_at(after):
        return News(before_closing if before_closing and before_closing > after else due, named=False)
    opening = hours.next_opening(due)
    closing = hours.day_of(hours.local_day(opening))
    end = max(opening, closing.end - BEFORE_CLOSING) if closing else opening
    return News(min(opening + running(every), end), named=True)


@dataclass(frozen=True, slots=True)
class _Target:
    reason: Reason
    since: datetime
    due_at: datetime


def _response(facts: Facts, rules: Rules) -> _Target | None:
    """Return until when a person answers: counted from the opening at first, later from the first unanswered mail."""
    if facts.state not in WE_OWE:
        return None
    if facts.answered_at is None:
        return _target(Reason.FIRST_RESPONSE, facts.waiting_since or _owed_since(facts), rules.service.first_response, facts, rules)
    if facts.waiting_since and rules.service.next_response:
        return _target(Reason.NEXT_RESPONSE, facts.waiting_since, rules.service.next_response, facts, rules)
    return None


def _owed_since(facts: Facts) -> datetime:
    """Return since when the next step is ours without a break."""
    return max((end for _, end in facts.paused), default=facts.created_at)


def _resolution(facts: Facts, rules: Rules) -> _Target | None:
    if facts.state not in WE_OWE or not rules.service.resolution:
        return None
    return _target(Reason.RESOLUTION, facts.created_at, rules.service.resolution, facts, rules)


def _target(reason: Reason, since: datetime, span: str, facts: Facts, rules: Rules) -> _Target:
    """Return a target. A pause puts it off; one that begins when it is missed already changes nothing any more."""
    due = rules.hours.add_business(since, span)
    for start, end in facts.paused:
        if start < due and end > since:
            due = rules.hours.add_time(due, rules.hours.business_between(max(start, since), end))
    return _Target(reason, since, due)


def _on_target(rules: Rules, target: _Target | None) -> Iterator[Timer]:
    """Warn the agent before the target; behind it each step of the ladder is told, counted from the breach."""
    if target is None:
        return
    span = rules.hours.business_between(target.since, target.due_at)
    warn_at = rules.hours.add_time(target.since, span * WARN_AT)
    yield Timer(Kind.WARNING, warn_at, "agent", target.reason, target.due_at)
    for step, (role, after) in enumerate(zip(rules.ladder, rules.service.escalate_after, strict=False), 1):
        at = rules.hours.add_business(target.due_at, after)
        yield Timer(Kind.ESCALATION, at, role, target.reason, target.due_at, step, target.since)


def _update(facts: Facts, rules: Rules) -> Iterator[Timer]:
    if facts.state not in WE_OWE or rules.follow_up == "off" or not facts.answerable:
        return
    if rules.most_follow_ups is not None and facts.follow_ups >= rules.most_follow_ups:
        return
    base = max(facts.news_at or facts.created_at, _owed_since(facts))
    due = base + running(rules.service.update)
    at, reason = _update_at(facts, rules, base, due)
    to = "customer" if rules.follow_up == "send" else "agent"
    yield Timer(Kind.UPDATE, at, to, reason, due, facts.follow_ups + 1)


def _update_at(facts: Facts, rules: Rules, base: datetime, due: datetime) -> tuple[datetime, Reason]:
    """Return when the news goes out that is due 24 hours after `base`, and why then.

    A later day that was named to the customer stands for the 24 hours, unless the next step was not ours meanwhile. Any
    other time that he was told holds as well, whichever department has the ticket now.
    """
    at, reason = due, Reason.NEWS
    if not rules.hours.open_at(due):
        before_closing = _before_closing(due, rules.hours)
        if before_closing and before_closing > base:
            at, reason = before_closing, Reason.NEWS_BEFORE_CLOSING
    named = facts.next_news_at
    later_day = named and named > due and base == facts.news_at
    if named and named > base and (later_day or named < at):
        return named, Reason.NEWS_NAMED
    return at, reason


def _before_closing(at: datetime, hours: Hours) -> datetime | None:
    """Return a moment shortly before the last closing, in the open period that it ends; None without a closing."""
    closing = hours.last_closing(at)
    if closing is None:
        return None
    opened = hours.opened_at(closing)
    return max(opened, closing - BEFORE_CLOSING)


def _promise(facts: Facts, rules: Rules) -> Iterator[Timer]:
    """Warn the agent of a promised date, then tell the customer; both before it passes, in open hours if possible."""
    if facts.eta is None or facts.state not in PROMISED:
        return
    made_at = facts.eta_made_at or facts.created_at
    tell_at = _between(made_at, facts.eta, facts.eta - BEFORE_PROMISE, rules.hours)
    warn_at = _between(made_at, tell_at, tell_at - WARN_BEFORE, rules.hours)
    yield Timer(Kind.WARNING, warn_at, "agent", Reason.ETA, facts.eta)
    if facts.answerable:
        yield Timer(Kind.PROMISE, tell_at, "customer", Reason.ETA, facts.eta)


def _between(first: datetime, last: datetime, wanted: datetime, hours: Hours) -> datetime:
    """Return a moment between the first and the last, in open hours if possible: the wanted one, or the nearest."""
    wanted = max(wanted, first + (last - first) / 2)
    if hours.open_at(wanted):
        return wanted
    opening = hours.next_opening(wanted)
    if opening < last:
        return opening
    before_closing = _before_closing(wanted, hours)
    return before_closing if before_closing and before_closing > first else wanted


def _waiting(facts: Facts, rules: Rules) -> Iterator[Timer]:
    """End a time of waiting: sleep, a customer's silence, the rest after a resolution."""
    since = facts.state_since or facts.news_at or facts.created_at
    if facts.state == "snoozed" and facts.snoozed_until:
        yield Timer(Kind.SNOOZE, facts.snoozed_until, "desk", Reason.SLEPT, facts.snoozed_until)
    if facts.state == "pending":
        if rules.remind_after and facts.answerable:
            at = since + rules.remind_after
            yield Timer(Kind.REMINDER, at, "customer", Reason.CUSTOMER_SILENT, at)
        if rules.close_pending_after:
            at = since + rules.close_pending_after
            yield Timer(Kind.AUTO_CLOSE, at, "desk", Reason.CUSTOMER_SILENT, at)
    if facts.state == "resolved" and rules.close_resolved_after:
        at = since + rules.close_resolved_after
        yield Timer(Kind.AUTO_CLOSE, at, "desk", Reason.RESOLVED_LONG_AGO, at)
