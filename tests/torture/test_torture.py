"""The torture itself: it counts what it reads, says what broke, and its exit code tells a script."""

import json
from pathlib import Path

import pytest

from tests.torture.__main__ import main
from tests.torture.everything import Everything
from tests.torture.shapes import LARGEST, SHAPES


def test_mutated_and_hostile_mails_are_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["--mails", "30", "--seed", "5", "--workers", "1", "--shapes", "subject of tags", "--out", str(tmp_path / "out")]
    assert main(words) == 0
    fuzz, one, all_of_them = map(json.loads, capsys.readouterr().out.splitlines())
    assert (fuzz["mails"], fuzz["faults"]) == (30, [])
    assert (one["shape"], one["outcome"], one["fault"]) == ("subject of tags", "read", "")
    assert all_of_them["shapes"] == 1
    assert not (tmp_path / "out").exists()


def test_a_fault_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Everything, raw: bytes) -> str:
        if b"[#1]" in raw:
            raise ValueError("cannot read this")
        return ""

    monkeypatch.setattr(Everything, "explain", broken)
    assert main(["--mails", "0", "--workers", "1", "--shapes", "subject of tags"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[0])["fault"] == "ValueError: cannot read this"


def test_every_shape_fits_into_the_largest_mail() -> None:
    for name in ("fifty megabytes of text", "base64 of 50 mb", "html of 50 mb", "dashes at the start of 25 million lines"):
        assert len(SHAPES[name]()) <= LARGEST
    assert len(SHAPES) > 300
