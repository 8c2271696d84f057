"""Notes what is odd about the sender's name and address, for people to see; it proves nothing by itself.

What comes in: a `Mail`. What goes out: short words (`look-alike-letters`). Pure.
"""

from __future__ import annotations

import re
import unicodedata

from mailbridge.mail.message import Address, Mail

ADDRESS = re.compile(r"[^\s<>@\"'(),;:]{1,64}@[^\s<>@\"'(),;:]{1,255}\.[^\s<>@\"'(),;:]{2,63}")
LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
"""Scripts of which single letters pass for another's. A word that mixes two of them means to deceive, or is a slip."""


def name_oddities(mail: Mail) -> tuple[str, ...]:
    """Return what is odd about the sender of a mail, in a fixed order."""
    author = mail.author
    local, _, domain = author.address.rpartition("@")
    signs = (("sender-differs", mail.sender is not None and mail.sender.address.lower() != author.address.lower()),
             ("reply-to-differs", bool(mail.reply_to) and all(domain_of(one) != domain.lower() for one in mail.reply_to)),
             ("name-holds-address", holds_another_address(author)),
             ("look-alike-letters", any(mixes_scripts(text) for text in (local, unpunycoded(domain), author.name[:500]))),
             ("punycode-domain", any(label.startswith("xn--") for label in domain.lower().split("."))),
             ("foreign-letters-in-address", not author.address.isascii()))
    return tuple(name for name, there in signs if there)


def domain_of(mailbox: Address) -> str:
    """Return the domain of a mailbox in lower case."""
    return mailbox.address.rpartition("@")[2].lower()


def holds_another_address(author: Address) -> bool:
    """Say whether the display name shows an address that is not the sender's."""
    return any(found.lower() != author.address.lower() for found in ADDRESS.findall(unicodedata.normalize("NFKC", author.name[:500])))


def mixes_scripts(text: str) -> bool:
    """Say whether one word of a text mixes letters of scripts that look alike."""
    if text.isascii():
        return False
    return any(len(scripts(word)) > 1 for word in re.findall(r"[^\W\d_]+", text))


def scripts(word: str) -> set[str]:
    """Return the look-alike scripts of the letters of a word."""
    return {script for letter in word[:200] if (script := unicodedata.name(letter, "").split(" ")[0]) in LOOK_ALIKE}


def unpunycoded(domain: str) -> str:
    """Return a domain with its `xn--` labels as letters; a label that is no punycode stays as it is."""
    labels = []
    for label in domain.lower().split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except ValueError:
            labels.append(label)
    return ".".join(labels)
