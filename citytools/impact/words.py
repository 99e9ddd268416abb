"""How consequences are put in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from citytools.reports.words import enumerated

NAMED = 3  # of many things or holders, so many by name


def arrow(before: Any, after: Any) -> str:
    """A figure before and after; once where it is the same."""
    return f"{before} → {after}" if before != after else f"{after}"


def short(names: Sequence[str]) -> str:
    """All names, or the first and how many others."""
    return enumerated(names) if len(names) <= NAMED else f"{names[0]} and {len(names) - 1} others"


def some(names: Sequence[str]) -> str:
    """All names, or some and how many more."""
    return enumerated(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
