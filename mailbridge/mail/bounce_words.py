"""The words by which servers say why a mail could not be delivered, in the languages they speak. Data only.

A reason has several patterns, searched in lower-case text; each looks no further than one sentence, so that it stays linear.
"""

from __future__ import annotations

from typing import Literal

Reason = Literal["user-unknown", "host-unknown", "moved", "disabled", "mailbox-full", "too-big", "spam", "blocked", "authentication",
                 "refused", "relaying", "rate", "syntax", "content", "expired", "network", "system", "other"]

# Tried in this order. A server that says "blocked" often adds "user" or "mailbox" somewhere, so what is special comes first.
WORDS: tuple[tuple[Reason, tuple[str, ...]], ...] = (
    ("mailbox-full", (
        r"mailbox (?:is |was )?full", r"mail ?box full", r"full mailbox", r"over ?quota",
        r"quota (?:has been |is |was )?(?:exceeded|full)", r"exceed\w* (?:\w+ ){0,3}quota", r"out of storage",
        r"storage (?:limit|allocation|space)", r"insufficient (?:disk |system )?(?:space|storage)", r"disk full",
        r"not enough (?:disk |storage )?space", r"mailbox (?:size|has exceeded|exceeds|is over|too large)",
        r"no space left", r"too many messages (?:in|on)", r"overquota", r"容量", r"переполнен",
        r"postfach (?:ist )?(?:voll|überfüllt)", r"inbox is full", r"mailbox exceed",
        r"is full\b", r"messages in recipient's mailbox",
        r"boîte (?:aux lettres|de réception|mail) (?:est )?pleine", r"buzón[^.\n]{0,40}lleno",
        r"casella[^.\n]{0,30}piena",
        r"caixa[^.\n]{0,40}cheia", r"skrzynka[^.\n]{0,30}(?:pełna|przepełniona)", r"postvak[^.\n]{0,30}vol\b",
        r"(?:inkorg|postlåda|brevlåda)[^.\n]{0,30}full", r"邮箱[^。\n]{0,10}满", r"信箱[^。\n]{0,10}滿", r"いっぱい",
        r"schránka[^.\n]{0,30}pln",
    )),
    ("authentication", (
        r"\bdmarc\b", r"\bdkim\b", r"\bspf\b", r"sender ?id\b", r"unauthenticated", r"not authenticated",
        r"auth(?:entication)? (?:is )?required", r"authentication (?:checks?|information|results?|fail)",
        r"must be authenticated", r"fails to pass authentication",
    )),
    ("too-big", (
        r"(?:message|mail|size|file|attachment)\b(?:(?!time|hop|expir|retr|queue|rate)[^.\n]){0,60}"
        r"(?:too (?:large|big|long)|exceed\w*)",
        r"too (?:large|big)\b", r"larger than", r"maximum (?:message |allowed )?size", r"message size", r"size limit",
        r"exceeds? (?:the )?(?:maximum|fixed|size)",
    )),
    ("spam", (
        r"\bspam\b", r"\bspammy", r"unsolicited", r"bulk mail", r"looks like (?:junk|spam)", r"phishing", r"virus",
        r"malware", r"infected", r"\bjunk\b", r"spam score", r"suspicious (?:content|message)",
    )),
    ("blocked", (
        r"black ?list", r"block ?list", r"\bblocked\b", r"\brbl\b", r"dnsbl", r"spamhaus", r"barracuda", r"spamcop",
        r"reputation", r"\bptr\b", r"reverse (?:dns|lookup|hostname)", r"\brdns\b", r"\bbanned\b", r"client host",
        r"(?:your|the|sending) ip\b", r"\bips?\b[^.\n]{0,40}(?:blocked|rejected|listed|denied|poor)",
        r"dynamic (?:ip|address)", r"unverif[iy]able sending", r"dns entries", r"no access from mail server", r"abuse",
        r"too many (?:spam|complaints)", r"blocked using",
    )),
    ("relaying", (
        r"relay(?:ing)? (?:access )?(?:denied|not|prohibited|is)", r"unable to relay",
        r"(?:permitted|allowed) to relay", r"\brelaying\b",
    )),
    ("rate", (
        r"rate limit", r"too many (?:connections|recipients|mails|concurrent|emails|sessions)", r"throttl",
        r"temporarily deferred", r"gr[ea]y ?list", r"slow down", r"receiving mail at a rate",
        r"exceeded (?:the )?(?:rate|number|limit)", r"connection rate", r"unusual rate", r"unusually high rate",
    )),
    ("moved", (
        r"has moved", r"no forwarding address", r"mailbox moved",
        r"no longer (?:works|valid|in use|with|an? employee)", r"has been replaced by",
    )),
    ("expired", (
        r"\bexpired\b", r"in the queue too long", r"queue too long", r"retry (?:timeout|time)", r"multiple retries",
        r"for a long time", r"could not (?:be delivered|deliver) for",
        r"(?:more than|after|within|for) \d+ (?:hours?|days?|minutes?|seconds?)", r"giving up", r"not accepted after",
        r"retry time not reached", r"maximum (?:time|lifetime|retries)", r"unable to deliver in",
    )),
    ("disabled", (
        r"\bdisabled\b", r"\binactive\b", r"\bsuspended\b", r"\bdeactivated\b",
        r"(?:account|mailbox|user|address)\b[^.\n]{0,30}(?:locked|not active|closed|expired)",
        r"not accepting (?:mail|messages|email)", r"account has been closed", r"disused", r"利用停止",
    )),
    ("host-unknown", (
        r"host (?:or domain )?(?:name )?(?:is )?(?:unknown|not found)", r"unknown (?:host|domain)",
        r"domain (?:name )?(?:is )?(?:not found|unknown)", r"domain[^.\n]{0,40}(?:does not|doesn't) exist",
        r"unrout[e]?able", r"no such (?:host|domain)", r"dns (?:error|lookup|failure)", r"name (?:or )?service error",
        r"nxdomain", r"bad destination (?:system|host)", r"null ?mx", r"no (?:valid )?mx\b", r"lookup failure",
        r"couldn't find any host", r"illegal host", r"domain couldn't be found", r"no mail server", r"no smtp service",
        r"domain is not reachable", r"domain may not exist",
        r"not accept (?:any )?(?:mail|smtp)", r"all relevant mx records", r"host name lookup", r"unresolv",
    )),
    ("user-unknown", (
        r"user\b[^.\n]{0,30}(?:unknown|not found|doesn't exist|does not exist|not known|invalid|doesn't have|"
        r"not listed)",
        r"unknown\b[^.\n]{0,20}(?:user|recipient|local|address|mailbox|account|virtual|alias)",
        r"no such (?:user|recipient|mailbox|address|person|account|local|email)",
        r"(?:recipient|address|mailbox|account|addressee|destinataire|empfänger)s?\b[^.\n]{0,50}(?:not found|"
        r"unknown|does not exist|doesn't exist|invalid|not exist|couldn't be found|not recognized|not valid|"
        r"no longer|not listed|non ?existent|unavailable|inconnu|unbekannt)",
        r"not (?:a )?(?:valid|known) (?:user|mailbox|recipient|address)",
        r"invalid (?:user|recipient|mailbox|address|final)", r"no mailbox", r"not our customer", r"not listed in",
        r"bad destination mailbox", r"is not a user", r"does not like recipient", r"recipnotfound",
        r"adresse d au moins", r"не найден", r"не существует", r"не існує", r"nincs ilyen", r"存在しません",
        r"リストにありません", r"見つか(?:り|ら)", r"宛先不明", r"不存在", r"找不到", r"没有该用户", r"empfänger[^.\n]{0,30}unbekannt",
        r"benutzer[^.\n]{0,30}(?:unbekannt|existiert nicht)",
        r"(?:utilisateur|destinataire|adresse)[^.\n]{0,40}(?:inconnue?|introuvable|n'existe pas)",
        r"(?:utente|destinatario|indirizzo|casella)[^.\n]{0,40}(?:sconosciut|inesistente|non esiste|non trovat)",
        r"(?:usuari[oa]|destinatari[oa]|buzón|dirección)[^.\n]{0,40}(?:desconocid|inexistente|no existe|no encontrad)",
        r"(?:usuário|utilizador|endereço|caixa)[^.\n]{0,40}(?:desconhecid|inexistente|não existe|não encontrad)",
        r"(?:użytkownik|adresat|odbiorc|konto|adres)\w*[^.\n]{0,40}(?:nie istnieje|nieznany|nie został)", r"nie ma takiego",
        r"(?:användare|mottagare|adress)\w*[^.\n]{0,40}(?:okänd|finns inte|hittades inte)",
        r"(?:bruger|modtager)\w*[^.\n]{0,30}(?:ukendt|findes ikke)",
        r"(?:gebruiker|geadresseerde|adres)\w*[^.\n]{0,40}(?:onbekend|bestaat niet|niet gevonden)", r"neegzistuoja", r"nerastas",
        r"(?:uživatel|příjemce|adresát|adresa)\w*[^.\n]{0,30}(?:neexistuje|neznám)", r"no valid recipients", r"recipient'?s? name is not",
        r"recipient address rejected: access denied", r"kullanıcı bulunamadı", r"alıcı bulunamadı", r"tuntematon", r"ei löyd",
        r"(?:okänd|ukendt|ukjent|onbekende?|unbekannte[rs]?|neznám\w*|nieznan\w+|неизвестн\w+|невідом\w+|nežinom\w+|nezinām\w+|tundmatu)"
        r" (?:e-?mail|e-?post)?[ -]?(?:användare|mottagare|adress|bruger|modtager|bruker|mottaker|gebruiker|ontvanger|benutzer|empfänger"
        r"|uživatel|příjemce|użytkownik|odbiorca|adresat|пользовател|получател|адрес|користувач|отримувач|vartotoj|gavėj|lietotāj|kasutaja)",
    )),
    ("network", (
        r"connection (?:refused|reset|lost|closed|dropped|died|failed|timed)", r"connect to\b", r"no route to host",
        r"network (?:is )?unreachable", r"host (?:is )?(?:down|unreachable)", r"establish an smtp connection",
        r"loops? back", r"(?:mail|routing) loop", r"hop count", r"too many hops", r"\bstarttls\b", r"handshake",
        r"timed? ?out", r"not respond", r"bad connection", r"socket error",
        r"did not accept our requests to connect", r"is not reachable",
    )),
    ("content", (
        r"header error", r"media error", r"conversion", r"attachment", r"message content", r"invalid header",
        r"duplicate header", r"8bit", r"smtputf8", r"line too long", r"line limit", r"content (?:rejected|not)",
        r"multiple (?:from|subject|to|date|message-id)",
    )),
    ("syntax", (
        r"syntax", r"malformed", r"bad (?:address|sequence|command)", r"unqualified",
        r"invalid (?:character|syntax|command)", r"rfc ?28?[258]2[12]", r"unrecognized command", r"protocol error",
        r"not rfc", r"command (?:rejected|not)",
    )),
    ("refused", (
        r"reject", r"\bdenied\b", r"refus", r"not (?:permitted|allowed|authori[sz]ed|accepted)", r"prohibited",
        r"policy", r"\baccess\b", r"sender address", r"not (?:a )?member", r"does not accept", r"unacceptable",
        r"violation", r"permission", r"restrict", r"is invalid", r"filter",
    )),
    ("system", (
        r"local error", r"configuration", r"config error", r"internal (?:server )?error", r"mailer error",
        r"command (?:died|output|failed)", r"i/o error", r"resources", r"service unavailable", r"server error",
        r"temporar", r"system error", r"duplicated message-id", r"try again",
    )),
)
