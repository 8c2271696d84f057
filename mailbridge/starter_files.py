"""The short files of a new desk: real values, and the comments that a newcomer needs first.

Braces are places that `starter` fills in. None of the tables here is named by a file that is not written here too, so
each file can be replaced by a desk's own. Every option: `mailbridge config describe`.
"""

from __future__ import annotations

# How a customer of each language sees the desk, until the admin writes its name.
DESK_NAMES = {"en": "Support", "ru": "Служба поддержки", "lt": "Klientų aptarnavimas"}

MAIN_TEXT = """\
# The main file of this desk, made by `mailbridge init` on {made_on}. Every option and its meaning:
# mailbridge config describe. After a change: mailbridge check. A running daemon reads it again on SIGHUP.
# Paths count from this folder.

[desk]
name = {desk}
locale = {locale}                      # last resort; a customer's own language comes first
timezone = "UTC"                   # where the desk is, for example "Europe/Vilnius"

[database]
url = "sqlite:///var/mailbridge.db"

[smtp]
listen = {listen}          # this machine only; "0.0.0.0:25" takes mail from everywhere
{tls}
[relay]
kind = "maildir"                   # try out: each mail becomes a file in var/outgoing/new. To send, write
path = "var/outgoing"              # kind = "smtp", host, port, security, user and password_file instead

[trust]
authserv_ids = []                  # the mail servers in front of us whose Authentication-Results we believe,
peers = []                         # and the addresses from which they hand us mail

[limits]                           # caps on automatic mail, so that two robots never talk to each other all night
"""

TLS_TEXT = """\
certificate = "secrets/certificate.pem"      # self-signed: good for this machine, no other
private_key = "secrets/certificate.key"
"""

WITHOUT_TLS_TEXT = """\
# certificate = "secrets/certificate.pem"    # the openssl command was not there to make one: no TLS, no login
# private_key = "secrets/certificate.key"
"""

FILES = {
    "config/departments.toml": """\
# One table for each department. Agents work for all of them unless agents.toml says otherwise.
[support]
mailboxes = [{mailbox}]   # the first is the sender of answers
calendar = "office"                # a table of calendars.toml
service_level = "standard"         # a table of service_levels.toml
escalation = ["lead", "supervisor"]      # whom overdue tickets climb to
follow_up = "send"                 # the 24-hour news: send, draft or off
""",
    "config/agents.toml": """\
# One table for each agent. Roles: agent answers, lead and supervisor hear of overdue tickets, admin of faults.
[{table}]
name = {name}                     # customers see it
address = {address}      # notifications go there, answers come from there
role = "agent"
password_hash_file = {hash_file}      # made by: mailbridge hash-password
""",
    "config/service_levels.toml": """\
# One table for each service level. Business time of the calendar: "d" is one open day.
[standard]
first_response = "1h"
update = "24h"                     # running time: a customer whom we owe an answer hears from us at least this often
resolution = "3d"
escalate_after = ["1h", "4h"]      # counted from the breach, one for each step of the ladder
""",
    "config/calendars.toml": """\
# One table for each calendar.
[office]
timezone = "UTC"
hours = {{ mon-sun = ["00:00-24:00"] }}      # always open; office hours: {{ mon-fri = ["09:00-18:00"] }}
closed = []                        # closed days, for example ["2026-12-24"]
""",
}
