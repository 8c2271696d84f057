"""Bring a database to the schema of this version, by alembic's steps, from the very first one on.

Several daemons may start at once: on PostgreSQL the upgrade holds an advisory lock, on SQLite the write lock. Foreign
keys are off meanwhile (batch mode rebuilds tables, and a cascade would empty the children), and checked at the end.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from mailbridge.config.model import Config
from mailbridge.errors import StoreError
from mailbridge.store.db import Database, public_url

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

HEAD = "0001"
MIGRATION_LOCK = 0x6D696772


def open_database(config: Config) -> Database:
    """Open the database of a desk and bring it to this version's schema."""
    url = config.database.url
    if url.startswith("sqlite:///"):
        os.makedirs(os.path.dirname(url.removeprefix("sqlite:///")) or ".", exist_ok=True)  # noqa: PTH103, PTH120 - the URL holds text
    database = Database(url)
    try:
        upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


def current(connection: Connection) -> str | None:
    """Return the revision of a database, or None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_current(database: Database) -> bool:
    """Say whether the database has this version's schema. Raise StoreError when it cannot be reached."""
    with database.read() as connection:
        return current(connection) == HEAD


def upgrade(database: Database) -> str | None:
    """Bring the database to `HEAD`; return the revision that it had, None when it was empty. Cheap when nothing is to be done.

    Raise StoreError when it cannot be reached, or was made by a newer version.
    """
    try:
        with database.engine.connect() as connection:
            before = current(connection)
            connection.rollback()
            if before == HEAD:
                return before
            _run(connection, database.is_sqlite)
    except DBAPIError as fault:
        raise StoreError(
            f"database: {public_url(database.url)}: {str(fault.orig).strip().splitlines()[0]}. "
            "Correct [database] url or what it points to, then run: mailbridge doctor"
        ) from fault
    return before


def alembic_config(connection: Connection) -> AlembicConfig:
    """Return alembic's configuration for one connection; there is no alembic.ini."""
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _run(connection: Connection, is_sqlite: bool) -> None:
    from alembic import command
    from alembic.util.exc import CommandError

    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    try:
        command.upgrade(alembic_config(connection), "head")
        _check(connection, is_sqlite)
        connection.commit()
    except CommandError as fault:
        connection.rollback()
        raise StoreError(
            f"database: its schema is not known to this version ({fault}). Run the version of mailbridge that made it, or a newer one"
        ) from fault
    finally:
        if is_sqlite:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _check(connection: Connection, is_sqlite: bool) -> None:
    broken: list[Any] = list(connection.exec_driver_sql("PRAGMA foreign_key_check")) if is_sqlite else []
    if broken:
        connection.rollback()
        raise StoreError(f"database: rows point nowhere after the upgrade, it was undone: {broken[:3]}")
