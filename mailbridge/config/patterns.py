"""Reads the word patterns (quotations, signatures, footers) from folders of TOML files.

A file is named after its language or purpose (`lt.toml`, `own.toml`). A later folder adds files, and replaces single keys of
files that an earlier one has: an admin changes a line without copying what is shipped.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from mailbridge.config.shipped import shipped_path
from mailbridge.errors import ConfigError
from mailbridge.mail.patterns import Patterns, patterns_from


def load_patterns(*folders: Path) -> Patterns:
    """Read every `*.toml` of the folders, later ones over earlier ones; without folders, the shipped ones alone.

    Raises ConfigError, naming every file at fault. A folder that does not exist counts as empty.
    """
    tables: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    for folder in folders or (shipped_patterns(),):
        for path in sorted(folder.glob("*.toml")):
            try:
                _lay_over(tables.setdefault(path.stem, {}), tomllib.loads(path.read_text("utf-8")))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
                faults.append(f"{path}: {error}")
    if faults:
        raise ConfigError("\n".join(faults))
    try:
        return patterns_from(tables)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def shipped_patterns() -> Path:
    """Return the folder of the patterns that we ship."""
    return shipped_path("config", "patterns")


def _lay_over(below: dict[str, Any], above: dict[str, Any]) -> None:
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            below[name].update(value)
        else:
            below[name] = value
