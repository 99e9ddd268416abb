"""Putting the sections of a ``.sql`` file to the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from citytools.index import Index
from citytools.reports.declared import Question

Rows = list[dict[str, Any]]


def ask(index: Index, asked: Question, parameters: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> dict[str, Rows]:
    """The rows of every section; list filters and arguments become tables ``param_<name>`` of one column ``value``."""
    for of in asked.lists:
        index.database.run(f"DROP TABLE IF EXISTS param_{of}; CREATE TABLE param_{of} (value TEXT)")
        index.database.insert(f"param_{of}", ["value"], [(value,) for value in lists.get(of, ())])
    for table, sql in asked.tables.items():
        index.database.create(table, sql, _used(sql, parameters))
    return {name: _rows(index, section.sql, parameters) for name, section in asked.sections.items()}


def _rows(index: Index, sql: str, parameters: Mapping[str, Any]) -> Rows:
    columns, rows = index.database.query(sql, _used(sql, parameters))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _used(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if f":{name}" in sql}
