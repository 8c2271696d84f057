"""Tries the doors: addresses to listen on, and the certificate behind them."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from mailbridge.config.model import Config, Listener
from mailbridge.config.values import host_and_port
from mailbridge.doctor.finding import Finding
from mailbridge.relay.connect import is_loopback

WAIT_SECONDS = 3.0
SOON = timedelta(days=21)
_EXPIRED, _NOT_YET = 10, 9  # X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID


def examine_listeners(config: Config, _environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Say of each address to listen on whether it is free, or already ours, and whether it is safe to be seen by others."""
    doors = list(_doors(config))
    for section, option, address, settings in doors:
        host, port = host_and_port(address)
        yield door_finding(f"[{section}] {option} {address}", host, port, settings, implicit_tls=option == "tls_listen")
        if not _only_here(host):
            yield from _seen_by_others(section, settings)
    if not doors and not config.imap:
        what = "neither [smtp] nor [lmtp] listens and no [[imap]] is read: mail comes in by `mailbridge ingest` alone"
        yield Finding("listener", "warn", what, "Set [smtp] listen, if it should come by SMTP")


def examine_certificates(config: Config, _environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Say of each certificate whether it can be used, for how long, and whether it bears the name we greet with."""
    seen: set[tuple[Path, Path | None]] = set()
    for section, settings in (("smtp", config.smtp), ("lmtp", config.lmtp)):
        if settings.certificate and (settings.certificate, settings.private_key) not in seen:
            seen.add((settings.certificate, settings.private_key))
            yield from certificate_findings(section, settings.certificate, settings.private_key, settings.hostname, now)


def _doors(config: Config) -> Iterator[tuple[str, str, str, Listener]]:
    for section, settings in (("smtp", config.smtp), ("lmtp", config.lmtp)):
        for option, address in (("listen", settings.listen), ("tls_listen", settings.tls_listen)):
            if address:
                yield section, option, address, settings


def door_finding(what: str, host: str, port: int, settings: Listener, *, implicit_tls: bool) -> Finding:
    """Say whether an address can be listened on. A taken one is ours if whoever is there greets with our name."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((host, port))
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            return _taken(what, _greeting(host, port, implicit_tls=implicit_tls), settings)
        return Finding("listener", "fail", f"{what} cannot be listened on: {fault.strerror or fault}", _remedy(fault, port))
    return Finding("listener", "ok", f"{what} is free to listen on")


def _taken(what: str, greeting: str, settings: Listener) -> Finding:
    if greeting.startswith(f"220 {settings.hostname} "):
        return Finding("listener", "ok", f"{what} is answered by a desk that greets as {settings.hostname}; it runs already")
    said = f' and says "{greeting[:60]}"' if greeting else ""
    return Finding("listener", "fail", f"{what} is taken by another program{said}", "Choose another port, or stop that program")


def _greeting(host: str, port: int, *, implicit_tls: bool) -> str:
    """Return the first line that is said at an address of this machine; empty when nothing is."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # only the name in the greeting is wanted; nothing is said
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        with contextlib.ExitStack() as stack:
            peer: socket.socket = stack.enter_context(socket.create_connection((near, port), timeout=WAIT_SECONDS))
            if implicit_tls:
                peer = stack.enter_context(anybody.wrap_socket(peer))
            said = peer.recv(512)
    except OSError:
        return ""
    return "".join(letter for letter in said.decode("ascii", "replace").partition("\r\n")[0] if letter.isprintable())


def _remedy(fault: OSError, port: int) -> str:
    if fault.errno == errno.EACCES:
        right = "AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit"
        return f"Ports below 1024 want a right: {right}, or another port instead of {port}"
    if fault.errno == errno.EADDRNOTAVAIL:
        return "This machine does not have that address; correct it"
    return "Choose another port, or stop what uses it"


def _seen_by_others(section: str, settings: Listener) -> Iterator[Finding]:
    if settings.certificate is None:
        what = f"[{section}] listens to other machines without TLS, so mail comes in the clear"
        yield Finding("listener", "warn", what, f"Set [{section}] certificate")
    if settings.hostname == "localhost":
        what = f"[{section}] greets other machines as localhost"
        yield Finding("listener", "warn", what, f"Set [{section}] hostname to the name of this machine")


def _only_here(host: str) -> bool:
    try:
        return is_loopback(host)
    except ValueError:
        return host == "localhost"


def certificate_findings(section: str, certificate: Path, key: Path | None, hostname: str, now: datetime) -> Iterator[Finding]:
    """Say whether a certificate and its key go together and how long the certificate is good."""
    try:
        found = handshake(certificate, key)
    except ssl.SSLCertVerificationError as fault:
        says = {_EXPIRED: "has expired", _NOT_YET: "is not valid yet"}.get(fault.verify_code, f"is of no use: {fault.verify_message}")
        yield Finding("certificate", "fail", f"{certificate} {says}", "Renew it, then send the daemon SIGHUP")
        return
    except (OSError, ValueError) as fault:
        what = f"[{section}] {certificate} cannot be used{f' with {key}' if key else ''}: {_said(fault)}"
        yield Finding("certificate", "fail", what, _wrong(fault, key))
        return
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), now.tzinfo)
    if ends < now:
        yield Finding("certificate", "fail", f"{certificate} has expired on {ends:%Y-%m-%d}", "Renew it, then send the daemon SIGHUP")
    elif ends - now < SOON:
        what = f"{certificate} ends on {ends:%Y-%m-%d}, in {(ends - now).days} days"
        yield Finding("certificate", "warn", what, "Renew it, then send the daemon SIGHUP")
    else:
        yield Finding("certificate", "ok", f"{certificate} is good until {ends:%Y-%m-%d}")
    if not bears(found, hostname):
        yield Finding("certificate", "warn", f"{certificate} is not made out for {hostname}, the name that [{section}] greets with",
                      f"Correct [{section}] hostname, or get a certificate for that name")


def handshake(certificate: Path, key: Path | None) -> dict[str, object]:
    """Let a server with this certificate and a client that knows it shake hands, in memory; return what the client sees.

    Raises what the TLS library says of files that are missing, broken or do not fit, SSLCertVerificationError for an old one.
    """
    door = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    door.load_cert_chain(certificate, key)
    guest = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    guest.check_hostname = False
    guest.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the certificate itself is what the guest goes by, whoever signed it
    guest.load_verify_locations(certificate)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours, theirs = door.wrap_bio(up, down, server_side=True), guest.wrap_bio(down, up)
    waiting = [theirs, ours]
    while waiting:
        for side in list(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(side)
    return dict(theirs.getpeercert() or {})


def bears(found: Mapping[str, object], hostname: str) -> bool:
    """Say whether a certificate is made out for a host name; a star stands for one label (RFC 6125 §6.4.3)."""
    names = found.get("subjectAltName", ())
    assert isinstance(names, tuple)
    wanted = hostname.lower().rstrip(".")
    known = {str(value).lower() for kind, value in names if kind in ("DNS", "IP Address")}
    return wanted in known or f"*.{wanted.partition('.')[2]}" in known


def _said(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLError):
        known = {"KEY_VALUES_MISMATCH": "the key belongs to another certificate"}
        return known.get(fault.reason or "", fault.reason or "it is no PEM file")
    return getattr(fault, "strerror", None) or str(fault)


def _wrong(fault: Exception, key: Path | None) -> str:
    if isinstance(fault, PermissionError):
        return "Let the user that runs mailbridge read it, and nobody else"
    return "Correct certificate and private_key" if key else "Put the key into the same file, or set private_key"
