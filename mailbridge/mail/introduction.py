"""Finds the lines that lead over to a quoted mail: "On … wrote:", header blocks, "-----Original Message-----".

Lines of one text come in, with a place to look at; places go out. Every look reads at most a few lines around, so that a
text of a million suspicious lines costs a million small looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbridge.mail.patterns import AROUND, Patterns, has_verb, hit

LONGEST_LINE = 400          # longer lines are prose, or hostile; no client writes such an introduction
SHORT = 40                  # "On Mon, Jan", wrapped before the day
WIDTH = 120                 # clients wrap before this column
LONGEST = 600               # of all lines of one introduction together
WRAPPED = 5                 # lines that clients wrap one introduction over, at most (empty ones between not counted)
LABEL = 32                  # a header label ends within so many characters
BLOCK = 16                  # lines of a header block that are looked at; To and Cc may be long
COLONS = (":", "：")
RULER = " \t-_=*~+‐‑‒–—―─━−"     # what lines that only divide are made of, and what frames "Original Message"
UNSEEN = " \t\xa0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
OPENING = " \t\xa0>*_#=-‐‑‒–—|[(\u200e\u200f\u202a\u202b\ufeff"    # what may stand before the words of an introduction
MARKS = " \t\xa0*_|\u200e\u200f\u202a\u202c\ufeff>"    # what stands around a header label

DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}(?!\d)")
BEGINS_DATED = re.compile(r"\W{0,3}\d{1,4}(?:[./-] ?\d|[.]? [^\W\d]{3,}|年)")
TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)|\d{1,2} ?(?:am|pm|h|uhr|時|点|點)(?!\w)")
NAMED = re.compile(r"^\W{0,3}(?:[\w.,'’\"()-]+ ){0,5}[^\s<]{0,60}<[^<>@\s]+@[^<>\s]+>\W{0,3}")
SENDER = re.compile(NAMED.pattern + r"[^.!?]{0,24}")
WORD_ENDS = re.compile(r"(?<=\S)[ \t\xa0]{1,16}(?=\S)")
VERB_ENDS = re.compile(r"(?<=\w) ?[:：](?=[ \xa0])")
MOST_SMALL = 3              # words in small letters of an introduction without address that begins with a name ("Anna wrote on …")
WRITTEN_TO = re.compile(r" [^\W\d_A-Z]{1,4} [^\s<>@]{1,64}@")     # "I wrote to anna@example.org on …"
LABELLED = re.compile(r" ([^\s:：]{1,20}) ?[:：](?=\s)")     # all headers on one line: "From: Anna Sent: Monday To: Bob"
MOST_COLONS = 8             # of one line that are looked at for the end of an introduction
ANGLE = re.compile(r"[<\[(][^<>@]{1,200}@[^<>@]{1,200}[>\])]")


def introduction_start(lines: Sequence[str], end: int, patterns: Patterns, before_quote: bool) -> int | None:
    """Return the first line of the introduction whose last line is `end`, or None when it is none.

    before_quote: a line that begins with `>` comes next, so less evidence is enough.
    The nearest line above that makes it complete is taken; a line above that begins like an introduction
    ("On Fri, May 6,") is taken in too, because clients wrap within the date.
    """
    if is_known_introduction(bare(lines[end]), patterns):
        return end
    joined, taken = "", 0
    for start in range(end, max(end - 2 * WRAPPED, -1), -1):
        line = bare(lines[start])
        if not line and _balanced(joined) and not _begins_above(lines, start, patterns):
            return None
        if line:
            joined, taken = f"{line} {joined}".strip(), taken + 1
        if taken > WRAPPED or len(joined) > LONGEST or len(line) > LONGEST_LINE:
            return None
        if line and _balanced(joined) and _complete(joined.lower(), patterns, before_quote):
            top = _reach_up(lines, start, joined, patterns)
            return None if _is_told(" ".join(map(bare, lines[top:end + 1])), patterns, before_quote) else top
    return None


def _is_told(text: str, patterns: Patterns, before_quote: bool) -> bool:
    """Say whether a person tells of a mail ("The manual says:", "On 5.1.2026 at 10:00 your man at the door wrote:").

    No client begins with a small "on", and where it names nobody's address, it names him by name alone.
    """
    low = text.lower()
    if ANGLE.search(text) is not None:
        named = text.partition("<")[0]
        return named[:1].islower() and not before_quote and not any(map(str.isdigit, named)) and len(_small_words(named, patterns)) > 1
    if before_quote:
        return "@" not in text and not _is_dated(low) and not _starts_like_one(low, patterns) and len(_small_words(text, patterns)) > 0
    times = list(TIME.finditer(low))
    if not times or not has_verb(low, patterns):
        return False
    if (text[:1].islower() and _starts_like_one(text, patterns)) or len(_small_words(text[times[-1].end():], patterns)) > 1:
        return True
    if _starts_like_one(low, patterns) or BEGINS_DATED.match(low):
        return False
    return len(_small_words(text, patterns)) > MOST_SMALL or WRITTEN_TO.search(text) is not None


def _small_words(text: str, patterns: Patterns) -> list[str]:
    """The words that are no name, no verb of an introduction and none of the few that clients write beside these."""
    words = [word.strip(MARKS + AROUND + ",()") for word in text.split()]
    return [word for word in words if word.isalpha() and word[0].islower() and word not in patterns.beside]


def text_before(lines: Sequence[str], patterns: Patterns) -> int:
    """Return at which letter of lines[0] the introduction begins that these lines hold, or 0 when no text stands before it.

    Some clients set "On … wrote:" behind the last word of the answer. All of date, time, address and verb must follow.
    """
    first, rest = lines[0], " ".join(map(bare, lines[1:]))
    for space in reversed(list(WORD_ENDS.finditer(first[:LONGEST_LINE]))):
        tail = first[space.end():]
        if tail[0].isupper() and _starts_like_one(tail.lower(), patterns) and _is_whole(f"{tail} {rest}", patterns):
            text = first[:space.end()].strip(OPENING).lower()
            return space.end() if text and text not in patterns.starts else 0
    return 0


def introduction_end(line: str, patterns: Patterns, whole: bool = True) -> int:
    """Return where an introduction ends that has text behind it on its line, or 0. whole: only one that has all it can have."""
    for colon in list(VERB_ENDS.finditer(line))[:MOST_COLONS]:
        if line[:colon.start()].rsplit(None, 1)[-1].lower() in patterns.verbs:
            head = line[:colon.end()]
            return colon.end() if _is_whole(head, patterns) or (not whole and _complete(head.lower(), patterns, False)) else 0
    return 0


def is_dated_start(line: str, patterns: Patterns) -> bool:
    """Say whether a line begins as an introduction does, by its word or with a date."""
    return _starts_like_one(line.lower(), patterns) or BEGINS_DATED.match(line.lower()) is not None


def _is_whole(text: str, patterns: Patterns) -> bool:
    """Say whether a text has all that an introduction can have."""
    return _is_full(text.lower(), patterns) and _complete(text.strip().lower(), patterns, before_quote=False)


def is_arrowed_introduction(lines: Sequence[str], at: int, patterns: Patterns) -> bool:
    """Say whether ">>> Anna <anna@example.org> 5.1.2026 10:00 >>>" or ">>> On 5.1.2026, in message …" stands here (GroupWise)."""
    line = bare(lines[at])
    if line.endswith(" >>>"):
        return _is_dated(line)
    joined = line.lstrip("> ").lower()
    if not _starts_like_one(joined, patterns) or not _is_dated(joined):
        return False
    below = [bare(one) for one in lines[at + 1:at + WRAPPED]]
    return any(line and may_end_introduction(line, patterns) and line[0] != ">" for line in below)


def bare(line: str) -> str:
    """Return a line without the space and the marks of direction around it, which Hebrew and Arabic clients write."""
    line = line.strip()
    return line if line.isascii() else line.strip(UNSEEN)


def is_known_introduction(line: str, patterns: Patterns) -> bool:
    """Say whether a line is an introduction as the patterns spell it out whole."""
    core = line.lower() if line[0].isalnum() else line.lstrip(OPENING).lower()
    return core != "" and hit(patterns.introductions, core)


def may_end_introduction(line: str, patterns: Patterns) -> bool:
    """Say cheaply whether a line (no space at its end) can be the last of an introduction."""
    last = line[-1]
    if last in ":：":
        return True
    if last in "-]":
        return line.endswith(("---", ":]"))
    if line[line.rfind(" ") + 1:].rstrip(AROUND) in patterns.verbs:
        return True
    return not line.isascii() and line.endswith(patterns.unspaced_verbs)


def is_header_block(lines: Sequence[str], start: int, patterns: Patterns, divided: bool = False) -> bool:
    """Say whether the headers of an earlier mail stand at `start`, as Outlook and web mailers write them.

    divided: a ruler or "Original Message" stands above, so one label with an address is enough.
    A form that a customer fills in ("From: Vilnius", "To: Riga", "Date: 5 May") is none: it has neither an address
    nor a subject nor a word like "Sent".
    """
    kinds = _kinds_behind(lines[start][:LONGEST_LINE], patterns)
    address, wrapped, empty = False, "", 0
    for line in lines[start:start + BLOCK]:
        kind = label_of(line, patterns)
        if kind:
            kinds.add(kind)
            address = address or "@" in line or "@" in wrapped
            wrapped, empty = "", 0
        elif line.strip():
            wrapped, empty = f"{wrapped}\n{line}", 0
        else:
            empty += 1
        if empty > 1 or wrapped.count("\n") > 2:
            break
    return _is_block(kinds, address or (divided and "@" in wrapped), divided)


def _kinds_behind(line: str, patterns: Patterns) -> set[str]:
    """The kinds of the headers that stand behind the first one on its line."""
    if line.count(":") < 3:
        return set()
    return {patterns.labels.get(word.lower(), "") for word in LABELLED.findall(line)} - {""}


def _is_block(kinds: set[str], address: bool, divided: bool) -> bool:
    if divided and address and kinds & {"from", "to"}:
        return True
    if len(kinds) < 2 or not kinds & {"from", "sent", "date"}:
        return False
    return address or ("from" in kinds and ("sent" in kinds or ("subject" in kinds and len(kinds) > 2)))


def label_of(line: str, patterns: Patterns) -> str:
    """Return the kind of the header label that a line begins with ("from", "subject"), or an empty string."""
    return patterns.labels.get(label_word(line), "")


def label_word(line: str) -> str:
    """Return what stands before the first colon near the start of a line, bare and in lower case."""
    colon = line.find(":", 0, LABEL)
    if colon < 0:
        colon = line.find("：", 0, LABEL)
    return line[:colon].strip(MARKS).lower() if colon > 0 else ""


def divider(line: str, patterns: Patterns) -> str:
    """Say what a line that divides is: "original", "forwarded", "ruler", or nothing.

    The bare words without dashes count as well; the caller looks whether a header block follows them.
    "##- … -##" is the line of another help desk, in whatever language it speaks.
    """
    core = line.strip(RULER)
    if not core:
        return "ruler" if len(line.strip()) > 2 else ""
    if line.startswith("##- ") or line.endswith(" -##"):
        return "original"
    if len(core) > 60:
        core = core.partition("---")[0]
    core = core.strip(RULER + ":>：").lower()
    if core in patterns.original:
        return "original"
    return "forwarded" if core in patterns.forwarded else ""


def _begins_above(lines: Sequence[str], empty: int, patterns: Patterns) -> bool:
    """Say whether the line above an empty one begins an introduction; some clients put the address into a paragraph of its own."""
    above = lines[empty - 1].strip().lower() if empty else ""
    return above != "" and _starts_like_one(above, patterns) and _is_dated(above)


def _balanced(joined: str) -> bool:
    return joined.count(">") <= joined.count("<")


def _complete(joined: str, patterns: Patterns, before_quote: bool) -> bool:
    """Weigh the evidence of one would-be introduction (lower case): verb, date, time, address, colon."""
    core = joined.strip(RULER)
    verb = has_verb(core, patterns)
    address = ANGLE.search(core) is not None
    date, time = DATE.search(core) is not None, TIME.search(core) is not None
    if before_quote and (verb or date or address) and core.endswith(COLONS):
        return True
    if not verb:
        return date and time and address and core.endswith(COLONS)
    if address:
        return date or time or before_quote or NAMED.match(core) is not None
    return date and time


def _starts_like_one(line: str, patterns: Patterns) -> bool:
    return line.split(" ", 1)[0].strip(MARKS + RULER + ",") in patterns.starts


def _reach_up(lines: Sequence[str], start: int, joined: str, patterns: Patterns) -> int:
    """Take in lines above that belong to the same introduction: its beginning, or the verb, date or address that it still lacks."""
    joined, top = joined.lower(), start
    for above in range(start - 1, max(start - WRAPPED, -1), -1):
        line = bare(lines[above]).lower()
        if not line and above == start - 1 and "@" not in joined and not _is_dated(joined) and _begins_above(lines, above, patterns):
            continue
        if not line or line[0] == ">" or len(joined) + len(line) > LONGEST:
            break
        if "@" not in joined and SENDER.fullmatch(line):
            top = above
        elif _begins_whole(joined, patterns) and _balanced(joined):
            break
        elif _leads_on(line, joined, patterns):
            top = above
        elif _is_full(joined, patterns):
            break
        elif _adds(line, joined, patterns):
            top = above
        joined = f"{line} {joined}"
    return top


def _begins_whole(joined: str, patterns: Patterns) -> bool:
    """Say whether an introduction (lower case) is all there from its first word, so that the line above it is text."""
    if not has_verb(joined, patterns) or DATE.search(joined) is None:
        return False
    return _starts_like_one(joined, patterns) or BEGINS_DATED.match(joined) is not None


def _is_full(joined: str, patterns: Patterns) -> bool:
    return "@" in joined and has_verb(joined, patterns) and DATE.search(joined) is not None and TIME.search(joined) is not None


def _leads_on(line: str, joined: str, patterns: Patterns) -> bool:
    """Say whether a line surely goes on in what stands below it: a name before its address, "On Fri, May 6,"."""
    if joined[0] == "<" or not _balanced(joined):
        return True
    if not _starts_like_one(line, patterns):
        return False
    return any(map(str.isdigit, line)) or (joined[0].isdigit() and len(line) < SHORT and _is_dated(joined))


def _adds(line: str, joined: str, patterns: Patterns) -> bool:
    """Say whether a line brings what an introduction lacks: the verb, the date, the address, a beginning with a date."""
    if has_verb(line, patterns) and not has_verb(joined, patterns):
        return True
    if len(line) >= WIDTH:
        return False
    return ((DATE.search(line) is not None and DATE.search(joined) is None) or ("@" in line and "@" not in joined)
            or (BEGINS_DATED.match(line) is not None and BEGINS_DATED.match(joined) is None))


def _is_dated(text: str) -> bool:
    return DATE.search(text) is not None or TIME.search(text) is not None
