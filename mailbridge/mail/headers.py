"""Header values as people read them: decoded, unfolded, cleaned.

In come bytes (or text) of a header value; out comes NFC text that any database, terminal and file system can take.
Encoded words (RFC 2047) are read as they are broken in practice: inside quotes, glued to other text, with blanks in
them, one character split over two words, unknown or missing charsets, missing padding. Never raises.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from functools import cache

from mailbridge.mail.charset import codec_of, decode_bytes

_ENCODED = re.compile(  # a word that never ends goes no further than to the beginning of the next
    r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?=]*+(?:(?:\?(?!=)|=(?!\?[^?\s]{1,60}+\?[bBqQ]\?))[^?=]*+)*+)\?=")
_STRICT_GAP = re.compile(r"[ \t\r\n]*")
_FOLD = re.compile(r"[\r\n]++[ \t]*+")
_BLANKS_BEFORE_FOLD = re.compile(r"(?<![ \t])[ \t]++(?=[\r\n])")
_BLANKS = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")

_CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 160)]))
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\ufeff\u200b\u2060\u00ad\ufff9\ufffa\ufffb\u180e"
_DROPPED = re.compile(f"[{re.escape(_CONTROLS)}{_BIDI}\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
_DROPPED_IN_TEXT = re.compile(f"[{re.escape(_CONTROLS)}\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
_HARMLESS_TEXT = re.compile(  # many times faster than looking for what is not
    "[\t\n -~\xa0-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u060f\u2000-\u2027\u202f-\u2065\u206a-\u20cf\u2100-\u2dff\u2e00-\u3029"
    "\u3030-\u3098\u309b-\ua66e\uac00-\ud7ff\ue000-\ufb1d\ufb2a-\ufdcf\ufe30-\ufefe\uff00-\uffef\ufffc\ufffd]*+")
_MOST_MARKS = 30
_LONG = 100
_MARKS_APART = "\u034f"
_RARE = re.compile("[\U00010000-\U0001efff]")
_DROPPED_ASCII = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_INVISIBLE_SET = re.compile(f"[{_INVISIBLE}]+")


def clean(text: str) -> str:
    """Return one line of text without NUL, lone surrogates, C0 and C1 controls, and bidi overrides; NFC; blanks single.

    For names, subjects and file names: whatever could rewrite a terminal or hide an extension is gone.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _BLANKS.sub(" ", text)
    text = _INVISIBLE_SET.sub("", _DROPPED.sub("", text))
    return unicodedata.normalize("NFC", _with_few_marks(text)).strip()


def clean_text(text: str) -> str:
    r"""Return text of several lines, cleaned like `clean`, but with its line ends (as "\n"), tabs and blanks.

    Marks that only steer the direction of one letter (LRM, RLM) stay: Hebrew and Arabic letters need them.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return _DROPPED_ASCII.sub("", text)
    if _HARMLESS_TEXT.fullmatch(text) is None:
        for mark in ("\u2028", "\u2029", "\x85"):
            text = text.replace(mark, "\n")
        text = _with_few_marks(_DROPPED_IN_TEXT.sub("", text).replace("\ufeff", ""))
    return unicodedata.normalize("NFC", text)


def _with_few_marks(text: str) -> str:
    """Part runs of more than thirty combining marks, as UAX #15 §13 has it: to put a run in order takes the square of its length."""
    if len(text) < _LONG:
        return text
    end = 0x1F000 if _RARE.search(text) else 0x10000
    return _up_to_many_marks(end).sub(lambda found: found[0] + _MARKS_APART if found[1] else found[0], text)


@cache
def _up_to_many_marks(end: int) -> re.Pattern[str]:
    """Match all up to the first so many marks that follow one another, these in a group, or to the end.

    The marks are looked for when they are first needed: that takes some milliseconds. end: the code after the last that counts;
    a pattern with marks of rare scripts among them is many times slower.
    """
    mark = "[" + "".join(filter(unicodedata.combining, map(chr, range(0x300, end)))) + "]"
    other = mark.replace("[", "[^")
    few = f"{mark}{{1,{_MOST_MARKS - 1}}}+(?!{mark})"
    return re.compile(f"{other}*+(?:{few}{other}*+)*+(?:({mark}{{{_MOST_MARKS}}})|\\Z)")


def decode_header(value: bytes | str, hints: tuple[str, ...] = ()) -> str:
    """Return a header value unfolded, with its encoded words and raw 8-bit characters decoded, and cleaned."""
    text = value if isinstance(value, str) else _from_bytes(value, hints)
    if "\n" in text or "\r" in text:
        text = _unfolded(text)
    if "=?" in text:
        text = decode_words(text, hints)
    return clean(text)


def raw_text(value: bytes | str, hints: tuple[str, ...] = ()) -> str:
    """Return a header value unfolded, its encoded words still in place: for structured fields, split before decoding."""
    text = value if isinstance(value, str) else _from_bytes(value, hints)
    return _unfolded(text) if "\n" in text or "\r" in text else text


def _unfolded(text: str) -> str:
    """Return text with each fold and the blanks around it as one blank. Looks at a blank once: a header may be full of them."""
    if " \r" in text or " \n" in text or "\t\r" in text or "\t\n" in text:
        text = _BLANKS_BEFORE_FOLD.sub("", text)
    return _FOLD.sub(" ", text)


_STRUCTURED = frozenset({
    "authentication-results", "arc-authentication-results", "arc-seal", "arc-message-signature", "dkim-signature", "received",
    "received-spf", "return-path", "auto-submitted", "list-id", "list-post", "list-unsubscribe", "list-help", "mime-version",
})


def field_text(name: str, value: bytes | str, hints: tuple[str, ...] = ()) -> str:
    """Return the value of a header field as it is to be read.

    Encoded words have no place in structured fields (RFC 2047 §5): decoded there, a sender's local part could write a
    result into Authentication-Results.
    """
    if name in _STRUCTURED:
        return clean(raw_text(value, hints))
    return decode_header(value, hints)


def _from_bytes(value: bytes, hints: tuple[str, ...]) -> str:
    if value.isascii():
        text = value.decode("ascii")
        return decode_bytes(value, "iso-2022-jp", hints)[0] if "\x1b$" in text else text
    return decode_bytes(value, "", hints)[0]


def decode_words(text: str, hints: tuple[str, ...] = ()) -> str:
    """Decode every encoded word in `text`; blanks between two of them are dropped (RFC 2047 §6.2).

    Neighbours in one charset are joined as bytes before decoding, because many senders split a character over two
    words. A word that cannot be decoded stays as it is.
    """
    out: list[str] = []
    pos = 0
    waiting = bytearray()
    charset = ""
    after_word = False
    # up to the last end of a word only: each beginning then finds an end, so that nothing is looked at twice
    for match in _ENCODED.finditer(text, 0, text.rfind("?=") + 2):
        if not match[1].isascii():
            continue
        between = text[pos:match.start()]
        label = match[1].split("*")[0].lower()
        if between and not (after_word and _STRICT_GAP.fullmatch(between)):
            _flush(out, waiting, charset, hints)
            out.append(between)
        elif label != charset:
            _flush(out, waiting, charset, hints)
        charset = label
        waiting += _word_bytes(match[2], match[3], label)
        pos = match.end()
        after_word = True
    _flush(out, waiting, charset, hints)
    out.append(text[pos:])
    return "".join(out)


def _flush(out: list[str], waiting: bytearray, charset: str, hints: tuple[str, ...]) -> None:
    if waiting:
        out.append(decode_bytes(bytes(waiting), charset, hints)[0])
        waiting.clear()


def _word_bytes(encoding: str, content: str, label: str) -> bytes:
    """Return the bytes of one encoded word; raw characters in it go back to the word's own charset."""
    data = content.encode("ascii") if content.isascii() else _back_to_bytes(content, label)
    if encoding in "bB":
        return _base64(data)
    return _HEX.sub(lambda match: bytes([int(match[1], 16)]), data.replace(b"_", b" "))


def _back_to_bytes(content: str, label: str) -> bytes:
    try:
        return content.encode(codec_of(label) or "utf-8")
    except UnicodeError:
        return content.encode("utf-8", "surrogatepass")


def _base64(data: bytes) -> bytes:
    """Decode base64 with wrong or missing padding, also where several padded pieces were glued together."""
    out = bytearray()
    for piece in re.split(rb"=+", data):
        letters = _NOT_BASE64.sub(b"", piece)
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        out += binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return bytes(out)
