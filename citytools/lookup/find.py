"""Anything by name or alias."""

from __future__ import annotations

from citytools import suggest
from citytools.catalogue import normalise
from citytools.index import Index
from citytools.model import Column, Table
from citytools.reports.declared import question
from citytools.reports.sections import ask

COLUMNS = (
    Column("kind", "Kind"),
    Column("ref", "Show it with", "id"),
    Column("name", "Name"),
    Column("boroughs", "Boroughs", "count"),
)
_ORDER = (
    "product",
    "supplier",
    "function",
    "area",
    "framework",
    "skill-name",
    "borough",
    "body",
    "authority-group",
    "system",
    "contract",
    "skill",
)


def find(index: Index, text: str) -> Table:
    """What has a name, alias or id that contains the text, the best matches first; a note suggests where nothing does."""
    sections = ask(index, question("find", "citytools.lookup"), {"plain": normalise(text), "written": text}, {})
    names = {(row["kind"], row["ref"]): row["name"] for row in sections["main_names"]}
    uses = {(row["facet"], row["thing"]): row["boroughs"] for row in sections["uses"]}
    best: dict[tuple[str, str], tuple[int, str]] = {}
    for hit in sections["hits"]:
        best.setdefault((hit["kind"], hit["ref"]), (hit["distance"], "" if hit["form"] == "id" else hit["name"]))
    ranked = sorted(best.items(), key=lambda item: (item[1][0], _ORDER.index(item[0][0]), item[0][1]))
    rows = []
    for (kind, ref), (_, matched) in ranked:
        name = names.get((kind, ref), ref)
        shown = name if matched in ("", name) or normalise(matched) == normalise(name) else f"{name} ({matched})"
        rows.append((kind, ref, shown, uses.get((kind, ref))))
    return Table(f'"{text}" in the register', COLUMNS, tuple(rows), notes=() if rows else tuple(_nothing(text, names)))


def _nothing(text: str, names: dict[tuple[str, str], str]) -> list[str]:
    meant = suggest.closest(text, names.values(), cutoff=0.6)
    return [f"Nothing has a name like that. Did you mean {meant}?" if meant else "Nothing has a name like that."]
