"""A server that hangs up, hangs, stops within a line, refuses, or talks nonsense: nothing is lost, nothing is doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailbridge.errors import SpoolError, StoreError
from mailbridge.intake.imap import Account, ImapWatcher, Stop
from mailbridge.intake.imap_ledger import Ledger
from tests.imap.ground import Ground, flags, look, mail, new_user, settings
from tests.imap.scripted import (
    HALF_A_LINE,
    HANG_UP,
    NONSENSE,
    REFUSE,
    SILENCE,
    TWO_PACKETS,
    ScriptedServer,
)
from tests.servers.dovecot import Dovecot
from tests.servers.ground import wait_until

SOON = 0.2


@contextmanager
def watched(*accounts: Account) -> Iterator[ImapWatcher]:
    watcher = ImapWatcher(accounts)
    watcher.start()
    try:
        yield watcher
    finally:
        assert watcher.stop(5), "a thread did not end"


def read_until_well(ground: Ground, account: Account, most: int = 10) -> int:
    """Read round after round until one is without fault; return how many failed."""
    for number in range(most):
        if account.run_once(ground.now).fault is None:
            return number
    raise AssertionError("no round went well")


@pytest.mark.parametrize("act", [HANG_UP, SILENCE, HALF_A_LINE, NONSENSE, REFUSE])
@pytest.mark.parametrize("command", [
    "GREETING", "LOGIN", "SELECT", "UID SEARCH", "UID FETCH 3,4,5 (INTERNALDATE", "UID FETCH 3,4,5 (BODY", "UID STORE", "UID FETCH 1,2",
])  # fmt: skip
def test_whatever_happens_at_any_command_each_mail_comes_once(ground: Ground, command: str, act: str) -> None:
    with ScriptedServer({1: mail("old-1"), 2: mail("old-2")}) as server:
        account = ground.account(settings(server.port, timeout_seconds=SOON))
        if not command.endswith("1,2"):
            ground.read(account)
        account.close()
        server._script = {command: [act]}
        with_new = ["new-1", "new-2", "new-3"]
        for subject in with_new if not command.endswith("1,2") else ():
            server.add(mail(subject))
        read_until_well(ground, account)
        ground.read(account)
        if command.endswith("1,2"):
            assert ground.states() == {1: "left-alone", 2: "left-alone"}
        else:
            assert sorted(ground.subjects()) == with_new
            if (command, act) != ("UID STORE", NONSENSE):  # that was an OK
                assert server.flags == {uid: {"Mailbridge"} for uid in (3, 4, 5)}
            assert set(ground.states().values()) == {"left-alone", "acknowledged"}
        assert server.count("UID FETCH") < 30


def test_a_mail_that_breaks_the_conversation_is_set_aside_and_keeps_no_other_from_us(ground: Ground) -> None:
    with ScriptedServer() as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        for subject in ("one", "poison", "three"):
            server.add(mail(subject))
        server.always = {"UID FETCH 1,2,3 (BODY": HANG_UP, "UID FETCH 2 (BODY": HANG_UP}
        failed = read_until_well(ground, account)
        assert failed == 6, "once together, five times alone"
        assert ground.subjects() == ["one", "three"]
        assert ground.states() == {1: "acknowledged", 2: "unreadable", 3: "acknowledged"}
        assert "imap.unreadable" in ground.log.events()
        server.always = {}
        ground.later(hours=1)
        ground.read(account)
        assert ground.subjects() == ["one", "three", "poison"], "it is tried again when the folder is compared"


def test_an_acknowledgement_that_is_refused_keeps_no_mail_from_us_and_is_said_once(ground: Ground) -> None:
    with ScriptedServer(always={"UID STORE": REFUSE}) as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        for subject in ("one", "two"):
            server.add(mail(subject))
            ground.read(account)
        assert ground.subjects() == ["one", "two"]
        assert ground.log.events().count("imap.not_acknowledged") == 1
        server.always = {}
        assert ground.read(account).acknowledged == 2


@pytest.mark.parametrize(("more", "what"), [
    ({"permanent": "\\Seen \\Deleted"}, "does not keep the keyword Mailbridge"), ({"read_only": True}, "can only be read"),
])  # fmt: skip
def test_a_folder_that_cannot_be_marked_is_read_all_the_same(ground: Ground, more: dict, what: str) -> None:
    with ScriptedServer(**more) as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        server.add(mail("one"))
        ground.read(account)
        assert ground.subjects() == ["one"]
        assert ground.states() == {1: "accepted"}
        assert what in ground.log.lines[-2][1]["fault"]
        assert not server.flags


def test_without_move_a_mail_is_copied_and_just_that_one_expunged(ground: Ground) -> None:
    with ScriptedServer(capabilities="IMAP4rev1 UIDPLUS") as server:
        account = ground.account(settings(server.port, acknowledge="move"))
        ground.read(account)
        server.add(mail("one"))
        ground.read(account)
        assert server.folders == {"Processed": [mail("one")]}
        assert not server.mails
        assert server.commands[-1] == "UID EXPUNGE 1"


def test_a_server_with_neither_move_nor_uidplus_is_not_told_to_expunge(ground: Ground) -> None:
    with ScriptedServer(capabilities="IMAP4rev1") as server:
        account = ground.account(settings(server.port, acknowledge="move"))
        ground.read(account)
        server.add(mail("one"))
        ground.read(account)
        assert list(server.mails) == [1]
        assert ground.subjects() == ["one"]
        assert "neither MOVE nor UIDPLUS" in str(ground.log.lines)


def test_a_server_that_does_not_say_the_next_uid_is_read_as_well(ground: Ground) -> None:
    with ScriptedServer({3: mail("old")}, uidnext=False) as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        server.add(mail("one"))
        ground.read(account)
        assert ground.states() == {3: "left-alone", 4: "acknowledged"}


def test_a_server_that_hangs_up_in_idle_is_not_called_again_at_once(ground: Ground) -> None:
    """imapclient gives [] back at once, 68,142 times a second, after the peer has hung up."""
    with ScriptedServer(always={"IDLE": HANG_UP}) as server:
        account = ground.account(settings(server.port))
        with watched(account):
            wait_until(lambda: server.connections >= 3, "three connections")
            server.add(mail("one"))
            wait_until(lambda: ground.subjects() == ["one"], "the mail")
        assert server.connections <= 5
        waits = [values["again_in"] for event, values in ground.log.lines if event == "imap.disconnected"]
        assert waits[:2] == [0.5, 1.0]


@pytest.mark.parametrize("act", [TWO_PACKETS, HALF_A_LINE, REFUSE, NONSENSE])
def test_trouble_in_idle_ends_the_conversation_and_the_next_one_reads_what_came(ground: Ground, act: str) -> None:
    with ScriptedServer(script={"IDLE": [act]}) as server:
        with watched(ground.account(settings(server.port, poll_seconds=30))):
            wait_until(lambda: server.count("IDLE") == 1, "the first IDLE")
            server.mails[1], server._top = mail("meanwhile"), 1
            assert server.idles.acquire(timeout=5), "a second conversation idles"
            server.add(mail("in-idle"))
            wait_until(lambda: len(ground.subjects()) == 2, "both mails")
        assert sorted(ground.subjects()) == ["in-idle", "meanwhile"]


def test_mail_that_comes_in_idle_is_there_at_once_and_the_connection_is_kept(ground: Ground) -> None:
    with ScriptedServer() as server, watched(ground.account(settings(server.port, poll_seconds=600))):
        for number in range(3):
            assert server.idles.acquire(timeout=5)
            server.add(mail(f"mail-{number}"))
            wait_until(lambda number=number: len(ground.subjects()) == number + 1, "the mail")  # type: ignore[misc]
        assert server.connections == 1


def test_a_server_without_idle_is_asked_now_and_then(ground: Ground) -> None:
    with ScriptedServer(capabilities="IMAP4rev1") as server, watched(ground.account(settings(server.port, poll_seconds=SOON))):
        wait_until(lambda: server.count("SELECT") >= 2, "two rounds")
        server.add(mail("one"))
        wait_until(lambda: ground.subjects() == ["one"], "the mail")
        assert server.count("IDLE") == 0
        assert server.connections == 1


def test_a_login_that_is_refused_is_not_tried_again_soon(ground: Ground) -> None:
    with ScriptedServer(always={"LOGIN": "NO [AUTHENTICATIONFAILED] no"}) as server:
        account = ground.account(settings(server.port))
        fault = account.run_once(ground.now).fault
        assert fault is not None
        assert "Correct user or password_file" in str(fault)
        assert "bread" not in str(fault)
        assert [account._pause(number, fault) for number in (1, 2, 3, 9)] == [15, 30, 60, 300]
        server.always = {"LOGIN": HANG_UP}
        other = account.run_once(ground.now).fault
        assert other is not None
        assert "Correct" not in str(other)
        assert [account._pause(number, other) for number in (1, 2, 3, 9)] == [0.5, 1, 2, 30]


def test_a_silent_server_does_not_keep_the_thread_from_stopping(ground: Ground) -> None:
    with ScriptedServer(always={"UID SEARCH": SILENCE}, mails={1: mail("one")}) as server:
        watcher = ImapWatcher([ground.account(settings(server.port, timeout_seconds=60))])
        watcher.start()
        wait_until(lambda: server.count("UID SEARCH") == 1, "the question")
        began = time.monotonic()
        assert watcher.stop(5)
        assert time.monotonic() - began < 2


def test_a_frozen_server_is_given_up_and_one_that_restarts_is_found_again(ground: Ground) -> None:
    user = new_user()
    with Dovecot(user=user) as server:
        look(server.port, user, lambda client: client.select_folder("INBOX"))
        account = ground.account(settings(server.port, user, timeout_seconds=0.5, poll_seconds=1))
        with watched(account):
            wait_until(lambda: ground.ledger.folder("INBOX") is not None, "the first round")
            server.deliver(mail("one"))
            wait_until(lambda: ground.subjects() == ["one"], "the first mail")
            server.freeze()
            server.deliver(mail("frozen"))
            wait_until(lambda: "imap.disconnected" in ground.log.events(), "the fault is seen")
            server.thaw()
            wait_until(lambda: "frozen" in ground.subjects(), "the mail of the frozen time")
            server.stop()
            server.deliver(mail("stopped"))
            server.start()
            wait_until(lambda: "stopped" in ground.subjects(), "the mail of the stopped time")
            wait_until(lambda: list(ground.states().values()) == ["acknowledged"] * 3, "all are acknowledged")
        assert ground.subjects() == ["one", "frozen", "stopped"]
        assert flags(server.port, user) == {uid: {b"Mailbridge"} for uid in (1, 2, 3)}


class DiesAt(Ledger):
    """A ledger whose process dies right before its n-th write."""

    __slots__ = ("left",)

    def __init__(self, ledger: Ledger, left: int) -> None:
        super().__init__(ledger.database, ledger.account)
        object.__setattr__(self, "left", left)

    def _count(self) -> None:
        object.__setattr__(self, "left", self.left - 1)
        if self.left < 0:
            raise KeyboardInterrupt

    def meet(self, *args):  # type: ignore[no-untyped-def]
        self._count()
        return super().meet(*args)

    def note(self, *args):  # type: ignore[no-untyped-def]
        self._count()
        return super().note(*args)

    def mark(self, *args):  # type: ignore[no-untyped-def]
        self._count()
        return super().mark(*args)

    def move_cursor(self, *args):  # type: ignore[no-untyped-def]
        self._count()
        return super().move_cursor(*args)


@pytest.mark.parametrize("acknowledge", ["keyword", "move", "none"])
@pytest.mark.parametrize("before", range(7))
def test_a_process_that_dies_before_any_write_of_the_ledger_loses_and_doubles_nothing(
    ground: Ground, before: int, acknowledge: str
) -> None:
    with ScriptedServer({1: mail("old")}, capabilities="IMAP4rev1 UIDPLUS") as server:
        own = settings(server.port, acknowledge=acknowledge)
        first = ground.account(own)
        ground.read(first)
        first.close()
        for subject in ("one", "two"):
            server.add(mail(subject))
        dying = ground.account(own, ledger=DiesAt(ground.ledger, before))
        died = 0
        try:
            dying.run_once(ground.now)
        except KeyboardInterrupt:
            died = 1
        assert died or before > 3
        ground.read(ground.account(own))
        ground.read(ground.account(own))
        assert ground.subjects() == ["one", "two"]
        lines = ground.states()
        assert lines[1] == "left-alone"
        assert {lines[2], lines[3]} == {"accepted" if acknowledge == "none" else "acknowledged"}
        if acknowledge == "move":
            assert server.folders == {"Processed": [mail("one"), mail("two")]}
        assert server.flags[1] == set()


def test_what_the_spool_does_not_take_stays_unacknowledged_and_comes_again(ground: Ground) -> None:
    taken = 0

    def full_after_one(delivery):  # type: ignore[no-untyped-def]
        nonlocal taken
        taken += 1
        if taken > 1:
            raised = type(ground.spool.accept(delivery))()
            raised.set_exception(SpoolError("the disk is full"))
            return raised
        return ground.spool.accept(delivery)

    with ScriptedServer() as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        server.add(mail("one"))
        server.add(mail("two"))
        account.accept = full_after_one
        report = account.run_once(ground.now)
        assert "the disk is full" in str(report.fault)
        assert report.accepted == 1
        assert not server.flags
        account.accept = ground.spool.accept
        ground.read(account)
        assert ground.subjects() == ["one", "two"]
        assert server.flags == {1: {"Mailbridge"}, 2: {"Mailbridge"}}


def test_a_database_that_fails_ends_the_round_and_the_thread_lives_on(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    fails = threading.Event()
    real = Ledger.note

    def note(self, *args):  # type: ignore[no-untyped-def]
        if not fails.is_set():
            fails.set()
            raise StoreError("database: locked")
        return real(self, *args)

    with ScriptedServer() as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        account.close()
        monkeypatch.setattr(Ledger, "note", note)
        server.add(mail("one"))
        with watched(account):
            wait_until(lambda: ground.states() == {1: "acknowledged"}, "the mail, in spite of all")
        assert ground.subjects() == ["one"]


def test_a_stop_that_rings_ends_every_later_wait() -> None:
    stop = Stop()
    threading.Timer(0.05, stop.ring).start()
    began = time.monotonic()
    stop.wait(10)
    stop.wait(10)
    assert time.monotonic() - began < 5
    stop.close()
