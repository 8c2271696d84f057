"""Caps on what one peer may do: connections at once, mails a minute, failed logins a minute.

Peers on loopback and those of `[trust] peers` are near: only the cap on all connections holds for them. The clock is
handed in. Nothing here speaks to the network.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from mailbridge.errors import ConfigError
from mailbridge.intake import answers

Network = IPv4Network | IPv6Network
MINUTE = timedelta(minutes=1)
FAILED_LOGINS_A_MINUTE = 10
SWEEP_AT = 10_000  # peers remembered before those that are long quiet are forgotten


@dataclass(frozen=True, slots=True)
class Peer:
    """Who speaks to us.

    host: the address, for the record. key: what is counted by: the address, or the /64 of an IPv6 address, since one
    customer of a provider has a whole /64 to himself. near: no rate caps. trusted: listed in `[trust] peers`.
    """

    host: str
    key: str
    near: bool
    trusted: bool


class Peers:
    """Knows whom we trust. Raises ConfigError for an entry that is neither an address nor a network."""

    def __init__(self, trusted: tuple[str, ...]) -> None:
        self._trusted = tuple(_network(entry) for entry in trusted)
        self.of = lru_cache(maxsize=1024)(self._of)

    def _of(self, host: str) -> Peer:
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:  # a Unix socket has no address, and only local processes reach it
            return Peer(host, host, near=True, trusted=False)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        trusted = any(address in network for network in self._trusted)
        key = str(ip_network((int(address) >> 64 << 64, 64))) if isinstance(address, IPv6Address) else str(address)
        return Peer(str(address), key, near=trusted or address.is_loopback, trusted=trusted)


def _network(entry: str) -> Network:
    try:
        return ip_network(entry, strict=False)
    except ValueError:
        raise ConfigError(f'[trust] peers: "{entry}" is neither an address nor a network; '
                          "write 192.0.2.10 or 10.0.0.0/8") from None


class Rate:
    """At most `most` acts of one key in any minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._acts: dict[str, deque[datetime]] = {}
        self._sweep_at = SWEEP_AT

    def is_reached(self, key: str, now: datetime) -> bool:
        """Say whether no further act is allowed at `now`."""
        acts = self._acts.get(key)
        return acts is not None and len(self._recent(acts, now)) >= self._most

    def count(self, key: str, now: datetime) -> None:
        """Note an act."""
        if len(self._acts) >= self._sweep_at:
            self._acts = {known: acts for known, acts in self._acts.items() if self._recent(acts, now)}
            self._sweep_at = max(SWEEP_AT, 2 * len(self._acts))
        self._acts.setdefault(key, deque(maxlen=self._most)).append(now)

    @staticmethod
    def _recent(acts: deque[datetime], now: datetime) -> deque[datetime]:
        """Forget what is older than a minute, and what lies ahead: the clock was set back."""
        while acts and not now - MINUTE < acts[0] <= now:
            acts.popleft()
        return acts


class Caps:
    """The counters of one listener."""

    def __init__(self, connections: int, per_peer: int, mails_a_minute: int) -> None:
        self._connections = connections
        self._per_peer = per_peer
        self._here: Counter[str] = Counter()
        self._mails = Rate(mails_a_minute)
        self._failed_logins = Rate(FAILED_LOGINS_A_MINUTE)

    def enter(self, peer: Peer) -> bytes | None:
        """Let a connection in, or return the answer that refuses it. Who was let in must `leave`."""
        if self._here.total() >= self._connections:
            return answers.TOO_MANY_CONNECTIONS
        if not peer.near and self._here[peer.key] >= self._per_peer:
            return answers.TOO_MANY_OF_YOURS
        self._here[peer.key] += 1
        return None

    def leave(self, peer: Peer) -> None:
        """Note that a connection that was let in is over."""
        self._here[peer.key] -= 1
        if not self._here[peer.key]:
            del self._here[peer.key]

    def may_mail(self, peer: Peer, now: datetime) -> bool:
        """Count a mail that begins, or say that it is one too many in this minute."""
        if peer.near:
            return True
        if self._mails.is_reached(peer.key, now):
            return False
        self._mails.count(peer.key, now)
        return True

    def may_log_in(self, peer: Peer, now: datetime) -> bool:
        """Say whether this peer may try another password."""
        return peer.near or not self._failed_logins.is_reached(peer.key, now)

    def login_failed(self, peer: Peer, now: datetime) -> None:
        """Count a failed login."""
        self._failed_logins.count(peer.key, now)
