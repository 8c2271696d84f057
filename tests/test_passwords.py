"""Hashes of agents' passwords."""

from __future__ import annotations

import pytest

from mailbridge.passwords import BLOCK, COST, NOBODY, PARALLEL, hash_password, verify_password

CHEAP = 16
LINE = hash_password("p\u00e4ss w\u00f6rd", cost=CHEAP)
# RFC 7914 §12, second vector: password "password", salt "NaCl", N=1024, r=8, p=16.
RFC_LINE = ("scrypt$1024$8$16$TmFDbA==$"
            "/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA==")


def test_hash_is_one_line_that_carries_its_cost() -> None:
    kind, cost, block, parallel, *rest = LINE.split("$")
    assert (kind, cost, block, parallel, len(rest)) == ("scrypt", str(CHEAP), str(BLOCK), str(PARALLEL), 2)
    assert hash_password("x", cost=CHEAP) != hash_password("x", cost=CHEAP)


@pytest.mark.parametrize(("password", "matches"), [
    ("p\u00e4ss w\u00f6rd", True), ("pa\u0308ss wo\u0308rd", True), ("P\u00e4ss w\u00f6rd", False),
    ("p\u00e4ss w\u00f6rd ", False), ("", False)])
def test_only_the_password_matches_however_it_is_typed(password: str, matches: bool) -> None:
    assert verify_password(password, LINE + "\n") is matches


def test_vector_of_the_rfc_matches() -> None:
    assert verify_password("password", RFC_LINE)


@pytest.mark.parametrize("line", [
    "", "secret", "scrypt", "scrypt$16$8$1$$", "scrypt$15$8$1$AAAA$AAAA", "scrypt$0$0$0$AAAA$AAAA",
    "scrypt$x$8$1$AAAA$AAAA", "scrypt$16$8$1$!$!", f"scrypt${2**40}$8$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAA",
    f"scrypt$16${10**30}$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAA",
    LINE.replace("scrypt", "bcrypt"), LINE + "$"])
def test_line_that_is_not_ours_matches_nothing(line: str) -> None:
    assert not verify_password("", line)
    assert not verify_password("p\u00e4ss w\u00f6rd", line)


def test_nobody_costs_as_much_as_a_real_login() -> None:
    assert NOBODY.split("$")[:4] == ["scrypt", str(COST), str(BLOCK), str(PARALLEL)]
    assert not verify_password("", NOBODY)
