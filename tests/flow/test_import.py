"""`import` as an admin uses it: years of history, twice, killed in the middle, with a folder full of other things."""

import signal
import subprocess

import pytest

from mailbridge.clock import now
from mailbridge.history import Found, import_messages
from tests.desks import mail
from tests.flow.running import COMMAND, Running, command, environment, lay_out, objects


@pytest.fixture
def folder(tmp_path):
    return lay_out(tmp_path / "desk")


def history(number):
    """A conversation of two mails for each even number, one mail for each odd one."""
    root = f"<{number}@example.com>"
    yield mail(f"Matter {number}", f"Words of matter {number}.", f"c{number}@example.com", message_id=root)
    if number % 2 == 0:
        yield mail(f"Re: Matter {number}", f"More of matter {number}.", f"c{number}@example.com",
                   message_id=f"<{number}.2@example.com>", in_reply_to=root, date="Mon, 23 Nov 2026 10:00:00 +0000")


def maildir(path, count):
    """A Maildir with all that lies about in one."""
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    files = [raw for number in range(count) for raw in history(number)]
    for number, raw in enumerate(files):
        place = path / ("cur" if number % 2 else "new") / f"{1000 + number}.M1P1.host:2,S"
        place.write_bytes(raw.replace("\n", "\r\n").encode())
    (path / "tmp" / "999.M1P1.host").write_text("half a ma")
    for name in ("dovecot-uidlist", "dovecot.index.log", "maildirfolder", "subscriptions", ".hidden"):
        (path / name).write_text("3 V1 N5 not a mail")
    return files


def totals(lines):
    return {name: lines[-1][name] for name in ("messages", "tickets", "duplicates", "silent", "quarantined")}


def test_maildir_twice_changes_nothing_the_second_time(folder, tmp_path):
    files = maildir(tmp_path / "Maildir", 9)
    first = objects("import", tmp_path / "Maildir", "--config", folder)
    assert totals(first) == {"messages": len(files), "tickets": 9, "duplicates": 0, "silent": 0, "quarantined": 0}
    before = command("export", "--config", folder, "--json").stdout
    again = objects("import", tmp_path / "Maildir", "--config", folder)
    assert totals(again) == {"messages": len(files), "tickets": 0, "duplicates": len(files), "silent": 0, "quarantined": 0}
    assert command("export", "--config", folder, "--json").stdout == before
    assert {one["file"]: one["ticket"] for one in again[:-1]} == {one["file"]: one["ticket"] for one in first[:-1]}
    assert not list((folder / "var").glob("outgoing/new/*")), "history is told to nobody"
    assert not objects("outbox", "list", "--all", "--config", folder)


def test_mbox_is_split_and_its_mails_are_the_same_as_in_files(folder, tmp_path):
    raws = [raw for number in range(3) for raw in history(number)]
    (tmp_path / "old.mbox").write_text("".join(f"From x@example.com Mon Nov 23 09:00:00 2026\n{raw}\n" for raw in raws))
    assert totals(objects("import", tmp_path / "old.mbox", "--config", folder))["messages"] == len(raws)
    assert len(objects("ticket", "list", "--config", folder)) == 3


@pytest.mark.parametrize("name", ["dovecot-is-down.eml", "Subscriptions 2020.eml", "new", "cur", "tmp"])
def test_file_is_a_mail_whatever_its_name_says(folder, tmp_path, name):
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / name).write_text(mail())
    assert totals(objects("import", tmp_path / "tmp", "--config", folder))["messages"] == 1


def killed(folder, path, done):
    """Start an import and kill it once it has worked off so many mails."""
    process = subprocess.Popen(
        [*COMMAND, "import", str(path), "--config", str(folder), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    with process:
        for _ in range(done):
            assert process.stdout.readline(), process.stderr.read()
        process.send_signal(signal.SIGKILL)


def test_import_that_was_killed_goes_on_where_it_stood(folder, tmp_path):
    files = maildir(tmp_path / "Maildir", 160)
    killed(folder, tmp_path / "Maildir", 60)
    lines = objects("import", tmp_path / "Maildir", "--config", folder)
    assert totals(lines)["messages"] == len(files)
    assert totals(lines)["quarantined"] == 0
    assert None not in {one["ticket"] for one in lines[:-1]}, "what the killed run had claimed is worked off at once"
    found = objects("audit", "--config", folder)[0]
    assert (found["received"], found["on_tickets"], found["missing"], found["waiting"]) == (len(files), len(files), 0, 0)
    assert len(objects("ticket", "list", "--config", folder)) == 160


def test_mail_that_kills_every_import_is_quarantined_in_the_end_and_its_neighbours_are_not(small_desk):
    class Killed(BaseException):
        pass

    files = [Found(f"{number}", mail(f"Matter {number}", sender=f"c{number}@example.com").encode()) for number in range(3)]
    real = type(small_desk.app.bridge).work_off

    def work_off(bridge, entries, at):
        if any(b"Matter 1" in entry.raw and entry.attempts <= 4 for entry in entries):
            raise Killed
        return real(bridge, entries, at)

    outcomes = None
    for _ in range(9):
        one = small_desk.another()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(one.app.bridge), "work_off", work_off)
            try:
                outcomes = [done.outcome for done in import_messages(one.app, files, None, now)]
            except Killed:
                continue
            finally:
                one.close()
        break
    assert outcomes == ["duplicate", "quarantined", "new"], "the first was done by a run before"
    assert small_desk.audit().quarantined == 1


def test_paths_that_are_not_there_are_told_in_a_sentence(folder, tmp_path):
    done = command("import", tmp_path / "nowhere", "--config", folder, code=1)
    assert b"nowhere" in done.stderr
    assert b"Traceback" not in done.stderr


def test_import_goes_on_beside_a_running_daemon_that_takes_nothing_from_it(folder, tmp_path):
    maildir(tmp_path / "Maildir", 20)
    with Running(folder) as daemon:
        lines = objects("import", tmp_path / "Maildir", "--config", folder)
        daemon.stop()
    assert totals(lines)["tickets"] == 20
    assert not list((folder / "var").glob("outgoing/new/*"))
