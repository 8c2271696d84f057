"""The rehearsal behind `run --dry-run`: what would go out if the desk ran now, played on a copy of its database.

The copy and every file that the rehearsal makes lie in a temporary folder that is removed at the end; large mails and
attachments are read from the desk's own blobs, and never written there. No listener is opened, nothing is sent, and no
row, file or claim of the desk changes: a daemon may run meanwhile.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mailbridge.app import App, assemble, make_accounts
from mailbridge.config.model import Config
from mailbridge.desk.rings import sweep
from mailbridge.errors import StoreError
from mailbridge.intake.imap import poll_all_once
from mailbridge.records.queues import outbox_object
from mailbridge.relay.outcome import Envelope, Outcome, same_for_all
from mailbridge.store.blobs import Blobs
from mailbridge.store.db import Database, public_url
from mailbridge.store.migrate import is_current, open_database
from mailbridge.store.tables import Lease, Outbox, Spool, SpoolRaw, metadata

JsonObject = dict[str, Any]
PART = 1000
"""Rows that are copied at once from PostgreSQL."""

spool: Any = Spool.__table__  # type: ignore[attr-defined]
raws: Any = SpoolRaw.__table__  # type: ignore[attr-defined]
outbox: Any = Outbox.__table__  # type: ignore[attr-defined]
leases: Any = Lease.__table__  # type: ignore[attr-defined]


def rehearse(config: Config, environ: Mapping[str, str], now: datetime) -> list[JsonObject]:
    """Return every mail that would be sent, in order: the objects of `outbox list`, and their `text`.

    New mail in IMAP accounts is read without leaving a trace there. Mail that waits in the spool is worked off first, also
    what a daemon holds just now. Held mail is not among them, nor what a newer answer withdraws; mail that waits for its
    next try is. Raise StoreError when the database cannot be read or copied, ConfigError when a secret is missing.
    """
    with tempfile.TemporaryDirectory(prefix="mailbridge-rehearsal-", dir=environ.get("TMPDIR") or None) as place:
        stage = _copy(config, Path(place))
        app = assemble(stage, environ)
        try:
            _read_from(app, CoveringBlobs(stage.database.blobs, config.database.blobs))
            app.database.write(_end_claims)
            poll_all_once(make_accounts(app, config, peek=True), now)
            return _would_send(app, now)
        finally:
            app.close()


class CoveringBlobs(Blobs):
    """Blobs of a folder of its own that covers another one: what is not in it is read from below, which is never written."""

    def __init__(self, folder: Path, below: Path) -> None:
        super().__init__(folder)
        self._below = Blobs(below)
        self.prepare()

    def get(self, sha256: str) -> bytes:
        """Return the content, from whichever folder has it. Raise StoreError when neither does."""
        return super().get(sha256) if self.path(sha256).exists() else self._below.get(sha256)

    def whole(self, sha256: str) -> bool:
        """Say whether one of the folders has the blob, unchanged."""
        return super().whole(sha256) or self._below.whole(sha256)


class Listening:
    """A relay that takes every mail and sends none."""

    def send(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> Outcome:
        """Take one mail; see `Relay.send`."""
        return self.send_many([(envelope_from, recipients, raw)])[0]

    def send_many(self, mails: Sequence[Envelope]) -> list[Outcome]:
        """Take several mails; see `Relay.send_many`."""
        return [same_for_all(recipients, "sent", 250, "rehearsed") for _, recipients, _ in mails]

    def interrupt(self) -> None:
        """Nothing takes long."""

    def close(self) -> None:
        """Nothing is open."""


def _copy(config: Config, place: Path) -> Config:
    """Copy the database into `place`; return the configuration of the copy."""
    copied = place / "rehearsal.db"
    database = config.database.model_copy(update={"url": f"sqlite:///{copied}", "blobs": place / "blobs"})
    stage = config.model_copy(update={"database": database})
    if config.database.url.startswith("sqlite"):
        _copy_file(Path(config.database.url.removeprefix("sqlite:///").partition("?")[0]), copied)
    else:
        _copy_rows(config.database.url, stage)
    return stage


def _copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite database while others write into it. A desk that has none yet is rehearsed with an empty one."""
    if not source.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
            old.execute("PRAGMA query_only=ON")
            old.backup(new)
    except sqlite3.Error as fault:
        raise StoreError(f"database: {source} cannot be copied to {target.parent}: {fault}. Set TMPDIR to a folder with room for it, "
                         "or look into it: mailbridge doctor") from fault


def _copy_rows(url: str, stage: Config) -> None:
    """Copy the rows of a PostgreSQL database, as they were at one moment, into SQLite; of the raw mails those alone that wait."""
    source, target = Database(url), open_database(stage)
    try:
        if not is_current(source):
            raise StoreError(f"database: {public_url(url)} has no desk of this version yet. Run: mailbridge run --once")
        with source.read() as connection:
            for table in metadata.sorted_tables:
                for rows in _rows(connection, table):
                    target.write(lambda copy, rows=rows, table=table: copy.execute(insert(table), rows) and None)  # type: ignore[misc]
    finally:
        source.close()
        target.close()


def _rows(connection: Connection, table: Any) -> Iterator[list[dict[str, Any]]]:
    query = select(table)
    if table is raws:
        query = query.where(raws.c.spool.in_(select(spool.c.id).where(spool.c.state != "settled")))
    for part in connection.execution_options(yield_per=PART).execute(query).partitions():
        yield [row._asdict() for row in part]


def _read_from(app: App, blobs: Blobs) -> None:
    """Let every room of an assembled desk use these blobs."""
    app.blobs = app.spool.blobs = app.bridge.blobs = app.outbox.blobs = blobs


def _end_claims(connection: Connection) -> None:
    """What a daemon is working on waits here as well: the rehearsal says what becomes of it."""
    connection.execute(update(spool).where(spool.c.state == "claimed").values(state="accepted", claimed_by=None, claimed_until=None))
    connection.execute(delete(leases))
    connection.execute(update(outbox).where(outbox.c.state == "sending").values(state="waiting", claimed_by=None, claimed_until=None))


def _would_send(app: App, now: datetime) -> list[JsonObject]:
    while app.bridge.run_once(now).count:
        pass
    sweep(app.database, app.rules, now)
    taken: set[int] = set()
    while (report := app.outbox.run_once(now, Listening())).count:
        taken.update(report.sent)
    with app.database.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.id.in_(taken) | (outbox.c.state == "waiting")).order_by(outbox.c.id)).all()
    return [_as_it_waits(row, row.id in taken) for row in rows]


def _as_it_waits(row: Any, taken: bool) -> JsonObject:
    """Return a mail as `outbox list` shows it before it is sent: what the rehearsal noted about sending it is no fact."""
    shown = outbox_object(row) | {"text": row.text}
    return shown | {"state": "waiting", "sent_at": None, "reason": None, "attempts": row.attempts - 1} if taken else shown
