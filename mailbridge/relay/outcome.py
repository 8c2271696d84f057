"""What became of one try to send one mail: a value for each recipient.

A relay never raises for what its peer says or fails to say; a fault of the world is a result like any other. What is
to be done about it (try again, give up, tell the agent) is decided elsewhere (`decide/retry.py`, the outbox).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["sent", "temporary", "permanent"]
Envelope = tuple[str, tuple[str, ...], bytes]
"""envelope_from (empty for the null sender), recipients, raw mail."""


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """What became of the mail for one recipient.

    address: as it was handed in.
    state: `sent` (the relay answers for it now), `temporary` (try again later), `permanent` (never).
    code: the three digits of the relay's answer, 0 when there was none (no connection, timeout, a fault of ours).
    reply: the answer in one line, cleaned of control characters, or the reason in our words.
    """

    address: str
    state: State
    code: int
    reply: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try.

    results: one for each recipient that was handed in, in the same order.
    reply: the line that says most about the whole try, for the log: the final answer, else the first refusal.
    """

    results: tuple[RecipientResult, ...]
    reply: str

    def of(self, state: State) -> tuple[RecipientResult, ...]:
        """Return the results with this state, in order."""
        return tuple(result for result in self.results if result.state == state)

    @property
    def sent(self) -> bool:
        """Say whether every recipient was taken; True when there was none."""
        return all(result.state == "sent" for result in self.results)


def same_for_all(recipients: Sequence[str], state: State, code: int, reply: str) -> Outcome:
    """Return the outcome of a try that ended the same way for every recipient."""
    return Outcome(tuple(RecipientResult(address, state, code, reply) for address in recipients), reply)


def temporary_for_all(recipients: Sequence[str], reply: str, code: int = 0) -> Outcome:
    """Return the outcome of a try that failed as a whole and is worth another: no connection, timeout, full disk."""
    return same_for_all(recipients, "temporary", code, reply)


class Relay(Protocol):
    """A way out. One relay belongs to one thread."""

    def send(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> Outcome:
        """Try once to send one mail and say what became of it for each recipient. Never raises.

        envelope_from: empty for the null sender (RFC 5321 §4.5.5). raw: the whole mail with CRLF line ends.
        """
        ...

    def send_many(self, mails: Sequence[Envelope]) -> list[Outcome]:
        """Try once to send each of several mails; the outcomes come in the same order. Never raises."""
        ...

    def interrupt(self) -> None:
        """Break off what is going on, from any thread: mails without an answer are temporary, until `close`."""
        ...

    def close(self) -> None:
        """End the conversation, if there is one. The relay can be used again afterwards."""
        ...
