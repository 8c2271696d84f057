"""A desk's own files: found, falling back, told once, kept fresh (design.md §5)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailbridge.errors import TemplateError
from mailbridge.replies.render import Facts, Person
from mailbridge.replies.templates import Templates, shipped_templates
from tests.replies.desk import HEAD, OwnDesk

FACTS = Facts(ticket=7, subject="A question", customer=Person("Emma Clark", "emma@example.org"))


def test_a_desks_file_comes_before_the_shipped_one(desk: OwnDesk) -> None:
    desk.write("en/receipt/standard.txt.j2", HEAD + "Ours.")
    assert desk.templates.render("receipt", FACTS, "en").text == "Ours."
    assert desk.templates.render("receipt", FACTS, "lt").text.startswith("Sveiki")


def test_a_desk_without_a_folder_has_the_shipped_files(desk: OwnDesk) -> None:
    assert desk.templates.render("resolved", FACTS, "ru").template == "ru/resolved/standard"
    assert desk.told == []


def test_a_file_for_any_language_comes_before_the_shipped_one_and_after_the_desks_own(desk: OwnDesk) -> None:
    desk.write("any/resolved/standard.txt.j2", HEAD + "{{ 'Решено' if locale == 'ru' else 'Done' }}. {{ thanks() }}")
    assert desk.templates.render("resolved", FACTS, "ru").text == "Решено. Спасибо, что написали нам."
    desk.write("ru/resolved/standard.txt.j2", HEAD + "Своё.")
    assert desk.templates.render("resolved", FACTS, "ru").text == "Своё."


def test_an_unknown_language_is_answered_in_english(desk: OwnDesk) -> None:
    for locale in ("de", "ja-JP", "xx"):
        reply = desk.templates.render("resolved", FACTS, locale)
        assert (reply.template, reply.locale) == ("en/resolved/standard", "en")
    assert desk.templates.render("resolved", FACTS, "ru_RU").locale == "ru"
    assert desk.templates.render("resolved", FACTS, "LT").locale == "lt"


def test_a_language_of_the_desks_own_speaks_for_itself(desk: OwnDesk) -> None:
    desk.write("de/macros.j2", "{% macro thanks() %}Vielen Dank.{% endmacro %}")
    desk.write("de/resolved/standard.txt.j2", HEAD + "{{ thanks() }} Erledigt {{ on(now) }}.")
    reply = desk.templates.render("resolved", FACTS, "de")
    assert reply.text.startswith("Vielen Dank. Erledigt Do., 1. Jan. 2026")
    assert (reply.template, reply.locale) == ("de/resolved/standard", "de")


def test_a_macro_of_the_desk_replaces_one_shipped_macro_and_leaves_the_others(desk: OwnDesk) -> None:
    desk.write("en/macros-ours.j2", "{% macro thanks() %}Cheers, {{ name }}.{% endmacro %}")
    text = desk.templates.render("acknowledgement", FACTS, "en").text
    assert "Cheers, Emma. Your message" in text
    assert text.startswith("Hello Emma,")


BROKEN = [
    pytest.param("no head at all", 1, "no head", id="no head"),
    pytest.param('+++\nsubject = "x\n+++\nText', 2, "not TOML", id="bad TOML"),
    pytest.param('+++\ncategory = "x"\n+++\nText', 1, "no subject", id="no subject"),
    pytest.param('+++\nsubject = "x"\n\nsubjct = "y"\n+++\nText', 4, 'unknown key "subjct"', id="unknown key"),
    pytest.param("+++\nsubject = 5\n+++\nText", 2, "text in quotes", id="subject is a number"),
    pytest.param('+++\nwhen = "w"\nsubject = "{{ nme }}"\n+++\nText', 3, "'nme' is undefined", id="name in subject"),
    pytest.param('+++\nsubject = "{{ oops"\n+++\nText', 2, "unexpected end of template", id="syntax in subject"),
    pytest.param(HEAD + "one\ntwo {{ nme }}", 5, "'nme' is undefined", id="unknown name"),
    pytest.param(HEAD + "one\n{% if ticket %}\ntwo", 6, "Unexpected end of template", id="block not closed"),
    pytest.param(HEAD + "\n\n{{ subject | uppr }}", 6, "No filter named 'uppr'", id="unknown filter"),
    pytest.param(HEAD + "{{ by(estimate) }}", 4, "", id="a date that is missing"),
    pytest.param(HEAD + "{{ 1 / 0 }}", 4, "division by zero", id="division by zero"),
    pytest.param(HEAD + "{{ greeting() }}\n{% include 'x' %}", 5, "no loader", id="include"),
    pytest.param(HEAD + "{{ marker }}", 4, "'marker' is undefined", id="what a customer must not see"),
]


@pytest.mark.parametrize(("text", "line", "what"), BROKEN)
def test_a_broken_file_is_told_once_with_its_line_and_the_shipped_one_is_used(
    desk: OwnDesk, text: str, line: int, what: str,
) -> None:
    path = desk.write("en/resolved/standard.txt.j2", text)
    for _ in range(3):
        desk.clock.seconds += 2
        assert "as solved." in desk.templates.render("resolved", FACTS, "en").text
    assert len(desk.told) == 1
    assert desk.told[0].startswith(f"{path}:{line}: ")
    assert what in desk.told[0]


@pytest.mark.parametrize(("text", "line", "what"), BROKEN)
def test_check_finds_a_broken_file(desk: OwnDesk, text: str, line: int, what: str) -> None:
    path = desk.write("en/resolved/standard.txt.j2", text)
    finding, = desk.templates.check()
    assert (finding.file, finding.line) == (str(path), line)
    assert what in finding.what
    assert finding.fix


def test_the_last_good_version_is_used_when_a_file_breaks(desk: OwnDesk) -> None:
    desk.write("en/resolved/standard.txt.j2", HEAD + "Good.")
    assert desk.templates.render("resolved", FACTS, "en").text == "Good."
    path = desk.write("en/resolved/standard.txt.j2", HEAD + "Bad {{ nme }}.")
    assert desk.templates.render("resolved", FACTS, "en").text == "Good."
    assert desk.started().render("resolved", FACTS, "en").text == "Good."  # another process, the same database
    assert desk.told == [f"{path}:4: 'nme' is undefined"] * 2
    desk.write("en/resolved/standard.txt.j2", HEAD + "Better.")
    assert desk.templates.render("resolved", FACTS, "en").text == "Better."
    assert desk.kept["en/resolved/standard"].endswith("Better.")


def test_a_broken_macro_file_stops_no_reply(desk: OwnDesk) -> None:
    path = desk.write("en/macros.j2", "{% macro greeting() %}Hey {{ nme }}!{% endmacro %}")
    assert desk.templates.render("resolved", FACTS, "en").text.startswith("Hello Emma,")
    assert desk.told == [f"{path}:1: 'nme' is undefined"]
    desk.write("en/macros.j2", "{% macro greeting() %}Hey {{ name }}!")
    assert desk.templates.render("resolved", FACTS, "en").text.startswith("Hello Emma,")
    assert len(desk.told) == 2
    desk.write("en/macros.j2", "{% macro greeting() %}Hey {{ name }}!{% endmacro %}")
    assert desk.templates.render("resolved", FACTS, "en").text.startswith("Hey Emma!")
    desk.write("en/macros.j2", "{% macro")
    assert desk.templates.render("resolved", FACTS, "en").text.startswith("Hey Emma!")  # the last good one
    assert len(desk.told) == 3


def test_a_template_that_fails_only_in_earnest_is_replaced_in_that_reply(desk: OwnDesk) -> None:
    path = desk.write("en/resolved/standard.txt.j2", HEAD + "{{ 'fine' if ticket != 7 else nme }}")
    assert "as solved." in desk.templates.render("resolved", FACTS, "en").text
    assert desk.templates.render("resolved", Facts(ticket=8), "en").text == "fine"
    assert desk.told == [f"{path}:4: 'nme' is undefined"]
    found, = desk.templates.check()
    assert (found.line, found.what) == (4, "'nme' is undefined")


def test_a_change_is_seen_after_a_second_and_files_are_left_alone_before(
    desk: OwnDesk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = desk.write("en/resolved/standard.txt.j2", HEAD + "One.")
    assert desk.templates.render("resolved", FACTS, "en").text == "One."
    path.write_text(HEAD + "Second.", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", lambda *_args, **_named: pytest.fail("looked at a file"))
        desk.clock.seconds += 0.9
        assert desk.templates.render("resolved", FACTS, "en").text == "One."
    desk.clock.seconds += 0.2
    assert desk.templates.render("resolved", FACTS, "en").text == "Second."
    path.unlink()
    desk.clock.seconds += 1
    assert "as solved." in desk.templates.render("resolved", FACTS, "en").text
    desk.write("en/resolved/standard.txt.j2", HEAD + "Third.")
    assert desk.templates.render("resolved", FACTS, "en").text == "Third."


def test_a_file_that_is_not_utf_8_or_cannot_be_read_is_told(desk: OwnDesk) -> None:
    path = desk.write("en/resolved/standard.txt.j2", "")
    path.write_bytes(HEAD.encode() + "Спасибо".encode("cp1251"))
    assert "as solved." in desk.templates.render("resolved", FACTS, "en").text
    assert desk.told == [f"{path}:4: it is not UTF-8; save it as UTF-8"]


@pytest.mark.parametrize("variant", ["../../../etc/passwd", "no\x00thing", "/etc/passwd", "..", " ", "A B", "x" * 99])
def test_a_name_leads_nowhere_else(desk: OwnDesk, variant: str) -> None:
    with pytest.raises(TemplateError, match="is no name of a template"):
        desk.templates.render("draft", FACTS, "en", variant)


def test_a_template_that_is_not_there_names_those_that_are(desk: OwnDesk) -> None:
    with pytest.raises(TemplateError, match="delay, fault, later, questions, standard, thanks"):
        desk.templates.render("draft", FACTS, "en", "invoice")


def test_the_list_shows_whose_file_each_is(desk: OwnDesk) -> None:
    head = '+++\nsubject = "{{ reply_subject }}"\ncategory = "billing"\nwhen = "an invoice is asked for"\n+++\n'
    desk.write("en/draft/invoice.txt.j2", head + "X")
    listed = {info.template: info for info in desk.templates.list()}
    ours = listed["en/draft/invoice"]
    assert (ours.shipped, ours.category, ours.subject) == (False, "billing", "{{ reply_subject }}")
    assert ours.when == "an invoice is asked for"
    assert listed["en/draft/standard"].shipped
    assert len(listed) == 1 + len(list(shipped_templates().glob("*/*/*.txt.j2")))


def test_check_says_nothing_about_the_shipped_files(shipped: Templates) -> None:
    assert shipped.check() == []


@pytest.mark.parametrize(("name", "fix"), [
    ("en/acknowledgment/open.txt.j2", "acknowledgement"), ("en/greetings/x.txt.j2", "The purposes are"),
    ("en/draft/x.j2", "txt.j2"), ("draft/x.txt.j2", "<locale>/<purpose>"), ("en/makros.j2", "macros.j2"),
])
def test_check_names_files_that_nothing_will_use(desk: OwnDesk, name: str, fix: str) -> None:
    path = desk.write(name, HEAD + "Text")
    found, = (finding for finding in desk.templates.check() if finding.file == str(path))
    assert fix in found.fix


def test_check_finds_a_name_that_the_samples_do_not_reach_and_proposes_the_right_one(desk: OwnDesk) -> None:
    desk.write("en/resolved/standard.txt.j2", HEAD + "{% for one in files %}{{ loop.index }}{% endfor %}\n"
               "{% if state == 'spam' %}{{ custmer.name }}{% endif %}")
    found, = desk.templates.check()
    assert (found.line, found.what, found.fix) == (5, "'custmer' is undefined", "Did you mean customer?")


def test_check_tries_a_file_for_any_language_in_each(desk: OwnDesk) -> None:
    desk.write("any/resolved/standard.txt.j2", HEAD + "{{ 'x' if locale != 'lt' else 1 / 0 }}")
    assert [finding.what for finding in desk.templates.check()] == ["division by zero"]


def test_shipped_templates_are_found(tmp_path: Path) -> None:
    assert (shipped_templates() / "en" / "macros.j2").is_file()
    assert not tmp_path.is_relative_to(shipped_templates())


def test_the_admin_can_be_told_by_a_mail_made_from_templates(tmp_path: Path) -> None:
    mails: list[str] = []

    def tell(what: str) -> None:
        mails.append(templates.render("fault", Facts(reason=what), "en").text)

    templates = Templates(tmp_path, shipped_templates(), on_fault=tell)
    for purpose in ("resolved", "fault"):
        (tmp_path / "en" / purpose).mkdir(parents=True)
        (tmp_path / "en" / purpose / "standard.txt.j2").write_text(HEAD + "{{ nme }}", encoding="utf-8")
    assert "as solved." in templates.render("resolved", FACTS, "en").text
    assert sum("'nme' is undefined" in mail for mail in mails) == len(mails) == 2
