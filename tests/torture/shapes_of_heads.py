"""Hostile heads: fields, addresses, encoded words, ids, parameters."""

from __future__ import annotations

import base64

from tests.torture.shapes import MEGABYTE, letter, repeated, shape

ROOM = 900_000
"""Bytes that a field may have below the limit of a head."""


def _with(name: bytes, value: bytes) -> bytes:
    return letter(b"Hello", name + b": " + value)


def _folded(piece: bytes, size: int = ROOM) -> bytes:
    return repeated(piece + b"\r\n ", size)


@shape
def ten_thousand_fields() -> bytes:
    return letter(b"Hello", *(b"X-Field-%d: %d" % (n, n) for n in range(10_000)))


@shape
def forty_thousand_fields_of_one_letter() -> bytes:
    return letter(b"Hello", *([b"a: b"] * 49_000))


@shape
def fields_in_unknown_charsets() -> bytes:
    return letter(b"Hello", *(b"X-%d: \xe0\xf1\xee\xe6 %d" % (n, n) for n in range(30_000)))


@shape
def received_without_end() -> bytes:
    return letter(b"Hello", *([b"Received: from a (b [192.0.2.1]) by c with ESMTP id d; Mon, 2 Nov 2026 10:00:00 +0200"] * 9_000))


@shape
def stray_lines_in_the_head() -> bytes:
    return b"From: a@example.org\r\n" + b"stray line without colon\r\n" * 30_000 + b"X-End: 1\r\n\r\nHello"


@shape
def stray_lines_among_fields() -> bytes:
    return b"From: a@example.org\r\n" + b"stray line\r\nX-A: 1\r\n" * 25_000 + b"\r\nHello"


@shape
def head_of_blanks() -> bytes:
    return b"Subject: " + b" \r\n" * 300_000 + b"\r\nHello"


@shape
def blank_lines_before_the_head() -> bytes:
    return b" \r\n" * (12 * MEGABYTE) + letter(b"Hello")


@shape
def mbox_lines_before_the_head() -> bytes:
    return b"From a b\n" * 5_000_000 + letter(b"Hello")


@shape
def subject_of_800_kb_in_base64() -> bytes:
    return letter(b"Hello", subject=_folded(b"=?utf-8?B?" + base64.b64encode("ąčęėįšųū žodis ".encode() * 2) + b"?=", 800_000))


@shape
def subject_of_800_kb_in_many_charsets() -> bytes:
    words = [b"=?%s?Q?=E0=F1=EE=E6?=" % name for name in
             (b"koi8-r", b"cp1251", b"x-unknown", b"gb18030", b"iso-2022-jp", b"utf-7", b"cp1257", b"utf-8", b"hz", b"utf-16")]
    return letter(b"Hello", subject=_folded(b" ".join(words), 800_000))


@shape
def subject_of_one_huge_word() -> bytes:
    return letter(b"Hello", subject=b"=?utf-8?B?" + b"QUJD" * 200_000 + b"?=")


@shape
def subject_of_opened_words() -> bytes:
    return letter(b"Hello", subject=b"=?a?b?" * 40_000)


@shape
def subject_of_question_marks() -> bytes:
    return letter(b"Hello", subject=b"=?utf-8?Q?" + b"?" * 250_000)


@shape
def subject_of_question_marks_apart() -> bytes:
    return letter(b"Hello", subject=b"=?utf-8?Q?" + b"?a" * 120_000)


@shape
def subject_of_many_starts_of_words() -> bytes:
    return letter(b"Hello", subject=b"=?utf-8?Q?a?b" * 20_000)


@shape
def subject_of_combining_marks() -> bytes:
    return letter(b"Hello", subject=b"a" + "\u0301\u0316".encode() * 60_000)


@shape
def subject_of_marks_out_of_order() -> bytes:
    return letter(b"Hello", subject=b"=?utf-8?B?" + base64.b64encode("\u0301\u0316\u0345\u0334".encode() * 25_000) + b"?=")


@shape
def subject_of_prefixes() -> bytes:
    return letter(b"Hello", subject=b"Re: Fwd: [x] " * 20_000)


@shape
def subject_of_brackets() -> bytes:
    return letter(b"Hello", subject=b"[" * 250_000)


@shape
def subject_of_tags() -> bytes:
    return letter(b"Hello", subject=b"[#1] " * 50_000)


@shape
def subject_of_blanks() -> bytes:
    return letter(b"Hello", subject=b"a" + b" " * 250_000 + b"b")


@shape
def subject_in_iso_2022_jp() -> bytes:
    return letter(b"Hello", subject=b"\x1b$B$\"\x1b(B" * 30_000)


@shape
def subject_of_broken_iso_2022_jp() -> bytes:
    return letter(b"Hello", subject=b"\x1b$B-!\x1b(B" * 30_000)


@shape
def to_100_000_addresses() -> bytes:
    return _with(b"Cc", b"a@b.cd," * 100_000)


@shape
def to_many_fields_of_addresses() -> bytes:
    return letter(b"Hello", *([b"To: " + b"\"N, M\" <a@b.cd>, " * 50] * 900))


@shape
def from_of_many_fields() -> bytes:
    return letter(b"Hello", *([b"From: a@b.cd, c@d.ef"] * 40_000))


@shape
def addresses_in_encoded_words() -> bytes:
    return _with(b"Cc", b"=?utf-8?Q?a?= <a@b.cd>, " * 10_000)


@shape
def names_in_unknown_charsets() -> bytes:
    return _with(b"Cc", b"=?x-unknown?Q?=E0=F1=EE=E6?= <a@b.cd>, " * 6_000)


@shape
def addresses_of_at_signs() -> bytes:
    return _with(b"Cc", b"@" * 260_000)


@shape
def addresses_of_quoted_at_signs() -> bytes:
    return _with(b"Cc", b'"@' * 130_000)


@shape
def addresses_of_opened_brackets() -> bytes:
    return _with(b"Cc", b"<" * 260_000)


@shape
def addresses_of_opened_comments() -> bytes:
    return _with(b"Cc", b"(" * 130_000 + b")")


@shape
def addresses_of_backslashes() -> bytes:
    return _with(b"Cc", b'"' + b"\\" * 260_000)


@shape
def addresses_of_colons() -> bytes:
    return _with(b"Cc", b"a:" * 130_000 + b";")


@shape
def addresses_of_angles_before_an_at() -> bytes:
    return _with(b"Cc", b"<a" * 120_000 + b"@b.cd>")


@shape
def addresses_of_commas_between_names() -> bytes:
    return _with(b"Cc", b"a, " * 80_000 + b"<a@b.cd>")


@shape
def one_local_part_of_250_kb() -> bytes:
    return _with(b"Cc", b"a" * 250_000 + b"@example.org")


@shape
def one_name_of_250_kb() -> bytes:
    return _with(b"From", b'"' + b"N \\\"" * 60_000 + b'" <a@example.org>')


@shape
def one_hundred_thousand_references() -> bytes:
    return _with(b"References", b"<a@b>\r\n " * 100_000)


@shape
def references_without_brackets() -> bytes:
    return _with(b"References", b"a@b " * 60_000)


@shape
def references_of_opened_brackets() -> bytes:
    return _with(b"References", b"<a" * 130_000)


@shape
def references_of_comments() -> bytes:
    return _with(b"References", b"(a" * 130_000)


@shape
def references_of_parentheses() -> bytes:
    return _with(b"In-Reply-To", b"(" * 130_000 + b" a@b " + b")" * 100_000)


@shape
def message_id_of_250_kb() -> bytes:
    return b"Message-ID: <" + b"a" * 250_000 + b"@b>\r\nFrom: a@example.org\r\n\r\nHello"


@shape
def message_id_of_words() -> bytes:
    return b"Message-ID: " + b"a" * 130_000 + b"@" * 130_000 + b"\r\nFrom: a@example.org\r\n\r\nHello"


@shape
def thread_index_of_250_kb() -> bytes:
    return _with(b"Thread-Index", base64.b64encode(b"\x01" + b"a" * 180_000))


@shape
def date_of_250_kb() -> bytes:
    return b"From: a@example.org\r\nDate: " + b"Mon, 2 Nov 2026 " * 15_000 + b"\r\n\r\nHello"


@shape
def date_of_parentheses() -> bytes:
    return b"From: a@example.org\r\nDate: " + b"(" * 250_000 + b"\r\n\r\nHello"


@shape
def date_of_digits() -> bytes:
    return b"From: a@example.org\r\nDate: " + b"9" * 250_000 + b"\r\n\r\nHello"


@shape
def results_of_10_000_methods() -> bytes:
    return letter(b"Hello", *([b"Authentication-Results: mx.example.org; dkim=pass header.d=example.org"] * 10_000))


@shape
def results_in_one_field() -> bytes:
    return _with(b"Authentication-Results", b"mx.example.org" + b"; dkim=pass header.d=a" * 11_000)


@shape
def results_of_quotes() -> bytes:
    return _with(b"Authentication-Results", b"mx; dkim=pass a=" + b'"\\' * 120_000)


@shape
def results_of_names() -> bytes:
    return _with(b"Authentication-Results", b"mx; dkim=pass " + b"a." * 120_000)


@shape
def signatures_without_end() -> bytes:
    return letter(b"Hello", *([b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; h=from; b=AA; bh=AA"] * 9_000))


@shape
def signature_of_tags() -> bytes:
    return _with(b"DKIM-Signature", b"v=1; d=example.org; s=x; h=" + b"from:" * 45_000 + b"; a=" + b"x; " * 5_000)


@shape
def parameters_in_10_000_pieces() -> bytes:
    return letter(b"Hello", b"Content-Type: application/pdf;" + b"".join(b"\r\n name*%d*=%%41" % n for n in range(10_000)))


@shape
def parameters_in_pieces_of_disposition() -> bytes:
    return letter(b"Hello", b"Content-Type: application/pdf",
                  b"Content-Disposition: attachment;" + b"".join(b" filename*%d=\"a\";" % n for n in range(12_000)))


@shape
def parameters_of_quotes() -> bytes:
    return letter(b"Hello", b"Content-Type: application/pdf; name=" + b'"\\' * 120_000)


@shape
def parameters_of_semicolons() -> bytes:
    return letter(b"Hello", b"Content-Type: application/pdf" + b";" * 250_000 + b"name=x")


@shape
def parameters_of_blanks() -> bytes:
    return letter(b"Hello", b"Content-Type: application/pdf;" + b" " * 250_000 + b"name" + b" " * 1000 + b"=x")


@shape
def parameters_of_names_without_value() -> bytes:
    return letter(b"Hello", b"Content-Disposition: attachment; " + b"filename " * 28_000)


@shape
def boundary_in_10_000_pieces() -> bytes:
    return letter(b"--x\r\n\r\nHello\r\n--x--", b"Content-Type: multipart/mixed;" + b"".join(b" boundary*%d=x;" % n for n in range(10_000)))


@shape
def boundary_with_huge_numbers() -> bytes:
    return letter(b"--x\r\n\r\nHello\r\n--x--", b"Content-Type: multipart/mixed; boundary*" + b"9" * 100_000 + b"=x; boundary*1=y")


@shape
def boundary_of_250_kb() -> bytes:
    edge = b"x" * 200_000
    return letter(b"--" + edge + b"\r\n\r\nHello\r\n--" + edge + b"--", b"Content-Type: multipart/mixed; boundary=" + edge)


@shape
def encoding_of_250_kb() -> bytes:
    return letter(b"Hello", b"Content-Transfer-Encoding: " + b"base64 " * 35_000)


@shape
def charset_of_250_kb() -> bytes:
    return letter(b"\xe0\xf1", b"Content-Type: text/plain; charset=" + b"x" * 250_000)


@shape
def content_id_of_angles() -> bytes:
    return letter(b"Hello", b"Content-ID: " + b"<" * 125_000 + b"x" + b"> " * 60_000 + b"y")


@shape
def spam_and_list_fields() -> bytes:
    return letter(b"Hello", b"Precedence: " + b"bulk " * 10_000, b"X-Spam-Status: " + b"no " * 20_000, b"List-Id: " + b"<a." * 30_000,
                  b"X-Failed-Recipients: " + b"a@b.cd," * 30_000, b"Auto-Submitted: " + b"auto-" * 20_000)


@shape
def subject_of_beginnings_in_a_word() -> bytes:
    return letter(b"Hello", subject=b"=?utf-8?Q?" + b"=?" * 120_000 + b"?=")


@shape
def subject_of_almost_beginnings() -> bytes:
    return letter(b"Hello", subject=b"=?utf-8?Q?" + (b"=?" + b"x" * 59 + b"?") * 4_000 + b"?=")


@shape
def names_labelled_by_habit() -> bytes:
    return letter(b"\xe0\xf1\xee\xe6 \xe2\xf1\xe5 \xe5\xf9\xb8 " * 1_000, b"Cc: " + b"=?iso-8859-1?Q?=E0=F1=EE=E6?= <a@b.cd>, " * 6_000,
                  b"Content-Type: text/plain; charset=iso-8859-1")
