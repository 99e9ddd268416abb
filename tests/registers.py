"""The example register in a repository of its own, and what was changed in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from test_gitrepo import git

AS_OF = "2026-11-24"


def committed_register(folder: Path) -> Path:
    """A copy of the example register below a folder, as the first commit of a repository."""
    root = folder / "register"
    shutil.copytree(Path(__file__).parent / "register", root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def contents(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted((root / "data").rglob("*.yaml"))}


def changed_lines(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[list[str], list[str]]]:
    """The lines of each file that went and that came."""
    found = {}
    for path in {**before, **after}:
        old, new = (side.get(path, "").splitlines() for side in (before, after))
        if old != new:
            found[path] = [line for line in old if line not in new], [line for line in new if line not in old]
    return found
