"""Desk, spool and outbox as a machine that anything may happen to: mails, answers, repeats, crashes, lost time, retries.

Whatever the order: nothing is missing, each mail lies on one ticket, nobody is acknowledged twice, no agent's answer
reaches a customer twice but with the same Message-ID.
"""

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from mailbridge.desk.agents import message_table as message
from mailbridge.spool import CLAIM_SECONDS, spool
from tests.contract.relays import LATER, NEVER, OK, Written
from tests.desks import mail, make_desk

PEOPLE = ("emma@example.com", "carl@example.com", "olga@example.net")
ANNA = "anna@example.org"


class Killed(BaseException):
    """The process died here."""


class DeskMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mailbridge-machine-"))
        self.desk = make_desk(self.folder / "desk", "")
        self.relay = Written()
        self.mails = []  # raw mails that were put, for repeats
        self.answers = 0
        self.asleep = None

    def teardown(self):
        try:
            self.settle_everything()
        finally:
            self.desk.close()
            shutil.rmtree(self.folder)

    # -- what people do

    @rule(who=st.sampled_from(PEOPLE), known=st.booleans())
    def customer_writes(self, who, known):
        """With a Message-ID and a Date, or (a broken client) with neither."""
        number = len(self.mails)
        head = {"message_id": f"<{number}@example.com>"} if known else {"message_id": "", "date": ""}
        raw = mail(f"Matter {number}", f"Words of matter {number}.", who, **head)
        self.mails.append((raw, known))
        self.desk.put(raw)

    @precondition(lambda self: any(known for _, known in self.mails))
    @rule(data=st.data())
    def same_mail_comes_again(self, data):
        raw = data.draw(st.sampled_from([raw for raw, known in self.mails if known]))
        self.desk.put(raw, data.draw(st.sampled_from(["support@example.org", "help@example.org"])))

    @precondition(lambda self: any(to in PEOPLE for to, _ in self.relay.taken))
    @rule(data=st.data())
    def customer_answers_what_we_wrote(self, data):
        to, ours = data.draw(st.sampled_from([pair for pair in self.relay.taken if pair[0] in PEOPLE]))
        number = len(self.mails)
        head = {"message_id": f"<{number}@example.com>", "in_reply_to": ours["Message-ID"]}
        raw = mail(f"Re: {ours['Subject']}", f"More of it, {number}.", to, **head)
        self.mails.append((raw, True))
        self.desk.put(raw)

    @precondition(lambda self: any(to == ANNA and mail["Reply-To"] for to, mail in self.relay.taken))
    @rule(data=st.data())
    def agent_answers(self, data):
        told = data.draw(st.sampled_from([mail for to, mail in self.relay.taken if to == ANNA and mail["Reply-To"]]))
        self.answers += 1
        raw = mail("Re: it", f"Answer number {self.answers}.", f"Anna Petrova <{ANNA}>", message_id=f"<anna{self.answers}@example.org>")
        self.mails.append((raw, True))
        self.desk.put(raw, told["Reply-To"].addresses[0].addr_spec, authenticated_as=ANNA)

    # -- what the daemon does, and what is done to it

    @rule(most=st.integers(1, 4))
    def bridge_works(self, most):
        self.desk.app.bridge.run_once(self.desk.now, most)

    @rule(most=st.integers(1, 4))
    def outbox_sends(self, most):
        self.desk.app.outbox.run_once(self.desk.now, self.relay, most)

    @rule(most=st.integers(1, 4))
    def bridge_dies_after_claiming(self, most):
        self.desk.app.spool.claim(self.desk.now, most)
        self.restart()

    @precondition(lambda self: self.asleep is None)
    @rule(who=st.sampled_from(PEOPLE), known=st.booleans(), most=st.integers(1, 4))
    def second_daemon_claims_and_falls_asleep(self, who, known, most):
        self.customer_writes(who, known)
        other = self.desk.another()
        self.asleep = (other, other.app.spool.claim(self.desk.now, most))

    @precondition(lambda self: self.asleep is not None)
    @rule(too_late=st.booleans())
    def second_daemon_wakes(self, too_late):
        """Too late: its claims have run out, and the first daemon has worked off what it held."""
        other, entries = self.asleep
        self.asleep = None
        if too_late:
            self.time_passes(CLAIM_SECONDS + 1)
            for _ in entries:
                self.desk.app.bridge.run_once(self.desk.now)
        other.app.bridge.work_off(entries, self.desk.now)
        other.close()

    @rule(most=st.integers(1, 4), after=st.integers(0, 2))
    def outbox_dies_while_sending(self, most, after):
        left = [after]

        def die():
            if not left[0]:
                raise Killed
            left[0] -= 1

        self.relay.meanwhile = die
        try:
            self.desk.app.outbox.run_once(self.desk.now, self.relay, most)
        except Killed:
            self.restart()
        finally:
            self.relay.meanwhile = lambda: None

    @rule(seconds=st.sampled_from([1, CLAIM_SECONDS + 1, 600, 7200, 90_000]))
    def time_passes(self, seconds):
        self.desk.now += timedelta(seconds=seconds)

    @rule(answer=st.sampled_from([OK, LATER, NEVER]), who=st.sampled_from([*PEOPLE, ANNA]))
    def relay_changes_its_mind(self, answer, who):
        self.relay.answers[who] = answer

    @precondition(lambda self: self.found("quarantined"))
    @rule()
    def admin_retries_quarantine(self):
        assert self.desk.app.spool.retry(self.found("quarantined")[0])

    # -- what always holds

    @invariant()
    def nothing_is_missing(self):
        found = self.desk.audit()
        parts = (found.on_tickets, found.silent, found.quarantined, found.duplicates, found.waiting, found.erased)
        assert found.received == sum(parts) == len(self.spooled())

    @invariant()
    def each_settled_mail_lies_on_one_ticket(self):
        inbound = Counter(one["spool"] for one in self.messages() if one["spool"])
        assert all(count == 1 for count in inbound.values())
        ids = Counter(one["message_id"] for one in self.messages() if one["message_id"] and one["spool"])
        assert all(count == 1 for count in ids.values()), "a repeat is no second message"

    @invariant()
    def nobody_is_acknowledged_twice_and_no_answer_comes_under_two_names(self):
        for who in PEOPLE:
            told = [mail for to, mail in self.relay.taken if to == who]
            names = {}
            for one in told:
                key = one["Subject"] if one["Auto-Submitted"] else one.get_content().splitlines()[0]
                names.setdefault(key, set()).add(one["Message-ID"])
            assert all(len(ids) == 1 for ids in names.values()), names

    def settle_everything(self):
        """At last all works again: every mail is on a ticket, every claim is gone."""
        self.relay.answers.clear()
        if self.asleep is not None:
            self.second_daemon_wakes(too_late=True)
        for _ in range(20):
            self.desk.later(seconds=CLAIM_SECONDS + 1)
            while self.desk.app.bridge.run_once(self.desk.now).count:
                pass
            while self.desk.app.outbox.run_once(self.desk.now, self.relay).count:
                pass
        found = self.desk.audit()
        assert found.waiting == 0
        self.each_settled_mail_lies_on_one_ticket()
        self.nobody_is_acknowledged_twice_and_no_answer_comes_under_two_names()

    # -- looking

    def restart(self):
        self.desk.app.close()
        now, sent = self.desk.now, self.desk.sent
        self.desk = self.desk.another()
        self.desk.now, self.desk.sent = now, sent

    def spooled(self):
        with self.desk.app.database.read() as connection:
            return connection.execute(select(spool.c.id, spool.c.state)).all()

    def found(self, state):
        return [row.id for row in self.spooled() if row.state == state]

    def messages(self):
        query = select(message.c.spool, message.c.message_id, message.c.ticket)
        with self.desk.app.database.read() as connection:
            return [row._asdict() for row in connection.execute(query)]


DeskMachine.TestCase.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
test_whatever_happens_nothing_is_lost_or_doubled = DeskMachine.TestCase
