"""An account to read, with a database and a spool of its own, and a clock that only the test moves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from mailbridge.config.model import Imap
from mailbridge.intake.imap import Account
from mailbridge.intake.imap_folder import Accept, Report
from mailbridge.intake.imap_lease import Lease
from mailbridge.intake.imap_ledger import Ledger
from mailbridge.spool import Spool
from mailbridge.store.blobs import Blobs
from mailbridge.store.db import Database
from tests.desks import migrated

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "bread-and-salt"
_users = itertools.count(1)


@dataclass
class Notebook:
    """A log that can be read."""

    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def info(self, event: str, **values: Any) -> None:
        self.lines.append((event, values))

    warning = error = info

    def events(self) -> list[str]:
        return [event for event, _ in self.lines]


def settings(port: int, user: str = "support@example.org", **changes: Any) -> Imap:
    """Settings of an account on loopback; changes may go below what a file may hold (a timeout of half a second)."""
    own = Imap.model_validate(
        {"name": "support", "host": "127.0.0.1", "port": port, "security": "none", "user": user,
         "password_file": "secrets/imap", "mailbox": "support@example.org"})  # fmt: skip
    return own.model_copy(update={"timeout_seconds": 5} | changes)


class Ground:
    """One database with its spool; `account()` makes accounts that read into it."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        if not database_url:
            (folder / "mailbridge.db").write_bytes(migrated())
        self.database = Database(database_url or f"sqlite:///{folder / 'mailbridge.db'}")
        blobs = Blobs(folder / "blobs")
        blobs.prepare()
        self.spool = Spool(self.database, blobs, "worker")
        self.ledger = Ledger(self.database, "support")
        self.log = Notebook()
        self.now = NOW
        self._open: list[Account] = []

    def account(self, own: Imap, *, accept: Accept | None = None, holder: str = "one", **more: Any) -> Account:
        made = Account(
            own, lambda: PASSWORD, accept or self.spool.accept, more.pop("ledger", Ledger(self.database, own.name)),
            Lease(self.database, f"imap:{own.name}", holder), lambda: self.now, lambda: 0.0, self.log, **more,
        )  # fmt: skip
        self._open.append(made)
        return made

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)

    def read(self, account: Account) -> Report:
        """Read once, and insist that it went well."""
        report = account.run_once(self.now)
        assert report.fault is None, report.fault
        return report

    def spooled(self) -> list[bytes]:
        """The mails in the spool, in order of arrival."""
        with self.database.read() as connection:
            ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM spool ORDER BY id")]
        return [entry.raw for entry in self.spool.load(ids)]

    def subjects(self) -> list[str]:
        return [raw.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for raw in self.spooled()]

    def states(self, folder: str = "INBOX") -> dict[int, str]:
        """UID -> state, of the folder as it is known now."""
        known = self.ledger.folder(folder)
        assert known is not None
        return {uid: line.state for uid, line in self.ledger.lines(known).items()}

    def close(self) -> None:
        for account in self._open:
            account.close()
        self.database.close()


def mail(subject: str, size: int = 0) -> bytes:
    """A mail of a line, or of about so many bytes."""
    filling = b"".join(b"%060d\r\n" % number for number in range(size // 62))
    return (f"From: Emma <emma@example.com>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.com>\r\n\r\n"
            f"About {subject}.\r\n").encode() + filling


def new_user() -> str:
    """The name of a user that no other test has."""
    return f"user{next(_users)}@example.org"


def look(port: int, user: str, act: Callable[[IMAPClient], Any]) -> Any:
    """Do something with the account as a person's mail client would."""
    with IMAPClient("127.0.0.1", port, ssl=False, timeout=10) as client:
        client.login(user, PASSWORD)
        return act(client)


def flags(port: int, user: str, folder: str = "INBOX") -> dict[int, set[bytes]]:
    """The flags of every mail in a folder, without \\Recent."""

    def act(client: IMAPClient) -> dict[int, set[bytes]]:
        client.select_folder(folder, readonly=True)
        return {uid: set(found) - {b"\\Recent"} for uid, found in client.get_flags(client.search()).items()}

    return look(port, user, act)


__all__ = ["NOW", "PASSWORD", "Ground", "Notebook", "flags", "look", "mail", "new_user", "settings"]
