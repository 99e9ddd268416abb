"""Who knows the products that a page is about: what teams can do with them, offer and seek."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from citytools.model import Column, Table
from citytools.reports.pages.found import Found, grouped
from citytools.reports.sections import Rows
from citytools.reports.words import enumerated, many, year

TEXT_ROWS = 20
ABLE = ("practitioner", "expert")
_LEVELS = {level: number for number, level in enumerate(("expert", "practitioner", "working", "awareness"))}

COLUMNS = (
    Column("holder", "Who"),
    Column("skill", "Skill"),
    Column("level", "Level"),
    Column("what", "What is stated", "list"),
    Column("product", "Product", "text", "hidden"),
    Column("people", "People", "text", "hidden"),
    Column("does", "Does", "list", "hidden"),
    Column("offers", "Offers", "list", "hidden"),
    Column("seeks", "Seeks", "list", "hidden"),
    Column("counts", "One of the authorities", "count", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


def skills(found: Found, what: str) -> Table:
    """A row for each skill that a holder states in one of the products: those who offer help first, then by level."""
    activities = grouped(found.parts["activities"], "skill")
    rows = [_row(skill, activities.get(skill["skill"], []), found) for skill in found.parts["skills"]]
    rows.sort(key=lambda row: (not row["offers"], _LEVELS.get(row["level"], len(_LEVELS)), row["holder"], row["id"]))
    return Table(
        title=f"Skills in {what}",
        columns=COLUMNS,
        rows=tuple(tuple(row[column.name] for column in COLUMNS) for row in rows),
        coverage=(f"{summary(found)}.",),
        facts={"part": "skills", "as_of": found.as_of},
        text_rows=TEXT_ROWS,
    )


def summary(found: Found) -> str:
    """In a line, how many authorities state a skill, and how many of them could help or seek help."""
    facts, rows = found.facts, [skill for skill in found.parts["skills"] if skill["counts"]]
    if not found.parts["skills"]:
        return f"none stated; {facts['with_skills']} of {facts['authorities']} authorities report any skills"
    activities = grouped(found.parts["activities"], "skill")
    sorts = {
        sort: {row["holder"] for row in rows if any(each["sort"] == sort for each in activities.get(row["skill"], []))} for sort in _SORTS
    }
    able = {row["holder"] for row in rows if row["level"] in ABLE}
    said = (len(able), "with practitioners or experts"), (len(sorts["offers"]), "offering help"), (len(sorts["seeks"]), "seeking help")
    told = ", ".join(f"{number} {words}" for number, words in said if number)
    stated = f"{len({row['holder'] for row in rows})} of the {facts['with_skills']} authorities that report skills state one"
    return f"{stated}: {told}" if told else stated


_SORTS = ("does", "offers", "seeks")


def _row(skill: Mapping[str, Any], activities: Rows, found: Found) -> dict[str, Any]:
    by = {sort: [row["what"] for row in activities if row["sort"] == sort] for sort in _SORTS}
    body = "" if skill["counts"] else " (a body)"
    product = f" in {skill['product_name']}" if skill["product_name"] != found.subject else ""
    return {
        "holder": f"{skill['holder_name']}{body}",
        "skill": f"{skill['name']}{product}",
        "level": skill["level"] or "not stated",
        "what": list(_said(skill, by)),
        "product": skill["product_name"],
        "people": "" if skill["people"] is None else f"{skill['people']:g}",
        **by,
        "counts": skill["counts"],
        "last_seen": skill["last_seen"],
        "id": skill["skill"],
    }


def _said(skill: Mapping[str, Any], by: Mapping[str, list[str]]) -> Iterator[str]:
    if skill["people"] is not None:
        yield f"{skill['people']:g} full-time"
    if skill["apprentices"]:
        yield many(skill["apprentices"], "apprentice")
    if by["does"]:
        yield f"does: {enumerated([word.replace('manage-supplier', 'managing the supplier') for word in by['does']])}"
    yield from (f"{sort}: {'; '.join(by[sort])}" for sort in ("offers", "seeks") if by[sort])
    if year(skill):
        yield year(skill)
