"""Hostile structure: parts, boundaries, nesting, reports, mails in mails."""

from __future__ import annotations

from tests.torture.shapes import LARGEST, MEGABYTE, file, letter, mixed, repeated, shape

_REPORT = b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"'


@shape
def ten_thousand_parts() -> bytes:
    return mixed(*([b"Content-Type: text/plain\r\n\r\nHello"] * 10_000))


@shape
def a_thousand_parts_of_text() -> bytes:
    return mixed(*([b"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + "Привет мир\n".encode("koi8-r") * 4_500] * 990))


@shape
def a_thousand_parts_of_html() -> bytes:
    return mixed(*([b"Content-Type: text/html\r\n\r\n" + b"<p>Hello <b>you</b></p>" * 1_000] * 990))


@shape
def a_thousand_alternatives() -> bytes:
    edge = b"--B\r\nContent-Type: text/%s; charset=x-unknown\r\n\r\n%s\r\n"
    parts = (edge % (b"html", b"<p>\xe0\xf1</p>" * 100) + edge % (b"plain", b"your mail client cannot \xe0 " * 20) for _ in range(495))
    return letter(b"".join(parts) + b"--B--\r\n", b'Content-Type: multipart/alternative; boundary="B"')


@shape
def a_thousand_groups_of_alternatives() -> bytes:
    one = b'Content-Type: multipart/alternative; boundary="C"\r\n\r\n--C\r\n\r\ntext %d\r\n--C\r\nContent-Type: text/html\r\n\r\n<p>page</p>\r\n--C--\r\n'
    return mixed(*(one % n for n in range(330)))


@shape
def a_thousand_files_with_long_names() -> bytes:
    return mixed(*([b"Content-Disposition: attachment;" + b"".join(b" filename*%d*=%%41%%42;" % n for n in range(400)) + b"\r\n\r\nx"] * 990))


@shape
def a_thousand_files_of_50_kb() -> bytes:
    return mixed(*(file(b"%d" % n + b"x" * 36_000, b"application/pdf", b"a.pdf") for n in range(990)))


@shape
def a_thousand_inline_images() -> bytes:
    images = [b"Content-Type: image/png\r\nContent-ID: <%d@x>\r\n\r\n\x89PNG" % n for n in range(980)]
    return mixed(b"Content-Type: text/html\r\n\r\n" + b"".join(b'<img src="cid:%d@x">' % n for n in range(980)) + b"x " * 480_000, *images)


@shape
def fifty_parts_of_a_megabyte() -> bytes:
    return mixed(*([b"Content-Type: text/plain\r\n\r\n" + b"Some line of text.\n" * 50_000] * 50))


@shape
def multiparts_2000_deep() -> bytes:
    return letter(b"--b0\r\n" + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1, 2000)),
                  b'Content-Type: multipart/mixed; boundary="b0"')


@shape
def multiparts_45_deep_and_large() -> bytes:
    return letter(b"--b0\r\n" + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1, 45))
                  + b"\r\n" + b"x\n--c\n" * 8_000_000, b'Content-Type: multipart/mixed; boundary="b0"')


@shape
def multiparts_with_prefix_boundaries() -> bytes:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n' % (b"x" * n, b"x" * n) for n in range(2, 45))
    return letter(b"--x\r\n" + deep + b"\r\n" + (b"--" + b"x" * 60 + b"y\n") * 500_000, b'Content-Type: multipart/mixed; boundary="x"')


@shape
def dashes_at_the_start_of_25_million_lines() -> bytes:
    return letter(repeated(b"--\n", LARGEST - 1000), b'Content-Type: multipart/mixed; boundary="B"')


@shape
def false_boundaries() -> bytes:
    return letter(repeated(b"--Bx\n", LARGEST - 1000), b'Content-Type: multipart/mixed; boundary="B"')


@shape
def guessed_boundaries() -> bytes:
    return letter(repeated(b"--" + b" " * 190 + b"\r\n", 10 * MEGABYTE), b'Content-Type: multipart/mixed; boundary="none"')


@shape
def guessed_boundaries_with_fields() -> bytes:
    return letter(repeated(b"--x \t \t \t \t \t \t \t \t\r\ncontent-", 10 * MEGABYTE), b"Content-Type: multipart/mixed")


@shape
def tails_of_blanks_after_boundaries() -> bytes:
    return letter((b"--B" + b" " * 50_000 + b"x\n") * 500 + b"--B\r\n\r\nHello\r\n--B--", b'Content-Type: multipart/mixed; boundary="B"')


@shape
def tails_of_carriage_returns_after_boundaries() -> bytes:
    return letter((b"--B" + b"\r" * 50_000 + b"x\n") * 500 + b"--B\r\n\r\nHello\r\n--B--", b'Content-Type: multipart/mixed; boundary="B"')


@shape
def parts_with_large_heads() -> bytes:
    return mixed(*([b"Content-Type: text/plain\r\n" + b"X-A: b\r\n" * 6_000 + b"\r\nHello"] * 900))


@shape
def parts_with_stray_lines() -> bytes:
    return mixed(*([b"stray\r\n" * 19 + b"X-Y: 1\r\n\r\nHello"] * 990))


@shape
def nested_mails_1000_deep() -> bytes:
    return letter(b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"Subject: deepest\r\n\r\nx", b"Content-Type: message/rfc822")


@shape
def nested_mails_in_multiparts() -> bytes:
    body = b"Content-Type: text/plain\r\n\r\ndeepest"
    for n in range(60):
        body = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\nContent-Type: message/rfc822\r\n\r\n' % (n, n) + body
                + b"\r\n--b%d--\r\n" % n)
    return body


@shape
def nested_mails_large() -> bytes:
    inner = b"Subject: inner\r\n\r\n" + b"Some line of text.\r\n" * 2_300_000
    for _ in range(6):
        inner = b"Content-Type: message/rfc822\r\n\r\n" + inner
    return b"From: a@example.org\r\n" + inner


@shape
def five_hundred_mails_attached() -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: \xe0\xf1\xee\xe6\r\nFrom: \xe0\xf1 <a@b.cd>\r\n\r\n" + b"\xe0\xf1\xee\xe6 \xe2\xf1\xe5\n" * 5_000
    return mixed(*([inner] * 500))


@shape
def fifty_mails_of_a_megabyte_attached() -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n" + b"<p>Hello <b>you</b></p>\n" * 40_000
    return mixed(*([inner] * 50))


@shape
def fifty_mails_with_large_heads() -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\n" + b"X-A: =?x-unknown?Q?=E0=F1?=\r\n" * 20_000 + b"\r\nHello"
    return mixed(*([inner] * 50))


@shape
def fifty_mails_to_many() -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\nTo: " + b"a@b.cd, " * 30_000 + b"\r\nReferences: " + b"<a@b> " * 40_000 + b"\r\n\r\nHello"
    return mixed(*([inner] * 90))


@shape
def fifty_mails_with_a_thousand_parts() -> bytes:
    inner = (b'Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary="C"\r\n\r\n'
             + b"--C\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nHello\r\n" * 900 + b"--C--\r\n")
    return mixed(*([inner] * 50))


@shape
def digest_of_900_mails() -> bytes:
    return letter(b"--B\r\n\r\nSubject: one\r\nTo: \xe0\r\n\r\nHello\r\n" * 900 + b"--B--", b'Content-Type: multipart/digest; boundary="B"')


@shape
def report_of_100_000_recipients() -> bytes:
    status = b"Reporting-MTA: dns; x\r\n\r\n" + b"".join(b"Final-Recipient: rfc822; a%d@b.cd\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" % n
                                                          for n in range(100_000))
    return letter(b"--B\r\n\r\nFailed.\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n" + status + b"--B--", _REPORT)


@shape
def report_of_900_parts() -> bytes:
    status = b"Reporting-MTA: dns; x\r\n\r\n" + b"Final-Recipient: rfc822; a@b.cd\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" * 700
    return letter((b"--B\r\nContent-Type: message/delivery-status\r\n\r\n" + status) * 900 + b"--B--", _REPORT)


@shape
def report_of_blank_lines() -> bytes:
    return letter(b"--B\r\nContent-Type: message/delivery-status\r\n\r\na: b" + b"\r\n \t " * 200_000 + b"c: d\r\n--B--", _REPORT)


@shape
def report_of_one_large_field() -> bytes:
    status = b"Final-Recipient: rfc822; a@b.cd\r\nAction: failed\r\nDiagnostic-Code: smtp; " + b"550 5.1.1 " * 80_000 + b"\r\n\r\n"
    return letter(b"--B\r\nContent-Type: message/delivery-status\r\n\r\n" + status + b"--B--", _REPORT)


@shape
def report_that_returns_a_large_head() -> bytes:
    return letter(b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n" + b"To: a@b.cd\r\nX: =?x-unknown?Q?=E0?=\r\n" * 20_000 + b"--B--", _REPORT)


@shape
def mails_of_costly_html_in_one_another() -> bytes:
    costly = b"Content-Type: text/html\r\n\r\n" + b"<p>x <b>y</b></p>" * 55_000
    return mixed(costly, *([b"Content-Type: message/rfc822\r\n\r\n" + costly] * 40))


@shape
def mails_of_costly_heads_in_one_another() -> bytes:
    head = b"Cc: " + b"=?x-unknown?Q?=E0=F1=EE=E6?= <a@b.cd>, " * 6_000 + b"\r\n"
    return head + mixed(*([b"Content-Type: message/rfc822\r\n\r\n" + head + b"\r\nx"] * 40))
