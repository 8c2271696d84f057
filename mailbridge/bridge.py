"""The corridor: claim spooled mail, parse, look up, classify, match, hand to the desk, settle.

The only file that knows the order. Looking up and matching run inside the desk's transaction, under its lock, so a
decision cannot be stale when it is written; reading the mail, which is slow, is done before.

A mail that cannot be read goes into quarantine with a stub ticket; one that takes its process with it is tried alone
when its claim has run out, three times, then quarantined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from mailbridge.decide.match import Known, Match, match_ticket
from mailbridge.desk.incoming import Incoming, Outcome, Received
from mailbridge.desk.quarantine import quarantine
from mailbridge.desk.receive import receive
from mailbridge.desk.work import Rules
from mailbridge.errors import ReadersDown, StoreError
from mailbridge.log import Log
from mailbridge.reader import Answer, Letter, Unread
from mailbridge.readers import ReadsMail
from mailbridge.reading import Envelope, ReadMail, unread
from mailbridge.resolver import Ask, Resolver
from mailbridge.spool import TRIES_ALONE, Entry, Spool, held
from mailbridge.store.blobs import Blobs
from mailbridge.store.db import Database


@dataclass(frozen=True, slots=True)
class Report:
    """What one round did."""

    received: tuple[Received, ...] = ()

    @property
    def count(self) -> int:
        """How many mails were worked on."""
        return len(self.received)


@dataclass(slots=True)
class Bridge:
    """The corridor of one daemon. `rules` and `readers` are replaced as a whole on reload."""

    spool: Spool
    database: Database
    blobs: Blobs
    rules: Rules
    readers: ReadsMail
    log: Log
    resolver: Resolver = field(default_factory=Resolver)
    working_on: set[int] = field(default_factory=set)

    def run_once(self, now: datetime, most: int = 100) -> Report:
        """Claim a batch and work it off. An empty report means that nothing waits."""
        return self.work_off(self.spool.claim(now, most), now)

    def work_off(self, entries: Sequence[Entry], now: datetime) -> Report:
        """Work off claimed mails: each ends settled, quarantined, or back in the spool to be tried alone."""
        self.working_on = {entry.id for entry in entries}
        received: list[Received] = []
        refused: OSError | None = None
        try:
            for ready, broken in self._read_all(entries):
                kept, fault = self._keep_files(ready)
                refused = refused or fault
                done = self._hand_over(kept, now) if kept else []
                done += [one for entry, reason in broken for one in self._quarantine(entry, reason, now)]
                self._tell(done)
                received += done
            if refused is not None:
                raise refused
        except (StoreError, OSError, ReadersDown):  # not the mail's fault: it waits until we can, and no try is counted
            with suppress(StoreError):  # then the claims run out by themselves
                self.spool.give_back(self.working_on)
            raise
        finally:
            self.working_on = set()
        return Report(tuple(received))

    def _read_all(self, entries: Sequence[Entry]) -> Iterator[tuple[list[Incoming], list[tuple[Entry, str]]]]:
        """Give what was read and what could not be, group by group; the next ones are read while the desk has this one.

        Mail that there was no time for in this round goes back into the spool.
        """
        refused = [(entry, why) for entry in entries if (why := _why_not(entry))]
        if refused:
            yield [], refused
        left = [entry for entry in entries if not _why_not(entry)]
        if not left:
            return
        letters, ask = [letter_of(entry) for entry in left], self.resolver.for_a_round()
        with closing(self.readers.read(letters)) as groups:
            for answers in groups:
                group = list(zip(left, self._prove(letters[-len(left) :], answers, ask), strict=False))
                left = left[len(answers) :]
                ready = [incoming(entry, one, self.rules) for entry, one in group if isinstance(one, ReadMail)]
                yield ready, [(entry, one.reason) for entry, one in group if isinstance(one, Unread)]
        if left:
            self.spool.give_back([entry.id for entry in left])

    def _prove(self, letters: Sequence[Letter], answers: list[Answer], ask: Ask) -> list[Answer]:
        """Ask the DNS at once what may prove the senders of a group; read the mails that it may prove again, with its answers.

        A mail whose signature cannot be checked, or not in time, stays as it was read before.
        """
        asking = [(place, one.asks) for place, one in enumerate(answers) if isinstance(one, ReadMail) and one.asks]
        if not asking:
            return answers
        found = ask(name for _, names in asking for name in names)
        again = [
            (letters[place][0], replace(letters[place][1], answers={name: found[name] for name in names if name in found}))
            for place, names in asking
        ]
        with closing(self.readers.read(again)) as groups:
            judged = [one for group in groups for one in group]
        better = {place: one for (place, _), one in zip(asking, judged, strict=False) if isinstance(one, ReadMail)}
        return [better.get(place, one) for place, one in enumerate(answers)]

    def _tell(self, received: Sequence[Received]) -> None:
        for one in received:
            self.log.info(
                "mail.bridged", spool_id=one.spool_id, outcome=one.outcome, ticket=one.ticket, evidence=one.evidence
            )

    def _keep_files(self, items: list[Incoming]) -> tuple[list[Incoming], OSError | None]:
        """Keep the attachments, before any row tells of them. A mail whose files the disk refuses stands back, others go on."""
        kept, refused = [], None
        for item in items:
            try:
                for file in item.mail.attachments:
                    self.blobs.put(file.content)
            except OSError as fault:
                refused = fault
            else:
                kept.append(item)
        return kept, refused

    def _hand_over(self, ready: list[Incoming], now: datetime) -> list[Received]:
        def work(connection: Connection) -> list[Received]:
            ours = held(connection, self.spool.worker, by_id)
            batch = [item for item in ready if item.entry.id in ours]
            return receive(connection, self.rules, batch, lambda item, known: decide(item, known, now), now)

        by_id = {item.entry.id: item.entry for item in ready}
        try:
            received = self.database.write(work)
        except Exception as fault:  # a row that the database refuses: find the mail it came from, one by one
            if isinstance(fault, StoreError) and fault.outage:
                raise
            if len(ready) == 1:
                return self._quarantine(ready[0].entry, f"{type(fault).__name__}: {fault}", now)
            return [one for item in ready for one in self._hand_over([item], now)]
        return [
            done
            for one in received
            for done in (
                [one]
                if one.fault is None
                else self._quarantine(by_id[one.spool_id], f"{type(one.fault).__name__}: {one.fault}", now)
            )
        ]

    def _quarantine(self, entry: Entry, reason: str, now: datetime) -> list[Received]:
        """Keep the mail whole, show it as a stub ticket, tell the admin. Nothing is done when the claim was lost."""
        raw, envelope = letter_of(entry)
        item = incoming(entry, unread(raw, envelope, self.rules.config.departments), self.rules)

        def work(connection: Connection) -> tuple[int, int] | None:
            ours = held(connection, self.spool.worker, [entry.id])
            return quarantine(connection, self.rules, item, reason, now) if ours else None

        stub = self.database.write(work)
        if stub is None:
            return []
        self.log.warning("mail.quarantined", spool_id=entry.id, ticket=stub[0], reason=reason)
        return [Received(entry.id, Outcome.QUARANTINED, *stub)]


def decide(item: Incoming, known: Known, now: datetime) -> Match:
    """Say which ticket a mail belongs to."""
    return match_ticket(item.signals, item.kind.kind, known, item.at if item.importing else now)


def letter_of(entry: Entry) -> Letter:
    """Return what of a claimed mail is needed to read it."""
    delivery = entry.delivery
    return entry.raw, Envelope(
        sender=delivery.envelope_from,
        recipients=delivery.recipients,
        source=delivery.source,
        received_at=delivery.received_at,
        authenticated_as=delivery.authenticated_as,
        believed=delivery.believed,
        mailbox=delivery.mailbox,
    )


def incoming(entry: Entry, read: ReadMail, rules: Rules) -> Incoming:
    """Return a mail as the desk takes it: the entry of the spool, what was read, and who of us wrote it."""
    return Incoming(
        entry=entry,
        mail=read.mail,
        written=read.written,
        kind=read.kind,
        verdict=read.verdict,
        signals=read.signals,
        mailbox=read.mailbox,
        department=read.department,
        at=read.at,
        agent=rules.agent_by_address(read.mail.author.address),
        language=read.language,
        importing=read.importing,
        original=read.original,
    )


def _why_not(entry: Entry) -> str:
    """Say why a mail is not even tried, or nothing."""
    if entry.missing:
        return entry.missing
    return f"its worker died {entry.attempts - 1} times" if entry.alone and entry.attempts > TRIES_ALONE + 1 else ""
