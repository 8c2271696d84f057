"""Where templates lie: the desk's folder, and behind it the one that we ship.

templates/<locale>/<purpose>/<variant>.txt.j2     a reply
templates/any/<purpose>/<variant>.txt.j2          a reply that speaks every language by itself
templates/<locale>/macros*.j2                     sentences that the replies of a language share
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbridge.errors import TemplateError
from mailbridge.replies.source import Source

SUFFIX = ".txt.j2"
LAST_LOCALE = "en"
ANY = "any"
_NAME = re.compile(r"[a-z0-9_-]{1,64}")


@dataclass(frozen=True)
class TemplateInfo:
    """One template as `templates list` shows it. shipped: the desk has no file of its own for it."""

    template: str
    locale: str
    purpose: str
    variant: str
    path: Path
    shipped: bool
    subject: str = ""
    category: str = ""
    when: str = ""


@dataclass(frozen=True)
class Folders:
    """The two folders, and the order in which files of one stand in for files of the other."""

    own: Path
    shipped: Path

    def is_own(self, path: Path) -> bool:
        """Say whether a file is the desk's."""
        return self.own != self.shipped and path.is_relative_to(self.own)

    def places(self, locale: str, purpose: str, variant: str) -> Iterator[tuple[Path, str, str]]:
        """Yield (file, name, language) for a reply, the best first; the files need not exist.

        Raise TemplateError when one of the words could not be the name of a file or folder.
        """
        for word in (locale, purpose, variant):
            if not _NAME.fullmatch(word):
                raise TemplateError(f'"{word[:80]}" is no name of a template; use small letters, digits and hyphens')
        for language in dict.fromkeys((locale, LAST_LOCALE)):
            for root in (self.own, self.shipped):
                for folder in (language, ANY):
                    yield root / folder / purpose / f"{variant}{SUFFIX}", f"{folder}/{purpose}/{variant}", language

    def macros(self, locale: str, *, own: bool) -> list[tuple[Path, str]]:
        """Return (file, name) of the macros of a language, shipped ones first; English ones when it has none."""
        roots = (self.shipped, self.own) if own and self.own != self.shipped else (self.shipped,)
        for language in dict.fromkeys((locale, LAST_LOCALE)):
            found = [path for root in roots for path in sorted((root / language).glob("macros*.j2"))]
            if found:
                return [(path, f"{language}/{path.name.removesuffix('.j2')}") for path in found]
        return []

    def files_behind(self, locale: str, purpose: str, variant: str) -> list[Path]:
        """Return every file that a change of could change the reply."""
        replies = [path for path, _, _ in self.places(locale, purpose, variant)]
        languages = dict.fromkeys((locale, LAST_LOCALE))
        return replies + [path for language in languages for path, _ in self.macros(language, own=True)]

    def list(self) -> list[TemplateInfo]:
        """Return every reply once, the desk's file before the shipped one, by name."""
        found: dict[str, TemplateInfo] = {}
        for root in (self.own, self.shipped):
            for path in sorted(root.glob(f"*/*/*{SUFFIX}")):
                locale, purpose, variant = path.parts[-3], path.parts[-2], path.name.removesuffix(SUFFIX)
                name = f"{locale}/{purpose}/{variant}"
                found.setdefault(name, TemplateInfo(name, locale, purpose, variant, path, not self.is_own(path)))
        return [found[name] for name in sorted(found)]


def read(path: Path, name: str) -> Source:
    """Read a file. Raise TemplateError when it is gone, may not be read, or is not UTF-8."""
    try:
        return Source(name, str(path), path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TemplateError(f"{path}:{line}: it is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise TemplateError(f"{path}:1: it cannot be read: {error.strerror}") from error


def stamp(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file does; zeros for a file that is not there."""
    try:
        seen = path.stat()
    except OSError:
        return (0, 0, 0)
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
