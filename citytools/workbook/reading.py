"""A workbook that somebody sent, as sheets of cells. Nothing in it is trusted, calculated or fetched.

The XML is read in one bounded pass of our own and not by a library: those drop cells beyond a wrong dimension, take rows out of order
for others, give no value for a formula without a result, and need gigabytes for a few kilobytes. Only what they know of date formats
is used.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from citytools.workbook import markup
from citytools.workbook.cells import Book, Cell, ReadSheet, column_letters
from citytools.workbook.container import Container, opened
from citytools.workbook.values import Styles, content_of, unescaped

MAX_ROWS, MAX_COLUMNS, MAX_CELLS, MAX_MERGED, MAX_TEXT = 50_000, 200, 1_000_000, 20_000, 32_767
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_CLAIMED = 5_000_000
_OUR_OWN = "_"  # sheets whose name begins so are made by the program, hidden on purpose
_DAMAGED = "Open it in Excel, save it, and send that"
_SMALLER = "Remove what is not data, or send it in several workbooks"


def read(name: str, data: bytes) -> Book:
    """The sheets of a workbook; ``name`` is its file's, for messages. Raises CitytoolsError for what cannot or must not be read."""
    container = opened(name, data)
    for part in container.parts:
        if part.casefold().endswith((".xml", ".rels", ".vml")):
            markup.check(container, part)
    outline = _outline(container)
    texts = _texts(container, outline.parts.get("sharedStrings", ""))
    styles = _styles(container, outline.parts.get("styles", ""))
    reading = _Reading(container, texts, styles, outline.from_1904)
    sheets = tuple(reading.sheet(name, part, hidden=hidden) for name, part, hidden in outline.sheets)
    ours = any(sheet.name.startswith(_OUR_OWN) for sheet in sheets)
    return Book(sheets, (*_said(outline, container, ours=ours), *reading.notes))


@dataclass(slots=True)
class _Outline:
    """What a workbook says it consists of: sheets with their parts, other parts by their kind, which day is its first."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    from_1904: bool = False
    others: list[str] = field(default_factory=list)


def _outline(container: Container) -> _Outline:
    main = next((target for kind, target in _related(container, "").values() if kind == "officeDocument"), "")
    if main not in container.parts:
        raise container.refuse("has no workbook inside", _DAMAGED)
    if b"macroEnabled" in b"".join(container.chunks("[Content_Types].xml")):
        raise container.refuse("contains macros", 'Save it as "Excel Workbook (.xlsx)"')
    related = _related(container, main)
    found = _Outline(parts=dict(related.values()))

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            found.from_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
        elif name == "sheet":
            kind, target = related.get(attributes.get("id", ""), ("", ""))
            title = attributes.get("name", "")
            if kind == "worksheet" and target in container.parts:
                found.sheets.append((title, target, attributes.get("state", "visible") != "visible"))
            elif kind == "worksheet" or not kind:
                raise container.refuse(f'lacks the content of its sheet "{_shown(title)}"', _DAMAGED)
            else:
                found.others.append(title)

    markup.read(container, main, start, prefixed=True)
    if not found.sheets:
        raise container.refuse("has no sheet that can be read", _DAMAGED)
    return found


def _related(container: Container, part: str) -> dict[str, tuple[str, str]]:
    """The parts that a part refers to, by the id by which it does: their kind and name; those elsewhere are left out."""
    folder, own = posixpath.split(part)
    place = posixpath.join(folder, "_rels", f"{own}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            if attributes.get("TargetMode") == "External":
                found[attributes.get("Id", "")] = (f"external {kind}", attributes.get("Target", ""))
                return
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if whole.startswith("..") or "\\" in whole:
                raise container.refuse("refers to a file outside itself", "Do not open it; tell the maintainers")
            found[attributes.get("Id", "")] = (kind, whole)

    if place in container.parts:
        markup.read(container, place, start)
    return found


def _texts(container: Container, part: str) -> list[str]:
    """The texts that cells refer to by number; how they are to be pronounced is left out."""
    texts: list[str] = []
    pieces: list[str] = []
    state = {"text": False, "aside": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sst" and _number(attributes.get("uniqueCount", "0")) > _CLAIMED:
            raise container.refuse(f"claims to hold {attributes['uniqueCount'][:20]} texts", _DAMAGED)
        if name == "si":
            pieces.clear()
        state["text"] = name == "t" and not state["aside"]
        state["aside"] += name == "rPh"

    def end(name: str) -> None:
        state["text"] = False
        state["aside"] -= name == "rPh"
        if name == "si":
            texts.append(unescaped("".join(pieces)))

    def text(words: str) -> None:
        if state["text"]:
            pieces.append(words)

    if part in container.parts:
        markup.read(container, part, start, end, text)
    return texts


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def _styles(container: Container, part: str) -> Styles:
    """How each style of cell shows a number."""
    formats: dict[int, str] = {}
    cells: list[int] = []
    state = {"cells": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[_number(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif name == "xf" and state["cells"]:
            cells.append(_number(attributes.get("numFmtId", "0")))
        state["cells"] = state["cells"] or name == "cellXfs"

    def end(name: str) -> None:
        state["cells"] = state["cells"] and name != "cellXfs"

    if part not in container.parts:
        return Styles(None)
    markup.read(container, part, start, end)
    return Styles([*cells], formats)


@dataclass(slots=True)
class _Raw:
    """A cell while it is read."""

    column: int
    kind: str
    style: str
    value: list[str] = field(default_factory=list)
    formula: list[str] | None = None
    valued: bool = False


class _Reading:
    """The sheets of one workbook, read with its texts and styles; what a person should know gathers in ``notes``."""

    def __init__(self, container: Container, texts: list[str], styles: Styles, from_1904: bool) -> None:
        self.container, self.texts, self.styles, self.from_1904 = container, texts, styles, from_1904
        self.notes: list[str] = []
        self.left = MAX_CELLS

    def sheet(self, name: str, part: str, *, hidden: bool) -> ReadSheet:
        """One sheet. Raises CitytoolsError for one that no program would have written, or that holds too much."""
        one = _Sheet(self, name)
        markup.read(self.container, part, one.start, one.end, one.text)
        if hidden and not name.startswith(_OUR_OWN):
            self.notes.append(f'The hidden sheet "{_shown(name)}" was read as well.')
        self.notes += one.notes()
        self.notes += self._links(name, part)
        return ReadSheet(name, hidden, tuple(one.rows))

    def refuse(self, sheet: str, what: str, then: str) -> Exception:
        """The error for a sheet."""
        return self.container.refuse(f'cannot be used: sheet "{_shown(sheet)}", {what}', then)

    def _links(self, name: str, part: str) -> Iterator[str]:
        for kind, target in _related(self.container, part).values():
            if kind == "external hyperlink" and not re.match(r"(https?|mailto):", target, re.I):
                yield f'On "{_shown(name)}", a link was not kept: {_shown(target)}.'


class _Sheet:
    """A sheet while it is read."""

    def __init__(self, reading: _Reading, name: str) -> None:
        self.reading, self.name = reading, name
        self.rows: list[tuple[Cell, ...]] = []
        self.row, self.column = 0, 0
        self.cells: list[Cell] = []
        self.raw: _Raw | None = None
        self.within = ""
        self.aside = 0
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[str] = []
        self.filtered = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self._row(attributes)
        elif self.raw is not None:
            self.within = name if name in ("v", "f", "t") and not self.aside else ""
            self.aside += name == "rPh"
            if name == "f":
                self.raw.formula = []
            self.raw.valued = self.raw.valued or name in ("v", "is")
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden_columns.append((_number(attributes.get("min", "")), _number(attributes.get("max", ""))))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "autoFilter":
            self.filtered = True

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "c" and self.raw is not None:
            self._finish(self.raw)
            self.raw = None
        elif name == "row" and self.cells:
            if len(self.rows) >= MAX_ROWS or self.row > MAX_ROWS:
                raise self._refuse(f"content in row {self.row:,} (limit {MAX_ROWS:,})", _SMALLER)
            self.rows.append(tuple(self.cells))
            self.cells = []
        elif self.raw is not None:
            self.within = ""
            self.aside -= name == "rPh"

    def text(self, words: str) -> None:
        """Text inside an element."""
        if self.raw is None or not self.within:
            return
        if self.within == "f":
            if self.raw.formula is not None:
                self.raw.formula.append(words[:MAX_TEXT])
        else:
            self.raw.value.append(words)

    def notes(self) -> Iterator[str]:
        """What a person should know of how the sheet was read."""
        name = _shown(self.name)
        numbers = {row[0].row for row in self.rows}
        hidden = [str(number) for number in self.hidden_rows if number in numbers]
        if hidden:
            why = "a filter hides rows, and all were read" if self.filtered else f"hidden rows were read as well: {_few(hidden)}"
            yield f'On "{name}", {why}.'
        used = {cell.column for row in self.rows for cell in row}
        columns = [column_letters(each) for each in sorted(used) if any(low <= each <= high for low, high in self.hidden_columns)]
        if columns:
            yield f'On "{name}", hidden columns were read as well: {_few(columns)}.'
        if self.merged:
            yield f'On "{name}", cells are merged, and what they say was read for the first of each alone: {_few(self.merged)}.'

    def _row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        row = self.row + 1 if given is None else _number(given)
        if not 1 <= row <= _LAST_ROW:
            raise self._refuse(f"row number {_shown(str(given))} is not possible", _DAMAGED)
        if row <= self.row:
            raise self._refuse(f"row {row} stands twice, or after row {self.row}", _DAMAGED)
        self.row, self.column, self.cells = row, 0, []
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.append(row)

    def _cell(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        row, column = (self.row, self.column + 1) if given is None else _place(given)
        if not 1 <= column <= _LAST_COLUMN or row != self.row:
            raise self._refuse(f"a cell {_shown(str(given))} in row {self.row} is not possible", _DAMAGED)
        if column <= self.column:
            raise self._refuse(f"cell {_shown(str(given))} stands twice, or out of order", _DAMAGED)
        self.column = column
        self.raw = _Raw(column, attributes.get("t", "n"), attributes.get("s", ""))

    def _finish(self, raw: _Raw) -> None:
        value = "".join(raw.value)
        if not raw.valued and raw.formula is None:
            return
        where = f"cell {column_letters(raw.column)}{self.row}"
        if raw.kind == "s":
            number = _number(value) if value.isdecimal() else -1
            if not 0 <= number < len(self.reading.texts):
                raise self._refuse(f"{where} points to a text that is not there", _DAMAGED)
            value = self.reading.texts[number]
        elif raw.kind in ("inlineStr", "str"):
            value = unescaped(value)
        if len(value) > MAX_TEXT:
            raise self._refuse(f"{where} has {len(value):,} characters (limit {MAX_TEXT:,})", "Make it shorter")
        if raw.style and not self.reading.styles.knows(raw.style):
            raise self._refuse(f"{where} points to a style that is not there, so that dates cannot be told from numbers", _DAMAGED)
        content, trouble = content_of(raw.kind, value, raw.style, self.reading.styles, self.reading.from_1904, raw.formula)
        if content == "" and not trouble:
            return
        if raw.column > MAX_COLUMNS:
            raise self._refuse(f"content in column {column_letters(raw.column)} (limit {MAX_COLUMNS} columns)", _SMALLER)
        self.reading.left -= 1
        if self.reading.left < 0:
            raise self._refuse(f"the workbook holds more than {MAX_CELLS:,} cells", _SMALLER)
        self.cells.append(Cell(self.row, raw.column, content, raw.formula is not None, trouble))

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        if not (1 <= top <= bottom <= _LAST_ROW and 1 <= left <= right <= _LAST_COLUMN):
            raise self._refuse(f"a merged area {_shown(area)} is not possible", _DAMAGED)
        if (bottom - top + 1) * (right - left + 1) > MAX_MERGED:
            raise self._refuse(f"the merged area {_shown(area)} is too large", "Unmerge it")
        self.merged.append(area)

    def _refuse(self, what: str, then: str) -> Exception:
        return self.reading.refuse(self.name, what, then)


@cache
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


def _place(text: str) -> tuple[int, int]:
    """Row and column of a cell's name; zeros for what is none."""
    found = _PLACE.fullmatch(text)
    return (int(found[2]), _column(found[1])) if found else (0, 0)


def _said(outline: _Outline, container: Container, *, ours: bool) -> Iterator[str]:
    if outline.from_1904:
        yield "The workbook counts days from 1904, and its dates were read accordingly."
    if any(part.startswith("xl/externalLinks/") for part in container.parts):
        yield "The workbook refers to other files; none of them was opened."
    if outline.others:
        yield f"Not read, as these are charts and not sheets of cells: {_few([_shown(title) for title in outline.others])}."
    if any(part.startswith(("xl/media/", "xl/charts/")) for part in container.parts):
        yield "Pictures and charts were not read."
    if not ours and any("comments" in part.casefold() for part in container.parts):
        yield "Notes on cells, and who wrote them, were not read."


def _few(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _shown(text: str) -> str:
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
