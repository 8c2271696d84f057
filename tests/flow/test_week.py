"""A week of a desk, lived in a minute: fifty matters, random mail, two daemons on PostgreSQL that die and come back.

Customers write in three languages, write again, are away, come twice; agents answer, promise, snooze, resolve, mistype
their commands. Afterwards a judge who knows the promises, and none of the code, looks through every mail and every line of
history (`week_judge.py`). Another seed is another week: `MAILBRIDGE_WEEK=7 pytest tests/flow/test_week.py`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.flow.week_judge import Case, Judge, judge_of
from tests.flow.week_people import Sent
from tests.flow.week_world import Week, begin_week, live
from tests.servers.postgres import PostgresServer

SEED = int(os.environ.get("MAILBRIDGE_WEEK", "1"))


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Week]:
    name = f"week{os.getpid()}"
    postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE migrated')
    begun = begin_week(tmp_path_factory.mktemp("week") / "desk", postgres.url(name), SEED)
    try:
        yield live(begun)
    finally:
        begun.close()


@pytest.fixture(scope="module")
def judge(week: Week) -> Judge:
    return judge_of(week)


def test_everybody_whom_we_owe_hears_from_us_every_24_hours_or_on_the_named_day(judge):
    assert list(judge.silence()) == []


def test_every_time_that_a_mail_names_is_kept_to_the_minute(judge):
    assert list(judge.named_times()) == []


def test_news_goes_out_before_the_desk_closes_rather_than_at_night(judge):
    assert list(judge.night()) == []


def test_there_are_never_two_follow_ups_for_one_period(judge):
    assert list(judge.too_soon()) == []


def test_each_follow_up_is_in_other_words_than_the_one_before_and_no_apology_comes_twice(judge):
    assert list(judge.other_words()) == []


def test_nobody_is_followed_up_after_it_is_resolved_closed_asleep_or_his_turn(judge):
    assert list(judge.rests()) == []


def test_robots_are_sent_nothing_and_caps_are_kept(judge):
    assert list(judge.robots()) == []


def test_promised_dates_are_told_and_told_to_be_missed_before_they_pass(judge):
    assert list(judge.promised_dates()) == []


def test_who_sleeps_wakes_at_his_time(judge):
    assert list(judge.sleep()) == []


def test_each_step_of_the_ladder_is_told_once_and_in_order(judge):
    assert list(judge.ladder()) == []


def test_what_nobody_answers_reaches_the_lead_and_then_the_supervisor_on_time(judge):
    assert list(judge.unanswered_climb()) == []


def test_the_supervisor_gets_one_digest_a_day_and_nothing_overdue_is_missing_in_it(judge):
    assert list(judge.digests()) == []


def test_every_mail_lies_on_one_ticket_and_no_ticket_is_doubled(judge):
    assert list(judge.placement()) == []


def test_words_reach_whom_they_are_meant_for_once_and_nobody_else(judge):
    assert list(judge.delivery()) == []


def test_nothing_is_missing(week):
    found = week.daemons[0].desk.audit()
    assert (found.missing, found.waiting, found.quarantined) == (0, 0, 0)
    assert found.received == found.on_tickets + found.silent + found.duplicates


def test_the_week_was_as_rough_as_it_should_be(week, judge):
    """Without this a gentle week would prove nothing."""
    befell = Counter(what for _, what in week.log)
    assert befell["gone with claims"] == befell["killed while sending"] == 2
    assert befell["a daemon starts"] == 10
    news = [one for _, one in judge.all_news()]
    assert len(judge.cases) == 50
    assert len(news) > 50
    assert {case.customer.language for case, _ in judge.all_news()} == {"en", "ru", "lt"}
    happened = Counter(what for case in judge.cases for _, what, _ in case.events)
    assert min(happened[what] for what in ("reopened", "promised", "promise-missed", "escalated", "repeat-received", "refused", "state-resolved",
                                           "state-pending", "state-snoozed", "transferred", "absence-received", "graded")) > 0
    assert len(week.sent) > len({(one.to, one.message_id) for one in week.sent}), "nobody was killed at the worst moment"


def changed(judge: Judge, case: Case, heard: list[Sent]) -> Judge:
    return replace(judge, cases=[replace(case, heard=sorted(heard, key=lambda one: one.at)), *(one for one in judge.cases if one is not case)])


def one_kept_back(judge: Judge) -> Judge:
    case, kept = next((case, after) for case in judge.persons() for before, after in pairwise(case.heard)
                      if before in case.news and after in case.news and after is not case.heard[-1])
    return changed(judge, case, [one for one in case.heard if one is not kept])


def one_said_again(judge: Judge) -> Judge:
    case, news = next(judge.all_news())
    return changed(judge, case, [*case.heard, replace(news, at=news.at + timedelta(hours=2))])


def one_at_night(judge: Judge) -> Judge:
    case, news = next((case, one) for case, one in judge.all_news() if not case.office_at(one.at).always and case.office_at(one.at).is_open(one.at))
    return changed(judge, case, [one if one is not news else replace(one, at=one.at + timedelta(hours=6)) for one in case.heard])


def one_after_the_end(judge: Judge) -> Judge:
    case = next(case for case in judge.persons() if case.news and case.state_at(case.ends) in ("resolved", "pending"))
    return changed(judge, case, [*case.heard, replace(case.news[0], at=case.ends)])


def one_broken_promise_not_told(judge: Judge) -> Judge:
    case = next(case for case in judge.persons() if any(case.purpose(one) == "follow-up/promise" for one in case.heard))
    return changed(judge, case, [one for one in case.heard if case.purpose(one) != "follow-up/promise"])


def one_step_told_twice(judge: Judge) -> Judge:
    case = next(case for case in judge.cases if any(one["what"] == "escalated" for one in case.ticket["events"]))
    twice = [one for event in case.ticket["events"] for one in ([event] * 2 if event["what"] == "escalated" else [event])]
    return replace(judge, cases=[replace(case, ticket=case.ticket | {"events": twice})])


@pytest.mark.parametrize(("wrong", "check"), [
    (one_kept_back, Judge.silence), (one_kept_back, Judge.named_times), (one_said_again, Judge.too_soon), (one_said_again, Judge.other_words),
    (one_at_night, Judge.night), (one_after_the_end, Judge.rests), (one_broken_promise_not_told, Judge.promised_dates),
    (one_step_told_twice, Judge.ladder),
])
def test_the_judge_sees_what_is_wrong(judge, wrong: Callable[[Judge], Judge], check: Callable[[Judge], Iterator[str]]):
    assert list(check(wrong(judge))) != []
