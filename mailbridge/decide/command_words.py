"""The words around agents' commands, in English, Russian and Lithuanian: names, help, and what is said of a fault.

Command names are the same in every language, so that a colleague, the manual and a script mean the same thing.
Their arguments may be in any of the three languages, whatever the agent's own.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from mailbridge.decide.command_values import Reason


class Words(NamedTuple):
    """One command: an example of its line, and what it does in each language."""

    example: str
    en: str
    ru: str
    lt: str


COMMANDS: dict[str, Words] = {
    "send": Words(
        "/send", "send the prepared draft to the customer (/send! when it was held back and is right all the same)",
        "отправить клиенту готовый черновик (/send! — если письмо задержано, но всё в нём верно)",
        "išsiųsti klientui parengtą juodraštį (/send! – jei laiškas sulaikytas, bet yra teisingas)"),
    "draft": Words(
        "/draft apology", "get a draft from the template of that name", "получить черновик по шаблону с этим названием",
        "gauti juodraštį pagal šį šabloną"),
    "note": Words(
        "/note", "keep the rest of the mail as an internal note; the customer is sent nothing",
        "сохранить остальной текст как внутреннюю заметку; клиенту ничего не уйдёт",
        "likusį tekstą išsaugoti kaip vidinę pastabą; klientui nieko nesiunčiama"),
    "assign": Words(
        "/assign anna", "give the ticket to an agent, by key, name or address (nobody: to none)",
        "поручить обращение специалисту: по ключу, имени или адресу (nobody — никому)",
        "paskirti užklausą specialistui: pagal raktą, vardą ar adresą (nobody – niekam)"),
    "take": Words("/take", "take the ticket yourself", "взять обращение себе", "pasiimti užklausą sau"),
    "transfer": Words(
        "/transfer billing", "hand the ticket to another department", "передать обращение в другой отдел",
        "perduoti užklausą kitam skyriui"),
    "priority": Words(
        "/priority high", "set the priority: low, normal, high, critical",
        "задать приоритет: low, normal, high, critical (низкий, средний, высокий, критический)",
        "nustatyti prioritetą: low, normal, high, critical (žemas, vidutinis, aukštas, kritinis)"),
    "category": Words("/category billing", "set the category", "задать категорию", "nustatyti kategoriją"),
    "tag": Words("/tag invoice refund", "add tags", "добавить метки", "pridėti žymų"),
    "eta": Words(
        "/eta 24.11. 15:00", "promise the customer an answer by that time",
        "пообещать клиенту ответ к этому сроку", "pažadėti klientui atsakymą iki šio laiko"),
    "snooze": Words(
        "/snooze tomorrow 09:00", "let the ticket sleep until then, or until the customer writes",
        "отложить обращение до этого срока или до письма клиента",
        "atidėti užklausą iki tada arba kol klientas parašys"),
    "open": Words("/open", "we owe the next step", "следующий шаг за нами", "kitas žingsnis – mūsų"),
    "pending": Words(
        "/pending", "the customer owes the next step", "следующий шаг за клиентом", "kitas žingsnis – kliento"),
    "resolve": Words(
        "/resolve", "the matter is solved; a reply reopens it", "вопрос решён; ответ клиента откроет его снова",
        "klausimas išspręstas; kliento atsakymas jį atvers vėl"),
    "close": Words(
        "/close", "close the ticket for good", "закрыть обращение окончательно", "visiškai uždaryti užklausą"),
    "reopen": Words(
        "/reopen", "open a resolved or closed ticket again", "снова открыть решённое или закрытое обращение",
        "vėl atverti išspręstą ar uždarytą užklausą"),
    "merge": Words(
        "/merge 1042", "join this ticket into ticket 1042", "присоединить это обращение к обращению 1042",
        "prijungti šią užklausą prie užklausos 1042"),
    "unmerge": Words("/unmerge", "undo the last merge", "отменить последнее объединение",
                     "atšaukti paskutinį sujungimą"),
    "split": Words(
        "/split", "make a ticket of its own from the customer's last mail",
        "выделить последнее письмо клиента в отдельное обращение",
        "paskutinį kliento laišką išskirti į atskirą užklausą"),
    "allow": Words(
        "/allow colleague@example.org", "let a third party take part in the ticket",
        "допустить постороннего отправителя к обращению", "leisti pašaliniam siuntėjui dalyvauti užklausoje"),
    "escalate": Words(
        "/escalate", "hand the ticket up now; a reason may follow",
        "передать обращение руководителю сейчас; можно указать причину",
        "dabar pat perduoti užklausą vadovui; galima nurodyti priežastį"),
    "watch": Words(
        "/watch", "be told of everything on this ticket", "получать уведомления обо всём в этом обращении",
        "gauti pranešimus apie viską šioje užklausoje"),
    "spam": Words(
        "/spam", "it is spam: nothing more is sent", "это спам: больше ничего не отправлять",
        "tai brukalas: daugiau nieko nesiųsti"),
    "status": Words(
        "/status", "get the state of the ticket", "узнать состояние обращения", "sužinoti užklausos būseną"),
    "help": Words("/help", "get this list", "получить этот список", "gauti šį sąrašą"),
}

HELP_HEAD = {
    "en": "Commands stand at the top of your mail, one a line; your text follows below.",
    "ru": "Команды пишутся в начале письма, по одной на строке; Ваш текст — ниже.",
    "lt": "Komandos rašomos laiško pradžioje, po vieną eilutėje; Jūsų tekstas – žemiau.",
}

# What is wrong · what would be right; the names in braces are filled in by `say`.
FAULTS: dict[Reason, dict[str, tuple[str, str]]] = {
    Reason.UNKNOWN_COMMAND: {
        "en": ("There is no command /{name}.", "{meant}/help lists all commands."),
        "ru": ("Команды /{name} нет.", "{meant}Все команды покажет /help."),
        "lt": ("Komandos /{name} nėra.", "{meant}Visas komandas parodys /help."),
    },
    Reason.MISSING: {
        "en": ("Something is missing after /{name}.", "Write it like this: {example}"),
        "ru": ("После /{name} чего-то не хватает.", "Напишите, например, так: {example}"),
        "lt": ("Po /{name} kažko trūksta.", "Rašykite, pavyzdžiui, taip: {example}"),
    },
    Reason.TOO_MUCH: {
        "en": ("/{name} stands alone on its line, but “{value}” follows.", "Put your text on the next line."),
        "ru": ("/{name} пишется на отдельной строке, а за ней стоит «{value}».",
               "Перенесите текст на следующую строку."),
        "lt": ("/{name} rašoma atskiroje eilutėje, o po jos yra „{value}“.", "Perkelkite tekstą į kitą eilutę."),
    },
    Reason.TOO_LONG: {
        "en": ("The line of /{name} is too long.", "Put your text on the next line."),
        "ru": ("Строка команды /{name} слишком длинная.", "Перенесите текст на следующую строку."),
        "lt": ("Komandos /{name} eilutė per ilga.", "Perkelkite tekstą į kitą eilutę."),
    },
    Reason.NO_FORCE: {
        "en": ("/{name} takes no exclamation mark.", "Write it like this: {example}"),
        "ru": ("После /{name} восклицательный знак не ставится.", "Напишите, например, так: {example}"),
        "lt": ("Po /{name} šauktukas nerašomas.", "Rašykite, pavyzdžiui, taip: {example}"),
    },
    Reason.ONE_A_LINE: {
        "en": ("There are several commands on one line.", "Write one command a line."),
        "ru": ("На одной строке несколько команд.", "Пишите по одной команде на строке."),
        "lt": ("Vienoje eilutėje yra kelios komandos.", "Rašykite po vieną komandą eilutėje."),
    },
    Reason.NOT_AT_TOP: {
        "en": ("The command /{name} stands below your text.", "Commands come first: move it to the top of the mail."),
        "ru": ("Команда /{name} стоит после текста.", "Команды идут первыми: перенесите её в начало письма."),
        "lt": ("Komanda /{name} parašyta po teksto.", "Komandos rašomos pirmiausia: perkelkite ją į laiško pradžią."),
    },
    Reason.UNKNOWN_AGENT: {
        "en": ("Nobody here is known as “{value}”.", "{meant}Known: {known}."),
        "ru": ("Специалиста «{value}» у нас нет.", "{meant}Есть: {known}."),
        "lt": ("Specialisto „{value}“ neturime.", "{meant}Yra: {known}."),
    },
    Reason.AMBIGUOUS_AGENT: {
        "en": ("“{value}” may be several people.", "Name one of them: {known}."),
        "ru": ("«{value}» — это может быть несколько человек.", "Назовите одного из них: {known}."),
        "lt": ("„{value}“ gali būti keli žmonės.", "Nurodykite vieną iš jų: {known}."),
    },
    Reason.UNKNOWN_DEPARTMENT: {
        "en": ("There is no department “{value}”.", "{meant}Known: {known}."),
        "ru": ("Отдела «{value}» нет.", "{meant}Есть: {known}."),
        "lt": ("Skyriaus „{value}“ nėra.", "{meant}Yra: {known}."),
    },
    Reason.UNKNOWN_CATEGORY: {
        "en": ("There is no category “{value}”.", "{meant}Known: {known}."),
        "ru": ("Категории «{value}» нет.", "{meant}Есть: {known}."),
        "lt": ("Kategorijos „{value}“ nėra.", "{meant}Yra: {known}."),
    },
    Reason.UNKNOWN_PRIORITY: {
        "en": ("“{value}” is no priority.", "{meant}Known: {known}."),
        "ru": ("Приоритета «{value}» нет.", "{meant}Есть: {known}."),
        "lt": ("Prioriteto „{value}“ nėra.", "{meant}Yra: {known}."),
    },
    Reason.UNKNOWN_TEMPLATE: {
        "en": ("There is no template “{value}”.", "{meant}Known: {known}."),
        "ru": ("Шаблона «{value}» нет.", "{meant}Есть: {known}."),
        "lt": ("Šablono „{value}“ nėra.", "{meant}Yra: {known}."),
    },
    Reason.NO_WORD: {
        "en": ("“{value}” is not one word of letters, digits, - and _.", "Write it like this: {example}"),
        "ru": ("«{value}» — не слово из букв, цифр, - и _.", "Напишите, например, так: {example}"),
        "lt": ("„{value}“ nėra žodis iš raidžių, skaitmenų, - ir _.", "Rašykite, pavyzdžiui, taip: {example}"),
    },
    Reason.NO_DATE: {
        "en": ("“{value}” is not a date that we can read.",
               "Write it like 24.11.2026, 2026-11-24 15:00, 15:00, tomorrow, friday, 4h or 3d."),
        "ru": ("Не удалось понять срок «{value}».",
               "Напишите, например: 24.11.2026, 2026-11-24 15:00, 15:00, завтра, пятница, 4h или 3d."),
        "lt": ("Nepavyko suprasti laiko „{value}“.",
               "Rašykite, pavyzdžiui: 24.11.2026, 2026-11-24 15:00, 15:00, rytoj, penktadienis, 4h arba 3d."),
    },
    Reason.PAST: {
        "en": ("“{value}” is in the past: it means {at}.", "Write a date that is still to come."),
        "ru": ("«{value}» уже в прошлом: получается {at}.", "Укажите срок в будущем."),
        "lt": ("„{value}“ jau praeityje: tai reiškia {at}.", "Nurodykite būsimą laiką."),
    },
    Reason.TOO_FAR: {
        "en": ("“{value}” is more than two years away.", "Check the year."),
        "ru": ("До срока «{value}» больше двух лет.", "Проверьте год."),
        "lt": ("Iki „{value}“ – daugiau kaip dveji metai.", "Patikrinkite metus."),
    },
    Reason.NO_NUMBER: {
        "en": ("“{value}” is not a ticket number.", "Write it like this: {example}"),
        "ru": ("«{value}» — не номер обращения.", "Напишите, например, так: {example}"),
        "lt": ("„{value}“ nėra užklausos numeris.", "Rašykite, pavyzdžiui, taip: {example}"),
    },
    Reason.UNKNOWN_TICKET: {
        "en": ("There is no ticket {value}.", "Check the number."),
        "ru": ("Обращения {value} нет.", "Проверьте номер."),
        "lt": ("Užklausos {value} nėra.", "Patikrinkite numerį."),
    },
    Reason.NO_ADDRESS: {
        "en": ("“{value}” is not a mail address.", "Write it like this: {example}"),
        "ru": ("«{value}» — не почтовый адрес.", "Напишите, например, так: {example}"),
        "lt": ("„{value}“ nėra el. pašto adresas.", "Rašykite, pavyzdžiui, taip: {example}"),
    },
    Reason.CONFLICT: {
        "en": ("/{name} and /{other} contradict each other.", "Leave one of them out."),
        "ru": ("/{name} и /{other} противоречат друг другу.", "Оставьте что-то одно."),
        "lt": ("/{name} ir /{other} prieštarauja viena kitai.", "Palikite tik vieną iš jų."),
    },
    Reason.TWICE: {
        "en": ("/{name} is there twice, with different words.", "Leave one of them out."),
        "ru": ("/{name} указана дважды, и по-разному.", "Оставьте что-то одно."),
        "lt": ("/{name} nurodyta du kartus ir skirtingai.", "Palikite tik vieną."),
    },
}

MEANT = {
    "en": "Did you mean {word}? ",
    "ru": "Возможно, Вы имели в виду {word}? ",
    "lt": "Gal turėjote omenyje {word}? ",
}

PRIORITIES = {
    "low": "low", "normal": "normal", "high": "high", "critical": "critical", "medium": "normal", "urgent": "high",
    "низкий": "low", "обычный": "normal", "нормальный": "normal", "средний": "normal", "высокий": "high",
    "срочный": "high", "критический": "critical", "критичный": "critical",
    "žemas": "low", "įprastas": "normal", "normalus": "normal", "vidutinis": "normal", "aukštas": "high",
    "skubus": "high", "kritinis": "critical",
}
MYSELF = frozenset({"me", "myself", "self", "я", "себе", "мне", "aš", "sau", "man"})
NOBODY = frozenset({"nobody", "none", "никому", "никто", "niekam", "niekas"})


def help_text(locale: str, names: Container[str] = COMMANDS) -> str:
    """Return the list of commands, one line each, in `en`, `ru` or `lt`; English for any other language.

    names: the commands that this desk can do; all when it is left out.
    """
    language = locale if locale in HELP_HEAD else "en"
    rows = [f"{words.example} – {getattr(words, language)}" for name, words in COMMANDS.items() if name in names]
    return "\n".join([HELP_HEAD[language], "", *rows])


def say(reason: Reason, locale: str, **parts: str) -> tuple[str, str]:
    """Return what is wrong and what would be right, in the agent's language.

    parts: what the sentences name: `name` (the command), `value` (as written), `other`, `known`, `at`, and `meant`, the
    word that was probably meant, or an empty string.
    """
    language = locale if locale in HELP_HEAD else "en"
    what, fix = FAULTS[reason][language]
    meant = MEANT[language].format(word=parts["meant"]) if parts.get("meant") else ""
    name = parts.get("name", "")
    example = COMMANDS[name].example if name in COMMANDS else "/help"
    filled = {"value": "", "other": "", "known": "", "at": "", "example": example, **parts, "name": name}
    filled["meant"] = meant
    return what.format(**filled), fix.format(**filled)
