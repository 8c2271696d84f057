"""Message-IDs as they stand in real mail: read out of Message-ID, In-Reply-To and References.

In comes a header value, unfolded or not; out come ids without angle brackets, in the order written. The grammar
(RFC 5322 §3.6.4) is what few senders keep: ids come separated by commas, wrapped in comments and prose, without
brackets, or with the blanks of a fold inside them. Nothing here ever raises.
"""

from __future__ import annotations

import hashlib
import re

LONGEST = 250
"""Characters of the longest id that is kept as it is; a longer one is named by its hash."""

_MOST = 1000
"""Ids read out of one value; the rest of a longer value is the work of a mischief-maker."""

_BLANK = re.compile(r"\s+")
_BRACKETED = re.compile(r"<([^<>]*)>")
_COMMENT = re.compile(r"\([^()<>]*\)")
_NO_ID = re.compile(r"[\s<>]")
_FROM = re.compile(r"\b(?:from|by|von|от|nuo|de|od)\b", re.IGNORECASE)
_DIGITS = 3
"""Digits that an id has at least, where it stands in prose; the addresses of people there have fewer."""

_BARE = re.compile(r"(?<![^\s<>,;()\"])[^\s<>,;()\"][^\s<>,;()\"@]*+@[^\s<>,;()\"]+")  # begins where a word does: linear


def message_ids(value: str) -> tuple[str, ...]:
    """Return the ids in a header value: without brackets, each once, in the order written, case kept.

    An id in brackets may be any text, with or without "@" (some robots leave it out); blanks inside it come from
    folding in the middle of an id and are dropped. In-Reply-To with prose ("Message from Leo <leo@example.org> of
    Tue, … <id>") gives the id only. Without any bracket, words with an "@" count, else a single word. An id longer
    than 250 characters becomes "sha256:<hex>", so that it can be stored and still compared.
    """
    if not value:
        return ()
    found = _in_brackets(value)
    if not any(found) and not _BRACKETED.search(value.replace("<>", "")):
        found = _without_brackets(value)
    return tuple(dict.fromkeys(_bounded(text) for text in found[:_MOST] if text))


def _in_brackets(value: str) -> list[str]:
    """Ids in brackets, without the address of a person that prose names: "Message from Leo <leo@example.org>"."""
    found, at = [], 0
    for match in _BRACKETED.finditer(value):
        named = _FROM.search(value, at, match.start()) is not None and "@" not in value[at : match.start()]
        if not named or _is_numbered(match[1]):
            found.append(_BLANK.sub("", match[1]))
        at = match.end()
    return found


def _is_numbered(text: str) -> bool:
    return sum(letter.isdigit() for letter in text[:LONGEST]) >= _DIGITS


def _without_brackets(value: str) -> list[str]:
    """Ids of a sender who leaves the brackets out; one that was opened and never closed is among them."""
    text = _COMMENT.sub(" ", value)
    words = _BARE.findall(text)
    if words:
        prose = any("@" not in word for word in text.split())
        return [word for word in words if not prose or _is_numbered(word)]
    single = text.strip(" <>,;\"")
    return [single] if single and not _NO_ID.search(single) else []


def _bounded(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
