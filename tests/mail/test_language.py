"""The language of a text: sure or unknown, in the languages that reply trimming knows, too."""

from __future__ import annotations

import pytest

from mailbridge.mail.language import language

SURE = [
    ("en", "My parcel never arrived, please refund me."), ("en", "How do I reset my password?"),
    ("ru", "Здравствуйте! Моя посылка так и не пришла."), ("ru", "Как сбросить пароль?"), ("ru", "Не работает сайт"),
    ("lt", "Laba diena, mano siunta taip ir neatvyko."), ("lt", "Kaip atkurti slaptažodį?"), ("lt", "Sveiki, noriu grazinti preke"),
    ("lv", "Labdien, mans sūtījums tā arī nav pienācis."), ("et", "Tere, minu pakk ei ole kohale jõudnud."),
    ("pl", "Dzień dobry, moja paczka nigdy nie dotarła."), ("de", "Guten Tag, mein Paket ist nie angekommen."),
    ("fr", "Bonjour, mon colis n'est jamais arrivé."), ("es", "Hola, mi paquete nunca llegó."), ("it",
     "Buongiorno, il mio pacco non è mai arrivato."),
    ("pt", "Olá, a minha encomenda nunca chegou."), ("nl", "Goedemorgen, mijn pakket is nooit aangekomen."),
    ("sv", "Hej, mitt paket har aldrig kommit fram."), ("no", "Hei, jeg har ikke fått pakken min, hva gjør jeg nå?"),
    ("da", "Hej, jeg har ikke modtaget min pakke, hvad gør jeg?"), ("fi", "Hei, pakettini ei ole koskaan saapunut."),
    ("cs", "Dobrý den, můj balík nikdy nedorazil."), ("uk", "Добрий день, моя посилка так і не прийшла."),
    ("tr", "Merhaba, paketim hiç gelmedi."), ("ja", "こんにちは。荷物が届いていません。"), ("zh", "您好，我的包裹一直没有到。"),
    ("ko", "안녕하세요, 소포가 도착하지 않았습니다."), ("el", "Καλημέρα, το δέμα μου δεν έφτασε ποτέ."),
]
UNKNOWN = ["", "ok", "+1", "2231", "Thanks", "Спасибо", "Hi", "https://example.org/order", "Tom Jones", "iPhone 12", "asdf qwer zxcv",
           "Privet, posylka ne prishla", "ann@example.org", "Danke", "да", "好"]


@pytest.mark.parametrize(("code", "text"), SURE)
def test_language_of_a_short_letter(code: str, text: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize("text", UNKNOWN)
def test_too_little_to_be_sure_is_unknown(text: str) -> None:
    assert language(text) is None


def test_language_that_is_not_allowed_is_unknown_and_never_another() -> None:
    assert language("Dobrý den, můj balík nikdy nedorazil.", ("en", "lt", "ru")) is None
    assert language("Labas, mano siunta neatvyko.", ("en", "lt", "ru")) == "lt"


def test_quoted_lines_addresses_and_links_do_not_count() -> None:
    text = "Mano siunta taip ir neatvyko, prašau grąžinti pinigus.\n> When will my parcel arrive and where is it?\nhttps://example.org/the/order"
    assert language(text) == "lt"


def test_extra_is_only_asked_where_the_words_are_not_sure() -> None:
    pytest.importorskip("lingua")
    text = "Programėlė užstringa atidarius nustatymus vakarais"
    assert language("Esu namuose visą vakarą", use_extra=True) in ("lt", None)
    assert language(text, use_extra=True) == "lt"
    assert language("ok", use_extra=True) is None


def test_cost_is_bounded_on_long_text() -> None:
    assert language("слово " * 100_000 + "the and you are") is None
