"""Rich text (RTF) to plain text, as far as a mail needs it: Outlook's compressed bodies and text/rtf parts.

Never raises; what cannot be read is left out.
"""

from __future__ import annotations

import re
import struct

_DICTIONARY = (b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
               b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_LARGEST = 4_000_000
_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_SILENT = frozenset({"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "colorschememapping", "listtable", "generator",
                     "latentstyles", "datastore", "rsidtbl", "listoverridetable", "xmlnstbl", "header", "footer"})
_SPEAKING = {"par": "\n", "line": "\n", "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
             "bullet": "•", "row": "\n", "cell": "\t"}


def unpack_rtf(data: bytes) -> bytes:
    """Return the RTF in Outlook's compressed form (MS-OXRTFCP), or what could be unpacked of it."""
    if len(data) < 16:
        return b""
    _, size, kind = struct.unpack_from("<III", data)
    if kind == _PLAIN:
        return data[16:16 + size]
    if kind != _COMPRESSED:
        return data if data.startswith(b"{\\rtf") else b""
    return _inflated(data, min(size, _LARGEST))


def _inflated(data: bytes, size: int) -> bytes:
    out = bytearray(_DICTIONARY)
    start, pos = len(out), 16
    while pos < len(data) and len(out) - start < size:
        flags = data[pos]
        pos += 1
        for bit in range(8):
            if pos >= len(data) or len(out) - start >= size:
                break
            if not flags >> bit & 1:
                out.append(data[pos])
                pos += 1
                continue
            if pos + 1 >= len(data):
                return bytes(out[start:])
            word = data[pos] << 8 | data[pos + 1]
            pos += 2
            offset, length = word >> 4, (word & 15) + 2
            if not _copy(out, offset, length):
                return bytes(out[start:])
    return bytes(out[start:])


def _copy(out: bytearray, offset: int, length: int) -> bool:
    """Copy from the ring of the last 4096 bytes; say no at the end mark or where nothing was written yet."""
    back = (len(out) - offset) % 4096
    if back == 0 or back > len(out):
        return False
    for _ in range(length):
        out.append(out[-back])
    return True


def rtf_to_text(rtf: bytes) -> str:
    """Return the text of RTF; of RTF that carries HTML (`\\\\fromhtml`), the text between the tags."""
    source = rtf[:_LARGEST].decode("latin-1")
    page = re.search(r"\\ansicpg(\d+)", source[:500])
    codec = f"cp{page[1]}" if page else "cp1252"
    out: list[str] = []
    silent: list[bool] = [False]
    pending = bytearray()
    skip = 0
    for match in _TOKEN.finditer(source):
        word, number, octet, symbol, brace, text = match.groups()
        if octet and not silent[-1]:
            if skip:
                skip -= 1
            else:
                pending.append(int(octet, 16))
            continue
        if pending:
            out.append(_decoded(pending, codec))
        if brace:
            silent = [*silent, silent[-1]] if brace == "{" and len(silent) < 1000 else silent[:-1] or [False] if brace == "}" else silent
        elif symbol == "*" or word in _SILENT or word == "htmltag":
            silent[-1] = True
        elif silent[-1]:
            continue
        elif word == "u" and number:
            out.append(chr(int(number) % 65536))
            skip = 1
        elif word:
            out.append(_SPEAKING.get(word, ""))
        elif symbol:
            out.append({"~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}"}.get(symbol, ""))
        elif text:
            out.append(text[skip:])
            skip = 0
    if pending:
        out.append(_decoded(pending, codec))
    return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def _decoded(pending: bytearray, codec: str) -> str:
    data = bytes(pending)
    pending.clear()
    try:
        return data.decode(codec, "replace")
    except LookupError:
        return data.decode("cp1252", "replace")
