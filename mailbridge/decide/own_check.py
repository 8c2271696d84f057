"""Proves a sender by the DKIM signatures of his mail, with the DNS answers handed in: our own check (design.md §4).

What comes in: a mail that nothing else proves, its exact bytes, and TXT records by name. What goes out: the names to ask for,
and then the verdict. Pure. It can only add proof: without knowing the address that a mail was sent from there is no SPF,
and so a mail without a good signature may still be one that its owner's policy lets pass. It stays `bare`, never `failed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mailbridge.decide.trust import TrustFacts, TrustVerdict, judge_trust, one_author
from mailbridge.mail import dmarc
from mailbridge.mail.dkim import DkimResult, check_dkim, key_name, signatures
from mailbridge.mail.message import Mail

MOST_NAMES = 24
"""Names that are asked for one mail; two domains of usual length with two signatures need about ten."""


def names_to_ask(raw: bytes, mail: Mail) -> tuple[str, ...]:
    """Return the names of the TXT records that can prove the sender of a mail, keys first; none when nothing can.

    Signatures of a domain that can never speak for From, such as that of a newsletter service, are not asked about.
    """
    author = _domain(mail)
    keys: list[str] = []
    walks: list[str] = []
    for tags in signatures(raw) if one_author(mail) else ():
        domain, name = tags.get("d", "").lower(), key_name(tags)
        if name and _related(domain, author):
            keys.append(name)
            walks += dmarc.names_to_ask(author, domain) if domain != author else ()
    return tuple(dict.fromkeys((*keys, *walks)))[:MOST_NAMES]


def judge_with_answers(raw: bytes, mail: Mail, facts: TrustFacts, answers: Mapping[str, str]) -> TrustVerdict:
    """Return how well the sender of a mail is proven, now that DNS was asked.

    answers: TXT records by name, empty where there is none; a name that nobody answered about is missing. Raises
    ModuleNotFoundError without the extra `dkim`, never on a mail.
    """
    author = _domain(mail)
    results = tuple(_known(one, author, answers) for one in check_dkim(raw, answers))
    return judge_trust(mail, replace(facts, dkim=results, dmarc=answers))


def _known(result: DkimResult, author: str, answers: Mapping[str, str]) -> DkimResult:
    """Take a pass back that could speak for From only by what was not answered: the owner may be strict about alignment."""
    if result.result != "pass" or result.domain == author or not _related(result.domain, author):
        return result
    if all(name in answers for name in dmarc.names_to_ask(author, result.domain)):
        return result
    return replace(result, result="temperror", reason="no-answer")


def _related(one: str, other: str) -> bool:
    """Say whether two domains may belong to one organisation; those that share less than two labels never do."""
    return bool(one) and "." in one and one.split(".")[-2:] == other.split(".")[-2:]


def _domain(mail: Mail) -> str:
    return mail.author.address.lower().rpartition("@")[2]
