"""What contracts cost, in words: each amount with what it is for, and how one compares with the one before."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from citytools.reports.pricing import MEASURES, Contract, Step, agreed, began
from citytools.reports.words import IN_FORCE, enumerated, held_by, pounds, price

TIMES = {"initial-term": "the initial term", "whole-term": "the whole term", "year": "one year"}
PARTS = {
    "value": "value",
    "for": "what time the amount is for is",
    "term": "term",
    "contents": "what the amount pays for is",
    "vat": "whether VAT is in it is",
}
STATES = {
    "current": "in force",
    "unknown": IN_FORCE,
    "replaced": "replaced",
    "ended": "ended",
    "end passed": "not known whether it ended",
    "term passed": "not known whether it goes on",
    "not begun": "not begun",
}


def names(contract: Contract) -> list[str]:
    """Names of all who have a part, the lead first."""
    lead = contract.row["holder"]
    return [holder["name"] for holder in sorted(contract.holders, key=lambda holder: holder["holder"] != lead)]


def who(contract: Contract) -> str:
    """The lead with the others who have a part."""
    return held_by(names(contract))


def line(contract: Contract) -> str:
    """What one contract costs, in each way that can be told, with what a reader should know of it."""
    costs = [f"{precisely(contract)}{price(cost)} a {measure}" for measure in MEASURES if (cost := contract.cost(measure)) is not None]
    yearly = f"{precisely(contract)}{pounds(contract.yearly)} a year" if contract.yearly else ""
    first = began(contract)
    marks = [
        f"since {first}" if first else _agreement(contract) or "no date stated",
        "" if contract.residents else "residents not stated",
        "no options listed" if "as no options are listed" in (contract.row["assumptions"] or "") else "",
        "low confidence" if contract.row["confidence"] == "low" else "",
        "" if contract.row["recent"] else last_seen(contract),
    ]
    return f"{who(contract)}: {', '.join([*costs, yearly])}; {', '.join(filter(None, marks))} [{contract.ref}]"


def _agreement(contract: Contract) -> str:
    """When it was signed, else awarded, said to be that: it need not have begun then. Empty where neither is stated."""
    return f"{'signed' if contract.row['signed'] else 'awarded'} {agreed(contract)}" if agreed(contract) else ""


def precisely(contract: Contract) -> str:
    """How an amount is to be taken, before it; empty for one plain figure."""
    if contract.row["value_amount_to_pence"] is not None:
        return "from "
    return {"about": "about ", "up-to": "at most ", "at-least": "at least "}.get(contract.row["value_precision"] or "", "")


def last_seen(contract: Contract) -> str:
    """Since when no source has named it."""
    return f"not since {contract.row['last_seen']}" if contract.row["last_seen"] else "no source is dated"


def value(contract: Contract) -> str:
    """The amount as published and all that is, or is not, stated of it."""
    if not contract.amount:
        ground = contract.withheld.get("value")
        return "no value published" if ground is None else f"value withheld ({ground.rstrip('.') or 'no ground given'})"
    upper = contract.row["value_amount_to_pence"]
    amount = f"{precisely(contract)}{pounds(contract.amount)}{f' to {pounds(upper)}' if upper is not None else ''}"
    contents = f"pays for {enumerated(contract.includes)}" if contract.includes else "contents not stated"
    return f"{amount} {_time(contract)}, {contents}, {f'VAT {contract.vat}' if contract.vat else 'VAT not known'}"


def _time(contract: Contract) -> str:
    if not contract.basis:
        return "(for what time is not stated)"
    if contract.basis == "year":
        return "for one year"
    term = contract.row["term_months"]
    length = f" of {term} months" if term and contract.basis == "initial-term" else "" if term else " (how long is not stated)"
    return f"for {TIMES[contract.basis]}{length}" + (f" ({pounds(contract.yearly)} a year)" if contract.yearly else "")


def of_a_time(contract: Contract) -> str:
    """A contract with its time, supplier and value, as one in a history."""
    supplier = contract.row["supplier_name"]
    from_whom = "" if not supplier or supplier in contract.row["title"] else f" ({supplier})"
    state = STATES[contract.row["state"]]
    return f"{_dates(contract)}, {state}: {contract.row['title']}{from_whom}, {value(contract)} [{contract.ref}]"


def _dates(contract: Contract) -> str:
    first, last, heard = began(contract), contract.row["end_date"], contract.row["first_seen"]
    if first:
        return f"{first} to {last}" if last else f"from {first}"
    if said := [*filter(None, [_agreement(contract)]), *([f"to {last}"] if last else [])]:
        return ", ".join(said)
    return f"no dates stated (first heard of {heard})" if heard else "no dates stated"


def after(step: Step, named: bool) -> str:
    """How a contract compares with the one that it follows, which is named where it is not the line above."""
    of = f" (after {step.before.ref})" if named else ""
    return f"{change(step)}{of}"


def change(step: Step) -> str:
    """The change of the yearly cost; else both totals and why they are not comparable."""
    before, later = step.before, step.after
    if step.change is not None and before.yearly and later.yearly:
        about = "about " if before.about or later.about else ""
        return f"yearly cost {about}{_moved(step.change)}, from {pounds(before.yearly)} to {pounds(later.yearly)}"
    return f"{_totals(step)}, not comparable: {'; '.join(reasons(step))}"


def _totals(step: Step) -> str:
    old, new = ((f"{precisely(each)}{pounds(each.amount)}" if each.amount else "") for each in (step.before, step.after))
    if old and new:
        return f"{new} after {old}"
    return f"{new}, before it not known" if new else f"{old} before, now not known" if old else "neither amount is known"


def _moved(share: Fraction) -> str:
    tenths = round(abs(share) * 1000)
    if not tenths:
        return "unchanged" if not share else f"{'up' if share > 0 else 'down'} by less than 0.1 %"
    return f"{'up' if share > 0 else 'down'} {tenths // 10:,}.{tenths % 10} %"


def reasons(step: Step) -> Iterator[str]:
    """Why two contracts' costs are not comparable, each reason in words."""
    held = [contract for contract in (step.before, step.after) if "value" in contract.withheld and not contract.amount]
    if held:
        yield "a value is withheld"
    if "value" in step.unstated:
        if len(held) < sum(not contract.amount for contract in (step.before, step.after)):
            yield "a value is not published"
    else:
        if parts := [part for part in ("term", "contents") if part in step.unstated]:
            yield f"{enumerated(parts)} unstated"
        if "vat" in step.unstated:
            yield "VAT not known"
    yield from step.unlike
