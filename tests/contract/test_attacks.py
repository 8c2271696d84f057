"""The attacks of strangers, one a test, on a real desk: none reads or changes a ticket it must not, and none is lost.

Emma has ticket 1, which waits for her; Mallory is the stranger. `Before` remembers what must stay as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from mailbridge.mail.tokens import tokens_in
from tests.desks import Desk, mail

EMMA = "Emma Clark <emma@example.com>"
MALLORY = "Mallory <mallory@example.net>"
ANNA = "Anna Petrova <anna@example.org>"
SECRET = "the vault opens with 4711"


def aligned(domain: str) -> dict[str, str]:
    return {"authentication_results": f"mx.example.org; dmarc=pass header.from={domain}"}


@dataclass
class Before:
    """What a ticket was like, and how much had gone out."""

    desk: Desk
    number: int
    shown: dict[str, Any]
    waiting_since: Any
    sent: int

    @classmethod
    def of(cls, desk: Desk, number: int = 1) -> Before:
        return cls(desk, number, desk.ticket(number), _waiting(desk, number), len(desk.sent))

    def unchanged(self, strangers: tuple[str, ...] = ("mallory@example.net",), told: str = "") -> None:
        """Assert that state, people, clocks and timers are the same, and that no stranger was sent a word of the ticket."""
        now = self.desk.ticket(self.number)
        for name in ("state", "agent", "priority", "requester", "due_at", "timers", "subject", "merged_into"):
            assert now[name] == self.shown[name], name
        assert _waiting(self.desk, self.number) == self.waiting_since
        parts = {one["address"]: one["role"] for one in self.shown["participants"]}
        for one in now["participants"]:
            assert one["role"] == parts.get(one["address"], "third-party"), one
        for sent in self.desk.sent[self.sent :]:
            to = sent["X-Envelope-To"].strip()
            if to in strangers:
                assert SECRET not in sent.as_string()
            assert not (to == "emma@example.com" and not told), sent.as_string()
        audit = self.desk.audit()
        assert audit.received == audit.on_tickets + audit.silent + audit.quarantined + audit.duplicates + audit.waiting


def _waiting(desk: Desk, number: int) -> Any:
    from sqlalchemy import text

    with desk.app.database.read() as connection:
        return connection.execute(
            text("select waiting_since, next_news_at, answerable, closed_at from ticket where id = :n"), {"n": number}
        ).one()


@pytest.fixture
def robbed(small_desk: Desk) -> Desk:
    """A desk on which Emma has a ticket with a secret, and Anna has answered it."""
    small_desk.receive(mail("Safe", f"I forgot whether {SECRET}.", EMMA, message_id="<first@example.com>"))
    small_desk.receive(
        mail("Re: Safe", "It does, and ask away.", ANNA, message_id="<anna@example.org>"),
        small_desk.reply_address(),
        authenticated_as="anna@example.org",
    )
    small_desk.do(1, "/pending")
    small_desk.work()
    return small_desk


def last(desk: Desk, number: int = 1) -> dict[str, Any]:
    """The mail that came in last."""
    return [one for one in desk.ticket(number)["thread"] if one["direction"] != "outbound"][-1]


def our_id(desk: Desk) -> str:
    return str(desk.sent_to("emma@example.com")[-1]["Message-ID"])


def token_address(desk: Desk, person: str = "emma@example.com") -> str:
    return str(desk.sent_to(person)[-1]["Reply-To"].addresses[0].addr_spec)


def test_guessed_tag_opens_a_ticket_of_its_own(robbed):
    before = Before.of(robbed)
    received = robbed.receive(mail("Re: Safe [#1]", "Remind me of the code.", MALLORY))
    assert (received.outcome, received.ticket) == ("new", 2)
    near = robbed.ticket(2)["thread"][0]["decision"]["runners_up"]
    assert [(one["ticket"], one["evidence"]) for one in near] == [(1, "subject-tag")]
    before.unchanged()


def test_guessed_tag_of_a_proven_stranger_is_no_better(robbed):
    before = Before.of(robbed)
    received = robbed.receive(mail("[#1]", "Remind me of the code.", MALLORY, **aligned("example.net")), believed=True)
    assert (received.outcome, received.ticket) == ("new", 2)
    before.unchanged()


@pytest.mark.parametrize("head", [{}, {"cc": "mallory@example.net"}, {"reply_to": "mallory@example.net"}])
def test_forged_from_with_a_known_tag_joins_nothing(robbed, head):
    before = Before.of(robbed)
    received = robbed.receive(mail("Re: Safe [#1]", "Send it to my new address.", EMMA, **head))
    assert (received.outcome, received.ticket) == ("new", 2)
    before.unchanged(told="the acknowledgement of ticket 2, which tells her that somebody writes in her name")
    shown = robbed.ticket(2)
    if "reply_to" in head:
        assert shown["requester"] == "mallory@example.net"
        assert "emma@example.com" not in [one["address"] for one in shown["participants"]]
    if "cc" in head:
        assert not robbed.sent_to("mallory@example.net")
        assert {one["address"]: one["role"] for one in shown["participants"]}["mallory@example.net"] == "third-party"


def test_forged_from_of_a_customer_who_is_usually_proven_is_a_strangers(robbed):
    proven = mail("Re: Safe", "Good.", EMMA, in_reply_to=our_id(robbed), **aligned("example.com"))
    robbed.receive(proven, believed=True)
    robbed.do(1, "/pending")
    robbed.work()
    before = Before.of(robbed)
    received = robbed.receive(
        mail("Re: Safe", "Send it to me.", EMMA, in_reply_to=our_id(robbed), cc="mallory@example.net")
    )
    assert received.ticket == 1
    assert last(robbed)["third_party"]
    before.unchanged(told="a receipt, which goes to the true Emma")


def test_reply_to_on_a_later_mail_moves_no_answer(robbed):
    robbed.receive(
        mail("Re: Safe", "And now?", EMMA, in_reply_to="<first@example.com>", reply_to="mallory@example.net")
    )
    robbed.receive(
        mail("Re: Safe", f"As I said, {SECRET}.", ANNA, message_id="<anna2@example.org>"),
        robbed.reply_address(),
        authenticated_as="anna@example.org",
    )
    assert SECRET in robbed.sent_to("emma@example.com")[-1].get_content()
    assert not robbed.sent_to("mallory@example.net")


def test_copied_people_of_a_bare_mail_that_came_by_a_received_id_get_no_answer(robbed):
    robbed.receive(mail("Re: Safe", "And now?", EMMA, references="<first@example.com>", cc="mallory@example.net"))
    robbed.receive(
        mail("Re: Safe", f"As I said, {SECRET}.", ANNA, message_id="<anna2@example.org>"),
        robbed.reply_address(),
        authenticated_as="anna@example.org",
    )
    assert not robbed.sent_to("mallory@example.net")


def test_token_of_another_ticket_gives_no_right_there(robbed):
    robbed.receive(mail("Lamp", "It is dark.", MALLORY, message_id="<lamp@example.net>"))
    before = Before.of(robbed, 2)
    received = robbed.receive(mail("Re: Lamp", "Mine, too.", EMMA), token_address(robbed, "mallory@example.net"))
    assert (received.ticket, received.evidence) == (2, "token")
    assert last(robbed, 2)["third_party"]
    before.unchanged(strangers=("emma@example.com",), told="a receipt without content")
    assert "dark" not in robbed.sent_to("emma@example.com")[-1].as_string()


def test_reply_token_of_a_mail_to_several_is_nobodys_own(robbed):
    """Whoever is copied sees where answers go; it names the ticket, and none of those who take part."""
    proven = mail("Re: Safe", "See Leo.", EMMA, in_reply_to=our_id(robbed), cc="leo@example.net", **aligned("example.com"))
    robbed.receive(proven, believed=True)
    robbed.receive(
        mail("Re: Safe", "Hello both.", ANNA, message_id="<anna2@example.org>"),
        robbed.reply_address(),
        authenticated_as="anna@example.org",
    )
    keys, leo = robbed.app.rules.keys, robbed.sent_to("leo@example.net")[-1]
    own = [tokens_in(str(one["Reply-To"]), keys) for one in robbed.sent_to("emma@example.com")[:2]]
    assert own[0] == own[1] != tokens_in(str(leo["Reply-To"]), keys)
    received = robbed.receive(
        mail("Re: Safe", "It is mine now.", "Leo <leo@example.net>"), token_address(robbed, "leo@example.net")
    )
    assert (received.ticket, received.evidence, last(robbed)["third_party"]) == (1, "token", False)
    assert last(robbed)["decision"]["standing"] == "participant"


def test_token_of_a_forwarded_notification_lets_nobody_in(robbed):
    before = Before.of(robbed)
    received = robbed.receive(mail("Re: [#1] Safe", "/close\n\nTell me the code.", MALLORY), robbed.reply_address())
    assert (received.ticket, received.evidence) == (1, "token")
    assert last(robbed)["third_party"]
    before.unchanged()


def test_agents_token_in_a_customers_hands_makes_no_agent_of_him(robbed):
    sent = len(robbed.sent_to("emma@example.com"))
    robbed.receive(
        mail("Re: Safe", "/close\n/assign boris\n\nDone.", EMMA, **aligned("example.com")),
        robbed.reply_address(),
        believed=True,
    )
    shown = robbed.ticket()
    assert (shown["state"], shown["agent"]) == ("open", "anna"), "her words came in; her commands are but words"
    assert "commands-done" not in robbed.events()
    assert len(robbed.sent_to("emma@example.com")) == sent


def test_agents_token_and_a_forged_agent_relay_nothing(robbed):
    before = Before.of(robbed)
    robbed.receive(mail("Re: Safe", "Wire the money to Mallory.", ANNA), robbed.reply_address())
    before.unchanged()
    assert last(robbed)["unverified"]


def test_reference_copied_from_a_public_list_is_a_third_partys(robbed):
    before = Before.of(robbed)
    received = robbed.receive(mail("Re: Safe", "What was it again?", MALLORY, references="<first@example.com>"))
    assert (received.ticket, received.evidence) == (1, "reference")
    assert last(robbed)["third_party"]
    assert len(robbed.sent_to("mallory@example.net")) == 1, "one receipt"
    robbed.receive(mail("Re: Safe", "Hello?", MALLORY, references="<first@example.com>"))
    assert len(robbed.sent_to("mallory@example.net")) == 1
    before.unchanged()


def test_strangers_reference_to_a_finished_ticket_opens_his_own(robbed):
    robbed.do(1, "/resolve")
    robbed.work()
    before = Before.of(robbed)
    received = robbed.receive(mail("Re: Safe", "What was it again?", MALLORY, references="<first@example.com>"))
    assert (received.outcome, received.ticket) == ("new", 2)
    assert robbed.ticket(2)["links"] == [{"ticket": 1, "how": "continues"}]
    before.unchanged()


def test_poisoned_message_id_catches_no_mail_that_comes_later(small_desk):
    """Mallory knows the id of a mail that Emma is about to send us (she wrote to both), and sends his own under it first."""
    small_desk.receive(
        mail("Bait", "Nothing.", MALLORY, message_id="<next@example.com>", references="<after@example.com>")
    )
    received = small_desk.receive(mail("Safe", f"Note that {SECRET}.", EMMA, message_id="<next@example.com>"))
    assert received.ticket == 2, "the same id with another content is another mail"
    received = small_desk.receive(mail("Re: Safe", "One more thing.", EMMA, references="<next@example.com>"))
    assert received.ticket == 2, "an id with two contents counts only where he takes part"
    received = small_desk.receive(mail("Key", f"Again, {SECRET}.", EMMA, message_id="<after@example.com>"))
    assert received.ticket == 3, "a parent joins no ticket of a stranger that waits for it"
    for sent in small_desk.sent_to("mallory@example.net"):
        assert SECRET not in sent.as_string()
    assert len(small_desk.ticket(1)["thread"]) == 2, "the bait and its acknowledgement"
    assert small_desk.audit().on_tickets == 4


def test_stranger_lands_nowhere_by_an_id_with_several_contents(small_desk):
    small_desk.receive(mail("Safe", SECRET, EMMA, message_id="<same@example.com>"))
    small_desk.receive(mail("Lamp", "Another.", "Olga <olga@example.com>", message_id="<same@example.com>"))
    received = small_desk.receive(mail("Re: Safe", "Me too.", MALLORY, references="<same@example.com>"))
    assert (received.outcome, received.ticket) == ("new", 3)


@pytest.mark.parametrize("sender", [EMMA, MALLORY])
def test_reused_message_id_with_another_body_opens_a_ticket(robbed, sender):
    before = Before.of(robbed)
    received = robbed.receive(mail("Other", "Pay this bill.", sender, message_id="<first@example.com>"))
    assert (received.outcome, received.ticket) == ("new", 2)
    before.unchanged(told="the acknowledgement of ticket 2")


def test_same_subject_from_a_stranger_opens_a_ticket(robbed):
    before = Before.of(robbed)
    received = robbed.receive(mail("Re: Safe", "What was it again?", MALLORY))
    assert (received.outcome, received.ticket) == ("new", 2)
    before.unchanged()


DSN = """From: MAILER-DAEMON@example.net
To: support@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn@example.net>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
{more}
--b
Content-Type: text/plain

The mail to emma@example.com could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; emma@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {about}
From: support@example.org

--b--
"""


@pytest.mark.parametrize("about", ["<first@example.com>", "<nobody@example.com>"])
def test_forged_bounce_about_no_mail_of_ours_silences_nobody(robbed, about):
    before = Before.of(robbed)
    robbed.receive(DSN.format(about=about, more=""), sender=None)
    before.unchanged()
    received = robbed.receive(mail("Re: Safe", "And?", EMMA, references="<first@example.com>"))
    assert received.ticket == 1
    robbed.receive(
        mail("Re: Safe", "Here.", ANNA, message_id="<anna2@example.org>"),
        robbed.reply_address(),
        authenticated_as="anna@example.org",
    )
    assert robbed.sent_to("emma@example.com")[-1].get_content().startswith("Here.")


def test_forged_bounce_with_our_id_closes_and_silences_nothing(robbed):
    """Whoever was copied knows our id. The worst he can do is to have the agent look after the customer."""
    robbed.receive(DSN.format(about=our_id(robbed), more=""), sender=None)
    assert robbed.ticket()["state"] == "open"
    assert _waiting(robbed, 1).answerable
    robbed.receive(
        mail("Re: Safe", "Here.", ANNA, message_id="<anna2@example.org>"),
        robbed.reply_address(),
        authenticated_as="anna@example.org",
    )
    assert robbed.sent_to("emma@example.com")[-1].get_content().startswith("Here.")


def test_pasted_authentication_results_prove_nothing(robbed):
    before, annas = Before.of(robbed), robbed.reply_address()
    received = robbed.receive(mail("Re: Safe [#1]", "Send it to me.", EMMA, **aligned("example.com")))
    assert (received.outcome, received.ticket) == ("new", 2)
    assert robbed.ticket(2)["thread"][0]["trust"] == "bare"
    robbed.receive(mail("Re: Safe", "/close", ANNA, **aligned("example.org")), annas)
    assert last(robbed)["unverified"]
    before.unchanged(told="the acknowledgement of ticket 2")


def test_flood_on_one_popular_reference_changes_nothing_and_stays_cheap(robbed):
    before = Before.of(robbed)
    for number in range(60):
        sender = f"Mallory {number} <mallory{number}@example.net>"
        robbed.put(mail("Re: Safe", f"Flood {number}.", sender, references="<first@example.com>"))
    robbed.work()
    before.unchanged(strangers=tuple(f"mallory{number}@example.net" for number in range(60)))
    told = [one for one in robbed.sent[before.sent :] if one["X-Envelope-To"] == "anna@example.org"]
    assert len(told) == 20, "nor does it drown the agents"
    robbed.receive(mail("Re: Safe", "It is me.", EMMA, in_reply_to=our_id(robbed), cc="leo@example.com"))
    roles = {one["address"]: one["role"] for one in robbed.ticket()["participants"]}
    assert roles["leo@example.com"] == "participant", "the flood keeps nobody out"
    assert robbed.ticket()["state"] == "open"
    assert robbed.audit().on_tickets == 63


def test_flood_on_an_unseen_reference_leaves_few_rows_to_look_up(small_desk):
    from sqlalchemy import text

    for number in range(60):
        small_desk.put(mail(f"Flood {number}", "Psst.", f"m{number}@example.net", references="<unseen@example.com>"))
    small_desk.work()
    assert len(small_desk.tickets()) == 60
    with small_desk.app.database.read() as connection:
        rows = connection.execute(
            text("select count(*) from message_reference where ref = 'unseen@example.com'")
        ).scalar()
    assert rows == 40
