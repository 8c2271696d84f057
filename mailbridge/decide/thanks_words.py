"""The words of thanks, in English, Russian and Lithuanian, as `thanks.py` puts them together.

Each entry is a pattern of lower-case words, one blank between two; a name that somebody is called by stands as NAME. Lines are
joined without anything between them. THANKS of a language refers to the entries in capitals.
"""

from __future__ import annotations

EN = {
    "hello": r"""
        (?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))(?: (?:there|team|all|both|everyone
        |support(?: team)?|guys|sir|madam|NAME))*
    """,
    "more": r"""
        very much|(?:so )+(?:very )?much|a lot|lots|a (?:million|ton|bunch|bundle)|(?:so )?kindly|(?:once )?again
        |indeed|ever so much|sincerely|very kindly|heaps|loads
    """,
    "whom": r"""
        you|u|ya|team|all|everyone|everybody|guys|mate|both|folks|friends?|(?:to )?(?:you|everyone|the team
        |all of you)|NAME
    """,
    "det": r"""
        the|your|all|all the|all your|such(?: an?)?|this|that|an?|my
    """,
    "adj": r"""
        (?:very|really|so) |quick|fast|prompt|swift|speedy|rapid|great|good|kind|wonderful|amazing|excellent
        |fantastic|super|continued|detailed|helpful|clear|lovely|outstanding|timely|additional|immediate|friendly
        |professional
    """,
    "noun": r"""
        help|support|repl(?:y|ies)|answers?|response|responses|assistance|time|work|info|information|update|updates
        |service|explanation|clarification|feedback|patience|understanding|effort|efforts|advice|solution
        |resolution|fix|attention|turnaround|confirmation|notice|e-?mail|message|refund|tip|tips|everything
        |cooperation|kindness|heads-up|hard work|hint|it|this|that
    """,
    "gerund": r"""
        (?:quickly |promptly )?(?:(?:getting|coming|going) back to (?:me|us)|(?:sorting|working) (?:this|that|it
        |things|everything|all this) out|letting (?:me|us) know|looking into (?:this|it|that)|(?:fixing|solving
        |resolving|sorting|handling|clarifying|explaining|confirming|checking|doing|answering|taking care of) (?:it
        |this|that|everything|my (?:problem|issue|question)|our (?:problem|issue|question)|the (?:problem|issue
        |matter|question))|(?:helping|informing|updating|assisting)(?: (?:me|us))?(?: out)?|replying|responding
        |confirming|checking|asking|explaining|being so (?:helpful|quick|kind))(?: so)?(?: (?:quickly|fast|promptly
        |soon|well))?
    """,
    "well": r"""
        yes|yep|ah|oh|wow|ok|okay|great|perfect|awesome|excellent|super|wonderful|fantastic|brilliant|lovely|cool
        |nice|good|alright|amazing|got it|understood|noted|received|done|fine|sorted|fixed|solved|resolved
        |all (?:good|sorted|set|fine|clear|done|well)(?: now)?|(?:it|this|that|everything|all)(?:'s| is| all
        | all is)? (?:works?|worked|working|fine|good|great|perfect|ok|okay|resolved|solved|fixed|sorted|clear
        |done)(?: (?:now|again|well|fine|perfectly|great|out|for me|like a charm|as expected))*|(?:works?|worked
        |working)(?: (?:now|again|well|fine|perfectly|great|for me|like a charm|as expected))*|(?:(?:this|that|it
        |which) )?(?:has )?(?:did the trick|helped(?: (?:me|us|a lot|very much))*|(?:solved|fixed|resolved) (?:it
        |that|the (?:problem|issue)|my (?:problem|issue)))|(?:my |the )?(?:problem|issue|matter|question)(?: is
        | has been| was)? (?:solved|resolved|fixed|sorted|answered)(?: now)?|(?:i )?(?:have )?(?:got
        |received) (?:it|the (?:refund|parcel|package|money|invoice|order|document|documents|replacement))
        |no (?:further|more|other) questions|(?:you can|please|feel free to) close (?:the|this|my) (?:ticket|case
        |request)|(?:this|that|it)(?:'s| is| was) (?:very |really |so )*(?:helpful|useful|kind of you)|very helpful
        |you(?:'re| are) (?:the best|great|awesome|amazing|a star|very kind|a lifesaver)|(?:great|excellent
        |fantastic|amazing|good) (?:service|job|work|support)
    """,
    "bye": r"""
        (?:(?:best|kind|kindest|warm|warmest|with best|with kind) )?regards|best(?: wishes)?|sincerely(?: yours)?
        |yours(?: sincerely| truly)?|cheers|bye|take care|all the best|(?:have|enjoy) (?:a|the rest of your
        |your)(?: (?:very|really|great|good|nice|lovely|wonderful|pleasant))* (?:day|evening|weekend|week|one|night
        |time)|sent from my (?:iphone|ipad|phone|galaxy)|NAME
    """,
}
EN_THANKS = r"""
    (?:(?:WELL|oh|well|yes|that's (?:great|perfect)) )?(?:and )?(?:(?:many|big|huge|lots of|great|with|my|our|a big
    |sincere) )*(?:thanks|thank you|thank u|thank ya|thankyou|thx|thnx|tnx|ty|tysm|cheers|thank)(?: (?:MORE
    |WHOM))*(?:(?: and)? for (?:(?:(?:DET|ADJ) ?)*(?:NOUN|GERUND)(?: with (?:this|that|it|everything
    |my NOUN))?))*(?: and (?:(?:DET|ADJ) ?)*(?:NOUN|GERUND))?(?: (?:MORE|WHOM|BYE
    |WELL))*(?:(?: and)? (?:best |kind )?regards)?(?: and BYE)?|(?:it(?:'s
    | is) )?(?:very |much |really |greatly |highly )*(?:appreciated|obliged)|(?:i|we)(?:'m| am
    | are)? (?:really |so |very |truly |do |much )*(?:grateful|thankful|(?:appreciate|appreciated) (?:it|that
    |(?:(?:DET|ADJ) ?)*NOUN))(?: for (?:(?:(?:DET|ADJ) ?)*(?:NOUN|GERUND)))?|(?:really )?appreciate (?:it|that)
    |appreciated
"""

RU = {
    "hello": r"""
        здравствуйте|привет|приветствую|добр(?:ый|ое|ого) (?:день|утро|вечер|дня|утра|вечера)|уважаем(?:ый|ая
        |ые)(?: NAME| коллеги)*|коллеги
    """,
    "more": r"""
        большое|огромное|огромнейшее|преогромное|ещё раз|еще раз|очень|от души|искренне|сердечно|премного|вам|вас
        |тебе|всем|ребята|команде|NAME
    """,
    "whom": r"""
        вам|вас|тебе|всем|большое|огромное|ещё раз|еще раз|от души|за всё|за все|ребята|коллеги|команде|NAME
    """,
    "det": r"""
        ваш[ауеи]?|ваше|вашу|твою|такой|такую|такое|ту|эту|это|всю|столь
    """,
    "adj": r"""
        быстрый|быструю|быстрое|оперативный|оперативную|оперативное|скорый|скорую|подробный|подробную|подробное
        |полный|полную|понятное|отличную|отличный|хорошую|качественную|качественное|развёрнутый|развернутый
        |исчерпывающий|уделённое|уделенное|потраченное|профессиональную|терпеливое|проделанную
    """,
    "noun": r"""
        помощь|ответ|ответы|поддержку|оперативность|информацию|инфо|разъяснение|разъяснения|объяснение|объяснения
        |пояснение|пояснения|решение(?: (?:вопроса|проблемы|моего вопроса|моей проблемы))?|понимание|терпение
        |работу|труд|сотрудничество|содействие|внимание|время|совет|советы|подсказку|консультацию|реакцию|заботу
        |отзывчивость|скорость|сервис|обслуживание|участие|уточнение|обратную связь|всё|все|это|исправление|возврат
        |подтверждение
    """,
    "gerund": r"""
        то что (?:помогли|ответили|разобрались|решили)
    """,
    "well": r"""
        ок|окей|ok|разобрался|разобралась|разобрались|хорошо|отлично|супер|прекрасно|замечательно|здорово|класс
        |ясно|понятно|понял|поняла|поняли|принято|принял|приняла|получил|получила|получили|готово|учту|учтём|учтем
        |буду знать|будем знать|да|ага|(?:(?:теперь|уже|сейчас|у меня|у нас|всё|все) )*(?:работает|заработало
        |получилось|помогло|решилось|исправилось|открылось|открывается|загружается|подошло|хорошо|отлично|ок
        |в порядке|понятно|ясно|пришло|дошло|нормально)(?: (?:отлично|хорошо|теперь|как надо|нормально|прекрасно))*
        |(?:мой )?(?:вопрос|проблема)(?: (?:уже|полностью))? (?:решён|решен|решена|закрыт|закрыта|снят|исчерпан
        |устранена)|(?:вы )?(?:мне |нам )?(?:очень )?(?:помогли|выручили)(?: (?:мне|нам))?|(?:деньги|посылка
        |возврат|письмо|заказ|документы) (?:пришли|пришла|пришло|пришёл|пришел|получены|получена|получен|получено)
        |(?:можно|можете) (?:закрывать|закрыть)(?: (?:заявку|обращение|тикет|вопрос))?|вопросов (?:больше )?нет
        |больше вопросов нет|вы (?:лучшие|супер|молодцы)
    """,
    "bye": r"""
        с уважением|всего (?:доброго|хорошего|наилучшего)|до свидания|пока|удачи(?: вам)?|хорошего (?:дня|вечера
        |настроения)(?: вам)?|хороших выходных|доброго (?:дня|вечера)|приятного (?:дня|вечера)|отличного дня
        |с наступающим|отправлено с iphone|успехов|с наилучшими пожеланиями|NAME
    """,
}
RU_THANKS = r"""
    (?:(?:WELL) )?(?:и )?(?:(?:MORE|я|мы) )*(?:спасибо|спасиб|пасиб|пасибо|спасибки|спасибочки|спс|благодарю
    |благодарим|благодарствую|благодарна|благодарен|благодарны|признательна|признателен
    |признательны)(?: (?:WHOM))*(?: (?:и )?за (?:(?:DET|ADJ) )*NOUN)*(?: и (?:(?:DET|ADJ) )*NOUN)?(?: (?:WHOM
    |WELL))*(?: и (?:BYE|WHOM))?
"""

LT = {
    "hello": r"""
        (?:sveiki|sveikas|sveika|labas|laba diena|laba|labas (?:rytas|vakaras)|gerb(?:iamas|iama|iami)?)(?: NAME)?
    """,
    "more": r"""
        labai|didelis|didžiulis|nuoširdžiai|nuoširdus|dar kartą|jums|tau|visiems|tūkstantį kartų|tūkstantis|esu
        |esame|be galo|iš širdies|NAME
    """,
    "whom": r"""
        labai|jums|tau|visiems|dar kartą|komandai|iš širdies|nuoširdžiai|NAME
    """,
    "det": r"""
        jūsų|tavo|tokią|tokį|tą|tai|visą|šią|šį|suteiktą|skirtą|taip
    """,
    "adj": r"""
        greitą|greita|operatyvų|operatyvią|išsamų|išsamią|puikų|puikią|gerą|skubią|skubų|aiškų|nuoširdų
        |profesionalią|suteiktą|malonų
    """,
    "noun": r"""
        pagalbą|atsakymą|atsakymus|informaciją|info|supratingumą|supratimą|kantrybę|reakciją|reagavimą|darbą
        |operatyvumą|bendradarbiavimą|paaiškinimą|patikslinimą|sprendimą|problemos sprendimą|dėmesį|laiką|rūpestį
        |aptarnavimą|konsultaciją|patarimą|patarimus|viską|tai|greitumą|paslaugą|patvirtinimą|grąžinimą
        |pagalbą sprendžiant (?:problemą|klausimą)
    """,
    "gerund": r"""
        kad (?:padėjote|atsakėte|išsprendėte)
    """,
    "well": r"""
        ok|okei|gerai|puiku|super|šaunu|nuostabu|aišku|supratau|supratome|gavau|gavome|tinka|sutvarkyta|išspręsta
        |padaryta|turėsiu omeny(?:je)?|žinosiu|taip|(?:(?:jau|dabar|man|mums|viskas|tai) )*(?:ok|tiko|veikia|pavyko
        |gerai|puiku|aišku|padėjo|sutvarkyta|išspręsta|tvarkoj(?:e)?|susitvarkė|suveikė)(?: (?:gerai|puikiai|dabar
        |jau|kaip (?:reikia|priklauso)))*|(?:mano )?(?:problema|klausimas)(?: jau)? (?:išspręsta|išspręstas
        |sutvarkyta|išsisprendė)|(?:jūs )?(?:man |mums )?(?:labai )?padėjote|išsprendėte (?:mano )?(?:problemą
        |klausimą)|(?:pinigai|pinigus|siunta|siuntą) (?:gavau|gavome|atėjo|gauti|gauta)|(?:gavau|gavome) (?:pinigus
        |siuntą|sąskaitą|dokumentus)|(?:daugiau )?klausimų (?:nebeturiu|neturiu|nėra|nebėra)
        |galite uždaryti(?: užklausą)?
    """,
    "bye": r"""
        pagarbiai|geros dienos|gražios dienos|gero vakaro|gražaus vakaro|(?:gero|gražaus|smagaus) savaitgalio|iki
        |viso gero|sėkmės|geriausi linkėjimai|su pagarba|linkėjimai|geros|išsiųsta iš iphone|NAME
    """,
}
LT_THANKS = r"""
    (?:(?:WELL) )?(?:ir )?(?:(?:MORE) )*(?:ačiū|ačiu|dėkoju|dėkojame|dėkojam|dėkui|dėkis|dėkinga|dėkingas
    |dėkingi)(?: (?:WHOM))*(?: (?:ir )?už (?:(?:DET|ADJ) )*NOUN)*(?: ir (?:(?:DET|ADJ) )*NOUN)?(?: (?:WHOM|WELL
    |BYE))*(?: ir BYE)?
"""
