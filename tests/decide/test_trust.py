"""How well a sender is proven: what counts, and every header that a sender could have written himself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbridge.decide.trust import Trust, TrustFacts, judge_trust, stronger
from mailbridge.mail.dkim import DkimResult
from mailbridge.mail.message import Address, Mail

OURS = "Received: from mail.example.org by mx.desk.example (Postfix) with ESMTPS id 1; Mon, 2 Nov 2026 10:00:00 +0200"
THEIRS = "Received: from laptop by mail.example.org with ESMTPSA id 2"
PASS = "Authentication-Results: mx.desk.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.org"
BELIEVED = TrustFacts(believed=True, authserv_ids=("mx.desk.example",))
MICROSOFT = TrustFacts(believed=True, authserv_ids=("microsoft365",))


def mail(*headers: str, sender: str = "ann@example.org") -> Mail:
    pairs = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in headers))
    return Mail(sha256="0", size=0, from_=(Address("", sender),), headers=(*pairs, ("from", sender)))


VERDICTS = [
    ("DMARC pass of our server", [PASS, OURS], BELIEVED, Trust.ALIGNED),
    ("DMARC pass below our own Received, as Gmail writes it", [OURS, PASS, THEIRS], BELIEVED, Trust.ALIGNED),
    ("an inner hop of our house above", ["Received: by imap.desk.example with LMTP", PASS, OURS], BELIEVED, Trust.ALIGNED),
    ("an inner hop without a domain above", ["Received: by localhost (Dovecot) with LMTP", PASS, OURS], BELIEVED, Trust.ALIGNED),
    ("DMARC fail", [PASS.replace("pass", "fail"), OURS], BELIEVED, Trust.FAILED),
    ("the same, but the way it came is not to be believed", [PASS.replace("pass", "fail"), OURS], replace(BELIEVED, believed=False),
     Trust.BARE),
    ("DMARC pass that nobody may bring us", [PASS, OURS], replace(BELIEVED, believed=False), Trust.BARE),
    ("an authserv-id that is not named", [PASS.replace("mx.desk", "mx.evil"), OURS], BELIEVED, Trust.BARE),
    ("no name at all is believed", [PASS, OURS], replace(BELIEVED, authserv_ids=()), Trust.BARE),
    ("pasted in below the sender's own server", [OURS, THEIRS, PASS], BELIEVED, Trust.BARE),
    ("pasted in below a real one that found nothing", [
        "Authentication-Results: mx.desk.example; dmarc=none header.from=example.org; dkim=none; "
         "spf=none", OURS, PASS], BELIEVED, Trust.BARE),
    ("pasted in below a real one that failed", [PASS.replace("pass", "fail"), OURS, PASS], BELIEVED, Trust.FAILED),
    ("a foreign one above ours, no foreign hop", [PASS.replace("mx.desk", "filter.desk").replace("pass", "fail"), PASS, OURS], BELIEVED,
     Trust.ALIGNED),
    ("DMARC of another domain", [PASS.replace("header.from=example.org", "header.from=evil.example"), OURS], BELIEVED, Trust.BARE),
    ("DMARC of a registry", [PASS.replace("header.from=example.org", "header.from=org"), OURS], BELIEVED, Trust.BARE),
    ("aligned DKIM, no DMARC", ["Authentication-Results: mx.desk.example; dkim=pass header.d=example.org", OURS], BELIEVED, Trust.ALIGNED),
    ("DKIM by header.i", ["Authentication-Results: mx.desk.example; dkim=pass header.i=@example.org header.s=a header.b=x", OURS],
     BELIEVED, Trust.ALIGNED),
    ("DKIM of a stranger", ["Authentication-Results: mx.desk.example; dkim=pass header.d=mailer.example", OURS], BELIEVED, Trust.BARE),
    ("DKIM of a subdomain, which may be anybody's", ["Authentication-Results: mx.desk.example; dkim=pass header.d=sites.example.org",
     OURS], BELIEVED, Trust.BARE),
    ("DKIM of a look-alike ending", ["Authentication-Results: mx.desk.example; dkim=pass header.d=notexample.org", OURS], BELIEVED,
     Trust.BARE),
    ("aligned SPF", ["Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=bounces@example.org", OURS], BELIEVED, Trust.ALIGNED),
    ("SPF of the helo name", ["Authentication-Results: mx.desk.example; spf=pass smtp.helo=example.org", OURS], BELIEVED, Trust.BARE),
    ("SPF of a stranger", ["Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=x@evil.example", OURS], BELIEVED, Trust.BARE),
    ("a result hidden in a quoted local part", [
        'Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom="a; dmarc=pass '
            'header.from=example.org"@evil.example', OURS], BELIEVED, Trust.BARE),
    ("a result hidden in a comment", [
        "Authentication-Results: mx.desk.example; spf=fail (bad; dmarc=pass header.from=example.org) smtp.mailfrom=x@evil.example", OURS],
     BELIEVED, Trust.BARE),
    ("two results that contradict", [
        "Authentication-Results: mx.desk.example; dmarc=none header.from=example.org; dmarc=pass "
         "header.from=example.org", OURS], BELIEVED, Trust.BARE),
    ("DMARC that could not be asked", ["Authentication-Results: mx.desk.example; dmarc=temperror header.from=example.org", OURS],
     BELIEVED, Trust.BARE),
    ("Microsoft 365", [
        "Received: from A.eurprd.prod.outlook.com by B.eurprd.prod.outlook.com with HTTPS",
        "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=pass (signature was verified) "
        "header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100",
        "Received: from mail.example.org by C.mail.protection.outlook.com"], MICROSOFT, Trust.ALIGNED),
    ("Microsoft 365 with the recipient's domain in the middle", [
        "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; desk.example; dkim=none (message not signed) "
        "header.d=none;desk.example; dmarc=pass action=none header.from=example.org;", THEIRS], MICROSOFT, Trust.ALIGNED),
    ("Microsoft 365's form where it is not named", [
        "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dmarc=pass action=none "
         "header.from=example.org"],
     BELIEVED, Trust.BARE),
    ("Gmail", [
        "Delivered-To: help@desk.example", "Received: by 2002:a05:6000:1 with SMTP id x; Mon, 2 Nov 2026 00:00:00 -0800 (PST)",
        "Received: from mail.example.org (mail.example.org. [192.0.2.1]) by mx.google.com with ESMTPS id x",
        "Authentication-Results: mx.google.com; dkim=pass header.i=@example.org header.s=s1 header.b=abc; spf=pass (google.com: domain of "
        "ann@example.org designates 192.0.2.1 as permitted sender) smtp.mailfrom=ann@example.org; dmarc=pass (p=NONE sp=NONE dis=NONE) "
        "header.from=example.org"], TrustFacts(believed=True, authserv_ids=("mx.google.com",)), Trust.ALIGNED),
    ("nothing said", [OURS], BELIEVED, Trust.BARE),
    ("a version behind the name", [PASS.replace("mx.desk.example;", "mx.desk.example 1;"), OURS], BELIEVED, Trust.ALIGNED),
    ("a name in capitals", [PASS.replace("mx.desk.example", "MX.Desk.Example"), OURS], BELIEVED, Trust.ALIGNED),
]


@pytest.mark.parametrize(("headers", "facts", "trust"), [case[1:] for case in VERDICTS], ids=[case[0] for case in VERDICTS])
def test_authentication_results(headers: list[str], facts: TrustFacts, trust: Trust) -> None:
    assert judge_trust(mail(*headers), facts).trust is trust


@pytest.mark.parametrize(("user", "trust"), [
    ("ann@example.org", Trust.SUBMITTED), ("Ann@Example.org", Trust.SUBMITTED), ("bob@example.org", Trust.BARE), (None, Trust.BARE)])
def test_submission_proves_its_own_address_only(user: str | None, trust: Trust) -> None:
    assert judge_trust(mail(), TrustFacts(authenticated_as=user)).trust is trust


def test_several_mailboxes_in_from_are_never_better_than_bare() -> None:
    two = replace(mail(PASS, OURS), from_=(Address("", "ann@example.org"), Address("", "bob@example.org")))
    verdict = judge_trust(two, replace(BELIEVED, authenticated_as="ann@example.org"))
    assert (verdict.trust, verdict.reasons[0]) == (Trust.BARE, "several-from")


def test_two_from_headers_are_never_better_than_bare() -> None:
    assert judge_trust(mail(PASS, OURS, "From: ann@example.org"), BELIEVED).trust is Trust.BARE


def test_several_from_that_failed_stay_failed() -> None:
    two = replace(mail(PASS.replace("pass", "fail")), from_=(Address("", "ann@example.org"), Address("", "bob@example.org")))
    assert judge_trust(two, BELIEVED).trust is Trust.FAILED


def test_our_own_check_of_dkim_proves_without_any_header() -> None:
    good = TrustFacts(dkim=(DkimResult("example.org", "s1", "pass"),))
    assert (judge_trust(mail(), good).trust, judge_trust(mail(), good).reasons) == (Trust.ALIGNED, ("own-dkim",))
    for bad in (DkimResult("example.org", "s1", "fail"), DkimResult("evil.example", "s1", "pass"), DkimResult("a.example.org", "s1",
        "pass")):
        assert judge_trust(mail(), TrustFacts(dkim=(bad,))).trust is Trust.BARE


def test_organisational_domain_comes_from_dns_where_it_was_asked() -> None:
    signed = (DkimResult("news.example.org", "s1", "pass"),)
    relaxed = {"_dmarc.example.org": "v=DMARC1; p=none"}
    assert judge_trust(mail(), TrustFacts(dkim=signed, dmarc=relaxed)).trust is Trust.ALIGNED
    assert judge_trust(mail(), TrustFacts(dkim=signed, dmarc={"_dmarc.example.org": "v=DMARC1; p=none; adkim=s"})).trust is Trust.BARE


ODDITIES = [
    ("sender-differs", {"sender": Address("", "list@example.net")}),
    ("reply-to-differs", {"reply_to": (Address("", "me@evil.example"),)}),
    ("name-holds-address", {"from_": (Address("ceo@bank.example", "ann@example.org"),)}),
    ("look-alike-letters", {"from_": (Address("", "ann@\u0435xample.org"),)}),
    ("look-alike-letters", {"from_": (Address("", "ann@xn--xample-2of.org"),)}),
    ("look-alike-letters", {"from_": (Address("P\u0430ypal", "ann@example.org"),)}),
    ("punycode-domain", {"from_": (Address("", "ann@xn--xample-2of.org"),)}),
    ("foreign-letters-in-address", {"from_": (Address("", "иван@пример.example"),)}),
]


@pytest.mark.parametrize(("oddity", "fields"), ODDITIES)
def test_what_is_odd_about_the_sender_is_noted(oddity: str, fields: dict[str, object]) -> None:
    assert oddity in judge_trust(replace(mail(), **fields), TrustFacts()).reasons  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Иван Петров", "Jonas Žukauskas", "ann@example.org", "山田 太郎", "Анна (Acme Ltd)"])
def test_names_of_people_are_not_odd(name: str) -> None:
    assert judge_trust(replace(mail(), from_=(Address(name, "ann@example.org"),)), TrustFacts()).reasons == ("no-proof",)


def test_order_of_strength() -> None:
    ranked = [Trust.SUBMITTED, Trust.ALIGNED, Trust.BARE, Trust.FAILED]
    assert all(stronger(one, other) == (place < later) for place, one in enumerate(ranked) for later, other in enumerate(ranked))
