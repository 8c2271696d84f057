"""Who wrote a mail that came through a group of ours: a support address which is a Google or Microsoft 365 group.

To keep DMARC whole such a group writes itself into From (`'Emma Clark' via Support <support@example.org>`) and the writer
into a header of its own. Without that header he would be a customer whom no answer reaches.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from mailbridge.decide.classify_headers import is_own_list
from mailbridge.decide.trust import Trust, TrustVerdict
from mailbridge.mail.addresses import parse_addresses
from mailbridge.mail.message import Address, Mail

WRITER_HEADERS = ("x-original-from", "x-original-sender")
_VIA = re.compile(r"^\W?(?P<name>.+?)\W? (?:via|über|par|por|tramite|przez|через|per) ", re.IGNORECASE)


def without_group(mail: Mail, mailboxes: Collection[str]) -> Mail:
    """Return the mail with its writer as the author, if a group of ours stands in From; else the mail as it is.

    mailboxes: our addresses, in lower case.
    """
    if mail.author.address.lower() not in mailboxes or not is_own_list(mail, mailboxes):
        return mail
    named = [one for header in WRITER_HEADERS for one in parse_addresses(mail.header(header))]
    writer = next((one for one in (*named, *mail.reply_to) if "@" in one.address and one.address.lower() not in mailboxes), None)
    if writer is None:
        return mail
    via = _VIA.match(mail.author.name)
    return replace(mail, from_=(Address(writer.name or (via["name"] if via else ""), writer.address),))


def judged_through_group(verdict: TrustVerdict) -> TrustVerdict:
    """Return what a verdict on the group's own From says of the writer behind it: at best nothing, for his proof ended there."""
    trust = Trust.FAILED if verdict.trust is Trust.FAILED else Trust.BARE
    return TrustVerdict(trust, ("through-our-group", *verdict.reasons))
