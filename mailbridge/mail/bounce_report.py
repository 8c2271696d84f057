"""Reads the recipient groups of a delivery report (RFC 3464 §2.3), in order or not, and of a report within the returned mail.

In comes a `Mail` with its report fields; out come groups of one recipient each, as name -> value with names in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import unquote

from mailbridge.mail.bounce_text import report_in_text
from mailbridge.mail.message import Mail

Group = dict[str, str]
READ = 64_000
"""Characters of a bounce that are read; what comes later is the returned mail."""
SUCCESS = frozenset({"delivered", "relayed", "expanded", "deliverable"})
NAMING = ("final-recipient", "original-recipient", "x-actual-recipient")
PARTS_OF_ONE = frozenset({"action", "status", "diagnostic-code"})
ONCE = frozenset({"final-recipient", "original-recipient", *PARTS_OF_ONE})
MOST_INNER = 5
"""Returned mails in which a report of their own is looked for."""
NESTED = re.compile(rb"^content-type:\s*multipart/report", re.IGNORECASE | re.MULTILINE)
TYPED = re.compile(r"^\s*[\w/.-]{2,25}\s*;\s*(.*)$", re.DOTALL)
XTEXT = re.compile(r"\\x\{([0-9a-f]{2,6})\}", re.IGNORECASE)


def report_groups(mail: Mail) -> list[Group]:
    """Return the groups of the report that speak of one recipient each.

    Some servers leave out the empty line between two recipients, others put one inside of a group.
    """
    groups: list[Group] = []
    for group in (piece for fields in mail.report for piece in split_group(fields)):
        if any(name in group for name in NAMING[:2]):
            groups.append(group)
        elif groups and group.keys() & PARTS_OF_ONE and not groups[-1].keys() & PARTS_OF_ONE:
            groups[-1] |= group
    return groups


def split_group(fields: tuple[tuple[str, str], ...]) -> Iterator[Group]:
    """Yield what one group of fields tells of each recipient: a field that may stand only once begins the next one."""
    group: Group = {}
    for name, value in fields:
        again = name in ONCE and name in group
        if again and (value != group[name] if name in NAMING else any(one in group for one in NAMING)):
            yield group
            group = {}
        group.setdefault(name, value)
    yield group


def inner_groups(mail: Mail) -> list[Group]:
    """Return the recipient groups of a report that was itself returned: wrapped by a gateway, or bounced once more."""
    return [group for raw in mail.attached[:MOST_INNER] if NESTED.search(raw[:READ])
            for group in report_in_text(raw[:READ].decode("utf-8", "replace"))]


def is_success(group: Group) -> bool:
    """Say whether a group reports that its recipient was reached (RFC 3464 §2.3.3)."""
    return group.get("action", "").strip().lower().partition(" ")[0] in SUCCESS


def only_success(mail: Mail) -> bool:
    """Say whether a report tells of nothing but deliveries that worked."""
    groups = report_groups(mail)
    return bool(groups) and all(is_success(group) for group in groups)


def group_address(group: Group) -> str:
    """Return the address of a recipient group: Final-Recipient, as the reporting server names it, or Original-Recipient."""
    for name in NAMING:
        address = plain_address(group.get(name, ""))
        if "@" in address:
            return address
    return ""


def plain_address(value: str) -> str:
    """Return the address in `rfc822; <user@example.org>`, without the type, brackets and comments (RFC 6533 §3 decoded)."""
    typed = TYPED.match(value)
    text = (typed.group(1) if typed else value).strip()
    bracketed = re.search(r"<([^<>]*)>", text)
    text = bracketed.group(1) if bracketed else text.split(" ")[0] if '"' not in text else text
    text = XTEXT.sub(character, text)
    return unquote(text.strip()) if text.startswith("<") else text.strip().rstrip(".,;")


def character(found: re.Match[str]) -> str:
    """Return the character that an escape of RFC 6533 stands for; what stands for none stays as it is."""
    number = int(found.group(1), 16)
    return found.group() if number < 0x20 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else chr(number)
