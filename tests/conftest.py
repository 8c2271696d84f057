"""What all tests share: a desk on SQLite or PostgreSQL, mail to put into it, and a look at what went out."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbridge.store.db import Database
from mailbridge.store.migrate import upgrade
from tests.desks import Desk, make_desk
from tests.servers.postgres import PostgresServer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this session, in a temporary folder, on a socket."""
    with PostgresServer() as server:
        database = Database(server.create_database("migrated"))
        upgrade(database)
        database.close()
        yield server


@pytest.fixture
def make_database(postgres: PostgresServer) -> Callable[[], str]:
    """Give the URL of a PostgreSQL database without a row, another one at each call."""

    def make() -> str:
        name = f"desk{os.getpid()}_{next(_numbers)}"
        postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE migrated')
        return postgres.url(name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database without a row, on each engine in turn; empty for the embedded default."""
    if request.param == "sqlite":
        return ""
    make: Callable[[], str] = request.getfixturevalue("make_database")
    return make()


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    """A desk with one department and three agents, on each engine."""
    made = make_desk(tmp_path / "desk", database_url)
    yield made
    made.close()


@pytest.fixture
def small_desk(tmp_path: Path) -> Iterator[Desk]:
    """The same on SQLite alone, for what does not touch the engine."""
    made = make_desk(tmp_path / "desk", "")
    yield made
    made.close()
