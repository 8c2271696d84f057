"""Reads the words that tell robots' mail (`config/kinds/*.toml`) into a `KindWords` value.

One file per language, shipped; an admin's folder beside them adds phrases in files of the same form. Raises
ConfigError that names every fault with its file. Reads files, writes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from mailbridge.decide.classify_words import GROUPS, Dates, KindWords, compile_words, fold, read_phrase
from mailbridge.errors import ConfigError

Tables = dict[str, dict[str, list[str]]]
TABLES = tuple(dict.fromkeys(group.split(".")[0] for group in GROUPS))


def load_kinds(*folders: Path) -> KindWords:
    """Return the words of every `*.toml` in the folders; later folders add to earlier ones, missing ones are empty.

    Raises ConfigError with every fault of every file.
    """
    tables: Tables = {}
    months: dict[str, int] = {}
    days: dict[str, int] = {}
    faults: list[str] = []
    for file in (file for folder in folders for file in sorted(folder.glob("*.toml"))):
        try:
            content = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            faults.append(f"{file}: cannot be read: {error}. Correct the file, then run: mailbridge check")
            continue
        faults.extend(f"{file}: {fault}" for fault in add_file(tables, file.stem, content))
        faults.extend(f"{file}: {fault}" for fault in add_dates(months, days, content.get("dates", {})))
    if faults:
        raise ConfigError("\n".join(faults))
    return compile_words(tables, Dates(months, days))


def add_file(tables: Tables, language: str, content: Mapping[str, object]) -> Iterable[str]:
    """Add the phrases of one file to `tables`; yield what is wrong with it."""
    for table, lists in content.items():
        if table == "dates":
            continue
        if table not in TABLES or not isinstance(lists, dict):
            yield f'unknown table "{table}"; known are {", ".join((*TABLES, "dates"))}'
            continue
        for name, phrases in lists.items():
            group = f"{table}.{name}"
            if group not in GROUPS:
                known = ", ".join(known.split(".")[1] for known in GROUPS if known.startswith(f"{table}."))
                yield f'[{table}] unknown key "{name}"; known are {known}'
            elif not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
                yield f"[{table}] {name} must be a list of phrases"
            else:
                yield from add_phrases(tables.setdefault(language, {}).setdefault(group, []), group, phrases)


def add_phrases(known: list[str], group: str, phrases: Iterable[str]) -> Iterable[str]:
    """Add phrases that can be compiled to `known`; yield what is wrong with the others."""
    for phrase in phrases:
        try:
            read_phrase(group, phrase, "")
        except ValueError as error:
            yield f"[{group}] {error}. Write at least one word without a star"
        else:
            known.append(phrase)


def add_dates(months: dict[str, int], days: dict[str, int], lists: object) -> Iterable[str]:
    """Add the names of months and days (forms of one name are divided by blanks); yield what is wrong."""
    if not isinstance(lists, dict):
        yield "[dates] must be a table"
        return
    for name, values in lists.items():
        place, count, first = {"months": (months, 12, 1), "days": (days, 7, 0)}.get(name, (None, 0, 0))
        if place is None:
            yield f'[dates] unknown key "{name}"; known are months, days'
        elif not isinstance(values, list) or len(values) != count or not all(isinstance(value, str) for value in values):
            yield f"[dates] {name} must be a list of {count} texts"
        else:
            place.update({form: number for number, value in enumerate(values, first) for form in fold(value).split()})
