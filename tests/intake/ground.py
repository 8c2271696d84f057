"""A running listener on loopback, a spool that can be told what to do, and a client that speaks line by line."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import shutil
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbridge.config.model import Listener as Settings
from mailbridge.intake.caps import Peer
from mailbridge.intake.smtp import Listener
from mailbridge.spool import Delivery

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Certificate = tuple[Path, Path]
SOON = 0.05
WAIT_SECONDS = 10.0  # only ever waited out when a test fails
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENVELOPE = ("HELO client", "MAIL FROM:<ann@example.net>", "RCPT TO:<support@example.org>")
TO_DATA = (*ENVELOPE, "DATA")
PASSWORDS = {("anna", "p\u00e4ssword"): "anna@example.org", ("bob", "secret"): "bob@example.org"}


def is_ours(address: str) -> bool:
    """support@ and sales@example.org, with or without a token."""
    local, _, domain = address.lower().rpartition("@")
    return domain == "example.org" and local.partition("+")[0] in ("support", "sales", "d\u0117kui")


@dataclass
class Spool:
    """Keeps what it is given. `answer`: an error to refuse with; `hold`: answers only when told."""

    answer: Exception | None = None
    hold: bool = False
    got: list[Delivery] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    pending: list[Future[int]] = field(default_factory=list)
    called: threading.Event = field(default_factory=threading.Event)

    def accept(self, delivery: Delivery) -> Future[int]:
        future: Future[int] = Future()
        if self.answer:
            future.set_exception(self.answer)
            return future
        self.got.append(delivery)
        if isinstance(delivery.raw, Path):
            self.raws.append(delivery.raw.read_bytes())
            delivery.raw.unlink()
        else:
            self.raws.append(delivery.raw)
        self.called.set()
        if self.hold:
            self.pending.append(future)
        else:
            future.set_result(len(self.got))
        return future


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, with its key."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("needs the openssl command")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    return certificate, key


class Client:
    """One connection; every wait has an end."""

    def __init__(self, streams: Streams, trust: ssl.SSLContext | None) -> None:
        self.reader, self.writer = streams
        self._trust = trust

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await asyncio.wait_for(self.writer.drain(), WAIT_SECONDS)

    async def line(self) -> str:
        """The next line of an answer, empty when the server has closed."""
        return (await asyncio.wait_for(self.reader.readline(), WAIT_SECONDS)).decode().removesuffix("\r\n")

    async def answer(self) -> str:
        """The last line of the next answer."""
        while (line := await self.line())[3:4] == "-":
            pass
        return line

    async def say(self, *commands: str) -> str:
        """Send commands one after the other; return the answer to the last."""
        answer = ""
        for command in commands:
            await self.send(command.encode() + b"\r\n")
            answer = await self.answer()
        return answer

    async def starttls(self) -> None:
        assert self._trust
        await asyncio.wait_for(self.writer.start_tls(self._trust, server_hostname="127.0.0.1"), WAIT_SECONDS)

    async def is_closed(self) -> bool:
        """Wait for the server to close."""
        try:
            return await asyncio.wait_for(self.reader.read(), WAIT_SECONDS) == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):  # the server may have closed before
            await self.writer.wait_closed()


@dataclass
class Ground:
    """The running listener and what it was given. `folder`: where big mail lies while it arrives."""

    listener: Listener
    addresses: list[tuple[str, int]]
    spool: Spool
    clock: Clock
    folder: Path
    trust: ssl.SSLContext | None

    @contextlib.asynccontextmanager
    async def client(
        self, *, implicit_tls: bool = False, greeted: bool = True, source: str = "127.0.0.1",
    ) -> AsyncIterator[Client]:
        """Connect from a loopback address, and wait for the greeting."""
        host, port = self.addresses[1 if implicit_tls else 0]
        tls = self.trust if implicit_tls else None
        connecting = asyncio.open_connection(host, port, ssl=tls, local_addr=(source, 0))
        client = Client(await asyncio.wait_for(connecting, WAIT_SECONDS), self.trust)
        try:
            if greeted:
                assert (await client.answer()).startswith("220 ")
            yield client
        finally:
            await client.close()


@contextlib.asynccontextmanager
async def listening(
    folder: Path, *, lmtp: bool = False, certificate: tuple[Path, Path] | None = None, spool: Spool | None = None,
    ours: Callable[[str], bool] = is_ours, check_password: Callable[[str, str], str | None] | None = None,
    trusted_peers: tuple[str, ...] = (), big_bytes: int = 65_536, grace_seconds: float = WAIT_SECONDS,
    strangers: bool = False, **settings: Any,
) -> AsyncIterator[Ground]:
    """Run a listener, and fail if the loop had to report anything.

    strangers: loopback is treated as any address of the internet. settings: fields of the configuration, also below
    what it allows (a timeout of 0.1 s).
    """
    spool, clock = spool or Spool(), Clock()
    reports: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, report: reports.append(report))
    if certificate:
        settings |= {"certificate": certificate[0], "private_key": certificate[1], "tls_listen": "127.0.0.1:0"}
    changed = Settings(listen="127.0.0.1:0", hostname="mx.example.org").model_copy(update=settings)
    listener = Listener(
        changed, lmtp=lmtp, accept=spool.accept, is_ours=ours, trusted_peers=trusted_peers, temporary_folder=folder,
        check_password=check_password or (lambda login, password: PASSWORDS.get((login, password))),
        clock=clock, big_bytes=big_bytes)
    trust = ssl.create_default_context(cafile=str(certificate[0])) if certificate else None
    if strangers:
        listener._house.peers.of = lambda host: Peer(host, host, near=False, trusted=False)  # type: ignore[assignment]
    addresses = await listener.start()
    try:
        yield Ground(listener, addresses, spool, clock, folder, trust)
    finally:
        await listener.stop(grace_seconds)
    gc.collect(1)  # a task whose fault nobody saw is reported when it is collected
    assert not reports, reports


def play(folder: Path, act: Callable[[Ground], Awaitable[None]], **how: Any) -> Spool:
    """Run `act` against a listener; whatever happened, nothing lies about afterwards."""
    spools: list[Spool] = []

    async def run() -> None:
        async with listening(folder, **how) as ground:
            spools.append(ground.spool)
            await act(ground)

    asyncio.run(run())
    assert list(folder.iterdir()) == []
    return spools[0]


async def until(true: Callable[[], bool]) -> None:
    """Let the loop run until it is so."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not true():
            await asyncio.sleep(0)
