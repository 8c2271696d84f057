"""The way to the server: TLS verified, no password over an open line, faults that say what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbridge.intake.imap import ImapWatcher
from mailbridge.relay.imap_connect import ImapFault, close, connect
from tests.imap.ground import PASSWORD, Ground, mail, new_user, settings
from tests.imap.scripted import SILENCE, ScriptedServer
from tests.servers.certificates import make_certificate
from tests.servers.dovecot import Dovecot
from tests.servers.ground import free_port, wait_until

SECURE = """
ssl = yes
ssl_cert = <{pem}
ssl_key = <{pem}
service imap-login {{
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def secure(certificate: Path) -> Iterator[tuple[Dovecot, int]]:
    port = free_port()
    with Dovecot(settings=SECURE.format(pem=certificate, port=port)) as server:
        yield server, port


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_the_configured_authority_is_accepted(secure: tuple[Dovecot, int], certificate: Path, security: str) -> None:
    port = secure[1] if security == "tls" else secure[0].port
    client = connect(settings(port, security=security, ca_file=certificate), PASSWORD)
    assert client.socket().version() in ("TLSv1.2", "TLSv1.3")
    close(client)
    close(client)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(secure: tuple[Dovecot, int], security: str) -> None:
    port = secure[1] if security == "tls" else secure[0].port
    with pytest.raises(ImapFault, match=r"certificate is not valid: self-signed certificate\. Correct host or ca_file"):
        connect(settings(port, security=security), PASSWORD)


def test_a_server_without_starttls_gets_no_password() -> None:
    with ScriptedServer() as server:
        with pytest.raises(ImapFault, match="does not offer STARTTLS"):
            connect(settings(server.port, security="starttls"), PASSWORD)
        assert server.count("LOGIN") == 0


def test_an_open_line_is_for_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbridge.relay.imap_connect.is_loopback", lambda _address: False)
    with ScriptedServer() as server:
        with pytest.raises(ImapFault, match="for loopback only"):
            connect(settings(server.port), PASSWORD)
        assert server.count("LOGIN") == 0


def test_a_port_where_nobody_listens_and_one_that_says_nothing_are_faults_within_their_time() -> None:
    with pytest.raises(ImapFault, match=r"\[imap\.support\] 127\.0\.0\.1:\d+ cannot be reached: .*refused"):
        connect(settings(free_port()), PASSWORD)
    with ScriptedServer(always={"GREETING": SILENCE}) as server, pytest.raises(ImapFault, match="no answer in time"):
        connect(settings(server.port, timeout_seconds=0.2), PASSWORD)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(ImapFault, match="no answer in time"):
        connect(settings(listener.getsockname()[1], security="tls", timeout_seconds=0.2), PASSWORD)


def test_a_wrong_password_is_refused_and_never_shown() -> None:
    with Dovecot() as server, pytest.raises(ImapFault) as caught:
        connect(settings(server.port), "a wrong one")
    assert caught.value.refused
    assert "Correct user or password_file" in str(caught.value)
    assert "wrong one" not in str(caught.value)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_idle_and_its_end_work_inside_tls(ground: Ground, secure: tuple[Dovecot, int], certificate: Path, security: str) -> None:
    server, user = secure[0], new_user()
    own = settings(secure[1] if security == "tls" else server.port, user, security=security, ca_file=certificate, poll_seconds=600)
    account = ground.account(own)
    watcher = ImapWatcher([account])
    watcher.start()
    wait_until(lambda: ground.ledger.folder("INBOX") is not None, "the first round")
    for number in range(3):
        server.deliver(mail(f"mail-{number}"), user)
        wait_until(lambda number=number: len(ground.subjects()) > number, "the mail")  # type: ignore[misc]
    wait_until(lambda: set(ground.states().values()) == {"acknowledged"}, "all is acknowledged")
    assert watcher.stop(5)
    assert ground.subjects() == ["mail-0", "mail-1", "mail-2"]
    assert ground.log.events().count("imap.connected") == 1
    assert "imap.disconnected" not in ground.log.events()
