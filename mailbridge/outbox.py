"""The outbox: mail to send, as rendered text and headers; the bytes are composed on sending, the same each time.

Drafts for a shared mailbox wait here too; they are laid into it instead of being sent.

| state | stored | after a crash |
|---|---|---|
| held | row with the reason (leak guard, breaker, restore) | waits for a person: `mailbridge outbox retry ID` or `drop ID` |
| waiting | row, written in the desk's own transaction | claimed by the next sender once `next_at` has come |
| sending | row with `claimed_until`, `attempts` counted | the claim runs out (30 s); it is sent again, with the same Message-ID |
| sent | row with the relay's answer for each recipient | nothing to do |
| failed | row with the reason; event and agent's mail beside | waits for a person, who was told |
| withdrawn | row with the reason: no longer true, or too late | nothing to do |

A crash between the relay's answer and our note sends a mail twice, with the same Message-ID; it never sends none.
Each arrow has its crash test in `tests/crash/test_outbox_arrows.py`. Knows no rule of tickets: what a final failure means
is the desk's, through `on_failure`, inside the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from mailbridge.decide.retry import next_try
from mailbridge.errors import StoreError
from mailbridge.mail.compose import Outgoing, OutgoingFile, compose
from mailbridge.mail.message import Address
from mailbridge.relay.outcome import Outcome, Relay, same_for_all
from mailbridge.store.blobs import Blobs
from mailbridge.store.db import AnyRow, Database, doing, unclaimed
from mailbridge.store.tables import Outbox as OutboxTable
from mailbridge.store.tables import Ticket

CLAIM_SECONDS = 30
ONLY_WHILE = {
    "follow-up": ("new", "open"),
    "promise": ("new", "open", "pending", "snoozed"),
    "reminder": ("pending",),
}
"""What is only true while its ticket is in one of these states, looked at in the moment of sending."""
IS_OPEN = text("outbox.state IN ('waiting', 'sending')")
"""Written out, not bound: only so does SQLite see that the partial index `ix_outbox_due` serves."""

outbox: Any = OutboxTable.__table__  # type: ignore[attr-defined]
ticket: Any = Ticket.__table__  # type: ignore[attr-defined]

OnFailure = Callable[[Connection, Sequence[AnyRow], datetime], None]
FileDraft = Callable[[AnyRow, bytes, datetime], Outcome]
DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round did: rows by their new state."""

    sent: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many rows were worked on."""
        return len(self.sent) + len(self.waiting) + len(self.failed) + len(self.withdrawn)


@dataclass(slots=True)
class Outbox:
    """The outbox of one database.

    on_failure: told, in its transaction, of rows that have failed for good. file_draft: lays a draft into its mailbox.
    """

    database: Database
    blobs: Blobs
    worker: str
    give_up_after: timedelta
    jitter: Callable[[], float]
    on_failure: OnFailure
    file_draft: FileDraft
    working_on: set[int] = field(default_factory=set)

    def run_once(self, now: datetime, relay: Relay, most: int = 50) -> Sent:
        """Claim what is due, send it, note what became of it. Return after one batch; an empty report means all is done."""
        rows = self.database.write(lambda connection: _claim(connection, self.worker, now, most))
        if not rows:
            return Sent()
        self.working_on = {row.id for row in rows}
        try:
            return self._send(rows, now, relay)
        finally:
            self.working_on = set()

    def keep_claims(self, now: datetime) -> None:
        """Heartbeat: hold the claims of the batch in work for another half minute."""
        held, until = list(self.working_on), now + timedelta(seconds=CLAIM_SECONDS)
        if held:
            query = update(outbox).where(
                outbox.c.id.in_(held), outbox.c.state == "sending", outbox.c.claimed_by == self.worker
            )
            self.database.write(doing(query.values(claimed_until=until)))

    def retry(self, number: int, now: datetime) -> bool:
        """Send a held or failed mail after all: only to those who have not got it. Say whether there was one."""

        def work(connection: Connection) -> bool:
            row = connection.execute(
                select(outbox).where(outbox.c.id == number, outbox.c.state.in_(("held", "failed", "withdrawn")))
            ).one_or_none()
            if row is None:
                return False
            again = [one if one["state"] == "sent" else one | {"state": "waiting"} for one in row.recipients]
            connection.execute(
                update(outbox)
                .where(outbox.c.id == number)
                .values(
                    state="waiting",
                    recipients=again,
                    attempts=0,
                    made_at=now,
                    next_at=now,
                    not_after=None,
                    unless_answered=False,
                    reason=None,
                )
            )
            return True

        return self.database.write(work)

    def drop(self, number: int) -> bool:
        """Withdraw a mail that is not sent. Say whether there was one."""
        query = (
            update(outbox)
            .where(outbox.c.id == number, outbox.c.state.in_(("held", "failed", "waiting")))
            .values(state="withdrawn", reason="dropped by the admin")
        )
        return self.database.write(lambda connection: connection.execute(query).rowcount == 1)

    def _send(self, rows: Sequence[AnyRow], now: datetime, relay: Relay) -> Sent:
        useless = _useless(self.database, rows, now)
        changes: list[dict[str, Any]] = [_withdrawn(number, reason) for number, reason in useless.items()]
        ready: list[tuple[AnyRow, bytes]] = []
        for row in rows:
            if row.id not in useless:
                try:
                    ready.append((row, compose(self._mail(row))))
                except Exception as fault:  # it can never be composed: a fault of its own, told to the agent
                    reason = str(fault) if isinstance(fault, StoreError) else f"{type(fault).__name__}: {fault}"
                    changes.append(_result(row, same_for_all(_open_recipients(row), "permanent", 0, reason), now, self))
        drafts = [(row, raw) for row, raw in ready if row.purpose == DRAFT]
        ready = [(row, raw) for row, raw in ready if row.purpose != DRAFT]
        outcomes = relay.send_many([(row.envelope_from, _open_recipients(row), raw) for row, raw in ready])
        changes += [_result(row, outcome, now, self) for (row, _), outcome in zip(ready, outcomes, strict=True)]
        changes += [_result(row, outcome, now, self) for row, outcome in self._file(drafts, now)]
        self._note(changes, {row.id: row for row in rows}, now)
        return Sent(
            *(
                tuple(change["b_id"] for change in changes if change["state"] == state)
                for state in ("sent", "waiting", "failed", "withdrawn")
            )
        )

    def _note(self, changes: list[dict[str, Any]], rows: dict[int, AnyRow], now: datetime) -> None:
        """Write down what became of the mails. That they are sent is noted even if their failures cannot be told."""
        try:
            self.database.write(lambda connection: _note(connection, self.worker, changes, rows, self.on_failure, now))
        except Exception as fault:
            if isinstance(fault, StoreError) and fault.outage:
                raise
            self.database.write(lambda connection: _note(connection, self.worker, changes, rows, _tell_nobody, now))
            raise

    def _file(self, drafts: Sequence[tuple[AnyRow, bytes]], now: datetime) -> Iterator[tuple[AnyRow, Outcome]]:
        """Lay drafts into their mailboxes, after the mail has gone; a server that does not answer is asked once a round."""
        silent: dict[str, Outcome] = {}
        for row, raw in drafts:
            mailbox = row.headers["from_address"]
            outcome = silent.get(mailbox) or self.file_draft(row, raw, now)
            if outcome.of("temporary"):
                silent[mailbox] = outcome
            yield row, outcome

    def _mail(self, row: AnyRow) -> Outgoing:
        head = row.headers
        files = tuple(OutgoingFile(file["name"], file["type"], self.blobs.get(file["sha256"])) for file in row.files)
        return Outgoing(
            message_id=row.message_id,
            date=row.made_at,
            from_name=head["from_name"],
            from_address=head["from_address"],
            to=_people(head["to"]),
            cc=_people(head["cc"]),
            reply_to=Address(*head["reply_to"]) if head["reply_to"] else None,
            subject=head["subject"],
            text=row.text,
            html=row.html,
            in_reply_to=head["in_reply_to"],
            references=tuple(head["references"]),
            auto_submitted=head["auto_submitted"],
            extra=tuple((name, value) for name, value in head.get("extra", ())),
            files=files,
        )


def _people(pairs: Iterable[Sequence[str]]) -> tuple[Address, ...]:
    return tuple(Address(name, address) for name, address in pairs)


def _claim(connection: Connection, worker: str, now: datetime, most: int) -> Sequence[AnyRow]:
    dead = (outbox.c.state == "sending") & (outbox.c.claimed_until < now)
    query = (
        select(outbox)
        .where(IS_OPEN, outbox.c.next_at <= now, (outbox.c.state == "waiting") | dead)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most)
    )
    rows = connection.execute(unclaimed(query, connection)).all()
    if rows:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in rows]))
            .values(
                state="sending",
                claimed_by=worker,
                claimed_until=now + timedelta(seconds=CLAIM_SECONDS),
                attempts=outbox.c.attempts + 1,
            )
        )
    return rows


def _useless(database: Database, rows: Sequence[AnyRow], now: datetime) -> dict[int, str]:
    """Return the mails that must not go out any more, with the reason: too late, or a newer answer says more."""
    late = {row.id: "too late to be of use" for row in rows if row.not_after is not None and row.not_after < now}
    asked = [row for row in rows if row.unless_answered and row.ticket is not None and row.id not in late]
    if not asked:
        return late
    query = select(ticket.c.id, ticket.c.answered_at, ticket.c.state).where(
        ticket.c.id.in_({row.ticket for row in asked})
    )
    with database.read() as connection:
        tickets = {row.id: row for row in connection.execute(query)}
    useless = {row.id: _overtaken(row, tickets[row.ticket]) for row in asked if row.ticket in tickets}
    return late | {number: reason for number, reason in useless.items() if reason}


def _overtaken(row: AnyRow, now: AnyRow) -> str:
    """Say what has made an automatic mail untrue since it was written, or nothing. now: its ticket as it stands."""
    if now.answered_at is not None and now.answered_at > row.made_at:
        return "a newer answer says more"
    return f"the ticket is {now.state}" if now.state not in ONLY_WHILE.get(row.purpose, (now.state,)) else ""


def _open_recipients(row: AnyRow) -> tuple[str, ...]:
    return tuple(one["address"] for one in row.recipients if one["state"] == "waiting")


def _withdrawn(number: int, reason: str) -> dict[str, Any]:
    return {
        "b_id": number,
        "state": "withdrawn",
        "reason": reason,
        "next_at": None,
        "sent_at": None,
        "recipients": None,
    }


def _result(row: AnyRow, outcome: Outcome, now: datetime, box: Outbox) -> dict[str, Any]:
    """Turn what the relay said into the row's next state; recipients who have the mail are not sent it again."""
    said = {one.address: one for one in outcome.results}
    words = {"sent": "sent", "temporary": "waiting", "permanent": "failed"}
    recipients = [
        one
        | {
            "state": words[said[one["address"]].state],
            "code": said[one["address"]].code,
            "reply": said[one["address"]].reply,
        }
        if one["address"] in said
        else one
        for one in row.recipients
    ]
    recipients = [_failing(one, now) if one["state"] == "failed" and one["address"] in said else one for one in recipients]
    states = {one["state"] for one in recipients}
    change = {
        "b_id": row.id,
        "state": "failed" if "failed" in states else "sent",
        "reason": outcome.reply or None,
        "next_at": None,
        "sent_at": now,
        "recipients": recipients,
    }
    if "waiting" not in states:
        return change
    again = next_try(row.attempts + 1, row.made_at, now, box.give_up_after, box.jitter())
    if again is not None:
        return change | {"state": "waiting", "next_at": again, "sent_at": None}
    tired = [_failing(one, now) | {"given_up": True} if one["state"] == "waiting" else one for one in recipients]
    return change | {
        "state": "failed",
        "recipients": tired,
        "reason": f"given up after {box.give_up_after}: {outcome.reply}",
    }


def _failing(recipient: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Mark a recipient who will never get the mail; `lost_recipients` finds those of one round by the time."""
    return recipient | {"state": "failed", "failed_at": now.isoformat()}


def lost_recipients(recipients: Iterable[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Return the recipients who were given up in the round of `at`; those given up before have been told of."""
    return [one for one in recipients if one["state"] == "failed" and one.get("failed_at") == at.isoformat()]


def _tell_nobody(_connection: Connection, _rows: Sequence[AnyRow], _now: datetime) -> None:
    """What failed is seen in `outbox list` alone."""


def _note(
    connection: Connection,
    worker: str,
    changes: Sequence[dict[str, Any]],
    rows: dict[int, AnyRow],
    on_failure: OnFailure,
    now: datetime,
) -> None:
    """Only for mails whose claim this worker still holds: one that slept must not undo what another noted meanwhile."""
    query = select(outbox.c.id).where(
        outbox.c.id.in_(list(rows)), outbox.c.state == "sending", outbox.c.claimed_by == worker
    )
    ours = set(connection.execute(query).scalars())
    changes = [change for change in changes if change["b_id"] in ours]
    filled = [
        change
        | {
            "next_at": change["next_at"] or rows[change["b_id"]].next_at,
            "recipients": change["recipients"] or rows[change["b_id"]].recipients,
        }
        for change in changes
    ]
    if filled:
        connection.execute(
            update(outbox)
            .where(outbox.c.id == bindparam("b_id"))
            .values(
                state=bindparam("state"),
                reason=bindparam("reason"),
                next_at=bindparam("next_at"),
                sent_at=bindparam("sent_at"),
                recipients=bindparam("recipients"),
                claimed_by=None,
                claimed_until=None,
            ),
            filled,
        )
    failed = [change["b_id"] for change in filled if lost_recipients(change["recipients"], now)]
    if failed:
        on_failure(connection, connection.execute(select(outbox).where(outbox.c.id.in_(failed))).all(), now)
