"""Reports of failed delivery (RFC 3464): who failed, with which status, why, and which mail of ours it was."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.mail.bounce import read_bounce
from mailbridge.mail.bounce_reason import REASONS, find_class, find_reason, find_status
from mailbridge.mail.bounce_report import only_success
from mailbridge.mail.message import Address, Mail

Group = tuple[tuple[str, str], ...]


def group(recipient: str, action: str = "failed", status: str = "5.1.1", diagnosis: str = "smtp; 550 5.1.1 User unknown") -> Group:
    return (("final-recipient", f"rfc822; {recipient}"), ("action", action), ("status", status), ("diagnostic-code", diagnosis))


def report(*groups: Group, **fields: object) -> Mail:
    given_: dict[str, object] = {"sha256": "0", "size": 0, "from_": (Address("", "mailer-daemon@example.org"),), "to": (Address("",
        "help@desk.example"),),
                                 "report": ((("reporting-mta", "dns; mx.example.org"),), *groups), "media_type": "multipart/report"}
    return Mail(**{**given_, **fields})  # type: ignore[arg-type]


def test_every_failed_recipient_is_named_once() -> None:
    found = read_bounce(report(group("ann@example.org"), group("Bob@example.net"), group("ANN@example.org")))
    assert found.recipients == ("ANN@example.org", "Bob@example.net")


def test_delivered_recipients_did_not_fail() -> None:
    found = read_bounce(report(group("ann@example.org", "delivered", "2.1.5", "smtp; 250 ok"), group("bob@example.net")))
    assert found.recipients == ("bob@example.net",)


def test_report_without_a_failure_says_so() -> None:
    assert only_success(report(group("ann@example.org", "relayed", "2.0.0", "")))
    assert not only_success(report(group("ann@example.org", "relayed", "2.0.0", ""), group("bob@example.net")))
    assert not only_success(report())


@pytest.mark.parametrize(("fields", "address"), [
    ({"final-recipient": "rfc822; <ann@example.org>"}, "ann@example.org"),
    ({"final-recipient": "RFC822;ann@example.org"}, "ann@example.org"),
    ({"final-recipient": "ann@example.org"}, "ann@example.org"),
    ({"final-recipient": "rfc822; ann@example.org (Ann)"}, "ann@example.org"),
    ({"final-recipient": 'rfc822; "ann smith"@example.org'}, '"ann smith"@example.org'),
    ({"final-recipient": "x400; /PN=ann/", "original-recipient": "rfc822; ann@example.org"}, "ann@example.org"),
    ({"original-recipient": "<ann@example.org>", "action": "failed"}, "ann@example.org"),
    ({"final-recipient": "rfc822; @relay.example:ann@example.org"}, "@relay.example:ann@example.org"),
])
def test_address_is_read_from_each_form(fields: dict[str, str], address: str) -> None:
    assert read_bounce(report(tuple(fields.items()))).recipients == (address,)


def test_recipients_of_a_header_count_where_there_is_no_report() -> None:
    found = read_bounce(report(report=(), headers=(("x-failed-recipients", "ann@example.org, bob@example.net"),)))
    assert found.recipients == ("ann@example.org", "bob@example.net")


def test_report_that_was_flattened_into_the_text_is_read() -> None:
    text = ("Your message could not be delivered.\n\nReporting-MTA: dns; mx.example.org\n\n"
            "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 Mailbox full\n\n"
            "Final-Recipient: rfc822; bob@example.net\nAction: delayed\nStatus: 4.4.1\n")
    found = read_bounce(report(report=(), text=text))
    assert (found.recipients, found.status, found.reason) == (("ann@example.org", "bob@example.net"), "5.2.2", "mailbox-full")


def test_report_within_a_returned_report_is_read() -> None:
    inner = (b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\n"
             b"Final-Recipient: rfc822; ann@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n")
    assert read_bounce(report(report=(), attached=(inner,))).recipients == ("ann@example.org",)


def test_only_recipient_of_the_returned_mail_failed_when_nobody_is_named() -> None:
    returned = (("to", "Ann <ann@example.org>"), ("message-id", "<1@desk.example>"))
    assert read_bounce(report(report=(), text="Delivery failed.", returned=returned)).recipients == ("ann@example.org",)
    two = (("to", "ann@example.org, bob@example.net"),)
    assert read_bounce(report(report=(), text="Delivery failed.", returned=two)).recipients == ()


@pytest.mark.parametrize(("fields", "message_id"), [
    ({"returned": (("message-id", "<1@desk.example>"),)}, "1@desk.example"),
    ({"text": "Failed.\n--- Below this line is a copy of the message.\n\nReceived: x\nMessage-ID: <2@desk.example>\n"}, "2@desk.example"),
    ({"in_reply_to": ("3@desk.example",)}, "3@desk.example"),
    ({"references": ("1@a.example", "4@desk.example")}, "4@desk.example"),
    ({}, ""),
])
def test_mail_that_failed_is_found(fields: dict[str, object], message_id: str) -> None:
    assert read_bounce(report(group("ann@example.org"), **fields)).original_message_id == message_id


@pytest.mark.parametrize(("text", "status"), [
    ("550 5.1.1 User unknown", "5.1.1"), ("550-5.7.26 blocked", "5.7.26"), ("5.0.0 (552 5.2.2 mailbox full)", "5.2.2"), ("Status: 4.4.7",
     "4.4.7"),
    ("#5.1.1", "5.1.1"), ("from 5.1.1.7 port 25", ""), ("version 12.5.1.1", ""), ("2.0.0 ok, 4.2.0 later", "4.2.0"), ("nothing", ""),
    ("5.1.351 Remote server returned", "5.1.351"),
])
def test_status_is_the_most_telling_one(text: str, status: str) -> None:
    assert find_status(text) == status


REASONED = [
    ("5.1.1", "550 5.1.1 User unknown", "user-unknown"), ("5.1.10", "RESOLVER.ADR.RecipNotFound; not found", "user-unknown"),
    ("", "550 No such user here", "user-unknown"), ("", "Sorry, no mailbox here by that name. (#5.1.1)", "user-unknown"),
    ("5.2.2", "552 5.2.2 Over quota", "mailbox-full"), ("5.0.0", "550 Mailbox full", "mailbox-full"), ("4.2.2", "user is over quota",
     "mailbox-full"),
    ("5.1.2", "Host unknown (Name server: host not found)", "host-unknown"), ("5.4.4", "Unrouteable address", "host-unknown"),
    ("5.1.6", "Mailbox has moved", "moved"), ("5.2.1", "Mailbox disabled, not accepting messages", "disabled"),
    ("5.3.4", "Message size exceeds fixed maximum message size", "too-big"), ("5.7.1", "554 5.7.1 Message rejected as spam", "spam"),
    ("5.7.1", "554 5.7.1 Client host [192.0.2.1] blocked using zen.example.org", "blocked"), ("5.7.26", "did not pass DMARC",
     "authentication"),
    ("5.7.1", "550 5.7.1 Relaying denied", "relaying"), ("4.7.1", "451 4.7.1 Greylisted, try again later", "rate"), ("4.4.7",
     "Message expired", "expired"),
    ("4.4.1", "Connection refused", "network"), ("5.5.2", "Syntax error", "syntax"), ("5.6.0", "Duplicate header", "content"),
    ("5.7.1", "550 5.7.1 Rejected by policy", "refused"), ("", "", "other"),
]


@pytest.mark.parametrize(("status", "text", "reason"), REASONED)
def test_reason_is_one_word_of_the_closed_list(status: str, text: str, reason: str) -> None:
    assert find_reason(status, text) == reason
    assert reason in REASONS


@pytest.mark.parametrize(("status", "text", "delayed", "bounce_class"), [
    ("5.1.1", "User unknown", False, "hard"), ("5.7.1", "blocked by policy", False, "hard"), ("5.2.2", "mailbox full", False, "soft"),
    ("4.4.1", "connection refused", False, "soft"), ("4.4.1", "connection refused", True, "delayed"), ("", "550 no", False, "hard"),
    ("", "451 not now", False, "soft"), ("", "", False, "hard"),
])
def test_class_tells_given_up_for_good_from_given_up_for_now(status: str, text: str, *, delayed: bool, bounce_class: str) -> None:
    assert find_class(status, text, find_reason(status, text), delayed=delayed) == bounce_class


def test_action_counts_before_the_words_about_delay() -> None:
    late = report(group("ann@example.org", "delayed", "4.4.1", "smtp; connection timed out"))
    assert read_bounce(late).bounce_class == "delayed"
    assert read_bounce(replace(late, report=(group("ann@example.org"),)), delayed=True).bounce_class == "hard"


@given(st.text(max_size=400), st.lists(st.tuples(st.sampled_from(["final-recipient", "action", "status", "diagnostic-code",
    "original-recipient"]), st.text(max_size=40)),
                                       max_size=6))
def test_no_bounce_makes_the_reader_stumble(text: str, fields: list[tuple[str, str]]) -> None:
    found = read_bounce(report(tuple(fields), text=text))
    assert found.reason in REASONS
    assert found.bounce_class in ("hard", "soft", "delayed")


@pytest.mark.parametrize("text", [
    "a@b " * 200_000, "-" * 500_000, "<" * 300_000, "a" * 300_000 + "@b", "address " * 80_000, "a@b.example\n" * 50_000,
    ("delivery to the following recipient failed\n" + "x" * 60_000 + "\n") * 4, "5.1.1 " * 100_000, "Final-Recipient: " * 50_000,
    "to: " + "(" * 200_000, "failed " + "-" * 60_000 + " recipient",
])
def test_hostile_text_costs_little(text: str) -> None:
    began = time.process_time()
    read_bounce(report(report=(), text=text))
    assert time.process_time() - began < 1.5
