"""Reads a report of failed delivery: who was not reached, why, and by which mail of ours.

What comes in: a `Mail` that may be a bounce. What goes out: a `Bounce`, or None when nobody is named as failed.
Reports of RFC 3464 first, then headers of known servers, then the text (`bounce_text.py`), last flufl.bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.utils import unquote

from mailbridge.mail.bounce_reason import BounceClass, Reason, find_class, find_reason, find_status
from mailbridge.mail.bounce_text import failed_in_text, report_in_text, split_returned
from mailbridge.mail.message import Mail

Group = dict[str, str]
READ = 64_000
"""Characters of a bounce that are read; what comes later is the returned mail."""
EXPLAINED = 4_000
"""Characters of the diagnosis in which the reason is looked for."""
SUCCESS = frozenset({"delivered", "relayed", "expanded", "deliverable"})
NESTED = re.compile(rb"^content-type:\s*multipart/report", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID = re.compile(r"^\s*message-id:?\s*<([^<>\s]+@[^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
TYPED = re.compile(r"^\s*[\w-]{2,20}\s*;\s*(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report of failed delivery says.

    recipients: every address that was not reached, as written, without repeats, sorted.
    status: enhanced status of RFC 3463 (`5.1.1`), or empty. reason: one of `bounce_reason.Reason`.
    bounce_class: `hard` (given up for good), `soft` (given up, but the cause may pass), `delayed` (still tried).
    original_message_id: of the mail that was not delivered, without angle brackets, or empty.
    """

    recipients: tuple[str, ...]
    status: str
    bounce_class: BounceClass
    reason: Reason
    original_message_id: str


def read_bounce(mail: Mail, *, delayed: bool = False) -> Bounce:
    """Return what a mail that is known to be a bounce says; `recipients` is empty when it names nobody.

    delayed: its words say that the server still tries; an `Action` of RFC 3464 counts before them.
    """
    head, copy = split_returned(mail.text[:READ])
    groups = report_groups(mail) + inner_groups(mail) or report_in_text(mail.text[:READ])
    failed = [group for group in groups if group.get("action", "failed").split()[0:1] != [] and not is_success(group)]
    recipients = [address for address in map(group_address, failed) if address]
    if not recipients:
        recipients = header_recipients(mail) or failed_in_text(head, own_addresses(mail)) or from_flufl(mail, head)
    if not recipients:
        recipients = addressed(mail.returned, copy)
    status, diagnosis = find_diagnosis(failed, head)
    reason = find_reason(status, diagnosis[:EXPLAINED])
    actions = {group.get("action", "").lower() for group in failed} - {""}
    still = actions == {"delayed"} if actions else delayed
    return Bounce(unique(recipients), status, find_class(status, diagnosis, reason, delayed=still), reason,
                  original_id(mail, copy))


def report_groups(mail: Mail) -> list[Group]:
    """Return the groups of the report that speak of one recipient each (RFC 3464 §2.3)."""
    groups = [dict(reversed(group)) for group in mail.report]
    return [group for group in groups if "final-recipient" in group or "original-recipient" in group]


def inner_groups(mail: Mail) -> list[Group]:
    """Return the recipient groups of a report that was itself returned: wrapped by a gateway, or bounced once more."""
    return [group for raw in mail.attached if NESTED.search(raw[:READ]) for group in report_in_text(raw[:READ].decode("utf-8", "replace"))]


def is_success(group: Group) -> bool:
    """Say whether a group reports that its recipient was reached (RFC 3464 §2.3.3)."""
    return group.get("action", "").strip().lower().partition(" ")[0] in SUCCESS


def only_success(mail: Mail) -> bool:
    """Say whether a report tells of nothing but deliveries that worked."""
    groups = report_groups(mail)
    return bool(groups) and all(is_success(group) for group in groups)


def group_address(group: Group) -> str:
    """Return the address of a recipient group: Final-Recipient, as the reporting server names it, or Original-Recipient."""
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        address = plain_address(group.get(name, ""))
        if "@" in address:
            return address
    return ""


def plain_address(value: str) -> str:
    """Return the address in `rfc822; <user@example.org>`, without the type, brackets and comments."""
    typed = TYPED.match(value)
    text = (typed.group(1) if typed else value).strip()
    bracketed = re.search(r"<([^<>]*)>", text)
    text = bracketed.group(1) if bracketed else text.split(" ")[0] if '"' not in text else text
    return unquote(text.strip()) if text.startswith("<") else text.strip().rstrip(".,;")


def header_recipients(mail: Mail) -> list[str]:
    """Return the addresses that Exim, Google and Mail.ru put into a header."""
    values = mail.all_headers("x-failed-recipients") + mail.all_headers("x-mailer-daemon-recipients")
    return [address for value in values for part in value.split(",") if "@" in (address := plain_address(part))]


def own_addresses(mail: Mail) -> frozenset[str]:
    """Return the addresses of the report itself, lower case: its sender, and us, to whom it came."""
    every = (*mail.from_, *mail.to, *mail.cc, *mail.reply_to, *((mail.sender,) if mail.sender else ()))
    return frozenset(one.address.lower() for one in every) | frozenset(mail.delivered_to)


def addressed(returned: Iterable[tuple[str, str]], copy: str) -> list[str]:
    """Return the only recipient of the returned mail; nobody when there are several."""
    values = [value for name, value in returned if name in ("x-original-to", "to")]
    values = values or re.findall(r"^(?:x-original-)?to:[ \t]*(.{3,200})$", copy[:READ], re.IGNORECASE | re.MULTILINE)
    found = {address.lower() for value in values for address in re.findall(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+", value)}
    return list(found) if len(found) == 1 else []


def find_diagnosis(failed: list[Group], head: str) -> tuple[str, str]:
    """Return status and wording of the worst failure: the report's fields first, then the text."""
    fields = " ".join(f"{group.get('diagnostic-code', '')} {group.get('x-display-name', '')}" for group in failed)
    stated = next((status for group in failed if (status := find_status(group.get("status", "")))), "")
    written = find_status(fields)
    if not failed:
        return find_status(head), head
    telling = written if written and (not stated or stated.endswith(".0")) else stated
    return telling or find_status(head), fields if fields.strip() else head


def original_id(mail: Mail, copy: str) -> str:
    """Return the id of the mail that failed: from the returned headers, the copy in the text, or the report's own reference."""
    returned = next((value for name, value in mail.returned if name == "message-id"), "")
    for text in (f"message-id: {returned}" if returned else "", copy[:READ], mail.text[:READ]):
        found = MESSAGE_ID.search(text)
        if found:
            return found.group(1)
    return next(iter(mail.in_reply_to or mail.references[-1:]), returned.strip(" <>"))


def from_flufl(mail: Mail, head: str) -> list[str]:
    """Ask flufl.bounce, which knows some forty rare servers by their wording. Its patterns are not linear: short lines only.

    It wants an address in From, and stumbles over some odd mails; then it knows nothing.
    """
    from flufl.bounce import all_failures

    message = Message()
    message["From"] = mail.author.address or "mailer-daemon@invalid"
    message["Subject"] = mail.subject
    message["X-Mailer"] = mail.header("x-mailer")
    message["Content-Type"] = 'text/plain; charset="us-ascii"'
    lines = [line[:300] for line in head.splitlines()[:150]]
    message.set_payload("\n".join(lines).encode("ascii", "replace").decode("ascii"))
    try:
        temporary, permanent = all_failures(message)
    except (LookupError, ValueError, AttributeError, TypeError):
        return []
    ours = own_addresses(mail)
    found = [raw.decode("ascii", "replace") for raw in (*temporary, *permanent)]
    return [address for address in found if address.lower() not in ours]


def unique(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return addresses sorted, each once whatever its case."""
    return tuple(sorted({address.lower(): address for address in addresses}.values()))
