"""The Maildir as way out: what lies there, what a script reads from it, and what a bad disk leaves behind."""

from __future__ import annotations

import email
import email.policy
import errno
import mailbox
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailbridge.relay.maildir import MaildirRelay

RAW = b"From: support@example.org\r\nSubject: hello\r\n\r\nhello\r\n"
SENDER = "support@example.org"
TWO = ("jonas@example.net", "ona@example.net")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "outgoing"


@pytest.fixture
def relay(folder: Path) -> Iterator[MaildirRelay]:
    made = MaildirRelay(folder)
    yield made
    made.close()


def lying(folder: Path, name: str = "new") -> list[Path]:
    return sorted((folder / name).iterdir())


def test_nothing_is_made_before_the_first_mail(folder: Path, relay: MaildirRelay) -> None:
    relay.send(SENDER, (), RAW)
    assert not folder.exists()


def test_each_recipient_has_a_file_with_the_envelope_in_front(folder: Path, relay: MaildirRelay) -> None:
    outcome = relay.send(SENDER, TWO, RAW)
    assert [path.read_bytes() for path in lying(folder)] == [
        b"X-Envelope-From: support@example.org\r\nX-Envelope-To: jonas@example.net\r\n" + RAW,
        b"X-Envelope-From: support@example.org\r\nX-Envelope-To: ona@example.net\r\n" + RAW,
    ]
    assert [result.reply for result in outcome.results] == [f"written as new/{path.name}" for path in lying(folder)]
    assert lying(folder, "tmp") == []


def test_the_null_sender_is_written_as_angle_brackets(folder: Path, relay: MaildirRelay) -> None:
    relay.send("", TWO[:1], RAW)
    assert lying(folder)[0].read_bytes().startswith(b"X-Envelope-From: <>\r\nX-Envelope-To: jonas@example.net\r\n")


def test_every_reader_of_maildirs_finds_the_mail(folder: Path, relay: MaildirRelay) -> None:
    relay.send(SENDER, ("анна@example.net",), RAW)
    (key,) = mailbox.Maildir(folder).keys()
    found = email.message_from_bytes(mailbox.Maildir(folder).get_bytes(key), policy=email.policy.default)
    assert found["Subject"] == "hello"
    assert found["X-Envelope-To"] == "анна@example.net"


def test_names_sort_in_the_order_of_sending_and_never_meet(folder: Path, relay: MaildirRelay) -> None:
    other = MaildirRelay(folder)
    for number in range(50):
        assert relay.send(SENDER, TWO[:1], RAW + str(number).encode()).sent
        assert other.send(SENDER, TWO[1:], RAW).sent
    ours = [path for path in lying(folder) if b"jonas" in path.read_bytes()]
    assert [path.read_bytes()[-2:].strip() for path in ours] == [str(number).encode() for number in range(50)]
    assert len(lying(folder)) == 100


def test_the_names_of_one_batch_sort_in_its_order(folder: Path, relay: MaildirRelay) -> None:
    outcomes = relay.send_many([(SENDER, TWO, RAW + str(number).encode()) for number in range(30)])
    named = [result.reply.removeprefix("written as new/") for outcome in outcomes for result in outcome.results]
    assert named == [path.name for path in lying(folder)]
    assert len(named) == 60


def test_only_the_owner_may_read_what_customers_are_sent(folder: Path, relay: MaildirRelay) -> None:
    relay.send(SENDER, TWO, RAW)
    assert {path.stat().st_mode & 0o777 for path in lying(folder)} == {0o600}
    assert folder.joinpath("new").stat().st_mode & 0o077 == 0


def test_files_and_folders_that_somebody_removes_are_made_again(folder: Path, relay: MaildirRelay) -> None:
    relay.send(SENDER, TWO, RAW)
    for path in (*lying(folder), folder / "new", folder / "tmp", folder / "cur", folder):
        path.rmdir() if path.is_dir() else path.unlink()
    assert relay.send(SENDER, TWO, RAW).sent
    assert len(lying(folder)) == 2


# --- a bad disk ---


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow beyond 1,000 bytes: the kernel refuses the write in the middle of a file.

    Only around the act itself: the report of the tests may be a file of this process too.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_is_temporary_and_leaves_no_half_mail(folder: Path, relay: MaildirRelay) -> None:
    with full_disk():
        small, large = relay.send_many([(SENDER, TWO, RAW), (SENDER, TWO, RAW + b"x" * 5000)])
    assert small.sent
    assert [result.state for result in large.results] == ["temporary", "temporary"]
    assert os.strerror(errno.EFBIG) in large.reply
    assert str(folder) in large.reply
    assert len(lying(folder)) == 2
    assert lying(folder, "tmp") == []


@pytest.mark.parametrize("moment", ["fsync of the file", "rename", "fsync of the folder"])
def test_a_fault_at_any_moment_is_temporary(
    moment: str, folder: Path, relay: MaildirRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relay.send(SENDER, TWO[:1], RAW).sent
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}") == (moment == "fsync of the folder"):  # noqa: PTH112
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    if moment == "rename":
        folder.joinpath("new").rename(folder / "elsewhere")
    else:
        monkeypatch.setattr(os, "fsync", fsync)
    outcome = relay.send(SENDER, TWO, RAW)
    assert [result.state for result in outcome.results] == ["temporary", "temporary"]
    assert str(folder) in outcome.reply
    assert lying(folder, "tmp") == []
    monkeypatch.undo()
    if moment == "rename":
        folder.joinpath("elsewhere").rename(folder / "new")
    assert relay.send(SENDER, TWO, RAW).sent


def test_the_file_is_synced_before_it_has_its_name_and_the_folder_after_it(
    folder: Path, relay: MaildirRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of style.md §6; many mails share the last step."""
    relay.send(SENDER, TWO[:1], RAW)
    seen: list[tuple[str, int]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink()
        seen.append(("folder" if name.is_dir() else name.parent.name, len(lying(folder))))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    relay.send_many([(SENDER, TWO, RAW)] * 3)
    assert seen == [("tmp", 1)] * 6 + [("folder", 7)]
