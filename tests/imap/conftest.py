from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imap.ground import Ground
from tests.servers.dovecot import Dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot for all tests that leave it running; each takes a user of its own."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path)
    yield made
    made.close()
