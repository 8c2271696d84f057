"""Header fields as bytes: where a header ends, and which fields it holds.

In come the bytes of a mail or of one part; out come its fields and the place where the body begins. It accepts what
RFC 5322 §2.2 does not: a blank before the colon, lines that are no fields, an mbox "From " line, a body without an
empty line before it, no header at all. What was odd comes back as named defects. Never raises but for the limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailbridge.errors import ParseError

MAX_HEADER_BYTES = 1_000_000
"""A header larger than this is not read (the listener refuses far smaller ones)."""

MAX_FIELDS = 50_000
"""A header with more fields is not read."""

MAX_VALUE_BYTES = 262_144
"""A longer value is cut: the 800 KB encoded subject."""

_FIELD = re.compile(rb"([!-9;-~]+)([ \t]*):[ \t]*([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_BLANK_LINE = re.compile(rb"\r*\n|\r*\Z")
_PARAMETER = re.compile(rb"(?:boundary|charset|(?:file)?name|format|type|protocol|micalg|report-type|start)\*?\d*\*?=", re.IGNORECASE)
_LINE = re.compile(rb"[^\n]*+(?:\n|\Z)")
_MBOX_LINE = re.compile(rb">?From [^\n]*\n")
_MOST_MBOX_LINES = 100
_START = re.compile(rb"(?:\xef\xbb\xbf)?+(?:[ \t]*+\r?+\n){0,10000}+")
_LOOK_AHEAD = 20


@dataclass(slots=True)
class Header:
    """The fields of one header, and where the body begins.

    fields: (name in lower case, value as bytes with its folds), in order.
    body: offset of the first byte of the body.
    """

    fields: list[tuple[str, bytes]]
    body: int
    defects: list[str] = field(default_factory=list)

    def first(self, name: str) -> bytes:
        """Return the first value of a field by its lower-case name, or nothing."""
        for key, value in self.fields:
            if key == name:
                return value
        return b""


def split_header(raw: bytes, start: int = 0, end: int | None = None, *, top: bool = True) -> Header:
    """Read the fields of `raw[start:end]` and find the body.

    top: this is the header of a mail, not of a part: an mbox line or empty lines may precede it.
    Raises ParseError when the header is larger than `MAX_HEADER_BYTES`.
    """
    end = len(raw) if end is None else end
    header = Header([], start)
    pos = _skip_start(raw, start, end, header) if top else start
    first, limit = pos, pos + MAX_HEADER_BYTES
    while pos < end:
        match = _FIELD.match(raw, pos, min(end, limit + 1))
        if match:
            _take(header, match)
            pos = match.end()
        elif blank := _BLANK_LINE.match(raw, pos, end):
            pos = blank.end()
            break
        elif not _is_stray_line(raw, pos, end, header):
            if header.fields or top:
                header.defects.append("no-blank-line" if header.fields else "no-header")
            break
        else:
            pos = _take_stray_line(raw, pos, end, header)
        if len(header.fields) > MAX_FIELDS:
            raise ParseError(f"The header has more than {MAX_FIELDS} fields.")
        if pos > limit:
            raise ParseError(f"The header is larger than {MAX_HEADER_BYTES // 1000} KB.")
    header.body = pos if header.fields or pos > first else first
    return header


def _skip_start(raw: bytes, start: int, end: int, header: Header) -> int:
    pos = start
    if blank := _START.match(raw, start, end):
        pos = blank.end()
        if pos > start:
            header.defects.append("blank-before-header")
    for _ in range(_MOST_MBOX_LINES):
        mbox = _MBOX_LINE.match(raw, pos, end)
        if mbox is None:
            break
        header.defects.append("mbox-line")
        pos = mbox.end()
    return start if pos >= end else pos


def _take(header: Header, match: re.Match[bytes]) -> None:
    name, gap, value = match.groups()
    if gap:
        header.defects.append("blank-before-colon")
    if len(value) > MAX_VALUE_BYTES:
        value = value[:MAX_VALUE_BYTES]
        header.defects.append("header-cut")
    header.fields.append((name.decode("ascii").lower(), value.rstrip(b"\r")))


def _is_stray_line(raw: bytes, pos: int, end: int, header: Header) -> bool:
    """Say whether a line that is no field stands among fields: a field follows before the next empty line."""
    if not header.fields:
        return _follows_field(raw, pos, end, 1)
    if header.fields[-1][1].endswith(b";") and _PARAMETER.match(raw, pos, end):
        return True
    return _follows_field(raw, pos, end, _LOOK_AHEAD)


def _follows_field(raw: bytes, pos: int, end: int, lines: int) -> bool:
    """Look for a field that a mailer writes itself: prose such as "Note: …" is no reason to eat the body."""
    for _ in range(lines):
        line = _LINE.match(raw, pos, end)
        if line is None or line.end() >= end:
            return False
        pos = line.end()
        if (blank := _BLANK_LINE.match(raw, pos, end)) and blank.end() > pos:
            return False
        if (known := _FIELD.match(raw, pos, end)) and _looks_mechanical(known[1]):
            return True
    return False


def _looks_mechanical(name: bytes) -> bool:
    lower = name.lower()
    return b"-" in name or lower in {b"from", b"to", b"cc", b"date", b"subject", b"received", b"sender", b"references"}


def _take_stray_line(raw: bytes, pos: int, end: int, header: Header) -> int:
    line = _LINE.match(raw, pos, end)
    assert line is not None
    header.defects.append("stray-header-line")
    if header.fields and not line[0].startswith((b"From ", b">From ")):
        name, value = header.fields[-1]
        header.fields[-1] = (name, (value + b" " + line[0].strip())[:MAX_VALUE_BYTES])
    return line.end()
