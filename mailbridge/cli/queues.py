"""Commands about the queues: spool list|show|retry, outbox list|show|retry|drop."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from mailbridge.cli.options import ConfigOption, JsonOption, desk, reading
from mailbridge.cli.output import JsonObject, fail, say, say_json, shorten, show, tell

spool_commands = typer.Typer(name="spool", help="Accepted mail: list, show, retry.", no_args_is_help=True)
outbox_commands = typer.Typer(name="outbox", help="Mail to send: list, show, retry, drop.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID")]
All = Annotated[bool, typer.Option("--all", help="Also what is done.")]


def register(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    cli.add_typer(spool_commands)
    cli.add_typer(outbox_commands)


def outbox_line(one: JsonObject) -> str:
    """Return one mail to send, as a line for people."""
    return (
        f"{one['id']:<6} {one['state']:9} {one['purpose']:16} to {shorten(', '.join(one['to']), 40):40} #{one['ticket'] or '-'}  "
        f"{shorten(one['subject'], 50)}  {shorten(one['reason'] or '', 60)}"
    )


@spool_commands.command("list")
def list_spool(everything: All = False, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List accepted mail that is not settled: waiting, claimed, quarantined.

    Example: mailbridge spool list
    """
    from mailbridge.records.queues import list_spool as rows

    with reading(config) as connection:
        show(
            rows(connection, everything=everything),
            as_json,
            lambda one: (
                f"{one['id']:<6} {one['state']:11} {one['at']}  {one['size']:>9} bytes  "
                f"from {shorten(one['from'] or '-', 30)}  #{one['ticket'] or '-'}  "
                f"{shorten(one['reason'] or '', 80)}"
            ),
            "Nothing waits.",
        )


@spool_commands.command("show")
def show_spool(
    number: Number,
    raw: Annotated[bool, typer.Option("--raw", help="Print the exact bytes of the mail.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one accepted mail.

    Example: mailbridge spool show 17 --raw > mail.eml
    """
    with desk(config) as app:
        entries = app.spool.load([number])
        if not entries:
            fail(f"there is no spooled mail {number}. List them with: mailbridge spool list --all")
        row = _one(app, "spool", number)
    if raw:
        sys.stdout.buffer.write(entries[0].raw)
    elif as_json:
        say_json(row)
    else:
        for name, value in row.items():
            say(f"{name:10} {value}")


@spool_commands.command("retry")
def retry_spool(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Try a quarantined mail once more.

    Example: mailbridge spool retry 17
    """
    with desk(config) as app:
        if not app.spool.retry(number):
            fail(f"spooled mail {number} is not in quarantine. List those that are with: mailbridge spool list")
        _said(
            as_json,
            {"id": number, "state": "accepted"},
            f"{number}: tried again by the next round (mailbridge run --once does one now)",
        )


@outbox_commands.command("list")
def list_outbox(everything: All = False, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List mail that is neither sent nor withdrawn.

    Example: mailbridge outbox list
    """
    from mailbridge.records.queues import list_outbox as rows

    with reading(config) as connection:
        show(rows(connection, everything=everything), as_json, outbox_line, "Nothing waits to be sent.")


@outbox_commands.command("show")
def show_outbox(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show one mail to send, with what the relay said for each recipient.

    Example: mailbridge outbox show 12
    """
    with desk(config) as app:
        row = _one(app, "outbox", number)
    if as_json:
        say_json(row)
        return
    for name, value in row.items():
        if name != "text":
            say(f"{name:12} {value}")
    say(f"\n{row['text']}")


@outbox_commands.command("retry")
def retry_outbox(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Send a held or failed mail after all, to those who have not got it.

    Example: mailbridge outbox retry 12
    """
    from mailbridge.clock import now

    with desk(config) as app:
        if not app.outbox.retry(number, now()):
            fail(f"mail {number} is not held, failed or withdrawn. List them with: mailbridge outbox list --all")
        _said(as_json, {"id": number, "state": "waiting"}, f"{number}: will be sent by the next round")


@outbox_commands.command("drop")
def drop_outbox(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Withdraw a mail that is not sent yet.

    Example: mailbridge outbox drop 12
    """
    with desk(config) as app:
        if not app.outbox.drop(number):
            fail(f"mail {number} is not held, failed or waiting. List them with: mailbridge outbox list")
        _said(as_json, {"id": number, "state": "withdrawn"}, f"{number}: withdrawn, it will not be sent")


def _one(app: Any, table: str, number: int) -> JsonObject:
    from mailbridge.records.queues import one_of_outbox, one_of_spool

    with app.database.read() as connection:
        found = one_of_spool(connection, number) if table == "spool" else one_of_outbox(connection, number)
    if found is None:
        fail(f"there is no mail {number} in the {table}. List them with: mailbridge {table} list --all")
    return found


def _said(as_json: bool, one: JsonObject, line: str) -> None:
    if as_json:
        say_json(one)
    else:
        tell(line)
