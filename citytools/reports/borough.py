"""One page about a borough: what the register gives back to those who keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from citytools.index import Index
from citytools.model import Column, Table, Timeline, under
from citytools.reports import agreements
from citytools.reports.asking import Asked
from citytools.reports.coverage import Gap, of_borough
from citytools.reports.declared import question
from citytools.reports.duplicates import duplicates
from citytools.reports.joining import purchases
from citytools.reports.neighbours import systems
from citytools.reports.renewals import DEFAULT_MONTHS, Filters, renewals
from citytools.reports.sections import Rows, ask
from citytools.reports.skills import help_between
from citytools.reports.words import enumerated, many

_SHOWN = {"late": 3, "short": 2, "due": 4, "ask": 2}  # decisions on one page
_HELP = 3  # sentences of each sort
_DRAWN = 3  # fewer decisions are read faster than looked at
_QUESTIONS = 5
_PRODUCTS = 3
_KINDS = ("systems", "contracts", "skills")
_FILE = {"systems": "technology", "contracts": "contracts", "skills": "skills"}
_SOURCES = 'sources: [{url: "https://…", on: YEAR-MONTH-DAY}]'
_LACKING = {
    "end_basis": "end_basis: committed",
    "start": "start: YEAR-MONTH-DAY",
    "end": "end: YEAR-MONTH-DAY",
    "extensions": "extensions: [{months: 12, notice_months: 6, status: available}]",
}
_BEGIN = {
    "skills": "{id: …, skill: …, level: practitioner, offers: [advice]}",
    "contracts": f"{{id: …, title: …, supplier: …, end: YEAR-MONTH-DAY, end_basis: committed, {_SOURCES}}}",
    "systems": f"{{id: …, product: …, {_SOURCES}}}",
}

HOLDS = (
    Column("what", "Kind", "text"),
    Column("reported", "What the register holds", "text"),
    Column("number", "In use, in force or stated", "count", "hidden"),
    Column("recent", "Seen recently", "count", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("confirmed", "Confirmed", "date", "hidden"),
)
DECISIONS = (
    Column("lead", "Decide by", "text", "lead"),
    Column("title", "Contract", "text", "heading"),
    Column("supplier", "Supplier", "text", "heading"),
    Column("says", "What is due", "text", "body"),
    Column("with_others", "Shared", "text", "detail"),
    Column("value", "Worth", "text", "detail"),
    Column("plan", "Plan", "text", "detail"),
    Column("standing", "Standing", "text", "hidden"),
    Column("decide_by", "Decide-by", "date", "hidden"),
    Column("exit", "Exit", "date", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("contract", "Id", "text", "detail"),
)
HELP = (Column("direction", "Help", "text"), Column("sentence", "With what", "text"))
GAPS = (
    Column("facts", "Facts to write", "count", "lead"),
    Column("gap", "Gap", "text", "heading"),
    Column("file", "Where", "text", "detail"),
    Column("write", "Write", "list", "detail"),
    Column("records", "Records it makes usable", "count", "hidden"),
)
ELSEWHERE = (
    Column("others", "Others", "count"),
    Column("function", "For", "text"),
    Column("products", "With", "text"),
    Column("products_known", "Products", "list", "hidden"),
    Column("id", "Function's id", "text", "hidden"),
)


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return borough(index, asked["borough"], everything=asked["all"])


def borough(index: Index, id: str, *, everything: bool = False) -> list[Table]:
    """The parts of the page; ``everything`` leaves nothing out for being long."""
    sections = ask(index, question("borough"), {"borough": id}, {})
    name = sections["head"][0]["name"]
    standing, gaps = of_borough(index, id)
    return [
        _head(index, sections["head"][0], standing),
        _decisions(index, id, name),
        purchases(index, id, name, sections),
        systems(sections, duplicates(index, [id]), id, everything=everything),
        _help(index, id, sections["head"][0]),
        _gaps(index, id, gaps),
        _elsewhere(sections, name, everything=everything),
    ]


def _rows(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Any, ...], ...]:
    return under(columns, rows, partial=True)


def _head(index: Index, head: Mapping[str, Any], standing: Mapping[str, Any]) -> Table:
    rows = [
        {
            "what": kind.capitalize(),
            "reported": standing[f"{kind}_text"],
            "number": standing[kind],
            **{each: standing[f"{kind}_{each}"] for each in ("recent", "last_seen", "confirmed")},
        }
        for kind in _KINDS
        if standing
    ]
    return Table(
        title=f"{head['name']} on one page, as of {index.as_of}",
        columns=HOLDS,
        rows=_rows(HOLDS, rows),
        coverage=tuple(_about(head, standing)),
        notes=("From public sources, which know a part of what a borough has: not reported is not none.",),
        facts={
            "as_of": index.as_of.isoformat(),
            **head,
            "functions": standing.get("functions"),
            "functions_in_map": standing.get("functions_in_map"),
        },
    )


def _about(head: Mapping[str, Any], standing: Mapping[str, Any]) -> Iterator[str]:
    people = f"{head['population']:,} residents ({head['population_on'] or 'not dated'})" if head["population"] is not None else ""
    member = {1: "member of LOTI", 0: "not a member of LOTI"}.get(head["loti_member"], "")
    loti = f"{member} ({head['loti_on']})" if member and head["loti_on"] else member
    mailbox = f"mailbox {head['mailbox']}" if head["mailbox"] else ""
    if said := "; ".join(part for part in (people, loti, mailbox) if part):
        yield f"{said[:1].upper()}{said[1:]}."
    if not standing:
        yield f"Not one of the {head['authorities']} authorities that count: share of the capability map and gaps are not worked out."
        return
    yield f"{head['name']} {standing['share']} of the capability map."
    confirmed = max((standing[f"{kind}_confirmed"] for kind in _KINDS), default="")
    yield f"Last confirmed by {head['name']}: {confirmed or 'never'}." + (
        "" if confirmed else " Confirming is one line: see the cheapest gaps."
    )


def _decisions(index: Index, id: str, name: str) -> Table:
    found = renewals(index, Filters(boroughs=[id]))
    rows = [{**row, "with_others": row["who"] if len(row["boroughs"]) + len(row["bodies"]) > 1 else ""} for row in found.dicts()]
    numbers = {standing: sum(row["standing"] == standing for row in rows) for standing in _SHOWN}
    shown = [row for standing, most in _SHOWN.items() for row in _of(rows, standing)[:most]]
    for row in shown:
        row["value"] = "" if row["value"] == "not known" else row["value"]
    return Table(
        title="Next decisions",
        columns=DECISIONS,
        rows=_rows(DECISIONS, shown),
        coverage=tuple(_decided(numbers, found.facts, name)),
        notes=tuple(_deciding(len(rows) - len(shown), rows, id)),
        facts={**numbers, "until": found.facts["until"], "months": DEFAULT_MONTHS},
        chart=_timeline(shown, index.as_of.isoformat()),
    )


def _of(rows: Rows, standing: str) -> Rows:
    return [row for row in rows if row["standing"] == standing]


def _timeline(rows: Rows, as_of: str) -> Timeline | None:
    days = tuple((row["title"], tuple(_days(row))) for row in rows if row["exit"])
    return Timeline("Decide-by days and the exits that they are for", as_of, days) if len(days) >= _DRAWN else None


def _days(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if row["decide_by"]:
        yield row["decide_by"], "decide by"
    yield row["exit"], "exit"


def _decided(numbers: Mapping[str, int], facts: Mapping[str, Any], name: str) -> Iterator[str]:
    short = f"{numbers['short']} {agreements.TOO_SHORT}, " if numbers["short"] else ""
    yield (
        f"{numbers['late']} late, {short}{numbers['due']} to decide by {facts['until']}, {numbers['ask']} whose day can only be asked. "
        f"A day is known for {facts['dated']} of {name}'s {many(facts['open'], 'contract')} not known to have ended."
    )


def _deciding(left: int, rows: Rows, id: str) -> Iterator[str]:
    if not rows:
        yield "What to do: say in contracts.yaml when each contract ends, and whether options are in that. Then decisions show here."
        return
    more = f"{left:,} more. " if left else ""
    yield f"{more}All, with later exits and assumptions: citytools report renewals --borough {id} (a calendar: --format ics)."


def _help(index: Index, id: str, head: Mapping[str, Any]) -> Table:
    give, get = help_between(index, id)
    rows = [(direction, sentence) for direction, found in (("Can give", give), ("Can get", get)) for sentence in found[:_HELP]]
    coverage = (
        f"{head['name']} states {many(head['skills'], 'skill')}; {head['stating_skills']} of {head['authorities']} authorities state any."
    )
    return Table(
        title="Help it can give and get",
        columns=HELP,
        rows=tuple(rows),
        coverage=(coverage,),
        notes=tuple(_helping(give, get, head["skills"], id)),
        facts={"skills": head["skills"], "stating_skills": head["stating_skills"]},
    )


def _helping(give: Sequence[str], get: Sequence[str], skills: int, id: str) -> Iterator[str]:
    if not give and skills:
        yield "To give: no one else reports a need for what it states. What to do: say in skills.yaml what the team offers."
    elif not give:
        yield "To give: not reported. What to do: name a skill in skills.yaml, with its level and what the team offers."
    if not get:
        yield "To get: no one reports a skill in what it runs or seeks. What to do: say in skills.yaml what help the team seeks."
    if give or get:
        more = "There is more. " if max(len(give), len(get)) > _HELP else ""
        yield f"{more}How sure that is, and who else: citytools report skills --borough {id}."


def to_write(id: str, gaps: Sequence[Gap], as_of: str) -> list[dict[str, Any]]:
    """What closes a borough's gaps, by the names of GAPS: the file and the place in it, and the lines to write there."""
    return [
        {
            "facts": gap.facts,
            "gap": gap.text,
            "file": f"data/boroughs/{id}/{_where(gap)}",
            "write": list(_write(gap, as_of)),
            "records": gap.records,
        }
        for gap in gaps
    ]


def _gaps(index: Index, id: str, gaps: Sequence[Gap]) -> Table:
    rows = to_write(id, gaps, index.as_of.isoformat())
    facts, records = sum(gap.facts for gap in gaps), sum(gap.records for gap in gaps)
    coverage = (
        f"{many(len(rows), 'gap')}: {many(facts, 'fact')} would let reports use {many(records, 'more record')}."
        if rows
        else "0 gaps are known."
    )
    notes = ("CONTRIBUTING.md says how, without git too. How gaps are ranked: citytools report coverage.",) if rows else ()
    return Table(
        "Cheapest gaps",
        GAPS,
        _rows(GAPS, rows),
        (coverage,),
        notes,
    )


def _where(gap: Gap) -> str:
    """The file, and the place in it."""
    if gap.sort == "confirm":
        return "borough.yaml, under confirmations"
    if gap.sort in _LACKING:
        return f"contracts.yaml, in {enumerated(gap.about) if len(gap.about) <= _PRODUCTS else f'each of the {len(gap.about)} contracts'}"
    return f"{_FILE[gap.sort]}.yaml, under {gap.sort}" if gap.sort in _FILE else "technology.yaml, under systems"


def _write(gap: Gap, as_of: str) -> Iterator[str]:
    """Lines to write, as they stand in a file but for what only the borough knows."""
    if gap.sort == "confirm":
        yield from (f"{{kind: {_FILE[kind]}, on: {as_of}, by: YOUR ROLE}}" for kind in gap.about)
    elif gap.sort == "system":
        first, *others = gap.about
        yield f"{{id: …, product: …, functions: [{first}], {_SOURCES}}}"
        yield from (f"the same with functions: [{function}]" for function in others)
    else:
        yield {**_LACKING, **_BEGIN}[gap.sort]


def _elsewhere(sections: Mapping[str, Rows], name: str, *, everything: bool) -> Table:
    """What most others have and the borough does not report, as a question."""
    products: dict[str, list[str]] = {}
    for row in sections["elsewhere_products"]:
        products.setdefault(row["function"], []).append(f"{row['name']} {row['boroughs']}")
    found = sections["elsewhere"]
    shown = found if everything else found[:_QUESTIONS]
    rows = [_question(row, products.get(row["function"], [])) for row in shown]
    head = sections["head"][0]
    others = f"others of the {head['authorities']} authorities"
    claim = f"A question, not a claim: of {many(len(found), 'function')} {others} report something, {name} nothing."
    unread = f"Not known: {'a file' if head['unread'] == 1 else 'files'} of {name} cannot be read. What to do: citytools validate."
    return Table(
        title=f"Does {name} have one of these too?",
        columns=ELSEWHERE,
        rows=_rows(ELSEWHERE, rows),
        coverage=(unread if head["unread"] else claim,),
        notes=(f"Shown: {len(rows)} of {len(found)}, those that most report. A yes is one entry in technology.yaml.",) if rows else (),
        facts={"functions": len(found), "shown": len(rows)},
    )


def _question(row: Mapping[str, Any], products: Sequence[str]) -> dict[str, Any]:
    more = len(products) - _PRODUCTS
    return {
        "others": row["others"],
        "function": row["name"],
        "products": ", ".join(products[:_PRODUCTS]) + (f" and {more} more" if more > 0 else "") if products else "contracts only",
        "products_known": list(products),
        "id": row["function"],
    }
