"""Small words and letters by which a language is known, for `language.py`.

The words are the commonest ones that a letter of a few lines hardly does without. A word may stand under several
languages; it then counts less. Letters are those that only one of the languages uses, in its script.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "en": "the and you your is are was were have has had not for with this that my our it please can could would will "
          "be been hello hi dear thanks thank regards from what when how why to of in on i'm don't can't doesn't didn't "
          "i've we an as at if do does any we've they there which",
    "de": "und der die das den dem nicht ist ich wir sie mit für bitte auf ein eine einen haben habe hat wurde werden "
          "kann können vielen dank hallo guten tag mein meine ihre ihr mir mich uns noch auch aber wenn wie was zu im "
          "am von bei nach oder sehr geehrte grüße freundlichen liebe",
    "fr": "le la les des et est une un je vous nous pas ne que qui pour dans avec sur mon ma mes votre vos notre "
          "bonjour merci cordialement bien suis avez ai été être plus mais ou où ce cette cela c'est j'ai n'ai d'une "
          "depuis très aux du au sans comment madame monsieur salutations",
    "es": "el la los las una que no es por para con mi su sus usted ustedes hola gracias buenos buenas días saludos "
          "estoy está esta este pero como cuando más muy tengo tiene puede puedo necesito favor se lo le me del al son "
          "fue ha he hemos nuestro atentamente estimado estimados",
    "it": "il lo gli che non è per con una del della di sono ho ha hanno mio mia vostro vostra grazie buongiorno salve "
          "cordiali saluti come quando più molto posso può vorrei questo questa anche ma mi ci si nel nella dal dalla "
          "ai al alla degli sul abbiamo avete stato gentile",
    "pt": "não que uma um para com por os as do da dos das em meu minha seu sua obrigado obrigada olá bom dia boa tarde "
          "você vocês estou está é foi tenho tem pode posso preciso mas mais muito como quando isso este esta nos ao à "
          "pelo pela atenciosamente cumprimentos já são",
    "nl": "de het een en van ik is niet dat die te voor met op zijn was heb heeft hebben wij jullie u uw mijn kan kunt "
          "graag bedankt hallo beste groeten vriendelijke maar ook nog wel wat hoe waarom wanneer bij naar om aan als "
          "geen dit deze er over worden mvg alvast dank goedemorgen",
    "sv": "och att det är jag inte en ett som för med på har kan vi ni du min mitt mina er era hej tack vänliga "
          "hälsningar av till från om men när hur var vad den detta dessa också eller skulle vill får ska mig oss så "
          "efter gärna snälla mvh",
    "no": "og det er jeg ikke en et som for med på har kan vi du dere min mitt mine hei takk vennlig hilsen av til fra "
          "om men når hvordan hva den dette disse også eller skulle vil får skal meg oss så etter gjerne fikk hilsener "
          "mvh fortsatt noen ikkje eg",
    "da": "og det er jeg ikke en et som for med på har kan vi du i min mit mine hej tak venlig hilsen af til fra om men "
          "når hvordan hvad den dette disse også eller skulle vil får skal mig os så efter gerne fik hilsner mvh stadig "
          "nogen jeres blev",
    "fi": "ja on ei en se että olen olette oli minun teidän meidän mutta kun jos miten mitä voi voisitteko voitte "
          "kiitos hei moi terveisin ystävällisin hyvää päivää tai myös vielä joka ole sitä tämä nyt kuin niin ovat "
          "mistä miksi saanut haluan haluaisin apua",
    "pl": "i nie to jest się na w z że do dla jak po od za ale czy mam mamy proszę dziękuję dzień dobry pozdrawiam "
          "witam mój moja moje państwa został została było był będzie już jeszcze tylko bardzo przez jestem mogę może "
          "prośba którą który która o są",
    "cs": "a je se na v z že do pro jak po od za ale mám máme prosím děkuji děkuju dobrý den pozdravem můj moje vaše "
          "byl byla bylo bude už ještě jen velmi přes jsem můžete mohu nebo který která které co by to ahoj s pozdrav "
          "jsme není při",
    "lt": "ir yra ne kad tai aš mes jūs mano jūsų su į iš už bet ar labas laba diena sveiki ačiū pagarbiai prašau kaip "
          "kada kodėl dar jau nuo iki per buvo bus gali galite galiu turiu norėčiau noriu man mums jums negaliu "
          "neveikia arba taip pat kur šis ši labai dėl po",
    "lv": "un ir ne ka tas es mēs jūs mans mana jūsu ar uz no par bet vai labdien sveiki paldies cieņu lūdzu kā kad "
          "kāpēc vēl jau līdz bija būs var varat varu man mums jums nevaru nestrādā arī kur šis šī ļoti lai pie pēc "
          "esmu",
    "et": "ja on ei see et ma me te minu teie meie aga kui kas tere aitäh lugupidamisega palun kuidas millal miks veel "
          "juba kuni oli oleks saab saate saan mulle meile teile soovin tahaksin ka või siis sest väga mis ning olen "
          "pole head päeva",
    "tr": "ve bir bu ne için ile de da çok ama ben biz siz benim sizin merhaba teşekkürler teşekkür ederim saygılarımla "
          "lütfen nasıl zaman neden daha var yok değil mi olarak olan gibi kadar sonra önce iyi günler selamlar "
          "ediyorum istiyorum bana size",
    "ru": "и в не на я что с по это как но мы вы он для из у за от до же бы мне вам нас вас мой моя мои ваш ваша "
          "здравствуйте добрый день спасибо уважением пожалуйста когда почему где был была было есть нет так уже ещё "
          "еще только или если можно могу подскажите к о а",
    "uk": "і в не на я що з по це як але ми ви він для із у за від до же б мені вам нас вас мій моя мої ваш ваша вітаю "
          "добрий день доброго дякую повагою ласка коли чому де був була було є немає так вже ще тільки або якщо можна "
          "можу підкажіть та й чи будь про",
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
    ("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af"), ("zh", "\u3400-\u4dbf\u4e00-\u9fff"),
    ("el", "\u0370-\u03ff"), ("he", "\u0590-\u05ff"),
    ("ar", "\u0600-\u06ff"), ("th", "\u0e00-\u0e7f"), ("hi", "\u0900-\u097f"), ("ka", "\u10a0-\u10ff"), ("hy", "\u0530-\u058f"),
)
"""Scripts that only one language (of those we know) is written in; kana before Han, because Japanese has both."""
STEMS: dict[str, str] = {
    "en": "invoic passwor parcel deliver refund broken problem account reset never every fixed crash wrong arriv receiv "
          "anymore still because already support customer shipping payment website error messag update address someone "
          "something anything order",
    "de": "rechnun bestell passwor paket liefer zurück erstatt konto anmeld jedes immer schon geholfen stimmt funktion "
          "fehler kaputt nachricht zahlung adresse geld angekommen melden webseit kunde gerät störung hilfe danke "
          "leider bekomm gestern heute morgen angebot frage",
    "fr": "factur commande colis livraison rembours passe compte connex jamais toujours problèm résolu fauss erreur "
          "chaque arrivé livré paiement adress message marche fonctionn client demande aide besoin depuis hier demain "
          "panne reçu envoy cassé ouvert application",
    "es": "factur pedido paquete entreg reembols contraseñ cuenta nunca siempre problem solucion error cada llegó "
          "llegad devolv devuelv dinero pago dirección mensaj funcion ayuda cliente todavía ayer mañana roto aplicación "
          "recib envío enviar quiero cierra mal",
    "it": "fattur ordine pacco consegn rimbors accesso password mai sempre problem risolt sbagliat errore ogni volta "
          "arrivat soldi pagament indirizz messaggi funzion aiuto cliente ancora ieri domani rotto ricev spedi blocca "
          "apro vorrei riesco accedere ciao riesc",
    "pt": "fatura pedido encomenda pacote entreg reembols senha conta nunca sempre problem resolvid errad erro cada vez "
          "chegou dinheiro pagament endereç mensag funcion ajuda cliente ainda ontem amanhã quebrad aplicativ receb "
          "enviad quero consigo trava minha",
    "nl": "factuur bestelling pakket lever terug wachtwoord account inlog nooit altijd probleem opgelost geholpen klopt "
          "fout elke keer aangekomen geld betaling adres bericht werkt klant hulp gisteren morgen kapot ontvangen "
          "wijzig openen hem mijn graag",
    "sv": "faktur beställ paket leveran återbetal lösenord konto logga aldrig alltid problem löst hjälpt fel varje gång "
          "kommit pengar betaln adress meddeland fungerar kund hjälp igår imorgon trasig återställ öppna vill tillbaka "
          "fram tack",
    "no": "faktura bestilling pakke lever refusjon passord konto logge innlogg aldri alltid problem løst hjalp feil "
          "hver gang kommet penge betaling adresse melding virker fungerer kunde hjelp går morgen ødelagt tilbakestill "
          "åpner hvordan frem takk ikke jeg",
    "da": "faktura bestilling pakke lever refusion adgangskode kodeord konto logge indlogg aldrig altid problem løst "
          "hjalp forkert fejl hver gang kommet pengene betaling adresse besked virker kunde hjælp går morgen ødelagt "
          "nulstil åbner hvordan frem tak tilbage jeg ikke",
    "fi": "lasku tilau paket toimitu palautu salasan tili kirjau koskaan aina ongelm ratken autto väärin virhe joka "
          "kerta saapun raha maksu osoite viesti toimi asiaka apua eilen huomen rikki vaihda avaa haluan takaisin "
          "kiitos sovellu",
    "pl": "faktur zamówi paczk dostaw zwrot hasł konto konta logow zalog nigdy zawsze problem pomogł błęd każd razem "
          "dotarł pienięd płatnoś adres wiadomoś działa klient pomoc wczoraj jutro zepsut aplikacj zawiesz proszę "
          "dziękuj otrzyma",
    "cs": "faktur objednáv balík doruč vrácen hesl účet účtu přihlá nikdy vždy problém pomohl špatn chyb pokaždé "
          "dorazil peněz peníz platb adres zpráv funguj zákazn pomoc včera zítra rozbit aplikac otevř prosím děkuj "
          "obnov",
    "lt": "sąskait užsak siunt pristat grąžin slaptaž paskyr prisijung niekad visada problem padėj neteising klaid "
          "kiekvien kartą atvyk pinig mokėj adres žinut veikia klient pagalb vakar rytoj suged programėl strig atkurti "
          "prekę prekės prek gavau gauti",
    "lv": "rēķin pasūt sūtījum piegād atmaks parol konts kontu kontam pieslēg nekad vienmēr problēm palīdz neparei kļūd "
          "katru reizi pienāc naud maksāj adres ziņ strādā klient vakar salauz lietotn atjaun prec saņēm saņemt",
    "et": "arve tellimu pakk kohale tagasta parool konto logi kunagi alati problee aitas vale viga kord jõudnud raha "
          "makse aadress teade tööta klient abi eile homme katki rakendus muuta palun kuidas avada saabu",
    "tr": "fatura sipariş paket teslim iade şifre parola hesab giriş hiç her zaman sorun çözüld yanlış hata açtığım "
          "gelmed gelmi paramı ödeme adres mesaj çalışm müşteri yardım dün yarın bozuk uygulama sıfırla numaralı lütfen "
          "teşekkür",
    "ru": "счет счёт заказ посылк достав верн возвра парол аккаунт войти вход никогда всегда проблем помогл неверн "
          "ошибк каждый приш деньг оплат адрес сообщени письм работа клиент помощ вчера завтра сломал приложени сброс "
          "сайт товар получи здравствуй пожалуйст спасиб",
    "uk": "рахун замовл посилк достав поверн повернен парол акаунт увійти вхід ніколи завжди проблем допомогл "
          "неправильн помилк щораз прийшл гроші грошей оплат адрес повідомлен лист працю клієнт допомог вчора завтра "
          "зламал застосун скинути сайт товар отрима дякую",
    "bg": "фактур поръчк пратк достав връщан парол акаунт вход никога винаги проблем помогна грешн грешк всеки пристигн "
          "пари плащан адрес съобщени работи клиент помощ вчера утре счупен приложени сайт стока получи благодаря "
          "здравейте моля",
}
"""Beginnings of words that help desks meet, four letters and more; a shorter one is a whole word."""
