"""Large mails and attachments as files: whole or not there, never swept while a row needs or is about to need them."""

import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest

from mailbridge.errors import StoreError
from mailbridge.records.blobs import needed
from mailbridge.spool import SMALL_BYTES
from mailbridge.store.blobs import Blobs
from tests.desks import mail

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def blobs(tmp_path):
    made = Blobs(tmp_path / "blobs")
    made.prepare()
    return made


def files(blobs):
    return sorted(path.relative_to(blobs.folder).as_posix() for path in blobs.folder.rglob("*") if path.is_file())


def age(path, days):
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))


def test_blob_is_named_by_its_content_and_comes_back_whole(blobs):
    sha256 = blobs.put(b"content")
    assert sha256 == hashlib.sha256(b"content").hexdigest()
    assert files(blobs) == [f"{sha256[:2]}/{sha256}"]
    assert blobs.get(sha256) == b"content"
    assert blobs.whole(sha256)


def test_same_content_is_kept_once(blobs):
    assert blobs.put(b"logo") == blobs.put(b"logo")
    assert len(files(blobs)) == 1


def test_empty_content_is_a_blob_too(blobs):
    assert blobs.get(blobs.put(b"")) == b""


def test_file_is_taken_over_and_its_part_is_gone(blobs):
    part = blobs.temporary / "intake-x"
    part.write_bytes(b"large")
    assert blobs.take(part) == (hashlib.sha256(b"large").hexdigest(), 5)
    assert len(files(blobs)) == 1


def test_file_whose_content_is_there_already_is_taken_over_all_the_same(blobs):
    sha256 = blobs.put(b"large")
    part = blobs.temporary / "intake-x"
    part.write_bytes(b"large")
    assert blobs.take(part)[0] == sha256
    assert len(files(blobs)) == 1


def test_missing_blob_says_where_it_should_lie_and_what_to_do(blobs):
    with pytest.raises(StoreError, match=r"Restore it from a backup"):
        blobs.get("ab" * 32)
    assert not blobs.whole("ab" * 32)


def test_changed_blob_is_not_whole(blobs):
    sha256 = blobs.put(b"content")
    blobs.path(sha256).write_bytes(b"CONTENT")
    assert not blobs.whole(sha256)


def test_sweep_takes_old_rubbish_and_nothing_else(blobs):
    wanted, young, old = blobs.put(b"wanted"), blobs.put(b"young"), blobs.put(b"old")
    (blobs.temporary / "part").write_bytes(b"half a ma")
    (blobs.temporary / "new part").write_bytes(b"half a ma")
    for path in (blobs.path(wanted), blobs.path(old), blobs.temporary / "part"):
        age(path, 3)
    for path in (blobs.path(young), blobs.temporary / "new part"):
        age(path, 1)
    assert blobs.sweep(NOW - timedelta(days=2), lambda sums: {wanted} & set(sums)) == 2
    assert blobs.get(wanted)
    assert blobs.get(young)
    assert not blobs.path(old).exists()
    assert [path.name for path in blobs.temporary.iterdir()] == ["new part"]


@pytest.mark.parametrize("how", ["put", "take"])
def test_old_blob_that_is_wanted_again_is_young_before_its_row_is_there(blobs, how):
    sha256 = blobs.put(b"again")
    age(blobs.path(sha256), 9)
    if how == "put":
        blobs.put(b"again")
    else:
        part = blobs.temporary / "intake-x"
        part.write_bytes(b"again")
        blobs.take(part)
    recent = datetime.now(UTC) - timedelta(days=2)
    assert blobs.sweep(recent, lambda _sums: set()) == 0


def test_blob_that_is_put_again_while_the_sweep_asks_stays(blobs):
    sha256 = blobs.put(b"again")
    age(blobs.path(sha256), 9)

    def asked(_sums):
        blobs.put(b"again")
        return set()

    assert blobs.sweep(datetime.now(UTC) - timedelta(days=2), asked) == 0


def test_part_that_vanishes_under_the_sweep_is_no_fault(blobs, monkeypatch):
    """Another thread has just moved it to its place: that is what parts are there for."""
    (blobs.temporary / "part").write_bytes(b"x")
    listing = list(blobs.temporary.iterdir())
    (blobs.temporary / "part").unlink()
    monkeypatch.setattr(type(blobs.temporary), "iterdir", lambda path: iter(listing if path == blobs.temporary else []))
    assert blobs.sweep(NOW, lambda _sums: set()) == 0


def test_desk_needs_the_blobs_of_its_spool_and_of_its_files(desk):
    raw = mail().replace("text/plain", "multipart/mixed; boundary=b").replace("\n\nThe", "\n\n--b\n\nThe", 1)
    raw += "--b\nContent-Type: application/pdf; name=a.pdf\n\n" + "x" * SMALL_BYTES + "\n--b--\n"
    desk.receive(raw)
    shelved = [path.name for path in desk.app.blobs.folder.rglob("*") if path.is_file()]
    assert len(shelved) == 2
    assert needed(desk.app.database, [*shelved, "ab" * 32]) == set(shelved)


def test_unwritable_folder_is_told_in_a_sentence(tmp_path):
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(StoreError, match="cannot be made"):
        Blobs(tmp_path / "blobs").prepare()
