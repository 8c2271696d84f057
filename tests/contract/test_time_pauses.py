"""The 24-hour news where it is easily got wrong: after a pause, after an answer, in draft, in great numbers; on both engines."""

import pytest
from sqlalchemy import select

from mailbridge.desk import rings
from mailbridge.desk.rings import sweep
from mailbridge.outbox import outbox
from tests.contract.test_time import ANNA, answer, ring
from tests.desks import DEPARTMENTS, Desk, mail, make_desk

EMMA = "emma@example.com"


def bodies(desk: Desk, address: str = EMMA) -> list[str]:
    return [one.get_content() for one in desk.sent_to(address)]


def write_again(desk: Desk, text: str = "Here is the photo.") -> None:
    ours = desk.sent_to(EMMA)[-1]
    desk.receive(mail("Re: Printer", text, message_id=f"<{desk.now:%d%H%M}@example.com>", in_reply_to=ours["Message-ID"]))


@pytest.mark.parametrize("rest", ["/pending", "/snooze 20d", "/resolve", "/close"])
def test_customer_who_writes_after_a_rest_is_not_told_at_once_that_he_waits(desk, rest):
    desk.receive(mail())
    desk.do(1, rest)
    ring(desk, days=5)
    write_again(desk)
    assert desk.ticket()["state"] == "open"
    assert "update" not in ring(desk, hours=23)
    assert "update" in ring(desk, hours=1, minutes=1)


def test_a_rest_begins_no_second_escalation_of_what_is_overdue(desk):
    desk.receive(mail(to="billing@example.org"), "billing@example.org")
    ring(desk, days=4)
    ring(desk, hours=5)
    told = [one for one in desk.events() if one == "escalated"]
    desk.do(1, "/pending")
    desk.later(hours=3)
    desk.do(1, "/open")
    ring(desk, minutes=1)
    assert [one for one in desk.events() if one == "escalated"] == told


@pytest.mark.parametrize("command", ["/pending", "/resolve", "/close", "/spam", "/snooze 3d"])
def test_news_that_waits_to_be_sent_when_the_ticket_comes_to_rest_is_withdrawn(desk, command):
    desk.receive(mail())
    desk.later(hours=25)
    sweep(desk.app.database, desk.app.rules, desk.now)
    before = len(bodies(desk))
    desk.later(seconds=10)
    desk.do(1, command)
    desk.work()
    assert len(bodies(desk)) == before + (command == "/resolve")
    with desk.app.database.read() as connection:
        news = connection.execute(select(outbox).where(outbox.c.purpose == "follow-up")).one()
    assert (news.state, news.reason.startswith("the ticket is")) == ("withdrawn", True)


def test_news_after_an_answer_is_in_other_words_than_the_news_before_it(desk):
    desk.receive(mail())
    for _ in range(4):
        assert "update" in ring(desk, hours=25)
        answer(desk, f"We are looking for the part. {desk.now}")
    news = [text for text in bodies(desk)[1:] if "automatically" in text]
    firsts = [text.splitlines()[2] for text in news]
    assert len(firsts) == len(set(firsts)) == 4
    assert len({text.splitlines()[4] for text in news}) == 4


def test_time_named_in_the_acknowledgement_is_kept(desk):
    desk.receive(mail())
    assert "24 November, 9:15" in bodies(desk)[0]
    assert "update" in ring(desk, hours=24, minutes=10)


def test_promise_that_is_missed_while_the_customer_owes_promises_no_news(desk):
    desk.receive(mail())
    desk.do(1, "/eta 2026-11-25 15:00", "/pending")
    assert "promise" in ring(desk, hours=53)
    assert "You will hear from us" not in bodies(desk)[-1]
    assert "update" not in ring(desk, hours=30)


def test_news_after_a_missed_promise_names_no_date_that_is_over(desk):
    desk.receive(mail())
    desk.do(1, "/eta 2026-11-24 15:00")
    ring(desk, hours=23)
    assert "tell you" not in bodies(desk)[-1]
    ring(desk, hours=7)
    ring(desk, hours=25)
    assert "24 November" not in bodies(desk)[-1]


def test_news_that_a_department_sends_itself_is_what_send_sends(tmp_path, database_url):
    departments = DEPARTMENTS.replace('"help@example.org"]', '"help@example.org"]\nfollow_up = "draft"')
    desk = make_desk(tmp_path / "desk", database_url, departments=departments)
    desk.receive(mail())
    assert "update" in ring(desk, hours=25)
    assert len(bodies(desk)) == 1
    shown = desk.sent_to("anna@example.org")[-1].get_content()
    desk.receive(mail("Re: Printer", "/send", **ANNA), desk.reply_address(), authenticated_as="anna@example.org")
    sent = bodies(desk)[-1]
    assert "to let you know where" in sent
    assert all(line.strip() in shown for line in sent.splitlines())
    assert "update" not in ring(desk, hours=23)
    desk.close()


def test_however_much_is_due_everything_rings_once_and_a_rehearsal_tells_of_all(desk, monkeypatch):
    monkeypatch.setattr(rings, "BATCH", 3)
    for number in range(8):
        desk.receive(mail(f"Matter {number}", f"Words of matter {number}", f"C{number} <c{number}@example.com>"))
    desk.later(hours=25)
    would = sweep(desk.app.database, desk.app.rules, desk.now, dry_run=True)
    rung = sweep(desk.app.database, desk.app.rules, desk.now)
    assert sorted((one.ticket or 0, one.timer) for one in rung) == sorted((one.ticket or 0, one.timer) for one in would)
    assert sum(one.timer == "update" for one in rung) == 8
    assert sweep(desk.app.database, desk.app.rules, desk.now) == []


def test_date_that_passed_while_all_was_solved_is_no_broken_promise_when_the_customer_writes_again(desk):
    desk.receive(mail())
    desk.do(1, "/eta 2026-11-25 15:00")
    desk.do(1, "/resolve")
    desk.later(days=4)
    write_again(desk)
    assert "promise" not in ring(desk, minutes=1)
    assert desk.ticket()["state"] == "open"
