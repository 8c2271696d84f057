"""Message-IDs in every shape that mail programs give them."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.ids import LONGEST, message_ids

HUNDRED = tuple(f"{number}@example.org" for number in range(100))


@pytest.mark.parametrize(("value", "ids"), [
    pytest.param("", (), id="empty"),
    pytest.param("<a@x>", ("a@x",), id="RFC 5322"),
    pytest.param("<a@x> <b@x>", ("a@x", "b@x"), id="several"),
    pytest.param("<a@x><b@x>", ("a@x", "b@x"), id="glued"),
    pytest.param("<a@x>,<b@x>, <c@x>", ("a@x", "b@x", "c@x"), id="comma-separated"),
    pytest.param("<a@x>\r\n\t<b@x>", ("a@x", "b@x"), id="folded between ids"),
    pytest.param("<a@exam\r\n ple.org>", ("a@example.org",), id="folded inside an id"),
    pytest.param("< a@x >", ("a@x",), id="blanks inside brackets"),
    pytest.param("<a@x> (was: <b@x>)", ("a@x", "b@x"), id="an id in a comment still is one"),
    pytest.param("<a@x> (Ona's message of Monday)", ("a@x",), id="commented"),
    pytest.param('Your message of "Mon, 2 Nov 2026 10:00" <a@x>', ("a@x",), id="prose"),
    pytest.param("Message from ona@example.org <a@x>", ("a@x",), id="an address in prose is no id"),
    pytest.param("Message from Ona <ona@example.org>", (), id="a person in brackets is no id"),
    pytest.param('Message from Ona <ona@example.org> of "Mon, 2 Nov 2026" <a@x>', ("a@x",), id="a person and an id"),
    pytest.param("Your mail from Monday <20261102.1000@x>", ("20261102.1000@x",), id="a time in prose"),
    pytest.param("Message from ona@example.org of Monday", (), id="a person without brackets is no id"),
    pytest.param("Message of Monday 20261102.1000@x", ("20261102.1000@x",), id="an id in prose without brackets"),
    pytest.param("<20261102@x>; from Ona on Mon, Nov 02", ("20261102@x",), id="as old mutt wrote it"),
    pytest.param("a@x", ("a@x",), id="no brackets"),
    pytest.param("a@x b@x", ("a@x", "b@x"), id="several without brackets"),
    pytest.param("a@x>", ("a@x",), id="opening bracket lost"),
    pytest.param("<a@x", ("a@x",), id="closing bracket lost"),
    pytest.param("<12345>", ("12345",), id="no at sign"),
    pytest.param("12345", ("12345",), id="one bare word"),
    pytest.param("some words only", (), id="words only"),
    pytest.param("<A@X> <a@x> <A@X>", ("A@X", "a@x"), id="case kept, each once"),
    pytest.param("<>", (), id="empty brackets"),
    pytest.param(" ".join(f"<{one}>" for one in HUNDRED), HUNDRED, id="a hundred"),
    pytest.param("<[a]$b{c}@x>", ("[a]$b{c}@x",), id="odd characters"),
])
def test_ids_are_read(value: str, ids: tuple[str, ...]) -> None:
    assert message_ids(value) == ids


def test_a_very_long_id_is_named_by_its_hash() -> None:
    long = "x" * LONGEST + "@example.org"
    assert message_ids(f"<{long}>") == ("sha256:" + hashlib.sha256(long.encode()).hexdigest(),)
    kept = "x" * (LONGEST - 2) + "@y"
    assert message_ids(f"<{kept}>") == (kept,)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("<>@,;() \t\r\n\"ab\u20ac\ud800")))
def test_any_text_gives_ids_without_brackets_and_blanks(value: str) -> None:
    found = message_ids(value)
    assert len(found) == len(set(found))
    assert all(one and not set("<> \t\r\n") & set(one) for one in found)
