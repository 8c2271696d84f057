"""The values of accepted mail: a delivery as a peer hands it over, and the entry of the spool that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail that a peer hands us, with its envelope.

    raw: the exact bytes, or the path of a finished file in the blobs' `tmp/`, which `accept` takes over.
    envelope_from: "" is the null sender, None when there is no envelope (a file).
    source: smtp, lmtp, imap, pipe or import. believed: the source's Authentication-Results count.
    mailbox: the one of our mailboxes it is for, when the source says so.
    origin: equal for the same delivery made twice (`import:<sha256>`, `imap:<account>/<folder>/<uidvalidity>/<uid>`).
    """

    raw: bytes | Path
    envelope_from: str | None
    recipients: tuple[str, ...]
    source: str
    received_at: datetime
    peer: str = ""
    authenticated_as: str | None = None
    believed: bool = False
    mailbox: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A claimed mail. `missing` says so when its blob is gone; then `raw` is empty.

    stub: (message, ticket) that stand for it since it was quarantined.
    """

    id: int
    delivery: Delivery
    sha256: str
    size: int
    attempts: int
    alone: bool
    missing: str = ""
    stub: tuple[int, int] | None = None

    @property
    def raw(self) -> bytes:
        """The exact bytes of the mail."""
        assert isinstance(self.delivery.raw, bytes)
        return self.delivery.raw
