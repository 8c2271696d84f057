"""The pieces of work that are stopped: they run in processes of the zygote, on a desk that lies in a folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from mailbridge.app import assemble, make_relay
from mailbridge.config.load import load_config
from tests.contract.relays import LATER, NEVER, OK, Written
from tests.desks import START, Desk, mail

Stops = Callable[[], AbstractContextManager[None]]
Say = Callable[[str], None]

PDF = "JVBERi0xLjQK" * 40
MAILS = {
    "small": mail("Small", "A small matter.", "emma@example.com", message_id="<small@example.com>"),
    "nameless": mail("Nameless", "A client that sets neither id nor date.", "olga@example.com", message_id="", date=""),
    "large": mail("Large", "A large matter.\n" + "and so on\n" * 8000, "carl@example.com", message_id="<large@example.com>"),
    "filed": mail("Filed", "", "dora@example.com", message_id="<filed@example.com>").replace(
        "Content-Type: text/plain; charset=utf-8\n\n",
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee the plan.\n"
        f"--b\nContent-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64\n\n{PDF}\n--b--\n"),
}


def open_desk(folder: Path) -> Desk:
    """Open the desk that lies in `folder`, at the time when it was made."""
    return Desk(assemble(load_config(folder, {}), {}), folder, START)


def receive(folder: Path, stops: Stops, say: Say) -> None:
    """Take in each mail (and say so, as the peer would be told), work it off, send what is due."""
    desk = open_desk(folder)
    with stops():
        for name, raw in MAILS.items():
            desk.put(raw)
            say(name)
        while desk.app.bridge.run_once(desk.now).count:
            pass
        relay = make_relay(desk.app.config, {})
        while desk.app.outbox.run_once(desk.now, relay).count:
            pass
        relay.close()
    desk.close()


def send(folder: Path, stops: Stops, say: Say, answer: str) -> None:
    """Send what waits by a relay that gives this answer; say what it took."""
    desk = open_desk(folder)
    desk.now += timedelta(minutes=5)
    relay = Written(otherwise={"sent": OK, "temporary": LATER, "permanent": NEVER}[answer], taken=_Said(say))
    with stops():
        desk.app.outbox.run_once(desk.now, relay)
    desk.close()


class _Said(list[tuple[str, EmailMessage]]):
    """What the relay took, said at once: the other side has it, whatever becomes of us."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def append(self, taken: tuple[str, EmailMessage]) -> None:
        self._say(f"{taken[0]} {taken[1]['Message-ID']}")


def retry_outbox(folder: Path, stops: Stops, say: Say) -> None:
    """Retry the failed mails, as the admin."""
    desk = open_desk(folder)
    with desk.app.database.read() as connection:
        failed = [row[0] for row in connection.exec_driver_sql("SELECT id FROM outbox WHERE state = 'failed' ORDER BY id")]
    with stops():
        for number in failed:
            desk.app.outbox.retry(number, desk.now)
            say(str(number))
    desk.close()


def retry_quarantined(folder: Path, stops: Stops, say: Say) -> None:
    """Retry the quarantined mail and work it off."""
    desk = open_desk(folder)
    with stops():
        desk.app.spool.retry(1)
        say("retried")
        desk.app.bridge.run_once(desk.now)
    desk.close()


def quarantine(folder: Path, stops: Stops, say: Say) -> None:
    """Work off a mail that has been tried alone three times: it goes into quarantine."""
    desk = open_desk(folder)
    with stops():
        desk.app.bridge.run_once(desk.now)
        say("done")
    desk.close()
