"""Reads one mail in every way that `mailbridge explain` does, and checks what must hold whatever its bytes are.

What always holds: no exception, nothing slower than `Limits.seconds`; a mail over a limit still shows its head; every text can be
stored; no line of the text is missing from reply, quotation and signature; no byte of a mail or a file that was sent is lost.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from mailbridge.decide.own_check import judge_with_answers, names_to_ask
from mailbridge.decide.trust import TrustFacts
from mailbridge.errors import ParseError
from mailbridge.explain import plain_explainer
from mailbridge.mail.enclosed import all_attachments, whole_text
from mailbridge.mail.html import safe_html
from mailbridge.mail.message import Mail
from mailbridge.mail.parse import read_envelope, read_mail
from mailbridge.mail.quote import cut_html, written

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
BOUNDARY = b"=_torture_4f1d0c2b9a"
_HEAD = (b"From: Ona <ona@example.org>\r\nTo: support@example.org\r\nSubject: Wrapped\r\nDate: Mon, 2 Nov 2026 10:00:00 +0200\r\n"
         b'Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + BOUNDARY + b'"\r\n\r\n')


class Everything:
    """Everything that is done with a mail before anybody asks what is known about it; made once, used for many mails."""

    def __init__(self) -> None:
        self._explainer = plain_explainer()
        self._patterns = self._explainer.reading.patterns

    def explain(self, raw: bytes) -> str:
        """Return what the command prints about a mail. Raises AssertionError for anything but a limit that was kept."""
        answer = self._explainer.explain("mail.eml", raw, NOW)
        told = next((one for one in answer["defects"] if one.startswith("not read: ")), "")
        assert not told or told == f"not read: {_limit_of(raw)}", told
        assert answer["sha256"] == hashlib.sha256(raw).hexdigest()
        printed = json.dumps(answer, ensure_ascii=False)
        assert "\0" not in printed
        printed.encode("utf-8")
        return printed

    def check(self, raw: bytes, hints: tuple[str, ...] = ()) -> bool:
        """Check a mail in every way; say whether it was read (not over a limit)."""
        self.explain(raw)
        try:
            mail, read = read_mail(raw, hints), True
        except ParseError:
            mail, read = read_envelope(raw), False
            assert "not-read" in mail.defects
        check_values(raw, mail)
        self._check_written(mail)
        whole_text(mail, hints)
        for one in all_attachments(mail, hints):
            assert one.sha256 == hashlib.sha256(one.content).hexdigest()
        if asked := names_to_ask(raw, mail):
            judge_with_answers(raw, mail, TrustFacts(), dict.fromkeys(asked, "v=DKIM1; p=AAAA"))
        return read

    def _check_written(self, mail: Mail) -> None:
        said = written(mail, self._patterns)
        assert _lines(said.reply) + _lines(said.quoted) + _lines(said.signature) == _lines(mail.text)
        assert said.reply.strip() or not mail.text.strip()
        if mail.html:
            safe = safe_html(cut_html(mail.html, said) or mail.html).lower()
            assert "<script" not in safe
            assert "<iframe" not in safe


def _limit_of(raw: bytes) -> str:
    """Say which limit a mail goes over, as the reading says it; nothing when it goes over none."""
    try:
        read_mail(raw)
    except ParseError as error:
        return str(error)
    return ""


def _lines(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.split("\n") if line.strip())


def check_values(raw: bytes, mail: Mail) -> None:
    """Check what holds of every mail that was read, also of one of which only the head could be."""
    assert mail.sha256 == hashlib.sha256(raw).hexdigest()
    assert mail.size == len(raw)
    for text in strings(mail):
        text.encode("utf-8")
        assert "\0" not in text
    assert all(one.name and not set("/\\\n\r") & set(one.name) for one in mail.attachments)
    assert list(mail.defects) == sorted(set(mail.defects))


def strings(mail: Mail) -> Iterator[str]:
    """Every text of a mail that is stored in a database."""
    yield from (mail.message_id, mail.subject, mail.text, mail.html, mail.media_type, mail.thread_index, mail.content_key)
    yield from (*mail.in_reply_to, *mail.references, *mail.delivered_to, *mail.defects)
    for address in (*mail.from_, *mail.to, *mail.cc, *mail.reply_to):
        yield from (address.name, address.address)
    for name, value in (*mail.headers, *mail.returned, *(field for group in mail.report for field in group)):
        yield from (name, value)
    for attachment in mail.attachments:
        yield from (attachment.name, attachment.type, attachment.true_type, attachment.content_id)


def check_nothing_is_lost(rng: random.Random, inner: bytes) -> None:
    """Send a broken mail as an attachment, beside a file: both must come out byte for byte, and the text before them too."""
    if BOUNDARY in inner:
        return
    file = rng.randbytes(rng.choice((0, 1, 57, 4000)))
    text = f"Sąskaita {rng.randrange(10**6)} pridėta."
    mail = read_mail(b"\r\n".join((
        _HEAD + b"--" + BOUNDARY, b"Content-Type: text/plain; charset=utf-8\r\n", text.encode(),
        b"--" + BOUNDARY, b"Content-Type: message/rfc822\r\n", inner,
        b"--" + BOUNDARY, b'Content-Type: application/octet-stream; name="scan.bin"\r\nContent-Transfer-Encoding: base64\r\n',
        base64.encodebytes(file), b"--" + BOUNDARY + b"--\r\n")))
    assert mail.text == text
    assert mail.attached == (inner,)
    assert [one.content for one in mail.attachments if one.name == "scan.bin"] == [file]
    assert inner in [one.content for one in mail.attachments]
