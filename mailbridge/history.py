"""`import`: an admin's history becomes tickets: original dates, nothing sent, no timers, twice changes nothing, resumable.

Each mail goes through the spool like any other, under an origin of its content, so that a second run finds what the
first one did, and a run that was killed goes on where it stood.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mailbridge.app import App
from mailbridge.errors import MailbridgeError
from mailbridge.spool import Delivery
from mailbridge.store.tables import Spool

BATCH = 100
_HEAD = 32_768
_UNDATED = datetime(1, 1, 1, tzinfo=UTC)  # messages without a date come first
_DATE = re.compile(rb"^date:[ \t]*((?:.*(?:\r?\n[ \t].*)*))", re.IGNORECASE | re.MULTILINE)
_HIDDEN = re.compile(r"^\.|^(?:dovecot|maildirfolder|subscriptions|cur$|new$|tmp$)", re.IGNORECASE)

spool: Any = Spool.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Found:
    """One message of the history: `file` as it was named, or the path inside a folder; `raw` its exact bytes."""

    file: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one message."""

    file: str
    sha256: str
    ticket: int | None
    outcome: str


def find_messages(paths: Iterable[Path], *, mbox: bool, order: str) -> Iterator[Found]:
    """Give every message of files, folders, Maildirs and mboxes. Raise MailbridgeError for a path that cannot be read.

    A file is one message, byte for byte, unless it is named `*.mbox` or `mbox` says so. order: `given`, or `date` by the
    Date header (messages without one first).
    """
    places = [place for path in paths for place in _places(path, mbox)]
    if order == "date":
        places.sort(key=lambda place: _date_of(place.head()))
    for place in places:
        yield Found(place.name, place.read())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the bytes of one message lie; read only when its turn has come."""

    name: str
    path: Path
    start: int = 0
    stop: int | None = None

    def head(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(_HEAD if self.stop is None else min(_HEAD, self.stop - self.start))

    def read(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read() if self.stop is None else file.read(self.stop - self.start)


def _places(path: Path, mbox: bool) -> Iterator[_Place]:
    try:
        if path.is_dir():
            for file in sorted(
                one
                for one in path.rglob("*")
                if one.is_file() and not _HIDDEN.match(one.name) and one.parent.name != "tmp"
            ):
                yield from _in_file(file, str(file), mbox=False)
        else:
            path.stat()
            yield from _in_file(path, str(path), mbox)
    except OSError as fault:
        raise MailbridgeError(
            f"import: {path}: {fault.strerror}. Nothing after it was read; correct the path and run it again"
        ) from fault


def _in_file(path: Path, name: str, mbox: bool) -> Iterator[_Place]:
    if not mbox and path.suffix != ".mbox":
        yield _Place(name, path)
        return
    for number, (start, stop) in enumerate(_split(path), 1):
        yield _Place(f"{name}#{number}", path, start, stop)


def _split(path: Path) -> Iterator[tuple[int, int]]:
    """Give where each message of an mbox begins and ends (RFC 4155): behind a `From ` line that follows an empty line."""
    at, start, blank = 0, None, True
    with path.open("rb") as file:
        for line in file:
            if blank and line.startswith(b"From "):
                if start is not None:
                    yield start, at
                start = at + len(line)
            blank = line in (b"\n", b"\r\n")
            at += len(line)
    if start is not None:
        yield start, at


def _date_of(head: bytes) -> datetime:
    found = _DATE.search(head)
    try:
        at = parsedate_to_datetime(found[1].decode("ascii", "replace")) if found else _UNDATED
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return _UNDATED


def import_messages(app: App, found: Iterable[Found], mailbox: str | None, clock: Any) -> Iterator[Imported]:
    """Import messages batch by batch, and say what became of each, in order."""
    batch: list[Found] = []
    for one in found:
        batch.append(one)
        if len(batch) == BATCH:
            yield from _import_batch(app, batch, mailbox, clock())
            batch = []
    if batch:
        yield from _import_batch(app, batch, mailbox, clock())


def _import_batch(app: App, batch: list[Found], mailbox: str | None, at: datetime) -> Iterator[Imported]:
    sums = [hashlib.sha256(one.raw).hexdigest() for one in batch]
    before = _known(app, sums, mailbox)
    futures = [
        app.spool.accept(
            Delivery(
                raw=one.raw,
                envelope_from=None,
                recipients=(),
                source="import",
                received_at=at,
                mailbox=mailbox,
                origin=_origin(sha256, mailbox),
            ),
            claim=True,
        )
        for one, sha256 in zip(batch, sums, strict=True)
    ]
    ids = [future.result() for future in futures]
    fresh = list(dict.fromkeys(number for number in ids if number not in before))
    app.bridge.work_off(app.spool.load(fresh), at)
    rows = _rows(app, ids)
    seen: set[int] = set(before)
    for one, sha256, number in zip(batch, sums, ids, strict=True):
        row = rows[number]
        yield Imported(one.file, sha256, row.ticket, "duplicate" if number in seen else row.outcome or "quarantined")
        seen.add(number)


def _origin(sha256: str, mailbox: str | None) -> str:
    return f"import:{mailbox or ''}:{sha256}"


def _known(app: App, sums: list[str], mailbox: str | None) -> set[int]:
    """Return the spool ids of messages that an earlier run has finished; what a killed run left is worked off again."""
    query = select(spool.c.id).where(
        spool.c.origin.in_([_origin(sha256, mailbox) for sha256 in sums]), spool.c.state.in_(("settled", "quarantined"))
    )
    with app.database.read() as connection:
        return set(connection.execute(query).scalars())


def _rows(app: App, ids: list[int]) -> dict[int, Any]:
    with app.database.read() as connection:
        return {row.id: row for row in connection.execute(select(spool).where(spool.c.id.in_(ids)))}


def totals(imported: Iterable[Imported]) -> dict[str, int]:
    """Count what became of the messages, for the last line."""
    counts = {"messages": 0, "tickets": 0, "duplicates": 0, "silent": 0, "quarantined": 0}
    names = {"new": "tickets", "duplicate": "duplicates", "silent": "silent", "quarantined": "quarantined"}
    for one in imported:
        counts["messages"] += 1
        if one.outcome in names:
            counts[names[one.outcome]] += 1
    return counts
