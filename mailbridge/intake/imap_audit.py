"""Compares IMAP accounts with their ledgers, for `mailbridge audit`: is there a mail that we passed by? Changes nothing.

It may run beside a daemon: mail above the cursor is not missing, its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mailbridge.config.model import Imap
from mailbridge.errors import MailbridgeError
from mailbridge.intake.imap_ledger import UNREADABLE, Ledger
from mailbridge.intake.imap_session import Refused, Session
from mailbridge.store.db import Database


@dataclass(slots=True)
class Comparison:
    """What was found. `missing`: one sentence a mail; `not_compared`: one sentence an account or folder, and why."""

    missing: list[str] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)


def compare_accounts(accounts: Iterable[Imap], password: Callable[[Imap], str], database: Database) -> Comparison:
    """Compare every account with its ledger, over a conversation of its own each. Never raises for what a server does."""
    found = Comparison()
    for settings in accounts:
        ledger = Ledger(database, settings.name)
        found.missing += [
            f"imap {settings.name}/{folder} UID {uid} (UIDVALIDITY {uidvalidity}): taken in by the ledger, and not in the spool"
            for folder, uidvalidity, uid in ledger.without_mail()
        ]
        try:
            session = Session(settings, password(settings))
        except MailbridgeError as fault:
            found.not_compared.append(str(fault))
            continue
        try:
            _compare(session, settings, ledger, found)
        except MailbridgeError as fault:
            found.not_compared.append(str(fault))
        finally:
            session.close()
    return found


def compare_ledger(session: Session, ledger: Ledger, folder: str) -> list[int]:
    """Return the UIDs of a folder that we should know and do not, or could not read. Empty before the first contact.

    Raise Refused when the folder cannot be opened, ImapFault when the conversation ends.
    """
    opened, known = session.open(folder, for_writing=False), ledger.folder(folder)
    if known is None or known.uidvalidity != opened.uidvalidity:
        return []  # the next round meets it
    lines = ledger.lines(known)
    known_to_us = {uid for uid, line in lines.items() if line.state != UNREADABLE}
    return [uid for uid in session.uids() if uid <= known.cursor and uid not in known_to_us]


def _compare(session: Session, settings: Imap, ledger: Ledger, found: Comparison) -> None:
    for folder in settings.folders:
        try:
            missing = compare_ledger(session, ledger, folder)
        except Refused as fault:
            found.not_compared.append(str(fault))
            continue
        found.missing += [f"imap {settings.name}/{folder} UID {uid}: at the server, and never taken in" for uid in missing]
