"""How reports say names, sums, days and the time between two days."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

KNOWN_TO_YEAR = 2  # what a column "about" says of a day that rests on a year
IN_FORCE = "in force as far as is known"  # of contracts of which no end is certain too
_MONTHS_FROM = 60  # a time of fewer days is said in days


def enumerated(names: Sequence[str], before_last: str = "and") -> str:
    """Names in a sentence, the last after "and", or another such word."""
    return f"{', '.join(names[:-1])} {before_last} {names[-1]}" if len(names) > 1 else "".join(names)


def many(number: int, noun: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def possessive(name: str) -> str:
    """Whose something is."""
    return f"{name}'{'' if name.endswith('s') else 's'}"


def year(row: Mapping[str, Any]) -> str:
    """The year in which a system was last seen; empty where that was recently."""
    return "" if row["seen"] == "recent" else row["last_seen"][:4] if row["last_seen"] else "undated"


def percentage(part: int, whole: int) -> str:
    """What share a part is, in brackets, to follow its number; empty where there is nothing to be part of."""
    return f" ({round(100 * part / whole)} %)" if whole else ""


def pounds(pence: int) -> str:
    """Pence as whole pounds."""
    return f"£{pence / 100:,.0f}"


def price(pence: Fraction) -> str:
    """A price exact to a fraction of a penny, as pounds and pence; below ten pence with a tenth of a penny."""
    if 0 <= pence < 10:
        tenths = round(pence * 10)
        return f"{tenths // 10}.{tenths % 10}p" if tenths else "under 0.1p"
    whole = round(pence)
    return f"£{whole // 100:,}.{whole % 100:02}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th … 21st."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def day(date: str, about: int | None) -> str:
    """A derived day, as it follows "by": only the month, or the year, where it rests on a partial date."""
    return f"about {known_part(date, about)}" if about else date


def at(date: str, about: int | None) -> str:
    """A derived day, as it follows "ends" or "exit": in a year where no more is known."""
    known = known_part(date, about)
    return f"in {known}" if len(known) == len("YYYY") else day(date, about)


def known_part(date: str, about: int | None) -> str:
    """As much of a derived day as is known: the day, the month or the year."""
    if about == KNOWN_TO_YEAR and date.endswith("-01-01"):  # sums use the earliest day: twelve months from any other are no year
        return date[:4]
    return date[:7] if about else date


def month(number: int) -> str:
    """A month by its number, which is year × 12 + month − 1."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def span(one: str, other: str) -> str:
    """The time between two ISO dates: in whole months, or in days where it is short."""
    first, last = sorted(datetime.date.fromisoformat(text) for text in (one, other))
    days = (last - first).days
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return many(days, "day") if days < _MONTHS_FROM else many(months, "month")


def mark(row: Mapping[str, Any]) -> str:
    """The year of what was not seen recently, in brackets, to follow its name."""
    return f" ({year(row)})" if year(row) else ""


def parties_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Names of each contract's holders, its lead first."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["holder"] != row["contract"].partition("/")[0]):
        found[row["contract"]].append(row["name"])
    return found


def held_by(names: Sequence[str]) -> str:
    """A contract's lead with the others who have a part in it."""
    return f"{names[0]} with {', '.join(names[1:])}" if len(names) > 1 else "".join(names)
