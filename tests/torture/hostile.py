"""Reads hostile mails at full size, each in a process of its own, and measures computing time and memory.

A process is forked from one that has read a mail before, so what counts is the reading of this one: its computing time, and the
most memory above what the process began with, the raw bytes included. All that `mailbridge explain` prints is made.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from tests.torture import (
    shapes_of_bounces,
    shapes_of_files,
    shapes_of_heads,
    shapes_of_html,
    shapes_of_structure,
    shapes_of_text,
)
from tests.torture.everything import Everything
from tests.torture.shapes import SHAPES, letter

SECONDS = 2.0
MEMORY_MB = 300
LONGEST = 30
"""Seconds of computing after which a process that reads is ended."""

MODULES = (shapes_of_bounces, shapes_of_heads, shapes_of_structure, shapes_of_text, shapes_of_html, shapes_of_files)
_PROCESSES = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Measured:
    """What reading one hostile mail took. memory_mb: the most beyond what was there before (10^6 bytes). fault: empty when it is well."""

    shape: str
    size: int = 0
    seconds: float = 0.0
    memory_mb: int = 0
    outcome: str = ""
    fault: str = ""


def measure(names: Sequence[str], workers: int) -> Iterator[Measured]:
    """Yield what reading each of these shapes took, as they come."""
    everything = Everything()
    everything.explain(letter(b"<p>Hello</p>", b"Content-Type: text/html"))
    with tempfile.TemporaryDirectory() as folder:
        waiting, running = list(names), dict[Connection, tuple[str, ForkProcess]]()
        while waiting or running:
            while waiting and len(running) < workers:
                name = waiting.pop(0)
                answer, told = _PROCESSES.Pipe(duplex=False)
                process = _PROCESSES.Process(target=_measure, args=(name, Path(folder) / name, everything, told))
                process.start()
                told.close()
                running[answer] = (name, process)
            for ready in wait(list(running)):
                assert isinstance(ready, Connection)
                name, process = running.pop(ready)
                try:
                    found = ready.recv()
                except EOFError:
                    process.join()
                    found = Measured(name, fault=f"the process ended by {process.exitcode}")
                process.join()
                yield found


def _measure(name: str, path: Path, everything: Everything, told: Connection) -> None:
    """Write a shape into a file in one process, so that what writing it took does not count, and read it in this one."""
    writer = _PROCESSES.Process(target=lambda: path.write_bytes(SHAPES[name]()))
    writer.start()
    writer.join()
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    before, began = _memory_mb("VmRSS"), time.process_time()
    raw = path.read_bytes()
    outcome, fault = "read", ""
    try:
        if '"kind_reasons": ["unread"]' in everything.explain(raw):
            outcome = "refused"
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"[:300]
    seconds, memory = time.process_time() - began, _memory_mb("VmHWM") - before
    path.unlink()
    if not fault and seconds > SECONDS:
        fault = f"took {seconds:.1f} s"
    if not fault and memory > MEMORY_MB:
        fault = f"took {memory} MB"
    told.send(Measured(name, len(raw), round(seconds, 2), memory, outcome, fault))


def _memory_mb(key: str) -> int:
    """Return what this process holds now (VmRSS) or held at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1024 // 1_000_000
