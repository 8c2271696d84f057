"""Closings, signatures, footers and disclaimers are no part of the reply; sentences that only look like them are."""

import pytest

from mailbridge.config.patterns import load_patterns
from mailbridge.mail.message import Mail
from mailbridge.mail.quote import written

PATTERNS = load_patterns()
BODY = "The parcel has come, but the box is empty.\nPlease send another one."

FOOTERS = [
    "Sent from my iPhone", "Sent from my iPad", "Sent from my Samsung Galaxy smartphone.",
    "Sent from my BlackBerry 10 smartphone on the Rogers network.", "Sent from my Galaxy", "Sent from Yahoo Mail on Android",
    "Sent from Yahoo Mail for iPhone", "Sent from Mail for Windows 10", "Sent from Mail for Windows", "Sent from Outlook for iOS",
    "Sent from Outlook Mobile<https://example.org>", "Sent from Proton Mail for iOS", "Sent with Proton Mail secure email.",
    "Sent with [ProtonMail](https://protonmail.com) Secure Email.", "Sent from ProtonMail mobile", "Sent from Gmail Mobile",
    "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    "Sent via the Samsung Galaxy S8, an AT&T 4G LTE smartphone", "Sent from Mailbox", "Sent from Nine",
    "Sent from my phone, please excuse any typos.", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Get Outlook for Android",
    "Get [Outlook for Android](https://aka.ms/ghei36)", "(sent from a phone)", "<<sent by galaxy>>", "From my iPhone",
    "Sent using Zoho Mail", "Please excuse typos and brevity.", "Typed on a tiny keyboard", "*Sent from my iPhone*",
    "Отправлено с iPhone", "Отправлено с моего iPhone", "Отправлено из мобильной Почты Mail.ru",
    "Отправлено из Почты Mail.ru для Android", "Отправлено из мобильной Яндекс.Почты", "Отправлено с устройства Samsung Galaxy",
    "Отправлено из Outlook для Android", "Скачать Outlook для iOS", "Отправлено из Почты для Windows 10",
    "Išsiųsta iš mano iPhone", "Siųsta iš iPhone", "Išsiųsta iš mano „Samsung“ telefono", "Gauti „Outlook“, skirtą „iOS“",
    "Išsiųsta iš „Outlook“, skirtos „Android“", "Nosūtīts no mana iPhone", "Nosūtīts no Samsung Galaxy viedtālruņa",
    "Iegūt Outlook darbam ar iOS", "Saadetud minu iPhone'ist", "Saadetud iPhone'ist", "Hankige Outlook for Android",
    "Wysłane z iPhone'a", "Wysłane z mojego iPhone'a", "Wysłano z telefonu Samsung",
    "Wysłane z aplikacji Poczta dla systemu Windows", "Pobierz aplikację Outlook dla systemu iOS", "Pobierz Outlook dla Androida",
    "Von meinem iPhone gesendet", "Von meinem Mobilgerät gesendet", "Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>",
    "Gesendet mit der WEB.DE Mail App", "Gesendet von meinem Samsung Galaxy Smartphone.",
    "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.", "Gesendet von Mail für Windows",
    "Outlook für iOS beziehen", "Von unterwegs gesendet", "Holen Sie sich Outlook für iOS", "Envoyé de mon iPhone",
    "Envoyé depuis mon iPhone", "Envoyé à partir de Outlook pour iOS<https://aka.ms/o0ukef>",
    "Envoyé depuis l'application Mail Orange", "Télécharger Outlook pour iOS", "Obtenir Outlook pour Android",
    "Envoyé de mon appareil mobile Samsung", "Provenance : Courrier pour Windows 10", "Enviado desde mi iPhone",
    "Enviado desde Yahoo Mail para iPhone", "Enviado desde mi smartphone Samsung Galaxy.", "Obtener Outlook para iOS",
    "Enviado desde Correo para Windows", "Inviato da iPhone", "Inviato dal mio iPhone",
    "Inviato dal mio smartphone Samsung Galaxy.", "Scarica Outlook per iOS", "Inviato da Posta per Windows",
    "Ottieni Outlook per Android", "Enviado do meu iPhone", "Enviado do Yahoo Mail no Android",
    "Enviado a partir do Outlook para Android", "Obter o Outlook para iOS", "Enviado do Correio para Windows",
    "Enviado via iPhone", "Verstuurd vanaf mijn iPhone", "Verzonden vanaf mijn Samsung-apparaat", "Outlook voor iOS downloaden",
    "Verzonden met BlackBerry Work", "Verzonden vanuit Mail voor Windows", "Verstuurd vanaf mijn mobiel",
    "Skickat från min iPhone", "Skickat från min Samsung Galaxy-smartphone.", "Hämta Outlook för iOS",
    "Skaffa Outlook för Android", "Skickades från E-post för Windows", "Sendt fra min iPhone", "Sendt fra Outlook for iOS",
    "Skaff deg Outlook for iOS", "Hent Outlook til iOS", "Få Outlook til Android", "Sendt fra min Samsung Galaxy-smarttelefon.",
    "Lähetetty iPhonesta", "Lähetetty Samsung-puhelimesta", "Hanki Outlook for iOS", "Lähetetty minun iPhonesta",
    "Odesláno z iPhonu", "Odesláno z mého Samsungu", "Odesláno z aplikace Pošta pro Windows", "Získat Outlook pro iOS",
    "Odoslané z iPhonu", "Získať Outlook pre Android", "Надіслано з iPhone", "Надіслано з мого iPhone", "Отримати Outlook для iOS",
    "Надіслано із пристрою Samsung Galaxy", "iPhone'umdan gönderildi", "Samsung Galaxy telefonumdan gönderildi",
    "Android için Outlook'u edinin", "iOS için Outlook’u edinin", "iPhoneから送信", "私のiPhoneから送信",
    "Android 版 Outlook の入手", "iOS 版 Outlook を入手する", "Windows 版のメールから送信", "Yahoo!メールから送信",
    "发自我的 iPhone", "發自我的 iPhone", "從我的 iPhone 傳送", "发自我的小米手机", "发自我的华为手机", "获取 Outlook for iOS",
    "取得 Outlook for Android", "发自 Windows 邮件", "从 Windows 版邮件发送", "나의 iPhone에서 보냄", "iPhone에서 보냄",
    "Trimis de pe iPhone", "Elküldve az iPhone-omról", "Изпратено от моя iPhone", "Στάλθηκε από το iPhone μου",
    "נשלח מה-iPhone שלי", "Virus-free. www.avast.com", "Без вирусов. www.avast.com", "Virenfrei. www.avast.com",
]

CLOSINGS = [
    "Med venlig hilsen / Best regards\nAnna Jensen", "Mvh / Kind regards,\nAnna", "Pagarbiai / Best regards\nOna",
    "Best regards,\nAnna Smith", "Kind regards\n\nAnna Smith\nHead of Things\nExample Ltd\n+44 20 0000 0000\nwww.example.org",
    "Regards, Anna", "Thanks,\nAnna", "Thanks!\n\nAnna", "Cheers\nAnna", "Best,\nAnna", "Thanks and regards,\nAnna",
    "Yours sincerely\n\nAnna Smith", "*Best regards,*\n*Anna Smith*", "BR\nAnna", "Thank you,\n\nAnna Smith\nTel: 000 000",
    "С уважением,\nАнна Петрова", "С уважением, Анна", "С наилучшими пожеланиями,\nАнна\nООО «Пример»\n+7 000 000-00-00",
    "--\nС уважением,\nАнна", "Всего доброго!\nАнна", "Спасибо,\nАнна", "Pagarbiai,\nOna Onaitė",
    "Pagarbiai\n\nOna Onaitė\nUAB „Pavyzdys“\n+370 000 00000", "Su pagarba, Ona", "Geros dienos,\nOna", "Ačiū,\nOna",
    "Linkėjimai\nOna", "Ar cieņu,\nAnna Bērziņa", "Lugupidamisega\nAnna Tamm", "Parimate soovidega,\nAnna", "Pozdrawiam,\nAnna",
    "Z poważaniem\nAnna Nowak\ntel. 000 000 000", "Z wyrazami szacunku,\nAnna Nowak", "Mit freundlichen Grüßen\nAnna Müller",
    "Mit freundlichen Grüßen\n\ni. A. Anna Müller\nBeispiel GmbH\nMusterstraße 1\n00000 Stadt", "Viele Grüße\nAnna", "LG Anna",
    "LG\nAnna", "MfG\nA. Müller", "Liebe Grüße, Anna", "Cordialement,\nAnna Durand", "Bien à vous,\nAnna", "Bonne journée,\nAnna",
    "Saludos,\nAna", "Un saludo,\nAna García", "Atentamente,\nAna", "Cordiali saluti\nAnna Rossi", "Distinti saluti,\nAnna",
    "Grazie,\nAnna", "Atenciosamente,\nAna Silva", "Com os melhores cumprimentos,\nAna", "Abraços,\nAna", "Obrigado,\nJoão",
    "Met vriendelijke groet,\nAnna de Vries", "Groetjes,\nAnna", "Mvg, Anna", "Med vänliga hälsningar\nAnna", "Mvh\nAnna",
    "Mvh Anna", "Vennlig hilsen\nAnna Hansen", "Med venlig hilsen\nAnna Jensen", "Hilsen\nAnna",
    "Ystävällisin terveisin\nAnna Virtanen", "Terv. Anna", "S pozdravem\nAnna Nováková", "Hezký den,\nAnna", "S pozdravom\nAnna",
    "З повагою,\nАнна", "Дякую,\nАнна", "Saygılarımla,\nAyşe Yılmaz", "İyi çalışmalar,\nAyşe", "此致\n敬礼\n王芳", "祝好\n王芳",
    "敬具\n田中花子", "Üdvözlettel,\nNagy Anna", "Cu stimă,\nAna", "감사합니다\n홍길동 드림", "-- \nAnna Smith\nExample Ltd",
    "--\nAnna",
    "-- \nAnna\n\nExample Ltd, 1 Example Street\n\nThis is a long line about the company that nobody ever reads, though it is there.",
    "_____\nAnna Smith\nExample Ltd", "—\nAnna Smith\nCEO at Example\n\n@anna", "-Anna", "- Anna Smith", "/Anna", "~ Anna",
    "— Anna", "Best regards,\nAnna\n\nSent from my iPhone", "Anna\n\nSent from my iPhone",
]

DISCLAIMERS = [
    "CONFIDENTIALITY NOTICE: This e-mail is for the sole use of the intended recipient and may hold confidential information.",
    "This email and any files transmitted with it are confidential and intended solely for those to whom they are addressed.",
    "This message contains confidential information and is intended only for the individual named.\n"
    "If you are not the named addressee you should not disseminate it.",
    "The information in this communication is confidential and may be legally privileged. If you got it in error, delete it.",
    "DISCLAIMER: the views here are those of the author.", "Please consider the environment before printing this e-mail.",
    "P Please consider the environment before printing this email",
    "Disclaimer\nThe contents of this e-mail belong to Example Ltd and to nobody else in the whole wide world.",
    "Это сообщение и любые вложения являются конфиденциальными и предназначены исключительно для адресата.",
    "Данное электронное письмо может содержать конфиденциальную информацию. Если Вы получили его по ошибке, удалите его.",
    "Šis el. laiškas ir jo priedai yra konfidencialūs ir skirti tik adresatui. Jei gavote jį per klaidą, praneškite siuntėjui.",
    "Šī e-pasta vēstule un tās pielikumi ir konfidenciāli un paredzēti tikai adresātam.",
    "See kiri ja selle manused on konfidentsiaalsed ja mõeldud ainult adressaadile.",
    "Ta wiadomość oraz załączniki są poufne i przeznaczone wyłącznie dla adresata.",
    "Niniejsza wiadomość jest przeznaczona wyłącznie dla jej adresata i może zawierać informacje poufne.",
    "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Bitte löschen Sie sie sonst.",
    "Der Inhalt dieser E-Mail ist vertraulich und ausschließlich für den bezeichneten Adressaten bestimmt.",
    "Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail drucken.",
    "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.",
    "Pensez à l'environnement avant d'imprimer ce message.",
    "Este mensaje y los archivos adjuntos son confidenciales y están dirigidos exclusivamente a su destinatario.",
    "AVISO LEGAL: Este mensaje puede contener información confidencial.",
    "Questo messaggio e i suoi allegati sono confidenziali e destinati esclusivamente al destinatario.",
    "Esta mensagem é confidencial e destina-se exclusivamente ao seu destinatário.",
    "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
    "Detta e-postmeddelande är konfidentiellt och avsett endast för mottagaren.",
    "Denne e-posten er konfidensiell og kun ment for mottakeren.", "Denne e-mail er fortrolig og kun beregnet for modtageren.",
    "Tämä sähköposti on luottamuksellinen ja tarkoitettu vain vastaanottajalle.",
    "Tato zpráva je důvěrná a je určena pouze adresátovi.", "Цей лист є конфіденційним і призначений лише для адресата.",
    "Bu e-posta gizlidir ve yalnızca alıcısı için gönderilmiştir.", "本メールには機密情報が含まれている場合があります。",
    "本邮件含有保密信息，仅供收件人使用。",
]

CONTENT = [
    "Thanks\nI will try that", "Danke\nes geht jetzt", "Get Outlook to work please", "Enviado por correo ordinario el lunes",
    "Sent by mail last Monday", "This email did not reach the recipient.", "Das Paket ist vertraulich.",
    "Это письмо не доходит до получателя", "Šis laiškas nepasiekia gavėjo",
    "The information in your e-mail was confidential and you published it!", "Prašome spausdinti lipduką iš naujo",
    "Upozornění: platbu jsem odeslal", "Ai sensi dell'art. 52 chiedo il rimborso",
    "Wenn Sie diese Nachricht nicht beantworten, gehe ich zum Anwalt.", "Lütfen faturayı yazdırın",
    "These are the headers of the mail that I mean:\n\nFrom: a@example.org\nTo: b@example.org\nDate: Mon, 5 Jan 2026",
    "Sent from my desk, this is much easier than from my mobile phone.", "From: the first of May we shall be closed.",
    "С уважением отношусь к вашей работе, но посылка пуста.", "Best regards to your mother, who sent me the parcel last week.",
    "Thanks", "Thank you for your quick answer!", "Спасибо", "Ačiū už pagalbą.", "On Monday I wrote: nothing works.",
    "He wrote:\nnothing works.", "On this day\n\nI wrote something\n\nwhich was very interesting.",
    "In 2019 my colleague wrote:\nThe warranty is five years.",
    "Please call me at 10:30 or write to anna@example.org:\nboth are fine.", "To: whom it may concern\nthe box is empty.",
    "My order:\n\nFrom: Vilnius\nTo: Riga\nDate: 5 May 2026 10:30\nPersons: 2",
    "Name: Anna\nDate: 5 January 2026\nSubject: the box is empty", "- apples\n- pears\n- plums",
    "First part\n---\nSecond part that is quite a long sentence, so that nobody takes it for a signature.\n\n"
    "Third part that is quite long too, really.",
    "Steps:\n\n1. Open it.\n2. See: nothing.\n\nWhat shall I do?", "Best regards is what I say, but the box is empty. Why?",
    "I have got this error:\n\n> Disk full\n> Cannot write", "And here is a fix -- this is not a signature.\n\nkthxbai",
    "Kind regards for that would be nice, is what he said to me when I called you.", "Das Paket ist leer.\nDanke",
    "Is it\nconfidential what this message says about the intended recipient?", "The invoice was sent via DHL on Monday.",
    "Sent by courier yesterday, says the shop.", "Unfortunately this e-mail address does not work: anna@example.org",
    "Visit us now for assistance...\n>>> >>>  http://www.example.org <<<\nVisit our site by clicking the link above",
    "P.S. One more thing: the bill is wrong too.", "Geros dienos buvo, kai siuntos ateidavo laiku.",
    "Regards\n\nAnna\n\nP.S. The bill is wrong too, please send another.", "> This is a quotation.\n\nAnd this is some text.",
    "> Nothing but a quotation.", "Original message was lost, please send it again.", "Von: mir aus gerne, aber bitte bald.",
    "De : rien, merci.", "Le 5 janvier 2026 j'ai écrit :\nrien ne marche.", "Am 5. Januar habe ich geschrieben:\nnichts geht.",
    "Вчера в 10:00 он написал:\nничего не работает.",
]


def reply_to(text: str) -> str:
    return written(Mail("", 0, text=text), PATTERNS).reply


@pytest.mark.parametrize("footer", FOOTERS)
def test_footer_of_a_client_is_no_part_of_the_reply(footer: str) -> None:
    reply = written(Mail("", 0, text=f"{BODY}\n\n{footer}\n"), PATTERNS)
    assert (reply.reply, reply.signature) == (BODY, footer)


@pytest.mark.parametrize("closing", CLOSINGS)
def test_closing_and_signature_are_no_part_of_the_reply(closing: str) -> None:
    assert reply_to(f"Hello,\n\n{BODY}\n\n{closing}\n").startswith(f"Hello,\n\n{BODY}")
    assert reply_to(f"Hello,\n\n{BODY}\n\n{closing}\n").removeprefix(f"Hello,\n\n{BODY}").strip() in ("", "Anna")


@pytest.mark.parametrize("closing", CLOSINGS)
def test_signature_above_a_quotation_is_no_part_of_the_reply(closing: str) -> None:
    text = f"{BODY}\n\n{closing}\n\nOn Mon, Jan 5, 2026 at 10:00 AM Bob <bob@example.org> wrote:\n\n> Has it come?\n"
    assert reply_to(text).removeprefix(BODY).strip() in ("", "Anna")


@pytest.mark.parametrize("closing", CLOSINGS)
def test_signature_below_a_quotation_keeps_the_quotation_out(closing: str) -> None:
    text = f"{BODY}\n\nOn Mon, Jan 5, 2026 at 10:00 AM Bob <bob@example.org> wrote:\n\n> Has it come?\n\n{closing}\n"
    assert "Has it come" not in reply_to(text) or closing.startswith("Anna\n")


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
def test_disclaimer_is_no_part_of_the_reply(disclaimer: str) -> None:
    assert reply_to(f"{BODY}\n\n{disclaimer}\n") == BODY


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
def test_signature_with_disclaimer_is_no_part_of_the_reply(disclaimer: str) -> None:
    assert reply_to(f"{BODY}\n\nBest regards,\nAnna Smith\nExample Ltd\n\n{disclaimer}\n") == BODY


@pytest.mark.parametrize("content", CONTENT)
def test_what_only_looks_like_a_quotation_or_signature_stays(content: str) -> None:
    assert reply_to(f"{content}\n") == content


@pytest.mark.parametrize("content", CONTENT)
def test_what_only_looks_like_it_stays_below_other_text(content: str) -> None:
    text = f"Hello,\n\nI have looked into the box today and have a question.\n\n{content}\n\nWhat can we do about that, please?"
    assert reply_to(text) == text
