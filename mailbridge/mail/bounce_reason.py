"""Why a mail could not be delivered: from what servers answer to one word of a closed list.

What comes in: the enhanced status (RFC 3463) and the wording of the diagnosis. What goes out: a reason and a class. Pure.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Reason = Literal["user-unknown", "host-unknown", "moved", "disabled", "mailbox-full", "too-big", "spam", "blocked", "authentication",
                 "refused", "relaying", "rate", "syntax", "content", "expired", "network", "system", "other"]
BounceClass = Literal["hard", "soft", "delayed"]
REASONS: tuple[Reason, ...] = get_args(Reason)

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
GENERIC = re.compile(r"[245]\.\d\.0$|[245]\.5\.\d$|[245]\.0\.\d+$")
REPLY_CODE = re.compile(r"(?<![\d.\w-])([45])\d\d(?=[ \-:]|$)")
ANSWER_LINE = re.compile(
    r"(?<![\d.\w-])[45]\d\d[ \-:]|#?[45]\.\d\.\d|(?:reason|error|said|diagnos\w*|responded|because)\b[^\n]{0,40}:", re.IGNORECASE)

# Tried in this order. A server that says "blocked" often adds "user" or "mailbox" somewhere, so what is special comes first.
WORDS: tuple[tuple[Reason, tuple[str, ...]], ...] = (
    ("mailbox-full", (
        r"mailbox (?:is |was )?full", r"mail ?box full", r"full mailbox", r"over ?quota",
        r"quota (?:has been |is |was )?(?:exceeded|full)", r"exceed\w* (?:\w+ ){0,3}quota", r"out of storage",
        r"storage (?:limit|allocation|space)", r"insufficient (?:disk |system )?(?:space|storage)", r"disk full",
        r"not enough (?:disk |storage )?space", r"mailbox (?:size|has exceeded|exceeds|is over|too large)",
        r"no space left", r"too many messages (?:in|on)", r"overquota", r"容量", r"переполнен",
        r"postfach (?:ist )?voll", r"inbox is full",
    )),
    ("authentication", (
        r"\bdmarc\b", r"\bdkim\b", r"\bspf\b", r"sender ?id\b", r"unauthenticated", r"not authenticated",
        r"auth(?:entication)? (?:is )?required", r"authentication (?:checks?|information|results?|fail)",
        r"must be authenticated", r"fails to pass authentication",
    )),
    ("too-big", (
        r"(?:message|mail|size|file|attachment)\b[^.\n]{0,60}(?:too (?:large|big|long)|exceed\w*)",
        r"too (?:large|big)\b", r"larger than", r"maximum (?:message |allowed )?size", r"message size", r"size limit",
        r"exceeds? (?:the )?(?:maximum|fixed|size)",
    )),
    ("spam", (
        r"\bspam\b", r"\bspammy", r"unsolicited", r"bulk mail", r"looks like (?:junk|spam)", r"phishing", r"virus",
        r"malware", r"infected", r"\bjunk\b", r"spam score", r"suspicious (?:content|message)",
    )),
    ("blocked", (
        r"black ?list", r"block ?list", r"\bblocked\b", r"\brbl\b", r"dnsbl", r"spamhaus", r"barracuda", r"spamcop",
        r"reputation", r"\bptr\b", r"reverse (?:dns|lookup|hostname)", r"\brdns\b", r"\bbanned\b", r"client host",
        r"(?:your|the|sending) ip\b", r"\bips?\b[^.\n]{0,40}(?:blocked|rejected|listed|denied|poor)",
        r"dynamic (?:ip|address)", r"unverifiable sending", r"dns entries", r"no access from mail server", r"abuse",
        r"too many (?:spam|complaints)", r"blocked using",
    )),
    ("relaying", (
        r"relay(?:ing)? (?:access )?(?:denied|not|prohibited|is)", r"unable to relay",
        r"(?:permitted|allowed) to relay", r"\brelaying\b",
    )),
    ("rate", (
        r"rate limit", r"too many (?:connections|recipients|mails|concurrent|emails|sessions)", r"throttl",
        r"temporarily deferred", r"gr[ea]y ?list", r"slow down", r"receiving mail at a rate",
        r"exceeded (?:the )?(?:rate|number|limit)", r"connection rate",
    )),
    ("moved", (
        r"has moved", r"no forwarding address", r"mailbox moved",
        r"no longer (?:works|valid|in use|with|an? employee)", r"has been replaced by",
    )),
    ("expired", (
        r"\bexpired\b", r"in the queue too long", r"queue too long", r"retry (?:timeout|time)", r"multiple retries",
        r"for a long time", r"could not (?:be delivered|deliver) for",
        r"(?:more than|after|within|for) \d+ (?:hours?|days?|minutes?|seconds?)", r"giving up", r"not accepted after",
        r"retry time not reached", r"maximum (?:time|lifetime|retries)", r"unable to deliver in",
    )),
    ("disabled", (
        r"\bdisabled\b", r"\binactive\b", r"\bsuspended\b", r"\bdeactivated\b",
        r"(?:account|mailbox|user|address)\b[^.\n]{0,30}(?:locked|not active|closed|expired|unavailable)",
        r"not accepting (?:mail|messages|email)", r"account has been closed", r"disused", r"利用停止",
    )),
    ("host-unknown", (
        r"host (?:or domain )?(?:name )?(?:is )?(?:unknown|not found)", r"unknown (?:host|domain)",
        r"domain (?:name )?(?:is )?(?:not found|unknown)", r"domain[^.\n]{0,40}(?:does not|doesn't) exist",
        r"unrout[e]?able", r"no such (?:host|domain)", r"dns (?:error|lookup|failure)", r"name (?:or )?service error",
        r"nxdomain", r"bad destination (?:system|host)", r"null ?mx", r"no (?:valid )?mx\b", r"lookup failure",
        r"couldn't find any host", r"illegal host", r"domain couldn't be found", r"no mail server",
        r"not accept (?:any )?(?:mail|smtp)", r"all relevant mx records", r"host name lookup", r"unresolv",
    )),
    ("user-unknown", (
        r"user\b[^.\n]{0,30}(?:unknown|not found|doesn't exist|does not exist|not known|invalid|doesn't have|"
        r"not listed)",
        r"unknown\b[^.\n]{0,20}(?:user|recipient|local|address|mailbox|account|virtual|alias)",
        r"no such (?:user|recipient|mailbox|address|person|account|local|email)",
        r"(?:recipient|address|mailbox|account|addressee|destinataire|empfänger)s?\b[^.\n]{0,50}(?:not found|"
        r"unknown|does not exist|doesn't exist|invalid|not exist|couldn't be found|not recognized|not valid|"
        r"no longer|not listed|non ?existent|unavailable|inconnu|unbekannt)",
        r"not (?:a )?(?:valid|known) (?:user|mailbox|recipient|address)",
        r"invalid (?:user|recipient|mailbox|address|final)", r"no mailbox", r"not our customer", r"not listed in",
        r"bad destination mailbox", r"is not a user", r"does not like recipient", r"recipnotfound",
        r"adresse d au moins", r"не найден", r"не существует", r"存在しません",
    )),
    ("network", (
        r"connection (?:refused|reset|lost|closed|dropped|died|failed|timed)", r"connect to\b", r"no route to host",
        r"network (?:is )?unreachable", r"host (?:is )?(?:down|unreachable)", r"establish an smtp connection",
        r"loops? back", r"(?:mail|routing) loop", r"hop count", r"too many hops", r"\bstarttls\b", r"handshake",
        r"timed? ?out", r"not respond", r"bad connection",
    )),
    ("content", (
        r"header error", r"media error", r"conversion", r"attachment", r"message content", r"invalid header",
        r"duplicate header", r"8bit", r"smtputf8", r"line too long", r"content (?:rejected|not)",
        r"multiple (?:from|subject|to|date|message-id)",
    )),
    ("syntax", (
        r"syntax", r"malformed", r"bad (?:address|sequence|command)", r"unqualified",
        r"invalid (?:character|syntax|command)", r"rfc ?28?[258]2[12]", r"unrecognized command", r"protocol error",
        r"not rfc", r"command (?:rejected|not)",
    )),
    ("refused", (
        r"reject", r"\bdenied\b", r"refus", r"not (?:permitted|allowed|authori[sz]ed|accepted)", r"prohibited",
        r"policy", r"\baccess\b", r"sender address", r"not (?:a )?member", r"does not accept", r"unacceptable",
        r"violation", r"permission", r"restrict", r"is invalid", r"filter",
    )),
    ("system", (
        r"local error", r"configuration", r"config error", r"internal (?:server )?error", r"mailer error",
        r"command (?:died|output|failed)", r"i/o error", r"resources", r"service unavailable", r"server error",
        r"temporar", r"system error", r"duplicated message-id", r"try again",
    )),
)
PATTERNS = tuple((reason, re.compile("|".join(words))) for reason, words in WORDS)

BY_STATUS: dict[str, Reason] = {
    "1.1": "user-unknown", "1.2": "host-unknown", "1.3": "syntax", "1.4": "user-unknown", "1.6": "moved", "1.7": "syntax", "1.8": "refused",
    "1.10": "user-unknown", "2.1": "disabled", "2.2": "mailbox-full", "2.3": "too-big", "3.1": "system", "3.2": "system", "3.4": "too-big",
    "3.5": "system", "4.1": "network", "4.2": "network", "4.3": "network", "4.4": "host-unknown", "4.5": "rate", "4.6": "network",
    "4.7": "expired", "5.2": "syntax", "5.3": "rate", "5.4": "syntax", "6.1": "content", "6.2": "content", "6.3": "content",
    "6.6": "content", "6.7": "content", "7.0": "refused", "7.1": "refused", "7.2": "refused", "7.5": "refused", "7.6": "refused",
    "7.8": "authentication", "7.9": "authentication", "7.20": "authentication", "7.23": "authentication", "7.24": "authentication",
    "7.25": "blocked", "7.26": "authentication", "7.27": "host-unknown", "7.509": "authentication", "1.351": "refused",
}
PRECISE = frozenset({"1.2", "1.6", "1.8", "1.10", "2.2", "3.4", "6.1", "6.2", "6.3", "6.6", "6.7", "7.8", "7.9", "7.20", "7.23", "7.24",
                     "7.26", "7.509"})
"""Codes that servers do not use as a default, so that they count before the words."""
PASSING: frozenset[Reason] = frozenset({"mailbox-full", "expired", "network", "rate", "system"})
"""Reasons that may be gone tomorrow, though this mail was given up."""


def find_status(text: str) -> str:
    """Return the most telling enhanced status (RFC 3463) of a text: the first that is no default, or an empty string."""
    failures: list[str] = [status for status in STATUS.findall(text) if status[0] != "2"]
    return next((status for status in failures if not GENERIC.match(status)), failures[0] if failures else "")


def find_reason(status: str, text: str) -> Reason:
    """Return the reason: a precise code first, then what the server wrote, then a code that many use as a default."""
    code = status.partition(".")[2]
    by_code = BY_STATUS.get(code)
    if by_code and code in PRECISE:
        return by_code
    lines = [line for line in text.lower().splitlines() if ANSWER_LINE.search(line)]
    for piece in ("\n".join(lines), text.lower()):
        written = next((reason for reason, words in PATTERNS if words.search(piece)), None)
        if written and not (by_code and written in ("refused", "system")):
            return written
        if by_code:
            return by_code
    return written or "other"


def find_class(status: str, text: str, reason: Reason, *, delayed: bool) -> BounceClass:
    """Return `delayed` while the server still tries, `soft` when it gave up for a passing cause, else `hard`."""
    if delayed:
        return "delayed"
    if reason in PASSING:
        return "soft"
    code = status[:1] or next(iter(REPLY_CODE.findall(text)), "")
    return "soft" if code == "4" else "hard"
