"""The resolver: asks the DNS for a batch of TXT records. An edge room, short on purpose (extra `dkim`).

Comes in: names. Goes out: the record at each name, empty where the DNS says that there is none. A name that nobody answered
about is missing: a resolver that is down proves nothing, and blames nobody. Never raises, and never takes longer than it may.
What was answered is remembered for as long as its owner allows.

The answers are believed, so the way to the name server should be short: one on this machine or in its network, best one that
checks DNSSEC.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from mailbridge.config.values import name_server

LONGEST_SECONDS = 2.0
ONE_TRY_SECONDS = 0.8
"""A packet that was lost is sent again within the time of a batch."""
AT_ONCE = 32
MOST_REMEMBERED = 2_000
LONGEST_RECORD = 8_000
SHORTEST_MEMORY, LONGEST_MEMORY, SILENCE_MEMORY = 30.0, 3_600.0, 30.0
"""Seconds: however short an owner says; however long (a key may be withdrawn); and of a name that nobody answered about."""

Ask = Callable[[Iterable[str]], dict[str, str]]
"""Given names, returns the record at each, without those that nobody answered about."""

Answer = tuple[str | None, float]
"""A record, empty when there is none, None when nobody answered; and for how many seconds that may be remembered."""


@dataclass(slots=True)
class Resolver:
    """Asks the name servers given, else those of this machine. One batch at a time; its memory lives as long as it does.

    servers: `127.0.0.1` or `127.0.0.1:5353`. clock: in seconds, never set back.
    """

    servers: Sequence[str] = ()
    clock: Callable[[], float] = time.monotonic
    _memory: OrderedDict[str, tuple[str | None, float]] = field(default_factory=OrderedDict)

    def ask(self, names: Iterable[str], seconds: float = LONGEST_SECONDS) -> dict[str, str]:
        """Return the TXT record at each name; a name that nobody answered about within so many seconds is missing."""
        ends_at = self.clock() + seconds
        wanted = dict.fromkeys(name.lower() for name in names)
        unknown = [name for name in wanted if not self._remembers(name)]
        found = {name: self._memory[name][0] for name in wanted if name in self._memory}
        for name, (record, lasts) in zip(unknown, self._look_up(unknown, ends_at), strict=True):
            found[name] = record
            if lasts > 0:
                self._memory[name] = (record, self.clock() + lasts)
        while len(self._memory) > MOST_REMEMBERED:
            self._memory.popitem(last=False)
        return {name: record for name, record in found.items() if record is not None}

    def for_a_round(self, seconds: float = LONGEST_SECONDS) -> Ask:
        """Return what asks several batches and waits no longer for all of them together; later ones are told what is remembered."""
        left = seconds

        def ask(names: Iterable[str]) -> dict[str, str]:
            nonlocal left
            begun = self.clock()
            found = self.ask(names, left)
            left -= self.clock() - begun
            return found

        return ask

    def _remembers(self, name: str) -> bool:
        if name not in self._memory:
            return False
        if self._memory[name][1] <= self.clock():
            del self._memory[name]
            return False
        self._memory.move_to_end(name)
        return True

    def _look_up(self, names: Sequence[str], ends_at: float) -> list[Answer]:
        """Ask about all names side by side; return the answers in order."""
        asking = self._asking() if names else None
        if asking is None:
            return [(None, 0.0)] * len(names)

        def one(name: str) -> Answer:
            left = ends_at - self.clock()
            return asked(asking, name, left) if left > 0 else (None, 0.0)

        with ThreadPoolExecutor(min(AT_ONCE, len(names)), "resolver") as pool:
            return list(pool.map(one, names))

    def _asking(self) -> Any:
        """Return dnspython's resolver with our settings, or None when there is none or no name server.

        Made for each batch: the name servers of a machine change when it moves.
        """
        try:
            import dns.exception
            import dns.nameserver
            import dns.resolver
        except ModuleNotFoundError:
            return None
        try:
            asking = dns.resolver.Resolver(configure=not self.servers)
        except (dns.exception.DNSException, OSError):  # no /etc/resolv.conf, or nothing in it
            return None
        if self.servers:
            asking.nameservers = [dns.nameserver.Do53Nameserver(*name_server(one)) for one in self.servers]
        asking.timeout = ONE_TRY_SECONDS
        asking.use_edns(0, 0, 1232)  # a key of 4096 bits does not fit into the 512 bytes of old
        return asking


def asked(asking: Any, name: str, seconds: float) -> Answer:
    """Ask about one name. Never raises: whatever is no answer is silence."""
    import dns.exception
    import dns.name
    import dns.resolver

    try:
        answer = asking.resolve(dns.name.from_text(name), "TXT", lifetime=seconds, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN as fault:
        nothing: Any = fault
        return "", _lasts(nothing.response(dns.name.from_text(name)))
    except (dns.exception.DNSException, OSError, ValueError):
        return None, SILENCE_MEMORY if seconds >= ONE_TRY_SECONDS else 0.0
    texts = [b"".join(one.strings).decode("utf-8", "replace") for one in answer.rrset or ()]
    return record_of(name, texts), _lasts(answer.response)


def record_of(name: str, texts: Iterable[str]) -> str:
    """Return the one record among those at a name that belongs there, empty when there is none or more than one.

    Other records lie there where an owner answers for every name (`*.example.org TXT "v=spf1 …"`). Of two DMARC records
    neither counts (RFC 9989 §4.7); of two keys it is not said which does (RFC 6376 §3.6.2.2).
    """
    fitting = [text for text in texts if len(text) <= LONGEST_RECORD and _fits(name, text)]
    return fitting[0] if len(fitting) == 1 else ""


def _fits(name: str, text: str) -> bool:
    begin = "".join(text[:20].split()).lower()
    if name.startswith("_dmarc."):
        return begin.startswith("v=dmarc1")
    return "p=" in "".join(text.split()) and (begin.startswith("v=dkim1") or not begin.startswith("v="))


def _lasts(response: Any) -> float:
    """Return for how many seconds an answer may be remembered: also that there is none (RFC 2308)."""
    import dns.exception

    try:
        seconds = float(response.resolve_chaining().minimum_ttl)
    except dns.exception.DNSException:  # aliases that go in a circle
        return SHORTEST_MEMORY
    return min(max(seconds, SHORTEST_MEMORY), LONGEST_MEMORY)
