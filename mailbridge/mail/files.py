"""Parts that hold more than themselves: winmail.dat, signed envelopes, attached mails, uuencoded files in text.

In come the parts of a mail; out come the parts to read, with what was wrapped in them beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from mailbridge.mail.cms import signed_content
from mailbridge.mail.fields import split_header
from mailbridge.mail.headers import clean, decode_header
from mailbridge.mail.parts import Part, read_entity
from mailbridge.mail.tnef import read_tnef
from mailbridge.mail.transfer import uuencoded_files

_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MAIL_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
_REPORT_PARTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
        "text/rfc822-headers",
        "message/global-headers",
        "message/global-disposition-notification",
    }
)


_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_UU = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ", re.MULTILINE)


@dataclass(slots=True)
class Files:
    """parts: what the text is chosen from. extra: files that were wrapped in others. attached: attached mails, raw."""

    parts: list[Part] = field(default_factory=list)
    extra: list[Part] = field(default_factory=list)
    attached: tuple[bytes, ...] = ()
    defects: list[str] = field(default_factory=list)


def read_files(parts: list[Part], hints: tuple[str, ...], max_parts: int) -> Files:
    """Open what is wrapped. Raises ParseError when signed envelopes hold more than `max_parts` parts."""
    files = Files()
    attached = []
    for part in parts:
        if part.type in _MAIL_TYPES:
            attached.append(part.content)
            files.parts.append(replace(part, name=_mail_name(part, hints)))
        elif part.type in _TNEF_TYPES or part.name.lower() == "winmail.dat":
            _open_tnef(part, files)
        elif part.type in _SMIME_TYPES or part.name.lower() == "smime.p7m":
            _open_smime(part, files, hints, max_parts)
        elif part.type == "text/plain" and b"begin" in part.content and _UU.search(part.content, 0, 200_000):
            _open_uuencoded(part, files)
        else:
            files.parts.append(part)
    if any(node.type == "multipart/encrypted" for part in parts for node in part.path):
        files.defects.append("encrypted-pgp")
    files.attached = tuple(attached)
    return files


def _mail_name(part: Part, hints: tuple[str, ...]) -> str:
    """An attached mail is called by its file name, else by its subject."""
    if part.name:
        return part.name
    subject = decode_header(split_header(part.content[:65_536]).first("subject"), hints)
    return f"{subject[:100]}.eml" if subject else ""


def _open_tnef(part: Part, files: Files) -> None:
    already = any(other.type in {"text/plain", "text/html"} and other.content.strip() for other in files.parts)
    found = read_tnef(part.content, with_text=not already)
    if found is None:
        files.parts.append(part)
        files.defects.append("broken-tnef")
        return
    if found.text or found.html:
        kind, text = ("text/plain", found.text) if found.text else ("text/html", found.html)
        if not already:
            files.parts.append(Part(kind, "", "", "utf-8", "", "", text.encode("utf-8", "replace"), {"charset": "utf-8"}, part.path))
    for file in found.files:
        kind = file.type if _TYPE.fullmatch(file.type) else "application/octet-stream"
        files.extra.append(Part(kind, file.name, "attachment", "", clean(file.content_id), "", file.content, {}, part.path))
    if not found.files and not (found.text or found.html):
        files.parts.append(part)


def _open_smime(part: Part, files: Files, hints: tuple[str, ...], max_parts: int) -> None:
    """Read the mail inside a signed envelope; keep the envelope as a file. An encrypted one is named as such.

    The parts of all envelopes count together.
    """
    content = signed_content(part.content)
    files.parts.append(part)
    if content is None:
        files.defects.append("encrypted-smime")
    else:
        files.parts += read_entity(content, hints, max_parts - len(files.parts)).parts


def _open_uuencoded(part: Part, files: Files) -> None:
    found = uuencoded_files(part.content)
    rest = bytearray()
    pos = 0
    for name, content, start, end in found:
        rest += part.content[pos:start]
        pos = end
        files.extra.append(Part("application/octet-stream", name, "attachment", "", "", "", content, {}, part.path))
    files.parts.append(replace(part, content=bytes(rest) + part.content[pos:]) if found else part)
