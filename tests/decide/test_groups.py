"""A support address that is a Google or Microsoft 365 group: its mail is people's, and the writer is not the group."""

import pytest

from mailbridge.decide.classify import Kind, classify
from mailbridge.decide.groups import judged_through_group, without_group
from mailbridge.decide.trust import Trust, TrustVerdict
from mailbridge.mail.parse import read_mail
from tests.decide.kind_cases import shipped_words

OURS = frozenset({"support@example.org"})
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
    found = without_group(letter(**GROUP, **headers), OURS).author
    assert (found.name, found.address) == (name, "emma@example.com")


@pytest.mark.parametrize(("sender", "headers"), [
    ("Emma <emma@example.com>", GROUP | {"X-Original-From": "Mallory <mallory@example.net>"}),
    ("Support <support@example.org>", {"X-Original-From": "Emma <emma@example.com>"}),
    ("Support <support@example.org>", GROUP),
    ("Support <support@example.org>", GROUP | {"Reply-To": "support@example.org"}),
])
def test_author_stays_where_no_group_of_ours_stands_before_him(sender, headers):
    mail = letter(sender, **headers)
    assert without_group(mail, OURS) is mail


@pytest.mark.parametrize(("group", "writer"), [
    (Trust.ALIGNED, Trust.BARE), (Trust.SUBMITTED, Trust.BARE), (Trust.BARE, Trust.BARE), (Trust.FAILED, Trust.FAILED)])
def test_proof_of_the_group_proves_nothing_of_the_writer(group, writer):
    assert judged_through_group(TrustVerdict(group, ("dmarc=pass",))) == TrustVerdict(writer, ("through-our-group", "dmarc=pass"))
