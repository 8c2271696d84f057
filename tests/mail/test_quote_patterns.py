"""The word patterns are files that an admin extends; a fault in them is named by file and key."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailbridge.config.patterns import load_patterns, shipped_patterns
from mailbridge.errors import ConfigError
from mailbridge.mail.message import Mail
from mailbridge.mail.patterns import patterns_from
from mailbridge.mail.quote import written

TONGUES = ("en", "ru", "lt", "lv", "et", "pl", "de", "fr", "es", "it", "pt", "nl", "sv", "no", "da", "fi", "cs", "uk", "tr", "ja", "zh")


@pytest.mark.parametrize("tongue", TONGUES)
def test_each_tongue_has_a_file_with_every_kind_of_word(tongue: str) -> None:
    alone = patterns_from({tongue: _table(shipped_patterns() / f"{tongue}.toml")})
    assert {"from", "to", "subject"} <= set(alone.labels.values())
    assert alone.original
    assert alone.forwarded
    assert alone.verbs or alone.unspaced_verbs
    assert alone.closings


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "table": ({"quotes": {}}, "patterns/own.toml: unknown table [quotes]"),
    "key": ({"quote": {"wrot": ["x"]}}, "patterns/own.toml: [quote] wrot: unknown key"),
    "no list": ({"quote": {"wrote": "x"}}, "[quote] wrote: must be a list"),
    "empty word": ({"header": {"from": [" "]}}, "[header] from: must be a list of texts that are not empty"),
    "expression": ({"signature": {"footer": ["sent (from"]}}, "[signature] footer: 'sent (from' is no regular expression"),
    "matches all": ({"signature": {"disclaimer": ["x?"]}}, "[signature] disclaimer: 'x?' would match every line"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_names_file_and_key(fault: str) -> None:
    table, said = FAULTS[fault]
    with pytest.raises(ValueError) as caught:
        patterns_from({"own": table})
    assert said in str(caught.value)


def test_own_file_adds_to_the_shipped_words(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[signature]\nfooter = ["sent by the parrot of .+"]\nclosing = ["Fair winds"]\n')
    patterns = load_patterns(shipped_patterns(), tmp_path)
    assert written(Mail("", 0, text="Yes.\n\nSent by the parrot of Long John"), patterns).reply == "Yes."
    assert written(Mail("", 0, text="Yes.\n\nFair winds,\nJohn"), patterns).reply == "Yes."
    assert written(Mail("", 0, text="Yes.\n\nSent from my iPhone"), patterns).reply == "Yes."


def test_key_of_an_own_file_replaces_the_shipped_one_of_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[signature]\nclosing = ["Fair winds"]\n')
    patterns = load_patterns(shipped_patterns(), tmp_path)
    assert "best regards" not in patterns.closings
    assert "original message" in patterns.original


def test_every_broken_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[quote")
    (tmp_path / "b.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError) as caught:
        load_patterns(tmp_path)
    assert "a.toml" in str(caught.value)
    assert "b.toml" in str(caught.value)


def test_folder_that_is_missing_counts_as_empty(tmp_path: Path) -> None:
    assert load_patterns(tmp_path / "none").labels == {}


def test_desk_without_any_pattern_still_cuts_at_its_marker_and_quoted_lines() -> None:
    none = patterns_from({})
    assert written(Mail("", 0, text="Yes.\n\n> Has it come?"), none).reply == "Yes."
    assert written(Mail("", 0, text="Yes.\n\n##mark##\nHas it come?"), none, ("##mark##",)).reply == "Yes."


@pytest.mark.parametrize(("rule", "line"), [
    ("sent by \\S+ parrots", "Sent by TWO parrots"), ("(?:arr|ahoy) matey", "Ahoy matey"), ("a|b c", "B c"), ("x?yz",
    "Yz"), ("\\d+ parrots", "7 parrots"),
    ("[pq]arrot", "Qarrot"), ("(?:the )?parrot", "Parrot"), ("(?:the )?parrot", "The parrot"), ("(?P<bird>parrot)", "PARROT")])
def test_rule_of_any_shape_is_tried_on_the_lines_it_can_match(rule: str, line: str) -> None:
    patterns = patterns_from({"own": {"signature": {"footer": [rule]}}})
    assert written(Mail("", 0, text=f"Yes.\n\n{line}"), patterns).reply == "Yes."


def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
