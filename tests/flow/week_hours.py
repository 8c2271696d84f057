"""Opening hours reckoned a second time, in the plainest way, so that the desk's own calendar is not its own judge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VILNIUS = ZoneInfo("Europe/Vilnius")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Office:
    """Open on weekdays from `opens` to `closes` o'clock where it is; not on `shut` days. `always`: it never closes."""

    opens: int = 9
    closes: int = 18
    shut: tuple[date, ...] = ()
    always: bool = False

    def spans(self, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
        """Return the open spans from a day before `first` to a day after `last`."""
        if self.always:
            return [(first - 9 * DAY, last + 9 * DAY)]
        days = [first.astimezone(VILNIUS).date() + number * DAY for number in range(-9, (last - first).days + 10)]
        return [(_at(day, self.opens), _at(day, self.closes)) for day in days if day.weekday() < 5 and day not in self.shut]

    def is_open(self, at: datetime) -> bool:
        """Say whether the office is open; the closing moment is closed."""
        return any(start <= at < end for start, end in self.spans(at, at))

    def last_closing(self, at: datetime) -> datetime | None:
        """Return when it closed last before `at`."""
        return None if self.always else max(end for _, end in self.spans(at, at) if end <= at)

    def after(self, at: datetime, open_time: timedelta) -> datetime:
        """Return the moment at which the office has been open for so long since `at`."""
        for start, end in self.spans(at, at + 30 * DAY):
            begin = max(start, at)
            if begin < end:
                if open_time <= end - begin:
                    return begin + open_time
                open_time -= end - begin
        raise AssertionError("the office never opens")


def local_day(at: datetime) -> date:
    """Return the day of a moment where the office is."""
    return at.astimezone(VILNIUS).date()


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), VILNIUS).astimezone(UTC)


_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"),
    "lt": ("sausio", "vasario", "kovo", "balandžio", "gegužės", "birželio", "liepos", "rugpjūčio", "rugsėjo", "spalio", "lapkričio", "gruodžio"),
}


def day_in_words(day: date, language: str) -> str:
    """Return a day as a letter of that language names it: `26 October`, `26 октября`, `spalio 26 d.`."""
    month = _MONTHS[language][day.month - 1]
    return f"{month} {day.day} d." if language == "lt" else f"{day.day} {month}"


def named_moments(text: str, language: str, at: datetime) -> list[datetime]:
    """Return the moments of the fortnight from `at` on that a letter names: each clock time on the day named last before it.

    In the night in which the clocks go back an hour comes twice; the second is meant, as a deadline.
    """
    first = at.astimezone(VILNIUS).date()
    days = {day_in_words(first + number * DAY, language): first + number * DAY for number in range(15)}
    found, day = [], None
    for match in re.finditer(rf"(?<!\d)({'|'.join(map(re.escape, days))})|(?<!\d)(\d{{1,2}}):(\d{{2}})", text):
        if match[1]:
            day = days[match[1]]
        elif day is not None:
            found.append(datetime.combine(day, time(int(match[2]), int(match[3]), fold=1), VILNIUS).astimezone(UTC))
    return found
