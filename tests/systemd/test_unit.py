"""The unit as systemd itself reads it: clean, and as closed as it says."""

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"
UNIT = FOLDER / "mailbridge.service"
HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "systemd.md"


def systemd(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which(tool, path="/usr/bin:/bin:/usr/sbin")
    if not found:
        pytest.fail(f"{tool} is missing. Run: apt-get install systemd")
    return subprocess.run([found, *arguments], capture_output=True, text=True, timeout=60, check=False)


def options() -> dict[str, list[str]]:
    """Each option of the unit with its values, in order; comments left out."""
    read: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            read[name].append(value)
    return read


def test_systemd_finds_nothing_wrong_with_the_unit() -> None:
    result = systemd("systemd-analyze", "verify", str(UNIT))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_exposure_is_two_at_most() -> None:
    result = systemd("systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT))
    level = re.search(r"Overall exposure level for mailbridge.service: ([\d.]+)", result.stdout)
    assert level, result.stdout + result.stderr
    assert float(level[1]) <= 2.0


def test_the_user_is_made_as_systemd_makes_users() -> None:
    result = systemd("systemd-sysusers", "--dry-run", str(FOLDER / "mailbridge.sysusers"))
    assert result.returncode == 0, result.stderr


def test_systemd_is_told_when_we_are_ready_and_watches_over_our_progress() -> None:
    read = options()
    assert (read["Type"], read["NotifyAccess"]) == (["notify"], ["main"])
    assert read["WatchdogSec"] == ["60s"]
    assert read["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert read["Restart"] == ["always"]


def test_a_stop_leaves_more_time_than_the_ten_seconds_we_promise() -> None:
    assert int(options()["TimeoutStopSec"][0].removesuffix("s")) > 10


def test_the_system_calls_that_limit_our_mail_readers_are_allowed() -> None:
    denied = {call for group in ("@privileged", "@resources") for call in calls(group)}
    allowed = calls("@system-service") - denied
    assert {"prlimit64", "fsync", "fdatasync", "rename", "link", "sendto", "clone", "clone3", "kill"} <= allowed
    assert not {"setuid", "chroot", "reboot", "mount", "ptrace"} & allowed


def calls(group: str) -> set[str]:
    """The system calls of a group, groups in it followed to their end."""
    lines = systemd("systemd-analyze", "syscall-filter", "--no-pager", group).stdout.splitlines()[1:]
    names = {line.strip() for line in lines if line.strip() and not line.strip().startswith("#")}
    inner = {name for name in names if name.startswith("@")}
    return (names - inner).union(*(calls(name) for name in inner))


def test_the_howto_speaks_of_every_file_in_the_folder_and_of_credentials_as_the_unit_names_them() -> None:
    text = HOWTO.read_text("utf-8")
    assert all(f"systemd/{path.name}" in text for path in FOLDER.iterdir())
    for word in ("LoadCredential=", "CAP_NET_BIND_SERVICE", "systemctl reload mailbridge", "/var/lib/mailbridge"):
        assert word in text
