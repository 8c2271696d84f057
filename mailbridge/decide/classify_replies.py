"""Weighs the words of a mail: an absent person's robot, a robot that acknowledges, a notice, or a person.

What comes in: subject and written text. What goes out: `Weights`. Pure. A robot answers in a few sentences that all say
the same; a person who happens to use one of them also asks, tells or wants something. So what is left unexplained
counts as much as what is found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from mailbridge.decide.classify_dates import find_return
from mailbridge.decide.classify_words import OPENING, UNSPACED, Found, KindWords, fold

LONG = 1500
"""A text beyond this length is rarely a robot's answer."""
SEPARATOR = re.compile(r"\s*(?:$|[:：\]\)】»-]|re\b|aw\b|sv\b|vs\b|tr\b|odp\b|\()")
QUESTION = re.compile(r"[?？](?![\w=&/%])")
_AFTER_MARK = r"(?<=[.!?。！？])(?<!\d.)[.!?。！？]*(?=\s|$)|(?<=[。！？])|(?<=[.!?])\s(?=\D)"
SENTENCE_END = re.compile(f"[.!?。！？](?:{_AFTER_MARK})")
CLAUSE_END = re.compile(f"[.!?。！？,;，、](?:{_AFTER_MARK}|(?<=[,;，、]))")
"""Both begin with one set of marks, so that the search flies over everything else."""
SENTENCE_BEGIN = re.compile(r"(?:^|[.!?*>,;()\[\]\-—–。！？※]\s?)$")
PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\n(?=[ \t]*[-*•]\s)")
NUMBER = re.compile(r"(?:#|no\.?|nr\.?|№|\bid|number|numm?er|numer[oa]?|номер\w{0,3}|c\.|番号|编号|工单|ticket|case|zgloszenie)"
                    r"[ :.#\]]{0,3}\d{3,}")
"""A number under which a request was filed."""
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


def weigh(subject: str, text: str, words: KindWords, sent: datetime | None = None) -> Weights:
    """Weigh a folded subject and the text that this sender wrote; sent: when, to read the day of a return by."""
    folded = fold(PARAGRAPH.sub(" . ", text))
    if UNSPACED.search(folded):
        folded = folded.replace(" ", "")
    found = words.find(folded)
    begins = begun(subject, words)
    covered = coverage(folded, found) if found else 0
    absence, answer, notice = (table_points(table, found, begins, covered) for table in ("absence", "answer", "notice"))
    groups = {one.group for one in found}
    if "answer.sentences" in groups and NUMBER.search(folded):
        answer += 1
    if "absence.sentences" in groups and find_return(folded, sent, words):
        absence += 1
    return Weights(absence, answer, notice, person_points(subject, folded, text, found), tuple(sorted({*begins, *groups})), folded)


def begun(subject: str, words: KindWords) -> dict[str, int]:
    """Return which lists of subjects a folded subject begins with, and what that is worth.

    `Automatic reply: …` with its colon is made by a machine (7), `Holiday: …` may be (4); a subject that goes on as a
    sentence says little (1), and one that is nothing but the word somewhat more (2, or 4): people write "Holiday", too.
    """
    subject = ANSWER.sub("", subject).lstrip(OPENING)
    begins: dict[str, int] = {}
    for found in words.find_at_start(subject):
        table, _, key = found.group.partition(".")
        if key in ("subjects", "prefixes"):
            rest, made = found.text[found.end:], key == "prefixes"
            worth = 2 + 2 * made if not rest.strip(OPENING + ".") else 4 + 3 * made if SEPARATOR.match(rest) else 1
            begins[f"{table}.subjects"] = max(worth, begins.get(f"{table}.subjects", 0))
    return begins


def table_points(table: str, found: tuple[Found, ...], begins: dict[str, int], covered: int) -> int:
    """Count the subject, what is said, and how well the rest of the text is explained.

    A declaration is worth 4 where it opens a sentence, else 1; a sentence 2, and 1 for another; hints beside them 1 each, at
    most 2.
    """
    mine = [one for one in found if one.group.startswith(table)]
    declared = max((4 if at_sentence(one) else 1 for one in mine if one.group.endswith(".declares")), default=0)
    strong = apart([one for one in mine if one.group.endswith(".sentences")])
    hints = apart([one for one in mine if one.group.endswith(".hints")
                   and not any(one.begin < two.end and two.begin < one.end for two in strong)])
    own = begins.get(f"{table}.subjects", 0) + declared + 2 * bool(strong) + (len(strong) > 1) + min(len(hints), 2)
    return own + covered if strong or declared or len(hints) > 1 else own


def apart(found: list[Found]) -> list[Found]:
    """Return those that do not overlap, longest first: "until" within "out of the office until" says nothing of its own."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.begin - one.end, one.begin)):
        if not any(one.begin < two.end and two.begin < one.end for two in kept):
            kept.append(one)
    return kept


def at_sentence(found: Found) -> bool:
    """Say whether a phrase stands at the beginning of a sentence: "it says this is an automatic reply" does not."""
    return bool(SENTENCE_BEGIN.search(found.text[max(0, found.begin - 3):found.begin]))


def coverage(folded: str, found: tuple[Found, ...]) -> int:
    """Say how much of a text is explained by the phrases found: 1 every clause, 0 most sentences, less when much is left over."""
    explained = bytearray(len(folded))
    for one in found:
        if not one.group.startswith("person"):
            explained[one.begin:one.end] = b"x" * (one.end - one.begin)
    if not left_over(folded, explained, CLAUSE_END, 3, most=1):
        return 1
    left = left_over(folded, explained, SENTENCE_END, 4, most=6)
    return 0 if left < 3 else -1 if left < 6 else -2


def left_over(folded: str, explained: bytearray, ends: re.Pattern[str], words: int, most: int) -> int:
    """Count the pieces of a text of at least so many words in which no phrase was found; a greeting or a name is shorter.

    explained: an "x" for each character that belongs to a phrase. Counts no further than `most`.
    """
    begin, left = 0, 0
    for end in chain((match.end() for match in ends.finditer(folded)), (len(folded),)):
        if explained.find(b"x", begin, end) < 0 and is_long(folded[begin:end], words):
            left += 1
            if left == most:
                break
        begin = end
    return left


def is_long(piece: str, words: int) -> bool:
    """Say whether a piece of text has so many words, or twice as many characters of a script without blanks."""
    return len(piece.split()) >= words or (len(piece) >= 2 * words and bool(UNSPACED.search(piece)))


def person_points(subject: str, folded: str, text: str, found: tuple[Found, ...]) -> int:
    """Count what speaks for a person: a question, a wish (not one inside a robot's sentence), a long letter, a forward."""
    robots = [(one.begin, one.end) for one in found if not one.group.startswith(("person", "courtesy"))]
    wishes = sum(one.group == "person.sentences" and not any(begin <= one.begin and one.end <= end for begin, end in robots)
                 for one in found)
    asks = bool(QUESTION.search(folded) or QUESTION.search(subject))
    return 2 * asks + 3 * min(wishes, 2) + 2 * (len(text) > LONG) + 4 * bool(FORWARDED.match(subject))
