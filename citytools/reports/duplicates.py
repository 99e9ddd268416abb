"""What one authority may be running twice: several systems for one function, or one product several times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.model import Column, Table, under
from citytools.reports import agreements
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask, by_key
from citytools.reports.words import many, parties_of, percentage, year

_TEXT_ROWS = 50

COLUMNS = (
    Column("systems", "Systems", "count", "lead"),
    Column("borough", "Borough", "text", "heading"),
    Column("what", "Twice", "text", "heading"),
    Column("names", "Systems", "text", "body"),
    Column("evidence", "Seen", "text", "detail"),
    Column("doubtful", "On low confidence", "list", "detail"),
    Column("shared", "Shared", "list", "detail"),
    Column("connected", "Connected", "list", "detail"),
    Column("alike", "The same systems in", "list", "detail"),
    Column("share", "Share", "list", "detail"),
    Column("contracts", "Contracts", "list", "detail"),
    Column("value", "Yearly value", "text", "detail"),
    Column("refs", "To look up", "list", "detail"),
    Column("sort", "Function or product", "text", "hidden"),
    Column("recent", "Seen recently", "count", "hidden"),
    Column("first_seen", "First of the last-seen dates", "date", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("decide_by", "Earliest decide-by", "date", "hidden"),
    Column("yearly_value_pence", "Yearly value", "pence", "hidden"),
    Column("values_known", "Contracts with a yearly value", "count", "hidden"),
    Column("contracts_known", "Contracts in force", "count", "hidden"),
    Column("borough_id", "Borough's id", "text", "hidden"),
    Column("ids", "Functions or product", "list", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Double:
    """Systems of one authority that stand beside one another, and all the functions (or the product) that they do so for."""

    sort: str
    holder: str
    systems: Rows
    whats: Mapping[str, str]

    @property
    def products(self) -> frozenset[str]:
        return frozenset(system["thing"] for system in self.systems)


@dataclass(frozen=True, slots=True)
class _About:
    as_of: str
    months: int
    shares: Mapping[tuple[str, str], Mapping[str, Any]]
    contracts: Mapping[str, Rows]
    parties: Mapping[str, Sequence[str]]
    connections: Sequence[tuple[str, str]]
    peers: Mapping[frozenset[str], Sequence[_Double]]


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return [duplicates(index, asked.lists["borough"], asked.lists["function"])]


def duplicates(index: Index, boroughs: Sequence[str] = (), functions: Sequence[str] = ()) -> Table:
    """A row for each set of systems in one authority that may be one too many, the best evidenced first; ids limit it."""
    sections = ask(index, question("duplicates"), {}, {"borough": boroughs, "function": functions})
    facts = sections["coverage"][0]
    doubles = _doubles(sections["systems"])
    contracts = by_key(sections["contracts"], "system")
    about = _About(
        as_of=index.as_of.isoformat(),
        months=facts["freshness_months"],
        shares={(row["sort"], row["what"]): row for row in sections["shares"]},
        contracts=contracts,
        parties=parties_of(sections["contract_holders"]),
        connections=[(row["system"], row["to_system"]) for row in sections["connections"]],
        peers=_peers(doubles),
    )
    rows = [_row(double, about) for double in doubles]
    rows.sort(key=lambda row: (-row["recent"], -row["systems"], -(row["yearly_value_pence"] or 0), row["borough"].casefold()))
    shown = [contract for double in doubles for contract in _contracts(double, about)]
    return Table(
        title=f"{question('duplicates').title} within a borough, as of {index.as_of}",
        columns=COLUMNS,
        rows=under(COLUMNS, rows),
        coverage=tuple(_coverage(rows, facts, bool(boroughs or functions))),
        notes=tuple(_notes(facts, shown)),
        facts={**facts, "as_of": index.as_of.isoformat()},
        text_rows=_TEXT_ROWS,
    )


def _doubles(systems: Rows) -> list[_Double]:
    """The same systems beside one another for several functions are one row."""
    by_what: dict[tuple[str, str, str], Rows] = defaultdict(list)
    for row in systems:
        by_what[row["sort"], row["holder"], row["what"]].append(row)
    found: dict[tuple[str, str, frozenset[str]], _Double] = {}
    for (sort, holder, what), rows in by_what.items():
        key = sort, holder, frozenset(row["system"] for row in rows)
        before = found[key].whats if key in found else {}
        found[key] = _Double(sort, holder, rows, {**before, what: rows[0]["what_name"] if sort == "function" else rows[0]["name"]})
    return list(found.values())


def _peers(doubles: Sequence[_Double]) -> dict[frozenset[str], list[_Double]]:
    found: dict[frozenset[str], list[_Double]] = defaultdict(list)
    for double in doubles:
        if double.sort == "function":
            found[double.products].append(double)
    return found


def _row(double: _Double, about: _About) -> dict[str, Any]:
    systems = double.systems
    contracts = _contracts(double, about)
    in_force = agreements.in_force(contracts)
    known = agreements.yearly_values(in_force)
    dates = sorted(system["last_seen"] for system in systems if system["last_seen"])
    recent = sum(system["seen"] == "recent" for system in systems)
    return {
        "systems": len(systems),
        "borough": systems[0]["holder_name"],
        "what": ", ".join(double.whats.values()) + (f", {_times(systems)}" if double.sort == "product" else ""),
        "names": ", ".join(_name(system, double.sort) for system in systems),
        "evidence": f"{recent} of {len(systems)} within {about.months} months",
        "doubtful": [system["name"] for system in systems if system["confidence"] == "low"],
        "shared": list(_sharing(systems)),
        "connected": list(_connected(systems, about.connections)),
        "alike": _alike(double, about.peers),
        "share": list(_shares(double, about.shares)),
        "contracts": [agreements.line(contract, about.parties.get(contract["contract"], ()), about.as_of) for contract in contracts],
        "value": agreements.value(in_force),
        "refs": [system["system"] for system in systems],
        "sort": double.sort,
        "recent": recent,
        "first_seen": dates[0] if dates else "",
        "last_seen": dates[-1] if dates else "",
        "decide_by": agreements.earliest(in_force),
        "yearly_value_pence": sum(known) if known else None,
        "values_known": len(known),
        "contracts_known": len(in_force),
        "borough_id": double.holder,
        "ids": [what.removeprefix("~") for what in double.whats],
    }


def _contracts(double: _Double, about: _About) -> Rows:
    """The contracts for any of the systems, each once."""
    found = {row["contract"]: row for system in double.systems for row in about.contracts.get(system["system"], ())}
    return sorted(found.values(), key=lambda row: (row["decide_by"] or "9999", row["contract"]))


def _times(systems: Rows) -> str:
    number = len({system["instance"] for system in systems})
    return "twice" if number == 2 else f"{number} times"


def _name(system: Mapping[str, Any], sort: str) -> str:
    """The system's name (its id where all have one name), with the year of what was not seen recently and what is said of its end."""
    name = system["name"] if sort == "function" else system["system"].partition("/")[2]
    marks = [mark for mark in (year(system), "retiring" if system["status"] == "retiring" else "") if mark]
    return f"{name} ({', '.join(marks)})" if marks else str(name)


def _sharing(systems: Rows) -> Iterator[str]:
    yield from (f"{system['name']} is a share of the one that {system['owner_name']} has" for system in systems if system["owner_name"])


def _connected(systems: Rows, connections: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Connections between them: a sign that each has its own part."""
    names = {system["system"]: system["name"] for system in systems}
    yield from (f"{names[one]} with {names[other]}" for one, other in connections if one in names and other in names)


def _alike(double: _Double, peers: Mapping[frozenset[str], Sequence[_Double]]) -> list[str]:
    """Other authorities with the same products beside one another for any of the same functions."""
    others = (each for each in peers.get(double.products, ()) if each.holder != double.holder and set(each.whats) & set(double.whats))
    return list(dict.fromkeys(each.systems[0]["holder_name"] for each in others))


def _shares(double: _Double, shares: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterator[str]:
    """How many of those with any system for it have several."""
    for what, name in double.whats.items():
        row = shares[double.sort, what]
        of = f"{row['several']} of the {row['reporting']} authorities" if row["reporting"] > 1 else "the only authority"
        for_which = f" for {name}" if len(double.whats) > 1 else ""
        if double.sort == "product":
            yield f"{of} with this product{' runs' if row['several'] == 1 else ' run'} it more than once"
        else:
            several = f"{'has' if row['several'] == 1 else 'have'} several"
            yield f"{of} with a system{for_which or ' for it'} {several}" if row["reporting"] > 1 else f"{of} that reports it{for_which}"


def _coverage(rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], limited: bool) -> Iterable[str]:
    total = facts["authorities"]
    boroughs, asked = len({row["borough_id"] for row in rows}), " as asked for" if limited else ""
    shown = f"{many(len(rows), 'possible duplicate')} in {boroughs} of the {total} authorities{asked}."
    yield f"{shown} The register holds systems in use of {facts['reporting']} of them, {facts['systems']:,} in all."
    pairs, doubled = facts["pairs"], facts["pairs_doubled"]
    share = f"{doubled:,} of them{percentage(doubled, pairs)}"
    yield f"Functions{asked}: for {many(pairs, 'pair')} of authority and function a system is in use; {share} with several."
    pairs, doubled = facts["products"], facts["products_doubled"]
    share = f"{doubled:,} of them{percentage(doubled, pairs)}"
    are = "is" if pairs == 1 else "are"
    yield f"Products{asked}: {many(pairs, 'pair')} of authority and product {are} in use; {share} with several instances."
    certain = sum(row["recent"] == row["systems"] for row in rows)
    if rows:
        since = f"the last {facts['freshness_months']} months, since {facts['fresh_from']}"
        yield f"For {certain:,} of the {len(rows):,} every system was seen in {since}. For the others one may have taken another's place."
    if facts["bodies"]:
        yield f"Bodies such as consortia ({facts['bodies']}) are left out, and never counted in the {total}."


def _notes(facts: Mapping[str, Any], contracts: Rows) -> Iterable[str]:
    yield "A borough that is not named may have duplicates too: not reported is not the same as not there."
    yield "Systems for one function may each have their own part in it. Ask before calling one of them double."
    yield "Order: systems seen recently, then number of systems, then known yearly value."
    if facts["handovers"]:
        yield f"Left out: {many(facts['handovers'], 'system')} said to be retiring, with a successor in use."
    if facts["without_function"]:
        yield f"Compared by product alone: {many(facts['without_function'], 'system')} of which no one says what they are for."
    yield "A service bought without a system of its own is not counted."
    if assumed := agreements.assumptions(contracts):
        yield assumed
