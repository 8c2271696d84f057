"""What is nothing but thanks, and reopens no ticket, and what is more than that (design.md §3): three languages, both ways."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbridge.decide.thanks import is_bare_thanks

NAMES = ("Anna Petrova", "Emma Clark", "Boris Ivanov", "Jonas Jonaitis")
BARE = (
    "Thanks Anna!", "Thank you!!", "Many thanks.", "Thanks so much for your help.", "Thanks a million",
    "Thanks a ton!", "Thank you for getting back to me so quickly.", "Thanks for sorting this out.",
    "Thanks for fixing it!", "Great, thanks.", "Perfect, thank you!", "Awesome, thanks a bunch",
    "That worked, thank you!", "That works. Thanks.", "It works now, thanks!",
    "It's working again. Thank you very much indeed.", "Brilliant, cheers", "Cheers mate", "Much appreciated.",
    "Much obliged!", "I really appreciate your help.", "We appreciate the quick response.",
    "Thanks, that did the trick!", "Thanks, that solved it.", "Thank you, problem solved.",
    "All good now, thank you.", "All sorted, thanks.", "Received, thank you.", "Got it, thanks!",
    "Noted with thanks.", "Lovely, thank you Anna, have a great weekend!", "Thanks for letting me know.",
    "Thank you kindly", "Ok thanks", "Okay, thank you.", "Thx!!!", "ty", "Thanks again for everything!",
    "Thank you for the information.", "Thank you for your prompt reply.", "Thank you for your patience and support.",
    "Thanks for the update.", "👍 thanks", "Thank you 🙏", "Fantastic service, thank you", "You're the best, thanks!",
    "Hi,\n\nThank you.\n\nKind regards,\nEmma Clark", "Wonderful! Thank you for solving my problem so fast.",
    "Thanks - works like a charm.", "No further questions, thank you.", "Thank you for resolving the issue.",
    "Hello Anna,\n\nthank you for your answer, it helped.\n\nRegards, Emma", "Thanks, I received the refund.",
    "Sent from my iPhone\nThanks", "Thank you, you can close the ticket.", "Thanks, appreciate it!", "Спасибо!",
    "Спасибо большое", "Большое спасибо за помощь!", "Огромное спасибо!!", "Спасибо, всё работает",
    "Спасибо, все получилось!", "Спасибо за быстрый ответ.", "Спасибо за оперативное решение вопроса.",
    "Спасибо за информацию.", "Благодарю!", "Благодарю за помощь", "Благодарю Вас за оперативный ответ.",
    "Благодарим за сотрудничество", "Очень благодарна", "Вопрос решён, спасибо.", "Вопрос закрыт. Спасибо.",
    "Проблема решена, спасибо!", "Спасибо, помогло!", "Помогло, спасибо", "Всё заработало, спасибо большое!",
    "Заработало! Спасибо, Анна!", "Анна, спасибо!", "Анна, здравствуйте! Спасибо, получила.", "Получил, спасибо",
    "Получила. Благодарю.", "Понял, спасибо", "Поняла, спасибо!", "Принято, спасибо", "Принял, спасибо.",
    "Ок, спасибо", "Хорошо, спасибо", "Хорошо, спасибо за ответ.", "Отлично, спасибо!", "Супер, спасибо!",
    "Супер, благодарю", "Спасибо Вам огромное за помощь!", "Спасибо, очень помогли!", "Вы мне очень помогли, спасибо",
    "Спасибо, буду знать", "Спасибо, учту.", "Спасибо за понимание", "Спасибо за поддержку и терпение!",
    "Спасибо, хорошего дня!", "Спасибо, всего доброго", "Спасибо, с наступающим!", "Всё ок, спс", "Спасиб",
    "Спасибо 👍", "Добрый день!\n\nСпасибо за помощь.\n\nС уважением,\nАнна Петрова",
    "Большое вам спасибо, все работает отлично!", "Спасибо за разъяснение", "Спасибо за подробный ответ",
    "Спасибо за уделённое время", "Деньги пришли, спасибо!", "Спасибо, вопрос снят", "Искренне благодарю",
    "Премного благодарен", "Ačiū!", "Aciu", "Ačiū labai", "Labai ačiū!", "Labai ačiū už pagalbą.", "Dėkoju!",
    "Dėkoju už atsakymą.", "Dėkoju už greitą atsakymą", "Nuoširdžiai dėkoju", "Nuoširdžiai dėkojame už pagalbą!",
    "Dėkui", "Dėkui labai!", "Didelis ačiū", "Didelis Jums ačiū už operatyvumą", "Ačiū už informaciją",
    "Ačiū, viskas veikia.", "Ačiū, viskas gerai", "Ačiū, jau veikia!", "Ačiū, pavyko", "Pavyko, ačiū!",
    "Viskas pavyko, ačiū labai", "Ačiū, gavau", "Gavau, ačiū", "Gavome, dėkojame.", "Supratau, ačiū", "Aišku, ačiū",
    "Gerai, ačiū", "Puiku, ačiū!", "Super, ačiū", "Problema išspręsta, ačiū", "Ačiū, išsprendėte mano problemą",
    "Ačiū už supratingumą", "Ačiū už kantrybę", "Ačiū už greitą reakciją", "Ačiū už jūsų darbą",
    "Dėkoju, tai padėjo.", "Ačiū, padėjo!", "Ačiū, Jūs man labai padėjote", "Esu labai dėkinga",
    "Esu dėkingas už pagalbą", "Ačiū ir geros dienos!", "Dėkoju, gražaus savaitgalio", "Ačiū, gero vakaro",
    "Laba diena,\n\načiū už pagalbą.\n\nPagarbiai\nEmma Clark", "Sveiki, dėkoju, viskas aišku.", "Ačiū, sutvarkyta",
    "Viskas sutvarkyta, dėkui", "Tūkstantį kartų ačiū", "Ačiū, turėsiu omeny", "Ok, aciu", "Ačiū 👍",
    "Dėkojame už bendradarbiavimą", "Labai dėkojame", "Ačiū visiems", "Ačiū, Anna!", "Dėkoju Jums",
    "Klausimų nebeturiu, ačiū", "Thanks for the super quick reply!", "Ah great, thanks a lot",
    "Thank you Jonas, works perfectly now.", "Thanks for your time and patience", "Thanks very much", "Thanks guys!",
    "Thank you so so much", "Received with thanks", "Thanks for confirming", "Appreciate it", "Yes, thank you",
    "Thanks so much, you are great", "That fixed it, thank you!", "Thanks for being so helpful",
    "Thank you, understood.", "Thank you for the excellent support", "OK, thanks for checking",
    "Thank you, this is very helpful", "Cool thanks", "Thank you, and have a good evening", "Thanks and regards",
    "Thanks & regards,\nEmma", "Dear Anna,\nmany thanks for your reply.\nYours sincerely",
    "Спасибо, Анна, вы очень помогли!", "Спасибо, разобралась", "Спасибо, теперь всё понятно",
    "Благодарим за быстрое решение проблемы", "Здравствуйте! Большое спасибо за помощь. Всё работает.",
    "Всё отлично, спасибо Вам", "Спасибо за ваш труд", "Ясно, спасибо", "Спасибо, хороших выходных!",
    "Ок, понял. Спасибо!", "Спасибо за консультацию!", "Спасибо и вам", "Спасибо и хорошего дня",
    "Спасибо за отличный сервис", "Принято. Спасибо. С уважением, Ольга", "Спасибо, теперь открывается",
    "Ačiū už puikų aptarnavimą", "Aciu uz pagalba", "dekoju, viskas veikia", "Labai aciu, Jonai!",
    "Ačiū, viskas aišku, geros dienos", "Supratau, dėkoju už paaiškinimą.", "Viskas ok, ačiū",
    "Ačiū už greitą pagalbą, dabar viskas veikia.", "Puiku. Dėkoju.", "Dėkoju, gavau pinigus",
    "Ačiū, problema išsisprendė", "Šaunu, ačiū", "Dėkui, Jonai", "Ačiū, tiko", "Ačiū, viskas sutvarkyta",
)
MORE = (
    "Thanks, but it still fails", "Thanks, still not working", "Thank you, I will try it tomorrow",
    "Thanks, please also cancel my order", "Thanks, can you call me", "Thanks. When will it arrive",
    "Thanks for nothing", "No thanks, I want a refund", "No thanks", "No thank you",
    "Thank you, however the invoice is wrong", "Thanks - one more thing", "Thanks, waiting for your answer",
    "Thank you in advance for sending the invoice", "Thanks for your help, but the problem remains",
    "Thanks, I need the invoice too", "It worked for a day, thanks, now broken again",
    "Thanks, it is not working now", "Thanks, not good", "Thanks, it doesn't help",
    "Thank you. Please close my account.", "I'd appreciate a quick answer", "We would appreciate your help",
    "I would be grateful for your help", "Thanks in advance for your quick help",
    "Looking forward to your reply, thanks", "Would appreciate an update", "Thanks but no",
    "Thanks. It isn't all good", "It works not, thanks", "Thanks for the help with the printer; the scanner is next",
    "Thanks, same for my colleague please", "Please help, thank you", "Help please. Thanks.",
    "Thanks, I have not received anything", "Thanks for your support, I am very angry",
    "Thank you, are you working on it now", "Thanks, what now", "Good day, I am really in need of help, thank you",
    "Hi team, quick reply please, thanks", "Thanks, my phone number is five five five", "Thanks, all is not well",
    "Now it is not working thanks", "Thanks, see attached", "Dear support, we need your help. Thank you!",
    "Thanks, I'm not happy", "You are really so very good at this, thanks for nothing", "Thanks, stopped again",
    "Thank you, nothing works", "Thanks, same again", "It is again so, thanks", "No. Thanks.",
    "Thanks. Never mind, it broke", "Can't log in, thanks", "Any news, thanks", "Reply now, thanks",
    "Please reply. Thank you.", "Your help would be appreciated", "Help would be much appreciated.",
    "I have all day and no reply, thanks a lot", "Спасибо, но не помогло", "Спасибо, не работает",
    "Спасибо, всё ещё не работает", "Спасибо, а когда привезут", "Спасибо, жду ответа", "Спасибо, буду ждать",
    "Нет, спасибо", "Спасибо, не надо", "Спасибо, проверю завтра и напишу", "Спасибо, пришлите счёт",
    "Спасибо, ещё вопрос", "Спасибо, отмените заказ", "Заранее спасибо за ответ", "Заранее благодарю",
    "Буду благодарна за ответ", "Буду очень признателен за помощь", "Спасибо, деньги не пришли",
    "Спасибо, снова сломалось", "Спасибо. Перезвоните мне", "Спасибо за ничего", "Спасибо, что игнорируете",
    "Спасибо, разочарован", "Спасибо, однако проблема осталась", "Спасибо, всё равно плохо",
    "Получилось не всё, спасибо", "Теперь не работает вход, спасибо", "Спасибо, вышлите ещё раз",
    "Помощь нужна, спасибо", "Помогите, спасибо", "Всё плохо, спасибо", "Нужен ответ, спасибо",
    "Нужна помощь. Заранее спасибо", "Спасибо, мне не ответили", "Ответ не помог, спасибо",
    "Спасибо, вернулась та же ошибка", "Спасибо, можно позвонить", "Спасибо, но вопрос не решён",
    "Вопрос не закрыт. Спасибо", "Спасибо, а счёт", "Спасибо, не получила", "Не получилось, спасибо",
    "Спасибо, я не понял", "Ещё не заработало, спасибо", "Спасибо, только почему так долго", "Спасибо, принтер тоже",
    "Ждём, спасибо", "Спасибо, напомните позже", "Когда ответ? Спасибо", "Спасибо, подскажите адрес",
    "Спасибо, смотрите вложение", "Не помогло. Спасибо.", "Это не решило проблему, спасибо", "Ačiū, bet neveikia",
    "Ačiū, vis dar neveikia", "Ačiū, nepadėjo", "Ačiū, lauksiu atsakymo", "Laukiu atsakymo, ačiū", "Ne, ačiū",
    "Ačiū, nereikia", "Iš anksto dėkoju", "Iš anksto ačiū už atsakymą", "Būčiau dėkinga už pagalbą",
    "Ačiū, atsiųskite sąskaitą", "Ačiū, dar klausimas", "Ačiū, o kada pristatysite", "Ačiū, pabandysiu rytoj",
    "Ačiū, paskambinkite man", "Ačiū, negavau", "Negavau, ačiū", "Ačiū, nesupratau", "Ačiū, tačiau problema liko",
    "Ačiū, vėl sugedo", "Ačiū, atšaukite užsakymą", "Padėkite, ačiū", "Reikia pagalbos, ačiū", "Ačiū, pinigų nėra",
    "Ačiū, pinigai neatėjo", "Ačiū, dar ne viskas", "Ne viskas gerai, ačiū", "Ne viskas veikia, ačiū",
    "Ačiū, nelabai", "Ačiū už nieką", "Ačiū, esu nusivylęs", "Ačiū, klaida ta pati", "Ačiū, kaip prisijungti",
    "Ačiū, žiūrėkite priedą", "Ačiū, ar galite paskambinti", "Ačiū, prašau patikslinti", "Prašau atsakyti, ačiū",
    "Prašau pagalbos. Ačiū", "Ačiū, o sąskaita", "Ačiū, spausdintuvas irgi", "Ačiū, reikės dar vieno",
    "Ačiū, tik kodėl taip ilgai", "Nepavyko, ačiū", "Ačiū, nepavyko prisijungti", "Ačiū, dar neišspręsta",
    "Problema neišspręsta, ačiū", "Ačiū, pinigus grąžinkite", "Ačiū, noriu grąžinti", "Ačiū, primenu apie užsakymą",
    "Skubiai reikia, ačiū", "Ačiū, neaišku", "Ačiū, jau antra diena", "Ačiū, tai ne tas", "Thanks, but",
    "Thank you for your help yesterday but today it fails", "Thanks, this is not what I asked",
    "Thanks, I would like a refund", "Thanks, no change", "Great, it broke again, thanks",
    "OK thanks, and the invoice", "Thanks, please confirm", "Thanks for the refund, the second one is missing",
    "Thanks for the reply. The answer is wrong.", "Thank you for the reply which says nothing",
    "Thanks, I am waiting", "Fine, thanks, I quit", "Ok, I will wait. Thanks",
    "Thanks, could you send it to me as PDF", "Thanks for closing my ticket without an answer",
    "Thanks for your answer, unfortunately no", "Thanks, works on Windows only",
    "Thanks for the update, keep me posted", "Thank you, close my account", "Thanks, best delete my data",
    "Thank you, still", "Thanks, here is the log", "Thanks, it works sometimes", "Thanks, it almost works",
    "Thanks, all broken", "Спасибо, но", "Спасибо, почти работает", "Спасибо, работает через раз",
    "Спасибо, закройте мой счёт", "Спасибо за ответ, однако нет", "Спасибо. Алло", "Спасибо, проверяю",
    "Спасибо, сообщите когда будет готово", "Спасибо, всё хорошо, кроме печати", "Хорошо, жду. Спасибо",
    "Спасибо, держите в курсе", "Спасибо, второй тоже сломан", "Да, спасибо, отправьте",
    "Спасибо, лучше верните деньги", "Спасибо. Срочно", "Ačiū, beveik veikia", "Ačiū, veikia tik kartais",
    "Ačiū, uždarykite mano paskyrą", "Ačiū už atsakymą, deja ne", "Gerai, lauksiu, ačiū", "Ačiū, informuokite mane",
    "Ačiū, antras irgi sugedo", "Taip, ačiū, siųskite", "Ačiū, geriau grąžinkite pinigus", "Ačiū. Skubu",
    "Ačiū, viskas gerai, išskyrus spausdinimą", "Aciu, neveikia", "aciu bet ne", "Ačiū, praneškite", "", "OK",
    "It does not work.", "Thanks for 2 of them", "Thanks. Is it safe?", "Thank you Mallory", "Thanks, Refund Please",
    "?", "Anna", "Best regards",
)


@pytest.mark.parametrize("text", BARE)
def test_nothing_but_thanks(text):
    assert is_bare_thanks(text, NAMES)


@pytest.mark.parametrize("text", MORE)
def test_more_than_thanks(text):
    assert not is_bare_thanks(text, NAMES)


def test_name_that_nobody_here_has_counts_only_where_somebody_is_called_by_it():
    assert is_bare_thanks("Hi Mary,\nthank you!")
    assert is_bare_thanks("Спасибо, Мария!")
    assert not is_bare_thanks("Negavau, ačiū")
    assert not is_bare_thanks("Refund, thanks")


@pytest.mark.parametrize("text", ["thanks" + " all good" * 7, "thanks for " + "the very great good " * 4 + "x", "thanks you " * 90])
def test_no_text_is_dear_to_read(text):
    begun = time.process_time()
    is_bare_thanks(text + " x", NAMES)
    assert time.process_time() - begun < 0.2


@given(st.text(max_size=600))
def test_any_text_can_be_asked_about(text):
    assert is_bare_thanks(text, NAMES) in (True, False)
