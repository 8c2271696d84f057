"""The way out into a Maildir: one file for each recipient, for trying out, for tests, and for scripts that carry on.

A file is written in `tmp/`, synced, and moved into `new/`; then the folder is synced. Only then is the mail `sent`. A
crash before that leaves at most a file in `tmp/`, which no reader looks at; a crash after it, before our note, may
leave the same mail twice, with the same Message-ID. Several daemons may write into one Maildir.

The envelope stands in front of the mail, which follows byte for byte:

    X-Envelope-From: support@example.org        (`<>` for the null sender)
    X-Envelope-To: jonas@example.org
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mailbridge.mail.header_lines import ascii_domain
from mailbridge.relay.outcome import Envelope, Outcome, RecipientResult
from mailbridge.store.blobs import sync_folder

WRITERS = 16
"""Files of one batch that are written at once. The file system commits syncs that come together in one go: on ext4, 16
writers sync 2,000 to 5,000 small files a second where one after the other makes 200."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """The synced file for one recipient, still in `tmp/`.

    unique: what no other file's name has; sorts by the order of sending. written_at: nanoseconds, the file's own time.
    """

    recipient: str
    path: Path
    unique: str
    written_at: int


class MaildirRelay:
    """A Maildir as relay. Belongs to one thread. The folder is made when the first mail goes out.

    What the disk refuses (full, read-only, not ours) is temporary; an address that cannot be sent to is permanent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._serial = itertools.count()
        self._writers: ThreadPoolExecutor | None = None

    def send(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> Outcome:
        """Lay down one mail, a file for each recipient; see `Relay.send`."""
        return self.send_many([(envelope_from, recipients, raw)])[0]

    def send_many(self, mails: Sequence[Envelope]) -> list[Outcome]:
        """Lay down several mails; their files are synced side by side and share one sync of the folder.

        The names in `new/` sort in the order of `mails` and of their recipients. See `Relay.send_many`.
        """
        letters = [(sender, recipient, raw) for sender, recipients, raw in mails for recipient in recipients]
        written = self._write_all(letters)
        first_at = min((one.written_at for one in written if isinstance(one, _Copy)), default=0)
        results = [self._move(one, first_at) if isinstance(one, _Copy) else one for one in written]
        if any(result.state == "sent" for result in results):
            results = self._synced(results)
        rest = iter(results)
        return [_outcome([next(rest) for _ in recipients]) for _, recipients, _ in mails]

    def interrupt(self) -> None:
        """Do nothing: a disk keeps nobody waiting. See `Relay.interrupt`."""

    def close(self) -> None:
        """Let the writers go; the next mail calls new ones."""
        if self._writers is not None:
            self._writers.shutdown()
            self._writers = None

    def _write_all(self, letters: list[tuple[str, str, bytes]]) -> list[_Copy | RecipientResult]:
        names = [f"P{os.getpid()}Q{next(self._serial):09}R{secrets.token_hex(6)}" for _ in letters]
        if len(letters) < 2:
            return [self._write(letter, name) for letter, name in zip(letters, names, strict=True)]
        if self._writers is None:
            self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="maildir")
        return list(self._writers.map(self._write, letters, names))

    def _write(self, letter: tuple[str, str, bytes], unique: str) -> _Copy | RecipientResult:
        """Write the file for one recipient into `tmp/` and sync it; a fault leaves no file. Runs in any thread."""
        sender, recipient, raw = letter
        try:
            head = _envelope_header(sender, recipient)
        except ValueError as error:
            return RecipientResult(recipient, "permanent", 0, str(error))
        path = self._folder / "tmp" / unique
        try:
            return _Copy(recipient, path, unique, _write_synced(self._open_new(path), head + raw))
        except OSError as error:
            with contextlib.suppress(OSError):
                path.unlink()
            return self._refused(recipient, error)

    def _open_new(self, path: Path) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            self._make_folders()
            return os.open(path, flags, 0o600)

    def _make_folders(self) -> None:
        for name in ("new", "cur", "tmp"):  # tmp last: where it is, the others are, however this may be stopped
            (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(self._folder)
        sync_folder(self._folder.parent)

    def _move(self, copy: _Copy, first_at: int) -> RecipientResult:
        """Move a file into `new/`, its name led by the time of its batch: the files' own, so no clock is read here."""
        name = f"{first_at // 10**9}.M{first_at // 1000 % 10**6:06}{copy.unique}.mailbridge"
        try:
            copy.path.rename(self._folder / "new" / name)
        except OSError as error:
            with contextlib.suppress(OSError):
                copy.path.unlink()
            return self._refused(copy.recipient, error)
        return RecipientResult(copy.recipient, "sent", 250, f"written as new/{name}")

    def _synced(self, results: list[RecipientResult]) -> list[RecipientResult]:
        """Sync `new/` and return the results; when that fails, what was moved may not last: temporary."""
        try:
            sync_folder(self._folder / "new")
        except OSError as error:
            return [self._refused(one.address, error) if one.state == "sent" else one for one in results]
        return results

    def _refused(self, recipient: str, error: OSError) -> RecipientResult:
        reason = f"{self._folder} cannot be written: {error.strerror or error}"
        return RecipientResult(recipient, "temporary", 0, reason)


def _envelope_header(sender: str, recipient: str) -> bytes:
    """Return the envelope as header lines, addresses as given. Raises ValueError for one that no relay could take."""
    for address in (sender, recipient) if sender else (recipient,):
        ascii_domain(address)
    return f"X-Envelope-From: {sender or '<>'}\r\nX-Envelope-To: {recipient}\r\n".encode()


def _write_synced(descriptor: int, content: bytes) -> int:
    """Write everything, sync, close; return the time of the file in nanoseconds. Raises OSError.

    A disk that fills up takes a part first and says so only at the next write.
    """
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
        return os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)


def _outcome(results: list[RecipientResult]) -> Outcome:
    refused = next((result.reply for result in results if result.state != "sent"), None)
    return Outcome(tuple(results), refused or (results[0].reply if results else "no recipients"))
