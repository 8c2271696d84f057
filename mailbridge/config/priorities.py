"""Reads what makes a ticket pressing (`config/priority/*.toml`) into a `PriorityWords` value.

`points.toml` holds the points and the contacts' levels, every other file the words of one language. A later folder adds
words and replaces points. Reads files, writes nothing.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from mailbridge.config.shipped import shipped_path
from mailbridge.decide.priority import PriorityWords, priority_words
from mailbridge.errors import ConfigError

POINTS = "points"


def shipped_priority() -> Path:
    """Return the folder of what we ship."""
    return shipped_path("config", "priority")


def load_priority(*folders: Path) -> PriorityWords:
    """Read every `*.toml` of the folders, later ones beside earlier ones; without folders, the shipped one alone.

    Raises ConfigError that names every faulty file. A folder that does not exist counts as empty.
    """
    tables: dict[str, dict[str, list[str]]] = {}
    numbers: dict[str, dict[str, int]] = {"points": {}, "levels": {}}
    faults: list[str] = []
    for path in (path for folder in folders or (shipped_priority(),) for path in sorted(folder.glob("*.toml"))):
        try:
            content = tomllib.loads(path.read_text("utf-8"))
            if path.stem == POINTS:
                _add_numbers(numbers, content)
                priority_words({}, content.get("points", {}), {})
            else:
                _add_words(tables.setdefault(path.stem, {}), content)
                priority_words({path.stem: content}, {}, {})
        except (OSError, ValueError) as error:
            faults.append(f"{path}: {error}. Correct the file, then run: mailbridge check")
    if faults:
        raise ConfigError("\n".join(faults))
    return priority_words(tables, numbers["points"], numbers["levels"])


def _add_numbers(numbers: dict[str, dict[str, int]], content: dict[str, Any]) -> None:
    for name, table in content.items():
        if name not in numbers or not isinstance(table, dict):
            raise ValueError(f'there is no table [{name}]; known: {", ".join(numbers)}')
        wrong = [key for key, value in table.items() if not isinstance(value, int) or isinstance(value, bool)]
        if wrong:
            raise ValueError(f"[{name}] {wrong[0]} is not a whole number")
        numbers[name].update(table)


def _add_words(table: dict[str, list[str]], content: dict[str, Any]) -> None:
    for name, listed in content.items():
        if not isinstance(listed, list) or not all(isinstance(phrase, str) for phrase in listed):
            raise ValueError(f"{name} is not a list of phrases")
        table.setdefault(name, []).extend(listed)
