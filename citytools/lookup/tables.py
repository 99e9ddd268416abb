"""The tables themselves: what there is to ask, and free questions."""

from __future__ import annotations

import math

from citytools import suggest
from citytools.errors import CitytoolsError
from citytools.index import Index, descriptions
from citytools.model import Column, Table


def table_list() -> Table:
    """Every table with its meaning."""
    columns = (Column("name", "Table", "id"), Column("meaning", "What it holds"))
    return Table(
        "Tables for citytools sql",
        columns,
        tuple((name, meaning) for name, meaning, _ in descriptions()),
        notes=("citytools tables NAME lists the columns of one.",),
    )


def table_columns(name: str) -> Table:
    """The columns of one table. Raises CitytoolsError where there is none of that name."""
    known = {table: (meaning, columns) for table, meaning, columns in descriptions()}
    if name not in known:
        meant = suggest.closest(name, known)
        raise CitytoolsError(f'there is no table "{name}". ' + (f"Did you mean {meant}?" if meant else "List them with: citytools tables"))
    meaning, columns = known[name]
    return Table(name, (Column("name", "Column", "id"), Column("meaning", "What it means")), tuple(columns), coverage=(meaning,))


def query(index: Index, sql: str) -> Table:
    """The answer to one SELECT. Raises CitytoolsError for anything else."""
    index.database.only_reading()
    names, rows = index.database.query(sql)
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise CitytoolsError(f'two columns of the query are called "{twice}". Give each a name of its own with AS')
    rows = [tuple(_plain(content) for content in row) for row in rows]
    kinds = [_kind(name, [row[number] for row in rows]) for number, name in enumerate(names)]
    return Table("", tuple(Column(name, name, kind) for name, kind in zip(names, kinds, strict=True)), tuple(rows))


def _plain(content: object) -> object:
    """A value that every format can hold: bytes as hexadecimal text, an endless number as text."""
    if isinstance(content, bytes):
        return content.hex()
    return str(content) if isinstance(content, float) and not math.isfinite(content) else content


def _kind(name: str, values: list[object]) -> str:
    numeric = all(isinstance(value, int | float) or value is None for value in values) and any(value is not None for value in values)
    return "count" if numeric else "text"
