"""Lays queued drafts into shared mailboxes, and remembers where: the newest untouched one of a ticket is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mailbridge.config.model import Config
from mailbridge.config.secrets import read_secret
from mailbridge.errors import MailbridgeError
from mailbridge.relay.drafts import Filed, file_draft
from mailbridge.relay.outcome import Outcome, same_for_all, temporary_for_all
from mailbridge.store.db import AnyRow, Database, upsert
from mailbridge.store.tables import Draft

SHARED = ""
"""The agent's name under which the draft of a shared mailbox is kept: it is nobody's in particular."""

draft: Any = Draft.__table__  # type: ignore[attr-defined]


def file_shared_draft(
    config: Config, environ: Mapping[str, str], database: Database, row: AnyRow, raw: bytes, now: datetime
) -> Outcome:
    """Lay one queued draft into its shared mailbox; a fault of the server is a reason to try again later."""
    mailbox = row.headers["from_address"]
    account = next((one for one in config.imap if one.shared and one.mailbox == mailbox), None)
    if account is None:
        return same_for_all([mailbox], "permanent", 0, f"{mailbox} is no shared mailbox any more")
    try:
        password = read_secret(account.password_file, environ)
        filed = file_draft(account, password, raw, _before(database, row.ticket))
    except MailbridgeError as fault:
        return temporary_for_all([mailbox], str(fault))
    kept = {
        "ticket": row.ticket,
        "agent": SHARED,
        "text": row.text,
        "apology": "",
        "made_at": now,
        "filed": asdict(filed),
    }
    database.write(
        lambda connection: upsert(connection, draft, [kept], ("ticket", "agent"), ("text", "made_at", "filed"))
    )
    return same_for_all([mailbox], "sent", 0, f"filed in {filed.folder}")


def _before(database: Database, ticket: int) -> Filed | None:
    query = select(draft.c.filed).where(draft.c.ticket == ticket, draft.c.agent == SHARED)
    with database.read() as connection:
        found = connection.execute(query).scalar()
    return Filed(**found) if found else None
