"""How much a text looks like one that a person wrote, to tell a right charset from a wrong one.

In comes decoded text, out comes a figure from 0 to 1. It looks only at the letters beyond ASCII: whether they all
belong to the alphabet of one language, and for Cyrillic, Chinese, Japanese and Korean, whether they are the common
ones there. Misread bytes give letters of several alphabets, capitals inside words, signs and controls.
"""

from __future__ import annotations

import re
from collections import Counter

ENOUGH = 0.85
"""A text with at least this figure is taken as it is."""

_ALPHABETS = tuple(frozenset(letters + letters.upper()) for letters in (
    "ąčęėįšųūž", "āčēģīķļņšūžõŗō", "äõöüšž", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "äöüß",
    "àâæçéèêëîïôœùûüÿ", "áéíñóúü¿¡ºª", "àèéìíîòóùú", "ãáàâçéêíóôõúüºª", "áàâäçéèêëíïóöôúü", "åäöéü", "æøåéèòüöä",
    "çğıöşüâîûİ", "ăâîșțşţ", "čćđšž", "áðéíóúýþæö",
))
_COMMON_CYRILLIC = frozenset("оеаинтсрвл")
_CYRILLIC_TEXT = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐЎ")
_PUNCTUATION = frozenset("–—‘’‚“”„«»…•№°§©®™€£·\u00a0‹›´´`−××½±¿¡†‰²³¹µ\u2009\u202f\u200b\u200c\u200d\u2060\ufeff\u200e\u200f、。，！？：；（）「」『』【】～・ー")
_ODD_SIGNS = frozenset("¤¦¨¬¯¸ªº¢¥¶¼¾÷ˇ˘˙˛˝¡Ь") - frozenset("Ь")
_MIXED_CASE = re.compile(r"[а-яёa-zą-ž][А-ЯЁ]|[a-zа-я][ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĄĆĘŁŃŚŹŻČĖĮŠŲŪŽ]")
_COMMON_HAN = frozenset("的一是不了在人有我他这個个们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用"
                        "第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感"
                        "您请问谢订单号账户密码客服收到邮件公司时间联系电话付款发票系统產品請問謝謝訂單號碼帳戶會員這們來時為說國後對學發當沒還樣種開總從無現經長兒愛給間兩親進話與"
                        "日本語注文番号更新後請求書配送客様世話再起動届荷物問合致願確認連絡株式会社担当御返信件名")


def plausibility(text: str) -> float:
    """Return how readable the non-ASCII part of `text` is: 1.0 for plain ASCII, near 0 for gibberish."""
    if text.isascii():
        return 1.0
    counts = {char: count for char, count in Counter(text).items() if char > "\x7f"}
    total = sum(counts.values())
    kinds: Counter[str] = Counter()
    for char, count in counts.items():
        kinds[_kind(char)] += count
    good = kinds["punctuation"] * 0.9
    good += _latin(counts, kinds["latin"]) + _cyrillic(counts, kinds["cyrillic"], text) + _asian(counts, kinds)
    good += kinds["other"] * 0.6 + kinds["sign"] * 0.2 - kinds["control"] * 3
    letters = total - kinds["punctuation"]
    mixed = len(_MIXED_CASE.findall(text)) if kinds["latin"] or kinds["cyrillic"] else 0
    figure = good / total - (0.6 * mixed / letters if letters else 0.0)
    scripts = sum(1 for kind in ("latin", "cyrillic", "kana", "han", "hangul", "other") if kinds[kind] * 8 > total)
    if scripts > 1 and not (kinds["kana"] and kinds["han"]):
        figure -= 0.2 * (scripts - 1)
    return max(0.0, min(1.0, figure))


def _kind(char: str) -> str:
    code = ord(char)
    if code < 0xA0 or code == 0xFFFD or 0xE000 <= code < 0xF900 or 0xFDD0 <= code <= 0xFDEF:
        return "control"
    if char in _PUNCTUATION:
        return "punctuation"
    if char in _ODD_SIGNS or 0x2190 <= code < 0x2700 or (code < 0xC0):
        return "sign"
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "sign" if char in "×÷" else "latin"
    if 0x400 <= code < 0x530:
        return "cyrillic"
    if 0x3040 <= code < 0x3100:
        return "kana"
    if 0x4E00 <= code < 0xA000:
        return "han"
    if 0xAC00 <= code < 0xD7B0:
        return "hangul"
    if 0xFF61 <= code < 0xFFA0:
        return "sign"
    return "emoji" if code >= 0x1F000 else "other"


def _latin(counts: dict[str, int], total: int) -> float:
    if not total:
        return 0.0
    latin = {char: count for char, count in counts.items() if _kind(char) == "latin"}
    best = max(sum(count for char, count in latin.items() if char in alphabet) for alphabet in _ALPHABETS)
    lower = sum(count for char, count in latin.items() if char.islower())
    return best * (1.0 if lower * 2 >= total else 0.75)


def _cyrillic(counts: dict[str, int], total: int, text: str) -> float:
    if not total:
        return 0.0
    letters = {char: count for char, count in counts.items() if char in _CYRILLIC_TEXT}
    known = sum(letters.values())
    common = sum(count for char, count in letters.items() if char.lower() in _COMMON_CYRILLIC)
    lower = sum(count for char, count in letters.items() if char.islower())
    share = min(1.0, common / max(known, 1) / (0.5 if total > 12 else 0.35))
    case = 1.0 if lower * 2 >= known or text.upper() == text else 0.7
    return known * share * case


def _asian(counts: dict[str, int], kinds: Counter[str]) -> float:
    good = kinds["kana"] * 1.0 + kinds["hangul"] * 0.95 + kinds["emoji"] * 0.9
    if kinds["han"]:
        common = sum(count for char, count in counts.items() if char in _COMMON_HAN)
        share = 1.0 if kinds["kana"] else min(1.0, 0.35 + 2.5 * common / kinds["han"])
        good += kinds["han"] * share
    return good
