"""Merging three states: by example, and every small case there is against a specification in tables and sets."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from merging import GROUP, TABLE, arrangements, fields, laws, merge, pairs, pattern, told, without_order

from citytools.model import FieldChange, Sort
from citytools.threeway import ABSENT, Conflict, MergedFile, Side, merge_fields, merge_files

A, B, C = ({"to": to, "data": f"all of {to}"} for to in "abc")
ONE_YEAR, TAKEN, TWO_YEARS = {"months": 12}, {"months": 12, "status": "taken"}, {"months": 24}

# What both began with, ours, theirs → merged.
MERGE: dict[str, tuple[Any, Any, Any, Any]] = {
    "fields of one side each": ({"x": "1", "y": "1"}, {"x": "2", "y": "1"}, {"x": "1", "y": "2"}, {"x": "2", "y": "2"}),
    "both do the same": ({"x": "1"}, {"x": "2"}, {"x": "2"}, {"x": "2"}),
    "one side takes a field out": ({"x": "1", "y": "1"}, {"y": "1"}, {"x": "1", "y": "2"}, {"y": "2"}),
    "1.0 is no change of 1": ({"x": 1}, {"x": 2}, {"x": Decimal("1.0")}, {"x": 2}),
    "a group that both add": ({}, {"value": {"amount": 1}}, {"value": {"for": "year"}}, {"value": {"amount": 1, "for": "year"}}),
    "words put in and taken out": (
        {"words": ["a", "b", "c"]},
        {"words": ["a", "b", "c", "d"]},
        {"words": ["e", "a", "c"]},
        {"words": ["e", "a", "c", "d"]},
    ),
    "ours in another order": ({"words": ["a", "b"]}, {"words": ["b", "a"]}, {"words": ["a", "x", "b"]}, {"words": ["b", "a", "x"]}),
    "taken out here, only put in another order there": ({"words": ["a", "b"], "x": "1"}, {}, {"words": ["b", "a"], "x": "1"}, {}),
    "items by their key": (
        {"links": [A, B]},
        {"links": [{**A, "data": "some"}, B]},
        {"links": [C, A]},
        {"links": [C, {**A, "data": "some"}]},
    ),
    "an item of which each side changes a field": (
        {"links": [A]},
        {"links": [{**A, "data": "some"}]},
        {"links": [{**A, "method": "api"}]},
        {"links": [{"to": "a", "data": "some", "method": "api"}]},
    ),
    "items with one key twice, as wholes": ({"links": [A, A]}, {"links": [A, A, B]}, {"links": [A, C]}, {"links": [A, B, C]}),
    "one side's order": ({"steps": [ONE_YEAR]}, {"steps": [ONE_YEAR]}, {"steps": [TWO_YEARS, ONE_YEAR]}, {"steps": [TWO_YEARS, ONE_YEAR]}),
    "the last step changes, another follows": (
        {"steps": [ONE_YEAR]},
        {"steps": [TAKEN]},
        {"steps": [ONE_YEAR, TWO_YEARS]},
        {"steps": [TAKEN, TWO_YEARS]},
    ),
    "two steps that are alike": (
        {"steps": [ONE_YEAR, ONE_YEAR]},
        {"steps": [TAKEN, ONE_YEAR]},
        {"steps": [ONE_YEAR, TWO_YEARS]},
        {"steps": [TAKEN, TWO_YEARS]},
    ),
}

# What both began with, ours, theirs → the field in conflict, and why.
CONFLICT: dict[str, tuple[Any, Any, Any, str, str]] = {
    "two values": ({"x": "1"}, {"x": "2"}, {"x": "3"}, "x", "it was changed both here and there, and not alike"),
    "two new values": ({}, {"x": "2"}, {"x": "3"}, "x", "it was added both here and there, and not alike"),
    "a change to what is gone": ({"x": "1"}, {}, {"x": "3"}, "x", "it was removed here, and changed there"),
    "the removal of what is changed": ({"x": "1"}, {"x": "2"}, {}, "x", "it was changed here, and removed there"),
    "true is not 1": ({"x": 0}, {"x": 1}, {"x": True}, "x", "it was changed both here and there, and not alike"),
    "null is not absent": ({"x": "1"}, {"x": None}, {}, "x", "it was changed here, and removed there"),
    "in a group": (
        {"value": {"amount": 1, "for": "year"}},
        {"value": {"amount": 2, "for": "year"}},
        {"value": {"amount": 3}},
        "value.amount",
        "it was changed both here and there, and not alike",
    ),
    "in an item": (
        {"links": [B, A]},
        {"links": [B, {**A, "data": "x"}]},
        {"links": [{**A, "data": "y"}]},
        "links[a].data",
        "it was changed both here and there, and not alike",
    ),
    "an item that is gone": (
        {"links": [A]},
        {"links": []},
        {"links": [{**A, "data": "y"}]},
        "links[a]",
        "it was removed here, and changed there",
    ),
    "in another order here, and no list there": (
        {"words": ["a", "b"]},
        {"words": ["b", "a"]},
        {"words": "a"},
        "words",
        "it was changed both here and there, and not alike",
    ),
    "two of alike steps, the same one": (
        {"steps": [ONE_YEAR, ONE_YEAR]},
        {"steps": [TAKEN, ONE_YEAR]},
        {"steps": [TWO_YEARS, ONE_YEAR]},
        "steps",
        "its order has a meaning, and the same place in it was changed both here and there",
    ),
    "none, and some": ({}, {"words": []}, {"words": ["a"]}, "words", "one side says that there are none, and the other says which"),
    "two steps in one place": (
        {"steps": [ONE_YEAR]},
        {"steps": [ONE_YEAR, TWO_YEARS]},
        {"steps": [ONE_YEAR, {"months": 6}]},
        "steps",
        "its order has a meaning, and the same place in it was changed both here and there",
    ),
    "alike items, one more and one less": (
        {"words": ["a"]},
        {"words": ["a", "a"]},
        {"words": []},
        "words",
        "something was taken out of the list on one side, and listed again on the other",
    ),
}


@pytest.mark.parametrize("case", MERGE)
def test_both_sides_are_had(case: str) -> None:
    base, ours, theirs, expected = MERGE[case]
    merged = laws(merge, base, ours, theirs, without_order)
    assert (merged.fields, merged.conflicts) == (expected, ())


@pytest.mark.parametrize("case", CONFLICT)
def test_where_both_cannot_be_had_ours_stays_and_a_person_decides(case: str) -> None:
    base, ours, theirs, field, reason = CONFLICT[case]
    merged = laws(merge, base, ours, theirs, without_order)
    (conflict,) = merged.conflicts
    assert (conflict.field, conflict.reason, conflict.kept) == (field, reason, Side.OURS)


def test_what_is_taken_from_theirs_is_listed() -> None:
    merged = merge({"x": "1", "words": ["a"]}, {"x": "1", "words": ["a"], "y": "new"}, {"x": "2", "words": ["a", "b"]})
    assert merged.taken == (FieldChange("x", "1", "2"), FieldChange("words", None, "b", item=True))


def test_the_order_of_fields_is_ours_and_new_ones_follow_what_they_follow_there() -> None:
    merged = merge({"y": "1", "x": "1"}, {"y": "1", "x": "1", "words": []}, {"x": "1", "value": {}, "y": "1"})
    assert list(merged.fields) == ["y", "x", "words", "value"]


def test_the_sides_stay_as_they_are() -> None:
    for base, ours, theirs, _ in MERGE.values():
        before = repr((base, ours, theirs))
        merge(base, ours, theirs)
        assert repr((base, ours, theirs)) == before


# Every small case there is.

LETTERS = (ABSENT, "a", "b", "c")


def test_one_field_and_two_in_every_state() -> None:
    """A field over {absent, a, b, c} in base, ours and theirs, beside another: 4,096 cases."""
    for xs in product(LETTERS, repeat=3):
        for ys in product(LETTERS, repeat=3):
            base, ours, theirs = (fields(x=x, y=y) for x, y in zip(xs, ys, strict=True))
            merged = merge(base, ours, theirs)
            sides = {"x": xs, "y": ys}
            chosen = {name: TABLE[pattern(*values)] for name, values in sides.items()}
            assert merged.fields == fields(**{name: sides[name][1 if side is None else side] for name, side in chosen.items()})
            assert sorted(each.field for each in merged.conflicts) == [name for name, side in chosen.items() if side is None]


def test_one_field_obeys_the_laws_in_every_state() -> None:
    for xs in product(LETTERS, repeat=3):
        laws(merge, *(fields(x=x) for x in xs), without_order)


VALUES: dict[str, Any] = {
    "absent": ABSENT,
    "null": None,
    "none": [],
    "no fields": {},
    "no text": "",
    "0": 0,
    "1": 1,
    "1.0": Decimal("1.0"),
    "true": True,
    "false": False,
    "text 1": "1",
    "unknown": "unknown",
    "withheld": "withheld",
}


def test_values_of_every_type_in_every_state() -> None:
    """Absent, null, nothing, 0, false and the words for not knowing are different things; only 1 and 1.0 are one: 2,197 cases."""
    name_of = {id(value): "1" if name == "1.0" else name for name, value in VALUES.items()}
    for values in product(VALUES.values(), repeat=3):
        merged = laws(merge, *(fields(x=value) for value in values), lambda group: name_of[id(group.get("x", ABSENT))])
        names = [name_of[id(value)] for value in values]
        side = TABLE[pattern(*names)]
        assert (side is None) == bool(merged.conflicts)
        assert name_of[id(merged.fields.get("x", ABSENT))] == names[1 if side is None else side]


def test_a_group_in_every_state() -> None:
    """A group that is absent, or has two fields, each absent, a or b: 1,000 cases."""
    states = [ABSENT, *(fields(amount=x, **{"for": y}) for x, y in product(LETTERS[:3], repeat=2))]
    for base, ours, theirs in product(states, repeat=3):
        merged = laws(merge, *(fields(value=each) for each in (base, ours, theirs)), without_order)
        whole = TABLE[pattern(base, ours, theirs)]
        if whole is not None:
            expected, unclear = (base, ours, theirs)[whole], set()
        elif ABSENT in (ours, theirs):
            expected, unclear = ours, {"value"}
        else:
            sides = [{} if each is ABSENT else each for each in (base, ours, theirs)]
            values = {name: [side.get(name, ABSENT) for side in sides] for name in ("amount", "for")}
            chosen = {name: TABLE[pattern(*three)] for name, three in values.items()}
            expected = fields(**{name: values[name][1 if side is None else side] for name, side in chosen.items()})
            unclear = {f"value.{name}" for name, side in chosen.items() if side is None}
        assert merged.fields == fields(value=expected)
        assert {each.field for each in merged.conflicts} == unclear


def test_words_in_every_state_and_order() -> None:
    """Words over every arrangement of three, or no list at all: 4,913 cases against the algebra of sets."""
    for three in product((ABSENT, *map(list, arrangements("abc"))), repeat=3):
        base, ours, theirs = three
        merged = laws(merge, *(fields(words=each) for each in three), without_order)
        result = merged.fields.get("words", ABSENT)
        exact = TABLE[pattern(*three)]
        if exact is not None:
            assert (result, merged.conflicts) == (three[exact], ())
        elif ABSENT in (ours, theirs):
            kept = theirs if ours is ABSENT else ours
            assert result is ABSENT or merged.conflicts
            assert bool(merged.conflicts) == (set(kept) != set(base))
        elif base is ABSENT and [] in (ours, theirs):
            assert merged.conflicts
            assert result == ours
        else:
            b, o, t = (set() if each is ABSENT else set(each) for each in three)
            assert not merged.conflicts
            assert Counter(result) == Counter((b & o & t) | (o - b) | (t - b))
            _stands_in_order(result, ours, theirs)


def _stands_in_order(result: list[str], lead: list[str], follow: list[str]) -> None:
    """What both have, and what the leading side has, is in its order; the rest follows what it follows on the other side."""
    assert [each for each in result if each in lead] == [each for each in lead if each in result]
    added = [each for each in follow if each in result and each not in lead]
    assert [each for each in result if each in added] == added
    for each in added:
        before = [other for other in follow[: follow.index(each)] if other in result]
        between = result[result.index(before[-1]) + 1 if before else 0 : result.index(each)]
        assert not set(between) & set(follow)


def test_items_with_a_key_in_every_state() -> None:
    """Two items, each absent or in one of three states, in either order: 8,000 cases."""
    states = [items[::way] for items in map(_links, product(LETTERS, repeat=2)) for way in (1, -1)[: len(items) or 1]]
    for three in product(states, repeat=3):
        merged = merge(*({"links": each} for each in three))
        expected, unclear = {}, set()
        for to in "pq":
            values = [next((item["data"] for item in side if item["to"] == to), ABSENT) for side in three]
            side = TABLE[pattern(*values)]
            expected[to] = values[1 if side is None else side]
            if side is None:
                unclear.add(f"links[{to}]" if ABSENT in values[1:] else f"links[{to}].data")
        assert {item["to"]: item["data"] for item in merged.fields["links"]} == fields(**expected)
        assert len(merged.fields["links"]) == len(fields(**expected))
        assert {each.field for each in merged.conflicts} == unclear


def _links(data: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [{"to": to, "data": each} for to, each in zip("pq", data, strict=True) if each is not ABSENT]


def test_an_order_with_a_meaning_in_every_state() -> None:
    """A list over every arrangement of three items: 4,096 cases. What is merged has what each side did, and no order of its own."""
    settled = 0
    for three in product(map(list, arrangements("abc")), repeat=3):
        base, ours, theirs = three
        merged = laws(merge, *({"steps": each} for each in three), repr)
        result, exact = merged.fields["steps"], TABLE[pattern(*three)]
        if exact is not None:
            assert (result, merged.conflicts) == (three[exact], ())
        elif merged.conflicts:
            assert result == ours
        else:
            settled += 1
            b, o, t = map(set, three)
            assert Counter(result) == Counter((b & o & t) | (o - b) | (t - b))
            for pair in pairs(result):
                said = [pair in set(pairs(side)) for side in (ours, theirs) if set(pair) <= set(side)]
                assert not said or any(said)
                assert len(set(said)) < 2 or pair not in set(pairs(base)) or not set(pair) <= b
    assert settled > 100


def test_one_act_on_each_side_of_an_order_with_a_meaning() -> None:
    """Something put in, changed or taken out on either side: it merges but where both act on one item or one gap, or beside a removal."""
    acts = [("put in", gap) for gap in range(4)] + [(act, number) for act in ("change", "remove") for number in range(3)]
    for mine, yours in product(acts, repeat=2):
        merged = laws(merge, *({"steps": each} for each in (_acted(), _acted(ours=mine), _acted(theirs=yours))), repr)
        if _meet(mine, yours):
            assert told(merged.conflicts) == {("", "steps")}
        else:
            assert (merged.fields["steps"], merged.conflicts) == (_acted(ours=mine, theirs=yours), ())


# A list whose order has a meaning, item by item: base, ours, theirs → merged, None for a conflict.
WOVEN = [
    ("ab", "xb", "ay", "xy"),
    ("a", "ax", "ya", "yax"),
    ("a", "b", "ab", "b"),
    ("a", "b", "bx", "bx"),
    ("a", "ab", "bx", None),
    ("a", "ba", "xb", None),
    ("a", "", "b", None),
    ("a", "", "ax", None),
    ("ab", "ax", "xy", None),
    ("ab", "xa", "ax", None),
    ("ab", "ba", "b", None),
    ("abcd", "cb", "xabcd", None),
]


@pytest.mark.parametrize(("base", "ours", "theirs", "expected"), WOVEN)
def test_an_order_with_a_meaning_by_example(base: str, ours: str, theirs: str, expected: str | None) -> None:
    merged = laws(merge, {"steps": [*base]}, {"steps": [*ours]}, {"steps": [*theirs]}, repr)
    assert (merged.fields["steps"], not merged.conflicts) == ([*(ours if expected is None else expected)], expected is not None)


def _acted(**acts: tuple[str, int]) -> list[str]:
    """The list p, q, r after these acts."""
    gaps, items = {gap: [] for gap in range(4)}, {number: [each] for number, each in enumerate("pqr")}
    for side, (act, number) in acts.items():
        if act == "put in":
            gaps[number].append(side)
        else:
            items[number] = [f"{side} {number}"] if act == "change" else []
    return [each for number in range(4) for each in (*gaps[number], *items.get(number, []))]


def _meet(mine: tuple[str, int], yours: tuple[str, int]) -> bool:
    if mine == yours:
        return mine[0] != "remove"
    spans = [(number, number + (act != "put in")) for act, number in (mine, yours)]
    (start, end), (other_start, other_end) = spans
    share = max(start, other_start) < min(end, other_end)
    touch = max(start, other_start) <= min(end, other_end)
    return share or (touch and "remove" in (mine[0], yours[0]))


def test_alike_items_in_an_order_with_a_meaning_are_told_apart_by_place_or_not_at_all() -> None:
    """A list of up to three items over {a, b}: 3,375 cases."""
    states = [list(each) for size in range(4) for each in product("ab", repeat=size)]
    for three in product(states, repeat=3):
        merged = laws(merge, *({"steps": each} for each in three), repr)
        result, exact = merged.fields["steps"], TABLE[pattern(*three)]
        if exact is not None:
            assert (result, merged.conflicts) == (three[exact], ())
        elif merged.conflicts:
            assert result == three[1]
        elif any(len(set(each)) < len(each) for each in three):
            assert result == [values[TABLE[pattern(*values)] or 0] for values in zip(*three, strict=True)]


# Records and files.


def _file(*records: tuple[str, Any]) -> dict[str, Any]:
    return {"schema": 1, "systems": [{"id": own, "name": name} for own, name in records]}


def _merge_systems(base: Any, ours: Any, theirs: Any) -> MergedFile:
    return merge_files("technology", base, ours, theirs, holder="camden", path="data/boroughs/camden/technology.yaml")


def test_records_in_every_state() -> None:
    """Two records, each absent or in one of three states, so that they are kept, added, removed and changed: 4,096 cases."""
    states = [
        _file(*((own, name) for own, name in zip("pq", each, strict=True) if name is not ABSENT)) for each in product(LETTERS, repeat=2)
    ]
    names = [{record["id"]: record["name"] for record in state["systems"]} for state in states]
    for three in product(range(len(states)), repeat=3):
        merged = _merge_systems(*(states[number] for number in three))
        expected, unclear = {}, set()
        for own in "pq":
            values = [names[number].get(own, ABSENT) for number in three]
            side = TABLE[pattern(*values)]
            if side is None:
                lost = ABSENT in values[1:]
                unclear.add((f"camden/{own}", "" if lost else "name"))
                side = 2 if values[1] is ABSENT else 1
            expected[own] = values[side]
        assert {record["id"]: record["name"] for record in merged.fields["systems"]} == fields(**expected)
        assert told(merged.conflicts) == unclear


def test_records_in_every_order() -> None:
    """Three records in every arrangement: none is lost or doubled, and of two orders the changed one wins: 4,096 cases."""
    states = arrangements("pqr")
    for three in product(states, repeat=3):
        merged = laws(_merge_systems, *(_file(*((each, each) for each in state)) for state in three), without_order)
        result = [record["id"] for record in merged.fields["systems"]]
        base, ours, theirs = three
        b, o, t = map(set, three)
        assert not merged.conflicts
        assert Counter(result) == Counter((b & o & t) | (o - b) | (t - b))
        moved = [[each for each in base if each in side] != [each for each in side if each in base] for side in (ours, theirs)]
        exact = TABLE[pattern(*three)]
        if exact is not None:
            assert result == list(three[exact])
        else:
            _stands_in_order(result, *((theirs, ours) if moved == [False, True] else (ours, theirs)))


UNIFORM = {"id": "uniform", "product": "uniform", "functions": ["planning/back-office"], "since": "2014", "users": 90}
MOSAIC = {"id": "mosaic", "product": "mosaic", "functions": ["social-care/adults"], "since": "2018", "users": 400}


def _systems(*records: dict[str, Any]) -> dict[str, Any]:
    return {"schema": 1, "systems": list(records)}


# What both began with, ours, theirs → merged, and the fields in conflict.
RECORDS: dict[str, tuple[list[Any], list[Any], list[Any], list[Any], set[tuple[str, str]]]] = {
    "an edit follows a new id": (
        [UNIFORM],
        [{**UNIFORM, "users": 95}],
        [{**UNIFORM, "id": "uniform-planning"}],
        [{**UNIFORM, "id": "uniform-planning", "users": 95}],
        set(),
    ),
    "an edit follows a new id of ours": (
        [UNIFORM, MOSAIC],
        [MOSAIC, {**UNIFORM, "id": "uniform-planning"}],
        [{**UNIFORM, "users": 95}, MOSAIC],
        [MOSAIC, {**UNIFORM, "id": "uniform-planning", "users": 95}],
        set(),
    ),
    "a new id and two edits, after which the record is less like what it was": (
        [UNIFORM],
        [{**UNIFORM, "id": "idox", "since": "2015"}],
        [{**UNIFORM, "users": 95}],
        [{**UNIFORM, "id": "idox", "users": 95, "since": "2015"}],
        set(),
    ),
    "the same new id twice": (
        [UNIFORM],
        [{**UNIFORM, "id": "idox", "users": 95}],
        [{**UNIFORM, "id": "idox", "since": "2015"}],
        [{**UNIFORM, "id": "idox", "users": 95, "since": "2015"}],
        set(),
    ),
    "two new ids": (
        [UNIFORM],
        [{**UNIFORM, "id": "idox"}],
        [{**UNIFORM, "id": "uniform-planning", "users": 95}],
        [{**UNIFORM, "id": "idox", "users": 95}],
        {("camden/idox", "id")},
    ),
    "a new id that is seen on one side only": (
        [UNIFORM],
        [{"id": "idox", "product": "uniform", "functions": ["planning/forms"], "since": "2015", "users": 95}],
        [{**UNIFORM, "id": "idox", "hosting": "hybrid"}],
        [{"id": "idox", "product": "uniform", "functions": ["planning/forms"], "since": "2015", "users": 95, "hosting": "hybrid"}],
        set(),
    ),
    "a new id that the other side has for something else": (
        [UNIFORM],
        [{**UNIFORM, "id": "idox"}],
        [UNIFORM, {**MOSAIC, "id": "idox"}],
        [{**UNIFORM, "id": "idox", "functions": ["planning/back-office", "social-care/adults"]}],
        {("camden/idox", "product"), ("camden/idox", "since"), ("camden/idox", "users")},
    ),
    "two records that become one": (
        [UNIFORM, MOSAIC],
        [{**UNIFORM, "id": "both"}, MOSAIC],
        [UNIFORM, {**MOSAIC, "id": "both"}],
        [{**UNIFORM, "id": "both", "functions": ["planning/back-office", "social-care/adults"]}],
        {("camden/both", "product"), ("camden/both", "since"), ("camden/both", "users")},
    ),
    "renamed here, removed there": ([UNIFORM], [{**UNIFORM, "id": "idox"}], [], [{**UNIFORM, "id": "idox"}], {("camden/idox", "")}),
    "removed here, changed there": ([UNIFORM], [], [{**UNIFORM, "users": 1}], [{**UNIFORM, "users": 1}], {("camden/uniform", "")}),
    "changed here, removed there": ([UNIFORM], [{**UNIFORM, "users": 1}], [], [{**UNIFORM, "users": 1}], {("camden/uniform", "")}),
    "added on both sides": (
        [],
        [UNIFORM],
        [{**UNIFORM, "users": 1, "status": "live"}],
        [{**UNIFORM, "status": "live"}],
        {("camden/uniform", "users")},
    ),
    "a new one on each side": (
        [UNIFORM],
        [UNIFORM, MOSAIC],
        [{**MOSAIC, "id": "other"}, UNIFORM],
        [{**MOSAIC, "id": "other"}, UNIFORM, MOSAIC],
        set(),
    ),
}


@pytest.mark.parametrize("case", RECORDS)
def test_records_by_example(case: str) -> None:
    base, ours, theirs, expected, unclear = RECORDS[case]
    merged = laws(_merge_systems, _systems(*base), _systems(*ours), _systems(*theirs), without_order)
    assert without_order(merged.fields) == without_order(_systems(*expected))
    assert [record["id"] for record in merged.fields["systems"]] == [record["id"] for record in expected]
    assert told(merged.conflicts) == unclear


def test_words_of_records_that_changed_together_in_one_are_merged_with_their_own_past() -> None:
    merged = _merge_systems(
        _systems({**UNIFORM, "standards": ["Open311"]}),
        _systems({**UNIFORM, "id": "idox", "standards": ["Open311", "WFS"]}),
        _systems({**UNIFORM, "standards": []}),
    )
    assert merged.fields["systems"] == [{**UNIFORM, "id": "idox", "standards": ["WFS"]}]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "reason"),
    [
        ([], [UNIFORM, UNIFORM], [MOSAIC], 'two records have the id "uniform" here, so that it cannot be told which is meant'),
        ([], [MOSAIC], [UNIFORM, UNIFORM], 'two records have the id "uniform" there, so that it cannot be told which is meant'),
        (
            [UNIFORM, UNIFORM],
            [UNIFORM],
            [],
            'two records have the id "uniform" in what both began with, so that it cannot be told which is meant',
        ),
        ([], [{"name": "x"}], [UNIFORM], "here something in the list has no id, so that the records cannot be matched"),
        ([], [UNIFORM], ["uniform"], "there something in the list has no id, so that the records cannot be matched"),
    ],
)
def test_records_that_cannot_be_told_apart_are_left_to_a_person(base: Any, ours: Any, theirs: Any, reason: str) -> None:
    merged = _merge_systems(_systems(*base), _systems(*ours), _systems(*theirs))
    expected = Conflict("technology", "camden", "systems", ("systems",), ("systems",), base, ours, theirs, reason)
    assert (merged.fields, merged.conflicts) == (_systems(*ours), (expected,))


def test_a_faulty_list_that_one_side_left_alone_is_the_other_sides() -> None:
    merged = _merge_systems(_systems(UNIFORM, UNIFORM), {**_systems(UNIFORM, UNIFORM), "schema": 2}, _systems(UNIFORM))
    assert (merged.fields, merged.conflicts) == ({**_systems(UNIFORM), "schema": 2}, ())


FILES: dict[str, tuple[Any, Any, Any, Any, set[tuple[str, str]]]] = {
    "no file anywhere": (None, None, None, None, set()),
    "a file that is new there": (None, None, _systems(UNIFORM), _systems(UNIFORM), set()),
    "a file that both add": (None, _systems(UNIFORM), _systems(MOSAIC), _systems(MOSAIC, UNIFORM), set()),
    "a file that is gone": (_systems(UNIFORM), _systems(UNIFORM), None, None, set()),
    "a file that is gone on both sides": (_systems(UNIFORM), None, None, None, set()),
    "gone here, changed there": (_systems(UNIFORM), None, _systems(MOSAIC), _systems(MOSAIC), {("camden", "")}),
    "changed here, gone there": (_systems(UNIFORM), _systems(MOSAIC), None, _systems(MOSAIC), {("camden", "")}),
    "gone here, only sorted there": (_systems(UNIFORM, MOSAIC), None, _systems(MOSAIC, UNIFORM), None, set()),
    "none, and some": (None, _systems(), _systems(UNIFORM), _systems(), {("camden", "systems")}),
}


@pytest.mark.parametrize("case", FILES)
def test_whole_files(case: str) -> None:
    base, ours, theirs, expected, unclear = FILES[case]
    merged = _merge_systems(base, ours, theirs)
    assert without_order(merged.fields) == without_order(expected)
    assert told(merged.conflicts) == unclear


def test_a_conflict_says_where_it_stands_in_either_file() -> None:
    merged = _merge_systems(_systems(UNIFORM, MOSAIC), _systems(MOSAIC, {**UNIFORM, "users": 1}), _systems({**UNIFORM, "users": 2}, MOSAIC))
    (conflict,) = merged.conflicts
    assert (conflict.path, conflict.their_path) == (("systems", 1, "users"), ("systems", 0, "users"))
    assert (conflict.kind, conflict.ref, conflict.field) == conflict.key == ("system", "camden/uniform", "users")
    assert (conflict.base, conflict.ours, conflict.theirs) == (90, 1, 2)


def test_what_is_taken_into_a_file_is_listed_by_record() -> None:
    merged = _merge_systems(
        _systems(UNIFORM),
        _systems(UNIFORM, {**MOSAIC, "id": "m", "product": "m"}),
        _systems({**UNIFORM, "users": 95}, MOSAIC),
    )
    assert [(each.sort, each.ref, len(each.fields)) for each in merged.taken] == [
        (Sort.ADDED, "camden/mosaic", len(MOSAIC)),
        (Sort.CHANGED, "camden/uniform", 1),
    ]


DISPUTED = {name: case for cases in (RECORDS, FILES) for name, case in cases.items() if case[-1]}


@pytest.mark.parametrize("case", DISPUTED)
def test_every_conflict_can_be_decided_for_either_side(case: str) -> None:
    three = [_systems(*side) if isinstance(side, list) else side for side in DISPUTED[case][:3]]
    for side, other in ((Side.OURS, Side.THEIRS), (Side.THEIRS, Side.OURS), (Side.BASE, Side.BASE)):
        decided = merge_files("technology", *three, lambda _, side=side: side)
        mirrored = merge_files("technology", three[0], three[2], three[1], lambda _, other=other: other)
        assert decided.conflicts == mirrored.conflicts == ()
        assert without_order(decided.fields) == without_order(mirrored.fields)


def test_one_conflict_is_decided_and_another_left() -> None:
    base, ours, theirs = ({"x": each, "y": each} for each in "123")
    merged = merge_fields(base, ours, theirs, GROUP, lambda conflict: Side.THEIRS if conflict.key == ("", "", "x") else None)
    assert (merged.fields, [each.field for each in merged.conflicts]) == ({"x": "3", "y": "2"}, ["y"])
