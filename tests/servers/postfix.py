"""A Postfix of our own: in front of mailbridge (relay, pipe) and behind it (smarthost that delivers into Maildirs).

    with Postfix({"example.org": "smtp:[127.0.0.1]:2525", "example.net": MAILDIR}) as postfix:
        smtplib.SMTP("127.0.0.1", postfix.port).sendmail(…)
        postfix.mails("jonas@example.net")

Every domain that is not in `routes` is refused, so that nothing leaves the machine. Nothing in /etc/postfix is read.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.servers.ground import (
    end_group,
    free_port,
    listens,
    must_be_root,
    new_folder,
    program,
    remove_folder,
    run,
    wait_until,
)

MAILDIR = "virtual:"
"""The route of a domain whose mail is delivered into `Postfix.mails`."""

PIPE = "mailbridge:"
"""The route of a domain whose mail is handed to the command of `pipe`, which gets `${recipient}` and `${sender}`."""

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.example.org
mydomain = example.org
myorigin = example.org
mydestination =
alias_maps =
local_recipient_maps =
smtputf8_enable = yes
default_transport = error:5.1.2 this server knows no way to there
relay_transport = error:5.1.2 this server knows no way to there
transport_maps = inline:{{ {routes} }}
relay_domains = {relayed}
virtual_mailbox_domains = {kept}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
smtp_dns_support_level = disabled
smtp_host_lookup = native
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtp_destination_concurrency_failed_cohort_limit = 0
mailbox_size_limit = 0
virtual_mailbox_limit = 0
message_size_limit = 60000000
mailbridge_destination_recipient_limit = 1
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Pipe:
    """The command behind the route `PIPE`, and the user it runs as (Postfix refuses root and its own user).

    A word that is `${recipient}`, `${sender}` or the like is filled in by Postfix; no shell reads the words.
    """

    command: Sequence[str]
    user: str = "nobody"


class Postfix:
    """A running Postfix on a free port of 127.0.0.1.

    routes: domain -> transport of Postfix: `MAILDIR`, `PIPE`, `smtp:[127.0.0.1]:2525`, `lmtp:inet:127.0.0.1:2424`,
    `error:5.7.1 reason`, `retry:4.3.0 reason`, `discard:`. settings: more lines of main.cf, which win.
    """

    def __init__(
        self, routes: Mapping[str, str], *, pipe: Pipe | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.routes = dict(routes)
        self.pipe = pipe
        self.settings = dict(settings or {})
        self.port = 0
        self.folder = Path()
        self._command = program("postfix", "postfix")

    def __enter__(self) -> Self:
        must_be_root("Postfix")
        self.folder = new_folder("postfix")
        try:
            self._lay_out()
            self.start()
        except BaseException:
            self.stop()
            remove_folder(self.folder)
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        remove_folder(self.folder)

    def start(self) -> None:
        """Start, on the same port as before if there was one; return when it greets."""
        wanted = self.port
        for _ in range(3):
            self.port = wanted or free_port()
            self._configure()
            run([self._command, "-c", str(self.folder / "etc"), "start"], cwd=self.folder)
            try:
                wait_until(lambda: listens(self.port, b"220 "), f"Postfix on port {self.port}:\n{self.log()}", 5)
            except TimeoutError:
                self.stop()
                continue
            return
        raise RuntimeError(f"Postfix does not start:\n{self.log()}")

    def stop(self) -> None:
        """Stop at once; the queue stays for the next start."""
        pid = self._pid()
        if pid:
            end_group(pid)
            wait_until(lambda: not listens(self.port), "the port is free: its children end after the master")

    def freeze(self) -> None:
        """Stop every process of this Postfix where it stands (SIGSTOP): it is there and says nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """Try everything in the queue now."""
        run([self._command, "-c", str(self.folder / "etc"), "flush"])

    def log(self) -> str:
        """Return the log so far."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def queued(self) -> int:
        """Count the mails that Postfix has taken and not yet got rid of."""
        queues = ("maildrop", "incoming", "active", "deferred")
        return sum(1 for queue in queues for path in (self.folder / "queue" / queue).rglob("*") if path.is_file())

    def mails(self, address: str) -> list[bytes]:
        """Return the mails delivered to an address of a `MAILDIR` domain, in order of delivery, with LF line ends.

        Postfix puts Return-Path, X-Original-To and Delivered-To in front and adds its Received line.
        """
        folder = self.folder / "mail" / "all" / "new"
        found = [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []
        line = f"\nX-Original-To: {address}\n".encode()
        return [mail for mail in found if line in mail[: mail.find(b"\n\n") + 1]]

    def wait_for_mails(self, address: str, number: int, seconds: float = 15) -> list[bytes]:
        """Return the mails of an address as soon as there are this many. Raise TimeoutError with the log."""
        try:
            wait_until(lambda: len(self.mails(address)) >= number, f"{number} mails to {address}", seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}, there are {len(self.mails(address))}. Postfix says:\n{self.log()}") from None
        return self.mails(address)

    def _lay_out(self) -> None:
        for name, owner in (("etc", "root"), ("queue", "root"), ("data", "postfix"), ("mail", "nobody")):
            (self.folder / name).mkdir()
            run(["chown", owner, str(self.folder / name)])

    def _configure(self) -> None:
        """Write the configuration, dated back: Postfix waits two seconds with files that have just been changed."""
        etc = self.folder / "etc"
        kept = [domain for domain, route in self.routes.items() if route == MAILDIR]
        main = MAIN.format(
            folder=self.folder, uid=_id("-u"), gid=_id("-g"), kept=" ".join(kept),
            relayed=" ".join(domain for domain in self.routes if domain not in kept),
            routes=" ".join(f"{{ {domain} = {route} }}" for domain, route in self.routes.items()),
        )
        more = "".join(f"{name} = {value}\n" for name, value in self.settings.items())
        (etc / "main.cf").write_text(main + more)
        (etc / "master.cf").write_text(MASTER.format(port=self.port) + self._pipe_service())
        for path in etc.iterdir():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 60))

    def _pipe_service(self) -> str:
        if self.pipe is None:
            return ""
        command = " ".join(_pipe_word(word) for word in self.pipe.command)
        return f"mailbridge unix - n n - 4 pipe\n  flags= user={self.pipe.user} argv={command}\n"

    def _pid(self) -> int:
        """Return the process id of our own master, 0 when it does not run."""
        path = self.folder / "queue" / "pid" / "master.pid"
        pid = int(path.read_text().strip() or 0) if path.is_file() else 0
        try:
            ours = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].endswith(b"/master")
        except OSError:
            return 0
        return pid if pid and ours else 0

    def _signal(self, number: signal.Signals) -> None:
        pid = self._pid()
        assert pid, f"Postfix does not run:\n{self.log()}"
        os.killpg(pid, number)


def _pipe_word(word: str) -> str:
    """Return a word of a command as pipe(8) reads it: a macro alone stays one, any other dollar is a dollar."""
    word = word if re.fullmatch(r"\$\{\w+\}", word) else word.replace("$", "$$")
    return f"{{{word}}}" if " " in word else word


def _id(which: str) -> str:
    return run(["id", which, "nobody"]).strip()
