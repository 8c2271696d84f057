"""The state table at the head of `mailbridge/spool.py`, on both engines."""

import hashlib
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from mailbridge.errors import SpoolError
from mailbridge.spool import CLAIM_SECONDS, SMALL_BYTES, TRIES_ALONE, Delivery, spool
from tests.desks import mail


@pytest.fixture
def second(desk):
    made = desk.another()
    yield made
    made.close()


def delivery(desk, raw=b"Subject: x\r\n\r\nbody\r\n", **more):
    return Delivery(raw, "emma@example.com", ("support@example.org",), "smtp", desk.now, **more)


def row(desk, number):
    with desk.app.database.read() as connection:
        return connection.execute(select(spool).where(spool.c.id == number)).one()


def ids(entries):
    return [entry.id for entry in entries]


# -- accepted


@pytest.mark.parametrize("size", [0, 1, SMALL_BYTES, SMALL_BYTES + 1, 1_000_000])
def test_accepted_mail_comes_back_byte_for_byte_whatever_its_size(desk, size):
    raw = (bytes(range(256)) * (size // 256 + 1))[:size]
    number = desk.app.spool.accept(delivery(desk, raw)).result()
    (entry,) = desk.app.spool.load([number])
    assert (entry.raw, entry.size, entry.sha256) == (raw, size, hashlib.sha256(raw).hexdigest())
    assert row(desk, number).in_blob is (size > SMALL_BYTES)


def test_file_that_intake_wrote_is_taken_over(desk):
    part = desk.app.blobs.temporary / "intake-1"
    part.write_bytes(b"x" * 100_000)
    number = desk.app.spool.accept(delivery(desk, part)).result()
    assert not part.exists()
    assert desk.app.spool.load([number])[0].raw == b"x" * 100_000


def test_envelope_comes_back_as_it_was(desk):
    given = Delivery(
        b"\r\n", None, ("a@example.org", "ü@example.org"), "lmtp", desk.now, "192.0.2.1", "anna@example.org", True,
        "support@example.org", "imap:a/INBOX/1/2")
    number = desk.app.spool.accept(given).result()
    assert desk.app.spool.load([number])[0].delivery == given


def test_null_sender_is_not_a_missing_envelope(desk):
    null = desk.app.spool.accept(Delivery(b"\r\n", "", (), "smtp", desk.now)).result()
    none = desk.app.spool.accept(Delivery(b"\r\n", None, (), "pipe", desk.now)).result()
    assert [one.delivery.envelope_from for one in desk.app.spool.load([null, none])] == ["", None]


def test_mails_that_come_together_share_a_commit(desk):
    """A writer that is held up finds fifty mails waiting: they are committed in one or two transactions, each answered."""
    hold, held, commits = threading.Event(), threading.Event(), []
    event.listen(desk.app.database.engine, "commit", lambda _: commits.append(1))
    blocker = desk.app.database.write_soon(lambda _: (held.set(), hold.wait(20)), "intake")
    assert held.wait(20)
    answers = [desk.app.spool.accept(delivery(desk, b"%d" % number)) for number in range(50)]
    assert not any(answer.done() for answer in answers), "nobody is told yes before the commit"
    hold.set()
    blocker.result(20)
    assert len({answer.result(20) for answer in answers}) == 50
    assert len(commits) <= 3


def test_bridge_is_rung_once_the_commit_is_on_disk(desk):
    rung = queue.SimpleQueue()
    desk.app.spool.on_accept = lambda: rung.put(row(desk, 1).state)
    desk.app.spool.accept(delivery(desk)).result()
    assert rung.get(timeout=20) == "accepted"


def test_same_origin_twice_is_one_delivery(desk, second):
    first = desk.app.spool.accept(delivery(desk, origin="imap:a/INBOX/1/7")).result()
    again = [one.app.spool.accept(delivery(desk, origin="imap:a/INBOX/1/7")).result() for one in (desk, second)]
    assert again == [first, first]
    assert desk.app.spool.waiting() == 1


def test_same_origin_in_one_group_is_one_delivery(desk):
    answers = [desk.app.spool.accept(delivery(desk, origin="imap:a/INBOX/1/7")) for _ in range(20)]
    assert len({answer.result() for answer in answers}) == 1


def test_without_origin_each_delivery_counts(desk):
    assert desk.app.spool.accept(delivery(desk)).result() != desk.app.spool.accept(delivery(desk)).result()


def test_one_mail_that_the_database_refuses_harms_no_neighbour_of_its_group(desk):
    hold, held = threading.Event(), threading.Event()
    desk.app.database.write_soon(lambda _: (held.set(), hold.wait(20)), "intake")
    assert held.wait(20)
    bad = Delivery(b"x", "\ud800@example.com", (), "smtp", desk.now)  # no engine stores a lone surrogate
    answers = [desk.app.spool.accept(one) for one in (delivery(desk), bad, delivery(desk))]
    hold.set()
    assert answers[0].result(20) != answers[2].result(20)
    with pytest.raises(SpoolError):
        answers[1].result(20)
    assert desk.app.spool.waiting() == 2


def test_peer_who_gives_up_waiting_changes_nothing_for_his_mail(desk):
    hold, held, rung = threading.Event(), threading.Event(), threading.Event()
    desk.app.spool.on_accept = rung.set
    desk.app.database.write_soon(lambda _: (held.set(), hold.wait(20)), "intake")
    assert held.wait(20)
    answer = desk.app.spool.accept(delivery(desk))
    answer.cancel()
    hold.set()
    desk.app.database.write(lambda _: None, "intake")
    assert desk.app.spool.waiting() == 1
    assert rung.wait(20), "the bridge hears of it all the same"


# -- claimed


def test_claims_come_in_order_of_arrival_and_count_the_try(desk):
    numbers = [desk.app.spool.accept(delivery(desk)).result() for _ in range(5)]
    entries = desk.app.spool.claim(desk.now)
    assert ids(entries) == numbers
    assert {entry.attempts for entry in entries} == {1}, "counted when claimed, not when done"
    assert {row(desk, number).state for number in numbers} == {"claimed"}


def test_claim_is_bounded_in_number_and_in_bytes(desk):
    for _ in range(6):
        desk.app.spool.accept(delivery(desk, b"x" * 1000)).result()
    assert len(desk.app.spool.claim(desk.now, most=2)) == 2
    assert len(desk.app.spool.claim(desk.now, most_bytes=2500)) == 2
    assert len(desk.app.spool.claim(desk.now, most_bytes=10)) == 1, "one that is too large for any batch goes all the same"


def test_two_workers_never_get_the_same_mail(desk, second):
    for number in range(60):
        desk.app.spool.accept(delivery(desk, b"%d" % number)).result()
    start = threading.Barrier(4)

    def take(app):
        start.wait(20)
        got = []
        while entries := app.spool.claim(desk.now, most=3):
            got += ids(entries)
        return got

    with ThreadPoolExecutor(4) as threads:
        taken = [one for got in threads.map(take, [desk.app, second.app] * 2) for one in got]
    # on PostgreSQL a worker may see nothing for a moment, while another holds all rows; what is left is taken then
    taken += ids(desk.app.spool.claim(desk.now))
    assert sorted(taken) == list(range(1, 61))


def test_mail_that_was_accepted_as_claimed_is_given_to_nobody_else(desk, second):
    number = desk.app.spool.accept(delivery(desk), claim=True).result()
    assert not second.app.spool.claim(desk.now)
    assert (row(desk, number).attempts, row(desk, number).claimed_by) == (1, desk.app.spool.worker)


def test_living_claim_is_left_alone_and_a_dead_one_is_given_alone_after_half_a_minute(desk, second):
    for _ in range(3):
        desk.app.spool.accept(delivery(desk)).result()
    assert ids(desk.app.spool.claim(desk.now)) == [1, 2, 3]
    desk.later(seconds=CLAIM_SECONDS)
    assert not second.app.spool.claim(desk.now)
    desk.later(seconds=1)
    fresh = desk.app.spool.accept(delivery(desk)).result()
    first = second.app.spool.claim(desk.now)
    assert [(one.id, one.attempts, one.alone) for one in first] == [(1, 2, True)]
    assert [ids(second.app.spool.claim(desk.now)) for _ in range(3)] == [[2], [3], [fresh]]


def test_heartbeat_keeps_a_claim(desk, second):
    desk.app.spool.accept(delivery(desk)).result()
    desk.app.spool.claim(desk.now)
    desk.later(seconds=25)
    desk.app.spool.keep_claims([1], desk.now)
    desk.later(seconds=25)
    assert not second.app.spool.claim(desk.now)
    desk.later(seconds=6)
    assert ids(second.app.spool.claim(desk.now)) == [1]


def test_heartbeat_of_one_who_lost_his_claim_takes_nothing_back(desk, second):
    desk.app.spool.accept(delivery(desk)).result()
    desk.app.spool.claim(desk.now)
    desk.later(seconds=31)
    second.app.spool.claim(desk.now)
    desk.app.spool.keep_claims([1], desk.now + timedelta(days=1))
    assert row(desk, 1).claimed_by == second.app.spool.worker
    assert row(desk, 1).claimed_until == desk.now + timedelta(seconds=CLAIM_SECONDS)


def test_claim_that_is_given_back_counts_no_try_and_goes_with_the_others(desk, second):
    for _ in range(2):
        desk.app.spool.accept(delivery(desk)).result()
    desk.app.spool.claim(desk.now)
    desk.app.spool.give_back([1, 2])
    entries = second.app.spool.claim(desk.now)
    assert [(one.id, one.attempts, one.alone) for one in entries] == [(1, 1, False), (2, 1, False)]


def test_nobody_gives_back_what_is_not_his(desk, second):
    desk.app.spool.accept(delivery(desk)).result()
    desk.app.spool.claim(desk.now)
    second.app.spool.give_back([1])
    assert row(desk, 1).state == "claimed"


# -- settled, once and by him who holds the claim


def test_worker_who_lost_his_claim_settles_nothing(desk, second):
    """A daemon that was stopped (SIGSTOP, a swapping machine) for a minute, while another took over its mail."""
    desk.put(mail(message_id="", date=""))  # nothing by which a repeat would be known
    entries = desk.app.spool.claim(desk.now)
    second.now += timedelta(seconds=31)
    assert [one.outcome for one in second.work()] == ["new"]
    desk.now = second.now
    desk.app.bridge.work_off(entries, desk.now)
    assert len(desk.tickets()) == 1
    assert row(desk, 1).outcome == "new"
    assert desk.audit().on_tickets == 1


def test_worker_who_lost_his_claim_quarantines_nothing(desk, second):
    desk.put(mail())
    (entry,) = desk.app.spool.claim(desk.now)
    second.now += timedelta(seconds=31)
    second.work()
    desk.app.bridge._quarantine(entry, "too late", second.now)
    assert [one["state"] for one in desk.tickets()] == ["new"]
    assert row(desk, 1).state == "settled"


def test_two_daemons_work_off_one_spool_and_every_mail_becomes_one_ticket(desk, second):
    for number in range(40):
        desk.put(mail(f"Matter {number}", message_id="", date="", sender=f"c{number}@example.com"))
    start = threading.Barrier(2)

    def work(one):
        start.wait(20)
        while one.app.spool.waiting():
            one.app.bridge.run_once(desk.now, 3)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, [desk, second]))
    assert sorted(one["subject"] for one in desk.tickets()) == sorted(f"Matter {number}" for number in range(40))
    assert desk.audit().on_tickets == 40


# -- quarantined


def crash_worker(desk):
    """A worker that dies over every mail it gets: claims, and is never heard of again."""
    other = desk.another()
    claimed = ids(other.app.spool.claim(desk.now))
    other.close()
    desk.later(seconds=CLAIM_SECONDS + 1)
    return claimed


def test_mail_that_kills_its_worker_is_quarantined_after_three_tries_alone_and_harms_no_neighbour(desk):
    desk.put(mail("Poison"))
    desk.put(mail("Harmless"))
    assert crash_worker(desk) == [1, 2], "together"
    for _ in range(TRIES_ALONE):
        assert crash_worker(desk) == [1], "alone"
    received = desk.work()
    assert [(one.spool_id, one.outcome) for one in received] == [(1, "quarantined"), (2, "new")]
    assert desk.audit().quarantined == 1


def test_quarantined_mail_has_a_stub_ticket_and_the_admin_is_told_once(desk):
    desk.put(mail())
    for _ in range(TRIES_ALONE + 1):
        crash_worker(desk)
    desk.work()
    assert [one["subject"] for one in desk.tickets()] == ["Printer"]
    assert desk.events() == ["quarantined"]
    assert "died" in row(desk, 1).reason
    assert len(desk.sent_to("clara@example.org")) == 1
    assert not desk.sent_to("emma@example.com"), "nobody has read it yet"


def test_quarantined_mail_that_is_retried_becomes_the_ticket_it_should_have_been(desk):
    desk.put(mail())
    for _ in range(TRIES_ALONE + 1):
        crash_worker(desk)
    desk.work()
    assert desk.app.spool.retry(1)
    assert not desk.app.spool.retry(1), "it is in quarantine no more"
    (received,) = desk.work()
    assert received.outcome == "new"
    assert desk.ticket(received.ticket)["thread"][0]["text"].startswith("The printer is on fire.")
    assert [one["ticket"] for one in desk.tickets()] == [received.ticket], "the stub is merged into it"
    found = desk.audit()
    assert (found.on_tickets, found.quarantined) == (1, 0)
    assert len(desk.sent_to("emma@example.com")) == 1


def test_retried_mail_that_turns_out_to_be_a_repeat_takes_its_stub_along(desk):
    desk.put(mail())
    for _ in range(TRIES_ALONE + 1):
        crash_worker(desk)
    desk.work()
    assert desk.receive(mail()).outcome == "new", "the customer has sent it once more meanwhile"
    desk.app.spool.retry(1)
    (received,) = desk.work()
    assert (received.outcome, received.ticket) == ("duplicate", 2)
    assert [one["ticket"] for one in desk.tickets()] == [2], "no stub is left for a mail that stands elsewhere"
    assert desk.audit().duplicates == 1


def test_retried_mail_that_fails_again_goes_back_under_the_same_stub(desk):
    desk.put(mail())
    for _ in range(TRIES_ALONE + 1):
        crash_worker(desk)
    desk.work()
    desk.app.spool.retry(1)
    for _ in range(TRIES_ALONE + 1):
        crash_worker(desk)
    assert [one.outcome for one in desk.work()] == ["quarantined"]
    assert len(desk.tickets()) == 1
    assert desk.events() == ["quarantined", "quarantined-again"]
    assert len(desk.sent_to("clara@example.org")) == 1


@pytest.mark.parametrize("state", ["accepted", "settled"])
def test_only_quarantined_mail_can_be_retried(desk, state):
    desk.put(mail())
    if state == "settled":
        desk.work()
    assert not desk.app.spool.retry(1)
    assert not desk.app.spool.retry(99)
    assert row(desk, 1).state == state


def test_mail_whose_blob_is_gone_is_quarantined_and_retried_once_it_is_restored(desk):
    raw = (mail() + "x" * SMALL_BYTES).encode()
    number = desk.put(raw)
    path = desk.app.blobs.path(row(desk, number).sha256)
    aside = path.rename(path.with_suffix(".aside"))
    assert [one.outcome for one in desk.work()] == ["quarantined"]
    aside.rename(path)
    desk.app.spool.retry(number)
    assert [one.outcome for one in desk.work()] == ["new"]
