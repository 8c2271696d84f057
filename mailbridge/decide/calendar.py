"""Business time: when a desk is open, and how long something takes in open hours.

In: a `Calendar` of the configuration, moments (aware UTC) and durations (`90m`, `4h`, `3d`). Out: moments and spans of
time. `Hours` is a calendar made ready for reckoning. It walks from open period to open period, at most `REACH` far, so
it always ends. Clock changes: an hour that a spring night skips does not count, one that an autumn night repeats counts
twice; an opening time that does not exist that day comes an hour later, one that comes twice is the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mailbridge.config.model import Calendar
from mailbridge.config.values import DAYS, days_of, minutes_of, seconds
from mailbridge.errors import ConfigError

REACH = timedelta(days=5 * 366)
"""How far we look for an open hour, either way."""

MOST_KNOWN = 4_000  # days whose open periods a calendar remembers

DAY = timedelta(days=1)
WHOLE_DAY = (0, 24 * 60)

Minutes = tuple[int, int]


class Period(NamedTuple):
    """An open period, aware UTC; `end` is the first closed moment."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours, ready for reckoning. Make it by `hours_of`.

    week: for each day from Monday the open spans in minutes of the local day, sorted; 1440 is its end.
    closed: days that are closed whatever the week says; holidays: country or country-region, or None.
    always_open: it never closes.
    """

    zone: ZoneInfo
    week: tuple[tuple[Minutes, ...], ...]
    closed: frozenset[date] = frozenset()
    holidays: str | None = None
    always_open: bool = field(init=False, compare=False)
    _known: dict[date, tuple[Period, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        never_closed = not self.closed and not self.holidays and all(_covers_day(spans) for spans in self.week)
        object.__setattr__(self, "always_open", never_closed)
        object.__setattr__(self, "_known", {})

    def open_at(self, at: datetime) -> bool:
        """Say whether the desk is open at a moment; the closing moment itself is closed."""
        return self.always_open or any(period.start <= at < period.end for period in self._near(at))

    def open_day(self, day: date) -> bool:
        """Say whether the desk opens at all on a local day."""
        return bool(self._spans(day))

    def day_of(self, day: date) -> Period | None:
        """Return the first opening and the last closing of a local day; None on a closed one."""
        periods = self._periods_of(day)
        return Period(periods[0].start, periods[-1].end) if periods else None

    def local_day(self, at: datetime) -> date:
        """Return the local day of a moment."""
        return at.astimezone(self.zone).date()

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` when the desk is open then, else the next moment at which it opens.

        Raises ConfigError when it does not open within `REACH`.
        """
        return at if self.always_open else max(at, next(self.periods(at)).start)

    def closes_at(self, at: datetime) -> datetime | None:
        """Return when the open period that holds `at` (or the next one) ends; None when it never does (`REACH`)."""
        if self.always_open:
            return None
        periods = self.periods(at)
        end = next(periods).end
        for period in periods:
            if period.start > end:
                return end
            end = period.end
            if end - at > REACH:
                return None
        return end

    def last_closing(self, at: datetime) -> datetime | None:
        """Return the latest moment, not after `at`, at which the desk closed; None when it never did (`REACH`)."""
        if self.always_open:
            return None
        later: datetime | None = self.next_opening(at)
        for period in self._periods_back(at):
            if period.end <= at and period.end != later:
                return period.end
            later = period.start
        return None

    def opened_at(self, closing: datetime) -> datetime:
        """Return when the open period began that ends at `closing`; days that touch at midnight are one period."""
        start = closing
        for period in self._periods_back(closing):
            if period.end < start or closing - start > REACH:
                break
            start = period.start
        return start

    def add_business(self, at: datetime, duration: str) -> datetime:
        """Return the moment that comes `duration` of open time after `at`.

        What starts while closed starts at the opening. `s`, `m` and `h` use up open time; the result may be a closing
        moment. `d` is one open day: the same time of the next open day (or its closing, if that is earlier); from the
        opening of a day it is the closing of that same day.
        """
        if duration.endswith("d"):
            return self._add_days(self.next_opening(at), int(duration[:-1]))
        return self.add_time(at, running(duration))

    def add_time(self, at: datetime, left: timedelta) -> datetime:
        """Return the moment at which `left` of open time has passed since `at`; `at` itself for nothing."""
        if self.always_open or left <= timedelta(0):
            return at + max(left, timedelta(0))
        for period in self.periods(at):
            start = max(at, period.start)
            if left <= period.end - start:
                return start + left
            left -= period.end - start
        raise ConfigError(self._never())

    def business_between(self, first: datetime, last: datetime) -> timedelta:
        """Return how much open time lies between two moments; nothing when the last is not after the first."""
        total = timedelta(0)
        if self.always_open or last <= first:
            return max(last - first, total)
        day, end = self.local_day(first) - DAY, self.local_day(last)
        behind = first
        while day <= end:
            for period in self._periods_of(day):
                start, stop = max(period.start, behind), min(period.end, last)
                if stop > start:
                    total += stop - start
                    behind = stop
            day += DAY
        return total

    def periods(self, at: datetime) -> Iterator[Period]:
        """Yield the open periods that end after `at`, in order, never overlapping.

        The periods of two days are apart even when they touch. Raises ConfigError when none begins within `REACH` of
        the end of the one before.
        """
        day, behind = self.local_day(at) - DAY, at
        opened_on = day
        while day - opened_on <= REACH:
            for period in self._periods_of(day):
                if period.end > behind:
                    yield Period(max(period.start, behind) if behind > at else period.start, period.end)
                    behind, opened_on = period.end, day
            day += DAY
        raise ConfigError(self._never())

    def _periods_back(self, at: datetime) -> Iterator[Period]:
        day = self.local_day(at) + DAY
        for _ in range(REACH.days):
            yield from (period for period in reversed(self._periods_of(day)) if period.start < at)
            day -= DAY

    def _near(self, at: datetime) -> Iterator[Period]:
        day = self.local_day(at)
        for near in (day - DAY, day, day + DAY):
            yield from self._periods_of(near)

    def _spans(self, day: date) -> tuple[Minutes, ...]:
        if day in self.closed or (self.holidays and day in public_holidays(self.holidays, day.year)):
            return ()
        return self.week[day.weekday()]

    def _periods_of(self, day: date) -> tuple[Period, ...]:
        """Return the open periods of a local day; worked out once, for every mail asks for the same few days."""
        known = self._known.get(day)
        if known is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            known = self._known[day] = self._work_out(day)
        return known

    def _work_out(self, day: date) -> tuple[Period, ...]:
        found: list[Period] = []
        for first, last in self._spans(day):
            start, end = self._moment(day, first), self._moment(day, last)
            start = max(start, found[-1].end) if found else start
            if start < end:
                found.append(Period(start, end))
        return tuple(found)

    def _moment(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, 24 * 60)
        local = datetime.combine(day + days * DAY, time(*divmod(rest, 60)), self.zone)
        return local.astimezone(UTC)

    def _add_days(self, at: datetime, days: int) -> datetime:
        day = self.local_day(at)
        opened = self.day_of(day)
        if opened and at == opened.start:
            return self._nth_open_day(day, days - 1).end
        local = at.astimezone(self.zone).time()
        target = self._nth_open_day(day, days)
        wanted = datetime.combine(self.local_day(target.start), local, self.zone).astimezone(UTC)
        return min(self.next_opening(max(wanted, target.start)), target.end)

    def _nth_open_day(self, day: date, count: int) -> Period:
        """Return the `count`th open day after `day` (0: `day` itself, which is open)."""
        searched = 0
        found = self.day_of(day)
        while count or not found:
            day, searched = day + DAY, searched + 1
            found = self.day_of(day)
            if found:
                count, searched = count - 1, 0
            elif searched > REACH.days:
                raise ConfigError(self._never())
        return found

    def _never(self) -> str:
        return (f"config/calendars.toml: a calendar of {self.zone.key} does not open within {REACH.days // 366} years. "
                "Name opening hours, and look through its closed days, then run: mailbridge check")


@lru_cache(maxsize=64)
def _hours(
    timezone: str, hours: tuple[tuple[str, tuple[str, ...]], ...], closed: tuple[str, ...], holidays: str | None,
) -> Hours:
    week: dict[str, list[Minutes]] = {day: [] for day in DAYS}
    for span, opened in hours:
        for day in days_of(span):
            week[day] += [minutes_of(one) for one in opened]
    return Hours(
        ZoneInfo(timezone), tuple(tuple(sorted(week[day])) for day in DAYS),
        frozenset(date.fromisoformat(day) for day in closed), holidays)


def hours_of(calendar: Calendar | None) -> Hours:
    """Return a calendar made ready; without one the desk is always open, in UTC.

    Raises ConfigError when the calendar names no open hour at all, or holidays that nobody knows.
    """
    calendar = calendar or Calendar()
    hours = _hours(calendar.timezone, tuple(calendar.hours.items()), calendar.closed, calendar.holidays)
    if not any(hours.week):
        raise ConfigError(
            "config/calendars.toml: a calendar never opens. Name opening hours, for example "
            '{ mon-fri = ["09:00-18:00"] }, then run: mailbridge check')
    if calendar.holidays:
        public_holidays(calendar.holidays, 2026)
    return hours


def running(duration: str) -> timedelta:
    """Return a duration of the configuration (`90m`, `24h`, `3d`) in running time; `d` is 24 hours."""
    return timedelta(seconds=seconds(duration))


@lru_cache(maxsize=256)
def public_holidays(code: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (`LT`) or of a region of it (`DE-BY`) in a year.

    Needs the extra `holidays`. Raises ConfigError when it is missing, or when it does not know the country or the
    region.
    """
    try:
        import holidays  # heavy, and only for those who name a country
    except ImportError:
        raise ConfigError(
            f'config/calendars.toml: holidays = "{code}" needs an extra. '
            "Run: pip install 'mailbridge[holidays]', or list the days in `closed`") from None
    country, _, region = code.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        raise ConfigError(
            f'config/calendars.toml: holidays = "{code}" is not a country or region that is known. '
            'Write an ISO 3166 code like "LT" or "DE-BY", or list the days in `closed`') from None


def _covers_day(spans: tuple[Minutes, ...]) -> bool:
    end = 0
    for first, last in spans:
        if first > end:
            return False
        end = max(end, last)
    return end == WHOLE_DAY[1]
