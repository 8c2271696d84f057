"""Tries the database out: reachable, writable, whole, of our schema, and its times not ahead of our clock."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from mailbridge.config.model import Config
from mailbridge.doctor.disk import sqlite_file, this_user
from mailbridge.doctor.finding import Finding
from mailbridge.store.db import Database, public_url
from mailbridge.store.migrate import HEAD, current
from mailbridge.store.tables import Spool

WAIT_SECONDS = 5
LONGEST_CHECK_SECONDS = 20.0
NETWORK_FILE_SYSTEMS = frozenset({"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"})
MOUNTS = Path("/proc/mounts")
CLOCK_MAY_DIFFER = timedelta(minutes=5)
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""Before the first version of mailbridge: a machine whose clock says so has lost it."""

spool: Any = Spool.__table__  # type: ignore[attr-defined]


def examine_database(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Look at the database that the configuration names; nothing in it is changed."""
    if config.database.url.startswith("sqlite"):
        yield from _sqlite(config)
    else:
        yield from _postgresql(config)


def examine_clock(config: Config, _environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Compare our clock with the times that the database holds: timers and claims go by them."""
    newest = _newest_mail(config)
    if now < EARLIEST:
        yield Finding("clock", "fail", f"the clock says {now:%Y-%m-%d}", "Set it, and let it be kept right (systemd-timesyncd, chrony)")
    elif newest is not None and newest - now > CLOCK_MAY_DIFFER:
        what = f"the clock says {now:%Y-%m-%d %H:%M} UTC, but a mail was accepted at {newest:%Y-%m-%d %H:%M} already"
        yield Finding("clock", "fail", what, "Set it right before the daemon runs: what is due waits until then")
    else:
        yield Finding("clock", "ok", f"the clock says {now:%Y-%m-%d %H:%M} UTC, and no mail is younger")


def _newest_mail(config: Config) -> datetime | None:
    if config.database.url.startswith("sqlite") and not sqlite_file(config).exists():
        return None
    with _opened(config.database.url) as database, database.read() as connection:
        if current(connection) is None:
            return None
        found: datetime | None = connection.execute(select(func.max(spool.c.accepted_at))).scalar()
        return found


def _sqlite(config: Config) -> Iterator[Finding]:
    file = sqlite_file(config)
    yield from _network_file_system(file)
    if not file.exists():
        yield Finding("database", "ok", f"{file} is not there yet; the first run makes it")
        return
    closed = [path for path in (file, file.parent) if not os.access(path, os.W_OK)]
    if closed:
        yield Finding("database", "fail", f"{closed[0]} is not writable", f"Run: chown {this_user()} {closed[0]}")
        return
    try:
        opened = sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        with contextlib.closing(opened) as connection:
            yield from _sqlite_findings(connection, file)
    except sqlite3.Error as fault:
        yield Finding("database", "fail", f"{file}: {fault}", _remedy(str(fault)))
        return
    yield from _schema(config)


def _sqlite_findings(connection: sqlite3.Connection, file: Path) -> Iterator[Finding]:
    yield _whole(connection, file)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        yield Finding("database", "fail", f"{file} cannot use a write-ahead log (its journal is {mode!r})", "Put it on a local disk")
    if _open_to_others(file):
        yield Finding("database", "warn", f"{file} can be read by others, and it holds customers' mail", f"Run: chmod 640 {file}")


def _open_to_others(file: Path) -> bool:
    """Say whether any user of the machine can read a file: it may, and every folder above it lets him through."""
    return bool(file.stat().st_mode & stat.S_IROTH) and all(folder.stat().st_mode & stat.S_IXOTH for folder in file.parents)


def _whole(connection: sqlite3.Connection, file: Path) -> Finding:
    """Let SQLite look its pages through, as long as that does not take too long."""
    ends = time.monotonic() + LONGEST_CHECK_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > ends, 100_000)
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
    except sqlite3.OperationalError as fault:
        if "interrupted" not in str(fault):
            raise
        return Finding("database", "ok", f"{file} answers; it is too large to be looked through in {LONGEST_CHECK_SECONDS:.0f} seconds")
    finally:
        connection.set_progress_handler(None, 0)
    if found != ["ok"]:
        return Finding("database", "fail", f"{file} is damaged: {'; '.join(found)}", "Stop the daemon and restore a backup into a new desk")
    return Finding("database", "ok", f"{file} is whole and writable")


def _remedy(fault: str) -> str:
    if "locked" in fault:
        return "Another process holds it: stop that one, then run doctor once more"
    if "not a database" in fault or "malformed" in fault:
        return "Restore a backup, or correct [database] url"
    return "Correct [database] url or what it points to"


def _network_file_system(file: Path) -> Iterator[Finding]:
    kind = file_system_of(file, MOUNTS.read_text("utf-8", "replace") if MOUNTS.exists() else "")
    if kind in NETWORK_FILE_SYSTEMS:
        yield Finding("database", "warn", f"{file} lies on a network file system ({kind}), whose locks SQLite cannot rely on",
                      "Put it on a local disk, or use PostgreSQL")


def file_system_of(file: Path, mounts: str) -> str:
    """Return the kind of file system that a path lies on, from the text of /proc/mounts; empty when unknown."""
    place = file.resolve()
    found = [(fields[1].replace("\\040", " "), fields[2]) for line in mounts.splitlines() if len(fields := line.split()) > 2]
    holding = [(len(where), kind) for where, kind in found if place.is_relative_to(where)]
    return max(holding, key=lambda one: one[0])[1] if holding else ""


@contextlib.contextmanager
def _opened(url: str) -> Iterator[Database]:
    if not url.startswith("sqlite") and "connect_timeout" not in url:
        url += f"{'&' if '?' in url else '?'}connect_timeout={WAIT_SECONDS}"
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _schema(config: Config) -> Iterator[Finding]:
    with _opened(config.database.url) as database, database.read() as connection:
        yield schema_finding(current(connection))


def schema_finding(found: str | None) -> Finding:
    """Say what the revision of a database means for this version; None is a database without tables."""
    if found is None:
        return Finding("database", "ok", "it has no tables yet; the first run makes them")
    if found == HEAD:
        return Finding("database", "ok", f"its schema is that of this version ({HEAD})")
    if found < HEAD:
        fix = "Take a backup; the next run brings it up to date"
        return Finding("database", "warn", f"its schema is {found}, this version's is {HEAD}", fix)
    fix = "Run the version of mailbridge that made it, or a newer one"
    return Finding("database", "fail", f"its schema is {found}, newer than this version's ({HEAD})", fix)


def _postgresql(config: Config) -> Iterator[Finding]:
    with _opened(config.database.url) as database, database.read() as connection:
        version = connection.execute(text("SHOW server_version")).scalar()
        yield Finding("database", "ok", f"{public_url(config.database.url)} answers (PostgreSQL {version})")
        found = current(connection)
        yield schema_finding(found)
        yield from _postgresql_rights(connection, has_tables=found is not None)
        yield from _postgresql_settings(connection)


def _postgresql_rights(connection: Connection, *, has_tables: bool) -> Iterator[Finding]:
    asked = "has_table_privilege('spool', 'INSERT')" if has_tables else "has_schema_privilege(current_schema(), 'CREATE')"
    if not connection.execute(text(f"SELECT {asked}")).scalar():
        user = connection.execute(text("SELECT current_user")).scalar()
        yield Finding("database", "fail", f"its user {user} may not {'write into' if has_tables else 'make'} tables",
                      f"Make {user} the owner of the database and of its tables")


def _postgresql_settings(connection: Connection) -> Iterator[Finding]:
    if connection.execute(text("SHOW server_encoding")).scalar() != "UTF8":
        fix = "Make one with: createdb --encoding=UTF8 --template=template0"
        yield Finding("database", "fail", "it is not in UTF-8, so it cannot hold every mail", fix)
    for name in ("fsync", "synchronous_commit"):
        if connection.execute(text(f"SHOW {name}")).scalar() == "off":
            what = f"{name} is off: a crash may lose mail that we have answered for"
            yield Finding("database", "warn", what, f"Set {name} = on in postgresql.conf")
