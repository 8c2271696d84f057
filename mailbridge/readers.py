"""The readers: processes that read mail, so that no mail can stop the daemon, and its listener need not wait for one.

Comes in: letters (bytes and envelope). Goes out: for each in order what was read, or why it could not be. Starts, limits,
replaces and ends the processes; what happens inside of one is in `mailbridge/reader.py`.

| what a reader does | its mail | the others handed to it |
|---|---|---|
| answers | is read, or its fault is told | |
| goes over its time | is told as over its time | are handed out again |
| ends by itself, goes over its memory, or gives no answer | is tried once more, alone in a fresh reader, then told | are handed out again |
| is ended by us (stop, reload) | `ReadersDown`: nothing is said about any mail | |

Nothing is ever lost with a reader: the mail is in the spool, and the daemon holds the claim.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from mailbridge.errors import ReadersDown
from mailbridge.reader import OUT_OF_MEMORY, Answer, Letter, Setup, Unread, over_time, read_within, receive, send
from mailbridge.reading import Reading

PROGRAM = ("-c", "from mailbridge.reader import main; main()")
"""What this Python is told to run; a reader with other parts in it can be put in its place."""

MOST_LETTERS, MOST_BYTES = 20, 1_000_000
"""What is handed to a reader at once; a larger mail goes alone."""

START_SECONDS = 60.0
SILENCE, SPARE_SECONDS = 3, 10.0
"""A reader may be silent for three times the computing time of a mail and then some: it has not the machine to itself."""

ROUND_SECONDS = 30.0
"""After this long nothing more of a round is begun, so that mail which was read is not held up by mail that takes long."""

_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_", "TZ", "PYTHON", "COVERAGE")


class ReadsMail(Protocol):
    """What the bridge reads by: readers, or this process itself."""

    def start(self) -> None:
        """Get ready before the first mail comes."""

    def read(self, letters: Sequence[Letter]) -> Generator[list[Answer], None, None]:
        """Answer the letters in order, group by group; may end early, then the rest is for another round. Raise ReadersDown."""
        ...

    def interrupt(self) -> None:
        """End what is being read; whoever waits for it gets ReadersDown."""

    def retire(self) -> None:
        """Close as soon as nothing is being read."""

    def close(self) -> None:
        """Give everything back."""


def make_readers(reading: Reading, usual: int = 0) -> ReadsMail:
    """Return as many readers as the configuration says, else `usual`; none means that mail is read in this process."""
    limits = reading.config.limits
    count = usual if limits.readers is None else limits.readers
    return Readers(reading, count, PROGRAM) if count else ReadHere(reading)


class ReadHere:
    """Reads in this process, for single commands: with a limit of time in the main thread, without any of memory."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def start(self) -> None:
        """Nothing takes time."""

    def read(self, letters: Sequence[Letter]) -> Generator[list[Answer], None, None]:
        """See `ReadsMail.read`."""
        seconds, ends_at = self._reading.config.limits.read_seconds, time.monotonic() + ROUND_SECONDS
        answers: list[Answer] = []
        for letter in letters:
            answers.append(read_within(letter, self._reading, seconds))
            if time.monotonic() > ends_at:
                break
        yield answers

    def interrupt(self) -> None:
        """Nobody else could."""

    def retire(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""


class _Lost(Exception):
    """A reader is gone. `sure`: the mail it was at is to blame."""

    def __init__(self, why: str, *, sure: bool = False) -> None:
        super().__init__(why)
        self.sure = sure


class Reader:
    """One process and the talk with it; used by one thread at a time, killed by any. `worn`: it is not to be used again."""

    def __init__(self, setup: Setup, program: Sequence[str]) -> None:
        self._setup, self._ready, self.worn = setup, False, False
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
                [sys.executable, "-P", *program], stdin=theirs.fileno(), stdout=subprocess.DEVNULL, cwd="/", env=_environment()
            )

    def ask(self, letters: Sequence[Letter]) -> Iterator[Answer]:
        """Give the answers in order. Raise _Lost when the process is gone; it was at the first letter without an answer."""
        self.get_ready()
        silence = SILENCE * self._setup.seconds + SPARE_SECONDS
        self._channel.settimeout(silence)
        try:
            send(self._channel, list(letters))
            for _ in letters:
                answer, self.worn = receive(self._channel)
                yield answer
        except TimeoutError:
            self.kill()
            self.end()
            raise _Lost(f"its reader gave no answer for {silence:g} s") from None
        except (OSError, EOFError):
            raise self._lost(self.end()) from None

    def get_ready(self) -> None:
        """Wait until the process can read. Raise ReadersDown when it cannot."""
        if self._ready:
            return
        self._channel.settimeout(START_SECONDS)
        try:
            send(self._channel, self._setup)
            receive(self._channel)
        except (OSError, EOFError) as fault:
            self.kill()
            raise ReadersDown(
                f"a process for reading mail did not start ({type(fault).__name__}, status {self.end()}). If mailbridge was "
                "changed under a running daemon, restart it; else see whether there is memory left. With `readers = 0` in "
                "[limits] mail is read without such processes"
            ) from fault
        self._ready = True

    def _lost(self, status: int) -> _Lost:
        if status == -signal.SIGPROF:
            return _Lost(over_time(self._setup.seconds).reason, sure=True)
        if status == OUT_OF_MEMORY:
            return _Lost(f"reading took more than {self._setup.memory_mb} MB of memory")
        return _Lost(f"its reader ended by {signal.Signals(-status).name if status < 0 else f'itself, with status {status}'}")

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer is told that it is gone."""
        self._process.kill()

    def end(self) -> int:
        """End the process, if it still runs, and return its status."""
        self.worn = True
        self._channel.close()
        try:  # one that has closed its side is about to end, and its status says why
            return self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Readers:
    """So many processes that read mail, each running `program`. They start with the first mail, or before it with `start`."""

    def __init__(self, reading: Reading, count: int, program: Sequence[str]) -> None:
        limits = reading.config.limits
        self._setup = Setup(reading, limits.read_seconds, limits.read_memory_mb)
        self._program, self._count = program, count
        self._lock = threading.Lock()
        self._all: set[Reader] = set()
        self._idle: list[Reader] = []
        self._rounds, self._retired, self._ended = 0, False, False
        self._pool = ThreadPoolExecutor(count, "reader")

    def start(self) -> None:
        """Start the processes, and do not wait for them; one that fails to start says so when mail comes."""
        for _ in range(self._count):
            self._pool.submit(self._start_one)

    def _start_one(self) -> None:
        with self._reader(fresh=True) as reader:
            reader.get_ready()

    def read(self, letters: Sequence[Letter]) -> Generator[list[Answer], None, None]:
        """See `ReadsMail.read`. While one group is looked at, the next ones are being read."""
        ends_at = time.monotonic() + ROUND_SECONDS
        with self._lock:
            self._rounds += 1
        pending: deque[tuple[list[Letter], Future[list[Answer]]]] = deque()
        try:
            pending += [(part, self._begin(part)) for part in _parts(letters)]
            while pending:
                part, future = pending.popleft()
                answers = future.result()
                if rest := part[len(answers) :]:
                    pending.appendleft((rest, self._begin(rest)))
                yield answers
                if time.monotonic() > ends_at:
                    return
        finally:
            for _, future in pending:
                future.cancel()
            with self._lock:
                self._rounds -= 1
            if self._retired:
                self.retire()

    def _begin(self, part: list[Letter]) -> Future[list[Answer]]:
        try:
            return self._pool.submit(self._ask, part)
        except RuntimeError as fault:  # the pool is closed
            raise ReadersDown("the processes that read mail were ended") from fault

    def _ask(self, part: list[Letter]) -> list[Answer]:
        """Answer a part of the letters in order, up to and with the first that ended its reader: those behind it wait no longer."""
        answers: list[Answer] = []
        with self._reader() as reader:
            try:
                answers.extend(reader.ask(part))
                return answers
            except _Lost as lost:
                if self._blamed(lost).sure:
                    return [*answers, Unread(str(lost))]
        return [*answers, self._ask_alone(part[len(answers)])]

    def _ask_alone(self, letter: Letter) -> Answer:
        """Try a letter once more, in a fresh reader: it may be innocent of what happened to the last one."""
        with self._reader(fresh=True) as reader:
            try:
                return next(reader.ask([letter]))
            except _Lost as lost:
                return Unread(str(self._blamed(lost)))

    def _blamed(self, lost: _Lost) -> _Lost:
        """Return why a reader was lost. Raise ReadersDown when it was we who ended it."""
        if self._ended:
            raise ReadersDown("the processes that read mail were ended") from lost
        return lost

    @contextmanager
    def _reader(self, *, fresh: bool = False) -> Iterator[Reader]:
        reader = self._take(fresh=fresh)
        try:
            yield reader
        except BaseException:  # whatever it was, the talk may be out of step
            reader.worn = True
            raise
        finally:
            self._put_back(reader)

    def _take(self, *, fresh: bool) -> Reader:
        with self._lock:
            if self._ended:
                raise ReadersDown("the processes that read mail were ended")
            if self._idle and not fresh:
                return self._idle.pop()
            try:
                reader = Reader(self._setup, self._program)
            except OSError as fault:
                raise ReadersDown(f"a process for reading mail could not be started: {fault}") from fault
            self._all.add(reader)
            return reader

    def _put_back(self, reader: Reader) -> None:
        """Keep a reader for the next mail, if it is good for that and there are not enough."""
        with self._lock:
            keep = not (reader.worn or self._ended) and len(self._idle) < self._count
            if keep:
                self._idle.append(reader)
            else:
                self._all.discard(reader)
        if not keep:
            reader.end()

    def interrupt(self) -> None:
        """See `ReadsMail.interrupt`; nothing is read any more after it."""
        with self._lock:
            self._ended = True
            for reader in self._all:
                reader.kill()

    def retire(self) -> None:
        """See `ReadsMail.retire`."""
        with self._lock:
            self._retired = True
            busy = self._rounds > 0
        if not busy:
            self.close()

    def close(self) -> None:
        """End the processes and wait until they are gone."""
        self.interrupt()
        self._pool.shutdown(cancel_futures=True)
        while self._idle:
            self._idle.pop().end()


def _parts(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    """Divide letters, in order, into what is handed to a reader at once."""
    part: list[Letter] = []
    size = 0
    for letter in letters:
        if part and (len(part) == MOST_LETTERS or size + len(letter[0]) > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(letter)
        size += len(letter[0])
    if part:
        yield part


def _environment() -> dict[str, str]:
    """Return what a reader needs of our environment, and no secrets: it finds the same modules as we do, in the same order."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_KEPT_ENVIRONMENT)}
    return kept | {"PYTHONPATH": os.pathsep.join(str(Path(place).absolute()) for place in sys.path)}
