"""Of several daemons one polls an account; and the rows of both engines say the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailbridge.intake.imap_lease import LEASE, Lease
from mailbridge.intake.imap_ledger import ACCEPTED, Known, Ledger, Line
from tests.imap.ground import NOW, Ground, mail, settings
from tests.imap.scripted import ScriptedServer


@pytest.fixture
def both(tmp_path: Path, database_url: str) -> Iterator[Ground]:
    """The ground on each engine."""
    made = Ground(tmp_path, database_url)
    yield made
    made.close()


def leases(ground: Ground) -> tuple[Lease, Lease]:
    return Lease(ground.database, "imap:support", "one"), Lease(ground.database, "imap:support", "two")


def test_a_lease_has_one_holder_until_it_is_given_back_or_runs_out(both: Ground) -> None:
    one, two = leases(both)
    assert one.hold(NOW)
    assert not two.hold(NOW)
    assert one.hold(NOW + LEASE / 2)
    assert not two.hold(NOW + LEASE)
    assert two.hold(NOW + LEASE * 1.5 + timedelta(seconds=1))
    assert not one.hold(NOW + LEASE * 2)
    one.give_back()
    assert not one.hold(NOW + LEASE * 2)
    two.give_back()
    assert one.hold(NOW + LEASE * 2)


def test_a_lease_of_a_clock_that_was_wrong_binds_nobody(both: Ground) -> None:
    one, two = leases(both)
    assert one.hold(NOW + timedelta(days=400))
    assert two.hold(NOW)


def test_of_many_who_ask_at_once_one_gets_it(both: Ground) -> None:
    asking = [Lease(both.database, "imap:support", f"daemon-{number}") for number in range(8)]
    got: list[bool] = []
    threads = [threading.Thread(target=lambda lease=lease: got.append(lease.hold(NOW))) for lease in asking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(got) == [False] * 7 + [True]


def test_of_two_daemons_one_reads_and_the_other_goes_on_when_the_first_dies(both: Ground) -> None:
    with ScriptedServer() as server:
        one, two = (both.account(settings(server.port), holder=holder) for holder in ("one", "two"))
        both.read(one)
        assert both.read(two).elsewhere
        server.add(mail("first"))
        assert both.read(two).accepted == 0
        assert both.read(one).accepted == 1
        server.add(mail("second"))
        both.later(seconds=LEASE.total_seconds() + 1)  # the first one has died
        assert both.read(two).accepted == 1
        assert both.read(one).elsewhere
        assert both.subjects() == ["first", "second"]


def test_two_that_both_think_they_hold_the_lease_double_nothing(both: Ground) -> None:
    with ScriptedServer() as server:
        one, two = (both.account(settings(server.port)) for _ in "12")
        both.read(one)
        for number in range(3):
            server.add(mail(f"mail-{number}"))
        threads = [threading.Thread(target=both.read, args=(account,)) for account in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert sorted(both.subjects()) == ["mail-0", "mail-1", "mail-2"]


def test_the_ledger_keeps_what_it_is_told(both: Ground) -> None:
    ledger = Ledger(both.database, "support")
    known = ledger.meet("INBOX", 2**32 - 1, 2**32 - 2)
    assert known == Known("INBOX", 2**32 - 1, 0, 2**32 - 2, 0)
    line = Line(2**32 - 1, ACCEPTED, None, NOW, 5_000_000_000)
    ledger.note(known, [line])
    assert ledger.lines(known) == {line.uid: line}
    assert ledger.unacknowledged(known) == [line.uid]
    assert ledger.without_mail() == [("INBOX", 2**32 - 1, 2**32 - 1)]
    assert ledger.move_cursor(known, 7, NOW) == ledger.folder("INBOX")
    anew = ledger.meet("INBOX", 9, 100)
    assert (anew.taken_after, anew.renewed, anew.base, anew.again, anew.cursor) == (NOW, True, 100, 0, 0)
    assert ledger.lines(anew) == {}
    assert ledger.lines(known)[line.uid].state == "gone"
    back = ledger.meet("INBOX", 2**32 - 1, 100)
    assert (back.again, back.round) == (1, "4294967295.1")
    assert ledger.folder("INBOX") == back
    assert Ledger(both.database, "other").folder("INBOX") is None
