"""Mail that the desk sends: outbox rows, rendered and addressed. Nothing here touches the network.

Mail to a customer bears no token but his own and no word of a notification; `leaks` reads the finished text once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mailbridge.decide.calendar import running
from mailbridge.decide.match import RunnerUp
from mailbridge.desk.caps import Cap
from mailbridge.desk.sentences import Because
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.thread_index import continued
from mailbridge.mail.tokens import (
    PERSON_BYTES,
    Audience,
    Token,
    address_with,
    our_message_id,
    person_of,
    sign,
    tokens_in,
)
from mailbridge.replies.render import Facts, Person, Rendered
from mailbridge.store.tables import Draft, Message, MessageReference, Outbox

MARKER_WORDS = "mailbridge ·"
AUTOMATIC_FOR = timedelta(days=1)
REPLYABLE = frozenset({Audience.CUSTOMER, Audience.MESSAGE_ID})


@dataclass(frozen=True, slots=True)
class To:
    """Whom a mail goes to. `contact` for customers, `agent` for one of us."""

    address: str
    name: str = ""
    contact: int | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Where in a conversation a mail stands: the id it answers, those before it, and Outlook's name for that place."""

    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread_index: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        """The References of an answer (RFC 5322 §3.6.4)."""
        before = dict.fromkeys(ref for ref in self.references if ref != self.in_reply_to)
        return (*before, self.in_reply_to) if self.in_reply_to else tuple(before)


def customer_facts(work: Work, ticket: TicketNow, to: To, **more: Any) -> Facts:
    """Return what a mail about a ticket may speak of; `more` adds to it or stands in for it."""
    settings = work.rules.department(ticket.department)
    assigned = work.rules.agent(ticket.agent)
    known: dict[str, Any] = {
        "ticket": ticket.id,
        "subject": ticket.subject,
        "customer": Person(to.name, to.address, ticket.locale),
        "assignee": Person(assigned.name, assigned.address, assigned.locale) if assigned else None,
        "department": settings.name or work.rules.config.desk.name,
        "desk": work.rules.config.desk.name,
        "state": ticket.state,
        "priority": ticket.priority,
        "category": ticket.category,
        "now": work.now,
        "seed": ticket.id,
        "timezone": work.rules.promises(ticket.department).hours.zone.key,
        "used_apologies": tuple(ticket.apologies),
        "wait": work.now - ticket.waiting_since if ticket.waiting_since else None,
    }
    return Facts(**known | more)


def send_to_customer(
    work: Work,
    ticket: TicketNow,
    to: Sequence[To],
    rendered: Rendered,
    thread: Thread,
    *,
    purpose: str,
    agent: str | None = None,
    files: Iterable[dict[str, Any]] = (),
    text_kept: str | None = None,
) -> int:
    """Queue a mail to a customer and lay it on the ticket; return the outbox number.

    agent: the one who wrote it; without one it is automatic mail, which the caps and the sender's silence may stop.
    The first of `to` is the recipient, the others get a copy. text_kept: what the ticket shows, when not the whole text.
    """
    row = outgoing_row(work, ticket, to, rendered, thread, purpose)
    writer = work.rules.agent(agent)
    if writer:
        row["headers"] |= {"from_name": writer.name, "auto_submitted": ""}
    row |= {"files": list(files), "agent": agent, "envelope_from": _bounce_address(work, ticket, row["id"]) if agent else ""}
    leak = leaks(rendered.text, work.rules.keys)
    if leak:
        row |= {"state": "held", "reason": leak}
    elif not agent:
        row |= _automatic(work, ticket, to[0].address)
    work.changes.add(Outbox, **row)
    message = _lay_on_ticket(work, ticket, row, rendered, text_kept)
    _note_news(work, ticket, purpose, rendered)
    work.changes.event(
        ticket.id,
        agent or "mailbridge",
        f"{purpose}-queued",
        message=message,
        outbox=row["id"],
        to=to[0].contact,
        template=rendered.template,
        **({"held": row["reason"]} if row.get("state") in ("held", "withdrawn") else {}),
    )
    return int(row["id"])


def outgoing_row(
    work: Work, ticket: TicketNow, to: Sequence[To], rendered: Rendered, thread: Thread, purpose: str
) -> dict[str, Any]:
    """Return the outbox row of a mail to a customer, from the department's address, with his own reply token."""
    settings = work.rules.department(ticket.department)
    name = work.rules.config.desk.name if not settings.name else settings.name
    reader = f"contact {to[0].contact}" if len(to) == 1 else f"all of ticket {ticket.id}"  # nobody sees another's own token
    token = sign(Token(Audience.CUSTOMER, ticket.key, person_of(reader)), work.rules.keys[0])
    row = _row(work, ticket, to, rendered, thread, purpose)
    row["headers"] |= {
        "from_name": name,
        "from_address": ticket.mailbox,
        "to": [[to[0].name, to[0].address]],
        "cc": [[one.name, one.address] for one in to[1:]],
        "reply_to": [name, address_with(ticket.mailbox, settings.separator, token, settings.reply_domain)],
        "subject": _tagged(rendered.subject, ticket, settings.subject_tag),
        "auto_submitted": "auto-replied",
    }
    return row


def _note_news(work: Work, ticket: TicketNow, purpose: str, rendered: Rendered) -> None:
    """The customer hears from us: the 24 hours begin anew, and no apology is used twice on a ticket.

    A later day that an earlier mail named stays while the 24 hours end in the night: nobody is told it twice.
    """
    if purpose == "receipt":  # it goes to a third party and tells nothing of the ticket
        return
    rules = work.rules.promises(ticket.department)
    usual, named = work.now + running(rules.service.update), ticket.next_news_at
    later_day = named if named and named > usual and not rules.hours.open_at(usual) else None
    work.set(ticket, news_at=work.now, next_news_at=later_day)
    if rendered.apology:
        work.set(ticket, apologies=[*ticket.apologies, rendered.apology])


def _lay_on_ticket(
    work: Work, ticket: TicketNow, row: dict[str, Any], rendered: Rendered, text_kept: str | None
) -> int:
    """Write a mail to a customer as a message of its ticket, under the Message-ID by which answers find it."""
    message, agent = work.changes.numbers.next("message"), row["agent"]
    work.changes.add(
        Message,
        id=message,
        ticket=ticket.id,
        outbox=row["id"],
        direction="outbound",
        kind="human" if agent else "automatic",
        message_id=row["message_id"],
        from_name=row["headers"]["from_name"],
        from_address=ticket.mailbox,
        agent=agent,
        to=[address for _, address in row["headers"]["to"]],
        cc=[address for _, address in row["headers"]["cc"]],
        subject=row["headers"]["subject"],
        at=work.now,
        text=rendered.text,
        reply=text_kept if text_kept is not None else rendered.text,
        language=rendered.locale,
        automatic=agent is None,
    )
    work.changes.add(MessageReference, ref=row["message_id"], message=message, own=True)
    return message


def notify_agents(
    work: Work,
    ticket: TicketNow,
    agents: Iterable[str],
    facts: Facts,
    *,
    purpose: str = "notification",
    variant: str | None = None,
    files: Iterable[dict[str, Any]] = (),
    with_draft: bool = False,
) -> None:
    """Queue a mail to each agent, with his own reply address for this ticket and a second one for notes.

    with_draft: it shows a draft of the answer, which is kept, so that `/send` sends what he saw.
    """
    attached = list(files)
    for key in agents:
        agent = work.rules.agent(key)
        if agent is None:
            continue
        locale = agent.locale or work.rules.config.desk.locale
        note, answer, marker = agent_addresses(work, ticket, key)
        mine = replace(
            facts,
            agent=Person(agent.name, agent.address, locale),
            note_address=note,
            reply_address=answer,
            marker=marker,
        )
        if with_draft:
            mine = replace(mine, draft=_draft(work, ticket, key, facts))
        rendered = work.rules.templates.render(purpose, mine, locale, variant)
        row = _row(
            work, ticket, [To(agent.address, agent.name, agent=key)], rendered, _agents_thread(work, ticket), purpose
        )
        who = facts.customer.name or facts.customer.address
        row["headers"] |= {
            "from_name": f"{who} · {work.rules.config.desk.name}" if who else work.rules.config.desk.name,
            "from_address": ticket.mailbox,
            "to": [[agent.name, agent.address]],
            "cc": [],
            "reply_to": [work.rules.config.desk.name, answer],
            "subject": f"[#{ticket.id}] {rendered.subject.removeprefix(f'[#{ticket.id}] ')}",
            "auto_submitted": "auto-generated",
        }
        row |= {"envelope_from": _bounce_address(work, ticket, row["id"]), "files": attached}
        work.changes.add(Outbox, **row)


def _draft(work: Work, ticket: TicketNow, agent: str, facts: Facts) -> str:
    """Prepare an agent's answer in the customer's language, and keep it for `/send`."""
    writer = work.rules.config.agents[agent]
    known = replace(facts, agent=Person(writer.name, "", ticket.locale), automatic=False, text="", reason="")
    rendered = work.rules.templates.render("draft", known, ticket.locale or "en")
    work.changes.put(
        Draft, ticket=ticket.id, agent=agent, text=rendered.text, apology=rendered.apology, made_at=work.now
    )
    return rendered.text


def tell_admins(work: Work, purpose: str, facts: Facts) -> None:
    """Queue a mail about a fault to the admins; it belongs to no ticket."""
    department = next(iter(work.rules.config.departments.values()))
    tell_agents(work, purpose, facts, work.rules.admins(), department.mailboxes[0])


def tell_agents(work: Work, purpose: str, facts: Facts, agents: Iterable[str], mailbox: str) -> None:
    """Queue a mail that belongs to no ticket to some of us."""
    desk = work.rules.config.desk
    for key in agents:
        agent = work.rules.config.agents[key]
        locale = agent.locale or desk.locale
        mine = replace(facts, agent=Person(agent.name, agent.address, locale), desk=desk.name)
        rendered = work.rules.templates.render(purpose, mine, locale)
        number = work.changes.numbers.next("outbox")
        headers = {
            "from_name": desk.name,
            "from_address": mailbox,
            "to": [[agent.name, agent.address]],
            "cc": [],
            "reply_to": None,
            "subject": rendered.subject,
            "in_reply_to": "",
            "references": [],
            "auto_submitted": "auto-generated",
        }
        work.changes.add(
            Outbox,
            id=number,
            purpose=purpose,
            made_at=work.now,
            next_at=work.now,
            message_id=our_message_id(bytes(8), number, work.now, mailbox.rpartition("@")[2], work.rules.keys[0]),
            envelope_from="",
            recipients=[_waiting(agent.address)],
            headers=headers,
            text=rendered.text,
        )


def agent_addresses(work: Work, ticket: TicketNow, agent: str) -> tuple[str, str, str]:
    """Return (note address, reply address, marker line) that only this agent is sent for this ticket."""
    settings, person = work.rules.department(ticket.department), person_of(f"agent {agent}")
    note, answer, mark = (
        sign(Token(audience, ticket.key, person), work.rules.keys[0])
        for audience in (Audience.NOTE, Audience.AGENT, Audience.MARKER)
    )
    return (
        address_with(ticket.mailbox, settings.separator, note, settings.reply_domain),
        address_with(ticket.mailbox, settings.separator, answer, settings.reply_domain),
        f"{MARKER_WORDS} #{ticket.id} · {mark}",
    )


def leaks(text: str, keys: tuple[bytes, ...]) -> Because | None:
    """Say what of ours stands in a text that is about to go to a customer and must not, if anything."""
    if MARKER_WORDS in text:
        return Because.LEAKS_MARKER
    if any(token.audience not in REPLYABLE for token in tokens_in(text, keys)):
        return Because.LEAKS_TOKEN
    return None


def conflict(runners_up: Iterable[RunnerUp]) -> str:
    """Name the tickets that other signals point at, for the agent; empty when there are none."""
    others = dict.fromkeys(f"#{runner.ticket} ({runner.evidence.value})" for runner in runners_up)
    return ", ".join(others)


def _row(
    work: Work, ticket: TicketNow, to: Sequence[To], rendered: Rendered, thread: Thread, purpose: str
) -> dict[str, Any]:
    number = work.changes.numbers.next("outbox")
    message_id = our_message_id(ticket.key, number, work.now, ticket.mailbox.rpartition("@")[2], work.rules.keys[0])
    index = continued(thread.thread_index, work.now, number)
    headers = {
        "in_reply_to": thread.in_reply_to,
        "references": list(thread.all),
        "extra": [["Thread-Index", index]] if index else [],
    }
    return {
        "id": number,
        "ticket": ticket.id,
        "purpose": purpose,
        "made_at": work.now,
        "next_at": work.now,
        "message_id": message_id,
        "recipients": [_waiting(one.address) for one in to],
        "headers": headers,
        "text": rendered.text,
        "agent": None,
    }


def _automatic(work: Work, ticket: TicketNow, address: str) -> dict[str, Any]:
    """Return what is special about automatic mail: an end to its use, and the caps."""
    ends: datetime = work.now + AUTOMATIC_FOR
    cap = work.caps.take(address, ticket.id)
    if cap is None:
        return {"not_after": ends, "unless_answered": True}
    if cap is Cap.BREAKER:
        if work.caps.first_break():
            tell_admins(
                work,
                "breaker",
                Facts(
                    now=work.now, count=work.rules.config.limits.per_minute, timezone=work.rules.config.desk.timezone
                ),
            )
        return {"state": "held", "reason": cap.value}
    return {"state": "withdrawn", "reason": cap.value}


def _bounce_address(work: Work, ticket: TicketNow, number: int) -> str:
    """Return the address that reports about this mail go to; it says which mail, even to servers that return no id."""
    settings = work.rules.department(ticket.department)
    token = sign(Token(Audience.BOUNCE, ticket.key, number.to_bytes(PERSON_BYTES, "big")), work.rules.keys[0])
    return address_with(ticket.mailbox, settings.separator, token, settings.reply_domain)


def _agents_thread(work: Work, ticket: TicketNow) -> Thread:
    """All mail about a ticket hangs under one id in the agents' clients, whichever of them came first."""
    domain = ticket.mailbox.rpartition("@")[2]
    return Thread(our_message_id(ticket.key, 0, ticket.created_at, domain, work.rules.keys[-1]))


def _tagged(subject: str, ticket: TicketNow, wanted: bool) -> str:
    return f"{subject} [#{ticket.id}]" if wanted and f"[#{ticket.id}]" not in subject else subject


def _waiting(address: str) -> dict[str, Any]:
    return {"address": address, "state": "waiting", "code": 0, "reply": ""}
