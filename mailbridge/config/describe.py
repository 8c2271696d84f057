"""Tells what can be configured, from the descriptions in `model.py`: as values, as a commented sample, as a page.

`python -m mailbridge.config.describe` writes the sample files and the page into a checkout again; a test fails when
they differ from what this makes.
"""

from __future__ import annotations

import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from mailbridge.config.faults import listed
from mailbridge.config.model import Imap, Listener, Section
from mailbridge.config.reading import LISTED, MAIN, SECTIONS, TABLE_MODELS, TABLES
from mailbridge.config.refusals import choices_of, says_of, toml

PAGE = "docs/reference/configuration.md"
_GLUE = "\N{NO-BREAK SPACE}"     # holds a value together while lines are wrapped
_TABLE_NAMES = {"departments": "support", "agents": "anna", "service_levels": "standard", "calendars": "office"}


@dataclass(frozen=True, slots=True)
class OptionText:
    """One option as it is told to people. Values are written as in TOML; `default` is empty when there is none."""

    file: str
    section: str
    key: str
    kind: str
    required: bool
    default: str
    example: str
    description: str


def models() -> dict[str, type[Section]]:
    """Return every section by name, in the order in which an admin meets them."""
    found: dict[str, type[Section]] = {}
    for name, model in SECTIONS.items():
        if name == "relay":     # the ways in stand together, before the way out
            found[LISTED] = Imap
        found[name] = model
    return found | TABLE_MODELS


def describe() -> list[OptionText]:
    """Return every option of every section."""
    return [_option(section, key, field) for section, model in models().items()
            for key, field in model.model_fields.items()]


def _option(section: str, key: str, field: FieldInfo) -> OptionText:
    default = "" if field.is_required() or field.default is None else toml(field.default)
    example = toml(field.examples[0]) if field.examples else default
    return OptionText(file_of(section), section, key, kind_of(field), field.is_required(), default, example,
                      " ".join((field.description or "").split()))


def file_of(section: str) -> str:
    """Return the file that a section is written in."""
    return next((f"config/{file}" for file, name in TABLES.items() if name == section), MAIN)


def kind_of(field: FieldInfo) -> str:
    """Return the kind of value of an option, in words: `list: mail address`, `whole number, 1 or more`."""
    bounds = {name: getattr(part, name) for part in field.metadata for name in ("ge", "le") if hasattr(part, name)}
    says, choices = says_of(field), choices_of(field.annotation)
    plain = says.name if says else listed(choices) if choices else _plain(field.annotation)
    if bounds:
        plain += f", {bounds['ge']} to {bounds['le']}" if "le" in bounds else f", {bounds['ge']} or more"
    shape = _shape(field.annotation)
    return {"tuple": f"list: {plain}", "dict": f"table: day = list of {plain}"}.get(shape, plain)


def _bare(annotation: object) -> object:
    """Take `None` and notes off an annotation."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation


def _shape(annotation: object) -> str:
    origin = get_origin(_bare(annotation))
    return getattr(origin, "__name__", "")


def _plain(annotation: object) -> str:
    bare = _bare(annotation)
    if get_origin(bare) is tuple:
        return _plain(get_args(bare)[0])
    names: dict[object, str] = {bool: "true or false", int: "whole number", Path: "path", str: "text"}
    return names[bare]


def sample(section: str) -> str:
    """Return a commented sample of one section, valid TOML: what must be written is, all else is a comment."""
    model = models()[section]
    parts = [_comment(_purpose(model)), _heading(section)]
    options = [option for option in describe() if option.section == section]
    if section == "lmtp":
        options = [option for option in options if option.key == "listen"]
    parts += ["\n".join((_comment(_told(option)), _line(option))) for option in options]
    if section == "lmtp":
        parts.append(_comment("All other options of [smtp] are here too."))
    return "\n\n".join(parts[:1]) + "\n" + "\n\n".join(parts[1:]) + "\n"


def _purpose(model: type[Section]) -> str:
    return " ".join((model.__doc__ or "").split())


def _heading(section: str) -> str:
    if section == LISTED:
        return "# [[imap]]"
    return f"[{_TABLE_NAMES.get(section, section)}]"


def _told(option: OptionText) -> str:
    """Say what an option is for; its default too where the sample line shows something else."""
    if option.default in {"", '""', "[]", option.example}:
        return option.description
    return f"{option.description} Default: {option.default.replace(' ', _GLUE)}."


def _line(option: OptionText) -> str:
    line = f"{option.key} = {option.example or toml('')}"
    return line if option.required and option.section != LISTED else f"# {line}"


def _comment(text: str) -> str:
    lines = textwrap.wrap(text, 100, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines).replace(_GLUE, " ")


_MAIN_HEAD = """\
# The desk's main file. Lines that begin with "# " and hold a key show what can be set, with the default or an example;
# take the "# " away and change the value. Paths count from this folder. Secrets stand in files of their own.
# After a change run: mailbridge check
"""
_TABLES_HEAD = """\
# One table for each {what}; its name, here [{name}], is yours to choose. After a change run: mailbridge check
"""


def sample_file(file: str) -> str:
    """Return the whole sample of `mailbridge.toml`, or of a file of `config/` by its path."""
    sections = [section for section in models() if file_of(section) == file]
    if file == MAIN:
        return "\n".join([_MAIN_HEAD, *(sample(section) for section in sections)])
    what = sections[0].removesuffix("s").replace("_", " ")
    return _TABLES_HEAD.format(what=what, name=_TABLE_NAMES[sections[0]]) + "\n" + sample(sections[0])


_PAGE_HEAD = """\
# Configuration

<!-- Made by `python -m mailbridge.config.describe` from mailbridge/config/model.py; change the descriptions there. -->

A desk is a folder with `mailbridge.toml` and, in `config/`, one file each for departments, agents, service levels and
calendars. Each command takes `--config PATH` (file or folder), else `$MAILBRIDGE_CONFIG`, else `./mailbridge.toml`,
else `/etc/mailbridge/mailbridge.toml`. Relative paths count from the desk's folder.

`mailbridge check` reads everything and names every fault at once, with file, line and remedy. A key, table or file that
mailbridge does not know is refused. On SIGHUP the daemon reads it all again: it takes the new configuration whole, or
says what is wrong and keeps the old one.

**Secrets** stand in files of their own and are named by path. A secret of the name `secrets/imap` is looked for, in
this order, in `$CREDENTIALS_DIRECTORY/imap` (systemd's `LoadCredential=imap:…`), in the variable
`MAILBRIDGE_SECRET_IMAP`, and in the file. A final newline does not count. `mailbridge doctor` warns when others can
read it.

**Durations** are a number with `s`, `m`, `h` or `d`: `"90m"`, `"24h"`, `"3d"`.
"""


def reference() -> str:
    """Return the reference page of every option, in Markdown."""
    return "\n".join([_PAGE_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for section, model in models().items():
        if file_of(section) == MAIN:
            title = "`[[imap]]`" if section == LISTED else f"`[{section}]`"
        else:
            title = f"`{file_of(section)}`"
        yield f"## {title}\n\n{_purpose(model)}\n"
        options = [option for option in describe() if option.section == section]
        if section == "lmtp":
            yield "All options of `[smtp]`, with the same meaning.\n"
            options = [option for option in options if option.key not in Listener.model_fields]
        if options:
            yield "\n".join(["| key | value | default | meaning |", "|---|---|---|---|", *map(_row, options)]) + "\n"


def _row(option: OptionText) -> str:
    default = "**required**" if option.required else f"`{option.default}`" if option.default else "–"
    told = option.description
    if option.example and option.example != option.default:
        told += f" Example: `{option.example}`"
    return f"| `{option.key}` | {option.kind} | {default} | {told} |".replace("||", "| |")


def generated() -> dict[str, str]:
    """Return every file of the checkout that is made from the descriptions: path -> text."""
    files = [MAIN, *(f"config/{file}" for file in TABLES)]
    return {**{file: sample_file(file) for file in files}, PAGE: reference()}


if __name__ == "__main__":
    for name, text in generated().items():
        path = Path(__file__).parents[2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
