"""Signed mail from a peer that proves nothing: the desk asks the DNS for keys and judges by what the mail itself says."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbridge.app import make_reading
from mailbridge.config.load import load_config
from mailbridge.errors import ReadersDown
from mailbridge.explain import Explainer
from mailbridge.resolver import Resolver
from tests.desks import MAIN, START, Desk, make_desk
from tests.flow.running import Running, lay_out, objects
from tests.servers.dns import BROKEN, SILENT, NameServer, name_server
from tests.signing import key, key_at, signed

pytest.importorskip("dkim")

FIELDS = b"To: support@example.org\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n"


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with name_server({key_at(): [key()[1]], "_dmarc.example.com": ["v=DMARC1; p=reject"]}) as running:
        yield running


@pytest.fixture
def make(tmp_path: Path, dns: NameServer) -> Iterator[Callable[..., Desk]]:
    """Make a desk that asks the name server of the test; words: more of [trust], and what follows it."""
    made = []

    def build(more: str = "check_dkim = true", servers: str = "") -> Desk:
        main = MAIN + f'name_servers = ["{servers or dns.address}"]\n{more}\n'
        made.append(make_desk(tmp_path, main=main))
        return made[-1]

    yield build
    for desk in made:
        desk.close()


def letter(subject: str = "Printer", author: str = "Emma <emma@example.com>") -> bytes:
    return b"From: %s\r\nSubject: %s\r\nMessage-ID: <%d@example.com>\r\n%s\r\nIt is out of paper.\r\n" % (
        author.encode(), subject.encode(), abs(hash((subject, author))), FIELDS)


def proof(desk: Desk, number: int = 1) -> str:
    """Work off what waits; return the trust of a ticket's first mail."""
    desk.work()
    return str(desk.ticket(number)["thread"][0]["trust"])


@pytest.mark.parametrize("policy", ["v=DMARC1; p=none", "v=DMARC1; p=reject", None])
def test_a_signed_mail_of_a_bare_peer_is_aligned_whether_its_domain_has_a_policy_or_not(make, dns, policy):
    dns.zone["_dmarc.example.com"] = [policy] if policy else []
    desk = make()
    desk.put(signed(letter()))
    assert proof(desk) == "aligned"


@pytest.mark.parametrize("change", [
    lambda raw: raw.replace(b"out of paper", b"full of ink"),
    lambda raw: raw.replace(b"Subject: Printer", b"Subject: Plotter"),
    lambda raw: raw.replace(b"emma@", b"ceo@"),
    lambda raw: b"From: ceo@example.com\r\n" + raw,
    lambda raw: b"X: a\rFrom: ceo@example.com\r\n" + raw,
], ids=["text", "subject", "author", "second author", "author behind a bare CR"])
def test_a_mail_that_was_changed_stays_bare_and_is_never_failed(make, change):
    desk = make()
    desk.put(change(signed(letter())))
    assert proof(desk) == "bare"


def test_an_unsigned_mail_stays_bare_though_its_domain_asks_to_reject(make, dns):
    desk = make()
    desk.put(letter())
    assert proof(desk) == "bare"
    assert dns.questions == []


def test_two_authors_are_never_better_than_bare(make, dns):
    desk = make()
    desk.put(signed(letter(author="emma@example.com, bob@example.com")))
    assert proof(desk) == "bare"
    assert dns.questions == []


def test_nobody_is_asked_unless_the_desk_wants_it(make, dns):
    desk = make(more="")
    desk.put(signed(letter()))
    assert proof(desk) == "bare"
    assert dns.questions == []


def test_mail_that_is_proven_or_that_failed_is_not_asked_about(make, dns):
    desk = make()
    for number, (result, trust) in enumerate((("pass", "aligned"), ("fail", "failed")), 1):
        results = f"Authentication-Results: mx.example.org; dmarc={result} header.from=example.com\r\n".encode()
        desk.put(results + signed(letter(subject=result)), believed=True)
        assert proof(desk, number) == trust
    assert dns.questions == []


def test_history_is_not_asked_about(make, dns):
    desk = make()
    desk.put(signed(letter()), source="import")
    assert proof(desk) == "bare"
    assert dns.questions == []


def test_a_batch_asks_for_each_name_once(make, dns):
    desk = make()
    for number in range(30):
        desk.put(signed(letter(subject=f"Printer {number}")))
    desk.put(letter(subject="Unsigned"))
    desk.put(signed(letter(subject="Changed")).replace(b"paper", b"pepper"))
    desk.work()
    trusts = [desk.ticket(ticket["ticket"])["thread"][0]["trust"] for ticket in desk.tickets()]
    assert sorted(trusts) == ["aligned"] * 30 + ["bare"] * 2
    assert dns.questions == [key_at()]


@pytest.mark.parametrize("fault", [SILENT, BROKEN])
def test_a_name_server_that_does_not_answer_leaves_mail_bare_and_holds_it_up_only_shortly(make, dns, fault):
    dns.zone[key_at()] = fault
    desk = make()
    for number in range(25):
        desk.put(signed(letter(subject=f"Printer {number}")))
    started = time.monotonic()
    assert proof(desk) == "bare"
    assert len(desk.tickets()) == 25
    assert time.monotonic() - started < 10
    desk.audit()


def test_no_name_server_at_all_leaves_mail_bare(make):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        free = closed.getsockname()[1]
    desk = make(servers=f"127.0.0.1:{free}")
    desk.put(signed(letter()))
    assert proof(desk) == "bare"


def test_readers_of_their_own_check_signatures_too(make):
    desk = make(more="check_dkim = true\n[limits]\nreaders = 1")
    for number in range(3):
        desk.put(signed(letter(subject=f"Printer {number}")))
    assert [proof(desk, number) for number in (1, 2, 3)] == ["aligned"] * 3


def test_a_daemon_that_stops_while_it_waits_for_an_answer_gives_its_mail_back(make):
    desk = make(more="check_dkim = true\n[limits]\nreaders = 1")
    desk.put(signed(letter()))

    class Stopped(Resolver):
        def ask(self, names, seconds=2.0):
            desk.app.bridge.readers.interrupt()
            return super().ask(names, seconds)

    desk.app.bridge.resolver = Stopped(desk.app.config.trust.name_servers)
    with pytest.raises(ReadersDown):
        desk.work()
    another = desk.another()
    assert [one.ticket for one in another.work()] == [1]
    assert another.ticket()["thread"][0]["trust"] == "aligned"
    another.close()


@pytest.mark.parametrize("changed", [False, True])
def test_an_agent_who_signs_is_believed_and_one_whose_mail_was_changed_is_not(make, dns, changed):
    dns.zone[key_at("example.org")] = [key()[1]]
    desk = make()
    desk.put(letter())
    desk.work()
    address = desk.reply_address()
    answer = b"From: Anna <anna@example.org>\r\nTo: %s\r\nSubject: Re: Printer\r\nMessage-ID: <a@example.org>\r\n\r\nPaper is on its way.\r\n"
    raw = signed(answer % address.encode(), domain="example.org")
    before = len(desk.sent_to("emma@example.com"))
    desk.put(raw.replace(b"Paper is", b"Money is") if changed else raw, to=address)
    desk.work()
    told = [mail.get_content() for mail in desk.sent_to("emma@example.com")[before:] if "on its way" in str(mail)]
    assert len(told) == (0 if changed else 1)


def test_a_daemon_proves_a_customer_who_comes_by_smtp(tmp_path, dns):
    folder = lay_out(tmp_path / "desk", more=f'check_dkim = true\nname_servers = ["{dns.address}"]\n')
    with Running(folder) as daemon:
        with smtplib.SMTP("127.0.0.1", daemon.ports[0], timeout=30) as peer:
            peer.sendmail("emma@example.com", "support@example.org", signed(letter()))
            peer.sendmail("emma@example.com", "support@example.org", signed(letter("Changed")).replace(b"paper", b"pepper"))
        daemon.wait_for_mail_to("emma@example.com", 2)
        daemon.stop()
    trusts = {shown["subject"]: shown["thread"][0]["trust"] for number in (1, 2) for shown in objects("ticket", "show", number, "--config", folder)}
    assert trusts == {"Printer": "aligned", "Changed": "bare"}


def test_explain_asks_nobody(make, dns):
    desk = make()
    explainer = Explainer(desk.app.rules, make_reading(desk.app.config, desk.app.rules.keys), desk.app.database)
    told = explainer.explain("mail.eml", signed(letter()), START)
    assert (told["trust"], told["trust_reasons"]) == ("bare", ["no-proof"])
    assert dns.questions == []


def test_a_reload_takes_up_the_check(make, dns, tmp_path):
    desk = make(more="")
    main = tmp_path / "mailbridge.toml"
    main.write_text(main.read_text() + "check_dkim = true\n")
    desk.app.use(load_config(tmp_path, {}))
    desk.put(signed(letter()))
    assert proof(desk) == "aligned"
