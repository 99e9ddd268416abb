"""Somebody's own workbook handed back, with a note in each cell that needs another look."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.workbook import texts
from citytools.workbook.answers import HEAD

ISSUES = "Issues"
_TITLE = "What a check by citytools found"
_AUTHOR, _MARK = "citytools check", "citytools check: "
_FILLS = {"error": "FFFECACA", "warning": "FFFDE68A"}
_FONT, _LINE = "Calibri", 15


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said of a cell of a sheet (of the sheet as a whole where ``cell`` is empty), and how grave it is: error or warning."""

    sheet: str
    cell: str
    message: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Annotated:
    """The workbook with its notes, and sentences on what of it could not be kept."""

    data: bytes
    lost: tuple[str, ...]


def annotate(data: bytes, notes: Sequence[Note]) -> Annotated:
    """Write a note into each cell, colour it, and list all on a sheet at the front; what an earlier check wrote is taken away.

    The data must be of a workbook that was read before. Their own formats, formulas and notes stay.
    """
    from openpyxl import load_workbook

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        book = load_workbook(io.BytesIO(data), rich_text=True)
    for page in book.worksheets:
        _clear(page)
    for earlier in [page for page in book.worksheets if page.title.startswith(ISSUES) and page.cell(1, 1).value == _TITLE]:
        book.remove(earlier)
    pages = {page.title: page for page in book.worksheets}
    for (sheet, cell), found in _by_cell(notes).items():
        if sheet in pages and cell:
            _mark(pages[sheet], cell, found)
    _issues(book, notes, pages)
    stream = io.BytesIO()
    book.save(stream)
    return Annotated(stream.getvalue(), tuple(_lost(data, [str(each.message) for each in said])))


def _by_cell(notes: Iterable[Note]) -> dict[tuple[str, str], list[Note]]:
    found: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        found.setdefault((note.sheet, note.cell), []).append(note)
    return found


def _clear(page: Any) -> None:
    """Take away what an earlier check wrote; a note of their own that it was added to stays."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    for row in page.iter_rows():
        for cell in row:
            words = cell.comment.text if getattr(cell, "comment", None) else ""
            if _MARK in words:
                own = words.partition(_MARK)[0].strip()
                cell.comment = Comment(own, cell.comment.author) if own else None
                cell.fill = PatternFill()


def _mark(page: Any, place: str, notes: Sequence[Note]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    area = next((area for area in page.merged_cells.ranges if place in area), None)
    cell = page[area.coord.partition(":")[0]] if area else page[place]
    ours = _MARK + "\n".join(_plain(note.message) for note in notes)
    theirs = cell.comment
    words = f"{theirs.text}\n\n{ours}" if theirs else ours
    cell.comment = Comment(words, theirs.author if theirs else _AUTHOR, width=340, height=30 + 18 * -(-len(words) // 44))
    worst = "error" if any(note.severity == "error" for note in notes) else "warning"
    cell.fill = PatternFill("solid", start_color=_FILLS[worst])


def _issues(book: Any, notes: Sequence[Note], pages: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    page = book.create_sheet(ISSUES if ISSUES not in pages else f"{ISSUES} (check)", 0)
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is page
    page.cell(1, 1, _TITLE).font = Font(name=_FONT, bold=True, size=14, color=HEAD)
    page.cell(2, 1, _counted(notes)).font = Font(name=_FONT)
    widths = {"Sheet": 18, "Cell": 9, "What is wrong, and what to type instead": 100, "How grave": 12}
    for column, (title, width) in enumerate(widths.items(), start=1):
        cell = page.cell(4, column, title)
        cell.font, cell.fill = Font(name=_FONT, bold=True, color="FFFFFFFF"), PatternFill("solid", start_color=HEAD)
        page.column_dimensions["ABCD"[column - 1]].width = width
    for row, note in enumerate(notes, start=5):
        for column, text in enumerate((note.sheet, note.cell, _plain(note.message), note.severity), start=1):
            cell = texts.put(page.cell(row, column), text[: texts.LONGEST])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if note.cell and note.sheet in pages:
            link = page.cell(row, 2)
            sheet = note.sheet.replace("'", "''")
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{sheet}'!{note.cell}")
            link.font = Font(name=_FONT, underline="single", color="FF1D4E89")
        page.row_dimensions[row].height = _LINE * max(1, -(-len(note.message) // 95))
    page.freeze_panes = "A5"


def _counted(notes: Sequence[Note]) -> str:
    errors = sum(note.severity == "error" for note in notes)
    if not notes:
        return "Nothing was found that needs another look."
    others = len(notes) - errors
    return f"{errors} to put right, {others} to look at. Each of these cells has a note; choose its name below to go there."


def _plain(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", " ", text)


def _lost(data: bytes, warned: Sequence[str]) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.namelist()
        formulas = any(
            b"<f>" in archive.read(part) or b"<f " in archive.read(part) for part in parts if part.startswith("xl/worksheets/sheet")
        )
    if any(part.startswith(("xl/media/", "xl/charts/", "xl/drawings/drawing")) for part in parts):
        yield "Pictures, charts and shapes are not in the workbook that is handed back."
    if any(part.startswith(("xl/pivot", "xl/slicers", "xl/ctrlProps", "xl/activeX")) for part in parts):
        yield "Pivot tables and controls may not work in the workbook that is handed back."
    if any("extension" in each for each in warned):
        yield "Some of the newer sorts of list and format are not in the workbook that is handed back."
    if formulas:
        yield "Formulas are there, and show their results once the workbook is opened."
