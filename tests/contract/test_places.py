"""Where mail lands on a real desk, and what that changes (design.md §2 and §3): signals, people, repeats, departments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.desks import AGENTS, DEPARTMENTS, Desk, mail, make_desk

EMMA = "Emma Clark <emma@example.com>"
LEO = "Leo Brandt <leo@example.net>"
ANNA = "Anna Petrova <anna@example.org>"
AGENT = {"authenticated_as": "anna@example.org"}


def aligned(domain: str) -> dict[str, str]:
    return {"authentication_results": f"mx.example.org; dmarc=pass header.from={domain}"}


def failed(domain: str) -> dict[str, str]:
    return {"authentication_results": f"mx.example.org; dmarc=fail header.from={domain}"}


def roles(desk: Desk, number: int = 1) -> dict[str, str]:
    return {one["address"]: one["role"] for one in desk.ticket(number)["participants"]}


def waits(desk: Desk, number: int = 1) -> Any:
    with desk.app.database.read() as connection:
        return connection.execute(text("select waiting_since from ticket where id = :n"), {"n": number}).scalar()


def answer(desk: Desk, words: str, **head: str) -> None:
    """Anna answers the newest notification."""
    desk.receive(
        mail("Re: Printer", words, ANNA, message_id=f"<{abs(hash(words))}@example.org>", **head),
        desk.reply_address(),
        **AGENT,
    )


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Make desks of a department's own settings."""
    desks: list[Desk] = []

    def make(settings: str = "", billing: str = "") -> Desk:
        departments = DEPARTMENTS.replace("[billing]", f"{settings}\n[billing]") + billing
        desks.append(make_desk(tmp_path / f"desk{len(desks)}", departments=departments, agents=AGENTS))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


# --- the same thing said again ---


def test_mail_said_again_within_minutes_is_one_ticket(desk):
    desk.receive(mail("Printer", "The printer on the second floor burns.", message_id="<1@x>"))
    desk.later(minutes=4)
    received = desk.receive(
        mail("Printer", "The printer on the second floor burns, see the photo.", message_id="<2@x>")
    )
    assert (received.outcome, received.ticket, received.evidence) == ("appended", 1, "like-text")
    assert len(desk.sent_to("emma@example.com")) == 1, "one acknowledgement"


def test_mail_said_again_in_one_batch_is_one_ticket(small_desk):
    small_desk.put(mail("Printer", "The printer on the second floor burns.", message_id="<1@x>"))
    small_desk.put(mail("Printer", "The printer on the second floor burns!", message_id="<2@x>"))
    assert [one.ticket for one in small_desk.work()] == [1, 1]


@pytest.mark.parametrize(
    ("minutes", "more", "to"),
    [
        (25, {}, "support@example.org"),
        (1, {"sender": LEO}, "support@example.org"),
        (1, {"subject": "Scanner"}, "support@example.org"),
        (1, {"text": "Where is my order number nine?"}, "support@example.org"),
        (1, {}, "help@example.org"),
        (1, {"auto_submitted": "auto-generated"}, "support@example.org"),
        (1, aligned("example.com"), "support@example.org"),
    ],
    ids=["later", "another", "another subject", "other words", "another mailbox", "a robot", "better proven"],
)
def test_what_is_not_the_same_said_again_is_a_ticket_of_its_own(small_desk, minutes, more, to):
    words = {"subject": "Printer", "text": "The printer on the second floor burns.", "message_id": "<1@x>"}
    small_desk.receive(mail(**words))
    small_desk.later(minutes=minutes)
    received = small_desk.receive(mail(**words | more | {"message_id": "<2@x>"}), to, believed=True)
    assert (received.outcome, received.ticket) == ("new", 2)


# --- the subject, for departments that want it ---


def test_reply_without_reference_joins_by_subject_when_wanted_and_proven(made):
    desk = made("match_by_subject = true")
    desk.receive(mail("Printer"))
    desk.later(days=3)
    received = desk.receive(
        mail("Re: Printer", "It still burns.", message_id="<2@x>", **aligned("example.com")), believed=True
    )
    assert (received.ticket, received.evidence) == (1, "subject-sender")
    received = desk.receive(mail("Re: Printer", "Bare.", LEO, message_id="<3@x>"))
    assert received.outcome == "new"


@pytest.mark.parametrize(
    ("settings", "days", "subject", "proof"),
    [
        ("", 3, "Re: Printer", aligned("example.com")),
        ("match_by_subject = true", 3, "Printer", aligned("example.com")),
        ("match_by_subject = true", 40, "Re: Printer", aligned("example.com")),
        ("match_by_subject = true", 3, "Re: Lamp", aligned("example.com")),
        ("match_by_subject = true", 3, "Re: Printer", {}),
    ],
    ids=["off by default", "no reply", "too late", "another subject", "not proven"],
)
def test_subject_joins_nothing_else(made, settings, days, subject, proof):
    desk = made(settings)
    desk.receive(mail("Printer"))
    desk.later(days=days)
    received = desk.receive(mail(subject, "It still burns.", message_id="<2@x>", **proof), believed=True)
    assert (received.outcome, received.ticket) == ("new", 2)


# --- what a reply does to its ticket ---


@pytest.mark.parametrize(
    "words", ["Thanks!", "Спасибо большое, Анна!", "Labai ačiū!", "Thank you so much, Anna.\n\nBest regards\nEmma"]
)
@pytest.mark.parametrize("state", ["resolve", "close"])
def test_bare_thanks_is_kept_and_reopens_nothing(small_desk, words, state):
    small_desk.receive(mail(message_id="<1@x>"))
    small_desk.do(1, f"/{state}")
    before = small_desk.ticket()["state"]
    received = small_desk.receive(mail("Re: Printer", words, message_id="<2@x>", references="<1@x>"))
    assert received.ticket == 1
    assert small_desk.ticket()["state"] == before
    assert waits(small_desk) is None
    assert "thanked" in small_desk.events()


def test_thanks_with_a_question_reopens(small_desk):
    small_desk.receive(mail(message_id="<1@x>"))
    small_desk.do(1, "/resolve")
    small_desk.receive(mail("Re: Printer", "Thanks! But how do I print?", message_id="<2@x>", references="<1@x>"))
    assert small_desk.ticket()["state"] == "open"


def test_snoozed_ticket_wakes_when_its_customer_writes(small_desk):
    small_desk.receive(mail(message_id="<1@x>"))
    small_desk.do(1, "/snooze 3d")
    small_desk.receive(mail("Re: Printer", "It burns more.", message_id="<2@x>", references="<1@x>"))
    assert small_desk.ticket()["state"] == "open"


@pytest.mark.parametrize(
    "head",
    [
        {"subject": "Out of office: Printer", "auto_submitted": "auto-replied"},
        {"subject": "Read: Printer", "auto_submitted": "auto-replied", "x_autoreply": "yes"},
        {"subject": "Newsletter", "list_id": "<news.example.com>", "precedence": "list"},
    ],
    ids=["absent", "automatic answer", "list"],
)
def test_robots_reopen_nothing(small_desk, head):
    small_desk.receive(mail(message_id="<1@x>"))
    small_desk.do(1, "/resolve")
    received = small_desk.receive(mail(text="I am away until Monday.", message_id="<2@x>", references="<1@x>", **head))
    assert received.ticket == 1
    assert small_desk.ticket()["state"] == "resolved"


# --- people ---


def test_colleague_of_the_requester_takes_part_when_proven(small_desk):
    small_desk.receive(mail(sender="Emma <emma@acme.example>", message_id="<1@x>"))
    small_desk.receive(mail("Re: Printer", "Bare.", "Bob <bob@acme.example>", message_id="<2@x>", references="<1@x>"))
    assert roles(small_desk)["bob@acme.example"] == "third-party"
    proof = aligned("acme.example")
    head = {"message_id": "<3@x>", "references": "<1@x>"}
    small_desk.receive(mail("Re: Printer", "Proven.", "Ann <ann@acme.example>", **head, **proof), believed=True)
    assert roles(small_desk)["ann@acme.example"] == "participant"


def test_users_of_one_mail_provider_are_no_colleagues(small_desk):
    small_desk.receive(mail(sender="Emma <emma@gmail.com>", message_id="<1@x>"))
    head = {"message_id": "<2@x>", "references": "<1@x>", **aligned("gmail.com")}
    small_desk.receive(mail("Re: Printer", "Proven.", "Eve <eve@gmail.com>", **head), believed=True)
    assert roles(small_desk)["eve@gmail.com"] == "third-party"


@pytest.mark.parametrize(
    ("proof", "way", "role"),
    [
        (aligned("example.com"), "reference", "participant"),
        ({}, "reference", "third-party"),
        ({}, "our-id", "participant"),
        ({}, "token", "participant"),
        (failed("example.com"), "token", "third-party"),
    ],
)
def test_copied_people_take_part_as_far_as_their_copier_is_proven(small_desk, proof, way, role):
    small_desk.receive(mail(message_id="<1@x>"))
    first = small_desk.sent_to("emma@example.com")[0]
    to = str(first["Reply-To"].addresses[0].addr_spec) if way == "token" else "support@example.org"
    head = {"reference": {"references": "<1@x>"}, "our-id": {"in_reply_to": str(first["Message-ID"])}, "token": {}}[way]
    small_desk.receive(mail("Re: Printer", "See Leo.", cc=LEO, message_id="<2@x>", **head, **proof), to, believed=True)
    assert roles(small_desk).get("leo@example.net", "third-party") == role


@pytest.mark.parametrize("copied", [True, False], ids=["copied before", "out of nowhere"])
def test_third_party_gets_one_receipt_without_content(desk, copied):
    desk.receive(mail(message_id="<1@x>"))
    desk.receive(mail("Re: Printer", "See Leo.", message_id="<2@x>", references="<1@x>", **({"cc": LEO} if copied else {})))
    for number in (3, 4):
        words = mail("Re: Printer", f"Words {number}.", LEO, message_id=f"<{number}@x>", references="<1@x>")
        assert desk.receive(words).ticket == 1
        assert len(desk.sent_to("leo@example.net")) == 1
    assert "burn" not in desk.sent_to("leo@example.net")[0].get_content()
    assert roles(desk)["leo@example.net"] == "third-party"


def test_automatic_mail_goes_to_the_requester_alone(small_desk):
    small_desk.receive(mail(cc=LEO, **aligned("example.com")), believed=True)
    assert roles(small_desk)["leo@example.net"] == "participant"
    assert {one["X-Envelope-To"] for one in small_desk.sent} >= {"emma@example.com"}
    assert not small_desk.sent_to("leo@example.net")
    answer(small_desk, "On my way.")
    assert small_desk.sent_to("leo@example.net"), "the agent's answer goes to those who take part"


def test_proven_sender_asks_himself_and_reply_to_says_where_answers_go(small_desk):
    small_desk.receive(mail(reply_to="office@example.com", message_id="<1@x>", **aligned("example.com")), believed=True)
    assert [one["X-Envelope-To"] for one in small_desk.sent if "example.com" in one["X-Envelope-To"]] == [
        "office@example.com"
    ]
    (emma,) = [one for one in small_desk.export("contact") if "emma@example.com" in one["addresses"]]
    with small_desk.app.database.read() as connection:
        assert connection.execute(text("select requester from ticket")).scalar() == emma["contact"]
    received = small_desk.receive(
        mail("Re: Printer", "From there.", "office@example.com", message_id="<2@x>", references="<1@x>")
    )
    assert received.ticket == 1
    assert not small_desk.ticket()["thread"][-1]["third_party"]
    answer(small_desk, "On my way.")
    assert len(small_desk.sent_to("office@example.com")) == 2
    assert not small_desk.sent_to("emma@example.com")


# --- the same message by several ways ---


def test_repeat_with_proof_lets_in_who_was_a_stranger(desk):
    desk.receive(mail(message_id="<1@x>"))
    desk.receive(mail("Hello", "Prove me.", message_id="<0@x>", **aligned("example.com")), believed=True)
    desk.do(1, "/resolve")
    reply = {"subject": "Re: Printer", "text": "Again.", "message_id": "<2@x>", "references": "<1@x>"}
    first = desk.receive(mail(**reply))
    assert first.ticket == 3, "bare from somebody who is usually proven: a stranger's, on a finished ticket"
    again = desk.receive(mail(**reply, **aligned("example.com")), "help@example.org", believed=True)
    assert (again.outcome, desk.ticket(3)["merged_into"]) == ("duplicate", 1)


def test_repeat_with_a_stronger_signal_is_decided_anew(small_desk):
    small_desk.receive(mail())
    token = str(small_desk.sent_to("emma@example.com")[0]["Reply-To"].addresses[0].addr_spec)
    small_desk.receive(mail("News", "It is out.", message_id="<2@x>"))
    small_desk.receive(mail("News", "It is out.", message_id="<2@x>"), token)
    assert small_desk.ticket(2)["merged_into"] == 1
    assert small_desk.audit().duplicates == 1


def test_repeat_that_is_no_longer_doubted_is_acknowledged(small_desk):
    small_desk.receive(mail(cc=LEO, message_id="<1@x>", **failed("example.com")), believed=True)
    assert not small_desk.sent_to("emma@example.com")
    small_desk.receive(mail(cc=LEO, message_id="<1@x>", **aligned("example.com")), "help@example.org", believed=True)
    assert len(small_desk.sent_to("emma@example.com")) == 1
    assert roles(small_desk)["leo@example.net"] == "participant"
    small_desk.receive(mail(cc=LEO, message_id="<1@x>", **aligned("example.com")), believed=True)
    assert len(small_desk.sent_to("emma@example.com")) == 1


# --- several departments ---

BOTH = "support@example.org, billing@example.org"


def test_mail_to_two_departments_is_one_ticket(small_desk):
    small_desk.put(mail(to=BOTH))
    small_desk.put(mail(to=BOTH), "billing@example.org")
    assert [one.outcome for one in small_desk.work()] == ["new", "duplicate"]
    assert len(small_desk.tickets()) == 1


@pytest.mark.parametrize(
    "settings", [("", 'several_mailboxes = "each"'), ('several_mailboxes = "each"', 'several_mailboxes = "each"')]
)
@pytest.mark.parametrize("ways", [1, 2])
def test_each_department_gets_its_own_linked_ticket_when_it_asks(made, settings, ways):
    desk = made(*settings)
    raw = mail(to=BOTH, message_id="<1@x>")
    for place in range(ways):
        desk.put(raw, ("support@example.org", "billing@example.org")[place])
    desk.work()
    assert [(one["ticket"], one["department"]) for one in desk.tickets()] == [(1, "support"), (2, "billing")]
    assert desk.ticket(2)["links"] == [{"ticket": 1, "how": "continues"}]
    audit = desk.audit()
    assert (audit.received, audit.on_tickets, audit.duplicates) == (ways, 1, ways - 1)
    desk.receive(mail("Re: Printer", "And?", to=BOTH, message_id="<2@x>", references="<1@x>"))
    for number in (1, 2):
        assert [one["message_id"] for one in desk.ticket(number)["thread"] if one["direction"] == "inbound"] == [
            "1@x",
            "2@x",
        ]
    assert len(desk.tickets()) == 2


def test_blind_copy_to_a_department_that_asks_is_its_own_ticket(made):
    desk = made("", 'several_mailboxes = "each"')
    desk.put(mail(message_id="<1@x>"))
    desk.put(mail(message_id="<1@x>"), "billing@example.org")
    assert [one.outcome for one in desk.work()] == ["new", "new"]
    assert [one["department"] for one in desk.tickets()] == ["support", "billing"]


# --- addresses ---


@pytest.mark.parametrize(
    ("settings", "form"),
    [
        ("", "support+"),
        ('separator = "-"', "support-"),
        ('separator = "="', "support="),
        ('reply_domain = "reply.example.org"', ""),
    ],
)
def test_reply_token_travels_as_the_department_wants(made, settings, form):
    desk = made(settings)
    desk.receive(mail())
    address = str(desk.sent_to("emma@example.com")[0]["Reply-To"].addresses[0].addr_spec)
    assert address.startswith(form)
    assert address.endswith("@reply.example.org" if not form else "@example.org")
    received = desk.receive(mail("Other", "More smoke.", message_id="<2@x>"), address.upper())
    assert (received.ticket, received.evidence) == (1, "token")
    answer(desk, "On my way.")
    assert desk.sent_to("emma@example.com")[-1].get_content().startswith("On my way.")


def test_without_sub_addresses_ids_and_tag_carry_the_thread(made):
    desk = made('separator = ""\nsubject_tag = true')
    desk.receive(mail())
    first = desk.sent_to("emma@example.com")[0]
    assert str(first["Reply-To"].addresses[0].addr_spec) == "support@example.org"
    assert "[#1]" in first["Subject"]
    assert (
        desk.receive(mail("Re: Printer", "One.", message_id="<2@x>", in_reply_to=first["Message-ID"])).evidence
        == "our-id"
    )
    tagged = mail(str(first["Subject"]), "Two.", message_id="<3@x>", **aligned("example.com"))
    assert desk.receive(tagged, believed=True).evidence == "subject-tag"


def told(desk, agent="anna@example.org"):
    """Return the Message-ID of the last mail that an agent was sent."""
    return str(desk.sent_to(agent)[-1]["Message-ID"])


def test_without_sub_addresses_an_agent_who_answers_his_own_notification_is_believed(made):
    desk = made('separator = ""')
    desk.receive(mail())
    reply = mail("Re: Printer", "On my way.", "Anna <anna@example.org>", in_reply_to=told(desk), message_id="<a@x>")
    desk.receive(reply, "support@example.org", authenticated_as="anna@example.org")
    assert desk.sent_to("emma@example.com")[-1].get_content().startswith("On my way.")


@pytest.mark.parametrize("how", ["forged", "of another agent", "of the customer", "of another ticket", "with sub-addresses"])
def test_an_id_that_is_no_proof_of_the_agent_sends_nothing(made, how):
    desk = made("" if how == "with sub-addresses" else 'separator = ""')
    desk.receive(mail())
    known = told(desk)
    proof = {} if how == "forged" else {"authenticated_as": "anna@example.org"}
    if how == "of another agent":
        desk.do(1, "/assign boris")
        desk.receive(mail("Re: Printer", "More smoke.", in_reply_to=str(desk.sent_to("emma@example.com")[0]["Message-ID"]), message_id="<m@x>"))
        known = told(desk, "boris@example.org")
    elif how == "of the customer":
        known = str(desk.sent_to("emma@example.com")[0]["Message-ID"])
    elif how == "of another ticket":
        desk.receive(mail("Scanner", "It scans no more.", "Carl <carl@example.net>"))
        known = f"{known} {told(desk)}"
        desk.do(2, "/merge 1")
        known = told(desk)
    before = len(desk.sent_to("emma@example.com"))
    reply = mail("Re: Printer", "Give him the money.", "Anna <anna@example.org>", in_reply_to=known, message_id="<a@x>")
    desk.receive(reply, "support@example.org", **proof)
    assert len(desk.sent_to("emma@example.com")) == before


def test_our_message_ids_look_like_those_of_mail_programs(small_desk):
    """The forms that SpamAssassin's MSGID_RANDY, MSGID_SPAM_CAPS and their kin distrust."""
    import re

    small_desk.receive(mail())
    for sent in small_desk.sent:
        own = str(sent["Message-ID"])
        assert not re.search(r"<[a-z\d][a-z\d$-]{10,29}[a-z\d]@[a-z\d][a-z\d.]{3,12}[a-z\d]>", own)
        assert not re.match(r"<[A-Z]+@", own)
        assert re.fullmatch(r"<\d{14}\.\d+\.[a-z2-7]{37}@example\.org>", own)
        assert len(own) < 100


SES = "<0102018c4f2a7b1c-5d0a-000000@eu-west-1.amazonses.example>"
INDEX = "AdxVKmZzAAECAwQFBgcICQoLDA0ODw=="


@pytest.mark.parametrize(
    ("head", "proof", "way", "evidence"),
    [
        ({"in_reply_to": SES}, {}, "token", "token"),
        ({"in_reply_to": SES, "references": f"<1@x> {SES}"}, {}, "", "reference"),
        ({"in_reply_to": SES, "thread_index": INDEX}, aligned("example.com"), "", "thread-index"),
        ({"in_reply_to": SES, "subject": "Re: Printer [#1]"}, aligned("example.com"), "", "subject-tag"),
        ({"in_reply_to": SES, "thread_index": INDEX, "subject": "Re: Printer [#1]"}, {}, "", "none"),
    ],
    ids=["the reply address", "the chain", "Outlook's index", "the tag", "unproven, by what can be forged"],
)
def test_reply_to_a_mail_whose_id_a_relay_wrote_anew(made, head, proof, way, evidence):
    """Amazon SES, Exchange and Outlook.com replace the Message-ID of what they send: the reply names one that we never made."""
    desk = made("subject_tag = true")
    desk.receive(mail(message_id="<1@x>", thread_index=INDEX))
    token = str(desk.sent_to("emma@example.com")[0]["Reply-To"].addresses[0].addr_spec)
    words = {"subject": "Re: Printer", "text": "It still burns, come at once.", "message_id": "<2@x>"} | head | proof
    received = desk.receive(mail(**words), token if way == "token" else "support@example.org", believed=True)
    assert received.evidence == evidence
    assert received.ticket == (2 if evidence == "none" else 1)


@pytest.mark.parametrize(
    "head",
    [
        {"references": "\n\t".join(f"<{n}@unknown.example>" for n in range(99)) + "\n <1@x>"},
        {"references": "<1@x>" + "".join(f"\n <{n}@unknown.example>" for n in range(99))},
        {"references": "<0@x>,<1@x>,\n\t<2@unknown.example>"},
        {"references": "<0@x> (Emma's, of Monday)\n (and) <1@x>"},
        {"references": "<1\n @x>"},
        {"references": "<0@x><1@x><2@x>"},
        {"references": "1@x 2@unknown.example"},
        {"references": "=?utf-8?q?=3C1=40x=3E?="},
        {"in_reply_to": 'Message from Leo <leo@example.net>\n of "Mon, 23 Nov 2026 09:00:00 +0000." <1@x>'},
        {"in_reply_to": "<1@x>; from Emma on Mon, Nov 23, 2026 at 09:00"},
        {"in_reply_to": "Your message of Monday. <1@x>", "references": "<9@unknown.example>"},
    ],
    ids=["a hundred, ours last", "a hundred, ours first", "commas", "comments", "folded inside", "glued", "no brackets",
         "encoded words", "prose with an address", "old mutt", "prose"],
)
def test_reference_is_found_however_it_is_written(small_desk, head):
    small_desk.receive(mail(message_id="<1@x>"))
    received = small_desk.receive(mail("Something", "It still burns.", message_id="<3@x>", **head))
    assert (received.ticket, received.evidence) == (1, "reference")


def test_new_key_is_put_on_top_and_old_tokens_stay_good_as_long_as_the_old_one_is_there(small_desk):
    small_desk.receive(mail(message_id="<1@x>"))
    first = small_desk.sent_to("emma@example.com")[0]
    old, kept = str(first["Reply-To"].addresses[0].addr_spec), small_desk.folder / "secrets/key"
    kept.write_text("a new key that is long enough too\n" + kept.read_text())
    rotated = small_desk.another()
    try:
        assert rotated.receive(mail("One", "More smoke.", message_id="<2@x>"), old).evidence == "token"
        by_id = mail("Two", "Fire.", message_id="<3@x>", in_reply_to=str(first["Message-ID"]))
        assert rotated.receive(by_id).evidence == "our-id"
        answer(rotated, "On my way.")
        new = str(rotated.sent_to("emma@example.com")[-1]["Reply-To"].addresses[0].addr_spec)
        assert new != old
        kept.write_text("a new key that is long enough too\n")
        alone = rotated.another()
        try:
            assert alone.receive(mail("Three", "Ash.", message_id="<4@x>"), new).evidence == "token"
            assert alone.receive(mail("Four", "Dust.", message_id="<5@x>"), old).outcome == "new"
        finally:
            alone.close()
    finally:
        rotated.close()


# --- mail of ours that comes back ---

DSN = """From: MAILER-DAEMON@mx.example.net
To: support@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn{number}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; emma@example.com
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

{returned}
--b--
"""


def bounce(about: str = "", status: str = "5.1.1", action: str = "failed", number: int = 1) -> str:
    returned = f"Message-ID: {about}\nFrom: support@example.org\n" if about else "Subject: Re: Printer\n"
    return DSN.format(returned=returned, status=status, action=action, number=number)


@pytest.mark.parametrize("way", ["our id", "bounce address"])
@pytest.mark.parametrize("state", ["pending", "resolve", "close"])
def test_answer_that_did_not_arrive_reopens_its_ticket_and_tells_the_agent(small_desk, way, state):
    small_desk.receive(mail())
    answer(small_desk, "On my way.")
    small_desk.do(1, f"/{state}")
    small_desk.work()
    sent, told = small_desk.sent_to("emma@example.com"), len(small_desk.sent_to("anna@example.org"))
    ours = next(one for one in sent if one.get_content().startswith("On my way."))
    by_id = way == "our id"
    to = "support@example.org" if by_id else str(ours["X-Envelope-From"]).strip()
    small_desk.receive(bounce(str(ours["Message-ID"]) if by_id else ""), to, sender=None)
    assert small_desk.ticket()["state"] == "open"
    assert waits(small_desk) is not None
    (notice,) = small_desk.sent_to("anna@example.org")[told:]
    assert "emma@example.com" in notice.get_content()
    small_desk.receive(bounce(str(ours["Message-ID"]), number=2), to, sender=None)
    assert len(small_desk.sent_to("anna@example.org")) == told + 1, "told once"


@pytest.mark.parametrize(("status", "action"), [("4.4.7", "delayed"), ("4.2.2", "failed")])
def test_mail_that_is_only_late_reopens_nothing(small_desk, status, action):
    small_desk.receive(mail())
    answer(small_desk, "On my way.")
    small_desk.do(1, "/pending")
    ours = str(small_desk.sent_to("emma@example.com")[-1]["Message-ID"])
    small_desk.receive(bounce(ours, status, action), sender=None)
    assert small_desk.ticket()["state"] == "pending"
    assert "bounced" in small_desk.events()


def test_decisions_are_kept_with_their_evidence_and_runners_up(small_desk):
    small_desk.receive(mail(message_id="<1@x>"))
    small_desk.receive(mail("Scanner", "It hums.", LEO, message_id="<2@x>"))
    small_desk.receive(mail("Re: Printer [#2]", "And?", message_id="<3@x>", references="<2@x> <1@x>"))
    decision = small_desk.ticket(1)["thread"][-1]["decision"]
    assert (decision["evidence"], decision["standing"], decision["pointed"]) == ("reference", "requester", 1)
    assert [(one["ticket"], one["evidence"]) for one in decision["runners_up"]] == [
        (2, "reference"),
        (2, "subject-tag"),
    ]
    assert "#2 (reference)" in small_desk.sent_to("anna@example.org")[-1].get_content(), (
        "the agent is told of the conflict"
    )
