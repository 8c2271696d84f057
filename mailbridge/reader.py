"""One reader: reads mail within limits of time and memory, in this process or as a process of its own.

`main` is the whole life of such a process; `mailbridge/readers.py` starts it, hands it mail and replaces it. It talks over the
socket that is its standard input, in frames (eight bytes of length, then a pickled value):

| comes in | goes out |
|---|---|
| `Setup`, once | `None` when it is ready |
| a list of letters | for each in order `(answer, tired)`; a tired reader has grown and wants to be replaced |

| it ends | because |
|---|---|
| 0 | the other side is gone |
| 3 | a mail wanted more memory than it may have |
| SIGPROF | a mail wanted more computing time than it may have: the kernel's own alarm, which no loop can ignore |

Time is computing time: a machine that is busy or was asleep makes no mail guilty. Knows neither database nor desk, opens no
connection, and holds nothing that is lost with it.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import pickle
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from mailbridge.errors import MailbridgeError
from mailbridge.reading import Envelope, Reading, ReadMail, read

Letter = tuple[bytes, Envelope]
OUT_OF_MEMORY = 3
SIZES = 6
"""Times its own size that mail may cost beside its room: it is held raw, decoded and packed, and large mail is no crime."""

_LENGTH = 8
_SAMPLE = b"From: a@example.org\nTo: b@example.org\nSubject: Re: Hello\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n\nThank you.\n\n> Hello\n"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a reader is told at its start. seconds: of computing time for one mail. memory_mb: for one mail, beside `SIZES`."""

    reading: Reading
    seconds: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Unread:
    """The answer for a mail that could not be read, with the reason in words."""

    reason: str


Value = TypeVar("Value")
Answer = ReadMail | Unread
ReadFunction = Callable[[bytes, Envelope, Reading], ReadMail]


class _OverTime(BaseException):
    """The time of a mail is over. No `except Exception` in a parser may swallow it."""


def over_time(seconds: float) -> Unread:
    """Return the answer for a mail that took too long."""
    return Unread(f"reading took longer than {seconds:g} s of computing time")


def read_within(letter: Letter, reading: Reading, seconds: float, how: ReadFunction = read) -> Answer:
    """Read a mail in this process; never raises for a mail, whatever is wrong with it.

    The limit of time holds in the main thread alone, since only there can Python be interrupted. There is none of memory.
    """
    return limited(seconds, lambda: how(*letter, reading))


def limited(seconds: float, work: Callable[[], Value]) -> Value | Unread:
    """Return what `work` returns, or why it could not within the time; see `read_within`."""
    try:
        with _alarm(seconds) if threading.current_thread() is threading.main_thread() else contextlib.nullcontext():
            return work()
    except _OverTime:
        return over_time(seconds)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as fault:  # a panic in a library of ours that is written in Rust is no Exception
        return Unread(_reason(fault))


def _reason(fault: BaseException) -> str:
    return str(fault) if isinstance(fault, MailbridgeError) else f"{type(fault).__name__}: {fault}"


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise _OverTime after so many seconds of computing, and again each further second if that got lost somewhere."""
    before = signal.signal(signal.SIGPROF, _ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:  # should the alarm ring in the line above
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _OverTime


# -- as a process of its own


def main(how: ReadFunction = read) -> None:
    """Read what the socket at standard input brings, until it is closed. `how` reads one mail."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # they are meant for the daemon, and it ends us
        signal.signal(number, signal.SIG_IGN)
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # it logs what stands in a mail
    with socket.socket(fileno=os.dup(0)) as channel, contextlib.suppress(EOFError, ConnectionError):
        setup: Setup = receive(channel)
        how(_SAMPLE, Envelope(None, (), "pipe", datetime(2026, 11, 23, 9, tzinfo=UTC)), setup.reading)  # loads what is loaded late
        gc.collect()
        gc.freeze()
        _be_expendable()
        room = _Room(_data_bytes(), setup.memory_mb * 1_000_000)
        send(channel, None)
        while True:
            _work_off(channel, setup, how, room)


@dataclass(frozen=True, slots=True)
class _Room:
    """Memory in bytes: what this process began with, and how much a mail may take beside a few times its own size."""

    begun: int
    most: int

    def allow(self, size: int) -> None:
        """Let this process take what mail of `size` bytes may cost."""
        limit = self.begun + self.most + SIZES * size
        resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))

    def is_tight(self) -> bool:
        """Say whether what stayed behind of earlier mail leaves too little for the next one."""
        return _data_bytes() > self.begun + self.most // 4


def _work_off(channel: socket.socket, setup: Setup, how: ReadFunction, room: _Room) -> None:
    """Answer one list of letters. Its values die with this call, so that the next one finds the memory free."""
    try:
        letters: list[Letter] = receive(channel, room.allow)
        for number, letter in enumerate(letters, 1):
            signal.setitimer(signal.ITIMER_PROF, setup.seconds)  # nobody handles SIGPROF here, so it ends the process
            answer = _answer(letter, setup.reading, how)
            send(channel, (answer, number == len(letters) and room.is_tight()))
            signal.setitimer(signal.ITIMER_PROF, 0)
    except MemoryError:  # also while mail is taken in or its answer is packed
        os._exit(OUT_OF_MEMORY)


def _answer(letter: Letter, reading: Reading, how: ReadFunction) -> Answer:
    try:
        return how(*letter, reading)
    except MemoryError:
        raise
    except BaseException as fault:  # as in `limited`
        return Unread(_reason(fault))


def _be_expendable() -> None:
    """When the machine runs out of memory, a reader is to go first: its mail is safe elsewhere. Its core would hold mail."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _data_bytes() -> int:
    """Return how much memory of its own this process has taken: what RLIMIT_DATA counts."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()


# -- frames


def send(channel: socket.socket, value: object) -> None:
    """Send a value to the other side."""
    packed = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    channel.sendall(len(packed).to_bytes(_LENGTH, "big"))
    channel.sendall(packed)


def receive(channel: socket.socket, announce: Callable[[int], None] = lambda _size: None) -> Any:
    """Return the next value of a channel; `announce` is told its size before it is taken in. Raise EOFError at the end."""
    size = int.from_bytes(_exactly(channel, _LENGTH), "big")
    announce(size)
    return pickle.loads(_exactly(channel, size))  # noqa: S301 - from our own process


def _exactly(channel: socket.socket, count: int) -> bytearray:
    taken, buffer = 0, bytearray(count)
    with memoryview(buffer) as view:
        while taken < count:
            more = channel.recv_into(view[taken:])
            if not more:
                raise EOFError
            taken += more
    return buffer
