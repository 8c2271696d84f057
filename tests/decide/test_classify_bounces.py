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
    ("Courier mail server at mx.example.org <@>", "WARNING: delayed mail."),
    ("Memo Service (MMDF) <mmdf@example.org>", "Failed mail (msg.aa12345)"),
    ("Electronic Postmaster <postmaster@example.org>", "Postmaster Notify: Delivery Failure."),
    ("LSMTP for Windows NT <LSMTP@example.org>", "Undelivered mail"),
    ("System Administrator <administrator@example.org>", "Undeliverable: Offer"),
    ("Administrateur système <postmaster@example.org>", "Non remis : Devis"),
]


@pytest.mark.parametrize(("sender", "subject"), SENDERS)
def test_mail_system_that_returns_a_mail_is_a_bounce(sender: str, subject: str) -> None:
    decision = classify(mail(subject, FAILED, sender), None, shipped_words())
    assert (decision.kind, decision.bounce.recipients if decision.bounce else ()) == (Kind.BOUNCE, ("ann@example.org",))


@pytest.mark.parametrize(("sender", "text"), [
    ("MAILER-DAEMON@example.org", "Az üzenetet nem sikerült kézbesíteni:\n\n<ann@example.org>: 550 5.1.1 nincs ilyen felhasználó\n"),
    ("postmaster@example.org", "Mesajul nu a putut fi livrat:\n\n<ann@example.org>: 550 5.1.1 utilizator necunoscut\n"),
    ("postmaster@example.org", "Η παράδοση απέτυχε:\n\nann@example.org\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n"),
    ("postmaster@example.org", "很抱歉，您发送到 ann@example.org 的邮件没有到达。\n退信代码：550 5.1.1 user not exist\n"),
], ids=["Hungarian", "Romanian", "Greek", "Chinese"])
def test_mail_system_that_quotes_a_refusal_bounces_in_any_language(sender: str, text: str) -> None:
    decision = classify(mail("Üzenet", text, sender), None, shipped_words())
    assert (decision.kind, decision.bounce.recipients if decision.bounce else ()) == (Kind.BOUNCE, ("ann@example.org",))


@pytest.mark.parametrize(("sender", "subject", "text"), [
    ("System Administrator <administrator@example.org>", "Undeliverable: Offer",
        "Your message did not reach some or all of the recipients.\n\n   ann@example.org on 11/2/2026 10:01 AM\n      It was refused.\n"),
    ("no-reply@example.org", "Undelivered", "Your mail sent on: Mon, 2 Nov 2026\n    Could not be delivered to: <ann@example.org>\n"),
    ("imss@example.org", "Mail delivery failed", "Unable to deliver message to <ann@example.org>.\n550 5.1.1 unknown user\n"),
], ids=["Exchange", "a provider", "a virus scanner"])
def test_name_that_robots_and_people_share_counts_where_the_failed_address_is_told(sender: str, subject: str, text: str) -> None:
    decision = classify(mail(subject, text, sender), None, shipped_words())
    assert (decision.kind, decision.bounce.recipients if decision.bounce else ()) == (Kind.BOUNCE, ("ann@example.org",))


@pytest.mark.parametrize(("sender", "subject", "text"), [
    ("Joe <sysadmin@example.org>", "Delivery failed", "Delivery failed for the printers. They were returned to sender. Please resend."),
    ("System Administrator <it@example.org>", "Mailbox full", "A colleague wrote that our mailbox is full; it works again. Send it once more."),
    ("Mail Administration <post@town.example>", "Undelivered letter", "Your letter could not be delivered. Please come to our office."),
    ("Bank <noreply@bank.example>", "Payment returned", "Your payment could not be delivered. User not found: account closed."),
], ids=["printers", "mailbox", "letter", "payment"])
def test_name_that_robots_and_people_share_is_no_bounce_by_itself(sender: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text, sender), None, shipped_words()).kind is not Kind.BOUNCE


@pytest.mark.parametrize(("subject", "text"), [
    ("Leveransen är försenad: Order", "Leverans till följande mottagare är försenad:\n\nann@example.org\n"),
    ("Zustellung verzögert: Bestellung", "Die Zustellung an folgende Empfänger hat sich verzögert:\n\nann@example.org\n"),
    ("Remise différée : Commande", "La remise a été différée pour ces destinataires :\n\nann@example.org\n"),
    ("Entrega retrasada: Pedido", "Se ha retrasado la entrega a estos destinatarios:\n\nann@example.org\n"),
    ("Recapito ritardato: Ordine", "Il recapito ai seguenti destinatari è stato ritardato:\n\nann@example.org\n"),
    ("Доставка задерживается: Заказ", "Доставка следующим получателям задерживается:\n\nann@example.org\n"),
], ids=["sv", "de", "fr", "es", "it", "ru"])
def test_delay_is_told_from_failure_in_the_languages_of_exchange(subject: str, text: str) -> None:
    decision = classify(mail(subject, text, "postmaster@example.org"), None, shipped_words())
    assert decision.bounce is not None
    assert (decision.bounce.recipients, decision.bounce.bounce_class) == (("ann@example.org",), "delayed")


def test_bounce_that_a_mail_system_sends_on_inside_is_a_bounce() -> None:
    inner = ("From: MAILER-DAEMON@mx.example.org\nContent-Type: multipart/report; boundary=i\n\n--i\nContent-Type: message/delivery-status\n\n"
             "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n--i--\n")
    outer = replace(mail("Fw: Offer", "", "MAILER-DAEMON@gate.example.net"), attached=(inner.encode(),))
    decision = classify(outer, None, shipped_words())
    assert (decision.kind, decision.bounce.recipients if decision.bounce else ()) == (Kind.BOUNCE, ("ann@example.org",))


def test_absent_person_who_speaks_of_his_mailbox_does_not_bounce() -> None:
    text = "This mailbox is no longer read and the address ann@example.org is invalid. Your message was not delivered to a person."
    answer = mail("Re: Offer", text, Return_Path="<>", Auto_Submitted="auto-replied")
    assert classify(answer, "", shipped_words()).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(("subject", "text"), [
    ("Address change", "The address ann@example.org is an invalid address now, this mailbox is full of spam. It was not delivered to me."),
    ("Ann no longer works here", "Ann has left the company. Your message has been rejected and was not delivered. Contact info@example.org."),
    ("This mailbox is not monitored", "Mail sent here cannot be delivered to a person. Undeliverable mail is deleted."),
    ("Message rejected", "You are not allowed to write to this queue. Your message has been rejected."),
], ids=["new address", "left", "unread", "queue"])
def test_robot_that_answers_for_somebody_does_not_bounce(subject: str, text: str) -> None:
    answer = mail(subject, text, "Ann <ann@example.org>", Return_Path="<>", Auto_Submitted="auto-replied")
    assert classify(answer, "", shipped_words()).kind in (Kind.AUTO_REPLY, Kind.OUT_OF_OFFICE, Kind.AUTOMATIC)


def test_list_server_that_speaks_of_bounces_is_a_robot_and_no_bounce() -> None:
    text = "Welcome to the users list! If mail to you is undeliverable (mailbox full, unknown user) you will be unsubscribed."
    decision = classify(mail('Welcome to "users"', text, "users-bounces@lists.example.org"), None, shipped_words())
    assert decision.kind is Kind.AUTOMATIC


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
    ("Undeliverable: invoices", "Every mail to invoices@desk.example comes back to us. Can you check the mailbox please?"),
    ("メールが戻ってきました", "sales@desk.example にメールを送りましたが、配信できませんでしたと戻ってきます。確認していただけますか。"),
    ("Письмо не доставлено", "Вчера писал вам, письмо не доставлено, вернулось с ошибкой 550. Проверьте, пожалуйста."),
], ids=["quotes it and asks", "forwards it", "answers about it", "speaks of a parcel", "complains", "asks", "asks in Japanese", "asks in Russian"])
def test_person_who_speaks_of_a_bounce_is_a_person(subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.HUMAN


def test_postmaster_who_writes_himself_is_a_person() -> None:
    text = "Hello, we see many connections from your server. Could you tell us which address you use?"
    assert classify(mail("Your server", text, "Tom <postmaster@example.org>"), None, shipped_words()).kind is Kind.HUMAN
    shown = "Hello, since Monday your server answers us:\n550 5.7.1 Relaying denied\nWhich address should we use?"
    assert classify(mail("Your server", shown, "Tom <postmaster@example.org>"), None, shipped_words()).kind is Kind.HUMAN


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
