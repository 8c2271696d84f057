"""The look-up of a batch: a fixed number of statements on both engines, whatever the number of mails and tickets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event

from mailbridge.decide.known import Known
from mailbridge.decide.signals import Alike, Signals
from mailbridge.decide.trust import Trust
from mailbridge.desk.lookup import QUERIES, Question, fetch_facts
from tests.desks import Desk, mail


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Give a list that holds every statement that runs meanwhile."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def questions(number: int, first: int = 0) -> list[Question]:
    """Ask about mails that each name a token's ticket, ids, a tag and people."""
    made = []
    for place in range(first, first + number):
        signals = Signals(
            f"new{place}@x",
            our_ids=(("ours", bytes([place % 250]) * 8),),
            references=(*(f"{place}.{ref}@x" for ref in range(100)), f"first{place % 5}@example.com"),
            tags=(place % 7, 3),
            thread_root=f"thread-index {place}",
            alike=Alike(now=f"like {place}", before=f"like {place - 1}", text="Hello"),
        )
        people = tuple(f"copied{one}@example.com" for one in range(20))
        made.append(Question(f"p{place}@example.com", Trust.ALIGNED if place % 2 else Trust.BARE, None, signals, f"identity{place}", people=people))
    return made


def grow(desk: Desk) -> None:
    """Open tickets, and merge them one into the other: the longest chain."""
    for number in range(5):
        desk.put(mail(f"Matter {number}", f"Words {number}.", message_id=f"<first{number}@example.com>"))
    desk.work()
    for number in range(1, 5):
        desk.do(number, f"/merge {number + 1}")


@pytest.mark.parametrize("number", [1, 100])
def test_batch_is_looked_up_with_a_fixed_number_of_statements(desk, number):
    grow(desk)
    with desk.app.database.read() as connection, counted(connection) as statements:
        facts = fetch_facts(connection, questions(number))
    assert len(statements) <= QUERIES
    assert len(facts.known) == number
    assert {ticket.state for ticket in facts.known[0].tickets.values()} >= {"merged", "new"}, "chains were followed"


def test_every_statement_goes_by_an_index(small_desk):
    grow(small_desk)
    with small_desk.app.database.read() as connection:
        with counted(connection) as statements:
            fetch_facts(connection, questions(2))
        for statement in statements:
            given = [None] * statement.count("?")
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(given))]
            assert not [step for step in plan if step.startswith("SCAN ") and "chain" not in step], (statement, plan)


def test_nothing_is_found_on_an_empty_desk(small_desk):
    with small_desk.app.database.read() as connection:
        (known,) = fetch_facts(connection, questions(1)).known
    assert isinstance(known, Known)
    assert not known.tickets
    assert not known.ids
