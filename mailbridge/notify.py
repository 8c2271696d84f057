"""Tells systemd how the daemon is: ready, reloading, stopping, alive (sd_notify(3), systemd.service(5)).

In: states, and what the workers say of their progress. Out: datagrams to `$NOTIFY_SOCKET`; without it nothing happens.
The
watchdog is fed only while every worker has got on within its time: a daemon that hangs is started again, one that
merely has a lot to do is not.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Mapping


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send states such as `READY=1` to systemd; say whether it took them (False when we do not run under it)."""
    path = environ.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return False
    address = "\0" + path[1:] if path.startswith("@") else path  # `@` stands for the NUL of an abstract socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto("\n".join(lines).encode(), address)
        except OSError:
            return False  # a manager that is gone is no reason to stop working
    return True


def ready(status: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Say that we are up, or that a reload is done."""
    return notify("READY=1", _status(status), environ=environ)


def reloading(environ: Mapping[str, str] = os.environ) -> bool:
    """Say that a reload has begun; `ready` ends it. The time is what Type=notify-reload asks for."""
    microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    return notify("RELOADING=1", f"MONOTONIC_USEC={microseconds}", environ=environ)


def stopping(environ: Mapping[str, str] = os.environ) -> bool:
    """Say that we have begun to stop."""
    return notify("STOPPING=1", environ=environ)


def status(text: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Show one line in `systemctl status`."""
    return notify(_status(text), environ=environ)


def watchdog_seconds(environ: Mapping[str, str] = os.environ, pid: int | None = None) -> float | None:
    """Return how often systemd wants to hear from us at least, or None when it keeps no watch over this process."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    meant = environ.get("WATCHDOG_PID", "")
    if not microseconds.isdigit() or not int(microseconds) or (meant and meant != str(pid or os.getpid())):
        return None
    return int(microseconds) / 1_000_000


class Progress:
    """When each worker last got on. Workers of several threads touch it.

    limits: worker -> the longest time in seconds that it may take without getting on. Idle counts as getting on: a
    worker touches it each time it has looked for work, whether there was some or not.
    """

    def __init__(self, limits: Mapping[str, float], now: float) -> None:
        self._limits = dict(limits)
        self._touched = dict.fromkeys(limits, now)
        self._lock = threading.Lock()

    def touch(self, worker: str, now: float) -> None:
        """Say that a worker got on at `now` (monotonic seconds). Raises KeyError for one without a limit."""
        with self._lock:
            self._touched[worker] = max(now, self._touched[worker])

    def stuck(self, now: float) -> tuple[str, ...]:
        """Return the workers that have not got on within their time, by name."""
        with self._lock:
            return stuck(self._touched, self._limits, now)


def stuck(touched: Mapping[str, float], limits: Mapping[str, float], now: float) -> tuple[str, ...]:
    """Return the workers whose last progress lies further back than their limit, by name; all in monotonic seconds."""
    return tuple(sorted(worker for worker, limit in limits.items() if now - touched[worker] > limit))


def feed_watchdog(progress: Progress, now: float, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Feed the watchdog unless a worker is stuck; return those that are, so that the caller can log them.

    now: monotonic seconds. Call it about twice in each `watchdog_seconds`.
    """
    hanging = progress.stuck(now)
    if hanging:
        notify(_status(f"stuck: {', '.join(hanging)}"), environ=environ)
    else:
        notify("WATCHDOG=1", environ=environ)
    return hanging


def _status(text: str) -> str:
    return "STATUS=" + " ".join(text.split())
