"""Our own check of a sender: which names are asked for, and what their answers prove."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbridge.decide.own_check import MOST_NAMES, judge_with_answers, names_to_ask
from mailbridge.decide.trust import Trust, TrustFacts
from mailbridge.mail.message import Mail
from mailbridge.mail.parse import read_mail
from tests.signing import key, key_at, signed

pytest.importorskip("dkim")

HEAD = b"To: help@example.org\r\nSubject: Printer\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"


def written_by(author: str, *more: bytes) -> bytes:
    return b"From: " + author.encode() + b"\r\n" + b"".join(more) + HEAD + b"\r\nIt is out of paper.\r\n"


def asks(raw: bytes) -> list[str]:
    return list(names_to_ask(raw, read_mail(raw)))


def judged(raw: bytes, answers: dict[str, str], facts: TrustFacts | None = None) -> tuple[str, ...]:
    """Return the trust and its reasons."""
    verdict = judge_with_answers(raw, read_mail(raw), facts or TrustFacts(), answers)
    return (verdict.trust.value, *verdict.reasons)


# ---- what is asked


def test_for_a_signature_of_the_senders_own_domain_only_its_key_is_asked_for():
    assert asks(signed(written_by("emma@example.com"))) == [key_at()]


def test_for_a_domain_beside_or_above_the_walk_to_both_is_asked_for():
    assert asks(signed(written_by("emma@shop.example.com"), domain="mail.example.com")) == [
        "s1._domainkey.mail.example.com", "_dmarc.shop.example.com", "_dmarc.example.com", "_dmarc.com", "_dmarc.mail.example.com"]


@pytest.mark.parametrize("raw", [
    written_by("emma@example.com"),
    signed(written_by("emma@example.com"), domain="newsletters.example"),
    signed(written_by("emma@example.com, bob@example.com")),
    b"From: bob@example.com\r\n" + signed(written_by("emma@example.com")),
    signed(written_by("undisclosed")),
    signed(written_by("emma@com"), domain="com"),
], ids=["unsigned", "signed by a newsletter service", "two authors", "two From", "no address", "no domain"])
def test_nothing_is_asked_where_no_answer_could_prove_anything(raw):
    assert asks(raw) == []


def test_a_hostile_mail_makes_us_ask_no_more_than_a_few_names():
    raw = written_by("emma@" + "a." * 20 + "example.com")
    for number in range(20):
        tags = f"v=1; a=rsa-sha256; h=from; bh=x; b=x; s=s{number}; d={'b.' * number}x{number}.example.com"
        raw = f"DKIM-Signature: {tags}\r\n".encode() + raw
    assert 8 < len(asks(raw)) <= MOST_NAMES
    assert sum("._domainkey." in name for name in asks(raw)) == 8


# ---- what the answers prove

KEY = key()[1]
OWN = signed(written_by("emma@example.com"))


@pytest.mark.parametrize("policy", ["", "v=DMARC1; p=none", "v=DMARC1; p=quarantine", "v=DMARC1; p=reject; adkim=s"])
def test_a_signature_of_the_senders_own_domain_proves_him_under_any_policy(policy):
    assert judged(OWN, {key_at(): KEY, "_dmarc.example.com": policy}) == ("aligned", "own-dkim")


@pytest.mark.parametrize("policy", ["v=DMARC1; p=quarantine", "v=DMARC1; p=reject"])
@pytest.mark.parametrize(("raw", "key_record", "note"), [
    (OWN.replace(b"out of paper", b"full of ink"), KEY, "dkim-body-changed"),
    (OWN.replace(b"Subject: Printer", b"Subject: Plotter"), KEY, "dkim-signature-does-not-match"),
    (OWN, "", "dkim-no-key"),
])
def test_without_a_good_signature_a_sender_stays_bare_whatever_the_policy_is(policy, raw, key_record, note):
    """SPF may still have passed, and we cannot know: who asks us to reject may mean another mail."""
    assert judged(raw, {key_at(): key_record, "_dmarc.example.com": policy}) == ("bare", "no-proof", note)


def test_an_unsigned_mail_under_a_policy_stays_bare():
    assert judged(written_by("emma@example.com"), {"_dmarc.example.com": "v=DMARC1; p=reject"}) == ("bare", "no-proof")


def test_a_silent_resolver_proves_and_blames_nothing():
    assert judged(OWN, {}) == ("bare", "no-proof", "dkim-no-answer")


def test_a_signature_of_somebody_else_proves_nothing():
    raw = signed(written_by("emma@example.com"), domain="evil.example")
    assert judged(raw, {key_at("evil.example"): KEY}) == ("bare", "no-proof", "dkim-of-another-domain")


def test_two_from_are_never_better_than_bare():
    raw = signed(written_by("emma@example.com, bob@example.com"))
    assert judged(raw, {key_at(): KEY})[:2] == ("bare", "several-from")
    raw = signed(b"From: bob@example.com\r\n" + written_by("emma@example.com"), include_headers=(b"from", b"from", b"subject"))
    assert judged(raw, {key_at(): KEY})[:2] == ("bare", "several-from")


def test_what_a_believed_server_said_against_the_sender_stays():
    results = b"Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\r\n"
    facts = TrustFacts(believed=True, authserv_ids=("mx.example.org",))
    assert judged(results + OWN, {key_at(): KEY}, facts)[0] == "failed"


BESIDE = signed(written_by("emma@shop.example.com"), domain="mail.example.com")
ABOVE = signed(written_by("emma@shop.example.com"), domain="example.com")
NOTHING = dict.fromkeys(["_dmarc.shop.example.com", "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com"], "")
KEYS = {key_at("mail.example.com"): KEY, key_at("example.com"): KEY}


@pytest.mark.parametrize(("raw", "policies", "trust"), [
    (BESIDE, {"_dmarc.example.com": "v=DMARC1; p=none"}, "aligned"),
    (BESIDE, {"_dmarc.example.com": "v=DMARC1; p=none; adkim=s"}, "bare"),
    (BESIDE, {"_dmarc.shop.example.com": "v=DMARC1; p=none; psd=n", "_dmarc.example.com": "v=DMARC1; p=none"}, "bare"),
    (BESIDE, {"_dmarc.example.com": "v=DMARC1; p=none; psd=y"}, "bare"),
    (BESIDE, {}, "bare"),
    (ABOVE, {}, "aligned"),
    (ABOVE, {"_dmarc.shop.example.com": "v=DMARC1; p=none; adkim=s"}, "bare"),
])
def test_a_domain_beside_or_above_speaks_for_the_sender_as_the_owner_says(raw, policies, trust):
    assert judged(raw, NOTHING | KEYS | policies)[0] == trust


@pytest.mark.parametrize("silent", ["_dmarc.shop.example.com", "_dmarc.example.com", "_dmarc.com"])
def test_a_domain_above_counts_only_when_it_is_known_what_the_owner_says(silent):
    answers = {name: record for name, record in (NOTHING | KEYS).items() if name != silent}
    assert judged(ABOVE, answers) == ("bare", "no-proof", "dkim-no-answer")


def test_the_verdict_needs_no_more_of_the_mail_than_its_author():
    mail = replace(read_mail(OWN), text="", html="")
    assert isinstance(mail, Mail)
    assert judge_with_answers(OWN, mail, TrustFacts(), {key_at(): KEY}).trust is Trust.ALIGNED
