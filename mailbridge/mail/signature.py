"""Finds where a signature, a client's footer or a disclaimer begins at the end of what a person wrote.

Lines come in, a place goes out. The walk goes up from the end by paragraphs and stops at the first one that is prose, so a
"Best regards" in the middle of a text, or a sentence that begins "С уважением", ends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbridge.mail.patterns import HEAD, Patterns, hit

LONGEST_SIGNATURE = 12      # filled lines below a closing like "Best regards" (name, title, address, telephones)
LONGEST_LOOK = 60           # filled lines that are looked at; no signature with disclaimer is longer
LONGEST_CLOSING = 80
LONGEST_SENT_FROM = 140
LONGEST_PHRASE = 6          # words of a closing
MOST_NAMES = 5              # lines below "Thanks" that still make it a closing
CLAUSE = 5                  # spaces behind the comma of "Sent from my desk, which is …": it is a sentence, not a program's line
NARROW = 50                 # a line that a client has wrapped is at least this long
LONGEST_LINE = 600          # of a disclaimer's line, so much is compared
EDGE = " \t\xa0,.!:;*_—–-/~\u200b"
OPENING = " \t\xa0*_[](){}<>«»„“\"'|•·-–—~#=+\u200b\ufeff"

DASHES = "-/~—–"
PARTICLES = frozenset({"von", "van", "de", "der", "den", "da", "di", "la", "le", "du", "af", "zu"})

DELIMITER = re.compile(r"--|-- |- -|—|–|-{3,}|_{2,}|={3,}|\*{3,}|~{2,}|\+{3,}|\u2014{2,}|\u2500{3,}")
NAMES = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3}")
POSTSCRIPT = re.compile(r"p\W?\W?s\W|пс\W|з\W?ы\W")


def signature_start(lines: Sequence[str], start: int, end: int, patterns: Patterns) -> int:
    """Return the line at which the signature within lines[start:end] begins, or `end` when there is none."""
    found = at = _delimited(lines, start, end)
    looked = loose = 0
    below = ""
    while at > start and looked < LONGEST_LOOK:
        at -= 1
        line = lines[at].strip()
        if not line:
            continue
        looked, loose = looked + 1, loose + 1
        if line[0] in "-=" and at > start and _is_underline(line, lines[at - 1].strip()):
            break
        if _begins_signature(line, below, patterns, loose):
            found, loose = at, 0
        elif _is_prose(line):
            top = _disclaimer_top(lines, start, at, patterns)
            if top < 0:
                break
            found = at = top
            loose = 0
        elif loose > LONGEST_SIGNATURE or POSTSCRIPT.match(line.lower()):
            break
        below = line
    return found


def _is_underline(line: str, above: str) -> bool:
    """Say whether a line underlines the heading above it, sign by sign."""
    return len(line) > 3 and len(line) == len(above) and not line.strip(line[0]) and above[0].isalnum()


def _delimited(lines: Sequence[str], start: int, end: int) -> int:
    """Return the line with the delimiter of RFC 3676 §4.3, dash dash space: all below is signature, whatever it says."""
    return next((at for at in range(max(end - LONGEST_LOOK, start), end) if lines[at] == "-- "), end)


def _begins_signature(line: str, below: str, patterns: Patterns, loose: int) -> bool:
    """Say whether the signature may begin with this line (stripped), `below` being the next one.

    loose: filled lines since the last that began it, this one counted. "Thanks" begins it only above a name.
    """
    if DELIMITER.fullmatch(line) or is_footer(line, patterns) or is_closing(line, patterns) or is_disclaimer(line, patterns):
        return True
    if loose == 1:
        return line[0] in DASHES and _is_name(line.lstrip(DASHES + " "))
    return loose < MOST_NAMES and line.strip(EDGE).lower() in patterns.thanks and _is_name(below.strip(EDGE))


def is_closing(line: str, patterns: Patterns) -> bool:
    """Say whether a line closes a letter: the phrase alone, or with a name after it ("Best regards, Anna")."""
    if len(line) > LONGEST_CLOSING:
        return False
    core = line.strip(EDGE)
    low = core.lower()
    heads = patterns.closing_heads
    if low[:HEAD] not in heads and low[:HEAD - 1] not in heads and low[:1] not in heads:
        return False
    if low in patterns.closings:
        return True
    for mark in (",", ".", " -", " –", " —", "!", "/", "|"):
        head, found, _ = low.partition(mark)
        if found and head.strip() in patterns.closings:
            rest = core[len(head) + len(mark):].strip(EDGE)
            return rest.lower() in patterns.closings or _is_name(rest) or is_closing(rest, patterns)
    words = core.split(" ")
    return any(" ".join(words[:size]).lower() in patterns.closings and _is_name(" ".join(words[size:]))
               for size in range(1, min(len(words), LONGEST_PHRASE)))


def is_footer(line: str, patterns: Patterns) -> bool:
    """Say whether a mail client, a virus scanner or a provider added this line."""
    if len(line) > 240:
        return False
    low = line.lower().lstrip(OPENING).rstrip(" .!>)]*_")
    if not low or hit(patterns.footers, low):
        return bool(low)
    if len(low) >= LONGEST_SENT_FROM or not hit(patterns.sent_from, low):
        return False
    head, _, clause = low.partition(", ")
    return patterns.devices.search(head if clause.count(" ") >= CLAUSE else low) is not None


def is_disclaimer(line: str, patterns: Patterns) -> bool:
    """Say whether a paragraph that a server adds begins with this line."""
    low = line[:LONGEST_LINE].lower().lstrip(OPENING + "!")
    return bool(low) and hit(patterns.disclaimers, low)


def _disclaimer_top(lines: Sequence[str], start: int, at: int, patterns: Patterns) -> int:
    """Return where the disclaimer begins that lines[at] is part of, else -1.

    It begins with its paragraph, or below a short line of the same paragraph (a telephone number, a ruler).
    """
    for above in range(at, max(at - LONGEST_LOOK, start) - 1, -1):
        before = lines[above - 1].strip() if above > start else ""
        if len(before) < NARROW:
            joined = " ".join([piece.strip() for piece in lines[above:min(above + 4, at + 1)]])
            if is_disclaimer(joined, patterns) or is_disclaimer(lines[above].strip(), patterns):
                return above
        if not before:
            break
    return -1


def _is_prose(line: str) -> bool:
    """Say whether a line is a sentence rather than a name, a title, an address or a slogan."""
    if len(line) > 90:
        return True
    words = len(line.split())
    return words > 12 or (line[-1] == "?" and words > 1) or (line[-1] in ".!…" and words > 4)


def _is_name(text: str) -> bool:
    """Say whether a short text may be the name of a person: up to four words, each with a capital or of a script without."""
    return NAMES.fullmatch(text) is not None and all(not word[0].islower() or word in PARTICLES for word in text.split())
