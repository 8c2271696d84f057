"""Automatic answers without a telling header, in every language, and people who use the same words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbridge.decide.classify import Kind, classify
from tests.decide.kind_cases import mail, shipped_words

ABSENT = [
    ("en", "Re: Invoice 2231",
     "Hi,\n\nI'm out of the office until Tuesday, January 6th and will have limited access to email. For "
     "anything urgent, please contact Mark at mark@example.org.\n\nBest,\nJane"),
    ("en", "Out of Office: Invoice",
     "Thank you for your email. I am currently on annual leave returning on Monday 12th January. I will "
     "respond to your message upon my return."),
    ("en", "Automatic reply: Quote request",
     "I am on parental leave."),
    ("en", "Automatic reply: Quote",
     "Thanks for your mail. Back on Jan 5."),
    ("en", "Away",
     "I will be away from my desk from 22 December to 2 January. If your request is urgent, please "
     "contact support@example.org."),
    ("en", "[Auto-Reply] Re: ticket",
     "I no longer work for Example Ltd. Please contact info@example.org."),
    ("en", "Re: hello",
     "Hello, thank you for your message. I am travelling on business this week with limited access to my "
     "email. I'll get back to you as soon as I can."),
    ("en", "Merry Christmas! Re: order",
     "Our offices are closed from 24 December until 2 January. We will reply to your email when we return."),
    ("de", "Automatische Antwort: Angebot",
     "Sehr geehrte Damen und Herren,\n\nvielen Dank für Ihre Nachricht. Ich bin bis zum 09.01.2027 nicht "
     "im Büro. Ihre E-Mail wird nicht weitergeleitet. In dringenden Fällen wenden Sie sich bitte an "
     "info@example.org.\n\nMit freundlichen Grüßen"),
    ("de", "Abwesenheitsnotiz: Rechnung",
     "Guten Tag, ich befinde mich derzeit im Urlaub und bin ab dem 5. Januar wieder erreichbar."),
    ("de", "AW: Frage",
     "Hallo,\nich bin erst am 04.01. wieder im Büro. E-Mails werden in dieser Zeit nur sporadisch "
     "gelesen.\nBei dringenden Anliegen: Tel. 0123"),
    ("de", "Re: Bestellung",
     "Vielen Dank für Ihre E-Mail. Ich bin zur Zeit in Elternzeit. Meine Vertretung übernimmt Frau Muster."),
    ("de", "Außer Haus",
     "Bin außer Haus bis 12.1."),
    ("fr", "Réponse automatique : Devis",
     "Bonjour,\n\nJe suis actuellement en congés jusqu'au 4 janvier inclus. En cas d'urgence, merci de "
     "contacter accueil@example.org.\n\nCordialement"),
    ("fr", "Absence du bureau Re: facture",
     "Bonjour, je suis absente du bureau jusqu'au lundi 5 janvier. Je répondrai à votre message à mon "
     "retour."),
    ("fr", "Re: question",
     "Bonjour, merci pour votre message. Je serai de retour le 7 janvier et vous répondrai dès mon "
     "retour. Pour toute urgence, vous pouvez joindre mes collègues."),
    ("es", "Respuesta automática: Presupuesto",
     "Hola,\nestaré fuera de la oficina hasta el 7 de enero sin acceso al correo. Para asuntos urgentes "
     "póngase en contacto con info@example.org.\nUn saludo"),
    ("es", "Fuera de la oficina: pedido",
     "Gracias por su mensaje. Me encuentro de vacaciones y regresaré el 8 de enero."),
    ("es", "Re: consulta",
     "Estimados, estoy de vacaciones hasta el 15/01/2027. Responderé a su correo a mi regreso. En caso de "
     "urgencia contactar con mi compañero."),
    ("it", "Risposta automatica: Preventivo",
     "Buongiorno,\nsono fuori ufficio fino al 6 gennaio. Per urgenze potete contattare "
     "info@example.org.\nCordiali saluti"),
    ("it", "R: ordine",
     "Grazie per la mail. Sarò in ferie dal 22 dicembre al 6 gennaio, risponderò al mio rientro."),
    ("pt", "Resposta automática: Orçamento",
     "Olá,\nEncontro-me ausente do escritório até ao dia 5 de janeiro. Em caso de urgência, por favor "
     "contacte geral@example.org.\nObrigado"),
    ("pt", "Férias Re: pedido",
     "Estou de férias e retornarei no dia 12/01. Responderei ao seu e-mail assim que possível."),
    ("nl", "Automatisch antwoord: Offerte",
     "Beste,\n\nIk ben met vakantie tot en met 4 januari. Bij dringende zaken kunt u contact opnemen met "
     "mijn collega's via info@example.org.\n\nMet vriendelijke groet"),
    ("nl", "Afwezig: factuur",
     "Bedankt voor uw e-mail. Momenteel ben ik niet op kantoor. Ik ben weer aanwezig op maandag 5 januari."),
    ("sv", "Autosvar: Offert",
     "Hej!\nJag har semester till och med 6 januari. Vid brådskande ärenden kontakta "
     "kundservice@example.org.\nMvh"),
    ("sv", "SV: faktura",
     "Tack för ditt mail. Jag är på semester och åter den 7 januari. Mail läses inte under tiden. I "
     "brådskande ärenden, ring växeln."),
    ("no", "Automatisk svar: Tilbud",
     "Hei,\nJeg er på ferie til og med 4. januar. Ved hastesaker, vennligst kontakt post@example.org."),
    ("no", "Re: faktura",
     "Takk for din e-post. Jeg er ute av kontoret og er tilbake 5. januar. Din e-post vil bli besvart da."),
    ("da", "Automatisk svar: Tilbud",
     "Hej\nJeg holder ferie til og med den 4. januar. Hvis det haster, kontakt venligst info@example.org."),
    ("da", "Ikke på kontoret",
     "Tak for din mail. Jeg er tilbage på kontoret mandag den 5. januar."),
    ("fi", "Automaattinen vastaus: Tarjous",
     "Hei,\nolen lomalla 6.1. asti. Kiireellisissä asioissa ota yhteyttä info@example.org.\nTerveisin"),
    ("fi", "Poissa: lasku",
     "Kiitos viestistäsi! Olen vuosilomalla ja palaan töihin 7. tammikuuta. Vastaan viestiisi palattuani."),
    ("pl", "Odpowiedź automatyczna: Oferta",
     "Dzień dobry,\njestem na urlopie do 5 stycznia. W pilnych sprawach proszę o kontakt z biurem: "
     "biuro@example.org.\nPozdrawiam"),
    ("pl", "Nieobecność: faktura",
     "Dziękuję za wiadomość. Przebywam poza biurem, wracam 7 stycznia. Odpowiem po powrocie."),
    ("cs", "Automatická odpověď: Nabídka",
     "Dobrý den,\nčerpám dovolenou do 5. ledna. V naléhavých případech kontaktujte prosím "
     "info@example.org.\nS pozdravem"),
    ("cs", "Re: faktura",
     "Děkuji za Váš e-mail. Momentálně jsem mimo kancelář, zpět budu 7. ledna. Odpovím Vám po návratu."),
    ("ru", "Автоматический ответ: Предложение",
     "Добрый день!\nЯ нахожусь в отпуске до 8 января. По срочным вопросам обращайтесь к Ивану: "
     "ivan@example.org.\nС уважением"),
    ("ru", "Автоответ: Re: счёт",
     "Здравствуйте! Спасибо за письмо. Меня не будет в офисе с 25 декабря по 9 января. Отвечу вам после "
     "возвращения."),
    ("ru", "Re: вопрос",
     "Добрый день. В настоящее время я отсутствую на рабочем месте. Буду на месте 12.01.2027. По всем "
     "срочным вопросам просьба обращаться по телефону."),
    ("uk", "Автоматична відповідь: Пропозиція",
     "Доброго дня! Я у відпустці до 8 січня. З термінових питань звертайтеся до колег: info@example.org."),
    ("uk", "Re: рахунок",
     "Дякую за ваш лист. Наразі відсутній на робочому місці, відповім вам після повернення 10 січня."),
    ("lt", "Automatinis atsakymas: Pasiūlymas",
     "Laba diena,\nšiuo metu atostogauju, į darbą grįšiu sausio 5 d. Skubiais klausimais prašau kreiptis "
     "į kolegę: info@example.org.\nPagarbiai"),
    ("lt", "Re: sąskaita",
     "Sveiki, ačiū už Jūsų laišką. Manęs nėra biure iki sausio 7 d. Atsakysiu grįžęs."),
    ("lt", "Atostogos",
     "Esu atostogose iki 01.12. Neatidėliotinais klausimais skambinkite."),
    ("lv", "Automātiska atbilde: Piedāvājums",
     "Labdien!\nEsmu atvaļinājumā līdz 5. janvārim. Steidzamos gadījumos lūdzu sazinieties ar "
     "info@example.org.\nAr cieņu"),
    ("lv", "Re: rēķins",
     "Paldies par Jūsu vēstuli! Šobrīd esmu prombūtnē, darbā atgriezīšos 7. janvārī."),
    ("et", "Automaatvastus: Pakkumine",
     "Tere!\nOlen puhkusel kuni 5. jaanuar. Kiireloomuliste küsimuste korral palun pöörduge "
     "info@example.org.\nLugupidamisega"),
    ("et", "Re: arve",
     "Tänan kirja eest! Viibin kontorist eemal, olen tagasi 7. jaanuaril. Vastan Teie kirjale esimesel "
     "võimalusel."),
    ("tr", "Otomatik Yanıt: Teklif",
     "Merhaba,\n5 Ocak tarihine kadar yıllık izindeyim. Acil durumlarda info@example.org adresiyle "
     "iletişime geçebilirsiniz.\nSaygılarımla"),
    ("tr", "Ofis dışında: fatura",
     "E-postanız için teşekkür ederim. Şu anda ofis dışındayım, döndüğümde size dönüş yapacağım."),
    ("ja", "自動応答: お見積り",
     "お世話になっております。\n1月5日まで休暇をいただいております。お急ぎの場合は info@example.org までご連絡ください。\nよろしくお願いいたします。"),
    ("ja", "Re: 請求書",
     "メールありがとうございます。出張のため、1月7日まで不在にしております。戻り次第ご連絡いたします。お急ぎの方は代表番号まで。"),
    ("zh", "自动回复: 报价",
     "您好，\n我正在休假，将于1月5日返回办公室。如有紧急事宜，请联系 info@example.org。谢谢。"),
    ("zh", "Re: 发票",
     "感谢您的来信。本人出差，1月7日返回，期间无法及时查看邮件，如有急事请致电。"),
    ("zh", "自動回覆: 報價",
     "您好，我目前不在辦公室，將於1月5日返回。緊急事宜請聯絡同事。"),
]

ACKNOWLEDGES = [
    ("en", "We have received your request [#4412]",
     "Hi there,\n\nThanks for contacting Example Support. Your request (4412) has been received and is "
     "being reviewed by our support staff.\n\nTo add additional comments, reply to this email."),
    ("en", "Re: problem",
     "Thank you for contacting us. This is an automated response confirming the receipt of your ticket. "
     "One of our agents will get back to you as soon as possible. For your records, the details of the "
     "ticket are listed below. Ticket ID: ABC-123"),
    ("en", "Ticket Received - problem",
     "Dear Jane,\n\nWe would like to acknowledge that we have received your request and a ticket has been "
     "created with Ticket ID - 55.\nA support representative will be reviewing your request and will send "
     "you a personal response (usually within 24 hours)."),
    ("en", "Thank you for your enquiry",
     "Thank you for your email. We aim to respond within 2 working days. Please do not reply to this "
     "message."),
    ("en", "Your email has been received",
     "Dear customer, your message has been received. Our team will get back to you within one business "
     "day."),
    ("de", "Ihre Anfrage bei Beispiel GmbH",
     "Sehr geehrte Kundin, sehr geehrter Kunde,\nvielen Dank für Ihre Anfrage. Wir haben Ihre Nachricht "
     "erhalten und werden diese schnellstmöglich bearbeiten. Ihre Ticketnummer lautet 4711.\nIhr "
     "Serviceteam"),
    ("de", "Eingangsbestätigung",
     "Ihre E-Mail ist bei uns eingegangen. Wir melden uns in der Regel innerhalb von zwei Werktagen bei "
     "Ihnen."),
    ("de", "Re: Hilfe",
     "Dies ist eine automatische Antwort. Bitte antworten Sie nicht auf diese E-Mail."),
    ("fr", "Accusé de réception de votre demande",
     "Bonjour,\nNous avons bien reçu votre demande et nous vous remercions de votre confiance. Notre "
     "équipe vous répondra dans les plus brefs délais. Numéro de ticket : 12."),
    ("fr", "Re: aide",
     "Votre message a bien été pris en compte. Un conseiller vous répondra sous 48 heures. Ceci est un "
     "message automatique, merci de ne pas répondre."),
    ("es", "Hemos recibido su solicitud",
     "Estimado cliente: Hemos recibido su consulta correctamente. Le responderemos lo antes posible. Su "
     "número de ticket es 88."),
    ("it", "Abbiamo ricevuto la tua richiesta",
     "Ciao, grazie per averci contattato. La tua richiesta è stata presa in carico, ti risponderemo il "
     "prima possibile. Numero di ticket: 77"),
    ("pt", "Recebemos o seu pedido",
     "Olá, recebemos a sua mensagem. A nossa equipa irá responder o mais brevemente possível. Agradecemos "
     "o seu contacto."),
    ("pt", "Confirmação de recebimento",
     "Seu chamado foi aberto com sucesso. Sua solicitação foi registrada com o protocolo 123. Entraremos "
     "em contato em até 24 horas."),
    ("nl", "Ontvangstbevestiging",
     "Beste klant, wij hebben uw bericht in goede orde ontvangen. Wij nemen zo spoedig mogelijk contact "
     "met u op. Ticketnummer: 12"),
    ("sv", "Vi har tagit emot ditt ärende",
     "Hej! Tack för att du kontaktar oss. Vi har tagit emot ditt meddelande och återkommer så snart vi "
     "kan. Ditt ärendenummer är 12."),
    ("no", "Takk for din henvendelse",
     "Hei! Vi har mottatt din henvendelse og svarer så raskt som mulig. Saksnummer 12."),
    ("da", "Kvittering for din henvendelse",
     "Hej, vi har modtaget din henvendelse og vender tilbage hurtigst muligt. Dit sagsnummer er 12."),
    ("fi", "Olemme vastaanottaneet viestisi",
     "Hei, kiitos yhteydenotostasi. Olemme vastaanottaneet viestisi ja vastaamme sinulle mahdollisimman "
     "pian. Tapausnumero 12."),
    ("pl", "Potwierdzenie zgłoszenia 12",
     "Dzień dobry, dziękujemy za kontakt. Twoje zgłoszenie zostało przyjęte. Odpowiemy najszybciej jak to "
     "możliwe. Numer zgłoszenia: 12"),
    ("cs", "Potvrzení přijetí",
     "Dobrý den, děkujeme za Vaši zprávu. Váš požadavek byl zaregistrován pod číslem 12. Odpovíme Vám co "
     "nejdříve."),
    ("ru", "Ваше обращение зарегистрировано",
     "Здравствуйте! Ваше обращение принято, ему присвоен номер 12. Мы ответим вам в ближайшее время. "
     "Спасибо за обращение!"),
    ("ru", "Re: помощь",
     "Уважаемый клиент! Мы получили ваше письмо. Наши специалисты свяжутся с вами в течение рабочего дня. "
     "Это письмо сформировано автоматически, отвечать на него не нужно."),
    ("uk", "Ваше звернення зареєстровано",
     "Вітаємо! Ми отримали ваше звернення, йому присвоєно номер 12. Дякуємо за звернення, відповімо "
     "найближчим часом."),
    ("lt", "Jūsų užklausa gauta",
     "Sveiki, gavome Jūsų užklausą. Atsakysime kaip įmanoma greičiau. Užklausos numeris 12. Dėkojame, kad "
     "kreipėtės."),
    ("lv", "Jūsu pieprasījums saņemts",
     "Labdien! Esam saņēmuši Jūsu pieprasījumu. Atbildēsim pēc iespējas ātrāk. Pieprasījuma numurs 12."),
    ("et", "Teie pöördumine on registreeritud",
     "Tere! Oleme Teie kirja kätte saanud. Vastame Teile esimesel võimalusel. Pöördumise number 12."),
    ("tr", "Talebiniz alınmıştır",
     "Merhaba, talebiniz tarafımıza ulaşmıştır. En kısa sürede size dönüş yapılacaktır. Talep numaranız "
     "12. Teşekkür ederiz."),
    ("ja", "【自動返信】お問い合わせありがとうございます",
     "この度はお問い合わせいただきありがとうございます。お問い合わせを受け付けました。担当者より2営業日以内にご連絡いたします。\n※このメールは自動返信です。"),
    ("zh", "您的邮件已收到",
     "您好，感谢您的来信。我们已收到您的咨询，客服人员会在24小时内尽快回复。此邮件由系统自动发送，请勿直接回复。"),
]

PEOPLE = [
    ("en", "Out of office reply does not work",
     "Hello, I set an out of office message in my mailbox but it is never sent. Can you help?"),
    ("en", "Re: Automatic reply: billing",
     "Hi, I got your automatic reply but nobody answered me since. What is going on?"),
    ("en", "Question before my holiday",
     "Hi team, I will be on vacation from Friday, so please send the replacement before that. Thank you "
     "for your help!"),
    ("en", "My order",
     "Thank you for your email. I have received the parcel but the lamp is broken. Please send me a new "
     "one as soon as possible."),
    ("en", "Re: Ticket 12",
     "Thanks for your message. I will be out of the office until Monday, so let's talk on Tuesday. The "
     "error still appears when I click Save."),
    ("en", "Fwd: Undelivered Mail Returned to Sender",
     "Hi, this came back when I wrote to billing@. Which address is right?\n\n---------- Forwarded "
     "message ---------\nFrom: Mail Delivery System\n\nThis is the mail system at host "
     "x.\n<billing@example.org>: user unknown"),
    ("en", "Undeliverable mails",
     "My customers tell me that mail to me could not be delivered. They get 550 5.1.1 user unknown. "
     "Please check."),
    ("en", "Vacation request system is down",
     "We cannot log in to the leave system. It says this is an automated message, please do not reply to "
     "this email."),
    ("en", "Re: your question",
     "We have received your shipment and checked it. Two boxes are missing. Please advise."),
    ("en", "Urgent",
     "In urgent cases who should I contact? I have limited access to email this week."),
    ("en", "Away next week",
     "Hi Anna, just so you know I'm away from the office next week. Could you close the ticket for me? "
     "Thanks, Tom"),
    ("de", "Automatische Antwort geht nicht",
     "Guten Tag, meine automatische Antwort wird nicht verschickt. Ich bin ab Montag im Urlaub, können "
     "Sie das bitte prüfen?"),
    ("de", "Re: Termin",
     "Hallo, vielen Dank für Ihre Nachricht. Ich bin nächste Woche im Urlaub, bitte rufen Sie mich danach "
     "an. Die Rechnung habe ich erhalten."),
    ("de", "Zustellung fehlgeschlagen",
     "Ihr Paketdienst sagt, die Zustellung sei fehlgeschlagen. Ich war aber zu Hause. Bitte schicken Sie "
     "das Paket erneut."),
    ("fr", "Absence de réponse",
     "Bonjour, je n'ai toujours pas de réponse à ma demande du 3 mars. Merci de me répondre rapidement."),
    ("fr", "Re: rendez-vous",
     "Bonjour, je serai absent jusqu'au 5 janvier, pouvez-vous reporter la livraison ? Merci"),
    ("es", "Vacaciones",
     "Hola, estaré de vacaciones la próxima semana. ¿Pueden enviar el paquete después?"),
    ("ru", "Отпуск",
     "Здравствуйте! Я в отпуске до 8 января, отправьте, пожалуйста, заказ после этой даты. Адрес прежний."),
    ("ru", "Возврат",
     "Добрый день. Мы получили ваше письмо и товар. Две позиции повреждены, просим заменить их как можно "
     "скорее."),
    ("ru", "Письмо не доставлено",
     "Здравствуйте, мои письма на адрес бухгалтерии не доставляются, пишет «пользователь не найден». Что "
     "делать?"),
    ("lt", "Atostogos",
     "Labas, kitą savaitę atostogauju, tai prašau siuntą atvežti po sausio 10 d. Ačiū!"),
    ("lt", "Re: užklausa",
     "Laba diena, gavome jūsų laišką, bet sąskaita neteisinga. Prašome ištaisyti."),
    ("pl", "Urlop",
     "Dzień dobry, w przyszłym tygodniu jestem na urlopie, proszę o kontakt telefoniczny. Faktura nadal "
     "jest błędna."),
    ("ja", "不在時の配達について",
     "来週は不在にしておりますので、配達日を変更していただけますか。"),
    ("zh", "休假安排",
     "您好，我下周休假，请问能否改到15号送货？"),
    ("it", "Ferie",
     "Buongiorno, dal 3 al 10 sono in ferie: potete spedire dopo? Grazie"),
    ("nl", "Vakantie",
     "Hallo, ik ben volgende week op vakantie. Kunt u het pakket daarna sturen?"),
    ("en", "Delivery failed",
     "Your courier claims delivery failed yesterday. I was home all day. Please redeliver."),
    ("en", "Automatic reply setup",
     "How do I set up an automatic reply for our shared mailbox?"),
    ("en", "Acknowledgement of receipt missing",
     "We have sent the goods two weeks ago but did not get an acknowledgement of receipt."),
    ("en", "Thank you for your message",
     "Dear support,\n\nthank you for your message. I tried what you wrote and it still does not work. I "
     "get error 500. We will get back to you with the log files.\n\nRegards, John"),
]


@pytest.mark.parametrize(("language", "subject", "text"), ABSENT)
def test_robot_of_an_absent_person_is_known_by_its_words(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.OUT_OF_OFFICE


@pytest.mark.parametrize(("language", "subject", "text"), ACKNOWLEDGES)
def test_robot_that_acknowledges_is_known_by_its_words(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(("language", "subject", "text"), PEOPLE)
def test_person_who_uses_the_words_of_robots_stays_a_person(language: str, subject: str, text: str) -> None:
    assert classify(mail(subject, text), None, shipped_words()).kind is Kind.HUMAN


RETURNS = [
    ("I am out of the office until January 6th, 2027.", (2027, 1, 6)),
    ("I am out of the office until Monday.", (2026, 12, 28)),
    ("I am out of the office from 21 December and back on 4 January.", (2027, 1, 4)),
    ("I am out of the office until 2027-01-05.", (2027, 1, 5)),
    ("I am out of the office until 01/15/2027.", (2027, 1, 15)),
    ("I am out of the office. My office number is 5.1.2027.", None),
    ("I am out of the office until 31 February.", None),
    ("I was out of the office until 5 January 2020.", None),
    ("Ich bin vom 21.12. bis 06.01.2027 nicht im Büro.", (2027, 1, 6)),
    ("Ich bin ab Montag, dem 4. Jänner, wieder erreichbar.", (2027, 1, 4)),
    ("Je suis absent du bureau jusqu'au 1er janvier.", (2027, 1, 1)),
    ("Jestem na urlopie do 7 stycznia 2027 r.", (2027, 1, 7)),
    ("Я в отпуске с 24 декабря по 8 января.", (2027, 1, 8)),
    ("Šiuo metu atostogauju iki sausio 4 d.", (2027, 1, 4)),
    ("Olen lomalla 6.1.2027 asti.", (2027, 1, 6)),
    ("5 Ocak 2027 tarihine kadar yıllık izindeyim.", (2027, 1, 5)),
    ("1月5日まで休暇をいただいております。", (2027, 1, 5)),
    ("我正在休假，将于2027年1月5日返回办公室。", (2027, 1, 5)),
]


@pytest.mark.parametrize(("text", "day"), RETURNS)
def test_day_of_return_is_read_where_it_is_sure(text: str, day: tuple[int, int, int] | None) -> None:
    decision = classify(mail("Re: Question", text, Auto_Submitted="auto-replied"), None, shipped_words())
    assert decision.kind is Kind.OUT_OF_OFFICE
    assert decision.returns_at == (datetime(*day, tzinfo=UTC) if day else None)


def test_only_what_the_sender_wrote_counts_when_it_is_known() -> None:
    quoted = "Please cancel my order.\n\n> I am out of the office until Monday with limited access to email. In urgent cases call."
    assert classify(mail("Re: Order", quoted), None, shipped_words(), "Please cancel my order.").kind is Kind.HUMAN


def test_words_are_found_without_their_accents() -> None:
    text = "Laba diena, siuo metu atostogauju, i darba grisiu sausio 5 d. Skubiais klausimais prasau kreiptis i kolege."
    assert classify(mail("Re: saskaita", text), None, shipped_words()).kind is Kind.OUT_OF_OFFICE


def test_every_shipped_language_tells_absence_answer_notice_and_bounce() -> None:
    words = shipped_words()
    known = {(phrase.language, phrase.group.split(".")[0])
             for phrases in (*words.by_word.values(), words.unspaced) for phrase in phrases}
    languages = "en ru lt lv et pl de fr es it pt nl sv no da fi cs uk tr ja zh".split()
    assert {(language, table) for language in languages for table in ("absence", "answer", "notice", "bounce", "person")} <= known
