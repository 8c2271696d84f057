"""The word lists of robots' mail: what is shipped, what an admin adds without code, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbridge.config.kinds import load_kinds
from mailbridge.config.shipped import shipped_path
from mailbridge.decide.classify import Kind, classify
from mailbridge.errors import ConfigError
from tests.decide.kind_cases import mail

SHIPPED = shipped_path("config", "kinds")


def test_admin_adds_a_language_by_a_file_of_the_same_form(tmp_path: Path) -> None:
    (tmp_path / "ka.toml").write_text(
        '[absence]\nsentences = ["შვებულებაში * ვარ"]\nhints = ["სასწრაფო საქმეზე"]\nreturns = ["* მდე"]\n[answer]\nprefixes = '
            '["ავტომატური პასუხი"]\n', "utf-8")
    letter = mail("ავტომატური პასუხი: ფასი", "შვებულებაში ვარ. სასწრაფო საქმეზე დარეკეთ.")
    assert classify(letter, None, load_kinds(SHIPPED)).kind is Kind.HUMAN
    assert classify(letter, None, load_kinds(SHIPPED, tmp_path)).kind is Kind.OUT_OF_OFFICE


def test_missing_folder_adds_nothing(tmp_path: Path) -> None:
    assert load_kinds(SHIPPED, tmp_path / "nowhere") == load_kinds(SHIPPED)


@pytest.mark.parametrize(("text", "says"), [
    ('[absense]\nsubjects = ["x"]\n', 'unknown table "absense"; known are absence, answer'),
    ('[absence]\nsubject = ["x"]\n', '[absence] unknown key "subject"; known are subjects'),
    ('[absence]\nsubjects = "x"\n', "[absence] subjects must be a list of phrases"),
    ('[absence]\nsubjects = ["*"]\n', "holds no whole word"),
    ('[absence]\nsubjects = ["out*of office"]\n', "has a star before the end of a word"),
    ('[dates]\nmonths = ["january"]\n', "[dates] months must be a list of 12 texts"),
    ('[dates]\nyears = []\n', '[dates] unknown key "years"; known are months, days'),
    ("absence = 3\n", 'unknown table "absence"'),
    ("[absence\n", "cannot be read"),
])
def test_faults_are_named_with_their_file(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "xx.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_kinds(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "xx.toml"))
    assert says in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text('[absence]\nsubject = ["x"]\nsubjects = ["*", "fine"]\n[nothing]\n', "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_kinds(tmp_path)
    assert str(caught.value).count("\n") == 2
