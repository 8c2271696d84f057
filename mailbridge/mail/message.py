"""The frozen values that describe one mail after reading. They hold no behaviour that needs the world.

Everything in here is already cleaned: text is NFC without NUL, lone surrogates, control or bidi override
characters (names, subjects, file names) and can be stored in either database as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header (RFC 5322 §3.4).

    name: the display name, decoded and cleaned; may be empty.
    address: `local@domain` as written, the domain in lower case; empty when none could be read. A name that only
        local mail servers use (`<MAILER-DAEMON>`) stays without a domain: nobody can be answered there.
    """

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part that is not the text of the mail.

    name: safe on every system, never empty in the end (`attachment-2.pdf` when the sender gave none).
    type: the declared media type in lower case; `true_type`: what the bytes say, or the same.
    inline: the text refers to it (Content-ID) or it is a decoration, so it is no document of its own.
    content_id: without angle brackets, or empty.
    sha256: hex digest of `content`, which holds the decoded bytes.
    """

    name: str
    type: str
    true_type: str
    content: bytes
    sha256: str
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    r"""One mail, read. Every field has a value whatever the bytes were; what was odd is named in `defects`.

    sha256, size: of the raw bytes.
    message_id, in_reply_to, references: ids without angle brackets (see `mail/ids.py`); order as written.
    from_: every mailbox of every From header (several are a reason for distrust, RFC 5322 §3.6.2).
    delivered_to: addresses of Delivered-To, X-Original-To, Envelope-To and the like, lower case.
    date: aware UTC, or None when missing or unreadable.
    text: the whole readable text (from HTML if there is no plain part), `\n` line ends.
    html: the HTML part as sent (not safe!), or empty. safe HTML is made where it is needed.
    headers: every header in order as (lower-case name, decoded and unfolded value).
    report: for multipart/report, the fields of each message/delivery-status or feedback-report group,
        the first group being per message (RFC 3464 §2.1); names in lower case.
    returned: headers of the message that a report returns (message/rfc822 or text/rfc822-headers), as `headers`.
    attached: mails attached as message/rfc822, raw bytes, in order (theirs, not ours; not walked into).
    content_key: hex digest of From, Date, Subject and decoded parts: equal for the same mail that came by
        two ways, whatever trace headers say (design.md §2).
    defects: short names of what was odd, sorted.
    """

    sha256: str
    size: int
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    thread_index: str = ""
    from_: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "text/plain"
    report: tuple[tuple[tuple[str, str], ...], ...] = ()
    returned: tuple[tuple[str, str], ...] = ()
    attached: tuple[bytes, ...] = ()
    content_key: str = ""
    defects: tuple[str, ...] = ()

    @property
    def author(self) -> Address:
        """The first mailbox of From; an empty address when there is none."""
        return self.from_[0] if self.from_ else Address("", "")

    def header(self, name: str) -> str:
        """Return the first value of a header by its lower-case name, or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Return every value of a header by its lower-case name, top-most first."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Written:
    """What one person wrote in this mail, apart from what came along with it.

    reply: the new text; inline answers stay beside the lines they answer. Never empty when `quoted` is.
    quoted: what was cut as quotation of earlier mail; signature: what was cut as signature, footer, disclaimer.
    forwarded: the mail is a forward, kept whole in `reply`.
    cut_by: the rule that found the cut (`marker`, `html:...`, `header`, `introduction` ...; see `mail/quote.py`), or empty.
    """

    reply: str
    quoted: str = ""
    signature: str = ""
    forwarded: bool = False
    cut_by: str = ""
