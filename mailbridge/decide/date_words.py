"""The words of days, months and spans of time in English, Russian and Lithuanian, as agents type them.

In lower case. A form that ends in `*` is a stem and stands for every case of its word: `penktadien*` for
`penktadienis`, `penktadienį`, `penktadieniui`. Lithuanian words stand here without their diacritics too, as people type
on foreign keyboards.
"""

from __future__ import annotations

from datetime import time

Forms = tuple[str, ...]

WEEKDAYS: tuple[Forms, ...] = (
    ("mon", "monday", "пн", "понедельник*", "pirmadien*"),
    ("tue", "tues", "tuesday", "вт", "вторник*", "antradien*"),
    ("wed", "wednesday", "ср", "сред*", "trečiadien*", "treciadien*"),
    ("thu", "thur", "thurs", "thursday", "чт", "четверг*", "ketvirtadien*"),
    ("fri", "friday", "пт", "пятниц*", "penktadien*"),
    ("sat", "saturday", "сб", "суббот*", "šeštadien*", "sestadien*"),
    ("sun", "sunday", "вс", "воскресень*", "sekmadien*"),
)
MONTHS: tuple[Forms, ...] = (
    ("jan", "january", "янв", "январ*", "saus*"),
    ("feb", "february", "фев", "февр*", "vasar*"),
    ("mar", "march", "март*", "kov*"),
    ("apr", "april", "апр*", "baland*"),
    ("may", "май", "мая", "мае", "geguž*", "geguz*"),
    ("jun", "june", "июн*", "birž*", "birz*"),
    ("jul", "july", "июл*", "liep*"),
    ("aug", "august", "авг*", "rugpj*"),
    ("sep", "sept", "september", "сен", "сент*", "rugs*"),
    ("oct", "october", "окт*", "spal*"),
    ("nov", "november", "ноя*", "lapkr*"),
    ("dec", "december", "дек*", "gruod*"),
)
RELATIVE_DAYS = {
    "yesterday": -1, "вчера": -1, "vakar": -1,
    "today": 0, "сегодня": 0, "šiandien": 0, "siandien": 0,
    "tomorrow": 1, "tmrw": 1, "завтра": 1, "rytoj": 1,
    "послезавтра": 2, "poryt": 2,
}
CLOCK_WORDS = {
    "noon": time(12), "полдень": time(12), "полудню": time(12), "полудня": time(12),
    "vidurdienio": time(12), "vidurdienį": time(12),
}
_UNIT_WORDS = {
    "minutes": "m min mins minute minutes м мин минута минуту минуты минут minutę minutes minučių",
    "hours": "h hr hrs hour hours ч час часа часов valandą valandos valandų valandas",
    "days": "d day days д дн день дня дней diena dieną dienos dienų dienas",
    "weeks": "w week weeks н нед неделя неделю недели недель savaitę savaitė savaitės savaičių savaites",
}
UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}

# What stands around a date and says nothing about it. `d` and `m`: „2026 m. lapkričio 24 d.“
_FILLER_WORDS = """
    by on until till to at the of next в во до к ко на г года год следующий следующую следующее
    iki m d val kitą ateinantį"""
FILLER = frozenset(_FILLER_WORDS.split())


def is_one_of(word: str, forms: Forms) -> bool:
    """Say whether a word (lower case) is one of the forms."""
    return any(word.startswith(form[:-1]) if form.endswith("*") else word == form for form in forms)
