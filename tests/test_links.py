"""Connections as their ends tell them: which statements are one, whichever end is asked first."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citytools.reports.links import FIELDS, Link, Told, merged, turned

API, FILE, OUT, IN = {"method": "api"}, {"method": "file"}, {"direction": "out"}, {"direction": "in"}
DAILY = {"frequency": "daily"}

# What a and b state → what becomes of it, seen from a: (a's words, b's words turned), None where that end says nothing.
CASES = {
    "one end": ([API], [], [(API, None)]),
    "the other end": ([], [API | OUT], [(None, API | IN)]),
    "both": ([API], [API], [(API, API)]),
    "both, turned": ([OUT], [IN], [(OUT, OUT)]),
    "one each that differ": ([API | OUT], [FILE | OUT], [(API | OUT, FILE | IN)]),
    "twice in the same words": ([API, API], [API], [(API, API)]),
    "several, each with its own": ([API, FILE], [FILE, API], [(API, API), (FILE, FILE)]),
    "several that contradict": ([API], [FILE, FILE | DAILY], [(API, None), (None, FILE), (None, FILE | DAILY)]),
    "several, the likest": ([API | DAILY, API], [API | DAILY], [(API | DAILY, API | DAILY), (API, None)]),
    "directions contradict": ([OUT, IN], [OUT], [(OUT, None), (IN, IN)]),
    "nothing said fits anything": ([API, FILE], [{}], [(API, {}), (FILE, None)]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_one(case: str) -> None:
    ours, theirs, expected = CASES[case]
    links = merged([*(Told("a", "b", words) for words in ours), *(Told("b", "a", words) for words in theirs)])
    assert [(seen.here, seen.there) for seen in (link.seen_from("a") for link in links)] == expected


def test_a_system_connected_with_itself_is_told_once() -> None:
    (link,) = merged([Told("a", "a", OUT)])
    assert (link.one, link.other, link.told_by, link.seen_from("a")) == ("a", "a", ("a",), link)


def test_where_the_ends_differ_both_words_stand() -> None:
    link = Link(
        "a", "b", {"method": "api", "frequency": "Daily", "data": "x"}, {"method": "file", "frequency": "daily", "direction": "out"}
    )
    assert (link.values("method"), link.values("frequency"), link.values("data")) == (("api", "file"), ("Daily",), ("x",))
    assert (link.differing, link.told_by, link.values("sharing_agreement")) == (("method",), ("a", "b"), ())
    assert link.seen_from("b").values("method") == ("file", "api")
    assert link.seen_from("b").direction == "in"


words = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["api", "file"]),
        "direction": st.sampled_from(["out", "in", "both"]),
        "frequency": st.sampled_from(["daily", "Daily", "weekly"]),
    },
)
statements = st.lists(st.builds(Told, st.sampled_from("abc"), st.sampled_from("abc"), words), max_size=14)


def distinct(told: list[Told]) -> list[Told]:
    return [each for number, each in enumerate(told) if each not in told[:number]]


@given(statements)
def test_nothing_is_lost_or_told_twice(told: list[Told]) -> None:
    back: list[Told] = []
    for link in merged(told):
        back += [Told(link.one, link.other, link.here)] if link.here is not None else []
        back += [Told(link.other, link.one, turned(link.there) or {})] if link.there is not None else []
    assert len(back) == len(distinct(told))
    assert all(each in back for each in told)


@given(statements)
def test_which_end_comes_first_makes_no_difference(told: list[Told]) -> None:
    def counted(links: list[Link]) -> Counter[str]:
        return Counter(repr(link.seen_from(min(link.one, link.other))) for link in links)

    by_end = sorted(told, key=lambda each: each.by)
    other_first = sorted(told, key=lambda each: each.by, reverse=True)
    assert counted(merged(by_end)) == counted(merged(other_first))


@given(statements)
def test_two_ends_share_as_few_connections_as_the_one_that_tells_more(told: list[Told]) -> None:
    """Never fewer than the one end tells, never more than both together; only one each may contradict."""
    sides = Counter((each.by, each.other) for each in distinct(told))
    links = merged(told)
    pairs = Counter(frozenset((link.one, link.other)) for link in links)
    for pair, number in pairs.items():
        one, *rest = pair
        numbers = [sides[one, rest[0]], sides[rest[0], one]] if rest else [sides[one, one]]
        assert max(numbers) <= number <= sum(numbers)
        if numbers == [1, 1]:
            assert number == 1
    for link in links:
        if set(link.differing) & {"method", "direction"}:
            assert sides[link.one, link.other] == sides[link.other, link.one] == 1


@given(words, words)
def test_seen_from_the_other_end_and_back_it_is_the_same(here: dict[str, str], there: dict[str, str]) -> None:
    link = Link("a", "b", here, there)
    assert link.seen_from("b").seen_from("a") == link
    assert link.seen_from("b").differing == link.differing
    for field in FIELDS:
        if field != "direction":
            assert {value.casefold() for value in link.seen_from("b").values(field)} == {value.casefold() for value in link.values(field)}
    assert link.flowing.direction != "in" or "direction" in link.differing
