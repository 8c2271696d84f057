"""Priority on a ticket: graded when it opens, raised by waiting, left alone when a person has set it; on both engines."""

from time import process_time

import pytest
from sqlalchemy import update

from mailbridge.app import assemble
from mailbridge.config.load import load_config
from mailbridge.config.priorities import load_priority
from mailbridge.decide.priority import Pressing, grade
from mailbridge.desk.pressing import contact
from mailbridge.desk.rings import sweep
from mailbridge.doctor import check_files
from mailbridge.errors import ConfigError
from mailbridge.explain import plain_explainer
from tests.desks import START, Desk, mail


def grades(desk: Desk, number: int = 1) -> list[dict]:
    return [event["why"] for event in desk.ticket(number)["events"] if event["what"] == "graded"]


def pass_days(desk: Desk, days: int) -> None:
    for _ in range(days):
        desk.later(hours=24)
        sweep(desk.app.database, desk.app.rules, desk.now)
        desk.work()


@pytest.mark.parametrize(("subject", "text", "priority", "ground"), [
    ("Shop", "Since this morning nothing works in our shop.", "critical", "stopped"),
    ("URGENT", "Please have a look at my order.", "high", "urgent"),
    ("Вопрос", "Это не срочно, ответьте, когда будет время.", "low", "calm"),
    ("Klausimas", "Iš prietaiso rūksta dūmai!", "high", "harm"),
])
def test_new_ticket_is_graded_by_what_the_customer_writes_and_says_why(desk, subject, text, priority, ground):
    desk.receive(mail(subject, text))
    assert desk.ticket()["priority"] == priority
    [why] = grades(desk)
    assert (why["to"], why["before"]) == (priority, "normal")
    assert [reason["ground"] for reason in why["reasons"]] == [ground]
    assert all(reason["found"] for reason in why["reasons"])


def test_ticket_without_any_reason_is_normal_and_its_history_says_nothing_of_it(desk):
    desk.receive(mail(text="How do I change my address?"))
    assert desk.ticket()["priority"] == "normal"
    assert grades(desk) == []


def test_quoted_words_of_another_do_not_count(desk):
    desk.receive(mail("Question", "Thank you, it was so.\n\nOn Mon, 23 Nov 2026 at 08:00, Jo wrote:\n> This is urgent, nothing works"))
    assert desk.ticket()["priority"] == "normal"


def test_agents_are_shown_the_priority(desk):
    desk.receive(mail("Shop", "Nothing works."))
    assert "critical" in desk.sent_to("anna@example.org")[-1].get_content()


def test_the_level_of_a_known_contact_counts(desk):
    desk.receive(mail())
    desk.app.database.write(lambda connection: connection.execute(update(contact).values(level="vip")) and None)
    desk.receive(mail("Contract", "We have a question before the deadline."))
    assert [reason["ground"] for reason in grades(desk, 2)[0]["reasons"]] == ["business", "level"]


def test_waiting_raises_the_priority_and_says_so(desk):
    desk.receive(mail(text="How do I change my address?"))
    pass_days(desk, 2)
    assert desk.ticket()["priority"] == "high"
    [why] = grades(desk)
    assert [(reason["ground"], reason["found"]) for reason in why["reasons"]] == [("waiting", "2 d")]
    pass_days(desk, 3)
    assert [one["to"] for one in grades(desk)] == ["high", "critical"]


def test_priority_that_a_person_has_set_stays(desk):
    desk.receive(mail("Shop", "Nothing works."))
    desk.do(1, "/priority low")
    pass_days(desk, 6)
    assert desk.ticket()["priority"] == "low"
    assert len(grades(desk)) == 1


def test_customer_who_does_not_wait_for_us_gets_no_more_pressing(desk):
    desk.receive(mail(text="How do I change my address?"))
    reply = mail("Re: Printer", "Like this.", "Anna Petrova <anna@example.org>")
    desk.receive(reply, desk.reply_address(), authenticated_as="anna@example.org")
    pass_days(desk, 4)
    assert desk.ticket()["priority"] == "normal"


def test_imported_history_is_not_graded(desk):
    desk.receive(mail("Shop", "Nothing works."), source="import", mailbox="support@example.org")
    assert desk.ticket()["priority"] == "normal"
    assert grades(desk) == []


def test_a_desk_adds_words_of_its_own_and_a_broken_file_is_refused_as_a_whole(small_desk):
    folder = small_desk.folder / "config/priority"
    folder.mkdir()
    (folder / "de.toml").write_text('urgent = ["dringend*"]\n', "utf-8")
    small_desk.app.use(load_config(small_desk.folder, {}))
    small_desk.receive(mail("Bestellung", "Dringende Bitte um Hilfe"))
    assert small_desk.ticket()["priority"] == "high"
    (folder / "de.toml").write_text('urgnt = ["dringend*"]\n', "utf-8")
    config = load_config(small_desk.folder, {})
    [fault] = check_files(config, {})
    assert (fault.file, "urgnt" in fault.what) == ("config/priority/de.toml", True)
    rules = small_desk.app.rules
    with pytest.raises(ConfigError, match="urgnt"):
        small_desk.app.use(config)
    assert small_desk.app.rules is rules
    with pytest.raises(ConfigError, match="urgnt"):
        assemble(config, {})


def test_explain_says_how_pressing_a_mail_is_without_any_desk():
    shown = plain_explainer().explain("x.eml", mail("Shop", "Nothing works, it is urgent.").encode(), START)
    assert shown["priority"] == "critical"
    assert [why["ground"] for why in shown["priority_reasons"]] == ["stopped", "urgent"]


def test_grading_a_usual_mail_costs_less_than_a_tenth_of_a_millisecond():
    words = load_priority()
    asked = Pressing("Kettle", "Hello,\n\nmy kettle arrived this morning with a cracked lid. Can you send me a new one?\n" * 4)
    best = min(_seconds(asked, words) for _ in range(5))
    assert best / 100 < 0.0001


def _seconds(asked, words):
    begin = process_time()
    for _ in range(100):
        grade(asked, words)
    return process_time() - begin
