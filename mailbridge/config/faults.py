"""What a fault in the configuration looks like: where it is, what is wrong, what to do.

Values are shown so that an admin recognises them, but never those of options that hold or lead to a secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailbridge.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `file` is relative to the desk's folder where it lies in there; `line` counts from 1.

    what: the fact, without a final full stop. fix: a sentence, or a question that continues it in lower case.
    """

    file: str
    line: int | None
    what: str
    fix: str

    def __str__(self) -> str:
        """Return the fault as one line: `mailbridge.toml:12: [relay] unknown key "x"; did you mean "y"?`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        joint = "; " if self.fix[:1].islower() else ". "
        return f"{place}: {self.what}{joint if self.fix else ''}{self.fix}"


class InvalidConfigError(ConfigError):
    """The configuration as a whole is refused; `faults` holds every reason, in order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def shown(value: object) -> str:
    """Return a value as an admin wrote it, on one line, without control characters, at most 60 letters long."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    text = text if len(text) <= 60 else text[:57] + "..."
    return f'"{text}"' if isinstance(value, str) else text


def listed(words: Iterable[str], last: str = "or") -> str:
    """Return words as people list them: `"a", "b" or "c"`."""
    quoted = [f'"{word}"' for word in words]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if len(quoted) > 1 else "".join(quoted)
