"""Values in, the exact bytes of a mail out. Everything is read back with the standard library's `policy.default`."""

from __future__ import annotations

import email
import email.policy
import re
import timeit
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.mail.compose import Outgoing, OutgoingFile, compose, needs_smtputf8
from mailbridge.mail.message import Address

PLAIN = Outgoing(
    message_id="20261121.1042.k7@example.org",
    date=datetime(2026, 11, 21, 12, 30, tzinfo=UTC),
    from_name="Anna Petrova",
    from_address="support@example.org",
    to=(Address("Jonas", "jonas@example.net"),),
    subject="Re: The printer does not print",
    text="Hello Jonas,\n\nwe are on it.\n",
)


def read(mail: Outgoing) -> EmailMessage:
    return email.message_from_bytes(compose(mail), policy=email.policy.default)


def addresses(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """Return names and addresses by both readers of the library.

    `policy.default` puts a blank between the encoded words of one name (it should not: RFC 2047 §6.2) and changes
    blanks beyond ASCII, so names are what the older `decode_header` reads.
    """
    header = cast("AddressHeader | None", message[name])
    if header is None:
        return []
    (raw,) = (value for key, value in message.raw_items() if key == name)
    old = [(str(make_header(decode_header(one))), address) for one, address in getaddresses([raw])]
    new = [(one.display_name, one.addr_spec) for one in header.addresses]
    assert [address for _, address in old] == [address for _, address in new]
    assert raw.count("=?") > len(new) or [one.split() for one, _ in old] == [one.split() for one, _ in new]
    return old


def text_of(message: EmailMessage, subtype: str = "plain") -> str:
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def lines_of(raw: bytes) -> list[bytes]:
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n"), "every line end is CRLF"
    return raw.split(b"\r\n")


def header_lines(raw: bytes, name: str) -> bytes:
    """Return one header with its folds, as sent."""
    found = re.search(rb"(?m)^" + name.encode() + rb":[^\r]*(?:\r\n[ \t][^\r]*)*", raw.partition(b"\r\n\r\n")[0])
    assert found is not None
    return found[0]


def test_a_plain_mail_is_these_bytes() -> None:
    assert compose(PLAIN) == (
        b"Date: Sat, 21 Nov 2026 12:30:00 +0000\r\n"
        b"From: Anna Petrova <support@example.org>\r\n"
        b"To: Jonas <jonas@example.net>\r\n"
        b"Subject: Re: The printer does not print\r\n"
        b"Message-ID: <20261121.1042.k7@example.org>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hello Jonas,\r\n\r\nwe are on it.\r\n"
    )


def test_everything_set_reads_back_as_it_was() -> None:
    mail = replace(
        PLAIN,
        date=datetime(2026, 11, 21, 14, 30, tzinfo=timezone(timedelta(hours=2))),
        cc=(Address("", "ona@example.net"), Address("Petras \"P\" O'Neil, Jr.", "petras@example.net")),
        reply_to=Address("Служба поддержки", "support+abc234@example.org"),
        subject="Re: Dėl užsakymo № 1042: ещё раз",
        text="Ačiū.\n",
        html="<p>Ačiū.</p>",
        in_reply_to="b@example.net",
        references=("a@example.net", "b@example.net"),
        auto_submitted="auto-replied",
        extra=(("Precedence", "auto_reply"), ("X-Mailbridge", "ticket 1042 / ačiū")),
        files=(OutgoingFile("Sąskaita № 7.pdf", "application/pdf", b"%PDF-\x00\xff"),),
    )
    found = read(mail)
    assert found["Date"].datetime == mail.date
    assert addresses(found, "From") == [("Anna Petrova", "support@example.org")]
    assert addresses(found, "To") == [("Jonas", "jonas@example.net")]
    assert addresses(found, "Cc") == [(one.name, one.address) for one in mail.cc]
    assert addresses(found, "Reply-To") == [("Служба поддержки", "support+abc234@example.org")]
    assert found["Subject"] == mail.subject
    assert found["Message-ID"] == f"<{mail.message_id}>"
    assert found["In-Reply-To"] == "<b@example.net>"
    assert found["References"] == "<a@example.net> <b@example.net>"
    assert found["Auto-Submitted"] == "auto-replied"
    assert found["Precedence"] == "auto_reply"
    assert found["X-Mailbridge"] == "ticket 1042 / ačiū"
    assert text_of(found) == "Ačiū.\n"
    assert text_of(found, "html") == "<p>Ačiū.</p>\n"
    (file,) = found.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "Sąskaita № 7.pdf", "application/pdf", b"%PDF-\x00\xff",
    )
    assert not [part.defects for part in found.walk() if part.defects]


def test_headers_that_are_not_asked_for_are_not_there() -> None:
    found = read(replace(PLAIN, to=()))
    for name in ("To", "Cc", "Bcc", "Reply-To", "In-Reply-To", "References", "Auto-Submitted", "Precedence", "Sender"):
        assert name not in found


def test_an_empty_mail_is_still_a_mail() -> None:
    found = read(replace(PLAIN, from_name="", subject="", text=""))
    assert (found["Subject"], text_of(found), addresses(found, "From")) == ("", "\n", [("", "support@example.org")])


def test_equal_values_give_equal_bytes_and_another_id_gives_other_boundaries() -> None:
    mail = replace(PLAIN, html="<p>x</p>", files=(OutgoingFile("a.txt", "text/plain", b"x"),))
    assert compose(mail) == compose(replace(mail))
    boundaries = {read(one).get_boundary() for one in (mail, replace(mail, message_id="other@example.org"))}
    assert len(boundaries) == 2


# --- what must never be sent ---

EVIL = ("\r\nBcc: all@example.net", "\nX: y", "\r", "a\0b", "a\tb", "a\x7fb", "a\x85b", "\ud800")
HEADER_FIELDS: dict[str, Any] = {
    "subject": lambda bad: replace(PLAIN, subject=bad),
    "from name": lambda bad: replace(PLAIN, from_name=bad),
    "from address": lambda bad: replace(PLAIN, from_address=f"support{bad}@example.org"),
    "from domain": lambda bad: replace(PLAIN, from_address=f"support@example.org{bad}"),
    "to name": lambda bad: replace(PLAIN, to=(Address(bad, "a@example.net"),)),
    "cc address": lambda bad: replace(PLAIN, cc=(Address("", f"a@example.net{bad}"),)),
    "reply-to": lambda bad: replace(PLAIN, reply_to=Address(bad, "a@example.net")),
    "message id": lambda bad: replace(PLAIN, message_id=f"a{bad}@example.org"),
    "in reply to": lambda bad: replace(PLAIN, in_reply_to=f"a{bad}@example.org"),
    "references": lambda bad: replace(PLAIN, references=("a@b", f"a{bad}@example.org")),
    "auto-submitted": lambda bad: replace(PLAIN, auto_submitted=f"auto-replied{bad}"),
    "extra name": lambda bad: replace(PLAIN, extra=((f"X{bad}", "y"),)),
    "extra value": lambda bad: replace(PLAIN, extra=(("X", bad),)),
    "file name": lambda bad: replace(PLAIN, files=(OutgoingFile(f"a{bad}.txt", "text/plain", b""),)),
    "content id": lambda bad: replace(PLAIN, files=(OutgoingFile("a", "image/png", b"", f"a{bad}@b"),)),
}


@pytest.mark.parametrize("evil", EVIL, ids=ascii)
@pytest.mark.parametrize("field", HEADER_FIELDS)
def test_a_control_character_in_a_header_is_refused(field: str, evil: str) -> None:
    with pytest.raises(ValueError):
        compose(HEADER_FIELDS[field](evil))


def test_a_control_character_in_the_type_of_a_file_goes_nowhere() -> None:
    raw = compose(replace(PLAIN, files=(OutgoingFile("a", "text/plain\r\nX: y", b"a"),)))
    assert b"X: y" not in raw
    assert b"Content-Type: application/octet-stream\r\n" in raw


@pytest.mark.parametrize(
    "address",
    [
        "", "jonas", "@example.net", "jonas@", "jo nas@example.net", "a@b@c", "<jonas@example.net>",
        "jonas@exa mple.net", "jonas@example..net", "jonas@.net", "a@b> SIZE=1", "a,b@example.net",
        "a@example.net,b", '"a@example.net',
        "jonas@" + "x" * 400 + ".net", "jonas@ž" + "x" * 70 + ".net",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_sent_to_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        compose(replace(PLAIN, to=(Address("", address),)))


@pytest.mark.parametrize(
    "name",
    ["From", "subject", "BCC", "Content-Type", "content-id", "Mime-Version", "Date", "a b", "", "a:b", "ž", 71 * "x"],
)
def test_an_extra_header_never_replaces_one_of_ours_and_has_a_real_name(name: str) -> None:
    with pytest.raises(ValueError):
        compose(replace(PLAIN, extra=((name, "x"),)))


@pytest.mark.parametrize(
    "broken",
    [
        {"date": datetime(2026, 11, 21)},  # noqa: DTZ001 - the naive date is what is refused
        {"message_id": ""}, {"message_id": "no-at"}, {"message_id": "<a@b>"}, {"message_id": "a b@c"},
        {"message_id": "a@ž"}, {"message_id": "a" * 950 + "@b"}, {"auto_submitted": "yes"}, {"from_address": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_of_ours_in_the_wrong_form_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        compose(replace(PLAIN, **broken))


# --- headers ---

SUBJECTS = [
    "x",
    "[#1042] Re: order",
    "two  blanks and   three",
    " a blank in front",
    "a blank behind ",
    "Ačiū už pagalbą",
    "Не работает вход в личный кабинет, помогите, пожалуйста, очень срочно нужно сегодня до вечера",
    "日本語の件名がとても長いので折り返しが必要になりますよね、そうですよね、はい",
    "🖨️ does not print 👩‍👩‍👧‍👦 🇱🇹",
    "=?utf-8?q?not_an_encoded_word?=",
    "half of one =?utf-8?q? and on",
    "word " * 100 + "end",
    "x" * 300,
    "x" * 2000,
    "ž" * 2000,
    "ends:with: colons: " * 10 + ".",
    "a  " * 60 + "b",
    "semi; colon, comma <brackets> (parens) \"quotes\" \\ back",
]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: ascii(subject)[:30])
def test_any_subject_reads_back_as_it_was_in_lines_that_fit(subject: str) -> None:
    raw = compose(replace(PLAIN, subject=subject))
    assert email.message_from_bytes(raw, policy=email.policy.default)["Subject"] == subject
    lines = header_lines(raw, "Subject").split(b"\r\n")
    assert lines[0].startswith(b"Subject: ")
    assert not [line for line in lines if not line.strip()], "no line of blanks alone (RFC 5322 §3.2.2)"
    longest = 998 if any(len(word) > 60 for word in subject.split(" ")) and subject.isascii() else 76
    assert max(map(len, lines)) <= longest


NAMES = [
    "Anna",
    "Anna Petrova",
    "Petrova, Anna",
    'Anna "Anya" Petrova',
    "back \\ slash",
    "anna@example.org",
    "Support (Acme)",
    "Acme Inc.",
    "Служба поддержки «Ромашка» — отдел по работе с клиентами и партнёрами",
    "Žemaitė",
    "=?utf-8?q?Anna?=",
    "two  blanks",
    " edges ",
    "long " * 40 + "name",
    "日本語のとても長い表示名がここにありますのでふたつの語に分かれます",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
@pytest.mark.parametrize("field", ["From", "To", "Cc", "Reply-To"])
def test_any_display_name_reads_back_as_it_was(name: str, field: str) -> None:
    someone = Address(name, "anna@example.org")
    fields: dict[str, Any] = {"To": {"to": (someone,)}, "Cc": {"cc": (someone,)}, "Reply-To": {"reply_to": someone}}
    mail = replace(PLAIN, **fields.get(field, {"from_name": name, "from_address": someone.address}))
    assert addresses(read(mail), field) == [(name, "anna@example.org")]
    assert max(map(len, header_lines(compose(mail), field).split(b"\r\n"))) <= 90


def test_many_recipients_are_folded_between_addresses() -> None:
    everybody = tuple(Address(f"Customer {number}", f"customer{number}@example.net") for number in range(200))
    raw = compose(replace(PLAIN, to=everybody, cc=tuple(replace(one, name="") for one in everybody)))
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert addresses(found, "To") == [(one.name, one.address) for one in everybody]
    assert addresses(found, "Cc") == [("", one.address) for one in everybody]
    assert max(map(len, lines_of(raw))) <= 76


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("jonas@žalgiris.example", b"<jonas@xn--algiris-cxb.example>"),
        ("анна@example.net", "<анна@example.net>".encode()),
        ("анна@почта.example", "<анна@xn--80a1acny.example>".encode()),
        ("john..doe@example.net", b"<john..doe@example.net>"),
        ('"john doe"@example.net', b'<"john doe"@example.net>'),
        ("root@[192.0.2.1]", b"<root@[192.0.2.1]>"),
        ("o'neil+x=y/z@sub_1.example.net", b"<o'neil+x=y/z@sub_1.example.net>"),
    ],
)
def test_an_address_is_sent_as_it_is_and_its_domain_as_ascii(address: str, sent: bytes) -> None:
    mail = replace(PLAIN, to=(Address("Jonas", address),))
    assert sent in header_lines(compose(mail), "To")


@pytest.mark.parametrize("field", ["from_address", "to", "cc", "reply_to"])
def test_only_a_local_part_beyond_ascii_needs_smtputf8(field: str) -> None:
    for address, needed in (("анна@example.net", True), ("anna@почта.example", False), ("anna@example.net", False)):
        someone = Address("Анна", address)
        value: Any = {"from_address": address, "reply_to": someone}.get(field, (someone,))
        mail = replace(PLAIN, **{field: value})
        assert needs_smtputf8(mail) is needed
        assert compose(mail).partition(b"\r\n\r\n")[0].isascii() is not needed


# --- threading ---


@pytest.mark.parametrize("number", [1, 2, 20, 500])
@pytest.mark.parametrize("length", [10, 60, 250])
def test_references_keep_the_first_and_the_newest_within_1000_bytes(number: int, length: int) -> None:
    ids = tuple(f"{index:05}{'x' * length}@example.net" for index in range(number))
    raw = compose(replace(PLAIN, references=ids))
    line = header_lines(raw, "References")
    assert len(line) + 2 <= 1000
    found = [one[1:-1] for one in line.decode().split()[1:]]
    assert found[0] == ids[0]
    assert found[1:] == list(ids[number - len(found) + 1 :])
    assert len(found) == number or len(line) > 1000 - 2 * (length + 25), "no more is left out than needed"


@pytest.mark.parametrize("odd", ["", "a b@c", "<a@b>", "пример@example.net", "a>b@c", "x" * 901])
def test_an_id_of_others_that_cannot_stand_in_a_header_is_left_out(odd: str) -> None:
    found = read(replace(PLAIN, in_reply_to=odd, references=(odd, "a@b", odd, "c@d", "a@b")))
    assert "In-Reply-To" not in found
    assert found["References"] == "<a@b> <c@d>"


def test_an_id_without_an_at_is_referred_to_all_the_same() -> None:
    assert read(replace(PLAIN, in_reply_to="no-at-in-here"))["In-Reply-To"] == "<no-at-in-here>"


# --- the body ---

TEXTS = {
    "ascii": ("Hello\n", "7bit"),
    "line of 998": ("x" * 998 + "\n", "7bit"),
    "line of 999": ("x" * 999 + "\n", "quoted-printable"),
    "lithuanian": ("Laba diena, Jonai,\n\nlabai apgailestaujame, kad teko laukti.\nPagarbiai\n", "7bit"),
    "lithuanian with letters": ("Ačiū, kad parašėte. Mes jau žiūrime, kas nutiko.\n", "quoted-printable"),
    "russian": ("Здравствуйте, Анна!\n\nМы уже разбираемся.\n" * 20, "base64"),
    "one blank at the end of lines": ("Ačiū \n-- \nAnna\n", "quoted-printable"),
    "dots": (".\n..\n.a\n", "7bit"),
    "from lines": ("From here on\nFrom there\n", "7bit"),
    "nul": ("a\0b\n", "quoted-printable"),
    "emoji": ("👍🏽\n", "base64"),
    "only line ends": ("\n\n\n", "7bit"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_is_sent_in_the_plainest_encoding_that_carries_it(text: str, encoding: str) -> None:
    raw = compose(replace(PLAIN, text=text))
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert found["Content-Transfer-Encoding"] == encoding
    assert found.get_payload(decode=True) == text.replace("\n", "\r\n").encode()
    assert raw.isascii()
    assert max(map(len, lines_of(raw))) <= (998 if encoding == "7bit" else 76)


@pytest.mark.parametrize("text", ["a\r\nb\rc\nd", "a\nb\nc\nd\n", "a\r\nb\r\nc\r\nd\r\n"])
def test_all_line_ends_become_crlf_and_the_last_line_has_one(text: str) -> None:
    assert compose(replace(PLAIN, text=text)).endswith(b"\r\n\r\na\r\nb\r\nc\r\nd\r\n")


def shape(part: Any) -> Any:
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        return (part.get_content_type(), *(shape(one) for one in part.iter_parts()))
    return part.get_content_type()


PICTURE = OutgoingFile("logo.png", "image/png", b"\x89PNG", "logo@example.org")
PAPER = OutgoingFile("paper.pdf", "application/pdf", b"%PDF")


@pytest.mark.parametrize(
    ("html", "files", "expected"),
    [
        (None, (), "text/plain"),
        ("<p>", (), ("multipart/alternative", "text/plain", "text/html")),
        (None, (PAPER,), ("multipart/mixed", "text/plain", "application/pdf")),
        (
            "<p>", (PAPER, PAPER),
            ("multipart/mixed", ("multipart/alternative", "text/plain", "text/html"), *["application/pdf"] * 2),
        ),
        (
            "<p>", (PICTURE,),
            ("multipart/alternative", "text/plain", ("multipart/related", "text/html", "image/png")),
        ),
        (
            "<p>", (PAPER, PICTURE),
            ("multipart/mixed",
             ("multipart/alternative", "text/plain", ("multipart/related", "text/html", "image/png")),
             "application/pdf"),
        ),
        (None, (PICTURE,), ("multipart/mixed", "text/plain", "image/png")),
    ],
    ids=["text", "html", "file", "html and files", "picture in html", "all", "picture without html"],
)  # fmt: skip
def test_parts_stand_where_clients_look_for_them(
    html: str | None, files: tuple[OutgoingFile, ...], expected: Any
) -> None:
    found = read(replace(PLAIN, html=html, files=files))
    assert shape(found) == expected
    assert [part["Content-ID"] for part in found.walk() if part["Content-ID"]] == [
        f"<{file.content_id}>" for file in files if file.content_id
    ]


FILE_NAMES = [
    "a.txt", "two words.pdf", 'quo"te\\s.txt', "Счёт на оплату № 1042 от 21 ноября.pdf", "ž.png", "=?utf-8?q?x?=.txt",
    "a" * 55, "a" * 56, "x" * 300 + ".txt", "ž" * 200 + ".txt", "100% sure*'.txt", "日本語.docx", "semi;colon.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", FILE_NAMES, ids=lambda name: ascii(name)[:30])
def test_any_file_name_reads_back_as_it_was(name: str) -> None:
    raw = compose(replace(PLAIN, files=(OutgoingFile(name, "application/octet-stream", b"x"),)))
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert [file.get_filename() for file in found.iter_attachments()] == [name]
    assert max(map(len, lines_of(raw))) <= 100
    assert raw.isascii()


@pytest.mark.parametrize(
    ("kind", "content", "sent"),
    [
        ("image/PNG", b"\x89PNG", "image/png"),
        ("text/csv", "ąč\n".encode(), "text/csv"),
        ("text/csv", b"\xe0\xe8\n", "text/csv"),
        ("nonsense", b"x", "application/octet-stream"),
        ("multipart/mixed", b"x", "application/octet-stream"),
        ("text/plain; charset=x", b"x", "application/octet-stream"),
        ("message/rfc822", b"Subject: x\n\nbody\n", "message/rfc822"),
        ("message/rfc822", "Subject: ž\n\nbody\n".encode(), "application/octet-stream"),
        ("message/rfc822", b"Subject: x\n\n" + b"y" * 1200, "application/octet-stream"),
        ("message/rfc822", b"", "application/octet-stream"),
        ("message/delivery-status", b"x", "application/octet-stream"),
    ],
)
def test_a_file_keeps_its_bytes_and_its_type_if_it_can(kind: str, content: bytes, sent: str) -> None:
    (file,) = read(replace(PLAIN, files=(OutgoingFile("f", kind, content),))).iter_attachments()
    assert file.get_content_type() == sent
    if sent == "message/rfc822":
        assert file["Content-Transfer-Encoding"] == "7bit"
        assert cast(EmailMessage, file.get_content())["Subject"] == "x"
    else:
        assert file.get_payload(decode=True) == content
    assert file.get_param("charset") == ("utf-8" if kind == "text/csv" and content == "ąč\n".encode() else None)


def test_a_text_that_holds_our_boundary_does_not_end_its_part() -> None:
    html = replace(PLAIN, html="<p>x</p>")
    boundary = read(html).get_boundary()
    found = read(replace(html, text=f"a\n--{boundary}--\nb\n"))
    assert text_of(found) == f"a\n--{boundary}--\nb\n"
    assert found.get_boundary() != boundary


# --- the same as EmailMessage, for anything ---


def by_the_library(mail: Outgoing, *, read_back: bool = True) -> EmailMessage:
    """Build the same mail with EmailMessage, write it and read it back."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = email.headerregistry.Address(mail.from_name, addr_spec=mail.from_address)
    message["To"] = [email.headerregistry.Address(one.name, addr_spec=one.address) for one in mail.to]
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.message_id}>"
    message.set_content(mail.text)
    raw = message.as_bytes()
    return email.message_from_bytes(raw, policy=email.policy.default) if read_back else message


def test_it_is_several_times_as_fast_as_emailmessage() -> None:
    """Two mails go out for each that comes in; EmailMessage alone would be the slowest part of the way."""

    def seconds(build: Callable[[], object]) -> float:
        return min(timeit.repeat(build, number=20, repeat=5))

    assert seconds(lambda: compose(PLAIN)) * 4 < seconds(lambda: by_the_library(PLAIN, read_back=False))


LETTERS = st.characters(exclude_categories=("Cc", "Cs"))
READABLE = st.text(st.sampled_from("abc XYZ,;:.\"\\()<>@=?_-ąčęžшщыя日👍é"), max_size=120)


@given(READABLE, READABLE, st.text(st.sampled_from("abc .=-_\n\tąшя👍"), max_size=300))
def test_it_says_the_same_as_emailmessage(subject: str, name: str, text: str) -> None:
    subject, name = " ".join(subject.split()), " ".join(name.split())
    mail = replace(PLAIN, subject=subject, from_name=name, to=(Address(name, "jonas@example.net"),), text=text)
    ours, theirs = read(mail), by_the_library(mail)
    assert ours["Subject"] == subject
    assert addresses(ours, "From") == [(name, "support@example.org")]
    assert addresses(ours, "To") == [(name, "jonas@example.net")]
    assert text_of(ours).removesuffix("\n") == text_of(theirs).removesuffix("\n") == text.removesuffix("\n")


@given(st.text(LETTERS, max_size=200), st.text(LETTERS, max_size=80), st.text(LETTERS, min_size=1, max_size=80))
def test_any_text_in_a_header_reads_back_as_it_was(subject: str, name: str, file_name: str) -> None:
    mail = replace(PLAIN, subject=subject, from_name=name, files=(OutgoingFile(file_name, "a/b", b"x"),))
    raw = compose(mail)
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert found["Subject"] == subject
    assert addresses(found, "From") == [(name, "support@example.org")]
    assert [file.get_filename() for file in found.iter_attachments()] == [file_name.strip()], "the reader strips it"
    assert raw.isascii()
    assert max(map(len, lines_of(raw))) <= 998


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_any_body_reads_back_as_it_was_but_for_its_line_ends(text: str) -> None:
    raw = compose(replace(PLAIN, text=text, html=text))
    found = email.message_from_bytes(raw, policy=email.policy.default)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    for part in found.iter_parts():
        assert part.get_payload(decode=True) == lines.replace("\n", "\r\n").encode()
    assert raw.isascii()
    assert max(map(len, lines_of(raw))) <= 998


@given(st.binary(max_size=3000))
def test_any_file_arrives_byte_for_byte(content: bytes) -> None:
    (file,) = read(replace(PLAIN, files=(OutgoingFile("f", "application/x", content),))).iter_attachments()
    assert file.get_payload(decode=True) == content
