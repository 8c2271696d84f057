"""Whether a mail says nothing but thanks, in English, Russian or Lithuanian. Pure.

A text is taken apart into what stands between commas and full stops. Each piece must be a greeting, thanks, the news
that all is well, or a farewell, word for word by the patterns below; what is none of these is more than thanks. So a
denial, a request or a word that nobody thought of reopens a ticket, never the reverse.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from mailbridge.decide import thanks_words as words_of

MOST_LETTERS = 400
MOST_WORDS = 40
LONGEST_PIECE = 16
_SMILE = re.compile(r"[:;=8]-?[)D*]+|<3|\){2,}")
_BREAK = re.compile(r"[.,!;()/&«»\"“”„…\n]+|\s[-–—]+\s|\s*--+\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FOREIGN = re.compile(r"[?？:\d@]")


def is_bare_thanks(text: str, names: tuple[str, ...] = ()) -> bool:
    """Say whether a text holds nothing but thanks; when unsure, it holds more.

    names: of the people on the ticket, which may stand beside the thanks. "Thanks, but it still does not work" has
    a piece that is none of these; so has anything with a question or a number.
    """
    text = _SMILE.sub(" ", text)
    if len(text) > MOST_LETTERS or _FOREIGN.search(text):
        return False
    known = {_plain(word)[:3] for name in names for word in _WORD.findall(name) if len(word) > 2}
    pieces = [piece for piece in _pieces(text, known) if piece]
    lengths = [piece.count(" ") + 1 for piece in pieces]
    if not pieces or max(lengths) > LONGEST_PIECE or sum(lengths) > MOST_WORDS:
        return False
    return _is_all_thanks(pieces, 0) or _is_all_thanks(pieces, 1) or _is_all_thanks([_bare(piece) for piece in pieces], 2)


def _is_all_thanks(pieces: list[str], language: int) -> bool:
    thanks, around = _languages()[language]
    thanking = [thanks.fullmatch(piece) is not None for piece in pieces]
    return any(thanking) and all(said or around.fullmatch(piece) for said, piece in zip(thanking, pieces, strict=True))


def _pieces(text: str, names: set[str]) -> list[str]:
    """What stands between commas and full stops: words in lower case, a name that somebody is called by as NAME."""
    found, comma = [], False
    at = 0
    for stop in [*_BREAK.finditer(text), None]:
        words = _WORD.findall(text[at : stop.start() if stop else len(text)])
        found.append(" ".join(_word(word, place, words, names, comma) for place, word in enumerate(words)))
        at, comma = (stop.end() if stop else 0), bool(stop and stop.group().lstrip().startswith(","))
    return found


def _word(word: str, place: int, words: list[str], names: set[str], comma: bool) -> str:
    """Return a word as the patterns know it. A capital behind a comma, and alone there, is a name: "Спасибо, Мария!"."""
    plain = unicodedata.normalize("NFC", word.casefold().replace("’", "'"))
    called = word[0].isupper() and (_plain(word)[:3] in names or (comma and len(words) == 1 and word[1:].islower()))
    greeted = place > 0 and word[0].isupper() and _hello().fullmatch(" ".join(words[:place]).casefold())
    if plain in _all_words() and not (called and _plain(word)[:3] in names):
        return plain
    return "NAME" if called or greeted else plain


def _plain(word: str) -> str:
    """A name in plain Latin letters, so that "Анна" is known as Anna."""
    return _bare("".join(_LATIN.get(letter, letter) for letter in word.casefold()))


def _bare(text: str) -> str:
    """Leave out what stands above and below letters: many write Lithuanian without it."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


_LATIN = dict(zip("абвгдезиклмнопрстуфхцыэйё", "abvgdeziklmnoprstufhcyejo", strict=True)) | {
    "ж": "zh", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ь": "", "ъ": "",
}


def _language(spelled: dict[str, str], thanks: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a language: of thanks, and of what may stand around them."""
    words = {name: _JOIN.sub("", pattern) for name, pattern in spelled.items()}
    whole = _JOIN.sub("", thanks)
    for name in ("gerund", "noun", "adj", "det", "whom", "more", "well", "bye"):
        whole = re.sub(rf"\b{name.upper()}\b", f"(?:{words[name]})".replace("\\", r"\\"), whole)
    around = rf"(?:(?:and|и|ir) )?(?:{words['hello']}|{words['well']}|{words['bye']})(?: (?:{words['well']}|{words['bye']}))*"
    return re.compile(whole), re.compile(around)


_JOIN = re.compile(r"\s*\n\s*")


@cache
def _languages() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Put the patterns together once, when the first mail asks for them: it takes longer than many programs run."""
    return (
        _language(words_of.EN, words_of.EN_THANKS),
        _language(words_of.RU, words_of.RU_THANKS),
        _language({name: _bare(pattern) for name, pattern in words_of.LT.items()}, _bare(words_of.LT_THANKS)),
    )


@cache
def _hello() -> re.Pattern[str]:
    return re.compile("|".join(_JOIN.sub("", words["hello"]) for words in (words_of.EN, words_of.RU, words_of.LT)))


@cache
def _all_words() -> frozenset[str]:
    spelled = " ".join((words_of.EN_THANKS, words_of.RU_THANKS, *words_of.EN.values(), *words_of.RU.values()))
    lithuanian = " ".join((words_of.LT_THANKS, *words_of.LT.values()))
    return frozenset(_WORD.findall(f"{spelled} {lithuanian} {_bare(lithuanian)}"))
