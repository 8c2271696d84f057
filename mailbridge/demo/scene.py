"""How the story looks on a terminal: who wrote, what went out (quoted and shortened), what the ticket says now."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailbridge.demo.letters import Letter
from mailbridge.demo.stage import TIME_ZONE, Posted, Stage
from mailbridge.records.words import when

WIDTH = 78
MOST_LINES = 22
JsonObject = dict[str, Any]


def scene(stage: Stage, title: str, *parts: str, came_in: Iterable[Letter] = (), went_out: Iterable[Posted] = (),
          tickets: Iterable[int] = (), **more: Any) -> JsonObject:
    """Return one scene. parts: its paragraphs and quoted mails in order; what the tickets say now is put below them.

    What the desk has sent by itself since the scene before counts as having gone out in this one.
    """
    went_out = [*stage.meanwhile, *went_out]
    stage.meanwhile.clear()
    shown = [stage.ticket(number) for number in tickets]
    states = "\n".join(ticket_line(one) for one in shown)
    told = "\n\n".join(filter(None, (headline(stage.now, title), *parts, states))) + "\n"
    return {"title": title, "at": when(stage.now), "told": told,
            "came_in": [_mail(one.writer.address, one.to, one.subject, one.typed) for one in came_in],
            "went_out": [_mail(one.mail.author.address, one.to, one.mail.subject, one.mail.text) for one in went_out],
            "tickets": [{name: one[name] for name in ("ticket", "state", "agent", "messages")} for one in shown]} | more


def _mail(sender: str, to: str, subject: str, text: str) -> JsonObject:
    return {"from": sender, "to": to, "subject": subject, "text": text}


def headline(at: datetime, title: str) -> str:
    """Return the line above a scene: day and time where the desk is, and what happens."""
    head = f"── {at.astimezone(ZoneInfo(TIME_ZONE)):%A %H:%M} ── {title} "
    return head + "─" * max(2, WIDTH - len(head))


def say(text: str) -> str:
    """Return a paragraph, wrapped."""
    return textwrap.fill(" ".join(text.split()), WIDTH)


def typed(letter: Letter) -> str:
    """Return what somebody wrote to the desk, as he typed it."""
    return _quoted(f"{letter.writer.name} <{letter.writer.address}> → {_short(letter.to)}", letter.subject, letter.typed)


def sent(posted: Posted) -> str:
    """Return a mail of the desk, as it lies in somebody's inbox."""
    return _quoted(f"{posted.mail.author.name} <{posted.mail.author.address}> → {posted.to}", posted.mail.subject, posted.mail.text)


def ticket_line(one: JsonObject) -> str:
    """Return what a ticket says now, in a line."""
    who = f"{one['agent']} has it" if one["agent"] else "nobody has it yet"
    count = one["messages"]
    return f"   Ticket {one['ticket']} is {one['state']}; {who}; {count} message{'s' if count != 1 else ''}."


def to_whom(posted: Sequence[Posted], address: str, saying: str = "") -> Posted:
    """Return the newest mail that went to an address, with these words in its subject."""
    return next(one for one in reversed(posted) if one.to == address and saying in one.mail.subject)


def _quoted(head: str, subject: str, text: str) -> str:
    lines = [wrapped for line in text.strip().splitlines() for wrapped in textwrap.wrap(line, WIDTH - 5, break_long_words=False) or [""]]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES - 1], "[…]"]
    return "\n".join([f"   {head}", *(f"   │ {line}".rstrip() for line in (f"Subject: {subject}", "", *lines))])


def _short(address: str) -> str:
    """Return an address with its long token cut, as mail programs show it."""
    local, _, domain = address.rpartition("@")
    box, plus, token = local.partition("+")
    return f"{box}+{token[:6]}…@{domain}" if plus and len(token) > 12 else address
