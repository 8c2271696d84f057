"""The caps against live clients."""

from __future__ import annotations

import asyncio
import tracemalloc
from pathlib import Path

import pytest

from tests.intake.ground import ENVELOPE, TO_DATA, WAIT_SECONDS, Certificate, Ground, play, until


def test_connections_over_the_cap_are_told_421_and_the_next_is_let_in(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client(), ground.client() as second, ground.client(greeted=False) as third:
            assert await third.line() == "421 4.3.2 Too many connections, try again later"
            assert await third.is_closed()
            await second.say("QUIT")
            await until(lambda: len(ground.listener._house.here) < 2)
            async with ground.client():
                pass

    play(tmp_path, act, max_connections=2)


def test_connections_of_one_stranger_are_capped(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client(source="127.0.0.2"), ground.client(source="127.0.0.2", greeted=False) as second:
            assert await second.line() == "421 4.7.0 Too many connections from you, try again later"
            async with ground.client(source="127.0.0.3"):
                pass

    play(tmp_path, act, max_connections_per_peer=1, strangers=True)


def test_connections_count_before_their_tls_handshake(tmp_path: Path, certificate: Certificate) -> None:
    async def act(ground: Ground) -> None:
        _, silent = await asyncio.open_connection(*ground.addresses[1])
        await until(lambda: len(ground.listener._house.here) == 1)
        async with ground.client(greeted=False) as client:
            assert (await client.line()).startswith("421 4.3.2 ")
        reader, refused = await asyncio.open_connection(*ground.addresses[1])
        assert await reader.read() == b""
        for writer in (silent, refused):
            writer.close()
            await writer.wait_closed()

    play(tmp_path, act, certificate=certificate, max_connections=1)


def test_mails_of_a_stranger_over_the_rate_are_for_later(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            for _ in range(2):
                assert await client.say(*TO_DATA, ".") == "250 2.0.0 Accepted"
            assert await client.say(*ENVELOPE[:2]) == "451 4.7.1 Too much mail for now, try again later"
            ground.clock.forward(60)
            assert await client.say(*ENVELOPE[:2]) == "250 2.1.0 Sender OK"

    assert len(play(tmp_path, act, strangers=True, max_mails_per_peer_minute=2).got) == 2


@pytest.mark.parametrize(("strangers", "last"), [
    (True, "421 4.7.0 Too many errors"), (False, "550 5.1.1 No such mailbox here")])
def test_stranger_who_tries_names_is_let_go_but_not_a_relay_with_a_list(
        tmp_path: Path, strangers: bool, last: str) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*ENVELOPE[:2])
            for number in range(20):
                assert await client.say(f"RCPT TO:<name{number}@example.org>") == "550 5.1.1 No such mailbox here"
            if not strangers:
                await client.send(b"RCPT TO:<more@example.org>\r\n")
            assert await client.line() == last

    play(tmp_path, act, strangers=strangers)


def test_client_that_never_sends_a_mail_is_let_go(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.send(b"NOOP\r\n" * 1_000)
            received = await asyncio.wait_for(client.reader.read(), WAIT_SECONDS)
            assert received == b"250 2.0.0 OK\r\n" * 203 + b"421 4.7.0 Too many commands without a mail\r\n"

    play(tmp_path, act, max_recipients=1)


def test_mail_that_is_taken_makes_good_for_errors_and_idle_commands(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            for _ in range(2):
                await client.say(*["NOOP"] * 150, *["XYZZY"] * 15)
                assert await client.say(*TO_DATA, ".") == "250 2.0.0 Accepted"

    play(tmp_path, act, strangers=True, max_recipients=1)


def test_failed_logins_of_a_stranger_count_over_connections(tmp_path: Path, certificate: Certificate) -> None:
    async def act(ground: Ground) -> None:
        for number in range(11):
            async with ground.client(implicit_tls=True) as client:
                answer = await client.say("HELO client", "AUTH PLAIN AGFubmEAeA==")
                assert answer == ("535 5.7.8 Authentication failed" if number < 10 else
                                  "421 4.7.0 Too many failed logins, try again later")

    play(tmp_path, act, certificate=certificate, strangers=True)


def test_command_line_without_end_is_cut_off(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.send(b"MAIL FROM:<" + b"x" * 150_000)
            assert await client.line() == "421 4.5.2 Line too long"

    play(tmp_path, act)


def test_60_mb_in_one_line_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            tracemalloc.start()
            try:
                for _ in range(240):
                    await client.send(b"x" * 250_000)
                await client.send(b"\r\n.\r\n")
                assert await client.answer() == "552 5.3.4 Header too big"
                assert tracemalloc.get_traced_memory()[1] < 4_000_000
            finally:
                tracemalloc.stop()
            assert await client.say("NOOP") == "250 2.0.0 OK"

    assert play(tmp_path, act, max_message_mb=1).got == []


def test_mail_over_the_size_is_refused_at_its_end_and_the_session_goes_on(tmp_path: Path) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            await client.send(b"\r\n" + b"long lines are taken " * 60_000 + b"\r\n.\r\n")
            assert await client.answer() == "552 5.3.4 Mail too big"
            await client.say(*TO_DATA)
            await client.send(b"\r\n" + b"long lines are taken " * 40_000 + b"\r\n.\r\n")
            assert await client.answer() == "250 2.0.0 Accepted as 1"

    assert len(play(tmp_path, act, max_message_mb=1).got) == 1
