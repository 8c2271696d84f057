"""The schema comes from alembic's steps alone, on both engines, and is what the tables say."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from mailbridge.errors import StoreError
from mailbridge.store.db import Database
from mailbridge.store.migrate import HEAD, alembic_config, current, is_current, upgrade
from mailbridge.store.tables import metadata


@pytest.fixture
def empty(tmp_path: Path, database_url: str):
    database = Database(database_url or f"sqlite:///{tmp_path}/empty.db")
    if not database.is_sqlite:  # a desk's template may have been copied: begin with nothing
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield database
    database.close()


def test_empty_database_becomes_that_of_this_version_and_twice_changes_nothing(empty):
    assert upgrade(empty) is None
    assert is_current(empty)
    assert upgrade(empty) == HEAD


def test_schema_has_not_drifted_from_the_tables(empty):
    upgrade(empty)
    with empty.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert found == []


def test_the_newest_step_is_the_one_that_is_asked_for(empty):
    with empty.engine.connect() as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_current_head() == HEAD


def test_database_of_a_newer_version_is_refused_and_left_alone(empty):
    upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        upgrade(empty)
    with empty.engine.connect() as connection:
        assert current(connection) == "9999"
        assert inspect(connection).has_table("ticket")


def test_numbers_of_spooled_mail_are_never_reused_on_sqlite(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/numbers.db")
    upgrade(database)
    with database.engine.connect() as connection:
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'spool'")).scalar_one()
    assert "AUTOINCREMENT" in made
    database.close()


def test_database_that_cannot_be_reached_says_what_to_do(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/nowhere/x.db")
    with pytest.raises(StoreError, match="doctor"):
        upgrade(database)
    database.close()
