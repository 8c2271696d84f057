"""One connection: who may come in, how long it may stay, lines in and answers out. What a line means, the session says.

Of aiosmtpd we use the protocol, its Session and its Envelope. The command loop, the commands and DATA are ours: the
library's answers lack enhanced codes, its DATA is not bounded in memory, its faults are `500` with the text of the
exception, it forgets a mail whose sender half closes, and it spends more on looking for hooks and on parsing addresses
than the rest of a mail costs.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from mailbridge.intake import answers
from mailbridge.intake.auth import MECHANISMS
from mailbridge.intake.caps import Caps, Peer, Peers
from mailbridge.intake.data import Limits
from mailbridge.log import logger
from mailbridge.spool import Delivery

log = logger()

MAX_ERRORS = 20
SPARE_COMMANDS = 200  # without a mail, beyond two for each recipient
READER_BYTES = 65_536
CHUNK_BYTES = 262_144
ANSWERS_BYTES = 65_536  # kept back at most for a peer that sends commands faster than it reads
LINGER_SECONDS = 5.0
HANDSHAKE_SECONDS = 60.0

# What the streams raise when the peer is gone or its TLS is broken.
_GONE = (ConnectionError, EOFError, TimeoutError, ssl.SSLError)


class PeerGone(Exception):
    """The peer went away. Nothing was promised to it, so there is nothing to tell."""


@dataclass(frozen=True, slots=True)
class House:
    """What all connections of one listener share.

    hostname: the name we greet with. check_password: gives the agent's address or None; may block.
    pristine: the attributes of a fresh aiosmtpd session, found out once. here: who is in.
    """

    hostname: str
    lmtp: bool
    offers_auth: bool
    max_recipients: int
    timeout_seconds: float
    max_data_seconds: float
    limits: Limits
    accept: Callable[[Delivery], Future[int]]
    is_ours: Callable[[str], bool]
    check_password: Callable[[str, str], str | None]
    caps: Caps
    peers: Peers
    temporary_folder: Path
    clock: Callable[[], datetime]
    tls: ssl.SSLContext | None
    pristine: dict[str, Any]
    password_checks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    here: set[Connection] = field(default_factory=set)

    def hello(self, secure: bool) -> bytes:
        """Return the answer to EHLO or LHLO."""
        abilities = [self.hostname, "PIPELINING", f"SIZE {self.limits.message_bytes}", "8BITMIME", "SMTPUTF8"]
        if self.tls and not secure:
            abilities.append("STARTTLS")
        if self.offers_auth and secure:
            abilities.append("AUTH " + " ".join(MECHANISMS))
        return "\r\n".join([*(f"250-{ability}" for ability in abilities), "250 ENHANCEDSTATUSCODES"]).encode()


class Reader(asyncio.StreamReader):
    """A stream reader into which bytes can be put back."""

    _buffer: bytearray

    def put_back(self, data: bytes) -> None:
        """Make `data` the next bytes to be read."""
        self._buffer[:0] = data

    def holds_a_line(self) -> bool:
        """Say whether a whole line has arrived already."""
        return b"\n" in self._buffer

    def forget(self) -> None:
        """Drop what has arrived: it was sent before TLS and may be an attacker's (RFC 3207 §4.2)."""
        self._buffer.clear()


class Connection(SMTP):
    """The protocol of one connection. `implicit_tls`: TLS from the first byte (RFC 8314)."""

    def __init__(self, house: House, *, implicit_tls: bool = False) -> None:
        # aiosmtpd's own __init__ looks through itself and its handler for hooks, 0.1 ms for each connection.
        self.__dict__.update(house.pristine)
        loop = asyncio.get_running_loop()
        self._incoming = Reader(limit=READER_BYTES, loop=loop)
        asyncio.StreamReaderProtocol.__init__(self, self._incoming, self._cb_client_connected, loop=loop)
        self.loop = loop
        self._house = house
        self._implicit_tls = implicit_tls
        self._timer: asyncio.TimerHandle | None = None
        self._peer: Peer | None = None  # None until it was let in
        self._secure = False
        self._answers = bytearray()
        self._active_at = 0.0
        self._data_due = inf
        self._busy = self._waiting = self._stopping = self._leaving = False
        self._errors = self._commands = 0

    async def _answer(self, line: bytes) -> bytes | None:
        """Do what a line says and return the answer; None when it was given already."""
        raise NotImplementedError

    # -- coming and going

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the peer in, unless a cap is reached."""
        assert isinstance(transport, asyncio.Transport)
        peer = self._house.peers.of(_host(transport.get_extra_info("peername")))
        refusal = self._house.caps.enter(peer)
        if refusal:
            log.info("intake.connection_refused", peer=peer.host, answer=refusal.decode())
            if not self._implicit_tls:
                transport.write(refusal + b"\r\n")
            transport.close()
            return
        self._peer = peer
        self._house.here.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Wake the session; it ends by itself, after handing on a mail that was wholly received."""
        if self._timer:
            self._timer.cancel()
        if self._peer:
            self._house.caps.leave(self._peer)
        asyncio.StreamReaderProtocol.connection_lost(self, error)

    def eof_received(self) -> bool | None:
        """Go on answering a peer that only closed its own direction."""
        return asyncio.StreamReaderProtocol.eof_received(self)

    def leave(self) -> asyncio.Task[None]:
        """Say goodbye now, or once the mail that is on its way is answered; return the task that ends then."""
        self._stopping = True
        if self._waiting:
            self._cut(answers.CLOSING)
        assert self._handler_coroutine
        return self._handler_coroutine

    async def _handle_client(self) -> None:
        try:
            with contextlib.suppress(PeerGone):
                await self._converse()
        finally:
            self._house.here.discard(self)
            self._close()

    def _close(self) -> None:
        """Close, but do not wait for ever for a peer that takes no answers."""
        wire = self._writer.transport
        if wire.is_closing():  # a TLS transport bears no second close
            return
        wire.close()
        if wire.get_write_buffer_size():
            self.loop.call_later(LINGER_SECONDS, wire.abort)

    def _cut(self, answer: bytes) -> None:
        """Say one last word, if the peer still listens, and close."""
        wire = self._writer.transport
        if not wire.is_closing() and not wire.get_write_buffer_size():
            wire.write(bytes(self._answers) + answer + b"\r\n")
        self._close()

    # -- time: one timer for a connection, looked at when it rings, not set anew for each command

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Start the timer; aiosmtpd calls it when a connection is made."""
        self._active_at = self.loop.time()
        if self._timer is None:
            self._ring_at(self._active_at + (duration or self._house.timeout_seconds))

    def _ring_at(self, due: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_at(due, self._timeout_cb)

    def _timeout_cb(self) -> None:
        now = self.loop.time()
        quiet_since = now if self._busy else self._active_at
        due = min(quiet_since + self._house.timeout_seconds, self._data_due)
        if now < due:
            self._ring_at(due)
        else:
            log.info("intake.timed_out", peer=self._peer.host if self._peer else "")
            self._cut(answers.TIMED_OUT)

    @contextlib.contextmanager
    def _data_clock(self) -> Iterator[None]:
        """Within it a mail arrives, for `max_data_seconds` at the longest."""
        self._data_due = self.loop.time() + self._house.max_data_seconds
        if self._timer and self._data_due < self._timer.when():
            self._ring_at(self._data_due)
        try:
            yield
        finally:
            self._data_due = inf

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """Within it the peer waits for us, and its silence is no reason to let it go."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
            self._active_at = self.loop.time()

    # -- lines in, answers out

    async def _converse(self) -> None:
        if self._implicit_tls:
            await self._start_tls()
        self._say(f"220 {self._house.hostname} {'LMTP' if self._house.lmtp else 'ESMTP'}".encode())
        while not self._leaving:
            line = await self._line()
            if line is None:
                self._say_and_leave(answers.LINE_ENDLESS)
                break
            answer = await self._answer(line)
            if answer:
                self._say(answer)
            self._watch(answer)
        await self._flush()

    def _watch(self, answer: bytes | None) -> None:
        """Let a peer go that makes too many errors, or keeps us busy without ever sending a mail, or when we stop."""
        self._commands += 1
        dead_address_from_near = answer == answers.NO_SUCH_RECIPIENT and self._peer and self._peer.near
        if answer and answer.startswith(b"5") and not dead_address_from_near:  # a relay may hand us a list full of them
            self._errors += 1
        if self._leaving:
            return
        if self._errors >= MAX_ERRORS:
            self._say_and_leave(answers.TOO_MANY_ERRORS)
        elif self._commands > SPARE_COMMANDS + 2 * self._house.max_recipients:
            self._say_and_leave(answers.TOO_MANY_COMMANDS)
        elif self._stopping:
            self._say_and_leave(answers.CLOSING)

    async def _line(self) -> bytes | None:
        """Read a line without its end; None when there is none within the reader's limit.

        Answers go out when there is nothing left to read (RFC 2920 §3.2). Raises PeerGone.
        """
        if len(self._answers) > ANSWERS_BYTES or not self._incoming.holds_a_line():
            await self._flush()
        self._waiting = True
        try:
            line = await self._incoming.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            return None
        except _GONE as fault:
            raise PeerGone from fault
        finally:
            self._waiting = False
        self._active_at = self.loop.time()
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    async def _chunk(self) -> bytes:
        """Read what has arrived. Raises PeerGone."""
        try:
            chunk = await self._incoming.read(CHUNK_BYTES)
        except _GONE as fault:
            raise PeerGone from fault
        if not chunk:
            raise PeerGone
        self._active_at = self.loop.time()
        return chunk

    def _say(self, answer: bytes) -> None:
        self._answers += answer
        self._answers += b"\r\n"

    def _say_and_leave(self, answer: bytes) -> None:
        self._say(answer)
        self._leaving = True

    async def _flush(self) -> None:
        if self._answers:
            self._writer.write(bytes(self._answers))
            self._answers.clear()
        try:
            await self._writer.drain()
        except _GONE as fault:
            raise PeerGone from fault

    async def _start_tls(self) -> None:
        assert self._house.tls
        try:
            await self._writer.start_tls(self._house.tls, ssl_handshake_timeout=HANDSHAKE_SECONDS)
        except _GONE as fault:
            raise PeerGone from fault
        self._secure = True
        self._active_at = self.loop.time()


def _host(peername: object) -> str:
    """Return the address of a peer; empty for a Unix socket."""
    return str(peername[0]) if isinstance(peername, tuple) and peername else ""
