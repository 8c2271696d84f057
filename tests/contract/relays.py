"""A way out whose answers a test writes: what it was handed, and what it says of each address."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from mailbridge.relay.outcome import Envelope, Outcome, RecipientResult, State

OK: tuple[State, int, str] = ("sent", 250, "2.0.0 queued")
LATER: tuple[State, int, str] = ("temporary", 451, "4.7.1 greylisted")
NEVER: tuple[State, int, str] = ("permanent", 550, "5.1.1 no such user")


@dataclass
class Written:
    """Says `answers[address]`, else `otherwise`. taken: (recipient, mail) of all that it said yes to.

    meanwhile: called before each answer, with what the mail is; may raise, as a process that dies would.
    """

    answers: dict[str, tuple[State, int, str]] = field(default_factory=dict)
    otherwise: tuple[State, int, str] = OK
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def send(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> Outcome:
        """See `Relay.send`."""
        self.meanwhile()
        self.raws.append(raw)
        results = []
        for address in recipients:
            state, code, reply = self.answers.get(address, self.otherwise)
            results.append(RecipientResult(address, state, code, reply))
            if state == "sent":
                self.taken.append((address, email.message_from_bytes(raw, policy=email.policy.default)))
        return Outcome(tuple(results), results[0].reply if results else "")

    def send_many(self, mails: Sequence[Envelope]) -> list[Outcome]:
        """See `Relay.send_many`."""
        return [self.send(*one) for one in mails]

    def interrupt(self) -> None:
        """See `Relay.interrupt`."""

    def close(self) -> None:
        """See `Relay.close`."""

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails that were taken for an address."""
        return [mail for recipient, mail in self.taken if recipient == address]
