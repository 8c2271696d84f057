"""Finds what a person wrote in this mail, apart from quotation, signature, disclaimer and footer.

A read `Mail` and the compiled word patterns come in; a `Written` goes out. Order of belief: our own marker line, then what
the HTML says about quotations, then words. Nothing is ever thrown away: what is not shown as reply is in `quoted` or in
`signature`, and the whole text stays in the mail. When unsure, more is kept; when nothing would be left, everything is.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailbridge.mail.introduction import label_word
from mailbridge.mail.message import Mail, Written
from mailbridge.mail.patterns import Patterns
from mailbridge.mail.quote_html import cut_html, html_quote
from mailbridge.mail.quote_lines import Layout, Run, layout_of
from mailbridge.mail.signature import signature_start

__all__ = ["cut_html", "written"]

REPLY, QUOTED, SIGNATURE = range(3)
SIGNED = 4      # last lines of a quotation in which its signature begins, at the latest
SHORT = 40      # a line above a quotation that is no longer is but a greeting ("Hello Anna,")


def written(mail: Mail, patterns: Patterns, markers: tuple[str, ...] = ()) -> Written:
    """Return what the sender wrote now.

    markers: texts that only our own marker line holds; from the first line with one on, all is quoted, together with
    an introduction directly above. `cut_by` says "inline" when quoted lines were kept among the answers to them,
    "inline-marked" when those lines are our own marked mail (nothing to send on to others), and "nothing-left" when all
    would have been cut and so all was kept.
    """
    lines = mail.text.split("\n")
    markers = tuple(mark for mark in markers if mark in mail.text)  # so that a mail without any is not asked line by line
    layout = layout_of(lines, patterns, markers, html_quote(mail.html, lines, patterns))
    if layout.forwarded or _is_forward(mail.subject, layout, patterns):
        return Written(mail.text.strip("\n"), forwarded=True, cut_by=layout.cut_by)
    return _sorted(layout, patterns, markers)


def _is_forward(subject: str, layout: Layout, patterns: Patterns) -> bool:
    """Say whether the subject's prefix makes a forward of a mail with a header block, as Outlook forwards."""
    prefix, colon, _ = subject.replace("：", ":").partition(":")
    replies = patterns.forward_prefixes.get(prefix.strip().lower()) if colon else None
    if replies is None or not layout.cut_by.startswith(("header", "original", "html")):
        return False
    return not replies or not any(label_word(line) in replies for line in layout.lines[layout.end:layout.end + 4])


def _sorted(layout: Layout, patterns: Patterns, markers: Sequence[str]) -> Written:
    """Sort the lines into reply, quotation and signature."""
    lines, end = layout.lines, layout.end
    part = [REPLY] * end + [QUOTED] * (len(lines) - end)
    runs = list(layout.runs)
    signed = _signature_of(layout, runs, end, patterns)
    introduced = False
    while runs and not _has_text(lines, runs[-1].after, signed) and not runs[-1].led_in and not introduced:
        run = runs.pop()
        introduced = run.introduction < run.first
        _label(part, signed, end, SIGNATURE)
        _label(part, run.introduction, run.after, QUOTED)
        end = run.introduction
        signed = _signature_of(layout, runs, end, patterns)
    _label(part, signed, end, SIGNATURE)
    single = sum(run.first < run.after for run in layout.runs) == 1
    inline = ""
    for run in runs:
        whole = single and run.introduction < run.first and _is_earlier_mail(lines, run, patterns)
        _label(part, run.introduction, run.after if whole else run.first, QUOTED)
        inline = "inline" if run.first < run.after and not whole else inline
    for at in _marked(lines, end, markers):
        part[at] = QUOTED
        inline = inline and "inline-marked"
    sorted_lines: tuple[list[str], list[str], list[str]] = ([], [], [])
    for line, kind in zip(lines, part, strict=True):
        sorted_lines[kind].append(line)
    reply, quoted, signature = ("\n".join(some).strip("\n").rstrip() for some in sorted_lines)
    if not reply.strip():
        return Written("\n".join(lines).strip("\n"), cut_by="nothing-left" if quoted or signature else "")
    return Written(reply, quoted, signature, cut_by=inline or layout.cut_by or "quote" * bool(quoted))


def _signature_of(layout: Layout, runs: Sequence[Run], end: int, patterns: Patterns) -> int:
    """Where the signature below the last quoted run begins: HTML's word for it, and what closes the letter above that."""
    start, told = _after_last(runs), layout.signature
    if start < told < end and _has_text(layout.lines, start, told):
        end = told
    return signature_start(layout.lines, start, end, patterns)


def _after_last(runs: Sequence[Run]) -> int:
    return runs[-1].after if runs else 0


def _label(part: list[int], start: int, end: int, kind: int) -> None:
    part[start:end] = [kind] * (end - start)


def _marked(lines: Sequence[str], end: int, markers: Sequence[str]) -> list[int]:
    """The lines with our own marker among the quoted ones that may be kept beside answers."""
    return [at for at in range(end) if any(mark in lines[at] for mark in markers)] if markers else []


def _has_text(lines: Sequence[str], start: int, end: int) -> bool:
    return any(line and not line.isspace() for line in lines[start:end])


def _is_earlier_mail(lines: Sequence[str], run: Run, patterns: Patterns) -> bool:
    """Say whether the only quotation is the whole earlier mail: at most a greeting stands above it, or it is signed itself."""
    above = [line for line in lines[:run.introduction] if line and not line.isspace()]
    if not above or (len(above) == 1 and len(above[0]) <= SHORT):
        return True
    said = [line.lstrip("> \t\xa0|") for line in lines[max(run.first, run.after - SIGNED):run.after]]
    return signature_start(said, 0, len(said), patterns) < len(said)
