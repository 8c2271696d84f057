"""What the HTML of a mail says about its quotation, and the HTML of a reply cut at the same place.

Clients mark what they quote (`gmail_quote`, `divRplyFwdMsg`, `blockquote type=cite`). The mark is looked up in the HTML and
found again in the lines of the text, by letters and digits alone, because the two differ in spaces, stars and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from mailbridge.mail.html import html_to_text, is_monstrous
from mailbridge.mail.introduction import OPENING, label_of
from mailbridge.mail.message import Written
from mailbridge.mail.patterns import Patterns
from mailbridge.mail.quote_lines import NOTHING_SAID, HtmlQuote

LARGEST = 1_000_000     # characters of HTML; more is left to the words
MOST_TAGS = 20_000      # so is HTML with more tags, or with more left open: a parser's time grows with the square of the depth
MOST_OPEN = 500
MOST_CUES = 40          # nodes with a cue that are looked at; the first sound one is the outermost quotation
HEAD = 48               # letters and digits by which a place is found again in the text
ENOUGH = 8              # fewer than this many are no evidence
DEEPEST = 200           # elements around a cue that are looked at
MOST_LEADS = 50         # lines that begin like the quotation and are compared with it

QUOTE_CLASSES = frozenset({
    "gmail_quote", "gmail_quote_container", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra",
    "sh-quoted-content", "front-blockquote", "missive_quote", "freshdesk_quote", "mail_quote_reply", "gmx_quote",
})
QUOTE_IDS = ("yahoo_quoted", "isReplyContent", "reply-intro")
QUOTE_NAMES = frozenset({"quote", "messageReplySection"})
REST_IDS = ("RplyFwdMsg", "appendonsend", "OLK_SRC_BODY_SECTION", "stopSpelling", "zwchr", "mail-editor-reference-message",
            "outlook-mobile-body-separator")
REST_CLASSES = frozenset({"OutlookMessageHeader", "ms-outlook-mobile-reference-message"})
SIGNED = ", ".join((
    ".gmail_signature, [data-smartmail=gmail_signature], .moz-signature, .protonmail_signature_block, .bloop_sign, .front-signature",
    "[id=Signature], [id=x_Signature], [id*=mobile-signature], [id=composer_signature], [id=ymail_android_signature], [id*=_-Sgn]",
    "[name=messageSignatureSection], [class*=ydp][class$=signature]"))
CUES = ("ignature", "_-Sgn", "bloop_sign", "quote", "cite", "border-top", "tabindex", "isReplyContent", "messageReplySection",
        "reply-intro", "zmail_extra", *REST_IDS, *REST_CLASSES)
ANY_CUE = ", ".join((
    "[class*=quote], [class*=cite], [id*=quote], blockquote[type], [name=quote], [name=messageReplySection], .zmail_extra",
    "#isReplyContent, #reply-intro",
    *(f"[id*={one}]" for one in REST_IDS), *(f".{one}" for one in sorted(REST_CLASSES)), "div[style*=border-top], hr[tabindex]"))
NOT_TEXT = ["style", "script", "head", "title", "template", "noscript"]
BEGIN, END, SIGN, SIGN_END = "\ue000", "\ue001", "\ue002", "\ue003"
PRIVATE = ("\0", BEGIN, END, SIGN, SIGN_END)
WORD_HEAD = re.compile(r"border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)\s+1\.0pt", re.IGNORECASE)   # only Outlook frames its headers so
FEWEST_LABELS = 3       # bold labels in such a frame, in whatever language
SIGNS = str.maketrans("", "", SIGN + SIGN_END)
NOT_LETTERS = re.compile(r"[\W_]+")


def html_quote(html: str, lines: Sequence[str], patterns: Patterns) -> HtmlQuote:
    """Return the lines of the text that the HTML marks as quotation; NOTHING_SAID when the place is not certain."""
    if not html or not any(cue in html for cue in CUES) or _is_too_much(html):
        return NOTHING_SAID
    for one in PRIVATE:
        html = html.replace(one, "")
    tree = LexborHTMLParser(html)
    if tree.body is None:
        return NOTHING_SAID
    for node in tree.css(ANY_CUE)[:MOST_CUES]:
        rule = _rule_of(node, patterns)
        if rule and not _inside_quotation(node):
            tree.strip_tags(NOT_TEXT)
            return _found_again(tree.body, node, rule, lines)
    own = tree.css_first("blockquote") is not None
    tree.strip_tags(NOT_TEXT)
    _mark_signature(tree.body)
    return HtmlQuote(own=own, signature=_signature_in(tree.body.text(deep=True), lines))


def _is_too_much(html: str) -> bool:
    return (len(html) > LARGEST or html.count("<") > MOST_TAGS
            or any(html.count(f"<{tag}") - html.count(f"</{tag}") > MOST_OPEN for tag in ("div", "blockquote", "table", "span", "font"))
            or is_monstrous(html))


def _rule_of(node: Any, patterns: Patterns) -> str:
    """Name the cue that a node is, or return an empty string when it proves nothing.

    Gmail's own button for a quotation makes a `blockquote.gmail_quote` outside of any `div.gmail_quote`: that is the
    writer's text. Outlook frames the headers of the earlier mail, and others their signatures: header labels must follow.
    """
    attributes = node.attributes
    classes = set((attributes.get("class") or "").split())
    identity = attributes.get("id") or ""
    if node.tag == "blockquote":
        return "cite" if (attributes.get("type") or "").lower() == "cite" or identity in QUOTE_IDS else ""
    if classes & QUOTE_CLASSES or any(one.startswith("yahoo_quoted") for one in classes) or identity.startswith(QUOTE_IDS) \
            or attributes.get("name") in QUOTE_NAMES:
        return "quote"
    if classes & REST_CLASSES or any(one in identity for one in REST_IDS):
        return "outlook"
    if node.tag not in ("div", "hr"):
        return ""
    if node.tag == "div" and WORD_HEAD.search(attributes.get("style") or "") and len(node.css("b")) >= FEWEST_LABELS:
        return "outlook"
    text = (node.text(strip=True) or _text_after(node)).lstrip("\u200e\u200f ")
    return "outlook" if label_of(text[:40], patterns) else ""


def _text_after(node: Any) -> str:
    """The first text behind an empty node such as `hr`, which may stand alone in a wrapper or two."""
    for _ in range(3):
        for follower in _followers(node):
            text = (follower.text_content or "").strip() if follower.tag == "-text" else follower.text(strip=True)
            if text:
                return str(text)
        node = node.parent
        if node is None:
            break
    return ""


def _followers(node: Any, most: int = 20) -> Iterator[Any]:
    follower = node.next
    while follower is not None and most:
        yield follower
        follower, most = follower.next, most - 1


def _inside_quotation(node: Any) -> bool:
    """Say whether a node lies within a blockquote that is no cue itself (or too deep to tell)."""
    above = node.parent
    for _ in range(DEEPEST):
        if above is None:
            return False
        if above.tag == "blockquote":
            return True
        above = above.parent
    return True


def _found_again(body: Any, node: Any, rule: str, lines: Sequence[str]) -> HtmlQuote:
    """Find the lines of the text that hold what the HTML has from `node` on, or within it."""
    _mark_signature(body)
    node.insert_before(BEGIN)
    if rule != "outlook":
        _end_of(node).insert_after(END)
    before, _, rest = body.text(deep=True).partition(BEGIN)
    inside, _, after = rest.translate(SIGNS).partition(END)
    signature = _signature_in(before, lines)
    before = before.translate(SIGNS)
    first = _line_of(inside or after, before, lines)
    if first is None:
        return HtmlQuote(signature=signature)
    if not after.strip():
        return HtmlQuote(first, len(lines), rule, signature=signature)
    last = _line_of(after, before + inside, lines)
    return HtmlQuote(first, last, rule, signature=signature) if last is not None and last > first else HtmlQuote(signature=signature)


def _mark_signature(body: Any) -> None:
    """Frame the first signature that a client marked; an earlier mail's own lies within the quotation."""
    for node in body.css(SIGNED)[:MOST_CUES]:
        if not _inside_quotation(node):
            node.insert_before(SIGN)
            node.insert_after(SIGN_END)
            return


def _signature_in(before: str, lines: Sequence[str]) -> int:
    """The line of the signature that is marked in a page's text above its quotation, or -1: people also write below it, or in it."""
    head, _, rest = before.partition(SIGN)
    inside, ended, behind = rest.partition(SIGN_END)
    if not ended or not head.strip() or behind.strip():
        return -1
    place = _line_of(inside, head, lines)
    return -1 if place is None else place


def _end_of(node: Any) -> Any:
    """The last node of the quotation that begins with `node`.

    Gmail puts answers between the lines into its `div.gmail_quote` too, behind the blockquote with what they answer;
    Thunderbird and Roundcube set the introduction beside its blockquote.
    """
    child = node.child if node.tag == "div" else None
    while child is not None:
        if child.tag == "blockquote":
            return child
        child = child.next
    for follower in _followers(node) if node.tag != "blockquote" else ():
        if follower.tag == "blockquote":
            return follower
        if follower.tag != "br" and (follower.tag != "-text" or (follower.text_content or "").strip()):
            break
    return node


def _line_of(passage: str, before: str, lines: Sequence[str]) -> int | None:
    """Return the line of the text at which `passage` begins; `before` is what stands before it. None when it is not certain."""
    head = _letters(passage[:HEAD * 8])[:HEAD]
    if len(head) < ENOUGH:
        return None
    places = [at for at in _leads(passage, lines) if _says(lines, at, head)]
    if len(places) < 2:
        return places[0] if places else None
    length = len(_letters(before))
    return min(places, key=lambda at: abs(len(_letters("".join(lines[:at]))) - length))


def _leads(passage: str, lines: Sequence[str]) -> list[int]:
    """The lines that begin with the first letters of the passage."""
    word = passage[:HEAD * 8].lstrip(OPENING + " \r\n").split(None, 1)[0]
    lead = re.match(r"[^\W_]+", word)
    start = lead[0] if lead else word[:1]
    near = len(start) + 12
    return [at for at, line in enumerate(lines) if start in line[:near] and line.lstrip(OPENING).startswith(start)][:MOST_LEADS]


def _says(lines: Sequence[str], at: int, head: str) -> bool:
    said = ""
    for line in lines[at:at + 12]:
        said += _letters(line[:HEAD * 8])
        if len(said) >= len(head):
            break
    return said.startswith(head)


def _letters(text: str) -> str:
    return NOT_LETTERS.sub("", text)


def cut_html(html: str, reply: Written) -> str | None:
    """Return `html` without what `reply` shows as quotation and signature, or None when the place is not certain.

    The result is as unsafe as its source. What it says, read as text, is what `reply.reply` says, letter by letter.
    """
    if not html or _is_too_much(html) or reply.forwarded or reply.cut_by.startswith("inline"):
        return None
    tree = LexborHTMLParser(html.replace("\0", ""))
    if tree.body is None:
        return None
    tree.strip_tags(NOT_TEXT)
    wanted = _letters(reply.reply)
    if reply.quoted or reply.signature:
        _drop_after(tree.body, len(wanted))
    result = str(tree.body.inner_html or "")
    return result if _letters(html_to_text(result)) == wanted else None


def _drop_after(body: Any, length: int) -> None:
    """Remove every node of `body` that begins after the first `length` letters of its text."""
    seen, node = 0, body.child
    while node is not None and seen < length:
        if node.tag == "-text":
            seen += len(_letters(node.text_content or ""))
        last, node = node, _next_node(node, body)
        if seen >= length:
            _remove_following(last, body)


def _next_node(node: Any, root: Any) -> Any:
    if node.child is not None:
        return node.child
    while node is not None and node.mem_id != root.mem_id:
        if node.next is not None:
            return node.next
        node = node.parent
    return None


def _remove_following(node: Any, root: Any) -> None:
    while node is not None and node.mem_id != root.mem_id:
        while node.next is not None:
            node.next.remove()
        node = node.parent
