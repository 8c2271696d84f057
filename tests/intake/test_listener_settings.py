"""Settings that can and cannot be used."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from mailbridge.config.model import Listener as Settings
from mailbridge.errors import ConfigError
from mailbridge.intake.session import Session
from mailbridge.intake.smtp import Listener, split_address
from tests.intake.ground import NOON, Certificate, Ground, Spool, play


def make(**settings: Any) -> Listener:
    return Listener(
        Settings.model_construct(**{**Settings().model_dump(), **settings}), lmtp=False, accept=Spool().accept,
        is_ours=lambda _: True, check_password=lambda *_: None, trusted_peers=(), temporary_folder=Path(),
        clock=lambda: NOON)


@pytest.mark.parametrize(("address", "split"), [
    ("127.0.0.1:2525", ("127.0.0.1", 2525)), ("[::1]:25", ("::1", 25)), (":25", ("", 25)), ("*:25", ("", 25)),
    ("localhost:0", ("localhost", 0))])
def test_address_is_split(address: str, split: tuple[str, int]) -> None:
    assert split_address(address) == split


@pytest.mark.parametrize("address", [
    "", "25", "localhost", "localhost:", "localhost:smtp", "localhost:65536", "::1:-5"])
def test_address_that_cannot_be_used_is_a_fault_of_the_configuration(address: str) -> None:
    with pytest.raises(ConfigError, match=r"write 127\.0\.0\.1:2525"):
        split_address(address)


def test_port_in_use_is_a_fault_of_the_configuration_and_leaves_nothing_bound(certificate: Certificate) -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            listener = make(listen="127.0.0.1:0", tls_listen=f"127.0.0.1:{port}",
                            certificate=certificate[0], private_key=certificate[1])
            with pytest.raises(ConfigError, match=f'cannot listen on "127.0.0.1:{port}"'):
                await listener.start()
            assert listener._servers == []

    asyncio.run(run())


def test_tls_without_a_certificate_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match='needs a "certificate"'):
        asyncio.run(make(tls_listen="127.0.0.1:0").start())


def test_certificate_that_cannot_be_read_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "certificate.pem").write_text("none")
    for name in ("certificate.pem", "missing.pem"):
        with pytest.raises(ConfigError, match="cannot be used"):
            make(certificate=tmp_path / name)


def test_aiosmtpd_logs_no_addresses_and_no_mail() -> None:
    logging.getLogger("mail.log").setLevel(logging.DEBUG)
    asyncio.run(make().start())
    assert not logging.getLogger("mail.log").isEnabledFor(logging.INFO)


def test_listener_without_addresses_listens_nowhere() -> None:
    assert asyncio.run(make().start()) == []


def test_session_has_every_attribute_that_aiosmtpd_gives(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        session = Session(ground.listener._house)
        fresh = SMTP(None, hostname="x", loop=asyncio.get_running_loop())
        assert vars(fresh).keys() <= vars(session).keys()

    play(tmp_path, act)
