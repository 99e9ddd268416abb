"""Numbers and names in sentences."""

from __future__ import annotations

from collections.abc import Sequence


def many(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is not one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Names with commas, the last after "and"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def percentage(part: int, whole: int) -> str:
    """What share a part is, in brackets, to follow its number; empty where there is nothing to be part of."""
    return f" ({round(100 * part / whole)} %)" if whole else ""


def pounds(pence: int) -> str:
    """An amount in whole pounds."""
    return f"£{pence / 100:,.0f}"
