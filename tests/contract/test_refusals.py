"""What cannot be done is told in the agent's own language, with the line and the reason."""

import pytest

from mailbridge.desk.sentences import Because
from tests.desks import AGENTS, mail, make_desk

ANNA = {"sender": "Anna Petrova <anna@example.org>"}
IN_RUSSIAN = AGENTS.replace("[boris]", 'locale = "ru"\n[boris]', 1)
TWO = IN_RUSSIAN + '[jonas]\nname = "Jonas"\naddress = "jonas@example.org"\ndepartments = ["support"]\nlocale = "lt"\n'


@pytest.fixture
def speaking(tmp_path):
    made = make_desk(tmp_path / "desk", agents=TWO)
    yield made
    made.app.close()


def tell(desk, text: str) -> str:
    """Let Anna answer with `text`, and return what she is told."""
    before = len(desk.sent_to("emma@example.com"))
    desk.receive(mail("Re: Printer", text, **ANNA), desk.reply_address(), authenticated_as="anna@example.org")
    assert len(desk.sent_to("emma@example.com")) == before, "the customer is sent nothing"
    return desk.sent_to("anna@example.org")[-1].get_content()


def test_command_that_cannot_be_done_names_its_line_and_says_why_in_the_agents_language(speaking):
    speaking.receive(mail())
    told = tell(speaking, "/category billing\n/merge 77\n\nЗдравствуйте!")
    assert "обращения 77 нет" in told
    assert "/merge 77" in told
    assert "2" in told.partition("/merge 77")[0], "the number of the line"
    assert not speaking.ticket()["category"], "all or nothing"


def test_every_line_that_is_not_understood_is_told_with_its_remedy(speaking):
    speaking.receive(mail())
    told = tell(speaking, "/asign boris\n/eta yesterday\n\nЗдравствуйте!")
    assert "- строка 1, /asign boris — " in told
    assert "/assign?" in told
    assert "- строка 2, /eta yesterday — " in told


def test_mail_without_words_is_told_so(speaking):
    speaking.receive(mail())
    assert "нет ни текста, ни команды" in tell(speaking, "\n")


def test_notification_to_several_agents_gives_its_reason_to_each_in_his_own_language(speaking):
    speaking.receive(mail())
    speaking.receive(mail("Re: Printer", "I am his neighbour", "Carl <carl@example.net>", in_reply_to=speaking.sent_to("emma@example.com")[0]["Message-ID"]))
    assert "Это написал посторонний" in speaking.sent_to("anna@example.org")[-1].get_content()
    assert "Tai parašė pašalinis asmuo" in speaking.sent_to("jonas@example.org")[-1].get_content()
    assert "/allow carl@example.net" in speaking.sent_to("jonas@example.org")[-1].get_content()


@pytest.mark.parametrize("because", Because, ids=lambda one: one.name)
def test_sentence_names_the_same_things_in_every_language(because):
    parts = {name: f"<{name}>" for name in ("line", "what", "ticket", "into", "name", "value", "known", "department", "days")}
    words = because.worded(**parts)
    assert len(set(words.values())) in (1, 3)
    named = {locale: {part for part in parts.values() if part in said} for locale, said in words.items()}
    assert named["ru"] == named["lt"] == named["en"]
    assert {word for word in words["en"].split() if word.startswith("/")} <= {word for word in words["ru"].split() if word.startswith("/")} | {"/help"}
