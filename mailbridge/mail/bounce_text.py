"""Finds the failed addresses in the text of a bounce that carries no report of RFC 3464.

Each server has its wording, but there are few shapes: `<address>:` (qmail, Postfix, Yahoo), an address alone on its
line (Exim, Sendmail, Gmail), an SMTP answer with the address in it (Sendmail, MDaemon), `address on date` (Exchange),
an SMTP dialogue, a sentence. The surest shape that is found counts; the copy of the returned mail is cut off before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Group = dict[str, str]
LOCAL = r"(?:\"[^\"\s@]{1,64}\"|[^\s<>@,;:()\[\]\"'|\\/=]{1,64}(?:=[^\s<>@,;:()\[\]\"'|\\]{1,40})?)"
ADDRESS = LOCAL + r"@[^\s<>@,;:()\[\]\"'|\\/=]{1,255}"
LINES = 400
"""Lines of a bounce that are looked at; each is cut at `LINE` characters, so that hostile ones cost little."""
LINE = 1000

COPY = re.compile(
    r"^(?:[ \t>|]{0,20}[-=_*+#]{2,80}[ \t]*(?:[^\n]{0,60}\b)?"
    r"(?:copy of|original (?:message|mail)|returned (?:message|mail)|unsent message|undelivered message"
    r"|message (?:text |body |headers? )?follows"
    r"|message headers?|the headers?|header of|below this line|enclosed|forwarded|message contents|mail (?:text )?follows"
    r"|body of (?:your )?message|your (?:original )?(?:message|mail)|ended|end of message|start of returned)[^\n]*"
    r"|(?:original message follows|message headers follow"
    r"|the original message (?:headers? )?(?:follows|is (?:attached|below|included|enclosed))"
    r"|included is a copy|your original message|copy of your message|a copy of the (?:original|message)|this is a copy of"
    r"|here is your returned mail|the header of the original|the body of the message|message header[s:]|here is a copy"
    r"|the following is a copy|below is a copy|old message:|message text follows|received:message)[^\n]*"
    r"|(?:received|return-path|x-received|dkim-signature|delivered-to|mime-version):[^\n]*)$",
    re.IGNORECASE | re.MULTILINE)
FIELD = re.compile(r"^[ \t]*([A-Za-z][A-Za-z-]{3,30}):[ \t]*(\S[^\n]*)$")
REPORT_FIELDS = frozenset({"final-recipient", "original-recipient", "action", "status", "diagnostic-code"})

COLON = re.compile(rf"^[ \t]*(?:<({ADDRESS})>|\"({ADDRESS})\"|({ADDRESS}))[ \t]*:(?=[ \t]|$)")
ALONE = re.compile(rf"^[ \t*>\-\u2022]*(?:\d+[.)][ \t]+)?(?:to:[ \t]*)?<?({ADDRESS})>?[ \t]*[.,:;]?[ \t]*(?:\([^\n]*|\[[^\n]*)?$")
ANSWER = re.compile(rf"^[ \t]*(?:<<<[ \t]*)?[45]\d\d[ \-:]+(?:[45]\.\d+\.\d+[ \t:]+)?<({ADDRESS})>"
                    rf"|^[ \t]*[45]\d\d[ \-]+(?:[45]\.\d+\.\d+ )?({ADDRESS})(?:\.\.\.|[ \t]*[:,])")
STARTS = re.compile(rf"^[ \t]*<?({ADDRESS})>?[ \t]+(?:\.\.\.|on \w|[-(\[]|\w+ (?:address|user|recipient)|(?:was|is|has|does|could)\b"
                    r"|user |mailbox |no such |invalid|unknown)", re.IGNORECASE)
DIALOGUE = re.compile(rf"rcpt[ ]to[ ]?:[ \t]*<?({ADDRESS})", re.IGNORECASE)
LABEL = re.compile(r"(?:recipient|address|addressee|mailbox|user(?:name)?|to|account|for|destination|e-?mail)s?\b[^@\n]{0,24}?"
                   rf"[:=\[('\"<][ \t<\[('\"]*(?:smtp:)?({ADDRESS})", re.IGNORECASE)
SENTENCE = re.compile(r"(?:deliver\w*|send\w*|reach\w*|message|mail|to|for|recipient|address|mailbox|user)\b[^@\n]{0,40}?"
                      rf"<?({ADDRESS})", re.IGNORECASE)
SENDER_LINE = re.compile(
    r"^[ \t]*(?:from|sender|reply-to|mail from|return-path|x-postfix-sender|message-id|in-reply-to|references|reporting-mta|subject|cc|bcc"
    r"|>>> mail|original sender)\b|mail from:|envelope-from|contact|assistance|further help|questions|e-mail the|send mail to|report to",
    re.IGNORECASE)
SENDER_BEFORE = re.compile(r"(?:sent by|message from|mail from|sender|from)[ \t]*:?[ \t]*$", re.IGNORECASE)
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


def failed_in_text(head: str, ours: frozenset[str]) -> list[str]:
    """Return the addresses that the server's own words name as failed; `ours` are lower-case addresses that cannot be.

    Several shapes in one text are not mixed: the surest counts.
    """
    lines = [line[:LINE] for line in head.splitlines()[:LINES]]
    for shape in SHAPES:
        found = [address for address in shape(lines) if address.lower() not in ours and not ROBOTS.match(address)]
        if found:
            return found
    return []


def clean(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    return address.strip().rstrip(".,;:!?'\"").lstrip("'")


def by_line(pattern: re.Pattern[str]) -> Callable[[list[str]], Iterator[str]]:
    """Return a shape that looks for a pattern in each line that does not speak of the sender."""
    def shape(lines: list[str]) -> Iterator[str]:
        before = ""
        for line in lines:
            if "@" in line and not SENDER_LINE.search(line) and not SENDER_BEFORE.search(before):
                for found in pattern.finditer(line):
                    yield clean(next(group for group in found.groups() if group))
            before = line if line.strip() else before
    return shape


SHAPES = tuple(by_line(pattern) for pattern in (COLON, ALONE, ANSWER, STARTS, DIALOGUE, LABEL, SENTENCE))
