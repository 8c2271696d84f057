"""Mail read by processes of their own: the same values, in the same order, and nothing of ours left behind."""

import dataclasses
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from mailbridge import readers as room
from mailbridge.errors import ReadersDown
from mailbridge.explain import plain_explainer
from mailbridge.readers import MOST_BYTES, MOST_LETTERS, PROGRAM, Readers, ReadHere, make_readers
from mailbridge.reading import Envelope, ReadMail
from tests.desks import MAIN, START, mail, make_desk

MAILS = Path(__file__).parent / "mails"
ENVELOPE = Envelope("emma@example.com", ("support@example.org",), "smtp", datetime(2026, 11, 23, 9, tzinfo=UTC))


@cache
def reading():
    return plain_explainer().reading


def with_limits(**limits):
    config = reading().config
    return dataclasses.replace(
        reading(), config=config.model_copy(update={"limits": config.limits.model_copy(update=limits)}))


def letter(subject, size=0):
    return mail(subject, "x" * size or "Hello").encode(), ENVELOPE


def subjects(answers):
    return [one.mail.subject if isinstance(one, ReadMail) else one.reason for one in answers]


def everything(readers, letters):
    return [answer for group in readers.read(letters) for answer in group]


@contextmanager
def running(count=1, program=PROGRAM, **limits):
    with closing(Readers(with_limits(**limits), count, program)) as readers:
        yield readers


def processes_of(readers):
    return [reader._process for reader in readers._all]


# -- what comes back


def test_readers_give_the_same_values_as_reading_here():
    letters = [(path.read_bytes(), ENVELOPE) for path in sorted(MAILS.glob("*.eml"))]
    with running(count=2) as readers:
        away = everything(readers, letters)
    here = everything(ReadHere(reading()), letters)
    assert len(away) == len(letters) > 90
    assert away == here


def test_answers_keep_the_order_of_the_letters_and_come_in_groups():
    letters = [letter(str(number)) for number in range(2 * MOST_LETTERS + 1)]
    with running(count=2) as readers:
        groups = list(readers.read(letters))
    assert [len(group) for group in groups] == [MOST_LETTERS, MOST_LETTERS, 1]
    assert subjects(one for group in groups for one in group) == [str(number) for number in range(len(letters))]


def test_large_mail_goes_alone():
    letters = [letter("a"), letter("large", MOST_BYTES), letter("b"), letter("c")]
    with running() as readers:
        assert [len(group) for group in readers.read(letters)] == [1, 1, 2]


def test_mail_over_a_limit_is_told_by_its_reason_alone():
    raw = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nPart\n" * 50
    with running(max_parts=10) as readers:
        (away,) = everything(readers, [(raw, ENVELOPE)])
        assert away == everything(ReadHere(with_limits(max_parts=10)), [(raw, ENVELOPE)])[0]
    assert "10" in away.reason
    assert "Error" not in away.reason


def test_no_letters_are_no_work():
    with running() as readers:
        assert everything(readers, []) == []
        assert not processes_of(readers)


def test_round_that_takes_long_ends_after_the_group_it_is_at(monkeypatch):
    monkeypatch.setattr(room, "ROUND_SECONDS", 0.0)
    letters = [letter(str(number)) for number in range(MOST_LETTERS + 5)]
    with running() as readers:
        assert len(everything(readers, letters)) == MOST_LETTERS
    assert len(everything(ReadHere(reading()), letters)) == 1


# -- how many


@pytest.mark.parametrize(
    ("configured", "usual", "expected"), [(None, 0, 0), (None, 1, 1), (0, 1, 0), (2, 0, 2), (2, 1, 2)])
def test_configuration_says_how_many_readers_there_are_and_else_the_command(configured, usual, expected):
    made = make_readers(with_limits(readers=configured), usual)
    made.close()
    assert (made._count if isinstance(made, Readers) else 0) == expected


def test_started_readers_are_there_before_the_first_mail():
    with running(count=2) as readers:
        readers.start()
        readers._pool.submit(int).result(30)
        assert len(processes_of(readers)) == 2
        first = set(processes_of(readers))
        assert subjects(everything(readers, [letter("a")])) == ["a"]
        assert set(processes_of(readers)) == first


def test_reader_that_has_grown_is_replaced_by_a_fresh_one():
    with running(program=("-m", "tests.crash.hostile_reader"), read_memory_mb=200) as readers:
        everything(readers, [letter("a")])
        (first,) = processes_of(readers)
        everything(readers, [letter("a")])
        assert processes_of(readers) == [first]
        everything(readers, [(b"X-Fault: keep\n" + letter("a")[0], ENVELOPE)])
        everything(readers, [letter("a")])
        (second,) = processes_of(readers)
        assert second is not first
        assert first.poll() is not None


# -- the end


def test_closed_readers_leave_no_process():
    with running(count=2) as readers:
        everything(readers, [letter(str(number)) for number in range(3 * MOST_LETTERS)])
        processes = processes_of(readers)
        assert processes
    assert all(process.poll() is not None for process in processes)
    with pytest.raises(ReadersDown):
        everything(readers, [letter("a")])


def test_retired_readers_finish_what_they_are_at_then_close():
    letters = [letter(str(number)) for number in range(3 * MOST_LETTERS)]
    readers = Readers(reading(), 1, PROGRAM)
    groups = readers.read(letters)
    answers = next(groups)
    processes = processes_of(readers)
    readers.retire()
    assert all(process.poll() is None for process in processes)
    answers += [one for group in groups for one in group]
    assert len(answers) == len(letters)
    assert all(process.poll() is not None for process in processes)


def test_reader_ends_when_the_process_that_started_it_is_gone():
    """Also when that had no time to say so: the channel is closed by the kernel."""
    with running() as readers:
        everything(readers, [letter("a")])
        (process,) = processes_of(readers)
        (reader,) = readers._all
        reader._channel.close()
        assert process.wait(20) == 0


def test_reader_does_not_heed_the_signals_that_are_meant_for_the_daemon():
    """systemd sends SIGTERM to every process of a service, a terminal SIGINT: the daemon decides when its readers end."""
    with running() as readers:
        everything(readers, [letter("a")])
        (process,) = processes_of(readers)
        for number in (1, 2, 15):
            process.send_signal(number)
        assert subjects(everything(readers, [letter("b")])) == ["b"]
        assert processes_of(readers) == [process]


@pytest.mark.parametrize("program", [("-c", "raise SystemExit(9)"), ("-c", "import os; os.close(0); input()")])
def test_reader_that_does_not_start_blames_no_mail_and_says_what_to_do(program):
    with running(program=program) as readers, pytest.raises(ReadersDown, match="readers = 0"):
        everything(readers, [letter("a")])


def test_interrupted_readers_blame_no_mail():
    """A daemon that stops does not wait for a mail that takes long."""
    letters = [(b"X-Fault: loop\n" + letter("a")[0], ENVELOPE)]
    with running(program=("-m", "tests.crash.hostile_reader"), read_seconds=30) as readers:
        everything(readers, [letter("a")])
        later = threading.Timer(0.2, readers.interrupt)
        later.start()
        with pytest.raises(ReadersDown, match="ended"):
            everything(readers, letters)
        later.join()


# -- what a reader is given


def test_reader_is_light_and_knows_no_database():
    heavy = {"sqlalchemy", "sqlmodel", "jinja2", "structlog", "aiosmtpd", "imapclient", "mailbridge.desk", "mailbridge.store"}
    code = f"import sys, mailbridge.reader; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=room._environment())
    assert done.stdout.strip() == "[]"


def test_reader_sees_no_secret_of_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "hidden")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
    with running() as readers:
        everything(readers, [letter("a")])
        (process,) = processes_of(readers)
        seen = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert Path(f"/proc/{process.pid}/cwd").readlink() == Path("/")
    assert b"hidden" not in seen
    assert b"/run/credentials" not in seen
    assert b"PYTHONPATH=" in seen


# -- behind the bridge


@pytest.fixture
def desk_with_readers(tmp_path):
    made = make_desk(tmp_path / "desk", "", main=MAIN + "[limits]\nreaders = 1\n")
    yield made
    made.close()


def test_desk_takes_what_readers_read(desk_with_readers):
    desk = desk_with_readers
    desk.put(mail("Printer"))
    desk.put(mail("Scanner", sender="Olga <olga@example.net>"))
    assert [one.outcome for one in desk.work()] == ["new", "new"]
    assert [ticket["subject"] for ticket in desk.tickets()] == ["Printer", "Scanner"]
    assert desk.audit().on_tickets == 2


def test_mail_waits_without_a_try_being_counted_while_readers_do_not_start(desk_with_readers):
    desk = desk_with_readers
    desk.put(mail())
    desk.app.bridge.readers = Readers(reading(), 1, ("-c", "raise SystemExit(9)"))
    for _ in range(5):
        with pytest.raises(ReadersDown):
            desk.app.bridge.run_once(START)
    desk.app.bridge.readers.close()
    assert desk.audit().waiting == 1
    desk.app.use(desk.app.config)
    assert [one.outcome for one in desk.work()] == ["new"]


def test_mail_that_there_was_no_time_for_waits_for_the_next_round(small_desk, monkeypatch):
    monkeypatch.setattr(room, "ROUND_SECONDS", 0.0)
    for number in range(3):
        small_desk.put(mail(f"Printer {number}"))
    assert [one.spool_id for one in small_desk.app.bridge.run_once(START).received] == [1]
    assert small_desk.audit().waiting == 2
    assert [one.outcome for one in small_desk.work()] == ["new", "new"]


def test_reload_reads_by_the_new_patterns_in_new_processes(desk_with_readers):
    desk = desk_with_readers
    before = desk.app.bridge.readers
    assert desk.receive(mail("Printer", "It burns.\n\nThen the dragon spoke:\n\nOld words")).outcome == "new"
    processes = processes_of(before)
    patterns = desk.folder / "config/patterns"
    patterns.mkdir()
    (patterns / "own.toml").write_text('[quote]\nintroduction = ["then the dragon spoke:"]\n')
    desk.app.use(desk.app.config)
    assert processes
    assert all(process.poll() is not None for process in processes)
    desk.receive(mail("Scanner", "It burns.\n\nThen the dragon spoke:\n\nOld words", sender="olga@example.net"))
    replies = [desk.ticket(number)["thread"][0]["reply"].strip() for number in (1, 2)]
    assert "dragon" in replies[0]
    assert replies[1] == "It burns."
