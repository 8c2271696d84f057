"""Faults of the desk itself that an admin can mend: each is told to the admins by mail, once a day at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.post import tell_admins
from mailbridge.desk.work import Rules, Work
from mailbridge.replies.render import Facts
from mailbridge.store.db import Database


def tell_template_faults(database: Database, rules: Rules, at: datetime) -> int:
    """Tell the admins of templates that were found broken since the last time. Return of how many.

    Another version stands in for a broken template (design.md §5), so the customer notices nothing: nobody else would tell.
    """
    faults = rules.templates.untold()
    if not faults:
        return 0
    told = database.write(lambda connection: _tell(connection, rules, faults, at))
    rules.templates.told(faults)
    return told


def _tell(connection: Connection, rules: Rules, faults: Sequence[str], at: datetime) -> int:
    numbers = Numbers(connection)
    work = Work(rules, Changes(numbers, at), Caps(rules.config.limits, at), at)
    fresh = [fault for fault in faults if work.caps.first_fault(connection, fault)]
    for fault in fresh:
        facts = Facts(now=at, timezone=rules.config.desk.timezone, reason=fault, remedy="mailbridge templates check")
        tell_admins(work, "fault", facts)
    work.changes.flush(connection)
    work.caps.flush(connection)
    numbers.flush(connection)
    return len(fresh)
