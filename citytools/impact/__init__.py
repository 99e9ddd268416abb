"""Two states of the register, looked at from the same day → what the change between them means for those who use it.

A *joint window* is a set of contracts that one joint contract could follow, as the report of opportunities finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from citytools import diff
from citytools.impact.changes import Consequences, Overlap, compare_dates, compare_overlaps, compare_windows, only, tally
from citytools.impact.details import cover_table, date_table, joint_table, overlap_table
from citytools.impact.lines import line_table
from citytools.impact.states import LEAST, same_things, state_of, uses_of
from citytools.impact.words import arrow
from citytools.index import Index
from citytools.model import Change, Sort, Table
from citytools.reports import Asked, overlaps

__all__ = ["SINCE", "changed", "impact", "overlaps_since"]


def impact(before: Index, after: Index, holders: Sequence[str] = ()) -> list[Table]:
    """Five tables: a line for each borough or body, then overlaps, opportunities, decide-by dates and coverage, of each only what changed.

    ``holders`` (ids) limits all of them to what concerns any of these. Both indexes must be as of one day.
    """
    compared = diff.diff(before.dataset, after.dataset).changes
    renamed = _renamed(compared)
    uses = [overlaps.overlaps(index, "product", overlaps.Filters(min_boroughs=1)) for index in (before, after)]
    old, new = state_of(before, renamed), state_of(after, {})
    same = same_things(before, after, "product", renamed)
    change = Consequences(
        old, new, compare_overlaps(uses_of(uses[0]), uses_of(uses[1]), same, LEAST), compare_windows(old, new), compare_dates(old, new)
    )
    if holders:
        change = only(change, set(holders))
    concerned = [holder for holder in dict.fromkeys((*new.names, *old.names)) if not holders or holder in holders]
    shared = overlap_table("Overlaps by product that changed", change.overlaps, {"part": "overlaps"})
    return [
        line_table(change, concerned, differs=bool(compared)),
        shared,
        joint_table(change),
        date_table(change),
        cover_table(change, concerned),
    ]


def changed(tables: Sequence[Table]) -> list[Table]:
    """The tables that have something to say: the first always, the others where they have rows."""
    return [table for number, table in enumerate(tables) if table.rows or not number]


def overlaps_since(before: Index, after: Index, asked: Asked, since: str) -> list[Table]:
    """The overlaps report, as asked for, of what appeared, grew, shrank or vanished since a state that is called ``since``."""
    lists, facet, least = asked.lists, str(asked["by"]), int(asked["min_boroughs"])
    filters = overlaps.Filters((), lists["function"], lists["supplier"], lists["product"], 1)
    tables = [overlaps.overlaps(index, facet, filters, group=asked["group"]) for index in (before, after)]
    renamed = _renamed(diff.diff(before.dataset, after.dataset).changes)
    same = same_things(before, after, f"{facet}-group" if asked["group"] else facet, renamed)
    wanted = set(lists["borough"])
    found = [each for each in compare_overlaps(uses_of(tables[0]), uses_of(tables[1]), same, least) if wanted <= _users(each, after)]
    what = f"{overlaps.FACETS[facet]}{' group' if asked['group'] else ''}"
    title = f"Overlaps by {what}: what changed since {since}, as of {after.as_of}"
    facts = {**tables[1].facts, "since": since, "min_boroughs": least}
    table = overlap_table(title, found, facts)
    counts = [sum(len(use.boroughs) >= least for use in uses_of(each).values()) for each in tables]
    return [replace(table, coverage=tuple(_since_said(found, counts, what, least, tables)), notes=tables[1].notes[:1])]


# Reports that can be asked what changed since another state.
SINCE = {"overlaps": overlaps_since}


def _renamed(changes: Iterable[Change]) -> dict[tuple[str, str], str]:
    """The new reference of each record that has one, by its kind and its reference before."""
    return {(each.kind, each.old): each.new for each in changes if each.sort is Sort.RENAMED}


def _since_said(found: Sequence[Overlap], counts: Sequence[int], what: str, least: int, tables: Sequence[Table]) -> Iterator[str]:
    before, after = counts
    yield f"{arrow(before, after)} {what if after == 1 else f'{what}s'} in {least} or more boroughs: {tally(found) or 'none changed'}."
    reporting = arrow(*(table.facts["reporting"] for table in tables))
    yield f"The register holds systems of {reporting} of the {tables[1].facts['authorities']} authorities."


def _users(overlap: Overlap, index: Index) -> set[str]:
    """Who has or had a part in an overlap, bodies too, by id."""
    bodies = {index.catalogue.holder_name(holder): holder for holder in _column(index, "SELECT id FROM bodies")}
    named = {bodies[name] for use in (overlap.before, overlap.after) for name in use.bodies if name in bodies}
    return {*overlap.before.boroughs, *overlap.after.boroughs, *named}


def _column(index: Index, sql: str) -> list[str]:
    return [row[0] for row in index.database.query(sql)[1]]
