"""Month arithmetic and what follows from a contract's dates: pure functions, no clock.

Derived values carry the assumptions that made them. Months clip to the month's end (31 August less six
months is 28 or 29 February); an end is a last day, so that 30 June and six months is 31 December. A partial
date counts from its earliest day, and what follows is "about". Nothing leaves the calendar's years 1 to 9999.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

ROLLING_YEARS = 20

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
_PRECISION = {"about": "an estimate", "up-to": "a ceiling", "at-least": "the least"}
_LIMITS = (datetime.date.min, datetime.date.max)
_WIDE = Context(prec=64)  # the usual 28 digits would round twice: a number in a file may have 35


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day in the calendar; ``about`` where it rests on a partial date."""

    date: datetime.date
    about: bool = False

    def __str__(self) -> str:
        return f"about {self.date.isoformat()[:7]}" if self.about else self.date.isoformat()

    def plus(self, months: int, days: int = 0) -> Day:
        """The day so many months, then days, later (earlier, if negative); the calendar's first or last day beyond it."""
        year, month = divmod(self.date.year * 12 + self.date.month - 1 + months, 12)
        if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
            return Day(_LIMITS[months > 0], self.about)
        last = calendar.monthrange(year, month + 1)[1]
        number = datetime.date(year, month + 1, min(self.date.day, last)).toordinal() + days
        first, final = (limit.toordinal() for limit in _LIMITS)
        return Day(datetime.date.fromordinal(min(max(number, first), final)), self.about)


@dataclass(frozen=True, slots=True)
class Exit:
    """A day on which a contract can be left, and by when that has to be decided.

    ``too_short`` says that the contract began only after the day to start buying: nobody can be late for that.
    """

    day: Day
    kind: str
    notice_by: Day | None
    start_buying_by: Day
    decide_by: Day
    assumption: str
    too_short: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What follows from a contract's dates and value; ``yearly`` and ``total`` are pence.

    ``lead_months`` is how long before an exit buying has to start, ``lead`` the assumption in words, ``mobilisation_months`` the
    part of it after the award: None where the contract states the whole alone.
    """

    original_end: Day | None
    binding_end: Day | None
    latest_end: Day | None
    yearly: int | None
    total: int | None
    exits: tuple[Exit, ...]
    assumptions: tuple[str, ...]
    lead_months: int
    mobilisation_months: int | None
    lead: str


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
        over = f" over {self.assumed_term_months} months" if yearly is not None else " in all"
        for up_to, months in self.buying:
            if up_to is None or estimate <= up_to:
                return months, f"{months} months to buy (about £{(estimate + 50) // 100:,}{over})"
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
    return _day(text) if isinstance(text, str) else None


@lru_cache(maxsize=20_000)  # a register repeats the same few thousand dates
def _day(text: str) -> Day | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return Day(datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1)), about=found[3] is None)
    except ValueError:
        return None


def last_day(text: Any) -> datetime.date | None:
    """The latest day that a partial date can mean; None for what is no date."""
    return _last_day(text) if isinstance(text, str) else None


@lru_cache(maxsize=20_000)
def _last_day(text: str) -> datetime.date | None:
    first = _day(text)
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
    return int(Decimal(amount).scaleb(2, _WIDE).to_integral_value(ROUND_HALF_EVEN))


class _Option(NamedTuple):
    months: int
    status: str
    notice: int | None

    @property
    def available(self) -> bool:
        return self.status in ("available", "")


def terms(contract: Mapping[str, Any], functions: Iterable[str], lead: Lead, as_of: datetime.date | None = None) -> Terms:
    """Ends, exits, decide-by dates and yearly value of a contract's fields, as the data model defines them.

    A contract that renews itself has exits for ROLLING_YEARS from its latest end, or from ``as_of`` where that is later.
    """
    assumptions: list[str] = []
    options = list(_options(contract))
    if any(not option.status for option in options):
        assumptions.append("options whose status is not stated are taken to be available")
    original = _original_end(contract)
    binding, latest = _ends(contract, original, options, assumptions)
    yearly, total = _yearly(contract, options, assumptions)
    before, mobilising, words = _before(contract, lead, yearly, total, functions)
    exits: list[Exit] = []
    began = _began(contract)
    if binding and latest:
        for leaving, kind, notice in _leaving(contract, binding, latest, [option for option in options if option.available], as_of):
            if not exits or exits[-1].day < leaving:
                exits.append(_exit(leaving, kind, notice, before, words, began))
        if _whole(contract.get("rolls_months")):
            assumptions.append(f"it renews itself; its exits are listed for {ROLLING_YEARS} years")
    if _beyond(original, binding, latest) or any(_beyond(each.notice_by, each.start_buying_by) for each in exits):
        assumptions.append("a day outside the years 1 to 9999 is given as the first or last day of these")
    return Terms(original, binding, latest, yearly, total, tuple(exits), tuple(assumptions), before, mobilising, words)


def _whole(value: Any) -> int | None:
    """A whole number, which the schemas also accept written 12.0."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        return None
    return int(value)


def _options(contract: Mapping[str, Any]) -> Iterator[_Option]:
    for option in contract.get("extensions") or []:
        months = _whole(option.get("months"))
        if months:
            yield _Option(months, option.get("status", ""), _whole(option.get("notice_months")))


def _began(contract: Mapping[str, Any]) -> Day | None:
    return day(contract.get("start")) or day(contract.get("signed"))


def _original_end(contract: Mapping[str, Any]) -> Day | None:
    start = _began(contract)
    term = _whole(contract.get("term_months"))
    return start.plus(term, -1) if start and term else None


def _ends(
    contract: Mapping[str, Any], original: Day | None, options: list[_Option], assumptions: list[str]
) -> tuple[Day | None, Day | None]:
    end, basis = day(contract.get("end")), contract.get("end_basis")
    taken = sum(option.months for option in options if option.status == "taken")
    available = sum(option.months for option in options if option.available)
    if end is None:
        if original is None:
            return None, None
        since = "start" if day(contract.get("start")) else "signature"
        assumptions.append(f"no end is stated: it is derived from {since}{', term and the options taken' if taken else ' and term'}")
        binding = _later(original, taken)
        return binding, _later(binding, available)
    if basis == "committed":
        if taken:
            assumptions.append("the end as stated is taken to count the options already taken")
        return end, _later(end, available)
    if basis != "includes-options":
        assumptions.append("whether the end includes options is not known, so no exit is certain")
        return None, None
    if not options:
        assumptions.append("the end includes options that are not listed, so the committed end is not known")
        return None, end
    if any(option.status == "lapsed" for option in options):
        assumptions.append("the end as stated is taken not to count the options that have lapsed")
    return _later(end, -available), end


def _later(end: Day, months: int) -> Day:
    """The last day of a time that is so many months longer."""
    return end.plus(0, 1).plus(months, -1) if months else end


def _yearly(contract: Mapping[str, Any], options: list[_Option], assumptions: list[str]) -> tuple[int | None, int | None]:
    value = contract.get("value")
    value = value if isinstance(value, Mapping) else {}
    amount, basis = pence(value.get("amount")), value.get("for")
    if amount is None:
        return None, None
    if value.get("precision") in _PRECISION:
        assumptions.append(f"the amount is {_PRECISION[value['precision']]}, as the source states it")
    if pence(value.get("amount_to")) is not None:
        assumptions.append("the amount is the lower end of a range")
    if basis == "year":
        return amount, None
    term = _whole(contract.get("term_months"))
    if basis not in ("initial-term", "whole-term"):
        assumptions.append("no yearly value: it is not stated what time the amount is for")
    elif not term:
        assumptions.append("no yearly value: the initial term is not stated")
    else:
        months = term + (sum(option.months for option in options) if basis == "whole-term" else 0)
        unlisted = ", as no options are listed" if basis == "whole-term" and not options else ""
        assumptions.append(f"yearly value: the amount spread over {months} months{unlisted}")
        return _share(amount * 12, months), amount
    return None, amount


def _share(amount: int, parts: int) -> int:
    """One part of an amount, half to even."""
    whole, rest = divmod(amount, parts)
    return whole + (2 * rest > parts or (2 * rest == parts and whole % 2))


def _before(
    contract: Mapping[str, Any], lead: Lead, yearly: int | None, total: int | None, functions: Iterable[str]
) -> tuple[int, int | None, str]:
    """Months from the start of buying to the exit, how many of them are after the award, and the assumption in words."""
    stated = _whole(contract.get("lead_months"))
    if stated is not None:
        return stated, None, f"{stated} months' lead time, as stated"
    buying, words = lead.buying_months(yearly, total)
    mobilising = lead.mobilisation_months(functions)
    return buying + mobilising, mobilising, f"{words}, {mobilising} to bring into use"


def _leaving(
    contract: Mapping[str, Any], binding: Day, latest: Day, available: list[_Option], as_of: datetime.date | None
) -> Iterator[tuple[Day, str, int | None]]:
    """Each day on which the contract can be left, which it is, and the months of notice before it."""
    notice, rolls = _whole(contract.get("notice_months")), _whole(contract.get("rolls_months"))
    # Leaving on a day that an option follows means not taking up that option.
    notices = [*(notice if option.notice is None else option.notice for option in available), notice]
    yield binding, "binding end", notices[0]
    for number, months in enumerate(accumulate(option.months for option in available), start=1):
        yield _later(binding, months), f"after option {number} of {len(available)}", notices[number]
    if not rolls:
        return
    apart = (as_of.year - latest.date.year) * 12 + as_of.month - latest.date.month if as_of else 0
    first = max(1, apart // rolls)
    for count in range(first, first + max(1, ROLLING_YEARS * 12 // rolls)):
        leaving = _later(latest, count * rolls)
        if as_of is None or leaving.date >= as_of:
            yield leaving, "after rolling on", notice


def _exit(leaving: Day, kind: str, notice: int | None, before: int, words: str, began: Day | None) -> Exit:
    notice_by = leaving.plus(-notice) if notice is not None else None
    start = leaving.plus(-before)
    too_short = began is not None and start.date < began.date
    return Exit(leaving, kind, notice_by, start, min(start, notice_by) if notice_by else start, words, too_short)


def _beyond(*days: Day | None) -> bool:
    return any(found.date in _LIMITS for found in days if found)
