"""Plays the dialogs of `tests/dialogs/` against the running listener; the README there says how they are written."""

from __future__ import annotations

import asyncio
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from mailbridge.errors import SpoolError
from mailbridge.spool import Delivery
from tests.intake.ground import Client, Ground, Spool, listening

DIALOGS = Path(__file__).parent.parent / "dialogs"
ESCAPE = re.compile(r"\\(r|n|0|\\|x[0-9a-f]{2})")
ESCAPED = {"r": b"\r", "n": b"\n", "0": b"\0", "\\": b"\\"}


def octets(text: str) -> bytes:
    """Text as UTF-8, with the escapes of the dialogs."""
    made, at = b"", 0
    for found in ESCAPE.finditer(text):
        code = found[1]
        made += text[at:found.start()].encode() + (ESCAPED.get(code) or bytes.fromhex(code[1:]))
        at = found.end()
    return made + text[at:].encode()


def options(lines: list[str]) -> dict[str, Any]:
    """The `@` lines: settings of the listener, and three words of their own."""
    read: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.removeprefix("@ ").partition(" ")
        if name == "spool":
            full = SpoolError("spool: nowhere to go")
            full.full = value == "full"  # type: ignore[attr-defined]
            read["spool"] = Spool(answer=full)
        elif name == "trusted":
            read["trusted_peers"] = (value,)
        else:
            read[name] = int(value) if value.isdigit() else True
    return read


def described(delivery: Delivery) -> str:
    """A delivery as the `M:` lines write it."""
    extras = [f"as {delivery.authenticated_as}"] if delivery.authenticated_as else []
    extras += ["believed"] if delivery.believed else []
    return " ".join([f"<{delivery.envelope_from}> ->", *delivery.recipients, *extras])


async def act(client: Client, what: str) -> None:
    match what:
        case "starttls":
            await client.starttls()
        case "half close":
            client.writer.write_eof()
        case "closed":
            assert await client.is_closed()
        case _:
            raise ValueError(what)


async def play(client: Client, ground: Ground, lines: list[str]) -> None:
    taken = 0
    for line in lines:
        kind, text = line[:2], line[3:]
        match kind:
            case "C:":
                await client.send(octets(text) + b"\r\n")
            case "C-":
                await client.send(octets(text))
            case "S:":
                answer = await client.line()
                assert fnmatchcase(answer, text), line
            case "! ":
                await act(client, line[2:])
            case "M:":
                taken += 1
                assert described(ground.spool.got[taken - 1]) == text
            case "D:":
                assert ground.spool.raws[taken - 1] == octets(text)
            case _:
                raise ValueError(line)
    assert len(ground.spool.got) == taken


@pytest.mark.parametrize("path", sorted(DIALOGS.glob("*.smtp")), ids=lambda path: path.stem)
def test_dialog_goes_as_written(path: Path, tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    given = options([line for line in lines if line.startswith("@ ")])
    implicit_tls = given.pop("implicit_tls", False)
    if not given.pop("no_tls", False):
        given["certificate"] = certificate

    async def run() -> None:
        talk = [line for line in lines if not line.startswith("@ ")]
        plain = {"implicit_tls": implicit_tls, "greeted": False}
        async with listening(tmp_path, **given) as ground, ground.client(**plain) as client:
            await play(client, ground, talk)
        assert list(tmp_path.iterdir()) == []

    asyncio.run(run())


def test_every_dialog_says_what_it_shows() -> None:
    paths = sorted(DIALOGS.glob("*.smtp"))
    assert len(paths) > 30
    assert [path.name for path in paths if not path.read_text().startswith("# ")] == []
