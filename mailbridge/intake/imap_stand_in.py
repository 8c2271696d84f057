"""The note that stands in the spool for a mail which is too large to be taken in: its own header, and a text about it."""

from __future__ import annotations

import re

_FIELD = re.compile(rb"[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|\Z)")
_ABOUT_THE_BODY = (b"content-", b"mime-version:")


def stand_in(header: bytes, size: int, most_mb: int, user: str, folder: str, uid: int) -> bytes:
    """Return a small mail with the header of a large one (its sender, subject, ids and proofs), which says where that lies.

    header: as fetched, with or without the empty line at its end. size: bytes of the mail. most_mb: the limit, in 10^6 bytes.
    """
    fields = [field for field in _FIELD.findall(header) if field.strip()]
    kept = [field for field in fields if not field.lower().startswith(_ABOUT_THE_BODY)]
    text = (
        f"[This mail has {size / 1_000_000:.1f} MB, more than the {most_mb} MB that are taken in. It lies whole in the folder\n"
        f'"{folder}" of the IMAP account {user}, under the UID {uid}.]\n'
    )
    added = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    head = b"".join(field if field.endswith(b"\n") else field + b"\r\n" for field in kept)
    return head + added + b"\r\n" + text.replace("\n", "\r\n").encode()
