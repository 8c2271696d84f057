"""A shared mailbox: the draft of every answer lies in its Drafts, with the right headers; an edited one stays."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.desks import MAIN, Desk, mail, make_desk
from tests.servers.dovecot import Dovecot

ACCOUNT = """
[[imap]]
name = "support"
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password_file = "secrets/imap"
mailbox = "support@example.org"
shared = true
"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, dovecot: Dovecot) -> Iterator[Desk]:
    folder = tmp_path / "desk"
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets/imap").write_text(dovecot.password + "\n")
    made = make_desk(folder, main=MAIN + ACCOUNT.format(port=dovecot.port, user=f"{tmp_path.name}@example.org"))
    yield made
    made.close()


@pytest.fixture
def client(tmp_path: Path, dovecot: Dovecot) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", port=dovecot.port, ssl=False) as connection:
        connection.login(f"{tmp_path.name}@example.org", dovecot.password)
        yield connection


def drafts(client: IMAPClient):
    client.select_folder("Drafts")
    found = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "FLAGS"])
    return [(message_from_bytes(one[b"BODY[]"], policy=policy.default), one[b"FLAGS"]) for _, one in sorted(found.items())]


def test_draft_of_the_answer_lies_in_drafts_ready_to_be_sent(desk: Desk, client: IMAPClient):
    desk.receive(mail(message_id="<first@example.com>"))
    (draft, flags), = drafts(client)
    assert rb"\Draft" in flags
    assert draft["To"].addresses[0].addr_spec == "emma@example.com"
    assert draft["From"].addresses[0].addr_spec == "support@example.org"
    assert draft["In-Reply-To"] == "<first@example.com>"
    assert "Auto-Submitted" not in draft
    assert "mailbridge ·" not in draft.get_content()
    assert not [one for one in desk.sent if one["X-Envelope-To"] == "support@example.org"], "a draft is never sent"


def test_untouched_draft_is_replaced_when_the_customer_writes_again(desk: Desk, client: IMAPClient):
    desk.receive(mail(message_id="<first@example.com>"))
    desk.receive(mail("Re: Printer", "More smoke.", references="<first@example.com>", message_id="<second@example.com>"))
    (draft, _), = drafts(client)
    assert draft["In-Reply-To"] == "<second@example.com>"


def test_edited_draft_is_never_replaced(desk: Desk, client: IMAPClient):
    desk.receive(mail(message_id="<first@example.com>"))
    (draft, _), = drafts(client)
    client.delete_messages(client.search("ALL"))
    client.expunge()
    draft.set_content("Dear Emma, I am writing this myself.")
    client.append("Drafts", draft.as_bytes(policy=policy.SMTP), flags=(rb"\Draft",))
    desk.receive(mail("Re: Printer", "More smoke.", references="<first@example.com>", message_id="<second@example.com>"))
    texts = [one.get_content() for one, _ in drafts(client)]
    assert any("I am writing this myself." in text for text in texts)


def test_server_that_is_away_delays_the_draft_and_nothing_else(desk: Desk, client: IMAPClient, dovecot: Dovecot):
    dovecot.stop()
    try:
        desk.receive(mail())
        assert desk.sent_to("emma@example.com")
    finally:
        dovecot.start()
    desk.later(hours=1)
    desk.work()
    with IMAPClient("127.0.0.1", port=dovecot.port, ssl=False) as again:
        again.login(client_user(desk), dovecot.password)
        assert len(drafts(again)) == 1


def client_user(desk: Desk) -> str:
    return desk.app.config.imap[0].user
