"""Looks whether somebody hears of everything, and whether agents can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from mailbridge.config.model import Config
from mailbridge.doctor.finding import Finding


def examine_people(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Say whom nobody would tell of mail, of overdue tickets, or of faults."""
    roles = {agent.role for agent in config.agents.values()}
    if not config.agents:
        yield Finding("people", "fail", "the desk has no agents, so nobody hears of its mail", "Write a table into config/agents.toml")
        return
    for key, department in config.departments.items():
        own = [agent for agent in config.agents.values() if not agent.departments or key in agent.departments]
        if not own:
            yield Finding("people", "warn", f"department {key} has no agents; those of the others hear of its mail",
                          f'Put "{key}" into the departments of an agent')
        missing = [role for role in department.escalation if role not in {agent.role for agent in own}]
        if missing:
            yield Finding("people", "warn", f"department {key} escalates to {' and '.join(missing)}, and nobody there is one",
                          "Give somebody the role in config/agents.toml, or take it out of escalation")
    if "admin" not in roles:
        told = "supervisors" if "supervisor" in roles else "leads" if "lead" in roles else "agents"
        fix = 'Write role = "admin" for somebody in config/agents.toml'
        yield Finding("people", "warn", f"nobody has the role admin; {told} are told of faults", fix)
    yield Finding("people", "ok", f"{_count(len(config.agents), 'agent')} in {_count(len(config.departments), 'department')}")


def examine_trust(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Say how agents can prove who they are."""
    submits = [key for key, agent in config.agents.items() if agent.password_hash_file]
    ways = "by logging in at our listener, or by a code" if submits and _has_tls(config) else "by a code only"
    if not config.trust.authserv_ids and config.trust.check_dkim:
        what = "no mail server's Authentication-Results are believed; signatures (DKIM) are checked by mailbridge itself"
        yield Finding("trust", "ok", what)
    elif not config.trust.authserv_ids:
        yield Finding("trust", "warn", f"no mail server's Authentication-Results are believed: agents can prove themselves {ways}",
                      "Name the server that checks your mail in [trust] authserv_ids")
    elif not config.trust.peers and not config.imap and (config.smtp.listen or config.lmtp.listen):
        yield Finding("trust", "warn", "Authentication-Results are believed in mail from `ingest` only, as no peers are named",
                      "If that server hands us mail by SMTP or LMTP, name its address in [trust] peers")
    else:
        yield Finding("trust", "ok", f"the word of {', '.join(config.trust.authserv_ids)} about a sender is believed")
    if config.trust.peers and not config.trust.authserv_ids:
        yield Finding("trust", "warn", "[trust] peers are named, but no authserv_ids: what they say about a sender does not count",
                      "Name them in [trust] authserv_ids as they write it")
    if submits and not _has_tls(config):
        yield Finding("trust", "warn", f"{', '.join(submits)} cannot log in: there is no TLS, and a password never goes without",
                      "Set [smtp] certificate")


def _has_tls(config: Config) -> bool:
    return bool((config.smtp.listen or config.smtp.tls_listen) and config.smtp.certificate and config.smtp.auth)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
