"""Orders of things, merged: of lists whose order has a meaning, and of those that only have to stand in some order.

Things are whatever can be compared and hashed; no list has one twice, except where it is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple


def reordered(base: Sequence[Any], side: Sequence[Any]) -> bool:
    """Whether what both have stands in another order."""
    both = set(base) & set(side)
    return [each for each in base if each in both] != [each for each in side if each in both]


def arranged(lead: Sequence[Any], follow: Sequence[Any], there: Collection[Any]) -> list[Any]:
    """What is there in the order of one side; what only the other has stands after what it stands after there."""
    result = [each for each in lead if each in there]
    placed, others = set(result), set(follow)
    before = None
    for each in follow:
        if each in there and each not in placed:
            at = result.index(before) + 1 if before is not None else 0
            while at < len(result) and result[at] not in others:
                at += 1
            result.insert(at, each)
            placed.add(each)
        if each in placed:
            before = each
    return result


def woven(base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any] | None:
    """The base with the hunks of both sides; None where these meet, or one side moved what the other moved or took out.

    Items that are alike are told apart by their place alone.
    """
    by_place = any(len(set(side)) < len(side) for side in (base, ours, theirs))
    if by_place and not len(base) == len(ours) == len(theirs):
        return None
    hunks = _places if by_place else _hunks
    one, other = set(hunks(base, ours)), set(hunks(base, theirs))
    left = [_beyond(one, other), _beyond(other, one)]
    if any(_meet(mine, yours) for mine in left[0] for yours in left[1] if mine != yours):
        return None
    result = list(base)
    for hunk in sorted({*left[0], *left[1]}, key=lambda hunk: hunk[:2], reverse=True):
        result[hunk.start : hunk.end] = hunk.new
    return result if by_place or Counter(result) == Counter(_members(*map(set, (base, ours, theirs)))) else None


def _members(base: set[Any], ours: set[Any], theirs: set[Any]) -> set[Any]:
    """What is in a list after both sides put in and took out what they did."""
    return (base & ours & theirs) | (ours - base) | (theirs - base)


class _Hunk(NamedTuple):
    """What a side did to a list between two places of the base; ``plain`` where it put something in, or one thing in place of one."""

    start: int
    end: int
    new: tuple[Any, ...]
    plain: bool


def _hunks(base: list[Any], side: list[Any]) -> Iterator[_Hunk]:
    for tag, start, end, first, last in SequenceMatcher(None, base, side, autojunk=False).get_opcodes():
        if end - start == last - first and not set(base) & set(side[first:last]):
            yield from (_Hunk(start + n, start + n + 1, (side[first + n],), True) for n in range(end - start))
        elif tag != "equal":
            yield _Hunk(start, end, tuple(side[first:last]), tag == "insert")


def _places(base: list[Any], side: list[Any]) -> Iterator[_Hunk]:
    pairs = enumerate(zip(base, side, strict=True))
    return (_Hunk(number, number + 1, (new,), True) for number, (old, new) in pairs if old != new)


def _beyond(own: Collection[_Hunk], other: Collection[_Hunk]) -> list[_Hunk]:
    """The hunks that the other side has not made as part of a larger one."""
    return [hunk for hunk in own if not any(_part(hunk, larger) for larger in other)]


def _part(hunk: _Hunk, larger: _Hunk) -> bool:
    """Whether a hunk is the beginning or the end of another."""
    size = len(hunk.new)
    if not size or hunk == larger or not larger.start <= hunk.start <= hunk.end <= larger.end:
        return False
    begins = hunk.start == larger.start and larger.new[:size] == hunk.new
    return begins or (hunk.end == larger.end and larger.new[-size:] == hunk.new)


def _meet(one: _Hunk, other: _Hunk) -> bool:
    """Whether two hunks concern the same item, or leave open which comes first."""
    first, second = sorted((one, other), key=lambda hunk: hunk[:2])
    if first.end < second.start:
        return False
    inserted = one.start == one.end and other.start == other.end
    return second.start < first.end or inserted or not (one.plain and other.plain)
