"""Bells ring regularly, whatever happens to the clock or in a ring."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import apscheduler.schedulers.base
import pytest

import mailbridge.schedule
from mailbridge.schedule import Bell, Schedule

SOON = timedelta(milliseconds=20)
LATE = timedelta(hours=1)
PATIENCE = 20.0  # seconds; far more than a ring takes, so that a slow machine does not fail a test


class Counter:
    """A bell's function that can be waited for."""

    def __init__(self) -> None:
        self.rings = 0
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.rings += 1
            self._changed.notify_all()

    def wait_for(self, rings: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.rings >= rings, PATIENCE)


class Failures(Counter):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []

    def tell(self, name: str, error: BaseException) -> None:
        self.told.append((name, str(error)))
        self()


@pytest.fixture
def schedules() -> Iterator[Any]:
    started: list[Schedule] = []

    def start(*bells: Bell, failed: Any = None) -> Schedule:
        schedule = Schedule(bells, failed or (lambda name, error: None))
        started.append(schedule)
        schedule.start()
        return schedule

    yield start
    for schedule in started:
        schedule.stop()


def test_a_bell_rings_again_and_again(schedules: Any) -> None:
    counter = Counter()
    schedules(Bell("sweep", SOON, counter))
    assert counter.wait_for(3)


def test_a_bell_rings_at_once_or_an_interval_later(schedules: Any) -> None:
    now, later = Counter(), Counter()
    schedule = schedules(Bell("sweep", LATE, now), Bell("report", LATE, later, at_once=False))
    assert now.wait_for(1)
    schedule.stop()
    assert later.rings == 0


def test_a_failure_is_told_and_the_bell_rings_on(schedules: Any) -> None:
    failures = Failures()

    def fail() -> None:
        raise RuntimeError("database is away")

    schedules(Bell("sweep", SOON, fail), failed=failures.tell)
    assert failures.wait_for(2)
    assert set(failures.told) == {("sweep", "database is away")}


def test_a_slow_bell_never_rings_twice_at_once_and_does_not_hold_up_others(schedules: Any) -> None:
    go_on, other, inside, most = threading.Event(), Counter(), [], []

    def slow() -> None:
        inside.append(1)
        most.append(len(inside))
        go_on.wait(PATIENCE)
        inside.pop()

    schedules(Bell("slow", SOON, slow), Bell("other", SOON, other))
    assert other.wait_for(5)
    go_on.set()
    assert set(most) == {1}


def test_a_bell_can_be_rung_out_of_turn(schedules: Any) -> None:
    counter = Counter()
    schedule = schedules(Bell("send", LATE, counter))
    assert counter.wait_for(1)
    schedule.ring_now("send")
    assert counter.wait_for(2)
    with pytest.raises(KeyError):
        schedule.ring_now("sned")


def test_after_the_stop_no_bell_rings(schedules: Any) -> None:
    counter = Counter()
    schedule = schedules(Bell("sweep", SOON, counter))
    assert counter.wait_for(1)
    schedule.stop()
    rings = counter.rings
    assert not threading.Event().wait(0.1)
    assert counter.rings == rings
    schedule.stop()


def test_a_schedule_that_was_never_started_can_be_stopped() -> None:
    Schedule([], lambda name, error: None).stop()


@pytest.mark.parametrize("jump", [timedelta(hours=-5), timedelta(days=-9000), timedelta(hours=5), timedelta(days=9000)])
def test_a_jump_of_the_clock_neither_silences_the_bells_nor_makes_up_for_missed_rings(
    schedules: Any, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    offset = [timedelta(0)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + offset[0]

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Clock)
    monkeypatch.setattr(mailbridge.schedule, "datetime", Clock)
    counter, other = Counter(), Counter()
    schedules(Bell("sweep", SOON, counter), Bell("report", LATE, other))
    assert counter.wait_for(2)
    assert other.wait_for(1)
    offset[0] = jump
    rings = counter.rings
    assert counter.wait_for(rings + 3)
    assert other.wait_for(2)
    assert other.rings == 2
