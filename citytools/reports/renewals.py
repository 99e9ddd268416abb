"""What has to be decided by when: the rows of renewals.sql as one row for each contract, and as days in a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools import timeline
from citytools.index import Index
from citytools.model import Column, Table, Timeline, under
from citytools.reports import agreements
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask, by_key
from citytools.reports.words import IN_FORCE, at, day, enumerated, held_by, many, month, parties_of, pounds

DEFAULT_MONTHS = 24
# A contract that renews itself has exits for twenty years; the next few say it.
_LATER_EXITS = 3
_TEXT_ROWS = 100
_STANDINGS = ("late", "short", "due")
_SAID = ("no yearly value", "whether the end includes options", "the end includes options that are not listed")

COLUMNS = (
    Column("lead", "Decide by", "text", "lead"),
    Column("who", "Who", "text", "heading"),
    Column("title", "Contract", "text", "heading"),
    Column("supplier", "Supplier", "text", "heading"),
    Column("standing", "Standing", "text", "hidden"),
    Column("says", "What is due", "text", "body"),
    Column("later_exits", "Or later", "list", "detail"),
    Column("functions", "For", "list", "detail"),
    Column("value", "Worth", "text", "detail"),
    Column("plan", "Plan", "text", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("seen", "Seen", "text", "detail"),
    Column("doubtful", "Confidence", "text", "detail"),
    Column("assumed", "Assumed", "text", "detail"),
    Column("decide_by", "Decide-by", "date", "hidden"),
    Column("exit", "Exit", "date", "hidden"),
    Column("exit_kind", "Kind of exit", "text", "hidden"),
    Column("about", "About", "count", "hidden"),
    Column("notice_by", "Notice by", "date", "hidden"),
    Column("start_buying_by", "Start buying by", "date", "hidden"),
    Column("stated_end", "End as stated", "date", "hidden"),
    Column("supplier_name", "Supplier as contracted", "text", "hidden"),
    Column("boroughs", "Boroughs", "list", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("contract", "Id", "text", "detail"),
)

DAYS = (
    Column("uid", "UID", "id"),
    Column("day", "Day", "date"),
    Column("summary", "Summary"),
    Column("description", "Description"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the report is limited to; ids throughout, nothing for no limit."""

    boroughs: Sequence[str] = ()
    functions: Sequence[str] = ()
    suppliers: Sequence[str] = ()
    months: int = DEFAULT_MONTHS
    everything: bool = False


@dataclass(frozen=True, slots=True)
class _Renewals:
    """What was asked and what came of it, rows by contract where there may be several."""

    as_of: str
    until: str
    filters: Filters
    sections: Mapping[str, Rows]
    parties: Mapping[str, list[str]]
    bodies: Mapping[str, list[str]]
    functions: Mapping[str, list[str]]
    later_exits: Mapping[str, Rows]

    @property
    def decisions(self) -> Rows:
        return self.sections["decisions"]

    @property
    def late(self) -> Rows:
        return self.of("late")

    def of(self, standing: str) -> Rows:
        """The decisions of one standing."""
        return [row for row in self.decisions if _standing(row, self.as_of) == standing]


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return [renewals(index, _filters(asked))]


def _filters(asked: Asked) -> Filters:
    lists = asked.lists
    return Filters(lists["borough"], lists["function"], lists["supplier"], asked["months"], asked["all"])


def renewals(index: Index, filters: Filters) -> Table:
    """Contracts by the day to decide by, late ones first, then too short ones; at last those whose day cannot be told."""
    found = _found(index, filters)
    rows = [_decision(row, found) for standing in _STANDINGS for row in found.of(standing)] + [
        _question(row, found) for row in found.sections["questions"]
    ]
    return Table(
        title=f"{question('renewals').title}: to decide by {found.until}, as of {found.as_of}",
        columns=COLUMNS,
        rows=under(COLUMNS, rows, partial=True),
        coverage=tuple(_coverage(found, index)),
        notes=tuple(_notes(found)),
        facts={**found.sections["coverage"][0], "as_of": found.as_of, "until": found.until, "months": filters.months},
        chart=_timeline(found),
        text_rows=_TEXT_ROWS,
    )


def _timeline(found: _Renewals) -> Timeline:
    """When each contract has to be decided on, and when it can be left."""
    rows = (
        (
            f"{found.parties[row['contract']][0]}: {row['title']}",
            (*([] if row["too_short"] else [(row["decide_by"], "decide by")]), (row["exit_date"], "exit")),
        )
        for standing in _STANDINGS
        for row in found.of(standing)
    )
    return Timeline("Decide-by days and the exits that they are for", found.as_of, tuple(rows))


def decision_days(index: Index, filters: Filters) -> Table:
    """The same decisions as days in a calendar: one for each decide-by, of later exits too where it is still to come.

    What is late stands on the day asked about, as a calendar hides what is past. A day keeps its identity when its date is
    corrected or moves on: contract and exit make it.
    """
    found = _found(index, filters)
    titles = {row["contract"]: row for row in found.decisions}
    later = [row for row in found.sections["later_exits"] if found.as_of <= row["decide_by"] <= found.until]
    days = [_day(row, titles[row["contract"]], found) for row in [*found.decisions, *later]]
    return Table(
        title="Contracts to decide on",
        columns=DAYS,
        rows=tuple(sorted(days, key=lambda each: each[1:])),
        coverage=tuple(_coverage(found, index)),
        notes=tuple(_notes(found)),
        facts={"as_of": found.as_of},
    )


def _found(index: Index, filters: Filters) -> _Renewals:
    until = timeline.Day(index.as_of).plus(filters.months).date.isoformat()
    asked = {"until": until, "until_month": timeline.month_number(until), "everything": int(filters.everything)}
    lists = {"borough": filters.boroughs, "function": filters.functions, "supplier": filters.suppliers}
    sections = ask(index, question("renewals"), asked, lists)
    holders = sections["contract_holders"]
    functions: dict[str, list[str]] = {}
    for row in sections["functions"]:
        functions.setdefault(row["contract"], []).append(row["name"])
    later = by_key(sections["later_exits"], "contract")
    bodies = parties_of(row for row in holders if not row["counts"])
    return _Renewals(index.as_of.isoformat(), until, filters, sections, parties_of(holders), bodies, functions, later)


def _standing(row: Mapping[str, Any], as_of: str) -> str:
    return "short" if row["too_short"] else "late" if row["decide_by"] < as_of else "due"


def _decision(row: Mapping[str, Any], found: _Renewals) -> dict[str, Any]:
    return _common(row, found) | {
        "lead": "at once" if row["too_short"] else day(row["decide_by"], row["about"]),
        "standing": _standing(row, found.as_of),
        "says": agreements.due(row, found.as_of),
        "later_exits": list(_later(row, found)),
        "decide_by": None if row["too_short"] else row["decide_by"],
        "exit": row["exit_date"],
        "exit_kind": row["kind"],
        "about": row["about"],
        "notice_by": row["notice_by"],
        "start_buying_by": row["start_buying_by"],
    }


def _question(row: Mapping[str, Any], found: _Renewals) -> dict[str, Any]:
    return _common(row, found) | {
        "lead": "ask",
        "standing": "ask",
        "says": _to_ask(row, found.as_of),
        "stated_end": row["end_date"],
    }


def _common(row: Mapping[str, Any], found: _Renewals) -> dict[str, Any]:
    contract = row["contract"]
    bodies = found.bodies.get(contract, [])
    return {
        "contract": contract,
        "who": held_by(found.parties[contract]),
        "title": row["title"],
        "supplier": agreements.supplier_of(row),
        "supplier_name": row["supplier_name"],
        "functions": found.functions.get(contract, []),
        "value": agreements.worth(row),
        "yearly_value_pence": row["yearly_value_pence"],
        "assumed": "; ".join(_assumed(row)),
        "plan": agreements.plan(row),
        "boroughs": [name for name in found.parties[contract] if name not in bodies],
        "bodies": bodies,
        "last_seen": row["last_seen"],
        "seen": "" if row["recent"] else f"not since {row['last_seen']}" if row["last_seen"] else "no source is dated",
        "doubtful": "low: check it before relying on it" if row["confidence"] == "low" else "",
    }


def _later(first: Mapping[str, Any], found: _Renewals) -> Iterator[str]:
    too = " too" if agreements.late(first, found.as_of) else ""
    for row in found.later_exits.get(first["contract"], [])[:_LATER_EXITS]:
        late = f" (late{too})" if agreements.late(row, found.as_of) else ""
        decide = f"{agreements.TOO_SHORT} too" if row["too_short"] else f"decide by {day(row['decide_by'], row['about'])}{late}"
        yield f"exit {at(row['exit_date'], row['about'])} {agreements.kind(row)}: {decide}"


def _to_ask(row: Mapping[str, Any], as_of: str) -> str:
    end = row["end_date"]
    if row["doubt"] == "no end":
        return "No source says when it ends. When does it?"
    if row["doubt"] == "end passed":
        return f"Was to end {end}. Did it, or was it extended, and to when?"
    late = ", which has passed" if month(row["decide_month"]) < as_of[:7] else ""
    certain = "Which part is committed" if row["end_basis"] == "includes-options" else "Are option years in that"
    return f"Ends {end}. {certain}? If it cannot be left earlier: decide by about {month(row['decide_month'])}{late}."


def _assumed(row: Mapping[str, Any]) -> list[str]:
    """The times counted back from the exit, and what its dates and value rest on; not what the row says anyway."""
    stated = (row["assumptions"] or "").split(" | ")
    return [text for text in (row["assumption"], *stated) if text and not text.startswith(_SAID)]


def _coverage(found: _Renewals, index: Index) -> Iterator[str]:
    facts, rows, late = found.sections["coverage"][0], found.decisions, len(found.late)
    total = facts["authorities"]
    refs = {row["contract"] for row in rows}
    shares = [row for row in found.sections["contract_holders"] if row["counts"] and row["contract"] in refs]
    boroughs, alone = len({row["holder"] for row in shares}), len(refs - {row["contract"] for row in shares})
    bodies = f", {alone} of bodies that do not count in the {total}" if alone else ""
    short = len(found.of("short"))
    standing = f"{late:,} late, {f'{short:,} {agreements.TOO_SHORT}, ' if short else ''}{len(rows) - late - short:,} to come"
    yield f"{many(len(rows), 'contract')} to decide on, of {boroughs} of {total} authorities{bodies}: {standing}."
    yield (
        f"A day can be told for {facts['dated']:,} of the {many(facts['open'], 'contract')} not known to have ended, "
        f"of {facts['with_date']} of {total} authorities; the register holds such contracts of {facts['with_open']}."
    )
    if facts["open"]:
        bodies_alone = f"; bodies alone hold {facts['of_bodies']:,} of them" if facts["of_bodies"] else ""
        in_force, end_passed = facts["open"] - facts["end_passed"], facts["end_passed"]
        yield f"Of the {facts['open']:,}: {in_force:,} {IN_FORCE}, {end_passed:,} whose stated end has passed{bodies_alone}."
    known = [row["yearly_value_pence"] for row in rows if row["yearly_value_pence"] is not None]
    if rows:
        worth = f"{pounds(sum(known))} a year, known for {len(known):,} of {len(rows):,}" if known else "not known for any of them"
        yield f"Worth: {worth}. Notice periods are stated for {facts['with_notice']:,} of {len(rows):,}."
        yield f"Seen since {facts['fresh_from']}: {sum(row['recent'] for row in rows):,} of {len(rows):,}."
    if questions := found.sections["questions"]:
        yield f"To ask: {many(len(questions), 'contract')} more, listed last and not counted above."
    if found.filters.boroughs:
        yield f"Only contracts of {enumerated([index.catalogue.holder_name(each) for each in found.filters.boroughs])}."


def _notes(found: _Renewals) -> Iterator[str]:
    facts = found.sections["coverage"][0]
    yield "Decide by: the earlier of the last day for notice and the last day to start buying a successor."
    if found.late:
        yield "Late: less time is left than a purchase is assumed to take. Extend, buy faster, or join another's contract."
    if found.of("short"):
        yield f"At once: from its start to its exit a contract is {agreements.TOO_SHORT}, so no day to decide by lies in it."
    yield "A borough that is not named may still have contracts to decide on: not reported is not none."
    if left := [text for number, text in _left_out(found, facts) if number]:
        yield f"Not shown: {'; '.join(left)}."
    if not found.filters.everything and (facts["endless"] or facts["long_past"]):
        yield "--all lists these without a known end too."


def _left_out(found: _Renewals, facts: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    listed = found.filters.everything
    yield facts["later"], f"{many(facts['later'], 'contract')} to decide on after {found.until}"
    yield facts["later_unclear"], f"{facts['later_unclear']:,} that end later as stated, perhaps with options"
    yield 0 if listed else facts["endless"], f"{facts['endless']:,} of which no end is known"
    yield facts["long_past"], f"{facts['long_past']:,} whose stated end passed before {facts['fresh_from']}"
    yield facts["succeeded"], f"{facts['succeeded']:,} whose successor is agreed"
    yield facts["not_begun"], f"{facts['not_begun']:,} not begun"
    yield facts["first_heard_later"], f"{facts['first_heard_later']:,} first heard of after {found.as_of}"


def _day(exit: Mapping[str, Any], contract: Mapping[str, Any], found: _Renewals) -> tuple[str, str, str, str]:
    ref = contract["contract"]
    standing, decide_by = _standing(exit, found.as_of), day(exit["decide_by"], exit["about"])
    about = f" ({decide_by})" if exit["about"] else ""
    due = {"late": f"Late since {decide_by}", "short": "Decide at once"}.get(standing, f"Decide by{about}")
    summary = f"{due}: {held_by(found.parties[ref])}: {contract['title']}"
    lines = [
        f"Exit {agreements.on(exit)}, {agreements.kind(exit)}.",
        f"Supplier: {contract['supplier_name'] or 'not stated'}.",
        f"Worth: {agreements.worth(contract)}.",
        f"Assumed: {'; '.join(_assumed(contract))}.",
        f"More: citytools show {ref}",
    ]
    if standing == "late":
        lines.insert(0, f"Was to be decided by {decide_by}; it stands on the day asked about, to be seen.")
    if standing == "short":
        lines.insert(0, f"From its start to its exit it is {agreements.TOO_SHORT}.")
    return _uid(exit), exit["decide_by"] if standing == "due" else found.as_of, summary, "\n".join(lines)


def _uid(exit: Mapping[str, Any]) -> str:
    """Contract and exit; a contract that renews itself has an exit of that kind each time."""
    which = {"binding end": "end", "after rolling on": f"rolls-{exit['exit_date']}"}.get(exit["kind"], "-".join(exit["kind"].split()[1:3]))
    return f"{exit['contract'].replace('/', '.')}.{which}@citytools"


ALSO = {"ics": lambda index, asked: decision_days(index, _filters(asked))}
