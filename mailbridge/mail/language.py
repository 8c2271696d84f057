"""Says which language a text is written in: sure, or unknown. Never a guess from one word.

What comes in: what a person wrote. What goes out: a two-letter code, or None. The script decides where it can, then
the small words of each language (`language_words.py`); with the extra `lang` and on request, lingua.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from mailbridge.mail.language_words import CYRILLIC, LETTERS, SCRIPTS, STEMS, WORDS

LOOKED_AT = 2000
"""Characters that are looked at; a language does not change its small words later on."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
NOISE = re.compile(r"(?<!\S)\S[^\s@]*+@\S+|https?://\S+|www\.\S+|^[ \t]*+>.*$", re.MULTILINE)
NOISE_SIGNS = ("@", "://", "www.", ">")
SCRIPT = {code: re.compile(f"[{letters}]") for code, letters in SCRIPTS}
ANY_SCRIPT = re.compile(f"[{''.join(letters for _, letters in SCRIPTS)}]")
CYRILLIC_LETTER = re.compile("[\u0400-\u04ff]")
SHORTEST, LONGEST = 4, 9
"""Letters of the shortest and longest stem; shorter entries are whole words."""
Table = dict[str, tuple[tuple[str, float], ...]]
LEAST = 1.6
"""Points below which nothing is sure: two words, one of which is of one language only."""
MARGIN = 1.4
"""How much better than the next language the best one must be."""


def language(text: str, allowed: tuple[str, ...] = (), *, use_extra: bool = False) -> str | None:
    """Return the language of a text as a two-letter code, or None when it is not sure.

    allowed: the only languages that may be answered (all when empty); a text in another one is unknown.
    use_extra: ask lingua where the words are not sure, when the extra `lang` is installed.
    """
    text = text[:LOOKED_AT]
    if any(sign in text for sign in NOISE_SIGNS):
        text = NOISE.sub(" ", text)
    found = by_script(text) or by_words(text)
    if found is None and use_extra:
        found = by_lingua(text, allowed)
    return found if found and (not allowed or found in allowed) else None


def by_script(text: str) -> str | None:
    """Return the language of a script that only one language uses, if at least a third of the letters are in it."""
    found = "" if text.isascii() else "".join(ANY_SCRIPT.findall(text))
    if len(found) < 3:
        return None
    enough = max(3, sum(map(str.isalpha, text)) / 3)
    if len(found) < enough:
        return None
    counts = {code: len(pattern.findall(found)) for code, pattern in SCRIPT.items()}
    if counts["ja"] and counts["ja"] + counts["zh"] >= enough:
        return "ja" if counts["ja"] * 12 >= counts["zh"] else "zh"
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= enough else None


@cache
def word_table() -> Table:
    """Return word -> languages with what it is worth: 1 when only one language has it, less when several do.

    Words with accents stand in it without them, too: many people write so.
    """
    return shared({code: {form for word in (*WORDS[code].split(), *(stem for stem in STEMS[code].split() if len(stem) < SHORTEST))
                          for form in (word, plain(word))} for code in WORDS})


@cache
def stem_table() -> Table:
    """Return the beginning of a word (`SHORTEST` letters or more) -> languages with what it is worth."""
    return shared({code: {form for stem in STEMS[code].split() if len(stem) >= SHORTEST for form in (stem, plain(stem))}
                   for code in STEMS})


@cache
def stem_heads() -> frozenset[str]:
    """Return the first letters of every stem: few words share them, so that a look tells that a word has no stem."""
    return frozenset(stem[:SHORTEST] for stem in stem_table())


def shared(forms: dict[str, set[str]]) -> Table:
    """Turn language -> forms into form -> languages, each worth less the more languages have it."""
    owners: dict[str, list[str]] = {}
    for code, words in forms.items():
        for word in words:
            owners.setdefault(word, []).append(code)
    return {word: tuple((code, 1.0 if len(codes) == 1 else 0.6) for code in codes) for word, codes in owners.items()}


def plain(word: str) -> str:
    """Return a Latin word without its accents; other scripts as they are."""
    if word.isascii() or CYRILLIC_LETTER.search(word):
        return word
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def by_words(text: str) -> str | None:
    """Return the language whose small words, stems and letters are there, if it is clearly ahead of every other."""
    words = WORD.findall(text.replace("İ", "i").lower().replace("’", "'"))  # the one letter that `lower` makes two of
    if not words:
        return None
    counted = Counter(words)
    points, hits = word_points(counted)
    if not text.isascii():
        add_letters(points, counted)
    ranked = points.most_common(2)
    if not ranked:
        return None
    (best, most), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    enough = hits[best] >= 2 and most >= LEAST and most >= 0.08 * min(len(words), 60) and most >= MARGIN * second
    return best if enough else None


def word_points(words: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Count the points of each language, a word's second and third use a little more, and how many words gave them."""
    points: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    whole, heads = word_table(), stem_heads()
    for word, times in words.items():
        found = whole.get(word) or (stem_of(word) if word[:SHORTEST] in heads else None)
        if found:
            weight = 1 + 0.25 * min(times - 1, 2)
            for code, worth in found:
                points[code] += worth * weight  # type: ignore[assignment]
                hits[code] += 1
    return points, hits


def stem_of(word: str) -> tuple[tuple[str, float], ...]:
    """Return what the longest stem is worth that a word begins with."""
    stems = stem_table()
    beginnings = (word[:end] for end in range(min(len(word), LONGEST), SHORTEST - 1, -1))
    return next((stems[beginning] for beginning in beginnings if beginning in stems), ())


def add_letters(points: Counter[str], words: Iterable[str]) -> None:
    """Add half a point for each of the (distinct) words with a letter that only one language uses, at most two in all."""
    letters = set().union(*words)
    cyrillic = CYRILLIC_LETTER.search("".join(letters)) is not None
    for code in LETTERS:
        if (code in CYRILLIC) == cyrillic and (told := letters_of(code) & letters):
            telling = sum(not told.isdisjoint(word) for word in words)
            points[code] += min(0.5 * telling, 2)  # type: ignore[assignment]


@cache
def letters_of(code: str) -> frozenset[str]:
    """Return the telling letters of a language."""
    return frozenset(LETTERS[code])


def by_lingua(text: str, allowed: tuple[str, ...]) -> str | None:
    """Ask lingua in its low accuracy mode (15 MB); None without the extra, for less than four words, or when not clear."""
    if len(WORD.findall(text)) < 4:
        return None
    detector = lingua_detector(allowed)
    found = detector.detect_language_of(text) if detector else None
    return {"nb": "no", "nn": "no"}.get(code, code) if found and (code := str(found.iso_code_639_1.name).lower()) else None


@cache
def lingua_detector(allowed: tuple[str, ...]) -> Any:
    """Build lingua's detector once for a set of languages; None without the extra `lang`."""
    try:
        from lingua import IsoCode639_1, LanguageDetectorBuilder
    except ModuleNotFoundError:
        return None
    wanted = [code.upper() for code in (allowed or tuple(WORDS)) if code != "no"] + ["NB"] * ("no" in (allowed or WORDS))
    codes = [getattr(IsoCode639_1, code) for code in wanted if hasattr(IsoCode639_1, code)]
    if len(codes) < 2:
        return None
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().with_minimum_relative_distance(0.2).build()
