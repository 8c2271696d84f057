"""Sends mails by SMTP from a process of its own, on so many connections: plain sockets, bytes made beforehand.

    python -m tests.bench.sender PORT SESSIONS kept|each < mails

Mails come in on stdin, each behind its length in eight digits. Prints, as JSON, when the first connection was made and when
the last `250` came (by the machine's monotonic clock, which every process shares), and what was not taken.
"""

from __future__ import annotations

import json
import queue
import socket
import sys
import threading
import time


class Session:
    """One SMTP conversation."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._reply()
        self._say(b"EHLO client.example.com\r\n")

    def send(self, sender: bytes, recipient: bytes, data: bytes) -> None:
        """Send one mail; raise OSError if it is not taken."""
        for line in (b"MAIL FROM:<" + sender + b">\r\n", b"RCPT TO:<" + recipient + b">\r\n", b"DATA\r\n", data):
            self._say(line)

    def quit(self) -> None:
        """Say goodbye."""
        self._say(b"QUIT\r\n")
        self._socket.close()

    def _say(self, data: bytes) -> None:
        self._socket.sendall(data)
        self._reply()

    def _reply(self) -> None:
        while True:
            line, found, rest = self._rest.partition(b"\r\n")
            if not found:
                more = self._socket.recv(65536)
                if not more:
                    raise OSError("the server has closed the connection")
                self._rest += more
            else:
                self._rest = rest
                if line[3:4] != b"-":
                    if line[:1] not in b"23":
                        raise OSError(line.decode(errors="replace"))
                    return


def stuffed(raw: bytes) -> bytes:
    """Return a mail as DATA wants it (RFC 5321 §4.5.2)."""
    raw = raw.replace(b"\r\n.", b"\r\n..")
    return (b"." + raw if raw.startswith(b".") else raw) + b"\r\n.\r\n"


def send_all(port: int, mails: list[bytes], sessions: int, *, kept: bool) -> dict[str, object]:
    """Send every mail; say when it began and ended, and what went wrong."""
    left: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for mail in mails:
        left.put(mail)
    failed: list[str] = []

    def work() -> None:
        session = None
        while True:
            try:
                mail = left.get_nowait()
            except queue.Empty:
                break
            try:
                session = session or Session(port)
                session.send(b"customer@example.com", b"support@example.org", mail)
                if not kept:
                    session.quit()
                    session = None
            except OSError as fault:
                failed.append(str(fault))
                session = None
        if session:
            session.quit()

    threads = [threading.Thread(target=work) for _ in range(sessions)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"started": started, "ended": time.monotonic(), "failed": len(failed), "why": sorted(set(failed))[:3]}


def main() -> None:
    """Read the mails to the end of stdin, then send them."""
    port, sessions, how = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    mails = []
    while head := sys.stdin.buffer.read(8):
        mails.append(stuffed(sys.stdin.buffer.read(int(head))))
    sys.stdout.write(json.dumps(send_all(port, mails, sessions, kept=how == "kept")) + "\n")


if __name__ == "__main__":
    main()
