"""A seeded mutator over mails: whatever comes out of it must be read, quickly, and lose nothing.

    python -m tests.torture.fuzz_mail 200000 [--seed 1] [--folder FOLDER_OF_MAILS] [--seconds 2.0]

The seeds are the mails of tests/mails and, if given, every file of FOLDER. A mail that breaks the reading is written down
with the seed that made it (into OUT; tests/mails/fuzz/ by itself only when no foreign mail had a part in it); exit 1 then.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mailbridge.errors import ParseError
from mailbridge.mail.enclosed import all_attachments, whole_text
from mailbridge.mail.html import safe_html
from mailbridge.mail.message import Mail
from mailbridge.mail.parse import read_envelope, read_mail

MAILS = Path(__file__).parent.parent / "mails"
LARGEST = 2_000_000
PIECES = (
    b"\r\n", b"\n", b"\r", b"\0", b"--", b"\r\n--", b"=?", b"?=", b"=?utf-8?B?", b"=?koi8-r?Q?", b"<", b">", b'"', b"(", b")", b":",
    b";", b",", b"@", b"\xff", b"\xd0", b"\xe2\x80\xae", b"\x1b$B", b"=", b"==", b"=\r\n", b" ", b"\t", b"<div>", b"<!--", b"</",
    b"&#x", b"boundary=", b"charset=utf-7", b"Subject: ", b"From: a@b\r\n", b"begin 644 x\r\n", b"filename*0*=utf-8''%",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"\x78\x9f\x3e\x22",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: text/html; charset=utf-16\r\n",
)
HINTS = ((), ("cp1257", "cp1251"), ("koi8-r",), ("no-such-charset", "utf-7", "gb18030"))


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


def read_all(raw: bytes, hints: tuple[str, ...] = ()) -> Mail:
    """Read `raw` in every way there is, and check what always holds. ParseError is allowed; nothing else is raised."""
    try:
        mail = read_mail(raw, hints)
    except ParseError:
        mail = read_envelope(raw)
    assert mail.sha256 == hashlib.sha256(raw).hexdigest()
    assert mail.size == len(raw)
    envelope = read_envelope(raw)
    assert envelope.sha256 == mail.sha256
    for text in strings(mail):
        text.encode("utf-8")
        assert "\0" not in text
    assert all(attachment.name and not set("/\\\n\r") & set(attachment.name) for attachment in mail.attachments)
    whole_text(mail, hints)
    all_attachments(mail, hints)
    if mail.html:
        assert "<script" not in safe_html(mail.html).lower()
    return mail


def strings(mail: Mail) -> Iterator[str]:
    """Every text of a mail that is stored in a database."""
    yield from (mail.message_id, mail.subject, mail.text, mail.html, mail.media_type, mail.thread_index, mail.content_key)
    yield from (*mail.in_reply_to, *mail.references, *mail.delivered_to, *mail.defects)
    for address in (*mail.from_, *mail.to, *mail.cc, *mail.reply_to):
        yield from (address.name, address.address)
    for name, value in (*mail.headers, *mail.returned, *(field for group in mail.report for field in group)):
        yield from (name, value)
    for attachment in mail.attachments:
        yield from (attachment.name, attachment.type, attachment.true_type, attachment.content_id)


def main() -> int:
    """Run the mutator from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path, help="folder for the mails that failed")
    parser.add_argument("--seconds", type=float, default=2.0, help="longest time that one mail may take")
    arguments = parser.parse_args()
    mails = seeds(arguments.folder)
    out = arguments.out or (Path(tempfile.mkdtemp()) if arguments.folder else MAILS / "fuzz")
    failures, slowest = 0, 0.0
    for number in range(arguments.count):
        rng = random.Random(f"{arguments.seed}:{number}")
        raw = mutated(rng, mails)
        started = time.perf_counter()
        try:
            read_all(raw, rng.choice(HINTS))
        except Exception as error:
            failures += 1
            report(out, raw, arguments.seed, number, repr(error)[:300])
        took = time.perf_counter() - started
        slowest = max(slowest, took)
        if took > arguments.seconds:
            failures += 1
            report(out, raw, arguments.seed, number, f"took {took:.1f} s")
    sys.stderr.write(f"{arguments.count} mails, {failures} failures, slowest {slowest:.2f} s\n")
    return 1 if failures else 0


def report(out: Path, raw: bytes, seed: int, number: int, what: str) -> None:
    """Write the mail down and say what it did."""
    path = out / f"seed-{seed}-{number}.eml"
    out.mkdir(exist_ok=True)
    path.write_bytes(raw)
    sys.stderr.write(f"{path}: {what}\n")


if __name__ == "__main__":
    sys.exit(main())
