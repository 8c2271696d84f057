"""What has been read of a desk so far: the sound tables, the names that exist, and the faults.

Checks across files work on this, so that one faulty table does not hide the faults of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from mailbridge.config.documents import Document
from mailbridge.config.faults import Fault
from mailbridge.config.model import (
    Agent,
    Calendar,
    Database,
    Department,
    Desk,
    Imap,
    Limits,
    Lmtp,
    Relay,
    Section,
    ServiceLevel,
    Smtp,
    Trust,
)
from mailbridge.config.values import closest

MAIN = "mailbridge.toml"
LISTED = "imap"         # the one section of mailbridge.toml that is an array of tables
TABLES = {              # file of config/ -> field of Config; its tables are named by the admin
    "departments.toml": "departments", "agents.toml": "agents", "service_levels.toml": "service_levels",
    "calendars.toml": "calendars",
}
SECTIONS: dict[str, type[Section]] = {
    "desk": Desk, "database": Database, "smtp": Smtp, "lmtp": Lmtp, "relay": Relay, "trust": Trust, "limits": Limits,
}
TABLE_MODELS: dict[str, type[Section]] = {
    "departments": Department, "agents": Agent, "service_levels": ServiceLevel, "calendars": Calendar,
}


def belongs(section: str) -> dict[str, str]:
    """Return each key of the other sections of mailbridge.toml -> the table or tables that have it."""
    homes: dict[str, list[str]] = {}
    models: dict[str, type[Section]] = {**SECTIONS, LISTED: Imap}
    for name, model in models.items():
        for key in model.model_fields if name != section else ():
            homes.setdefault(key, []).append("[[imap]]" if name == LISTED else f"[{name}]")
    return {key: " or ".join(tables) for key, tables in homes.items()}


@dataclass
class Reading:
    """The state of reading one desk. `main` is the name of its mailbridge.toml; `unread` files are no TOML at all."""

    folder: Path
    main: str = MAIN
    documents: dict[str, Document] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    imap: list[tuple[int, Imap]] = field(default_factory=list)
    tables: dict[str, dict[str, Section]] = field(default_factory=lambda: {key: {} for key in TABLE_MODELS})
    names: dict[str, set[str]] = field(default_factory=lambda: {key: set() for key in TABLE_MODELS})
    unread: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    models: ClassVar[dict[str, type[Section]]] = SECTIONS
    table_models: ClassVar[dict[str, type[Section]]] = TABLE_MODELS

    def document(self, name: str) -> Document:
        """Return a file that was read; an empty one in place of a file that was not."""
        return self.documents.get(name, Document(name))

    def all_sections(self) -> Iterator[tuple[str, Section]]:
        """Yield each section of mailbridge.toml, by its defaults where the file has none."""
        for name, model in SECTIONS.items():
            yield name, self.sections.get(name) or model()

    def section(self, name: str) -> Section | None:
        """Return a section as written, its defaults when it is not written, None when it is faulty."""
        if name in self.sections:
            return self.sections[name]
        if name in self.document(self.main).tables or self.main in self.unread:
            return None
        return SECTIONS[name]()

    def meant_table(self, name: str) -> str:
        """Return the remedy for an unknown table of mailbridge.toml."""
        for file, key in TABLES.items():
            if name.lower() in {key, key.rstrip("s")}:
                return f"It belongs in config/{file}, as a table of its own: [name]"
        near = closest(name, [*SECTIONS, LISTED])
        if near:
            return f'did you mean {"[[imap]]" if near == LISTED else f"[{near}]"}?'
        return f"Known: {', '.join(f'[{one}]' for one in SECTIONS)}, [[imap]]"
