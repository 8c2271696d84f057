"""What clients mark in HTML as quotation, and the HTML of a reply cut at the same place."""

import pytest

from mailbridge.config.patterns import load_patterns
from mailbridge.mail.html import html_to_text
from mailbridge.mail.message import Mail, Written
from mailbridge.mail.quote import cut_html, written

PATTERNS = load_patterns()
REPLY = "The box is empty.\nPlease send another."
BODY = "<div>The box is empty.</div><div>Please send another.</div>"
EARLIER = "<div>We have sent it on Friday.</div><div>Has it come?</div>"
UNKNOWN = "Zorp 5 blivet, Anna zapizala"       # an introduction in no tongue that we know

CLIENTS = {
    "gmail": f'<div dir="ltr">{BODY}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{UNKNOWN}<br></div>'
             f'<blockquote class="gmail_quote" style="margin:0">{EARLIER}</blockquote></div>',
    "gmail, new container": f'<div dir="ltr">{BODY}</div><br><div class="gmail_quote gmail_quote_container">'
                            f'<div class="gmail_attr">{UNKNOWN}<br>'
                            f'</div><blockquote class="gmail_quote">{EARLIER}</blockquote></div>',
    "gmail, no blockquote": f'{BODY}<div class="gmail_quote">{UNKNOWN}<div>{EARLIER}</div></div>',
    "outlook on the web": f'<div>{BODY}</div><hr tabindex="-1" style="display:inline-block; width:98%"><div id="divRplyFwdMsg" dir="ltr">'
                          f'<b>Zorp:</b> Anna<br><b>Blivet:</b> Friday</div><div>{EARLIER}</div>',
    "outlook, appended": f'<div>{BODY}</div><div id="appendonsend"></div><hr tabindex="-1"><div id="x_divRplyFwdMsg"><b>Zorp:'
                         f'</b> Anna zapizala</div>'
                         f'<div>{EARLIER}</div>',
    "outlook for windows": f'<div class="WordSection1">{BODY}<div>'
                           f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0 0 0">'
                           f'<p class="MsoNormal"><b>From:</b> Anna &lt;anna@example.org&gt; <br><b>Sent:</b> Friday<br><b>To:'
                           f'</b> Bob</p></div></div>'
                           f'{EARLIER}</div>',
    "outlook 2003": f'<div>{BODY}<div><div align="center"><hr size="2" width="100%" align="center" tabindex="-1"></div><p><b>From:'
                    f'</b> Anna<br>'
                    f'<b>Sent:</b> Friday<br><b>To:</b> Bob<br><b>Subject:</b> Parcel</p></div>{EARLIER}</div>',
    "outlook for mac": f'<div>{BODY}</div><span id="OLK_SRC_BODY_SECTION"><div>{UNKNOWN} zorp</div>{EARLIER}</span>',
    "outlook mobile": f'<div>{BODY}</div><div id="mail-editor-reference-message-container"><div>{UNKNOWN} zorp</div>{EARLIER}</div>',
    "windows mail": f'<div>{BODY}'
                    f'<div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;">'
                    f'<b>От:</b>&nbsp;<a href="mailto:anna@example.org">Anna</a><br><b>Отправлено:</b> пятница<br><b>Кому:</b> Bob'
                    f'</div>{EARLIER}</div>',
    "hotmail": f'<div>{BODY}<hr id="stopSpelling">Date: Fri, 5 Jan 2026 10:00:00 +0200<br>From: anna@example.org'
               f'<br>To: bob@example.org<br>{EARLIER}</div>',
    "apple": f'<body>{BODY}<div><br><blockquote type="cite"><div>{UNKNOWN}</div><br>{EARLIER}</blockquote></div></body>',
    "thunderbird": f'{BODY}<div class="moz-cite-prefix">{UNKNOWN}<br></div>'
                   f'<blockquote type="cite" cite="mid:a@example.org">{EARLIER}</blockquote>',
    "yahoo": f'<div class="yahoo-style">{BODY}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>{UNKNOWN}</div>{EARLIER}</div>',
    "proton": f'<div>{BODY}</div><div class="protonmail_quote">{UNKNOWN}<br>'
              f'<blockquote class="protonmail_quote" type="cite">{EARLIER}</blockquote></div>',
    "gmx": f'<div>{BODY}<div name="quote" style="border-left:2px solid #C3D9E5;"><div><b>Zorp:</b> Montag</div>{EARLIER}</div></div>',
    "zimbra": f'<div>{BODY}</div><hr id="zwchr"><div><b>From: </b>"Anna" &lt;anna@example.org&gt;<br><b>To: </b>bob@example.org'
              f'</div>{EARLIER}',
    "mail.ru": f'{BODY}<br>Понедельник, 5 января 2026, 10:00 +03:00 от Anna &lt;anna@example.org&gt;:<br>'
               f'<blockquote style="border-left:1px solid #0857A6;">{EARLIER}</blockquote>',
    "yandex": f'{BODY}<div> </div><div>05.01.2026, 10:00, "Anna" &lt;anna@example.org&gt;:</div><blockquote>{EARLIER}</blockquote>',
    "samsung": f'{BODY}<div id="composer_signature">Sent from my Galaxy</div><div>-------- Original message --------</div>'
               f'<div>From: Anna &lt;anna@example.org&gt; </div><div>Date: 05/01/2026 10:00 (GMT+02:00) </div>{EARLIER}',
    "aol": f'{BODY}<div style="font-family:arial">-----Original Message-----<br>From: Anna &lt;anna@example.org&gt;'
           f'<br>To: bob@example.org<br>{EARLIER}</div>',
    "roundcube": f'{BODY}<p id="reply-intro">{UNKNOWN} zorp</p><blockquote type="cite">{EARLIER}</blockquote>',
}


def from_html(page: str) -> Written:
    return written(Mail("", 0, text=html_to_text(page), html=page), PATTERNS)


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("client", CLIENTS)
def test_quotation_of_a_page_is_no_part_of_the_reply(client: str) -> None:
    got = from_html(CLIENTS[client])
    assert lines_of(got.reply) == lines_of(REPLY)
    assert "Has it come?" in got.quoted


@pytest.mark.parametrize("client", CLIENTS)
def test_page_says_where_the_quotation_begins_in_the_plain_text_beside_it(client: str) -> None:
    plain = html_to_text(CLIENTS[client]).replace("> ", "").replace(">\n", "\n").replace("The box is empty.", "The *box* is\nempty.")
    got = written(Mail("", 0, text=plain, html=CLIENTS[client]), PATTERNS)
    assert "Has it come?" not in got.reply
    assert "zapizala" not in got.reply
    assert got.reply.startswith("The *box* is\nempty.")


@pytest.mark.parametrize("client", CLIENTS)
def test_page_of_the_reply_is_cut_at_the_same_place(client: str) -> None:
    got = from_html(CLIENTS[client])
    page = cut_html(CLIENTS[client], got)
    assert page is not None
    assert lines_of(html_to_text(page)) == lines_of(REPLY)
    assert "Has it come" not in page


def test_answers_in_a_page_stay_with_the_lines_they_answer() -> None:
    page = ('<div>See below, all of it is answered there.</div><div class="gmail_quote">'
            '<div class="gmail_attr">On Mon, Jan 5, 2026 at 10:00 AM Anna '
            '&lt;anna@example.org&gt; wrote:<br></div><blockquote class="gmail_quote">Has it come?</blockquote><div>Yes.</div>'
            '<blockquote class="gmail_quote">Is it whole?</blockquote><div>No.</div></div>')
    got = from_html(page)
    assert [line.strip("> ") for line in lines_of(got.reply) if line.strip("> ")] == [
        "See below, all of it is answered there.", "Has it come?", "Yes.", "Is it whole?", "No."]
    assert got.cut_by == "inline"
    assert cut_html(page, got) is None


def test_answer_below_the_quotation_of_a_page_is_the_reply() -> None:
    page = f'<div class="moz-cite-prefix">{UNKNOWN} zorp<br></div><blockquote type="cite">{EARLIER}</blockquote>{BODY}'
    assert lines_of(from_html(page).reply) == lines_of(REPLY)


def test_quotation_that_no_client_made_is_the_writers_own() -> None:
    page = '<div>As the poet says</div><blockquote class="gmail_quote"><div>Nothing will come of nothing.</div></blockquote>'
    assert "Nothing will come of nothing." in from_html(page).reply


def test_forward_in_a_page_stays_whole() -> None:
    page = ('<div>For you.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Anna '
            f'&lt;anna@example.org&gt;<br>Date: Mon, Jan 5, 2026<br>Subject: Parcel<br></div>{EARLIER}</div>')
    got = from_html(page)
    assert got.forwarded
    assert "Has it come?" in got.reply
    assert cut_html(page, got) is None


def test_signature_is_cut_from_the_page_too() -> None:
    page = f"{BODY}<div>Best regards,</div><div>Anna <b>Smith</b></div><img src='cid:logo'>"
    assert cut_html(page, from_html(page)) == BODY


SLOGAN = "<p>We sell good lamps since many years to everybody who likes light.</p>"     # nothing that words would know
SIGNATURES = {
    "gmail": f'<div class="gmail_signature" data-smartmail="gmail_signature">{SLOGAN}</div>',
    "gmail, dashes": f'<span>-- </span><br><div class="gmail_signature">{SLOGAN}</div>',
    "thunderbird": f'<div class="moz-signature">-- <br>{SLOGAN}</div>',
    "outlook on the web": f'<div id="Signature"><div>{SLOGAN}</div></div>',
    "outlook mobile": f'<div id="ms-outlook-mobile-signature">{SLOGAN}</div>',
    "proton": f'<div class="protonmail_signature_block">{SLOGAN}</div>',
    "spark": f'<div name="messageSignatureSection">{SLOGAN}</div>',
    "zoho": f'<div id="Zm-_Id_-Sgn">{SLOGAN}</div>',
}


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("below", ["", f'<div class="gmail_quote">{UNKNOWN}<blockquote class="gmail_quote">{EARLIER}</blockquote></div>'])
def test_signature_that_a_client_marks_is_no_part_of_the_reply(name: str, below: str) -> None:
    got = from_html(f"{BODY}{SIGNATURES[name]}{below}")
    assert lines_of(got.reply) == lines_of(REPLY)
    assert "good lamps" in got.signature


@pytest.mark.parametrize("page", [f'<div>Hello.</div><div class="gmail_signature">{SLOGAN}</div>{BODY}', f'<div id="Signature">{BODY}</div>'])
def test_text_below_or_within_a_marked_signature_stays(page: str) -> None:
    assert "Please send another." in from_html(page).reply


def test_frame_that_only_outlook_draws_ends_the_reply_in_any_tongue() -> None:
    labels = "".join(f"<b>{label}:</b> x y z<br>" for label in ("Gan", "Anfonwyd", "At", "Pwnc"))
    page = f'{BODY}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>{labels}</p></div></div>{EARLIER}'
    assert lines_of(from_html(page).reply) == lines_of(REPLY)


def test_page_that_says_something_else_than_the_text_is_not_cut() -> None:
    got = written(Mail("", 0, text="Quite another text.\n\n-- \nAnna", html=BODY), PATTERNS)
    assert cut_html(BODY, got) is None


@pytest.mark.parametrize("page", ["<div class=gmail_quote>" * 3_000, "<blockquote>" * 3_000 + "<div class=gmail_quote>x",
    "<div class=gmail_quote>",
                                  '<div style="border-top:1px">' * 3_000, "<div class=gmail_quote>"
        "</div>" * 3_000, "\0<div class=gmail_quote>\ue000x", "<"])
def test_hostile_page_leaves_the_text_alone(page: str) -> None:
    got = written(Mail("", 0, text="The box is empty.", html=page), PATTERNS)
    assert got.reply == "The box is empty."
