"""What an officer does with a workbook: change cells, add and delete lines, by the headings that they see."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl


class Desk:
    """A workbook that is open on somebody's desk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)

    def column(self, sheet: str, title: str) -> int:
        """The column of a heading."""
        return next(cell.column for cell in self.book[sheet][1] if cell.value == title)

    def row(self, sheet: str, **known: object) -> int:
        """The first row that says so: ``row("Contracts", Id="x")``."""
        page = self.book[sheet]
        wanted = {self.column(sheet, title.replace("_", " ")): value for title, value in known.items()}
        return next(row for row in range(2, page.max_row + 1) if all(page.cell(row, c).value == v for c, v in wanted.items()))

    def cell(self, sheet: str, title: str, **known: object) -> Any:
        """A cell by its heading and what its row says elsewhere."""
        return self.book[sheet].cell(self.row(sheet, **known), self.column(sheet, title))

    def type(self, sheet: str, title: str, value: object, **known: object) -> str:
        """Type into a cell; its name."""
        cell = self.cell(sheet, title, **known)
        cell.value = value
        return f"{sheet}!{cell.coordinate}"

    def add(self, sheet: str, line: Mapping[str, object]) -> int:
        """Type a new line below the others; its row."""
        page = self.book[sheet]
        row = max((cell.row for line in page.iter_rows() for cell in line if cell.value is not None), default=1) + 1
        for title, value in line.items():
            page.cell(row, self.column(sheet, title)).value = value  # type: ignore[assignment]
        return row

    def delete(self, sheet: str, **known: object) -> None:
        """Delete a line."""
        self.book[sheet].delete_rows(self.row(sheet, **known))

    def save(self) -> Path:
        """Save it under the same name."""
        self.book.save(self.path)
        return self.path


def content(book: openpyxl.Workbook) -> bytes:
    """A workbook's file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
