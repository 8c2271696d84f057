"""The plan of the house: who may know whom (the floors are drawn in docs/flow.md)."""

import ast
from pathlib import Path

import pytest

import mailbridge

PACKAGE = Path(mailbridge.__file__).parent

FLOORS = (
    ("clock", "delivery", "errors", "log", "notify", "passwords", "schedule"),
    ("config.values", "config.model", "config.shipped"),
    ("mail",),
    ("decide",),
    ("store", "config", "replies", "relay.outcome", "reading", "reader", "readers", "resolver"),
    ("spool", "starter", "starter_files", "relay"),
    ("outbox", "intake", "records", "shared_drafts"),
    ("desk",),
    ("bridge",),
    ("explain", "app"),
    ("history", "doctor", "rehearsal", "demo", "daemon"),
    ("cli",),
)
"""From below; a room may know those on lower floors and its own."""

PURE = ("mail", "decide")
NEVER_IN_PURE = {
    "sqlmodel",
    "sqlalchemy",
    "aiosmtpd",
    "imapclient",
    "smtplib",
    "apscheduler",
    "logging",
    "structlog",
    "socket",
    "subprocess",
    "threading",
}
SQL_OF_A_DIALECT = ("sqlalchemy.dialects",)
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "migrations" not in path.parts and path != PACKAGE / "__init__.py"
}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def floor_of(module: str) -> int:
    """Return the floor of a module: that of the longest entry which names it."""
    found = [
        (len(room), floor)
        for floor, rooms in enumerate(FLOORS)
        for room in rooms
        if module == room or module.startswith(room + ".")
    ]
    assert found, f"mailbridge/{module} has no floor: draw it into tests/test_house.py and docs/flow.md"
    return max(found)[1]


def imports(module: str) -> set[str]:
    """Return every module that this one imports, wherever the import stands."""
    found = set()
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            found |= {
                f"{node.module}.{alias.name}"
                if f"{node.module}.{alias.name}".removeprefix("mailbridge.") in MODULES
                else str(node.module)
                for alias in node.names
            }
    return found


def own(module: str) -> set[str]:
    return {name.removeprefix("mailbridge.") for name in imports(module) if name.startswith("mailbridge.")}


@pytest.mark.parametrize("module", MODULES)
def test_no_import_runs_upward(module):
    upward = {other for other in own(module) if floor_of(other) > floor_of(module)}
    assert not upward, f"mailbridge/{module} must not know {sorted(upward)}"


def test_there_is_no_circle():
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module not in done:
            for other in own(module):
                if other in MODULES and other != module:
                    walk(other, (*trail, module))
            done.add(module)

    for module in MODULES:
        walk(module, ())


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] in PURE])
def test_pure_rooms_touch_no_world(module):
    touched = {name.split(".")[0] for name in imports(module)} & NEVER_IN_PURE
    assert not touched
    clocks = [
        ast.unparse(node)
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("datetime.now", "datetime.utcnow", "time.time", "date.today", "datetime.today")
    ]
    assert not clocks


@pytest.mark.parametrize("module", MODULES)
def test_own_rooms_are_imported_at_the_top(module):
    """Commands import when they run, so that --help is quick; nobody else hides an import."""
    if module.startswith("cli"):
        return
    hidden = [
        ast.unparse(node)
        for function in ast.walk(TREES[module])
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.If))
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("mailbridge")
    ]
    assert not hidden


def test_only_the_store_knows_dialects():
    knowing = {
        module
        for module in MODULES
        if not module.startswith("store") and any(name.startswith(SQL_OF_A_DIALECT) for name in imports(module))
    }
    assert not knowing


def test_only_the_desk_writes_rows_of_tickets():
    """The tables of tickets are inserted into and updated in `desk/` alone."""
    writers = set()
    for module, tree in TREES.items():
        text = ast.unparse(tree)
        if module.startswith(("desk", "store")) or "ticket" not in text.lower():
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in ("insert", "update", "delete")
                and node.args
                and ast.unparse(node.args[0])
                in ("ticket", "message", "event", "Ticket", "Message", "Event", "participant", "contact")
            ):
                writers.add(module)
    assert not writers


@pytest.mark.parametrize("module", MODULES)
def test_files_and_functions_stay_small(module):
    lines = MODULES[module].read_text("utf-8").count("\n")
    assert lines <= LONGEST_MODULE, f"{module}: {lines} lines; look for the second concept"
    long = [
        f"{node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(TREES[module])
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long
