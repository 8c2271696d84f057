"""An IMAP server that follows a script, over a real socket: it does what no well-behaved server can be made to do.

    with ScriptedServer({1: mail("one")}, script={"IDLE": [HANG_UP]}) as server:
        …
        server.commands

It knows one folder, INBOX, and just enough of IMAP for our side of it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Self

HANG_UP, SILENCE, HALF_A_LINE = "(hang up)", "(say nothing)", "(half a line, then hang up)"
TWO_PACKETS = "(a line in two packets)"
REFUSE, NONSENSE = "NO [CANNOT] not today", "(nonsense)"
CAPABILITIES = "IMAP4rev1 IDLE MOVE UIDPLUS"
DATE = "01-May-2020 12:00:00 +0000"


class ScriptedServer:
    """Each connection has a thread of its own.

    script: start of a command (`UID FETCH 2 (BODY`, `IDLE`, `GREETING`) -> what is done instead of a good answer, one
    thing each time; afterwards the answer is good. The longest fitting start counts. `always` is like it, for ever.
    """

    def __init__(
        self, mails: Mapping[int, bytes] | None = None, *, script: Mapping[str, Sequence[str]] | None = None,
        always: Mapping[str, str] | None = None, capabilities: str = CAPABILITIES, uidnext: bool = True,
        permanent: str = "\\Seen \\*", read_only: bool = False,
    ) -> None:  # fmt: skip
        self.mails = dict(mails or {})
        self.flags: dict[int, set[str]] = defaultdict(set)
        self.folders: dict[str, list[bytes]] = {}
        self.commands: list[str] = []
        self.connections = 0
        self.always = dict(always or {})
        self._script = {start: list(acts) for start, acts in (script or {}).items()}
        self._capabilities, self._uidnext, self._permanent, self._read_only = capabilities, uidnext, permanent, read_only
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._peers: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._idling: list[socket.socket] = []
        self._over = threading.Event()
        self._top = max(self.mails, default=0)
        self.idles = threading.Semaphore(0)

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(10)
        self._listener.close()
        for peer in self._peers:
            with contextlib.suppress(OSError):  # the client was first
                peer.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(10)

    def add(self, raw: bytes) -> None:
        """Deliver a mail; whoever idles is told."""
        self._top += 1
        self.mails[self._top] = raw
        for peer in self._idling:
            peer.sendall(b"* %d EXISTS\r\n" % len(self.mails))

    def count(self, start: str) -> int:
        """Count the commands that begin so."""
        return sum(command.startswith(start) for command in self.commands)

    def _start(self, act: Callable[..., None], *args: socket.socket) -> None:
        self._threads.append(threading.Thread(target=act, args=args, daemon=True))
        self._threads[-1].start()

    def _listen(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self._peers.append(peer)
            self.connections += 1
            self._start(self._serve, peer)

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as lines:
            if self._do(peer, "*", "GREETING"):
                peer.sendall(f"* OK [CAPABILITY {self._capabilities}] ready\r\n".encode())
            while line := lines.readline():
                tag, _, command = line.decode().rstrip("\r\n").partition(" ")
                self.commands.append(re.sub(r"^LOGIN .*", "LOGIN", command))
                if self._do(peer, tag, command):
                    self._answer(peer, tag, command, lines)

    def _do(self, peer: socket.socket, tag: str, command: str) -> bool:
        """Do what the script says; say whether a good answer is to follow."""
        fitting = [start for start in (*self._script, *self.always) if command.startswith(start)]
        for start in sorted(fitting, key=len, reverse=True):
            act = self._script[start].pop(0) if self._script.get(start) else self.always.get(start)
            if act is not None:
                return self._act(peer, tag, act)
        return True

    def _act(self, peer: socket.socket, tag: str, act: str) -> bool:
        if act == HANG_UP:
            peer.shutdown(socket.SHUT_RDWR)
        elif act == SILENCE:
            self._over.wait()
        elif act == HALF_A_LINE:
            peer.sendall(b"* 1 FETCH (UID 1 BODY[] {1000}\r\nFrom: half")
            peer.shutdown(socket.SHUT_RDWR)
        elif act == TWO_PACKETS:
            peer.sendall(b"+ idling\r\n")
            threading.Event().wait(0.05)
            peer.sendall(b"* 1 EXI")
            threading.Event().wait(0.05)
            peer.sendall(b"STS\r\n")
        elif act == NONSENSE:
            peer.sendall(f"* 1 FETCH (UID ( nonsense\r\n{tag} OK done\r\n".encode())
        else:
            peer.sendall(f"{tag} {act}\r\n".encode())
        return False

    def _answer(self, peer: socket.socket, tag: str, command: str, lines: object) -> None:
        verb = command.split(" ", 2)
        name = "_" + (f"{verb[0]}_{verb[1]}" if verb[0] == "UID" else verb[0]).lower()
        handle = getattr(self, name, None)
        said = handle(peer, command, lines) if handle else []
        if said is not None:
            status = "OK [READ-WRITE]" if verb[0] == "SELECT" and not self._read_only else "OK [READ-ONLY]" if verb[0] in (
                "SELECT", "EXAMINE") else "OK"
            peer.sendall(b"".join(b"* " + one + b"\r\n" for one in said) + f"{tag} {status} done\r\n".encode())

    def _capability(self, *_: object) -> list[bytes]:
        return [f"CAPABILITY {self._capabilities}".encode()]

    def _select(self, *_: object) -> list[bytes]:
        said = [b"FLAGS (\\Seen)", f"OK [PERMANENTFLAGS ({self._permanent})] ok".encode(), b"%d EXISTS" % len(self.mails),
                b"0 RECENT", b"OK [UIDVALIDITY 7] ok"]  # fmt: skip
        return [*said, b"OK [UIDNEXT %d] ok" % (self._top + 1)] if self._uidnext else said

    _examine = _select

    def _list(self, _: object, command: str, __: object) -> list[bytes]:
        name = command.split('"')[-2]
        return [f'LIST () "/" "{name}"'.encode()] if name in (*self.folders, "INBOX") else []

    def _create(self, _: object, command: str, __: object) -> list[bytes]:
        self.folders[command.split('"')[1]] = []
        return []

    def _uid_search(self, _: object, command: str, __: object) -> list[bytes]:
        low, high, first = map(int, re.search(r"(\d+):(\d+) UID (\d+):\*", command).groups())  # type: ignore[union-attr]
        uids = sorted(self.mails)
        meant = [uid for uid in uids if uid >= first] or uids[-1:]
        found = [uid for uid in uids[low - 1 : high] if uid in meant]
        return [b"SEARCH " + b" ".join(b"%d" % uid for uid in found)]

    def _uid_fetch(self, _: object, command: str, __: object) -> list[bytes]:
        uids = sorted(self.mails)
        answer = []
        for uid in (int(one) for one in command.split(" ")[2].split(",")):
            if uid in self.mails:
                answer.append(b"%d FETCH (UID %d %s)" % (uids.index(uid) + 1, uid, self._item(uid, command)))
        return answer

    def _item(self, uid: int, command: str) -> bytes:
        raw = self.mails[uid]
        if "BODY.PEEK[]" in command:
            return b"BODY[] {%d}\r\n%s" % (len(raw), raw)
        if "BODY.PEEK[HEADER]" in command:
            head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            return b"BODY[HEADER]<0> {%d}\r\n%s" % (len(head), head)
        return f'INTERNALDATE "{DATE}" RFC822.SIZE {len(raw)}'.encode()

    def _uid_store(self, _: object, command: str, __: object) -> list[bytes]:
        uids, _what, flags = command.removeprefix("UID STORE ").split(" ", 2)
        for uid in uids.split(","):
            self.flags[int(uid)] |= set(flags.strip("()").split(" "))
        return []

    def _uid_copy(self, _: object, command: str, __: object) -> list[bytes]:
        uids, folder = command.removeprefix("UID COPY ").split(" ", 1)
        self.folders[folder.strip('"')] += [self.mails[int(uid)] for uid in uids.split(",") if int(uid) in self.mails]
        return []

    def _uid_expunge(self, _: object, command: str, __: object) -> list[bytes]:
        for uid in command.removeprefix("UID EXPUNGE ").split(","):
            self.mails.pop(int(uid), None)
        return []

    def _idle(self, peer: socket.socket, _: object, lines: object) -> list[bytes]:
        peer.sendall(b"+ idling\r\n")
        self._idling.append(peer)
        self.idles.release()
        lines.readline()  # type: ignore[attr-defined]
        self._idling.remove(peer)
        return []
