"""Thread-Index, by which Outlook and Exchange know a conversation ([MS-OXOMSG] §2.2.1.3): its root, and how it goes on.

22 bytes name the conversation: a one, five bytes of time, sixteen of chance. Every answer adds five: the time since then,
and a byte of its own. In comes the header's text, out goes text. Never raises.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

ROOT, BLOCK = 22, 5
LONGEST = ROOT + 60 * BLOCK
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def thread_root(thread_index: str) -> str:
    """Return the name of the whole conversation, which every reply keeps, or an empty string.

    The blank makes it a name that no Message-ID can have, so nobody can refer to it by References.
    """
    packed = _packed(thread_index)
    return f"thread-index {packed[:ROOT].hex()}" if packed else ""


def continued(thread_index: str, at: datetime, number: int) -> str:
    """Return the Thread-Index of an answer to a mail with this one, or an empty string when that has none to go on from.

    number: tells answers of the same moment apart.
    """
    packed = _packed(thread_index)
    if not packed or len(packed) + BLOCK > LONGEST:
        return ""
    begun = int.from_bytes(packed[:6], "big") << 16
    passed = max(0, int((at - _EPOCH).total_seconds()) * 10_000_000 - begun)
    far = passed >> 49 > 0
    span = (passed >> 23 if far else passed >> 18) & 0x7FFFFFFF
    block = (far << 31 | span).to_bytes(4, "big") + bytes([number % 256])
    return base64.b64encode(packed + block).decode("ascii")


def _packed(thread_index: str) -> bytes:
    """Return the bytes of a whole and sound Thread-Index, or nothing."""
    text = "".join(thread_index[:2000].split())
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return packed if len(packed) >= ROOT and (len(packed) - ROOT) % BLOCK == 0 and packed[0] == 1 else b""
