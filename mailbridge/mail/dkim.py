"""Our own check of DKIM signatures (RFC 6376), with the DNS answers handed in (extra `dkim`).

What comes in: the exact raw bytes of a mail, and the TXT records at the names `names_to_ask` gives. What goes out: one
`DkimResult` for each signature. A result says `pass` only where the signature covers the whole body and From.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MOST = 8
"""Signatures of one mail that are looked at; each costs a check of a key."""
LARGEST = 20_000_000
HEADERS_END = re.compile(rb"\r?\n\r?\n")
SIGNATURE = re.compile(rb"^dkim-signature[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DkimResult:
    """What one signature is worth: of which domain and selector, and why it does not count."""

    domain: str
    selector: str
    result: Literal["pass", "fail", "temperror", "permerror"]
    reason: str = ""


def signatures(raw: bytes) -> tuple[dict[str, str], ...]:
    """Return the tags of each DKIM-Signature header, top-most first, at most `MOST`."""
    end = HEADERS_END.search(raw)
    head = raw[:end.start()] if end else raw
    found = [match.group(1).decode("ascii", "replace") for match in SIGNATURE.finditer(head[:1_000_000])]
    return tuple({name.lower(): re.sub(r"\s+", "", value) for name, value in TAG.findall(text)} for text in found[:MOST])


def names_to_ask(raw: bytes) -> tuple[str, ...]:
    """Return the names of the TXT records that the keys of a mail lie under, each once."""
    return tuple(dict.fromkeys(f"{tags['s']}._domainkey.{tags['d']}".lower() for tags in signatures(raw)
                               if tags.get("s") and tags.get("d")))


def check_dkim(raw: bytes, answers: Mapping[str, str]) -> tuple[DkimResult, ...]:
    """Check each signature of a mail against the keys in `answers` (name -> TXT record; a missing name has none).

    Returns nothing for an unsigned mail. Raises ModuleNotFoundError without the extra `dkim`. Never raises on a mail.
    """
    found = signatures(raw)
    if not found:
        return ()
    if len(raw) > LARGEST:
        return tuple(DkimResult(tags.get("d", "").lower(), tags.get("s", ""), "temperror", "too-large") for tags in found)
    return tuple(check_one(raw, place, tags, answers) for place, tags in enumerate(found))


def check_one(raw: bytes, place: int, tags: Mapping[str, str], answers: Mapping[str, str]) -> DkimResult:
    """Check one signature. `l=` lets anybody append text and is never a pass (RFC 6376 §8.2)."""
    import dkim

    domain, selector = tags.get("d", "").lower(), tags.get("s", "").lower()
    if "l" in tags:
        return DkimResult(domain, selector, "permerror", "partial-body")
    if "from" not in tags.get("h", "").lower().split(":"):
        return DkimResult(domain, selector, "permerror", "from-not-signed")
    name = f"{selector}._domainkey.{domain}"
    if not answers.get(name):
        return DkimResult(domain, selector, "permerror", "no-key")

    def answer(asked: bytes | str, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - dkimpy passes a time limit
        text = asked.decode("ascii", "replace") if isinstance(asked, bytes) else asked
        record = answers.get(text.rstrip(".").lower())
        return record.encode("ascii", "replace") if record else None

    try:
        good = dkim.DKIM(raw, minkey=1024).verify(idx=place, dnsfunc=answer)
    except dkim.ValidationError as error:
        changed = "body hash" in str(error)
        return DkimResult(domain, selector, "fail" if changed else "permerror", "body-changed" if changed else "not-valid")
    except Exception as error:  # keys and signatures are a stranger's bytes; dkimpy raises what it likes on them
        return DkimResult(domain, selector, "permerror", type(error).__name__)
    return DkimResult(domain, selector, "pass" if good else "fail", "" if good else "signature-does-not-match")
