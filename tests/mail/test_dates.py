"""Dates of mail programs that keep no standard."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.dates import parse_date

TEN = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(("value", "date"), [
    ("Mon, 2 Nov 2026 10:00:00 +0000", TEN), ("2 Nov 2026 12:00 +0200", TEN), ("Mon, 02 Nov 26 10:00:00 GMT", TEN),
    ("2026-11-02T10:00:00Z", TEN),
    ("2026-11-02 12:00:00 +02:00", TEN), ("2026-11-02 10:00", TEN), ("Пн, 2 ноя 2026 13:00:00 +0300", TEN),
    ("2 lapkričio 2026 10:00:00", TEN),
    ("2. November 2026 10:00:00", TEN), ("Mon Nov  2 10:00:00 2026", TEN), ("Mon, 2 Nov 2026 10:00:00 +0000 (UTC)", TEN), ("", None),
    ("yesterday", None),
    ("32 Nov 2026 10:00:00", None), ("2026-13-02T10:00:00Z", None), ("Mon, 2 Nov 2026 25:00:00 +0000", None),
    ("2 Nov 99999 10:00:00", None),
])
def test_dates_are_read(value: str, date: datetime | None) -> None:
    assert parse_date(value) == date


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789 :+-TZ,()MonNv.\u0660")))
def test_any_text_gives_a_date_or_none(value: str) -> None:
    found = parse_date(value)
    assert found is None or found.tzinfo is UTC
