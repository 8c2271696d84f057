"""Inboxes made from a seed: conversations as real mail leaves them behind, and which messages belong together.

What belongs together is said by the ids that were written into the mails (RFC 5322 §3.6.4), seen or unseen: a plain
union of sets, which knows nothing of mailbridge. Same words, same subject and same sender join nothing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_WORDS = "printer lamp invoice order server password backup harbour window garden ticket bridge river paper signal yellow"
WORDS = _WORDS.split()
PEOPLE = [("Emma Clark", "emma@example.com"), ("Leo Brandt", "leo@example.net"), ("Ona Jonaitė", "ona@example.lt")]
PEOPLE += [(f"Person {n}", f"person{n}@example.{n % 7}.test") for n in range(12)] + [("Anna", "agent@desk.example.com")]
START = datetime(2019, 1, 1, 8, tzinfo=UTC)


@dataclass
class Sent:
    """One mail of a conversation. `there` says whether it reached the inbox."""

    own: str
    parents: list[str]
    sender: tuple[str, str]
    at: datetime
    there: bool = True
    raw: bytes = b""
    written: list[str] = field(default_factory=list)


@dataclass
class Inbox:
    """The mails of an inbox in order of arrival: (raw bytes, conversation that it belongs to)."""

    mails: list[tuple[bytes, int]]


def make_inbox(seed: int, conversations: int = 12) -> Inbox:
    """Return an inbox; the same seed gives the same bytes."""
    dice = random.Random(seed)
    sent = [mail for number in range(conversations) for mail in _conversation(dice, seed, number)]
    arrived = [mail for mail in sent if mail.there]
    for mail in arrived:
        mail.raw = _bytes(dice, mail)
    copies = [_again(dice, mail) for mail in arrived if dice.random() < 0.08 and not mail.own.startswith("without")]
    arrived = sorted(arrived + copies, key=lambda mail: mail.at)
    if dice.random() < 0.3:
        arrived = [*arrived[1::2], *arrived[::2]]  # two folders, one after the other
    return Inbox([(mail.raw, group) for mail, group in zip(arrived, _groups(arrived), strict=True)])


def _groups(mails: list[Sent]) -> list[int]:
    """Number what belongs together: mails with the same id, and all that a mail refers to, seen or not."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (up := above.setdefault(name, name)) != name:
            above[name] = above[up]
            name = up
        return name

    for mail in mails:
        for ref in mail.written:
            above[top(ref)] = top(mail.own)
    numbers: dict[str, int] = {}
    return [numbers.setdefault(top(mail.own), len(numbers)) for mail in mails]


def _conversation(dice: random.Random, seed: int, number: int) -> list[Sent]:
    sent: list[Sent] = []
    at = START + timedelta(minutes=dice.randrange(500_000))
    people = dice.sample(PEOPLE, dice.randint(1, 5))
    for place in range(_length(dice)):
        at += timedelta(minutes=dice.choice((1, 7, 60, 900, 5000)))
        own = _id(dice, f"{seed}.{number}.{place}")
        parent = None if not sent else sent[-1] if dice.random() < 0.7 else dice.choice(sent)
        chain = [*parent.parents, parent.own] if parent else []
        sent.append(Sent(own, chain, dice.choice(people), at))
    for mail in sent:
        mail.there = dice.random() < 0.85
    return sent


def _length(dice: random.Random) -> int:
    return dice.choice((1, 1, 1, 1, 2, 2, 3, 4, 6, 9, 15, 40, 70))


def _id(dice: random.Random, unique: str) -> str:
    return dice.choice(
        (
            f'"quoted.{unique}"@example.com',
            f"[{unique}.ABC@host.example]",
            f"{unique}/notices@cron.example.com.",
            f"{unique}==@=?example?=.com",
            f"{unique}@mail.example.com",
            f"CA+{unique}=xyz_@mail.gmail.example",
            f"{unique}@localhost",
            f"20190101.{unique}.AAF$12@[192.0.2.1]",
            f"desk/project/issue/{unique}@hub.example",
            f"{unique}",
            f"{unique}-{'x' * 260}@long.example",
        )
    )


def _bytes(dice: random.Random, mail: Sent) -> bytes:
    """Write a mail as one of many programs does, and note the ids that it really refers to."""
    kind = dice.choices(("person", "list", "robot", "notice", "newsletter", "invitation", "absent", "bounce"), (50, 22, 6, 8, 3, 4, 4, 3))[0]
    word = dice.choice(WORDS)
    subject = _subject(dice, kind, word, bool(mail.parents))
    head = [f"From: {mail.sender[0]} <{mail.sender[1]}>", f"Subject: {subject}"]
    if dice.random() < 0.97:
        head.append(f"{dice.choice(('Message-ID', 'Message-Id', 'message-id'))}: {dice.choice(('<{}>', '<{}> (added by relay)', ' <{}>'))}".format(mail.own))
    else:  # what answers it refers to an id that nobody has seen
        mail.own = f"without {mail.own}"
    head.append("To: support@desk.example.com" if dice.random() < 0.8 else "To: list@lists.example.org")
    if dice.random() < 0.97:
        head.append(f"Date: {format_datetime(mail.at)}")
    head += _threading(dice, mail)
    body = f"About the {word}: {' '.join(dice.choices(WORDS, k=12))}.\n"
    more, body = _kind(kind, body)
    dice.shuffle(head)
    text = "\n".join([*head, *more, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", body])
    return text.replace("\n", "\r\n" if dice.random() < 0.5 else "\n").encode()


def _subject(dice: random.Random, kind: str, word: str, answers: bool) -> str:
    """A subject with all that programs put into one; robots use the same for years."""
    prefix = dice.choice(("Re: ", "RE: ", "AW: ", "Отв: ", "Ats: ", "Odp: ", "回复：", "Re[2]: ", "SV: Re: ")) if answers else ""
    if kind == "notice":
        return dice.choice(("Cron <root@host> /usr/bin/backup", "[Nagios] PROBLEM: host is DOWN", "[JIRA] (ABC-1) Lamp is dark"))
    if kind == "invitation":
        return dice.choice(("Accepted: ", "Declined: ", "Invitation: ")) + "Meeting @ Mon 7 Jan 2019"
    if dice.random() < 0.1:
        return f"[#{dice.randrange(1, 9)}] {word}"
    if answers and dice.random() < 0.1:
        return f"{dice.choice(WORDS)} (was: {prefix}{word})"
    return f"{dice.choice(('', '', '[project] ', 'Fwd: '))}{prefix}{word}"


def _kind(kind: str, body: str) -> tuple[list[str], str]:
    if kind == "notice":
        return ["Auto-Submitted: auto-generated", "X-Mailer: notifier", "Precedence: bulk"], "The same words every night.\n"
    if kind == "newsletter":
        return ["List-Unsubscribe: <https://example.com/u>", "List-Id: News <news.example.com>"], body
    if kind == "invitation":
        return ["Thread-Topic: Meeting", "Thread-Index: AdSmJcyeAAAAAAAAAAAAAAAAAAAAAA=="], "See you there.\n"
    if kind == "list":
        return ["List-Id: <list.lists.example.org>", "Precedence: list"], body + "\n_______\nlist mailing list\n"
    if kind == "robot":
        return ["Auto-Submitted: auto-generated"], body
    if kind == "absent":
        return ["Auto-Submitted: auto-replied"], "I am out of the office until Monday.\n"
    if kind == "bounce":
        return [
            "Auto-Submitted: auto-replied",
            "X-Failed-Recipients: nobody@example.com",
        ], "Delivery failed permanently.\n"
    return [], body


def _threading(dice: random.Random, mail: Sent) -> list[str]:
    """Return In-Reply-To and References as programs write them, from right to broken; note what they name."""
    if not mail.parents:
        return _of_an_opening(dice)
    last, chain = mail.parents[-1], mail.parents
    brackets = [f"<{one}>" for one in chain]
    ways = [
        ([last, *chain], [f"In-Reply-To: <{last}>", "References: " + " ".join(brackets)]),
        (chain, ["References: " + "\n\t".join(brackets)]),
        ([last], [f"In-Reply-To: <{last}>"]),
        (
            [chain[0], *chain[-3:]],
            [f"In-Reply-To: <{last}>", "References: " + " ".join(dict.fromkeys([brackets[0], *brackets[-3:]]))],
        ),
        (chain, ["References: " + ",\n ".join(brackets)]),
        (chain, [f"References:\n {brackets[-1]} (a comment) {' '.join(brackets[:-1])}"]),
        ([last], [f'In-Reply-To: Your message of "Mon, 07 Jan 2019 10:00:00 EST."\n             <{last}>']),
        ([], []),
    ]
    if "@" in last:
        ways.append(
            (
                [last],
                [
                    f"In-Reply-To: Message from Support <support@desk.example.com>\n of Monday. <{last}>",
                    "To: support@desk.example.com",
                ],
            )
        )
    named, lines = dice.choices([*ways, *_odd_ways(dice, last, chain)], [30, 10, 15, 10, 5, 5, 5, 3, *[3] * (len(ways) - 8), *[3] * 8])[0]
    mail.written = list(named)
    return lines


def _odd_ways(dice: random.Random, last: str, chain: list[str]) -> list[tuple[list[str], list[str]]]:
    """References as gateways, old programs and libraries leave them behind."""
    brackets = [f"<{one}>" for one in chain]
    people = [name for name, _ in PEOPLE]
    encoded = " ".join(f"=?utf-8?q?{_quoted(one)}?=" for one in brackets)
    return [
        (chain, ["References: " + "".join(brackets)]),
        (chain, ["References:\n" + "\n".join(f"\t{one}" for one in brackets)]),
        ([chain[0], last], [f"References: {brackets[0]}", f"References: {brackets[-1]}"]),
        ([last], [f"In-Reply-To: <{last}>; from {dice.choice(people)} on Wed, May 06, 1998 at 07:20:30PM -0400"]),
        ([last], [f"IN-REPLY-TO:<{last}> ({dice.choice(people)}'s message of Monday)"]),
        (chain, [f"References: {encoded}"]),
        (chain, [f"In-Reply-To: <{last}> <cut.off.by@", "references: " + " ; ".join(brackets)]),
        ([], ['In-Reply-To: Message from Nobody <nobody@elsewhere.example> of "Mon, 03 Jan 2000 10:00:00 EST."']),
    ]


def _quoted(text: str) -> str:
    """Encode as RFC 2047 "Q", as some libraries do with ids that they find too long."""
    return "".join(letter if letter.isalnum() else f"={ord(letter):02X}" for letter in text)


def _of_an_opening(dice: random.Random) -> list[str]:
    return dice.choice(
        (
            [],
            [],
            [],
            ["In-Reply-To: <>"],
            ["References: <unknown@local>"],
            ["In-Reply-To: "],
            ["In-Reply-To: NIL"],
            ["In-Reply-To: Your message of Mon, 3 Jan 2000 10:00:00 EST."],
            ["In-Reply-To: Message from Desk <desk@elsewhere.example>"],
            ["In-Reply-To: Mail of desk@elsewhere.example from Monday"],
        )
    )


def _again(dice: random.Random, mail: Sent) -> Sent:
    """The same mail by another way: the same bytes, other trace headers, or with a list's footer and subject tag."""
    raw, written = mail.raw, mail.written
    way = dice.randrange(4)
    if way == 1:
        raw = b"Received: from a.example by b.example; Mon, 7 Jan 2019 10:00:00 +0000\r\n" + raw
    elif way == 2:
        raw = raw.replace(b"Subject: ", b"Subject: [project] ", 1) + b"\n-- \nproject mailing list\n"
    elif way == 3:
        raw, written = _without_references(raw), []
    return Sent(
        mail.own,
        mail.parents,
        mail.sender,
        mail.at + timedelta(minutes=dice.choice((0, 1, 9000))),
        True,
        raw,
        written,
    )


def _without_references(raw: bytes) -> bytes:
    """A gateway has dropped the fields that name other mail."""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    folded = head.replace(b"\n ", b"\1").replace(b"\n\t", b"\2").split(b"\n")
    kept = [line for line in folded if not line.lower().startswith((b"references", b"in-reply-to"))]
    return b"\n".join(kept).replace(b"\1", b"\n ").replace(b"\2", b"\n\t") + b"\n\n" + body
