"""From --root and --as-of to what is in the register."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import typer

from citytools.errors import CitytoolsError


def root_of(context: typer.Context, root: str | None) -> Path:
    """The folder that holds data/. Raises CitytoolsError where there is none."""
    from citytools.dataset import find_root

    return find_root(root or context.find_root().obj, Path.cwd())


def repository_of(context: typer.Context, root: str | None) -> Path:
    """The folder that holds data/, else one that git knows without files of its own: a bare repository. Raises CitytoolsError."""
    from citytools import gitrepo

    try:
        return root_of(context, root)
    except CitytoolsError:
        folder = Path(root or context.find_root().obj or Path.cwd())
        if folder.is_dir() and gitrepo.is_bare(folder):
            return folder
        raise


def load(context: typer.Context, root: str | None, at: str | None = None) -> tuple[Path, Any]:
    """The folder, and the dataset that was read from it, or from the commit that ``at`` names."""
    from citytools.dataset import at_commit, load

    if at is not None:
        folder = repository_of(context, root)
        return folder, at_commit(folder, at)
    folder = root_of(context, root)
    return folder, load(folder)


def index_of(context: typer.Context, root: str | None, as_of: str | None, at: str | None = None) -> tuple[Any, str]:
    """The index of what can be relied on, and a banner that says what cannot; empty where all can."""
    from citytools.index import build
    from citytools.validate import for_reports

    day = day_of(as_of)
    _, read = load(context, root, at)
    whole, banner = for_reports(read, day)
    return build(whole, day), banner


def indexes_of(old: tuple[str, Any], new: tuple[str, Any], as_of: str | None) -> tuple[Any, Any, str]:
    """The indexes of two whole datasets as of one day, and a banner that says of each, by its name, what cannot be relied on."""
    from citytools.index import build
    from citytools.validate import both_for_reports

    day = day_of(as_of)
    (before, after), banner = both_for_reports((old, new), day)
    return build(before, day), build(after, day), banner


def day_of(text: str | None) -> datetime.date:
    """The day as typed, else today. Raises CitytoolsError for what is no day."""
    if text is None:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CitytoolsError(f'"{text}" is not a date. Write the day as year-month-day: 2026-11-23') from None
