"""The simulated week: a clock, two daemons on one database that work side by side, die and are built anew, and the post.

Time goes in steps of a quarter of an hour; within a step every round of a daemon has a moment of its own, so that
the history says what came first.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mailbridge.app import assemble
from mailbridge.config.load import load_config
from mailbridge.desk.rings import sweep
from mailbridge.spool import Delivery
from tests.contract.relays import Written
from tests.desks import Desk, write_desk
from tests.flow.week_hours import VILNIUS, Office
from tests.flow.week_people import (
    AGENTS,
    HELP,
    SUPPORT,
    Customer,
    Letter,
    Sent,
    agent_writes,
    is_away,
    opening,
    people_of_the_week,
    writes_again,
)

STEP = timedelta(minutes=15)
BEGINS = datetime(2026, 10, 19, tzinfo=VILNIUS).astimezone(UTC)
"""A Monday. On its Sunday the clocks go back; its Wednesday is a day on which the office is shut."""
SHUT = date(2026, 10, 21)
OFFICES = {"support": Office(shut=(SHUT,)), "hotline": Office(always=True)}
DEPARTMENTS = """
[support]
name = "Orders"
mailboxes = ["support@example.org", "help@example.org"]
calendar = "office"
service_level = "standard"
[hotline]
name = "Hotline"
mailboxes = ["hotline@example.org"]
calendar = "always"
service_level = "quick"
after_answer = "pending"
"""
AGENTS_FILE = """
[anna]
name = "Anna Petrova"
address = "anna@example.org"
departments = ["support"]
[olga]
name = "Olga Kazlauskė"
address = "olga@example.org"
departments = ["support"]
[nick]
name = "Nick Stone"
address = "nick@example.org"
departments = ["hotline"]
[boris]
name = "Boris Ivanov"
address = "boris@example.org"
role = "lead"
[clara]
name = "Clara Chief"
address = "clara@example.org"
role = "supervisor"
"""
CALENDARS = f"""
[office]
timezone = "Europe/Vilnius"
hours = {{ mon-fri = ["09:00-18:00"] }}
closed = ["{SHUT}"]
[always]
timezone = "Europe/Vilnius"
"""
LEVELS = """
[standard]
first_response = "1h"
[quick]
first_response = "1h"
next_response = "2h"
"""
MAIN = """
[desk]
name = "Acme Support"
timezone = "Europe/Vilnius"
[database]
{database}
[relay]
kind = "maildir"
path = "var/outgoing"
[trust]
authserv_ids = ["mx.example.org"]
"""


ROUNDS = ("bridge", "sweep", "outbox")
Fault = Callable[["Week"], bool]


class KilledError(BaseException):
    """The process ends here, with a mail handed over and nothing noted."""


@dataclass
class Daemon:
    """One daemon: its rooms, and the post that takes its mail. `handed`: how many mails it had given to the post."""

    desk: Desk
    post: Written = field(default_factory=Written)
    handed: int = 0

    def work(self, what: str, now: datetime) -> None:
        """Do one round: bridge the spool, ring what is due, or send."""
        app = self.desk.app
        if what == "bridge":
            while app.bridge.run_once(now, 20).count:
                pass
        elif what == "sweep":
            sweep(app.database, app.rules, now)
        else:
            while app.outbox.run_once(now, self.post, 20).count:
                pass


@dataclass
class Week:
    """The world. `sent`: every mail that went out, in order; `log`: what happened to the daemons."""

    folder: Path
    dice: random.Random
    now: datetime
    customers: list[Customer]
    daemons: list[Daemon] = field(default_factory=list)
    dead: list[Daemon] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    inbox: dict[str, list[Sent]] = field(default_factory=dict)
    queue: list[tuple[datetime, Letter]] = field(default_factory=list)
    log: list[tuple[datetime, str]] = field(default_factory=list)
    side_by_side: bool = False
    begins: datetime = BEGINS

    # -- daemons

    def bring_up(self) -> None:
        """Start daemons until there are two."""
        while len(self.daemons) < 2:
            app = assemble(load_config(self.folder, {}), {})
            self.daemons.append(Daemon(Desk(app, self.folder, self.now)))
            self.log.append((self.now, "a daemon starts"))

    def restart(self) -> bool:
        """Stop one daemon in good order and start it again."""
        self.daemons.pop(self.dice.randrange(len(self.daemons))).desk.close()
        self.bring_up()
        return True

    def drop_with_claims(self) -> bool:
        """A daemon claims all that waits in the spool and is gone; it gives nothing back. Say whether anything waited."""
        claimed = self.daemons[-1].desk.app.spool.claim(self.now, 100)
        if claimed:
            self.dead.append(self.daemons.pop())
            self.log.append((self.now, "gone with claims"))
        return bool(claimed)

    def kill_while_sending(self) -> bool:
        """A daemon dies with a mail handed over and nothing of it noted. Say whether there was one to send."""
        gone = self.daemons[-1]
        gone.work("bridge", self.now)
        handed = len(gone.post.taken)

        def die() -> None:
            if len(gone.post.taken) > handed:
                raise KilledError

        gone.post.meanwhile = die
        try:
            gone.work("outbox", self.now)
        except KilledError:
            self.dead.append(self.daemons.pop())
            self.log.append((self.now, "killed while sending"))
        gone.post.meanwhile = lambda: None
        self.collect(gone)
        return gone in self.dead

    def close(self) -> None:
        """End everything, the dead too."""
        for daemon in (*self.daemons, *self.dead):
            daemon.desk.close()

    # -- time

    def step(self, fault: Fault | None = None) -> bool:
        """Let a quarter of an hour pass: people write, the daemons work in whatever order comes. Say whether the fault befell one."""
        self.now += STEP
        self.people_act()
        befell = fault is not None and fault(self)
        if self.side_by_side:
            self.work_side_by_side()
        else:
            rounds = list(ROUNDS)
            rounds.insert(self.dice.randrange(4), self.dice.choice(ROUNDS))
            for number, what in enumerate(rounds, 1):
                self.at(number, self.dice.choice(self.daemons), what)
        return befell

    def at(self, second: int, daemon: Daemon, what: str) -> None:
        """Do one round at a moment of its own."""
        moment = self.now + timedelta(seconds=second)
        daemon.work(what, moment)
        self.collect(daemon, moment)

    def work_side_by_side(self) -> None:
        """All daemons do all their rounds at once, each in a thread."""
        start, faults = threading.Barrier(len(self.daemons)), []

        def run(daemon: Daemon) -> None:
            try:
                start.wait(10)
                for second, what in enumerate(("bridge", "sweep", "outbox", "sweep", "bridge", "outbox"), 1):
                    daemon.work(what, self.now + timedelta(seconds=second))
            except BaseException as fault:  # told in the test's own thread
                faults.append(fault)

        threads = [threading.Thread(target=run, args=(daemon,)) for daemon in self.daemons]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for fault in faults:
            raise fault
        for daemon in self.daemons:
            self.collect(daemon, self.now + timedelta(seconds=6))

    # -- people

    def people_act(self) -> None:
        """Hand in what is due: of the plans, of the absent, and what comes twice."""
        for customer in self.customers:
            while customer.plan and customer.plan[0][0] <= self.now:
                _, act = customer.plan.pop(0)
                self.act(customer, act)
        due, self.queue = [one for one in self.queue if one[0] <= self.now], [one for one in self.queue if one[0] > self.now]
        for _, letter in due:
            self.put(letter)

    def act(self, customer: Customer, act: str) -> None:
        """Let one person do what the plan says; whoever has nothing to answer yet tries again later."""
        if act == "opens":
            self.put(self.kept(customer, opening(customer, self.now)))
        elif act.startswith("agent:"):
            notice = self.notice_about(customer)
            if notice is None:
                customer.plan = sorted([*customer.plan, (self.now + 4 * STEP, act)])
                return
            letter = agent_writes(customer, notice, act.removeprefix("agent:"), self.now, self.dice)
            customer.answers.append(letter)
            self.put(letter)
        else:
            letter = writes_again(customer, self.inbox.get(customer.address, []), act, self.now, self.dice)
            self.put(self.kept(customer, letter))

    def kept(self, customer: Customer, letter: Letter) -> Letter:
        """Remember a letter; now and then the same one comes a second time, to another of our mailboxes."""
        customer.letters.append(letter)
        if self.dice.random() < 0.15:
            again = Letter(letter.raw, letter.sender, self.dice.choice((letter.to, SUPPORT, HELP)), letter.message_id)
            self.queue.append((self.now + self.dice.choice((0, 1, 9)) * STEP, again))
        return letter

    def notice_about(self, customer: Customer) -> Sent | None:
        """Return the newest mail to an agent about this customer that can be answered."""
        about = [one for agent in AGENTS for one in self.inbox.get(agent, []) if customer.address in one.text and one.mail["Reply-To"]]
        return self.dice.choice(sorted(about, key=lambda one: one.at)[-2:]) if about else None

    def put(self, letter: Letter) -> None:
        """Hand a mail to one of the daemons, as a mail server would."""
        letter.at = letter.at or self.now
        daemon = self.dice.choice(self.daemons)
        delivery = Delivery(letter.raw, letter.sender if b"Auto-Submitted" not in letter.raw else "", (letter.to,), "smtp", self.now,
                            authenticated_as=letter.login, believed=True)
        daemon.desk.app.spool.accept(delivery).result()

    def collect(self, daemon: Daemon, moment: datetime | None = None) -> None:
        """Take what a daemon has handed to the post since, into the inboxes."""
        taken = daemon.post.taken[daemon.handed:]
        daemon.handed += len(taken)
        for to, mail in taken:
            one = Sent(moment or self.now, to, mail, _text(mail))
            self.sent.append(one)
            self.inbox.setdefault(to, []).append(one)
            for customer in self.customers:
                if customer.away and customer.address == to:
                    self.queue.append((self.now + STEP, is_away(customer, one, self.now)))

    # -- looking

    def tickets(self) -> dict[int, dict[str, Any]]:
        """Return every ticket with its history, as `ticket show` tells it."""
        desk = self.daemons[0].desk
        return {one["ticket"]: desk.ticket(one["ticket"]) for one in desk.export("ticket")}


def _text(mail: EmailMessage) -> str:
    return str(mail.get_content())


def begin_week(folder: Path, database_url: str, seed: int) -> Week:
    """Lay out the desk, draw the people, start both daemons."""
    (folder / "config").mkdir(parents=True)
    (folder / "config/calendars.toml").write_text(CALENDARS, "utf-8")
    (folder / "config/service_levels.toml").write_text(LEVELS, "utf-8")
    write_desk(folder, database_url, main=MAIN, departments=DEPARTMENTS, agents=AGENTS_FILE)
    dice = random.Random(seed)
    week = Week(folder, dice, BEGINS, people_of_the_week(dice, BEGINS))
    week.bring_up()
    return week


FAULTS: tuple[tuple[int, Fault], ...] = (
    (30, Week.restart), (50, Week.drop_with_claims), (140, Week.restart), (160, Week.kill_while_sending), (260, Week.drop_with_claims),
    (390, Week.restart), (410, Week.kill_while_sending), (520, Week.restart))
"""What befalls a daemon, and from which step of the week on, as soon as it can."""
ALONE = 10
"""For so many steps the other one works alone after a death."""
SIDE_BY_SIDE = range(190, 250)
STEPS = 7 * 24 * 4


def live(week: Week) -> Week:
    """Live the week through, and two hours more in which nobody writes."""
    faults, alone = list(FAULTS), 0
    for number in range(STEPS):
        alone = alone + 1 if len(week.daemons) < 2 else 0
        if alone > ALONE:
            week.bring_up()
        week.side_by_side = number in SIDE_BY_SIDE and len(week.daemons) == 2
        if week.step(faults[0][1] if faults and faults[0][0] <= number and len(week.daemons) == 2 else None):
            faults.pop(0)
    for customer in week.customers:
        customer.plan.clear()
    for _ in range(8):
        week.step()
    return week
