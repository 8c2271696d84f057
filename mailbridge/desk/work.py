"""What one transaction of the desk works with: the changes it collects, the rules it keeps, and a ticket as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from mailbridge.config.model import Agent, Calendar, Config, Department, ServiceLevel
from mailbridge.decide.calendar import Hours, hours_of
from mailbridge.decide.priority import PriorityWords
from mailbridge.decide.promises import Rules as PromiseRules
from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes
from mailbridge.replies.templates import Templates
from mailbridge.store.db import AnyRow
from mailbridge.store.tables import Ticket


@dataclass(frozen=True, slots=True)
class Rules:
    """What the desk goes by: replaced as a whole when the configuration is read anew.

    keys: that sign tokens, the newest first. random: gives bytes (handed in, so that tests can repeat a run).
    priority: words and points that grade a ticket; without any, every ticket is normal.
    """

    config: Config
    keys: tuple[bytes, ...]
    templates: Templates
    random: Callable[[int], bytes]
    priority: PriorityWords = field(default_factory=PriorityWords, repr=False)
    _promises: dict[str, PromiseRules] = field(default_factory=dict, repr=False, compare=False)

    @property
    def mailboxes(self) -> dict[str, str]:
        """Our addresses, each with its department."""
        return {box: key for key, department in self.config.departments.items() for box in department.mailboxes}

    def department(self, key: str) -> Department:
        """Return a department by its key; one that has left the configuration is stood in for by the first."""
        return self.config.departments.get(key) or next(iter(self.config.departments.values()))

    def promises(self, department: str) -> PromiseRules:
        """Return what a department promises its customers, by its service level and calendar; worked out once."""
        made = self._promises.get(department)
        if made is None:
            settings = self.department(department)
            service = self.config.service_levels.get(settings.service_level or "") or ServiceLevel()
            calendar = self.config.calendars.get(settings.calendar or "")
            hours = hours_of(calendar or Calendar(timezone=self.config.desk.timezone))
            made = PromiseRules(service, hours, settings.escalation, settings.follow_up, settings.most_follow_ups)
            self._promises[department] = made
        return made

    def hours(self, department: str) -> Hours:
        """Return a department's opening hours; without a calendar it is always open."""
        return self.promises(department).hours

    def agents_of(self, department: str, *roles: str) -> list[str]:
        """Return the keys of a department's agents in these roles (all roles when none is named), in order of the file."""
        return [
            key
            for key, agent in self.config.agents.items()
            if (not agent.departments or department in agent.departments) and (not roles or agent.role in roles)
        ]

    def answering(self, department: str) -> list[str]:
        """Return who hears of a department's new mail: its agents, else whoever works there, else anybody."""
        return (
            self.agents_of(department, "agent")
            or self.agents_of(department, "lead")
            or self.agents_of(department)
            or list(self.config.agents)
        )

    def admins(self) -> list[str]:
        """Return who hears of faults: admins, else supervisors, else agents."""
        for role in ("admin", "supervisor", "lead", "agent"):
            found = [key for key, agent in self.config.agents.items() if agent.role == role]
            if found:
                return found
        return []

    def agent_by_address(self, address: str) -> str | None:
        """Return the agent whose own address this is."""
        return next((key for key, agent in self.config.agents.items() if agent.address == address.lower()), None)

    def agent(self, key: str | None) -> Agent | None:
        """Return an agent by his key, or None when he has left the configuration."""
        return self.config.agents.get(key) if key else None


@dataclass(slots=True)
class TicketNow:
    """A ticket as it stands inside this transaction; the columns of its row, and `people`: contact → role.

    Its fields are changed through `Work.set`, which writes the row too.
    """

    id: int
    key: bytes
    state: str
    department: str
    mailbox: str
    subject: str
    created_at: datetime
    state_since: datetime
    updated_at: datetime
    priority: str = "normal"
    category: str = ""
    locale: str | None = None
    agent: str | None = None
    requester: int | None = None
    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    news_at: datetime | None = None
    next_news_at: datetime | None = None
    follow_ups: int = 0
    eta: datetime | None = None
    eta_made_at: datetime | None = None
    snoozed_until: datetime | None = None
    paused: list[list[str]] = field(default_factory=list)
    apologies: list[str] = field(default_factory=list)
    answerable: bool = True
    merged_into: int | None = None
    linked_to: int | None = None
    people: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, row: AnyRow, people: dict[int, str]) -> TicketNow:
        """Return the ticket of a row."""
        values = row._asdict()
        return cls(**values | {"key": bytes.fromhex(row.key), "people": people})

    def row(self) -> dict[str, Any]:
        """Return the columns of a new ticket."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "people"}
        return values | {"key": self.key.hex()}


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction's rules and changes. `now` is the time that everything is written with."""

    rules: Rules
    changes: Changes
    caps: Caps
    now: datetime

    def set(self, ticket: TicketNow, **values: Any) -> None:
        """Change columns of a ticket, here and in its row."""
        for name, value in values.items():
            setattr(ticket, name, value)
        self.changes.change(Ticket, ticket.id, **values)
