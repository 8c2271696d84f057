"""Walks down the lines of a text: where the earlier mail begins, and which runs of lines above that are quoted.

Lines come in, a `Layout` goes out; what to show of it is decided in `mail/quote.py`. Each line is looked at once, and the
looks at its neighbours are bounded, so that the time grows with the length of the text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbridge.mail.introduction import (
    COLONS,
    LONGEST_LINE,
    RULER,
    WIDTH,
    divider,
    introduction_start,
    is_known_introduction,
    is_header_block,
    label_of,
    may_end_introduction,
)
from mailbridge.mail.patterns import Patterns

LAZY = 60           # a quoted line at least this long may have been wrapped without a new `>`
LABEL = 32          # a header label ends within so many characters
LONGEST_DIVIDER = 50
MOST_LOOKS = 500    # places that are looked at more closely; people's mail has a handful, hostile mail a million
SENTENCE_ENDS = frozenset(".!?,;")
FRAMES = frozenset("-_=*~—–―─━#")


@dataclass(frozen=True, slots=True)
class HtmlQuote:
    """What the HTML says: the quotation runs over lines[first:after], by the rule of that name."""

    first: int
    after: int
    rule: str


@dataclass(frozen=True, slots=True)
class Run:
    """Quoted lines[first:after], with the introduction that begins at `introduction` (equal to `first` without one).

    led_in: the writer himself leads over to it ("I see this error:"), so it is part of what he says.
    """

    introduction: int
    first: int
    after: int
    led_in: bool = False


@dataclass(slots=True)
class Layout:
    """The lines, sorted: the earlier mail is lines[end:]; `runs` are the quoted ones above it, in order.

    looks: how many closer looks are left. first: the first line with text. marked: quoted lines that hold our own marker. cut_by: the rule that found `end`. forwarded: a forwarded mail begins at `end`.
    """

    lines: Sequence[str]
    end: int
    first: int
    cut_by: str = ""
    runs: list[Run] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    looks: int = MOST_LOOKS
    forwarded: bool = False


def layout_of(lines: Sequence[str], patterns: Patterns, markers: Sequence[str] = (), html: HtmlQuote | None = None) -> Layout:
    """Sort the lines of one text. `html` is what the HTML beside it says, if anything."""
    layout = Layout(lines, len(lines), _next_filled(lines, 0))
    introductions: dict[int, int] = {}
    at = layout.first
    while at < layout.end:
        line = lines[at].strip()
        if not line:
            at += 1
        elif html is not None and at == html.first:
            at = _take_html(layout, html, introductions, patterns)
        elif line[0] == ">" or line[0] == "|" and _is_quoted(line):
            broken = _is_broken_introduction(layout, at, line, introductions, patterns)
            at = at + 1 if broken else _take_run(layout, at, introductions)
        elif markers and any(mark in line for mark in markers):
            _cut(layout, introductions.get(at, at), "marker")
        else:
            if layout.looks and len(line) <= LONGEST_LINE:
                _look(layout, at, line, introductions, patterns)
            at += 1
    _note_markers(layout, markers)
    return layout


def _note_markers(layout: Layout, markers: Sequence[str]) -> None:
    if markers:
        layout.marked = [at for run in layout.runs for at in range(run.first, run.after) if any(mark in layout.lines[at] for mark in markers)]


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t|\xa0")[:1] == ">"


def _cut(layout: Layout, at: int, cut_by: str) -> None:
    layout.end, layout.cut_by = at, cut_by


def _take_html(layout: Layout, html: HtmlQuote, introductions: dict[int, int], patterns: Patterns) -> int:
    """Believe the HTML: cut here when nothing follows the quotation, else note a run; return the next line to look at."""
    lines, first = layout.lines, html.first
    start = introductions.get(first, first)
    if divider(lines[first].strip(), patterns) == "forwarded":
        layout.forwarded = True
    if html.after >= len(lines) and start > layout.first:
        _cut(layout, start, f"html:{html.rule}")
        return len(lines)
    layout.runs.append(Run(start, first, html.after))
    return html.after


def _take_run(layout: Layout, start: int, introductions: dict[int, int]) -> int:
    """Note the run of quoted lines from `start` on, with empty and wrapped lines between; return the line after it."""
    lines, at, after = layout.lines, start, start
    while at < len(lines):
        line = lines[at]
        if not line or line.isspace():
            at += 1
        elif _is_quoted(line) and (at == start or at not in introductions):
            after = at = at + 1
        elif at == after and _is_lazy(lines, at):
            after = at = at + 1
        else:
            break
    above = lines[start - 1].rstrip() if start else ""
    led_in = start not in introductions and above.endswith(COLONS) and not _is_quoted(above)
    layout.runs.append(Run(introductions.get(start, start), start, after, led_in))
    return after


def _is_lazy(lines: Sequence[str], at: int) -> bool:
    """Say whether a line is the rest of the quoted line above it, wrapped on the way without a new `>`.

    Such a line goes on in the middle of a sentence, or within a link that the line above began.
    """
    above, line = lines[at - 1].rstrip(), lines[at].strip()
    below = lines[at + 1] if at + 1 < len(lines) else ""
    if not below or not _is_quoted(below):
        return False
    if line[0] in "(<[" and "http" in line[:9] or line[-1] == ">" and "<" not in line:
        return True
    link = above.rfind("http")
    if link > 0 and " " not in above[link:] and " " not in line:
        return True
    return len(above) >= LAZY and above[-1] not in ".!?:" and (line[0].islower() or line[0] in ",.;:)")


def _is_broken_introduction(layout: Layout, at: int, line: str, introductions: dict[int, int], patterns: Patterns) -> bool:
    """Take in a line that begins with the `>` of an address: clients wrap "Anna <anna@example.org" and "> wrote:"."""
    if not layout.looks or len(line) > WIDTH or not may_end_introduction(line, patterns) or at > 0 and layout.lines[at - 1][:1] == ">":
        return False
    layout.looks -= 1
    known = len(introductions), len(layout.runs), layout.end
    _look_at_introduction(layout, at, introductions, patterns, at - 1)
    return known != (len(introductions), len(layout.runs), layout.end)


def _look(layout: Layout, at: int, line: str, introductions: dict[int, int], patterns: Patterns) -> None:
    """See whether a line that is not quoted (stripped) leads over to the earlier mail; if so, cut there or note the introduction."""
    start = line[:LABEL]
    if (":" in start or "：" in start) and label_of(start, patterns):
        layout.looks -= 1
        if is_header_block(layout.lines, at, patterns):
            _cut(layout, at, "header")
            return
    framed = line[0] in FRAMES and line[1:2] in FRAMES
    if framed or len(line) < LONGEST_DIVIDER and line[-1] not in SENTENCE_ENDS and divider(line, patterns):
        layout.looks -= 1
        _look_at_divider(layout, at, line, patterns)
    if at < layout.end and (may_end_introduction(line, patterns) or is_known_introduction(line, patterns)):
        layout.looks -= 1
        _look_at_introduction(layout, at, introductions, patterns)


def _look_at_divider(layout: Layout, at: int, line: str, patterns: Patterns) -> None:
    """Cut at "-----Original Message-----", and at a ruler or bare words when a header block follows."""
    kind = divider(line, patterns)
    below = _next_filled(layout.lines, at + 1) if kind else 0
    if not kind or below == len(layout.lines):
        return
    framed = line[0] in FRAMES and kind != "ruler"
    if framed or label_of(layout.lines[below], patterns) and is_header_block(layout.lines, below, patterns, divided=True):
        layout.forwarded = kind == "forwarded"
        _cut(layout, at, kind if kind != "ruler" else "header")


def _look_at_introduction(layout: Layout, at: int, introductions: dict[int, int], patterns: Patterns, latest: int | None = None) -> None:
    """Note the introduction that ends at a line, or cut there. `latest`: it must have begun at that line or above."""
    lines = layout.lines
    below = _next_filled(lines, at + 1)
    quoted = below < len(lines) and _is_quoted(lines[below])
    start = introduction_start(lines, at, patterns, quoted)
    if start is None or latest is not None and start > latest:
        return
    if quoted:
        introductions[below] = start
    elif start > layout.first:
        _cut(layout, start, "introduction")
    else:
        layout.runs.append(Run(start, at + 1, at + 1))


def _next_filled(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and (not lines[at] or lines[at].isspace()):
        at += 1
    return at


def without_ruler(lines: Sequence[str], end: int) -> int:
    """Step up from `end` over empty lines and rulers."""
    while end and not lines[end - 1].strip(RULER):
        end -= 1
    return end
