"""Writes docs/reference/cli.md from the commands themselves: `python -m tests.write_cli_reference`, or `make docs`.

What a command says about itself (`--help`) is the only source of its description; what its `--json` objects hold is
told here, in `JSON_KEYS`, and a test sees to it that no command is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from mailbridge.cli import cli

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
SHARED = ("--config", "--json")

NUMBERS = {"N": "The ticket's number.", "ID": "The mail's number, as `list` shows it."}

JSON_KEYS = {
    "init": "`path`, `made`, `mailbox`, `login`, `password`",
    "check": "one object for each fault: `file`, `line`, `what`, `fix`",
    "doctor": "one object for each check: `check`, `status` (`ok`, `warn`, `fail`), `what`, `fix`",
    "run": "with `--dry-run` as `outbox list`; with `--once` one object: `bridged`, `sent`, `failed`, `waiting`, `withdrawn`",
    "demo": "one object for each step of the story; `told` is what a person would read",
    "ingest": "one object for each mail: `spool_id`, `sha256`, `state`",
    "import": "one object for each message: `file`, `sha256`, `ticket`, `outcome`; the last one: `messages`, `tickets`, "
    "`duplicates`, `silent`, `quarantined`",
    "explain": "one object for each message: `file`, `sha256`, `message_id`, `from`, `to`, `cc`, `subject`, `date`, `kind`, "
    "`kind_reasons`, `text`, `reply`, `quoted`, `signature`, `language`, `attachments`, `bounce`, `trust`, `trust_reasons`, "
    "`match` (`ticket`, `evidence`, `runners_up`), `defects`",
    "export": "always JSON: one object each, `type` is `message`, `copy`, `ticket`, `contact`, `event` …",
    "audit": "one object of integers: `received`, `on_tickets`, `silent`, `quarantined`, `duplicates`, `waiting`, `erased`, "
    "`missing`",
    "sweep": "one object for each timer: `ticket`, `timer`, `due_at`, `action`, `to`, `template`",
    "plan": "as `sweep`",
    "config describe": "one object for each option of the configuration",
    "ticket list": "one object for each ticket: `ticket`, `state`, `priority`, `category`, `subject`, `requester`, "
    "`department`, `agent`, `created_at`, `due_at`, `messages` (customers' and agents', without our automatic mail)",
    "ticket show": "the keys of `ticket list`, and `events` (`at`, `actor`, `what`, `why`), `thread` (`message_id`, "
    "`direction`, `kind`, `from`, `to`, `at`, `text`, `reply`, `trust`, `evidence`, `third_party`, `attachments`), `timers`, "
    "`links`",
    "ticket do": "`ticket`, `done`",
    "templates list": "one object for each template: `template`, `locale`, `purpose`, `subject` …",
    "templates check": "one object for each fault: `template`, `line`, `what`, `fix`",
    "templates preview": "`template`, `locale`, `purpose`, `subject`, `text`, `html`, `findings`",
    "spool list": "one object for each mail: `id`, `state`, `reason`, `at`, `size`, `from`, `to`, `ticket`",
    "spool show": "the keys of `spool list`, and what else is known of it",
    "spool retry": "`id`, `state`",
    "outbox list": "one object for each mail: `id`, `state`, `reason`, `at`, `size`, `from`, `to`, `ticket`, `purpose`, `subject`",
    "outbox show": "the keys of `outbox list`, `text`, and what the relay said for each recipient",
    "outbox retry": "`id`, `state`",
    "outbox drop": "`id`, `state`",
}

HEAD = """\
# The command line

<!-- Made by `make docs` from the commands themselves; change their help, not this page. -->

`make install` puts the command into `.venv/bin/mailbridge`. A desk is a folder with `mailbridge.toml`.

- `--config PATH` names the desk: its `mailbridge.toml` or its folder. Without it: `$MAILBRIDGE_CONFIG`, then
  `./mailbridge.toml`, then `/etc/mailbridge/mailbridge.toml`.
- `--json` prints one JSON object a line (UTF-8) on stdout. Text for people and logs go to stderr. Times are RFC 3339 in UTC.
- Exit 0: done. 1: it did not succeed, and the message says what to do. 2: wrong usage. 75: try again later (`ingest`).
- Control characters that came in a mail never reach your terminal.

"""

LISTS = """\
## Closed lists

A script may rely on these words; there are no others.

| what | words |
|---|---|
| ticket `state` | `new`, `open`, `pending`, `snoozed`, `resolved`, `closed`, `merged`, `spam` |
| `priority` | `low`, `normal`, `high`, `critical` |
| `evidence` | `token`, `our-id`, `reference`, `ancestor`, `marker`, `thread-index`, `subject-tag`, `subject-sender`, `like-text`, `none` |
| `direction` | `inbound`, `outbound`, `note` |
| `kind` | `human`, `auto-reply`, `out-of-office`, `bounce`, `list`, `feedback`, `own`, `automatic` |
| `trust` | `submitted`, `aligned`, `bare`, `failed` |
| `outcome` | `new`, `appended`, `duplicate`, `silent`, `quarantined` |
| spool `state` | `accepted`, `claimed`, `settled`, `quarantined` |
| outbox `state` | `held`, `waiting`, `sending`, `sent`, `failed`, `withdrawn` |
| `timer` | `update`, `reminder`, `warning`, `escalation`, `auto-close`, `check`, `survey`, `snooze`, `promise`, `digest` |

What happens on a ticket is told in [events](events.md).
"""


def commands() -> dict[str, Any]:
    """Return every command by its full name (`ticket show`), in the order of the help."""
    found: dict[str, Any] = {}
    for name, command in typer.main.get_command(cli).commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            found |= {f"{name} {inner}": one for inner, one in command.commands.items()}
        else:
            found[name] = command
    return found


def options(command: Any) -> list[Any]:
    """Return the options and arguments of a command, without `--help`."""
    return [one for one in command.params if one.name != "help"]


def described(command: Any) -> tuple[str, str]:
    """Return what a command says about itself: the description, and its example without the word."""
    text, _, example = (command.help or "").partition("Example:")
    return " ".join(text.split()), example.strip()


def usage(name: str, command: Any) -> str:
    """Return the line that shows how a command is written."""
    words = ["mailbridge", name]
    for one in options(command):
        if one.param_type_name == "argument":
            words.append(_argument(one))
        elif one.required:
            words.append(f"{one.opts[0]} {_value(one)}")
    optional = any(one.param_type_name == "option" and not one.required for one in options(command))
    return " ".join([*words, "[OPTIONS]"] if optional else words)


def argument_help(one: Any) -> str:
    """Return what an argument is; a number says it by its name alone."""
    return one.help or NUMBERS.get(one.metavar or "", "")


def _argument(one: Any) -> str:
    name = one.metavar or one.name.upper()
    return name if one.required or name.startswith("[") else f"[{name}]"


def _value(one: Any) -> str:
    return "" if getattr(one, "is_flag", False) else (one.metavar or one.name.upper())


def _rows(command: Any) -> Iterator[str]:
    for one in options(command):
        if one.param_type_name == "argument":
            told, name = argument_help(one), _argument(one)
        elif one.opts[0] in SHARED:
            continue
        else:
            told = one.help or ""
            name = " ".join(filter(None, (one.opts[0], _value(one))))
            if one.default not in (None, False, "", []) and not callable(one.default):
                told += f" Default: `{one.default}`."
        yield f"| `{name}` | {told} |"


def section(name: str, command: Any) -> str:
    """Return the part of the page about one command."""
    told, example = described(command)
    rows = list(_rows(command))
    names = {one.opts[0] for one in options(command) if one.opts}
    shared = [f"`{name}`" for name in SHARED if name in names]
    lines = [f"## {name}", "", f"    {usage(name, command)}", "", told, "", "Example:", "", f"    {example}", ""]
    if rows:
        lines += ["| argument or option | meaning |", "|---|---|", *rows, ""]
    if shared:
        lines += [f"Also {' and '.join(shared)}.", ""]
    if "--json" in names:
        lines += [f"JSON: {JSON_KEYS.get(name, '**not described yet**')}.", ""]
    return "\n".join(lines)


def reference() -> str:
    """Return the whole page."""
    found = commands()
    listed = [f"- [`{name}`](#{name.replace(' ', '-')}): {described(command)[0]}" for name, command in found.items()]
    return HEAD + "\n".join([*listed, "", *(section(name, command) for name, command in found.items()), LISTS])


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference(), encoding="utf-8")
