"""Modules stand on floors and import only from lower ones; each heavy library has one user."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "citytools"
FLOORS = {
    "errors": 0,
    "model": 0,
    "baseline": 1,
    "packing": 1,
    "suggest": 1,
    "worker": 1,
    "files": 1,
    "writing": 2,
    "orders": 1,
    "threeway": 6,
    "yamlfile": 1,
    "database": 1,
    "gitrepo": 1,
    "workbook": 1,
    "schema": 2,
    "timeline": 2,
    "dataset": 3,
    "catalogue": 3,
    "index": 4,
    "rules": 5,
    "reports": 5,
    "diff": 5,
    "planned": 4,
    "revisions": 5,
    "wording": 5,
    "demo": 6,
    "impact": 6,
    "lookup": 6,
    "validate": 6,
    "history": 6,
    "fix": 7,
    "merge": 7,
    "confirming": 7,
    "renaming": 7,
    "skeleton": 7,
    "formatting": 7,
    "driver": 7,
    "sheets": 5,
    "submission": 6,
    "ci": 9,
    "export": 9,
    "render": 8,
    "cli": 10,
    "__main__": 11,
}
ONLY_USERS = {
    "yaml": "yamlfile",
    "sqlite3": "database",
    "jsonschema_rs": "schema",
    "rich": "render",
    "typer": "cli",
    "subprocess": "gitrepo",
    "openpyxl": "workbook",
    "jinja2": "render",
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"citytools.{alias.name}" for alias in node.names) if node.module == "citytools" else [node.module]


def test_every_module_has_a_floor() -> None:
    assert {_room(path) for path in MODULES} == set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    own = _room(path)
    for name in _imports(path):
        if name.startswith("citytools."):
            room = name.split(".")[1]
            if room in FLOORS and room != own:
                assert FLOORS[room] < FLOORS[own], f"{own} imports {room}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_each_heavy_library_has_one_user(path: Path) -> None:
    for name in _imports(path):
        library = name.partition(".")[0]
        if library in ONLY_USERS:
            assert ONLY_USERS[library] == _room(path)


@pytest.mark.parametrize("path", [path for path in MODULES if _room(path) != "cli"], ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_below_the_command_line_nothing_prints_exits_or_reads_the_clock(path: Path) -> None:
    source = path.read_text("utf-8")
    forbidden = {"print(", "sys.exit", "sys.stdout", "date.today", "datetime.now", "time.time", "os.environ"}
    if _room(path) == "gitrepo":
        forbidden.remove("os.environ")  # git needs what is left of it without GIT_*
    for word in forbidden:
        assert not re.search(rf"(?<!\w){re.escape(word)}", source.replace("console.print(", ""))
