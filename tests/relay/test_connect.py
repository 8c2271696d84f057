"""The way to the smarthost: TLS is verified, a login works, and a fault on the way is temporary and says what to do."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbridge.config.model import Relay as Settings
from mailbridge.errors import RelayTemporary
from mailbridge.relay.connect import connect, is_loopback, plain
from mailbridge.relay.outcome import Outcome
from mailbridge.relay.smtp import SmtpRelay
from tests.relay.peer import SILENCE, ScriptedPeer
from tests.servers.certificates import make_certificate
from tests.servers.dovecot import Dovecot
from tests.servers.ground import wait_until
from tests.servers.postfix import MAILDIR, Postfix

RAW = b"From: support@example.org\r\nSubject: hello\r\n\r\nhello\r\n"
WITH_LOGIN = "250-peer\r\n250 AUTH PLAIN LOGIN"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture(scope="module")
def smarthost(certificate: Path) -> Iterator[Postfix]:
    """A Postfix that takes mail only after STARTTLS and AUTH, which a Dovecot checks."""
    with Dovecot() as dovecot:
        settings = {
            "smtpd_tls_security_level": "may",
            "smtpd_tls_cert_file": str(certificate),
            "smtpd_tls_key_file": str(certificate),
            "smtpd_tls_auth_only": "yes",
            "smtpd_tls_received_header": "yes",
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": str(dovecot.sasl),
            "smtpd_recipient_restrictions": "permit_sasl_authenticated, reject",
        }
        with Postfix({"example.net": MAILDIR}, settings=settings) as postfix:
            yield postfix


def to(port: int, **more: Any) -> Settings:
    values: dict[str, Any] = {"kind": "smtp", "host": "localhost", "port": port, "security": "starttls"}
    return Settings.model_construct(**(values | {"timeout_seconds": 10} | more))


def fault(settings: Settings, password: str | None = None) -> str:
    with pytest.raises(RelayTemporary) as caught:
        connect(settings, password)
    return str(caught.value)


# --- real Postfix with real logins ---


def test_a_real_smarthost_takes_mail_after_starttls_and_login(smarthost: Postfix, certificate: Path) -> None:
    relay = SmtpRelay(to(smarthost.port, ca_file=certificate, user="support@example.org"), Dovecot.password)
    outcome = relay.send("support@example.org", ("login@example.net",), RAW)
    relay.close()
    assert outcome.sent, outcome
    assert "queued as" in outcome.reply
    (mail,) = smarthost.wait_for_mails("login@example.net", 1)
    assert b"TLSv1." in mail


def test_a_wrong_password_is_temporary_and_says_where_to_correct_it(smarthost: Postfix, certificate: Path) -> None:
    relay = SmtpRelay(to(smarthost.port, ca_file=certificate, user="support@example.org"), "wrong-secret")
    (result,) = relay.send("support@example.org", ("login@example.net",), RAW).results
    assert result.state == "temporary"
    assert "refused the login: 535" in result.reply
    assert "password_file" in result.reply
    assert "wrong-secret" not in result.reply


def test_a_login_beyond_ascii_is_said_in_utf8_and_refused_by_name_only(smarthost: Postfix, certificate: Path) -> None:
    said = fault(to(smarthost.port, ca_file=certificate, user="support@example.org"), "slaptažodis")
    assert "refused the login: 535" in said


def test_without_a_login_a_real_smarthost_refuses_the_recipient(smarthost: Postfix, certificate: Path) -> None:
    relay = SmtpRelay(to(smarthost.port, ca_file=certificate), None)
    (result,) = relay.send("support@example.org", ("login@example.net",), RAW).results
    relay.close()
    assert (result.state, result.code) == ("permanent", 554)


def test_a_certificate_of_nobody_we_know_is_not_trusted(smarthost: Postfix) -> None:
    said = fault(to(smarthost.port))
    assert "certificate is not valid" in said
    assert "ca_file" in said


def test_a_certificate_for_another_host_is_not_trusted(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "other.example.org")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(other)
    with ScriptedPeer({"EHLO": "250-peer\r\n250 STARTTLS"}, context=context) as peer:
        assert "certificate is not valid: Hostname mismatch" in fault(to(peer.port, ca_file=other))


# --- a peer that follows a script ---


def test_tls_from_the_first_byte(context: ssl.SSLContext, certificate: Path) -> None:
    with ScriptedPeer(context=context, tls_first=True) as peer:
        relay = SmtpRelay(to(peer.port, security="tls", ca_file=certificate), None)
        assert relay.send("support@example.org", ("jonas@example.net",), RAW).sent
        assert relay.send("support@example.org", ("jonas@example.net",), RAW).sent
        relay.close()
    assert peer.connections == 1
    assert [taken.raw for taken in peer.mails] == [RAW, RAW]


def test_starttls_that_is_not_offered_is_never_done_without(certificate: Path) -> None:
    with ScriptedPeer({"EHLO": WITH_LOGIN}) as peer:
        said = fault(to(peer.port, ca_file=certificate, user="u"), "secret")
    assert "does not offer STARTTLS" in said
    assert not peer.said("AUTH")
    assert not peer.said("STARTTLS")


def test_starttls_that_is_refused_is_temporary(certificate: Path) -> None:
    with ScriptedPeer({"EHLO": "250-peer\r\n250 STARTTLS", "STARTTLS": "454 4.7.0 not now"}) as peer:
        assert "454" in fault(to(peer.port, ca_file=certificate))


def test_abilities_told_before_tls_are_forgotten(context: ssl.SSLContext, certificate: Path) -> None:
    """A person in the middle may have put them there (RFC 3207 §4.2)."""
    answers = ["250-peer\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 SIZE 1", "250 peer"]
    with ScriptedPeer({"EHLO": answers}, context=context) as peer:
        smtp = connect(to(peer.port, ca_file=certificate), None)
        assert not smtp.esmtp_features
        smtp.close()


@pytest.mark.parametrize(("user", "password"), [("support", "secret"), ("поддержка", "slaptažodis")])
def test_the_login_is_said_as_rfc_4616_wants_it(user: str, password: str) -> None:
    with ScriptedPeer({"EHLO": "250-peer\r\n250 AUTH PLAIN"}) as peer:
        connect(to(peer.port, security="none", user=user), password).close()
    (said,) = peer.said("AUTH PLAIN")
    assert base64.b64decode(said.split()[2]).decode() == f"\0{user}\0{password}"


@pytest.mark.parametrize(
    ("script", "password", "reason"),
    [
        ({"EHLO": "250 peer"}, "secret", "offers no AUTH"),
        ({"EHLO": WITH_LOGIN}, None, "no password_file"),
        ({"EHLO": WITH_LOGIN, "AUTH": "535 5.7.8 no"}, "secret", "refused the login: 535 5.7.8 no"),
        ({"EHLO": WITH_LOGIN, "AUTH": "535 5.7.8 no"}, "slaptažodis", "refused the login: 535 5.7.8 no"),
        ({"EHLO": WITH_LOGIN, "AUTH": "454 4.7.0 later"}, "secret", "454 4.7.0 later"),
        ({"EHLO": "250-peer\r\n250 AUTH GSSAPI"}, "secret", "No suitable authentication method"),
    ],
)
def test_a_login_that_fails_says_why(script: dict[str, str], password: str | None, reason: str) -> None:
    with ScriptedPeer(script) as peer:
        said = fault(to(peer.port, security="none", user="support"), password)
    assert reason in said
    assert f"localhost:{peer.port}" in said
    assert "secret" not in said


def test_a_ca_file_that_is_missing_is_temporary_and_names_the_relay(tmp_path: Path) -> None:
    with ScriptedPeer({"EHLO": "250-peer\r\n250 STARTTLS"}) as peer:
        assert f"relay localhost:{peer.port}" in fault(to(peer.port, ca_file=tmp_path / "missing.pem"))


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("::ffff:127.0.0.1", True),
        ("192.0.2.1", False), ("10.0.0.1", False), ("::ffff:192.0.2.1", False), ("fe80::1%eth0", False),
    ],
)  # fmt: skip
def test_without_tls_only_this_machine_is_talked_to(address: str, ours: bool) -> None:
    assert is_loopback(address) is ours


@pytest.mark.parametrize(
    ("reply", "cleaned"),
    [
        (b"2.0.0 ok", "2.0.0 ok"),
        (b"a\nb\r\nc", "a b c"),
        (b"\x1b[2J\x07bell\xff", "[2J bell\ufffd"),
        ("запись", "запись"),
        ("a\u202eb\u2028c", "a b c"),
        (b"", ""),
    ],
)
def test_what_a_peer_says_is_one_clean_line(reply: bytes | str, cleaned: str) -> None:
    assert plain(reply) == cleaned


def test_an_interrupt_ends_a_wait_over_tls_too(context: ssl.SSLContext, certificate: Path) -> None:
    with ScriptedPeer({"END": SILENCE}, context=context, tls_first=True) as peer:
        relay = SmtpRelay(to(peer.port, security="tls", ca_file=certificate, timeout_seconds=60), None)
        found: list[Outcome] = []
        sender = threading.Thread(
            target=lambda: found.append(relay.send("support@example.org", ("jonas@example.net",), RAW))
        )
        sender.start()
        wait_until(lambda: bool(peer.said("DATA")), "the mail is on its way")
        relay.interrupt()
        sender.join(5)
        assert not sender.is_alive()
        relay.close()
    assert [result.state for result in found[0].results] == ["temporary"]
