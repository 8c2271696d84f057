"""Says what kind of mail this is: a person's, or which robot's, with the reasons.

Headers come first, because robots that mean well say what they are (RFC 3834, 3464, 5965); then the words, because many
do not. One weak sign never makes a person a robot: signs are counted, and those that speak for a person count against.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbridge.decide.classify_dates import find_return
from mailbridge.decide.classify_headers import Signs, is_feedback, is_spam, list_signs, machine_signs
from mailbridge.decide.classify_replies import Weights, weigh
from mailbridge.decide.classify_words import KindWords, fold
from mailbridge.mail.bounce import Bounce, only_success, read_bounce, report_groups
from mailbridge.mail.bounce_text import split_returned
from mailbridge.mail.message import Mail

__all__ = ["Bounce", "Classification", "Kind", "classify"]

LOOKED_AT = 4000
"""Characters of the text that are searched for words; robots say what they are at the top."""
ENOUGH = 4
"""Points that make a robot of a mail without any header that says so."""


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
             is_ours: Callable[[str], bool] = never_ours) -> Classification:
    """Return what kind of mail `mail` is.

    envelope_from: None unknown (then Return-Path counts), "" the null sender of RFC 5321 §4.5.5.
    written_text: what this sender wrote, without the quotation; the whole text counts when it is empty.
    is_ours: says whether a Message-ID is one that we made. Never raises.
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
    kind, reasons, returns_at = answer_kind(mail, signs, subject, (written_text or mail.text)[:LOOKED_AT], words)
    return Classification(kind, reasons, returns_at, None, spam)


def bounce_reasons(mail: Mail, signs: Signs, subject: str, words: KindWords) -> tuple[str, ...]:
    """Return why a mail is a bounce, or nothing.

    A person who quotes a bounce is none: beside the words, the sender must be a robot (mail daemon, null sender, a
    list server) or the form that of a report; else the mail must be nothing but a bounce, its returned copy included.
    """
    if only_success(mail):
        return ()
    if any("disposition" not in group for group in report_groups(mail)):
        return ("delivery-report",)
    if mail.header("x-failed-recipients") and (signs.daemon or signs.null_sender or signs.automatic):
        return ("x-failed-recipients",)
    robot = signs.daemon or signs.report or signs.list_server
    begins = {one.group for one in words.find_at_start(subject)}
    named = "bounce.subjects" in begins
    if not (robot or signs.null_sender or named):
        return ()
    found = [one.group for one in words.find(fold(mail.text[:LOOKED_AT]))]
    texts, fields = found.count("bounce.sentences"), "final-recipient:" in mail.text[:20000].lower()
    if not (robot or signs.null_sender):
        enough = named and texts > 1 and (signs.automatic or nothing_else(mail, found))
    else:
        points = 2 * robot + signs.null_sender + 2 * named + min(texts, 2) + 2 * fields
        enough = points >= 3 and (named or fields or (texts > 0 and not answers(signs, begins)))
    if not enough:
        return ()
    delays = "bounce.delays" in found or any(one.group == "bounce.delays" for one in words.find(subject))
    return tuple(sign for sign, there in (
        ("words:bounce.subjects", named), ("words:bounce.sentences", texts), ("report-in-text", fields), ("daemon", signs.daemon),
        ("null-sender", signs.null_sender), ("words:bounce.delays", delays)) if there)


def nothing_else(mail: Mail, found: list[str]) -> bool:
    """Say whether a mail is nothing but a bounce: the returned mail is in it, and no word or question of a person."""
    head, copy = split_returned(mail.text[:LOOKED_AT])
    return bool(copy or mail.returned or mail.attached) and "person.sentences" not in found and "?" not in head


def answers(signs: Signs, begins: set[str]) -> bool:
    """Say whether a robot that answers for somebody wrote this: its text may well speak of mailboxes and addresses."""
    return signs.absent_header or bool(begins & {"absence.subjects", "answer.subjects"})


def answer_kind(mail: Mail, signs: Signs, subject: str, text: str,
                words: KindWords) -> tuple[Kind, tuple[str, ...], datetime | None]:
    """Tell automatic answers, lists and other machine mail from a person's."""
    weights = weigh(subject, text, words, mail.date)
    listed = list_signs(mail)
    said = max(weights.absence, weights.answer)
    told = said >= 2 and said + signs.points - weights.person >= ENOUGH
    if (signs.certain and (not listed or signs.answered)) or (told and not listed):
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
    speaks = "absence.sentences" in weights.groups
    if signs.absent_header or speaks or (weights.absence > 0 and weights.absence >= weights.answer) \
            or (returns_at and "answer.sentences" not in weights.groups):
        return Kind.OUT_OF_OFFICE, reasons, returns_at
    if signs.answered or weights.answer >= 2:
        return Kind.AUTO_REPLY, reasons, None
    return Kind.AUTOMATIC, reasons, None


def words_of(weights: Weights) -> tuple[str, ...]:
    """Return the lists of words that were met, as reasons."""
    return tuple(f"words:{group}" for group in weights.groups if group not in ("absence.returns", "person.sentences"))
