"""Bounces without a report of RFC 3464: the failed addresses as each mail server words them."""

from __future__ import annotations

import pytest

from mailbridge.mail.bounce import read_bounce
from mailbridge.mail.message import Address, Mail

OURS = "support@desk.example"

# (server, text, failed addresses)
SHAPES = [
    ("qmail", """Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@example.org>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 unknown user
Giving up on 192.0.2.1.

<bob@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@desk.example>
To: carol@example.com
""", ["ann@example.org", "bob@example.net"]),
    ("exim", """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ann@example.org
    host mx.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<ann@example.org>:
    550 No such user here
  bob@example.net
    (generated from alias@example.com)
    mailbox is full

------ This is a copy of the message, including all the headers. ------

Return-path: <support@desk.example>
To: carol@example.com
""", ["ann@example.org", "bob@example.net"]),
    ("postfix", """This is the mail system at host mx.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

                   The mail system

<ann@example.org>: host mx.example.net[192.0.2.1] said: 550 5.1.1
    <ann@example.org>: Recipient address rejected: User unknown (in reply to
    RCPT TO command)
""", ["ann@example.org"]),
    ("sendmail", """The original message was received at Mon, 2 Nov 2026 10:00:00 +0200
from desk.example [192.0.2.7]

   ----- The following addresses had permanent fatal errors -----
<ann@example.org>
    (reason: 550 5.1.1 User unknown)
    (expanded from: <alias@example.org>)

   ----- Transcript of session follows -----
... while talking to mx.example.org.:
>>> RCPT To:<ann@example.org>
<<< 550 5.1.1 User unknown
""", ["ann@example.org"]),
    ("sendmail 5", """   ----- Transcript of session follows -----
While talking to mx.example.org:
>>> RCPT To:<ann@example.org>
<<< 550 <ann@example.org>... User unknown
550 <ann@example.org>... User unknown
554 <bob@example.net>... 550 Host unknown (Authoritative answer from name server)

   ----- Unsent message follows -----
Received: by mx.example.com; id 1
To: carol@example.com
""", ["ann@example.org", "bob@example.net"]),
    ("exchange 2003", """Your message

  To:      ann@example.com; bob@example.com
  Subject: Offer
  Sent:    Mon, 2 Nov 2026 10:00:00 +0200

did not reach the following recipient(s):

ann@example.org on Mon, 2 Nov 2026 10:00:01 +0200
    The recipient name is not recognized
    MSEXCH:IMS:EXAMPLE:SITE:SERVER 0 (000C05A6) Unknown Recipient
""", ["ann@example.org"]),
    ("gmail", """Delivery to the following recipient failed permanently:

     ann@example.org

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the server for the recipient domain example.org by mx.example.org.

The error that the other server returned was:
550 5.1.1 User unknown

----- Original message -----
From: support@desk.example
To: carol@example.com
""", ["ann@example.org"]),
    ("gmail today", """** Address not found **

Your message wasn't delivered to ann@example.org because the address couldn't be found, or is unable to receive mail.

The response was:

550 5.1.1 The email account that you tried to reach does not exist.
""", ["ann@example.org"]),
    ("yahoo", """Sorry, we were unable to deliver your message to the following address.

<ann@example.org>:
550: 5.1.1 User unknown

--- Below this line is a copy of the message.

DKIM-Signature: v=1
To: carol@example.com
""", ["ann@example.org"]),
    ("domino", """
------- Failure Reasons  --------

User ann (ann@example.org) not listed in public Name & Address Book
ann@example.org


------- Returned Message --------

To: carol@example.com
""", ["ann@example.org"]),
    ("courier", """This is a delivery status notification from mx.example.org,
running the Courier mail server, version 1.0.

The original message was received on Mon, 2 Nov 2026 10:00:00 +0200
from desk.example (desk.example [192.0.2.7])

---------------------------------------------------------------------------

                           UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<ann@example.org>:
    mx.example.net [192.0.2.1]:
>>> RCPT TO:<ann@example.org>
<<< 550 5.1.1 <ann@example.org>... User Unknown

---------------------------------------------------------------------------
""", ["ann@example.org"]),
    ("james", """Hi. This is the James mail server at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.  Below
I include the list of recipients and the reason why I was unable to deliver
your message.

Failed recipient(s):
ann@example.org

Error message:
550 5.1.1 unknown user
""", ["ann@example.org"]),
    ("vtext", """Error: Invalid user address

Error message below:
550 - Requested action not taken: no such user here

Message details:
  Subject: Offer
  Sent date: Mon Nov 02 10:00:00 GMT 2026
  MAIL FROM: support@desk.example
  RCPT TO: 5550100@vtext.example
  From: other@desk.example
  CC: recipient list not shown: ;
""", ["5550100@vtext.example"]),
    ("mailmarshal", """Your message:
   From:    support@desk.example
   Subject: Offer

Could not be delivered because of

550 5.1.1 User unknown

The following recipients were affected:
    ann@example.org

Additional Information
======================
Original Sender:    <support@desk.example>
""", ["ann@example.org"]),
    ("mdaemon", """The following data may contain sections which represent BASE64 encoded
file attachments.

The attached message had PERMANENT fatal delivery errors!

----------------------------------------------------------------------
Failed address: ann@example.org

--- Session Transcript ---
 Mon 2026-11-02 10:00:00: <-- 550 5.1.1 No such user
--- End Transcript ---
""", ["ann@example.org"]),
    ("mxlogic", """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address failed:

  <ann@example.org>: 550 5.1.1 User unknown

Included is a copy of the message header:
-----------------------------------------
Received: from unknown
To: carol@example.com
""", ["ann@example.org"]),
    ("imail", """Unknown user: ann@example.org

Original message follows.

Received: from desk.example
To: carol@example.com
""", ["ann@example.org"]),
    ("mailfoundry", """This is a MailFoundry delivery notice.

Unable to deliver message to: <ann@example.org>
Delivery failed for the following reason:
Server mx.example.org[192.0.2.1] failed with: 550 <ann@example.org> No such user here

This has been a permanent failure.  No further delivery attempts will be made.
""", ["ann@example.org"]),
    ("interscan", """****** Message from InterScan E-Mail VirusWall NT ******

The following mail could not be delivered.

Sent <<< RCPT TO:<ann@example.org>
Received >>> 550 5.1.1 <ann@example.org>... user unknown

************************     End of message     **********************
""", ["ann@example.org"]),
    ("kddi", """Your mail sent on: Mon, 2 Nov 2026 10:00:00 +0900
 to: ann@au.example
 could not be delivered.

The reason:
   As their mailbox is full.
""", ["ann@au.example"]),
    ("ezweb", """The user(s) account is temporarily over quota.

<ann@ezweb.example>

Unable to deliver mail.
""", ["ann@ezweb.example"]),
    ("opensmtpd", """    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

ann@example.org: 550 5.1.1 User unknown

    Below is a copy of the original message:

Received: from desk.example
""", ["ann@example.org"]),
    ("dragonfly", """This is the DragonFly Mail Agent at host.example.org.

There was an error delivering your mail to <ann@example.org>.

mx.example.org [192.0.2.1] did not like our RCPT TO:
550 5.1.1 <ann@example.org>: User unknown

Message headers follow.

Received: from root (uid 0)
""", ["ann@example.org"]),
    ("zoho", """This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

ann@example.org Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 User unknown
bob@example.net Mailbox full, ERROR_CODE :552
""", ["ann@example.org", "bob@example.net"]),
    ("gmx", """This message was created automatically by mail delivery software.
A message that you sent could not be delivered to
one or more of its recipients. The following addresses
failed:

"ann@example.org":
SMTP error from remote server after RCPT command:
host: mx.example.org
5.1.1 <ann@example.org>... User Unknown

--- The header of the original message is following. ---

Received: from unknown
To: carol@example.com
""", ["ann@example.org"]),
    ("kundenserver", """This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of
its recipients. The following address failed:

ann@example.org

For the following reason:

Mail size limit exceeded.

--- The header of the original message is following. ---

Received: from unknown
""", ["ann@example.org"]),
    ("aol", """Your mail to the following recipients could not be delivered because they are not accepting mail from support@desk.example:
        ann@aol.example
""", ["ann@aol.example"]),
    ("office 365", """Your message to ann@example.org couldn't be delivered.

ann wasn't found at example.org.

support                Office 365           ann
Action Required                             Recipient

Unknown To address
""", ["ann@example.org"]),
    ("mail.ru", """Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.

К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:

**********************

ann@example.org
 SMTP error from remote mail server after RCPT TO:<ann@example.org>:
 550 5.1.1 User unknown

**********************

Received: from desk.example
""", ["ann@example.org"]),
    ("german", """Ihre Nachricht konnte nicht zugestellt werden an:

    ann@example.org

Der Empfänger ist unbekannt.
""", ["ann@example.org"]),
    ("notice of delay by Exim", """A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.org.

The address to which the message has not yet been delivered is:

  ann@example.org
    Delay reason: connection timed out

No action is required on your part.
""", ["ann@example.org"]),
    ("x6", """We had trouble delivering your message. Full details follow:

Subject: 'Offer'
Date: 'Mon, 2 Nov 2026 10:00:00 +0200'

1 error(s):

SMTP Server <mx.example.org> rejected recipient <ann@example.org> (Error following RCPT command).
It responded as follows: [550 5.1.1 User unknown]
""", ["ann@example.org"]),
    ("facebook", """This message was created automatically by Facebook.

Sorry, your message could not be delivered to the following recipient:
ann@facebook.example
Error: 550 5.1.1 RCP-P2 Address unknown
""", ["ann@facebook.example"]),
    ("google group", """Hello support@desk.example,

We're writing to let you know that the group you tried to contact (sales) may not exist, or you may
not have permission to post messages to the group.

 * You might have spelled or formatted the group name incorrectly.

Thanks,

example.org admins
""", []),
    ("smail", """|------------------------- Failed addresses follow: ---------------------|
 ann@example.org ... unknown user
|------------------------- Message text follows: ------------------------|
Received: from desk.example
""", ["ann@example.org"]),
    ("biglobe", """   ----- The following addresses had delivery problems -----
ann@biglobe.example

   ----- Non-delivered information -----
The number of messages in recipient's mailbox exceeded the local limit.

Received: from desk.example
""", ["ann@biglobe.example"]),
    ("verizon", """Message could not be delivered to mobile.
Error: No valid recipients for this MM
Message details:
  Subject: Offer
  Sent date: Mon Nov 02 10:00:00 GMT 2026
  MAIL FROM: support@desk.example
  RCPT TO: 5550100@vzwpix.example
""", ["5550100@vzwpix.example"]),
]


def as_mail(text: str, **fields: object) -> Mail:
    given: dict[str, object] = {
        "sha256": "0", "size": len(text), "text": text, "from_": (Address("", "mailer-daemon@mx.example.org"),), "to": (Address("", OURS),)}
    return Mail(**{**given, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "failed"), [(text, failed) for _, text, failed in SHAPES], ids=[name for name, _, _ in SHAPES])
def test_failed_addresses_are_found_in_the_words_of_each_server(text: str, failed: list[str]) -> None:
    assert list(read_bounce(as_mail(text)).recipients) == failed
