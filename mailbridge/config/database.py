"""Completes the database's URL: variables, the password from its file, and SQLite's path from the desk's folder."""

from __future__ import annotations

import importlib.util
import os.path
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from mailbridge.config.faults import Fault, InvalidConfigError
from mailbridge.config.model import Database
from mailbridge.config.reading import Reading
from mailbridge.config.secrets import read_secret

_URLS = 'Write "sqlite:///var/mailbridge.db" or "postgresql+psycopg://user@host/name"'


class _RefusedError(Exception):
    """The URL cannot be used: `args` are the problem and the remedy."""


def database_url(reading: Reading, environ: Mapping[str, str]) -> tuple[str, list[Fault]]:
    """Return the complete URL, which may hold a password, and the faults, which never do."""
    database = reading.section("database")
    if not isinstance(database, Database):
        return "", []
    try:
        return _complete(database, reading.folder, environ), []
    except _RefusedError as error:
        what, fix = error.args
        return "", [reading.document(reading.main).fault(("database", "url"), f"[database] url {what}", fix)]
    except InvalidConfigError as error:
        what, fix = f"[database] password_file {error.faults[0].what}", error.faults[0].fix
        return "", [reading.document(reading.main).fault(("database", "password_file"), what, fix)]


def _complete(database: Database, folder: Path, environ: Mapping[str, str]) -> str:
    url = _with_variables(database.url, environ)
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        return _sqlite(url, database, folder)
    if scheme in {"postgres", "postgresql"}:
        raise _RefusedError("does not name the driver", "Begin it with postgresql+psycopg://")
    if scheme != "postgresql+psycopg":
        raise _RefusedError("is for no database that mailbridge knows", _URLS)
    complete = _postgres(url, database, folder, environ)
    if importlib.util.find_spec("psycopg") is None:
        fix = 'Run: pip install "mailbridge[postgres]"'
        raise _RefusedError("needs the extra postgres, which is not installed", fix)
    return complete


def _with_variables(url: str, environ: Mapping[str, str]) -> str:
    """Put in the variables as they are: `$NAME`, or `${NAME}` when a letter follows."""
    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if not environ.get(name):
            what = f"names the variable {name}, which is not set"
            raise _RefusedError(what, f"Set {name} for the daemon and for the shell")
        return environ[name]
    return re.sub(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})", value, url)


def _sqlite(url: str, database: Database, folder: Path) -> str:
    path, mark, options = url.removeprefix("sqlite://").partition("?")
    if database.password_file:
        raise _RefusedError("is SQLite, which has no password", "Leave out password_file")
    if not path.startswith("/") or len(path) < 2 or path == "/:memory:":
        raise _RefusedError("names no file", 'Write three slashes and the path: "sqlite:///var/mailbridge.db"')
    # After `sqlite:///` stands a path from the desk's folder; after `sqlite:////` one from the root.
    return f"sqlite:///{os.path.normpath(folder / unquote(path[1:]))}{mark}{options}"


def _postgres(url: str, database: Database, folder: Path, environ: Mapping[str, str]) -> str:
    try:
        parts = urlsplit(url)
        known, name = parts.username, parts.path.strip("/")
        parts.port  # noqa: B018 - reading it is the check: it raises when the port is no number
    except ValueError:
        raise _RefusedError("cannot be read", _URLS) from None
    if not name:
        raise _RefusedError("names no database", _URLS)
    if not database.password_file:
        return url
    if not known or parts.password is not None:
        raise _RefusedError("and password_file do not go together", "Write the user, but no password, into the url")
    password = quote(read_secret(folder / database.password_file, environ), safe="")
    return url.replace("@", f":{password}@", 1)
