"""What a check says: one finding for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailbridge.config.model import Config

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. what: a fact, without a final full stop. fix: what to do about it, in the same form; empty when all is well.

    `warn`: the desk works, but not as well or as safely as it could. `fail`: something will not work.
    """

    check: str
    status: Status
    what: str
    fix: str = ""


Check = Callable[[Config, Mapping[str, str], datetime], Iterator[Finding]]
