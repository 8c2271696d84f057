"""The desk that the story is played on: real rooms in a temporary folder, a Maildir as the way out, and a clock of its own."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailbridge.app import App, assemble, make_relay
from mailbridge.config.load import load_config
from mailbridge.config.reading import MAIN
from mailbridge.demo.letters import OUR_MAIL_SERVER, Letter, Writer
from mailbridge.desk.rings import sweep
from mailbridge.desk.timers import planned
from mailbridge.mail.message import Mail
from mailbridge.mail.parse import read_mail
from mailbridge.records.audit import Audit
from mailbridge.records.audit import audit as count_everything
from mailbridge.records.tickets import show_ticket
from mailbridge.relay.outcome import Relay
from mailbridge.spool import Delivery
from mailbridge.starter import make_desk

SUPPORT = "support@example.org"
ANNA = Writer("Anna Petrova", "anna@example.org")
JONAS = Writer("Jonas Kazlauskas", "jonas@example.org")
VERA = Writer("Vera Ivanova", "vera@example.org")
TIME_ZONE = "Europe/Vilnius"
HOUR = timedelta(hours=1)

AGENTS = f"""\
# The people of this desk. Notifications go to their addresses, and answers come from there.
[anna]
name = "{ANNA.name}"
address = "{ANNA.address}"
locale = "en"
role = "agent"

[jonas]
name = "{JONAS.name}"
address = "{JONAS.address}"
locale = "en"
role = "lead"

[vera]
name = "{VERA.name}"
address = "{VERA.address}"
locale = "en"
role = "supervisor"
"""
CHANGES = {
    'name = "Support"': 'name = "Acme Support"',
    'timezone = "UTC"': f'timezone = "{TIME_ZONE}"',
    "authserv_ids = []": f'authserv_ids = ["{OUR_MAIL_SERVER}"]',
}
OFFICE = {
    'timezone = "UTC"': f'timezone = "{TIME_ZONE}"',
    'mon-sun = ["00:00-24:00"]': 'mon-fri = ["09:00-18:00"]',
}


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail that left the desk: to whom its envelope says, and what it is."""

    to: str
    mail: Mail


@dataclass
class Stage:
    """The desk at one moment. `now` is the only clock; `seen` are the files of the Maildir that were told of already.

    meanwhile: what the desk has sent by itself while time passed, and no scene has told yet.
    """

    app: App
    relay: Relay
    now: datetime
    seen: set[str] = field(default_factory=set)
    inbox: dict[str, list[Mail]] = field(default_factory=dict)
    meanwhile: list[Posted] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The folder of the desk."""
        return self.app.config.folder

    def wait(self, **time: float) -> list[Posted]:
        """Let time pass: `hours=1, minutes=5`. The desk does what falls due, when it falls due; return what it sent by itself."""
        end, posted = self.now + timedelta(**time), []
        while self.now < end:
            self.now = min(end, self._next_moment())
            sweep(self.app.database, self.app.rules, self.now)
            posted += self.work()
        self.meanwhile += posted
        return posted

    def deliver(self, letter: Letter) -> list[Posted]:
        """Hand a mail to the desk as a mail server would, let the desk work, and return what it sent."""
        self.app.spool.accept(Delivery(raw=letter.raw, envelope_from=letter.writer.address, recipients=(letter.to,), source="pipe",
                                       received_at=self.now, believed=True)).result()
        return self.work()

    def work(self) -> list[Posted]:
        """Let the desk do all that there is to do now; return the mails that went out, in order."""
        while self.app.bridge.run_once(self.now).count:
            pass
        while self.app.outbox.run_once(self.now, self.relay).count:
            pass
        return self._collect()

    def newest(self, address: str, *, about: int | None = None, saying: str = "") -> Mail:
        """Return the newest mail in somebody's inbox; `about`: on that ticket (an agent's subject names it)."""
        tag = f"[#{about}]" if about else ""
        return next(mail for mail in reversed(self.inbox[address]) if tag in mail.subject and saying in mail.text)

    def ticket(self, number: int) -> dict[str, Any]:
        """Return a ticket as `mailbridge ticket show` tells of it."""
        with self.app.database.read() as connection:
            found = show_ticket(connection, number)
        assert found is not None, f"the story speaks of ticket {number}, which was never opened"
        return found

    def audit(self) -> Audit:
        """Count every mail that the desk ever accepted."""
        with self.app.database.read() as connection:
            return count_everything(connection, self.app.blobs)

    def close(self) -> None:
        """Give back the database; the folder stays."""
        self.relay.close()
        self.app.close()

    def _next_moment(self) -> datetime:
        """Return when the next timer is due, or the next full hour: at one of them the day of the desk begins."""
        hour = self.now.replace(minute=0, second=0, microsecond=0) + HOUR
        with self.app.database.read() as connection:
            due: list[datetime] = [row.due_at for row in planned(connection, hour) if row.due_at > self.now]
        return min([hour, *due])

    def _collect(self) -> list[Posted]:
        paths = [path for path in sorted((self.app.config.relay.path / "new").iterdir()) if path.name not in self.seen]
        self.seen.update(path.name for path in paths)
        posted = [_posted(path.read_bytes()) for path in paths]
        for one in posted:
            self.inbox.setdefault(one.to, []).append(one.mail)
        return posted


def open_stage(folder: Path, begins_at: datetime) -> Stage:
    """Make a desk in an empty folder with three people in it, and open it.

    Neither secrets nor settings come from the environment, so that a real desk's never get into the story.
    """
    make_desk(folder, "example.org", ANNA.address, "en", os.urandom, begins_at)
    _change(folder / MAIN, CHANGES.items())
    _change(folder / "config" / "calendars.toml", OFFICE.items())
    (folder / "config" / "agents.toml").write_text(AGENTS, encoding="utf-8")
    config = load_config(folder, {})
    return Stage(assemble(config, {}), make_relay(config, {}), begins_at)


def _change(file: Path, changes: Iterable[tuple[str, str]]) -> None:
    text = file.read_text("utf-8")
    for before, after in changes:
        assert before in text, f"a new desk's {file.name} has no line {before}"
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")


def _posted(content: bytes) -> Posted:
    """Read a file of the Maildir: two lines of envelope, then the mail."""
    _, envelope_to, raw = content.split(b"\r\n", 2)
    return Posted(envelope_to.decode().partition(": ")[2], read_mail(raw))
