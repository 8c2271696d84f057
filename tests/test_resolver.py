"""The resolver against a real name server on loopback: what it answers, what it remembers, and how long it may take."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("dns")

from mailbridge.resolver import AT_ONCE, MOST_REMEMBERED, SILENCE_MEMORY, Resolver, record_of
from tests.servers.dns import BROKEN, SILENT, NameServer, name_server

KEY, POLICY = "s1._domainkey.example.org", "_dmarc.example.org"


@pytest.fixture
def server() -> Iterator[NameServer]:
    with name_server({KEY: ["v=DKIM1; p=AAAA"], POLICY: ["v=DMARC1; p=reject"]}) as running:
        yield running


class Clock:
    """A clock that only the test moves."""

    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def resolver(server: NameServer, clock: Callable[[], float] = time.monotonic) -> Resolver:
    return Resolver((server.address,), clock)


def test_a_batch_has_a_record_or_nothing_for_each_name(server):
    server.zone["empty.example.org"] = []
    found = resolver(server).ask((KEY, POLICY, "_dmarc.nowhere.example", "empty.example.org"))
    assert found == {KEY: "v=DKIM1; p=AAAA", POLICY: "v=DMARC1; p=reject", "_dmarc.nowhere.example": "", "empty.example.org": ""}


def test_nothing_is_asked_for_an_empty_batch(server):
    assert resolver(server).ask(()) == {}
    assert server.questions == []


def test_a_name_is_asked_once_whatever_its_case(server):
    assert resolver(server).ask((KEY, KEY.upper(), KEY)) == {KEY: "v=DKIM1; p=AAAA"}
    assert server.questions == [KEY]


def test_a_long_key_is_put_together_and_comes_by_tcp_where_a_packet_is_too_small(server):
    server.zone[KEY] = ["v=DKIM1; p=" + "A" * 700]
    server.zone["s2._domainkey.example.org"] = ["v=DKIM1; p=" + "B" * 3_000]
    found = resolver(server).ask((KEY, "s2._domainkey.example.org"))
    assert (len(found[KEY]), len(found["s2._domainkey.example.org"])) == (711, 3_011)
    assert server.by_tcp == ["s2._domainkey.example.org"]


@pytest.mark.parametrize("fault", [SILENT, BROKEN])
def test_a_name_that_nobody_answers_about_is_missing_and_others_are_there(server, fault):
    server.zone["_dmarc.slow.example"] = fault
    started = time.monotonic()
    assert resolver(server).ask(("_dmarc.slow.example", KEY), seconds=0.3) == {KEY: "v=DKIM1; p=AAAA"}
    assert time.monotonic() - started < 1.5


def test_a_lost_packet_is_sent_again(server):
    server.lose[KEY] = 1
    assert resolver(server).ask((KEY,)) == {KEY: "v=DKIM1; p=AAAA"}
    assert server.questions == [KEY, KEY]


def test_many_names_without_an_answer_take_no_longer_than_one(server):
    names = [f"s{n}._domainkey.slow.example" for n in range(AT_ONCE * 4)]
    server.zone |= dict.fromkeys(names, SILENT)
    started = time.monotonic()
    assert resolver(server).ask(names, seconds=0.3) == {}
    assert time.monotonic() - started < 1.5


def test_a_name_server_that_is_not_there_is_no_answer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert Resolver((f"127.0.0.1:{port}",)).ask((KEY,), seconds=0.3) == {}


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".example", ".".join(["label"] * 60), "\udcff.example", "a b.example",
                                  "\\999.example"])
def test_what_is_no_name_raises_nothing(server, name):
    found = resolver(server).ask((name, KEY), seconds=0.3)
    assert found[KEY] == "v=DKIM1; p=AAAA"
    assert found.get(name, "") == ""


# ---- memory


def test_an_answer_is_remembered_for_as_long_as_its_owner_says(server):
    clock = Clock()
    asking, server.ttl = resolver(server, clock), 300
    for seconds, questions in ((0, 1), (299, 1), (2, 2), (299, 2)):
        clock.seconds += seconds
        assert asking.ask((KEY,)) == {KEY: "v=DKIM1; p=AAAA"}
        assert len(server.questions) == questions


@pytest.mark.parametrize(("ttl", "kept", "gone"), [(0, 29, 31), (86_400, 3_599, 3_601)])
def test_no_answer_is_asked_for_again_at_once_nor_remembered_for_a_day(server, ttl, kept, gone):
    clock = Clock()
    asking, server.ttl = resolver(server, clock), ttl
    for seconds, questions in ((0, 1), (kept, 1), (gone - kept, 2)):
        clock.seconds += seconds
        asking.ask((KEY,))
        assert len(server.questions) == questions


def test_that_there_is_no_record_is_remembered_too(server):
    asking = resolver(server, Clock())
    assert asking.ask(("_dmarc.nowhere.example",)) == asking.ask(("_dmarc.nowhere.example",)) == {"_dmarc.nowhere.example": ""}
    assert server.questions == ["_dmarc.nowhere.example"]


def test_silence_is_remembered_shortly_so_that_one_name_does_not_hold_up_every_batch(server):
    clock = Clock()
    asking, server.zone[KEY] = resolver(server, clock), BROKEN
    assert asking.ask((KEY,)) == asking.ask((KEY,)) == {}
    assert len(server.questions) == 1
    server.zone[KEY] = ["v=DKIM1; p=BBBB"]
    clock.seconds += SILENCE_MEMORY + 1
    assert asking.ask((KEY,)) == {KEY: "v=DKIM1; p=BBBB"}


def test_silence_for_want_of_time_is_not_remembered(server):
    asking, server.zone[KEY] = resolver(server), SILENT
    assert asking.ask((KEY,), seconds=0.2) == {}
    server.zone[KEY] = ["v=DKIM1; p=BBBB"]
    assert asking.ask((KEY,)) == {KEY: "v=DKIM1; p=BBBB"}
    assert asking.ask(("_dmarc.other.example",), seconds=0) == {}
    assert asking.ask(("_dmarc.other.example",)) == {"_dmarc.other.example": ""}


def test_the_memory_is_bounded_and_what_was_wanted_last_stays(server):
    asking = resolver(server, Clock())
    asking.ask((KEY,))
    for begin in range(0, MOST_REMEMBERED, 500):
        asking.ask(f"{n}.example" for n in range(begin, begin + 500))
        asking.ask((KEY,))
    assert len(asking._memory) == MOST_REMEMBERED
    assert server.questions.count(KEY) == 1
    asking.ask(("0.example",))
    assert server.questions.count("0.example") == 2


# ---- which record


@pytest.mark.parametrize(("name", "texts", "record"), [
    (KEY, ["v=DKIM1; k=rsa; p=AAAA"], "v=DKIM1; k=rsa; p=AAAA"),
    (KEY, ["k=rsa; p=AAAA"], "k=rsa; p=AAAA"),
    (KEY, ["v=spf1 -all"], ""),
    (KEY, ["v=spf1 -all", " v = DKIM1; p = AAAA"], " v = DKIM1; p = AAAA"),
    (KEY, ["v=DKIM1; p=AAAA", "v=DKIM1; p=BBBB"], ""),
    (KEY, ["v=DKIM1; p=" + "A" * 9_000], ""),
    (POLICY, ["v=DMARC1; p=none"], "v=DMARC1; p=none"),
    (POLICY, ["google-site-verification=x", "v=DMARC1; p=none"], "v=DMARC1; p=none"),
    (POLICY, ["v=DMARC1; p=none", "v=DMARC1; p=reject"], ""),
    (POLICY, ["v=spf1 p=x"], ""),
])
def test_the_record_is_the_only_one_that_belongs_there(name, texts, record):
    assert record_of(name, texts) == record
