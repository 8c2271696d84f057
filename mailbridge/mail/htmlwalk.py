"""The walk over an HTML tree that writes it down as text: blocks, lists, tables, links, quotations.

It keeps its own stack instead of recursing, because mail nests hundreds of tables, and hostile mail a million.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_SKIPPED_WORDS = """
    -comment -doctype audio base canvas embed head iframe link map math meta noscript o:p-hidden object script select
    style svg template textarea title video
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_BLOCKS_WORDS = """
    address article aside body caption center dd details div dt fieldset figcaption figure footer form header html
    legend li main nav section summary table tbody tfoot thead tr
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_SPACED_WORDS = """
    p h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre table
"""
_SPACED = frozenset(_SPACED_WORDS.split())
_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)|opacity\s*:\s*0\s*(?:;|!|$))",
    re.IGNORECASE,
)
_TIGHT = re.compile(r"margin(?:-top|-bottom)?\s*:\s*0", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0\u2007\u202f]+")
_FILLER = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u2800]+")
_MANY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_DEEPEST = 60
_RULE = "_" * 32


@dataclass(slots=True)
class _Frame:
    """An open element."""

    tag: str
    link: str = ""
    at: int = 0
    number: int = 0
    quoted: bool = False


@dataclass(slots=True)
class Page:
    """Text that grows while the tree is walked. `cut`: there were too many nodes; `hidden`: something was left out."""

    max_nodes: int
    cut: bool = False
    hidden: bool = False
    _lines: list[str] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _gap: int = 0
    _depth: int = 0
    _pre: int = 0
    _open: list[_Frame] = field(default_factory=list)
    _lists: list[_Frame] = field(default_factory=list)
    _prefix: str = ""

    def walk(self, root: Any) -> None:
        """Visit every node below `root` in order, entering and leaving elements without recursion."""
        node, entering, left, top = root, True, self.max_nodes, root.mem_id
        while node is not None:
            if entering:
                left -= 1
                self.cut = left <= 0
                child = node.child if not self.cut and self._enter(node) else None
                if child is not None:
                    node = child
                    continue
            self._leave(node)
            if node.mem_id == top:
                break
            following = node.next if not self.cut else None
            entering = following is not None
            node = following if following is not None else node.parent

    def text(self) -> str:
        """Return what was written, blank lines at most one at a time."""
        self._end_line(0)
        text = "\n".join(self._lines)
        return _MANY_LINES.sub("\n\n", text).strip("\n ")

    def _enter(self, node: Any) -> bool:
        """Take an element or a text in; say whether to go into it."""
        tag = node.tag
        if tag == "-text":
            self._write(node.text_content or "")
            return False
        if tag in _SKIPPED or _is_hidden(node, tag):
            self.hidden = True
            return False
        if tag == "br":
            self._break()
        elif tag == "hr":
            self._end_line(0)
            self._lines.append(self._prefix + _RULE)
        elif tag == "img":
            self._image(node)
        else:
            self._open_element(node, tag)
            return True
        return False

    def _open_element(self, node: Any, tag: str) -> None:
        frame = _Frame(tag)
        if tag in _SPACED and not _is_tight(node, tag):
            self._end_line(1)
        elif tag in _BLOCKS or tag == "p":
            self._end_line(0)
        if tag == "a":
            frame.link, frame.at = node.attributes.get("href") or "", len(self._line)
        elif tag == "blockquote" or (tag == "div" and "mail_quote_reply" in (node.attributes.get("class") or "")):
            frame.quoted = len(self._prefix) < _DEEPEST
            self._prefix += "> " if frame.quoted else ""
        elif tag == "pre":
            self._pre += 1
        elif tag == "li":
            self._bullet()
        elif tag in {"td", "th"}:
            self._cell()
        elif tag in {"ol", "ul"}:
            self._lists.append(frame)
        self._open.append(frame)

    def _leave(self, node: Any) -> None:
        tag = node.tag
        if not self._open or self._open[-1].tag != tag or tag in {"-text", "br", "hr", "img"}:
            return
        if tag in _SKIPPED:
            return
        frame = self._open.pop()
        if tag == "a":
            self._link(frame)
        elif tag in {"ol", "ul"}:
            self._lists.pop()
        if tag in _SPACED and not _is_tight(node, tag):
            self._end_line(1)
        elif tag in _BLOCKS or tag == "p":
            self._end_line(0)
        if tag == "pre":
            self._pre -= 1
        if frame.quoted:
            self._end_line(1)
            self._prefix = self._prefix[:-2]

    def _write(self, text: str) -> None:
        if self._pre:
            *lines, last = text.replace("\r\n", "\n").split("\n")
            for line in lines:
                self._line.append(line)
                self._break()
            self._line.append(last)
            return
        text = _BLANKS.sub(" ", _FILLER.sub("", text))
        if text == " " and not self._line:
            return
        if text:
            self._line.append(text)

    def _break(self) -> None:
        line = self._taken()
        self._flush_gap()
        self._lines.append((self._prefix + line).rstrip())

    def _end_line(self, gap: int) -> None:
        """End the line if there is one; ask for `gap` blank lines before the next."""
        line = self._taken()
        if line.strip():
            self._flush_gap()
            self._lines.append((self._prefix + line).rstrip())
        self._gap = max(self._gap, gap) if self._lines else 0

    def _taken(self) -> str:
        line = "".join(self._line)
        self._line.clear()
        return line.rstrip() if self._pre else re.sub(" {2,}", " ", line).strip()

    def _flush_gap(self) -> None:
        if self._gap and self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._prefix.rstrip())
        self._gap = 0

    def _bullet(self) -> None:
        outer = self._lists[-1] if self._lists else None
        if outer is not None:
            outer.number += 1
        mark = f"{outer.number}. " if outer is not None and outer.tag == "ol" else "- "
        self._line.append(mark)

    def _cell(self) -> None:
        if any(piece and not piece.isspace() for piece in reversed(self._line)):
            self._line.append(" | ")

    def _image(self, node: Any) -> None:
        attributes = node.attributes
        alt = _BLANKS.sub(" ", attributes.get("alt") or "").strip()
        size = (attributes.get("width") or "").strip(), (attributes.get("height") or "").strip()
        if "1" in size or "0" in size or "1px" in size:
            self.hidden = True
        elif alt:
            self._line.append(f"[{alt[:200]}]")

    def _link(self, frame: _Frame) -> None:
        """Name where a link goes, unless its text says it already."""
        target = _BLANKS.sub("", frame.link)
        shown = "".join(self._line[frame.at:]).strip()
        lower = target.lower()
        if not shown or not lower.startswith(("http://", "https://", "mailto:", "tel:", "ftp://")):
            return
        bare = lower.removeprefix("mailto:").removeprefix("tel:").removeprefix("https://").removeprefix("http://").rstrip("/")
        if bare.partition("?")[0] in shown.lower().replace(" ", "") or bare in shown.lower():
            return
        self._line.append(f" <{target.removeprefix('mailto:')[:2000]}>")


def _is_hidden(node: Any, tag: str) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if not style or ":" not in style or tag == "body":
        return False
    return _HIDDEN.search(style) is not None


def _is_tight(node: Any, tag: str) -> bool:
    """Outlook's and many others' paragraphs are lines: margin 0, or the class MsoNormal."""
    if tag == "table":
        return True
    if tag not in {"p", "ul", "ol"}:
        return False
    attributes = node.attributes
    return "Mso" in (attributes.get("class") or "") or bool(_TIGHT.search(attributes.get("style") or ""))
