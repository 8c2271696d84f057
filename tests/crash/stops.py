"""Stops: every write, sync, rename and commit that a piece of work makes, and a process that ends at one of them.

A zygote (this module run as a program) has imported everything and forks for each run, so that a hundred crashes
cost seconds. A run works on a desk's folder and ends with `os._exit` at its n-th stop, as if killed there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

KILLED = 9
ROOT = Path(__file__).parents[2]


@contextmanager
def stops(at: Callable[[str], None]) -> Iterator[None]:
    """Call `at` with the name of each stop, before (and for commits also after) it is done; `at` may raise or exit."""
    real = {name: getattr(os, name) for name in ("fsync", "replace", "rename", "fdopen", "write")}
    commit = DefaultDialect.do_commit

    def fsync(descriptor: int) -> None:
        at(f"fsync {'folder' if Path(f'/proc/self/fd/{descriptor}').is_dir() else 'file'}")
        real["fsync"](descriptor)

    def moved(name: str) -> Callable[..., None]:
        def move(source: Any, target: Any, **more: Any) -> None:
            where = "outgoing" if "outgoing" in str(target) else "blob"
            at(f"rename {where}")
            real[name](source, target, **more)
            at(f"renamed {where}")

        return move

    def write(descriptor: int, data: Any) -> int:
        if os.path.isfile(f"/proc/self/fd/{descriptor}"):  # noqa: PTH113 - not the pipes of threads and loops
            at("write")
        return int(real["write"](descriptor, data))

    def fdopen(*words: Any, **more: Any) -> Any:
        return _Slow(real["fdopen"](*words, **more), at)

    def do_commit(dialect: Any, connection: Any) -> None:
        at("commit")
        commit(dialect, connection)
        at("committed")

    changed = {"fsync": fsync, "replace": moved("replace"), "rename": moved("rename"), "write": write, "fdopen": fdopen}
    for name, function in changed.items():
        setattr(os, name, function)
    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    try:
        yield
    finally:
        for name, function in real.items():
            setattr(os, name, function)
        DefaultDialect.do_commit = commit  # type: ignore[method-assign]


class _Slow:
    """A file whose content comes in two writes, with a stop between them: half of it may lie there."""

    def __init__(self, file: Any, at: Callable[[str], None]) -> None:
        self._file, self._at = file, at

    def write(self, data: Any) -> int:
        self._file.write(data[: len(data) // 2])
        self._file.flush()
        self._at("half written")
        self._file.write(data[len(data) // 2 :])
        return len(data)

    def __enter__(self) -> _Slow:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class Zygote:
    """Runs pieces of work by name (`tests.crash.work`) in processes that end at a stop."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.stops"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def run(self, work: str, folder: Path, stop_at: int | None, **more: Any) -> tuple[int, list[str], list[str]]:
        """Return the exit code, the stops that were passed, and what the work said before it ended.

        stop_at: the index of the stop to end at; None lets it run to its end.
        """
        assert self._process.stdin
        assert self._process.stdout
        order = {"work": work, "folder": str(folder), "stop_at": stop_at, "more": more}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return code, _lines(folder / "stops"), _lines(folder / "said")


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _serve() -> None:
    from mailbridge import log
    from tests.crash import work

    log.set_up(as_json=False, quiet=True)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                _run(getattr(work, order["work"]), Path(order["folder"]), order["stop_at"], order["more"])
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def _run(work: Callable[..., None], folder: Path, stop_at: int | None, more: dict[str, Any]) -> None:
    trail = os.open(folder / "stops", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    passed, real_write = [0], os.write

    def at(name: str) -> None:
        if passed[0] == stop_at:
            os._exit(KILLED)
        real_write(trail, f"{name}\n".encode())
        passed[0] += 1

    def say(words: str) -> None:
        real_write(said, f"{words}\n".encode())

    work(folder, lambda: stops(at), say, **more)


if __name__ == "__main__":
    _serve()
