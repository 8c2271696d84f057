"""What would be decided about a mail, and why: the pure rooms on a file; writes nothing, needs no desk and no database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbridge.bridge import decide, incoming, letter_of
from mailbridge.config.kinds import load_kinds
from mailbridge.config.model import Config, Department
from mailbridge.config.patterns import load_patterns, shipped_patterns
from mailbridge.config.priorities import load_priority
from mailbridge.config.shipped import shipped_path
from mailbridge.decide.match import Known, Match, Sender
from mailbridge.desk.incoming import Incoming
from mailbridge.desk.lookup import fetch_facts
from mailbridge.desk.post import MARKER_WORDS
from mailbridge.desk.pressing import graded, reasons_of
from mailbridge.desk.receive import question_of
from mailbridge.desk.work import Rules
from mailbridge.mail.enclosed import with_enclosed
from mailbridge.mail.message import Mail
from mailbridge.mail.parse import read_envelope
from mailbridge.reader import Unread, limited, read_within
from mailbridge.reading import Reading, ReadMail
from mailbridge.records.words import when
from mailbridge.replies.templates import Templates
from mailbridge.spool import Delivery, Entry
from mailbridge.store.db import Database

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explainer:
    """Everything to explain by. `database` is that of a desk which exists, or None."""

    rules: Rules
    reading: Reading
    database: Database | None = None

    def explain(self, file: str, raw: bytes, now: datetime) -> JsonObject:
        """Return what is read from a mail and what would be decided. Never fails on a mail: what could not be read is in `defects`."""
        sha256 = hashlib.sha256(raw).hexdigest()
        delivery = Delivery(raw=raw, envelope_from=None, recipients=(), source="pipe", received_at=now, believed=True)
        entry = Entry(0, delivery, sha256, len(raw), 1, alone=False)
        seconds = self.rules.config.limits.read_seconds
        answer: ReadMail | JsonObject | Unread = read_within(letter_of(entry), self.reading, seconds)
        if isinstance(answer, ReadMail):
            item = incoming(entry, answer, self.rules)
            match = self._match(item, now)
            # mails inside of this one are read here
            answer = limited(seconds, lambda: _object(file, item, match) | _priority(item, self.rules))
        return _unreadable(file, sha256, read_envelope(raw), answer.reason) if isinstance(answer, Unread) else answer

    def _match(self, item: Incoming, now: datetime) -> Match:
        known = Known(Sender(None, item.address, item.verdict.trust))
        if self.database is not None:
            with self.database.read() as connection:
                known = fetch_facts(connection, [question_of(item, self.rules.config)]).known[0]
        return decide(item, known, now)


def plain_explainer() -> Explainer:
    """Return what explains a mail without any desk."""
    config = Config(folder=Path(), departments={"support": Department(mailboxes=("support@localhost.invalid",))})
    keys = (b"no desk, no key: nothing verifies",)
    rules = Rules(config, keys, Templates(shipped_path("templates"), shipped_path("templates")), bytes, load_priority())
    patterns, words = load_patterns(shipped_patterns()), load_kinds(shipped_path("config", "kinds"))
    return Explainer(rules, Reading(patterns, words, config, keys, (MARKER_WORDS,)))


def _object(file: str, item: Incoming, match: Match) -> JsonObject:
    mail, bounce = item.mail, item.kind.bounce
    text, attachments = with_enclosed(mail)
    return _head(file, mail.sha256, mail) | {
        "kind": item.kind.kind.value,
        "kind_reasons": list(item.kind.reasons),
        "text": text,
        "reply": item.written.reply,
        "quoted": item.written.quoted,
        "signature": item.written.signature,
        "forwarded": item.written.forwarded,
        "language": item.language,
        "returns_at": when(item.kind.returns_at),
        "attachments": [
            {
                "name": one.name,
                "type": one.true_type or one.type,
                "declared_type": one.type,
                "bytes": len(one.content),
                "inline": one.inline,
                "sha256": one.sha256,
            }
            for one in attachments
        ],
        "bounce": {
            "recipients": list(bounce.recipients),
            "status": bounce.status,
            "class": bounce.bounce_class,
            "reason": bounce.reason,
            "original_message_id": bounce.original_message_id,
        }
        if bounce
        else None,
        "trust": item.verdict.trust.value,
        "trust_reasons": list(item.verdict.reasons),
        "match": {
            "ticket": match.ticket,
            "evidence": match.evidence.value,
            "standing": match.standing.value,
            "runners_up": [
                {"ticket": one.ticket, "evidence": one.evidence.value, "why_not": one.why_not.value}
                for one in match.runners_up
            ],
        },
        "defects": list(mail.defects),
    }


def _priority(item: Incoming, rules: Rules) -> JsonObject:
    found = graded(item, rules)
    return {"priority": found.priority, "priority_reasons": reasons_of(found)}


def _head(file: str, sha256: str, mail: Mail) -> JsonObject:
    return {
        "file": file,
        "sha256": sha256,
        "message_id": mail.message_id,
        "from": {"name": mail.author.name, "address": mail.author.address},
        "to": [one.address for one in mail.to],
        "cc": [one.address for one in mail.cc],
        "subject": mail.subject,
        "date": when(mail.date),
    }


def _unreadable(file: str, sha256: str, mail: Mail, fault: str) -> JsonObject:
    """A mail that cannot be read: its head, and the reason among the defects; a daemon would quarantine it."""
    return _head(file, sha256, mail) | {
        "kind": "automatic",
        "kind_reasons": ["unread"],
        "text": "",
        "reply": "",
        "quoted": "",
        "signature": "",
        "forwarded": False,
        "language": None,
        "returns_at": None,
        "attachments": [],
        "bounce": None,
        "trust": "bare",
        "trust_reasons": ["unread"],
        "priority": "normal",
        "priority_reasons": [],
        "match": {"ticket": None, "evidence": "none", "standing": "requester", "runners_up": []},
        "defects": sorted({*mail.defects, f"not read: {fault}"}),
    }
