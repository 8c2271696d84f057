"""Whether two texts say the same, and whether one says nothing but thanks. Pure."""

from __future__ import annotations

import re

LIKE = 0.7
"""Share of words that two texts have in common, of all their words, from which on they are called alike."""

FEWEST_WORDS = 3
MOST_WORDS = 16
_SMILE = re.compile(r"[:;]-?[)D]")
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


def is_bare_thanks(text: str, names: tuple[str, ...] = ()) -> bool:
    """Say whether a text holds nothing but thanks, in English, Russian or Lithuanian; when unsure, it holds more.

    names: of the people on the ticket, which may stand beside the thanks. "Thanks, but it still does not work" has
    words that are none of these; so has anything with a question or a number.
    """
    text = _SMILE.sub(" ", text)
    words = [match[0].casefold() for match in _WORD.finditer(text) if not _is_spoken_to(text, match)]
    if (
        not words
        or len(words) > MOST_WORDS
        or any(sign in text for sign in "?？:")
        or any(word.isdigit() for word in words)
    ):
        return False
    named = {word for name in names for word in _WORD.findall(name.casefold())}
    return any(word in _THANKS for word in words) and all(
        word in _THANKS or word in _AROUND or word in named for word in words
    )


def _is_spoken_to(text: str, word: re.Match[str]) -> bool:
    """Say whether a word is a name that somebody is called by: capital, behind a comma or a greeting, or before a comma."""
    if not word[0][0].isupper() or word[0].casefold() in _THANKS | _AROUND:
        return False
    before, after = text[: word.start()].rstrip(" \t"), text[word.end() :].lstrip(" \t")
    ends = not after or after[0] in ",.!\n"
    greeted = _WORD.findall(before[-30:].casefold())[-1:]
    return ends and (
        before.endswith(",") or bool(greeted and greeted[0] in _GREETINGS) or (not before and after[:1] == ",")
    )


_GREETINGS = frozenset("hi hello hey dear здравствуйте привет день утро вечер sveiki diena rytas vakaras labas".split())  # noqa: SIM905
_THANKS_WORDS = """
    thanks thank thankyou thx thnx tnx ty cheers grateful appreciated appreciate
    спасибо спс благодарю благодарим спасибочки признателен признательна благодарен благодарна пасиб
    ačiū aciu dėkoju dekoju dėkojame dekojame dėkui dekui dėkinga dėkingas dekinga dekingas
"""
_WORDS_AROUND = """
    you u so very much a lot many again all for your the quick fast prompt great good kind help support reply answer response
    assistance time works working perfect perfectly excellent super ok okay now it that is all's i we am are really hi hello hey
    dear team best regards kind warm sincerely bye have nice day and in advance everything fine awesome wonderful sent from my
    iphone
    большое огромное вам вас тебе за помощь ответ быстрый оперативный оперативность скорый поддержку всё все отлично работает
    супер хорошо ок очень ещё еще раз здравствуйте привет добрый день с уважением и понял поняла получилось заработало теперь
    доброго дня хорошего вечера до свидания заранее я мы
    labai jums tau už uz pagalbą pagalba atsakymą atsakyma greitą greita dar kartą karta viskas gerai puiku veikia tinka
    supratau sveiki labas diena laba pagarbiai geros dienos gražios grazios iki ir jau aš as mes nuoširdžiai nuosirdziai
    didelis didžiulis
"""
_THANKS, _AROUND = frozenset(_THANKS_WORDS.split()), frozenset(_WORDS_AROUND.split())
