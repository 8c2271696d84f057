"""Reads what stands behind a command: a person, a department, a date, a number, an address.

Each reader takes the words and the context and returns the fields of `Command` that they fill. A `Fault` says what is
wrong, in the agent's language; `commands.py` puts the line to it.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from mailbridge.decide.command_dates import DateFault, Edge, read_until
from mailbridge.decide.command_values import CommandContext, Reason
from mailbridge.decide.command_words import MYSELF, NOBODY, PRIORITIES, say

LONGEST_QUOTE = 60
LONGEST_ARGUMENT = 500
MOST_NAMES = 12

_WORD = re.compile(r"[^\W_](?:[\w-]*\w)?")
_NUMBER = re.compile(r"\[?#?(\d{1,12})\]?")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"]+@[^\s<>()\[\]:;,\"@]+\.[^\s<>()\[\]:;,\"@.]+")

Fields = dict[str, Any]
Reader = Callable[[str, str, CommandContext], Fields]


class Fault(ValueError):
    """What stands behind a command cannot be used: the reason, what is wrong, and what would be right."""

    def __init__(self, reason: Reason, locale: str, **parts: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.what, self.fix = say(reason, locale, **parts)


def read_argument(name: str, words: str, context: CommandContext) -> Fields:
    """Return the fields of `Command` that the words behind `/name` fill. Raises Fault."""
    if len(words) > LONGEST_ARGUMENT:
        raise Fault(Reason.TOO_LONG, context.locale, name=name)
    if name in MAY_HAVE:
        return MAY_HAVE[name](name, words, context) if words else _alone(name, context)
    if name in MUST_HAVE:
        if not words:
            raise Fault(Reason.MISSING, context.locale, name=name)
        return MUST_HAVE[name](name, words, context)
    if words:
        raise Fault(Reason.TOO_MUCH, context.locale, name=name, value=quoted(words))
    return _alone(name, context)


def quoted(text: str) -> str:
    """Return the first words of a text, for a sentence that names it."""
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _alone(name: str, context: CommandContext) -> Fields:
    return _someone(name, context.writer, context) if name in ("take", "watch") else {}


def _someone(name: str, words: str, context: CommandContext) -> Fields:
    wanted = _folded(words.strip("@<>.,;:"))
    if wanted in MYSELF and context.writer in context.agents:
        return {"agent": context.writer}
    if wanted in NOBODY and name == "assign":
        return {"agent": ""}
    for found in _named_so(wanted, words, context.agents):
        if len(found) == 1:
            return {"agent": found[0]}
        if found:
            raise Fault(Reason.AMBIGUOUS_AGENT, context.locale, name=name, value=quoted(words), known=_listed(found))
    names = [*context.agents, *(full for full, _ in context.agents.values())]
    raise Fault(Reason.UNKNOWN_AGENT, context.locale, name=name, value=quoted(words),
                meant=_meant(words, names), known=_listed(context.agents))


def _named_so(wanted: str, words: str, agents: Mapping[str, tuple[str, str]]) -> Iterator[list[str]]:
    """Yield whom the words may name, strictest first: by key, address, whole name, one of the names, its beginning."""
    addresses = {address.lower().rstrip(".") for address in _ADDRESS.findall(words)}
    names = {key: _folded(full) for key, (full, _) in agents.items()}
    yield [key for key in agents if _folded(key) == wanted]
    yield [key for key, (_, address) in agents.items() if address.lower() in addresses]
    yield [key for key, full in names.items() if full == wanted]
    yield [key for key, full in names.items() if wanted in full.split()]
    if len(wanted) > 1:
        yield [key for key, full in names.items() if any(
            part.startswith(wanted) for part in (_folded(key), *full.split()))]


def _department(name: str, words: str, context: CommandContext) -> Fields:
    return {"department": _choice(name, words, context.departments, Reason.UNKNOWN_DEPARTMENT, context)}


def _category(name: str, words: str, context: CommandContext) -> Fields:
    if context.categories:
        return {"category": _choice(name, words, context.categories, Reason.UNKNOWN_CATEGORY, context)}
    return {"category": _word(name, words, context)}


def _template(name: str, words: str, context: CommandContext) -> Fields:
    if context.templates:
        return {"template": _choice(name, words, context.templates, Reason.UNKNOWN_TEMPLATE, context)}
    return {"template": _word(name, words, context)}


def _priority(name: str, words: str, context: CommandContext) -> Fields:
    word = _choice(name, words, PRIORITIES, Reason.UNKNOWN_PRIORITY, context, ("low", "normal", "high", "critical"))
    return {"priority": PRIORITIES[word]}


def _tags(name: str, words: str, context: CommandContext) -> Fields:
    tags = (_word(name, tag.lstrip("#"), context) for tag in re.split(r"[\s,;]+", words) if tag)
    return {"tags": tuple(dict.fromkeys(tags))}


def _until(name: str, words: str, context: CommandContext) -> Fields:
    edge = Edge.END if name == "eta" else Edge.START
    try:
        until = read_until(words, context.now, context.timezone, edge, context.hours)
    except DateFault as fault:
        at = fault.at.astimezone(ZoneInfo(context.timezone)).strftime("%Y-%m-%d %H:%M") if fault.at else ""
        raise Fault(fault.reason, context.locale, name=name, value=quoted(words), at=at) from None
    return {"until": until.at, "whole_day": until.whole_day}


def _ticket(name: str, words: str, context: CommandContext) -> Fields:
    found = _NUMBER.fullmatch(words.rstrip(".,;"))
    if not found or not int(found[1]):
        raise Fault(Reason.NO_NUMBER, context.locale, name=name, value=quoted(words))
    number = int(found[1])
    if context.ticket_exists and not context.ticket_exists(number):
        raise Fault(Reason.UNKNOWN_TICKET, context.locale, name=name, value=str(number))
    return {"ticket": number}


def _address(name: str, words: str, context: CommandContext) -> Fields:
    """`x@example.org<mailto:x@example.org>` is what Outlook makes of a typed address."""
    found = {address.lower().rstrip(".") for address in _ADDRESS.findall(words.replace("mailto:", " "))}
    if len(found) != 1:
        raise Fault(Reason.NO_ADDRESS, context.locale, name=name, value=quoted(words))
    return {"address": found.pop()}


def _reason(name: str, words: str, context: CommandContext) -> Fields:  # noqa: ARG001 - a reader like the others
    return {"text": words}


def _word(name: str, words: str, context: CommandContext) -> str:
    word = unicodedata.normalize("NFC", words.rstrip(".,;:").lower())
    if not _WORD.fullmatch(word) or len(word) > LONGEST_QUOTE:
        raise Fault(Reason.NO_WORD, context.locale, name=name, value=quoted(words))
    return word


def _choice(
    name: str, words: str, known: Collection[str], reason: Reason, context: CommandContext, shown: Collection[str] = (),
) -> str:
    wanted = _folded(words.rstrip(".,;:"))
    for word in known:
        if _folded(word) == wanted:
            return word
    raise Fault(reason, context.locale, name=name, value=quoted(words), meant=_meant(words, known),
                known=_listed(shown or known))


def _folded(text: str) -> str:
    """Return a text as it is compared: no case, no accents (`žemas` typed as `zemas`), й and ё as typed."""
    marks = unicodedata.normalize("NFD", text.casefold().replace("й", "\x00").replace("ё", "е"))
    return "".join(char for char in marks if not unicodedata.combining(char)).replace("\x00", "й").strip()


def _meant(word: str, known: Iterable[str]) -> str:
    by_folded = {_folded(name): name for name in known}
    found = difflib.get_close_matches(_folded(word), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def _listed(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:MOST_NAMES]) + (", …" if len(listed) > MOST_NAMES else "")


MUST_HAVE: dict[str, Reader] = {
    "assign": _someone, "transfer": _department, "priority": _priority, "category": _category, "tag": _tags,
    "eta": _until, "snooze": _until, "merge": _ticket,
}
MAY_HAVE: dict[str, Reader] = {
    "draft": _template, "unmerge": _ticket, "allow": _address, "escalate": _reason, "watch": _someone,
}
