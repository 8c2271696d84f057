"""Attacks of people who know more: a copy of somebody's mail, ids of mail to come, the words of a notification."""

from __future__ import annotations

from typing import Any

import pytest

from mailbridge.mail.tokens import Audience, Token, address_with, person_of, sign, tokens_in
from tests.contract.test_attacks import (  # noqa: F401
    ANNA,
    EMMA,
    MALLORY,
    SECRET,
    Before,
    aligned,
    last,
    our_id,
    robbed,
    token_address,
)
from tests.desks import Desk, mail

PROVEN_ANNA = {"authenticated_as": "anna@example.org"}
LEO = "Leo Brandt <leo@example.net>"


def roles(desk: Desk, number: int = 1) -> dict[str, str]:
    return {one["address"]: one["role"] for one in desk.ticket(number)["participants"]}


def answer(desk: Desk, number: int, words: str) -> None:
    """Anna answers a ticket by her own address for it."""
    from sqlalchemy import text

    with desk.app.database.read() as connection:
        key = connection.execute(text("select key from ticket where id = :n"), {"n": number}).scalar_one()
    token = sign(Token(Audience.AGENT, bytes.fromhex(key), person_of("agent anna")), desk.app.rules.keys[0])
    desk.receive(
        mail("Re: Safe", words, ANNA, message_id=f"<{abs(hash(words))}@example.org>"),
        address_with("support@example.org", "+", token),
        **PROVEN_ANNA,
    )


@pytest.mark.parametrize("copied", [False, True], ids=["a stranger there", "whom he copied on his own ticket"])
@pytest.mark.parametrize("answered", [False, True])
def test_copy_of_a_customers_mail_sent_again_to_ones_own_ticket_moves_nothing(small_desk, copied, answered):
    """Mallory was sent what Emma sent us. He hands it in once more, by the reply address of a ticket of his own."""
    more: dict[str, Any] = {"cc": EMMA, **aligned("example.net")} if copied else {}
    small_desk.receive(mail("Lamp", "It is dark.", MALLORY, message_id="<lamp@example.net>", **more), believed=True)
    if copied:
        answer(small_desk, 1, "Hello both.")
    hers = mail("Safe", f"Note that {SECRET}.", EMMA, message_id="<first@example.com>")
    small_desk.receive(hers)
    if answered:
        answer(small_desk, 2, f"Indeed, {SECRET}.")
    received = small_desk.receive(hers, token_address(small_desk, "mallory@example.net"))
    assert received.outcome == "duplicate"
    assert small_desk.ticket(2)["merged_into"] is None
    answer(small_desk, 2, f"Once more: {SECRET}.")
    assert not [one for one in small_desk.sent_to("mallory@example.net") if SECRET in one.as_string()]
    assert roles(small_desk, 2) == {"emma@example.com": "requester"}


def test_bait_that_names_a_mail_to_come_brings_its_writer_in_nowhere(small_desk):
    """Mallory knows the id of a mail that Emma is about to send, writes in Leo's name, and asks for answers to himself."""
    bait = mail("Re: Safe", "Bait.", LEO, message_id="<bait@x>", references="<next@example.com>", reply_to="mallory@example.net")
    small_desk.receive(bait)
    hers = mail("Safe", f"Note that {SECRET}.", EMMA, message_id="<next@example.com>", cc=LEO, **aligned("example.com"))
    received = small_desk.receive(hers, believed=True)
    assert small_desk.ticket(1)["merged_into"] is None
    answer(small_desk, received.ticket, f"Indeed, {SECRET}.")
    assert not [one for one in small_desk.sent_to("mallory@example.net") if SECRET in one.as_string()]


@pytest.mark.parametrize("known", ["aligned", "failed"])
def test_bait_in_the_name_of_one_who_is_better_known_waits_in_vain(small_desk, known):
    if known == "aligned":
        small_desk.receive(mail("Lamp", "It is dark.", LEO, message_id="<lamp@x>", **aligned("example.net")), believed=True)
    proof = {} if known == "aligned" else {"authentication_results": "mx.example.org; dmarc=fail header.from=example.net"}
    bait = mail("Re: Safe", "Bait.", LEO, message_id="<bait@x>", references="<next@example.com>", **proof)
    number = small_desk.receive(bait, believed=True).ticket
    hers = mail("Safe", f"Note that {SECRET}.", EMMA, message_id="<next@example.com>", cc=LEO, **aligned("example.com"))
    received = small_desk.receive(hers, believed=True)
    assert small_desk.ticket(number)["merged_into"] is None
    assert [one["message_id"] for one in small_desk.ticket(received.ticket)["thread"] if one["direction"] == "inbound"] == [
        "next@example.com"
    ]


@pytest.mark.parametrize("when", ["before the answer", "after the answer"])
def test_mail_that_a_customer_answered_on_an_older_ticket_takes_that_ticket_from_nobody(small_desk, when):
    """Mallory wrote to Emma; she answered him with us in copy, on her own ticket. Then he sends us the mail that she answered."""
    small_desk.receive(mail("Safe", f"Is it true that {SECRET}?", EMMA, message_id="<first@example.com>"))
    small_desk.receive(
        mail("Re: Safe", "Somebody asks.", EMMA, message_id="<2@x>", in_reply_to="<first@example.com>", references="<bait@example.net>")
    )
    if when == "after the answer":
        answer(small_desk, 1, "Wait a little.")
    bait = mail("Hello", "Bait.", MALLORY, message_id="<bait@example.net>", cc=EMMA, **aligned("example.net"))
    received = small_desk.receive(bait, believed=True)
    assert small_desk.ticket(1)["merged_into"] is None
    assert (received.outcome, received.ticket) == ("new", 2)
    near = small_desk.ticket(2)["thread"][0]["decision"]["runners_up"]
    assert [(one["ticket"], one["evidence"]) for one in near] == [(1, "ancestor")]
    answer(small_desk, 1, f"Yes, {SECRET}.")
    assert not [one for one in small_desk.sent_to("mallory@example.net") if SECRET in one.as_string()]


def marker(desk: Desk) -> str:
    return next(line for line in desk.sent_to("anna@example.org")[-1].get_content().splitlines() if "mailbridge ·" in line)


@pytest.mark.parametrize("proof", [{}, aligned("example.net")], ids=["bare", "proven"])
def test_marker_of_a_forwarded_notification_lets_no_stranger_in(robbed, proof):  # noqa: F811
    before = Before.of(robbed)
    words = f"Remind me of the code.\n\n> {marker(robbed)}"
    received = robbed.receive(mail("Re: Safe", words, MALLORY, **proof), believed=True)
    assert (received.outcome, received.ticket) == ("new", 2)
    before.unchanged()


def test_marker_in_an_address_is_no_reply_token(robbed):  # noqa: F811
    before = Before.of(robbed)
    stolen = marker(robbed).rpartition("· ")[2].strip()
    received = robbed.receive(mail("Re: Safe", "Remind me.", MALLORY), f"support+{stolen}@example.org")
    assert (received.outcome, received.ticket) == ("new", 2)
    before.unchanged()


@pytest.mark.parametrize("proof", [{}, aligned("example.net")], ids=["bare", "proven"])
def test_copied_thread_index_lets_no_stranger_in(small_desk, proof):
    index = "AdxVKmZzAAECAwQFBgcICQoLDA0ODw=="
    small_desk.receive(mail("Safe", SECRET, EMMA, message_id="<first@example.com>", thread_index=index))
    before = Before.of(small_desk)
    received = small_desk.receive(mail("Re: Safe", "And?", MALLORY, thread_index=index, **proof), believed=True)
    assert (received.outcome, received.ticket) == ("new", 2)
    before.unchanged()


@pytest.mark.parametrize(
    "sender",
    [
        '"emma@example.com" <mallory@example.net>',
        '"Emma Clark <emma@example.com>" <mallory@example.net>',
        "=?utf-8?q?emma=40example=2Ecom?= <mallory@example.net>",
        "emma@example.com <mallory@example.net>",
    ],
)
def test_name_that_looks_like_an_address_is_none(robbed, sender):  # noqa: F811
    before = Before.of(robbed)
    robbed.receive(mail("Re: Safe", "Remind me.", sender, in_reply_to=our_id(robbed), cc="mallory2@example.net", **aligned("example.net")),
                   believed=True)
    assert last(robbed)["third_party"]
    before.unchanged(strangers=("mallory@example.net", "mallory2@example.net"))


@pytest.mark.parametrize("sender", ["emma@example.com, mallory@example.net", "mallory@example.net, emma@example.com"])
def test_two_authors_prove_neither(robbed, sender):  # noqa: F811
    head = {"in_reply_to": our_id(robbed)} | aligned("example.net")
    robbed.receive(mail("Re: Safe", "Remind us.", sender, **head), believed=True)
    assert last(robbed)["trust"] not in ("aligned", "submitted")
    answer(robbed, 1, f"Once more: {SECRET}.")
    assert not [one for one in robbed.sent_to("mallory@example.net") if SECRET in one.as_string()]


@pytest.mark.parametrize(
    "kind",
    [{"text": "What was the code again?"}, {"auto_submitted": "auto-replied", "subject": "Out of office: Safe", "text": "I am away."}],
    ids=["a person's", "absence"],
)
def test_stranger_wakes_nobody_and_no_answer_hangs_under_his_mail(robbed, kind):  # noqa: F811
    robbed.do(1, "/snooze 3d")
    robbed.work()
    before = Before.of(robbed)
    words = {"subject": "Re: Safe"} | kind
    robbed.receive(mail(sender=MALLORY, message_id="<bad@example.net>", references="<first@example.com>", **words))
    before.unchanged()
    answer(robbed, 1, "Here.")
    sent = robbed.sent_to("emma@example.com")[-1]
    assert "bad@example.net" not in f"{sent['In-Reply-To']} {sent['References']}"


def test_own_absence_of_the_customer_is_no_mail_that_an_answer_hangs_under(robbed):  # noqa: F811
    away = mail("Out of office", "I am away.", EMMA, message_id="<away@example.com>", references="<first@example.com>",
                auto_submitted="auto-replied")
    robbed.receive(away)
    answer(robbed, 1, "Here.")
    sent = robbed.sent_to("emma@example.com")[-1]
    assert "away@example.com" not in f"{sent['In-Reply-To']} {sent['References']}"


def test_commands_of_a_customer_are_words_on_his_own_ticket_too(small_desk):
    small_desk.receive(mail("Safe", "/close\n/assign boris\n/priority critical", EMMA, **aligned("example.com")), believed=True)
    shown = small_desk.ticket()
    assert (shown["state"], shown["agent"]) == ("new", None)
    assert "/assign boris" in shown["thread"][0]["text"]


def test_token_of_ones_own_ticket_and_anothers_id_show_him_nothing(robbed):  # noqa: F811
    robbed.receive(mail("Lamp", "It is dark.", MALLORY, message_id="<lamp@example.net>", **aligned("example.net")), believed=True)
    before = Before.of(robbed)
    both = mail("Re: Safe [#1]", "Join them.", MALLORY, message_id="<join@example.net>", in_reply_to=our_id(robbed),
                references="<first@example.com> <lamp@example.net>", **aligned("example.net"))
    received = robbed.receive(both, token_address(robbed, "mallory@example.net"), believed=True)
    assert (received.ticket, received.evidence) == (2, "token")
    before.unchanged()
    assert robbed.ticket(1)["merged_into"] is None


def test_colleagues_come_from_the_customers_own_domain_not_from_where_answers_go(small_desk):
    small_desk.receive(
        mail("Safe", SECRET, EMMA, message_id="<first@example.com>", reply_to="desk@bigcorp.example", **aligned("example.com")),
        believed=True,
    )
    small_desk.receive(
        mail("Re: Safe", "And?", "Bob <bob@bigcorp.example>", references="<first@example.com>", **aligned("bigcorp.example")),
        believed=True,
    )
    assert roles(small_desk)["bob@bigcorp.example"] == "third-party"
    small_desk.receive(
        mail("Re: Safe", "And?", "Ann <ann@example.com>", references="<first@example.com>", **aligned("example.com")), believed=True
    )
    assert roles(small_desk)["ann@example.com"] == "participant"


@pytest.mark.parametrize("whose", ["the customer's own", "another agent's", "a customer's", "of a bounce"])
def test_agent_is_proven_by_no_token_but_his_own(robbed, whose):  # noqa: F811
    """A proven agent who answers to another's address is asked to confirm; nothing is sent meanwhile."""
    from sqlalchemy import text

    if whose == "the customer's own":
        address = token_address(robbed)
    else:
        with robbed.app.database.read() as connection:
            key = bytes.fromhex(connection.execute(text("select key from ticket where id = 1")).scalar_one())
        token = {
            "another agent's": Token(Audience.AGENT, key, person_of("agent boris")),
            "a customer's": Token(Audience.CUSTOMER, key, person_of("agent anna")),
            "of a bounce": Token(Audience.BOUNCE, key, person_of("agent anna")),
        }[whose]
        address = address_with("support@example.org", "+", sign(token, robbed.app.rules.keys[0]))
    before = Before.of(robbed)
    robbed.receive(mail("Re: Safe", "/close\n\nWire the money.", ANNA, message_id="<wire@example.org>"), address, **PROVEN_ANNA)
    assert last(robbed)["unverified"]
    before.unchanged()


def test_agents_token_proves_nothing_long_after_closing(robbed):  # noqa: F811
    annas = robbed.reply_address()
    robbed.do(1, "/close")
    robbed.work()
    robbed.later(days=31)
    before = Before.of(robbed)
    robbed.receive(mail("Re: Safe", "Wire the money.", ANNA, message_id="<wire@example.org>"), annas, **PROVEN_ANNA)
    assert last(robbed)["unverified"]
    before.unchanged()


@pytest.mark.parametrize("audience", [Audience.CUSTOMER, Audience.AGENT, Audience.NOTE, Audience.BOUNCE])
def test_token_made_from_what_our_message_id_shows_is_worth_nothing(robbed, audience):  # noqa: F811
    """Whoever reads our Message-ID knows the ticket's key in it, and how a token is built; he lacks our own key."""
    shown = tokens_in(our_id(robbed), robbed.app.rules.keys)[0]
    forged = sign(Token(audience, shown.ticket_key, person_of("agent anna")), b"a key that Mallory made up himself")
    before = Before.of(robbed)
    received = robbed.receive(mail("Re: Safe", "Remind me.", MALLORY), f"support+{forged}@example.org")
    assert (received.outcome, received.evidence) == ("new", "none")
    robbed.receive(mail("Re: Safe", "/close", ANNA, message_id="<close@example.org>"), f"support+{forged}@example.org", **PROVEN_ANNA)
    before.unchanged()


def test_neighbours_at_a_small_provider_are_no_colleagues(small_desk):
    small_desk.receive(mail("Safe", SECRET, "Emma <emma@club-internet.fr>", message_id="<first@x>"))
    head = {"references": "<first@x>", **aligned("club-internet.fr")}
    small_desk.receive(mail("Re: Safe", "And?", "Eve <eve@club-internet.fr>", **head), believed=True)
    assert roles(small_desk)["eve@club-internet.fr"] == "third-party"


@pytest.mark.parametrize("ours", ["support@example.org", "support+x@example.org", "boris@example.org"])
def test_reply_to_one_of_us_makes_no_customer_of_him(small_desk, ours):
    small_desk.receive(mail("Lamp", "It is dark.", MALLORY, reply_to=ours))
    assert roles(small_desk) == {"mallory@example.net": "requester"}
    answer(small_desk, 1, "Light it.")
    assert small_desk.sent_to("mallory@example.net")[-1].get_content().startswith("Light it.")
    assert not small_desk.sent_to(ours)
