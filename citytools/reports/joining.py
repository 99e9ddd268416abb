"""Purchases that a borough could join: with contracts of its own, by an invitation, or once it says when its contract ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from citytools.index import Index
from citytools.model import Column, Table, under
from citytools.reports import agreements
from citytools.reports.opportunities import Filters, opportunities
from citytools.reports.sections import Rows
from citytools.reports.words import many, parties_of, pounds

_JOINT, _INVITATIONS, _COULD = 3, 2, 2  # so many on one page
_NAMED, _ITEMS = 6, 2

COLUMNS = (
    Column("lead", "Boroughs", "text", "lead"),
    Column("name", "What", "text", "heading"),
    Column("start_text", "From", "text", "heading"),
    Column("who", "Who", "text", "body"),
    Column("decide", "First to decide", "text", "detail"),
    Column("own", "Its contract", "list", "detail"),
    Column("too_late", "Too late", "list", "detail"),
    Column("value", "Worth", "text", "detail"),
    Column("question", "To find out", "list", "detail"),
    Column("sort", "Sort", "text", "hidden"),
    Column("boroughs", "Boroughs", "count", "hidden"),
    Column("borough_names", "Boroughs", "list", "hidden"),
    Column("start", "Joint start", "date", "hidden"),
    Column("decide_by", "Decide-by", "date", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("contracts", "Contracts", "list", "hidden"),
)


def purchases(index: Index, borough: str, name: str, sections: Mapping[str, Rows]) -> Table:
    """The best joint purchases, those first for which nobody is too late; invitations; and what only an unknown end keeps it from."""
    own = {row["contract"] for row in sections["own_contracts"]}
    joint, could = _joint(index, borough, own), _could(index, own, sections)
    invitations = [_invitation(row) for row in sections["open_to_it"]]
    found = (_best(joint, _JOINT), invitations[:_INVITATIONS], _best(could, _COULD))
    rows = [_short(row) for part in found for row in part]
    return Table(
        title="Purchases it could join",
        columns=COLUMNS,
        rows=under(COLUMNS, rows, partial=True),
        coverage=tuple(_coverage(joint, could, sections, name)),
        notes=tuple(_notes(rows, len(joint) + len(invitations) + len(could) - len(rows), borough)),
        facts={"joint": len(joint), "invitations": len(invitations), "could": len(could), "shown": len(rows)},
    )


def _best(rows: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """The first of each name: a product can often be bought at several times."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["name"], row)
    return list(found.values())[:most]


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its long lists cut; the names of all boroughs are in a column for machines."""
    names = row.get("borough_names") or []
    who = f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more" if len(names) > _NAMED else row["who"]
    return {**row, "who": who, **{key: _cut(row.get(key) or []) for key in ("own", "too_late", "question")}}


def _cut(items: list[str]) -> list[str]:
    return [*items[:_ITEMS], *([f"and {len(items) - _ITEMS} more"] if len(items) > _ITEMS else [])]


def _joint(index: Index, borough: str, own: set[str]) -> list[dict[str, Any]]:
    """By product and by function, each set of contracts once."""
    found: dict[frozenset[str], dict[str, Any]] = {}
    for by, suffix in (("product", ""), ("function", " (whatever the product)")):
        for row in opportunities(index, by, Filters(boroughs=[borough])).dicts():
            found.setdefault(frozenset(row["contracts"]), {**row, "name": row["name"] + suffix})
    for row in found.values():
        routes = zip(row["routes"], row["contracts"], strict=True)
        row |= {"sort": "joint", "lead": str(row["boroughs"]), "own": [route for route, contract in routes if contract in own]}
    return sorted(found.values(), key=_rank)


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return bool(row["too_late"]), -row["boroughs"], -(row["yearly_value_pence"] or 0), row["decide_by"], row["name"].casefold()


def _could(index: Index, own: set[str], sections: Mapping[str, Rows]) -> list[dict[str, Any]]:
    """Joint purchases of others, still in time, for a function of which the borough reports no day on which it could leave."""
    undated: dict[str, Rows] = defaultdict(list)
    for row in sections["undated"]:
        undated[row["function"]].append(row)
    if not undated:
        return []  # no function would read as no limit
    parties = parties_of(sections["contract_holders"])
    table = opportunities(index, "function", Filters(functions=list(undated), in_time=True))
    rows = [row for row in table.dicts() if own.isdisjoint(row["contracts"])]
    for row in rows:
        known = [each for function in row["things"] for each in undated.get(function, ())]
        row |= {
            "sort": "could",
            "lead": f"{row['boroughs']} or {row['boroughs'] + 1}",
            "question": list(dict.fromkeys(_question(each, parties, index.as_of.isoformat()) for each in known)),
        }
    return sorted(rows, key=_rank)


def _question(row: Mapping[str, Any], parties: Mapping[str, Sequence[str]], as_of: str) -> str:
    if not row["contract"]:
        return f"Under which contract is what it has for {row['name']}, and when can that be left?"
    return f"When can this be left? {agreements.line(row, parties[row['contract']], as_of)}"


def _invitation(row: Mapping[str, Any]) -> dict[str, Any]:
    until = f"until {row['until']}" if row["until"] else "not stated until when"
    bundle = f", for {row['products']} products together" if row["products"] else ""
    worth = f"{pounds(row['yearly_value_pence'])} a year for those in it{bundle}" if row["yearly_value_pence"] is not None else ""
    how = f": {row['how']}" if row["how"] else ""
    return {
        "sort": "invitation",
        "lead": "open",
        "name": row["title"],
        "start_text": until,
        "who": f"{row['holder_name']}'s contract names it as one who may join{how}.",
        "value": worth,
        "contracts": [row["contract"]],
    }


def _coverage(joint: Rows, could: Rows, sections: Mapping[str, Rows], name: str) -> Iterator[str]:
    dated = sections["dated"][0]
    late, open_to_it = sum(bool(row["too_late"]) for row in joint), len(sections["open_to_it"])
    yield (
        f"{many(len(joint), 'joint purchase')} that its contracts allow in the next {Filters().within} months"
        f"{f', {late:,} with someone too late' if late else ''}; contracts of others that name it as one who may join: {open_to_it}."
    )
    yield f"A day on which it can be left is known for {dated['dated']} of {name}'s {many(dated['contracts'], 'contract')} in force."
    if could:
        yield (
            f"{many(len(could), 'more purchase')} of others it might join, if it were known when its own contract ends: "
            "boroughs are counted without it or with it."
        )


def _notes(rows: Sequence[Mapping[str, Any]], left: int, borough: str) -> Iterable[str]:
    if not rows:
        yield "What to do: say when contracts end, and whether options are in that. Each day that is known is compared with everybody's."
        return
    tolerance = many(Filters().tolerance, "month")
    yield f"Order: nobody too late, then boroughs, then known yearly value. Who can leave in the {tolerance} after the start joins then."
    more = f"{left:,} more. " if left else ""
    yield f"{more}All, with routes, frameworks and assumptions: citytools report opportunities --borough {borough}, also --by function."
