"""Which of our mailboxes an address reaches, and which addresses we take mail for."""

from __future__ import annotations

import pytest

from mailbridge.config.model import Department
from mailbridge.decide.mailboxes import first_mailbox, mailbox_of, takes_mail_for

DEPARTMENTS = {
    "support": Department(mailboxes=("support@example.org", "help@example.net"), separator="-"),
    "europe": Department(mailboxes=("support-eu@example.org",), separator="-"),
    "billing": Department(mailboxes=("billing@example.org",), separator="", reply_domain="reply.example.org"),
}


@pytest.mark.parametrize(
    ("address", "department", "box"),
    [
        ("support@example.org", "support", "support@example.org"),
        ("Support@EXAMPLE.org", "support", "support@example.org"),
        ("support-abc@example.org", "support", "support@example.org"),
        ("support-eu@example.org", "europe", "support-eu@example.org"),
        ("support-eu-abc@example.org", "europe", "support-eu@example.org"),
        ("help@example.net", "support", "help@example.net"),
        ("anything@reply.example.org", "billing", "billing@example.org"),
        ("billing@example.org", "billing", "billing@example.org"),
    ],
)
def test_address_reaches_the_mailbox_that_is_most_like_it(address, department, box):
    found = mailbox_of(address, DEPARTMENTS)
    assert found is not None
    assert (found.department, found.address) == (department, box)


@pytest.mark.parametrize(
    "address", ["support@example.net", "supporters@example.org", "billing+x@example.org", "@reply.example.net", "support", ""]
)
def test_address_of_somebody_else_reaches_none(address):
    assert mailbox_of(address, DEPARTMENTS) is None


def test_first_of_ours_counts():
    found = first_mailbox(["emma@example.com", "billing@example.org", "support@example.org"], DEPARTMENTS)
    assert found is not None
    assert found.department == "billing"


@pytest.mark.parametrize("address", [
    "Support@Example.ORG", "support-anything@example.org", "help@example.net", "anything@reply.example.org",
    "postmaster", "Postmaster", "postmaster@example.org", "POSTMASTER@example.net",
])
def test_mail_is_taken_for(address):
    assert takes_mail_for(address, DEPARTMENTS)


@pytest.mark.parametrize("address", [
    "", "sales@example.org", "support@example.com", "postmaster@example.com", "postmasters", "root", "postmaster@", "@postmaster",
])
def test_mail_is_not_taken_for(address):
    assert not takes_mail_for(address, DEPARTMENTS)


def test_postmaster_is_nobodys_mailbox():
    """A report that the postmaster of our own domain sends is no mail of ours."""
    assert mailbox_of("postmaster@example.org", DEPARTMENTS) is None
