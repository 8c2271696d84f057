"""Reads secrets: from systemd's credentials, the environment, or a file. They never get into a message or a log.

A secret is named by the path in the configuration; the file's name is its name elsewhere too:
`secrets/imap` is `$CREDENTIALS_DIRECTORY/imap`, or the variable `MAILBRIDGE_SECRET_IMAP`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailbridge.config.faults import Fault, InvalidConfigError
from mailbridge.config.model import Config

LEAST_KEY_LENGTH = 24   # letters; 16 random bytes in base64 are 24
_MOST_BYTES = 64_000    # a path that leads to a mail or a database is a mistake, and /dev/zero never ends


@dataclass(frozen=True, slots=True)
class SecretFinding:
    """What `doctor` says of one secret: `fail` when it is missing, `warn` when others can read it."""

    status: Literal["ok", "warn", "fail"]
    option: str
    what: str
    fix: str


def variable(path: Path) -> str:
    """Return the variable that may hold the secret of this path: `secrets/imap` -> MAILBRIDGE_SECRET_IMAP."""
    return "MAILBRIDGE_SECRET_" + re.sub(r"[^A-Z0-9]", "_", path.name.upper())


def secret_source(path: Path, environ: Mapping[str, str]) -> Path | str | None:
    """Return where a secret would be read from: a file, the name of a variable, or None when there is none."""
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / path.name).is_file():
        return Path(credentials) / path.name
    if environ.get(variable(path)):
        return variable(path)
    return path if path.is_file() else None


def read_secret(path: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Return a secret without its final newline; never empty.

    First the systemd credential of that file name, then `$MAILBRIDGE_SECRET_<NAME>`, then the file itself.
    Raises InvalidConfigError, which says where it was looked for, when there is none or it cannot be read.
    """
    source = secret_source(path, environ)
    if source is None:
        fix = f"Write the secret alone into it (umask 077), or set {variable(path)}"
        raise InvalidConfigError([Fault(str(path), None, "is missing, and it holds a secret", fix)])
    text = environ[source] if isinstance(source, str) else _read(source)
    text = text.removesuffix("\n").removesuffix("\r")
    if not text or "\0" in text:
        raise InvalidConfigError([Fault(str(source), None, "is empty or no text", "Write the secret alone into it")])
    return text


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        if len(raw) > _MOST_BYTES:
            raise InvalidConfigError([Fault(str(path), None, "is too long for a secret", "Correct the path")])
        return raw.decode("utf-8-sig")
    except OSError as error:
        fix = "Let the user that runs mailbridge read it, and nobody else"
        raise InvalidConfigError([Fault(str(path), None, f"cannot be read ({error.strerror})", fix)]) from None
    except UnicodeDecodeError:
        raise InvalidConfigError([Fault(str(path), None, "is not written in UTF-8", "Save it as plain text")]) from None


def read_keys(config: Config, environ: Mapping[str, str] = os.environ) -> tuple[bytes, ...]:
    """Return the signing keys, at least one, the one that signs first; one a line, blank lines do not count.

    Raises InvalidConfigError when there is none, or one is too short to withstand guessing.
    """
    path = config.desk.key_file
    keys = [line.strip() for line in read_secret(path, environ).splitlines() if line.strip()]
    short = next((number for number, key in enumerate(keys, 1) if len(key) < LEAST_KEY_LENGTH), None)
    if short or not keys:
        what = f"key {short or 1} is shorter than {LEAST_KEY_LENGTH} letters"
        raise InvalidConfigError([Fault(str(path), None, what, f"Make one with: openssl rand -hex 32 > {path}")])
    return tuple(key.encode() for key in keys)


def secret_paths(config: Config) -> Iterator[tuple[str, Path]]:
    """Yield each option that names a secret file, as an admin finds it, and the file."""
    yield "[desk] key_file", config.desk.key_file
    if config.database.password_file:
        yield "[database] password_file", config.database.password_file
    if config.relay.password_file and config.relay.kind == "smtp":
        yield "[relay] password_file", config.relay.password_file
    for account in config.imap:
        yield f"[imap.{account.name}] password_file", account.password_file
    for name, agent in config.agents.items():
        if agent.password_hash_file:
            yield f"[{name}] password_hash_file", agent.password_hash_file
    for section, listener in (("smtp", config.smtp), ("lmtp", config.lmtp)):
        if listener.certificate:
            yield f"[{section}] private_key", listener.private_key or listener.certificate


def secret_findings(config: Config, environ: Mapping[str, str] = os.environ) -> tuple[SecretFinding, ...]:
    """Return one finding for each secret of the desk, in the order of the configuration."""
    # The key of a certificate is read by the TLS library, which knows files only.
    return tuple(_finding(option, path, {} if option.endswith("private_key") else environ)
                 for option, path in secret_paths(config))


def _finding(option: str, path: Path, environ: Mapping[str, str]) -> SecretFinding:
    try:
        read_secret(path, environ)
    except InvalidConfigError as error:
        fault = error.faults[0]
        return SecretFinding("fail", option, f"{fault.file} {fault.what}", fault.fix)
    source = secret_source(path, environ)
    if not isinstance(source, Path) or source != path:
        return SecretFinding("ok", option, f"{path.name} comes from {'the environment' if source else 'systemd'}", "")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return SecretFinding("warn", option, f"{path} can be read by others (mode {mode:o})", f"Run: chmod 600 {path}")
    return SecretFinding("ok", option, f"{path} is there and closed to others", "")
