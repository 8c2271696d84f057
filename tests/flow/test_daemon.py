"""The daemon as a user starts it: mail in, reply out, a reload, an end."""

import signal
import smtplib
import socket
import sqlite3
import ssl
from contextlib import closing, contextmanager

import pytest

from tests.desks import mail
from tests.flow.running import Running, command, lay_out, objects
from tests.servers.ground import free_port

EMMA, SUPPORT = "emma@example.com", "support@example.org"


@pytest.fixture
def folder(tmp_path):
    return lay_out(tmp_path / "desk")


def send(port, raw, to=SUPPORT, sender=EMMA, client=smtplib.SMTP):
    with client("127.0.0.1", port, timeout=30) as peer:
        return peer.sendmail(sender, to, raw.replace("\n", "\r\n").encode())


def test_mail_by_smtp_becomes_a_ticket_that_is_acknowledged_and_told(folder):
    with Running(folder) as daemon:
        send(daemon.ports[0], mail())
        (answer,) = daemon.wait_for_mail_to(EMMA)
        assert answer["Subject"] == "Re: Printer"
        assert daemon.wait_for_mail_to("anna@example.org")
        (ticket,) = objects("ticket", "list", "--config", folder)
        assert (ticket["ticket"], ticket["state"], ticket["requester"]) == (1, "new", EMMA)
        daemon.stop()
    assert objects("audit", "--config", folder)[0]["missing"] == 0
    assert '"level": "error"' not in daemon.log()


def test_mail_to_the_postmaster_becomes_a_ticket_too(folder):
    """RFC 5321 §4.5.1: who takes mail takes it for the postmaster, also without a domain."""
    with Running(folder) as daemon:
        send(daemon.ports[0], mail(), to="postmaster")
        daemon.wait_for_mail_to(EMMA)
        daemon.stop()


def test_mail_by_lmtp_is_answered_for_each_recipient(folder):
    with Running(folder) as daemon:
        with in_the_middle_of_a_mail(daemon.ports[1], "LHLO x", SUPPORT, "billing@example.org") as peer:
            peer.sendall(b"ail\r\nFrom: emma@example.com\r\n\r\nHelp!\r\n.\r\nQUIT\r\n")
            answers = peer.makefile("rb").read().splitlines()
        assert [answer[:3] for answer in answers] == [b"250", b"250", b"221"]
        daemon.wait_for_mail_to(EMMA)
        daemon.stop()
    assert objects("audit", "--config", folder)[0]["received"] == 1


def test_agent_submits_his_reply_over_starttls_and_the_customer_gets_it(tmp_path):
    """As the newcomer has it: `init`, the password that it prints, and his own mail client."""
    folder = tmp_path / "desk"
    made = objects("init", folder)[0]
    main = folder / "mailbridge.toml"
    main.write_text(main.read_text().replace("127.0.0.1:2525", "127.0.0.1:0"))
    password = next(made[key] for key in ("password",) if made.get(key))
    trusting = ssl.create_default_context(cafile=str(folder / "secrets/certificate.pem"))
    trusting.check_hostname = False
    with Running(folder) as daemon:
        send(daemon.ports[0], mail())
        told = daemon.wait_for_mail_to("agent@example.org")[0]
        with smtplib.SMTP("127.0.0.1", daemon.ports[0], timeout=30) as client:
            with pytest.raises(smtplib.SMTPException):
                client.login("agent@example.org", password)
            client.starttls(context=trusting)
            client.login("agent@example.org", password)
            reply = mail("Re: Printer", "We are on our way.", "Agent <agent@example.org>")
            client.sendmail("agent@example.org", told["Reply-To"].addresses[0].addr_spec, reply.encode())
        answer = daemon.wait_for_mail_to(EMMA, 2)[-1]
        assert answer.get_content().startswith("We are on our way.")
        assert password not in daemon.log()
        daemon.stop()


def test_large_mail_and_small_come_byte_for_byte(folder):
    raws = [mail("Small", "x\n.\n..\nend"), mail("Large", "\n".join("." + "y" * 900 for _ in range(300)))]
    with Running(folder) as daemon:
        for raw in raws:
            send(daemon.ports[0], raw)
        daemon.wait_for_mail_to(EMMA, 2)
        daemon.stop()
    for number, raw in enumerate(raws, 1):
        kept = command("spool", "show", str(number), "--raw", "--config", folder).stdout
        assert kept == raw.replace("\n", "\r\n").encode()


# -- the end


@contextmanager
def in_the_middle_of_a_mail(port, hello, *recipients):
    """A peer that has said DATA, sends half a mail, and then nothing."""
    with closing(socket.create_connection(("127.0.0.1", port), 30)) as peer:
        lines = peer.makefile("rwb")
        for line in (hello, f"MAIL FROM:<{EMMA}>", *(f"RCPT TO:<{one}>" for one in recipients or [SUPPORT]), "DATA"):
            lines.write(line.encode() + b"\r\n")
        lines.flush()
        while not lines.readline().startswith(b"354"):
            pass
        peer.sendall(b"Subject: half a ma")
        yield peer


def test_sigterm_ends_an_idle_daemon_at_once(folder):
    with Running(folder) as daemon:
        daemon.stop(5)
    assert "daemon.stopped" in daemon.log()


def test_sigterm_ends_within_ten_seconds_though_peers_are_in_the_middle_of_mails(folder):
    with Running(folder) as daemon:
        smtp, lmtp = daemon.ports
        with in_the_middle_of_a_mail(smtp, "EHLO x"), in_the_middle_of_a_mail(lmtp, "LHLO x"):
            daemon.stop(10)
    assert objects("audit", "--config", folder)[0]["received"] == 0, "nobody was told that half a mail was taken"


@contextmanager
def silent_relay():
    """A smarthost that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_sigterm_ends_within_ten_seconds_though_the_relay_is_silent_and_peers_wait(tmp_path):
    with silent_relay() as port:
        relay = f'kind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"'
        folder = lay_out(tmp_path / "desk", relay=relay)
        with Running(folder) as daemon:
            smtp, lmtp = daemon.ports
            send(smtp, mail())
            daemon.says("mail.bridged")
            with in_the_middle_of_a_mail(smtp, "EHLO x"), in_the_middle_of_a_mail(lmtp, "LHLO x"):
                daemon.stop(10)
        waiting = objects("outbox", "list", "--config", folder)
        assert len(waiting) == 2, "nothing is lost"


def test_sigterm_ends_within_ten_seconds_though_another_process_holds_the_database(folder):
    with Running(folder) as daemon, closing(sqlite3.connect(folder / "var/mailbridge.db", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        with smtplib.SMTP("127.0.0.1", daemon.ports[0], timeout=30) as peer:
            peer.ehlo()
            peer.mail(EMMA)
            peer.rcpt(SUPPORT)
            peer.putcmd("DATA")
            assert peer.getreply()[0] == 354
            peer.send(mail().replace("\n", "\r\n").encode() + b".\r\n")
            daemon.stop(10)
            assert not peer.file.readline().startswith(b"250"), "no yes without a commit"
            peer.close()
        lock.execute("ROLLBACK")


def test_claims_are_given_back_at_the_end_and_worked_off_at_once_by_the_next(folder):
    with Running(folder) as daemon:
        for number in range(30):
            send(daemon.ports[0], mail(f"Matter {number}"))
        daemon.stop()
    states = {one["state"] for one in objects("spool", "list", "--all", "--config", folder)}
    assert states <= {"accepted", "settled"}


# -- the reload


def reload(daemon, says):
    before = daemon.log().count(says)
    daemon.signal(signal.SIGHUP)
    daemon.says(says, before + 1)


def is_sent(port, raw):
    """Try once, as a mail server does that will come again."""
    try:
        send(port, raw)
    except (OSError, smtplib.SMTPException):
        return False
    return True


def is_taken(port, to):
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as peer:
        peer.ehlo()
        peer.mail(EMMA)
        return peer.rcpt(to)[0] == 250


def test_bad_configuration_is_refused_as_a_whole_and_the_old_one_stays(folder):
    with Running(folder) as daemon:
        departments = folder / "config/departments.toml"
        departments.write_text(departments.read_text() + '[sales]\nmailboxes = ["sales@example.org"]\nmailbox = 1\n')
        reload(daemon, "config.refused")
        assert "mailbox" in daemon.log()
        assert not is_taken(daemon.ports[0], "sales@example.org")
        send(daemon.ports[0], mail())
        daemon.wait_for_mail_to(EMMA)
        daemon.stop()


def test_changed_department_is_used_after_the_reload(folder):
    with Running(folder) as daemon:
        departments = folder / "config/departments.toml"
        departments.write_text(departments.read_text() + '[sales]\nmailboxes = ["sales@example.org"]\n')
        assert not is_taken(daemon.ports[0], "sales@example.org")
        reload(daemon, "config.reloaded")
        send(daemon.ports[0], mail(to="sales@example.org"), "sales@example.org")
        assert daemon.wait_for_mail_to(EMMA)[0]["From"].addresses[0].addr_spec == "sales@example.org"
        daemon.stop()


def test_changed_listener_is_opened_and_the_old_one_closed(folder):
    with Running(folder) as daemon:
        old, new = daemon.ports[0], free_port()
        main = folder / "mailbridge.toml"
        main.write_text(main.read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{new}"', 1))
        reload(daemon, "config.reloaded")
        send(new, mail())
        daemon.wait_for_mail_to(EMMA)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", old), 5)
        daemon.stop()


def test_listener_that_cannot_be_opened_leaves_the_old_one_open(folder):
    old = free_port()
    main = folder / "mailbridge.toml"
    main.write_text(main.read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{old}"', 1))
    with Running(folder) as daemon, silent_relay() as taken:
        text = main.read_text()
        main.write_text(text.replace(f'"127.0.0.1:{old}"', f'"127.0.0.1:{taken}"').replace('"Acme Support"', '"Other"'))
        reload(daemon, "config.refused")
        send(old, mail())
        assert "Acme" in daemon.wait_for_mail_to(EMMA)[0].as_string()
        main.write_text(text)
        reload(daemon, "config.reloaded")
        send(old, mail("Another"))
        daemon.wait_for_mail_to(EMMA, 2)
        daemon.stop()


def test_many_reloads_at_once_end_with_one_listener_each(folder):
    port = free_port()
    main = folder / "mailbridge.toml"
    text = main.read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{port}"', 1)
    main.write_text(text)
    with Running(folder) as daemon:
        with in_the_middle_of_a_mail(port, "EHLO x"):
            for number in range(4):
                main.write_text(text.replace("[trust]", f'[trust]\npeers = ["192.0.2.{number + 1}"]'))
                daemon.signal(signal.SIGHUP)
        daemon.wait_for(lambda: is_sent(port, mail()), "a mail is taken, at last")
        daemon.wait_for_mail_to(EMMA)
        assert "config.refused" not in daemon.log()
        assert "raceback" not in daemon.log()
        daemon.stop()
    with closing(socket.create_server(("127.0.0.1", port))) as free:
        assert free


def test_daemon_that_cannot_start_says_why_in_a_sentence(folder):
    main = folder / "mailbridge.toml"
    main.write_text(main.read_text().replace("[desk]", "[desc]"))
    done = command("run", "--config", folder, code=1)
    assert b"desc" in done.stderr
    assert b"Traceback" not in done.stderr


def test_port_that_is_taken_is_told_in_a_sentence(folder):
    with silent_relay() as taken:
        main = folder / "mailbridge.toml"
        main.write_text(main.read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{taken}"', 1))
        done = command("run", "--config", folder, code=1)
    assert str(taken).encode() in done.stderr
    assert b"Traceback" not in done.stderr
