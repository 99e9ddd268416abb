"""In which cell of a workbook what came back stands, so that whatever is said of it can be said of a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from citytools import dataset, schema
from citytools.model import Document, FieldPath, Location
from citytools.sheets.headings import Filled, Row
from citytools.sheets.layout import Field

Key = tuple[str, str]  # the path of a file and the id of a record in it; an empty id where the file is the record


@dataclass(frozen=True, slots=True)
class Places:
    """In which cell of a workbook each field of a record stands."""

    file: str
    rows: Mapping[Key, tuple[Filled, Row]]
    items: Mapping[tuple[str, str, str], Sequence[tuple[Filled, Row] | None]]
    files: Set[str] = frozenset()
    order: Sequence[str] = ()

    def of(self, path: str, fields: Mapping[str, Any] | None, where: FieldPath) -> Location | None:
        """The cell of a value in a file with these fields; None where it did not come from the workbook."""
        listed = bool(where) and any(each.path[0] == where[0] for each in schema.record_lists(dataset.kind_of(path)[0]))
        record = Document(path, "", dict(fields or {})).value(where[:2]) if listed else fields
        rest = [str(step) for step in (where[2:] if listed else where) if isinstance(step, str)]
        key = (path, str(record.get("id", "")) if listed and isinstance(record, Mapping) else "")
        number = next((step for step in where[2 if listed else 0 :] if isinstance(step, int)), None)
        items = self.items.get((*key, rest[0])) if rest and number is not None else None
        if items and number is not None and number < len(items) and (item := items[number]):
            return self._cell(item, ".".join(rest[1:]))
        return self._cell(self.rows[key], ".".join(rest)) if key in self.rows else None

    def field(self, key: Key, name: str) -> Location | None:
        """The cell of a record's field, value.amount or the name of a list; None where it did not come from the workbook."""
        items = next(filter(None, self.items.get((*key, name), ())), None)
        if items:
            return self._cell(items, "")
        return self._cell(self.rows[key], name) if key in self.rows else None

    def _cell(self, at: tuple[Filled, Row], key: str) -> Location:
        sheet, row = at
        fields = [each for each in sheet.columns if isinstance(each, Field)]
        exact = next((each for each in fields if each.key == key), None)
        within = next((each for each in fields if key and each.key.startswith(f"{key}.")), None)
        named = next((each for each in fields if each.path == ("id",)), None)
        return Location(self.file, cell=sheet.place(row.number, exact or within or named))
