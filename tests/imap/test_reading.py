"""A healthy server: what is taken in, what is left alone, and what the server is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.imap.ground import Ground, flags, look, mail, new_user, settings
from tests.imap.scripted import ScriptedServer
from tests.servers.dovecot import Dovecot


def test_old_mail_is_left_alone_and_new_mail_is_taken_in_once(ground: Ground, dovecot: Dovecot) -> None:
    user = new_user()
    for subject in ("old-1", "old-2"):
        dovecot.deliver(mail(subject), user)
    account = ground.account(settings(dovecot.port, user))
    first = ground.read(account)
    assert (first.left_alone, first.accepted) == (2, 0)
    dovecot.deliver(mail("new-1"), user)
    assert ground.read(account).accepted == 1
    assert ground.read(account).accepted == 0
    assert ground.spooled() == [mail("new-1")]
    assert flags(dovecot.port, user) == {1: set(), 2: set(), 3: {b"Mailbridge"}}
    assert ground.states() == {1: "left-alone", 2: "left-alone", 3: "acknowledged"}


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """A user with an empty mailbox."""
    name = new_user()
    look(dovecot.port, name, lambda client: client.select_folder("INBOX"))
    return name


def test_a_mail_is_spooled_byte_for_byte_with_where_it_came_from(ground: Ground, dovecot: Dovecot, user: str) -> None:
    account = ground.account(settings(dovecot.port, user))
    ground.read(account)
    raw = b"From: a@example.com\r\nSubject: \xff\xfe 8 bit\r\n\r\n.\r\n\r\nFrom the start\r\n\x01 no end of line"
    dovecot.deliver(raw, user)
    ground.read(account)
    entry, = ground.spool.load([1])
    known = ground.ledger.folder("INBOX")
    assert known is not None
    assert entry.raw == raw
    assert entry.delivery.origin == f"imap:support/INBOX/{known.uidvalidity}/1"
    assert (entry.delivery.source, entry.delivery.believed, entry.delivery.mailbox) == ("imap", True, "support@example.org")
    assert (entry.delivery.envelope_from, entry.delivery.recipients, entry.delivery.peer) == (None, (), "127.0.0.1")
    assert entry.delivery.received_at == ground.now


def test_mail_that_somebody_has_read_is_taken_in_and_what_we_take_stays_unread(ground: Ground, dovecot: Dovecot, user: str) -> None:
    account = ground.account(settings(dovecot.port, user))
    ground.read(account)
    for subject in ("read", "unread"):
        dovecot.deliver(mail(subject), user)

    def read_the_first(client: IMAPClient) -> None:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen"])

    look(dovecot.port, user, read_the_first)
    assert ground.read(account).accepted == 2
    assert flags(dovecot.port, user) == {1: {b"\\Seen", b"Mailbridge"}, 2: {b"Mailbridge"}}


@pytest.mark.parametrize("folder", ["Processed", "Обработано"])
def test_mail_is_moved_into_a_folder_that_is_made_first(ground: Ground, dovecot: Dovecot, user: str, folder: str) -> None:
    account = ground.account(settings(dovecot.port, user, acknowledge="move", move_to=folder))
    dovecot.deliver(mail("old"), user)
    ground.read(account)
    for subject in ("one", "two"):
        dovecot.deliver(mail(subject), user)
        assert ground.read(account).acknowledged == 1
    assert list(flags(dovecot.port, user)) == [1]
    assert list(flags(dovecot.port, user, folder)) == [1, 2]
    assert ground.subjects() == ["one", "two"]


def test_without_acknowledgement_the_folder_is_only_looked_at(ground: Ground, dovecot: Dovecot, user: str) -> None:
    account = ground.account(settings(dovecot.port, user, acknowledge="none"))
    ground.read(account)
    dovecot.deliver(mail("one"), user)
    assert ground.read(account).accepted == 1
    assert ground.read(account).accepted == 0
    assert flags(dovecot.port, user) == {1: set()}
    assert list((dovecot.maildir(user) / "cur").iterdir()) == [], "opening it for writing would have moved it here"
    assert ground.states() == {1: "accepted"}


def test_several_folders_are_read_and_one_that_is_missing_keeps_no_other_from_us(ground: Ground, dovecot: Dovecot, user: str) -> None:
    look(dovecot.port, user, lambda client: client.create_folder("Orders & more"))
    account = ground.account(settings(dovecot.port, user, folders=("Nowhere", "Orders & more", "INBOX")))
    assert 'Nowhere' in str(account.run_once(ground.now).fault), "it may be the conversation's fault: the next one is a new one"

    def append(client: IMAPClient) -> None:
        client.append("INBOX", mail("in-inbox"))
        client.append("Orders & more", mail("in-orders"))

    look(dovecot.port, user, append)
    ground.read(account)
    assert ground.subjects() == ["in-orders", "in-inbox"]
    assert ground.log.events().count("imap.folder_refused") == 1
    look(dovecot.port, user, lambda client: client.create_folder("Nowhere"))
    ground.read(account)
    look(dovecot.port, user, lambda client: client.append("Nowhere", mail("found")))
    ground.read(account)
    assert ground.subjects() == ["in-orders", "in-inbox", "found"]


def test_a_giant_stays_where_it_lies_and_a_note_takes_its_place(ground: Ground, dovecot: Dovecot, user: str) -> None:
    account = ground.account(settings(dovecot.port, user, max_message_mb=1))
    ground.read(account)
    dovecot.deliver(mail("small"), user)
    dovecot.deliver(mail("giant", 1_100_000), user)
    dovecot.deliver(mail("large", 900_000), user)
    report = ground.read(account)
    assert (report.accepted, report.too_large, report.count) == (2, 1, 3)
    assert sorted(ground.subjects()) == ["giant", "large", "small"]
    note = next(raw for raw in ground.spooled() if b"giant" in raw)
    assert b"Message-ID: <giant@example.com>\r\n" in note
    assert b"Content-Type: text/plain; charset=utf-8\r\n" in note
    assert b'1.1 MB, more than the 1 MB that are taken in. It lies whole in the folder\r\n"INBOX" of' in note
    assert len(note) < 1000
    assert flags(dovecot.port, user) == {1: {b"Mailbridge"}, 2: set(), 3: {b"Mailbridge"}}
    assert ground.read(account).count == 0


def test_many_and_large_mails_come_in_portions_in_their_order(ground: Ground, dovecot: Dovecot, user: str) -> None:
    account = ground.account(settings(dovecot.port, user))
    ground.read(account)
    subjects = [f"number-{number}" for number in range(130)]
    for number, subject in enumerate(subjects):
        dovecot.deliver(mail(subject, 3_000_000 if number in (3, 4, 5) else 0), user)
    assert ground.read(account).accepted == 130
    assert ground.subjects() == subjects
    assert set(ground.states().values()) == {"acknowledged"}


def test_mail_below_the_cursor_that_we_never_saw_is_taken_in_when_the_folder_is_compared(
    ground: Ground, dovecot: Dovecot, user: str
) -> None:
    account = ground.account(settings(dovecot.port, user))
    ground.read(account)
    for subject in ("one", "two", "three"):
        dovecot.deliver(mail(subject), user)
    ground.read(account)
    with ground.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM imap_message WHERE uid = 2")
        connection.exec_driver_sql("DELETE FROM spool_raw WHERE spool = 2")
        connection.exec_driver_sql("DELETE FROM spool WHERE id = 2")
    assert ground.read(account).accepted == 0
    ground.later(hours=1)
    assert ground.read(account).accepted == 1
    assert ground.subjects() == ["one", "three", "two"]


def test_what_people_delete_is_noted_as_gone(ground: Ground, dovecot: Dovecot, user: str) -> None:
    account = ground.account(settings(dovecot.port, user))
    dovecot.deliver(mail("old"), user)
    ground.read(account)
    dovecot.deliver(mail("new"), user)
    ground.read(account)

    def delete_all(client: IMAPClient) -> None:
        client.select_folder("INBOX")
        client.delete_messages([1, 2])
        client.expunge()

    look(dovecot.port, user, delete_all)
    ground.later(hours=1)
    assert ground.read(account).gone == 2
    assert ground.states() == {1: "gone", 2: "gone"}
    assert ground.subjects() == ["new"]


def test_a_folder_is_asked_for_in_windows_from_its_end_until_the_known_part_begins(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer to SEARCH is one line, and imaplib reads no line beyond 1,000,000 bytes."""
    monkeypatch.setattr("mailbridge.intake.imap_session.WINDOW", 3)
    with ScriptedServer({uid: mail(f"old-{uid}") for uid in range(10, 90, 10)}) as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        assert [one for one in server.commands if "SEARCH" in one] == [
            "UID SEARCH 6:8 UID 1:*", "UID SEARCH 3:5 UID 1:*", "UID SEARCH 1:2 UID 1:*"]
        assert list(ground.states()) == list(range(10, 90, 10))
        del server.commands[:]
        for number in range(4):
            server.add(mail(f"new-{number}"))
        assert ground.read(account).accepted == 4
        assert [one for one in server.commands if "SEARCH" in one] == ["UID SEARCH 10:12 UID 81:*", "UID SEARCH 7:9 UID 81:*"]


def test_a_password_beyond_ascii_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dovecot, "password", "slaptažodis-ключ")
    monkeypatch.setattr("tests.imap.ground.PASSWORD", "slaptažodis-ключ")
    ground = Ground(tmp_path)
    with Dovecot() as server:
        ground.read(ground.account(settings(server.port)))
    ground.close()
