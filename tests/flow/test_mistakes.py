"""Commands as an admin mistypes them, and a desk that is not well: a sentence that says what to do, and the right exit code."""

import os
import shutil
import subprocess

import pytest

from tests.desks import mail
from tests.flow.running import COMMAND, command, environment, lay_out, objects


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = lay_out(tmp_path_factory.mktemp("mistakes") / "desk")
    command("ingest", "--config", made, "--recipient", "support@example.org", stdin=mail().encode())
    command("run", "--once", "--config", made)
    return made


MISTAKES = [
    (["tickt", "list"], 2, "No such command"),
    (["ticket", "lst"], 2, "No such command"),
    (["ticket", "list", "--stat", "new"], 2, "No such option"),
    (["ticket", "show"], 2, "Missing argument"),
    (["ticket", "show", "one"], 2, "integer"),
    (["ticket", "show", "99"], 1, "99"),
    (["ticket", "do", "99", "/resolve"], 1, "99"),
    (["ticket", "do", "1", "/resolv"], 1, "/resolve"),
    (["ticket", "do", "1", "resolve it"], 1, "slash"),
    (["spool", "show", "99"], 1, "99"),
    (["spool", "retry", "99"], 1, "spool list"),
    (["spool", "retry", "1"], 1, "not in quarantine"),
    (["outbox", "show", "99"], 1, "99"),
    (["outbox", "retry", "99"], 1, "outbox list"),
    (["outbox", "drop", "99"], 1, "outbox list"),
    (["import", "nowhere.mbox"], 1, "nowhere.mbox"),
    (["import", ".", "--order", "size"], 2, "date or given"),
    (["ingest", "nowhere.eml"], 2, "nowhere.eml"),
    (["templates", "preview", "nothing"], 1, "nothing"),
]


@pytest.mark.parametrize(("words", "code", "says"), MISTAKES, ids=[" ".join(words) for words, _, _ in MISTAKES])
def test_mistake_is_told_in_a_sentence(folder, words, code, says):
    done = command(*words, "--config", folder, code=code)
    told = done.stderr.decode()
    assert says in told
    assert "Traceback" not in told
    assert not done.stdout


@pytest.mark.parametrize("words", [["run"], ["check"], ["audit"], ["ticket", "list"], ["run", "--once"], ["doctor"]], ids=" ".join)
def test_desk_that_is_not_there_is_told_by_every_command(words):
    done = command(*words, "--config", "nowhere/mailbridge.toml", code=1)
    assert b"nowhere" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "trouble", ["no configuration", "broken configuration", "no database", "not a database", "blobs are a file"])
def test_ingest_says_try_again_whatever_is_wrong_with_the_desk(folder, tmp_path, trouble):
    """Exit 75 keeps the mail with the mail server; any other code would bounce it to the customer."""
    desk = tmp_path / "desk"
    shutil.copytree(folder, desk)
    database = desk / "var/mailbridge.db"
    if trouble == "no configuration":
        (desk / "mailbridge.toml").unlink()
    elif trouble == "broken configuration":
        (desk / "config/departments.toml").write_text("[support\n")
    elif trouble == "no database":
        database.unlink()
        database.mkdir()
    elif trouble == "not a database":
        database.write_bytes(b"certainly no database, but long enough to be read as one" * 100)
    else:
        shutil.rmtree(desk / "var/blobs")
        (desk / "var/blobs").write_text("")
    done = command("ingest", "--config", desk, "--recipient", "support@example.org", stdin=mail("Another").encode(), code=75)
    assert done.stderr
    assert b"Traceback" not in done.stderr


def test_ingest_needs_no_key_and_the_mail_waits_for_it(folder, tmp_path):
    desk = tmp_path / "desk"
    shutil.copytree(folder, desk)
    key = (desk / "secrets/key").read_bytes()
    (desk / "secrets/key").unlink()
    command("ingest", "--config", desk, "--recipient", "support@example.org", stdin=mail("Another").encode(), code=0)
    command("run", "--once", "--config", desk, code=1)
    (desk / "secrets/key").write_bytes(key)
    command("run", "--once", "--config", desk, code=0)
    assert b"Another" in command("ticket", "list", "--config", desk, code=0).stdout


def test_ingest_for_a_mailbox_that_is_not_ours_keeps_the_mail_and_says_which_are(folder):
    done = command("ingest", "--mailbox", "sales@example.org", "--config", folder, stdin=mail().encode(), code=75)
    assert b"support@example.org" in done.stderr


def test_ingest_of_any_bytes_is_taken(folder):
    for raw in (b"", b"\0", b"\xff" * 100, b"From: \r\r\n\n", b"x" * 200_000):
        (one,) = objects("ingest", "--config", folder, stdin=raw)
        assert (one["state"], len(one["sha256"])) == ("accepted", 64)
    command("run", "--once", "--config", folder)
    found = objects("audit", "--config", folder)[0]
    assert (found["waiting"], found["missing"]) == (0, 0)
    assert found["received"] == sum(found[name] for name in ("on_tickets", "silent", "quarantined", "duplicates"))


@pytest.mark.parametrize("words", [["ticket", "list"], ["export"], ["spool", "list", "--all"]], ids=" ".join)
def test_reader_that_goes_away_is_no_fault(folder, words):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [*COMMAND, *words, "--json", "--config", str(folder)],
            stdout=gone, stderr=subprocess.PIPE, check=False, timeout=60, env=environment())
    assert b"Traceback" not in done.stderr
