"""Transfer encodings undone, whole or broken."""

import base64
import binascii
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.transfer import UNDECODABLE, decode_transfer, uuencoded_files

LINES = base64.encodebytes(b"A sentence that is long enough to fill more than one line of base64, as mail programs write it.")


@pytest.mark.parametrize(("data", "encoding", "content", "defect"), [
    pytest.param(b"a=b", "7bit", b"a=b", "", id="7bit"),
    pytest.param(b"a=b", "", b"a=b", "", id="none"),
    pytest.param(b"YWJj\r\nZGVm\r\n", "BASE64 ", b"abcdef", "", id="case and blanks in the name"),
    pytest.param(b"YWJjZA", "base64", b"abcd", "broken-base64", id="no padding"),
    pytest.param(b"YWI=\r\nY2Q=\r\n", "base64", b"abcd", "", id="two padded pieces"),
    pytest.param((b"YWJj" * 15 + b"!\r\n") * 4, "base64", b"abc" * 60, "broken-base64", id="a stray sign in each line"),
    pytest.param(b"YWJj", "base64 (comment)", b"abc", "", id="comment"),
    pytest.param(b"", "base64", b"", "", id="empty"),
    pytest.param(b"YWJjZA== ignored\r\n", "base64", b"abcd", "", id="words after the padding"),
    pytest.param(b"Just text under the wrong label.", "base64", b"Just text under the wrong label.", UNDECODABLE,
    id="text under the label"),
    pytest.param(b"a=3Db=\r\nc", "Quoted-Printable", b"a=bc", "", id="quoted-printable"),
    pytest.param(b"a=ZZ", "quoted-printable", b"a=ZZ", "", id="wrong escape stays"),
    pytest.param(b"x", "x-nobody", b"x", "unknown-transfer-encoding", id="unknown"),
    pytest.param(b"begin 644 a\r\n#86)C\r\n`\r\nend\r\n", "x-uuencode", b"abc", "", id="uuencode"),
    pytest.param(b"nothing of the kind", "x-uuencode", b"nothing of the kind", UNDECODABLE, id="uuencode that is none"),
])
def test_bodies_are_decoded(data: bytes, encoding: str, content: bytes, defect: str) -> None:
    assert decode_transfer(data, encoding) == (content, defect)


def test_a_footer_below_base64_is_kept_as_text() -> None:
    content, defect = decode_transfer(LINES + b"____\nlist footer\n", "base64")
    assert content.startswith(b"A sentence")
    assert content.endswith(b"____\nlist footer\n")
    assert defect == "broken-base64"


def test_several_uuencoded_files_are_found_in_text() -> None:
    line = binascii.b2a_uu(b"abc")
    text = b"Hi\nbegin 644 one.txt\n" + line + b"`\nend\nand\nbegin 600 two.txt\n" + line + b"end\nbye"
    found = uuencoded_files(text)
    assert [(name, content) for name, content, _, _ in found] == [("one.txt", b"abc"), ("two.txt", b"abc")]
    assert text[found[0][3]:found[1][2]] == b"and\n"


def test_prose_that_begins_with_begin_is_no_file() -> None:
    assert uuencoded_files(b"begin 644 the work\nthis is no uuencode at all, really\n") == []


@settings(deadline=None)
@given(st.binary(max_size=500))
def test_what_was_encoded_comes_back(data: bytes) -> None:
    assert decode_transfer(base64.encodebytes(data), "base64") == (data, "")
    text = data.replace(b"\r", b"")  # quoted-printable is for lines, and keeps no mixture of line ends
    assert decode_transfer(quopri.encodestring(text), "quoted-printable")[0] == text


@settings(deadline=None)
@given(st.binary(max_size=500), st.sampled_from(["base64", "quoted-printable", "uuencode", "x"]))
def test_any_bytes_are_decoded_somehow(data: bytes, encoding: str) -> None:
    content, _ = decode_transfer(data, encoding)
    assert isinstance(content, bytes)
    uuencoded_files(data)
