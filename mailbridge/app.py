"""Assembles every room once. The only place that builds things; the daemon's order of start and stop is in `daemon.py`."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.bridge import Bridge
from mailbridge.clock import now
from mailbridge.config.kinds import load_kinds
from mailbridge.config.load import load_config
from mailbridge.config.model import Config
from mailbridge.config.patterns import load_patterns, shipped_patterns
from mailbridge.config.priorities import load_priority, shipped_priority
from mailbridge.config.secrets import read_keys, read_secret
from mailbridge.config.shipped import shipped_path
from mailbridge.decide.priority import PriorityWords
from mailbridge.desk.admin import find_ticket, requester_of_ticket
from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes, Numbers
from mailbridge.desk.failures import undeliverable
from mailbridge.desk.faults import tell_template_faults
from mailbridge.desk.post import MARKER_WORDS, customer_facts
from mailbridge.desk.rings import sweep
from mailbridge.desk.work import Rules, Work
from mailbridge.errors import StoreError
from mailbridge.intake.imap import Account, poll_all_once
from mailbridge.intake.imap_audit import Comparison, compare_accounts
from mailbridge.intake.imap_lease import Lease
from mailbridge.intake.imap_ledger import Ledger
from mailbridge.log import Log, logger
from mailbridge.outbox import Outbox
from mailbridge.readers import make_readers
from mailbridge.reading import Reading
from mailbridge.relay.maildir import MaildirRelay
from mailbridge.relay.outcome import Relay
from mailbridge.relay.smtp import SmtpRelay
from mailbridge.replies.render import Rendered
from mailbridge.replies.samples import rich as rich_sample
from mailbridge.replies.templates import Templates
from mailbridge.resolver import Resolver
from mailbridge.shared_drafts import file_shared_draft
from mailbridge.spool import Spool, worker_name
from mailbridge.store.blobs import Blobs
from mailbridge.store.db import Database, upsert
from mailbridge.store.migrate import is_current, open_database
from mailbridge.store.tables import LastGood

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """Turn `5d` into running time; the configuration has checked its form."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


@dataclass(slots=True)
class App:
    """A desk, assembled. `close()` gives everything back. usual_readers: how many there are when the configuration is silent."""

    config: Config
    database: Database
    blobs: Blobs
    spool: Spool
    bridge: Bridge
    outbox: Outbox
    log: Log
    environ: Mapping[str, str]
    usual_readers: int = 0

    @property
    def rules(self) -> Rules:
        """What the desk goes by."""
        return self.bridge.rules

    def use(self, config: Config) -> None:
        """Go by another configuration from now on. Everything that can fail is done before anything is replaced."""
        rules = make_rules(config, self.database, self.environ, self.log)
        readers, old = make_readers(make_reading(config, rules.keys), self.usual_readers), self.bridge.readers
        readers.start()
        self.config, self.bridge.rules, self.bridge.readers = config, rules, readers
        self.bridge.resolver = Resolver(config.trust.name_servers)
        old.retire()
        self.outbox.give_up_after = duration(config.relay.give_up_after)

    def close(self, seconds: float | None = None) -> None:
        """Give back what is open; wait so long at most for a write that does not end."""
        self.bridge.readers.close()
        self.database.close(seconds)


def assemble(config: Config, environ: Mapping[str, str] = os.environ, usual_readers: int = 0) -> App:
    """Build a desk from its configuration; the database is brought to this version's schema.

    usual_readers: processes that read mail when the configuration says nothing about them; they start with the first mail.
    Raise ConfigError or StoreError, which say what to do.
    """
    log = logger()
    database = open_database(config)
    blobs = Blobs(config.database.blobs)
    blobs.prepare()
    worker = worker_name()
    spool = Spool(database, blobs, worker)
    rules = make_rules(config, database, environ, log)
    readers = make_readers(make_reading(config, rules.keys), usual_readers)
    bridge = Bridge(spool, database, blobs, rules, readers, log, Resolver(config.trust.name_servers))
    outbox = Outbox(
        database,
        blobs,
        worker,
        duration(config.relay.give_up_after),
        random.SystemRandom().random,
        lambda connection, rows, at: undeliverable(connection, bridge.rules, rows, at),
        lambda row, raw, at: file_shared_draft(bridge.rules.config, environ, database, row, raw, at),
    )
    return App(config, database, blobs, spool, bridge, outbox, log, environ, usual_readers)


def existing_desk(path: Path, environ: Mapping[str, str]) -> tuple[Rules, Reading, Database | None]:
    """Return what a desk goes by, and its database if it is there and of this version; nothing is made or changed."""
    config = load_config(path, environ)
    database: Database | None = Database(config.database.url)
    file = Path(config.database.url.removeprefix("sqlite:///"))
    try:
        if database is not None and ((database.is_sqlite and not file.is_file()) or not is_current(database)):
            database = None
    except StoreError:
        database = None
    templates = Templates(config.desk.templates, shipped_path("templates"))
    rules = Rules(config, read_keys(config, environ), templates, secrets.token_bytes, make_priority(config))
    return rules, make_reading(config, rules.keys), database


def templates_of(config: Config) -> Templates:
    """Return the templates of a desk, for looking at them."""
    return Templates(config.desk.templates, shipped_path("templates"))


def preview_template(
    config: Config, environ: Mapping[str, str], name: str, locale: str | None, number: int | None, at: datetime
) -> Rendered:
    """Render a template for a ticket, or for a sample. Raise TemplateError or CommandRefused, which say what is wrong."""
    purpose, _, variant = name.partition("/")
    templates = templates_of(config)
    if number is None:
        locale = locale or config.desk.locale
        return templates.render(purpose, rich_sample(locale), locale, variant or None)
    database = open_database(config)
    try:
        with database.read() as connection:
            work = Work(
                make_rules(config, database, environ, logger()),
                Changes(Numbers(connection), at),
                Caps(config.limits, at),
                at,
            )
            ticket = find_ticket(connection, number)
            person = requester_of_ticket(connection, number)
        spoken = locale or ticket.locale or config.desk.locale
        return templates.render(purpose, customer_facts(work, ticket, person), spoken, variant or None)
    finally:
        database.close()


def make_rules(config: Config, database: Database, environ: Mapping[str, str], log: Log) -> Rules:
    """Read the keys and find the templates; the last good text of a template outlives the process in the database."""
    templates = Templates(
        config.desk.templates,
        shipped_path("templates"),
        clock=time.monotonic,
        remember=lambda name, source: _remember(database, name, source),
        recall=lambda name: _recall(database, name),
        on_fault=lambda what: log.error("templates.broken", what=what) and None,
    )
    return Rules(config, read_keys(config, environ), templates, secrets.token_bytes, make_priority(config))


def make_priority(config: Config) -> PriorityWords:
    """Load the words and points by which tickets are graded: the shipped ones, and what the desk's folder adds."""
    return load_priority(shipped_priority(), config.folder / "config" / "priority")


def make_reading(config: Config, keys: tuple[bytes, ...]) -> Reading:
    """Load the patterns and words by which mail is read: the shipped ones, and what the desk's folder adds."""
    return Reading(
        load_patterns(shipped_patterns(), config.folder / "config" / "patterns"),
        load_kinds(shipped_path("config", "kinds"), config.folder / "config" / "kinds"),
        config,
        keys,
        (MARKER_WORDS,),
    )


def run_once(app: App, relay: Relay, at: datetime) -> dict[str, int]:
    """Read the IMAP accounts, work off the spool, ring what is due, send, then return what was done: `run --once`.

    `polled` mails came in by IMAP; `unread` accounts could not be read (what another daemon reads is not among them).
    """
    reports = poll_all_once(make_accounts(app, app.config), at)
    done = {"polled": sum(one.count for one in reports), "unread": sum(one.fault is not None for one in reports)}
    done["bridged"] = 0
    while count := app.bridge.run_once(at).count:
        done["bridged"] += count
    done["rung"] = len(sweep(app.database, app.rules, at))
    tell_template_faults(app.database, app.rules, at)
    return done | send_due(app, relay, at)


def send_due(app: App, relay: Relay, at: datetime) -> dict[str, int]:
    """Send everything that is due, and count what became of it."""
    done = {"sent": 0, "failed": 0, "waiting": 0, "withdrawn": 0}
    while (report := app.outbox.run_once(at, relay, batch_size(app.config))).count:
        for state in ("sent", "failed", "waiting", "withdrawn"):
            done[state] += len(getattr(report, state))
    return done


def make_accounts(app: App, config: Config, *, peek: bool = False) -> list[Account]:
    """Build the IMAP accounts of a configuration. A password is read at each login, so a changed file counts at once.

    peek: read them without leaving a trace at the server.
    """
    return [
        Account(
            settings.model_copy(update={"acknowledge": "none"}) if peek else settings,
            partial(read_secret, settings.password_file, app.environ),
            app.spool.accept,
            Ledger(app.database, settings.name),
            Lease(app.database, f"imap:{settings.name}", app.spool.worker),
            now,
            random.SystemRandom().random,
            app.log,
        )
        for settings in config.imap
    ]


def compare_imap(config: Config, environ: Mapping[str, str]) -> Comparison:
    """Compare the IMAP accounts with what we noted of them, without changing anything."""
    if not config.imap:
        return Comparison()
    database = open_database(config)
    try:
        return compare_accounts(config.imap, lambda account: read_secret(account.password_file, environ), database)
    finally:
        database.close()


def batch_size(config: Config) -> int:
    """How many mails go out before it is noted what became of them; a crash may send as many twice."""
    return 50 if config.relay.kind == "maildir" else 10


def make_relay(config: Config, environ: Mapping[str, str] = os.environ) -> Relay:
    """Build the way out; one for each thread that sends."""
    if config.relay.kind == "maildir":
        return MaildirRelay(config.relay.path)
    password = read_secret(config.relay.password_file, environ) if config.relay.password_file else None
    return SmtpRelay(config.relay, password)


def _remember(database: Database, name: str, source: str) -> None:
    row = {"name": name, "source": source, "kept_at": now()}
    table: Any = LastGood.__table__  # type: ignore[attr-defined]

    def work(connection: Connection) -> None:
        upsert(connection, table, [row], ("name",), ("source", "kept_at"))

    database.write_soon(work, "intake")


def _recall(database: Database, name: str) -> str | None:
    table: Any = LastGood.__table__  # type: ignore[attr-defined]
    with database.read() as connection:
        return connection.execute(select(table.c.source).where(table.c.name == name)).scalar()
