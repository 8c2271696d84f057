"""Which of our mailboxes an address belongs to: plain, or with a sub-address behind the department's separator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailbridge.config.model import Department


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One of our addresses and the department that it belongs to."""

    address: str
    department: str


def mailbox_of(address: str, departments: Mapping[str, Department]) -> Mailbox | None:
    """Return the mailbox that an address reaches, or None when it is not ours. What follows the separator is not looked at."""
    whole = address.lower()
    local, _, domain = whole.rpartition("@")
    boxes = [(box, key) for key, department in departments.items() for box in department.mailboxes]
    for box, key in boxes:  # `support-eu@…` may be a mailbox of its own beside `support@…`
        if box == whole:
            return Mailbox(box, key)
    for key, department in departments.items():
        if domain and domain == department.reply_domain:
            return Mailbox(department.mailboxes[0], key)
    for box, key in sorted(boxes, key=lambda one: -len(one[0])):
        ours, _, our_domain = box.rpartition("@")
        separator = departments[key].separator
        if domain == our_domain and separator and local.startswith(ours + separator):
            return Mailbox(box, key)
    return None


def first_mailbox(addresses: Iterable[str], departments: Mapping[str, Department]) -> Mailbox | None:
    """Return the first of our mailboxes among these addresses, or None."""
    return next((found for address in addresses if (found := mailbox_of(address, departments))), None)


def takes_mail_for(address: str, departments: Mapping[str, Department]) -> bool:
    """Say whether we take mail for an address: our mailboxes, and `postmaster` (RFC 5321 §4.5.1: alone, or at a domain of ours)."""
    local, at, domain = address.lower().rpartition("@")
    ours = {box.rpartition("@")[2] for department in departments.values() for box in department.mailboxes}
    if (local == "postmaster" and domain in ours) or (domain == "postmaster" and not at):
        return True
    return mailbox_of(address, departments) is not None
