"""A conversation with the smarthost, opened as far as AUTH: what it takes is settings, what comes out can send.

TLS is always verified, by the system's authorities or by the one of `ca_file`; without TLS we talk to loopback only,
so neither a password nor a customer's mail crosses a wire in the clear. Every fault in here is ours, the network's or
the relay's, never one mail's: all of them are `RelayTemporary`, even a refused password. The mails wait meanwhile.
"""

from __future__ import annotations

import base64
import ipaddress
import smtplib
import socket
import ssl

from mailbridge.config.model import Relay as Settings
from mailbridge.errors import RelayTemporary


def connect(settings: Settings, password: str | None) -> smtplib.SMTP:
    """Open a conversation that is ready for MAIL, its abilities in `esmtp_features`.

    Raises RelayTemporary with the address, what went wrong and, where we know, what to do.
    """
    where = f"relay {settings.host}:{settings.port}"
    try:
        smtp = _open(settings)
    except smtplib.SMTPResponseException as error:
        raise RelayTemporary(f"{where} does not want to talk: {error.smtp_code} {plain(error.smtp_error)}") from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise RelayTemporary(f"{where} cannot be reached: {_reason(error)}") from error
    try:
        _answer_at_once(smtp)
        _secure(smtp, settings)
        _log_in(smtp, settings.user, password)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        smtp.close()
        raise RelayTemporary(f"{where}: {_reason(error)}") from error
    except RelayTemporary as error:
        smtp.close()
        raise RelayTemporary(f"{where} {error}") from error
    return smtp


def plain(reply: bytes | str) -> str:
    """Return a peer's answer as one clean line of at most 500 characters: it goes to logs, terminals and agents."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:500]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        said = f"{error.smtp_code} {plain(error.smtp_error)}"
        return f"refused the login: {said}. Correct user or password_file in [relay]"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"refused: {error.smtp_code} {plain(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}. Correct host or ca_file in [relay]"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return plain(str(error)) or type(error).__name__


def _open(settings: Settings) -> smtplib.SMTP:
    timeout = float(settings.timeout_seconds)
    if settings.security == "tls":
        return smtplib.SMTP_SSL(
            settings.host, settings.port, settings.hostname, timeout=timeout, context=_context(settings)
        )
    return smtplib.SMTP(settings.host, settings.port, settings.hostname, timeout=timeout)


def _answer_at_once(smtp: smtplib.SMTP) -> None:
    """Send small packets without delay: a mail is a dialogue of short lines, each of which waits for an answer."""
    assert smtp.sock is not None
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _context(settings: Settings) -> ssl.SSLContext:
    """Return a context that verifies chain and name (TLS 1.2 at least, by the standard library's defaults)."""
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)


def _secure(smtp: smtplib.SMTP, settings: Settings) -> None:
    smtp.ehlo_or_helo_if_needed()
    if settings.security == "starttls":
        if not smtp.has_extn("starttls"):
            raise RelayTemporary("does not offer STARTTLS. Correct port or security in [relay]")
        smtp.starttls(context=_context(settings))
        smtp.ehlo_or_helo_if_needed()
    elif settings.security == "none" and not is_loopback(_peer(smtp)):
        raise RelayTemporary('is no loopback address, and security = "none" is for loopback only')


def _peer(smtp: smtplib.SMTP) -> str:
    assert smtp.sock is not None
    return str(smtp.sock.getpeername()[0])


def is_loopback(address: str) -> bool:
    """Say whether an IP address, as a socket gives it, is this machine's own: an IPv4 one may be wrapped in IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None)
    return bool((inner or ip).is_loopback)


def _log_in(smtp: smtplib.SMTP, user: str | None, password: str | None) -> None:
    if user is None:
        return
    if password is None:
        raise RelayTemporary("wants a login, but [relay] has a user and no password_file")
    if not smtp.has_extn("auth"):
        raise RelayTemporary("offers no AUTH. Correct port or security in [relay], or take user out")
    if user.isascii() and password.isascii():
        smtp.login(user, password)
        return
    # smtplib encodes credentials as ASCII; RFC 4616 §2 says UTF-8.
    token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, reply = smtp.docmd("AUTH", f"PLAIN {token}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, reply)
