"""Files -> Config: finds a desk's configuration, reads and checks all of it, and names every fault at once.

In: a folder with `mailbridge.toml` and `config/*.toml`. Out: a frozen `Config` whose paths are absolute, or
`InvalidConfigError` with all faults. Nothing is written, no network is used, no secret is read but the database's.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from mailbridge.config.database import database_url
from mailbridge.config.documents import Document, read_document
from mailbridge.config.faults import Fault, InvalidConfigError, listed
from mailbridge.config.model import Config, Imap, Section
from mailbridge.config.reading import LISTED, MAIN, TABLES, Reading, belongs
from mailbridge.config.references import reference_faults
from mailbridge.config.refusals import refusals
from mailbridge.config.strays import stray_files

SYSTEM_FILE = Path("/etc/mailbridge/mailbridge.toml")
_S = TypeVar("_S", bound=Section)


def find_config(argument: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return the path of a desk's `mailbridge.toml`.

    The first that is named counts: `argument` (file or folder), `$MAILBRIDGE_CONFIG`, `./mailbridge.toml`,
    `/etc/mailbridge/mailbridge.toml`. Raises InvalidConfigError when what is named is missing, or nothing is found.
    """
    named = argument or environ.get("MAILBRIDGE_CONFIG")
    if named:
        path = cwd / Path(named).expanduser()
        path = path / MAIN if path.is_dir() else path
        if path.is_file():
            return path
        desk = path.parent if path.suffix == ".toml" else path
        what = f"is not the {MAIN} of a desk, nor its folder (from {'--config' if argument else '$MAILBRIDGE_CONFIG'})"
        fix = f"Correct the path, or make a desk: mailbridge init {shlex.quote(str(desk))}"
        raise InvalidConfigError([Fault(named, None, what, fix)])
    for path in (cwd / MAIN, SYSTEM_FILE):
        if path.is_file():
            return path
    raise InvalidConfigError([Fault(MAIN, None, f"is neither in this folder nor in {SYSTEM_FILE.parent}",
                               "Go to a desk's folder, give --config FOLDER, or make a desk: mailbridge init FOLDER")])


def load_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the desk that `path` (its folder, or its mailbridge.toml) belongs to.

    Raises InvalidConfigError with every fault of every file, in order of file and line; then nothing of it counts.
    """
    path = path / MAIN if path.is_dir() else path
    folder = path.parent.resolve()
    reading = Reading(folder, path.name)
    _read_main(path, reading)
    for file, key in TABLES.items():
        _read_tables(folder / "config" / file, key, reading)
    reading.faults += stray_files(folder / "config")
    reading.faults += reference_faults(reading)
    url, faults = database_url(reading, environ)
    reading.faults += faults
    if reading.faults:
        order = [path.name, *(f"config/{name}" for name in TABLES)]
        raise InvalidConfigError(sorted(set(reading.faults), key=lambda fault: (
            order.index(fault.file) if fault.file in order else len(order), fault.file, fault.line or 0, fault.what)))
    return _assemble(reading, url)


def _read_main(path: Path, reading: Reading) -> None:
    """Read mailbridge.toml: one table for each section, and any number of `[[imap]]`."""
    found = read_document(path, path.name)
    if isinstance(found, Fault):
        reading.faults.append(found)
        reading.unread.add(path.name)
        return
    reading.documents[path.name] = found
    for name, value in found.tables.items():
        if name == LISTED:
            reading.imap += _accounts(found, value, reading)
        elif name in reading.models and isinstance(value, dict):
            checked = _check(found, (name,), f"[{name}]", value, reading.models[name], reading)
            if checked:
                reading.sections[name] = checked
        else:
            reading.faults.append(found.fault((name,), *_no_section(name, value, reading)))


def _no_section(name: str, value: object, reading: Reading) -> tuple[str, str]:
    """Say what is wrong with a name at the top of mailbridge.toml that is no section."""
    if name in reading.models:
        return f"{name} is a section, not a list or a value", f"Write [{name}] on a line of its own, its keys below"
    if not isinstance(value, dict | list):
        home = belongs("").get(name)
        return f'"{name}" stands before the first table', f"Put it under {home}" if home else "Put it under its [table]"
    return f"unknown table [{name}]", reading.meant_table(name)


def _accounts(document: Document, value: object, reading: Reading) -> Iterator[tuple[int, Imap]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        what = "imap is a list of accounts"
        reading.faults.append(document.fault((LISTED,), what, "Write [[imap]] above each account"))
        return
    for position, table in enumerate(value):
        name = table.get("name")
        title = f"[imap.{name}]" if isinstance(name, str) else f"[[imap]] number {position + 1}"
        checked = _check(document, (LISTED, position), title, table, Imap, reading)
        if checked:
            yield position, checked


def _read_tables(path: Path, key: str, reading: Reading) -> None:
    """Read a file of config/, each of whose tables is one department, agent, service level or calendar."""
    name = f"config/{path.name}"
    if not path.exists() and not path.is_symlink():     # a link that leads nowhere is a mistake, not a choice
        return
    found = read_document(path, name)
    if isinstance(found, Fault):
        reading.faults.append(found)
        reading.unread.add(name)
        return
    reading.documents[name] = found
    outside = [table for table, value in found.tables.items() if not isinstance(value, dict)]
    if outside:     # one mistake, most often a missing heading: told once, and nothing else is concluded from it
        reading.unread.add(name)
        what = f"{listed(outside, 'and')} {'stands' if len(outside) == 1 else 'stand'} outside a table"
        fix = "Write a heading in single square brackets, like [name], above the keys of each one"
        reading.faults.append(found.fault((outside[0],), what, fix))
    for table, value in found.tables.items():
        if table in outside:
            continue
        reading.names[key].add(table)
        checked = _check(found, (table,), f"[{table}]", value, reading.table_models[key], reading)
        if checked:
            reading.tables[key][table] = checked


def _check(document: Document, where: tuple[str | int, ...], title: str, value: dict[str, Any], model: type[_S],
           reading: Reading) -> _S | None:
    """Return the checked table, or None after its faults were noted."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        others = belongs(str(where[0])) if document.name == reading.main else {}
        reading.faults += refusals(error, document, where, title, model, others)
        return None


def _absolute(section: _S, folder: Path) -> _S:
    """Return the section with every path made absolute, from the desk's folder."""
    paths = {name: Path(os.path.normpath(folder / value.expanduser()))
             for name, value in section if isinstance(value, Path)}
    return section.model_copy(update=paths) if paths else section


def _assemble(reading: Reading, url: str) -> Config:
    """Put checked sections together; `url` is the database's, complete and absolute."""
    parts: dict[str, Any] = {name: _absolute(section, reading.folder) for name, section in reading.all_sections()}
    parts["database"] = parts["database"].model_copy(update={"url": url})
    for key, tables in reading.tables.items():
        parts[key] = {name: _absolute(table, reading.folder) for name, table in tables.items()}
    parts["imap"] = tuple(_absolute(account, reading.folder) for _, account in reading.imap)
    return Config(folder=reading.folder, **parts)
