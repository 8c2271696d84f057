"""A disk that is full, a database that is locked or broken: the peer keeps his mail, and what we have stays."""

import contextlib
import errno
import sqlite3

import pytest
from sqlalchemy.engine.default import DefaultDialect

from mailbridge.errors import SpoolError, StoreError
from mailbridge.spool import CLAIM_SECONDS, SMALL_BYTES
from tests.crash.stops import stops
from tests.crash.work import MAILS
from tests.desks import mail


def no_room(name):
    raise OSError(errno.ENOSPC, "No space left on device")


@contextlib.contextmanager
def full_database(work="INSERT", words="database or disk is full", code=sqlite3.SQLITE_FULL):
    """Every statement that begins with `work` fails as SQLite does on a full disk: the transaction is rolled back with it."""
    real = {name: getattr(DefaultDialect, name) for name in ("do_execute", "do_executemany")}

    def failing(name):
        def execute(dialect, cursor, statement, parameters, context=None):
            if statement.startswith(work):
                if cursor.connection.in_transaction:
                    cursor.connection.execute("ROLLBACK")
                fault = sqlite3.OperationalError(words)
                fault.sqlite_errorcode = code
                raise fault
            real[name](dialect, cursor, statement, parameters, context)

        return execute

    for name in real:
        setattr(DefaultDialect, name, failing(name))
    try:
        yield
    finally:
        for name, function in real.items():
            setattr(DefaultDialect, name, function)


def test_full_disk_refuses_mail_and_says_that_it_is_full(small_desk):
    with full_database(), pytest.raises(SpoolError) as refused:
        small_desk.put(mail())
    assert refused.value.full
    assert small_desk.app.spool.waiting() == 0
    small_desk.put(mail())
    assert [one.outcome for one in small_desk.work()] == ["new"]


def test_full_disk_refuses_a_large_mail_and_leaves_no_part_behind(small_desk):
    raw = mail(text="x" * SMALL_BYTES)
    for refusing in ("half written", "fsync file", "rename blob", "fsync folder"):
        with stops(lambda name, at=refusing: no_room(name) if name == at else None), pytest.raises(SpoolError):
            small_desk.put(raw)
        assert not list(small_desk.app.blobs.temporary.iterdir()), refusing
    assert small_desk.app.spool.waiting() == 0
    small_desk.put(raw)
    assert small_desk.receive(raw).outcome == "duplicate"


@pytest.mark.parametrize(
    "statement", ["INSERT INTO ticket", "INSERT INTO message", "INSERT INTO event", "UPDATE spool", "INSERT INTO number"])
@pytest.mark.parametrize(("words", "code"), [
    ("database or disk is full", sqlite3.SQLITE_FULL),
    ("disk I/O error", sqlite3.SQLITE_IOERR),
    ("database is locked", sqlite3.SQLITE_BUSY),
])  # fmt: skip
def test_outage_in_the_middle_of_the_desks_work_leaves_nothing_half_done_and_no_good_mail_in_quarantine(small_desk, statement, words, code):
    for name in ("small", "large", "filed"):
        small_desk.put(MAILS[name])
    for _ in range(6):
        with full_database(statement, words, code), pytest.raises(StoreError):
            small_desk.app.bridge.run_once(small_desk.now)
        assert not small_desk.tickets()
        small_desk.later(seconds=CLAIM_SECONDS + 1)
    assert [one.outcome for one in small_desk.work()] == ["new"] * 3
    assert small_desk.audit().on_tickets == 3
    assert len(small_desk.sent) == 6


@pytest.mark.parametrize("refusing", ["half written", "fsync file", "rename blob", "fsync folder"])
def test_disk_that_refuses_a_file_lets_the_other_mails_pass_and_the_one_wait(small_desk, refusing):
    small_desk.put(MAILS["filed"])
    small_desk.put(MAILS["small"])
    for _ in range(6):
        with stops(lambda name: no_room(name) if name == refusing else None), pytest.raises(OSError, match="No space"):
            small_desk.app.bridge.run_once(small_desk.now)
        assert [one["subject"] for one in small_desk.tickets()] == ["Small"]
        small_desk.later(seconds=CLAIM_SECONDS + 1)
    small_desk.work()
    assert small_desk.audit().on_tickets == 2
    assert small_desk.audit().quarantined == 0


def test_relay_that_has_no_room_keeps_the_mail_waiting(small_desk):
    small_desk.put(mail())
    small_desk.app.bridge.run_once(small_desk.now)
    with stops(lambda name: no_room(name) if name == "rename outgoing" else None):
        small_desk.work()
    assert not small_desk.sent
    small_desk.later(minutes=5)
    small_desk.work()
    assert len(small_desk.sent) == 2


def test_note_that_cannot_be_written_sends_again_under_the_same_name(small_desk):
    small_desk.put(mail())
    small_desk.app.bridge.run_once(small_desk.now)
    with full_database("UPDATE outbox SET state=?, next_at"), pytest.raises(StoreError):
        small_desk.work()
    small_desk.later(seconds=CLAIM_SECONDS + 1)
    small_desk.work()
    assert len({one["Message-ID"] for one in small_desk.sent}) == 2
    assert {row["state"] for row in small_desk.export("outbox")} <= {"sent"}


def test_mail_that_asks_too_much_of_the_database_harms_no_neighbour(small_desk):
    """40,000 addresses in Cc are more than SQLite takes in one question."""
    crowd = ",\n ".join(f"c{number}@example.com" for number in range(40_000))
    small_desk.put(mail("Crowd", cc=crowd))
    small_desk.put(mail("Alone", sender="carl@example.com"))
    small_desk.work()
    assert "Alone" in [one["subject"] for one in small_desk.tickets()]
    found = small_desk.audit()
    assert (found.received, found.waiting) == (2, 0)
