"""The words that tell a robot's mail from a person's, made ready for fast search.

What comes in: tables of phrases, one per language, as an admin writes them (`config/kinds/*.toml`, read by
`config/kinds.py`). What goes out: a `KindWords` value that finds the phrases of every group in a text. Pure.

A phrase is written in plain words. `*` at the end of a word stands for any ending (`отпуск*`), `*` on its own for a
few words of the same sentence (`out of the office * until`). Case, accents and line breaks do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

GROUPS = (
    "absence.subjects", "absence.declares", "absence.sentences", "absence.hints", "absence.returns",
    "answer.prefixes", "answer.subjects", "answer.declares", "answer.sentences", "answer.hints", "answer.topics",
    "notice.subjects", "notice.declares", "notice.sentences", "notice.hints",
    "person.sentences", "person.hints", "courtesy.sentences",
    "bounce.subjects", "bounce.sentences", "bounce.delays", "absence.words", "answer.words",
)
THINGS = ("absence.words", "answer.words")
"""No phrases: each entry is the words, divided by blanks, for one thing of which these robots speak."""
ROBOTS_TEXT = frozenset(group for group in GROUPS if not group.startswith(("person", "bounce"))
                        and not group.endswith(("subjects", "prefixes", "returns")))
WORD = re.compile(r"\w+")
OPENING = "[](){}<>*#!\"'«»„“”【】「」-=~ "
_UNMARKED = re.compile("[^\u0300-\u036f\u3099\u309a]+")  # runs of what stays: many times faster than looking for what goes
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ə": "e", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
            "–": "-", "—": "-", "‑": "-", "‐": "-"}
_ODD = re.compile(f"[{''.join(_LETTERS)}]")
MARKS = str.maketrans(dict.fromkeys(".,;!?()[]\"«»„“”*", " "))
STEM = 6
"""Words that begin with the same so many letters count as one: endings differ from sentence to sentence."""
_GAP = r"(?:[^.!?。！？]|(?<=\d)\.){0,60}?"


def fold(text: str) -> str:
    """Return `text` in lower case without accents, its white space as single blanks; linear in its length."""
    if text.isascii():
        text = text.lower().replace("`", "'")
    else:
        text = "".join(_UNMARKED.findall(unicodedata.normalize("NFKD", text).casefold()))
        text = _ODD.sub(lambda found: _LETTERS[found.group()], text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a group.

    text, language: as written, and the file it came from. plain: folded, when it holds no star; else `pattern` finds it.
    unspaced: of a language that writes no blanks between words; its text is searched with the blanks left out.
    needs: the whole words that a text must hold before it is worth searching; needle: of an unspaced phrase, its longest
    piece, for the same reason.
    """

    group: str
    text: str
    language: str
    plain: str
    pattern: str
    unspaced: bool
    needs: frozenset[str] = frozenset()
    needle: str = ""

    def places(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield where the phrase begins and ends in a folded text (without blanks, if it is `unspaced`)."""
        if self.pattern:
            for found in compiled(self.pattern).finditer(folded):
                yield found.span()
            return
        size, at = len(self.plain), folded.find(self.plain)
        while at >= 0:
            end = at + size
            if self.unspaced or not ((at and folded[at - 1].isalnum() and folded[at].isalnum())
                                     or (end < len(folded) and folded[end].isalnum() and folded[end - 1].isalnum())):
                yield at, end
            at = folded.find(self.plain, at + 1)


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a compiled pattern; those with a star are compiled when their longest word is first met in a mail."""
    return re.compile(pattern)


@dataclass(frozen=True, slots=True)
class Dates:
    """Names of months (1 to 12) and days (0 = Monday) in every language, folded; `*` stands for their endings."""

    months: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One phrase that was found: its group, its words as written, the text searched, and where in it the phrase stands."""

    group: str
    phrase: str
    text: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class KindWords:
    """Every phrase of every language.

    by_word: phrases by their longest word, which a text must hold; unspaced: those of languages without blanks, by the
    character of their needle that fewest of them share. stems: the beginnings (`STEM`) of all words in the phrases of robots.
    things: beginnings of words -> of which things (table, language, number) they speak.
    """

    by_word: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    unspaced: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    dates: Dates = field(default_factory=Dates)
    stems: frozenset[str] = frozenset()
    things: Mapping[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)

    def find(self, folded: str) -> tuple[Found, ...]:
        """Return where phrases stand in a folded text, each once. Costs one pass and a look-up for each word."""
        return tuple(Found(phrase.group, phrase.text, text, *place) for phrase, text in self.candidates(folded)
                     if (place := next(phrase.places(text), None)))

    def find_at_start(self, folded: str) -> tuple[Found, ...]:
        """Return the phrases that a folded subject begins with, brackets and marks before them left out."""
        return tuple(found for found in self.find(folded.lstrip(OPENING)) if found.begin == 0)

    def candidates(self, folded: str) -> Iterator[tuple[Phrase, str]]:
        """Yield the phrases of which the longest word stands in a folded text, and the text to search for each."""
        words = set(WORD.findall(folded))
        for word in self.by_word.keys() & words:
            for phrase in self.by_word[word]:
                if phrase.needs <= words:
                    yield phrase, folded
        if not folded.isascii() and UNSPACED.search(folded):
            joined = folded.replace(" ", "")
            for character in self.unspaced.keys() & set(joined):
                for phrase in self.unspaced[character]:
                    if phrase.needle in joined:
                        yield phrase, joined


def read_phrase(group: str, text: str, language: str) -> tuple[str, Phrase]:
    """Return the word a phrase is looked up by (empty: a language without blanks) and the phrase.

    Raises ValueError for a phrase without a whole word (it would have to be searched for in every mail), or with a star
    before or inside of a word.
    """
    words = fold(text).split()
    unspaced = bool(UNSPACED.search(text))
    whole = [part for word in words if "*" not in word for part in WORD.findall(word)]
    if not whole:
        raise ValueError(f"the phrase {text!r} holds no whole word")
    if any("*" in word[:-1] for word in words):
        raise ValueError(f"the phrase {text!r} has a star before the end of a word")
    if "*" not in text:
        plain = "".join(words) if unspaced else " ".join(words)
        if unspaced:
            return "", Phrase(group, text, language, plain, "", unspaced, needle=plain)
        return max(whole, key=len), Phrase(group, text, language, plain, "", unspaced, frozenset(whole))
    pieces = [_GAP if word == "*" else re.escape(word).replace(r"\*", r"\w*") for word in words]
    if unspaced:
        needle = max("".join(words).split("*"), key=len)
        return "", Phrase(group, text, language, "", "".join(pieces), unspaced, needle=needle)
    pattern = " ".join(pieces).replace(f" {_GAP} ", f"(?: | {_GAP} )").replace(f"{_GAP} ", _GAP).replace(f" {_GAP}", _GAP)
    before, after = r"(?<!\w)" if words[0][0].isalnum() else "", r"(?!\w)" if words[-1][-1].isalnum() else ""
    return max(whole, key=len), Phrase(group, text, language, "", before + pattern + after, unspaced, frozenset(whole))


def compile_words(tables: Mapping[str, Mapping[str, Iterable[str]]], dates: Dates | None = None) -> KindWords:
    """Make tables of phrases ready: language -> group (one of `GROUPS`) -> phrases. Raises ValueError for an unknown group."""
    by_word: dict[str, dict[tuple[str, str], Phrase]] = {}
    unspaced: dict[tuple[str, str], Phrase] = {}
    for language, groups in tables.items():
        for group, texts in groups.items():
            if group not in GROUPS:
                raise ValueError(f"unknown group {group!r}; known are {', '.join(GROUPS)}")
            for text in () if group in THINGS else texts:
                word, phrase = read_phrase(group, text, language)
                place = by_word.setdefault(word, {}) if word else unspaced
                place[group, phrase.plain or phrase.pattern] = phrase
    return KindWords({word: tuple(phrases.values()) for word, phrases in by_word.items()},
                     by_rarest_character(unspaced.values()), dates or Dates(), robot_stems(tables), things_of(tables))


def things_of(tables: Mapping[str, Mapping[str, Iterable[str]]]) -> dict[str, tuple[tuple[str, str, int], ...]]:
    """Return the beginnings of the words that speak of a thing, and of which: (table, language, number)."""
    things: dict[str, set[tuple[str, str, int]]] = {}
    for language, groups in tables.items():
        for group in THINGS:
            for number, entry in enumerate(groups.get(group, ())):
                for word in fold(entry).split():
                    things.setdefault(word[:STEM], set()).add((group.partition(".")[0], language, number))
    return {stem: tuple(sorted(spoken)) for stem, spoken in things.items()}


def robot_stems(tables: Mapping[str, Mapping[str, Iterable[str]]]) -> frozenset[str]:
    """Return the beginnings of the words that robots use in their text: where one stands, a robot may still be speaking."""
    return frozenset(word[:STEM] for groups in tables.values() for group, texts in groups.items() if group in ROBOTS_TEXT
                     for text in texts for word in fold(text).translate(MARKS).split() if len(word) > 2)


def by_rarest_character(phrases: Collection[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    """Sort phrases by the character of their needle that stands in the fewest of them, so that a text is tried against few."""
    shared = Counter(character for phrase in phrases for character in set(phrase.needle))
    groups: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        groups.setdefault(min(phrase.needle, key=lambda one: (shared[one], one)), []).append(phrase)
    return {character: tuple(group) for character, group in groups.items()}
