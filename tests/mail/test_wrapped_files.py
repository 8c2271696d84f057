"""What Outlook and S/MIME wrap: winmail.dat, RTF, signed envelopes, invitations."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.cms import signed_content
from mailbridge.mail.invitations import invitation_text
from mailbridge.mail.pgp import without_armour
from mailbridge.mail.rtf import rtf_to_text, unpack_rtf
from mailbridge.mail.tnef import read_tnef

TNEF = b"\x78\x9f\x3e\x22\x01\x00"
# The example of MS-OXRTFCP §3: "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}" compressed.
COMPRESSED = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")


def attribute(level: int, tag: int, content: bytes) -> bytes:
    return bytes([level]) + struct.pack("<II", tag, len(content)) + content + b"\0\0"


def properties(*found: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(found))
    for kind, name, value in found:
        out += struct.pack("<HH", kind, name)
        out += struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4) if kind in {0x1E, 0x1F, 0x102} else value
    return out


def test_tnef_gives_text_and_files() -> None:
    data = TNEF + attribute(1, 0x2800C, b"Hello\0") + attribute(2, 0x69002, b"\0" * 14) + attribute(2, 0x18010, b"SHORT~1.TXT\0")
    data += attribute(2, 0x6800F, b"content") + attribute(
        2, 0x69005, properties((0x3, 0x0E20, b"\7\0\0\0"), (0x1F, 0x3707, "ilgas.txt\0".encode("utf-16-le")))
    )
    found = read_tnef(data)
    assert found is not None
    assert found.text == "Hello"
    assert [(file.name, file.content) for file in found.files] == [("ilgas.txt", b"content")]


def test_tnef_gives_html_and_rtf() -> None:
    html = read_tnef(TNEF + attribute(1, 0x69003, properties((0x102, 0x1013, b"<p>Hi</p>"))))
    assert html is not None
    assert html.html == "<p>Hi</p>"
    rtf = read_tnef(TNEF + attribute(1, 0x69003, properties((0x102, 0x1009, COMPRESSED))))
    assert rtf is not None
    assert rtf.text == "hello world"


def test_named_properties_are_skipped() -> None:
    named = struct.pack("<I", 2) + struct.pack("<HH", 3, 0x8001) + b"\0" * 16 + struct.pack("<II", 0, 5) + b"\1\0\0\0"
    named += struct.pack("<HH", 0x1E, 0x1000) + struct.pack("<II", 1, 3) + b"abc\0"
    found = read_tnef(TNEF + attribute(1, 0x69003, named))
    assert found is not None
    assert found.text == "abc"


def test_other_bytes_are_no_tnef() -> None:
    assert read_tnef(b"PK\x03\x04 and so on") is None
    assert read_tnef(b"") is None


@pytest.mark.parametrize(("rtf", "text"), [
    pytest.param(rb"{\rtf1\ansi Hello\par World}", "Hello\nWorld", id="paragraphs"),
    pytest.param(rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}", "Привет", id="octets of the code page"),
    pytest.param(rb"{\rtf1\u1055?\u1088?!}", "Пр!", id="unicode with stand-ins"),
    pytest.param(rb"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator X;}text}", "text", id="silent groups"),
    pytest.param(rb"{\rtf1 a\{b\}c\~d}", "a{b}c d", id="symbols"),
    pytest.param(rb"{\rtf1\fromhtml1 {\*\htmltag64 <p>}Hi{\*\htmltag72 </p>}}", "Hi", id="wrapped HTML"),
    pytest.param(b"", "", id="empty"),
])
def test_rtf_becomes_text(rtf: bytes, text: str) -> None:
    assert rtf_to_text(rtf) == text


def test_compressed_rtf_is_unpacked() -> None:
    assert unpack_rtf(COMPRESSED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_runs_that_copy_themselves_are_unpacked() -> None:
    # The second example of MS-OXRTFCP §3: "{\rtf1 WXYZWXYZWXYZWXYZWXYZ}".
    packed = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert unpack_rtf(packed) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def der(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x82]) + struct.pack(">H", len(content)) + content


SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def envelope(octets: bytes) -> bytes:
    return der(0x30, SIGNED + der(0xA0, der(0x30, b"\x02\x01\x01" + der(0x31, b"") + der(0x30, DATA + der(0xA0, octets)))))


def test_signed_content_is_taken_out() -> None:
    assert signed_content(envelope(der(0x04, b"inside"))) == b"inside"
    assert signed_content(envelope(der(0x24, der(0x04, b"in") + der(0x04, b"side")))) == b"inside"


def test_encrypted_content_stays_closed() -> None:
    assert signed_content(envelope(der(0x04, b"inside")).replace(SIGNED, bytes.fromhex("06092a864886f70d010703"))) is None
    assert signed_content(b"no such thing") is None


def test_armour_of_a_signature_is_taken_off() -> None:
    text = "Before\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n- --dashes\n"
    text += "-----BEGIN PGP SIGNATURE-----\nxx\n-----END PGP SIGNATURE-----\nAfter"
    assert without_armour(text) == ("Before\nHello\n--dashes\n\nAfter", "")


def test_an_invitation_without_an_event_says_nothing() -> None:
    assert invitation_text("BEGIN:VCALENDAR\nEND:VCALENDAR") == ""


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_read_somehow(data: bytes) -> None:
    read_tnef(TNEF + data)
    unpack_rtf(b"\0" * 4 + struct.pack("<I", 1000) + b"LZFu" + b"\0" * 4 + data)
    rtf_to_text(b"{\\rtf1" + data).encode()
    signed_content(SIGNED + DATA + data)
    invitation_text("BEGIN:VEVENT\n" + data.decode("latin-1"))
