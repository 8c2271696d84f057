"""Moments and spans as people write them: `tomorrow, Wednesday, 25 November, by 15:00`.

In: an aware moment, the moment it is read from, the reader's time zone and whether that is certain, his language.
Out: words. Months, plurals and units come from babel (CLDR); the cases of week days and the names of times
(`по московскому времени`) are here, because CLDR does not have them. Other languages than en, ru, lt get CLDR's own
pattern.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, get_month_names
from babel.units import format_unit

Form = Literal["by", "on"]
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})")

_WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ru": ("в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"),
    "lt": ("pirmadienį", "antradienį", "trečiadienį", "ketvirtadienį", "penktadienį", "šeštadienį", "sekmadienį"),
}
_TODAY = {"en": ("today", "tomorrow"), "ru": ("сегодня", "завтра"), "lt": ("šiandien", "rytoj")}

# As the language has it, in one word each; a zone that is not here is given as an offset, which is never wrong.
_RUSSIAN_ZONES = {
    "Europe/Vilnius": "вильнюсскому", "Europe/Riga": "рижскому", "Europe/Tallinn": "таллинскому",
    "Europe/Warsaw": "варшавскому", "Europe/Berlin": "берлинскому", "Europe/London": "лондонскому",
    "Europe/Moscow": "московскому", "Europe/Minsk": "минскому", "Europe/Kyiv": "киевскому",
    "Europe/Kiev": "киевскому", "Europe/Prague": "пражскому", "Asia/Almaty": "алматинскому",
    "Asia/Yekaterinburg": "екатеринбургскому", "Asia/Novosibirsk": "новосибирскому", "Asia/Tbilisi": "тбилисскому",
    "Asia/Yerevan": "ереванскому", "Asia/Tashkent": "ташкентскому",
}
_LITHUANIAN_ZONES = {
    "Europe/Vilnius": "Lietuvos", "Europe/Riga": "Latvijos", "Europe/Tallinn": "Estijos", "Europe/Warsaw": "Lenkijos",
    "Europe/Berlin": "Vokietijos", "Europe/London": "Londono", "Europe/Moscow": "Maskvos", "Europe/Minsk": "Minsko",
    "Europe/Kyiv": "Kyjivo", "Europe/Kiev": "Kyjivo", "Europe/Helsinki": "Suomijos",
}


@lru_cache(maxsize=256)
def zone(name: str | None) -> tzinfo:
    """Return the zone of an IANA name or of an offset (`+02:00`, `+0200`, `UTC+02:00`); UTC for what is neither."""
    if match := _OFFSET.fullmatch(name or ""):
        away = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(away if match[1] == "+" else -away) if away < timedelta(hours=24) else UTC
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=64)
def babel_locale(name: str) -> Locale:
    """Return babel's data for `ru`, `ru_RU` or `ru-RU`; English for a language that it does not know."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def _months(language: str) -> tuple[str, ...]:
    names = get_month_names("wide", "format", Locale(language))
    return tuple(names[number] for number in range(1, 13))


def part_of_day(now: datetime, where: tzinfo, locale: str) -> str:
    """Return `morning`, `day`, `evening` where the reader is, or an empty string at night, when any such wish is odd.

    An English morning lasts until noon; „labas rytas“ and «доброе утро» sound late after eleven.
    """
    hour, noon = now.astimezone(where).hour, 12 if locale == "en" else 11
    if hour < 5:
        return ""
    return "morning" if hour < noon else "day" if hour < 18 else "evening"


def moment(at: datetime, now: datetime, where: tzinfo, locale: str, *, form: Form, certain: bool) -> str:
    """Return the moment as an adverbial: `by 15:00 tomorrow, Wednesday, 25 November`, `во вторник, 24 ноября, в 15:00`.

    form: `by` for a deadline, `on` for an appointment. certain: the reader's zone is known; if not, nothing is called
    today or tomorrow, and the zone is named beside the time. The year is said only when it is another one.
    """
    local, here = at.astimezone(where), now.astimezone(where)
    language = locale.replace("-", "_").split("_")[0]
    if language not in _WEEKDAYS:
        words = format_skeleton("yMMMMEEEEd", local, locale=babel_locale(locale))
        return f"{words}, {local:%H:%M}{'' if certain else ' ' + _zone_words(local, language)}"
    away = (local.date() - here.date()).days
    relative = _TODAY[language][away] if certain and away in (0, 1) else ""
    clock = f"{clock_time(at, where)}{'' if certain else ' ' + _zone_words(local, language)}"
    date = "" if relative and away == 0 else _date(local, here, language)
    return _ARRANGE[language](relative, _WEEKDAYS[language][local.weekday()], date, clock, form)


def _date(local: datetime, here: datetime, language: str) -> str:
    month, year = _months(language)[local.month - 1], "" if local.year == here.year else f"{local.year}"
    if language == "lt":
        return f"{year + ' m. ' if year else ''}{month} {local.day} d."
    return f"{local.day} {month}{' ' + year if year else ''}{' года' if year and language == 'ru' else ''}"


def _english(relative: str, weekday: str, date: str, clock: str, form: Form) -> str:
    if relative:
        return f"{'by' if form == 'by' else 'at'} {clock} {relative}" + (f", {weekday}, {date}" if date else "")
    return f"{'by' if form == 'by' else 'on'} {weekday}, {date}, {clock}"


def _russian(relative: str, weekday: str, date: str, clock: str, form: Form) -> str:
    hour = f"{'до' if form == 'by' else 'в'} {clock}"
    return ", ".join((relative or weekday, date, hour)) if date else f"{relative} {hour}"


def _lithuanian(relative: str, weekday: str, date: str, clock: str, form: Form) -> str:
    hour = f"{'iki ' if form == 'by' else ''}{clock}"
    return ", ".join((relative or weekday, date, hour)) if date else f"{relative} {hour}"


_ARRANGE = {"en": _english, "ru": _russian, "lt": _lithuanian}


def _zone_words(local: datetime, language: str) -> str:
    name = getattr(local.tzinfo, "key", "")
    if language == "ru" and name in _RUSSIAN_ZONES:
        return f"по {_RUSSIAN_ZONES[name]} времени"
    if language == "lt" and name in _LITHUANIAN_ZONES:
        return f"{_LITHUANIAN_ZONES[name]} laiku"
    if language == "en" and name.startswith(("Europe/", "Asia/", "America/")):
        return f"{name.rsplit('/', 1)[1].replace('_', ' ')} time"
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return f"(UTC{sign}{hours}{f':{rest:02}' if rest else ''})" if minutes else "(UTC)"


def clock_time(at: datetime, where: tzinfo) -> str:
    """Return `9:00` or `15:30`: 24 hours, without a leading zero, as all three languages read it."""
    local = at.astimezone(where)
    return f"{local.hour}:{local:%M}"


def stamp(at: datetime, where: tzinfo) -> str:
    """Return `2026-11-24 15:00`, for lists that agents read."""
    return f"{at.astimezone(where):%Y-%m-%d %H:%M}"


def span(length: timedelta, locale: str) -> str:
    """Return a length in at most two units, in the nominative: `1 day 3 hours`, `5 часов`, `12 minučių`."""
    minutes = max(0, int(length.total_seconds())) // 60
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "duration-day"), (hours, "duration-hour"), (0 if days else minutes, "duration-minute")]
    said = [(count, unit) for count, unit in parts if count] or [(0, "duration-minute")]
    return " ".join(format_unit(count, unit, length="long", locale=babel_locale(locale)) for count, unit in said)


def plural(count: int, locale: str, **forms: str) -> str:
    """Return the form of a word that goes with a number: `plural(5, "ru", one="письмо", few="письма", many="писем")`.

    The names are CLDR's (Lithuanian and Russian: one, few, many, other); a form that is not given is `other`, or else
    the last one.
    """
    form = babel_locale(locale).plural_form(count)
    return forms.get(form) or forms.get("other") or list(forms.values())[-1]
