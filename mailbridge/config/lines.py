"""Finds on which line of a TOML file each table, key and list element stands; tomllib does not tell.

A small scanner of the grammar's outline (TOML 1.0): headers, dotted and quoted keys, strings of all four kinds, lists
and inline tables. It reads only texts that tomllib has accepted, so it checks nothing.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right

Where = tuple[str | int, ...]   # keys and, inside lists and arrays of tables, positions from 0


def line_numbers(text: str) -> dict[Where, int]:
    """Return the line, from 1, on which each table, key and list element of a valid TOML text begins."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.begins = [0] + [place + 1 for place, letter in enumerate(text) if letter == "\n"]
        self.lines: dict[Where, int] = {}
        self.arrays: dict[Where, int] = {}

    def run(self) -> dict[Where, int]:
        table: Where = ()
        while self.skip():
            if self.text.startswith("[[", self.at):
                table = self.header(2)
            elif self.text[self.at] == "[":
                table = self.header(1)
            else:
                self.pair(table)
        return self.lines

    def skip(self) -> bool:
        """Go over blanks, line ends and comments; say whether anything is left."""
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n#":
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                self.at += 1
        return self.at < len(self.text)

    def mark(self, place: Where) -> None:
        """Note the present line for a place and for the tables above it that have no line of their own."""
        line = bisect_right(self.begins, self.at)
        for length in range(1, len(place) + 1):
            self.lines.setdefault(place[:length], line)

    def header(self, brackets: int) -> Where:
        """Read `[a.b]` or `[[a.b]]`; below an array of tables its last element is meant."""
        begin = self.at
        self.at += brackets
        *above, last = self.keys("]")
        after, self.at = self.at + brackets, begin
        place: Where = ()
        for key in above:
            place = self.last_of((*place, key))
        place = (*place, last)
        if brackets == 2:
            self.arrays[place] = self.arrays.get(place, -1) + 1
        place = self.last_of(place)
        self.mark(place)
        self.at = after
        return place

    def last_of(self, place: Where) -> Where:
        return (*place, self.arrays[place]) if place in self.arrays else place

    def keys(self, end: str) -> list[str]:
        """Read a dotted key up to (not over) the `end` sign, and let tomllib say what it means."""
        begin = self.at
        while self.text[self.at] != end:
            if self.text[self.at] in "\"'":
                self.string()
            else:
                self.at += 1
        found: list[str] = []
        value: object = tomllib.loads(f"{self.text[begin:self.at].strip()} = 0")
        while isinstance(value, dict):
            ((key, value),) = value.items()
            found.append(key)
        return found

    def pair(self, table: Where) -> None:
        begin = self.at
        keys = self.keys("=")
        after, self.at = self.at + 1, begin
        self.mark((*table, *keys))
        self.at = after
        self.value((*table, *keys))

    def value(self, place: Where) -> None:
        self.skip()
        first = self.text[self.at]
        if first in "\"'":
            self.string()
        elif first == "[":
            self.elements(place)
        elif first == "{":
            self.inline(place)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\n#":
                self.at += 1

    def elements(self, place: Where) -> None:
        self.at += 1
        position = 0
        while self.skip() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.mark((*place, position))
            self.value((*place, position))
            position += 1
        self.at += 1

    def inline(self, place: Where) -> None:
        self.at += 1
        while self.skip() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.pair(place)
        self.at += 1

    def string(self) -> None:
        quote = self.text[self.at]
        long = self.text.startswith(quote * 3, self.at)
        end = quote * 3 if long else quote
        self.at += len(end)
        while not self.text.startswith(end, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(end)
        while long and self.text.startswith(quote, self.at):   # up to two quotes may touch the end
            self.at += 1
