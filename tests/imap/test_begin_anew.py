"""UIDs that begin anew: UIDVALIDITY changes, folders are made again, a server comes back from a backup."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mailbridge.intake.imap import Account
from tests.imap.ground import Ground, look, mail, new_user, settings
from tests.servers.dovecot import Dovecot

LONG_AGO = datetime(2020, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def user() -> str:
    return new_user()


@pytest.fixture
def account(ground: Ground, dovecot: Dovecot, user: str) -> Account:
    """An account that has met two old mails and taken in two new ones, in a year long past: no clock of ours decides."""
    put(dovecot, user, "old-1", LONG_AGO)
    put(dovecot, user, "old-2", LONG_AGO + timedelta(days=1))
    made = ground.account(settings(dovecot.port, user))
    ground.read(made)
    put(dovecot, user, "new-1", LONG_AGO + timedelta(days=2))
    put(dovecot, user, "new-2", LONG_AGO + timedelta(days=3))
    ground.read(made)
    assert ground.subjects() == ["new-1", "new-2"]
    return made


def put(dovecot: Dovecot, user: str, subject: str, at: datetime) -> Path:
    """Deliver a mail that arrived at a given time."""
    path = dovecot.deliver(mail(subject), user)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def lose_the_uids(dovecot: Dovecot, user: str, account: Account) -> None:
    """Make the server number every mail anew, under another UIDVALIDITY."""
    before = look(dovecot.port, user, lambda client: client.select_folder("INBOX")[b"UIDVALIDITY"])
    for path in dovecot.maildir(user).glob("dovecot*"):
        path.unlink()
    (dovecot.maildir(user) / "dovecot-uidvalidity").write_text(f"{before + 7:08x}")
    (dovecot.maildir(user) / f"dovecot-uidvalidity.{before + 7:08x}").touch()
    for path in dovecot.maildir(user).glob("dovecot-uidvalidity*"):
        shutil.chown(path, "nobody", "nogroup")
    account.run_once(account.clock())  # our conversation still has the index that is gone: it is refused, and ended
    after = look(dovecot.port, user, lambda client: client.select_folder("INBOX")[b"UIDVALIDITY"])
    assert after != before


def test_after_a_change_of_uidvalidity_only_later_mail_is_new(ground: Ground, dovecot: Dovecot, user: str, account: Account) -> None:
    put(dovecot, user, "while-away", LONG_AGO + timedelta(days=4))
    lose_the_uids(dovecot, user, account)
    report = ground.read(account)
    assert (report.accepted, report.left_alone) == (1, 3)
    put(dovecot, user, "later", LONG_AGO - timedelta(days=900))
    ground.read(account)
    assert ground.subjects() == ["new-1", "new-2", "while-away", "later"], "after the change every later UID is new, whatever its date"


def test_on_a_tie_the_bytes_decide(ground: Ground, dovecot: Dovecot, user: str, account: Account) -> None:
    put(dovecot, user, "same-second", LONG_AGO + timedelta(days=3))
    lose_the_uids(dovecot, user, account)
    report = ground.read(account)
    assert (report.accepted, report.left_alone) == (1, 3)
    assert ground.subjects() == ["new-1", "new-2", "same-second"]
    lose_the_uids(dovecot, user, account)
    assert ground.read(account).accepted == 0


def test_old_mail_stays_alone_though_nothing_newer_ever_came(ground: Ground, dovecot: Dovecot, user: str) -> None:
    put(dovecot, user, "old", LONG_AGO)
    account = ground.account(settings(dovecot.port, user))
    ground.read(account)
    lose_the_uids(dovecot, user, account)
    assert ground.read(account).accepted == 0
    assert ground.states() == {1: "left-alone"}


def test_a_change_of_uidvalidity_that_is_interrupted_decides_the_same_afterwards(
    ground: Ground, dovecot: Dovecot, user: str, account: Account
) -> None:
    for number in range(60):
        put(dovecot, user, f"away-{59 - number:02}", LONG_AGO + timedelta(days=100 - number))
    lose_the_uids(dovecot, user, account)
    calls = 0
    accept = account.accept

    def breaks(delivery):  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 53:
            raise KeyboardInterrupt
        return accept(delivery)

    account.accept = breaks
    with pytest.raises(KeyboardInterrupt):
        account.run_once(ground.now)
    assert 1 < len(ground.spooled()) < 62
    account.accept = accept
    ground.read(account)
    assert sorted(ground.subjects()) == sorted(["new-1", "new-2", *(f"away-{number:02}" for number in range(60))])


def test_a_folder_that_is_deleted_and_made_again_is_read_from_its_start(ground: Ground, dovecot: Dovecot, user: str) -> None:
    def in_orders(*subjects: str) -> None:
        def act(client: IMAPClient) -> None:
            if not client.folder_exists("Orders"):
                client.create_folder("Orders")
            for subject in subjects:
                client.append("Orders", mail(subject))

        look(dovecot.port, user, act)

    in_orders()
    account = ground.account(settings(dovecot.port, user, folders=("INBOX", "Orders")))
    ground.read(account)
    in_orders("one", "two")
    ground.read(account)
    look(dovecot.port, user, lambda client: client.delete_folder("Orders"))
    assert account.run_once(ground.now).fault is not None
    ground.read(account)
    in_orders("three")
    ground.read(account)
    in_orders("four")
    ground.read(account)
    assert ground.subjects() == ["one", "two", "three", "four"]


def test_an_empty_folder_made_again_has_only_new_mail(ground: Ground, dovecot: Dovecot, user: str) -> None:
    look(dovecot.port, user, lambda client: client.select_folder("INBOX"))
    account = ground.account(settings(dovecot.port, user))
    ground.read(account)
    put(dovecot, user, "first-ever", LONG_AGO)
    lose_the_uids(dovecot, user, account)
    ground.read(account)
    assert ground.subjects() == ["first-ever"]


def test_a_server_that_came_back_from_a_backup_gives_uids_twice_and_loses_us_nothing(
    ground: Ground, dovecot: Dovecot, user: str, account: Account, tmp_path: Path
) -> None:
    shutil.copytree(dovecot.maildir(user), tmp_path / "backup")
    put(dovecot, user, "lost-at-the-server", LONG_AGO + timedelta(days=4))
    ground.read(account)
    account.close()
    shutil.rmtree(dovecot.maildir(user))
    shutil.copytree(tmp_path / "backup", dovecot.maildir(user))
    for path in (dovecot.maildir(user), *dovecot.maildir(user).rglob("*")):
        shutil.chown(path, "nobody", "nogroup")
    ground.read(account)
    put(dovecot, user, "after-the-backup", LONG_AGO + timedelta(days=5))
    ground.read(account)
    assert ground.subjects() == ["new-1", "new-2", "lost-at-the-server", "after-the-backup"]
    known = ground.ledger.folder("INBOX")
    assert known is not None
    assert known.again == 1
    assert ground.spool.load([4])[0].delivery.origin == f"imap:support/INBOX/{known.uidvalidity}.1/5"
