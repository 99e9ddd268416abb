"""Month arithmetic and what follows from a contract's dates: pure functions, no clock.

Derived values carry the assumptions that made them. Months clip to the month's end (31 August less six
months is 28 or 29 February). A partial date counts from its earliest day, and what follows is "about".
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate
from typing import Any

ROLLING_YEARS = 20


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day in the calendar; ``about`` where it rests on a partial date."""

    date: datetime.date
    about: bool = False

    def __str__(self) -> str:
        return f"about {self.date:%Y-%m}" if self.about else self.date.isoformat()

    def plus(self, months: int, days: int = 0) -> Day:
        """The day so many months, then days, later (earlier, if negative)."""
        number = self.date.year * 12 + self.date.month - 1 + months
        year, month = divmod(number, 12)
        last = calendar.monthrange(year, month + 1)[1]
        moved = datetime.date(year, month + 1, min(self.date.day, last)) + datetime.timedelta(days=days)
        return Day(moved, self.about)


@dataclass(frozen=True, slots=True)
class Exit:
    """A day on which a contract can be left, and by when that has to be decided."""

    day: Day
    kind: str
    notice_by: Day | None
    start_buying_by: Day
    decide_by: Day
    assumption: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What follows from a contract's dates and value; ``yearly`` and ``total`` are pence."""

    original_end: Day | None
    binding_end: Day | None
    latest_end: Day | None
    yearly: int | None
    total: int | None
    exits: tuple[Exit, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """The dataset's assumed times: how long buying and mobilisation take. Money is pence."""

    buying: Sequence[tuple[int | None, int]] = ()
    unknown_value_months: int = 12
    assumed_term_months: int = 48
    mobilisation: Sequence[tuple[str, str, int]] = field(default_factory=tuple)

    def buying_months(self, yearly: int | None, total: int | None) -> tuple[int, str]:
        """Months that a purchase takes by its estimated total value, and the assumption in words."""
        estimate = yearly * self.assumed_term_months // 12 if yearly is not None else total
        if estimate is None:
            return self.unknown_value_months, f"{self.unknown_value_months} months to buy (value unknown)"
        for up_to, months in self.buying:
            if up_to is None or estimate <= up_to:
                return months, f"{months} months to buy (about £{estimate / 100:,.0f} in all)"
        return self.unknown_value_months, f"{self.unknown_value_months} months to buy (no buying time is given for this value)"

    def mobilisation_months(self, functions: Iterable[str]) -> int:
        """Months to bring a successor into use: the longest of the functions', each by the first row that fits."""
        wanted = list(functions) or [""]
        return max(self._one_function(function) for function in wanted)

    def _one_function(self, function: str) -> int:
        area = function.partition("/")[0]
        rows = (months for f, a, months in self.mobilisation if f in ("", function) and a in ("", area))
        return next(rows, 0)


def day(text: Any) -> Day | None:
    """The earliest day of a date written YYYY, YYYY-MM or YYYY-MM-DD; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        parts = [int(part) for part in text.split("-")]
        whole = [*parts, 1, 1][:3]
        return Day(datetime.date(*whole), about=len(parts) < 3) if 1 <= len(parts) <= 3 else None
    except ValueError:
        return None


def last_day(text: str) -> datetime.date | None:
    """The latest day that a partial date can mean; None for what is no date."""
    first = day(text)
    if first is None:
        return None
    return first.plus({0: 12, 1: 1}.get(text.count("-"), 0), -1 if first.about else 0).date


def month_number(text: Any) -> int | None:
    """Months since year 0 of a date's earliest day, for sums in SQL: 2024-05 is 2024 × 12 + 4."""
    first = day(text)
    return first.date.year * 12 + first.date.month - 1 if first else None


def pence(amount: Any) -> int | None:
    """Pounds (integer or Decimal) as integer pence, half to even; None for what is no amount."""
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        return None
    return int((Decimal(amount) * 100).quantize(Decimal(1), ROUND_HALF_EVEN))


def terms(contract: Mapping[str, Any], functions: Iterable[str], lead: Lead) -> Terms:
    """Ends, exits, decide-by dates and yearly value of a contract's fields, as the data model defines them."""
    assumptions: list[str] = []
    options = [option for option in contract.get("extensions") or [] if isinstance(option.get("months"), int)]
    open_options = [option for option in options if option.get("status", "available") == "available"]
    if any("status" not in option for option in options):
        assumptions.append("options whose status is not stated are taken to be available")
    original = _original_end(contract)
    end = day(contract.get("end"))
    months = [option["months"] for option in open_options]
    binding, latest = _ends(contract, end, original, options, months, assumptions)
    yearly, total = _yearly(contract, options, assumptions)
    exits = _exits(contract, binding, latest, open_options, lead, (yearly, total), functions)
    return Terms(original, binding, latest, yearly, total, tuple(exits), tuple(assumptions))


def _original_end(contract: Mapping[str, Any]) -> Day | None:
    start = day(contract.get("start")) or day(contract.get("signed"))
    term = contract.get("term_months")
    return start.plus(term, -1) if start and isinstance(term, int) else None


def _ends(contract: Mapping[str, Any], end: Day | None, original: Day | None, options: list[Mapping[str, Any]],
          open_months: list[int], assumptions: list[str]) -> tuple[Day | None, Day | None]:
    basis = contract.get("end_basis")
    if end is None:
        taken = sum(option["months"] for option in options if option.get("status") == "taken")
        binding = original.plus(taken) if original else None
        if binding:
            assumptions.append("no end is stated: it is derived from start and term")
        return binding, binding.plus(sum(open_months)) if binding else None
    if basis == "committed":
        return end, end.plus(sum(open_months))
    if basis == "includes-options":
        if not open_months:
            assumptions.append("the end includes options that are not listed, so the committed end is not known")
            return None, end
        return end.plus(-sum(open_months)), end
    assumptions.append("whether the end includes options is not known, so no exit is certain")
    return None, None


def _yearly(contract: Mapping[str, Any], options: list[Mapping[str, Any]], assumptions: list[str]) -> tuple[int | None, int | None]:
    value = contract.get("value")
    value = value if isinstance(value, Mapping) else {}
    amount = pence(value.get("amount"))
    if amount is None:
        return None, None
    term = contract.get("term_months")
    months = {"year": 12, "initial-term": term, "whole-term": term and term + sum(option["months"] for option in options)}.get(value.get("for", ""))
    if not months:
        assumptions.append("no yearly value: it is not stated what time the amount is for")
        return None, amount
    if months != 12:
        assumptions.append(f"yearly value: the amount spread over {months} months")
    return _share(amount, months), amount if value.get("for") != "year" else None


def _share(amount: int, months: int) -> int:
    return int((Decimal(amount) * 12 / months).quantize(Decimal(1), ROUND_HALF_EVEN))


def _exits(contract: Mapping[str, Any], binding: Day | None, latest: Day | None, open_options: list[Mapping[str, Any]],
           lead: Lead, worth: tuple[int | None, int | None], functions: Iterable[str]) -> Iterable[Exit]:
    if binding is None or latest is None:
        return []
    own_lead = contract.get("lead_months")
    buying, words = lead.buying_months(*worth)
    mobilising = lead.mobilisation_months(functions)
    words = f"{own_lead} months' lead time, as stated" if isinstance(own_lead, int) else f"{words}, {mobilising} to bring into use"
    before = own_lead if isinstance(own_lead, int) else buying + mobilising

    def leave(day: Day, kind: str, notice: Any) -> Exit:
        notice_by = day.plus(-notice) if isinstance(notice, int) else None
        start = day.plus(-before)
        return Exit(day, kind, notice_by, start, min(start, notice_by) if notice_by else start, words)

    notice = contract.get("notice_months")
    exits = [leave(binding, "binding end", open_options[0].get("notice_months", notice) if open_options else notice)]
    for number, months in enumerate(accumulate(option["months"] for option in open_options), start=1):
        following = open_options[number].get("notice_months", notice) if number < len(open_options) else notice
        exits.append(leave(binding.plus(months), f"after option {number} of {len(open_options)}", following))
    rolls = contract.get("rolls_months")
    if isinstance(rolls, int) and rolls > 0:
        for count in range(1, ROLLING_YEARS * 12 // rolls + 1):
            exits.append(leave(latest.plus(count * rolls), "after rolling on", notice))
    return exits
