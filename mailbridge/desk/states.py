"""The states of a ticket, and what changing one means for its clocks."""

from __future__ import annotations

from mailbridge.desk.work import TicketNow, Work

FINISHED = ("resolved", "closed", "spam")
NOT_OURS = ("pending", "snoozed", *FINISHED)


def set_state(work: Work, ticket: TicketNow, state: str, actor: str, why: str = "") -> None:
    """Put the ticket into a state and write it down."""
    if state == ticket.state:
        return
    work.changes.event(ticket.id, actor, f"state-{state}", before=ticket.state, why=why)
    paused = ticket.paused
    if ticket.state in NOT_OURS:
        paused = [*paused, [ticket.state_since.isoformat(), work.now.isoformat()]]
    if ticket.state in FINISHED and ticket.eta and ticket.eta <= work.now:  # nobody was waiting for it any more
        work.set(ticket, eta=None, eta_made_at=None)
    closed = work.now if state == "closed" else None
    work.set(
        ticket,
        state=state,
        closed_at=closed,
        state_since=work.now,
        updated_at=work.now,
        paused=paused,
        snoozed_until=None,
    )
    if state == "pending":
        work.set(ticket, waiting_since=None)
    if state in FINISHED:
        work.set(ticket, waiting_since=None, eta=None, eta_made_at=None, next_news_at=None, follow_ups=0)
