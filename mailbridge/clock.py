"""The wall clock, and nothing else: everything below the daemon and the commands is told the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Read the wall clock: the only place that does."""
    return datetime.now(UTC)
