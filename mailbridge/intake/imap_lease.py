"""A lease: what one daemon of several does alone. It ends with its holder's death, after its time; there is no leader.

It keeps daemons out of each other's way. Nothing hangs on it: should two hold it for a moment (their clocks differ, one
slept), the ledger and the spool's origins still see to it that no mail is taken twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from mailbridge.store.db import Database, doing
from mailbridge.store.tables import Lease as LeaseTable

leases: Any = LeaseTable.__table__  # type: ignore[attr-defined]
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease by its name, as one holder sees it."""

    database: Database
    name: str
    holder: str

    def hold(self, now: datetime) -> bool:
        """Take the lease, or keep it for another while. Say whether it is ours."""
        try:
            return self.database.write(lambda connection: self._hold(connection, now), "intake")
        except IntegrityError:  # two daemons took a lease that nobody had ever held, and the other was first
            return False

    def give_back(self) -> None:
        """End the lease, if it is ours, so that nobody has to wait for its time."""
        query = delete(leases).where(leases.c.name == self.name, leases.c.holder == self.holder)
        self.database.write(doing(query), "intake")

    def _hold(self, connection: Connection, now: datetime) -> bool:
        # Longer than anybody may hold it: its holder's clock was wrong, or ours was.
        free = or_(leases.c.holder == self.holder, leases.c.until < now, leases.c.until > now + 2 * LEASE)
        values = {"holder": self.holder, "until": now + LEASE}
        if connection.execute(update(leases).where(leases.c.name == self.name, free).values(values)).rowcount == 1:
            return True
        if connection.execute(select(leases.c.name).where(leases.c.name == self.name)).first() is not None:
            return False
        connection.execute(insert(leases).values(name=self.name, **values))
        return True
