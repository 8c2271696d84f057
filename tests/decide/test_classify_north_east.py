"""Automatic answers of the north and the east without a telling header, and people who use the same words."""

from __future__ import annotations

import pytest

from mailbridge.decide.classify import Kind, classify
from tests.decide.kind_cases import mail, shipped_words
from tests.decide.kind_letters_north_east import PERSONS, ROBOTS


@pytest.mark.parametrize(("language", "subject", "text"), ROBOTS)
def test_robot_of_the_north_or_east_is_known_by_its_words(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is not Kind.HUMAN


@pytest.mark.parametrize(("language", "subject", "text"), PERSONS)
def test_person_of_the_north_or_east_stays_a_person(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.HUMAN


@pytest.mark.parametrize("language", ["ru", "uk", "lt", "lv", "et", "sv", "no", "da", "fi", "cs", "tr", "ja", "zh"])
def test_every_language_of_the_north_and_east_has_robots_and_people(language: str) -> None:
    assert sum(one[0] == language for one in ROBOTS) >= 8
    assert sum(one[0] == language for one in PERSONS) >= 12


@pytest.mark.parametrize(("subject", "text"), [
    ("Прочтено: Договор", "Ваше сообщение прочитано 12.09.2026 9:44."),
    ("Läst: Avtal", "Ditt meddelande lästes den 12 september 2026 09:44."),
    ("Luettu: Sopimus", "Viestisi on luettu 12. syyskuuta 2026 9:44."),
    ("開封済み: 契約書", "メッセージは 2026年9月12日 9:44 に開封されました。"),
])
def test_read_receipt_without_its_report_is_known_by_its_subject(subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.AUTO_REPLY
    assert classify(mail(f"Re: {subject}", "Jag har läst, läste och läser."), None, shipped_words()).kind is Kind.HUMAN
