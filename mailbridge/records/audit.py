"""The proof that nothing is missing: received = on tickets + silent + quarantined + duplicates + waiting + erased (design.md §7.1)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from mailbridge.records.words import JsonObject
from mailbridge.store.blobs import Blobs
from mailbridge.store.tables import Attachment, Message, Spool, SpoolRaw

spool: Any = Spool.__table__  # type: ignore[attr-defined]
raws: Any = SpoolRaw.__table__  # type: ignore[attr-defined]
message: Any = Message.__table__  # type: ignore[attr-defined]
attachment: Any = Attachment.__table__  # type: ignore[attr-defined]


@dataclass
class Audit:
    """The count. `missing`: mails that are nowhere, or whose bytes are not what they were; `faults` says which."""

    received: int = 0
    on_tickets: int = 0
    silent: int = 0
    quarantined: int = 0
    duplicates: int = 0
    waiting: int = 0
    erased: int = 0
    missing: int = 0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> JsonObject:
        """Return the figures alone, all of them integers."""
        return {name: value for name, value in asdict(self).items() if name != "faults"}


def audit(connection: Connection, blobs: Blobs) -> Audit:
    """Count every mail that was ever accepted, and look for each where its row says that it is."""
    found = Audit()
    homes = set(connection.execute(select(message.c.id)).scalars())
    names = {
        "new": "on_tickets",
        "appended": "on_tickets",
        "silent": "silent",
        "duplicate": "duplicates",
        "erased": "erased",
    }
    for row in connection.execute(
        select(spool.c.id, spool.c.state, spool.c.outcome, spool.c.message).order_by(spool.c.id)
    ):
        found.received += 1
        if row.state in ("accepted", "claimed"):
            found.waiting += 1
        elif row.state == "quarantined":
            found.quarantined += 1
        elif row.outcome not in names:
            _miss(found, f"spool {row.id}: settled, but not as anything")
        elif row.outcome in ("new", "appended", "duplicate") and row.message not in homes:
            _miss(found, f"spool {row.id}: its message {row.message} is on no ticket")
        else:
            setattr(found, names[row.outcome], getattr(found, names[row.outcome]) + 1)
    _check_bytes(connection, blobs, found)
    return found


def _check_bytes(connection: Connection, blobs: Blobs, found: Audit) -> None:
    """Compare every raw mail and every file with its checksum."""
    small = (
        select(spool.c.id, spool.c.sha256, raws.c.body)
        .join_from(spool, raws, spool.c.id == raws.c.spool, isouter=True)
        .where(spool.c.in_blob.is_(False), func.coalesce(spool.c.outcome, "") != "erased")
        .execution_options(yield_per=500)
    )
    for row in connection.execute(small):
        if row.body is None or hashlib.sha256(row.body).hexdigest() != row.sha256:
            _miss(found, f"spool {row.id}: its bytes are missing or changed")
    large = select(spool.c.sha256).where(spool.c.in_blob, func.coalesce(spool.c.outcome, "") != "erased").distinct()
    for sha256 in {
        *connection.execute(large).scalars(),
        *connection.execute(select(attachment.c.sha256).distinct()).scalars(),
    }:
        if not blobs.whole(sha256):
            _miss(found, f"blob {sha256}: missing or changed")


def _miss(found: Audit, what: str) -> None:
    found.missing += 1
    found.faults.append(what)
