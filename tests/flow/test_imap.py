"""Mail in a real Dovecot becomes tickets, once each, whatever happens to the server and to the daemon."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.flow.running import Running, command, lay_out, objects
from tests.imap.ground import flags, look
from tests.servers.dovecot import Dovecot

ACCOUNT = """
[[imap]]
name = "{name}"
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password_file = "secrets/imap"
mailbox = "support@example.org"
poll_seconds = 5
timeout_seconds = 5
"""


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, dovecot: Dovecot) -> Path:
    made = lay_out(tmp_path / "desk", more=account(dovecot))
    (made / "secrets/imap").write_text(dovecot.password + "\n")
    return made


def account(dovecot: Dovecot, name: str = "support", user: str = "support@example.org") -> str:
    return ACCOUNT.format(name=name, port=dovecot.port, user=user)


def letter(number: int) -> bytes:
    """A customer's mail; each is of another customer."""
    return (
        f"From: c{number}@example.com\r\nTo: support@example.org\r\nSubject: Matter {number}\r\n"
        f"Message-ID: <m{number}@example.com>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\nHello, {number} speaking.\r\n"
    ).encode()


def subjects(folder: Path) -> list[str]:
    return sorted(one["subject"] for one in objects("ticket", "list", "--config", folder))


def is_met(daemon: Running, times: int = 1) -> None:
    """Wait until the daemon has seen the mailbox: what comes from now on is new."""
    daemon.says("imap.folder_met", times)


def half_a_minute_passes(folder: Path) -> None:
    """What a dead daemon held has run out: its lease of the account, its claims of mails."""
    with closing(sqlite3.connect(folder / "var/mailbridge.db", timeout=30)) as database:
        assert database.execute("DELETE FROM lease").rowcount == 1
        database.execute("UPDATE spool SET claimed_until = accepted_at WHERE state = 'claimed'")
        database.commit()


def settled(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "var/mailbridge.db", timeout=30)) as database:
        return int(database.execute("SELECT count(*) FROM spool WHERE state = 'settled'").fetchone()[0])


def test_each_mail_becomes_one_ticket_though_the_server_restarts_and_hangs(folder: Path, dovecot: Dovecot) -> None:
    dovecot.deliver(letter(0))
    with Running(folder) as daemon:
        is_met(daemon)
        dovecot.deliver(letter(1))
        daemon.wait_for_mail_to("c1@example.com")
        dovecot.restart()
        dovecot.deliver(letter(2))
        daemon.wait_for_mail_to("c2@example.com")
        dovecot.freeze()
        dovecot.deliver(letter(3))
        daemon.says("no answer in time")
        dovecot.thaw()
        daemon.wait_for_mail_to("c3@example.com")
        dovecot.stop()
        dovecot.deliver(letter(4))
        dovecot.start()
        daemon.wait_for_mail_to("c4@example.com")
        daemon.stop()
    assert subjects(folder) == [f"Matter {number}" for number in (1, 2, 3, 4)], "the mail of before is left alone"
    assert flags(dovecot.port, dovecot.user) == {1: set()} | {uid: {b"Mailbridge"} for uid in (2, 3, 4, 5)}
    audit = objects("audit", "--config", folder)[0]
    assert (audit["received"], audit["on_tickets"], audit["missing"]) == (4, 4, 0)


def test_each_mail_becomes_one_ticket_though_the_daemon_is_killed(folder: Path, dovecot: Dovecot) -> None:
    with Running(folder) as daemon:
        is_met(daemon)
        for number in range(80):
            dovecot.deliver(letter(number))
        daemon.says("imap.read")
        daemon.kill()
        half_a_minute_passes(folder)
        daemon.start()
        daemon.wait_for(lambda: settled(folder) == 80, "all are worked off")
        daemon.stop()
    assert set(map(frozenset, flags(dovecot.port, dovecot.user).values())) == {frozenset({b"Mailbridge"})}
    assert subjects(folder) == sorted(f"Matter {number}" for number in range(80))
    assert objects("audit", "--config", folder)[0]["missing"] == 0


def test_a_stopped_daemon_leaves_the_account_to_the_next_at_once(folder: Path, dovecot: Dovecot) -> None:
    with Running(folder) as daemon:
        is_met(daemon)
        assert objects("run", "--once", "--config", folder)[0]["polled"] == 0
        daemon.stop()
    dovecot.deliver(letter(1))
    done = objects("run", "--once", "--config", folder)[0]
    assert (done["polled"], done["unread"], done["bridged"]) == (1, 0, 1)


def test_a_frozen_server_does_not_keep_the_daemon_from_ending(folder: Path, dovecot: Dovecot) -> None:
    with Running(folder) as daemon:
        is_met(daemon)
        dovecot.freeze()
        daemon.stop(10)


def test_a_reload_reads_new_accounts_and_leaves_the_others_undisturbed(folder: Path, dovecot: Dovecot) -> None:
    second = "second@example.org"
    look(dovecot.port, second, lambda client: client.select_folder("INBOX"))
    with Running(folder) as daemon:
        is_met(daemon)
        main = folder / "mailbridge.toml"
        main.write_text(main.read_text() + account(dovecot, "second", second))
        daemon.signal(signal.SIGHUP)
        is_met(daemon, 2)
        assert daemon.log().count("imap.connected") == 2, "the first account keeps its conversation"
        dovecot.deliver(letter(1), second)
        daemon.wait_for_mail_to("c1@example.com")
        main.write_text(main.read_text().replace(account(dovecot, "second", second), ""))
        daemon.signal(signal.SIGHUP)
        daemon.says("config.reloaded", 2)
        dovecot.deliver(letter(2), second)
        dovecot.deliver(letter(3))
        daemon.wait_for_mail_to("c3@example.com")
        assert daemon.sent_to("c2@example.com") == []
        daemon.stop()


def test_the_audit_finds_a_mail_that_was_passed_by(folder: Path, dovecot: Dovecot) -> None:
    assert objects("run", "--once", "--config", folder)[0]["polled"] == 0
    dovecot.deliver(letter(1))
    assert objects("run", "--once", "--config", folder)[0]["polled"] == 1
    assert objects("audit", "--config", folder)[0]["missing"] == 0
    with closing(sqlite3.connect(folder / "var/mailbridge.db", timeout=30)) as database:
        database.execute("DELETE FROM imap_message")
        database.commit()
    done = command("audit", "--config", folder, code=1)
    assert b"imap support/INBOX UID 1: at the server, and never taken in" in done.stderr
    dovecot.stop()
    assert b"not compared: [imap.support]" in command("audit", "--config", folder).stderr


def test_a_dry_run_peeks_and_changes_nothing_at_the_server_or_in_the_desk(folder: Path, dovecot: Dovecot) -> None:
    assert objects("run", "--once", "--config", folder)[0]["polled"] == 0
    dovecot.deliver(letter(1))
    for _ in range(2):
        would = objects("run", "--dry-run", "--config", folder)
        assert "c1@example.com" in {address for one in would for address in one["to"]}
    assert list(dovecot.maildir().joinpath("cur").iterdir()) == []
    assert objects("run", "--once", "--config", folder)[0]["polled"] == 1
    assert flags(dovecot.port, dovecot.user) == {1: {b"Mailbridge"}}


def test_an_account_that_cannot_be_reached_is_said_and_the_rest_is_done(folder: Path, dovecot: Dovecot) -> None:
    dovecot.stop()
    done = command("run", "--once", "--json", "--config", folder)
    assert b'"unread": 1' in done.stdout
    assert b"cannot be reached" in done.stderr
    dovecot.start()
