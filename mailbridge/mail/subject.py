"""The subject apart from what mail programs put before and behind it: reply and forward prefixes, list and ticket tags.

RFC 5256 §2.1 in the languages that real clients speak: `Re[2]:`, `AW:`, `Отв:`, `Ats:`, `Odp:`, `答复:`. In comes a
decoded subject; out comes a value. Never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_REPLY = "re|aw|antw|antwort|sv|vs|vá|ynt|res|rif|rép|réf|bls|atb|odp|odpověď|ats|отв|ответ|відп|на|回复|回覆|答复|转复|返信|回信"
_FORWARD = (
    "fwd?|fs|wg|wtr|tr|doorst|vb|vl|videresendt|rv|enc|pd|přeposláno|prp|pers|persiųsta"
    "|пер|пересл|перенаправлено|пд|wr|转发|轉寄|転送"
)
_PREFIX = re.compile(
    rf"(?P<word>{_REPLY}|{_FORWARD})(?:\s*[\[(]\s*\d{{1,4}}\s*[\])]|\s*\^\s*\d{{1,4}}|\s*\*\d{{1,4}})?\s*[:：]\s*",
    re.IGNORECASE,
)
_FORWARD_WORD = re.compile(rf"(?:{_FORWARD})\Z", re.IGNORECASE)
_REPLY_WORD = re.compile(rf"(?:{_REPLY})\Z", re.IGNORECASE)
_BLOB = re.compile(r"\[[^\[\]]{0,80}\]\s*")
_TRAILER = re.compile(r"(?:\s*\(fwd\)|\s*\[#\d{1,9}\])\s*\Z", re.IGNORECASE)
LONGEST = 300
MOST_PREFIXES = 40


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject, read. base: what it is about, in lower case; reply, forward: a prefix says so."""

    base: str
    reply: bool = False
    forward: bool = False


def read_subject(subject: str) -> Subject:
    """Return the base of a subject and what its prefixes say.

    A tag in brackets goes as a prefix does, unless nothing would be left (`[urgent]` alone is the subject).
    """
    text, reply, forward = " ".join(subject[:LONGEST].split()), False, False
    for _ in range(MOST_PREFIXES):
        prefix = _PREFIX.match(text)
        if prefix:
            word = prefix["word"]
            forward = forward or (not _REPLY_WORD.match(word) and _FORWARD_WORD.match(word) is not None)
            reply = reply or _REPLY_WORD.match(word) is not None
            text = text[prefix.end() :]
            continue
        shorter = _TRAILER.sub("", _without_blob(text)) or text
        if shorter == text:
            break
        text = shorter
    return Subject(text.strip().casefold(), reply, forward)


def _without_blob(text: str) -> str:
    blob = _BLOB.match(text)
    return text[blob.end() :] if blob else text
