"""A mail to several departments: one ticket, or one for each department that wants its own (`several_mailboxes = "each"`).

Each share goes the whole way as if it were a mail of its own: its department, its repeats, its tickets. The first one
stands for the mail in the spool; the tickets of the others are linked to its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mailbridge.config.model import Department
from mailbridge.decide.mailboxes import mailbox_of
from mailbridge.decide.match import TELLING, Known
from mailbridge.desk.incoming import Incoming


def shares_of(item: Incoming, departments: Mapping[str, Department]) -> list[Incoming]:
    """Return the shares of a mail, that of its own department first; mostly the mail itself.

    Agents' mail and what only tells something are for one ticket, and history is placed once.
    """
    wants = {key for key, department in departments.items() if department.several_mailboxes == "each"}
    if not wants or item.agent is not None or item.importing or item.kind.kind in TELLING:
        return [item]
    boxes = {item.department: item.mailbox} | _departments(item, departments)
    own = [key for key in boxes if key in wants]
    shared = [key for key in boxes if key not in wants][:1]
    keys = sorted((*own, *shared), key=lambda key: key != item.department)
    if item.department not in keys:  # its department shares the ticket of another that does
        keys = [item.department, *own]
    return [
        replace(
            item,
            department=key,
            mailbox=boxes[key],
            share=key if key in wants else "",
            extra=place > 0,
            among=None if len(keys) == 1 else _among(key, keys, departments),
        )
        for place, key in enumerate(keys)
    ]


def known_to(item: Incoming, known: Known) -> Known:
    """Return what counts for a share: the tickets of its departments alone."""
    if item.among is None:
        return known
    kept = {
        number: ticket
        for number, ticket in known.tickets.items()
        if ticket.department in item.among or ticket.merged_into is not None
    }
    return replace(known, tickets=kept)


def _departments(item: Incoming, departments: Mapping[str, Department]) -> dict[str, str]:
    """Return each of our departments that the mail is for, with the mailbox that it named."""
    heads = (*item.mail.delivered_to, *(person.address for person in item.addressed))
    found: dict[str, str] = {}
    for address in (*item.entry.delivery.recipients, *heads):
        box = mailbox_of(address, departments)
        if box is not None:
            found.setdefault(box.department, box.address)
    return found


def _among(key: str, keys: list[str], departments: Mapping[str, Department]) -> frozenset[str]:
    """The departments whose tickets a share may join: its own; the first share's are all that no other share has."""
    if key != keys[0]:
        return frozenset({key})
    return frozenset(departments) - frozenset(keys[1:])
