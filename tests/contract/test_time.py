"""Time on a ticket: the 24-hour news, warnings, the ladder, promises, sleep; on both engines."""

import pytest

from mailbridge.desk.rings import sweep
from tests.desks import Desk, mail

ANNA = {"sender": "Anna Petrova <anna@example.org>"}


def ring(desk: Desk, **later: float) -> list[str]:
    """Let time pass, sweep, send; return what rang."""
    desk.later(**later)
    rung = sweep(desk.app.database, desk.app.rules, desk.now)
    desk.work()
    return [one.timer for one in rung]


def answer(desk: Desk, text: str, subject: str = "Re: Printer") -> None:
    desk.receive(mail(subject, text, **ANNA), desk.reply_address(), authenticated_as="anna@example.org")


def test_customer_hears_from_us_every_24_hours_each_time_in_other_words(desk):
    desk.receive(mail())
    assert "update" in ring(desk, hours=25)
    assert ring(desk, minutes=1) == []
    assert "update" in ring(desk, hours=25)
    acknowledgement, first, second = desk.sent_to("emma@example.com")
    assert len({first.get_content(), second.get_content(), acknowledgement.get_content()}) == 3
    assert first["Auto-Submitted"] == "auto-replied"
    assert desk.audit().missing == 0


def test_an_answer_withdraws_the_news_and_begins_the_24_hours_anew(desk):
    desk.receive(mail())
    desk.later(hours=20)
    answer(desk, "We are on our way.")
    assert "update" not in ring(desk, hours=5)
    assert "update" in ring(desk, hours=20)


def test_news_that_was_made_and_is_overtaken_by_an_answer_is_not_sent(desk):
    desk.receive(mail())
    desk.later(hours=25)
    sweep(desk.app.database, desk.app.rules, desk.now)
    desk.later(minutes=1)
    desk.put(mail("Re: Printer", "We are on our way.", **ANNA), desk.reply_address(), authenticated_as="anna@example.org")
    desk.app.bridge.run_once(desk.now)
    desk.work()
    texts = [one.get_content() for one in desk.sent_to("emma@example.com")]
    assert len(texts) == 2
    assert texts[-1].startswith("We are on our way.")


@pytest.mark.parametrize("command", ["/pending", "/resolve", "/close", "/spam", "/snooze 3d"])
def test_a_ticket_that_we_do_not_owe_sends_no_news(desk, command):
    desk.receive(mail())
    desk.do(1, command)
    before = len(desk.sent_to("emma@example.com"))
    ring(desk, hours=49)
    assert len(desk.sent_to("emma@example.com")) == before


def test_overdue_ticket_climbs_from_the_agent_to_the_lead_to_the_supervisor_each_once(desk):
    desk.receive(mail(to="billing@example.org"), "billing@example.org")
    assert ring(desk, minutes=50) == ["warning"]
    assert "Due soon" in desk.sent_to("boris@example.org")[-1]["Subject"]
    assert "escalation" in ring(desk, minutes=75)
    assert "Overdue" in desk.sent_to("boris@example.org")[-1]["Subject"]
    assert "escalation" in ring(desk, hours=3)
    overdue = [one for one in desk.sent_to("clara@example.org") if "Overdue" in one["Subject"]]
    assert len(overdue) == 1
    text = overdue[0].get_content()
    assert "The printer is on fire." in text
    assert "/take" in text
    before = len(desk.sent_to("clara@example.org"))
    assert "escalation" not in ring(desk, hours=1)
    assert len(desk.sent_to("clara@example.org")) == before


def test_supervisor_gets_one_digest_a_day(desk):
    desk.receive(mail())
    ring(desk, hours=6)
    ring(desk, hours=1)
    digests = [one for one in desk.sent_to("clara@example.org") if "overdue" in one["Subject"].lower() and "#1" not in one["Subject"]]
    assert len(digests) == 1
    assert "Printer" in digests[0].get_content()


def test_robots_get_no_news(desk):
    desk.receive(mail("Report", "All is well.", "cron@example.com", auto_submitted="auto-generated"))
    ring(desk, hours=49)
    assert not desk.sent_to("cron@example.com")


def test_promised_date_is_told_to_the_customer_and_before_it_is_missed(desk):
    desk.receive(mail())
    desk.do(1, "/eta 2026-11-25 15:00")
    desk.work()
    assert "Wednesday" in desk.sent_to("emma@example.com")[-1].get_content()
    rung = ring(desk, hours=53)
    assert "promise" in rung
    assert "promised" in desk.sent_to("emma@example.com")[-1].get_content()
    assert ring(desk, hours=1).count("promise") == 0


def test_snoozed_ticket_wakes_at_its_time(desk):
    desk.receive(mail())
    desk.do(1, "/snooze 3h")
    assert desk.ticket()["state"] == "snoozed"
    assert ring(desk, hours=2) == []
    assert "snooze" in ring(desk, hours=2)
    assert desk.ticket()["state"] == "open"


def test_send_sends_the_draft_that_the_agent_was_shown_word_for_word(desk):
    desk.receive(mail())
    shown = desk.sent_to("anna@example.org")[0].get_content()
    answer(desk, "/send")
    sent = desk.sent_to("emma@example.com")[-1]
    for line in sent.get_content().strip().splitlines():
        assert line.strip() in shown
    assert sent["From"].addresses[0].display_name == "Anna Petrova"
    assert "Auto-Submitted" not in sent


def test_rehearsed_sweep_changes_nothing(desk):
    desk.receive(mail())
    desk.later(hours=25)
    would = sweep(desk.app.database, desk.app.rules, desk.now, dry_run=True)
    assert {"update", "warning", "escalation"} <= {one.timer for one in would}
    desk.work()
    assert len(desk.sent_to("emma@example.com")) == 1
    assert [one.timer for one in sweep(desk.app.database, desk.app.rules, desk.now)] == [one.timer for one in would]


def test_resolved_mail_goes_out_once_and_a_reply_reopens(desk):
    desk.receive(mail(message_id="<first@example.com>"))
    answer(desk, "/resolve")
    assert "solved" in desk.sent_to("emma@example.com")[-1].get_content()
    desk.receive(mail("Re: Printer", "No, it burns.", references="<first@example.com>"))
    assert desk.ticket()["state"] == "open"
    assert "update" in ring(desk, hours=25)


def test_history_owes_nobody_anything(desk):
    desk.put(mail(), source="import")
    desk.work()
    assert desk.ticket()["timers"] == []
    assert not desk.sent
