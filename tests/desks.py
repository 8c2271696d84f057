"""A desk for tests: real rooms, a Maildir as relay, and a clock that only the test moves."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mailbridge.app
from mailbridge.app import App, assemble, make_relay
from mailbridge.config.load import load_config
from mailbridge.desk.admin import do_commands
from mailbridge.desk.incoming import Received
from mailbridge.records.audit import Audit, audit
from mailbridge.records.export import export
from mailbridge.records.tickets import list_tickets, show_ticket
from mailbridge.spool import Delivery
from mailbridge.store.db import Database
from mailbridge.store.migrate import upgrade

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MAIN = """
[desk]
name = "Acme Support"
[database]
{database}
[smtp]
listen = "127.0.0.1:0"
[relay]
kind = "maildir"
path = "var/outgoing"
[trust]
authserv_ids = ["mx.example.org"]
"""
DEPARTMENTS = """
[support]
mailboxes = ["support@example.org", "help@example.org"]
[billing]
mailboxes = ["billing@example.org"]
"""
AGENTS = """
[anna]
name = "Anna Petrova"
address = "anna@example.org"
departments = ["support"]
[boris]
name = "Boris Ivanov"
address = "boris@example.org"
departments = ["billing"]
role = "lead"
[chief]
name = "Clara Chief"
address = "clara@example.org"
role = "supervisor"
"""


@dataclass
class Desk:
    """The desk and its time. `put` hands in mail, `work` does all that is due, `sent` is what went out meanwhile."""

    app: App
    folder: Path
    now: datetime = START
    sent: list[EmailMessage] = field(default_factory=list)

    def put(self, raw: str | bytes, to: str = "support@example.org", sender: str | None = "", **more: Any) -> int:
        """Spool a mail as by SMTP; lines may end in `\\n`. An empty `sender` takes the one of From."""
        data = raw if isinstance(raw, bytes) else raw.replace("\r\n", "\n").replace("\n", "\r\n").encode()
        envelope = email.message_from_bytes(data).get("From", "") if sender == "" else sender
        address = email.utils.parseaddr(envelope or "")[1] if envelope is not None else None
        delivery = Delivery(data, address, (to,), more.pop("source", "smtp"), self.now, **more)
        return self.app.spool.accept(delivery).result()

    def work(self) -> list[Received]:
        """Bridge and send until nothing is left; return what became of the mails."""
        received: list[Received] = []
        relay = make_relay(self.app.config, {})
        while report := self.app.bridge.run_once(self.now).received:
            received += report
        while self.app.outbox.run_once(self.now, relay).count:
            pass
        for path in (
            sorted((self.folder / "var/outgoing/new").glob("*")) if (self.folder / "var/outgoing/new").is_dir() else []
        ):
            self.sent.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
            path.unlink()
        return received

    def receive(self, raw: str | bytes, to: str = "support@example.org", **more: Any) -> Received:
        """Put one mail and work it off."""
        self.put(raw, to, **more)
        return self.work()[-1]

    def another(self) -> Desk:
        """Return a second daemon on the same desk: its own rooms and worker, the same database, files and time."""
        return Desk(assemble(load_config(self.folder, {}), {}), self.folder, self.now)

    def later(self, **more: float) -> None:
        """Let time pass."""
        self.now += timedelta(**more)

    def sent_to(self, address: str) -> list[EmailMessage]:
        """Return the mails that went to an address, oldest first."""
        return [mail for mail in self.sent if mail["X-Envelope-To"].strip().lower() == address.lower()]

    def reply_address(self, agent: str = "anna@example.org") -> str:
        """Return the token address of the newest mail to an agent."""
        return self.sent_to(agent)[-1]["Reply-To"].addresses[0].addr_spec

    def ticket(self, number: int = 1) -> dict[str, Any]:
        """Return what `ticket show` tells."""
        with self.app.database.read() as connection:
            shown = show_ticket(connection, number)
        assert shown is not None, f"no ticket {number}"
        return shown

    def tickets(self) -> list[dict[str, Any]]:
        """Return what `ticket list` tells, oldest first."""
        with self.app.database.read() as connection:
            return list(list_tickets(connection))[::-1]

    def export(self, kind: str) -> list[dict[str, Any]]:
        """Return the exported objects of a type."""
        with self.app.database.read() as connection:
            return [one for one in export(connection) if one["type"] == kind]

    def audit(self) -> Audit:
        """Return the audit; a test that ends with missing mail has failed."""
        with self.app.database.read() as connection:
            found = audit(connection, self.app.blobs)
        assert found.missing == 0, found.faults
        return found

    def do(self, number: int, *lines: str) -> tuple[str, ...]:
        """Do commands as the admin."""
        return do_commands(self.app.database, self.app.rules, number, list(lines), self.now)

    def events(self, number: int = 1) -> list[str]:
        """Return the history of a ticket as words."""
        return [event["what"] for event in self.ticket(number)["events"]]

    def close(self) -> None:
        """Close the database."""
        self.app.close()


def write_desk(folder: Path, database_url: str = "", **files: str) -> None:
    """Write the files of a desk; `files` replaces them by name (`main`, `departments`, `agents`)."""
    (folder / "config").mkdir(parents=True, exist_ok=True)
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets/key").write_text("a key for tests that is long enough\n")
    database = f'url = "{database_url}"' if database_url else ""
    (folder / "mailbridge.toml").write_text(files.get("main", MAIN).format(database=database))
    (folder / "config/departments.toml").write_text(files.get("departments", DEPARTMENTS))
    (folder / "config/agents.toml").write_text(files.get("agents", AGENTS))


def _once(load: Callable[..., Any]) -> Callable[..., Any]:
    """Read the shipped words once for all tests; those that a desk has of its own are read each time."""
    shipped = cache(load)

    def loaded(*folders: Path) -> Any:
        there = [folder for folder in folders if folder.is_dir()]
        return shipped(*there) if len(there) == 1 else load(*folders)

    return loaded


for name in ("load_kinds", "load_patterns", "load_priority"):
    setattr(mailbridge.app, name, _once(getattr(mailbridge.app, name)))


@cache
def migrated() -> bytes:
    """Return the file of an SQLite database without a row, brought to this version's schema once for all tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mailbridge.db"
        database = Database(f"sqlite:///{path}")
        upgrade(database)
        database.close()
        return path.read_bytes()


def make_desk(folder: Path, database_url: str = "", **files: str) -> Desk:
    """Make and open a desk; on SQLite its database is a copy of one that was migrated before."""
    write_desk(folder, database_url, **files)
    if not database_url and not (folder / "var/mailbridge.db").exists():
        (folder / "var").mkdir(exist_ok=True)
        (folder / "var/mailbridge.db").write_bytes(migrated())
    return Desk(assemble(load_config(folder, {}), {}), folder)


def mail(
    subject: str = "Printer",
    text: str = "The printer is on fire.",
    sender: str = "Emma Clark <emma@example.com>",
    **headers: str,
) -> str:
    """Return a mail; further headers by name with `_` for `-`. Its Message-ID follows from its words unless one is given."""
    own = {
        "message_id": f"<{abs(hash((subject, text, sender)))}@example.com>",
        "to": "support@example.org",
        "date": "Mon, 23 Nov 2026 09:00:00 +0000",
    } | headers
    head = "".join(f"{name.replace('_', '-').title()}: {value}\n" for name, value in own.items() if value)
    return f"From: {sender}\nSubject: {subject}\n{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n"
