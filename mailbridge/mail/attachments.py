"""Attachments: a safe name, the true type, and whether it is a document or only a decoration.

In come the decoded bytes of a part and what its header says; out comes an `Attachment`. Names are safe on every
system: no path, no control or bidi characters, no reserved device name, no trailing dot, at most 150 characters.
"""

from __future__ import annotations

import hashlib
import re

from mailbridge.mail.filetype import EXTENSIONS, true_type
from mailbridge.mail.headers import clean
from mailbridge.mail.message import Attachment

LONGEST_NAME = 150
_SMALL_IMAGE = 12_000
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_LOGO_NAME = re.compile(
    r"(?:image\d{3}\.(?:png|jpe?g|gif)|logo|facebook|twitter|linkedin|instagram|signature|banner|spacer|pixel)",
    re.IGNORECASE,
)


def safe_name(name: str) -> str:
    r"""Return a file name that every system takes, or an empty string when nothing of it is left.

    A path is cut to its last part: "../../etc/passwd" and "C:\\\\fakepath\\\\scan.pdf" are common enough.
    """
    name = clean(name)
    name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    name = _FORBIDDEN.sub("_", name)
    name = name.lstrip(".").rstrip(". ").strip()
    if _DEVICE.match(name):
        name = "_" + name
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME and len(name.encode()) <= 240:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 12:
        stem, extension = name, ""
    stem = stem[:LONGEST_NAME - len(extension) - 1].encode()[:240 - len(extension.encode()) - 1].decode("utf-8", "ignore").rstrip(". ")
    return f"{stem}.{extension}" if extension else stem


def make_attachment(content: bytes, name: str, media_type: str, number: int, *, content_id: str = "", disposition: str = "",
                    referred: bool = False) -> Attachment:
    """Return the attachment for one part.

    number: its place in the mail, counted from 1, for a part without a name.
    disposition: "inline", "attachment" or empty. referred: the HTML shows it by its Content-ID or location.
    """
    shown = safe_name(name)
    kind = true_type(content, media_type, shown)
    if not shown:
        shown = f"attachment-{number}.{EXTENSIONS.get(media_type) or EXTENSIONS.get(kind) or 'bin'}"
    return Attachment(shown, media_type, kind, content, hashlib.sha256(content).hexdigest(),
                      _is_inline(content, shown, kind, content_id, disposition, referred), content_id)


def _is_inline(content: bytes, name: str, kind: str, content_id: str, disposition: str, referred: bool) -> bool:
    """Tell an image in the text, or a logo of a signature, from a document.

    Outlook gives every attached picture a Content-ID, so that alone says nothing; the HTML must refer to it, or it
    must be a small picture with the name of a decoration.
    """
    if not kind.startswith("image/"):
        return referred and disposition == "inline"
    if referred:
        return True
    return disposition != "attachment" and len(content) <= _SMALL_IMAGE and (bool(content_id) or _LOGO_NAME.match(name) is not None)
