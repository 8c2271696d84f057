"""Looks whether the names of our domains say what they must: where mail goes to, and who may send as us."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from mailbridge.config.model import Config
from mailbridge.doctor.finding import Finding
from mailbridge.resolver import Resolver

LONGEST_WAIT_SECONDS = 4.0
RESERVED = ("example", "invalid", "localhost", "test", "example.com", "example.net", "example.org", "localdomain", "local", "internal")
"""Names that are never in the public DNS (RFC 2606, RFC 6761, RFC 6762), or belong to documentation."""

Record = Literal["MX", "TXT"]
Ask = Callable[[str, Record], tuple[str, ...]]
"""Given a name and a kind of record, return the answers, none when there are none. Raises LookupError when nobody answers."""


def examine_domains(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Ask the DNS about the domain of every mailbox. What cannot be asked is a warning: mail may well come by IMAP or a pipe."""
    boxes = [box for department in config.departments.values() for box in department.mailboxes]
    domains = list(dict.fromkeys(box.rpartition("@")[2] for box in boxes))
    public = [domain for domain in domains if not is_reserved(domain)]
    for domain in domains:
        if domain not in public:
            yield Finding("dns", "ok", f"{domain} is a name for trying out; nobody was asked about it")
    if config.trust.check_dkim:
        yield resolver_finding(f"_dmarc.{domains[0]}", Resolver(config.trust.name_servers))
    if public:
        yield from domain_findings(public, config, _resolver())


def is_reserved(domain: str) -> bool:
    """Say whether a domain is one of those, or below one of those, that the public DNS never holds; or has no dot at all."""
    return "." not in domain or any(domain == name or domain.endswith(f".{name}") for name in RESERVED)


def resolver_finding(name: str, resolver: Resolver) -> Finding:
    """Say whether anybody answers the questions that `check_dkim` asks; that a name does not exist is an answer."""
    servers = f"the name servers {', '.join(resolver.servers)}" if resolver.servers else "the resolver of this machine"
    if name in resolver.ask((name,)):
        return Finding("dns", "ok", f"{servers} can be asked for the keys of signed mail (check_dkim)")
    fix = "Look at [trust] name_servers" if resolver.servers else "Look at /etc/resolv.conf, or name a server in [trust] name_servers"
    what = f"{servers} did not answer in time: no sender is proven by the signature of his mail (check_dkim)"
    return Finding("dns", "warn", what, fix)


def domain_findings(domains: list[str], config: Config, ask: Ask | None) -> Iterator[Finding]:
    """Say what the DNS says of our domains. ask: None when there is nothing to ask with."""
    if ask is None:
        what = f"{', '.join(domains)}: the DNS cannot be asked without the extra dkim"
        yield Finding("dns", "warn", what, 'Run: pip install "mailbridge[dkim]"')
        return
    for domain in domains:
        try:
            yield from _domain(domain, config, ask)
        except LookupError as fault:
            fix = "Look at the resolver of this machine (/etc/resolv.conf)"
            yield Finding("dns", "warn", f"{domain}: the DNS gave no answer ({fault})", fix)
            return


def _domain(domain: str, config: Config, ask: Ask) -> Iterator[Finding]:
    hosts = ask(domain, "MX")
    if hosts:
        yield Finding("dns", "ok", f"mail for {domain} goes to {', '.join(hosts)}")
    else:
        fix = f"Publish one, for example: {domain}. MX 10 mx.{domain}."
        yield Finding("dns", "warn", f"{domain} has no MX record: mail from other places may not arrive", fix)
    if config.relay.kind != "smtp":
        return
    if not any(record.startswith("v=spf1") for record in ask(domain, "TXT")):
        yield Finding("dns", "warn", f"{domain} has no SPF record: our mail may be taken for spam", "Publish one that names the relay")
    if not any(record.startswith("v=DMARC1") for record in ask(f"_dmarc.{domain}", "TXT")):
        fix = f'Publish: _dmarc.{domain}. TXT "v=DMARC1; p=none"'
        yield Finding("dns", "warn", f"{domain} has no DMARC record: others can write in its name", fix)


def _resolver() -> Ask | None:
    """Return what asks the resolver of this machine, or None without dnspython (extra `dkim`)."""
    try:
        import dns.exception
        import dns.resolver
    except ModuleNotFoundError:
        return None

    def ask(name: str, record: Record) -> tuple[str, ...]:
        try:
            answers = dns.resolver.Resolver().resolve(name, record, lifetime=LONGEST_WAIT_SECONDS, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return ()
        except dns.exception.DNSException as fault:
            raise LookupError(type(fault).__name__) from fault
        if record == "MX":
            return tuple(str(one.exchange).rstrip(".") for one in answers)
        return tuple(b"".join(one.strings).decode("utf-8", "replace") for one in answers)
    return ask
