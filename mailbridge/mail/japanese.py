"""iso-2022-jp as mail programs on Windows write it: with the signs of NEC and IBM that the standard leaves out.

In come the bytes, out comes the text, or None when they are no such text. Python's own codecs refuse the row that
holds ①, ㈱ and №, which Japanese offices use in every second subject.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI])")


def decode_iso2022_windows(data: bytes) -> str | None:
    """Return the text, reading two-byte characters through windows-31j (cp932)."""
    if not data.isascii():
        return None
    pieces = _ESCAPE.split(data)
    out = [pieces[0].decode("ascii")]
    for mode, content in zip(pieces[1::2], pieces[2::2], strict=True):
        if mode.startswith(b"$"):
            out.append(_shifted(content).decode("cp932", "replace"))
        elif mode == b"(I":
            out.append(bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in content).decode("cp932", "replace"))
        else:
            out.append(content.decode("ascii"))
    text = "".join(out)
    return None if text.count("\ufffd") * 10 > len(text) else text


def _shifted(content: bytes) -> bytes:
    """Turn pairs of JIS X 0208 into Shift_JIS; line ends inside them stay."""
    out = bytearray()
    pos = 0
    while pos < len(content):
        first = content[pos]
        second = content[pos + 1] if pos + 1 < len(content) else 0
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            out.append(first)
            pos += 1
            continue
        lead = ((first - 0x21) >> 1) + 0x81
        out.append(lead + 0x40 if lead > 0x9F else lead)
        out.append(second + (0x1F + (second >= 0x60) if first % 2 else 0x7E))
        pos += 2
    return bytes(out)
