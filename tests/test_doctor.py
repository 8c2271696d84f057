"""`doctor` and the files' part of `check`: each fault is found, named, and keeps no other check from being made."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sqlite3
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbridge import doctor
from mailbridge.app import assemble
from mailbridge.config.load import load_config
from mailbridge.config.model import Imap, Relay
from mailbridge.doctor import check_files, examine
from mailbridge.doctor.accounts import ability_findings, folder_findings
from mailbridge.doctor.database import file_system_of, schema_finding
from mailbridge.doctor.disk import folder_finding, this_user
from mailbridge.doctor.domains import domain_findings, is_reserved
from mailbridge.doctor.finding import Finding
from mailbridge.doctor.listener import bears
from mailbridge.doctor.relay import relay_findings
from mailbridge.spool import Delivery
from mailbridge.starter import make_desk
from mailbridge.store.migrate import HEAD, open_database
from tests.servers.certificates import make_certificate
from tests.servers.dns import name_server
from tests.servers.dovecot import Dovecot
from tests.servers.ground import free_port
from tests.servers.postfix import MAILDIR, Postfix

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new desk, as `init` makes it."""
    place = tmp_path_factory.mktemp("made") / "desk"
    make_desk(place, "example.org", None, "en", os.urandom, NOW)
    return place


@pytest.fixture
def folder(tmp_path: Path, made: Path) -> Path:
    """A copy of the new desk, on a port that is free."""
    place = tmp_path / "desk"
    shutil.copytree(made, place)
    change(place / "mailbridge.toml", "127.0.0.1:2525", f"127.0.0.1:{free_port()}")
    return place


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def examined(folder: Path) -> list[Finding]:
    return list(examine(load_config(folder, {}), {}, NOW))


def look(folder: Path, check: str, status: str = "", now: datetime = NOW) -> list[Finding]:
    """Make one check alone; return what it finds, or what it finds of one status."""
    found = list(dict(doctor.CHECKS)[check](load_config(folder, {}), {}, now))
    return [one for one in found if status in ("", one.status)]


def only(folder: Path, check: str, status: str, now: datetime = NOW) -> Finding:
    """Make one check; return the only finding of that status."""
    found = look(folder, check, status, now)
    assert len(found) == 1, look(folder, check, "", now)
    return found[0]


@contextlib.contextmanager
def speaking(folder: Path, line: bytes, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    """A program at the address that the desk wants, which says one line to whoever comes first."""
    def say() -> None:
        with other.accept()[0] as guest, tls.wrap_socket(guest, server_side=True) if tls else guest as talk:
            talk.sendall(line)
    with socket.create_server(("127.0.0.1", 0)) as other:
        change(folder / "mailbridge.toml", 'listen = "127.0.0.1:', f'listen = "127.0.0.1:{other.getsockname()[1]}" #')
        speaker = threading.Thread(target=say)
        speaker.start()
        yield
        speaker.join()


def imap(port: int, **more: object) -> str:
    lines = {"name": "support", "host": "127.0.0.1", "port": port, "security": "none", "user": "support@example.org",
             "password_file": "secrets/imap", "mailbox": "support@example.org"} | more
    written = (f"{name} = {value}" if isinstance(value, int) else f'{name} = "{value}"' for name, value in lines.items())
    return "\n[[imap]]\n" + "\n".join(written) + "\n"


def send_by(folder: Path, port: int) -> None:
    settings = f'kind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"'
    change(folder / "mailbridge.toml", 'kind = "maildir"', settings)


def add(folder: Path, text: str, **secrets: str) -> None:
    with (folder / "mailbridge.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    for name, secret in secrets.items():
        (folder / "secrets" / name).touch(mode=0o600)
        (folder / "secrets" / name).write_text(secret)


# ---- the whole -------------------------------------------------------------------------------------------------------


def test_a_new_desk_has_no_fault_and_is_told_what_it_lacks(folder):
    found = examined(folder)
    assert [one for one in found if one.status == "fail"] == []
    assert {one.check for one in found if one.status == "warn"} == {"people", "trust"}
    assert all(one.fix for one in found if one.status != "ok")
    assert {one.check for one in found} == {name for name, _ in doctor.CHECKS} - {"imap"}


def test_looking_at_a_new_desk_makes_no_database(folder):
    before = sorted(folder.rglob("*"))
    examined(folder)
    assert sorted(folder.rglob("*")) == before


def test_a_check_that_breaks_down_does_not_stop_the_others(folder, monkeypatch):
    def broken(*_: object) -> Iterator[Finding]:
        yield Finding("database", "ok", "so far, so good")
        raise ZeroDivisionError("by nought")
    monkeypatch.setattr(doctor, "CHECKS", (("database", broken), *doctor.CHECKS[1:]))
    found = examined(folder)
    assert [one.status for one in found if one.check == "database"] == ["ok", "fail"]
    assert "ZeroDivisionError: by nought" in next(one.what for one in found if one.status == "fail")
    assert {"disk", "clock", "trust"} <= {one.check for one in found}


# ---- database, disk, clock ---------------------------------------------------------------------------------------------


def test_a_sound_database_is_whole_writable_and_of_our_schema(folder):
    open_database(load_config(folder, {})).close()
    found = look(folder, "database")
    assert [one.status for one in found] == ["ok", "ok"]
    assert "whole and writable" in found[0].what
    assert HEAD in found[1].what


def test_a_file_that_is_no_database_is_a_fault(folder):
    (folder / "var/mailbridge.db").write_bytes(b"a letter, not a database " * 50)
    assert "not a database" in only(folder, "database", "fail").what


def test_damaged_pages_are_found(folder):
    open_database(load_config(folder, {})).close()
    file = folder / "var/mailbridge.db"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    pages = bytearray(file.read_bytes())
    for page in range(2, len(pages) // 4096):
        pages[page * 4096:page * 4096 + 200] = os.urandom(200)
    file.write_bytes(pages)
    assert any("damaged" in one.what or "malformed" in one.what for one in look(folder, "database", "fail"))


def test_a_database_that_somebody_holds_is_told_after_a_short_wait(folder, monkeypatch):
    monkeypatch.setattr("mailbridge.doctor.database.WAIT_SECONDS", 0.1)
    open_database(load_config(folder, {})).close()
    with contextlib.closing(sqlite3.connect(folder / "var/mailbridge.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        found = only(folder, "database", "fail")
    assert "locked" in found.what
    assert "stop that one" in found.fix


@pytest.fixture
def nobody() -> Iterator[None]:
    """Tests run as root in containers, who may do everything: then be somebody who may not."""
    before = os.geteuid()
    os.seteuid(65534 if before == 0 else before)
    yield
    os.seteuid(before)


def test_a_folder_of_another_user_is_a_fault_with_the_command_that_helps(nobody):
    found = folder_finding("disk", Path("/"), 0)
    assert (found.status, found.fix) == ("fail", f"Run: chown {this_user()} /")


def test_a_folder_below_a_closed_one_is_a_fault_and_no_breakdown(tmp_path, nobody):
    with contextlib.suppress(PermissionError):  # as nobody, pytest's own folder is closed already
        (tmp_path / "var").mkdir(mode=0o000)
    found = folder_finding("disk", tmp_path / "var" / "blobs", 0)
    assert found.status == "fail"
    assert found.fix.startswith(f"Run: chown {this_user()} ")


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path):
    (tmp_path / "var").write_text("a file")
    found = folder_finding("disk", tmp_path / "var", 0)
    assert found.fix == "Move the file of that name away"


@pytest.mark.parametrize(("revision", "status"), [(None, "ok"), (HEAD, "ok"), ("0000", "warn"), ("9999", "fail")])
def test_the_schema_says_whether_this_version_can_go_on(revision, status):
    assert schema_finding(revision).status == status


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv nfs4 rw 0 0
/dev/sdb1 /srv/local ext4 rw 0 0
server:/other /mnt/two\\040words cifs rw 0 0
"""


@pytest.mark.parametrize(("path", "kind"), [
    ("/var/lib/mailbridge.db", "ext4"), ("/srv/desk/mailbridge.db", "nfs4"), ("/srv/local/mailbridge.db", "ext4"),
    ("/srvother/mailbridge.db", "ext4"), ("/mnt/two words/mailbridge.db", "cifs"),
])
def test_the_file_system_is_that_of_the_longest_mount_point(path, kind):
    assert file_system_of(Path(path), MOUNTS) == kind


def test_a_database_on_a_network_file_system_is_a_warning(folder, tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/export {folder} nfs4 rw 0 0\n")
    monkeypatch.setattr("mailbridge.doctor.database.MOUNTS", mounts)
    assert "nfs4" in only(folder, "database", "warn").what


def test_a_clock_behind_the_youngest_mail_is_a_fault(folder):
    app = assemble(load_config(folder, {}), {})
    app.spool.accept(Delivery(b"Subject: Hello\r\n\r\nHello", "", ("support@example.org",), "pipe", NOW + timedelta(days=1))).result()
    app.close()
    assert "2026-11-24 09:00" in only(folder, "clock", "fail").what
    assert only(folder, "clock", "ok", NOW + timedelta(days=2))


def test_a_clock_that_was_lost_is_a_fault(folder):
    assert "1970-01-01" in only(folder, "clock", "fail", datetime(1970, 1, 1, tzinfo=UTC)).what


def test_postgresql_is_tried_out(folder, postgres):
    url = postgres.create_database("doctored")
    change(folder / "mailbridge.toml", "sqlite:///var/mailbridge.db", url)
    assert "no tables yet" in " ".join(one.what for one in look(folder, "database", "ok"))
    open_database(load_config(folder, {})).close()
    found = look(folder, "database")
    assert any(one.what.endswith(f"({HEAD})") for one in found)
    assert [one.what for one in found if one.status == "warn"] == ["fsync is off: a crash may lose mail that we have answered for"]


def test_a_postgresql_that_is_not_there_is_a_fault_without_its_password(folder):
    url = f"postgresql+psycopg://anna:pa55word@127.0.0.1:{free_port()}/desk"
    change(folder / "mailbridge.toml", "sqlite:///var/mailbridge.db", url)
    found = [one for one in examined(folder) if one.status == "fail"]
    assert "anna@127.0.0.1" in found[0].what
    assert "pa55word" not in str(found)


# ---- files -------------------------------------------------------------------------------------------------------------


def test_a_secret_that_others_can_read_is_a_warning(folder):
    (folder / "secrets/key").chmod(0o644)
    assert only(folder, "secrets", "warn").fix == f"Run: chmod 600 {folder}/secrets/key"


def test_a_short_key_is_a_fault(folder):
    (folder / "secrets/key").write_text("short\n")
    assert "shorter than" in only(folder, "secrets", "fail").what


def test_broken_templates_patterns_and_kinds_are_all_told_with_their_lines(folder):
    template = folder / "templates/en/acknowledgement/open.txt.j2"
    template.write_text(template.read_text("utf-8") + "{{ nobody_knows_this }}\n", encoding="utf-8")
    (folder / "config/patterns").mkdir(exist_ok=True)
    (folder / "config/patterns/lt.toml").write_text("introductions = 3 4\n", encoding="utf-8")
    (folder / "config/kinds").mkdir(exist_ok=True)
    (folder / "config/kinds/lt.toml").write_text("[wombats]\nx = []\n", encoding="utf-8")
    config = load_config(folder, {})
    faults = check_files(config, {})
    assert [fault.file for fault in faults] == [
        "config/patterns/lt.toml", "config/kinds/lt.toml", "templates/en/acknowledgement/open.txt.j2"]
    assert faults[0].line == 1
    assert "wombats" in faults[1].what
    assert faults[2].line == len(template.read_text("utf-8").splitlines())
    assert len(look(folder, "reading", "fail")) == 2
    assert "open.txt.j2" in only(folder, "templates", "warn").what


def test_a_sound_desk_has_no_faults_in_its_files(folder):
    assert check_files(load_config(folder, {}), {}) == []


# ---- doors -------------------------------------------------------------------------------------------------------------


def test_a_port_that_another_program_has_is_a_fault(folder):
    with speaking(folder, b"SSH-2.0-Other\r\n"):
        assert "SSH-2.0-Other" in only(folder, "listener", "fail").what


def test_our_own_listener_is_known_by_its_greeting(folder):
    with speaking(folder, b"220 localhost ESMTP\r\n"):
        assert "runs already" in only(folder, "listener", "ok").what


def test_our_own_tls_listener_is_known_too(folder, tmp_path):
    door = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    door.load_cert_chain(make_certificate(tmp_path))
    with speaking(folder, b"220 localhost ESMTP\r\n", door):
        change(folder / "mailbridge.toml", "listen =", "tls_listen =")
        assert "runs already" in only(folder, "listener", "ok").what


def test_an_address_that_this_machine_lacks_is_a_fault(folder):
    change(folder / "mailbridge.toml", 'listen = "127.0.0.1:', 'listen = "192.0.2.77:')
    assert "does not have that address" in only(folder, "listener", "fail").fix


def test_an_open_door_without_tls_and_name_is_a_warning(folder):
    text = (folder / "mailbridge.toml").read_text("utf-8").replace("127.0.0.1:", "0.0.0.0:")
    kept = [line for line in text.splitlines() if not line.startswith(("certificate", "private_key"))]
    (folder / "mailbridge.toml").write_text("\n".join(kept), encoding="utf-8")
    found = " ".join(one.what for one in look(folder, "listener", "warn"))
    assert "without TLS" in found
    assert "greets other machines as localhost" in found


def test_a_key_of_another_certificate_is_a_fault(folder, tmp_path):
    other = make_certificate(tmp_path)
    (folder / "secrets/certificate.key").write_text(other.read_text())
    assert "the key belongs to another certificate" in only(folder, "certificate", "fail").what


def test_a_certificate_tells_when_it_ends_and_for_whom_it_is(folder, tmp_path):
    both = make_certificate(tmp_path, "desk.example.org")
    (folder / "secrets/certificate.pem").write_text(both.read_text())
    (folder / "secrets/certificate.key").write_text(both.read_text())
    today = datetime.now(UTC)
    found = look(folder, "certificate", "", today)
    assert [one.status for one in found] == ["warn", "warn"]
    assert "in 1 days" in found[0].what
    assert "not made out for localhost" in found[1].what
    assert "has expired on" in only(folder, "certificate", "fail", today + timedelta(days=3)).what


@pytest.mark.parametrize(("name", "good"), [("mx.example.org", True), ("MX.example.org.", True), ("a.example.net", True),
                                            ("a.b.example.net", False), ("example.net", False), ("127.0.0.1", True), ("127.0.0.2", False)])
def test_a_star_in_a_certificate_is_one_label(name, good):
    names = {"subjectAltName": (("DNS", "mx.example.org"), ("DNS", "*.example.net"), ("IP Address", "127.0.0.1"))}
    assert bears(names, name) is good


# ---- relay and accounts ------------------------------------------------------------------------------------------------


def test_a_relay_that_takes_our_mail_is_sound(folder):
    with Postfix({"example.net": MAILDIR}) as postfix:
        send_by(folder, postfix.port)
        found = look(folder, "relay")
    assert {one.status for one in found} == {"ok"}
    assert f"127.0.0.1:{postfix.port} takes our mail without TLS, on this machine, without a login" in found[0].what


def test_a_relay_that_is_not_there_is_a_fault(folder):
    send_by(folder, free_port())
    assert "cannot be reached" in only(folder, "relay", "fail").what


def test_a_relay_without_smtputf8_is_told():
    found = list(relay_findings(Relay(kind="smtp", user="anna"), {"size": "35000000"}))
    assert "logged in as anna; it takes mail up to 35 MB" in found[0].what
    assert "no SMTPUTF8" in found[1].what


def test_an_imap_account_is_tried_without_touching_its_mail(folder):
    with Dovecot() as dovecot:
        path = dovecot.deliver(b"Subject: Hello\r\n\r\nHello")
        add(folder, imap(dovecot.port), imap=dovecot.password)
        found = look(folder, "imap")
        assert [one.status for one in found] == ["ok", "ok"], found
        assert '"INBOX" holds 1 mails' in found[1].what
        flags = next(one.name for one in path.parent.parent.rglob(path.name + "*")).partition(":2,")[2]
        assert "S" not in flags


def test_a_wrong_password_and_a_missing_folder_are_told(folder):
    with Dovecot() as dovecot:
        add(folder, imap(dovecot.port, name="one"), imap="not the password")
        second = imap(dovecot.port, name="two", password_file="secrets/two")
        add(folder, second.replace("[[imap]]", '[[imap]]\nfolders = ["INBOX", "Nowhere"]'), two=dovecot.password)
        found = look(folder, "imap", "fail")
    assert "refused the login" in found[0].what
    assert 'no folder "Nowhere"' in found[1].what
    assert "INBOX" in found[1].fix
    assert "not the password" not in str(found)


def test_an_imap_server_that_is_not_there_is_a_fault(folder):
    add(folder, imap(free_port()), imap="bread-and-salt")
    assert "cannot be reached" in only(folder, "imap", "fail").what


def account(**more: object) -> Imap:
    least = {"name": "support", "host": "imap.example.org", "user": "u", "password_file": "p", "mailbox": "support@example.org"}
    return Imap.model_validate(least | more)


@pytest.mark.parametrize(("abilities", "acknowledge", "told"), [
    ({"IDLE", "MOVE"}, "move", []), ({"IDLE", "UIDPLUS"}, "move", []), ({"IDLE"}, "move", ["fail"]),
    ({"IDLE"}, "keyword", []), (set(), "keyword", ["ok"]),
])
def test_what_a_server_cannot_do_is_told_when_it_matters(abilities, acknowledge, told):
    assert [one.status for one in ability_findings(abilities, account(acknowledge=acknowledge), "here")] == told


@pytest.mark.parametrize(("selected", "acknowledge", "status"), [
    ({b"PERMANENTFLAGS": (rb"\Seen", rb"\*")}, "keyword", "ok"),
    ({b"PERMANENTFLAGS": (rb"\Seen", b"Mailbridge")}, "keyword", "ok"),
    ({b"PERMANENTFLAGS": (rb"\Seen",)}, "keyword", "fail"),
    ({b"PERMANENTFLAGS": (rb"\Seen",)}, "move", "ok"),
    ({b"PERMANENTFLAGS": (), b"READ-ONLY": [b""]}, "move", "fail"),
])
def test_a_folder_must_keep_what_we_note_on_it(selected, acknowledge, status):
    assert [one.status for one in folder_findings(selected, account(acknowledge=acknowledge), "here")] == [status]


# ---- names, people, trust ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("domain", "reserved"), [
    ("example.org", True), ("desk.example.com", True), ("localhost", True), ("a.test", True), ("mail", True),
    ("myexample.org", False), ("acme.lt", False),
])
def test_names_for_trying_out_are_never_asked_about(domain, reserved):
    assert is_reserved(domain) is reserved


def asked(records: dict[tuple[str, str], tuple[str, ...]]) -> Callable[[str, str], tuple[str, ...]]:
    return lambda name, kind: records.get((name, kind), ())


GOOD = {("acme.lt", "MX"): ("mx.acme.lt",), ("acme.lt", "TXT"): ("v=spf1 mx -all",), ("_dmarc.acme.lt", "TXT"): ("v=DMARC1; p=none",)}


@pytest.mark.parametrize(("records", "kind", "warned"), [
    (GOOD, "smtp", []), ({}, "maildir", ["MX"]), ({}, "smtp", ["MX", "SPF", "DMARC"]),
    ({one: GOOD[one] for one in [("acme.lt", "MX")]}, "maildir", []),
])
def test_the_names_must_say_where_mail_goes_and_who_sends(folder, records, kind, warned):
    config = load_config(folder, {})
    config = config.model_copy(update={"relay": Relay(kind=kind)})
    found = [one.what for one in domain_findings(["acme.lt"], config, asked(records)) if one.status == "warn"]
    assert len(found) == len(warned)
    assert all(word in what for word, what in zip(warned, found, strict=True))


def test_a_resolver_that_is_silent_is_a_warning_and_asked_once(folder):
    def silent(name: str, kind: str) -> tuple[str, ...]:
        calls.append(name)
        raise LookupError("LifetimeTimeout")
    calls: list[str] = []
    found = list(domain_findings(["acme.lt", "acme.lv"], load_config(folder, {}), silent))
    assert [one.status for one in found] == ["warn"]
    assert calls == ["acme.lt"]


def test_without_a_resolver_the_names_are_a_warning(folder):
    assert [one.status for one in domain_findings(["acme.lt"], load_config(folder, {}), None)] == ["warn"]


@pytest.mark.parametrize(("zone", "status"), [
    ({"_dmarc.example.org": ["v=DMARC1; p=none"]}, "ok"), ({}, "ok"), ({"_dmarc.example.org": "broken"}, "warn"),
])
def test_the_resolver_is_tried_where_signatures_are_to_be_checked(folder, zone, status):
    pytest.importorskip("dkim")
    with name_server(zone) as server:
        change(folder / "mailbridge.toml", "[trust]", f'[trust]\ncheck_dkim = true\nname_servers = ["{server.address}"]')
        (found,) = [one for one in look(folder, "dns") if "check_dkim" in one.what]
        assert (found.status, bool(found.fix)) == (status, status == "warn")
        assert server.address in found.what
        assert server.questions == ["_dmarc.example.org"]
    assert look(folder, "trust")[0].status == "ok"


def test_an_admin_and_a_ladder_of_people_are_wanted(folder):
    found = " ".join(one.what for one in look(folder, "people", "warn"))
    assert "nobody has the role admin; agents are told" in found
    assert "escalates to lead and supervisor" in found
    with (folder / "config/agents.toml").open("a") as file:
        for role in ("lead", "supervisor", "admin"):
            file.write(f'[{role}]\nname = "N"\naddress = "{role}@example.org"\nrole = "{role}"\n')
    assert look(folder, "people", "warn") == []


@pytest.mark.parametrize(("trust", "statuses"), [
    ("authserv_ids = []\npeers = []", ["warn"]), ('authserv_ids = ["mx.example.org"]\npeers = []', ["warn"]),
    ('authserv_ids = ["mx.example.org"]\npeers = ["192.0.2.1"]', ["ok"]), ('authserv_ids = []\npeers = ["192.0.2.1"]', ["warn", "warn"]),
])
def test_whose_word_is_believed_is_told(folder, trust, statuses):
    text = (folder / "mailbridge.toml").read_text("utf-8")
    head, _, tail = text.partition("[trust]\n")
    (folder / "mailbridge.toml").write_text(f"{head}[trust]\n{trust}\n[limits]{tail.partition('[limits]')[2]}", encoding="utf-8")
    assert [one.status for one in look(folder, "trust")] == statuses
