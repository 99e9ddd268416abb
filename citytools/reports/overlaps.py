"""Who has what in common: the rows of overlaps.sql gathered into one row for each thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citytools.errors import CitytoolsError
from citytools.index import Index
from citytools.model import Column, Table, under
from citytools.reports import agreements
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask, by_key
from citytools.reports.words import enumerated, many, parties_of, percentage, possessive

FACETS = {
    "product": "product",
    "supplier": "maker",
    "contracted-supplier": "contracted supplier",
    "function": "function",
}
# From so many on, what several have in common is said once and not after each name.
SEVERAL = 3
_UNDATED = "undated"
_GROUPED = ("supplier", "contracted-supplier")

COLUMNS = (
    Column("boroughs", "Boroughs", "count", "lead"),
    Column("name", "Name", "text", "heading"),
    Column("maker", "Maker", "text", "heading"),
    Column("borough_names", "Boroughs", "list", "hidden"),
    Column("last_seen_by_borough", "Last seen, by borough", "list", "hidden"),
    Column("who", "Who", "text", "body"),
    Column("functions", "For", "list", "detail"),
    Column("products", "Products", "list", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("recent", "Seen recently", "count", "hidden"),
    Column("first_seen", "First of the last-seen dates", "date", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("seen", "Last seen", "text", "detail"),
    Column("doubtful", "On low confidence", "list", "detail"),
    Column("instances", "Instances", "count", "hidden"),
    Column("shared", "Shared", "list", "detail"),
    Column("share", "Share", "text", "detail"),
    Column("contracts", "Contracts", "list", "detail"),
    Column("decide_by", "Earliest decide-by", "date", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("values_known", "Contracts with a yearly value", "count", "hidden"),
    Column("contracts_known", "Contracts in force", "count", "hidden"),
    Column("value", "Yearly value", "text", "detail"),
    Column("reporting", "Authorities reporting the function", "count", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the report is limited to; ids throughout, nothing for no limit."""

    boroughs: Sequence[str] = ()
    functions: Sequence[str] = ()
    suppliers: Sequence[str] = ()
    products: Sequence[str] = ()
    min_boroughs: int = 2


@dataclass(slots=True)
class _Thing:
    id: str
    name: str
    holders: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str | None] = field(default_factory=dict)
    recent: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    trusted: set[str] = field(default_factory=set)
    instances: set[str] = field(default_factory=set)
    sharing: dict[str, dict[str, None]] = field(default_factory=dict)


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    lists = asked.lists
    filters = Filters(lists["borough"], lists["function"], lists["supplier"], lists["product"], asked["min_boroughs"])
    return [overlaps(index, asked["by"], filters, group=asked["group"])]


def overlaps(index: Index, facet: str, filters: Filters, *, group: bool = False) -> Table:
    """The overlaps by ``facet`` (a key of FACETS), heaviest first; ``group`` rolls suppliers up to their ultimate owner.

    Raises CitytoolsError for ``group`` with a facet that is not of suppliers.
    """
    if group and facet not in _GROUPED:
        raise CitytoolsError("--group counts suppliers under their owners: use it with --by supplier or --by contracted-supplier")
    lists = {"function": filters.functions, "supplier": filters.suppliers, "product": filters.products}
    sections = ask(index, question("overlaps"), {"facet": f"{facet}-group" if group else facet}, lists)
    things = _gather(sections["uses"])
    chosen = [
        thing for thing in things if len(thing.holders) >= filters.min_boroughs and set(filters.boroughs) <= {*thing.holders, *thing.bodies}
    ]
    reporters = _reporters(sections["reporters"])
    contracts = by_key(sections["contracts"], "thing")
    about = _About(
        facet=facet,
        as_of=index.as_of.isoformat(),
        coverage=sections["coverage"][0],
        context=_context(sections["context"]),
        products=by_key(sections["products"], "thing"),
        contracts=contracts,
        parties=parties_of(sections["contract_holders"]),
        reporters=reporters,
        seen=_records_seen(sections["uses"]),
    )
    rows = [_row(thing, about) for thing in chosen]
    rows.sort(key=lambda row: (-row["boroughs"], -(row["yearly_value_pence"] or 0), row["name"].casefold()))
    shown = [contract for thing in chosen for contract in contracts.get(thing.id, [])]
    return Table(
        title=f"{question('overlaps').title} by {FACETS[facet]}{' group' if group else ''}, as of {index.as_of}",
        columns=COLUMNS,
        rows=under(COLUMNS, rows),
        coverage=tuple(_coverage(len(rows), about, filters, index)),
        notes=tuple(_notes(about, shown, filters, len(things) - len(chosen))),
        facts={
            **sections["coverage"][0],
            "facet": facet,
            "group": group,
            "as_of": index.as_of.isoformat(),
            "min_boroughs": filters.min_boroughs,
        },
    )


@dataclass(frozen=True, slots=True)
class _About:
    """What is known beside the uses themselves, keyed by thing, contract or function."""

    facet: str
    as_of: str
    coverage: Mapping[str, Any]
    context: Mapping[str, Mapping[str, list[str]]]
    products: Mapping[str, Rows]
    contracts: Mapping[str, Rows]
    parties: Mapping[str, list[str]]
    reporters: Mapping[str, set[str]]
    seen: Counter[str]


def _gather(uses: Rows) -> list[_Thing]:
    things: dict[str, _Thing] = {}
    for use in uses:
        thing = things.setdefault(use["thing"], _Thing(use["thing"], use["name"]))
        (thing.holders if use["counts"] else thing.bodies)[use["holder"]] = use["holder_name"]
        if use["counts"]:
            thing.instances.add(use["instance"])
            if use["owner_name"]:
                thing.sharing.setdefault(use["owner_name"], {})[use["holder_name"]] = None
            thing.seen[use["holder"]] = max(thing.seen.get(use["holder"]) or "", use["last_seen"] or "") or None
            if use["seen"] == "recent":
                thing.recent.add(use["holder"])
            (thing.doubtful if use["confidence"] == "low" else thing.trusted).add(use["holder"])
    return list(things.values())


def _records_seen(uses: Rows) -> Counter[str]:
    """How many systems and contracts of authorities the table rests on, by how fresh they are."""
    records = {use["system"] or use["contract"]: use["seen"] for use in uses if use["counts"]}
    return Counter(records.values())


def _context(rows: Rows) -> dict[str, dict[str, list[str]]]:
    context: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for key in ("maker", "function_name", "function"):
            if row[key] and row[key] not in context[row["thing"]][key]:
                context[row["thing"]][key].append(row[key])
    return context


def _reporters(rows: Rows) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["function"]].add(row["holder"])
    return found


def _row(thing: _Thing, about: _About) -> dict[str, Any]:
    facet, total = about.facet, about.coverage["authorities"]
    context = about.context.get(thing.id, {})
    contracts = about.contracts.get(thing.id, [])
    functions = [thing.id] if facet == "function" else context.get("function", [])
    reporting = set().union(*(about.reporters.get(function, set()) for function in functions)) | set(thing.holders)
    dates = sorted(date for date in thing.seen.values() if date)
    in_force = agreements.in_force(contracts)
    known = agreements.yearly_values(in_force)
    names = list(thing.holders.values())
    return {
        "id": thing.id.removeprefix("~"),
        "name": thing.name + (" (not in the catalogue)" if thing.id.startswith("~") else ""),
        "maker": " / ".join(context.get("maker", [])) if facet == "product" else "",
        "functions": [] if facet == "function" else context.get("function_name", []),
        "products": [] if facet == "product" else [_product(row) for row in about.products.get(thing.id, [])],
        "boroughs": len(names),
        "borough_names": names,
        "last_seen_by_borough": [[holder, thing.seen[holder]] for holder in thing.holders],
        "who": _who(thing, dates, total),
        "doubtful": [name for holder, name in thing.holders.items() if holder in thing.doubtful - thing.trusted],
        "bodies": list(thing.bodies.values()),
        "recent": len(thing.recent),
        "first_seen": dates[0] if dates else "",
        "last_seen": dates[-1] if dates else "",
        "seen": _seen(thing, dates, about.coverage["freshness_months"]),
        "instances": len(thing.instances),
        "shared": list(_sharing(thing)),
        "share": ""
        if facet == "contracted-supplier"
        else f"{len(names)} of the {len(reporting)} authorities that report {_what(facet, len(functions))}",
        "contracts": [agreements.line(contract, about.parties.get(contract["contract"], []), about.as_of) for contract in contracts],
        "decide_by": agreements.earliest(in_force),
        "yearly_value_pence": sum(known) if known else None,
        "values_known": len(known),
        "contracts_known": len(in_force),
        "value": agreements.value(in_force),
        "reporting": len(reporting),
    }


def _who(thing: _Thing, dates: list[str], total: int) -> str:
    """Names of boroughs, with the year of what was not seen recently."""
    everyone = f"All {total} authorities" if len(thing.holders) == total else ", ".join(thing.holders.values())
    if len(thing.recent) == len(thing.holders):
        return everyone
    if not thing.recent and len(dates) == len(thing.holders) and len({date[:4] for date in dates}) == 1:
        return f"{everyone} ({'all ' if len(dates) > 1 else ''}{dates[0][:4]})"
    if not thing.recent and not dates:
        return f"{everyone} ({'all ' if len(thing.holders) > 1 else ''}undated)"
    marked = [(name, "" if holder in thing.recent else _year(thing.seen[holder])) for holder, name in thing.holders.items()]
    dated = [f"{name} ({mark})" if mark else name for name, mark in marked if mark != _UNDATED]
    undated = [name for name, mark in marked if mark == _UNDATED]
    if len(undated) < SEVERAL:
        return ", ".join(f"{name} ({mark})" if mark else name for name, mark in marked)
    if everyone.startswith("All ") and len(dated) < SEVERAL and not thing.recent:
        return f"{everyone} (undated but for {enumerated([each.replace(' (', ' in ').rstrip(')') for each in dated])})"
    return "; ".join(part for part in (", ".join(dated), f"undated: {', '.join(undated)}") if part)


def _year(seen: str | None) -> str:
    return seen[:4] if seen else _UNDATED


def _sharing(thing: _Thing) -> Iterator[str]:
    """Whose system others use."""
    for owner, users in sorted(thing.sharing.items()):
        all_of_them = len(users) == len(thing.holders) > SEVERAL
        who = "All" if all_of_them else enumerated(list(users))
        yield f"{who} {'uses' if len(users) == 1 else 'use'} {possessive(owner)}"


def _product(row: Mapping[str, Any]) -> str:
    return f"{row['product']} {row['boroughs']}" if row["boroughs"] else f"{row['product']} (bodies only)"


def _what(facet: str, functions: int) -> str:
    if facet == "function":
        return "any function at all" if not functions else "this function"
    return "this function" if functions == 1 else f"any of these {functions} functions" if functions else "anything"


def _seen(thing: _Thing, dates: list[str], months: int) -> str:
    undated = sum(1 for date in thing.seen.values() if not date)
    span = "" if not dates else dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    parts = [span, f"{len(thing.recent)} of {len(thing.holders)} within {months} months", f"{undated} undated" if undated else ""]
    return ", ".join(part for part in parts if part)


def _known(about: _About) -> str:
    facts, total = about.coverage, about.coverage["authorities"]
    if about.facet == "contracted-supplier":
        return f"For {facts['with_contracts']} of {total} authorities a contract in force is known."
    return f"The register holds systems of {facts['reporting']} of the {total} authorities."


def _coverage(shown: int, about: _About, filters: Filters, index: Index) -> Iterable[str]:
    facts = about.coverage
    total = facts["authorities"]
    what = FACETS[about.facet]
    several = f"{what}s"
    yield f"{shown} {several if shown != 1 else what} in {filters.min_boroughs} or more boroughs. {_known(about)}"
    if filters.functions:
        who = set().union(*(about.reporters.get(function, set()) for function in filters.functions))
        asked = "this function" if len(filters.functions) == 1 else f"any of these {len(filters.functions)} functions"
        yield f"{len(who)} of {total} authorities report {asked}."
    seen, counted = about.seen, sum(about.seen.values())
    if counted:
        undated = f"; {seen['undated']} ha{'s' if seen['undated'] == 1 else 've'} no date" if seen["undated"] else ""
        yield (
            f"{seen['recent']} of the {counted} records counted{percentage(seen['recent'], counted)} "
            f"were seen in the last {facts['freshness_months']} months, since {facts['fresh_from']}{undated}."
        )
    if facts["bodies"]:
        yield f"Bodies such as consortia ({facts['bodies']}) are named apart and never counted in the {total}."
    if filters.boroughs:
        names = enumerated([index.catalogue.holder_name(each) for each in filters.boroughs])
        yield f"Only what {names} {'has' if len(filters.boroughs) == 1 else 'have'} is shown, with the others that have it."


def _notes(about: _About, contracts: Rows, filters: Filters, left_out: int) -> Iterable[str]:
    facts = about.coverage
    yield "Not reported is not the same as not in use: a borough that is not named may still use it."
    yield '"Last seen" is when a source last said so. Ask before relying on an old date.'
    if facts["later_systems"] or facts["later_contracts"]:
        later = f"{many(facts['later_systems'], 'system')} and {many(facts['later_contracts'], 'contract')}"
        yield f"Left out: {later} first heard of after {about.as_of}."
    if about.facet == "supplier" and facts["without_maker"]:
        yield f"Not counted: {many(facts['without_maker'], 'system')} whose maker no source names."
    if about.facet == "contracted-supplier":
        over, unnamed = facts["contracts_over"], facts["without_supplier"]
        yield f"Not counted: {many(over, 'contract')} ended or replaced, {unnamed} whose supplier no source names."
    if left_out and filters.min_boroughs > 1:
        elsewhere = " or not in those asked for" if filters.boroughs else ""
        yield f"Not shown: {left_out} in fewer than {filters.min_boroughs} boroughs{elsewhere}."
    if assumed := agreements.assumptions(contracts):
        yield assumed
