"""The ledger of one IMAP account: every UID that we ever saw, and what became of it. Rows only; decides nothing.

Its states are in `imap_folder.py`. A folder may be met anew (its UIDVALIDITY changed, or the server gives UIDs out a second
time): the rows of before stay, and `again` tells two rounds of one UIDVALIDITY apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from mailbridge.store.db import Database, doing, upsert
from mailbridge.store.tables import ImapFolder, ImapMessage, Spool

folders: Any = ImapFolder.__table__  # type: ignore[attr-defined]
messages: Any = ImapMessage.__table__  # type: ignore[attr-defined]
spool: Any = Spool.__table__  # type: ignore[attr-defined]

LEFT_ALONE, ACCEPTED, ACKNOWLEDGED = "left-alone", "accepted", "acknowledged"
TOO_LARGE, UNREADABLE, GONE = "too-large", "unreadable", "gone"


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a folder.

    again: how often this UIDVALIDITY was met before. base: UIDs up to it were there when we met the folder; later ones
    are new. taken_after: of those up to `base`, the ones with a later INTERNALDATE are new; none of them when missing.
    renewed: the folder was met more than once, so that a mail may be one that we have under another UID.
    cursor: every UID up to it is in the ledger, or was gone. compared_at: when the whole folder was compared.
    """

    folder: str
    uidvalidity: int
    again: int
    base: int
    cursor: int
    taken_after: datetime | None = None
    renewed: bool = False
    compared_at: datetime | None = None

    @property
    def round(self) -> str:
        """The UIDVALIDITY as it stands in the origin of a spooled mail; `7.1` when it came a second time."""
        return f"{self.uidvalidity}.{self.again}" if self.again else str(self.uidvalidity)


@dataclass(frozen=True, slots=True)
class Line:
    """One UID of the ledger."""

    uid: int
    state: str
    spool: int | None = None
    internaldate: datetime | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of one account in one database."""

    database: Database
    account: str

    def folder(self, name: str) -> Known | None:
        """Return what is known of a folder; None before we have ever met it."""
        with self.database.read() as connection:
            row = connection.execute(select(folders).where(*self._of(folders, name))).one_or_none()
        return None if row is None else _known(row)

    def meet(self, folder: str, uidvalidity: int, base: int) -> Known:
        """Note the first contact with a folder, or that its UIDs began anew; from here on it is known by these numbers.

        In one transaction with the question how new the newest mail was: mail that is newer is not known yet.
        """
        return self.database.write(lambda connection: self._meet(connection, folder, uidvalidity, base), "intake")

    def lines(self, known: Known, above: int = 0) -> dict[int, Line]:
        """Return what became of each UID above a number."""
        query = select(messages).where(self._these(known), messages.c.uid > above)
        with self.database.read() as connection:
            return {row.uid: _line(row) for row in connection.execute(query)}

    def unacknowledged(self, known: Known) -> list[int]:
        """Return the UIDs that are safe in the spool and not yet acknowledged."""
        query = select(messages.c.uid).where(self._these(known), messages.c.state == ACCEPTED).order_by(messages.c.uid)
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def note(self, known: Known, lines: Iterable[Line]) -> None:
        """Write lines, or write them over."""
        key = {"account": self.account, "folder": known.folder, "uidvalidity": known.uidvalidity, "again": known.again}
        rows = [
            key | {"uid": one.uid, "state": one.state, "spool": one.spool, "internaldate": one.internaldate,
                   "size": one.size}
            for one in lines
        ]  # fmt: skip
        if rows:
            names = (*key, "uid")
            values = ("state", "spool", "internaldate", "size")
            self.database.write(lambda connection: upsert(connection, messages, rows, names, values), "intake")

    def mark(self, known: Known, uids: Sequence[int], state: str) -> None:
        """Set the state of UIDs that are in the ledger."""
        for start in range(0, len(uids), 500):
            part = uids[start : start + 500]
            query = update(messages).where(self._these(known), messages.c.uid.in_(part)).values(state=state)
            self.database.write(doing(query), "intake")

    def move_cursor(self, known: Known, cursor: int, compared_at: datetime | None = None) -> Known:
        """Note how far the folder was worked on, and when it was compared if it was; return what is known now."""
        after = replace(
            known, cursor=max(cursor, known.cursor), compared_at=compared_at or known.compared_at
        )
        if after != known:
            values = {"cursor": after.cursor, "compared_at": after.compared_at}
            query = update(folders).where(*self._of(folders, known.folder)).values(values)
            self.database.write(doing(query), "intake")
        return after

    def spooled_at(self, folder: str, dates: Iterable[datetime]) -> dict[tuple[datetime, str], int]:
        """Return the spooled mails of a folder with one of these INTERNALDATEs: date and checksum of the bytes -> spool id."""
        query = (
            select(messages.c.internaldate, spool.c.sha256, spool.c.id)
            .join(spool, spool.c.id == messages.c.spool)
            .where(*self._of(messages, folder), messages.c.internaldate.in_(sorted(set(dates))))
        )
        with self.database.read() as connection:
            return {(row.internaldate, row.sha256): row.id for row in connection.execute(query)}

    def without_mail(self) -> list[tuple[str, int, int]]:
        """Return (folder, UIDVALIDITY, UID) of lines whose mail is not in the spool: there must be none."""
        query = (
            select(messages.c.folder, messages.c.uidvalidity, messages.c.uid)
            .outerjoin(spool, spool.c.id == messages.c.spool)
            .where(
                messages.c.account == self.account,
                messages.c.state.in_((ACCEPTED, ACKNOWLEDGED, TOO_LARGE)),
                spool.c.id.is_(None),
            )
        )
        with self.database.read() as connection:
            return [(row.folder, row.uidvalidity, row.uid) for row in connection.execute(query)]

    def _meet(self, connection: Connection, folder: str, uidvalidity: int, base: int) -> Known:
        renewed = connection.execute(select(folders.c.folder).where(*self._of(folders, folder))).first() is not None
        newest = connection.execute(
            select(func.max(messages.c.internaldate)).where(*self._of(messages, folder))
        ).scalar()
        times = connection.execute(
            select(func.max(messages.c.again)).where(*self._of(messages, folder), messages.c.uidvalidity == uidvalidity)
        ).scalar()
        again = 0 if times is None else times + 1
        if renewed and newest is None:
            base = 0  # it was empty all the time: whatever is in it now has come since
        known = Known(folder, uidvalidity, again, base, 0, newest if renewed else None, renewed)
        row = {
            "account": self.account, "folder": folder, "uidvalidity": uidvalidity, "again": again, "base": base,
            "taken_after": known.taken_after, "renewed": renewed, "cursor": 0, "compared_at": None,
        }  # fmt: skip
        connection.execute(
            update(messages)
            .where(*self._of(messages, folder), messages.c.state.in_((ACCEPTED, UNREADABLE)))
            .values(state=GONE)  # those UIDs mean nothing any more
        )
        changed = tuple(name for name in row if name not in ("account", "folder"))
        upsert(connection, folders, [row], ("account", "folder"), changed)
        return known

    def _of(self, table: Any, folder: str) -> tuple[Any, Any]:
        return table.c.account == self.account, table.c.folder == folder

    def _these(self, known: Known) -> Any:
        return and_(
            *self._of(messages, known.folder),
            messages.c.uidvalidity == known.uidvalidity,
            messages.c.again == known.again,
        )


def _known(row: Any) -> Known:
    return Known(
        row.folder, row.uidvalidity, row.again, row.base, row.cursor, row.taken_after, row.renewed, row.compared_at
    )


def _line(row: Any) -> Line:
    return Line(row.uid, row.state, row.spool, row.internaldate, row.size)
