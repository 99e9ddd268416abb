"""Tables as text, Markdown, CSV or JSON; an answer is one table, or several on one page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from citytools import SCHEMA_VERSION
from citytools.model import Column, Table
from citytools.render import escape
from citytools.render.screen import Hanging, Line, Screen, Sheet, styled

MAX_ITEMS = 12


TableFormat = Callable[[Sequence[Table], Screen], str | bytes]


def value(column: Column, content: Any) -> str:
    """A value in words: money in pounds, a list with commas."""
    if content is None or content == "":
        return ""
    if column.kind == "pence":
        return f"£{content / 100:,.2f}"
    if column.kind == "list":
        items = texts(content)
        return ("; " if any(", " in item for item in items) else ", ").join(items)
    return str(content)


def texts(content: Sequence[Any]) -> list[str]:
    """The items of a list in words."""
    return [" ".join(str(part) for part in item if part) if isinstance(item, list) else str(item) for item in content]


def shown(table: Table) -> list[tuple[int, Column]]:
    """Columns for people with their position in a row, without those that are empty in every row."""
    return [
        (number, column)
        for number, column in enumerate(table.columns)
        if column.place != "hidden" and (not table.rows or any(value(column, row[number]) for row in table.rows))
    ]


def in_blocks(table: Table) -> bool:
    """Whether each row is to be shown as a block, and not as a line of a grid."""
    return any(column.place not in ("cell", "hidden") for column in table.columns)


def text(tables: Sequence[Table], screen: Screen) -> str:
    """For people: a grid, or a block for each row where columns have places; wrapped to the screen's width."""
    return "\n".join(_text(_first(table), screen) for table in tables)


def _first(table: Table) -> Table:
    """The table with the rows that text has room for, and how many there are more."""
    more = len(table.rows) - table.text_rows
    if not table.text_rows or more <= 0:
        return table
    return replace(table, rows=table.rows[: table.text_rows], notes=(f"And {more:,} more, which --format csv lists.", *table.notes))


def _text(table: Table, screen: Screen) -> str:
    sheet = Sheet(screen)
    if table.title:
        sheet.add(styled(table.title, "bold"))
    for line in table.coverage:
        sheet.add(styled(line))
    if table.title or table.coverage:
        sheet.add()
    if table.rows:
        if in_blocks(table):
            _blocks(sheet, table)
        elif _narrowest(table) <= screen.width:
            _grid(sheet, table)
        else:
            _one_by_one(sheet, table)
    elif not table.notes:
        sheet.add(styled("Nothing to show."))
    for line in table.notes:
        sheet.add(styled(line, "dim"))
    return sheet.text()


def markdown(tables: Sequence[Table], _: Screen) -> str:
    """For each table a heading, the coverage, one Markdown table and the notes."""
    return "\n".join(_markdown(table) for table in tables)


def _markdown(table: Table) -> str:
    columns = shown(table)
    lines = [f"## {escape.markdown(table.title)}", ""] if table.title else []
    lines += [line for text in table.coverage for line in (escape.markdown(text), "")]
    lines.append("| " + " | ".join(escape.markdown(column.title) for _, column in columns) + " |")
    lines.append("|" + "|".join("--:" if column.kind in ("count", "pence") else "---" for _, column in columns) + "|")
    lines += ["| " + " | ".join(escape.markdown(value(column, row[number])) for number, column in columns) + " |" for row in table.rows]
    lines += [line for text in table.notes for line in ("", f"- {escape.markdown(text)}")]
    return "\n".join(lines) + "\n"


def as_csv(tables: Sequence[Table], _: Screen) -> str:
    """Every column, one line a row, lists joined by "; ", money in pounds; no coverage, so that it loads anywhere.

    Several tables are one rectangle: a first column ``section`` with the table's title, and what a table does not have is empty.
    """
    rows = [_csv_row(table, row, len(tables) > 1) for table in tables for row in table.rows]
    sections = ["section"] if len(tables) > 1 else []
    names = list(dict.fromkeys([*sections, *(_csv_name(column) for table in tables for column in table.columns)]))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return stream.getvalue()


def as_json(tables: Sequence[Table], _: Screen) -> str:
    """Typed rows (money in integer pence) with title, coverage, facts and notes; a list of these for several tables."""
    contents: list[dict[str, Any]] = [
        {
            "schema_version": SCHEMA_VERSION,
            "title": table.title,
            "coverage": list(table.coverage),
            "facts": dict(table.facts),
            "rows": table.dicts(),
            "notes": list(table.notes),
        }
        for table in tables
    ]
    return json.dumps(contents if len(contents) > 1 else contents[0], indent=2, ensure_ascii=True) + "\n"


def _csv_row(table: Table, row: Sequence[Any], several: bool) -> dict[str, str | int | float]:
    cells = {_csv_name(column): _csv_value(column, content) for column, content in zip(table.columns, row, strict=True)}
    return {"section": escape.cell(table.title), **cells} if several else cells


def _csv_name(column: Column) -> str:
    return column.name.removesuffix("_pence") + "_pounds" if column.kind == "pence" else column.name


def _csv_value(column: Column, content: Any) -> str | int | float:
    if content is None:
        return ""
    if column.kind == "pence":
        return f"{content / 100:.2f}"
    if column.kind == "list":
        return escape.cell("; ".join(texts(content)))
    return escape.cell(content) if isinstance(content, str) else content


def _cells(table: Table) -> list[tuple[int, Column]]:
    """The columns of a grid with their position in a row, those that are empty too."""
    return [(number, column) for number, column in enumerate(table.columns) if column.place != "hidden"]


def _narrowest(table: Table) -> int:
    """How wide a grid must be for no word to be broken."""
    widths = [
        max(len(part) for text in (column.title, *(value(column, row[number]) for row in table.rows)) for part in _unbroken(column, text))
        for number, column in _cells(table)
    ]
    return sum(widths) + 2 * (len(widths) - 1)


def _unbroken(column: Column, text: str) -> list[str]:
    # An address may be broken: it is never read, only copied.
    return [text] if column.kind in ("id", "count", "pence") else [word for word in styled(text).plain.split() if "://" not in word] or [""]


def _one_by_one(sheet: Sheet, table: Table) -> None:
    """For a table that is wider than the screen: a line for each value."""
    columns = _cells(table)
    indent = max(len(column.title) for _, column in columns) + 2
    for row in table.rows:
        for number, column in columns:
            if content := value(column, row[number]):
                sheet.add(Hanging(styled(column.title, "dim"), styled(content), indent))
        sheet.add()


def _grid(sheet: Sheet, table: Table) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    columns = _cells(table)
    for _, column in columns:
        grid.add_column(
            styled(column.title),
            justify="right" if column.kind in ("count", "pence") else "left",
            overflow="fold",
            no_wrap=column.kind in ("id", "count", "pence"),
        )
    for row in table.rows:
        grid.add_row(*(styled(value(column, row[number])) for number, column in columns))
    sheet.add(grid)
    sheet.add()


def _blocks(sheet: Sheet, table: Table) -> None:
    from rich.padding import Padding

    columns = shown(table)
    rows = [
        [(column, row[number], value(column, row[number])) for number, column in columns if value(column, row[number])]
        for row in table.rows
    ]
    lead = max((len(content) for row in rows for column, _, content in row if column.place == "lead"), default=0)
    left = (0, 0, 0, lead + 2)
    for row in rows:
        sheet.add(_heading(row, lead))
        for column, raw, content in row:
            if column.place == "body":
                sheet.add(Padding(styled(content), left))
            elif column.place == "detail":
                for line in _detail(column, raw, content):
                    sheet.add(Padding(line, left))
        sheet.add()


def _heading(row: list[tuple[Column, Any, str]], lead: int) -> Hanging:
    first = "".join(content for column, _, content in row if column.place == "lead").rjust(lead)
    name, *others = [escape.visible(content) for column, _, content in row if column.place == "heading"] or [""]
    return Hanging(styled(first, "bold cyan"), Line(((name, "bold"), *((f" · {other}", "") for other in others))), lead + 2)


def itemised(column: Column, content: Any) -> bool:
    """Whether each item of a list deserves a line of its own: it is long, or says something of something."""
    return column.kind == "list" and len(content) > 1 and any(len(item) > 60 or ": " in item for item in texts(content))


def _detail(column: Column, raw: Any, content: str) -> Iterator[Any]:
    if not itemised(column, raw):
        yield styled(f"{column.title}: {content}", "dim")
        return
    yield styled(f"{column.title}:", "dim")
    items = texts(raw[:MAX_ITEMS])
    if len(raw) > MAX_ITEMS:
        items.append(f"and {len(raw) - MAX_ITEMS} more, which --format csv lists")
    yield from (Hanging(styled("-", "bold cyan"), styled(item, "dim"), 2) for item in items)
