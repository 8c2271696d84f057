"""Our own reader of DATA: the bytes of one mail, exactly as sent, in bounded memory.

aiosmtpd reads line by line, keeps a line without CRLF in memory whatever its length, and refuses lines over 1,000
bytes. Here all work is done per chunk. A mail ends at exactly CRLF.CRLF and nowhere else (RFC 5321 §4.1.1.4): any
other mix of CR, LF and dot is content, so nobody can smuggle a second mail inside the first.

| state   | memory                | disk                        | ends by                                       |
|---------|-----------------------|-----------------------------|-----------------------------------------------|
| small   | up to `big_bytes`     | nothing                     | `finish` gives the bytes                      |
| big     | less than `big_bytes` | a file in the blobs' `tmp/` | `finish` gives its path, `discard` removes it |
| refused | nothing               | nothing                     | the end of data; `refusal` is the answer      |
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mailbridge.intake import answers
from mailbridge.log import logger

log = logger()

END = b"\r\n.\r\n"
_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")  # as generous as the parser that reads the header later


class Dots:
    """Finds the end of data and takes off the transparent dots (RFC 5321 §4.5.2), whatever way the bytes are cut.

    CRLF.CRLF found first in the stream is always the end, and every other CRLF followed by a dot is a stuffed line, so
    one search and one replacement a chunk are enough.
    """

    def __init__(self) -> None:
        self._kept = b"\r\n"  # the first line begins as if a CRLF stood before it
        self._skip = 2

    def feed(self, chunk: bytes) -> tuple[bytes, bytes | None]:
        """Take the next bytes, return the content that they make certain, and what follows the end of data.

        The second value is None until the end has come; afterwards `feed` must not be called again.
        """
        data = self._kept + chunk
        end = data.find(END)
        if end >= 0:
            return self._content(data[:end + 2]), data[end + len(END):]
        cut = len(data) - _unfinished(data)
        self._kept = data[cut:]
        return self._content(data[:cut]), None

    def _content(self, data: bytes) -> bytes:
        content = data.replace(b"\r\n.", b"\r\n")
        if self._skip and content:
            content, self._skip = content[self._skip:], 0
        return content


def _unfinished(data: bytes) -> int:
    """Return how many of the last bytes may be the beginning of the end of data."""
    if data[-1:] not in (b"\r", b"\n", b"."):
        return 0
    return next((length for length in (4, 3, 2, 1) if data.endswith(END[:length])), 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a mail is taken; all in bytes. big_bytes: what may stay in memory."""

    big_bytes: int
    header_bytes: int
    message_bytes: int


class Body:
    """Where one mail gathers. `refusal` is the answer to give instead of taking it, once there is a reason."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.size = 0
        self.refusal: bytes | None = None
        self._folder = folder
        self._limits = limits
        self._held = bytearray()
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._in_header = True
        self._last = b"\n"  # a blank first line ends the header as well

    def add(self, data: bytes) -> None:
        """Take the next bytes. After a refusal they are dropped: the peer is answered at the end of data."""
        if self.refusal:
            return
        self.size += len(data)
        if self.size > self._limits.message_bytes:
            self._refuse(answers.TOO_BIG)
        elif self._in_header and self._is_header_too_big(data):
            self._refuse(answers.HEADER_TOO_BIG)
        else:
            self._held += data
            if len(self._held) > self._limits.big_bytes:
                self._guarded(self._write)

    def finish(self) -> bytes | Path | None:
        """Return the bytes, or the path of the closed file, which then belongs to the caller; None when refused."""
        if self._file and not self.refusal:
            self._guarded(self._close)
        if self.refusal:
            return None
        path, self._path = self._path, None
        return path or bytes(self._held)

    def discard(self) -> None:
        """Leave nothing behind. Harmless after `finish`."""
        self._held = bytearray()
        file, self._file = self._file, None
        path, self._path = self._path, None
        if path:
            path.unlink(missing_ok=True)
        if file:
            with contextlib.suppress(OSError):  # what its buffer held may no longer fit on the disk, and need not
                file.close()

    def _is_header_too_big(self, data: bytes) -> bool:
        """Look for the blank line that ends the header; it must come within the limit."""
        before = self.size - len(data)
        found = _BLANK_LINE.search(self._last + data)
        self._in_header = found is None
        header = before + found.start() - len(self._last) if found else self.size
        self._last = (self._last + data)[-2:]
        return header > self._limits.header_bytes

    def _write(self) -> None:
        """Move what is held to the file. It goes to the page cache; waiting for the disk is the spool's part."""
        if not self._file:
            number, name = tempfile.mkstemp(prefix="intake-", dir=self._folder)
            self._path = Path(name)
            self._file = os.fdopen(number, "wb")
        self._file.write(self._held)
        self._held.clear()

    def _close(self) -> None:
        self._write()
        assert self._file
        self._file.close()
        self._file = None

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run a step on the file; if the disk fails us, the peer keeps the mail."""
        try:
            step()
        except OSError as fault:
            log.error("intake.file_failed", error=str(fault))
            self._refuse(answers.FULL if is_full(fault) else answers.OUR_FAULT)

    def _refuse(self, answer: bytes) -> None:
        self.refusal = answer
        self.discard()


def is_full(fault: BaseException | None) -> bool:
    """Say whether the fault is a full disk or quota."""
    return isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT)


async def receive(read: Callable[[], Awaitable[bytes]], body: Body) -> bytes:
    """Read one mail into `body` until its end of data; return the bytes after it, which are the next commands.

    read: gives the next bytes, at least one. When it raises because the client is gone, and when the task is cancelled,
    `body` is discarded.
    """
    dots = Dots()
    try:
        while True:
            content, rest = dots.feed(await read())
            body.add(content)
            if rest is not None:
                return rest
    except BaseException:
        body.discard()
        raise
