"""How records speak: objects for JSON, times as RFC 3339 in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

JsonObject = dict[str, Any]


def when(at: datetime | None) -> str | None:
    """Return a time as RFC 3339 in UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None
