"""Finds the day on which an absent person is back, in any of the languages whose names of months and days are known.

What comes in: the folded text of an out-of-office mail and its date. What goes out: a day at midnight UTC, or None: a
date is only taken from beside a word such as "until" or "back on", and only if it lies ahead within a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from mailbridge.decide.classify_words import Dates, KindWords

AHEAD = timedelta(days=366)
NUMERIC = re.compile(r"(?<![\d.])(\d{1,4})[./\-](\d{1,2})(?:[./\-](\d{2,4}))?(?![\d])")
IDEOGRAPHIC = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?,? (?:de |d'|of )?([^\W\d]{3,})\.?,?(?: (?:de |del |do )?(\d{4}))?")
MONTH_DAY = re.compile(r"([^\W\d]{3,})\.? (\d{1,2})(?:st|nd|rd|th|\.)?(?!\d)(?:,? (\d{4}))?")
LOOK = 60
"""Characters after a word such as "until" in which its date must begin."""


def find_return(folded: str, sent: datetime | None, words: KindWords) -> datetime | None:
    """Return the day of return, or None when the text names none for sure. Without `sent` only full dates count."""
    today = sent.date() if sent else None
    days = [day for piece in pieces(folded, words) for day in dates_in(piece, today, words.dates)]
    last = max(days, default=None)
    return datetime(last.year, last.month, last.day, tzinfo=UTC) if last else None


def pieces(folded: str, words: KindWords) -> Iterator[str]:
    """Yield the piece of text beside each word that tells a return: after it, or before it if the phrase begins with a star."""
    for phrase, text in words.candidates(folded):
        if phrase.group == "absence.returns":
            for begin, end in phrase.places(text):
                yield text[begin:end] if phrase.text.startswith("*") else text[end:end + LOOK]


def dates_in(text: str, today: date | None, names: Dates) -> Iterator[date]:
    """Yield the first date of a piece of text, in each form in which it can be read and lies ahead."""
    for candidates in (ideographic(text), numeric(text), named(text, names), weekday(text, today, names)):
        ahead = [day for year, month, number in candidates if (day := resolve(year, month, number, today))]
        if ahead:
            yield min(ahead)
            return


def ideographic(text: str) -> list[tuple[int, int, int]]:
    """Read 12月3日 and 2026年12月3日."""
    return [(int(year or 0), int(month), int(day)) for year, month, day in IDEOGRAPHIC.findall(text)[:1]]


def numeric(text: str) -> list[tuple[int, int, int]]:
    """Read 24.12.2026, 24.12., 2026-12-24 and 12/24/2026; a form that can be read in two ways gives both."""
    found = NUMERIC.search(text)
    if not found:
        return []
    first, second, third = int(found.group(1)), int(found.group(2)), int(found.group(3) or 0)
    if first > 31:
        return [(first, second, third)]
    year = third + 2000 if 0 < third < 100 else third
    both = [(year, second, first), (year, first, second)]
    return both if "/" in found.group(0) else both[:1]


def named(text: str, names: Dates) -> list[tuple[int, int, int]]:
    """Read 24 December 2026, December 24, 24. Dezember, 24 декабря."""
    day_first = [(day, name, year) for day, name, year in DAY_MONTH.findall(text)]
    month_first = [(day, name, year) for name, day, year in MONTH_DAY.findall(text)]
    for day, name, year in (*day_first, *month_first):
        month = look_up(name, names.months)
        if month:
            return [(int(year or 0), month, int(day))]
    return []


def weekday(text: str, today: date | None, names: Dates) -> list[tuple[int, int, int]]:
    """Read "Monday" as the next one after the mail was sent."""
    for word in re.findall(r"[^\W\d]{3,}", text)[:3]:
        number = look_up(word, names.days)
        if number is not None and today:
            day = today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
            return [(day.year, day.month, day.day)]
    return []


def look_up(word: str, names: object) -> int | None:
    """Return the number of a name, whole or by its stem (`декабр*`)."""
    assert isinstance(names, dict)
    if word in names:
        return int(names[word])
    return next((int(names[stem]) for end in range(len(word), 1, -1) if (stem := word[:end] + "*") in names), None)


def resolve(year: int, month: int, day: int, today: date | None) -> date | None:
    """Return a date that lies ahead of the mail within a year, finding the year if none is told; None for any other."""
    years = [year] if year else [today.year, today.year + 1] if today else []
    for one in years:
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if today is None or today <= found <= today + AHEAD:
            return found
    return None
