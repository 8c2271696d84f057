"""A real Postfix around us: in front by SMTP, LMTP and pipe, and behind us as the smarthost."""

import json
import smtplib
import socketserver
import subprocess
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from mailbridge.app import assemble, make_relay, run_once
from mailbridge.clock import now
from mailbridge.config.load import load_config
from tests.desks import mail
from tests.flow.running import COMMAND, Running, environment, lay_out, objects
from tests.servers.ground import free_port, new_folder, program, remove_folder, wait_until
from tests.servers.postfix import MAILDIR, PIPE, Pipe, Postfix

EMMA, SUPPORT = "emma@example.com", "support@example.org"
HAND_OVER = """\
import json, socket, sys
with socket.socket(socket.AF_UNIX) as peer:
    peer.connect(sys.argv[1])
    raw = sys.stdin.buffer.read()
    peer.sendall(json.dumps([sys.argv[2:], len(raw)]).encode() + b"\\n" + raw)
    sys.exit(int(peer.makefile().readline()))
"""


def send(postfix, raw, to=SUPPORT):
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as peer:
        peer.sendmail(EMMA, to, raw.replace("\n", "\r\n").encode())


def on_port(folder, port, section="smtp"):
    main = folder / "mailbridge.toml"
    main.write_text(main.read_text().replace(f'[{section}]\nlisten = "127.0.0.1:0"', f'[{section}]\nlisten = "127.0.0.1:{port}"'))
    return folder


@pytest.mark.parametrize("way", ["smtp", "lmtp"])
def test_postfix_hands_us_mail_and_takes_what_we_answer(tmp_path, way):
    port = free_port()
    route = f"smtp:[127.0.0.1]:{port}" if way == "smtp" else f"lmtp:inet:127.0.0.1:{port}"
    with Postfix({"example.org": route, "example.com": MAILDIR}) as postfix:
        relay = f'kind = "smtp"\nhost = "127.0.0.1"\nport = {postfix.port}\nsecurity = "none"'
        folder = on_port(lay_out(tmp_path / "desk", relay=relay), port, way)
        send(postfix, mail())
        wait_until(lambda: "status=deferred" in postfix.log(), "Postfix keeps the mail while we are away")
        with Running(folder) as daemon:
            postfix.flush()
            (answer,) = postfix.wait_for_mails(EMMA, 1, 45)
            assert b"Auto-Submitted: auto-replied" in answer
            daemon.stop()
        sent = [one for one in objects("outbox", "list", "--all", "--config", folder) if one["state"] == "sent"]
        assert [one["to"] for one in sent if one["purpose"] == "acknowledgement"] == [[EMMA]]
        assert objects("audit", "--config", folder)[0]["on_tickets"] >= 1
        waiting = objects("spool", "list", "--config", folder)  # a report of Postfix about the agent's mail may be on its way
        assert EMMA not in [one["from"] for one in waiting]


def test_postfix_that_was_away_gets_our_mail_later_and_once(tmp_path):
    port = free_port()
    relay = f'kind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"'
    folder = lay_out(tmp_path / "desk", relay=relay)
    with Running(folder) as daemon:
        with smtplib.SMTP("127.0.0.1", daemon.ports[0], timeout=30) as peer:
            peer.sendmail(EMMA, SUPPORT, mail().encode())

        def waits():
            found = [one for one in objects("outbox", "list", "--config", folder) if one["to"] == [EMMA]]
            return found and found[0]["attempts"] == 1 and found[0]["state"] == "waiting"

        daemon.wait_for(waits, "the first try has failed for now")
        daemon.stop()
    with Postfix({"example.com": MAILDIR, "example.org": "discard:"}) as postfix:
        main = folder / "mailbridge.toml"
        main.write_text(main.read_text().replace(f"port = {port}", f"port = {postfix.port}"))
        for one in objects("outbox", "list", "--config", folder):
            assert one["reason"], "why it waits can be read"
        app = assemble(load_config(folder, {}), {})
        way_out = make_relay(app.config, {})
        for minutes in (2, 20):
            run_once(app, way_out, now() + timedelta(minutes=minutes))
        way_out.close()
        app.close()
        assert len(postfix.wait_for_mails(EMMA, 1)) == 1


@contextmanager
def ingesting(folder):
    """A door into `mailbridge ingest` for a Postfix whose user may not enter our folders: bytes in, exit code out."""
    place = new_folder("ingest")
    codes = []

    class Door(socketserver.StreamRequestHandler):
        def handle(self):
            words, size = json.loads(self.rfile.readline())
            done = subprocess.run(
                [*COMMAND, "ingest", "--config", str(folder), *words], input=self.rfile.read(size), check=False, timeout=60,
                env=environment(), capture_output=True)
            codes.append((done.returncode, done.stderr.decode()))
            self.wfile.write(b"%d\n" % done.returncode)

    path, script = place / "door", place / "hand_over.py"
    script.write_text(HAND_OVER)
    script.chmod(0o644)
    with socketserver.ThreadingUnixStreamServer(str(path), Door) as server:
        path.chmod(0o777)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            python = program("python3", "python3", ("/usr/bin",))
            yield Pipe([python, str(script), str(path), "--recipient", "${recipient}", "--sender", "${sender}"]), codes
        finally:
            server.shutdown()
            thread.join(20)
            remove_folder(place)


def test_postfix_pipes_into_ingest_and_keeps_the_mail_while_the_database_is_away(tmp_path):
    folder = lay_out(tmp_path / "desk")
    objects("ticket", "list", "--config", folder)  # the database is there
    database, aside = folder / "var/mailbridge.db", folder / "var/aside.db"
    with ingesting(folder) as (pipe, codes), Postfix({"example.org": PIPE}, pipe=pipe) as postfix:
        database.rename(aside)
        database.mkdir()
        send(postfix, mail())
        wait_until(lambda: codes, "the first try", 60)
        assert codes[0][0] == 75, codes
        assert "Traceback" not in codes[0][1]
        wait_until(lambda: "status=deferred" in postfix.log(), "Postfix keeps it")
        database.rmdir()
        aside.rename(database)
        wait_until(lambda: postfix.flush() is None and codes[-1][0] == 0, f"a later try:\n{postfix.log()}", 60)
        wait_until(lambda: postfix.queued() == 0, "Postfix has got rid of it")
    (one,) = objects("spool", "list", "--config", folder)
    assert (one["state"], one["from"], one["to"], one["source"]) == ("accepted", EMMA, [SUPPORT], "pipe")
    assert objects("run", "--once", "--config", folder)[0]["bridged"] == 1
    assert [ticket["requester"] for ticket in objects("ticket", "list", "--config", folder)] == [EMMA]
