"""What the SMTP relay makes of each answer, at each step; the peer follows a script (RFC 5321 §4.2, §4.3.2)."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mailbridge.config.model import Relay as Settings
from mailbridge.relay.outcome import Outcome
from mailbridge.relay.smtp import SmtpRelay
from tests.relay.peer import HANG_UP, SILENCE, ScriptedPeer, Taken
from tests.servers.ground import wait_until

RAW = b"From: support@example.org\r\nSubject: hello\r\n\r\nhello\r\n"
SENDER = "support@example.org"
ONE = ("jonas@example.net",)
TWO = ("jonas@example.net", "ona@example.net")
LIMIT = "250-peer\r\n250 SIZE "


def settings(peer: ScriptedPeer, **more: Any) -> Settings:
    """Return settings for the peer; the shortest timeout that is allowed is too long for a test."""
    values: dict[str, Any] = {"kind": "smtp", "host": "127.0.0.1", "port": peer.port, "security": "none"}
    return Settings.model_construct(**(values | {"timeout_seconds": 0.5} | more))


def send_once(
    script: dict[str, Any], recipients: tuple[str, ...] = ONE, raw: bytes = RAW
) -> tuple[Outcome, ScriptedPeer]:
    with ScriptedPeer(script) as peer:
        relay = SmtpRelay(settings(peer), None)
        outcome = relay.send(SENDER, recipients, raw)
        relay.close()
    return outcome, peer


def states(outcome: Outcome) -> list[str]:
    return [result.state for result in outcome.results]


def codes(outcome: Outcome) -> list[int]:
    return [result.code for result in outcome.results]


def test_a_mail_that_is_taken_is_sent_with_the_final_answer_of_the_relay() -> None:
    outcome, peer = send_once({}, TWO)
    assert states(outcome) == ["sent", "sent"]
    assert {(result.code, result.reply) for result in outcome.results} == {(250, "250 2.0.0 queued as 4711")}
    assert outcome.reply == "250 2.0.0 queued as 4711"
    assert outcome.sent
    assert peer.mails == [Taken(SENDER, TWO, RAW)]


STEPS = ["MAIL", "RCPT", "DATA", "END"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ("451 4.3.0 later", "temporary", 451),
        ("450 try again", "temporary", 450),
        ("550 5.1.1 never", "permanent", 550),
        ("554 5.7.1 spam", "permanent", 554),
        ("571 5.7.1 odd but permanent", "permanent", 571),
        ("530 5.7.0 authentication required", "temporary", 530),
        ("503 5.5.1 need AUTH first", "temporary", 503),
        ("421 4.3.2 shutting down", "temporary", 421),
        ("xyz what is this", "temporary", 0),
        ("199 hm", "temporary", 199),
        (HANG_UP, "temporary", 0),
    ],
)
def test_each_answer_at_each_step_means(step: str, answer: str, state: str, code: int) -> None:
    outcome, peer = send_once({step: answer}, TWO)
    assert states(outcome) == [state, state]
    assert codes(outcome) == [code, code]
    assert not peer.mails
    assert outcome.reply
    if code:
        assert outcome.reply == answer


@pytest.mark.parametrize("step", ["GREETING", "EHLO", *STEPS])
def test_silence_at_any_step_is_temporary(step: str) -> None:
    outcome, _ = send_once({step: SILENCE})
    assert states(outcome) == ["temporary"]
    assert codes(outcome) == [0]


@pytest.mark.parametrize("step", ["GREETING", "EHLO"])
@pytest.mark.parametrize("answer", ["554 5.3.2 no service here", "421 4.3.2 busy", "450 no", HANG_UP])
def test_a_relay_that_does_not_want_to_talk_is_no_reason_to_give_a_mail_up(step: str, answer: str) -> None:
    outcome, _ = send_once({step: answer, "HELO": answer})
    assert states(outcome) == ["temporary"]
    assert "127.0.0.1" in outcome.reply


def test_a_lost_answer_to_the_mail_says_that_the_relay_may_have_it() -> None:
    outcome, _ = send_once({"END": HANG_UP})
    assert "may have it" in outcome.reply


def test_nobody_listens_is_temporary() -> None:
    with ScriptedPeer() as peer:
        pass
    outcome = SmtpRelay(settings(peer), None).send(SENDER, TWO, RAW)
    assert states(outcome) == ["temporary", "temporary"]
    assert "refused" in outcome.reply


@pytest.mark.parametrize("host", ["no-such-host.invalid", "bad..name", "x" * 300])
def test_a_host_that_cannot_be_found_is_temporary(host: str) -> None:
    outcome = SmtpRelay(Settings.model_construct(kind="smtp", host=host, security="none"), None).send(SENDER, ONE, RAW)
    assert states(outcome) == ["temporary"]
    assert host in outcome.reply


# --- each recipient has an answer of his own ---

MIXED = {
    "RCPT TO:<full@": "452 4.2.2 mailbox full",
    "RCPT TO:<gone@": "550 5.1.1 no such user",
    "RCPT TO:<many@": "552 too many recipients",
    "RCPT TO:<many2@": "552 5.5.3 too many recipients",
    "RCPT TO:<big@": "552 5.2.2 over quota for good",
}


def test_each_recipient_gets_the_answer_that_was_his() -> None:
    recipients = tuple(f"{name}@example.net" for name in ("full", "jonas", "gone", "many", "many2", "big", "ona"))
    outcome, peer = send_once(MIXED, recipients)
    assert [(result.address, result.state, result.code) for result in outcome.results] == [
        ("full@example.net", "temporary", 452),
        ("jonas@example.net", "sent", 250),
        ("gone@example.net", "permanent", 550),
        ("many@example.net", "temporary", 552),
        ("many2@example.net", "temporary", 552),
        ("big@example.net", "permanent", 552),
        ("ona@example.net", "sent", 250),
    ]
    assert outcome.results[0].reply == "452 4.2.2 mailbox full"
    assert outcome.reply == "250 2.0.0 queued as 4711"
    assert [taken.recipients for taken in peer.mails] == [("jonas@example.net", "ona@example.net")]
    assert len(outcome.of("sent")) == 2
    assert not outcome.sent


def test_421_in_the_middle_keeps_what_was_final_and_makes_the_rest_temporary() -> None:
    script = {"RCPT TO:<gone@": "550 5.1.1 no", "RCPT TO:<late@": "421 4.3.2 closing"}
    recipients = ("jonas@example.net", "gone@example.net", "late@example.net", "ona@example.net")
    outcome, peer = send_once(script, recipients)
    assert states(outcome) == ["temporary", "permanent", "temporary", "temporary"]
    assert not peer.mails


def test_nobody_taken_sends_no_data() -> None:
    outcome, peer = send_once({"RCPT": "550 5.1.1 no"}, TWO)
    assert states(outcome) == ["permanent", "permanent"]
    assert not peer.said("DATA")


def test_the_same_recipient_twice_is_named_once_and_answered_twice() -> None:
    outcome, peer = send_once({}, (*ONE, *ONE))
    assert states(outcome) == ["sent", "sent"]
    assert [taken.recipients for taken in peer.mails] == [ONE]


def test_no_recipients_need_no_relay() -> None:
    outcome, peer = send_once({}, ())
    assert outcome == Outcome((), "no recipients")
    assert peer.connections == 0


# --- the envelope ---


@pytest.mark.parametrize(
    "evil",
    [
        "jonas@example.net>\r\nRCPT TO:<evil@example.net", "jonas@example.net\nDATA", "jonas@example.net> SIZE=1",
        "jonas@example.net,evil@example.net", "jonas", "<jonas@example.net>", "jo nas@example.net", "a@\0b",
        "a@b\ud800", "",
    ],
    ids=ascii,
)  # fmt: skip
def test_a_recipient_that_is_no_address_is_permanent_and_says_nothing_to_the_relay(evil: str) -> None:
    outcome, peer = send_once({}, (evil, "ona@example.net"))
    assert states(outcome) == ["permanent", "sent"]
    assert peer.said("RCPT") == ["RCPT TO:<ona@example.net>"]
    assert "evil" not in "".join(peer.commands)


def test_a_sender_that_is_no_address_is_permanent_for_all() -> None:
    with ScriptedPeer() as peer:
        outcome = SmtpRelay(settings(peer), None).send("support@example.org\r\nRSET", TWO, RAW)
    assert states(outcome) == ["permanent", "permanent"]
    assert peer.connections == 0


def test_the_null_sender_is_said_as_it_is() -> None:
    with ScriptedPeer() as peer:
        relay = SmtpRelay(settings(peer), None)
        assert relay.send("", ONE, RAW).sent
        relay.close()
    assert peer.said("MAIL") == [f"MAIL FROM:<> SIZE={len(RAW)}"]


@pytest.mark.parametrize(
    "address", ['"jo nas"@example.net', "john..doe@example.net", "a+b=c/d@example.net", "o'neil@x-y.net"]
)
def test_an_odd_address_is_said_as_it_is(address: str) -> None:
    outcome, peer = send_once({}, (address,))
    assert outcome.sent
    assert peer.said("RCPT") == [f"RCPT TO:<{address}>"]


# --- what the relay can and cannot do ---


def test_a_mail_over_the_size_of_the_relay_is_permanent_and_is_not_sent() -> None:
    outcome, peer = send_once({"EHLO": f"{LIMIT}{len(RAW) - 1}"}, TWO)
    assert states(outcome) == ["permanent", "permanent"]
    assert str(len(RAW)) in outcome.reply
    assert not peer.said("MAIL")


@pytest.mark.parametrize("limit", [str(len(RAW)), "0", "", "many"])
def test_a_mail_within_the_size_or_without_a_limit_is_sent(limit: str) -> None:
    outcome, peer = send_once({"EHLO": f"{LIMIT}{limit}"})
    assert outcome.sent
    assert peer.said("MAIL") == [f"MAIL FROM:<{SENDER}> SIZE={len(RAW)}"]


def test_a_relay_without_extensions_gets_plain_commands() -> None:
    outcome, peer = send_once({"EHLO": "500 5.5.1 what?", "HELO": "250 peer"})
    assert outcome.sent
    assert peer.said("MAIL") == [f"MAIL FROM:<{SENDER}>"]


UTF8_RAW = "From: support@example.org\r\nTo: анна@example.net\r\n\r\nhello\r\n".encode()


def test_an_address_beyond_ascii_is_sent_with_smtputf8() -> None:
    outcome, peer = send_once({}, ("анна@почта.example", "ona@žalia.example"), UTF8_RAW)
    assert outcome.sent
    assert peer.said("MAIL")[0].endswith(" BODY=8BITMIME SMTPUTF8")
    assert peer.said("RCPT") == ["RCPT TO:<анна@xn--80a1acny.example>", "RCPT TO:<ona@xn--alia-kbb.example>"]


def test_without_smtputf8_only_the_recipient_beyond_ascii_is_refused() -> None:
    outcome, peer = send_once({"EHLO": "250 peer"}, ("анна@example.net", "ona@žalia.example"))
    assert states(outcome) == ["permanent", "sent"]
    assert "SMTPUTF8" in outcome.results[0].reply
    assert [taken.recipients for taken in peer.mails] == [("ona@xn--alia-kbb.example",)]


def test_without_smtputf8_a_header_beyond_ascii_is_refused_for_all() -> None:
    outcome, peer = send_once({"EHLO": "250 peer"}, TWO, UTF8_RAW)
    assert states(outcome) == ["permanent", "permanent"]
    assert not peer.said("MAIL")


# --- the bytes ---


@pytest.mark.parametrize(
    ("raw", "taken"),
    [
        (b"A: b\r\n\r\n.\r\n..\r\n.x\r\n", b"A: b\r\n\r\n.\r\n..\r\n.x\r\n"),
        (b".first: dot\r\n\r\n", b".first: dot\r\n\r\n"),
        (b"A: b\r\n\r\nno end", b"A: b\r\n\r\nno end\r\n"),
        (b"A: b\n\nbare\n.\nMAIL FROM:<a@b>\n", b"A: b\r\n\r\nbare\r\n.\r\nMAIL FROM:<a@b>\r\n"),
        (b"A: b\r\n\r\na\r.\rb\r\n", b"A: b\r\n\r\na\r\n.\r\nb\r\n"),
        (b"A: b\r\n\r\na\r\n.\nb\r\n", b"A: b\r\n\r\na\r\n.\r\nb\r\n"),
        (b"A: b\r\n\r\n" + bytes(range(32, 256)) + b"\r\n", b"A: b\r\n\r\n" + bytes(range(32, 256)) + b"\r\n"),
        (b"", b""),
    ],
    ids=["dots", "first dot", "no final line end", "bare lf", "bare cr", "half bare", "8 bit", "empty"],
)
def test_the_mail_arrives_whole_and_nothing_in_it_is_a_command(raw: bytes, taken: bytes) -> None:
    outcome, peer = send_once({}, ONE, raw)
    assert outcome.sent
    assert [one.raw for one in peer.mails] == [taken]
    assert len(peer.said("MAIL")) == 1


def test_a_large_mail_arrives_whole() -> None:
    raw = b"A: b\r\n\r\n" + b".x" * 30 + b"\r\n" + b"0123456789\r\n" * 300_000
    outcome, peer = send_once({}, ONE, raw)
    assert outcome.sent
    assert peer.mails[0].raw == raw


def test_a_reply_is_cleaned_and_shortened_before_anybody_sees_it() -> None:
    outcome, _ = send_once({"RCPT": "550-first\x1b[31m line\r\n550 sec\x07ond \u202etxet " + "x" * 2000})
    assert outcome.reply.startswith("550 first [31m line sec ond txet xxx")
    assert len(outcome.reply) == 500


# --- the connection is kept ---


@pytest.fixture
def peer() -> Iterator[ScriptedPeer]:
    with ScriptedPeer() as running:
        yield running


@pytest.fixture
def relay(peer: ScriptedPeer) -> Iterator[SmtpRelay]:
    made = SmtpRelay(settings(peer), None)
    yield made
    made.close()


def test_many_mails_go_over_one_connection_in_order(peer: ScriptedPeer, relay: SmtpRelay) -> None:
    mails = [(SENDER, ONE, RAW + str(number).encode() + b"\r\n") for number in range(20)]
    assert all(outcome.sent for outcome in relay.send_many(mails))
    assert [taken.raw for taken in peer.mails] == [raw for _, _, raw in mails]
    assert peer.connections == 1
    assert len(peer.said("EHLO")) == 1


@pytest.mark.parametrize("step", STEPS)
def test_after_a_refusal_the_next_mail_goes_over_the_same_connection(
    step: str, peer: ScriptedPeer, relay: SmtpRelay
) -> None:
    peer.script[step] = ["550 5.7.1 no", "354 go on" if step == "DATA" else "250 ok"]
    assert states(relay.send(SENDER, ONE, RAW)) == ["permanent"]
    assert relay.send(SENDER, TWO, RAW).sent
    assert peer.connections == 1
    assert [taken.recipients for taken in peer.mails] == [TWO]


def test_a_connection_that_the_relay_closed_meanwhile_is_opened_again_unseen(
    peer: ScriptedPeer, relay: SmtpRelay
) -> None:
    assert relay.send(SENDER, ONE, RAW).sent
    peer.hang_up()
    assert relay.send(SENDER, ONE, RAW).sent
    assert (peer.connections, len(peer.mails)) == (2, 2)


@pytest.mark.parametrize("answer", [HANG_UP, "421 4.7.0 too many mails on one connection", SILENCE])
def test_a_kept_connection_that_ends_at_mail_is_tried_once_more_on_a_new_one(
    answer: str, peer: ScriptedPeer, relay: SmtpRelay
) -> None:
    peer.script["MAIL"] = ["250 ok", answer, "250 ok"]
    assert relay.send(SENDER, ONE, RAW).sent
    assert relay.send(SENDER, ONE, RAW).sent
    assert (peer.connections, len(peer.mails)) == (2, 2)


def test_a_new_connection_that_ends_at_mail_is_not_tried_again_at_once(peer: ScriptedPeer, relay: SmtpRelay) -> None:
    peer.script["MAIL"] = HANG_UP
    assert states(relay.send(SENDER, ONE, RAW)) == ["temporary"]
    assert peer.connections == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA", "END"])
def test_a_kept_connection_that_ends_later_is_never_tried_again_at_once(
    step: str, peer: ScriptedPeer, relay: SmtpRelay
) -> None:
    assert relay.send(SENDER, ONE, RAW).sent
    peer.script[step] = HANG_UP
    assert states(relay.send(SENDER, ONE, RAW)) == ["temporary"]
    assert peer.connections == 1


@pytest.mark.parametrize("answer", [HANG_UP, "421 bye", "500 what?"])
def test_a_reset_that_fails_costs_the_connection_and_nothing_else(
    answer: str, peer: ScriptedPeer, relay: SmtpRelay
) -> None:
    peer.script.update({"RCPT TO:<gone@": "550 5.1.1 no", "RSET": answer})
    outcome = relay.send(SENDER, ("gone@example.net",), RAW)
    assert [(result.state, result.code) for result in outcome.results] == [("permanent", 550)]
    assert outcome.reply == "550 5.1.1 no"
    assert relay.send(SENDER, ONE, RAW).sent
    assert peer.connections == 2


def test_a_connection_idle_for_too_long_is_not_used_again(
    peer: ScriptedPeer, relay: SmtpRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relay.send(SENDER, ONE, RAW).sent
    monkeypatch.setattr("mailbridge.relay.smtp.IDLE_SECONDS", -1)
    assert relay.send(SENDER, ONE, RAW).sent
    assert peer.connections == 2
    assert len(peer.said("QUIT")) == 1


def test_close_says_goodbye_and_the_relay_can_be_used_again(peer: ScriptedPeer, relay: SmtpRelay) -> None:
    relay.close()
    assert relay.send(SENDER, ONE, RAW).sent
    relay.close()
    relay.close()
    assert relay.send(SENDER, ONE, RAW).sent
    assert len(peer.said("QUIT")) == 1


def test_close_does_not_wait_for_a_relay_that_hangs(peer: ScriptedPeer, relay: SmtpRelay) -> None:
    assert relay.send(SENDER, ONE, RAW).sent
    peer.script["QUIT"] = SILENCE
    relay.close()
    assert peer.said("QUIT")


def test_the_standard_library_still_answers_minus_one_for_an_answer_without_a_number() -> None:
    """Our reading of `xyz` rests on it."""
    with ScriptedPeer({"NOOP": "xyz"}) as peer, smtplib.SMTP("127.0.0.1", peer.port, timeout=5) as client:
        assert client.docmd("NOOP")[0] == -1


# --- a batch, and the end of the day ---


def test_a_relay_that_cannot_be_reached_is_asked_once_for_a_batch(peer: ScriptedPeer, relay: SmtpRelay) -> None:
    peer.script["GREETING"] = "421 4.3.2 busy"
    envelopes: list[tuple[str, ...]] = [TWO, ("broken", *ONE), (), ONE]
    outcomes = relay.send_many([(SENDER, recipients, RAW) for recipients in envelopes])
    expected = [["temporary", "temporary"], ["permanent", "temporary"], [], ["temporary"]]
    assert [states(outcome) for outcome in outcomes] == expected
    assert "421 4.3.2 busy" in outcomes[3].reply
    assert peer.connections == 1
    peer.script["GREETING"] = "220 peer"
    assert relay.send(SENDER, ONE, RAW).sent


def test_a_mail_that_breaks_the_conversation_does_not_keep_the_others(peer: ScriptedPeer, relay: SmtpRelay) -> None:
    peer.script["END"] = ["250 ok", HANG_UP, "250 ok"]
    outcomes = relay.send_many([(SENDER, ONE, RAW)] * 4)
    assert [states(outcome)[0] for outcome in outcomes] == ["sent", "temporary", "sent", "sent"]
    assert peer.connections == 2


def test_an_interrupt_ends_a_wait_and_the_batch_at_once(peer: ScriptedPeer) -> None:
    relay = SmtpRelay(settings(peer, timeout_seconds=60), None)
    peer.script["END"] = ["250 ok", SILENCE]
    found: list[Outcome] = []
    sender = threading.Thread(target=lambda: found.extend(relay.send_many([(SENDER, ONE, RAW)] * 5)))
    sender.start()
    wait_until(lambda: len(peer.said("DATA")) == 2, "the second mail is on its way")
    relay.interrupt()
    sender.join(5)
    assert not sender.is_alive()
    assert [states(outcome)[0] for outcome in found] == ["sent", *["temporary"] * 4]
    assert found[4].reply == "mailbridge is stopping"
    assert peer.connections == 1
    assert states(relay.send(SENDER, ONE, RAW)) == ["temporary"]
    relay.close()
    peer.script["END"] = "250 ok"
    assert relay.send(SENDER, ONE, RAW).sent
    relay.close()
