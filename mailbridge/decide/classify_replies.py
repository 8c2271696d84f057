"""Weighs the words of a mail: an absent person's robot, a robot that acknowledges, a notice, or a person.

What comes in: subject and written text. What goes out: `Weights`. Pure. A robot answers in a few sentences that all say
the same; a person who happens to use one of them also asks, tells or wants something. So what is left unexplained
counts as much as what is found.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from mailbridge.decide.classify_dates import find_return
from mailbridge.decide.classify_words import MARKS, OPENING, STEM, UNSPACED, Dates, Found, KindWords, fold

LONG = 1500
"""A text beyond this length is rarely a robot's answer."""
SEPARATOR = re.compile(r"\s*(?:$|[:：\]\)】»-]|re\b|aw\b|sv\b|vs\b|tr\b|odp\b|\()")
QUESTION = re.compile(r"[?？](?![\w=&/%])")
SENTENCE_BEGIN = re.compile(r"(?:^|[.!?*>,;()\[\]\-—–。！？※]\s?)(?:[^.!?,;:]{0,25}\d[^!?,;:]{0,25}\s)?$")
"""A day may stand before it: "as of 1 May I am no longer …"."""
PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\n(?=[ \t]*[-*•]\s)")
NUMBER = re.compile(r"(?:#|no\.?|nr\.?|№|\bid|number|numm?er|numer[oa]?|номер\w{0,3}|c\.|番号|编号|工单|ticket|case|zgloszenie)"
                    r"[ :.#\]]{0,3}\d{3,}")
FILED = re.compile(r"(?<= )[(\[](?:id|ref|ticket)?[ :.#]{0,3}(?:[a-z]{2,5}-)?\d{3,}[)\]] ")
"""Numbers under which a request was filed; the second kind stands within a sentence: "your request (88213) has been received"."""
TABLES = ("absence", "answer", "notice")
TELLING = frozenset(f"{table}.{key}" for table in TABLES for key in ("declares", "sentences"))
DECLARING = frozenset(f"{table}.declares" for table in TABLES)
HINTS = frozenset(f"{table}.hints" for table in TABLES)
PEOPLES = ("person", "absence.returns")
"""Lists that explain nothing: a date may follow what a person says, too."""
NAME = re.compile(r"(?<=[\w,] )(?!Ihr|Sie\b)[A-ZÀ-ÞĀ-ŽА-ЯЁІЇЄҐİ][^\W\d_]+ [A-ZÀ-ÞĀ-ŽА-ЯЁІЇЄҐİ][^\W\d_]+")
CHARACTERS = re.compile(r"[^\W\d_]+")
DAY = re.compile(r"\d+[年月日]|\S*(?:@|//)[!-~]*")
QUOTED = re.compile("[\"„“«»][^\"„“”«»]{12,400}[\"“”«»]")
"""Another's words, as in: I got a mail saying "Your request has been received"."""
SHARES = ((0.12, 2), (0.3, 1), (0.45, 0), (0.6, -1))
"""What it is worth that so large a share of the words at most is left untold."""
SHORT = 600
"""A robot says its few things in so many characters."""
BRIEF = 14
MACHINE = re.compile(r"autom|автомат|otomatik|自動|自动")
"""What only machines say of their mail; people who speak of it say more than that."""
FEW = 8
"""In fewer words a person says a thing of his own with one that robots use elsewhere."""
NAMES_THE_MAIL = frozenset({"answer.topics", "answer.declares"})
"""A robot has read nothing, so it speaks of "your message"; a customer whose team "will reply in two days" speaks of the matter."""
SPEAKS_OF_ABSENCE = frozenset({"absence.sentences", "absence.declares"})
FORWARDED = re.compile(r"^(?:fwd?|wg|tr|i|enc|doorst|pd|fs|vb|пересл|转发|轉寄|転送)\s*[:：]")
ANSWER = re.compile(r"^(?:re|aw|sv|vs|odp|ynt|yan|antw|r|res|rif|ref|atb|回复|答复|回覆|返信|ответ|на|ats|vast)\s*(?:\[\d+\])?\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class Weights:
    """Points for each kind of robot, and against one (`person`); groups: the lists of words that were met, sorted.

    folded: the text as it was searched. brief: so few words, under a subject that says nothing, that a person may well have
    written them: "I am on holiday until Monday, deliver on Tuesday", "my address has changed".
    """

    absence: int
    answer: int
    notice: int
    person: int
    groups: tuple[str, ...]
    folded: str
    brief: bool = False


def weigh(subject: str, text: str, words: KindWords, sent: datetime | None = None) -> Weights:
    """Weigh a folded subject and the text that this sender wrote; sent: when, to read the day of a return by."""
    folded = fold(PARAGRAPH.sub(" . ", text))
    folded, filed = FILED.subn("", folded) if "(" in folded or "[" in folded else (folded, 0)
    if UNSPACED.search(folded):
        folded = folded.replace(" ", "")
    found = unquoted(words.find(folded), folded)
    begins = begun(subject, words)
    spoken = speaks_of(folded, words) if found else {}
    covered = coverage(folded, found, words, names(text)) if tells(found) or any(spoken.values()) else 0
    absence, answer, notice = (table_points(table, found, begins, covered, spoken.get(table, 0)) for table in TABLES)
    groups = {one.group for one in found}
    if "answer.sentences" in groups:
        numbered = filed > 0 or bool(NUMBER.search(folded))
        named = numbered or "answer.subjects" in begins or bool(groups & (NAMES_THE_MAIL | SPEAKS_OF_ABSENCE))
        answer += numbered - 3 * (not named)
    if groups & SPEAKS_OF_ABSENCE and find_return(folded, sent, words):
        absence += 1
    declares = absence > answer or not groups.isdisjoint(DECLARING)
    brief = declares and not begins and not MACHINE.search(folded) and count_words(folded, words.dates) < BRIEF
    return Weights(
        absence, answer, notice, person_points(subject, folded, text, found), tuple(sorted({*begins, *groups})), folded, brief)


def begun(subject: str, words: KindWords) -> dict[str, int]:
    """Return which lists of subjects a folded subject begins with, and what that is worth.

    `Automatic reply: …` with its colon is made by a machine (7), `Holiday: …` may be (4); a subject that goes on as a
    sentence says little (1), and one that is nothing but the word somewhat more (2, or 4): people write "Holiday", too.
    Behind `Re:` it is another's subject, so it says little, too: a person answers the robot of ours.
    """
    bare = ANSWER.sub("", subject)
    answered, subject = bare != subject, bare.lstrip(OPENING)
    begins: dict[str, int] = {}
    for found in words.find_at_start(subject):
        table, _, key = found.group.partition(".")
        if key in ("subjects", "prefixes"):
            rest, made = found.text[found.end:], key == "prefixes"
            worth = 1 if answered else 2 + 2 * made if not rest.strip(OPENING + ".") else 4 + 3 * made if SEPARATOR.match(rest) else 1
            begins[f"{table}.subjects"] = max(worth, begins.get(f"{table}.subjects", 0))
    return begins


def speaks_of(folded: str, words: KindWords) -> dict[str, int]:
    """Say for each table how much a short text speaks of its things in one language: 1 for three of them, at most 3.

    A robot names the mail, that it came, who will answer and when, in whatever words; a person speaks of something else, too.
    The first thing of a table, the mail or the absence, must be named.
    """
    if len(folded) > SHORT:
        return {}
    stems = {word[:STEM] for word in QUOTED.sub(" ", folded).translate(MARKS).split()}
    named = {one for stem in words.things.keys() & stems for one in words.things[stem]}
    counts = Counter((table, language) for table, language, _ in named)
    points: dict[str, int] = {}
    for (table, language), count in counts.items():
        if (table, language, 0) in named:
            points[table] = max(points.get(table, 0), min(3, count - 2))
    return points


def table_points(table: str, found: tuple[Found, ...], begins: dict[str, int], covered: int, spoken: int) -> int:
    """Count the subject, what is said, and how well the rest of the text is explained.

    A declaration is worth 4 where it opens a sentence, else 1; a sentence 2, and 1 for another; hints beside them 1 each, at
    most 2. A declaration beside which nothing else is said is worth 3 unless it tells most of the text.
    """
    mine = [one for one in found if one.group.startswith(table)]
    if not mine and not spoken and not begins:
        return 0
    opens = [one for one in mine if one.group.endswith(".declares")]
    declared = max((4 if at_sentence(one) else 1 for one in opens), default=0)
    strong = apart([one for one in mine if one.group.endswith(".sentences")
                    and (declared < 4 or not any(one.begin < two.end and two.begin < one.end for two in opens))])
    hints = apart([one for one in mine if one.group.endswith(".hints")
                   and not any(one.begin < two.end and two.begin < one.end for two in (*strong, *opens))])
    own = begins.get(f"{table}.subjects", 0) + declared + 2 * bool(strong) + (len(strong) > 1) + min(len(hints), 2) + spoken
    alone = own == 4 == declared and covered < 1 and len(apart(opens)) == 1
    return own + covered - alone if strong or declared or len(hints) > 1 or spoken else own


def apart(found: list[Found]) -> list[Found]:
    """Return those that do not overlap, longest first: "until" within "out of the office until" says nothing of its own."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.begin - one.end, one.begin)):
        if not any(one.begin < two.end and two.begin < one.end for two in kept):
            kept.append(one)
    return kept


def at_sentence(found: Found) -> bool:
    """Say whether a phrase opens a sentence, as "it says this is an automatic reply" does not; of a Japanese one, whether it ends it."""
    return bool(SENTENCE_BEGIN.search(found.text[max(0, found.begin - 60):found.begin])) \
        or (bool(UNSPACED.search(found.phrase)) and found.text[found.end:found.end + 1] in ("", "。", "！", "."))


def tells(found: tuple[Found, ...]) -> bool:
    """Say whether anything was found for which it matters how much of the text is told."""
    groups = [one.group for one in found]
    return not TELLING.isdisjoint(groups) or any(groups.count(group) > 1 for group in HINTS.intersection(groups))


def unquoted(found: tuple[Found, ...], folded: str) -> tuple[Found, ...]:
    """Leave out what stands within quotation marks: a robot quotes a subject at most, a person quotes robots."""
    quoted = [place.span() for place in QUOTED.finditer(folded)] if found else []
    return tuple(one for one in found if not within(one, quoted)) if quoted else found


def coverage(folded: str, found: tuple[Found, ...], words: KindWords, named: int) -> int:
    """Say how much of a text is told by the phrases found: 2 nearly all, 0 about half, -2 next to nothing.

    The sharpest sign there is: a robot says nothing else, a person who uses its words has something of his own to tell. A word
    outside of the phrases that robots use elsewhere is untold by half, one of their things by a quarter: they say the same in many ways.
    """
    said = count_words(folded, words.dates)
    told = words if said >= FEW else None
    left = max(0.0, count_words(untold(folded, found), words.dates, told) - named)
    share = left / max(1.0, said - named)
    return next((points for most, points in SHARES if share <= most), -2)


def names(text: str) -> int:
    """Count the words of names in a text, at most four: a robot tells whom to ask instead. One alone may be a German noun."""
    return min(4, 2 * len(NAME.findall(text)))


def untold(folded: str, found: tuple[Found, ...]) -> str:
    """Return the text without the phrases of robots and of courtesy."""
    pieces, at = [], 0
    for begin, end in sorted((one.begin, one.end) for one in found if not one.group.startswith(PEOPLES)):
        if begin > at:
            pieces.append(folded[at:begin])
        at = max(at, end)
    return " ".join((*pieces, folded[at:]))


def count_words(text: str, dates: Dates, told: KindWords | None = None) -> float:
    """Count the words of three letters and more, but no addresses and dates; those that `told` robots use elsewhere count less.

    Without blanks, two characters are a word.
    """
    if UNSPACED.search(text):
        return sum(len(word) + 1 for word in CHARACTERS.findall(DAY.sub(" ", text))) // 2
    count = 0.0
    for word in text.translate(MARKS).split():
        if len(word) > 2 and not word[0].isdecimal() \
                and not (word in dates.months or word in dates.days or "@" in word or "//" in word):
            stem = word[:STEM]
            count += 1.0 if told is None else 0.25 if stem in told.things else 0.5 if stem in told.stems else 1.0
    return count


def person_points(subject: str, folded: str, text: str, found: tuple[Found, ...]) -> int:
    """Count what speaks for a person: a question, a wish (not one inside a robot's sentence), a long letter, a forward.

    A bare "please" (`person.hints`) is a wish, too, unless a robot's sentence or courtesy begins with it.
    """
    robots = [(one.begin, one.end) for one in found if not one.group.startswith(PEOPLES)]
    wishes = sum(one.group == "person.sentences" and not within(one, robots) for one in found)
    weak = any(one.group == "person.hints" and not within(one, robots) for one in found)
    asks = bool(QUESTION.search(folded) or QUESTION.search(subject))
    return 2 * asks + 3 * min(wishes, 2) + 2 * weak + 2 * (len(text) > LONG) + 4 * bool(FORWARDED.match(subject))


def within(one: Found, places: list[tuple[int, int]]) -> bool:
    """Say whether a phrase stands inside one of these places."""
    return any(begin <= one.begin and one.end <= end for begin, end in places)
