"""Agents' and customers' forwards on a real desk: the head of `desk/forwards.py`, row by row."""

from __future__ import annotations

import email

import pytest

from tests.desks import Desk, mail

ANNA = "Anna Petrova <anna@example.org>"
TEXT = """Please look after her.

---------- Forwarded message ---------
From: Emma Clark <emma@example.com>
Date: Mon, 23 Nov 2026 at 09:00
Subject: Printer
To: Anna <anna@example.org>

The printer is on fire.
"""
PROVEN = {"authenticated_as": "anna@example.org"}


def attached(inner: str) -> str:
    return (
        f"From: {ANNA}\nTo: support@example.org\nSubject: Fwd: Printer\nMessage-ID: <forward@example.org>\nMIME-Version: 1.0\n"
        "Date: Mon, 23 Nov 2026 09:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n"
        f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )


INNER = "From: Emma Clark <emma@example.com>\nTo: anna@example.org\nSubject: Printer\nMessage-ID: <first@example.com>\n\nIt burns.\n"


def test_agents_forward_opens_the_ticket_for_the_original_sender(small_desk):
    received = small_desk.receive(mail("Fwd: Printer", TEXT, ANNA), **PROVEN)
    assert (received.outcome, received.ticket) == ("new", 1)
    shown = small_desk.ticket()
    assert (shown["requester"], shown["subject"]) == ("emma@example.com", "Printer")
    message = shown["thread"][0]
    assert (message["from"]["address"], message["agent"], message["reply"]) == (
        "emma@example.com",
        "anna",
        "The printer is on fire.",
    )
    assert "Please look after her." in message["text"], "what the agent wrote is kept"
    (told,) = small_desk.sent_to("emma@example.com")
    assert told["Subject"] == "Re: Printer"
    assert "look after" not in told.get_content()
    assert "forwarded" in small_desk.events()


def test_answer_to_a_forward_goes_to_the_original_sender(small_desk):
    small_desk.receive(mail("Fwd: Printer", TEXT, ANNA), **PROVEN)
    small_desk.receive(
        mail("Re: Printer", "On my way.", ANNA, message_id="<2@example.org>"), small_desk.reply_address(), **PROVEN
    )
    answer = small_desk.sent_to("emma@example.com")[-1]
    assert answer.get_content().startswith("On my way.")
    received = small_desk.receive(mail("Re: Printer", "Thank you, it smokes still.", in_reply_to=answer["Message-ID"]))
    assert (received.ticket, received.evidence) == (1, "our-id")


def test_attached_mail_is_answered_in_its_own_thread(small_desk):
    small_desk.receive(attached(INNER), **PROVEN)
    assert small_desk.ticket()["requester"] == "emma@example.com"
    assert small_desk.sent_to("emma@example.com")[0]["In-Reply-To"] == "<first@example.com>"
    small_desk.receive(
        mail("Re: Printer", "On my way.", ANNA, message_id="<2@example.org>"), small_desk.reply_address(), **PROVEN
    )
    assert small_desk.sent_to("emma@example.com")[-1]["In-Reply-To"] == "<first@example.com>"
    received = small_desk.receive(mail("Re: Printer", "And now?", references="<first@example.com>"))
    assert (received.ticket, received.evidence) == (1, "reference")


def test_forward_of_a_known_customer_raises_no_proof_and_makes_no_second_contact(small_desk):
    small_desk.receive(mail("Scanner", "It hums.", message_id="<scan@example.com>"))
    small_desk.receive(mail("Fwd: Printer", TEXT, ANNA), **PROVEN)
    assert [one["requester"] for one in small_desk.tickets()] == ["emma@example.com"] * 2
    contacts = [one for one in small_desk.export("contact") if "emma@example.com" in one["addresses"]]
    assert len(contacts) == 1
    received = small_desk.receive(mail("Re: Scanner", "Still.", references="<scan@example.com>"))
    assert received.ticket == 1, "a bare mail of hers still joins: the forward proved nothing about her address"


def test_same_forward_twice_is_one_ticket(small_desk):
    small_desk.receive(attached(INNER), **PROVEN)
    assert small_desk.receive(attached(INNER), **PROVEN).outcome == "duplicate"


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace(" <emma@example.com>", ""),
        TEXT.replace("emma@example.com", "boris@example.org"),
        TEXT.replace("emma@example.com", "support@example.org"),
        "Emma called, the printer is on fire.",
    ],
    ids=["a name alone", "an agent's own", "our own mail", "no header"],
)
def test_agent_is_asked_back_when_the_sender_is_not_certain(small_desk, text):
    small_desk.receive(mail("Fwd: Printer", text, ANNA), **PROVEN)
    assert small_desk.ticket()["requester"] in ("", None)
    assert {one["X-Envelope-To"] for one in small_desk.sent} == {"anna@example.org"}
    question = small_desk.sent_to("anna@example.org")[-1]
    assert "Whose mail" in question["Subject"]
    assert "/allow customer@example.org" in question.get_content()
    back = str(question["Reply-To"].addresses[0].addr_spec)
    small_desk.receive(
        mail("Re: Whose?", "/allow emma@example.com", ANNA, message_id="<2@example.org>"), back, **PROVEN
    )
    assert small_desk.ticket()["requester"] == "emma@example.com"
    small_desk.receive(mail("Re: Printer", "On my way.", ANNA, message_id="<3@example.org>"), back, **PROVEN)
    assert small_desk.sent_to("emma@example.com")[-1].get_content().startswith("On my way.")


def test_whose_mail_and_the_answer_in_one_mail(desk):
    """The question is answered by `/allow`, and the words below it go to the one who was let in."""
    desk.receive(mail("Fwd: Printer", "Emma called, the printer is on fire.", ANNA), **PROVEN)
    words = "/allow emma@example.com\n\nOn my way."
    desk.receive(mail("Re: Whose?", words, ANNA, message_id="<2@example.org>"), desk.reply_address(), **PROVEN)
    shown = desk.ticket()
    assert (shown["requester"], shown["state"]) == ("emma@example.com", "open")
    assert "refused" not in desk.events()
    (answer,) = desk.sent_to("emma@example.com")
    assert answer.get_content().startswith("On my way.")


@pytest.mark.parametrize("known", [True, False], ids=["a third party", "never heard of"])
def test_let_in_and_answered_in_one_mail(small_desk, known):
    small_desk.receive(mail(message_id="<1@x>"))
    if known:
        small_desk.receive(mail("Re: Printer", "Mine too.", "Leo <leo@example.net>", message_id="<2@x>", references="<1@x>"))
    before = len(small_desk.sent_to("leo@example.net"))
    words = "/allow leo@example.net\n\nHello both."
    small_desk.receive(mail("Re: Printer", words, ANNA, message_id="<3@example.org>"), small_desk.reply_address(), **PROVEN)
    assert small_desk.sent_to("emma@example.com")[-1].get_content().startswith("Hello both.")
    assert len(small_desk.sent_to("leo@example.net")) == before + 1
    roles = {one["address"]: one["role"] for one in small_desk.ticket()["participants"]}
    assert roles == {"emma@example.com": "requester", "leo@example.net": "participant"}


def test_refused_mail_lets_nobody_in(small_desk):
    small_desk.receive(mail(message_id="<1@x>"))
    words = "/allow leo@example.net\n/assign zorro\n\nHello both."
    small_desk.receive(mail("Re: Printer", words, ANNA, message_id="<3@example.org>"), small_desk.reply_address(), **PROVEN)
    assert {one["address"] for one in small_desk.ticket()["participants"]} == {"emma@example.com"}
    assert not small_desk.sent_to("leo@example.net")


def test_forged_agent_makes_us_write_to_nobody(small_desk):
    small_desk.receive(mail("Fwd: Printer", TEXT, ANNA))
    assert not small_desk.sent_to("emma@example.com")
    assert small_desk.ticket()["requester"] != "emma@example.com"


def test_forward_to_a_ticket_is_never_relayed(small_desk):
    small_desk.receive(mail())
    small_desk.receive(mail("Fwd: Secret", TEXT, ANNA), small_desk.reply_address(), **PROVEN)
    assert len(small_desk.sent_to("emma@example.com")) == 1
    assert "not-relayed" in small_desk.events()


def test_customers_forward_is_his_own_ticket_and_kept_whole(small_desk):
    leo = "Leo Brandt <leo@example.net>"
    small_desk.receive(mail("Fwd: Printer", TEXT.replace("anna@example.org", "leo@example.net"), leo))
    assert small_desk.ticket()["requester"] == "leo@example.net"
    assert not small_desk.sent_to("emma@example.com")
    assert "The printer is on fire." in small_desk.ticket()["thread"][0]["reply"]


def test_our_answer_forwarded_to_another_lets_him_in_as_a_third_party_alone(small_desk):
    small_desk.receive(mail())
    token = small_desk.sent_to("emma@example.com")[0]["Reply-To"].addresses[0].addr_spec
    small_desk.receive(mail("Re: Printer", "I take over.", "Leo <leo@example.net>"), str(token))
    roles = {one["address"]: one["role"] for one in small_desk.ticket()["participants"]}
    assert roles == {"emma@example.com": "requester", "leo@example.net": "third-party"}
    small_desk.do(1, "/allow leo@example.net")
    small_desk.receive(
        mail("Re: Printer", "Hello all.", ANNA, message_id="<4@example.org>"), small_desk.reply_address(), **PROVEN
    )
    assert small_desk.sent_to("leo@example.net")[-1].get_content().startswith("Hello all.")


@pytest.mark.parametrize("address", ["anna@example.org", "support@example.org", "support+x@example.org"])
def test_none_of_us_is_let_in_as_a_customer(small_desk, address):
    small_desk.receive(mail())
    with pytest.raises(Exception, match="one of us"):
        small_desk.do(1, f"/allow {address}")


def references(sent: email.message.EmailMessage) -> list[str]:
    return str(sent["References"]).split()


def test_answer_names_the_whole_chain_that_its_reader_saw(small_desk: Desk):
    small_desk.receive(mail(message_id="<first@example.com>"))
    small_desk.receive(
        mail("Re: Printer", "Psst.", "Eve <eve@example.net>", message_id="<eve@x>", references="<first@example.com>")
    )
    small_desk.receive(
        mail("Re: Printer", "One.", ANNA, message_id="<a1@example.org>"), small_desk.reply_address(), **PROVEN
    )
    ours = small_desk.sent_to("emma@example.com")[-1]["Message-ID"]
    small_desk.receive(mail("Re: Printer", "And now?", message_id="<second@example.com>", in_reply_to=ours))
    small_desk.receive(
        mail("Re: Printer", "Two.", ANNA, message_id="<a2@example.org>"), small_desk.reply_address(), **PROVEN
    )
    answer = small_desk.sent_to("emma@example.com")[-1]
    assert answer["In-Reply-To"] == "<second@example.com>"
    assert references(answer) == ["<first@example.com>", ours, "<second@example.com>"]
    assert len(str(answer["References"])) <= 1000


def test_second_answer_to_one_mail_hangs_under_that_mail_alone(small_desk: Desk):
    """An ancestor that came later than the parent would be a circle to mail programs (RFC 5322 §3.6.4)."""
    small_desk.receive(mail(message_id="<first@example.com>"))
    for number in (1, 2):
        small_desk.receive(
            mail("Re: Printer", f"Words {number}.", ANNA, message_id=f"<a{number}@example.org>"), small_desk.reply_address(), **PROVEN
        )
    for answer in small_desk.sent_to("emma@example.com")[-2:]:
        assert (answer["In-Reply-To"], references(answer)) == ("<first@example.com>", ["<first@example.com>"])


def test_thread_index_goes_on_where_the_peer_uses_it(small_desk: Desk):
    root = "AdxVKmZzAAECAwQFBgcICQoLDA0ODw=="
    small_desk.receive(mail(thread_index=root))
    small_desk.receive(
        mail("Re: Printer", "One.", ANNA, message_id="<a1@example.org>"), small_desk.reply_address(), **PROVEN
    )
    answer = small_desk.sent_to("emma@example.com")[-1]
    assert str(answer["Thread-Index"]).startswith(root[:28])
    assert len(str(answer["Thread-Index"])) > len(root)


def test_peer_without_thread_index_is_sent_none(small_desk: Desk):
    small_desk.receive(mail())
    small_desk.receive(
        mail("Re: Printer", "One.", ANNA, message_id="<a1@example.org>"), small_desk.reply_address(), **PROVEN
    )
    assert small_desk.sent_to("emma@example.com")[-1]["Thread-Index"] is None


def test_answer_to_a_mail_without_an_id_hangs_under_our_acknowledgement(small_desk: Desk):
    small_desk.receive(mail(message_id=""))
    small_desk.receive(
        mail("Re: Printer", "One.", ANNA, message_id="<a1@example.org>"), small_desk.reply_address(), **PROVEN
    )
    told, answer = small_desk.sent_to("emma@example.com")
    assert answer["In-Reply-To"] == told["Message-ID"]
    assert references(answer) == [told["Message-ID"]]
