"""The formats of everything that answers with tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from citytools.model import Table
from citytools.render.screen import Screen
from citytools.render.tables import TableFormat, as_csv, as_json, markdown, text


def _sheets(tables: Sequence[Table], screen: Screen) -> bytes:
    from citytools.render.sheets import sheets

    return sheets(tables, screen)


def _page(tables: Sequence[Table], screen: Screen) -> str:
    from citytools.render.page import page

    return page(tables, screen)


TABLE_FORMATS: Mapping[str, TableFormat] = {
    "text": text,
    "markdown": markdown,
    "csv": as_csv,
    "json": as_json,
    "xlsx": _sheets,
    "html": _page,
}


def render(tables: Sequence[Table], format: str, screen: Screen) -> str | bytes:
    """An answer in one of TABLE_FORMATS: text, or the bytes of a file."""
    return TABLE_FORMATS[format](tables, screen)
