from __future__ import annotations

from pathlib import Path

import pytest

from mailbridge.replies.templates import Templates, shipped_templates
from tests.replies.desk import OwnDesk


@pytest.fixture(scope="session")
def shipped() -> Templates:
    return Templates(Path("/nonexistent"), shipped_templates(), on_fault=pytest.fail)


@pytest.fixture
def desk(tmp_path: Path) -> OwnDesk:
    return OwnDesk(tmp_path / "templates")
