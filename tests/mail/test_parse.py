"""A mail read once: any bytes give a value, limits hold, and the same mail by two ways is the same."""

import base64
import hashlib
import quopri
import random
import resource
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.errors import ParseError
from mailbridge.mail.enclosed import enclosed_mails, with_enclosed
from mailbridge.mail.parse import read_envelope, read_mail
from tests.torture.everything import Everything, check_nothing_is_lost
from tests.torture.fuzz_mail import HINTS, mutated, seeds

EVERYTHING = Everything()

HEAD = (b"From: Ona <ona@example.org>\r\nTo: support@example.com\r\nSubject: Question\r\nDate: Mon, 2 Nov 2026 10:00:00 +0200\r\n"
        b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n")
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'


def part(content: bytes, *fields: bytes) -> bytes:
    return b"--B\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + content + b"\r\n"


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_give_a_value(raw: bytes) -> None:
    EVERYTHING.check(raw)


@settings(deadline=None)
@given(st.lists(st.sampled_from([
    HEAD, MIXED, b"\r\n", b"\n", b"\r", b"--B", b"--B--", b"\r\n--B\r\n", b"Content-Type: text/html\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: multipart/alternative; boundary=C\r\n\r\n--C\r\n", b"Content-Transfer-Encoding: base64\r\n", b"aGVsbG8=",
    b"\xff\xfe", b"text ",
    b"Content-Disposition: attachment; filename=a\r\n", b"=?utf-8?B?", b"?=", b"\0", b"From ", b": ", b"Subject: ", b"<p>", b"\x1b$B",
]), max_size=30))
def test_any_pieces_of_mail_give_a_value(pieces: list[bytes]) -> None:
    EVERYTHING.check(b"".join(pieces))


def test_every_mail_of_ours_is_read_whole_also_those_that_broke_something_once() -> None:
    for raw in seeds(None):
        EVERYTHING.check(raw)


def test_mutated_mails_give_a_value() -> None:
    mails = seeds(None)
    for number in range(500):
        rng = random.Random(f"test:{number}")
        raw = mutated(rng, mails)
        EVERYTHING.check(raw, rng.choice(HINTS))
        check_nothing_is_lost(rng, raw)


def test_too_many_parts_are_refused_but_the_envelope_is_read() -> None:
    raw = MIXED + part(b"x", b"Content-Type: text/plain") * 10_000 + b"--B--\r\n"
    with pytest.raises(ParseError, match="more than 1000 parts"):
        read_mail(raw)
    envelope = read_envelope(raw)
    assert envelope.subject == "Question"
    assert envelope.author.address == "ona@example.org"
    assert envelope.date == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert "not-read" in envelope.defects


def test_a_thousand_parts_are_read() -> None:
    mail = read_mail(MIXED + part(b"x", b"Content-Type: image/png") * 999 + b"--B--\r\n")
    assert len(mail.attachments) == 999


def test_a_huge_header_is_refused_but_its_beginning_is_read() -> None:
    raw = HEAD + b"X-Padding: " + b"x" * 70 + b"\r\n"
    raw += b"X-More: yes\r\n" * 100_000
    with pytest.raises(ParseError, match="header"):
        read_mail(raw)
    assert read_envelope(raw).subject == "Question"


def test_ten_thousand_headers_are_read() -> None:
    mail = read_mail(b"".join(b"X-H%d: v\r\n" % number for number in range(10_000)) + HEAD + b"\r\nText\r\n")
    assert mail.subject == "Question"
    assert len(mail.headers) == 10_006


def test_an_800_kb_encoded_subject_is_cut() -> None:
    word = b"=?utf-8?B?" + base64.b64encode("привет ".encode()) + b"?="
    mail = read_mail(b"Subject: " + b"\r\n ".join([word] * 25_000) + b"\r\n" + HEAD.replace(b"Subject", b"X-Subject") + b"\r\nText\r\n")
    assert mail.subject.startswith("привет привет")
    assert len(mail.subject) == 2000
    assert "header-cut" in mail.defects


def test_content_key_does_not_depend_on_the_way() -> None:
    text = "Labas, kur mano užsakymas?\r\n".encode()
    one = HEAD + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text
    two = (b"Received: from a by b; Mon, 2 Nov 2026 10:00:01 +0200\r\nDelivered-To: other@example.com\r\n" + HEAD
           + b"Content-Transfer-Encoding: base64\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + base64.encodebytes(text))
    three = (HEAD.replace(b"\r\n", b"\n") + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
             + quopri.encodestring(text.replace(b"\r\n", b"\n")))
    keys = {read_mail(raw, hints).content_key for raw in (one, two, three) for hints in ((), ("cp1257",))}
    assert len(keys) == 1


def test_content_key_does_not_depend_on_boundaries() -> None:
    body = (
        part(b"Text", b"Content-Type: text/plain")
        + part(b"x", b"Content-Type: text/plain; name=a.txt", b"Content-Disposition: attachment")
        + b"--B--\r\n"
    )
    other = (MIXED + body).replace(b"--B", b"--other").replace(b'"B"', b'"other"')
    assert read_mail(MIXED + body).content_key == read_mail(other).content_key


@pytest.mark.parametrize(("old", "new"), [
    (b"ona@", b"eve@"), (b"Question", b"Questions"), (b"10:00:00", b"10:00:01"), (b"Text", b"text"), (b"file", b"File"),
])
def test_content_key_depends_on_what_is_said(old: bytes, new: bytes) -> None:
    raw = MIXED + part(b"Text", b"Content-Type: text/plain") + part(b"file", b"Content-Type: application/pdf") + b"--B--\r\n"
    assert read_mail(raw).content_key != read_mail(raw.replace(old, new)).content_key


def test_exact_bytes_are_named() -> None:
    raw = HEAD + b"\r\nText\r\n"
    mail = read_mail(raw)
    assert mail.sha256 == hashlib.sha256(raw).hexdigest()
    assert mail.size == len(raw)
    assert read_envelope(raw).sha256 == mail.sha256


def test_attachments_hold_the_decoded_bytes() -> None:
    data = random.Random(7).randbytes(5000)
    raw = (
        MIXED
        + part(
            base64.encodebytes(data),
            b"Content-Type: application/octet-stream; name=a.bin",
            b"Content-Transfer-Encoding: base64",
        )
        + b"--B--\r\n"
    )
    attachment, = read_mail(raw).attachments
    assert attachment.content == data
    assert attachment.sha256 == hashlib.sha256(data).hexdigest()


def test_an_attached_mail_is_kept_byte_for_byte() -> None:
    inner = b"Subject: inner\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\ntheir text\r\n--C\r\n" \
            b"Content-Disposition: attachment; filename=in.pdf\r\n\r\n%PDF-1.4\r\n--C--\r\nepilogue"
    mail = read_mail(MIXED + part(b"Our text.", b"Content-Type: text/plain") + part(inner,
    b"Content-Type: message/rfc822") + b"--B--\r\n")
    assert mail.attached == (inner,)
    assert mail.text == "Our text."
    assert [attachment.name for attachment in mail.attachments] == ["inner.eml"]
    assert [attachment.name for attachment in with_enclosed(mail)[1]] == ["inner.eml", "in.pdf"]
    assert "their text" in with_enclosed(mail)[0]
    assert [found.subject for found in enclosed_mails(mail)] == ["inner"]


def test_a_mail_in_a_mail_in_a_mail_ends_somewhere() -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\n" * 500 + b"Subject: deepest\r\n\r\nx"
    assert len(enclosed_mails(read_mail(raw))) == 4


def test_long_text_is_cut_and_kept_as_a_file() -> None:
    mail = read_mail(HEAD + b"\r\n" + b"A line of a very long log file.\r\n" * 100_000)
    assert len(mail.text) < 2_100_000
    assert "text-cut" in mail.defects
    assert len(mail.attachments[0].content) == 3_300_000


@pytest.mark.parametrize("raw", [
    HEAD + b"Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 6_000_000,
    b"\r" * 20_000_000, b"\n" * 20_000_000, b" " * 20_000_000, MIXED + b"\n--" * 5_000_000, MIXED + b"\r\n" * 10_000_000,
    b"To: " + b"(" * 200_000 + b"\r\n" + HEAD + b"\r\nx", b"To: " + b"a:" * 100_000 + b"\r\n" + HEAD + b"\r\nx",
    b"To: " + b"a@" * 100_000 + b"\r\n\r\nx",
    b"Subject: " + b"=?a?b?" * 40_000 + b"\r\n\r\nx", HEAD + b"\r\n" + b"begin 644 x\n" * 1_000_000,
    HEAD + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2000)),
    HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 2_000_000, HEAD + b"\r\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 100_000,
    HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \n" * 3_000_000,
    HEAD + b"\r\n" + "привет ".encode("koi8-r") * 2_000_000,
],
ids=["base64", "cr", "lf", "blanks", "dashes", "lines", "comments", "colons", "ats", "words", "uu", "nested", "divs", "pgp", "flowed",
"koi8"])
def test_hostile_mail_is_read_in_time(raw: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    read_all_once(raw)
    assert time.process_time() - started < 2.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def read_all_once(raw: bytes) -> None:
    try:
        read_mail(raw)
    except ParseError:
        read_envelope(raw)
