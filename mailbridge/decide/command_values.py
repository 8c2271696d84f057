"""The frozen values of agents' commands: what is known when they are read, and what came out.

Nothing is read or decided here; see `commands.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from mailbridge.config.model import Locale, Role
from mailbridge.decide.calendar import Hours


class Reason(Enum):
    """Why a line cannot be done."""

    UNKNOWN_COMMAND = "unknown-command"
    MISSING = "missing-argument"
    TOO_MUCH = "superfluous-argument"
    TOO_LONG = "line-too-long"
    NO_FORCE = "exclamation-mark"
    ONE_A_LINE = "several-on-one-line"
    NOT_AT_TOP = "not-at-the-top"
    UNKNOWN_AGENT = "unknown-agent"
    AMBIGUOUS_AGENT = "ambiguous-agent"
    UNKNOWN_DEPARTMENT = "unknown-department"
    UNKNOWN_CATEGORY = "unknown-category"
    UNKNOWN_PRIORITY = "unknown-priority"
    UNKNOWN_TEMPLATE = "unknown-template"
    NO_WORD = "not-a-word"
    NO_DATE = "unreadable-date"
    PAST = "date-in-the-past"
    TOO_FAR = "date-too-far"
    NO_NUMBER = "no-ticket-number"
    UNKNOWN_TICKET = "unknown-ticket"
    NO_ADDRESS = "no-address"
    CONFLICT = "conflict"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What must be known to read an agent's commands.

    agents: agent key -> (name, address); writer: the key of the agent who writes, who may be none of them (`ticket do`
        as the admin); role: the writer's.
    departments, categories: the known keys; an empty `categories` lets any word be one.
    templates: names that `/draft` may take; empty lets any word be one.
    now: aware UTC; timezone: IANA name, the writer's, in which dates are read; locale: the writer's, for problems.
    hours: the department's opening hours, which say when a day without a time begins (`/snooze`) and ends (`/eta`);
        without them 09:00 and 18:00.
    ticket_exists: says whether a ticket number is known; without it every number is taken.
    """

    agents: Mapping[str, tuple[str, str]]
    writer: str
    role: Role
    departments: Collection[str]
    categories: Collection[str]
    now: datetime
    timezone: str
    locale: Locale = "en"
    templates: Collection[str] = ()
    hours: Hours | None = None
    ticket_exists: Callable[[int], bool] | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One command, understood. Fields that the command does not use keep their defaults.

    name: in lower case, without the slash.
    agent: key of the agent (`assign`, `take`, `watch`); an empty string means nobody (`/assign nobody`).
    department (`transfer`), category, priority, tags (`tag`), template (`draft`; empty: the one already prepared).
    until: aware UTC (`eta`, `snooze`); whole_day: only a day was written, so only the day is promised.
    ticket: a number (`merge`, `unmerge`).
    address: in lower case (`allow`; None: the only third party of the ticket).
    text: a reason in the agent's words (`escalate`), may be empty.
    force: `/send!`, which releases what the leak guard may release.
    line_number counts from 1 in the text that was read and is no part of what the command is.
    """

    name: str
    agent: str | None = None
    department: str | None = None
    category: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    template: str = ""
    until: datetime | None = None
    whole_day: bool = False
    ticket: int | None = None
    address: str | None = None
    text: str = ""
    force: bool = False
    line_number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be done: which one (from 1), as it was written, what is wrong and what would be right."""

    line_number: int
    line: str
    reason: Reason
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class CommandSheet:
    """What an agent's text asks for. With any problem nothing may be done and nothing may be sent.

    commands: in the order written, without repeats; empty when there was a problem, so that nobody does half of them.
    text: the rest of the mail without its command lines: the answer, or the note when `note` is among the commands.
    """

    commands: tuple[Command, ...] = ()
    text: str = ""
    problems: tuple[Problem, ...] = ()

    def get(self, name: str) -> Command | None:
        """Return the first command of a name, or None."""
        return next((command for command in self.commands if command.name == name), None)

    def __contains__(self, name: object) -> bool:
        return any(command.name == name for command in self.commands)
