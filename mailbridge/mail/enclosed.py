"""Mails inside a mail: what was forwarded as an attachment, or returned by a report.

They are theirs, not ours: their text never mixes with what the sender wrote, and no decision is made from it. But a
person wants to see it, so it can be read on demand: the whole text, and the files that came in the inner mails. Only so
much of them is read as one mail may cost in all; each stays whole as a file of the mail around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailbridge.errors import ParseError
from mailbridge.mail.charset import bounded_effort
from mailbridge.mail.message import Attachment, Mail
from mailbridge.mail.parse import read_envelope, read_mail

MAX_DEPTH = 4
MAX_MAILS = 50
MAX_BYTES = 60_000_000
MAX_HEAD_BYTES = 250_000
MAX_TEXT_BYTES = 500_000
"""When inner mails with so much text and HTML have been read, the next ones are not read any more."""

CUT = "[…]"
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEAD = 1_000_000
_SHARE_OF_EFFORT = 0.2


@dataclass(slots=True)
class _Opened:
    """The mails inside one mail, as far as there was room to read them. cut: there are more."""

    parts: int
    mails: list[Mail] = field(default_factory=list)
    cut: bool = False
    octets: int = MAX_BYTES
    head_bytes: int = MAX_HEAD_BYTES
    text_bytes: int = MAX_TEXT_BYTES

    def read(self, raw: bytes, hints: tuple[str, ...]) -> Mail | None:
        """Read one more mail; None when there is no room for it."""
        head = _END_OF_HEAD.search(raw, 0, _LONGEST_HEAD)
        self.octets -= len(raw)
        self.head_bytes -= head.end() if head else min(len(raw), _LONGEST_HEAD)
        if min(self.octets, self.head_bytes, self.text_bytes) < 0 or len(self.mails) >= MAX_MAILS:
            self.cut = True
            return None
        try:
            mail = read_mail(raw, hints, self.parts)
        except ParseError:
            mail = read_envelope(raw)
        self.parts = max(10, self.parts - len(mail.attachments))
        self.text_bytes -= max(0, mail.size - 3 * sum(len(one.content) for one in mail.attachments) // 2)
        self.mails.append(mail)
        return mail


def enclosed_mails(mail: Mail, charset_hints: tuple[str, ...] = (), max_parts: int = 1000) -> tuple[Mail, ...]:
    """Return the mails inside `mail`, and inside those, outermost first; at most 50, four deep. Never raises."""
    return tuple(_open(mail, charset_hints, max_parts).mails)


def _open(mail: Mail, hints: tuple[str, ...], max_parts: int = 1000) -> _Opened:
    opened = _Opened(max_parts)
    waiting = [(raw, 1) for raw in mail.attached]
    with bounded_effort(_SHARE_OF_EFFORT):
        while waiting and not opened.cut:
            raw, depth = waiting.pop(0)
            inner = opened.read(raw, hints)
            if inner is not None and depth < MAX_DEPTH:
                waiting[:0] = [(deeper, depth + 1) for deeper in inner.attached]
    return opened


def with_enclosed(mail: Mail, charset_hints: tuple[str, ...] = ()) -> tuple[str, tuple[Attachment, ...]]:
    """Return the whole text and every attachment of `mail`, of the mails inside it too.

    Below the text of the mail stands, each under a line with its subject, that of the mails inside it; "[…]" when there are more
    than are read.
    """
    if not mail.attached:
        return mail.text, mail.attachments
    opened = _open(mail, charset_hints)
    pieces = [mail.text] if mail.text else []
    pieces += [f"-------- {inner.subject or '…'} --------\n\n{inner.text}".rstrip() for inner in opened.mails]
    pieces += [CUT] if opened.cut else []
    return "\n\n".join(pieces), (*mail.attachments, *(one for inner in opened.mails for one in inner.attachments))
