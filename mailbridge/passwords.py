"""Passwords of agents who submit through our listener, kept as a scrypt hash (RFC 7914) on one line of a file.

The line is `scrypt$n$r$p$salt$hash`, salt and hash in base64. It carries its own cost, so that the default may rise
without making old lines void.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode

# 16 MB and about 0.2 s a try: as hard as n=2^17, p=1, without its 128 MB.
COST, BLOCK, PARALLEL = 2**14, 8, 5
MAX_MEMORY = 256 * 1024 * 1024
SALT_BYTES = HASH_BYTES = 32


def hash_password(password: str, *, cost: int = COST) -> str:
    """Return the line to store. cost: scrypt's n, a power of two."""
    salt = secrets.token_bytes(SALT_BYTES)
    made = _scrypt(password, salt, cost, BLOCK, PARALLEL, HASH_BYTES)
    return f"scrypt${cost}${BLOCK}${PARALLEL}${b64encode(salt).decode()}${b64encode(made).decode()}"


def verify_password(password: str, stored: str) -> bool:
    """Say whether the password made this line. Takes its time; a line that is not ours matches nothing."""
    try:
        kind, cost, block, parallel, salt, wanted = stored.strip().split("$")
        expected = b64decode(wanted, validate=True)
        made = _scrypt(password, b64decode(salt, validate=True), int(cost), int(block), int(parallel), len(expected))
    except (ValueError, TypeError, MemoryError, OverflowError):  # all that scrypt and base64 say of nonsense
        return False
    return kind == "scrypt" and len(expected) >= 16 and hmac.compare_digest(made, expected)


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int, length: int) -> bytes:
    """Hash the password in the form in which every keyboard makes it equal (NFKC, as RFC 8265 asks)."""
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(typed, salt=salt, n=cost, r=block, p=parallel, maxmem=MAX_MEMORY, dklen=length)


# A line that no password matches: checking a login that does not exist against it takes as long as a real one.
NOBODY = "$".join(("scrypt", str(COST), str(BLOCK), str(PARALLEL), b64encode(bytes(SALT_BYTES)).decode(),
                   b64encode(secrets.token_bytes(HASH_BYTES)).decode()))
