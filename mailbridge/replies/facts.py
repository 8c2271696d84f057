"""The values of this room: facts go in, a rendered reply comes out.

`Facts` holds plain values only, so that a template can reach nothing else: no row, no file, no clock. The words are
in the template files; what a template may say about the facts (a name to greet with, a date, an apology that was not
used yet) is in `voice.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """A customer or an agent, as far as a reply needs to know him.

    name: as he writes it himself (`Petrova, Anna` is understood), or empty.
    locale: `en`, `ru`, `lt`, or None when unknown.
    timezone: IANA name or an offset like `+02:00`, and only when it is certain; otherwise None.
    """

    name: str = ""
    address: str = ""
    locale: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """One line of the supervisor's digest: a thread that waits longer than was promised."""

    ticket: int
    subject: str = ""
    customer: Person = Person()
    agent: Person | None = None
    priority: str = "normal"
    department: str = ""
    wait: timedelta | None = None
    due_at: datetime | None = None

    @property
    def wait_seconds(self) -> float:
        """Seconds of waiting, to sort by; 0 when unknown."""
        return self.wait.total_seconds() if self.wait else 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a reply can be made from; what is not known keeps its default.

    subject: of the ticket, as the customer wrote it. department, desk: names to show.
    customer: whom the mail is about; of a receipt, the third party.
    agent: in mail to the customer, who looks after him and signs; in mail to an agent, the agent who is written to.
    assignee: who has the ticket, for agents to see.
    state, priority: the words of the command line (`open`, `normal` …); templates translate them.
    now: the moment the mail is made for; aware. timezone: that of the desk's calendar, used where the customer's is
        not certain and in mails to agents.
    open_now, opens_at: the calendar at `now`. answer_by: by when the first answer, or the next news, comes.
    estimate: when the matter is expected to be done. wait: how long the customer has been waiting. due_at: the target
        that was missed.
    text: the words that the mail is about: the customer's in mails to agents, the agent's own in `answer`.
    signed: in `answer`, the agent's text ends with his own signature.
    explanation, options, next_step, reason: sentences to be said as they are, in the language of the reader. `reason` may
        also be given in several, by locale, for a mail that goes to people of several languages.
    number: which follow-up, or which step of the ladder, this is; from 1. seed: varies the words from ticket to ticket,
        and is the same for all mails of one ticket.
    used_apologies: `Rendered.apology` of every earlier mail on the ticket. breach, repeat, outage, reopened: see
        `voice.apology_kind`.
    automatic: no person presses "send": the mail says so, may greet by the time of day and is signed by the department
        alone. Always false in `draft` and `answer`; set it to false for a follow-up that is laid before an agent.
    files: names of attachments. history: (when, who, what) from oldest to newest, for agents.
    note_address, reply_address: token addresses of the agent who is written to. marker: our line above which he writes.
    line, line_number, remedy: the command that was not understood, where it stood (from 1), and what would be right.
    commands: (command, what it does) for `/help`. code: what confirms an unverified mail. address: whom a mail did not
        reach. status: what the other server said. count: of `breaker`, the limit a minute; of `quarantined`, how many
        mails. spool_id: of a quarantined mail.
    """

    ticket: int | None = None
    subject: str = ""
    customer: Person = Person()
    agent: Person | None = None
    assignee: Person | None = None
    department: str = ""
    desk: str = ""
    state: str = "new"
    priority: str = "normal"
    category: str = ""
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    timezone: str = "UTC"
    open_now: bool = True
    opens_at: datetime | None = None
    answer_by: datetime | None = None
    estimate: datetime | None = None
    due_at: datetime | None = None
    wait: timedelta | None = None
    text: str = ""
    signed: bool = False
    explanation: str = ""
    next_step: str = ""
    options: tuple[str, ...] = ()
    reason: str | Mapping[str, str] = ""
    number: int = 1
    seed: int = 0
    used_apologies: tuple[str, ...] = ()
    breach: bool = False
    repeat: bool = False
    outage: bool = False
    reopened: bool = False
    automatic: bool = True
    files: tuple[str, ...] = ()
    draft: str = ""
    history: tuple[tuple[datetime, str, str], ...] = ()
    note_address: str = ""
    reply_address: str = ""
    marker: str = ""
    line: str = ""
    line_number: int = 0
    remedy: str = ""
    commands: tuple[tuple[str, str], ...] = ()
    code: str = ""
    address: str = ""
    status: str = ""
    count: int = 0
    spool_id: str = ""
    overdue: tuple[Overdue, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply, ready for the outbox.

    subject: one line. text: lines end with LF, the last one with nothing. template: `en/acknowledgement/open`. locale:
    the language that was really used. apology: key of the words used, to be handed in again in `used_apologies`.
    """

    subject: str
    text: str
    template: str
    locale: str
    apology: str = ""


FACT_NAMES: tuple[str, ...] = tuple(one.name for one in fields(Facts))
PURPOSES = (
    "acknowledgement", "notification", "receipt", "draft", "answer", "follow-up", "resolved", "escalation", "digest",
    "status", "help", "refused", "unverified", "undeliverable", "breaker", "quarantined", "fault",
)
CUSTOMER_FACING = frozenset({"acknowledgement", "receipt", "draft", "answer", "follow-up", "resolved", "status"})
BY_A_PERSON = frozenset({"draft", "answer"})

# What a reply to a customer must not be able to say even by mistake: these names do not exist in it (design.md §4).
_INTERNAL = frozenset({
    "text", "draft", "history", "note_address", "reply_address", "marker", "line", "line_number", "remedy", "commands",
    "code", "address", "status", "count", "spool_id", "overdue", "used_apologies", "priority",
    "assignee",
})
# What a third party's receipt finds empty (design.md §3).
_CONTENT = frozenset({
    "ticket", "subject", "agent", "state", "category", "explanation", "options", "next_step", "reason", "estimate",
    "files", "answer_by", "wait", "due_at",
})
_NOTHING = Facts()
_ONE_LINE = (
    "subject", "department", "desk", "line", "remedy", "reason", "address", "status", "next_step", "code", "spool_id",
)


def usual_variant(purpose: str, facts: Facts) -> str:
    """Name the file of a purpose that fits the facts, when the caller asks for none in particular."""
    if purpose == "acknowledgement":
        return "open" if facts.open_now else "closed"
    if purpose == "follow-up":
        return {1: "first", 2: "second"}.get(max(1, facts.number), "later")
    return "new" if purpose == "notification" else "standard"


def plain_values(facts: Facts, purpose: str, locale: str) -> dict[str, Any]:
    """Return the facts by name, as a template of this purpose may see them.

    What is one line is made one line; texts keep their blank lines (see `tidy`). What a customer must never be told
    does not exist, and a third party's receipt finds the content of the ticket empty.
    """
    values: dict[str, Any] = {name: getattr(facts, name) for name in FACT_NAMES}
    if not isinstance(facts.reason, str):
        values["reason"] = facts.reason.get(locale) or facts.reason["en"]
    for name in _ONE_LINE:
        values[name] = " ".join(values[name].split())
    for name in ("text", "draft", "explanation"):
        values[name] = values[name].replace("\r\n", "\n").strip("\n").replace("\n\n\n", "\x1e\x1e\x1e")
    if purpose in CUSTOMER_FACING:
        for name in _INTERNAL - ({"text"} if purpose == "answer" else frozenset()):
            del values[name]
    if purpose == "receipt":
        values |= {name: getattr(_NOTHING, name) for name in _CONTENT}
    return values


def tidy(text: str) -> str:
    """Take superfluous blank lines out of what the template made, and leave alone what a person wrote.

    Optional sentences leave holes; three line ends become two. A person's own wide gaps travel as U+001E, which
    no cleaned text contains and `str.splitlines` understands.
    """
    lines = "\n".join(line if line == "-- " else line.rstrip(" \t") for line in text.split("\n"))
    while "\n\n\n" in lines:
        lines = lines.replace("\n\n\n", "\n\n")
    return lines.strip("\n").replace("\x1e", "\n")
