"""What a desk does with mail, on both engines: the table at the head of `desk/receive.py`, row by row."""

from tests.desks import mail

ANNA = {"sender": "Anna Petrova <anna@example.org>"}


def test_first_mail_opens_a_ticket_is_acknowledged_and_told_to_the_department(desk):
    received = desk.receive(mail())
    assert (received.outcome, received.ticket) == ("new", 1)
    shown = desk.ticket()
    assert (shown["state"], shown["requester"], shown["department"], shown["subject"]) == (
        "new",
        "emma@example.com",
        "support",
        "Printer",
    )
    (answer,) = desk.sent_to("emma@example.com")
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["Subject"] == "Re: Printer"
    assert "Emma" in answer.get_content()
    (told,) = desk.sent_to("anna@example.org")
    assert "The printer is on fire." in told.get_content()
    assert not desk.sent_to("boris@example.org"), "another department"
    assert desk.audit().on_tickets == 1


def test_customer_mail_bears_no_token_but_his_own_and_nothing_of_a_notification(desk):
    desk.receive(mail())
    desk.receive(
        mail("Re: Printer", "We are on our way.", **ANNA), desk.reply_address(), authenticated_as="anna@example.org"
    )
    agents_token = desk.reply_address().partition("+")[2].partition("@")[0]
    for answer in desk.sent_to("emma@example.com"):
        raw = answer.as_string()
        assert agents_token not in raw
        assert "anna@example.org" not in raw
        assert "mailbridge ·" not in raw


def test_agents_proven_reply_reaches_the_customer_in_his_thread(desk):
    desk.receive(mail(message_id="<first@example.com>"))
    quoted = "\n".join("> " + line for line in desk.sent_to("anna@example.org")[0].get_content().splitlines())
    text = f"We are on our way.\n\nOn Mon, 23 Nov 2026 at 10:00, Emma Clark wrote:\n{quoted}"
    received = desk.receive(
        mail("Re: Printer", text, **ANNA), desk.reply_address(), authenticated_as="anna@example.org"
    )
    assert (received.outcome, received.evidence) == ("appended", "token")
    answer = desk.sent_to("emma@example.com")[-1]
    assert answer.get_content().startswith("We are on our way.")
    assert "wrote:" not in answer.get_content()
    assert answer["From"].addresses[0].display_name == "Anna Petrova"
    assert answer["From"].addresses[0].addr_spec == "support@example.org"
    assert answer["In-Reply-To"] == "<first@example.com>"
    assert "Auto-Submitted" not in answer
    assert desk.ticket()["state"] == "open"
    assert desk.ticket()["agent"] == "anna"


def test_customers_answer_comes_back_by_his_token_whatever_its_headers_say(desk):
    desk.receive(mail())
    back = desk.sent_to("emma@example.com")[0]["Reply-To"].addresses[0].addr_spec
    received = desk.receive(mail("Something else entirely", "More smoke."), back)
    assert (received.outcome, received.ticket, received.evidence) == ("appended", 1, "token")


def test_customers_answer_comes_back_by_our_message_id(desk):
    desk.receive(mail())
    ours = desk.sent_to("emma@example.com")[0]["Message-ID"]
    received = desk.receive(mail("Re: Printer", "More smoke.", in_reply_to=ours))
    assert (received.ticket, received.evidence) == (1, "our-id")


def test_reply_to_his_own_mail_joins_by_its_id(desk):
    desk.receive(mail(message_id="<first@example.com>"))
    received = desk.receive(mail("Re: Printer", "Still burning.", references="<first@example.com>"))
    assert (received.ticket, received.evidence) == (1, "reference")


def test_reply_and_parent_of_one_batch_become_one_ticket(desk):
    desk.put(mail(message_id="<first@example.com>"))
    desk.put(mail("Re: Printer", "Still burning.", references="<first@example.com>"))
    assert [one.ticket for one in desk.work()] == [1, 1]


def test_parent_that_comes_after_its_reply_joins_its_ticket(desk):
    desk.receive(mail("Re: Printer", "Still burning.", references="<first@example.com>"))
    received = desk.receive(mail(message_id="<first@example.com>"))
    assert (received.ticket, received.evidence) == (1, "ancestor")


def test_stranger_with_a_known_id_is_a_third_party_and_changes_nothing(desk):
    desk.receive(mail(message_id="<first@example.com>"))
    desk.do(1, "/pending")
    received = desk.receive(
        mail("Re: Printer", "Let me in.", "Mallory <mallory@example.net>", references="<first@example.com>")
    )
    assert received.ticket == 1
    shown = desk.ticket()
    assert shown["state"] == "pending"
    assert shown["thread"][-2]["third_party"] or shown["thread"][-1]["third_party"]
    (receipt,) = desk.sent_to("mallory@example.net")
    assert "Printer on" not in receipt.get_content()
    assert "fire" not in receipt.get_content()


def test_stranger_with_the_tag_opens_his_own_ticket(desk):
    desk.receive(mail())
    received = desk.receive(mail("Re: Printer [#1]", "What is the password?", "Mallory <mallory@example.net>"))
    assert (received.outcome, received.ticket) == ("new", 2)
    near = desk.ticket(2)["thread"][0]["decision"]["runners_up"]
    assert near[0]["ticket"] == 1


def test_the_same_message_twice_is_one_message(desk):
    desk.put(mail())
    desk.put(mail(), "help@example.org")
    assert [one.outcome for one in desk.work()] == ["new", "duplicate"]
    assert desk.receive(mail()).outcome == "duplicate"
    assert len(desk.sent_to("emma@example.com")) == 1
    assert desk.audit().duplicates == 2
    assert "help@example.org" in desk.ticket()["thread"][0]["to"]


def test_same_message_id_with_another_text_is_another_message(desk):
    desk.receive(mail(message_id="<same@example.com>"))
    received = desk.receive(mail("Invoice", "Another matter.", message_id="<same@example.com>"))
    assert received.outcome == "new"


def test_forged_agent_is_kept_as_unverified_note_and_the_real_one_is_asked(desk):
    desk.receive(mail())
    received = desk.receive(mail("Re: Printer", "Send your password to me.", **ANNA), desk.reply_address())
    assert received.outcome == "appended"
    assert len(desk.sent_to("emma@example.com")) == 1, "only the acknowledgement"
    assert desk.ticket()["thread"][-1]["unverified"]
    assert "unverified-note" in desk.events()


def test_code_confirms_the_held_mail_once(desk):
    desk.receive(mail())
    address = desk.reply_address()
    desk.receive(mail("Re: Printer", "We are on our way.", **ANNA), address)
    question = desk.sent_to("anna@example.org")[-1].get_content()
    code = next(word for line in question.splitlines() if line.startswith("    ") for word in line.split())
    desk.receive(mail("Re: Was this you?", code, **ANNA), address)
    assert desk.sent_to("emma@example.com")[-1].get_content().startswith("We are on our way.")
    desk.receive(mail("Re: Was this you? Again", code + "\n\nonce more", **ANNA), address)
    assert len(desk.sent_to("emma@example.com")) == 2


def test_agents_token_in_a_customers_hands_makes_no_agent_of_him(desk):
    desk.receive(mail())
    received = desk.receive(
        mail("Re: Printer", "/close", authentication_results="mx.example.org; dmarc=pass header.from=example.com"),
        desk.reply_address(),
        believed=True,
    )
    assert received.ticket == 1
    assert desk.ticket()["state"] == "new"


def test_commands_and_text_are_done_together_or_not_at_all(desk):
    desk.receive(mail())
    desk.receive(
        mail("Re: Printer", "/priority low\n/asign boris\n\nWe are on our way.", **ANNA),
        desk.reply_address(),
        authenticated_as="anna@example.org",
    )
    assert desk.ticket()["priority"] != "low"
    assert len(desk.sent_to("emma@example.com")) == 1
    refusal = desk.sent_to("anna@example.org")[-1].get_content()
    assert "/asign boris" in refusal
    assert "/assign" in refusal


def test_agents_note_stays_inside(desk):
    desk.receive(mail())
    desk.receive(
        mail("Re: Printer", "/note\n\nHe is a friend of the boss.", **ANNA),
        desk.reply_address(),
        authenticated_as="anna@example.org",
    )
    assert len(desk.sent_to("emma@example.com")) == 1
    assert "noted" in desk.events()


def test_resolved_ticket_is_reopened_by_its_customer(desk):
    desk.receive(mail(message_id="<first@example.com>"))
    desk.do(1, "/resolve")
    assert desk.ticket()["state"] == "resolved"
    desk.receive(mail("Re: Printer", "It burns again.", references="<first@example.com>"))
    assert desk.ticket()["state"] == "open"


def test_reply_long_after_closing_opens_a_linked_ticket(desk):
    desk.receive(mail("Printer [#7]", message_id="<first@example.com>"))
    desk.do(1, "/close")
    desk.later(days=15)
    received = desk.receive(mail("Re: Printer [#1]", "It burns again.", references="<first@example.com>"))
    assert (received.outcome, received.ticket) == ("new", 2)
    assert desk.ticket(2)["links"] == [{"ticket": 1, "how": "continues"}]
    assert desk.ticket(2)["subject"] == "Re: Printer"


def test_robots_get_no_answer_and_their_mail_is_kept(desk):
    desk.receive(mail("Nightly report", "All is well.", "cron@example.com", auto_submitted="auto-generated"))
    assert not desk.sent_to("cron@example.com")
    assert desk.tickets()[0]["ticket"] == 1


def test_absence_goes_onto_its_ticket_without_reopening(desk):
    desk.receive(mail())
    desk.do(1, "/resolve")
    ours = desk.sent_to("emma@example.com")[0]["Message-ID"]
    received = desk.receive(
        mail("Out of office", "I am away until Monday.", auto_submitted="auto-replied", in_reply_to=ours)
    )
    assert (received.outcome, received.ticket) == ("appended", 1)
    assert desk.ticket()["state"] == "resolved"


def test_absence_of_nobody_known_is_kept_silently(desk):
    assert (
        desk.receive(mail("Out of office", "I am away until Monday.", auto_submitted="auto-replied")).outcome
        == "silent"
    )
    assert desk.audit().silent == 1
    assert not desk.tickets()


def test_mail_that_failed_dmarc_gets_no_automatic_answer(desk):
    desk.receive(mail(authentication_results="mx.example.org; dmarc=fail header.from=example.com"), believed=True)
    assert not desk.sent_to("emma@example.com")
    assert desk.sent_to("anna@example.org")


def test_web_forms_reply_to_becomes_the_requester(desk):
    desk.receive(mail("Form", "Please call.", "Web form <form@example.net>", reply_to="Jonas <jonas@example.com>"))
    assert desk.ticket()["requester"] == "jonas@example.com"
    assert desk.sent_to("jonas@example.com")
    assert not desk.sent_to("form@example.net")


def test_department_follows_the_mailbox(desk):
    desk.receive(mail(to="billing@example.org"), "billing@example.org")
    assert desk.ticket()["department"] == "billing"
    assert desk.sent_to("boris@example.org")


def test_caps_stop_a_loop_with_a_robot_that_hides(desk):
    for number in range(30):
        desk.put(
            mail(
                f"Loop {number}",
                "Received your mail, thank you, we will see.",
                message_id=f"<loop{number}@example.com>",
            )
        )
    desk.work()
    assert len(desk.sent_to("emma@example.com")) == desk.app.config.limits.per_sender_day
    assert len(desk.tickets()) == 30


def test_admin_merges_and_later_mail_follows(desk):
    desk.receive(mail(message_id="<a@example.com>"))
    desk.receive(mail("Scanner", "It smokes too.", message_id="<b@example.com>"))
    desk.do(2, "/merge 1")
    assert desk.ticket(2)["state"] == "merged"
    received = desk.receive(mail("Re: Scanner", "And now?", references="<b@example.com>"))
    assert received.ticket == 1
    assert {message["message_id"] for message in desk.ticket(1)["thread"]} >= {"a@example.com", "b@example.com"}


def test_agents_words_inside_the_quoted_notification_are_not_relayed(small_desk):
    desk = small_desk
    desk.receive(mail())
    lines = desk.sent_to("anna@example.org")[0].get_content().splitlines()
    quoted = "\n".join("> " + line for line in lines[:12])
    text = f"{quoted}\n\nWe will come tomorrow.\n\n" + "\n".join("> " + line for line in lines[12:])
    desk.receive(mail("Re: Printer", text, **ANNA), desk.reply_address(), authenticated_as="anna@example.org")
    assert len(desk.sent_to("emma@example.com")) == 1, "only the acknowledgement"
    assert "not-relayed" in desk.events()


def test_customer_behind_a_group_of_ours_is_answered_and_his_next_mail_finds_his_ticket(desk):
    """A Google group writes itself into From when the customer's domain has a strict DMARC policy."""
    group = {
        "sender": "'Emma Clark' via Support <support@example.org>", "list_id": "<support.example.org>", "precedence": "list",
        "x_original_from": "Emma Clark <emma@example.com>", "reply_to": "Emma Clark <emma@example.com>"}
    desk.receive(mail(**group))
    assert desk.ticket()["requester"] == "emma@example.com"
    (acknowledged,) = desk.sent_to("emma@example.com")
    again = desk.receive(mail("Re: Printer", "It smells, too.", in_reply_to=acknowledged["Message-ID"], **group))
    assert (again.ticket, again.outcome.value) == (1, "appended")
    assert not desk.export("message")[-1].get("third_party")
