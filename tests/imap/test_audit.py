"""The comparison behind `mailbridge audit`: what lies at the server and was passed by is found."""

from __future__ import annotations

from mailbridge.intake.imap import Account
from mailbridge.intake.imap_audit import Comparison, compare_accounts
from tests.imap.ground import PASSWORD, Ground, mail, settings
from tests.imap.scripted import ScriptedServer


def compare(ground: Ground, account: Account) -> Comparison:
    return compare_accounts([account.settings], lambda _: PASSWORD, ground.database)


def test_a_complete_ledger_has_nothing_missing_and_new_mail_is_not_missing_yet(ground: Ground) -> None:
    with ScriptedServer({1: mail("old")}) as server:
        account = ground.account(settings(server.port, folders=("INBOX", "INBOX")))
        ground.read(account)
        server.add(mail("one"))
        ground.read(account)
        server.add(mail("not-yet-read"))
        found = compare(ground, account)
        assert (found.missing, found.not_compared) == ([], [])
        assert "EXAMINE" in str(server.commands)


def test_what_was_passed_by_or_has_gone_from_the_spool_is_missing(ground: Ground) -> None:
    with ScriptedServer() as server:
        account = ground.account(settings(server.port))
        ground.read(account)
        for subject in ("one", "two", "three"):
            server.add(mail(subject))
        ground.read(account)
        with ground.database.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM imap_message WHERE uid = 2")
            connection.exec_driver_sql("DELETE FROM spool_raw WHERE spool = 3")
            connection.exec_driver_sql("DELETE FROM spool WHERE id = 3")
        assert compare(ground, account).missing == [
            "imap support/INBOX UID 3 (UIDVALIDITY 7): taken in by the ledger, and not in the spool",
            "imap support/INBOX UID 2: at the server, and never taken in",
        ]


def test_an_account_that_cannot_be_reached_or_opened_is_said_and_misses_nothing(ground: Ground) -> None:
    with ScriptedServer(always={"EXAMINE": "NO [NONEXISTENT] no such folder"}) as server:
        there = ground.account(settings(server.port))
        ground.read(there)
    with ScriptedServer(always={"EXAMINE": "NO [NONEXISTENT] no such folder"}) as again:
        refused = compare(ground, ground.account(settings(again.port)))
    gone = compare(ground, there)
    assert (gone.missing, refused.missing) == ([], [])
    assert "cannot be reached" in gone.not_compared[0]
    assert "no such folder" in refused.not_compared[0]
