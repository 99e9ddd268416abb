"""What is coming to market: the rows of pipeline.sql as plans, planned systems and what follows from dates; as planning releases too."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools import timeline
from citytools.index import Index
from citytools.model import Column, Package, Table, Timeline, under
from citytools.reports import agreements, releases, statutory
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask, by_key
from citytools.reports.words import day, enumerated, held_by, many, parties_of, pounds

BASES = ("planned", "system", "inferred")
NEAR_MONTHS = 6
_NAMED = 8  # of those who could join, so many by name
_TEXT_ROWS = 100

_INTENTIONS = {
    "replace": "To be replaced",
    "renew": "To be renewed, perhaps without a competition",
    "join": "To be followed by joining another's contract",
    "undecided": "Not decided what is to follow",
    None: "To be bought again, not said how",
}
_LABELS = {"planned": "planned", "system": "planned system", "inferred": "no plan stated"}

COLUMNS = (
    Column("basis", "Basis", "text", "lead"),
    Column("who", "Who", "text", "heading"),
    Column("title", "What", "text", "heading"),
    Column("supplier", "Supplier now", "text", "heading"),
    Column("says", "What is planned", "text", "body"),
    Column("over", "Over £2m", "text", "detail"),
    Column("value", "Estimated value", "text", "detail"),
    Column("now", "Now", "text", "detail"),
    Column("succession", "Same purchase", "list", "detail"),
    Column("functions", "For", "list", "detail"),
    Column("joint", "Joint purchase with", "text", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("notes", "Note", "text", "detail"),
    Column("seen", "Seen", "text", "detail"),
    Column("doubtful", "Confidence", "text", "detail"),
    Column("assumed", "Assumed", "text", "detail"),
    Column("intention", "Intention", "text", "hidden"),
    Column("market", "Approach to market", "date", "hidden"),
    Column("market_basis", "Stated or derived", "text", "hidden"),
    Column("about", "About", "count", "hidden"),
    Column("exit", "Exit", "date", "hidden"),
    Column("decide_by", "Decide-by", "date", "hidden"),
    Column("latest_end", "End with all options", "date", "hidden"),
    Column("estimate_pence", "Estimated value", "pence", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("vat", "VAT", "text", "hidden"),
    Column("over_limit", "Over £2m or not", "text", "hidden"),
    Column("in_notice_period", "Within the notice's period", "count", "hidden"),
    Column("boroughs", "Boroughs", "list", "hidden"),
    Column("products", "Products", "list", "hidden"),
    Column("joint_with", "Joint purchase with, by id", "list", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("ref", "Id", "text", "detail"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the report is limited to: ``stated`` leaves out what is inferred, ``everything`` takes in old plans for systems."""

    boroughs: Sequence[str] = ()
    functions: Sequence[str] = ()
    months: int = 36
    intention: str = "any"
    stated: bool = False
    everything: bool = False


@dataclass(frozen=True, slots=True)
class _Item:
    """A contract or planned system that comes to market, and whose it is, the lead first.

    ``market`` is when the market is approached, as precisely as known; ``stated`` where someone said so.
    """

    basis: str
    ref: str
    row: Mapping[str, Any]
    names: tuple[str, ...]
    market: str
    stated: bool
    things: Mapping[str, Mapping[str, str]]

    @property
    def about(self) -> int:
        return 0 if self.stated or self.row.get("too_short") else self.row.get("next_exit_about") or 0

    @property
    def when(self) -> str:
        return day(self.market, self.about)

    @property
    def keys(self) -> set[tuple[str, str]]:
        return {(facet, thing) for facet, things in self.things.items() for thing in things}

    def passed(self, as_of: str) -> bool:
        return bool(self.market) and self.market < as_of[: len(self.market)]


@dataclass(frozen=True, slots=True)
class _Pipeline:
    """What was asked, what came of it, and all that others do too, by what it is for."""

    as_of: str
    until: str
    filters: Filters
    sections: Mapping[str, Rows]
    bodies: Mapping[tuple[str, str], list[str]]
    withheld: Mapping[str, Rows]
    successions: Mapping[tuple[str, str], Rows]
    items: Sequence[_Item]
    chosen: Sequence[_Item]
    alike: Mapping[tuple[str, str], list[_Item]]

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.sections["coverage"][0]

    @property
    def term_months(self) -> int:
        return int(self.facts["assumed_term_months"])

    def of(self, basis: str) -> list[_Item]:
        return [item for item in self.chosen if item.basis == basis]


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return [pipeline(index, _filters(asked))]


def _filters(asked: Asked) -> Filters:
    options = asked["months"], asked["intention"], asked["stated"], asked["all"]
    return Filters(asked.lists["borough"], asked.lists["function"], *options)


def pipeline(index: Index, filters: Filters) -> Table:
    """Plans that contracts state by the day they go to market, then planned systems, then what follows from dates alone."""
    found = _found(index, filters)
    rows = [_row(item, found) for item in found.chosen]
    return Table(
        title=f"{question('pipeline').title}: what is coming to market by {found.until}, a draft, as of {found.as_of}",
        columns=COLUMNS,
        rows=under(COLUMNS, rows, partial=True),
        coverage=tuple(_coverage(found, rows, index)),
        notes=tuple(_notes(found)),
        facts=_facts(found, rows),
        chart=_timeline(found),
        text_rows=_TEXT_ROWS,
    )


def planning_releases(index: Index, filters: Filters) -> Package:
    """The plans that contracts state as releases; a system's status does not say how it is bought, and what is inferred nobody plans."""
    found = _found(index, filters)
    rows = [_row(item, found) for item in found.chosen]
    details = {name: by_key(found.sections[name], "contract") for name in ("contract_holders", "cpv", "notices", "sources")}
    buyers = {row["holder"]: _buyer(row) for row in found.sections["codes"]}
    purchases = [
        _purchase(item, row, found, {name: of.get(item.ref, []) for name, of in details.items()}, buyers)
        for item, row in zip(found.chosen, rows, strict=True)
        if item.basis == "planned"
    ]
    draft, *others = _coverage(found, rows, index)
    coverage = (draft, f"{many(len(purchases), 'release')}, of the plans that contracts state and of nothing else listed here.", *others)
    said = {"ocidPrefix": releases.UNREGISTERED, "assumptions": list(_rules(found))}
    return releases.package(purchases, found.as_of, _licence(index), said, coverage)


def _licence(index: Index) -> str:
    document = index.dataset.document("dataset")
    return str(document.value(("licence", "url")) or "") if document else ""


def _found(index: Index, filters: Filters) -> _Pipeline:
    as_of = index.as_of.isoformat()
    until = timeline.Day(index.as_of).plus(filters.months).date.isoformat()
    sections = ask(index, question("pipeline"), {}, {"borough": filters.boroughs, "function": filters.functions})
    items = list(_items(sections, as_of))
    alike: dict[tuple[str, str], list[_Item]] = defaultdict(list)
    for item in items:
        for key in item.keys:
            if item.basis != "system" or item.row["recent"]:
                alike[key].append(item)
    chosen = sorted((item for item in items if _wanted(item, filters, until)), key=_place)
    bodies = {
        (sort, ref): names
        for sort in ("contract", "system")
        for ref, names in parties_of(row for row in sections[f"{sort}_holders"] if not row["counts"]).items()
    }
    successions = {(sort, ref): rows for sort in ("contract", "system") for ref, rows in by_key(sections["successions"], sort).items()}
    withheld = by_key(sections["withheld"], "contract")
    return _Pipeline(as_of, until, filters, sections, bodies, withheld, successions, items, chosen, alike)


def _sort(basis: str) -> str:
    return "system" if basis == "system" else "contract"


def _items(sections: Mapping[str, Rows], as_of: str) -> Iterator[_Item]:
    things: dict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(lambda: {"function": {}, "product": {}})
    for row in sections["things"]:
        things[row["sort"], row["ref"]][row["facet"]][row["thing"]] = row["name"]
    parties, owners = parties_of(sections["contract_holders"]), parties_of(sections["system_holders"])
    for row in sections["contracts"]:
        stated, ref = row["plan_approach_market"], row["contract"]
        # What is too short to have had a day to start buying can go to market at once.
        market = stated or (as_of if row["too_short"] else row["start_buying_by"]) or ""
        yield _Item(row["basis"], ref, row, tuple(parties[ref]), market, bool(stated), things["contract", ref])
    for row in sections["systems"]:
        ref = row["system"]
        yield _Item("system", ref, row, tuple(owners[ref]), "", False, things["system", ref])


def _wanted(item: _Item, filters: Filters, until: str) -> bool:
    row = item.row
    if not row["asked"] or (filters.intention != "any" and row.get("plan_intention") != filters.intention):
        return False
    if item.basis == "system":
        return bool(filters.everything or row["recent"])
    if item.basis == "inferred":
        return not filters.stated and bool(row["next_exit"] <= until)
    return not item.market or item.market <= until


def _place(item: _Item) -> tuple[Any, ...]:
    """Dated plans first; of systems those in procurement, and what was seen last before what is old."""
    if item.basis == "system":
        return (
            BASES.index(item.basis),
            item.row["status"] != "in-procurement",
            -(timeline.month_number(item.row["last_seen"]) or 0),
            item.ref,
        )
    return BASES.index(item.basis), not item.market, item.market, item.ref


def _row(item: _Item, found: _Pipeline) -> dict[str, Any]:
    bodies = found.bodies.get((_sort(item.basis), item.ref), [])
    row, joint = item.row, _joint(item, found)
    return {
        "basis": item.basis,
        "who": held_by(item.names),
        "functions": list(item.things["function"].values()),
        "products": list(item.things["product"].values()),
        "succession": list(_succession(item, found)),
        "joint": _named(joint),
        "joint_with": [other.ref for other in joint],
        "bodies": bodies,
        "boroughs": [name for name in item.names if name not in bodies],
        "notes": row["notes"] or "",
        "last_seen": row["last_seen"],
        "seen": "" if row["recent"] else f"not since {row['last_seen']}" if row["last_seen"] else "no source is dated",
        "doubtful": "low: check it before relying on it" if row["confidence"] == "low" else "",
        "ref": item.ref,
    } | (_system(row) if item.basis == "system" else _contract(item, found))


def _system(row: Mapping[str, Any]) -> dict[str, Any]:
    status = "In procurement" if row["status"] == "in-procurement" else "Planned"
    named = row["product"] or row["supplier_name"]
    supplier = f", of {row['supplier_name']}" if row["supplier_name"] else ""
    named_already = f" What is to be used is named{supplier}: ask whether it is still to be bought." if named else ""
    share = f" A share of {row['shared_with']}'s." if row["shared_with"] else ""
    since = f" To be in use {row['since']}." if row["since"] else ""
    return {
        "title": row["name"],
        "says": f"{status}; no contract for it is recorded.{since}{share}{named_already}",
        "intention": row["status"],
        "value": "",
    }


def _contract(item: _Item, found: _Pipeline) -> dict[str, Any]:
    row = item.row
    amount = agreements.estimate(row, found.term_months)
    verdict, why = statutory.over_limit(row, amount)
    covered = statutory.covered(item.market, found.as_of)
    return {
        "title": row["title"],
        "supplier": agreements.supplier_of(row),
        "says": f"{_plan(item, found)}.",
        "now": _now(row, found.as_of) if item.basis == "planned" else "",
        "over": f"{why}{covered}" if why else "",
        "value": _value(row, amount, found),
        "assumed": "; ".join(_assumed(row)),
        "intention": row["plan_intention"],
        "market": item.market or None,
        "market_basis": "stated" if item.stated else "derived" if item.market else "",
        "about": item.about,
        "exit": row["next_exit"],
        "decide_by": None if row["too_short"] else row["decide_by"],
        "latest_end": row["latest_end"],
        "estimate_pence": amount,
        "yearly_value_pence": row["yearly_value_pence"],
        "vat": row["value_vat"] or "",
        "over_limit": verdict,
        "in_notice_period": int(bool(covered)),
    }


def _plan(item: _Item, found: _Pipeline) -> str:
    if item.basis == "planned":
        return f"{_INTENTIONS[item.row['plan_intention']]}; {_market(item, found.as_of)}"
    ground = next((said["reason"] for said in found.withheld.get(item.ref, ()) if said["field"].startswith("plan")), "")
    itself = " for the contract itself" if ("contract", item.ref) in found.successions else ""
    return f"{f'Plan not published ({ground})' if ground else f'No plan stated{itself}'}: {_now(item.row, found.as_of)}"


def _market(item: _Item, as_of: str) -> str:
    """When the market is approached, and whether someone said so."""
    if not item.market:
        return "no day for going to market is stated, and none follows from its dates"
    if not item.stated and item.row["too_short"]:
        return f"no day for going to market is stated: at once, as it is {agreements.TOO_SHORT}"
    if not item.stated:
        passed = ", which has passed" if item.passed(as_of) else ""
        return f"no day for going to market is stated: to start buying by {item.when}{passed}, derived from its exit"
    passed = ", which has passed; no later contract is recorded" if item.passed(as_of) else ""
    return f"to market {item.market}, as stated{passed}"


def _now(row: Mapping[str, Any], as_of: str) -> str:
    """Where the present contract stands, and whether an option could put the purchase off."""
    standing = agreements.when(row, as_of)
    if not row["next_exit"]:
        return standing
    buying = row["start_buying_by"]
    start = f", start buying by {day(buying, row['next_exit_about'])}" if buying != row["decide_by"] and not row["too_short"] else ""
    if row["rolls_months"]:
        return f"{standing}{start}; renews itself every {many(row['rolls_months'], 'month')} unless notice is given"
    longest = row["latest_end"]
    options = f"its options reach to {day(longest, row['about'])}" if longest > row["next_exit"] else "no option after it is recorded"
    return f"{standing}{start}; {options}"


def _value(row: Mapping[str, Any], amount: int | None, found: _Pipeline) -> str:
    if amount is None:
        ground = next((said["reason"] for said in found.withheld.get(row["contract"], ()) if said["field"].startswith("value")), "")
        return f"not published ({ground})" if ground else "not known"
    bundle = f", for {row['products']} products together" if row["products"] else ""
    vat = {"included": "VAT included", "excluded": "without VAT"}.get(row["value_vat"], "not said whether with VAT")
    if row["yearly_value_pence"] is None:
        return f"{pounds(amount)}, the present amount as stated, not known for how long; {vat}{bundle}"
    yearly = pounds(row["yearly_value_pence"])
    return f"about {pounds(amount)}: {yearly} a year over {found.term_months} months, a term that is assumed; {vat}{bundle}"


def _assumed(row: Mapping[str, Any]) -> list[str]:
    """The times counted back from the exit, and what its dates and value rest on; not what the row says anyway."""
    stated = (row["assumptions"] or "").split(" | ")
    said = ("no yearly value", "whether the end includes options", "the end includes options that are not listed")
    return [text for text in (row["assumption"], *stated) if text and not text.startswith(said)]


def _succession(item: _Item, found: _Pipeline) -> Iterator[str]:
    """A planned system is bought in the place of a contract: each names the other, since both are listed."""
    for row in found.successions.get((_sort(item.basis), item.ref), ()):
        if item.basis == "system":
            yield f"it takes the place of what {row['title']} pays for, {agreements.when(row, found.as_of)} [{row['contract']}]"
        else:
            yield f"{row['name']} is planned in the place of what it pays for [{row['system']}]"


def _joint(item: _Item, found: _Pipeline) -> list[_Item]:
    """Others who have the same product or function to buy, not more than NEAR_MONTHS apart: the nearest of each, nearest first."""
    others = {(other.basis, other.ref): other for key in item.keys for other in found.alike[key] if not {*other.names} & {*item.names}}
    near = sorted((apart, other.names, other.ref, other) for other in others.values() if (apart := _apart(item, other)) is not None)
    nearest = {other.names: other for _, _, _, other in reversed(near)}
    return [other for _, _, _, other in near if nearest[other.names] is other]


def _apart(one: _Item, other: _Item) -> int | None:
    """How many months apart; two plans of which one has no day come after all with one; None where it is too far or cannot be told."""
    months = [timeline.month_number(item.market) for item in (one, other)]
    if months[0] is None or months[1] is None:
        return None if "inferred" in (one.basis, other.basis) else NEAR_MONTHS + 1
    apart = abs(months[0] - months[1])
    return apart if apart <= NEAR_MONTHS else None


def _named(joint: Sequence[_Item]) -> str:
    names = [f"{held_by(other.names)} {other.when or 'no day'} ({_LABELS[other.basis]})" for other in joint[:_NAMED]]
    more = f" and {len(joint) - _NAMED} more, which --format csv lists" if len(joint) > _NAMED else ""
    return f"{', '.join(names)}{more}"


def _coverage(found: _Pipeline, rows: Sequence[Mapping[str, Any]], index: Index) -> Iterator[str]:
    yield statutory.DRAFT
    facts, total = found.facts, found.facts["authorities"]
    boroughs = {name for row in rows for name in row["boroughs"]}
    alone = sum(1 for row in rows if not row["boroughs"])
    counted = (
        f"{many(len(found.of('planned')), 'planned purchase')}, {many(len(found.of('system')), 'planned system')} without a contract, "
        f"{many(len(found.of('inferred')), 'contract')} without a plan that can be left by {found.until}"
    )
    yield f"{counted}: of {len(boroughs)} of {total} authorities{f', {alone} of bodies that do not count in the {total}' if alone else ''}."
    yield (
        f"A plan is stated for {facts['with_plan']:,} of the {many(facts['open'], 'contract')} not known to have ended; "
        f"the register holds such contracts of {facts['with_open']} of {total} authorities."
    )
    worth = [row for row in rows if row["basis"] != "system"]
    if worth:
        known = sum(row["estimate_pence"] is not None for row in worth)
        over = {verdict: sum(row["over_limit"] == verdict for row in worth) for verdict in ("yes", "perhaps")}
        yield (
            f"An estimated value is known for {known:,} of the {many(len(worth), 'contract')}: "
            f"{over['yes']:,} over £2m, {over['perhaps']:,} perhaps. None is known for planned systems."
        )
    if rows:
        recent = sum(row["seen"] == "" for row in rows)
        limits = f"contracts since {facts['contracts_fresh_from']}, systems since {facts['systems_fresh_from']}"
        yield f"Seen within the limits of freshness ({limits}): {recent:,} of {len(rows):,}."
    if found.filters.boroughs:
        yield f"Only what {enumerated([index.catalogue.holder_name(each) for each in found.filters.boroughs])} has a part in."


def _rules(found: _Pipeline) -> Iterator[str]:
    """What the flag and the derived figures rest on."""
    yield statutory.RULE
    yield f"Estimated value: yearly value over {found.term_months} months, else the amount as stated; options and growth are not foreseen."
    yield statutory.VAT_RULE
    yield "Derived: the last day to start buying for the next exit, with the times under Assumed. An exit may be put off by an option."


def _notes(found: _Pipeline) -> Iterator[str]:
    yield from _rules(found)
    yield (
        f"Joint purchase: another's plan or exit for the same product or function within {NEAR_MONTHS} months. "
        "citytools report opportunities says who could buy together by all their exits."
    )
    yield "Order: plans by the day they go to market, planned systems by when they were seen, what is inferred by the day to start buying."
    yield "A borough that is not named may still have something to buy: not reported is not none. No contract recorded is not no contract."
    if left := [text for number, text in _left_out(found) if number]:
        yield f"Left out: {'; '.join(left)}."


def _left_out(found: _Pipeline) -> Iterator[tuple[int, str]]:
    number: dict[str, int] = defaultdict(int, {row["fate"]: row["number"] for row in found.sections["left_out"]})
    wanted = found.filters.intention
    everything = [item for item in found.items if item.row["asked"]]
    asked = [item for item in everything if wanted in ("any", item.row.get("plan_intention"))]
    old = sum(1 for item in asked if item.basis == "system" and not item.row["recent"])
    later = sum(1 for item in asked if item.basis == "planned" and item.market > found.until)
    exits = sum(1 for item in asked if item.basis == "inferred" and item.row["next_exit"] > found.until)
    other, dates = len(everything) - len(asked), sum(1 for item in asked if item.basis == "inferred")
    yield other, f"{other:,} without the intention asked for"
    yield number["retired"], f"{many(number['retired'], 'contract')} to end with nothing in its place"
    yield number["option"], f"{number['option']:,} to be renewed by an option, or by going on of itself"
    yield later, f"{later:,} planned to go to market after {found.until}"
    if found.filters.stated:
        yield dates, f"{dates:,} without a plan whose dates say when it can be left (--stated)"
    else:
        yield exits, f"{exits:,} without a plan that can be left only after {found.until}"
    yield number["rolling"], f"{number['rolling']:,} without a plan, of the sort that renews itself"
    yield number["unclear"], f"{number['unclear']:,} without a plan or a certain end (citytools report renewals --all has what to ask)"
    yield number["ended"], f"{number['ended']:,} ended, with neither a plan nor a later contract recorded"
    yield number["not begun"], f"{number['not begun']:,} not begun"
    yield number["succeeded"], f"{number['succeeded']:,} whose successor is agreed"
    yield number["bought"], f"{many(number['bought'], 'planned system')} under contract already"
    if not found.filters.everything:
        yield old, f"{many(old, 'planned system')} not seen since {found.facts['systems_fresh_from']}, which --all lists"


def _facts(found: _Pipeline, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    start, end = statutory.notice_period(found.as_of)
    return {
        **found.facts,
        **{f"listed_{basis}": len(found.of(basis)) for basis in BASES},
        "over_limit": sum(row.get("over_limit") == "yes" for row in rows),
        "perhaps_over_limit": sum(row.get("over_limit") == "perhaps" for row in rows),
        "left_out": {row["fate"]: row["number"] for row in found.sections["left_out"] if row["fate"] not in BASES},
        "as_of": found.as_of,
        "until": found.until,
        "months": found.filters.months,
        "limit_pence": statutory.LIMIT,
        "vat_percent": statutory.VAT_PERCENT,
        "notice_period": [start, end],
        "statutory_notice": False,
        "sources": statutory.SOURCES,
    }


def _timeline(found: _Pipeline) -> Timeline | None:
    """When each purchase goes to market, and the exit that it is for."""
    rows = []
    for item in found.chosen:
        market, leaving = timeline.day(item.market), item.row.get("next_exit")
        marks = [(market.date.isoformat(), "to market, as stated" if item.stated else "start buying by, derived")] if market else []
        marks += [(leaving, "exit")] if leaving else []
        if marks:
            rows.append((f"{item.names[0]}: {item.row['title']}", tuple(marks)))
    return Timeline("Days to go to market, and the exits that they are for", found.as_of, tuple(rows)) if rows else None


def _purchase(
    item: _Item, row: Mapping[str, Any], found: _Pipeline, details: Mapping[str, Rows], buyers: Mapping[str, releases.Buyer]
) -> releases.Purchase:
    exit_day, lead, market = item.row["next_exit"], item.ref.partition("/")[0], _market(item, found.as_of)
    # An option, or a contract that goes on of itself, could put the start off.
    certain = exit_day and not item.row["next_exit_about"] and not item.row["rolls_months"] and item.row["latest_end"] == exit_day
    after = timeline.Day(datetime.date.fromisoformat(exit_day)).plus(0, 1).date.isoformat() if certain else ""
    holders = sorted((each["holder"] for each in details["contract_holders"]), key=lambda holder: (holder != lead, holder))
    return releases.Purchase(
        contract=item.ref,
        title=row["title"],
        rationale=f"{statutory.DRAFT} {row['says']}",
        description=_description(row, item.row["supplier_name"] or ""),
        buyers=tuple(buyers[holder] for holder in holders),
        market=f"{market[:1].upper()}{market[1:]}.",
        market_day=item.market if item.stated and len(item.market) == 10 else "",
        stated=item.stated,
        start=after,
        value_pence=row["estimate_pence"],
        cpv=tuple(dict.fromkeys(each["cpv_code"] for each in details["cpv"])),
        ocids=tuple(dict.fromkeys(each["ocid"] for each in details["notices"] if each["ocid"])),
        sources=tuple(details["sources"]),
    )


def _description(row: Mapping[str, Any], supplier: str) -> str:
    """What the release's fields have no place for: what the present contract is, and what the value rests on."""
    said = {
        "For": ", ".join(row["functions"]),
        "Supplier of the present contract": supplier,
        "The present contract": row["now"],
        "Estimated value": row["value"],
        "Over £2m": row["over"],
        "Assumed": row["assumed"],
        "Note": row["notes"],
    }
    return " ".join(f"{name}: {text.rstrip('.')}." for name, text in said.items() if text)


def _buyer(row: Mapping[str, Any]) -> releases.Buyer:
    return releases.Buyer(row["holder"], row["name"], row["official_name"], row["gss"] or "", row["code"] or "")


ALSO = {"ocds": lambda index, asked: planning_releases(index, _filters(asked))}
