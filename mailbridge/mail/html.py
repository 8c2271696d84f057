"""HTML to text that a person can read, and HTML that is safe to show.

In comes the HTML of a stranger. `html_to_text` keeps links, lists, tables and quotations visible, and drops what
the sender hid (preheaders, tracking pixels). `safe_html` keeps an allow-list of tags and attributes (nh3); nothing
in it is fetched from elsewhere. Both survive any nesting and any length; neither raises.
"""

from __future__ import annotations

import html as entities
import re
from urllib.parse import unquote

import nh3
from selectolax.lexbor import LexborHTMLParser

from mailbridge.mail.headers import clean_text
from mailbridge.mail.htmlwalk import Page

MAX_CHARACTERS = 1_000_000
"""HTML beyond this is not turned into text."""

MAX_NODES = 120_000
"""Nodes beyond this are not walked."""

_TAGS_WORDS = """
    a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
    figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub
    sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_TAGS = set(_TAGS_WORDS.split())
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"colspan", "rowspan", "width"},
    "th": {"colspan", "rowspan", "width"},
    "ol": {"start", "type"},
    "blockquote": {"type", "cite"},
    "col": {"span", "width"},
    "colgroup": {"span"},
}
_DROPPED_WHOLE_WORDS = """
    script style head title template iframe object embed svg math noscript form select textarea audio video canvas
"""
_DROPPED_WHOLE = set(_DROPPED_WHOLE_WORDS.split())
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_WITHOUT_TARGET = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")

_DEEPEST = 1_000
_MOST_ATTRIBUTES = 1_000
_MOST_ENTITIES = 50_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_NOT_NESTED_WORDS = """
    p li td th tr dt dd option br img hr meta input link col wbr area base source param
"""
_NOT_NESTED = frozenset(_NOT_NESTED_WORDS.split())
_BARE_AMPERSAND = re.compile(r"&(?!#?[0-9a-zA-Z]{1,32};)")
_LARGE = 10_000
_BEGIN_OF_TAG = re.compile(r"<[a-zA-Z]")
_ATTRIBUTE = (r"[\t\n\f\r /]*+[^\t\n\f\r />][^\t\n\f\r />=]*+"
              r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+'|[^\"'>\t\n\f\r ][^>\t\n\f\r ]*+)?+)?+")
_WHOLE_TAG = re.compile(rf"<[a-zA-Z][^\t\n\f\r />]*+(?:{_ATTRIBUTE}){{0,{_MOST_ATTRIBUTES}}}+[\t\n\f\r /]*+>")
_BROAD_TAG = re.compile(rf"<[a-zA-Z][^\t\n\f\r />]*+(?:{_ATTRIBUTE}){{{_MOST_ATTRIBUTES}}}+")
_SILENT_ELEMENTS = ("script", "style", "head", "title")
_LINE_TAGS = re.compile(r"<(?:/?(?:p|div|tr|li|h[1-6]|table|ul|ol|blockquote)|br)\b[^>]{0,4000}>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^>]{0,4000}>?")


def html_to_text(html: str) -> str:
    r"""Return the visible text of an HTML body, with "\n" line ends, without blank lines at its ends."""
    return read_html(html)[0]


def read_html(html: str) -> tuple[str, bool]:
    """Return the visible text of an HTML body, and whether it was cut: its last line is "[…]" then."""
    if "<" not in html and "&" not in html:
        return clean_text(html).strip(), False
    source = html[:MAX_CHARACTERS].replace("\0", "")
    page = Page(MAX_NODES)
    if is_monstrous(source):
        out = _crude_text(source)
    else:
        tree = LexborHTMLParser(source)
        root = tree.body or tree.root
        if root is not None:
            page.walk(root)
        out = clean_text(page.text())
        if not out and not page.hidden:
            out = _crude_text(source[:200_000])
    cut = page.cut or len(html) > MAX_CHARACTERS
    return (f"{out}\n[…]" if cut else out), cut


def safe_html(html: str) -> str:
    """Return `html` with nothing in it that runs, loads from elsewhere or hides where a link goes.

    Images stay only when they came with the mail (`cid:`); the rest are tracking pixels more often than not.
    """
    source = clean_text(html[:MAX_CHARACTERS]).replace("&nbsp;", "\u00a0")
    if is_monstrous(source):
        return f"<pre>{entities.escape(_crude_text(source))}</pre>"
    cleaned = nh3.clean(
        _BARE_AMPERSAND.sub("&amp;", source),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WHOLE,
        attribute_filter=_filtered,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return _WITHOUT_TARGET.sub("", cleaned)


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    """Keep an attribute's value, or drop it: only images that came with the mail, only links that go somewhere."""
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith("cid:") else None
    if attribute == "href" and unquote(value).strip().lower().startswith(("cid:", "javascript:", "data:", "vbscript:")):
        return None
    return value


def is_monstrous(source: str) -> bool:
    """Say whether a parser would take seconds: its time grows with the square of the depth, of attributes, of entities.

    An element counts as open until its own end tag comes: `<b id=1>` `<b id=2>` and so on are carried into every paragraph.
    """
    if source.count("&") > _MOST_ENTITIES:
        return True
    if source.count("<") > _DEEPEST and _is_deep(source):
        return True
    return len(source) > _LARGE and _is_broad(source)


def _is_broad(source: str) -> bool:
    """Say whether a tag may have too many attributes, by the grammar of browsers (WHATWG HTML §13.2.5.32 to 39).

    Every place where a tag may begin is looked at, also within comments and values, where none does: what is one and
    what is none depends on all that stands before. To look at them all may take too long; that is too much, too.
    """
    left = 3 * len(source)
    for begin in _BEGIN_OF_TAG.finditer(source):
        tag = _WHOLE_TAG.match(source, begin.start())
        left -= tag.end() - tag.start() if tag else len(source) - begin.start()
        if left < 0 or (tag is None and _BROAD_TAG.match(source, begin.start())):
            return True
    return False


def _is_deep(source: str) -> bool:
    opened: dict[str, int] = {}
    depth = 0
    for closes, written in _TAG.findall(source):
        name = written.lower()
        if name in _NOT_NESTED:
            continue
        if not closes:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            if depth > _DEEPEST:
                return True
        elif opened.get(name):
            opened[name] -= 1
            depth -= 1
    return False


def _crude_text(source: str) -> str:
    """Take the tags off without building a tree."""
    for name in _SILENT_ELEMENTS:
        source = _without_element(source, name)
    text = _ANY_TAG.sub("", _LINE_TAGS.sub("\n", source))
    lines = (" ".join(line.split()) for line in clean_text(entities.unescape(text)).split("\n"))
    return "\n".join(line for line in lines if line)


def _without_element(source: str, name: str) -> str:
    """Cut an element out with all that is in it; one that is never closed swallows the rest, as browsers have it."""
    out: list[str] = []
    pos = 0
    opening, closing = re.compile(f"<{name}\\b", re.IGNORECASE), re.compile(f"</{name}[^>]{{0,200}}>?", re.IGNORECASE)
    while begin := opening.search(source, pos):
        out.append(source[pos:begin.start()])
        end = closing.search(source, begin.end())
        pos = end.end() if end else len(source)
    out.append(source[pos:])
    return "".join(out)
