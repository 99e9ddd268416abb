"""One sheet of a workbook, as it is read: its cells with content, what is hidden, and what no program would have written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from citytools.errors import CitytoolsError
from citytools.workbook.cells import Cell, Content, column_letters
from citytools.workbook.container import SAVE
from citytools.workbook.markup import Markup
from citytools.workbook.outline import MAX_ALL, MAX_TEXT, MAX_WRITTEN, number, shown
from citytools.workbook.values import Styles, asks_elsewhere, content_of, unescaped

# Content: rows, columns, cells of all sheets; cells of one merged area and of all on a sheet.
MAX_ROWS, MAX_COLUMNS, MAX_CELLS, MAX_MERGED, MAX_ALL_MERGED = 50_000, 200, 800_000, 20_000, 200_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_SMALLER = "Remove what is not data, or send it in several workbooks"
_ONLY_WRITTEN_SO = ("TRUE()", "FALSE()")  # LibreOffice, for what somebody typed
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.ASCII)


@dataclass(slots=True)
class Shared:
    """What the sheets of a workbook share: texts, styles, the first day, and how many cells and characters they may still hold."""

    texts: Sequence[str]
    styles: Styles
    from_1904: bool
    cells: int = field(default_factory=lambda: MAX_CELLS)
    characters: int = field(default_factory=lambda: MAX_ALL)


class SheetReading:
    """A sheet while it is read."""

    def __init__(self, markup: Markup, shared: Shared, name: str) -> None:
        self.markup, self.shared, self.name = markup, shared, name
        self.rows: list[tuple[Cell, ...]] = []
        # The row that is open, and the cells in it so far.
        self.row, self.digits, self.open, self.last = 0, "", False, 0
        self.concealed = False
        self.cells: list[Cell] = []
        # The cell that is open.
        self.column, self.kind, self.style, self.valued, self.size = 0, "", "", False, 0
        self.value: list[str] = []
        self.formula: list[str] | None = None
        self.group = ""
        self.within = ""
        self.aside = 0
        # What stands about the cells.
        self.asking: set[str] = set()
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()
        self.merged: list[tuple[str, int, int, int, int]] = []
        self.merged_cells = 0
        self.covered: list[str] = []
        self.filtered = False

    def read(self, part: str) -> None:
        """Go through the sheet's part. Raises CitytoolsError for one that no program would have written, or that holds too much."""
        self.markup.read(part, self._start, self._end, self._text)
        self._uncover()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif self.column:
            self._inside(name, attributes)
        elif name == "row":
            self._row(attributes)
        elif name == "col":
            self._columns(attributes)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "hyperlink":
            self._area(attributes.get("ref", ""), "a link over")
        elif name == "filterColumn":
            self.filtered = True

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "f":
            self.formula = []
            self.group = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        elif name in ("v", "is"):
            self.valued = True
        self.within = name if name in ("v", "f", "t") and not self.aside else ""
        self.aside += name == "rPh"

    def _end(self, name: str) -> None:
        if name == "c":
            self._finish()
            self.column = 0
        elif self.column:
            self.within = ""
            self.aside -= name == "rPh"
        elif name == "row":
            self._finish_row()

    def _text(self, words: str) -> None:
        if not self.within:
            return
        self.size += len(words)
        if self.size > MAX_WRITTEN:
            raise self._too_long(self.size)
        if self.within != "f":
            self.value.append(words)
        elif self.formula is not None:
            self.formula.append(words)

    def _row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        row = self.row + 1 if given is None else number(given)
        if not 1 <= row <= _LAST_ROW:
            raise self._refuse(f"row number {shown(str(given or row))} is not possible", SAVE)
        if row <= self.row or self.open:
            raise self._refuse(f"row {row} stands twice, or after row {self.row}", SAVE)
        self.row, self.digits, self.open, self.last = row, str(row), True, 0
        self.concealed = attributes.get("hidden") in ("1", "true")

    def _finish_row(self) -> None:
        self.open = False
        if not self.cells:
            return
        if self.row > MAX_ROWS:
            raise self._refuse(f"content in row {self.row:,} (limit {MAX_ROWS:,})", _SMALLER)
        self.rows.append(tuple(self.cells))
        self.cells.clear()
        if self.concealed:
            self.hidden_rows.append(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        if given is None:
            column = self.last + 1
        elif given.endswith(self.digits):
            column = _column(given[: -len(self.digits)])
        else:
            column = 0
        if not 1 <= column <= _LAST_COLUMN or not self.open or self.column:
            raise self._refuse(f"a cell {shown(str(given))} in row {self.row} is not possible", SAVE)
        if column <= self.last:
            raise self._refuse(f"cell {column_letters(column)}{self.row} stands twice, or out of order", SAVE)
        self.column = self.last = column
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.valued, self.size, self.formula, self.group, self.within, self.aside = False, 0, None, "", "", 0
        self.value.clear()

    def _finish(self) -> None:
        if not self.valued and self.formula is None:
            return
        content, trouble = self._content("".join(self.value))
        if content == "" and not trouble:
            return
        if self.column > MAX_COLUMNS:
            raise self._refuse(f"content in column {column_letters(self.column)} (limit {MAX_COLUMNS} columns)", _SMALLER)
        self.shared.cells -= 1
        if self.shared.cells < 0:
            raise self._refuse(f"the workbook holds more than {MAX_CELLS:,} cells", _SMALLER)
        formula = self.formula is not None and "".join(self.formula) not in _ONLY_WRITTEN_SO
        self.cells.append(Cell(self.row, self.column, content, formula, trouble))

    def _content(self, value: str) -> tuple[Content, str]:
        shared, kind = self.shared, self.kind
        if kind == "s" and self.valued:
            index = int(value) if value.isdecimal() and len(value) < 10 else -1
            if not 0 <= index < len(shared.texts):
                raise self._refuse(f"cell {self._place()} points to a text that is not there", SAVE)
            value = shared.texts[index]
        elif kind in ("inlineStr", "str"):
            value = unescaped(value)
            shared.characters -= len(value)
            if shared.characters < 0:
                raise self._refuse("the workbook holds more text than an ordinary one does", _SMALLER)
        elif kind == "n" and self.style and not shared.styles.knows(self.style):
            what = f"cell {self._place()} points to a style that is not there, so that dates cannot be told from numbers"
            raise self._refuse(what, SAVE)
        if len(value) > MAX_TEXT:
            raise self._too_long(len(value))
        if self.formula is not None:
            formula = "".join(self.formula)
            if self._elsewhere(formula):
                return value or f"={formula}"[:60], "a formula that asks another file or site for its value; nothing was fetched"
            if value == "" and not (kind == "str" and self.valued):
                return f"={formula}"[:60], "a formula without a result; open it in Excel and save it"
        return content_of(kind, value, self.style or "0", shared.styles, shared.from_1904)

    def _elsewhere(self, formula: str) -> bool:
        """Whether a formula asks elsewhere; of those that share one, only the first says it."""
        if not formula:
            return self.group in self.asking
        if not asks_elsewhere(formula):
            return False
        if self.group:
            self.asking.add(self.group)
        return True

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true") and len(self.hidden_columns) < MAX_COLUMNS:
            last = min(MAX_COLUMNS, number(attributes.get("max", "")))
            self.hidden_columns.update(range(max(1, number(attributes.get("min", ""))), last + 1))

    def _area(self, area: str, what: str) -> tuple[int, int, int, int]:
        """Top, left, bottom and right of an area. Raises CitytoolsError for one that is none, or is larger than people make them."""
        first, _, last = area.partition(":")
        (top, left), (bottom, right) = _at(first), _at(last or first)
        if not (1 <= top <= bottom <= _LAST_ROW and 1 <= left <= right <= _LAST_COLUMN):
            raise self._refuse(f"{what} {shown(area)} is not possible", SAVE)
        if (bottom - top + 1) * (right - left + 1) > MAX_MERGED:
            raise self._refuse(f"{what} {shown(area)} is too large", "Undo it")
        return top, left, bottom, right

    def _merge(self, area: str) -> None:
        top, left, bottom, right = self._area(area, "the merged area")
        self.merged_cells += (bottom - top + 1) * (right - left + 1)
        if self.merged_cells > MAX_ALL_MERGED:
            raise self._refuse(f"more than {MAX_ALL_MERGED:,} cells are merged", "Unmerge them")
        self.merged.append((area, top, left, bottom, right))

    def _uncover(self) -> None:
        """Leave out cells that nobody sees under merged ones; what is said of both gathers for the notes."""
        held = {(cell.row, cell.column) for row in self.rows for cell in row} if self.merged else set()
        covered = {
            (row, column)
            for _, top, left, bottom, right in self.merged
            for row in range(top, min(bottom, MAX_ROWS) + 1)
            for column in range(left, min(right, MAX_COLUMNS) + 1)
            if (row, column) != (top, left) and (row, column) in held
        }
        self.covered = [f"{column_letters(column)}{row}" for row, column in sorted(covered)]
        self.merged = [area for area in self.merged if area[1:3] in held]
        if covered:
            seen = (tuple(cell for cell in row if (cell.row, cell.column) not in covered) for row in self.rows)
            self.rows = [row for row in seen if row]

    def notes(self) -> Iterator[str]:
        """What a person should know of how the sheet was read."""
        name = shown(self.name)
        if self.hidden_rows:
            rows = few([str(row) for row in self.hidden_rows])
            yield f'On "{name}", {"a filter hides rows, and all were read" if self.filtered else f"hidden rows were read as well: {rows}"}.'
        used = {cell.column for row in self.rows for cell in row} if self.hidden_columns else set()
        if columns := [column_letters(column) for column in sorted(used & self.hidden_columns)]:
            yield f'On "{name}", hidden columns were read as well: {few(columns)}.'
        if areas := [shown(area[0]) for area in self.merged]:
            yield f'On "{name}", cells are merged, and what they say was read for the first of each alone: {few(areas)}.'
        if self.covered:
            yield f'On "{name}", cells that merged ones cover have content, which was not read: {few(self.covered)}.'

    def _place(self) -> str:
        return f"{column_letters(self.column)}{self.row}"

    def _too_long(self, length: int) -> CitytoolsError:
        over = "over " if length > MAX_WRITTEN else ""
        what = f"cell {self._place()} has {over}{min(length, MAX_WRITTEN):,} characters (limit {MAX_TEXT:,})"
        return self._refuse(what, "Make it shorter")

    def _refuse(self, what: str, then: str) -> CitytoolsError:
        return self.markup.container.refuse(f'cannot be used: sheet "{shown(self.name)}", {what}', then)


def few(names: Sequence[str]) -> str:
    """The first names of a list, and how many there are more."""
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


@cache
def _column(letters: str) -> int:
    """A column's number; 0 for letters of none."""
    number = 0
    for letter in letters if len(letters) <= 3 else "":
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _at(text: str) -> tuple[int, int]:
    """Row and column of a cell's name; zeros for what is none."""
    found = _PLACE.fullmatch(text)
    return (int(found[2]), _column(found[1])) if found else (0, 0)
