"""`run --dry-run`: what would go out is told, and nothing of the desk is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from mailbridge.config.load import load_config
from mailbridge.errors import StoreError
from mailbridge.rehearsal import rehearse
from mailbridge.spool import SMALL_BYTES
from mailbridge.store.tables import metadata
from tests.desks import Desk, mail, write_desk

LARGE = mail(text="The printer is on fire.\n" + "Smoke everywhere. \n" * (SMALL_BYTES // 15))
WITH_FILE = """\
From: Emma Clark <emma@example.com>
To: support@example.org
Subject: Photo
Message-ID: <photo@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Here is the photo.
--b
Content-Type: image/png; name=printer.png
Content-Disposition: attachment; filename=printer.png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b--
"""


def rows(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the desk, by table."""
    with desk.app.database.read() as connection:
        return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in metadata.sorted_tables}


def files(desk: Desk) -> dict[str, str]:
    """Return every file of the desk but the database's own, with its checksum."""
    def listed() -> Iterator[tuple[str, str]]:
        for path in desk.folder.rglob("*"):
            if path.is_file() and not path.name.startswith("mailbridge.db"):
                yield str(path), hashlib.sha256(path.read_bytes()).hexdigest()
    return dict(listed())


def rehearsed(desk: Desk) -> list[dict[str, object]]:
    return rehearse(load_config(desk.folder, {}), {}, desk.now)


def change(desk: Desk, query: str, **values: object) -> None:
    desk.app.database.write(lambda connection: connection.execute(text(query).bindparams(**values)) and None)


def test_waiting_mail_would_be_acknowledged_and_told_to_the_agent(desk):
    desk.put(mail())
    told = rehearsed(desk)
    assert {one["purpose"]: one["to"] for one in told} == {
        "acknowledgement": ["emma@example.com"], "notification": ["anna@example.org"]}
    acknowledgement = told[0]
    assert "Emma" in str(acknowledgement["text"])
    assert (acknowledgement["state"], acknowledgement["sent_at"], acknowledgement["attempts"]) == ("waiting", None, 0)


@pytest.mark.parametrize("raw", [mail(), LARGE, WITH_FILE], ids=["small", "in a blob", "with a file"])
def test_nothing_of_the_desk_changes(desk, raw):
    desk.put(raw)
    before = rows(desk), files(desk)
    assert rehearsed(desk)
    assert (rows(desk), files(desk)) == before


def test_the_rehearsal_is_what_happens_then(desk):
    desk.put(mail())
    desk.put(WITH_FILE)
    told = sorted((one["to"][0], one["subject"]) for one in rehearsed(desk))
    desk.work()
    assert sorted((one["X-Envelope-To"], str(one["Subject"])) for one in desk.sent) == told


def test_mail_that_a_daemon_holds_is_rehearsed_too(desk):
    desk.put(mail())
    assert desk.app.spool.claim(desk.now)
    assert [one["purpose"] for one in rehearsed(desk)] == ["acknowledgement", "notification"]


def test_mail_that_waits_for_its_next_try_is_told(desk):
    desk.put(mail())
    desk.app.bridge.run_once(desk.now)
    later = desk.now + timedelta(hours=2)
    change(desk, "UPDATE outbox SET next_at = :at, attempts = 3", at=later)
    assert [(one["purpose"], one["attempts"]) for one in rehearsed(desk)] == [("acknowledgement", 3), ("notification", 3)]


def test_what_a_newer_answer_withdraws_is_not_told(desk):
    desk.put(mail())
    desk.app.bridge.run_once(desk.now)
    answered = desk.now + timedelta(minutes=1)
    change(desk, "UPDATE ticket SET answered_at = :at", at=answered)
    assert [one["purpose"] for one in rehearsed(desk)] == ["notification"]


def test_held_mail_is_not_told(desk):
    desk.put(mail())
    desk.app.bridge.run_once(desk.now)
    change(desk, "UPDATE outbox SET state = 'held'")
    assert rehearsed(desk) == []


def test_a_ticket_that_was_there_before_gets_the_answer(desk):
    desk.receive(mail(message_id="<first@example.com>"))
    desk.put(mail("Re: Printer", "It still burns.", in_reply_to="<first@example.com>"))
    told = rehearsed(desk)
    assert [(one["purpose"], one["ticket"]) for one in told] == [("notification", 1)]
    assert "It still burns." in str(told[0]["text"])


def test_a_desk_without_a_database_has_nothing_to_send_and_gets_none(tmp_path):
    write_desk(tmp_path)
    assert rehearse(load_config(tmp_path, {}), {}, Desk.now) == []
    assert not (tmp_path / "var").exists()


def test_a_database_that_is_none_is_told_in_a_sentence(tmp_path):
    write_desk(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var/mailbridge.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match=r"cannot be copied.*not a database"):
        rehearse(load_config(tmp_path, {}), {}, Desk.now)


def test_the_copy_is_removed(small_desk, tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    small_desk.put(mail())
    assert rehearse(load_config(small_desk.folder, {}), {"TMPDIR": str(place)}, small_desk.now)
    assert list(place.iterdir()) == []


def test_a_postgresql_without_a_desk_is_told_in_a_sentence(tmp_path: Path, postgres):
    write_desk(tmp_path, postgres.create_database("bare"))
    with pytest.raises(StoreError, match="no desk of this version yet"):
        rehearse(load_config(tmp_path, {}), {}, Desk.now)
