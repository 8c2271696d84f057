"""How many mails one core reads in a second, beside mail-parser alone: `python -m tests.bench.reading [FOLDER] [--mails N] [--runs N]`.

Reads the mails of `corpus.py`, or every `*.eml` of FOLDER that is no larger than `LARGEST`. Two things are measured, in turns
and on the same bytes: mail-parser with the fields read that a help desk needs, and our own reading (parse, reply, classify,
language without the extra). Only computing time counts, so another process on the same core spoils little. One JSON object
a line on stdout: each step of ours in microseconds a mail, both rates, and their ratio.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import mailparser

from mailbridge.config.kinds import load_kinds
from mailbridge.config.patterns import load_patterns
from mailbridge.config.shipped import shipped_path
from mailbridge.decide.classify import classify
from mailbridge.decide.classify_words import KindWords
from mailbridge.mail.language import language
from mailbridge.mail.parse import read_mail
from mailbridge.mail.patterns import Patterns
from mailbridge.mail.quote import written
from tests.bench.corpus import letters

LARGEST = 48_000
"""Bytes of a mail of a folder that still counts as small."""

STEPS = ("parse", "reply", "classify", "language")


@dataclass(slots=True)
class Timer:
    """The seconds of computing that each step has taken so far."""

    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, step: str, work: Callable[[], Any]) -> Any:
        """Do the work, and count what it took."""
        began = time.process_time()
        result = work()
        self.seconds[step] = self.seconds.get(step, 0.0) + time.process_time() - began
        return result


def read_by_mail_parser(raw: bytes) -> tuple[Any, ...]:
    """Read one mail by mail-parser alone, with the fields that a help desk needs."""
    mail = mailparser.parse_from_bytes(raw)
    return (mail.subject, mail.from_, mail.to, mail.date, mail.message_id, mail.headers.get("References"), mail.text_plain,
            mail.text_html, mail.attachments)


def read_by_us(raw: bytes, patterns: Patterns, words: KindWords, timer: Timer) -> None:
    """Read one mail as the desk does."""
    mail = timer.run("parse", lambda: read_mail(raw))
    said = timer.run("reply", lambda: written(mail, patterns))
    timer.run("classify", lambda: classify(mail, None, words, said.reply))
    timer.run("language", lambda: language(said.reply or mail.text))


def measure(mails: Sequence[bytes], runs: int) -> Iterator[dict[str, Any]]:
    """Yield the rates of each run, and their median in the end. The first round warms up and is not told."""
    patterns, words = load_patterns(), load_kinds(shipped_path("config", "kinds"))
    done: list[dict[str, Any]] = []
    for run in range(runs + 1):
        timer = Timer()
        for raw in mails:
            timer.run("mail-parser", partial(read_by_mail_parser, raw))
            read_by_us(raw, patterns, words, timer)
        if run:
            done.append(_told(timer, len(mails)) | {"run": run})
            yield done[-1]
    yield {name: statistics.median_low(one[name] for one in done) for name in done[0]} | {"run": "median"}


def _told(timer: Timer, count: int) -> dict[str, Any]:
    ours = sum(timer.seconds[step] for step in STEPS)
    theirs = timer.seconds["mail-parser"]
    steps = {f"{step}_us": round(timer.seconds[step] / count * 1e6) for step in STEPS}
    return {"mails": count, "mails_per_s": round(count / ours), "mail_parser_per_s": round(count / theirs),
            "ratio": round(theirs / ours, 3), **steps}


def small_mails(folder: Path, most: int) -> list[bytes]:
    """Return the first so many mails of a folder, without the large ones among them."""
    files = sorted(folder.glob("*.eml"))[:most]
    return [file.read_bytes() for file in files if file.stat().st_size < LARGEST]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print each run as it comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="of *.eml files to read instead of our own mails")
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)
    mails = small_mails(asked.folder, asked.mails) if asked.folder else [one.raw for one in letters(asked.mails)]
    if not mails:
        parser.error(f"there is no small mail in {asked.folder}")
    for told in measure(mails, asked.runs):
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
