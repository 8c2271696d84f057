"""Mails a second by SMTP, from the first connection until the last acknowledgement lies in the Maildir."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.corpus import Letter, letters
from tests.bench.desks import Running, running

WAYS = tuple((sessions, how) for how in ("kept", "each") for sessions in (1, 10, 50))
PATIENCE = 60
"""Seconds without anything new in the Maildir after which a measurement is given up."""


def measure(count: int, runs: int, ways: Sequence[tuple[int, str]] = WAYS) -> Iterator[dict[str, Any]]:
    """Yield one result for each way to send: so many connections, `kept` or one mail `each`; each run has a new desk."""
    corpus = list(letters(count))
    for sessions, how in ways:
        done = [_run(corpus, sessions, how) for _ in range(runs)]
        rates = [round(count / one["seconds"], 1) for one in done]
        yield {
            "what": "smtp", "sessions": sessions, "connection": how, "mails": count,
            "mails_per_s": statistics.median(rates), "all": rates,
            "accepted_per_s": round(statistics.median(count / one["accepting"] for one in done), 1),
            "cpu_ms_per_mail": round(statistics.median(one["cpu"] / count * 1000 for one in done), 2),
        }


def _run(corpus: list[Letter], sessions: int, how: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="mailbridge-bench-") as folder, running(Path(folder) / "desk") as desk:
        warming = list(letters(20, seed=2, prefix="warm"))
        _send(desk, warming, 1, "kept")
        _wait_for(desk, warming, 0)
        there, before = _acknowledged(desk), desk.cpu()
        said = _send(desk, corpus, sessions, how)
        if said["failed"]:
            raise RuntimeError(f"{said['failed']} mails were not taken: {said['why']}")
        ended = _wait_for(desk, corpus, there)
        return {"seconds": ended - said["started"], "accepting": said["ended"] - said["started"], "cpu": desk.cpu() - before}


def _send(desk: Running, corpus: list[Letter], sessions: int, how: str) -> dict[str, Any]:
    """Send from a process of its own; return what it says. The Maildir is looked at by our own clock meanwhile."""
    command = [sys.executable, "-m", "tests.bench.sender", str(desk.port), str(sessions), how]
    mails = b"".join(b"%08d" % len(one.raw) + one.raw for one in corpus)
    done = subprocess.run(command, input=mails, stdout=subprocess.PIPE, check=True, timeout=600)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _acknowledged(desk: Running) -> int:
    return sum(recipient != "agent@example.org" for recipient in desk.sent().values())


def _wait_for(desk: Running, corpus: list[Letter], there: int) -> float:
    """Wait until every opening mail is acknowledged; return when the last file came, by the monotonic clock."""
    wanted = there + sum(one.opens for one in corpus)
    seen, moved = -1, time.monotonic()
    while (now := _acknowledged(desk)) < wanted:
        if now != seen:
            seen, moved = now, time.monotonic()
        elif time.monotonic() - moved > PATIENCE:
            log = (desk.folder / "log").read_text()[-1000:]
            raise RuntimeError(f"only {now} of {wanted} acknowledgements came. The daemon says: {log}")
        time.sleep(0.02)
    newest = max((desk.folder / "var" / "outgoing" / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return time.monotonic() - max(0.0, time.time() - newest.stat().st_mtime)
