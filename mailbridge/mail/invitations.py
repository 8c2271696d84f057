"""Invitations (iCalendar, RFC 5545): a few lines of text, for mail that has no other.

In comes the text of a text/calendar part; out comes what, when, where and who. Times stay as the sender wrote them,
because their zone may be one that only he knows. Never raises.
"""

from __future__ import annotations

import re

from mailbridge.mail.headers import clean, clean_text

_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(r"^([A-Z-]+)(;(?:[^:\"\n]|\"[^\"\n]*\")*+)?:(.*)$", re.MULTILINE)
_ESCAPE = re.compile(r"\\([nN,;\\])")
_TIME = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$")
_ZONE = re.compile(r"TZID=\"?([^;\"]+)")
_WANTED = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "DESCRIPTION")
_LARGEST = 500_000


def invitation_text(calendar: str) -> str:
    """Return the first event of `calendar` as text, or an empty string when there is none."""
    text = _FOLD.sub("", clean_text(calendar[:_LARGEST]))
    event = text.partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0]
    found: dict[str, str] = {}
    for name, parameters, value in _LINE.findall(event):
        if name in _WANTED and name not in found:
            found[name] = _readable(name, parameters, value)
    when = " – ".join(filter(None, (found.get("DTSTART"), found.get("DTEND"))))
    lines = [found.get("SUMMARY", ""), when, found.get("LOCATION", ""), found.get("ORGANIZER", "")]
    head = "\n".join(filter(None, lines))
    return "\n\n".join(filter(None, (head, found.get("DESCRIPTION", "").strip())))


def _readable(name: str, parameters: str, value: str) -> str:
    if name in {"DTSTART", "DTEND"}:
        match = _TIME.match(value.strip())
        if not match:
            return clean(value)
        year, month, day, hour, minute, utc = match.groups()
        zone = _ZONE.search(parameters)
        clock = f" {hour}:{minute}" + (" UTC" if utc else f" ({zone[1]})" if zone else "") if hour else ""
        return f"{year}-{month}-{day}{clock}"
    if name == "ORGANIZER":
        return clean(re.sub(r"^mailto:", "", value, flags=re.IGNORECASE))
    text = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return text if name == "DESCRIPTION" else clean(text)
