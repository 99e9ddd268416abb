"""What there is a market in: the rows of market.sql, and what each supplier has of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask
from citytools.reports.shares import Holding, holding

DEFAULT_TOP = 20


@dataclass(frozen=True, slots=True)
class Filters:
    """What the report is limited to; ids throughout, nothing for no limit."""

    boroughs: Sequence[str] = ()
    functions: Sequence[str] = ()
    grouped: bool = False
    top: int = DEFAULT_TOP


@dataclass(frozen=True, slots=True)
class Market:
    """What was asked and what came of it: ``everywhere`` are the systems of all authorities, ``systems`` those of the ones asked for.

    ``names`` tell all suppliers apart; ``functions`` are each system's, by id with their names.
    """

    as_of: str
    filters: Filters
    facts: Mapping[str, Any]
    everywhere: Rows
    systems: Rows
    contracts: Rows
    holders: Mapping[str, frozenset[str]]
    functions: Mapping[str, Mapping[str, str]]
    companies: Mapping[str, Sequence[str]]
    names: Mapping[str, str]

    def title(self, of: str) -> str:
        """The title of one of the report's tables."""
        by = ", by ultimate owner" if self.filters.grouped else ""
        return f"{question('market').title}: {of}{by}, as of {self.as_of}"

    @property
    def limited(self) -> str:
        """Words for figures that a filter limits; empty where none does."""
        return " as asked for" if self.filters.boroughs or self.filters.functions else ""

    def held(self, rows: Rows, amount: str = "") -> Holding:
        """What each supplier, by name, holds of rows: their number, or the sum of what stands under ``amount``."""
        amounts: dict[str, int] = defaultdict(int)
        known = [row for row in rows if row["thing"]]
        for row in known:
            amounts[self.names[row["thing"]]] += row[amount] if amount else 1
        return holding(amounts, len(known))


@dataclass(frozen=True, slots=True)
class Part:
    """What one supplier, or several taken together, has; ``standing`` is supplier, others, none, unknown or all."""

    standing: str
    id: str
    name: str
    systems: Rows
    contracts: Rows
    boroughs: frozenset[str]

    @property
    def values(self) -> list[int]:
        """The yearly values that are known."""
        return [row["yearly_value_pence"] for row in self.contracts if row["yearly_value_pence"] is not None]


def found(index: Index, filters: Filters) -> Market:
    """The market as asked for."""
    suffix = "-group" if filters.grouped else ""
    facets = {"makers": f"supplier{suffix}", "signers": f"contracted-supplier{suffix}"}
    sections = ask(index, question("market"), facets, {"borough": filters.boroughs, "function": filters.functions})
    functions: dict[str, dict[str, str]] = defaultdict(dict)
    for row in sections["functions"]:
        functions[row["system"]][row["function"]] = row["name"]
    companies: dict[str, list[str]] = defaultdict(list)
    for row in sections["companies"] if filters.grouped else ():
        companies[row["thing"]].append(row["name"])
    everywhere, contracts = sections["systems"], sections["contracts"]
    return Market(
        as_of=index.as_of.isoformat(),
        filters=filters,
        facts=sections["coverage"][0],
        everywhere=everywhere,
        systems=[row for row in everywhere if row["asked"]],
        contracts=contracts,
        holders=_holders(sections["contract_holders"]),
        functions=functions,
        companies=companies,
        names=_names([*everywhere, *contracts]),
    )


def _holders(rows: Rows) -> dict[str, frozenset[str]]:
    gathered: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        gathered[row["contract"]].add(row["holder"])
    return {contract: frozenset(holders) for contract, holders in gathered.items()}


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names of suppliers: the first of several ways of writing one, with the id where two suppliers have the same."""
    written: dict[str, str] = {}
    for row in rows:
        if row["thing"]:
            written[row["thing"]] = min(row["name"], written.get(row["thing"], row["name"]))
    bearers: dict[str, int] = defaultdict(int)
    for name in written.values():
        bearers[name] += 1
    return {thing: name if bearers[name] == 1 else f"{name} [{thing.removeprefix('~')}]" for thing, name in written.items()}


def more(number: int) -> Iterator[str]:
    """What is said of rows beyond those listed; nothing where there are none."""
    if number > 0:
        yield f"{number:,} more not listed: --top lists more."


def whole(market: Market) -> Part:
    """Everything that there are shares of."""
    return _part(market, "all", "All", market.systems, market.contracts)


def suppliers(market: Market) -> list[Part]:
    """What each supplier has: those that reach most boroughs first, then by systems, contracts, known value and name."""
    systems, contracts = _by_supplier(market.systems), _by_supplier(market.contracts)
    parts = [
        _part(market, "supplier", market.names[thing], systems.get(thing, []), contracts.get(thing, []), thing)
        for thing in {**systems, **contracts}
    ]
    parts.sort(key=lambda part: (part.name.casefold(), part.id))
    return sorted(parts, key=lambda part: (len(part.boroughs), len(part.systems), len(part.contracts), sum(part.values)), reverse=True)


def remainder(market: Market, beyond: Sequence[Part]) -> Iterator[Part]:
    """Several suppliers summed, and what has none or none that is known: with those not summed, everything there is."""
    systems, contracts = [row for part in beyond for row in part.systems], [row for part in beyond for row in part.contracts]
    yield _part(market, "others", f"{len(beyond):,} other{'' if len(beyond) == 1 else 's'}", systems, contracts)
    nobodys = [row for row in market.systems if not row["thing"]]
    yield _part(market, "none", "In-house or open source", [row for row in nobodys if row["no_supplier"]], [])
    unsigned = [row for row in market.contracts if not row["thing"]]
    yield _part(market, "unknown", "Not known or not stated", [row for row in nobodys if not row["no_supplier"]], unsigned)


def _part(market: Market, standing: str, name: str, systems: Rows, contracts: Rows, id: str = "") -> Part:
    users = frozenset(row["holder"] for row in systems)
    reached = users.union(*(market.holders.get(row["contract"], frozenset()) for row in contracts))
    return Part(standing, id, name, systems, contracts, reached)


def _by_supplier(rows: Rows) -> dict[str, Rows]:
    gathered: dict[str, Rows] = defaultdict(list)
    for row in rows:
        if row["thing"]:
            gathered[row["thing"]].append(row)
    return gathered
