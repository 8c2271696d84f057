"""The state table at the head of `mailbridge/outbox.py`, on both engines."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mailbridge.errors import StoreError
from mailbridge.outbox import CLAIM_SECONDS, outbox
from tests.contract.relays import LATER, NEVER, OK, Written
from tests.desks import mail

EMMA, ANNA, CARL = "emma@example.com", "anna@example.org", "carl@example.com"
PROVEN = {"authentication_results": "mx.example.org; dmarc=pass header.from=example.com"}
AGENT = {"sender": "Anna Petrova <anna@example.org>"}


@pytest.fixture
def second(desk):
    made = desk.another()
    yield made
    made.close()


def bridge(desk):
    while desk.app.bridge.run_once(desk.now).count:
        pass


def rows(desk, **wanted):
    with desk.app.database.read() as connection:
        found = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    return [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]


def one(desk, **wanted):
    (row,) = rows(desk, **wanted)
    return row


def acknowledged(desk):
    """A mail has come; its acknowledgement and the agent's notification wait. Return the acknowledgement's row."""
    desk.put(mail())
    bridge(desk)
    return one(desk, purpose="acknowledgement")


def answered(desk, *copied):
    """An agent's answer waits, to Emma and those she copied; all else has gone out. Return its row."""
    desk.receive(mail(cc=", ".join(copied), **PROVEN), believed=True)
    desk.put(mail("Re: Printer", "We are on our way.", **AGENT), desk.reply_address(), authenticated_as=ANNA)
    bridge(desk)
    return one(desk, purpose="answer")


# -- waiting


def test_mail_waits_for_its_time(desk):
    row = acknowledged(desk)
    assert (row.state, row.next_at, row.attempts) == ("waiting", desk.now, 0)
    relay = Written()
    assert not desk.app.outbox.run_once(desk.now - timedelta(seconds=1), relay).count
    assert not relay.taken


def test_sent_mail_bears_its_message_id_and_is_sent_no_more(desk):
    row, relay = acknowledged(desk), Written()
    assert row.id in desk.app.outbox.run_once(desk.now, relay).sent
    assert relay.to(EMMA)[0]["Message-ID"] == f"<{row.message_id}>"
    after = one(desk, id=row.id)
    assert (after.state, after.sent_at, after.claimed_by) == ("sent", desk.now, None)
    assert [(to["address"], to["state"], to["code"], to["reply"]) for to in after.recipients] == [(EMMA, *OK)]
    assert not desk.app.outbox.run_once(desk.now + timedelta(days=1), relay).count


def test_each_try_composes_the_same_bytes(desk):
    acknowledged(desk)
    relay = Written(otherwise=LATER)
    for _ in range(3):
        desk.app.outbox.run_once(desk.now, relay)
        desk.later(hours=1)
    assert len(relay.raws) == 6
    assert len(set(relay.raws)) == 2


# -- what the relay says, for each recipient


def test_refused_recipient_fails_and_the_others_get_their_mail(desk):
    row, relay = answered(desk, CARL), Written({CARL: NEVER})
    assert row.id in desk.app.outbox.run_once(desk.now, relay).failed
    after = one(desk, id=row.id)
    assert {to["address"]: to["state"] for to in after.recipients} == {EMMA: "sent", CARL: "failed"}
    assert "undeliverable" in desk.events()
    told = one(desk, purpose="undeliverable")
    assert CARL in told.text
    assert EMMA not in told.text.partition(CARL)[0], "only the address that failed is named"


def test_mail_that_is_refused_for_now_comes_again_only_to_those_who_have_not_got_it(desk):
    row, relay = answered(desk, CARL), Written({CARL: LATER})
    assert row.id in desk.app.outbox.run_once(desk.now, relay).waiting
    desk.later(minutes=2)
    relay.answers.clear()
    assert row.id in desk.app.outbox.run_once(desk.now, relay).sent
    assert (len(relay.to(EMMA)), len(relay.to(CARL))) == (1, 1)
    assert not rows(desk, purpose="undeliverable")


def test_recipient_who_is_refused_for_good_is_told_of_at_once_though_another_must_wait(desk):
    row, relay = answered(desk, CARL), Written({CARL: NEVER, EMMA: LATER})
    assert row.id in desk.app.outbox.run_once(desk.now, relay).waiting
    assert CARL in one(desk, purpose="undeliverable").text
    relay.answers = {EMMA: NEVER}
    desk.later(minutes=2)
    desk.app.outbox.run_once(desk.now, relay)
    _, second = rows(desk, purpose="undeliverable")
    assert EMMA in second.text
    assert CARL not in second.text, "who was told of is not told of again"
    assert one(desk, id=row.id).state == "failed"


def test_waits_grow_from_a_minute_to_hours(desk):
    row, relay = answered(desk), Written(otherwise=LATER)
    waits = []
    for _ in range(8):
        assert desk.app.outbox.run_once(desk.now, relay).waiting
        after = one(desk, id=row.id)
        waits.append((after.next_at - desk.now).total_seconds() / 60)
        assert not desk.app.outbox.run_once(after.next_at - timedelta(seconds=1), relay).count
        desk.now = after.next_at
    for wait, least in zip(waits, (1, 5, 15, 30, 60, 120, 180, 180), strict=True):
        assert least <= wait <= least * 1.2


def test_mail_is_given_up_after_days_and_the_agent_is_told(desk):
    row, relay = answered(desk), Written({EMMA: LATER})
    while one(desk, id=row.id).state == "waiting":
        desk.app.outbox.run_once(desk.now, relay)
        desk.now = max(desk.now, one(desk, id=row.id).next_at)
    after = one(desk, id=row.id)
    assert desk.now == row.made_at + timedelta(days=5)
    assert after.state == "failed"
    assert after.attempts > 30
    assert "given up" in after.reason
    assert desk.events().count("undeliverable") == 1
    told = one(desk, purpose="undeliverable")
    assert [to["address"] for to in told.recipients] == [ANNA]
    assert "We are on our way." in told.text, "he need not write it once more"


def test_failed_notification_tells_nobody_for_ever(desk):
    """The mail that tells of a failure may fail itself: no loop comes of it."""
    row, relay = answered(desk), Written(otherwise=NEVER)
    rounds = 0
    while desk.app.outbox.run_once(desk.now, relay).count:
        rounds += 1
        assert rounds < 5
    assert one(desk, id=row.id).state == "failed"
    assert len(rows(desk, purpose="undeliverable")) == 1


def test_mail_that_cannot_be_composed_fails_alone_and_is_told(desk):
    row = answered(desk)
    desk.put(mail("Another matter", sender="carl@example.com"))
    bridge(desk)
    broken = row.headers | {"from_address": None}
    desk.app.database.write(
        lambda connection: connection.execute(update(outbox).where(outbox.c.id == row.id).values(headers=broken)))
    relay = Written()
    done = desk.app.outbox.run_once(desk.now, relay)
    assert done.failed == (row.id,)
    assert relay.to(CARL), "its neighbours have gone out"
    assert one(desk, purpose="undeliverable")


def test_file_that_is_gone_fails_its_mail_and_the_agent_is_told_which(desk):
    row = answered(desk)
    sha256 = hashlib.sha256(b"never written").hexdigest()
    files = [{"name": "plan.pdf", "type": "application/pdf", "sha256": sha256, "size": 13}]
    desk.app.database.write(
        lambda connection: connection.execute(update(outbox).where(outbox.c.id == row.id).values(files=files)))
    relay = Written()
    assert desk.app.outbox.run_once(desk.now, relay).failed == (row.id,)
    assert not relay.taken
    assert sha256 in one(desk, purpose="undeliverable").text
    desk.app.blobs.put(b"never written")
    assert desk.app.outbox.retry(row.id, desk.now)
    assert row.id in desk.app.outbox.run_once(desk.now, relay).sent
    assert relay.to(EMMA)[0].get_body().get_content().startswith("We are on our way.")


def test_failure_that_cannot_be_told_does_not_send_the_rest_of_the_batch_again(desk):
    row, relay = answered(desk), Written({EMMA: NEVER})

    def fault(*_):
        raise KeyError("a template that knows no such word")

    desk.app.outbox.on_failure = fault
    with pytest.raises(KeyError):
        desk.app.outbox.run_once(desk.now, relay)
    desk.later(minutes=1)
    assert not desk.app.outbox.run_once(desk.now, relay).count
    assert one(desk, id=row.id).state == "failed"


# -- withdrawn


def test_automatic_mail_that_comes_too_late_is_withdrawn(desk):
    row, relay = acknowledged(desk), Written()
    desk.later(days=1, seconds=1)
    assert row.id in desk.app.outbox.run_once(desk.now, relay).withdrawn
    assert not relay.to(EMMA)
    assert relay.to(ANNA), "an agent's notification is never too late"
    assert one(desk, id=row.id).reason == "too late to be of use"


def test_automatic_mail_is_withdrawn_by_a_newer_answer(desk):
    row, relay = acknowledged(desk), Written({EMMA: LATER})
    desk.app.outbox.run_once(desk.now, relay)
    reply_to = relay.to(ANNA)[0]["Reply-To"].addresses[0].addr_spec
    desk.later(seconds=30)
    desk.put(mail("Re: Printer", "We are on our way.", **AGENT), reply_to, authenticated_as=ANNA)
    bridge(desk)
    relay.answers.clear()
    desk.later(minutes=2)
    desk.app.outbox.run_once(desk.now, relay)
    assert one(desk, id=row.id).state == "withdrawn"
    assert [mail["Auto-Submitted"] for mail in relay.to(EMMA)] == [None], "the answer alone"


# -- held, and the admin's hand


def test_held_mail_goes_out_when_the_admin_says_so_and_not_before(desk):
    limit = desk.app.config.limits.model_copy(update={"per_minute": 1})
    desk.app.use(desk.app.config.model_copy(update={"limits": limit}))
    for number in range(3):
        desk.put(mail(f"Matter {number}", sender=f"c{number}@example.com"))
    bridge(desk)
    held = rows(desk, purpose="acknowledgement", state="held")
    relay = Written()
    desk.app.outbox.run_once(desk.now, relay)
    assert len(held) == 2
    assert len([mail for _, mail in relay.taken if mail["Auto-Submitted"] == "auto-replied"]) == 1
    assert len(rows(desk, purpose="breaker")) == 1, "the admin is told once"
    assert desk.app.outbox.retry(held[0].id, desk.now)
    assert desk.app.outbox.run_once(desk.now, relay).sent == (held[0].id,)
    assert desk.app.outbox.drop(held[1].id)
    assert not desk.app.outbox.retry(99, desk.now)
    assert one(desk, id=held[1].id).state == "withdrawn"
    assert not desk.app.outbox.run_once(desk.now, relay).count


def test_retried_mail_goes_only_to_those_who_have_not_got_it(desk):
    row, relay = answered(desk, CARL), Written({CARL: NEVER})
    desk.app.outbox.run_once(desk.now, relay)
    relay.answers.clear()
    desk.later(days=7)
    assert desk.app.outbox.retry(row.id, desk.now)
    assert row.id in desk.app.outbox.run_once(desk.now, relay).sent
    assert (len(relay.to(EMMA)), len(relay.to(CARL))) == (1, 1)


@pytest.mark.parametrize("state", ["sent", "sending"])
def test_mail_that_is_sent_or_on_its_way_is_neither_dropped_nor_retried(desk, state):
    row = acknowledged(desk)
    said = []
    relay = Written()
    if state == "sending":
        relay.meanwhile = lambda: said.append((desk.app.outbox.drop(row.id), desk.app.outbox.retry(row.id, desk.now)))
    desk.app.outbox.run_once(desk.now, relay)
    said.append((desk.app.outbox.drop(row.id), desk.app.outbox.retry(row.id, desk.now)))
    assert set(said) == {(False, False)}
    assert one(desk, id=row.id).state == "sent"


# -- sending: claims


def test_two_daemons_never_send_the_same_mail(desk, second):
    for number in range(30):
        desk.put(mail(f"Matter {number}", sender=f"c{number}@example.com"))
    bridge(desk)
    start, relays = threading.Barrier(2), [Written(), Written()]

    def send(app, relay):
        start.wait(20)
        while app.outbox.run_once(desk.now, relay, 4).count:
            pass

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(send, [desk.app, second.app], relays))
    while desk.app.outbox.run_once(desk.now, relays[0]).count:
        pass
    ids = [mail["Message-ID"] for relay in relays for _, mail in relay.taken]
    assert len(ids) == len(set(ids)) == 60


def test_claim_that_died_is_sent_by_another_after_half_a_minute_with_the_same_message_id(desk, second):
    row = acknowledged(desk)

    class Killed(BaseException):
        pass

    def die():
        raise Killed

    dying = Written(meanwhile=die)
    with pytest.raises(Killed):
        desk.app.outbox.run_once(desk.now, dying)
    assert one(desk, id=row.id).state == "sending"
    relay = Written()
    assert not second.app.outbox.run_once(desk.now + timedelta(seconds=CLAIM_SECONDS), relay).count
    assert second.app.outbox.run_once(desk.now + timedelta(seconds=CLAIM_SECONDS + 1), relay).count == 2
    assert relay.to(EMMA)[0]["Message-ID"] == f"<{row.message_id}>"


def test_heartbeat_keeps_the_claims_of_a_slow_relay(desk, second):
    acknowledged(desk)
    stolen = []

    def slow():
        desk.app.outbox.keep_claims(desk.now + timedelta(seconds=25))
        stolen.append(second.app.outbox.run_once(desk.now + timedelta(seconds=50), Written()).count)

    assert desk.app.outbox.run_once(desk.now, Written(meanwhile=slow)).count == 2
    assert stolen == [0, 0]


def test_one_who_slept_through_his_claim_undoes_nothing_that_another_noted(desk, second):
    """Stopped in the middle (SIGSTOP): his peer hung up meanwhile, and another daemon has sent the mail."""
    row = acknowledged(desk)
    relay = Written()
    asleep = Written(otherwise=LATER)
    asleep.meanwhile = lambda: second.app.outbox.run_once(desk.now + timedelta(seconds=31), relay)
    desk.app.outbox.run_once(desk.now, asleep)
    assert one(desk, id=row.id).state == "sent"
    desk.later(hours=1)
    assert not desk.app.outbox.run_once(desk.now, relay).count
    assert len(relay.to(EMMA)) == 1


def test_outage_after_the_relay_said_yes_sends_again_with_the_same_message_id(desk, monkeypatch):
    row, relay = acknowledged(desk), Written()
    real = desk.app.database.write
    calls = []

    def failing(work, lane="desk"):
        calls.append(1)
        if len(calls) == 2:  # the claim goes through, the note does not
            fault = StoreError("database: disk is full")
            fault.outage = True
            raise fault
        return real(work, lane)

    monkeypatch.setattr(type(desk.app.database), "write", lambda _self, work, lane="desk": failing(work, lane))
    with pytest.raises(StoreError):
        desk.app.outbox.run_once(desk.now, relay)
    desk.later(seconds=31)
    desk.app.outbox.run_once(desk.now, relay)
    assert [mail["Message-ID"] for mail in relay.to(EMMA)] == [f"<{row.message_id}>"] * 2
    assert one(desk, id=row.id).state == "sent"
