"""Text in its right charset: declared, wrongly declared, undeclared, broken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.charset import codec_of, decode_bytes
from mailbridge.mail.plausible import ENOUGH, plausibility

SENTENCES = {
    "lt": "Laba diena, negaliu prisijungti prie savo paskyros, rodo klaidą. Ačiū už pagalbą, žinutę gavau šiandien.",
    "lv": "Labdien, nevaru pieslēgties savam kontam, parādās kļūda. Lūdzu, palīdziet man šodien!",
    "et": "Tere, ma ei saa oma kontole sisse logida pärast uuendust. Õpetus jäi töötamata.",
    "pl": "Dzień dobry, proszę o zwrot pieniędzy za zamówienie. Łączę pozdrowienia, Józef Żak",
    "de": "Guten Tag, ich kann mich nicht anmelden. Viele Grüße aus München, schöne Straße",
    "fr": "Bonjour, je n'ai pas reçu ma commande à l'hôtel. Où est-elle passée ? Problème réglé.",
    "ru": "Добрый день! Не могу войти в личный кабинет после обновления, помогите пожалуйста.",
    "uk": "Добрий день, не можу увійти до особистого кабінету після оновлення, її немає.",
    "tr": "Merhaba, siparişim gelmedi, lütfen yardım edin. Teşekkürler, Şükrü Çağlar",
    "ja": "お世話になっております。ログインできません。注文番号を確認してください。",
    "zh": "您好，我的订单还没有收到，请问什么时候发货？谢谢",
    "ko": "안녕하세요 주문한 상품이 아직 도착하지 않았습니다",
    "el": "Καλημέρα, δεν μπορώ να συνδεθώ στον λογαριασμό μου. Ευχαριστώ",
}
CHARSETS = {
    "lt": ("windows-1257", "iso-8859-13"),
    "lv": ("windows-1257", "iso-8859-13"),
    "et": ("windows-1257", "iso-8859-15"),
    "pl": ("windows-1250", "iso-8859-2"),
    "de": ("windows-1252",),
    "fr": ("windows-1252",),
    "ru": ("windows-1251", "koi8-r", "iso-8859-5", "cp866"),
    "uk": ("windows-1251", "koi8-u"),
    "tr": ("windows-1254",),
    "ja": ("shift_jis", "euc-jp", "iso-2022-jp"),
    "zh": ("gb18030",),
    "ko": ("euc-kr",),
    "el": ("windows-1253",),
}
PAIRS = [(language, charset) for language, charsets in CHARSETS.items() for charset in charsets]
HINTS = {"lt": ("cp1257",), "lv": ("cp1257",), "et": ("cp1257",), "pl": ("cp1250", "iso-8859-2"), "ru": ("cp1251", "koi8-r")}


@pytest.mark.parametrize(("language", "charset"), PAIRS)
def test_declared_charset_is_believed(language: str, charset: str) -> None:
    text = SENTENCES[language]
    assert decode_bytes(text.encode(charset), charset) == (text, ())


@pytest.mark.parametrize(("language", "charset"), PAIRS)
@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1", "utf-8", "x-unknown"])
def test_wrong_or_missing_label_is_seen_through(language: str, charset: str, label: str) -> None:
    text, _ = decode_bytes(SENTENCES[language].encode(charset), label, HINTS.get(language, ()))
    assert text == SENTENCES[language]


@pytest.mark.parametrize(("language", "charset"), PAIRS)
def test_utf8_under_another_label_is_utf8(language: str, charset: str) -> None:
    text = SENTENCES[language]
    assert decode_bytes(text.encode(), charset)[0] == text


def test_hints_decide_where_the_bytes_cannot() -> None:
    raw = "Sąskaita".encode("cp1257")
    assert decode_bytes(raw, "", ("cp1257",))[0] == "Sąskaita"
    assert decode_bytes(raw, "iso-8859-1", ("cp1257",)) == ("Sąskaita", ("wrong-charset",))


def test_one_broken_byte_spoils_one_character() -> None:
    raw = "Не могу ".encode() + b"\xff" + "войти".encode()
    assert decode_bytes(raw, "utf-8") == ("Не могу \ufffdвойти", ("broken-charset",))


def test_correct_western_text_is_left_alone() -> None:
    for text in ("Café", "naïve", "El niño", "à la carte", "Ærø", "50 °C", "© 2026", "Þór", "Größe"):
        assert decode_bytes(text.encode("latin-1"), "iso-8859-1")[0] == text


@pytest.mark.parametrize(("label", "codec"), [
    ("ISO-8859-1", "cp1252"), ("cp-1251", "cp1251"), ("win-1257", "cp1257"), ('"windows-1251"', "cp1251"), ("x-sjis", "cp932"),
    ("GB2312", "gb18030"),
    ("iso8859-13", "iso8859-13"), ("utf8", "utf-8"), ("CP65001", "utf-8"), ("ks_c_5601-1987", "cp949"), ("utf-8*en", "utf-8"),
    ("unknown-8bit", None),
    ("no-such-thing", None), ("base64", None), ("rot13", None), ("", None), ("\x00", None), ("idna", None),
])
def test_labels_are_read_as_senders_write_them(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES.keys())
def test_sentences_are_plausible_and_their_misreadings_are_not(text: str) -> None:
    assert plausibility(text) >= ENOUGH
    assert plausibility(text.encode().decode("cp1252", "replace")) < ENOUGH


@settings(deadline=None)
@given(st.binary(max_size=400),
st.sampled_from(["", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "cp1257", "hz", "gb18030", "x-no", "cp1252", "idna"]))
def test_any_bytes_give_text_without_surrogates(data: bytes, label: str) -> None:
    text, _ = decode_bytes(data, label, ("cp1257", "nonsense"))
    text.encode("utf-8")
