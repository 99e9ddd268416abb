"""Which line of a sheet is which item of a list, when lines were changed, moved, added or deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from citytools import schema
from citytools.sheets.cells import Names, alike
from citytools.sheets.filling import item_rows
from citytools.sheets.headings import Row
from citytools.sheets.layout import Items
from citytools.workbook import Filled

Line = Sequence[Filled]


def paired(sheet: Items, old: Sequence[dict[str, Any]], rows: Sequence[Row], names: Names) -> list[tuple[dict[str, Any], Row | None]]:
    """Each item with its row: first those that are as they were, then those with the same key field, then in order; new ones last.

    Where the order has a meaning and no row is missing, the rows' order stands; items without a row keep their place.
    """
    lines = [next(item_rows(sheet, [item], names)) for item in old]
    match: dict[int, int] = {}
    free = list(range(len(rows)))
    for test in (same_cells, _same_key, _any):
        _match(lines, rows, match, free, partial(test, sheet))
    pairs: list[tuple[dict[str, Any], Row | None]]
    pairs = [(dict(item), rows[match[number]] if number in match else None) for number, item in enumerate(old)]
    pairs += [({}, rows[number]) for number in free]
    if schema.ordered(sheet.definition) and len(match) == len(old):
        pairs.sort(key=lambda pair: pair[1].number if pair[1] else 0)
    return pairs


def same_cells(sheet: Items, line: Line, row: Row) -> bool:
    """Whether a row still says what it was filled with."""
    contents = (row.cells[field].content if field in row.cells else None for field in sheet.fields)
    return all(map(alike, line, contents))


def _same_key(sheet: Items, line: Line, row: Row) -> bool:
    """Whether a row has the field by which an item is known."""
    known = (schema.item_key(sheet.definition),)
    pairs = zip(sheet.fields, line, strict=True)
    return any(field.path == known and field in row.cells and alike(value, row.cells[field].content) for field, value in pairs)


def _any(*_: object) -> bool:
    return True


def _match(lines: Sequence[Line], rows: Sequence[Row], match: dict[int, int], free: list[int], fits: Callable[[Line, Row], bool]) -> None:
    """Give each line that has no row yet the first free one that fits."""
    for number, line in enumerate(lines):
        found = next((each for each in free if fits(line, rows[each])), None) if number not in match else None
        if found is not None:
            match[number] = found
            free.remove(found)
