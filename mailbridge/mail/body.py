"""The text of a mail, put together from its parts.

In come the parts, out come the text that a person would read, the HTML beside it, and the parts that are left: the
attachments. Of alternatives the plain one is read, unless it only says that the reader's program cannot show the
mail. Text in several parts is joined in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailbridge.mail.headers import clean_text
from mailbridge.mail.html import MAX_CHARACTERS, read_html
from mailbridge.mail.invitations import invitation_text
from mailbridge.mail.parts import MAX_TEXT_BYTES, Part
from mailbridge.mail.pgp import without_armour
from mailbridge.mail.rtf import CUT, rtf_to_text
from mailbridge.mail.transfer import UNDECODABLE

_TEXT_TYPES = frozenset(
    {
        "text/plain",
        "text/html",
        "text/enriched",
        "text/richtext",
        "text/markdown",
        "text/x-markdown",
        "text/x-amp-html",
        "text/watch-html",
        "text/x-watch-html",
        "application/xhtml+xml",
    }
)
_SHOWN_FILES = frozenset({"text/plain", "text/html"})
_NOTICES = re.compile(
    r"(?:your|this) (?:e-?mail |mail )?(?:client|program|reader|software|application)[^.]{0,60}"
    r"(?:does not|doesn't|do not|can ?not|can't|unable)"
    r"|(?:cannot|can't|unable to|not able to) (?:view|see|read|display|show)|html[ -](?:capable|compatible|enabled|e-?mail|format|version)"
    r"|view (?:this|it) (?:e-?mail|message|mail)? ?(?:online|in (?:your|a) (?:web )?browser)"
    r"|не (?:поддерживает|отображает)|nepalaiko|nerodo|unterstützt kein|kann (?:diese|html)[^.]{0,40}nicht"
    r"|ne (?:supporte|prend)[^.]{0,40}html|no (?:puede|soporta)[^.]{0,40}html|nie obsługuje",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 700
MOST_FLOWED = 100_000
_ENRICHED = re.compile(r"<param>[^<]*+</param>|<(?!<)/?[a-z][a-z0-9-]*+>", re.IGNORECASE)


@dataclass(slots=True)
class Body:
    """text: what to read. html: the HTML as sent, or empty. rest: the parts that are not text of this mail."""

    text: str = ""
    html: str = ""
    rest: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def read_body(parts: list[Part], hints: tuple[str, ...]) -> Body:
    """Choose the text among `parts`."""
    body = Body()
    texts: list[Part] = []
    for part in parts:
        (texts if _is_text(part, texts) and _has_room(part, texts, body) else body.rest).append(part)
    if any(part.type in _SHOWN_FILES for part in texts):
        body.rest += [part for part in texts if part.type not in _SHOWN_FILES]
        texts = [part for part in texts if part.type in _SHOWN_FILES]
    body.defects += ["text-cut"] if any(part.is_long for part in texts) else []
    body.rest += [part for part in texts if part.is_long or UNDECODABLE in part.defects]
    plain = [part for part in texts if "html" not in part.type]
    pages = [part for part in texts if "html" in part.type]
    body.html = "\n".join(clean_text(page.text(hints)) for page in pages)
    if not pages:
        body.text = _joined(plain, hints, body)
    elif not plain:
        body.text = "\n\n".join(filter(None, (_page_text(page, hints, body) for page in pages)))
    else:
        body.text = _mixed(texts, hints, body)
    if not body.text:
        body.text = _stand_in(body.rest, hints)
    return body


def _stand_in(rest: list[Part], hints: tuple[str, ...]) -> str:
    """The text of a mail that has none: of an invitation, or of a report that explains itself only in its fields."""
    for part in rest:
        if part.type == "text/calendar":
            return invitation_text(part.text(hints))
        if part.type in {"message/delivery-status", "text/rtf"}:
            text = rtf_to_text(part.content) if part.type == "text/rtf" else part.text(hints)
            return clean_text(text).strip()
    return ""


def _is_text(part: Part, before: list[Part]) -> bool:
    """Say whether a part is text of the mail itself and not a file.

    A text part with a file name but no "attachment" is text when it stands first (some robots name their text),
    or beside its alternative.
    """
    if part.type not in _TEXT_TYPES or part.disposition == "attachment":
        return False
    if not part.name:
        return True
    if part.type not in _SHOWN_FILES:
        return False
    if part.path and part.path[-1].type == "multipart/alternative":
        return True
    return (not before and part.disposition != "inline") or not part.path


def _has_room(part: Part, before: list[Part], body: Body) -> bool:
    """Say whether a text part may be read beside those before it: a thousand long ones are files, all but the first."""
    taken = sum(len(other.content) for other in before if ("html" in other.type) == ("html" in part.type))
    if not taken or taken + len(part.content) <= (MAX_CHARACTERS if "html" in part.type else MAX_TEXT_BYTES):
        return True
    body.defects.append("text-cut")
    return False


def _plain_text(part: Part, hints: tuple[str, ...], body: Body) -> str:
    text = clean_text(part.text(hints))
    if part.parameters.get("format") == "flowed":
        text = unflowed(text, delsp=part.parameters.get("delsp") == "yes")
    if part.type in {"text/enriched", "text/richtext"}:
        text = _ENRICHED.sub("", text).replace("<<", "<")
    if "-----BEGIN PGP" in text:
        text, defect = without_armour(text)
        if defect:
            body.defects.append(defect)
    if text.startswith("{\\rtf"):
        text = clean_text(rtf_to_text(part.content))
        body.defects += ["text-cut"] if text.endswith(CUT) else []
    return text.strip("\n").rstrip()


def _page_text(part: Part, hints: tuple[str, ...], body: Body) -> str:
    text, cut = read_html(part.text(hints))
    if cut:
        body.defects.append("text-cut")
    return text


def _joined(parts: list[Part], hints: tuple[str, ...], body: Body) -> str:
    return "\n\n".join(filter(None, (_plain_text(part, hints, body) for part in parts)))


def _mixed(texts: list[Part], hints: tuple[str, ...], body: Body) -> str:
    """Go through the text parts in order; of those that are alternatives of one another take one kind."""
    out: list[str] = []
    done: set[int] = set()
    for part in texts:
        group = _alternatives(part)
        if group is None:
            out.append(_page_text(part, hints, body) if "html" in part.type else _plain_text(part, hints, body))
            continue
        if group in done:
            continue
        done.add(group)
        members = [other for other in texts if _alternatives(other) == group]
        out.append(_better(members, hints, body))
    seen: list[str] = []
    for text in out:
        if text and text not in seen:
            seen.append(text)
    return "\n\n".join(seen)


def _alternatives(part: Part) -> int | None:
    """Name the outermost multipart/alternative around a part."""
    return next((id(node) for node in part.path if node.type == "multipart/alternative"), None)


def _better(members: list[Part], hints: tuple[str, ...], body: Body) -> str:
    plain = _joined([part for part in members if "html" not in part.type], hints, body)
    pages = [part for part in members if "html" in part.type and part.type not in {"text/x-amp-html", "text/watch-html"}]
    if plain and not (len(plain) <= _LONGEST_NOTICE and _NOTICES.search(plain)) and not _is_markup(plain):
        return plain
    page = "\n\n".join(filter(None, (_page_text(part, hints, body) for part in pages)))
    if plain and page and len(page) > len(plain):
        body.defects.append("plain-part-is-a-notice")
    return page if len(page) > len(plain) or (page and _is_markup(plain)) else plain


def _is_markup(text: str) -> bool:
    """Some senders put their HTML into the plain part too."""
    head = text[:300].lstrip().lower()
    return head.startswith(("<!doctype html", "<html", "<body", "<div", "<table", "<p>", "<style"))


def unflowed(text: str, *, delsp: bool) -> str:
    """Undo format=flowed (RFC 3676): join lines that end in a blank with the next of equal quote depth.

    Of a text of more than `MOST_FLOWED` lines the rest stays as it is.
    """
    out: list[list[str]] = []
    open_depth = -1
    lines = text.split("\n", MOST_FLOWED)
    rest = lines[MOST_FLOWED:]
    for line in lines[:MOST_FLOWED]:
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != "-- "
        piece = bare[:-1] if flows and delsp else bare
        if depth == open_depth and bare != "-- ":
            out[-1].append(piece)
        else:
            out.append([">" * depth + " " if depth else "", piece])
        open_depth = depth if flows else -1
    joined = ("".join(pieces) for pieces in out)
    return "\n".join([*(line.rstrip() if line != "-- " else line for line in joined), *rest])
