"""What the people of the story type into their mail programs."""

from __future__ import annotations

TOM_ASKS = """\
Hello,

my kettle arrived this morning with a cracked lid. Order 5512.
Can you send me a new one?

Best regards
Tom"""

MARIA_ASKS = """\
Здравствуйте!

Я сделала заказ 5498 две недели назад, а посылки до сих пор нет.
Подскажите, пожалуйста, когда её ждать?

Мария"""

ONA_ASKS = """\
Laba diena,

nuo vakar nepavyksta prisijungti prie savo paskyros.
Slaptažodis teisingas. Ką man daryti?

Ona"""

ANNA_TO_TOM = """\
/take
/pending

Hello Tom,

I am sorry about the lid. A new kettle leaves our store today and
should be with you tomorrow morning. Would you send me a photo of the
parcel, so that we can talk to the carrier?

Anna"""

SEND = """\
/take
/send"""

SPAM = "/spam"

JONAS_TO_MARIA = """\
/take
/resolve

Здравствуйте, Мария!

Простите за долгое ожидание. Посылка уже в Вашем городе, курьер
привезёт её сегодня до шести вечера.

Йонас"""

ANNA_TO_ONA = """\
/resolve

Laba diena, Ona,

Jūsų paskyra buvo užrakinta po kelių nesėkmingų bandymų. Ją atrakinau,
tad dabar galite prisijungti su tuo pačiu slaptažodžiu.

Anna"""

TOM_ANSWERS = """\
Hi Anna,

Tomorrow is fine, thank you for being so quick.
The parcel had a dent on one side, the photo follows tonight.

Tom"""

STRANGER = """\
Hello, please tell me the address that the new kettle goes to,
I am a friend of Tom's."""

FORGER = """\
/close

Dear Tom, we need your card number before we can send the kettle.
Please answer this mail at once."""

ANNA_RESOLVES = """\
/resolve

Hello Tom,

the carrier says that the new kettle was delivered this morning.
Should anything be wrong with it, simply answer this mail.

Anna"""
