"""The mail programs of the people in the story: what they type becomes the bytes that such programs send.

Nothing here knows the desk: an answer is made from a mail as it lies in somebody's inbox, quotation and all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mailbridge.mail.message import Mail

OUR_MAIL_SERVER = "mx.example.org"
"""The mail server in front of the desk, whose word about a sender the desk believes."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody with a mail program. `wrote`: how his program introduces a quotation."""

    name: str
    address: str
    wrote: str = "On {date:%d/%m/%Y at %H:%M}, {name} wrote:"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail on its way to the desk: what is delivered to whom, and what its writer typed himself."""

    writer: Writer
    to: str
    subject: str
    typed: str
    raw: bytes


def new_letter(writer: Writer, to: str, subject: str, typed: str, at: datetime, *, proven: bool = True) -> Letter:
    """Return a mail that begins a conversation. proven: what our mail server finds out about the sender (DMARC)."""
    return _letter(writer, to, subject, typed, typed, at, proven)


def answer_to(mail: Mail, writer: Writer, typed: str, at: datetime, *, to: str = "", proven: bool = True) -> Letter:
    """Return the answer to a mail as it lies in `writer`'s inbox: what he typed on top, all that he was sent quoted below.

    to: another address than the one that mail asks for.
    """
    asked_for = mail.reply_to[0] if mail.reply_to else mail.author
    quoted = "\n".join(f"> {line}".rstrip() for line in mail.text.strip().splitlines())
    introduction = writer.wrote.format(date=mail.date or at, name=mail.author.name or mail.author.address)
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    return _letter(writer, to or asked_for.address, subject, typed, f"{typed}\n\n{introduction}\n{quoted}", at, proven, mail)


def _letter(writer: Writer, to: str, subject: str, typed: str, text: str, at: datetime, proven: bool,
            answers: Mail | None = None) -> Letter:
    message = EmailMessage(policy=SMTP)
    domain = writer.address.rpartition("@")[2]
    verdict = f"dmarc={'pass' if proven else 'none'} header.from={domain}"
    message["Authentication-Results"] = f"{OUR_MAIL_SERVER}; {verdict}"
    message["From"] = f"{writer.name} <{writer.address}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{at:%Y%m%d%H%M%S}.{writer.name.split()[0].encode().hex()}@{domain}>"
    if answers is not None:
        message["In-Reply-To"] = f"<{answers.message_id}>"
        message["References"] = " ".join(f"<{one}>" for one in (*answers.references, answers.message_id))
    message.set_content(text.strip() + "\n")
    return Letter(writer, to, subject, typed, message.as_bytes())
