"""Texts by which reading without a declared charset is measured: what customers write, in the charsets that their programs used.

Kept apart from the letters that the reading was made by (`test_charset.py`): nothing in the code may be tuned to one of these.
Each is (language, charsets, short texts such as subjects and names, longer texts).
"""

TEXTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("lt", ("cp1257", "iso-8859-13", "iso-8859-4"),
     ("Sąskaitos apmokėjimas", "Dėl grąžinimo sąlygų", "Neveikia prisijungimas prie paskyros", "Užsakymas vėluoja jau savaitę",
      "Rūta Žemaitienė", "Pažyma_už_lapkritį.pdf"),
     ("Laba diena,\nvakar užsisakiau du šviestuvus, tačiau šiandien gavau pranešimą, kad vienas iš jų išparduotas. Ar galėčiau "
      "pasirinkti kitą spalvą?\nPagarbiai\nRūta Žemaitienė",
      "Sveiki, sąskaitoje nurodytas neteisingas įmonės kodas, prašyčiau pataisyti ir atsiųsti naują.",
      "Kodėl niekas neatsako į mano žinutes? Jau trečią dieną laukiu skambučio iš jūsų vadybininko.")),
    ("lv", ("cp1257", "iso-8859-13", "iso-8859-4"),
     ("Rēķina apmaksa kavējas", "Jautājums par piegādi", "Nevaru pieslēgties kontam", "Jānis Bērziņš", "Līgums_pielikums_ņemts.pdf"),
     ("Labdien!\nVakar pasūtīju grāmatu, bet šodien saņēmu ziņu, ka tā vairs nav pieejama. Vai jūs varētu atmaksāt naudu?\n"
      "Ar cieņu,\nJānis Bērziņš",
      "Lūdzu, pārbaudiet, kāpēc mans pasūtījums joprojām nav izsūtīts, jo nauda kontā ir noņemta.")),
    ("et", ("cp1257", "iso-8859-15", "iso-8859-4", "cp1252"),
     ("Küsimus tellimuse kohta", "Arve on tasumata jäänud", "Õppematerjalid ei avane", "Ülle Mägi", "Päring_müügile.pdf"),
     ("Tere päevast!\nMa tellisin eelmisel nädalal külmiku, aga kuller ütles, et minu tänaval on teetööd. Kas saaksite tarne aega "
      "muuta?\nLugupidamisega\nÜlle Mägi",
      "Palun öelge, miks minu küsimusele pole siiani vastatud, kuigi lubasite seda teha homme hommikul.")),
    ("pl", ("cp1250", "iso-8859-2"),
     ("Reklamacja uszkodzonej przesyłki", "Zwrot pieniędzy", "Prośba o fakturę końcową", "Łukasz Wiśniewski", "Załącznik_do_umowy_żółty.pdf"),
     ("Dzień dobry,\nod wczoraj nie mogę zalogować się na swoje konto, mimo że hasło zmieniłem zgodnie z instrukcją. Co mogę jeszcze "
      "zrobić?\nZ poważaniem\nŁukasz Wiśniewski",
      "Proszę o pilną odpowiedź, bo paczka miała przyjść już w środę, a status się nie zmienił.")),
    ("cs", ("cp1250", "iso-8859-2"),
     ("Dotaz k objednávce", "Vrácení zboží ve lhůtě", "Nefunguje přihlášení", "Jiří Dvořák", "Příloha_účtu_březen.pdf"),
     ("Dobrý den,\nvčera mi přišla zásilka, ale místo modrého křesla v ní byla zelená židle. Můžete mi prosím sdělit, jak mám "
      "postupovat?\nS pozdravem\nJiří Dvořák",
      "Prosím o rychlou odpověď, peníze z účtu už odešly a zboží pořád nikde není.")),
    ("sk", ("cp1250", "iso-8859-2"),
     ("Otázka k objednávke", "Žiadosť o vrátenie peňazí", "Ľubomír Šťastný"),
     ("Dobrý deň,\nobjednávka mala prísť už minulý týždeň, no dodnes mi ju nikto nedoručil. Kedy ju môžem čakať?\nĎakujem, Ľubomír",)),
    ("hu", ("cp1250", "iso-8859-2"),
     ("Kérdés a rendeléssel kapcsolatban", "Számla módosítása", "Szőke Ödön"),
     ("Tisztelt Ügyfélszolgálat!\nA múlt héten rendelt készülék hibásan érkezett meg, a kijelzője nem működik. Kérem, küldjék el az "
      "új példányt.\nÜdvözlettel: Szőke Ödön",)),
    ("ru", ("cp1251", "koi8-r", "iso-8859-5", "cp866"),
     ("Не пришёл заказ", "Вопрос по счёту", "Возврат денег за билет", "Прошу закрывающие документы", "Екатерина Щукина",
      "Договор_поставки.docx"),
     ("Здравствуйте!\nВчера оплатила подписку, но доступ так и не появился. Подскажите, сколько ещё ждать?\nС уважением,\nЕкатерина "
      "Щукина",
      "Добрый вечер, хотелось бы узнать, почему со счёта списали дважды. Верните, пожалуйста, лишнее.",
      "ВНИМАНИЕ! Срок действия вашего договора истекает в пятницу.")),
    ("uk", ("cp1251", "koi8-u"),
     ("Питання щодо замовлення", "Повернення коштів", "Не працює вхід", "Ганна Ґудзь", "Рахунок_за_червень.pdf"),
     ("Доброго дня!\nМинулого тижня я замовила навушники, проте посилка ще й досі не надійшла. Чи є якісь новини щодо доставки?\nЗ "
      "повагою, Ганна",
      "Будь ласка, надішліть мені рахунок ще раз, бо в ньому помилка: ім'я вказане неправильно.")),
    ("bg", ("cp1251",), ("Въпрос за поръчка", "Забавена доставка"),
     ("Здравейте, поръчах преди седмица, но още нямам отговор кога ще бъде доставката. Моля, проверете.",)),
    ("de", ("cp1252", "iso-8859-15"),
     ("Rückfrage zur Lieferung", "Kündigung zum nächstmöglichen Termin", "Übersicht fehlt", "Jürgen Größl", "Aufträge_März.xlsx"),
     ("Guten Tag,\nleider wurde mir die falsche Größe geliefert. Könnten Sie mir bitte ein Rücksendeetikett schicken?\nMit freundlichen "
      "Grüßen\nJürgen Größl", "Wir hätten gern ein Angebot über fünf Stühle, Lieferung nach Köln.")),
    ("fr", ("cp1252", "iso-8859-15"),
     ("Problème de connexion", "Facture erronée", "Délai dépassé", "Hélène Françoise Lefèvre", "Relevé_décembre.pdf"),
     ("Bonjour,\nj'ai bien reçu le colis, mais il manque une pièce. À qui dois-je m'adresser pour être remboursée ?\nMerci d'avance,\n"
      "Hélène", "Où en est ma commande passée à Noël ? Le suivi n'a pas bougé depuis huit jours.")),
    ("es", ("cp1252",), ("¿Dónde está mi pedido?", "Devolución del artículo", "José Ibáñez"),
     ("Buenos días, ayer compré una lámpara y llegó rota. ¿Podrían enviarme otra? Espero su respuesta mañana.",)),
    ("pt", ("cp1252",), ("Reclamação de serviço", "Não recebi a encomenda", "João Conceição"),
     ("Olá, já passaram três semanas e não tive qualquer informação sobre a devolução. Obrigado pela atenção.",)),
    ("sv", ("cp1252",), ("Fråga om återbetalning", "Försenad leverans", "Åsa Öberg"),
     ("Hej, paketet skulle ha kommit i måndags men spårningen visar ingenting. Kan ni höra av er så fort ni vet?",)),
    ("da", ("cp1252",), ("Spørgsmål til fakturaen", "Søren Ågård"),
     ("Hej, jeg kan ikke åbne den vedhæftede fil, og på hjemmesiden står der, at ordren er annulleret. Hvad gør jeg så?",)),
    ("fi", ("cp1252",), ("Kysymys tilauksesta", "Päivitys epäonnistui", "Mäkelä Väinö"),
     ("Hyvää iltaa, lähetin teille viestin jo viime viikolla, mutta en ole saanut mitään vastausta. Voisitteko tarkistaa?",)),
    ("tr", ("cp1254", "iso-8859-9"),
     ("Siparişim gecikti", "Şifremi değiştiremiyorum", "Fatura bilgisi yanlış", "Gülşah Çağlayan", "Ödeme_dekontu_ağustos.pdf"),
     ("İyi günler,\ngeçen hafta aldığım ürün arızalı çıktı, değişim için nereye başvurmalıyım? Yardımınız için şimdiden teşekkür "
      "ederim.\nSaygılarımla\nGülşah",
      "Kargom üç gündür şubede bekliyor, neden dağıtıma çıkmıyor?")),
    ("el", ("cp1253", "iso-8859-7"), ("Ερώτηση για την παραγγελία", "Επιστροφή χρημάτων"),
     ("Καλησπέρα σας, η συσκευή που αγόρασα σταμάτησε να λειτουργεί μετά από δύο μέρες. Τι πρέπει να κάνω;",)),
    ("he", ("cp1255",), ("שאלה לגבי ההזמנה",), ("שלום רב, החבילה עדיין לא הגיעה ואין לי שום עדכון. אשמח לתשובה בהקדם.",)),
    ("ja", ("iso-2022-jp", "shift_jis", "euc-jp"),
     ("ご注文の件について", "パスワードを忘れました", "請求書の再発行のお願い", "山田 花子", "見積書.pdf"),
     ("いつもお世話になっております。\n先週注文した商品がまだ届いておりません。配送状況をご確認いただけますでしょうか。\n"
      "よろしくお願いいたします。\n山田", "アプリを開くとすぐに落ちてしまいます。対処方法を教えてください。")),
    ("zh", ("gb18030", "gb2312"),
     ("关于订单的问题", "申请退款", "无法登录账户", "王小明", "合同附件.pdf"),
     ("您好！\n我上周购买的手机收到后发现屏幕有划痕，请问可以换货吗？谢谢。\n王小明", "发票抬头写错了，麻烦重新开一张，寄到原来的地址。")),
    ("zh-tw", ("big5",), ("訂單問題詢問", "無法登入帳號", "陳美玲"),
     ("您好，我上個月訂購的商品到現在還沒有收到，請問什麼時候可以出貨？謝謝您的協助。",)),
    ("ko", ("euc-kr",), ("주문 관련 문의", "환불 요청합니다", "김민수"),
     ("안녕하세요. 지난주에 주문한 제품이 아직 배송되지 않았습니다. 확인 부탁드립니다. 감사합니다.",)),
)
