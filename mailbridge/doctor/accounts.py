"""Tries the IMAP accounts: connect, log in, look into the folders without changing anything, and see what the server can do."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from mailbridge.config.model import Config, Imap
from mailbridge.config.secrets import read_secret
from mailbridge.doctor.finding import Finding
from mailbridge.errors import ConfigError

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10


def examine_accounts(config: Config, environ: Mapping[str, str], _now: datetime) -> Iterator[Finding]:
    """Try every account; one that fails does not keep the others from being tried."""
    for account in config.imap:
        yield from _account(account, environ)


def _account(account: Imap, environ: Mapping[str, str]) -> Iterator[Finding]:
    from imapclient.exceptions import IMAPClientError, LoginError

    where = f"[imap.{account.name}] {account.host}:{account.port}"
    try:
        client = _connect(account)
    except (OSError, IMAPClientError) as fault:
        fix = "Correct host, port, security or ca_file of the account"
        yield Finding("imap", "fail", f"{where} cannot be reached: {_said(fault)}", fix)
        return
    try:
        client.login(account.user, read_secret(account.password_file, environ))
        yield Finding("imap", "ok", f"{where}: logged in as {account.user}")
        yield from _abilities(client, account, where)
        yield from _folders(client, account, where)
    except ConfigError as fault:
        yield Finding("imap", "fail", str(fault))
    except LoginError as fault:
        fix = "Correct user or password_file of the account"
        yield Finding("imap", "fail", f"{where} refused the login of {account.user}: {_said(fault)}", fix)
    except (OSError, IMAPClientError) as fault:
        yield Finding("imap", "fail", f"{where}: {_said(fault)}", "Run doctor once more; if it stays, ask whoever runs the server")
    finally:
        client.shutdown()


def _connect(account: Imap) -> Any:
    from imapclient import IMAPClient, SocketTimeout

    context = ssl.create_default_context(cafile=str(account.ca_file) if account.ca_file else None)
    at_once = account.security == "tls"
    client = IMAPClient(account.host, account.port, ssl=at_once, ssl_context=context if at_once else None,
                        timeout=SocketTimeout(CONNECT_SECONDS, ANSWER_SECONDS))
    if account.security == "starttls":
        try:
            client.starttls(context)
        except BaseException:
            client.shutdown()
            raise
    return client


def _abilities(client: Any, account: Imap, where: str) -> Iterator[Finding]:
    yield from ability_findings({name.decode("ascii", "replace").upper() for name in client.capabilities()}, account, where)


def ability_findings(abilities: Iterable[str], account: Imap, where: str) -> Iterator[Finding]:
    """Say what a server cannot do and what that means; abilities: as CAPABILITY lists them after the login, in capitals."""
    known = set(abilities)
    if "IDLE" not in known:
        yield Finding("imap", "ok", f"{where} has no IDLE: new mail is seen every {account.poll_seconds} seconds")
    if account.acknowledge == "move" and "MOVE" not in known and "UIDPLUS" not in known:
        yield Finding("imap", "fail", f"{where} has neither MOVE nor UIDPLUS, so mail cannot be moved safely",
                      'Write acknowledge = "keyword" for the account')


def _folders(client: Any, account: Imap, where: str) -> Iterator[Finding]:
    from imapclient.exceptions import IMAPClientError

    wanted = [*account.folders, *((account.drafts, account.sent) if account.shared else ())]
    for folder in dict.fromkeys(wanted):
        try:
            # EXAMINE would not tell which flags last. No mail is fetched, and no flag but \\Recent changes.
            selected = client.select_folder(folder)
        except IMAPClientError as fault:
            yield Finding("imap", "fail", f'{where} has no folder "{folder}" that can be opened: {_said(fault)}', _known_folders(client))
            continue
        if folder in account.folders:
            yield from folder_findings(selected, account, f'{where} "{folder}"')


def folder_findings(selected: Mapping[bytes, Any], account: Imap, where: str) -> Iterator[Finding]:
    """Say what a folder tells of itself when it is opened: how much mail, and whether our keyword stays."""
    flags = {bytes(flag) for flag in selected.get(b"PERMANENTFLAGS", ())}
    keeps = b"\\*" in flags or account.keyword.encode() in flags
    if b"READ-ONLY" in selected:
        fix = 'Give the account the right, or write acknowledge = "none"'
        yield Finding("imap", "fail", f"{where} can only be read, so mail cannot be acknowledged", fix)
    elif account.acknowledge == "keyword" and not keeps:
        yield Finding("imap", "fail", f"{where} does not keep keywords", 'Write acknowledge = "move" or "none" for the account')
    else:
        yield Finding("imap", "ok", f"{where} holds {selected.get(b'EXISTS', 0)} mails")


def _known_folders(client: Any) -> str:
    names = [str(name) for _, _, name in client.list_folders()]
    return f"There are: {', '.join(names[:20])}"


def _said(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {fault.verify_message}"
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    text = str(fault) or type(fault).__name__
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]
