"""Dates as mail programs write them (RFC 5322 §3.3 and what they make of it).

In comes a Date value, out comes an aware UTC time, or None. mail-parser reads the regular ones; this reads the
rest: no zone, months in other languages, ISO dates, two-digit years. Never raises, never asks the clock.
"""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_MONTHS_WORDS = """
    янв=Jan фев=Feb мар=Mar апр=Apr мая=May май=May июн=Jun июл=Jul авг=Aug сен=Sep окт=Oct ноя=Nov дек=Dec sau=Jan
    vas=Feb kov=Mar bal=Apr geg=May bir=Jun lie=Jul rgp=Aug rgs=Sep spa=Oct lap=Nov gru=Dec mai=May okt=Oct dez=Dec
    mär=Mar fév=Feb avr=Apr jui=Jun aoû=Aug déc=Dec ene=Jan abr=Apr ago=Aug dic=Dec out=Oct set=Sep
"""
_MONTHS = dict(pair.split("=") for pair in _MONTHS_WORDS.split())
_ORDINAL = re.compile(r"\b(\d{1,2})\.\s+")
_WORD = re.compile(r"[^\W\d_]{3,}\.?")


def parse_date(value: str) -> datetime | None:
    """Return the time that a decoded Date value names, as aware UTC, or None. Without a zone it is taken as UTC."""
    value = value.strip()[:200]
    if match := _ISO.search(value):
        return _from_iso(match)
    text = _ORDINAL.sub(r"\1 ", _WORD.sub(lambda found: _MONTHS.get(found[0][:3].lower(), found[0]), value))
    try:
        parts = email.utils.parsedate_tz(text)
        if parts is None:
            return None
        zone = timezone(timedelta(seconds=parts[9] or 0))
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _from_iso(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, zone = match.groups()
    minutes = 0
    if zone and zone.upper() != "Z":
        digits = zone[1:].replace(":", "")
        minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    try:
        local = datetime(
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            int(second or 0),
            tzinfo=timezone(timedelta(minutes=minutes)),
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
