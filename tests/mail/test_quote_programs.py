"""How less common programs quote: marks other than `>`, introductions beside the text, lines of other help desks."""

import pytest

from mailbridge.config.patterns import load_patterns
from mailbridge.mail.message import Mail
from mailbridge.mail.quote import written

PATTERNS = load_patterns()
BODY = "The parcel has come, but the box is empty.\nPlease send another one."
ADDRESS = "Anna Smith <anna@example.org>"

# what stands below the text that the person wrote
BELOW = {
    "groupwise": f">>> {ADDRESS} 1/5/2026 10:00 AM >>>\nHas it come?\n\nAnna",
    "groupwise, by number": (
        ">>> On 1/5/2026 at 10:00 AM, in message <5FF4.1.1@example.org>, Anna Smith\n<anna@example.org> wrote:\n> Has it come?"),
    "lotus notes": f"Anna Smith ---05/01/2026 10:00:33---Has it come?\n\nFrom: {ADDRESS}\nTo: bob@example.org\nDate: 05/01/2026\n\nYes?",
    "emacs": f'>>>>> "AS" == {ADDRESS} writes:\n\n    AS> Has it come?\n    AS> Anna',
    "initials": "On Mon, 5 Jan 2026 10:00:33 +0200, Anna Smith wrote:\n\nAS> Has it come?\nAS> Anna",
    "bars": "On 5 Jan 2026, at 10:00, Anna Smith wrote:\n| Has it come?\n| Anna",
    "colons": f"{ADDRESS} wrote on 05.01.2026 10:00:\n: Has it come?\n: Anna",
    "text behind": f"On Mon, Jan 5, 2026 at 10:00 AM, {ADDRESS} wrote:   Has it come?\nAnna",
    "brackets": f"[On Mon, Jan 5, 2026 at 10:00 AM {ADDRESS} wrote:]\n> Has it come?",
    "wrapped before the day": f"On Mon, Jan\n5, 2026 at 10:00 AM {ADDRESS} wrote:\n\n> Has it come?",
    "hyphens of another kind": "‐‐‐‐‐ Original Message ‐‐‐‐‐\n\nHas it come?",
    "figure dashes": "‒‒‒‒‒ Original Message ‒‒‒‒‒\nFrom: Anna\nTo: Bob\n\nHas it come?",
    "163": "---- Replied Message ----\n| From | Anna<anna@example.org> |\n| Date | 01/05/2026 |\n\nHas it come?",
    "headers on one line": f"From: {ADDRESS} Sent: Monday, January 5, 2026 10:00 AM To: Bob Subject: RE: Parcel\n\nHas it come?",
    "news": f"{ADDRESS} wrote in message news:<abc@news.example.org>...\n> Has it come?",
    "pluses": "+++++ Original Message +++++\n\nHas it come?",
    "verb below an empty line": f"On Mon, Jan 5, 2026 at 10:00 AM {ADDRESS}\n\nwrote:\n> Has it come?",
    "logo above": f"[cid:image001.png@01D0]\n\nFrom: {ADDRESS}\nSent: Monday, January 5, 2026 10:00 AM\nTo: Bob\n\nHas it come?",
    "french provider": "> Message du 05/01/26 10:00\n> De : \"Anna\" <anna@example.org>\n> A : bob@example.org\n> Objet : Colis\n> \n> Has it come?",
    "original within the quotation": "> -----Original Message-----\n> From: Anna\n> Has it come?",
}

ABOVE_THIS_LINE = [
    "##- Please type your reply above this line -##", "##- Zorp blivet -##", "--- Bitte schreiben Sie Ihre Antwort über dieser Zeile ---",
    "-- Merci de répondre au-dessus de cette ligne --", "--- Por favor, escriba su respuesta por encima de esta línea ---",
    "--- Si prega di scrivere la risposta sopra questa riga ---", "--- Por favor, escreva acima desta linha ---",
    "--- Gelieve uw antwoord boven deze regel te typen ---", "--- Пожалуйста, пишите ваш ответ выше этой линии ---",
    "--- Будь ласка, пишіть відповідь вище цієї лінії ---", "--- Prosimy pisać odpowiedź powyżej tej linii ---",
    "--- Prosím, pište odpověď nad tento řádek ---", "--- Vänligen skriv ditt svar ovanför den här raden ---",
    "--- Skriv dit svar over denne linje ---", "--- Vastaa tämän rivin yläpuolelle ---", "--- Lütfen yanıtınızı bu satırın üstüne yazın ---",
    "--- Prašome rašyti atsakymą virš šios linijos ---", "--- Lūdzu, rakstiet atbildi virs šīs līnijas ---",
    "--- Palun kirjuta vastus selle rea kohale ---", "--- この行より上に返信してください ---", "--- 请在此行上方回复 ---",
]


@pytest.mark.parametrize("name", BELOW)
def test_quotation_of_a_less_common_program_is_no_part_of_the_reply(name: str) -> None:
    assert written(Mail("", 0, text=f"{BODY}\n\n{BELOW[name]}\n"), PATTERNS).reply == BODY


@pytest.mark.parametrize("line", ABOVE_THIS_LINE)
def test_line_of_another_help_desk_ends_the_reply(line: str) -> None:
    assert written(Mail("", 0, text=f"{BODY}\n\n{line}\n\nHas it come?\n\nAnna\n"), PATTERNS).reply == BODY


def test_answer_between_lines_marked_with_initials_stays() -> None:
    text = "Hello Anna,\n\nMonday, January 5, 2026, 10:00:33 AM, you wrote:\n\nAS> Has it come?\n\nIt has.\n\n-- \nBest regards,\n Bob"
    assert written(Mail("", 0, text=text), PATTERNS).reply == "Hello Anna,\n\n\nIt has."


GLUED = {
    "a sentence": f"It has come. On Mon, Jan 5, 2026 at 10:00 AM {ADDRESS} wrote:",
    "no stop": f"It has come On Mon, Jan 5, 2026 at 10:00 AM {ADDRESS} wrote:",
    "spaces": f"It has come.     On Monday, January 5, 2026, 10:00:33 AM GMT+2, {ADDRESS} wrote:",
    "wrapped": "It has come. On Mon, Jan 5, 2026 at 10:00 AM Anna Smith\n<anna@example.org> wrote:",
    "de": f"Ist da. Am 05.01.2026 um 10:00 schrieb {ADDRESS}:",
    "two sentences": f"On Monday it came. On Mon, Jan 5, 2026 at 10:00 AM {ADDRESS} wrote:",
}


@pytest.mark.parametrize("quoted", ["> Has it come?\n> Anna", "Has it come?\n\nAnna"])
@pytest.mark.parametrize("name", GLUED)
def test_introduction_behind_the_last_word_is_no_part_of_the_reply(name: str, quoted: str) -> None:
    wanted = GLUED[name].partition(" On Mon,")[0].partition(" Am 05")[0].partition(" On Monday, Jan")[0].rstrip()
    got = written(Mail("", 0, text=f"{GLUED[name]}\n{quoted}\n"), PATTERNS)
    assert (got.reply, "Has it come?" in got.quoted) == (wanted, True)


def test_mail_without_line_ends_is_cut_within_its_line() -> None:
    text = f"It has come. On Mon, Jan 5, 2026 at 10:00 AM {ADDRESS} wrote: > Has it come? > Anna"
    assert written(Mail("", 0, text=text), PATTERNS).reply == "It has come."


def test_forward_within_quotation_marks_stays_whole() -> None:
    text = "For you.\n\n> Begin forwarded message:\n> \n> From: Anna <anna@example.org>\n> Subject: Parcel\n> \n> Has it come?\n"
    got = written(Mail("", 0, text=text), PATTERNS)
    assert (got.reply, got.forwarded) == (text.strip("\n"), True)


def test_signed_quotation_between_two_texts_is_the_whole_earlier_mail() -> None:
    text = ("Thank you for the parcel that you have sent.\nIt has come.\n\nOn 5 Jan 2026, at 10:00, Anna <anna@example.org> wrote:\n\n"
            "> Has it come? We wonder.\n>\n> Kind regards\n> Anna\n\nBy the way, the box was empty.")
    got = written(Mail("", 0, text=text), PATTERNS)
    assert got.reply == "Thank you for the parcel that you have sent.\nIt has come.\n\n\nBy the way, the box was empty."
    assert "We wonder" in got.quoted


def test_quotation_mark_behind_an_unseen_letter_ends_the_walk() -> None:
    assert written(Mail("", 0, text="Yes.\n\n\ufeff> Has it come?\n\u200e>\n"), PATTERNS).reply.startswith("Yes.")
