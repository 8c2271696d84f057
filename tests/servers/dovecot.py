"""A Dovecot of our own: IMAP on a free port of 127.0.0.1, one Maildir for each user, any user with one password.

    with Dovecot() as dovecot:
        dovecot.deliver(raw)
        IMAPClient("127.0.0.1", dovecot.port, ssl=False).login(dovecot.user, dovecot.password)

`sasl` is the path of its authentication socket, by which a Postfix can check logins.
"""

from __future__ import annotations

import itertools
import os
import pwd
import signal
import subprocess
from pathlib import Path
from typing import Self

from tests.servers.ground import (
    end_group,
    free_port,
    is_alive,
    listens,
    must_be_root,
    new_folder,
    program,
    remove_folder,
    run,
    wait_until,
)

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 100
mail_fsync = {fsync}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener {folder}/sasl {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
{settings}
"""


class Dovecot:
    """A running Dovecot. settings: more lines of dovecot.conf, at its end."""

    password = "bread-and-salt"

    def __init__(self, *, user: str = "support@example.org", settings: str = "", durable: bool = False) -> None:
        self.user = user
        self.settings = settings
        self.durable = durable
        self.port = 0
        self.folder = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._serial = itertools.count()
        self._program = program("dovecot", "dovecot-imapd")

    def __enter__(self) -> Self:
        must_be_root("Dovecot")
        if not Path("/usr/lib/dovecot/imap").exists():
            program("imap", "dovecot-imapd", ("/usr/lib/dovecot", "/usr/libexec/dovecot"))
        self.folder = new_folder("dovecot")
        try:
            (self.folder / "mail").mkdir()
            _give_to_nobody(self.folder / "mail")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        remove_folder(self.folder)

    @property
    def sasl(self) -> Path:
        """The authentication socket, for `smtpd_sasl_path` of a Postfix with `smtpd_sasl_type = dovecot`."""
        return self.folder / "sasl"

    def start(self) -> None:
        """Start, on the same port as before if there was one; return when it greets."""
        wanted = self.port
        for _ in range(3):
            self.port = wanted or free_port()
            self._launch()
            wait_until(lambda: listens(self.port, b"* OK") or not is_alive(self._pid), f"Dovecot on port {self.port}")
            if is_alive(self._pid):
                return
            self.stop()
        raise RuntimeError(f"Dovecot does not start:\n{self.log()}")

    def stop(self) -> None:
        """Stop with every session; the mail stays."""
        if self._process is not None:
            self.thaw()
            end_group(self._process.pid)
            self._process.wait(10)
            self._process = None

    def restart(self) -> None:
        """Stop and start again on the same port: every client is cut off."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Stop every process where it stands (SIGSTOP): connections stay, nothing is answered."""
        os.killpg(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on after `freeze`."""
        if is_alive(self._pid):
            os.killpg(self._pid, signal.SIGCONT)

    def log(self) -> str:
        """Return the log so far."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def maildir(self, user: str = "", folder: str = "") -> Path:
        """Return the Maildir of a user (the first one by default), or of one of his folders."""
        base = self.folder / "mail" / (user or self.user)
        return base / f".{folder}" if folder else base

    def deliver(self, raw: bytes, user: str = "", folder: str = "") -> Path:
        """Put a mail into a Maildir as a mail server does (temp file, rename into `new`); return where it lies."""
        maildir = self.maildir(user, folder)
        for path in (maildir, maildir / "tmp", maildir / "new", maildir / "cur"):
            if not path.exists():
                path.mkdir(mode=0o700)
                _give_to_nobody(path)
        name = f"{os.getpid()}.{next(self._serial):06}.example.org"
        part = maildir / "tmp" / name
        part.write_bytes(raw)
        _give_to_nobody(part)
        return part.rename(maildir / "new" / name)

    @property
    def _pid(self) -> int:
        assert self._process is not None, "Dovecot is stopped"
        self._process.poll()
        return self._process.pid

    def _launch(self) -> None:
        configuration = self.folder / "dovecot.conf"
        fsync = "always" if self.durable else "never"
        configuration.write_text(CONFIGURATION.format(
            folder=self.folder, port=self.port, password=self.password, settings=self.settings, fsync=fsync
        ))
        run([program("doveconf", "dovecot-imapd"), "-n", "-c", str(configuration)])
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", str(configuration)], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )


def _give_to_nobody(path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(path, nobody.pw_uid, nobody.pw_gid)
