"""From files to a Config."""

import datetime
from pathlib import Path

import pytest

from mailbridge.config.faults import Fault, InvalidConfigError
from mailbridge.config.load import find_config, load_config
from mailbridge.errors import ConfigError

# The files that cli.md promises to be a valid desk, with only these keys.
PROMISED = {
    "mailbridge.toml": """
[desk]
name = "Acme Support"
locale = "en"
timezone = "Europe/Vilnius"
[database]
url = "sqlite:///var/mailbridge.db"
[smtp]
listen = "127.0.0.1:2525"
[[imap]]
name = "support"
host = "imap.example.org"
user = "support@example.org"
password_file = "secrets/imap"
mailbox = "support@example.org"
[relay]
kind = "maildir"
path = "var/outgoing"
[trust]
authserv_ids = ["mx.example.org"]
peers = []
[limits]
""",
    "config/departments.toml": """
[support]
mailboxes = ["support@example.org"]
calendar = "office"
service_level = "standard"
escalation = ["lead", "supervisor"]
follow_up = "send"
""",
    "config/agents.toml": """
[anna]
name = "Anna Petrova"
address = "anna@example.org"
departments = ["support"]
role = "agent"
locale = "en"
password_hash_file = "secrets/anna"
""",
    "config/service_levels.toml": """
[standard]
first_response = "1h"
update = "24h"
resolution = "3d"
escalate_after = ["1h", "4h"]
""",
    "config/calendars.toml": """
[office]
timezone = "Europe/Vilnius"
hours = { mon-fri = ["09:00-18:00"] }
closed = ["2026-12-24"]
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(folder, {})
    assert isinstance(caught.value, InvalidConfigError)
    return [str(fault) for fault in caught.value.faults]


def test_the_promised_files_are_a_desk(tmp_path):
    config = load_config(write(tmp_path, PROMISED), {})
    assert config.agents["anna"].departments == ("support",)
    assert config.calendars["office"].hours == {"mon-fri": ("09:00-18:00",)}
    assert config.service_levels["standard"].escalate_after == ("1h", "4h")
    assert [account.name for account in config.imap] == ["support"]
    assert config.trust.authserv_ids == ("mx.example.org",)


def test_one_department_with_a_mailbox_is_enough(tmp_path):
    config = load_config(write(tmp_path, {
        "mailbridge.toml": "", "config/departments.toml": '[a]\nmailboxes = ["a@example.org"]'}), {})
    assert config.relay.kind == "maildir"
    assert config.smtp.listen is None


def test_every_path_becomes_absolute_from_the_desk(tmp_path):
    (tmp_path / "ca.pem").touch()
    files = PROMISED | {"mailbridge.toml": PROMISED["mailbridge.toml"].replace(
        'path = "var/outgoing"', 'path = "../mail/out"\nca_file = "ca.pem"')}
    config = load_config(write(tmp_path / "desk" / "..", files), {})
    assert config.folder == tmp_path
    assert config.relay.path == tmp_path.parent / "mail" / "out"
    assert config.relay.ca_file == tmp_path / "ca.pem"
    assert config.imap[0].password_file == tmp_path / "secrets" / "imap"
    assert config.agents["anna"].password_hash_file == tmp_path / "secrets" / "anna"
    assert config.desk.key_file == tmp_path / "secrets" / "key"
    assert config.desk.templates == tmp_path / "templates"
    assert config.database.blobs == tmp_path / "var" / "blobs"
    assert config.database.url == f"sqlite:///{tmp_path}/var/mailbridge.db"


def test_an_absolute_path_stays(tmp_path):
    text = PROMISED["mailbridge.toml"].replace('"var/outgoing"', '"/srv/out"').replace("///var", "////srv")
    config = load_config(write(tmp_path, PROMISED | {"mailbridge.toml": text}), {})
    assert config.relay.path == Path("/srv/out")
    assert config.database.url == "sqlite:////srv/mailbridge.db"


def test_addresses_are_compared_in_small_letters(tmp_path):
    files = PROMISED | {"config/departments.toml": '[a]\nmailboxes = ["Support@Example.org"]',
                        "config/agents.toml": ""}
    assert load_config(write(tmp_path, files), {}).departments["a"].mailboxes == ("support@example.org",)


@pytest.mark.parametrize(("security", "port"), [("tls", 993), ("starttls", 143)])
def test_imap_has_the_usual_port_of_its_security(tmp_path, security, port):
    text = PROMISED["mailbridge.toml"].replace("[[imap]]", f'[[imap]]\nsecurity = "{security}"')
    assert load_config(write(tmp_path, PROMISED | {"mailbridge.toml": text}), {}).imap[0].port == port


def test_a_relay_with_tls_has_port_465_unless_another_is_written(tmp_path):
    smtp = PROMISED["mailbridge.toml"].replace('kind = "maildir"', 'kind = "smtp"\nsecurity = "tls"')
    assert load_config(write(tmp_path, PROMISED | {"mailbridge.toml": smtp}), {}).relay.port == 465
    other = smtp.replace('kind = "smtp"', 'kind = "smtp"\nport = 10465')
    assert load_config(write(tmp_path, PROMISED | {"mailbridge.toml": other}), {}).relay.port == 10465


def test_closed_days_may_be_written_without_quotes(tmp_path):
    text = PROMISED["config/calendars.toml"].replace('"2026-12-24"', '2026-12-24, "2026-12-25"')
    config = load_config(write(tmp_path, PROMISED | {"config/calendars.toml": text}), {})
    assert config.calendars["office"].closed == ("2026-12-24", "2026-12-25")
    assert datetime.date.fromisoformat(config.calendars["office"].closed[0]) == datetime.date(2026, 12, 24)


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(desk):
    path = desk / "config" / "agents.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_config(desk, {}).agents["anna"].name == "Anna Petrova"


def test_what_editors_and_people_leave_in_the_folder_is_no_fault(desk):
    for name in ("agents.toml~", ".agents.toml.swp", "#agents.toml#", "agents.toml.bak", "agents.toml.dpkg-old",
                 "README.md", "notes.txt"):
        (desk / "config" / name).touch()
    for name in ("patterns", "kinds", "logos"):
        (desk / "config" / name).mkdir()
    assert load_config(desk, {}).agents


def test_a_folder_and_its_file_name_the_same_desk(desk):
    assert load_config(desk, {}) == load_config(desk / "mailbridge.toml", {})


def test_another_name_for_the_main_file_is_told_in_its_faults(desk):
    (desk / "mailbridge.toml").rename(desk / "test.toml")
    assert load_config(desk / "test.toml", {}).desk.name == "Acme Support"
    (desk / "test.toml").write_text("[dsk]")
    with pytest.raises(InvalidConfigError, match=r"^test\.toml:1: unknown table \[dsk\]; did you mean \[desk\]\?$"):
        load_config(desk / "test.toml", {})


def test_a_missing_main_file_is_a_fault(tmp_path):
    assert any("mailbridge.toml: cannot be read (No such file" in fault for fault in faults(tmp_path))


def test_a_link_that_leads_nowhere_is_a_fault(desk):
    (desk / "config" / "agents.toml").unlink()
    (desk / "config" / "agents.toml").symlink_to(desk / "gone")
    assert faults(desk) == ["config/agents.toml: cannot be read (No such file or directory). Correct the path"]


def test_a_file_that_is_no_toml_hides_no_fault_of_another(desk):
    (desk / "config" / "departments.toml").write_text("[support\n")
    (desk / "config" / "agents.toml").write_text('[anna]\nname = "Anna"\naddress = "anna"\n')
    told = faults(desk)
    assert [fault.split(": ")[0] for fault in told] == ["config/departments.toml:1", "config/agents.toml:3"]


def test_nesting_without_end_is_a_fault_and_no_crash(desk):
    (desk / "config" / "agents.toml").write_text("a = " + "[" * 5000 + "]" * 5000)
    assert "is nested too deeply" in faults(desk)[0]


def test_control_characters_in_a_value_do_not_reach_the_terminal(desk):
    (desk / "config" / "agents.toml").write_text('[anna]\nname = "Anna"\naddress = "\\u001b[31mred\\u202e\\nx"\n')
    (told,) = faults(desk)
    assert told.isprintable()


@pytest.mark.parametrize(("fault", "text"), [
    (Fault("a.toml", 3, "[x] unknown key", "did you mean y?"), "a.toml:3: [x] unknown key; did you mean y?"),
    (Fault("a.toml", None, "is missing", "Write it"), "a.toml: is missing. Write it"),
])
def test_a_fault_reads_as_one_line(fault, text):
    assert str(fault) == text


class TestFindingTheDesk:
    """The order of cli.md: argument, variable, this folder, the system's."""

    def test_the_argument_comes_first_and_may_be_a_folder_or_a_file(self, desk, tmp_path):
        environ = {"MAILBRIDGE_CONFIG": str(tmp_path / "other")}
        assert find_config("desk", environ, tmp_path) == desk / "mailbridge.toml"
        assert find_config(str(desk / "mailbridge.toml"), environ, Path("/")) == desk / "mailbridge.toml"

    def test_then_the_variable(self, desk, tmp_path):
        assert find_config(None, {"MAILBRIDGE_CONFIG": "desk"}, tmp_path) == desk / "mailbridge.toml"

    def test_then_the_present_folder(self, desk):
        assert find_config(None, {}, desk) == desk / "mailbridge.toml"

    def test_then_the_systems_folder(self, desk, tmp_path, monkeypatch):
        monkeypatch.setattr("mailbridge.config.load.SYSTEM_FILE", desk / "mailbridge.toml")
        assert find_config(None, {}, tmp_path) == desk / "mailbridge.toml"

    def test_what_is_named_and_missing_is_not_replaced_by_another(self, desk):
        for argument, environ in (("wrong", {}), (None, {"MAILBRIDGE_CONFIG": "wrong"})):
            with pytest.raises(InvalidConfigError, match=r"^wrong: .* mailbridge init .*/desk/wrong$"):
                find_config(argument, environ, desk)

    def test_nothing_at_all_says_how_to_begin(self, tmp_path, monkeypatch):
        monkeypatch.setattr("mailbridge.config.load.SYSTEM_FILE", tmp_path / "etc" / "mailbridge.toml")
        with pytest.raises(InvalidConfigError, match="mailbridge init FOLDER"):
            find_config(None, {}, tmp_path)
