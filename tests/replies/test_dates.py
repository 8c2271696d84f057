"""Moments and spans as people write them (design.md §5, estimate)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailbridge.replies.dates import clock_time, moment, part_of_day, plural, span, stamp, zone

VILNIUS, MOSCOW, NEW_YORK = zone("Europe/Vilnius"), zone("Europe/Moscow"), zone("America/New_York")
NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)  # a Saturday; in Vilnius half past ten in the evening


def utc(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(("locale", "at", "form", "words"), [
    ("en", utc(21, 21, 15), "by", "by 23:15 today"),
    ("en", utc(21, 21, 15), "on", "at 23:15 today"),
    ("en", utc(22, 7), "by", "by 9:00 tomorrow, Sunday, 22 November"),
    ("en", utc(24, 13), "by", "by Tuesday, 24 November, 15:00"),
    ("en", utc(24, 13), "on", "on Tuesday, 24 November, 15:00"),
    ("en", utc(4, 13, month=1, year=2027), "by", "by Monday, 4 January 2027, 15:00"),
    ("ru", utc(21, 21, 15), "by", "сегодня до 23:15"),
    ("ru", utc(21, 21, 15), "on", "сегодня в 23:15"),
    ("ru", utc(22, 7), "by", "завтра, 22 ноября, до 9:00"),
    ("ru", utc(24, 13), "by", "во вторник, 24 ноября, до 15:00"),
    ("ru", utc(25, 13), "on", "в среду, 25 ноября, в 15:00"),
    ("ru", utc(2, 13, month=5, year=2027), "by", "в воскресенье, 2 мая 2027 года, до 16:00"),
    ("lt", utc(21, 21, 15), "by", "šiandien iki 23:15"),
    ("lt", utc(21, 21, 15), "on", "šiandien 23:15"),
    ("lt", utc(22, 7), "by", "rytoj, lapkričio 22 d., iki 9:00"),
    ("lt", utc(24, 13), "by", "antradienį, lapkričio 24 d., iki 15:00"),
    ("lt", utc(25, 13), "on", "trečiadienį, lapkričio 25 d., 15:00"),
    ("lt", utc(4, 13, month=1, year=2027), "by", "pirmadienį, 2027 m. sausio 4 d., iki 15:00"),
])
def test_a_moment_is_said_as_people_say_it(locale: str, at: datetime, form: str, words: str) -> None:
    assert moment(at, NOW, VILNIUS, locale, form=form, certain=True) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(("where", "words"), [
    (VILNIUS, "by 0:30 tomorrow, Sunday, 22 November"),   # past midnight there, and not yet at the desk
    (MOSCOW, "by 1:30 tomorrow, Sunday, 22 November"),
    (NEW_YORK, "by 17:30 today"),
])
def test_today_is_the_readers_today(where: object, words: str) -> None:
    assert moment(NOW + timedelta(hours=2), NOW, where, "en", form="by", certain=True) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(("locale", "where", "words"), [
    ("en", VILNIUS, "by Saturday, 21 November, 23:30 Vilnius time"),
    ("en", NEW_YORK, "by Saturday, 21 November, 16:30 New York time"),
    ("en", zone("UTC"), "by Saturday, 21 November, 21:30 (UTC)"),
    ("ru", VILNIUS, "в субботу, 21 ноября, до 23:30 по вильнюсскому времени"),
    ("ru", NEW_YORK, "в субботу, 21 ноября, до 16:30 (UTC-5)"),
    ("lt", VILNIUS, "šeštadienį, lapkričio 21 d., iki 23:30 Lietuvos laiku"),
    ("lt", zone("Asia/Kolkata"), "sekmadienį, lapkričio 22 d., iki 3:00 (UTC+5:30)"),
])
def test_an_uncertain_zone_is_named_and_nothing_is_called_today(locale: str, where: object, words: str) -> None:
    at = NOW + timedelta(hours=1)
    assert moment(at, NOW, where, locale, form="by", certain=False) == words  # type: ignore[arg-type]


def test_a_language_without_words_of_ours_gets_its_own_pattern() -> None:
    assert moment(utc(24, 13), NOW, VILNIUS, "de", form="by", certain=True) == "Di., 24. Nov. 2026, 15:00"


@pytest.mark.parametrize(("name", "hours"), [
    ("+02:00", 2), ("-0530", -5.5), ("UTC+03:00", 3), ("GMT-08:00", -8), ("Europe/Vilnius", 2), (None, 0), ("", 0),
    ("Nowhere/Here", 0), ("../../etc/passwd", 0), ("+99:00", 0), ("UTC", 0),
])
def test_a_zone_is_a_name_or_an_offset_and_utc_when_it_is_neither(name: str | None, hours: float) -> None:
    assert NOW.astimezone(zone(name)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(("hour", "locale", "part"), [
    (3, "en", ""), (5, "en", "morning"), (11, "en", "morning"), (11, "ru", "day"), (11, "lt", "day"), (12, "en", "day"),
    (17, "lt", "day"), (18, "ru", "evening"), (23, "en", "evening"), (0, "ru", ""),
])
def test_the_part_of_day_is_the_readers(hour: int, locale: str, part: str) -> None:
    assert part_of_day(utc(24, hour), zone("UTC"), locale) == part


@pytest.mark.parametrize(("hours", "locale", "words"), [
    (27, "en", "1 day 3 hours"), (1, "en", "1 hour"), (0, "en", "0 minutes"), (0.2, "lt", "12 minučių"),
    (21, "lt", "21 valanda"), (5, "ru", "5 часов"), (50, "ru", "2 дня 2 часа"), (48, "lt", "2 dienos"),
    (240, "lt", "10 dienų"), (-3, "en", "0 minutes"), (1.5, "ru", "1 час 30 минут"),
])
def test_a_span_has_two_units_and_the_right_plural(hours: float, locale: str, words: str) -> None:
    assert span(timedelta(hours=hours), locale) == words


@pytest.mark.parametrize(("count", "locale", "word"), [
    (1, "lt", "užklausa"), (2, "lt", "užklausos"), (10, "lt", "užklausų"), (11, "lt", "užklausų"),
    (21, "lt", "užklausa"),
    (1, "ru", "письмо"), (3, "ru", "письма"), (5, "ru", "писем"), (11, "ru", "писем"), (21, "ru", "письмо"),
    (1, "en", "ticket"), (2, "en", "tickets"), (0, "en", "tickets"),
])
def test_a_plural_follows_the_language(count: int, locale: str, word: str) -> None:
    forms = {
        "lt": {"one": "užklausa", "few": "užklausos", "other": "užklausų"},
        "ru": {"one": "письмо", "few": "письма", "many": "писем"},
        "en": {"one": "ticket", "other": "tickets"},
    }
    assert plural(count, locale, **forms[locale]) == word


def test_times_in_lists_are_stamps_and_times_in_sentences_are_not() -> None:
    assert stamp(utc(24, 7, 5), VILNIUS) == "2026-11-24 09:05"
    assert clock_time(utc(24, 7, 5), VILNIUS) == "9:05"
