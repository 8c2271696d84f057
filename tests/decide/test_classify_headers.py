"""What headers decide: robots that say what they are, lists, our own mail, and signs too weak to count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbridge.decide.classify import Kind, classify
from mailbridge.mail.message import Address
from tests.decide.kind_cases import mail, shipped_words

TEXT = "The printer on the second floor is out of paper."


@pytest.mark.parametrize(("headers", "kind"), [
    ({"Auto_Submitted": "auto-replied"}, Kind.AUTO_REPLY),
    ({"Auto_Submitted": "auto-replied (vacation)"}, Kind.AUTO_REPLY),
    ({"Auto_Submitted": "auto-generated"}, Kind.AUTOMATIC),
    ({"Auto_Submitted": "auto-notified; owner-email=x"}, Kind.AUTOMATIC),
    ({"Auto_Submitted": "no"}, Kind.HUMAN),
    ({"X_Autoreply": "yes"}, Kind.AUTO_REPLY),
    ({"X_Autoreply": "no"}, Kind.HUMAN),
    ({"X_Autorespond": "question"}, Kind.AUTO_REPLY),
    ({"X_Vacation": "yes"}, Kind.OUT_OF_OFFICE),
    ({"X_Mailer": "vacation 1.2"}, Kind.OUT_OF_OFFICE),
    ({"X_POST_MessageClass": "9; Autoresponder"}, Kind.AUTO_REPLY),
    ({"Delivered_To": "Autoresponder"}, Kind.AUTO_REPLY),
    ({"Precedence": "auto_reply"}, Kind.OUT_OF_OFFICE),
    ({"Preference": "auto_reply"}, Kind.OUT_OF_OFFICE),
    ({"Precedence": "junk"}, Kind.AUTOMATIC),
    ({"Precedence": "bulk"}, Kind.LIST),
    ({"Precedence": "list"}, Kind.LIST),
    ({"Precedence": "first-class"}, Kind.HUMAN),
    ({"Precedence": "bulk", "List_Id": "<news.example.org>"}, Kind.LIST),
    ({"List_Id": "<talk.example.org>"}, Kind.LIST),
    ({"List_Unsubscribe": "<mailto:leave@example.org>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"}, Kind.LIST),
    ({"List_Unsubscribe": "<mailto:leave@example.org>"}, Kind.HUMAN),
    ({"X_Auto_Response_Suppress": "All"}, Kind.HUMAN),
    ({"X_Auto_Response_Suppress": "OOF, AutoReply"}, Kind.HUMAN),
    ({"Feedback_ID": "1:2:3:example"}, Kind.HUMAN),
    ({"Return_Path": "<>"}, Kind.AUTOMATIC),
    ({"Return_Path": "<jane@example.org>"}, Kind.HUMAN),
    ({"X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"}, Kind.AUTO_REPLY),
])
def test_headers_decide(headers: dict[str, str], kind: Kind) -> None:
    assert classify(mail("Printer", TEXT, **headers), None, shipped_words()).kind is kind


@pytest.mark.parametrize(("sender", "kind"), [
    ("noreply@example.org", Kind.AUTOMATIC), ("Shop <no-reply@example.org>", Kind.AUTOMATIC), ("donotreply@example.org", Kind.AUTOMATIC),
    ("news-noreply@example.org", Kind.AUTOMATIC), ("notifications@example.org", Kind.AUTOMATIC), ("noreply+77@example.org", Kind.AUTOMATIC),
    ("nora.reply@example.org", Kind.HUMAN), ("root.jane@example.org", Kind.HUMAN), ("office@example.org", Kind.HUMAN),
    ("MAILER-DAEMON@example.org", Kind.AUTOMATIC), ("Mailer Daemonis <jane@example.org>", Kind.HUMAN),
])
def test_sender_whom_nobody_reads_is_a_robot(sender: str, kind: Kind) -> None:
    assert classify(mail("Printer", TEXT, sender), None, shipped_words()).kind is kind


def test_contact_form_that_names_a_person_to_answer_is_a_person() -> None:
    form = replace(mail("Contact form", TEXT, "noreply@example.org"), reply_to=(Address("Jane", "jane@example.net"),))
    assert classify(form, None, shipped_words()).kind is Kind.HUMAN


def test_null_sender_of_an_answer_is_a_robot_that_answers() -> None:
    decision = classify(mail("Re: Printer", TEXT, In_Reply_To="<1@desk.example>"), "", shipped_words())
    assert (decision.kind, decision.reasons) == (Kind.AUTO_REPLY, ("null-sender",))


def test_envelope_counts_before_return_path() -> None:
    assert classify(mail("Printer", TEXT, Return_Path="<>"), "jane@example.org", shipped_words()).kind is Kind.HUMAN


def test_our_own_mail_is_known_by_its_message_id() -> None:
    sent = replace(mail("Printer", TEXT), message_id="abc@desk.example")
    assert classify(sent, None, shipped_words(), is_ours=lambda one: one == "abc@desk.example").kind is Kind.OWN


def test_header_of_another_desk_makes_no_mail_ours() -> None:
    other = mail("Printer", TEXT, X_Mailbridge_Desk="somebody else")
    assert classify(other, None, shipped_words(), is_ours=lambda one: False).kind is Kind.HUMAN


@pytest.mark.parametrize(("headers", "spam"), [
    ({"X_Spam_Flag": "YES"}, True), ({"X_Spam_Status": "Yes, score=9.1"}, True), ({"X_Spam_Status": "No, score=-1"}, False),
    ({"X_Spam": "Yes"}, True), ({"X_Forefront_Antispam_Report": "CIP:192.0.2.1;SFV:SPM;"},
     True), ({"X_Bogosity": "Spam, tests=bogofilter"}, True),
    ({"X_MS_Exchange_Organization_SCL": "6"}, True), ({"X_MS_Exchange_Organization_SCL": "-1"}, False), ({"X_Rspamd_Action": "no action"},
     False),
    ({}, False),
])
def test_filters_on_the_way_that_call_it_spam_are_heard(headers: dict[str, str], spam: bool) -> None:
    assert classify(mail("Printer", TEXT, **headers), None, shipped_words()).spam is spam


@pytest.mark.parametrize("text", [
    "This is an automated message. Please do not reply to this email.\nYour backup has finished.",
    "Disk usage is at 91 %.\n\n-- \nThis e-mail was generated automatically. Please do not reply to this message.",
    "Это письмо сформировано автоматически, пожалуйста, не отвечайте на него.",
    "Šis laiškas sugeneruotas automatiškai, prašome į šį laišką neatsakyti.",
    "Diese E-Mail wurde automatisch erstellt, bitte antworten Sie nicht auf diese E-Mail.",
])
def test_notice_of_a_machine_is_known_by_its_words(text: str) -> None:
    assert classify(mail("Report", text), None, shipped_words()).kind is Kind.AUTOMATIC


ACKNOWLEDGED = """Dear customer,

Thank you for contacting us. We have received your request and it has been assigned the ticket number 88213.
One of our agents will reply to you within two working days. This is an automatic message, please do not reply to it.
"""


@pytest.mark.parametrize(("headers", "kind"), [
    ({"Precedence": "bulk"}, Kind.AUTO_REPLY), ({}, Kind.AUTO_REPLY),
    ({"Precedence": "bulk", "List_Id": "<news.example.org>"}, Kind.LIST),
])
def test_acknowledgement_that_is_sent_as_bulk_mail_is_one_all_the_same(headers, kind):
    """OTRS and its kin send theirs with `Precedence: bulk`; a list names itself."""
    assert classify(mail("Your request", ACKNOWLEDGED, **headers), None, shipped_words()).kind is kind
