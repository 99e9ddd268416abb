"""What the tests of merging share: a specification of it in tables and sets, and laws that hold for any three states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from citytools.threeway import ABSENT, Conflict, Merged, MergedFile, merge_fields

# Which of base, ours and theirs are alike (000: all; 012: none), and which of them the merge has: None for neither.
TABLE = {"000": 1, "001": 2, "010": 1, "011": 1, "012": None}

WORDS = {"type": "array", "items": {"type": "string"}}
LINK = {"type": "object", "properties": {"to": {"type": "string"}, "data": {"type": "string"}}}
GROUP = {
    "properties": {
        "x": {"type": "string"},
        "y": {"type": "string"},
        "words": WORDS,
        "links": {"type": "array", "x-key": "to", "items": LINK},
        "steps": {"type": "array", "x-ordered": True, "items": {"type": "object", "properties": {"months": {"type": "integer"}}}},
        "value": {"type": "object", "properties": {"amount": {"type": "number"}, "for": {"type": "string"}, "includes": WORDS}},
    }
}


def pattern(*values: Any) -> str:
    """Which of some values are equal: each is the number of the first that it is equal to, counted without gaps."""
    seen: list[Any] = []
    for value in values:
        if value not in seen:
            seen.append(value)
    return "".join(str(seen.index(value)) for value in values)


def fields(**values: Any) -> dict[str, Any]:
    """A group with the fields that are not absent."""
    return {name: value for name, value in values.items() if value is not ABSENT}


def arrangements(things: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every choice of some things in every order."""
    return [each for size in range(len(things) + 1) for each in permutations(things, size)]


def merge(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Merge by the definition above."""
    return merge_fields(base, ours, theirs, GROUP)


def inside(fields: Any, path: Sequence[str | int]) -> Any:
    """The value at a path; ABSENT where there is none."""
    for step in path:
        try:
            fields = fields[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return fields


def without_order(value: Any) -> Any:
    """A value that equals those that differ in the order of lists alone."""
    if isinstance(value, dict):
        return {name: without_order(value[name]) for name in sorted(value)}
    return sorted(map(without_order, value), key=repr) if isinstance(value, list) else value


def told(conflicts: Sequence[Conflict]) -> set[tuple[str, str]]:
    """Which fields of which records are in conflict."""
    return {(each.ref, each.field) for each in conflicts}


def laws(
    merging: Callable[[Any, Any, Any], Merged | MergedFile], base: Any, ours: Any, theirs: Any, canonical: Callable[[Any], Any]
) -> Merged | MergedFile:
    """Merge, and hold the result to what is true of every merge; ``canonical`` makes states equal that say the same."""
    merged = merging(base, ours, theirs)
    mirrored = merging(base, theirs, ours)
    again = merging(base, merged.fields, theirs)
    assert len({each.key for each in merged.conflicts}) == len(merged.conflicts)
    assert len(mirrored.conflicts) == len(merged.conflicts)
    if not merged.conflicts:
        assert canonical(mirrored.fields) == canonical(merged.fields)
        assert (again.conflicts, canonical(again.fields), again.taken) == ((), canonical(merged.fields), ())
    for each in merged.conflicts:
        assert (type(each.ours), each.ours) != (type(each.theirs), each.theirs)
        assert each.ours is ABSENT or inside(ours, each.path) == each.ours
        assert each.theirs is ABSENT or inside(theirs, each.their_path) == each.theirs
    return merged


def pairs(order: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Each two of some things, the earlier first."""
    return ((one, other) for number, one in enumerate(order) for other in order[number + 1 :])
