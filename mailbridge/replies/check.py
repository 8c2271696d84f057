"""Look through template files before a customer does: `templates check`, `check` and `doctor` show what this finds.

Every file is compiled and rendered on the samples, in every language that it can speak; names that stand in a branch
which the samples do not reach are looked up too. Files that nothing will ever use are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from jinja2 import nodes

from mailbridge.errors import TemplateError
from mailbridge.replies.facts import PURPOSES
from mailbridge.replies.folders import ANY, SUFFIX, Folders, TemplateInfo, read
from mailbridge.replies.render import Choice, names_for, render
from mailbridge.replies.samples import samples
from mailbridge.replies.source import Compiled, compile_macros, compile_reply, sandbox

_ALWAYS_THERE = frozenset({"loop", "caller", "varargs", "kwargs", "self"})
_PLACE = re.compile(r"(.*?):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Finding:
    """Something wrong with a template file, and what to do about it."""

    file: str
    line: int
    what: str
    fix: str


def check_files(folders: Folders) -> list[Finding]:
    """Return everything that is wrong with the files that the desk would use, by file and line."""
    found: dict[tuple[str, int, str], Finding] = {}
    for finding in _findings(folders):
        found.setdefault((finding.file, finding.line, finding.what), finding)
    return [found[key] for key in sorted(found)]


def _findings(folders: Folders) -> Iterator[Finding]:
    for path in sorted(folders.own.glob("**/*")) if folders.own.is_dir() else ():
        if path.is_file():
            yield from _misplaced(path, folders.own)
    infos = folders.list()
    languages = sorted({info.locale for info in infos} - {ANY})
    macros: dict[str, tuple[Compiled, ...]] = {}
    for language in languages:
        good = []
        for path, name in folders.macros(language, own=True):
            try:
                good.append(compile_macros(read(path, name)))
            except TemplateError as error:
                yield _finding(error)
        macros[language] = tuple(good)
    for info in infos:
        for language in languages if info.locale == ANY else [info.locale]:
            yield from _reply(info, language, macros[language])


def _reply(info: TemplateInfo, language: str, macros: tuple[Compiled, ...]) -> Iterator[Finding]:
    try:
        reply = compile_reply(read(info.path, info.template))
        choice = Choice(reply, macros, language)
        for facts in samples(language):
            render(choice, info.purpose, facts)
    except TemplateError as error:
        yield _finding(error)
        return
    known = names_for(choice, info.purpose)
    yield from _unknown_names(reply, known)


def _unknown_names(reply: Compiled, known: frozenset[str]) -> Iterator[Finding]:
    tree = sandbox().parse(reply.source.text)
    made = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    made |= {node.name for node in tree.find_all(nodes.Macro)}
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known | made | _ALWAYS_THERE | sandbox().globals.keys():
            yield Finding(reply.source.origin, node.lineno, f"'{node.name}' is undefined", _hint(node.name, known))


def _misplaced(path: Path, root: Path) -> Iterator[Finding]:
    """Name a file that nothing reads: a folder that is no purpose, or a wrong ending."""
    parts = path.relative_to(root).parts
    if any(part.startswith(".") for part in parts) or path.name.endswith("~") or path.suffix not in (".j2", ".txt"):
        return
    macros = len(parts) == 2 and path.name.startswith("macros") and path.suffix == ".j2"
    if macros or (len(parts) == 3 and path.name.endswith(SUFFIX) and parts[1] in PURPOSES):
        return
    if len(parts) == 3 and parts[1] not in PURPOSES:
        close = get_close_matches(parts[1], PURPOSES, 1)
        fix = f"Rename the folder to {close[0]}." if close else f"The purposes are: {', '.join(PURPOSES)}."
        yield Finding(str(path), 1, f'"{parts[1]}" is no purpose, so this file is never used', fix)
        return
    yield Finding(str(path), 1, "this file is never used", f"Replies are <locale>/<purpose>/<name>{SUFFIX}; "
                  "shared sentences are <locale>/macros.j2.")


def _finding(error: TemplateError) -> Finding:
    place = _PLACE.fullmatch(str(error))
    if not place:
        return Finding("", 0, str(error), "")
    file, line, what = place[1], int(place[2]), place[3]
    name = re.search(r"'(\w+)' is undefined", what)
    fix = _hint(name[1], frozenset()) if name else "Correct the file; until then another version is used."
    return Finding(file, line, what, fix)


def _hint(name: str, known: frozenset[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f"Did you mean {close[0]}?" if close else "docs/howto/templates.md lists the names that a template may use."
