"""The questionnaire on systems and contracts that councils keep receiving, filled in as far as the register can."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.model import Column, Table
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.questionnaire import (
    NONE,
    NOT_HELD,
    NOT_STATED,
    QUESTIONS,
    STATED,
    UNKNOWN,
    WITHHELD,
    Answer,
    Known,
    answers,
    decided_by,
    known,
    titles,
)
from citytools.reports.sections import Rows, ask
from citytools.reports.words import enumerated, many, percentage

_OF_CONTRACT = [name for name in QUESTIONS if decided_by(name)[0] == "contract"]
_IN_FORCE = {"current": "in force", "unknown": "in force, as far as is known"}
_STATES = {
    "end passed": "its stated end has passed, not known whether it was extended",
    "term passed": "its term and every option have passed, not known whether it goes on",
}

COLUMNS = (
    Column("line", "Line", "count", "lead"),
    *(Column(name, title, "text", "hidden") for name, title in QUESTIONS.items()),
    Column("last_seen", "Last seen", "text", "hidden"),
    Column("name", "Name", "text", "heading"),
    Column("by", "By", "text", "heading"),
    Column("standing", "Standing", "text", "heading"),
    Column("purpose", "Purpose", "text", "body"),
    Column("agreement", "Agreement", "text", "body"),
    Column("running", "Running", "text", "body"),
    Column("withheld", "Withheld", "list", "detail"),
    Column("unknown", "Looked for and unknown", "list", "detail"),
    Column("not_held", "Not held", "text", "detail"),
    Column("seen", "Seen", "text", "detail"),
    Column("dated_sources", "Sources", "list", "detail"),
    Column("system_standing", "System's standing", "text", "hidden"),
    Column("contract_standing", "Contract's standing", "text", "hidden"),
    Column("start_on", "Start as stated", "date", "hidden"),
    Column("end_on", "End as stated", "date", "hidden"),
    Column("amount_pence", "Amount as published", "pence", "hidden"),
    Column("amount_for", "What time the amount is for", "text", "hidden"),
    Column("products", "Products in a bundle", "count", "hidden"),
    Column("sources", "Sources' addresses", "list", "hidden"),
    Column("system", "System's id", "text", "hidden"),
    Column("contract_id", "Contract's id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A system, a contract, or the two together, as the tables have them and as the questions are answered."""

    refs: Mapping[str, str]
    system: Mapping[str, Any]
    contract: Mapping[str, Any]
    answers: Mapping[str, Answer]

    def stated(self, name: str) -> str:
        """The answer where there is one, else nothing."""
        return self.answers[name].said if self.answers[name].state == STATED else ""

    def names(self, *states: str) -> list[str]:
        """The questions whose answer is in one of the states."""
        return [name for name, found in self.answers.items() if found.state in states]


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return [foi(index, asked["borough"], asked.lists["function"], everything=asked["all"])]


def foi(index: Index, holder: str, functions: Sequence[str] = (), *, everything: bool = False) -> Table:
    """A line for each system in use with each contract in force for it, and for each other contract in force; ids throughout."""
    sections = ask(index, question("foi"), {"borough": holder, "everything": int(everything)}, {"function": functions})
    found = known(sections)
    lines = sorted((_line(row["system"], row["contract"], found) for row in sections["lines"]), key=_order)
    sources: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in sections["sources"]:
        sources[row["record_kind"], row["record"]].append(row)
    facts = {**sections["coverage"][0], **_counts(lines), "as_of": index.as_of.isoformat(), "everything": everything}
    return Table(
        title=f"{question('foi').title}: {facts['name']}, as of {index.as_of}",
        columns=COLUMNS,
        rows=tuple(_row(number, line, found, sources) for number, line in enumerate(lines, start=1)),
        coverage=tuple(_coverage(lines, sections["files"], facts, bool(functions))),
        notes=tuple(_notes(facts, bool(functions))),
        facts=facts,
    )


def _line(system: str | None, contract: str | None, found: Known) -> _Line:
    nothing: Mapping[str, Any] = defaultdict(lambda: None)
    return _Line(
        {kind: ref for kind, ref in (("system", system), ("contract", contract)) if ref},
        found.systems[system] if system else nothing,
        found.contracts[contract] if contract else nothing,
        answers(system, contract, found),
    )


def _order(line: _Line) -> tuple[Any, ...]:
    """By what it is for, then what it is; what is not told comes last."""
    keys = (line.stated(name).casefold() for name in ("functions", "product", "contract", "start"))
    return (*((not key, key) for key in keys), *line.refs.values())


def _counts(lines: Sequence[_Line]) -> dict[str, int]:
    states = Counter(found.state for line in lines for found in line.answers.values())
    return {
        "lines": len(lines),
        "cells": len(lines) * len(QUESTIONS),
        "answered": states[STATED] + states[NONE],
        "withheld": states[WITHHELD],
        "unknown": states[UNKNOWN],
        "not_held": states[NOT_HELD] + states[NOT_STATED],
    }


def _row(number: int, line: _Line, found: Known, sources: Mapping[tuple[str, str], Rows]) -> tuple[Any, ...]:
    addresses = [source for key in line.refs.items() for source in sources.get(key, ())]
    row: dict[str, Any] = {
        "line": number,
        **{name: each.text for name, each in line.answers.items()},
        "last_seen": _seen(line),
        "name": _name(line),
        "by": line.stated("maker") if line.stated("maker") not in _name(line) else "",
        "standing": _standing(line),
        "purpose": _purpose(line),
        "agreement": _agreement(line),
        "running": " ".join(
            f"{QUESTIONS[name]}: {line.answers[name].text}." for name in ("hosting", "users", "ai_use") if _given(line, name)
        ),
        "withheld": list(_withheld(line, found)),
        "unknown": [f"{enumerated(names)}{f' ({why})' if why else ''}" for why, names in _reasons(line, UNKNOWN).items()],
        "not_held": ", ".join(_not_held(line)),
        "seen": _seen(line),
        "dated_sources": list(dict.fromkeys(_dated(source) for source in addresses)),
        "sources": list(dict.fromkeys(source["url"] for source in addresses)),
        "system": line.refs.get("system", ""),
        "contract_id": line.refs.get("contract", ""),
        **_typed(line, found),
    }
    return tuple(row[column.name] for column in COLUMNS)


def _typed(line: _Line, found: Known) -> dict[str, Any]:
    """For machines, and only where the answer in words is given."""
    contract, state = line.contract, line.contract["state"]
    money, ref = _given(line, "yearly_cost"), line.refs.get("contract", "")
    return {
        "system_standing": line.system["standing"] or "",
        "contract_standing": _IN_FORCE.get(state, _STATES.get(state, state or "")),
        "start_on": contract["start_date"] if _given(line, "start") else None,
        "end_on": contract["end_date"] if _given(line, "end") else None,
        "amount_pence": contract["value_amount_pence"] if money else None,
        "amount_for": contract["value_for"] if money and not found.ground("contract", ref, "value.for") else None,
        "products": contract["products"],
    }


def _given(line: _Line, name: str) -> bool:
    return line.answers[name].state in (STATED, NONE)


def _standing(line: _Line) -> str:
    """What is out of the ordinary about a line that only ``--all`` lists."""
    of_system, state = line.system["standing"] or "in use", line.contract["state"] or "current"
    of_contract = "" if state in _IN_FORCE else f"contract: {_STATES.get(state, state)}"
    return "; ".join(part for part in ("" if of_system == "in use" else of_system, of_contract) if part)


def _name(line: _Line) -> str:
    return line.stated("product") or line.stated("contract") or next(iter(line.refs.values())).partition("/")[2]


def _purpose(line: _Line) -> str:
    functions = [f"For {line.stated('functions')}."] if line.stated("functions") else []
    shared = [f"A share of the one that {line.system['owner_name']} has."] if line.system["owner_name"] else []
    return " ".join(functions + shared)


def _agreement(line: _Line) -> str:
    """All that is stated of the contract, as one sentence."""
    title, supplier, start, end = (line.stated(name) for name in ("contract", "supplier", "start", "end"))
    options = line.answers["extensions"]
    parts = [
        title if title != _name(line) else "",
        f"with {supplier}" if supplier not in title else "",
        f"from {start}" if start[:1].isdigit() else start,
        f"to {end}" if end else "",
        f"extensions: {options.text}" if _given(line, "extensions") else options.remark,
        line.stated("yearly_cost"),
    ]
    said = "; ".join(part for part in parts if part)
    return f"Contract: {said}." if said else ""


def _withheld(line: _Line, found: Known) -> Iterator[str]:
    """Questions whose answer is withheld, those of one ground together, then other fields that are."""
    yield from (f"{enumerated(names)} ({ground})" for ground, names in _reasons(line, WITHHELD).items())
    said = {(kind, field) for kind, fields in map(decided_by, line.names(WITHHELD)) for field in fields}
    for kind, ref in line.refs.items():
        for field, ground in found.withheld.get((kind, ref), {}).items():
            if field in titles(kind) and (kind, field) not in said:
                yield f"{titles(kind)[field].lower()} ({ground})"


def _reasons(line: _Line, state: str) -> dict[str, list[str]]:
    """The questions that are not answered for one reason, by that reason."""
    found: dict[str, list[str]] = {}
    for name in line.names(state):
        found.setdefault(line.answers[name].said, []).append(_inside(name))
    return found


def _inside(name: str) -> str:
    return QUESTIONS[name] if QUESTIONS[name][:2].isupper() else QUESTIONS[name].lower()


def _not_held(line: _Line) -> list[str]:
    """The questions that nobody has answered; one word for all those about a contract where none is reported."""
    missing = line.names(NOT_HELD, NOT_STATED)
    if "contract" in line.refs:
        return [_inside(name) for name in missing]
    return ["any contract", *(_inside(name) for name in missing if name not in _OF_CONTRACT)]


def _seen(line: _Line) -> str:
    """When each of the two was last seen; once where they agree."""
    days = {kind: getattr(line, kind)["last_seen"] or "not dated" for kind in line.refs}
    return next(iter(days.values())) if len(set(days.values())) == 1 else ", ".join(f"{kind} {text}" for kind, text in days.items())


def _dated(source: Mapping[str, Any]) -> str:
    return f"{source['url']} ({source['on_date']})" if source["on_date"] else str(source["url"])


def _coverage(lines: Sequence[_Line], files: Rows, facts: Mapping[str, Any], limited: bool) -> Iterator[str]:
    yield (
        "A draft for the information officer to check. This register is put together from public sources: "
        f"it is not the answer of {facts['name']}."
    )
    systems = {line.refs["system"] for line in lines if "system" in line.refs}
    covered = {line.refs["system"] for line in lines if len(line.refs) == 2}
    contracts = {line.refs["contract"] for line in lines if "contract" in line.refs}
    what = " as asked for" if limited else ""
    yield (
        f"{many(len(lines), 'line')}{what}: {many(len(systems), 'system')}, {len(covered)} of them with a contract, and "
        f"{many(len(contracts - {line.refs.get('contract') for line in lines if 'system' in line.refs}), 'contract')} for no system listed."
    )
    cells, answered = facts["cells"], facts["answered"]
    if cells:
        yield (
            f"{answered:,} of {cells:,} cells{percentage(answered, cells)} are filled; {facts['withheld']:,} withheld, with the ground; "
            f"{facts['unknown']:,} looked for and unknown; {facts['not_held']:,} not held here."
        )
        fresh = sum(all(getattr(line, kind)["recent"] for kind in line.refs) for line in lines)
        limits = ", ".join(f"{kind} since {facts[f'{kind}_fresh_from']}" for kind in ("systems", "contracts"))
        yield f"Seen lately ({limits}): {fresh:,} of {many(len(lines), 'line')}. The others may be out of date."
    yield from (f"{row['kind'].capitalize()}: {_file(row['state'])}." for row in files if row["state"] != "records")


def _file(state: str) -> str:
    return {"none": "none, as reported", "unread": "the file cannot be read"}.get(state, "not reported, which is not the same as none")


def _notes(facts: Mapping[str, Any], limited: bool) -> Iterator[str]:
    yield "Not held in this register: no source that was found says. It is not an answer, and never means that there is none."
    yield "Stated as none: a source says that there is none. Looked for and unknown: with the reason. Withheld: known, with the ground."
    yield "Yearly cost: as published, never worked out from a total; amounts are not added up. A bundle's amount is for all in it."
    yield "AI use is answered yes where a source names the technology, otherwise it is not stated: it is never answered no."
    if doubt := facts["doubtful"]:
        those = "1 contract is" if doubt == 1 else f"{doubt:,} contracts are"
        yield f"{those} listed whose end or whole term has passed, because nobody says whether it was extended: the line says so."
    left = [many(facts[f"{kind}_left_out"], kind.removesuffix("s")) for kind in ("systems", "contracts") if facts[f"{kind}_left_out"]]
    if left:
        what = " of those asked for" if limited else ""
        yield f"Left out{what}: {enumerated(left)} not in use or in force. --all lists them too."
