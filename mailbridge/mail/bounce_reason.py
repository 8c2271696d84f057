"""Why a mail could not be delivered: from what servers answer to one word of a closed list.

What comes in: the enhanced status (RFC 3463) and the wording of the diagnosis. What goes out: a reason and a class. Pure.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from mailbridge.mail.bounce_words import WORDS, Reason

BounceClass = Literal["hard", "soft", "delayed"]
REASONS: tuple[Reason, ...] = get_args(Reason)

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
GENERIC = re.compile(r"[245]\.\d\.0$|[245]\.5\.\d$|[245]\.0\.\d+$")
REPLY_CODE = re.compile(r"(?<![\d.\w-])([45])\d\d(?=[ \-:]|$)")
ANSWER_LINE = re.compile(
    r"(?<![\d.\w-])[45]\d\d[ \-:]|#?[45]\.\d\.\d|(?:reason|error|said|diagnos\w*|responded|because)\b[^\n]{0,40}:", re.IGNORECASE)

PATTERNS = tuple((reason, re.compile("|".join(words))) for reason, words in WORDS)

BY_STATUS: dict[str, Reason] = {
    "1.1": "user-unknown", "1.2": "host-unknown", "1.3": "syntax", "1.4": "user-unknown", "1.6": "moved", "1.7": "syntax", "1.8": "refused",
    "1.10": "user-unknown", "2.1": "disabled", "2.2": "mailbox-full", "2.3": "too-big", "3.1": "system", "3.2": "system", "3.4": "too-big",
    "3.5": "system", "4.1": "network", "4.2": "network", "4.3": "network", "4.4": "host-unknown", "4.5": "rate", "4.6": "network",
    "4.7": "expired", "5.2": "syntax", "5.3": "rate", "5.4": "syntax", "6.1": "content", "6.2": "content", "6.3": "content",
    "6.6": "content", "6.7": "content", "7.0": "refused", "7.1": "refused", "7.2": "refused", "7.5": "refused", "7.6": "refused",
    "7.8": "authentication", "7.9": "authentication", "7.20": "authentication", "7.23": "authentication", "7.24": "authentication",
    "7.25": "blocked", "7.28": "rate", "7.26": "authentication", "7.27": "host-unknown", "7.509": "authentication", "1.351": "refused",
}
PRECISE = frozenset({"1.2", "1.6", "1.8", "1.10", "2.2", "3.4", "6.1", "6.2", "6.3", "6.6", "6.7", "7.8", "7.9", "7.20", "7.23", "7.24",
                     "7.26", "7.28", "7.509"})
"""Codes that servers do not use as a default, so that they count before the words."""
PASSING: frozenset[Reason] = frozenset({"mailbox-full", "expired", "network", "rate", "system"})
"""Reasons that may be gone tomorrow, though this mail was given up."""


def find_status(text: str) -> str:
    """Return the most telling enhanced status (RFC 3463) of a text: the first that is no default, or an empty string."""
    failures: list[str] = [status for status in STATUS.findall(text) if status[0] != "2"]
    return next((status for status in failures if not GENERIC.match(status)), failures[0] if failures else "")


def find_reason(status: str, text: str) -> Reason:
    """Return the reason: a precise code first, then what the server wrote, then a code that many use as a default."""
    code = status.partition(".")[2]
    by_code = BY_STATUS.get(code)
    if by_code and code in PRECISE:
        return by_code
    lines = [line for line in text.lower().splitlines() if ANSWER_LINE.search(line)]
    for piece in ("\n".join(lines), text.lower()):
        written = next((reason for reason, words in PATTERNS if words.search(piece)), None)
        if written and not (by_code and written in ("refused", "system")):
            return written
        if by_code:
            return by_code
    return written or "other"


def find_class(status: str, text: str, reason: Reason, *, delayed: bool) -> BounceClass:
    """Return `delayed` while the server still tries, `soft` when it gave up for a passing cause, else `hard`."""
    if delayed:
        return "delayed"
    if reason in PASSING:
        return "soft"
    code = status[:1] or next(iter(REPLY_CODE.findall(text)), "")
    return "soft" if code == "4" else "hard"
