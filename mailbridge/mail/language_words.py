"""Small words and letters by which a language is known, for `language.py`.

The words are the commonest ones that a letter of a few lines hardly does without. A word may stand under several
languages; it then counts less. Letters are those that only one of the languages uses, in its script.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "en": "the and you your is are was were have has had not for with this that my our it please can could would will be been hello hi dear "
          "thanks thank regards from what when how why to of in on i'm don't can't doesn't didn't i've we an as at if do does any we've they there which",
    "de": "und der die das den dem nicht ist ich wir sie mit für bitte auf ein eine einen haben habe hat wurde werden kann können vielen dank hallo "
          "guten tag mein meine ihre ihr mir mich uns noch auch aber wenn wie was zu im am von bei nach oder sehr geehrte grüße freundlichen liebe",
    "fr": "le la les des et est une un je vous nous pas ne que qui pour dans avec sur mon ma mes votre vos notre bonjour merci cordialement bien "
          "suis avez ai été être plus mais ou où ce cette cela c'est j'ai n'ai d'une depuis très aux du au sans comment madame monsieur salutations",
    "es": "el la los las una que no es por para con mi su sus usted ustedes hola gracias buenos buenas días saludos estoy está esta este pero como "
          "cuando más muy tengo tiene puede puedo necesito favor se lo le me del al son fue ha he hemos nuestro atentamente estimado estimados",
    "it": "il lo gli che non è per con una del della di sono ho ha hanno mio mia vostro vostra grazie buongiorno salve cordiali saluti come "
          "quando più molto posso può vorrei questo questa anche ma mi ci si nel nella dal dalla ai al alla degli sul abbiamo avete stato gentile",
    "pt": "não que uma um para com por os as do da dos das em meu minha seu sua obrigado obrigada olá bom dia boa tarde você vocês estou está "
          "é foi tenho tem pode posso preciso mas mais muito como quando isso este esta nos ao à pelo pela atenciosamente cumprimentos já são",
    "nl": "de het een en van ik is niet dat die te voor met op zijn was heb heeft hebben wij jullie u uw mijn kan kunt graag bedankt hallo beste "
          "groeten vriendelijke maar ook nog wel wat hoe waarom wanneer bij naar om aan als geen dit deze er over worden mvg alvast dank goedemorgen",
    "sv": "och att det är jag inte en ett som för med på har kan vi ni du min mitt mina er era hej tack vänliga hälsningar av till från om men "
          "när hur var vad den detta dessa också eller skulle vill får ska mig oss så efter gärna snälla mvh",
    "no": "og det er jeg ikke en et som for med på har kan vi du dere min mitt mine hei takk vennlig hilsen av til fra om men når hvordan hva den "
          "dette disse også eller skulle vil får skal meg oss så etter gjerne fikk hilsener mvh fortsatt noen ikkje eg",
    "da": "og det er jeg ikke en et som for med på har kan vi du i min mit mine hej tak venlig hilsen af til fra om men når hvordan hvad den "
          "dette disse også eller skulle vil får skal mig os så efter gerne fik hilsner mvh stadig nogen jeres blev",
    "fi": "ja on ei en se että olen olette oli minun teidän meidän mutta kun jos miten mitä voi voisitteko voitte kiitos hei moi terveisin "
          "ystävällisin hyvää päivää tai myös vielä joka ole sitä tämä nyt kuin niin ovat mistä miksi saanut haluan haluaisin apua",
    "pl": "i nie to jest się na w z że do dla jak po od za ale czy mam mamy proszę dziękuję dzień dobry pozdrawiam witam mój moja moje państwa "
          "został została było był będzie już jeszcze tylko bardzo przez jestem mogę może prośba którą który która o są",
    "cs": "a je se na v z že do pro jak po od za ale mám máme prosím děkuji děkuju dobrý den pozdravem můj moje vaše byl byla bylo bude "
          "už ještě jen velmi přes jsem můžete mohu nebo který která které co by to ahoj s pozdrav jsme není při",
    "lt": "ir yra ne kad tai aš mes jūs mano jūsų su į iš už bet ar labas laba diena sveiki ačiū pagarbiai prašau kaip kada kodėl dar jau "
          "nuo iki per buvo bus gali galite galiu turiu norėčiau noriu man mums jums negaliu neveikia arba taip pat kur šis ši labai dėl po",
    "lv": "un ir ne ka tas es mēs jūs mans mana jūsu ar uz no par bet vai labdien sveiki paldies cieņu lūdzu kā kad kāpēc vēl jau "
          "līdz bija būs var varat varu man mums jums nevaru nestrādā arī kur šis šī ļoti lai pie pēc esmu",
    "et": "ja on ei see et ma me te minu teie meie aga kui kas tere aitäh lugupidamisega palun kuidas millal miks veel juba "
          "kuni oli oleks saab saate saan mulle meile teile soovin tahaksin ka või siis sest väga mis ning olen pole head päeva",
    "tr": "ve bir bu ne için ile de da çok ama ben biz siz benim sizin merhaba teşekkürler teşekkür ederim saygılarımla lütfen nasıl zaman "
          "neden daha var yok değil mi olarak olan gibi kadar sonra önce iyi günler selamlar ediyorum istiyorum bana size",
    "ru": "и в не на я что с по это как но мы вы он для из у за от до же бы мне вам нас вас мой моя мои ваш ваша здравствуйте добрый день "
          "спасибо уважением пожалуйста когда почему где был была было есть нет так уже ещё еще только или если можно могу подскажите к о а",
    "uk": "і в не на я що з по це як але ми ви він для із у за від до же б мені вам нас вас мій моя мої ваш ваша вітаю добрий день доброго "
          "дякую повагою ласка коли чому де був була було є немає так вже ще тільки або якщо можна можу підкажіть та й чи будь про",
    "bg": "и в не на аз че с по това как но ние вие той за от до ми ви нас вас моят моята вашия здравейте добър ден "
          "благодаря поздрави моля кога защо къде беше са е няма така вече още само или ако може мога се да има при",
}
LETTERS: dict[str, str] = {
    "de": "ß", "fr": "œùêâîûë", "es": "ñ¿¡", "pt": "ãõ", "pl": "łńśźćż", "cs": "řěů", "lt": "ėįų", "lv": "ļņķģīā", "tr": "ğış",
    "ru": "ыэёъ", "uk": "іїєґ", "et": "õ", "sv": "", "da": "", "no": "", "nl": "", "fi": "", "en": "", "it": "", "bg": "",
}
"""Letters that speak for a language: a word with one of them counts as half a word of its list."""
CYRILLIC = frozenset({"ru", "uk", "bg"})
SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af"), ("zh", "\u3400-\u4dbf\u4e00-\u9fff"), ("el", "\u0370-\u03ff"), ("he", "\u0590-\u05ff"),
    ("ar", "\u0600-\u06ff"), ("th", "\u0e00-\u0e7f"), ("hi", "\u0900-\u097f"), ("ka", "\u10a0-\u10ff"), ("hy", "\u0530-\u058f"),
)
"""Scripts that only one language (of those we know) is written in; kana before Han, because Japanese has both."""
