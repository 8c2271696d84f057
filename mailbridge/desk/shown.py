"""What an agent is shown of a ticket, so that he can act from the mail alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from mailbridge.desk.answers import history, last_words, recipients
from mailbridge.desk.post import To, customer_facts
from mailbridge.desk.work import TicketNow, Work
from mailbridge.replies.render import Facts


def agents_facts(connection: Connection, work: Work, ticket: TicketNow, **more: Any) -> Facts:
    """Return what a mail to an agent tells of a ticket: the customer, his last words, what was said before."""
    asking = recipients(connection, ticket)
    facts = {"text": last_words(connection, ticket), "history": history(connection, ticket)} | more
    return customer_facts(work, ticket, asking[0] if asking else To(""), **facts)
