"""A mail of ours: values in, the exact bytes to send out, the same bytes each time.

The outbox keeps the values; the bytes are made at the moment of sending, and again at every further try. So nothing
in here looks at a clock, a random number or the machine: boundaries come from the Message-ID.

What is made is plain enough for every server: CRLF, lines within 998 bytes, and no 8-bit byte in a body. Only an
address with a non-ASCII local part puts UTF-8 into the header (RFC 6532); `needs_smtputf8` says so.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import encode_rfc2231, format_datetime

from mailbridge.mail.header_lines import LONGEST_TOKEN, address_list, checked, fold, unstructured
from mailbridge.mail.message import Address

MAX_REFERENCES = 1000
"""Bytes of the whole References line: some servers cut or refuse longer ones (design.md §2, "Our own messages")."""

AUTO_SUBMITTED = ("", "auto-replied", "auto-generated")
"""What an automatic mail may call itself (RFC 3834 §5); empty for mail that a person wrote."""

_OURS = frozenset({
    "date", "from", "sender", "to", "cc", "bcc", "reply-to", "subject", "message-id", "in-reply-to", "references",
    "auto-submitted", "mime-version",
})
_LINE_END = re.compile(r"\r\n|\r|\n")
_BARE_END = re.compile(rb"\r\n|\r|\n")
_LONG_LINE = re.compile(rb"[^\r\n]{999}")
_ID = re.compile(r"[!-;=?-~]+")
_MESSAGE_ID = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_TEXT_LINE = 57
"""Bytes in one line of base64, which makes 76 characters (RFC 2045 §6.8)."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes along.

    type: the media type without parameters; anything else is sent as `application/octet-stream`.
    content_id: without angle brackets; with one, and with HTML, the file is a picture inside the text.
    """

    name: str
    type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Everything that the bytes of one mail are made from.

    message_id, in_reply_to, references: without angle brackets; references from the oldest to the newest.
    date: aware. text, html: any line ends; html goes beside the text, never without it.
    auto_submitted: one of `AUTO_SUBMITTED`. extra: further headers in order, e.g. `("Precedence", "auto_reply")`.
    """

    message_id: str
    date: datetime
    from_name: str
    from_address: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    subject: str = ""
    text: str = ""
    html: str | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    files: tuple[OutgoingFile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One MIME part: its own header lines with CRLF ends, and its encoded body, which ends with CRLF."""

    header: str
    body: bytes

    def whole(self) -> bytes:
        return self.header.encode() + b"\r\n" + self.body


def needs_smtputf8(mail: Outgoing) -> bool:
    """Say whether the mail can only go to servers that know SMTPUTF8 (RFC 6531): a local part is not ASCII."""
    addresses = [mail.from_address, *(address.address for address in (*mail.to, *mail.cc))]
    if mail.reply_to is not None:
        addresses.append(mail.reply_to.address)
    return any(not address.rpartition("@")[0].isascii() for address in addresses)


def compose(mail: Outgoing) -> bytes:
    """Return the bytes of `mail` as they are sent; equal values give equal bytes.

    Raises ValueError for what must not be sent: a control character in a header, a broken address of any
    header, a Message-ID of another form than `left@right`, a naive date, an extra header that is made here.
    Ids of others that cannot stand in a header (blank, bracket, non-ASCII) are left out instead: the thread loses a
    link, the customer still gets his answer.
    """
    part = _body(mail)
    return f"{_header(mail)}MIME-Version: 1.0\r\n{part.header}\r\n".encode() + part.body


def _header(mail: Outgoing) -> str:
    if mail.date.tzinfo is None:
        raise ValueError(f"the date {mail.date} has no time zone")
    if not _MESSAGE_ID.fullmatch(mail.message_id) or len(mail.message_id) > LONGEST_TOKEN:
        raise ValueError(f"{mail.message_id!r} is no Message-ID of the form left@right")
    lines = [
        f"Date: {format_datetime(mail.date)}\r\n",
        address_list("From", [Address(mail.from_name, mail.from_address)]),
        address_list("To", mail.to) if mail.to else "",
        address_list("Cc", mail.cc) if mail.cc else "",
        address_list("Reply-To", [mail.reply_to]) if mail.reply_to else "",
        unstructured("Subject", mail.subject),
        f"Message-ID: <{mail.message_id}>\r\n",
        *_threading(mail),
        *_automatic(mail.auto_submitted),
        *(_extra(name, value) for name, value in mail.extra),
    ]
    return "".join(lines)


def _threading(mail: Outgoing) -> list[str]:
    """Return In-Reply-To and References (RFC 5322 §3.6.4), within `MAX_REFERENCES`: the first, then the newest."""
    parents = _usable((mail.in_reply_to,))
    kept = _usable(mail.references)
    room = MAX_REFERENCES - len("References:") - sum(_cost(one) for one in kept[:1])
    first, rest = kept[:1], []
    for one in reversed(kept[1:]):
        room -= _cost(one)
        if room < 0:
            break
        rest.append(f"<{one}>")
    lines = [fold("In-Reply-To", [f"<{parents[0]}>"])] if parents else []
    return [*lines, fold("References", [f"<{first[0]}>", *reversed(rest)])] if first else lines


def _usable(ids: tuple[str, ...]) -> list[str]:
    """Return the ids that can stand in a header, each once, in order. Raises ValueError for control characters."""
    once = dict.fromkeys(checked(one, "a Message-ID") for one in ids)
    return [one for one in once if _ID.fullmatch(one) and len(one) <= LONGEST_TOKEN]


def _cost(one: str) -> int:
    """Return the most bytes that an id can take in a folded line: brackets, a blank, CRLF."""
    return len(one) + 5


def _automatic(value: str) -> list[str]:
    if value not in AUTO_SUBMITTED:
        raise ValueError(f"Auto-Submitted {value!r} must be one of {AUTO_SUBMITTED}")
    return [f"Auto-Submitted: {value}\r\n"] if value else []


def _extra(name: str, value: str) -> str:
    if name.lower() in _OURS or name.lower().startswith("content-"):
        raise ValueError(f"the header {name} is made from the mail itself")
    return unstructured(name, value)


def _body(mail: Outgoing) -> _Part:
    """Return the parts: text, beside HTML with its pictures, beside the files (RFC 2046 §5.1, RFC 2387)."""
    part = _text("plain", mail.text)
    inside = [file for file in mail.files if mail.html is not None and file.content_id]
    if mail.html is not None:
        html = _text("html", mail.html)
        if inside:
            html = _multipart(mail, 'related; type="text/html"', [html, *map(_file, inside)])
        part = _multipart(mail, "alternative", [part, html])
    beside = [file for file in mail.files if file not in inside]
    return _multipart(mail, "mixed", [part, *map(_file, beside)]) if beside else part


def _multipart(mail: Outgoing, subtype: str, parts: list[_Part]) -> _Part:
    """Join parts with a boundary that none of them holds, made from the Message-ID."""
    wholes = [part.whole() for part in parts]
    boundary, salt = "", 0
    while not boundary or any(boundary.encode() in whole for whole in wholes):
        key = f"{subtype} {salt} {mail.message_id}"
        boundary, salt = "=_" + hashlib.sha256(key.encode()).hexdigest()[:40], salt + 1
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + whole + b"\r\n" for whole in wholes) + line + b"--\r\n"
    return _Part(f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n', body)


def _text(subtype: str, text: str) -> _Part:
    """Return a text part in UTF-8: as it is when it is ASCII in lines that fit, else encoded.

    Quoted-printable, which keeps Lithuanian or German readable in the raw mail, for text that is mostly ASCII; else
    base64, which is half as long for Russian.
    """
    data = _LINE_END.sub("\r\n", text).encode()
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    encoding = "7bit"
    if _needs_encoding(data):
        encoding, data = _encoded(data)
    return _Part(f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n', data)


def _needs_encoding(data: bytes) -> bool:
    """Say whether the bytes cannot travel as 7bit (RFC 2045 §2.7): 8-bit, NUL, or a line over 998 bytes."""
    return not data.isascii() or b"\0" in data or _LONG_LINE.search(data) is not None


def _encoded(data: bytes) -> tuple[str, bytes]:
    if len(data.translate(None, _BEYOND_ASCII)) * 4 >= len(data) * 3:
        return "quoted-printable", binascii.b2a_qp(data, istext=True)
    return "base64", _base64(data)


def _base64(data: bytes) -> bytes:
    lines = (data[start : start + _TEXT_LINE] for start in range(0, len(data), _TEXT_LINE))
    return b"".join(binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines)


def _file(file: OutgoingFile) -> _Part:
    """Return a file as a part. A mail as a file stands as it is, since it must not be encoded (RFC 2046 §5.2.1)."""
    kind, encoding, body = _kind(file), "base64", b""
    if kind == "message/rfc822":
        encoding, body = "7bit", _BARE_END.sub(b"\r\n", file.content)
    disposition = "inline" if file.content_id else "attachment"
    header = f"Content-Type: {kind}{_charset(kind, file.content)}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    header += fold("Content-Disposition", [f"{disposition};", *_file_name(file.name)])
    if file.content_id:
        if not _ID.fullmatch(file.content_id) or len(file.content_id) > LONGEST_TOKEN:
            raise ValueError(f"{file.content_id!r} is no Content-ID")
        header += f"Content-ID: <{file.content_id}>\r\n"
    return _Part(header, body or _base64(file.content))


def _kind(file: OutgoingFile) -> str:
    """Return the media type to send: one that is broken, or promises parts that we do not make, becomes plain bytes.

    An attached mail keeps its type only if it can go as it is; with 8-bit bytes or overlong lines it is a file.
    """
    kind = file.type.lower()
    if kind == "message/rfc822" and file.content and not _needs_encoding(file.content):
        return kind
    if not _MEDIA_TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        return "application/octet-stream"
    return kind


def _charset(kind: str, content: bytes) -> str:
    """Return the charset parameter of a text file that is UTF-8: without one, readers take it for ASCII."""
    if not kind.startswith("text/"):
        return ""
    try:
        content.decode()
    except UnicodeDecodeError:
        return ""
    return '; charset="utf-8"'


def _file_name(name: str) -> list[str]:
    """Return the file name as parameters: a quoted string, or RFC 2231 pieces that fit into lines."""
    checked(name, "a file name")
    if name.isascii() and len(name) <= 55 and "=?" not in name and name == name.strip(" "):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return [f'filename="{escaped}"']
    value = encode_rfc2231(name, "utf-8")
    if len(value) <= 55:
        return [f"filename*={value}"]
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,15}", value)
    ends = [";"] * (len(pieces) - 1) + [""]
    return [f"filename*{number}*={piece}{end}" for number, (piece, end) in enumerate(zip(pieces, ends, strict=True))]
