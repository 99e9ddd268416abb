"""What is connected to the systems that a page is about, by which methods, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from citytools.model import Column, Table, under
from citytools.reports.pages.found import Found, grouped
from citytools.reports.sections import Rows
from citytools.reports.words import many

TEXT_ROWS = 15
_NAMED = 6
_METHODS = {"api": "API", "sftp": "SFTP", "manual": "by hand", "": "method not stated"}
_DIRECTIONS = {"out": "to it", "in": "from it", "both": "both ways"}

COLUMNS = (
    Column("boroughs", "Boroughs", "count"),
    Column("name", "With"),
    Column("how", "How", "list"),
    Column("who", "Who"),
    Column("data", "Data", "list", "hidden"),
    Column("methods", "Methods", "list", "hidden"),
    Column("borough_names", "Names of the boroughs", "list", "hidden"),
    Column("bodies", "Bodies, not counted", "list", "hidden"),
)


def connections(found: Found, what: str) -> Table:
    """A row for each other system by name, those of most boroughs first."""
    rows = [_row(name, group) for name, group in grouped(found.parts["connections"], "name").items()]
    rows.sort(key=lambda row: (-row["boroughs"], row["name"].casefold()))
    return Table(
        title=f"Connections of {what}",
        columns=COLUMNS,
        rows=under(COLUMNS, rows),
        coverage=(f"{summary(found)}.",),
        facts={"part": "connections", "as_of": found.as_of},
        text_rows=TEXT_ROWS,
    )


def summary(found: Found) -> str:
    """In a line, with how many others a connection is recorded, and by how many authorities of those that use such a system."""
    rows = found.parts["connections"]
    if not rows:
        return "none recorded, which is not the same as none"
    using = {row["holder"] for row in found.staged("in use")}
    stating = {row["holder"] for row in rows if row["counts"]}
    others = many(len({row["name"] for row in rows}), "other system")
    coming = f", and by {len(stating - using)} where it is planned or on trial" if stating - using else ""
    return f"{others}, stated by {len(stating & using)} of the {len(using)} authorities with such a system in use{coming}"


def _row(name: str, rows: Rows) -> dict[str, Any]:
    boroughs = list(dict.fromkeys(row["holder_name"] for row in rows if row["counts"]))
    bodies = list(dict.fromkeys(row["holder_name"] for row in rows if not row["counts"]))
    data = list(dict.fromkeys(row["data"] for row in rows if row["data"]))
    ways = Counter(_way(row) for row in rows)
    ranked = sorted(ways.items(), key=lambda item: (-item[1], item[0]))
    how = [f"{way} ({number})" if number > 1 else way for way, number in ranked]
    return {
        "boroughs": len(boroughs),
        "name": name,
        "how": [f"{how[0]}: {data[0]}"] if len(how) == len(data) == 1 else how,
        "who": _few([*boroughs, *(f"{body} (a body)" for body in bodies)]),
        "data": data,
        "methods": sorted({row["method"] for row in rows if row["method"]}),
        "borough_names": boroughs,
        "bodies": bodies,
    }


def _way(row: Mapping[str, Any]) -> str:
    """By which method data goes which way."""
    method = _METHODS.get(row["method"] or "", row["method"])
    direction = _DIRECTIONS.get(row["direction"] or "")
    return f"{method} {direction}" if direction else str(method)


def _few(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 1 else f"{', '.join(names[:_NAMED])} and {more} more"
