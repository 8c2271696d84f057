"""Mutated and hostile mails, read in every way that there is: `python -m tests.torture [--mails N] [--seed S] [--folder FOLDER]`.

First the mutator (`fuzz_mail.py`) over the mails of tests/mails and, if given, every file of FOLDER; then the hostile shapes
(`hostile.py`; `--mails 0` for these alone, `--shapes WORD` for those with the word in their name, `--shapes ""` for none). Progress
goes to stderr, one JSON object a line to stdout; exit 1 on any fault. A mail that broke something is written into OUT: by itself
tests/mails/fuzz/, or a new folder when foreign mail had a part in it.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.torture.fuzz_mail import MAILS, Share, run
from tests.torture.hostile import measure
from tests.torture.shapes import SHAPES

MAILS_WANTED = 200_000
CHUNK = 500


def fuzz(arguments: argparse.Namespace, out: Path) -> Share:
    """Read so many mutated mails, with progress."""
    total = Share()
    starts = range(arguments.first, arguments.first + arguments.mails, CHUNK)
    end = arguments.first + arguments.mails
    with ProcessPoolExecutor(arguments.workers, multiprocessing.get_context("spawn")) as pool:
        shares = [pool.submit(run, arguments.seed, range(start, min(start + CHUNK, end)), arguments.folder, out) for start in starts]
        for number, share in enumerate(as_completed(shares), 1):
            total.add(share.result())
            if number % 10 == 0 or number == len(shares):
                _tell(f"{total.mails} of {arguments.mails} mails, {len(total.faults)} faults, slowest {total.slowest[0]:.2f} s")
            for mail, fault in share.result().faults:
                _tell(f"{out}/seed-{arguments.seed}-{mail}.eml: {fault}")
    return total


def fuzzed(arguments: argparse.Namespace, out: Path) -> dict[str, Any]:
    """Run the mutator and return what came of it, for the eyes of a script."""
    total = fuzz(arguments, out)
    faults = [{"mail": f"{arguments.seed}:{mail}", "what": fault} for mail, fault in sorted(total.faults)]
    return {"torture": "fuzz", "mails": total.mails, "refused": total.refused, "faults": faults,
            "slowest": f"{arguments.seed}:{total.slowest[1]}", "seconds": total.slowest[0], "memory_mb": total.memory_mb}


def hostile(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield what each hostile shape took, and the worst figures at the end."""
    names = [] if arguments.shapes == "" else [name for name in SHAPES if (arguments.shapes or "") in name]
    done = []
    for number, one in enumerate(measure(names, arguments.workers), 1):
        done.append(one)
        _tell(f"{number} of {len(names)} shapes: {one.seconds:5.2f} s {one.memory_mb:4} MB {one.outcome:8}{one.shape} {one.fault}")
        yield {"torture": "hostile", **asdict(one)}
    if done:
        slowest, largest = max(done, key=lambda one: one.seconds), max(done, key=lambda one: one.memory_mb)
        yield {"torture": "hostile", "shapes": len(done), "faults": [one.shape for one in done if one.fault],
               "slowest": slowest.shape, "seconds": slowest.seconds, "largest": largest.shape, "memory_mb": largest.memory_mb}


def _tell(what: str) -> None:
    sys.stderr.write(what + "\n")


def _print(answer: dict[str, Any]) -> bool:
    """Print one answer; say whether it names a fault."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return bool(answer.get("fault") or answer.get("faults"))


def main(words: Sequence[str] | None = None) -> int:
    """Run all, and return the exit code."""
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # as the commands do
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=MAILS_WANTED, help="how many mutated mails (200000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutated mail, to do one again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="more mails to begin from")
    parser.add_argument("--out", type=Path, help="folder for the mails that broke something")
    parser.add_argument("--shapes", help="only hostile shapes with this word in their name")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    arguments = parser.parse_args(words)
    out = arguments.out or (Path(tempfile.gettempdir()) / "torture" if arguments.folder else MAILS / "fuzz")
    faults = _print(fuzzed(arguments, out)) if arguments.mails else False
    for answer in hostile(arguments):
        faults = _print(answer) or faults
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
