"""Large mails and attachments: files named by the SHA-256 of their content, written once, synced before any row.

A blob without a row is rubbish that a crash left: `sweep` removes it once it is old enough that nobody can be
about to write its row. A row without a blob is loss; `audit` looks for it.
"""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from mailbridge.errors import StoreError


def write_durably(target: Path, content: bytes, folder_for_parts: Path) -> None:
    """Write `content` to `target` as temp file, fsync, rename, fsync of the folder. Raise OSError if the disk refuses."""
    handle, part = tempfile.mkstemp(dir=folder_for_parts)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (fsync of the folder itself)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _changed_at(path: Path) -> float:
    """Return when a file was last written; one that somebody has just moved away is as young as can be."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


class Blobs:
    """A folder of blobs: `ab/abcdef…`; parts that are being written lie in `tmp/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "tmp"

    def prepare(self) -> None:
        """Make the folders. Raise StoreError when that is impossible."""
        try:
            self.temporary.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise StoreError(
                f"blobs: {self.folder} cannot be made: {fault.strerror}. Make it writable for this user."
            ) from fault

    def path(self, sha256: str) -> Path:
        """Return where the blob lies, whether it is there or not."""
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Keep `content` durably and return its SHA-256; a blob that is there already is not written again."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if not target.exists():
            self._make_room(target)
            write_durably(target, content, self.temporary)
        else:
            os.utime(target)  # young again: the sweep must not take it before our row is there
            sync_folder(target.parent)  # whoever moved it there may have been stopped before he synced its name
        return sha256

    def take(self, part: Path) -> tuple[str, int]:
        """Take over a finished temporary file of `tmp/`: sync it, move it to its place; return SHA-256 and size."""
        with part.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
            os.fsync(file.fileno())
        target = self.path(sha256)
        self._make_room(target)
        part.replace(target)
        sync_folder(target.parent)
        return sha256, size

    def get(self, sha256: str) -> bytes:
        """Return the content. Raise StoreError when it is missing."""
        try:
            return self.path(sha256).read_bytes()
        except OSError as fault:
            raise StoreError(
                f"blobs: {self.path(sha256)} cannot be read: {fault.strerror}. Restore it from a backup; "
                "`mailbridge audit` lists all that is missing."
            ) from fault

    def whole(self, sha256: str) -> bool:
        """Say whether the blob is there and its content is what its name says."""
        path = self.path(sha256)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def drop(self, sha256: str) -> None:
        """Remove a blob; one that is not there is no fault."""
        self.path(sha256).unlink(missing_ok=True)

    def sweep(self, older_than: datetime, is_used: Callable[[list[str]], set[str]]) -> int:
        """Remove parts and blobs without a row that are older than `older_than`; return how many.

        is_used: given SHA-256 sums, returns those that some row needs.
        """
        limit, removed = older_than.timestamp(), 0
        for part in self.temporary.iterdir():
            if _changed_at(part) < limit:
                part.unlink(missing_ok=True)
                removed += 1
        old = [path for path in self._all() if _changed_at(path) < limit]
        for start in range(0, len(old), 500):
            chunk = old[start : start + 500]
            used = is_used([path.name for path in chunk])
            for path in chunk:
                if path.name not in used and _changed_at(path) < limit:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _all(self) -> Iterator[Path]:
        return (path for shelf in self.folder.iterdir() if len(shelf.name) == 2 for path in shelf.iterdir())

    @staticmethod
    def _make_room(target: Path) -> None:
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            sync_folder(target.parent.parent)
