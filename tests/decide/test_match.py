"""How a message finds its ticket (design.md §3): a table, one rule a row, and the places that signals hide in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.decide.classify import Kind
from mailbridge.decide.likeness import alike_texts
from mailbridge.decide.match import (
    CROWD,
    Evidence,
    IdFacts,
    Known,
    Match,
    Owner,
    Seeker,
    Sender,
    Standing,
    TicketFacts,
    WhyNot,
    match_ticket,
    proves_agent,
)
from mailbridge.decide.providers import colleague_domain
from mailbridge.decide.signals import Alike, Signals, alike_of, is_stock, read_signals
from mailbridge.decide.trust import Trust
from mailbridge.mail.message import Address, Mail
from mailbridge.mail.subject import read_subject
from mailbridge.mail.tokens import Audience, Token, our_message_id, person_of, sign

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EMMA, LEO, MALLORY = 1, 2, 3
KEY = b"a key for tests that is long enough"
ONE = TicketFacts(1, b"one.....", "open", "support", {EMMA: "requester", LEO: "participant", MALLORY: "third-party"})
TWO = TicketFacts(2, b"two.....", "open", "support", {MALLORY: "requester"})
ANN = TicketFacts(3, b"three...", "open", "support", {9: "requester"}, frozenset({"acme.example"}))
MERGED = TicketFacts(4, b"four....", "merged", "support", {EMMA: "requester"}, merged_into=1)
ROUND = TicketFacts(5, b"five....", "merged", "support", {}, merged_into=6)
ABOUT = TicketFacts(6, b"six.....", "merged", "support", {}, merged_into=5)
TICKETS = {one.id: one for one in (ONE, TWO, ANN, MERGED, ROUND, ABOUT)}
CUSTOMER = Token(Audience.CUSTOMER, ONE.key, b"emma")
PROOF = {"proven": Trust.ALIGNED, "bare": Trust.BARE, "failed": Trust.FAILED, "submitted": Trust.SUBMITTED}
BY: dict[Evidence, Signals] = {
    Evidence.TOKEN: Signals("new", tokens=(CUSTOMER,)),
    Evidence.OUR_ID: Signals("new", our_ids=(("ours", ONE.key),)),
    Evidence.REFERENCE: Signals("new", references=("first",)),
    Evidence.ANCESTOR: Signals("new", references=("unseen",)),
    Evidence.MARKER: Signals("new", markers=(CUSTOMER,)),
    Evidence.THREAD_INDEX: Signals("new", thread_root="thread-index 01"),
    Evidence.SUBJECT_TAG: Signals("new", tags=(1,)),
    Evidence.SUBJECT_SENDER: Signals("new", alike=Alike(week="about 7", weeks=("about 7",))),
}
IDS = {
    "first": IdFacts((Owner(1, 11),)),
    "second": IdFacts((Owner(2, 21),)),
    "merged": IdFacts((Owner(4, 41),)),
    "round": IdFacts((Owner(5, 51),)),
    "unseen": IdFacts(seekers=(Seeker(1, 11, EMMA),)),
    "thread-index 01": IdFacts(seekers=(Seeker(1, 11, EMMA),)),
    "about 7": IdFacts(seekers=(Seeker(1, 11, EMMA),)),
    "both": IdFacts((Owner(2, 21), Owner(1, 11))),
    "twice": IdFacts((Owner(1, 11), Owner(1, 12))),
}


def known(contact: int | None, trust: str = "bare", best: str = "bare", **more: Any) -> Known:
    address = more.pop("address", "someone@example.com")
    sender = Sender(contact, address, PROOF[trust], PROOF[best], more.pop("agent", None))
    tickets = more.pop("tickets", TICKETS)
    return Known(sender, tickets, {one.key: one.id for one in tickets.values()}, more.pop("ids", IDS), **more)


def decide(signals: Signals, facts: Known, kind: Kind = Kind.HUMAN) -> Match:
    return match_ticket(signals, kind, facts, NOW)


ALL = tuple(BY)
IDS_AND_TOKENS = (Evidence.TOKEN, Evidence.OUR_ID, Evidence.REFERENCE, Evidence.ANCESTOR)
WHERE = {
    # who, how well proven, how well at best: by which signals he joins; by which he lands as a third party
    ("requester", EMMA, "proven", "proven"): (ALL, ()),
    ("requester", EMMA, "submitted", "bare"): (ALL, ()),
    ("participant", LEO, "proven", "proven"): (ALL, ()),
    ("requester", EMMA, "bare", "bare"): (IDS_AND_TOKENS, ()),
    ("participant", LEO, "bare", "bare"): (IDS_AND_TOKENS, ()),
    ("better proven before", EMMA, "bare", "proven"): ((), IDS_AND_TOKENS[:3]),
    ("failed", EMMA, "failed", "bare"): ((), IDS_AND_TOKENS[:3]),
    ("third party", MALLORY, "proven", "proven"): ((), IDS_AND_TOKENS[:3]),
    ("third party", MALLORY, "bare", "bare"): ((), IDS_AND_TOKENS[:3]),
    ("unknown", None, "proven", "bare"): ((), IDS_AND_TOKENS[:3]),
    ("unknown", None, "bare", "bare"): ((), IDS_AND_TOKENS[:3]),
}
ROWS = [(who, evidence) for who in WHERE for evidence in ALL]


@pytest.mark.parametrize(("who", "evidence"), ROWS, ids=[f"{who[0]}-{who[2]}-{by}" for who, by in ROWS])
def test_who_may_join_by_which_signal(who, evidence):
    joins, lands = WHERE[who]
    match = decide(BY[evidence], known(*who[1:]))
    if evidence in joins:
        assert (match.ticket, match.evidence) == (1, evidence)
        assert match.standing in (Standing.REQUESTER, Standing.PARTICIPANT)
    elif evidence in lands:
        assert (match.ticket, match.evidence, match.standing) == (1, evidence, Standing.THIRD_PARTY)
    else:
        assert match.ticket is None
        assert [(one.ticket, one.evidence, one.why_not) for one in match.runners_up] == [(1, evidence, WhyNot.STRANGER)]


@pytest.mark.parametrize(
    ("signals", "by"),
    [
        (Signals("new", tokens=(CUSTOMER,), references=("second",)), Evidence.TOKEN),
        (Signals("new", our_ids=(("ours", ONE.key),), references=("second",), tags=(2,)), Evidence.OUR_ID),
        (Signals("new", references=("first", "second")), Evidence.REFERENCE),
        (Signals("new", references=("unseen",), tags=(2,)), Evidence.ANCESTOR),
        (Signals("new", markers=(CUSTOMER,), tags=(2,)), Evidence.MARKER),
        (Signals("new", thread_root="thread-index 01", tags=(2,)), Evidence.THREAD_INDEX),
    ],
    ids=lambda value: value.value if isinstance(value, Evidence) else "",
)
def test_stronger_signal_wins_and_the_other_is_noted(signals, by):
    match = decide(signals, known(EMMA, "proven"))
    assert (match.ticket, match.evidence) == (1, by)
    assert (2, WhyNot.WEAKER) in [(one.ticket, one.why_not) for one in match.runners_up]


@pytest.mark.parametrize(
    ("state", "age", "ticket"), [("resolved", 99, 1), ("closed", 13, 1), ("closed", 15, None), ("spam", 0, 1)]
)
def test_customers_reply_to_a_finished_ticket(state, age, ticket):
    finished = replace(ONE, state=state, closed_at=NOW - timedelta(days=age) if state == "closed" else None)
    match = decide(BY[Evidence.REFERENCE], known(EMMA, tickets={1: finished}))
    assert match.ticket == ticket
    assert match.linked == (None if ticket else 1)


@pytest.mark.parametrize("state", ["resolved", "closed", "spam"])
@pytest.mark.parametrize("evidence", IDS_AND_TOKENS[:3])
def test_strangers_mail_on_a_finished_ticket_opens_its_own_linked(state, evidence):
    match = decide(BY[evidence], known(MALLORY, "proven", tickets={1: replace(ONE, state=state)}))
    assert (match.ticket, match.linked) == (None, 1)
    assert match.runners_up[0].why_not is WhyNot.FINISHED


@pytest.mark.parametrize("kind", [Kind.BOUNCE, Kind.OUT_OF_OFFICE, Kind.AUTO_REPLY, Kind.FEEDBACK, Kind.OWN])
def test_mail_that_only_tells_goes_onto_its_ticket_whatever_the_state(kind):
    closed = replace(ONE, state="closed", closed_at=NOW - timedelta(days=400))
    assert decide(BY[Evidence.OUR_ID], known(None, tickets={1: closed}), kind).ticket == 1


@pytest.mark.parametrize(
    ("sender", "ticket"),
    [
        ({"contact": EMMA}, 1),
        ({"contact": MALLORY}, 2),
        ({"contact": None}, None),
        ({"contact": EMMA, "trust": "failed"}, None),
    ],
    ids=["of one", "of the other", "of none", "failed"],
)
def test_id_on_several_tickets_counts_for_a_participant_alone(sender, ticket):
    match = decide(Signals("new", references=("both",)), known(**sender))
    assert match.ticket == ticket
    assert {one.why_not for one in match.runners_up} <= {WhyNot.AMBIGUOUS, WhyNot.WEAKER}


def test_id_with_several_contents_counts_for_a_participant_alone():
    twice = Signals("new", references=("twice",))
    assert decide(twice, known(EMMA)).ticket == 1
    assert decide(twice, known(None)).ticket is None
    assert decide(twice, known(None, importing=True)).ticket == 1, "the copies that lists made of one message"


@pytest.mark.parametrize(
    ("address", "trust", "standing"),
    [
        ("bob@acme.example", "proven", Standing.PARTICIPANT),
        ("bob@acme.example", "bare", Standing.THIRD_PARTY),
        ("bob@acme.example", "failed", Standing.THIRD_PARTY),
        ("bob@mail.acme.example", "proven", Standing.THIRD_PARTY),
    ],
)
def test_colleagues_of_the_requester_count_when_proven(address, trust, standing):
    signals = Signals("new", our_ids=(("ours", ANN.key),))
    assert decide(signals, known(None, trust, address=address)).standing is standing


@pytest.mark.parametrize(
    "address", ["a@gmail.com", "a@mail.ru", "a@inbox.lt", "a@GMX.de", "a@yahoo.com.ar", "nobody", ""]
)
def test_nobody_is_a_colleague_at_a_mail_provider(address):
    assert colleague_domain(address) is None


@pytest.mark.parametrize(("ref", "ticket"), [("merged", 1), ("round", 6)])
def test_merged_tickets_are_followed_to_the_end_without_going_round(ref, ticket):
    match = decide(Signals("new", references=(ref,)), known(EMMA, "proven"))
    assert match.ticket == ticket or (ref == "round" and match.ticket in (5, 6))


def test_decision_remembers_the_ticket_that_was_named_before_merges():
    assert decide(Signals("new", references=("merged",)), known(EMMA)).pointed == 4


def test_signals_of_no_ticket_are_noted_as_gone():
    match = decide(Signals("new", tags=(99,)), known(EMMA, "proven"))
    assert [one.why_not for one in match.runners_up] == [WhyNot.GONE]


# --- a parent that comes after its replies ---

LATE = Signals("parent")
ALONE = {1: replace(ONE, state="new", people={EMMA: "requester", MALLORY: "third-party"})}


def waiting(*seekers: Seeker) -> dict[str, IdFacts]:
    return IDS | {"parent": IdFacts(seekers=seekers)}


@pytest.mark.parametrize(
    ("sender", "seeker", "copied", "ticket", "merges"),
    [
        ((EMMA, "bare"), Seeker(1, 1, EMMA), (), 1, ()),
        ((None, "proven"), Seeker(1, 1, EMMA), (EMMA,), None, (1,)),
        ((None, "bare"), Seeker(1, 1, EMMA), (EMMA,), None, ()),
        ((None, "proven"), Seeker(1, 1, EMMA, Trust.FAILED), (EMMA,), None, ()),
        ((None, "proven"), Seeker(1, 1, EMMA, Trust.BARE, Trust.ALIGNED), (EMMA,), None, ()),
        ((None, "proven"), Seeker(1, 1, EMMA, Trust.ALIGNED, Trust.ALIGNED), (EMMA,), None, (1,)),
        ((None, "proven"), Seeker(1, 1, EMMA), (), None, ()),
        ((None, "failed"), Seeker(1, 1, EMMA), (EMMA,), None, ()),
    ],
    ids=[
        "its sender takes part: joins",
        "the waiting one was copied by a proven parent: merged",
        "copied by a bare parent",
        "the waiting one failed",
        "the waiting one is usually better proven",
        "the waiting one is proven",
        "the waiting one was not copied",
        "the parent failed",
    ],
)
def test_late_parent(sender, seeker, copied, ticket, merges):
    match = decide(LATE, known(*sender, ids=waiting(seeker), copied=frozenset(copied), tickets=TICKETS | ALONE))
    assert (match.ticket, match.merges) == (ticket, merges)
    if ticket is None and not merges:
        assert match.runners_up[0].why_not is WhyNot.STRANGER, "the near match is noted"


@pytest.mark.parametrize(
    ("ticket", "seeker"),
    [
        (replace(ALONE[1], state="open"), Seeker(1, 1, EMMA)),
        (replace(ALONE[1], people={EMMA: "participant", LEO: "requester"}), Seeker(1, 1, EMMA)),
        (ALONE[1], Seeker(1, 1, EMMA, opened=False)),
    ],
    ids=["somebody has answered there", "somebody else takes part there", "the ticket is about more"],
)
def test_late_parent_gets_no_ticket_that_holds_more_than_the_answer_to_it(ticket, seeker):
    match = decide(LATE, known(None, "proven", ids=waiting(seeker), copied=frozenset({EMMA}), tickets=TICKETS | {1: ticket}))
    assert (match.ticket, match.merges) == (None, ())
    assert match.runners_up[0].why_not is WhyNot.STRANGER


def test_late_parent_joins_two_tickets_only_for_who_may_join_both():
    both = waiting(Seeker(1, 1, EMMA), Seeker(2, 2, MALLORY))
    assert decide(LATE, known(EMMA, ids=both)).merges == ()
    shared = TICKETS | {2: replace(TWO, people={EMMA: "participant", MALLORY: "requester"})}
    match = decide(LATE, known(EMMA, ids=both, tickets=shared))
    assert (match.ticket, match.merges) == (1, (2,))


def test_import_joins_strangers_by_unseen_ancestors_and_merges():
    ids = IDS | {"later": IdFacts(seekers=(Seeker(2, 2),))}
    old = {number: replace(one, state="closed", lived=False) for number, one in TICKETS.items()}
    match = decide(Signals("new", references=("unseen", "later")), known(None, ids=ids, tickets=old, importing=True))
    assert (match.ticket, match.evidence, match.standing) == (1, Evidence.ANCESTOR, Standing.THIRD_PARTY)
    assert match.merges == (2,)


@pytest.mark.parametrize("lived", [1, 2])
def test_import_merges_no_ticket_that_has_lived_by_a_strangers_mail(lived):
    ids = IDS | {"later": IdFacts(seekers=(Seeker(2, 2),))}
    old = {number: replace(one, state="closed", lived=number == lived) for number, one in TICKETS.items()}
    match = decide(Signals("new", references=("unseen", "later")), known(None, ids=ids, tickets=old, importing=True))
    assert (match.ticket, match.merges) == (1, ())
    assert (2, WhyNot.WEAKER) in [(one.ticket, one.why_not) for one in match.runners_up]


def test_import_heeds_no_tag_and_no_marker_of_other_desks():
    signals = Signals("new", tags=(1,), markers=(CUSTOMER,), thread_root="thread-index 01")
    assert decide(signals, known(EMMA, "proven", importing=True)).ticket is None


def test_import_places_whatever_the_state():
    closed = {1: replace(ONE, state="closed", closed_at=NOW - timedelta(days=4000))}
    assert decide(BY[Evidence.REFERENCE], known(None, importing=True, tickets=closed)).ticket == 1


@pytest.mark.parametrize(
    ("owner", "live", "history"),
    [
        (Owner(1, 11, "emma@example.com", NOW, "safe"), 1, 1),
        (Owner(1, 11, "emma@example.com", NOW, "lamp"), None, 1),
        (Owner(1, 11, "emma@example.com", NOW - timedelta(1), "safe"), None, 1),
        (Owner(1, 11, "list@example.com", NOW, "safe"), None, 1),
        (Owner(1, 11, "mallory@example.net", NOW - timedelta(1), "safe"), None, None),
    ],
    ids=["same sender, date, subject", "other subject", "other date", "other sender", "all others"],
)
def test_the_same_message_changed_by_a_list_lies_with_its_twin(owner, live, history):
    signals = Signals("same", subject="safe", sender="emma@example.com", sent_at=NOW)
    ids = {"same": IdFacts((owner,))}
    assert decide(signals, known(EMMA, ids=ids)).ticket == live
    assert decide(signals, known(EMMA, ids=ids, importing=True)).ticket == history


# --- like text ---

SAID = Alike(now="like 2", before="like 1", text="The printer on the second floor is on fire.")


def said_before(**more: Any) -> dict[str, IdFacts]:
    seeker = Seeker(1, 11, EMMA, Trust.BARE, Trust.BARE, NOW - timedelta(minutes=5), SAID.text + " Again.")
    return {"like 1": IdFacts(seekers=(replace(seeker, **more),))}


@pytest.mark.parametrize(
    ("sender", "before", "kind", "ticket"),
    [
        ((EMMA, "bare"), {}, Kind.HUMAN, 1),
        ((EMMA, "proven"), {"trust": Trust.ALIGNED}, Kind.HUMAN, 1),
        ((EMMA, "proven"), {}, Kind.HUMAN, None),
        ((EMMA, "failed"), {"trust": Trust.FAILED}, Kind.HUMAN, None),
        ((LEO, "bare"), {}, Kind.HUMAN, None),
        ((EMMA, "bare"), {"at": NOW - timedelta(minutes=11)}, Kind.HUMAN, None),
        ((EMMA, "bare"), {"text": "The lamp is dark."}, Kind.HUMAN, None),
        ((EMMA, "bare"), {}, Kind.AUTOMATIC, None),
    ],
    ids=["said again", "both proven", "not equally proven", "failed", "another", "long ago", "other words", "a robot"],
)
def test_mail_said_twice_within_minutes_is_joined(sender, before, kind, ticket):
    match = decide(Signals("new", alike=SAID), known(*sender, ids=said_before(**before)), kind)
    assert match.ticket == ticket
    assert match.evidence is (Evidence.LIKE_TEXT if ticket else Evidence.NONE)


def test_mail_is_not_joined_to_what_was_answered_or_solved():
    solved = {1: replace(ONE, state="resolved")}
    assert decide(Signals("new", alike=SAID), known(EMMA, ids=said_before(), tickets=solved)).ticket is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("The printer is on fire.", "the printer is on FIRE!", True),
        ("Hello, the printer", "Hello, the printer is on fire, come at once please", True),
        ("The printer is on fire.", "The lamp is dark.", False),
        ("", "", True),
        ("", "Hello", False),
        ("Order 1000 is late, where is it?", "Order 2000 is late", False),
    ],
)
def test_alike(one, other, alike):
    assert alike_texts(one, other) is alike


# --- what later mail finds this one by ---


def test_index_holds_what_does_not_lead_to_the_ticket_yet():
    signals = Signals("new", references=("first", "unseen", "elsewhere", "second"))
    match = decide(signals, known(EMMA))
    assert match.index == (("new", True), ("elsewhere", False), ("second", False))


def test_index_of_an_id_that_a_crowd_refers_to_grows_no_more():
    crowd = {"popular": IdFacts(seekers=tuple(Seeker(100 + n, n) for n in range(CROWD)))}
    owned = {"same": IdFacts(tuple(Owner(100 + n, n) for n in range(CROWD)))}
    assert decide(Signals("same", references=("popular",)), known(None, ids=crowd | owned)).index == ()


# --- agents ---


@pytest.mark.parametrize(
    ("token", "proves"),
    [
        (Token(Audience.AGENT, ONE.key, person_of("agent anna")), True),
        (Token(Audience.NOTE, ONE.key, person_of("agent anna")), True),
        (Token(Audience.AGENT, ONE.key, person_of("agent boris")), False),
        (Token(Audience.CUSTOMER, ONE.key, person_of("agent anna")), False),
        (Token(Audience.MARKER, ONE.key, person_of("agent anna")), False),
        (Token(Audience.BOUNCE, ONE.key, person_of("agent anna")), False),
    ],
)
def test_only_a_token_of_his_own_proves_an_agent(token, proves):
    match = decide(Signals("new", tokens=(token,)), known(None, "submitted", agent="anna"))
    assert match.standing is Standing.AGENT
    assert proves_agent(match, person_of("agent anna")) is proves


def test_agents_mail_lands_on_a_ticket_closed_long_ago():
    closed = {1: replace(ONE, state="closed", closed_at=NOW - timedelta(days=400))}
    assert decide(BY[Evidence.TOKEN], known(None, agent="anna", tickets=closed)).ticket == 1


# --- where signals hide ---

KEYS = (KEY,)
OURS = our_message_id(ONE.key, 7, NOW, "example.org", KEY)
SIGNED = sign(CUSTOMER, KEY)


def a_mail(**more: Any) -> Mail:
    return Mail(
        **{"sha256": "", "size": 0, "message_id": "new@example.com", "from_": (Address("", "emma@example.com"),)} | more
    )


@pytest.mark.parametrize(
    "address",
    [
        f"support+{SIGNED}@example.org",
        f"SUPPORT+{SIGNED.upper()}@EXAMPLE.ORG",
        f"support-{SIGNED}@example.org",
        f"support={SIGNED}@example.org",
        f"{SIGNED}@reply.example.org",
        f"SRS0=hash=tt=example.org=support+{SIGNED}@relay.example.net",
    ],
    ids=["plus", "case folded", "minus", "equals", "catch-all", "rewritten by a forwarder"],
)
@pytest.mark.parametrize("place", ["envelope", "to", "cc", "delivered_to"])
def test_token_is_found_in_every_recipient(address, place):
    more: dict[str, Any] = {"delivered_to": (address,)} if place == "delivered_to" else {place: (Address("", address),)}
    found = read_signals(
        a_mail(**more) if place != "envelope" else a_mail(), [address] if place == "envelope" else [], KEYS
    )
    assert found.tokens == (CUSTOMER,)


@pytest.mark.parametrize(
    "broken", [SIGNED[:-1] + ("a" if SIGNED[-1] != "a" else "b"), SIGNED[1:], "a" * 37, SIGNED + "a"]
)
def test_token_with_a_wrong_letter_is_none(broken):
    assert read_signals(a_mail(), [f"support+{broken}@example.org"], KEYS).tokens == ()


def test_token_of_an_old_key_is_good_as_long_as_the_key_is_kept():
    old = b"the key of last year, still kept"
    address = f"support+{sign(CUSTOMER, old)}@example.org"
    assert read_signals(a_mail(), [address], (KEY, old)).tokens == (CUSTOMER,)
    assert read_signals(a_mail(), [address], (KEY,)).tokens == ()


@pytest.mark.parametrize(
    "ref",
    [OURS, OURS.upper(), OURS.replace("@example.org", "@relay.example.net"), "rewritten." + OURS, OURS + ".relay"],
    ids=["as sent", "case folded", "other domain", "prefixed", "suffixed"],
)
@pytest.mark.parametrize("place", ["in_reply_to", "references"])
def test_our_id_is_recognised_as_relays_rewrite_it(ref, place):
    found = read_signals(a_mail(**{place: (ref,)}), [], KEYS)
    assert [key for _, key in found.our_ids] == [ONE.key]


def test_ids_come_newest_first_each_once_without_its_own():
    mail = a_mail(in_reply_to=("c@x",), references=("a@x", "b@x", "c@x", "new@example.com"))
    assert read_signals(mail, [], KEYS).references == ("c@x", "b@x", "a@x")


def test_of_a_monstrous_list_the_newest_and_the_root_are_asked_for():
    found = read_signals(a_mail(references=tuple(f"{n}@x" for n in range(5000))), [], KEYS).references
    assert (found[0], found[-1], len(found)) == ("4999@x", "0@x", 120)


@pytest.mark.parametrize("people", ["to", "cc", "from_", "reply_to"])
def test_address_in_the_prose_of_in_reply_to_is_no_id(people):
    mail = a_mail(in_reply_to=("leo@example.com", "real@x"), **{people: (Address("", "Leo@example.com"),)})
    assert read_signals(mail, [], KEYS).references == ("real@x",)


@pytest.mark.parametrize(
    "stock", ["", "@", "unknown@local", "<>", "null", "none@example.com", "No-Message-ID@x", "N/A", "---"]
)
def test_stock_ids_say_nothing(stock):
    found = read_signals(a_mail(message_id=stock, references=(stock,)), [], KEYS)
    assert (found.message_id, found.references) == ("", ())


@pytest.mark.parametrize(
    "real", ["1@localhost", "a@x", "87ab@localhost.localdomain", "20261123.1", "unknownbird@example.com"]
)
def test_short_and_local_ids_are_ids(real):
    assert not is_stock(real)


def test_marker_is_found_in_the_quoted_text():
    assert read_signals(a_mail(text=f"> mailbridge · #1 · {SIGNED}\n"), [], KEYS).markers == (CUSTOMER,)


@given(st.text(max_size=300), st.text(max_size=300))
def test_signals_never_fail(one, other):
    mail = a_mail(
        message_id=one, in_reply_to=(other,), references=(one, other), thread_index=one, subject=other, text=one
    )
    signals = read_signals(mail, [one], KEYS, other, alike_of(mail, other, one, NOW, 2))
    assert match_ticket(signals, Kind.HUMAN, known(EMMA, "proven"), NOW).ticket is None


@pytest.mark.parametrize(
    ("subject", "base", "reply", "forward"),
    [
        ("Printer", "printer", False, False),
        ("Re: Printer", "printer", True, False),
        ("RE: AW: Re[2]: Printer", "printer", True, False),
        ("Отв: Принтер", "принтер", True, False),
        ("Ats: Persiųsta: Spausdintuvas", "spausdintuvas", True, True),
        ("Fwd: Printer", "printer", False, True),
        ("WG: Drucker", "drucker", False, True),
        ("[list] Re: [list] Printer (fwd)", "printer", True, False),
        ("Re: Printer [#12]", "printer", True, False),
        ("[urgent]", "[urgent]", False, False),
        ("Regarding: Printer", "regarding: printer", False, False),
        ("回复：打印机", "打印机", True, False),
        ("", "", False, False),
    ],
)
def test_subject_base(subject, base, reply, forward):
    found = read_subject(subject)
    assert (found.base, found.reply, found.forward) == (base, reply, forward)
