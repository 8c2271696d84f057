"""Caps on automatic mail to customers (design.md §7.3): per address and day, per ticket and day, in all per minute.

Counted by the time that a mail was made for, in rows, so that a restart or a second daemon changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, select

from mailbridge.config.model import Limits
from mailbridge.store.db import upsert
from mailbridge.store.tables import MailCount

MOST_NOTICES = 20
"""Notices of third parties' mail on one ticket in a day: who floods a ticket does not flood its agents."""

counts: Any = MailCount.__table__  # type: ignore[attr-defined]


class Cap(StrEnum):
    """Which cap an automatic mail ran into."""

    SENDER = "automatic mails to this address today"
    TICKET = "automatic mails on this ticket today"
    BREAKER = "automatic mails in all this minute"


class Caps:
    """The counters of one transaction: loaded in one query, raised in memory, written back in one statement."""

    def __init__(self, limits: Limits, now: datetime) -> None:
        self.limits, self.now = limits, now
        self._made: dict[tuple[str, str], int] = {}
        self._changed: set[tuple[str, str]] = set()

    def load(self, connection: Connection, addresses: Iterable[str], tickets: Iterable[int]) -> None:
        """Read the counters that this batch may need."""
        numbers = list(tickets)
        keys = [self._sender(address) for address in addresses] + [self._ticket(number) for number in numbers]
        keys += [self._strangers(number) for number in numbers]
        keys = [key for key in dict.fromkeys([*keys, self._all(), self._breaker()]) if key not in self._made]
        scopes, windows = {scope for scope, _ in keys}, {window for _, window in keys}
        query = select(counts).where(counts.c.scope.in_(scopes), counts.c.window.in_(windows))
        found = {(row.scope, row.window): row.made for row in connection.execute(query)}
        self._made |= {key: found.get(key, 0) for key in keys}

    def take(self, address: str, ticket: int) -> Cap | None:
        """Count one automatic mail, or say which cap forbids it (then the mails per address and ticket are not counted)."""
        for key, limit, cap in (
            (self._sender(address), self.limits.per_sender_day, Cap.SENDER),
            (self._ticket(ticket), self.limits.per_ticket_day, Cap.TICKET),
        ):
            if self._made.get(key, 0) >= limit:
                return cap
        over = self._made.get(self._all(), 0) >= self.limits.per_minute
        for key in (self._sender(address), self._ticket(ticket), self._all()):
            self._raise(key)
        return Cap.BREAKER if over else None

    def take_notice(self, ticket: int) -> bool:
        """Count one notice to the agents of a third party's mail on a ticket; say whether it is one too many today."""
        key = self._strangers(ticket)
        over = self._made.get(key, 0) >= MOST_NOTICES
        self._raise(key)
        return over

    def first_break(self) -> bool:
        """Say whether the admin has not been told in this hour that the breaker holds mail; then he counts as told."""
        first = self._made.get(self._breaker(), 0) == 0
        self._raise(self._breaker())
        return first

    def first_fault(self, connection: Connection, fault: str) -> bool:
        """Say whether the admin has not been told today of this fault; then he counts as told."""
        key = (f"fault:{sha256(fault.encode()).hexdigest()}", f"{self.now:%Y-%m-%d}")
        query = select(counts.c.made).where(counts.c.scope == key[0], counts.c.window == key[1])
        self._made[key] = connection.execute(query).scalar() or 0
        self._raise(key)
        return self._made[key] == 1

    def flush(self, connection: Connection) -> None:
        """Write the counters back."""
        rows = [
            {"scope": scope, "window": window, "made": self._made[scope, window]}
            for scope, window in sorted(self._changed)
        ]
        upsert(connection, counts, rows, ("scope", "window"), ("made",))
        self._changed.clear()

    def _raise(self, key: tuple[str, str]) -> None:
        self._made[key] = self._made.get(key, 0) + 1
        self._changed.add(key)

    def _sender(self, address: str) -> tuple[str, str]:
        return (f"sender:{address}"[:250], f"{self.now:%Y-%m-%d}")

    def _ticket(self, number: int) -> tuple[str, str]:
        return (f"ticket:{number}", f"{self.now:%Y-%m-%d}")

    def _strangers(self, number: int) -> tuple[str, str]:
        return (f"strangers:{number}", f"{self.now:%Y-%m-%d}")

    def _all(self) -> tuple[str, str]:
        return ("all", f"{self.now:%Y-%m-%dT%H:%M}")

    def _breaker(self) -> tuple[str, str]:
        return ("breaker", f"{self.now:%Y-%m-%dT%H}")


def forget_old_counts(connection: Connection, now: datetime) -> None:
    """Remove the counters of days that are over."""
    connection.execute(delete(counts).where(counts.c.window < f"{now - timedelta(days=2):%Y-%m-%d}"))
