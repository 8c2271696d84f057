"""Hostile text: lines, blanks, quotations, charsets, transfer encodings."""

from __future__ import annotations

import base64

from tests.torture.shapes import LARGEST, MEGABYTE, letter, mixed, repeated, shape, text

ROOM = 10 * MEGABYTE


@shape
def a_million_lines_of_one_letter() -> bytes:
    return text(b"a\n" * 1_000_000)


@shape
def a_million_different_lines() -> bytes:
    return text(b"".join(b"Line %d of a log.\n" % n for n in range(1_000_000)))


@shape
def one_line_of_25_mb() -> bytes:
    return text(b"a" * (25 * MEGABYTE))


@shape
def one_line_of_25_mb_of_words() -> bytes:
    return text(repeated(b"word ", 25 * MEGABYTE))


@shape
def fifty_megabytes_of_text() -> bytes:
    return text(repeated(b"A usual line of a very long log file.\r\n", LARGEST - 1000))


@shape
def fifty_megabytes_of_line_ends() -> bytes:
    return text(b"\n" * (LARGEST - 1000))


@shape
def fifty_megabytes_of_carriage_returns() -> bytes:
    return b"\r" * LARGEST


@shape
def fifty_megabytes_of_nul() -> bytes:
    return b"\0" * LARGEST


@shape
def fifty_megabytes_of_noise() -> bytes:
    return text(bytes(range(256)) * 195_000)


@shape
def fifty_megabytes_without_a_head() -> bytes:
    return b"no head at all, only words\n" * 1_850_000


@shape
def fifty_megabytes_of_lines_with_colons() -> bytes:
    return b"Note: x\n" * 6_200_000


@shape
def text_of_blanks() -> bytes:
    return text(b"a" + b" " * (20 * MEGABYTE) + b"b")


@shape
def text_of_tabs_and_blanks() -> bytes:
    return text(b"a" + b" \t" * (10 * MEGABYTE) + b"b")


@shape
def text_of_non_breaking_blanks() -> bytes:
    return text(("a" + "\u00a0" * (5 * MEGABYTE) + "b").encode())


@shape
def text_of_zero_width_blanks() -> bytes:
    return text(("a" + "\u200b" * (5 * MEGABYTE) + "b").encode())


@shape
def text_of_line_separators() -> bytes:
    return text(("a\u2028b\u2029\x85" * (2 * MEGABYTE)).encode())


@shape
def text_of_form_feeds() -> bytes:
    return text(b"a\x0c\x0b\x1c\x1d" * (3 * MEGABYTE))


@shape
def text_of_direction_marks() -> bytes:
    return text(("\u200e\u202e" * (2 * MEGABYTE)).encode())


@shape
def text_of_combining_marks() -> bytes:
    return text(("a" + "\u0301\u0316" * MEGABYTE).encode())


@shape
def text_of_marks_out_of_order() -> bytes:
    return text(("\u0345\u0301\u0316\u0334" * 700_000).encode())


@shape
def text_of_long_compositions() -> bytes:
    return text(("\ufdfa\u1e9b\u0323\uac01" * 400_000).encode())


@shape
def text_of_emoji() -> bytes:
    return text(("👨‍👩‍👧‍👦" * 400_000).encode())


@shape
def japanese_of_10_mb_without_a_full_stop() -> bytes:
    return text(("お世話になっております" * 320_000).encode())


@shape
def chinese_of_10_mb() -> bytes:
    return text(("我不在办公室自动回复" * 340_000).encode())


@shape
def korean_of_10_mb() -> bytes:
    return text(("부재중자동회신" * 480_000).encode())


@shape
def one_word_of_5_mb() -> bytes:
    return text(("ąžuolas" * 700_000).encode())


@shape
def one_word_of_digits() -> bytes:
    return text(b"12." * (2 * MEGABYTE))


@shape
def quoted_deep() -> bytes:
    return text(b">" * MEGABYTE + b" a\n" + b">" * MEGABYTE)


@shape
def quoted_deep_in_lines() -> bytes:
    return text((b">" * 1_000 + b" a\n") * 9_000)


@shape
def quoted_and_answered_in_turns() -> bytes:
    return text(b"> asked\nanswered\n\n" * 500_000)


@shape
def quoted_lines_wrapped() -> bytes:
    return text((b"> " + b"x" * 70 + b"\nwrapped on\n") * 100_000)


@shape
def a_hundred_thousand_introductions() -> bytes:
    return text(b"On Mon, 2 Nov 2026 at 10:00, Ona <ona@example.org> wrote:\n" * 100_000)


@shape
def a_hundred_thousand_introductions_with_quotes() -> bytes:
    return text(b"On Mon, 2 Nov 2026 at 10:00, Ona <ona@example.org> wrote:\n> x\n\nyes\n" * 100_000)


@shape
def a_hundred_thousand_half_introductions() -> bytes:
    return text(b"On Mon, 2 Nov 2026 at 10:00,\nOna\n<ona@example.org\n> wrote:\nno\n" * 100_000)


@shape
def a_hundred_thousand_lines_that_begin_with_from() -> bytes:
    return text(b"From: somebody\n" * 100_000)


@shape
def a_hundred_thousand_header_blocks() -> bytes:
    return text(b"From: x\nSent: y\nTo: z\nSubject: s\n\nThese are the headers:\n" * 100_000)


@shape
def a_hundred_thousand_labels_apart() -> bytes:
    return text(b"From:\nhello\nTo:\nyou\n" * 100_000)


@shape
def a_hundred_thousand_dividers() -> bytes:
    return text(b"-----Original Message-----\n" * 100_000)


@shape
def a_hundred_thousand_rulers() -> bytes:
    return text(b"________________________________\ntext\n" * 100_000)


@shape
def rulers_of_a_megabyte() -> bytes:
    return text((b"-" * MEGABYTE + b" x\n") * 5)


@shape
def a_hundred_thousand_signatures() -> bytes:
    return text(b"Thanks,\nOna\n-- \nBest regards\nOna\n\n" * 100_000)


@shape
def a_hundred_thousand_closings_in_a_line() -> bytes:
    return text(b"Best regards, " * 100_000)


@shape
def sent_from_my_phone() -> bytes:
    return text(b"Sent from my " * 300_000 + b"\n" + b"Sent from my phone\n" * 100_000)


@shape
def disclaimers() -> bytes:
    return text(b"This e-mail and any attachments are confidential and intended only for the addressee " * 50_000)


@shape
def disclaimers_in_lines() -> bytes:
    return text(b"This message is confidential.\n\n" * 100_000)


@shape
def markers_and_tokens() -> bytes:
    return text(b"abcdefghijklmnopqrstuvwxyz234567abcde " * 50_000)


@shape
def words_of_absence() -> bytes:
    return letter(b"I am out of the office until " * 300_000, subject=b"Automatic reply: " * 10_000)


@shape
def words_of_absence_and_dates() -> bytes:
    return letter(b"out of office until 12.12.2026 back on 1 december " * 80_000, b"Auto-Submitted: auto-replied", subject=b"Automatic reply")


@shape
def words_of_absence_in_japanese() -> bytes:
    return letter("不在にしております".encode() * 300_000, b"Auto-Submitted: auto-replied", b"Content-Type: text/plain; charset=utf-8")


@shape
def plain_text_declared_flowed() -> bytes:
    return letter(b"a \n" * 1_000_000, b"Content-Type: text/plain; format=flowed; delsp=yes")


@shape
def flowed_in_depths() -> bytes:
    return letter(b"".join(b">" * (n % 500) + b" a \n" for n in range(40_000)), b"Content-Type: text/plain; format=flowed")


@shape
def enriched_text() -> bytes:
    return letter(b"<param><bold><" * 700_000, b"Content-Type: text/enriched")


@shape
def armour_repeated() -> bytes:
    return text(b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n-----BEGIN PGP SIGNATURE-----\n" * 100_000)


@shape
def armour_with_endless_headers() -> bytes:
    return text(b"-----BEGIN PGP SIGNED MESSAGE-----\n" + b"Hash: SHA256\n" * 500_000 + b"-----BEGIN PGP SIGNATURE-----\n")


@shape
def markup_in_plain_text() -> bytes:
    return text(b"<html>" + b"<div>" * 300_000)


@shape
def notice_of_clients() -> bytes:
    return mixed(text(b"your client " * 600_000), b"Content-Type: text/html\r\n\r\n<p>x")


@shape
def quoted_printable_of_equals() -> bytes:
    return letter(b"=" * (20 * MEGABYTE), b"Content-Transfer-Encoding: quoted-printable")


@shape
def quoted_printable_of_soft_ends() -> bytes:
    return letter(b"=\r\n" * (10 * MEGABYTE), b"Content-Transfer-Encoding: quoted-printable")


@shape
def base64_of_50_mb() -> bytes:
    return mixed(b"Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 12_400_000)


@shape
def base64_of_text() -> bytes:
    return letter(base64.encodebytes(b"A usual line of a very long log file.\r\n" * 800_000), b"Content-Transfer-Encoding: base64")


@shape
def base64_with_junk() -> bytes:
    return letter(b"QUJD!!" * (3 * MEGABYTE), b"Content-Transfer-Encoding: base64")


@shape
def base64_with_little_junk() -> bytes:
    return letter((b"QUJD" * 18 + b"\r\n") * 500_000 + b"!junk\r\n", b"Content-Transfer-Encoding: base64")


@shape
def base64_of_blanks() -> bytes:
    return letter(b"QUJD " * (4 * MEGABYTE), b"Content-Transfer-Encoding: base64")


@shape
def base64_of_padding() -> bytes:
    return letter(b"QQ==" * (5 * MEGABYTE), b"Content-Transfer-Encoding: base64")


@shape
def base64_of_padding_and_blanks() -> bytes:
    return letter(b"= \t " * (5 * MEGABYTE), b"Content-Transfer-Encoding: base64")


@shape
def base64_of_short_lines() -> bytes:
    return letter(b"QQ==\n" * (4 * MEGABYTE) + b"-- \nfooter", b"Content-Transfer-Encoding: base64")


@shape
def uuencode_opened_without_end() -> bytes:
    return letter(b"begin 644 x\n" * 1_000_000)


@shape
def uuencode_repeated() -> bytes:
    return letter(b"begin 644 x\n#0V%T\n`\nend\n" * 500_000)


@shape
def uuencode_of_one_line() -> bytes:
    return letter(b"begin 644 x\nM" + b"A" * (20 * MEGABYTE) + b"\nend\n")


@shape
def uuencode_of_broken_lines() -> bytes:
    return letter((b"begin 644 x\n" + b"M0V%T" * 12 + b"\n") * 300_000)


@shape
def uuencode_as_transfer_encoding() -> bytes:
    return letter(b"begin 644 x\n" + b"#0V%T\n" * 5_000_000 + b"end\n", b"Content-Transfer-Encoding: x-uuencode")


def _in(charset: bytes, content: bytes, size: int = ROOM) -> bytes:
    return text(repeated(content, size), charset)


@shape
def charset_utf_7() -> bytes:
    return _in(b"utf-7", b"+AGE-+2D3eAQ-")


@shape
def charset_utf_7_without_end() -> bytes:
    return text(b"+" + b"AGE" * 3_000_000, b"utf-7")


@shape
def charset_utf_16() -> bytes:
    return text("labas rytas ".encode("utf-16-le") * 400_000, b"utf-16")


@shape
def charset_utf_32() -> bytes:
    return text("labas rytas ".encode("utf-32-le") * 200_000, b"utf-32")


@shape
def charset_utf_16_of_halves() -> bytes:
    return text(b"\x00\xd8" * 5_000_000, b"utf-16-le")


@shape
def charset_iso_2022_jp() -> bytes:
    return _in(b"iso-2022-jp", b"\x1b$B$\"\x1b(B")


@shape
def charset_iso_2022_jp_of_escapes() -> bytes:
    return _in(b"iso-2022-jp", b"\x1b$B\x1b(B\x1b(J\x1b$@")


@shape
def charset_iso_2022_jp_of_windows() -> bytes:
    return _in(b"iso-2022-jp", b"\x1b$B-!$\"$\"\x1b(B a")


@shape
def charset_iso_2022_jp_without_end() -> bytes:
    return text(b"\x1b$B" + b"-!$\"" * 2_500_000, b"iso-2022-jp")


@shape
def charset_iso_2022_kr() -> bytes:
    return text(b"\x1b$)C" + b"\x0e0!\x0f a" * 1_500_000, b"iso-2022-kr")


@shape
def charset_hz() -> bytes:
    return _in(b"hz-gb-2312", b"~{NR~}")


@shape
def charset_gb18030() -> bytes:
    return _in(b"gb18030", "我的订单\U0001f600".encode("gb18030"))


@shape
def charset_gb18030_broken() -> bytes:
    return _in(b"gb18030", b"\x81\x30\xff\xfe\x80")


@shape
def charset_unknown() -> bytes:
    return _in(b"x-unknown", "Привет, мир! ".encode("koi8-r"))


@shape
def charset_of_western_habit() -> bytes:
    return _in(b"iso-8859-1", "Привет, мир! ".encode("cp1251"))


@shape
def charset_utf_8_with_broken_bytes() -> bytes:
    return _in(b"utf-8", "Привет".encode() + b"\xff\xd0 ")


@shape
def charset_that_names_a_transformation() -> bytes:
    return _in(b"unicode_escape", b"\\U0001f600\\x41")


@shape
def charset_punycode() -> bytes:
    return _in(b"punycode", b"abc-def")


@shape
def text_of_rare_marks() -> bytes:
    return text("\U0001d165\U0001d16d".encode() * 700_000)


@shape
def text_of_marks_in_thirties() -> bytes:
    return text(("a" + "\u0301" * 29).encode() * 50_000)


@shape
def text_of_thai() -> bytes:
    return text("กู้".encode() * 400_000)


@shape
def windows_named_for_iso() -> bytes:
    return _in(b"windows-1250", "Proszę o pilną odpowiedź. ".encode("iso-8859-2"))


@shape
def euc_named_shift_jis() -> bytes:
    return _in(b"shift_jis", "お世話になっております。".encode("euc-jp"))
