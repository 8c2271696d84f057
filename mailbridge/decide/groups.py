"""Who wrote a mail that came through a group of ours: a support address which is a Google or Microsoft 365 group.

To keep DMARC whole such a group writes itself into From (`'Emma Clark' via Support <support@example.org>`) and the writer
into a header of its own. Without that header he would be a customer whom no answer reaches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mailbridge.config.model import Department
from mailbridge.decide.classify_headers import is_own_list
from mailbridge.decide.mailboxes import mailbox_of
from mailbridge.decide.trust import UNJUDGED, Trust, TrustVerdict
from mailbridge.mail.addresses import parse_addresses
from mailbridge.mail.message import Address, Mail

WRITER_HEADERS = ("x-original-from", "x-original-sender")
_VIA = re.compile(r"^\W?(?P<name>.+?)\W? (?:via|über|par|por|tramite|przez|через|per) ", re.IGNORECASE)


def without_group(mail: Mail, verdict: TrustVerdict, departments: Mapping[str, Department]) -> tuple[Mail, TrustVerdict]:
    """Return the mail with its writer as the author, if a group of ours stands in From, and what is proven of him; else both as they are.

    verdict: on From as it stands. What the group proves it proves of itself, so the writer is bare. Where somebody whom we
    believe has looked at From and did not find it good, the group is not believed: else a forger would hide behind it from the
    DMARC policy of the customer whom he names.
    """
    mailboxes = frozenset(box for department in departments.values() for box in department.mailboxes)
    believed = verdict.trust is Trust.ALIGNED or verdict.reasons[:1] == (UNJUDGED,)
    if mail.author.address.lower() not in mailboxes or not believed or not is_own_list(mail, mailboxes):
        return mail, verdict
    named = [one for header in WRITER_HEADERS for one in parse_addresses(mail.header(header))]
    writers = (one for one in (*named, *mail.reply_to) if "@" in one.address and mailbox_of(one.address, departments) is None)
    writer = next(writers, None)
    if writer is None:
        return mail, verdict
    via = _VIA.match(mail.author.name)
    author = Address(writer.name or (via["name"] if via else ""), writer.address)
    return replace(mail, from_=(author,)), TrustVerdict(Trust.BARE, ("through-our-group", *verdict.reasons))
