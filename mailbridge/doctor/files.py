"""Looks through the files of a desk: secrets, words that mail is read by, templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from mailbridge.config.faults import Fault, InvalidConfigError
from mailbridge.config.kinds import load_kinds
from mailbridge.config.model import Config
from mailbridge.config.patterns import load_patterns, shipped_patterns
from mailbridge.config.priorities import load_priority, shipped_priority
from mailbridge.config.secrets import read_keys, secret_findings
from mailbridge.config.shipped import shipped_path
from mailbridge.doctor.finding import Finding
from mailbridge.errors import ConfigError
from mailbridge.replies.templates import Templates

_PLACE = re.compile(r"(?P<file>.+?\.toml): (?P<what>.+)", re.DOTALL)
_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")


def check_files(config: Config, _environ: Mapping[str, str]) -> list[Fault]:
    """Return every fault in the files that `load_config` does not read: patterns, kinds, priority, templates. No network, no secrets."""
    return [*_word_faults(config), *_template_faults(config)]


def examine_secrets(config: Config, environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Say of each secret whether it is there and closed to others, and of the signing keys whether they are long enough."""
    for one in secret_findings(config, environ):
        yield Finding("secrets", one.status, f"{one.option}: {one.what}", one.fix)
    try:
        read_keys(config, environ)
    except InvalidConfigError as error:
        if not error.faults[0].what.startswith("is missing"):
            yield Finding("secrets", "fail", f"[desk] key_file: {error.faults[0].file} {error.faults[0].what}", error.faults[0].fix)


def examine_words(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Say whether the words can be loaded by which replies are cut and robots are known; without them no mail is read."""
    faults = _word_faults(config)
    yield from (Finding("reading", "fail", _placed(fault), fault.fix) for fault in faults)
    if not faults:
        yield Finding("reading", "ok", "the patterns and words that mail is read and graded by can be loaded")


def examine_templates(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Say which templates are broken: another version stands in for them, so it is a warning."""
    faults = _template_faults(config)
    yield from (Finding("templates", "warn", _placed(fault), fault.fix) for fault in faults)
    if not faults:
        yield Finding("templates", "ok", f"all {len(_templates(config).list())} templates can be rendered")


def check_templates(folder: Path) -> list[Fault]:
    """Return the faults of a desk's templates alone: its configuration may be too broken to say more."""
    found = Templates(folder, shipped_path("templates")).check()
    return [Fault(_shown(one.file, folder.parent), one.line or None, one.what, one.fix.rstrip(".")) for one in found]


def _templates(config: Config) -> Templates:
    return Templates(config.desk.templates, shipped_path("templates"))


def _template_faults(config: Config) -> list[Fault]:
    return check_templates(config.desk.templates)


def _word_faults(config: Config) -> list[Fault]:
    """Load every kind of words as the desk does; each line of an error is a fault of its own."""
    loaders: dict[str, Callable[[Path], object]] = {
        "patterns": lambda own: load_patterns(shipped_patterns(), own),
        "kinds": lambda own: load_kinds(shipped_path("config", "kinds"), own),
        "priority": lambda own: load_priority(shipped_priority(), own),
    }
    faults: list[Fault] = []
    for room, load in loaders.items():
        try:
            load(config.folder / "config" / room)
        except ConfigError as error:
            faults += (_fault(line, config.folder, room) for line in str(error).splitlines())
    return faults


def _fault(line: str, folder: Path, room: str) -> Fault:
    """Take a line of an error apart: `FILE: WHAT (at line 3, column 1). REMEDY`."""
    place = _PLACE.fullmatch(line)
    file, said = (place["file"], place["what"]) if place else (f"config/{room}", line)
    at = _LINE.search(said)
    what, _, fix = _LINE.sub("", said, count=1).partition(". ")
    return Fault(_shown(file, folder), int(at[1]) if at else None, what.rstrip("."), fix or "Correct the file, then run: mailbridge check")


def _shown(file: str, folder: Path) -> str:
    """Return a path from the desk's folder, if it lies in there."""
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else file


def _placed(fault: Fault) -> str:
    return f"{fault.file}{f':{fault.line}' if fault.line else ''}: {fault.what}"
