"""How much a text looks like one that a person wrote, to tell a right charset from a wrong one.

In comes decoded text, out comes a figure from 0 to 1. It looks only at what lies beyond ASCII: whether the letters
all belong to the alphabet of one language, whether they are common ones there, and whether they stand where letters
stand. Misread bytes give letters of several alphabets, capitals and signs inside words, two scripts in one word.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

ENOUGH = 0.85
"""A text with at least this figure is taken as it is."""

_ALPHABETS = tuple((frozenset(letters + letters.upper()), weight) for letters, weight in (
    ("ąčęėįšųūž", 1.0),  # Lithuanian
    ("āčēģīķļņšūžõŗō", 1.0),  # Latvian
    ("äõöüšž", 1.0),  # Estonian
    ("ąčęėįšųūžāēģīķļņõŗōäöü", 0.88),  # a Baltic mixture: a signature in three languages
    ("ąćęłńóśźż", 1.0),  # Polish
    ("áčďéěíňóřšťúůýž", 1.0),  # Czech
    ("áäčďéíĺľňóôŕšťúýž", 0.97),  # Slovak
    ("áéíóöőúüű", 1.0),  # Hungarian
    ("äöüßé", 1.0),  # German
    ("àâæçéèêëîïôœùûüÿ", 1.0),  # French
    ("áéíñóúü¿¡ºª", 1.0),  # Spanish
    ("àèéìíîòóùú", 0.95),  # Italian
    ("ãáàâçéêíóôõúüºª", 1.0),  # Portuguese
    ("áàâäçéèêëíïóöôúü", 0.95),  # Dutch and what it borrows
    ("åäöéü", 1.0),  # Swedish, Finnish
    ("æøåéèòüöä", 1.0),  # Danish, Norwegian
    ("çğıöşüâîûİ", 1.0),  # Turkish
    ("ăâîșțşţ", 0.97),  # Romanian
    ("čćđšž", 1.0),  # Croatian, Slovene
    ("áðéíóúýþæö", 0.75),  # Icelandic, which misread Lithuanian resembles
))
_COMMON = {"cyrillic": frozenset("оеаинтсрвл"), "greek": frozenset("αοιετνσηρπςίό"),
           "arabic": frozenset("اليمنوترهبعدس"), "hebrew": frozenset("יוהלאמרתבש")}
_CYRILLIC_TEXT = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў")
_PUNCTUATION = frozenset(
    "–—‘’‚“”„«»…•№°§©®™€£·\u00a0‹›´−±½¿¡†‰²³¹µ\u2009\u202f\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"
    "、。，！？：；（）「」『』【】～・ー《》〈〉")
_ODD_SIGNS = frozenset("¤¦¨¬¯¸ªº¢¥¶¼¾÷×ˇ˘˙˛˝")
_ODD_PLACES = re.compile(
    r"[а-яё][А-ЯЁ]|[А-ЯЁ]{2,}[а-яё]|[a-zà-ž][À-ÖØ-ÞĄĆĘŁŃŚŹŻČĖĮŠŲŪŽ]"  # capitals inside words
    r"|[A-Za-z][Ѐ-ӿͰ-Ͽ\u0590-\u06ff]|[Ѐ-ӿͰ-Ͽ\u0590-\u06ff][A-Za-z]"  # two scripts in one word
    r"|[A-Za-z][¹²³¿¡¼½¾±¥¦£ª¶§¬©®´¸»«][a-zà-ž]|(?<!\w)[®©±³¶¦¬ª¹][a-zà-ž]"  # signs in the place of letters
    r"|[A-Za-z]à[a-z]|ç[bcdfgjklmnpqrstvxz]|[\u00c0-\u00ff]{3,}")
_NO_BEGINNING = "№ЬЫ’"
_ODD_BEGINNINGS = re.compile(r"№[a-zà-ž]|(?<!\w)[ЬЫ][А-ЯЁа-яё]")
_COMMON_HAN = frozenset(
    "的一是不了在人有我他這個个们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用"
    "第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感"
    "您请问谢订单号账户密码客服收到邮件公司时间联系电话付款发票系统產品請問謝謝訂單號碼帳戶會員這們來時為說國後對學發當沒還樣種開總從無現經長兒愛給間兩親進話與題"
    "日本語注文番号更新後請求書配送客様世話再起動届荷物問合致願確認連絡株式会社担当御返信件名候货题")


def plausibility(text: str, *, places: bool = True) -> float:
    """Return how readable the non-ASCII part of `text` is: 1.0 for plain ASCII, near 0 for gibberish.

    places: look also at where the letters stand; without it the look is quicker and more trusting.
    """
    if text.isascii():
        return 1.0
    counts: dict[str, dict[str, int]] = {}
    total = 0
    for char, count in Counter(text).items():
        if char > "\x7f":
            counts.setdefault(_kind(char), {})[char] = count
            total += count
    sums = {kind: sum(letters.values()) for kind, letters in counts.items()}
    good = sums.get("punctuation", 0) * 0.9 + sums.get("sign", 0) * 0.2 - sums.get("control", 0) * 3.0 + sums.get("other", 0) * 0.6
    good += _latin(counts.get("latin", {}))
    good += sum(_alphabetic(kind, counts[kind], sums[kind], text) for kind in _COMMON if kind in counts)
    good += sums.get("kana", 0) + sums.get("hangul", 0) * 0.95 + sums.get("emoji", 0) * 0.9 + _han(counts.get("han", {}), sums)
    letters = total - sums.get("punctuation", 0)
    odd = len(_ODD_PLACES.findall(text)) if places else 0
    if places and any(char in text for char in _NO_BEGINNING):
        odd += len(_ODD_BEGINNINGS.findall(text)) + (text[0] == "’" and text[1:2].islower())
    figure = good / total - 1.2 * odd / max(letters, 1) - 0.2 * max(0, _scripts(sums, total) - 1)
    return max(0.0, min(1.0, figure))


@cache
def _kind(char: str) -> str:
    code = ord(char)
    if char in _PUNCTUATION:
        return "punctuation"
    if code < 0xA0 or code == 0xFFFD or 0xE000 <= code < 0xF900 or 0xFDD0 <= code <= 0xFDEF:
        return "control"
    if char in _ODD_SIGNS or 0x2190 <= code < 0x2700 or code < 0xC0 or 0xFF61 <= code < 0xFFA0:
        return "sign"
    for end, kind in _RANGES:
        if code < end:
            return kind
    return "emoji"


_RANGES = ((0x250, "latin"), (0x370, "other"), (0x400, "greek"), (0x530, "cyrillic"), (0x590, "other"), (0x600, "hebrew"),
           (0x700, "arabic"), (0x1E00, "other"), (0x1F00, "latin"), (0x3040, "other"),
           (0x3100, "kana"), (0x4E00, "other"), (0xA000, "han"), (0xAC00, "other"), (0xD7B0, "hangul"), (0x1F000, "other"))


def _scripts(sums: dict[str, int], total: int) -> int:
    """Count the scripts that hold a fair share; Japanese has two of its own."""
    shares = {"kana" if kind == "han" and "kana" in sums else kind for kind, count in sums.items()
              if count * 8 > total and kind not in {"punctuation", "sign", "control", "emoji"}}
    return len(shares)


def _latin(letters: dict[str, int]) -> float:
    if not letters:
        return 0.0
    best = max(weight * sum(count for char, count in letters.items() if char in alphabet) for alphabet, weight in _ALPHABETS)
    lower = sum(count for char, count in letters.items() if char.islower())
    return best * (1.0 if lower * 2 >= sum(letters.values()) else 0.75)


def _alphabetic(kind: str, letters: dict[str, int], total: int, text: str) -> float:
    known = sum(count for char, count in letters.items() if char.lower() in _CYRILLIC_TEXT or (kind != "cyrillic" and char.isalpha()))
    common = sum(count for char, count in letters.items() if char.lower() in _COMMON[kind])
    lower = sum(count for char, count in letters.items() if char.islower())
    share = min(1.0, common / max(known, 1) / (0.5 if total > 12 else 0.4))
    case = 1.0 if lower * 2 >= known or text.upper() == text or kind in {"arabic", "hebrew"} else 0.7
    return known * share * case


def _han(letters: dict[str, int], sums: dict[str, int]) -> float:
    total = sum(letters.values())
    common = sum(count for char, count in letters.items() if char in _COMMON_HAN)
    floor = 0.6 if "kana" in sums else 0.35
    return total * min(1.0, floor + 2.0 * common / total) if total else 0.0
