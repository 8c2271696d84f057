"""Says what kind of mail this is: a person's, or which robot's, with the reasons.

Headers come first, because robots that mean well say what they are (RFC 3834, 3464, 5965); then the words, because many
do not. One weak sign never makes a person a robot: signs are counted, and those that speak for a person count against.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbridge.decide.classify_dates import find_return
from mailbridge.decide.classify_headers import Signs, is_feedback, is_spam, list_signs, machine_signs
from mailbridge.decide.classify_replies import SPEAKS_OF_ABSENCE, Weights, weigh
from mailbridge.decide.classify_words import KindWords, fold
from mailbridge.mail.bounce import Bounce, own_addresses, read_bounce
from mailbridge.mail.bounce_report import inner_groups, only_success, report_groups
from mailbridge.mail.bounce_text import failed_in_text, names_failed, quotes_refusal, split_returned
from mailbridge.mail.message import Mail

__all__ = ["Bounce", "Classification", "Kind", "classify"]

LOOKED_AT = 4000
"""Characters of the text that are searched for words; robots say what they are at the top."""
PREFIX = re.compile(r"(?:re|aw|antw|sv|vs|rv|odp|ats|отв|ответ|答复|回复|回覆|返信)\s*(?:\[\d+\])?\s*[:：]")
"""What mail programs write before the subject of an answer; no mail system does."""
ENOUGH = 4
"""Points that make a robot of a mail without any header that says so."""
ENOUGH_IN_BRIEF = 6
"""The same where so little is said that a person may have said it."""


class Kind(StrEnum):
    """The kinds of mail (the closed list of the command line)."""

    HUMAN = "human"
    AUTO_REPLY = "auto-reply"
    OUT_OF_OFFICE = "out-of-office"
    BOUNCE = "bounce"
    LIST = "list"
    FEEDBACK = "feedback"
    OWN = "own"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Classification:
    """What kind of mail it is.

    reasons: the signs that decided, most telling first, as short words (`auto-submitted`, `words:absence.sentences`).
    returns_at: when an absent person is back (midnight UTC of that day), None when unknown or no absence.
    bounce: what failed, only for `bounce`. spam: a server on the way calls it spam; to be heeded only from a trusted source.
    """

    kind: Kind
    reasons: tuple[str, ...]
    returns_at: datetime | None = None
    bounce: Bounce | None = None
    spam: bool = False


def never_ours(_message_id: str) -> bool:
    """Say that a Message-ID is none of ours (there is no key to tell by)."""
    return False


def classify(mail: Mail, envelope_from: str | None, words: KindWords, written_text: str = "",
             is_ours: Callable[[str], bool] = never_ours, mailboxes: Collection[str] = ()) -> Classification:
    """Return what kind of mail `mail` is.

    envelope_from: None unknown (then Return-Path counts), "" the null sender of RFC 5321 §4.5.5.
    written_text: what this sender wrote, without the quotation; the whole text counts when it is empty.
    is_ours: says whether a Message-ID is one that we made. mailboxes: our addresses, in lower case. Never raises.
    """
    spam = is_spam(mail)
    marked = mail.header("x-mailbridge-desk").strip()
    if (mail.message_id and is_ours(mail.message_id)) or (marked and is_ours(marked)):
        return Classification(Kind.OWN, ("our-message-id",), spam=spam)
    if feedback := is_feedback(mail):
        return Classification(Kind.FEEDBACK, (feedback,), spam=spam)
    signs = machine_signs(mail, envelope_from)
    subject = fold(mail.subject[:500])
    if told := bounce_reasons(mail, signs, subject, words):
        delayed = any(reason == "words:bounce.delays" for reason in told)
        return Classification(Kind.BOUNCE, told, bounce=read_bounce(mail, delayed=delayed), spam=spam)
    kind, reasons, returns_at = answer_kind(mail, signs, subject, (written_text or mail.text)[:LOOKED_AT], words,
                                            list_signs(mail, mailboxes))
    return Classification(kind, reasons, returns_at, None, spam)


def bounce_reasons(mail: Mail, signs: Signs, subject: str, words: KindWords) -> tuple[str, ...]:
    """Return why a mail is a bounce, or nothing.

    A person who quotes a bounce is none: beside the words, the sender must be a robot (mail daemon, null sender, a
    list server) or the form that of a report; else the mail must be nothing but a bounce, its returned copy included.
    Robots that answer for somebody speak of mailboxes and rejections too: what only the words say must be proven.
    """
    if only_success(mail):
        return ()
    if any("disposition" not in group for group in report_groups(mail)):
        return ("delivery-report",)
    if mail.header("x-failed-recipients") and (signs.daemon or signs.null_sender or signs.automatic):
        return ("x-failed-recipients",)
    begins = {one.group for one in words.find_at_start(subject)}
    named = "bounce.subjects" in begins
    robot = signs.daemon or signs.report or signs.list_server or (named and signs.shared and names_failed(own_words(mail)))
    if not (robot or signs.null_sender or named):
        return ()
    found = [one.group for one in words.find(fold(mail.text[:LOOKED_AT]))]
    texts = found.count("bounce.sentences")
    fields = "final-recipient:" in mail.text[:20000].lower() or (signs.mailer and bool(inner_groups(mail)))
    refused = not named and robot and (signs.mailer or nobody_asks(mail, found)) and quotes_refusal(own_words(mail))
    speaks = texts > 0 and not answers(signs, begins)
    if not (robot or signs.null_sender):
        enough = named and texts > 1 and (signs.automatic or nothing_else(mail, found))
    elif not robot:
        enough = fields or ((named or (texts > 1 and speaks)) and not PREFIX.match(subject) and proven(mail))
    else:
        enough = named or fields or refused or (speaks and (
            signs.mailer or signs.report or proven(mail) or (signs.daemon and names_somebody(mail))))
    if not enough:
        return ()
    delays = "bounce.delays" in found or any(one.group == "bounce.delays" for one in words.find(subject))
    return tuple(sign for sign, there in (
        ("words:bounce.subjects", named), ("words:bounce.sentences", texts), ("report-in-text", fields), ("refusal-in-text", refused),
        ("daemon", signs.daemon), ("null-sender", signs.null_sender), ("words:bounce.delays", delays)) if there)


def proven(mail: Mail) -> bool:
    """Say whether a mail shows what failed: the returned mail, the address on a line of its own, or the server's answer."""
    return gives_back(mail) or names_failed(own_words(mail), alone=True)


def names_somebody(mail: Mail) -> bool:
    """Say whether the words of a bounce name anybody as failed but its sender and its receivers."""
    return bool(failed_in_text(own_words(mail), own_addresses(mail)))


def gives_back(mail: Mail) -> bool:
    """Say whether the returned mail, or the beginning of it, is within a mail."""
    return bool(split_returned(mail.text[:LOOKED_AT])[1] or mail.returned or mail.attached)


def nothing_else(mail: Mail, found: list[str]) -> bool:
    """Say whether a mail is nothing but a bounce: the returned mail is in it, and no word or question of a person."""
    return gives_back(mail) and nobody_asks(mail, found)


def nobody_asks(mail: Mail, found: list[str]) -> bool:
    """Say whether no word and no question of a person stands before the returned mail."""
    return "person.sentences" not in found and "?" not in own_words(mail)


def own_words(mail: Mail) -> str:
    """Return what stands before the copy of a returned mail."""
    return split_returned(mail.text[:LOOKED_AT])[0]


def answers(signs: Signs, begins: set[str]) -> bool:
    """Say whether a robot that answers for somebody wrote this: its text may well speak of mailboxes and addresses."""
    return signs.absent_header or bool(begins & {"absence.subjects", "answer.subjects"})


def answer_kind(mail: Mail, signs: Signs, subject: str, text: str, words: KindWords,
                listed: tuple[str, ...]) -> tuple[Kind, tuple[str, ...], datetime | None]:
    """Tell automatic answers, lists and other machine mail from a person's."""
    weights = weigh(subject, text, words, mail.date)
    # "We are closed today. We will answer your message tomorrow." says both, and people hardly ever do.
    said = max(weights.absence, weights.answer) + 2 * (min(weights.absence, weights.answer) >= 2)
    told = said >= 2 and said + signs.points - weights.person >= (ENOUGH_IN_BRIEF if weights.brief else ENOUGH)
    bulk_alone = listed == ("precedence",)  # help desks send their acknowledgements as bulk mail; lists name themselves
    if (signs.certain and (not listed or signs.answered)) or (told and (not listed or bulk_alone)):
        return robot_kind(mail, signs, weights, words)
    if listed:
        return Kind.LIST, listed, None
    if signs.robot_name or weights.notice + signs.points - weights.person >= ENOUGH:
        return Kind.AUTOMATIC, signs.reasons + words_of(weights), None
    return Kind.HUMAN, (), None


def robot_kind(mail: Mail, signs: Signs, weights: Weights, words: KindWords) -> tuple[Kind, tuple[str, ...], datetime | None]:
    """Say which robot wrote a mail that surely is a robot's.

    Exchange and others answer for the absent under the subject "Automatic reply", so the subject does not decide
    against an absence that the text speaks of.
    """
    reasons = signs.reasons + words_of(weights)
    returns_at = find_return(weights.folded, mail.date, words)
    speaks = bool(SPEAKS_OF_ABSENCE & set(weights.groups))
    if signs.absent_header or speaks or (weights.absence > 0 and weights.absence >= weights.answer) \
            or (returns_at and "answer.sentences" not in weights.groups):
        return Kind.OUT_OF_OFFICE, reasons, returns_at
    if signs.answered or weights.answer >= 2:
        return Kind.AUTO_REPLY, reasons, None
    return Kind.AUTOMATIC, reasons, None


def words_of(weights: Weights) -> tuple[str, ...]:
    """Return the lists of words that were met, as reasons."""
    return tuple(f"words:{group}" for group in weights.groups if group not in ("absence.returns", "person.sentences", "person.hints"))
