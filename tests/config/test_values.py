"""Kinds of value: what is taken, what is not."""

import pytest
from pydantic import TypeAdapter, ValidationError

from mailbridge.config import values

KINDS = [
    (values.MailAddress,
     ["a@example.org", "o'brien+x@mail.example.org", "info@bücher.example", "A@B.ORG", "a@localhost"],
     ["", "a", "a@", "@b.org", "a b@c.org", "a@b@c.org", "A <a@b.org>", '"a"@b.org', "a@b..org", "a@b.org.", "a@b,c@d",
      "a@b.org\n"]),
    (values.Duration, ["90m", "1s", "24h", "365d", "05m"],
     ["", "0h", "00d", "1", "1w", "-1h", "1.5h", "1 h", "1h30m", "٣h", "1٣h", "1h\n"]),
    (values.Window, ["0d", "14d"], ["d", "-1d", "never", "٣d"]),
    (values.Listen, ["127.0.0.1:2525", "[::1]:25", "localhost:0", "mx.example.org:65535"],
     ["25", ":25", "::1:25", "[::1]", "[x]:25", "host:", "host:99999", "host:-1", "a b:25", "host:25 ", "host:٢٥"]),
    (values.TimeZone, ["UTC", "Europe/Vilnius"], ["", "Vilnius", "UTC+2", "../etc/passwd", "europe/vilnius"]),
    (values.Network, ["192.0.2.1", "10.0.0.0/8", "2001:db8::/32", "::1"],
     ["", "mx", "10.0.0.1/8", "1.2.3", "1.2.3.4/33"]),
    (values.Charset, ["cp1257", "koi8-r", "UTF-8"], ["", "cp9999", "latin-99"]),
    (values.Day, ["2026-12-24", "2024-02-29"],
     ["", "2026-02-29", "24.12.2026", "2026-1-1", "tomorrow", "2026-12-24T00:00", "2026-W01-1", "20261224"]),
    (values.Hours, ["09:00-18:00", "0:00-24:00", "00:00-00:01"],
     ["", "9-18", "09:00", "18:00-09:00", "09:00-09:00", "09:00-24:01", "09:60-10:00", "09:00 - 18:00",
      "09:00-18:00-20:00", "٠٩:00-18:00"]),
    (values.Word, ["support", "$Done_1-x"], ["", "two words", "ящик", "a/b", "a\n"]),
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, good, _ in KINDS for text in good])
def test_a_right_value_is_taken(kind, text):
    assert TypeAdapter(kind).validate_python(text).lower() == text.lower()


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, _, bad in KINDS for text in bad])
def test_a_wrong_value_is_refused(kind, text):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize(("span", "days"), [
    ("mon", "mon"), ("mon-fri", "mon tue wed thu fri"), ("sat-sun", "sat sun"), ("sat-mon", "sat sun mon"),
    ("mon-sun", "mon tue wed thu fri sat sun"), ("fri-fri", "fri")])
def test_a_span_of_days_holds_both_ends_and_may_go_over_sunday(span, days):
    assert values.days_of(span) == tuple(days.split())


@pytest.mark.parametrize(("hours", "minutes"), [("09:00-18:30", (540, 1110)), ("00:00-24:00", (0, 1440))])
def test_hours_are_minutes_of_the_day(hours, minutes):
    assert values.minutes_of(hours) == minutes


@pytest.mark.parametrize(("duration", "seconds"), [("90s", 90), ("5m", 300), ("24h", 86400), ("3d", 259200)])
def test_a_duration_in_running_seconds(duration, seconds):
    assert values.seconds(duration) == seconds


@pytest.mark.parametrize(("listen", "parts"), [("127.0.0.1:25", ("127.0.0.1", 25)), ("[::1]:0", ("::1", 0))])
def test_a_listener_has_a_host_and_a_port(listen, parts):
    assert values.host_and_port(listen) == parts


@pytest.mark.parametrize(("host", "is_it"), [
    ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("LOCALHOST.", True),
    ("localhost.example.org", False), ("127.0.0.1.example.org", False), ("192.0.2.1", False), ("0.0.0.0", False)])
def test_only_this_machine_itself_is_loopback(host, is_it):
    assert values.is_loopback(host) is is_it
