"""What a look-up costs on a small and on a large desk: `python -m tests.bench.lookup [SMALL … LARGE]`.

Fills an SQLite database by bulk inserts (five messages a ticket), looks up batches of 100 mails as the desk does, and
prints the milliseconds of a batch and their ratio.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from mailbridge.decide.signals import Alike, Signals
from mailbridge.decide.trust import Trust
from mailbridge.desk.lookup import Question, fetch_facts
from mailbridge.store.db import Database
from mailbridge.store.migrate import upgrade

PER_TICKET = 5
BATCH = 100
ROUNDS = 120
AT = "2026-01-01 00:00:00.000000"
FILL = (
    "INSERT INTO contact (id, name, level, created_at) SELECT n, 'Person ' || n, '', '{at}' FROM numbers WHERE n <= {tickets}",
    "INSERT INTO contact_address (address, contact, best_trust) SELECT printf('p%d@example%d.com', n, n % 997), n, 'bare'"
    " FROM numbers WHERE n <= {tickets}",
    "INSERT INTO ticket (id, key, state, priority, category, subject, department, mailbox, requester, created_at, updated_at,"
    " state_since, follow_ups, paused, apologies, answerable) SELECT n, printf('%016x', n * 2654435761), 'open', 'normal', '',"
    " 'Matter ' || n, 'support', 'support@example.org', n, '{at}', '{at}', '{at}', 0, '[]', '[]', 1 FROM numbers"
    " WHERE n <= {tickets}",
    "INSERT INTO participant (ticket, contact, role, address, name, why) SELECT n, n, 'requester',"
    " printf('p%d@example%d.com', n, n % 997), '', '' FROM numbers WHERE n <= {tickets}",
    'INSERT INTO message (id, ticket, direction, kind, message_id, identity, from_name, from_address, contact, "to", cc, subject,'
    " at, text, reply, trust, trust_reasons, evidence, decision, third_party, unverified, automatic) SELECT n, (n + 4) / 5,"
    " 'inbound', 'human', printf('%08x.%d@mail.example.com', (n * 2654435761) % 4294967296, n), printf('%064x', n * 40503), '',"
    " printf('p%d@example%d.com', (n + 4) / 5, ((n + 4) / 5) % 997), (n + 4) / 5, '[]', '[]', 'Matter', '{at}',"
    " hex(zeroblob(150)), hex(zeroblob(100)), 'bare', '[]', 'reference', '{{}}', 0, 0, 0 FROM numbers",
    "INSERT INTO message_reference (ref, message, own) SELECT printf('%08x.%d@mail.example.com', (n * 2654435761) % 4294967296, n),"
    " n, 1 FROM numbers",
)
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {messages}) "


def fill(database: Database, messages: int) -> None:
    """Write a desk with so many messages."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for statement in FILL:
            head, _, select = statement.partition(" SELECT ")
            numbers = NUMBERS.format(messages=messages)
            connection.exec_driver_sql(f"{head} {numbers}SELECT {select.format(at=AT, tickets=messages // PER_TICKET)}")
        connection.commit()


def ask(dice: random.Random, messages: int) -> list[Question]:
    """Ask about a batch: replies to mails all over the desk, and a fifth that are new."""
    asked = []
    for place in range(BATCH):
        number = dice.randrange(6, messages)
        known = tuple(
            f"{one * 2654435761 % 4294967296:08x}.{one}@mail.example.com" for one in range(number, number - 5, -1)
        )
        signals = (
            Signals(f"new{place}@x", references=known)
            if place % 5
            else Signals(f"new{place}@x", alike=Alike(now=f"like {place}", before=f"like {place}b"))
        )
        ticket = (number + 4) // PER_TICKET
        asked.append(Question(f"p{ticket}@example{ticket % 997}.com", Trust.BARE, None, signals, f"{place:064x}"))
    return asked


def make(folder: Path, messages: int) -> Database:
    """Return a database with so many messages."""
    database = Database(f"sqlite:///{folder / f'{messages}.db'}")
    upgrade(database)
    started = time.perf_counter()
    fill(database, messages)
    print(f"{messages} messages written in {time.perf_counter() - started:.1f} s", file=sys.stderr)  # noqa: T201
    return database


def measure(desks: dict[int, Database]) -> dict[int, float]:
    """Return the usual milliseconds of a batch on each desk, in turns, so that a busy machine slows all of them alike."""
    dice = random.Random(1)
    taken: dict[int, list[float]] = {messages: [] for messages in desks}
    with ExitStack() as stack:
        connections = {messages: stack.enter_context(database.read()) for messages, database in desks.items()}
        for _ in range(ROUNDS):
            for messages, connection in connections.items():
                asked = ask(dice, messages)
                started = time.perf_counter()
                facts = fetch_facts(connection, asked)
                taken[messages].append((time.perf_counter() - started) * 1000)
                assert len(facts.tickets) >= BATCH // 2
    return {messages: statistics.quantiles(times, n=4)[0] for messages, times in taken.items()}


def main() -> None:
    """Measure both sizes and print the ratio."""
    sizes = [int(one) for one in sys.argv[1:]] or [10_000, 1_000_000]
    with TemporaryDirectory() as folder:
        desks = {messages: make(Path(folder), messages) for messages in sizes}
        usual = measure(desks)
        for database in desks.values():
            database.close()
    costs = ", ".join(f"{usual[messages]:.1f} ms at {messages}" for messages in sizes)
    print(f"look-up of {BATCH} mails: {costs} messages: {usual[sizes[-1]] / usual[sizes[0]]:.2f} x")  # noqa: T201


if __name__ == "__main__":
    main()
