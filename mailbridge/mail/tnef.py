"""Outlook's `winmail.dat` (MS-OXTNEF): its text and its files.

In come the bytes of an application/ms-tnef part; out come the body and the files. Tolerant: checksums are not
judged, an attribute that claims more than there is ends the reading, and what was found until then counts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbridge.mail.charset import decode_bytes
from mailbridge.mail.rtf import rtf_to_text, unpack_rtf

_SIGNATURE = 0x223E9F78
_ATTACH_RENDER, _ATTACH_TITLE, _ATTACH_DATA, _ATTACH_MAPI = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_BODY, _MESSAGE_MAPI, _CODEPAGE, _MESSAGE_CLASS = 0x0002800C, 0x00069003, 0x00069007, 0x00078008
_MOST = 1000
_MOST_ATTRIBUTES = 20_000

_PR_BODY, _PR_HTML, _PR_RTF, _PR_LONG_NAME, _PR_NAME, _PR_DATA, _PR_CONTENT_ID, _PR_MIME = (
    0x1000, 0x1013, 0x1009, 0x3707, 0x3704, 0x3701, 0x3712, 0x370E)
_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8, 0x0048: 16}
_VARIABLE = frozenset({0x001E, 0x001F, 0x0102, 0x000D})


@dataclass(slots=True)
class TnefFile:
    """One file in it: name as sent (may be empty), bytes, media type (may be empty), Content-ID (may be empty)."""

    name: str = ""
    content: bytes = b""
    type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class Tnef:
    """What was found: plain text, HTML (either may be empty), files."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)


def read_tnef(data: bytes, *, with_text: bool = True) -> Tnef | None:
    """Return what is in `data`, or None when it is no TNEF.

    with_text: rich text is to be made readable, which takes long; else its text is "…".
    """
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    found = Tnef()
    codepage = "cp1252"
    rtf = b""
    for tag, value in _attributes(data):
        current = found.files[-1] if found.files else None
        if tag == _CODEPAGE and len(value) >= 4:
            codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif tag == _BODY:
            found.text = _text(value, codepage)
        elif tag == _MESSAGE_MAPI:
            rtf = _take_message(found, value, codepage) or rtf
        elif tag == _ATTACH_RENDER and len(found.files) < _MOST:
            found.files.append(TnefFile())
        elif current is not None:
            _take_file(current, tag, value, codepage)
    if rtf and not (found.text or found.html):
        found.text = rtf_to_text(unpack_rtf(rtf)) if with_text else "…"
    found.files = [file for file in found.files if file.content or file.name]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    pos = 6
    for _ in range(_MOST_ATTRIBUTES):
        if pos + 9 > len(data):
            return
        tag, length = struct.unpack_from("<II", data, pos + 1)
        if length > len(data) - pos - 9:
            yield tag, data[pos + 9:]
            return
        yield tag, data[pos + 9:pos + 9 + length]
        pos += 9 + length + 2


def _take_message(found: Tnef, value: bytes, codepage: str) -> bytes:
    rtf = b""
    for name, content in _properties(value):
        if name == _PR_BODY and not found.text:
            found.text = _mapi_text(content, codepage)
        elif name == _PR_HTML:
            found.html = decode_bytes(content[1], codepage)[0].rstrip("\0")
        elif name == _PR_RTF:
            rtf = content[1]
    return rtf


def _take_file(file: TnefFile, tag: int, value: bytes, codepage: str) -> None:
    if tag == _ATTACH_TITLE:
        file.name = file.name or _text(value, codepage)
    elif tag == _ATTACH_DATA:
        file.content = value
    elif tag == _ATTACH_MAPI:
        for name, content in _properties(value):
            if name == _PR_LONG_NAME or (name == _PR_NAME and not file.name):
                file.name = _mapi_text(content, codepage) or file.name
            elif name == _PR_CONTENT_ID:
                file.content_id = _mapi_text(content, codepage)
            elif name == _PR_MIME:
                file.type = _mapi_text(content, codepage).lower()
            elif name == _PR_DATA and not file.content:
                file.content = content[1][16:] if content[0] == 0x000D else content[1]


def _text(value: bytes, codepage: str) -> str:
    return decode_bytes(value.split(b"\0")[0], codepage)[0]


def _mapi_text(content: tuple[int, bytes], codepage: str) -> str:
    kind, value = content
    if kind == 0x001F:
        return value.decode("utf-16-le", "replace").split("\0")[0]
    return _text(value, codepage)


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Yield (property id, (type, value)); several values of one property are given one by one."""
    if len(data) < 4:
        return
    count = struct.unpack_from("<I", data)[0]
    pos = 4
    try:
        for _ in range(min(count, _MOST)):
            kind, name = struct.unpack_from("<HH", data, pos)
            pos += 4
            if name >= 0x8000:
                pos = _after_name(data, pos)
            values, pos = _values(data, pos, kind)
            for value in values:
                yield name, (kind & 0x0FFF, value)
            if pos > len(data):
                return
    except struct.error:
        return


def _after_name(data: bytes, pos: int) -> int:
    """Skip the GUID and the name or number of a named property."""
    kind, size = struct.unpack_from("<II", data, pos + 16)
    return pos + 24 + ((size + 3) // 4 * 4 if kind else 0)


def _values(data: bytes, pos: int, kind: int) -> tuple[list[bytes], int]:
    base, many = kind & 0x0FFF, kind & 0x1000
    count = 1
    if many or base in _VARIABLE:
        count = struct.unpack_from("<I", data, pos)[0]
        pos += 4
    values = []
    for _ in range(min(count, _MOST)):
        if base in _VARIABLE:
            size = struct.unpack_from("<I", data, pos)[0]
            values.append(data[pos + 4:pos + 4 + size])
            pos += 4 + (size + 3) // 4 * 4
        elif base in _FIXED:
            values.append(data[pos:pos + _FIXED[base]])
            pos += _FIXED[base]
        else:
            raise struct.error("unknown property type")
    return values, pos
