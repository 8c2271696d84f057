"""Mails inside a mail: what was forwarded as an attachment, or returned by a report.

They are theirs, not ours: their text never mixes with what the sender wrote, and no decision is made from it. But a
person wants to see it, so it can be read on demand: the whole text, and the files that came in the inner mails.
"""

from __future__ import annotations

from mailbridge.errors import ParseError
from mailbridge.mail.message import Attachment, Mail
from mailbridge.mail.parse import read_envelope, read_mail

MAX_DEPTH = 4
MAX_MAILS = 50


def enclosed_mails(mail: Mail, charset_hints: tuple[str, ...] = (), max_parts: int = 1000) -> tuple[Mail, ...]:
    """Return the mails inside `mail`, and inside those, outermost first; at most 50, four deep. Never raises."""
    found: list[Mail] = []
    waiting = [(raw, 1) for raw in mail.attached]
    while waiting and len(found) < MAX_MAILS:
        raw, depth = waiting.pop(0)
        try:
            inner = read_mail(raw, charset_hints, max_parts)
        except ParseError:
            inner = read_envelope(raw)
        found.append(inner)
        if depth < MAX_DEPTH:
            waiting[:0] = [(deeper, depth + 1) for deeper in inner.attached]
    return tuple(found)


def whole_text(mail: Mail, charset_hints: tuple[str, ...] = ()) -> str:
    """Return the text of `mail`, and below it, each under a line with its subject, that of the mails inside it."""
    if not mail.attached:
        return mail.text
    pieces = [mail.text] if mail.text else []
    pieces += [f"-------- {inner.subject or '…'} --------\n\n{inner.text}".rstrip() for inner in enclosed_mails(mail, charset_hints)]
    return "\n\n".join(pieces)


def all_attachments(mail: Mail, charset_hints: tuple[str, ...] = ()) -> tuple[Attachment, ...]:
    """Return the attachments of `mail`, then those of the mails inside it."""
    if not mail.attached:
        return mail.attachments
    inner = (attachment for found in enclosed_mails(mail, charset_hints) for attachment in found.attachments)
    return (*mail.attachments, *inner)
