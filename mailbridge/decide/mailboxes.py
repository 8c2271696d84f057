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
    local, _, domain = address.lower().rpartition("@")
    for key, department in departments.items():
        if domain and domain == department.reply_domain:
            return Mailbox(department.mailboxes[0], key)
        for box in department.mailboxes:
            ours, _, our_domain = box.rpartition("@")
            if domain == our_domain and (
                local == ours or (department.separator and local.startswith(ours + department.separator))
            ):
                return Mailbox(box, key)
    return None


def first_mailbox(addresses: Iterable[str], departments: Mapping[str, Department]) -> Mailbox | None:
    """Return the first of our mailboxes among these addresses, or None."""
    return next((found for address in addresses if (found := mailbox_of(address, departments))), None)
