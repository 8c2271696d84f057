"""Customers' mail on tickets: opening one, adding to one, letting a third party in, and the stub of unreadable mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete

from mailbridge.decide.classify import Kind
from mailbridge.decide.match import Match, Standing
from mailbridge.decide.promises import News, next_news
from mailbridge.decide.thanks import is_bare_thanks
from mailbridge.decide.trust import Trust
from mailbridge.desk import people
from mailbridge.desk.drafts import lay_shared_draft
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.lookup import ContactFacts
from mailbridge.desk.post import Thread, To, conflict, customer_facts, notify_agents, send_to_customer
from mailbridge.desk.pressing import grade_opening
from mailbridge.desk.rows import add_message
from mailbridge.desk.sentences import Because
from mailbridge.desk.states import set_state
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.message import Address
from mailbridge.mail.tokens import KEY_BYTES
from mailbridge.store.tables import Message, MessageReference, Ticket

LOCALES = ("en", "ru", "lt")
MOST_NOTIFIED_BYTES = 15_000_000
_TAG = re.compile(r"\s*\[#\d{1,9}\]\s*")
_NO_REPLY = re.compile(
    r"(?:no|do[-_.]?not)[-_.]?reply|noreply|mailer-daemon|postmaster|bounces?(?:[-+].*)?", re.IGNORECASE
)


def open_ticket(
    work: Work, item: Incoming, match: Match, contacts: Mapping[str, ContactFacts]
) -> tuple[TicketNow, int]:
    """Open a ticket with this mail; acknowledge it to a person, tell the agents. Return the ticket and the message."""
    asks = people.requester_of(work, item)
    locale = item.language if item.language in LOCALES else None
    writer = people.contact_of(work, item.mail.author, contacts, item.verdict.trust, locale)
    requester = people.contact_of(
        work, asks, contacts, item.verdict.trust if asks == item.mail.author else Trust.BARE, locale
    )
    answered = requester
    if item.verdict.trust in people.PROVEN and not _NO_REPLY.fullmatch(item.mail.author.address.rpartition("@")[0]):
        requester = writer  # who is proven asks himself; Reply-To only says where the answers go
    ticket = _new_ticket(work, item, _subject(item, match), "closed" if item.importing else "new")
    ticket.requester, ticket.linked_to = requester, match.linked
    ticket.locale = locale or _known_locale(asks.address, contacts) or ticket.locale
    ticket.answerable = may_answer(work, item, asks.address)
    _insert(work, ticket, item, match)
    people.join(work, ticket, requester, asks, Standing.REQUESTER, "opened it")
    people.join(work, ticket, answered, asks, Standing.PARTICIPANT, "answers go there")
    if item.verdict.trust in people.PROVEN:
        author = Address(item.mail.author.name, asks.address)
        people.join(work, ticket, writer, author, Standing.PARTICIPANT, "wrote it")
    people.join_copied(work, ticket, item, match, contacts)
    message = add_message(work, ticket.id, item, match, contact=writer)
    work.changes.event(
        ticket.id,
        "import" if item.importing else "customer",
        "opened",
        at=item.at,
        message=message,
        kind=item.kind.kind.value,
        trust=item.verdict.trust.value,
        linked=match.linked,
        near=conflict(match.runners_up),
    )
    if not item.importing:
        grade_opening(work, ticket, item, asks.address, contacts)
        _answer_the_opening(work, ticket, item, match, To(asks.address, asks.name, contact=requester))
    return ticket, message


def append(work: Work, ticket: TicketNow, item: Incoming, match: Match, contacts: Mapping[str, ContactFacts]) -> int:
    """Add a mail to a ticket; what it changes depends on the sender's standing. Return the message's number."""
    contact = people.contact_of(work, item.mail.author, contacts, item.verdict.trust)
    message = add_message(work, ticket.id, item, match, contact=contact)
    work.changes.event(
        ticket.id,
        "customer",
        "message-received",
        at=item.at,
        message=message,
        evidence=match.evidence.value,
        standing=match.standing.value,
        trust=item.verdict.trust.value,
        other=conflict(match.runners_up),
    )
    if item.importing:
        _append_history(work, ticket, item, match, contacts, contact)
    elif match.standing is Standing.THIRD_PARTY:
        _append_of_stranger(work, ticket, item, match, contact)
    else:
        welcome(work, ticket, item, match, message, contacts)
    return message


def welcome(
    work: Work, ticket: TicketNow, item: Incoming, match: Match, message: int, contacts: Mapping[str, ContactFacts]
) -> None:
    """A participant's message: the next step is ours again, those he copied take part, the agents are told."""
    contact = people.contact_of(work, item.mail.author, contacts, item.verdict.trust)
    work.changes.change(Message, message, third_party=False)
    people.join(work, ticket, contact, item.mail.author, match.standing, "wrote")
    people.join_copied(work, ticket, item, match, contacts)
    if item.kind.kind is Kind.HUMAN and ticket.state in ("resolved", "closed") and _only_thanks(work, item):
        work.changes.event(ticket.id, "customer", "thanked", at=item.at, message=message)
    elif item.kind.kind is Kind.HUMAN:
        _owe_again(work, ticket, item, message)
    work.set(ticket, updated_at=item.at)
    _tell_agents(
        work, ticket, item, match, variant="message", customer=To(item.mail.author.address, item.mail.author.name)
    )


def _only_thanks(work: Work, item: Incoming) -> bool:
    """Say whether a mail says nothing but thanks, to us or one of us: then nothing is left to do."""
    names = (item.mail.author.name, *(agent.name for agent in work.rules.config.agents.values()))
    return all(file.inline for file in item.mail.attachments) and is_bare_thanks(item.written.reply, names)


def _owe_again(work: Work, ticket: TicketNow, item: Incoming, message: int) -> None:
    """A person wrote: the clocks of an answer run from his first unanswered word; a ticket at rest wakes up."""
    if ticket.state in ("pending", "snoozed", "resolved", "closed"):
        work.changes.event(ticket.id, "customer", "reopened", message=message, before=ticket.state)
        set_state(work, ticket, "open", "customer", "wrote again")
    if ticket.waiting_since is None and ticket.state != "spam":
        work.set(ticket, waiting_since=item.at)
    if not ticket.answerable and may_answer(work, item, item.address):
        work.set(ticket, answerable=True)


def replace_stub(work: Work, stub: tuple[int, int], ticket: int) -> None:
    """A quarantined mail could be read after all: its stub ticket now points to the one that it landed on."""
    message, number = stub
    work.changes.change(Ticket, number, state="merged", merged_into=ticket, updated_at=work.now)
    work.changes.event(number, "mailbridge", "merged", into=ticket, why="the quarantined mail could be read")
    work.changes.then(lambda connection: _drop_message(connection, message))


def close_stub(work: Work, stub: tuple[int, int]) -> None:
    """A quarantined mail could be read after all and is kept silently: nothing is left to do on its stub ticket."""
    work.changes.change(Ticket, stub[1], state="closed", closed_at=work.now, updated_at=work.now)
    work.changes.event(
        stub[1], "mailbridge", "state-closed", why="the quarantined mail could be read and is kept silently"
    )


def open_stub(work: Work, item: Incoming, reason: str) -> tuple[int, int]:
    """Open the ticket that stands for a mail which could not be worked on, so that a person sees it. Return (ticket, message)."""
    ticket = _new_ticket(work, item, item.mail.subject, "new")
    ticket.answerable = False
    _insert(work, ticket, item, Match(None))
    message = work.changes.numbers.next("message")
    work.changes.add(
        Message,
        id=message,
        ticket=ticket.id,
        spool=item.entry.id,
        direction="inbound",
        kind=Kind.AUTOMATIC.value,
        at=item.at,
        from_name=item.mail.author.name,
        from_address=item.mail.author.address,
        message_id=item.mail.message_id,
        subject=item.mail.subject,
    )
    work.changes.event(ticket.id, "mailbridge", "quarantined", message=message, spool=item.entry.id, reason=reason)
    return ticket.id, message


def _new_ticket(work: Work, item: Incoming, subject: str, state: str) -> TicketNow:
    """Return a ticket with its own number and key. History is closed when it comes in: nobody is owed anything for it."""
    settings = work.rules.department(item.department)
    return TicketNow(
        id=work.changes.numbers.next("ticket"),
        key=work.rules.random(KEY_BYTES),
        state=state,
        department=item.department,
        mailbox=item.mailbox,
        subject=subject,
        created_at=item.at,
        state_since=item.at,
        updated_at=item.at,
        waiting_since=None if item.importing else item.at,
        closed_at=item.at if item.importing else None,
        locale=settings.locale or work.rules.config.desk.locale,
    )


def _insert(work: Work, ticket: TicketNow, item: Incoming, match: Match) -> None:
    work.changes.add(Ticket, **ticket.row())
    if match.linked:
        work.changes.event(match.linked, "mailbridge", "linked", at=item.at, to=ticket.id)


def _answer_the_opening(work: Work, ticket: TicketNow, item: Incoming, match: Match, to: To) -> None:
    _acknowledge(work, ticket, item, to)
    _tell_agents(work, ticket, item, match, variant="new", customer=to)


def proven_better(
    work: Work, ticket: TicketNow, item: Incoming, match: Match, contacts: Mapping[str, ContactFacts]
) -> None:
    """The mail that opened a ticket came once more, better proven: who was copied takes part, and its sender may be answered."""
    people.join_copied(work, ticket, item, match, contacts)
    asks = people.requester_of(work, item)
    if ticket.answerable or ticket.requester is None or not may_answer(work, item, asks.address):
        return
    work.set(ticket, answerable=True)
    if ticket.state == "new" and ticket.news_at is None:
        _acknowledge(work, ticket, item, To(asks.address, asks.name, contact=ticket.requester))


def _acknowledge(work: Work, ticket: TicketNow, item: Incoming, to: To) -> None:
    if ticket.answerable and work.rules.department(ticket.department).acknowledge:
        facts = customer_facts(work, ticket, to, **acknowledged_times(work, ticket))
        rendered = work.rules.templates.render("acknowledgement", facts, ticket.locale or "en")
        thread = Thread(item.mail.message_id, item.mail.references)
        send_to_customer(work, ticket, [to], rendered, thread, purpose="acknowledgement")
        work.set(ticket, next_news_at=coming_news(work, ticket).at)


def coming_news(work: Work, ticket: TicketNow) -> News:
    """Return when the customer hears from us next if nobody answers him."""
    rules = work.rules.promises(ticket.department)
    return next_news(work.now, rules.service.update, rules.hours)


def acknowledged_times(work: Work, ticket: TicketNow) -> dict[str, Any]:
    """Return what a customer is told about time: whether we are open, and by when there is news at the latest.

    That is the 24-hour promise, which is kept by itself; targets of the service level are no promises.
    """
    rules = work.rules.promises(ticket.department)
    opened = rules.hours.open_at(work.now)
    by = coming_news(work, ticket).by if rules.follow_up == "send" else None
    return {"open_now": opened, "opens_at": None if opened else rules.hours.next_opening(work.now), "answer_by": by}


def may_answer(work: Work, item: Incoming, address: str) -> bool:
    """Say whether automatic mail may go out for this one (RFC 3834 §2; design.md §7.3): only to a person who is not a stranger to truth."""
    return (
        item.kind.kind is Kind.HUMAN
        and item.verdict.trust is not Trust.FAILED
        and not (item.kind.spam and item.entry.delivery.believed)
        and "@" in address
        and not people.is_ours(work, address)
        and work.rules.agent_by_address(address) is None
        and item.entry.delivery.envelope_from != ""
        and not _NO_REPLY.fullmatch(address.rpartition("@")[0])
    )


def _tell_agents(
    work: Work, ticket: TicketNow, item: Incoming, match: Match, variant: str, customer: To, reason: str | Mapping[str, str] = ""
) -> None:
    """Tell the agents of a mail: what it says, its files, where else signals point, and a draft of the answer."""
    shown = customer_facts(
        work,
        ticket,
        customer,
        text=item.written.reply or item.mail.text,
        files=tuple(file.name for file in item.mail.attachments if not file.inline),
        reason=reason or _reason(match),
    )
    files = [
        {"name": file.name, "type": file.type, "sha256": file.sha256, "size": len(file.content)}
        for file in item.mail.attachments
    ]
    if sum(len(file.content) for file in item.mail.attachments) > MOST_NOTIFIED_BYTES:
        files = []
    agents = (
        [ticket.agent] if work.rules.agent(ticket.agent) and ticket.agent else work.rules.answering(ticket.department)
    )
    told = [key for key in agents if key != item.agent] or agents  # somebody must hear of every mail
    with_draft = match.standing is not Standing.THIRD_PARTY
    notify_agents(work, ticket, told, shown, variant=variant, files=files, with_draft=with_draft)
    if with_draft and item.kind.kind is Kind.HUMAN and "@" in customer.address:
        lay_shared_draft(work, ticket, customer, shown, Thread(item.mail.message_id, item.mail.references))


def _reason(match: Match) -> str | Mapping[str, str]:
    return Because.ELSEWHERE.worded(known=conflict(match.runners_up)) if match.runners_up else ""


def _append_of_stranger(work: Work, ticket: TicketNow, item: Incoming, match: Match, contact: int | None) -> None:
    """A third party's mail: no state changes, no clock stops; agents are told, the sender gets one receipt without content."""
    there, why = contact in ticket.people, f"wrote by {match.evidence.value}"
    first = contact is not None and match.first_word and (there or not people.is_crowded(ticket, third=True))
    people.join(work, ticket, contact, item.mail.author, Standing.THIRD_PARTY, why)
    if first and there and contact is not None:
        people.has_spoken(work, ticket.id, contact, why)
    to = To(item.mail.author.address, item.mail.author.name, contact=contact)
    if first and may_answer(work, item, to.address):
        locale = item.language if item.language in LOCALES else ticket.locale or "en"
        stranger = TicketNow(
            id=ticket.id,
            key=ticket.key,
            state=ticket.state,
            department=ticket.department,
            mailbox=ticket.mailbox,
            subject=item.mail.subject,
            created_at=ticket.created_at,
            state_since=ticket.state_since,
            updated_at=ticket.updated_at,
            locale=locale,
        )
        rendered = work.rules.templates.render("receipt", customer_facts(work, stranger, to), locale)
        send_to_customer(
            work, stranger, [to], rendered, Thread(item.mail.message_id, item.mail.references), purpose="receipt"
        )
    if work.caps.take_notice(ticket.id):
        return
    _tell_agents(
        work,
        ticket,
        item,
        match,
        variant="message",
        customer=to,
        reason=Because.THIRD_PARTY.worded(value=item.mail.author.address),
    )


def _append_history(
    work: Work,
    ticket: TicketNow,
    item: Incoming,
    match: Match,
    contacts: Mapping[str, ContactFacts],
    contact: int | None,
) -> None:
    standing = Standing.PARTICIPANT if match.standing is Standing.AGENT else match.standing
    people.join(work, ticket, contact, item.mail.author, standing, "wrote")
    people.join_copied(work, ticket, item, match, contacts)
    if item.at > ticket.updated_at:
        work.set(ticket, updated_at=item.at, **({"closed_at": item.at} if ticket.state == "closed" else {}))


def _subject(item: Incoming, match: Match) -> str:
    """The subject of a new ticket; one that continues a finished ticket loses the old tag, so that it does not lead back."""
    subject = item.mail.subject
    return _TAG.sub(" ", subject).strip() if match.linked else subject


def _known_locale(address: str, contacts: Mapping[str, ContactFacts]) -> str | None:
    known = contacts.get(address.lower())
    return known.locale if known else None


def _drop_message(connection: Connection, number: int) -> None:
    message, reference = Message.__table__, MessageReference.__table__  # type: ignore[attr-defined]
    connection.execute(delete(reference).where(reference.c.message == number))
    connection.execute(delete(message).where(message.c.id == number))


def closed_too_long(ticket: TicketNow, now: datetime, days: int = 30) -> bool:
    """Say whether the ticket was closed so long ago that a token no longer proves an agent (design.md §3)."""
    return ticket.state == "closed" and ticket.closed_at is not None and (now - ticket.closed_at).days >= days
