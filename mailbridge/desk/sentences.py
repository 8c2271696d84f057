"""What the desk says to agents about a mail or a command, in English, Russian and Lithuanian.

These sentences stand as the reason in a template's text; the words around them are the template's. Events and the command
line, which scripts read, have the English ones.
"""

from __future__ import annotations

from enum import Enum

from mailbridge.errors import CommandRefused


class Because(Enum):
    """A reason, each with its sentence in the three languages; names in braces are filled in."""

    FORWARDED = (
        "a forwarded mail is never sent to the customer; it was kept as a note",
        "пересланное письмо клиенту не отправляется; мы сохранили его как заметку",
        "persiųstas laiškas klientui nesiunčiamas; išsaugojome jį kaip pastabą",
    )
    INSIDE = (
        "your words stand inside the quoted notification; write them above it, all in one piece",
        "Ваш текст стоит внутри процитированного уведомления; напишите его целиком над цитатой",
        "Jūsų tekstas įterptas į cituojamą pranešimą; parašykite jį visą virš citatos",
    )
    NOTHING = (
        "the mail holds no text above the line and no command",
        "над чертой нет ни текста, ни команды",
        "virš brūkšnio nėra nei teksto, nei komandos",
    )
    SEND_AND_TEXT = (
        "/send sends the draft as it is; to send words of your own, write them without /send",
        "/send отправляет черновик без изменений; чтобы отправить свой текст, уберите /send",
        "/send išsiunčia juodraštį nepakeistą; norėdami siųsti savo tekstą, rašykite be /send",
    )
    NO_DRAFT = (
        "/send: there is no draft for you on this ticket; write your answer instead",
        "/send: для Вас в этом обращении нет черновика; напишите ответ сами",
        "/send: šioje užklausoje Jums juodraščio nėra; parašykite atsakymą patys",
    )
    NOBODY_TO_ANSWER = (
        "nobody on this ticket can be answered: it has no requester with an address",
        "ответить некому: у обращения нет заявителя с адресом",
        "nėra kam atsakyti: užklausa neturi kliento su adresu",
    )
    LEAKS_MARKER = (
        "the marker line of a notification stands in the text and would have reached the customer. Remove it, then send the mail once more",
        "в тексте осталась служебная строка уведомления, клиент увидел бы её. Удалите её и отправьте письмо ещё раз",
        "tekste liko tarnybinė pranešimo eilutė, klientas ją pamatytų. Pašalinkite ją ir išsiųskite laišką dar kartą",
    )
    LEAKS_TOKEN = (
        "an internal reply address stands in the text and would have reached the customer. Remove it, then send the mail once more",
        "в тексте остался внутренний адрес для ответа, клиент увидел бы его. Удалите его и отправьте письмо ещё раз",
        "tekste liko vidinis atsakymo adresas, klientas jį pamatytų. Pašalinkite jį ir išsiųskite laišką dar kartą",
    )
    STAND_ALONE = (
        "/help and /status stand alone: their mail holds no text for the customer",
        "/help и /status пишутся отдельным письмом, без текста для клиента",
        "/help ir /status siunčiamos atskiru laišku, be teksto klientui",
    )
    LINE = (
        "line {line}, {value} – {what}",
        "строка {line}, {value} — {what}",
        "{line} eilutė, {value} – {what}",
    )
    MERGED = (
        "ticket {ticket} was merged into {into}; write to that one",
        "обращение {ticket} объединено с обращением {into}; пишите туда",
        "užklausa {ticket} sujungta su užklausa {into}; rašykite ten",
    )
    ETA_AND_FINISHED = (
        "/eta promises an answer, and a finished ticket gets none; leave one of the two out",
        "/eta обещает ответ, а в завершённом обращении ответа уже не будет; оставьте что-то одно",
        "/eta žada atsakymą, o užbaigtoje užklausoje jo nebebus; palikite tik vieną komandą",
    )
    NOT_AVAILABLE = (
        "/{name} is not available on this desk; /help lists the commands that are",
        "команда /{name} здесь недоступна; список доступных команд пришлёт /help",
        "komanda /{name} čia neprieinama; prieinamų komandų sąrašą atsiųs /help",
    )
    TAKE_IS_FOR_AGENTS = (
        "/take is for agents, who take a ticket themselves; write /assign NAME",
        "/take — для специалистов, которые берут обращение себе; напишите /assign ИМЯ",
        "/take skirta specialistams, kurie užklausą pasiima patys; rašykite /assign VARDAS",
    )
    UNKNOWN_AGENT = (
        "/{name}: nobody here is called {value!r}; known: {known}",
        "/{name}: специалиста «{value}» у нас нет; есть: {known}",
        "/{name}: specialisto „{value}“ neturime; yra: {known}",
    )
    UNKNOWN_DEPARTMENT = (
        "/transfer: there is no department {value!r}; known: {known}",
        "/transfer: отдела «{value}» нет; есть: {known}",
        "/transfer: skyriaus „{value}“ nėra; yra: {known}",
    )
    NOBODY_ABOVE = (
        "/escalate: nobody who could take it over works for {department} ({known})",
        "/escalate: в отделе {department} некому передать обращение выше ({known})",
        "/escalate: skyriuje {department} nėra, kam perduoti užklausą aukščiau ({known})",
    )
    ALLOW_WHOM = (
        "/allow: say whom, one of: {known}",
        "/allow: укажите, кого допустить: {known}",
        "/allow: nurodykite, ką įleisti: {known}",
    )
    ALLOW_NOBODY = (
        "/allow: nobody waits to be let in; give an address: /allow colleague@example.org",
        "/allow: никто не ждёт допуска; укажите адрес: /allow colleague@example.org",
        "/allow: niekas nelaukia leidimo; nurodykite adresą: /allow colleague@example.org",
    )
    ALLOW_US = (
        "/allow: {value} is one of us, not a customer",
        "/allow: {value} — это наш адрес, а не клиент",
        "/allow: {value} – mūsų adresas, o ne klientas",
    )
    ALLOWED_ALREADY = (
        "/allow: {value} takes part already",
        "/allow: {value} уже участвует в обращении",
        "/allow: {value} užklausoje jau dalyvauja",
    )
    NOT_MERGED = (
        "/merge: ticket {value} is not there, is this one, or this one is merged already",
        "/merge: обращения {value} нет, или это оно само, или это обращение уже объединено",
        "/merge: užklausos {value} nėra, arba tai ši pati, arba ši jau sujungta",
    )
    NOT_UNMERGED = (
        "/unmerge: no such ticket was merged into ticket {ticket}",
        "/unmerge: с обращением {ticket} такое обращение не объединялось",
        "/unmerge: tokia užklausa su užklausa {ticket} nebuvo sujungta",
    )
    ONE_MAIL = (
        "/split: this ticket has one mail alone; there is nothing to take it from",
        "/split: в обращении всего одно письмо, выделять нечего",
        "/split: užklausoje tėra vienas laiškas, išskirti nėra ko",
    )
    SENDER_NOT_PROVEN = (
        "the sender was not proven",
        "подлинность отправителя не подтверждена",
        "siuntėjo tapatybė nepatvirtinta",
    )
    NOT_YOUR_ADDRESS = (
        "it did not come to your own reply address",
        "письмо пришло не на Ваш личный адрес для ответа",
        "laiškas atėjo ne Jūsų asmeniniu atsakymo adresu",
    )
    THIRD_PARTY = (
        "A third party wrote this, who takes no part in the ticket; /allow {value} lets them in.",
        "Это написал посторонний, он не участвует в обращении; допустить его: /allow {value}",
        "Tai parašė pašalinis asmuo, užklausoje jis nedalyvauja; įleisti: /allow {value}",
    )
    ELSEWHERE = (
        "Signs in this mail point elsewhere too: {known}.",
        "Письмо может относиться и к другим обращениям: {known}.",
        "Laiškas gali būti susijęs ir su kitomis užklausomis: {known}.",
    )
    GIVEN_UP = (
        "we tried for {days} d and have given up",
        "мы пытались доставить письмо {days} дн. и прекратили попытки",
        "bandėme pristatyti {days} d. ir nustojome",
    )

    def said(self, locale: str, **parts: object) -> str:
        """Return the sentence in the language of `locale`; English when it is none of the three."""
        en, ru, lt = self.value
        return {"ru": ru, "lt": lt}.get(locale, en).format(**parts)

    def worded(self, **parts: object) -> dict[str, str]:
        """Return the sentence in every language, for a mail to several agents."""
        return {locale: self.said(locale, **parts) for locale in ("en", "ru", "lt")}


class Refused(CommandRefused):
    """A command that cannot be done; `str()` is English, `said` speaks the agent's language.

    line_number: where the command stands in the agent's text, from 1; 0 when it is not about one line.
    """

    def __init__(self, because: Because, **parts: object) -> None:
        super().__init__(because.said("en", **parts))
        self.because, self.parts, self.line_number = because, parts, 0

    def said(self, locale: str) -> str:
        """Return why, in the language of `locale`."""
        return self.because.said(locale, **self.parts)
