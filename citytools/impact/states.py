"""What one state of the register holds, as far as a change to it can have consequences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citytools.index import Index
from citytools.model import Table
from citytools.reports import coverage, opportunities

LEAST = 2  # of boroughs that have a thing in common


OUTSIDE = "(not in the catalogue)"


STAGES = {"in use": "", "on trial": " on trial", "planned": " planned"}


KINDS = {"systems": "system", "contracts": "contract", "skills": "skill"}


_CONTRACTS = """
SELECT c.ref AS contract, c.title, c.holder, x.state, x.next_exit, x.next_exit_about, x.too_short,
  x.decide_by, w.binding_end, w.latest_end, w.about,
  c.start_date, c.end_date
FROM contracts c
JOIN contract_states x ON x.contract = c.ref
JOIN contract_terms w ON w.contract = c.ref
"""


_SYSTEMS = """
SELECT s.ref, s.holder, g.stage, COALESCE(p.name, s.name, s.product, s.id) AS name, COALESCE(r.product, '~' || r.plain_name) AS product
FROM systems s
JOIN system_stages g ON g.system = s.ref
JOIN system_resolved r ON r.system = s.ref
LEFT JOIN products p ON p.id = r.product
"""


_FUNCTIONS = "SELECT r.holder, r.function, n.name FROM reported_functions r JOIN functions n ON n.id = r.function ORDER BY n.name"


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Use:
    """A thing in use: what it is called, and the boroughs (id → name) and bodies (names) that have it."""

    name: str
    boroughs: Mapping[str, str] = field(default_factory=dict)
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Contracts that one joint contract could follow: what for, from when, who and by when."""

    contracts: frozenset[str]
    things: frozenset[str]
    name: str
    start: str
    about: int
    decide_by: str
    late: bool
    holders: tuple[str, ...]
    by: str

    @property
    def dates(self) -> tuple[str, str]:
        """Its joint start, and the day by which to decide."""
        return self.start, self.decide_by


@dataclass(frozen=True, slots=True)
class State:
    """One state of the register as far as consequences go; references are those of the later state."""

    as_of: str
    names: Mapping[str, str]
    systems: Mapping[tuple[str, str], Row]
    contracts: Mapping[str, Row]
    parties: Mapping[str, tuple[str, ...]]
    skills: frozenset[tuple[str, str]]
    functions: Mapping[str, Mapping[str, str]]
    windows: Mapping[frozenset[str], Window]
    coverage: Mapping[str, Row]
    facts: Mapping[str, Any]


def state_of(index: Index, renamed: Mapping[tuple[str, str], str]) -> State:
    """What the index holds; ``renamed`` maps the references of this state to those of the later one, by kind."""

    def ref(kind: str, own: str) -> str:
        return renamed.get((kind, own), own)

    parties: dict[str, list[str]] = {}
    for row in _ask(index, "SELECT contract, holder FROM contract_holders ORDER BY contract, holder"):
        parties.setdefault(ref("contract", row["contract"]), []).append(row["holder"])
    holders = _ask(index, "SELECT id, name FROM holders ORDER BY name")
    functions: dict[str, dict[str, str]] = {}
    for row in _ask(index, _FUNCTIONS):
        functions.setdefault(row["holder"], {})[row["function"]] = row["name"]
    covered = coverage.coverage(index)
    return State(
        as_of=index.as_of.isoformat(),
        names={row["id"]: row["name"] for row in holders},
        systems={(ref("system", row["ref"]), row["holder"]): row for row in _ask(index, _SYSTEMS)},
        contracts={ref("contract", row["contract"]): row for row in _ask(index, _CONTRACTS)},
        parties={contract: tuple(found) for contract, found in parties.items()},
        skills=frozenset((ref("skill", row["skill"]), row["holder"]) for row in _ask(index, "SELECT skill, holder FROM skills_known")),
        functions=functions,
        windows=windows_of(index, lambda contract: ref("contract", contract), parties),
        coverage={row["id"]: row for row in covered.dicts()},
        facts=covered.facts,
    )


def uses_of(table: Table) -> dict[str, Use]:
    """What an overlaps report says of who has what, by thing."""
    found = {}
    for row in table.dicts():
        holders = (holder for holder, _ in row["last_seen_by_borough"])
        thing = f"~{row['id']}" if row["name"].endswith(OUTSIDE) else row["id"]
        found[thing] = Use(row["name"], dict(zip(holders, row["borough_names"], strict=True)), tuple(row["bodies"]))
    return found


def same_things(before: Index, after: Index, facet: str, renamed: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Things that are called otherwise now: all that rested on the one rests on the other, and on nothing else did before."""
    old, new = (_resting(index, facet) for index in (before, after))
    known = {thing for things in new.values() for thing in things}
    previous: dict[str, set[str]] = {}
    for (kind, record), things in old.items():
        for thing in things:
            previous.setdefault(thing, set()).add(renamed.get((kind, record), record))
    now = {record: things for (_, record), things in new.items()}
    found: dict[str, str] = {}
    for thing, records in previous.items():
        if thing not in known:
            targets = set.intersection(*(now.get(record, set()) for record in records)) - set(previous)
            if len(targets) == 1:
                found[thing] = targets.pop()
    return found


def _resting(index: Index, facet: str) -> dict[tuple[str, str], set[str]]:
    """The things that each record stands for, by its kind and reference."""
    found: dict[tuple[str, str], set[str]] = {}
    sql = "SELECT thing, system, contract FROM things_in_use WHERE facet = :facet"
    for thing, system, contract in index.database.query(sql, {"facet": facet})[1]:
        found.setdefault(("system", system) if system else ("contract", contract), set()).add(thing)
    return found


def windows_of(index: Index, ref: Callable[[str], str], parties: Mapping[str, Sequence[str]]) -> dict[frozenset[str], Window]:
    """Every joint window once, named after the product where its contracts have one in common, else after the function."""
    found: dict[frozenset[str], Window] = {}
    for by in ("product", "function"):
        for row in opportunities.opportunities(index, by, opportunities.Filters()).dicts():
            contracts = frozenset(map(ref, row["contracts"]))
            holders = dict.fromkeys(holder for contract in row["contracts"] for holder in parties.get(ref(contract), ()))
            window = Window(
                contracts,
                frozenset(row["things"]),
                row["name"] if by == "product" else f"{row['name']} (any product)",
                row["start"],
                row["about"],
                row["decide_by"],
                row["days_left"] < 0,
                tuple(holders),
                by,
            )
            found.setdefault(contracts, window)
    return found


def _ask(index: Index, sql: str) -> list[Row]:
    columns, rows = index.database.query(sql)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def stale_records(row: Row, kind: str) -> int:
    """How many of a borough's records of a kind were not seen recently."""
    return sum(row.get(f"{kind}_{how}") or 0 for how in ("older", "undated"))
