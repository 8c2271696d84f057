"""Each line that clients put above a quoted mail, in each tongue, ends what the person wrote: one client a row."""

import itertools
import textwrap

import pytest

from mailbridge.config.patterns import load_patterns
from mailbridge.mail.message import Mail
from mailbridge.mail.quote import written

PATTERNS = load_patterns()
BODY = "The parcel has come, but the box is empty.\nPlease send another one."

# Quoted below with `>`, and below without: both must be cut.
INTRODUCTIONS = {
    "en gmail": "On Mon, Jan 5, 2026 at 10:00 AM Anna Smith <anna@example.org> wrote:",
    "en gmail old": "On Mon, Jan 5, 2026 at 10:00 AM, Anna Smith <anna@example.org> wrote:",
    "en apple": "On 5 Jan 2026, at 10:00, Anna Smith <anna@example.org> wrote:",
    "en apple without address": "On Jan 5, 2026, at 10:00 AM, Anna Smith wrote:",
    "en thunderbird": "On 05/01/2026 10:00, Anna Smith wrote:",
    "en thunderbird iso": "On 2026-01-05 10:00, Anna Smith wrote:",
    "en yahoo": "On Monday, January 5, 2026 at 10:00:00 AM GMT+2, Anna Smith <anna@example.org> wrote:",
    "en proton": "On Monday, January 5th, 2026 at 10:00, Anna Smith <anna@example.org> wrote:",
    "en proton sailing": (
        "------- Original Message -------\n"
        "On Monday, January 5th, 2026 at 10:00, Anna Smith <anna@example.org> wrote:"),
    "en k-9": "On January 5, 2026 10:00:00 AM GMT+02:00, Anna Smith <anna@example.org> wrote:",
    "en evolution": "On Mon, 2026-01-05 at 10:00 +0200, Anna Smith wrote:",
    "en mutt": "On Mon, Jan 05, 2026 at 10:00:00AM +0200, Anna Smith wrote:",
    "en wrapped before address": "On Mon, Jan 5, 2026 at 10:00 AM Anna Maria Louise Smith-Jones <\nanna@example.org> wrote:",
    "en wrapped before verb": "On Mon, Jan 5, 2026 at 10:00 AM Anna Maria Louise Smith <anna@example.org>\nwrote:",
    "en wrapped in date": "On Mon, Jan 5,\n2026 at 10:00 AM Anna Smith <anna@example.org> wrote:",
    "en wrapped over four": (
        "On Mon, Jan 5, 2026 at 10:00 AM, Anna Maria Smith\nfrom the Department of Things\n"
        "<anna.maria.louise@mail.example.org>\nwrote:"),
    "en wrapped in address": "On Mon, Jan 5, 2026 at 10:00 AM Anna Smith <anna@example.org\n> wrote:",
    "en square brackets": "On Mon, Jan 5, 2026 at 10:00 AM, Anna Smith [mailto:anna@example.org] wrote:",
    "en quotes": "On 5 Jan 2026 10:00, \"Anna Smith\" <anna@example.org> wrote:",
    "en name alone": "Anna Smith <anna@example.org> wrote:",
    "en zoho": "---- On Mon, 05 Jan 2026 10:00:00 +0200 Anna Smith <anna@example.org> wrote ----",
    "en outlook mobile": "On Mon, Jan 5, 2026 at 10:00 AM +0200, \"Anna Smith\" <anna@example.org> wrote:",
    "en mailto doubled": "On Mon, Jan 5, 2026 at 10:00 AM Anna Smith <anna@example.org<mailto:anna@example.org>> wrote:",
    "en list": "On Mon, Jan 5, 2026 at 10:00 AM Anna via Things <\nthings@lists.example.org> wrote:",
    "gmail iso": "2026-01-05 10:00 GMT+02:00 Anna Smith <anna@example.org>:",
    "gmail iso wrapped": "2026-01-05 10:00 GMT+02:00 Anna Maria Louise Smith <\nanna@example.org>:",
    "ru gmail": "пн, 5 янв. 2026 г. в 10:00, Анна Петрова <anna@example.org>:",
    "ru gmail wrapped": "пн, 5 янв. 2026 г. в 10:00, Анна Петрова из отдела доставки <\nanna@example.org>:",
    "ru gmail old": "5 января 2026 г., 10:00 пользователь Анна Петрова <anna@example.org> написал:",
    "ru apple": "5 янв. 2026 г., в 10:00, Анна Петрова <anna@example.org> написал(а):",
    "ru thunderbird": "05.01.2026 10:00, Анна Петрова пишет:",
    "ru mail.ru": "Понедельник, 5 января 2026, 10:00 +03:00 от Анна Петрова <anna@example.org>:",
    "ru yandex": "05.01.2026, 10:00, \"Анна Петрова\" <anna@example.org>:",
    "ru yandex new": "10:00, 5 января 2026 г., Анна Петрова <anna@example.org>:",
    "ru the bat": "Вы писали 5 января 2026 г., 10:00:00:",
    "ru k-9": "5 января 2026 г. 10:00:00 GMT+03:00, Анна Петрова <anna@example.org> пишет:",
    "lt gmail": "2026-01-05, pr, 10:00 Ona Onaitė <ona@example.org> rašė:",
    "lt gmail new": "pirm., 2026-01-05 10:00 Ona Onaitė <ona@example.org> rašė:",
    "lt apple": "2026-01-05, 10:00, Ona Onaitė <ona@example.org> parašė:",
    "lt thunderbird": "2026-01-05 10:00, Ona Onaitė rašė:",
    "lv gmail": "pirmd., 2026. g. 5. janv., plkst. 10:00 — lietotājs Anna Bērziņa (<anna@example.org>) rakstīja:",
    "lv apple": "2026. gada 5. janv., plkst. 10:00, Anna Bērziņa <anna@example.org> rakstīja:",
    "et gmail": "Kuupäev E, 5. jaanuar 2026 kell 10:00 kirjutas Anna Tamm <anna@example.org>:",
    "et gmail verb first": "Anna Tamm (<anna@example.org>) kirjutas kuupäeval E, 5. jaanuar 2026 kell 10:00:",
    "et thunderbird": "05.01.2026 10:00 Anna Tamm kirjutas:",
    "pl gmail": "pon., 5 sty 2026 o 10:00 Anna Nowak <anna@example.org> napisał(a):",
    "pl gmail old": "W dniu 5 stycznia 2026 10:00 użytkownik Anna Nowak <anna@example.org>\nnapisał:",
    "pl thunderbird": "W dniu 05.01.2026 o 10:00, Anna Nowak pisze:",
    "pl apple": "Wiadomość napisana przez Anna Nowak <anna@example.org> w dniu 5 sty 2026, o godz. 10:00:",
    "pl wp": "Dnia 5 stycznia 2026 10:00 Anna Nowak <anna@example.org> napisał(a):",
    "de gmail": "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Anna Müller <anna@example.org>:",
    "de gmail wrapped": "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Anna Müller-Lüdenscheidt <\nanna@example.org>:",
    "de apple": "Am 05.01.2026 um 10:00 schrieb Anna Müller <anna@example.org>:",
    "de thunderbird": "Am 05.01.2026 um 10:00 schrieb Anna Müller:",
    "de verb before date": "Anna Müller <anna@example.org> schrieb am Mo., 5. Jan.\n2026 um 10:00 Uhr:",
    "de geschrieben": "Am 5. Januar 2026 um 10:00 hat Anna Müller <anna@example.org> geschrieben:",
    "de web.de quoted name": "Am 05.01.2026 10:00 schrieb \"Anna Müller\" <anna@example.org\n>:",
    "fr gmail": "Le lun. 5 janv. 2026 à 10:00, Anna Durand <anna@example.org> a écrit :",
    "fr gmail wrapped": "Le lun. 5 janv. 2026 à 10:00, Anna Durand - Exemple <anna@example.org>\na écrit :",
    "fr apple": "Le 5 janv. 2026 à 10:00, Anna Durand <anna@example.org> a écrit :",
    "fr thunderbird": "Le 05/01/2026 à 10:00, Anna Durand a écrit :",
    "fr yahoo": "Le lundi 5 janvier 2026 à 10:00:00 UTC+1, Anna Durand <anna@example.org> a écrit :",
    "es gmail": "El lun, 5 ene 2026 a las 10:00, Ana García (<ana@example.org>) escribió:",
    "es apple": "El 5 ene 2026, a las 10:00, Ana García <ana@example.org> escribió:",
    "es thunderbird": "El 05/01/2026 a las 10:00, Ana García escribió:",
    "it gmail": "Il giorno lun 5 gen 2026 alle ore 10:00 Anna Rossi <anna@example.org> ha scritto:",
    "it apple": "Il giorno 5 gen 2026, alle ore 10:00, Anna Rossi <anna@example.org> ha scritto:",
    "it thunderbird": "Il 05/01/2026 10:00, Anna Rossi ha scritto:",
    "pt gmail": "Em seg., 5 de jan. de 2026 às 10:00, Ana Silva <ana@example.org> escreveu:",
    "pt gmail portugal": "Ana Silva <ana@example.org> escreveu (segunda, 5/01/2026 à(s) 10:00):",
    "pt apple": "No dia 5 de jan. de 2026, às 10:00, Ana Silva <ana@example.org> escreveu:",
    "pt thunderbird": "Em 05/01/2026 10:00, Ana Silva escreveu:",
    "nl gmail": "Op ma 5 jan 2026 om 10:00 schreef Anna de Vries <anna@example.org>:",
    "nl apple": "Op 5 jan 2026, om 10:00 heeft Anna de Vries <anna@example.org> het volgende geschreven:",
    "nl android": "Op 5 jan. 2026 10:00 schreef \"Anna de Vries\" <anna@example.org> het\nvolgende geschreven:",
    "nl thunderbird": "Op 05-01-2026 om 10:00 schreef Anna de Vries:",
    "sv gmail": "Den mån 5 jan. 2026 kl 10:00 skrev Anna Svensson <anna@example.org>:",
    "sv apple": "5 jan. 2026 kl. 10:00 skrev Anna Svensson <anna@example.org>:",
    "sv thunderbird": "Den 2026-01-05 kl. 10:00, skrev Anna Svensson:",
    "no gmail": "man. 5. jan. 2026 kl. 10:00 skrev Anna Hansen <anna@example.org>:",
    "no gmail wrapped": "man. 5. jan. 2026 kl. 10:00 skrev Anna Hansen <anna@example.org\n>:",
    "no parenthesis": "På 5 januar 2026 på 10:00:00, Anna Hansen (anna@example.org) skrev:",
    "da gmail": "Den man. 5. jan. 2026 kl. 10.00 skrev Anna Jensen <anna@example.org>:",
    "da apple": "Den 5. jan. 2026 kl. 10.00 skrev Anna Jensen <anna@example.org>:",
    "fi gmail": "ma 5. tammik. 2026 klo 10.00 Anna Virtanen (anna@example.org) kirjoitti:",
    "fi apple": "Anna Virtanen <anna@example.org> kirjoitti 5.1.2026 kello 10.00:",
    "cs gmail": "po 5. 1. 2026 v 10:00 odesílatel Anna Nováková <anna@example.org> napsal:",
    "cs gmail old": "Dne 5. ledna 2026 10:00 Anna Nováková <anna@example.org> napsal(a):",
    "cs thunderbird": "Dne 05. 01. 26 v 10:00 Anna Nováková napsal(a):",
    "sk gmail": "po 5. 1. 2026 o 10:00 Anna Kováčová <anna@example.org> napísal(a):",
    "uk gmail": "пн, 5 січ. 2026 р. о 10:00 Анна Коваль <anna@example.org> пише:",
    "uk old": "5 січ. 2026 р. 10:00 \"Анна Коваль\" <anna@example.org> пише:",
    "tr gmail": "Ayşe Yılmaz <ayse@example.org>, 5 Oca 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "tr apple": "Ayşe Yılmaz <ayse@example.org> şunları yazdı (5 Oca 2026 10:00):",
    "ja gmail": "2026年1月5日(月) 10:00 田中花子 <hanako@example.org>:",
    "ja apple": "2026/01/05 10:00、田中花子 <hanako@example.org>のメール:",
    "ja apple new": "2026年1月5日 10:00、田中花子 <hanako@example.org>のメール：",
    "zh gmail": "王芳 <fang@example.org> 于2026年1月5日周一 10:00写道：",
    "zh apple": "2026年1月5日 上午10:00，王芳 <fang@example.org> 写道：",
    "zh 163": "在 2026-01-05 10:00:00，\"王芳\" <fang@example.org> 写道：",
    "zh-tw gmail": "王芳 <fang@example.org> 於 2026年1月5日 週一 上午10:00寫道：",
    "ko gmail": "2026년 1월 5일 (월) 오전 10:00, 홍길동 <hong@example.org>님이 작성:",
    "hu gmail": "Nagy Anna <anna@example.org> ezt írta (időpont: 2026. jan. 5., H, 10:00):",
    "ro gmail": "În lun., 5 ian. 2026 la 10:00, Ana Popescu <ana@example.org> a scris:",
    "bg gmail": "На пн, 5.01.2026 г. в 10:00 Анна Иванова <anna@example.org> написа:",
    "el gmail": "Στις Δευ 5 Ιαν 2026 στις 10:00 π.μ., ο/η Άννα Παππά <anna@example.org> έγραψε:",
    "hr gmail": "pon, 5. sij 2026. u 10:00 Ana Horvat <ana@example.org> napisao/la je:",
    "vi gmail": "Vào Th 2, 5 thg 1, 2026 vào lúc 10:00 Nguyễn An <an@example.org> đã viết:",
    "he gmail": "\u202bבתאריך יום ב׳, 5 בינו׳ 2026 ב-10:00 מאת \u202aAnna\u202c\u200f <\u202aanna@example.org\u202c\u200f>:\u202c",
}
UNSAFE_ALONE = {"ru the bat"}     # too little to cut by when no quoted line follows


@pytest.mark.parametrize("name", INTRODUCTIONS)
def test_introduction_and_quoted_lines_are_no_part_of_the_reply(name: str) -> None:
    text = f"{BODY}\n\n{INTRODUCTIONS[name]}\n\n> We have sent it on Friday.\n> Has it come?\n>\n> Anna\n"
    assert written(Mail("", 0, text=text), PATTERNS).reply == BODY


@pytest.mark.parametrize("name", INTRODUCTIONS)
def test_introduction_directly_below_the_text_is_no_part_of_the_reply(name: str) -> None:
    text = f"{BODY}\n{INTRODUCTIONS[name]}\n> We have sent it on Friday.\n> Has it come?\n"
    assert written(Mail("", 0, text=text), PATTERNS).reply == BODY


@pytest.mark.parametrize("width", [40, 60, 72])
def test_introduction_may_be_wrapped_anywhere(width: int) -> None:
    unknown = {}
    for name, introduction in INTRODUCTIONS.items():
        for source in (introduction, introduction.replace("<", "< ")):
            lines = [textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in source.split("\n")]
            wrapped = "\n".join(itertools.chain(*lines)).replace("< ", "<")
            got = written(Mail("", 0, text=f"{BODY}\n\n{wrapped}\n\n> Has it come?\n"), PATTERNS).reply
            if got != BODY and wrapped.count("\n") < 4:
                unknown[name] = got.removeprefix(BODY)
    assert unknown == {}


@pytest.mark.parametrize("name", [name for name in INTRODUCTIONS if name not in UNSAFE_ALONE])
def test_introduction_ends_the_reply_when_the_quotation_has_no_marks(name: str) -> None:
    text = f"{BODY}\n\n{INTRODUCTIONS[name]}\n\nWe have sent it on Friday.\nHas it come?\n\nAnna\n"
    reply = written(Mail("", 0, text=text), PATTERNS)
    assert reply.reply == BODY
    assert "Has it come?" in reply.quoted
