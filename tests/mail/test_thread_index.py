"""Thread-Index: one root for a conversation, and an answer that Outlook files under it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.mail.thread_index import LONGEST, continued, thread_root

BEGUN = datetime(2026, 11, 23, 9, tzinfo=UTC)
TICKS = int((BEGUN - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
ROOT = base64.b64encode((TICKS >> 16).to_bytes(6, "big") + bytes(range(16))).decode()


@pytest.mark.parametrize("index", [ROOT, f" {ROOT[:9]}\n\t{ROOT[9:]}", continued(ROOT, BEGUN, 1)], ids=["root", "wrapped", "answer"])
def test_every_mail_of_a_conversation_names_its_root(index):
    assert thread_root(index) == thread_root(ROOT) == f"thread-index {base64.b64decode(ROOT).hex()}"


@pytest.mark.parametrize("index", ["", "AQ==", "!" * 32, "A" * 32, ROOT + "AAAA", base64.b64encode(b"\x01" * 30).decode()])
def test_broken_index_names_nothing_and_goes_on_with_nothing(index):
    assert thread_root(index) == ""
    assert continued(index, BEGUN, 1) == ""


@pytest.mark.parametrize(("after", "unit"), [(timedelta(minutes=5), 18), (timedelta(days=400), 18), (timedelta(days=1000), 23)])
def test_answer_adds_the_time_that_has_passed(after, unit):
    block = base64.b64decode(continued(ROOT, BEGUN + after, 7))[22:]
    assert len(block) == 5
    span = int.from_bytes(block[:4], "big")
    assert span >> 31 == (unit == 23)
    passed = ((span & 0x7FFFFFFF) << unit) / 10_000_000
    assert abs(passed - after.total_seconds()) < 2
    assert block[4] == 7


def test_answer_before_the_root_counts_as_at_once():
    assert base64.b64decode(continued(ROOT, BEGUN - timedelta(days=1), 0))[22:] == bytes(5)


def test_endless_conversation_ends():
    index = ROOT
    while longer := continued(index, BEGUN, 1):
        index = longer
    assert LONGEST - 5 < len(base64.b64decode(index)) <= LONGEST


@given(st.text(max_size=200))
def test_never_fails(text):
    assert isinstance(thread_root(text) + continued(text, BEGUN, 3), str)
