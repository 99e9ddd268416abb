"""Tables as an Excel workbook, a sheet for each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from citytools import workbook
from citytools.model import Column, Table
from citytools.render import escape
from citytools.render.screen import Screen
from citytools.render.tables import itemised, texts, value

_KINDS = {"pence": "pounds", "count": "count", "date": "date"}


def sheets(tables: Sequence[Table], _: Screen) -> bytes:
    """Every column that holds something, typed; the title and coverage above each table, its notes below."""
    return workbook.write((_sheet(table) for table in tables), escape.visible(tables[0].title))


def _sheet(table: Table) -> workbook.Sheet:
    columns = [(number, column) for number, column in enumerate(table.columns) if _holds_something(table, number, column)]
    return workbook.Sheet(
        name=escape.visible(table.title.partition(", as of ")[0]) or "Answer",
        above=[escape.visible(text) for text in (table.title, *table.coverage) if text],
        headings=[_heading(column) for _, column in columns],
        rows=[[_content(column, row[number]) for number, column in columns] for row in table.rows],
        below=[escape.visible(text) for text in (table.notes if table.rows else (*table.notes, "Nothing to show."))],
    )


def _heading(column: Column) -> workbook.Heading:
    return workbook.Heading(escape.visible(column.title), _KINDS.get(column.kind, "text"), column.name.replace("_", " "))


def _holds_something(table: Table, number: int, column: Column) -> bool:
    return not table.rows or any(value(column, row[number]) for row in table.rows)


def _content(column: Column, content: Any) -> Any:
    if column.kind == "pence" and content is not None:
        return Decimal(content).scaleb(-2)
    if column.kind == "list":
        return escape.visible("\n".join(texts(content)) if content and itemised(column, content) else value(column, content or ()))
    return escape.visible(content) if isinstance(content, str) else content
