"""Collects the names that the code writes down: a ticket's events and the events of the log, read from the source by ast.

A name may stand there as text, as text with a gap (`f"state-{state}"` is told as `state-*`), in a variable, or in a
parameter whose values the callers in the same file give.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import mailbridge

PACKAGE = Path(mailbridge.__file__).parent
Function = ast.FunctionDef | ast.AsyncFunctionDef


def ticket_events() -> set[str]:
    """Return every event that the desk writes onto a ticket: `changes.event(ticket, actor, NAME, …)`, `add(Event, what=NAME)`."""
    return {name for path in sources("desk") for name in _found(path, _ticket_event)}


def log_events() -> set[str]:
    """Return every event of the log: `log.info(NAME, …)` and the like."""
    return {name for path in sources("") for name in _found(path, _log_event)}


def sources(room: str) -> Iterator[Path]:
    """Yield the files of a room, or of all rooms."""
    yield from sorted((PACKAGE / room).rglob("*.py"))


def _ticket_event(call: ast.Call) -> ast.expr | None:
    """Return what names the event, if this call writes one."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "event" and len(call.args) >= 3:
        return call.args[2]
    if any(isinstance(one, ast.Name) and one.id == "Event" for one in call.args):
        return next((one.value for one in call.keywords if one.arg == "what"), None)
    return None


def _log_event(call: ast.Call) -> ast.expr | None:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in ("debug", "info", "warning", "error", "exception"):
        return None
    return call.args[0] if call.args and ast.unparse(function.value).endswith("log") else None


def _found(path: Path, name_of: Callable[[ast.Call], ast.expr | None]) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    for node in ast.walk(tree):
        value = name_of(node) if isinstance(node, ast.Call) else None
        if value is not None:
            holder = next((one for one in reversed(functions) if value in ast.walk(one)), None)
            names = set(_names(value, holder, tree))
            dynamic = isinstance(value, ast.Name) and holder is not None and holder.name == "event"
            assert names or dynamic, f"{path}:{value.lineno}: what is the name of this event?"
            yield from names


def _names(value: ast.expr, holder: Function | None, tree: ast.AST) -> Iterator[str]:
    if isinstance(value, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in value.values)
    elif not isinstance(value, ast.Name):
        yield from _texts(value)
    elif holder is not None:
        for node in ast.walk(holder):
            if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == value.id for one in node.targets):
                yield from _texts(node.value)
        parameters = [one.arg for one in holder.args.args if one.arg != "self"]
        if value.id in parameters:
            yield from _given(holder.name, parameters.index(value.id), value.id, tree)


def _given(function: str, place: int, name: str, tree: ast.AST) -> Iterator[str]:
    """Yield what the callers in this file give for a parameter."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == function:
            given = [*node.args[place : place + 1], *(one.value for one in node.keywords if one.arg == name)]
            for one in given:
                yield from _texts(one)


def _texts(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
