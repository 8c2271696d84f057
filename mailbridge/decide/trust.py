"""Says how well the sender of a mail is proven, with the reasons. Identity is From alone.

What comes in: a `Mail` and the facts that the mail itself cannot state (who logged in, whether the way it came may be
believed, what DNS says). What goes out: a `TrustVerdict`. Pure. A header that the sender could have written counts for
nothing: only the top-most Authentication-Results of a named server does, above any server that is not of its house.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mailbridge.decide.trust_names import name_oddities
from mailbridge.mail.authentication import MICROSOFT, AuthenticationResults, Result, read_results
from mailbridge.mail.dkim import DkimResult
from mailbridge.mail.dmarc import aligned
from mailbridge.mail.message import Mail

BY = re.compile(r"(?:^|\s)by\s+([^\s;()\[\]]+)", re.IGNORECASE)
MOST = 20
"""Authentication-Results headers that are looked at; a mail that came by fewer servers has no more."""
MICROSOFT_HOSTS = (".outlook.com", ".office365.com", ".microsoft.com", ".exchangelabs.com", ".outlook.de", ".outlook.cn")


class Trust(StrEnum):
    """How well a sender is proven (the closed list of the command line)."""

    SUBMITTED = "submitted"
    ALIGNED = "aligned"
    BARE = "bare"
    FAILED = "failed"


STRENGTH = {Trust.SUBMITTED: 3, Trust.ALIGNED: 2, Trust.BARE: 1, Trust.FAILED: 0}


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """What is known about the way a mail came.

    authenticated_as: the user of SMTP AUTH, an address, or None. believed: the source may bring us Authentication-Results
    (IMAP, ingest, a `[trust]` peer). authserv_ids: the names we believe; `microsoft365` stands for 365's nameless form.
    dkim: our own check of the signatures. dmarc: TXT records by name (`_dmarc.example.org`), as far as DNS was asked.
    """

    authenticated_as: str | None = None
    believed: bool = False
    authserv_ids: tuple[str, ...] = ()
    dkim: tuple[DkimResult, ...] = ()
    dmarc: Mapping[str, str] = field(default_factory=dict)


UNJUDGED = "no-proof"
"""The reason when nobody who is believed has said anything about the sender."""


@dataclass(frozen=True, slots=True)
class TrustVerdict:
    """How well the sender is proven; reasons: short words, what decided first, oddities of the sender after it."""

    trust: Trust
    reasons: tuple[str, ...] = ()


def stronger(one: Trust, other: Trust) -> bool:
    """Say whether the first proves more than the second."""
    return STRENGTH[one] > STRENGTH[other]


def judge_trust(mail: Mail, facts: TrustFacts) -> TrustVerdict:
    """Return how well the sender of a mail is proven. Several From mailboxes are never better than bare. Never raises."""
    trust, reason = strongest_proof(mail, facts)
    notes = (*(dkim_notes(facts.dkim) if trust is Trust.BARE else ()), *name_oddities(mail))
    if not one_author(mail) and stronger(trust, Trust.BARE):
        return TrustVerdict(Trust.BARE, ("several-from" if mail.author.address or len(mail.from_) > 1 else "no-from", reason, *notes))
    return TrustVerdict(trust, (reason, *notes))


def one_author(mail: Mail) -> bool:
    """Say whether a mail names exactly one mailbox as its author; otherwise nothing can prove who wrote it."""
    return len(mail.from_) == 1 and bool(mail.author.address) and sum(name == "from" for name, _ in mail.headers) <= 1


def dkim_notes(results: Sequence[DkimResult]) -> tuple[str, ...]:
    """Return why no signature proved the sender, each reason once, such as `dkim-body-changed` or `dkim-no-answer`."""
    return tuple(dict.fromkeys(f"dkim-{one.reason or 'of-another-domain'}" for one in results))


def strongest_proof(mail: Mail, facts: TrustFacts) -> tuple[Trust, str]:
    """Return the best proof of the From address, and its name."""
    address = mail.author.address.lower()
    if facts.authenticated_as and facts.authenticated_as.lower() == address:
        return Trust.SUBMITTED, "smtp-auth"
    domain = address.rpartition("@")[2]
    upstream = believed_results(mail, facts) if facts.believed else None
    if upstream and any(one.result in ("fail", "hardfail") and speaks_of(one, domain) for one in upstream.of("dmarc")):
        return Trust.FAILED, "dmarc=fail"
    if any(one.result == "pass" and aligned(one.domain, domain, facts.dmarc) for one in facts.dkim):
        return Trust.ALIGNED, "own-dkim"
    if upstream:
        return upstream_proof(upstream, domain, facts)
    return Trust.BARE, "smtp-auth-of-another" if facts.authenticated_as else UNJUDGED


def upstream_proof(upstream: AuthenticationResults, domain: str, facts: TrustFacts) -> tuple[Trust, str]:
    """Return what a believed header proves of the From domain: by DMARC, else by an aligned DKIM or SPF pass.

    Two DMARC results that differ are a sign of a header that somebody had a hand in: neither counts.
    """
    if len({one.result for one in upstream.of("dmarc")}) > 1:
        return Trust.BARE, "contradicting-results"
    if any(one.result == "pass" and speaks_of(one, domain) for one in upstream.of("dmarc")):
        return Trust.ALIGNED, "dmarc=pass"
    for one in upstream.of("dkim"):
        if one.result == "pass" and aligned(one.domain("header.d", "header.i"), domain, facts.dmarc, "adkim"):
            return Trust.ALIGNED, "dkim=pass"
    for one in upstream.of("spf"):
        if one.result == "pass" and aligned(one.domain("smtp.mailfrom", "smtp.mail"), domain, facts.dmarc, "aspf"):
            return Trust.ALIGNED, "spf=pass"
    return Trust.BARE, "nothing-aligned"


def speaks_of(result: Result, domain: str) -> bool:
    """Say whether a DMARC result is about the From domain; one that names no domain is about this mail's."""
    named = result.domain("header.from")
    return not named or named == domain or ("." in named and domain.endswith("." + named))


def believed_results(mail: Mail, facts: TrustFacts) -> AuthenticationResults | None:
    """Return the top-most Authentication-Results of a named server, or None.

    The search goes down from the top and ends at the first Received of a server that is not of the house of any named
    one: below it, the sender may have written what he liked. Headers of unnamed servers are passed over.
    """
    named = {name.lower().rstrip(".") for name in facts.authserv_ids}
    looked_at = 0
    for name, value in mail.headers:
        if name == "authentication-results" and looked_at < MOST:
            looked_at += 1
            results = read_results(value)
            if results.authserv_id in named:
                return results
        elif name == "received" and not of_the_house(value, named):
            return None
    return None


def of_the_house(received: str, named: set[str]) -> bool:
    """Say whether the server that wrote a Received header belongs to a named one: the same host, or the same parent.

    A name without a dot (`localhost`, `mailhost`) or an unreadable header at the top is a delivery inside the house.
    """
    found = BY.search(received)
    host = found.group(1).lower().rstrip(".") if found else ""
    if "." not in host or host.replace(".", "").isdigit():
        return True
    if MICROSOFT in named and host.endswith(MICROSOFT_HOSTS):
        return True
    return any(host == name or parent(host) == parent(name) or host.endswith("." + name) for name in named if "." in name)


def parent(host: str) -> str:
    """Return the last labels of a host name that surely belong to one owner: two, or three below a short second level (`co.uk`)."""
    labels = host.split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if short else labels[-2:])
