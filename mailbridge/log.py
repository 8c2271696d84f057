"""One way to log, for every room: events named `room.what_happened` with values; never a body, a subject or a secret."""

from __future__ import annotations

import logging
import sys
from typing import Any, Protocol

import structlog


class Log(Protocol):
    """What a room needs of a logger."""

    def info(self, event: str, **values: Any) -> Any:
        """Say that something happened."""

    def warning(self, event: str, **values: Any) -> Any:
        """Say that something happened which a person should look at."""

    def error(self, event: str, **values: Any) -> Any:
        """Say that something failed."""


def logger() -> Log:
    """Return the logger."""
    log: Log = structlog.get_logger()
    return log


def set_up(*, as_json: bool, debug: bool = False, quiet: bool = False) -> None:
    """Log to stderr: readable lines on a terminal, JSON for a collector. Libraries that log are brought in, quietly.

    quiet: only what went wrong, for commands whose output is something else.
    aiosmtpd prints every command at INFO and every line of a mail at DEBUG (personal data), so it may only warn.
    """
    level = logging.DEBUG if debug else logging.WARNING if quiet else logging.INFO
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    render = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render], foreign_pre_chain=shared
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("mail.log", "alembic", "sqlalchemy", "imapclient"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("apscheduler", "mailparser"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # a failed bell is told by whoever rings it; mail is not for logs
