"""Walks down the lines of a text: where the earlier mail begins, and which runs of lines above that are quoted.

Lines come in, a `Layout` goes out; what to show of it is decided in `mail/quote.py`. Each line is looked at once, and the
looks at its neighbours are bounded, so that the time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailbridge.mail.introduction import (
    COLONS,
    LABEL,
    LONGEST_LINE,
    WIDTH,
    bare,
    divider,
    introduction_end,
    introduction_start,
    is_arrowed_introduction,
    is_dated_start,
    is_header_block,
    is_known_introduction,
    label_of,
    may_end_introduction,
    text_before,
)
from mailbridge.mail.patterns import Patterns

LAZY = 60           # a quoted line at least this long may have been wrapped without a new `>`
LONGEST_DIVIDER = 50
MOST_LINES = 50_000     # lines that are walked down; below them only our own marker is looked for
MOST_LOOKS = 500    # places that are looked at more closely; people's mail has a handful, hostile mail a million
SENTENCE_ENDS = frozenset(".!?,;")
FENCE = "```"
LONGEST_CODE = 200  # lines between two fences
DEAR = 50           # looks that it costs to split a line, because all lines are copied
HEAD = 6            # quoted lines in which an introduction of their own is looked for
FRAMES = frozenset("-_=*~+‐‑‒–—―─━−#")
SUPERCITE = re.compile(r'>{2,6} "([A-Za-z]{1,4})" == ')    # Emacs: >>>>> "AS" == Anna Smith <anna@example.org> writes:
INITIALS = re.compile(r"[ \t]{0,4}([A-Za-z]{1,4}>|[|:%}»])")     # how other programs than most mark the lines they quote


@dataclass(frozen=True, slots=True)
class HtmlQuote:
    """What the HTML says: the quotation runs over lines[first:after], by the rule of that name.

    first is -1 when the HTML marks none. own: it has quotations that no client made, so they are the writer's.
    signature: the line at which the signature above the quotation begins, or -1.
    """

    first: int = -1
    after: int = -1
    rule: str = ""
    own: bool = False
    signature: int = -1


NOTHING_SAID = HtmlQuote()


@dataclass(frozen=True, slots=True)
class Run:
    """Quoted lines[first:after], with the introduction that begins at `introduction` (equal to `first` without one).

    led_in: the writer himself leads over to it ("I see this error:"), so it is part of what he says.
    """

    introduction: int
    first: int
    after: int
    led_in: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines, sorted: the earlier mail is lines[end:]; `runs` are the quoted ones above it, in order.

    cut_by: the rule that found `end`, or empty. forwarded: what begins at `end` is a forwarded mail.
    signature: the line at which the signature begins, as the HTML says, or -1.
    """

    lines: Sequence[str]
    end: int
    runs: tuple[Run, ...]
    cut_by: str
    forwarded: bool
    signature: int = -1


def layout_of(lines: Sequence[str], patterns: Patterns, markers: tuple[str, ...] = (), html: HtmlQuote = NOTHING_SAID) -> Layout:
    """Sort the lines of one text. `html` is what the HTML beside it says, if anything."""
    walk = _Walk(lines, patterns, markers, html)
    walk.go()
    return Layout(walk.lines, walk.end, tuple(walk.runs), walk.cut_by, walk.forwarded, walk.html.signature)


@dataclass(slots=True)
class _Walk:
    """One walk down the lines.

    top: the first line with text. pasted: first line after headers that the writer pasted as part of what he says.
    looks: how many closer looks are left. introductions: the first line of each
    introduction, by the quoted line that it leads over to. prefix: what marks the lines of this quotation if not `>`.
    """

    lines: Sequence[str]
    patterns: Patterns
    markers: tuple[str, ...]
    html: HtmlQuote
    top: int = 0
    end: int = 0
    cut_by: str = ""
    forwarded: bool = False
    pasted: int = 0
    looks: int = MOST_LOOKS
    prefix: str = ""
    runs: list[Run] = field(default_factory=list)
    introductions: dict[int, int] = field(default_factory=dict)

    def go(self) -> None:
        """Walk down to the first line that surely begins the earlier mail; note the quoted runs on the way."""
        lines, self.end = self.lines, len(self.lines)
        at = self.top = _next_filled(lines, 0)
        while at < min(self.end, self.top + MOST_LINES):
            line = bare(lines[at])
            if not line:
                at += 1
            elif at == self.html.first:
                at = self._take_html()
            elif line[0] == ">" or (line[0] == "|" and _is_quoted(line)) or (self.prefix and line.startswith(self.prefix)):
                at = max(self._take_quoted(at, line), at + (self.end > at))
                lines = self.lines
            elif line[0] == "`" and line.startswith(FENCE) and (after := self._after_fence(at)):
                at = after
            elif self._is_marked(line):
                self._cut(self.introductions.get(at, at), "marker")
            else:
                if self.looks > 0 and len(line) <= LONGEST_LINE:
                    self._look(at, line)
                    lines = self.lines
                at += 1
        if at < self.end and self.markers:
            self.end = next((below for below in range(at, self.end) if self._is_marked(lines[below])), self.end)

    def _after_fence(self, at: int) -> int:
        """Return the line after a block of code that begins at a line, fenced as Markdown has it; 0 when it is none."""
        self.looks -= 1
        for below in range(at + 1, min(at + LONGEST_CODE, self.end) if self.looks > 0 else 0):
            if self._is_marked(self.lines[below]):
                return 0
            if self.lines[below].startswith(FENCE):
                return below + 1
        return 0

    def _is_marked(self, line: str) -> bool:
        return self.markers != () and any(mark in line for mark in self.markers)

    def _is_quoted(self, line: str) -> bool:
        return _is_quoted(line) or (self.prefix != "" and line.lstrip().startswith(self.prefix))

    def _cut(self, at: int, cut_by: str) -> None:
        self.end, self.cut_by = at, cut_by

    def _take_html(self) -> int:
        """Believe the HTML: cut here when nothing follows the quotation, else note a run; return the next line to look at."""
        lines, first, after = self.lines, self.html.first, self.html.after
        start = self.introductions.get(first, first)
        if divider(lines[first].strip(), self.patterns) == "forwarded":
            self.forwarded = True
        if after >= len(lines) and start > self.top:
            self._cut(start, f"html:{self.html.rule}")
        else:
            quoted = next((at for at in range(first, after) if self._is_quoted(lines[at])), first + 1)
            self.runs.append(Run(start, quoted if start == first else first, after))
        return after

    def _take_quoted(self, at: int, line: str) -> int:
        """Take in a line that looks quoted, with what belongs to it; return the next line to look at."""
        if self._is_broken_introduction(at, line):
            return at + 1
        if at > self.top and line.startswith(">>> ") and is_arrowed_introduction(self.lines, at, self.patterns):
            self._cut(at, "introduction")
            return at
        if found := SUPERCITE.match(line):
            self.prefix = f"{found[1]}>"
        return self._take_run(at)

    def _take_run(self, start: int) -> int:
        """Note the run of quoted lines from `start` on, with empty and wrapped lines between; return the line after it."""
        lines = self.lines
        at = after = start
        while at < len(lines):
            line = lines[at]
            if not line or line.isspace():
                at += 1
            elif (self._is_quoted(line) and (at == start or at not in self.introductions)) or (at == after and _is_lazy(lines, at)):
                after = at = at + 1
            else:
                break
        led_in = start not in self.introductions and (self.html.own or self._is_led_in(start))
        first = self._first_answered(start, after)
        self.runs.append(Run(self.introductions.get(start, start), first, after, led_in and first == start))
        return after

    def _is_led_in(self, at: int) -> bool:
        """Say whether the line above, or above an empty one, leads over to a line by a colon ("I see this error:")."""
        above = next((self.lines[one].rstrip() for one in (at - 1, at - 2) if one >= 0 and self.lines[one].strip()), "")
        return above.endswith(COLONS) and not self._is_quoted(above)

    def _first_answered(self, start: int, after: int) -> int:
        """Return the first line of a run behind an introduction that is itself quoted, as Apple Mail writes it."""
        head = [bare(line.lstrip(" \t\xa0>|")) for line in self.lines[start:min(after, start + HEAD)]]
        begin = next((at for at, line in enumerate(head) if line), 0)
        if start not in self.introductions and head and self._heads(start, head, begin):
            return start + begin + 1
        for end, line in enumerate(head):
            if line and self.looks > 0 and len(line) <= LONGEST_LINE and may_end_introduction(line, self.patterns):
                self.looks -= 1
                if introduction_start(head, end, self.patterns, before_quote=True) == begin:
                    return start + end + 1
        return start

    def _heads(self, start: int, head: Sequence[str], begin: int) -> bool:
        """Say whether a quotation, of which `head` is the beginning without marks, heads itself: "Original Message", headers."""
        line = head[begin]
        kind = divider(line, self.patterns)
        self.forwarded = self.forwarded or kind == "forwarded"
        if kind == "original" or (len(line) <= LONGEST_LINE and introduction_end(line, self.patterns, whole=False)):
            return True
        labelled = [at for at in range(begin, min(begin + 2, len(head))) if label_of(head[at], self.patterns)]
        return labelled != [] and not self._is_led_in(start) and is_header_block(head, labelled[0], self.patterns)

    def _is_broken_introduction(self, at: int, line: str) -> bool:
        """Take in a line that begins with the `>` of an address: clients wrap "Anna <anna@example.org" and "> wrote:"."""
        if self.looks <= 0 or len(line) > WIDTH or not may_end_introduction(line, self.patterns):
            return False
        if at > 0 and self.lines[at - 1][:1] == ">":
            return False
        return self._look_at_introduction(at, latest=at - 1)

    def _look(self, at: int, line: str) -> None:
        """See whether a line that is not quoted leads over to the earlier mail; if so, cut there or note the introduction."""
        start = line[:LABEL]
        if (":" in start or "：" in start) and at >= self.pasted and label_of(start, self.patterns):
            self.looks -= 1
            if is_header_block(self.lines, at, self.patterns):
                self._take_headers(at)
                return
        framed = line[0] in FRAMES and line[1:2] in FRAMES
        if framed or (len(line) < LONGEST_DIVIDER and line[-1] not in SENTENCE_ENDS and divider(line, self.patterns)):
            self._look_at_divider(at, line)
        if at < self.end and (may_end_introduction(line, self.patterns) or is_known_introduction(line, self.patterns)):
            self._look_at_introduction(at, latest=at)
        elif "@" in line and at < self.end and ": " in line:
            self._look_within(at, line)

    def _take_headers(self, at: int) -> None:
        """Cut above a header block, unless the writer himself leads over to it ("These are the headers:")."""
        if not self._is_led_in(at):
            self._cut(at, "header")
            return
        self.pasted = at
        while self.pasted < len(self.lines) and self.lines[self.pasted].strip():
            self.pasted += 1

    def _look_at_divider(self, at: int, line: str) -> None:
        """Cut at "-----Original Message-----", and at a ruler or bare words when a header block follows."""
        kind = divider(line, self.patterns)
        below = _next_filled(self.lines, at + 1) if kind else 0
        if not kind or below == len(self.lines):
            return
        self.looks -= 1
        framed = line[0] in FRAMES and kind != "ruler"
        if framed or (label_of(self.lines[below], self.patterns) and is_header_block(self.lines, below, self.patterns, divided=True)):
            self.forwarded = kind == "forwarded"
            self._cut(at, kind if kind != "ruler" else "header")

    def _look_at_introduction(self, at: int, latest: int) -> bool:
        """Note the introduction that ends at a line and began at `latest` or above, or cut there; say whether it is one."""
        self.looks -= 1
        lines = self.lines
        below = _next_filled(lines, at + 1)
        quoted = below < len(lines) and (self._is_quoted(lines[below]) or self._is_marked(lines[below]))
        prefix = "" if quoted else _prefix_of(lines, below)
        start = introduction_start(lines, at, self.patterns, quoted)
        if start is None or start > latest:
            return False
        if behind := text_before(lines[start:at + 1], self.patterns):
            self._split(start, behind)
            start, at, below = start + 1, at + 1, below + 1
        self.prefix = prefix or self.prefix
        if quoted or prefix:
            self.introductions[below] = start
        elif start > self.top:
            self._cut(start, "introduction")
        elif any("@" in line for line in self.lines[start:at + 1]):
            self.runs.append(Run(start, at + 1, at + 1))
        return True


    def _look_within(self, at: int, line: str) -> None:
        """Cut at an introduction with the earlier mail behind it on the same line, as mail without line ends has it."""
        end = introduction_end(line, self.patterns)
        if not end:
            return
        self.looks -= 1
        behind = text_before([line[:end]], self.patterns)
        if behind:
            self._split(at, self.lines[at].index(line) + behind)
            at += 1
        elif not is_dated_start(line, self.patterns):
            return
        if at > self.top:
            self._cut(at, "introduction")

    def _split(self, at: int, behind: int) -> None:
        """Make two lines of one, of which the second begins at letter `behind`."""
        line = self.lines[at]
        self.looks -= DEAR
        self.lines = [*self.lines[:at], line[:behind].rstrip(), line[behind:], *self.lines[at + 1:]]
        self.end += 1
        first, after, signature = (place + (place > at) for place in (self.html.first, self.html.after, self.html.signature))
        self.html = replace(self.html, first=first, after=after, signature=signature)


def _prefix_of(lines: Sequence[str], at: int) -> str:
    """Return what marks the quoted lines that begin at `at` ("AS>", "|"), if not `>`: the line and the next both begin so."""
    found = INITIALS.match(lines[at]) if at < len(lines) else None
    if found is None:
        return ""
    below = _next_filled(lines, at + 1)
    return found[1] if below == len(lines) or lines[below].lstrip().startswith(found[1]) or below > at + 1 else ""


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t|\xa0")[:1] == ">"


def _is_lazy(lines: Sequence[str], at: int) -> bool:
    """Say whether a line is the rest of the quoted line above it, wrapped on the way without a new `>`.

    Such a line goes on in the middle of a sentence, or within a link that the line above began.
    """
    above, line = lines[at - 1].rstrip(), lines[at].strip()
    below = lines[at + 1] if at + 1 < len(lines) else ""
    if not below or not _is_quoted(below):
        return False
    if (line[0] in "(<[" and "http" in line[:9]) or (line[-1] == ">" and "<" not in line):
        return True
    link = above.rfind("http")
    if link > 0 and " " not in above[link:] and " " not in line:
        return True
    return len(above) >= LAZY and above[-1] not in ".!?:" and (line[0].islower() or line[0] in ",.;:)")


def _next_filled(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and (not lines[at] or lines[at].isspace()):
        at += 1
    return at
