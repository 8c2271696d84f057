"""A desk as its admin runs it: laid out by `init`, the daemon in a process of its own, commands in others."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import mailbridge
from tests.desks import MAIN, write_desk
from tests.servers.ground import wait_until

COMMAND = (sys.executable, "-c", "from mailbridge.cli import main; main()")
SECONDS = 45.0
"""How long a test waits for what must come; a loaded machine takes its time."""

_LISTENING = re.compile(r"^Listening on (.*)\. Stop", re.MULTILINE)


def environment() -> dict[str, str]:
    """Return the environment of a command: this package, and no desk but the one that is named."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILBRIDGE_")}
    return kept | {"PYTHONPATH": str(Path(mailbridge.__file__).parents[1]), "PYTHONUNBUFFERED": "1"}


def command(*words: str | Path, stdin: bytes = b"", code: int | None = 0) -> subprocess.CompletedProcess[bytes]:
    """Run `mailbridge WORDS…` to its end; it must end with `code`, unless that is None."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)], input=stdin, capture_output=True, check=False, timeout=120, env=environment())
    assert code is None or done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def objects(*words: str | Path, stdin: bytes = b"") -> list[dict[str, Any]]:
    """Run a command with `--json` and return its objects."""
    return [json.loads(line) for line in command(*words, "--json", stdin=stdin).stdout.splitlines()]


def lay_out(folder: Path, database_url: str = "", *, relay: str = "", smtp: str = "", more: str = "") -> Path:
    """Write a desk for the daemon: SMTP and LMTP on free ports, a Maildir as relay unless `relay` says otherwise."""
    main = MAIN
    if relay:
        main = main.replace('kind = "maildir"\npath = "var/outgoing"', relay)
    main = main.replace('[smtp]\nlisten = "127.0.0.1:0"', f'[smtp]\nlisten = "127.0.0.1:0"\n{smtp}\n[lmtp]\nlisten = "127.0.0.1:0"')
    write_desk(folder, database_url, main=main + more)
    return folder


class Running:
    """A daemon in a process of its own. Leaving the block stops it; a test that is done with it may have killed it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._from = 0  # where the log of this start begins

    def __enter__(self) -> Running:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def start(self) -> None:
        """Start, and return when it listens."""
        self._from = len(self.log(whole=True))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, "run", "--config", str(self.folder)], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=environment(), cwd=self.folder)
        self.wait_for(lambda: _LISTENING.search(self.log()) or self._process.poll() is not None, "the daemon listens")
        assert self._process.poll() is None, self.log()

    def log(self, *, whole: bool = False) -> str:
        """Return what it has said since its last start, or ever."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return text if whole else text[self._from :]

    @property
    def ports(self) -> list[int]:
        """The ports that it listened on at its start: SMTP, LMTP."""
        found = _LISTENING.search(self.log())
        assert found, self.log()
        return [int(address.rpartition(":")[2]) for address in found[1].split(", ")]

    def wait_for(self, is_so: Any, what: str, seconds: float = SECONDS) -> None:
        """Wait until `is_so()`; its log is told when it does not come."""
        try:
            wait_until(is_so, what, seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.log()[-5000:]}") from None

    def says(self, words: str, times: int = 1) -> None:
        """Wait until it has said this in its log, so many times."""
        self.wait_for(lambda: self.log().count(words) >= times, f"the log says {words} {times} times")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self, seconds: float = 10.0) -> None:
        """SIGTERM; it must end by itself within `seconds`, as done."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(seconds) == 0, self.log()

    def kill(self) -> None:
        """SIGKILL, as the power supply would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait(20)

    # -- what a person would look at

    def sent(self) -> list[EmailMessage]:
        """Return what lies in the Maildir that it sends into, oldest first."""
        folder = self.folder / "var/outgoing/new"
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]

    def sent_to(self, address: str) -> list[EmailMessage]:
        """Return what went to an address."""
        return [mail for mail in self.sent() if mail["X-Envelope-To"].strip() == address]

    def wait_for_mail_to(self, address: str, number: int = 1) -> list[EmailMessage]:
        """Return the mails to an address as soon as there are so many."""
        self.wait_for(lambda: len(self.sent_to(address)) >= number, f"{number} mails to {address}")
        return self.sent_to(address)
