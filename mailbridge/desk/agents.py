"""Agents' mail on tickets: believed on two facts, then relayed, noted or obeyed; else kept and asked about (design.md §4).

| the mail                                                  | what happens                                                     |
|-----------------------------------------------------------|------------------------------------------------------------------|
| his own token, sender proven                              | commands are done, the text goes to the customer (or is a note)  |
| anything less                                             | an unverified note; the real agent is asked once, with a code    |
| the code, in a human mail of that agent                   | the mail it stands for is believed, once                         |
| a forward                                                 | a note; nothing is relayed                                       |
| an absence, a bounce                                      | kept; never relayed                                              |
| a command that cannot be understood or is not allowed     | nothing is done, nothing is sent; he is told which line          |
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailbridge.decide.classify import Kind
from mailbridge.decide.command_values import CommandContext, CommandSheet, Problem
from mailbridge.decide.command_words import COMMANDS
from mailbridge.decide.commands import read_commands
from mailbridge.decide.match import Match, proves_agent
from mailbridge.decide.trust import Trust
from mailbridge.desk.answers import recipients, thread_of
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.opening import closed_too_long
from mailbridge.desk.orders import available, carry_out, tell_customer
from mailbridge.desk.post import To, customer_facts, leaks, notify_agents, send_to_customer
from mailbridge.desk.rows import add_message, decision_of
from mailbridge.desk.sentences import Because, Refused
from mailbridge.desk.shown import agents_facts
from mailbridge.desk.states import set_state
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.tokens import Audience, person_of
from mailbridge.replies.render import Person
from mailbridge.store.tables import Attachment, Confirmation, Draft, Message, Outbox

CODE_LASTS = timedelta(days=3)
MOST_ANSWERED = 10
_CODE = re.compile(r"\b([A-Z2-7]{5})-([A-Z2-7]{5})\b", re.IGNORECASE)

message_table: Any = Message.__table__  # type: ignore[attr-defined]
draft: Any = Draft.__table__  # type: ignore[attr-defined]
attachment: Any = Attachment.__table__  # type: ignore[attr-defined]
confirmation: Any = Confirmation.__table__  # type: ignore[attr-defined]
outbox: Any = Outbox.__table__  # type: ignore[attr-defined]


def receive(
    connection: Connection, work: Work, ticket: TicketNow, item: Incoming, match: Match, message: int | None = None
) -> int:
    """Work off an agent's mail on a ticket; return the message's number. message: it lies there already, unverified."""
    agent = item.agent or ""
    if item.kind.kind is not Kind.HUMAN:
        return message or _note(work, ticket, item, match, "agent-automatic")
    proven = (
        (proves_agent(match, person_of(f"agent {agent}")) or _answers_his_notification(connection, work, ticket, item))
        and item.verdict.trust in (Trust.ALIGNED, Trust.SUBMITTED)
        and not closed_too_long(ticket, work.now)
    )
    if not proven:
        held = _confirmed(connection, work, item, agent)
        if held is not None:
            _use_code(connection, work, ticket, held)
            return message or _note(work, ticket, item, match, "confirmation-received", confirms=held.message)
        return message or _unverified(work, ticket, item, match)
    number = message or _note(work, ticket, item, match, None)
    work.changes.change(Message, number, unverified=False)
    unsendable = _unsendable(item)
    if unsendable:
        work.changes.event(ticket.id, agent, "not-relayed", message=number, reason=unsendable.said("en"))
        _refuse(work, ticket, agent, item.written.reply, reason=unsendable.worded())
        return number
    as_note = match.token is not None and match.token.audience is Audience.NOTE
    obey(connection, work, ticket, agent, number, item.written.reply, as_note=as_note)
    return number


def _answers_his_notification(connection: Connection, work: Work, ticket: TicketNow, item: Incoming) -> bool:
    """Say whether a mail answers one of ours that its agent alone was sent, on a desk whose mail server knows no sub-addresses.

    There no address can hold a token; the Message-ID of that mail, which is as hard to guess, takes its place.
    """
    settings = work.rules.department(ticket.department)
    if settings.separator or settings.reply_domain or not item.mail.in_reply_to:
        return False
    answered = item.mail.in_reply_to[:MOST_ANSWERED]
    query = select(outbox.c.recipients).where(outbox.c.ticket == ticket.id, outbox.c.message_id.in_(answered))
    sent_to = [[one["address"] for one in row.recipients] for row in connection.execute(query)]
    return [work.rules.config.agents[item.agent or ""].address] in sent_to


def _unsendable(item: Incoming) -> Because | None:
    """Say why an agent's mail must not be relayed, if so.

    Words that stand between the lines of our own notification, or under it, cannot be told from it with certainty.
    """
    if item.written.forwarded:
        return Because.FORWARDED
    if item.written.cut_by in ("inline-marked", "nothing-left"):
        return Because.INSIDE
    return None


def obey(
    connection: Connection,
    work: Work,
    ticket: TicketNow,
    agent: str,
    message: int,
    text: str,
    *,
    as_note: bool,
) -> None:
    """Do what a believed agent's mail asks for: commands first, then the text as an answer or a note. All, or nothing but a refusal."""
    sheet = read_commands(text, command_context(work, agent, ticket))
    trial = work.changes.fork()
    attempt = replace(work, changes=trial)
    tried = replace(ticket, people=dict(ticket.people))
    try:
        if sheet.problems:
            _refuse_sheet(work, ticket, agent, message, text, sheet.problems)
            return
        _obey_sheet(connection, attempt, tried, agent, message, sheet, as_note)
    except Refused as refusal:
        number = refusal.line_number
        work.changes.event(ticket.id, agent, "refused", message=message, line=number or None, reason=str(refusal))
        line = text.splitlines()[number - 1].strip() if number else ""
        reason = refusal.because.worded(**refusal.parts)
        _refuse(work, ticket, agent, text, reason=reason, line=line, line_number=number)
        return
    work.changes.merge(trial)


def command_context(work: Work, writer: str, ticket: TicketNow) -> CommandContext:
    """Return what commands on a ticket are read by; `writer` may be `admin`, who is none of the agents."""
    config = work.rules.config
    agent = work.rules.agent(writer)
    return CommandContext(
        agents={key: (one.name, one.address) for key, one in config.agents.items()},
        writer=writer,
        role=agent.role if agent else "admin",
        departments=tuple(config.departments),
        categories=(),
        now=work.now,
        timezone=config.desk.timezone,
        locale=(agent.locale if agent else None) or config.desk.locale,
        hours=work.rules.hours(ticket.department),
    )


def _refuse_sheet(
    work: Work, ticket: TicketNow, agent: str, message: int, text: str, problems: Sequence[Problem]
) -> None:
    """Tell of every line that cannot be understood, each with what would be right."""
    first = problems[0]
    work.changes.event(
        ticket.id, agent, "refused", message=message, line=first.line_number, reason="; ".join(one.what for one in problems)
    )
    told: dict[str, Any] = {"reason": first.what, "line_number": first.line_number, "remedy": first.fix}
    if len(problems) > 1:
        locale = command_context(work, agent, ticket).locale
        told = {"options": tuple(
            Because.LINE.said(locale, line=one.line_number, value=one.line, what=f"{one.what} {one.fix}") for one in problems)}
    _refuse(work, ticket, agent, text, line=first.line, **told)


def _obey_sheet(
    connection: Connection,
    work: Work,
    ticket: TicketNow,
    agent: str,
    message: int,
    sheet: CommandSheet,
    as_note: bool,
) -> None:
    done = carry_out(connection, work, ticket, sheet.commands, agent)
    if done:
        work.changes.event(ticket.id, agent, "commands-done", message=message, commands=list(done))
    text = sheet.text.strip()
    if "send" in sheet:
        text = _draft_of(connection, ticket, agent, text)
    if "help" in sheet or "status" in sheet:
        _tell(connection, work, ticket, agent, sheet, text)
    elif text and (as_note or "note" in sheet):
        work.changes.event(ticket.id, agent, "noted", message=message)
    elif text:
        _answer(connection, work, ticket, agent, message, text, done)
    elif done:
        tell_customer(connection, work, ticket, done)
    elif "note" not in sheet:
        raise Refused(Because.NOTHING)


def _draft_of(connection: Connection, ticket: TicketNow, agent: str, text: str) -> str:
    """Return the draft that this agent was shown, word for word: what `/send` sends."""
    if text:
        raise Refused(Because.SEND_AND_TEXT)
    query = select(draft.c.text).where(draft.c.ticket == ticket.id, draft.c.agent == agent)
    found = connection.execute(query).scalar()
    if not found:
        raise Refused(Because.NO_DRAFT)
    return str(found)


_SETTING = ("open", "reopen", "pending", "resolve", "close", "spam", "snooze")


def _answer(
    connection: Connection, work: Work, ticket: TicketNow, agent: str, message: int, text: str, done: tuple[str, ...]
) -> None:
    """Send an agent's words to those who take part, from the department's address, under the agent's name."""
    to = recipients(connection, ticket, work.changes)
    if not to:
        raise Refused(Because.NOBODY_TO_ANSWER)
    leak = leaks(text, work.rules.keys)
    if leak:
        raise Refused(leak)
    writer = work.rules.config.agents[agent]
    files = _files(connection, work, message)
    facts = customer_facts(work, ticket, to[0], text=text, signed=_signed(text, writer.name), automatic=False)
    facts = replace(facts, agent=Person(writer.name, "", ticket.locale), files=tuple(file["name"] for file in files))
    rendered = work.rules.templates.render("answer", facts, ticket.locale or "en")
    thread = thread_of(connection, ticket)
    send_to_customer(work, ticket, to, rendered, thread, purpose="answer", agent=agent, files=files, text_kept=text)
    kept = {} if "eta" in done else {"eta": None, "eta_made_at": None}
    work.set(
        ticket, answered_at=work.now, updated_at=work.now, waiting_since=None, next_news_at=None, follow_ups=0, **kept
    )
    if ticket.agent is None:
        work.changes.event(ticket.id, agent, "assigned", to=agent, why="answered first")
        work.set(ticket, agent=agent)
    if not any(name in done for name in _SETTING):
        set_state(work, ticket, work.rules.department(ticket.department).after_answer, agent, "answered")


def _signed(text: str, name: str) -> bool:
    """Say whether the agent's text ends with his own name, or with another way to write it.

    Anna signs "Анна" in Russian: a last line of one or two capitalised words is a signature too.
    """
    lines = [line.strip(" ,.–—-") for line in text.strip().splitlines()[-3:]]
    if name and name.split()[0].lower() in " ".join(lines).lower():
        return True
    last = lines[-1].split() if len(text.strip().splitlines()) > 2 and lines else []
    return 0 < len(last) <= 2 and all(word.isalpha() and word[0].isupper() for word in last)


def _files(connection: Connection, work: Work, message: int) -> list[dict[str, Any]]:
    """Return the files that an agent attached: those of this very transaction, or of a message that lay there already."""
    rows = [row for row in work.changes.collected(Attachment) if row["message"] == message]
    if not rows:
        rows = [row._asdict() for row in connection.execute(select(attachment).where(attachment.c.message == message))]
    return [
        {"name": row["name"], "type": row["type"], "sha256": row["sha256"], "size": row["size"]}
        for row in rows
        if not row["inline"]
    ]


def _note(work: Work, ticket: TicketNow, item: Incoming, match: Match, event: str | None, **why: Any) -> int:
    number = add_message(work, ticket.id, item, match, direction="note", third_party=False)
    if event:
        work.changes.event(
            ticket.id, item.agent or "agent", event, at=item.at, message=number, kind=item.kind.kind.value, **why
        )
    return number


def _unverified(work: Work, ticket: TicketNow, item: Incoming, match: Match) -> int:
    """Keep the mail as a note that nobody answers for, and ask the real agent once, with a code that only he is sent."""
    as_note = match.token is not None and match.token.audience is Audience.NOTE
    number = add_message(
        work,
        ticket.id,
        item,
        match,
        direction="note",
        third_party=False,
        unverified=True,
        decision=decision_of(match, item) | {"as_note": as_note},
    )
    plain = base64.b32encode(work.rules.random(7)).decode()[:10]
    code = f"{plain[:5]}-{plain[5:]}"
    work.changes.add(
        Confirmation, code_hash=_hash(plain), message=number, agent=item.agent or "", expires_at=work.now + CODE_LASTS
    )
    work.changes.event(
        ticket.id,
        item.agent or "agent",
        "unverified-note",
        at=item.at,
        message=number,
        trust=item.verdict.trust.value,
        evidence=match.evidence.value,
    )
    unproven = item.verdict.trust not in (Trust.ALIGNED, Trust.SUBMITTED)
    missing = Because.SENDER_NOT_PROVEN if unproven else Because.NOT_YOUR_ADDRESS
    facts = customer_facts(work, ticket, To(""), text=item.written.reply, code=code, reason=missing.worded())
    notify_agents(work, ticket, [item.agent or ""], facts, purpose="unverified")
    return number


def _confirmed(connection: Connection, work: Work, item: Incoming, agent: str) -> Any:
    """Return the confirmation whose code stands in the mail, if it is this agent's, fresh and unused."""
    codes = [_hash((match[1] + match[2]).upper()) for match in list(_CODE.finditer(item.written.reply))[:5]]
    if not codes or item.verdict.trust is Trust.FAILED:
        return None
    return connection.execute(
        select(confirmation).where(
            confirmation.c.code_hash.in_(codes),
            confirmation.c.agent == agent,
            confirmation.c.used_at.is_(None),
            confirmation.c.expires_at > work.now,
        )
    ).first()


def _use_code(connection: Connection, work: Work, ticket: TicketNow, held: Any) -> None:
    note = connection.execute(select(message_table).where(message_table.c.id == held.message)).one()
    work.changes.change(Confirmation, held.code_hash, used_at=work.now)
    if note.ticket != ticket.id or not note.unverified:
        return
    work.changes.change(Message, note.id, unverified=False)
    work.changes.event(ticket.id, held.agent, "confirmed", message=note.id)
    obey(connection, work, ticket, held.agent, note.id, note.reply, as_note=bool(note.decision.get("as_note")))


def _refuse(work: Work, ticket: TicketNow, agent: str, text: str, **what: Any) -> None:
    facts = customer_facts(work, ticket, To(""), text=text, **what)
    notify_agents(work, ticket, [agent], facts, purpose="refused")


def _tell(connection: Connection, work: Work, ticket: TicketNow, agent: str, sheet: CommandSheet, text: str) -> None:
    """Answer `/help` or `/status` to the agent alone; a text beside them would get lost, so it refuses the whole."""
    if text:
        raise Refused(Because.STAND_ALONE)
    writer = work.rules.config.agents.get(agent)
    locale = (writer.locale if writer else None) or work.rules.config.desk.locale
    if "help" in sheet:
        lines = tuple(
            (words.example, getattr(words, locale)) for name, words in COMMANDS.items() if name in available()
        )
        notify_agents(work, ticket, [agent], customer_facts(work, ticket, To(""), commands=lines), purpose="help")
    if "status" in sheet:
        notify_agents(work, ticket, [agent], agents_facts(connection, work, ticket), variant="message")


def _hash(code: str) -> str:
    return hashlib.sha256(f"mailbridge confirmation {code}".encode()).hexdigest()
