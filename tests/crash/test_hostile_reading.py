"""Mail that stops, eats or kills the process that reads it: it is kept whole, and its neighbours never notice."""

import dataclasses
import os
import signal
import smtplib
import sys
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from mailbridge.explain import plain_explainer
from mailbridge.reader import Unread, read_within
from mailbridge.readers import PROGRAM, Readers, ReadHere
from mailbridge.reading import Envelope, ReadMail, read
from tests.crash.hostile_reader import read_hostile
from tests.desks import mail, make_desk
from tests.flow import running as flow
from tests.flow.running import Running, lay_out, objects
from tests.servers.ground import wait_until

HOSTILE = ("-m", "tests.crash.hostile_reader")
ENVELOPE = Envelope("emma@example.com", ("support@example.org",), "smtp", datetime(2026, 11, 23, 9, tzinfo=UTC))
TOO_LONG, TOO_MUCH = "reading took longer than 0.5 s of computing time", "reading took more than 150 MB of memory"
LOOPS = ("loop", "loop-that-swallows-every-exception", "regular-expression")


@cache
def reading(**limits):
    made = plain_explainer().reading
    config = made.config
    return dataclasses.replace(made, config=config.model_copy(update={"limits": config.limits.model_copy(update=limits)}))


def strict():
    return reading(read_seconds=0.5, read_memory_mb=150)


@contextmanager
def readers(rules, program):
    with closing(Readers(rules, 1, program)) as made:
        yield made


@pytest.fixture(scope="module")
def hostile():
    with readers(strict(), HOSTILE) as made:
        yield made


@pytest.fixture(scope="module")
def promised():
    with readers(reading(read_seconds=2, read_memory_mb=300), PROGRAM) as made:
        yield made


def letter(subject, fault=""):
    return (f"X-Fault: {fault}\n" if fault else "").encode() + mail(subject).encode(), ENVELOPE


def answers(made, letters):
    """Ask again for what was left for another round."""
    found = []
    while len(found) < len(letters):
        found += [one for group in made.read(letters[len(found) :]) for one in group]
    return [one.mail.subject if isinstance(one, ReadMail) else one.reason for one in found]


# -- one fault at a time, between two neighbours


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        *((loop, TOO_LONG) for loop in LOOPS),
        ("one-large-piece", TOO_MUCH),
        ("many-small-pieces", TOO_MUCH),
        ("large-answer", TOO_MUCH),
        ("crash", "its reader ended by SIGSEGV"),
        ("stop", "its reader gave no answer for 2 s"),
        ("leave", "SystemExit: 7"),
        ("deep", "RecursionError: maximum recursion depth exceeded"),
        ("say", "hostile"),
    ],
)
def test_hostile_mail_is_told_by_its_fault_and_its_neighbours_are_read(fault, reason, hostile, monkeypatch):
    if fault == "stop":
        monkeypatch.setattr("mailbridge.readers.SPARE_SECONDS", 0.5)
    assert answers(hostile, [letter("before"), letter("hostile", fault), letter("after")]) == ["before", reason, "after"]
    assert len(hostile._all) <= 1


def test_mail_whose_reader_died_by_accident_is_tried_once_more_and_read(hostile, tmp_path):
    letters = [letter("a"), letter("b", f"crash-once {tmp_path / 'crashed'}"), letter("c")]
    assert answers(hostile, letters) == ["a", "b", "c"]
    assert (tmp_path / "crashed").exists()


def test_reader_that_is_killed_from_outside_costs_no_mail(hostile):
    """The machine ran out of memory and took the reader that was nearest."""
    letters = [letter(str(number)) for number in range(40)]
    assert answers(hostile, letters[:1]) == ["0"]
    (reader,) = hostile._all
    reader._process.kill()
    reader._process.wait()
    assert answers(hostile, letters) == [str(number) for number in range(40)]


# -- the real reader, with the limits that are promised: 2 s and 300 MB


HOSTILE_MAILS = {
    "ten thousand parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\npart\n" * 10_000 + b"--x--\n",
    "a thousand parts within each other": b"".join(
        b"Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (number, number) for number in range(1000)),
    "ten thousand headers": b"".join(b"X-%d: value\n" % number for number in range(10_000)) + b"\nHello\n",
    "an encoded subject of 800 KB": b"Subject: " + b"=?utf-8?q?=D0=96?=\n " * 42_000 + b"\n\nHello\n",
    "800 KB of addresses": b"To: " + b"Emma <emma@example.com>,\n " * 32_000 + b"\n\nHello\n",
    "a line of 5 MB": b"\n" + b"> " * 2_500_000,
    "300,000 lines": b"\n" + b"a\n" * 300_000,
    "100,000 open tags": b"Content-Type: text/html\n\n" + b"<div><table><tr><td>" * 100_000,
    "blanks before a colon": b"\nOn " + b" " * 200_000 + b"wrote:\n" + b"\t" * 200_000,
    "nothing but NUL": b"\0" * 5_000_000,
}


@pytest.mark.parametrize("case", HOSTILE_MAILS)
def test_no_mail_takes_more_than_two_seconds_and_300_megabytes(case, promised):
    raw = b"From: emma@example.com\n" + HOSTILE_MAILS[case]
    (found,) = next(promised.read([(raw, ENVELOPE)]))
    assert found == read_within((raw, ENVELOPE), reading(), 10)
    assert "computing time" not in getattr(found, "reason", "")


def test_large_mail_is_no_crime():
    """50 MB is what the listeners take in; read with the least memory that can be configured."""
    raw = mail("Large", "The printer is on fire.\n" * 2_000_000).encode()
    with readers(reading(read_seconds=10, read_memory_mb=100), PROGRAM) as made:
        assert answers(made, [(raw, ENVELOPE)]) == ["Large"]


# -- in this process, as single commands read


@pytest.mark.parametrize("fault", [fault for fault in LOOPS if "swallows" not in fault])
def test_loop_in_this_process_is_left_in_time(fault):
    before = signal.getsignal(signal.SIGPROF)
    assert read_within(letter("a", fault), strict(), 0.5, read_hostile) == Unread(TOO_LONG)
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_thread_that_is_not_the_main_one_reads_without_an_alarm():
    found = []
    thread = threading.Thread(target=lambda: found.extend(next(ReadHere(strict()).read([letter("a")]))))
    thread.start()
    thread.join()
    assert isinstance(found[0], ReadMail)


@pytest.mark.parametrize("fault", [MemoryError("none left"), RecursionError("deep"), KeyError("no such"), SystemExit(3)])
def test_any_fault_of_a_parser_is_an_answer_and_never_an_exception(fault):
    def broken(*_letter):
        raise fault

    if isinstance(fault, SystemExit):
        with pytest.raises(SystemExit):  # somebody wants to leave: that is no mail's doing here
            read_within(letter("a"), strict(), 1, broken)
    else:
        assert type(fault).__name__ in read_within(letter("a"), strict(), 1, broken).reason


def test_explain_tells_a_mail_that_takes_too_long_as_a_defect(monkeypatch):
    explainer = plain_explainer()
    explainer = dataclasses.replace(
        explainer, rules=dataclasses.replace(explainer.rules, config=strict().config), reading=strict())
    monkeypatch.setattr("mailbridge.explain.read_within", lambda *given: read_within(*given, read_hostile))
    shown = explainer.explain("a.eml", letter("Slow", "loop")[0], datetime(2026, 11, 23, tzinfo=UTC))
    assert shown["subject"] == "Slow"
    assert f"not read: {TOO_LONG}" in shown["defects"]
    assert read(*letter("a"), strict()).mail.subject == "a"


# -- the desk


@pytest.fixture
def desk(tmp_path):
    made = make_desk(tmp_path / "desk", "")
    made.app.bridge.readers.close()
    made.app.bridge.readers = Readers(strict(), 1, HOSTILE)
    yield made
    made.close()


def test_hostile_mail_is_quarantined_whole_and_its_neighbours_become_tickets(desk):
    hostile = {desk.put(letter("hostile", fault)[0]): fault for fault in ("loop", "one-large-piece", "crash")}
    friendly = [desk.put(mail(f"Printer {number}")) for number in range(3)]
    received = {one.spool_id: one.outcome for one in desk.work()}
    assert received == dict.fromkeys(hostile, "quarantined") | dict.fromkeys(friendly, "new")
    assert [entry.raw for entry in desk.app.spool.load(list(hostile))] == [letter("hostile", fault)[0] for fault in hostile.values()]
    audit = desk.audit()
    assert (audit.received, audit.quarantined, audit.on_tickets) == (6, 3, 3)
    with desk.app.database.read() as connection:
        reasons = [row.reason for row in connection.exec_driver_sql("SELECT reason FROM spool ORDER BY id") if row.reason]
    assert reasons == [TOO_LONG, TOO_MUCH, "its reader ended by SIGSEGV"]


# -- the daemon

HOSTILE_COMMAND = (
    sys.executable, "-c",
    f"from mailbridge import readers; readers.PROGRAM = {HOSTILE!r}; from mailbridge.cli import main; main()")


@pytest.fixture
def daemon(tmp_path, monkeypatch):
    """A daemon whose reader does what the mail says; it lets a mail have all the time that can be configured."""
    monkeypatch.setattr(flow, "COMMAND", HOSTILE_COMMAND)
    with Running(lay_out(tmp_path / "desk", more="[limits]\nread_seconds = 30\n")) as started:
        yield started


def send(started, raw):
    with smtplib.SMTP("127.0.0.1", started.ports[0], timeout=10) as peer:
        peer.sendmail("emma@example.com", "support@example.org", raw)


def readers_of(pid):
    """Return the processes that a process has started and that are not over."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended meanwhile
        if int(parent) == pid and state != "Z":
            found.append(int(status.parent.name))
    return found


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def computing_seconds(pid):
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def begin_to_loop(started):
    """Let a mail keep the reader busy; return the reader."""
    send(started, mail("Printer").encode())
    started.says("mail.bridged")
    (reader,) = readers_of(started._process.pid)
    began = computing_seconds(reader)
    send(started, letter("Slow", "loop")[0])
    started.wait_for(lambda: computing_seconds(reader) > began + 0.5, "the reader is busy")
    return reader


def test_listener_answers_while_a_mail_takes_long_and_the_daemon_ends_in_time(daemon):
    reader = begin_to_loop(daemon)
    send(daemon, mail("Scanner", sender="olga@example.net").encode())
    began = time.monotonic()
    daemon.stop()
    assert time.monotonic() - began < 10
    assert not is_running(reader)
    assert "worker.failed" not in daemon.log()
    audit = objects("audit", "--config", daemon.folder)[0]
    assert (audit["received"], audit["on_tickets"], audit["waiting"], audit["missing"]) == (3, 1, 2, 0)
    assert {one["state"] for one in objects("spool", "list", "--config", daemon.folder)} == {"accepted"}  # given back


def test_reader_does_not_outlive_a_daemon_that_was_killed(daemon):
    send(daemon, mail("Printer").encode())
    daemon.says("mail.bridged")
    (reader,) = readers_of(daemon._process.pid)
    daemon.kill()
    wait_until(lambda: not is_running(reader), "the reader has ended", 20)
