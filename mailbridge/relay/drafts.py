r"""Files drafts into the `Drafts` folder of a shared account: the agent opens one, edits it, presses send.

The folder is the one that the server names by SPECIAL-USE (RFC 6154), else the configured one, which is made when it is
missing. A draft gets `\Draft` and nothing more. When a newer draft takes its place, an earlier one of ours goes only if
nobody touched it: same UIDVALIDITY and UID, same Message-ID, same size, and no flag that says otherwise. What was edited
(mail programs save it as a new mail), answered, marked or moved stays for ever: it is the agent's.
"""

from __future__ import annotations

import imaplib
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Any

from mailbridge.config.model import Imap
from mailbridge.relay.imap_connect import DRAFTS, ImapFault, close, connect, place, reason

_APPENDED = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)
_HARMLESS = frozenset({b"\\draft", b"\\recent", b"\\seen"})  # to have looked at it is not to have touched it
_FAULTS = (OSError, imaplib.IMAP4.error, ValueError, KeyError, IndexError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a draft of ours lies, and how it was: enough to know it again."""

    folder: str
    uidvalidity: int
    uid: int
    size: int
    message_id: str


def file_draft(settings: Imap, password: str, raw: bytes, replaces: Filed | None = None) -> Filed:
    """Lay a draft into the account, in place of an earlier one if that is untouched; return where it lies.

    raw: the whole mail, CRLF, with a Message-ID of its own. Filing the same mail again gives the place it has already: a
    crash may come between the server's answer and our note of it.
    Raises ImapFault: nothing was filed, or it is not known; try again.
    """
    client = connect(settings, password)
    try:
        return _file(client, settings, raw, replaces)
    except _FAULTS as error:
        raise ImapFault(f"{place(settings)}: the draft was not filed: {reason(error)}") from error
    finally:
        close(client)


def withdraw_draft(settings: Imap, password: str, filed: Filed) -> bool:
    """Take a draft of ours away if it is untouched; say whether it was there and has gone. Raises ImapFault."""
    client = connect(settings, password)
    try:
        uidvalidity = int(client.select_folder(filed.folder)[b"UIDVALIDITY"])
        return _remove(client, filed, uidvalidity)
    except _FAULTS as error:
        raise ImapFault(f"{place(settings)}: the draft was not taken away: {reason(error)}") from error
    finally:
        close(client)


def _file(client: Any, settings: Imap, raw: bytes, replaces: Filed | None) -> Filed:
    folder = _drafts_folder(client, settings.drafts)
    message_id = _message_id(raw)
    uidvalidity = int(client.select_folder(folder)[b"UIDVALIDITY"])
    uid = _find(client, message_id)
    if uid is None:
        answer = client.append(folder, raw, flags=(rb"\Draft",))
        match = _APPENDED.search(answer if isinstance(answer, bytes) else str(answer).encode())
        if match and int(match[1]) == uidvalidity:
            uid = int(match[2])
        else:  # a server without UIDPLUS (RFC 4315) does not say
            client.noop()
            uid = _find(client, message_id)
    if uid is None:
        raise ImapFault(f"{place(settings)} took the draft, and it is not in {folder}")
    size = int(client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0))
    filed = Filed(folder, uidvalidity, uid, size, message_id)
    if replaces is not None and replaces.uid != uid and replaces.folder == folder:
        _remove(client, replaces, uidvalidity)
    return filed


def _drafts_folder(client: Any, configured: str) -> str:
    for flags, _delimiter, name in client.list_folders():
        if DRAFTS.lower() in (flag.lower() for flag in flags):
            return str(name)
    if not client.folder_exists(configured):
        client.create_folder(configured)
        client.subscribe_folder(configured)
    return configured


def _find(client: Any, message_id: str) -> int | None:
    """Return the UID of the newest mail with this Message-ID in the open folder. HEADER matches parts: compared whole."""
    uids = client.search(["HEADER", "Message-ID", message_id, "NOT", "DELETED"])
    for uid in sorted(uids, reverse=True):
        if _id_at_server(client, uid) == message_id:
            return int(uid)
    return None


def _id_at_server(client: Any, uid: int) -> str:
    key = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
    item = client.fetch([uid], ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]).get(uid, {})
    return _message_id(item.get(key) or b"")


def _remove(client: Any, filed: Filed, uidvalidity: int) -> bool:
    """Remove an earlier draft from the open folder if it is the one that we filed, untouched; say whether it was."""
    if filed.uidvalidity != uidvalidity or not client.has_capability("UIDPLUS"):
        return False  # without UID EXPUNGE others' deleted mail would go as well
    item = client.fetch([filed.uid], ["FLAGS", "RFC822.SIZE"]).get(filed.uid)
    if not item or b"FLAGS" not in item:
        return False
    flags = {flag.lower() for flag in item[b"FLAGS"]}
    if flags - _HARMLESS or b"\\draft" not in flags or item.get(b"RFC822.SIZE") != filed.size:
        return False
    if _id_at_server(client, filed.uid) != filed.message_id:
        return False
    client.delete_messages([filed.uid], silent=True)
    client.uid_expunge([filed.uid])
    return True


def _message_id(header: bytes) -> str:
    return " ".join(str(BytesHeaderParser().parsebytes(header).get("Message-ID", "")).split())
