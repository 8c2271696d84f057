"""What a pause does to the clocks, and what the customer is told of time: a table for each rule."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbridge.config.model import Calendar, ServiceLevel
from mailbridge.decide.calendar import hours_of
from mailbridge.decide.promises import Facts, Kind, News, Plan, Reason, Rules, plan

VILNIUS = ZoneInfo("Europe/Vilnius")
OFFICE = hours_of(Calendar(timezone="Europe/Vilnius", hours={"mon-fri": ("09:00-18:00",)}))
ALWAYS = hours_of(Calendar(timezone="Europe/Vilnius"))
RULES = Rules(ServiceLevel(next_response="2h"), OFFICE)


def at(text: str) -> datetime:
    """2026-11-23 is a Monday."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=VILNIUS).astimezone(UTC)


def shown(moment: datetime | None) -> str | None:
    return moment.astimezone(VILNIUS).strftime("%d %H:%M") if moment else None


def facts(created: str, **more: Any) -> Facts:
    return Facts("open", at(created), **more)


def updates(made: Plan) -> list[tuple[str | None, Reason]]:
    return [(shown(timer.at), timer.reason) for timer in made.timers if timer.kind == Kind.UPDATE]


@pytest.mark.parametrize(
    ("news", "paused", "update", "reason"),
    [
        ("23 10:00", (), "24 10:00", Reason.NEWS),
        ("23 10:00", (("23 11:00", "24 09:30"),), "25 09:30", Reason.NEWS),
        ("23 10:00", (("23 11:00", "23 12:00"), ("23 13:00", "24 16:00")), "25 16:00", Reason.NEWS),
        ("23 10:00", (("23 11:00", "24 20:00"),), "25 17:30", Reason.NEWS_BEFORE_CLOSING),
        ("24 12:00", (("23 11:00", "24 09:30"),), "25 12:00", Reason.NEWS),
    ],
    ids=["no pause", "a pause", "two pauses", "it ended at night", "he heard from us after it"],
)
def test_the_24_hours_run_anew_from_the_moment_at_which_the_next_step_is_ours_again(news, paused, update, reason):
    spans = tuple((at(start), at(end)) for start, end in paused)
    assert updates(plan(facts("23 09:00", news_at=at(news), paused=spans), RULES)) == [(update, reason)]


@pytest.mark.parametrize(
    ("news", "named", "paused", "update"),
    [
        ("27 16:00", "30 17:30", (), "30 17:30"),
        ("24 17:30", "26 17:30", (("25 03:30", "25 11:00"),), "26 11:00"),
        ("24 02:00", "24 17:30", (), "24 17:30"),
        ("23 10:00", "23 15:00", (), "23 15:00"),
        ("23 10:00", "23 15:00", (("23 16:00", "23 17:00"),), "24 17:00"),
    ],
    ids=["a later day stands", "he wrote again since", "the same as reckoned", "told earlier, by another department", "over and done"],
)
def test_what_the_customer_was_told_holds(news, named, paused, update):
    known = facts("20 09:00", news_at=at(news), next_news_at=at(named), paused=tuple((at(start), at(end)) for start, end in paused))
    assert [when for when, _ in updates(plan(known, RULES))] == [update]


def test_news_comes_before_closing_although_a_department_that_never_closes_has_named_a_later_hour():
    known = facts("27 01:30", news_at=at("27 01:30"), next_news_at=at("28 01:30"))
    assert updates(plan(known, RULES)) == [("27 17:30", Reason.NEWS_BEFORE_CLOSING)]
    assert updates(plan(known, replace(RULES, hours=ALWAYS))) == [("28 01:30", Reason.NEWS)]


@pytest.mark.parametrize(
    ("planned", "told"),
    [("24 10:00", "24 10:15"), ("24 10:01", "24 10:30"), ("24 17:30", "24 17:45"), ("24 23:50", "25 00:15")],
)
def test_the_customer_is_told_a_round_time_that_is_kept_and_not_just_missed(planned, told):
    assert shown(News(at(planned), named=False).by) == told


def test_sleep_puts_off_the_answer_that_is_owed_but_not_one_that_is_missed_already():
    asleep = ((at("23 10:30"), at("24 10:30")),)
    first = facts("23 10:00", waiting_since=at("23 10:00"), paused=asleep)
    assert shown(plan(first, RULES).response_due_at) == "24 11:00"
    later = replace(first, answered_at=at("23 09:00"), created_at=at("20 09:00"))
    assert shown(plan(later, RULES).response_due_at) == "24 12:00"
    missed = facts("23 10:00", waiting_since=at("23 10:00"), paused=((at("23 12:00"), at("24 10:30")),))
    assert shown(plan(missed, RULES).response_due_at) == "23 11:00"


def test_the_resolution_is_overdue_once_whatever_pauses_follow():
    late = facts("23 10:00", answered_at=at("23 10:10"), paused=((at("27 10:00"), at("27 15:00")),))
    assert shown(plan(late, RULES).resolution_due_at) == "26 10:00"
    in_time = facts("23 10:00", answered_at=at("23 10:10"), paused=((at("25 10:00"), at("25 15:00")),))
    assert shown(plan(in_time, RULES).resolution_due_at) == "26 15:00"


def test_whoever_owed_the_next_step_waits_for_a_first_answer_from_then_on():
    again = facts("23 10:00", paused=((at("23 12:00"), at("25 10:00")),))
    assert shown(plan(again, RULES).response_due_at) == "25 11:00"


def test_a_step_of_the_ladder_is_told_once_for_one_wait_although_a_transfer_sets_another_deadline():
    known = facts("23 10:00", waiting_since=at("23 10:00"))
    told = frozenset(timer.key for timer in plan(known, replace(RULES, hours=ALWAYS)).timers if timer.kind == Kind.ESCALATION)
    quick = replace(RULES, service=ServiceLevel(first_response="30m", resolution="1d"))
    assert [timer for timer in plan(replace(known, done=told), quick).timers if timer.kind == Kind.ESCALATION] == []
    warned = [timer.reason for timer in plan(replace(known, done=told), quick).timers if timer.kind == Kind.WARNING]
    assert sorted(warned) == [Reason.FIRST_RESPONSE, Reason.RESOLUTION]
