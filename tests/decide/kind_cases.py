"""What the tests of `classify` share: the shipped words, and a mail made of the few things that a case needs."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from mailbridge.config.kinds import load_kinds
from mailbridge.config.shipped import shipped_path
from mailbridge.decide.classify_words import KindWords
from mailbridge.mail.message import Address, Mail

SENT = datetime(2026, 12, 23, 9, tzinfo=UTC)


@cache
def shipped_words() -> KindWords:
    """The words that are shipped, read once."""
    return load_kinds(shipped_path("config", "kinds"))


def mail(subject: str = "Question", text: str = "", sender: str = "Jane <jane@example.org>", **headers: str) -> Mail:
    """A mail from `sender`; underscores in header names stand for hyphens. `Return-Path` is unknown unless given."""
    name, _, address = sender.rpartition("<")
    given = [("from", sender), ("subject", subject), *((key.replace("_", "-").lower(), value) for key, value in headers.items())]
    return Mail(sha256="0", size=len(text), from_=(Address(name.strip(' "'),
        address.strip("<> ").lower()),) if address.strip("<> ") else (),
                to=(Address("", "support@desk.example"),), subject=subject, text=text, headers=tuple(given), date=SENT,
                in_reply_to=("1@desk.example",) if "In_Reply_To" in headers else ())
