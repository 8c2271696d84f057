"""The way out by SMTP: one mail, one envelope, one answer for each recipient (RFC 5321), over a kept connection.

| step | 2xx / 354 | 4xx | 5xx | 421, silence, connection lost |
|---|---|---|---|---|
| connect, TLS, AUTH | go on | all temporary | all temporary: it is about settings, not the mail | all temporary |
| MAIL | go on | all temporary | all permanent | a kept connection: once more on a new one; else all temporary |
| RCPT | taken | this one temporary | this one permanent | the rest, and those already taken, temporary |
| DATA, the mail | those sent | those temporary | those permanent | those temporary, though the relay may have them |

The last field is the one place where a mail may go out twice; it carries the same Message-ID both times. What 5xx says
that is not about the mail is in `_FAULTS_OF_SETTINGS` and `_means_later`.
"""

from __future__ import annotations

import contextlib
import re
import select
import smtplib
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailbridge.config.model import Relay as Settings
from mailbridge.errors import RelayTemporary
from mailbridge.mail.header_lines import ascii_domain
from mailbridge.relay.connect import connect, plain
from mailbridge.relay.outcome import Envelope, Outcome, RecipientResult, State, same_for_all

IDLE_SECONDS = 60
"""A connection that was idle for longer is not used again; relays close theirs after some minutes."""

CHUNK = 64 * 1024
"""Bytes handed to the socket at once: the timeout of `sendall` is for all it is given, so large mail goes in pieces."""

_FAULTS_OF_SETTINGS = frozenset({503, 530, 534, 535, 538})
"""Wrong order of commands, login or TLS wanted: the mail is well and can go once the settings are (RFC 4954 §6)."""

_BARE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_STOPPING = "mailbridge is stopping"
_MAYBE_SENT = "the connection was lost after the mail was handed over; the relay may have it"


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer of the relay: its code (0 for none) and its text in one clean line."""

    code: int
    text: str


class _Gone(Exception):
    """The relay has closed the conversation: 421, end of file, silence."""

    def __init__(self, answer: _Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


@dataclass(slots=True)
class _Try:
    """One try to send one mail: what must be said, and what is known so far for each recipient.

    forms: address as handed in -> as it is said to the relay (the domain in ASCII).
    begun: the relay has taken MAIL, so this conversation works.
    """

    sender: str
    raw: bytes
    forms: dict[str, str]
    utf8_header: bool
    results: dict[str, RecipientResult] = field(default_factory=dict)
    begun: bool = False
    reply: str = ""

    def settle(self, address: str, state: State, answer: _Answer) -> None:
        """Note what became of one recipient."""
        self.results[address] = RecipientResult(address, state, answer.code, answer.text)
        self.reply = self.reply or answer.text

    def settle_rest(self, state: State, answer: _Answer) -> None:
        """Note the same for every recipient of whom nothing is known yet."""
        for address in self.waiting():
            self.settle(address, state, answer)
            self.reply = answer.text

    def waiting(self) -> list[str]:
        """Return the recipients of whom nothing is known yet."""
        return [address for address in self.forms if address not in self.results]


class SmtpRelay:
    """The smarthost. Belongs to one thread; keeps its connection from mail to mail.

    settings: `[relay]` with kind "smtp". password: the content of `password_file`, without its final newline.
    """

    def __init__(self, settings: Settings, password: str | None) -> None:
        self._settings = settings
        self._password = password
        self._smtp: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._away = ""
        self._interrupted = False

    def send(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> Outcome:
        """Try once to send one mail; see `Relay.send`. Opens a connection when there is none that is still good."""
        return self.send_many([(envelope_from, recipients, raw)])[0]

    def send_many(self, mails: Sequence[Envelope]) -> list[Outcome]:
        """Try once to send each mail, one after the other over one connection; see `Relay.send_many`.

        A relay that cannot be reached is not asked again for the rest of them: they are temporary for the same reason.
        """
        self._away = _STOPPING if self._interrupted else ""
        return [self._send(*mail) for mail in mails]

    def _send(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> Outcome:
        one = _prepare(envelope_from, recipients, raw)
        if isinstance(one, Outcome):
            return one
        try:
            if one.waiting() and not self._away:
                self._deliver(one)
        except RelayTemporary as error:
            self._away = str(error)
        except _Gone as gone:
            self._drop()
            self._away = _STOPPING if self._interrupted else ""
            one.settle_rest("temporary", gone.answer)
        one.settle_rest("temporary", _Answer(0, self._away))
        return Outcome(tuple(one.results[address] for address in recipients), one.reply)

    def interrupt(self) -> None:
        """Break off the conversation, from any thread; see `Relay.interrupt`. Opening one is not broken off."""
        self._interrupted = True
        smtp = self._smtp
        if smtp is not None and smtp.sock is not None:
            # The plain socket's own: that of TLS would pull its state from under the thread that reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Say QUIT, if there is a connection, and wait two seconds for the answer at most."""
        self._interrupted = False
        self._quit()

    def _quit(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if smtp.sock is not None:
                smtp.sock.settimeout(2)
            smtp.quit()
        smtp.close()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _deliver(self, one: _Try) -> None:
        """Have the conversation; once more on a new connection if a kept one turns out to be closed before MAIL."""
        if self._smtp is not None and self._is_stale(self._smtp):
            self._quit()
        if self._smtp is not None:
            try:
                self._converse(self._smtp, one)
                return
            except _Gone:
                if one.begun or self._interrupted:
                    raise
                self._drop()
        self._smtp = connect(self._settings, self._password)
        self._converse(self._smtp, one)

    def _is_stale(self, smtp: smtplib.SMTP) -> bool:
        """Say whether a kept connection was idle for too long, or the relay has spoken unasked: 421 or end of file."""
        if smtp.sock is None or time.monotonic() - self._used_at > IDLE_SECONDS:
            return True
        poll = select.poll()
        poll.register(smtp.sock, select.POLLIN)
        return bool(poll.poll(0))

    def _converse(self, smtp: smtplib.SMTP, one: _Try) -> None:
        options = _options(smtp, one)
        if options is None:
            return
        answer = _ask(smtp, f"MAIL FROM:<{one.sender}>{options}")
        if answer.code // 100 == 2:
            one.begun = True
            taken = _name_recipients(smtp, one)
            answer = _hand_over(smtp, one) if taken else _Answer(0, "nobody was taken")
        else:
            one.settle_rest(_state(answer), answer)
        self._used_at = time.monotonic()
        if answer.code // 100 != 2:
            self._reset(smtp)

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Make a conversation fit for the next mail; everything about this one is known already."""
        try:
            clean = _ask(smtp, "RSET").code == 250
        except _Gone:
            clean = False
        if not clean:
            self._drop()


def _prepare(envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> _Try | Outcome:
    """Check the envelope and the line ends; a recipient who cannot be named to any server is refused here.

    A bare CR or LF is made a line end: the next server might take one dot between bare LFs for the end of the mail
    and the rest for commands (SMTP smuggling). Mail composed by us has none.
    """
    try:
        sender = ascii_domain(envelope_from) if envelope_from else ""
    except ValueError as error:
        return same_for_all(recipients, "permanent", 0, str(error))
    if not recipients:
        return Outcome((), "no recipients")
    if not raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n"):
        raw = _BARE_END.sub(b"\r\n", raw)
    one = _Try(sender, raw, {}, utf8_header=not raw.partition(b"\r\n\r\n")[0].isascii())
    for address in dict.fromkeys(recipients):
        one.forms[address] = ""
        try:
            one.forms[address] = ascii_domain(address)
        except ValueError as error:
            one.settle(address, "permanent", _Answer(0, str(error)))
    return one


def _options(smtp: smtplib.SMTP, one: _Try) -> str | None:
    """Return the parameters of MAIL, after settling those whom this relay can never serve; None if nobody is left."""
    can_utf8 = smtp.has_extn("smtputf8")
    for address in one.waiting():
        if not can_utf8 and (one.utf8_header or not f"{one.sender}{one.forms[address]}".isascii()):
            one.settle(address, "permanent", _Answer(0, "the relay does not take addresses beyond ASCII (SMTPUTF8)"))
    limit = smtp.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(one.raw):
        reason = f"the mail has {len(one.raw)} bytes, the relay takes {limit} at most"
        one.settle_rest("permanent", _Answer(0, reason))
    if not one.waiting():
        return None
    return "".join(_parameters(smtp, one))


def _parameters(smtp: smtplib.SMTP, one: _Try) -> Iterator[str]:
    addresses = [one.sender, *(one.forms[address] for address in one.waiting())]
    if smtp.has_extn("size"):
        yield f" SIZE={len(one.raw)}"
    if not one.raw.isascii() and smtp.has_extn("8bitmime"):
        yield " BODY=8BITMIME"
    if one.utf8_header or not "".join(addresses).isascii():
        yield " SMTPUTF8"


def _name_recipients(smtp: smtplib.SMTP, one: _Try) -> bool:
    """Say RCPT for everybody; settle those who are refused. True if somebody was taken."""
    for address in one.waiting():
        answer = _ask(smtp, f"RCPT TO:<{one.forms[address]}>")
        if answer.code // 100 != 2:
            one.settle(address, "temporary" if _means_later(answer) else _state(answer), answer)
    return bool(one.waiting())


def _hand_over(smtp: smtplib.SMTP, one: _Try) -> _Answer:
    """Say DATA, send the mail, settle everybody who was taken by the final answer."""
    answer = _ask(smtp, "DATA")
    if answer.code != 354:
        state = _state(answer)
        one.settle_rest("temporary" if state == "sent" else state, answer)
        return _Answer(0, answer.text)
    stuffed = _with_dots(one.raw)
    with _listening(_MAYBE_SENT):
        for start in range(0, len(stuffed), CHUNK):
            smtp.send(stuffed[start : start + CHUNK])
        code, text = smtp.getreply()
    answer = _Answer(max(code, 0), plain(f"{code} ".encode() + text))
    one.settle_rest(_state(answer), answer)
    if answer.code == 421:
        raise _Gone(answer)
    return answer


def _with_dots(raw: bytes) -> bytes:
    """Return a mail as it follows DATA: a line's first dot doubled, one dot alone at the end (RFC 5321 §4.5.2)."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    first = b"." if raw.startswith(b".") else b""
    return first + stuffed + (b".\r\n" if raw.endswith(b"\r\n") or not raw else b"\r\n.\r\n")


def _ask(smtp: smtplib.SMTP, command: str) -> _Answer:
    """Say one command and return the answer. Raises _Gone when the relay hangs up, by 421 or in silence."""
    with _listening("the connection was lost"):
        smtp.command_encoding = "utf-8"
        code, text = smtp.docmd(command)
    answer = _Answer(max(code, 0), plain(f"{code} ".encode() + text))
    if code == 421:
        raise _Gone(answer)
    return answer


@contextlib.contextmanager
def _listening(lost: str) -> Iterator[None]:
    """Turn every way in which a conversation can break into _Gone with the reason."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        reason = "no answer in time" if isinstance(error, TimeoutError) else plain(str(error))
        raise _Gone(_Answer(0, f"{lost}: {reason}")) from error


def _state(answer: _Answer) -> State:
    """Say what an answer means for the mail: the first digit (RFC 5321 §4.2.1), but for `_FAULTS_OF_SETTINGS`."""
    if answer.code // 100 == 2:
        return "sent"
    return "permanent" if answer.code // 100 == 5 and answer.code not in _FAULTS_OF_SETTINGS else "temporary"


def _means_later(answer: _Answer) -> bool:
    """Say whether a refusal of RCPT is the old `552 too many recipients`, which asks to try again (§4.5.3.1.10).

    With an enhanced status other than 5.5.3 (a full mailbox, a mail too large) it means what it says.
    """
    return answer.code == 552 and not re.match(r"552 5\.(?!5\.3\b)", answer.text)
