"""PGP inside plain text (RFC 9580 §7): the armour of a signature is taken off, an encrypted text is named."""

from __future__ import annotations

import re

_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
_ARMOUR_HEADERS = re.compile(r"\n(?:[A-Za-z-]+:[^\n]*\n)*\n?")
_DASHED = re.compile(r"^- ", re.MULTILINE)
_MOST = 100


def without_armour(text: str) -> tuple[str, str]:
    """Return the text without the armour of inline signatures, and a defect: "encrypted-pgp" or nothing."""
    defect = "encrypted-pgp" if _ENCRYPTED in text else ""
    out: list[str] = []
    pos = 0
    for _ in range(_MOST):
        begin = text.find(_BEGIN, pos)
        signature = text.find(_SIGNATURE, begin) if begin >= 0 else -1
        if signature < 0:
            break
        head = _ARMOUR_HEADERS.match(text, begin + len(_BEGIN))
        start = head.end() if head else begin + len(_BEGIN)
        out += [text[pos:begin], _DASHED.sub("", text[start:signature])]
        end = text.find(_END, signature)
        pos = end + len(_END) if end >= 0 else len(text)
    out.append(text[pos:])
    return "".join(out), defect
