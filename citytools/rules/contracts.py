"""Contracts: shares, values and ends that can be right."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from citytools import timeline
from citytools.model import Finding, Record, Severity, full_ref
from citytools.rules.registry import Subject, fault, rule

_FAR = 1_000
_ENOUGH = 5  # below that, half of all contracts says little


@rule("zero-value")
def zero_value(subject: Subject) -> Iterator[Finding]:
    """An amount that is not known is left out, not written as 0."""
    for record in subject.dataset.of("contract"):
        if _amount(record.fields.get("value")) == 0:
            yield fault(
                record,
                ("value", "amount"),
                "the amount is 0",
                advice="Leave amount out; if it is known to be free of charge, say so in notes",
            )
        for number, party in enumerate(record.items("parties")):
            if _amount(party) == 0:
                yield fault(record, ("parties", number, "amount"), "the share is 0", advice="Leave amount out where the share is not known")


@rule("far-value", Severity.NOTICE)
def far_value(subject: Subject) -> Iterator[Finding]:
    """A value that is 1,000 times what half of all contracts are worth may have zeros too many."""
    amounts = [(record, _amount(record.fields.get("value"))) for record in subject.dataset.of("contract")]
    known = sorted(amount for _, amount in amounts if amount)
    if len(known) < _ENOUGH:
        return
    middle = known[len(known) // 2]
    for record, amount in amounts:
        if amount and amount > _FAR * middle:
            message = f"£{amount:,} is more than {_FAR:,} times the value of half of all contracts (£{middle:,})"
            yield fault(record, ("value", "amount"), message, advice="Check it for zeros too many")


@rule("shares-above-value")
def shares_above_value(subject: Subject) -> Iterator[Finding]:
    """The parties' shares add up to no more than the contract's value, and to the whole only if all are given."""
    for record in subject.dataset.of("contract"):
        value = _amount(record.fields.get("value"))
        shares = [_amount(party) for party in record.items("parties")]
        total = sum(share for share in shares if share is not None)
        if value is None or not any(shares):
            continue
        if total > value:
            yield fault(
                record,
                ("parties",),
                f"the shares add up to £{total:,}, more than the value of £{value:,}",
                advice="Check the shares and the value",
            )
        elif total == value and None in shares:
            yield fault(
                record,
                ("parties",),
                f"the shares given already add up to the whole value of £{value:,}, but a share is missing",
                advice="Check the shares, or take the party without one out",
            )


@rule("end-basis-missing", Severity.WARNING, misses=True)
def end_basis_missing(subject: Subject) -> Iterator[Finding]:
    """A contract with an end says whether option years are in it."""
    for record in subject.dataset.of("contract"):
        if record.text("end") and "end_basis" not in record.fields:
            yield fault(
                record,
                ("end",),
                "it is not said whether this end counts options to extend, so no decide-by date can be given",
                advice="Add end_basis: committed if it does not, includes-options if it does, unknown if the source leaves it open",
            )


def _amount(group: Any) -> int | Decimal | None:
    amount = group.get("amount") if isinstance(group, dict) else None
    return amount if isinstance(amount, int | Decimal) and not isinstance(amount, bool) else None


def _over(record: Record, as_of: datetime.date) -> bool:
    """Whether a contract has certainly ended: by its end, or its term with the options taken, and it does not renew itself."""
    start, months = timeline.last_day(record.text("start") or record.text("signed")), record.fields.get("term_months")
    taken = [option.get("months") for option in record.items("extensions") if isinstance(option, dict) and option.get("status") == "taken"]
    ended = timeline.last_day(record.text("end"))
    if not ended and start and isinstance(months, int):
        ended = timeline.Day(start).plus(months + sum(each for each in taken if isinstance(each, int))).date
    return ended is not None and ended < as_of and "rolls_months" not in record.fields


def _past(date: str, as_of: datetime.date) -> bool:
    last = timeline.last_day(date)
    return last is not None and last < as_of


def _covered(record: Record) -> Iterator[tuple[int, str]]:
    for number, ref in enumerate(record.items("covers")):
        if isinstance(ref, str):
            yield number, full_ref(record.holder, ref)


@rule("covers-retired", Severity.WARNING)
def covers_retired(subject: Subject) -> Iterator[Finding]:
    """A contract that is still running does not pay for a system that is retired."""
    gone = {
        record.ref
        for record in subject.dataset.of("system")
        if record.text("status") == "retired" or _past(record.text("until"), subject.as_of)
    }
    for record in subject.dataset.of("contract"):
        for number, ref in _covered(record) if not _over(record, subject.as_of) else ():
            if ref in gone:
                yield fault(record, ("covers", number), f"{ref} is retired", advice="Check the system's status and the contract's end")
