"""Which line of a sheet is which item of a list, when lines were changed, moved, added or deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from citytools import schema
from citytools.errors import CitytoolsError
from citytools.sheets.cells import Names, alike
from citytools.sheets.filling import item_rows
from citytools.sheets.headings import Row
from citytools.sheets.layout import Items
from citytools.workbook import Filled

Line = Sequence[Filled]
_PAIRS = 1_000_000  # items times lines: what a person can have typed


def paired(sheet: Items, old: Sequence[dict[str, Any]], rows: Sequence[Row], names: Names) -> list[tuple[dict[str, Any], Row | None]]:
    """Each item with its row: first those that are as they were, then those with the same key field, then those that are as they were
    but for it; where there is no such field, and no row is missing, in order. New ones come last. Raises CitytoolsError for too many.

    Where the order has a meaning and no row is missing, the rows' order stands; items without a row keep their place.
    """
    lines = [next(item_rows(sheet, [item], names)) for item in old]
    match: dict[int, int] = {}
    free = list(range(len(rows)))
    if len(old) * len(rows) > _PAIRS:
        raise CitytoolsError(f"there are {len(rows):,} lines on {sheet.name} for one record, and {len(old):,} items, which is too many")
    keyed = bool(schema.item_key(sheet.definition))
    for test in (same_cells, _same_key, _same_but_key if keyed else _any if len(rows) >= len(old) else _none):
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


def _same_but_key(sheet: Items, line: Line, row: Row) -> bool:
    """Whether only the field by which an item is known was changed, and there is something else to know it by."""
    known = (schema.item_key(sheet.definition),)
    others = [(value, row.cells.get(field)) for field, value in zip(sheet.fields, line, strict=True) if field.path != known]
    return any(value is not None for value, _ in others) and all(alike(value, cell.content if cell else None) for value, cell in others)


def _any(*_: object) -> bool:
    return True


def _none(*_: object) -> bool:
    return False


def _match(lines: Sequence[Line], rows: Sequence[Row], match: dict[int, int], free: list[int], fits: Callable[[Line, Row], bool]) -> None:
    """Give each line that has no row yet the first free one that fits."""
    for number, line in enumerate(lines):
        found = next((each for each in free if fits(line, rows[each])), None) if number not in match else None
        if found is not None:
            match[number] = found
            free.remove(found)
