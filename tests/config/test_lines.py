"""Lines of keys in a TOML text."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.config.lines import line_numbers

CASES = [
    ("a key", "a = 1", ("a",), 1),
    ("after a comment and a blank line", "# a = 0\n\na = 1", ("a",), 3),
    ("a table", "[a]\n[b]\nc = 1", ("b",), 2),
    ("a key in a table", "[a]\n[b]\nc = 1", ("b", "c"), 3),
    ("a table of tables", "[a.b]\nc = 1", ("a", "b", "c"), 2),
    ("the table above has the line of its first part", "\n[a.b]\nc = 1", ("a",), 2),
    ("blanks around dots", "[ a . b ]\nc . d = 1", ("a", "b", "c", "d"), 2),
    ("a quoted key", "[a]\n'x.y'.\"z=\" = 1", ("a", "x.y", "z="), 2),
    ("an escaped key", '"\\u0061b" = 1', ("ab",), 1),
    ("a bracket in a quoted heading", "\n['a]b']\nc = 1", ("a]b", "c"), 3),
    ("an array of tables", "[[a]]\nb = 1\n[[a]]\nb = 2", ("a", 1, "b"), 4),
    ("a table below the last of an array", "[[a]]\n[[a]]\n[a.b]\nc = 2", ("a", 1, "b", "c"), 4),
    ("an array below an array", "[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\nc = 1", ("a", 1, "b", 0, "c"), 5),
    ("an element of a long list", 'a = [ # one\n "x]", # two\n "y" ]', ("a", 1), 3),
    ("after a long list", 'a = [\n [1,\n 2],\n]\nb = 1', ("b",), 5),
    ("a key of an inline table", "a = { b = 1, c.d = 2 }", ("a", "c", "d"), 1),
    ("an inline table in a list", "a = [\n {b = 1},\n {b = 2}]", ("a", 1, "b"), 3),
    ("after a long text", 'a = """\nb = 1\n"""\nc = 1', ("c",), 4),
    ("after a text that ends in quotes", 'a = """x\\""""""\nc = 1', ("c",), 2),
    ("after a literal text with a backslash", "a = 'x\\'\nc = 1", ("c",), 2),
    ("after a long literal text", "a = '''\n#''''\nc = 1", ("c",), 3),
    ("after a text with an escaped quote", 'a = "\\"#"\nc = 1', ("c",), 2),
    ("after a date with a blank", "a = 2026-11-21 17:00:00 # x\nc = 1", ("c",), 2),
    ("with Windows line ends", "a = 1\r\n[b]\r\nc = 1", ("b", "c"), 3),
    ("a comment that ends the text", "a = 1\n# end", ("a",), 1),
]


@pytest.mark.parametrize(("text", "place", "line"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_place_has_its_line(text, place, line):
    tomllib.loads(text)
    assert line_numbers(text)[place] == line


WORDS = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x4FF, exclude_characters="\x7f\"\\"), max_size=8)
VALUES = st.one_of(
    st.integers(0, 9).map(str), st.sampled_from(["true", "false", "2026-11-21"]), TEXTS.map(lambda text: f'"{text}"'),
    TEXTS.map(lambda text: f'"""{text}\n[x]\n# y = """'),
    st.lists(TEXTS, max_size=3).map(lambda texts: "[\n" + ",\n".join(f'"{text}"' for text in texts) + "\n]"),
)
TABLES = st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=4), max_size=4)


@given(TABLES, st.booleans())
def test_every_key_of_any_text_stands_on_its_line(tables, windows):
    written, lines = {}, []
    for table, keys in tables.items():
        lines.append(f"[{table}] # heading")
        written[(table,)] = len(lines)
        for key, value in keys.items():
            lines += f"{key} = {value}".split("\n")
            written[(table, key)] = len(lines) - value.count("\n")
    text = ("\r\n" if windows else "\n").join(lines)
    tomllib.loads(text)
    found = line_numbers(text)
    assert {place: found[place] for place in written} == written
