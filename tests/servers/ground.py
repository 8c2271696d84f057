"""The ground that all servers stand on: programs, folders, ports, waiting.

The servers drop their rights to a user of their own, who must be able to reach the folder. So the folders lie in the
system's temporary folder, not in pytest's `tmp_path`, which only its owner may enter.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


class ServerMissingError(Exception):
    """A server cannot be started on this machine; says what to do."""


def program(name: str, package: str, places: tuple[str, ...] = ("/usr/sbin", "/usr/bin")) -> str:
    """Return the path of a program. Raise ServerMissingError with the line that installs it."""
    found = shutil.which(name, path=os.pathsep.join((*places, os.environ.get("PATH", ""))))
    if found is None:
        raise ServerMissingError(f"{name} is missing. Run: apt-get install --yes --no-install-recommends {package}")
    return found


def must_be_root(server: str) -> None:
    """Raise ServerMissingError unless we are root: the server starts as root only."""
    if os.geteuid() != 0:
        raise ServerMissingError(f"{server} is run by root only. Run the tests as root, for example in a container.")


def new_folder(server: str) -> Path:
    """Make a folder that every user may enter; `remove_folder` takes it away."""
    folder = Path(tempfile.mkdtemp(prefix=f"mailbridge-{server}-"))
    folder.chmod(0o755)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove a folder of `new_folder` with all that the server has left in it."""
    assert folder.name.startswith("mailbridge-"), folder
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Wait until `is_so()`; raise TimeoutError that names `what` after so many seconds."""
    ends_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.01)


def listens(port: int, greeting: bytes = b"") -> bool:
    """Say whether somebody answers on a port of 127.0.0.1, with this greeting if one is given."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as peer:
            return peer.recv(200).startswith(greeting) if greeting else True
    except OSError:
        return False


def is_alive(pid: int) -> bool:
    """Say whether a process still runs; one that has ended and was not collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def end_group(pid: int, how: signal.Signals = signal.SIGTERM) -> None:
    """End the process group of a server that we have started; with SIGKILL what is left of it after five seconds."""
    for signal_number in (how, signal.SIGKILL):
        try:
            os.killpg(pid, signal.SIGCONT)
            os.killpg(pid, signal_number)
            wait_until(lambda: not is_alive(pid), f"end of process {pid}", 5)
        except ProcessLookupError:
            return
        except TimeoutError:
            continue


def run(command: list[str], cwd: Path | None = None) -> str:
    """Run a command to its end; return its output. Raise RuntimeError with the output when it fails."""
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed with {done.returncode}:\n{done.stdout}")
    return done.stdout
