"""A support address that is a Google or Microsoft 365 group: its mail is people's, and the writer is not the group."""

import pytest

from mailbridge.config.model import Department
from mailbridge.decide.classify import Kind, classify
from mailbridge.decide.groups import without_group
from mailbridge.decide.trust import UNJUDGED, Trust, TrustVerdict
from mailbridge.mail.parse import read_mail
from tests.decide.kind_cases import shipped_words

OURS = frozenset({"support@example.org"})
DEPARTMENTS = {"support": Department(mailboxes=("support@example.org",))}
UNKNOWN = TrustVerdict(Trust.BARE, (UNJUDGED,))
TEXT = "Hello, my printer does not work. Can you help?"
GROUP = {
    "Precedence": "list", "List-ID": "<support.example.org>", "Mailing-list": "list support@example.org; contact support+owners@example.org",
    "List-Post": "<https://groups.example.org/support/post>, <mailto:support@example.org>", "X-Google-Group-Id": "12345",
    "List-Unsubscribe": "<mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>",
}


def letter(sender="'Emma Clark' via Support <support@example.org>", **headers):
    head = {"From": sender, "To": "support@example.org", "Subject": "Printer"} | {
        name.replace("_", "-"): value for name, value in headers.items()}
    return read_mail("".join(f"{name}: {value}\r\n" for name, value in head.items() if value).encode() + f"\r\n{TEXT}\r\n".encode())


@pytest.mark.parametrize("told", ["List-ID", "List-Post", "Mailing-list"])
def test_mail_by_our_own_group_is_a_persons(told):
    mail = letter("Emma <emma@example.com>", **{"Precedence": "list", told: GROUP[told]})
    assert classify(mail, None, shipped_words(), mailboxes=OURS).kind is Kind.HUMAN
    assert classify(mail, None, shipped_words()).kind is Kind.LIST


@pytest.mark.parametrize("headers", [
    {"List-ID": "<announce.example.org>"}, {"List-ID": "<support.example.com>"}, {"List-Post": "<mailto:our-support@example.org>"},
    {"Precedence": "list"}, {"List-ID": "<support.example.org.lists.example.net>"},
])
def test_mail_by_another_list_is_a_lists(headers):
    assert classify(letter("Emma <emma@example.com>", **headers), None, shipped_words(), mailboxes=OURS).kind is Kind.LIST


@pytest.mark.parametrize(("headers", "name"), [
    ({"X-Original-From": "Emma Clark <emma@example.com>"}, "Emma Clark"),
    ({"X-Original-Sender": "emma@example.com"}, "Emma Clark"),
    ({"Reply-To": "Emma <emma@example.com>"}, "Emma"),
    ({"Reply-To": "support@example.org, Emma <emma@example.com>"}, "Emma"),
])
def test_writer_behind_the_group_is_the_author(headers, name):
    found = without_group(letter(**GROUP, **headers), UNKNOWN, DEPARTMENTS)[0].author
    assert (found.name, found.address) == (name, "emma@example.com")


@pytest.mark.parametrize(("sender", "headers"), [
    ("Emma <emma@example.com>", GROUP | {"X-Original-From": "Mallory <mallory@example.net>"}),
    ("Support <support@example.org>", {"X-Original-From": "Emma <emma@example.com>"}),
    ("Support <support@example.org>", GROUP),
    ("Support <support@example.org>", GROUP | {"Reply-To": "support@example.org"}),
    ("Support <support@example.org>", GROUP | {"Reply-To": "support+token@example.org"}),
])
def test_author_stays_where_no_group_of_ours_stands_before_him(sender, headers):
    mail = letter(sender, **headers)
    assert without_group(mail, UNKNOWN, DEPARTMENTS) == (mail, UNKNOWN)


@pytest.mark.parametrize("verdict", [TrustVerdict(Trust.ALIGNED, ("dmarc=pass",)), UNKNOWN])
def test_proof_of_the_group_proves_nothing_of_the_writer(verdict):
    mail, judged = without_group(letter(**GROUP, X_Original_From="Emma <emma@example.com>"), verdict, DEPARTMENTS)
    assert mail.author.address == "emma@example.com"
    assert judged == TrustVerdict(Trust.BARE, ("through-our-group", *verdict.reasons))


@pytest.mark.parametrize("verdict", [
    TrustVerdict(Trust.FAILED, ("dmarc=fail",)), TrustVerdict(Trust.BARE, ("nothing-aligned",)),
    TrustVerdict(Trust.BARE, ("contradicting-results",)), TrustVerdict(Trust.BARE, ("smtp-auth-of-another",)),
])
def test_nobody_hides_from_a_customers_policy_behind_a_group_that_is_not_proven(verdict):
    """A forger who may not write as Emma, because her domain forbids it, names her in a header of the group instead."""
    mail = letter(**GROUP, X_Original_From="Emma <emma@example.com>")
    assert without_group(mail, verdict, DEPARTMENTS) == (mail, verdict)
