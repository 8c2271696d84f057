"""Walks the mails of tests/mails and compares what is read with what a careful person wrote down."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mailbridge.errors import ParseError
from mailbridge.mail.message import Address, Mail
from mailbridge.mail.parse import read_envelope, read_mail

FOLDER = Path(__file__).parent.parent / "mails"
CASES = sorted(FOLDER.glob("*.eml"))


def addresses(found: tuple[Address, ...]) -> list[str]:
    return [address.address for address in found]


READ: dict[str, Any] = {
    "message_id": lambda mail: mail.message_id,
    "in_reply_to": lambda mail: list(mail.in_reply_to),
    "references": lambda mail: list(mail.references),
    "from": lambda mail: [[address.name, address.address] for address in mail.from_],
    "to": lambda mail: addresses(mail.to),
    "cc": lambda mail: addresses(mail.cc),
    "delivered_to": lambda mail: list(mail.delivered_to),
    "subject": lambda mail: mail.subject,
    "date": lambda mail: mail.date and mail.date.isoformat(),
    "text": lambda mail: mail.text,
    "media_type": lambda mail: mail.media_type,
    "attachments": lambda mail: [[a.name, a.true_type, a.inline] for a in mail.attachments],
    "attached": lambda mail: len(mail.attached),
    "report": lambda mail: [[list(field) for field in group] for group in mail.report],
}
CONTAINS: dict[str, Any] = {
    "text_has": lambda mail: mail.text,
    "html_has": lambda mail: mail.html,
    "defects": lambda mail: mail.defects,
    "returned_has": lambda mail: [list(field) for field in mail.returned],
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mail_reads_as_a_careful_person_reads_it(path: Path) -> None:
    case = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    raw, expect = path.read_bytes(), case["expect"]
    hints, max_parts = tuple(case.get("hints", ())), case.get("max_parts", 1000)
    if expect.get("raises"):
        with pytest.raises(ParseError):
            read_mail(raw, hints, max_parts)
        assert read_envelope(raw).subject
        return
    mail = read_mail(raw, hints, max_parts)
    assert compare(mail, expect) == {}
    assert mail.size == len(raw)


def compare(mail: Mail, expect: dict[str, Any]) -> dict[str, Any]:
    """Return what differs: key → (wanted, found)."""
    differences = {key: (want, READ[key](mail)) for key, want in expect.items() if key in READ and READ[key](mail) != want}
    for key, read in CONTAINS.items():
        missing = [want for want in expect.get(key, ()) if want not in read(mail)]
        if missing:
            differences[key] = (missing, read(mail))
    if "defects" in expect and not expect["defects"] and mail.defects:
        differences["defects"] = ([], mail.defects)
    if not mail.subject.startswith(expect.get("subject_starts", "")):
        differences["subject_starts"] = (expect["subject_starts"], mail.subject)
    return differences


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_mail_says_what_is_odd_and_only_known_things(path: Path) -> None:
    case = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert case["about"].endswith(".")
    known = {*READ, *CONTAINS, "subject_starts", "raises"}
    assert case["expect"]
    assert set(case["expect"]) <= known
    if isinstance(case["expect"].get("date"), str):
        assert datetime.fromisoformat(case["expect"]["date"]).tzinfo


def test_numbers_are_given_once() -> None:
    numbers = [path.name[:4] for path in CASES]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)
