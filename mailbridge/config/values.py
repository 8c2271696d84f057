"""The kinds of value that an option can hold: how each is checked and how it is explained to an admin.

A kind is a type with a `Says`: its name in the reference page and the remedy in a fault. Checks are pure; a
wrong value is refused with a problem and a remedy, never with the words of the library.
"""

from __future__ import annotations

import difflib
import ipaddress
import itertools
import re
import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Says:
    """How a kind of value is spoken of: its name (`duration`) and what to write instead of a wrong one."""

    name: str
    hint: str


def refuse(problem: str, fix: str) -> PydanticCustomError:
    """Return the error that refuses a value. `problem` continues the sentence `[table] key "value" …`."""
    return PydanticCustomError("refused", "{problem}", {"problem": problem, "fix": fix})


def closest(word: str, known: list[str] | tuple[str, ...]) -> str | None:
    """Return the known word that was most likely meant, whatever its case, or None."""
    by_lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower().replace("-", "_"), by_lower, n=1, cutoff=0.6)
    found = found or difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def host_and_port(listen: str) -> tuple[str, int]:
    """Return `host:port` as its two parts; `[::1]:25` is IPv6, port 0 asks the system for a free one.

    Raises ValueError when it is not of that form.
    """
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError(listen)
    if host.startswith("[") and host.endswith("]"):
        return str(ipaddress.IPv6Address(host[1:-1])), int(port)
    if not re.fullmatch(r"[A-Za-z0-9.-]+", host):
        raise ValueError(listen)
    return host, int(port)


def name_server(text: str) -> tuple[str, int]:
    """Return the address and port of a DNS server: `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:53`.

    Raises ValueError when it is not of that form; a name is none, since it would have to be looked up first.
    """
    try:
        return str(ipaddress.ip_address(text.strip("[]"))), 53
    except ValueError:
        host, port = host_and_port(text)
        return str(ipaddress.ip_address(host)), port


def seconds(duration: str) -> int:
    """Return a `Duration` in running seconds; `d` is 24 hours (business time counts `d` by open days instead)."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[duration[-1]]


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine itself, so that nobody can listen on the way to it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _check_listen(value: str) -> str:
    try:
        host_and_port(value)
    except ValueError:
        fix = 'Write host and port, for example "127.0.0.1:2525" or "[::1]:2525"'
        raise refuse("is not an address and a port", fix) from None
    return value


def _check_name_server(value: str) -> str:
    try:
        name_server(value)
    except ValueError:
        raise refuse("is not the address of a DNS server", 'Write it like "127.0.0.1" or "192.0.2.53:5353"') from None
    return value


def _check_timezone(value: str) -> str:
    known = zoneinfo.available_timezones()
    if value in known:
        return value
    meant = closest(value, sorted(known))
    fix = f'did you mean "{meant}"?' if meant else 'Write its IANA name, for example "Europe/Vilnius"'
    raise refuse("is not a known time zone", fix)


def _check_network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        try:
            whole = ipaddress.ip_network(value, strict=False)
        except ValueError:
            fix = 'Write an IP address or a network, for example "192.0.2.10" or "10.0.0.0/8"; names are not looked up'
            raise refuse("is neither an IP address nor a network", fix) from None
        raise refuse("is an address inside a network", f'Write the network: "{whole}"') from None
    return value


def _check_charset(value: str) -> str:
    try:
        "".encode(value)
    except LookupError:
        raise refuse("is not a known charset", 'Write its usual name, for example "cp1257" or "koi8-r"') from None
    return value


def _date_as_text(value: Any) -> Any:
    """TOML has dates of its own: `2026-12-24` without quotes is as good as with them."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _check_day(value: str) -> str:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):   # fromisoformat reads weeks, too
            raise ValueError(value)
        date.fromisoformat(value)
    except ValueError:
        raise refuse("is not a day of the calendar", 'Write year, month, day, for example "2026-12-24"') from None
    return value


def days_of(span: str) -> tuple[str, ...]:
    """Return the days of `mon`, or of `mon-fri`, both ends in; a span may go over Sunday (`sat-mon`).

    Raises ValueError for anything else.
    """
    first, _, last = span.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return tuple(DAYS[n % 7] for n in range(begin, end + 1 if end >= begin else end + 8))


def minutes_of(hours: str) -> tuple[int, int]:
    """Return `09:00-18:00` as minutes of the day, first in, last out; `24:00` is the end of the day.

    Raises ValueError when it is not two times, or when the end does not come after the start.
    """
    found = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])-([0-9]{1,2}):([0-5][0-9])", hours)
    if not found:
        raise ValueError(hours)
    begin, end = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
    if not begin < end <= 24 * 60:
        raise ValueError(hours)
    return begin, end


def _check_hours(value: str) -> str:
    try:
        minutes_of(value)
    except ValueError:
        if re.fullmatch(r"\d{1,2}:[0-5]\d-\d{1,2}:[0-5]\d", value):
            fix = 'Over midnight write two spans: "22:00-24:00", and "00:00-06:00" on the next day'
            raise refuse("does not end after it begins, within one day", fix) from None
        raise refuse("is not a span of hours", 'Write it like "09:00-18:00"') from None
    return value


def check_week(hours: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return opening hours unchanged when every day is one and no two spans of a day overlap; else refuse them."""
    week: dict[str, list[tuple[int, int]]] = {day: [] for day in DAYS}
    for span, opened in hours.items():
        try:
            days = days_of(span)
        except ValueError:
            fix = f'Write a day or a span of days ({", ".join(DAYS)}), for example "mon-fri"'
            raise refuse(f'names "{span}", which is no day', fix) from None
        for day in days:
            week[day] += [minutes_of(one) for one in opened]
    for day, spans in week.items():
        spans.sort()
        if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
            raise refuse(f'opens twice at one time on "{day}"', "Name each day once, and spans that do not overlap")
    if not any(week.values()):
        raise refuse("never opens", 'Name opening hours, for example { mon-fri = ["09:00-18:00"] }')
    return hours


Locale = Literal["en", "ru", "lt"]
Role = Literal["agent", "lead", "supervisor", "admin"]
Security = Literal["tls", "starttls", "none"]
Domain = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$"),
    Says("domain", 'Write the bare domain, for example "reply.example.org"')]
MailAddress = Annotated[
    str, StringConstraints(pattern=r"^[^@\s<>\",;]+@[^@\s<>\",;.]+(\.[^@\s<>\",;.]+)*$", to_lower=True),
    Says("mail address", 'Write the bare address, for example "anna@example.org"')]
Duration = Annotated[
    str, StringConstraints(pattern=r"^0*[1-9][0-9]{0,5}[smhd]$"),
    Says("duration", 'Write a number and s, m, h or d, for example "90m", "24h" or "3d"')]
Window = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,6}[smhd]$"),
    Says("duration", 'Write a number and s, m, h or d, for example "14d"; "0d" means never')]
Listen = Annotated[str, AfterValidator(_check_listen), Says("host:port", 'Write it like "127.0.0.1:2525"')]
TimeZone = Annotated[
    str, AfterValidator(_check_timezone), Says("time zone", 'Write its IANA name, like "Europe/Vilnius"')]
Network = Annotated[
    str, AfterValidator(_check_network), Says("IP address or network", 'Write it like "192.0.2.10" or "10.0.0.0/8"')]
NameServer = Annotated[
    str, AfterValidator(_check_name_server), Says("IP address", 'Write it like "127.0.0.1" or "192.0.2.53:5353"')]
Charset = Annotated[str, AfterValidator(_check_charset), Says("charset", 'Write its name, like "cp1257"')]
Day = Annotated[
    str, BeforeValidator(_date_as_text), AfterValidator(_check_day), Says("day", 'Write it like "2026-12-24"')]
Hours = Annotated[str, AfterValidator(_check_hours), Says("hours", 'Write it like "09:00-18:00"')]
Word = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9$_-]+$"),
    Says("word", 'Write one word of Latin letters, digits and $ _ -, for example "support"')]
