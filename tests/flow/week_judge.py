"""Who looks over the week when it is over: every mail that went out, every line of history, against the promises of time.

Written from what the desk promises its customers, not from its code: opening hours are reckoned anew (`week_hours`),
deadlines are read from the letters themselves. Each check gives the breaches it finds, in words; none means kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from mailbridge.outbox import outbox
from tests.flow.week_hours import VILNIUS, Office, local_day, named_moments
from tests.flow.week_people import AGENTS, HOTLINE, Customer, Letter, Sent
from tests.flow.week_world import OFFICES, SIDE_BY_SIDE, STEP, Week

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
LATE = STEP + timedelta(seconds=30)
"""The week goes in steps; nothing can be nearer to its moment than that."""
WE_OWE = ("new", "open")
SORRY = re.compile(r"sorry|apolog|извин|прощения|жаль|atsipraš|apgailest|atleisk", re.IGNORECASE)
Breaches = Iterator[str]


@dataclass(frozen=True)
class Case:
    """One customer's matter as it went: his ticket with its history, and all that he was sent (repeats once)."""

    customer: Customer
    ticket: dict[str, Any]
    heard: list[Sent]
    ends: datetime

    @property
    def number(self) -> int:
        """Of the ticket."""
        return int(self.ticket["ticket"])

    @cached_property
    def events(self) -> list[tuple[datetime, str, dict[str, Any]]]:
        """Every line of the history: when, what, why; with `message` and `actor` in why."""
        return [(_moment(one["at"]), one["what"], one["why"] | {"message": one["message"], "actor": one["actor"]}) for one in self.ticket["events"]]

    @cached_property
    def states(self) -> list[tuple[datetime, str]]:
        """Since when which state."""
        return [(at, "new" if what == "opened" else what.removeprefix("state-"))
                for at, what, _ in self.events if what == "opened" or what.startswith("state-")]

    def state_at(self, at: datetime) -> str:
        """Return the state at a moment."""
        return next((state for since, state in reversed(self.states) if since <= at), "")

    @cached_property
    def owed(self) -> list[tuple[datetime, datetime]]:
        """The spans in which the next step was ours."""
        spans: list[tuple[datetime, datetime]] = []
        for (since, state), (until, _) in pairwise([*self.states, (self.ends, "")]):
            if state in WE_OWE and spans and spans[-1][1] == since:
                spans[-1] = (spans[-1][0], until)
            elif state in WE_OWE:
                spans.append((since, until))
        return spans

    def office_at(self, at: datetime) -> Office:
        """Return the hours of the department that had the ticket then."""
        moves = [("hotline" if self.customer.mailbox == HOTLINE else "support")]
        moves += [why["to"] for when, what, why in self.events if what == "transferred" and when <= at]
        return OFFICES[moves[-1]]

    @cached_property
    def purposes(self) -> dict[str, str]:
        """Message-ID → what the mail was made for, as the history says; the template's name for news."""
        ids = {one["message"]: one["message_id"] for one in self.ticket["thread"]}
        return {ids[why["message"]]: why["template"].partition("/")[2] for _, what, why in self.events if what.endswith("-queued")}

    @cached_property
    def news(self) -> list[Sent]:
        """The 24-hour news that he was sent."""
        return [one for one in self.heard if self.purpose(one).startswith("follow-up/") and self.purpose(one) != "follow-up/promise"]

    def purpose(self, one: Sent) -> str:
        """Return what a mail was made for."""
        return self.purposes.get(one.message_id, "unknown")

    def before(self, at: datetime) -> Sent | None:
        """Return the mail that he had heard last before a moment."""
        return next((one for one in reversed(self.heard) if one.at < at), None)

    def base(self, at: datetime) -> datetime:
        """Return since when he had been waiting for a word of ours: his last mail from us, or the moment from which on we owed."""
        since = next(start for start, end in reversed(self.owed) if start <= at)
        last = self.before(at)
        return max(since, last.at) if last else since


@dataclass(frozen=True)
class Judge:
    """All cases of a week, and the world that they happened in."""

    week: Week
    cases: list[Case]

    def late(self, at: datetime) -> timedelta:
        """Return how late something may come: a step, and one more when a daemon died with it in its hands."""
        died = any(what != "a daemon starts" and when - STEP <= at <= when + 2 * STEP for when, what in self.week.log)
        return LATE + (STEP if died else timedelta(0))

    def side_by_side(self, at: datetime) -> bool:
        """Say whether the daemons worked at the same moment then, so that nobody can say which of two things came first."""
        first = self.week.begins + SIDE_BY_SIDE.start * STEP
        return first <= at <= self.week.begins + (SIDE_BY_SIDE.stop + 1) * STEP

    # -- the 24-hour promise

    def silence(self) -> Breaches:
        """Whom we owed heard from us every 24 hours, or by the later day that our last mail named because the desk is shut."""
        for case in self.persons():
            for start, end in case.owed:
                heard = [one.at for one in case.heard if start < one.at < end]
                for base, following in pairwise([start, *heard, end]):
                    limit = base + DAY
                    if following <= limit + self.late(limit):
                        continue
                    said = case.before(base + timedelta(seconds=1))
                    named = max(named_moments(said.text, case.customer.language, said.at), default=base) if said else base
                    if case.office_at(base).is_open(limit) or following > named:
                        yield f"#{case.number}: silence from {base} to {following}; named was {named}"

    def named_times(self) -> Breaches:
        """Every time by which a mail announced our next word was kept, to the minute."""
        for case in self.persons():
            for one in case.heard:
                if not (case.purpose(one).startswith("follow-up/") or case.purpose(one).startswith("acknowledgement/")):
                    continue
                named = max(named_moments(one.text, case.customer.language, one.at), default=None)
                if named is None:
                    yield f"#{case.number}: the mail of {one.at} names no time: {one.text}"
                    continue
                kept = any(one.at < other.at <= named for other in case.heard)
                owed = any(start <= one.at and named < end for start, end in case.owed)
                if owed and not kept and self.late(named) == LATE:
                    yield f"#{case.number}: at {one.at} we named {named}, and then said nothing"

    def night(self) -> Breaches:
        """News goes out before the desk closes rather than at night, unless the customer began to wait when it was too late for that."""
        for case, one in self.all_news():
            office, base = case.office_at(one.at), case.base(one.at)
            closing = office.last_closing(one.at)
            moved = max((at for at, what, _ in case.events if what == "transferred" and at <= one.at), default=base)
            could = closing is not None and max(base, moved) < closing - HOUR / 2 and one.at > closing + self.late(one.at)
            if not office.is_open(one.at) and could:
                yield f"#{case.number}: news at {one.at}, in closed hours; he waited since {base}"

    def too_soon(self) -> Breaches:
        """One period, one follow-up: after 24 hours, or in the last half hour before a night in which they end, or when it was named.

        A ticket that has moved to a department with other hours meanwhile is left out.
        """
        for case, one in self.all_news():
            office, base, said = case.office_at(one.at), case.base(one.at), case.before(one.at)
            if one.at >= base + DAY - timedelta(minutes=1):
                continue
            closes = not office.is_open(one.at + HOUR / 2 + timedelta(seconds=1)) and office.is_open(one.at - self.late(one.at))
            last_half_hour = closes and not office.is_open(base + DAY)
            named = named_moments(said.text, case.customer.language, said.at) if said else []
            moved = any(what == "transferred" and base < at <= one.at for at, what, _ in case.events)
            if not last_half_hour and not moved and not any(at - HOUR <= one.at <= at for at in named):
                yield f"#{case.number}: news at {one.at}, but he had heard from us (or begun to wait) at {base}"

    def other_words(self) -> Breaches:
        """No two news in a row say the same, and no apology comes twice on a ticket."""
        for case in self.persons():
            for before, after in pairwise(case.news):
                same = _said(before.text) & _said(after.text)
                if len(same) > len(_said(after.text)) / 2 or _first(before.text) == _first(after.text):
                    yield f"#{case.number}: the news of {before.at} and {after.at} share {sorted(same)}"
            sorry = Counter(line for one in case.heard if one.automatic for line in _said(one.text) if SORRY.search(line))
            yield from (f"#{case.number}: said {count} times: {line}" for line, count in sorry.items() if count > 1)

    def rests(self) -> Breaches:
        """No news while the customer owes, the ticket sleeps, or all is done."""
        for case, one in self.all_news():
            states = {case.state_at(one.at)} | ({case.state_at(one.at - LATE)} if self.side_by_side(one.at) else set())
            if not states & set(WE_OWE):
                yield f"#{case.number}: news at {one.at} though it was {states}"

    def robots(self) -> Breaches:
        """No robot is sent anything, and no person gets more automatic mail than the caps allow."""
        addresses = {one.address for one in self.week.customers if one.kind == "robot"}
        yield from (f"mail to {one.to} at {one.at}" for one in self.week.sent if one.to in addresses)
        days = Counter((case.number, one.at.date()) for case in self.persons() for one in case.heard if one.automatic)
        yield from (f"#{number}: {count} automatic mails on {day}" for (number, day), count in days.items() if count > 10)

    # -- dates that were promised, sleep

    def promised_dates(self) -> Breaches:
        """A date that an agent names is told at once; one that is going to be missed is told before it passes, once; kept ones are not."""
        for case in self.persons():
            promises = [(at, _moment(why["until"])) for at, what, why in case.events
                        if what == "promised" and case.state_at(at) not in ("resolved", "closed")]
            for at, until in promises:
                told = [one for one in case.heard if at <= one.at <= at + self.late(at)]
                if not any(not one.automatic or _names(one, case.customer.language, until) for one in told):
                    yield f"#{case.number}: the date {until} was promised at {at} and not told"
                ended = self.promise_ended(case, at, promises[promises.index((at, until)) + 1:])
                missed = [one for one in case.heard if case.purpose(one) == "follow-up/promise" and at < one.at <= min(ended, until + 2 * DAY)]
                if ended > until and len([one for one in missed if one.at < until]) != 1:
                    yield f"#{case.number}: the promise of {at} for {until} was missed and that was said {len(missed)} times"
                if any(one.at >= until for one in missed):
                    yield f"#{case.number}: that {until} is missed was said after it"

    def promise_ended(self, case: Case, at: datetime, further: list[tuple[datetime, datetime]]) -> datetime:
        """Return when a promise was kept, replaced, or of no use any more."""
        ends = [one.at for one in case.heard if not one.automatic and one.at > at + timedelta(minutes=2)]
        ends += [since for since, state in case.states if state in ("resolved", "closed", "spam") and since >= at]
        ends += [later for later, _ in further]
        return min(ends, default=self.week.now)

    def sleep(self) -> Breaches:
        """A ticket that was put to sleep for five hours wakes after five hours, if nobody woke it before."""
        for case in self.persons():
            for letter in case.customer.answers:
                asleep = [since for since, state in case.states if state == "snoozed" and letter.at <= since <= letter.at + 2 * STEP]
                if letter.lines != ("/snooze 5h",) or not asleep:
                    continue
                until = asleep[0] + 5 * HOUR
                again = [other for other in case.customer.answers if other is not letter and asleep[0] - STEP < other.at <= until + STEP
                         and other.lines[:1] in (("/snooze 2d",), ("/snooze 5h",))]
                if until < self.week.now - LATE and case.state_at(until + self.late(until)) == "snoozed" and not again:
                    yield f"#{case.number}: put to sleep at {asleep[0]}, still asleep at {until + LATE}"

    # -- escalation

    def ladder(self) -> Breaches:
        """Each step of the ladder is told once for each target, in order, and to whom it concerns."""
        roles = {1: ["boris"], 2: ["clara"]}
        for case in self.cases:
            rung: dict[str, list[tuple[datetime, int]]] = {}
            for at, what, why in case.events:
                if what == "escalated" and "step" in why:
                    rung.setdefault(why["about"], []).append((at, why["step"]))
                    if why["to"] != roles[why["step"]]:
                        yield f"#{case.number}: step {why['step']} went to {why['to']}"
            breaks = [one.at for one in case.heard if not one.automatic] + [at for at, state in case.states if state not in WE_OWE]
            for about, steps in rung.items():
                for (at, step), (later, further) in pairwise(steps):
                    new_wait = about != "resolution" and any(at <= one <= later for one in breaks)
                    if further != step + 1 and not (new_wait and further == 1):
                        yield f"#{case.number}: {about}: step {step} at {at} and step {further} at {later} are of one wait"
            yield from self.told_of(case)

    def told_of(self, case: Case) -> Breaches:
        """Count the mails: each step, and each /escalate, is one mail to one person."""
        for who in ("boris", "clara"):
            asked = sum(who in why["to"] for _, what, why in case.events if what == "escalated")
            mails = {one.message_id for one in self.week.sent if one.to == f"{who}@example.org" and f"[#{case.number}]" in str(one.mail["Subject"])
                     and "Overdue" in str(one.mail["Subject"])}
            if len(mails) != asked:
                yield f"#{case.number}: {who} was to be told {asked} times and got {len(mails)} mails"

    def unanswered_climb(self) -> Breaches:
        """Whoever is not answered within the hour is a matter for the lead an open hour later, for the supervisor three more later."""
        for case in self.cases:
            start, end = case.owed[0]
            office = case.office_at(start)
            moved = [at for at, what, _ in case.events if what == "transferred"]
            answered = [one.at for one in case.heard if not one.automatic]
            breach = office.after(start, HOUR)
            for who, after in (("boris", HOUR), ("clara", 4 * HOUR)):
                at = office.after(breach, after)
                if min([end, *moved, *answered]) <= at + LATE:
                    break
                told = [one.at for one in self.week.sent if one.to == f"{who}@example.org" and f"[#{case.number}] Overdue" in str(one.mail["Subject"])]
                if not any(at <= one <= at + self.late(at) for one in told):
                    yield f"#{case.number}: {who} should have heard of it at {at}, and did at {told}"

    def digests(self) -> Breaches:
        """The supervisor gets one digest a day and department, and what nobody answers stands in each."""
        digests = [one for one in self.week.sent if one.to == "clara@example.org" and "overdue" in str(one.mail["Subject"])]
        once = {one.message_id: one for one in digests}.values()
        days = Counter((str(one.mail["Subject"]).rpartition(": ")[2], local_day(one.at)) for one in once)
        yield from (f"{count} digests of {name} on {day}" for (name, day), count in days.items() if count > 1)
        for case in self.cases:
            start, end = case.owed[0]
            office = case.office_at(start)
            overdue_since = max(office.after(start, HOUR), start)
            for opens, _ in office.spans(start, self.week.now) if not office.always else []:
                answered = min([end, *(at for at, what, _ in case.events if what == "transferred"), *(one.at for one in case.heard if not one.automatic)])
                if overdue_since < opens and opens + HOUR < min(answered, self.week.now):
                    listed = [one for one in once if local_day(one.at) == local_day(opens) and f"#{case.number} " in one.text]
                    if not listed:
                        yield f"#{case.number}: overdue since {overdue_since}, and in no digest of {local_day(opens)}"

    # -- nobody and nothing is lost

    def placement(self) -> Breaches:
        """Every mail that was handed in lies on its writer's one ticket, once."""
        desk = self.week.daemons[0].desk
        placed: dict[str, list[int]] = {}
        for one in desk.export("message"):
            placed.setdefault(one["message_id"], []).append(one["ticket"])
        for case in self.cases:
            for letter in (*case.customer.letters, *case.customer.answers):
                if letter.at and placed.get(letter.message_id) != [case.number]:
                    yield f"#{case.number}: {letter.message_id} lies on {placed.get(letter.message_id)}"
        if len(desk.tickets()) != len(self.week.customers):
            yield f"{len(desk.tickets())} tickets for {len(self.week.customers)} matters"
        with desk.app.database.read() as connection:
            kept_back = connection.execute(select(outbox.c.id, outbox.c.ticket, outbox.c.purpose, outbox.c.state, outbox.c.reason)
                                           .where(outbox.c.state != "sent")).all()
        yield from (f"outbox: {row}" for row in kept_back if row.state != "withdrawn" or row.purpose not in ("follow-up", "acknowledgement"))

    def delivery(self) -> Breaches:
        """Customers' words reach an agent; an agent's words reach the customer once; notes and refused mail never do."""
        to_agents = "\n".join(one.text for one in self.week.sent if one.to in AGENTS)
        for case in self.persons():
            yield from (f"#{case.number}: nobody was told: {one.words}" for one in case.customer.letters if f"({one.words})" not in to_agents)
            for letter in case.customer.answers:
                got = [one for one in case.heard if letter.words and f"({letter.words})" in one.text and not one.automatic]
                wanted = 0 if letter.lines in (("/note",), ("/snoze 3d",)) or not letter.words else 1
                if len(got) != wanted:
                    yield f"#{case.number}: the customer got {len(got)} mails for {letter.lines} {letter.words}"
                yield from self.refusals(case, letter)

    def refusals(self, case: Case, letter: Letter) -> Breaches:
        """Only what cannot be understood is refused, and then the agent is told."""
        refused = [why for at, what, why in case.events if what == "refused" and letter.at <= at <= letter.at + 2 * STEP and why["actor"] in letter.sender]
        wrong = letter.lines == ("/snoze 3d",)
        if wrong and not (refused and any("snoze" in one.text for one in self.week.inbox[letter.sender])):
            yield f"#{case.number}: {letter.lines} was not refused"

    # -- helpers

    def persons(self) -> list[Case]:
        """The cases of people, who are written to."""
        return [case for case in self.cases if case.customer.kind == "person"]

    def all_news(self) -> Iterator[tuple[Case, Sent]]:
        """Every 24-hour news with its case."""
        return ((case, one) for case in self.persons() for one in case.news)


def judge_of(week: Week) -> Judge:
    """Gather the cases of a week that is over."""
    tickets = {one["requester"]: one for one in week.tickets().values()}
    cases = []
    for customer in week.customers:
        once: dict[str, Sent] = {}
        for one in week.inbox.get(customer.address, []):
            once.setdefault(one.message_id, one)
        if customer.letters:
            cases.append(Case(customer, tickets[customer.address], list(once.values()), week.now))
    return Judge(week, cases)


def _names(one: Sent, language: str, moment: datetime) -> bool:
    """Say whether a mail names this moment: its day and what the clock shows then."""
    return any(f"{named.astimezone(VILNIUS):%d %H:%M}" == f"{moment.astimezone(VILNIUS):%d %H:%M}"
               for named in named_moments(one.text, language, one.at))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _first(text: str) -> str:
    """Return what a mail begins with, behind the greeting."""
    return next(line for line in text.splitlines()[1:] if line.strip())


def _said(text: str) -> set[str]:
    """Return the sentences of a mail that say something of the matter: without greeting, dates, note and signature."""
    body = [line.strip() for line in text.split("\n\n")[1:-2]]
    return {sentence for line in body for sentence in re.split(r"(?<=[.!?…])\s+", line.replace("\n", " ")) if sentence and not re.search(r"\d", sentence)}
