"""Finds files of config/ that nobody reads: most often a typing mistake in a file's name, which would go unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mailbridge.config.faults import Fault
from mailbridge.config.reading import TABLES
from mailbridge.config.values import closest

FOLDERS = ("patterns", "kinds", "priority")     # words; read by their own rooms
# What editors, package tools and careful people leave beside a file, and texts for people.
_LEFT_ALONE = re.compile(r"^[.#]|~$|\.(?:bak|orig|old|save|sav|swp|tmp|md|txt|sample|example|rpmnew|rpmsave|dpkg-\w+)$")


def _meant(path: Path) -> str | None:
    """Return the file or folder whose name was likely meant. The endings are alike anyway: they do not count."""
    if path.is_dir():
        return closest(path.name, FOLDERS)
    near = closest(path.stem, [name.removesuffix(".toml") for name in TABLES])
    return f"{near}.toml" if near else None


def stray_files(folder: Path) -> Iterator[Fault]:
    """Yield a fault for each file, and each mistyped folder, that looks like configuration and is none."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name in TABLES or path.name in FOLDERS or _LEFT_ALONE.search(path.name):
            continue
        near = _meant(path)
        if path.is_dir() and not near:
            continue
        kind = "folder" if path.is_dir() else "file"
        fix = f'did you mean "{near}"?' if near else f"Known: {', '.join(TABLES)}. Move it elsewhere, or name it *.bak"
        yield Fault(f"config/{path.name}", None, f"is a {kind} that nobody reads", fix)
