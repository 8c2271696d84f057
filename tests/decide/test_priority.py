"""How pressing a ticket is: words of customers in three languages, level, repeats, waiting."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.config.priorities import load_priority, shipped_priority
from mailbridge.decide.priority import Grade, Ground, Pressing, grade, priority_words
from mailbridge.errors import ConfigError

WORDS = load_priority()


def graded(text: str = "", **more: object) -> Grade:
    return grade(Pressing(text=text, **more), WORDS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "priority", "grounds"),
    [
        ("How do I change my address?", "normal", []),
        ("Please help, nothing works since this morning", "critical", ["stopped"]),
        ("Our shop went down and we are losing customers", "critical", ["stopped", "business"]),
        ("I can see other customers' invoices!", "critical", ["leak"]),
        ("This is URGENT", "high", ["urgent"]),
        ("It is not urgent, but the button is grey", "low", ["calm"]),
        ("Not urgent. No rush at all.", "low", ["calm"]),
        ("The kettle gave me an electric shock", "high", ["harm"]),
        ("We have a deadline on Friday", "high", ["business"]),
        ("It is still not working", "normal", ["repeated"]),
        ("Urgent! We have a deadline and all users wait", "high", ["urgent", "business"]),
        ("A detergent question", "normal", []),
        ("Как поменять адрес доставки?", "normal", []),
        ("У нас с утра ничего не работает", "critical", ["stopped"]),
        ("Похоже, произошла утечка данных", "critical", ["leak"]),
        ("Нас взломали", "critical", ["leak"]),
        ("Срочно нужна помощь!", "high", ["urgent"]),
        ("Вопрос не срочный", "low", ["calm"]),
        ("Это не срочно, ответьте, когда будет время", "low", ["calm"]),
        ("Чайник дымится и пахнет гарью", "high", ["harm"]),
        ("Мы теряем клиентов", "high", ["business"]),
        ("Опять та же ошибка", "normal", ["repeated"]),
        ("Всё ещё не пришло", "normal", ["repeated"]),
        ("Kaip pakeisti pristatymo adresą?", "normal", []),
        ("Nuo ryto niekas neveikia", "critical", ["stopped"]),
        ("Panašu, kad nutekėjo duomenys", "critical", ["leak"]),
        ("Labai skubiai reikia pagalbos", "high", ["urgent"]),
        ("Neskubu, kai turėsite laiko", "low", ["calm"]),
        ("Iš prietaiso rūksta dūmai", "high", ["harm"]),
        ("Patiriame nuostolių", "high", ["business"]),
        ("Vis dar neveikia", "normal", ["repeated"]),
    ],
)
def test_the_words_of_a_customer_say_how_pressing_it_is(text: str, priority: str, grounds: list[str]) -> None:
    found = graded(text)
    assert (found.priority, [why.ground for why in found.reasons]) == (priority, grounds)


def test_the_subject_counts_as_well_as_the_text() -> None:
    assert grade(Pressing(subject="Urgent: order 17", text="See below."), WORDS).priority == "high"


def test_the_grounds_weigh_in_the_order_that_is_shipped() -> None:
    points = [WORDS.points[ground] for ground in (
        Ground.STOPPED, Ground.URGENT, Ground.HARM, Ground.BUSINESS, Ground.REPEATED)]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == len(points)
    assert WORDS.points[Ground.BUSINESS] > WORDS.levels["vip"] > WORDS.points[Ground.WAITING]


def test_words_that_only_add_up_never_make_a_ticket_critical() -> None:
    found = graded("Urgent! Dangerous smoke, we are losing money again and again", level="vip", repeats=9)
    assert (found.priority, found.points) == ("high", 99)


@pytest.mark.parametrize(
    ("days", "priority"), [(0, "normal"), (0.99, "normal"), (1, "normal"), (2, "high"), (4, "high"), (5, "critical")])
def test_waiting_raises_the_priority_day_by_day(days: float, priority: str) -> None:
    assert graded("How do I change my address?", waited=timedelta(days=days)).priority == priority


def test_who_has_no_hurry_waits_longer_but_not_for_ever() -> None:
    assert [graded("not urgent", waited=timedelta(days=days)).priority for days in (0, 1, 3, 6)] == [
        "low", "normal", "high", "critical"]


def test_level_and_repeats_add_up() -> None:
    assert graded("Where is my order?", level="VIP").priority == "normal"
    assert graded("Where is my order?", level="VIP", repeats=1).priority == "high"
    assert graded("Where is my order?", level="unheard of").reasons == ()


def test_every_reason_is_kept_with_what_was_found_weightiest_first() -> None:
    found = graded("Urgent: again and again the deadline", level="gold", waited=timedelta(days=3), repeats=2)
    assert [(why.ground, why.points, why.found) for why in found.reasons] == [
        (Ground.URGENT, 60, "urgent"), (Ground.WAITING, 60, "3 d"), (Ground.BUSINESS, 40, "deadline"),
        (Ground.REPEATED, 40, "2"), (Ground.REPEATED, 20, "again and again"), (Ground.LEVEL, 20, "gold")]


def test_what_a_person_has_set_stays() -> None:
    found = graded("nothing works", set_by="low", waited=timedelta(days=9))
    assert (found.priority, found.reasons[0].ground) == ("low", Ground.PERSON)


def test_an_admin_adds_words_and_changes_points(tmp_path: Path) -> None:
    (tmp_path / "de.toml").write_text('urgent = ["dringend*"]\n', "utf-8")
    (tmp_path / "points.toml").write_text("[points]\nurgent = 100\n[levels]\nbronze = 5\n", "utf-8")
    words = load_priority(shipped_priority(), tmp_path)
    assert grade(Pressing(text="Dringende Bitte"), words).priority == "critical"
    assert grade(Pressing(text="срочно"), words).priority == "critical"
    assert words.levels["vip"] == 30


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("en.toml", 'urgnt = ["now"]', r'\[en\] has no list "urgnt"; known: stopped'),
        ("en.toml", 'urgent = "now"', "urgent is not a list of phrases"),
        ("en.toml", 'urgent = ["a*b"]', '"a\\*b" is no phrase'),
        ("en.toml", 'urgent = [""]', '"" is no phrase'),
        ("en.toml", "urgent = [", "Invalid value|Unclosed array"),
        ("points.toml", "[points]\nspeed = 3", '"speed"'),
        ("points.toml", '[points]\nurgent = "3"', "urgent is not a whole number"),
        ("points.toml", "[point]\nurgent = 3", r"no table \[point\]"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, name: str, text: str, fault: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=fault) as error:
        load_priority(tmp_path)
    assert name in str(error.value)


def test_no_words_at_all_leave_everything_normal() -> None:
    assert grade(Pressing(text="nothing works"), priority_words({}, {}, {})).priority == "normal"


@given(text=st.text(max_size=200), waited=st.timedeltas(timedelta(days=-1), timedelta(days=4000)))
def test_any_text_has_a_priority(text: str, waited: timedelta) -> None:
    assert graded(text, waited=waited).priority in ("low", "normal", "high", "critical")


def test_a_huge_text_is_graded_in_no_time() -> None:
    assert graded("urgen " * 500_000).priority == "normal"
