"""Our own check of DKIM signatures: what was signed counts, and nothing that somebody put around it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.mail.dkim import LARGEST, MOST, _quick, check_dkim, names_to_ask
from tests.signing import key, key_at, signed

dkim = pytest.importorskip("dkim")

MAIL = b"From: Emma <emma@example.com>\r\nTo: help@example.org\r\nSubject: Printer\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n" \
       b"Message-ID: <1@example.com>\r\n\r\nIt is out of paper.\r\n"


def outcome(raw: bytes, answers: dict[str, str] | None = None) -> str:
    """Return `pass`, or why the only signature is none."""
    (one,) = check_dkim(raw, {key_at(): key()[1]} if answers is None else answers)
    return one.reason or one.result


@pytest.mark.parametrize("how", [(head, body) for head in (b"relaxed", b"simple") for body in (b"relaxed", b"simple")])
@pytest.mark.parametrize("text", [b"It is out of paper.\r\n", b"", b"\r\n\r\n", b"a  b \t c  \r\n\r\n \r\n", b"no line end",
                                  b"bare \r here\r\n"])
def test_every_canonical_form_is_known(how, text):
    mail = MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + text
    assert outcome(signed(mail, canonicalize=how)) == "pass"


def test_a_pipe_that_writes_line_feeds_breaks_nothing():
    assert outcome(signed(MAIL).replace(b"\r\n", b"\n")) == "pass"


def test_the_mbox_line_of_a_pipe_breaks_nothing():
    assert outcome(b"From emma@example.com Mon Nov 23 09:00:00 2026\r\n" + signed(MAIL)) == "pass"


UNSIGNED = [
    ("a second From", lambda raw: b"From: ceo@example.com\r\n" + raw),
    ("a second Subject", lambda raw: b"Subject: Pay at once\r\n" + raw),
    ("a second To", lambda raw: b"To: other@example.org\r\n" + raw),
    ("a type that makes the text an attachment", lambda raw: b"Content-Type: text/plain\r\nContent-Type: application/zip\r\n" + raw),
    ("two unsigned Reply-To", lambda raw: b"Reply-To: a@evil.example\r\nReply-To: b@evil.example\r\n" + raw),
    ("a bare CR, where others may end the line", lambda raw: b"X: a\rFrom: ceo@example.com\r\n" + raw),
    ("two bare CR, where others may end the head", lambda raw: b"X: a\rFrom: ceo@example.com\r\rPay at once\r\n" + raw),
    ("a bare CR before a line end", lambda raw: b"X: a\r\r\n" + raw),
    ("a NUL", lambda raw: b"X: a\0\r\n" + raw),
    ("a blank before the colon", lambda raw: b"X: a\r\nFrom : ceo@example.com\r\n" + raw),
    ("a From that looks like the line of an mbox", lambda raw: b"From : ceo@example.com\r\n" + raw),
    ("a line of an mbox in the head", lambda raw: b"X: a\r\nFrom ceo@example.com: hello\r\n" + raw),
    ("a line that is no field", lambda raw: b"X: a\r\nhello\r\n" + raw),
    ("an empty line above", lambda raw: b"\r\n" + raw),
    ("a byte order mark", lambda raw: b"\xef\xbb\xbf" + raw),
    ("a field without an end", lambda raw: raw.partition(b"\r\n\r\n")[0]),
]


@pytest.mark.parametrize("change", [change for _, change in UNSIGNED], ids=[name for name, _ in UNSIGNED])
def test_what_was_put_around_a_signed_mail_takes_the_proof_away(change):
    assert outcome(signed(MAIL)) == "pass"
    assert [one.result for one in check_dkim(change(signed(MAIL)), {key_at(): key()[1]})] in ([], ["fail"], ["permerror"])


def test_a_field_that_was_signed_as_often_as_it_is_there_may_be_there_twice():
    mail = b"To: other@example.org\r\n" + MAIL
    assert outcome(signed(mail, include_headers=(b"from", b"to", b"to", b"subject"))) == "pass"
    assert outcome(signed(mail, include_headers=(b"from", b"to", b"subject"))) == "added-headers"


@pytest.mark.parametrize(("options", "reason"), [
    ({"length": True}, "partial-body"),
    ({"signature_algorithm": b"rsa-sha1"}, "weak"),
    ({"bits": 512}, "weak"),
])
def test_what_is_no_proof_any_more_never_passes(options, reason):
    assert outcome(signed(MAIL, **options), {key_at(): key(options.get("bits", 1024))[1]}) == reason


@pytest.mark.parametrize(("answers", "result", "reason"), [
    ({}, "temperror", "no-answer"),
    ({key_at(): ""}, "permerror", "no-key"),
    ({key_at(): "v=DKIM1; k=rsa; p="}, "fail", "signature-does-not-match"),
    ({key_at(): key(name="another")[1]}, "fail", "signature-does-not-match"),
    ({key_at(): "v=DKIM1; k=ed25519; p=AAAA"}, "permerror", "not-valid"),
    ({key_at("other.example"): key()[1]}, "temperror", "no-answer"),
])
def test_without_the_right_key_nothing_passes(answers, result, reason):
    (one,) = check_dkim(signed(MAIL), answers)
    assert (one.result, one.reason) == (result, reason)


def test_an_old_signature_does_not_count_for_ever():
    raw = signed(MAIL)
    expired = raw.replace(b"q=dns/txt;", b"q=dns/txt; x=1000000000;")
    assert outcome(expired) == "not-valid"


def test_each_signature_has_a_result_of_its_own():
    raw = signed(signed(MAIL), domain="lists.example")
    answers = {key_at(): key()[1], key_at("lists.example"): ""}
    assert [(one.domain, one.result) for one in check_dkim(raw, answers)] == [("lists.example", "permerror"), ("example.com", "pass")]


def test_only_so_many_signatures_are_looked_at():
    raw = b"DKIM-Signature: v=1; d=junk.example; s=s1; h=from; a=rsa-sha256; bh=x; b=x\r\n" * 50 + signed(MAIL)
    assert len(check_dkim(raw, {key_at(): key()[1]})) == MOST
    assert names_to_ask(raw) == ("s1._domainkey.junk.example",)


@pytest.mark.parametrize("tags", [b"d=exa mple", b"d=" + b"x" * 64 + b".com", b"d=" + b"a." * 130 + b"com", b"d=a..b", b"d=com",
                                  b"d=a/../b.com", b"d=\xd0\xb0.com", b"d=", b""])
def test_a_name_that_cannot_be_is_not_asked_for(tags):
    raw = b"DKIM-Signature: v=1; a=rsa-sha256; s=s1; h=from; bh=x; b=x; " + tags + b"\r\n" + MAIL
    assert all(len(name) < 254 and ".." not in name and name.count(".") >= 2 for name in names_to_ask(raw))
    assert [one.result for one in check_dkim(raw, {})] in (["permerror"], ["temperror"])


# ---- time


@pytest.mark.parametrize("text", [b" " * 1_000_000, b"\t \t" * 300_000 + b"\n", b"\r\n" * 1_000_000, b"\r" + b"\r\n" * 500_000,
                                  b"a\n" * 1_000_000, b" \n" * 500_000],
                         ids=["blanks", "tabs", "empty lines", "after a bare CR", "short lines", "blank lines"])
def test_no_body_makes_the_check_slow(text):
    raw = signed(MAIL) + text
    started = time.process_time()
    assert outcome(raw) in ("pass", "body-changed")
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize("junk", [b" " * 30_000, b"\r\n " * 10_000, b"a" * 100_000, b" a" * 30_000, b"=" * 100_000],
                         ids=["blanks", "folds", "letters", "words", "signs"])
@pytest.mark.parametrize("tag", [b"b", b"bh", b"h", b"d", b"z"])
def test_no_signature_makes_the_check_slow(tag, junk):
    raw = signed(MAIL).replace(b" " + tag + b"=", b" " + tag + b"=" + junk, 1).replace(b"q=dns/txt;", b"z=" + junk + b";") * 1
    started = time.process_time()
    assert outcome(raw) != "pass"
    assert time.process_time() - started < 0.5


def test_no_head_makes_the_check_slow():
    fields = b"".join(b"X-%d: a\r\n" % number for number in range(20_000))
    names = b":".join(b"x-%d" % number for number in range(5_000))
    raw = fields + signed(MAIL).replace(b"h=from", b"h=" + names + b":from")
    started = time.process_time()
    assert outcome(raw) != "pass"
    assert outcome(fields + signed(MAIL)) == "pass"
    assert time.process_time() - started < 1.5


def test_a_mail_too_large_to_check_has_no_proof():
    assert outcome(signed(MAIL) + b"x" * LARGEST) == "too-large"
    assert check_dkim(b"X: " + b"a" * 300_000 + b"\r\n" + signed(MAIL), {}) == ()


def test_a_mail_full_of_work_is_checked_only_as_often_as_there_is_time_for(monkeypatch):
    raw, answers = MAIL + b"a\t" * 50_000, {key_at(selector=f"s{number}"): key()[1] for number in range(5)}
    for number in range(5):
        raw = signed(raw, selector=f"s{number}")
    monkeypatch.setattr("mailbridge.mail.dkim.MOST_WORK", 3 * 10 * 60_000)
    found = [one.reason or one.result for one in check_dkim(raw, answers)]
    assert found == ["pass"] * 3 + ["too-large"] * 2


BODY = st.text(alphabet=" \t\r\nab", max_size=60).map(str.encode)


@given(BODY)
def test_the_quick_way_leaves_the_canonical_form_as_it_is(body):
    for relaxed, form in ((True, dkim.canonicalization.Relaxed), (False, dkim.canonicalization.Simple)):
        raw = b"From: a@example.com\r\n\r\n" + body
        plain, quick = dkim.rfc822_parse(raw), dkim.rfc822_parse(_quick(raw, relaxed))
        assert plain[0] == quick[0]
        assert form.canonicalize_body(plain[1]) == form.canonicalize_body(quick[1])
