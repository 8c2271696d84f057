"""Hostile files: winmail.dat, rich text, calendars, signed envelopes, names."""

from __future__ import annotations

import struct

from tests.torture.shapes import LARGEST, MEGABYTE, file, letter, mixed, shape

_SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)
_SIGNED = bytes.fromhex("06092a864886f70d010702") + b"\x06\x09" + bytes.fromhex("2a864886f70d010701")


def _attribute(tag: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BII", level, tag, len(value)) + value + b"\0\0"


def _property(name: int, value: bytes, kind: int = 0x0102) -> bytes:
    return struct.pack("<HHII", kind, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def _message(*properties: bytes) -> bytes:
    return _attribute(0x00069003, struct.pack("<I", len(properties)) + b"".join(properties))


def _winmail(*attributes: bytes) -> bytes:
    return mixed(file(_SIGNATURE + b"".join(attributes), b"application/ms-tnef", b"winmail.dat"))


def _compressed(unpacked: int, data: bytes) -> bytes:
    return struct.pack("<IIII", len(data) + 12, unpacked, 0x75465A4C, 0) + data


@shape
def winmail_of_attributes() -> bytes:
    return _winmail(*([_attribute(0x00018010, b"a")] * 1_000_000))


@shape
def winmail_of_files() -> bytes:
    return _winmail(*([_attribute(0x00069002, b"", 2) + _attribute(0x00018010, b"a.txt", 2) + _attribute(0x0006800F, b"x", 2)] * 300_000))


@shape
def winmail_of_large_files() -> bytes:
    return _winmail(*([_attribute(0x00069002, b"", 2) + _attribute(0x0006800F, b"x" * 35_000, 2)] * 1_000))


@shape
def winmail_of_properties() -> bytes:
    return _winmail(_message(*([_property(0x1000, b"x")] * 200_000)))


@shape
def winmail_of_many_messages() -> bytes:
    return _winmail(*([_message(*([_property(0x1013, b"\xe0\xf1\xee\xe6" * 400)] * 50))] * 400))


@shape
def winmail_of_many_values() -> bytes:
    value = struct.pack("<HHI", 0x1102, 0x1013, 0xFFFFFFF) + struct.pack("<I", 0) * 5_000_000
    return _winmail(_attribute(0x00069003, struct.pack("<I", 1) + value))


@shape
def winmail_of_bodies() -> bytes:
    return _winmail(*([_attribute(0x0002800C, b"\xe0\xf1\xee\xe6 " * 300)] * 20_000))


@shape
def winmail_of_one_large_body() -> bytes:
    return _winmail(_attribute(0x0002800C, b"\xe0\xf1\xee\xe6 x" * 5_000_000))


@shape
def winmail_of_large_html() -> bytes:
    return _winmail(_message(_property(0x1013, b"<div><p>x" * 3_000_000)))


@shape
def winmail_of_rtf_that_expands() -> bytes:
    reference = struct.pack(">H", (230 << 4) | 15)
    return _winmail(_message(_property(0x1009, _compressed(0xFFFFFFFF, (b"\xff" + reference * 8) * 1_500_000))))


@shape
def winmail_of_large_rtf() -> bytes:
    return _winmail(_message(_property(0x1009, struct.pack("<IIII", 0, 30 * MEGABYTE, 0x414C454D, 0) + b"{\\rtf1 \\par x" * 2_500_000)))


@shape
def winmail_a_hundred_times() -> bytes:
    rtf = _SIGNATURE + _message(_property(0x1009, _compressed(0xFFFFFFFF, (b"\xff" + b"\x0e\x6f" * 8) * 15_000)))
    return mixed(*([file(rtf, b"application/ms-tnef", b"winmail.dat")] * 90))


@shape
def winmail_of_many_texts() -> bytes:
    tnef = _SIGNATURE + _message(_property(0x1009, b"{\\rtf1 " + b"\\'e0\\par" * 6_000 + b"}"))
    return mixed(*([file(tnef, b"application/ms-tnef", b"winmail.dat")] * 500))


@shape
def rich_text_of_groups() -> bytes:
    return letter(b"{\\rtf1 " + b"{" * 5_000_000, b"Content-Type: text/rtf")


@shape
def rich_text_of_octets() -> bytes:
    return letter(b"{\\rtf1\\ansicpg1251 " + b"\\'e0" * 2_000_000, b"Content-Type: text/rtf")


@shape
def rich_text_of_octets_apart() -> bytes:
    return letter(b"{\\rtf1\\ansicpg932 " + b"\\'e0\\b " * 1_000_000, b"Content-Type: text/rtf")


@shape
def rich_text_of_unicode() -> bytes:
    return letter(b"{\\rtf1 " + b"\\u55296?" * 1_000_000, b"Content-Type: text/rtf")


@shape
def rich_text_of_words() -> bytes:
    return letter(b"{\\rtf1 " + b"\\par" * 3_000_000, b"Content-Type: text/rtf")


@shape
def rich_text_of_digits() -> bytes:
    return letter(b"{\\rtf1 \\u" + b"9" * 4_000_000, b"Content-Type: text/rtf")


@shape
def rich_text_in_plain_text() -> bytes:
    return letter(b"{\\rtf1 " + b"\\par x" * 2_000_000, b"Content-Type: text/plain")


@shape
def rich_text_in_a_hundred_parts() -> bytes:
    return mixed(*([b"Content-Type: text/plain\r\n\r\n{\\rtf1 " + b"\\par x" * 3_000] * 100))


@shape
def rich_text_in_many_files() -> bytes:
    return mixed(*([b"Content-Type: text/rtf\r\n\r\n{\\rtf1 " + b"\\par x" * 8_000] * 900))


@shape
def calendar_of_a_million_lines() -> bytes:
    return letter(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + b"SUMMARY:x\r\n" * 1_000_000, b"Content-Type: text/calendar")


@shape
def calendar_of_folds() -> bytes:
    return letter(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:" + b"x\r\n " * 5_000_000, b"Content-Type: text/calendar")


@shape
def calendar_of_parameters() -> bytes:
    return letter(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;" + b'A="b";' * 80_000 + b"\r\n", b"Content-Type: text/calendar")


@shape
def calendar_of_open_quotes() -> bytes:
    return letter(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + b'S;"a\r\n' * 80_000, b"Content-Type: text/calendar")


@shape
def calendar_of_quotes_in_a_line() -> bytes:
    return letter(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nS;" + b'"' * 400_000, b"Content-Type: text/calendar")


@shape
def calendar_of_names() -> bytes:
    return letter(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + b"A" * 450_000, b"Content-Type: text/calendar")


@shape
def calendars_in_unknown_charsets() -> bytes:
    return mixed(*([b"Content-Type: text/calendar; charset=x-unknown\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:\xe0\xf1\xee" + b"x" * 50_000] * 900))


@shape
def signed_envelopes_of_pieces() -> bytes:
    return mixed(file(_SIGNED + b"\xa0\x80\x24\x80" + b"\x04\x01x" * 5_000_000, b"application/pkcs7-mime", b"smime.p7m"))


@shape
def signed_envelopes_of_brackets() -> bytes:
    return mixed(file(_SIGNED + b"\xa0\x80" + b"\x24\x80" * 5_000_000, b"application/pkcs7-mime", b"smime.p7m"))


@shape
def signed_envelopes_with_parts() -> bytes:
    inner = b'Content-Type: multipart/mixed; boundary="C"\r\n\r\n' + b"--C\r\n\r\nHello\r\n" * 900 + b"--C--"
    envelope = file(_SIGNED + b"\xa0\x80\x04\x84" + struct.pack(">I", len(inner)) + inner, b"application/pkcs7-mime", b"smime.p7m")
    return mixed(*([envelope] * 900))


@shape
def signed_envelopes_with_large_text() -> bytes:
    inner = b"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + b"\xf0\xd2\xc9\xd7\xc5\xd4\n" * 150_000
    envelope = file(_SIGNED + b"\xa0\x80\x04\x84" + struct.pack(">I", len(inner)) + inner, b"application/pkcs7-mime", b"smime.p7m")
    return mixed(*([envelope] * 30))


@shape
def file_names_of_paths() -> bytes:
    return mixed(*([b'Content-Disposition: attachment; filename="' + b"../" * 2_000 + b'x"\r\n\r\nx'] * 900))


@shape
def file_names_of_dots() -> bytes:
    return mixed(*([b'Content-Disposition: attachment; filename="x' + b". " * 3_000 + b'x"\r\n\r\nx'] * 900))


@shape
def file_names_in_unknown_charsets() -> bytes:
    return mixed(*([b'Content-Disposition: attachment; filename="' + b"\xe0\xf1\xee\xe6" * 60 + b'.txt"\r\n\r\nx'] * 990))


@shape
def file_names_in_words_of_unknown_charsets() -> bytes:
    return mixed(*([b'Content-Type: text/x; name="' + b"=?x-%d?Q?=E0=F1?= " % n * 200 + b'"\r\n\r\nx' for n in range(990)]))


@shape
def files_of_markup() -> bytes:
    return mixed(*([b"Content-Type: application/octet-stream\r\n\r\n" + b" " * 500 + b"<?xml"] * 990))


@shape
def one_file_of_50_mb_in_eight_bits() -> bytes:
    return mixed(b"Content-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: binary\r\n\r\n" + bytes(range(256)) * (LARGEST // 256 - 100))
