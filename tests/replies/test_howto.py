"""The how-to names everything that a template may use, and nothing else stands in its way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailbridge.replies.facts import FACT_NAMES, PURPOSES, Facts
from mailbridge.replies.source import sandbox
from mailbridge.replies.templates import shipped_templates
from mailbridge.replies.voice import Voice
from tests.replies.desk import LOCALES, OwnDesk

HOWTO = (Path(__file__).parents[2] / "docs/howto/templates.md").read_text(encoding="utf-8")
OWN_FILTERS = {"quoted", "indented", "bullets", "sentences"}


def macros(locale: str) -> set[str]:
    text = (shipped_templates() / locale / "macros.j2").read_text(encoding="utf-8")
    return set(re.findall(r"{% macro (\w+)", text))


@pytest.mark.parametrize("name", sorted({*FACT_NAMES, *Voice(Facts(), "help", "en").context(), *OWN_FILTERS, *PURPOSES}))
def test_every_name_is_described(name: str) -> None:
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", HOWTO), name


@pytest.mark.parametrize("locale", LOCALES)
def test_every_macro_exists_in_every_language_and_is_named(locale: str) -> None:
    assert macros(locale) == macros("en")
    assert [name for name in macros(locale) if f"`{name}`" not in HOWTO] == []


def test_our_filters_are_there() -> None:
    assert sandbox().filters.keys() >= OWN_FILTERS


def test_the_example_works(desk: OwnDesk) -> None:
    example = re.search(r"```\n(\+\+\+.*?)```", HOWTO, re.DOTALL)
    assert example is not None
    desk.write("en/draft/invoice.txt.j2", example[1])
    assert desk.templates.check() == []
