"""What systemd is told, over real sockets."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbridge.notify import (
    Progress,
    feed_watchdog,
    notify,
    ready,
    reloading,
    status,
    stopping,
    stuck,
    watchdog_seconds,
)


class Manager:
    """Stands where systemd listens."""

    def __init__(self, address: str, name: str) -> None:
        self.environ = {"NOTIFY_SOCKET": name}
        self.channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.channel.bind(address)
        self.channel.settimeout(5)

    def heard(self) -> list[str]:
        return self.channel.recv(4096).decode().split("\n")


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = str(tmp_path / "notify")
    made = Manager(name, name) if request.param == "file" else Manager(f"\0mb-{os.getpid()}", f"@mb-{os.getpid()}")
    yield made
    made.channel.close()


def test_each_state_is_told_in_the_words_of_systemd(manager: Manager) -> None:
    assert ready("12 mails\nwaiting", manager.environ)
    assert manager.heard() == ["READY=1", "STATUS=12 mails waiting"]
    assert reloading(manager.environ)
    word, microseconds = manager.heard()
    assert word == "RELOADING=1"
    assert microseconds.removeprefix("MONOTONIC_USEC=").isdigit()
    assert stopping(manager.environ)
    assert manager.heard() == ["STOPPING=1"]
    assert status("sending off", manager.environ)
    assert manager.heard() == ["STATUS=sending off"]


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_without_systemd_nothing_is_told(environ: dict[str, str]) -> None:
    assert not notify("READY=1", environ=environ)


def test_a_manager_that_is_gone_is_no_reason_to_fail(tmp_path: Path) -> None:
    assert not notify("READY=1", environ={"NOTIFY_SOCKET": str(tmp_path / "gone")})


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None), ({"WATCHDOG_USEC": "60000000"}, 60.0), ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "7"}, 0.5),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"}, None), ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_counts_only_when_it_is_ours(environ: dict[str, str], seconds: float | None) -> None:
    assert watchdog_seconds(environ, pid=7) == seconds


@pytest.mark.parametrize(
    ("now", "names"), [(0.0, ()), (10.0, ()), (10.1, ("sweep",)), (61.0, ("send", "sweep"))])
def test_a_worker_is_stuck_when_it_has_not_got_on_within_its_time(now: float, names: tuple[str, ...]) -> None:
    assert stuck({"sweep": 0.0, "send": 0.0}, {"sweep": 10, "send": 60}, now) == names


def test_the_watchdog_is_fed_only_while_everybody_gets_on(manager: Manager) -> None:
    progress = Progress({"sweep": 10, "send": 60}, now=100)
    assert feed_watchdog(progress, 105, manager.environ) == ()
    assert manager.heard() == ["WATCHDOG=1"]
    assert feed_watchdog(progress, 111, manager.environ) == ("sweep",)
    assert manager.heard() == ["STATUS=stuck: sweep"]
    progress.touch("sweep", 112)
    assert feed_watchdog(progress, 113, manager.environ) == ()
    assert manager.heard() == ["WATCHDOG=1"]


def test_an_older_touch_does_not_undo_a_newer_one() -> None:
    progress = Progress({"sweep": 10}, now=0)
    progress.touch("sweep", 50)
    progress.touch("sweep", 20)
    assert progress.stuck(55) == ()


def test_a_worker_without_a_limit_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Progress({}, now=0).touch("sweep", 1)
