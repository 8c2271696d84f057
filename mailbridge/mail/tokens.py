"""Signed tokens: what places a mail on a ticket and, for agents, proves who was written to (design.md §3).

A token is 37 characters of lower-case base32: audience, the ticket's random key, the person it was sent to, and
80 bits of HMAC-SHA-256. It survives old servers that fold case. It travels as a sub-address
(`support+<token>@example.org`), inside our own Message-IDs, and in the marker line of notifications.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

KEY_BYTES, PERSON_BYTES, MAC_BYTES = 8, 4, 10
LENGTH = 37
_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]{37}(?![a-z2-7])")


class Audience(Enum):
    """Whom a token was made for. One made for a customer never verifies as an agent's."""

    CUSTOMER = b"c"
    AGENT = b"a"
    NOTE = b"n"
    BOUNCE = b"b"
    MESSAGE_ID = b"m"
    MARKER = b"k"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says. `person` is `person_of(...)` of the one it was sent to, or four bytes that make it unique."""

    audience: Audience
    ticket_key: bytes
    person: bytes


def person_of(identity: str) -> bytes:
    """Return the four bytes that stand for a person (an agent's or a contact's name in the tables)."""
    return hashlib.sha256(identity.encode()).digest()[:PERSON_BYTES]


def sign(token: Token, key: bytes) -> str:
    """Return the token as text, signed with `key`."""
    body = token.audience.value + token.ticket_key + token.person
    return base64.b32encode(body + _mac(body, key)).decode("ascii").rstrip("=").lower()


def verify(text: str, keys: tuple[bytes, ...]) -> Token | None:
    """Return what a token says if one of `keys` signed it, else None. Takes the same time for every wrong one."""
    if len(text) != LENGTH:
        return None
    try:
        packed = base64.b32decode(text.upper() + "===")
        audience = Audience(packed[:1])
    except ValueError:
        return None
    body, mac = packed[:-MAC_BYTES], packed[-MAC_BYTES:]
    good = [hmac.compare_digest(_mac(body, key), mac) for key in keys]
    if not any(good):
        return None
    return Token(audience, body[1 : 1 + KEY_BYTES], body[1 + KEY_BYTES :])


def address_with(mailbox: str, separator: str, token: str, catch_all: str | None = None) -> str:
    """Return the address that carries `token`: of the catch-all domain, else a sub-address; else the plain mailbox.

    A local part longer than 64 bytes (RFC 5321 §4.5.3.1.1) would be refused, so such a mailbox stays plain too: then
    ids, marker and tag carry the thread.
    """
    if catch_all:
        return f"{token}@{catch_all}"
    local, _, domain = mailbox.rpartition("@")
    if not separator or len(local.encode()) + len(separator) + len(token) > 64:
        return mailbox
    return f"{local}{separator}{token}@{domain}"


def tokens_in(text: str, keys: tuple[bytes, ...]) -> list[Token]:
    """Return every good token that stands in `text` (an address, an id, a body), in order; looks at 200 at most."""
    found = (verify(match.group(), keys) for _, match in zip(range(200), _TOKEN.finditer(text.lower()), strict=False))
    return [token for token in found if token is not None]


def our_message_id(ticket_key: bytes, number: int, at: datetime, domain: str, key: bytes) -> str:
    """Return a Message-ID (without brackets) that carries the ticket; `number`, of the outbox, makes it unique.

    A date, a number and dots are how mail programs write theirs; spam filters distrust one run of letters and digits.
    """
    token = Token(Audience.MESSAGE_ID, ticket_key, number.to_bytes(PERSON_BYTES, "big"))
    return f"{at:%Y%m%d%H%M%S}.{number}.{sign(token, key)}@{domain}"


def ticket_of_message_id(message_id: str, keys: tuple[bytes, ...]) -> bytes | None:
    """Return the ticket's key if this Message-ID is one of ours, even when its row is gone; else None."""
    token = _own_token(message_id, keys)
    return token.ticket_key if token is not None else None


def is_own_message_id(message_id: str, keys: tuple[bytes, ...]) -> bool:
    """Say whether this is a Message-ID as we write it: the mail that bears it is our own. Looser forms only refer to us."""
    return verify(message_id.partition("@")[0].lower().rpartition(".")[2], keys) is not None


def outbox_of_message_id(message_id: str, keys: tuple[bytes, ...]) -> int | None:
    """Return the number in the outbox of the mail that bears this Message-ID of ours; None when it is not ours.

    The number is signed too, so that a report of a mail that was never sent is recognised.
    """
    token = _own_token(message_id, keys)
    return int.from_bytes(token.person, "big") if token is not None else None


def _own_token(message_id: str, keys: tuple[bytes, ...]) -> Token | None:
    """Relays that rewrite ids put words before and behind, fold case, and change the domain; the token stays whole."""
    if len(message_id) <= LENGTH:
        return None
    found = tokens_in(message_id, keys)
    return next((token for token in found if token.audience is Audience.MESSAGE_ID), None)


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"mailbridge token " + body, "sha256")[:MAC_BYTES]
