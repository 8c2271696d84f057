"""What a template may say about the facts: the name to greet with, dates, an apology not used yet.

One `Voice` lives for one rendering. It has no words of its own: they stand in the template files, and it only chooses
among them, always in the same way for the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from mailbridge.replies.dates import clock_time, moment, part_of_day, plural, span, stamp, zone
from mailbridge.replies.facts import BY_A_PERSON, CUSTOMER_FACING, Facts, plain_values
from mailbridge.replies.names import greeting_name

_LONG_WAIT, _WAIT = timedelta(hours=72), timedelta(hours=20)
# Where the words of one kind are used up, these are still true; then no apology is better than the same one again.
_INSTEAD = {"grave": ("delay", "wait"), "outage": (), "repeat": (), "delay": ("wait",), "wait": ()}


def apology_kind(facts: Facts) -> str:
    """Say how much there is to be sorry for; empty when there is nothing.

    `outage`: it is not only him. `grave`: a promise was broken and it is not the first time, or three days of waiting.
    `repeat`: the matter came back. `delay`: a promise was broken, or most of a day has passed. `wait`: he has been
    waiting at all.
    """
    again = facts.repeat or facts.reopened
    if facts.outage:
        return "outage"
    if (facts.breach and again) or (facts.wait is not None and facts.wait >= _LONG_WAIT):
        return "grave"
    if again:
        return "repeat"
    if facts.breach or (facts.wait is not None and facts.wait >= _WAIT):
        return "delay"
    return "wait" if facts.wait else ""


class Voice:
    """The words of one rendering.

    purpose: of the template; it decides whether the reader is the customer or an agent. locale: of the words.
    """

    def __init__(self, facts: Facts, purpose: str, locale: str) -> None:
        to_customer = purpose in CUSTOMER_FACING
        self._facts, self._locale, self._purpose = facts, locale, purpose
        self._certain = not to_customer or bool(facts.customer.timezone)
        self._zone = zone(facts.customer.timezone or facts.timezone if to_customer else facts.timezone)
        self._automatic = facts.automatic and purpose not in BY_A_PERSON
        self.apology = ""

    def context(self) -> dict[str, Any]:
        """Return every name that a template may use: the facts, and these functions."""
        facts = self._facts
        return plain_values(facts, self._purpose, self._locale) | {
            "locale": self._locale, "automatic": self._automatic,
            "name": greeting_name(facts.customer.name, facts.customer.address, self._locale),
            "part_of_day": self._part_of_day(),
            "reply_subject": reply_subject(facts.subject) if self._purpose != "receipt" else "",
            "apology_kind": apology_kind(facts),
            "by": self._by, "on": self._on, "at": self._at, "clock": self._clock, "same_day": self._same_day,
            "span": self._span, "plural": self._plural, "one_of": self._one_of, "fresh": self._fresh,
        }

    def _part_of_day(self) -> str:
        known = self._automatic and self._facts.customer.timezone
        return part_of_day(self._facts.now, self._zone, self._locale) if known else ""

    def _by(self, at: datetime) -> str:
        return moment(at, self._facts.now, self._zone, self._locale, form="by", certain=self._certain)

    def _on(self, at: datetime) -> str:
        return moment(at, self._facts.now, self._zone, self._locale, form="on", certain=self._certain)

    def _at(self, at: datetime) -> str:
        return stamp(at, self._zone)

    def _clock(self, at: datetime) -> str:
        return clock_time(at, self._zone)

    def _same_day(self, one: datetime, other: datetime) -> bool:
        return one.astimezone(self._zone).date() == other.astimezone(self._zone).date()

    def _span(self, length: timedelta) -> str:
        return span(length, self._locale)

    def _plural(self, count: int, **forms: str) -> str:
        return plural(count, self._locale, **forms)

    def _one_of(self, sentences: Sequence[str]) -> str:
        """Choose by ticket and number, so that the mails of one ticket walk through the sentences in turn."""
        return sentences[(self._facts.seed + self._facts.number) % len(sentences)]

    def _fresh(self, sentences: Mapping[str, Sequence[str]]) -> str:
        """Choose an apology of the right strength that this ticket has not had; empty when all were used.

        sentences: kind -> the sentences of that kind. A sentence is remembered by a hash of its words, so that an
        edited template can neither repeat it in another place nor block a new one.
        """
        used = {key.rsplit("-", 1)[-1] for one in (*self._facts.used_apologies, self.apology) for key in one.split()}
        kind = apology_kind(self._facts)
        for one in (kind, *_INSTEAD.get(kind, ())):
            choices = list(sentences.get(one, ()))
            turn = self._facts.seed % len(choices) if choices else 0
            for sentence in choices[turn:] + choices[:turn]:
                key = blake2b(sentence.encode(), digest_size=4).hexdigest()
                if key not in used:
                    self.apology = f"{self.apology} {one}-{key}".strip()
                    return sentence
        return ""


def reply_subject(subject: str) -> str:
    """Return `Re: ` and the subject, or an empty string when there is none; a prefix that is there already is kept."""
    line = " ".join(subject.split())
    return line if not line or line[:3].lower() == "re:" else f"Re: {line}"


def quoted(text: str) -> str:
    """Put `> ` before each line, as mail quotes: words of another that cannot be taken for ours."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def indented(text: str) -> str:
    """Set each line in by four spaces."""
    return "\n".join(f"    {line}".rstrip() for line in text.strip().splitlines())


def sentences(items: Iterable[object]) -> str:
    """Put sentences into one paragraph; those that are empty are left out."""
    return " ".join(filter(None, (str(item).strip() for item in items if item)))


def bullets(items: Iterable[str]) -> str:
    """Return one line an item, each behind a dash; an item's own line ends become spaces."""
    return "\n".join(f"- {' '.join(str(item).split())}" for item in items)
