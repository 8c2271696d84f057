"""Signs mail for tests as a sender's own server does (DKIM, RFC 6376), with keys that are made once for all tests."""

from __future__ import annotations

import base64
import subprocess
from functools import cache

from tests.servers.ground import program

PLAIN_FIELDS = (b"from", b"to", b"subject", b"date", b"message-id")


def key(bits: int = 1024, name: str = "") -> tuple[bytes, str]:
    """Return a private key in PEM and the TXT record of its public half; another one for each name."""
    return _made(bits, name)


@cache
def _made(bits: int, _name: str) -> tuple[bytes, str]:
    made = subprocess.run([program("openssl", "openssl"), "genrsa", "-traditional", str(bits)], check=True, capture_output=True).stdout
    public = subprocess.run([program("openssl", "openssl"), "rsa", "-pubout", "-outform", "DER"], input=made, check=True,
                            capture_output=True).stdout
    return made, "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode("ascii")


def signed(raw: bytes, domain: str = "example.com", selector: str = "s1", bits: int = 1024, **options: object) -> bytes:
    """Return a mail with a signature above it; options as of `dkim.sign`. The key lies under `key_at(domain, selector)`."""
    import dkim

    options = {"include_headers": PLAIN_FIELDS, "canonicalize": (b"relaxed", b"relaxed")} | options
    return bytes(dkim.sign(raw, selector.encode(), domain.encode(), key(bits)[0], **options)) + raw


def key_at(domain: str = "example.com", selector: str = "s1") -> str:
    """Return the name that the record of a key lies under."""
    return f"{selector}._domainkey.{domain}"
