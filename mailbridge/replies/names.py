"""The name to greet somebody with, and its Lithuanian vocative; or nothing, when it is not certain that it is one.

In: the display name and address of a mail. Out: `Anna`, `Анна Сергеевна`, `Jonai`, or an empty string: then the
greeting is neutral, which offends nobody. A company, a role, a login or an address is no name. Display names of real
mail come as `Petrova, Anna`, `PETROVA Anna`, `Петрова Анна Сергеевна`, `Dr. Anna Petrova (Acme)`, `anna.petrova`,
`Acme Support`, `Anna via Forms`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mailbridge.replies.first_names import FIRST_NAMES, LITHUANIAN, ROLES, TITLES

_PATRONYMIC = re.compile(r"(?:[ое]вич|[ое]вна|ьич|[ьок]мич|[итмк]ич|ична)$", re.IGNORECASE)
_RUSSIAN_SURNAME = re.compile(
    r"(?:[оеё]ва?|[иы]на?|[сц]к(?:ий|ой|ая)|енко|[ую]к|[иы]х|ян|швили|дзе)$", re.IGNORECASE)
_LITHUANIAN_SURNAME = re.compile(
    r"(?:[ai]u?skas|[ai]nskas|[ea]vi[cč]ius|[aiyuū]tis|[ėe]nas|[ūu]nas|onis|[aiyuū]t[ėe]|ien[ėe])$", re.IGNORECASE)
_LATIN_SURNAME = re.compile(
    r"(?:ova?|eva?|sk[yi]j?|skaya|skaja|enko|son|sen|berg|mann?|i[ćč]|dze|shvili)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|\s[|/•·–—-]\s.*$|\svia\s.*$", re.IGNORECASE)
_FOREIGN = re.compile(r"[wxq]|th|ph|ck|([bcdfghjklmnprstvz])\1", re.IGNORECASE)
_LITHUANIAN_LETTER = re.compile(r"[ąčęėįšųūž]", re.IGNORECASE)
_NOT_LITHUANIAN_LETTER = re.compile(r"[^a-pr-vyząčęėįšųūž]", re.IGNORECASE)
_VOICES = (("jas", "jau"), ("ias", "iau"), ("as", "ai"), ("us", "au"), ("is", "i"), ("ys", "y"), ("ė", "e"))


@lru_cache(maxsize=2048)
def greeting_name(name: str, address: str, locale: str) -> str:
    """Return the name as it follows the greeting in that language; empty when the greeting had better be neutral.

    locale `lt`: the vocative of a first name that looks Lithuanian, others as written. A Russian patronymic stays with
    its first name in every language. Never raises.
    """
    words = _words(name, address)
    if not words:
        return ""
    first, patronymic, rest = _pick(words)
    if not _is_name(first, [*rest, *filter(None, [patronymic])], address):
        return ""
    first, patronymic = _written(first), _written(patronymic)
    if patronymic:
        return f"{first} {patronymic}"
    return vocative(first, " ".join(rest)) if locale == "lt" else first


def _words(name: str, address: str) -> list[str]:
    """Split a display name into words, the first name first as far as commas tell; empty when it names no person."""
    plain = " ".join(_ASIDE.sub(" ", f" {' '.join(name.split())} ").strip(" \"'“”„«»‘’,;:").split())
    if not plain or "@" in plain or any(char.isdigit() for char in plain) or plain.lower() == _local_part(address):
        return []
    surname, *given = [part for part in plain.split(",") if part.strip(" .").lower() not in TITLES] or [""]
    words = [word for word in " ".join((*given, surname)).split() if word.strip(".").lower() not in TITLES]
    if not 1 <= len(words) <= 5 or not all(_WORD.fullmatch(word) for word in words):
        return []
    return [] if any(word.strip(".").lower() in ROLES for word in words) else words


def _local_part(address: str) -> str:
    return address.partition("@")[0].partition("+")[0].lower()


def _pick(words: list[str]) -> tuple[str, str, list[str]]:
    """Return first name, patronymic (or empty) and the other words, whatever their order."""
    for place, word in enumerate(words):
        if place and len(words) <= 3 and _PATRONYMIC.search(word):
            return words[place - 1], word, words[: place - 1] + words[place + 1 :]
    best = min(range(len(words)), key=lambda place: (_surname_like(words, place), place))
    return words[best], "", words[:best] + words[best + 1 :]


def _surname_like(words: list[str], place: int) -> int:
    """Weigh a word: 0 a known first name, 1 nothing known, 2 like a surname (its ending, or it alone in capitals)."""
    word = words[place]
    shouted = len(word) > 2 and word.isupper() and not all(other.isupper() for other in words)
    if word.lower() in FIRST_NAMES and not shouted:
        return 0
    endings = (_RUSSIAN_SURNAME, _LITHUANIAN_SURNAME, _LATIN_SURNAME)
    return 2 if shouted or any(ending.search(word) for ending in endings) else 1


def _is_name(first: str, rest: list[str], address: str) -> bool:
    """Say whether it is safe to greet so.

    A known first name is, unless it stands alone in lower case (a login). An unknown one must be written like a name,
    beside a surname, in letters whose order of names we know, and not come from a role's address.
    """
    if first.lower() in FIRST_NAMES:
        return bool(rest) or first[0].isupper()
    if len(first) < 2 or first.endswith(".") or not rest or not all(word[0].isupper() for word in (first, *rest)):
        return False
    if not ("\u0400" <= first[0] <= "\u04ff" or first[0] < "\u0250"):
        return False
    from_role = any(part in ROLES for part in re.split(r"[._-]", _local_part(address)))
    return not from_role and _surname_like([first], 0) < 2


def _written(word: str) -> str:
    """Write ANNA and anna as Anna, part by part where there is a hyphen; leave McArthur alone."""
    if word.isupper() or word.islower():
        return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
    return word


def vocative(first: str, surname: str = "") -> str:
    """Return the Lithuanian vocative of a first name; the name as it is when it does not look Lithuanian.

    Andrius -> Andriau, Elijas -> Elijau, Jonas -> Jonai, Vytis -> Vyti, Stasys -> Stasy, Eglė -> Egle, Ona -> Ona.
    """
    if "-" in first:
        return "-".join(vocative(part, surname) for part in first.split("-"))
    if not _looks_lithuanian(first, surname):
        return first
    for ending, voice in _VOICES:
        if first.endswith(ending):
            return first[: -len(ending)] + voice
    return first


def _looks_lithuanian(first: str, surname: str) -> bool:
    """Say yes to a known name, and to one spelled as Lithuanian is that has its letters or a Lithuanian surname."""
    if first.lower() in LITHUANIAN:
        return True
    if _FOREIGN.search(first) or _NOT_LITHUANIAN_LETTER.search(first):
        return False
    return bool(_LITHUANIAN_LETTER.search(first) or (surname and _LITHUANIAN_SURNAME.search(surname.split()[-1])))
