"""Authentication-Results as RFC 8601, Gmail and Microsoft 365 write it, the tree walk of DMARC, and our own DKIM check."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.mail.authentication import read_results
from mailbridge.mail.dkim import check_dkim, names_to_ask
from mailbridge.mail.dmarc import aligned, organisational_domain, policy, walk
from mailbridge.mail.dmarc import names_to_ask as dmarc_names

READ = [
    ("RFC 8601, nothing done", "mx.example.org 1; none", "mx.example.org", []),
    ("RFC 8601, service provided", "example.com; spf=pass smtp.mailfrom=example.net", "example.com", [("spf", "pass")]),
    ("several methods", "example.com; auth=pass (cram-md5) smtp.auth=a@example.com; spf=fail smtp.mailfrom=example.com", "example.com",
     [("auth", "pass"), ("spf", "fail")]),
    ("comments everywhere",
     'foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot) . '
     'expired (yes) = 1362471462', "foo.example.net", [("dkim", "fail")]),
    ("nested comments", "a.example; spf=pass (a (b; dmarc=pass) c) smtp.mailfrom=x.example", "a.example", [("spf", "pass")]),
    ("folded by tabs", "a.example;\tdkim=pass header.d=x.example;\tdmarc=pass header.from=x.example", "a.example", [("dkim", "pass"),
     ("dmarc", "pass")]),
    ("no space", "a.example;dkim=pass;spf=none", "a.example", [("dkim", "pass"), ("spf", "none")]),
    ("Microsoft 365", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.example; dkim=none", "microsoft365", [("spf", "pass"), ("dkim",
     "none")]),
    ("nameless of somebody else", "spf=pass smtp.mailfrom=x.example", "", [("spf", "pass")]),
    ("an open quote swallows the rest", 'a.example; spf=pass smtp.mailfrom="x; dmarc=pass', "a.example", []),
    ("an open comment swallows the rest", "a.example; spf=pass (x; dmarc=pass", "a.example", []),
    ("empty", "", "", []),
]


@pytest.mark.parametrize(("value", "authserv_id", "results"), [case[1:] for case in READ], ids=[case[0] for case in READ])
def test_header_is_read(value: str, authserv_id: str, results: list[tuple[str, str]]) -> None:
    found = read_results(value)
    assert (found.authserv_id, [(one.method, one.result) for one in found.results]) == (authserv_id, results)


def test_properties_are_read_with_their_domains() -> None:
    result = read_results('a.example; dkim=pass header.i="@News.Example" header.s=k1; spf=pass smtp.mailfrom=Ann@Example.org').results
    assert (result[0].domain("header.d", "header.i"), result[0].property("header.s"),
        result[1].domain("smtp.mailfrom")) == ("news.example", "k1", "example.org")


@given(st.text(alphabet="a;=()\"\\ .@\t"))
def test_no_header_makes_the_reader_stumble(value: str) -> None:
    found = read_results(value)
    assert all(one.method and one.result for one in found.results)


RECORDS = {"_dmarc.example.co.uk": "v=DMARC1; p=reject; sp=quarantine", "_dmarc.co.uk": "v=DMARC1; psd=y; p=none",
    "_dmarc.sub.example.org": "v=DMARC1; p=none",
           "_dmarc.example.org": "v=DMARC1; p=quarantine", "_dmarc.own.example.net": "v=DMARC1; p=none; psd=n",
               "_dmarc.example.net": "v=DMARC1; p=reject",
           "_dmarc.broken.example": "p=reject; v=DMARC1"}


@pytest.mark.parametrize(("domain", "organisation"), [
    ("mail.example.co.uk", "example.co.uk"), ("example.co.uk", "example.co.uk"), ("a.b.sub.example.org", "example.org"),
    ("x.own.example.net", "own.example.net"), ("nobody.example", "nobody.example"), ("a.broken.example", "a.broken.example"),
    ("shop.other.co.uk", "other.co.uk"),
])
def test_tree_walk_finds_the_organisational_domain(domain: str, organisation: str) -> None:
    assert organisational_domain(domain, RECORDS) == organisation


def test_tree_walk_asks_at_most_eight_names() -> None:
    assert walk("a.b.c.d.e.f.g.h.i.j.mail.example.org") == (
        "a.b.c.d.e.f.g.h.i.j.mail.example.org", "g.h.i.j.mail.example.org", "h.i.j.mail.example.org", "i.j.mail.example.org",
            "j.mail.example.org",
        "mail.example.org", "example.org", "org")
    assert dmarc_names("example.org", "example.org") == ("_dmarc.example.org", "_dmarc.org")


@pytest.mark.parametrize(("proven", "author", "is_aligned"), [
    ("example.org", "mail.example.org", True), ("other.example.org", "mail.example.org", True), ("example.co.uk", "example.org", False),
    ("evil.co.uk", "shop.other.co.uk", False), ("co.uk", "nothing.example", False), ("uk", "example.uk", False), ("", "example.org", False),
])
def test_alignment_by_dns(proven: str, author: str, *, is_aligned: bool) -> None:
    assert aligned(proven, author, RECORDS) is is_aligned


def test_policy_of_a_subdomain_is_the_one_published_for_subdomains() -> None:
    assert (policy("example.co.uk", RECORDS), policy("mail.example.co.uk", RECORDS), policy("nobody.example", RECORDS)) == ("reject",
        "quarantine", "")


MESSAGE = b"From: Ann <ann@example.org>\r\nTo: help@desk.example\r\nSubject: Printer\r\n\r\nOut of paper.\r\n"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """A private key in PEM and the TXT record of its public half."""
    pytest.importorskip("dkim")
    path: Path = tmp_path_factory.mktemp("dkim") / "key.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, "1024"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", path, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    return path.read_bytes(), "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode("ascii")


def signed(key: tuple[bytes, str], message: bytes = MESSAGE, **options: object) -> bytes:
    import dkim

    signature = dkim.sign(message, b"s1", b"example.org", key[0], include_headers=[b"from", b"to", b"subject"], **options)
    return bytes(signature) + message


def test_good_signature_passes(key: tuple[bytes, str]) -> None:
    mail = signed(key)
    assert names_to_ask(mail) == ("s1._domainkey.example.org",)
    assert [(one.domain, one.result) for one in check_dkim(mail, {"s1._domainkey.example.org": key[1]})] == [("example.org", "pass")]


@pytest.mark.parametrize(("change", "result"), [
    (lambda mail: mail.replace(b"Out of paper", b"Out of pepper"), "fail"),
    (lambda mail: mail.replace(b"ann@example.org", b"eve@example.org"), "fail"),
    (lambda mail: mail.replace(b"s=s1", b"s=s2"), "permerror"),
    (lambda mail: mail.replace(b"a=rsa-sha256", b"a=nonsense"), "permerror"),
])
def test_changed_mail_or_unknown_key_does_not_pass(key: tuple[bytes, str], change: object, result: str) -> None:
    mail = change(signed(key))  # type: ignore[operator]
    answers = {"s1._domainkey.example.org": key[1], "s2._domainkey.example.org": ""}
    assert [one.result for one in check_dkim(mail, answers)] == [result]


def test_signature_over_a_part_of_the_body_never_passes(key: tuple[bytes, str]) -> None:
    mail = signed(key, length=True) + b"and something that nobody signed\r\n"
    assert [(one.result, one.reason) for one in check_dkim(mail, {"s1._domainkey.example.org": key[1]})] == [("permerror", "partial-body")]


def test_second_from_above_the_signed_one_does_not_pass(key: tuple[bytes, str]) -> None:
    mail = b"From: eve@evil.example\r\n" + signed(key)
    assert all(one.result != "pass" for one in check_dkim(mail, {"s1._domainkey.example.org": key[1]}))


def test_unsigned_mail_has_no_result() -> None:
    assert check_dkim(MESSAGE, {}) == ()


@given(st.binary(max_size=200))
def test_no_signature_makes_the_check_stumble(junk: bytes) -> None:
    pytest.importorskip("dkim")
    mail = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; h=from; bh=x; b=" + junk.replace(b"\n", b"") + b"\r\n" + MESSAGE
    assert all(one.result != "pass" for one in check_dkim(mail, {"s1._domainkey.example.org": "v=DKIM1; p=" + junk.hex()}))
