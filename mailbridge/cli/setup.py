"""Commands that set a desk up and look whether it is sound: init, check, doctor, config, hash-password."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mailbridge.cli.options import ConfigOption, JsonOption, config_path
from mailbridge.cli.output import clean, fail, say, say_json, show, tell, told

config_commands = typer.Typer(name="config", help="What can be configured.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (init, check, doctor, hash_password):
        cli.command()(command)
    cli.add_typer(config_commands)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the new desk.")],
    domain: Annotated[str, typer.Option(help="Mail to support@DOMAIN becomes tickets.")] = "example.org",
    agent: Annotated[str | None, typer.Option(help="Address of the first agent; agent@DOMAIN when missing.")] = None,
    locale: Annotated[str, typer.Option(help="Language of last resort: en, ru or lt.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Lay out a desk that works at once.

    Example: mailbridge init desk --domain example.org
    """
    from mailbridge.clock import now
    from mailbridge.starter import make_desk

    with told():
        made = make_desk(folder, domain, agent, locale, os.urandom, now())
    if as_json:
        say_json(
            {
                "path": str(made.path),
                "made": list(made.made),
                "mailbox": made.mailbox,
                "login": made.login,
                "password": made.password,
                "swaks": made.swaks,
            }
        )
        return
    tell(f"A desk for {made.mailbox} lies in {made.path}.")
    tell(f"The agent's login is {made.login}, the password is {made.password} (shown only now).")
    if made.swaks:
        tell("An agent who answers through our listener, for trying it out:")
        tell(f"  {made.swaks}")
    tell("")
    for step in made.next_steps:
        tell(step)


def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Read all configuration and templates, without the network, and tell every fault at once.

    Example: mailbridge check --config desk
    """
    from mailbridge.config.load import load_config
    from mailbridge.doctor import check_files, check_templates
    from mailbridge.errors import ConfigError

    with told():
        path = config_path(config)
    try:
        faults = check_files(load_config(path, os.environ), os.environ)
    except ConfigError as error:
        faults = list(getattr(error, "faults", ()))
        if not faults:
            fail(error)
        faults += check_templates((path if path.is_dir() else path.parent) / "templates")
    for fault in faults:
        if as_json:
            say_json({"file": fault.file, "line": fault.line, "what": fault.what, "fix": fault.fix})
        else:
            say(str(fault))
    if faults:
        tell(f"{len(faults)} fault{'s' if len(faults) > 1 else ''}; nothing was changed.")
        raise typer.Exit(1)
    if not as_json:
        tell("All configuration and templates are sound. Next: mailbridge doctor")


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Try the desk out: database, disk, clock, listener, relay, secrets, templates.

    Example: mailbridge doctor --config desk
    """
    from mailbridge.clock import now
    from mailbridge.config.load import load_config
    from mailbridge.doctor import examine

    with told():
        findings = list(examine(load_config(config_path(config), os.environ), os.environ, now()))
    marks = {"ok": "OK  ", "warn": "WARN", "fail": "FAIL"}
    show(
        (asdict(finding) for finding in findings),
        as_json,
        lambda one: f"{marks[one['status']]} {one['check']}: {one['what']}" + (f". {one['fix']}" if one["fix"] else ""),
    )
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(1)


def hash_password() -> None:
    """Ask for a password and print its hash, for an agent's `password_hash_file`.

    Example: mailbridge hash-password > desk/secrets/anna
    """
    from mailbridge.passwords import hash_password as make

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    say(make(password))


@config_commands.command("describe")
def describe_options(as_json: JsonOption = False) -> None:
    """List every option with its type, default and meaning.

    Example: mailbridge config describe
    """
    from mailbridge.config.describe import describe

    show(
        (
            {
                name: value if isinstance(value, (str, int, bool, type(None))) else clean(value)
                for name, value in asdict(one).items()
            }
            for one in describe()
        ),
        as_json,
        lambda one: "  ".join(str(value) for value in one.values() if value not in (None, "")),
    )
