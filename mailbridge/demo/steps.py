"""The steps of the story, in order. A new capability adds a step: a function that plays on the stage and gives its scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mailbridge.demo import words
from mailbridge.demo.letters import Writer, answer_to, new_letter
from mailbridge.demo.scene import JsonObject, say, scene, sent, to_whom, typed
from mailbridge.demo.stage import ANNA, SUPPORT, Stage

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
        Jonas is the lead, Vera the supervisor. None of them has a web page to look at: they have their mail programs.
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


def anna_answers_the_others(stage: Stage) -> Iterator[JsonObject]:
    """The same, in the languages of the other two."""
    stage.wait(minutes=11)
    replies = [answer_to(stage.newest(ANNA.address, about=number), ANNA, text, stage.now)
               for number, text in ((MARIAS, words.ANNA_TO_MARIA), (ONAS, words.ANNA_TO_ONA))]
    posted = [one for reply in replies for one in stage.deliver(reply)]
    yield scene(stage, "Мария and Ona are answered too", sent(to_whom(posted, MARIA.address)), sent(to_whom(posted, ONA.address)),
                came_in=replies, went_out=posted, tickets=[MARIAS, ONAS])


def tom_writes_back(stage: Stage) -> Iterator[JsonObject]:
    """A customer answers, quoting everything; it finds its ticket, and the agent reads only what is new."""
    stage.wait(hours=1, minutes=12)
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


def somebody_writes_as_anna(stage: Stage) -> Iterator[JsonObject]:
    """A forged agent is not obeyed: the mail is kept as a note, and the real agent is asked."""
    stage.wait(minutes=3)
    letter = answer_to(stage.newest(TOM.address), ANNA, words.FORGER, stage.now, to=SUPPORT, proven=False)
    posted = stage.deliver(letter)
    yield scene(stage, "Somebody writes in Anna's name", typed(letter), say(
        """The sender says Anna and the thread is right. But an agent is believed on two facts: a reply address that only
        she was sent, and a sender that is proven; here both are missing. The mail is kept as an unverified note, Tom gets
        nothing, and the real Anna is asked:"""),
        sent(to_whom(posted, ANNA.address)), came_in=[letter], went_out=posted, tickets=[TOMS])


def anna_resolves(stage: Stage) -> Iterator[JsonObject]:
    """Two days later the matter is done: one mail with one command."""
    answered = stage.newest(ANNA.address, about=TOMS, saying="the photo follows")
    stage.wait(days=2, hours=4)
    reply = answer_to(answered, ANNA, words.ANNA_RESOLVES, stage.now)
    posted = stage.deliver(reply)
    yield scene(stage, "Anna resolves the matter", typed(reply),
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
    the_desk_opens, customers_write, anna_answers, anna_answers_the_others, tom_writes_back, a_stranger_tries,
    somebody_writes_as_anna, anna_resolves, the_count, where_to_look,
)
