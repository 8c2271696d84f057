"""`import` threads years of history: whole conversations, whatever the order of the files, and twice changes nothing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from mailbridge.history import Found, import_messages
from tests.desks import Desk, mail
from tests.threads.generator import make_inbox
from tests.threads.score import score

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def bring(desk: Desk, mails: list[bytes]) -> list[str]:
    """Import mails in this order; return what became of each."""
    found = [Found(str(number), raw) for number, raw in enumerate(mails)]
    told = {one.file: one.outcome for one in import_messages(desk.app, found, None, lambda: NOW)}
    return [told[str(number)] for number in range(len(mails))]


def placed(desk: Desk, mails: list[bytes]) -> list[object]:
    """Return the ticket of each mail, as `export` tells it; what was kept silent is alone."""
    rows = desk.export("message") + desk.export("copy")
    where = {row["sha256"]: row["ticket"] for row in rows if row["sha256"]}
    return [where.get(hashlib.sha256(raw).hexdigest(), ("silent", number)) for number, raw in enumerate(mails)]


@pytest.mark.parametrize("order", ["arrival", "shuffled"])
@pytest.mark.parametrize("seed", range(3))
def test_conversations_end_whole_on_one_ticket_in_any_order(small_desk, seed, order):
    mails = make_inbox(seed, 8).mails
    if order == "shuffled":
        mails = sorted(mails, key=lambda one: hashlib.sha256(one[0]).hexdigest())
    outcomes = bring(small_desk, [raw for raw, _ in mails])
    got = placed(small_desk, [raw for raw, _ in mails])
    heard = [(group, ticket) for (_, group), ticket in zip(mails, got, strict=True) if not isinstance(ticket, tuple)]
    result = score([group for group, _ in heard], [ticket for _, ticket in heard])
    assert (result.whole, result.precision, result.recall) == (result.tickets, 1.0, 1.0)
    silent = {group for (_, group), ticket in zip(mails, got, strict=True) if isinstance(ticket, tuple)}
    assert not silent & {group for group, _ in heard}, "silent mail finds its ticket when one of the files holds it"
    assert outcomes.count("silent") == sum(isinstance(ticket, tuple) for ticket in got)
    assert not small_desk.work(), "nothing waits"
    assert not small_desk.sent
    small_desk.audit()


def test_importing_twice_changes_nothing(small_desk):
    mails = [raw for raw, _ in make_inbox(4, 5).mails]
    first = bring(small_desk, mails)
    before = small_desk.export("message"), small_desk.export("ticket"), small_desk.export("event")
    again = bring(small_desk, mails)
    assert set(again) == {"duplicate"}
    assert (small_desk.export("message"), small_desk.export("ticket"), small_desk.export("event")) == before
    assert set(first) >= {"new", "appended"}


def as_bytes(text: str) -> bytes:
    return text.encode()


def test_tickets_that_turn_out_to_be_one_are_merged_on_record(small_desk):
    left = as_bytes(mail("Re: Lamp", "Left.", message_id="<left@x>", in_reply_to="<root@x>"))
    right = as_bytes(
        mail("Re: Lamp", "Right.", "Leo <leo@example.net>", message_id="<right@x>", in_reply_to="<middle@x>")
    )
    middle = as_bytes(
        mail("Re: Lamp", "Middle.", "Ona <ona@example.lt>", message_id="<middle@x>", in_reply_to="<root@x>")
    )
    assert bring(small_desk, [left, right, middle]) == ["new", "new", "appended"]
    assert len(set(placed(small_desk, [left, right, middle]))) == 1
    merged = [event for event in small_desk.export("event") if event["what"] == "merged"]
    assert [event["why"]["messages"] for event in merged] == [[2]] or len(merged) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"in_reply_to": "<>"}, {"in_reply_to": "<>"}),
        ({"references": "<unknown@local>"}, {"references": "<unknown@local>"}),
        (
            {"in_reply_to": "Message from Desk <support@example.org>"},
            {"in_reply_to": "Message from Desk <support@example.org>"},
        ),
        ({"message_id": "<same@x>"}, {"message_id": "<same@x>", "date": "Tue, 24 Nov 2020 10:00:00 +0000"}),
        ({"list_id": "<list.example.org>"}, {"list_id": "<list.example.org>"}),
        ({"subject": "[#1] Lamp"}, {"subject": "[#1] Lamp"}),
        ({}, {}),
    ],
    ids=["empty ids", "stock ids", "an address in prose", "a program that reuses its id", "a list", "a tag", "words"],
)
def test_what_two_unrelated_mails_share_joins_nothing(small_desk, one, other):
    first = as_bytes(mail(one.pop("subject", "Lamp"), "It is dark.", message_id=one.pop("message_id", "<1@x>"), **one))
    second = as_bytes(
        mail(
            other.pop("subject", "Lamp"),
            "It is dark.",
            "Leo <leo@example.net>",
            message_id=other.pop("message_id", "<2@x>"),
            **other,
        )
    )
    bring(small_desk, [first, second])
    assert len(set(placed(small_desk, [first, second]))) == 2


def test_copy_that_a_list_changed_lies_with_the_original(small_desk):
    first = as_bytes(mail("Lamp", "It is dark.", message_id="<1@x>"))
    second = as_bytes(mail("[project] Lamp", "It is dark.\n-- \nproject list", message_id="<1@x>", list_id="<project>"))
    reply = as_bytes(mail("Re: Lamp", "Light it.", "Leo <leo@example.net>", message_id="<2@x>", references="<1@x>"))
    bring(small_desk, [first, second, reply])
    assert len(set(placed(small_desk, [first, second, reply]))) == 1


def test_repeat_that_names_what_the_first_copy_had_lost_joins_their_conversations(small_desk):
    root = as_bytes(mail("Lamp", "It is dark.", "Leo <leo@example.net>", message_id="<root@x>"))
    bare = as_bytes(mail("Re: Lamp", "Light it.", message_id="<reply@x>"))
    full = as_bytes(mail("Re: Lamp", "Light it.", message_id="<reply@x>", references="<unseen@x> <root@x>"))
    late = as_bytes(mail("Re: Lamp", "Done.", "Ona <ona@example.lt>", message_id="<late@x>", references="<unseen@x>"))
    assert bring(small_desk, [root, bare, full, late]) == ["new", "new", "duplicate", "appended"]
    assert len(set(placed(small_desk, [root, bare, full, late]))) == 1
    small_desk.audit()


def test_history_of_what_came_live_is_a_repeat_and_changes_nothing(small_desk):
    small_desk.receive(mail(message_id="<1@x>"))
    small_desk.receive(mail("Re: Printer", "And?", message_id="<2@x>", references="<1@x>"))
    before = small_desk.export("ticket"), small_desk.export("message"), len(small_desk.sent)
    old = [as_bytes(mail(message_id="<1@x>")), as_bytes(mail("Re: Printer", "And?", message_id="<2@x>", references="<1@x>"))]
    assert bring(small_desk, old) == ["duplicate", "duplicate"]
    assert (small_desk.export("ticket"), small_desk.export("message"), len(small_desk.sent)) == before


@pytest.mark.parametrize("state", ["new", "close"])
def test_old_mail_of_a_stranger_that_names_two_tickets_of_ours_joins_them_not(small_desk, state):
    small_desk.receive(mail("Printer", "It burns.", message_id="<1@x>"))
    small_desk.receive(mail("Scanner", "It hums.", "Leo <leo@example.net>", message_id="<2@x>"))
    if state == "close":
        small_desk.do(1, "/close")
        small_desk.do(2, "/close")
    old = as_bytes(mail("Both", "Join them.", "Mallory <mallory@example.org>", message_id="<3@x>", references="<1@x> <2@x> <4@x>"))
    more = as_bytes(mail("Both", "Join them.", "Mallory <mallory@example.org>", message_id="<1@x>", references="<2@x>"))
    bring(small_desk, [old, more])
    assert [small_desk.ticket(n)["merged_into"] for n in (1, 2)] == [None, None]
    for number in (1, 2):
        roles = {one["address"]: one["role"] for one in small_desk.ticket(number)["participants"]}
        assert set(roles.values()) <= {"requester", "third-party"}
