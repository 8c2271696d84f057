"""The template files of a desk: found, compiled, tried out, kept fresh, and never in the way of a reply.

    the desk's file -> its last good version (database) -> the shipped file -> the same in English

A file is tried on sample facts when it is loaded; a broken one is reported once, with file and line, and the next in
the row is used. Files are looked at again at most once a second, by the monotonic clock that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock

import mailbridge
from mailbridge.errors import TemplateError
from mailbridge.replies.check import Finding, check_files
from mailbridge.replies.facts import CUSTOMER_FACING, Facts, Rendered, usual_variant
from mailbridge.replies.folders import Folders, TemplateInfo, read, stamp
from mailbridge.replies.render import Choice, render
from mailbridge.replies.samples import samples
from mailbridge.replies.source import Compiled, Source, compile_macros, compile_reply, fault

__all__ = ["CUSTOMER_FACING", "Finding", "TemplateInfo", "Templates", "shipped_templates"]

_LOOK_SECONDS = 1.0

Remember = Callable[[str, str], None]
Recall = Callable[[str], str | None]
OnFault = Callable[[str], None]
_Key = tuple[str, str, str]
_Findings = list[Finding]  # inside the class, `list` is a method


@dataclass
class _Entry:
    choice: Choice
    signature: tuple[object, ...]
    looked_at: float


def shipped_templates() -> Path:
    """Return the folder of the templates that we ship: inside the wheel, or beside the package in a source tree."""
    package = Path(mailbridge.__file__).parent
    inside = package / "shipped" / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


class Templates:
    """All templates of a desk.

    folder: the desk's own; may lack files or not exist. shipped: the complete set (`shipped_templates()`).
    clock: a monotonic clock in seconds; without one, files are read once. remember, recall: keep the last good text of
    a template by its name, over restarts. on_fault: told once about each fault, `file:line: what`.
    """

    def __init__(
        self,
        folder: Path,
        shipped: Path,
        *,
        clock: Callable[[], float] = lambda: 0.0,
        remember: Remember | None = None,
        recall: Recall | None = None,
        on_fault: OnFault | None = None,
    ) -> None:
        self._folders = Folders(folder, shipped)
        self._clock, self._remember, self._recall, self._on_fault = clock, remember, recall, on_fault
        self._entries: dict[_Key, _Entry] = {}
        self._remembered: dict[str, str] = {}
        self._told: set[str] = set()
        self._untold: list[str] = []
        self._lock = RLock()

    def render(self, purpose: str, facts: Facts, locale: str, variant: str | None = None) -> Rendered:
        """Render the reply of a purpose. variant: name of the file; chosen from the facts when None (`usual_variant`).

        Raise TemplateError only when there is no such template anywhere, or when the shipped one itself fails.
        """
        key = (locale.replace("-", "_").split("_")[0].lower(), purpose, variant or usual_variant(purpose, facts))
        choice = self._entry(key).choice
        try:
            return render(choice, purpose, facts)
        except TemplateError as error:
            self._tell(str(error))
            return self._render_instead(choice, key, facts)

    def list(self) -> list[TemplateInfo]:
        """Return every template once, the desk's file before the shipped one, by name."""
        return [self._described(info) for info in self._folders.list()]

    def check(self) -> _Findings:
        """Try every template and every file of macros that the desk would use; return what is wrong with them."""
        return check_files(self._folders)

    def untold(self) -> Sequence[str]:
        """Return the faults that nobody has been told of yet, `file:line: what`; see `told`."""
        with self._lock:
            return tuple(self._untold)

    def told(self, faults: Sequence[str]) -> None:
        """Note that the admin knows of these faults."""
        with self._lock:
            self._untold = [one for one in self._untold if one not in faults]

    # ---- which version --------------------------------------------------------------------------------------------

    def _entry(self, key: _Key) -> _Entry:
        entry, now = self._entries.get(key), self._clock()
        if entry is not None and now - entry.looked_at < _LOOK_SECONDS:
            return entry
        with self._lock:
            signature = tuple((path, *stamp(path)) for path in self._folders.files_behind(*key))
            if entry is None or entry.signature != signature:
                entry = _Entry(self._load(key), signature, now)
                self._entries[key] = entry
            entry.looked_at = now
        return entry

    def _load(self, key: _Key) -> Choice:
        for choice in self._choices(key):
            try:
                for facts in samples(choice.locale):
                    render(choice, key[1], facts)
            except TemplateError as error:
                self._tell(str(error))
                continue
            self._keep(choice)
            return choice
        known = ", ".join(sorted({one.variant for one in self._folders.list() if one.purpose == key[1]}))
        raise TemplateError(f'there is no template "{"/".join(key)}" that works; there are: {known or "none"}')

    def _render_instead(self, failed: Choice, key: _Key, facts: Facts) -> Rendered:
        """Render what stands in for a template that worked on the samples and fails on these facts."""
        error = TemplateError(fault(failed.reply.source, 1, "no version of this template can be rendered"))
        for choice in self._choices(key):
            try:
                return render(choice, key[1], facts)
            except TemplateError as again:
                error = again
        raise error

    def _choices(self, key: _Key) -> Iterator[Choice]:
        """Yield everything that could be used, the best first; what cannot be read or compiled is told and left out."""
        for path, name, language in self._folders.places(*key):
            if not path.is_file():
                continue
            for source in self._versions(path, name):
                reply = self._compiled(source, compile_reply)
                if reply is None:
                    continue
                own, shipped = self._macros(language, own=True), self._macros(language, own=False)
                yield Choice(reply, own, language)
                if own != shipped:
                    yield Choice(reply, shipped, language)

    def _versions(self, path: Path, name: str) -> Iterator[Source]:
        """Yield the file, and for the desk's own also its last good version."""
        current = None
        try:
            current = read(path, name)
        except TemplateError as error:
            self._tell(str(error))
        if current:
            yield current
        if self._folders.is_own(path):
            good = self._remembered.get(name) or (self._recall(name) if self._recall else None)
            if good and (current is None or good != current.text):
                yield Source(name, f"last good version of {path}", good)

    def _macros(self, locale: str, *, own: bool) -> tuple[Compiled, ...]:
        """Compile the macros: shipped ones first, so that a desk's file may define only what it changes."""
        found: list[Compiled] = []
        for path, name in self._folders.macros(locale, own=own):
            versions = (self._compiled(source, compile_macros) for source in self._versions(path, name))
            compiled = next(filter(None, versions), None)
            if compiled is not None and all(compiled.source.text != one.source.text for one in found):
                found.append(compiled)  # a desk's unchanged copy of ours says nothing new
        return tuple(found)

    # ---- good, broken, told ---------------------------------------------------------------------------------------

    def _compiled(self, source: Source, compiler: Callable[[Source], Compiled]) -> Compiled | None:
        try:
            return compiler(source)
        except TemplateError as error:
            self._tell(str(error))
            return None

    def _keep(self, choice: Choice) -> None:
        """Remember the desk's own files that have proved good."""
        for compiled in (choice.reply, *choice.macros):
            name, text = compiled.source.name, compiled.source.text
            if self._folders.is_own(Path(compiled.source.origin)) and self._remembered.get(name) != text:
                self._remembered[name] = text
                if self._remember:
                    self._remember(name, text)

    def _tell(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            with self._lock:
                self._untold.append(what)
            if self._on_fault:
                self._on_fault(what)

    def _described(self, info: TemplateInfo) -> TemplateInfo:
        try:
            compiled = compile_reply(read(info.path, info.template))
        except TemplateError:
            return info
        return replace(info, subject=compiled.subject_source, category=compiled.category, when=compiled.when)
