"""The parts of a mail: what mail-parser says of each header, and the bytes of each body.

In comes the skeleton (`mail/skeleton.py`) with mail-parser's reading of it; out come `Part` values in order, one
for each part that is no multipart, and the tree that says which of them are alternatives of one another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from itertools import islice
from urllib.parse import unquote_to_bytes

import mailparser
from mailparser.dates import parse_mail_date

from mailbridge.mail.charset import believe, believe_sample, decode_bytes
from mailbridge.mail.headers import clean, decode_header, decode_words
from mailbridge.mail.skeleton import Node, Skeleton, build_skeleton
from mailbridge.mail.transfer import decode_transfer

MAX_TEXT_BYTES = 2_000_000
"""Bytes of one part that are read as text; a longer part is a file as well, so that nothing is out of sight."""

_FEW = 5
_SAMPLE = 4_000
_WORD_OF_HABIT = re.compile(rb"=\?(?!utf-8\?)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*+=\s*+\"?([^\s\";]{1,60})", re.IGNORECASE)
_RAW_NAME = re.compile(rb"(?:file)?name\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;\r\n]+))", re.IGNORECASE)
_EXTENDED_NAME = re.compile(rb"name\*\s*=\s*\"?([^;\"\r\n]{1,1000})", re.IGNORECASE)
_PARAMETER = re.compile(rb";\s*([a-zA-Z-]+)\s*=\s*\"?([^\";\s]+)")


@dataclass(slots=True)
class Part:
    """One part that is no multipart.

    type: media type in lower case. name: file name, decoded and cleaned but not yet safe; may be empty.
    disposition: "attachment", "inline", other, or empty. charset: as declared, or empty.
    content: the decoded bytes. path: the multiparts around it, outermost first.
    """

    type: str
    name: str
    disposition: str
    charset: str
    content_id: str
    location: str
    content: bytes
    parameters: dict[str, str]
    path: tuple[Node, ...] = ()
    defects: list[str] = field(default_factory=list)
    _text: str | None = None

    def text(self, hints: tuple[str, ...]) -> str:
        """The content as text in the charset it really is in; what was odd is added to `defects`."""
        if self._text is None:
            content = self.content
            if self.is_long:
                content = content[:content.rfind(b"\n", 0, MAX_TEXT_BYTES) + 1 or MAX_TEXT_BYTES]
            self._text, odd = decode_bytes(content, self.charset, hints)
            self.defects += odd
        return self._text

    @property
    def is_long(self) -> bool:
        """Whether there is more than is read as text."""
        return len(self.content) > MAX_TEXT_BYTES


@dataclass(slots=True)
class Entity:
    """A mail, or a MIME entity inside an envelope, taken apart. `date`: what mail-parser made of the Date field."""

    skeleton: Skeleton
    parts: list[Part]
    date: datetime | None


def read_entity(raw: bytes, hints: tuple[str, ...], max_parts: int) -> Entity:
    """Take `raw` apart, let mail-parser read the skeleton, and pair each leaf with what it read of its header.

    Raises ParseError when there are more than `max_parts` parts or too large a header.
    """
    skeleton = build_skeleton(raw, max_parts)
    _believe_the_text(raw, skeleton)
    view_of: dict[int, Message] = {}
    if skeleton.named:
        views = [view for view in _viewed(skeleton.text).walk() if not view.is_multipart()]
        view_of = {id(node): view for node, view in zip(skeleton.named, views, strict=False)}
    parts = [_part(raw, node, path, view_of.get(id(node)), hints) for node, path in _with_path(skeleton.root, ())]
    return Entity(skeleton, parts, _date(skeleton.date))


def _viewed(text: bytes) -> Message:
    """Let mail-parser read a skeleton; the standard library alone where it stumbles: over a file name that comes whole and in pieces."""
    try:
        message: Message = mailparser.parse_from_bytes(text).message
    except (LookupError, UnicodeError, ValueError, TypeError, AttributeError):
        message = message_from_bytes(text)
    return message


def _believe_the_text(raw: bytes, skeleton: Skeleton) -> None:
    """Note which charset the text of a mail is in, when its head or a file name holds raw 8-bit octets, or words labelled by habit."""
    head = raw[:skeleton.root.start]
    names = [value for leaf in skeleton.named for _, value in leaf.header.fields]
    if head.isascii() and all(map(bytes.isascii, names)) and not _WORD_OF_HABIT.search(head):
        return
    leaves = list(islice(skeleton.root.leaves(), _FEW))
    named = [_CHARSET.search(leaf.header.first("content-type")) for leaf in leaves]
    if believe([label[1].decode("latin-1") for label in named if label]):
        return
    values = [*(value for _, value in skeleton.root.header.fields), *names]
    octets = [b"\n".join(value for value in values if not value.isascii())[:_SAMPLE]]
    for leaf in leaves:
        if leaf.type in {"text/plain", "text/html"}:
            encoding = leaf.header.first("content-transfer-encoding").decode("latin-1")
            octets.append(decode_transfer(raw[leaf.start:min(leaf.end, leaf.start + _SAMPLE)], encoding)[0])
    believe_sample(b"\n".join(octets))


def _date(value: bytes) -> datetime | None:
    """Let mail-parser read a Date value; None where it makes nothing of it."""
    date = parse_mail_date(value.decode("ascii", "surrogateescape").strip(" \t")).value if value else None
    return date if isinstance(date, datetime) else None


def _with_path(node: Node, path: tuple[Node, ...]) -> list[tuple[Node, tuple[Node, ...]]]:
    if not node.children:
        return [(node, path)]
    return [pair for child in node.children for pair in _with_path(child, (*path, node))]


def _part(raw: bytes, node: Node, path: tuple[Node, ...], view: Message | None, hints: tuple[str, ...]) -> Part:
    content_type = node.header.first("content-type")
    encoding = node.header.first("content-transfer-encoding")
    body = raw[node.start:node.end]
    defects = []
    if encoding:
        body, defect = decode_transfer(body, encoding.decode("latin-1"))
        if defect:
            defects.append(defect)
    parameters = (
        {key.lower().decode(): value.decode("latin-1").lower() for key, value in _PARAMETER.findall(content_type)}
        if content_type
        else {}
    )
    disposition = node.header.first("content-disposition")
    content_id, location = node.header.first("content-id"), node.header.first("content-location")
    return Part(
        type=node.type,
        name=_file_name(view, content_type, disposition, hints) if view is not None else "",
        disposition=_disposition(disposition),
        charset=parameters.get("charset", ""),
        content_id=decode_header(content_id, hints).lstrip("< ").rstrip("> ") if content_id else "",
        location=decode_header(location, hints) if location else "",
        content=body,
        parameters=parameters,
        path=path,
        defects=defects,
    )


def _disposition(value: bytes) -> str:
    return value.partition(b";")[0].strip().strip(b"\"'").decode("latin-1").lower() if value else ""


def _file_name(view: Message, content_type: bytes, disposition: bytes, hints: tuple[str, ...]) -> str:
    """The name of Content-Disposition, else that of Content-Type; RFC 2231, RFC 2047 or raw 8-bit, as it comes."""
    for value in (disposition, content_type):
        if not value.isascii() and b"*=" not in value and (match := _RAW_NAME.search(value)):
            octets = match[1] if match[1] is not None else match[2]
            return clean(decode_words(decode_bytes(octets.strip(), "", hints)[0], hints))
    try:
        name = view.get_filename("")
    except (LookupError, UnicodeError, ValueError, TypeError, AttributeError):
        name = ""
    if (not isinstance(name, str) or not name) and (match := _EXTENDED_NAME.search(disposition) or _EXTENDED_NAME.search(content_type)):
        charset, _, value = match[1].rpartition(b"'")
        label = charset.partition(b"'")[0].decode("latin-1")
        return clean(decode_bytes(unquote_to_bytes(value.strip()), label, hints)[0])
    if not isinstance(name, str) or not name:
        match = _RAW_NAME.search(disposition) or _RAW_NAME.search(content_type)
        name = decode_bytes((match[1] if match[1] is not None else match[2]).strip(), "", hints)[0] if match else ""
    return decode_header(re.sub(r"[\ud800-\udfff]", "\ufffd", name), hints)
