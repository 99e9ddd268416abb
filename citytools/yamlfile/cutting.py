"""A file as the pieces that it is put together from: records and fields with their comments, and what stands between them."""

from __future__ import annotations

import yaml

from citytools.yamlfile.layout import Node, entry_of, layout
from citytools.yamlfile.rows import Row, cut, open_block

Piece = tuple[str, ...]
"""Which piece: ``own``, ``gap`` above it, ``opening`` or ``closing`` of a list, ``end``; then the field; then the record's id."""


def pieces(text: str) -> dict[Piece, str]:
    """The pieces of a text with ``\\n`` at the end of each line, in its order; none where it cannot be taken apart."""
    try:
        found = _pieces(text, layout(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return found if "".join(found.values()) == text else {}


def _pieces(text: str, top: Node) -> dict[Piece, str]:
    if not top.block or top.sort != "map":
        return {}
    rows = cut(text, "map", top.entries[0].column, -1, [(entry.name, entry.start) for entry in top.entries])
    for number in range(len(rows.rows)):
        rows.settle(number)
    found: dict[Piece, str] = {}
    for row in rows.rows:
        found["gap", str(row.name)] = row.gap
        found |= _records(row) or {("own", str(row.name)): row.own}
    return found | {("end",): rows.closing}


def _records(row: Row) -> dict[Piece, str]:
    """The pieces of a list of records; none for any other field."""
    entry, name = entry_of(row.own), str(row.name)
    ids = [next((field.value.value for field in item.value.entries if field.name == "id"), "") for item in entry.value.entries]
    if not entry.value.block or entry.value.sort != "list" or not all(ids) or len(set(ids)) < len(ids):
        return {}
    rows = open_block(row.own, entry)
    for number in range(len(rows.rows)):
        rows.settle(number)
    found: dict[Piece, str] = {("opening", name): rows.opening}
    for own, item in zip(ids, rows.rows, strict=True):
        found |= {("gap", name, own): item.gap, ("own", name, own): item.own}
    return found | {("closing", name): rows.closing}
