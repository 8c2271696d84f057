"""The steps of the story, in order. A new capability adds a step: a function that plays on the stage and gives its scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mailbridge.demo import words
from mailbridge.demo.letters import Writer, answer_to, new_letter
from mailbridge.demo.scene import JsonObject, say, scene, sent, to_whom, typed
from mailbridge.demo.stage import ANNA, JONAS, SUPPORT, VERA, Stage

TOM = Writer("Tom Miller", "tom@example.com")
MARIA = Writer("Мария Соколова", "maria@example.net", "{date:%d.%m.%Y, %H:%M}, {name} пишет:")
ONA = Writer("Ona Kazlauskienė", "ona@shop.example.com", "{date:%Y-%m-%d %H:%M}, {name} rašė:")
MALLORY = Writer("Mallory", "mallory@visitor.example.net")

TOMS, MARIAS, ONAS, STRANGERS = 1, 2, 3, 4
"""The numbers that the tickets get."""


def the_desk_opens(stage: Stage) -> Iterator[JsonObject]:
    """Say where everything is."""
    yield scene(stage, "A desk opens", say(
        f"""This desk was laid out a moment ago, as "mailbridge init" does it. Customers write to {SUPPORT}. Anna answers;
        Jonas is the lead, Vera the supervisor. The office is open on weekdays from nine to six. None of them has a web page
        to look at: they have their mail programs.
        Every mail that leaves the desk becomes a file in a Maildir."""))


def customers_write(stage: Stage) -> Iterator[JsonObject]:
    """Three customers write in three languages; each is acknowledged in his own."""
    yield _opens(stage, TOMS, "Tom writes, in English", TOM, "Kettle arrived broken", words.TOM_ASKS)
    stage.wait(minutes=9)
    yield _opens(stage, MARIAS, "Мария writes, in Russian", MARIA, "Где мой заказ?", words.MARIA_ASKS)
    stage.wait(minutes=4)
    yield _opens(stage, ONAS, "Ona writes, in Lithuanian", ONA, "Negaliu prisijungti", words.ONA_ASKS)


def _opens(stage: Stage, number: int, title: str, writer: Writer, subject: str, text: str) -> JsonObject:
    letter = new_letter(writer, SUPPORT, subject, text, stage.now)
    posted = stage.deliver(letter)
    heard = f"A ticket is opened, and {writer.name.split()[0]} hears at once that the mail has arrived:"
    return scene(stage, title, typed(letter), say(heard), sent(to_whom(posted, writer.address)),
                 came_in=[letter], went_out=posted, tickets=[number])


def anna_answers(stage: Stage) -> Iterator[JsonObject]:
    """An agent presses "reply" in her mail program; the customer gets exactly her words."""
    stage.wait(minutes=6)
    notice = stage.newest(ANNA.address, about=TOMS)
    reply = answer_to(notice, ANNA, words.ANNA_TO_TOM, stage.now)
    posted = stage.deliver(reply)
    yield scene(stage, "Anna answers from her mail program", say(
        """Anna was told of all three. She opens the mail about Tom's kettle, presses "reply" and types, commands on top:"""),
        typed(reply), say(
        """Her program sends the whole notification along, quoted below. Tom gets her words and nothing else: no command,
        no quotation, no address of hers; it comes from the desk, under her name:"""),
        sent(to_whom(posted, TOM.address)), came_in=[reply], went_out=posted, tickets=[TOMS])


def anna_sends_the_draft(stage: Stage) -> Iterator[JsonObject]:
    """A draft in the customer's language comes with every notification: one command sends it."""
    stage.wait(minutes=11)
    notice = stage.newest(ANNA.address, about=ONAS)
    reply = answer_to(notice, ANNA, words.SEND, stage.now)
    posted = stage.deliver(reply)
    yield scene(stage, "Anna sends the draft", say(
        """For Ona she has to ask the technicians first. But the notification came with a draft, in Ona's own language; one
        command sends it:"""),
        typed(reply), sent(to_whom(posted, ONA.address)), came_in=[reply], went_out=posted, tickets=[ONAS])


def the_desk_warns(stage: Stage) -> Iterator[JsonObject]:
    """Whoever looks after a ticket hears of a target before it is missed."""
    posted = stage.wait(minutes=24)
    yield scene(stage, "Nobody has answered Мария", say(
        """Мария's mail was overlooked. An hour is the target for a first answer, and a quarter of an hour before it is over
        the desk says so by itself:"""),
        sent(to_whom(posted, ANNA.address)), tickets=[MARIAS])


def tom_writes_back(stage: Stage) -> Iterator[JsonObject]:
    """A customer answers, quoting everything; it finds its ticket, and the agent reads only what is new."""
    stage.wait(minutes=48)
    letter = answer_to(stage.newest(TOM.address), TOM, words.TOM_ANSWERS, stage.now)
    posted = stage.deliver(letter)
    yield scene(stage, "Tom writes back", typed(letter), say(
        """The mail finds its ticket by itself. The next step is ours again, so the ticket is open. Anna is shown what Tom
        wrote, not the quotation below it:"""),
        sent(to_whom(posted, ANNA.address)), came_in=[letter], went_out=posted, tickets=[TOMS])


def a_stranger_tries(stage: Stage) -> Iterator[JsonObject]:
    """Who knows the number of a ticket knows nothing more."""
    stage.wait(minutes=20)
    letter = new_letter(MALLORY, SUPPORT, f"Re: Kettle arrived broken [#{TOMS}]", words.STRANGER, stage.now)
    posted = stage.deliver(letter)
    yield scene(stage, "A stranger knows a ticket's number", typed(letter), say(
        f"""A number is a place, not a right. Tom's ticket stays as it was; the mail opens one of its own, and Anna reads
        there that it named ticket {TOMS}. All that the stranger is told:"""),
        sent(to_whom(posted, MALLORY.address)), came_in=[letter], went_out=posted, tickets=[TOMS, STRANGERS])


def anna_removes_the_stranger(stage: Stage) -> Iterator[JsonObject]:
    """Mail that is none of ours goes with one word."""
    stage.wait(minutes=2)
    reply = answer_to(stage.newest(ANNA.address, about=STRANGERS), ANNA, words.SPAM, stage.now)
    posted = stage.deliver(reply)
    yield scene(stage, "Anna takes the stranger off the desk", typed(reply), say("Nothing is sent, and nothing will be."),
                came_in=[reply], went_out=posted, tickets=[STRANGERS])


def somebody_writes_as_anna(stage: Stage) -> Iterator[JsonObject]:
    """A forged agent is not obeyed: the mail is kept as a note, and the real agent is asked."""
    stage.wait(minutes=1)
    letter = answer_to(stage.newest(TOM.address), ANNA, words.FORGER, stage.now, to=SUPPORT, proven=False)
    posted = stage.deliver(letter)
    yield scene(stage, "Somebody writes in Anna's name", typed(letter), say(
        """The sender says Anna and the thread is right. But an agent is believed on two facts: a reply address that only
        she was sent, and a sender that is proven; here both are missing. The mail is kept as an unverified note, Tom gets
        nothing, and the real Anna is asked:"""),
        sent(to_whom(posted, ANNA.address)), came_in=[letter], went_out=posted, tickets=[TOMS])


def the_lead_hears_of_it(stage: Stage) -> Iterator[JsonObject]:
    """The target is missed: an hour later the lead is told, with all that is needed to act."""
    posted = stage.wait(minutes=4)
    yield scene(stage, "An hour too late: the lead hears of Мария", say(
        """Still nobody has answered Мария. Now it climbs: Jonas gets her words, what happened so far and a draft, and can act
        by answering this very mail:"""),
        sent(to_whom(posted, JONAS.address)), tickets=[MARIAS])


def anna_resolves_onas(stage: Stage) -> Iterator[JsonObject]:
    """An answer and a command in one mail, in the customer's language."""
    stage.wait(minutes=29)
    reply = answer_to(stage.newest(ANNA.address, about=ONAS), ANNA, words.ANNA_TO_ONA, stage.now)
    posted = stage.deliver(reply)
    yield scene(stage, "Ona can log in again", typed(reply), sent(to_whom(posted, ONA.address)),
                came_in=[reply], went_out=posted, tickets=[ONAS])


def the_supervisor_hears_of_it(stage: Stage) -> Iterator[JsonObject]:
    """The next step of the ladder; each is told once."""
    posted = stage.wait(hours=2, minutes=31)
    told = to_whom(posted, VERA.address, "Overdue")
    yield scene(stage, "Four hours too late: the supervisor hears of Мария", say(
        f"""Jonas is in a meeting. Three open hours later it is Vera's turn, who gets the same mail as he did
        ("{told.mail.subject}"). There the ladder ends; nobody is told twice."""), tickets=[MARIAS])


def a_new_day(stage: Stage) -> Iterator[JsonObject]:
    """When the desk opens, the supervisor reads what is overdue."""
    posted = stage.wait(hours=18, minutes=49)
    yield scene(stage, "A day passes: the digest", say("The desk opens. Vera gets one mail a day with everything that waits too long:"),
                sent(to_whom(posted[-3:], VERA.address)), tickets=[MARIAS])


def the_follow_up(stage: Stage) -> Iterator[JsonObject]:
    """A customer whom we owe hears from us every 24 hours, in his language, with an honest word and the time of the next news."""
    posted = stage.wait(minutes=11)
    yield scene(stage, "24 hours: Мария is not left alone", say(
        """A customer who waits for us hears from us at least every 24 hours, with an honest word and the time of the next
        news. Nobody has to think of it, and should it go on, tomorrow's mail will be in other words:"""),
        sent(to_whom(posted, MARIA.address)), tickets=[MARIAS])


def jonas_resolves_it(stage: Stage) -> Iterator[JsonObject]:
    """The lead acts by answering the mail that told him."""
    stage.wait(minutes=22)
    reply = answer_to(stage.newest(JONAS.address, about=MARIAS), JONAS, words.JONAS_TO_MARIA, stage.now)
    posted = stage.deliver(reply)
    yield scene(stage, "Jonas resolves it from his mail", typed(reply), say("Мария gets his answer, and no follow-up any more:"),
                sent(to_whom(posted, MARIA.address)), came_in=[reply], went_out=posted, tickets=[MARIAS])


def anna_resolves(stage: Stage) -> Iterator[JsonObject]:
    """The next day the matter is done: one mail with one command."""
    stage.wait(minutes=38)
    answered = stage.newest(ANNA.address, about=TOMS, saying="the photo follows")
    reply = answer_to(answered, ANNA, words.ANNA_RESOLVES, stage.now)
    posted = stage.deliver(reply)
    yield scene(stage, "Anna resolves Tom's matter", typed(reply),
                say("Tom gets her answer in the same thread, and the ticket is resolved:"),
                sent(to_whom(posted, TOM.address)), came_in=[reply], went_out=posted, tickets=[TOMS])


def the_count(stage: Stage) -> Iterator[JsonObject]:
    """Nothing is missing, and the desk can prove it."""
    found = stage.audit()
    figures = "\n".join(f"   {name.replace('_', ' '):12} {number:>3}" for name, number in found.figures().items())
    yield scene(stage, "Is anything missing?", say("At any moment the desk can prove that no mail was lost (mailbridge audit):"),
                figures, tickets=[TOMS, MARIAS, ONAS, STRANGERS], audit=found.figures())


def where_to_look(stage: Stage) -> Iterator[JsonObject]:
    """The end: the desk is still there."""
    folder, maildir = str(stage.folder), str(stage.app.config.relay.path)
    looks = (("every mail that went out", f"ls {maildir}/new"),
             ("the same as a mailbox", f"mutt -R -f {maildir}"),
             ("the tickets", f"mailbridge ticket list --config {folder}"),
             ("one with its history", f"mailbridge ticket show {TOMS} --config {folder}"),
             ("a desk of your own", "mailbridge init DIR"))
    yield scene(stage, "Look around", say("The desk of this story is still there, until you remove its folder:"), f"   {folder}",
                "\n".join(f"   {what:26} {command}" for what, command in looks), folder=folder, maildir=maildir)


Step = Callable[[Stage], Iterator[JsonObject]]
STEPS: tuple[Step, ...] = (
    the_desk_opens, customers_write, anna_answers, anna_sends_the_draft, the_desk_warns, tom_writes_back, a_stranger_tries,
    anna_removes_the_stranger, somebody_writes_as_anna, the_lead_hears_of_it, anna_resolves_onas, the_supervisor_hears_of_it,
    a_new_day, the_follow_up, jonas_resolves_it, anna_resolves, the_count, where_to_look,
)
