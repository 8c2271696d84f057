"""Options and openings that several commands share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbridge.cli.output import told

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailbridge.app import App
    from mailbridge.config.model import Config

ConfigOption = Annotated[
    str | None,
    typer.Option(
        "--config",
        help="The desk: its mailbridge.toml or its folder. Else $MAILBRIDGE_CONFIG, "
        "./mailbridge.toml, /etc/mailbridge/mailbridge.toml.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def config_path(argument: str | None) -> Path:
    """Return the path of the desk's configuration."""
    from mailbridge.config.load import find_config

    return find_config(argument, os.environ, Path.cwd())


def read_config(argument: str | None) -> Config:
    """Read the desk's configuration."""
    from mailbridge.config.load import load_config

    return load_config(config_path(argument), os.environ)


@contextmanager
def desk(argument: str | None) -> Iterator[App]:
    """Give the assembled desk; faults are told in a sentence."""
    from mailbridge.app import assemble

    with told():
        app = assemble(read_config(argument), os.environ)
        try:
            yield app
        finally:
            app.close()


@contextmanager
def reading(argument: str | None) -> Iterator[Connection]:
    """Give a connection for reading, without assembling the rest of the desk."""
    from mailbridge.store.migrate import open_database

    with told():
        database = open_database(read_config(argument))
        try:
            with database.read() as connection:
                yield connection
        finally:
            database.close()
