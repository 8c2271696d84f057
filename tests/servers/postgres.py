"""A PostgreSQL of our own: a fresh cluster, reached by a unix socket in its own folder, TCP off.

    with PostgresServer() as server:
        engine = create_engine(server.create_database("desk"))

It cannot be mistaken for another server: before a database is dropped, the server must say that its data lies in our
folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Self

from tests.servers.ground import end_group, is_alive, new_folder, program, remove_folder, run, wait_until

PACKAGE = "postgresql"


class PostgresServer:
    """A running PostgreSQL with the superuser `postgres`; as root it runs as the user of that name.

    folder: where it lives and what stays afterwards, `data` and the socket in it; a temporary one when missing. The
    path must be short (a socket's may have 107 bytes) and open to the user.
    durable: with fsync, as an installation has it; without, a test that kills no machine is faster.
    """

    def __init__(self, folder: Path | None = None, *, durable: bool = False) -> None:
        self.folder = folder or Path()
        self.durable = durable
        self._own_folder = folder is None
        self._process: subprocess.Popen[bytes] | None = None
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        self._places = tuple(str(path) for path in reversed(versions))

    def __enter__(self) -> Self:
        initdb = program("initdb", PACKAGE, self._places)
        self.folder = new_folder("postgres") if self._own_folder else self.folder
        if os.geteuid() == 0:
            run(["chown", "postgres", str(self.folder)])
        try:
            if not self.data.exists():
                make = [initdb, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", str(self.data)]
                run([*self._as_user(), *make, "--no-sync"], cwd=self.folder)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        if not self._own_folder:
            self.stop()
            return
        if self._process is not None:
            self.kill()  # nothing of it is kept: the last checkpoint would be work for nothing
        remove_folder(self.folder)

    @property
    def data(self) -> Path:
        """The folder of the cluster."""
        return self.folder / "data"

    def start(self) -> None:
        """Start and return when it answers."""
        options = [
            "-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}", "-c", "max_connections=200",
            "-c", f"fsync={'on' if self.durable else 'off'}", "-c", "logging_collector=off",
            "-c", "recovery_init_sync_method=syncfs",
        ]  # fmt: skip
        command = [*self._as_user(), program("postgres", PACKAGE, self._places), "-D", str(self.data), *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        try:
            wait_until(lambda: self._answers() or not is_alive(self._pid), "PostgreSQL")
        except TimeoutError as error:
            raise RuntimeError(f"{error}\n{self.log()}") from None
        if not is_alive(self._pid):
            raise RuntimeError(f"PostgreSQL does not start:\n{self.log()}")

    def stop(self) -> None:
        """Stop at once, connections or not (`fast`); what was committed stays."""
        if self._process is not None:
            self.thaw()
            self._process.send_signal(signal.SIGINT)
            self._collect()

    def kill(self) -> None:
        """Kill every process of it (SIGKILL), as a crash would; `start` recovers."""
        self._signal_all(signal.SIGKILL)
        self._collect()
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def freeze(self) -> None:
        """Stop the server and every session where they stand (SIGSTOP)."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on after `freeze`."""
        self._signal_all(signal.SIGCONT)

    def log(self) -> str:
        """Return the log so far."""
        return (self.folder / "log").read_text(errors="replace")

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database for SQLAlchemy and `[database] url`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create_database(self, name: str) -> str:
        """Create an empty database; return its URL."""
        self.sql(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database with whoever is connected to it, on this server and no other."""
        assert Path(self.sql("SHOW data_directory")).samefile(self.data)
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement with psql; return its bare output."""
        psql = [program("psql", PACKAGE, self._places), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"]
        return run([*psql, *self._peer(), "-d", database, "-c", statement]).strip()

    @property
    def _pid(self) -> int:
        assert self._process is not None
        self._process.poll()
        return self._process.pid

    def _as_user(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        return [program("setpriv", "util-linux"), "--reuid=postgres", "--regid=postgres", "--init-groups"]

    def _peer(self) -> list[str]:
        return ["-h", str(self.folder), "-U", "postgres"]

    def _answers(self) -> bool:
        command = [program("pg_isready", PACKAGE, self._places), "-q", *self._peer()]
        return subprocess.run(command, check=False, timeout=20).returncode == 0

    def _collect(self) -> None:
        assert self._process is not None
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            end_group(self._process.pid, signal.SIGKILL)
            self._process.wait(5)
        self._process = None

    def _signal_all(self, number: signal.Signals) -> None:
        """Signal the server and its sessions: each of these leads a session and a process group of its own."""
        pids = [self._pid, *_children(self._pid)]
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
