"""What every kind of record says of itself: where it is from, who confirmed it, what is not known or held back."""

from __future__ import annotations

import datetime
from typing import Any

from citytools.demo.dice import REFERENCE, Dice, later

ADDRESS = "https://example.org/demo"
# Sources end before confirmations begin, so that whole files can be confirmed after all that is in them.
LAST_SOURCE = datetime.date(2026, 8, 31)
_TWO_YEARS_BEFORE = later(LAST_SOURCE, -24)
ROLES = ("Head of Digital", "Head of Procurement", "Applications team", "ICT contracts team", "Enterprise architecture team")

Kinds = tuple[tuple[int, str], ...]
_KINDS: Kinds = (
    (32, "register"),
    (25, "notice"),
    (15, "foi"),
    (10, "minutes"),
    (8, "website"),
    (8, "survey"),
    (2, "supplier"),
)
_REASONS = ("Not in our register.", "The source does not say.", "The team was asked and does not know.", "Lost when records were moved.")


def sources(dice: Dice, ref: str, earliest: datetime.date, *, confirmable: bool = True, kinds: Kinds = _KINDS) -> dict[str, Any]:
    """Sources from that day on, the latest first, and in some records a confirmation after them."""
    days = sorted((max(earliest, _recent(dice)) for _ in range(dice.weighted(((85, 1), (15, 2))))), reverse=True)
    found: dict[str, Any] = {"sources": [_source(dice, ref, dice.weighted(kinds), day, number) for number, day in enumerate(days, start=1)]}
    if confirmable and dice.chance(35):
        confirmed = dice.day(max(days[0], _TWO_YEARS_BEFORE), REFERENCE)
        found["confirmed"] = {"on": confirmed.isoformat(), "by": dice.one(ROLES)}
    return found


def _recent(dice: Dice) -> datetime.date:
    """A day on which something was published: most of them in the last two years."""
    years = dice.weighted(((60, 2), (25, 4), (15, 8)))
    return later(LAST_SOURCE, 0, -dice.below(365 * years))


def _source(dice: Dice, ref: str, kind: str, day: datetime.date, number: int) -> dict[str, Any]:
    holder, _, record = ref.partition("/")
    return {
        "url": f"{ADDRESS}/{holder}/{kind}/{day.year}/{record}" + (f"-{number}" if number > 1 else ""),
        "on": dice.partial(day),
        "kind": kind,
        "confidence": dice.weighted(((60, "high"), (28, "medium"), (12, "low"))),
    }


def not_found(dice: Dice, field: str) -> dict[str, str]:
    """An entry under ``unknown``."""
    return {"field": field, "reason": dice.one(_REASONS)}


def held_back(dice: Dice, field: str, ground: str) -> dict[str, str]:
    """An entry under ``withheld``."""
    review = dice.day(datetime.date(2027, 1, 1), datetime.date(2028, 12, 31)) if dice.chance(60) else None
    return {"field": field, "reason": ground} | ({"review": review.isoformat()} if review else {})
