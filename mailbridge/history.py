"""`import`: an admin's history becomes tickets: original dates, nothing sent, no timers, twice changes nothing, resumable.

Each mail goes through the spool like any other, under an origin of its content, so that a second run finds what the
first one did, and a run that was killed goes on where it stood.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from mailbridge.app import App
from mailbridge.desk.incoming import Outcome
from mailbridge.errors import MailbridgeError
from mailbridge.spool import CLAIM_SECONDS, Delivery
from mailbridge.store.db import doing
from mailbridge.store.tables import Spool

BATCH = 100
MOST_ROUNDS = 5
_HEAD = 32_768
_UNDATED = datetime(1, 1, 1, tzinfo=UTC)  # messages without a date come first
_DATE = re.compile(rb"^date:[ \t]*((?:.*(?:\r?\n[ \t].*)*))", re.IGNORECASE | re.MULTILINE)
_HIDDEN = re.compile(r"\..*|dovecot[.-](?!.*\.eml$).*|maildirfolder|maildirsize|subscriptions|courierimap\w+", re.IGNORECASE)

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
    spool: int = 0


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
                if one.is_file() and not _HIDDEN.fullmatch(one.name) and not _is_unfinished(one)
            ):
                yield from _in_file(file, str(file), mbox=False)
        else:
            path.stat()
            yield from _in_file(path, str(path), mbox)
    except OSError as fault:
        raise MailbridgeError(
            f"import: {path}: {fault.strerror}. Nothing after it was read; correct the path and run it again"
        ) from fault


def _is_unfinished(path: Path) -> bool:
    """Say whether a file lies in the `tmp` of a Maildir, where mail is written that is not there yet."""
    return path.parent.name == "tmp" and (path.parent.parent / "cur").is_dir()


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
    """Import messages batch by batch, and say what became of each, in order; last, what became of those that were silent at first.

    An absence or a bounce that stands before its ticket in the files finds it when all of them have been read.
    """
    silent: list[Imported] = []
    batch: list[Found] = []
    for one in found:
        batch.append(one)
        if len(batch) == BATCH:
            yield from _told(_import_batch(app, batch, mailbox, clock()), silent)
            batch = []
    if batch:
        yield from _told(_import_batch(app, batch, mailbox, clock()), silent)
    yield from _silent_again(app, silent, clock)


def _told(imported: Iterable[Imported], silent: list[Imported]) -> Iterator[Imported]:
    for one in imported:
        if one.outcome == Outcome.SILENT:
            silent.append(one)
        else:
            yield one


def _silent_again(app: App, silent: list[Imported], clock: Any) -> Iterator[Imported]:
    """Decide anew on silent mail, until a round places none: one may lead to another."""
    waiting = {one.spool for one in silent}
    for _ in range(MOST_ROUNDS):
        for start in range(0, len(some := sorted(waiting)), BATCH):
            app.bridge.work_off(app.spool.load(_claim_silent(app, some[start : start + BATCH], clock())), clock())
        left = {row.id for row in _rows(app, some).values() if row.outcome == Outcome.SILENT}
        if left == waiting:
            break
        waiting = left
    rows = _rows(app, [one.spool for one in silent])
    for one in silent:
        yield replace(one, ticket=rows[one.spool].ticket, outcome=rows[one.spool].outcome or "quarantined")


def _claim_silent(app: App, ids: list[int], at: datetime) -> list[int]:
    """Claim settled mail that was kept silent once more; a run that dies leaves it to the next worker, like any claim."""
    query = (
        update(spool)
        .where(spool.c.id.in_(ids), spool.c.state == "settled", spool.c.outcome == Outcome.SILENT.value)
        .values(
            state="claimed",
            outcome=None,
            attempts=1,
            claimed_by=app.spool.worker,
            claimed_until=at + timedelta(seconds=CLAIM_SECONDS),
        )
    )
    app.database.write(doing(query))
    return ids


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
    left = [row.id for row in _rows(app, fresh).values() if row.claimed_by != app.spool.worker]
    for number in sorted(left):  # of a run that was killed: alone, one of them may be what killed it
        if app.spool.take_over(number, at):
            app.bridge.work_off(app.spool.load([number]), at)
    app.bridge.work_off(app.spool.load([number for number in fresh if number not in left]), at)
    rows = _rows(app, ids)
    seen: set[int] = set(before)
    for one, sha256, number in zip(batch, sums, ids, strict=True):
        row = rows[number]
        outcome = Outcome.DUPLICATE if number in seen else row.outcome or Outcome.QUARANTINED
        yield Imported(one.file, sha256, row.ticket, str(outcome), number)
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
