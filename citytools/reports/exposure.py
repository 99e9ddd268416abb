"""Markets function by function, and what rests on one supplier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.model import Column, Table
from citytools.reports.sections import Rows
from citytools.reports.shares import LEAST, MEANING, Holding, largest
from citytools.reports.supply import Market, more
from citytools.reports.words import enumerated, many, percentage

_MOSTLY = 2
_SEVERAL = 2

FUNCTIONS = (
    Column("function", "Function"),
    Column("boroughs", "Boroughs", "count"),
    Column("systems_known", "Known"),
    Column("makers", "Makers", "count"),
    Column("hhi", "HHI", "count"),
    Column("largest", "Largest share"),
    Column("systems", "Systems", "count", "hidden"),
    Column("known", "Systems with a known maker", "count", "hidden"),
    Column("largest_systems", "Systems of the largest", "count", "hidden"),
    Column("id", "Id", "text", "hidden"),
)
SOLE = (
    Column("function", "Function"),
    Column("supplier", "Only maker"),
    Column("products", "Products", "list"),
    Column("boroughs", "Boroughs", "count"),
    Column("systems_known", "Known"),
    Column("systems", "Systems", "count", "hidden"),
    Column("known", "Systems with a known maker", "count", "hidden"),
    Column("open_source", "Systems that are open source", "count", "hidden"),
    Column("supplier_id", "Supplier's id", "text", "hidden"),
    Column("id", "Id", "text", "hidden"),
)
EXPOSED = (
    Column("supplier", "Supplier"),
    Column("boroughs", "Boroughs", "count"),
    Column("functions", "Functions", "count"),
    Column("alone", "No other", "count"),
    Column("mostly", "Nothing else in use for"),
    Column("pairs", "Pairs of borough and function", "count", "hidden"),
    Column("lists", "Functions with their boroughs", "list", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Function:
    """A function with every system in use for it."""

    id: str
    name: str
    systems: Rows
    held: Holding

    @property
    def boroughs(self) -> set[str]:
        return {row["holder"] for row in self.systems}

    @property
    def known(self) -> Rows:
        return [row for row in self.systems if row["thing"]]

    @property
    def sole(self) -> str:
        """The only maker of all systems of several boroughs whose maker is known; empty where there is another, or none is needed."""
        makers = {row["thing"] for row in self.known}
        several = len({row["holder"] for row in self.known}) >= _SEVERAL
        return makers.pop() if len(makers) == 1 and several and not any(row["no_supplier"] for row in self.systems) else ""


def exposure(market: Market) -> list[Table]:
    """How concentrated each function's market is, which rest on one maker, and what would be left without a system if a maker left."""
    functions = _functions(market, market.everywhere)
    asked = {function for row in market.systems for function in market.functions.get(row["system"], ())}
    wanted = [function for function in functions if function.id in asked]
    return [_by_function(market, wanted), _resting(market, wanted), _leaving(market, {each.id for each in functions if each.sole})]


def _functions(market: Market, systems: Rows) -> list[_Function]:
    gathered: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in systems:
        for function in market.functions.get(row["system"], {}).items():
            gathered[function].append(row)
    return [_Function(*function, rows, market.held(rows)) for function, rows in gathered.items()]


def _by_function(market: Market, functions: Sequence[_Function]) -> Table:
    enough = [(function, function.held.hhi) for function in functions if function.held.hhi is not None]
    enough.sort(key=lambda each: (-(each[1] or 0), -each[0].held.known, each[0].name.casefold()))
    shown = enough[: market.filters.top]
    return _table(
        market,
        "concentration by function",
        FUNCTIONS,
        [_function_row(function) for function, _ in shown],
        coverage=[*_of_functions(market, functions, len(enough)), *more(len(enough) - len(shown))],
        notes=[
            f"{MEANING} Known: systems whose maker is known, of all in use for it. HHI, makers and shares are of the known.",
            "Where few systems are known it cannot be low: five of five makers give 2,000. A system for several functions counts in each. "
            "Order: HHI, then systems known.",
        ],
        facts={"functions": len(functions), "functions_shown_from": LEAST, "functions_with_enough": len(enough)},
    )


def _of_functions(market: Market, functions: Sequence[_Function], enough: int) -> Iterator[str]:
    everyone = market.facts["authorities"]
    those = " that the boroughs asked for have systems for" if market.filters.boroughs else " with a system in use"
    rest = f"; {len(functions) - enough} with fewer are left out" if enough < len(functions) else ""
    yield (
        f"All {everyone} authorities are looked at. Of {many(len(functions), 'function')}{those}, {enough} have at least {LEAST} systems "
        f"whose maker is known{rest}."
    )
    if nameless := market.facts["without_function"]:
        yield f"{many(nameless, 'system')} of which no one says what they are for: not in any function."


def _function_row(function: _Function) -> dict[str, Any]:
    held = function.held
    return {
        "function": function.name,
        "boroughs": len(function.boroughs),
        "systems_known": f"{held.known} of {len(function.systems)}",
        "makers": len(held.amounts),
        "hhi": held.hhi,
        "largest": largest(held, held.known),
        "systems": len(function.systems),
        "known": held.known,
        "largest_systems": held.top(1),
        "id": function.id,
    }


def _resting(market: Market, functions: Sequence[_Function]) -> Table:
    sole = sorted(
        (function for function in functions if function.sole),
        key=lambda function: (-len({row["holder"] for row in function.known}), function.name.casefold()),
    )
    shown = sole[: market.filters.top]
    compared = sum(len({row["holder"] for row in function.known}) >= _SEVERAL for function in functions)
    return _table(
        market,
        "functions resting on one supplier",
        SOLE,
        [_sole_row(function, market) for function in shown],
        coverage=[
            f"{len(sole)} of the {many(compared, 'function')} for which {_SEVERAL} or more of all {market.facts['authorities']} "
            "authorities have a system whose maker is known.",
            *more(len(sole) - len(shown)),
        ],
        notes=[
            "Every system in use for it whose maker is known is this maker's, and none is in-house or open source without a maker. "
            "Where the maker is not known, it may be another. Services bought without a system are not looked at.",
            *_open_source(sole),
        ],
        facts={"functions": len(functions), "functions_compared": compared, "functions_resting_on_one": len(sole)},
    )


def _sole_row(function: _Function, market: Market) -> dict[str, Any]:
    known = function.known
    return {
        "function": function.name,
        "supplier": market.names[function.sole],
        "products": sorted({row["product_name"] for row in known}, key=str.casefold),
        "boroughs": len({row["holder"] for row in known}),
        "systems_known": f"{len(known)} of {len(function.systems)}",
        "systems": len(function.systems),
        "known": len(known),
        "open_source": sum(row["open_source"] for row in known),
        "supplier_id": function.sole.removeprefix("~"),
        "id": function.id,
    }


def _open_source(functions: Sequence[_Function]) -> Iterator[str]:
    names = sorted({row["product_name"] for function in functions for row in function.known if row["open_source"]}, key=str.casefold)
    if names:
        yield f"Open source, so that another could keep it going: {enumerated(names)}."


def _leaving(market: Market, sole: set[str]) -> Table:
    """What boroughs have nothing else for than one supplier's systems, by supplier."""
    functions = _functions(market, market.systems)
    left: dict[str, dict[_Name, list[str]]] = defaultdict(lambda: defaultdict(list))
    pairs = 0
    for function in functions:
        makers = _makers(function.systems)
        pairs += len(makers)
        for holder, things in makers.items():
            if len(things) == 1 and (thing := next(iter(things))):
                left[thing][function.id, function.name].append(holder)
    reporting = {function.id: len(function.boroughs) for function in functions}
    rows = [_leaving_row(thing, exposed, reporting, sole, market) for thing, exposed in left.items()]
    rows.sort(key=lambda row: (-row["boroughs"], -row["pairs"], row["supplier"].casefold()))
    exposed = sum(row["pairs"] for row in rows)
    return _table(
        market,
        "if a supplier left",
        EXPOSED,
        rows[: market.filters.top],
        coverage=[
            f"{exposed:,} of the {many(pairs, 'pair')} of borough and function with a system in use{market.limited}"
            f"{percentage(exposed, pairs)} rest on one supplier: every system that the borough uses for it is known to be that supplier's.",
            *more(len(rows) - market.filters.top),
        ],
        notes=[
            "No other: functions for which no other maker is known in any authority. The numbers are the least: where the maker is not "
            "known it is taken to be another, and so are in-house and open source systems without a maker.",
            "A borough that reports little looks less exposed than it is. Order: boroughs, then pairs of borough and function.",
        ],
        facts={"pairs": pairs, "pairs_exposed": exposed, "suppliers": len(rows)},
    )


_Name = tuple[str, str]


def _makers(systems: Rows) -> dict[str, set[str]]:
    """The makers of each borough's systems, the empty text for one that is not known or that there is none of."""
    makers: dict[str, set[str]] = defaultdict(set)
    for row in systems:
        makers[row["holder"]].add(row["thing"] or "")
    return makers


def _leaving_row(
    thing: str, exposed: Mapping[_Name, Sequence[str]], reporting: Mapping[str, int], sole: set[str], market: Market
) -> dict[str, Any]:
    ordered = sorted(exposed.items(), key=lambda item: (-len(item[1]), item[0][1].casefold()))
    return {
        "supplier": market.names[thing],
        "boroughs": len({holder for holders in exposed.values() for holder in holders}),
        "functions": len(exposed),
        "alone": sum(function in sole for function, _ in exposed),
        "mostly": _mostly([f"{name}{_of(holders, reporting[function], market)}" for (function, name), holders in ordered]),
        "pairs": sum(len(holders) for holders in exposed.values()),
        "lists": [f"{function}: {', '.join(sorted(holders))}" for (function, _), holders in ordered],
        "id": thing.removeprefix("~"),
    }


def _of(holders: Sequence[str], reporting: int, market: Market) -> str:
    return f" ({len(holders)} of {reporting})" if market.facts["asked"] > 1 else ""


def _mostly(names: Sequence[str]) -> str:
    rest = len(names) - _MOSTLY
    return ", ".join(names[:_MOSTLY]) + (f" and {rest} more" if rest > 0 else "")


def _table(
    market: Market,
    of: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    coverage: Sequence[str],
    notes: Sequence[str],
    facts: Mapping[str, Any],
) -> Table:
    return Table(
        title=market.title(of),
        columns=tuple(columns),
        rows=tuple(tuple(row[column.name] for column in columns) for row in rows),
        coverage=tuple(coverage),
        notes=tuple(notes) if rows else (),
        facts={"as_of": market.as_of, "grouped": market.filters.grouped, "top": market.filters.top, **facts},
    )
