"""Commands about tickets and what a desk holds: ticket list|show|do, export, audit, templates."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from mailbridge.cli.options import ConfigOption, JsonOption, desk, read_config, reading
from mailbridge.cli.output import JsonObject, fail, say, say_json, shorten, show, tell, told

STATES = ("new", "open", "pending", "snoozed", "resolved", "closed", "merged", "spam")

ticket_commands = typer.Typer(name="ticket", help="Tickets: list, show, do.", no_args_is_help=True)
template_commands = typer.Typer(name="templates", help="Reply templates: list, check, preview.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    cli.add_typer(ticket_commands)
    cli.add_typer(template_commands)
    cli.command()(export)
    cli.command()(audit)


@ticket_commands.command("list")
def list_all(
    state: Annotated[
        str | None, typer.Option(help="Only these: new, open, pending, snoozed, resolved, closed, merged, spam.")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Only those of this agent.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are late.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List tickets, newest first.

    Example: mailbridge ticket list --state new
    """
    from mailbridge.clock import now
    from mailbridge.records.tickets import list_tickets

    if state is not None and state not in STATES:
        fail(f"--state {state}: one of {', '.join(STATES)}", 2)
    with told():
        known = read_config(config).agents
    if agent is not None and agent not in known:
        fail(f"--agent {agent}: nobody here is called so; known: {', '.join(known)}", 2)
    with reading(config) as connection:
        show(
            list_tickets(connection, state=state, agent=agent, overdue_at=now() if overdue else None),
            as_json,
            _ticket_line,
            "No tickets.",
        )


def _ticket_line(one: JsonObject) -> str:
    return (
        f"#{one['ticket']:<6} {one['state']:9} {one['priority']:8} {shorten(one['subject'] or '(no subject)', 44):44} "
        f"{shorten(one['requester'], 30):30} "
        f"{one['agent'] or '-':10} {one['created_at']}  {one['messages']} messages"
    )


@ticket_commands.command("show")
def show_one(
    number: Annotated[int, typer.Argument(metavar="N")], config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show one ticket: its thread, its history with the reasons, its links.

    Example: mailbridge ticket show 1042
    """
    from mailbridge.records.tickets import show_ticket

    with reading(config) as connection:
        one = show_ticket(connection, number)
    if one is None:
        fail(f"there is no ticket {number}. List them with: mailbridge ticket list")
    if as_json:
        say_json(one)
        return
    say(_ticket_line(one))
    for message in one["thread"]:
        marks = [name for name in ("third_party", "unverified", "automatic") if message[name]]
        who = message["from"]["name"] or message["from"]["address"]
        say(
            f"\n{message['at']}  {message['direction']}  {who}  ({', '.join([message['kind'], message['evidence'], *marks])})"
        )
        for line in (message["reply"] or message["text"]).splitlines():
            say(f"    {line}")
        for file in message["attachments"]:
            say(f"    [{file['name']}, {file['type']}, {file['bytes']} bytes]")
    say("\nHistory:")
    for event in one["events"]:
        say(
            f"  {event['at']}  {event['actor']:10} {event['what']}  {shorten({k: v for k, v in event['why'].items() if v}, 160)}"
        )


@ticket_commands.command("do")
def do(
    number: Annotated[int, typer.Argument(metavar="N")],
    commands: Annotated[list[str], typer.Argument(metavar='"/COMMAND"...', help="Commands as in an agent's mail.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do commands on a ticket, as the admin: all of them, or none.

    Example: mailbridge ticket do 1042 "/assign anna" "/priority high"
    """
    from mailbridge.clock import now
    from mailbridge.desk.admin import do_commands

    with desk(config) as app:
        done = do_commands(app.database, app.rules, number, commands, now())
    if as_json:
        say_json({"ticket": number, "done": list(done)})
    else:
        tell(f"#{number}: {', '.join(done) or 'nothing to do'}")


def export(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print everything the desk holds, one JSON object a line, for scripts and for leaving.

    Example: mailbridge export --json > desk.jsonl
    """
    from mailbridge.records.export import export as export_all

    with reading(config) as connection:
        for one in export_all(connection):
            say_json(one)


def audit(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Prove that no accepted mail is missing, every stored byte is what it was, and no mail of an IMAP account was passed by.

    Example: mailbridge audit
    """
    from mailbridge.app import compare_imap
    from mailbridge.records.audit import audit as count
    from mailbridge.store.blobs import Blobs

    with told():
        settings = read_config(config)
    with reading(config) as connection:
        found = count(connection, Blobs(settings.database.blobs))
    with told():
        compared = compare_imap(settings, os.environ)
    found.missing += len(compared.missing)
    found.faults += [*compared.missing, *(f"not compared: {why}" for why in compared.not_compared)]
    if as_json:
        say_json(found.figures())
    else:
        say("  ".join(f"{name} {value}" for name, value in found.figures().items()))
    for fault in found.faults:
        tell(fault)
    if found.missing:
        raise typer.Exit(1)


@template_commands.command("list")
def list_templates(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List every template, and whether it is the desk's own or the shipped one.

    Example: mailbridge templates list
    """
    from mailbridge.app import templates_of

    with told():
        found = templates_of(read_config(config)).list()
    show(
        (
            {
                "template": one.template,
                "locale": one.locale,
                "purpose": one.purpose,
                "subject": one.subject,
                "shipped": one.shipped,
                "when": one.when,
            }
            for one in found
        ),
        as_json,
        lambda one: f"{one['template']:40} {'shipped' if one['shipped'] else 'own':8} {shorten(one['when'], 70)}",
    )


@template_commands.command("check")
def check_templates(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Try every template on samples; tell what is broken, with file and line.

    Example: mailbridge templates check
    """
    from mailbridge.app import templates_of

    with told():
        findings = templates_of(read_config(config)).check()
    show(
        ({"template": one.file, "line": one.line, "what": one.what, "fix": one.fix} for one in findings),
        as_json,
        lambda one: f"{one['template']}:{one['line'] or 1}: {one['what']}. {one['fix']}",
        "All templates are sound.",
    )
    if findings:
        raise typer.Exit(1)


@template_commands.command("preview")
def preview(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="PURPOSE or PURPOSE/VARIANT, for example acknowledgement/open.")
    ],
    locale: Annotated[str | None, typer.Option(help="Language: en, ru or lt; that of the ticket when missing.")] = None,
    ticket: Annotated[int | None, typer.Option(help="Show it for this ticket; else for a sample.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a template makes.

    Example: mailbridge templates preview acknowledgement --locale lt
    """
    from mailbridge.app import preview_template
    from mailbridge.clock import now

    with told():
        rendered = preview_template(read_config(config), os.environ, name, locale, ticket, now())
    if as_json:
        say_json(
            {
                "template": rendered.template,
                "locale": rendered.locale,
                "purpose": name.split("/")[0],
                "subject": rendered.subject,
                "text": rendered.text,
                "html": None,
                "findings": [],
            }
        )
    else:
        say(f"Subject: {rendered.subject}\n\n{rendered.text}")
