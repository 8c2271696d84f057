"""What people tell in their own words, in many tongues, that only looks like a quotation: it stays, whole."""

import pytest

from mailbridge.config.patterns import load_patterns
from mailbridge.mail.message import Mail
from mailbridge.mail.quote import written

PATTERNS = load_patterns()

TOLD = {
    "en, a man at the door": "Hello,\n\nAt 10:30 on 5 January 2026 the man at the door said:\n\nI have no lamp.\n\nWho has it?",
    "en, at the top": "On 12 March 2026 at 16:55 your technician said:\n\nit will be done tomorrow.\n\nNobody came.",
    "en, written to an address": "Hello,\n\nI wrote to anna@example.org on 12.03.2026 at 16:55:\n\nno answer. Who reads that box?",
    "en, the manual": "The manual says:\n\n> Pull the plug and wait for a minute.\n\nThat does not help.",
    "en, a question quoted": "Your page says to us:\n\n> The lamp is free.\n\nWhy do I pay then?",
    "en, of somebody with an address": (
        "Hi team,\n\nthe customer <anna@example.org> wrote on 12.03.2026 that it is red:\nis that so?"),
    "en, a list of places": "Our order:\n\nFrom stock: 5\nTo order: 6\nSubject to change.",
    "de": "Hallo,\n\nam 05.01.2026 um 10:02 schrieb mir Ihr Kollege, dass alles gut ist:\n\nDas stimmt nicht.",
    "de, in the middle": "Guten Tag,\n\nam Montag, den 5. Januar um 10:30 schrieb Ihre Kollegin:\n\nes geht.\n\nEs geht nicht.",
    "fr": "Bonjour,\n\nLe lundi 5 janvier à 10h30 un technicien de chez vous m'a écrit :\n\ntout est réparé.\n\nCe n'est pas vrai.",
    "es": "Hola,\n\nEl lunes 5 de enero a las 10:30 su técnico me escribió:\n\ntodo está arreglado.\n\nNo es verdad.",
    "it": "Buongiorno,\n\nIl lunedì alle 10:30 il vostro tecnico mi ha scritto:\n\ntutto a posto.\n\nNon è vero.",
    "nl": "Hallo,\n\nOp maandag om 10:30 schreef uw collega mij dat alles goed is:\n\ndat klopt niet.",
    "sv": "Hej,\n\nI måndags kl 10:30 skrev er tekniker till mig att allt är klart:\n\ndet är det inte.",
    "pl": "Dzień dobry,\n\nW poniedziałek o 10:30 wasz pracownik napisał:\n\nwszystko działa.\n\nTo nieprawda.",
    "ru": "Добрый день!\n\nВ понедельник в 10:30 ваш сотрудник написал:\n\nвсё исправлено.\n\nНо лампа снова красная.",
    "ru, a program": "Программа сообщает:\n\n> Диск заполнен\n\nЧто делать?",
    "lt": "Laba diena,\n\nPirmadienį 10:30 jūsų darbuotojas rašė:\n\nviskas veikia.\n\nBet lempa vėl raudona.",
    "a part of an older mail": (
        "> From: \"Anna\" <anna@example.org>\n>\n> > Has it come?\n>\n> I do not know.\n\nMe neither, I am afraid, but it may."),
    "an advertisement": "Order today.\n\n>>> https://shop.example.org/deal <<<\n\nClick the line above and win a lamp.",
    "a form of somebody's": "Please fill this in.\n\n-------- Your Answer Below --------\n\nAll was very good and I am glad.",
    "headings": "Lamp\n====\n\nIt is red.\n\nBulb\n----\n\nIt is out.",
    "code with marks": "Look:\n\n```\nFrom: x\n> y\n-----Original Message-----\n```\n\nWhy?",
    "a difference of two files": "--- a/lamp.c\n+++ b/lamp.c\n@@ -1,2 +1,2 @@\n-red\n+green\n\nPlease apply.",
    "a prompt": "sql> select 1;\nsql> select 2;\n\nBoth fail. Why?",
    "a table": "| a | b |\n|---|---|\n| 1 | 2 |\n\nIs the table right?",
    "dashes before lines": "-- the lamp is red\n-- the bulb is out\n-- the door is open\n\nHelp!",
    "sent from a desk": "The plan is attached.\n\nSent from my desk, which is much nicer than my mobile phone.",
    "a closing word as a sentence": "Best,\nI think, would be a new bulb. Can you send one?",
}


@pytest.mark.parametrize("name", TOLD)
def test_what_somebody_tells_stays_whole(name: str) -> None:
    assert written(Mail("", 0, text=TOLD[name]), PATTERNS).reply == TOLD[name]
