"""Nothing a mail contains can run, and a template cannot reach past its facts (design.md §7.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbridge.replies.facts import CUSTOMER_FACING, PURPOSES
from mailbridge.replies.render import Facts, Person
from mailbridge.replies.samples import rich
from mailbridge.replies.templates import Templates
from tests.replies.desk import HEAD, LOCALES, OwnDesk


@pytest.mark.parametrize("body", [
    "{{ ''.__class__.__mro__ }}",
    "{{ customer.__class__ }}",
    "{{ by.__globals__ }}",
    "{{ by.__self__._facts }}",
    "{{ (by | attr('__func__')).__globals__ }}",
    "{{ greeting.__init__.__globals__ }}",
    "{{ '{0.__class__.__mro__}'.format(customer) }}",
    "{{ '{x.__class__}'.format_map({'x': now}) }}",
    "{{ self.__init__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ options.append('x') }}",
    "{% set x = [] %}{{ x.append(1) }}",
    "{{ {}.update({'a': 1}) }}",
    "{{ 'a' * 100000000 }}",
    "{{ [0] * 100000000 }}",
    "{{ 9 ** 9999999 }}",
    "{{ range(10000000) | list }}",
    "{% import 'os' as os %}{{ os }}",
    "{% extends '/etc/passwd' %}",
    "{{ config }}",
    "{{ open('/etc/passwd') }}",
])
def test_a_template_cannot_leave_the_sandbox(desk: OwnDesk, body: str) -> None:
    desk.write("en/resolved/standard.txt.j2", HEAD + body)
    assert "as solved." in desk.templates.render("resolved", rich("en"), "en").text
    assert len(desk.told) == 1


def test_small_sums_are_allowed(desk: OwnDesk) -> None:
    desk.write("en/resolved/standard.txt.j2", HEAD + "{{ 6 * 7 }} {{ 2 ** 10 }}")
    assert desk.templates.render("resolved", Facts(), "en").text == "42 1024"


HOSTILE = (
    "{{ 7 * 7 }} {% for x in range(9) %}boom{% endfor %} {# gone #} {{ marker }} ${7*7} <script>alert(1)</script> \\x41 %s"
)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_a_customer_writes_stays_literal(shipped: Templates, locale: str, purpose: str) -> None:
    facts = replace(
        rich(locale), subject=HOSTILE, text=HOSTILE, explanation=HOSTILE, customer=Person(HOSTILE, HOSTILE),
        reason=HOSTILE, line=HOSTILE, draft=HOSTILE, files=(HOSTILE,), options=(HOSTILE,),
        history=((rich(locale).now, HOSTILE, HOSTILE),))
    reply = shipped.render(purpose, facts, locale)
    assert "49" not in reply.subject + reply.text
    assert "boom{% endfor" in reply.text or "boom" not in reply.text
    if purpose not in {"receipt", "breaker", "digest"}:
        assert HOSTILE in reply.subject + reply.text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_name_that_is_code_is_not_greeted(shipped: Templates, locale: str) -> None:
    facts = replace(rich(locale), customer=Person("{{ 7 * 7 }}", "x@example.org"))
    assert "7" not in shipped.render("acknowledgement", facts, locale).text.splitlines()[0]


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_a_subject_is_one_clean_line(shipped: Templates, purpose: str) -> None:
    wild = "Hello\r\nBcc: victim@example.org\n\n\tnext\x0b\x85\u2028end\x1b[31m"
    facts = replace(rich("en"), subject=wild, line="/send\r\nX: y")
    subject = shipped.render(purpose, facts, "en").subject
    assert subject.isprintable()
    assert "  " not in subject


def test_a_reply_prefix_is_not_doubled_and_an_empty_subject_has_words(shipped: Templates) -> None:
    facts = rich("en")
    assert shipped.render("resolved", replace(facts, subject="Re: Help"), "en").subject == "Re: Help"
    assert shipped.render("resolved", replace(facts, subject="RE:Help"), "en").subject == "RE:Help"
    assert shipped.render("resolved", replace(facts, subject="  "), "en").subject == "Your request"
    assert shipped.render("resolved", replace(facts, subject=""), "lt").subject == "Jūsų užklausa"


def test_a_template_without_words_for_an_empty_subject_sends_a_bare_prefix(desk: OwnDesk) -> None:
    desk.write("en/resolved/standard.txt.j2", '+++\nsubject = "{{ reply_subject }}"\n+++\nDone.')
    assert desk.templates.render("resolved", Facts(), "en").subject == "Re:"
    assert desk.told == []


def test_internal_names_do_not_exist_in_any_customers_template(desk: OwnDesk) -> None:
    for purpose in sorted(CUSTOMER_FACING):
        for name in ("marker", "note_address", "reply_address", "history", "code", "draft", "commands", "priority"):
            desk.write(f"en/{purpose}/leak-{name.replace('_', '-')}.txt.j2", HEAD + "{{ " + name + " }}")
    found = desk.templates.check()
    assert len(found) == 8 * len(CUSTOMER_FACING)
    assert {finding.line for finding in found} == {4}
