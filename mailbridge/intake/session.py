"""One session with one peer, by SMTP (RFC 5321) or LMTP (RFC 2033).

| state     | the peer may say    | stored                                  | if the peer vanishes, or we do           |
|-----------|---------------------|-----------------------------------------|------------------------------------------|
| greeted   | EHLO/LHLO, STARTTLS | nothing                                 | nothing happened                         |
| ready     | AUTH, MAIL          | nothing                                 | nothing happened                         |
| mail      | RCPT, DATA, RSET    | nothing                                 | nothing happened                         |
| data      | the mail            | nothing, or a temporary file            | the file is removed; a lone one is swept |
| handed on | nothing, he waits   | the spool commits                       | stored all the same; sent again, it is   |
|           |                     |                                         | recognised as the same mail              |
| answered  | MAIL, QUIT          | the mail (`250`) or nothing (`4xx/5xx`) | `250` was said only after the commit     |
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path as FilePath

from aiosmtpd.smtp import Envelope

from mailbridge.errors import SpoolError
from mailbridge.intake import answers
from mailbridge.intake.auth import MAX_RESPONSE_BYTES, Credentials, DialogFailed, ask_credentials
from mailbridge.intake.connection import Connection, House, PeerGone
from mailbridge.intake.data import Body, is_full, receive
from mailbridge.intake.grammar import CONTROL, Path, read_path
from mailbridge.log import logger
from mailbridge.spool import Delivery

log = logger()

MAX_COMMAND_BYTES = 4_096  # RFC 5321 §4.5.3.1.4 says 512 and extensions add to it; ORCPT alone may take 500
MAX_LOGINS = 3
WEB_VERBS = frozenset((b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"CONNECT"))


class Session(Connection):
    """What the commands of a peer mean. Each `smtp_…` returns its answer, or None when it was given already."""

    def __init__(self, house: House, *, implicit_tls: bool = False) -> None:
        super().__init__(house, implicit_tls=implicit_tls)
        self._name = ""  # what the peer calls itself; nothing is believed of it
        self._agent: str | None = None  # address of the agent who logged in
        self._logins = 0

    @property
    def _envelope(self) -> Envelope:
        assert self.envelope
        return self.envelope

    def _reset(self) -> None:
        self.envelope = Envelope()

    async def _answer(self, line: bytes) -> bytes | None:
        verb, _, argument = line.partition(b" ")
        command = COMMANDS.get(verb.upper())
        if not command:
            return self._unknown(verb.upper())
        if len(line) > (MAX_RESPONSE_BYTES if command is Session.smtp_AUTH else MAX_COMMAND_BYTES):
            return answers.LINE_TOO_LONG
        try:
            text = argument.decode().strip(" ")
        except UnicodeDecodeError:
            return answers.NOT_UTF8
        if CONTROL.search(text):
            return answers.CONTROL_CHARACTER
        try:
            return await command(self, text)
        except PeerGone:
            raise
        except Exception as fault:
            log.error("intake.fault", exc_info=fault, command=verb.decode(), peer=self._peer.host if self._peer else "")
            self._reset()
            return answers.OUR_FAULT

    def _unknown(self, verb: bytes) -> bytes:
        """Send a browser that was led here away, before the body of its request speaks SMTP."""
        if verb in WEB_VERBS:
            self._leaving = True
            return answers.NO_WEB_SERVER
        return answers.UNKNOWN

    # -- hello, TLS, AUTH

    async def smtp_HELO(self, argument: str) -> bytes:  # noqa: N802  # the names of aiosmtpd
        """RFC 5321 §4.1.1.1."""
        if self._house.lmtp:
            return answers.UNKNOWN
        return self._greet(argument, f"250 {self._house.hostname}".encode())

    async def smtp_EHLO(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.1."""
        return answers.UNKNOWN if self._house.lmtp else self._greet(argument, self._house.hello(self._secure))

    async def smtp_LHLO(self, argument: str) -> bytes:  # noqa: N802
        """RFC 2033 §4.1: the only greeting of LMTP."""
        return self._greet(argument, self._house.hello(self._secure)) if self._house.lmtp else answers.UNKNOWN

    def _greet(self, name: str, answer: bytes) -> bytes:
        if not name:
            return answers.NAME_MISSING
        self._reset()
        self._name = name
        return answer

    async def smtp_STARTTLS(self, argument: str) -> bytes | None:  # noqa: N802
        """RFC 3207: what was said before counts no more."""
        if argument:
            return answers.NO_ARGUMENT
        if self._secure:
            return answers.TLS_ALREADY
        if not self._house.tls:
            return answers.TLS_UNAVAILABLE
        self._say(answers.READY_FOR_TLS)
        await self._flush()
        self._incoming.forget()
        await self._start_tls()
        self._reset()
        self._name = ""
        return None

    async def smtp_AUTH(self, argument: str) -> bytes:  # noqa: N802
        """RFC 4954, on TLS only."""
        refusal = self._auth_refusal(argument)
        if refusal:
            return refusal
        mechanism, _, initial = argument.partition(" ")
        try:
            credentials = await ask_credentials(mechanism.upper(), initial.encode() if initial else None, self._ask)
            agent = await self._check(credentials)
        except DialogFailed as failed:
            agent, answer = None, failed.answer
        else:
            answer = answers.LOGGED_IN if agent else answers.WRONG_LOGIN
        self._agent = agent
        if answer == answers.WRONG_LOGIN:
            self._note_failed_login()
        return answer

    def _auth_refusal(self, argument: str) -> bytes | None:
        if not self._house.offers_auth:
            return answers.NOT_DONE
        if not self._secure:
            return answers.TLS_FIRST
        if not self._name:
            return answers.HELLO_FIRST
        if self._agent:
            return answers.LOGGED_IN_ALREADY
        if self._envelope.mail_from is not None:
            return answers.NOT_IN_A_MAIL
        assert self._peer
        if not self._house.caps.may_log_in(self._peer, self._house.clock()):
            self._leaving = True
            return answers.TOO_MANY_LOGINS
        return None if 1 <= len(argument.split()) <= 2 else answers.AUTH_SYNTAX

    async def _ask(self, challenge: bytes) -> bytes:
        self._say(challenge)
        line = await self._line()
        if line is None:
            self._leaving = True
            raise DialogFailed(answers.LINE_ENDLESS)
        if len(line) > MAX_RESPONSE_BYTES:
            raise DialogFailed(answers.LINE_TOO_LONG)
        return line.strip()

    async def _check(self, credentials: Credentials) -> str | None:
        """Check the password in a thread, two at once: each try costs memory and a core for a while."""
        with self._at_work():
            async with self._house.password_checks:
                try:
                    return await asyncio.to_thread(self._house.check_password, *credentials)
                except Exception as fault:
                    log.error("intake.password_check_failed", exc_info=fault)
                    raise DialogFailed(answers.LOGIN_TROUBLE) from fault

    def _note_failed_login(self) -> None:
        assert self._peer
        log.warning("intake.login_failed", peer=self._peer.host)
        self._house.caps.login_failed(self._peer, self._house.clock())
        self._logins += 1
        if self._logins >= MAX_LOGINS:
            self._leaving = True

    # -- a mail

    async def smtp_MAIL(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.2, RFC 1870 (SIZE), RFC 6531 (SMTPUTF8)."""
        if not self._name:
            return answers.HELLO_FIRST
        if self._envelope.mail_from is not None:
            return answers.MAIL_TWICE
        path = read_path(argument, "FROM:")
        if not path:
            return answers.MAIL_SYNTAX
        if not path.ok:
            return answers.BAD_SENDER
        refusal = _mail_parameters(path, self._house.limits.message_bytes)
        if refusal:
            return refusal
        assert self._peer
        if not self._house.caps.may_mail(self._peer, self._house.clock()):
            return answers.TOO_MUCH_MAIL
        self._envelope.mail_from = path.address
        self._envelope.smtp_utf8 = "SMTPUTF8" in (path.parameters or {})
        return answers.SENDER_OK

    async def smtp_RCPT(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.3. Only our own, whoever asks; nothing here depends on a token behind the `+`."""
        if self._envelope.mail_from is None:
            return answers.MAIL_FIRST
        path = read_path(argument, "TO:")
        if not path:
            return answers.RCPT_SYNTAX
        if not path.ok or not path.address:
            return answers.BAD_RECIPIENT
        refusal = _rcpt_parameters(path, self._envelope.smtp_utf8)
        if refusal:
            return refusal
        if len(self._envelope.rcpt_tos) >= self._house.max_recipients:
            return answers.TOO_MANY_RECIPIENTS
        if not self._house.is_ours(path.address):
            return answers.NO_SUCH_RECIPIENT
        self._envelope.rcpt_tos.append(path.address)
        return answers.RECIPIENT_OK

    async def smtp_DATA(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.4; RFC 2033 §4.2: LMTP has an answer for each recipient."""
        if argument:
            return answers.NO_ARGUMENT
        if not self._envelope.rcpt_tos:
            return answers.MAIL_FIRST if self._envelope.mail_from is None else answers.RCPT_FIRST
        self._say(answers.GO_AHEAD)
        await self._flush()
        raw = await self._receive()
        answer = await self._hand_on(raw) if not isinstance(raw, _Refused) else raw.answer
        count = len(self._envelope.rcpt_tos) if self._house.lmtp else 1
        self._reset()
        if answer.startswith(b"2"):
            self._errors = self._commands = 0
        return b"\r\n".join([answer] * count)

    async def _receive(self) -> bytes | FilePath | _Refused:
        """Read the mail. After a fault within it the rest would be taken for commands, so the peer must go."""
        body = Body(self._house.temporary_folder, self._house.limits)
        try:
            with self._data_clock():
                rest = await receive(self._chunk, body)
        except PeerGone:
            raise
        except Exception:
            self._leaving = True
            raise
        if rest:
            self._incoming.put_back(rest)
        raw = body.finish()
        return raw if raw is not None else _Refused(body.refusal or answers.OUR_FAULT)

    async def _hand_on(self, raw: bytes | FilePath) -> bytes:
        """Give the mail to the spool and wait for its commit, which goes on even if the peer or we give up waiting."""
        assert self._peer
        delivery = Delivery(
            raw=raw, envelope_from=self._envelope.mail_from, recipients=tuple(dict.fromkeys(self._envelope.rcpt_tos)),
            source="lmtp" if self._house.lmtp else "smtp", received_at=self._house.clock(), peer=self._peer.host,
            authenticated_as=self._agent, believed=self._peer.trusted)
        with self._at_work():
            try:
                spool_id = await asyncio.shield(self._accept(delivery))
            except SpoolError as error:
                log.error("intake.not_spooled", error=str(error))
                full = getattr(error, "full", False) or is_full(error.__cause__)
                return answers.FULL if full else answers.OUR_FAULT
            except Exception as fault:
                log.error("intake.not_spooled", exc_info=fault)
                return answers.OUR_FAULT
        return answers.ACCEPTED + b" as %d" % spool_id if self._peer.near else answers.ACCEPTED

    def _accept(self, delivery: Delivery) -> asyncio.Future[int]:
        if isinstance(delivery.raw, FilePath):
            return self.loop.run_in_executor(None, _accept_file, self._house.accept, delivery, delivery.raw)
        return asyncio.wrap_future(self._house.accept(delivery))

    async def smtp_RSET(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.5."""
        if argument:
            return answers.NO_ARGUMENT
        self._reset()
        return answers.OK

    # -- the rest

    async def smtp_NOOP(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.9."""
        del argument
        return answers.OK

    async def smtp_HELP(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.8."""
        del argument
        return answers.HELP

    async def smtp_VRFY(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §3.5.3: the same answer about everybody."""
        return answers.CANNOT_VERIFY if argument else answers.NAME_MISSING

    async def smtp_EXPN(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §3.5.2 lets us."""
        del argument
        return answers.NOT_DONE

    async def smtp_QUIT(self, argument: str) -> bytes:  # noqa: N802
        """RFC 5321 §4.1.1.10."""
        if argument:
            return answers.NO_ARGUMENT
        self._leaving = True
        return answers.GOODBYE


@dataclass(frozen=True, slots=True)
class _Refused:
    """A mail that was read to its end and is not taken."""

    answer: bytes


COMMANDS: dict[bytes, Callable[[Session, str], Awaitable[bytes | None]]] = {
    name.removeprefix("smtp_").encode(): getattr(Session, name) for name in vars(Session) if name.startswith("smtp_")}


def _mail_parameters(path: Path, most_bytes: int) -> bytes | None:
    """Refuse what MAIL cannot mean. RET and ENVID (RFC 3461) are not offered, yet peers send them: they say nothing."""
    if path.parameters is None:
        return answers.MAIL_SYNTAX
    given = path.parameters
    size = given.get("SIZE", "0")
    if not (size.isascii() and size.isdigit()) or len(size) > 20:
        return answers.BAD_PARAMETER
    if int(size) > most_bytes:
        return answers.TOO_BIG
    if given.get("BODY", "7BIT").upper() not in ("7BIT", "8BITMIME") or given.get("SMTPUTF8"):
        return answers.BAD_PARAMETER
    if given.keys() - {"SIZE", "BODY", "SMTPUTF8", "AUTH", "RET", "ENVID"}:
        return answers.PARAMETER_UNKNOWN
    return answers.SMTPUTF8_NEEDED if not path.address.isascii() and "SMTPUTF8" not in given else None


def _rcpt_parameters(path: Path, smtp_utf8: bool) -> bytes | None:
    """Refuse what RCPT cannot mean. NOTIFY and ORCPT (RFC 3461) say nothing to us."""
    if path.parameters is None:
        return answers.RCPT_SYNTAX
    if path.parameters.keys() - {"NOTIFY", "ORCPT"}:
        return answers.PARAMETER_UNKNOWN
    return answers.SMTPUTF8_NEEDED if not path.address.isascii() and not smtp_utf8 else None


def _accept_file(accept: Callable[[Delivery], Future[int]], delivery: Delivery, file: FilePath) -> int:
    """Wait for the commit of a big mail, in a thread: its sync takes a while. Nothing is left of one not taken."""
    try:
        return accept(delivery).result()
    except BaseException:
        file.unlink(missing_ok=True)
        raise
