"""One page about a function or area: what is used for it and by whom, contracts by decide-by, and who reports nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.model import Bars, Column, Table
from citytools.reports.asking import Asked
from citytools.reports.pages import contracts, users
from citytools.reports.pages.found import Found, found, grouped
from citytools.reports.pages.users import Naming
from citytools.reports.pages.whole import head, only, whole
from citytools.reports.sections import Rows

_PRODUCT_ROWS, _NAMED = 25, 5

COLUMNS = (
    Column("boroughs", "Boroughs", "count", "lead"),
    Column("name", "Name", "text", "heading"),
    Column("area", "Area", "text", "heading"),
    Column("aliases", "Also called", "list", "detail"),
    Column("lgam", "In the Local Government Application Model", "text", "detail"),
    Column("in_common", "In common", "text", "detail"),
    Column("alone", "With nothing in common", "list", "detail"),
    Column("complete", "Say that their list is whole", "list", "detail"),
    Column("none", "Say that they have none", "list", "detail"),
    Column("other_stages", "Report only a trial, a plan or something past", "list", "detail"),
    Column("not_reported", "Not reported by (which is not: none)", "list", "detail"),
    Column("in_catalogue", "In the catalogue for it, reported by no one", "list", "detail"),
    Column("function_ids", "Functions' ids", "list", "hidden"),
    Column("reporting", "Ids of those that report it", "list", "hidden"),
    Column("not_reporting", "Ids of those that do not", "list", "hidden"),
)
FUNCTIONS = (
    Column("boroughs", "Boroughs", "count"),
    Column("name", "Function"),
    Column("said", "Products, with the boroughs that use each"),
    Column("products", "Products", "list", "hidden"),
    Column("reporting", "Ids of those that report it", "list", "hidden"),
    Column("id", "Id", "text", "hidden"),
)
PRODUCTS = (
    Column("boroughs", "Boroughs", "count"),
    Column("name", "Product"),
    Column("maker", "Made by"),
    Column("seen", "Seen"),
    Column("functions", "For", "list"),
    Column("recent", "Boroughs where it was seen recently", "count", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("borough_names", "Names of the boroughs", "list", "hidden"),
    Column("bodies", "Bodies, not counted", "list", "hidden"),
    Column("maker_id", "Maker's id", "text", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Page:
    """What the page is about, and which authorities report it, know of something else than use, or say nothing."""

    found: Found
    kind: str
    id: str
    names: Mapping[str, str]
    reporting: frozenset[str]
    otherwise: frozenset[str]

    @property
    def area(self) -> bool:
        """Whether it is about all functions of an area."""
        return self.kind == "area"

    @property
    def silent(self) -> list[str]:
        return [holder for holder in self.names if holder not in self.reporting | self.otherwise]


def answer(index: Index, asked: Asked) -> list[Table]:
    """The page as asked for."""
    return function(index, asked.lists["function"])


def function(index: Index, ids: Sequence[str]) -> list[Table]:
    """The tables of the page about these functions: one, or all those of an area."""
    page = _page(index, ids)
    about, subject = page.found, page.found.subject
    purposes = grouped(about.own["purposes"], "system")
    naming = Naming(products=True, purposes={system: [row["name"] for row in rows] for system, rows in purposes.items()})
    middle = (
        *([_functions(page)] if page.area else []),
        _products(page),
        users.in_use(about, f"Who uses what for {subject}, and by when they have to decide", naming),
        contracts.going(about, f"Contracts for {subject}"),
    )
    first = head(about, f"{page.kind.capitalize()}: {subject}", COLUMNS, _facts(page), _coverage(page))
    return whole(first, middle, about, naming, (f"The entry in the catalogue: citytools show {page.kind}:{page.id}",))


def _page(index: Index, ids: Sequence[str]) -> _Page:
    area = ids[0].partition("/")[0]
    kind, ref = ("area", area) if len(ids) > 1 else ("function", ids[0])
    about = found(index, "function", index.catalogue.name(kind, ref), {"area": area, "function": ids[0]}, {"function": ids})
    names = {row["holder"]: row["name"] for row in about.own["everyone"]}
    reporting = ({row["holder"] for row in about.own["reported"]} | users.members(about)) & set(names)
    heard_of = {system["holder"] for system in about.systems} | about.boroughs_of(about.parts["contracts"])
    return _Page(about, kind, ref, names, frozenset(reporting), frozenset((heard_of & set(names)) - reporting))


def _facts(page: _Page) -> dict[str, Any]:
    own = page.found.own
    place = (own["areas"] or [{}])[0]
    entry = place if page.area else own["functions"][0]
    return {
        "id": page.id,
        "name": page.found.subject,
        "area": "" if page.area else place.get("name"),
        "aliases": [row["alias"] for row in own["area_aliases" if page.area else "aliases"]],
        "lgam": ", ".join(filter(None, (entry.get("lgam_area") or place.get("lgam_area"), entry.get("lgam_type")))),
        "notes": entry.get("notes"),
        "boroughs": len(page.reporting),
        "in_common": _in_common(page.found),
        "alone": [f"{name}: {', '.join(products)}" for name, products in _alone(page.found)],
        "complete": [_complete(row, page, f", {row['on_date']}") for row in own["complete"] if row["counts"]],
        "none": list(_none(page)),
        "other_stages": [name for holder, name in page.names.items() if holder in page.otherwise],
        "not_reported": [page.names[holder] for holder in page.silent],
        "in_catalogue": _unused(page.found),
        "function_ids": [row["id"] for row in own["functions"]],
        "reporting": sorted(page.reporting),
        "not_reporting": sorted(set(page.names) - page.reporting),
        "values": contracts.values(page.found, f"citytools report prices --function {page.id}"),
    }


def _shared(about: Found) -> set[str]:
    """The products that more than one authority uses for it."""
    things = grouped(about.staged("in use"), "thing")
    return {thing for thing, rows in things.items() if len({row["holder"] for row in rows}) > 1}


def _alone(about: Found) -> list[tuple[str, list[str]]]:
    """The authorities that use nothing for it which another uses too, with what they use."""
    shared, holders = _shared(about), grouped(about.staged("in use"), "holder")
    return [
        (rows[0]["holder_name"], list(dict.fromkeys(row["name"] for row in rows)))
        for rows in holders.values()
        if not any(row["thing"] in shared for row in rows)
    ]


def _in_common(about: Found) -> str:
    using = {system["holder"] for system in about.staged("in use")}
    if len(using) < 2:
        return ""
    return f"{len(using) - len(_alone(about))} of the {len(using)} authorities with a system for it use a product that another uses too"


def _complete(row: Mapping[str, Any], page: _Page, more: str = "") -> str:
    """Who says that the list is whole, of an area for which function."""
    said = f"{row['name'] if page.area else ''}{more}".removeprefix(", ")
    return f"{row['holder_name']} ({said})" if said else str(row["holder_name"])


def _none(page: _Page) -> Iterator[str]:
    """Those whose list is whole, and holds nothing in use for it."""
    about, functions = page.found, grouped(page.found.own["purposes"], "system")
    used = {(system["holder"], row["function"]) for system in about.staged("in use") for row in functions.get(system["system"], [])}
    served = grouped(about.parts["contract_functions"], "contract")
    for contract in contracts.in_force(about):
        ref = contract["contract"]
        used |= {(holder, row["function"]) for holder in about.ids(ref) for row in served.get(ref, [])}
    for row in about.own["complete"]:
        if row["counts"] and (row["holder"], row["function"]) not in used:
            yield _complete(row, page)


def _unused(about: Found) -> list[str]:
    used = {system["product"] for system in about.systems if system["stage"] != "gone"}
    left = [row for row in about.own["catalogue"] if row["id"] not in used]
    return [f"{row['name']} ({row['maker_name']})" if row["maker_name"] else row["name"] for row in left]


def _functions(page: _Page) -> Table:
    """A row for each function of an area, those that most authorities report first."""
    about = page.found
    reported, functions = grouped(about.own["reported"], "function"), grouped(about.own["purposes"], "system")
    systems: dict[str, Rows] = {}
    for system in about.staged("in use"):
        for row in functions.get(system["system"], []):
            systems.setdefault(row["function"], []).append(system)
    reporting = {function: {row["holder"] for row in rows} & set(page.names) for function, rows in reported.items()}
    rows = [_function(row, reporting.get(row["id"], set()), systems.get(row["id"], [])) for row in about.own["functions"]]
    rows.sort(key=lambda row: (-row["boroughs"], row["name"].casefold()))
    return Table(
        title=f"Functions of {about.subject}",
        columns=FUNCTIONS,
        rows=tuple(tuple(row[column.name] for column in FUNCTIONS) for row in rows),
        facts={"part": "functions", "as_of": about.as_of},
    )


def _function(entry: Mapping[str, Any], reporting: set[str], systems: Rows) -> dict[str, Any]:
    boroughs: dict[str, set[str]] = {}
    for system in systems:
        boroughs.setdefault(system["name"], set()).add(system["holder"])
    ranked = sorted(boroughs.items(), key=lambda item: (-len(item[1]), item[0].casefold()))
    products = [f"{name} {len(holders)}" for name, holders in ranked]
    more = len(products) - _NAMED
    return {
        "boroughs": len(reporting),
        "name": entry["name"],
        "said": ", ".join(products) if more <= 1 else f"{', '.join(products[:_NAMED])} and {more} more",
        "products": products,
        "reporting": sorted(reporting),
        "id": entry["id"],
    }


def _products(page: _Page) -> Table:
    """A row for each product in use for it, those in most boroughs first; what each is for only where that is not one thing."""
    about = page.found
    purposes = grouped(about.own["purposes"], "system")
    things = grouped([*about.staged("in use"), *about.staged("in use", counts=False)], "thing")
    rows = [_product(systems, purposes) for systems in things.values()]
    rows.sort(key=lambda row: (-row["boroughs"], row["name"].casefold()))
    columns = PRODUCTS if page.area else only(PRODUCTS, "functions")
    bars = tuple((row["name"], row["boroughs"], str(row["boroughs"])) for row in rows if row["boroughs"])
    return Table(
        title=f"Products in use for {about.subject}",
        columns=columns,
        rows=tuple(tuple(row[column.name] for column in columns) for row in rows),
        notes=() if rows else ("No system in use for it is reported. Not reported is not the same as none.",),
        facts={"part": "products", "as_of": about.as_of},
        chart=Bars("Boroughs by product", bars) if bars else None,
        text_rows=_PRODUCT_ROWS,
    )


def _product(systems: Rows, purposes: Mapping[str, Rows]) -> dict[str, Any]:
    first, boroughs = systems[0], {row["holder"]: row["holder_name"] for row in systems if row["counts"]}
    dates = sorted(row["last_seen"] for row in systems if row["last_seen"])
    functions = Counter(row["name"] for system in systems for row in purposes.get(system["system"], []))
    return {
        "boroughs": len(boroughs),
        "name": first["name"] if first["product"] else f"{first['name']} (not in the catalogue)",
        "maker": first["maker_name"],
        "seen": dates[-1] if dates else "undated",
        "functions": [name for name, _ in functions.most_common()],
        "recent": len({row["holder"] for row in systems if row["counts"] and row["seen"] == "recent"}),
        "last_seen": dates[-1] if dates else "",
        "borough_names": list(boroughs.values()),
        "bodies": list(dict.fromkeys(row["holder_name"] for row in systems if not row["counts"])),
        "maker_id": first["maker"],
        "id": first["product"] or "",
    }


def _coverage(page: _Page) -> Iterator[str]:
    total, using = len(page.names), {system["holder"] for system in page.found.staged("in use")}
    without = len(page.reporting - using)
    others = f", {without} of them without a system in use" if without else ""
    rest = total - len(page.reporting)
    silent = f"; of {'the others' if rest > 1 else 'the other one'} nothing in use is reported" if rest else ""
    yield f"{len(page.reporting)} of {total} authorities report it{others}{silent}."
