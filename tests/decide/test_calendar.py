"""Business time: opening hours across clock changes, closed days and odd calendars."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.config.model import Calendar
from mailbridge.decide.calendar import Hours, hours_of, public_holidays, running
from mailbridge.errors import ConfigError

VILNIUS = "Europe/Vilnius"
OFFICE = Calendar(timezone=VILNIUS, hours={"mon-fri": ("09:00-18:00",)}, closed=("2026-12-24",))
LUNCH = Calendar(timezone=VILNIUS, hours={"mon-thu": ("13:00-18:00", "08:00-12:00"), "fri": ("08:00-13:00",)})
NIGHT = Calendar(timezone=VILNIUS, hours={"mon-sun": ("22:00-24:00", "00:00-06:00")})
ALWAYS = Calendar(timezone=VILNIUS, hours={"mon-sun": ("00:00-24:00",)})


def local(text: str, zone: str = VILNIUS) -> datetime:
    """`2026-11-23 10:00` in a zone, as aware UTC; `+` behind it is the second of two equal times."""
    at = datetime.strptime(text.rstrip("+"), "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone), fold=text.endswith("+"))
    return at.astimezone(UTC)


def shown(at: datetime | None, zone: str = VILNIUS) -> str | None:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if at else None


@pytest.mark.parametrize(
    ("calendar", "at", "is_open", "opens", "closes"),
    [  # 2026-11-23 is a Monday
        (OFFICE, "2026-11-23 08:59", False, "2026-11-23 09:00", "2026-11-23 18:00"),
        (OFFICE, "2026-11-23 09:00", True, "2026-11-23 09:00", "2026-11-23 18:00"),
        (OFFICE, "2026-11-23 17:59", True, "2026-11-23 17:59", "2026-11-23 18:00"),
        (OFFICE, "2026-11-23 18:00", False, "2026-11-24 09:00", "2026-11-24 18:00"),
        (OFFICE, "2026-11-28 12:00", False, "2026-11-30 09:00", "2026-11-30 18:00"),
        (OFFICE, "2026-12-23 19:00", False, "2026-12-25 09:00", "2026-12-25 18:00"),
        (LUNCH, "2026-11-23 12:30", False, "2026-11-23 13:00", "2026-11-23 18:00"),
        (LUNCH, "2026-11-27 13:00", False, "2026-11-30 08:00", "2026-11-30 12:00"),
        (NIGHT, "2026-11-23 23:59", True, "2026-11-23 23:59", "2026-11-24 06:00"),
        (NIGHT, "2026-11-24 00:00", True, "2026-11-24 00:00", "2026-11-24 06:00"),
        (NIGHT, "2026-11-24 06:00", False, "2026-11-24 22:00", "2026-11-25 06:00"),
        (ALWAYS, "2026-11-24 03:00", True, "2026-11-24 03:00", None),
    ],
)
def test_a_desk_is_open_from_its_first_minute_until_just_before_its_closing(
    calendar: Calendar, at: str, is_open: bool, opens: str, closes: str | None
) -> None:
    hours = hours_of(calendar)
    assert hours.open_at(local(at)) is is_open
    assert shown(hours.next_opening(local(at))) == opens
    assert shown(hours.closes_at(local(at))) == closes


@pytest.mark.parametrize(
    ("calendar", "at", "closed_at"),
    [
        (OFFICE, "2026-11-23 18:00", "2026-11-23 18:00"),
        (OFFICE, "2026-11-23 17:59", "2026-11-20 18:00"),
        (OFFICE, "2026-11-29 03:00", "2026-11-27 18:00"),
        (LUNCH, "2026-11-23 12:30", "2026-11-23 12:00"),
        (LUNCH, "2026-11-23 15:00", "2026-11-23 12:00"),
        (NIGHT, "2026-11-24 03:00", "2026-11-23 06:00"),
        (NIGHT, "2026-11-24 06:00", "2026-11-24 06:00"),
        (ALWAYS, "2026-11-24 03:00", None),
    ],
)
def test_the_last_closing_is_found_and_midnight_is_none_when_the_desk_stays_open(
    calendar: Calendar, at: str, closed_at: str | None
) -> None:
    assert shown(hours_of(calendar).last_closing(local(at))) == closed_at


def test_the_opening_that_belongs_to_a_closing_lies_before_midnight_at_night() -> None:
    assert shown(hours_of(NIGHT).opened_at(local("2026-11-24 06:00"))) == "2026-11-23 22:00"
    assert shown(hours_of(LUNCH).opened_at(local("2026-11-23 18:00"))) == "2026-11-23 13:00"


@pytest.mark.parametrize(
    ("calendar", "at", "duration", "due"),
    [
        (OFFICE, "2026-11-23 10:00", "1h", "2026-11-23 11:00"),
        (OFFICE, "2026-11-23 17:30", "1h", "2026-11-24 09:30"),
        (OFFICE, "2026-11-27 17:30", "90m", "2026-11-30 10:00"),
        (OFFICE, "2026-11-28 12:00", "1h", "2026-11-30 10:00"),
        (OFFICE, "2026-11-23 09:00", "9h", "2026-11-23 18:00"),
        (OFFICE, "2026-11-23 09:00", "10h", "2026-11-24 10:00"),
        (OFFICE, "2026-11-23 10:00", "45s", "2026-11-23 10:00"),
        (OFFICE, "2026-11-23 10:00", "3d", "2026-11-26 10:00"),
        (OFFICE, "2026-11-26 10:00", "3d", "2026-12-01 10:00"),
        (OFFICE, "2026-11-23 09:00", "1d", "2026-11-23 18:00"),
        (OFFICE, "2026-11-23 20:00", "1d", "2026-11-24 18:00"),
        (OFFICE, "2026-11-28 12:00", "3d", "2026-12-02 18:00"),
        (OFFICE, "2026-12-23 15:00", "1d", "2026-12-25 15:00"),
        (LUNCH, "2026-11-23 11:30", "1h", "2026-11-23 13:30"),
        (LUNCH, "2026-11-26 15:00", "1d", "2026-11-27 13:00"),
        (LUNCH, "2026-11-23 12:30", "1d", "2026-11-24 13:00"),
        (LUNCH, "2026-11-27 12:30", "1d", "2026-11-30 13:00"),
        (NIGHT, "2026-11-23 23:00", "2h", "2026-11-24 01:00"),
        (NIGHT, "2026-11-24 05:00", "2h", "2026-11-24 23:00"),
        (ALWAYS, "2026-11-23 10:00", "1d", "2026-11-24 10:00"),
        (ALWAYS, "2026-11-23 10:00", "36h", "2026-11-24 22:00"),
    ],
)
def test_business_time_is_added_in_open_hours_and_open_days(
    calendar: Calendar, at: str, duration: str, due: str
) -> None:
    assert shown(hours_of(calendar).add_business(local(at), duration)) == due


@pytest.mark.parametrize(
    ("calendar", "first", "last", "open_time"),
    [
        (OFFICE, "2026-11-23 08:00", "2026-11-23 20:00", timedelta(hours=9)),
        (OFFICE, "2026-11-20 17:00", "2026-11-23 10:00", timedelta(hours=2)),
        (OFFICE, "2026-11-23 20:00", "2026-11-23 21:00", timedelta(0)),
        (OFFICE, "2026-11-23 20:00", "2026-11-23 10:00", timedelta(0)),
        (LUNCH, "2026-11-23 11:00", "2026-11-23 14:00", timedelta(hours=2)),
        (NIGHT, "2026-11-23 20:00", "2026-11-24 08:00", timedelta(hours=8)),
        (ALWAYS, "2026-11-23 00:00", "2026-11-30 00:00", timedelta(days=7)),
    ],
)
def test_open_time_between_two_moments(calendar: Calendar, first: str, last: str, open_time: timedelta) -> None:
    assert hours_of(calendar).business_between(local(first), local(last)) == open_time


@pytest.mark.parametrize(
    ("calendar", "first", "last", "open_time"),
    [  # Vilnius: 2026-03-29 03:00 becomes 04:00; 2026-10-25 04:00 becomes 03:00
        (ALWAYS, "2026-03-29 00:00", "2026-03-30 00:00", timedelta(hours=23)),
        (ALWAYS, "2026-10-25 00:00", "2026-10-26 00:00", timedelta(hours=25)),
        (NIGHT, "2026-03-28 22:00", "2026-03-29 06:00", timedelta(hours=7)),
        (NIGHT, "2026-10-24 22:00", "2026-10-25 06:00", timedelta(hours=9)),
        (OFFICE, "2026-03-27 17:00", "2026-03-30 10:00", timedelta(hours=2)),
    ],
)
def test_a_skipped_hour_does_not_count_and_a_repeated_one_counts_twice(
    calendar: Calendar, first: str, last: str, open_time: timedelta
) -> None:
    assert hours_of(calendar).business_between(local(first), local(last)) == open_time


def test_opening_hours_stay_the_same_on_the_wall_after_a_clock_change() -> None:
    hours = hours_of(OFFICE)
    assert hours.next_opening(local("2026-03-27 20:00")) == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert hours.next_opening(local("2026-10-23 20:00")) == datetime(2026, 10, 26, 7, tzinfo=UTC)
    assert shown(hours_of(ALWAYS).add_business(local("2026-10-24 10:00"), "1d")) == "2026-10-25 10:00"


def test_an_opening_time_that_does_not_exist_that_day_comes_an_hour_later() -> None:
    early = hours_of(Calendar(timezone=VILNIUS, hours={"sun": ("03:00-03:30", "03:30-05:00")}))
    assert shown(early.next_opening(local("2026-03-29 00:00"))) == "2026-03-29 04:00"
    assert early.business_between(local("2026-03-29 00:00"), local("2026-03-29 12:00")) == timedelta(hours=1)


def test_a_day_that_a_country_skipped_does_not_open() -> None:
    samoa = Calendar(timezone="Pacific/Apia", hours={"mon-sun": ("00:00-24:00",)})
    first, last = local("2011-12-29 00:00", "Pacific/Apia"), local("2012-01-01 00:00", "Pacific/Apia")
    assert hours_of(samoa).business_between(first, last) == timedelta(days=2)


def test_midnight_that_does_not_exist_neither_loses_nor_doubles_time() -> None:
    beirut = Calendar(timezone="Asia/Beirut", hours={"mon-sun": ("00:00-24:00",)})
    first, last = local("2026-03-28 12:00", "Asia/Beirut"), local("2026-03-29 12:00", "Asia/Beirut")
    assert hours_of(beirut).business_between(first, last) == last - first == timedelta(hours=23)


def test_a_calendar_that_never_opens_is_an_error_and_never_endless() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(6 * 366))
    hours = Hours(ZoneInfo(VILNIUS), hours_of(OFFICE).week, closed)
    with pytest.raises(ConfigError, match="does not open within 5 years"):
        hours.next_opening(local("2026-01-05 10:00"))
    with pytest.raises(ConfigError, match="does not open within 5 years"):
        hours.add_business(local("2025-12-31 10:00"), "3d")
    assert hours.business_between(local("2026-01-05 10:00"), local("2030-01-05 10:00")) == timedelta(0)
    assert hours.last_closing(local("2031-12-05 10:00")) is None


def test_a_calendar_without_any_hours_is_refused_when_it_is_made_ready() -> None:
    with pytest.raises(ConfigError, match="never opens"):
        hours_of(Calendar.model_construct(timezone="UTC", hours={"mon": ()}, closed=(), holidays=None))


def test_no_calendar_means_always_open() -> None:
    hours = hours_of(None)
    assert hours.always_open
    assert hours.closes_at(local("2026-11-23 10:00")) is None
    assert hours.last_closing(local("2026-11-23 10:00")) is None


def test_a_desk_that_closes_once_a_year_knows_that_closing() -> None:
    hours = hours_of(Calendar(timezone=VILNIUS, closed=("2026-12-24",)))
    assert shown(hours.closes_at(local("2026-11-23 10:00"))) == "2026-12-24 00:00"
    assert shown(hours.last_closing(local("2027-02-01 10:00"))) == "2026-12-24 00:00"


def test_public_holidays_are_closed_days() -> None:
    pytest.importorskip("holidays", reason="needs the extra: pip install 'mailbridge[holidays]'")
    hours = hours_of(Calendar(timezone=VILNIUS, hours={"mon-fri": ("09:00-18:00",)}, holidays="LT"))
    assert not hours.open_at(local("2026-12-24 12:00"))
    assert shown(hours.next_opening(local("2026-12-23 19:00"))) == "2026-12-28 09:00"
    assert date(2026, 1, 6) in public_holidays("DE-BY", 2026)
    assert date(2026, 1, 6) not in public_holidays("DE-BE", 2026)


@pytest.mark.parametrize("code", ["XX", "DE-XX"])
def test_unknown_holidays_are_refused_with_what_to_write(code: str) -> None:
    pytest.importorskip("holidays", reason="needs the extra: pip install 'mailbridge[holidays]'")
    with pytest.raises(ConfigError, match="ISO 3166"):
        hours_of(Calendar(timezone=VILNIUS, holidays=code))


@pytest.mark.parametrize(("text", "span"), [
    ("45s", timedelta(seconds=45)), ("90m", timedelta(minutes=90)), ("24h", timedelta(hours=24)),
    ("3d", timedelta(days=3))])
def test_running_time_counts_a_day_as_24_hours(text: str, span: timedelta) -> None:
    assert running(text) == span


STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001 - drawn naive, then UTC
    lambda at: at.replace(tzinfo=UTC, second=0, microsecond=0, minute=at.minute // 15 * 15))


@settings(max_examples=60, deadline=None)
@given(calendar=st.sampled_from([OFFICE, LUNCH, NIGHT, ALWAYS]), at=STARTS, quarters=st.integers(0, 300))
def test_open_time_is_what_counting_quarter_hours_on_the_wall_gives(
    calendar: Calendar, at: datetime, quarters: int
) -> None:
    hours, quarter, zone = hours_of(calendar), timedelta(minutes=15), ZoneInfo(VILNIUS)
    counted = 0
    for n in range(quarters):
        wall = (at + n * quarter).astimezone(zone)
        spans = hours.week[wall.weekday()] if wall.date() not in hours.closed else ()
        counted += any(first <= wall.hour * 60 + wall.minute < last for first, last in spans)
    assert hours.business_between(at, at + quarters * quarter) == counted * quarter


@settings(max_examples=100, deadline=None)
@given(calendar=st.sampled_from([OFFICE, LUNCH, NIGHT, ALWAYS]), at=STARTS, minutes=st.integers(1, 20_000))
def test_time_added_and_time_counted_agree(calendar: Calendar, at: datetime, minutes: int) -> None:
    hours = hours_of(calendar)
    due = hours.add_business(at, f"{minutes}m")
    assert hours.business_between(at, due) == timedelta(minutes=minutes)
    assert hours.open_at(due - timedelta(microseconds=1))


@settings(max_examples=100, deadline=None)
@given(calendar=st.sampled_from([OFFICE, LUNCH, NIGHT]), at=STARTS, days=st.integers(1, 30))
def test_open_days_end_in_open_hours_and_more_days_are_never_earlier(
    calendar: Calendar, at: datetime, days: int
) -> None:
    hours = hours_of(calendar)
    due = hours.add_business(at, f"{days}d")
    assert due > at
    assert hours.open_at(due) or hours.open_at(due - timedelta(microseconds=1))
    assert hours.add_business(at, f"{days + 1}d") > due
