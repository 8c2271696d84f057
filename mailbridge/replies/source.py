"""One template file: its TOML head, its body, and the sandbox that both are compiled in.

    +++
    subject = "{{ reply_subject }}"
    category = "billing"            # optional: which tickets it suits
    when = "an invoice is missing"  # optional: told to agents who look for it
    +++
    {{ greeting() }}

A template file is written by an admin, who is trusted; what customers write reaches it only as values, and values are
never compiled. The sandbox keeps a mistake in a file, or a file that somebody else may edit, from reaching further
than the mail it makes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbridge.errors import TemplateError
from mailbridge.replies.voice import bullets, indented, quoted, sentences

HEAD_KEYS = frozenset({"subject", "category", "when"})
_LARGEST = 1_000_000


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without a way out: no private attributes, nothing can be changed, no repetition that eats the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply numbers only, and small ones: `"a" * 100000000` is refused (Jinja's sandbox allows it)."""
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if not numbers or max(abs(left), abs(right)) > _LARGEST or (operator == "**" and abs(right) > 64):
            raise SecurityError(f"{operator} is allowed between small numbers only")
        return super().call_binop(context, operator, left, right)


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    """Return the environment of every template; it has no loader, so `include` and `import` find nothing."""
    made = Sandbox(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"quoted": quoted, "indented": indented, "bullets": bullets, "sentences": sentences}
    return made


@dataclass(frozen=True)
class Source:
    """The text of one template, and where it came from.

    name: `en/acknowledgement/open`, or `en/macros`. origin: what a person is told (a path, `shipped …`, `database`).
    """

    name: str
    origin: str
    text: str


@dataclass(frozen=True)
class Compiled:
    """One template, ready to render. `subject` is None for macros."""

    source: Source
    body: Template
    subject: Template | None
    subject_source: str = ""
    category: str = ""
    when: str = ""

    @property
    def parts(self) -> tuple[Template, ...]:
        """Subject and body, or the body alone for macros."""
        return (self.subject, self.body) if self.subject else (self.body,)


@lru_cache(maxsize=128)
def compile_macros(source: Source) -> Compiled:
    """Compile a file of macros, which has no head. Raise TemplateError with file and line."""
    return Compiled(source, _compile(source, source.text), None)


@lru_cache(maxsize=1024)
def compile_reply(source: Source) -> Compiled:
    """Compile a reply: a TOML head with a subject, then the body. Raise TemplateError with file and line."""
    head, body, line = _split(source)
    table = _read_head(source, head)
    subject_line = _line_of(head, "subject")
    return Compiled(
        source,
        _compile(source, "\n" * line + body),
        _compile(source, "\n" * (subject_line - 1) + table["subject"]),
        table["subject"], table.get("category", ""), table.get("when", ""),
    )


def _split(source: Source) -> tuple[str, str, int]:
    """Return head, body, and how many lines stand above the body."""
    text = source.text.removeprefix("\ufeff").replace("\r\n", "\n")
    parts = re.match(r"\+\+\+[ \t]*\n(.*?\n|)\+\+\+[ \t]*(?:\n|\Z)", text, re.DOTALL)
    if not parts:
        what = 'it has no head: begin the file with a line +++, then subject = "…", then a line +++'
        raise TemplateError(fault(source, 1, what))
    return parts[1], text[parts.end():], text.count("\n", 0, parts.end())


def _read_head(source: Source, head: str) -> dict[str, str]:
    try:
        table = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) + 1 if place else 1
        raise TemplateError(fault(source, line, f"the head is not TOML: {error}")) from error
    for key in table:
        if key not in HEAD_KEYS:
            what = f'unknown key "{key}" in the head; known are {", ".join(sorted(HEAD_KEYS))}'
            raise TemplateError(fault(source, _line_of(head, key), what))
    for key, value in table.items():
        if not isinstance(value, str):
            raise TemplateError(fault(source, _line_of(head, key), f'"{key}" must be text in quotes'))
    if not table.get("subject", "").strip():
        raise TemplateError(fault(source, 1, 'the head has no subject: add subject = "{{ reply_subject }}"'))
    return table


def _line_of(head: str, key: str) -> int:
    return next((number for number, one in enumerate(head.split("\n"), 2) if one.strip().strip('"').startswith(key)), 1)


def _compile(source: Source, text: str) -> Template:
    environment = sandbox()
    try:
        code = environment.compile(text, name=source.name, filename=source.origin)
    except TemplateSyntaxError as error:
        raise TemplateError(fault(source, error.lineno, error.message or "syntax error")) from error
    return Template.from_code(environment, code, environment.globals)


def fault(source: Source, line: int, what: str) -> str:
    """Word a fault as every file's fault is worded: file, line, what is wrong."""
    return f"{source.origin}:{line}: {what}"


def place_of_error(trace: TracebackType | None, parts: Iterable[Compiled]) -> tuple[Source, int] | None:
    """Find the innermost template line in a traceback; body and subject both keep the numbers of their file."""
    owners = {id(made): one.source for one in parts for made in one.parts}
    place = None
    while trace is not None:
        made = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(made, Template) and id(made) in owners:
            place = owners[id(made)], made.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return place
