"""What every way out keeps, whatever it leads to: a Maildir, a peer that follows a script, a real Postfix."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbridge.config.model import Relay as Settings
from mailbridge.relay.maildir import MaildirRelay
from mailbridge.relay.outcome import Outcome, Relay, State
from mailbridge.relay.smtp import SmtpRelay
from tests.relay.peer import ScriptedPeer
from tests.servers.postfix import MAILDIR, Postfix

SENDER = "support@example.org"
HEADER = (
    b"Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nFrom: support@example.org\r\nTo: somebody@example.net\r\n"
    b"Subject: hello\r\nMessage-ID: <1@example.org>\r\n"
)
RAW = HEADER + b"\r\nHello,\r\n.\r\n..two dots\r\n\r\nthe end\r\n"
_SERIAL = itertools.count()


def somebody() -> str:
    """Return an address that no other test has used."""
    return f"customer{next(_SERIAL)}@example.net"


class WayOut(ABC):
    """A relay, and a look at what arrives behind it."""

    relay: Relay

    @abstractmethod
    def arrived(self, address: str, number: int = 1) -> list[bytes]:
        """Return the mails for an address, with CRLF, once there are `number`; what comes before HEADER is cut off."""

    @abstractmethod
    def envelope_from(self, address: str) -> str:
        """Return the envelope sender of the one mail for an address."""

    @abstractmethod
    def break_it(self) -> None:
        """Make every try fail for now."""

    @abstractmethod
    def mend_it(self) -> None:
        """Undo `break_it`."""


class IntoMaildir(WayOut):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.relay = MaildirRelay(folder)

    def _found(self, address: str) -> list[bytes]:
        files = [path.read_bytes() for path in sorted((self.folder / "new").iterdir())]
        line = f"\r\nX-Envelope-To: {address}\r\n".encode()
        return [raw for raw in files if line in raw]

    def arrived(self, address: str, number: int = 1) -> list[bytes]:
        found = [raw.split(b"\r\n", 2)[2] for raw in self._found(address)]
        assert len(found) == number
        return found

    def envelope_from(self, address: str) -> str:
        (raw,) = self._found(address)
        return raw.split(b"\r\n")[0].decode().removeprefix("X-Envelope-From: ").removeprefix("<>")

    def break_it(self) -> None:
        if self.folder.exists():
            self.folder.rename(self.folder.with_name("away"))
        self.folder.write_text("a file where the Maildir should be")

    def mend_it(self) -> None:
        self.folder.unlink()
        if self.folder.with_name("away").exists():
            self.folder.with_name("away").rename(self.folder)


def smtp_relay(port: int) -> SmtpRelay:
    return SmtpRelay(Settings(kind="smtp", host="127.0.0.1", port=port, security="none"), None)


class IntoScript(WayOut):
    def __init__(self, peer: ScriptedPeer) -> None:
        self.peer = peer
        self.relay = smtp_relay(peer.port)

    def arrived(self, address: str, number: int = 1) -> list[bytes]:
        found = [taken.raw for taken in self.peer.mails if address in taken.recipients]
        assert len(found) == number
        return found

    def envelope_from(self, address: str) -> str:
        (sender,) = (taken.sender for taken in self.peer.mails if address in taken.recipients)
        return sender

    def break_it(self) -> None:
        self.peer.script.update({"MAIL": "451 4.3.0 not now", "GREETING": "421 4.3.0 not now"})

    def mend_it(self) -> None:
        self.peer.script.update({"MAIL": "250 ok", "GREETING": "220 peer"})


class IntoPostfix(WayOut):
    def __init__(self, postfix: Postfix) -> None:
        self.postfix = postfix
        self.relay = smtp_relay(postfix.port)

    def arrived(self, address: str, number: int = 1) -> list[bytes]:
        found = self.postfix.wait_for_mails(address, number)
        assert len(found) == number
        return [raw[raw.index(b"\nDate: ") + 1 :].replace(b"\n", b"\r\n") for raw in found]

    def envelope_from(self, address: str) -> str:
        (raw,) = self.postfix.wait_for_mails(address, 1)
        return raw.split(b"\n")[0].decode().removeprefix("Return-Path: <").removesuffix(">")

    def break_it(self) -> None:
        self.postfix.stop()

    def mend_it(self) -> None:
        self.postfix.start()


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with Postfix({"example.net": MAILDIR, "xn--alia-kbb.example": MAILDIR}) as running:
        yield running


@pytest.fixture(params=["maildir", "script", "postfix"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WayOut]:
    made: WayOut
    if request.param == "maildir":
        made = IntoMaildir(tmp_path / "outgoing")
        yield made
        made.relay.close()
    elif request.param == "script":
        with ScriptedPeer() as peer:
            made = IntoScript(peer)
            yield made
            made.relay.close()
    else:
        made = IntoPostfix(request.getfixturevalue("postfix"))
        yield made
        made.relay.close()


def states(outcome: Outcome) -> list[State]:
    return [result.state for result in outcome.results]


def test_a_mail_arrives_byte_for_byte_with_its_envelope(way: WayOut) -> None:
    address = somebody()
    outcome = way.relay.send(SENDER, (address,), RAW)
    assert states(outcome) == ["sent"]
    assert (outcome.results[0].address, outcome.results[0].code) == (address, 250)
    assert outcome.reply
    assert way.arrived(address) == [RAW]
    assert way.envelope_from(address) == SENDER


def test_every_recipient_gets_the_mail_and_a_result_in_order(way: WayOut) -> None:
    addresses = tuple(somebody() for _ in range(5))
    outcome = way.relay.send(SENDER, addresses, RAW)
    assert [(result.address, result.state) for result in outcome.results] == [(one, "sent") for one in addresses]
    for address in addresses:
        assert way.arrived(address) == [RAW]


def test_the_null_sender_stays_empty(way: WayOut) -> None:
    address = somebody()
    assert way.relay.send("", (address,), RAW).sent
    way.arrived(address)
    assert way.envelope_from(address) == ""


def test_no_recipients_are_no_fault(way: WayOut) -> None:
    assert way.relay.send(SENDER, (), RAW) == Outcome((), "no recipients")


def test_a_broken_address_is_permanent_and_the_others_get_the_mail(way: WayOut) -> None:
    good = somebody()
    evil = "evil@example.net\r\nX-Evil: yes"
    outcome = way.relay.send(SENDER, (evil, good, ""), RAW)
    assert states(outcome) == ["permanent", "sent", "permanent"]
    assert way.arrived(good) == [RAW]


def test_a_broken_sender_is_permanent_for_all(way: WayOut) -> None:
    addresses = (somebody(), somebody())
    assert states(way.relay.send("support@example.org>\r\nQUIT", addresses, RAW)) == ["permanent", "permanent"]


def test_an_address_beyond_ascii_gets_its_mail(way: WayOut) -> None:
    local, domain = f"анна{somebody()}", f"{somebody().partition('@')[0]}@žalia.example"
    raw = HEADER.replace(b"somebody", "анна".encode()) + b"\r\nhello\r\n"
    assert states(way.relay.send(SENDER, (local, domain), raw)) == ["sent", "sent"]
    assert way.arrived(local) == [raw]
    sent_to = domain if isinstance(way, IntoMaildir) else domain.replace("žalia", "xn--alia-kbb")
    assert way.arrived(sent_to) == [raw]


def test_a_mail_of_five_megabytes_arrives_whole(way: WayOut) -> None:
    address = somebody()
    raw = HEADER + b"\r\n" + b"0123456789abcdef" * 4 + b"\r\n" + b".line of some length, forty characters\r\n" * 125_000
    assert way.relay.send(SENDER, (address,), raw).sent
    assert way.arrived(address) == [raw]


def test_several_mails_at_once_have_outcomes_in_their_order(way: WayOut) -> None:
    first, second = somebody(), somebody()
    mails = [(SENDER, (first,), RAW), ("no address", (first,), RAW), ("", (second, "broken"), RAW), (SENDER, (), RAW)]
    outcomes = way.relay.send_many(mails)
    assert [states(outcome) for outcome in outcomes] == [["sent"], ["permanent"], ["sent", "permanent"], []]
    assert way.arrived(first) == [RAW]
    assert way.arrived(second) == [RAW]
    assert way.relay.send_many([]) == []


def test_the_same_mail_twice_arrives_twice(way: WayOut) -> None:
    address = somebody()
    assert [way.relay.send(SENDER, (address,), RAW).sent for _ in range(2)] == [True, True]
    assert way.arrived(address, 2) == [RAW, RAW]


def test_a_way_that_is_broken_is_temporary_and_works_again_when_mended(way: WayOut) -> None:
    before, during, after = somebody(), somebody(), somebody()
    assert way.relay.send(SENDER, (before,), RAW).sent
    assert way.arrived(before) == [RAW]  # a Postfix that is stopped while it delivers delivers once more
    way.break_it()
    try:
        outcome = way.relay.send(SENDER, (during, "broken"), RAW)
    finally:
        way.mend_it()
    assert states(outcome) == ["temporary", "permanent"]
    assert way.relay.send(SENDER, (after,), RAW).sent
    assert way.arrived(after) == [RAW]


def test_a_way_that_is_broken_from_the_start_is_temporary(way: WayOut) -> None:
    way.break_it()
    try:
        assert states(way.relay.send(SENDER, (somebody(),), RAW)) == ["temporary"]
    finally:
        way.mend_it()


def test_a_closed_relay_can_be_used_again(way: WayOut) -> None:
    address = somebody()
    way.relay.close()
    assert way.relay.send(SENDER, (address,), RAW).sent
    way.relay.close()
    way.relay.close()
    assert way.relay.send(SENDER, (address,), RAW).sent
    assert way.arrived(address, 2) == [RAW, RAW]
