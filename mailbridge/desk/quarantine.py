"""Mail that could not be worked on: kept whole in the spool, shown as a stub ticket, told to the admin once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.opening import open_stub
from mailbridge.desk.post import tell_admins
from mailbridge.desk.work import Rules, Work
from mailbridge.replies.render import Facts


def quarantine(connection: Connection, rules: Rules, item: Incoming, reason: str, now: datetime) -> tuple[int, int]:
    """Put a mail into quarantine, with a stub ticket unless one stands for it already. Return (ticket, message)."""
    numbers = Numbers(connection)
    work = Work(rules, Changes(numbers, now), Caps(rules.config.limits, now), now)
    if item.entry.stub is not None:
        message, ticket = item.entry.stub
        work.changes.event(
            ticket, "mailbridge", "quarantined-again", message=message, spool=item.entry.id, reason=reason
        )
    else:
        ticket, message = open_stub(work, item, reason)
        tell_admins(
            work,
            "quarantined",
            Facts(
                ticket=ticket,
                subject=item.mail.subject,
                now=now,
                timezone=rules.config.desk.timezone,
                count=1,
                spool_id=str(item.entry.id),
                reason=reason,
            ),
        )
    work.changes.settle(item.entry.id, "quarantined", message, ticket, reason)
    work.changes.flush(connection)
    numbers.flush(connection)
    return ticket, message
