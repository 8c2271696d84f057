"""Mail providers whose addresses say nothing about who works with whom: their users are never colleagues."""

_NAMES = """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com hotmail.co.uk hotmail.fr hotmail.de
    hotmail.it live.co.uk outlook.de outlook.fr yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es
    yahoo.co.jp ymail.com rocketmail.com aol.com aim.com icloud.com me.com mac.com proton.me protonmail.com
    protonmail.ch pm.me tutanota.com tuta.io tutamail.com hey.com fastmail.com fastmail.fm zoho.com gmx.com
    gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.de posteo.de mailbox.org mail.ru inbox.ru
    list.ru bk.ru internet.ru yandex.ru ya.ru yandex.com yandex.by yandex.kz yandex.ua rambler.ru lenta.ru
    autorambler.ru myrambler.ru ro.ru narod.ru mail.ua ukr.net i.ua meta.ua bigmir.net tut.by inbox.lt mail.lt
    one.lt takas.lt zebra.lt lrs.lt delfi.lt yahoo.lt inbox.lv inbox.eu mail.ee hot.ee online.ee apollo.lv
    wp.pl o2.pl onet.pl onet.eu op.pl poczta.onet.pl interia.pl interia.eu gazeta.pl tlen.pl vp.pl orange.fr
    wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it tin.it hotmail.es terra.es
    telefonica.net sapo.pt uol.com.br bol.com.br terra.com.br ziggo.nl kpnmail.nl planet.nl home.nl telenet.be
    skynet.be seznam.cz centrum.cz email.cz post.cz azet.sk zoznam.sk abv.bg mail.bg citromail.hu freemail.hu
    telia.com comhem.se bredband.net online.no frisurf.no jubii.dk mail.dk luukku.com kolumbus.fi elisanet.fi
    qq.com 163.com 126.com sina.com sohu.com foxmail.com naver.com daum.net hanmail.net docomo.ne.jp
    ezweb.ne.jp softbank.ne.jp comcast.net verizon.net att.net sbcglobal.net cox.net charter.net bellsouth.net
    earthlink.net juno.com btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com bigpond.com
    optusnet.com.au shaw.ca rogers.com sympatico.ca rediffmail.com mail.com email.com usa.com
    users.noreply.github.com googlegroups.com privaterelay.appleid.com duck.com mozmail.com simplelogin.com
"""
PROVIDERS = frozenset(_NAMES.split())
_FAMILY_NAMES = "gmail googlemail hotmail outlook live msn yahoo ymail aol gmx yandex icloud protonmail zoho tiscali"
_FAMILIES = frozenset(_FAMILY_NAMES.split())
"""Providers with a domain in every country (`yahoo.com.ar`, `hotmail.be`)."""


def colleague_domain(address: str) -> str | None:
    """Return the domain whose other users are colleagues of this address, or None at a mail provider."""
    domain = address.rpartition("@")[2].lower() if "@" in address else ""
    if not domain or domain in PROVIDERS or domain.split(".")[0] in _FAMILIES:
        return None
    return domain
