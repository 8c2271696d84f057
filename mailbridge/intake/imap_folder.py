r"""Reads one folder: what is new in it goes into the spool, and only then is it acknowledged at the server.

| ledger | stored | server was told | after a crash |
|---|---|---|---|
| (no line) | nothing, or the spooled mail | nothing | fetched again; the spool knows the origin and gives the same id |
| accepted | the spooled mail, then the line | nothing, or it was marked or moved | acknowledged in the next round |
| acknowledged | the line changed | keyword, or moved | nothing to do |
| left-alone | the line | never anything: it was there before us | nothing to do |
| too-large | a note in its place in the spool, then the line | nothing; it stays whole at the server | nothing to do |
| unreadable | the line | nothing | tried again whenever the folder is compared |
| gone | the line changed | the mail is not in the folder any more | nothing to do |

The folder's own row moves last. A UID without a line is new if it is above `base`, where the folder ended when we met
it; below, all is left alone at first contact. When the UIDs begin anew (UIDVALIDITY changed, or UIDNEXT went back,
which RFC 9051 §2.3.1.1 forbids and a server restored from a backup does), INTERNALDATE decides, against the greatest
one in the ledger: later is new. On a tie, and for everything that comes afterwards, a mail whose date and bytes we have
is the one that we have. `\Seen` is neither asked for nor touched. With `acknowledge = "none"` a mail stays `accepted`.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbridge.config.model import Imap
from mailbridge.errors import MailbridgeError, SpoolError
from mailbridge.intake.imap_ledger import (
    ACCEPTED,
    ACKNOWLEDGED,
    GONE,
    LEFT_ALONE,
    TOO_LARGE,
    UNREADABLE,
    Known,
    Ledger,
    Line,
)
from mailbridge.intake.imap_session import MOST_UIDS, Opened, Refused, Seen, Session, parts
from mailbridge.intake.imap_stand_in import stand_in
from mailbridge.log import Log
from mailbridge.relay.imap_connect import ImapFault
from mailbridge.spool import Delivery

COMPARE_EVERY = timedelta(hours=1)
BATCH_MAILS, BATCH_BYTES = 50, 8_000_000
TRIES_ALONE = 5

Accept = Callable[[Delivery], "Future[int]"]


@dataclass(slots=True)
class Report:
    """What one round did with an account. `fault`: why it ended early; `elsewhere`: another daemon reads the account."""

    account: str
    accepted: int = 0
    acknowledged: int = 0
    left_alone: int = 0
    too_large: int = 0
    unreadable: int = 0
    gone: int = 0
    elsewhere: bool = False
    fault: MailbridgeError | None = None

    @property
    def count(self) -> int:
        """Count the mails that came in."""
        return self.accepted + self.too_large


@dataclass(slots=True)
class Memory:
    """What an account remembers from round to round, and may forget with its process.

    suspects: mails in whose company the conversation broke -> how often it broke with them alone.
    said: what the log was told already, so that it is not told each minute.
    next_uids: of each folder as it was when it was last read; what comes from there on is new.
    """

    suspects: dict[tuple[str, str, int], int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    next_uids: dict[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class FolderReader:
    """Reads folders of one account through one conversation.

    still_ours: raises when the account is not ours any more. refused: why a folder could not be opened, when another
    conversation may do better.
    """

    settings: Imap
    session: Session
    ledger: Ledger
    accept: Accept
    memory: Memory
    log: Log
    still_ours: Callable[[], None]
    refused: Refused | None = None

    def read(self, name: str, now: datetime, report: Report) -> None:
        """Take in what is new in a folder, acknowledge what is safe, and count it in `report`.

        Raise ImapFault when the conversation is over, SpoolError when the spool takes nothing. What was accepted until
        then is noted; what was not comes again.
        """
        opened = self._open(name)
        if opened is None:
            return
        known = self._meet(opened)
        due = known.compared_at is None or now - known.compared_at >= COMPARE_EVERY or known.compared_at > now
        self._acknowledge(opened, known, report)
        for batch in self._batches(known, self._compare(known, report) if due else self._news(known)):
            self.still_ours()
            self._try(known, batch, now, report)
            self._acknowledge(opened, known, report)
            known = self.ledger.move_cursor(known, batch[-1])
        self.ledger.move_cursor(known, known.base, now if due else None)
        self.memory.next_uids[name] = opened.next_uid

    def _open(self, name: str) -> Opened | None:
        try:
            opened = self.session.open(name, for_writing=self.settings.acknowledge != "none")
        except Refused as fault:
            # Dovecot whose index was deleted under a conversation refuses in it for good, and in the next one no more.
            if f"{name} refused" not in self.memory.said or "[SERVERBUG]" in str(fault):
                self.refused = fault
            self._say_once(f"{name} refused", "imap.folder_refused", folder=name, fault=str(fault))
            return None
        self.memory.said.discard(f"{name} refused")
        self.memory.next_uids.pop(name, None)
        return opened

    def _meet(self, opened: Opened) -> Known:
        """Return what is known of the folder, after noting that it is new or that its UIDs began anew."""
        known = self.ledger.folder(opened.name)
        went_back = known is not None and opened.next_uid is not None and opened.next_uid <= known.cursor
        if known is not None and known.uidvalidity == opened.uidvalidity and not went_back:
            return known
        end = opened.next_uid - 1 if opened.next_uid is not None else max(self.session.uids(), default=0)
        met = self.ledger.meet(opened.name, opened.uidvalidity, end)
        self.log.info(
            "imap.folder_met", account=self.settings.name, folder=opened.name, uidvalidity=met.uidvalidity,
            before=known.uidvalidity if known else None, mails=opened.count, newer_than=met.taken_after,
        )  # fmt: skip
        return met

    def _news(self, known: Known) -> list[int]:
        """Return the UIDs above the cursor that are not in the ledger."""
        lines = self.ledger.lines(known, known.cursor)
        return [uid for uid in self.session.uids(known.cursor + 1) if uid not in lines]

    def _compare(self, known: Known, report: Report) -> list[int]:
        """Compare the whole folder with the ledger: return what it does not have, and note what is gone."""
        present = self.session.uids()
        lines = self.ledger.lines(known)
        here = set(present)
        gone = [uid for uid, line in lines.items() if line.state != GONE and uid not in here]
        self.ledger.mark(known, gone, GONE)
        report.gone += len(gone)
        return [uid for uid in present if uid not in lines or lines[uid].state == UNREADABLE]

    def _batches(self, known: Known, uids: Sequence[int]) -> Iterator[list[int]]:
        """Yield UIDs in rising order: the old ones in large parts, the rest in smaller ones, suspects each alone."""
        left = bisect_right(uids, known.base) if known.taken_after is None else 0
        for some, most in ((uids[:left], MOST_UIDS), (uids[left:], BATCH_MAILS)):
            for part in parts(some, most):
                if any((known.folder, known.round, uid) in self.memory.suspects for uid in part):
                    yield from ([uid] for uid in part)
                else:
                    yield part

    def _try(self, known: Known, batch: Sequence[int], now: datetime, report: Report) -> None:
        """Settle a batch. If the conversation breaks, its mails are suspected, and tried alone next time.

        One that breaks it alone time after time is set aside as unreadable: it must not keep the others from us.
        """
        suspects, keys = self.memory.suspects, [(known.folder, known.round, uid) for uid in batch]
        try:
            self._settle(known, batch, now, report)
        except ImapFault:
            for key in keys:
                suspects[key] = suspects.get(key, 0) + (1 if len(batch) == 1 else 0)
            if len(batch) == 1 and suspects[keys[0]] >= TRIES_ALONE:
                self.ledger.note(known, [Line(batch[0], UNREADABLE)])
                del suspects[keys[0]]
                report.unreadable += 1
                self.log.error("imap.unreadable", account=self.settings.name, folder=known.folder, uid=batch[0])
            raise
        for key in keys:
            suspects.pop(key, None)

    def _settle(self, known: Known, batch: Sequence[int], now: datetime, report: Report) -> None:
        """Decide about the mails of a batch and do it: leave them alone, take them in, or put a note in their place."""
        left = batch[-1] <= known.base and known.taken_after is None
        seen = self.session.look(batch, sizes=not left)
        since = None if left else self._old_before(known)
        old = [one for one in seen.values() if left or _is_old(known, one, since)]
        self.ledger.note(known, [Line(one.uid, LEFT_ALONE, None, one.internaldate) for one in old])
        report.left_alone += len(old)
        done = {one.uid for one in old}
        fresh = [one for uid, one in seen.items() if uid not in done]
        most = self.settings.max_message_mb * 1_000_000
        for some in _portions([one for one in fresh if one.size <= most]):
            self._take(known, some, now, report)
        for one in fresh:
            if one.size > most:
                self._take_note(known, one, now, report)

    def _old_before(self, known: Known) -> datetime | None:
        """Return the moment before which mail up to `base` is old. All of that second is, if we took no mail of it."""
        if known.taken_after is None or self.ledger.spooled_at(known.folder, [known.taken_after]):
            return known.taken_after
        return known.taken_after + timedelta(seconds=1)

    def _take(self, known: Known, some: Sequence[Seen], now: datetime, report: Report) -> None:
        """Fetch mails, hand them to the spool, and note them once they are on its disk."""
        bodies = self.session.fetch([one.uid for one in some])
        have = self._have(known, some, bodies)
        futures = [
            (one, self.accept(self._delivery(known, one, bodies[one.uid], now)))
            for one in some
            if one.uid in bodies and one.uid not in have
        ]
        lines = [Line(one.uid, ACCEPTED, have[one.uid], one.internaldate, one.size) for one in some if one.uid in have]
        fault: SpoolError | None = None
        for one, future in futures:
            try:
                lines.append(Line(one.uid, ACCEPTED, future.result(), one.internaldate, one.size))
                report.accepted += 1
            except SpoolError as error:
                fault = error
        self.ledger.note(known, lines)
        if fault is not None:
            raise fault

    def _have(self, known: Known, some: Sequence[Seen], bodies: dict[int, bytes]) -> dict[int, int]:
        """Return UID -> spool id of mails that we have already under another UID, when the folder's UIDs began anew."""
        dates = [one.internaldate for one in some if one.internaldate is not None]
        if not known.renewed or not dates:
            return {}
        spooled = self.ledger.spooled_at(known.folder, dates)
        found = {}
        for one in some:
            if one.internaldate is not None and one.uid in bodies:
                number = spooled.get((one.internaldate, hashlib.sha256(bodies[one.uid]).hexdigest()))
                if number is not None:
                    found[one.uid] = number
        return found

    def _take_note(self, known: Known, one: Seen, now: datetime, report: Report) -> None:
        """Leave a giant where it lies, and hand a note with its header to the spool: its sender gets an answer all the same."""
        header = self.session.fetch_header(one.uid)
        if header is None:
            return
        note = stand_in(header, one.size, self.settings.max_message_mb, self.settings.user, known.folder, one.uid)
        number = self.accept(self._delivery(known, one, note, now)).result()
        self.ledger.note(known, [Line(one.uid, TOO_LARGE, number, one.internaldate, one.size)])
        report.too_large += 1
        self.log.warning(
            "imap.too_large", account=self.settings.name, folder=known.folder, uid=one.uid, bytes=one.size, spool_id=number
        )

    def _delivery(self, known: Known, one: Seen, raw: bytes, now: datetime) -> Delivery:
        return Delivery(
            raw,
            envelope_from=None,
            recipients=(),
            source="imap",
            received_at=now,
            peer=self.settings.host,
            believed=True,
            mailbox=self.settings.mailbox,
            origin=f"imap:{self.settings.name}/{known.folder}/{known.round}/{one.uid}",
        )

    def _acknowledge(self, opened: Opened, known: Known, report: Report) -> None:
        """Tell the server what is safe with us. What it does not let us do is said once, and tried again in every round."""
        if self.settings.acknowledge == "none" or not (uids := self.ledger.unacknowledged(known)):
            return
        topic = f"{opened.name} acknowledging"
        try:
            self._tell(opened, uids)
        except Refused as fault:
            self._say_once(topic, "imap.not_acknowledged", folder=opened.name, mails=len(uids), fault=str(fault))
            return
        self.memory.said.discard(topic)
        self.ledger.mark(known, uids, ACKNOWLEDGED)
        report.acknowledged += len(uids)

    def _tell(self, opened: Opened, uids: Sequence[int]) -> None:
        if not opened.writable:
            raise Refused("the folder can only be read")
        if self.settings.acknowledge == "move":
            self.session.move(uids, self.settings.move_to)
        elif opened.keeps_keyword(self.settings.keyword):
            self.session.add_keyword(uids, self.settings.keyword)
        else:
            raise Refused(f"the server does not keep the keyword {self.settings.keyword}")

    def _say_once(self, topic: str, event: str, **values: object) -> None:
        if topic not in self.memory.said:
            self.memory.said.add(topic)
            self.log.warning(event, account=self.settings.name, **values)


def _is_old(known: Known, one: Seen, old_before: datetime | None) -> bool:
    """Say whether a mail was there before its UIDs began anew. Without a date it is taken for new: nothing is lost."""
    if one.uid > known.base or old_before is None or one.internaldate is None:
        return False
    return one.internaldate < old_before


def _portions(seen: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Yield the mails in portions that fit into memory."""
    portion: list[Seen] = []
    size = 0
    for one in sorted(seen, key=lambda one: one.uid):
        if portion and size + one.size > BATCH_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(one)
        size += one.size
    if portion:
        yield portion
