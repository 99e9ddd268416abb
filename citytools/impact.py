"""Two states of the register, looked at from the same day → what the change between them means for those who use it.

A *joint window* is a set of contracts that one joint contract could follow, as the report of opportunities finds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from dataclasses import replace
from typing import Any

from citytools import diff
from citytools.index import Index
from citytools.model import Column, Sort, Table
from citytools.reports import Asked, agreements, coverage, opportunities, overlaps
from citytools.reports.words import day, enumerated, many

_NAMED = 3  # of many things or holders, so many by name
_LEAST = 2  # of boroughs that have a thing in common
_OUTSIDE = "(not in the catalogue)"
_STAGES = {"in use": "", "on trial": " on trial", "planned": " planned"}
_KINDS = {"systems": "system", "contracts": "contract", "skills": "skill"}
_SHOWN = 25  # rows of a table of details in text

# In the order in which they are told.
_NEW, _GROWN, _MOVED, _CHANGED, _SHRUNK, _LOST, _RENAMED = "new", "grown", "moved", "changed", "shrunk", "lost", "renamed"
_ORDER = (_NEW, _GROWN, _MOVED, _CHANGED, _SHRUNK, _LOST, _RENAMED)

_CONTRACTS = """
SELECT c.ref AS contract, c.title, c.holder, x.state, x.next_exit, x.next_exit_about, x.decide_by, w.binding_end, w.latest_end, w.about,
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
class _Use:
    """A thing in use: what it is called, and the boroughs (id → name) and bodies (names) that have it."""

    name: str
    boroughs: Mapping[str, str] = dataclass_field(default_factory=dict)
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What happened to who has a thing in common."""

    change: str
    thing: str
    before: _Use
    after: _Use

    @property
    def name(self) -> str:
        return self.after.name or self.before.name


@dataclass(frozen=True, slots=True)
class _Window:
    """Contracts that one joint contract could follow: what for, from when, who and by when."""

    contracts: frozenset[str]
    things: frozenset[str]
    name: str
    start: str
    about: int
    decide_by: str
    late: bool
    holders: tuple[str, ...]

    @property
    def dates(self) -> tuple[str, str]:
        return self.start, self.decide_by


@dataclass(frozen=True, slots=True)
class _Joint:
    """What happened to a joint window; ``before`` or ``after`` is None where there was or is none."""

    change: str
    before: _Window | None
    after: _Window | None

    @property
    def now(self) -> _Window:
        """As it is, or was last."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class _Dated:
    """A contract with what was and is known of its end, in words; empty where it was or is not there."""

    contract: str
    before: str
    after: str
    old: Row
    new: Row


@dataclass(frozen=True, slots=True)
class _State:
    """One state of the register as far as consequences go; references are those of the later state."""

    as_of: str
    names: Mapping[str, str]
    systems: Mapping[tuple[str, str], Row]
    contracts: Mapping[str, Row]
    parties: Mapping[str, tuple[str, ...]]
    skills: frozenset[tuple[str, str]]
    functions: Mapping[str, Mapping[str, str]]
    windows: Mapping[frozenset[str], _Window]
    coverage: Mapping[str, Row]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Change:
    """The two states, and what differs between them."""

    before: _State
    after: _State
    overlaps: Sequence[_Overlap]
    windows: Sequence[_Joint]
    dated: Sequence[_Dated]

    def name(self, holder: str) -> str:
        return self.after.names.get(holder) or self.before.names.get(holder, holder)


def impact(before: Index, after: Index, holders: Sequence[str] = ()) -> list[Table]:
    """Five tables: a line for each borough or body, then overlaps, opportunities, decide-by dates and coverage, of each only what changed.

    ``holders`` (ids) limits all of them to what concerns any of these. Both indexes must be as of one day.
    """
    compared = diff.diff(before.dataset, after.dataset)
    renamed = {(each.kind, each.old): each.new for each in compared.changes if each.sort is Sort.RENAMED}
    uses = [overlaps.overlaps(index, "product", overlaps.Filters(min_boroughs=1)) for index in (before, after)]
    old, new = _state(before, renamed), _state(after, {})
    same = _same_things(before, after, "product", renamed)
    change = _Change(old, new, _overlaps(_uses(uses[0]), _uses(uses[1]), same, _LEAST), _windows(old, new), _dates(old, new))
    if holders:
        change = _only(change, set(holders))
    concerned = [holder for holder in dict.fromkeys((*new.names, *old.names)) if not holders or holder in holders]
    shared = _overlap_table("Overlaps by product that changed", change.overlaps, {"part": "overlaps"})
    return [
        _lines(change, concerned, differs=bool(compared.changes)),
        shared,
        _joint_table(change),
        _date_table(change),
        _cover_table(change, concerned),
    ]


def changed(tables: Sequence[Table]) -> list[Table]:
    """The tables that have something to say: the first always, the others where they have rows."""
    return [table for number, table in enumerate(tables) if table.rows or not number]


def overlaps_since(before: Index, after: Index, asked: Asked, since: str) -> list[Table]:
    """The overlaps report, as asked for, of what appeared, grew, shrank or vanished since a state that is called ``since``."""
    lists, facet, least = asked.lists, str(asked["by"]), int(asked["min_boroughs"])
    filters = overlaps.Filters((), lists["function"], lists["supplier"], lists["product"], 1)
    tables = [overlaps.overlaps(index, facet, filters, group=asked["group"]) for index in (before, after)]
    same = _same_things(before, after, f"{facet}-group" if asked["group"] else facet, {})
    wanted = set(lists["borough"])
    found = [each for each in _overlaps(_uses(tables[0]), _uses(tables[1]), same, least) if wanted <= _users(each, after)]
    what = f"{overlaps.FACETS[facet]}{' group' if asked['group'] else ''}"
    title = f"Overlaps by {what}: what changed since {since}, as of {after.as_of}"
    facts = {**tables[1].facts, "since": since, "min_boroughs": least}
    table = _overlap_table(title, found, facts)
    counts = [sum(len(use.boroughs) >= least for use in _uses(each).values()) for each in tables]
    return [replace(table, coverage=tuple(_since_said(found, counts, what, least, tables)), notes=tables[1].notes[:1])]


def _since_said(found: Sequence[_Overlap], counts: Sequence[int], what: str, least: int, tables: Sequence[Table]) -> Iterator[str]:
    before, after = counts
    yield f"{_arrow(before, after)} {what if after == 1 else f'{what}s'} in {least} or more boroughs: {_tally(found) or 'none changed'}."
    reporting = _arrow(*(table.facts["reporting"] for table in tables))
    yield f"The register holds systems of {reporting} of the {tables[1].facts['authorities']} authorities."


def _users(overlap: _Overlap, index: Index) -> set[str]:
    """Who has or had a part in an overlap, bodies too, by id."""
    bodies = {index.catalogue.holder_name(holder): holder for holder in _column(index, "SELECT id FROM bodies")}
    named = {bodies[name] for use in (overlap.before, overlap.after) for name in use.bodies if name in bodies}
    return {*overlap.before.boroughs, *overlap.after.boroughs, *named}


# What is compared


def _ask(index: Index, sql: str) -> list[Row]:
    columns, rows = index.database.query(sql)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _column(index: Index, sql: str) -> list[str]:
    return [row[0] for row in index.database.query(sql)[1]]


def _state(index: Index, renamed: Mapping[tuple[str, str], str]) -> _State:
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
    return _State(
        as_of=index.as_of.isoformat(),
        names={row["id"]: row["name"] for row in holders},
        systems={(ref("system", row["ref"]), row["holder"]): row for row in _ask(index, _SYSTEMS)},
        contracts={ref("contract", row["contract"]): row for row in _ask(index, _CONTRACTS)},
        parties={contract: tuple(found) for contract, found in parties.items()},
        skills=frozenset((ref("skill", row["skill"]), row["holder"]) for row in _ask(index, "SELECT skill, holder FROM skills_known")),
        functions=functions,
        windows=_joint(index, lambda contract: ref("contract", contract), parties),
        coverage={row["id"]: row for row in covered.dicts()},
        facts=covered.facts,
    )


def _joint(index: Index, ref: Callable[[str], str], parties: Mapping[str, Sequence[str]]) -> dict[frozenset[str], _Window]:
    """Every joint window once, named after the product where its contracts have one in common, else after the function."""
    found: dict[frozenset[str], _Window] = {}
    for by in ("product", "function"):
        for row in opportunities.opportunities(index, by, opportunities.Filters()).dicts():
            contracts = frozenset(map(ref, row["contracts"]))
            holders = dict.fromkeys(holder for contract in row["contracts"] for holder in parties.get(ref(contract), ()))
            window = _Window(
                contracts,
                frozenset(row["things"]),
                row["name"] if by == "product" else f"{row['name']}, whatever the product",
                row["start"],
                row["about"],
                row["decide_by"],
                row["days_left"] < 0,
                tuple(holders),
            )
            found.setdefault(contracts, window)
    return found


def _same_things(before: Index, after: Index, facet: str, renamed: Mapping[tuple[str, str], str]) -> dict[str, str]:
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


def _uses(table: Table) -> dict[str, _Use]:
    """What an overlaps report says of who has what, by thing."""
    found = {}
    for row in table.dicts():
        holders = (holder for holder, _ in row["last_seen_by_borough"])
        thing = f"~{row['id']}" if row["name"].endswith(_OUTSIDE) else row["id"]
        found[thing] = _Use(row["name"], dict(zip(holders, row["borough_names"], strict=True)), tuple(row["bodies"]))
    return found


def _overlaps(old: Mapping[str, _Use], new: Mapping[str, _Use], same: Mapping[str, str], least: int) -> list[_Overlap]:
    """What is in common among ``least`` boroughs or more before or after, and is not among the same ones."""
    before = {same.get(thing, thing): use for thing, use in old.items()}
    pairs = ((thing, before.get(thing, _Use("")), new.get(thing, _Use(""))) for thing in dict.fromkeys((*new, *before)))
    found = [_Overlap(change, thing, one, other) for thing, one, other in pairs if (change := _what_happened(one, other, least))]
    return sorted(found, key=lambda each: (_ORDER.index(each.change), -len(each.after.boroughs), each.name.casefold()))


def _what_happened(before: _Use, after: _Use, least: int) -> str:
    """The word for it; empty where nothing happened, or to fewer than ``least``."""
    old, new = set(before.boroughs), set(after.boroughs)
    if len(old) < least and len(new) < least:
        return ""
    if old == new:
        return _RENAMED if before.name.removesuffix(f" {_OUTSIDE}") != after.name.removesuffix(f" {_OUTSIDE}") else ""
    if len(old) < least or len(new) < least:
        return _NEW if len(old) < least else _LOST
    return _GROWN if old < new else _SHRUNK if new < old else _CHANGED


def _windows(before: _State, after: _State) -> list[_Joint]:
    """Joint windows that appear, move, gain or lose members, or vanish."""
    old, new = dict(before.windows), dict(after.windows)
    found = []
    for contracts in [each for each in new if each in old]:
        one, other = old.pop(contracts), new.pop(contracts)
        if one.dates != other.dates:
            found.append(_Joint(_MOVED, one, other))
    for one, other in _akin(list(old.values()), list(new.values())):
        del old[one.contracts], new[other.contracts]
        change = _GROWN if one.contracts < other.contracts else _SHRUNK if other.contracts < one.contracts else _CHANGED
        found.append(_Joint(change, one, other))
    found += [_Joint(_NEW, None, window) for window in new.values()]
    found += [_Joint(_LOST, window, None) for window in old.values()]
    return sorted(found, key=lambda each: (_ORDER.index(each.change), -len(each.now.holders), each.now.start, each.now.name.casefold()))


def _akin(old: Sequence[_Window], new: Sequence[_Window]) -> Iterator[tuple[_Window, _Window]]:
    """Windows for the same thing that have a member in common, those with most in common first, each once."""
    pairs = [(len(one.contracts & other.contracts), one, other) for one in old for other in new if one.things & other.things]
    pairs.sort(
        key=lambda pair: (-pair[0], len(pair[1].contracts ^ pair[2].contracts), sorted(pair[2].contracts), sorted(pair[1].contracts))
    )
    left, right = set(map(id, old)), set(map(id, new))
    for common, one, other in pairs:
        if common and id(one) in left and id(other) in right:
            left.remove(id(one))
            right.remove(id(other))
            yield one, other


def _dates(before: _State, after: _State) -> list[_Dated]:
    """Contracts of whose end something else is known than before, those to be decided first in front."""
    found = []
    for contract in dict.fromkeys((*after.contracts, *before.contracts)):
        old, new = before.contracts.get(contract, {}), after.contracts.get(contract, {})
        was, now = (_when(row, after.as_of) for row in (old, new))
        if was != now:
            found.append(_Dated(contract, was, now, old, new))
    return sorted(found, key=lambda each: (each.new.get("decide_by") or each.old.get("decide_by") or "9", each.contract))


def _when(contract: Row, as_of: str) -> str:
    """Where a contract stands, in words; empty for none."""
    others = {"replaced": "replaced by a later contract", "not known": f"first heard of after {as_of}"}
    return (others.get(contract["state"]) or agreements.when(contract, as_of)) if contract else ""


def _only(change: _Change, holders: set[str]) -> _Change:
    """What concerns any of these."""
    names = {change.name(holder) for holder in holders}
    return _Change(
        change.before,
        change.after,
        [
            each
            for each in change.overlaps
            if holders & {*each.before.boroughs, *each.after.boroughs} or names & {*each.before.bodies, *each.after.bodies}
        ],
        [each for each in change.windows if holders & {*(each.before or each.now).holders, *each.now.holders}],
        [each for each in change.dated if holders & _held(change, each.contract)],
    )


def _held(change: _Change, contract: str) -> set[str]:
    return {*change.before.parties.get(contract, ()), *change.after.parties.get(contract, ())}


# A line for each borough or body

_COUNTS = (
    *(Column(f"{kind}_{what}", f"{kind.capitalize()} {what}", "count", "hidden") for kind in _KINDS for what in ("added", "gone")),
    Column("dates_moved", "Decide-by days that moved", "count", "hidden"),
    *(Column(f"overlaps_{what}", f"Overlaps {what}", "count", "hidden") for what in ("new", "lost")),
    *(Column(f"windows_{what}", f"Joint windows {what}", "count", "hidden") for what in ("new", "changed", "lost")),
    *(Column(f"functions_{when}", f"Functions reported {when}", "count", "hidden") for when in ("before", "after")),
)
_LINE = (
    Column("name", "Who", "text", "heading"),
    Column("what", "What changes", "text", "body"),
    *_COUNTS,
    Column("id", "Id", "text", "hidden"),
)


def _lines(change: _Change, holders: Sequence[str], *, differs: bool) -> Table:
    """A line for each holder for whom something changes, those with most to gain or lose first."""
    rows = [row for row in (_line(change, holder) for holder in holders) if row["what"]]
    rows.sort(
        key=lambda row: (
            *(-_sum(row, part) for part in ("windows_", "overlaps_", "dates_", "systems_", "contracts_", "skills_")),
            row["name"].casefold(),
        )
    )
    authorities = change.after.facts["authorities"]
    if rows:
        boroughs = sum(row["id"] in change.after.coverage or row["id"] in change.before.coverage for row in rows)
        bodies = f" and {many(len(rows) - boroughs, 'body').replace('bodys', 'bodies')}" if len(rows) > boroughs else ""
        said = [f"For {boroughs} of {authorities} authorities{bodies} something changes{_totals(change)}."]
    else:
        said = [
            "Nothing changes for any report." if not differs else "Nothing changes in overlaps, opportunities, decide-by days or coverage."
        ]
    notes = ["A joint window: contracts that one joint contract could follow. Not reported is not the same as none."] if rows else said
    return Table(
        f"What the change means, as of {change.after.as_of}",
        _LINE,
        tuple(tuple(row[column.name] for column in _LINE) for row in rows),
        tuple(said if rows else ()),
        tuple(notes),
        {"part": "lines", "as_of": change.after.as_of, "authorities": authorities},
    )


def _sum(row: Row, part: str) -> int:
    return sum(value for name, value in row.items() if name.startswith(part))


def _totals(change: _Change) -> str:
    """In a few words, how much of what."""
    overlaps, windows = _tally(change.overlaps), _tally(change.windows)
    moved = sum(bool(each.before and each.after) for each in change.dated)
    said = [f"overlaps: {overlaps}" if overlaps else "", f"joint windows: {windows}" if windows else ""]
    said.append(f"contracts with other dates: {moved}" if moved else "")
    parts = "; ".join(part for part in said if part)
    return f" ({parts})" if parts else ""


def _tally(found: Iterable[_Overlap | _Joint]) -> str:
    counts = Counter(each.change for each in found)
    return ", ".join(f"{counts[change]} {change}" for change in _ORDER if counts[change])


def _line(change: _Change, holder: str) -> dict[str, Any]:
    systems, contracts, skills = _systems(change, holder), _contracts(change, holder), _skills(change, holder)
    shares = [each for each in change.overlaps if _gains(each, holder)]
    lost = [each for each in change.overlaps if _loses(each, holder)]
    windows = [each for each in change.windows if holder in (each.before or each.now).holders or holder in each.now.holders]
    moved = [each for each in change.dated if each.before and each.after and holder in _held(change, each.contract)]
    said = (
        _signed(systems, contracts, skills),
        _with_a_day(contracts[0], change.after),
        *_identities(change, holder),
        *(_window(each, holder, change) for each in windows),
        *_shares(shares, holder),
        *_shares(lost, holder, lost=True),
        *_uses_too(change, holder),
        *_moves(moved),
        *_covers(change, holder),
    )
    functions = [len(state.functions.get(holder, ())) for state in (change.before, change.after)]
    sides = [_side(each, holder) for each in windows]
    return {
        "id": holder,
        "name": change.name(holder),
        "what": "; ".join(part for part in said if part),
        "systems_added": sum(systems[""][:1]),
        "systems_gone": sum(systems[""][1:]),
        "contracts_added": len(contracts[0]),
        "contracts_gone": len(contracts[1]),
        "skills_added": skills[0],
        "skills_gone": skills[1],
        "dates_moved": len(moved),
        "overlaps_new": len(shares),
        "overlaps_lost": len(lost),
        "windows_new": sides.count(_NEW),
        "windows_changed": len(sides) - sides.count(_NEW) - sides.count(_LOST),
        "windows_lost": sides.count(_LOST),
        "functions_before": functions[0],
        "functions_after": functions[1],
    }


def _systems(change: _Change, holder: str) -> dict[str, tuple[int, int]]:
    """How many systems came to each stage and left it, by the words for the stage."""
    sides = [
        {key: row["stage"] for key, row in state.systems.items() if key[1] == holder and row["stage"] in _STAGES}
        for state in (change.before, change.after)
    ]
    before, after = sides
    return {
        words: (
            sum(stage == name and before.get(key) != name for key, stage in after.items()),
            sum(stage == name and after.get(key) != name for key, stage in before.items()),
        )
        for name, words in _STAGES.items()
    }


def _contracts(change: _Change, holder: str) -> tuple[list[str], list[str]]:
    """The contracts in which a holder has a part now and had none before, and the other way round."""
    before, after = (
        [contract for contract, row in state.contracts.items() if holder in state.parties.get(contract, ()) and row["state"] != "not known"]
        for state in (change.before, change.after)
    )
    return [each for each in after if each not in before], [each for each in before if each not in after]


def _skills(change: _Change, holder: str) -> tuple[int, int]:
    before, after = ({skill for skill, whose in state.skills if whose == holder} for state in (change.before, change.after))
    return len(after - before), len(before - after)


def _signed(systems: Mapping[str, tuple[int, int]], contracts: tuple[Sequence[str], Sequence[str]], skills: tuple[int, int]) -> str:
    """How many records came and went: +3 systems, -1 contract."""
    counted = [
        *((count, "system", words) for words, count in systems.items()),
        ((len(contracts[0]), len(contracts[1])), "contract", ""),
        (skills, "skill", ""),
    ]
    return ", ".join(
        f"{sign}{many(number, noun)}{words}" for count, noun, words in counted for sign, number in zip("+-", count, strict=True) if number
    )


def _with_a_day(contracts: Sequence[str], state: _State) -> str:
    """How many of the new contracts have a day to decide by, and the first of these that is still to come."""
    rows = [row for contract in contracts if (row := state.contracts[contract])["decide_by"]]
    coming = min((row for row in rows if row["decide_by"] >= state.as_of), key=lambda row: row["decide_by"], default=None)
    if not contracts:
        return ""
    first = f", next {day(coming['decide_by'], coming['next_exit_about'])}" if coming else ", all of them passed" if rows else ""
    return f"{len(rows)} of the {many(len(contracts), 'new contract')} with a day to decide by{first}"


def _identities(change: _Change, holder: str) -> Iterator[str]:
    """Systems that stand for another product than before, or for one of the catalogue at last."""
    adopted = 0
    for key, new in change.after.systems.items():
        old = change.before.systems.get(key)
        if key[1] != holder or not old or old["product"] == new["product"] or not {old["stage"], new["stage"]} <= {*_STAGES}:
            continue
        if old["product"].startswith("~") and not new["product"].startswith("~"):
            adopted += 1
        elif old["name"] != new["name"]:
            yield f"{old['name']} is {new['name']} now"
    if adopted:
        yield f"{many(adopted, 'system')} now found in the catalogue"


def _gains(overlap: _Overlap, holder: str) -> bool:
    """Whether a holder has something in common with others that it had with nobody."""
    return _with_others(overlap.after, holder) and not _with_others(overlap.before, holder)


def _loses(overlap: _Overlap, holder: str) -> bool:
    return _with_others(overlap.before, holder) and not _with_others(overlap.after, holder)


def _with_others(use: _Use, holder: str) -> bool:
    return holder in use.boroughs and len(use.boroughs) >= _LEAST


def _shares(found: Sequence[_Overlap], holder: str, *, lost: bool = False) -> Iterator[str]:
    """What a borough has in common with whom at last, or no longer."""
    said = []
    for each in found[:_NAMED]:
        use = each.before if lost else each.after
        said.append(
            f"{use.name.removesuffix(f' {_OUTSIDE}')} with {_short([name for other, name in use.boroughs.items() if other != holder])}"
        )
    more = [f"{len(found) - _NAMED} more"] if len(found) > _NAMED else []
    if said:
        yield f"{'no longer shares' if lost else 'now shares'} {_listed([*said, *more])}"


def _uses_too(change: _Change, holder: str) -> Iterator[str]:
    """What a body, which is never counted, has in common with boroughs since the change."""
    name = change.name(holder)
    for each in change.overlaps:
        if name in each.after.bodies and name not in each.before.bodies:
            yield f"has {each.name} as {_short(list(each.after.boroughs.values()))} do"


def _short(names: Sequence[str]) -> str:
    """All names, or the first and how many others."""
    return enumerated(names) if len(names) <= _NAMED else f"{names[0]} and {len(names) - 1} others"


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _side(joint: _Joint, holder: str) -> str:
    """What happened to a joint window as one of its members sees it."""
    before, after = (window is not None and holder in window.holders for window in (joint.before, joint.after))
    return joint.change if before and after else _NEW if after else _LOST


def _window(joint: _Joint, holder: str, change: _Change) -> str:
    """What a joint window that appears, moves or vanishes is to one of its members."""
    side = _side(joint, holder)
    window = joint.before if side == _LOST and joint.before else joint.now
    whom = _short([change.name(other) for other in window.holders if other != holder])
    what = f"joint window{f' with {whom}' if whom else ''} for {window.name}"
    if side == _NEW:
        return f"new {what} from {_from(window)} (decide by {_by(window)})"
    if side == _LOST:
        return f"no longer a {what} from {_from(window)}"
    assert joint.before
    assert joint.after
    moves = _from(joint.before) != _from(joint.after)
    starts = f" from {_from(joint.before)} to {_from(joint.after)}" if moves else ""
    decides = (
        f" (decide by {day(joint.before.decide_by, joint.before.about)} → {_by(joint.after)})"
        if joint.before.dates != joint.after.dates
        else ""
    )
    verb = {_GROWN: f"gains {_others(joint, change)}", _SHRUNK: f"loses {_others(joint, change)}", _CHANGED: "has other members"}.get(
        side, ""
    )
    moved = "moves" + starts if starts or not verb else ""
    return f"{what} {' and '.join(part for part in (verb, moved) if part)}{decides}"


def _others(joint: _Joint, change: _Change) -> str:
    """Who joined or left a joint window; contracts, where it is the same holders."""
    assert joint.before
    assert joint.after
    differ = [
        holder
        for holder in dict.fromkeys((*joint.after.holders, *joint.before.holders))
        if (holder in joint.after.holders) != (holder in joint.before.holders)
    ]
    return _short([change.name(holder) for holder in differ]) or many(len(joint.before.contracts ^ joint.after.contracts), "contract")


def _from(window: _Window) -> str:
    return window.start[:7]


def _by(window: _Window) -> str:
    return f"{day(window.decide_by, window.about)}{', passed' if window.late else ''}"


def _moves(moved: Sequence[_Dated]) -> Iterator[str]:
    """Contracts of whose end something else is known: each where they are few, else how many."""
    if len(moved) > _NAMED:
        yield f"{len(moved)} contracts have other dates"
    else:
        yield from map(_move, moved)


def _move(dated: _Dated) -> str:
    old, new = dated.old, dated.new
    if old["decide_by"] and new["decide_by"] and old["decide_by"] != new["decide_by"]:
        before, after = (day(row["decide_by"], row["next_exit_about"]) for row in (old, new))
        return f"{new['title']}: decide by {before} → {after}"
    return f"{new['title']}: {dated.before} → {dated.after}"


def _covers(change: _Change, holder: str) -> Iterator[str]:
    """What more or less of the capability map a holder reports, and how much of what it reports is fresh."""
    before, after = (state.functions.get(holder, {}) for state in (change.before, change.after))
    if set(before) != set(after):
        sides = (("new", after, before), ("no longer", before, after))
        said = (
            f"{word}: {_some([name for each, name in one.items() if each not in other])}" for word, one, other in sides if {*one} - {*other}
        )
        yield f"reports {_arrow(len(before), len(after))} of {change.after.facts['functions']} functions ({'; '.join(said)})"
    old, new = change.before.coverage.get(holder, {}), change.after.coverage.get(holder, {})
    for kind in _KINDS if new else ():
        yield from _freshness(kind, old, new)


def _freshness(kind: str, old: Row, new: Row) -> Iterator[str]:
    if old.get(kind) is None and new[kind] is not None:
        yield f"first {kind} reported"
    stale = [_stale(row, kind) for row in (old, new)]
    if stale[0] != stale[1]:
        yield f"{_arrow(*stale)} of {many(new[kind] or 0, _KINDS[kind])} stale"
    confirmed = new[f"{kind}_confirmed"]
    if confirmed and confirmed != old.get(f"{kind}_confirmed"):
        yield f"list of {kind} confirmed on {confirmed}"


def _stale(row: Row, kind: str) -> int:
    return sum(row.get(f"{kind}_{how}") or 0 for how in ("older", "undated"))


def _some(names: Sequence[str]) -> str:
    """All names, or some and how many more."""
    return enumerated(names) if len(names) <= _NAMED else f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _arrow(before: Any, after: Any) -> str:
    """A figure before and after; once where it is the same."""
    return f"{before} → {after}" if before != after else f"{after}"


# The details

_OVERLAP = (
    Column("change", "Change", "text", "lead"),
    Column("name", "What", "text", "heading"),
    Column("boroughs", "Boroughs", "text", "heading"),
    Column("who", "Who", "text", "body"),
    Column("before", "Boroughs before", "count", "hidden"),
    Column("after", "Boroughs after", "count", "hidden"),
    *(Column(name, name.capitalize(), "list", "hidden") for name in ("joined", "left", "stayed")),
    Column("id", "Id", "text", "hidden"),
)


def _overlap_table(title: str, found: Sequence[_Overlap], facts: Mapping[str, Any]) -> Table:
    rows = []
    for each in found:
        old, new = each.before.boroughs, each.after.boroughs
        joined, left, stayed = (
            [name for _, name in found]
            for found in ({*new.items()} - {*old.items()}, {*old.items()} - {*new.items()}, {*new.items()} & {*old.items()})
        )
        joined, left, stayed = sorted(joined), sorted(left), sorted(stayed)
        count = f"{_arrow(len(old), len(new))} borough{'' if len(new) == 1 else 's'}"
        rows.append(
            (
                each.change,
                each.name,
                count,
                _who(each, joined, left, stayed),
                len(old),
                len(new),
                joined,
                left,
                stayed,
                each.thing.removeprefix("~"),
            )
        )
    said = (f"{_tally(found)[0].upper()}{_tally(found)[1:]}.",) if found else ()
    return Table(title, _OVERLAP, tuple(rows), said, facts=facts, text_rows=_SHOWN)


def _who(overlap: _Overlap, joined: Sequence[str], left: Sequence[str], stayed: Sequence[str]) -> str:
    if overlap.change == _RENAMED:
        return f"was called {overlap.before.name}; {_short(stayed)} as before"
    said = []
    if joined:
        said.append(f"{enumerated(joined)} {'joins' if len(joined) == 1 else 'join'} {_short(stayed)}" if stayed else enumerated(joined))
    if left:
        said.append(
            f"{enumerated(left)} {'leaves' if len(left) == 1 else 'leave'}" + (f" {_short(stayed)}" if stayed and not joined else "")
        )
    return "; ".join(said)


_JOINT = (
    Column("change", "Change", "text", "lead"),
    Column("name", "What", "text", "heading"),
    Column("start_text", "From", "text", "heading"),
    Column("who", "Who", "text", "body"),
    Column("decide", "Decide by", "text", "detail"),
    Column("because", "Because", "list", "detail"),
    *(
        Column(f"{name}_{when}", f"{title} {when}", "date", "hidden")
        for name, title in (("start", "Joint start"), ("decide_by", "Decide-by"))
        for when in ("before", "after")
    ),
    Column("contracts", "Contracts", "list", "hidden"),
    Column("contracts_before", "Contracts before", "list", "hidden"),
)


def _joint_table(change: _Change) -> Table:
    rows = []
    for each in change.windows:
        old, new = each.before, each.after
        starts = [f"{day(window.start, window.about)}" if window else "" for window in (old, new)]
        decides = [_by(window) if window else "" for window in (old, new)]
        rows.append(
            (
                each.change,
                each.now.name,
                f"from {_before_after(*starts)}",
                _members(each, change),
                _before_after(*decides),
                list(_because(each, change)),
                *(window.start if window else "" for window in (old, new)),
                *(window.decide_by if window else "" for window in (old, new)),
                sorted(new.contracts) if new else [],
                sorted(old.contracts) if old else [],
            )
        )
    said = (f"{_tally(change.windows)[0].upper()}{_tally(change.windows)[1:]}.",) if rows else ()
    return Table("Opportunities to buy together that changed", _JOINT, tuple(rows), said, facts={"part": "opportunities"}, text_rows=_SHOWN)


def _before_after(before: str, after: str) -> str:
    return _arrow(before, after) if before and after else before or after


def _members(joint: _Joint, change: _Change) -> str:
    """Who could buy together, with who joined and who left."""
    old, new = (set(window.holders) if window else set() for window in (joint.before, joint.after))
    both = joint.before is not None and joint.after is not None
    marked = [
        f"{change.name(each)}{'' if not both or each in old & new else ' (joins)' if each in new else ' (leaves)'}" for each in old | new
    ]
    return ", ".join(sorted(marked, key=str.casefold))


def _because(joint: _Joint, change: _Change) -> Iterator[str]:
    """Which of the contracts in it came, went, or can be left on another day."""
    concerned = {*(joint.before.contracts if joint.before else ()), *(joint.after.contracts if joint.after else ())}
    for each in change.dated:
        if each.contract in concerned:
            yield f"{_title(each, change)}: {_turn(each)}"


def _title(dated: _Dated, change: _Change) -> str:
    """A contract with those who hold it."""
    parties = change.after.parties.get(dated.contract) or change.before.parties.get(dated.contract, ())
    row = dated.new or dated.old
    names = sorted(parties, key=lambda holder: (holder != row["holder"], change.name(holder)))
    return f"{_short([change.name(holder) for holder in names])}, {row['title']}"


def _turn(dated: _Dated) -> str:
    if not dated.before:
        return f"new, {dated.after}"
    return f"{dated.before} → {dated.after or 'no longer there'}"


_DATE = (
    Column("name", "Contract", "text", "heading"),
    Column("before_text", "Before", "text", "detail"),
    Column("after_text", "Now", "text", "detail"),
    *(
        Column(f"{name}_{when}", f"{title} {when}", "date", "hidden")
        for name, title in (("exit", "Exit"), ("decide_by", "Decide-by"))
        for when in ("before", "after")
    ),
    Column("contract", "Reference", "text", "hidden"),
)


def _date_table(change: _Change) -> Table:
    """Contracts with other dates than before, and those that came or went with a day to decide by."""
    told = [each for each in change.dated if _told(each)]
    rows = [
        (
            f"{_title(each, change)} [{each.contract}]",
            each.before or "not in the register",
            each.after or "not in the register",
            *(row.get("next_exit") or "" for row in (each.old, each.new)),
            *(row.get("decide_by") or "" for row in (each.old, each.new)),
            each.contract,
        )
        for each in told
    ]
    silent = sum(1 for each in change.dated if each not in told and each.new)
    less = f"{many(silent, 'new contract')} without a day to decide by: no end is known, or it has passed."
    return Table(
        "Decide-by dates that changed",
        _DATE,
        tuple(rows),
        notes=(less,) if silent and rows else (),
        facts={"part": "decide-by", "without_a_day": silent},
        text_rows=_SHOWN,
    )


def _told(dated: _Dated) -> bool:
    return bool(dated.old and dated.new) or bool((dated.new or dated.old)["decide_by"])


_COVER = (
    Column("name", "Borough"),
    Column("functions", "Functions"),
    *(Column(kind, kind.capitalize()) for kind in _KINDS),
    *(
        Column(f"{what}_{when}", f"{what.replace('_', ', ').capitalize()} {when}", "count", "hidden")
        for what in ("functions", *_KINDS, *(f"{kind}_stale" for kind in _KINDS))
        for when in ("before", "after")
    ),
    Column("id", "Id", "text", "hidden"),
)


def _cover_table(change: _Change, holders: Sequence[str]) -> Table:
    """Boroughs of which more or less is reported, or is fresh, with the whole register above them."""
    rows = [row for holder in holders if (row := _cover(change, holder))]
    rows.sort(key=lambda row: str(row[0]).casefold())
    shown = {column.name for number, column in enumerate(_COVER[2:5], start=2) if any("→" in row[number] for row in rows)}
    columns = [replace(column, place="hidden") if column.name in {*_KINDS} - shown else column for column in _COVER]
    said = tuple(_whole(change)) if rows else ()
    return Table("Coverage before and after", tuple(columns), tuple(rows), said, facts={"part": "coverage"}, text_rows=_SHOWN)


def _cover(change: _Change, holder: str) -> tuple[Any, ...]:
    """A borough's figures before and after; nothing where they are the same."""
    old, new = (state.coverage.get(holder, {}) for state in (change.before, change.after))
    numbers = [(side.get(key) for side in (old, new)) for key in ("functions", *_KINDS)]
    pairs = [*(tuple(pair) for pair in numbers), *((_stale(old, kind), _stale(new, kind)) for kind in _KINDS)]
    if all(before == after for before, after in pairs):
        return ()
    cells = [_reported(old, new, kind) for kind in _KINDS]
    return (change.name(holder), _arrow(*pairs[0]), *cells, *(number for pair in pairs for number in pair), holder)


def _reported(old: Row, new: Row, kind: str) -> str:
    """How many records of a kind are counted, and how many of them are stale."""
    counted = _arrow(*("not reported" if row.get(kind) is None else str(row[kind]) for row in (old, new)))
    stale = _arrow(_stale(old, kind), _stale(new, kind))
    return counted if stale == "0" else f"{counted}; {stale} stale"


def _whole(change: _Change) -> Iterator[str]:
    """What is known of all authorities together."""
    old, new = change.before.facts, change.after.facts
    yield f"{_arrow(old['functions_reported'], new['functions_reported'])} of {_arrow(old['functions'], new['functions'])} functions are reported by any authority."
    kinds = {row["kind"]: row for row in old["kinds"]}
    for row in new["kinds"]:
        before = kinds[row["kind"]]
        figures = [(each["counted"], each["older"] + each["undated"], each["authorities_reporting"]) for each in (before, row)]
        if figures[0] != figures[1]:
            counted, stale, reporting = (_arrow(*pair) for pair in zip(*figures, strict=True))
            yield f"{row['kind'].capitalize()}: {counted}, {stale} stale, reported by {reporting} of {new['authorities']} authorities."
