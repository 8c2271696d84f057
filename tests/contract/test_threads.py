"""`/merge`, `/unmerge` and `/split` on a real desk: whole, reversible, and all later mail follows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from mailbridge.errors import CommandRefused
from tests.desks import Desk, mail

EMMA = "Emma Clark <emma@example.com>"
LEO = "Leo Brandt <leo@example.net>"
ANNA = "Anna Petrova <anna@example.org>"
PROVEN = {"authenticated_as": "anna@example.org"}


@pytest.fixture
def two(small_desk: Desk) -> Desk:
    """Ticket 1 is Emma's printer, ticket 2 is Leo's scanner."""
    small_desk.receive(mail("Printer", "It burns.", EMMA, message_id="<printer@example.com>"))
    small_desk.receive(mail("Scanner", "It smokes.", LEO, message_id="<scanner@example.net>"))
    return small_desk


def ids(desk: Desk, number: int) -> list[str]:
    """The Message-IDs that came in and lie on a ticket."""
    return [one["message_id"] for one in desk.ticket(number)["thread"] if one["direction"] == "inbound"]


def roles(desk: Desk, number: int) -> dict[str, str]:
    return {one["address"]: one["role"] for one in desk.ticket(number)["participants"]}


def clocks(desk: Desk, number: int) -> Any:
    with desk.app.database.read() as connection:
        return connection.execute(
            text("select state, waiting_since, closed_at, requester, answerable from ticket where id = :n"),
            {"n": number},
        ).one()


def token(desk: Desk, person: str, place: int = 0) -> str:
    return str(desk.sent_to(person)[place]["Reply-To"].addresses[0].addr_spec)


def test_merge_moves_messages_and_people(two):
    two.do(2, "/merge 1")
    assert ids(two, 1) == ["printer@example.com", "scanner@example.net"]
    assert not two.ticket(2)["thread"]
    assert (two.ticket(2)["state"], two.ticket(2)["merged_into"]) == ("merged", 1)
    assert roles(two, 1) == {"emma@example.com": "requester", "leo@example.net": "participant"}
    assert not two.ticket(2)["timers"]
    assert "merged" in two.events(2)
    assert "merged-in" in two.events(1)


@pytest.mark.parametrize("way", ["token", "our-id", "reference"])
def test_later_mail_follows_a_merge(two, way):
    address, head = "support@example.org", {}
    if way == "token":
        address = token(two, "leo@example.net")
    elif way == "our-id":
        head = {"in_reply_to": str(two.sent_to("leo@example.net")[0]["Message-ID"])}
    else:
        head = {"references": "<scanner@example.net>"}
    two.do(2, "/merge 1")
    received = two.receive(mail("Re: Scanner", "And now?", LEO, message_id="<later@example.net>", **head), address)
    assert (received.ticket, received.evidence) == (1, way)
    two.do(1, "/unmerge 2")
    assert "later@example.net" in ids(two, 2), "what came for it since goes back with it"


def test_unmerge_brings_back_what_was(two):
    two.receive(mail("Re: Printer", "Psst.", LEO, message_id="<leo@example.net>", references="<printer@example.com>"))
    before = [(clocks(two, n), ids(two, n), roles(two, n)) for n in (1, 2)]
    two.do(2, "/merge 1")
    assert roles(two, 1)["leo@example.net"] == "participant"
    two.do(1, "/unmerge")
    assert [(clocks(two, n), ids(two, n), roles(two, n)) for n in (1, 2)] == before
    assert two.ticket(2)["timers"], "its clocks run again"


def test_merge_of_a_waiting_ticket_wakes_a_resolved_one_and_unmerge_lets_it_rest(two):
    two.do(1, "/resolve")
    before = clocks(two, 1)
    two.do(2, "/merge 1")
    assert two.ticket(1)["state"] == "open"
    assert clocks(two, 1).waiting_since == clocks(two, 2).waiting_since
    two.do(2, "/unmerge")
    assert clocks(two, 1) == before


def test_unmerge_leaves_alone_what_was_answered_since(two):
    two.do(2, "/merge 1")
    two.receive(
        mail("Re: Printer", "Both are seen to.", ANNA, message_id="<a@example.org>"), two.reply_address(), **PROVEN
    )
    two.do(1, "/unmerge 2")
    assert clocks(two, 1).waiting_since is None


def test_chain_of_merges_is_followed_and_taken_apart_link_by_link(two):
    two.receive(mail("Lamp", "It is dark.", "Ona <ona@example.lt>", message_id="<lamp@example.lt>"))
    two.do(3, "/merge 2")
    two.do(2, "/merge 1")
    received = two.receive(
        mail("Re: Lamp", "Still.", "Ona <ona@example.lt>", message_id="<l2@example.lt>"), token(two, "ona@example.lt")
    )
    assert received.ticket == 1
    two.do(2, "/unmerge")
    assert ids(two, 1) == ["printer@example.com"]
    assert set(ids(two, 2)) >= {"scanner@example.net", "lamp@example.lt"}
    two.do(2, "/unmerge 3")
    assert set(ids(two, 3)) == {"lamp@example.lt", "l2@example.lt"}
    assert ids(two, 2) == ["scanner@example.net"]
    two.audit()


@pytest.mark.parametrize("line", ["/merge 1", "/merge 2", "/merge 99"])
def test_merge_never_goes_round(two, line):
    two.do(2, "/merge 1")
    with pytest.raises(CommandRefused):
        two.do(1, line)
    assert two.ticket(1)["state"] == "new"


def test_unmerge_of_nothing_is_refused(two):
    with pytest.raises(CommandRefused, match="no such ticket was merged"):
        two.do(1, "/unmerge")


def test_split_makes_a_ticket_of_the_last_mail_and_later_mail_follows(two):
    two.receive(
        mail("Lamp", "Another matter.", EMMA, message_id="<lamp@example.com>", references="<printer@example.com>")
    )
    two.receive(
        mail("Re: Lamp", "It is dark.", EMMA, message_id="<lamp2@example.com>", references="<lamp@example.com>")
    )
    two.do(1, "/split")
    assert ids(two, 3) == ["lamp2@example.com"]
    shown = two.ticket(3)
    assert (shown["requester"], shown["state"], shown["subject"]) == ("emma@example.com", "new", "Re: Lamp")
    assert shown["links"] == [{"ticket": 1, "how": "continues"}]
    received = two.receive(
        mail("Re: Lamp", "Still.", EMMA, message_id="<lamp3@example.com>", references="<lamp2@example.com>")
    )
    assert received.ticket == 3
    assert two.receive(mail("Re: Printer", "Well?", EMMA, references="<printer@example.com>")).ticket == 1


def test_split_is_undone_by_a_merge(two):
    two.receive(
        mail("Lamp", "Another matter.", EMMA, message_id="<lamp@example.com>", references="<printer@example.com>")
    )
    before = clocks(two, 1), ids(two, 1), roles(two, 1)
    two.do(1, "/split")
    assert ids(two, 1) == ["printer@example.com"]
    two.do(3, "/merge 1")
    assert (clocks(two, 1), ids(two, 1), roles(two, 1)) == before


def test_split_of_the_mail_that_reopened_a_ticket_lets_it_rest_again(two):
    two.do(1, "/resolve")
    two.receive(
        mail("Lamp", "Another matter.", EMMA, message_id="<lamp@example.com>", references="<printer@example.com>")
    )
    assert two.ticket(1)["state"] == "open"
    two.do(1, "/split")
    assert two.ticket(1)["state"] == "resolved"
    assert clocks(two, 1).waiting_since is None
    assert two.ticket(3)["timers"]


def test_strangers_mail_is_split_off_as_his_own(two):
    two.receive(
        mail("Re: Printer", "My scanner hums.", LEO, message_id="<leo@example.net>", references="<printer@example.com>")
    )
    two.do(1, "/split")
    assert two.ticket(3)["requester"] == "leo@example.net"
    assert clocks(two, 1).state == "new"
    two.receive(mail("Re: Printer", "Oil it.", ANNA, message_id="<a@example.org>"), agents_address(two, 3), **PROVEN)
    assert two.sent_to("leo@example.net")[-1].get_content().startswith("Oil it.")
    assert len(two.sent_to("emma@example.com")) == 1


def agents_address(desk: Desk, number: int) -> str:
    from mailbridge.mail.tokens import Audience, Token, address_with, person_of, sign

    with desk.app.database.read() as connection:
        key = connection.execute(text("select key from ticket where id = :n"), {"n": number}).scalar_one()
    rules = desk.app.rules
    signed = sign(Token(Audience.AGENT, bytes.fromhex(key), person_of("agent anna")), rules.keys[0])
    return address_with("support@example.org", "+", signed)


def test_split_of_a_single_mail_is_refused(two):
    with pytest.raises(CommandRefused, match="one mail alone"):
        two.do(1, "/split")


def test_parent_that_comes_after_two_replies_joins_their_tickets_on_record(desk):
    """Leo answers a mail of Emma's that we have not got yet, then hers comes, proven, with him in copy."""
    desk.receive(mail("Re: Plan", "Agreed.", LEO, message_id="<reply@example.net>", references="<plan@example.com>"))
    proof = {"authentication_results": "mx.example.org; dmarc=pass header.from=example.com"}
    received = desk.receive(
        mail("Plan", "Shall we?", EMMA, message_id="<plan@example.com>", cc="leo@example.net", **proof), believed=True
    )
    assert (received.outcome, received.ticket) == ("new", 2)
    assert set(ids(desk, 2)) == {"reply@example.net", "plan@example.com"}
    assert desk.ticket(1)["merged_into"] == 2
    assert "merged" in desk.events(1)
    assert (
        desk.receive(
            mail("Re: Plan", "And?", LEO, message_id="<r2@example.net>"), token(desk, "leo@example.net")
        ).ticket
        == 2
    )


def test_parent_of_a_stranger_joins_nothing_and_the_near_match_is_noted(small_desk):
    small_desk.receive(
        mail("Re: Plan", "Agreed.", LEO, message_id="<reply@example.net>", references="<plan@example.com>")
    )
    received = small_desk.receive(mail("Plan", "Shall we?", EMMA, message_id="<plan@example.com>"))
    assert (received.outcome, received.ticket) == ("new", 2)
    assert small_desk.ticket(1)["state"] == "new"
    near = small_desk.ticket(2)["thread"][0]["decision"]["runners_up"]
    assert [(one["ticket"], one["evidence"]) for one in near] == [(1, "ancestor")]
