"""What a mail says about where it belongs: every token, id, marker and tag in it, read once, before any look-up.

The places are those of design.md §3. Nothing here is a right; it is what `lookup` fetches by and `match` decides on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailbridge.mail.message import Mail
from mailbridge.mail.tokens import Audience, Token, ticket_of_message_id, tokens_in

MOST_REFERENCES = 200
_TAG = re.compile(r"\[#(\d{1,9})\]")


@dataclass(frozen=True, slots=True)
class Signals:
    """What a mail says, strongest first.

    tokens: good tokens of recipient addresses (reply tokens of customers and agents, note and bounce tokens).
    our_ids: (reference, key of the ticket) for ids of ours, In-Reply-To first, then References newest to oldest.
    references: every other id it refers to, in the same order.
    markers: good marker tokens in the body. tags: ticket numbers of `[#1042]` in the subject. thread_root: of Thread-Index.
    """

    message_id: str
    tokens: tuple[Token, ...] = ()
    our_ids: tuple[tuple[str, bytes], ...] = ()
    references: tuple[str, ...] = ()
    markers: tuple[Token, ...] = ()
    tags: tuple[int, ...] = ()
    thread_root: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that a look-up must ask for: its own, those of ours, the others, the thread's root."""
        own = (self.message_id,) if self.message_id else ()
        root = (self.thread_root,) if self.thread_root else ()
        return own + tuple(ref for ref, _ in self.our_ids) + self.references + root

    @property
    def ticket_keys(self) -> tuple[bytes, ...]:
        """The random keys of every ticket that a token, id or marker names."""
        return tuple(
            dict.fromkeys(
                [
                    *(token.ticket_key for token in self.tokens),
                    *(key for _, key in self.our_ids),
                    *(token.ticket_key for token in self.markers),
                ]
            )
        )


def read_signals(mail: Mail, recipients: Iterable[str], keys: tuple[bytes, ...], about: str = "") -> Signals:
    """Return what `mail` says about its ticket.

    recipients: of the envelope. keys: that sign our tokens. about: the Message-ID that a bounce is about, or empty.
    """
    addresses = [*recipients, *mail.delivered_to, *(person.address for person in (*mail.to, *mail.cc))]
    tokens = tokens_in(" ".join(dict.fromkeys(addresses)), keys)
    ours: list[tuple[str, bytes]] = []
    others: list[str] = []
    for ref in _newest_first(mail, about):
        key = ticket_of_message_id(ref, keys)
        if key is None:
            others.append(ref)
        else:
            ours.append((ref, key))
    markers = [token for token in tokens_in(mail.text, keys) if token.audience is Audience.MARKER] if mail.text else []
    return Signals(
        message_id=mail.message_id,
        tokens=tuple(dict.fromkeys(tokens)),
        our_ids=tuple(ours),
        references=tuple(others),
        markers=tuple(dict.fromkeys(markers)),
        tags=tuple(dict.fromkeys(int(tag) for tag in _TAG.findall(mail.subject))),
        thread_root=f"thread-index:{mail.thread_index[:30]}" if len(mail.thread_index) >= 30 else "",
    )


def _newest_first(mail: Mail, about: str) -> list[str]:
    """In-Reply-To, then References last id first (RFC 5322 §3.6.4); of a monstrous list the newest and the root."""
    back = list(reversed(mail.references))
    if len(back) > MOST_REFERENCES:
        back = [*back[: MOST_REFERENCES - 1], back[-1]]
    ids = [about, *mail.in_reply_to[:MOST_REFERENCES], *back]
    return [ref for ref in dict.fromkeys(ids) if ref and ref != mail.message_id]
