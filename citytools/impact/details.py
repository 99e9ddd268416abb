"""The tables below the lines: overlaps, opportunities, decide-by dates and coverage, of each what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from citytools.impact.changes import RENAMED, Consequences, Dated, Joint, Overlap, decide_day, tally
from citytools.impact.states import KINDS, Row, stale_records
from citytools.impact.words import arrow, short
from citytools.model import Column, Table
from citytools.reports.words import day, enumerated, many

_SHOWN = 25  # rows of a table of details in text


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


def overlap_table(title: str, found: Sequence[Overlap], facts: Mapping[str, Any]) -> Table:
    """A row for each overlap that changed, with who joins and who leaves."""
    said = (f"{tally(found)}.",) if found else ()
    return Table(title, _OVERLAP, tuple(map(_overlap, found)), said, facts=facts, text_rows=_SHOWN)


def _overlap(overlap: Overlap) -> tuple[Any, ...]:
    old, new = overlap.before.boroughs, overlap.after.boroughs
    joined, left, stayed = (sorted(names) for names in _sides(old, new))
    count = f"{arrow(len(old), len(new))} borough{'' if len(new) == 1 else 's'}"
    who = _who(overlap, joined, left, stayed)
    return overlap.change, overlap.name, count, who, len(old), len(new), joined, left, stayed, overlap.thing.removeprefix("~")


def _sides(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[list[str]]:
    """The names of who joined, who left and who stayed."""
    yield [name for holder, name in new.items() if holder not in old]
    yield [name for holder, name in old.items() if holder not in new]
    yield [name for holder, name in new.items() if holder in old]


def _who(overlap: Overlap, joined: Sequence[str], left: Sequence[str], stayed: Sequence[str]) -> str:
    if overlap.change == RENAMED:
        return f"was called {overlap.before.name}; {short(stayed)} as before"
    said = []
    if joined:
        said.append(f"{enumerated(joined)} {'joins' if len(joined) == 1 else 'join'} {short(stayed)}" if stayed else enumerated(joined))
    if left:
        said.append(
            f"{enumerated(left)} {'leaves' if len(left) == 1 else 'leave'}" + (f" {short(stayed)}" if stayed and not joined else "")
        )
    for use, other, verb in ((overlap.after, overlap.before, "joins"), (overlap.before, overlap.after, "leaves")):
        said += [f"{name}, not counted, {verb}" for name in use.bodies if name not in other.bodies]
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


def joint_table(change: Consequences) -> Table:
    """A row for each joint window that changed, with why."""
    rows = []
    for each in change.windows:
        old, new = each.before, each.after
        starts = [f"{day(window.start, window.about)}" if window else "" for window in (old, new)]
        decides = [decide_day(window) if window else "" for window in (old, new)]
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
    said = (f"{tally(change.windows)}.",) if rows else ()
    return Table("Opportunities to buy together that changed", _JOINT, tuple(rows), said, facts={"part": "opportunities"}, text_rows=_SHOWN)


def _before_after(before: str, after: str) -> str:
    return arrow(before, after) if before and after else before or after


def _members(joint: Joint, change: Consequences) -> str:
    """Who could buy together, with who joined and who left."""
    old, new = (set(window.holders) if window else set() for window in (joint.before, joint.after))
    both = joint.before is not None and joint.after is not None
    marked = [
        f"{change.name(each)}{'' if not both or each in old & new else ' (joins)' if each in new else ' (leaves)'}" for each in old | new
    ]
    return ", ".join(sorted(marked, key=str.casefold))


def _because(joint: Joint, change: Consequences) -> Iterator[str]:
    """Which of the contracts in it came, went, or can be left on another day."""
    concerned = {*(joint.before.contracts if joint.before else ()), *(joint.after.contracts if joint.after else ())}
    for each in change.dated:
        if each.contract in concerned:
            yield f"{_title(each, change)}: {_turn(each)}"


def _title(dated: Dated, change: Consequences) -> str:
    """A contract with those who hold it."""
    parties = change.after.parties.get(dated.contract) or change.before.parties.get(dated.contract, ())
    row = dated.new or dated.old
    names = sorted(parties, key=lambda holder: (holder != row["holder"], change.name(holder)))
    return f"{short([change.name(holder) for holder in names])}, {row['title']}"


def _turn(dated: Dated) -> str:
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


def date_table(change: Consequences) -> Table:
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


def _told(dated: Dated) -> bool:
    return bool(dated.old and dated.new) or bool((dated.new or dated.old)["decide_by"])


_COVER = (
    Column("name", "Borough"),
    Column("functions", "Functions"),
    *(Column(kind, kind.capitalize()) for kind in KINDS),
    *(
        Column(f"{what}_{when}", f"{what.replace('_', ', ').capitalize()} {when}", "count", "hidden")
        for what in ("functions", *KINDS, *(f"{kind}stale" for kind in KINDS))
        for when in ("before", "after")
    ),
    Column("id", "Id", "text", "hidden"),
)


def cover_table(change: Consequences, holders: Sequence[str]) -> Table:
    """Boroughs of which more or less is reported, or is fresh, with the whole register above them."""
    rows = [row for holder in holders if (row := _cover(change, holder))]
    rows.sort(key=lambda row: str(row[0]).casefold())
    shown = {column.name for number, column in enumerate(_COVER[2:5], start=2) if any("→" in row[number] for row in rows)}
    columns = [replace(column, place="hidden") if column.name in {*KINDS} - shown else column for column in _COVER]
    said = tuple(_whole(change)) if rows else ()
    return Table("Coverage before and after", tuple(columns), tuple(rows), said, facts={"part": "coverage"}, text_rows=_SHOWN)


def _cover(change: Consequences, holder: str) -> tuple[Any, ...]:
    """A borough's figures before and after; nothing where they are the same."""
    old, new = (state.coverage.get(holder, {}) for state in (change.before, change.after))
    pairs = [(old.get(key), new.get(key)) for key in ("functions", *KINDS)]
    pairs += [(stale_records(old, kind), stale_records(new, kind)) for kind in KINDS]
    if all(before == after for before, after in pairs):
        return ()
    cells = [_reported(old, new, kind) for kind in KINDS]
    return (change.name(holder), arrow(*pairs[0]), *cells, *(number for pair in pairs for number in pair), holder)


def _reported(old: Row, new: Row, kind: str) -> str:
    """How many records of a kind are counted, and how many of them are stale."""
    counted = arrow(*("not reported" if row.get(kind) is None else str(row[kind]) for row in (old, new)))
    old_and_new = arrow(stale_records(old, kind), stale_records(new, kind))
    return counted if old_and_new == "0" else f"{counted}; {old_and_new} stale"


def _whole(change: Consequences) -> Iterator[str]:
    """What is known of all authorities together."""
    old, new = change.before.facts, change.after.facts
    reported, known = (arrow(old[name], new[name]) for name in ("functions_reported", "functions"))
    yield f"{reported} of {known} functions are reported by any authority."
    kinds = {row["kind"]: row for row in old["kinds"]}
    for row in new["kinds"]:
        before = kinds[row["kind"]]
        figures = [(each["counted"], each["older"] + each["undated"], each["authorities_reporting"]) for each in (before, row)]
        if figures[0] != figures[1]:
            counted, stale, reporting = (arrow(*pair) for pair in zip(*figures, strict=True))
            yield f"{row['kind'].capitalize()}: {counted}, {stale} stale, reported by {reporting} of {new['authorities']} authorities."
