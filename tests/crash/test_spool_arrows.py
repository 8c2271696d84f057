"""Every arrow of the spool's state table: the process is killed at each stop, started again, and ends as if nothing had been.

The peer is one that keeps a mail until it was told yes, and then sends it no more.
"""

from collections import Counter
from datetime import timedelta

from mailbridge.spool import CLAIM_SECONDS, TRIES_ALONE
from tests.crash.stops import KILLED
from tests.crash.work import MAILS, open_desk
from tests.desks import mail


def story(desk):
    """What a person sees: tickets with their messages, and the letters that went out, doubles of one Message-ID once."""
    threads = {}
    for ticket in desk.tickets():
        shown = desk.ticket(ticket["ticket"])
        lines = [(one["direction"], one["from"] and one["kind"], one["reply"][:40], len(one["attachments"])) for one in shown["thread"]]
        events = sorted(what for what in desk.events(ticket["ticket"]) if what != "repeat-received")
        threads[ticket["subject"]] = (ticket["state"], ticket["requester"], lines, events)
    letters = Counter(to_and_subject for _, to_and_subject in {
        (one["Message-ID"], (one["X-Envelope-To"].strip(), one["Subject"].partition("] ")[2] or one["Subject"])) for one in desk.sent})
    return threads, letters


def restart(folder, said, mails=None):
    """Start again: the peer sends what it was not told yes about; claims run out; all is worked off."""
    desk = open_desk(folder)
    desk.later(seconds=CLAIM_SECONDS + 1)
    for name, raw in (MAILS if mails is None else mails).items():
        if name not in said:
            desk.put(raw)
    for _ in range(TRIES_ALONE):
        desk.work()
        desk.later(seconds=CLAIM_SECONDS + 1)
    desk.work()
    return desk


def may_be_sent_twice(passed):
    """Between the relay's answer (the file lies in `new/`) and the commit of our note."""
    sent_at = max((index for index, name in enumerate(passed) if name == "rename outgoing"), default=None)
    return sent_at is not None and "commit" not in passed[sent_at:]


def test_killed_at_any_stop_from_intake_to_relay_the_end_is_the_same(zygote, copies):
    copy = copies()
    code, whole, said = zygote.run("receive", copy(), None)
    assert (code, said) == (0, list(MAILS))
    assert len(whole) > 40
    assert {"commit", "fsync file", "fsync folder", "rename blob", "rename outgoing", "half written"} <= set(whole)
    undisturbed = None
    for stop in [None, *range(len(whole) + 9)]:  # how many mails share a commit is chance, so the number of stops varies
        folder = copy()
        code, passed, said = zygote.run("receive", folder, stop)
        if stop is not None and code == 0:
            break
        assert code == (0 if stop is None else KILLED)
        desk = restart(folder, said)
        try:
            undisturbed = undisturbed or story(desk)
            where = f"killed at stop {stop} of {len(whole)}, after {passed[-3:]}"
            threads, letters = story(desk)
            again = taken_but_not_told(passed, said)
            assert threads == undisturbed[0] or again == "nameless", where
            assert threads.keys() == undisturbed[0].keys(), where
            assert letters == undisturbed[1] or again == "nameless", where
            found = desk.audit()
            assert (found.waiting, found.quarantined, found.missing) == (0, 0, 0), where
            assert (found.on_tickets, found.duplicates) == {
                None: (4, 0), "nameless": (5, 0)}.get(again, (4, 1)), where
            assert len(desk.tickets()) == len(MAILS), where
            doubled = len(desk.sent) - len({(one["Message-ID"], one["X-Envelope-To"]) for one in desk.sent})
            assert not doubled or may_be_sent_twice(passed), where
            parts = [path for path in desk.app.blobs.temporary.iterdir() if path.is_file()]
            assert len(parts) <= 1, "what is half written lies in tmp/, for the sweep"
        finally:
            desk.close()


def taken_but_not_told(passed, said):
    """Name the mail that the peer sends once more: killed between its commit and its `250` (RFC 1047).

    By its Message-ID or Date it is known again; one with neither joins the ticket of the same words.
    """
    return list(MAILS)[len(said)] if len(said) < len(MAILS) and passed[-1:] == ["commit"] else None


def poisoned(desk):
    """One mail whose worker has died once in company and three times alone."""
    desk.put(mail())
    for _ in range(TRIES_ALONE + 1):
        other = desk.another()
        other.app.spool.claim(desk.now)
        other.close()
        desk.later(seconds=CLAIM_SECONDS + 1)


def test_killed_while_it_quarantines_it_quarantines_once(zygote, copies):
    def prepare(desk):
        desk.now -= timedelta(hours=1)
        poisoned(desk)

    copy = copies(prepare)
    code, whole, said = zygote.run("quarantine", copy(), None)
    assert (code, said) == (0, ["done"])
    for stop in range(len(whole) + 1):
        folder = copy()
        zygote.run("quarantine", folder, stop)
        desk = restart(folder, said, {})
        try:
            assert desk.audit().quarantined == 1
            assert [one["subject"] for one in desk.tickets()] == ["Printer"]
            assert desk.events() == ["quarantined"]
            assert len({one["Message-ID"] for one in desk.sent_to("clara@example.org")}) == 1
        finally:
            desk.close()


def test_killed_while_a_quarantined_mail_is_retried_it_ends_on_one_ticket(zygote, copies):
    def prepare(desk):
        poisoned(desk)
        assert [one.outcome for one in desk.work()] == ["quarantined"]

    copy = copies(prepare)
    code, whole, said = zygote.run("retry_quarantined", copy(), None)
    assert (code, said) == (0, ["retried"])
    for stop in range(len(whole) + 1):
        folder = copy()
        zygote.run("retry_quarantined", folder, stop)
        desk = open_desk(folder)
        desk.later(hours=1)
        desk.app.spool.retry(1)  # an admin who saw no answer to his command says it once more
        desk.work()
        try:
            found = desk.audit()
            assert (found.on_tickets, found.quarantined, found.waiting) == (1, 0, 0)
            (ticket,) = desk.tickets()
            assert ticket["messages"] == 1
            assert len({one["Message-ID"] for one in desk.sent_to("emma@example.com")}) == 1
        finally:
            desk.close()
