"""A sound desk to change: the one that lies under tests/bad_config."""

import shutil
from pathlib import Path

import pytest

SOUND = Path(__file__).parent.parent / "bad_config" / "_sound"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    shutil.copytree(SOUND, folder)
    return folder
