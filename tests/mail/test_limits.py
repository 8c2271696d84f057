"""What a hostile mail may cost: each limit cuts the work, never the mail, and says so."""

import base64
import time

import pytest

from mailbridge.errors import ParseError
from mailbridge.mail.enclosed import MAX_TEXT_BYTES, enclosed_mails, with_enclosed
from mailbridge.mail.headers import clean, clean_text
from mailbridge.mail.html import is_monstrous
from mailbridge.mail.parse import read_envelope, read_mail
from mailbridge.mail.transfer import decode_transfer

HEAD = b"From: Ona <ona@example.org>\r\nSubject: Limits\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'


def mixed(*parts: bytes) -> bytes:
    return MIXED + b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + b"--B--\r\n"


def test_parts_with_too_many_fields_are_refused_but_the_envelope_is_read() -> None:
    raw = mixed(*([b"X-A: b\r\n" * 5_000 + b"\r\nHello"] * 30))
    with pytest.raises(ParseError, match="fields"):
        read_mail(raw)
    assert read_envelope(raw).subject == "Limits"


def test_signed_envelopes_count_their_parts_together() -> None:
    inner = b'Content-Type: multipart/mixed; boundary="C"\r\n\r\n' + b"--C\r\n\r\nHello\r\n" * 900 + b"--C--"
    cms = (bytes.fromhex("06092a864886f70d010702") + b"\x06\x09" + bytes.fromhex("2a864886f70d010701") + b"\xa0\x80\x04\x84"
           + len(inner).to_bytes(4, "big") + inner)
    part = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(cms)
    assert read_mail(mixed(part)).text.startswith("Hello")
    with pytest.raises(ParseError, match="parts"):
        read_mail(mixed(part, part))


def test_a_report_of_megabytes_is_cut_and_says_so() -> None:
    status = b"Reporting-MTA: dns; x\r\n\r\n" + b"Final-Recipient: rfc822; a@b.cd\r\nAction: failed\r\n\r\n" * 5_000
    mail = read_mail(HEAD + b'Content-Type: multipart/report; boundary="B"\r\n\r\n'
                     + (b"--B\r\nContent-Type: message/delivery-status\r\n\r\n" + status) * 3 + b"--B--")
    assert len(mail.report) == 2_000
    assert "report-cut" in mail.defects


def test_a_page_and_a_rich_text_that_are_cut_say_so() -> None:
    for kind, body in ((b"text/html", b"<p>x</p>" * 130_000), (b"text/plain", b"{\\rtf1 " + b"\\par x" * 300_000)):
        mail = read_mail(HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + body)
        assert mail.text.endswith("[…]")
        assert "text-cut" in mail.defects


def test_mails_inside_are_read_as_far_as_one_mail_may_cost() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\n" + b"Some line of text.\r\n" * (MAX_TEXT_BYTES // 40)
    mail = read_mail(mixed(*([inner] * 10)))
    assert len(mail.attached) == len(mail.attachments) == 10
    assert len(enclosed_mails(mail)) == 2
    assert with_enclosed(mail)[0].endswith("[…]")


def test_mails_inside_share_the_parts_and_heads_that_one_mail_may_have() -> None:
    parts = b'Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary="C"\r\n\r\n' + b"--C\r\nX: y\r\n\r\nHello\r\n" * 800
    heads = b"Content-Type: message/rfc822\r\n\r\n" + b"X-Field: value\r\n" * 10_000 + b"\r\nHello"
    assert len(enclosed_mails(read_mail(mixed(*([heads] * 10))))) == 1
    started = time.process_time()
    assert len(enclosed_mails(read_mail(mixed(*([parts] * 40))))) == 32
    assert time.process_time() - started < 2


def test_small_forwards_are_read_whole() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: inner %d\r\n\r\nText %d"
    mail = read_mail(mixed(*(inner % (n, n) for n in range(20))))
    assert len(enclosed_mails(mail)) == 20
    assert "[…]" not in with_enclosed(mail)[0]


def test_marks_upon_marks_are_parted_after_thirty() -> None:
    assert clean("e" * 100 + "\u0301" * 65).count("\u034f") == 2
    assert clean_text("\u0e01\u0e39\u0e49" * 100) == "\u0e01\u0e39\u0e49" * 100
    started = time.process_time()
    clean_text("\u0345\u0301\u0316\u0334" * 300_000)
    clean_text("\U0001d165\U0001d16d" * 300_000)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("attributes", [
    "".join(f" a{n}=1" for n in range(5_000)), "".join(f"/a{n}" for n in range(5_000)), "".join(f'\na{n}=">"' for n in range(5_000)),
    ' x="<" ' + "".join(f"\ta{n}" for n in range(5_000)), '="' + "".join(f" a{n}" for n in range(5_000)) + '"',
    "".join(f'a{n}="<b"' for n in range(5_000)),
], ids=["values", "slashes", "angles", "behind an angle", "name of a sign", "glued"])
def test_a_tag_of_thousands_of_attributes_is_seen_however_it_is_written(attributes: str) -> None:
    assert is_monstrous(f"<p>Hello</p><div {attributes}>x</div>")
    assert is_monstrous(f"<!-- a=\"--><div {attributes}>x</div>\">")


def test_usual_pages_are_not_taken_for_hostile_ones() -> None:
    image = "data:image/png;base64," + "iVBORw0KGgo/AAA+" * 20_000
    style = "; ".join(f"mso-style-{n}: value with blanks" for n in range(600))
    page = f'<p style="{style}">Hello</p><img src="{image}"><p>a < b and c <d, not a tag</p>' + '<td class="x" style="a: b">y</td>' * 3_000
    assert not is_monstrous(page)


def test_a_footer_below_long_base64_is_read_too() -> None:
    file = b"A usual line of a long file.\n" * 8_000
    data, defect = decode_transfer(base64.encodebytes(file) + b"\n_______\nA list's footer, with: signs!\n", "base64")
    assert data.startswith(file)
    assert b"A list's footer, with: signs!" in data
    assert defect == "broken-base64"
