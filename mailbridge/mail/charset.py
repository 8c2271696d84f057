"""Bytes to text in the charset they really are in.

In come bytes, the label that the sender gave (or none) and the hints of the mailbox; out come text and what was
odd about it. A declared charset is believed unless the bytes contradict it; then UTF-8, then the hints, then what
reads best (`mail/plausible.py`) is taken. Never raises, never returns lone surrogates.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from mailbridge.mail.japanese import decode_iso2022_windows
from mailbridge.mail.plausible import ENOUGH, plausibility

_ALIASES_WORDS = """
    iso-8859-1=cp1252 latin1=cp1252 iso8859-1=cp1252 iso_8859-1=cp1252 l1=cp1252 us-ascii=ascii ansi_x3.4-1968=ascii
    646=ascii iso-646=ascii ansi=cp1252 gb2312=gb18030 gbk=gb18030 x-gbk=gb18030 gb_2312-80=gb18030 hz-gb-2312=hz
    cp936=gb18030 ks_c_5601-1987=cp949 ks_c_5601=cp949 euc-kr=cp949 korean=cp949 ksc5601=cp949 x-windows-949=cp949
    shift_jis=cp932 shift-jis=cp932 sjis=cp932 x-sjis=cp932 ms_kanji=cp932 windows-31j=cp932
    iso-2022-jp=iso2022_jp_ext iso-2022-jp-ms=iso2022_jp_ext cp50220=iso2022_jp_ext x-euc-jp=euc_jp big5=big5hkscs
    x-x-big5=big5hkscs cn-big5=big5hkscs tis-620=cp874 iso-8859-11=cp874 iso-8859-8-i=iso8859_8 iso-8859-6-i=iso8859_6
    iso-8859-9=cp1254 x-mac-cyrillic=mac_cyrillic x-mac-roman=mac_roman macintosh=mac_roman mac=mac_roman koi8=koi8_r
    koi=koi8_r koi8-ru=koi8_u dos-866=cp866 x-cp866=cp866 baltic=cp1257 winbaltic=cp1257 utf8mb4=utf-8 x-utf-8=utf-8
    unicode-1-1-utf-8=utf-8 utf=utf-8 unicode=utf-8 utf-8n=utf-8 unicode-1-1-utf-7=utf-7 x-unicode-2-0-utf-7=utf-7
    unicode-2-0-utf-7=utf-7 iso-10646-ucs-2=utf-16-be ucs-2=utf-16
"""
_ALIASES = dict(pair.split("=") for pair in _ALIASES_WORDS.split())
_NONE_WORDS = """
    7bit 8bit _iso-2022-jp$esc binary charset charset_default default iso-8859 none plain undefined unknown
    unknown-8bit x-unknown x-user-defined
"""
_NONE = frozenset(_NONE_WORDS.split()) | {""}
_WESTERN = frozenset({"cp1252", "iso8859-1", "ascii", "iso8859-15"})
_SAYS_NOTHING = _WESTERN | {"utf-8"}
_TWINS = {"cp1250": "iso8859-2", "iso8859-2": "cp1250"}
_WINDOWS_ALONE = re.compile(rb"[\x80-\x9f]")
_WHERE_TWINS_DIFFER = re.compile(rb"[\xa1\xa5\xa6\xa9\xab\xac\xae\xb1\xb6\xb9\xbb\xbc\xbe]")
_MULTI_WORDS = """
    gb18030 cp949 cp932 euc_jp big5hkscs euc_jis_2004 johab big5
"""
_MULTI = frozenset(_MULTI_WORDS.split())
_EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "big5hkscs", "cp949")
_LAST_RESORT_WORDS = """
    cp1251 koi8_r cp1252 cp1257 cp1250 iso8859_5 koi8_u iso8859_2 cp866 iso8859_4 cp1254 mac_cyrillic cp1253 cp1255
    cp1256 gb18030 cp932 euc_jp cp949 big5hkscs
"""
_LAST_RESORT = tuple(_LAST_RESORT_WORDS.split())
_WINDOWS_NUMBERS = {"65001": "utf-8", "1200": "utf-16-le", "20127": "ascii", "28591": "cp1252", "20866": "koi8-r"}
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
_WITHOUT_SURROGATES = frozenset({"utf-8", "cp1251", "cp1252", "koi8-r", "cp1257", "cp1250"})
_NUMBERED = re.compile(r"(?:x-)?(?:windows|win|cp|ms|ibm|microsoft-cp)[-_ ]?(\d{3,5})$")
_ISO = re.compile(r"iso[-_ ]?8859[-_ ]?(\d{1,2})(?:-[ie])?$")
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SAMPLE = 1_500
_SHORT_SAMPLE = 240
_FEW = 3


@dataclass(slots=True)
class _Effort:
    """What is left of the pains that are taken over one mail, and what is known of it.

    codec: that was guessed last in it. own: that the mail names for its text, or else that all its 8-bit text together reads
    best in, though its labels say something western (`mislabelled`).
    """

    left: int
    codec: str = ""
    own: str = ""
    mislabelled: bool = False


_MOST_EFFORT = 20_000
"""Looks (of some ten microseconds each) by which the charsets of one mail are told. People's mail takes a few hundred."""
_effort: ContextVar[_Effort | None] = ContextVar("_effort", default=None)


@contextmanager
def bounded_effort(share: float = 1.0) -> Iterator[None]:
    """Within it only so much is guessed, as for one mail: ten thousand fields in unknown charsets would take a minute.

    When the effort is spent, labels are believed, and what has none is read like the last piece that had none.
    Mails inside of one another have but a share of it, all of them together.
    """
    effort = _effort.get() or _Effort(int(share * _MOST_EFFORT))
    effort.own, effort.mislabelled = "", False
    before = _effort.set(effort)
    try:
        yield
    finally:
        _effort.reset(before)


def believe(labels: list[str]) -> bool:
    """Note which charset the parts of a mail declare, for its raw 8-bit headers and file names; say whether one says something."""
    effort = _effort.get()
    own = next((codec for label in labels if (codec := codec_of(label)) and codec not in _SAYS_NOTHING), "")
    if effort is not None:
        effort.own, effort.mislabelled = own, False
    return own != ""


def believe_sample(sample: bytes) -> None:
    """Note which charset the 8-bit octets of a mail read best in all together, when its labels say nothing."""
    effort = _effort.get()
    if effort is None or sample.isascii() or _strictly(sample, "utf-8") is not None or not _may_spend(1):
        return
    if plausibility(_sample(sample).decode("cp1252", "replace")) < ENOUGH:
        _guessed(sample, (), "")
        effort.own, effort.mislabelled = effort.codec, effort.codec != ""


def _may_spend(looks: int) -> bool:
    effort = _effort.get()
    if effort is None:
        return True
    effort.left -= looks
    return effort.left > 0


@lru_cache(maxsize=512)
def codec_of(label: str) -> str | None:
    """Return the Python codec for a charset label as senders write it, or None when nobody knows it.

    Labels are read as the WHATWG does where mail agrees: iso-8859-1 is windows-1252, gb2312 is gb18030.
    """
    name = label.strip().strip("\"'").lower().split("*")[0]
    name = re.sub(r"^(?:charset=|x-mac-ce-)|[;,\s].*$", "", name)
    if name in _NONE:
        return None
    if name in _ALIASES:
        return _ALIASES[name]
    if match := _NUMBERED.match(name):
        name = _WINDOWS_NUMBERS.get(match[1], "cp" + match[1])
    elif match := _ISO.match(name):
        name = "iso-8859-" + match[1]
        name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    if info.name.replace("_", "-") in _NO_CHARSETS or not getattr(info, "_is_text_encoding", True):
        return None
    return info.name


def decode_bytes(data: bytes, label: str = "", hints: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
    """Return the text of `data` and the defects: "unknown-charset", "no-charset", "wrong-charset", "broken-charset".

    label: the declared charset, or empty. hints: charsets of the mailbox, likeliest first.
    """
    codec = codec_of(label) if label else None
    if data.isascii() and codec not in _SEVEN_BIT and b"\x1b$" not in data and b"\x1b(" not in data:
        return data.decode("ascii"), ()
    told = () if codec or not label else ("unknown-charset",)
    text, defects = _decode(data, codec, hints)
    return text if codec in _WITHOUT_SURROGATES else _without_surrogates(text), (*told, *defects)


_SEVEN_BIT_WORDS = """
    utf-7 hz utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be iso2022_jp_ext iso2022_kr
"""
_SEVEN_BIT = frozenset(_SEVEN_BIT_WORDS.split())


_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _decode(data: bytes, codec: str | None, hints: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for mark, name in _MARKS:
        if data.startswith(mark) and (text := _strictly(data, name)) is not None:
            return text.lstrip("\ufeff"), ()
    if b"\x1b$" in data or b"\x1b(" in data:
        text = _strictly(data, "iso2022_kr") if b"\x1b$)C" in data else _japanese(data)
        if text is not None:
            return text, ()
    if codec is not None and codec != "ascii":
        return _declared(data, codec, hints)
    text = _strictly(data, "utf-8")
    if text is not None:
        return text, ("no-charset",)
    return _guessed(data, hints, "no-charset")


def _japanese(data: bytes) -> str | None:
    text = _strictly(data, "iso2022_jp_ext")
    return decode_iso2022_windows(data) if text is None else text


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _declared(data: bytes, codec: str, hints: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Believe the label, unless the bytes are UTF-8 under another one, or read as gibberish."""
    if codec == "utf-8":
        text = _strictly(data, "utf-8")
        return (text, ()) if text is not None else _broken_utf8(data, hints)
    text = _strictly(data, codec)
    if codec in _SEVEN_BIT:
        return (text, ()) if text is not None else _broken_seven_bit(data, codec, hints)
    utf8 = _strictly(data, "utf-8")
    if utf8 is not None and (text is None or _figure(data, "utf-8") >= _figure(data, codec)):
        return utf8, ("wrong-charset",)
    if codec in _MULTI:
        return _other_multi(text, data, codec) if text is not None else _broken_multi(data, codec, hints)
    text = data.decode(codec, "replace") if text is None else text
    if other := _instead_of(codec, data):
        return data.decode(other, "replace"), ("wrong-charset",)
    score = _figure(data, codec)
    if score >= ENOUGH:
        return text, ()
    return _better_than(text, score, codec, data, hints)


def _instead_of(codec: str, data: bytes) -> str:
    """Name the charset that is meant by a label: of all the mail, if its labels are habit; of Windows or ISO, if taken for the other."""
    effort = _effort.get()
    if codec in _WESTERN and effort and effort.mislabelled and _figure(data, effort.own) >= ENOUGH:
        return effort.own
    other = _TWINS.get(codec, "")
    if other and not _WINDOWS_ALONE.search(data) and _WHERE_TWINS_DIFFER.search(data) and _may_spend(2):
        sample = _sample(data)
        here, there = (plausibility(sample.decode(name, "replace")) for name in (codec, other))
        return other if there > here + 0.03 else ""
    return ""


def _figure(data: bytes, codec: str) -> float:
    """Say how plausible `data` reads in `codec`. A label that nobody gives by habit is trusted more."""
    if not _may_spend(1):
        return 1.0
    if codec in _WESTERN or codec == "utf-8":
        return plausibility(_sample(data).decode(codec, "replace"))
    return plausibility(_sample(data)[:_SHORT_SAMPLE].decode(codec, "replace"), places=False)


def _broken_seven_bit(data: bytes, codec: str, hints: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Read 8-bit text that calls itself iso-2022-jp or utf-7: Japanese robots send Shift_JIS under that label."""
    if codec.startswith("utf-") and codec != "utf-7":
        return data.decode(codec, "replace"), ("broken-charset",)
    text = _strictly(data, "utf-8")
    if text is not None:
        return text, ("wrong-charset",)
    return _guessed(data, (*hints, "cp932", "euc_jp") if "jp" in codec else hints, "wrong-charset")


def _better_than(text: str, score: float, codec: str, data: bytes, hints: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Replace text that reads as gibberish only by something that reads clearly better."""
    wanted = score + (0.1 if codec in _WESTERN else 0.3)
    sample = _sample(data)
    few = len(sample) - len(sample.translate(None, _HIGH)) < _FEW
    names = tuple(name for name in _candidates(hints) if name != codec)
    best, figure = _best(sample, names, frozenset())
    if figure > wanted and not (few and score > ENOUGH / 2 and best not in names[:len(hints)]):
        return data.decode(best, "replace"), ("wrong-charset",)
    return text, ("broken-charset",) if "\ufffd" in text else ()


def _sample(data: bytes) -> bytes:
    """Take what charsets are judged by: the lines that hold bytes beyond ASCII, of the first 64 KB."""
    head = data[:65_536]
    if len(head) <= _SAMPLE:
        return head
    return b"\n".join(line for line in head.split(b"\n") if not line.isascii())[:_SAMPLE]


def _best(sample: bytes, codecs_: tuple[str, ...], hinted: frozenset[str]) -> tuple[str, float]:
    """Return the codec whose reading of `sample` is the most plausible, and the figure; on equal terms the first."""
    effort = _effort.get()
    own = effort.own if effort else ""
    if effort is not None and not _may_spend(len(codecs_) * (1 + len(sample) // 100)):
        return effort.codec or codecs_[0], 0.0
    extras = dict.fromkeys(hinted, 0.1) | ({own: 0.35 if own in hinted else 0.25} if own else {})
    readings = []
    for order, codec in enumerate(codecs_):
        text = _read_sample(sample, codec)
        extra = extras.get(codec, 0.0)
        readings.append((-plausibility(text, places=False) - extra, order, codec, text, extra))
    best, best_score, best_order = "cp1252", -1.0, 0
    for upper, order, codec, text, extra in sorted(readings):
        if -upper < best_score:
            break
        score = plausibility(text) + extra
        if score > best_score + 0.001 or (score > best_score - 0.001 and order < best_order):
            best, best_score, best_order = codec, score, order
    return best, best_score


def _read_sample(sample: bytes, codec: str) -> str:
    """Decode a sample, which may end in the middle of a character."""
    if codec not in _MULTI:
        return sample.decode(codec, "replace")
    return codecs.getincrementaldecoder(codec)("replace").decode(sample)


def _broken_utf8(data: bytes, hints: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with a few broken bytes stays UTF-8; text that is none at all was labelled by habit."""
    sample = _sample(data)
    pairs = sum(len(found) for found in _UTF8_PAIR.findall(sample))
    high = len(sample) - len(sample.translate(None, _HIGH))
    if pairs > 0.6 * high:
        return data.decode("utf-8", "replace"), ("broken-charset",)
    return _guessed(data, hints, "wrong-charset")


_HIGH = bytes(range(128, 256))


def _other_multi(text: str, data: bytes, codec: str) -> tuple[str, tuple[str, ...]]:
    """Replace East Asian text that reads as gibberish by what reads far better in another of these charsets: EUC named Shift_JIS."""
    score = _figure(data, codec)
    if score >= ENOUGH / 2:
        return text, ()
    best, figure = _best(_sample(data), tuple(name for name in _EAST_ASIAN if name != codec), frozenset())
    other = _strictly(data, best) if figure > score + 0.3 else None
    return (text, ()) if other is None else (other, ("wrong-charset",))


def _broken_multi(data: bytes, codec: str, hints: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    text = data.decode(codec, "replace")
    if text.count("\ufffd") * 20 <= len(text):
        return text, ("broken-charset",)
    return _guessed(data, hints, "wrong-charset")


def _candidates(hints: tuple[str, ...]) -> list[str]:
    known = [codec for hint in hints if (codec := codec_of(hint)) is not None and codec not in {"utf-8", "ascii"}]
    effort = _effort.get()
    own = [effort.own] if effort and effort.own and effort.own not in _SEVEN_BIT else []
    return list(dict.fromkeys([*own, *known, *_LAST_RESORT]))


def _guessed(data: bytes, hints: tuple[str, ...], defect: str) -> tuple[str, tuple[str, ...]]:
    """Take what reads best; on equal terms a hint, then the more common charset, wins."""
    sample = _sample(data)
    pairs = sum(len(found) for found in _UTF8_PAIR.findall(sample))
    high = len(sample) - len(sample.translate(None, _HIGH))
    if high and pairs > 0.9 * high and pairs >= 4:
        return data.decode("utf-8", "replace"), (defect, "broken-charset")
    hinted = frozenset(codec for hint in hints if (codec := codec_of(hint)) is not None)
    effort = _effort.get()
    if effort and effort.own in _MULTI and (text := _strictly(data, effort.own)) is not None:
        return text, (defect,)
    best, _ = _best(sample, tuple(_candidates(hints)), hinted)
    if effort:
        effort.codec = best
    return data.decode(best, "replace"), (defect,)


def _without_surrogates(text: str) -> str:
    """Some codecs (utf-7, utf-16 in pieces) produce lone surrogates, which no database takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
