"""Which addresses are ours, and which we take mail for."""

import pytest

from mailbridge.config.model import Department
from mailbridge.decide.mailboxes import mailbox_of, takes_mail_for

DEPARTMENTS = {
    "support": Department(mailboxes=("support@example.org", "help@example.net")),
    "billing": Department(mailboxes=("billing@example.org",), reply_domain="reply.example.org"),
}


@pytest.mark.parametrize("address", [
    "support@example.org", "Support@Example.ORG", "support+anything@example.org", "help@example.net", "anything@reply.example.org",
    "postmaster", "Postmaster", "postmaster@example.org", "POSTMASTER@example.net",
])
def test_mail_is_taken_for(address):
    assert takes_mail_for(address, DEPARTMENTS)


@pytest.mark.parametrize("address", [
    "", "sales@example.org", "support@example.com", "supporters@example.org", "postmaster@example.com", "postmasters", "root",
    "postmaster@", "@postmaster",
])
def test_mail_is_not_taken_for(address):
    assert not takes_mail_for(address, DEPARTMENTS)


def test_postmaster_is_nobodys_mailbox():
    """A report that the postmaster of our own domain sends is no mail of ours."""
    assert mailbox_of("postmaster@example.org", DEPARTMENTS) is None
