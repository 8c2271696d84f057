"""Opaque S/MIME (RFC 8551 §3.5): the mail inside a signed envelope, without judging the signature.

In come the bytes of an application/pkcs7-mime part; out come the bytes that were signed, or None when the part is
encrypted, compressed, or no CMS at all. A small reader of BER that never leaves its input.
"""

from __future__ import annotations

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_MOST_PIECES = 100_000


def signed_content(data: bytes) -> bytes | None:
    """Return the signed bytes of a CMS SignedData (RFC 5652 §5.1), or None."""
    try:
        place = data.index(b"\x06\x09" + _SIGNED_DATA, 0, 64)
        place = data.index(b"\x06\x09" + _DATA, place, place + 400) + 11
        tag, start, end = _element(data, place)
        if tag != 0xA0:
            return None
        return _octets(data, start, end)
    except (ValueError, IndexError):
        return None


def _element(data: bytes, pos: int) -> tuple[int, int, int]:
    """Return (tag, start, end) of the element at `pos`; end is -1 for an indefinite length."""
    tag, length = data[pos], data[pos + 1]
    pos += 2
    if length == 0x80:
        return tag, pos, -1
    if length > 0x80:
        count = length & 0x7F
        if count > 8:
            raise ValueError("length")
        length = int.from_bytes(data[pos:pos + count], "big")
        pos += count
    return tag, pos, min(pos + length, len(data))


def _octets(data: bytes, pos: int, end: int) -> bytes | None:
    """Join the octet strings from `pos` on; a constructed one holds others (streaming writers)."""
    out = bytearray()
    for _ in range(_MOST_PIECES):
        if pos >= len(data) or (end >= 0 and pos >= end) or data[pos:pos + 2] == b"\0\0":
            break
        tag, start, stop = _element(data, pos)
        if tag == 0x04:
            if stop < 0:
                return None
            out += data[start:stop]
            pos = stop
        elif tag == 0x24:
            pos = start
            end = stop if stop >= 0 else end
        else:
            break
    return bytes(out) or None
