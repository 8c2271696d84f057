"""A reader whose parser has the fault that the mail names in `X-Fault`, else none: `python -m tests.crash.hostile_reader`.

The faults are real ones: the loop turns, the memory is asked for, the process gets the signal.
"""

import contextlib
import os
import re
import signal
import sys
import time
from pathlib import Path

from mailbridge import reader
from mailbridge.reading import read

FAULT = re.compile(rb"^X-Fault: ([a-z-]+) ?(\S*)", re.MULTILINE)


def loop(_place):
    while True:
        pass


def loop_that_swallows_every_exception(_place):
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0)


def regular_expression(_place):
    re.match(r"(a+)+$", "a" * 60 + "b")


def one_large_piece(_place):
    bytearray(2_000_000_000)


def many_small_pieces(_place):
    kept = []
    while True:
        kept.append(str(len(kept)) * 50)


def large_answer(_place):
    raise ValueError("x" * 900_000_000)


def crash(_place):
    os.kill(os.getpid(), signal.SIGSEGV)


def crash_once(place):
    """Crash, but not when it is tried again."""
    if not Path(place).exists():
        Path(place).touch()
        os.kill(os.getpid(), signal.SIGSEGV)


def stop(_place):
    """Hold still, as a process that is swapped out for good."""
    os.kill(os.getpid(), signal.SIGSTOP)


def leave(_place):
    sys.exit(7)


def deep(_place):
    def down():
        down()

    down()


def keep(_place, kept=[]):  # noqa: B006 - a leak
    kept.append(bytearray(80_000_000))


def say(_place):
    sys.stdout.write("a library that talks\n" * 1000)
    sys.stdout.flush()


FAULTS = {
    function.__name__.replace("_", "-"): function
    for function in (
        loop, loop_that_swallows_every_exception, regular_expression, one_large_piece, many_small_pieces, large_answer, crash,
        crash_once, stop, leave, deep, keep, say,
    )
}


def read_hostile(raw, envelope, reading):
    """Do what the mail asks for, then read it."""
    found = FAULT.search(raw)
    if found:
        FAULTS[found[1].decode()](found[2].decode())
    return read(raw, envelope, reading)


if __name__ == "__main__":
    reader.main(read_hostile)
