"""Secrets: where they come from, and that nobody hears them."""

from pathlib import Path

import pytest

from mailbridge.config.faults import InvalidConfigError
from mailbridge.config.load import load_config
from mailbridge.config.secrets import read_keys, read_secret, secret_findings

SECRET = "correct horse battery staple"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "imap.pass-word"
    path.write_text("from the file\n")
    return path


def test_the_final_newline_is_dropped_and_nothing_else(file):
    cases = ((b"a b \n", "a b "), (b" a\r\n", " a"), (b"a\n\n", "a\n"), (b"\xef\xbb\xbfa", "a"), (b"a", "a"))
    for raw, wanted in cases:
        file.write_bytes(raw)
        assert read_secret(file, {}) == wanted


def test_a_credential_of_systemd_comes_first_then_the_variable_then_the_file(file, tmp_path):
    given = tmp_path / "credentials"
    given.mkdir()
    environ = {"CREDENTIALS_DIRECTORY": str(given), "MAILBRIDGE_SECRET_IMAP_PASS_WORD": "from the variable"}
    assert read_secret(file, {}) == "from the file"
    assert read_secret(file, environ) == "from the variable"
    (given / "imap.pass-word").write_text("from systemd\n")
    assert read_secret(file, environ) == "from systemd"


def test_the_file_need_not_be_there_when_the_variable_is(tmp_path):
    assert read_secret(tmp_path / "imap", {"MAILBRIDGE_SECRET_IMAP": "x"}) == "x"


def test_a_missing_secret_says_where_it_may_be_put(tmp_path):
    with pytest.raises(InvalidConfigError, match=r"imap: is missing.*MAILBRIDGE_SECRET_IMAP"):
        read_secret(tmp_path / "imap", {"MAILBRIDGE_SECRET_IMAP": ""})


@pytest.mark.parametrize("raw", [
    b"", b"\n", b"a\0" + SECRET.encode(), b"\xff" + SECRET.encode(), SECRET.encode() * 9999])
def test_a_file_that_holds_no_secret_is_refused_without_showing_it(file, raw):
    file.write_bytes(raw)
    with pytest.raises(InvalidConfigError) as caught:
        read_secret(file, {})
    assert str(file) in str(caught.value)
    assert "correct" not in str(caught.value)


def test_keys_stand_one_a_line_and_the_first_signs(desk):
    path = desk / "secrets" / "key"
    path.parent.mkdir()
    path.write_text("new-key-new-key-new-key-1\n\n  old-key-old-key-old-key-2\n")
    config = load_config(desk, {})
    assert read_keys(config, {}) == (b"new-key-new-key-new-key-1", b"old-key-old-key-old-key-2")


@pytest.mark.parametrize("text", ["short\n", "new-key-new-key-new-key-1\nshort\n", " \n\n "])
def test_a_key_that_can_be_guessed_is_refused(desk, text):
    path = desk / "secrets" / "key"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(InvalidConfigError, match="openssl rand -hex 32") as caught:
        read_keys(load_config(desk, {}), {})
    assert "short\n" not in str(caught.value)


def test_doctor_hears_of_missing_and_open_secrets(desk):
    (desk / "secrets").mkdir()
    (desk / "secrets" / "key").write_text("k" * 64)
    (desk / "secrets" / "key").chmod(0o644)
    agents = desk / "config" / "agents.toml"
    agents.write_text(agents.read_text() + 'password_hash_file = "secrets/anna"\n')
    key, anna = secret_findings(load_config(desk, {}), {})
    assert (key.status, key.option, key.fix) == ("warn", "[desk] key_file", f"Run: chmod 600 {desk}/secrets/key")
    assert (anna.status, anna.option) == ("fail", "[anna] password_hash_file")
    (desk / "secrets" / "key").chmod(0o600)
    findings = secret_findings(load_config(desk, {}), {"MAILBRIDGE_SECRET_ANNA": SECRET})
    assert [finding.status for finding in findings] == ["ok", "ok"]
    assert SECRET not in repr(findings)


def test_the_password_of_the_database_is_in_no_text_of_the_configuration(desk):
    pytest.importorskip("psycopg")
    (desk / "mailbridge.toml").write_text(
        '[database]\nurl = "postgresql+psycopg://desk@localhost:5432/desk?sslmode=require"\npassword_file = "db"\n')
    config = load_config(desk, {"MAILBRIDGE_SECRET_DB": "p@ss/wörd"})
    assert config.database.url == "postgresql+psycopg://desk:p%40ss%2Fw%C3%B6rd@localhost:5432/desk?sslmode=require"
    assert "w%C3" not in repr(config) + str(config)


def test_variables_are_put_into_the_url(desk):
    pytest.importorskip("psycopg")
    (desk / "mailbridge.toml").write_text('[database]\nurl = "postgresql+psycopg://desk:${PASS}word@$HOST/desk"\n')
    config = load_config(desk, {"PASS": "pa$$", "HOST": "db.example.org"})
    assert config.database.url == "postgresql+psycopg://desk:pa$$word@db.example.org/desk"
