"""One unit of work: all rows that a batch of mails makes, collected first and written with one statement a table.

Each mail collects into its own `Changes`; only if it was worked out to the end is it merged into the batch, so one
mail that fails leaves nothing of itself behind and harms no neighbour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import SQLModel

from mailbridge.spool import settle
from mailbridge.store.db import upsert
from mailbridge.store.tables import (
    Attachment,
    Confirmation,
    Contact,
    ContactAddress,
    Event,
    Message,
    MessageReference,
    Number,
    Outbox,
    Participant,
    Ticket,
)

ORDER: tuple[type[SQLModel], ...] = (
    Contact,
    ContactAddress,
    Ticket,
    Participant,
    Message,
    MessageReference,
    Attachment,
    Event,
    Outbox,
    Confirmation,
)
NUMBERED = ("contact", "ticket", "message", "outbox")
Row = dict[str, Any]


class Numbers:
    """Numbers that are never reused: read once in a transaction, written back at its end."""

    def __init__(self, connection: Connection) -> None:
        table = Number.__table__  # type: ignore[attr-defined]
        self._last = {row.name: row.last for row in connection.execute(select(table))}
        self._known = frozenset(self._last)
        self._changed: set[str] = set()

    def next(self, name: str) -> int:
        """Give out the next number under `name`, from 1."""
        self._last[name] = self._last.get(name, 0) + 1
        self._changed.add(name)
        return int(self._last[name])

    def flush(self, connection: Connection) -> None:
        """Write back what was given out."""
        table = Number.__table__  # type: ignore[attr-defined]
        for name in sorted(self._changed):
            if name in self._known:
                connection.execute(update(table).where(table.c.name == name).values(last=self._last[name]))
            else:
                connection.execute(insert(table), {"name": name, "last": self._last[name]})


class Changes:
    """Rows to write. `now` is the time of this work; times of imported history come from the mails themselves."""

    def __init__(self, numbers: Numbers, now: datetime) -> None:
        self.numbers, self.now = numbers, now
        self.contacts: dict[str, int] = {}
        self.outbox_made = 0
        self._rows: dict[type[SQLModel], list[Row]] = defaultdict(list)
        self._updates: dict[type[SQLModel], dict[Any, Row]] = defaultdict(dict)
        self._puts: dict[type[SQLModel], list[Row]] = defaultdict(list)
        self._touched: set[int] = set()
        self._settled: list[Row] = []
        self._then: list[Callable[[Connection], None]] = []
        self._parent: Changes | None = None

    def add(self, model: type[SQLModel], **values: Any) -> None:
        """Insert a row; what is not given has the model's default."""
        self._rows[model].append(_blank(model) | values)
        self.outbox_made += model is Outbox

    def change(self, model: type[SQLModel], key: Any, **values: Any) -> None:
        """Update a row by its primary key; later values win. A row that these changes insert is changed in place."""
        name = _key_of(model)
        for row in self._rows[model]:
            if row.get(name) == key:
                row.update(values)
                return
        self._updates[model].setdefault(key, {}).update(values)

    def put(self, model: type[SQLModel], **values: Any) -> None:
        """Insert a row, or replace the one with the same primary key."""
        self._puts[model].append(_blank(model) | values)

    def touch(self, ticket: int) -> None:
        """Say that what a ticket owes may have changed: its timers are planned anew at the end of the transaction."""
        self._touched.add(ticket)

    @property
    def touched(self) -> set[int]:
        """Return the tickets whose timers must follow."""
        made = {row["id"] for row in self._rows[Ticket]}
        return made | set(self._updates[Ticket]) | self._touched

    def event(
        self, ticket: int, actor: str, what: str, at: datetime | None = None, message: int | None = None, **why: Any
    ) -> None:
        """Add a line to a ticket's history: who did what, when and why; refers by id."""
        self.add(Event, ticket=ticket, at=at or self.now, actor=actor, what=what, why=why, message=message)

    def settle(
        self, spool_id: int, outcome: str, message: int | None, ticket: int | None, reason: str | None = None
    ) -> None:
        """Mark a spooled mail as done, in the same transaction."""
        state = "quarantined" if outcome == "quarantined" else "settled"
        self._settled.append(
            {
                "b_id": spool_id,
                "state": state,
                "outcome": outcome,
                "message": message,
                "ticket": ticket,
                "reason": reason,
                "settled_at": self.now,
            }
        )

    def then(self, work: Callable[[Connection], None]) -> None:
        """Run `work` in the same transaction, after every row is written."""
        self._then.append(work)

    def fork(self) -> Changes:
        """Return empty changes that share the numbers, for one mail of a batch."""
        child = Changes(self.numbers, self.now)
        child._parent = self
        return child

    def collected(self, model: type[SQLModel]) -> list[Row]:
        """Return the rows of a table that these changes, or those that they were forked from, are going to insert."""
        before = self._parent.collected(model) if self._parent is not None else []
        return before + self._rows[model]

    def merge(self, other: Changes) -> None:
        """Take over what one mail collected."""
        for model, rows in other._rows.items():
            self._rows[model].extend(rows)
        for model, updates in other._updates.items():
            for key, values in updates.items():
                self.change(model, key, **values)
        for model, rows in other._puts.items():
            self._puts[model].extend(rows)
        self._touched |= other._touched
        self._settled.extend(other._settled)
        self._then.extend(other._then)
        self.contacts.update(other.contacts)
        self.outbox_made += other.outbox_made

    def flush(self, connection: Connection) -> None:
        """Write everything that was collected."""
        for model in ORDER:
            if self._rows[model]:
                connection.execute(insert(model.__table__), self._rows[model])  # type: ignore[attr-defined]
        for model, updates in self._updates.items():
            _update_all(connection, model, updates)
        for model, rows in self._puts.items():
            _put_all(connection, model, rows)
        settle(connection, self._settled)
        for work in self._then:
            work(connection)


def _update_all(connection: Connection, model: type[SQLModel], updates: dict[Any, Row]) -> None:
    table, key = model.__table__, _key_of(model)  # type: ignore[attr-defined]
    by_shape: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for value, values in updates.items():
        by_shape[tuple(sorted(values))].append({f"v_{name}": values[name] for name in values} | {"b_key": value})
    for shape, rows in by_shape.items():
        query = (
            update(table)
            .where(table.c[key] == bindparam("b_key"))
            .values({name: bindparam(f"v_{name}") for name in shape})
        )
        connection.execute(query, rows)


def _put_all(connection: Connection, model: type[SQLModel], rows: list[Row]) -> None:
    table = model.__table__  # type: ignore[attr-defined]
    key = tuple(column.name for column in table.primary_key)
    last = {tuple(row[name] for name in key): row for row in rows}
    upsert(connection, table, list(last.values()), key, tuple(name for name in rows[0] if name not in key))


@cache
def _key_of(model: type[SQLModel]) -> str:
    return str(next(iter(model.__table__.primary_key)).name)  # type: ignore[attr-defined]


def _blank(model: type[SQLModel]) -> Row:
    return dict(_defaults(model))


@cache
def _defaults(model: type[SQLModel]) -> tuple[tuple[str, Any], ...]:
    """Return the columns with their defaults; numbers that the database gives out are left to it."""
    given = [
        (name, field.get_default(call_default_factory=True))
        for name, field in model.model_fields.items()
        if not field.is_required()
    ]
    own_numbers = {"id"} if model.__tablename__ not in NUMBERED else set()
    return tuple((name, value) for name, value in given if name not in own_numbers)
