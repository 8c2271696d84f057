"""The daemon: listeners, workers and bells in one process, their order of start and stop, and the reload.

Start: database, workers, the threads that read by IMAP, bells, listeners last. Stop: listeners and those threads first
(a mail whose final dot has come is still stored), then workers, who finish their batch; claims that could not be finished are given back.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from mailbridge.app import App, assemble, batch_size, make_accounts, make_relay
from mailbridge.clock import now
from mailbridge.config.load import load_config
from mailbridge.config.model import Config, Lmtp, Smtp
from mailbridge.config.secrets import read_secret
from mailbridge.decide.mailboxes import takes_mail_for
from mailbridge.desk.caps import forget_old_counts
from mailbridge.desk.faults import tell_template_faults
from mailbridge.desk.rings import sweep
from mailbridge.errors import ConfigError, MailbridgeError, ReadersDown
from mailbridge.intake.imap import ImapWatcher
from mailbridge.intake.smtp import Listener
from mailbridge.log import Log
from mailbridge.notify import Progress, feed_watchdog, ready, reloading, stopping
from mailbridge.passwords import NOBODY, verify_password
from mailbridge.records.blobs import needed
from mailbridge.relay.outcome import Relay
from mailbridge.schedule import Bell, Schedule

STOP_SECONDS = 7.0
GRACE_SECONDS = 2.0  # for mail that is on its way when we stop
HEARTBEAT_SECONDS = 10
SWEEP_SECONDS = 15
BLOB_GRACE = timedelta(days=2)
STUCK_AFTER = {"bridge": 300.0, "outbox": 900.0}  # seconds; a slow relay may hold a batch for long


class Worker:
    """A thread that does rounds of work until there is none, then waits to be woken."""

    def __init__(
        self,
        name: str,
        round_: Callable[[datetime], int],
        log: Log,
        moved: Callable[[str], None],
        poll_seconds: float = 1.0,
    ) -> None:
        self.wake, self._stopping = threading.Event(), threading.Event()
        self._round, self._log, self._poll = round_, log, poll_seconds
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._moved = moved

    @property
    def name(self) -> str:
        """What it is called in the log."""
        return self._thread.name

    @property
    def stopping(self) -> bool:
        """It was asked to stop."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop after this round."""
        self._stopping.set()
        self.wake.set()

    def join(self, seconds: float) -> bool:
        """Wait for its end; say whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause = self._poll
        while not self._stopping.is_set():
            try:
                worked = self._round(now())
                pause = self._poll
            except Exception as fault:  # a worker never dies of one fault: it says so and tries again, slower each time
                self._log.error(
                    "worker.failed",
                    worker=self._thread.name,
                    fault=str(fault),
                    exc_info=not isinstance(fault, MailbridgeError),
                )
                worked, pause = 0, min(pause * 2, 30.0)
            self._moved(self._thread.name)
            if not worked:
                self.wake.wait(pause)
                self.wake.clear()


class Daemon:
    """One running desk. `ready` is told the addresses that are listened on, once everything runs; `ending` when it stops."""

    def __init__(
        self,
        path: Path,
        environ: Mapping[str, str] = os.environ,
        ready: Callable[[list[str]], None] = lambda _addresses: None,
        ending: Callable[[], None] = lambda: None,
    ) -> None:
        self._path, self._environ, self._ready, self._ending = path, environ, ready, ending
        self._reloading = asyncio.Lock()
        self.app: App = assemble(load_config(path, environ), environ, usual_readers=1)
        self._relay: Relay = make_relay(self.app.config, environ)
        self._next_relay = self._relay
        self._listeners: list[Listener] = []
        self._progress = Progress(STUCK_AFTER, time.monotonic())
        self._sender = Worker("outbox", self._send, self.app.log, self._moved)
        self._bridger = Worker("bridge", self._bridge, self.app.log, self._moved)
        self._watcher = ImapWatcher(make_accounts(self.app, self.app.config))
        self.app.spool.on_accept = self._bridger.wake.set
        self._schedule = Schedule(
            [
                Bell("heartbeat", timedelta(seconds=HEARTBEAT_SECONDS), self._beat),
                Bell("sweep", timedelta(seconds=SWEEP_SECONDS), self._sweep),
                Bell("housekeeping", timedelta(hours=6), self._keep_house),
            ],
            lambda name, fault: self.app.log.error("bell.failed", bell=name, fault=str(fault)) and None,
        )

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; read the configuration anew on SIGHUP."""
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._keep(loop.create_task(self.reload())))
        try:
            self.app.bridge.readers.start()
            for worker in (self._bridger, self._sender):
                worker.start()
            self._watcher.start()
            self._schedule.start()
            addresses = await self._listen(self.app.config)
            ready(f"listening on {', '.join(addresses) or 'nothing'}", self._environ)
            self.app.log.info("daemon.ready", listening=addresses)
            self._ready(addresses)
            await stop.wait()
        finally:
            await self._stop()

    async def reload(self) -> None:
        """Read the configuration anew: whole, or not at all. What runs goes on with the old one until the new one is in place."""
        async with self._reloading:  # a second signal waits for its turn: it may be about a newer file
            reloading(self._environ)
            try:
                config = load_config(self._path, self._environ)
                _refuse_move(self.app.config, config)
                relay, accounts = make_relay(config, self._environ), make_accounts(self.app, config)
                await self._use(config)
                await asyncio.to_thread(self._watcher.use, accounts, STOP_SECONDS / 4)
                self._next_relay = relay
                self.app.log.info("config.reloaded")
            except Exception as fault:
                self.app.log.error(
                    "config.refused",
                    fault=str(fault),
                    kept="the configuration that was in force",
                    exc_info=not isinstance(fault, MailbridgeError),
                )
            finally:
                ready("running", self._environ)

    async def _use(self, config: Config) -> None:
        before, old = self.app.config, self._listeners
        changed = (config.smtp, config.lmtp, config.trust) != (before.smtp, before.lmtp, before.trust)
        if not changed:
            self.app.use(config)
            return
        leaving = [asyncio.create_task(listener.stop(GRACE_SECONDS)) for listener in old]
        await asyncio.sleep(0)  # now their ports are free; the new ones open at once, while mail on its way still arrives
        try:
            await self._listen(config)
            self.app.use(config)
        except BaseException:
            await asyncio.gather(*(listener.stop(0) for listener in self._listeners))
            await self._listen(before)
            raise
        finally:
            await asyncio.gather(*leaving)

    async def _listen(self, config: Config) -> list[str]:
        self._listeners = []
        addresses = []
        for settings in (config.smtp, config.lmtp):
            if settings.listen or settings.tls_listen:
                listener = self._listener(settings, config)
                bound = await listener.start()
                self._listeners.append(listener)
                addresses += [f"{host}:{port}" for host, port in bound]
        return addresses

    def _listener(self, settings: Smtp | Lmtp, config: Config) -> Listener:
        return Listener(
            settings,
            lmtp=isinstance(settings, Lmtp),
            accept=self.app.spool.accept,
            is_ours=lambda address: takes_mail_for(address, self.app.config.departments),
            check_password=self._check_password,
            trusted_peers=config.trust.peers,
            temporary_folder=self.app.blobs.temporary,
            clock=now,
        )

    def _check_password(self, login: str, password: str) -> str | None:
        """Return the address of the agent whose login (address or key) and password these are."""
        for key, agent in self.app.config.agents.items():
            if agent.password_hash_file and login.lower() in (agent.address, key.lower()):
                stored = read_secret(agent.password_hash_file, self._environ)
                return agent.address if verify_password(password, stored) else None
        verify_password(password, NOBODY)  # an unknown login takes as long as a wrong password
        return None

    def _bridge(self, at: datetime) -> int:
        try:
            report = self.app.bridge.run_once(at)
        except ReadersDown:
            if self._bridger.stopping:  # we ended them, and the mail is back in the spool
                return 0
            raise
        if report.count:
            self._sender.wake.set()
        return report.count

    def _send(self, at: datetime) -> int:
        if self._next_relay is not self._relay:  # only here is nothing on its way through the old one
            self._relay.close()
            self._relay = self._next_relay
        return self.app.outbox.run_once(at, self._relay, batch_size(self.app.config)).count

    def _beat(self) -> None:
        """Hold the claims of what is being worked on; tell systemd that the workers move."""
        working = list(self.app.bridge.working_on)
        if working:
            self.app.spool.keep_claims(working, now())
        self.app.outbox.keep_claims(now())
        stuck = feed_watchdog(self._progress, time.monotonic(), self._environ)
        if stuck:
            self.app.log.error("worker.stuck", workers=stuck)

    def _moved(self, worker: str) -> None:
        self._progress.touch(worker, time.monotonic())

    def _sweep(self) -> None:
        """Ring what is due; the mail that it makes goes out at once."""
        at = now()
        rung = sweep(self.app.database, self.app.rules, at)
        if tell_template_faults(self.app.database, self.app.rules, at):
            self._sender.wake.set()
        if rung:
            self.app.log.info(
                "timers.rung", count=len(rung), tickets=sorted({one.ticket for one in rung if one.ticket})
            )
            self._sender.wake.set()

    def _keep_house(self) -> None:
        at = now()
        self.app.database.write(lambda connection: forget_old_counts(connection, at), "intake")
        removed = self.app.blobs.sweep(at - BLOB_GRACE, lambda sums: needed(self.app.database, sums))
        if removed:
            self.app.log.info("blobs.swept", removed=removed)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._task = task  # a task that nobody holds may be collected before it ends

    async def _stop(self) -> None:
        stopping(self._environ)
        self._ending()
        ends_at = time.monotonic() + STOP_SECONDS
        self._watcher.ring()
        self._schedule.stop(wait=False)
        for worker in (self._bridger, self._sender):
            worker.stop()
        await asyncio.gather(*(listener.stop(GRACE_SECONDS) for listener in self._listeners))
        self._relay.interrupt()
        if not await asyncio.to_thread(self._watcher.stop, GRACE_SECONDS):
            self.app.log.warning("imap.late", leases="they run out by themselves")
        await asyncio.to_thread(self._join, ends_at)
        self.app.close(1.0)
        self.app.log.info("daemon.stopped")

    def _join(self, ends_at: float) -> None:
        """Wait for the workers. One that is late, for example behind a locked database, leaves its claims to run out.

        Mail that takes long to read is not waited for: it goes back into the spool.
        """
        if not self._bridger.join(GRACE_SECONDS):
            self.app.bridge.readers.interrupt()
        for worker in (self._bridger, self._sender):
            if not worker.join(max(0.0, ends_at - time.monotonic())):
                self.app.log.warning("worker.late", worker=worker.name, claims="they run out by themselves")
            elif worker is self._sender:
                self._relay.close()


def _refuse_move(before: Config, after: Config) -> None:
    """A database cannot be changed under a running daemon."""
    if before.database != after.database:
        raise ConfigError(
            "mailbridge.toml: [database] changed; that needs a restart. Nothing of the new configuration is in force"
        )
