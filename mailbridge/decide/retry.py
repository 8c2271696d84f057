"""When a mail that the relay refused for now is tried again, and when it has failed.

RFC 5321 §4.5.4.1: wait longer from try to try, at least 30 minutes in general, sooner when the reason is known, and
give up after four to five days at the earliest. Ours is known: the only peer is our own relay. What it refuses for now
is mostly over in minutes (a restart, a dropped line, greylisting behind it), so the first waits are short; from the
fourth on they keep to the RFC's half hour and more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 180))
"""Wait after the first, second, … try; the last one stays."""

SPREAD = 0.2
"""Longest extra wait, as a part of the wait: what failed in one second must not come back in one second."""


def next_try(
    attempts: int, first_at: datetime, now: datetime, give_up_after: timedelta, jitter: float
) -> datetime | None:
    """Say when a mail is tried again after its latest try failed for now; None when it has failed for good.

    attempts: tries made so far, the latest one included (at least 1).
    first_at: when the mail was due for its first try; now: when the latest try ended. Aware UTC.
    jitter: a random number from 0 to 1, the caller's, which spreads the tries.

    The last try falls on the end of `give_up_after`, never behind it: a relay that comes back on the last
    evening still takes the mail. A clock that was set back makes the waiting longer, never endless.
    Raises ValueError for attempts below 1 and for a jitter outside 0 to 1.
    """
    if attempts < 1 or not 0 <= jitter <= 1:
        raise ValueError(f"attempts {attempts} must be at least 1 and jitter {jitter} between 0 and 1")
    ends_at = first_at + give_up_after
    if now >= ends_at:
        return None
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    return min(now + wait * (1 + SPREAD * jitter), ends_at)
