"""Walks down the lines of a text: where the earlier mail begins, and which runs of lines above that are quoted.

Lines come in, a `Layout` goes out; what to show of it is decided in `mail/quote.py`. Each line is looked at once, and the
looks at its neighbours are bounded, so that the time grows with the length of the text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbridge.mail.introduction import (
    COLONS,
    LABEL,
    LONGEST_LINE,
    WIDTH,
    bare,
    divider,
    introduction_start,
    is_header_block,
    is_known_introduction,
    label_of,
    may_end_introduction,
)
from mailbridge.mail.patterns import Patterns

LAZY = 60           # a quoted line at least this long may have been wrapped without a new `>`
LONGEST_DIVIDER = 50
MOST_LINES = 50_000     # lines that are walked down; below them only our own marker is looked for
MOST_LOOKS = 500    # places that are looked at more closely; people's mail has a handful, hostile mail a million
SENTENCE_ENDS = frozenset(".!?,;")
HEAD = 6            # quoted lines in which an introduction of their own is looked for
FRAMES = frozenset("-_=*~—–―─━#")


@dataclass(frozen=True, slots=True)
class HtmlQuote:
    """What the HTML says: the quotation runs over lines[first:after], by the rule of that name.

    first is -1 when the HTML marks none. own: it has quotations that no client made, so they are the writer's.
    """

    first: int = -1
    after: int = -1
    rule: str = ""
    own: bool = False


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
    """

    lines: Sequence[str]
    end: int
    runs: tuple[Run, ...]
    cut_by: str
    forwarded: bool


def layout_of(lines: Sequence[str], patterns: Patterns, markers: tuple[str, ...] = (), html: HtmlQuote = NOTHING_SAID) -> Layout:
    """Sort the lines of one text. `html` is what the HTML beside it says, if anything."""
    walk = _Walk(lines, patterns, markers, html)
    walk.go()
    return Layout(lines, walk.end, tuple(walk.runs), walk.cut_by, walk.forwarded)


@dataclass(slots=True)
class _Walk:
    """One walk down the lines.

    top: the first line with text. pasted: first line after headers that the writer pasted as part of what he says.
    looks: how many closer looks are left. introductions: the first line of each
    introduction, by the quoted line that it leads over to.
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
            elif line[0] == ">" or (line[0] == "|" and _is_quoted(line)):
                at = at + 1 if self._is_broken_introduction(at, line) else self._take_run(at)
            elif self._is_marked(line):
                self._cut(self.introductions.get(at, at), "marker")
            else:
                if self.looks > 0 and len(line) <= LONGEST_LINE:
                    self._look(at, line)
                at += 1
        if at < self.end and self.markers:
            self.end = next((below for below in range(at, self.end) if self._is_marked(lines[below])), self.end)

    def _is_marked(self, line: str) -> bool:
        return self.markers != () and any(mark in line for mark in self.markers)

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
            quoted = next((at for at in range(first, after) if _is_quoted(lines[at])), first + 1)
            self.runs.append(Run(start, quoted if start == first else first, after))
        return after

    def _take_run(self, start: int) -> int:
        """Note the run of quoted lines from `start` on, with empty and wrapped lines between; return the line after it."""
        lines = self.lines
        at = after = start
        while at < len(lines):
            line = lines[at]
            if not line or line.isspace():
                at += 1
            elif (_is_quoted(line) and (at == start or at not in self.introductions)) or (at == after and _is_lazy(lines, at)):
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
        return above.endswith(COLONS) and not _is_quoted(above)

    def _first_answered(self, start: int, after: int) -> int:
        """Return the first line of a run behind an introduction that is itself quoted, as Apple Mail writes it."""
        head = [bare(line.lstrip(" \t\xa0>|")) for line in self.lines[start:min(after, start + HEAD)]]
        begin = next((at for at, line in enumerate(head) if line), 0)
        for end, line in enumerate(head):
            if line and self.looks > 0 and len(line) <= LONGEST_LINE and may_end_introduction(line, self.patterns):
                self.looks -= 1
                if introduction_start(head, end, self.patterns, before_quote=True) == begin:
                    return start + end + 1
        return start

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
        quoted = below < len(lines) and (_is_quoted(lines[below]) or self._is_marked(lines[below]))
        start = introduction_start(lines, at, self.patterns, quoted)
        if start is None or start > latest:
            return False
        if quoted:
            self.introductions[below] = start
        elif start > self.top:
            self._cut(start, "introduction")
        else:
            self.runs.append(Run(start, at + 1, at + 1))
        return True


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
