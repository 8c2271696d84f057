"""The reader of DATA: every way to cut the bytes gives the same mail, and memory is bounded."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.intake import answers
from mailbridge.intake.data import Body, Dots, Limits, receive

LIMITS = Limits(big_bytes=1_000, header_bytes=4_000, message_bytes=100_000)


def read_whole(stream: bytes) -> tuple[bytes, bytes] | None:
    """RFC 5321 §4.5.2, line by line and slow: the mail and what follows it; None when it does not end."""
    mail, rest = b"", stream
    while True:
        line, end, rest = rest.partition(b"\r\n")
        if not end:
            return None
        if line == b".":
            return mail, rest
        mail += line.removeprefix(b".") + end


def read_cut(chunks: list[bytes]) -> tuple[bytes, bytes] | None:
    dots, mail = Dots(), b""
    for number, chunk in enumerate(chunks):
        content, rest = dots.feed(chunk)
        mail += content
        if rest is not None:
            return mail, rest + b"".join(chunks[number + 1:])
    return None


HOSTILE = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"x", b"\0"]), max_size=14).map(b"".join)


@given(HOSTILE, st.lists(st.integers(1, 20), max_size=8))
def test_any_cutting_reads_what_line_by_line_reads(stream: bytes, cuts: list[int]) -> None:
    at = [0, *sorted({cut for cut in cuts if cut < len(stream)}), len(stream)]
    chunks = [stream[start:end] for start, end in itertools.pairwise(at) if end > start]
    assert read_cut(chunks) == read_whole(stream)


@pytest.mark.parametrize("stream", [
    b".\r\n", b"\r\n.\r\nQUIT\r\n", b"a\r\n.\r\n", b"..\r\n.\r\n", b"\n.\n\r\n.\r\n.\r\n", b"\r.\r\r\n.\r\n",
    b"\r\n.\r\r\n.\r\n", b"\r\n.\n.\r\n\r\n.\r\nr", b".a\r\n..b\r\n.\r\n"])
def test_every_cutting_of_a_hostile_mail_reads_the_same(stream: bytes) -> None:
    whole = read_whole(stream)
    assert whole is not None
    for pattern in itertools.product((False, True), repeat=len(stream) - 1):
        at = [0, *(place + 1 for place, cut in enumerate(pattern) if cut), len(stream)]
        assert read_cut([stream[start:end] for start, end in itertools.pairwise(at)]) == whole


def fill(body: Body, *chunks: bytes) -> bytes | Path | None:
    for chunk in chunks:
        body.add(chunk)
    return body.finish()


def test_small_mail_stays_in_memory(tmp_path: Path) -> None:
    assert fill(Body(tmp_path, LIMITS), b"a: b\r\n\r\n", b"x" * 992) == b"a: b\r\n\r\n" + b"x" * 992
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("chunk_bytes", [1, 7, 999, 1_001, 50_000])
def test_big_mail_is_a_private_file_with_the_same_bytes(tmp_path: Path, chunk_bytes: int) -> None:
    mail = b"a: b\r\n\r\n" + bytes(range(256)) * 40
    made = fill(Body(tmp_path, LIMITS), *(mail[at:at + chunk_bytes] for at in range(0, len(mail), chunk_bytes)))
    assert isinstance(made, Path)
    assert made.read_bytes() == mail
    assert made.stat().st_mode & 0o777 == 0o600


def test_discarded_mail_leaves_no_file(tmp_path: Path) -> None:
    body = Body(tmp_path, LIMITS)
    body.add(b"\r\n" + b"x" * 5_000)
    assert len(list(tmp_path.iterdir())) == 1
    body.discard()
    body.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("size", "taken"), [(100_000, True), (100_001, False)])
def test_mail_over_the_size_is_refused_and_removed(tmp_path: Path, size: int, taken: bool) -> None:
    body = Body(tmp_path, LIMITS)
    made = fill(body, *([b"\r\n", *[b"x" * 9_999] * 10][:11]), b"x" * (size - 99_992))
    assert (made is not None) is taken
    assert body.refusal == (None if taken else answers.TOO_BIG)
    assert len(list(tmp_path.iterdir())) == taken


@pytest.mark.parametrize(("end", "taken"), [
    (b"\r\n\r\n", True), (b"\n\n", True), (b"\n\r\n", True), (b"\r\r", True), (b"\r\nx\r\n", False), (b" ", False)])
@pytest.mark.parametrize("chunk_bytes", [1, 3, 4_000, 100_000])
def test_header_must_end_within_its_limit(tmp_path: Path, end: bytes, taken: bool, chunk_bytes: int) -> None:
    mail = b"a: " + b"h" * 3_900 + end + b"b" * 2_000
    body = Body(tmp_path, LIMITS)
    made = fill(body, *(mail[at:at + chunk_bytes] for at in range(0, len(mail), chunk_bytes)))
    assert (made is not None) is taken
    assert body.refusal == (None if taken else answers.HEADER_TOO_BIG)
    body.discard()


def test_header_one_byte_too_long_is_refused_although_its_end_is_in_the_same_chunk(tmp_path: Path) -> None:
    for length, taken in ((4_000, True), (4_001, False)):
        assert (fill(Body(tmp_path, LIMITS), b"h" * length + b"\r\r" + b"b" * 100) is not None) is taken


@pytest.mark.parametrize("start", [b"\r\n", b"\n"])
def test_mail_that_begins_with_a_blank_line_has_no_header(tmp_path: Path, start: bytes) -> None:
    assert isinstance(fill(Body(tmp_path, LIMITS), start + b"x" * 50_000), Path)


class Disk:
    """Fails at a chosen step, as a disk does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> None:
        self.number = number
        if step == "make":
            monkeypatch.setattr("mailbridge.intake.data.tempfile.mkstemp", self.fail)
        else:
            real = os.fdopen
            monkeypatch.setattr(os, "fdopen", lambda fd, mode: Broken(real(fd, mode), step, number))

    def fail(self, *_: Any, **__: Any) -> None:
        raise OSError(self.number, os.strerror(self.number))


class Broken:
    def __init__(self, file: Any, step: str, number: int) -> None:
        self.file, self.step, self.number = file, step, number

    def write(self, data: bytes) -> int:
        if self.step == "write":
            raise OSError(self.number, os.strerror(self.number))
        return int(self.file.write(data))

    def close(self) -> None:
        self.file.close()
        if self.step == "close":
            raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("step", ["make", "write", "close"])
@pytest.mark.parametrize(("number", "answer"), [
    (errno.ENOSPC, answers.FULL), (errno.EDQUOT, answers.FULL),
    (errno.EIO, answers.OUR_FAULT), (errno.EACCES, answers.OUR_FAULT)])
def test_disk_that_fails_is_a_temporary_refusal_and_leaves_nothing(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, answer: bytes) -> None:
    Disk(monkeypatch, step, number)
    body = Body(tmp_path, LIMITS)
    assert fill(body, b"\r\n" + b"x" * 5_000, b"y" * 5_000) is None
    assert body.refusal == answer
    assert list(tmp_path.iterdir()) == []


def test_line_of_60_mb_does_not_grow_memory(tmp_path: Path) -> None:
    chunk, left = b"x" * 65_536, iter(range(920))

    async def read() -> bytes:
        return b"\r\n" if (number := next(left)) == 0 else chunk if number < 919 else b"\r\n.\r\n"

    body = Body(tmp_path, Limits(65_536, 262_144, 70_000_000))
    tracemalloc.start()
    try:
        assert asyncio.run(receive(read, body)) == b""
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    made = body.finish()
    assert isinstance(made, Path)
    assert made.stat().st_size == 2 + 918 * 65_536 + 2
    assert peak < 2_000_000


def test_client_that_goes_leaves_no_file(tmp_path: Path) -> None:
    chunks = [b"\r\n" + b"x" * 5_000]

    async def read() -> bytes:
        if chunks:
            return chunks.pop()
        assert len(list(tmp_path.iterdir())) == 1
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(receive(read, Body(tmp_path, LIMITS)))
    assert list(tmp_path.iterdir()) == []
