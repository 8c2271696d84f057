"""Reports of RFC 3464 as servers really write them: groups run together or torn apart, odd types, mixed outcomes."""

from __future__ import annotations

import pytest

from mailbridge.mail.bounce import read_bounce
from mailbridge.mail.bounce_report import plain_address
from mailbridge.mail.parse import read_mail

ABOUT = "Reporting-MTA: dns; mx.example.org\n"
ANN, BOB = "Final-Recipient: rfc822; ann@example.org\n", "Final-Recipient: rfc822; bob@example.net\n"


def report(fields: str, text: str = "Your message could not be delivered.") -> bytes:
    body = f"""From: Mail Delivery System <mailer-daemon@mx.example.org>
To: support@desk.example
Subject: Undeliverable mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=utf-8

{text}

--b
Content-Type: message/delivery-status

{fields}

--b
Content-Type: text/rfc822-headers

To: carol@example.com
Message-ID: <1@desk.example>

--b--
"""
    return body.replace("\n", "\r\n").encode()


# (what is odd, fields, failed addresses, status)
REPORTS = [
    ("no empty line between two", ABOUT + ANN + "Action: failed\nStatus: 5.1.1\n" + BOB + "Action: failed\nStatus: 5.1.1",
        ["ann@example.org", "bob@example.net"], "5.1.1"),
    ("action before the address", ABOUT + "Action: failed\n" + ANN + "Status: 5.1.1\nAction: failed\n" + BOB + "Status: 5.1.1",
        ["ann@example.org", "bob@example.net"], "5.1.1"),
    ("run together, one delivered", ABOUT + "\nAction: delivered\n" + ANN + "Status: 2.0.0\nAction: failed\n" + BOB + "Status: 5.2.2",
        ["bob@example.net"], "5.2.2"),
    ("run together, both delivered but one", ABOUT + "\n" + ANN + "Action: delivered\n" + BOB + "Action: delivered\n"
        "Final-Recipient: rfc822; cy@example.net\nAction: failed\nStatus: 5.1.1", ["cy@example.net"], "5.1.1"),
    ("empty line within one", ABOUT + "\n" + ANN + "\nAction: failed\nStatus: 5.1.1\n", ["ann@example.org"], "5.1.1"),
    ("fields twice", ABOUT + "\n" + ANN + "Action: failed\nStatus: 5.1.1\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550\nDiagnostic-Code: x; y",
        ["ann@example.org"], "5.1.1"),
    ("expanded list beside a failure", ABOUT + "\n" + ANN + "Action: expanded (to multi-recipient alias)\n\n" + BOB
        + "Action: failed\nStatus: 5.1.1", ["bob@example.net"], "5.1.1"),
    ("capitals", ABOUT + "\nFINAL-RECIPIENT: RFC822; ann@example.org\nACTION: FAILED\nSTATUS: 5.1.1", ["ann@example.org"], "5.1.1"),
    ("comment after the action", ABOUT + "\n" + ANN + "Action: failed (bad mailbox)\nStatus: 5.1.1 (bad mailbox)", ["ann@example.org"], "5.1.1"),
    ("only an original recipient", ABOUT + "\nOriginal-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1",
        ["ann@example.org"], "5.1.1"),
    ("X.400 beside the original", ABOUT + "\nOriginal-Recipient: rfc822; ann@example.org\nFinal-Recipient: X400; /G=Ann/C=US/\nAction: failed\n"
        "Status: 5.1.1", ["ann@example.org"], "5.1.1"),
]


@pytest.mark.parametrize(("fields", "failed", "status"), [case[1:] for case in REPORTS], ids=[case[0] for case in REPORTS])
def test_recipients_that_failed_are_told_apart(fields: str, failed: list[str], status: str) -> None:
    found = read_bounce(read_mail(report(fields)))
    assert (list(found.recipients), found.status, found.original_message_id) == (failed, status, "1@desk.example")


def test_delay_with_a_comment_is_a_delay() -> None:
    found = read_bounce(read_mail(report(ABOUT + "\n" + ANN + "Action: delayed (will retry)\nStatus: 4.4.1")))
    assert (found.recipients, found.bounce_class) == (("ann@example.org",), "delayed")


def test_status_of_the_text_counts_where_the_report_has_only_a_default() -> None:
    found = read_bounce(read_mail(report(ABOUT + "\n" + ANN + "Action: failed\nStatus: 5.0.0", "host mx says:\n 550 5.1.1 User unknown")))
    assert (found.status, found.reason) == ("5.1.1", "user-unknown")


@pytest.mark.parametrize(("value", "address"), [
    ("rfc/822;ann@example.org", "ann@example.org"),
    ("utf-8; jörg@example.org", "jörg@example.org"),
    (r"utf-8-addr-xtext; j\x{F6}rg@example.org", "jörg@example.org"),
    (r"utf-8-addr-xtext; j\x{D800}rg@example.org", r"j\x{D800}rg@example.org"),
    ("system;<ann@example.org>", "ann@example.org"),
    ("rfc822;\n ann@example.org", "ann@example.org"),
])
def test_type_of_an_address_is_left_out(value: str, address: str) -> None:
    assert plain_address(value) == address
