"""Commands that take mail in: ingest, import, explain."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbridge.cli.options import ConfigOption, JsonOption, config_path, desk, read_config
from mailbridge.cli.output import fail, say, say_json, shorten, tell, told

if TYPE_CHECKING:
    from mailbridge.config.model import Config
    from mailbridge.explain import Explainer

TRY_AGAIN = 75  # EX_TEMPFAIL: the pipe transport keeps the mail


def register(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    cli.command()(ingest)
    cli.command("import")(import_history)
    cli.command()(explain)


def ingest(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Mails; standard input when none is named.")
    ] = None,
    mailbox: Annotated[
        str | None, typer.Option(help="Which of our mailboxes it is for, when no recipient says so.")
    ] = None,
    recipient: Annotated[list[str] | None, typer.Option(help="A recipient of the envelope; may be repeated.")] = None,
    sender: Annotated[
        str | None, typer.Option(help="The sender of the envelope; an empty one is the null sender.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in one mail from a pipe transport, or files. Exit 0 means that it is on disk; 75 that the sender must keep it.

    Example: mailbridge ingest --recipient support@example.org < mail.eml
    """
    try:
        raws = [path.read_bytes() for path in files or []] or [sys.stdin.buffer.read()]
    except OSError as fault:
        fail(f"{fault.filename}: {fault.strerror}. Nothing was taken in.", 2)
    try:
        with told():
            _ingest(read_config(config), raws, mailbox, tuple(recipient or ()), sender, as_json)
    except typer.Exit as end:
        raise typer.Exit(TRY_AGAIN if end.exit_code == 1 else end.exit_code) from None
    except Exception as fault:  # whatever it is, the sender must keep the mail
        fail(fault, TRY_AGAIN)


def _ingest(
    config: Config, raws: list[bytes], mailbox: str | None, recipients: tuple[str, ...], sender: str | None, as_json: bool
) -> None:
    from mailbridge.clock import now
    from mailbridge.decide.mailboxes import mailbox_of
    from mailbridge.delivery import Delivery
    from mailbridge.intake.pipe import take_in

    if mailbox is not None and mailbox_of(mailbox, config.departments) is None:
        known = ", ".join(box for department in config.departments.values() for box in department.mailboxes)
        fail(f"--mailbox {mailbox}: not one of ours; known: {known}")
    at = now()
    deliveries = [
        Delivery(
            raw=raw,
            envelope_from=sender,
            recipients=recipients,
            source="pipe",
            received_at=at,
            believed=True,
            mailbox=mailbox,
        )
        for raw in raws
    ]
    for entry in take_in(config, deliveries):
        if as_json:
            say_json({"spool_id": entry.id, "sha256": entry.sha256, "state": "accepted"})


def import_history(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Maildirs, mboxes, folders of mails, or mails.")
    ],
    mailbox: Annotated[
        str | None, typer.Option(help="Which of our mailboxes it is for; else the first of ours among the recipients.")
    ] = None,
    order: Annotated[str, typer.Option(help="date (of the mails) or given (as named).")] = "date",
    mbox: Annotated[bool, typer.Option("--mbox", help="The files are mboxes, whatever their names.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring history in: original dates, sends nothing, sets no timers. Twice changes nothing; a broken run can be repeated.

    Example: mailbridge import ~/Maildir --mailbox support@example.org
    """
    from mailbridge.clock import now
    from mailbridge.history import Imported, find_messages, import_messages, totals

    if order not in ("date", "given"):
        fail("--order: date or given", 2)
    with desk(config) as app:
        done: list[Imported] = []
        for one in import_messages(app, find_messages(paths, mbox=mbox, order=order), mailbox, now):
            done.append(one)
            if as_json:
                say_json(asdict(one))
            elif sys.stderr.isatty():
                sys.stderr.write(f"\r{len(done)} messages … {shorten(one.file, 60):60}")
        if sys.stderr.isatty() and not as_json:
            sys.stderr.write("\n")
        counts = totals(done)
    if as_json:
        say_json(counts)
    else:
        tell(
            f"{counts['messages']} messages: {counts['tickets']} new tickets, {counts['duplicates']} were there already, "
            f"{counts['silent']} kept silently, {counts['quarantined']} quarantined"
        )


def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mails.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what would be decided about a mail, and why; writes nothing and needs no desk.

    Example: mailbridge explain mail.eml
    """
    from mailbridge.clock import now

    explainer = _explainer(config)
    unread = 0
    with told():
        for path in files:
            try:
                raw = path.read_bytes()
            except OSError as fault:
                tell(f"{path}: {fault.strerror}")
                unread += 1
                continue
            one = explainer.explain(str(path), raw, now())
            if as_json:
                say_json(one)
            else:
                _explain_to_people(one)
    if unread:
        raise typer.Exit(1)


def _explainer(config: str | None) -> Explainer:
    """Explain by the desk that is there; without one, or with one that cannot be used, by the shipped patterns alone."""
    from mailbridge.app import existing_desk
    from mailbridge.errors import MailbridgeError
    from mailbridge.explain import Explainer, plain_explainer

    try:
        return Explainer(*existing_desk(config_path(config), os.environ))
    except MailbridgeError as fault:
        if config is not None or os.environ.get("MAILBRIDGE_CONFIG"):
            fail(fault)
        return plain_explainer()


def _explain_to_people(one: dict[str, object]) -> None:
    say(f"{one['file']}")
    for name in (
        "from",
        "subject",
        "date",
        "kind",
        "kind_reasons",
        "language",
        "trust",
        "trust_reasons",
        "match",
        "bounce",
        "attachments",
        "defects",
    ):
        if one[name]:
            say(f"  {name:13} {shorten(one[name], 200)}")
    say("  reply:")
    for line in str(one["reply"]).splitlines():
        say(f"    {line}")
    say()
