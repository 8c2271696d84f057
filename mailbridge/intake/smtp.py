"""The listener for SMTP and LMTP: binds addresses, holds the certificate, lets sessions begin and end.

Comes in: settings, and callables that say what this room does not know. Goes out: a `Delivery` for the spool, and a
yes to the peer only after the spool's commit. Runs in the daemon's own event loop.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP

from mailbridge.config.model import Listener as Settings
from mailbridge.errors import ConfigError
from mailbridge.intake.caps import Caps, Peers
from mailbridge.intake.connection import House
from mailbridge.intake.data import Limits
from mailbridge.intake.session import Session
from mailbridge.spool import Delivery

BACKLOG = 512  # connections that wait to be let in


class Listener:
    """A listener with its settings; a reload stops it and starts another.

    accept: gives a future of the spool id, or of SpoolError (`452` if its `full` is true or its cause is a full disk).
    is_ours: says whether an address, with or without a token behind its mailbox, is one of ours.
    check_password: gives the address of the agent who has this login and password, or None; called in a thread.
    trusted_peers: `[trust] peers`. temporary_folder: must lie on the file system of the blobs.
    big_bytes: mail over this size is handed to `accept` as a file. Raises ConfigError for a certificate or peer that
    cannot be used.
    """

    def __init__(
        self, settings: Settings, *, lmtp: bool, accept: Callable[[Delivery], Future[int]],
        is_ours: Callable[[str], bool], check_password: Callable[[str, str], str | None],
        trusted_peers: tuple[str, ...], temporary_folder: Path, clock: Callable[[], datetime], big_bytes: int = 65_536,
    ) -> None:
        self._settings = settings
        self._servers: list[asyncio.Server] = []
        tls = _tls(settings)
        self._house = House(
            hostname=settings.hostname, lmtp=lmtp, offers_auth=settings.auth and tls is not None,
            max_recipients=settings.max_recipients, timeout_seconds=settings.timeout_seconds,
            max_data_seconds=settings.max_data_seconds,
            limits=Limits(big_bytes, settings.max_header_kb * 1000, settings.max_message_mb * 1_000_000),
            accept=accept, is_ours=is_ours, check_password=check_password,
            caps=Caps(settings.max_connections, settings.max_connections_per_peer, settings.max_mails_per_peer_minute),
            peers=Peers(trusted_peers), temporary_folder=temporary_folder, clock=clock, tls=tls, pristine={})

    async def start(self) -> list[tuple[str, int]]:
        """Bind, and return the addresses that are listened on, with their true ports. Raises ConfigError."""
        # aiosmtpd logs every command with its addresses at INFO and every line of a mail at DEBUG.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        self._house.pristine.update(vars(SMTP(None, hostname=self._settings.hostname, loop=loop)))
        try:
            await self._bind(self._settings.listen, implicit_tls=False)
            await self._bind(self._settings.tls_listen, implicit_tls=True)
        except BaseException:
            self._unbind()
            raise
        return [socket.getsockname()[:2] for server in self._servers for socket in server.sockets]

    async def stop(self, grace_seconds: float) -> None:
        """Let nobody in any more, let mail on its way arrive for `grace_seconds`, then end all sessions."""
        self._unbind()
        tasks = [session.leave() for session in self._house.here]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _bind(self, address: str | None, *, implicit_tls: bool) -> None:
        if address is None:
            return
        if implicit_tls and not self._house.tls:
            raise ConfigError(f'{self._name} tls_listen needs a "certificate"')
        host, port = split_address(address)
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(
                partial(Session, self._house, implicit_tls=implicit_tls), host or None, port, backlog=BACKLOG)
        except OSError as fault:
            raise ConfigError(f'{self._name} cannot listen on "{address}": {fault.strerror or fault}') from fault
        self._servers.append(server)

    def _unbind(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()

    @property
    def _name(self) -> str:
        return "[lmtp]" if self._house.lmtp else "[smtp]"


def split_address(address: str) -> tuple[str, int]:
    """Split `host:port` or `[v6]:port`; an empty host or `*` means every address. Raises ConfigError."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ConfigError(f'listen: "{address}" is no address with a port; write 127.0.0.1:2525')
    host = host.removeprefix("[").removesuffix("]")
    return ("" if host == "*" else host), int(port)


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """Load the certificate. TLS 1.2 and newer, as the default context of Python has it."""
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.private_key)
    except (OSError, ssl.SSLError) as fault:
        raise ConfigError(f'certificate: "{settings.certificate}" cannot be used: {fault}') from fault
    return context
