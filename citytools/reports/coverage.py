"""How complete and how fresh the register is, borough by borough, and which gaps would cost least to close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low
from typing import Any

from citytools.index import Index
from citytools.model import Column, HeatMap, Table, under
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask, by_key
from citytools.reports.words import enumerated, many, percentage

GAPS_SHOWN = 3
_NAMED = 3
_IN_USE = {"systems": "in use", "contracts": "in force", "skills": "stated"}
_OTHERS = {"systems": "more planned, on trial or gone", "contracts": "more past their end, replaced or not begun", "skills": "more"}

# What has to be written for one more record that the reports can use.
FACTS = {"end_basis": 1, "start": 1, "end": 2, "extensions": 2, "system": 2, "skills": 2, "contracts": 4}
_LACKING = {
    "end_basis": "Say whether the end includes options (then write includes-options, not committed)",
    "start": "Say when it began, as its term is known",
    "end": "Say when it ends, and whether options are in that",
    "extensions": "List the options that its end includes",
}
_FORMULA = (
    "Cheapest gaps: fewest facts to write for each record that reports can then use; among equals, most records. A file confirmed counts 1 "
    "for all its stale records; whether an end includes options, or when a term began, 1; an end with its basis, or options with their "
    "status, 2; a system by product and source, or a skill by name and level, 2; a contract by title, supplier, end and basis, 4."
)

_FIGURES = (
    ("recent", "seen recently", "count"),
    ("older", "last seen before the limit", "count"),
    ("undated", "undated", "count"),
    ("last_seen", "last seen", "date"),
    ("confirmed", "file confirmed", "date"),
)
COLUMNS = (
    Column("functions", "Functions", "count", "lead"),
    Column("name", "Borough", "text", "heading"),
    Column("share", "Share of the capability map", "text", "heading"),
    *(Column(f"{kind}_text", kind.capitalize(), "text", "detail") for kind in _IN_USE),
    Column("gaps", "Cheapest gaps", "list", "detail"),
    Column("functions_in_map", "Functions in the capability map", "count", "hidden"),
    *(
        Column(name, title, form, "hidden")
        for kind, counted in _IN_USE.items()
        for name, title, form in (
            (kind, f"{kind.capitalize()} {counted}", "count"),
            *((f"{kind}_{name}", f"{kind.capitalize()}, {title}", form) for name, title, form in _FIGURES),
        )
    ),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something to write so that reports can use more, in words, with its price in facts and the records that it is for.

    ``sort`` is confirm (``about``: kinds), a key of FACTS that a contract lacks (contracts' ids) or that is to be begun (nothing), or
    system (functions' ids).
    """

    text: str
    facts: int
    records: int
    sort: str
    about: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[Fraction, int]:
        """Facts for each record, then the number of records."""
        return Fraction(self.facts, self.records), -self.records


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return [coverage(index, asked.lists["borough"])]


def coverage(index: Index, boroughs: Sequence[str] = ()) -> Table:
    """A row for each authority, those that report most functions first; ``boroughs`` (ids) limits it to these."""
    found = _found(index, boroughs)
    sections, reporting, rows = found.sections, found.reporting, found.rows
    facts = sections["map"][0]
    return Table(
        title=f"{question('coverage').title} by borough, as of {index.as_of}",
        columns=COLUMNS,
        rows=under(COLUMNS, rows),
        coverage=tuple(_coverage(sections, reporting, rows, bool(boroughs))),
        notes=tuple(_notes(sections, index)),
        facts={
            **facts,
            "as_of": index.as_of.isoformat(),
            "kinds": [{**row, "authorities_reporting": reporting[row["kind"]]} for row in sections["coverage"]],
            "facts_to_write": FACTS,
        },
        chart=_heat(rows),
    )


def of_borough(index: Index, borough: str) -> tuple[dict[str, Any], list[Gap]]:
    """The row of one authority (an id) by the names of COLUMNS, and its cheapest gaps with what they are about; empty for others."""
    found = _found(index, [borough])
    return next(iter(found.rows), {}), found.gaps.get(borough, [])


def of_authorities(index: Index) -> dict[str, tuple[dict[str, Any], list[Gap]]]:
    """The same of every authority, by id in their order."""
    found = _found(index, ())
    return {row["id"]: (row, found.gaps[row["id"]]) for row in sorted(found.rows, key=lambda row: row["id"])}


@dataclass(frozen=True, slots=True)
class _Found:
    sections: Mapping[str, Rows]
    reporting: Mapping[str, int]
    gaps: Mapping[str, list[Gap]]
    rows: list[dict[str, Any]]


def _found(index: Index, boroughs: Sequence[str]) -> _Found:
    sections = ask(index, question("coverage"), {}, {"borough": boroughs})
    kinds, undecided, elsewhere = (by_key(sections[name], "holder") for name in ("kinds", "undecided_contracts", "functions_of_others"))
    reporting = {kind: sum(_reported(row) for row in sections["kinds"] if row["kind"] == kind) for kind in _IN_USE}
    ids = [borough["id"] for borough in sections["boroughs"]]
    gaps = {each: _gaps(kinds[each], undecided[each], elsewhere[each], reporting) for each in ids}
    rows = [_row(borough, kinds[borough["id"]], gaps[borough["id"]], sections["map"][0]) for borough in sections["boroughs"]]
    rows.sort(key=lambda row: (-row["functions"], row["name"].casefold()))
    return _Found(sections, reporting, gaps, rows)


def _heat(rows: Sequence[Mapping[str, Any]]) -> HeatMap:
    """The share of the capability map that each borough reports, and of its records those seen within the limits."""
    columns = ("Functions", *(f"Fresh {kind}" for kind in _IN_USE))
    return HeatMap("What each borough reports, and how much of it is fresh", columns, tuple((row["name"], _shares(row)) for row in rows))


def _shares(row: Mapping[str, Any]) -> tuple[tuple[float | None, str], ...]:
    functions, whole = row["functions"], row["functions_in_map"]
    kinds = ((row[kind], row[f"{kind}_recent"]) for kind in _IN_USE)
    fresh = ((None, "") if not known else (recent / known, f"{recent} of {known}") for known, recent in kinds)
    return (functions / whole if functions and whole else None, f"{functions} of {whole}" if functions else ""), *fresh


def _reported(kind: Mapping[str, Any]) -> bool:
    """Whether anything is said of a kind: records of one's own, a part in another's, or that there are none."""
    return kind["state"] in ("records", "none") or (kind["state"] is None and kind["counted"] + kind["others"] > 0)


def _row(borough: Mapping[str, Any], kinds: Rows, gaps: Sequence[Gap], facts: Mapping[str, Any]) -> dict[str, Any]:
    whole = facts["functions"]
    row: dict[str, Any] = {
        **borough,
        "share": f"reports {borough['functions']} of {whole} functions{percentage(borough['functions'], whole)}",
        "functions_in_map": whole,
        "gaps": [gap.text for gap in gaps],
    }
    for kind in kinds:
        name = kind["kind"]
        row[f"{name}_text"] = _kind(kind)
        known = _reported(kind)
        row[name] = kind["counted"] if known else None
        row |= {f"{name}_{each}": kind[each] if known else None for each in ("recent", "older", "undated")}
        row |= {f"{name}_last_seen": kind["last_seen"] or "", f"{name}_confirmed": kind["file_confirmed"] or ""}
    return row


def _kind(kind: Mapping[str, Any]) -> str:
    """What is reported of one kind and how fresh it is."""
    if kind["state"] == "unread":
        return "cannot be read"
    if not _reported(kind):
        return "not reported"
    name, counted, others = kind["kind"], kind["counted"], kind["others"]
    if not counted and not others:
        return "none, as reported" + _confirmed(kind)
    beside = f"{others} {_OTHERS[name]}" if others else ""
    if not counted:
        return f"none {_IN_USE[name]}; {beside}{_confirmed(kind)}"
    seen = f"last seen {kind['last_seen']}" if kind["last_seen"] else "none dated"
    return "; ".join(part for part in (f"{counted} {_IN_USE[name]}{_stale(kind)}", seen + _confirmed(kind), beside) if part)


def _stale(kind: Mapping[str, Any]) -> str:
    stale = kind["older"] + kind["undated"]
    if not stale:
        return ", none stale"
    if stale == kind["undated"]:
        return f", {stale} stale (undated)"
    return f", {stale} stale" + (f" ({kind['undated']} undated)" if kind["undated"] else "")


def _confirmed(kind: Mapping[str, Any]) -> str:
    if kind["file_confirmed"]:
        return f", confirmed {kind['file_confirmed']}"
    if kind["records_confirmed"]:
        return f", {kind['records_confirmed']} confirmed singly, last {kind['record_confirmed']}"
    return ""


def _gaps(kinds: Rows, undecided: Rows, elsewhere: Rows, reporting: Mapping[str, int]) -> list[Gap]:
    """The cheapest gaps, one of a sort."""
    found = [*_confirming(kinds), *_deciding(undecided), *_naming(elsewhere), *_beginning(kinds, reporting)]
    return sorted(found, key=lambda gap: gap.rank)[:GAPS_SHOWN]


def _confirming(kinds: Rows) -> Iterator[Gap]:
    stale = {row["kind"]: row["own_stale"] for row in kinds if row["own_stale"]}
    if stale:
        records = enumerated([many(number, kind.removesuffix("s")) for kind, number in stale.items()])
        files = f"1 fact for {'each' if len(stale) > 1 else 'the'} file"
        yield Gap(f"Confirm what still holds: {records} stale ({files})", len(stale), sum(stale.values()), "confirm", tuple(stale))


def _deciding(undecided: Rows) -> Iterator[Gap]:
    contracts: dict[str, list[str]] = {}
    for row in undecided:
        contracts.setdefault(row["lacking"], []).append(row["id"])
    for lacking, ids in contracts.items():
        named = enumerated(ids) if len(ids) <= _NAMED else f"{', '.join(ids[: _NAMED - 1])} and {len(ids) - _NAMED + 1} more contracts"
        yield Gap(
            f"{_LACKING[lacking]}: {named} ({_price(FACTS[lacking], len(ids))})", FACTS[lacking] * len(ids), len(ids), lacking, tuple(ids)
        )


def _naming(elsewhere: Rows) -> Iterator[Gap]:
    if functions := elsewhere[:_NAMED]:
        named = [f"{row['name']} ({many(row['others'], 'other') if not number else row['others']})" for number, row in enumerate(functions)]
        price = _price(FACTS["system"], len(functions))
        ids = tuple(row["function"] for row in functions)
        yield Gap(f"Name the system for {enumerated(named)}, {price}", FACTS["system"] * len(functions), len(functions), "system", ids)


def _beginning(kinds: Rows, reporting: Mapping[str, int]) -> Iterator[Gap]:
    """Kinds of which nothing is reported, though others do."""
    for row in kinds:
        name = row["kind"]
        if name in FACTS and not _reported(row) and row["state"] is None and reporting[name]:
            told = f"nothing is reported, {many(reporting[name], 'other')} did"
            yield Gap(f"Give a first {name.removesuffix('s')}: {told} ({_price(FACTS[name], 1)})", FACTS[name], 1, name)


def _price(facts: int, records: int) -> str:
    return f"{many(facts, 'fact')}{' each' if records > 1 else ''}"


def _coverage(
    sections: Mapping[str, Rows], reporting: Mapping[str, int], rows: Sequence[Mapping[str, Any]], limited: bool
) -> Iterable[str]:
    facts = sections["map"][0]
    total = facts["authorities"]
    for row in sections["coverage"]:
        kind, counted = row["kind"], row["counted"]
        stale = row["older"] + row["undated"]
        undated = f", {row['undated']} of them undated" if row["undated"] else ""
        confirmed = sum(bool(each["file_confirmed"]) for each in sections["kinds"] if each["kind"] == kind)
        yield (
            f"{kind.capitalize()}: {reporting[kind]} of {total} authorities report any; {counted:,} {_IN_USE[kind]}, "
            f"{stale:,} stale{percentage(stale, counted)}{undated}; {confirmed} of {total} have confirmed their list."
        )
    middle = f"; the median authority reports {median_low([row['functions'] for row in rows])}" if rows and not limited else ""
    reported, whole = facts["functions_reported"], facts["functions"]
    yield f"Functions: {reported} of the {whole} in the capability map{percentage(reported, whole)} are reported by any authority{middle}."
    if limited:
        yield f"Shown: {enumerated([row['name'] for row in rows])}."
    if facts["bodies"]:
        yield f"Bodies such as consortia ({facts['bodies']}) are left out, and never counted in the {total}."


def _notes(sections: Mapping[str, Rows], index: Index) -> Iterable[str]:
    yield "Not reported is not the same as none: what is public, and was found, is a part of what a borough has."
    limits = [
        f"{row['kind']} {row['months']} months, since {row['fresh_from']}{'' if row['stated'] else ' (assumed: no limit is stated)'}"
        for row in sections["coverage"]
    ]
    yield f"Stale: last seen longer ago than the limit in data/dataset.yaml, or undated. Limits: {'; '.join(limits)}."
    yield "A function is reported by a system in use or a contract in force for it, or by a list that the borough calls whole."
    yield "A contract stands with each of its parties here and once in the totals; its gaps stand with its lead alone."
    yield f"{_FORMULA} What a record says is unknown or withheld is not asked for."
    facts = sections["map"][0]
    later = [many(facts[f"later_{kind}"], kind.removesuffix("s")) for kind in _IN_USE if facts[f"later_{kind}"]]
    if later:
        yield f"Left out: {enumerated(later)} first heard of after {index.as_of}."
