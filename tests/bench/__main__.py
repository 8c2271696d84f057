"""Prints what the desk does in a second, and how that changes as it grows: `python -m tests.bench [speed|growth] [--mails N] [--runs N]`.

One JSON object a line on stdout, a table for people on stderr. Sender, daemon and disk share the machine, so only figures
of one run can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from tests.bench import growth, speed


def main() -> None:
    """Measure what is asked for, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("speed", "growth", "all"), default="all")
    parser.add_argument("--mails", type=int, default=1000, help="mails of each measurement by SMTP")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the median is told")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(growth.SIZES), help="tickets at which the cost is measured")
    asked = parser.parse_args()
    if asked.what in ("speed", "all"):
        show(speed.measure(asked.mails, asked.runs), ("sessions", "connection", "mails_per_s", "accepted_per_s", "cpu_ms_per_mail"))
    if asked.what in ("growth", "all"):
        show(growth.measure(asked.sizes), ("tickets", "bridge_cpu_ms", "send_cpu_ms", "cpu_ms_per_mail", "growth", "wall_ms_per_mail"))


def show(results: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Print each result as it comes, and the table in the end."""
    done = []
    for one in results:
        done.append(one)
        sys.stdout.write(json.dumps(one | {"load": round(os.getloadavg()[0], 1)}) + "\n")
        sys.stdout.flush()
    rows = [columns, *([str(one.get(name, "")) for name in columns] for one in done)]
    for row in rows:
        sys.stderr.write("  ".join(f"{value:>16}" for value in row) + "\n")


if __name__ == "__main__":
    main()
