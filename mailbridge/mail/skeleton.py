"""The skeleton of a mail: its headers and its structure, with every body laid aside.

Given the raw bytes, it finds the parts and says where each body lies, so that mail-parser is handed a few hundred
bytes instead of fifty megabytes: it reads what it is good at (dates, file names in all their encodings), and the bodies
are cut out of the raw bytes exactly as they came, once. Attached messages stay whole; nobody walks into them.

It forgives wrong, missing and prefix-sharing boundaries (RFC 2046 §5.1.1), unclosed and doubly closed multiparts.
Time is linear in the size, times the depth, and the depth is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbridge.errors import ParseError
from mailbridge.mail.fields import Header, split_header

MAX_DEPTH = 50
MOST_PART_FIELDS = 100_000
"""Fields in the heads of all parts together; a mail with more is not read."""

_MOST_FALSE_LINES = 100_000
_MOST_SEARCHED = 400_000_000
_GUESS_BYTES = 2_000_000
_NAME_FIELDS = ("content-type", "content-disposition")
_LONGEST_FIELD = 8_192
_SHORTEST_FIELD = 1_000
_MOST_ASKED = 1_000_000

_TYPE = re.compile(rb"\s*\"?([a-zA-Z0-9!#$&^_.+-]+)\s*/\s*([a-zA-Z0-9!#$&^_.+-]+)")
_BOUNDARY = re.compile(rb"boundary(?:\*0?\*?)?\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|'([^']*)'|([^\s;]+))", re.IGNORECASE | re.DOTALL)
_BOUNDARY_PIECE = re.compile(rb"boundary\*(\d{1,4})\*?\s*=\s*(?:\"([^\"]*)\"|([^\s;]+))", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"[\r\n\0]+")
_TAIL = re.compile(rb"(--)?[ \t]*+(?:\r*+\n|\r*+\Z)")
_TAIL_LOOSE = re.compile(rb"(--)?[^\n]*(?:\n|\Z)")
_GUESS = re.compile(rb"^--([^\r\n]{1,200}+)\r?\n(?=content-[a-z-]{1,60}+[ \t]*+:)", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Node:
    """One part: its header, and the place of its body in the raw bytes; `children` when it is a multipart."""

    header: Header
    type: str
    end: int
    children: list[Node] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Offset of the first byte of the body."""
        return self.header.body

    def leaves(self) -> Iterator[Node]:
        """Every part that is no multipart, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(slots=True)
class Skeleton:
    """The structure of a mail.

    date: the Date value in one line, or empty. named: the leaves that may carry a file name, in order.
    text: a small well-formed mail for mail-parser, with an empty part for each of `named`.
    """

    root: Node
    date: bytes
    named: list[Node]
    text: bytes
    defects: list[str]


class _Limits:
    """What is counted while a mail is taken apart: parts, their fields, lines that look like boundaries, bytes searched for them."""

    def __init__(self, max_parts: int) -> None:
        self.max_parts = max_parts
        self.parts = 1
        self.fields = 0
        self.false_lines = 0
        self.searched = 0
        self.defects: list[str] = []

    def add(self) -> None:
        self.parts += 1
        if self.parts > self.max_parts:
            raise ParseError(f"The mail has more than {self.max_parts} parts.")

    def add_fields(self, count: int) -> None:
        self.fields += count
        if self.fields > MOST_PART_FIELDS:
            raise ParseError(f"The parts of the mail have more than {MOST_PART_FIELDS} fields.")

    def may_search(self, size: int) -> bool:
        """Say whether one more multipart of this size may be taken apart: each of a chain of them is as large as the mail."""
        self.searched += size
        return self.searched <= max(_MOST_SEARCHED, size)


def build_skeleton(raw: bytes, max_parts: int) -> Skeleton:
    """Take `raw` apart. Raise ParseError when it has more parts than allowed or too large a header."""
    header = split_header(raw)
    limits = _Limits(max_parts)
    root = _node(raw, header, len(raw), b"text/plain", limits, 0)
    defects = limits.defects
    defects += [defect for node in _all_nodes(root) for defect in node.header.defects]
    named = [leaf for leaf in root.leaves() if any(b"name" in leaf.header.first(key).lower() for key in _NAME_FIELDS)]
    return Skeleton(root, _in_one_line(header.first("date")), named, _text_of(named), defects)


def _all_nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def _node(raw: bytes, header: Header, end: int, default: bytes, limits: _Limits, depth: int) -> Node:
    content_type = header.first("content-type")
    media_type = _media_type(content_type or default)
    node = Node(header, media_type, end)
    if not media_type.startswith("multipart/"):
        return node
    if depth >= MAX_DEPTH or not limits.may_search(end - header.body):
        limits.defects.append("nested-too-deeply")
        node.type = "application/octet-stream"
        return node
    default = b"message/rfc822" if media_type == "multipart/digest" else b"text/plain"
    for start, stop in _pieces(raw, node, content_type, limits):
        limits.add()
        child = split_header(raw, start, stop, top=False)
        limits.add_fields(len(child.fields) + len(child.defects))
        node.children.append(_node(raw, child, stop, default, limits, depth + 1))
    if not node.children:
        limits.defects.append("no-parts")
        node.type = (
            "text/html"
            if re.match(rb"\s*<(?:!doctype|html|body)", raw[node.start : node.start + 200], re.IGNORECASE)
            else "text/plain"
        )
    return node


def _media_type(value: bytes) -> str:
    match = _TYPE.match(value)
    if match is None:
        word = value.strip().split(b";")[0].strip().lower()
        return {b"text": "text/plain", b"html": "text/html"}.get(word, "text/plain")
    return f"{match[1].decode('latin-1')}/{match[2].decode('latin-1')}".lower()


def _boundary(content_type: bytes) -> bytes:
    """The boundary parameter, also in quotes that are not closed, and in the pieces of RFC 2231."""
    pieces = _BOUNDARY_PIECE.findall(content_type)
    if len(pieces) > 1:
        return b"".join(quoted or bare for _, quoted, bare in sorted(pieces, key=lambda piece: int(piece[0])))
    match = _BOUNDARY.search(content_type)
    if match is None:
        return b""
    text = next(group for group in match.groups() if group is not None)
    return re.sub(rb"\r?\n[ \t]*", b"", re.sub(rb"\\(.)", rb"\1", text)).rstrip()


def _pieces(raw: bytes, node: Node, content_type: bytes, limits: _Limits) -> list[tuple[int, int]]:
    """Return (start, end) of each part between the delimiter lines of a multipart."""
    boundary = _boundary(content_type)
    lines = _delimiters(raw, node.start, node.end, boundary, limits) if boundary else []
    if not lines:
        limits.defects.append("wrong-boundary")
        lines = _guessed_delimiters(raw, node, boundary, limits)
    if lines and not lines[-1][2]:
        limits.defects.append("not-closed")
    return _between(raw, lines, node.end, limits)


def _delimiters(raw: bytes, start: int, end: int, boundary: bytes, limits: _Limits,
                tail: re.Pattern[bytes] = _TAIL) -> list[tuple[int, int, bool]]:
    """Return (where the line begins, where the next one begins, it closes) for each delimiter line."""
    found = []
    needle = b"--" + boundary
    pos = start if raw.startswith(needle, start, end) else raw.find(b"\n" + needle, start, end) + 1
    while pos > 0 or (pos == start and raw.startswith(needle, start, end)):
        match = tail.match(raw, pos + len(needle), end)
        if match:
            found.append((pos, match.end(), bool(match[1])))
            if len(found) > limits.max_parts:
                raise ParseError(f"The mail has more than {limits.max_parts} parts.")
        else:
            limits.false_lines += 1
            if limits.false_lines > _MOST_FALSE_LINES:
                limits.defects.append("wrong-boundary")
                break
        pos = raw.find(b"\n" + needle, match.end() - 1 if match else pos, end) + 1
    return found


def _guessed_delimiters(raw: bytes, node: Node, boundary: bytes, limits: _Limits) -> list[tuple[int, int, bool]]:
    """Find delimiters that do not match the header: a boundary with a tail, or another one altogether."""
    if boundary:
        loose = _delimiters(raw, node.start, node.end, boundary, limits, _TAIL_LOOSE)
        if loose:
            return loose
    guess = _GUESS.search(raw, node.start, min(node.end, node.start + _GUESS_BYTES))
    found = guess[1].rstrip(b" \t") if guess else b""
    return _delimiters(raw, node.start, node.end, found, limits) if found else []


def _between(raw: bytes, lines: list[tuple[int, int, bool]], end: int, limits: _Limits) -> list[tuple[int, int]]:
    pieces = []
    for index, (_, after, closes) in enumerate(lines):
        last = index + 1 == len(lines)
        if closes:
            if not last:
                limits.defects.append("parts-after-end")
            continue
        stop = end if last else lines[index + 1][0]
        stop = max(after, _before_line_end(raw, stop)) if not last else stop
        if stop > after or not last:
            pieces.append((after, stop))
    return pieces


def _before_line_end(raw: bytes, pos: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)."""
    if raw[pos - 1:pos] == b"\n":
        pos -= 1
        if raw[pos - 1:pos] == b"\r":
            pos -= 1
    return pos


def _text_of(named: list[Node]) -> bytes:
    """Write what mail-parser is asked about: the header of each leaf that may carry a file name.

    mail-parser works out every header and part it sees, asked or not, so the skeleton holds no more than that.
    """
    if not named:
        return b""
    out = [b'Content-Type: multipart/mixed; boundary="b"\n\n']
    longest = max(_SHORTEST_FIELD, min(_LONGEST_FIELD, _MOST_ASKED // (2 * len(named))))
    for leaf in named:
        out.append(b"--b\n")
        out += [key.encode() + b": " + _in_one_line(value, longest) + b"\n" for key in _NAME_FIELDS if (value := leaf.header.first(key))]
        out.append(b"\n\n")
    out.append(b"--b--\n")
    return b"".join(out)


def _in_one_line(value: bytes, longest: int = _LONGEST_FIELD) -> bytes:
    """Return a value of bounded length without line ends; a type in which mail-parser would look for parts is hidden."""
    value = _LINE_ENDS.sub(b"", value[:longest])
    if _media_type(value).startswith(("multipart/", "message/")):
        return b";".join([b"application/octet-stream", *value.split(b";")[1:]])
    return value
