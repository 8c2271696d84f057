"""Which mail is a bounce: reports, mail daemons, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbridge.decide.classify import Kind, classify
from tests.decide.kind_cases import mail, shipped_words

FAILED = "Your message could not be delivered to the following recipient:\n\n<ann@example.org>: 550 5.1.1 User unknown\n"
COPY = "\n--- Below this line is a copy of the message.\n\nReceived: from desk.example\nTo: ann@example.org\n"

SENDERS = [
    ("MAILER-DAEMON@example.org", "failure notice"),
    ("Mail Delivery Subsystem <mailer-daemon@googlemail.example>", "Delivery Status Notification (Failure)"),
    ("Mail Delivery System <Mailer-Daemon@example.org>", "Mail delivery failed: returning message to sender"),
    ("Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>", "Undeliverable: Offer"),
    ("postmaster@example.org", "Undeliverable: Offer"),
    ("System Administrator <postmaster@example.org>", "Undeliverable: Offer"),
    ("postmaster@example.org", "Non remis : Devis"),
    ("postmaster@example.org", "Unzustellbar: Angebot"),
    ("postmaster@example.org", "No se puede entregar: Oferta"),
    ("postmaster@example.org", "Не удается доставить: Предложение"),
    ("postmaster@example.org", "配信不能: お見積り"),
    ("mailer-daemon@corp.mail.example", "Ваше сообщение не доставлено. Mail failed."),
    ("Mail Administrator <postmaster@example.org>", "Undeliverable Mail"),
    ("MDaemon@example.org", "MDaemon Warning - permanent delivery failure"),
    ("MailMarshal <postmaster@example.org>", 'Undeliverable Mail: "Offer"'),
    ("Facebook <mailer-daemon@mx.facebook.example>", "Sorry, your message could not be delivered"),
    ("post_master@vtext.example", "Re:Offer"),
    ("Postmaster@ezweb.example", "Mail System Error - Returned Mail"),
    ("Mail Deliver System <MAILER-DAEMON>", "Returned Mail: User unknown"),
    ("<>", "DELIVERY FAILURE: User ann (ann@example.org) not listed in public Name & Address Book"),
    ("InterScan MSS <postmaster@example.org>", "Mail could not be delivered"),
    ("E500_SMTP_Mail_Service@example.org", "Returned mail"),
]


@pytest.mark.parametrize(("sender", "subject"), SENDERS)
def test_mail_system_that_returns_a_mail_is_a_bounce(sender: str, subject: str) -> None:
    decision = classify(mail(subject, FAILED, sender), None, shipped_words())
    assert (decision.kind, decision.bounce.recipients if decision.bounce else ()) == (Kind.BOUNCE, ("ann@example.org",))


def test_null_sender_is_enough_where_the_words_say_it() -> None:
    assert classify(mail("Mail returned", FAILED, "Service <service@example.org>"), "", shipped_words()).kind is Kind.BOUNCE


def test_returned_mail_without_any_robot_among_its_headers_is_a_bounce() -> None:
    assert classify(mail("Undelivered Mail Returned to Sender", FAILED + COPY), None, shipped_words()).kind is Kind.BOUNCE


@pytest.mark.parametrize(("subject", "text"), [
    ("Undelivered Mail Returned to Sender", "Hi, this came back. What is wrong?\n" + FAILED + COPY),
    ("Fwd: Undelivered Mail Returned to Sender", "See below.\n" + FAILED + COPY),
    ("Re: Delivery failed", FAILED),
    ("Delivery failed", "The courier says the parcel could not be delivered and delivery has failed. I was at home."),
    ("Mail not delivered", "My mails to you are rejected: 550 5.1.1 user unknown. Please check."),
], ids=["quotes it and asks", "forwards it", "answers about it", "speaks of a parcel", "complains"])
def test_person_who_speaks_of_a_bounce_is_a_person(subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.HUMAN


def test_postmaster_who_writes_himself_is_a_person() -> None:
    text = "Hello, we see many connections from your server. Could you tell us which address you use?"
    assert classify(mail("Your server", text, "Tom <postmaster@example.org>"), None, shipped_words()).kind is Kind.HUMAN


def test_report_is_a_bounce_whatever_its_words() -> None:
    group = (("final-recipient", "rfc822; ann@example.org"), ("action", "failed"), ("status", "5.1.1"))
    decision = classify(replace(mail("Offer", ""), report=((("reporting-mta", "dns; mx"),), group)), None, shipped_words())
    assert (decision.kind, decision.reasons) == (Kind.BOUNCE, ("delivery-report",))


def test_report_of_success_is_the_answer_of_a_robot() -> None:
    group = (("final-recipient", "rfc822; ann@example.org"), ("action", "delivered"), ("status", "2.1.5"))
    report = replace(mail("Successful Mail Delivery Report", "Delivered."), report=(group,), media_type="multipart/report")
    decision = classify(report, "", shipped_words())
    assert (decision.kind, decision.bounce) == (Kind.AUTO_REPLY, None)


def test_receipt_of_reading_is_the_answer_of_a_robot() -> None:
    group = (("final-recipient", "rfc822; ann@example.org"), ("disposition", "manual-action/MDN-sent-manually; displayed"))
    receipt = replace(mail("Read: Offer", "Your message was read."), report=(group,), media_type="multipart/report")
    assert classify(receipt, None, shipped_words()).kind is Kind.AUTO_REPLY


def test_sieve_that_rejects_by_a_receipt_bounces() -> None:
    group = (("final-recipient", "rfc822; ann@example.org"), ("disposition", "automatic-action/MDN-sent-automatically; deleted"))
    text = "Your message to <ann@example.org> was automatically rejected:\nQuota exceeded"
    rejection = replace(mail("Rejected: Offer", text, "Mail Delivery Subsystem <postmaster@example.org>"), report=(group,),
                        media_type="multipart/report")
    decision = classify(rejection, "", shipped_words())
    assert decision.bounce is not None
    assert (decision.kind, decision.bounce.recipients, decision.bounce.reason) == (Kind.BOUNCE, ("ann@example.org",), "mailbox-full")


def test_full_mailbox_that_answers_for_itself_is_a_bounce() -> None:
    text = "User's mailbox is full: <ann@example.org>\nUnable to deliver mail."
    assert classify(mail("Returned mail: Offer", text, "MAILER-DAEMON@example.org"), "", shipped_words()).kind is Kind.BOUNCE


def test_complaint_is_feedback_and_no_bounce() -> None:
    group = (("feedback-type", "abuse"), ("user-agent", "Example/1"))
    assert classify(replace(mail("Complaint"), report=(group,)), "", shipped_words()).kind is Kind.FEEDBACK


def test_warning_of_delay_is_a_bounce_that_still_tries() -> None:
    text = "THIS IS A WARNING MESSAGE ONLY. Your message has not yet been delivered to\n<ann@example.org>\nDelivery attempts will continue."
    decision = classify(mail("Warning: could not send message for past 4 hours", text, "MAILER-DAEMON@example.org"), "", shipped_words())
    assert decision.bounce is not None
    assert decision.bounce.bounce_class == "delayed"
