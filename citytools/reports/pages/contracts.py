"""The contracts that a page is about: what has to be decided by when, what to ask, and what is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from citytools.model import Column, Table, Timeline, under
from citytools.reports import agreements
from citytools.reports.pages.found import Found, grouped
from citytools.reports.sections import Rows
from citytools.reports.words import day, enumerated, held_by, known_part, many, pounds

TEXT_ROWS, OVER_ROWS = 25, 8
NOT_KNOWN = "not known"
_LATER_EXITS = 2  # a contract that renews itself has exits for twenty years
_TERMS = {"initial-term": "the initial term", "whole-term": "the whole term with its options"}
_PRECISION = {"about": "about", "up-to": "at most", "at-least": "at least"}

Line = Callable[[Mapping[str, Any]], str]

COLUMNS = (
    Column("lead", "Decide by", "text", "lead"),
    Column("who", "Who", "text", "heading"),
    Column("title", "Contract", "text", "heading"),
    Column("supplier", "Supplier", "text", "heading"),
    Column("says", "What is due", "text", "body"),
    Column("latest", "Or later", "text", "detail"),
    Column("covers", "For", "list", "detail"),
    Column("through", "Why here", "text", "detail"),
    Column("value", "Worth", "text", "detail"),
    Column("plan", "Plan", "text", "detail"),
    Column("open", "Open to others", "text", "detail"),
    Column("withheld", "Withheld", "list", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("seen", "Seen", "text", "detail"),
    Column("doubtful", "Confidence", "text", "detail"),
    Column("standing", "Standing", "text", "hidden"),
    Column("state", "State", "text", "hidden"),
    Column("decide_by", "Decide-by", "date", "hidden"),
    Column("exit", "Exit", "date", "hidden"),
    Column("notice_by", "Notice by", "date", "hidden"),
    Column("start_buying_by", "Start buying by", "date", "hidden"),
    Column("about", "About", "count", "hidden"),
    Column("latest_end", "Latest end", "date", "hidden"),
    Column("stated_end", "End as stated", "date", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("stated_value_pence", "Value as stated", "pence", "hidden"),
    Column("stated_value_for", "What time that is for", "text", "hidden"),
    Column("supplier_name", "Supplier as contracted", "text", "hidden"),
    Column("boroughs", "Boroughs", "list", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("contract", "Id", "text", "detail"),
)
OVER = tuple(
    Column(name, title, kind, "cell" if name in ("ended", "who", "title", "says") else "hidden")
    for name, title, kind in (
        ("ended", "End", "date"),
        ("who", "Who", "text"),
        ("title", "Contract", "text"),
        ("says", "What became of it, and what it cost", "text"),
        ("successor", "Successor", "text"),
        *((column.name, column.title, column.kind) for column in COLUMNS if column.name in ("state", "value", "supplier_name", "boroughs")),
        ("contract", "Id", "text"),
    )
)


def going(found: Found, title: str, through: Line = lambda contract: "") -> Table:
    """The contracts that are not over, by the day by which to decide; ``through`` says what one has to do with the page."""
    rows = [_row(contract, found, through) for contract in found.contracts]
    shown = found.contracts[:TEXT_ROWS]
    return Table(
        title=title,
        columns=COLUMNS,
        rows=under(COLUMNS, rows),
        coverage=tuple(_coverage(found)),
        notes=tuple(note for note in (agreements.assumptions(shown),) if note) if rows else ("Not recorded is not the same as none.",),
        facts={"part": "contracts", "as_of": found.as_of, **counted(found)},
        chart=_timeline(found),
        text_rows=TEXT_ROWS,
    )


def over(found: Found) -> Table:
    """The contracts that are over or may be, the latest first."""
    rows = [_past(contract, found) for contract in found.over]
    doubtful = len(_doubtful(found))
    doubt = f"{doubtful} of {len(rows)} may go on: a date has passed, and nobody says whether the contract was extended."
    return Table(
        title="Past contracts",
        columns=OVER,
        rows=under(OVER, rows),
        coverage=(doubt,) if doubtful else (),
        facts={"part": "past contracts", "as_of": found.as_of},
        text_rows=OVER_ROWS,
    )


def _doubtful(found: Found) -> Rows:
    """Those long past the end or the whole term that is stated, and not known to have ended."""
    return [contract for contract in found.over if contract["state"] in ("end passed", "term passed")]


def counted(found: Found) -> dict[str, int]:
    """How many contracts there are of each standing, and of how many of those in force the yearly value is known or withheld."""
    force = in_force(found)
    withheld = sum(1 for contract in force if found.reason(contract["contract"], "value"))
    standings = [contract["standing"] for contract in found.contracts]
    numbers = {f"contracts_{standing.replace(' ', '_')}": standings.count(standing) for standing in ("due", "agreed", "to begin", "ask")}
    return {
        **numbers,
        "contracts_over": len(found.over) - len(_doubtful(found)),
        "contracts_perhaps_over": len(_doubtful(found)),
        "contracts_in_force": len(force),
        "yearly_values_known": len(agreements.yearly_values(force)),
        "values_withheld": withheld,
        "boroughs_with_contract": len(found.boroughs_of(found.contracts)),
    }


def in_force(found: Found) -> Rows:
    """The contracts in force, as every report counts them."""
    return agreements.in_force(found.contracts)


def summary(found: Found) -> str:
    """In a line, how many contracts there are and where they stand."""
    numbers = counted(found)
    total = len(found.contracts) + len(found.over)
    if not total:
        return "none recorded, which is not the same as none"
    late = sum(contract["standing"] == "due" and agreements.late(contract, found.as_of) for contract in found.contracts)
    said = (
        (numbers["contracts_due"], "to decide on by a known day" + (f" ({late} of them late)" if late else "")),
        (numbers["contracts_agreed"], "with its successor agreed"),
        (numbers["contracts_to_begin"], "still to begin"),
        (numbers["contracts_ask"], "whose end is uncertain"),
        (numbers["contracts_over"], "over"),
        (numbers["contracts_perhaps_over"], "perhaps over"),
    )
    return f"{total} recorded: {', '.join(f'{number} {words}' for number, words in said if number)}"


def next_decision(found: Found) -> str:
    """The first day to come by which an authority has to decide, and which."""
    due = (contract for contract in found.contracts if contract["standing"] == "due" and found.boroughs_of([contract]))
    coming = [contract for contract in due if contract["decide_by"] >= found.as_of]
    if not coming:
        return ""
    first = min(coming, key=lambda contract: (contract["decide_by"], contract["contract"]))
    return f"{day(first['decide_by'], first['about'])}, {held_by(found.names(first['contract']))} for the exit {agreements.on(first)}"


def values(found: Found, compare: str) -> str:
    """Of how many contracts the yearly value is known, and where like is compared with like; nothing is added up."""
    numbers = counted(found)
    if not numbers["contracts_in_force"]:
        return ""
    withheld = f", withheld for {numbers['values_withheld']}" if numbers["values_withheld"] else ""
    known = (
        f"yearly value known for {numbers['yearly_values_known']} of {many(numbers['contracts_in_force'], 'contract')} in force{withheld}"
    )
    return f"{known}. Like for like: {compare}" if numbers["yearly_values_known"] else known


def _row(contract: Mapping[str, Any], found: Found, through: Line) -> dict[str, Any]:
    ref = contract["contract"]
    return {
        **_common(contract, found),
        "lead": _lead(contract),
        "supplier": agreements.supplier_of(contract),
        "says": _says(contract, found),
        "latest": _latest(contract, found),
        "covers": _covers(ref, found),
        "through": through(contract),
        "plan": agreements.plan(contract),
        "open": _open(contract, found),
        "withheld": [
            f"{row['field']} ({row['reason']})" for row in found.withheld.get(ref, []) if row["field"].partition(".")[0] != "value"
        ],
        "bodies": found.names(ref, counts=False),
        "seen": "" if contract["recent"] else f"not since {contract['last_seen']}" if contract["last_seen"] else "no source is dated",
        "doubtful": "low: check it before relying on it" if contract["confidence"] == "low" else "",
        "standing": contract["standing"],
        "decide_by": None if contract["too_short"] else contract["decide_by"],
        "exit": contract["exit_date"],
        "notice_by": contract["notice_by"],
        "start_buying_by": contract["start_buying_by"],
        "about": contract["about"],
        "latest_end": contract["latest_end"],
        "stated_end": contract["end_date"],
        "yearly_value_pence": contract["yearly_value_pence"],
        "stated_value_pence": contract["value_amount_pence"],
        "stated_value_for": contract["value_for"],
        "last_seen": contract["last_seen"],
    }


def _common(contract: Mapping[str, Any], found: Found) -> dict[str, Any]:
    ref = contract["contract"]
    return {
        "contract": ref,
        "who": held_by(found.names(ref)),
        "title": contract["title"],
        "state": contract["state"],
        "value": worth(contract, found),
        "supplier_name": contract["supplier_name"],
        "boroughs": found.names(ref, counts=True),
    }


def _lead(contract: Mapping[str, Any]) -> str:
    if contract["standing"] == "due":
        return "at once" if contract["too_short"] else day(contract["decide_by"], contract["about"])
    return {"agreed": "agreed", "to begin": "to begin"}.get(contract["standing"], "ask")


def _says(contract: Mapping[str, Any], found: Found) -> str:
    if contract["standing"] == "due":
        return agreements.due(contract, found.as_of)
    if contract["standing"] == "agreed":
        return f"Exit {agreements.on(contract)}; {contract['successor']} follows it."
    said = agreements.when(contract, found.as_of)
    return f"{said[:1].upper()}{said[1:]}."


def _latest(contract: Mapping[str, Any], found: Found) -> str:
    """Up to when it can go on."""
    if contract["kind"] == "after rolling on":
        return ""
    if contract["rolls_months"] and contract["exit_date"]:
        return f"renews itself every {many(contract['rolls_months'], 'month')}"
    end = contract["latest_end"]
    if not end or not contract["exit_date"] or end <= contract["exit_date"]:
        return ""
    exits = sum(row["contract"] == contract["contract"] for row in found.parts["later_exits"])
    options = {1: "the option", 2: "both options"}.get(exits, f"all {exits} options")
    return f"{day(end, contract['ends_about'])} at the latest, with {options} taken up"


def _covers(contract: str, found: Found) -> list[str]:
    """What it pays for by name, where that is not the page's one product."""
    names = [row["name"] for row in found.covered.get(contract, [])]
    functions = [row["name"] for row in found.parts["contract_functions"] if row["contract"] == contract]
    return [name for name in dict.fromkeys([*names, *functions]) if name != found.subject]


def _open(contract: Mapping[str, Any], found: Found) -> str:
    """Who may join, how and until when, as far as it says."""
    named = [row["name"] for row in found.parts["open_to_others"] if row["contract"] == contract["contract"]]
    until = contract["open_to_others_until"]
    return "; ".join(filter(None, (", ".join(named), contract["open_to_others_how"], f"until {until}" if until else "")))


def worth(contract: Mapping[str, Any], found: Found) -> str:
    """What it costs a year or in all, and what time and things the amount as stated is for."""
    ref, amount = contract["contract"], contract["value_amount_pence"]
    if amount is None:
        reason = found.reason(ref, "value")
        return f"withheld ({reason})" if reason else NOT_KNOWN
    term = _TERMS.get(contract["value_for"] or "")
    bundle = f", for {contract['products']} products together" if contract["products"] else ""
    precise = _PRECISION.get(contract["value_precision"] or "", "")
    top = f" to {pounds(contract['value_amount_to_pence'])}" if contract["value_amount_to_pence"] is not None else ""
    stated = f"{precise} {pounds(amount)}{top}".strip()
    if contract["value_for"] == "year":
        first = f"{stated} a year{bundle}"
    elif contract["yearly_value_pence"] is not None:
        first = f"{pounds(contract['yearly_value_pence'])} a year{bundle}: {stated} for {term}"
    else:
        first = f"{stated} for {term}, whose length is not stated{bundle}" if term else f"{stated}, not known for how long{bundle}"
    return "; ".join([first, *_terms(contract, found)])


def _terms(contract: Mapping[str, Any], found: Found) -> Iterator[str]:
    """What one must know before setting the amount beside another."""
    included = [row["included"] for row in found.parts["includes"] if row["contract"] == contract["contract"]]
    if included:
        yield f"pays for {enumerated(included)}"
    if contract["value_vat"] in ("included", "excluded"):
        yield f"VAT {contract['value_vat']}"


def _past(contract: Mapping[str, Any], found: Found) -> dict[str, Any]:
    ended = known_part(contract["binding_end"] or contract["end_date"] or "", contract["ends_about"])
    common = _common(contract, found)
    said = [_became(contract, found), *([] if common["value"] == NOT_KNOWN else [common["value"]])]
    return {**common, "ended": ended, "says": "; ".join(said), "successor": contract["successor"]}


def _became(contract: Mapping[str, Any], found: Found) -> str:
    if contract["state"] == "replaced":
        return "a later contract took its place"
    return {
        "ended": "no later one recorded",
        "end passed": "not known whether it ended",
        "term passed": "its term and options have run out",
    }.get(contract["state"], agreements.when(contract, found.as_of))


def _coverage(found: Found) -> Iterator[str]:
    facts, numbers = found.facts, counted(found)
    total = facts["authorities"]
    if not found.contracts:
        yield f"None recorded. The register holds contracts of {facts['with_contracts']} of the {total} authorities."
        return
    boroughs, alone = numbers["boroughs_with_contract"], sum(not found.boroughs_of([contract]) for contract in found.contracts)
    bodies = f", {alone} of bodies that do not count in the {total}" if alone else ""
    yield (
        f"{many(len(found.contracts), 'contract')} not over, of {boroughs} of {total} authorities{bodies}; "
        f"a day to decide by can be told for {numbers['contracts_due']}."
    )
    recent = sum(contract["recent"] for contract in found.contracts)
    yield f"Seen since {facts['contracts_fresh_from']}: {recent} of {len(found.contracts)}.{_known(numbers)}"


def _known(numbers: Mapping[str, int]) -> str:
    if not numbers["contracts_in_force"]:
        return ""
    withheld = f", withheld for {numbers['values_withheld']}" if numbers["values_withheld"] else ""
    return f" Yearly value known for {numbers['yearly_values_known']} of {numbers['contracts_in_force']} in force{withheld}."


def _timeline(found: Found) -> Timeline | None:
    """Decide-by days and exits; an end that is not certain is called so."""
    later = grouped(found.parts["later_exits"], "contract")
    rows = [(f"{found.names(row['contract'])[0]}: {row['title']}", tuple(_days(row, later))) for row in found.contracts]
    marked = tuple(row for row in rows if row[1])
    return Timeline("Decide-by days and exits", found.as_of, marked) if marked else None


def _days(contract: Mapping[str, Any], later: Mapping[str, Rows]) -> Iterator[tuple[str, str]]:
    if contract["standing"] in ("due", "agreed"):
        if not contract["too_short"]:
            yield contract["decide_by"], "decide by"
        yield contract["exit_date"], "exit"
        yield from ((row["exit_date"], "later exit") for row in later.get(contract["contract"], [])[:_LATER_EXITS])
    elif contract["standing"] == "ask" and contract["end_date"]:
        yield contract["end_date"], "end as stated, uncertain"
