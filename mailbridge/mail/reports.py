"""Delivery, disposition and feedback reports (RFC 3464, 8098, 5965): their fields, and the mail they return.

In come the parts of a mail; out come groups of (lower-case name, value). What they mean is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mailbridge.errors import ParseError
from mailbridge.mail.fields import split_header
from mailbridge.mail.headers import clean, field_text, raw_text
from mailbridge.mail.parts import Part

_STATUS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
        "message/global-disposition-notification",
        "text/x-delivery-status",
    }
)
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers"})
_GROUPS = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_MOST = 2000
_LONGEST = 1_000_000

Fields = tuple[tuple[str, str], ...]


def report_groups(parts: list[Part]) -> tuple[Fields, ...]:
    """Return the groups of fields of every status part, the first being about the message as a whole.

    Of a report of megabytes only the beginning is read; its part then has the defect "report-cut".
    """
    groups: list[Fields] = []
    left = _LONGEST
    for part in parts:
        if part.type not in _STATUS:
            continue
        blocks = _GROUPS.split(part.content[:left].strip())
        room = _MOST - len(groups)
        if len(part.content) > left or len(blocks) > room:
            part.defects.append("report-cut")
        left -= min(left, len(part.content))
        groups += filter(None, (_fields(block + b"\n", _undecoded) for block in blocks[:room]))
    return tuple(groups)


def returned_headers(parts: list[Part], hints: tuple[str, ...]) -> Fields:
    """Return the header of the message that a report gives back: the last such part of a multipart/report, else nothing."""
    for part in reversed(parts):
        if part.type in _RETURNED and any(node.type == "multipart/report" for node in part.path):
            return _fields(part.content[:_LONGEST], lambda name, value: field_text(name, value, hints))
    return ()


def _fields(block: bytes, read: Callable[[str, bytes], str]) -> Fields:
    try:
        header = split_header(block)
    except ParseError:
        return ()
    return tuple((name, read(name, value)) for name, value in header.fields)


def _undecoded(_name: str, value: bytes) -> str:
    """Fields of a report are structured (RFC 3464 §2.1): an encoded word in them is a part of an address."""
    return clean(raw_text(value))
