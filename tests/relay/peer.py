"""A relay that follows a script, over a real socket: it says what no well-behaved server can be made to say.

    with ScriptedPeer({"RCPT TO:<full@example.net>": "452 4.2.2 full"}) as peer:
        …
        peer.mails, peer.commands
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Self

HANG_UP = "(hang up)"
SILENCE = "(say nothing)"
GOOD = {
    "GREETING": "220 peer.example.org", "EHLO": "250-peer\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 9000000",
    "MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go on", "END": "250 2.0.0 queued as 4711",
    "RSET": "250 2.0.0 ok", "NOOP": "250 2.0.0 ok", "QUIT": "221 2.0.0 bye", "STARTTLS": "220 2.0.0 go on",
    "AUTH": "235 2.7.0 ok",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """A mail that the peer took: the envelope as it was said, and the bytes without the dots of the protocol."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class ScriptedPeer:
    """A server on a free port of 127.0.0.1; every connection has a thread of its own.

    script: start of a command, or GREETING or END (after the mail), -> answer without its final CRLF, `HANG_UP` or
    `SILENCE`; a list gives one after the other, the last for ever. The longest fitting start counts. After a 421 the
    peer hangs up. context: for STARTTLS, or from the first byte if `tls_first`.
    """

    def __init__(
        self,
        script: Mapping[str, str | list[str]] | None = None,
        *,
        context: ssl.SSLContext | None = None,
        tls_first: bool = False,
    ) -> None:
        self.script = {**GOOD, **(script or {})}
        self.commands: list[str] = []
        self.mails: list[Taken] = []
        self.connections = 0
        self._context = context
        self._tls_first = tls_first
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(10)
        self.hang_up()
        for peer in self._open:
            peer.close()
        assert not any(thread.is_alive() for thread in self._threads)

    def hang_up(self) -> None:
        """Close every connection, as a server does that restarts; wait until its threads have seen it."""
        for peer in self._open:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads[1:]:
            thread.join(10)

    def said(self, start: str) -> list[str]:
        """Return the commands that begin like this."""
        return [command for command in self.commands if command.upper().startswith(start.upper())]

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(peer)
            thread = threading.Thread(target=self._serve, args=(peer,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            if self._tls_first and self._context:
                peer = self._context.wrap_socket(peer, server_side=True)
            self._talk(peer)
        except OSError:  # the client has gone, or does not like our certificate: the test looks at the client
            return
        finally:
            peer.close()

    def _talk(self, peer: socket.socket) -> None:
        lines = peer.makefile("rb")
        sender = ""
        recipients: list[str] = []
        if not self._answer(peer, "GREETING"):
            return
        while line := lines.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.commands.append(command)
            answer = self._answer(peer, command)
            if not answer:
                return
            if command.upper().startswith("MAIL") and answer[0] == "2":
                sender, recipients = _address(command), []
            elif command.upper().startswith("RCPT") and answer[0] == "2":
                recipients.append(_address(command))
            elif command.upper() == "DATA" and answer[0] == "3":
                taken = Taken(sender, tuple(recipients), _read_mail(lines))
                end = self._planned("END")
                self.mails += [taken] if end[0] == "2" else []
                if not self._say(peer, end):
                    return
            elif command.upper() == "STARTTLS" and self._context:
                peer = self._context.wrap_socket(peer, server_side=True)
                self._open.append(peer)
                lines = peer.makefile("rb")
            elif command.upper() == "QUIT":
                return

    def _answer(self, peer: socket.socket, command: str) -> str:
        """Give the answer of the script; return it, or nothing when the conversation is over."""
        return self._say(peer, self._planned(command))

    def _planned(self, command: str) -> str:
        fitting = [start for start in self.script if command.upper().startswith(start.upper())]
        planned = self.script[max(fitting, key=len)] if fitting else "500 5.5.2 what?"
        if isinstance(planned, str):
            return planned
        return planned.pop(0) if len(planned) > 1 else planned[0]

    def _say(self, peer: socket.socket, answer: str) -> str:
        if answer == SILENCE:
            while peer.recv(1000):
                time.sleep(0.01)
        if answer in (HANG_UP, SILENCE):
            return ""
        peer.sendall(f"{answer}\r\n".encode())
        return "" if answer.startswith("421") else answer


def _address(command: str) -> str:
    return command.partition("<")[2].rpartition(">")[0].partition("> ")[0]


def _read_mail(lines: BinaryIO) -> bytes:
    found = []
    while (line := lines.readline()) not in (b".\r\n", b""):
        found.append(line[1:] if line.startswith(b".") else line)
    return b"".join(found)
