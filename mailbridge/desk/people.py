"""Who takes part in a ticket: contacts are found or made, and get the part that the rules of design.md §3 allow."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, update

from mailbridge.decide.mailboxes import mailbox_of
from mailbridge.decide.match import Evidence, Match, Standing
from mailbridge.decide.trust import Trust, stronger
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.lookup import COPIED, ContactFacts
from mailbridge.desk.work import TicketNow, Work
from mailbridge.mail.message import Address
from mailbridge.store.db import doing
from mailbridge.store.tables import Contact, ContactAddress, Participant

MOST_PEOPLE = 50
PROVEN = (Trust.ALIGNED, Trust.SUBMITTED)


def contact_of(
    work: Work, person: Address, contacts: Mapping[str, ContactFacts], trust: Trust, locale: str | None = None
) -> int | None:
    """Return the number of the contact with this address, made if need be; None for an empty address.

    trust: how well this mail proves the address; the best that it ever had is kept.
    """
    address = person.address.lower()
    if not address:
        return None
    known = contacts.get(address)
    if known is not None:
        if stronger(trust, known.best_trust):
            work.changes.change(ContactAddress, address, best_trust=trust.value)
        if locale and known.locale is None:
            work.changes.change(Contact, known.id, locale=locale)
        if person.name and not known.name:
            work.changes.change(Contact, known.id, name=person.name)
        return known.id
    if address not in work.changes.contacts:
        number = work.changes.numbers.next("contact")
        work.changes.contacts[address] = number
        work.changes.add(Contact, id=number, name=person.name, locale=locale, created_at=work.now)
        work.changes.add(ContactAddress, address=address, contact=number, best_trust=trust.value)
    return work.changes.contacts[address]


def requester_of(work: Work, item: Incoming) -> Address:
    """Say who asks for help with the mail that opens a ticket.

    Reply-To counts here and only here: web forms write as themselves and name the customer there. Of a list or a robot it
    names the list, so it counts for people's mail alone. None of us is a customer: our answers would come back to us.
    """
    for person in item.mail.reply_to[:1]:
        ours = is_ours(work, person.address) or work.rules.agent_by_address(person.address) is not None
        if item.kind.kind.value == "human" and person.address and not ours:
            return Address(
                person.name or ("" if person.address.lower() != item.address else item.mail.author.name), person.address
            )
    return item.mail.author


def join(work: Work, ticket: TicketNow, contact: int | None, person: Address, role: Standing, why: str) -> None:
    """Let a contact take part in the ticket, unless he does already. A third party is raised to participant, never the reverse."""
    before = ticket.people.get(contact) if contact is not None else None
    third = role is Standing.THIRD_PARTY
    if contact is None or (before is None and is_crowded(ticket, third)):
        return
    if before == Standing.THIRD_PARTY.value and not third:
        ticket.people[contact] = Standing.PARTICIPANT.value
        work.changes.then(lambda connection: _raise(connection, ticket.id, contact))
    if before is None:
        ticket.people[contact] = role.value
        work.changes.add(
            Participant,
            ticket=ticket.id,
            contact=contact,
            role=role.value,
            address=person.address.lower(),
            name=person.name,
            why=why,
        )


def join_copied(
    work: Work, ticket: TicketNow, item: Incoming, match: Match, contacts: Mapping[str, ContactFacts]
) -> None:
    """Let the people in Cc (and further ones in To) take part.

    They are participants if the sender takes part himself and is proven or came by a token or our id; else third
    parties (design.md §3).
    """
    trusted = match.standing in (Standing.REQUESTER, Standing.PARTICIPANT) and (
        item.verdict.trust in PROVEN or match.evidence in (Evidence.TOKEN, Evidence.OUR_ID)
    )
    role = Standing.PARTICIPANT if trusted else Standing.THIRD_PARTY
    for person in copied(item, work):
        join(work, ticket, contact_of(work, person, contacts, Trust.BARE), person, role, COPIED)


def copied(item: Incoming, work: Work) -> list[Address]:
    """Return the people in To and Cc who are neither we nor agents nor the sender."""
    found = [
        person
        for person in item.addressed
        if "@" in person.address
        and person.address.lower() != item.address
        and not is_ours(work, person.address)
        and work.rules.agent_by_address(person.address) is None
    ]
    return found[:MOST_PEOPLE]


def is_crowded(ticket: TicketNow, third: bool) -> bool:
    """Say whether no more people fit on the ticket. Third parties are counted apart: a flood of them keeps nobody out."""
    return sum((role == Standing.THIRD_PARTY) == third for role in ticket.people.values()) >= MOST_PEOPLE


def has_spoken(work: Work, ticket: int, contact: int, why: str) -> None:
    """Note that a third party who was only copied has written himself: he has had his receipt."""
    table = Participant.__table__  # type: ignore[attr-defined]
    mine = (table.c.ticket == ticket, table.c.contact == contact, table.c.why == COPIED)
    work.changes.then(doing(update(table).where(*mine).values(why=why)))


def _raise(connection: Connection, ticket: int, contact: int) -> None:
    table = Participant.__table__  # type: ignore[attr-defined]
    connection.execute(
        update(table)
        .where(table.c.ticket == ticket, table.c.contact == contact, table.c.role == Standing.THIRD_PARTY.value)
        .values(role=Standing.PARTICIPANT.value)
    )


def is_ours(work: Work, address: str) -> bool:
    """Say whether an address is one of our mailboxes, with or without a sub-address."""
    return mailbox_of(address, work.rules.config.departments) is not None
