"""A seeded mutator over mails: whatever comes out of it must be read, quickly, and lose nothing.

The seeds are the mails of tests/mails and, if given, every file of a folder. Mail number N of seed S is always the same as long as
the seeds are. A mail that breaks the reading is written down under the number that made it, and its fault is told.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.torture.everything import Everything, check_nothing_is_lost

MAILS = Path(__file__).parent.parent / "mails"
LARGEST = 2_000_000
SECONDS = 2.0
PIECES = (
    b"\r\n", b"\n", b"\r", b"\0", b"--", b"\r\n--", b"=?", b"?=", b"=?utf-8?B?", b"=?koi8-r?Q?", b"<", b">", b'"', b"(", b")", b":",
    b";", b",", b"@", b"\xff", b"\xd0", b"\xe2\x80\xae", b"\x1b$B", b"\x1b(I", b"=", b"==", b"=\r\n", b" ", b"\t", b"<div>", b"<!--", b"</",
    b"&#x", b"boundary=", b"charset=utf-7", b"Subject: ", b"From: a@b\r\n", b"begin 644 x\r\n", b"filename*0*=utf-8''%",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"\x78\x9f\x3e\x22",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: text/html; charset=utf-16\r\n", b"\r\n> ", b"\r\n-- \r\n",
    b"\r\nOn Mon, 2 Nov 2026 at 10:00, Ona <ona@example.org> wrote:\r\n", b"\r\n-----Original Message-----\r\nFrom: ",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n", b"Final-Recipient: rfc822; ",
    b"Content-Type: text/plain; format=flowed; delsp=yes\r\n", b"<blockquote type=cite>", b"<div class=gmail_quote>", b"\xe2\x80\xa8",
    b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"{\\rtf1\\ansicpg1251 ", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n",
    b"Authentication-Results: mx; dmarc=pass header.from=", b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; h=from; b=AA; bh=AA\r\n",
)
HINTS: tuple[tuple[str, ...], ...] = ((), ("cp1257", "cp1251"), ("koi8-r",), ("no-such-charset", "utf-7", "gb18030"))


@dataclass(slots=True)
class Share:
    """What came of some of the mails.

    refused: went over a limit, with their heads read. faults: (number, what was wrong). slowest: (seconds, number).
    memory_mb: the most that the process held.
    """

    mails: int = 0
    refused: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)
    memory_mb: int = 0

    def add(self, other: Share) -> None:
        """Take what came of other mails in."""
        self.mails += other.mails
        self.refused += other.refused
        self.faults += other.faults
        self.slowest = max(self.slowest, other.slowest)
        self.memory_mb = max(self.memory_mb, other.memory_mb)


def seeds(folder: Path | None) -> list[bytes]:
    """Return the mails to start from, smallest first."""
    paths = [path for path in MAILS.rglob("*.eml") if path.is_file()]
    if folder is not None:
        paths += [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"]
    return sorted((path.read_bytes() for path in paths if path.stat().st_size <= LARGEST), key=lambda raw: (len(raw), raw))


def mutated(rng: random.Random, mails: list[bytes]) -> bytes:
    """Return one mail with one to eight wounds."""
    raw = bytearray(rng.choice(mails))
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8))):
        wound(rng, raw, mails)
    return bytes(raw[:LARGEST])


def wound(rng: random.Random, raw: bytearray, mails: list[bytes]) -> None:
    """Change one place of `raw`: octets, pieces of syntax, lines, whole stretches."""
    at = rng.randrange(len(raw) + 1)
    near = min(len(raw), at + rng.choice((1, 2, 8, 60, 400)))
    kind = rng.randrange(8)
    if kind == 0:
        raw[at:near] = b""
    elif kind == 1:
        raw[at:at] = rng.choice(PIECES)
    elif kind == 2:
        raw[at:near] = rng.randbytes(near - at)
    elif kind == 3:
        raw[at:at] = raw[at:near] * rng.choice((1, 2, 30))
    elif kind == 4:
        other = rng.choice(mails)
        start = rng.randrange(len(other) + 1)
        raw[at:at] = other[start:start + rng.choice((20, 200, 2000))]
    elif kind == 5:
        raw[at:] = b""
    elif kind == 6:
        lines = raw.split(b"\n")
        rng.shuffle(lines) if rng.random() < 0.1 else lines.insert(rng.randrange(len(lines) + 1), lines[rng.randrange(len(lines))])
        raw[:] = b"\n".join(lines)
    elif at < len(raw):
        raw[at] ^= 1 << rng.randrange(8)


@cache
def _at_hand(folder: Path | None) -> tuple[Everything, list[bytes]]:
    """What one process needs for all its mails."""
    return Everything(), seeds(folder)


def run(seed: int, numbers: Iterable[int], folder: Path | None, out: Path) -> Share:
    """Read the mails of these numbers; those with a fault are written into the folder `out`."""
    everything, mails = _at_hand(folder)
    share = Share()
    for number in numbers:
        rng = random.Random(f"{seed}:{number}")
        raw = mutated(rng, mails)
        began = time.process_time()
        fault = _fault_of(everything, raw, rng, share)
        took = time.process_time() - began
        share.mails += 1
        share.slowest = max(share.slowest, (round(took, 3), number))
        if not fault and took > SECONDS:
            fault = f"took {took:.1f} s"
        if fault:
            share.faults.append((number, fault))
            out.mkdir(exist_ok=True, parents=True)
            (out / f"seed-{seed}-{number}.eml").write_bytes(raw)
    share.memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    return share


def _fault_of(everything: Everything, raw: bytes, rng: random.Random, share: Share) -> str:
    """Read one mail in every way; return what was wrong, or an empty string."""
    try:
        share.refused += not everything.check(raw, rng.choice(HINTS))
        if rng.random() < 0.125:
            check_nothing_is_lost(rng, raw)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return ""
