"""Who supplies how much of what: shares with their denominators, concentration, exposure, and what boroughs think."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from citytools.index import Index
from citytools.model import Bars, Column, Table, under
from citytools.reports import agreements
from citytools.reports.asking import Asked
from citytools.reports.exposure import exposure
from citytools.reports.sections import Rows
from citytools.reports.shares import LEAST, MEANING, TOPS, Holding, largest, percent
from citytools.reports.supply import Filters, Market, Part, found, more, remainder, suppliers, whole
from citytools.reports.words import IN_FORCE, enumerated, many, percentage, pounds

_RATINGS = {"value_for_money": "Value for money", "capability": "Capability"}

SUPPLIERS = (
    Column("supplier", "Supplier"),
    Column("boroughs", "Boroughs", "count"),
    Column("systems", "Systems", "count"),
    Column("systems_percent", "%", "count"),
    Column("contracts", "Contracts", "count"),
    Column("contracts_percent", "%", "count"),
    Column("thousands", "£000", "count"),
    Column("value_percent", "%", "count"),
    Column("boroughs_percent", "% of boroughs", "count", "hidden"),
    Column("standing", "Supplier, others, none, unknown or all", "text", "hidden"),
    Column("yearly_value_pence", "Known yearly value", "pence", "hidden"),
    Column("values_known", "Contracts with a yearly value", "count", "hidden"),
    Column("companies", "Companies that it owns", "list", "hidden"),
    Column("id", "Id", "text", "hidden"),
)
CONCENTRATION = (
    Column("of", "Share of"),
    Column("suppliers", "Suppliers", "count"),
    Column("largest", "Largest"),
    *(Column(f"top_{number}_percent", f"Top {number} %", "count") for number in TOPS[1:]),
    Column("hhi", "HHI", "count"),
    Column("measure", "systems, contracts or value", "text", "hidden"),
    Column("denominator", "known or all", "text", "hidden"),
    Column("records", "Records with a known supplier", "count", "hidden"),
    Column("whole", "Of how many records", "count", "hidden"),
    *(Column(f"top_{number}", f"Records of the top {number}", "count", "hidden") for number in TOPS),
    Column("whole_pence", "Of how much a year", "pence", "hidden"),
    *(Column(f"top_{number}_pence", f"A year of the top {number}", "pence", "hidden") for number in TOPS),
)
RATINGS = (
    Column("supplier", "Supplier"),
    Column("boroughs", "Boroughs", "count"),
    Column("systems", "Rated"),
    *(Column(f"{name}_text", title) for name, title in _RATINGS.items()),
    Column("given", "Given"),
    *(
        column
        for name, title in _RATINGS.items()
        for column in (
            Column(name, f"{title}, median", "count", "hidden"),
            Column(f"{name}_ratings", f"{title}, ratings", "count", "hidden"),
        )
    ),
    Column("ratings", "Systems rated", "count", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Measure:
    """Something to have a share of: how all of it that has a known supplier is called, and how all there is."""

    name: str
    known: str
    all: str
    held: Holding
    whole: int


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return market(index, Filters(asked.lists["borough"], asked.lists["function"], asked["group"], asked["top"]))


def market(index: Index, filters: Filters) -> list[Table]:
    """Suppliers, concentration over all and by function, what rests on one supplier, and ratings where there are any."""
    asked = found(index, filters)
    parts = suppliers(asked)
    rated = [part for part in parts if _rated(part.systems)]
    return [_suppliers(asked, parts), _concentration(asked), *exposure(asked), *([_ratings(asked, rated)] if rated else [])]


def _suppliers(asked: Market, parts: Sequence[Part]) -> Table:
    total = whole(asked)
    shown, beyond = parts[: asked.filters.top], parts[asked.filters.top :]
    rows = [_supplier_row(part, total, asked) for part in [*shown, *remainder(asked, beyond), total] if part.systems or part.contracts]
    facts = _facts(asked, total, len(parts))
    return Table(
        title=asked.title("suppliers"),
        columns=SUPPLIERS,
        rows=under(SUPPLIERS, rows),
        coverage=tuple(_coverage(asked, facts)),
        notes=tuple(_notes(asked)),
        facts=facts,
        chart=_chart(asked, shown),
    )


def _supplier_row(part: Part, total: Part, asked: Market) -> dict[str, Any]:
    values = part.values
    companies = list(asked.companies.get(part.id, ()))
    boroughs = asked.facts["asked"] if part is total else len(part.boroughs)
    return {
        "supplier": f"{part.name} (with {enumerated(companies)})" if companies else part.name,
        "boroughs": boroughs,
        "boroughs_percent": percent(boroughs, asked.facts["asked"]),
        "systems": len(part.systems) or None,
        "systems_percent": percent(len(part.systems), len(total.systems)) if part.systems else None,
        "contracts": len(part.contracts) or None,
        "contracts_percent": percent(len(part.contracts), len(total.contracts)) if part.contracts else None,
        "thousands": round(sum(values) / 100_000) if values else None,
        "value_percent": percent(sum(values), sum(total.values)) if values else None,
        "standing": part.standing,
        "yearly_value_pence": sum(values) if values else None,
        "values_known": len(values),
        "companies": companies,
        "id": part.id.removeprefix("~"),
    }


def _chart(asked: Market, shown: Sequence[Part]) -> Bars | None:
    """The shares of systems of the suppliers listed, the largest first."""
    systems = len(asked.systems)
    parts = sorted((part for part in shown if part.systems), key=lambda part: -len(part.systems))
    rows = tuple((part.name, float(len(part.systems)), f"{len(part.systems):,}{percentage(len(part.systems), systems)}") for part in parts)
    return Bars(f"Systems in use by maker, of {systems:,}", rows) if rows else None


def _facts(asked: Market, total: Part, number: int) -> dict[str, Any]:
    return {
        **asked.facts,
        "as_of": asked.as_of,
        "grouped": asked.filters.grouped,
        "top": asked.filters.top,
        "suppliers": number,
        "systems": len(total.systems),
        "systems_with_maker": sum(bool(row["thing"]) for row in total.systems),
        "systems_without_supplier": sum(row["no_supplier"] for row in total.systems),
        "contracts": len(total.contracts),
        "contracts_with_supplier": sum(bool(row["thing"]) for row in total.contracts),
        "contracts_without_certain_end": sum(row["state"] == "unknown" for row in total.contracts),
        "yearly_value_pence": sum(total.values),
        "values_known": len(total.values),
        "ratings": len(_rated(total.systems)),
    }


def _coverage(asked: Market, facts: dict[str, Any]) -> Iterator[str]:
    yield _of_systems(asked, facts)
    yield from _of_contracts(asked, facts)
    yield f"Seen recently: {_recent(asked.systems, 'system', facts['systems_fresh_from'])}" + (
        f", {_recent(asked.contracts, 'contract', facts['contracts_fresh_from'])}." if asked.contracts else "."
    )
    rated = facts["ratings"]
    yield f"Ratings by boroughs: of {rated:,} of the systems, below." if rated else "Ratings by boroughs: no ratings reported."
    if facts["bodies"] and not asked.filters.boroughs:
        left = f"{many(facts['systems_of_bodies'], 'system')} and {many(facts['contracts_of_bodies'], 'contract')}"
        yield f"Left out: bodies such as consortia ({facts['bodies']}) and what is theirs alone, {left}."
    if doubtful := agreements.passed(facts["end_passed"], facts["term_passed"]):
        yield f"Not counted as in force: {doubtful}."


def _of_systems(asked: Market, facts: dict[str, Any]) -> str:
    systems, known, without = facts["systems"], facts["systems_with_maker"], facts["systems_without_supplier"]
    holders = {row["holder"] for row in asked.systems}
    unknown = systems - known - without
    parts = (
        f"{known:,} with a known maker{percentage(known, systems)}",
        f"{without:,} in-house or open source without a supplier{percentage(without, systems)}",
        f"{unknown:,} whose maker is not known{percentage(unknown, systems)}",
    )
    return f"{many(systems, 'system')} in use{asked.limited}, of {len(holders)} of {_authorities(facts['asked'])}: {', '.join(parts)}."


def _of_contracts(asked: Market, facts: dict[str, Any]) -> Iterator[str]:
    contracts, signed = facts["contracts"], facts["contracts_with_supplier"]
    if not contracts:
        yield f"No contracts in force{asked.limited} are reported."
        return
    holders = frozenset[str]().union(*asked.holders.values())
    stated = f"the supplier is stated for {signed:,}{percentage(signed, contracts)}"
    endless = facts["contracts_without_certain_end"]
    doubt = f" Of {endless:,} no end is certain: {'it' if endless == 1 else 'they'} may be over." if endless else ""
    yield (
        f"{many(contracts, 'contract')} {IN_FORCE}{asked.limited}, of {len(holders)} of {_authorities(facts['asked'])}: {stated}.{doubt}"
    )
    yield _of_value(asked, facts)


def _of_value(asked: Market, facts: dict[str, Any]) -> str:
    valued = [row for row in asked.contracts if row["yearly_value_pence"] is not None]
    most = max((row["yearly_value_pence"] for row in valued), default=0)
    parts = [
        f"known for {len(valued):,} of {many(facts['contracts'], 'contract')}",
        f"{pounds(facts['yearly_value_pence'])} in all",
        *([f"{pounds(most)} for the largest alone"] if len(valued) > 1 else []),
        *([f"{rough:,} only roughly"] if (rough := sum(row["rough"] for row in valued)) else []),
        *([f"{bundles:,} for several products together"] if (bundles := sum(row["bundle"] for row in valued)) else []),
    ]
    return f"Yearly value: {', '.join(parts)}."


def _authorities(number: int) -> str:
    return f"{number} authorit{'y' if number == 1 else 'ies'}"


def _recent(rows: Rows, noun: str, since: str) -> str:
    return f"{sum(row['seen'] == 'recent' for row in rows):,} of {many(len(rows), noun)} since {since}"


def _notes(asked: Market) -> Iterator[str]:
    yield (
        "Shares are of what is reported, not of all that boroughs have. Each % is of the last row; what has no known supplier stands in "
        "rows of its own, so that the columns of % add up."
    )
    yield (
        "Systems count for who makes the product now; contracts and their value for who signed, resellers included. A blank is not "
        "reported, which is not the same as none. £000: thousands of pounds a year, as stated for a year or spread over the term."
    )
    yield "Boroughs: reached through a system or a contract. One borough has many suppliers, so this column does not add up."
    shared = sum(row["shared"] for row in asked.systems)
    yield f"A contract of several boroughs counts once. A share in another holder's system counts for each that has one: {shared:,} here."
    if asked.filters.boroughs:
        yield "A contract that others have a part in has its whole value here."
    if asked.filters.functions:
        yield "Contracts are those that name such a function or cover a system for it; they may pay for other things too."
    yield "Order: boroughs, then systems, contracts and value. --top lists more" + (
        "." if asked.filters.grouped else ", --group counts companies under their owner."
    )


def _concentration(asked: Market) -> Table:
    measures = [measure for measure in _measures(asked) if measure.held.amounts]
    rows = [row for measure in measures for row in _measure_rows(measure)]
    few = [measure.name for measure in measures if not measure.held.enough]
    return Table(
        title=asked.title("concentration"),
        columns=CONCENTRATION,
        rows=under(CONCENTRATION, rows),
        coverage=("How much the largest suppliers have, and of what.",) if rows else ("Nothing is known of any supplier.",),
        notes=tuple(_concentration_notes(few)) if rows else (),
        facts={"as_of": asked.as_of, "grouped": asked.filters.grouped, "least_records": LEAST, "formula": MEANING},
    )


def _concentration_notes(few: Sequence[str]) -> Iterator[str]:
    yield f"{MEANING} It is of what has a known supplier: of all there is it cannot be told."
    if few:
        yield f"HHI not shown for {enumerated(few)}: fewer than {LEAST} records with a known supplier."
    yield "Suppliers for different functions do not compete with one another: see concentration by function."


def _measures(asked: Market) -> Iterator[_Measure]:
    systems = asked.held(asked.systems)
    yield _Measure(
        "systems",
        f"{many(systems.known, 'system')} with a known maker",
        f"all {many(len(asked.systems), 'system')} in use",
        systems,
        len(asked.systems),
    )
    signed = asked.held(asked.contracts)
    yield _Measure(
        "contracts",
        f"{many(signed.known, 'contract')} with a stated supplier",
        f"all {many(len(asked.contracts), 'contract')} in force",
        signed,
        len(asked.contracts),
    )
    valued = [row for row in asked.contracts if row["yearly_value_pence"] is not None]
    held, total = asked.held(valued, "yearly_value_pence"), sum(row["yearly_value_pence"] for row in valued)
    known = f"{pounds(held.known)} a year of {many(held.records, 'contract')} with a stated supplier"
    yield _Measure("value", known, f"all {pounds(total)} a year known of {many(len(valued), 'contract')}", held, total)


def _measure_rows(measure: _Measure) -> Iterator[dict[str, Any]]:
    """The same holdings as shares of what has a known supplier, and of all there is."""
    held = measure.held
    yield _measure_row(measure, "known", measure.known, held.known) | {"hhi": held.hhi}
    if measure.whole > held.known:
        yield _measure_row(measure, "all", measure.all, measure.whole)


def _measure_row(measure: _Measure, denominator: str, of: str, whole: int) -> dict[str, Any]:
    held, money = measure.held, measure.name == "value"
    amounts = {"whole": whole, **{f"top_{number}": held.top(number) for number in TOPS}}
    return {
        "of": of,
        "suppliers": len(held.amounts),
        "largest": largest(held, whole),
        **{f"top_{number}_percent": percent(held.top(number), whole) if number < len(held.amounts) else None for number in TOPS},
        "hhi": None,
        "measure": measure.name,
        "denominator": denominator,
        "records": held.records,
        **{name: None if money else amount for name, amount in amounts.items()},
        **{f"{name}_pence": amount if money else None for name, amount in amounts.items()},
    }


def _ratings(asked: Market, parts: Sequence[Part]) -> Table:
    rows = sorted(map(_rating_row, parts), key=lambda row: (-row["ratings"], -row["boroughs"], row["supplier"].casefold()))
    rated, systems, top = _rated(asked.systems), len(asked.systems), asked.filters.top
    known = sum(bool(row["thing"]) for row in rated)
    counted = f"{len(rated):,} of {many(systems, 'system')} in use{asked.limited} are rated{percentage(len(rated), systems)}"
    return Table(
        title=asked.title("what boroughs think"),
        columns=RATINGS,
        rows=under(RATINGS, rows[:top]),
        coverage=(f"{counted}, {known:,} of them with a known maker.", *more(len(rows) - top)),
        notes=(
            f"From 1, poor, to 5, very good: the median with the number of ratings n, from {LEAST} on; of fewer only their number. "
            "Order: ratings, then boroughs.",
        ),
        facts={"as_of": asked.as_of, "rated": len(rated), "systems": systems, "least_ratings": LEAST},
    )


def _rated(systems: Rows) -> Rows:
    return [row for row in systems if any(row[name] is not None for name in _RATINGS)]


def _rating_row(part: Part) -> dict[str, Any]:
    rated = _rated(part.systems)
    years = sorted({row["rating_on"][:4] for row in rated if row["rating_on"]})
    given = {name: [row[name] for row in rated if row[name] is not None] for name in _RATINGS}
    return {
        "supplier": part.name,
        "boroughs": len({row["holder"] for row in rated}),
        "systems": f"{len(rated)} of {len(part.systems)}",
        **{f"{name}_text": _median(values) for name, values in given.items()},
        "given": "undated" if not years else years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}",
        **{name: median(values) if len(values) >= LEAST else None for name, values in given.items()},
        **{f"{name}_ratings": len(values) for name, values in given.items()},
        "ratings": len(rated),
        "id": part.id.removeprefix("~"),
    }


def _median(values: Sequence[int]) -> str:
    """The median of enough ratings, with their number."""
    return f"{median(values):g} (n = {len(values)})" if len(values) >= LEAST else f"n = {len(values)}"
