"""Reads the dates that agents write behind `/eta` and `/snooze`: `24.11. 15:00`, `tomorrow`, `пятница`, `3d`.

In: the words, the moment they are read and the agent's time zone. Out: a moment (aware UTC) and whether only a day was
written. Words of English, Russian and Lithuanian are understood side by side (`date_words.py`). The order of day and
month is never guessed: `11/24` is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from mailbridge.decide.calendar import Hours
from mailbridge.decide.command_values import Reason
from mailbridge.decide.date_words import CLOCK_WORDS, FILLER, MONTHS, RELATIVE_DAYS, UNITS, WEEKDAYS, is_one_of

FARTHEST = timedelta(days=731)
HALF_A_YEAR = timedelta(days=183)
NOON = 12

_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})")
_COUNT = re.compile(r"(?:in |через |po |už )?(\d{1,4}) ?([^\W\d_]+)")
_CLOCK = re.compile(r"(?<![\d.:-])(\d{1,2}):(\d{2})(?::\d{2})? ?([ap]m)?(?![\d:])|(?<![\d.:-])(\d{1,2}) ?([ap]m)\b")
_HOUR = re.compile(r"(?:(?:в|до|к|at|by|iki) (\d{1,2})(?: (?:ч|час|часа|часов|часам|val|o'clock))?|(\d{1,2}) val)\Z")
_ISO = re.compile(r"(\d{4})[-.](\d{1,2})[-.](\d{1,2})")
_DAY_MONTH = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?")


class Edge(Enum):
    """Which moment of a day is meant when only the day was written, where no opening hours say it."""

    START = time(9)
    END = time(18)


@dataclass(frozen=True, slots=True)
class Until:
    """A moment that an agent wrote, aware UTC; `whole_day`: only the day was written."""

    at: datetime
    whole_day: bool = False


class DateFault(ValueError):
    """The words are not a date that can be promised; `reason` says why, `at` what they mean (or None)."""

    def __init__(self, reason: Reason, at: datetime | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.at = at


def read_until(text: str, now: datetime, timezone: str, edge: Edge, hours: Hours | None = None) -> Until:
    """Return the moment that an agent's words mean.

    text: what stands behind the command; now: aware UTC; timezone: IANA name of the agent.
    edge: which end of the opening hours is meant when only a day is written; without `hours` 09:00 and 18:00.

    A time without a day is today's. A day without a year is the next such day, but one that has just passed (less than
    half a year ago) is a slip, not a date eleven months away. Raises DateFault for words that are no date, for the
    past, and for more than two years ahead.
    """
    words = _tidy(text)
    here = now.astimezone(ZoneInfo(timezone))
    try:
        found = _zoned(words) or _count(words, here) or _day_and_time(words, here, edge, hours)
    except (ValueError, OverflowError):
        raise DateFault(Reason.NO_DATE) from None
    if found.at <= now:
        raise DateFault(Reason.PAST, found.at)
    if found.at - now > FARTHEST:
        raise DateFault(Reason.TOO_FAR, found.at)
    return found


def _tidy(text: str) -> str:
    """Return the words in lower case, without commas and without the points of abbreviations (`val.`, `нояб.`)."""
    words = re.sub(r"[,;]", " ", text.lower()).split()
    return " ".join(word.rstrip(".!") or word for word in words).replace("–", "-")


def _zoned(words: str) -> Until | None:
    """Read a moment that names its own zone (RFC 3339), like `2026-11-24T15:00Z`."""
    return Until(datetime.fromisoformat(words.upper()).astimezone(UTC)) if _ZONED.fullmatch(words) else None


def _count(words: str, here: datetime) -> Until | None:
    """Read `4h`, `in 3 days`, `через 2 недели`. Hours run; days and weeks keep the time of day over a clock change."""
    found = _COUNT.fullmatch(words)
    unit = UNITS.get(found[2]) if found else None
    if not found or not unit:
        return None
    span = timedelta(**{unit: int(found[1])})
    local = unit in ("days", "weeks")
    return Until((here + span).astimezone(UTC) if local else here.astimezone(UTC) + span)


def _day_and_time(words: str, here: datetime, edge: Edge, hours: Hours | None) -> Until:
    """Read a day, a time, or both in either order. Raises ValueError when a word is left that is neither."""
    clock, rest = _take_clock(words.replace("t", " ") if re.fullmatch(r"[\d-]+t[\d:]+", words) else words)
    names = [word for word in rest.split() if word not in FILLER]
    weekday = next((n for n, forms in enumerate(WEEKDAYS) if len(names) == 1 and is_one_of(names[0], forms)), None)
    if weekday is not None:
        day = here.date() + timedelta(days=(weekday - here.weekday()) % 7)
        at = _moment(day, clock, here, edge, hours)
        if at <= here:
            at = _moment(day + timedelta(days=7), clock, here, edge, hours)
        return Until(at, whole_day=clock is None)
    if not names and clock is None:
        raise ValueError(words)
    return Until(_moment(_day(names, here.date()), clock, here, edge, hours), whole_day=clock is None)


def _take_clock(words: str) -> tuple[time | None, str]:
    """Return the time of day that the words hold, and the words without it. Raises ValueError for `25:00`."""
    if found := _CLOCK.search(words):
        hour, minute, half = int(found[1] or found[4]), int(found[2] or 0), found[3] or found[5]
        if half and not 1 <= hour <= NOON:
            raise ValueError(words)
        hour = hour % NOON + (NOON if half == "pm" else 0) if half else hour
        return time(hour, minute), f"{words[:found.start()]} {words[found.end():]}"
    if found := _HOUR.search(words):
        return time(int(found[1] or found[2])), words[:found.start()]
    for word, clock in CLOCK_WORDS.items():
        if re.search(rf"\b{word}\b", words):
            return clock, re.sub(rf"\b{word}\b", " ", words)
    return None, words


def _day(names: list[str], today: date) -> date:
    """Return the day that the words name; today when there are none. Raises ValueError when they name none."""
    match names:
        case []:
            return today
        case [word] if word in RELATIVE_DAYS:
            return today + timedelta(days=RELATIVE_DAYS[word])
        case [word] if found := _ISO.fullmatch(word):
            return date(int(found[1]), int(found[2]), int(found[3]))
        case [word] if found := _DAY_MONTH.fullmatch(word):
            return _in_year(int(found[1]), int(found[2]), found[3], today)
    return _named_month(names, today)


def _named_month(names: list[str], today: date) -> date:
    """Read `24 november`, `24 ноября 2026`, `2026 lapkričio 24`: the month's word tells day from year."""
    months = [n for n, forms in enumerate(MONTHS, 1) if any(is_one_of(name, forms) for name in names)]
    numbers = [re.sub(r"(?<=\d)(?:st|nd|rd|th|-?е|-?го|-?ą|-?ąją)\Z", "", name) for name in names]
    years = [number for number in numbers if re.fullmatch(r"\d{4}", number)]
    days = [number for number in numbers if re.fullmatch(r"\d{1,2}", number)]
    if len(months) != 1 or len(days) != 1 or len(years) > 1 or len(names) != 2 + len(years):
        raise ValueError(names)
    return _in_year(int(days[0]), months[0], years[0] if years else None, today)


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    try:
        this_year = date(today.year, month, day)
    except ValueError:  # 29.02. is a day of next year only
        return date(today.year + 1, month, day)
    return this_year if today - this_year < HALF_A_YEAR else this_year.replace(year=today.year + 1)


def _moment(day: date, clock: time | None, here: datetime, edge: Edge, hours: Hours | None) -> datetime:
    if clock is None and hours and not hours.always_open and (opened := hours.day_of(day)):
        last_minute = datetime.combine(day, time(23, 59), hours.zone)  # 24:00 would be spoken of as the next day
        return opened.start if edge is Edge.START else min(opened.end, last_minute).astimezone(UTC)
    return datetime.combine(day, clock or edge.value, here.tzinfo).astimezone(UTC)
