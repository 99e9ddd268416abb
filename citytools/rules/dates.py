"""Dates: in an order that is possible, and in a century that is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from citytools import timeline
from citytools.model import Finding, Record, Severity
from citytools.rules.registry import Subject, fault, fault_in, rule
from citytools.schema import properties

_PAIRS = {
    "contract": (("start", "end"), ("signed", "end"), ("awarded", "end"), ("awarded", "signed")),
    "system": (("since", "until"),),
    "framework": (("open_from", "open_until"),),
}
# No contract or system here is planned further ahead or remembered further back: beyond it, a digit is wrong.
_YEARS_AHEAD = 20
_YEARS_BACK = 50
_SUCCESSIONS = {"product": "makers", "supplier": "parents"}


@rule("dates-out-of-order")
def dates_out_of_order(subject: Subject) -> Iterator[Finding]:
    """What comes first has the earlier date; partial dates only count where they leave no doubt."""
    for kind, pairs in _PAIRS.items():
        for record in subject.dataset.of(kind):
            for earlier, later in pairs:
                if _after(record.text(earlier), record.text(later)):
                    yield fault(
                        record,
                        (later,),
                        f"{later} is {record.text(later)}, before {earlier} ({record.text(earlier)})",
                        advice="Check both dates against the source",
                    )
    for kind, field in _SUCCESSIONS.items():
        for record in subject.dataset.of(kind):
            yield from _succession(record, field)


def _succession(record: Record, field: str) -> Iterator[Finding]:
    dated = [
        (number, item["since"])
        for number, item in enumerate(record.items(field))
        if isinstance(item, dict) and isinstance(item.get("since"), str)
    ]
    for (_, before), (number, since) in pairwise(dated):
        if _after(before, since):
            yield fault(
                record,
                (field, number, "since"),
                f"since {since}, but the one above is since {before}",
                advice=f"List {field} in the order of time, latest last",
            )


def _after(earlier: str, later: str) -> bool:
    first, last = timeline.day(earlier), timeline.last_day(later)
    return first is not None and last is not None and first.date > last


@rule("future-date")
def future_date(subject: Subject) -> Iterator[Finding]:
    """A source, a confirmation or an estimate is not from the future."""
    for document in subject.dataset.documents:
        for field in properties(document.kind):
            if field.name != "on":
                continue
            for path, value in document.values(field.path):
                found = timeline.day(value)
                if found and found.date > subject.as_of:
                    yield fault_in(
                        document, path, f"{value} is after {subject.as_of}, the day this is checked for", advice="Check the year"
                    )


@rule("far-date", Severity.WARNING)
def far_date(subject: Subject) -> Iterator[Finding]:
    """A date is not more than 20 years ahead nor, in what holders report, more than 50 years back."""
    today = timeline.Day(subject.as_of)
    first, last = today.plus(-12 * _YEARS_BACK).date, today.plus(12 * _YEARS_AHEAD).date
    for document in subject.dataset.documents:
        for field in properties(document.kind):
            if field.definition.get("format") != "partial-date":
                continue
            for path, value in document.values(field.path):
                begins, ends = timeline.day(value), timeline.last_day(value)
                if begins and begins.date > last and field.name != "on":
                    yield fault_in(document, path, f"{value} is more than {_YEARS_AHEAD} years ahead", advice="Check the year")
                elif ends and ends < first and document.holder:
                    yield fault_in(document, path, f"{value} is more than {_YEARS_BACK} years back", advice="Check the year")
