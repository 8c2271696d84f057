"""Mail providers whose addresses say nothing about who works with whom: their users are never colleagues."""

_NAMES = """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it
    live.co.uk outlook.de outlook.fr yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.jp ymail.com
    rocketmail.com aol.com aim.com icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me
    tutanota.com tuta.io tutamail.com hey.com fastmail.com fastmail.fm zoho.com gmx.com gmx.de gmx.net gmx.at gmx.ch
    web.de t-online.de freenet.de mail.de posteo.de mailbox.org mail.ru inbox.ru list.ru bk.ru internet.ru yandex.ru
    ya.ru yandex.com yandex.by yandex.kz yandex.ua rambler.ru lenta.ru autorambler.ru myrambler.ru ro.ru narod.ru
    mail.ua ukr.net i.ua meta.ua bigmir.net tut.by inbox.lt mail.lt one.lt takas.lt zebra.lt lrs.lt delfi.lt yahoo.lt
    inbox.lv inbox.eu mail.ee hot.ee online.ee apollo.lv wp.pl o2.pl onet.pl onet.eu op.pl poczta.onet.pl interia.pl
    interia.eu gazeta.pl tlen.pl vp.pl orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it
    tiscali.it alice.it tin.it hotmail.es terra.es telefonica.net sapo.pt uol.com.br bol.com.br terra.com.br ziggo.nl
    kpnmail.nl planet.nl home.nl telenet.be skynet.be seznam.cz centrum.cz email.cz post.cz azet.sk zoznam.sk abv.bg
    mail.bg citromail.hu freemail.hu telia.com comhem.se bredband.net online.no frisurf.no jubii.dk mail.dk
    luukku.com kolumbus.fi elisanet.fi qq.com 163.com 126.com sina.com sohu.com foxmail.com naver.com daum.net
    hanmail.net docomo.ne.jp ezweb.ne.jp softbank.ne.jp comcast.net verizon.net att.net sbcglobal.net cox.net
    charter.net bellsouth.net earthlink.net juno.com btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com
    bigpond.com optusnet.com.au shaw.ca rogers.com sympatico.ca rediffmail.com mail.com email.com usa.com
    users.noreply.github.com googlegroups.com privaterelay.appleid.com duck.com mozmail.com simplelogin.com
    tutanota.de tuta.com keemail.me hushmail.com runbox.com riseup.net disroot.org startmail.com mailfence.com
    kolabnow.com inbox.com lavabit.com cock.li pobox.com bigfoot.com myself.com post.com engineer.com consultant.com
    europe.com asia.com iname.com writeme.com dr.com usa.net lycos.com excite.com sonnet.de arcor.de online.de
    email.de vodafone.de vodafonemail.de kabelmail.de unitybox.de o2online.de o2mail.de versanet.de netcologne.de
    ewe.net osnanet.de 1und1.de ok.de bluewin.ch hispeed.ch sunrise.ch swissonline.ch a1.net aon.at chello.at
    kabsi.at utanet.at drei.at neuf.fr bbox.fr numericable.fr club-internet.fr aliceadsl.fr cegetel.net 9online.fr
    nordnet.fr voila.fr caramail.com tim.it fastwebnet.it inwind.it iol.it email.it vodafone.it teletu.it poste.it
    ono.com ya.com movistar.es euskaltel.net netcabo.pt clix.pt iol.pt mail.pt aeiou.pt meo.pt xs4all.nl hetnet.nl
    upcmail.nl quicknet.nl casema.nl chello.nl zonnet.nl zeelandnet.nl caiway.nl solcon.nl tele2.nl proximus.be
    scarlet.be voo.be pandora.be belgacom.net pt.lu internet.lu konto.pl poczta.fm go2.pl autograf.pl spoko.pl
    onet.com.pl poczta.pl neostrada.pl buziaczek.pl int.pl amorki.pl opoczta.pl gery.pl inetia.pl vectra.pl atlas.cz
    volny.cz quick.cz tiscali.cz chello.cz upcmail.cz atlas.sk centrum.sk post.sk pobox.sk szm.sk t-online.hu
    indamail.hu vipmail.hu upcmail.hu dir.bg gbg.bg siol.net amis.net t-2.net net.hr inet.hr vip.hr eunet.rs sbb.rs
    ptt.rs mts.rs otenet.gr hol.gr forthnet.gr in.gr freemail.gr superonline.com mynet.com ttmail.com starman.ee
    neti.ee elion.ee suhtlus.ee delfi.ee delfi.lv one.lv tvnet.lv e-apollo.lv parks.lv eunet.lt splius.lt init.lt
    erdves.lt elnet.lt balticum-tv.lt kava.lt penki.lt telia.lt omni.lt gmail.lt mail.by open.by mail.kz vk.com
    pochta.ru qip.ru newmail.ru hotbox.ru land.ru front.ru km.ru nm.ru hotmail.ru pisem.net smtp.ru e1.ru ngs.ru
    sibmail.com mail333.com online.ua ua.fm email.ua rambler.ua ukrpost.net 3g.ua telenet.ru bredband2.com spray.se
    passagen.se swipnet.se home.se tele2.se live.se getmail.no broadpark.no c2i.net lyse.net altibox.no tdcadsl.dk
    stofanet.dk mail.tele.dk youmail.dk webspeed.dk welho.com suomi24.fi saunalahti.fi pp.inet.fi dnainternet.net
    simnet.is centurylink.net windstream.net frontier.com frontiernet.net optonline.net rr.com twc.com mindspring.com
    cableone.net q.com embarqmail.com suddenlink.net netzero.net peoplepc.com pacbell.net ameritech.net swbell.net
    flash.net prodigy.net wowway.com rcn.com tds.net hughes.net bell.net videotron.ca telus.net eastlink.ca cogeco.ca
    nb.sympatico.ca sasktel.net mts.net blueyonder.co.uk tiscali.co.uk btopenworld.com talk21.com virgin.net
    virgin.co.uk plus.net plusnet.com o2.co.uk orange.net eircom.net iol.ie iinet.net.au tpg.com.au internode.on.net
    bigpond.net.au westnet.com.au dodo.com.au xtra.co.nz slingshot.co.nz orcon.net.nz vodamail.co.za mweb.co.za
    telkomsa.net webmail.co.za walla.co.il walla.com netvision.net.il bezeqint.net 012.net.il emirates.net.ae
    yeah.net sina.cn aliyun.com 139.com 189.cn 21cn.com tom.com vip.163.com vip.qq.com hinet.net nifty.com ocn.ne.jp
    biglobe.ne.jp so-net.ne.jp plala.or.jp au.com i.softbank.jp nate.com kakao.com hanmir.com singnet.com.sg
    pacific.net.sg streamyx.com sify.com vsnl.net indiatimes.com ig.com.br globo.com globomail.com r7.com oi.com.br
    prodigy.net.mx speedy.com.ar fibertel.com.ar arnet.com.ar ciudad.com.ar vtr.net adinet.com.uy cantv.net
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
