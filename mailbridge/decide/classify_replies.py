"""Weighs the words of a mail: an absent person's robot, a robot that acknowledges, a notice, or a person.

What comes in: subject and written text. What goes out: `Weights`. Pure. A robot answers in a few sentences that all say
the same; a person who happens to use one of them also asks, tells or wants something. So what is left unexplained
counts as much as what is found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbridge.decide.classify_words import OPENING, Found, KindWords, fold

LONG = 1500
"""A text beyond this length is rarely a robot's answer."""
FEW_WORDS = 4
"""A sentence of fewer words (a greeting, a name, a closing) explains nothing and needs no explanation."""
SEPARATOR = re.compile(r"\s*(?:$|[:：\]\)】»-]|re\b|aw\b|sv\b|vs\b|tr\b|odp\b|\()")
QUESTION = re.compile(r"[?？](?![\w=&/%])")
SENTENCE_END = re.compile(r"(?<!\d)[.!?。！？]+(?=\s|$)|[。！？]|[.!?]\s(?=\D)")
SENTENCE_BEGIN = re.compile(r"(?:^|[.!?*>,;()\[\]\-—–。！？※]\s?)$")
PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\n(?=[ \t]*[-*•]\s)")
FORWARDED = re.compile(r"^(?:fwd?|wg|tr|i|enc|doorst|pd|fs|vb|пересл|转发|轉寄|転送)\s*[:：]")
ANSWER = re.compile(r"^(?:re|aw|sv|vs|odp|ynt|yan|antw|r|res|rif|ref|atb|回复|答复|回覆|返信|ответ|на|ats|vast)\s*(?:\[\d+\])?\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class Weights:
    """Points for each kind of robot, and against one (`person`); groups: the lists of words that were met, sorted.

    folded: the text as it was searched.
    """

    absence: int
    answer: int
    notice: int
    person: int
    groups: tuple[str, ...]
    folded: str


def weigh(subject: str, text: str, words: KindWords) -> Weights:
    """Weigh a folded subject and the text that this sender wrote."""
    folded = fold(PARAGRAPH.sub(" . ", text))
    found = words.find(folded)
    groups = {one.group for one in found}
    begins = begun(subject, words)
    covered = coverage(folded, found) if groups else 0
    points = {table: table_points(table, found, groups, begins, covered) for table in ("absence", "answer", "notice")}
    return Weights(points["absence"], points["answer"], points["notice"], person_points(subject, folded, text, found),
                   tuple(sorted({*begins, *groups})), folded)


def begun(subject: str, words: KindWords) -> dict[str, int]:
    """Return which lists of subjects a folded subject begins with, and what that is worth.

    `Automatic reply: …` with its colon is made by a machine (3); a subject that goes on as a sentence says less (1), and
    so does one that is nothing but the word (2): people write "Holiday", too.
    """
    subject = ANSWER.sub("", subject).lstrip(OPENING)
    begins: dict[str, int] = {}
    for found in words.find_at_start(subject):
        if found.group.endswith(".subjects"):
            rest = found.text[found.end:]
            worth = 2 if not rest.strip(OPENING + ".") else 4 if SEPARATOR.match(rest) else 1
            begins[found.group] = max(worth, begins.get(found.group, 0))
    return begins


def table_points(table: str, found: tuple[Found, ...], groups: set[str], begins: dict[str, int], covered: int) -> int:
    """Count the subject, a sentence (2), a declaration (4 where it opens a sentence, else 1), hints (1 each, at most 2),
    and whether the rest of the text is explained."""
    declared = max((4 if at_sentence(one) else 1 for one in found if one.group == f"{table}.declares"), default=0)
    sentence = 2 if f"{table}.sentences" in groups else 0
    hints = min(sum(one.group == f"{table}.hints" for one in found), 2)
    subject = begins.get(f"{table}.subjects", 0)
    own = subject + declared + sentence + hints
    return own + covered if sentence or declared or hints > 1 else own


def at_sentence(found: Found) -> bool:
    """Say whether a phrase stands at the beginning of a sentence: "it says this is an automatic reply" does not."""
    return bool(SENTENCE_BEGIN.search(found.text[max(0, found.begin - 3):found.begin]))


def coverage(folded: str, found: tuple[Found, ...]) -> int:
    """Say how much of a text is explained by the phrases found: 1 all of it, 0 most, -1 or -2 when much is left over."""
    places = sorted((one.begin, one.end) for one in found if one.text is folded and not one.group.startswith("person"))
    if not places:
        return 0
    begin, left = 0, 0
    for end in [*(match.end() for match in SENTENCE_END.finditer(folded)), len(folded)]:
        if len(folded[begin:end].split()) >= FEW_WORDS and not any(one < end and other > begin for one, other in places):
            left += 1
        begin = end
    return 1 if left == 0 else 0 if left < 3 else -1 if left < 6 else -2


def person_points(subject: str, folded: str, text: str, found: tuple[Found, ...]) -> int:
    """Count what speaks for a person: a question, a wish, a long letter, a forward."""
    wishes = sum(one.group == "person.sentences" for one in found)
    return 2 * bool(QUESTION.search(folded) or QUESTION.search(subject)) + 2 * min(wishes, 2) + 2 * (len(text) > LONG) + 4 * bool(FORWARDED.match(subject))
