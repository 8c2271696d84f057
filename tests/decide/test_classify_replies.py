"""Automatic answers without a telling header, in every language, and people who use the same words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbridge.decide.classify import Kind, classify
from mailbridge.decide.classify_replies import weigh
from mailbridge.decide.classify_words import compile_words
from tests.decide.kind_cases import mail, shipped_words
from tests.decide.kind_letters import ABSENT, ACKNOWLEDGES, PEOPLE
from tests.decide.kind_letters_brief import BRIEF
from tests.decide.kind_letters_fresh import PERSONS, ROBOTS
from tests.decide.kind_letters_west import PERSONS as WESTERN_PERSONS
from tests.decide.kind_letters_west import ROBOTS as WESTERN_ROBOTS


@pytest.mark.parametrize(("language", "subject", "text"), ABSENT)
def test_robot_of_an_absent_person_is_known_by_its_words(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.OUT_OF_OFFICE


@pytest.mark.parametrize(("language", "subject", "text"), ACKNOWLEDGES)
def test_robot_that_acknowledges_is_known_by_its_words(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(("language", "subject", "text"), PEOPLE)
def test_person_who_uses_the_words_of_robots_stays_a_person(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.HUMAN


@pytest.mark.parametrize(("language", "subject", "text"), ROBOTS + WESTERN_ROBOTS)
def test_robot_without_any_header_is_known_by_its_words(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is not Kind.HUMAN


@pytest.mark.parametrize(("language", "subject", "text"), PERSONS + WESTERN_PERSONS)
def test_person_who_writes_much_like_a_robot_stays_a_person(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.HUMAN


@pytest.mark.parametrize("subject", ["Automatic reply: Invoice", "Autosvar", "Réponse automatique : Devis", "自动回复"])
def test_subject_of_a_robot_behind_a_reply_prefix_is_a_persons_answer_to_it(subject: str) -> None:
    assert classify(mail(subject, "I wrote on Tuesday."), None, shipped_words()).kind is Kind.AUTO_REPLY
    assert classify(mail(f"Re: {subject}", "I wrote on Tuesday."), None, shipped_words()).kind is Kind.HUMAN


@pytest.mark.parametrize("text", [
    "Your request (88213) has been received and is being reviewed by our support staff.",
    "Ihre Anfrage (#88213) ist eingegangen und wird von unserem Supportteam geprüft.",
    "Ваш запрос [REQ-88213] получен и рассматривается нашей службой поддержки.",
])
def test_number_within_a_sentence_does_not_hide_it(text: str) -> None:
    assert classify(mail("Re: Printer", text), None, shipped_words()).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("text", [
    'Three weeks ago I read "Your request has been received and is being reviewed by our support staff". Nothing since.',
    "Vor drei Wochen kam „Ihre Anfrage ist eingegangen und wird von unserem Team bearbeitet“. Seitdem nichts.",
])
def test_words_of_a_robot_within_quotation_marks_are_not_the_senders(text: str) -> None:
    assert classify(mail("Printer", text), None, shipped_words()).kind is Kind.HUMAN
    assert classify(mail("Printer", text.split("I read ")[-1].split("kam ")[-1].strip('"„').split('"')[0].split("“")[0]),
                    None, shipped_words()).kind is Kind.AUTO_REPLY


def test_things_that_a_robot_names_count_in_any_words_but_only_many_of_them_together() -> None:
    words = compile_words({"xx": {"answer.words": ["letter", "came", "desk", "answers"], "courtesy.sentences": ["hello"]}})
    assert weigh("", "Hello. Letter came. Desk answers. Letter came. Desk answers.", words).answer > 0
    assert weigh("", "Hello. The letter came.", words).answer == 0
    assert weigh("", "Hello. Our desk came and answers.", words).answer == 0  # of what, is not said


@pytest.mark.parametrize(("text", "kind"), [
    ("As of 1 May I no longer work at Example Ltd. Please contact info@example.org.", Kind.OUT_OF_OFFICE),
    ("My colleague says that I no longer work at Example Ltd, and I read it on our own website yesterday.", Kind.HUMAN),
    ("Thank you for your message. Our team will get back to you within two business days.", Kind.AUTO_REPLY),
    ("Thanks, our team will get back to you within two business days.", Kind.HUMAN),
    ("We are closed today. We will answer your message tomorrow.", Kind.OUT_OF_OFFICE),
    ("I am on holiday until Monday. The red lamp blinks twice, then the pump of the old boiler starts and smells of oil.", Kind.HUMAN),
], ids=["a day before it", "told by another", "names the mail", "names no mail", "closed and will answer", "has more to tell"])
def test_what_is_left_untold_and_what_is_named_decide(text: str, kind: Kind) -> None:
    assert classify(mail("Re: Question", text), None, shipped_words()).kind is kind


RETURNS = [
    ("I am out of the office until January 6th, 2027.", (2027, 1, 6)),
    ("I am out of the office until Monday.", (2026, 12, 28)),
    ("I am out of the office from 21 December and back on 4 January.", (2027, 1, 4)),
    ("I am out of the office until 2027-01-05.", (2027, 1, 5)),
    ("I am out of the office until 01/15/2027.", (2027, 1, 15)),
    ("I am out of the office. My office number is 5.1.2027.", None),
    ("I am out of the office until 31 February.", None),
    ("I was out of the office until 5 January 2020.", None),
    ("Ich bin vom 21.12. bis 06.01.2027 nicht im Büro.", (2027, 1, 6)),
    ("Ich bin ab Montag, dem 4. Jänner, wieder erreichbar.", (2027, 1, 4)),
    ("Je suis absent du bureau jusqu'au 1er janvier.", (2027, 1, 1)),
    ("Jestem na urlopie do 7 stycznia 2027 r.", (2027, 1, 7)),
    ("Я в отпуске с 24 декабря по 8 января.", (2027, 1, 8)),
    ("Šiuo metu atostogauju iki sausio 4 d.", (2027, 1, 4)),
    ("Olen lomalla 6.1.2027 asti.", (2027, 1, 6)),
    ("5 Ocak 2027 tarihine kadar yıllık izindeyim.", (2027, 1, 5)),
    ("1月5日まで休暇をいただいております。", (2027, 1, 5)),
    ("我正在休假，将于2027年1月5日返回办公室。", (2027, 1, 5)),
]


@pytest.mark.parametrize(("text", "day"), RETURNS)
def test_day_of_return_is_read_where_it_is_sure(text: str, day: tuple[int, int, int] | None) -> None:
    decision = classify(mail("Re: Question", text, Auto_Submitted="auto-replied"), None, shipped_words())
    assert decision.kind is Kind.OUT_OF_OFFICE
    assert decision.returns_at == (datetime(*day, tzinfo=UTC) if day else None)


def test_only_what_the_sender_wrote_counts_when_it_is_known() -> None:
    quoted = "Please cancel my order.\n\n> I am out of the office until Monday with limited access to email. In urgent cases call."
    assert classify(mail("Re: Order", quoted), None, shipped_words(), "Please cancel my order.").kind is Kind.HUMAN


def test_words_are_found_without_their_accents() -> None:
    text = "Laba diena, siuo metu atostogauju, i darba grisiu sausio 5 d. Skubiais klausimais prasau kreiptis i kolege."
    assert classify(mail("Re: saskaita", text), None, shipped_words()).kind is Kind.OUT_OF_OFFICE


def test_every_shipped_language_tells_absence_answer_notice_and_bounce() -> None:
    words = shipped_words()
    known = {(phrase.language, phrase.group.split(".")[0])
             for phrases in (*words.by_word.values(), *words.unspaced.values()) for phrase in phrases}
    languages = ["en", "ru", "lt", "lv", "et", "pl", "de", "fr", "es", "it", "pt", "nl", "sv", "no", "da", "fi", "cs", "uk", "tr", "ja",
        "zh"]
    assert {(language, table) for language in languages for table in ("absence", "answer", "notice", "bounce", "person")} <= known


@pytest.mark.parametrize(("language", "text"), BRIEF)
def test_who_says_little_is_a_person(language: str, text: str) -> None:
    assert classify(mail("Question", text), None, shipped_words()).kind is Kind.HUMAN
