"""Reads one TOML file of a desk: its tables, and the line of every key. A file that is no TOML becomes one fault."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailbridge.config.faults import Fault
from mailbridge.config.lines import Where, line_numbers


@dataclass(frozen=True)
class Document:
    """A file that was read: `name` as it is spoken of, its tables, and the lines of its keys."""

    name: str
    tables: dict[str, Any] = field(default_factory=dict)
    lines: dict[Where, int] = field(default_factory=dict)

    def line(self, *place: str | int) -> int | None:
        """Return the line of a place, or of the nearest table above it that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)

    def fault(self, place: Where, what: str, fix: str) -> Fault:
        """Return a fault at a place of this file."""
        return Fault(self.name, self.line(*place), what, fix)


def read_document(path: Path, name: str) -> Document | Fault:
    """Return the file, or the one fault that keeps it from being read at all.

    A byte order mark (Windows editors write one) is no fault; a wrong charset is, with its line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        fix = "Let the user that runs mailbridge read it" if isinstance(error, PermissionError) else "Correct the path"
        return Fault(name, None, f"cannot be read ({error.strerror})", fix)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Fault(name, line, "is not written in UTF-8", "Save the file again with the encoding UTF-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _syntax_fault(name, text, str(error))
    except RecursionError:
        return Fault(name, None, "is nested too deeply", "Write plain tables and keys")
    return Document(name, tables, line_numbers(text))


# What tomllib says -> what an admin understands. The line itself is not repeated: it may hold a secret.
_SYNTAX = (
    (r"Cannot overwrite a value|Duplicate inline table key", "a key stands here twice", "Keep one of the two"),
    (r"Cannot declare .* twice|Cannot (?:mutate|redefine)", "a table stands here twice",
     "Put the keys of both under one heading"),
    (r"Expected '=' after a key", "a key is not followed by =",
     'Write it like key = "value"; a comment begins with #'),
    (r"Expected '\]' at the end of a table|Expected '\]\]'", "a table's heading is not closed", "Write it like [name]"),
    (r"Illegal character '\\n'|Unterminated string|Expected \"'\"", "a text is not closed",
     "Put the missing quote at its end"),
    (r"Unclosed array", "a list is not closed", "Put a comma between its elements and ] at its end"),
    (r"Unclosed inline table|Expected '}'", "an inline table is not closed", "Put } at its end, on the same line"),
    (r"Unescaped '\\\\'|escape", "a backslash stands in a text", "Write two of them, or put the text in single quotes"),
    (r"Invalid statement", "a line begins with a sign that it may not begin with",
     'Write it like key = "value"; a comment begins with #'),
    (r"Invalid initial character for a key", "a key or a table begins with a letter it may not have",
     'Use Latin letters, digits, - and _, or put the key in quotes; a comment begins with #'),
    (r"Expected newline or end of document after a statement", "something follows a value on the same line",
     "Write one key a line; a comment begins with #; put text in quotes"),
    (r"Invalid value", "a value is none that can be read", 'Put text in quotes: key = "value"'),
)


def _syntax_fault(name: str, text: str, message: str) -> Fault:
    """Turn the message of tomllib into a fault in an admin's words, on the line where it noticed."""
    at = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(at[1]) if at else text.count("\n") + 1
    wrote = text.split("\n")[line - 1] if line <= text.count("\n") + 1 else ""
    if re.search("[“”„‘’«»]", wrote.split("#")[0]):
        return Fault(name, line, "holds the quotes of a word processor", 'Write straight quotes: "like this"')
    if re.search(r"=\s*(True|False|Yes|No|yes|no|on|off)\b", wrote):
        return Fault(name, line, "a value is none that can be read", "Write true or false, in small letters")
    for pattern, what, fix in _SYNTAX:
        if re.search(pattern, message):
            return Fault(name, line, what, fix)
    return Fault(name, line, f"is not TOML: {message.split(' (at')[0]}", 'Write it like key = "value"')
