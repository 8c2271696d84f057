"""A report that mail of ours did not arrive: the agent is told, and a ticket whose answer never came through is ours again.

Only a hard failure of a mail that we really sent counts, known by the signed number in our Message-ID or in the address
that reports go to. Anybody who was copied knows such an id, so a report never closes, silences or answers anything.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.decide.classify import Bounce
from mailbridge.desk.failures import TOLD
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.post import To, customer_facts, notify_agents
from mailbridge.desk.states import set_state
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.tokens import Audience, outbox_of_message_id
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Event, Outbox

REOPENS_FOR = timedelta(days=30)
AT_REST = ("pending", "snoozed", "resolved", "closed")

outbox: Any = Outbox.__table__  # type: ignore[attr-defined]
event: Any = Event.__table__  # type: ignore[attr-defined]


def not_delivered(connection: Connection, work: Work, ticket: TicketNow, item: Incoming) -> None:
    """Heed a bounce that lies on a ticket: tell the agent once for each mail, and reopen the ticket if it was his answer."""
    bounce = item.kind.bounce
    if bounce is None or bounce.bounce_class != "hard" or item.importing:
        return
    row = _mail_of(connection, work, ticket, item)
    if row is None or row.purpose not in TOLD or _told_before(connection, ticket, row):
        return
    work.changes.event(ticket.id, "mailbridge", "answer-bounced", at=item.at, outbox=row.id, purpose=row.purpose)
    if row.agent and ticket.state in AT_REST and work.now - row.made_at < REOPENS_FOR:
        set_state(work, ticket, "open", "mailbridge", "the answer did not arrive")
        work.set(ticket, waiting_since=ticket.waiting_since or item.at)
    _tell_agent(work, ticket, row, bounce)


def _tell_agent(work: Work, ticket: TicketNow, row: AnyRow, bounce: Bounce) -> None:
    addresses = [one["address"] for one in row.recipients]
    lost = [address for address in addresses if address.lower() in {one.lower() for one in bounce.recipients}]
    facts = customer_facts(
        work,
        ticket,
        To(""),
        address=", ".join(lost or addresses),
        text=row.text if row.agent else "",
        status=f"{bounce.status} {bounce.reason}".strip(),
    )
    told = [row.agent] if work.rules.agent(row.agent) else work.rules.answering(ticket.department)
    notify_agents(work, ticket, told, facts, purpose="undeliverable")


def _mail_of(connection: Connection, work: Work, ticket: TicketNow, item: Incoming) -> AnyRow | None:
    """Return the mail of this ticket that the report is about, if it went out."""
    numbers = [outbox_of_message_id(ref, work.rules.keys) for ref, _ in item.signals.our_ids]
    numbers += [
        int.from_bytes(token.person, "big") for token in item.signals.tokens if token.audience is Audience.BOUNCE
    ]
    query = select(outbox).where(
        outbox.c.id.in_([number for number in numbers if number]),
        outbox.c.state.in_(("sending", "sent", "failed")),
        outbox.c.ticket.is_not(None),
    )
    rows = {row.id: row for row in connection.execute(query)}
    found = next((rows[number] for number in numbers if number in rows), None)
    return found if found is not None and item.signals.ticket_keys and _lies_on(connection, ticket, found) else None


def _lies_on(connection: Connection, ticket: TicketNow, row: AnyRow) -> bool:
    """Say whether a sent mail belongs to this ticket, or to one that was merged into it."""
    from_merged = select(event.c.id).where(
        event.c.ticket == row.ticket, event.c.what == "merged", event.c.why["into"].as_integer() == ticket.id
    )
    return bool(row.ticket == ticket.id or connection.execute(from_merged).first() is not None)


def _told_before(connection: Connection, ticket: TicketNow, row: AnyRow) -> bool:
    """Say whether the agent knows already: of this very mail, or, for automatic mail, of any on this ticket."""
    query = select(event.c.why).where(event.c.ticket == ticket.id, event.c.what == "answer-bounced")
    before = [why["outbox"] for why in connection.execute(query).scalars()]
    return row.id in before or (row.agent is None and bool(before))
