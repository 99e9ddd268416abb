"""Tables as text, Markdown, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from citytools import SCHEMA_VERSION
from citytools.model import Column, Table
from citytools.render import escape
from citytools.render.screen import Screen, Sheet, hanging, styled

MAX_ITEMS = 12


TableFormat = Callable[[Table, Screen], str]


def value(column: Column, content: Any) -> str:
    """A value in words: money in pounds, a list with commas."""
    if content is None or content == "":
        return ""
    if column.kind == "pence":
        return f"£{content / 100:,.2f}"
    if column.kind == "list":
        items = [_item(item) for item in content]
        return ("; " if any(", " in item for item in items) else ", ").join(items)
    return str(content)


def text(table: Table, screen: Screen) -> str:
    """For people: a grid, or a block for each row where columns have places; wrapped to the screen's width."""
    sheet = Sheet(screen)
    if table.title:
        sheet.add(styled(table.title, "bold"))
    for line in table.coverage:
        sheet.add(styled(line))
    if table.title or table.coverage:
        sheet.add()
    if table.rows:
        if any(column.place not in ("cell", "hidden") for column in table.columns):
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


def markdown(table: Table, _: Screen) -> str:
    """A heading, the coverage, one Markdown table and the notes."""
    columns = _shown(table)
    lines = [f"## {escape.markdown(table.title)}", ""] if table.title else []
    lines += [line for text in table.coverage for line in (escape.markdown(text), "")]
    lines.append("| " + " | ".join(escape.markdown(column.title) for _, column in columns) + " |")
    lines.append("|" + "|".join("--:" if column.kind in ("count", "pence") else "---" for _, column in columns) + "|")
    lines += ["| " + " | ".join(escape.markdown(value(column, row[number])) for number, column in columns) + " |" for row in table.rows]
    lines += [line for text in table.notes for line in ("", f"- {escape.markdown(text)}")]
    return "\n".join(lines) + "\n"


def as_csv(table: Table, _: Screen) -> str:
    """Every column, one line a row, lists joined by "; ", money in pounds; no coverage, so that it loads anywhere."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_csv_name(column) for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_value(column, content) for column, content in zip(table.columns, row, strict=True)])
    return stream.getvalue()


def as_json(table: Table, _: Screen) -> str:
    """Typed rows (money in integer pence) with title, coverage, facts and notes."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "title": table.title,
        "coverage": list(table.coverage),
        "facts": dict(table.facts),
        "rows": table.dicts(),
        "notes": list(table.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def _item(item: Any) -> str:
    return " ".join(str(part) for part in item if part) if isinstance(item, list) else str(item)


def _csv_name(column: Column) -> str:
    return column.name.removesuffix("_pence") + "_pounds" if column.kind == "pence" else column.name


def _csv_value(column: Column, content: Any) -> str | int | float:
    if content is None:
        return ""
    if column.kind == "pence":
        return f"{content / 100:.2f}"
    if column.kind == "list":
        return escape.cell("; ".join(_item(item) for item in content))
    return escape.cell(content) if isinstance(content, str) else content


def _visible(table: Table) -> list[tuple[int, Column]]:
    """Columns for people."""
    return [(number, column) for number, column in enumerate(table.columns) if column.place != "hidden"]


def _shown(table: Table) -> list[tuple[int, Column]]:
    """Columns for people, without those that are empty in every row."""
    return [
        (number, column) for number, column in _visible(table) if not table.rows or any(value(column, row[number]) for row in table.rows)
    ]


def _narrowest(table: Table) -> int:
    """How wide a grid must be for no word to be broken."""
    widths = [
        max(len(part) for text in (column.title, *(value(column, row[number]) for row in table.rows)) for part in _unbroken(column, text))
        for number, column in _visible(table)
    ]
    return sum(widths) + 2 * (len(widths) - 1)


def _unbroken(column: Column, text: str) -> list[str]:
    # An address may be broken: it is never read, only copied.
    return [text] if column.kind in ("id", "count", "pence") else [word for word in text.split() if "://" not in word] or [""]


def _one_by_one(sheet: Sheet, table: Table) -> None:
    """For a table that is wider than the screen: a line for each value."""
    columns = _visible(table)
    indent = max(len(column.title) for _, column in columns) + 2
    for row in table.rows:
        for number, column in columns:
            if content := value(column, row[number]):
                sheet.add(hanging(styled(column.title, "dim"), styled(content), indent))
        sheet.add()


def _grid(sheet: Sheet, table: Table) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    columns = _visible(table)
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

    columns = _shown(table)
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


def _heading(row: list[tuple[Column, Any, str]], lead: int) -> Any:
    from rich.text import Text

    first = "".join(content for column, _, content in row if column.place == "lead").rjust(lead)
    name, *others = [escape.visible(content) for column, _, content in row if column.place == "heading"] or [""]
    return hanging(styled(first, "bold cyan"), Text.assemble((name, "bold"), *(f" · {other}" for other in others)), lead + 2)


def _detail(column: Column, raw: Any, content: str) -> Iterator[Any]:
    if column.kind != "list" or len(raw) < 2 or all(len(_item(item)) <= 60 and ": " not in _item(item) for item in raw):
        yield styled(f"{column.title}: {content}", "dim")
        return
    yield styled(f"{column.title}:", "dim")
    items = [_item(item) for item in raw[:MAX_ITEMS]]
    if len(raw) > MAX_ITEMS:
        items.append(f"and {len(raw) - MAX_ITEMS} more, which --format csv lists")
    yield from (hanging(styled("-", "bold cyan"), styled(item, "dim"), 2) for item in items)


TABLE_FORMATS: dict[str, TableFormat] = {"text": text, "markdown": markdown, "csv": as_csv, "json": as_json}


def render(tables: Sequence[Table], format: str, screen: Screen) -> str:
    """Several tables one after another; in JSON a list of them, so that the whole stays JSON."""
    parts = [TABLE_FORMATS[format](table, screen) for table in tables]
    if format == "json" and len(parts) > 1:
        return "[\n" + ",\n".join(part.rstrip() for part in parts) + "\n]\n"
    return "\n".join(parts)
