"""Looks at the folders that a desk writes into: can this user write there, is there room."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from mailbridge.config.model import Config
from mailbridge.doctor.finding import Finding

ROOM_FOR_MAILS = 2
"""Less room than for so many of the largest mails that we take is a fault."""
LITTLE_BYTES = 1_000_000_000


def examine_disk(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Look at the folders of the database and of the blobs."""
    least = max(config.smtp.max_message_mb, config.lmtp.max_message_mb) * 1_000_000 * ROOM_FOR_MAILS
    folders = [sqlite_file(config).parent] if config.database.url.startswith("sqlite") else []
    for folder in dict.fromkeys([*folders, config.database.blobs, config.database.blobs / "tmp"]):
        yield folder_finding("disk", folder, least)


def folder_finding(check: str, folder: Path, least: int) -> Finding:
    """Say whether files can be made in a folder, and whether `least` bytes have room there. A missing one: in what will hold it."""
    try:
        there = next(place for place in (folder, *folder.parents) if place.exists())
    except PermissionError as fault:
        closed = Path(fault.filename)
        return Finding(check, "fail", f"{closed} cannot be looked into: {fault.strerror}", _remedy(closed.parent, fault))
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"mailbridge doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        return Finding(check, "fail", f"{there} cannot be written: {fault.strerror}", _remedy(there, fault))
    free = shutil.disk_usage(there).free
    if free < least:
        return Finding(check, "fail", f"{there} has only {free // 1_000_000} MB left", "Make room: mail is refused for now when it is full")
    if free < LITTLE_BYTES:
        return Finding(check, "warn", f"{there} has {free // 1_000_000} MB left", "Make room before it is needed")
    made = "" if there == folder else f"; {folder} is made there when it is needed"
    return Finding(check, "ok", f"{there} can be written, {free // 1_000_000_000} GB are free{made}")


def sqlite_file(config: Config) -> Path:
    """Return the path of a SQLite database."""
    return Path(config.database.url.removeprefix("sqlite:///").partition("?")[0])


def _remedy(folder: Path, fault: OSError) -> str:
    if fault.errno == errno.ENOSPC:
        return "Make room on it"
    if fault.errno == errno.EROFS:
        return "Mount it for writing"
    if fault.errno in (errno.ENOTDIR, errno.EEXIST):
        return "Move the file of that name away"
    return f"Run: chown {this_user()} {folder}"


def this_user() -> str:
    """Return the name of the user who runs this, or his number when he has none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
