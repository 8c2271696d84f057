"""Tries a desk out: touches the world on purpose, one check after the other, and says what is sound and what to do.

In: a loaded configuration. Out: findings, in the order of the checks. Nothing is changed, sent or accepted, no mail is read;
every wait is short. A check that fails never keeps the others from being made. `check_files` is the part without the world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from mailbridge.config.model import Config
from mailbridge.doctor import accounts, database, disk, domains, files, listener, people, relay
from mailbridge.doctor.files import check_files, check_templates
from mailbridge.doctor.finding import Check, Finding
from mailbridge.errors import MailbridgeError

__all__ = ["CHECKS", "Finding", "check_files", "check_templates", "examine"]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("database", database.examine_database),
    ("disk", disk.examine_disk),
    ("clock", database.examine_clock),
    ("secrets", files.examine_secrets),
    ("reading", files.examine_words),
    ("templates", files.examine_templates),
    ("listener", listener.examine_listeners),
    ("certificate", listener.examine_certificates),
    ("relay", relay.examine_relay),
    ("imap", accounts.examine_accounts),
    ("dns", domains.examine_domains),
    ("people", people.examine_people),
    ("trust", people.examine_trust),
)


def examine(config: Config, environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Make every check and give its findings, at least one each where there is something to check. Never raises."""
    for name, check in CHECKS:
        try:
            yield from check(config, environ, now)
        except MailbridgeError as fault:
            yield Finding(name, "fail", str(fault))
        except Exception as fault:
            what = f"this check broke down: {type(fault).__name__}: {fault}"
            yield Finding(name, "fail", what, "Please report it as a fault of mailbridge")
