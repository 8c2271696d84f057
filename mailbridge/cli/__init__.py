"""The command line: read arguments, call one function, print. No rule lives here; what commands answer is a contract.

Rooms that are dear to import are imported inside the commands, so that `--help` and completion are quick.
"""

from __future__ import annotations

import typer

from mailbridge import __version__
from mailbridge.cli import mail, queues, run, setup, tickets, time

cli = typer.Typer(
    name="mailbridge",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="An e-mail help desk in one daemon. New here? mailbridge init DIR",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mailbridge {__version__}")
        raise typer.Exit


@cli.callback()
def _main(
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
) -> None:
    """An e-mail help desk in one daemon. New here? mailbridge init DIR."""
    from mailbridge import log

    log.set_up(as_json=False, quiet=True)


for room in (setup, run, mail, tickets, queues, time):
    room.register(cli)


def main() -> None:
    """Run the command line."""
    cli()
