"""Whose mail an agent forwards: read from the header block that his mail program writes above it, or from the attached mail.

In come a read mail and the words that programs write (`config/patterns/`); out comes an `Original`. Whether its senders are
ours or agents is not known here. Never raises; what is not certain is said to be so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbridge.errors import ParseError
from mailbridge.mail.introduction import BLOCK, divider, is_header_block, label_of
from mailbridge.mail.message import Address, Mail, Written
from mailbridge.mail.parse import read_mail
from mailbridge.mail.patterns import Patterns
from mailbridge.mail.subject import read_subject

MOST_ATTACHED = 5
MOST_LINES = 400
_ANGLE = re.compile(
    r"(?:[<\[(]\s*(?:mailto:)?)?([^\s<>\[\]()\"',;:]+@[^\s<>\[\]()\"',;:]+\.[^\s<>\[\]()\"',;:]+)", re.IGNORECASE
)
_AROUND_NAME = " \t\"'“”„«»*_<[(\xa0"
_INTRODUCED = re.compile(r"\d[\d.,:/ г-]{7,24}[,\s]\s*([^<>\d]{0,80})<[^<>\s]+@[^<>\s]+>\s*[:：]?")
_ENDS = re.compile(r"-{4,} ?[^-]{3,50} ?-{4,}")
_QUOTE = re.compile(r"^\s*> ?")
_BEHALF = re.compile(r"\b(?:on behalf of|im auftrag von|от имени|w imieniu|de la part de)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Original:
    """The mail inside a forward. senders: From of each mail in it, the outermost first; clear: there is no doubt about the first.

    subject: without the prefix; text: what the original sender wrote, as far as it can be told; note: what the forwarder
    put above it. message_id: of an attached mail, else empty.
    """

    senders: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    note: str = ""
    message_id: str = ""
    clear: bool = False


def is_forward(mail: Mail, written: Written) -> bool:
    """Say whether somebody sends on another's mail: a prefix of the subject, a line that divides, or nothing but an attached mail."""
    return written.forwarded or read_subject(mail.subject).forward or bool(mail.attached)


def find_original(mail: Mail, written: Written, patterns: Patterns) -> Original | None:
    """Return what a forward holds, or None when the mail is none. An attached mail is believed before any text."""
    if not is_forward(mail, written):
        return None
    if mail.attached:
        return _attached(mail, written)
    whole = mail.text.split("\n")
    starts = _starts(whole, patterns)
    if starts and whole[starts[0]].lstrip().startswith(">"):  # Apple Mail quotes what it forwards
        whole = [_QUOTE.sub("", line) for line in whole]
        starts = _starts(whole, patterns)
    lines = whole[:MOST_LINES]
    begun = _begun(lines, patterns)
    if begun is not None and begun not in starts:
        return _introduced(mail, whole, begun, patterns)
    if not starts:
        return Original(subject=_subject_of(mail.subject), text=mail.text)
    senders = [_sender(lines, at, patterns) for at in starts[:MOST_ATTACHED]]
    subject, after = _subject(lines, starts[0], patterns)
    named = _subject_of(subject or mail.subject)
    return Original(
        senders=tuple(person for person, _ in senders),
        subject=named,
        text="\n".join(whole[after:]).strip("\n"),
        note=_above(lines, starts[0], patterns),
        clear=senders[0][1],
    )


def _attached(mail: Mail, written: Written) -> Original:
    inner = []
    for raw in mail.attached[:MOST_ATTACHED]:
        try:
            inner.append(read_mail(raw))
        except ParseError:
            return Original(subject=_subject_of(mail.subject), text=mail.text)
    first = inner[0]
    people = {one.author.address.lower() for one in inner}
    clear = len(people) == 1 and len(first.from_) == 1 and "@" in first.author.address
    return Original(
        tuple(one.author for one in inner),
        _subject_of(first.subject or mail.subject),
        first.text,
        written.reply,
        first.message_id,
        clear and len(mail.attached) <= MOST_ATTACHED,
    )


def _begun(lines: Sequence[str], patterns: Patterns) -> int | None:
    """Return the first line with words under a line that says "Forwarded message", or None without such a line."""
    said = next((at for at, line in enumerate(lines) if divider(line, patterns) == "forwarded"), None)
    if said is None:
        return None
    return next((at for at in range(said + 1, len(lines)) if lines[at].strip()), None)


def _introduced(mail: Mail, whole: Sequence[str], at: int, patterns: Patterns) -> Original:
    """Read a forward with one line in place of a header block (Yandex): `23.11.2026, 09:00, "Emma" <emma@example.com>:`.

    A block that stands further down is part of what was forwarded, so anything else is not certain.
    """
    line = whole[at].strip()
    found = list(dict.fromkeys(match[1].lower() for match in _ANGLE.finditer(line)))
    if len(found) != 1 or not _INTRODUCED.fullmatch(line):
        return Original(subject=_subject_of(mail.subject), text=mail.text)
    name = _INTRODUCED.fullmatch(line)[1].strip(_AROUND_NAME)  # type: ignore[index]
    text = [one for one in whole[at + 1 :] if not _ENDS.fullmatch(one.strip())]
    return Original(
        senders=(Address("" if "@" in name else name, found[0]),),
        subject=_subject_of(mail.subject),
        text="\n".join(text).strip("\n"),
        note=_above(whole, at, patterns),
        clear=True,
    )


def _starts(lines: Sequence[str], patterns: Patterns) -> list[int]:
    return [at for at in range(min(len(lines), MOST_LINES)) if _begins_block(lines, at, patterns)]


def _begins_block(lines: Sequence[str], at: int, patterns: Patterns) -> bool:
    """Say whether a block of header lines begins here: From first (Outlook, Gmail, Apple), or Subject first (Thunderbird)."""
    if not label_of(lines[at], patterns):
        return False
    above = next((line for line in reversed(lines[:at]) if line.strip()), "")
    if label_of(above, patterns) and lines[at - 1].strip():
        return False
    return any(label_of(line, patterns) == "from" for line in _block(lines, at, patterns)) and is_header_block(
        lines, at, patterns, bool(divider(above, patterns))
    )


def _block(lines: Sequence[str], at: int, patterns: Patterns) -> Sequence[str]:
    """The lines of a block: to the last label before an empty line, and the lines that its list of people goes on with.

    From HTML the text may follow without an empty line, so not every line up to the next empty one is of the block.
    """
    end = at
    for place in range(at, min(len(lines), at + BLOCK)):
        if not lines[place].strip():
            break
        if label_of(lines[place], patterns) or lines[place - 1].rstrip().endswith((",", ";")):
            end = place
    return lines[at : end + 1]


def _sender(lines: Sequence[str], at: int, patterns: Patterns) -> tuple[Address, bool]:
    """Return From of a block, and whether there is no doubt: one address, on the line of the label or the next."""
    block = _block(lines, at, patterns)
    for place, line in enumerate(block):
        if label_of(line, patterns) != "from":
            continue
        value = _value(line)
        if "@" not in value and place + 1 < len(block) and not label_of(block[place + 1], patterns):
            value = f"{value} {block[place + 1].strip()}"
        found = list(dict.fromkeys(match[1].lower() for match in _ANGLE.finditer(value)))
        if not found:
            return Address(value.strip(_AROUND_NAME), ""), False
        name = value[: _ANGLE.search(value).start()].strip(_AROUND_NAME)  # type: ignore[union-attr]
        return Address("" if "@" in name else name, found[0]), len(found) == 1 and not _BEHALF.search(value)
    return Address("", ""), False


def _subject(lines: Sequence[str], at: int, patterns: Patterns) -> tuple[str, int]:
    """Return Subject of a block, and the line behind it."""
    block = _block(lines, at, patterns)
    found = next((_value(line) for line in block if label_of(line, patterns) == "subject"), "")
    return found, at + len(block)


def _value(line: str) -> str:
    return line.replace("：", ":").partition(":")[2].strip(" \t*|\xa0\u200e\u200f")


def _above(lines: Sequence[str], at: int, patterns: Patterns) -> str:
    """What the forwarder wrote himself, without the line that divides."""
    own = [line for line in lines[:at] if not divider(line, patterns)]
    return "\n".join(own).strip("\n >")


def _subject_of(subject: str) -> str:
    """Take the prefixes of forwarding off a subject, and keep its letters as they are."""
    base = read_subject(subject).base
    return (
        subject[len(subject) - len(base) :].strip() if base and subject.casefold().endswith(base) else subject.strip()
    )
