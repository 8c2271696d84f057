"""Names to greet with: by name when it is one, neutral otherwise (design.md §5)."""

from __future__ import annotations

import pytest

from mailbridge.replies.names import greeting_name, vocative


@pytest.mark.parametrize(("nominative", "voice"), [
    ("Jonas", "Jonai"), ("Tomas", "Tomai"), ("Mindaugas", "Mindaugai"), ("Rokas", "Rokai"), ("Lukas", "Lukai"),
    ("Andrius", "Andriau"), ("Marius", "Mariau"), ("Paulius", "Pauliau"), ("Ignotas", "Ignotai"), ("Kajus", "Kajau"),
    ("Elijas", "Elijau"), ("Matijas", "Matijau"), ("Vytis", "Vyti"), ("Kęstutis", "Kęstuti"), ("Algis", "Algi"),
    ("Stasys", "Stasy"), ("Kazys", "Kazy"), ("Eglė", "Egle"), ("Giedrė", "Giedre"), ("Ona", "Ona"), ("Rasa", "Rasa"),
    ("Žydrūnas", "Žydrūnai"), ("Zydrunas", "Zydrunai"), ("Egle", "Egle"), ("Rūta-Marija", "Rūta-Marija"),
    ("Jonas-Petras", "Jonai-Petrai"),
    # not Lithuanian: as written
    ("Thomas", "Thomas"), ("Nicolas", "Nicolas"), ("Marcus", "Marcus"), ("Denis", "Denis"), ("Boris", "Boris"),
    ("Chris", "Chris"), ("Louis", "Louis"), ("Андрей", "Андрей"), ("Xanthus", "Xanthus"), ("Anna", "Anna"),
])
def test_lithuanian_vocative(nominative: str, voice: str) -> None:
    assert vocative(nominative) == voice


@pytest.mark.parametrize(("nominative", "surname", "voice"), [
    ("Gvidas", "Jankauskas", "Gvidai"), ("Gvidas", "Schmidt", "Gvidas"), ("Tobias", "Müller", "Tobias"),
    ("Dautartas", "Petraitis", "Dautartai"), ("Markus", "Weber", "Markus"),
])
def test_a_rare_name_is_lithuanian_beside_a_lithuanian_surname(nominative: str, surname: str, voice: str) -> None:
    assert greeting_name(f"{nominative} {surname}", "x@example.org", "lt") == voice


@pytest.mark.parametrize(("display", "name"), [
    ("Anna Petrova", "Anna"), ("Petrova, Anna", "Anna"), ("PETROVA Anna", "Anna"), ("ANNA PETROVA", "Anna"),
    ("anna petrova", "Anna"), ("Petrova Anna", "Anna"), ("'Anna Petrova'", "Anna"), ("Dr. Anna Petrova (Acme)", "Anna"),
    ("Smith, John, PhD", "John"), ("Smith, John R.", "John"), ("Mary-Jane O'Brien", "Mary-Jane"), ("EMMA", "Emma"),
    ("Anna via Forms", "Anna"), ("Anna Petrova | Acme Ltd", "Anna"), ("Anna Petrova - Acme", "Anna"), ("Anna", "Anna"),
    ("Wojciech Nowicki", "Wojciech"), ("Njoku Adebayo", "Njoku"), ("Anna [Acme]", "Anna"),
    ("Jean-Luc Dupont", "Jean-Luc"),
])
def test_the_first_name_is_found(display: str, name: str) -> None:
    assert greeting_name(display, "x@example.org", "en") == name


@pytest.mark.parametrize(("display", "name"), [
    ("Анна Петрова", "Анна"), ("Петрова Анна", "Анна"), ("ПЕТРОВА АННА", "Анна"),
    ("Петрова Анна Сергеевна", "Анна Сергеевна"),
    ("Анна Сергеевна Петрова", "Анна Сергеевна"), ("Анна Сергеевна", "Анна Сергеевна"), ("Иван Ильич", "Иван Ильич"),
    ("Никита Кузьмич Петров", "Никита Кузьмич"), ("Илья Репин", "Илья"), ("Кузьмина Ирина", "Ирина"),
    ("Зульфия Ахметова", "Зульфия"),
    ("г-н Юрий Орлов", "Юрий"), ("Anna Petrova", "Anna"), ("ПЕТРОВ Иван Петрович", "Иван Петрович"), ("Алёна", "Алёна"),
])
def test_russian_names_keep_their_form_and_their_patronymic(display: str, name: str) -> None:
    assert greeting_name(display, "x@example.org", "ru") == name


@pytest.mark.parametrize(("display", "name"), [
    ("Jonas Kazlauskas", "Jonai"), ("Kazlauskas Jonas", "Jonai"), ("Kazlauskas, Jonas", "Jonai"),
    ("ANTANAS PETRAITIS", "Antanai"),
    ("Ona Kazlauskienė", "Ona"), ("Vytautas Jonas Kazlauskas", "Vytautai"), ("Thomas Müller", "Thomas"),
    ("Eglė", "Egle"),
    ("Анна Сергеевна Петрова", "Анна Сергеевна"), ("p. Tomas Petraitis", "Tomai"),
])
def test_lithuanian_names_are_called(display: str, name: str) -> None:
    assert greeting_name(display, "x@example.org", "lt") == name


@pytest.mark.parametrize(("display", "address"), [
    ("", "x@example.org"), ("Acme Support", "x@example.org"), ("support", "support@example.org"),
    ("12345", "x@example.org"),
    ("anna.petrova", "anna.petrova@example.org"), ("anna", "x@example.org"), ("user1042", "x@example.org"),
    ("anna@example.org", "anna@example.org"), ("UAB Saulė", "x@example.org"), ("ООО Ромашка", "x@example.org"),
    ("Отдел продаж", "x@example.org"), ("Klientų aptarnavimas", "x@example.org"), ("Acme", "x@example.org"),
    ("J. Smith", "x@example.org"), ("J", "x@example.org"), ("王伟", "x@example.org"), ("Best Buy", "info@example.org"),
    ("The Flower Shop", "x@example.org"), ("no-reply", "x@example.org"), ("Information", "x@example.org"),
    ("{{ 7 * 7 }}", "x@example.org"), ("Dear customer", "x@example.org"), ("a b c d e f g", "x@example.org"),
    ("\x00\x1b[31m", "x@example.org"), ("🙂🙂", "x@example.org"), (",,,", "x@example.org"), ("Mr.", "x@example.org"),
])
def test_what_is_no_name_of_a_person_is_not_greeted(display: str, address: str) -> None:
    assert greeting_name(display, address, "en") == ""
