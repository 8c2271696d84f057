"""Every arrow of the outbox's state table: killed at each stop while it sends, retries or gives up, then started again.

A mail may go out twice only when it was killed between the relay's answer and our note, and then under the same
Message-ID; it never goes out not at all.
"""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from mailbridge.outbox import CLAIM_SECONDS, outbox
from tests.contract.relays import Written
from tests.crash.stops import KILLED
from tests.crash.work import open_desk
from tests.desks import mail

EMMA, ANNA = "emma@example.com", "anna@example.org"


def waiting(desk):
    """An acknowledgement and a notification wait, and one acknowledgement that is of no use any more."""
    desk.put(mail("Old", sender="olga@example.com"))
    desk.app.bridge.run_once(desk.now - timedelta(days=1))
    while desk.app.outbox.run_once(desk.now - timedelta(days=1), Written(otherwise=("temporary", 451, ""))).count:
        pass
    desk.put(mail())
    desk.app.bridge.run_once(desk.now)


def failed(desk):
    waiting(desk)
    desk.app.outbox.run_once(desk.now + timedelta(minutes=5), Written(otherwise=("permanent", 550, "no such user")))


def every_stop(zygote, copy, work, **more):
    """Give, for the undisturbed run and then each stop: the folder, the stops that were passed, and what was said."""
    code, whole, _ = zygote.run(work, copy(), None, **more)
    assert code == 0
    assert {"commit", "committed"} <= set(whole)
    for stop in [*range(len(whole)), None]:
        folder = copy()
        code, passed, said = zygote.run(work, folder, stop, **more)
        assert code in (KILLED, 0)
        yield folder, passed, said


def rows(desk):
    with desk.app.database.read() as connection:
        return connection.execute(select(outbox).order_by(outbox.c.id)).all()


def finish(folder):
    """Start again after half a minute; the relay takes everything now."""
    desk, relay = open_desk(folder), Written()
    desk.now += timedelta(minutes=5, seconds=CLAIM_SECONDS + 1)
    for _ in range(2):
        while desk.app.outbox.run_once(desk.now, relay).count:
            pass
        desk.later(hours=4)
    return desk, relay


@pytest.mark.parametrize("answer", ["sent", "temporary"])
def test_killed_while_sending_each_mail_goes_out_and_twice_only_before_the_note(zygote, copies, answer):
    for folder, passed, said in every_stop(zygote, copies(waiting), "send", answer=answer):
        desk, relay = finish(folder)
        try:
            took = Counter(said) + Counter(f"{address} {one['Message-ID']}" for address, one in relay.taken)
            commits = passed.count("commit")  # the claim's, then the note's
            for row in rows(desk):
                if row.state == "withdrawn":
                    assert row.recipients[0]["address"] == "olga@example.com"
                    continue
                assert row.state == "sent", (row.state, passed)
                name = f"{row.recipients[0]['address']} <{row.message_id}>"
                assert took[name] == 1 or (took[name] == 2 and commits < 2), (took, passed)
        finally:
            desk.close()


def test_killed_while_a_failure_is_noted_the_agent_is_told_exactly_once(zygote, copies):
    for folder, passed, _ in every_stop(zygote, copies(waiting), "send", answer="permanent"):
        desk = open_desk(folder)
        refusing = Written(otherwise=("permanent", 550, "no such user"))
        desk.now += timedelta(minutes=5, seconds=CLAIM_SECONDS + 1)
        try:
            while desk.app.outbox.run_once(desk.now, refusing).count:
                pass
            told = [row for row in rows(desk) if row.purpose == "undeliverable" and row.ticket == 2]
            assert len(told) == 1, passed
            assert desk.events(2).count("undeliverable") == 3, ("acknowledgement, notification, what tells of it", passed)
        finally:
            desk.close()


def test_killed_while_the_admin_retries_each_mail_goes_out_once(zygote, copies):
    for folder, passed, said in every_stop(zygote, copies(failed), "retry_outbox"):
        desk = open_desk(folder)
        for row in rows(desk):  # he sees in the list what is left, and says it once more
            if row.state == "failed":
                desk.app.outbox.retry(row.id, desk.now)
        desk.close()
        desk, relay = finish(folder)
        try:
            assert not [row for row in rows(desk) if row.state not in ("sent", "withdrawn")], passed
            names = Counter(one["Message-ID"] for _, one in relay.taken)
            assert set(names.values()) == {1}, (passed, said)
        finally:
            desk.close()
