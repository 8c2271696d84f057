r"""One conversation with an IMAP server about reading mail: what we say, and what the answers mean. Decides nothing.

Comes in: an account's settings. Goes out: plain values. After any fault the conversation is thrown away (`ImapFault`):
imapclient is out of step with the server then. What the server refuses by the book (`NO`, `BAD`) is `Refused`; one may go on.

Mail is fetched by `BODY.PEEK[]`, so that `\Seen` stays as it is. Sequence numbers are used in one place only, where the
answer of a `SEARCH` must not become longer than a line that imaplib reads (1,000,000 bytes).
"""

from __future__ import annotations

import imaplib
import select
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailbridge.config.model import Imap
from mailbridge.relay.imap_connect import ImapFault, close, connect, interrupt, place, reason

WINDOW = 50_000
"""Mails of a folder asked for in one SEARCH: at most eleven bytes each in the answer."""

MOST_UIDS = 500
"""UIDs named in one command: servers read lines of 8,192 bytes for sure (RFC 7162 §4)."""


MOST_HEADER = 256 * 1024
"""Bytes of a header that are fetched for its own sake."""


class Refused(ImapFault):
    """The server says no to one command; the conversation goes on."""


@dataclass(frozen=True, slots=True)
class Opened:
    r"""A folder as it was when it was opened.

    next_uid: what the next new mail gets at least; None from servers that do not say. keeps: keywords that it keeps,
    `\*` for any. writable: whether mail in it can be marked and moved.
    """

    name: str
    uidvalidity: int
    next_uid: int | None
    count: int
    keeps: frozenset[str]
    writable: bool

    def keeps_keyword(self, keyword: str) -> bool:
        """Say whether a mail in here can be marked by this keyword for good (RFC 9051 §7.1, PERMANENTFLAGS)."""
        return self.writable and bool({"\\*", keyword.lower()} & self.keeps)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a mail before it is fetched. Size in bytes; 0 when it was not asked for."""

    uid: int
    internaldate: datetime | None
    size: int = 0


class Session:
    """A conversation that is logged in. One thread; `interrupt` alone may come from another."""

    def __init__(self, settings: Imap, password: str) -> None:
        self._where = place(settings)
        self._client = connect(settings, password)
        self._count = 0

    def close(self) -> None:
        """End the conversation."""
        close(self._client)

    def interrupt(self) -> None:
        """Make the thread that waits for an answer fail at once."""
        interrupt(self._client)

    def open(self, folder: str, *, for_writing: bool) -> Opened:
        """Open a folder, which is then what the other acts are about. Raise Refused when it is not there.

        For reading only it is opened by EXAMINE, which changes nothing, or because the server allows no more.
        """
        with self._guard():
            try:
                found = self._client.select_folder(folder, readonly=not for_writing)
            except imaplib.IMAP4.readonly:
                found = self._client.select_folder(folder, readonly=True)
        if b"UIDVALIDITY" not in found:
            raise Refused(f'{self._where} gives folder "{folder}" no UIDVALIDITY, so its mail cannot be told apart')
        self._count = int(found[b"EXISTS"])
        return Opened(
            folder,
            int(found[b"UIDVALIDITY"]),
            int(found[b"UIDNEXT"]) if b"UIDNEXT" in found else None,
            self._count,
            frozenset(flag.decode("ascii", "replace").lower() for flag in found.get(b"PERMANENTFLAGS", ())),
            b"READ-WRITE" in found,
        )

    def uids(self, first: int = 1) -> list[int]:
        """Return the UIDs from `first` on, rising.

        Asked for from the newest down: a mail that is deleted meanwhile moves the others to lower numbers, so none slips
        through between two windows. `n:*` always names the last mail, even a lower one (RFC 9051 §6.4.8): left out.
        """
        found: set[int] = set()
        for high in range(self._count, 0, -WINDOW):
            low = max(high - WINDOW + 1, 1)
            with self._guard():
                answer = self._client.search([f"{low}:{high}", "UID", f"{first}:*"])
            part = {uid for uid in answer if uid >= first}
            found |= part
            if len(part) < high - low + 1 and first > 1:
                break
        return sorted(found)

    def look(self, uids: Sequence[int], *, sizes: bool) -> dict[int, Seen]:
        """Return what is known of the mails; those that are gone are missing. Sizes cost many a server a look at each."""
        found: dict[int, Seen] = {}
        for part in parts(uids):
            with self._guard():
                answer = self._client.fetch(part, ["INTERNALDATE", "RFC822.SIZE"] if sizes else ["INTERNALDATE"])
            for uid, item in answer.items():
                found[uid] = Seen(uid, _in_utc(item.get(b"INTERNALDATE")), int(item.get(b"RFC822.SIZE") or 0))
        return found

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return the exact bytes of the mails; those that are gone are missing."""
        return self._fetch(uids, "BODY.PEEK[]", b"BODY[]")

    def fetch_header(self, uid: int) -> bytes | None:
        """Return the header of a mail, as far as a header may reasonably reach; None when the mail is gone."""
        return self._fetch([uid], f"BODY.PEEK[HEADER]<0.{MOST_HEADER}>", b"BODY[HEADER]<0>").get(uid)

    def add_keyword(self, uids: Sequence[int], keyword: str) -> None:
        """Mark mails; those that are gone do not matter."""
        for part in parts(uids):
            with self._guard():
                self._client.add_flags(part, [keyword], silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails into a folder, which is made when it is missing; mails that are gone do not matter.

        By MOVE (RFC 6851), else by COPY and UID EXPUNGE of just these mails (RFC 4315). Refused when the server has neither.
        """
        with self._guard():
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
        for part in parts(uids):
            with self._guard():
                if self._client.has_capability("MOVE"):
                    self._client.move(part, folder)
                elif self._client.has_capability("UIDPLUS"):
                    self._client.copy(part, folder)
                    self._client.delete_messages(part, silent=True)
                    self._client.uid_expunge(part)
                else:
                    raise Refused(f"{self._where} has neither MOVE nor UIDPLUS, so mail cannot be moved safely")

    def has_idle(self) -> bool:
        """Say whether the server can tell us of new mail by itself (RFC 2177)."""
        with self._guard():
            return bool(self._client.has_capability("IDLE"))

    def wait(
        self, folder: str, next_uid: int | None, seconds: float, wake: int, every: float, tick: Callable[[], None]
    ) -> bool:
        """Wait by IDLE until `folder` has mail from `next_uid` on (True), `wake` can be read, or the time is over.

        The folder is opened anew right before: the server may have told of new mail within the answer to any command, and
        tells of it only once. A dead peer shows in what we say before and after. imapclient gives nothing back at once,
        again and again, after the peer has hung up; so what woke us is never read without leaving IDLE by the book.
        Meanwhile `tick` is called `every` so many seconds; when it raises, the conversation must be closed.
        """
        opened = self.open(folder, for_writing=False)
        if None not in (opened.next_uid, next_uid) and opened.next_uid != next_uid:
            return True
        with self._guard():
            self._client.idle()
            poller = select.poll()
            poller.register(self._client.socket().fileno(), select.POLLIN)
            poller.register(wake, select.POLLIN)
        left = seconds
        while left > 0 and not poller.poll(min(left, every) * 1000):
            tick()
            left -= every
        with self._guard():
            heard = self._client.idle_check(timeout=0)
            heard += self._client.idle_done()[1]
        return _tells_of_mail(heard)

    def _fetch(self, uids: Sequence[int], what: str, key: bytes) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for part in parts(uids):
            with self._guard():
                answer = self._client.fetch(part, [what])
            found |= {uid: item[key] for uid, item in answer.items() if isinstance(item.get(key), bytes)}
        return found

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn every fault of the conversation into ours."""
        try:
            yield
        except (OSError, imaplib.IMAP4.abort, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            # The last five: what imapclient and imaplib make of answers that end in the middle of a line.
            raise ImapFault(f"{self._where}: {reason(error)}") from error
        except imaplib.IMAP4.error as error:
            raise _polite(error, self._where) from error


def parts(uids: Sequence[int], most: int = MOST_UIDS) -> Iterator[list[int]]:
    """Yield the UIDs in rising order, as many as one command may name."""
    rising = sorted(uids)
    for start in range(0, len(rising), most):
        yield rising[start : start + most]


def _polite(error: imaplib.IMAP4.error, where: str) -> ImapFault:
    """Tell a `NO` or `BAD`, which ends a command by the book, from an answer that makes no sense: after that all is lost."""
    said = str(error)
    if type(error) is imaplib.IMAP4.error and (" failed: " in said or " command error: BAD" in said):
        return Refused(f"{where}: {reason(error)}")
    return ImapFault(f"{where}: {reason(error)}")


def _tells_of_mail(answers: Iterable[Any]) -> bool:
    """Say whether an untagged answer says how many mails there are: `(4, b'EXISTS')`."""
    return any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in answers if isinstance(answer, tuple))


def _in_utc(value: Any) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo is not None else None
