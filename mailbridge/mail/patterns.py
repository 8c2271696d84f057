"""The words by which we know a quotation, a signature or a footer: lists of an admin, compiled once.

Comes in: tables as they stand in `config/patterns/*.toml`, by file stem. Goes out: one frozen `Patterns`. Nothing is read
from disk here. Lists of words are literal text; only `introduction`, `footer` and `disclaimer` are regular expressions.
All of them are matched against lower-case text, and all languages at once: people write in one language and their mail
client speaks another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Rule = re.Pattern[str]

HEADERS = ("from", "sent", "date", "to", "cc", "subject", "other")
KEYS: Mapping[str, tuple[str, ...]] = {
    "quote": ("start", "wrote", "beside", "original", "forwarded", "forward_prefix", "reply_prefix", "introduction"),
    "header": HEADERS,
    "signature": ("closing", "thanks", "sent_from", "device", "footer", "disclaimer"),
}
EXPRESSIONS = ("introduction", "footer", "disclaimer")
NEVER = re.compile(r"(?!)")
HEAD = 3            # letters by which a phrase is known at a glance
PIECE = re.compile(r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|\d{1,3}|.)|\[\^?(?:\\.|[^\]\\])*\]|[?*+][?+]?|\{[^}]*\}[?+]?|.", re.DOTALL)
SPECIAL = frozenset(".^$*+?{}[]|()")
AROUND = " \t:：.;!\"'“”„«»*_<>[]-–—|\u200e\u200f"
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Regular expressions, sorted so that a line is tried against few of them.

    by_letter: by the first letter of the line they can match. anywhere: those that may begin with anything; one of their
    `needles` stands in every line that one of them matches.
    """

    by_letter: Mapping[str, Rule]
    anywhere: Rule
    needles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Every word and rule, compiled. All in lower case.

    starts: first words of an introduction ("on", "am", "le").
    verbs: last word of each verb of an introduction ("wrote", "écrit") to the verbs that end so ("écrit", "a écrit").
    beside: every single word of those verbs, and the few others in small letters that an introduction may have.
    unspaced_verbs: those of scripts that put no space between words.
    labels: header label to its kind, one of HEADERS.
    original, forwarded: what stands between the dashes above a quoted or a forwarded mail.
    forward_prefixes: subjects of forwarded mail begin with these and a colon ("fwd"); to each the header labels of those
        tongues in which it begins a reply ("vs" is a forward in Danish, a reply in Finnish).
    introductions: whole introductions that the other rules do not know.
    closings: phrases that close a letter ("best regards"); closing_heads: the first three letters of each.
    thanks: such phrases that may also be content.
    sent_from: beginnings of a line that names one of the `devices` ("sent from my phone").
    footers: other lines that a client adds; disclaimers: first lines of a paragraph that a server adds.
    """

    starts: frozenset[str]
    verbs: Mapping[str, tuple[str, ...]]
    beside: frozenset[str]
    unspaced_verbs: tuple[str, ...]
    labels: Mapping[str, str]
    original: frozenset[str]
    forwarded: frozenset[str]
    forward_prefixes: Mapping[str, frozenset[str]]
    introductions: Dispatch
    closings: frozenset[str]
    closing_heads: frozenset[str]
    thanks: frozenset[str]
    sent_from: Dispatch
    devices: Rule
    footers: Dispatch
    disclaimers: Dispatch


def patterns_from(tables: Mapping[str, Mapping[str, Any]]) -> Patterns:
    """Compile the tables (file stem to parsed TOML). Raises ValueError that names file and key of the first fault."""
    for stem, table in tables.items():
        _check(stem, table)

    def words(section: str, key: str) -> list[str]:
        return [fold(word) for table in tables.values() for word in table.get(section, {}).get(key, ())]

    def rules(section: str, key: str) -> list[str]:
        return [_lower(rule) for table in tables.values() for rule in table.get(section, {}).get(key, ())]

    return Patterns(
        starts=frozenset(word.split()[0] for word in words("quote", "start")),
        verbs=_by_last_word(word for word in words("quote", "wrote") if _spaced(word[-1])),
        beside=frozenset(part.strip(AROUND) for key in ("wrote", "beside") for verb in words("quote", key) for part in verb.split()),
        unspaced_verbs=tuple(word for word in words("quote", "wrote") if not _spaced(word[-1])),
        labels={word: kind for kind in HEADERS for word in words("header", kind)},
        original=frozenset(words("quote", "original")),
        forwarded=frozenset(words("quote", "forwarded")),
        forward_prefixes={word: _labels_where_reply(word, tables) for word in words("quote", "forward_prefix")},
        introductions=_dispatch(rules("quote", "introduction")),
        closings=frozenset(words("signature", "closing")),
        closing_heads=frozenset(phrase[:HEAD] for phrase in words("signature", "closing")),
        thanks=frozenset(words("signature", "thanks")),
        sent_from=_dispatch([re.escape(start).replace(r"\ ", " ") + r"\b" for start in words("signature", "sent_from")]),
        devices=_any_word(words("signature", "device")),
        footers=_dispatch([f"(?:{rule})$" if rule[0] in r"\.[(" else f"{rule}$" for rule in rules("signature", "footer")]),
        disclaimers=_dispatch(rules("signature", "disclaimer")),
    )


def fold(text: str) -> str:
    """Return text as the patterns are compared: lower case, one space between words, none around."""
    return SPACES.sub(" ", text.strip()).lower()


def hit(dispatch: Dispatch, line: str) -> bool:
    """Say whether a rule of `dispatch` matches the whole beginning of `line` (lower case, stripped)."""
    rule = dispatch.by_letter.get(line[:1])
    if rule is not None and rule.match(line) is not None:
        return True
    for needle in dispatch.needles:
        if needle in line:
            return dispatch.anywhere.match(line) is not None
    return False


def has_verb(text: str, patterns: Patterns) -> bool:
    """Say whether a verb of an introduction stands in a text (lower case)."""
    verbs = patterns.verbs
    for token in text.replace(",", " ").split():
        ends_so = verbs.get(token.strip(AROUND))
        if ends_so and (token in ends_so or any(verb in text for verb in ends_so)):
            return True
    return not text.isascii() and any(verb in text for verb in patterns.unspaced_verbs)


def _labels_where_reply(prefix: str, tables: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    theirs = [table for table in tables.values() if prefix in map(fold, table.get("quote", {}).get("reply_prefix", ()))]
    return frozenset(fold(label) for table in theirs for labels in table.get("header", {}).values() for label in labels)


def _by_last_word(verbs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for verb in verbs:
        groups.setdefault(verb.split()[-1].strip(AROUND), []).append(verb)
    return {word: tuple(group) for word, group in groups.items()}


def _check(stem: str, table: Mapping[str, Any]) -> None:
    for section, entries in table.items():
        if section not in KEYS or not isinstance(entries, Mapping):
            raise ValueError(f"patterns/{stem}.toml: unknown table [{section}]; known are: {', '.join(KEYS)}")
        for key, values in entries.items():
            where = f"patterns/{stem}.toml: [{section}] {key}"
            if key not in KEYS[section]:
                raise ValueError(f"{where}: unknown key; known are: {', '.join(KEYS[section])}")
            if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
                raise ValueError(f"{where}: must be a list of texts that are not empty")
            if key in EXPRESSIONS:
                _check_rules(where, values)


def _check_rules(where: str, rules: Iterable[str]) -> None:
    for rule in rules:
        try:
            compiled = re.compile(_lower(rule))
        except re.error as error:
            raise ValueError(f"{where}: {rule!r} is no regular expression: {error}") from error
        if compiled.match(""):
            raise ValueError(f"{where}: {rule!r} would match every line")


def _lower(rule: str) -> str:
    r"""Write a regular expression in lower case, but leave escapes like `\S` and group heads like `(?P` alone."""
    return re.sub(r"\\.|\(\?P|[^\\(]+|.", _lower_piece, rule, flags=re.DOTALL)


def _lower_piece(found: re.Match[str]) -> str:
    piece = found[0]
    return piece if piece[0] == "\\" or piece == "(?P" else piece.lower()


def _any_word(words: Iterable[str]) -> Rule:
    """Match any of the words; a word that begins or ends in a letter of an alphabet stands apart from other letters."""
    chosen = sorted(set(words), key=len, reverse=True)
    pieces = [(r"\b" if _spaced(word[0]) else "") + re.escape(word).replace(r"\ ", r"\s+") + (r"\b" if _spaced(word[-1]) else "")
              for word in chosen]
    return re.compile("|".join(pieces)) if pieces else NEVER


def _spaced(char: str) -> bool:
    """Say whether scripts of this letter put spaces between words (Chinese and Japanese do not)."""
    return not char.isalpha() or char < "\u0e00" or "\u0e7f" < char < "\u2e80" or "\uac00" <= char <= "\ud7a3"


def _any_rule(rules: Iterable[str]) -> Rule:
    chosen = list(dict.fromkeys(rules))
    return re.compile("|".join(f"(?:{rule})" for rule in chosen)) if chosen else NEVER


def _dispatch(rules: Iterable[str]) -> Dispatch:
    """Sort rules by the letters they can begin with."""
    groups: dict[str, list[str]] = {}
    for rule in rules:
        for letter in _first_letters(rule) or ("",):
            groups.setdefault(letter, []).append(rule)
    anywhere = groups.pop("", [])
    needles = {needle for rule in anywhere for needle in _needles(rule)}
    shortest = sorted(one for one in needles if not any(other in one for other in needles - {one}))
    return Dispatch({letter: _any_rule(group) for letter, group in groups.items()}, _any_rule(anywhere), tuple(shortest))


def _needles(rule: str) -> set[str]:
    """Pieces of plain text, one of which stands in whatever the rule matches; only "" when that is not plain to see."""
    if not _is_plain_to_see(rule):
        return {""}
    found = set().union(*map(_needles_of_choice, _choices(rule)))
    return {""} if "" in found else found


def _is_plain_to_see(rule: str) -> bool:
    """Say whether a rule has no group but `(…)` and `(?:…)`, and no set that holds a bracket or a bar."""
    pieces = PIECE.findall(rule)
    if any(piece[0] == "[" and (piece in ("[]", "[^]") or not set("()|").isdisjoint(piece)) for piece in pieces):
        return False
    return all(begin != "(" or mark[0] != "?" or (mark, end) == ("?", ":")
               for begin, mark, end in zip(pieces, pieces[1:], pieces[2:], strict=False))


def _needles_of_choice(choice: str) -> set[str]:
    """The longest piece of plain text that must be there, or those of a group of which one must be."""
    best, text, at = {""}, "", 0
    while at < len(choice):
        group = choice[at] == "("
        end = at + _closing(choice[at:]) + 1 if group else _end_of_piece(choice, at)
        piece, after, at = choice[at:end], choice[end:end + 1], end
        needed, plain = after not in ("?", "*", "{"), _plain(piece)
        text += plain if needed else ""
        found = _needles(piece[3 if piece.startswith("(?:") else 1:-1]) if group and needed else {text}
        best = max(best, found, key=lambda some: min(map(len, some)))
        text = text if plain and needed and after != "+" else ""
    return best


def _end_of_piece(rule: str, at: int) -> int:
    found = PIECE.match(rule, at)
    return found.end() if found else len(rule)


def _plain(piece: str) -> str:
    """The letter that a piece of a rule stands for, or nothing when it stands for more than that one."""
    if piece[0] == "\\":
        return piece[1] if len(piece) == 2 and not piece[1].isalnum() else ""
    return piece if len(piece) == 1 and piece not in SPECIAL else ""


def _first_letters(rule: str) -> set[str]:
    """The letters that a match of the rule can begin with; only "" when that is not plain to see."""
    letters: set[str] = set()
    for choice in _choices(rule):
        if choice.startswith(r"\d") and choice[2:3] not in ("?", "*"):
            letters.update("0123456789")
        elif not choice.startswith("(?:"):
            letters.add(choice[0] if choice[:1].isalnum() and choice[1:2] not in ("?", "*", "{") else "")
        else:
            end = _closing(choice)
            letters |= _first_letters(choice[3:end])
            if choice[end + 1:][:1] in ("?", "*", "{"):
                letters |= _first_letters(choice[end + 2:]) if choice[end + 1] == "?" else {""}
    return {""} if "" in letters else letters


def _choices(rule: str) -> list[str]:
    """Split a rule at the `|` that stand outside of any group."""
    depth, found = 0, [""]
    for piece in re.findall(r"\\.|.", rule, flags=re.DOTALL):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found


def _closing(rule: str) -> int:
    """Where the group that the rule begins with is closed."""
    depth, at = 0, 0
    for piece in re.findall(r"\\.|.", rule, flags=re.DOTALL):
        depth += (piece == "(") - (piece == ")")
        if not depth:
            return at
        at += len(piece)
    return at
