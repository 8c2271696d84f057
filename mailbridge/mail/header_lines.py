"""The lines of a mail's header as they are sent: values in, folded bytes-to-be out.

Written by hand because two mails go out for each that comes in, and `EmailMessage` with `policy.SMTP` makes 550 a
second. The encodings themselves are the standard library's; a test reads every line back with `policy.default`.

Values are refused (ValueError) when they hold a control character: a CR or LF would start a header of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from email import base64mime, quoprimime
from functools import lru_cache

from mailbridge.mail.message import Address

LINE = 76
"""Longest line that we make where folding is possible (RFC 2047 §2 for encoded words; RFC 5322 §2.1.1 allows 78)."""

LONGEST_TOKEN = 900
"""Longest run without a space that is sent as it is; a line may have 998 bytes (RFC 5322 §2.1.1)."""

ENCODED_WORD = 75
_FRAME = len("=?utf-8?q??=")

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LOCAL = re.compile(r'[^\s"(),:;<>@\[\\\]]+|"(?:[^"\\]|\\.)*"')
_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[A-Za-z0-9:.]+\]")
_HEADER_NAME = re.compile(r"[!-9;-~]{1,70}")


def checked(value: str, what: str) -> str:
    """Return `value`; raise ValueError when it holds a control character (CR, LF, NUL, tab …) or half a character."""
    if _CONTROL.search(value):
        raise ValueError(f"{what} holds a control character or half a character: {value!r}")
    return value


def fold(name: str, tokens: Iterable[str]) -> str:
    """Return one header line of `tokens`, broken before a token that would not fit, with its final CRLF.

    A token is never split; the first one stays on the line of the name, since some readers take a first
    line without a value for an empty header.
    """
    made, length = [f"{name}:"], len(name) + 1
    for token in tokens:
        if length + 1 + len(token) > LINE and len(made) > 1:
            made.append("\r\n")
            length = 0
        made.append(f" {token}")
        length += 1 + len(token)
    made.append("\r\n")
    return "".join(made)


def unstructured(name: str, value: str) -> str:
    """Return the header line of a free text such as Subject; RFC 2047 where it is needed.

    Text that might come back changed is encoded as a whole: non-ASCII, blanks at an end or two in a row where
    it is folded, a run too long to fold, and what only looks like an encoded word. Raises ValueError for control characters and bad names.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header")
    checked(value, name)
    if not value:
        return f"{name}:\r\n"
    if value.isascii() and "=?" not in value and value == value.strip(" "):
        if len(name) + len(value) + 2 <= LINE:
            return f"{name}: {value}\r\n"
        tokens = value.split(" ")
        if "" not in tokens and max(map(len, tokens)) <= LONGEST_TOKEN:
            return fold(name, tokens)
    return fold(name, encoded_words(value, LINE - len(name) - 2))


def encoded_words(text: str, room: int = ENCODED_WORD) -> list[str]:
    """Return `text` as RFC 2047 words in UTF-8, each at most 75 long, no character torn apart.

    room: what the first word may take, beside the name of the header. Base64 or Q, whichever is shorter.
    """
    octets = text.encode()
    codec = quoprimime if quoprimime.header_length(octets) <= base64mime.header_length(octets) else base64mime
    words, start = [], 0
    while start < len(octets):
        limit = max(min(room, ENCODED_WORD), 30) - _FRAME
        end = _end_of_word(octets, start, limit, codec is quoprimime)
        words.append(codec.header_encode(octets[start:end], "utf-8"))
        start, room = end, ENCODED_WORD
    return words


def _end_of_word(octets: bytes, start: int, limit: int, quoted: bool) -> int:
    """Return where the encoded word that begins at `start` must end, at the edge of a UTF-8 character."""
    end = min(len(octets), start + (limit if quoted else limit // 4 * 3))
    if quoted:
        while quoprimime.header_length(octets[start:end]) > limit:
            end -= 1
    while end < len(octets) and octets[end] & 0xC0 == 0x80:
        end -= 1
    return end


def ascii_domain(address: str) -> str:
    """Return `local@domain` with the domain as ASCII (IDNA); the local part stays as it is.

    Raises ValueError when it is no address that can be sent to: nothing may hide behind it (`a@b> SIZE=1`, CR LF,
    a second recipient), since an SMTP client cuts such an address in silence (libraries.md, "Outgoing mail").
    """
    local, at, domain = checked(address, "an address").rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError as error:
        raise ValueError(f"{address!r} has no domain that can be looked up: {error}") from None
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(address) > 320:
        raise ValueError(f"{address!r} is no address that mail can be sent to")
    return f"{local}@{domain}"


@lru_cache(maxsize=1024)
def _phrase(name: str) -> tuple[str, ...]:
    """Return a display name as tokens: atoms, a quoted string, or encoded words (RFC 5322 §3.2.5, RFC 2047 §5)."""
    checked(name, "a display name")
    if not name.isascii() or "=?" in name or len(name) > ENCODED_WORD:
        return tuple(encoded_words(name, ENCODED_WORD - len("Reply-To: ")))
    if _ATOMS.fullmatch(name):
        return tuple(name.split(" "))
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return (f'"{escaped}"',)


def address_list(name: str, addresses: Sequence[Address]) -> str:
    """Return the header line of an address header (From, To, Cc, Reply-To), folded at its blanks."""
    tokens: list[str] = []
    for address in addresses:
        plain = ascii_domain(address.address)
        tokens += (*_phrase(address.name), f"<{plain}>,") if address.name else (f"{plain},",)
    tokens[-1] = tokens[-1][:-1]
    return fold(name, tokens)
