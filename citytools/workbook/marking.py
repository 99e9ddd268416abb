"""Cells coloured by a rule of ours, which lies over their own looks and is found again to be taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from citytools.workbook.elements import Edit, Element, before_later, content, edited, elements, grouped, with_attributes, without
from citytools.workbook.parts import Parts

ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges"),
    *("scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting"),
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks"),
    *(
        "customProperties",
        "cellWatches",
        "ignoredErrors",
        "smartTags",
        "drawing",
        "legacyDrawing",
        "legacyDrawingHF",
        "drawingHF",
        "picture",
    ),
    *("oleObjects", "controls", "AlternateContent", "webPublishItems", "tableParts", "extLst"),
)
"""The children of a sheet in the order that the file format wants."""

PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
"""What a cell is called, in two parts."""

_OURS = 'ISTEXT("citytools")'  # always true, and nobody else's
_AT_ONCE = 400  # areas that one rule speaks of


def mark(parts: Parts, sheet: str, cells: Mapping[int, Sequence[str]]) -> None:
    """Colour cells, by the number of the look that the style table has for them, and nothing that an earlier round coloured."""
    data = parts.read(sheet)
    found = elements(data, {"sheetView", "conditionalFormatting", "cfRule", "formula"}, sheet)
    if found[0].name != "worksheet":
        return
    gone, kept = _ours(found, data)
    edits = [with_attributes(one, tabSelected=None) for one in found if one.name == "sheetView" and one.attribute("tabSelected")]
    edits += map(without, gone)
    rules = list(_rules(found[0].prefix, cells))
    if rules:
        edits += [*_later(kept, len(rules)), before_later(found, ORDER, "conditionalFormatting", "".join(rules))]
    if edits:
        parts.put(sheet, edited(data, edits))


def _ours(found: Sequence[Element], data: bytes) -> tuple[list[Element], list[Element]]:
    """Rules of ours, with what holds them if it holds nothing else; and the rules of others."""
    gone: list[Element] = []
    kept: list[Element] = []
    for around, inside in grouped(found, "conditionalFormatting"):
        rules = [
            (rule, any(content(data, one) == _OURS for one in said if one.name == "formula")) for rule, said in grouped(inside, "cfRule")
        ]
        others = [rule for rule, ours in rules if not ours]
        kept += others
        gone += [rule for rule, ours in rules if ours] if others or not rules else [around]
    return gone, kept


def _rules(prefix: str, cells: Mapping[int, Sequence[str]]) -> Iterator[str]:
    priority = 0
    for look, marked in cells.items():
        areas = list(_areas(marked))
        for first in range(0, len(areas), _AT_ONCE):
            priority += 1
            yield (
                f'<{prefix}conditionalFormatting sqref="{" ".join(areas[first : first + _AT_ONCE])}">'
                f'<{prefix}cfRule type="expression" dxfId="{look}" priority="{priority}"><{prefix}formula>{_OURS}</{prefix}formula>'
                f"</{prefix}cfRule></{prefix}conditionalFormatting>"
            )


def _areas(cells: Sequence[str]) -> Iterator[str]:
    """Cells as areas: those under one another together."""
    split = sorted({(found[1], int(found[2])) for cell in cells if (found := PLACE.fullmatch(cell))})
    for (letters, _), run in groupby(enumerate(split), key=lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        rows = [row for _, (_, row) in run]
        yield f"{letters}{rows[0]}" if len(rows) == 1 else f"{letters}{rows[0]}:{letters}{rows[-1]}"


def _later(rules: Sequence[Element], number: int) -> list[Edit]:
    """The others' rules after ours, in the order they have."""
    ranked = [(one, int(one.attribute("priority"))) for one in rules if one.attribute("priority")]
    if all(priority > number for _, priority in ranked):
        return []
    return [with_attributes(one, priority=str(priority + number)) for one, priority in ranked]
