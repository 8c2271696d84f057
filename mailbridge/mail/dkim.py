"""Our own check of DKIM signatures (RFC 6376), with the DNS answers handed in (extra `dkim`).

What comes in: the exact raw bytes of a mail, and the TXT records at the names `names_to_ask` gives. What goes out: one
`DkimResult` for each signature. A result says `pass` only where the signature covers the whole body and From, and where
the mail that we read is the mail that was signed: a signature says nothing about fields that were put above it afterwards,
and nothing about a head that two programs read in two ways.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mailbridge.errors import ParseError
from mailbridge.mail.fields import Header, split_header

MOST = 8
"""Signatures of one mail that are looked at; each costs a check of a key."""
LARGEST = 20_000_000
MOST_WORK = 2 * LARGEST
"""About two seconds: two signatures of a large mail with files, or eight of a megabyte of blanks; see `_work`."""
LARGEST_HEAD, LARGEST_SIGNATURE, MOST_SIGNED_FIELDS = 256_000, 8_000, 200
"""What mailers write stays far below; dkimpy's time grows with the square of each of them."""
HEADERS_END = re.compile(rb"\r?\n\r?\n")
SIGNATURE = re.compile(rb"^dkim-signature:((?:[^\r\n]|\r?\n[ \t])*+)", re.IGNORECASE | re.MULTILINE)
TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)
NAME = re.compile(r"(?=.{4,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")
ONCE = ("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
        "content-type", "content-transfer-encoding", "content-disposition")
"""Fields that a mail has once (RFC 5322 §3.6, RFC 2045). A second one that nobody signed changes what is read (RFC 6376 §8.15)."""
_ODD_IN_HEAD = re.compile(rb"\r(?!\n)|\0")
_BLANKS = re.compile(rb"\t[\t ]*+| [\t ]++")
_LONG_GAP = re.compile(rb"\s{100}")
_EMPTY_LINES = re.compile(rb"(?:\r\n)++")
_MBOX_LINE = re.compile(rb"From [^\s:]")


@dataclass(frozen=True, slots=True)
class DkimResult:
    """What one signature is worth: of which domain and selector, and why it does not count."""

    domain: str
    selector: str
    result: Literal["pass", "fail", "temperror", "permerror"]
    reason: str = ""


def signatures(raw: bytes) -> tuple[dict[str, str], ...]:
    """Return the tags of each DKIM-Signature header, top-most first, at most `MOST`."""
    texts = (value.decode("ascii", "replace") for value in _values(raw))
    return tuple({name.lower(): re.sub(r"\s+", "", value) for name, value in TAG.findall(text)} for text in texts)


def _values(raw: bytes) -> list[bytes]:
    end = HEADERS_END.search(raw, 0, LARGEST_HEAD)
    head = raw[: end.start()] if end else raw[:LARGEST_HEAD]
    return [match[1] for _, match in zip(range(MOST), SIGNATURE.finditer(head), strict=False)]


def names_to_ask(raw: bytes) -> tuple[str, ...]:
    """Return the names of the TXT records that the keys of a mail lie under, each once."""
    return tuple(dict.fromkeys(filter(None, map(key_name, signatures(raw)))))


def key_name(tags: Mapping[str, str]) -> str:
    """Return the name of the TXT record that the key of a signature lies under; empty when that is no name."""
    name = f"{tags.get('s', '')}._domainkey.{tags.get('d', '')}".lower()
    return name if NAME.fullmatch(name) else ""


def check_dkim(raw: bytes, answers: Mapping[str, str]) -> tuple[DkimResult, ...]:
    """Check each signature of a mail against the keys in `answers`: name -> TXT record.

    The record is empty where there is none; a name that nobody answered about is missing. Returns nothing for an unsigned
    mail. Raises ModuleNotFoundError without the extra `dkim`. Never raises on a mail.
    """
    values = _values(raw)
    if not values:
        return ()
    odd, checker = _what_is_odd(raw), _Checker(raw, answers, MOST_WORK)
    return tuple(DkimResult(tags.get("d", "").lower(), tags.get("s", "").lower(), "permerror", odd) if odd
                 else checker.check(place, value, tags)
                 for place, (value, tags) in enumerate(zip(values, signatures(raw), strict=True)))


def _what_is_odd(raw: bytes) -> str:
    """Say why no signature of a mail can count: it would take too long, or others may read its head in another way.

    Somebody else's signed mail with `X: a<CR>From: the boss` put above it is still well signed, and a reader that ends a
    line at a bare CR sees the boss.
    """
    end = HEADERS_END.search(raw, 0, LARGEST_HEAD)
    if len(raw) > LARGEST or end is None:
        return "too-large" if len(raw) > LARGEST_HEAD else "odd-head"
    try:
        header = split_header(raw)
    except ParseError:
        return "too-large"
    same = header.body == end.end() and (not header.defects or _only_an_mbox_line(header, raw))
    return "" if same and not _ODD_IN_HEAD.search(raw, 0, end.end()) else "odd-head"


def _only_an_mbox_line(header: Header, raw: bytes) -> bool:
    return header.defects == ["mbox-line"] and _MBOX_LINE.match(raw) is not None


def _refusal(value: bytes, tags: Mapping[str, str]) -> str:
    """Say why a signature counts for nothing, whatever its key is.

    `l=` lets anybody append text (RFC 6376 §8.2); SHA-1 is no proof any more (RFC 8301 §3.1).
    """
    fields = tags.get("h", "").lower().split(":")
    if len(value) > LARGEST_SIGNATURE or len(fields) > MOST_SIGNED_FIELDS or _LONG_GAP.search(value):
        return "not-valid"
    if "l" in tags:
        return "partial-body"
    if tags.get("a", "").lower() == "rsa-sha1":
        return "weak"
    return "" if "from" in fields else "from-not-signed"


@dataclass(slots=True)
class _Checker:
    """Checks the signatures of one mail, one after the other. left: how much work may still be put into it.

    messages: the mail as dkimpy has read it, by the way its body is made canonical.
    """

    raw: bytes
    answers: Mapping[str, str]
    left: int
    messages: dict[bool, Any] = field(default_factory=dict)

    def check(self, place: int, value: bytes, tags: Mapping[str, str]) -> DkimResult:
        """Say what the signature at a place from the top is worth."""
        domain, selector = tags.get("d", "").lower(), tags.get("s", "").lower()
        refusal, name = _refusal(value, tags), key_name(tags)
        if refusal:
            return DkimResult(domain, selector, "permerror", refusal)
        if name not in self.answers:
            return DkimResult(domain, selector, "temperror", "no-answer")
        if not self.answers[name]:
            return DkimResult(domain, selector, "permerror", "no-key")
        self.left -= _work(self.raw)
        if self.left < 0:
            return DkimResult(domain, selector, "permerror", "too-large")
        reason = self._verify(place, domain, relaxed=tags.get("c", "").partition("/")[2] == "relaxed")
        failed = reason in ("body-changed", "signature-does-not-match")
        return DkimResult(domain, selector, "fail" if failed else "permerror" if reason else "pass", reason)

    def _verify(self, place: int, domain: str, *, relaxed: bool) -> str:
        """Have dkimpy check a signature; return why it does not count, nothing when it does."""
        import dkim

        try:
            if relaxed not in self.messages:
                self.messages[relaxed] = dkim.DKIM(_quick(self.raw, relaxed), minkey=1024)
            message = self.messages[relaxed]
            good = message.verify(idx=place, dnsfunc=self._record)
        except dkim.ValidationError as error:
            return "body-changed" if "body hash" in str(error) else "not-valid"
        except dkim.KeyFormatError as error:
            return "weak" if "too small" in str(error) else "no-key"
        except Exception:  # keys and signatures are a stranger's bytes; dkimpy raises what it likes on them
            return "not-valid"
        return _what_was_added(message, domain) if good else "signature-does-not-match"

    def _record(self, asked: bytes | str, timeout: int = 5) -> bytes | None:  # noqa: ARG002 - dkimpy passes a time limit
        text = asked.decode("ascii", "replace") if isinstance(asked, bytes) else asked
        return self.answers.get(text.rstrip(".").lower(), "").encode("ascii", "replace") or None


def _work(raw: bytes) -> int:
    """Return what one signature costs, in bytes of plain text: to make a body canonical, each blank in it is replaced twice."""
    return len(raw) + 5 * raw.count(b" ") + 9 * raw.count(b"\t")


def _what_was_added(message: Any, domain: str) -> str:
    """Say why a good signature, which dkimpy has just checked, does not speak for the mail that we read."""
    signed = Counter(name.decode("ascii", "replace") for name in message.include_headers)
    there = Counter(name.decode("ascii").lower() for name, _ in message.headers)
    if any(there[name] > max(1, signed[name]) for name in ONCE):
        return "added-headers"
    # dkimpy has read the tags by itself: what it went by is what we say
    same = message.domain.decode("ascii", "replace").lower() == domain and b"l" not in message.signature_fields
    return "" if same and signed["from"] else "not-valid"


def _quick(raw: bytes, relaxed: bool) -> bytes:
    """Return a mail that dkimpy makes the same canonical form of in linear time.

    It looks for blanks before each line end in a way that takes minutes for a megabyte of blanks, and takes empty lines
    off the end one by one (RFC 6376 §3.4.3 and §3.4.4).
    """
    end = HEADERS_END.search(raw)
    assert end is not None
    head, body = raw[: end.end()], raw[end.end() :]
    body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if relaxed:
        body = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")
    text = body.rstrip(b"\r\n")
    tail = _EMPTY_LINES.fullmatch(body, len(text))
    return head + text + b"\r\n" if tail else head + body
