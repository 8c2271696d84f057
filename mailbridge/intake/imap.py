"""The supervisor of IMAP: for each account one thread, which reads its folders, waits for more, and never gives up.

A round reads every folder once. Between rounds the first folder is watched by IDLE, for `poll_seconds` at most, so that
the others get their turn and a dead peer shows. Whatever goes wrong ends the conversation; the next one begins after a
wait that grows from one second on, spread by randomness, and reads by UID what was missed. Nothing hangs on a thread: what
it knows is in the ledger, and another daemon goes on when the lease runs out.
"""

from __future__ import annotations

import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailbridge.config.model import Imap
from mailbridge.errors import MailbridgeError
from mailbridge.intake.imap_folder import Accept, FolderReader, Memory, Report
from mailbridge.intake.imap_lease import Lease
from mailbridge.intake.imap_ledger import Ledger
from mailbridge.intake.imap_session import Session
from mailbridge.log import Log
from mailbridge.relay.imap_connect import ImapFault

IDLE_SECONDS = 240.0
"""Longest IDLE: servers may end it after half an hour (RFC 2177), routers forget a silent connection within minutes."""

FIRST_IDLE_SECONDS = 2.0
"""The first IDLE after a round is a short one. Dovecot begins to watch a Maildir a moment after it says `+ idling`, and sees
what came into that gap half a minute later; mail comes in bursts, so the gap is met. The look after it finds it."""

RENEW_SECONDS = 10.0
"""How often the lease is renewed: a third of its time."""

REFUSED_SECONDS = 600.0
"""Longest wait after a refused login: many servers shut an account after some tries."""

STEADY_SECONDS = 60.0
"""A conversation that lasted so long was a good one: the next wait is a short one again."""


class LeaseLost(MailbridgeError):
    """Another daemon reads the account now."""


class Stop:
    """A bell for one thread that may wait on a socket: `ring` ends every wait, now and later."""

    def __init__(self) -> None:
        self._hear, self._ring = socket.socketpair()
        self.is_rung = False

    def ring(self) -> None:
        """End every wait."""
        self.is_rung = True
        self._ring.send(b"!")

    def fileno(self) -> int:
        """Return what can be read once it has rung."""
        return self._hear.fileno()

    def wait(self, seconds: float) -> None:
        """Wait for the bell, so long at most."""
        poller = select.poll()
        poller.register(self._hear, select.POLLIN)
        poller.poll(seconds * 1000)

    def close(self) -> None:
        """Give back what it is made of."""
        self._hear.close()
        self._ring.close()


@dataclass(slots=True)
class Account:
    """One account, read by one thread at a time.

    password: gives it anew for each login, so that a changed file counts. clock: aware UTC. random: from 0 to 1, spreads
    the waits. monotonic: seconds, for how long a conversation lasted.
    """

    settings: Imap
    password: Callable[[], str]
    accept: Accept
    ledger: Ledger
    lease: Lease
    clock: Callable[[], datetime]
    random: Callable[[], float]
    log: Log
    monotonic: Callable[[], float] = time.monotonic
    _session: Session | None = field(default=None, init=False)
    _memory: Memory = field(default_factory=Memory, init=False)
    _stopped: bool = field(default=False, init=False)

    def run_once(self, now: datetime) -> Report:
        """Read every folder once, and return what was done. The conversation stays open for the next round.

        When the round ended early, `fault` in the report says why, and the conversation is closed.
        """
        report = Report(self.settings.name)
        try:
            self._keep_lease(now)
            session = self._session or self._begin()
            reader = FolderReader(
                self.settings, session, self.ledger, self.accept, self._memory, self.log, self._keep_lease
            )
            for folder in self.settings.folders:
                reader.read(folder, now, report)
            if reader.refused is not None:
                raise reader.refused
        except LeaseLost:
            report.elsewhere = True
        except MailbridgeError as fault:
            report.fault = fault
        finally:
            if report.elsewhere or report.fault or sys.exc_info()[0]:
                self._hang_up()
        self._tell(report)
        return report

    def watch(self, stop: Stop) -> None:
        """Read rounds until told to stop; give back conversation and lease at the end."""
        failures = 0
        try:
            while not stop.is_rung:
                began = self.monotonic()
                fault = self._converse(stop)
                if fault is None:
                    continue
                failures = 1 if self.monotonic() - began >= STEADY_SECONDS else failures + 1
                pause = self._pause(failures, fault)
                if not stop.is_rung:
                    self.log.warning(
                        "imap.disconnected", account=self.settings.name, fault=str(fault), again_in=round(pause, 1)
                    )
                stop.wait(pause)
        finally:
            self.close()

    def interrupt(self) -> None:
        """Make the thread that reads stop waiting for the server; may come from another thread."""
        self._stopped = True
        session = self._session
        if session is not None:
            session.interrupt()

    def close(self) -> None:
        """End the conversation and give the lease back."""
        self._hang_up()
        try:
            self.lease.give_back()
        except MailbridgeError as fault:  # it runs out by itself
            self.log.warning("imap.lease_kept", account=self.settings.name, fault=str(fault))

    def _converse(self, stop: Stop) -> Exception | None:
        """Do rounds until something goes wrong, and return it; None when told to stop."""
        try:
            while not stop.is_rung:
                report = self.run_once(self.clock())
                if report.fault is not None:
                    return report.fault
                if report.elsewhere:
                    stop.wait(RENEW_SECONDS * (0.5 + 0.5 * self.random()))
                else:
                    self._wait(stop)
        except MailbridgeError as fault:
            return fault
        except Exception as fault:  # a fault of ours must not end the reading of an account: said with all it has, tried again
            self.log.error(
                "imap.failed", account=self.settings.name, fault=str(fault),
                exc_info=not isinstance(fault, MailbridgeError),
            )  # fmt: skip
            self._hang_up()
            return fault
        return None

    def _wait(self, stop: Stop) -> None:
        """Wait until mail comes into the first folder, the other folders are due, or we shall stop."""
        assert self._session is not None
        due = self.monotonic() + min(float(self.settings.poll_seconds), IDLE_SECONDS)
        try:
            folder, next_uids = self.settings.folders[0], self._memory.next_uids
            watched = folder in next_uids and self._session.has_idle()
            part = FIRST_IDLE_SECONDS
            while (left := due - self.monotonic()) > 0 and not stop.is_rung:
                if not watched:
                    stop.wait(min(left, RENEW_SECONDS))
                    self._keep_lease()
                elif self._session.wait(
                    folder, next_uids[folder], min(left, part), stop.fileno(), RENEW_SECONDS, self._keep_lease
                ):
                    return
                part = IDLE_SECONDS
        except LeaseLost:
            self._hang_up()
        except MailbridgeError:
            self._hang_up()
            raise

    def _begin(self) -> Session:
        session = Session(self.settings, self.password())
        self.log.info("imap.connected", account=self.settings.name, host=self.settings.host)
        self._session = session
        if self._stopped:  # told to stop while we were connecting
            self._hang_up()
            raise ImapFault(f"[imap.{self.settings.name}] was told to stop")
        return session

    def _keep_lease(self, now: datetime | None = None) -> None:
        if not self.lease.hold(now or self.clock()):
            raise LeaseLost(f"[imap.{self.settings.name}] is read by another daemon now")

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _pause(self, failures: int, fault: Exception) -> float:
        """Return the seconds to wait: 1, 2, 4 … and half of it at random; longer for a login that is refused."""
        refused = isinstance(fault, ImapFault) and fault.refused
        most = REFUSED_SECONDS if refused else float(min(self.settings.poll_seconds, 60))
        first = 30.0 if refused else 1.0
        return float(min(first * 2 ** min(failures - 1, 10), most) * (0.5 + 0.5 * self.random()))

    def _tell(self, report: Report) -> None:
        if report.accepted or report.left_alone or report.gone or report.acknowledged:
            self.log.info(
                "imap.read", account=report.account, accepted=report.accepted, acknowledged=report.acknowledged,
                left_alone=report.left_alone, gone=report.gone,
            )  # fmt: skip


class _Watch:
    """The thread of one account."""

    def __init__(self, account: Account) -> None:
        self.account, self._stop = account, Stop()
        self._thread = threading.Thread(
            target=account.watch, args=(self._stop,), name=f"imap-{account.settings.name}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def ring(self) -> None:
        if not self._stop.is_rung:
            self._stop.ring()
            self.account.interrupt()

    def join(self, ends_at: float) -> bool:
        if self._thread.ident is not None:
            self._thread.join(max(ends_at - time.monotonic(), 0))
        if self._thread.is_alive():
            return False
        self._stop.close()
        return True


class ImapWatcher:
    """The threads of all accounts. One thread may call it at a time."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._watches = [_Watch(account) for account in accounts]

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that are read."""
        return tuple(watch.account for watch in self._watches)

    def start(self) -> None:
        """Begin to read."""
        for watch in self._watches:
            watch.start()

    def use(self, accounts: Iterable[Account], seconds: float) -> None:
        """Read these from now on. What has not changed goes on undisturbed; see `stop` for the others."""
        new = list(accounts)
        wanted = [account.settings for account in new]
        kept = [watch for watch in self._watches if watch.account.settings in wanted]
        running = [watch.account.settings for watch in kept]
        _end([watch for watch in self._watches if watch not in kept], seconds)
        begun = [_Watch(account) for account in new if account.settings not in running]
        self._watches = kept + begun
        for watch in begun:
            watch.start()

    def ring(self) -> None:
        """Tell every thread to stop, without waiting for it."""
        for watch in self._watches:
            watch.ring()

    def stop(self, seconds: float) -> bool:
        """End every thread, within so many seconds in all; say whether all came to their end.

        One that hangs in a connect is left behind: it holds nothing that another daemon would miss for long.
        """
        return _end(self._watches, seconds)


def _end(watches: Sequence[_Watch], seconds: float) -> bool:
    for watch in watches:
        watch.ring()
    ends_at = time.monotonic() + seconds
    ended = [watch.join(ends_at) for watch in watches]  # each has its turn, also after one that did not end
    return all(ended)


def poll_all_once(accounts: Sequence[Account], now: datetime) -> list[Report]:
    """Read every account once, one after the other, and hang up. One that fails does not keep the others from us.

    Its report says why; what another daemon reads is left to it.
    """
    reports = []
    for account in accounts:
        try:
            report = account.run_once(now)
        finally:
            account.close()
        if report.fault is not None:
            account.log.warning("imap.failed", account=account.settings.name, fault=str(report.fault))
        reports.append(report)
    return reports
