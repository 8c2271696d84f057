"""The dialogs of AUTH (RFC 4954): PLAIN (RFC 4616) and LOGIN. What a password is worth is decided elsewhere."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from mailbridge.intake import answers

MECHANISMS = ("PLAIN", "LOGIN")
MAX_RESPONSE_BYTES = 12_288  # RFC 4954 §4.1

Ask = Callable[[bytes], Awaitable[bytes]]  # sends a challenge line, gives the client's line without its end


class Credentials(NamedTuple):
    """What the client says it is. Never logged."""

    login: str
    password: str


class DialogFailed(Exception):
    """The dialog ended without credentials; the argument is the answer to give."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(answer.decode())
        self.answer = answer


async def ask_credentials(mechanism: str, initial: bytes | None, ask: Ask) -> Credentials:
    """Lead the dialog of a mechanism to its end. Raises DialogFailed.

    initial: the initial response as sent, `=` standing for an empty one; None when there was none.
    """
    if mechanism == "PLAIN":
        return _plain(_decode(initial) if initial is not None else await _challenge(b"", ask))
    if mechanism == "LOGIN":
        login = _decode(initial) if initial is not None else await _challenge(b"Username:", ask)
        return _credentials(login, await _challenge(b"Password:", ask))
    raise DialogFailed(answers.NO_SUCH_MECHANISM)


def _plain(response: bytes) -> Credentials:
    """Split `authorize-as NUL login NUL password`. Nobody may act for somebody else."""
    fields = response.split(b"\0")
    if len(fields) != 3:
        raise DialogFailed(answers.NOT_BASE64)
    authorize_as, login, password = fields
    if authorize_as not in (b"", login):
        raise DialogFailed(answers.WRONG_LOGIN)
    return _credentials(login, password)


def _credentials(login: bytes, password: bytes) -> Credentials:
    try:
        return Credentials(login.decode(), password.decode())
    except UnicodeDecodeError:
        raise DialogFailed(answers.WRONG_LOGIN) from None


async def _challenge(text: bytes, ask: Ask) -> bytes:
    response = await ask(b"334 " + b64encode(text))
    if response == b"*":
        raise DialogFailed(answers.AUTH_STOPPED)
    return _decode(response)


def _decode(response: bytes) -> bytes:
    if response == b"=":
        return b""
    try:
        return b64decode(response, validate=True)
    except binascii.Error:
        raise DialogFailed(answers.NOT_BASE64) from None
