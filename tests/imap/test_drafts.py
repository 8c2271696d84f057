"""Drafts in a shared account: filed where people look for them, and never taken out of an agent's hands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from imapclient import IMAPClient

from mailbridge.config.model import Imap
from mailbridge.relay.drafts import Filed, file_draft, withdraw_draft
from mailbridge.relay.imap_connect import ImapFault
from tests.imap.ground import PASSWORD, flags, look, new_user, settings
from tests.imap.scripted import HANG_UP, ScriptedServer
from tests.servers.dovecot import Dovecot


@pytest.fixture
def shared(dovecot: Dovecot) -> Imap:
    return settings(dovecot.port, new_user(), shared=True)


def draft(subject: str) -> bytes:
    return (
        f"From: support@example.org\r\nTo: emma@example.com\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject}@example.org>\r\n\r\nHello Emma,\r\n\r\n"
    ).encode()


def lying(shared: Imap, folder: str = "Drafts") -> list[str]:
    """The subjects in a folder, in its order."""

    def act(client: IMAPClient) -> list[str]:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search(), ["ENVELOPE"])
        return [found[uid][b"ENVELOPE"].subject.decode() for uid in sorted(found)]

    result: list[str] = look(shared.port, shared.user, act)
    return result


def test_a_draft_lies_in_the_drafts_folder_with_its_flag(shared: Imap) -> None:
    filed = file_draft(shared, PASSWORD, draft("first"))
    assert flags(shared.port, shared.user, "Drafts") == {filed.uid: {b"\\Draft"}}
    assert (filed.folder, filed.message_id, filed.size) == ("Drafts", "<first@example.org>", len(draft("first")))


def test_filing_the_same_draft_again_gives_the_same_place(shared: Imap) -> None:
    filed = file_draft(shared, PASSWORD, draft("first"))
    assert file_draft(shared, PASSWORD, draft("first")) == filed
    assert file_draft(shared, PASSWORD, draft("first"), replaces=filed) == filed
    assert lying(shared) == ["first"]


def test_an_untouched_draft_is_replaced(shared: Imap) -> None:
    first = file_draft(shared, PASSWORD, draft("first"))
    second = file_draft(shared, PASSWORD, draft("second"), replaces=first)
    assert lying(shared) == ["second"]
    assert (second.uidvalidity, second.uid) == (first.uidvalidity, first.uid + 1)


def in_drafts(act: Callable[[IMAPClient, Filed], object]) -> Callable[[IMAPClient, Filed], object]:
    def selected(client: IMAPClient, filed: Filed) -> object:
        client.select_folder("Drafts")
        return act(client, filed)

    return selected


@in_drafts
def look_at(client: IMAPClient, filed: Filed) -> object:
    return client.fetch([filed.uid], ["BODY[]"])


@in_drafts
def flag(client: IMAPClient, filed: Filed) -> object:
    return client.add_flags([filed.uid], [b"\\Flagged"])


@in_drafts
def answer(client: IMAPClient, filed: Filed) -> object:
    return client.add_flags([filed.uid], [b"\\Answered"])


@in_drafts
def finish(client: IMAPClient, filed: Filed) -> object:
    return client.remove_flags([filed.uid], [b"\\Draft"])


@in_drafts
def move_away(client: IMAPClient, filed: Filed) -> object:
    return client.move([filed.uid], "Sent")


@in_drafts
def edit(client: IMAPClient, filed: Filed) -> object:
    """As mail programs do it: the new text is a new mail with the old Message-ID, and the old one goes."""
    client.append("Drafts", draft("first") + b"I looked into it.\r\n", flags=(b"\\Draft",))
    client.delete_messages([filed.uid])
    return client.expunge()


@pytest.mark.parametrize(("act", "left"), [
    (look_at, ["second"]), (flag, ["first", "second"]), (answer, ["first", "second"]), (finish, ["first", "second"]),
    (edit, ["first", "second"]), (move_away, ["second"]),
])  # fmt: skip
def test_what_an_agent_touched_is_never_taken_away(shared: Imap, act: Callable, left: list[str]) -> None:
    first = file_draft(shared, PASSWORD, draft("first"))
    look(shared.port, shared.user, lambda client: act(client, first))
    file_draft(shared, PASSWORD, draft("second"), replaces=first)
    assert lying(shared) == left


def test_another_mail_with_the_same_uid_is_not_taken_for_ours(shared: Imap) -> None:
    first = file_draft(shared, PASSWORD, draft("first"))

    def make_it_again(client: IMAPClient) -> None:
        client.delete_folder("Drafts")
        client.create_folder("Drafts")
        client.append("Drafts", draft("agent"), flags=[b"\\Draft"])

    look(shared.port, shared.user, make_it_again)
    file_draft(shared, PASSWORD, draft("second"), replaces=first)
    assert lying(shared) == ["agent", "second"]


def test_an_untouched_draft_is_withdrawn_once(shared: Imap) -> None:
    first, second = (file_draft(shared, PASSWORD, draft(subject)) for subject in ("first", "second"))
    look(shared.port, shared.user, lambda client: flag(client, second))
    assert withdraw_draft(shared, PASSWORD, first)
    assert not withdraw_draft(shared, PASSWORD, first)
    assert not withdraw_draft(shared, PASSWORD, second)
    assert lying(shared) == ["second"]


def test_without_special_use_the_configured_folder_is_made() -> None:
    settings_without = "namespace inbox {\n mailbox Drafts {\n special_use =\n auto = no\n }\n}\n"
    with Dovecot(settings=settings_without) as server:
        own = settings(server.port, shared=True, drafts="Entwürfe")
        filed = file_draft(own, PASSWORD, draft("first"))
        assert filed.folder == "Entwürfe"
        assert lying(own, "Entwürfe") == ["first"]


def test_a_server_that_hangs_up_is_a_fault_that_says_so() -> None:
    said = r"\[imap\.support\] 127\.0\.0\.1:\d+: the draft was not filed"
    with ScriptedServer(always={"SELECT": HANG_UP}) as server, pytest.raises(ImapFault, match=said):
        file_draft(settings(server.port, drafts="INBOX"), PASSWORD, draft("first"))
