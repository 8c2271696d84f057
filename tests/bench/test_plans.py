"""No statement of a mail's walk reads a whole table that grows: found by asking SQLite how it would run each of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event

from mailbridge import log
from mailbridge.app import App, assemble
from mailbridge.clock import now
from mailbridge.config.load import load_config
from mailbridge.desk.rings import sweep
from tests.bench.corpus import letters
from tests.bench.desks import lay_out
from tests.bench.growth import send, walk

SMALL = {"number", "alembic_version", "last_good_template", "lease", "imap_folder"}
"""Tables of a few rows, however old the desk is."""
ONLY_OPEN_ROWS = {"ix_spool_unsettled", "ix_outbox_due"}
"""Partial indexes: what they hold is what waits."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    log.set_up(as_json=False, quiet=True)
    made = assemble(load_config(lay_out(tmp_path / "desk"), os.environ), os.environ)
    yield made
    made.close()
    structlog.reset_defaults()  # other tests look at what is logged


@contextmanager
def statements(app: App) -> Iterator[dict[str, Any]]:
    """Collect every statement with its values, of one row each."""
    found: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE"):
            found.setdefault(statement, values[0] if many else values)

    event.listen(app.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(app.database.engine, "before_cursor_execute", note)


def test_no_statement_of_a_mails_walk_reads_a_whole_table(app: App) -> None:
    mails = list(letters(60))
    walk(app, mails[:30])
    send(app)
    with statements(app) as found:
        walk(app, mails[30:])
        send(app)
        sweep(app.database, app.rules, now() + timedelta(hours=25))
    assert len(found) > 25
    scans = {}
    with app.database.read() as connection:
        for statement, values in found.items():
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
                scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", row[3])
                if scan and scan[1] not in SMALL and scan[2] not in ONLY_OPEN_ROWS and "CONSTANT" not in row[3]:
                    scans[scan[1]] = f"{row[3]}: {statement}"
    assert not scans
