"""Dates as agents write them, in three languages; now is Monday, 23 November 2026, 14:00 in Vilnius."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.config.model import Calendar
from mailbridge.decide.calendar import Hours, hours_of
from mailbridge.decide.command_dates import DateFault, Edge, read_until
from mailbridge.decide.command_values import Reason

VILNIUS = "Europe/Vilnius"
NOW = datetime(2026, 11, 23, 14, tzinfo=ZoneInfo(VILNIUS)).astimezone(UTC)
OFFICE = hours_of(Calendar(timezone=VILNIUS, hours={"mon-fri": ("10:00-16:30",)}))
ALWAYS = hours_of(Calendar(timezone=VILNIUS))


def read(text: str, now: datetime = NOW, edge: Edge = Edge.END, hours: Hours | None = None) -> str:
    until = read_until(text, now, VILNIUS, edge, hours)
    local = until.at.astimezone(ZoneInfo(VILNIUS)).strftime("%Y-%m-%d %H:%M")
    return local.removesuffix(" 18:00") if until.whole_day and local.endswith(" 18:00") else local


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2026-11-24", "2026-11-24"),
        ("2026-11-24 15:00", "2026-11-24 15:00"),
        ("2026-11-24T15:00", "2026-11-24 15:00"),
        ("2026-11-24 15:00:30", "2026-11-24 15:00"),
        ("2026-11-24T15:00Z", "2026-11-24 17:00"),
        ("2026-11-24T15:00+01:00", "2026-11-24 16:00"),
        ("2026.11.24", "2026-11-24"),
        ("24.11.", "2026-11-24"),
        ("24.11", "2026-11-24"),
        ("24.11.2026", "2026-11-24"),
        ("24.11.26", "2026-11-24"),
        ("24.11. 15:00", "2026-11-24 15:00"),
        ("24.11.2026, 9:05", "2026-11-24 09:05"),
        ("by 24.11.", "2026-11-24"),
        ("15:00 24.11.", "2026-11-24 15:00"),
        ("10.01.", "2027-01-10"),
        ("15:00", "2026-11-23 15:00"),
        ("3pm", "2026-11-23 15:00"),
        ("at 3:30 PM", "2026-11-23 15:30"),
        ("12am tomorrow", "2026-11-24 00:00"),
        ("noon tomorrow", "2026-11-24 12:00"),
        ("today", "2026-11-23"),
        ("tomorrow", "2026-11-24"),
        ("Tomorrow at 9:00", "2026-11-24 09:00"),
        ("by friday", "2026-11-27"),
        ("Fri 12:00", "2026-11-27 12:00"),
        ("monday", "2026-11-23"),
        ("monday 10:00", "2026-11-30 10:00"),
        ("next wednesday", "2026-11-25"),
        ("24 November", "2026-11-24"),
        ("November 24th, 2026", "2026-11-24"),
        ("24 nov. 15:00", "2026-11-24 15:00"),
        ("the 24th of November", "2026-11-24"),
        ("сегодня", "2026-11-23"),
        ("завтра", "2026-11-24"),
        ("завтра в 9:00", "2026-11-24 09:00"),
        ("послезавтра", "2026-11-25"),
        ("в пятницу", "2026-11-27"),
        ("до пятницы 12:00", "2026-11-27 12:00"),
        ("к среде", "2026-11-25"),
        ("во вторник", "2026-11-24"),
        ("пт", "2026-11-27"),
        ("до 24 ноября", "2026-11-24"),
        ("24 ноября 2026 г. в 15:00", "2026-11-24 15:00"),
        ("завтра к 15 часам", "2026-11-24 15:00"),
        ("завтра в 15", "2026-11-24 15:00"),
        ("šiandien", "2026-11-23"),
        ("rytoj", "2026-11-24"),
        ("rytoj 9:00", "2026-11-24 09:00"),
        ("poryt", "2026-11-25"),
        ("penktadienį", "2026-11-27"),
        ("iki penktadienio", "2026-11-27"),
        ("penktadieni 12:00", "2026-11-27 12:00"),
        ("iki trečiadienio 15 val.", "2026-11-25 15:00"),
        ("lapkričio 24 d.", "2026-11-24"),
        ("2026 m. lapkričio 24 d. 15:00", "2026-11-24 15:00"),
        ("30m", "2026-11-23 14:30"),
        ("4h", "2026-11-23 18:00"),
        ("3d", "2026-11-26 14:00"),
        ("2w", "2026-12-07 14:00"),
        ("in 3 days", "2026-11-26 14:00"),
        ("1 hour", "2026-11-23 15:00"),
        ("через 2 часа", "2026-11-23 16:00"),
        ("через 3 дня", "2026-11-26 14:00"),
        ("4ч", "2026-11-23 18:00"),
        ("po 3 dienų", "2026-11-26 14:00"),
        ("po 2 valandų", "2026-11-23 16:00"),
    ],
)
def test_a_date_is_read_as_it_was_meant(text: str, means: str) -> None:
    assert read(text) == means


@pytest.mark.parametrize(
    "text",
    ["some day", "soon", "11/24", "24/11", "24", "24.13.", "30.02.2026", "25:00", "15:61", "13pm", "0pm", "2026-11-31",
     "money", "24.11.2026.2027", "friday saturday", "24 november december", "november", "24 24 november", "-3d", "3",
     "3 moons", "12:00 13:00", "вчерашний день", "2026-11-24T99:00Z", "tomorrow please", "tomorrow tomorrow", "\x00",
     "99999999d"],
)
def test_what_is_no_date_is_refused_not_guessed(text: str) -> None:
    with pytest.raises(DateFault) as fault:
        read(text)
    assert fault.value.reason is Reason.NO_DATE


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("22.11.", "2026-11-22 18:00"), ("01.06.", "2026-06-01 18:00"), ("13:59", "2026-11-23 13:59"),
        ("14:00", "2026-11-23 14:00"), ("yesterday", "2026-11-22 18:00"), ("вчера", "2026-11-22 18:00"),
        ("vakar", "2026-11-22 18:00"), ("2025-11-24", "2025-11-24 18:00"), ("today 10:00", "2026-11-23 10:00"),
        ("0d", "2026-11-23 14:00"),
    ],
)
def test_the_past_is_refused_with_what_was_understood(text: str, means: str) -> None:
    with pytest.raises(DateFault) as fault:
        read(text)
    assert fault.value.reason is Reason.PAST
    assert fault.value.at is not None
    assert fault.value.at.astimezone(ZoneInfo(VILNIUS)).strftime("%Y-%m-%d %H:%M") == means


@pytest.mark.parametrize("text", ["2062-11-24", "9999-12-31", "9999d", "24.11.2029"])
def test_a_date_far_away_is_taken_for_a_slip(text: str) -> None:
    with pytest.raises(DateFault) as fault:
        read(text)
    assert fault.value.reason is Reason.TOO_FAR


@pytest.mark.parametrize(
    ("text", "edge", "hours", "means"),
    [
        ("tomorrow", Edge.END, OFFICE, "2026-11-24 16:30"),
        ("tomorrow", Edge.START, OFFICE, "2026-11-24 10:00"),
        ("tomorrow", Edge.START, None, "2026-11-24 09:00"),
        ("saturday", Edge.START, OFFICE, "2026-11-28 09:00"),
        ("tomorrow", Edge.START, ALWAYS, "2026-11-24 09:00"),
        ("monday", Edge.START, OFFICE, "2026-11-30 10:00"),
        ("monday", Edge.END, OFFICE, "2026-11-23 16:30"),
    ],
)
def test_a_day_without_a_time_keeps_to_the_opening_hours(
    text: str, edge: Edge, hours: Hours | None, means: str
) -> None:
    assert read(text, edge=edge, hours=hours) == means


def test_a_desk_open_until_midnight_promises_the_same_day_not_the_next() -> None:
    late = hours_of(Calendar(timezone=VILNIUS, hours={"mon-fri": ("12:00-24:00",)}))
    assert read("tomorrow", hours=late) == "2026-11-24 23:59"


def test_days_keep_the_time_of_day_across_a_clock_change_and_hours_do_not() -> None:
    before = datetime(2026, 10, 24, 14, tzinfo=ZoneInfo(VILNIUS)).astimezone(UTC)
    assert read("1d", before) == "2026-10-25 14:00"
    assert read("24h", before) == "2026-10-25 13:00"


def test_the_29th_of_february_is_a_day_of_leap_years_only() -> None:
    assert read("29.02.", datetime(2027, 6, 1, tzinfo=UTC)) == "2028-02-29"
    with pytest.raises(DateFault):
        read("29.02.")


@given(text=st.text(alphabet="0123456789.:-/ tzhdmw завтрfriday+", max_size=24))
def test_no_text_whatever_is_read_as_a_moment_that_has_passed(text: str) -> None:
    try:
        until = read_until(text, NOW, VILNIUS, Edge.END)
    except DateFault:
        return
    assert timedelta(0) < until.at - NOW <= timedelta(days=731)
