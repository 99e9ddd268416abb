"""Answers as a workbook: tables that are only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.workbook.looks import FONT, FORMATS, HEAD, WITH_TENTHS, height, on_paper, width
from citytools.workbook.names import free_name
from citytools.workbook.saving import saved
from citytools.workbook.texts import LONGEST, cut, put, whole_date

_CUT = " … (cut: see --format csv)"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its title, and what its cells hold: text, pounds, count or date (text where it is not a whole date).

    ``apart`` follows a title that another column before it has too.
    """

    title: str
    kind: str = "text"
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: sentences above, the columns and rows, sentences below. No text may hold control characters."""

    name: str
    above: Sequence[str]
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Any]]
    below: Sequence[str] = ()


def write(sheets: Iterable[Sheet], title: str) -> bytes:
    """A workbook of tables with filters and a frozen header; no cell is ever a formula."""
    from openpyxl import Workbook

    book = Workbook()
    for blank in book.worksheets:
        book.remove(blank)
    for number, sheet in enumerate(sheets, start=1):
        _fill(book.create_sheet(free_name(sheet.name, book.sheetnames)), sheet, number)
    return saved(book, title)


def _fill(page: Any, sheet: Sheet, number: int) -> None:
    from openpyxl.styles import Font

    for row, sentence in enumerate(sheet.above, start=1):
        _text(page.cell(row, 1), sentence).font = Font(name=FONT, bold=row == 1, size=14 if row == 1 else 11)
    top = len(sheet.above) + 2 if sheet.above else 1
    titles = list(_different(sheet.headings))
    for column, title in enumerate(titles, start=1):
        _text(page.cell(top, column), title)
    for row, contents in enumerate(sheet.rows, start=top + 1):
        for column, (heading, content) in enumerate(zip(sheet.headings, contents, strict=True), start=1):
            _put(page.cell(row, column), heading.kind, content)
    bottom = top + len(sheet.rows)
    for row, sentence in enumerate(sheet.below, start=bottom + 2):
        _text(page.cell(row, 1), sentence).font = Font(name=FONT, italic=True, color="FF555555")
    _format(page, sheet, titles, top, bottom, number)


def _format(page: Any, sheet: Sheet, titles: Sequence[str], top: int, bottom: int, number: int) -> None:
    """What makes rows a table: a frozen header, filters, widths that fit, and pages as wide as the table."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    last = get_column_letter(len(titles))
    page.freeze_panes = page.cell(top + 1, 1)
    widths = [width(title, [row[column] for row in sheet.rows]) for column, title in enumerate(titles)]
    for column, wide in enumerate(widths, start=1):
        head = page.cell(top, column)
        head.font, head.fill = Font(name=FONT, bold=True, color="FFFFFFFF"), PatternFill("solid", start_color=HEAD)
        head.alignment = Alignment(
            wrap_text=True, vertical="top", indent=0 if sheet.headings[column - 1].kind in ("pounds", "count") else 1
        )
        page.column_dimensions[get_column_letter(column)].width = wide
    for row, contents in enumerate([titles, *sheet.rows], start=top):
        page.row_dimensions[row].height = height(contents, widths)
    if sheet.rows:
        table = Table(displayName=f"Answer{number}", ref=f"A{top}:{last}{bottom}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
        page.add_table(table)
    page.print_title_rows, page.print_title_cols = f"{top}:{top}", "A:B"
    on_paper(page, widths)


def _put(cell: Any, kind: str, content: Any) -> None:
    """A value with its type: a number, money, a whole date; everything else is text."""
    from openpyxl.styles import Alignment

    if content is None or content == "":
        return
    value = whole_date(content) if kind == "date" and isinstance(content, str) else content
    if isinstance(value, str):
        _text(cell, value).alignment = Alignment(wrap_text=True, vertical="top", indent=1)
        return
    cell.value = value
    cell.number_format = WITH_TENTHS if isinstance(value, float) and value % 1 else FORMATS.get(kind, "General")
    cell.alignment = Alignment(vertical="top")


def _text(cell: Any, text: str) -> Any:
    return put(cell, cut(text, LONGEST, _CUT))


def _different(headings: Iterable[Heading]) -> Iterator[str]:
    """Titles as a table must have them: no two alike but for capitals."""
    seen: set[str] = set()
    for heading in headings:
        number, name = 1, heading.title
        while name.casefold() in seen:
            name = f"{heading.title} ({heading.apart})" if heading.apart and number == 1 else f"{heading.title} ({number})"
            number += 1
        seen.add(name.casefold())
        yield name
