"""An agent forwards a customer's mail to us: the ticket is opened for the one who wrote it.

| the forward                                              | what happens                                                     |
|----------------------------------------------------------|------------------------------------------------------------------|
| of a proven agent, its original sender certain           | a ticket for that sender, acknowledged to him like any other     |
| of a proven agent, the sender not certain                | a ticket without a requester; the agent is asked whose it is     |
| of somebody who only writes an agent's From              | a ticket like any other mail's; nobody named in it is written to |

The answer to the question is `/allow ADDRESS` on the ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mailbridge.decide.forwards import Original
from mailbridge.decide.match import PROVEN, Match
from mailbridge.decide.trust import Trust, TrustVerdict
from mailbridge.desk import people
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.lookup import ContactFacts
from mailbridge.desk.opening import open_ticket
from mailbridge.desk.post import To, customer_facts, notify_agents
from mailbridge.desk.rows import decision_of
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.language import language
from mailbridge.mail.message import Address, Written
from mailbridge.store.tables import Message, MessageReference


def opens_for_another(item: Incoming) -> bool:
    """Say whether a mail is an agent's forward that may be believed."""
    return item.original is not None and item.agent is not None and item.verdict.trust in PROVEN and not item.importing


def open_for_original(
    work: Work, item: Incoming, match: Match, contacts: Mapping[str, ContactFacts]
) -> tuple[TicketNow, int]:
    """Open a ticket with an agent's forward, for the original sender; ask the agent when he is not certain."""
    original = item.original
    assert original is not None
    sender = _sender(work, original)
    ticket, message = open_ticket(work, _as_the_customers(item, original, sender), match, contacts)
    work.changes.change(
        Message,
        message,
        agent=item.agent,
        text=item.mail.text,
        message_id=item.mail.message_id,
        identity=item.identity,
        decision=decision_of(match, item) | {"original_id": original.message_id},
        trust=item.verdict.trust.value,
        trust_reasons=list(item.verdict.reasons),
    )
    if original.message_id and (original.message_id, True) not in match.index:
        work.changes.add(MessageReference, ref=original.message_id, message=message, own=True)
    work.changes.event(
        ticket.id, item.agent or "agent", "forwarded", at=item.at, message=message, certain=sender is not None
    )
    if sender is None:
        _ask(work, ticket, item, original)
    return ticket, message


def _sender(work: Work, original: Original) -> Address | None:
    """Return the original sender if there is no doubt: said clearly, and neither one of us nor a mailbox of ours."""
    first = original.senders[0] if original.senders else Address("", "")
    ours = people.is_ours(work, first.address) or work.rules.agent_by_address(first.address) is not None
    return first if original.clear and not ours and "@" in first.address else None


def _as_the_customers(item: Incoming, original: Original, sender: Address | None) -> Incoming:
    """The mail as if its original sender had written it, unproven: what an agent forwards proves no customer."""
    text = original.text or item.mail.text
    return replace(
        item,
        mail=replace(
            item.mail,
            from_=(sender or Address("", ""),),
            reply_to=(),
            to=(),
            cc=(),
            subject=original.subject,
            message_id=original.message_id,
            references=(),
        ),
        written=Written(text),
        verdict=TrustVerdict(Trust.BARE, ("forwarded-by-agent",)),
        agent=None,
        language=language(text),
        original=None,
    )


def _ask(work: Work, ticket: TicketNow, item: Incoming, original: Original) -> None:
    named = ", ".join(one.address or one.name for one in original.senders if one.address or one.name)
    facts = customer_facts(work, ticket, To(""), text=original.text or item.mail.text, address=named)
    notify_agents(work, ticket, [item.agent or ""], facts, variant="whose")
