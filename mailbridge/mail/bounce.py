"""Reads a report of failed delivery: who was not reached, why, and by which mail of ours.

What comes in: a `Mail` that may be a bounce. What goes out: a `Bounce`, or None when nobody is named as failed.
Reports of RFC 3464 first, then headers of known servers, then the text (`bounce_text.py`), last flufl.bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message

from mailbridge.mail.bounce_reason import GENERIC, BounceClass, find_class, find_reason, find_status
from mailbridge.mail.bounce_report import (
    READ,
    Group,
    group_address,
    inner_groups,
    is_success,
    plain_address,
    report_groups,
)
from mailbridge.mail.bounce_text import (
    ADDRESS,
    ROBOTS,
    clean,
    failed_in_text,
    mentioned,
    report_in_text,
    split_returned,
)
from mailbridge.mail.bounce_words import Reason
from mailbridge.mail.message import Mail

EXPLAINED = 4_000
"""Characters of the diagnosis in which the reason is looked for."""
MESSAGE_ID = re.compile(r"^\s*message-id:?\s*<([^<>\s]+@[^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
RETURNED_TYPES = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
IN_SUBJECT = re.compile(rf"({ADDRESS})")
VERP = re.compile(r"[+\-]([^\s@=+]{1,64})=([a-z0-9.\-]{3,200}\.[a-z]{2,20})$", re.IGNORECASE)


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
    copy = copy or next(attached_copies(mail), "")
    groups = report_groups(mail) + inner_groups(mail) or report_in_text(mail.text[:READ])
    failed = [group for group in groups if group.get("action", "failed").split()[0:1] != [] and not is_success(group)]
    recipients = [address for address in map(group_address, failed) if address]
    recipients = recipients or header_recipients(mail) or named_in_words(mail, head, copy)
    status, diagnosis = find_diagnosis(failed, head)
    reason = find_reason(status, diagnosis[:EXPLAINED])
    reason = find_reason(status, mail.subject[:500]) if reason == "other" else reason
    actions = {group.get("action", "").strip().lower().partition(" ")[0] for group in failed} - {""}
    still = actions == {"delayed"} if actions else delayed and not status.startswith("5")
    return Bounce(unique(recipients), status, find_class(status, diagnosis, reason, delayed=still), reason,
                  original_id(mail, copy))


def named_in_words(mail: Mail, head: str, copy: str) -> list[str]:
    """Return whom the words of a bounce name, the surest place first.

    Last of all its subject, our own bounce address, and ourselves: somebody may have written to his own address, or Delivered-To
    may name the one that failed.
    """
    ours = own_addresses(mail)
    return (failed_in_text(head, ours) or from_flufl(mail, head) or addressed(mail.returned, copy) or mentioned(head, ours)
            or in_subject(mail.subject, ours) or from_verp(mail)
            or failed_in_text(head, frozenset(one.address.lower() for one in mail.from_)))


def in_subject(subject: str, ours: frozenset[str]) -> list[str]:
    """Return the addresses that a subject names."""
    found = [clean(address) for address in IN_SUBJECT.findall(subject[:500])]
    return [address for address in found if address.lower() not in ours and not ROBOTS.match(address)]


def from_verp(mail: Mail) -> list[str]:
    """Return the recipient that the address the bounce came to holds: `bounces+ann=example.org@desk.example`."""
    every = [one.address for one in (*mail.to, *mail.cc)] + list(mail.delivered_to)
    found = [VERP.search(address.rpartition("@")[0]) for address in every[:50]]
    return [f"{one.group(1)}@{one.group(2)}" for one in found if one][:1]


def attached_copies(mail: Mail) -> Iterator[str]:
    """Yield the beginning of the mails that came back as attachments, outside of a multipart/report."""
    for raw in mail.attached[:1]:
        yield raw[:READ].decode("utf-8", "replace").replace("\r\n", "\n")
    for one in mail.attachments[:20]:
        if one.type in RETURNED_TYPES:
            yield one.content[:READ].decode("utf-8", "replace").replace("\r\n", "\n")


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
    told = find_status(head) if not telling or (telling.endswith(".0.0") and not fields.strip()) else ""
    return told if told and not (telling and GENERIC.match(told)) else telling, fields if fields.strip() else head


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
    return [address for address in map(clean, found) if address.lower() not in ours]


def unique(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return addresses sorted, each once whatever its case."""
    return tuple(sorted({address.lower(): address for address in addresses}.values()))
