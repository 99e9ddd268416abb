"""Merging registers that several people work on: whatever they do is in the result or in a conflict, and nothing else is.

The specification works from what people did, never from a comparison of two states: a record is a set of statements, an act
changes some of them, and each statement goes by the table of ``merging``.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from merging import TABLE, laws, pattern, told, without_order
from support import ROOT

from citytools import dataset, schema
from citytools.threeway import ABSENT, MergedFile, Side, merge_files

Statements = dict[tuple[str, ...], Any]

SCALARS = ("status", "hosting", "since", "users")
VALUES = {
    "status": ("planned", "live", "retired", ABSENT),
    "hosting": ("hybrid", "public-cloud", ABSENT),
    "since": ("2014", "2015-06", ABSENT),
    "users": (0, 90, ABSENT),
}
WORDS = ("WFS", "Open311", "OData")


def record(number: int) -> dict[str, Any]:
    """A system that is like no other, so that it is known under another id."""
    return {
        "id": f"s{number}",
        "product": f"product-{number}",
        "name": f"System {number}",
        "supplier": f"supplier-{number}",
        "functions": [f"area/function-{number}"],
        "status": "live",
        "since": f"20{number % 100:02}",
        "until": f"21{number % 100:02}",
        "users": number + 1,
        "standards": ["WFS"],
        "connects_to": [{"to": "Notify", "data": f"notices {number}"}],
        "support": {"by": "in-house"},
        "notes": f"Note {number}",
    }


@dataclass(frozen=True)
class Acts:
    """What one person did: to records (None: removed), in which order they stand now, and what is new, by id."""

    changes: Mapping[int, Statements | None] = field(default_factory=dict)
    order: Sequence[int] = ()
    added: Mapping[str, dict[str, Any]] = field(default_factory=dict)


def statements(given: Mapping[str, Any]) -> Statements:
    """A record as statements: a word of a list is one, and so is a field of an item or a group."""
    found: Statements = {}
    for name, value in given.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                found |= {(name, part.get("to", ""), each): said for each, said in part.items()}
            else:
                found[(name, part) if isinstance(value, list) else (name,)] = True if isinstance(value, list) else part
    return found


def stated(known: Statements) -> dict[str, Any]:
    """The record that these statements make; it has a list of standards even where that is empty."""
    made: dict[str, Any] = {"standards": []}
    items: dict[tuple[str, str], dict[str, Any]] = {}
    for path, value in known.items():
        match path:
            case (name,):
                made[name] = value
            case (name, word):
                made.setdefault(name, []).append(word)
            case (name, to, part):
                items.setdefault((name, to), {})[part] = value
    for (name, to), item in items.items():
        if to:
            made.setdefault(name, []).append(item)
        else:
            made[name] = item
    return made


def after(known: Statements, change: Statements) -> Statements:
    return {path: value for path, value in {**known, **change}.items() if value is not ABSENT}


def done(count: int, acts: Acts) -> dict[str, Any]:
    """The file of ``count`` systems after one person's acts."""
    numbers = acts.order or range(count)
    changed = [acts.changes.get(number, {}) for number in numbers]
    kept = [
        stated(after(statements(record(number)), change)) for number, change in zip(numbers, changed, strict=True) if change is not None
    ]
    return {"schema": 1, "systems": [*kept, *acts.added.values()]}


def expected(count: int, ours: Acts, theirs: Acts) -> tuple[list[Statements], set[tuple[str, str]]]:
    """The records that the merge has, as statements, and the fields in conflict."""
    found, unclear = [], set()
    before: list[tuple[Statements | None, ...]] = []
    for number in range(count):
        base = statements(record(number))
        changes = [acts.changes.get(number, {}) for acts in (ours, theirs)]
        before.append((base, *(None if change is None else after(base, change) for change in changes)))
    for own in {**ours.added, **theirs.added}:
        before.append((None, *(statements(acts.added[own]) if own in acts.added else None for acts in (ours, theirs))))
    for states in before:
        which = TABLE[pattern(*states)]
        if which is None and None in states[1:]:
            left = states[1] or states[2]
            unclear.add((str(left[("id",)]), ""))
        elif which is None:
            left, fields = _each(states)
            unclear |= {(str(states[1][("id",)]), name) for name in fields}
        else:
            left = states[which]
        found += [left] if left is not None else []
    return found, unclear


def _each(states: Sequence[Statements | None]) -> tuple[Statements, set[str]]:
    """Statement by statement."""
    base, ours, theirs = (each or {} for each in states)
    left: Statements = {}
    unclear = set()
    for path in {**base, **ours, **theirs}:
        values = [each.get(path, ABSENT) for each in (base, ours, theirs)]
        which = TABLE[pattern(*values)]
        left[path] = values[1 if which is None else which]
        if which is None:
            unclear.add(f"{path[0]}[{path[1]}].{path[2]}" if len(path) == 3 and path[1] else ".".join(filter(None, path)))
    return after({}, left), unclear


def _changes(number: int) -> st.SearchStrategy[Statements | None]:
    scalar = st.sampled_from(SCALARS).flatmap(lambda name: st.tuples(st.just((name,)), st.sampled_from(VALUES[name])))
    word = st.tuples(st.tuples(st.just("standards"), st.sampled_from(WORDS)), st.sampled_from((True, ABSENT)))
    link = st.tuples(st.just(("connects_to", "Notify", "data")), st.sampled_from(("a", "b")))
    support = st.tuples(st.just(("support", "", "by")), st.sampled_from(("supplier", "shared")))
    some = st.lists(st.one_of(scalar, word, link, support), max_size=2).map(dict)
    named = st.sampled_from(({}, {}, {("id",): f"s{number}-x"}, {("id",): f"s{number}-y"}))
    return st.one_of(st.none(), *[st.builds(lambda one, other: one | other, some, named)] * 4)


def _acts(count: int, numbers: Sequence[int], ids: Sequence[str]) -> st.SearchStrategy[Acts]:
    """What a person may do to these records, adding some under these ids."""
    chosen = st.sets(st.sampled_from(numbers), max_size=4) if numbers else st.just(set())
    changes = chosen.flatmap(lambda some: st.fixed_dictionaries({number: _changes(number) for number in sorted(some)}))
    new = st.sampled_from(({"name": "New", "users": 1}, {"name": "New", "status": "live"}, {"name": "Another"}))
    added = st.dictionaries(st.sampled_from(ids), new, max_size=2).map(
        lambda found: {own: {"id": own, "standards": [], **fields} for own, fields in found.items()}
    )
    return st.builds(Acts, changes, st.one_of(st.just(()), st.permutations(range(count))), added)


def _merge(base: Any, ours: Any, theirs: Any) -> MergedFile:
    return merge_files("technology", base, ours, theirs)


def _same(found: Mapping[str, Any], records: Sequence[Statements]) -> bool:
    """Whether a file has just these records, in whatever order."""
    return without_order(found["systems"]) == without_order([stated(each) for each in records])


COUNT = 6


@settings(deadline=None, max_examples=300)
@given(_acts(COUNT, range(COUNT), ("n1", "n2")), _acts(COUNT, range(COUNT), ("n1", "n2")))
def test_two_people_at_work_on_one_file(ours: Acts, theirs: Acts) -> None:
    merged = laws(_merge, done(COUNT, Acts()), done(COUNT, ours), done(COUNT, theirs), without_order)
    records, unclear = expected(COUNT, ours, theirs)
    assert _same(merged.fields, records)
    assert told(merged.conflicts) == unclear


@settings(deadline=None, max_examples=100)
@given(_acts(COUNT, range(COUNT), ("n1",)), _acts(COUNT, range(COUNT), ("n1",)))
def test_the_order_is_that_of_whoever_changed_it(ours: Acts, theirs: Acts) -> None:
    """Names stand for records here, as they stay the same."""
    files = done(COUNT, ours), done(COUNT, theirs)
    merged = _merge(done(COUNT, Acts()), *files)
    mine, yours, result = (
        [each["name"] for each in file["systems"] if each["name"].startswith("System")] for file in (*files, merged.fields)
    )
    mine, yours = [each for each in mine if each in yours], [each for each in yours if each in mine]
    allowed = [each for each, whose in ((mine, ours), (yours, theirs)) if whose.order] or [mine]
    assert [each for each in result if each in mine] in allowed


@settings(deadline=None, max_examples=100)
@given(_acts(6, (0, 1), ("n1",)), _acts(6, (2, 3), ("n2",)), _acts(6, (4, 5), ("n3",)))
def test_three_people_each_at_their_own_records_in_whatever_sequence(one: Acts, two: Acts, three: Acts) -> None:
    base, a, b, c = (done(6, acts) for acts in (Acts(), one, two, three))
    left = _merge(base, _merge(base, a, b).fields, c)
    right = _merge(base, a, _merge(base, b, c).fields)
    other = _merge(base, c, _merge(base, b, a).fields)
    assert without_order(left.fields) == without_order(right.fields) == without_order(other.fields)
    assert left.conflicts == right.conflicts == other.conflicts == ()


@settings(deadline=None, max_examples=15)
@given(st.data(), st.randoms(use_true_random=False))
def test_33_branches_each_at_its_own_records_lose_nothing(data: st.DataObject, random: Any) -> None:
    branches = [data.draw(_acts(99, range(3 * n, 3 * n + 3), (f"n{n}a", f"n{n}b"))) for n in range(33)]
    base, mains = done(99, Acts()), list(branches)
    random.shuffle(mains)
    merged, conflicts = base, []
    for branch in mains:
        step = _merge(base, merged, done(99, branch))
        merged = step.fields
        conflicts += step.conflicts
    whole = reduce(lambda one, other: Acts({**one.changes, **other.changes}, (), {**one.added, **other.added}), branches, Acts())
    assert not conflicts
    assert _same(merged, expected(99, whole, Acts())[0])


REGISTER = [(each.path, each.kind, each.fields) for each in dataset.load(ROOT).documents if each.fields]


@pytest.mark.parametrize(("path", "kind", "fields"), REGISTER, ids=[path for path, _, _ in REGISTER])
def test_a_file_of_the_register_on_which_three_people_work(path: str, kind: str, fields: dict[str, Any]) -> None:
    """One notes something of the first record, one renames the last, and one adds a record and turns the list round."""
    lists = [listed.path[0] for listed in schema.record_lists(kind) if len(fields.get(listed.path[0], ())) > 1]
    states = [copy.deepcopy(fields) for _ in range(3)]
    for name in lists:
        states[0][name][0]["notes"] = "Looked at again."
        states[1][name][-1]["id"] += "-new"
        states[2][name] = [{"id": "added", "name": "Added"}, *reversed(states[2][name])]
    states[0]["title"], states[1]["notes"] = "Another", "Noted"
    merged = reduce(lambda now, state: merge_files(kind, fields, now, state).fields or {}, states, fields)
    expected = copy.deepcopy(fields) | {"title": "Another", "notes": "Noted"}
    for name in lists:
        expected[name][0]["notes"] = "Looked at again."
        expected[name][-1]["id"] += "-new"
        expected[name] = [{"id": "added", "name": "Added"}, *reversed(expected[name])]
    assert merged == expected


IDS = st.sampled_from(("a", "b", "c", "d"))
ANY_RECORD = st.fixed_dictionaries(
    {"id": IDS, "name": st.sampled_from("xyz")},
    optional={
        "status": st.sampled_from(("live", "retired")),
        "users": st.integers(0, 2),
        "standards": st.lists(st.sampled_from(WORDS), max_size=2),
    },
)
ANY_FILE = st.one_of(
    st.none(),
    *[st.builds(lambda systems: {"schema": 1, "systems": systems}, st.lists(ANY_RECORD, max_size=4, unique_by=lambda each: each["id"]))]
    * 5,
)


@settings(deadline=None, max_examples=400)
@given(ANY_FILE, ANY_FILE, ANY_FILE)
def test_whatever_the_three_are_nothing_is_lost_or_doubled_or_made_up(base: Any, ours: Any, theirs: Any) -> None:
    """Records that are alike by chance are taken for one another here, and still no statement goes without a word."""
    merged = _merge(base, ours, theirs)
    ids = [each["id"] for each in (merged.fields or {}).get("systems", [])]
    assert len(set(ids)) == len(ids)
    reported = [_said({each.field: side}) for each in merged.conflicts for side in (each.ours, each.theirs)]
    said = _said(merged.fields).union(*reported)
    both = (_said(ours), _said(theirs))
    assert (both[0] | both[1]) - _said(base) <= said
    assert _said(merged.fields) <= both[0] | both[1]


def _said(value: Any) -> set[tuple[str, str]]:
    """Every single value that stands somewhere in another, with the field in which it stands."""
    if isinstance(value, dict):
        return {(inner or name, each) for name, part in value.items() for inner, each in _said(part)}
    if isinstance(value, list):
        return {each for part in value for each in _said(part)}
    return set() if value in (None, ABSENT) else {("", repr(value))}


@settings(deadline=None, max_examples=150)
@given(ANY_FILE, ANY_FILE, ANY_FILE)
def test_decided_for_one_side_it_is_what_the_other_way_round_is_decided_for_the_other(base: Any, ours: Any, theirs: Any) -> None:
    here = merge_files("technology", base, ours, theirs, lambda _: Side.OURS)
    there = merge_files("technology", base, theirs, ours, lambda _: Side.THEIRS)
    assert here.conflicts == there.conflicts == ()
    assert without_order(here.fields) == without_order(there.fields)
