"""Caps with a clock of our own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbridge.errors import ConfigError
from mailbridge.intake import answers
from mailbridge.intake.caps import SWEEP_AT, Caps, Peer, Peers, Rate
from tests.intake.ground import NOON

PEERS = Peers(("192.0.2.10", "10.0.0.0/8", "2001:db8:9::/48"))
STRANGER = PEERS.of("198.51.100.7")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("host", "peer"), [
    ("198.51.100.7", Peer("198.51.100.7", "198.51.100.7", near=False, trusted=False)),
    ("127.0.0.1", Peer("127.0.0.1", "127.0.0.1", near=True, trusted=False)),
    ("::1", Peer("::1", "::/64", near=True, trusted=False)),
    ("192.0.2.10", Peer("192.0.2.10", "192.0.2.10", near=True, trusted=True)),
    ("::ffff:10.1.2.3", Peer("10.1.2.3", "10.1.2.3", near=True, trusted=True)),
    ("2001:db8:1:2:3::4", Peer("2001:db8:1:2:3::4", "2001:db8:1:2::/64", near=False, trusted=False)),
    ("2001:db8:9::1", Peer("2001:db8:9::1", "2001:db8:9::/64", near=True, trusted=True)),
    ("fe80::1%eth0", Peer("fe80::1", "fe80::/64", near=False, trusted=False)),
    ("", Peer("", "", near=True, trusted=False))])
def test_peer_is_told_apart(host: str, peer: Peer) -> None:
    assert PEERS.of(host) == peer


@pytest.mark.parametrize("entry", ["mx.example.org", "10.0.0.0/33", ""])
def test_peer_that_is_no_address_is_a_fault_of_the_configuration(entry: str) -> None:
    with pytest.raises(ConfigError, match="neither an address nor a network"):
        Peers((entry,))


def test_connections_of_one_peer_are_capped() -> None:
    caps = Caps(10, 2, 60)
    assert [caps.enter(STRANGER) for _ in range(3)] == [None, None, answers.TOO_MANY_OF_YOURS]
    assert caps.enter(PEERS.of("198.51.100.8")) is None
    caps.leave(STRANGER)
    assert caps.enter(STRANGER) is None


def test_all_connections_are_capped_also_for_near_peers() -> None:
    caps, near = Caps(3, 1, 60), PEERS.of("127.0.0.1")
    assert [caps.enter(near) for _ in range(4)] == [None, None, None, answers.TOO_MANY_CONNECTIONS]
    caps.leave(near)
    assert caps.enter(STRANGER) is None


def test_mails_in_any_minute_are_capped() -> None:
    caps, now = Caps(10, 10, 3), NOON
    assert all(caps.may_mail(STRANGER, now + at * 20 * SECOND) for at in range(3))
    assert not caps.may_mail(STRANGER, now + 59 * SECOND)
    assert caps.may_mail(STRANGER, now + 60 * SECOND)
    assert not caps.may_mail(STRANGER, now + 61 * SECOND)
    assert caps.may_mail(STRANGER, now + 80 * SECOND)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.10"])
def test_near_peers_have_no_rate(host: str) -> None:
    caps = Caps(10, 1, 1)
    for _ in range(5):
        assert caps.may_mail(PEERS.of(host), NOON)
        assert caps.enter(PEERS.of(host)) is None
        caps.login_failed(PEERS.of(host), NOON)
    assert caps.may_log_in(PEERS.of(host), NOON)


def test_clock_that_was_set_back_locks_nobody_out() -> None:
    caps = Caps(10, 10, 1)
    assert caps.may_mail(STRANGER, NOON)
    assert caps.may_mail(STRANGER, NOON - timedelta(days=1))


def test_failed_logins_are_capped_for_a_minute() -> None:
    caps = Caps(10, 10, 60)
    for at in range(10):
        assert caps.may_log_in(STRANGER, NOON + at * SECOND)
        caps.login_failed(STRANGER, NOON + at * SECOND)
    assert not caps.may_log_in(STRANGER, NOON + 10 * SECOND)
    assert caps.may_log_in(STRANGER, NOON + 60 * SECOND)


def test_peers_long_quiet_are_forgotten() -> None:
    rate = Rate(2)
    for number in range(SWEEP_AT):
        rate.count(f"peer {number}", NOON)
    rate.count("later", NOON + timedelta(minutes=2))
    assert rate._acts.keys() == {"later"}
