"""Bounces of rarer servers and in other languages: who failed, and why, where nothing but words says so."""

from __future__ import annotations

import time

import pytest

from mailbridge.mail.bounce import read_bounce
from mailbridge.mail.bounce_text import quotes_refusal
from mailbridge.mail.message import Attachment, Mail
from tests.mail.test_bounce_text import as_mail

COPY = "Received: from desk.example\nFrom: support@desk.example\nTo: Ann Smith <ann@example.org>\nMessage-ID: <1@desk.example>\n\nHello.\n"

# (server, text, failed addresses, reason)
SERVERS = [
    ("sendmail warns in a box of stars", """    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

   ----- The following addresses had transient non-fatal errors -----
<ann@example.org>

   ----- Transcript of session follows -----
<ann@example.org>... Deferred: Connection timed out with mx.example.org.
""", ["ann@example.org"], "network"),
    ("iplanet", """This report relates to a message you sent with the following header fields:

  Message-id: <1@desk.example>
  To: list@example.com
  Subject: Offer

Your message cannot be delivered to the following recipients:

  Recipient address: ann@example.org
  Original address: alias@example.org
  Reason: Over quota
""", ["ann@example.org"], "mailbox-full"),
    ("fml", """You are not a member of this mailing list <users@ml.example.org>.

If you know the general guide of this list, please send mail with
the mail body "guide" to users-ctl@ml.example.org.
""", ["users@ml.example.org"], "refused"),
    ("mmdf", """    Your message could not be delivered to
'ann@example.org (host: mx.example.org) (queue: smtp)' for the following
reason:  ' <ann@example.org>... User unknown'
""", ["ann@example.org"], "user-unknown"),
    ("netscape", """This Message was undeliverable due to the following reason:

Each of the following recipients was rejected by a remote mail server.

    Recipient: <ann@example.org>
    Reason:    5.1.1 <ann@example.org>... User unknown

    Recipient: <bob@example.org>
    Reason:    5.1.1 <bob@example.org>... User unknown

Please reply to <postmaster@mx.example.org>
if you feel this message to be in error.
""", ["ann@example.org", "bob@example.org"], "user-unknown"),
    ("haraka", """Hi. This is the Haraka Mailer program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.

Intended Recipients: <ann@example.org>
Failed Recipients: <ann@example.org>
Failure Reason: 550 5.1.1 user unknown
""", ["ann@example.org"], "user-unknown"),
    ("a name with an apostrophe", """I'm afraid I wasn't able to deliver your message to the following addresses.

<o'brien@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)
""", ["o'brien@example.org"], "user-unknown"),
    ("exchange 2003 in German", """Ihre Nachricht hat die folgenden Empfänger nicht erreicht:

ann@example.org am 02.11.2026 10:01
      Das E-Mail-Konto ist in der Organisation nicht vorhanden.
      <mx.example.org #5.1.1>
""", ["ann@example.org"], "user-unknown"),
    ("exchange 2003 in Dutch", """De volgende geadresseerden zijn niet bereikt:

      ann@example.org op 2-11-2026 10:01
            Het e-mailaccount bestaat niet in de organisatie.
            <mx.example.org #5.1.1>
""", ["ann@example.org"], "user-unknown"),
    ("163", "抱歉，您的邮件被退回来了……\n收件人  ann@example.org\n退信原因： 收件人邮件地址（ann@example.org）不存在，邮件无法送达。\n",
        ["ann@example.org"], "user-unknown"),
    ("qq", "您发送的邮件被退回。\n收件人：ann@example.org\n退信原因：收件人不存在。\n", ["ann@example.org"], "user-unknown"),
    ("gmail in Japanese", "アドレスが見つからないため、ann@example.orgにメールは配信されませんでした。", ["ann@example.org"], "user-unknown"),
    ("notes in Japanese", """------- Failure Reasons  --------

ユーザーはパブリックディレクトリのリストにありません
ann@example.org
""", ["ann@example.org"], "user-unknown"),
    ("naver", "아래 주소로 보내신 메일이 전송되지 못했습니다.\n받는사람 : ann@example.org\n실패사유 : 550 5.1.1 User unknown\n",
        ["ann@example.org"], "user-unknown"),
    ("French words", "Votre message n'a pas pu être remis :\n\n<ann@example.org> : 550 Utilisateur inconnu\n", ["ann@example.org"], "user-unknown"),
    ("Italian words", "Il messaggio non è stato consegnato:\n\nann@example.org\n\nUtente sconosciuto\n", ["ann@example.org"], "user-unknown"),
    ("Spanish words", "Su mensaje no ha podido ser entregado:\n\nann@example.org\n\nEl buzón del usuario está lleno.\n",
        ["ann@example.org"], "mailbox-full"),
    ("Polish words", "Wiadomość nie została dostarczona:\n\n<ann@example.org>: 550 nie ma takiego użytkownika\n", ["ann@example.org"], "user-unknown"),
    ("German words", "Ihre Nachricht konnte nicht zugestellt werden:\n\n  ann@example.org\n    550 Benutzer unbekannt\n", ["ann@example.org"], "user-unknown"),
    ("Ukrainian words", "Лист не вдалося доставити:\n\n  ann@example.org\n    550 користувача не існує\n", ["ann@example.org"], "user-unknown"),
    ("expired is not too big", "<ann@example.org>: 421 message expired, retry timeout exceeded\n", ["ann@example.org"], "expired"),
]


@pytest.mark.parametrize(("text", "failed", "reason"), [case[1:] for case in SERVERS], ids=[case[0] for case in SERVERS])
def test_words_of_a_server_name_who_failed_and_why(text: str, failed: list[str], reason: str) -> None:
    found = read_bounce(as_mail(text))
    assert (list(found.recipients), found.reason) == (failed, reason)


@pytest.mark.parametrize("mail", [
    as_mail("It failed: unknown mailbox.", attached=(COPY.encode(),)),
    as_mail("It failed: unknown mailbox.", attachments=(Attachment("headers.txt", "text/rfc822-headers", "text/plain", COPY.encode(), "0"),)),
], ids=["as a mail", "as headers"])
def test_mail_that_came_back_as_an_attachment_tells_whom_it_was_for(mail: Mail) -> None:
    found = read_bounce(mail)
    assert (found.recipients, found.original_message_id, found.reason) == (("ann@example.org",), "1@desk.example", "user-unknown")


def test_subject_is_read_where_the_text_says_nothing() -> None:
    found = read_bounce(as_mail("The message that you sent failed.", subject="Undeliverable: ann@example.org - user unknown"))
    assert (found.recipients, found.reason) == (("ann@example.org",), "user-unknown")


def test_our_own_bounce_address_names_the_recipient_where_nothing_else_does() -> None:
    found = read_bounce(as_mail("Your message could not be delivered.", delivered_to=("bounces+ann=example.org@desk.example",)))
    assert found.recipients == ("ann@example.org",)


def test_who_writes_to_himself_may_fail_too() -> None:
    text = "Delivery to the following recipients was aborted after 0 second(s):\n\n  * support@desk.example\n"
    assert read_bounce(as_mail(text)).recipients == ("support@desk.example",)


def test_failed_address_may_stand_in_delivered_to() -> None:
    text = "There was an error delivering your mail to <ann@example.org>.\n\n550 5.1.1 User unknown\n"
    assert read_bounce(as_mail(text, delivered_to=("ann@example.org",))).recipients == ("ann@example.org",)


def test_last_word_about_a_delay_is_that_it_failed() -> None:
    text = "The following message to <ann@example.org> was undeliverable.\n5.4.7 - Delivery expired (message too old)\n"
    assert read_bounce(as_mail(text), delayed=True).bounce_class == "soft"


@pytest.mark.parametrize(("text", "there"), [
    ("<ann@example.org>: 550 5.1.1 nincs ilyen", True),
    ("#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", True),
    ("退信代码：550 5.1.1 user not exist", True),
    ("<<< 550 no", True),
    ("Call us on 550 123 456.", False),
    ("We counted 550 mails from ann@example.org today.", False),
])
def test_answer_of_a_server_is_known_in_any_language(text: str, there: bool) -> None:
    assert quotes_refusal(f"Szia!\n\n{text}\n") is there


@pytest.mark.parametrize("line", ["recipient " * 100, "a@" * 500, "<" * 1000, "ann@example.org " * 60, "x: 550" * 160, "地址" * 500])
def test_hostile_lines_cost_little(line: str) -> None:
    began = time.process_time()
    read_bounce(as_mail("\n".join([line] * 400)))
    quotes_refusal("\n".join([line] * 400))
    assert time.process_time() - began < 2
