"""Facts and one compiled template in, a reply out; the values of `facts.py` are offered here to the other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mailbridge.errors import TemplateError
from mailbridge.replies.facts import CUSTOMER_FACING, PURPOSES, Facts, Overdue, Person, Rendered, tidy
from mailbridge.replies.source import Compiled, fault, place_of_error
from mailbridge.replies.voice import Voice

__all__ = ["CUSTOMER_FACING", "PURPOSES", "Choice", "Facts", "Overdue", "Person", "Rendered", "names_for", "render"]


@dataclass(frozen=True)
class Choice:
    """A template together with the macros it is rendered with, and the language it speaks."""

    reply: Compiled
    macros: tuple[Compiled, ...]
    locale: str


def render(choice: Choice, purpose: str, facts: Facts) -> Rendered:
    """Render one template. Raise TemplateError with file and line, whatever went wrong inside."""
    voice = Voice(facts, purpose, choice.locale)
    try:
        values = _values(choice, voice)
        subject, body = ("".join(part.root_render_func(part.new_context(values))) for part in choice.reply.parts)
    except Exception as error:  # a template may fail in any way there is
        source, line = place_of_error(error.__traceback__, (choice.reply, *choice.macros)) or (choice.reply.source, 1)
        raise TemplateError(fault(source, line, str(error) or type(error).__name__)) from error
    shown = " ".join("".join(char if char.isprintable() else " " for char in subject).split())
    # A reply to a mail without a subject is "Re:" in every mail program.
    return Rendered(shown or "Re:", tidy(body), choice.reply.source.name, choice.locale, voice.apology)


def names_for(choice: Choice, purpose: str) -> frozenset[str]:
    """Return every name that a template of this purpose may use: facts, functions, and the macros of its language."""
    return frozenset(_values(choice, Voice(Facts(), purpose, choice.locale)))


def _values(choice: Choice, voice: Voice) -> dict[str, Any]:
    values = voice.context()
    for macros in choice.macros:
        context = macros.body.new_context(values)
        for _ in macros.body.root_render_func(context):
            pass  # what stands between macros goes nowhere
        values |= context.get_exported()
    return values
