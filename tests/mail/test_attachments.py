"""File names that are safe everywhere, true types, and documents told from decorations."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.attachments import LONGEST_NAME, make_attachment, safe_name
from mailbridge.mail.filetype import true_type

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


@pytest.mark.parametrize(("name", "safe"), [
    ("report.pdf", "report.pdf"), ("../../etc/passwd", "passwd"), ("C:\\fakepath\\scan.pdf", "scan.pdf"), ("..", ""), (".", ""),
    ("", ""), ("/", ""),
    (".htaccess", "htaccess"), ("con", "_con"), ("COM1.txt", "_COM1.txt"), ("console.txt", "console.txt"), ("a\x00b.txt", "ab.txt"),
    ("gpj\u202efdp.exe", "gpjfdp.exe"), ("a:b*c?.txt", "a_b_c_.txt"), ("name. ", "name"),
    ("Sąskaita faktūra.pdf", "Sąskaita faktūra.pdf"),
    ("e\u0301.txt", "é.txt"), ("a\r\nb.txt", "a b.txt"), ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ("\ud800.txt", "txt"), ("folder/", "folder"),
])
def test_names_are_safe_on_every_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@settings(deadline=None)
@given(st.text())
def test_any_name_becomes_safe(name: str) -> None:
    safe = safe_name(name)
    assert len(safe) <= LONGEST_NAME
    assert len(safe.encode()) <= 240
    assert not set('/\\<>:"|?*\0\n') & set(safe)
    assert not safe.startswith(".")
    assert not safe.endswith((".", " "))


@pytest.mark.parametrize(("content", "declared", "name", "found"), [
    (b"%PDF-1.7", "application/octet-stream", "", "application/pdf"), (PNG, "application/pdf", "", "image/png"),
    (b"MZ\x90\0\x03\0\0\0", "application/pdf", "invoice.pdf", "application/x-msdownload"),
    (b"MZ is a text", "text/plain", "", "text/plain"),
    (b"PK\x03\x04" + b"\0" * 26 + b"word/document.xml", "application/zip", "",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"PK\x03\x04" + b"\0" * 40, "application/pdf", "", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream", "a.xls",
     "application/vnd.ms-excel"), (b"<!DOCTYPE html><p>", "application/octet-stream", "", "text/html"),
     (b"hello", "text/csv", "", "text/csv"),
    (b"", "", "", "application/octet-stream"), (b"RIFF\0\0\0\0WEBP", "image/jpeg", "", "image/webp"),
    (b"\0\0\0\x18ftypheic", "", "", "image/heic"),
    (b'<?xml version="1.0"?><svg>', "image/png", "", "image/svg+xml"),
    (b'<?xml version="1.0"?><a>', "application/xml", "", "application/xml"),
    (b"BM and so on", "text/plain", "", "text/plain"), (b"#!/bin/sh", "text/plain", "", "text/x-script"),
])
def test_bytes_say_the_true_type(content: bytes, declared: str, name: str, found: str) -> None:
    assert true_type(content, declared, name) == found


@pytest.mark.parametrize(("size", "name", "content_id", "disposition", "referred", "inline"), [
    pytest.param(100, "image001.png", "a@b", "inline", True, True, id="shown in the text"),
    pytest.param(900_000, "photo.png", "a@b", "attachment", True, True, id="shown in the text though called an attachment"),
    pytest.param(900_000, "photo.png", "a@b", "attachment", False, False, id="Outlook's attached picture with a Content-ID"),
    pytest.param(3_000, "image001.png", "a@b", "", False, True, id="small logo of a signature"),
    pytest.param(3_000, "logo.png", "", "inline", False, True, id="small logo by its name"),
    pytest.param(3_000, "scan.png", "", "inline", False, False, id="small document"),
    pytest.param(90_000, "image001.png", "", "inline", False, False, id="large picture with a name of Outlook"),
])
def test_decorations_are_told_from_documents(size: int, name: str, content_id: str, disposition: str, referred: bool,
inline: bool) -> None:
    made = make_attachment(PNG + b"\0" * size, name, "image/png", 1, content_id=content_id, disposition=disposition, referred=referred)
    assert made.inline is inline


def test_a_nameless_file_gets_a_number_and_an_extension() -> None:
    assert make_attachment(b"%PDF-1.4", "", "application/octet-stream", 2).name == "attachment-2.pdf"
    assert make_attachment(b"?", "", "x/y", 3).name == "attachment-3.bin"
