"""Contracts beside what they are for, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from citytools.reports.sections import Rows
from citytools.reports.words import KNOWN_TO_YEAR, at, day, held_by, many, pounds, span

_MOST_ASSUMPTIONS = 6
TOO_SHORT = "shorter than a purchase is assumed to take"
_KINDS = {"binding end": "end of the committed term", "after rolling on": "where it would renew itself"}


def in_force(contracts: Rows) -> Rows:
    """Those whose term has neither ended nor passed, nor is still to begin."""
    return [contract for contract in contracts if contract["state"] in ("current", "unknown")]


def passed(end: int, term: int) -> str:
    """How many contracts may go on though their stated end, or else their term, has passed; empty for none."""
    parts = [(end, "whose stated end has passed"), (term, "whose term and options have run out")]
    said = [f"{many(number, 'contract')} {words}" for number, words in parts if number]
    return f"{' and '.join(said)}, not known whether {'it goes' if end + term == 1 else 'they go'} on" if said else ""


def yearly_values(contracts: Rows) -> list[int]:
    """The yearly values that are known."""
    return [contract["yearly_value_pence"] for contract in contracts if contract["yearly_value_pence"] is not None]


def value(contracts: Rows) -> str:
    """What contracts in force cost a year, with the number of those whose value is known; empty for none."""
    summed = [contract for contract in contracts if contract["yearly_value_pence"] is not None]
    if not summed:
        return ""
    bundle = "; bundles counted whole" if any(contract["bundle"] for contract in summed) else ""
    return f"{pounds(sum(yearly_values(summed)))} a year (known for {len(summed)} of {many(len(contracts), 'contract')}{bundle})"


def line(contract: Mapping[str, Any], parties: Sequence[str], as_of: str) -> str:
    """A contract with its holders, supplier, next exit and value, and the reference to look it up with."""
    worth = f", {pounds(contract['yearly_value_pence'])} a year" if contract["yearly_value_pence"] is not None else ""
    bundle = " (a bundle: not for this alone)" if worth and contract["bundle"] else ""
    name = contract["supplier_name"]
    supplier = "" if name and name in contract["title"] else f" ({name or 'supplier not stated'})"
    return f"{held_by(parties)}: {contract['title']}{supplier}, {when(contract, as_of)}{worth}{bundle} [{contract['contract']}]"


def supplier_of(contract: Mapping[str, Any]) -> str:
    """Who signed it, for a column: said even where the title has the name, so that whoever filters by it finds the row."""
    return str(contract["supplier_name"] or "supplier not stated")


def due(exit: Mapping[str, Any], as_of: str) -> str:
    """In a sentence or two, how long is left to decide about an exit, which one it is, and what has to be done by when."""
    if exit["too_short"]:
        return _at_once(exit)
    time = span(exit["decide_by"], as_of)
    if exit["about"] == KNOWN_TO_YEAR:
        left = f"Late by up to {time} for" if late(exit, as_of) else f"In {time} at the earliest, for"
    else:
        about = "about " if exit["about"] else ""
        left = f"Late by {about}{time} for" if late(exit, as_of) else f"In {about}{time}, for"
    notice = _notice(exit)
    buying = f", start buying by {day(exit['start_buying_by'], exit['about'])}" if exit["notice_by"] else ""
    return f"{'Today, for' if exit['decide_by'] == as_of else left} the exit {on(exit)}, {_which(exit)}{notice}{buying}."


def _at_once(exit: Mapping[str, Any]) -> str:
    return f"Exit {on(exit)}, {_which(exit)}. From its start to then is {TOO_SHORT}: decide at once{_notice(exit)}."


def _which(exit: Mapping[str, Any]) -> str:
    return kind(exit) + (f" (every {many(exit['rolls_months'], 'month')})" if exit["kind"] == "after rolling on" else "")


def _notice(exit: Mapping[str, Any]) -> str:
    return f"; notice by {day(exit['notice_by'], exit['about'])}" if exit["notice_by"] else ""


def late(exit: Mapping[str, Any], as_of: str) -> bool:
    """Whether the day to decide by has passed; it cannot pass where the contract is too short to have one."""
    return bool(exit["decide_by"] < as_of and not exit["too_short"])


def earliest(contracts: Iterable[Mapping[str, Any]]) -> str:
    """The first day to decide by among contracts; empty where none has one."""
    return min((str(row["decide_by"]) for row in contracts if row["decide_by"] and not row["too_short"]), default="")


def on(exit: Mapping[str, Any]) -> str:
    """The day of an exit, as it follows the word."""
    return f"{'' if exit['about'] else 'on '}{at(exit['exit_date'], exit['about'])}"


def kind(exit: Mapping[str, Any]) -> str:
    """Which exit of its contract it is."""
    return _KINDS.get(exit["kind"], str(exit["kind"]))


def worth(contract: Mapping[str, Any]) -> str:
    """What a contract costs a year, else in all, and that a bundle is one."""
    bundle = f", for {contract['products']} products together" if contract["products"] else ""
    if contract["yearly_value_pence"] is not None:
        return f"{pounds(contract['yearly_value_pence'])} a year{bundle}"
    total = contract["total_value_pence"]
    return "not known" if total is None else f"{pounds(total)}, not known for how long{bundle}"


def plan(contract: Mapping[str, Any]) -> str:
    """What its holder plans, and when the market will be approached."""
    market = f"to the market {contract['plan_approach_market']}" if contract["plan_approach_market"] else ""
    return ", ".join(part for part in (contract["plan_intention"], market) if part)


def when(contract: Mapping[str, Any], as_of: str) -> str:
    """Where a contract stands: its next exit and decide-by, or what is known of its end."""
    if contract["state"] == "term passed":
        return "its term and every option have passed, not known whether it goes on"
    if contract["state"] == "not begun":
        return f"begins {contract['start_date'] or 'later'}"
    if contract["state"] == "ended":
        about = contract["about"]
        ended, longest = at(contract["binding_end"] or contract["end_date"], about), at(contract["latest_end"] or "", about)
        longer = f", or {longest} if extended" if contract["latest_end"] and longest != ended else ""
        return f"ended {ended}{longer}; no later contract recorded"
    if not contract["next_exit"]:
        return _uncertain(contract["end_date"], as_of)
    about = contract["next_exit_about"]
    leaving = f"exit {at(contract['next_exit'], about)}"
    if contract["too_short"]:
        return f"{leaving}, in a term {TOO_SHORT}"
    passed = " (passed)" if contract["decide_by"] < as_of else ""
    return f"{leaving}, decide by {day(contract['decide_by'], about)}{passed}"


def _uncertain(end: str | None, as_of: str) -> str:
    if not end:
        return "end not known"
    return f"was to end {end}, not known whether it did" if end < as_of else f"ends {end}, not known whether with or without options"


def assumptions(contracts: Rows) -> str:
    """What the decide-by dates rest on; empty where there is none."""
    assumed = sorted({contract["assumption"] for contract in contracts if contract["assumption"]})
    if not assumed:
        return ""
    several = "times by value and function, which citytools show HOLDER/ID gives"
    words = "; ".join(assumed) if len(assumed) <= _MOST_ASSUMPTIONS else several
    return f"Decide-by is the earlier of the last day for notice and the last day to start buying. Assumed here: {words}."


def estimate(contract: Mapping[str, Any], term_months: int) -> int | None:
    """What buying the like again may come to, in pence: the yearly value over a term, else the amount as stated; None if unknown."""
    yearly: int | None = contract["yearly_value_pence"]
    total: int | None = contract["total_value_pence"]
    return total if yearly is None else yearly * term_months // 12
