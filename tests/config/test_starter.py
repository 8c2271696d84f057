"""`init`: a desk that works at once, or nothing."""

import contextlib
import functools
import hashlib
import shutil
import ssl
import stat
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from mailbridge.config.faults import InvalidConfigError
from mailbridge.config.load import load_config
from mailbridge.config.secrets import read_keys, secret_findings
from mailbridge.config.shipped import shipped_path
from mailbridge.passwords import hash_password, verify_password
from mailbridge.starter import Made, make_desk
from tests.config.test_load import PROMISED, write

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


def counted_bytes():
    """Give other bytes on each call, the same in every run."""
    calls = count()
    return lambda length: hashlib.shake_256(str(next(calls)).encode()).digest(length)


def make(folder: Path, domain: str = "example.org", agent: str | None = None, locale: str = "en") -> Made:
    return make_desk(folder, domain, agent, locale, counted_bytes(), NOW)


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> dict:
    """Speak TLS between two contexts in memory; return the certificate that the client believed."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(down, up, server_hostname=host)
    theirs = server.wrap_bio(up, down, server_side=True)
    for _ in range(3):
        for side in (ours, theirs):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
    return ours.getpeercert()


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Hash passwords as usual, but at a cost that lets many desks be made."""
    monkeypatch.setattr("mailbridge.starter.hash_password", functools.partial(hash_password, cost=2**4))


def test_a_new_desk_is_sound_and_its_secrets_are_closed(tmp_path):
    made = make(tmp_path / "new" / "desk")
    config = load_config(made.path, {})
    assert config.departments["support"].mailboxes == ("support@example.org",)
    assert config.agents["agent"].address == made.login == "agent@example.org"
    assert (config.smtp.listen, config.smtp.auth) == ("127.0.0.1:2525", True)
    assert (config.relay.kind, config.relay.path) == ("maildir", made.path / "var" / "outgoing")
    assert {finding.status for finding in secret_findings(config, {})} == {"ok"}
    assert stat.S_IMODE((made.path / "secrets").stat().st_mode) == 0o700
    assert len(read_keys(config, {})[0]) == 64
    assert all((config.relay.path / part).is_dir() for part in ("tmp", "new", "cur"))


def test_the_password_is_told_once_and_only_its_hash_is_kept(tmp_path):
    made = make(tmp_path / "desk")
    stored = (made.path / "secrets" / "agent").read_text()
    assert verify_password(made.password, stored)
    assert len(made.password) == 19
    assert not any(made.password in path.read_text("utf-8", "replace")
                   for path in made.path.rglob("*") if path.is_file())
    assert made.password not in repr(made)
    assert made.password in made.swaks


def test_the_certificate_fits_its_key_and_this_machine(tmp_path):
    made = make(tmp_path / "desk")
    assert made.tls
    smtp = load_config(made.path, {}).smtp
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(smtp.certificate, smtp.private_key)
    client = ssl.create_default_context(cafile=smtp.certificate)
    for host in ("localhost", "127.0.0.1"):
        assert shake_hands(client, server, host)["subject"] == ((("commonName", "localhost"),),)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client, server, "mx.example.org")


def test_without_openssl_there_is_a_desk_without_tls_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    made = make(tmp_path / "desk")
    assert not made.tls
    assert "openssl" in made.next_steps[0]
    assert "--tls" not in made.swaks
    assert load_config(made.path, {}).smtp.certificate is None
    assert not list((made.path / "secrets").glob("certificate*"))


def test_the_agent_can_be_named(tmp_path):
    made = make(tmp_path / "desk", agent="Anna.Petrova@mail.example.com")
    agent = load_config(made.path, {}).agents["anna_petrova"]
    assert (agent.name, agent.address) == ("Anna Petrova", "anna.petrova@mail.example.com")
    assert verify_password(made.password, (made.path / "secrets" / "anna_petrova").read_text())


@pytest.mark.parametrize("agent", ["key@example.org", "certificate@example.org", "анна@example.org", "+@example.org"])
def test_an_agent_of_any_name_gets_a_file_of_their_own(tmp_path, agent):
    made = make(tmp_path / "desk", agent=agent)
    ((_, found),) = load_config(made.path, {}).agents.items()
    assert verify_password(made.password, found.password_hash_file.read_text())
    assert len(read_keys(load_config(made.path, {}), {})) == 1


@pytest.mark.parametrize(("locale", "name"), [("ru", "Служба поддержки"), ("lt", "Klientų aptarnavimas")])
def test_a_desk_speaks_its_language(tmp_path, locale, name):
    desk = load_config(make(tmp_path / "desk", locale=locale).path, {}).desk
    assert (desk.locale, desk.name) == (locale, name)


def test_all_shipped_templates_are_laid_out(tmp_path):
    made = make(tmp_path / "desk")
    names = {path.relative_to(shipped_path("templates")) for path in shipped_path("templates").rglob("*")}
    assert {path.relative_to(made.path / "templates") for path in (made.path / "templates").rglob("*")} == names


def test_what_is_listed_as_made_is_there_and_complete(tmp_path):
    made = make(tmp_path / "desk")
    assert all((made.path / name).exists() for name in made.made)
    assert {path.name for path in made.path.iterdir()} == {name.split("/")[0] for name in made.made}


@pytest.mark.parametrize("replaced", [list(PROMISED), ["config/departments.toml"], ["config/agents.toml"],
                                      ["config/calendars.toml"], ["config/service_levels.toml"],
                                      [name for name in PROMISED if name != "config/agents.toml"]])
def test_any_file_may_be_replaced_by_the_promised_one(tmp_path, replaced):
    made = make(tmp_path / "desk")
    write(made.path, {name: PROMISED[name] for name in replaced})
    assert load_config(made.path, {}).departments


def test_a_folder_with_a_desk_is_left_as_it_is(tmp_path):
    made = make(tmp_path / "desk")
    before = {path: path.read_bytes() for path in made.path.rglob("*") if path.is_file()}
    with pytest.raises(InvalidConfigError, match=r"has a mailbridge\.toml already"):
        make(tmp_path / "desk")
    assert {path: path.read_bytes() for path in made.path.rglob("*") if path.is_file()} == before


def test_other_files_in_the_folder_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    make(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not list(tmp_path.glob(".init-*"))


def test_a_folder_that_is_in_the_way_is_never_written_into(tmp_path):
    (tmp_path / "config").mkdir()
    with pytest.raises(InvalidConfigError, match="has a config already"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


@pytest.mark.parametrize("wrong", [
    {"domain": "exam ple.org"}, {"domain": "../etc"}, {"domain": ""}, {"domain": 'a"\n[x]'}, {"agent": "anna"},
    {"agent": 'a"@example.org'}, {"agent": "Support@example.org"}, {"locale": "de"}])
def test_a_wrong_argument_leaves_nothing_behind(tmp_path, wrong):
    with pytest.raises(InvalidConfigError):
        make(tmp_path / "new" / "desk", **wrong)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", range(1, 6))
def test_a_fault_while_moving_into_place_leaves_nothing_behind(tmp_path, monkeypatch, step):
    calls, rename = count(1), Path.rename

    def failing(self: Path, target: Path) -> Path:
        if next(calls) == step:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    (tmp_path / "mine").touch()
    with pytest.raises(InvalidConfigError, match="No space left on device"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_fault_while_building_removes_the_folders_made_for_it(tmp_path, monkeypatch):
    def failing(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", failing)
    with pytest.raises(InvalidConfigError, match="No space left on device"):
        make(tmp_path / "a" / "b" / "desk")
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "desk").write_text("mine")
    for folder in (tmp_path / "desk", tmp_path / "desk" / "below"):
        with pytest.raises(InvalidConfigError, match="desk"):
            make(folder)
    assert (tmp_path / "desk").read_text() == "mine"
