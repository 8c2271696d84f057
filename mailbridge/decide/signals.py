"""What a mail says about where it belongs: every token, id, marker and tag in it, read once, before any look-up.

The places are those of design.md §3. Nothing here is a right; it is what `lookup` fetches by and `match` decides on.
Everything is bounded, so that no mail makes the look-up of its batch dear.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbridge.config.model import Department
from mailbridge.mail.message import Mail
from mailbridge.mail.subject import read_subject
from mailbridge.mail.thread_index import thread_root
from mailbridge.mail.tokens import Audience, Token, ticket_of_message_id, tokens_in

MOST_REFERENCES = 120
"""Ids of one mail that are looked up: real chains are shorter; of a monstrous one the newest and the root count."""

MOST_ANSWERED = 20
MOST_TOKENS = 10
MOST_TAGS = 5
MOST_RECIPIENTS = 200
LIKE_MINUTES = 10
"""Time within which a second mail of like text is the first one said again."""

LIKE_LETTERS = 4000
MOST_WEEKS = 53
_IN_ADDRESSES = frozenset({Audience.CUSTOMER, Audience.AGENT, Audience.NOTE, Audience.BOUNCE})
"""What our addresses carry; a marker, copied from a notification into an address, is none the stronger for it."""

_WEEK = timedelta(days=7)
_MINUTES = timedelta(minutes=LIKE_MINUTES)
_TAG = re.compile(r"\[#(\d{1,9})\]")
_STOCK = re.compile(
    r"[\W_]*|\(?(?:unknown|none|null|nil|no-?id|no-?message-?id|message-?id|undefined|empty|n/?a)\)?(?:@.*)?|@.*",
    re.IGNORECASE,
)
"""Ids that programs write for want of one; `<unknown@local>` and `<>` say nothing about a conversation."""


@dataclass(frozen=True, slots=True)
class Alike:
    """By what a mail without any reference may still be recognised as part of a conversation.

    now, before: names of what this sender says about this subject to this mailbox in this span of time, and in the one before.
    week: the name of what he says about the subject in this week; weeks: those that a reply looks for, newest first.
    Both are empty unless the department wants it. text: what was written.
    """

    now: str = ""
    before: str = ""
    week: str = ""
    weeks: tuple[str, ...] = ()
    text: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that is looked up."""
        return tuple(dict.fromkeys(name for name in (self.now, self.before, self.week, *self.weeks) if name))


@dataclass(frozen=True, slots=True)
class Signals:
    """What a mail says, strongest first.

    tokens: good tokens of recipient addresses (reply tokens of customers and agents, note and bounce tokens).
    our_ids: (reference, key of the ticket) for ids of ours, In-Reply-To first, then References newest to oldest.
    references: every other id it refers to, in the same order.
    markers: good tokens in the body. tags: ticket numbers of `[#1042]` in the subject. thread_root: of Thread-Index.
    subject: its base. sent_at: its Date. sender: From, in lower case.
    """

    message_id: str
    tokens: tuple[Token, ...] = ()
    our_ids: tuple[tuple[str, bytes], ...] = ()
    references: tuple[str, ...] = ()
    markers: tuple[Token, ...] = ()
    tags: tuple[int, ...] = ()
    thread_root: str = ""
    alike: Alike = Alike()
    subject: str = ""
    sender: str = ""
    sent_at: datetime | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that a look-up must ask for: its own, those of ours, the others, the thread's root, likenesses."""
        own = (self.message_id,) if self.message_id else ()
        root = (self.thread_root,) if self.thread_root else ()
        return own + tuple(ref for ref, _ in self.our_ids) + self.references + root + self.alike.names

    @property
    def ticket_keys(self) -> tuple[bytes, ...]:
        """The random keys of every ticket that a token, id or marker names."""
        keys = [*(token.ticket_key for token in self.tokens), *(key for _, key in self.our_ids)]
        return tuple(dict.fromkeys([*keys, *(token.ticket_key for token in self.markers)]))


def read_signals(
    mail: Mail, recipients: Iterable[str], keys: tuple[bytes, ...], about: str = "", alike: Alike | None = None
) -> Signals:
    """Return what `mail` says about its ticket.

    recipients: of the envelope. keys: that sign our tokens. about: the Message-ID that a bounce is about, or empty.
    alike: see `alike_of`; it counts only when the mail refers to nothing.
    """
    addresses = [*recipients, *mail.delivered_to, *(person.address for person in (*mail.to, *mail.cc))]
    named = tokens_in(" ".join(list(dict.fromkeys(addresses))[:MOST_RECIPIENTS]), keys)
    tokens = [token for token in named if token.audience in _IN_ADDRESSES]
    ours: list[tuple[str, bytes]] = []
    others: list[str] = []
    for ref in _newest_first(mail, about):
        key = ticket_of_message_id(ref, keys)
        if key is not None:
            ours.append((ref, key))
        elif ref != mail.message_id:
            others.append(ref)
    refers = bool(tokens or ours or others or mail.in_reply_to or mail.references)
    return Signals(
        message_id="" if is_stock(mail.message_id) else mail.message_id,
        tokens=tuple(dict.fromkeys(tokens))[:MOST_TOKENS],
        our_ids=tuple(ours),
        references=tuple(others),
        markers=tuple(dict.fromkeys(tokens_in(mail.text, keys)))[:MOST_TOKENS] if mail.text else (),
        tags=tuple(dict.fromkeys(int(tag) for tag in _TAG.findall(mail.subject)))[:MOST_TAGS],
        thread_root=thread_root(mail.thread_index),
        alike=alike or Alike() if not refers else Alike(),
        subject=read_subject(mail.subject).base,
        sender=mail.author.address.lower(),
        sent_at=mail.date,
    )


def is_stock(message_id: str) -> bool:
    """Say whether an id is one that programs write for want of one, and so says nothing."""
    return _STOCK.fullmatch(message_id) is not None


def alike_of(mail: Mail, mailbox: str, written: str, at: datetime, weeks: int = 0) -> Alike:
    """Return by what a person's mail is recognised as said again (`like-text`), or as a reply to a subject (`subject-sender`).

    weeks: how far back a reply to the subject may reach; 0 leaves that signal out.
    """
    subject = read_subject(mail.subject)
    sender = mail.author.address.lower()
    if not sender:
        return Alike()
    span, week = int(at.timestamp() // _MINUTES.total_seconds()), int(at.timestamp() // _WEEK.total_seconds())
    like, about = _named("like", sender, mailbox, subject.base), _named("about", sender, subject.base)
    wanted = weeks > 0 and len(subject.base) > 2
    reaching = range(week, week - weeks - 1, -1) if wanted and subject.reply else ()
    return Alike(
        now=f"{like} {span}",
        before=f"{like} {span - 1}",
        week=f"{about} {week}" if wanted else "",
        weeks=tuple(f"{about} {one}" for one in reaching),
        text=written[:LIKE_LETTERS],
    )


def weeks_of(department: Department) -> int:
    """Return how many weeks back a department's mail looks for the same subject; 0 when it does not."""
    if not department.match_by_subject:
        return 0
    days = {"d": 1.0, "h": 1 / 24, "m": 1 / 1440}.get(department.subject_window[-1], 1 / 86400)
    return min(MOST_WEEKS, max(1, math.ceil(int(department.subject_window[:-1]) * days / 7)))


def _named(kind: str, *parts: str) -> str:
    return f"{kind} {hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"


def _newest_first(mail: Mail, about: str) -> list[str]:
    """In-Reply-To, then References last id first (RFC 5322 §3.6.4); of a monstrous list the newest and the root.

    "In-Reply-To: Message from Emma <emma@example.com> of Monday <id>" names people in brackets as it names ids, so an
    address of the head is none. A mail come back to us bears an id of ours, which says where it belongs.
    """
    back = list(reversed(mail.references))
    if len(back) > MOST_REFERENCES:
        back = [*back[: MOST_REFERENCES - 1], back[-1]]
    people = {
        person.address.lower()
        for person in (*mail.from_, *mail.to[:MOST_RECIPIENTS], *mail.cc[:MOST_RECIPIENTS], *mail.reply_to)
    }
    ids = [about, mail.message_id, *mail.in_reply_to[:MOST_ANSWERED], *back]
    return [ref for ref in dict.fromkeys(ids) if ref and not is_stock(ref) and ref.lower() not in people]
