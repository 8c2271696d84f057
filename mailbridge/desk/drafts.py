"""Drafts for a shared mailbox: queued like mail, but laid into its Drafts folder instead of being sent (design.md §4).

The agent opens the draft in his client, edits it, presses send. A newer answer withdraws one that is not filed yet; the
next message of the customer replaces one that nobody has touched.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailbridge.desk.post import Thread, To, outgoing_row
from mailbridge.desk.work import TicketNow, Work
from mailbridge.replies.render import Facts
from mailbridge.store.tables import Outbox

PURPOSE = "draft"
WORTH_FILING = timedelta(days=7)


def lay_shared_draft(work: Work, ticket: TicketNow, to: To, facts: Facts, thread: Thread) -> None:
    """Queue the draft of an answer for the shared mailbox that the ticket came by, if it is one."""
    if not any(account.shared and account.mailbox == ticket.mailbox for account in work.rules.config.imap):
        return
    known = replace(facts, agent=None, automatic=False, text="", reason="")
    rendered = work.rules.templates.render("draft", known, ticket.locale or "en")
    row = outgoing_row(work, ticket, [to], rendered, thread, PURPOSE)
    row["headers"]["auto_submitted"] = ""
    row |= {
        "recipients": [{"address": ticket.mailbox, "state": "waiting", "code": 0, "reply": ""}],
        "unless_answered": True,
        "not_after": work.now + WORTH_FILING,
    }
    work.changes.add(Outbox, **row)
    work.changes.event(ticket.id, "mailbridge", "draft-laid", outbox=row["id"], template=rendered.template)
