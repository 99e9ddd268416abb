"""Who could buy together: the maximal sets of opportunities.sql with their dates, routes and worth."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools import timeline
from citytools.index import Index
from citytools.model import Column, Table, under
from citytools.reports import agreements
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask, by_key
from citytools.reports.words import at, day, enumerated, held_by, many, month, parties_of, pounds, span

FACETS = {"product": "product", "function": "function", "supplier": "contracted supplier"}
DEFAULT_TOLERANCE, DEFAULT_WITHIN = 6, 36
_LOW = 2  # of 5, at most
_TEXT_ROWS = 15  # each is long
_NAMED = 8  # of those who may join, so many by name

COLUMNS = (
    Column("boroughs", "Boroughs", "count", "lead"),
    Column("name", "What", "text", "heading"),
    Column("start_text", "From", "text", "heading"),
    Column("who", "Who", "text", "body"),
    Column("decide", "Decide by", "text", "detail"),
    Column("routes", "Routes", "list", "detail"),
    Column("too_late", "Too late", "list", "detail"),
    Column("value", "Worth", "text", "detail"),
    Column("again", "Again from", "list", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("low_ratings", "Low ratings", "list", "detail"),
    Column("connections", "Would move", "list", "detail"),
    Column("frameworks", "Frameworks", "list", "detail"),
    Column("open_contracts", "Open to them", "list", "detail"),
    Column("outside", "Outside", "list", "detail"),
    Column("ask", "Ask", "list", "detail"),
    Column("users", "Users, contract not reported", "text", "detail"),
    Column("doubtful", "Check first", "list", "detail"),
    Column("assumed", "Assumed", "text", "detail"),
    Column("start", "Joint start", "date", "hidden"),
    Column("last_join", "Last to join", "date", "hidden"),
    Column("decide_by", "Decide-by", "date", "hidden"),
    Column("about", "About", "count", "hidden"),
    Column("days_left", "Days left", "count", "hidden"),
    Column("borough_names", "Boroughs", "list", "hidden"),
    Column("contracts", "Contracts", "list", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("values_known", "Contracts with a yearly value", "count", "hidden"),
    Column("things", "Ids", "list", "hidden"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the report is limited to; ``boroughs`` and ``functions`` are ids, nothing for no limit, times are months."""

    boroughs: Sequence[str] = ()
    functions: Sequence[str] = ()
    min_boroughs: int = 2
    tolerance: int = DEFAULT_TOLERANCE
    within: int = DEFAULT_WITHIN
    in_time: bool = False


@dataclass(frozen=True, slots=True)
class _Set:
    """Contracts that one joint contract could follow, what they have in common, and the months in which it could start."""

    contracts: tuple[str, ...]
    things: Mapping[str, str]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    """A contract in a set, the exit at which it would call off, and the day by which that has to be decided."""

    contract: str
    exit: Mapping[str, Any]
    decide_by: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """A set with its dates: members by exit, the months that buying together and bringing into use take, and why."""

    members: tuple[_Member, ...]
    award: str
    assumed: str

    @property
    def start(self) -> str:
        return min(str(member.exit["exit_date"]) for member in self.members)

    @property
    def first(self) -> _Member:
        return min(self.members, key=lambda member: member.decide_by)

    @property
    def about(self) -> int:
        return int(any(member.exit["about"] for member in self.members))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of contracts, exits and holders, by contract or by what a set has in common."""

    as_of: str
    tolerance: int
    lead: timeline.Lead
    contracts: Mapping[str, Mapping[str, Any]]
    exits: Mapping[str, Rows]
    parties: Mapping[str, list[str]]
    boroughs: Mapping[str, dict[str, str]]
    bodies: Mapping[str, dict[str, str]]
    near: Mapping[str, Rows]
    possible: Mapping[str, Rows]
    users: Mapping[str, Rows]
    systems: Mapping[str, Rows]
    connections: Mapping[str, Rows]
    open_to_others: Mapping[str, Rows]
    frameworks: Rows
    used: Mapping[str, set[str]]
    coverage: Mapping[str, Any]


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    options = asked["min_boroughs"], asked["tolerance"], asked["within"], asked["in_time"]
    return [opportunities(index, asked["by"], Filters(asked.lists["borough"], asked.lists["function"], *options))]


def opportunities(index: Index, by: str, filters: Filters) -> Table:
    """The joint purchases that contracts' exits allow, by ``by`` (a key of FACETS), as the printed formula ranks them."""
    sections = _asked(index, by, filters)
    known = _known(index, filters, sections)
    sets = list(_sets(sections["sets"]))
    wide = [found for found in sets if len(_holders(found, known.boroughs)) >= filters.min_boroughs]
    rows = [row for row in (_row(found, known) for found in wide) if not (filters.in_time and row["too_late"])]
    rows.sort(key=lambda row: (-row["boroughs"], -(row["yearly_value_pence"] or 0), -row["days_left"], row["name"].casefold()))
    return Table(
        title=f"{question('opportunities').title} to buy together by {FACETS[by]}, as of {known.as_of}",
        columns=COLUMNS,
        rows=under(COLUMNS, rows),
        coverage=tuple(_coverage(rows, known, by, filters, index)),
        notes=tuple(_notes(rows, known, filters, len(sets) - len(wide))),
        facts={
            **sections["coverage"][0],
            "as_of": known.as_of,
            "by": by,
            "tolerance": filters.tolerance,
            "within": filters.within,
            "min_boroughs": filters.min_boroughs,
        },
        text_rows=_TEXT_ROWS,
    )


def _asked(index: Index, by: str, filters: Filters) -> dict[str, Rows]:
    until = timeline.Day(index.as_of).plus(filters.within).date.isoformat()
    parameters = {
        "facet": "contracted-supplier" if by == "supplier" else by,
        "tolerance": filters.tolerance,
        "until_month": timeline.month_number(until),
    }
    return ask(index, question("opportunities"), parameters, {"borough": filters.boroughs, "function": filters.functions})


def _known(index: Index, filters: Filters, sections: Mapping[str, Rows]) -> _Known:
    facts = sections["coverage"][0]
    holders = sections["contract_holders"]
    lead = timeline.Lead(
        buying=[(row["up_to_pence"], row["months"]) for row in sections["buying_times"]],
        unknown_value_months=facts["unknown_value_buying_months"],
        assumed_term_months=facts["assumed_term_months"],
    )
    return _Known(
        as_of=index.as_of.isoformat(),
        tolerance=filters.tolerance,
        lead=lead,
        contracts={row["contract"]: row for row in sections["contracts"]},
        exits=by_key(sections["exits"], "contract"),
        parties=parties_of(holders),
        boroughs=_names(row for row in holders if row["counts"]),
        bodies=_names(row for row in holders if not row["counts"]),
        near=by_key(sections["near"], "thing"),
        possible=by_key(sections["possible"], "thing"),
        users=by_key(sections["users"], "thing"),
        systems=by_key(sections["systems"], "contract"),
        connections=by_key(sections["connections"], "contract"),
        open_to_others=by_key(sections["open_to_others"], "thing"),
        frameworks=list({row["id"]: row for row in sections["frameworks"]}.values()),
        used={thing: {row["id"] for row in rows} for thing, rows in by_key(sections["frameworks"], "thing").items()},
        coverage=facts,
    )


def _names(rows: Iterator[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["contract"], {})[row["holder"]] = row["name"]
    return found


def _sets(rows: Rows) -> Iterator[_Set]:
    """Each set of contracts once, whatever it has in common and whenever it could start."""
    windows: dict[tuple[str, int], list[str]] = {}
    names = {row["thing"]: row["name"] for row in rows}
    for row in rows:
        windows.setdefault((row["thing"], row["start_month"]), []).append(row["contract"])
    same: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for window, contracts in windows.items():
        same.setdefault(tuple(sorted(contracts)), []).append(window)
    for members, found in same.items():
        yield _Set(members, {thing: names[thing] for thing, _ in found}, tuple(sorted({start for _, start in found})))


def _holders(found: _Set, by_contract: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """Who has a part in a set's contracts: each once, id and name."""
    return {holder: name for contract in found.contracts for holder, name in by_contract.get(contract, {}).items()}


def _plan(found: _Set, known: _Known) -> _Plan:
    """The first start at which nobody is too late; where there is none, the one at which the first to decide is least late."""
    plans = [_dates(found, start, known) for start in found.starts]
    in_time = [plan for plan in plans if plan.first.decide_by >= known.as_of]
    return in_time[0] if in_time else max(plans, key=lambda plan: plan.first.decide_by)


def _dates(found: _Set, start: int, known: _Known) -> _Plan:
    contracts = [known.contracts[contract] for contract in found.contracts]
    buying, words = _buying(contracts, known.lead)
    using = max((row["mobilisation_months"] for row in contracts if row["mobilisation_months"] is not None), default=0)
    stated = max((row["lead_months"] for row in contracts if row["mobilisation_months"] is None), default=0)
    words = f"{words}, {using} to bring into use"
    if stated > buying + using:
        words = f"{stated} months' lead time, the longest that a member states"
    before = max(buying + using, stated)
    exits = {contract: _exit(known.exits[contract], start, known) for contract in found.contracts}
    members = [_Member(contract, leaving, _decide_by(leaving, before)) for contract, leaving in exits.items()]
    members.sort(key=lambda member: (member.exit["exit_date"], member.contract))
    return _Plan(tuple(members), _earlier(members[0].exit["exit_date"], using), words)


def _exit(exits: Rows, start: int, known: _Known) -> Mapping[str, Any]:
    """The exit at which a member calls off: the first in the window that it is not yet too late for, else the first."""
    inside = [row for row in exits if start <= row["exit_month"] <= start + known.tolerance]
    return next((row for row in inside if row["decide_by"] >= known.as_of), inside[0])


def _decide_by(exit: Mapping[str, Any], before: int) -> str:
    start = _earlier(exit["exit_date"], before)
    return min(start, exit["notice_by"] or start)


def _earlier(date: str, months: int) -> str:
    return timeline.Day(datetime.date.fromisoformat(date)).plus(-months).date.isoformat()


def _buying(contracts: Sequence[Mapping[str, Any]], lead: timeline.Lead) -> tuple[int, str]:
    """Months that the purchase takes together, never fewer than where a value is unknown, and the assumption in words."""
    estimates = [agreements.estimate(row, lead.assumed_term_months) for row in contracts]
    values = [value for value in estimates if value is not None]
    if not values:
        return lead.unknown_value_months, f"{lead.unknown_value_months} months to buy (no value known)"
    months, _ = lead.buying_months(None, sum(values))
    unknown = len(estimates) - len(values)
    more = f" for {len(values)} of {len(estimates)} contracts" if unknown else ""
    longest = max(months, lead.unknown_value_months) if unknown else months
    return longest, f"{longest} months to buy together (about {pounds(sum(values))} in all{more})"


def _row(found: _Set, known: _Known) -> dict[str, Any]:
    plan = _plan(found, known)
    contracts = [known.contracts[contract] for contract in found.contracts]
    boroughs, bodies = _holders(found, known.boroughs), _holders(found, known.bodies)
    values = [row["yearly_value_pence"] for row in contracts if row["yearly_value_pence"] is not None]
    left = (datetime.date.fromisoformat(plan.first.decide_by) - datetime.date.fromisoformat(known.as_of)).days
    return {
        "boroughs": len(boroughs),
        "name": enumerated(sorted(found.things.values(), key=str.casefold)),
        "start_text": f"from {day(plan.start, plan.members[0].exit['about'])}",
        "who": ", ".join(sorted(boroughs.values())),
        "decide": _decide(plan, known),
        "routes": [_route(member, known) for member in plan.members],
        "too_late": [_late(member, known) for member in plan.members if member.decide_by < known.as_of],
        "value": _worth(contracts, values),
        "again": [month(start) for start in found.starts if month(start) > plan.start[:7]][:3],
        "bodies": list(bodies.values()),
        "low_ratings": list(_low_ratings(found, known)),
        "connections": list(_connections(found, known)),
        "frameworks": list(_frameworks(found, plan, known)),
        "open_contracts": list(_open_contracts(found, plan, {*boroughs, *bodies}, known)),
        "outside": list(_outside(found, plan, known)),
        "ask": list(_to_ask(found, known)),
        "users": _users(found, boroughs, known),
        "doubtful": list(_doubts(found, known)),
        "assumed": "; ".join([plan.assumed, *_assumptions(contracts)]),
        "start": plan.start,
        "last_join": max(member.exit["exit_date"] for member in plan.members),
        "decide_by": plan.first.decide_by,
        "about": plan.about,
        "days_left": left,
        "borough_names": sorted(boroughs.values()),
        "contracts": [member.contract for member in plan.members],
        "yearly_value_pence": sum(values) if values else None,
        "values_known": len(values),
        "things": [thing.removeprefix("~") for thing in found.things],
    }


def _decide(plan: _Plan, known: _Known) -> str:
    first = plan.first
    time = span(first.decide_by, known.as_of)
    left = f"{time} ago" if first.decide_by < known.as_of else "today" if first.decide_by == known.as_of else f"in {time}"
    by_notice = first.exit["notice_by"] == first.decide_by
    why = "to give notice" if by_notice else "to start buying"
    return f"{day(first.decide_by, first.exit['about'])} ({left}): {_who(first.contract, known)}, {why}"


def _who(contract: str, known: _Known) -> str:
    return held_by(known.parties[contract])


def _route(member: _Member, known: _Known) -> str:
    kind, leaving = member.exit["kind"], (member.exit["exit_date"], member.exit["about"])
    together = "one contract, " if len(known.parties[member.contract]) > 1 else ""
    if kind == "binding end":
        how = f"ends {at(*leaving)}"
    elif kind == "after rolling on":
        how = f"renews itself until {day(*leaving)}"
    else:
        taken, of = kind.split()[2], kind.split()[4]
        how = f"takes {taken} of {many(int(of), 'extension')}, to {day(*leaving)}"
    contract = known.contracts[member.contract]
    name = contract["supplier_name"]
    supplier = "" if name and name in contract["title"] else f" ({name or 'supplier not stated'})"
    return f"{_who(member.contract, known)}: {together}{how}. {contract['title']}{supplier} [{member.contract}]"


def _late(member: _Member, known: _Known) -> str:
    about = "about " if member.exit["about"] else ""
    return f"{_who(member.contract, known)} by {about}{span(member.decide_by, known.as_of)}"


def _worth(contracts: Sequence[Mapping[str, Any]], values: Sequence[int]) -> str:
    if not values:
        return f"yearly value known for 0 of {many(len(contracts), 'contract')}"
    bundles = any(row["products"] and row["yearly_value_pence"] is not None for row in contracts)
    whole = "; bundles counted whole" if bundles else ""
    return f"{pounds(sum(values))} a year (known for {len(values)} of {many(len(contracts), 'contract')}{whole})"


def _assumptions(contracts: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the members' dates and values rest on, each once."""
    texts = (text for row in contracts for text in (row["assumptions"] or "").split(" | "))
    return list(dict.fromkeys(text for text in texts if text and not text.startswith(("no yearly value", "it renews itself"))))


def _low_ratings(found: _Set, known: _Known) -> Iterator[str]:
    rows = {row["system"]: row for contract in found.contracts for row in known.systems.get(contract, ())}
    for row in rows.values():
        low = [
            f"{row[key]} of 5 for {title}"
            for key, title in (("value_for_money", "value for money"), ("capability", "capability"))
            if row[key] is not None and row[key] <= _LOW
        ]
        if low:
            yield f"{row['holder_name']}: {row['name']} {' and '.join(low)}"


def _connections(found: _Set, known: _Known) -> Iterator[str]:
    moves = [row for contract in found.contracts for row in known.connections.get(contract, ())]
    yield from dict.fromkeys(f"{row['holder_name']}: {row['other']}" + (f" by {row['method']}" if row["method"] else "") for row in moves)


def _frameworks(found: _Set, plan: _Plan, known: _Known) -> Iterator[str]:
    """Frameworks that are open when the award is expected, and those used for this before of which no one says until when."""
    used = {framework for thing in found.things for framework in known.used.get(thing, ())}
    for row in known.frameworks:
        until, since = row["open_until"], row["open_from"] or ""
        whom = f", for {row['who']}" if row["who"] else ", for whom is not stated"
        if until and since <= plan.award and until >= plan.award[: len(until)]:
            yield f"{row['name']}: open to {until}{whom}"
        elif not until and row["id"] in used:
            yield f"{row['name']}: used before, not stated until when it is open{whom}"


def _open_contracts(found: _Set, plan: _Plan, holders: set[str], known: _Known) -> Iterator[str]:
    """Contracts outside the set that name a member as one who may join, and may still be joined at the expected award."""
    may: dict[str, Rows] = {}
    for row in (row for thing in found.things for row in known.open_to_others.get(thing, ())):
        until = row["until"]
        if row["holder"] in holders and row["contract"] not in found.contracts and not (until and until < plan.award[: len(until)]):
            may.setdefault(row["contract"], []).append(row)
    for contract, rows in may.items():
        until = f" until {rows[0]['until']}" if rows[0]["until"] else ", not stated until when"
        how = f": {rows[0]['how']}" if rows[0]["how"] else ""
        names = enumerated(list(dict.fromkeys(row["name"] for row in rows)))
        yield f"{_who(contract, known)}'s {rows[0]['title']} names {names}{until}{how} [{contract}]"


def _outside(found: _Set, plan: _Plan, known: _Known) -> Iterator[str]:
    """Whose contracts can be left on other days only, the nearest to the joint start first."""
    start = timeline.month_number(plan.start) or 0
    others = {row["contract"] for thing in found.things for row in known.near.get(thing, ())} - {*found.contracts}
    nearest = {contract: min(known.exits[contract], key=lambda row: abs(row["exit_month"] - start)) for contract in others}
    for contract, row in sorted(nearest.items(), key=lambda item: (abs(item[1]["exit_month"] - start), item[0])):
        yield f"{_who(contract, known)}: can leave {at(row['exit_date'], row['about'])}"


def _to_ask(found: _Set, known: _Known) -> Iterator[str]:
    """Those who may be members: the question that would tell. Each contract once."""
    rows = {row["contract"]: row for thing in found.things for row in known.possible.get(thing, ())}
    for contract, row in rows.items():
        yield f"{_who(contract, known)}, {row['title']}: {_question(row)} [{contract}]"


def _question(row: Mapping[str, Any]) -> str:
    end = row["end_date"]
    if not end:
        return "when does it end?"
    if row["state"] == "end passed":
        return f"was to end {end}; did it?"
    return f"ends {end}; {'which part is committed' if row['end_basis'] == 'includes-options' else 'are option years in that'}?"


def _users(found: _Set, members: Mapping[str, str], known: _Known) -> str:
    """Boroughs that report a use and no contract: whom to ask next."""
    rows = (row for thing in found.things for row in known.users.get(thing, ()))
    names = sorted({row["name"] for row in rows if row["holder"] not in members})
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}" if names else ""


def _doubts(found: _Set, known: _Known) -> Iterator[str]:
    for contract in found.contracts:
        row = known.contracts[contract]
        if row["confidence"] == "low":
            yield f"{_who(contract, known)}: on low confidence"
        elif not row["recent"]:
            yield f"{_who(contract, known)}: " + (f"not seen since {row['last_seen']}" if row["last_seen"] else "no source is dated")


def _coverage(rows: Sequence[Mapping[str, Any]], known: _Known, by: str, filters: Filters, index: Index) -> Iterator[str]:
    facts = known.coverage
    total = facts["authorities"]
    boroughs = {name for row in rows for name in row["borough_names"]}
    noun = "opportunity" if len(rows) == 1 else "opportunities"
    late = sum(1 for row in rows if row["too_late"])
    yield (
        f"{len(rows):,} {noun} for {len(boroughs)} of {total} authorities, to start within {filters.within} months"
        f"{f'; in {late:,} of them someone is too late' if late else ''}."
    )
    what = "what was asked for" if filters.functions else f"a {FACETS[by]}" if by != "function" else "a function"
    yield (
        f"Compared: {facts['dated']:,} of the {many(facts['all_dated'], 'contract')} with a day on which it can be left "
        f"(those for {what}), of {facts['with_date']} of {total} authorities."
    )
    yield f"Not counted: {many(facts['undated'], 'contract')} whose end is unknown, or may hold option years. Where they fit: Ask."
    if filters.boroughs:
        yield f"Only those with {enumerated([index.catalogue.holder_name(each) for each in filters.boroughs])}."


def _notes(rows: Sequence[Mapping[str, Any]], known: _Known, filters: Filters, narrow: int) -> Iterator[str]:
    yield (
        f"A joint contract that starts on a day suits whoever can leave theirs then or in the {many(filters.tolerance, 'month')} after: "
        "each calls off at its own exit."
    )
    yield "Ranked by boroughs, then known yearly value, then time left until the first must decide. Sets inside a larger one are left out."
    yield "Decide by: the earlier of notice and the start of buying together; the latter rests on the times under Assumed."
    if rows:
        yield "A low rating, connection or framework that is not shown may be one that no one has reported."
    yield "A borough that is not named may still have such a contract: not reported is not none."
    if narrow:
        yield f"Not shown: {many(narrow, 'set')} of fewer than {filters.min_boroughs} boroughs."
    if known.coverage["succeeded"]:
        yield f"Left out: {many(known.coverage['succeeded'], 'contract')} whose successor is agreed."
