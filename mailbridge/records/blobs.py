"""Which blobs are needed by some row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from mailbridge.store.db import Database
from mailbridge.store.tables import Attachment, Spool

attachment: Any = Attachment.__table__  # type: ignore[attr-defined]
spool: Any = Spool.__table__  # type: ignore[attr-defined]


def needed(database: Database, sums: list[str]) -> set[str]:
    """Return which of these SHA-256 sums a spooled mail or a message's file needs; mails to send take files of messages only."""
    with database.read() as connection:
        raw = connection.execute(select(spool.c.sha256).where(spool.c.sha256.in_(sums), spool.c.in_blob)).scalars()
        files = connection.execute(select(attachment.c.sha256).where(attachment.c.sha256.in_(sums))).scalars()
        return {*raw, *files}
