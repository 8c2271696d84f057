"""A name server for tests: real packets on loopback, a zone that the test writes, and every question is kept."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SILENT, BROKEN = "silent", "broken"
"""What the server may do instead of answering about a name: nothing at all, or SERVFAIL."""


@dataclass
class NameServer:
    """Answers about TXT records. zone: the texts at a name, or SILENT or BROKEN. lose: how many questions get lost first, by name."""

    udp: socket.socket
    tcp: socket.socket
    zone: dict[str, list[str] | str] = field(default_factory=dict)
    ttl: int = 300
    lose: dict[str, int] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    by_tcp: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.udp.getsockname()[1]}"

    def answer(self, packet: bytes, *, small: bool) -> bytes | None:
        """Return what is answered to a packet. small: by UDP, where a large answer is only announced."""
        import dns.flags  # of an extra: whoever does not start a server needs none of it
        import dns.message
        import dns.rcode
        import dns.rrset

        query = dns.message.from_wire(packet)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.questions.append(name)
        found = self.zone.get(name)
        if self.lose.get(name, 0) > 0:
            self.lose[name] -= 1
            return None
        if found == SILENT:
            return None
        reply = dns.message.make_response(query, recursion_available=True)
        if found == BROKEN:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif isinstance(found, list):
            texts = [" ".join(f'"{text[n:n + 250]}"' for n in range(0, len(text), 250)) for text in found]
            if texts:
                reply.answer.append(dns.rrset.from_text_list(query.question[0].name, self.ttl, "IN", "TXT", texts))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        wire = reply.to_wire(max_size=65_535)
        if small and len(wire) > 1_232:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            wire = reply.to_wire()
        return wire

    def serve_udp(self) -> None:
        while (received := self.udp.recvfrom(65_535))[0] != b"end":
            packet, peer = received
            if (wire := self.answer(packet, small=True)) is not None:
                self.udp.sendto(wire, peer)

    def serve_tcp(self) -> None:
        while True:
            with self.tcp.accept()[0] as talk:
                talk.settimeout(5)
                head = talk.recv(2, socket.MSG_WAITALL)
                if len(head) < 2:
                    return
                packet = talk.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
                wire = self.answer(packet, small=False)
                self.by_tcp.append(self.questions[-1])
                if wire is not None:
                    talk.sendall(struct.pack("!H", len(wire)) + wire)


@contextmanager
def name_server(zone: dict[str, list[str] | str] | None = None) -> Iterator[NameServer]:
    """Run a name server until the end of the block."""
    udp, tcp = _on_one_port()
    with udp, tcp:
        server = NameServer(udp, tcp, zone or {})
        threads = [threading.Thread(target=work) for work in (server.serve_udp, server.serve_tcp)]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"end", udp.getsockname())
            with socket.create_connection(tcp.getsockname()):
                pass
            for thread in threads:
                thread.join()


def _on_one_port() -> tuple[socket.socket, socket.socket]:
    """Return sockets for UDP and TCP at one port of loopback."""
    for _ in range(20):
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
        else:
            return udp, tcp
    raise OSError("no port is free for both TCP and UDP")
