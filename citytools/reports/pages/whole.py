"""A page put together: its head, its own parts, then the parts that all pages have, as far as there is something in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from citytools.model import Column, Table
from citytools.reports.pages import connections, contracts, skills, users
from citytools.reports.pages.found import Found
from citytools.reports.pages.users import Naming
from citytools.reports.words import enumerated, many, percentage

# What the head of every page ends with; the columns before are its own.
COLUMNS = (
    Column("stages", "Besides", "text", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("contracts", "Contracts", "text", "detail"),
    Column("next_decision", "Next decision", "text", "detail"),
    Column("values", "Worth", "text", "detail"),
    Column("skills", "Skills", "text", "detail"),
    Column("connections", "Connections", "text", "detail"),
    Column("notes", "Note", "text", "detail"),
    Column("website", "Website", "text", "detail"),
    Column("id", "Id", "text", "detail"),
)


def head(found: Found, title: str, columns: Sequence[Column], facts: Mapping[str, Any], coverage: Iterable[str]) -> Table:
    """The first table of a page: one row of what is stated and what the other parts come to."""
    shown = (*columns, *COLUMNS)
    row = {**_summaries(found), **facts}
    return Table(
        title=f"{title}, as of {found.as_of}",
        columns=shown,
        rows=(tuple(row.get(column.name) for column in shown),),
        coverage=(*coverage, *_seen(found), *_bodies(found)),
        facts={**found.facts, **contracts.counted(found), "part": "head", "as_of": found.as_of},
    )


def whole(first: Table, middle: Sequence[Table], found: Found, naming: Naming, notes: Iterable[str]) -> list[Table]:
    """The page's tables: its head, what every page of its kind has, then the rest where there is something; notes below the last."""
    optional = (
        users.otherwise(found, naming),
        users.bodies(found, naming),
        contracts.over(found),
        skills.skills(found, "these products" if naming.products else found.subject),
        connections.connections(found, "these systems" if naming.products else found.subject),
    )
    tables = [first, *middle, *(table for table in optional if table.rows)]
    tables[-1] = replace(tables[-1], notes=(*tables[-1].notes, *_notes(found), *notes))
    return tables


def only(columns: Sequence[Column], *hidden: str) -> tuple[Column, ...]:
    """The columns with some of them left to machines."""
    return tuple(replace(column, place="hidden") if column.name in hidden else column for column in columns)


def _summaries(found: Found) -> dict[str, Any]:
    return {
        "stages": _stages(found),
        "bodies": list(dict.fromkeys(system["holder_name"] for system in found.systems if not system["counts"])),
        "contracts": contracts.summary(found),
        "next_decision": contracts.next_decision(found),
        "skills": skills.summary(found),
        "connections": connections.summary(found),
    }


def _stages(found: Found) -> str:
    words = {"on trial": "on trial", "planned": "planned", "gone": "no longer in use"}
    boroughs = {stage: len({row["holder"] for row in found.staged(stage)}) for stage in words}
    return ", ".join(f"{words[stage]} in {many(number, 'borough')}" for stage, number in boroughs.items() if number)


def _seen(found: Found) -> Iterator[str]:
    """How many of the systems in use were seen recently."""
    if systems := found.staged("in use"):
        recent, undated = (sum(row["seen"] == word for row in systems) for word in ("recent", "undated"))
        without = f"; {undated:,} without a date" if undated else ""
        limit = f"in the last {found.facts['freshness_months']} months, since {found.facts['fresh_from']}"
        yield f"Seen {limit}: {recent:,} of {many(len(systems), 'system')} in use{percentage(recent, len(systems))}{without}."


def _bodies(found: Found) -> Iterator[str]:
    if found.facts["bodies"]:
        yield f"Bodies such as consortia ({found.facts['bodies']}) are named apart and never counted in the {found.facts['authorities']}."


def _notes(found: Found) -> Iterator[str]:
    yield "A borough that is not named may still use it or have a contract: not reported is not the same as none."
    yield "Seen: when a source last said so. A year in brackets is older than the limit; a trial or plan of years ago may be over. Ask."
    later = ((found.facts["later_systems"], "system"), (found.facts["later_contracts"], "contract"))
    if left := [many(number, noun) for number, noun in later if number]:
        yield f"Left out: {enumerated(left)} first heard of after {found.as_of}."
