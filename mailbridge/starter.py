"""Lays out a new desk that works at once: what `mailbridge init` does.

In: a folder, a domain, an agent. Out: the files, and a `Made` that says how to go on. The desk is built in a hidden
folder inside and then moved into place, `mailbridge.toml` last: a desk is there as a whole, or not at all.
"""

from __future__ import annotations

import base64
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mailbridge.config.certificate import make_certificate
from mailbridge.config.faults import Fault, InvalidConfigError, listed, shown
from mailbridge.config.load import load_config
from mailbridge.config.reading import MAIN
from mailbridge.config.refusals import toml
from mailbridge.config.shipped import shipped_path
from mailbridge.passwords import hash_password
from mailbridge.starter_files import DESK_NAMES, FILES, MAIN_TEXT, TLS_TEXT, WITHOUT_TLS_TEXT

LISTEN = "127.0.0.1:2525"
_ADDRESS = re.compile(r"[^@\s<>\",;]+@[^@\s<>\",;]+")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")
_PRIVATE, _SECRET = 0o700, 0o600
_FOLDERS = ("secrets", "config", "var", "var/blobs", "var/outgoing", "var/outgoing/tmp", "var/outgoing/new",
            "var/outgoing/cur")


@dataclass(frozen=True, slots=True)
class Made:
    """A new desk. made: paths from `path`, folders with a final `/`. The password is nowhere else: print it once."""

    path: Path
    made: tuple[str, ...]
    mailbox: str
    login: str
    password: str = field(repr=False)
    tls: bool
    swaks: str = field(repr=False)
    first_mail: str
    next_steps: tuple[str, ...]


def make_desk(folder: Path, domain: str, agent: str | None, locale: str, random_bytes: Callable[[int], bytes],
              now: datetime) -> Made:
    """Make a desk in `folder`, which may exist and hold other things, but no desk.

    random_bytes: gives that many unpredictable bytes, as `os.urandom` does.
    Raises InvalidConfigError, with nothing left behind, when the folder has a desk or cannot be written, or when
    domain, agent or locale cannot be used.
    """
    agent, missing = agent or f"agent@{domain}", None
    building = folder / f".init-{random_bytes(6).hex()}"
    try:
        _check(folder, domain, agent, locale)
        missing = next((parent for parent in [*reversed(folder.parents), folder] if not parent.exists()), None)
        building.mkdir(parents=True, mode=_PRIVATE)
        password, tls = _build(building, domain, agent, locale, random_bytes, now)
        load_config(building, {})
        made = tuple(_listed(building))
        _move(building, folder)
    except OSError as error:
        _clean(building, missing)
        fix = "Choose another folder, or let this user write there"
        raise InvalidConfigError([Fault(str(folder), None, f"cannot be made ({error.strerror})", fix)]) from None
    except BaseException:
        _clean(building, missing)
        raise
    return _report(folder, made, f"support@{domain}", agent, password, tls)


def _check(folder: Path, domain: str, agent: str, locale: str) -> None:
    """Raise InvalidConfigError for everything that stands in the way of a desk."""
    faults = []
    if not _DOMAIN.fullmatch(domain) or len(domain) > 253:
        faults.append(Fault("--domain", None, f"{shown(domain)} is not a domain", "Write it like example.org"))
    if not _ADDRESS.fullmatch(agent):
        faults.append(Fault("--agent", None, f"{shown(agent)} is not a mail address", "Write it like anna@example.org"))
    if agent.lower() == f"support@{domain}".lower():
        what = f"{shown(agent)} is the desk's own mailbox"
        faults.append(Fault("--agent", None, what, "Name the agent's own address"))
    if locale not in DESK_NAMES:
        what = f"{shown(locale)} is not a language we ship"
        faults.append(Fault("--locale", None, what, f"Write {listed(DESK_NAMES)}"))
    if (folder / MAIN).exists():
        fix = f"Choose another folder, or look at it: mailbridge check --config {shlex.quote(str(folder))}"
        faults.append(Fault(str(folder), None, f"has a {MAIN} already", fix))
    elif folder.exists() and not folder.is_dir():
        faults.append(Fault(str(folder), None, "is a file", "Choose another name for the folder"))
    else:
        faults += [Fault(str(folder), None, f"has a {name} already", "Choose an empty folder, or move it away")
                   for name in ("config", "secrets", "templates", "var") if (folder / name).exists()]
    if faults:
        raise InvalidConfigError(faults)


def _build(desk: Path, domain: str, agent: str, locale: str, random_bytes: Callable[[int], bytes],
           now: datetime) -> tuple[str, bool]:
    """Write every file of the desk; return the agent's password and whether there is a certificate."""
    for name in _FOLDERS:
        (desk / name).mkdir(mode=0o755 if name == "config" else _PRIVATE)
    login = _login(agent)
    password = _password(random_bytes)
    _write_secret(desk / "secrets" / "key", random_bytes(32).hex())
    _write_secret(desk / "secrets" / login, hash_password(password))
    tls = make_certificate(desk / "secrets" / "certificate.pem", desk / "secrets" / "certificate.key", ("localhost",))
    values = {
        "made_on": now.strftime("%Y-%m-%d"), "desk": toml(DESK_NAMES[locale]), "locale": toml(locale),
        "listen": toml(LISTEN), "tls": TLS_TEXT if tls else WITHOUT_TLS_TEXT, "mailbox": toml(f"support@{domain}"),
        "table": login, "name": toml(_name_of(agent)), "address": toml(agent), "hash_file": toml(f"secrets/{login}"),
    }
    for name, text in {MAIN: MAIN_TEXT, **FILES}.items():
        (desk / name).write_text(text.format(**values), encoding="utf-8")
    shutil.copytree(shipped_path("templates"), desk / "templates", copy_function=shutil.copyfile)
    return password, tls


def _login(agent: str) -> str:
    """Return the name of the agent's table and password file: `Anna.P@example.org` -> `anna_p`."""
    name = re.sub(r"[^a-z0-9_-]+", "_", agent.partition("@")[0].lower()).strip("_")
    return name if name not in {"", "key", "certificate"} else f"agent_{name}".rstrip("_")


def _password(random_bytes: Callable[[int], bytes]) -> str:
    """Return a password of 80 bits that can be read aloud and typed: `abcd-efgh-ijkl-mnop`."""
    letters = base64.b32encode(random_bytes(10)).decode().lower()
    return "-".join(letters[start:start + 4] for start in range(0, len(letters), 4))


def _name_of(address: str) -> str:
    """Guess a person's name: `anna.petrova@example.org` -> `Anna Petrova`. The admin corrects it."""
    return " ".join(word.capitalize() for word in re.split(r"[._+-]+", address.partition("@")[0]) if word) or "Agent"


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=_SECRET)
    path.write_text(text + "\n", encoding="utf-8")


def _listed(desk: Path) -> list[str]:
    """Return what was made: every file, but folders of many alike (templates, var) as one."""
    files = [str(path.relative_to(desk)) for path in sorted(desk.rglob("*")) if path.is_file()]
    own = [name for name in files if not name.startswith(("templates/", "var/"))]
    return [*sorted(own, key=lambda name: (name != MAIN, name)), "templates/", "var/"]


def _move(building: Path, folder: Path) -> None:
    """Put the finished desk into place; the moment of `mailbridge.toml` is the moment from which it is one."""
    moved: list[Path] = []
    try:
        for path in sorted(building.iterdir(), key=lambda path: path.name == MAIN):
            path.rename(folder / path.name)
            moved.append(folder / path.name)
        building.rmdir()
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _clean(building: Path, missing: Path | None) -> None:
    """Remove the building site, and the folders that were made for it alone."""
    shutil.rmtree(building, ignore_errors=True)
    if missing is not None:
        shutil.rmtree(missing, ignore_errors=True)


def _report(folder: Path, made: tuple[str, ...], mailbox: str, agent: str, password: str, tls: bool) -> Made:
    desk = shlex.quote(str(folder))
    first = f"swaks --server {LISTEN} --from customer@example.com --to {shlex.quote(mailbox)} --header 'Subject: Hello'"
    auth = f" --tls --auth PLAIN --auth-user {shlex.quote(agent)} --auth-password {shlex.quote(password)}"
    swaks = f"swaks --server {LISTEN}{auth if tls else ''} --from {shlex.quote(agent)} --to {shlex.quote(mailbox)}"
    steps = [
        f"mailbridge check --config {desk}", f"mailbridge run --config {desk}", first,
        f"mailbridge ticket list --config {desk}"]
    if not tls:
        steps.insert(0, "install the openssl command and make a certificate: without one there is no TLS and no login")
    return Made(folder, made, mailbox, agent, password, tls, swaks, first, tuple(steps))
