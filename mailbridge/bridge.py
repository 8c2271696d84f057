"""The corridor: claim spooled mail, parse, look up, classify, match, hand to the desk, settle.

The only file that knows the order. Looking up and matching run inside the desk's transaction, under its lock, so a
decision cannot be stale when it is written; reading the mail, which is slow, is done before.

A mail that cannot be read goes into quarantine with a stub ticket; one that takes its process with it is tried alone
when its claim has run out, three times, then quarantined.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from mailbridge.decide.classify import Classification, Kind, classify
from mailbridge.decide.classify_words import KindWords
from mailbridge.decide.mailboxes import Mailbox, first_mailbox
from mailbridge.decide.match import Known, Match, match_ticket
from mailbridge.decide.signals import Signals, read_signals
from mailbridge.decide.trust import Trust, TrustFacts, TrustVerdict, judge_trust
from mailbridge.desk.incoming import Incoming, Outcome, Received
from mailbridge.desk.post import MARKER_WORDS
from mailbridge.desk.quarantine import quarantine
from mailbridge.desk.receive import receive
from mailbridge.desk.work import Rules
from mailbridge.errors import MailbridgeError, StoreError
from mailbridge.log import Log
from mailbridge.mail.language import language
from mailbridge.mail.message import Mail, Written
from mailbridge.mail.parse import read_envelope, read_mail
from mailbridge.mail.patterns import Patterns
from mailbridge.mail.quote import written
from mailbridge.mail.tokens import ticket_of_message_id
from mailbridge.spool import TRIES_ALONE, Entry, Spool, held
from mailbridge.store.blobs import Blobs
from mailbridge.store.db import Database


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pure rooms go by when they read a mail."""

    patterns: Patterns
    words: KindWords


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
    """The corridor of one daemon. `rules` and `reading` are replaced as a whole on reload."""

    spool: Spool
    database: Database
    blobs: Blobs
    rules: Rules
    reading: Reading
    log: Log
    working_on: set[int] = field(default_factory=set)

    def run_once(self, now: datetime, most: int = 100) -> Report:
        """Claim a batch and work it off. An empty report means that nothing waits."""
        return self.work_off(self.spool.claim(now, most), now)

    def work_off(self, entries: Sequence[Entry], now: datetime) -> Report:
        """Work off claimed mails: each ends settled, quarantined, or back in the spool to be tried alone."""
        self.working_on = {entry.id for entry in entries}
        try:
            ready, broken = self._read_all(entries)
            ready, fault = self._keep_files(ready)
            received = self._hand_over(ready, now) if ready else []
            received += [one for entry, reason in broken for one in self._quarantine(entry, reason, now)]
            if fault is not None:
                raise fault
        except (StoreError, OSError):  # not the mail's fault: it waits until we can, and no try is counted
            with suppress(StoreError):  # then the claims run out by themselves
                self.spool.give_back(self.working_on)
            raise
        finally:
            self.working_on = set()
        for one in received:
            self.log.info(
                "mail.bridged", spool_id=one.spool_id, outcome=one.outcome, ticket=one.ticket, evidence=one.evidence
            )
        return Report(tuple(received))

    def _read_all(self, entries: Sequence[Entry]) -> tuple[list[Incoming], list[tuple[Entry, str]]]:
        ready, broken = [], []
        for entry in entries:
            try:
                if entry.missing:
                    raise MailbridgeError(entry.missing)
                if entry.alone and entry.attempts > TRIES_ALONE + 1:
                    raise MailbridgeError(f"its worker died {entry.attempts - 1} times")
                ready.append(read_item(entry, self.rules, self.reading))
            except Exception as fault:
                broken.append((entry, f"{type(fault).__name__}: {fault}"))
        return ready, broken

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
        item = _unread(entry, self.rules)

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


def read_item(entry: Entry, rules: Rules, reading: Reading) -> Incoming:
    """Read and judge one mail: pure, from its bytes and envelope to a value."""
    delivery, config = entry.delivery, rules.config
    mailbox = first_mailbox(delivery.recipients, config.departments)
    hints = config.departments[mailbox.department].charset_hints if mailbox else ()
    mail = read_mail(entry.raw, hints, config.limits.max_parts)
    mailbox = mailbox or _mailbox_in(mail, delivery.mailbox, rules)
    said = written(mail, reading.patterns, (MARKER_WORDS,))
    kind = classify(
        mail,
        delivery.envelope_from,
        reading.words,
        said.reply,
        lambda ref: ticket_of_message_id(ref, rules.keys) is not None,
    )
    about = kind.bounce.original_message_id if kind.bounce else ""
    signals = read_signals(mail, delivery.recipients, rules.keys, about)
    verdict = judge_trust(
        mail,
        TrustFacts(
            authenticated_as=delivery.authenticated_as,
            believed=delivery.believed,
            authserv_ids=config.trust.authserv_ids,
        ),
    )
    importing = delivery.source == "import"
    return Incoming(
        entry=entry,
        mail=mail,
        written=said,
        kind=kind,
        verdict=verdict,
        signals=signals,
        mailbox=mailbox.address,
        department=mailbox.department,
        at=_time_of(mail, delivery.received_at) if importing else delivery.received_at,
        agent=rules.agent_by_address(mail.author.address),
        language=language(said.reply or mail.text),
        importing=importing,
    )


def _mailbox_in(mail: Mail, named: str | None, rules: Rules) -> Mailbox:
    """Say which mailbox a mail is for whose envelope names none: its source says it, its head, or it is the desk's first."""
    heads = (*mail.delivered_to, *(person.address for person in (*mail.to, *mail.cc)))
    found = first_mailbox((named,) if named else heads, rules.config.departments)
    if found is not None:
        return found
    key, department = next(iter(rules.config.departments.items()))
    return Mailbox(department.mailboxes[0], key)


def _time_of(mail: Mail, received_at: datetime) -> datetime:
    """When imported history was written: its Date, unless that lies in the future or before e-mail."""
    if mail.date is None or mail.date > received_at or mail.date < datetime(1982, 8, 13, tzinfo=UTC):  # RFC 822
        return received_at
    return mail.date


def _unread(entry: Entry, rules: Rules) -> Incoming:
    """What can be said of a mail that could not be read: its envelope, and of its head whatever is legible."""
    mail = read_envelope(entry.raw)
    mailbox = first_mailbox(entry.delivery.recipients, rules.config.departments) or _mailbox_in(
        mail, entry.delivery.mailbox, rules
    )
    return Incoming(
        entry=entry,
        mail=mail,
        written=Written(""),
        kind=Classification(Kind.AUTOMATIC, ("unread",)),
        verdict=TrustVerdict(Trust.BARE, ("unread",)),
        signals=Signals(mail.message_id),
        mailbox=mailbox.address,
        department=mailbox.department,
        at=entry.delivery.received_at,
    )
