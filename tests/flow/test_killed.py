"""SIGKILL while mail comes in: every mail that got `250` is on exactly one ticket afterwards, and nothing is doubled."""

import smtplib
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest

from mailbridge.app import assemble, make_relay, run_once
from mailbridge.clock import now
from mailbridge.config.load import load_config
from mailbridge.records.audit import audit
from mailbridge.records.export import export
from mailbridge.spool import CLAIM_SECONDS
from tests.desks import mail
from tests.flow.running import Running, lay_out, objects
from tests.servers.ground import free_port, wait_until

SUPPORT = "support@example.org"
SESSIONS, MAILS = 4, 60


class Feeder:
    """Sends numbered mails over several connections, each until it got `250`, as a mail server would; then the next.

    A mail whose answer was lost is sent once more under its Message-ID, or, without one, not again: whether it was
    taken is then unknown. taken: numbers that got `250`; unknown: those that may lie there or not.
    """

    def __init__(self, ports):
        self.ports = ports
        self.taken, self.unknown = [], []
        self._left = list(range(MAILS))[::-1]
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(SESSIONS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def wait_for(self, number):
        wait_until(lambda: len(self.taken) + len(self.unknown) >= number, f"{number} mails are taken", 90)

    def _run(self, session):
        port, peer = self.ports[session % len(self.ports)], None
        while not self._over.is_set():
            with self._lock:
                number = self._left.pop() if self._left else None
            if number is None:
                break
            while not self._over.is_set():
                handed_over = False
                try:
                    peer = peer or smtplib.SMTP("127.0.0.1", port, timeout=60)
                    peer.ehlo_or_helo_if_needed()
                    peer.mail(sender_of(number))
                    peer.rcpt(SUPPORT)
                    peer.putcmd("DATA")
                    if peer.getreply()[0] == 354:
                        peer.send(body(number) + b"\r\n.\r\n")
                        handed_over = True
                        if peer.getreply()[0] == 250:
                            self.taken.append(number)
                            break
                except (OSError, smtplib.SMTPException):
                    if peer is not None:
                        peer.close()
                    peer = None
                    if handed_over and not has_id(number):
                        self.unknown.append(number)
                        break
        if peer is not None:
            peer.close()


def has_id(number):
    return number % 3 != 0


def sender_of(number):
    return f"customer{number}@example.com"


def body(number):
    """Every third has neither Message-ID nor Date; every tenth is too large for a row."""
    head = {"message_id": f"<{number}@example.com>"} if has_id(number) else {"message_id": "", "date": ""}
    text = f"Words of matter {number}." + "\nmore and more" * (7000 if number % 10 == 0 else 0)
    return mail(f"Matter {number}", text, sender_of(number), **head).replace("\n", "\r\n").encode()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, make_database):
    return "" if request.param == "sqlite" else make_database()


def test_killed_again_and_again_while_mail_comes_it_loses_and_doubles_nothing(tmp_path, url):
    port = free_port()
    folder = lay_out(tmp_path / "desk", url)
    (folder / "mailbridge.toml").write_text(
        (folder / "mailbridge.toml").read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{port}"', 1))
    with Running(folder) as daemon, Feeder([port]) as feeder:
        for number in (5, 20, 40):
            feeder.wait_for(number)
            daemon.kill()
            daemon.start()
        feeder.wait_for(MAILS)
        daemon.stop()
    finish(folder)
    assert len(feeder.taken) >= MAILS - 3 * SESSIONS
    check(folder, feeder, daemon.sent())


def test_two_daemons_share_one_postgresql_and_one_is_killed(tmp_path, make_database):
    url, ports = make_database(), [free_port(), free_port()]
    folders = []
    for number, port in enumerate(ports):
        folder = lay_out(tmp_path / f"desk{number}", url)
        text = (folder / "mailbridge.toml").read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{port}"', 1)
        text = text.replace("[smtp]", f'blobs = "{tmp_path}/blobs"\n[smtp]', 1)
        text = text.replace('"var/outgoing"', f'"{tmp_path}/outgoing"')
        (folder / "mailbridge.toml").write_text(text)
        folders.append(folder)
    with Running(folders[0]) as first, Running(folders[1]) as second, Feeder(ports) as feeder:
        feeder.wait_for(20)
        first.kill()
        feeder.wait_for(30)
        first.start()
        feeder.wait_for(MAILS)
        first.stop()
        second.stop()
    finish(folders[1])
    (folders[0] / "var").mkdir(exist_ok=True)
    (tmp_path / "outgoing").rename(folders[0] / "var/outgoing")
    check(folders[0], feeder, first.sent())


def finish(folder):
    """Work off what is left, half a minute later by the clock that is handed in: the claims of the dead have run out."""
    with desk(folder) as app:
        run_once(app, make_relay(app.config, {}), now() + timedelta(seconds=CLAIM_SECONDS + 1))


@contextmanager
def desk(folder):
    app = assemble(load_config(folder, {}), {})
    try:
        yield app
    finally:
        app.close()


def check(folder, feeder, sent):
    with desk(folder) as app, app.database.read() as connection:
        found = audit(connection, app.blobs)
        subjects = Counter(one["subject"] for one in export(connection) if one["type"] == "message" and one["direction"] == "inbound")
        tickets = [one for one in export(connection) if one["type"] == "ticket"]
    assert found.missing == 0, found.faults
    assert found.waiting == found.quarantined == 0
    wanted = {f"Matter {number}" for number in feeder.taken}
    maybe = {f"Matter {number}" for number in feeder.unknown}
    assert wanted <= subjects.keys() <= wanted | maybe
    assert set(subjects.values()) == {1}, [subject for subject, count in subjects.items() if count > 1]
    assert len(tickets) == len(subjects)
    for number in feeder.taken:
        ours = [mail for mail in sent if mail["X-Envelope-To"] == sender_of(number)]
        assert len({mail["Message-ID"] for mail in ours}) == 1, "one acknowledgement; sent twice it is the same one"
    assert objects("audit", "--config", folder)[0]["missing"] == 0
