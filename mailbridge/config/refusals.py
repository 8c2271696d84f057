"""Turns what the library says about a wrong value into faults in an admin's words, one for each wrong key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from mailbridge.config.documents import Document
from mailbridge.config.faults import Fault, listed, shown
from mailbridge.config.lines import Where
from mailbridge.config.model import Section
from mailbridge.config.values import Says, closest

# Words of other programs -> ours; where no spelling mistake would lead to ours.
SYNONYMS = {
    "password": "password_file", "pass": "password_file", "passwd": "password_file", "secret": "password_file",
    "username": "user", "login": "user", "server": "host", "smarthost": "host", "email": "address", "mail": "address",
    "addresses": "mailboxes", "mailbox": "mailboxes", "tz": "timezone", "time_zone": "timezone", "ssl": "security",
    "tls": "security", "starttls": "security", "language": "locale", "lang": "locale", "cert": "certificate",
    "key": "private_key", "bind": "listen", "interface": "listen", "address": "listen", "department": "departments",
    "sla": "service_level", "hostname": "host", "title": "name", "password_hash": "password_hash_file",
    "max_size": "max_message_mb", "holiday": "holidays", "closed_days": "closed", "dsn": "url", "folder": "folders",
}


def refusals(error: ValidationError, document: Document, where: Where, title: str, model: type[Section],
             others: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for everything that is wrong in one table.

    where: the table's place in the document; title: how it is spoken of, `[relay]`.
    others: keys of other tables -> where those belong, for a key that stands in the wrong one.
    """
    for one in error.errors():
        key, *inner = one["loc"]
        place = (*where, str(key), *(part for part in inner if part != "[key]"))
        if one["type"] == "extra_forbidden":
            what, fix = f'{title} unknown key "{key}"', meant(str(key), model, others)
        elif one["type"] == "missing":
            what, fix = f'{title} has no "{key}"', f"Add it, for example: {example(str(key), model)}"
        else:
            about = subject(str(key), one["input"])
            field = model.model_fields[str(key)]
            problem, fix = _problem(one["type"], one.get("ctx", {}), field, str(key), one["input"])
            what = f"{title} {about} {problem}"
        yield document.fault(place, what, fix)


def subject(key: str, value: object) -> str:
    """Name the key and, where that tells no secret, the value that is refused."""
    if "password" in key or key in {"url", "key_file"} or isinstance(value, dict | list | tuple):
        return key
    return f"{key} {shown(value)}" if not isinstance(value, bool) else f"{key} {str(value).lower()}"


def meant(key: str, model: type[Section], others: Mapping[str, str]) -> str:
    """Return the remedy for an unknown key: the likely one, the table it belongs in, or all that there are."""
    known = list(model.model_fields)
    synonym = SYNONYMS.get(key.lower())
    if synonym in known:
        more = " It is a file with the secret alone, never the secret itself" if "password" in str(synonym) else ""
        return f'did you mean "{synonym}"?{more}'
    if key in others:
        return f"it belongs in {others[key]}"
    near = closest(key, known)
    return f'did you mean "{near}"?' if near else f"Known here: {', '.join(known)}"


def example(key: str, model: type[Section]) -> str:
    """Return a line of TOML that shows a required key."""
    field = model.model_fields[key]
    return f"{key} = {toml(field.examples[0] if field.examples else 'text')}"


def toml(value: object) -> str:
    """Return a value as it is written in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def says_of(field: FieldInfo) -> Says | None:
    """Return how the kind of value of an option is spoken of, or None for plain text, numbers and paths."""
    return next(_says((field.annotation, *field.metadata)), None)


def _says(parts: tuple[object, ...]) -> Iterator[Says]:
    for part in parts:
        if isinstance(part, Says):
            yield part
        else:
            yield from _says((*get_args(part), *getattr(part, "__metadata__", ())))


def choices_of(annotation: object) -> tuple[str, ...]:
    """Return the words that an option allows, in their order; empty when it is no choice."""
    if type(None) is annotation:
        return ()
    found = [word for part in get_args(annotation) for word in ((part,) if isinstance(part, str) else choices_of(part))]
    return tuple(found)


# What the library calls a fault (the beginning of its name) -> the problem and the remedy; the first that fits counts.
_PROBLEMS = (
    ("string_too_short", "is empty", "Write it{unless}"),
    ("string_", "is not text", 'Put it in quotes: {key} = "..."'),
    ("int_", "is not a whole number", "Write digits without quotes: {key} = {shape}"),
    ("bool_", "is neither true nor false", "Write true or false, without quotes"),
    ("greater_than_equal", "is too small", "Write {ge} or more"),
    ("less_than_equal", "is too large", "Write {le} or less"),
    ("tuple_", "is not a list", "Put it in square brackets: {key} = {shape}"),
    ("too_short", "is empty", "Write at least one into it: {key} = {shape}"),
    ("dict_", "is not a table", "Write it like {key} = {shape}"),
    ("path_", "is not a path", 'Put it in quotes: {key} = "folder/file"'),
    ("", "cannot be used", "Write it like {key} = {shape}"),
)


def _problem(kind: str, context: Mapping[str, Any], field: FieldInfo, key: str, value: object) -> tuple[str, str]:
    """Return what is wrong with a value, and the remedy."""
    if kind == "refused":
        return context["problem"], context["fix"]
    if kind == "literal_error":
        words = choices_of(field.annotation)
        near = closest(value, words) if isinstance(value, str) else None
        return "is not one of the choices", f'did you mean "{near}"?' if near else f"Write {listed(words)}"
    says = says_of(field)
    if says and kind in {"string_pattern_mismatch", "string_type"}:
        return f"is not {'an' if says.name[0] in 'aeiou' else 'a'} {says.name}", says.hint
    problem, fix = next((problem, fix) for prefix, problem, fix in _PROBLEMS if kind.startswith(prefix))
    shape = toml(field.examples[0] if field.examples else field.default)
    unless = "" if field.is_required() else ", or leave the line out"
    return problem, fix.format(**context, key=key, shape=shape, unless=unless)
