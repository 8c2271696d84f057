"""How commands speak: JSON Lines on stdout for scripts, lines for people, faults in one sentence on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

from mailbridge.errors import MailbridgeError

JsonObject = dict[str, Any]
_CONTROL = dict.fromkeys(
    [*range(9), *range(11, 32), *range(127, 160), 8206, 8207, *range(8234, 8239), *range(8294, 8298)]
)


def clean(text: object) -> str:
    """Return text without the control characters that a mail may have brought: nothing in it can drive a terminal."""
    return str(text).translate(_CONTROL)


def say(text: str = "") -> None:
    """Print a line of what a command is for (a list, a story) on stdout."""
    typer.echo(clean(text))


def tell(text: str) -> None:
    """Print a notice for people on stderr: stdout holds only what a command is for."""
    typer.echo(clean(text), err=True)


def say_json(one: JsonObject) -> None:
    """Print one object as a line."""
    sys.stdout.write(json.dumps(one, ensure_ascii=False, separators=(", ", ": ")) + "\n")


def show(objects: Iterable[JsonObject], as_json: bool, line: Callable[[JsonObject], str], nothing: str = "") -> int:
    """Print objects as JSON Lines, or a line each for people; return how many there were."""
    count = 0
    for count, one in enumerate(objects, 1):  # noqa: B007 - the last count is the answer
        if as_json:
            say_json(one)
        else:
            say(line(one))
    if not count and nothing and not as_json:
        tell(nothing)
    return count


def fail(text: object, code: int = 1) -> NoReturn:
    """End the command: it did not succeed, for this reason."""
    tell(str(text))
    raise typer.Exit(code)


@contextmanager
def told(code: int = 1) -> Iterator[None]:
    """Turn a fault that a person can be told into one sentence and an exit code; no traceback."""
    try:
        yield
    except MailbridgeError as fault:
        fail(fault, code)
    except BrokenPipeError:  # the reader of our output has gone: nothing is wrong
        sys.stderr.close()
        raise typer.Exit(0) from None


def shorten(text: object, length: int) -> str:
    """Return one line of at most `length` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= length else line[: length - 1] + "…"
