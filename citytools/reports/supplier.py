"""One page about a supplier and what it owns: products, users, contracts signed and resold, ownership."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from citytools.index import Index
from citytools.model import Bars, Column, Table, under
from citytools.reports.asking import Asked
from citytools.reports.pages import companies, contracts, users
from citytools.reports.pages.found import Found, found, grouped
from citytools.reports.pages.users import Naming
from citytools.reports.pages.whole import head, only, whole
from citytools.reports.sections import Rows
from citytools.reports.words import many, percentage

_PRODUCT_ROWS = 25

COLUMNS = (
    Column("boroughs", "Boroughs", "count", "lead"),
    Column("name", "Name", "text", "heading"),
    Column("owner", "Owner", "text", "heading"),
    Column("company_number", "Company number", "text", "detail"),
    Column("aliases", "Also called", "list", "detail"),
    Column("former_names", "Former names", "list", "detail"),
    Column("look_alikes", "Not to be confused with", "list", "detail"),
    Column("owners", "Ownership", "list", "detail"),
    Column("companies", "Owns", "list", "detail"),
    Column("products", "Makes", "text", "detail"),
    Column("made_before", "Made before", "list", "detail"),
    Column("share", "Share", "list", "detail"),
    Column("signed", "Contracts signed", "text", "detail"),
    Column("company_ids", "Ids of the supplier and what it owns", "list", "hidden"),
    Column("owner_ids", "Owners' ids, nearest first", "list", "hidden"),
    Column("systems_in_use", "Systems in use", "count", "hidden"),
    Column("contracts_signed", "Contracts in force that it signed", "count", "hidden"),
)
PRODUCTS = (
    Column("boroughs", "Boroughs", "count"),
    Column("name", "Product"),
    Column("company", "Made by"),
    Column("functions", "For", "list"),
    Column("recent", "Boroughs where it was seen recently", "count", "hidden"),
    Column("borough_names", "Names of the boroughs", "list", "hidden"),
    Column("bodies", "Bodies, not counted", "list", "hidden"),
    Column("other_stages", "Boroughs that try it out, plan it or have left it", "list", "hidden"),
    Column("company_id", "Maker's id", "text", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


def answer(index: Index, asked: Asked) -> list[Table]:
    """The page as asked for."""
    return supplier(index, asked["supplier"])


def supplier(index: Index, id: str) -> list[Table]:
    """The tables of the page about the supplier with this id and the companies that it owns as of the day asked about."""
    about = found(index, "supplier", index.catalogue.name("supplier", id), {"supplier": id}, {"supplier": [id]})
    naming = Naming(products=True, companies={row["id"]: row["name"] for row in about.own["companies"] if row["steps"]})
    middle = (
        _products(about),
        users.in_use(about, f"Who holds what with {about.subject}, and by when they have to decide", naming),
        contracts.going(about, f"Contracts with {about.subject} or for what it makes", lambda contract: _through(contract, about)),
    )
    first = head(about, f"Supplier: {about.subject}", COLUMNS, _facts(about), _coverage(about))
    return whole(first, middle, about, naming, _notes(about))


def _group(about: Found) -> dict[str, str]:
    """Names of the supplier and of the companies that it owns, by id."""
    return {row["id"]: row["name"] for row in about.own["companies"]}


def _facts(about: Found) -> dict[str, Any]:
    entry, group, owner = about.own["supplier"][0], _group(about), about.own["owner"]
    return {
        **{key: entry[key] for key in ("id", "name", "company_number", "website", "notes")},
        "boroughs": len(users.members(about)),
        "owner": f"belongs to {companies.chain(owner)}" if owner else "",
        "aliases": [row["alias"] for row in about.own["aliases"]],
        "former_names": [_dated(row) for row in about.own["names"]],
        "look_alikes": [row["look_alike"] for row in about.own["look_alikes"]],
        "owners": companies.owners(about.parts["owners"]),
        "companies": [row["name"] for row in about.own["companies"] if row["steps"]],
        "products": _made(about),
        "made_before": [f"{row['name']} (now {row['maker_now']})" for row in about.own["made_before"]],
        "signed": _signed(about),
        "share": list(_share(about)),
        "company_ids": list(group),
        "owner_ids": [row["id"] for row in owner],
        "systems_in_use": len(about.staged("in use")),
        "contracts_signed": about.own["market"][0]["contracts_signed"],
        "values": contracts.values(about, f"citytools report prices --supplier {entry['id']}"),
    }


def _dated(row: Mapping[str, Any]) -> str:
    dates = ", ".join(f"{word} {row[key]}" for word, key in (("from", "from_date"), ("until", "until")) if row[key])
    return "".join((row["name"], f" ({dates})" if dates else "", f" ({row['source']})" if row["source"] else ""))


def _made(about: Found) -> str:
    """How many products, and how many of them are in use."""
    products = about.own["products"]
    used = {system["product"] for system in about.staged("in use") if system["product"]}
    if not products:
        return "no product in the catalogue"
    return f"{many(len(products), 'product')} in the catalogue, {len(used)} of them in use by an authority"


def _signed(about: Found) -> str:
    """Contracts that it signed, apart from those of others for what it makes."""
    going, group = about.contracts, _group(about)
    if not going:
        return ""
    own = [row for row in going if row["supplier"] in group]
    resold = sum(1 for row in going if row["supplier_name"] and row["supplier"] not in group)
    unnamed = len(going) - len(own) - resold
    reselling = sum(1 for row in own if _makers(row, about, here=False))
    owned = " or what it owns" if len(group) > 1 else ""
    said = (
        (len(own), f"by it{owned}" + (f" ({reselling} of them for what others make)" if reselling else "")),
        (resold, "by others, for what it makes"),
        (unnamed, "by suppliers not stated, for what it makes"),
    )
    return ", ".join(f"{number} {words}" for number, words in said if number)


def _share(about: Found) -> Iterator[str]:
    market, using = about.own["market"][0], about.staged("in use")
    yield f"in use in {len({system['holder'] for system in using})} of {about.facts['authorities']} authorities"
    of = market["systems_with_maker"]
    yield f"{len(using)} of the {of:,} systems in use whose maker is known{percentage(len(using), of)}, of {market['systems']:,} in all"
    signed, of = market["contracts_signed"], market["contracts_with_supplier"]
    yield f"{signed} of the {of:,} contracts in force whose supplier is named{percentage(signed, of)}, of {market['contracts']:,} in all"


def _products(about: Found) -> Table:
    """A row for each product, those in most boroughs first; those that no one is known to use last."""
    rows = sorted(_product_rows(about), key=lambda row: (-row["boroughs"], row["name"].casefold()))
    owning = len(about.own["companies"]) > 1
    columns = PRODUCTS if owning else only(PRODUCTS, "company")
    used, apart = [row for row in rows if row["boroughs"]], sum(not row["id"] for row in rows)
    besides = f", {apart} of them not in the catalogue" if apart else ""
    bars = tuple((row["name"], row["boroughs"], str(row["boroughs"])) for row in used)
    return Table(
        title=f"What {about.subject} {'and what it owns make' if owning else 'makes'}",
        columns=columns,
        rows=under(columns, rows),
        coverage=(f"In use by an authority, as far as is known: {len(used)} of {many(len(rows), 'product')}{besides}.",) if rows else (),
        notes=() if rows else ("The catalogue names no product that it makes.",),
        facts={"part": "products", "as_of": about.as_of},
        chart=Bars("Boroughs by product", bars) if bars else None,
        text_rows=_PRODUCT_ROWS,
    )


def _product_rows(about: Found) -> Iterator[dict[str, Any]]:
    purposes, systems = grouped(about.own["purposes"], "product"), grouped(about.systems, "thing")
    group = _group(about)
    for row in about.own["products"]:
        functions = [purpose["name"] for purpose in purposes.get(row["id"], [])]
        yield _product(row, systems.get(row["id"], []), functions, group)
    for rows in systems.values():
        if not rows[0]["product"]:
            entry = {"id": "", "name": f"{rows[0]['name']} (not in the catalogue)", "maker": rows[0]["maker"]}
            yield _product(entry, rows, [], group)


def _product(entry: Mapping[str, Any], systems: Rows, functions: list[str], group: Mapping[str, str]) -> dict[str, Any]:
    using = [row for row in systems if row["stage"] == "in use" and row["counts"]]
    boroughs = {row["holder"]: row["holder_name"] for row in using}
    return {
        "boroughs": len(boroughs),
        "name": entry["name"],
        "company": group[entry["maker"]],
        "functions": functions,
        "recent": len({row["holder"] for row in using if row["seen"] == "recent"}),
        "borough_names": list(boroughs.values()),
        "bodies": list(dict.fromkeys(row["holder_name"] for row in systems if not row["counts"])),
        "other_stages": list(dict.fromkeys(row["holder_name"] for row in systems if row["stage"] != "in use" and row["counts"])),
        "company_id": entry["maker"],
        "id": entry["id"],
    }


def _makers(contract: Mapping[str, Any], about: Found, *, here: bool) -> str:
    """Who makes what a contract covers: only of what the supplier and what it owns make, or only of what others make."""
    rows = [row for row in about.covered.get(contract["contract"], []) if bool(row["here"]) is here and row["maker_name"]]
    return "; ".join(dict.fromkeys(f"{row['maker_name']} makes {row['name']}" for row in rows))


def _through(contract: Mapping[str, Any], about: Found) -> str:
    """How a contract has to do with the supplier, and with which of its companies, where that does not go without saying."""
    group = _group(about)
    if contract["supplier"] == about.own["supplier"][0]["id"]:
        return _makers(contract, about, here=False)
    signed = f"{contract['supplier_name']} signed it" if contract["supplier_name"] else "who signed it is not stated"
    made = _makers(contract, about, here=contract["supplier"] not in group)
    return "; ".join(part for part in (signed, made) if part)


def _coverage(about: Found) -> Iterator[str]:
    facts, holding = about.facts, len(users.members(about))
    owned = " or what it owns" if len(about.own["companies"]) > 1 else ""
    yield (
        f"{holding} of {facts['authorities']} authorities {'is' if holding == 1 else 'are'} known to hold something with it{owned}; "
        f"the register holds systems in use of {facts['reporting']} of them and contracts of {facts['with_contracts']}."
    )


def _notes(about: Found) -> Iterator[str]:
    entry, market = about.own["supplier"][0], about.own["market"][0]
    without = market["systems"] - market["systems_with_maker"]
    if without:
        yield f"Not counted: {many(without, 'system')} in use whose maker no source names."
    if owner := about.own["owner"]:
        yield f"What is held with its owner in all: citytools report supplier {owner[-1]['id']}"
    yield f"The entry in the catalogue: citytools show supplier:{entry['id']}"
