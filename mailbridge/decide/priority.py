"""How pressing a ticket is, and why: what the customer writes, who he is, how long he has waited.

In: the facts of one ticket and the words and points of the desk (`config/priority/`). Out: a `Grade`: one of `low`,
`normal`, `high`, `critical`, and the reasons that made it. The order shipped: stopped work or leaked data, urgent, harm
to others, business, repeated trouble, the contact's level, waiting; and waiting grows. A priority that a person has set
stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

CRITICAL, HIGH = 100, 40
DAY = timedelta(days=1)
MOST_REPEATS = 3
READ_AT_MOST = 20_000
STEM = 2
_WORD = re.compile(r"\w+")


class Ground(StrEnum):
    """What makes a ticket more (or less) pressing, in the order that is shipped."""

    STOPPED = "stopped"
    LEAK = "leak"
    URGENT = "urgent"
    HARM = "harm"
    BUSINESS = "business"
    REPEATED = "repeated"
    CALM = "calm"
    LEVEL = "level"
    WAITING = "waiting"
    PERSON = "person"


WORDED = (Ground.STOPPED, Ground.LEAK, Ground.URGENT, Ground.HARM, Ground.BUSINESS, Ground.REPEATED, Ground.CALM)
POINTED = (*WORDED, Ground.WAITING)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase, as a pattern. needs: whole words that a text must hold; start: of a phrase without any, how one begins."""

    ground: Ground
    pattern: str
    needs: frozenset[str]
    start: str = ""


@dataclass(frozen=True, slots=True)
class PriorityWords:
    """What counts, made ready by `priority_words`: phrases by the word that they need, points, points by contact level.

    by_word: phrases by a whole word; by_start: those of which only word beginnings are known, by two letters.
    """

    by_word: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    by_start: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    points: Mapping[Ground, int] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)

    def candidates(self, folded: str) -> dict[Ground, list[str]]:
        """Return the patterns, by ground, whose words stand in a text: one look-up a word, as most mails hold none."""
        words = set(_WORD.findall(folded))
        found: dict[Ground, list[str]] = {}
        for word in self.by_word.keys() & words:
            for phrase in self.by_word[word]:
                if phrase.needs <= words:
                    found.setdefault(phrase.ground, []).append(phrase.pattern)
        for word in words:
            for phrase in self.by_start.get(word[:STEM], ()):
                if word.startswith(phrase.start):
                    found.setdefault(phrase.ground, []).append(phrase.pattern)
        return found


@dataclass(frozen=True, slots=True)
class Pressing:
    """What is known of a ticket.

    subject, text: as the customer wrote it, without quotation; level: the contact's, may be empty.
    waited: how long he has waited for a person by now; repeats: his earlier tickets or reopenings of the last weeks.
    set_by: the priority that a person has set, or None.
    """

    subject: str = ""
    text: str = ""
    level: str = ""
    waited: timedelta = timedelta(0)
    repeats: int = 0
    set_by: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: the ground, its points, and what was found (words of the mail, the level, days)."""

    ground: Ground
    points: int
    found: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A priority with the reasons that made it, weightiest first; `points` order tickets of one priority."""

    priority: str
    points: int
    reasons: tuple[Why, ...]


def grade(facts: Pressing, words: PriorityWords) -> Grade:
    """Return how pressing a ticket is. Never raises.

    Words alone make nothing critical but stopped work and leaked data; others add up to less. Waiting adds for each
    whole
    day, so that nobody waits for ever: a normal ticket becomes high, then critical.
    """
    worded = tuple(_by_words(f"{facts.subject}\n{facts.text}"[:READ_AT_MOST], words))
    others = tuple(_by_facts(facts, words))
    total = sum(why.points for why in worded + others if why.ground is not Ground.WAITING)
    if not any(why.points >= CRITICAL for why in worded):
        total = min(total, CRITICAL - 1)
    total += sum(why.points for why in others if why.ground is Ground.WAITING)
    reasons = tuple(sorted(worded + others, key=lambda why: -abs(why.points)))
    if facts.set_by:
        return Grade(facts.set_by, total, (Why(Ground.PERSON, 0, facts.set_by), *reasons))
    return Grade(_named(total), total, reasons)


def priority_words(tables: Mapping[str, Mapping[str, Iterable[str]]], points: Mapping[str, int],
                   levels: Mapping[str, int]) -> PriorityWords:
    """Return words and points made ready.

    tables: language -> ground -> phrases, a `*` at the end of a word standing for any ending. points: ground -> points.
    levels: contact level -> points. Raises ValueError that names an unknown ground, an empty phrase or a wrong number.
    """
    words: dict[str, list[Phrase]] = defaultdict(list)
    starts: dict[str, list[Phrase]] = defaultdict(list)
    for language, grounds in tables.items():
        for name, listed in grounds.items():
            if name not in WORDED:
                raise ValueError(f'[{language}] has no list "{name}"; known: {", ".join(WORDED)}')
            for phrase in (_phrase(Ground(name), text) for text in listed):
                (words[max(sorted(phrase.needs), key=len)] if phrase.needs else starts[phrase.start[:STEM]]).append(phrase)
    unknown = [name for name in points if name not in POINTED]
    if unknown:
        raise ValueError(f'[points] has no key "{unknown[0]}"; known: {", ".join(POINTED)}')
    return PriorityWords(
        {word: tuple(listed) for word, listed in words.items()},
        {start: tuple(listed) for start, listed in starts.items()},
        {Ground(name): value for name, value in points.items()},
        {level.casefold(): value for level, value in levels.items()})


def _by_words(text: str, words: PriorityWords) -> Iterable[Why]:
    """Yield a reason for each ground that the text names; `not urgent` is taken out before `urgent` is looked for."""
    folded = " ".join(_fold(text).split())
    candidates = words.candidates(folded)
    if Ground.CALM in candidates:
        calm = _any_of(frozenset(candidates[Ground.CALM]))
        found = list(dict.fromkeys(calm.findall(folded)))
        if found:
            yield Why(Ground.CALM, words.points.get(Ground.CALM, 0), ", ".join(found))
            folded = calm.sub(" . ", folded)
    for ground in WORDED:
        if ground is Ground.CALM or ground not in candidates:
            continue
        if found := list(dict.fromkeys(_any_of(frozenset(candidates[ground])).findall(folded))):
            yield Why(ground, words.points.get(ground, 0), ", ".join(found[:MOST_REPEATS]))


def _by_facts(facts: Pressing, words: PriorityWords) -> Iterable[Why]:
    repeats = min(max(facts.repeats, 0), MOST_REPEATS)
    if repeats:
        yield Why(Ground.REPEATED, repeats * words.points.get(Ground.REPEATED, 0), str(facts.repeats))
    if points := words.levels.get(facts.level.casefold()):
        yield Why(Ground.LEVEL, points, facts.level)
    days = facts.waited // DAY
    if days > 0:
        yield Why(Ground.WAITING, days * words.points.get(Ground.WAITING, 0), f"{days} d")


def _named(points: int) -> str:
    if points >= CRITICAL:
        return "critical"
    if points >= HIGH:
        return "high"
    return "normal" if points >= 0 else "low"


def _fold(text: str) -> str:
    """Return a text as words are compared: no case, ё as е, straight apostrophes."""
    return text.casefold().replace("ё", "е").replace("\u2019", "'")


def _phrase(ground: Ground, phrase: str) -> Phrase:
    words = _fold(phrase).split()
    if not words or any(not re.fullmatch(r"[^\W_](?:[\w'-]*\w)?\*?", word) for word in words):
        raise ValueError(f'"{phrase}" is no phrase: write words, with * only at the end of one')
    pattern = " ".join(re.escape(word.rstrip("*")) + (r"[\w'-]*" if word.endswith("*") else "") for word in words)
    pieces = [(piece, place == len(split) - 1 and word.endswith("*"))
              for word in words for split in (_WORD.findall(word),) for place, piece in enumerate(split)]
    needs = frozenset(piece for piece, opened in pieces if not opened)
    start = "" if needs else max((piece for piece, _ in pieces), key=len)
    if not needs and len(start) < STEM:
        raise ValueError(f'"{phrase}" would fit almost anything: write at least {STEM} letters before the *')
    return Phrase(ground, pattern, needs, start)


@lru_cache(maxsize=512)
def _any_of(patterns: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of these, the longest first; few of them ever meet in one mail."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(patterns, key=lambda one: (-len(one), one)))})(?!\w)")
