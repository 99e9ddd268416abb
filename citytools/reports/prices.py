"""What each pays for the same, what was paid before, and what keeps the rest from comparison: prices.sql as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from citytools.index import Index
from citytools.model import Bars, Column, Table, under
from citytools.reports import agreements, amounts, pricing
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.pricing import MEASURES, QUARTILES_FROM, Contract, Group, History, Place, Spread, Step
from citytools.reports.sections import ask
from citytools.reports.words import IN_FORCE, enumerated, many, ordinal, percentage, pounds, price

SHOWN = 20
_NAMED = 5


class _Reason(NamedTuple):
    """A reason at the head of its row, within a sentence, and what would have to be written; nothing where writing does not help."""

    heading: str
    words: str
    write: str


REASONS = {
    "body": _Reason("A body that is not one of the {authorities} has a part in it", "a body has a part in it", ""),
    "uncovered": _Reason(
        "No system is named that it pays for",
        "no system is named",
        "covers: [the system's id in technology.yaml], where it is for a system",
    ),
    "bundle": _Reason("It pays for several products, or for a service beside one", "a bundle", ""),
    "product": _Reason(
        "Its product is not in the catalogue",
        "product not in the catalogue",
        "product: its id, once a curator has put it into the catalogue",
    ),
    "withheld": _Reason("The value, or what it is for, is withheld", "withheld", ""),
    "value": _Reason("No value is published", "no value published", "value: {amount: …, for: …, includes: […], vat: …}"),
    "for": _Reason("What time the amount is for is not stated", "time of the amount unstated", "for: initial-term, whole-term or year"),
    "term": _Reason("The length of its term is not stated", "term unstated", "term_months: …"),
    "contents": _Reason(
        "What the amount pays for is not stated",
        "contents unstated",
        "includes: [any of licences, hosting, support, implementation, services]",
    ),
    "vat": _Reason("Whether VAT is in the amount is not known", "VAT unknown", "vat: excluded or included"),
    "alone": _Reason("Complete, but no other holder has such a price", "the only such price", ""),
}
_OF_VALUE = ("for", "contents", "vat")
_ONE_LINE = ("uncovered", "value", "for", "term", "contents", "vat")

_SPREADS = ("lower", "median", "upper", "mean")
_UNITS = {"resident": (1000, "per_1000_residents_pence", "for 1,000 residents"), "user": (1, "per_user_pence", "for a user")}

PRICES = (
    Column("prices", "Prices", "count", "lead"),
    Column("product", "Product", "text", "heading"),
    Column("terms", "Alike in", "text", "heading"),
    Column("resident", "A resident a year", "text", "detail"),
    Column("user", "A user a year", "text", "detail"),
    Column("places", "Place", "list", "detail"),
    Column("each", "Each", "list", "detail"),
    Column("seen", "Seen", "text", "detail"),
    Column("product_id", "Product's id", "text", "hidden"),
    Column("for", "The amount is for", "text", "hidden"),
    Column("includes", "The amount pays for", "list", "hidden"),
    Column("vat", "VAT", "text", "hidden"),
    *(
        column
        for measure, (_, unit, words) in _UNITS.items()
        for column in (
            Column(f"counted_{measure}", f"Prices counted {words}", "count", "hidden"),
            *(Column(f"{which}_{unit}", f"{which.capitalize()} {words}", "pence", "hidden") for which in _SPREADS),
        )
    ),
    Column("boroughs", "Boroughs", "list", "hidden"),
    Column("contracts", "Contracts", "list", "hidden"),
)
EACH = (
    Column("missing", "Missing", "count", "lead"),
    Column("who", "Who", "text", "heading"),
    Column("title", "Contract", "text", "heading"),
    Column("supplier", "Supplier", "text", "heading"),
    Column("says", "Compared", "text", "body"),
    Column("stated", "Value", "text", "detail"),
    Column("write", "To write", "list", "detail"),
    Column("beside", "Beside it", "text", "detail"),
    Column("seen", "Seen", "text", "detail"),
    Column("doubtful", "Confidence", "text", "detail"),
    Column("contract", "Id", "text", "detail"),
    Column("compared", "Compared", "count", "hidden"),
    Column("lacking", "Why not", "list", "hidden"),
    Column("product", "Product's id", "text", "hidden"),
    Column("for", "The amount is for", "text", "hidden"),
    Column("includes", "The amount pays for", "list", "hidden"),
    Column("vat", "VAT", "text", "hidden"),
    Column("precision", "Precision", "text", "hidden"),
    Column("amount_pence", "Amount as stated", "pence", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("residents", "Residents", "count", "hidden"),
    Column("users", "Users", "count", "hidden"),
    *(
        column
        for measure, (_, unit, words) in _UNITS.items()
        for column in (
            Column(unit, f"A year {words}", "pence", "hidden"),
            Column(f"place_{measure}", f"Place from the lowest {words}", "count", "hidden"),
            Column(f"of_{measure}", f"Prices counted {words}", "count", "hidden"),
        )
    ),
    Column("began", "Began", "date", "hidden"),
    Column("agreed", "Signed, else awarded", "date", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("boroughs", "Holders", "list", "hidden"),
)
HISTORY = (
    Column("count", "Contracts", "count", "lead"),
    Column("who", "Who", "text", "heading"),
    Column("what", "What", "text", "heading"),
    Column("says", "Last change", "text", "body"),
    Column("contracts", "One after another", "list", "detail"),
    Column("bundle", "Bundle", "text", "detail"),
    Column("linked", "Linked", "text", "detail"),
    Column("contract", "Last contract", "text", "hidden"),
    Column("previous", "The one before", "text", "hidden"),
    Column("comparable", "Comparable", "count", "hidden"),
    Column("change_per_mille", "Change of the yearly cost in thousandths", "count", "hidden"),
    Column("amount_pence", "Amount as stated", "pence", "hidden"),
    Column("previous_amount_pence", "Amount of the one before", "pence", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("previous_yearly_value_pence", "Yearly value of the one before", "pence", "hidden"),
    Column("reasons", "Why not comparable", "list", "hidden"),
    Column("boroughs", "Holders", "list", "hidden"),
    Column("refs", "All contracts, the first first", "list", "hidden"),
)
GAPS = (
    Column("contracts", "Contracts", "count", "lead"),
    Column("reason", "Reason", "text", "heading"),
    Column("write", "To write", "text", "detail"),
    Column("only", "All that is missing", "text", "detail"),
    Column("grounds", "Grounds", "list", "detail"),
    Column("id", "Id", "text", "hidden"),
    Column("only_missing", "Contracts that lack nothing else", "count", "hidden"),
    Column("boroughs", "Authorities", "count", "hidden"),
    Column("refs", "All contracts", "list", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was asked and what came of it; ``why`` says of each contract in force what keeps it from comparison."""

    as_of: str
    everything: bool
    limited: bool
    by_borough: bool
    facts: Mapping[str, Any]
    contracts: Mapping[str, Contract]
    groups: Sequence[Group]
    histories: Sequence[History]
    why: Mapping[str, Sequence[str]]

    @property
    def asked(self) -> list[Contract]:
        return [self.contracts[ref] for ref in self.why if self.contracts[ref].row["asked"]]

    @property
    def shown(self) -> list[Group]:
        """Groups of different holders in which something asked for stands, whole."""
        return [group for group in self.groups if group.leads > 1 and any(each.row["asked"] for each in group.contracts)]

    def cut(self, rows: Sequence[Any]) -> int:
        """How many of the rows to show."""
        return len(rows) if self.everything else min(len(rows), SHOWN)


def answer(index: Index, asked: Asked) -> list[Table]:
    """Like prices; each contract, where something is asked for in particular; what was paid before; what is missing."""
    found = _found(index, asked)
    each = [_each(found)] if found.limited or found.everything else []
    return [_prices(found), *each, _history(found), _gaps(found)]


def _found(index: Index, asked: Asked) -> _Found:
    sections = ask(index, question("prices"), {}, asked.lists)
    contracts = pricing.contracts(sections)
    in_force = {ref: pricing.lacking(contract) for ref, contract in contracts.items() if contract.row["in_force"]}
    groups = pricing.alike(contracts[ref] for ref, lacks in in_force.items() if not lacks)
    alone = {contract.ref for group in groups if group.leads == 1 for contract in group.contracts}
    histories = pricing.histories(contracts, sections["links"])
    return _Found(
        as_of=index.as_of.isoformat(),
        everything=bool(asked["all"]),
        limited=asked.limited,
        by_borough=bool(asked.lists["borough"]),
        facts=sections["coverage"][0],
        contracts=contracts,
        groups=groups,
        histories=[each for each in histories if any(contract.row["asked"] for contract in each.contracts)],
        why={ref: ("alone",) if ref in alone else lacks for ref, lacks in in_force.items()},
    )


def _table(title: str, columns: tuple[Column, ...], rows: Sequence[Mapping[str, Any]], found: _Found, **said: Any) -> Table:
    """A table of the first rows, with a note that there are more."""
    cut = found.cut(rows)
    more = (f"These are the first {cut} of {len(rows):,}: --all shows the rest.",) if cut < len(rows) else ()
    return Table(
        title=f"{title}, as of {found.as_of}",
        columns=columns,
        rows=under(columns, rows[:cut], partial=True),
        coverage=tuple(said["coverage"]),
        notes=(*more, *said["notes"]),
        facts={**found.facts, **said["facts"], "as_of": found.as_of, "rows_in_all": len(rows)},
        chart=said.get("chart"),
    )


# Like prices


def _prices(found: _Found) -> Table:
    rows = [_group(group, found) for group in found.shown]
    facts = {
        "compared": sum(not found.why[contract.ref] for contract in found.asked),
        "prices_shown": sum(len(group.contracts) for group in found.shown),
        "quartiles_from": QUARTILES_FROM,
        "quartile_method": "inclusive",
    }
    return _table(
        f"{question('prices').title} like for like",
        PRICES,
        rows,
        found,
        coverage=_prices_coverage(found, facts),
        notes=_prices_notes(found),
        facts=facts,
        chart=_chart(found.shown),
    )


def _group(group: Group, found: _Found) -> dict[str, Any]:
    fresh = sum(contract.row["recent"] for contract in group.contracts)
    row: dict[str, Any] = {
        "prices": len(group.contracts),
        "product": group.contracts[0].row["product_name"],
        "terms": _terms(group),
        "places": [
            f"{amounts.who(each)}: {_standing(group, each)} [{each.ref}]"
            for each in group.contracts
            if found.by_borough and each.row["asked"]
        ],
        "each": [amounts.line(contract) for contract in group.contracts],
        "seen": f"{fresh} of {len(group.contracts)} since {found.facts['fresh_from']}",
        "product_id": group.likeness.product,
        "for": group.likeness.basis,
        "includes": list(group.likeness.includes),
        "vat": group.likeness.vat,
        "boroughs": sorted({name for contract in group.contracts for name in amounts.names(contract)}),
        "contracts": [contract.ref for contract in group.contracts],
    }
    for measure, (times, unit, _) in _UNITS.items():
        spread = group.spread(measure)
        row[measure] = _spread_words(group, measure, spread)
        row[f"counted_{measure}"] = len(group.costs(measure))
        row |= {f"{which}_{unit}": round(getattr(spread, which) * times) if spread else None for which in _SPREADS}
    return row


def _terms(group: Group) -> str:
    alike = group.likeness
    return f"amount for {amounts.TIMES[alike.basis]}, {enumerated(alike.includes)}, VAT {alike.vat}"


def _spread_words(group: Group, measure: str, spread: Spread | None) -> str:
    costs = group.costs(measure)
    if not costs:
        return ""
    least, most = price(min(cost for _, cost in costs)), price(max(cost for _, cost in costs))
    reach = least if least == most else f"{least} to {most}"
    if spread is None:
        return f"{reach} ({many(len(costs), 'price')}; quartiles from {QUARTILES_FROM})"
    quarters = f"lower quartile {price(spread.lower)}, median {price(spread.median)}, upper quartile {price(spread.upper)}"
    return f"{reach}; {quarters}; mean {price(spread.mean)} ({many(spread.of, 'price')})"


def _standing(group: Group, contract: Contract) -> str:
    """A contract's place in its group, and what the median would come to."""
    places = [(measure, place) for measure in MEASURES if (place := group.place(contract, measure))]
    if not places:
        return f"no place, as the amount is {contract.loose}" if contract.loose else "no place, as too little is stated"
    return "; ".join([", ".join(f"{_rank(place)} a {measure}" for measure, place in places), *_from_median(group, contract)])


def _rank(place: Place) -> str:
    joint = "joint " if place.shared else ""
    if place.rank == 1:
        return f"{joint}lowest of {place.of}"
    return f"highest of {place.of}" if place.rank == place.of else f"{joint}{ordinal(place.rank)} lowest of {place.of}"


def _from_median(group: Group, contract: Contract) -> Iterator[str]:
    spread, cost = group.spread("resident"), contract.cost("resident")
    if spread is None or cost is None or contract.residents is None:
        return
    apart = round((cost - spread.median) * contract.residents)
    if apart == 0:
        yield "at the median for its residents"
    else:
        yield f"{pounds(abs(apart))} a year {'more' if apart > 0 else 'less'} than at the median for its residents"


def _prices_coverage(found: _Found, facts: Mapping[str, Any]) -> Iterator[str]:
    shown = found.shown
    with_quartiles = sum(any(group.spread(measure) for measure in MEASURES) for group in shown)
    asked = "asked for and " if found.limited else ""
    groups = (
        f": {many(len(shown), 'group')} of like prices, {with_quartiles} with quartiles." if shown else ". The last table says why not."
    )
    if of := found.facts["asked_in_force"]:
        yield f"{facts['compared']:,} of {many(of, 'contract')} {asked}{IN_FORCE} can be set beside another holder's{groups}"
    else:
        yield f"No contract {'asked for ' if found.limited else ''}is known to be in force."
    yield _known_of(found)
    contracts = [contract for group in shown for contract in group.contracts]
    if contracts:
        fresh = sum(contract.row["recent"] for contract in contracts)
        users = sum(contract.users is not None for contract in contracts)
        holders = {holder["holder"] for contract in contracts for holder in contract.holders}
        yield (
            f"Prices shown: {len(contracts):,}, of {len(holders)} of {found.facts['authorities']} authorities; "
            f"users are stated for {users:,}. "
            f"Seen since {found.facts['fresh_from']}: {fresh:,} of {len(contracts):,}{percentage(fresh, len(contracts))}."
        )


def _known_of(found: _Found) -> str:
    facts = found.facts
    known = f"contracts in force are known of {facts['with_contracts']} of {facts['authorities']} authorities"
    if not found.limited:
        bodies = f"; bodies alone hold {facts['of_bodies']:,} of them" if facts["of_bodies"] else ""
        return f"{known[:1].upper()}{known[1:]}{bodies}."
    if not facts["asked_in_force"]:
        return f"In all, {known}."
    return f"Those asked for are of {facts['asked_with_contracts']} of {facts['authorities']} authorities; in all, {known}."


def _prices_notes(found: _Found) -> Iterator[str]:
    yield (
        "Like for like: contracts in force for one product of the catalogue, whose amounts are for the same time, "
        "pay for the same contents and treat VAT alike. Bundles are left out."
    )
    if found.shown:
        yield from _methods(found.shown)
    if found.limited and found.shown:
        yield "A group is always shown whole: what is asked for only chooses which."
    facts = found.facts
    gone, not_begun = (many(facts[state], "contract") if facts[state] else "" for state in ("gone", "not_begun"))
    doubtful = agreements.passed(facts["end_passed"], facts["term_passed"])
    if left := [*filter(None, [gone and f"{gone} ended or replaced", doubtful, not_begun and f"{not_begun} not begun"])]:
        yield f"Left out: {'; '.join(left)}."
    yield "Who is not named may pay more or less: not reported is not none."


def _methods(groups: Sequence[Group]) -> Iterator[str]:
    holders = [holder for group in groups for contract in group.contracts for holder in contract.holders]
    dates = sorted({holder["population_on"][:4] for holder in holders if holder["population_on"]})
    years = f" (estimates for {dates[0] if len(dates) == 1 else f'{dates[0]} to {dates[-1]}'})" if dates else ""
    yield (
        f"Cost a year: the amount spread over the months that it is for. A resident: divided by the residents of all who have a part"
        f"{years}. A user: divided by the users of all systems covered, where each states them."
    )
    yield (
        f"Quartiles and mean: from prices with {QUARTILES_FROM} different leads on; inclusive method, lowest and highest being the ends. "
        "Estimates count; ceilings, least amounts and ranges are listed last and never count."
    )
    yield "Prices are as agreed, whenever that was: nothing is adjusted for inflation."
    yield "Order: most prices first, then by product; within a group, lowest for a resident first."


def _chart(groups: Sequence[Group]) -> Bars | None:
    """The prices of the largest group; a picture of several would mix what is unlike."""
    costs = groups[0].costs("resident") if groups else []
    if len(costs) < 2:
        return None
    title = f"{groups[0].contracts[0].row['product_name']}: cost of a year for each resident ({_terms(groups[0])})"
    return Bars(title, tuple((amounts.who(contract), float(cost), price(cost)) for contract, cost in costs))


# Each contract

_ORDER = "The number in front is how many things keep it from comparison. Order: compared first, then fewest missing, then by holder."


def _each(found: _Found) -> Table:
    group_of = {contract.ref: group for group in found.groups for contract in group.contracts if group.leads > 1}
    peers: dict[str, list[Contract]] = defaultdict(list)
    for ref in found.why:
        contract = found.contracts[ref]
        if contract.product:
            peers[contract.product].append(contract)
    rows = [_contract(contract, found, group_of.get(contract.ref), peers) for contract in found.asked]
    rows.sort(key=lambda row: (not row["compared"], row["missing"], row["who"].casefold(), row["contract"]))
    compared = sum(row["compared"] for row in rows)
    return _table(
        "Contract by contract",
        EACH,
        rows,
        found,
        coverage=[
            f"{compared:,} of {many(len(rows), 'contract')} in force{' asked for' if found.limited else ''} can be set beside another's."
            if rows
            else "Nothing is known to be in force."
        ],
        notes=[
            *([_ORDER] if rows else []),
            "Not stated is not none: the borough may know what the register does not.",
        ],
        facts={"compared": compared},
    )


def _contract(contract: Contract, found: _Found, group: Group | None, peers: Mapping[str, Sequence[Contract]]) -> dict[str, Any]:
    lacks = found.why[contract.ref]
    row: dict[str, Any] = {
        "missing": len(lacks) if not group and lacks != ("alone",) else 0,
        "who": amounts.who(contract),
        "title": contract.row["title"],
        "supplier": agreements.supplier_of(contract.row),
        "says": _verdict(contract, lacks, group),
        "stated": amounts.value(contract),
        "write": list(_to_write(lacks)),
        "beside": _beside(contract, found, peers),
        "seen": "" if contract.row["recent"] else amounts.last_seen(contract),
        "doubtful": "low: check it before relying on it" if contract.row["confidence"] == "low" else "",
        "contract": contract.ref,
        "compared": int(group is not None),
        "lacking": list(lacks),
        "product": contract.product,
        "for": contract.basis,
        "includes": list(contract.includes),
        "vat": contract.vat,
        "precision": "range" if contract.row["value_amount_to_pence"] is not None else contract.row["value_precision"],
        "amount_pence": contract.amount,
        "yearly_value_pence": contract.yearly,
        "residents": contract.residents,
        "users": contract.users,
        "began": pricing.began(contract),
        "agreed": pricing.agreed(contract),
        "last_seen": contract.row["last_seen"],
        "boroughs": amounts.names(contract),
    }
    return row | _figures(contract, group)


def _figures(contract: Contract, group: Group | None) -> dict[str, Any]:
    """What a price is for each resident and user, with its place, for machines; nothing of what cannot be compared."""
    row: dict[str, Any] = {}
    for measure, (times, unit, _) in _UNITS.items():
        cost = contract.cost(measure) if group else None
        place = group.place(contract, measure) if group else None
        row[unit] = round(cost * times) if cost is not None else None
        row[f"place_{measure}"] = place.rank if place else None
        row[f"of_{measure}"] = place.of if place else None
    return row


def _verdict(contract: Contract, lacks: Sequence[str], group: Group | None) -> str:
    if group:
        return f"Compared with {many(len(group.contracts) - 1, 'other')}: {_standing(group, contract)}."
    if lacks == ("alone",):
        return "Complete, but no other holder has a price like it yet."
    return f"Not compared: {'; '.join(_why(contract, reason) for reason in lacks)}."


def _why(contract: Contract, reason: str) -> str:
    """A reason with what the record says of it: the ground on which it is withheld, or why it is not known."""
    if reason == "withheld":
        grounds = [
            f"{amounts.PARTS[part]} withheld ({ground.rstrip('.') or 'no ground given'})" for part, ground in contract.withheld.items()
        ]
        return enumerated(grounds)
    said = contract.unknown.get(reason, "").rstrip(".")
    return f"{REASONS[reason].words} ({said})" if said else REASONS[reason].words


def _to_write(lacks: Sequence[str]) -> Iterator[str]:
    """Lines for the borough's file; what belongs to the value as one."""
    yield from (REASONS[reason].write for reason in lacks if REASONS[reason].write and reason not in _OF_VALUE)
    if inside := [REASONS[reason].write for reason in lacks if reason in _OF_VALUE]:
        yield f"value: {{{', '.join(inside)}}}"


def _beside(contract: Contract, found: _Found, peers: Mapping[str, Sequence[Contract]]) -> str:
    """How many others could be beside it if all were complete."""
    others = [each for each in peers.get(contract.product, ()) if each.ref != contract.ref]
    if not others:
        return ""
    ready = sum(not found.why[each.ref] or found.why[each.ref] == ("alone",) for each in others)
    return f"{many(len(others), 'other contract')} in force for {contract.row['product_name']} alone, {ready or 'none'} complete"


# What was paid before


def _history(found: _Found) -> Table:
    rows = [_chain(history) for history in found.histories]
    rows.sort(key=_telling)
    steps = [step for history in found.histories for step in history.steps]
    facts = {
        "histories": len(rows),
        "successions": len(steps),
        "both_amounts": sum(bool(step.before.amount and step.after.amount) for step in steps),
        "changes": sum(step.change is not None for step in steps),
    }
    return _table(
        "What was paid before", HISTORY, rows, found, coverage=_history_coverage(found, facts), notes=_history_notes(found), facts=facts
    )


def _telling(row: Mapping[str, Any]) -> tuple[Any, ...]:
    amounts_known = (row["amount_pence"] is not None) + (row["previous_amount_pence"] is not None)
    return not row["comparable"], -amounts_known, -(row["change_per_mille"] or 0), not row["counts"], row["who"].casefold(), row["contract"]


def _chain(history: History) -> dict[str, Any]:
    last = history.last
    latest = last.after
    return {
        "count": len(history.contracts),
        "who": amounts.who(latest),
        "what": enumerated(list(latest.things.values())) or latest.row["title"],
        "says": _sentence(last),
        "contracts": list(_lines(history)),
        "bundle": f"{len(latest.things)} products or services for one amount" if len(latest.things) > 1 else "",
        "linked": _linked(history),
        "counts": any(holder["counts"] for holder in latest.holders),
        "contract": latest.ref,
        "previous": last.before.ref,
        "comparable": int(last.change is not None),
        "change_per_mille": round(last.change * 1000) if last.change is not None else None,
        "amount_pence": latest.amount,
        "previous_amount_pence": last.before.amount,
        "yearly_value_pence": latest.yearly,
        "previous_yearly_value_pence": last.before.yearly,
        "reasons": [] if last.change is not None else list(amounts.reasons(last)),
        "boroughs": sorted({name for contract in history.contracts for name in amounts.names(contract)}),
        "refs": [contract.ref for contract in history.contracts],
    }


def _sentence(step: Step) -> str:
    said = amounts.change(step)
    return f"{said[:1].upper()}{said[1:]}."


def _lines(history: History) -> Iterator[str]:
    """A line for each contract, and how it compares with the one that it follows; the last step is told above them."""
    steps: dict[str, list[Step]] = defaultdict(list)
    for step in history.steps[:-1]:
        steps[step.after.ref].append(step)
    before = ""
    for contract in history.contracts:
        yield "; ".join([amounts.of_a_time(contract), *(amounts.after(step, step.before.ref != before) for step in steps[contract.ref])])
        before = contract.ref


def _linked(history: History) -> str:
    if all(step.link == "contract" for step in history.steps):
        return ""
    return "a system replaced another; no contract says that it follows another"


def _history_coverage(found: _Found, facts: Mapping[str, Any]) -> Iterator[str]:
    contracts = [contract for history in found.histories for contract in history.contracts]
    holders = {holder["holder"]: holder["counts"] for contract in contracts for holder in contract.holders}
    counted = sum(bool(counts) for counts in holders.values())
    bodies = f", {len(holders) - counted} of bodies that do not count in the {found.facts['authorities']}" if len(holders) > counted else ""
    number = len(found.histories)
    if not number:
        yield f"No contract{' asked for' if found.limited else ''} is known to follow another."
        return
    yield (
        f"{number:,} {'history' if number == 1 else 'histories'} of {many(len(contracts), 'contract')}, "
        f"of {counted} of {found.facts['authorities']} authorities{bodies}."
    )
    yield (
        f"Both amounts are published for {facts['both_amounts']:,} of {many(facts['successions'], 'succession')}; "
        f"a change can be told for {facts['changes']:,}."
    )


def _history_notes(found: _Found) -> Iterator[str]:
    if found.histories:
        yield (
            "A change is of the yearly cost, and told only where both amounts are for the same time, contents, VAT, systems and holders. "
            "Nothing is adjusted for inflation."
        )
        yield "Order: changes that can be told, the largest rise first; then those with both amounts; then authorities before bodies."
    yield "A contract whose record does not say what it replaces has no history here, though it may have one."


# What is missing


def _gaps(found: _Found) -> Table:
    by_reason: dict[str, list[Contract]] = defaultdict(list)
    for contract in found.asked:
        for reason in found.why[contract.ref]:
            by_reason[reason].append(contract)
    rows = [_gap(reason, contracts, found) for reason, contracts in by_reason.items()]
    rows.sort(key=lambda row: (-row["contracts"], list(REASONS).index(row["id"])))
    facts = {
        "not_compared": sum(bool(found.why[contract.ref]) for contract in found.asked),
        "one_thing_missing": sum(row["only_missing"] for row in rows if row["id"] in _ONE_LINE),
    }
    return _table(
        "What keeps prices from comparison", GAPS, rows, found, coverage=_gaps_coverage(found, facts), notes=_gaps_notes(found), facts=facts
    )


def _gap(reason: str, contracts: Sequence[Contract], found: _Found) -> dict[str, Any]:
    only = [contract.ref for contract in contracts if len(found.why[contract.ref]) == 1]
    more = f" and {len(only) - _NAMED:,} more" if len(only) > _NAMED else ""
    return {
        "contracts": len(contracts),
        "reason": REASONS[reason].heading.format(**found.facts),
        "write": "".join(_to_write([reason])),
        "only": f"for {len(only):,}: {', '.join(only[:_NAMED])}{more}" if only and REASONS[reason].write else "",
        "grounds": [f"{contract.ref}: {_why(contract, reason)}" for contract in contracts] if reason == "withheld" else [],
        "id": reason,
        "only_missing": len(only),
        "boroughs": len({holder["holder"] for contract in contracts for holder in contract.holders if holder["counts"]}),
        "refs": [contract.ref for contract in contracts],
    }


def _gaps_coverage(found: _Found, facts: Mapping[str, Any]) -> Iterator[str]:
    if not found.asked:
        return
    of = f"{many(found.facts['asked_in_force'], 'contract')} in force{' asked for' if found.limited else ''}"
    yield f"{facts['not_compared']:,} of the {of} cannot be set beside another holder's."
    if facts["one_thing_missing"]:
        yield f"For {facts['one_thing_missing']:,} of them one line in a file may be all that is missing."


def _gaps_notes(found: _Found) -> Iterator[str]:
    if found.asked:
        yield "A contract may lack several things, so that these numbers add up to more. Of an unpublished value nothing else is asked."
    if found.asked and not (found.limited or found.everything):
        yield "Contract by contract: citytools report prices --borough NAME, or --all."
