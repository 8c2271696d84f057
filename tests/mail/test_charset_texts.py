"""What customers write in two dozen languages comes out right, whatever their programs say of its charset."""

import pytest

from mailbridge.mail.message import Mail
from mailbridge.mail.parse import read_mail
from tests.mail.charset_texts import TEXTS

LABELS = ("", "us-ascii", "iso-8859-1", "utf-8", "x-unknown")
BODIES = [(language, charset, text) for language, charsets, _, longer in TEXTS for charset in charsets for text in longer]
HEADS = [(language, charset, short, longer[0]) for language, charsets, shorts, longer in TEXTS for charset in charsets for short in shorts]
NOT_TOLD = frozenset({("hu", "cp1250"), ("hu", "iso-8859-2")})
"""Hungarian under a western label: ő and ű stand where õ and û do, which are letters of others."""


def letter(subject: bytes, body: bytes, charset: str, name: bytes = b"") -> Mail:
    """Read a mail with 8-bit octets as they are; no charset is declared when it is empty."""
    declared = b"; charset=" + charset.encode() if charset else b""
    return read_mail(b'From: "' + name + b'" <a@example.org>\r\nSubject: ' + subject + b"\r\nContent-Type: text/plain" + declared
                     + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body.replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(("language", "charset", "text"), BODIES, ids=[f"{language}-{charset}" for language, charset, _ in BODIES])
def test_text_is_read_whatever_its_label_says(language: str, charset: str, text: str) -> None:
    raw = text.encode(charset)
    assert letter(b"x", raw, charset).text == text
    assert letter(b"x", text.encode(), charset).text == text
    for label in LABELS:
        if (language, charset) in NOT_TOLD and label == "iso-8859-1":
            continue
        assert letter(b"x", raw, label).text == text, label


@pytest.mark.parametrize("charset", ["cp1250", "iso-8859-2"])
@pytest.mark.parametrize("language", ["pl", "cs", "sk", "hu"])
def test_windows_and_iso_are_told_apart_where_one_is_named_for_the_other(language: str, charset: str) -> None:
    other = {"cp1250": "iso-8859-2", "iso-8859-2": "cp1250"}[charset]
    texts = [text for one, _, text in BODIES if one == language]
    right = [letter(b"x", text.encode(charset), other).text == text for text in texts]
    assert sum(right) >= len(texts) - 1


@pytest.mark.parametrize(("short", "raw"), [(text, text.encode("euc-jp")) for text in TEXTS[-4][3]])
def test_euc_named_shift_jis_is_read(short: str, raw: bytes) -> None:
    assert letter(b"x", raw, "shift_jis").text == short


def test_raw_headers_are_read_in_the_charset_of_the_text() -> None:
    declared = [letter(short.encode(charset), text.encode(charset), charset).subject == short for _, charset, short, text in HEADS]
    undeclared = [letter(short.encode(charset), text.encode(charset), "").subject == short for _, charset, short, text in HEADS]
    names = [letter(b"x", text.encode(charset), charset, short.encode(charset)).author.name == short
             for _, charset, short, text in HEADS if not set(short) & set('?¿"')]
    assert all(declared)
    assert sum(undeclared) >= 0.98 * len(undeclared)
    assert sum(names) >= 0.98 * len(names)


def test_short_headers_alone_are_mostly_read() -> None:
    right = [letter(short.encode(charset), b"x", "").subject == short for _, charset, short, _ in HEADS]
    assert sum(right) >= 0.9 * len(right)


def test_words_under_a_label_of_habit_follow_the_text() -> None:
    def quoted(raw: bytes) -> bytes:
        return b"=?iso-8859-1?Q?" + b"".join(b"=%02X" % octet for octet in raw) + b"?="

    heads = [head for head in HEADS if head[1] != "iso-2022-jp"]
    right = [letter(quoted(short.encode(charset)), text.encode(charset), "iso-8859-1").subject == short for _, charset, short, text in heads]
    assert sum(right) >= 0.98 * len(right)


def test_western_names_keep_their_letters_beside_text_in_another_charset() -> None:
    text = BODIES[0][2].encode("cp1257")
    assert letter(b"=?iso-8859-1?Q?H=E9l=E8ne_M=FCller?=", text, "windows-1257").subject == "Hélène Müller"
