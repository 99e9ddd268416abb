"""Shares of a market and how concentrated they are: plain arithmetic, exact until it is rounded for showing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from citytools.reports.words import percentage

# Below so many records a concentration says more about the records than about the market.
LEAST = 5
TOPS = (1, 3, 10)

MEANING = (
    "HHI (Herfindahl-Hirschman index): the sum of the squares of the percentage shares; 10,000 is one supplier alone, 2,500 four with "
    "equal shares, and so on."
)


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of one thing each supplier holds, by name, the largest first; ``records`` is how many records that rests on."""

    amounts: Mapping[str, int]
    records: int

    @property
    def known(self) -> int:
        """All that has a supplier."""
        return sum(self.amounts.values())

    @property
    def enough(self) -> bool:
        """Whether it rests on enough records for its concentration to be shown."""
        return self.records >= LEAST and self.known > 0

    @property
    def hhi(self) -> int | None:
        """The sum of the squares of the percentage shares, to the nearest whole; None where too little is known."""
        return round(10_000 * self._squares) if self.enough else None

    @property
    def alike(self) -> float | None:
        """How many suppliers with equal shares would be as concentrated; None where too little is known."""
        return round(float(1 / self._squares), 1) if self.enough else None

    @property
    def _squares(self) -> Fraction:
        return Fraction(sum(amount * amount for amount in self.amounts.values()), self.known**2)

    def top(self, number: int) -> int:
        """What the largest so many hold together."""
        return sum(list(self.amounts.values())[:number])

    def largest(self) -> list[str]:
        """The names of those that hold most: several where they hold alike."""
        most = max(self.amounts.values(), default=0)
        return [name for name, amount in self.amounts.items() if amount == most]


def holding(amounts: Mapping[str, int], records: int) -> Holding:
    """A holding, put in order: the largest first, then by name; what is nothing is left out."""
    ordered = sorted(amounts.items(), key=lambda item: (-item[1], item[0].casefold(), item[0]))
    return Holding({name: amount for name, amount in ordered if amount > 0}, records)


def percent(part: int, whole: int) -> float | None:
    """A share in percent with one decimal; None where there is nothing to be part of."""
    return round(float(Fraction(100 * part, whole)), 1) if whole else None


def largest(held: Holding, whole: int) -> str:
    """Who holds most and what share of the whole that is, in words; how many, where several hold alike."""
    names, share = held.largest(), percentage(held.top(1), whole).strip(" ()")
    return f"{names[0]}, {share}" if len(names) == 1 else f"{len(names)} alike, {share} each"
