"""When a mail is tried again (RFC 5321 §4.5.4.1)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.decide.retry import SPREAD, WAITS, next_try

FIRST = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FIVE_DAYS = timedelta(days=5)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 120), (7, 180), (8, 180), (1000, 180)]
)
def test_each_wait_is_longer_than_the_one_before_until_three_hours(attempts: int, minutes: int) -> None:
    now = FIRST + timedelta(hours=1)
    assert next_try(attempts, FIRST, now, FIVE_DAYS, 0.0) == now + timedelta(minutes=minutes)


def test_jitter_makes_the_wait_longer_by_a_fifth_at_most() -> None:
    at = next_try(5, FIRST, FIRST, FIVE_DAYS, 1.0)
    assert at == FIRST + timedelta(hours=1) * (1 + SPREAD)
    assert SPREAD <= 0.2


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (FIRST + FIVE_DAYS - timedelta(hours=4), FIRST + FIVE_DAYS - timedelta(hours=1)),
        (FIRST + FIVE_DAYS - timedelta(hours=1), FIRST + FIVE_DAYS),
        (FIRST + FIVE_DAYS - timedelta(seconds=1), FIRST + FIVE_DAYS),
        (FIRST + FIVE_DAYS, None),
        (FIRST + FIVE_DAYS + timedelta(days=30), None),
    ],
    ids=["within", "the last try is at the end", "a second before the end", "at the end", "long after"],
)
def test_the_last_try_falls_on_the_end_and_then_it_is_given_up(now: datetime, at: datetime | None) -> None:
    assert next_try(20, FIRST, now, FIVE_DAYS, 0.0) == at


def test_a_mail_that_is_refused_for_days_is_tried_about_forty_times() -> None:
    now: datetime | None = FIRST
    attempts = 0
    while now is not None:
        attempts += 1
        last, now = now, next_try(attempts, FIRST, now, FIVE_DAYS, 0.5)
    assert last == FIRST + FIVE_DAYS
    assert 30 <= attempts <= 60


@pytest.mark.parametrize(("attempts", "jitter"), [(0, 0.0), (-1, 0.0), (1, -0.1), (1, 1.1)])
def test_values_that_cannot_be_are_refused(attempts: int, jitter: float) -> None:
    with pytest.raises(ValueError, match="must be at least 1 and jitter"):
        next_try(attempts, FIRST, FIRST, FIVE_DAYS, jitter)


@given(st.integers(1, 100), st.timedeltas(timedelta(days=-30), timedelta(days=30)), st.floats(0, 1))
def test_the_next_try_lies_ahead_and_never_behind_the_end(attempts: int, since: timedelta, jitter: float) -> None:
    now = FIRST + since
    at = next_try(attempts, FIRST, now, FIVE_DAYS, jitter)
    assert (at is None) == (now >= FIRST + FIVE_DAYS)
    if at is not None:
        assert now < at <= min(FIRST + FIVE_DAYS, now + WAITS[-1] * (1 + SPREAD))
