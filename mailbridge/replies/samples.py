"""Facts to try templates on: once with everything, once with nothing but what every mail has.

A template that renders on both, for a first and for a later mail, will not meet an unknown name in earnest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailbridge.replies.facts import Facts, Overdue, Person

_NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
_PEOPLE = {
    "en": Person("Emma Clark", "emma@example.org", "en", "Europe/London"),
    "ru": Person("Елена Смирнова", "elena@example.org", "ru", "Europe/Moscow"),
    "lt": Person("Jonas Kazlauskas", "jonas@example.org", "lt", "Europe/Vilnius"),
}
_TEXTS = {
    "en": (
        "Invoice 204 is charged twice",
        "Good day,\n\nwe were charged twice for invoice 204. Can you help?",
        "Refund the second payment: on your account in three days",
        "Keep it as a credit: used at once for the next invoice",
        "The bank is checking the payment.",
        "We will write to you as soon as the bank has answered.",
    ),
    "ru": (
        "Счёт № 204 оплачен дважды",
        "Добрый день!\n\nДеньги по счёту № 204 списали два раза. Поможете?",
        "Вернуть второй платёж: деньги придут через три дня",
        "Зачесть его в следующий счёт: сразу",
        "Банк проверяет платёж.",
        "Мы напишем Вам, как только получим ответ банка.",
    ),
    "lt": (
        "Sąskaita Nr. 204 apmokėta du kartus",
        "Laba diena,\n\npinigai už sąskaitą Nr. 204 nuskaičiuoti du kartus. Ar galite padėti?",
        "Grąžinti antrąjį mokėjimą: pinigus gausite per tris dienas",
        "Įskaityti jį į kitą sąskaitą: iš karto",
        "Bankas tikrina mokėjimą.",
        "Parašysime Jums, kai tik gausime banko atsakymą.",
    ),
}


def rich(locale: str) -> Facts:
    """Return facts in which every field has a value, in the language if it is one of ours."""
    subject, text, first, second, explanation, step = _TEXTS.get(locale, _TEXTS["en"])
    customer = _PEOPLE.get(locale, _PEOPLE["en"])
    agent = Person("Анна Петрова" if locale == "ru" else "Anna Petrova", "anna@example.org", locale, "Europe/Vilnius")
    waited = timedelta(hours=27)
    return Facts(
        ticket=1042, subject=subject, customer=customer, agent=agent, assignee=agent, department="Billing", desk="Example Support",
        state="open", priority="high", category="billing", now=_NOW, timezone="Europe/Vilnius",
        opens_at=_NOW + timedelta(hours=22), answer_by=_NOW + timedelta(hours=26), estimate=_NOW + timedelta(days=2),
        due_at=_NOW - timedelta(hours=3), wait=waited, text=text, explanation=explanation, next_step=step,
        options=(first, second), reason=explanation, seed=1042, breach=True, files=("invoice-204.pdf",), draft=text,
        history=((_NOW - waited, customer.address, subject), (_NOW - timedelta(hours=3), agent.name, explanation)),
        note_address="support+note@example.org", reply_address="support+agent@example.org",
        marker="## sample marker ##", line="/asign boris", line_number=2, remedy="/assign boris",
        commands=(("/send", "…"), ("/note", "…")), code="K7MP-2QXA", address=customer.address,
        status="550 5.1.1 unknown user", count=12, spool_id="77",
        overdue=(Overdue(1042, subject, customer, agent, "high", "Billing", waited, _NOW), Overdue(7)),
    )


def samples(locale: str) -> tuple[Facts, ...]:
    """Return the facts that every template is tried on."""
    full = rich(locale)
    elsewhere = replace(full.customer, timezone=None)
    return (
        full,
        Facts(customer=Person(address="a@example.org"), now=_NOW),
        replace(full, automatic=False, number=5, seed=3, reopened=True, breach=False, agent=None, customer=elsewhere),
        replace(full, outage=True, number=2, wait=None, explanation="", options=(), signed=True, open_now=False),
    )
