"""What a ticket owes, and when: a table for each kind of promise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.config.model import Calendar, ServiceLevel
from mailbridge.decide.calendar import hours_of
from mailbridge.decide.promises import Facts, Kind, News, Plan, Reason, Rules, next_news, plan

VILNIUS = ZoneInfo("Europe/Vilnius")
OFFICE = hours_of(Calendar(timezone="Europe/Vilnius", hours={"mon-fri": ("09:00-18:00",)}, closed=("2026-12-24",)))
ALWAYS = hours_of(Calendar(timezone="Europe/Vilnius", hours={"mon-sun": ("00:00-24:00",)}))
STANDARD = ServiceLevel()
RULES = Rules(STANDARD, OFFICE)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=VILNIUS).astimezone(UTC)


def shown(moment: datetime | None) -> str | None:
    return moment.astimezone(VILNIUS).strftime("%Y-%m-%d %H:%M") if moment else None


def facts(created: str = "2026-11-23 10:00", state: str = "new", **more: Any) -> Facts:
    return Facts(state, at(created), waiting_since=at(created) if state == "new" else None, **more)


def timers(made: Plan, kind: Kind) -> list[tuple[str | None, str]]:
    return [(shown(timer.at), timer.to) for timer in made.timers if timer.kind == kind]


@pytest.mark.parametrize(
    ("created", "hours", "response", "resolution"),
    [  # 2026-11-23 is a Monday
        ("2026-11-23 10:00", OFFICE, "2026-11-23 11:00", "2026-11-26 10:00"),
        ("2026-11-27 17:30", OFFICE, "2026-11-30 09:30", "2026-12-02 17:30"),
        ("2026-11-28 12:00", OFFICE, "2026-11-30 10:00", "2026-12-02 18:00"),
        ("2026-12-23 17:30", OFFICE, "2026-12-25 09:30", "2026-12-29 17:30"),
        ("2026-11-28 12:00", ALWAYS, "2026-11-28 13:00", "2026-12-01 12:00"),
    ],
)
def test_targets_run_in_business_time(created: str, hours: Any, response: str, resolution: str) -> None:
    made = plan(facts(created), replace(RULES, hours=hours))
    assert (shown(made.response_due_at), shown(made.resolution_due_at)) == (response, resolution)
    assert made.due_at == made.response_due_at


def test_after_an_answer_the_next_response_counts_from_the_first_unanswered_mail() -> None:
    answered = facts(state="open", answered_at=at("2026-11-23 10:30"))
    service = ServiceLevel(next_response="4h")
    assert plan(answered, replace(RULES, service=service)).response_due_at is None
    waiting = replace(answered, waiting_since=at("2026-11-23 16:00"))
    assert shown(plan(waiting, replace(RULES, service=service)).response_due_at) == "2026-11-24 11:00"
    assert plan(waiting, RULES).response_due_at is None


def test_time_in_which_the_customer_owed_does_not_count_towards_the_resolution() -> None:
    pauses = ((at("2026-11-23 12:00"), at("2026-11-24 12:00")), (at("2026-11-25 09:00"), at("2026-11-25 10:00")))
    paused = facts(state="open", answered_at=at("2026-11-23 11:00"), paused=pauses)
    assert shown(plan(paused, RULES).resolution_due_at) == "2026-11-27 11:00"


def test_the_agent_is_warned_then_each_step_of_the_ladder_is_told_counted_from_the_breach() -> None:
    made = plan(facts(), replace(RULES, service=ServiceLevel(resolution=None)))
    assert timers(made, Kind.WARNING) == [("2026-11-23 10:45", "agent")]
    assert timers(made, Kind.ESCALATION) == [("2026-11-23 12:00", "lead"), ("2026-11-23 15:00", "supervisor")]
    assert {timer.about_at for timer in made.timers if timer.kind != Kind.UPDATE} == {made.response_due_at}


def test_the_ladder_climbs_in_open_hours_only() -> None:
    made = plan(facts("2026-11-27 16:30"), replace(RULES, service=ServiceLevel(resolution=None)))
    assert timers(made, Kind.ESCALATION) == [("2026-11-30 09:30", "lead"), ("2026-11-30 12:30", "supervisor")]


def test_each_step_is_told_once() -> None:
    first = plan(facts(), RULES)
    told = frozenset(timer.key for timer in first.timers if timer.to == "lead")
    again = plan(facts(done=told), RULES)
    assert [timer.to for timer in again.timers if timer.kind == Kind.ESCALATION] == ["supervisor", "supervisor"]
    assert len(told) == 2


def test_an_answer_withdraws_warning_and_escalation_of_the_response() -> None:
    made = plan(facts(state="open", answered_at=at("2026-11-23 10:30")), RULES)
    climbing = (Kind.WARNING, Kind.ESCALATION)
    assert {timer.reason for timer in made.timers if timer.kind in climbing} == {Reason.RESOLUTION}


@pytest.mark.parametrize(
    ("news", "hours", "update", "reason"),
    [
        ("2026-11-23 10:00", OFFICE, "2026-11-24 10:00", Reason.NEWS),
        ("2026-11-23 19:00", OFFICE, "2026-11-24 17:30", Reason.NEWS_BEFORE_CLOSING),
        ("2026-11-24 03:00", OFFICE, "2026-11-24 17:30", Reason.NEWS_BEFORE_CLOSING),
        ("2026-11-27 10:00", OFFICE, "2026-11-27 17:30", Reason.NEWS_BEFORE_CLOSING),
        ("2026-12-23 10:00", OFFICE, "2026-12-23 17:30", Reason.NEWS_BEFORE_CLOSING),
        ("2026-11-27 19:00", OFFICE, "2026-11-28 19:00", Reason.NEWS),
        ("2026-11-23 18:00", OFFICE, "2026-11-24 17:30", Reason.NEWS_BEFORE_CLOSING),
        ("2026-11-28 23:00", ALWAYS, "2026-11-29 23:00", Reason.NEWS),
        ("2026-10-24 12:00", ALWAYS, "2026-10-25 11:00", Reason.NEWS),
    ],
)
def test_news_come_after_24_running_hours_or_before_the_desk_closes(
    news: str, hours: Any, update: str, reason: Reason
) -> None:
    made = plan(facts(news, news_at=at(news)), replace(RULES, hours=hours))
    [timer] = [timer for timer in made.timers if timer.kind == Kind.UPDATE]
    assert (shown(timer.at), timer.reason, timer.to) == (update, reason, "customer")
    assert timer.about_at == at(news) + timedelta(hours=24)


def test_a_named_day_replaces_the_24_hours_until_newer_news() -> None:
    named = facts(news_at=at("2026-11-27 17:30"), next_news_at=at("2026-11-30 17:30"))
    assert timers(plan(named, RULES), Kind.UPDATE) == [("2026-11-30 17:30", "customer")]
    newer = replace(named, news_at=at("2026-11-30 18:30"))
    assert timers(plan(newer, RULES), Kind.UPDATE) == [("2026-12-01 17:30", "customer")]


@pytest.mark.parametrize(
    ("after", "every", "news"),
    [
        ("2026-11-23 10:00", "24h", ("2026-11-24 10:00", False)),
        ("2026-11-23 17:30", "24h", ("2026-11-24 17:30", False)),
        ("2026-11-27 09:30", "24h", ("2026-11-27 17:30", False)),
        ("2026-11-27 16:00", "24h", ("2026-11-30 17:30", True)),
        ("2026-11-27 17:30", "24h", ("2026-11-30 17:30", True)),
        ("2026-12-23 17:30", "24h", ("2026-12-25 17:30", True)),
        ("2026-11-27 20:00", "24h", ("2026-11-28 20:00", False)),
        ("2026-11-29 12:00", "24h", ("2026-11-30 12:00", False)),
        ("2026-11-29 20:00", "24h", ("2026-11-30 17:30", False)),
        ("2026-11-23 17:45", "4h", ("2026-11-24 13:00", True)),
        ("2026-11-23 15:00", "4h", ("2026-11-23 17:30", False)),
    ],
)
def test_news_names_the_next_open_day_when_the_next_would_be_later_than_usual(
    after: str, every: str, news: tuple[str, bool]
) -> None:
    found = next_news(at(after), every, OFFICE)
    assert (shown(found.at), found.named) == news


@pytest.mark.parametrize("more", [
    {"state": "pending"}, {"state": "snoozed"}, {"state": "resolved"}, {"state": "closed"}, {"state": "spam"},
    {"state": "merged"}, {"answerable": False}])
def test_no_news_where_we_owe_none_or_nobody_may_be_written_to(more: dict[str, Any]) -> None:
    assert timers(plan(facts(**more), RULES), Kind.UPDATE) == []


def test_follow_ups_are_laid_before_the_agent_or_left_out_as_configured() -> None:
    assert timers(plan(facts(), replace(RULES, follow_up="draft")), Kind.UPDATE) == [("2026-11-24 10:00", "agent")]
    assert timers(plan(facts(), replace(RULES, follow_up="off")), Kind.UPDATE) == []
    assert timers(plan(facts(follow_ups=3), replace(RULES, most_follow_ups=3)), Kind.UPDATE) == []
    assert timers(plan(facts(follow_ups=2), replace(RULES, most_follow_ups=3)), Kind.UPDATE) != []


def test_in_25_and_50_hours_two_follow_ups_go_out_and_not_one_more() -> None:
    now, known, sent = at("2026-11-23 10:00"), facts(news_at=at("2026-11-23 10:00")), []
    for sweep in (now, now + timedelta(hours=25), now + timedelta(hours=25, minutes=1), now + timedelta(hours=50)):
        for timer in plan(known, replace(RULES, hours=ALWAYS)).due(sweep):
            if timer.kind == Kind.UPDATE:
                sent.append(timer.step)
                known = replace(known, news_at=sweep, follow_ups=known.follow_ups + 1)
    assert sent == [1, 2]


@pytest.mark.parametrize(
    ("made", "eta", "warned", "told"),
    [
        ("2026-11-23 10:00", "2026-11-24 16:00", "2026-11-24 12:00", "2026-11-24 15:00"),
        ("2026-11-23 10:00", "2026-11-24 09:30", "2026-11-23 17:30", "2026-11-24 09:00"),
        ("2026-11-23 10:00", "2026-11-28 12:00", "2026-11-27 14:30", "2026-11-27 17:30"),
        ("2026-11-23 10:00", "2026-11-24 09:00", "2026-11-23 14:30", "2026-11-23 17:30"),
        ("2026-11-23 10:00", "2026-11-23 11:00", "2026-11-23 10:15", "2026-11-23 10:30"),
        ("2026-11-28 10:00", "2026-11-28 14:00", "2026-11-28 11:30", "2026-11-28 13:00"),
    ],
)
def test_a_date_that_will_be_missed_is_told_before_it_passes(made: str, eta: str, warned: str, told: str) -> None:
    promised = facts(state="open", answered_at=at(made), news_at=at(made), eta=at(eta), eta_made_at=at(made))
    planned = plan(promised, replace(RULES, service=ServiceLevel(resolution=None)))
    assert timers(planned, Kind.WARNING) == [(warned, "agent")]
    assert timers(planned, Kind.PROMISE) == [(told, "customer")]
    assert planned.due_at == at(eta)


def test_a_promised_date_holds_while_the_ticket_sleeps_or_waits_for_the_customer() -> None:
    for state in ("pending", "snoozed"):
        promised = facts(state=state, eta=at("2026-11-25 16:00"), snoozed_until=at("2026-11-30 09:00"))
        assert timers(plan(promised, RULES), Kind.PROMISE) == [("2026-11-25 15:00", "customer")]
    assert plan(facts(state="resolved", eta=at("2026-11-25 16:00")), RULES).timers == ()


def test_a_snoozed_ticket_wakes_and_others_do_not() -> None:
    until = at("2026-11-25 09:00")
    asleep = plan(facts(state="snoozed", snoozed_until=until), RULES)
    assert timers(asleep, Kind.SNOOZE) == [("2026-11-25 09:00", "desk")]
    assert timers(plan(facts(state="open", snoozed_until=until), RULES), Kind.SNOOZE) == []


def test_silence_of_the_customer_reminds_and_closes_as_configured() -> None:
    rules = replace(RULES, remind_after=timedelta(days=3), close_pending_after=timedelta(days=7),
                    close_resolved_after=timedelta(days=5))
    pending = plan(facts(state="pending", state_since=at("2026-11-23 12:00")), rules)
    assert timers(pending, Kind.REMINDER) == [("2026-11-26 12:00", "customer")]
    assert timers(pending, Kind.AUTO_CLOSE) == [("2026-11-30 12:00", "desk")]
    resolved = plan(facts(state="resolved", state_since=at("2026-11-23 12:00")), rules)
    assert timers(resolved, Kind.AUTO_CLOSE) == [("2026-11-28 12:00", "desk")]
    assert plan(facts(state="pending"), RULES).timers == ()


def test_the_same_facts_give_the_same_keys_and_no_two_timers_share_one() -> None:
    known = facts(news_at=at("2026-11-23 10:00"), eta=at("2026-11-25 16:00"))
    keys = [timer.key for timer in plan(known, RULES).timers]
    assert keys == [timer.key for timer in plan(known, RULES).timers]
    assert len(set(keys)) == len(keys) > 5


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001 - drawn naive, then UTC
    lambda moment: moment.replace(tzinfo=UTC, microsecond=0))


@settings(max_examples=200, deadline=None)
@given(opened=MOMENTS, hours=st.sampled_from([OFFICE, ALWAYS]))
def test_a_customer_is_never_silent_for_longer_than_24_hours_unless_the_day_was_named(
    opened: datetime, hours: Any
) -> None:
    rules, known = replace(RULES, hours=hours), Facts("new", opened, waiting_since=opened, news_at=opened)
    for _ in range(6):
        [timer] = [timer for timer in plan(known, rules).timers if timer.kind == Kind.UPDATE]
        assert known.news_at is not None
        assert timer.at > known.news_at
        assert timer.at - known.news_at <= timedelta(hours=24) or timer.reason is Reason.NEWS_NAMED
        if timer.reason is Reason.NEWS_NAMED:
            assert hours.open_at(timer.at)
        news: News = next_news(timer.at, "24h", hours)
        known = replace(known, news_at=timer.at, next_news_at=news.at if news.named else None)


@settings(max_examples=200, deadline=None)
@given(made=MOMENTS, minutes=st.integers(2, 20_000), hours=st.sampled_from([OFFICE, ALWAYS]))
def test_warning_and_telling_always_come_before_the_promised_date(made: datetime, minutes: int, hours: Any) -> None:
    eta = made + timedelta(minutes=minutes)
    promised = Facts("open", made, answered_at=made, news_at=made, eta=eta, eta_made_at=made)
    planned = plan(promised, replace(RULES, hours=hours, service=ServiceLevel(resolution=None)))
    [warning] = [timer for timer in planned.timers if timer.kind == Kind.WARNING]
    [promise] = [timer for timer in planned.timers if timer.kind == Kind.PROMISE]
    assert made < warning.at < promise.at < eta
