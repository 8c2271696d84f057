"""What of a mail is reply, what is quotation: where people answer, what is never lost, and what time it may take."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.config.patterns import load_patterns
from mailbridge.mail.message import Mail, Written
from mailbridge.mail.quote import written

PATTERNS = load_patterns()
MARKER = "-=-=- below is our mail of ticket 1042 -=-=-"
INTRODUCTION = "On Mon, Jan 5, 2026 at 10:00 AM Anna Smith <anna@example.org> wrote:"


def read(text: str, *, subject: str = "Re: Parcel", markers: tuple[str, ...] = (MARKER,)) -> Written:
    return written(Mail("", 0, subject=subject, text=text), PATTERNS, markers)


# text, reply
ANSWERS = {
    "above": (f"Thank you, it has come.\n\n{INTRODUCTION}\n> Has it come?\n", "Thank you, it has come."),
    "below": (f"{INTRODUCTION}\n\n> Has it come?\n> Anna\n\nThank you, it has come.\n", "Thank you, it has come."),
    "below, greeting above": (f"Hello Anna,\n\n{INTRODUCTION}\n> Has it come?\n\nYes, it has.\n", "Hello Anna,\n\n\nYes, it has."),
    "between": (f"{INTRODUCTION}\n> Has it come?\nYes.\n> Is it whole?\nNo.\n", "> Has it come?\nYes.\n> Is it whole?\nNo."),
    "between, rest of the quotation below": (f"{INTRODUCTION}\n> Has it come?\n\nYes.\n\n> Is it whole?\n"
                                             f"> Anna\n", "> Has it come?\n\nYes."),
    "between, text above": (
        f"My answers are below, dear Anna, as you like them.\n\n{INTRODUCTION}\n> Has it come?\n\nYes.\n\n> Is it whole?\n\nNo.\n",
        "My answers are below, dear Anna, as you like them.\n\n> Has it come?\n\nYes.\n\n> Is it whole?\n\nNo."),
    "below the only line that is left": (
        f"My answer is below, dear Anna, as you like it best.\n\n{INTRODUCTION}\n> Has it come?\n\nYes, it has come.\n",
        "My answer is below, dear Anna, as you like it best.\n\n> Has it come?\n\nYes, it has come."),
    "no introduction": ("> Has it come?\n\nYes, it has.\n", "> Has it come?\n\nYes, it has."),
    "above, no introduction": ("Yes, it has.\n\n> Has it come?\n", "Yes, it has."),
    "introduction within the quotation": (
        "Yes.\n\n> On 5 Jan 2026, at 10:00, Anna Smith <anna@example.org> wrote:\n>\n> Has it come?\n", "Yes."),
    "below, introduction within": ("> On 5 Jan 2026, at 10:00, Anna <anna@example.org> wrote:\n> \n> Has it come?\n\nYes.\n", "Yes."),
    "wrapped quotation": (
        f"Yes.\n\n{INTRODUCTION}\n> We have sent the parcel on Friday and wonder whether it has reached you\nin the meantime.\n"
        f"> Anna\n", "Yes."),
    "wrapped link": (f"Yes.\n\n{INTRODUCTION}\n> See https://example.org/parcels/0000000000000000000/\ntrack?id=1\n> Anna\n", "Yes."),
    "own quotation": ("I see this error:\n> Disk full\n> Cannot write\n", "I see this error:\n> Disk full\n> Cannot write"),
    "own quotation and the earlier mail": (
        f"I see this error:\n> Disk full\n\n{INTRODUCTION}\n> What do you see?\n", "I see this error:\n> Disk full"),
    "nested": (f"No.\n\n{INTRODUCTION}\n> Is it whole?\n>\n> On 4 Jan 2026, at 9:00, Bob <bob@example.org> wrote:\n>> It came.\n", "No."),
    "footer between": (f"Yes.\n\nSent from my iPhone\n\n{INTRODUCTION}\n\n> Has it come?\n", "Yes."),
    "list footer below": (
        f"Yes.\n\n{INTRODUCTION}\n> Has it come?\n\n_______________________________________________\nparcels mailing list\n"
        "parcels@lists.example.org\nhttps://lists.example.org/parcels\n", "Yes."),
    "indented": (f"  Yes.\n\n  {INTRODUCTION}\n\n  > Has it come?\n", "  Yes."),
    "carets and bars": (f"Yes.\n\n{INTRODUCTION}\n| > Has it come?\n", "Yes."),
    "gmail's hidden text": ("Yes.\n\n[Quoted text hidden]\n", "Yes."),
    "another desk's line": ("Yes.\n\n##- Please type your reply above this line -##\n\nYour request is open.\n", "Yes."),
    "nothing left": (f"{INTRODUCTION}\n> Has it come?\n", f"{INTRODUCTION}\n> Has it come?"),
    "only a signature": ("Best regards,\nAnna\n", "Best regards,\nAnna"),
    "empty": ("", ""),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_reply_is_what_was_written_now(name: str) -> None:
    text, reply = ANSWERS[name]
    assert read(text).reply == reply


# text, reply, cut_by
MARKED = {
    "bare": (f"Yes.\n\n{MARKER}\nHas it come?\n", "Yes.", "marker"),
    "below an introduction": (f"Yes.\n\n{INTRODUCTION}\n\n{MARKER}\nHas it come?\n", "Yes.", "marker"),
    "below an unknown introduction": (f"Yes.\n\nAnna zapizala 5.1.2026 <anna@example.org>:\n\n{MARKER}\nHas it come?\n", "Yes.", "marker"),
    "below a sentence": (f"I see this:\n\n{MARKER}\nHas it come?\n", "I see this:", "marker"),
    "quoted": (f"Yes.\n\n> {MARKER}\n> Has it come?\n", "Yes.", "quote"),
    "before everything": (f"Yes.\n{MARKER}\n-----Original Message-----\nFrom: a@example.org\n", "Yes.", "marker"),
    "quoted, answers between": (f"> {MARKER}\n> Has it come?\nYes.\n> Is it whole?\nNo.\n",
                                "> Has it come?\nYes.\n> Is it whole?\nNo.", "inline-marked"),
}


@pytest.mark.parametrize("name", MARKED)
def test_own_marker_line_begins_the_quotation(name: str) -> None:
    text, reply, cut_by = MARKED[name]
    got = read(text)
    assert (got.reply, got.cut_by) == (reply, cut_by)
    assert MARKER not in got.reply


def test_line_of_somebody_elses_marker_is_text() -> None:
    assert read(f"Yes.\n\n{MARKER}\nHas it come?", markers=()).reply == f"Yes.\n\n{MARKER}\nHas it come?"


@pytest.mark.parametrize("text", [f"{INTRODUCTION}\n> Has it come?", f"{MARKER}\nHas it come?", "Best regards,\nAnna"])
def test_mail_of_which_nothing_would_be_left_is_kept_whole(text: str) -> None:
    assert read(text) == Written(text, cut_by="nothing-left")


def test_what_was_cut_is_told() -> None:
    got = read(f"Yes.\n\nBest regards,\nBob\n\n{INTRODUCTION}\n> Has it come?\n")
    assert got == Written("Yes.", f"{INTRODUCTION}\n> Has it come?", "Best regards,\nBob", cut_by="quote")


words = st.sampled_from([
    "Yes.", "> quoted", ">> twice", "", INTRODUCTION, "Best regards,", "Anna", "-- ", "From: Anna <anna@example.org>",
    "Sent: Monday", "wrote:", ">",
    "-----Original Message-----", "Sent from my iPhone", "On Monday", "> wrote:", "text goes on here", MARKER, "________",
    "<a@example.org>:", "\t", "| x"])


@given(st.lists(words, max_size=25))
def test_no_line_is_lost_or_doubled(lines: list[str]) -> None:
    got = read("\n".join(lines))
    kept = "\n".join((got.reply, got.quoted, got.signature)).split("\n")
    assert sorted(line.strip() for line in kept if line.strip()) == sorted(line.strip() for line in lines if line.strip())
    assert got.reply.strip() or not any(line.strip() for line in lines)


@given(st.text(max_size=400))
def test_any_text_gives_a_reply(text: str) -> None:
    got = read(text)
    assert got.reply.strip() or not text.strip() or got.reply == text.strip("\n")


HOSTILE = {
    "carets": ">" * 1_000_000,
    "caret lines": ">\n" * 500_000,
    "On": "On " * 333_000,
    "On lines": "On Mon, Jan 5, 2026 at 10:00\n" * 34_000,
    "wrote": "On x wrote:\n" * 83_000,
    "open brackets": "<<<< > wrote:\n" * 71_000,
    "labels": "From: a\n" * 125_000,
    "rulers": "---\n" * 250_000,
    "times": "12 12 12 12 12:\n" * 62_000,
    "turns": "> q\nanswer text\n" * 62_000,
    "broken": "a\n> wrote:\n" * 90_000,
    "empty": "\n" * 1_000_000,
    "colons": "a:\n\n\n\n\n\n\n\n\n\n\n" * 76_000,
    "closings": "Best regards,\n" * 71_000,
    "disclaimers": "This e-mail is the confidential " * 31_000,
    "addresses": "<a@b> x\n" * 125_000,
    "blanks": " " * 1_000_000 + "x",
    "tabs": " \t" * 500_000 + ">",
    "letters": "a\n" * 500_000,
    "fences": "```\n\n" * 200_000,
    "glued": "x On 1.1.2026 10:00 a <a@b> wrote:\nz\n" * 30_000,
    "glued, quoted": "x On 1.1.2026 10:00 a <a@b> wrote:\n> z\n" * 30_000,
    "within": "On 1.1.2026 10:00 a <a@b> wrote: x @ : : : :\n" * 25_000,
    "words within": ("On " * 120 + "@ wrote: x\n") * 2_800,
    "arrows": ">>> On 1.1.2026 10:00\nx\n" * 40_000,
    "initials": "On 1.1.2026 10:00 a wrote:\nab> x\nz\n" * 30_000,
    "underlined": "abcd\n----\n" * 100_000,
    "images": "[image: x] <y> " * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_time_by_its_length_alone(name: str) -> None:
    small = HOSTILE[name][:50_000]
    began = time.process_time()
    read(small)
    assert time.process_time() - began < 0.25     # a twentieth of a megabyte: a square would take minutes for the whole
