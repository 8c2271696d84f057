"""Commands that make a desk work: run, and the demo that tells its story."""

from __future__ import annotations

import os
import sys
import threading
from typing import Annotated

import typer

from mailbridge.cli.options import ConfigOption, JsonOption, config_path, desk, read_config
from mailbridge.cli.output import fail, say, say_json, tell, told


def register(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (run, demo):
        cli.command()(command)


def run(
    config: ConfigOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Work off the spool, send what is due, then end; opens no listener.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Work on a copy of the database and print what would be sent.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the desk until it is told to stop (SIGTERM). SIGHUP reads the configuration anew.

    Example: mailbridge run --config desk
    """
    if dry_run:
        _dry_run(config, as_json)
    elif once:
        _once(config, as_json)
    else:
        _forever(config)


def _forever(config: str | None) -> None:
    import asyncio

    from mailbridge import log
    from mailbridge.daemon import Daemon

    log.set_up(as_json=not sys.stderr.isatty())
    with told():
        path = config_path(config)
        asyncio.run(
            Daemon(
                path,
                os.environ,
                lambda addresses: tell(f"Listening on {', '.join(addresses) or 'nothing'}. Stop with Ctrl-C."),
                _end_in_time,
            ).run()
        )


def _end_in_time() -> None:
    """End within ten seconds even if a thread hangs (a locked database, a name server): all that is promised is on disk."""
    last_resort = threading.Timer(9.0, os._exit, (0,))
    last_resort.daemon = True
    last_resort.start()


def _once(config: str | None, as_json: bool) -> None:
    from mailbridge.app import make_relay, run_once
    from mailbridge.clock import now

    with desk(config) as app:
        relay = make_relay(app.config, os.environ)
        done = run_once(app, relay, now())
        relay.close()
    if as_json:
        say_json(done)
    else:
        tell(
            f"{done['bridged']} mails worked off; {done['sent']} sent, {done['waiting']} to be tried again, "
            f"{done['failed']} failed, {done['withdrawn']} withdrawn"
        )


def _dry_run(config: str | None, as_json: bool) -> None:
    from mailbridge.cli.queues import outbox_line
    from mailbridge.clock import now
    from mailbridge.rehearsal import rehearse

    with told():
        would = rehearse(read_config(config), os.environ, now())
        for one in would:
            if as_json:
                say_json(one)
            else:
                say(outbox_line(one))
    if not would and not as_json:
        tell("Nothing would be sent.")


def demo(as_json: JsonOption = False) -> None:
    """Tell the story of a desk in seconds, without a network: customers write, an agent answers from a mail client.

    Example: mailbridge demo
    """
    from mailbridge.demo import tell_story

    try:
        for step in tell_story(os.environ):
            if as_json:
                say_json(step)
            else:
                say(str(step["told"]))
    except BrokenPipeError:
        fail("", 0)
