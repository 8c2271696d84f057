"""Every folder of tests/bad_config/ is a desk with mistakes; its expected.txt is what the admin is told."""

import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from mailbridge.config.faults import InvalidConfigError
from mailbridge.config.load import load_config

HERE = Path(__file__).parent.parent / "bad_config"
CASES = sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name != "_sound")
NEEDS = {"calendar-holidays-unknown": "holidays"}   # extras that a case is about
SECRETS = ("hunter2", "correct horse")              # pasted where no secret belongs, in several of the cases


def desk_of(case: str, tmp_path: Path) -> Path:
    """Lay the files of a case over the sound desk."""
    desk = tmp_path / "desk"
    shutil.copytree(HERE / "_sound", desk)
    shutil.copytree(HERE / case, desk, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt"))
    return desk


def faults_of(case: str, tmp_path: Path) -> InvalidConfigError:
    with pytest.raises(InvalidConfigError) as caught:
        load_config(desk_of(case, tmp_path), {})
    return caught.value


def skip_without_extra(case: str) -> None:
    extra = NEEDS.get(case)
    if extra and importlib.util.find_spec(extra) is None:
        pytest.skip(f"the extra {extra} is not installed")


def test_the_desk_under_the_cases_is_sound(tmp_path):
    assert load_config(desk_of("_sound", tmp_path), {}).departments["support"].mailboxes == ("support@example.org",)


@pytest.mark.parametrize("case", CASES)
def test_bad_configuration_is_told_in_full(case, tmp_path):
    skip_without_extra(case)
    assert str(faults_of(case, tmp_path)) + "\n" == (HERE / case / "expected.txt").read_text("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_every_fault_says_what_where_and_what_to_do(case, tmp_path):
    skip_without_extra(case)
    error = faults_of(case, tmp_path)
    for fault in error.faults:
        assert re.fullmatch(r"mailbridge\.toml|config/[\w.]+", fault.file)
        assert fault.what
        assert fault.fix
        assert not re.search(r"pydantic|Traceback|Input should|tomllib", str(fault))
        assert len(str(fault)) < 260
    assert not any(secret in str(error) for secret in SECRETS)
    assert len(set(error.faults)) == len(error.faults)
