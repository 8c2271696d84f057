"""Reads Authentication-Results headers (RFC 8601), also as Gmail and Microsoft 365 write them.

What comes in: one unfolded header value, its encoded words not decoded (they may hide a semicolon). What goes out:
who says it, and what it says of each method. Comments and quoted strings are read as such, so that a local part chosen
by the sender cannot add a result. Pure; says nothing of whether the header is to be believed (`decide/trust.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 20_000
"""Characters of a header that are read; no real one is longer."""
MICROSOFT = "microsoft365"
"""The name by which an admin believes the headers of Microsoft 365, which carry no authserv-id."""
METHOD = re.compile(r"([a-z][a-z0-9_-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)(?![\w.@])", re.IGNORECASE)
PROPERTY = re.compile(r"([a-z][a-z0-9_-]*(?:\s*\.\s*[a-z0-9_-]+)?)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^\s;\"]+)", re.IGNORECASE)
NAME = re.compile(r"([^\s;=\"]+)(?:\s+\d+)?\s*$")


@dataclass(frozen=True, slots=True)
class Result:
    """What one method found: `dkim` `pass`, with its properties (`header.d`, `smtp.mailfrom`) in lower case."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def property(self, name: str) -> str:
        """Return a property by its name, or an empty string."""
        return next((value for key, value in self.properties if key == name), "")

    def domain(self, *names: str) -> str:
        """Return the domain of the first property that is there: the part after the last @, lower case, no final dot."""
        value = next((found for name in names if (found := self.property(name))), "")
        return value.rpartition("@")[2].lower().strip(". \"<>")


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One header: who evaluated (lower case, empty when it does not say) and its results in order."""

    authserv_id: str
    results: tuple[Result, ...] = ()

    def of(self, method: str) -> tuple[Result, ...]:
        """Return the results of one method."""
        return tuple(result for result in self.results if result.method == method)


def read_results(value: str) -> AuthenticationResults:
    """Return what one Authentication-Results header says; what cannot be read is left out.

    Microsoft 365 begins with a result instead of a name, or puts the name of the recipient's domain second: its name
    is `microsoft365` here if the header holds one of its own marks (`compauth`, `action`, "sender IP is").
    """
    value = value[:LONGEST]
    pieces = split_pieces(value)
    first = pieces[0] if pieces else ""
    named = NAME.match(first) if not METHOD.match(first) else None
    results = tuple(result for piece in pieces[bool(named):] if (result := read_result(piece)))
    if named:
        return AuthenticationResults(named.group(1).lower().rstrip("."), results)
    microsoft = "sender ip is" in value.lower() or any(one.method == "compauth" or one.property("action") for one in results)
    return AuthenticationResults(MICROSOFT if microsoft else "", results)


def split_pieces(value: str) -> list[str]:
    """Split at semicolons outside of quotes and comments, and drop the comments (RFC 5322 §3.2.2), which may nest."""
    pieces = [""]
    depth, quoted, escaped = 0, False, False
    out: list[str] = []
    for char in value:
        if escaped:
            escaped = False
            out.append(char if depth == 0 else "")
        elif char == "\\" and (quoted or depth):
            escaped = True
            out.append(char if depth == 0 else "")
        elif char == '"' and depth == 0:
            quoted = not quoted
            out.append(char)
        elif not quoted and char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
            out.append(" ")
        elif not quoted and depth == 0 and char == ";":
            pieces[-1] = "".join(out)
            pieces.append("")
            out = []
        elif depth == 0:
            out.append(char)
    pieces[-1] = "" if quoted or depth else "".join(out)
    return [piece.strip() for piece in pieces]


def read_result(piece: str) -> Result | None:
    """Read `dkim=pass header.d=example.org`; None for `none`, a version, a name or nonsense."""
    method = METHOD.match(piece)
    if not method:
        return None
    properties = tuple((re.sub(r"\s", "", name).lower(), unquoted(value).lower())
                       for name, value in PROPERTY.findall(piece[method.end():]))
    return Result(method.group(1).lower(), method.group(2).lower(), properties)


def unquoted(value: str) -> str:
    """Return a value without its quotes."""
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
