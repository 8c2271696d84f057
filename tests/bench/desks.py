"""Desks to measure: laid out by `init`, with the caps of automatic mail lifted, a Maildir as relay, and run as a user runs them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mailbridge.starter import make_desk

NO_LIMITS = "per_sender_day = 100_000_000\nper_ticket_day = 100_000_000\nper_minute = 100_000_000\n"
TICKS = os.sysconf("SC_CLK_TCK")


def lay_out(folder: Path, port: int = 2525) -> Path:
    """Make a desk in a folder and return it."""
    make_desk(folder, "example.org", None, "en", os.urandom, datetime.now(UTC))
    main = folder / "mailbridge.toml"
    text = main.read_text("utf-8").replace("127.0.0.1:2525", f"127.0.0.1:{port}")
    main.write_text(text + NO_LIMITS, "utf-8")
    return folder


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A daemon. `cpu()` is the processor time in seconds that it and its workers have used."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    _seen: dict[str, str] = field(default_factory=dict)

    def cpu(self) -> float:
        """Add up what the daemon and every process below it have used."""
        return sum(_used(pid) for pid in _family(self.process.pid))

    def sent(self) -> dict[str, str]:
        """Return the files that went out, each with its recipient; read once."""
        for path in (self.folder / "var" / "outgoing" / "new").iterdir():
            if path.name not in self._seen:
                with path.open(encoding="utf-8") as file:
                    lines = [file.readline(), file.readline()]
                self._seen[path.name] = lines[1].partition(": ")[2].strip()
        return self._seen


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Lay out a desk, run its daemon, and stop it in the end."""
    port = free_port()
    lay_out(folder, port)
    command = Path(sys.executable).with_name("mailbridge")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([command, "run", "--config", folder], stderr=log, stdout=log)
        try:
            _wait_for(port, process, folder / "log")
            yield Running(folder, port, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as peer:
                if peer.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the daemon does not listen: {log.read_text()[-2000:]}")


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _used(pid: int) -> float:
    """Return the processor time of a process in seconds: user and system, its own and that of children it has waited for."""
    values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(one) for one in values[11:15]) / TICKS
