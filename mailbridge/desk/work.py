"""What one transaction of the desk works with: the changes it collects, the rules it keeps, and a ticket as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mailbridge.config.model import Agent, Config, Department
from mailbridge.desk.caps import Caps
from mailbridge.desk.changes import Changes
from mailbridge.replies.templates import Templates
from mailbridge.store.db import AnyRow


@dataclass(frozen=True, slots=True)
class Rules:
    """What the desk goes by: replaced as a whole when the configuration is read anew.

    keys: that sign tokens, the newest first. random: gives bytes (handed in, so that tests can repeat a run).
    """

    config: Config
    keys: tuple[bytes, ...]
    templates: Templates
    random: Callable[[int], bytes]

    @property
    def mailboxes(self) -> dict[str, str]:
        """Our addresses, each with its department."""
        return {box: key for key, department in self.config.departments.items() for box in department.mailboxes}

    def department(self, key: str) -> Department:
        """Return a department by its key; one that has left the configuration is stood in for by the first."""
        return self.config.departments.get(key) or next(iter(self.config.departments.values()))

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
    """A ticket as it stands inside this transaction. `people`: contact → role."""

    id: int
    key: bytes
    state: str
    department: str
    mailbox: str
    subject: str
    created_at: datetime
    priority: str = "normal"
    category: str = ""
    locale: str | None = None
    agent: str | None = None
    requester: int | None = None
    closed_at: datetime | None = None
    answered_at: datetime | None = None
    updated_at: datetime | None = None
    people: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, row: AnyRow, people: dict[int, str]) -> TicketNow:
        """Return the ticket of a row."""
        return cls(
            id=row.id,
            key=bytes.fromhex(row.key),
            state=row.state,
            department=row.department,
            mailbox=row.mailbox,
            subject=row.subject,
            created_at=row.created_at,
            priority=row.priority,
            category=row.category,
            locale=row.locale,
            agent=row.agent,
            requester=row.requester,
            closed_at=row.closed_at,
            answered_at=row.answered_at,
            updated_at=row.updated_at,
            people=people,
        )


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction's rules and changes. `now` is the time that everything is written with."""

    rules: Rules
    changes: Changes
    caps: Caps
    now: datetime
