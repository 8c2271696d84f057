"""The documentation is in step with the code: commands, options, events, links, and nothing of the machine it was written on."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from mailbridge.config.describe import models
from tests import write_cli_reference as page
from tests.names_in_code import log_events, ticket_events
from tests.test_house import FLOORS

ROOT = Path(__file__).parents[1]
COMMANDS = page.commands()
MARKDOWN = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md"), *(ROOT / "config").rglob("*.md")})
EVENTS = (ROOT / "docs" / "reference" / "events.md").read_text("utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    """Return every file that is, or would be, in the repository; in a copy without one, every file that is not made here."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True)
    if listed.returncode == 0:
        return sorted({ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()})
    made = {"__pycache__", "desk", "build", "dist"}
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return sorted(path for path in found
                  if not any(part in made or (part.startswith(".") and part not in (".ci", ".gitignore"))
                             for part in path.relative_to(ROOT).parts))


# ---- commands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_shows_an_example(name):
    told, example = page.described(COMMANDS[name])
    assert told.endswith("."), f"{name}: its docstring is its help"
    assert example.startswith(f"mailbridge {name}"), f"{name}: its docstring ends with `Example: mailbridge {name} …`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_and_option_is_explained(name):
    for one in page.options(COMMANDS[name]):
        told = page.argument_help(one) if one.param_type_name == "argument" else one.help
        assert told, f"mailbridge {name}: {one.opts} has no help"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_uses_its_own_options(name):
    known = {option for one in page.options(COMMANDS[name]) for option in one.opts}
    used = set(re.findall(r"(?<=\s)--[a-z-]+", page.described(COMMANDS[name])[1]))
    assert used <= known


def test_the_reference_of_the_command_line_is_in_step():
    assert page.PAGE.read_text("utf-8") == page.reference(), "run: make docs"


def test_what_the_json_objects_hold_is_told_of_every_command_that_has_them():
    having = {name for name, command in COMMANDS.items() if any("--json" in one.opts for one in page.options(command))}
    assert set(page.JSON_KEYS) == having, "tell it in tests/write_cli_reference.py, then run: make docs"


# ---- events -----------------------------------------------------------------------------------------------------------


def rows(text: str) -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def test_every_event_of_a_ticket_is_documented_and_no_other():
    assert rows(EVENTS.partition("## In the log")[0]) == ticket_events()


def test_every_event_of_the_log_is_documented_and_no_other():
    assert rows(EVENTS.partition("## In the log")[2]) == log_events()


def test_events_are_found_however_their_name_is_written():
    found = ticket_events()
    assert {"opened", "merged-in", "absence-received", "agent-automatic", "*-queued"} <= found
    assert {"mail.bridged", "imap.not_acknowledged"} <= log_events()


# ---- pages ------------------------------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as forges make them."""
    titles = re.findall(r"^#+ +(.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def links(path: Path) -> list[str]:
    """Return where the links of a page lead; what stands in code is no link."""
    text = re.sub(r"^```.*?^```|`[^`\n]+`", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", text)


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_every_link_leads_somewhere(path):
    for link in links(path):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(file), f"{link}: {file.name} has no such heading"


def test_every_page_can_be_reached_from_the_readme():
    reached, left = set(), [ROOT / "README.md"]
    while left:
        page_ = left.pop()
        if page_ not in reached and page_.suffix == ".md":
            reached.add(page_)
            left += [(page_.parent / link.partition("#")[0]).resolve() for link in links(page_) if not re.match(r"[a-z]+:|#", link)]
    assert {path for path in MARKDOWN if "docs" in path.parts} <= reached


def shell_lines(path: Path) -> list[list[str]]:
    """Return the commands of a page's `sh` blocks, words of a line that is continued joined; what a here-document holds is left out."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        block = re.sub(r"<<'(\w+)'.*?^\1$", "", block, flags=re.MULTILINE | re.DOTALL).replace("\\\n", " ")
        found += [words for line in block.splitlines() if (words := shlex.split(line, comments=True))]
    return found


def our_commands(path: Path) -> list[list[str]]:
    """Return every call of mailbridge on a page, without the word itself."""
    return [words[place + 1 :] for words in shell_lines(path) for place, word in enumerate(words[:-1])
            if word == "mailbridge" or word.endswith("/bin/mailbridge") if re.fullmatch(r"[a-z][a-z-]*", words[place + 1])]


@pytest.mark.parametrize("path", [path for path in MARKDOWN if our_commands(path)], ids=name_of)
def test_every_command_on_a_page_exists_with_these_options(path):
    for words in our_commands(path):
        name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
        assert name in COMMANDS, f"there is no command: mailbridge {' '.join(words)}"
        known = {option for one in page.options(COMMANDS[name]) for option in one.opts} | {"--help"}
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= known, f"mailbridge {' '.join(words)}: unknown {used - known}"


def test_every_make_target_on_a_page_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {words[1] for path in MARKDOWN for words in shell_lines(path) if words[0] == "make" and len(words) > 1}
    assert {"run", "test"} <= named <= targets


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_every_piece_of_configuration_on_a_page_is_accepted(path):
    """Tables that belong to `mailbridge.toml` name only options that there are."""
    for block in re.findall(r"^```toml\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        for section, table in tomllib.loads(block).items():
            if section in models():
                known = models()[section].model_fields
                for one in table if isinstance(table, list) else [table]:
                    assert not isinstance(one, dict) or all(isinstance(value, dict) for value in one.values()) or set(one) <= set(known)


# ---- nothing of this machine ------------------------------------------------------------------------------------------

MACHINE = re.compile(
    rb"(?<![\w.])/(?:work/|root/|home/\w+/|tmp/(?!mailbridge|\.{3}))"  # folders of whoever wrote it
    rb"|(?:index-url|find-links|extra-index)[ =:]+\S*//"  # a registry of one's own
    rb"|https?://(?:\d+\.\d+\.\d+\.\d+|localhost|[\w-]+)(?::\d+)?/simple"
)


def test_no_file_tells_of_the_machine_it_was_made_on():
    telling = {f"{name_of(path)}: {found[0]!r}" for path in tracked()
               if path != Path(__file__) and (found := MACHINE.search(path.read_bytes()))}
    assert not telling


def test_the_search_for_machine_paths_finds_them():
    for line in (b"see /work/main/x", b"--index-url http://mirror/simple", b"/tmp/w/x", b'"/root/.cache/x"'):
        assert MACHINE.search(line), line
    assert not MACHINE.search(b"/var/lib/mailbridge/var /etc/postfix/main.cf GET /tmp/mailbridge-demo/x")


def test_the_first_screen_of_the_readme_ends_in_a_visible_ticket():
    text = (ROOT / "README.md").read_text("utf-8")
    screen = text.splitlines()[:40]
    assert sum(line.startswith("- ") for line in screen) == 5
    assert screen.index("make run                       # installs into .venv, lays out a desk in ./desk, listens on 127.0.0.1:2525") < 20
    assert any("ticket list" in line for line in screen)


def test_the_changelog_knows_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_the_floors_of_the_house_are_drawn_as_they_are():
    text = (ROOT / "docs" / "flow.md").read_text("utf-8")
    drawn = {int(number): set(re.findall(r"`([\w.]+)`", rooms)) for number, rooms in re.findall(r"^\| (\d+) \| ([^|]+) \|", text, re.MULTILINE)}
    assert drawn == {number: set(rooms) for number, rooms in enumerate(FLOORS, 1)}, "draw it into docs/flow.md"
