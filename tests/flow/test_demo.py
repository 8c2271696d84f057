"""The story that `mailbridge demo` tells is true: the desk did what it says, and the customer saw what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbridge.app import assemble
from mailbridge.config.load import load_config
from mailbridge.demo import MONDAY, letters, stage, steps, tell_story, words
from mailbridge.demo.letters import answer_to, new_letter
from mailbridge.mail.parse import read_mail
from mailbridge.mail.tokens import tokens_in
from mailbridge.records.tickets import show_ticket


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def story(place: Path) -> list[dict]:
    return list(tell_story({"TMPDIR": str(place), "MAILBRIDGE_SECRET_KEY": "the key of a real desk"}))


@pytest.fixture(scope="module")
def by_title(story: list[dict]) -> dict[str, dict]:
    return {scene["title"]: scene for scene in story}


def mails_to(scene: dict, address: str) -> list[dict]:
    return [one for one in scene["went_out"] if one["to"] == address]


def test_every_scene_is_told_and_is_data(story):
    assert [scene["step"] for scene in story] == list(range(1, len(story) + 1))
    for scene in story:
        assert scene["told"].startswith("── ")
        assert {"title", "at", "came_in", "went_out", "tickets"} <= scene.keys()
        prose = [line for line in scene["told"].splitlines() if not line.startswith("   ")]
        assert max(map(len, prose)) <= 80


@pytest.mark.parametrize(("title", "address", "words_of_that_language"), [
    ("Tom writes, in English", "tom@example.com", "Thank you for writing"),
    ("Мария writes, in Russian", "maria@example.net", "Спасибо, что написали"),
    ("Ona writes, in Lithuanian", "ona@shop.example.com", "Dėkojame"),
])
def test_each_customer_is_acknowledged_in_his_language(by_title, title, address, words_of_that_language):
    acknowledgement, = mails_to(by_title[title], address)
    assert words_of_that_language in acknowledgement["text"]
    assert words_of_that_language in by_title[title]["told"]


def test_the_customer_gets_exactly_the_agents_words(by_title):
    answer, = mails_to(by_title["Anna answers from her mail program"], "tom@example.com")
    assert answer["text"].strip() == words.ANNA_TO_TOM.removeprefix("/take\n/pending\n\n")
    assert answer["from"] == "support@example.org"
    assert by_title["Anna answers from her mail program"]["tickets"] == [{"ticket": 1, "state": "pending", "agent": "anna", "messages": 2}]


def test_the_agent_reads_what_is_new_and_not_the_quotation(by_title):
    notice, = mails_to(by_title["Tom writes back"], "anna@example.org")
    assert "the photo follows tonight" in notice["text"]
    assert "leaves our store today" not in notice["text"]


def test_the_draft_is_sent_as_it_was_shown_in_the_customers_language(by_title):
    notice, = mails_to(by_title["Ona writes, in Lithuanian"], "anna@example.org")
    sent, = mails_to(by_title["Anna sends the draft"], "ona@shop.example.com")
    assert "Aiškinamės" in sent["text"]
    assert all(line.strip() in notice["text"] for line in sent["text"].splitlines())
    assert by_title["Anna sends the draft"]["tickets"] == [{"ticket": 3, "state": "open", "agent": "anna", "messages": 2}]


def overdue(story: list[dict], address: str) -> list[str]:
    return [scene["title"] for scene in story for one in mails_to(scene, address) if "Overdue" in one["subject"]]


def test_the_thread_climbs_to_the_lead_and_then_to_the_supervisor_each_once(story):
    assert overdue(story, "jonas@example.org") == ["An hour too late: the lead hears of Мария"]
    assert overdue(story, "vera@example.org") == ["Four hours too late: the supervisor hears of Мария"]
    assert [scene["title"] for scene in story for one in mails_to(scene, "anna@example.org") if "Due soon" in one["subject"]] == [
        "Nobody has answered Мария"]


def test_the_digest_names_what_is_overdue(by_title):
    digest = mails_to(by_title["A day passes: the digest"], "vera@example.org")[-1]
    assert "#2  Где мой заказ?" in digest["text"]
    assert "overdue" in digest["subject"]


def test_after_a_day_the_customer_hears_from_us_in_her_language_and_once(story, by_title):
    news, = mails_to(by_title["24 hours: Мария is not left alone"], "maria@example.net")
    assert "Пишем, чтобы Вы знали" in news["text"]
    assert "в среду, 25 ноября" in news["text"]
    assert len([one for scene in story for one in mails_to(scene, "maria@example.net")]) == 3
    assert len([one for scene in story for one in mails_to(scene, "tom@example.com")]) == 3


def test_the_lead_resolves_it_by_answering_the_mail_that_told_him(by_title):
    scene = by_title["Jonas resolves it from his mail"]
    answer, = mails_to(scene, "maria@example.net")
    assert answer["text"].strip() == words.JONAS_TO_MARIA.removeprefix("/take\n/resolve\n\n")
    assert scene["tickets"] == [{"ticket": 2, "state": "resolved", "agent": "jonas", "messages": 2}]


def test_the_stranger_is_told_nothing_of_the_ticket(by_title):
    scene = by_title["A stranger knows a ticket's number"]
    told, = mails_to(scene, "mallory@visitor.example.net")
    assert "Tom" not in told["text"]
    assert "kettle" not in told["text"]
    assert mails_to(scene, "tom@example.com") == []
    assert [(one["ticket"], one["state"], one["messages"]) for one in scene["tickets"]] == [(1, "open", 3), (4, "new", 1)]


def test_the_forged_agent_is_not_obeyed(by_title):
    scene = by_title["Somebody writes in Anna's name"]
    assert [one["to"] for one in scene["went_out"]] == ["anna@example.org"]
    assert scene["tickets"][0]["state"] == "open"


def test_no_customer_ever_sees_a_token_that_is_not_his(story, place):
    keys = tuple(line.encode() for line in (next(place.iterdir()) / "secrets/key").read_text().split())
    for scene in story:
        for one in scene["went_out"]:
            if not one["to"].endswith("@example.org"):
                assert not tokens_in(one["text"], keys)
                assert "mailbridge ·" not in one["text"]


def test_the_count_ends_with_nothing_missing(by_title):
    figures = by_title["Is anything missing?"]["audit"]
    assert figures["received"] == figures["on_tickets"] == 12
    assert figures["missing"] == 0


def test_the_desk_stays_behind_as_the_story_left_it(story, place):
    folder = Path(story[-1]["folder"])
    assert folder.parent == place
    assert str(folder) in story[-1]["told"]
    assert len(list((Path(story[-1]["maildir"]) / "new").iterdir())) == sum(len(scene["went_out"]) for scene in story)
    app = assemble(load_config(folder, {}), {})
    with app.database.read() as connection:
        shown = [show_ticket(connection, number) for number in (1, 4)]
    app.close()
    assert [one["state"] for one in shown] == ["resolved", "spam"]
    note, = (one for one in shown[0]["thread"] if one["unverified"])
    assert note["direction"] == "note"
    assert any("#1" in str(event["why"].get("near", "")) for event in shown[1]["events"])


def test_a_variable_of_a_real_desk_does_not_get_in(story):
    assert (Path(story[-1]["folder"]) / "secrets/key").read_text().strip() != "the key of a real desk"


def test_an_answer_quotes_all_that_was_there():
    asked = read_mail(new_letter(steps.TOM, stage.SUPPORT, "Kettle", words.TOM_ASKS, MONDAY).raw)
    answer = answer_to(asked, steps.ONA, "Laba diena", MONDAY)
    mail = read_mail(answer.raw)
    assert answer.to == "tom@example.com"
    assert (mail.subject, mail.in_reply_to) == ("Re: Kettle", (asked.message_id,))
    assert mail.text.startswith("Laba diena\n\n2026-11-23 07:02, Tom Miller rašė:\n> Hello,\n>\n")
    assert mail.header("authentication-results").startswith(letters.OUR_MAIL_SERVER)
