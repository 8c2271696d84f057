"""What the bytes of a file are, to distrust the type that the sender declared. No virus check."""

from __future__ import annotations

import re

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"{\\rtf", "text/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"%!PS", "application/postscript"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"#!", "text/x-script"),
)
_OLE_NAMES = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
              "msg": "application/vnd.ms-outlook", "msi": "application/x-msi"}
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?<(!doctype html|html|svg|\?xml)", re.IGNORECASE)
_COARSE = frozenset({"application/octet-stream", "application/x-download", "application/force-download", "application/x-ole-storage", ""})

EXTENSIONS_WORDS = """
    application/pdf=pdf image/png=png image/jpeg=jpg image/jpg=jpg image/pjpeg=jpg image/gif=gif image/bmp=bmp
    image/tiff=tiff image/svg+xml=svg image/webp=webp text/calendar=ics application/ics=ics text/html=html
    text/plain=txt text/csv=csv text/rtf=rtf application/rtf=rtf text/xml=xml application/xml=xml
    application/json=json text/vcard=vcf text/x-vcard=vcf message/rfc822=eml message/global=eml application/zip=zip
    application/x-zip-compressed=zip application/gzip=gz application/msword=doc application/vnd.ms-excel=xls
    application/vnd.ms-powerpoint=ppt application/vnd.ms-outlook=msg application/ms-tnef=dat
    application/pkcs7-signature=p7s application/x-pkcs7-signature=p7s application/pkcs7-mime=p7m
    application/x-pkcs7-mime=p7m application/pgp-signature=asc application/pgp-encrypted=asc application/pgp-keys=asc
    audio/mpeg=mp3 audio/wav=wav audio/x-wav=wav audio/ogg=ogg audio/amr=amr video/mp4=mp4 video/quicktime=mov
    video/3gpp=3gp message/delivery-status=txt text/rfc822-headers=txt message/feedback-report=txt
    message/disposition-notification=txt image/heic=heic application/vnd.rar=rar application/x-7z-compressed=7z
    application/x-msdownload=exe
"""
EXTENSIONS = dict(pair.split("=") for pair in EXTENSIONS_WORDS.split())
"""File name extensions by media type, for parts without a name."""

EXTENSIONS |= {
    _OPEN_XML + "wordprocessingml.document": "docx",
    _OPEN_XML + "spreadsheetml.sheet": "xlsx",
    _OPEN_XML + "presentationml.presentation": "pptx",
}


def true_type(content: bytes, declared: str, name: str = "") -> str:
    """Return the media type that the bytes show, or the declared one when they show none (or nothing against it)."""
    head = content[:64]
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return _refined(found, content, declared, name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(content)
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12], declared)
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in {b"heic", b"heix", b"mif1"} else "video/quicktime" if head[8:10] == b"qt" else "video/mp4"
    if match := _MARKUP.match(content[:512]):
        kind = match[1].lower()
        markup = (
            "image/svg+xml"
            if kind == b"svg" or (kind == b"?xml" and b"<svg" in content[:2048])
            else "text/html"
            if kind != b"?xml"
            else "text/xml"
        )
        return declared if markup == "text/xml" and declared not in _COARSE else markup
    return declared or "application/octet-stream"


def _refined(found: str, content: bytes, declared: str, name: str) -> str:
    if found == "application/x-ole-storage":
        by_name = _OLE_NAMES.get(name.rpartition(".")[2].lower())
        return by_name or (found if declared in _COARSE else declared)
    if found in {"image/bmp", "application/x-msdownload", "text/x-script"}:
        plausible = {
            "image/bmp": content[6:10] == b"\0\0\0\0",
            "application/x-msdownload": b"\0" in content[:64],
            "text/x-script": content[2:4] in {b"/b", b"/u", b" /"},
        }
        return found if plausible[found] else declared or "text/plain"
    return found


def _zip_type(content: bytes) -> str:
    """Office files are ZIP archives that name their folder early; an OpenDocument names its type in the first file."""
    if content[30:38] == b"mimetype" and (match := re.match(rb"[a-z]+/[a-z0-9.+-]+", content[38:118])):
        return match[0].decode().removesuffix("PK")
    for folder, kind in (
        (b"word/", "wordprocessingml.document"),
        (b"xl/", "spreadsheetml.sheet"),
        (b"ppt/", "presentationml.presentation"),
    ):
        if folder in content[:4096] or folder in content[-4096:]:
            return _OPEN_XML + kind
    return "application/zip"
