"""Commands at the top of an agent's mail: understood one a line, refused all together."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.decide.command_words import COMMANDS, FAULTS
from mailbridge.decide.commands import Command, CommandContext, CommandSheet, Reason, help_text, read_commands

AGENTS = {
    "anna": ("Anna Petrova", "anna@example.org"),
    "boris": ("Борис Иванов", "boris@example.org"),
    "jonas": ("Jonas Žukas", "jonas@example.org"),
    "petras": ("Petras Žukas", "petras@example.org"),
}
CONTEXT = CommandContext(
    agents=AGENTS, writer="anna", role="agent", departments=("support", "billing"), categories=(),
    now=datetime(2026, 11, 23, 12, tzinfo=UTC), timezone="Europe/Vilnius")


def read(text: str, **more: Any) -> CommandSheet:
    return read_commands(text, replace(CONTEXT, **more))


def refused(text: str, **more: Any) -> tuple[Reason, int]:
    sheet = read(text, **more)
    assert sheet.commands == ()
    [problem] = sheet.problems
    return problem.reason, problem.line_number


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/resolve", Command("resolve")),
        ("/take", Command("take", agent="anna")),
        ("/watch", Command("watch", agent="anna")),
        ("/watch boris", Command("watch", agent="boris")),
        ("/assign boris", Command("assign", agent="boris")),
        ("/assign @Boris", Command("assign", agent="boris")),
        ("/assign boris@example.org", Command("assign", agent="boris")),
        ("/assign Борис", Command("assign", agent="boris")),
        ("/assign Jonas Zukas", Command("assign", agent="jonas")),
        ("/assign jon", Command("assign", agent="jonas")),
        ("/assign me", Command("assign", agent="anna")),
        ("/assign nobody", Command("assign", agent="")),
        ("/transfer Billing", Command("transfer", department="billing")),
        ("/priority high", Command("priority", priority="high")),
        ("/priority Средний", Command("priority", priority="normal")),
        ("/priority zemas", Command("priority", priority="low")),
        ("/category Shipping", Command("category", category="shipping")),
        ("/tag invoice, #Refund invoice", Command("tag", tags=("invoice", "refund"))),
        ("/merge #1042", Command("merge", ticket=1042)),
        ("/merge [#1042]", Command("merge", ticket=1042)),
        ("/unmerge", Command("unmerge")),
        ("/unmerge 7", Command("unmerge", ticket=7)),
        ("/allow", Command("allow")),
        ("/allow Eva@Example.org", Command("allow", address="eva@example.org")),
        ("/allow eva@example.org<mailto:eva@example.org>", Command("allow", address="eva@example.org")),
        ("/escalate the customer threatens to leave", Command("escalate", text="the customer threatens to leave")),
        ("/draft", Command("draft")),
        ("/draft apology", Command("draft", template="apology")),
        ("/send", Command("send")),
        ("/send!", Command("send", force=True)),
        ("/eta 24.11. 15:00", Command("eta", until=datetime(2026, 11, 24, 13, tzinfo=UTC))),
        ("/snooze 2026-11-24", Command("snooze", until=datetime(2026, 11, 24, 7, tzinfo=UTC), whole_day=True)),
    ],
)
def test_a_command_is_read_with_what_stands_behind_it(line: str, command: Command) -> None:
    sheet = read(line)
    assert sheet.problems == ()
    assert sheet.commands == (command,)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_example_of_every_command_is_understood(name: str) -> None:
    sheet = read(COMMANDS[name].example)
    assert [command.name for command in sheet.commands] == [name]


@pytest.mark.parametrize(
    "line",
    ["/Resolve", "/RESOLVE", "  /resolve", "\u00a0/resolve\u00a0", "\u200b/resolve", "\ufeff/resolve", "/resolve.",
     "/resolve:", "*/resolve*", "**/resolve**", "`/resolve`", "\uff0fresolve", "/ resolve", "/re\u00adsolve",
     "\t/resolve", "/resolve\r"],
)
def test_what_mail_clients_make_of_a_line_is_understood(line: str) -> None:
    assert read(line + "\nHello") == CommandSheet((Command("resolve"),), "Hello")


@pytest.mark.parametrize(
    "text",
    ["/etc/passwd is not readable", "/2 of them", "/ 2", "/", "// a comment", "/dev/null", "/a.b", "Hello /resolve",
     "> /resolve", "- /resolve", "/ of that", "/resolve/close", "https://example.org/resolve", "/usr/share/doc",
     "and/or", "/" + "x" * 100_000],
)
def test_a_slash_in_a_text_is_no_command(text: str) -> None:
    assert read(text) == CommandSheet((), text)


def test_commands_and_text_are_told_apart_with_blank_lines_between() -> None:
    sheet = read("\n/take\n\n/priority high\n\n\nDear Eva,\n\n  it is done.\n\nAnna\n\n")
    assert [command.name for command in sheet.commands] == ["take", "priority"]
    assert [command.line_number for command in sheet.commands] == [2, 4]
    assert sheet.text == "Dear Eva,\n\n  it is done.\n\nAnna"
    assert "take" in sheet
    assert "resolve" not in sheet
    assert sheet.get("priority") == Command("priority", priority="high")
    assert sheet.get("resolve") is None


def test_a_text_without_commands_is_left_as_it_is() -> None:
    assert read("Dear Eva,\n\nit is done.") == CommandSheet((), "Dear Eva,\n\nit is done.")
    assert read("") == CommandSheet()


def test_the_text_on_the_line_of_a_note_begins_the_note() -> None:
    assert read("/note Called her.\nShe agrees.") == CommandSheet((Command("note"),), "Called her.\nShe agrees.")
    both = (Command("note"), Command("resolve"))
    assert read("/note\n/resolve\nDone by phone.") == CommandSheet(both, "Done by phone.")


@pytest.mark.parametrize(
    ("text", "reason", "line_number"),
    [
        ("/reslove", Reason.UNKNOWN_COMMAND, 1),
        ("/take\n/etc is full", Reason.UNKNOWN_COMMAND, 2),
        ("/assign", Reason.MISSING, 1),
        ("/eta", Reason.MISSING, 1),
        ("/resolve it works now", Reason.TOO_MUCH, 1),
        ("/resolve!", Reason.NO_FORCE, 1),
        ("/take /resolve", Reason.ONE_A_LINE, 1),
        ("/assign anna /resolve", Reason.ONE_A_LINE, 1),
        ("Dear Eva,\n\n/resolve", Reason.NOT_AT_TOP, 3),
        ("Dear Eva,\n/assign boris", Reason.NOT_AT_TOP, 2),
        ("/assign victor", Reason.UNKNOWN_AGENT, 1),
        ("/assign žukas", Reason.AMBIGUOUS_AGENT, 1),
        ("/transfer sales", Reason.UNKNOWN_DEPARTMENT, 1),
        ("/priority soon", Reason.UNKNOWN_PRIORITY, 1),
        ("/category two words", Reason.NO_WORD, 1),
        ("/tag good b/d", Reason.NO_WORD, 1),
        ("/eta some day", Reason.NO_DATE, 1),
        ("/eta 22.11.", Reason.PAST, 1),
        ("/snooze 2062-11-24", Reason.TOO_FAR, 1),
        ("/merge that one", Reason.NO_NUMBER, 1),
        ("/merge 0", Reason.NO_NUMBER, 1),
        ("/allow Eva", Reason.NO_ADDRESS, 1),
        ("/allow eva@example.org otto@example.org", Reason.NO_ADDRESS, 1),
        ("/resolve\n/pending", Reason.CONFLICT, 2),
        ("/close\n/snooze tomorrow", Reason.CONFLICT, 2),
        ("/merge 7\n/resolve", Reason.CONFLICT, 2),
        ("/take\n/assign boris", Reason.CONFLICT, 2),
        ("/note\n/send", Reason.CONFLICT, 2),
        ("/priority low\n/take\n/priority high", Reason.TWICE, 3),
        ("/eta 24.11.\n/eta 25.11.", Reason.TWICE, 2),
    ],
)
def test_a_line_that_cannot_be_done_refuses_the_whole_mail(text: str, reason: Reason, line_number: int) -> None:
    assert refused(text) == (reason, line_number)


def test_every_faulty_line_is_named_at_once_and_the_text_is_kept() -> None:
    sheet = read("/reslove\n/take\n/assign victor\nDear Eva")
    faulty = [(problem.line_number, problem.line) for problem in sheet.problems]
    assert faulty == [(1, "/reslove"), (3, "/assign victor")]
    assert (sheet.commands, sheet.text) == ((), "Dear Eva")


def test_categories_templates_and_tickets_are_checked_when_they_are_known() -> None:
    assert refused("/category shiping", categories=("shipping",))[0] is Reason.UNKNOWN_CATEGORY
    assert read("/category Shipping", categories=("shipping",)).commands == (Command("category", category="shipping"),)
    assert refused("/draft apologie", templates=("apology", "thanks"))[0] is Reason.UNKNOWN_TEMPLATE
    assert refused("/merge 8", ticket_exists=lambda number: number == 7)[0] is Reason.UNKNOWN_TICKET
    assert read("/merge 7", ticket_exists=lambda number: number == 7).commands == (Command("merge", ticket=7),)


def test_the_same_command_twice_is_done_once_and_some_may_come_several_times() -> None:
    assert read("/take\n/take").commands == (Command("take", agent="anna"),)
    assert len(read("/tag a\n/tag b\n/allow eva@example.org\n/allow otto@example.org").commands) == 4


def test_an_admin_who_is_no_agent_cannot_take_a_ticket_for_himself() -> None:
    assert refused("/assign me", writer="admin")[0] is Reason.UNKNOWN_AGENT
    assert refused("/take", writer="admin")[0] is Reason.UNKNOWN_AGENT


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("/reslove", "There is no command /reslove.", "Did you mean /resolve? /help lists all commands."),
        ("/assign bors", "Nobody here is known as “bors”.", "Did you mean boris? Known: anna, boris, jonas, petras."),
        ("/priority hihg", "“hihg” is no priority.", "Did you mean high? Known: critical, high, low, normal."),
        ("/eta 22.11.", "“22.11.” is in the past: it means 2026-11-22 18:00.", "Write a date that is still to come."),
    ],
)
def test_a_problem_says_what_is_wrong_and_what_would_be_right(text: str, what: str, fix: str) -> None:
    [problem] = read(text).problems
    assert (problem.what, problem.fix) == (what, fix)


def test_a_problem_is_told_in_the_agents_language() -> None:
    [russian] = read("/reslove", locale="ru").problems
    assert (russian.what, russian.fix) == (
        "Команды /reslove нет.", "Возможно, Вы имели в виду /resolve? Все команды покажет /help.")
    [lithuanian] = read("/reslove", locale="lt").problems
    assert lithuanian.what == "Komandos /reslove nėra."


def test_braces_in_a_line_are_only_text() -> None:
    [problem] = read("/assign {name} {0}").problems
    assert "{name} {0}" in problem.what


def test_a_very_long_line_is_quoted_in_part() -> None:
    [problem] = read("/assign " + "x" * 100_000).problems
    assert problem.reason is Reason.TOO_LONG
    assert len(problem.what) + len(problem.line) < 400


def test_a_long_text_is_read_in_no_time() -> None:
    assert len(read("\n".join(f"/tag t{n}" for n in range(5_000))).commands) == 5_000
    text = "/take\n" + "a/b@c.d /x \n" * 50_000 + "/" + "-" * 100_000
    assert read(text).text == text.removeprefix("/take\n").rstrip()


@pytest.mark.parametrize("locale", ["en", "ru", "lt"])
def test_help_names_every_command_in_each_language(locale: str) -> None:
    lines = help_text(locale).splitlines()
    for name in COMMANDS:
        assert sum(line.startswith(f"/{name}") for line in lines) == 1
    assert len(lines) == len(COMMANDS) + 2


def test_help_keeps_to_what_a_desk_can_do() -> None:
    assert help_text("en", {"take", "help"}).splitlines()[2:] == ["/take – take the ticket yourself", "/help – get this list"]


def test_help_in_an_unknown_language_is_english() -> None:
    assert help_text("de") == help_text("en") != help_text("ru")


def test_every_fault_can_be_told_in_every_language() -> None:
    assert set(FAULTS) == set(Reason)
    assert all(set(texts) == {"en", "ru", "lt"} for texts in FAULTS.values())


LINES = st.one_of(
    st.sampled_from(["/take", "/assign ", "/eta ", "/tag ", "/merge ", "/allow ", "/note", "Hello", "", "*/", "/ "]),
    st.text(max_size=12))


@given(text=st.lists(LINES, max_size=12).map("\n".join), joined=st.text(max_size=40))
def test_no_text_whatever_makes_it_fail_or_do_half(text: str, joined: str) -> None:
    sheet = read(text + joined)
    assert not (sheet.commands and sheet.problems)
    assert all(problem.what and problem.fix for problem in sheet.problems)
