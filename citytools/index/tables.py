"""The tables: which there are, what their columns mean, and how records become rows.

Tables follow from the schemas. A record list is a table; a scalar is a column; a group of fields is columns
with a prefix; a list is a child table with the record's key and a position. A date has a second column with
its month number, an amount in pounds becomes integer pence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from citytools import schema, timeline
from citytools.model import Dataset, Record

Row = tuple[Any, ...]
Take = Callable[[Any, Record], Any]

_OWN_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column: SQL type, what it means, and where in the mapping its value comes from."""

    name: str
    type: str
    meaning: str
    path: tuple[str, ...] = ()
    take: Take = field(default=lambda value, record: value)


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: its columns, and the list inside a record that its rows come from (none: the record itself)."""

    name: str
    meaning: str
    keys: tuple[ColumnSpec, ...]
    columns: tuple[ColumnSpec, ...]
    kinds: tuple[str, ...]
    list_path: tuple[str, ...] = ()

    @property
    def all_columns(self) -> tuple[ColumnSpec, ...]:
        """Key columns, then the others."""
        return (*self.keys, *self.columns)

    def rows(self, dataset: Dataset) -> Iterator[Row]:
        """The table's rows for a dataset."""
        for record in dataset.of(*self.kinds):
            if not self.list_path:
                yield (*(key.take(None, record) for key in self.keys), *self._values(record.fields, record))
            elif self.list_path[0] in record.fields:
                yield from self._item_rows(record)

    def _item_rows(self, record: Record) -> Iterator[Row]:
        items = _at(record.fields, self.list_path)
        for position, item in enumerate(items if isinstance(items, list) else (), start=1):
            keys = [key.take(position if key.name == "position" else None, record) for key in self.keys]
            yield (*keys, *self._values(item, record))

    def _values(self, value: Any, record: Record) -> list[Any]:
        return [column.take(_at(value, column.path), record) for column in self.columns]


@cache
def specs() -> tuple[TableSpec, ...]:
    """Every table that follows from the schemas."""
    tables: dict[str, TableSpec] = {}
    for kind in schema.kinds():
        whole = schema.load(kind)
        if "x-record" in whole:
            for table in _record_tables(whole["x-record"], whole["x-table"], whole):
                _merge(tables, table)
        for listed in schema.record_lists(kind):
            for table in _record_tables(
                listed.definition["x-record"], listed.definition["x-table"], listed.definition["items"], listed.definition
            ):
                _merge(tables, table)
    return tuple(tables.values())


def _merge(tables: dict[str, TableSpec], table: TableSpec) -> None:
    known = tables.get(table.name)
    tables[table.name] = (
        table
        if known is None
        else TableSpec(table.name, known.meaning, known.keys, known.columns, (*known.kinds, *table.kinds), known.list_path)
    )


def _record_tables(kind: str, name: str, item: Mapping[str, Any], listed: Mapping[str, Any] | None = None) -> Iterator[TableSpec]:
    singular = kind.replace("-", "_")
    columns: list[ColumnSpec] = []
    children: list[TableSpec] = []
    for key, definition in item["properties"].items():
        if key not in ("id", "schema"):
            _flatten(singular, kind, definition, (key,), columns, children)
    yield TableSpec(name, (listed or item)["description"], _record_keys(kind, item), tuple(columns), (kind,))
    yield from children


def _record_keys(kind: str, item: Mapping[str, Any]) -> tuple[ColumnSpec, ...]:
    file = ColumnSpec("file", "TEXT", "The file that the record stands in.", take=lambda _, record: record.document.path)
    line = ColumnSpec("line", "INTEGER", "The line on which it begins.", take=lambda _, record: record.at().line)
    own_id = ColumnSpec(
        "id",
        "TEXT",
        item["properties"].get("id", {}).get("description", "The name of the holder's folder."),
        take=lambda _, record: record.id,
    )
    if kind not in ("system", "skill", "contract"):
        return own_id, file, line
    ref = ColumnSpec("ref", "TEXT", "How the record is referred to: holder/id.", take=lambda _, record: record.ref)
    holder = ColumnSpec("holder", "TEXT", "The borough or body whose record it is.", take=lambda _, record: record.holder)
    return ref, holder, own_id, file, line


def _flatten(
    singular: str, kind: str, definition: Mapping[str, Any], path: tuple[str, ...], columns: list[ColumnSpec], children: list[TableSpec]
) -> None:
    if definition["type"] == "object":
        for key, child in definition["properties"].items():
            _flatten(singular, kind, child, (*path, key), columns, children)
    elif definition["type"] == "array":
        children.append(_child(singular, kind, definition, path))
    else:
        columns.extend(_scalar(definition, path))


def _child(singular: str, kind: str, definition: Mapping[str, Any], path: tuple[str, ...]) -> TableSpec:
    position = ColumnSpec("position", "INTEGER", "Its place in the list, from 1.", take=lambda value, _: value)
    if definition.get("x-shared"):
        keys: tuple[ColumnSpec, ...] = (
            ColumnSpec("record_kind", "TEXT", "The kind of record: system, contract …", take=lambda _, record: record.kind),
            ColumnSpec(
                "record", "TEXT", "The record it belongs to: holder/id, or a catalogue or holder's id.", take=lambda _, record: record.ref
            ),
            position,
        )
    else:
        keys = (ColumnSpec(singular, "TEXT", f"The {kind} it belongs to.", take=lambda _, record: record.ref), position)
    items = definition["items"]
    columns: list[ColumnSpec] = []
    if items["type"] == "object":
        for key, child in items["properties"].items():
            columns.extend(_scalar(child, (key,)))
    else:
        columns.extend(
            _scalar(
                {"description": definition["description"], **items}, (), name=items["title"].lower().replace(" ", "_").replace("-", "_")
            )
        )
    name = definition.get("x-table") or "_".join((singular, *path))
    return TableSpec(name, definition["description"], keys, tuple(columns), (kind,), path)


def _scalar(definition: Mapping[str, Any], path: tuple[str, ...], name: str = "") -> Iterator[ColumnSpec]:
    name = name or definition.get("x-column") or "_".join(path)
    meaning = definition["description"]
    if "enum" in definition:
        meaning += f" One of: {', '.join(definition['enum'])}."
    if definition.get("x-unit") == "pounds":
        yield ColumnSpec(f"{name}_pence", "INTEGER", f"{meaning} As integer pence.", path, lambda value, _: timeline.pence(value))
    elif definition.get("format") == "partial-date":
        yield ColumnSpec(name, "TEXT", meaning, path, _text)
        yield ColumnSpec(
            f"{name}_month",
            "INTEGER",
            f"The month number (year × 12 + month − 1) of {name}.",
            path,
            lambda value, _: timeline.month_number(value),
        )
    elif definition.get("x-refers-to", "").partition("-or-")[0] in ("system", "contract"):
        yield ColumnSpec(name, "TEXT", f"{meaning} Always as holder/id.", path, _full_ref)
    else:
        yield ColumnSpec(name, _TYPES.get(definition["type"], "TEXT"), meaning, path, _number if definition["type"] in _TYPES else _text)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(value: Any, _: Record) -> Any:
    return value if isinstance(value, str) else None


def _number(value: Any, _: Record) -> Any:
    return int(value) if isinstance(value, int) else None if value is None or isinstance(value, str) else float(value)


def _full_ref(value: Any, record: Record) -> Any:
    if isinstance(value, str) and _OWN_ID.fullmatch(value):
        return f"{record.holder}/{value}"
    return _text(value, record)
