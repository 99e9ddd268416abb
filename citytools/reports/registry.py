"""Which reports there are, and their answers.

A report is a ``.sql`` file in this folder. Where a module of the same name stands beside it, its ``answer`` makes the tables
of the rows, and its ``ALSO`` has a function for each further format; where none does, every section is a table as it stands.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import TYPE_CHECKING, Any

from citytools.reports.declared import PACKAGE, Question, question

if TYPE_CHECKING:  # a list of reports is made without them
    from citytools.index import Index
    from citytools.model import Table
    from citytools.reports.asking import Asked

CHAPTERS = ("Buying together", "Helping each other", "The market", "One page about", "The register itself")


@cache
def reports() -> Mapping[str, Question]:
    """Every report by its name."""
    names = sorted(each.name.removesuffix(".sql") for each in files(PACKAGE).iterdir() if each.name.endswith(".sql"))
    return {name: question(name) for name in names}


def answer(index: Index, name: str, asked: Asked) -> list[Table]:
    """A report's tables: one, or one for each part of a page."""
    from citytools.reports import plain

    module = _module(name)
    return list(module.answer(index, asked)) if module else plain.answer(index, question(name), asked)


def other(index: Index, name: str, format: str, asked: Asked) -> Any:
    """What a report has for one of the further formats that it names; ``render`` knows what to do with it."""
    module = _module(name)
    assert module is not None, f"{name}.sql names the format {format} and has no module that makes it"
    return module.ALSO[format](index, asked)


def _module(name: str) -> ModuleType | None:
    """The module beside a report's file; None where it is plain SQL."""
    if not (files(PACKAGE) / f"{name}.py").is_file():
        return None
    return importlib.import_module(f"{PACKAGE}.{name}")
