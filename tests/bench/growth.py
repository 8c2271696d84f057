"""What one mail costs on a desk with a thousand tickets, and with a hundred thousand: the corridor without SMTP.

The first thousand tickets are made by the desk itself, from mails. The rest are copies of their rows under other numbers,
keys, addresses and Message-IDs, so that every index holds as much as if the desk had lived that long; `audit` then counts
the whole. Each measurement walks new mails through `bridge.run_once`; one in four answers a mail anywhere on the desk.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from mailbridge import log
from mailbridge.app import App, assemble, batch_size, make_relay
from mailbridge.clock import now
from mailbridge.config.load import load_config
from mailbridge.records.audit import audit
from mailbridge.spool import Delivery
from mailbridge.store.tables import metadata
from tests.bench.corpus import REPLIES, TO, Letter, answer, letters, opening
from tests.bench.desks import lay_out

SIZES = (1_000, 10_000, 100_000)
BATCH, ROUNDS = 100, 8
BEYOND = 1_000_000_000

NUMBERS_OF = {
    "ticket": "ticket", "merged_into": "ticket", "linked_to": "ticket", "contact": "contact", "requester": "contact",
    "message": "message", "spool": "spool", "outbox": "outbox",
}
"""Columns that hold a number of another table."""
OWN_NUMBERS = ("spool", "contact", "ticket", "message", "outbox")
ADDRESSES = {("contact_address", "address"), ("participant", "address"), ("message", "from_address")}
IDS = {("message", "message_id"), ("message", "identity"), ("message_reference", "ref"), ("outbox", "message_id")}
LEFT_OUT = ("number", "mail_count", "confirmation", "last_good_template", "imap_folder", "imap_message", "lease", "alembic_version")


def measure(sizes: Sequence[int] = SIZES) -> Iterator[dict[str, Any]]:
    """Yield the cost of a mail at each number of tickets, with the growth since the first."""
    log.set_up(as_json=False, quiet=True)
    with tempfile.TemporaryDirectory(prefix="mailbridge-bench-") as folder:
        app = assemble(load_config(lay_out(Path(folder) / "desk"), os.environ), os.environ)
        try:
            base = fill(app, sizes[0])
            strides = make_room(app)
            copies, first = 1, None
            for size in sizes:
                grow(app, strides, range(copies, size // sizes[0]))
                copies = size // sizes[0]
                found = cost(app, base, copies)
                first = first or found
                yield {"what": "growth", "tickets": size, **found,
                       "growth": round(found["cpu_ms_per_mail"] / first["cpu_ms_per_mail"], 2),
                       "wall_growth": round(found["wall_ms_per_mail"] / first["wall_ms_per_mail"], 2)}
            check(app, sizes[-1])
        finally:
            app.close()


def fill(app: App, tickets: int) -> list[Letter]:
    """Let the desk make so many tickets, and send what it wrote; return the mails."""
    made: list[Letter] = []
    for one in letters(3 * tickets):
        made.append(one)
        tickets -= one.opens
        if not tickets:
            break
    walk(app, made)
    send(app)
    return made


def walk(app: App, mails: Sequence[Letter]) -> None:
    """Put mails into the spool and work them off."""
    for one in mails:
        app.spool.accept(Delivery(one.raw, one.sender, (TO,), "smtp", now(), peer="127.0.0.1"))
    work_off(app)


def work_off(app: App) -> None:
    """Work off the spool."""
    while app.bridge.run_once(now()).count:
        pass


def send(app: App) -> None:
    """Send everything that waits, into the Maildir."""
    relay = make_relay(app.config)
    while app.outbox.run_once(now(), relay, batch_size(app.config)).count:
        pass
    relay.close()


def cost(app: App, base: Sequence[Letter], copies: int) -> dict[str, float]:
    """Return the median milliseconds of a mail, processor and wall time: to bridge it, and to send what the desk writes about it."""
    dice = random.Random(copies)
    bridging, sending = [], []
    for number in range(ROUNDS + 1):
        mails = [_new(dice, base, copies, f"c{copies}.{number}.{place}") for place in range(BATCH)]
        for one in mails:
            app.spool.accept(Delivery(one.raw, one.sender, (TO,), "smtp", now(), peer="127.0.0.1")).result()
        bridging.append(_timed(lambda: work_off(app)))
        sending.append(_timed(lambda: send(app)))
    found: dict[str, float] = {}
    for name, place in (("cpu", 0), ("wall", 1)):
        bridge, post = (statistics.median(one[place] for one in times[1:]) / BATCH * 1000 for times in (bridging, sending))
        found |= {f"bridge_{name}_ms": round(bridge, 2), f"send_{name}_ms": round(post, 2), f"{name}_ms_per_mail": round(bridge + post, 2)}
    return found


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds that some work takes: processor time of every thread, and wall time."""
    used, started = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - used, time.perf_counter() - started


def _new(dice: random.Random, base: Sequence[Letter], copies: int, number: str) -> Letter:
    """Return a mail that opens a matter, or answers one on any copy of the desk."""
    if dice.random() >= REPLIES:
        return opening(dice, number)
    parent, copy = dice.choice(base), dice.randrange(copies)
    if copy:
        parent = Letter(b"", f"{parent.message_id}.{copy}", f"{copy}-{parent.sender}", parent.subject, (), parent.locale, opens=True)
    return answer(dice, parent, number)


def make_room(app: App) -> dict[str, int]:
    """Let new mails take numbers far above every copy; return the greatest number so far of each table."""

    def work(connection: Connection) -> dict[str, int]:
        greatest = {name: int(connection.execute(text(f"SELECT max(id) FROM {name}")).scalar_one()) for name in OWN_NUMBERS}
        connection.execute(text(f"UPDATE number SET last = {BEYOND}"))
        connection.execute(text(f"UPDATE sqlite_sequence SET seq = {BEYOND} WHERE name = 'spool'"))
        return greatest

    return app.database.write(work)


def grow(app: App, strides: dict[str, int], copies: range) -> None:
    """Copy the rows of the first tickets, once for each number in `copies`."""

    def work(connection: Connection) -> None:
        for table in metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                connection.execute(text(_copying(table.name, [column.name for column in table.columns], strides, copies)))

    if copies:
        app.database.write(work)


def _copying(table: str, columns: Sequence[str], strides: dict[str, int], copies: range) -> str:
    """Return the statement that copies a table's first rows, every number shifted, every key and address made another."""
    values = {name: _copied(table, name, strides) for name in columns if name != "id" or table in OWN_NUMBERS}
    first = next(name for name in columns if name in NUMBERS_OF or (name == "id" and table in OWN_NUMBERS))
    limit = strides[table if first == "id" else NUMBERS_OF[first]]
    names = ", ".join(f'"{name}"' for name in values)
    return (
        f"WITH RECURSIVE copy(k) AS (SELECT {copies.start} UNION ALL SELECT k + 1 FROM copy WHERE k < {copies.stop - 1}) "
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM copy, {table} WHERE {table}.{first} <= {limit}"
    )


def _copied(table: str, column: str, strides: dict[str, int]) -> str:
    whole = f'{table}."{column}"'
    if column == "id":
        return f"{whole} + k * {strides[table]}"
    if column in NUMBERS_OF:
        return f"{whole} + k * {strides[NUMBERS_OF[column]]}"
    if (table, column) == ("ticket", "key"):
        return f"lower(hex(randomblob(length({whole}) / 2)))"
    if (table, column) in ADDRESSES:
        return f"k || '-' || {whole}"
    return f"{whole} || '.' || k" if (table, column) in IDS else whole


def check(app: App, tickets: int) -> None:
    """Count the desk: a measurement of a desk that is not whole says nothing."""
    with app.database.read() as connection:
        there = int(connection.execute(text("SELECT count(*) FROM ticket")).scalar_one())
        found = audit(connection, app.blobs)
    if there < tickets or found.missing or found.waiting:
        raise RuntimeError(f"{there} tickets; {found.figures()} {found.faults[:3]}")
