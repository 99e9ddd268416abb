"""One page about a product: its makers, its users and when they have to decide, its contracts, who knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from citytools.index import Index
from citytools.model import Column, Table
from citytools.reports.asking import Asked
from citytools.reports.pages import companies, contracts, users
from citytools.reports.pages.found import Found, found
from citytools.reports.pages.users import Naming
from citytools.reports.pages.whole import head, whole

COLUMNS = (
    Column("boroughs", "Boroughs", "count", "lead"),
    Column("name", "Name", "text", "heading"),
    Column("maker", "Maker", "text", "heading"),
    Column("aliases", "Also called", "list", "detail"),
    Column("look_alikes", "Not to be confused with", "list", "detail"),
    Column("functions", "For", "list", "detail"),
    Column("makers", "Makers, latest last", "list", "detail"),
    Column("owners", "Ownership", "list", "detail"),
    Column("origin", "Origin", "text", "detail"),
    Column("support", "Support", "text", "detail"),
    Column("end_of_support", "End of support", "date", "hidden"),
    Column("maker_id", "Maker's id", "text", "hidden"),
    Column("owner_ids", "Owners' ids, nearest first", "list", "hidden"),
    Column("function_ids", "Functions' ids", "list", "hidden"),
)


def answer(index: Index, asked: Asked) -> list[Table]:
    """The page as asked for."""
    return product(index, asked["product"])


def product(index: Index, id: str) -> list[Table]:
    """The tables of the page about the product with this id."""
    about = found(index, "product", index.catalogue.name("product", id), {"product": id}, {"product": [id]})
    first = head(about, f"Product: {about.subject}", COLUMNS, _facts(about), _coverage(about))
    using = users.in_use(about, f"Who uses {about.subject}, and by when they have to decide", Naming())
    going = contracts.going(about, f"Contracts for {about.subject}")
    return whole(first, (using, going), about, Naming(), (f"The entry in the catalogue: citytools show product:{id}",))


def _facts(about: Found) -> dict[str, Any]:
    entry, owner = about.own["product"][0], about.own["owner"]
    return {
        **{key: entry[key] for key in ("id", "name", "website", "notes", "end_of_support")},
        "boroughs": len(_using(about)),
        "maker": _maker(entry, companies.chain(owner)),
        "aliases": [row["alias"] for row in about.own["aliases"]],
        "look_alikes": [row["look_alike"] for row in about.own["look_alikes"]],
        "functions": [row["name"] for row in about.own["functions"]],
        "makers": companies.history(about.parts["makers"]),
        "owners": companies.owners(about.parts["owners"]),
        "origin": (entry["origin"] or "").replace("-", " "),
        "support": _support(entry["end_of_support"], about.as_of),
        "maker_id": entry["maker"],
        "owner_ids": [row["id"] for row in owner],
        "function_ids": [row["id"] for row in about.own["functions"]],
        "values": contracts.values(about, f"citytools report prices --product {entry['id']}"),
    }


def _maker(entry: Mapping[str, Any], owner: str) -> str:
    if not entry["maker"]:
        return "made by no company" if entry["origin"] in ("open-source", "in-house") else "maker not stated"
    return f"{entry['maker_name']}, which belongs to {owner}" if owner else str(entry["maker_name"])


def _support(end: str | None, as_of: str) -> str:
    if not end:
        return ""
    return f"ended {end}" if end < as_of[: len(end)] else f"ends {end}"


def _using(about: Found) -> set[str]:
    return {system["holder"] for system in about.staged("in use")}


def _coverage(about: Found) -> Iterator[str]:
    facts, using = about.facts, len(_using(about))
    yield (
        f"{using} of {facts['authorities']} authorities {'is' if using == 1 else 'are'} known to use it; "
        f"the register holds systems in use of {facts['reporting']} of them."
    )
