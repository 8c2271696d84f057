"""Header blocks, dividers and forwards, as Outlook and web mailers write them in each tongue."""

import pytest

from mailbridge.config.patterns import load_patterns
from mailbridge.mail.message import Mail
from mailbridge.mail.quote import written

PATTERNS = load_patterns()
BODY = "The parcel has come, but the box is empty.\nPlease send another one."
EARLIER = "Hello,\n\nwe have sent it on Friday.\n\nAnna"

BLOCKS = {
    "en outlook": (
        "From: Anna Smith <anna@example.org>\nSent: Monday, January 5, 2026 10:00 AM\nTo: Bob <bob@example.org>\n"
        "Subject: Re: Parcel"),
    "en outlook, names only": "From: Anna Smith\nSent: Monday, January 5, 2026 10:00 AM\nTo: Bob\nSubject: Re: Parcel",
    "en outlook, bold": (
        "*From:* Anna Smith [mailto:anna@example.org]\n*Sent:* Monday, January 5, 2026 10:00 AM\n*To:* Bob\n"
        "*Subject:* Parcel"),
    "en markdown": "**From:** Anna Smith <anna@example.org>\n**Date:** Monday, January 5, 2026\n**To:** Bob\n**Subject:** Parcel",
    "en outlook for mac": (
        "From: Anna Smith <anna@example.org>\nDate: Monday, 5 January 2026 at 10:00\nTo: Bob <bob@example.org>\n"
        "Subject: Parcel"),
    "en indented, wrapped": (
        "  *From:* Anna Smith [mailto:\n  anna@example.org]\n  *Sent:* Monday, January 5, 2026\n  *To:* Bob\n"
        "  *Subject:* Parcel"),
    "en with importance": (
        "From: Anna Smith <anna@example.org>\nReply-To: help@example.org\nDate: Monday, 5 January 2026\n"
        "Subject: Parcel"),
    "en date first": "Date: Mon, 5 Jan 2026 10:00:00 +0200\nFrom: anna@example.org\nTo: bob@example.org\nSubject: Parcel",
    "en subject first": "Subject: Parcel\nFrom: anna@example.org\nTo: bob@example.org\nDate: Mon, 5 Jan 2026 10:00:00 +0200",
    "en date and to": "Date: Mon, 5 Jan 2026 10:00:00 +0200\nTo: bob@example.org",
    "en underscores": (
        "________________________________\nFrom: Anna Smith <anna@example.org>\nSent: Monday, January 5, 2026\n"
        "To: Bob\nSubject: Parcel"),
    "en underscores, empty line": (
        "________________________________\n\nFrom: Anna Smith <anna@example.org>\nSent: Monday\nTo: Bob\n"
        "Subject: Parcel"),
    "en dashes": (
        "------------------------------\n\n*From:* Anna Smith <anna@example.org>\n*Sent:* Monday\n*To:* Bob\n"
        "*Subject:* Parcel"),
    "en spaced lines": "From: Anna Smith <anna@example.org>\n\nSent: Monday, January 5, 2026\n\nTo: Bob\n\nSubject: Parcel",
    "en long To": (
        "From: Anna <anna@example.org>\nSent: Monday, 5 January 2026\n"
        "To: Bob <bob@example.org>; Carl <carl@example.org>;\nDora <dora@example.org>\nCc: Emil\nSubject: Parcel"),
    "ru outlook": "От: Анна Петрова <anna@example.org>\nОтправлено: 5 января 2026 г. 10:00\nКому: Иван\nТема: Посылка",
    "ru outlook mobile": (
        "________________________________\nОт: Анна Петрова <anna@example.org>\n"
        "Отправлено: понедельник, 5 января 2026 г.\nКому: Иван\nТема: Посылка"),
    "ru windows mail": (
        "От: Анна Петрова\n"
        "Отправлено: \u200eпонедельник\u200e, \u200e5\u200e \u200eянваря\u200e \u200e2026\u200e г.\nКому: Иван"),
    "ru yandex": (
        "----------------\nКому: help@example.org (help@example.org);\nТема: Посылка;\n"
        "05.01.2026, 10:00, \"Анна\" <anna@example.org>:"),
    "ru mail.ru": (
        "От кого: Анна <anna@example.org>\nКому: ivan@example.org\nДата: Понедельник, 5 января 2026, 10:00 +03:00\n"
        "Тема: Посылка"),
    "lt outlook": "Nuo: Ona Onaitė <ona@example.org>\nIšsiųsta: 2026 m. sausio 5 d., pirmadienis 10:00\nKam: Jonas\nTema: Siunta",
    "lt outlook, names only": "Nuo: Ona Onaitė\nIšsiųsta: 2026 m. sausio 5 d. 10:00\nKam: Jonas\nKopija: Petras\nTema: Siunta",
    "lv outlook": "No: Anna Bērziņa <anna@example.org>\nNosūtīts: pirmdiena, 2026. gada 5. janvāris 10:00\nKam: Jānis\nTēma: Sūtījums",
    "et outlook": "Saatja: Anna Tamm <anna@example.org>\nSaadetud: esmaspäev, 5. jaanuar 2026 10:00\nAdressaat: Jaan\nTeema: Pakk",
    "et outlook new": "Saatja: Anna Tamm\nSaatmisaeg: esmaspäev, 5. jaanuar 2026 10:00\nKellele: Jaan\nTeema: Pakk",
    "pl outlook": "Od: Anna Nowak <anna@example.org>\nWysłano: poniedziałek, 5 stycznia 2026 10:00\nDo: Jan\nDW: Piotr\nTemat: Paczka",
    "de outlook": "Von: Anna Müller <anna@example.org>\nGesendet: Montag, 5. Januar 2026 10:00\nAn: Bob\nBetreff: Paket",
    "de outlook, names only": "Von: Anna Müller\nGesendet: Montag, 5. Januar 2026 10:00\nAn: Bob\nBetreff: Paket",
    "de web.de": (
        "Gesendet: Montag, 05. Januar 2026 um 10:00 Uhr\nVon: \"Anna Müller\" <anna@example.org>\n"
        "An: bob@example.org\nBetreff: Paket"),
    "de date": "Von: Anna Müller <anna@example.org>\nDatum: Montag, 5. Januar 2026 um 10:00\nAn: Bob\nBetreff: Paket",
    "fr outlook": "De : Anna Durand <anna@example.org>\nEnvoyé : lundi 5 janvier 2026 10:00\nÀ : Bob\nObjet : Colis",
    "fr outlook, names only": "De : Anna Durand\nEnvoyé : lundi 5 janvier 2026 10:00\nÀ : Bob\nObjet : Colis",
    "fr no-break space": (
        "De\xa0: Anna Durand [mailto:anna@example.org]\nEnvoyé\xa0: lundi 5 janvier 2026 10:00\nÀ\xa0: Bob\n"
        "Objet\xa0: Colis"),
    "es outlook": "De: Ana García <ana@example.org>\nEnviado el: lunes, 5 de enero de 2026 10:00\nPara: Bob\nAsunto: Paquete",
    "es names only": "De: Ana García\nEnviado: lunes, 5 de enero de 2026 10:00\nPara: Bob\nAsunto: Paquete",
    "it outlook": "Da: Anna Rossi <anna@example.org>\nInviato: lunedì 5 gennaio 2026 10:00\nA: Bob\nOggetto: Pacco",
    "pt outlook": "De: Ana Silva <ana@example.org>\nEnviada em: segunda-feira, 5 de janeiro de 2026 10:00\nPara: Bob\nAssunto: Pacote",
    "pt portugal": "De: Ana Silva <ana@example.org>\nEnviado: 5 de janeiro de 2026 10:00\nPara: Bob\nAssunto: Pacote",
    "nl outlook": "Van: Anna de Vries <anna@example.org>\nVerzonden: maandag 5 januari 2026 10:00\nAan: Bob\nOnderwerp: Pakket",
    "sv outlook": "Från: Anna Svensson <anna@example.org>\nSkickat: den 5 januari 2026 10:00\nTill: Bob\nÄmne: Paket",
    "no outlook": "Fra: Anna Hansen <anna@example.org>\nSendt: mandag 5. januar 2026 10:00\nTil: Bob\nEmne: Pakke",
    "da outlook": "Fra: Anna Jensen <anna@example.org>\nSendt: 5. januar 2026 10:00\nTil: Bob\nEmne: Pakke",
    "fi outlook": (
        "Lähettäjä: Anna Virtanen <anna@example.org>\nLähetetty: maanantai 5. tammikuuta 2026 10.00\n"
        "Vastaanottaja: Bob\nAihe: Paketti"),
    "cs outlook": "Od: Anna Nováková <anna@example.org>\nOdesláno: pondělí 5. ledna 2026 10:00\nKomu: Bob\nPředmět: Balík",
    "sk outlook": "Od: Anna Kováčová <anna@example.org>\nOdoslané: pondelok 5. januára 2026 10:00\nKomu: Bob\nPredmet: Balík",
    "uk outlook": "Від: Анна Коваль <anna@example.org>\nНадіслано: 5 січня 2026 р. 10:00\nКому: Іван\nТема: Посилка",
    "tr outlook": "Kimden: Ayşe Yılmaz <ayse@example.org>\nGönderildi: 5 Ocak 2026 Pazartesi 10:00\nKime: Bob\nKonu: Paket",
    "tr gmail": "Gönderen: Ayşe Yılmaz <ayse@example.org>\nTarih: 5 Ocak 2026 Pazartesi 10:00\nKime: Bob\nKonu: Paket",
    "ja outlook": "差出人: 田中花子 <hanako@example.org>\n送信日時: 2026年1月5日 10:00\n宛先: Bob\n件名: 荷物",
    "zh outlook": "发件人: 王芳 <fang@example.org>\n发送时间: 2026年1月5日 10:00\n收件人: Bob\n主题: 包裹",
    "zh wide colons": "发件人：王芳\n发送时间：2026年1月5日 10:00\n收件人：Bob\n主题：包裹",
    "zh-tw outlook": "寄件者: 王芳 <fang@example.org>\n寄件日期: 2026年1月5日 10:00\n收件者: Bob\n主旨: 包裹",
    "ko outlook": "보낸 사람: 홍길동 <hong@example.org>\n보낸 날짜: 2026년 1월 5일 월요일\n받는 사람: Bob\n제목: 소포",
    "hu outlook": "Feladó: Nagy Anna <anna@example.org>\nKüldve: 2026. január 5., hétfő 10:00\nCímzett: Bob\nTárgy: Csomag",
    "ro outlook": "De la: Ana Popescu <ana@example.org>\nTrimis: luni, 5 ianuarie 2026 10:00\nCătre: Bob\nSubiect: Pachet",
    "mixed tongues": "De : Anna Durand <anna@example.org>\nSent: Monday, January 5, 2026\nTo: Bob\nObjet : Colis",
}

DIVIDERS = {
    "en outlook": "-----Original Message-----",
    "en aol": "-----Original Message-----\nFrom: Anna <anna@example.org>",
    "en samsung": "-------- Original message --------",
    "en yahoo": "----- Original Message -----",
    "en spaced": "   -----Original Message-----",
    "en appointment": "-----Original Appointment-----",
    "ru": "-------- Исходное сообщение --------",
    "ru yahoo": "----- Исходное сообщение -----",
    "lt": "-----Originalus laiškas-----",
    "lt samsung": "-------- Pradinė žinutė --------",
    "lv": "-----Sākotnējais ziņojums-----",
    "et": "-----Algne sõnum-----",
    "pl": "-----Wiadomość oryginalna-----",
    "pl samsung": "-------- Oryginalna wiadomość --------",
    "de": "-----Ursprüngliche Nachricht-----",
    "de gmx": "-------- Original-Nachricht --------",
    "de samsung": "-------- Ursprüngliche Nachricht --------",
    "fr": "-----Message d'origine-----",
    "fr curly": "-----Message d’origine-----",
    "es": "-----Mensaje original-----",
    "it": "-----Messaggio originale-----",
    "pt": "-----Mensagem original-----",
    "nl": "-----Oorspronkelijk bericht-----",
    "sv": "-----Ursprungligt meddelande-----",
    "no": "-----Opprinnelig melding-----",
    "da": "-----Oprindelig meddelelse-----",
    "fi": "-----Alkuperäinen viesti-----",
    "cs": "---------- Původní e-mail ----------",
    "cs outlook": "-----Původní zpráva-----",
    "sk": "-----Pôvodná správa-----",
    "uk": "-----Оригінальне повідомлення-----",
    "tr": "-----Özgün İleti-----",
    "ja": "-----元のメッセージ-----",
    "zh": "-----邮件原件-----",
    "zh qq": "------------------ 原始邮件 ------------------",
    "zh-tw": "-----原始郵件-----",
    "hu": "-----Eredeti üzenet-----",
}

FORWARDS = {
    "en gmail": (
        "---------- Forwarded message ---------\nFrom: Anna Smith <anna@example.org>\n"
        "Date: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Parcel\nTo: Bob <bob@example.org>"),
    "en apple": (
        "Begin forwarded message:\n\nFrom: Anna Smith <anna@example.org>\nSubject: Parcel\n"
        "Date: 5 January 2026 at 10:00:00 EET\nTo: Bob <bob@example.org>"),
    "en apple, quoted": (
        "Begin forwarded message:\n\n> From: Anna Smith <anna@example.org>\n> Subject: Parcel\n"
        "> Date: 5 January 2026 at 10:00:00 EET"),
    "en thunderbird": (
        "-------- Forwarded Message --------\nSubject: Parcel\nDate: Mon, 5 Jan 2026 10:00:00 +0200\n"
        "From: Anna Smith <anna@example.org>"),
    "ru gmail": "---------- Forwarded message ---------\nОт: Анна <anna@example.org>\nDate: пн, 5 янв. 2026 г.\nSubject: Посылка",
    "ru yandex": "-------- Пересылаемое сообщение --------\n05.01.2026, 10:00, \"Анна\" <anna@example.org>:",
    "ru mail.ru": "-------- Пересылаемое сообщение --------\nОт кого: Анна <anna@example.org>\nКому: ivan@example.org",
    "de apple": (
        "Anfang der weitergeleiteten Nachricht:\n\nVon: Anna Müller <anna@example.org>\nBetreff: Paket\n"
        "Datum: 5. Januar 2026 um 10:00:00 MEZ"),
    "de thunderbird": (
        "-------- Weitergeleitete Nachricht --------\nBetreff: Paket\nDatum: Mon, 5 Jan 2026 10:00:00 +0100\n"
        "Von: Anna Müller <anna@example.org>"),
    "pl gmail": (
        "---------- Wiadomość przekazana dalej ---------\nOd: Anna Nowak <anna@example.org>\nDate: pon., 5 sty 2026\n"
        "Subject: Paczka"),
    "fr apple": "Début du message réexpédié :\n\nDe: Anna Durand <anna@example.org>\nObjet: Colis\nDate: 5 janvier 2026",
    "lt thunderbird": (
        "-------- Persiųstas laiškas --------\nTema: Siunta\nData: Mon, 5 Jan 2026 10:00:00 +0200\n"
        "Nuo: Ona <ona@example.org>"),
    "it gmail": "---------- Messaggio inoltrato ---------\nDa: Anna Rossi <anna@example.org>\nDate: lun 5 gen 2026",
}


@pytest.mark.parametrize("name", BLOCKS)
def test_header_block_ends_the_reply(name: str) -> None:
    reply = written(Mail("", 0, text=f"{BODY}\n\n{BLOCKS[name]}\n\n{EARLIER}\n"), PATTERNS)
    assert reply.reply == BODY
    assert "we have sent it" in reply.quoted


@pytest.mark.parametrize("name", BLOCKS)
def test_header_block_directly_below_the_text_ends_the_reply(name: str) -> None:
    assert written(Mail("", 0, text=f"{BODY}\n{BLOCKS[name]}\n{EARLIER}\n"), PATTERNS).reply == BODY


@pytest.mark.parametrize("name", DIVIDERS)
def test_divider_ends_the_reply(name: str) -> None:
    assert written(Mail("", 0, text=f"{BODY}\n\n{DIVIDERS[name]}\n\n{EARLIER}\n"), PATTERNS).reply == BODY


@pytest.mark.parametrize("name", FORWARDS)
def test_forward_stays_whole(name: str) -> None:
    text = f"Please answer this one.\n\n{FORWARDS[name]}\n\n{EARLIER}"
    reply = written(Mail("", 0, subject="Fwd: Parcel", text=text), PATTERNS)
    assert reply.forwarded
    assert reply.reply == text


@pytest.mark.parametrize("name", FORWARDS)
def test_forward_without_a_word_stays_whole(name: str) -> None:
    text = f"{FORWARDS[name]}\n\n{EARLIER}"
    assert written(Mail("", 0, subject="Fwd: Parcel", text=text), PATTERNS).reply == text


@pytest.mark.parametrize("prefix", ["FW", "Fwd", "WG", "TR", "RV", "ENC", "VB", "VL", "PD", "Doorst", "Persiųsta", "转发", "転送", "İLT"])
def test_outlook_block_below_a_forwards_subject_stays_whole(prefix: str) -> None:
    text = f"For you.\n\n{BLOCKS['en outlook']}\n\n{EARLIER}"
    reply = written(Mail("", 0, subject=f"{prefix}: Parcel", text=text), PATTERNS)
    assert reply.forwarded
    assert reply.reply == text


def test_prefix_that_is_a_forward_in_one_tongue_and_a_reply_in_another_goes_by_the_header_block() -> None:
    danish, finnish = (f"{BODY}\n\n{BLOCKS[name]}\n\n{EARLIER}" for name in ("da outlook", "fi outlook"))
    assert written(Mail("", 0, subject="VS: Pakke", text=danish), PATTERNS).reply == danish
    assert written(Mail("", 0, subject="VS: Paketti", text=finnish), PATTERNS).reply == BODY


def test_reply_to_a_forward_is_no_forward() -> None:
    text = f"{BODY}\n\n{BLOCKS['en outlook']}\n\n{FORWARDS['en gmail']}\n\n{EARLIER}"
    reply = written(Mail("", 0, subject="RE: Fwd: Parcel", text=text), PATTERNS)
    assert (reply.reply, reply.forwarded) == (BODY, False)
