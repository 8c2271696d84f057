"""Checks that need more than one option: references across files, options that belong together, files that must exist.

Each check is a function from what was read to faults; a table that is faulty itself is passed over here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from mailbridge.config.faults import Fault, shown
from mailbridge.config.lines import Where
from mailbridge.config.model import Agent, Calendar, Department, Imap, Listener, Relay
from mailbridge.config.reading import MAIN, Reading
from mailbridge.config.values import closest, host_and_port, is_loopback

DEPARTMENTS, AGENTS, CALENDARS = "config/departments.toml", "config/agents.toml", "config/calendars.toml"


def reference_faults(reading: Reading) -> Iterator[Fault]:
    """Yield the faults of everything that was read, in no order."""
    for check in (
        _mailboxes, _reply_domains, _named_tables, _agents, _listeners, _one_port_each, _relay, _accounts, _dkim, _holidays, _files,
    ):
        yield from check(reading)


def _mailboxes(reading: Reading) -> Iterator[Fault]:
    """Check that the desk has a mailbox, and each mailbox one department."""
    document = reading.document(DEPARTMENTS)
    if not reading.names["departments"] and DEPARTMENTS not in reading.unread:
        fix = f'Write into {DEPARTMENTS}: [support] and below it mailboxes = ["support@example.org"]'
        yield Fault(DEPARTMENTS, None, "the desk has no department, so it has no mailbox", fix)
    owner: dict[str, str] = {}
    for name, department in _departments(reading):
        for position, mailbox in enumerate(department.mailboxes):
            if mailbox in owner:
                where = "twice" if owner[mailbox] == name else f"in [{owner[mailbox]}] already"
                what = f"[{name}] mailbox {shown(mailbox)} stands {where}"
                yield document.fault((name, "mailboxes", position), what, "Leave it in one department only")
            owner.setdefault(mailbox, name)


def _reply_domains(reading: Reading) -> Iterator[Fault]:
    """Check that a domain whose every address reaches one department is nobody else's: mail would go the wrong way."""
    document = reading.document(DEPARTMENTS)
    owner: dict[str, str] = {}
    for name, department in _departments(reading):
        domain = department.reply_domain
        if domain is None:
            continue
        others = [box for other, one in _departments(reading) if other != name for box in one.mailboxes]
        others += [agent.address for _, agent in _agents_of(reading)]
        inside = next((address for address in others if address.rpartition("@")[2] == domain), None)
        what = f"[{name}] reply_domain {shown(domain)}"
        if domain in owner:
            what, fix = f"{what} is that of [{owner[domain]}] already", "Give each department a domain of its own"
            yield document.fault((name, "reply_domain"), what, fix)
        elif inside is not None:
            what, fix = f"{what} is also the domain of {shown(inside)}", "Take a domain that holds no other address"
            yield document.fault((name, "reply_domain"), what, fix)
        owner.setdefault(domain, name)


def _named_tables(reading: Reading) -> Iterator[Fault]:
    """Check that what a department or an agent names is a table of the other file."""
    document = reading.document(DEPARTMENTS)
    for name, department in _departments(reading):
        for key, kind in (("calendar", "calendars"), ("service_level", "service_levels")):
            table = getattr(department, key)
            if table is not None:
                yield from _named(reading, document.name, (name, key), f"[{name}] {key}", table, kind)
    for name, agent in _agents_of(reading):
        for position, table in enumerate(agent.departments):
            yield from _named(reading, AGENTS, (name, "departments", position), f"[{name}] department", table,
                              "departments")


def _named(reading: Reading, file: str, where: Where, title: str, table: str, kind: str) -> Iterator[Fault]:
    home = f"config/{kind}.toml"
    if table in reading.names[kind] or home in reading.unread:
        return
    near = closest(table, sorted(reading.names[kind]))
    fix = f'did you mean "{near}"?' if near else f"Write a table [{table}] there, or correct the name"
    yield reading.document(file).fault(where, f"{title} {shown(table)} is not a table of {home}", fix)


def _agents(reading: Reading) -> Iterator[Fault]:
    """Check that every agent has an own address, none of our mailboxes: notifications would come back to us."""
    document = reading.document(AGENTS)
    ours = {mailbox: name for name, department in _departments(reading) for mailbox in department.mailboxes}
    owner: dict[str, str] = {}
    for name, agent in _agents_of(reading):
        what = f"[{name}] address {shown(agent.address)}"
        fix = "Write the agent's own address"
        sub_address = _sub_address_of(agent.address, reading)
        if agent.address in ours:
            yield document.fault((name, "address"), f"{what} is the mailbox of department [{ours[agent.address]}]", fix)
        elif sub_address:
            yield document.fault((name, "address"), f"{what} belongs to our mailbox {shown(sub_address)}", fix)
        elif agent.address in owner:
            yield document.fault((name, "address"), f"{what} is also that of [{owner[agent.address]}]",
                                 "Give each agent an address, or keep one of the two tables")
        owner.setdefault(agent.address, name)


def _sub_address_of(address: str, reading: Reading) -> str | None:
    """Return the mailbox of ours that takes this address for one of its own: `support+anna@…` for `support@…`."""
    local, _, domain = address.partition("@")
    for _, department in _departments(reading):
        for mailbox in department.mailboxes if department.separator else ():
            ours, _, our_domain = mailbox.partition("@")
            if domain == our_domain and local.startswith(ours + department.separator):
                return mailbox
    return None


def _listeners(reading: Reading) -> Iterator[Fault]:
    """Check that there is a certificate where TLS is asked for; AUTH is offered on TLS alone."""
    document = reading.document(reading.main)
    for name in ("smtp", "lmtp"):
        listener = reading.section(name)
        if not isinstance(listener, Listener) or listener.certificate:
            continue
        wanted = [key for key in ("tls_listen", "private_key") if getattr(listener, key)]
        wanted += ["auth"] if "auth" in listener.model_fields_set and listener.auth else []
        for key in wanted:
            yield document.fault((name, key), f"[{name}] {key} needs a certificate, and there is none",
                                 'Add: certificate = "secrets/certificate.pem"')


def _one_port_each(reading: Reading) -> Iterator[Fault]:
    """Check that no two listeners share an address and port."""
    document = reading.document(reading.main)
    taken: dict[tuple[str, int], str] = {}
    for name in ("smtp", "lmtp"):
        listener = reading.section(name)
        for key in ("listen", "tls_listen"):
            value = getattr(listener, key, None)
            if value is None or host_and_port(value)[1] == 0:
                continue
            if host_and_port(value) in taken:
                what = f"[{name}] {key} {shown(value)} is taken by {taken[host_and_port(value)]}"
                yield document.fault((name, key), what, "Give each listener a port of its own")
            taken.setdefault(host_and_port(value), f"[{name}] {key}")


def _relay(reading: Reading) -> Iterator[Fault]:
    """Check the way out: user and password go together, and never over an open line."""
    relay, document = reading.section("relay"), reading.document(reading.main)
    if not isinstance(relay, Relay):
        return
    for key, other in (("user", "password_file"), ("password_file", "user")):
        if getattr(relay, key) and not getattr(relay, other):
            fix = f"Write both, or leave out {key}"
            yield document.fault(("relay", key), f"[relay] {key} stands without {other}", fix)
    if relay.kind == "smtp" and relay.security == "none" and not is_loopback(relay.host):
        yield document.fault(("relay", "security"), f"[relay] security \"none\" would send mail to {shown(relay.host)} "
                             "over an open line", 'Write security = "starttls" or "tls"')
    if relay.kind == "smtp" and is_loopback(relay.host):
        yield from _relay_to_ourselves(reading, relay)
    smtp_only = [key for key in ("host", "port", "security", "user", "password_file") if key in relay.model_fields_set]
    if "kind" not in relay.model_fields_set and smtp_only:
        yield document.fault(("relay", smtp_only[0]), f"[relay] {smtp_only[0]} has no effect: mail goes into a Maildir",
                             'Add: kind = "smtp"')


def _relay_to_ourselves(reading: Reading, relay: Relay) -> Iterator[Fault]:
    for name in ("smtp", "lmtp"):
        for key in ("listen", "tls_listen"):
            value = getattr(reading.section(name), key, None)
            if value is None or host_and_port(value)[1] != relay.port:
                continue
            if is_loopback(host_and_port(value)[0]) or host_and_port(value)[0] in {"0.0.0.0", "::"}:  # noqa: S104 - compared
                yield reading.document(reading.main).fault(
                    ("relay", "port"), f"[relay] port {relay.port} on this machine is our own [{name}] {key}",
                    "Name the mail server that sends our mail")


def _accounts(reading: Reading) -> Iterator[Fault]:
    """Check that an IMAP account reads one of our mailboxes, under a name of its own, safely."""
    document = reading.document(reading.main)
    ours = {mailbox for _, department in _departments(reading) for mailbox in department.mailboxes}
    sound, written = reading.tables["departments"], reading.names["departments"]
    all_read = DEPARTMENTS not in reading.unread and len(sound) == len(written)
    names: set[str] = set()
    for position, account in reading.imap:
        place: Where = ("imap", position)
        title = f"[imap.{account.name}]"
        if account.name in names:
            yield document.fault((*place, "name"), f"{title} is there twice", "Give each account a name of its own")
        names.add(account.name)
        if account.mailbox not in ours and all_read:
            near = closest(account.mailbox, sorted(ours))
            fix = f'did you mean "{near}"?' if near else f"Add it to a department in {DEPARTMENTS}"
            what = f"{title} mailbox {shown(account.mailbox)} is no department's"
            yield document.fault((*place, "mailbox"), what, fix)
        if account.security == "none" and not is_loopback(account.host):
            yield document.fault((*place, "security"), f"{title} security \"none\" would send the password to "
                                 f"{shown(account.host)} over an open line", 'Write security = "tls" or "starttls"')
        yield from _folders(document.name, reading, place, title, account)


def _folders(file: str, reading: Reading, place: Where, title: str, account: Imap) -> Iterator[Fault]:
    """Check that we read no folder that we put mail into: it would come in again and again."""
    written = [("move_to", account.acknowledge == "move"), ("drafts", account.shared), ("sent", account.shared)]
    for key, used in written:
        folder = getattr(account, key)
        if used and folder in account.folders:
            what = f"{title} {key} {shown(folder)} is also read for new mail"
            yield reading.document(file).fault((*place, key), what, "Name another folder, or take it out of folders")


def _dkim(reading: Reading) -> Iterator[Fault]:
    """Check that signatures are to be checked only where the extra is installed."""
    if getattr(reading.section("trust"), "check_dkim", False) and importlib.util.find_spec("dkim") is None:
        fix = 'Run: pip install "mailbridge[dkim]"'
        what = "[trust] check_dkim needs the extra dkim, which is not installed"
        yield reading.document(reading.main).fault(("trust", "check_dkim"), what, fix)


def _holidays(reading: Reading) -> Iterator[Fault]:
    """Check that public holidays are asked for only where the extra is installed and knows the country."""
    for name, calendar in reading.tables["calendars"].items():
        if not isinstance(calendar, Calendar) or calendar.holidays is None:
            continue
        what, place = f"[{name}] holidays {shown(calendar.holidays)}", (name, "holidays")
        if importlib.util.find_spec("holidays") is None:
            fix = 'Run: pip install "mailbridge[holidays]", or list the days in closed'
            what += " needs the extra holidays, which is not installed"
            yield reading.document(CALENDARS).fault(place, what, fix)
        elif not _holidays_known(calendar.holidays):
            fix = 'Write a country or country-region, for example "LT" or "DE-BY"'
            yield reading.document(CALENDARS).fault(place, f"{what} is not a known country or region", fix)


def _holidays_known(code: str) -> bool:
    import holidays  # heavy, and only needed when a calendar asks for it

    country, _, region = code.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    return country in known and (not region or region in known[country])


def _files(reading: Reading) -> Iterator[Fault]:
    """Check that certificates are there, for the daemon reads them as it starts. Secrets are `doctor`'s affair."""
    document = reading.document(reading.main)
    options = [("smtp", "certificate"), ("smtp", "private_key"), ("lmtp", "certificate"), ("lmtp", "private_key"),
               ("relay", "ca_file")]
    for name, key in options:
        path = getattr(reading.section(name), key, None)
        if path:
            yield from _missing(reading, document.name, (name, key), f"[{name}] {key}", path)
    for position, account in reading.imap:
        if account.ca_file:
            yield from _missing(reading, MAIN, ("imap", position, "ca_file"), f"[imap.{account.name}] ca_file",
                                account.ca_file)


def _missing(reading: Reading, file: str, where: Where, title: str, path: Path) -> Iterator[Fault]:
    if not (reading.folder / path.expanduser()).is_file():
        fix = "Correct the path (it counts from the desk's folder), or put the file there"
        yield reading.document(file).fault(where, f"{title} {shown(str(path))} is not a file", fix)


def _departments(reading: Reading) -> Iterator[tuple[str, Department]]:
    for name, table in reading.tables["departments"].items():
        if isinstance(table, Department):
            yield name, table


def _agents_of(reading: Reading) -> Iterator[tuple[str, Agent]]:
    for name, table in reading.tables["agents"].items():
        if isinstance(table, Agent):
            yield name, table
