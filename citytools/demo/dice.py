"""Draws that come out the same on every version of Python and on any day: all rest on ``random()`` and whole numbers."""

from __future__ import annotations

import datetime
import random
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import accumulate
from typing import TypeVar

from citytools.timeline import Day

Choice = TypeVar("Choice")

# The day on which the made-up registers stand still: nothing in them was said or confirmed later.
REFERENCE = datetime.date(2026, 9, 30)

# Pounds at every twentieth of the contracts, smallest first: log-normal about £60,000, without a logarithm,
# whose last digit depends on the machine. The largest twentieth spans more than all others, so it has steps of its own.
_AMOUNTS = (
    2_000, 5_000, 9_000, 13_000, 17_000, 22_000, 28_000, 34_000, 41_000, 50_000, 60_000,
    73_000, 89_000, 108_000, 134_000, 168_000, 215_000, 290_000, 420_000, 760_000,
)  # fmt: skip
_LARGEST = (760_000, 830_000, 920_000, 1_030_000, 1_180_000, 1_370_000, 1_640_000, 2_060_000, 2_800_000, 4_600_000, 15_000_000)


class Dice:
    """Draws from one seed, in the order in which they are asked for."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, and not including, the limit."""
        return int(self._random() * limit)

    def between(self, first: int, last: int) -> int:
        """A whole number from first to last, both included."""
        return first + int(self._random() * (last - first + 1))

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self._random() * 100 < percent

    def one(self, options: Sequence[Choice]) -> Choice:
        """One of the options, each as likely."""
        return options[int(self._random() * len(options))]

    def some(self, options: Sequence[Choice], count: int) -> list[Choice]:
        """So many different ones of the options, or all of them, in any order."""
        rest = list(options)
        for number in range(min(count, len(rest))):
            other = self.between(number, len(rest) - 1)
            rest[number], rest[other] = rest[other], rest[number]
        return rest[:count]

    def popular(self, options: Sequence[Choice]) -> Choice:
        """One of the options, the first the likeliest, the second half as likely, the third a third …"""
        sums = _popularity(len(options))
        return options[bisect_right(sums, self.below(sums[-1]))]

    def weighted(self, options: Sequence[tuple[int, Choice]]) -> Choice:
        """One of the options, each as likely as the percentage before it; they add up to 100."""
        at = self.below(100)
        for percent, option in options:
            at -= percent
            if at < 0:
                return option
        raise ValueError("the percentages do not add up to 100")

    def day(self, first: datetime.date, last: datetime.date) -> datetime.date:
        """A day from first to last, both included."""
        return datetime.date.fromordinal(self.between(first.toordinal(), max(first, last).toordinal()))

    def partial(self, day: datetime.date) -> str:
        """The day as a source might give it: to the day, the month or the year."""
        return day.isoformat()[: self.weighted(((55, 10), (25, 7), (20, 4)))]

    def amount(self) -> int | Decimal:
        """Pounds that a contract may be worth, from £2,000 to £15 million, mostly tens of thousands."""
        steps = _LARGEST if self.chance(5) else _AMOUNTS
        lower = self.below(len(steps) - 1)
        pounds = self.between(steps[lower], steps[lower + 1] - 1)
        if self.chance(10):
            return Decimal(f"{pounds}.{self.between(1, 99):02}")
        rounding = self.weighted(((35, 1), (35, 100), (30, 1000)))
        return max(pounds // rounding * rounding, _AMOUNTS[0])


@cache
def _popularity(count: int) -> tuple[int, ...]:
    return tuple(accumulate(2520 // rank for rank in range(1, count + 1)))


def later(day: datetime.date, months: int, days: int = 0) -> datetime.date:
    """The day so many months, then days, later (earlier, if negative)."""
    return Day(day).plus(months, days).date
