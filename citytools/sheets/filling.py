"""The dataset, or a borough's part of it, as a workbook to fill in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from citytools.catalogue import Catalogue
from citytools.model import Dataset, Record
from citytools.sheets.cells import Names, filled, kept_apart
from citytools.sheets.guidance import guidance
from citytools.sheets.layout import HOLDER, NONE, RECORD, SHEET, Field, Items, Records, layout
from citytools.sheets.origin import Origin
from citytools.workbook import Filled, Form, FormColumn, FormSheet

_IN_WORDS = (
    (r"by (its )?ids? (in|from) data/catalogue/\w+\.yaml", "from the list"),
    (r"(a \w+)'s id from data/catalogue/\w+\.yaml", r"\1 from the list"),
    (r": data/\S+\.yaml", ""),
)
_SORTS = {"date": "date", "integer": "count", "number": "number", "boolean": "yesno"}


def form(dataset: Dataset, origin: Origin, kinds: tuple[str, ...], holders: Collection[str] | None = None) -> Form:
    """A workbook of these kinds of file: of the borough that ``origin`` names, else of all ``holders`` (None: of everybody)."""
    names = Names(Catalogue(dataset))
    single, wanted = bool(origin.holder), layout(kinds)
    chosen = {origin.holder} if single else holders
    records = {sheet.name: _chosen(dataset, sheet, chosen) for sheet in wanted.records}
    sheets = [_records(sheet, records[sheet.name], dataset, names, chosen, single=single) for sheet in wanted.records]
    sheets += [_items(sheet, records, names, single=single) for sheet in wanted.items]
    whose = names.shown("holder", origin.holder) if single else ""
    title = f"citytools: {whose}" if single else "citytools: London's boroughs, what they run, know and have contracted"
    lists = _lists(sheets, wanted.records, wanted.items, names)
    return Form(title, guidance(whose, origin), sheets, lists, replace(origin, names=names.kept()).sheets())


def _chosen(dataset: Dataset, sheet: Records, holders: Collection[str] | None) -> list[Record]:
    found = (record for record in dataset.of(sheet.record) if record.document.kind == sheet.file)
    return [record for record in found if holders is None or not sheet.held or record.holder in holders]


def _records(
    sheet: Records, records: Sequence[Record], dataset: Dataset, names: Names, holders: Collection[str] | None, *, single: bool
) -> FormSheet:
    leads = sheet.leads(single=single)
    columns = [*(_lead(name, sheet.title) for name in leads), *(_column(field, names) for field in sheet.fields)]
    rows = [row_of(sheet, record, names, single=single) for record in records]
    rows += [
        [*(_whose(document.holder, names) for _ in leads), NONE, *[None] * (len(sheet.fields) - 1)]
        for document in dataset.documents
        if document.kind == sheet.file and sheet.key and (document.fields or {}).get(sheet.key) == []
        if holders is None or not sheet.held or document.holder in holders
    ]
    return FormSheet(sheet.name, _without_files(sheet.about), columns, rows)


def row_of(sheet: Records, record: Record, names: Names, *, single: bool) -> list[Filled]:
    """The cells of a record."""
    leads: list[Filled] = [_whose(record.holder, names) for _ in sheet.leads(single=single)]
    return [*leads, *(filled(field, value_at(record.fields, field.path), names) for field in sheet.fields)]


def _items(sheet: Items, records: Mapping[str, Sequence[Record]], names: Names, *, single: bool) -> FormSheet:
    columns = [*(_lead(name, sheet.name) for name in sheet.leads(single=single)), *(_column(field, names) for field in sheet.fields)]
    rows = [
        [*_leads(sheet, parent, record, names, single=single), *row]
        for parent in sheet.parents
        for record in records[parent.name]
        for row in item_rows(sheet, record.fields.get(sheet.key), names)
    ]
    return FormSheet(sheet.name, _without_files(sheet.about), columns, rows)


def item_rows(sheet: Items, value: Any, names: Names) -> Iterator[list[Filled]]:
    """The cells of each item of a list; one row that says so where the list is there and empty."""
    if value == []:
        yield [NONE, *[None] * (len(sheet.fields) - 1)]
    for item in value or ():
        first, *others = (filled(field, value_at(item, field.path), names) for field in sheet.fields)
        yield [kept_apart(first) if isinstance(first, str) else first, *others]


def value_at(fields: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path of groups; None where there is none."""
    node: Any = fields
    for step in path:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _leads(sheet: Items, parent: Records, record: Record, names: Names, *, single: bool) -> Iterator[Filled]:
    known = {
        HOLDER: _whose(record.holder, names) if parent.held else None,
        SHEET: parent.name,
        RECORD: record.id if parent.key else None,
    }
    return (known[name] for name in sheet.leads(single=single))


def _whose(holder: str, names: Names) -> str:
    return names.shown("holder", holder)


def _lead(name: str, title: str) -> FormColumn:
    said = {
        HOLDER: "Whose it is: a borough or another body.",
        SHEET: "The sheet on which the record stands that this line belongs to.",
        RECORD: "The id of the record that this line belongs to, as it stands on its own sheet.",
    }
    return FormColumn(name, "id" if name == RECORD else "text", said[name], required=True, choices=name if name != RECORD else "")


def _column(field: Field, names: Names) -> FormColumn:
    sort = "id" if field.path == ("id",) else "list" if field.listed else _SORTS.get(field.sort, "text")
    hint = _without_files(str(field.definition.get("description", "")))
    if field.listed:
        hint += f" Several are parted by semicolons; {NONE} if there are none."
    single = field.single
    low, high = single.get("minimum"), single.get("maximum")
    return FormColumn(
        field.title,
        "pounds" if single.get("x-unit") == "pounds" else sort,
        hint,
        _example(field, names),
        field.required,
        _list(field),
        field.sort == "choice" and not field.listed,
        low,
        high,
    )


def _without_files(text: str) -> str:
    """What a schema says of a field, for those who see a list to choose from and no file."""
    for words, instead in _IN_WORDS:
        text = re.sub(words, instead, text)
    return text


def _example(field: Field, names: Names) -> str:
    value = next(iter(field.definition.get("examples", ())), None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    shown = filled(field, value, names)
    return f"{shown:%d/%m/%Y}" if isinstance(shown, datetime.date) else str(shown)


def _list(field: Field) -> str:
    """The name of the list to choose from; fields that may be the same words share it."""
    if field.sort == "choice":
        return " ".join(field.single["enum"])
    return field.refers


def _lists(sheets: Sequence[FormSheet], records: Sequence[Records], items: Sequence[Items], names: Names) -> dict[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {}
    fields = [field for kept in (records, items) for sheet in kept for field in sheet.fields]
    for field in fields:
        if field.sort == "choice":
            found[_list(field)] = field.single["enum"]
        elif field.refers:
            found[field.refers] = names.all(field.refers)
    used = {column.choices for sheet in sheets for column in sheet.columns}
    found |= {HOLDER: names.all("holder"), SHEET: [sheet.name for sheet in records]}
    return {name: choices for name, choices in found.items() if name in used and choices}
