"""What contracts cost, where that can be set beside another's: like prices with their quartiles and places, and what keeps others out.

All arithmetic is exact: prices are fractions of a penny until they are written.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import quantiles
from typing import Any

from citytools.reports.sections import Rows, by_key

QUARTILES_FROM = 5
MEASURES = ("resident", "user")
_LOOSE = {"up-to": "a ceiling", "at-least": "the least"}
_PARTS = {
    "value": "value",
    "value.amount": "value",
    "value.for": "for",
    "term_months": "term",
    "value.includes": "contents",
    "value.vat": "vat",
}


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """What prices must have in common to be set beside one another."""

    product: str
    basis: str
    includes: tuple[str, ...]
    vat: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract's row with what belongs to it; ``things`` are names by id of what it pays for, gaps are reasons by part of the value."""

    row: Mapping[str, Any]
    includes: tuple[str, ...]
    holders: Rows
    things: Mapping[str, str]
    withheld: Mapping[str, str]
    unknown: Mapping[str, str]

    @property
    def ref(self) -> str:
        """How the contract is referred to: holder/id."""
        return str(self.row["contract"])

    @property
    def product(self) -> str:
        """The one product of the catalogue that it pays for, and nothing beside; else empty."""
        alone = self.row["products"] == 1 and not self.row["services"]
        return (self.row["product"] or "") if alone else ""

    @property
    def amount(self) -> int | None:
        """Pence as stated; None for 0, which is how registers write a blank."""
        return self.row["value_amount_pence"] or None

    @property
    def yearly(self) -> int | None:
        """Pence a year; None where it cannot be told, or is 0."""
        return self.row["yearly_value_pence"] or None

    @property
    def basis(self) -> str:
        """The time that the amount is for; empty where that is not known."""
        return _stated(self.row["value_for"])

    @property
    def vat(self) -> str:
        """Whether VAT is in the amount; empty where that is not known."""
        return _stated(self.row["value_vat"])

    @property
    def firm(self) -> bool:
        """Whether the amount is one figure, be it an estimate."""
        return not self.loose

    @property
    def loose(self) -> str:
        """What the amount is if not one figure: a range, a ceiling or the least; empty where it is one."""
        if self.row["value_amount_to_pence"] is not None:
            return "a range"
        return _LOOSE.get(self.row["value_precision"] or "", "")

    @property
    def about(self) -> bool:
        """Whether the amount is an estimate or rounded."""
        return bool(self.row["value_precision"] == "about")

    @property
    def residents(self) -> int | None:
        """Residents of all who have a part in it; None where the number is not stated for each."""
        counts = [holder["population_count"] for holder in self.holders]
        return sum(counts) if counts and all(counts) else None

    @property
    def users(self) -> int | None:
        """Users of all that it covers; None where the number is not stated for each system."""
        return self.row["users"] or None

    @property
    def likeness(self) -> Likeness:
        """What its price would have to share with others; of use only where nothing is lacking."""
        return Likeness(self.product, self.basis, self.includes, self.vat)

    def cost(self, measure: str) -> Fraction | None:
        """Pence a year for each resident or user; None where that cannot be told."""
        number = self.residents if measure == "resident" else self.users
        return Fraction(self.yearly, number) if self.yearly and number else None


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the middle and the quarters of prices lie, in pence, and of how many prices."""

    lower: Fraction
    median: Fraction
    upper: Fraction
    mean: Fraction
    of: int


@dataclass(frozen=True, slots=True)
class Place:
    """A price's place from the lowest, among how many; ``shared`` where another is as high."""

    rank: int
    of: int
    shared: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Contracts whose prices are alike, the lowest for each resident first, ceilings and the like last."""

    likeness: Likeness
    contracts: tuple[Contract, ...]

    @property
    def leads(self) -> int:
        """How many different holders lead the contracts: two contracts of one are no comparison with others."""
        return len({contract.row["holder"] for contract in self.contracts})

    def costs(self, measure: str) -> list[tuple[Contract, Fraction]]:
        """The prices that count: single figures for which the measure is known."""
        found = ((contract, contract.cost(measure)) for contract in self.contracts if contract.firm)
        return [(contract, cost) for contract, cost in found if cost is not None]

    def spread(self, measure: str) -> Spread | None:
        """Quartiles and mean, from five prices of different leads on: fewer would be about single boroughs."""
        costs = self.costs(measure)
        if len({contract.row["holder"] for contract, _ in costs}) < QUARTILES_FROM:
            return None
        values = [cost for _, cost in costs]
        lower, median, upper = quantiles(values, n=4, method="inclusive")
        return Spread(lower, median, upper, sum(values, Fraction()) / len(values), len(values))

    def place(self, contract: Contract, measure: str) -> Place | None:
        """Where a contract's price stands; None where it does not count or stands alone."""
        costs = {each.ref: cost for each, cost in self.costs(measure)}
        own = costs.get(contract.ref)
        if own is None or len(costs) < 2:
            return None
        return Place(1 + sum(cost < own for cost in costs.values()), len(costs), list(costs.values()).count(own) > 1)


@dataclass(frozen=True, slots=True)
class Step:
    """From a contract to the one after it: the change of the yearly cost as a share of the former, or what is in the way of saying it."""

    before: Contract
    after: Contract
    link: str
    change: Fraction | None
    unstated: tuple[str, ...]
    unlike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Contracts that follow one another, the first first; ``steps`` in the order of the later contract of each."""

    contracts: tuple[Contract, ...]
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The step to the contract that comes last."""
        return self.steps[-1]


def contracts(sections: Mapping[str, Rows]) -> dict[str, Contract]:
    """Contracts by reference, from the sections of prices.sql."""
    includes = by_key(sections["includes"], "contract")
    holders = by_key(sections["contract_holders"], "contract")
    things = by_key(sections["things"], "contract")
    gaps = by_key(sections["gaps"], "contract")
    return {
        row["contract"]: Contract(
            row,
            tuple(each["included"] for each in includes[row["contract"]]),
            holders[row["contract"]],
            {each["thing"]: each["name"] for each in things[row["contract"]]},
            _gaps(gaps[row["contract"]], "withheld"),
            _gaps(gaps[row["contract"]], "unknown"),
        )
        for row in sections["contracts"]
    }


def _gaps(rows: Rows, sort: str) -> dict[str, str]:
    return {_PARTS[row["field"]]: row["reason"] or "" for row in rows if row["sort"] == sort and row["field"] in _PARTS}


def _stated(word: str | None) -> str:
    return "" if word in (None, "unknown") else str(word)


def lacking(contract: Contract) -> tuple[str, ...]:
    """What keeps a contract's price from being compared, by the names of these reasons; nothing where it is complete."""
    missing = list(_missing(contract))
    held_back = any(part in contract.withheld for part in missing)
    stated = [part for part in missing if part not in contract.withheld]
    return (*_unfit(contract), *(("withheld",) if held_back else ()), *stated)


def _unfit(contract: Contract) -> Iterator[str]:
    """What is in the way whatever the value is."""
    if not all(holder["counts"] for holder in contract.holders):
        yield "body"
    if not contract.row["products"]:
        yield "uncovered"
    elif contract.row["products"] > 1 or contract.row["services"]:
        yield "bundle"
    elif not contract.product:
        yield "product"


def _missing(contract: Contract) -> Iterator[str]:
    """Parts of the value that are not there; without an amount there is nothing to say of the rest."""
    if not contract.amount:
        yield "value"
        return
    if not contract.yearly:
        yield "term" if contract.basis else "for"
    if not contract.includes:
        yield "contents"
    if not contract.vat:
        yield "vat"


def alike(complete: Iterable[Contract]) -> list[Group]:
    """Complete contracts by what their prices have in common, the most first; one of a kind is a group too."""
    found: dict[Likeness, list[Contract]] = defaultdict(list)
    for contract in complete:
        found[contract.likeness].append(contract)
    groups = [Group(likeness, tuple(sorted(each, key=_height))) for likeness, each in found.items()]
    return sorted(groups, key=lambda group: (-len(group.contracts), group.contracts[0].row["product_name"].casefold(), group.likeness))


def _height(contract: Contract) -> tuple[bool, bool, Fraction, str]:
    cost = contract.cost("resident")
    return not contract.firm, cost is None, cost if cost is not None else Fraction(contract.yearly or 0), contract.ref


def histories(found: Mapping[str, Contract], links: Rows) -> list[History]:
    """Contracts linked to one another as histories, each with its steps."""
    previous: dict[str, list[str]] = defaultdict(list)
    for row in links:
        previous[row["contract"]].append(row["previous"])
    linked = {(row["contract"], row["previous"]): row["link"] for row in links}
    return [_history(_in_order(refs, previous, found), previous, found, linked) for refs in _connected(links)]


def _history(
    order: Sequence[str], previous: Mapping[str, list[str]], found: Mapping[str, Contract], linked: Mapping[tuple[str, str], str]
) -> History:
    steps = (step(found[before], found[after], linked[after, before]) for after in order for before in previous.get(after, ()))
    return History(tuple(found[ref] for ref in order), tuple(steps))


def _connected(links: Rows) -> list[list[str]]:
    """Contracts between which links lead, however many steps apart."""
    beside: dict[str, list[str]] = defaultdict(list)
    for row in links:
        beside[row["contract"]].append(row["previous"])
        beside[row["previous"]].append(row["contract"])
    seen: set[str] = set()
    found = []
    for first in beside:
        reached, waiting = [], [first] if first not in seen else []
        seen.add(first)
        while waiting:
            reached.append(waiting.pop())
            new = [ref for ref in dict.fromkeys(beside[reached[-1]]) if ref not in seen]
            seen.update(new)
            waiting += new
        if reached:
            found.append(reached)
    return found


def _in_order(refs: Sequence[str], previous: Mapping[str, list[str]], found: Mapping[str, Contract]) -> list[str]:
    """Each contract after those that it follows, by date where that leaves a choice; those that lead in a circle last."""
    after: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        for before in previous.get(ref, ()):
            after[before].append(ref)
    waits = {ref: len(previous.get(ref, ())) for ref in refs}
    ready = [(_turn(found[ref]), ref) for ref in refs if not waits[ref]]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        _, ref = heapq.heappop(ready)
        order.append(ref)
        for later in after[ref]:
            waits[later] -= 1
            if not waits[later]:
                heapq.heappush(ready, (_turn(found[later]), later))
    return [*order, *sorted((ref for ref in refs if waits[ref]), key=lambda ref: (_turn(found[ref]), ref))]


def began(contract: Contract) -> str:
    """When a contract began; empty where that is not stated, whenever it was agreed."""
    return contract.row["start_date"] or ""


def agreed(contract: Contract) -> str:
    """When a contract was signed, else awarded; empty where neither is stated."""
    return contract.row["signed"] or contract.row["awarded"] or ""


def _turn(contract: Contract) -> str:
    """When a contract's turn is among others: where it states no date, when it was first heard of."""
    return began(contract) or agreed(contract) or contract.row["first_seen"] or ""


def step(before: Contract, after: Contract, link: str = "contract") -> Step:
    """How the yearly cost changed, only where both amounts are for the same; otherwise why that cannot be said."""
    unstated = tuple(part for part in ("value", "term", "contents", "vat") if part in {*_unstated(before), *_unstated(after)})
    unlike = tuple(_unlike(before, after))
    change = None
    if before.yearly and after.yearly and not unstated and not unlike:
        change = Fraction(after.yearly - before.yearly, before.yearly)
    return Step(before, after, link, change, unstated, unlike)


def _unstated(contract: Contract) -> list[str]:
    return ["term" if part == "for" else part for part in _missing(contract)]


def _unlike(one: Contract, other: Contract) -> Iterator[str]:
    """In what two contracts differ as far as both say it."""
    if set(one.things) != set(other.things) or not one.things:
        yield "not for the same systems or services" if one.things and other.things else "what they are for is not stated"
    if {holder["holder"] for holder in one.holders} != {holder["holder"] for holder in other.holders}:
        yield "not held by the same"
    if not one.amount or not other.amount:
        return
    if one.basis and other.basis and one.basis != other.basis:
        yield "amounts for different times"
    if one.includes and other.includes and one.includes != other.includes:
        yield "contents differ"
    if one.vat and other.vat and one.vat != other.vat:
        yield "VAT in one only"
    if one.loose and one.loose == other.loose:
        yield f"each amount is {one.loose}"
    else:
        yield from (f"the {which} amount is {each.loose}" for which, each in (("earlier", one), ("later", other)) if each.loose)
