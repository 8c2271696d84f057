"""Whether two texts say the same. Pure."""

from __future__ import annotations

import re

LIKE = 0.7
"""Share of words that two texts have in common, of all their words, from which on they are called alike."""

FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")


def alike_texts(one: str, other: str) -> bool:
    """Say whether two texts are one said twice: nearly the same words, or one is the beginning of the other."""
    first, second = (_WORD.findall(text.casefold()) for text in (one, other))
    if not first or not second:
        return one.strip() == other.strip()
    short, long = sorted((first, second), key=len)
    if len(short) >= FEWEST_WORDS and long[: len(short)] == short:
        return True
    left, right = set(first), set(second)
    return len(left & right) / len(left | right) >= LIKE
