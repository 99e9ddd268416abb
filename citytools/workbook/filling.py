"""Workbooks to fill in: guidance, a sheet for each kind of thing with dropdowns and prompts, and what only the program reads."""

from __future__ import annotations

import datetime
import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.errors import CitytoolsError
from citytools.workbook.cells import column_letters
from citytools.workbook.form import Filled, Form, FormColumn, FormSheet
from citytools.workbook.looks import FONT, FORMATS, HEAD, LINE, MARGIN, height, on_paper, width
from citytools.workbook.names import allowed, area
from citytools.workbook.saving import saved
from citytools.workbook.texts import LONGEST, cut, length, put, read_as_more

GUIDANCE = "Guidance"
LISTS = "_lists"

_YES_NO = ("Yes", "No")
_MAY_STAY_EMPTY, _LINES = "FF5F6B7A", "FFD0D7DE"
_READY, _MORE = 1_000, 500  # rows that are ready to be filled in: at least so many, and so many after the last
_ROWS = 1_048_576
_TITLE, _PROMPT, _ERROR = 32, 255, 225  # characters that the boxes of a cell have room for
_FIRST_DATE, _OLD, _FAR = datetime.date(1900, 3, 1), 18_264, 73_051  # Excel's calendar is right from the first on; 1950; 2100
_NUMBERS = {"count": "whole", "number": "decimal", "pounds": "decimal"}
_TEXTS = {"text", "long", "id", "yesno", "list"}
_WIDTHS = {"long": (40, 60), "id": (14, 40), "date": (13, 13), "count": (11, 14), "number": (11, 16), "pounds": (14, 18), "yesno": (11, 14)}
_USUAL = (18, 44)
_FROZEN = 60  # characters of columns that may stay in sight beside others
_PAGE = (26, 72, 36)  # the guidance's three columns
_AIR = 3  # points between paragraphs
_FEW = 6  # choices that a message has room for
_LOOKED_AT = 500  # rows that decide how wide a column is
_INEXACT = 10**15  # from here on a cell does not hold every digit of a number


def fill(form: Form) -> bytes:
    """The form as a workbook; the same form gives the same bytes."""
    from openpyxl import Workbook

    _check(form)
    book = Workbook(write_only=True)
    lists = _lists(form)
    _guide(book.create_sheet(GUIDANCE), form)
    for sheet in form.sheets:
        _Page(book.create_sheet(sheet.name), sheet, lists).write()
    _hide(book, LISTS, _columns(lists.values()))
    for name, rows in form.hidden.items():
        _hide(book, name, rows)
    _name_areas(book, lists.values())
    return saved(book, form.title)


# ---- what cannot be written


def _check(form: Form) -> None:
    """Refuse what a workbook cannot hold before anything is written."""
    names = [GUIDANCE, *(sheet.name for sheet in form.sheets), LISTS, *form.hidden]
    for name in names:
        if not allowed(name):
            raise CitytoolsError(f'no sheet can be called "{name}": at most 31 characters, and none of [ ] : * ? / \\')
        if [other.casefold() for other in names].count(name.casefold()) > 1:
            raise CitytoolsError(f'two sheets cannot both be called "{name}"')
    for sheet in form.sheets:
        _check_cells(sheet.name, [[column.title for column in sheet.columns], *sheet.rows])
    for name, rows in form.hidden.items():
        _check_cells(name, rows)


def _check_cells(sheet: str, rows: Sequence[Sequence[Filled]]) -> None:
    if len(rows) > _ROWS:
        raise CitytoolsError(f'sheet "{sheet}" would have {len(rows):,} rows; a sheet holds {_ROWS:,}')
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            wrong = _wrong(value)
            if wrong:
                raise CitytoolsError(f'sheet "{sheet}", cell {column_letters(column)}{number}: {wrong}')


def _wrong(value: Filled) -> str:
    if isinstance(value, str) and len(value) > LONGEST // 2 and length(value) > LONGEST:
        return f"the text has {length(value):,} characters; a cell holds {LONGEST:,}. Shorten it, or keep it out of the workbook"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is no number that a cell can hold"
    return ""


# ---- the choices of dropdowns


@dataclass(frozen=True, slots=True)
class _List:
    """Choices, the name of the area that holds them, and the area."""

    title: str
    name: str
    choices: tuple[str, ...]
    column: int

    @property
    def area(self) -> str:
        letters = column_letters(self.column)
        return area(LISTS, f"${letters}$2:${letters}${len(self.choices) + 1}")


def _lists(form: Form) -> Mapping[str, _List]:
    """Lists by name; one of nothing is left out, since nothing at all could be chosen from it."""
    wanted = {name: tuple(choice for choice in choices if choice) for name, choices in form.lists.items()}
    if any(column.kind == "yesno" for sheet in form.sheets for column in sheet.columns):
        wanted[""] = _YES_NO  # by reference, so that yes and YES are accepted too
    found = [(name, choices) for name, choices in wanted.items() if choices]
    return {name: _List(name or "yes or no", _area_name(n, name), choices, n) for n, (name, choices) in enumerate(found, start=1)}


def _area_name(number: int, name: str) -> str:
    """A name that formulas can use and no other list has."""
    return f"choices_{number}_" + (re.sub(r"\W", "_", name, flags=re.ASCII) or "yes_no")


def _columns(lists: Iterable[_List]) -> Iterator[Sequence[str]]:
    every = [(one.title, *one.choices) for one in lists]
    for row in range(max(map(len, every), default=0)):
        yield [one[row] if row < len(one) else "" for one in every]


def _name_areas(book: Any, lists: Iterable[_List]) -> None:
    from openpyxl.workbook.defined_name import DefinedName

    for one in lists:
        book.defined_names[one.name] = DefinedName(one.name, attr_text=one.area)


def _hide(book: Any, name: str, rows: Iterable[Sequence[str]]) -> None:
    """A sheet of text that people do not see, and cannot bring to sight by a slip."""
    from openpyxl.cell import WriteOnlyCell

    page = book.create_sheet(name)
    page.sheet_state = "veryHidden"
    for row in rows:
        page.append([put(WriteOnlyCell(page), text) if text else None for text in row])


# ---- the sheets to fill in


class _Page:
    """A sheet to fill in, being written."""

    def __init__(self, page: Any, sheet: FormSheet, lists: Mapping[str, _List]) -> None:
        self.page, self.sheet, self.lists = page, sheet, lists
        self.letters = [column_letters(number) for number in range(1, len(sheet.columns) + 1)]
        self.widths = [_wide(column, [row[n] for row in sheet.rows]) for n, column in enumerate(sheet.columns)]
        self.last = max(_READY, len(sheet.rows) + 1 + _MORE)

    def write(self) -> None:
        """Everything about columns first: rows follow one by one and are not kept."""
        self._set_up()
        self.page.append([self._heading(column) for column in self.sheet.columns])
        cells = [_Cells(self.page, column) for column in self.sheet.columns]
        for number, row in enumerate(self.sheet.rows, start=2):
            _tall(self.page, number, row, self.widths)
            self.page.append([cell.holding(value) for cell, value in zip(cells, row, strict=True)])
        for letter, column in zip(self.letters, self.sheet.columns, strict=True):
            self._validate(letter, column)

    def _set_up(self) -> None:
        page, names = self.page, self.letters
        for letter, wide, column in zip(names, self.widths, self.sheet.columns, strict=True):
            page.column_dimensions[letter].width = wide
            _dress(page.column_dimensions[letter], column.kind)
            if column.kind == "date":
                # With a date's format, Excel takes the year 2027 for a day of 1905; without, it gives days and months theirs itself.
                page.column_dimensions[letter].number_format = "General"
        page.row_dimensions[1].height = _AIR + max(map(_lines_of_heading, self.sheet.columns, self.widths)) * LINE
        beside = 2 if len(names) > 2 and sum(self.widths[:2]) <= _FROZEN else 1
        page.freeze_panes = f"{column_letters(min(beside, len(names) - 1) + 1)}2"
        page.auto_filter.ref = f"A1:{names[-1]}{self.last}"
        page.print_title_rows, page.print_title_cols = "1:1", "A:A"
        on_paper(page, self.widths)
        _number_pages(page)

    def _heading(self, column: FormColumn) -> Any:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.comments import Comment

        head = put(WriteOnlyCell(self.page), column.title)
        _dress_heading(head, HEAD if column.required else _MAY_STAY_EMPTY)
        said = _explained(column, "\n\n")
        if said:
            head.comment = Comment(said, "citytools", width=320, height=30 + height([said], [50]) * 4 // 3)
        return head

    def _validate(self, letter: str, column: FormColumn) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation

        said = _explained(column, " ")
        rule = _rule(column, f"{letter}2", self.lists)
        if rule or said:
            rule.setdefault("showErrorMessage", False)
            check = DataValidation(**rule, allow_blank=True, showInputMessage=bool(said), sqref=f"{letter}2:{letter}{self.last}")
            check.promptTitle, check.prompt = cut(column.title, _TITLE, "…"), cut(said, _PROMPT, " …") or None
            self.page.data_validations.append(check)


class _Cells:
    """The cells of a column, one after the other: rows are written at once, so that two cells serve them all.

    One is marked as text whatever it looks like, the other never is: a style that changes once it was used changes for all that use it.
    """

    def __init__(self, page: Any, column: FormColumn) -> None:
        from openpyxl.cell import WriteOnlyCell

        self.kind = column.kind
        self.plain, self.marked = WriteOnlyCell(page), WriteOnlyCell(page)
        for cell in (self.plain, self.marked):
            _dress(cell, column.kind)
        self.marked.quotePrefix = True

    def holding(self, value: Filled) -> Any:
        """The cell with a value in it, or nothing: an empty cell looks as its column does."""
        content = _content(value, self.kind)
        if content is None or content == "":
            return None
        if not isinstance(content, str):
            self.plain.value = content
            return self.plain
        marked = read_as_more(content) or self.kind not in _TEXTS  # or 2027-03 becomes a day when it is edited
        return put(self.marked if marked else self.plain, content, marked=marked)


def _content(value: Filled, kind: str) -> str | int | float | datetime.date | None:
    if isinstance(value, bool):
        return _YES_NO[not value]
    if isinstance(value, datetime.date):
        plain = kind == "date" and not isinstance(value, datetime.datetime) and value >= _FIRST_DATE
        return value if plain else value.isoformat()
    if isinstance(value, int | float):
        return str(value) if kind in _TEXTS or abs(value) >= _INEXACT else value
    return value


# ---- what is said and checked about a column


def _explained(column: FormColumn, between: str) -> str:
    parts = [
        "Must be filled in." if column.required else "",
        column.hint.strip(),
        f"For example: {column.example}" if column.example else "",
    ]
    return between.join(part for part in parts if part)


def _rule(column: FormColumn, cell: str, lists: Mapping[str, _List]) -> dict[str, Any]:
    """What Excel checks when somebody types into a column."""
    if column.kind == "yesno":
        return _choice(lists[""], strict=True)
    if column.choices and column.choices in lists:
        return _choice(lists[column.choices], column.strict and column.kind != "list")
    if column.kind in _NUMBERS:
        return _number(column)
    return _date(cell) if column.kind == "date" else {}


def _choice(one: _List, strict: bool) -> dict[str, Any]:
    rule: dict[str, Any] = {"type": "list", "formula1": one.name}
    if strict:
        few = ", ".join(one.choices) if len(one.choices) <= _FEW else ""
        said = f"Choose from the list{': ' + few if few else ''}. Press Cancel, then the arrow beside the cell."
        rule |= _refusal("Not in the list", said)
    return rule


def _number(column: FormColumn) -> dict[str, Any]:
    what = {"count": "a whole number", "number": "a number", "pounds": "pounds as a plain number"}[column.kind]
    said = f"Type {what}{_bounds(column)}, without words. Leave the cell empty if it is not known."
    low, high = (-_INEXACT if column.low is None else column.low), (_INEXACT if column.high is None else column.high)
    rule = {"type": _NUMBERS[column.kind], "operator": "between", "formula1": _plain(low), "formula2": _plain(high)}
    return rule | _refusal("Not a number that fits", said)


def _bounds(column: FormColumn) -> str:
    if column.low is not None and column.high is not None:
        return f" from {column.low:,} to {column.high:,}"
    if column.low is not None:
        return f", {column.low:,} or more"
    return "" if column.high is None else f", {column.high:,} or less"


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _date(cell: str) -> dict[str, Any]:
    """A day of our time, a year, or text that is a day, month or year; anything else is asked about and not refused."""
    day = f"AND(ISNUMBER({cell}),OR(AND({cell}>={_OLD},{cell}<{_FAR}),AND({cell}>=1950,{cell}<2100)))"
    part = f'AND(ISTEXT({cell}),OR(LEN({cell})=4,LEN({cell})=7,LEN({cell})=10),ISNUMBER(VALUE(SUBSTITUTE({cell},"-",""))))'
    said = "Type a day as 31/03/2027, or a month as 2027-03 or a year as 2027 if no more is known."
    return {"type": "custom", "formula1": f"OR({day},{part})"} | _refusal("Is this the date?", said, "warning")


def _refusal(title: str, said: str, style: str = "stop") -> dict[str, Any]:
    return {"showErrorMessage": True, "errorStyle": style, "errorTitle": title, "error": cut(said, _ERROR, " …")}


# ---- guidance


def _guide(page: Any, form: Form) -> None:
    """What to read first: headings on the left, paragraphs beside them, then what each column means."""
    for letter, wide in zip("ABC", _PAGE, strict=True):
        page.column_dimensions[letter].width = wide
    page.sheet_view.showGridLines = False
    on_paper(page, _PAGE, "portrait")
    page.page_setup.fitToWidth, page.page_margins.left, page.page_margins.right = 1, 0.5, 0.5
    _number_pages(page)
    guide = _Guide(page)
    guide.line(form.title, size=18, colour=HEAD)
    for heading, paragraphs in [*form.guidance, ("Filling in", list(_filling(form)))]:
        guide.space()
        for number, paragraph in enumerate(paragraphs or [""]):
            guide.line("" if number else heading, paragraph)
    guide.space()
    guide.heading("Blue heading", required=True, said="Must be filled in, in every row that you use.")
    guide.heading("Grey heading", required=False, said="Fill in what you know, and leave the rest empty.")
    for sheet in form.sheets:
        guide.sheet(sheet)


def _filling(form: Form) -> Iterator[str]:
    """What is true of every form, as far as this one has such columns."""
    columns = [column for sheet in form.sheets for column in sheet.columns]
    kinds = {column.kind for column in columns}
    yield "One row for each thing. Leave the headings and the names of the sheets as they are."
    yield "Rest the mouse on a heading to read what belongs below it. All columns are explained further down on this sheet."
    if "yesno" in kinds or any(form.lists.get(column.choices) for column in columns):
        yield "Some cells have an arrow at their right edge when you are in them: it opens a list to choose from."
    if "date" in kinds:
        yield "Type a day as 31/03/2027; if you know only the month or the year, 2027-03 or 2027. Excel may show the month as Mar-27."
    if "pounds" in kinds:
        yield "Type money as a plain number of pounds: 1250000."


class _Guide:
    """The guidance's rows, written from top to bottom."""

    def __init__(self, page: Any) -> None:
        self.page, self.row = page, 0

    def space(self) -> None:
        self._write([])

    def line(self, heading: str, paragraph: str = "", size: int = 11, colour: str = "FF000000") -> None:
        from openpyxl.styles import Alignment, Font

        head, text = self._cell(heading), self._cell(paragraph)
        head.font = Font(name=FONT, bold=True, size=size, color=colour)
        if paragraph:
            self._write([head, text], [heading, paragraph])
        else:
            head.alignment = Alignment(horizontal="left", indent=1)
            self._write([head])
            self.page.row_dimensions[self.row].height = size * 1.6

    def heading(self, name: str, required: bool, said: str) -> None:
        head = self._cell(name)
        _dress_heading(head, HEAD if required else _MAY_STAY_EMPTY)
        self._write([head, self._cell(said)], [name, said])

    def sheet(self, sheet: FormSheet) -> None:
        """What a sheet is for, and what to write in its columns."""
        self.space()
        self.space()
        self.line(sheet.name, sheet.about, size=13, colour=HEAD)
        heads = [self._cell(title) for title in ("Column", "What to write", "Example")]
        for head in heads:
            _dress_heading(head, HEAD)
        self._write(heads, ["Column", "What to write", "Example"])
        for column in sheet.columns:
            self._column(column)

    def _column(self, column: FormColumn) -> None:
        from openpyxl.styles import Border, Font, Side

        texts = [column.title, f"{'Must be filled in. ' if column.required else ''}{column.hint}".strip(), column.example]
        cells = [self._cell(text) for text in texts]
        cells[0].font = Font(name=FONT, bold=True, color=HEAD if column.required else _MAY_STAY_EMPTY)
        for cell in cells:
            cell.border = Border(bottom=Side("thin", _LINES))
        self._write(cells, texts)

    def _cell(self, text: str) -> Any:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font

        cell = put(WriteOnlyCell(self.page), cut(text, LONGEST, " …"))
        cell.font, cell.alignment = Font(name=FONT), Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)
        return cell

    def _write(self, cells: Sequence[Any], texts: Sequence[str] = ()) -> None:
        self.row += 1
        if texts:
            self.page.row_dimensions[self.row].height = height(texts, [wide - 1 for wide in _PAGE[: len(texts)]]) + _AIR
        self.page.append(cells)


# ---- looks


def _dress(cell: Any, kind: str) -> None:
    """The format, alignment and lines of a cell, or of a column's empty cells."""
    from openpyxl.styles import Alignment, Border, Font, Side

    line = Side("thin", _LINES)
    cell.font, cell.border = Font(name=FONT), Border(left=line, right=line, top=line, bottom=line)
    cell.number_format = FORMATS.get(kind, "General") if kind not in _TEXTS else "@"
    if kind in _TEXTS or kind == "date":
        cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left", indent=1)
    else:
        cell.alignment = Alignment(vertical="top")


def _dress_heading(head: Any, colour: str) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    head.font, head.fill = Font(name=FONT, bold=True, color="FFFFFFFF"), PatternFill("solid", start_color=colour)
    head.alignment = Alignment(wrap_text=True, vertical="center", horizontal="left", indent=1)
    head.border = Border(left=Side("thin", "FFFFFFFF"), right=Side("thin", "FFFFFFFF"))


def _lines_of_heading(column: FormColumn, wide: int) -> int:
    return len(textwrap.wrap(column.title, wide - MARGIN - 1))


def _tall(page: Any, number: int, row: Sequence[Filled], widths: Sequence[int]) -> None:
    """As tall as it takes; not as a height of somebody's choice, so that the row still grows with what is typed."""
    points = height(row, widths)
    if points > LINE:
        page.row_dimensions[number] = {"ht": f"{points}"}  # openpyxl's own dimensions are always of somebody's choice


def _wide(column: FormColumn, contents: Sequence[Filled]) -> int:
    narrowest, widest = _WIDTHS.get(column.kind, _USUAL)
    shown = [column.example, *contents[:_LOOKED_AT]] if column.kind in _TEXTS else []
    return width(column.title, shown, narrowest, widest)


def _number_pages(page: Any) -> None:
    page.oddFooter.left.text, page.oddFooter.right.text = "&A", "Page &P of &N"
