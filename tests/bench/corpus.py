"""Small mails as customers write them, the same for the same seed: three in four open a matter, one in four answers.

They are made here and nowhere else; the words are ours. English, Russian and Lithuanian, as plain text, quoted-printable
or base64, some with an HTML part beside it; from half a kilobyte to four.
"""

from __future__ import annotations

import base64
import quopri
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime

TO = "support@example.org"
SENDERS = 400
REPLIES = 0.25
RECENT = 200
BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

WORDS = {
    "en": "the kettle printer invoice order parcel cannot open since Monday please look into it broken again number account "
    "password after update screen stays dark we tried twice but nothing happens could you tell me when it will work thank you",
    "ru": "чайник заказ посылка счёт не работает с понедельника пожалуйста посмотрите сломался снова номер пароль после обновления "
    "экран тёмный мы пробовали дважды но ничего не происходит подскажите когда это будет исправлено спасибо",
    "lt": "virdulys užsakymas siunta sąskaita neveikia nuo pirmadienio prašau pažiūrėti vėl sugedo numeris slaptažodis po "
    "atnaujinimo ekranas tamsus bandėme du kartus bet nieko nevyksta gal galite pasakyti kada veiks ačiū",
}
NAMES = {"en": ("Ann Miller", "Tom Baker"), "ru": ("Анна Петрова", "Пётр Соколов"), "lt": ("Ona Kazlauskienė", "Jonas Petraitis")}
CHARSETS = {"en": ("us-ascii", "utf-8"), "ru": ("utf-8", "koi8-r", "windows-1251"), "lt": ("utf-8", "windows-1257")}


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: its bytes with CRLF, and what an answer to it needs to know. opens: it answers nothing."""

    raw: bytes
    message_id: str
    sender: str
    subject: str
    references: tuple[str, ...]
    locale: str
    opens: bool


def letters(count: int, seed: int = 1, *, prefix: str = "") -> Iterator[Letter]:
    """Yield so many mails; an answer follows its parent, which is among the 200 before it. prefix: of every Message-ID."""
    dice = random.Random(seed)
    recent: list[Letter] = []
    for number in range(count):
        parent = dice.choice(recent) if recent and dice.random() < REPLIES else None
        one = answer(dice, parent, f"{prefix}{number}") if parent else opening(dice, f"{prefix}{number}")
        recent = [*recent, one][-RECENT:]
        yield one


def opening(dice: random.Random, number: str) -> Letter:
    """Return a mail that opens a matter."""
    locale = dice.choices(("en", "ru", "lt"), (6, 2, 2))[0]
    subject = f"{prose(dice, locale, dice.randint(15, 45))} {number}"
    sender = f"customer{dice.randrange(SENDERS)}@shop{dice.randrange(40)}.example.com"
    return _letter(dice, number, sender, subject, (), locale, prose(dice, locale, dice.randint(200, 1800)))


def answer(dice: random.Random, parent: Letter, number: str) -> Letter:
    """Return the same person's next mail in the same matter, the last one quoted below."""
    said = "\r\n".join(f"> {prose(dice, parent.locale, 70)}" for _ in range(dice.randint(3, 12)))
    text = f"{prose(dice, parent.locale, dice.randint(80, 500))}\r\n\r\nOn Monday, {parent.sender} wrote:\r\n{said}"
    subject = parent.subject if parent.subject.startswith("Re: ") else f"Re: {parent.subject}"
    references = (*parent.references, parent.message_id)[-8:]
    return _letter(dice, number, parent.sender, subject, references, parent.locale, text)


def prose(dice: random.Random, locale: str, length: int) -> str:
    """Return words of a language in lines of at most 70 characters, about so many characters in all."""
    words, line = WORDS[locale].split(), ""
    lines: list[str] = []
    while sum(map(len, lines)) + len(line) < length:
        word = dice.choice(words)
        if len(line) + len(word) > 69:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\r\n".join(filter(None, (*lines, line)))


def _letter(
    dice: random.Random, number: str, sender: str, subject: str, references: tuple[str, ...], locale: str, text: str
) -> Letter:
    charset = dice.choice(CHARSETS[locale])
    message_id = f"{number}.{dice.getrandbits(48):012x}@mail.example.com"
    name = Header(dice.choice(NAMES[locale]), charset).encode()
    told = Header(subject, charset, header_name="Subject").encode(linesep="\r\n")
    when = format_datetime(BEGIN + timedelta(minutes=dice.randrange(400_000)))
    head = [f"From: {name} <{sender}>", f"To: {TO}", f"Subject: {told}", f"Date: {when}", f"Message-ID: <{message_id}>"]
    if references:
        listed = "\r\n ".join(f"<{one}>" for one in references)
        head += [f"In-Reply-To: <{references[-1]}>", f"References: {listed}"]
    head += ["Received: from mail.example.com ([192.0.2.7]) by mx.example.org; " + when, "MIME-Version: 1.0"]
    raw = "\r\n".join((*head, _body(dice, text, charset))).encode("ascii")
    return Letter(raw, message_id, sender, subject, references, locale, not references)


def _body(dice: random.Random, text: str, charset: str) -> str:
    plain = _part(dice, text, charset, "plain")
    if dice.random() < 0.6:
        return plain
    rows = "".join(f"<p>{line.replace('>', '&gt;')}</p>\r\n" for line in text.split("\r\n"))
    edge = f"=_{dice.getrandbits(64):016x}"
    html = _part(dice, f"<html><body>\r\n{rows}</body></html>", charset, "html")
    return (f'Content-Type: multipart/alternative; boundary="{edge}"\r\n\r\n'
            f"--{edge}\r\n{plain}\r\n--{edge}\r\n{html}\r\n--{edge}--\r\n")


def _part(dice: random.Random, text: str, charset: str, subtype: str) -> str:
    data = text.encode(charset, "replace") + b"\r\n"
    if data.isascii():
        encoding, body = "7bit", data.decode()
    elif dice.random() < 0.5:
        encoding, body = "base64", base64.encodebytes(data).decode().replace("\n", "\r\n")
    else:
        encoding, body = "quoted-printable", quopri.encodestring(data.replace(b"\r\n", b"\n")).decode().replace("\n", "\r\n")
    return f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}"
