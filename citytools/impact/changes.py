"""Two states → what differs in what is shared, in joint windows and in contracts' dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from citytools.impact.states import OUTSIDE, Row, State, Use, Window
from citytools.reports import agreements
from citytools.reports.words import day

NEW, GROWN, _MOVED, CHANGED, SHRUNK, LOST, RENAMED = "new", "grown", "moved", "changed", "shrunk", "lost", "renamed"


_ORDER = (NEW, GROWN, _MOVED, CHANGED, SHRUNK, LOST, RENAMED)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What happened to who has a thing in common."""

    change: str
    thing: str
    before: Use
    after: Use

    @property
    def name(self) -> str:
        """What it is called now, or was last."""
        return self.after.name or self.before.name


@dataclass(frozen=True, slots=True)
class Joint:
    """What happened to a joint window; ``before`` or ``after`` is None where there was or is none."""

    change: str
    before: Window | None
    after: Window | None

    @property
    def now(self) -> Window:
        """As it is, or was last."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Dated:
    """A contract with what was and is known of its end, in words; empty where it was or is not there."""

    contract: str
    before: str
    after: str
    old: Row
    new: Row


@dataclass(frozen=True, slots=True)
class Consequences:
    """The two states, and what differs between them."""

    before: State
    after: State
    overlaps: Sequence[Overlap]
    windows: Sequence[Joint]
    dated: Sequence[Dated]

    def name(self, holder: str) -> str:
        """What a borough or body is called, now or before."""
        return self.after.names.get(holder) or self.before.names.get(holder, holder)


def compare_overlaps(old: Mapping[str, Use], new: Mapping[str, Use], same: Mapping[str, str], least: int) -> list[Overlap]:
    """What is in common among ``least`` boroughs or more before or after, and is not among the same ones."""
    before = {same.get(thing, thing): use for thing, use in old.items()}
    pairs = ((thing, before.get(thing, Use("")), new.get(thing, Use(""))) for thing in dict.fromkeys((*new, *before)))
    found = [Overlap(change, thing, one, other) for thing, one, other in pairs if (change := _what_happened(one, other, least))]
    return sorted(found, key=lambda each: (_ORDER.index(each.change), -len(each.after.boroughs), each.name.casefold()))


def _what_happened(before: Use, after: Use, least: int) -> str:
    """The word for it; empty where nothing happened, or to fewer than ``least``."""
    old, new = set(before.boroughs), set(after.boroughs)
    if len(old) < least and len(new) < least:
        return ""
    if old == new:
        named = {use.name.removesuffix(f" {OUTSIDE}") for use in (before, after)}
        return CHANGED if {*before.bodies} != {*after.bodies} else RENAMED if len(named) > 1 else ""
    if len(old) < least or len(new) < least:
        return NEW if len(old) < least else LOST
    return _how(old, new)


def compare_windows(before: State, after: State) -> list[Joint]:
    """Joint windows that appear, move, gain or lose members, or vanish."""
    old, new = dict(before.windows), dict(after.windows)
    found = []
    for contracts in [each for each in new if each in old]:
        one, other = old.pop(contracts), new.pop(contracts)
        if one.dates != other.dates or {*one.holders} != {*other.holders}:
            found.append(Joint(_how(set(one.holders), set(other.holders)) or _MOVED, one, other))
    for one, other in _akin(list(old.values()), list(new.values())):
        del old[one.contracts], new[other.contracts]
        found.append(Joint(_how(one.contracts, other.contracts), one, other))
    found += [Joint(NEW, None, window) for window in new.values()]
    found += [Joint(LOST, window, None) for window in old.values()]
    return sorted(found, key=lambda each: (_ORDER.index(each.change), -len(each.now.holders), each.now.start, each.now.name.casefold()))


def _how(old: Set[str], new: Set[str]) -> str:
    """How members changed; empty where they are the same."""
    return "" if old == new else GROWN if old < new else SHRUNK if new < old else CHANGED


def _akin(old: Sequence[Window], new: Sequence[Window]) -> Iterator[tuple[Window, Window]]:
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


def compare_dates(before: State, after: State) -> list[Dated]:
    """Contracts of whose end something else is known than before, those to be decided first in front."""
    found = []
    for contract in dict.fromkeys((*after.contracts, *before.contracts)):
        old, new = before.contracts.get(contract, {}), after.contracts.get(contract, {})
        was, now = (_when(row, after.as_of) for row in (old, new))
        if was != now:
            found.append(Dated(contract, was, now, old, new))
    return sorted(found, key=lambda each: (each.new.get("decide_by") or each.old.get("decide_by") or "9", each.contract))


def _when(contract: Row, as_of: str) -> str:
    """Where a contract stands, in words; empty for none."""
    others = {"replaced": "replaced by a later contract", "not known": f"first heard of after {as_of}"}
    return (others.get(contract["state"]) or agreements.when(contract, as_of)) if contract else ""


def only(change: Consequences, holders: set[str]) -> Consequences:
    """What concerns any of these."""
    names = {change.name(holder) for holder in holders}
    return Consequences(
        change.before,
        change.after,
        [
            each
            for each in change.overlaps
            if holders & {*each.before.boroughs, *each.after.boroughs} or names & {*each.before.bodies, *each.after.bodies}
        ],
        [each for each in change.windows if holders & {*(each.before or each.now).holders, *each.now.holders}],
        [each for each in change.dated if holders & held(change, each.contract)],
    )


def held(change: Consequences, contract: str) -> set[str]:
    """Who has or had a part in a contract."""
    return {*change.before.parties.get(contract, ()), *change.after.parties.get(contract, ())}


def tally(found: Iterable[Overlap | Joint]) -> str:
    """How many are new, grown and so on; empty for none."""
    counts = Counter(each.change for each in found)
    return ", ".join(f"{counts[change]} {change}" for change in _ORDER if counts[change])


def decide_day(window: Window) -> str:
    """The day by which the first member has to decide, and whether it has passed."""
    return f"{day(window.decide_by, window.about)}{', passed' if window.late else ''}"
