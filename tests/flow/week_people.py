"""The people of the simulated week: what they write, when, and how their mail programs put it.

Everything is drawn from one seeded `Random`, so that a week can be lived again. Nobody here knows the desk from inside:
they see the mails in their inboxes and answer those.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from tests.flow.week_hours import VILNIUS

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SUPPORT, HELP, HOTLINE = "support@example.org", "help@example.org", "hotline@example.org"
AGENTS = {"anna@example.org": "Anna Petrova", "olga@example.org": "Olga Kazlauskė", "nick@example.org": "Nick Stone",
          "boris@example.org": "Boris Ivanov", "clara@example.org": "Clara Chief"}
OF_DEPARTMENT = {SUPPORT: ("anna@example.org", "olga@example.org"), HOTLINE: ("nick@example.org",)}

SENTENCES = {
    "en": ("Hello,\n\nmy order {n} has not arrived yet and the shop says that you should know why.", "Is there any news about it? I am still waiting.",
           "Thank you, but that did not help. What should I do next?", "One more thing that I forgot to say about the parcel."),
    "ru": ("Здравствуйте!\n\nМой заказ {n} так и не пришёл, подскажите, пожалуйста, что с ним.", "Есть ли какие-нибудь новости? Я всё жду.",
           "Спасибо, но это не помогло. Что мне делать дальше?", "Забыла написать ещё кое-что о посылке."),
    "lt": ("Laba diena,\n\nmano užsakymas {n} vis dar neatvyko, gal galite pasakyti, kas nutiko?", "Gal yra kokių nors naujienų? Aš vis dar laukiu.",
           "Ačiū, bet tai nepadėjo. Ką man daryti toliau?", "Pamiršau parašyti dar kai ką apie siuntinį."),
}
NAMES = {"en": ("Emma Clark", "Liam Reed", "Grace Holt"), "ru": ("Анна Котова", "Пётр Левин", "Мария Зорина"),
         "lt": ("Ona Petrauskienė", "Jonas Kairys", "Rūta Miliūtė")}
ANSWERS = {"en": "We have asked the carrier and will tell you what we learn.", "ru": "Мы спросили перевозчика и сообщим Вам, что узнаем.",
           "lt": "Paklausėme vežėjo ir pranešime, ką sužinosime."}


@dataclass
class Sent:
    """A mail that left the desk: when, to whom, what."""

    at: datetime
    to: str
    mail: EmailMessage
    text: str = ""

    @property
    def message_id(self) -> str:
        """Without angle brackets."""
        return str(self.mail["Message-ID"]).strip("<>")

    @property
    def automatic(self) -> bool:
        """It says of itself that no person wrote it."""
        return bool(self.mail["Auto-Submitted"])


@dataclass
class Letter:
    """A mail to the desk: raw bytes and envelope. `words` stand in it and in no other; `lines` are its commands."""

    raw: bytes
    sender: str
    to: str
    message_id: str
    words: str = ""
    lines: tuple[str, ...] = ()
    login: str | None = None
    at: datetime | None = None
    seconds: list[datetime] = field(default_factory=list)


@dataclass
class Customer:
    """One person with one matter. kind: `person`, or `robot`, whom nobody answers. plan: (when, what he or an agent does)."""

    number: int
    kind: str
    language: str
    mailbox: str
    aligned: bool
    away: bool
    plan: list[tuple[datetime, str]]
    letters: list[Letter] = field(default_factory=list)
    answers: list[Letter] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where he writes from."""
        return f"{self.kind}{self.number}@customer{self.number}.example.com"

    @property
    def name(self) -> str:
        """As his mail program shows it."""
        return NAMES[self.language][self.number % 3] if self.kind == "person" else "Backup"


CUSTOMER_ACTS = ("writes-again", "writes-again", "asks-below-his-own-mail", "answers-an-older-mail")
AGENT_ACTS = ("answer", "answer", "answer", "answer+resolve", "answer+pending", "resolve", "pending", "snooze", "snooze-days", "eta", "eta",
              "answer+eta", "send", "take", "note", "priority", "wrong", "transfer", "escalate", "close", "open", "help")


def people_of_the_week(dice: random.Random, begins: datetime, persons: int = 44, robots: int = 6) -> list[Customer]:
    """Draw who writes and what happens to each: some are answered soon, some late, some by nobody all week."""
    found = []
    for number in range(1, persons + robots + 1):
        kind = "person" if number <= persons else "robot"
        first = begins + dice.randrange(5 * 24 * 60) * MINUTE
        acts = [(first, "opens")]
        if kind == "person":
            at = first
            for _ in range(dice.choice((0, 0, 1, 1, 2, 3, 5))):
                at += dice.choice((10, 40, 120, 300, 700, 1500, 2500)) * MINUTE
                acts.append((at, "agent:" + dice.choice(AGENT_ACTS)))
            at = first
            for _ in range(dice.choice((0, 0, 1, 2, 3))):
                at += dice.randrange(20, 3000) * MINUTE
                acts.append((at, dice.choice(CUSTOMER_ACTS)))
        mailbox = HOTLINE if number % 4 == 0 else SUPPORT
        found.append(Customer(number, kind, dice.choice(("en", "ru", "lt")), mailbox, dice.random() < 0.6, kind == "person" and dice.random() < 0.1,
                              sorted(acts)))
    return found


def opening(customer: Customer, at: datetime) -> Letter:
    """Return the mail that begins the matter."""
    words = f"matter {customer.number}-0"
    if customer.kind == "robot":
        return _letter(customer, at, f"Nightly report {customer.number}", f"All backups have finished. {words}", words,
                       {"Auto-Submitted": "auto-generated"})
    text = SENTENCES[customer.language][0].format(n=5000 + customer.number)
    return _letter(customer, at, f"Order {5000 + customer.number}", f"{text} ({words})", words, {})


def writes_again(customer: Customer, inbox: list[Sent], act: str, at: datetime, dice: random.Random) -> Letter:
    """Return a further mail of a customer: an answer to a mail of ours, or below his own first one."""
    words = f"matter {customer.number}-{len(customer.letters)}"
    text = f"{dice.choice(SENTENCES[customer.language][1:])} ({words})"
    first = customer.letters[0]
    if act == "asks-below-his-own-mail" or not inbox:
        return _letter(customer, at, f"Re: Order {5000 + customer.number}", text, words, {"References": f"<{first.message_id}>"})
    ours = inbox[-1] if act == "writes-again" else dice.choice(inbox)
    quoted = "\n".join(f"> {line}" for line in ours.text.splitlines())
    wrote = f"On {ours.mail['Date']}, {ours.mail['From'].addresses[0].display_name} wrote:"
    reply_to = (ours.mail["Reply-To"] or ours.mail["From"]).addresses[0].addr_spec
    head = {"In-Reply-To": f"<{ours.message_id}>", "References": f"<{first.message_id}> <{ours.message_id}>"}
    return _letter(customer, at, f"Re: {ours.mail['Subject']}", f"{text}\n\n{wrote}\n{quoted}", words, head, to=reply_to)


def is_away(customer: Customer, ours: Sent, at: datetime) -> Letter:
    """Return what the absent customer's mail server answers by itself."""
    head = {"Auto-Submitted": "auto-replied", "In-Reply-To": f"<{ours.message_id}>", "References": f"<{ours.message_id}>"}
    to = (ours.mail["Reply-To"] or ours.mail["From"]).addresses[0].addr_spec
    return _letter(customer, at, f"Automatic reply: {ours.mail['Subject']}", "I am out of the office until next Monday.", "", head, to=to)


def _letter(customer: Customer, at: datetime, subject: str, text: str, words: str, head: dict[str, str], to: str = "") -> Letter:
    mail = EmailMessage()
    if customer.aligned:
        domain = customer.address.rpartition("@")[2]
        mail["Authentication-Results"] = f"mx.example.org; dmarc=pass header.from={domain}"
    message_id = f"{customer.number}.{len(customer.letters)}.{at:%d%H%M%S}@customer{customer.number}.example.com"
    values = {"From": f"{customer.name} <{customer.address}>", "To": to or customer.mailbox, "Subject": subject, "Date": format_datetime(at),
              "Message-ID": f"<{message_id}>"} | head
    return Letter(_bytes(mail, values, text), customer.address, to or customer.mailbox, message_id, words)


def agent_writes(customer: Customer, notice: Sent, act: str, at: datetime, dice: random.Random) -> Letter:
    """Return what an agent sends from the mail program in answer to a notification: commands on top, then words."""
    number = len(customer.answers) + 1
    words = f"answer {customer.number}-{number}"
    lines, wordy = COMMANDS[act]
    later = (at + dice.choice((3, 9, 26, 50)) * HOUR).astimezone(VILNIUS).strftime("%Y-%m-%d %H:%M")
    filled = tuple(line.format(later=later, other="support" if customer.mailbox == HOTLINE else "hotline") for line in lines)
    text = "\n".join([*filled, *(["", f"{ANSWERS[customer.language]} ({words})"] if wordy else [])])
    quoted = "\n".join(f"> {line}" for line in notice.text.splitlines())
    values = {"From": f"{AGENTS[notice.to]} <{notice.to}>", "To": notice.mail["Reply-To"].addresses[0].addr_spec,
              "Subject": f"Re: {notice.mail['Subject']}", "Date": format_datetime(at), "Message-ID": f"<{words.replace(' ', '-')}@example.org>",
              "In-Reply-To": f"<{notice.message_id}>"}
    raw = _bytes(EmailMessage(), values, f"{text}\n\nOn {notice.mail['Date']}, the desk wrote:\n{quoted}")
    return Letter(raw, notice.to, values["To"], values["Message-ID"].strip("<>"), words if wordy else "", filled, notice.to)


COMMANDS: dict[str, tuple[tuple[str, ...], bool]] = {
    "answer": ((), True), "answer+resolve": (("/resolve",), True), "answer+pending": (("/pending",), True), "resolve": (("/resolve",), False),
    "pending": (("/pending",), False), "snooze": (("/snooze 5h",), False), "snooze-days": (("/snooze 2d",), False),
    "eta": (("/eta {later}",), False), "answer+eta": (("/eta {later}",), True), "send": (("/send",), False), "take": (("/take",), False),
    "note": (("/note",), True), "priority": (("/priority high",), False), "wrong": (("/snoze 3d",), True), "transfer": (("/transfer {other}",), False),
    "escalate": (("/escalate",), False), "close": (("/close",), False), "open": (("/open",), False), "help": (("/help",), False),
}


def _bytes(mail: EmailMessage, values: dict[str, str], text: str) -> bytes:
    for name, value in values.items():
        mail[name] = value
    mail.set_content(text.strip() + "\n")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
