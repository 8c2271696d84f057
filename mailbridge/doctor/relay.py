"""Tries the way out: a conversation with the relay up to the login, never a mail."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Mapping
from datetime import datetime

from mailbridge.config.model import Config, Relay
from mailbridge.config.secrets import read_secret
from mailbridge.doctor.disk import folder_finding
from mailbridge.doctor.finding import Finding
from mailbridge.errors import RelayTemporary
from mailbridge.relay.connect import connect

LONGEST_WAIT_SECONDS = 10


def examine_relay(config: Config, environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Look whether the Maildir can be written, or whether the smarthost talks to us and lets us in."""
    relay = config.relay
    if relay.kind == "maildir":
        found = folder_finding("relay", relay.path, 0)
        yield found if found.status == "fail" else Finding("relay", "ok", f"nothing is sent: mail becomes files in {relay.path / 'new'}")
        return
    password = read_secret(relay.password_file, environ) if relay.password_file else None
    patient = relay.model_copy(update={"timeout_seconds": min(relay.timeout_seconds, LONGEST_WAIT_SECONDS)})
    try:
        conversation = connect(patient, password)
    except RelayTemporary as fault:
        yield Finding("relay", "fail", str(fault).rstrip("."), "" if ". " in str(fault) else "Correct [relay], or ask whoever runs it")
        return
    features = dict(conversation.esmtp_features)
    try:
        conversation.quit()
    except (OSError, smtplib.SMTPException):
        conversation.close()
    yield from relay_findings(relay, features)


def relay_findings(relay: Relay, features: Mapping[str, str]) -> Iterator[Finding]:
    """Say what a relay that let us in can do; features: as `smtplib` lists them, names in lower case."""
    how = {"tls": "by TLS", "starttls": "by STARTTLS", "none": "without TLS, on this machine"}[relay.security]
    login = f", logged in as {relay.user}" if relay.user else ", without a login"
    size = features.get("size", "").strip()
    room = f"; it takes mail up to {int(size) // 1_000_000} MB" if size.isdecimal() and int(size) else ""
    yield Finding("relay", "ok", f"{relay.host}:{relay.port} takes our mail {how}{login}{room}")
    if "smtputf8" not in features:
        yield Finding("relay", "ok", "it has no SMTPUTF8: addresses with letters beyond ASCII before the @ cannot be written to")
