"""Every shipped reply, in every language, with rich and with poor facts."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbridge.replies.facts import CUSTOMER_FACING, PURPOSES
from mailbridge.replies.render import Facts, Person, Rendered
from mailbridge.replies.samples import rich, samples
from mailbridge.replies.templates import Templates, shipped_templates
from tests.replies.desk import LOCALES

NAMES = sorted(path.relative_to(shipped_templates()).as_posix().removesuffix(".txt.j2")
               for path in shipped_templates().glob("*/*/*.txt.j2"))
WRONG = ("{{", "}}", "{%", "#}", "None", "Undefined", "\x1e", "()", "“”", "«»", "„“", " ,", " .", "..\n")
AUTOMATIC = {"en": "automatically", "ru": "автоматически", "lt": "automatiškai"}


def every_rendering(shipped: Templates, name: str) -> list[Rendered]:
    locale, purpose, variant = name.split("/")
    return [shipped.render(purpose, facts, locale, variant) for facts in samples(locale)]


@pytest.mark.parametrize("name", NAMES)
def test_every_reply_comes_out_whole(shipped: Templates, name: str) -> None:
    for reply in every_rendering(shipped, name):
        assert reply.template == name
        assert reply.subject == " ".join(reply.subject.split())
        for wrong in WRONG:
            assert wrong not in reply.subject + "\n" + reply.text, wrong
        assert "\n\n\n" not in reply.text
        assert not re.search(r"[ \t]$", reply.text, re.MULTILINE)
        assert reply.text == reply.text.strip("\n")


@pytest.mark.parametrize("name", [name for name in NAMES if name.split("/")[1] in CUSTOMER_FACING])
def test_nothing_of_ours_reaches_a_customer(shipped: Templates, name: str) -> None:
    locale, purpose, _ = name.split("/")
    inner = ("marker", "note_address", "reply_address", "code", "draft", "line", "remedy", "status", "spool_id", "address")
    secret: dict[str, Any] = dict.fromkeys(inner, "SECRET")
    secret |= {"commands": (("/SECRET", ""),), "used_apologies": ("SECRET",)}
    if purpose != "answer":
        secret["text"] = "SECRET"
    for facts in samples(locale):
        reply = render_named(shipped, name, replace(facts, **secret, history=((facts.now, "SECRET", "SECRET"),)))
        assert "SECRET" not in reply.subject + reply.text
        assert "anna@example.org" not in reply.text          # an agent's own address
        assert not re.search(r"^/\w+", reply.text, re.MULTILINE)


def render_named(templates: Templates, name: str, facts: Facts) -> Rendered:
    locale, purpose, variant = name.split("/")
    return templates.render(purpose, facts, locale, variant)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_receipt_says_nothing_about_the_ticket(shipped: Templates, locale: str) -> None:
    stranger = Person("", "stranger@example.org", locale)
    full = replace(rich(locale), customer=stranger)
    bare = Facts(customer=stranger, department=full.department, desk=full.desk, now=full.now)
    assert shipped.render("receipt", full, locale) == shipped.render("receipt", bare, locale)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("purpose", ["acknowledgement", "receipt", "follow-up", "resolved", "status"])
def test_an_automatic_mail_says_that_it_is_one(shipped: Templates, locale: str, purpose: str) -> None:
    for number in (1, 2, 3):
        assert AUTOMATIC[locale] in shipped.render(purpose, replace(rich(locale), number=number), locale).text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("purpose", ["draft", "answer"])
def test_a_mail_by_a_person_does_not(shipped: Templates, locale: str, purpose: str) -> None:
    assert AUTOMATIC[locale] not in shipped.render(purpose, rich(locale), locale).text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_follow_up_laid_before_an_agent_is_his_and_neutral(shipped: Templates, locale: str) -> None:
    text = shipped.render("follow-up", replace(rich(locale), automatic=False), locale).text
    assert AUTOMATIC[locale] not in text
    assert rich(locale).agent.name in text.splitlines()[-3:]  # type: ignore[union-attr]
    assert text.split()[0].rstrip("!,") in ("Hello", "Здравствуйте", "Sveiki")


def test_an_answer_holds_the_agents_words_and_nothing_else(shipped: Templates) -> None:
    words = "Hello Emma,\n\nit is done.\n\n\n\nTwo blank lines above are mine.\n- so is this"
    facts = Facts(subject="Invoice", text=words, signed=True, agent=Person("Anna Petrova"), desk="Example Support")
    assert shipped.render("answer", facts, "en").text == words
    unsigned = shipped.render("answer", replace(facts, signed=False), "en").text
    assert unsigned == words + "\n\nKind regards,\nAnna Petrova\nExample Support"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("with_reason", [True, False])
@pytest.mark.parametrize("with_agent", [True, False])
def test_no_two_follow_ups_say_the_same(
    shipped: Templates, locale: str, *, with_reason: bool, with_agent: bool,
) -> None:
    facts = replace(rich(locale), options=())
    if not with_reason:
        facts = replace(facts, explanation="", reason="", next_step="")
    if not with_agent:
        facts = replace(facts, agent=None)
    seen: list[set[str]] = []
    used: tuple[str, ...] = ()
    for number in range(1, 8):
        reply = shipped.render("follow-up", replace(facts, number=number, used_apologies=used), locale)
        used += (reply.apology,) if reply.apology else ()
        lines = [line for line in reply.text.splitlines() if line]
        # greeting, signature and the agent's own words may come again
        frame = {lines[0], *lines[-3:], facts.explanation, facts.next_step}
        words = {line for line in lines if line not in frame and line[-1] != ":" and AUTOMATIC[locale] not in line}
        assert [words & earlier for earlier in seen[-3:] if words & earlier] == []
        assert words not in seen
        seen.append(words)
    assert len(set(used)) == len(used)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("flags", [
    {"breach": True}, {"outage": True}, {"reopened": True}, {"breach": True, "repeat": True},
    {"wait": timedelta(hours=2), "breach": False},
])
def test_an_apology_is_never_said_twice_on_a_ticket(shipped: Templates, locale: str, flags: dict[str, Any]) -> None:
    facts, used = replace(rich(locale), **flags), list[str]()
    for number in range(1, 30):
        reply = shipped.render("follow-up", replace(facts, number=number, used_apologies=tuple(used)), locale)
        if reply.apology:
            assert reply.apology not in used
            used.append(reply.apology)
    assert 4 <= len(used) <= 15


def test_the_apology_grows_with_the_reasons_for_it(shipped: Templates) -> None:
    calm = replace(rich("en"), breach=False, wait=None)
    reasons: list[dict[str, Any]] = [
        {}, {"wait": timedelta(hours=2)}, {"wait": timedelta(hours=25)}, {"breach": True}, {"reopened": True},
        {"breach": True, "repeat": True}, {"wait": timedelta(days=4)}, {"breach": True, "outage": True},
    ]
    replies = [shipped.render("follow-up", replace(calm, **reason), "en") for reason in reasons]
    kinds = [reply.apology.split("-")[0] for reply in replies]
    assert kinds == ["", "wait", "delay", "delay", "repeat", "grave", "grave", "outage"]


GREETED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("locale", "name", "zone", "hour", "greeting"), [
    ("en", "Emma Clark", "Europe/London", 8, "Good morning Emma,"),
    ("en", "Emma Clark", "America/New_York", 18, "Good afternoon Emma,"),
    ("en", "Emma Clark", "Europe/London", 19, "Good evening Emma,"),
    ("en", "Emma Clark", "Europe/London", 2, "Hello Emma,"),
    ("en", "Emma Clark", None, 8, "Hello Emma,"),
    ("en", "Example Support", "Europe/London", 8, "Good morning,"),
    ("en", "", None, 8, "Hello,"),
    ("ru", "Елена Смирнова", "Europe/Moscow", 6, "Доброе утро, Елена!"),
    ("ru", "Смирнова Елена Сергеевна", "Europe/Moscow", 10, "Добрый день, Елена Сергеевна!"),
    ("ru", "Елена", "Europe/Moscow", 16, "Добрый вечер, Елена!"),
    ("ru", "Елена", None, 16, "Здравствуйте, Елена!"),
    ("ru", "ООО Ромашка", None, 16, "Здравствуйте!"),
    ("lt", "Jonas Kazlauskas", "Europe/Vilnius", 6, "Labas rytas, Jonai!"),
    ("lt", "Eglė Kazlauskaitė", "Europe/Vilnius", 10, "Laba diena, Egle!"),
    ("lt", "Andrius", "Europe/Vilnius", 17, "Labas vakaras, Andriau!"),
    ("lt", "Andrius", None, 17, "Sveiki, Andriau!"),
    ("lt", "", None, 17, "Sveiki!"),
])
def test_the_greeting_knows_the_name_and_the_customers_hour(
    shipped: Templates, locale: str, name: str, zone: str | None, hour: int, greeting: str,
) -> None:
    customer = Person(name, "x@example.org", locale, zone)
    facts = Facts(customer=customer, now=GREETED.replace(hour=hour), timezone="Asia/Tokyo")
    assert shipped.render("acknowledgement", facts, locale).text.splitlines()[0] == greeting


@pytest.mark.parametrize("locale", LOCALES)
def test_a_draft_greets_neutrally_because_it_may_wait(shipped: Templates, locale: str) -> None:
    first = shipped.render("draft", rich(locale), locale).text.split()[0]
    assert first.rstrip("!,") in ("Hello", "Здравствуйте", "Sveiki")


@pytest.mark.parametrize(("locale", "sentence"), [
    ("en", "We will be back at 9:00 tomorrow, Tuesday, 24 November, and you will hear from us by 10:00 that day."),
    ("ru", "Мы вернёмся завтра, 24 ноября, в 9:00 и в тот же день до 10:00 напишем Вам."),
    ("lt", "Grįšime rytoj, lapkričio 24 d., 9:00, o parašysime Jums tą pačią dieną iki 10:00."),
])
def test_a_closed_desk_says_when_it_opens_and_when_it_answers(shipped: Templates, locale: str, sentence: str) -> None:
    opens = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    facts = Facts(
        ticket=7, customer=Person(timezone="Europe/Vilnius"), now=opens - timedelta(hours=12), open_now=False,
        opens_at=opens, answer_by=opens + timedelta(hours=1))
    assert sentence in shipped.render("acknowledgement", facts, locale).text


@pytest.mark.parametrize("locale", LOCALES)
def test_an_escalation_holds_all_that_is_needed_to_act(shipped: Templates, locale: str) -> None:
    facts = rich(locale)
    text = shipped.render("escalation", facts, locale).text
    needs = (
        "1042", facts.subject, facts.customer.address, facts.reason, facts.text.splitlines()[0], facts.history[0][2],
        facts.draft.splitlines()[-1], "2026-11-23 07:30", "/take", "/assign", "/send", "/help", facts.note_address)
    for needed in needs:
        assert needed in text, needed


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("variant", ["new", "message", "note"])
def test_a_notification_starts_with_the_marker_and_shows_the_customers_words(
    shipped: Templates, locale: str, variant: str,
) -> None:
    facts = rich(locale)
    text = shipped.render("notification", facts, locale, variant).text
    assert text.splitlines()[0] == facts.marker
    assert "\n> " + facts.text.splitlines()[0] in text
    assert (facts.draft.splitlines()[-1] in text.replace("> " + facts.text.splitlines()[-1], "")) is (variant != "note")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_digest_puts_the_longest_wait_first(shipped: Templates, locale: str) -> None:
    facts = rich(locale)
    waits = ((1, 2), (2, 50), (3, 7))
    late = tuple(replace(facts.overdue[0], ticket=number, wait=timedelta(hours=hours)) for number, hours in waits)
    text = shipped.render("digest", replace(facts, overdue=late), locale).text
    assert re.findall(r"^(?:#|№ |Nr\. )(\d)", text, re.MULTILINE) == ["2", "3", "1"]


def test_a_refused_command_shows_the_line_and_what_would_be_right(shipped: Templates) -> None:
    facts = Facts(
        line="/asign boris", line_number=2, reason="there is no command /asign", remedy="/assign boris", text="the answer")
    text = shipped.render("refused", facts, "en").text
    for needed in ("Line 2", "    /asign boris", "Why: there is no command /asign", "/assign boris", "> the answer"):
        assert needed in text


@pytest.mark.parametrize("locale", LOCALES)
def test_every_purpose_ships_in_every_language(locale: str) -> None:
    ours = {name.split("/", 1)[1] for name in NAMES if name.startswith(f"{locale}/")}
    assert ours == {name.split("/", 1)[1] for name in NAMES if name.startswith("en/")}
    assert {name.split("/")[0] for name in ours} == set(PURPOSES)


def text_of(path: Path) -> str:
    """The words of a file, without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", sorted(shipped_templates().glob("ru/**/*.j2")), ids=lambda path: path.name)
def test_russian_is_written_as_native_desks_write_it(path: Path) -> None:
    text = text_of(path)
    for wrong in ("тикет", "извиняемся", "доброго времени", "неудобства", "супервайзер"):
        assert wrong not in text.lower()
    assert not re.search(r"\b(вы|вас|вам|вами|ваш\w*)\b", text)


@pytest.mark.parametrize("path", sorted(shipped_templates().glob("lt/**/*.j2")), ids=lambda path: path.name)
def test_lithuanian_is_written_as_native_desks_write_it(path: Path) -> None:
    text = text_of(path)
    for wrong in ("biliet", "pagalbos stal", "supervizor", "Sveikas", "Gero ryto", "Pagarbiai,"):
        assert wrong not in text
    assert not re.search(r"\b(jūs|jus|jums|jūsų)\b", text)


def test_every_fact_is_described() -> None:
    plain = {"ticket", "category", "overdue"}
    assert [one.name for one in fields(Facts) if one.name not in (Facts.__doc__ or "") and one.name not in plain] == []
