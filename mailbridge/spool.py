"""The spool: raw mail that was accepted and is not yet worked on; afterwards the archive of its exact bytes.

| state | stored | peer was told | after a crash |
|---|---|---|---|
| receiving | nothing, or a blob without a row | nothing, or `451`/exit 75 | peer sends again; the lone blob is swept |
| accepted | large: blob synced first; then the row committed (the point) | `250`/exit 0, only now | claimed by the next worker |
| claimed | row with `claimed_until`, `attempts` already counted |  | the claim runs out (30 s); then tried alone, thrice; then quarantine |
| settled | row marked in the desk's own transaction, beside the ticket |  | nothing to do |
| quarantined | row with the reason, beside its stub ticket |  | waits for a person: `mailbridge spool retry ID` |

Each arrow has its crash test in `tests/crash/test_spool_arrows.py`. Comes in: bytes and an envelope. Goes out:
`Entry` values for the bridge. Never parses, never knows tickets.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, text, update

from mailbridge.delivery import Delivery, Entry
from mailbridge.errors import SpoolError, StoreError
from mailbridge.store.blobs import Blobs
from mailbridge.store.db import AnyRow, Database, doing, unclaimed
from mailbridge.store.tables import Spool as SpoolTable
from mailbridge.store.tables import SpoolRaw

__all__ = ["CLAIM_SECONDS", "SMALL_BYTES", "TRIES_ALONE", "Delivery", "Entry", "Spool", "held", "settle"]

SMALL_BYTES = 64 * 1024
CLAIM_SECONDS = 30
TRIES_ALONE = 3
UNSETTLED = text("spool.state != 'settled'")
"""Written out, not bound: only so does SQLite see that the partial index `ix_spool_unsettled` serves."""

spool: Any = SpoolTable.__table__  # type: ignore[attr-defined]
raws: Any = SpoolRaw.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _Ready:
    row: dict[str, Any]
    body: bytes | None


@dataclass(slots=True)
class Spool:
    """The spool of one database. `on_accept` is rung after each commit, to wake the bridge."""

    database: Database
    blobs: Blobs
    worker: str
    on_accept: Callable[[], None] = field(default=lambda: None)
    _lock: Lock = field(default_factory=Lock)
    _waiting: list[tuple[_Ready, Future[int]]] = field(default_factory=list)

    def accept(self, delivery: Delivery, *, claim: bool = False) -> Future[int]:
        """Take a mail; the future gives its spool id once the commit is on disk, or raises SpoolError.

        A delivery whose `origin` is known already gives the id that it got then. With `claim` it belongs to this
        worker at once. Blocks only for the sync of a large mail's blob: call it in a thread then.
        """
        answer: Future[int] = Future()
        answer.set_running_or_notify_cancel()  # once begun, nobody can call it off
        try:
            ready = self._ready(delivery, claim)
        except (OSError, StoreError) as fault:
            answer.set_exception(_refusal(fault))
            return answer
        with self._lock:
            first = not self._waiting
            self._waiting.append((ready, answer))
        if first:
            self._write_waiting()
        return answer

    def claim(self, now: datetime, most: int = 100, most_bytes: int = 32_000_000) -> list[Entry]:
        """Claim up to `most` mails that nobody works on; a mail whose claim died is given alone."""
        rows = self.database.write(lambda connection: _claim(connection, self.worker, now, most, most_bytes), "intake")
        return self.load([row.id for row in rows])

    def load(self, ids: Sequence[int]) -> list[Entry]:
        """Read entries by their ids, in that order; ids that do not exist are left out."""
        if not ids:
            return []
        with self.database.read() as connection:
            rows = {row.id: row for row in connection.execute(select(spool).where(spool.c.id.in_(ids)))}
            bodies = {row.spool: row.body for row in connection.execute(select(raws).where(raws.c.spool.in_(ids)))}
        return [self._entry(rows[number], bodies) for number in ids if number in rows]

    def keep_claims(self, ids: Iterable[int], now: datetime) -> None:
        """Heartbeat: hold claims for another half minute."""
        held = list(ids)
        until = now + timedelta(seconds=CLAIM_SECONDS)
        query = update(spool).where(spool.c.id.in_(held), spool.c.claimed_by == self.worker, spool.c.state == "claimed")
        self.database.write(doing(query.values(claimed_until=until)))

    def give_back(self, ids: Iterable[int]) -> None:
        """End claims without a try being counted, when the daemon stops."""
        held = list(ids)
        query = (
            update(spool)
            .where(spool.c.id.in_(held), spool.c.claimed_by == self.worker, spool.c.state == "claimed")
            .values(
                state="accepted",
                claimed_by=None,
                claimed_until=None,
                attempts=func.max(spool.c.attempts - 1, 0)
                if self.database.is_sqlite
                else func.greatest(spool.c.attempts - 1, 0),
            )
        )
        self.database.write(doing(query))

    def take_over(self, number: int, now: datetime) -> bool:
        """Claim a mail for a try alone, whoever holds it; say whether it was still to be done. For `import` that goes on.

        A worker that lives all the same and has lost its claim settles nothing.
        """
        query = (
            update(spool)
            .where(spool.c.id == number, spool.c.state.in_(("accepted", "claimed")))
            .values(
                state="claimed",
                claimed_by=self.worker,
                claimed_until=now + timedelta(seconds=CLAIM_SECONDS),
                attempts=spool.c.attempts + 1,
                alone=True,
            )
        )
        return self.database.write(lambda connection: connection.execute(query).rowcount == 1)

    def retry(self, number: int) -> bool:
        """Put a quarantined mail back into the queue, for one more try. Say whether there was one."""
        query = (
            update(spool)
            .where(spool.c.id == number, spool.c.state == "quarantined")
            .values(state="accepted", attempts=0, alone=True, outcome=None, reason=None)
        )
        return self.database.write(lambda connection: connection.execute(query).rowcount == 1)

    def waiting(self) -> int:
        """Count the mails that are accepted or claimed."""
        query = (
            select(func.count()).select_from(spool).where(UNSETTLED, spool.c.state != "quarantined")
        )
        with self.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _ready(self, delivery: Delivery, claim: bool) -> _Ready:
        body: bytes | None = None
        if isinstance(delivery.raw, Path):
            sha256, size = self.blobs.take(delivery.raw)
        elif len(delivery.raw) > SMALL_BYTES:
            sha256, size = self.blobs.put(delivery.raw), len(delivery.raw)
        else:
            body, size = delivery.raw, len(delivery.raw)
            sha256 = hashlib.sha256(body).hexdigest()
        row = {
            "accepted_at": delivery.received_at,
            "source": delivery.source,
            "peer": delivery.peer,
            "envelope_from": delivery.envelope_from,
            "recipients": list(delivery.recipients),
            "authenticated_as": delivery.authenticated_as,
            "believed": delivery.believed,
            "mailbox": delivery.mailbox,
            "origin": delivery.origin,
            "sha256": sha256,
            "size": size,
            "in_blob": body is None,
            "state": "claimed" if claim else "accepted",
            "attempts": 1 if claim else 0,
            "alone": False,
            "claimed_by": self.worker if claim else None,
            "claimed_until": delivery.received_at + timedelta(seconds=CLAIM_SECONDS) if claim else None,
        }
        return _Ready(row, body)

    def _write_waiting(self) -> None:
        """Queue one job that writes every mail which waits by the time that the writer comes to it."""
        group: list[tuple[_Ready, Future[int]]] = []

        def work(connection: Connection) -> list[int]:
            if not group:  # a commit that failed is tried again with the same mails
                with self._lock:
                    group.extend(self._waiting)
                    self._waiting.clear()
            return _insert(connection, [ready for ready, _ in group])

        def tell(written: Future[list[int]]) -> None:
            if not group:  # the writer never came to it
                with self._lock:
                    group.extend(self._waiting)
                    self._waiting.clear()
            fault = written.exception()
            if (
                fault is not None and len(group) > 1
            ):  # one row that the database refuses must not take its neighbours along
                for ready, answer in group:
                    self._write_alone(ready, answer)
                return
            for place, (_, answer) in enumerate(group):
                if fault is not None:
                    answer.set_exception(_refusal(fault))
                else:
                    answer.set_result(written.result()[place])
            self.on_accept()

        self.database.write_soon(work, "intake").add_done_callback(tell)

    def _write_alone(self, ready: _Ready, answer: Future[int]) -> None:
        def tell(written: Future[list[int]]) -> None:
            fault = written.exception()
            if fault is not None:
                answer.set_exception(_refusal(fault))
                return
            answer.set_result(written.result()[0])
            self.on_accept()

        self.database.write_soon(lambda connection: _insert(connection, [ready]), "intake").add_done_callback(tell)

    def _entry(self, row: AnyRow, bodies: dict[int, bytes]) -> Entry:
        missing, body = "", bodies.get(row.id)
        if body is None:
            try:
                body = self.blobs.get(row.sha256)
            except StoreError as fault:
                missing, body = str(fault), b""
        delivery = Delivery(
            raw=body,
            envelope_from=row.envelope_from,
            recipients=tuple(row.recipients),
            source=row.source,
            received_at=row.accepted_at,
            peer=row.peer,
            authenticated_as=row.authenticated_as,
            believed=row.believed,
            mailbox=row.mailbox,
            origin=row.origin,
        )
        stub = (row.message, row.ticket) if row.message is not None else None
        return Entry(row.id, delivery, row.sha256, row.size, row.attempts, row.alone, missing, stub)


_INSERT = insert(spool).returning(spool.c.id, sort_by_parameter_order=True)
_INSERT_RAW = insert(raws)


def _insert(connection: Connection, group: list[_Ready]) -> list[int]:
    """Write a group of mails with two statements; return their ids in order. A known origin gives the id it got before."""
    origins = [ready.row["origin"] for ready in group if ready.row["origin"] is not None]
    known: dict[str, int] = {}
    if origins:
        query = select(spool.c.origin, spool.c.id).where(spool.c.origin.in_(origins))
        known = {row.origin: row.id for row in connection.execute(query)}
    fresh: list[_Ready] = []
    places: list[int | str] = []
    coming: dict[str, int] = {}
    for ready in group:
        origin = ready.row["origin"]
        if origin in known:
            places.append(origin)
        elif origin in coming:
            places.append(coming[origin])
        else:
            places.append(len(fresh))
            if origin is not None:
                coming[origin] = len(fresh)
            fresh.append(ready)
    ids = list(connection.execute(_INSERT, [ready.row for ready in fresh]).scalars()) if fresh else []
    bodies = [
        {"spool": number, "body": ready.body}
        for number, ready in zip(ids, fresh, strict=True)
        if ready.body is not None
    ]
    if bodies:
        connection.execute(_INSERT_RAW, bodies)
    return [known[place] if isinstance(place, str) else ids[place] for place in places]


def worker_name() -> str:
    """Return the name under which this process claims rows; never that of another, also after a restart."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _claim(connection: Connection, worker: str, now: datetime, most: int, most_bytes: int) -> list[AnyRow]:
    """Claim in order of arrival. One that died with its process goes alone, so that it cannot take others with it."""
    dead = (spool.c.state == "claimed") & (spool.c.claimed_until < now)
    query = (
        select(spool.c.id, spool.c.size, spool.c.state, spool.c.alone, spool.c.attempts)
        .where(UNSETTLED, or_(spool.c.state == "accepted", dead))
        .order_by(spool.c.id)
        .limit(most)
    )
    rows = list(connection.execute(unclaimed(query, connection)))
    together: list[AnyRow] = []
    size = 0
    for row in rows:
        if row.state == "claimed" or row.alone:
            if not together:
                together = [row]
                break
            continue
        if together and size + row.size > most_bytes:
            break
        together.append(row)
        size += row.size
    if together:
        alone = together[0].state == "claimed" or together[0].alone
        connection.execute(
            update(spool)
            .where(spool.c.id.in_([row.id for row in together]))
            .values(
                state="claimed",
                claimed_by=worker,
                claimed_until=now + timedelta(seconds=CLAIM_SECONDS),
                attempts=spool.c.attempts + 1,
                alone=alone,
            )
        )
    return together


def held(connection: Connection, worker: str, ids: Iterable[int]) -> set[int]:
    """Return which of these mails the worker still holds, and keep them from being claimed until this transaction ends.

    A worker that slept through its claim (SIGSTOP, a swapping machine) must not settle what another has taken over.
    """
    query = (
        select(spool.c.id)
        .where(spool.c.id.in_(list(ids)), spool.c.state == "claimed", spool.c.claimed_by == worker)
        .order_by(spool.c.id)
        .with_for_update()  # nothing on SQLite, where writers take turns
    )
    return set(connection.execute(query).scalars())


def settle(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Mark mails as done inside the desk's transaction.

    rows: dicts with `b_id` and outcome, reason, message, ticket, settled_at, state (all of one shape).
    """
    values = list(rows)
    if values:
        columns: dict[str, Any] = {name: bindparam(name) for name in values[0] if name != "b_id"}
        connection.execute(
            update(spool).where(spool.c.id == bindparam("b_id")).values(claimed_by=None, claimed_until=None, **columns),
            values,
        )


def _refusal(fault: BaseException) -> SpoolError:
    error = SpoolError(f"spool: the mail was not taken, its sender keeps it: {fault}")
    error.full = "disk is full" in str(fault)
    error.__cause__ = fault
    return error
