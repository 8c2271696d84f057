"""The database: one engine, one or two writer threads with group commit, and what differs between the dialects.

Writes are jobs. A job gets a connection inside a transaction that others may share: jobs that wait together are
committed together, each in its own savepoint, and every one of them is answered after the commit is on disk.
SQLite has one writer thread (`BEGIN IMMEDIATE`, WAL, `synchronous=FULL`). PostgreSQL has two, `intake` and `desk`,
so that accepting mail never waits behind the desk; desk jobs hold an advisory lock, so that of several daemons one
writes tickets at a time and facts read in a desk job cannot change before it commits.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row, Select, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError

from mailbridge.errors import StoreError

Lane = Literal["intake", "desk"]
Result = TypeVar("Result")
AnyRow = Row[*tuple[Any, ...]]
DESK_LOCK = 0x6D61696C  # any number that is the same in every daemon
GROUP = 100
_SQLITE_WELL = frozenset((1, 18, 19, 20, 21, 25))  # ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE: about what was asked
_POSTGRES_OUTAGES = frozenset(("08", "40", "53", "55", "57", "58"))  # connection, rollback, resources, lock, shutdown, system


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    done: Future[Any]


class Database:
    """One database by its URL. `open()` before use, `close()` at the end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._engine: Engine | None = None
        self._writers: dict[str, _Writer] = {}
        self._starting = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The engine of the writers."""
        if self._engine is None:
            self._engine = _make_engine(self.url, self.is_sqlite)
        return self._engine

    def write(self, work: Callable[[Connection], Result], lane: Lane = "desk") -> Result:
        """Run `work` in a transaction and return its result after the commit. Raise what `work` raises, or StoreError."""
        return self.write_soon(work, lane).result()

    def write_soon(self, work: Callable[[Connection], Result], lane: Lane = "desk") -> Future[Result]:
        """Like `write`, but return a future that resolves after the commit."""
        done: Future[Result] = Future()
        self._writer("desk" if self.is_sqlite else lane).put(_Job(work, done))
        return done

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading: one consistent view, which blocks no writer."""
        with _told(self.url), self.engine.connect() as connection:
            connection.exec_driver_sql(
                "BEGIN" if self.is_sqlite else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
            )
            try:
                yield connection
            finally:
                connection.rollback()

    def close(self, seconds: float | None = None) -> None:
        """Finish the jobs that wait, stop the writers, close every connection; wait so long at most for each writer."""
        for writer in self._writers.values():
            writer.stop(seconds)
        self._writers.clear()
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _writer(self, lane: str) -> _Writer:
        writer = self._writers.get(lane)
        if writer is None:
            with self._starting:
                writer = (
                    self._writers.setdefault(lane, _Writer(self, lane))
                    if lane not in self._writers
                    else self._writers[lane]
                )
        return writer


class _Writer:
    """One thread that commits jobs in groups."""

    def __init__(self, database: Database, lane: str) -> None:
        self._database, self._lane = database, lane
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"writer-{lane}", daemon=True)
        self._thread.start()

    def put(self, job: _Job) -> None:
        self._jobs.put(job)

    def stop(self, seconds: float | None) -> None:
        self._jobs.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            group = self._next_group()
            jobs = [job for job in group if job is not None]
            if jobs:
                self._commit(jobs)
            if len(jobs) < len(group):
                return

    def _next_group(self) -> list[_Job | None]:
        group = [self._jobs.get()]
        while group[-1] is not None and len(group) < GROUP:
            try:
                group.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return group

    def _commit(self, jobs: list[_Job]) -> None:
        """Commit a group; if that fails for what was asked, each job of several is tried once more alone.

        In an outage each is told so at once: to wait for a lock a hundred times over helps nobody, and when a connection
        is lost the commit may have happened.
        """
        try:
            answers = self._attempt(jobs)
        except Exception as fault:
            if len(jobs) > 1 and not is_outage(fault):
                for job in jobs:
                    self._commit([job])
                return
            for job in jobs:
                job.done.set_exception(_as_store_error(fault, self._database.url))
            return
        for job, (value, problem) in zip(jobs, answers, strict=True):
            if problem is not None:
                job.done.set_exception(_as_store_error(problem, self._database.url))
            else:
                job.done.set_result(value)

    def _attempt(self, jobs: list[_Job]) -> list[tuple[Any, BaseException | None]]:
        answers: list[tuple[Any, BaseException | None]]
        with self._database.engine.connect() as connection:
            begin_writing(connection, desk=self._lane == "desk")
            try:
                alone = len(jobs) == 1
                answers = [(jobs[0].work(connection), None)] if alone else [_one_job(connection, job) for job in jobs]
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        return answers


def _one_job(connection: Connection, job: _Job) -> tuple[Any, BaseException | None]:
    """Run one job of a group inside a savepoint: its fault is its own, the others go on."""
    savepoint = connection.begin_nested()
    try:
        value = job.work(connection)
    except Exception as problem:
        if is_outage(problem):  # the transaction is lost, its savepoints with it
            raise
        savepoint.rollback()
        return None, problem
    savepoint.commit()
    return value, None


def begin_writing(connection: Connection, *, desk: bool) -> None:
    """Begin a write transaction; for the desk it holds the lock that makes it the only writer of tickets."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif desk:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": DESK_LOCK})


def unclaimed(query: Select[*tuple[Any, ...]], connection: Connection) -> Select[*tuple[Any, ...]]:
    """Return the query for claiming rows: on PostgreSQL it skips what another daemon is claiming; SQLite has one writer."""
    return query.with_for_update(skip_locked=True) if connection.dialect.name == "postgresql" else query


def doing(query: Executable) -> Callable[[Connection], None]:
    """Return a job that runs one statement and gives nothing back."""

    def work(connection: Connection) -> None:
        connection.execute(query)

    return work


def upsert(
    connection: Connection, table: Any, rows: list[dict[str, Any]], key: tuple[str, ...], change: tuple[str, ...]
) -> None:
    """Insert rows; where one with the same `key` is there, its columns `change` are set instead."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    query = dialect.insert(table)
    connection.execute(
        query.on_conflict_do_update(index_elements=list(key), set_={name: query.excluded[name] for name in change}),
        rows,
    )


def _make_engine(url: str, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        try:
            return create_engine(url, pool_size=6, max_overflow=6, pool_pre_ping=True)
        except ModuleNotFoundError as fault:
            raise StoreError(
                "database: PostgreSQL needs the extra `postgres`. Run: pip install 'mailbridge[postgres]'"
            ) from fault
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, pool_size=6, max_overflow=6)
    event.listen(engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own loses updates silently
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-65536",
        "temp_store=MEMORY",
        # Pages are read without a copy: a look-up among a million messages costs a tenth more than among ten thousand, not a
        # quarter (`python -m tests.bench.lookup`). A disk that fails under it ends the process; what was committed stays.
        "mmap_size=1073741824",
    ):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _told(url: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as fault:
        raise _as_store_error(fault, url) from fault


def _as_store_error(fault: BaseException, url: str) -> BaseException:
    """Turn a fault of the database itself into a StoreError that says which; a constraint that failed stays as it is."""
    outage = is_outage(fault)
    if not isinstance(fault, DBAPIError) or not (outage or isinstance(fault, OperationalError)):
        return fault
    error = StoreError(f"database: {public_url(url)}: {str(fault.orig).strip().splitlines()[0]}")
    error.outage = outage
    error.__cause__ = fault
    return error


def is_outage(fault: BaseException) -> bool:
    """Say whether the database itself does not work for now, so that it is no use to ask it anything else."""
    if not isinstance(fault, DBAPIError):
        return False
    sqlite_code = getattr(fault.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code & 0xFF not in _SQLITE_WELL
    state = getattr(fault.orig, "sqlstate", None)
    if state is not None:
        return state[:2] in _POSTGRES_OUTAGES
    return fault.connection_invalidated or (
        isinstance(fault, OperationalError) and "number of parameters" not in str(fault.orig)
    )


def public_url(url: str) -> str:
    """Return the URL without its password, for messages."""
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, login = head.partition("://")
    return f"{scheme}://{login.partition(':')[0]}@{tail}"
