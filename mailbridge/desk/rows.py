"""The rows of one message: itself, the ids it is found by, its files."""

from __future__ import annotations

from typing import Any

from mailbridge.decide.match import Match, Standing
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.work import Work
from mailbridge.mail.message import Attachment as MailAttachment
from mailbridge.store.tables import Attachment, Message, MessageReference

LONGEST_INDEX = 500


def add_message(
    work: Work,
    ticket: int,
    item: Incoming,
    match: Match,
    *,
    contact: int | None = None,
    direction: str = "inbound",
    **more: Any,
) -> int:
    """Write a received mail as a message of a ticket; return its number."""
    mail, number = item.mail, work.changes.numbers.next("message")
    values: dict[str, Any] = {
        "id": number,
        "ticket": ticket,
        "spool": item.entry.id,
        "direction": direction,
        "kind": item.kind.kind.value,
        "message_id": mail.message_id,
        "identity": item.identity,
        "from_name": mail.author.name,
        "from_address": mail.author.address,
        "contact": contact,
        "agent": item.agent,
        "to": [person.address for person in mail.to],
        "cc": [person.address for person in mail.cc],
        "subject": mail.subject,
        "dated_at": mail.date,
        "at": item.at,
        "text": mail.text,
        "reply": item.written.reply,
        "language": item.language,
        "trust": item.verdict.trust.value,
        "trust_reasons": list(item.verdict.reasons),
        "evidence": match.evidence.value,
        "decision": decision_of(match, item),
        "third_party": match.standing is Standing.THIRD_PARTY,
        "automatic": item.kind.kind.value != "human",
    }
    work.changes.add(Message, **values | more)
    for ref, own in match.index:
        work.changes.add(MessageReference, ref=ref, message=number, own=own)
    for file in mail.attachments:
        work.changes.add(Attachment, message=number, **file_values(file))
    return number


def decision_of(match: Match, item: Incoming) -> dict[str, Any]:
    """Return the decision as it is stored: closed words and numbers, so that it can be explained and made again."""
    return {
        "evidence": match.evidence.value,
        "standing": match.standing.value,
        "linked": match.linked,
        "pointed": match.pointed,
        "parent": match.parent,
        "thread_index": item.mail.thread_index[:LONGEST_INDEX],
        "kind_reasons": list(item.kind.reasons),
        "runners_up": [
            {"ticket": one.ticket, "evidence": one.evidence.value, "why_not": one.why_not.value}
            for one in match.runners_up
        ],
    }


def file_values(file: MailAttachment) -> dict[str, Any]:
    """Return the columns of a file; its bytes were kept in the blobs before this transaction began."""
    return {
        "name": file.name,
        "type": file.true_type or file.type,
        "size": len(file.content),
        "sha256": file.sha256,
        "inline": file.inline,
        "content_id": file.content_id,
    }
