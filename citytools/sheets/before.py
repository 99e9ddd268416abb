"""The state that a workbook was made from: the fields of its files, and their records by id, each read once and only if asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from citytools import dataset, schema, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Document

Fields = dict[str, Any]


class Before:
    """The files of a state (path → bytes); what is still so in the dataset's ``files`` is not read again."""

    def __init__(self, name: str, state: Mapping[str, bytes], files: Mapping[str, bytes], present: Dataset) -> None:
        self._name, self._state, self._files = name, state, files
        self._documents = {document.path: document for document in present.documents}
        self._fields: dict[str, Fields] = {}
        self._records: dict[tuple[str, str], dict[str, Fields]] = {}

    def fields(self, path: str) -> Fields:
        """The fields of a file; none for one that was not there or cannot be read.

        Raises CitytoolsError for one that is not as the schemas say: what is no list, say, cannot be compared with lines.
        """
        if path not in self._fields:
            read = self._document(path) if path in self._state else None
            if read and read.departures:
                raise CitytoolsError(f"{path}, from which {self._name} was made, is not as the schemas say. Run: citytools validate")
            self._fields[path] = (read.fields if read else None) or {}
        return self._fields[path]

    def records(self, path: str, key: str) -> dict[str, Fields]:
        """The records of a list in a file, by their ids."""
        if (path, key) not in self._records:
            self._records[path, key] = {item["id"]: item for item in self.fields(path).get(key, ())}
        return self._records[path, key]

    def _document(self, path: str) -> Document:
        here, data = self._documents.get(path), self._state[path]
        if here is not None and data == self._files.get(path):
            return here
        kind, holder = dataset.kind_of(path)
        read, _ = yamlfile.read(path, data, kind=kind, holder=holder, text_fields=schema.text_fields(kind))
        return replace(read, departures=tuple(schema.departures(read)))
