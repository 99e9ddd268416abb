"""Answers as a workbook: tables that are only read."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.workbook import texts

_CUT = " … (cut: see --format csv)"
_WIDEST, _NARROWEST, _MARGIN = 50, 9, 3
PAGE = 180  # characters that can still be read across a sheet of paper
_FONT, _LINE, _TALLEST = "Calibri", 15, 400  # points; a row may not be taller than 409
_NAME = 31
HEAD = "FF1D4E89"

FORMATS = {"pounds": "£#,##0.00", "count": "#,##0", "date": "dd/mm/yyyy"}
_WITH_TENTHS = "#,##0.0"


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
    book.properties.title, book.properties.creator = title, "citytools"
    for number, sheet in enumerate(sheets, start=1):
        _fill(book.create_sheet(_name(sheet.name, book.sheetnames)), sheet, number)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(page: Any, sheet: Sheet, number: int) -> None:
    from openpyxl.styles import Font

    for row, sentence in enumerate(sheet.above, start=1):
        _text(page.cell(row, 1), sentence).font = Font(name=_FONT, bold=row == 1, size=14 if row == 1 else 11)
    top = len(sheet.above) + 2 if sheet.above else 1
    titles = list(_different(sheet.headings))
    for column, title in enumerate(titles, start=1):
        _text(page.cell(top, column), title)
    for row, contents in enumerate(sheet.rows, start=top + 1):
        for column, (heading, content) in enumerate(zip(sheet.headings, contents, strict=True), start=1):
            _put(page.cell(row, column), heading.kind, content)
    bottom = top + len(sheet.rows)
    for row, sentence in enumerate(sheet.below, start=bottom + 2):
        _text(page.cell(row, 1), sentence).font = Font(name=_FONT, italic=True, color="FF555555")
    _format(page, sheet, titles, top, bottom, number)


def _format(page: Any, sheet: Sheet, titles: Sequence[str], top: int, bottom: int, number: int) -> None:
    """What makes rows a table: a frozen header, filters, widths that fit, and pages as wide as the table."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    last = get_column_letter(len(titles))
    page.freeze_panes = page.cell(top + 1, 1)
    widths = [_width(title, [row[column] for row in sheet.rows]) for column, title in enumerate(titles)]
    for column, width in enumerate(widths, start=1):
        head = page.cell(top, column)
        head.font, head.fill = Font(name=_FONT, bold=True, color="FFFFFFFF"), PatternFill("solid", start_color=HEAD)
        head.alignment = Alignment(
            wrap_text=True, vertical="top", indent=0 if sheet.headings[column - 1].kind in ("pounds", "count") else 1
        )
        page.column_dimensions[get_column_letter(column)].width = width
    for row, contents in enumerate([titles, *sheet.rows], start=top):
        page.row_dimensions[row].height = min(_TALLEST, _LINE * _deepest(contents, widths))
    if sheet.rows:
        table = Table(displayName=f"Answer{number}", ref=f"A{top}:{last}{bottom}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
        page.add_table(table)
    page.print_title_rows, page.print_title_cols = f"{top}:{top}", "A:B"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = -(-sum(widths) // PAGE), 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _put(cell: Any, kind: str, content: Any) -> None:
    """A value with its type: a number, money, a whole date; everything else is text."""
    from openpyxl.styles import Alignment

    if content is None or content == "":
        return
    value = _date(content) if kind == "date" and isinstance(content, str) else content
    if isinstance(value, str):
        _text(cell, value).alignment = Alignment(wrap_text=True, vertical="top", indent=1)
        return
    cell.value = value
    cell.number_format = _WITH_TENTHS if isinstance(value, float) and value % 1 else FORMATS.get(kind, "General")
    cell.alignment = Alignment(vertical="top")


def _text(cell: Any, text: str) -> Any:
    """Text that stays text, cut where a cell cannot hold it."""
    return texts.put(cell, text if len(text) <= texts.LONGEST else text[: texts.LONGEST - len(_CUT)] + _CUT)


def _date(text: str) -> datetime.date | str:
    try:
        return datetime.date.fromisoformat(text) if len(text) == len("2026-11-24") else text
    except ValueError:
        return text


def _deepest(contents: Sequence[Any], widths: Sequence[int]) -> int:
    """How many lines the longest cell of a row takes; programs do not work that out when they open a file."""
    return max(
        sum(max(1, -(-len(line) // (width - _MARGIN))) for line in str(content).split("\n"))
        for content, width in zip(contents, widths, strict=True)
    )


def _width(title: str, contents: Sequence[Any]) -> int:
    longest = max((len(line) for content in contents if content is not None for line in str(content).split("\n")), default=0)
    return max(_NARROWEST, min(_WIDEST, max([longest, *map(len, title.split())]) + _MARGIN + 1))


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


def _name(wanted: str, taken: Sequence[str]) -> str:
    """A name that a sheet may have, and no other sheet has."""
    plain = " ".join(re.sub(r"[\[\]:*?/\\]", " ", wanted).split()).strip("'") or "Sheet"
    name, number = _cut(plain, _NAME), 1
    while name.casefold() in {other.casefold() for other in taken}:
        number += 1
        name = f"{_cut(plain, _NAME - len(str(number)) - 1)} {number}"
    return name


def _cut(text: str, most: int) -> str:
    """As many whole words as there is room for, or what fits of a longer one."""
    if len(text) <= most:
        return text
    whole = text[: most + 1].rpartition(" ")[0]
    return (whole or text[:most]).strip("' ")
