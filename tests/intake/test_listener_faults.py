"""Faults of ours are temporary and say nothing of us."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest
import structlog

from mailbridge.errors import SpoolError
from mailbridge.spool import Delivery
from tests.intake.ground import ENVELOPE, TO_DATA, Certificate, Ground, Spool, listening, play


@pytest.mark.parametrize("fault", [RuntimeError("the table agents is gone"), ConnectionError("no database"), EOFError()])
def test_fault_of_ours_is_451_and_says_nothing_of_us(tmp_path: Path, fault: Exception) -> None:
    def is_ours(address: str) -> bool:
        raise fault

    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            with structlog.testing.capture_logs() as logs:
                assert await client.say(*ENVELOPE) == "451 4.3.0 Temporary trouble here, try again later"
            assert [entry["event"] for entry in logs] == ["intake.fault"]
            assert await client.say("QUIT") == "221 2.0.0 Goodbye"

    play(tmp_path, act, ours=is_ours)


class BrokenSpool(Spool):
    def accept(self, delivery: Delivery) -> Future[int]:
        raise ConnectionError("no database")


@pytest.mark.parametrize("spool", [
    BrokenSpool(), Spool(answer=SpoolError("broken")), Spool(answer=OSError("broken"))],
    ids=["raises", "refuses", "fails"])
@pytest.mark.parametrize("size", [10, 200_000])
def test_spool_that_fails_is_451_for_each_recipient_of_lmtp_and_leaves_nothing(
        tmp_path: Path, spool: Spool, size: int) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say("LHLO client", *TO_DATA[1:3], *TO_DATA[2:])
            with structlog.testing.capture_logs() as logs:
                await client.send(b"\r\n" + b"x" * size + b"\r\n.\r\nNOOP\r\n")
                for _ in range(2):
                    assert await client.answer() == "451 4.3.0 Temporary trouble here, try again later"
                assert await client.answer() == "250 2.0.0 OK"
            assert [entry["event"] for entry in logs] == ["intake.not_spooled"]

    play(tmp_path, act, spool=spool, lmtp=True)


def test_temporary_folder_that_is_gone_is_451(tmp_path: Path) -> None:
    async def run() -> None:
        async with listening(tmp_path / "gone") as ground, ground.client() as client:
            await client.say(*TO_DATA)
            with structlog.testing.capture_logs() as logs:
                await client.send(b"\r\n" + b"x" * 200_000 + b"\r\n.\r\n")
                assert await client.answer() == "451 4.3.0 Temporary trouble here, try again later"
            assert [entry["event"] for entry in logs] == ["intake.file_failed"]

    asyncio.run(run())


def test_fault_while_a_mail_arrives_ends_the_session_before_its_rest_is_taken_for_commands(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(body: object, data: bytes) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr("mailbridge.intake.data.Body.add", add)

    async def act(ground: Ground) -> None:
        async with ground.client() as client:
            await client.say(*TO_DATA)
            with structlog.testing.capture_logs():
                await client.send(b"x\r\nMAIL FROM:<attacker@example.net>\r\n.\r\n")
                assert await client.line() == "451 4.3.0 Temporary trouble here, try again later"
            assert await client.is_closed()

    assert play(tmp_path, act).got == []


def test_password_check_runs_in_a_thread_and_its_fault_is_454(tmp_path: Path, certificate: Certificate) -> None:
    threads: list[threading.Thread] = []

    def check_password(login: str, password: str) -> str | None:
        threads.append(threading.current_thread())
        raise OSError("no such file: secrets/anna")

    async def act(ground: Ground) -> None:
        async with ground.client(implicit_tls=True) as client:
            with structlog.testing.capture_logs() as logs:
                answer = await client.say("HELO client", "AUTH PLAIN AGFubmEAeA==")
            assert answer == "454 4.7.0 Temporary trouble here, try again later"
            assert [entry["event"] for entry in logs] == ["intake.password_check_failed"]

    play(tmp_path, act, certificate=certificate, check_password=check_password)
    assert threads[0] is not threading.main_thread()


def test_failed_login_is_logged_without_its_name_and_password(tmp_path: Path, certificate: Certificate) -> None:
    async def act(ground: Ground) -> None:
        async with ground.client(implicit_tls=True) as client:
            with structlog.testing.capture_logs() as logs:
                await client.say("HELO client", "AUTH PLAIN AGFubmEAeA==")
            assert logs == [{"event": "intake.login_failed", "log_level": "warning", "peer": "127.0.0.1"}]

    play(tmp_path, act, certificate=certificate)
