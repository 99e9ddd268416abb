"""What was read of a workbook."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache

Content = str | int | float | bool | datetime.date | datetime.datetime


@cache
def column_letters(column: int) -> str:
    """A column's letters, of its number from 1: 5 is E, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds something: its row and column from 1, and its content.

    A date without a time is a date. ``formula`` is True where the content is a formula's last result. ``trouble`` says
    why the content cannot be used (an error such as #N/A, a formula without a result, a number that is none), which is then what it shows.
    """

    row: int
    column: int
    content: Content
    formula: bool = False
    trouble: str = ""

    @property
    def place(self) -> str:
        """The cell's name in its sheet: E14."""
        return f"{column_letters(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet: its name, whether it was hidden, and its rows, each the cells that hold something, in order; empty rows are left out."""

    name: str
    hidden: bool
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as it was read: its sheets in order, and in plain sentences what a person should know of how it was read."""

    sheets: tuple[ReadSheet, ...]
    notes: tuple[str, ...] = ()
