"""Hostile bounces: reports in words, whose every line is tried against many patterns."""

from __future__ import annotations

from tests.torture.shapes import Shape, shape

_HEAD = b"From: MAILER-DAEMON@example.org\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n"
_SAID = b"Your message could not be delivered to one or more recipients.\n"
_LINES: tuple[tuple[str, bytes], ...] = (
    ("bounce in words of megabytes", b"<a@b.cd>: user unknown\n"),
    ("bounce of at signs", b"a@" * 490 + b"\n"),
    ("bounce of dashes", b"-" * 100 + b"\n"),
    ("bounce of dashes and words", b"-" * 78 + b" " * 58 + b"original\n"),
    ("bounce of empty lines", b"\n \n\t"),
    ("bounce of blanks", b" " * 990 + b"a@b.cd\n"),
    ("bounce of senders and blanks", b"from" + b" " * 490 + b"from" + b" " * 480 + b"x\na@b.cd x\n"),
    ("bounce of labels", b"to:<(" * 190 + b"a@\n"),
    ("bounce of labels and words", b"recipient user mailbox to for " * 30 + b"a@b\n"),
    ("bounce of answers", b"550 5.1.1 " * 90 + b"<a@\n"),
    ("bounce of long local parts", b"a" * 64 + b"=" + b"b" * 40 + b"@" + b"c" * 255 + b":x\n"),
    ("bounce of quotes", b'"' * 900 + b"@b\n"),
    ("bounce of fields", b"Final-Recipient: rfc822; a@b.cd\nStatus: 5.1.1\nAction: failed\nDiagnostic-Code: smtp; 550 x\n\n"),
    ("bounce of ids", b"Message-ID: <a" * 60 + b"\n"),
    ("bounce of reasons", b"550 mailbox message mail size file attachment exceed " * 18 + b"\n"),
    ("bounce of copies", b"--- Below this line is a copy of the message.\n"),
    ("bounce of received fields", b"received from x with x by x; the headers follow:\n"),
)


def _of_lines(line: bytes) -> Shape:
    return lambda: _HEAD + _SAID + line * (20_000_000 // len(line))


for _name, _line in _LINES:
    _shape = _of_lines(_line)
    _shape.__name__ = _name
    shape(_shape)


@shape
def bounce_of_one_line() -> bytes:
    return _HEAD + _SAID + b"recipient address mailbox user to for a@b " * 1_000_000


@shape
def bounce_of_blanks_in_one_line() -> bytes:
    return _HEAD + _SAID + b"message-id:" + b" " * 20_000_000 + b"x"


@shape
def bounce_of_attached_reports() -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/report; boundary=C\r\n\r\n" + b"Final-Recipient: rfc822; a@b.cd\r\n" * 2_000
    return b'Content-Type: multipart/mixed; boundary="B"\r\n' + _HEAD + (b"--B\r\n" + inner + b"\r\n") * 600 + b"--B--"
