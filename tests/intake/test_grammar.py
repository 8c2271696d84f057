"""RFC 5321 §4.1.2 as the world writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.intake.grammar import CONTROL, read_path

READ = [
    ("FROM:<a@b.c>", "a@b.c", {}),
    ("from:<a@b.c>", "a@b.c", {}),
    ("FROM: <a@b.c>  SIZE=1   BODY=8bitmime", "a@b.c", {"SIZE": "1", "BODY": "8bitmime"}),
    ("FROM:a@b.c size=7", "a@b.c", {"SIZE": "7"}),
    ("FROM:<>", "", {}),
    ("FROM:<> ENVID=a+2Bb=c", "", {"ENVID": "a+2Bb=c"}),
    ("FROM:<a..b.@docomo.example>", "a..b.@docomo.example", {}),
    ("FROM:<@r.example,@s.example:a@b.c>", "a@b.c", {}),
    ('FROM:<"a b>@c\\"d"@e.f>', '"a b>@c\\"d"@e.f', {}),
    ("FROM:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", {}),
    ("FROM:<a@my_host>", "a@my_host", {}),
    ("FROM:<SRS0=abc=de=f.example=a@b.c>", "SRS0=abc=de=f.example=a@b.c", {}),
    ("FROM:<j\u016brat\u0117@pa\u0161to.example> SMTPUTF8", "j\u016brat\u0117@pa\u0161to.example", {"SMTPUTF8": ""}),
    ("FROM:<Postmaster>", "Postmaster", {}),
]


@pytest.mark.parametrize(("argument", "address", "parameters"), READ, ids=[row[0] for row in READ])
def test_path_is_read(argument: str, address: str, parameters: dict[str, str]) -> None:
    path = read_path(argument, "FROM:")
    assert path
    assert (path.address, path.parameters, path.ok) == (address, parameters, True)


@pytest.mark.parametrize("argument", [
    "", "FROM", "FROM:", "TO:<a@b.c>", "FROM:<a@b.c", "FROM:a@b.c>", "FROM:<a@b.c>x", "FROM:<<a@b.c>>",
    'FROM:<"a@b.c>'])
def test_what_is_no_path_at_all(argument: str) -> None:
    assert read_path(argument, "FROM:") is None


@pytest.mark.parametrize("address", [
    "a", "a@", "@b.c", "a b@c.d", "a@b c", "a@b@c", "a@.b", "a,b@c.d", "a;b@c", '"a"b@c.d', "a@[", "a@b.c\n",
    "a" * 513 + "@b.c", "\u0117" * 260 + "@b.c"])
def test_what_is_no_address(address: str) -> None:
    path = read_path(f"FROM:<{address}>", "FROM:")
    assert path
    assert not path.ok


@pytest.mark.parametrize("parameters", ["=1", "A=", "A==1", "SIZE=1 size=2", "A@b=1", "-A=1", "A,B"])
def test_parameters_that_cannot_be_read(parameters: str) -> None:
    path = read_path(f"TO:<a@b.c> {parameters}", "TO:")
    assert path
    assert path.parameters is None


@given(st.text(alphabet='<>@"\\:,. ab=[]\u0117', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    path = read_path("TO:" + text, "TO:")
    assert path is None or not path.ok or "@" in path.address or path.address == ""


@pytest.mark.parametrize("text", [
    '"' * 4_000, '<"' + "\\" * 4_000, "<" + 'a"' * 2_000, "<@" + "a," * 2_000, " " * 4_000 + "<",
    "<a@" + "b." * 2_000 + ">"])
def test_no_argument_takes_long(text: str) -> None:
    read_path("TO:" + text, "TO:")  # exponential backtracking would never end


@pytest.mark.parametrize("character", [
    "\0", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u202e", "\u2066", "\u200f"])
def test_control_and_direction_characters_are_found(character: str) -> None:
    assert CONTROL.search(f"a{character}b")
    assert not CONTROL.search("anna+t0ken@pa\u0161to.example \u00a0")
