"""Transfer encodings (RFC 2045 §6) and files hidden in plain text (uuencode), undone as far as they can be.

In come the bytes of a body as sent, out come the bytes that were meant. Never raises.
"""

from __future__ import annotations

import binascii
import re

UNDECODABLE = "undecodable"
"""The defect of a body that is not at all in the encoding it names; it is given back as it came."""

_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}|(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,3}={1,2}|(?:[A-Za-z0-9+/]{4}){4,}")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_BASE64_AND_LINE_ENDS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,250})\r?\n", re.MULTILINE)
_AFTER_PADDING = re.compile(rb"=[ \t]+[^\s=][^\r\n]*")
_MOST_FILES = 100
_MOST_LINES = 400_000
_LONGEST_TAIL = 64_000
_MOST_PIECES = 10_000


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Return (decoded bytes, defect or empty) for a body sent in `encoding`, whose comments and case do not matter."""
    name = encoding.strip().lower().partition(";")[0].partition("(")[0].strip().strip("\"'").rstrip(".,")
    if name in {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "identity", "7bits", "8bits"}:
        return data, ""
    if name in {"base64", "b", "base-64", "base64encoded"}:
        return _base64(data)
    if name in {"quoted-printable", "q", "quoted/printable", "quoted_printable", "quotedprintable", "qp"}:
        return binascii.a2b_qp(data), ""
    if name in {"x-uuencode", "uuencode", "uue", "x-uue", "x-uu"}:
        files = uuencoded_files(data)
        return (files[0][1], "") if files else (data, UNDECODABLE)
    return data, "unknown-transfer-encoding"


def _base64(data: bytes) -> tuple[bytes, str]:
    """Decode base64 with missing or wrong padding, or several padded pieces one after another.

    A body that is plain text under a base64 label (a footer pasted by a list, a lazy script) is given back as it is.
    """
    if b"= " in data:
        data = _AFTER_PADDING.sub(b"=", data)
    letters = data.translate(None, _NOT_BASE64)
    if not letters:
        return (data.strip(), UNDECODABLE) if data.strip() else (b"", "")
    strange = len(data) - len(letters) - data.count(b"\n") - data.count(b"\r") - data.count(b" ") - data.count(b"\t")
    spaces = data.count(b" ")
    if strange or spaces * 12 > len(data):
        mixed = _base64_with_tail(data)
        if mixed or strange * 20 > len(data) or (spaces * 12 > len(data) and len(letters) < 20_000):
            return mixed or (data, UNDECODABLE)
    defect = "broken-base64" if strange or (len(letters) % 4 and not letters.endswith(b"=")) else ""
    return _decoded(letters), defect


def _decoded(letters: bytes) -> bytes:
    """Decode base64 letters; padding in the midst means that several pieces follow one another."""
    if b"=" not in letters.rstrip(b"="):
        return _padded(letters)
    if letters.count(b"=") > _MOST_PIECES:
        return _padded(letters.replace(b"=", b""))
    return b"".join(_padded(piece) for piece in letters.replace(b"==", b"=").split(b"="))


def _padded(piece: bytes) -> bytes:
    bare = piece.rstrip(b"=")
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def _base64_with_tail(data: bytes) -> tuple[bytes, str] | None:
    """Base64 lines followed by plain text that somebody appended on the way: both are read."""
    begin = data.find(b"\n", len(data) - _LONGEST_TAIL) + 1 if len(data) > _LONGEST_TAIL else 0
    if data[:begin].translate(None, _BASE64_AND_LINE_ENDS):
        return None
    lines = data[begin:].splitlines(keepends=True)
    count = 0
    for line in lines:
        if not _BASE64_LINE.fullmatch(line.strip()):
            break
        count += 1
    if not (begin or count) or any(_BASE64_LINE.fullmatch(line.strip()) for line in lines[count:]):
        return None
    letters = (data[:begin] + b"".join(lines[:count])).translate(None, _NOT_BASE64)
    return _decoded(letters) + b"\n" + b"".join(lines[count:]), "broken-base64"


def uuencoded_files(data: bytes) -> list[tuple[str, bytes, int, int]]:
    """Return (name, content, start, end) for each file that plain text carries uuencoded ("begin 644 scan.pdf")."""
    found: list[tuple[str, bytes, int, int]] = []
    pos = 0
    for _ in range(_MOST_FILES):
        match = _UU_BEGIN.search(data, pos)
        if match is None:
            break
        content, end, whole = _uu_lines(data, match.end())
        pos = end
        if whole:
            found.append((match[1].decode("utf-8", "replace").strip(), content, match.start(), end))
    return found


def _uu_lines(data: bytes, pos: int) -> tuple[bytes, int, bool]:
    out = bytearray()
    for _ in range(_MOST_LINES):
        if pos >= len(data):
            return bytes(out), len(data), bool(out)
        stop = data.find(b"\n", pos)
        stop = len(data) if stop < 0 else stop
        line = data[pos:stop].rstrip(b"\r")
        pos = stop + 1
        if line.strip() in {b"end", b"===="}:
            return bytes(out), min(pos, len(data)), bool(out)
        if not line.strip() or line.strip() == b"`":
            continue
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:length])
            except binascii.Error:
                return bytes(out), pos, False
    return bytes(out), pos, False
