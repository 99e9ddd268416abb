"""Connections as their ends tell them: what one states holds for the other too, and what both state is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

FIELDS = ("method", "direction", "frequency", "data", "sharing_agreement")
_TURNED = {"out": "in", "in": "out"}

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What one end states of a connection with another; ``words`` has the fields that it gives."""

    by: str
    other: str
    words: Words


@dataclass(frozen=True, slots=True)
class Link:
    """A connection as both ends tell it, all seen from ``one``; ``here`` is None where that end does not tell it, ``there`` likewise."""

    one: str
    other: str
    here: Words | None
    there: Words | None

    def values(self, field: str) -> tuple[str, ...]:
        """What is stated of a field, this end's word first; two where the ends differ, none where neither says."""
        found = [words[field] for words in (self.here, self.there) if words and words.get(field)]
        return tuple(found[:1] if len({value.casefold() for value in found}) == 1 else found)

    @property
    def direction(self) -> str:
        """Which way the data goes, this end's word before the other's; empty where neither says."""
        return "".join(self.values("direction")[:1])

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields on which the ends differ."""
        return tuple(field for field in FIELDS if len(self.values(field)) > 1)

    @property
    def told_by(self) -> tuple[str, ...]:
        """The ends that state it."""
        return tuple(end for end, words in ((self.one, self.here), (self.other, self.there)) if words is not None)

    def seen_from(self, end: str) -> Link:
        """The same connection from one of its ends."""
        return self if end == self.one else Link(self.other, self.one, turned(self.there), turned(self.here))

    @property
    def flowing(self) -> Link:
        """The same from the end that sends, where that is known."""
        return self.seen_from(self.other) if self.direction == "in" else self


def turned(words: Words | None) -> Words | None:
    """The same words from the other end: out is in."""
    if words is None or "direction" not in words:
        return words
    return {**words, "direction": _TURNED.get(words["direction"], words["direction"])}


def merged(told: Iterable[Told]) -> list[Link]:
    """Every connection once, in the order in which they are first told.

    Where each end tells one connection with the other they are the same; where an end tells several, those that agree most are,
    unless their methods or directions contradict each other. What an end tells twice in the same words is one.
    """
    pairs: dict[frozenset[str], list[Told]] = {}
    for each in told:
        known = pairs.setdefault(frozenset((each.by, each.other)), [])
        if each not in known:
            known.append(each)
    return [link for statements in pairs.values() for link in _of_pair(statements)]


def _of_pair(statements: Sequence[Told]) -> Iterator[Link]:
    one, other = statements[0].by, statements[0].other
    here = [each.words for each in statements if each.by == one]
    there = [turned(each.words) or {} for each in statements if each.by != one]
    same = {0: 0} if len(here) == len(there) == 1 else _matched(here, there)
    yield from (Link(one, other, words, there[same[number]] if number in same else None) for number, words in enumerate(here))
    yield from (Link(one, other, None, words) for number, words in enumerate(there) if number not in same.values())


def _matched(here: Sequence[Words], there: Sequence[Words]) -> dict[int, int]:
    """Which of the one's statements is which of the other's, by number: those that agree in most fields first."""
    agreeing = sorted(
        (-sum(_same(here[i], there[j], field) for field in FIELDS), i, j)
        for i, j in product(range(len(here)), range(len(there)))
        if not any(_contrary(here[i], there[j], field) for field in ("method", "direction"))
    )
    found: dict[int, int] = {}
    for _, i, j in agreeing:
        if i not in found and j not in found.values():
            found[i] = j
    return found


def _same(one: Words, other: Words, field: str) -> bool:
    return field in one and field in other and one[field].casefold() == other[field].casefold()


def _contrary(one: Words, other: Words, field: str) -> bool:
    return field in one and field in other and one[field] != other[field]
