"""Whose mail an agent forwards, in the forms of Outlook, Gmail, Apple Mail and Thunderbird."""

from __future__ import annotations

import pytest

from mailbridge.config.patterns import load_patterns, shipped_patterns
from mailbridge.decide.forwards import find_original
from mailbridge.mail.message import Address, Mail
from mailbridge.mail.parse import read_mail
from mailbridge.mail.quote import written

PATTERNS = load_patterns(shipped_patterns())
WORDS = {
    # language: Gmail's, Apple's and Thunderbird's line; labels of from, sent, date, to, subject; prefix
    "en": ("Forwarded message", "Begin forwarded message", "Forwarded Message", "From Sent Date To Subject", "Fwd"),
    "ru": (
        "Пересылаемое сообщение",
        "Начало переадресованного сообщения",
        "Перенаправленное сообщение",
        "От Отправлено Дата Кому Тема",
        "Fwd",
    ),
    "lt": (
        "Persiųstas laiškas",
        "Persiunčiamo laiško pradžia",
        "Persiųstas laiškas",
        "Nuo Išsiųsta Data Kam Tema",
        "Fwd",
    ),
    "de": (
        "Weitergeleitete Nachricht",
        "Anfang der weitergeleiteten Nachricht",
        "Weitergeleitete Nachricht",
        "Von Gesendet Datum An Betreff",
        "WG",
    ),
    "pl": (
        "Przekazana wiadomość",
        "Początek przekazywanej wiadomości",
        "Przekazana wiadomość",
        "Od Wysłano Data Do Temat",
        "PD",
    ),
    "fr": ("Message transféré", "Début du message transféré", "Message transféré", "De Envoyé Date À Objet", "TR"),
}


def gmail(words):
    sender, _, date, to, subject = words[3].split()
    return (
        f"---------- {words[0]} ---------\n{sender}: Emma Clark <emma@example.com>\n{date}: Mon, 23 Nov 2026, 09:00\n"
        f"{subject}: Printer\n{to}: Anna <anna@example.org>\n\n\nIt burns.\n"
    )


def outlook(words):
    sender, sent, _, to, subject = words[3].split()
    return (
        f"{sender}: Emma Clark <emma@example.com>\n{sent}: Monday, 23 November 2026 09:00\n"
        f"{to}: Anna <anna@example.org>\n{subject}: Printer\n\nIt burns.\n"
    )


def old_outlook(words):
    sender, sent, _, to, subject = words[3].split()
    return f"{sender}: Emma Clark [mailto:emma@example.com]\n{sent}: 23.11.2026 09:00\n{to}: Anna\n{subject}: Printer\n\nIt burns.\n"


def apple(words):
    sender, _, date, to, subject = words[3].split()
    return (
        f"{words[1]}:\n\n{sender}: Emma Clark <emma@example.com>\n{subject}: Printer\n{date}: 23 November 2026 at 09:00:00 EET\n"
        f"{to}: Anna <anna@example.org>\n\nIt burns.\n"
    )


def thunderbird(words):
    sender, _, date, to, subject = words[3].split()
    return (
        f"-------- {words[2]} --------\n{subject}: \tPrinter\n{date}: \tMon, 23 Nov 2026 09:00:00 +0200\n"
        f"{sender}: \tEmma Clark <emma@example.com>\n{to}: \tAnna <anna@example.org>\n\nIt burns.\n"
    )


def forward(text: str, subject: str = "Fwd: Printer", **more: object) -> Mail:
    return Mail(
        **{"sha256": "", "size": 0, "subject": subject, "text": text, "from_": (Address("", "anna@example.org"),)}
        | more
    )


def original(mail: Mail):
    return find_original(mail, written(mail, PATTERNS), PATTERNS)


@pytest.mark.parametrize("note", ["", "Please look after her.\n\n"], ids=["bare", "with words of the agent"])
@pytest.mark.parametrize(
    "client", [gmail, outlook, old_outlook, apple, thunderbird], ids=lambda client: client.__name__
)
@pytest.mark.parametrize("language", WORDS)
def test_original_sender_of_a_forward(language, client, note):
    words = WORDS[language]
    found = original(forward(note + client(words), f"{words[4]}: Printer"))
    assert found is not None
    assert found.clear
    assert (found.senders[0].name, found.senders[0].address) == ("Emma Clark", "emma@example.com")
    assert (found.subject, found.text) == ("Printer", "It burns.")
    assert found.note == note.strip()


ATTACHED = "From: Emma Clark <emma@example.com>\nSubject: Printer\nMessage-ID: <first@example.com>\n\nIt burns.\n"


def with_attached(*inner: str) -> Mail:
    parts = "".join(f"--b\nContent-Type: message/rfc822\n\n{one}\n" for one in inner)
    return read_mail(
        (
            "From: anna@example.org\nSubject: Please help\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
            f"--b\nContent-Type: text/plain\n\nSee below.\n{parts}--b--\n"
        ).encode()
    )


def test_original_sender_of_an_attached_mail():
    found = original(with_attached(ATTACHED))
    assert found is not None
    assert found.clear
    assert found.senders == (Address("Emma Clark", "emma@example.com"),)
    assert (found.subject, found.text.strip(), found.message_id) == ("Printer", "It burns.", "first@example.com")


def test_attached_mails_of_several_people_are_not_clear():
    found = original(with_attached(ATTACHED, ATTACHED.replace("emma", "leo")))
    assert found is not None
    assert not found.clear


def test_attached_mails_of_one_person_are():
    found = original(with_attached(ATTACHED, ATTACHED.replace("first", "second")))
    assert found is not None
    assert found.clear


@pytest.mark.parametrize(
    "text",
    [
        "From: Emma Clark\nSent: Monday\nTo: Anna\nSubject: Printer\n\nIt burns.\n",
        "From: Form <form@example.com> On Behalf Of Emma Clark\nSent: Monday\nTo: Anna\nSubject: Printer\n\nIt burns.\n",
        "From: Emma <emma@example.com>; Leo <leo@example.com>\nSent: Monday\nTo: Anna\nSubject: Printer\n\nIt burns.\n",
        "She called me and said that it burns.\n",
        "",
    ],
    ids=["a name alone", "on behalf of", "two addresses", "no header", "empty"],
)
def test_what_is_not_certain_is_said_to_be_so(text):
    found = original(forward(text))
    assert found is not None
    assert not found.clear


def test_chain_of_forwards_names_every_sender_outermost_first():
    inner = "From: Emma <emma@example.com>\nSent: Monday\nTo: Boris\nSubject: Printer\n\nIt burns.\n"
    outer = f"From: Boris <boris@example.org>\nSent: Tuesday\nTo: Anna\nSubject: FW: Printer\n\nLook.\n\n{inner}"
    found = original(forward(outer))
    assert found is not None
    assert [one.address for one in found.senders] == ["boris@example.org", "emma@example.com"]


@pytest.mark.parametrize("subject", ["Printer", "Re: Printer"])
def test_mail_that_forwards_nothing_has_no_original(subject):
    assert original(forward("It burns.", subject)) is None


def test_reply_with_a_quoted_header_block_is_no_forward():
    assert original(forward("On my way.\n\n" + outlook(WORDS["en"]), "RE: Printer")) is None


HTML = {
    "outlook": (
        '<div>Please help</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font '
        'face="Calibri"><b>From:</b> Emma Clark &lt;emma@example.com&gt;<br><b>Sent:</b> Monday, November 23, 2026 9:00'
        " AM<br><b>To:</b> Anna &lt;anna@example.org&gt;<br><b>Subject:</b> "
        "Printer</font><div>&nbsp;</div></div><div>It burns.</div>"
    ),
    "outlook-desktop": (
        '<p class=MsoNormal>Please help<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p '
        "class=MsoNormal><b>From:</b> Emma Clark &lt;emma@example.com&gt; <br><b>Sent:</b> Monday, November 23, 2026 "
        "9:00 AM<br><b>To:</b> Anna &lt;anna@example.org&gt;<br><b>Subject:</b> Printer<o:p></o:p></p></div><p "
        "class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>It burns.</p>"
    ),
    "gmail": (
        '<div dir="ltr">Please help<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- '
        'Forwarded message ---------<br>From: <strong class="gmail_sendername" dir="auto">Emma Clark</strong> <span '
        'dir="auto">&lt;<a href="mailto:emma@example.com">emma@example.com</a>&gt;</span><br>Date: Mon, Nov 23, 2026 at'
        " 9:00 AM<br>Subject: Printer<br>To: &lt;<a "
        'href="mailto:anna@example.org">anna@example.org</a>&gt;<br></div><br><br>It burns.</div></div>'
    ),
    "apple": (
        '<div>Please help<br><div><br><blockquote type="cite"><div>Begin forwarded message:</div><br '
        'class="Apple-interchange-newline"><div style="margin:0"><span style="font-family:x"><b>From: '
        "</b></span><span>Emma Clark &lt;<a "
        'href="mailto:emma@example.com">emma@example.com</a>&gt;<br></span></div><div><span><b>Subject: '
        "</b></span><span><b>Printer</b><br></span></div><div><span><b>Date: </b></span><span>November 23, 2026 at "
        "9:00:00 GMT+2<br></span></div><div><span><b>To: </b></span><span>Anna &lt;<a "
        'href="mailto:anna@example.org">anna@example.org</a>&gt;<br></span></div><br><div>It '
        "burns.</div></blockquote></div></div>"
    ),
    "thunderbird": (
        '<p>Please help</p><div class="moz-forward-container"><br>-------- Forwarded Message --------<table '
        'class="moz-email-headers-table" cellspacing="0"><tbody><tr><th align="RIGHT" nowrap="nowrap" '
        'valign="BASELINE">Subject: </th><td>Printer</td></tr><tr><th>Date: </th><td>Mon, 23 Nov 2026 09:00:00 '
        '+0200</td></tr><tr><th>From: </th><td>Emma Clark <a class="moz-txt-link-rfc2396E" '
        'href="mailto:emma@example.com">&lt;emma@example.com&gt;</a></td></tr><tr><th>To: </th><td>Anna <a '
        'href="mailto:anna@example.org">&lt;anna@example.org&gt;</a></td></tr></tbody></table><br><br>It burns.</div>'
    ),
    "outlook-web": (
        '<div>Please help</div><div id="appendonsend"></div><div id="x_divRplyFwdMsg"><span><b>From:</b>&nbsp;Emma '
        "Clark &lt;emma@example.com&gt;<br><b>Sent:</b>&nbsp;Monday<br><b>To:</b>&nbsp;anna@example.org "
        "&lt;anna@example.org&gt;<br><b>Subject:</b>&nbsp;Printer</span></div><br><div>It burns.</div>"
    ),
}


@pytest.mark.parametrize("client", HTML)
def test_original_sender_of_a_forward_in_html(client):
    head = "From: anna@example.org\nSubject: Fw: Printer\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
    found = original(read_mail(f"{head}<html><body>{HTML[client]}</body></html>".encode()))
    assert found is not None
    assert found.clear
    assert found.senders[0] == Address("Emma Clark", "emma@example.com")
    assert (found.subject, found.text, found.note) == ("Printer", "It burns.", "Please help")


@pytest.mark.parametrize("end", ["", "\n\n-------- Конец пересылаемого сообщения --------"])
def test_original_sender_in_one_line_as_yandex_writes_it(end):
    text = f'Help her.\n\n-------- Пересылаемое сообщение --------\n23.11.2026, 09:00, "Emma Clark" <emma@example.com>:\n\nIt burns.{end}\n'
    found = original(forward(text))
    assert found is not None
    assert (found.clear, found.senders, found.note) == (True, (Address("Emma Clark", "emma@example.com"),), "Help her.")
    assert (found.subject, found.text) == ("Printer", "It burns.")


def test_header_block_that_the_customer_quotes_is_not_the_head_of_the_forward():
    """A client that writes nothing about the sender, above a reply that quotes somebody else's mail."""
    text = "-------- Forwarded Message --------\n\nStill broken.\n\n" + outlook(WORDS["en"])
    found = original(forward(text))
    assert found is not None
    assert not found.clear


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("TR: Printer", "De : Emma Clark <emma@example.com>\nEnvoyé : lundi 23 novembre 2026 09:00\nÀ : Anna\nObjet : Printer\n\nIt burns."),
        ("Fwd: Printer", "-------- Message transféré --------\nSujet : \tPrinter\nDate : \tMon, 23 Nov 2026\nDe : \tEmma Clark <emma@example.com>\n"
         "Répondre à : \tx@example.com\nPour : \tAnna <anna@example.org>\n\nIt burns."),
        ("Fwd: Printer", "-------- Przekazana wiadomość --------\nTemat: \tPrinter\nData: \tMon, 23 Nov 2026\nNadawca: \tEmma Clark <emma@example.com>\n"
         "Adresat: \tAnna <anna@example.org>\n\nIt burns."),
        ("FW: Printer", "Nuo: Emma Clark <emma@example.com>\nIšsiųsta: 2026 m. lapkričio 23 d. 09:00\nKam: Anna\nTema: Printer\n\nIt burns."),
        ("Fwd: Printer", "---------- Forwarded message ---------\nVon: Emma Clark <emma@example.com>\nDate: Mo., 23. Nov. 2026 um 09:00 Uhr\n"
         "Subject: Printer\nTo: Anna <anna@example.org>\n\n\nIt burns."),
        ("Fwd: Printer", "Отправлено с iPhone\n\nНачало переадресованного сообщения:\n\n> От: Emma Clark <emma@example.com>\n> Дата: 23 ноября 2026 г."
         "\n> Кому: Anna\n> Тема: Printer\n> \n> It burns."),
        ("WG: Printer", "-----Ursprüngliche Nachricht-----\nVon: Emma Clark <emma@example.com> \nGesendet: Montag, 23. November 2026\nAn: Anna\n"
         "Cc: Bob <b@example.org>\nBetreff: Printer\n\nIt burns."),
        ("FW: Printer", "From: Emma Clark\n<emma@example.com>\nSent: Monday, November 23, 2026 9:00 AM\nTo: Anna; Bob Long\n<b@example.org>\n"
         "Subject: Printer\n\nIt burns."),
    ],
    ids=["outlook fr", "thunderbird fr", "thunderbird pl", "outlook lt", "gmail de", "iphone ru", "old outlook de", "wrapped"],
)
def test_original_sender_in_the_words_of_real_clients(subject, text):
    found = original(forward(text, subject))
    assert found is not None
    assert (found.clear, found.senders[0].address) == (True, "emma@example.com")
    assert (found.subject, found.text) == ("Printer", "It burns.")
