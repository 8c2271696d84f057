"""Reads the commands at the top of an agent's mail: `/resolve`, `/assign anna`, one a line, all or nothing.

In: the text that the agent wrote (without quotation and signature) and what must be known to understand it. Out: a
`CommandSheet` with the commands and the rest of the text, or with problems, and then nothing may be done and nothing
may be sent. Whether a command suits the ticket's state is the desk's to say.

Every role of ours may use every command; `CommandContext.role` is for desks that will keep some to leads.
"""

from __future__ import annotations

import difflib
import re
import unicodedata

from mailbridge.decide.command_arguments import Fault, quoted, read_argument
from mailbridge.decide.command_values import Command, CommandContext, CommandSheet, Problem, Reason
from mailbridge.decide.command_words import COMMANDS, help_text, say

__all__ = ["Command", "CommandContext", "CommandSheet", "Problem", "Reason", "help_text", "read_commands"]

FORCEFUL = ("send",)

# No two of a group go together: a ticket has one state, one agent, one fate.
STATES = ("open", "pending", "snooze", "resolve", "close", "reopen", "spam", "merge")
EXCLUSIVE = (STATES, ("assign", "take"), ("merge", "unmerge", "split"), ("note", "send", "draft"))
SEVERAL = ("tag", "allow", "watch")

_LINE = re.compile(r"/ ?(?P<name>[^\W\d_]{1,30})(?P<force>!?)[.,:;]*(?:\s+(?P<words>.*))?")
_ANOTHER = re.compile(r"(?:^|\s)/(?P<name>[^\W\d_]{1,30})\b")
_NEAR = 24  # marks and spaces that a mail client may put before the slash
_SLASHES = str.maketrans({"\uff0f": "/", "\u2215": "/", "\u2044": "/", "\uff01": "!"})


def read_commands(text: str, context: CommandContext) -> CommandSheet:
    """Return the commands at the top of an agent's text, and the text without them.

    A command is a slash with a word of letters right behind it, at the start of a line, before any other text; blank
    lines between commands are fine. `/etc/passwd` and `/2` are text. Mail clients decorate: leading and no-break
    spaces, zero-width characters, `*/resolve*` from bold type, a capital letter, a full stop behind are all accepted.

    A line below the text that is exactly a command is a problem too: it would be sent to the customer. Text on the line
    of `/note` begins the note. Never raises; an unreadable line comes back in `problems`, counted from 1.
    """
    lines = text.splitlines()
    top, first = _top(lines)
    problems: list[Problem] = []
    commands: list[Command] = []
    for number, found in top:
        try:
            commands.append(_command(number, found, context))
        except Fault as fault:
            problems.append(Problem(number, _shown(lines[number - 1]), fault.reason, fault.what, fault.fix))
    rest = _rest(lines, first, top)
    problems += _misplaced(lines, first, context)
    problems += _conflicts(commands, lines, context.locale)
    if problems:
        return CommandSheet((), rest, tuple(sorted(problems, key=lambda problem: problem.line_number)))
    return CommandSheet(tuple(dict.fromkeys(commands)), rest)


def _top(lines: list[str]) -> tuple[list[tuple[int, re.Match[str]]], int]:
    """Return the command lines at the top with their numbers, and the index of the first line of the rest."""
    top: list[tuple[int, re.Match[str]]] = []
    for index, line in enumerate(lines):
        plain = _plain(line)
        if not plain:
            continue
        found = _found(plain)
        if not found:
            return top, index
        top.append((index + 1, found))
    return top, len(lines)


def _found(plain: str) -> re.Match[str] | None:
    """Return the parts of a command line; with a space behind the slash only a known word is one (`/ resolve`)."""
    found = _LINE.fullmatch(plain)
    if found and plain.startswith("/ ") and found["name"].lower() not in COMMANDS:
        return None
    return found


def _plain(line: str) -> str:
    """Return a line without what mail clients add: odd spaces, invisible characters, marks of bold type around it."""
    plain = "".join(
        " " if unicodedata.category(char) == "Zs" or char == "\t" else char
        for char in line if unicodedata.category(char) != "Cf").translate(_SLASHES).strip()
    bold = re.fullmatch(r"([*_`]{1,3})(/.*?)\1", plain)
    return bold[2].strip() if bold else plain


def _shown(line: str) -> str:
    return quoted(_plain(line))


def _command(number: int, found: re.Match[str], context: CommandContext) -> Command:
    name, words = found["name"].lower(), (found["words"] or "").strip()
    if name not in COMMANDS:
        meant = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.6)
        raise Fault(Reason.UNKNOWN_COMMAND, context.locale, name=found["name"], meant=f"/{meant[0]}" if meant else "")
    if found["force"] and name not in FORCEFUL:
        raise Fault(Reason.NO_FORCE, context.locale, name=name)
    if name == "note":
        return Command(name, line_number=number)
    if any(other["name"].lower() in COMMANDS for other in _ANOTHER.finditer(words)):
        raise Fault(Reason.ONE_A_LINE, context.locale, name=name)
    fields = read_argument(name, words.strip("*_`") if name != "escalate" else words, context)
    return Command(name, force=bool(found["force"]), line_number=number, **fields)


def _rest(lines: list[str], first: int, top: list[tuple[int, re.Match[str]]]) -> str:
    begun = [found["words"].strip() for _, found in top if found["name"].lower() == "note" and found["words"]]
    return "\n".join([*begun, *lines[first:]]).strip("\n").rstrip()


def _misplaced(lines: list[str], first: int, context: CommandContext) -> list[Problem]:
    problems = []
    for number, line in enumerate(lines[first:], first + 1):
        if "/" not in line[:_NEAR].translate(_SLASHES):
            continue
        found = _found(_plain(line))
        if found and _reads_well(number, found, context):
            what, fix = say(Reason.NOT_AT_TOP, context.locale, name=found["name"].lower())
            problems.append(Problem(number, _shown(line), Reason.NOT_AT_TOP, what, fix))
    return problems


def _reads_well(number: int, found: re.Match[str], context: CommandContext) -> bool:
    try:
        command = _command(number, found, context)
    except Fault:
        return False
    return command.name != "note" or not found["words"]


def _conflicts(commands: list[Command], lines: list[str], locale: str) -> list[Problem]:
    """Name what cannot be done beside something earlier, at the later line. The same command twice is done once."""
    clashes: list[tuple[Reason, Command, Command]] = []
    first: dict[str, Command] = {}
    for later in dict.fromkeys(commands):
        former = first.setdefault(later.name, later)
        if former is not later and later.name not in SEVERAL:
            clashes.append((Reason.TWICE, former, later))
    for group in EXCLUSIVE:
        together = [one for name, one in first.items() if name in group]
        clashes += [(Reason.CONFLICT, together[0], later) for later in together[1:]]
    problems = []
    for reason, former, later in clashes:
        what, fix = say(reason, locale, name=later.name, other=former.name)
        problems.append(Problem(later.line_number, _shown(lines[later.line_number - 1]), reason, what, fix))
    return problems
