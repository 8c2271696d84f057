"""Reads one mail in every way that `mailbridge explain` does, and checks what must hold whatever its bytes are.

What always holds: no exception, nothing slower than `Limits.seconds`; a mail over a limit still shows its head; every text can be
stored; no word of the text is missing from reply, quotation and signature; no byte of a mail or a file that was sent is lost.
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
from mailbridge.explain import JsonObject, plain_explainer
from mailbridge.mail.enclosed import with_enclosed
from mailbridge.mail.html import safe_html
from mailbridge.mail.message import Mail, Written
from mailbridge.mail.parse import read_envelope, read_mail
from mailbridge.mail.quote import cut_html

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
BOUNDARY = b"=_torture_4f1d0c2b9a"
_HEAD = (b"From: Ona <ona@example.org>\r\nTo: support@example.org\r\nSubject: Wrapped\r\nDate: Mon, 2 Nov 2026 10:00:00 +0200\r\n"
         b'Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + BOUNDARY + b'"\r\n\r\n')


class Everything:
    """Everything that is done with a mail before anybody asks what is known about it; made once, used for many mails."""

    def __init__(self) -> None:
        self._explainer = plain_explainer()

    def explain(self, raw: bytes) -> str:
        """Return what the command prints about a mail. Raises AssertionError for anything but a limit that was kept."""
        return self._explained(raw)[0]

    def _explained(self, raw: bytes) -> tuple[str, JsonObject]:
        answer = self._explainer.explain("mail.eml", raw, NOW)
        told = next((one for one in answer["defects"] if one.startswith("not read: ")), "")
        assert not told or told == f"not read: {_limit_of(raw)}", told
        assert answer["sha256"] == hashlib.sha256(raw).hexdigest()
        printed = json.dumps(answer, ensure_ascii=False)
        assert "\0" not in printed
        printed.encode("utf-8")
        return printed, answer

    def check(self, raw: bytes, hints: tuple[str, ...] = ()) -> bool:
        """Check a mail in every way; say whether it was read (not over a limit)."""
        _, answer = self._explained(raw)
        try:
            mail, read = read_mail(raw, hints), True
        except ParseError:
            mail, read = read_envelope(raw), False
            assert "not-read" in mail.defects
        check_values(raw, mail)
        files = mail.attachments if hints else with_enclosed(mail)[1]
        assert all(one.sha256 == hashlib.sha256(one.content).hexdigest() for one in files)
        assert hints or [one["sha256"] for one in answer["attachments"]] == [one.sha256 for one in files] or not read
        if not mail.attached and read:
            _check_written(answer)
        if mail.html:
            _check_safe(mail, answer)
        if asked := names_to_ask(raw, mail):
            judge_with_answers(raw, mail, TrustFacts(), dict.fromkeys(asked, "v=DKIM1; p=AAAA"))
        return read


def _check_written(answer: JsonObject) -> None:
    """No word of the text is missing from reply, quotation and signature together, and no reply is empty that need not be."""
    said = f"{answer['reply']} {answer['quoted']} {answer['signature']}"
    assert Counter(said.split()) == Counter(answer["text"].split()), "words of the text are lost, or said twice"
    assert answer["reply"].strip() or not answer["text"].strip()


def _check_safe(mail: Mail, answer: JsonObject) -> None:
    said = Written(answer["reply"], answer["quoted"], answer["signature"])
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
