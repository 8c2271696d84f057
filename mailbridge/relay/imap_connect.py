"""A conversation with an IMAP server, opened as far as the login: for reading mail, and for filing drafts.

TLS is verified always, by the system's authorities or by the one of `ca_file`; without TLS we talk to loopback only.
Every fault is an `ImapFault` with the account, what went wrong and, where we know, what to do; none is ever one mail's.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from typing import Any

from mailbridge.config.model import Imap
from mailbridge.errors import MailbridgeError
from mailbridge.relay.connect import is_loopback, plain

CONNECT_SECONDS = 10.0
DRAFTS = rb"\Drafts"


class ImapFault(MailbridgeError):
    """An IMAP account cannot be worked with for now; nothing is lost: try again later.

    refused: the server does not accept our login; trying again soon may lock the account.
    """

    refused = False


def connect(settings: Imap, password: str) -> Any:
    """Open a conversation that is logged in: an IMAPClient, which only one thread may use.

    Each answer of the server may take `timeout_seconds`; after any fault the client is of no use any more.
    Raises ImapFault.
    """
    where = place(settings)
    try:
        client = _open(settings)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise ImapFault(f"{where} cannot be reached: {reason(error)}") from error
    try:
        _secure(client, settings)
        _log_in(client, settings, password)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        close(client)
        raise ImapFault(f"{where}: {reason(error)}") from error
    except ImapFault:
        close(client)
        raise
    return client


def place(settings: Imap) -> str:
    """Return the account as an admin finds it in the configuration, and its server."""
    return f"[imap.{settings.name}] {settings.host}:{settings.port}"


def reason(error: BaseException) -> str:
    """Return what a fault says, in one clean line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}. Correct host or ca_file of the account"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return plain(str(error)) or type(error).__name__


def close(client: Any) -> None:
    """End the conversation without a word: what it was about is noted already, or will be read again."""
    try:
        client.shutdown()
    except (OSError, imaplib.IMAP4.error):
        return  # the line was down before


def interrupt(client: Any) -> None:
    """End the conversation from another thread: whoever waits for an answer gets an error at once."""
    try:
        # Not SSLSocket's own: it would take the TLS session away under the thread that reads from it.
        socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)
    except OSError:
        return  # it was closed before


def _open(settings: Imap) -> Any:
    from imapclient import IMAPClient, SocketTimeout  # takes 60 ms, and many desks have no account

    tls = settings.security == "tls"
    client = IMAPClient(
        settings.host,
        settings.port,
        ssl=tls,
        ssl_context=_context(settings) if tls else None,
        timeout=SocketTimeout(min(CONNECT_SECONDS, settings.timeout_seconds), settings.timeout_seconds),
    )
    client.normalise_times = False  # else INTERNALDATE comes as this machine's local time, without a zone
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _context(settings: Imap) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)


def _secure(client: Any, settings: Imap) -> None:
    if settings.security == "starttls":
        if not client.has_capability("STARTTLS"):
            raise ImapFault(f"{place(settings)} does not offer STARTTLS. Correct port or security of the account")
        client.starttls(_context(settings))
    elif settings.security == "none" and not is_loopback(str(client.socket().getpeername()[0])):
        raise ImapFault(f'{place(settings)} is no loopback address, and security = "none" is for loopback only')


def _log_in(client: Any, settings: Imap, password: str) -> None:
    from imapclient.exceptions import LoginError

    try:
        if (settings.user + password).isascii():
            client.login(settings.user, password)
        else:  # LOGIN knows ASCII alone (RFC 9051 §6.2.3); PLAIN is UTF-8 (RFC 4616 §2)
            client.plain_login(settings.user, password)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort) or "[UNAVAILABLE]" in str(error).upper():
            raise  # the line or the server is down (RFC 5530 §3): that says nothing of the password
        fault = ImapFault(
            f"{place(settings)} refused the login of {settings.user}: {reason(error)}. Correct user or password_file"
        )
        fault.refused = True
        raise fault from error
