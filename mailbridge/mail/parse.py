"""A mail read once: raw bytes in, a `Mail` out.

The bytes are taken apart into a skeleton and bodies (`mail/skeleton.py`); mail-parser reads the skeleton; the rest
of this room decodes headers, text and files from the bytes themselves. Nothing is fetched, nothing is stored, no
clock is asked. Whatever the bytes are, a value comes out, with the names of what was odd; only a mail over the
limits on parts and header size raises `ParseError`, and `read_envelope` reads that one's header.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from mailbridge.errors import ParseError
from mailbridge.mail.addresses import parse_addresses
from mailbridge.mail.attachments import make_attachment
from mailbridge.mail.body import Body, read_body
from mailbridge.mail.charset import bounded_effort
from mailbridge.mail.dates import parse_date
from mailbridge.mail.fields import Header, split_header
from mailbridge.mail.files import read_files
from mailbridge.mail.headers import decode_header, field_text
from mailbridge.mail.ids import message_ids
from mailbridge.mail.message import Address, Attachment, Mail
from mailbridge.mail.parts import Part, read_entity
from mailbridge.mail.reports import report_groups, returned_headers

_DELIVERED = frozenset(
    {
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-delivered-to",
        "x-forwarded-to",
        "apparently-to",
        "x-rcpt-to",
        "x-real-to",
    }
)
_ADDRESS_FIELDS = frozenset({"from", "to", "cc", "bcc", "reply-to", "sender", "resent-from", "resent-to", "resent-cc", "return-path"})
_LONGEST_SUBJECT = 2_000
_ENVELOPE_BYTES = 262_144


def read_mail(raw: bytes, charset_hints: tuple[str, ...] = (), max_parts: int = 1000) -> Mail:
    """Read a whole mail.

    charset_hints: charsets of the mailbox, likeliest first, for text that declares none or a wrong one.
    Raises ParseError when the mail has more than `max_parts` parts or too large a header, and for nothing else.
    """
    with bounded_effort():
        return _read_mail(raw, charset_hints, max_parts)


def _read_mail(raw: bytes, charset_hints: tuple[str, ...], max_parts: int) -> Mail:
    source, defects = _with_line_feeds(raw)
    entity = read_entity(source, charset_hints, max_parts)
    skeleton, parts = entity.skeleton, entity.parts
    mail = _headers(raw, skeleton.root.header, charset_hints)
    files = read_files(parts, charset_hints, max_parts)
    body = read_body(files.parts, charset_hints)
    date = _date(entity.date, mail)
    subject = mail.header("subject") if not charset_hints else decode_header(skeleton.root.header.first("subject"))
    report = report_groups(parts)
    odd = {*defects, *skeleton.defects, *files.defects, *body.defects, *_header_defects(mail, date)}
    odd.update(name for part in parts for name in part.defects)
    return replace(
        mail,
        date=date,
        text=body.text,
        html=body.html,
        attachments=_attachments(body, files.extra),
        media_type=skeleton.root.type,
        attached=files.attached,
        report=report,
        returned=returned_headers(parts, charset_hints),
        content_key=_content_key(mail, date, subject, parts),
        defects=tuple(sorted(odd)),
    )


def read_envelope(raw: bytes) -> Mail:
    """Read only the header, for a mail that goes over a limit. Never raises; text and parts stay empty."""
    source, defects = _with_line_feeds(raw[:_ENVELOPE_BYTES])
    try:
        header = split_header(source)
    except ParseError:
        header = Header([], 0)
    with bounded_effort():
        mail = _headers(raw, header, ())
    date = _date(None, mail)
    odd = {*defects, *header.defects, *_header_defects(mail, date), "not-read"}
    return replace(mail, date=date, content_key=hashlib.sha256(raw).hexdigest(), defects=tuple(sorted(odd)))


def _with_line_feeds(raw: bytes) -> tuple[bytes, list[str]]:
    """A file whose lines end in bare CR (old Macs) is read as if they were LF; the length stays the same."""
    if b"\n" in raw[:65_536] or b"\r" not in raw[:65_536]:
        return raw, ["nul-bytes"] if b"\0" in raw else []
    return raw.replace(b"\r", b"\n"), ["bare-cr"]


def _headers(raw: bytes, header: Header, hints: tuple[str, ...]) -> Mail:
    """Read everything that stands in the header."""
    fields: dict[str, list[bytes]] = {}
    decoded = []
    for name, value in header.fields:
        fields.setdefault(name, []).append(value)
        decoded.append((name, field_text(name, value, hints)))

    def first(name: str) -> str:
        return next((text for key, text in decoded if key == name), "")

    def every(name: str) -> str:  # some gateways write the field anew and leave the old one
        return "\n".join(text for key, text in decoded if key == name)

    def addresses(name: str) -> tuple[Address, ...]:
        return tuple(address for value in fields.get(name, ()) for address in parse_addresses(value, hints))

    sender = addresses("sender")
    ids = message_ids(first("message-id"))
    delivered = [address.address.lower() for name in fields if name in _DELIVERED for address in addresses(name) if address.address]
    return Mail(
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        message_id=ids[0] if ids else "",
        in_reply_to=message_ids(every("in-reply-to")),
        references=message_ids(every("references")),
        thread_index="".join(first("thread-index").split())[:2000],
        from_=addresses("from"),
        sender=sender[0] if sender else None,
        reply_to=addresses("reply-to"),
        to=addresses("to"),
        cc=addresses("cc"),
        delivered_to=tuple(dict.fromkeys(delivered)),
        subject=first("subject")[:_LONGEST_SUBJECT],
        headers=tuple(decoded),
    )


def _date(parsed: datetime | None, mail: Mail) -> datetime | None:
    if parsed is not None:
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return parse_date(mail.header("date"))


def _header_defects(mail: Mail, date: datetime | None) -> set[str]:
    names = [key for key, _ in mail.headers]
    odd = {f"no-{name}" for name in ("from", "date", "message-id") if name not in names}
    odd |= {f"several-{name}" for name in ("from", "subject", "date", "message-id", "to", "reply-to", "sender") if names.count(name) > 1}
    if len(mail.from_) > 1:
        odd.add("several-from")
    if "from" in names and "@" not in mail.author.address:
        odd.add("broken-from")
    if "date" in names and date is None:
        odd.add("broken-date")
    if date is not None and not 1990 <= date.year <= 2080:
        odd.add("implausible-date")
    return odd


def _attachments(body: Body, extra: list[Part]) -> tuple[Attachment, ...]:
    out = []
    for number, part in enumerate([*body.rest, *extra], start=1):
        referred = bool(part.content_id and f"cid:{part.content_id}" in body.html) or bool(part.location and part.location in body.html)
        out.append(
            make_attachment(
                part.content,
                part.name,
                part.type,
                number,
                content_id=part.content_id,
                disposition=part.disposition,
                referred=referred,
            )
        )
    return tuple(out)


def _content_key(mail: Mail, date: datetime | None, subject: str, parts: list[Part]) -> str:
    """Hash From, Date, Subject and the decoded parts: what stays the same whichever way a mail comes.

    subject: decoded without the charset hints of a mailbox. They must not count, so that a mail to two mailboxes is one:
    bytes are hashed.
    """
    digest = hashlib.sha256()
    sender = ",".join(address.address.lower() for address in mail.from_)
    for text in (sender, date.isoformat() if date else mail.header("date"), subject):
        digest.update(text.encode("utf-8", "replace") + b"\0")
    for part in parts:
        content = part.content
        if part.type.startswith(("text/", "message/")):
            content = content.replace(b"\r\n", b"\n").rstrip()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()
