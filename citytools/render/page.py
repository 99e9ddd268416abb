"""Tables as one self-contained page to read, print or send: no scripts, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from citytools import __version__
from citytools.model import Column, Table
from citytools.render import escape
from citytools.render.charts import picture
from citytools.render.screen import Screen
from citytools.render.tables import in_blocks, itemised, shown, texts, value


def page(tables: Sequence[Table], _: Screen) -> str:
    """An HTML page: each table under its coverage, as a grid or as cards, its chart above and its notes below."""
    parts = [_part(table, number) for number, table in enumerate(tables, start=1)]
    return filled("page.html.jinja", title=parts[0]["title"] or "citytools", parts=parts)


def filled(template: str, **values: Any) -> str:
    """A page from one of the templates in this folder, escaped, under a policy that allows only the one style."""
    style = (files("citytools.render") / "page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return str(_environment().get_template(template).render(style=style, digest=digest, version=__version__, **values))


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("citytools", "render")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _part(table: Table, number: int) -> dict[str, Any]:
    columns = shown(table)
    return {
        "id": f"part-{number}",
        "title": escape.visible(table.title),
        "coverage": [escape.visible(text) for text in table.coverage],
        "notes": [escape.visible(text) for text in table.notes],
        "chart": picture(table.chart) if table.chart else None,
        "cards": [_card(columns, row) for row in table.rows] if in_blocks(table) else [],
        "heads": [] if in_blocks(table) else [(escape.visible(column.title), _align(column)) for _, column in columns],
        "rows": [] if in_blocks(table) else [[_cell(column, row[at]) for at, column in columns] for row in table.rows],
        "empty": not table.rows,
    }


def _align(column: Column) -> str:
    return "number" if column.kind in ("count", "pence") else "words"


def _cell(column: Column, content: Any) -> tuple[list[str], str]:
    """A cell's lines, and how they are aligned."""
    return _lines(column, content), _align(column)


def _card(columns: Sequence[tuple[int, Column]], row: Sequence[Any]) -> dict[str, Any]:
    filled = [(column, row[at]) for at, column in columns if value(column, row[at])]
    name, *others = [*_words(filled, "heading")] or [""]
    return {
        "lead": " ".join(_words(filled, "lead")),
        "name": name,
        "others": others,
        "body": list(_words(filled, "body")),
        "details": [(escape.visible(column.title), _lines(column, content)) for column, content in filled if column.place == "detail"],
    }


def _words(filled: Sequence[tuple[Column, Any]], place: str) -> Iterator[str]:
    return (escape.visible(value(column, content)) for column, content in filled if column.place == place)


def _lines(column: Column, content: Any) -> list[str]:
    """One line, or a line for each item of a list whose items are long."""
    if content is not None and itemised(column, content):
        return [escape.visible(item) for item in texts(content)]
    return [escape.visible(value(column, content))]
