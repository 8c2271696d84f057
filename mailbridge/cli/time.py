"""Commands about time: sweep rings what is due, plan says what the desk is going to do by itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from mailbridge.cli.options import ConfigOption, JsonOption, desk, read_config, reading
from mailbridge.cli.output import JsonObject, fail, show, told


def register(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    cli.command()(sweep)
    cli.command()(plan)


def sweep(
    at: Annotated[str | None, typer.Option(help="As if it were this time (RFC 3339); now when missing.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Really send, when the relay is SMTP.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do all that is due: follow-ups, warnings, escalations, promises, awakenings; send what it makes.

    Example: mailbridge sweep --at 2026-11-24T12:00:00Z --dry-run
    """
    from mailbridge.app import make_relay, send_due
    from mailbridge.clock import now
    from mailbridge.desk.rings import sweep as ring

    with desk(config) as app:
        time = _time(at) if at else now()
        if at and not dry_run and app.config.relay.kind == "smtp" and not yes:
            fail("this would send mail to customers by SMTP as if it were another time. Try --dry-run, or add --yes", 2)
        rung = ring(app.database, app.rules, time, dry_run=dry_run)
        if not dry_run:
            relay = make_relay(app.config, os.environ)
            send_due(app, relay, max(time, now()))
            relay.close()
    show(
        (
            {
                "ticket": one.ticket,
                "timer": one.timer,
                "due_at": _text(one.due_at),
                "action": one.action,
                "to": list(one.to),
                "template": one.template,
            }
            for one in rung
        ),
        as_json,
        _line,
        "Nothing is due.",
    )


def plan(
    until: Annotated[str, typer.Option(help="How far to look ahead: 90m, 48h, 7d.")] = "48h",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what the desk is going to do by itself, and when.

    Example: mailbridge plan --until 48h
    """
    from mailbridge.clock import now
    from mailbridge.records.timers import planned_objects

    with told():
        settings = read_config(config)
    with reading(config) as connection:
        show(planned_objects(connection, settings, now() + _span(until)), as_json, _line, "Nothing is planned.")


def _line(one: JsonObject) -> str:
    number = f"#{one['ticket']}" if one["ticket"] else "-"
    return (
        f"{one['due_at']}  {number:8} {one['timer']:11} {one['action']:8} {', '.join(one['to']):40} {one['template']}"
    )


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--at {text}: write the time as in 2026-11-24T12:00:00Z", 2)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _span(text: str) -> timedelta:
    units = {"m": "minutes", "h": "hours", "d": "days"}
    if text[-1:] not in units or not text[:-1].isdigit():
        fail(f"--until {text}: write a number and m, h or d, as in 48h", 2)
    return timedelta(**{units[text[-1]]: int(text[:-1])})


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
