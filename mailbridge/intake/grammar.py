"""The arguments of MAIL and RCPT (RFC 5321 §4.1.2, RFC 6531 §3.3). Pure: text in, a value or nothing out.

Lenient where the world is: a space after the colon, no angle brackets, doubled dots in the local part. Strict where a
stranger could play a trick: no control or direction characters, nothing behind the address but parameters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_ADDRESS_BYTES = 512  # RFC 5321 §4.5.3.1.3 says 256; rewritten senders (SRS, BATV, VERP) go beyond it

# C0, DEL, C1, line and paragraph separators, direction marks: none belongs into an address.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_PATH = re.compile(rf"""\s*+(?:<(?P<path>(?:{_QUOTED}|[^<>"])*+)>|(?P<bare>(?:{_QUOTED}|[^\s<>"])++))"""
                   r"(?:\s++(?P<parameters>.*+))?\Z")
_ROUTE = re.compile(r"\A@[^:<>\"\s]*+:")  # source routes must be accepted and ignored (RFC 5321 §4.1.1.3)
_MAILBOX = re.compile(rf"""(?:{_QUOTED}|[^\s"(),:;<>@\[\]\\]++)@(?:\w[\w.-]*+|\[[\w.:]++\])\Z""")
_PARAMETER = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9-]*+)(?:=(?P<value>[^=\s].*+))?\Z")


@dataclass(frozen=True, slots=True)
class Path:
    """An address with its parameters.

    address: empty for the null path `<>`; `ok` is False when it cannot be an address at all.
    parameters: keywords in upper case, values as written, empty when there is none; None when they cannot be read.
    """

    address: str
    parameters: dict[str, str] | None
    ok: bool = True


def read_path(argument: str, keyword: str) -> Path | None:
    """Read `FROM:<address> parameters` or `TO:…`; None when it does not even look like that.

    keyword: `FROM:` or `TO:`. Callers look for `CONTROL` first.
    """
    if argument[:len(keyword)].upper() != keyword:
        return None
    found = _PATH.match(argument, len(keyword))
    if not found:
        return None
    path, bare, parameters = found.groups()
    address = _ROUTE.sub("", bare if path is None else path).strip(" ")
    return Path(address, _read_parameters(parameters), _is_address(address))


def _is_address(address: str) -> bool:
    """Say whether this is the null path, a mailbox, or the bare `postmaster` of RFC 5321 §4.5.1."""
    if not address or address.lower() == "postmaster":
        return True
    return len(address.encode()) <= MAX_ADDRESS_BYTES and _MAILBOX.match(address) is not None


def _read_parameters(text: str | None) -> dict[str, str] | None:
    read: dict[str, str] = {}
    for word in (text or "").split():
        found = _PARAMETER.match(word)
        if not found or found["name"].upper() in read:
            return None
        read[found["name"].upper()] = found["value"] or ""
    return read
