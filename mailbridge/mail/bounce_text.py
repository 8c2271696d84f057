"""Finds the failed addresses in the text of a bounce that carries no report of RFC 3464.

Each server has its wording, but there are few shapes: `<address>:` (qmail, Postfix, Yahoo), an address alone on its
line (Exim, Sendmail, Gmail), an SMTP answer with the address in it (Sendmail, MDaemon), `address on date` (Exchange),
an SMTP dialogue, a sentence. The surest shape that is found counts; the copy of the returned mail is cut off before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Group = dict[str, str]
Shape = Callable[[list[str]], Iterator[str]]
_NOT = r"\s<>@,;:()\[\]\"|\\：，。、；（）「」『』【】《》＜＞“”‘’«»"
"""Characters that no address holds without quotes, those of Chinese and Japanese sentences among them."""
LOCAL = rf"(?:\"[^\"\s@]{{1,64}}\"|[^{_NOT}/='][^{_NOT}/=]{{0,63}}(?:=[^{_NOT}]{{1,40}})?)"
ADDRESS = LOCAL + rf"@[^{_NOT}/=']{{1,255}}"
LINES = 400
"""Lines of a bounce that are looked at; each is cut at `LINE` characters, so that hostile ones cost little."""
LINE = 1000

COPY = re.compile(
    r"^(?:[ \t>|]{0,20}[-=_*+#]{2,80}[ \t]*(?![^\n]{0,60}(?:warning|resend))(?:[^\n]{0,60}\b)?"
    r"(?:copy of|original (?:message|mail)|returned (?:message|mail)|unsent message|undelivered message"
    r"|message (?:text |body |headers? )?follows"
    r"|message headers?|the headers?|header of|below this line|enclosed|forwarded|message contents|mail (?:text )?follows"
    r"|body of (?:your )?message|your (?:original )?(?:message|mail)|ended|end of message|start of returned)[^\n]*"
    r"|(?:original message follows|message headers follow"
    r"|the original message (?:headers? )?(?:follows|is (?:attached|below|included|enclosed))"
    r"|included is a copy|your original message|copy of your message|a copy of the (?:original|message)|this is a copy of"
    r"|here is your returned mail|the header of the original|the body of the message|message header[s:]|here is a copy"
    r"|original message(?: headers)?:[ \t]{0,9}$"
    r"|the following is a copy|below is a copy|old message:|message text follows|received:message)[^\n]*"
    r"|(?:received|return-path|x-received|dkim-signature|delivered-to|mime-version):[^\n]*)$",
    re.IGNORECASE | re.MULTILINE)
FIELD = re.compile(r"^[ \t]*([A-Za-z][A-Za-z-]{3,30}):[ \t]*(\S[^\n]*)$")
REPORT_FIELDS = frozenset({"final-recipient", "original-recipient", "action", "status", "diagnostic-code"})

COLON = re.compile(rf"^[ \t]*(?:<({ADDRESS})>|\"({ADDRESS})\"|({ADDRESS}))[ \t]*:(?=[ \t]|$)")
NAMED = re.compile(r"^[ \t*>|\-]{0,20}(?:(?:final|failed|intended|undeliverable|affected|invalid|bad)[ \-])?"
                   r"(?:recipient|addressee|addressed to|error-for|undeliverable address)(?:[ \-]?(?:e-?mail|address|name))?\(?s?\)?"
                   rf"[ \t]*[:=][ \t]*(?:rfc822;[ \t]*)?[\[<'\"]{{0,2}}(?:smtp:)?({ADDRESS})", re.IGNORECASE)
ALONE = re.compile(rf"^[ \t*>\-\u2022]*(?:\d+[.)][ \t]+)?[<'\"\[]{{0,2}}({ADDRESS})[>'\"\]]{{0,2}}"
                   r"[ \t]*[.,:;]?[ \t]*(?:\([^\n]*|\[[^\n]*)?$")
ANSWER = re.compile(rf"^[ \t]*(?:<<<[ \t]*)?[45]\d\d[ \-:]+(?:[45]\.\d+\.\d+[ \t:]+)?<({ADDRESS})>"
                    rf"|^[ \t]*[45]\d\d[ \-]+(?:[45]\.\d+\.\d+ )?({ADDRESS})(?:\.\.\.|[ \t]*[:,])")
STARTS = re.compile(rf"^[ \t]*[<\"']?({ADDRESS})[>\"']?[ \t]+(?:\.\.\.|on \w|(?:\w{{1,6}}\.? )?\d{{1,4}}[./\-]\d|[-(\[]"
                    r"|\w+ (?:address|user|recipient)|(?:was|is|has|does|could)\b"
                    r"|user |mailbox |no such |invalid|unknown)", re.IGNORECASE)
DIALOGUE = re.compile(rf"rcpt[ ]to[ ]?:[ \t]*<?({ADDRESS})", re.IGNORECASE)
LABEL = re.compile(r"(?:recipient|address|addressee|mailbox|mailing list|user(?:name)?|to|account|for|destination|e-?mail"
                   r"|收件人|收件者|宛先|받는사람|получател\w*)s?\b[^@\n]{0,24}?"
                   rf"[:=\[('\"<][ \t<\[('\"]*(?:smtp:)?({ADDRESS})", re.IGNORECASE)
SENTENCE = re.compile(r"(?:deliver\w*|send\w*|reach\w*|message|mail|to|for|recipient|address|mailbox|user)\b[^@\n]{0,40}?"
                      rf"<?({ADDRESS})", re.IGNORECASE)
REFUSAL = re.compile(
    rf"^[ \t]*(?:[<\"]?{ADDRESS}[>\"]?[ \t]*[:\-][^\n]{{0,200}}(?<![\d.])[45]\d\d[ \-]|(?:<<<|said:|#)[ \t]*[45]\d\d[ \-]"
    r"|#?[45]\d\d[ \-]#?[45]\.\d{1,2}\.\d{1,3}|[^\n:：]{0,60}[:：][ \t]*[45]\d\d[ \-]#?[45]\.\d{1,2}\.\d{1,3})",
    re.IGNORECASE)
"""A line with what a server answered, whatever the language of the words around it."""
UNDELIVERED = re.compile(rf"(?:deliver\w*|reach\w*|return\w*)\b[^@\n]{{0,30}}\bto:?[ \t]*<?({ADDRESS})", re.IGNORECASE)
ANY = re.compile(rf"({ADDRESS})")
SENDER_LINE = re.compile(
    r"^[ \t]*(?:from|sender|reply-to|mail from|return-path|x-postfix-sender|message-id|in-reply-to|references|reporting-mta|subject|cc|bcc"
    r"|>>> mail|original sender)\b|mail from:|envelope-from|contact|assistance|further help|questions|e-mail the|send mail to|report to",
    re.IGNORECASE)
SENDER_BEFORE = re.compile(r"(?:sent by|message from|mail from|sender|from)[ \t]*+:?[ \t]*+$", re.IGNORECASE)
IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ASCII_END = re.compile(r"[\x21-\x7e]+$")
ASCII_DOMAIN = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.[a-z]{2,}", re.IGNORECASE | re.ASCII)
ROBOTS = re.compile(r"^(?:mailer-daemon|postmaster|post_master|abuse|hostmaster|noreply|no-reply)@", re.IGNORECASE)


def split_returned(text: str) -> tuple[str, str]:
    """Return the server's own words and the copy of the returned mail after them, which may be empty.

    A copy that begins within the first line is none: the whole text is then the server's.
    """
    for found in COPY.finditer(text):
        if text[:found.start()].strip():
            return text[:found.start()], text[found.start():]
    return text, ""


def report_in_text(text: str) -> list[Group]:
    """Return the recipient groups of a report that was flattened into the text, as some gateways and list servers do."""
    groups: list[Group] = []
    group: Group = {}
    for line in text.splitlines()[:4 * LINES]:
        field = FIELD.match(line)
        name = field.group(1).lower() if field else ""
        if not field or name not in REPORT_FIELDS:
            continue
        if name in group:
            groups.append(group)
            group = {}
        group[name] = field.group(2).strip()
    return [one for one in (*groups, group) if "final-recipient" in one or "original-recipient" in one]


def quotes_refusal(head: str) -> bool:
    """Say whether a text shows an answer of SMTP that refuses (RFC 5321 §4.2), on a line of its own or after an address."""
    return any(REFUSAL.match(line[:LINE]) for line in head.splitlines()[:LINES])


def names_failed(head: str, *, alone: bool = False) -> bool:
    """Say whether a text names an address in a way that only mail systems do; a person's may name some in a sentence.

    alone: an address on a line of its own will do, though signatures have it too.
    """
    return bool(found_by(SHAPES[:6] if alone else SURE, head, frozenset())) or quotes_refusal(head)


def failed_in_text(head: str, ours: frozenset[str]) -> list[str]:
    """Return the addresses that the server's own words name as failed; `ours` are lower-case addresses that cannot be.

    Several shapes in one text are not mixed: the surest counts.
    """
    return found_by(SHAPES, head, ours)


def mentioned(head: str, ours: frozenset[str]) -> list[str]:
    """Return the only address that a text mentions at all; nobody when there are several."""
    found = {address.lower() for address in found_by(ANYWHERE, head, ours)}
    return list(found) if len(found) == 1 else []


def found_by(shapes: tuple[Shape, ...], head: str, ours: frozenset[str]) -> list[str]:
    """Return what the first shape finds that finds anything, without us and without robots."""
    lines = [line[:LINE] for line in head.splitlines()[:LINES]]
    for shape in shapes:
        found = [address for address in shape(lines) if address.lower() not in ours and not ROBOTS.match(address)]
        if found:
            return found
    return []


def clean(address: str) -> str:
    """Return an address without the punctuation of the sentence around it, and without the words that stand next to it.

    Chinese and Japanese put no blank between an address and the words around it.
    """
    local, at, domain = address.strip().rstrip(".,;:!?'\"").lstrip("'").rpartition("@")
    if not local.isascii() and (plain := ASCII_END.search(local)) and IDEOGRAPH.search(local):
        local = plain.group()
    if not domain.isascii() and (plain := ASCII_DOMAIN.match(domain)) and IDEOGRAPH.search(domain):
        domain = plain.group()
    return local + at + domain


def by_line(pattern: re.Pattern[str]) -> Shape:
    """Return a shape that looks for a pattern in each line that does not speak of the sender."""
    def shape(lines: list[str]) -> Iterator[str]:
        before = ""
        for line in lines:
            if "@" in line and not SENDER_LINE.search(line) and not SENDER_BEFORE.search(before):
                for found in pattern.finditer(line):
                    yield clean(next(group for group in found.groups() if group))
            before = line if line.strip() else before
    return shape


SHAPES = tuple(by_line(pattern) for pattern in (COLON, NAMED, ALONE, ANSWER, STARTS, DIALOGUE, LABEL, SENTENCE))
SURE = tuple(by_line(pattern) for pattern in (COLON, ANSWER, STARTS, UNDELIVERED))
"""What no person writes; the first six of `SHAPES` have the address on a line of its own as well."""
ANYWHERE = (by_line(ANY),)
