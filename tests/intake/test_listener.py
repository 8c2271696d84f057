"""Mail on its way: what is handed on, clients that go, time, stopping."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import ssl
import struct
from pathlib import Path

import pytest
import structlog

from mailbridge.intake.connection import House
from mailbridge.spool import Delivery
from tests.intake.ground import (
    ENVELOPE,
    NOON,
    SOON,
    TO_DATA,
    WAIT_SECONDS,
    Certificate,
    Client,
    Ground,
    Spool,
    listening,
    play,
    until,
)


def test_delivery_says_all_that_is_known_of_it(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            assert await client.say(*TO_DATA) == "354 End data with <CR><LF>.<CR><LF>"
            assert await client.say("Hello\r\n.") == "250 2.0.0 Accepted as 1"

    assert play(tmp_path, act).got == [Delivery(
        raw=b"Hello\r\n", envelope_from="ann@example.net", recipients=("support@example.org",), source="smtp",
        received_at=NOON, peer="127.0.0.1")]


def test_big_mail_is_handed_on_as_a_file(tmp_path: Path) -> None:
    mail = b"Subject: big\r\n\r\n" + b"x." * 60_000 + b"\r\n"

    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            await client.send(mail + b".\r\n")
            assert await client.answer() == "250 2.0.0 Accepted as 1"

    spool = play(tmp_path, act)
    assert isinstance(spool.got[0].raw, Path)
    assert spool.raws == [mail]



# -- clients that go

@pytest.mark.parametrize("size", [10, 200_000])
@pytest.mark.parametrize("abruptly", [False, True])
def test_client_that_goes_within_the_mail_leaves_nothing(tmp_path: Path, size: int, abruptly: bool) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            await client.send(b"\r\n" + b"x" * size)
            if size > 65_536:
                await until(lambda: any(tmp_path.iterdir()))
            if abruptly:
                wire: socket.socket = client.writer.get_extra_info("socket")
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await until(lambda: not ground.listener._house.here)

    assert play(tmp_path, act).got == []


@pytest.mark.parametrize("size", [10, 200_000])
def test_mail_of_a_client_that_goes_after_the_final_dot_is_stored(tmp_path: Path, size: int) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            await client.send(b"\r\n" + b"x" * size + b"\r\n.\r\n")
            await until(ground.spool.called.is_set)
        ground.spool.pending[0].set_result(1)
        await until(lambda: not ground.listener._house.here)

    assert play(tmp_path, act, spool=Spool(hold=True)).raws == [b"\r\n" + b"x" * size + b"\r\n"]


def test_mail_over_tls_of_a_client_that_goes_at_once_is_stored(tmp_path: Path, certificate: Certificate) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client(implicit_tls=True) as client:
            await client.say(*TO_DATA)
            await client.send(b"Hello\r\n.\r\n")
        await until(lambda: bool(ground.spool.got))

    assert play(tmp_path, act, certificate=certificate).raws == [b"Hello\r\n"]


@pytest.mark.parametrize("implicit_tls", [False, True])
def test_client_that_speaks_no_tls_is_let_go_quietly(
        tmp_path: Path, certificate: Certificate, implicit_tls: bool) -> None:
    async def act(ground: Ground) -> None:
        streams = await asyncio.open_connection(*ground.addresses[implicit_tls])
        client = Client(streams, None)
        if not implicit_tls:
            await client.answer()
            await client.say("STARTTLS")
        await client.send(b"what is this?\r\n" * 10)
        await client.reader.read()
        await client.close()
        await until(lambda: not ground.listener._house.here)

    play(tmp_path, act, certificate=certificate)



# -- time

@pytest.mark.parametrize("before", [(), ENVELOPE, TO_DATA])
def test_silent_client_is_let_go(tmp_path: Path, before: tuple[str, ...]) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*before)
            assert await client.line() == "421 4.4.2 Timed out"
            assert await client.is_closed()

    assert play(tmp_path, act, timeout_seconds=SOON).got == []


async def drip(client: Client, data: bytes) -> None:
    """Send a few bytes again and again until the server answers or is gone.

    Bytes on their way when a server closes reset the connection, so that its last answer may be lost: the log tells.
    """
    with structlog.testing.capture_logs() as logs, contextlib.suppress(ConnectionError):
        async with asyncio.timeout(WAIT_SECONDS):
            answered = False
            while not answered:
                await client.send(data)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SOON / 5):
                        answered = await client.reader.readline() in (b"421 4.4.2 Timed out\r\n", b"")
    assert [entry["event"] for entry in logs] == ["intake.timed_out"]


def test_bytes_without_a_line_keep_nobody_alive(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await drip(client, b"x")

    play(tmp_path, act, timeout_seconds=SOON)


def test_mail_that_trickles_in_for_too_long_is_cut_off(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            await drip(client, b"x\r\n" * 30_000)

    assert play(tmp_path, act, timeout_seconds=60, max_data_seconds=SOON).got == []


def test_client_waits_for_a_slow_spool_as_long_as_it_takes(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            await client.send(b"Hello\r\n.\r\n")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(SOON * 3):
                    await client.reader.readline()
            ground.spool.pending[0].set_result(7)
            assert await client.answer() == "250 2.0.0 Accepted as 7"

    play(tmp_path, act, spool=Spool(hold=True), timeout_seconds=SOON)



def test_peer_that_takes_no_answers_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbridge.intake.connection.LINGER_SECONDS", SOON)

    kept_back: list[int] = []

    def is_gone(house: House) -> bool:
        kept_back.extend(connection._writer.transport.get_write_buffer_size() for connection in house.here)
        return not house.here

    async def act(ground: Ground) -> None:
        with socket.socket() as wire:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            wire.connect(ground.addresses[0])
            _, writer = await asyncio.open_connection(sock=wire)
            writer.write(b"EHLO client\r\n" * 60_000)
            await until(lambda: bool(ground.listener._house.here))
            await until(lambda: is_gone(ground.listener._house))
            writer.transport.abort()

    play(tmp_path, act, timeout_seconds=SOON, max_recipients=50_000)
    assert 0 < max(kept_back) < 200_000


# -- stopping

def test_stop_says_goodbye_to_the_idle_and_lets_mail_on_its_way_arrive(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as idle, ground.client() as busy:
            await busy.say(*TO_DATA)
            stopping = asyncio.create_task(ground.listener.stop(WAIT_SECONDS))
            assert await idle.line() == "421 4.3.2 Service closing, try again later"
            assert await idle.is_closed()
            with pytest.raises(ConnectionError):
                await asyncio.open_connection(*ground.addresses[0])
            await busy.send(b"Hello\r\n.\r\n")
            assert await busy.line() == "250 2.0.0 Accepted as 1"
            assert await busy.line() == "421 4.3.2 Service closing, try again later"
            await stopping

    assert play(tmp_path, act).raws == [b"Hello\r\n"]


def test_stop_waits_no_longer_than_its_grace(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as sending, ground.client() as waiting:
            await sending.say(*TO_DATA)
            await sending.send(b"\r\n" + b"x" * 200_000)
            await waiting.say(*TO_DATA)
            await waiting.send(b"Hello\r\n.\r\n")
            await until(ground.spool.called.is_set)
            await until(lambda: any(tmp_path.iterdir()))
            await ground.listener.stop(SOON)
            assert await sending.is_closed()
            assert await waiting.is_closed()
            ground.spool.pending[0].set_result(1)  # the commit comes all the same

    assert play(tmp_path, act, spool=Spool(hold=True)).raws == [b"Hello\r\n"]


def test_listener_is_replaced_on_the_same_port(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        port = ground.addresses[0][1]
        async with ground.client():
            await ground.listener.stop(SOON)
            async with listening(tmp_path, listen=f"127.0.0.1:{port}") as again, again.client() as client:
                assert await client.say("NOOP") == "250 2.0.0 OK"

    play(tmp_path, act)



# -- a client that is not ours

@pytest.mark.parametrize("implicit_tls", [False, True])
def test_smtplib_submits_over_tls(tmp_path: Path, certificate: Certificate, implicit_tls: bool) -> None:
    def submit(address: tuple[str, int], trust: ssl.SSLContext) -> None:
        with (smtplib.SMTP_SSL(*address, context=trust) if implicit_tls else smtplib.SMTP(*address)) as client:
            if not implicit_tls:
                client.starttls(context=trust)
            client.login("bob", "secret")
            client.sendmail("bob@example.org", ["support@example.org", "d\u0117kui@example.org"],
                            "Subject: \u017einia\r\n\r\n.dot\r\n".encode(), ["SMTPUTF8", "BODY=8BITMIME"],
                            ["NOTIFY=FAILURE"])

    async def act(ground: Ground) -> None:
        assert ground.trust
        await asyncio.to_thread(submit, ground.addresses[implicit_tls], ground.trust)

    spool = play(tmp_path, act, certificate=certificate)
    assert spool.raws == ["Subject: \u017einia\r\n\r\n.dot\r\n".encode()]
    assert spool.got[0].authenticated_as == "bob@example.org"
    assert spool.got[0].recipients == ("support@example.org", "d\u0117kui@example.org")
