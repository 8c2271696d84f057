"""The servers start, several at once, stop, come back, and leave nothing behind."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from imapclient import IMAPClient

from tests.servers.dovecot import Dovecot
from tests.servers.ground import (
    ServerMissingError,
    free_port,
    is_alive,
    listens,
    new_folder,
    program,
    remove_folder,
    run,
    wait_until,
)
from tests.servers.postfix import MAILDIR, PIPE, Pipe, Postfix
from tests.servers.postgres import PostgresServer

RAW = b"From: a@example.com\r\nSubject: hello\r\n\r\nhello\r\n"


def send(postfix: Postfix, *recipients: str) -> None:
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=10) as client:
        client.sendmail("a@example.com", recipients, RAW)


def test_a_program_that_is_missing_is_an_error_with_the_line_that_installs_it() -> None:
    with pytest.raises(ServerMissingError, match=r"apt-get install .* nothing-like-it"):
        program("no-such-program", "nothing-like-it")


def test_several_postfixes_run_side_by_side_and_leave_nothing() -> None:
    with Postfix({"example.org": MAILDIR}) as one, Postfix({"example.net": MAILDIR}) as two:
        send(one, "jonas@example.org", "ona@example.org")
        send(two, "jonas@example.net")
        assert len(one.wait_for_mails("jonas@example.org", 1)) == len(one.wait_for_mails("ona@example.org", 1)) == 1
        assert len(two.wait_for_mails("jonas@example.net", 1)) == 1
        assert not two.mails("jonas@example.org")
    for gone in (one, two):
        assert not gone.folder.exists()
        assert not listens(gone.port)


def test_a_postfix_keeps_its_port_and_its_queue_when_it_is_started_again() -> None:
    port = free_port()
    with Postfix({"example.org": f"smtp:[127.0.0.1]:{port}"}) as front:
        send(front, "jonas@example.org")
        wait_until(lambda: "status=deferred" in front.log(), "the first try, in vain")
        before = front.port
        front.stop()
        assert not listens(front.port)
        assert front.queued() == 1
        front.start()
        assert (front.port, front.queued()) == (before, 1)


def test_a_postfix_relays_to_a_port_and_refuses_every_other_domain() -> None:
    there = Postfix({"example.org": MAILDIR})
    with there, Postfix({"example.org": f"smtp:[127.0.0.1]:{there.port}"}) as front:
        send(front, "jonas@example.org")
        assert b"\nSubject: hello\n" in there.wait_for_mails("jonas@example.org", 1)[0]
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(front, "jonas@example.com")


@pytest.fixture
def drop() -> Iterator[Path]:
    """A folder that the user of a pipe may write into."""
    folder = new_folder("drop")
    folder.chmod(0o777)
    yield folder
    remove_folder(folder)


def test_a_postfix_pipes_into_a_command_and_keeps_the_mail_at_exit_75(drop: Path) -> None:
    script = 'test -e "$0/open" || exit 75; cat > "$0/$1"'
    pipe = Pipe(["/bin/sh", "-c", script, str(drop), "${recipient}"])
    with Postfix({"example.org": PIPE}, pipe=pipe) as postfix:
        send(postfix, "jonas@example.org")
        wait_until(lambda: "dsn=4.3.0, status=deferred (temporary failure)" in postfix.log(), "the command says 75")
        (drop / "open").touch()
        postfix.flush()
        wait_until(lambda: postfix.queued() == 0, f"delivery by the command:\n{postfix.log()}")
        assert b"Subject: hello" in (drop / "jonas@example.org").read_bytes()


def test_a_frozen_postfix_says_nothing_and_a_thawed_one_goes_on() -> None:
    with Postfix({"example.org": MAILDIR}) as postfix:
        postfix.freeze()
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            smtplib.SMTP("127.0.0.1", postfix.port, timeout=0.3)
        postfix.thaw()
        send(postfix, "jonas@example.org")
        assert postfix.wait_for_mails("jonas@example.org", 1)


def test_a_dovecot_delivers_restarts_and_freezes() -> None:
    with Dovecot() as dovecot:
        dovecot.deliver(RAW)
        client = IMAPClient("127.0.0.1", dovecot.port, ssl=False, timeout=1)
        client.login(dovecot.user, dovecot.password)
        assert client.select_folder("INBOX")[b"EXISTS"] == 1
        assert client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"] == RAW
        dovecot.freeze()
        with pytest.raises(TimeoutError):
            client.noop()
        dovecot.thaw()
        client.shutdown()
        port = dovecot.port
        dovecot.restart()
        assert dovecot.port == port
        again = IMAPClient("127.0.0.1", port, ssl=False, timeout=5)
        again.login(dovecot.user, dovecot.password)
        dovecot.deliver(RAW, folder="Drafts")
        assert again.select_folder("Drafts")[b"EXISTS"] == 1
        again.shutdown()
        pid = dovecot._pid
    assert not is_alive(pid)
    assert not dovecot.folder.exists()


def test_a_postgres_keeps_what_was_committed_when_it_is_killed() -> None:
    with PostgresServer(durable=True) as server:
        assert server.sql("SHOW fsync") == "on"
        url = server.create_database("desk")
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE kept AS SELECT 7 AS number"))
        server.kill()
        server.start()
        engine.dispose()
        with engine.begin() as connection:
            assert connection.execute(sqlalchemy.text("SELECT number FROM kept")).scalar() == 7
        server.drop_database("desk")
        engine.dispose()
        assert "desk" not in server.sql("SELECT datname FROM pg_database").splitlines()
    assert not server.folder.exists()


def test_a_postgres_listens_on_no_port_and_two_do_not_meet() -> None:
    with PostgresServer() as one, PostgresServer() as two:
        one.create_database("desk")
        assert "desk" not in two.sql("SELECT datname FROM pg_database").splitlines()
        assert one.sql("SHOW listen_addresses") == ""
        with pytest.raises(RuntimeError, match='database "nothing" does not exist'):
            one.sql("SELECT 1", database="nothing")


def test_a_database_is_only_dropped_on_our_own_server(tmp_path: Path) -> None:
    with PostgresServer() as ours:
        ours.create_database("desk")
        stray = PostgresServer(tmp_path)
        (tmp_path / "data").mkdir()
        stray._peer = lambda: ours._peer()  # type: ignore[method-assign]
        with pytest.raises(AssertionError):
            stray.drop_database("desk")
        assert "desk" in ours.sql("SELECT datname FROM pg_database").splitlines()


def test_nobody_else_runs_in_our_folders() -> None:
    """After all is stopped, no process has a folder of a server in its command line."""
    with Postfix({"example.org": MAILDIR}) as postfix, Dovecot() as dovecot, PostgresServer() as server:
        folders = [postfix.folder, dovecot.folder, server.folder]
    processes = run(["ps", "-eo", "pid,args"])
    assert str(os.getpid()) in processes
    assert not [folder for folder in folders if str(folder) in processes]
