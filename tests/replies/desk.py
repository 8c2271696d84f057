"""A desk's templates for these tests: the shipped ones, with a folder of the desk's own over them."""

from __future__ import annotations

from pathlib import Path

from mailbridge.replies.templates import Templates, shipped_templates

LOCALES = ("en", "ru", "lt")
HEAD = '+++\nsubject = "{{ reply_subject or \'Hello\' }}"\n+++\n'


class Clock:
    """A monotonic clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class OwnDesk:
    """Templates over a temporary folder, and what was remembered and told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, Clock()
        self.kept: dict[str, str] = {}
        self.told: list[str] = []
        self.templates = self.started()

    def started(self) -> Templates:
        """Start anew, with the same database."""
        return Templates(
            self.folder, shipped_templates(), clock=self.clock, remember=self.kept.__setitem__, recall=self.kept.get,
            on_fault=self.told.append)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the desk; a second passes."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.clock.seconds += 2
        return path
