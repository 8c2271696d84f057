"""Finds the lines that lead over to a quoted mail: "On … wrote:", header blocks, "-----Original Message-----".

Lines of one text come in, with a place to look at; places go out. Every look reads at most a few lines around, so that a
text of a million suspicious lines costs a million small looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbridge.mail.patterns import AROUND, Patterns, has_verb, hit

LONGEST_LINE = 400          # longer lines are prose, or hostile; no client writes such an introduction
WIDTH = 120                 # clients wrap before this column
LONGEST = 600               # of all lines of one introduction together
WRAPPED = 5                 # lines that clients wrap one introduction over, at most (empty ones between not counted)
LABEL = 32                  # a header label ends within so many characters
BLOCK = 16                  # lines of a header block that are looked at; To and Cc may be long
COLONS = (":", "：")
RULER = " \t-_=*~—–―─━"     # what lines that only divide are made of, and what frames "Original Message"
UNSEEN = " \t\xa0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
OPENING = " \t\xa0>*_#=-–—|[(\u200e\u200f\u202a\u202b\ufeff"    # what may stand before the words of an introduction
MARKS = " \t\xa0*_|\u200e\u200f\u202a\u202c\ufeff>"    # what stands around a header label

DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}(?!\d)")
BEGINS_DATED = re.compile(r"\W{0,3}\d{1,4}(?:[./-] ?\d|[.]? [^\W\d]{3,}|年)")
TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)|\d{1,2} ?(?:am|pm|h|uhr|時|点|點)(?!\w)")
NAMED = re.compile(r"^\W{0,3}(?:[\w.,'’\"()-]+ ){0,5}[^\s<]{0,60}<[^<>@\s]+@[^<>\s]+>\W{0,3}")
SENDER = re.compile(NAMED.pattern + r"[^.!?]{0,24}")
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
            return _reach_up(lines, start, joined, patterns)
    return None


def bare(line: str) -> str:
    """Return a line without the space and the marks of direction around it, which Hebrew and Arabic clients write."""
    line = line.strip()
    return line if line.isascii() else line.strip(UNSEEN)


def is_known_introduction(line: str, patterns: Patterns) -> bool:
    """Say whether a line is an introduction as the patterns spell it out whole."""
    core = line.lstrip(OPENING)
    return core != "" and core[0].lower() in patterns.introductions.by_letter and hit(patterns.introductions, core.lower())


def may_end_introduction(line: str, patterns: Patterns) -> bool:
    """Say cheaply whether a line (no space at its end) can be the last of an introduction."""
    last = line[-1]
    if last in ":：":
        return True
    if last == "-":
        return line.endswith("---")
    if line[line.rfind(" ") + 1:].rstrip(AROUND) in patterns.verbs:
        return True
    return not line.isascii() and line.endswith(patterns.unspaced_verbs)


def is_header_block(lines: Sequence[str], start: int, patterns: Patterns, divided: bool = False) -> bool:
    """Say whether the headers of an earlier mail stand at `start`, as Outlook and web mailers write them.

    divided: a ruler or "Original Message" stands above, so one label with an address is enough.
    A form that a customer fills in ("From: Vilnius", "To: Riga", "Date: 5 May") is none: it has neither an address
    nor a subject nor a word like "Sent".
    """
    kinds: set[str] = set()
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
    """
    core = line.strip(RULER)
    if not core:
        return "ruler" if len(line.strip()) > 2 else ""
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
    return _starts_like_one(line, patterns) and any(map(str.isdigit, line))


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
