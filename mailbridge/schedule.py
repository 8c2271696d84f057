"""Rings bells at regular times. It holds no rule and no state: what a bell does is handed in, what is due are rows.

In: bells (name, interval, function) and a function that is told of failures. Out: nothing; the bells ring in threads of
their own, one bell never twice at once. A late bell rings once, however many rings were missed. A restart, a jump of
the clock
forward or back, or a second daemon changes nothing: each ring does what is due by then, and the next comes an interval
later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

JUMP = timedelta(seconds=5)
"""Smallest step of the clock backwards that is taken for one; smaller ones only delay a ring by as much."""


@dataclass(frozen=True, slots=True)
class Bell:
    """Something done regularly. `at_once`: it rings when the schedule starts, else an interval later."""

    name: str
    every: timedelta
    ring: Callable[[], object]
    at_once: bool = True


class Schedule:
    """Bells that ring from `start` until `stop`.

    failed: told the bell's name and the exception when a ring fails; the bell rings on.
    """

    def __init__(self, bells: Iterable[Bell], failed: Callable[[str, BaseException], None]) -> None:
        self._bells = tuple(bells)
        self._failed = failed
        self._scheduler = _Bells(
            timezone=UTC, executors={"default": ThreadPoolExecutor(max(1, len(self._bells)))},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
        self._scheduler.add_listener(self._tell, EVENT_JOB_ERROR)

    def start(self) -> None:
        """Begin to ring. A schedule is started once."""
        now = datetime.now(UTC)
        for bell in self._bells:
            first = now if bell.at_once else now + bell.every
            self._scheduler.add_job(bell.ring, _Every(bell.every), id=bell.name, name=bell.name, next_run_time=first)
        self._scheduler.start()

    def ring_now(self, name: str) -> None:
        """Ring a bell as soon as possible, for example because new work has come. Raises KeyError for an unknown name."""
        job = self._scheduler.get_job(name)
        if job is None:
            raise KeyError(name)
        job.modify(next_run_time=datetime.now(UTC))

    def stop(self, *, wait: bool = True) -> None:
        """Ring no more; with `wait`, return when the rings under way have ended. Harmless when it was not started."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=wait)

    def _tell(self, event: JobExecutionEvent) -> None:
        self._failed(event.job_id, event.exception)


class _Every(BaseTrigger):  # type: ignore[misc]  # apscheduler ships no types
    """The next ring comes an interval after this one, whatever was missed.

    The library's own interval lists every ring that was missed; a clock set from 1970 to today would make it list
    millions.
    """

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002
        return now + self._every


class _Bells(BackgroundScheduler):  # type: ignore[misc]  # apscheduler ships no types
    """The library's scheduler, which also notices that the clock was set back.

    It waits by a clock that never jumps, but then asks the wall clock what is due: set back by an hour, the bells would
    be silent for an hour.
    """

    _told_at: datetime | None = None
    _told_monotonic = 0.0

    def _process_jobs(self) -> float | None:
        now, monotonic = datetime.now(UTC), time.monotonic()
        if self._told_at and now < self._told_at + timedelta(seconds=monotonic - self._told_monotonic) - JUMP:
            for job in self.get_jobs():
                job.modify(next_run_time=now)
        self._told_at, self._told_monotonic = now, monotonic
        wait: float | None = super()._process_jobs()
        return wait
