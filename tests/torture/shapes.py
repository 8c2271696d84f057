"""What hostile mails are made of, and the collection of their shapes by name.

A shape is a function that writes one mail at full size. It stands in `SHAPES` under its name with blanks for underscores; its
modules are `shapes_of_heads`, `shapes_of_structure`, `shapes_of_text`, `shapes_of_html` and `shapes_of_files`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

MEGABYTE = 1_000_000
LARGEST = 50 * MEGABYTE
"""The largest mail that the daemon takes by default (`max_message_mb`)."""

Shape = Callable[[], bytes]
SHAPES: dict[str, Shape] = {}
_FIELDS = (b"From: Ona <ona@example.org>", b"To: support@example.org", b"Date: Mon, 2 Nov 2026 10:00:00 +0200",
           b"Message-ID: <1@example.org>", b"MIME-Version: 1.0")


def shape(make: Shape) -> Shape:
    """Note a shape under the name of its function."""
    SHAPES[make.__name__.replace("_", " ")] = make
    return make


def letter(body: bytes, *fields: bytes, subject: bytes = b"Question") -> bytes:
    """Return a mail with a usual head, more fields, and a body."""
    return b"\r\n".join((*_FIELDS, b"Subject: " + subject, *fields)) + b"\r\n\r\n" + body


def text(body: bytes, charset: bytes = b"utf-8", *more: bytes) -> bytes:
    """Return a mail of plain text as it is."""
    return letter(body, b"Content-Type: text/plain; charset=" + charset, b"Content-Transfer-Encoding: 8bit", *more)


def page(body: bytes) -> bytes:
    """Return a mail of nothing but HTML."""
    return letter(body, b"Content-Type: text/html; charset=utf-8", b"Content-Transfer-Encoding: 8bit")


def both(plain: bytes, html: bytes) -> bytes:
    """Return a mail of plain text beside HTML."""
    return letter(b"--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + plain + b"\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                  + html + b"\r\n--B--\r\n", b'Content-Type: multipart/alternative; boundary="B"')


def mixed(*parts: bytes) -> bytes:
    """Return a mail of several parts, each with its own head."""
    return letter(b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + b"--B--\r\n", b'Content-Type: multipart/mixed; boundary="B"')


def file(content: bytes, kind: bytes, name: bytes) -> bytes:
    """Return a part: a file in base64."""
    return (b"Content-Type: " + kind + b'; name="' + name + b'"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n'
            + base64.encodebytes(content))


def repeated(piece: bytes, size: int) -> bytes:
    """Return as many of a piece as there is room for."""
    return piece * max(1, size // len(piece))
