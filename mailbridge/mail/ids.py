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
_BARE = re.compile(r"[^\s<>,;()\"]+@[^\s<>,;()\"]+")
_MAIL_ADDRESS_INTRO = re.compile(r"(?:\bfrom|\bof|\bby|message)\s*$", re.IGNORECASE)


def message_ids(value: str) -> tuple[str, ...]:
    """Return the ids in a header value: without brackets, each once, in the order written, case kept.

    An id in brackets may be any text, with or without "@" (some robots leave it out); blanks inside it come from
    folding in the middle of an id and are dropped. In-Reply-To with prose ("Your message of Tue, … <id>") gives
    the id only. Without any bracket, words with an "@" count. An id longer than 250 characters becomes
    "sha256:<hex>", so that it can be stored and still compared.
    """
    if not value:
        return ()
    found = [_BLANK.sub("", text) for text in _BRACKETED.findall(value)]
    if not any(found):
        found = _without_brackets(value)
    elif "@" in (rest := _COMMENT.sub(" ", _BRACKETED.sub(" ", value))):
        found = _with_stragglers(value, found, rest)
    return tuple(dict.fromkeys(_bounded(text) for text in found[:_MOST] if text))


def _without_brackets(value: str) -> list[str]:
    text = _COMMENT.sub(" ", value).strip().strip("<>")
    words = _BARE.findall(text)
    if words:
        return words
    single = text.strip(" ,;\"")
    return [single] if single and not _BLANK.search(single) else []


def _with_stragglers(value: str, found: list[str], rest: str) -> list[str]:
    """Add ids that stand beside bracketed ones without brackets, but not the mail addresses of prose."""
    if '"' in rest or _MAIL_ADDRESS_INTRO.search(rest.split("@", 1)[0].rsplit(None, 1)[0] if " " in rest.strip() else ""):
        return found
    words = [word for word in _BARE.findall(rest) if len(word) > 20]
    if not words:
        return found
    both = [_BLANK.sub("", one or two) for one, two in re.findall(r"<([^<>]*)>|([^\s<>,;()\"]+@[^\s<>,;()\"]+)", value)]
    wanted = {*found, *words}
    return [text for text in both if text in wanted]


def _bounded(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
