"""A workbook to be filled in, as a file: guidance, sheets with headings, hints and lists to choose from, and what only programs read."""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from citytools.errors import CitytoolsError
from citytools.workbook import texts
from citytools.workbook.answers import FORMATS, HEAD, PAGE
from citytools.workbook.cells import column_letters
from citytools.workbook.form import Filled, Form, FormColumn, FormSheet

GUIDANCE, COLUMNS, LISTS = "Guidance", "Columns", "_lists"
AUTHOR = "citytools"
_ROOM, _AT_LEAST = 500, 1_000  # empty rows that are made ready below what is there, and how many in all
_NEEDED = "FF9A3412"
_FONT, _LINE, _WIDE = "Calibri", 15, 100
_PROMPT, _PROMPT_TITLE, _ERROR = 255, 32, 225
_FIRST_DAY = datetime.date(1900, 3, 1)  # as Excel believes in 29 February 1900
_MOMENT = (2000, 1, 1, 0, 0, 0)
_WIDTHS = {"id": 26, "text": 24, "long": 40, "list": 32, "date": 13, "count": 11, "number": 11, "pounds": 15, "yesno": 10}
_PROSE = 44  # columns so wide hold whole sentences
# Where nothing stands yet, a date column has no format: with one, Excel takes the year 2027 for a day of 1905.
_SHOWN = {"pounds": FORMATS["pounds"], "date": "General", "number": "General", "count": "General", "yesno": "General"}


def fill(form: Form) -> bytes:
    """The workbook's file; the same form gives the same content. Raises CitytoolsError for a text that is too long for a cell."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title, book.properties.creator = form.title, AUTHOR
    _guidance(book.worksheets[0], form)
    names = _lists(book, form.lists)
    for sheet in form.sheets:
        _sheet(book.create_sheet(sheet.name), sheet, names)
    _columns(book.create_sheet(COLUMNS), form.sheets)
    for name in [LISTS] if form.lists else []:
        book.move_sheet(name, len(book.sheetnames))
    for name, rows in form.hidden.items():
        _hidden(book.create_sheet(name), rows)
    stream = io.BytesIO()
    book.save(stream)
    return _timeless(stream.getvalue())


def _guidance(page: Any, form: Form) -> None:
    from openpyxl.styles import Alignment, Font

    page.title = GUIDANCE
    page.sheet_view.showGridLines = False
    page.column_dimensions["A"].width = _WIDE
    lines = [(form.title, Font(name=_FONT, bold=True, size=16, color=HEAD))]
    for heading, paragraphs in form.guidance:
        lines += [("", Font()), (heading, Font(name=_FONT, bold=True, size=12, color=HEAD))]
        lines += [(paragraph, Font(name=_FONT)) for paragraph in paragraphs]
    for row, (words, font) in enumerate(lines, start=1):
        cell = texts.put(page.cell(row, 1), words)
        cell.quotePrefix = False
        cell.font, cell.alignment = font, Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[row].height = 26 if row == 1 else _LINE * max(1, -(-len(words) // (_WIDE - 5))) + 3
    _printed(page)
    page.print_title_rows, page.print_options.gridLines = None, None


def _columns(page: Any, sheets: Sequence[FormSheet]) -> None:
    """What each column of each sheet means, for those who would rather read it in one place."""
    from openpyxl.styles import Alignment, Font

    widths = {"Sheet": 18, "Column": 26, "What to write": 74, "Example": 34}
    for column, (title, width) in enumerate(widths.items(), start=1):
        _head(page.cell(1, column), title, needed=False)
        page.column_dimensions[column_letters(column)].width = width
    row = 2
    for sheet in sheets:
        for each in [FormColumn("", hint=sheet.about), *sheet.columns]:
            words = [sheet.name, each.title, each.hint, each.example]
            for column, text in enumerate(words, start=1):
                cell = texts.put(page.cell(row, column), text)
                cell.quotePrefix = False
                cell.font = Font(name=_FONT, bold=not each.title)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            page.row_dimensions[row].height = _LINE * max(-(-len(t) // (w - 4)) or 1 for t, w in zip(words, widths.values(), strict=True))
            row += 1
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:D{row - 1}"
    _printed(page)


def _lists(book: Any, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write the choices out of sight; the name of each list, which is what programs keep: Excel moves places on other sheets elsewhere."""
    from openpyxl.workbook.defined_name import DefinedName

    names: dict[str, str] = {}
    if not lists:
        return names
    page = book.create_sheet(LISTS)
    page.sheet_state = "veryHidden"
    for column, (key, choices) in enumerate(lists.items(), start=1):
        name = names[key] = f"list_{column}_" + re.sub(r"\W+", "_", key.casefold(), flags=re.ASCII)[:40].strip("_")
        for row, choice in enumerate([name, *choices], start=1):
            texts.put(page.cell(row, column), choice)
        letters = column_letters(column)
        book.defined_names[name] = DefinedName(name, attr_text=f"'{LISTS}'!${letters}$2:${letters}${len(choices) + 1}")
    return names


def _sheet(page: Any, sheet: FormSheet, names: Mapping[str, str]) -> None:
    last = max(len(sheet.rows) + _ROOM, _AT_LEAST)
    for number, column in enumerate(sheet.columns, start=1):
        letters = column_letters(number)
        _note(_head(page.cell(1, number), column.title, needed=column.required), column)
        page.column_dimensions[letters].width = max(_WIDTHS[column.kind], min(len(column.title) + 4, 24))
        _style(page.column_dimensions[letters], column.kind)
        page.add_data_validation(_validation(column, names, f"{letters}2:{letters}{last}"))
    page.row_dimensions[1].height = 2 * _LINE + 4
    # Looking a style up for each of many thousand cells takes most of the time; the columns have theirs already.
    styles = [page.column_dimensions[column_letters(number)]._style for number in range(1, len(sheet.columns) + 1)]
    for row, contents in enumerate(sheet.rows, start=2):
        for number, content in enumerate(contents, start=1):
            if content is not None:
                cell = page.cell(row, number)
                cell._style = copy(styles[number - 1])
                _put(cell, content, sheet.name)
        page.row_dimensions[row].height = _LINE * _deepest(contents, sheet.columns)
    page.freeze_panes = page.cell(2, min(2, len(sheet.columns)))
    page.auto_filter.ref = f"A1:{column_letters(len(sheet.columns))}{max(2, len(sheet.rows) + 1)}"
    _printed(page, sum(each.width for each in page.column_dimensions.values()))
    page.print_title_cols = "A:A"


def _head(cell: Any, title: str, *, needed: bool) -> Any:
    from openpyxl.styles import Alignment, Font, PatternFill

    texts.put(cell, title)
    cell.font = Font(name=_FONT, bold=True, color="FFFFFFFF")
    cell.fill = PatternFill("solid", start_color=_NEEDED if needed else HEAD)
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _note(cell: Any, column: FormColumn) -> None:
    from openpyxl.comments import Comment

    words = _said(column)
    if words:
        cell.comment = Comment(words, AUTHOR, width=320, height=30 + 17 * -(-len(words) // 42))


def _said(column: FormColumn) -> str:
    needed = "Every line must have this." if column.required else ""
    example = f"Example: {column.example}" if column.example else ""
    return "\n".join(filter(None, (column.hint, needed, example)))


def _style(column: Any, kind: str) -> None:
    from openpyxl.styles import Alignment, Font

    column.font = Font(name=_FONT)
    column.alignment = Alignment(wrap_text=True, vertical="top")
    column.number_format = _SHOWN.get(kind, "@")


def _validation(column: FormColumn, names: Mapping[str, str], area: str) -> Any:
    """What a column's cells may hold, and what is said where somebody goes to fill one in."""
    from openpyxl.worksheet.datavalidation import DataValidation

    found = DataValidation(allow_blank=True, sqref=area)
    found.promptTitle, found.prompt = column.title[:_PROMPT_TITLE], _cut(_said(column), _PROMPT)
    found.showInputMessage = bool(found.prompt)
    if column.kind == "yesno":
        found.type, found.formula1 = "list", '"Yes,No"'
        _or_else(found, "Choose Yes or No, or leave the cell empty.")
    elif column.choices in names:
        found.type, found.formula1 = "list", names[column.choices]
        if column.strict and column.kind != "list":
            _or_else(found, "Choose a word from the list, or leave the cell empty.")
        else:
            found.showErrorMessage = False
    elif column.kind == "date":
        found.type, found.operator, found.formula1, found.formula2 = "date", "between", "1900", "109574"  # to the end of 2199
        _or_else(found, "This is not a day. If no more is known than a year or month, such as 2027 or 2027-03, keep it.")
        found.errorStyle = "warning"
    elif column.kind in ("count", "number", "pounds"):
        low, high = column.low if column.low is not None else -1e12, column.high if column.high is not None else 1e12
        found.type, found.operator = "whole" if column.kind == "count" else "decimal", "between"
        found.formula1, found.formula2 = f"{low:.15g}", f"{high:.15g}"
        bounds = f" of {low:,.15g} or more" if column.low is not None else ""
        _or_else(found, f"Type a {'whole' if column.kind == 'count' else 'plain'} number{bounds}, or leave the cell empty.")
    return found


def _or_else(validation: Any, error: str) -> None:
    validation.showErrorMessage, validation.errorTitle, validation.error = True, "This cannot stand here", error[:_ERROR]


def _put(cell: Any, content: Filled, sheet: str) -> None:
    """A value with its type; what Excel cannot hold as such is text."""
    if isinstance(content, bool):
        texts.put(cell, "Yes" if content else "No")
    elif isinstance(content, str):
        if len(content) > texts.LONGEST:
            raise CitytoolsError(f"{sheet}!{cell.coordinate} would have {len(content):,} characters, and Excel holds {texts.LONGEST:,}")
        texts.put(cell, content)
        cell.number_format = "@"
    elif isinstance(content, datetime.date) and content < _FIRST_DAY:
        texts.put(cell, content.isoformat())
    elif isinstance(content, float) and not math.isfinite(content):
        raise CitytoolsError(f"{sheet}!{cell.coordinate} would hold a number without end, which no cell can")
    else:
        cell.value = content
        if isinstance(content, datetime.date):
            cell.number_format = FORMATS["date"]


def _deepest(contents: Iterable[Filled], columns: Sequence[FormColumn]) -> int:
    """How many lines the longest cell of a row takes, up to a few; programs do not work that out when they open a file."""
    lines = (
        sum(max(1, -(-len(line) // (_WIDTHS[column.kind] - 2))) for line in content.split("\n"))
        for content, column in zip(contents, columns, strict=True)
        if isinstance(content, str)
    )
    return min(6, max(lines, default=1))


def _hidden(page: Any, rows: Sequence[Sequence[str]]) -> None:
    page.sheet_state = "veryHidden"
    for row, contents in enumerate(rows, start=1):
        for column, content in enumerate(contents, start=1):
            if content:
                _put(page.cell(row, column), content, page.title)


def _printed(page: Any, width: float = 0) -> None:
    """On A4, with as much on a sheet of paper as can still be read."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = max(1, -(-int(width) // PAGE)), 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows, page.print_options.gridLines = "1:1", True


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rpartition(" ")[0] + "…"


def _timeless(data: bytes) -> bytes:
    """The same file without the time of day at which it was made, so that two of the same content are the same."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in sorted(old.infolist(), key=lambda info: (info.filename != "[Content_Types].xml", info.filename)):
            content = old.read(info)
            if info.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", content)
            part = zipfile.ZipInfo(info.filename, _MOMENT)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(part, content)
    return stream.getvalue()
