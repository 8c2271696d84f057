"""Which domains belong together: the tree walk of DMARC, with the DNS answers handed in.

What comes in: a domain, and the TXT records that were found at the names `names_to_ask` gives. What goes out: the
organisational domain and the published policy. Without answers nothing is guessed: there is no list of suffixes here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Records = Mapping[str, str]
"""TXT records by full name: `_dmarc.example.org` -> `v=DMARC1; p=reject`."""
WALK = 8
"""Longest name that is asked for label by label; longer ones go on with seven labels (RFC 9989 §4.10)."""
TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)


def walk(domain: str) -> tuple[str, ...]:
    """Return the domains of the tree walk, longest first: the domain itself, then its parents."""
    labels = domain.lower().strip(".").split(".")
    parents = labels[1:] if len(labels) < WALK else labels[-7:]
    return tuple(".".join(part) for part in (labels, *(parents[n:] for n in range(len(parents)))) if part and part[0])


def names_to_ask(*domains: str) -> tuple[str, ...]:
    """Return the names of the TXT records that the tree walks of some domains need, each once."""
    return tuple(dict.fromkeys(f"_dmarc.{name}" for domain in domains if domain for name in walk(domain)))


def tags(record: str) -> dict[str, str]:
    """Return the tags of a DMARC record; empty when it is none (it must begin with v=DMARC1)."""
    if not re.match(r"\s*v\s*=\s*DMARC1\s*(?:;|$)", record):
        return {}
    return {name.lower(): value.strip().lower() for name, value in TAG.findall(record)}


def organisational_domain(domain: str, records: Records) -> str:
    """Return the organisational domain by the tree walk; the domain itself when no record is found on the way.

    A record with psd=n is the organisation's; one with psd=y is a registry's, and the organisation one label below;
    else the shortest name that has a record counts.
    """
    names = walk(domain)
    shortest = domain.lower().strip(".")
    for place, name in enumerate(names):
        found = tags(records.get(f"_dmarc.{name}", ""))
        if not found:
            continue
        if found.get("psd") == "n":
            return name
        if found.get("psd") == "y" and place > 0:
            return below(name, names[0])
        shortest = name
    return shortest


def below(parent: str, domain: str) -> str:
    """Return the name one label below `parent` on the way to `domain`."""
    labels = domain.split(".")
    return ".".join(labels[-(parent.count(".") + 2):])


def policy(domain: str, records: Records) -> str:
    """Return what the owner of a domain asks for: `none`, `quarantine`, `reject`, or empty when nothing is published."""
    own = tags(records.get(f"_dmarc.{domain.lower().strip('.')}", ""))
    if own:
        return own.get("p", "none")
    parent = tags(records.get(f"_dmarc.{organisational_domain(domain, records)}", ""))
    return parent.get("sp", parent.get("p", "none")) if parent else ""


def strict(domain: str, records: Records, tag: str) -> bool:
    """Say whether the owner asks for strict alignment of DKIM (`adkim`) or SPF (`aspf`)."""
    found = tags(records.get(f"_dmarc.{domain.lower().strip('.')}", "")) \
        or tags(records.get(f"_dmarc.{organisational_domain(domain, records)}", ""))
    return found.get(tag, "r") == "s"


def aligned(proven: str, author: str, records: Records, tag: str = "adkim") -> bool:
    """Say whether a proven domain speaks for the author's domain.

    With DNS answers: the same organisational domain, or the same domain where the owner is strict. Without: the same
    domain or a parent of it, which is safe without knowing where organisations begin; a child may be anybody's.
    """
    proven, author = proven.lower().strip("."), author.lower().strip(".")
    if not proven or not author or "." not in proven:
        return False
    if proven == author:
        return True
    if strict(author, records, tag):
        return False
    known = any(tags(records.get(name, "")) for name in names_to_ask(author))
    if known:
        return organisational_domain(proven, records) == organisational_domain(author, records)
    return author.endswith("." + proven)
