"""Rich text (RTF) to plain text, as far as a mail needs it: Outlook's compressed bodies and text/rtf parts.

Never raises; what cannot be read is left out.
"""

from __future__ import annotations

import re
import struct

from mailbridge.mail.charset import codec_of

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_LARGEST = 4_000_000
_MOST_TOKENS = 400_000
CUT = "\n[…]"
"""What stands at the end of a text of which there is more."""

_SYMBOLS = {"~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}"}
_CODEPAGE = re.compile(r"\\ansicpg(\d+)")
_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_SILENT = frozenset(
    {
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "themedata",
        "colorschememapping",
        "listtable",
        "generator",
        "latentstyles",
        "datastore",
        "rsidtbl",
        "listoverridetable",
        "xmlnstbl",
        "header",
        "footer",
    }
)
_SPEAKING = {
    "par": "\n",
    "line": "\n",
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "row": "\n",
    "cell": "\t",
}


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
    r"""Return the text of RTF; of RTF that carries HTML (`\fromhtml`), the text between the tags."""
    source = rtf[:_LARGEST].decode("latin-1")
    page = _CODEPAGE.search(source, 0, 500)
    reader = _Reader(codec_of(f"cp{page[1]}" if page else "cp1252") or "cp1252")
    left = _MOST_TOKENS
    for match in _TOKEN.finditer(source):
        reader.take(match)
        left -= 1
        if not left:
            break
    return reader.text() if left and len(rtf) <= _LARGEST else reader.text() + CUT


class _Reader:
    """Collects the text of an RTF document token by token."""

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._out: list[str] = []
        self._octets = bytearray()
        self._silent = [False]
        self._skip = 0

    def take(self, match: re.Match[str]) -> None:
        """Take the next token in: a control word, an octet, a symbol, a brace, or text."""
        word, number, octet, symbol, brace, text = match.groups()
        if octet and not self._silent[-1]:
            self._octet(octet)
            return
        self._flush()
        if brace:
            self._group(brace)
        elif symbol == "*" or word in _SILENT or word == "htmltag":
            self._silent[-1] = True
        elif not self._silent[-1]:
            self._speak(word, number, symbol, text)

    def text(self) -> str:
        """Return what was collected."""
        self._flush()
        return "".join(self._out).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()

    def _octet(self, octet: str) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._octets.append(int(octet, 16))

    def _flush(self) -> None:
        if self._octets:
            self._out.append(bytes(self._octets).decode(self._codec, "replace"))
            self._octets.clear()

    def _group(self, brace: str) -> None:
        if brace == "{":
            self._silent.append(self._silent[-1])
        elif len(self._silent) > 1:
            self._silent.pop()

    def _speak(self, word: str | None, number: str | None, symbol: str | None, text: str | None) -> None:
        if word == "u" and number:
            self._out.append(chr(int(number) % 65536))
            self._skip = 1
        elif word:
            self._out.append(_SPEAKING.get(word, ""))
        elif symbol:
            self._out.append(_SYMBOLS.get(symbol, ""))
        elif text:
            self._out.append(text[self._skip:])
            self._skip = 0
