"""PostgreSQL goes away under the daemon, in any moment, and comes back: nothing is lost, nothing doubled, no good mail quarantined."""

import pytest
from sqlalchemy import event

from mailbridge.errors import MailbridgeError, SpoolError
from mailbridge.spool import CLAIM_SECONDS
from mailbridge.store.db import Database
from mailbridge.store.migrate import upgrade
from tests.desks import mail, make_desk
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="module")
def server():
    with PostgresServer(durable=True) as made:
        yield made


@pytest.fixture
def desk(tmp_path, server, request):
    name = f"gone{abs(hash(request.node.name)) % 10**6}"
    database = Database(server.create_database(name))
    upgrade(database)
    database.close()
    made = make_desk(tmp_path / "desk", server.url(name))
    yield made
    made.close()


def test_mail_is_refused_while_the_database_is_away_and_taken_when_it_is_back(desk, server):
    desk.put(mail("Before", sender="a@example.com"))
    server.kill()
    with pytest.raises(SpoolError):
        desk.put(mail("Meanwhile", sender="b@example.com"))
    with pytest.raises(MailbridgeError):
        desk.app.bridge.run_once(desk.now)
    server.start()
    desk.put(mail("Meanwhile", sender="b@example.com"))
    assert [one.outcome for one in desk.work()] == ["new", "new"]


@pytest.mark.parametrize("nth", range(1, 30, 4))
def test_database_that_dies_at_any_statement_of_the_walk_costs_nothing(desk, server, nth):
    for number in range(3):
        desk.put(mail(f"Matter {number}", sender=f"c{number}@example.com"))
    count = [0]

    def statement(*_):
        count[0] += 1
        if count[0] == nth:
            server.kill()
            server.start()

    event.listen(desk.app.database.engine, "before_cursor_execute", statement)
    for _ in range(4):
        try:
            desk.work()
        except MailbridgeError:
            desk.later(seconds=CLAIM_SECONDS + 1)
    assert sorted(one["subject"] for one in desk.tickets()) == ["Matter 0", "Matter 1", "Matter 2"]
    found = desk.audit()
    assert (found.on_tickets, found.waiting, found.quarantined) == (3, 0, 0)
    letters = {(one["X-Envelope-To"], one["Message-ID"]) for one in desk.sent}
    assert len(letters) == 6, "each customer and the agent, once for each"
    assert count[0] > nth
