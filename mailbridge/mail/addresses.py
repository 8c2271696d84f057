"""Address lists as they stand in real mail: From, To, Cc, Reply-To and the like.

In comes a header value (bytes or text), out come mailboxes with decoded names. RFC 5322 §3.4 is kept where senders
keep it; else it is read as a person would: names with bare commas, semicolons between mailboxes, a missing bracket,
encoded words that hold commas or the whole address, several brackets. A display name never becomes an address.
Linear in its input; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from mailbridge.mail.headers import clean, decode_words, raw_text
from mailbridge.mail.message import Address

MOST = 5000
"""Mailboxes that are read out of one value."""

_SIMPLE = re.compile(r'\s*+(?:"([^"\\]*+)"\s*+|([^"<>(),:;@\[\]\\=]*+))<([^<>\s@"(),:;\\?=\[\]]+@[^<>\s@"(),:;\\?=\[\]]+)>\s*')
_ENCODED = re.compile(
    r"\s*((?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?<>]*+\?=\s*+)++)<([^<>\s@\"(),:;\\?=\[\]]+@[^<>\s@\"(),:;\\?=\[\]]+)>\s*")
_BARE = re.compile(r"\s*([^<>\s@\"'(),:;\\\[\]]+@[^<>\s@\"'(),:;\\?=\[\]]+)\s*")
_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=(?:[ \t]+(?==\?))?")
_PLACE = re.compile("\ue000(\\d+)\ue001")
_LOCAL_STOPS = frozenset(" \t\r\n<>\"'(),:;@[]")
_DOMAIN = re.compile(r"\[[^\]\s]{1,60}\]|[^\s<>\"'(),;@\[\]]+")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LONGEST_LOCAL = 320
_ROUTE = re.compile(r"^@[^:<>]*:")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(slots=True)
class _Item:
    """One member of a list while it is read: what stands outside, in brackets, in comments."""

    words: str = ""
    angles: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    quoted: bool = False

    @property
    def comment(self) -> str:
        """Everything that stands in comments."""
        return " ".join(self.comments).strip()


def parse_addresses(value: bytes | str, hints: tuple[str, ...] = ()) -> tuple[Address, ...]:
    """Return every mailbox of an address header, in order; groups are opened, empty members left out."""
    text = raw_text(value, hints)
    if match := _SIMPLE.fullmatch(text):
        return (Address(_name(match[1] if match[1] is not None else match[2], hints), _normal(match[3])),)
    if match := _ENCODED.fullmatch(text):
        return (Address(_name(match[1], hints), _normal(match[2])),)
    if match := _BARE.fullmatch(text):
        return (Address("", _normal(match[1])),)
    found = _read_list(text, hints)
    if found and any(address.address for address in found):
        return tuple(found[:MOST])
    decoded = decode_words(text, hints)
    if decoded != text and "@" in decoded:
        again = _read_list(decoded, hints)
        if any(address.address for address in again):
            return tuple(again[:MOST])
    return tuple(found[:MOST])


def _read_list(text: str, hints: tuple[str, ...]) -> list[Address]:
    words: list[str] = []

    def lay_aside(match: re.Match[str]) -> str:
        words.append(match[0])
        return f"\ue000{len(words) - 1}\ue001"

    if "=?" in text:
        text = _WORD.sub(lay_aside, text.replace("\ue000", "").replace("\ue001", ""))

    def put_back(part: str) -> str:
        return _PLACE.sub(lambda match: words[int(match[1])] if int(match[1]) < len(words) else "", part) if words else part

    found = []
    items = _joined(_Reader(text).read())
    for item in items:
        address = _address(item, put_back, hints, alone=len(items) == 1)
        if address is not None:
            found.append(address)
    return found


class _Reader:
    """Splits a list at commas and semicolons outside quotes, comments and brackets; a group is opened.

    Each mark is looked at once. A quote or comment that never ends is taken as plain text.
    """

    _MARK = re.compile(r'[\\"()<>,;:]')

    def __init__(self, text: str) -> None:
        self.text = text
        self.items = [_Item()]
        self._words: list[str] = []
        self._comment: list[str] = []
        self._depth = 0
        self._quote = self._angle = False
        self._last = {mark: text.rfind(mark) for mark in '")>;'}

    def read(self) -> list[_Item]:
        """Return the members in order."""
        pos = 0
        for match in self._MARK.finditer(self.text):
            if match.start() < pos:
                continue
            if len(self.items) > MOST:
                break
            self._plain(self.text[pos:match.start()])
            pos = match.end()
            if match[0] == "\\":
                self._plain(self.text[match.start():pos + 1] if self._quote else self.text[pos:pos + 1])
                pos += 1
            else:
                self._mark(match[0], pos)
        self._plain(self.text[pos:])
        self._end()
        return self.items

    def _plain(self, text: str) -> None:
        (self._comment if self._depth else self._words).append(text)

    def _mark(self, mark: str, pos: int) -> None:
        if self._depth:
            self._in_comment(mark)
        elif mark == '"':
            self._quote = not self._quote and self._last['"'] >= pos
            self.items[-1].quoted = True
            self._words.append(mark)
        elif self._quote:
            self._words.append(mark)
        elif mark == "(" and self._last[")"] >= pos:
            self._depth = 1
        elif mark in "<>":
            self._bracket(mark, pos)
        elif self._angle:
            self._words.append(mark)
        elif mark in ",;":
            item = self.items[-1]
            item.words += self._taken()
            if item.words or item.angles:
                self.items.append(_Item())
        elif mark == ":":
            self._colon(pos)
        else:
            self._words.append(mark)

    def _in_comment(self, mark: str) -> None:
        self._depth += {"(": 1, ")": -1}.get(mark, 0)
        if self._depth:
            self._comment.append(mark)
        else:
            self.items[-1].comments.append("".join(self._comment))
            self._comment.clear()

    def _bracket(self, mark: str, pos: int) -> None:
        item = self.items[-1]
        if mark == "<":
            item.words += self._taken() if not self._angle else ""
            self._words.clear()
            self._angle = self._last[">"] >= pos or "@" in self.text[pos:pos + 400]
        elif self._angle:
            item.angles.append(self._taken())
            self._angle = False

    def _colon(self, pos: int) -> None:
        """End a group's name (RFC 5322 §3.4), unless the colon belongs to a display name or to "mailto:"."""
        before = "".join(self._words[-20:]).strip()
        group = self._last[";"] >= pos and "@" not in before and not self.items[-1].angles
        if group or before.lower() == "mailto":
            self._words.clear()
        else:
            self._words.append(":")

    def _taken(self) -> str:
        text = "".join(self._words)
        self._words.clear()
        return text

    def _end(self) -> None:
        item = self.items[-1]
        item.comments.append("".join(self._comment))
        if self._angle:
            item.angles.append(self._taken())
        else:
            item.words += self._taken()


def _joined(items: list[_Item]) -> list[_Item]:
    """Put a name back together that was split at its own comma: `Doe, John <j@example.org>`."""
    out: list[_Item] = []
    for item in items:
        before = out[-1] if out else None
        if (before and item.angles and not before.angles and not before.quoted and before.words.strip() and "@" not in before.words
                and not before.comment):
            item.words = before.words.strip() + ", " + item.words.strip()
            out.pop()
        out.append(item)
    return out


def _address(item: _Item, put_back: Callable[[str], str], hints: tuple[str, ...], *, alone: bool) -> Address | None:
    name = _unquoted(item.words)
    if item.angles:
        address = next((found for angle in item.angles if (found := _from_angle(put_back(angle), hints))), "")
        if not address and (place := _find_address(words := put_back(item.words))):
            address, name = _normal(words[slice(*place)]), words[:place[0]] + words[place[1]:]
        if not address and (match := _ATOM.fullmatch(item.angles[0].strip())):
            address = match[0]
        return Address(_name(put_back(name), hints) or _name(put_back(item.comment), hints), address) if address or name.strip() else None
    if place := _find_address(item.words):
        rest = (item.words[:place[0]] + " " + item.words[place[1]:]).strip(" \t\"'[]")
        return Address(_name(put_back(_unquoted(rest) or item.comment), hints), _normal(item.words[slice(*place)]))
    words = clean(decode_words(put_back(name), hints))
    if not words and not item.comment:
        return None
    if _ATOM.fullmatch(words) and alone:
        return Address(_name(put_back(item.comment), hints), words)
    return Address(words or _name(put_back(item.comment), hints), "")


def _from_angle(text: str, hints: tuple[str, ...]) -> str:
    text = _ROUTE.sub("", text.strip())
    if text.lower().startswith("mailto:"):
        text = text[7:]
    if "=?" in text:
        text = decode_words(text, hints)
    if not text.startswith('"'):
        text = text.strip("'\" ")
    text = text.replace(" ", "") if '"' not in text else text
    place = _find_address(text)
    return _normal(text[slice(*place)]) if place else ""


def _find_address(text: str) -> tuple[int, int] | None:
    """Return (start, end) of the first `local@domain` in `text`. Looks at each "@" once, and not far back."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        start = at
        opening = text.rfind('"', max(0, at - _LONGEST_LOCAL), at - 1) if at and text[at - 1] == '"' else -1
        if opening >= 0:
            start = opening
        else:
            while start > 0 and text[start - 1] not in _LOCAL_STOPS and at - start < _LONGEST_LOCAL:
                start -= 1
        if domain and start < at:
            return start, domain.end()
        at = text.find("@", at + 1)
    return None


def _unquoted(words: str) -> str:
    words = words.strip()
    if '"' not in words:
        return words
    return _ESCAPED.sub(r"\1", words.replace('\\"', "\ue002").replace('"', "")).replace("\ue002", '"')


def _name(words: str, hints: tuple[str, ...]) -> str:
    name = clean(decode_words(words, hints) if "=?" in words else words)
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name


def _normal(address: str) -> str:
    local, _, domain = clean(address).rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}"
