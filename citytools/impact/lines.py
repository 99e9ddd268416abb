"""What a change means to each borough and body: a line for each for whom something changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from citytools.impact.changes import CHANGED, GROWN, LOST, NEW, SHRUNK, Consequences, Dated, Joint, Overlap, decide_day, held, tally
from citytools.impact.states import KINDS, LEAST, OUTSIDE, STAGES, Row, State, Use, Window, stale_records
from citytools.impact.words import NAMED, arrow, short, some
from citytools.model import Column, Table
from citytools.reports.words import day, many

_OVER = ("ended", "replaced", "not begun")


_COUNTS = (
    *(Column(f"{kind}_{what}", f"{kind.capitalize()} {what}", "count", "hidden") for kind in KINDS for what in ("added", "gone")),
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


def line_table(change: Consequences, holders: Sequence[str], *, differs: bool) -> Table:
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


def _totals(change: Consequences) -> str:
    """In a few words, how much of what."""
    overlaps, windows = tally(change.overlaps), tally(change.windows)
    moved = sum(bool(each.before and each.after) for each in change.dated)
    said = [f"overlaps: {overlaps}" if overlaps else "", f"joint windows: {windows}" if windows else ""]
    said.append(f"contracts with other dates: {moved}" if moved else "")
    parts = "; ".join(part for part in said if part)
    return f" ({parts})" if parts else ""


def _line(change: Consequences, holder: str) -> dict[str, Any]:
    systems, contracts, skills = _systems(change, holder), _contracts(change, holder), _skills(change, holder)
    shares = [each for each in change.overlaps if _gains(each, holder)]
    lost = [each for each in change.overlaps if _loses(each, holder)]
    windows = [each for each in change.windows if holder in (each.before or each.now).holders or holder in each.now.holders]
    moved = [each for each in change.dated if each.before and each.after and holder in held(change, each.contract)]
    said = (
        _signed(systems, contracts, skills),
        *_joint(windows, holder, change),
        *_shares(shares, holder),
        *_shares(lost, holder, lost=True),
        *_uses_too(change, holder),
        *_moves(moved),
        _with_a_day(contracts[0], change.after),
        *_identities(change, holder),
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
        "windows_new": sides.count(NEW),
        "windows_changed": len(sides) - sides.count(NEW) - sides.count(LOST),
        "windows_lost": sides.count(LOST),
        "functions_before": functions[0],
        "functions_after": functions[1],
    }


def _systems(change: Consequences, holder: str) -> dict[str, tuple[int, int]]:
    """How many systems came to each stage and left it, by the words for the stage."""
    sides = [
        {key: row["stage"] for key, row in state.systems.items() if key[1] == holder and row["stage"] in STAGES}
        for state in (change.before, change.after)
    ]
    before, after = sides
    return {
        words: (
            sum(stage == name and before.get(key) != name for key, stage in after.items()),
            sum(stage == name and after.get(key) != name for key, stage in before.items()),
        )
        for name, words in STAGES.items()
    }


def _contracts(change: Consequences, holder: str) -> tuple[list[str], list[str]]:
    """The contracts in which a holder has a part now and had none before, and the other way round."""
    before, after = (
        [contract for contract, row in state.contracts.items() if holder in state.parties.get(contract, ()) and row["state"] != "not known"]
        for state in (change.before, change.after)
    )
    return [each for each in after if each not in before], [each for each in before if each not in after]


def _skills(change: Consequences, holder: str) -> tuple[int, int]:
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


def _with_a_day(contracts: Sequence[str], state: State) -> str:
    """By when the new contracts have to be decided on, or that no one can tell; those that are over do not matter."""
    rows = [row for contract in contracts if (row := state.contracts[contract])["state"] not in _OVER]
    dated = sorted((row for row in rows if row["decide_by"]), key=lambda row: str(row["decide_by"]))
    if not rows:
        return ""
    if not dated:
        return "no day to decide by can be told for " + ("it" if len(rows) == 1 else f"any of the {len(rows)} new ones in force")
    first = next((row for row in dated if row["decide_by"] >= state.as_of), None)
    when = day(first["decide_by"], first["next_exit_about"]) if first else ""
    over = f"the day to decide on it passed, {day(dated[0]['decide_by'], dated[0]['next_exit_about'])}"
    if len(rows) == 1:
        return f"decide on it by {when}" if first else over
    next_day = f"the next {when}" if first else "all of them passed"
    return f"{len(dated)} of the {len(rows)} new ones in force with a day to decide by, {next_day}"


def _identities(change: Consequences, holder: str) -> Iterator[str]:
    """Systems that stand for another product than before, or for one of the catalogue at last."""
    adopted = 0
    for key, new in change.after.systems.items():
        old = change.before.systems.get(key)
        if key[1] != holder or not old or old["product"] == new["product"] or not {old["stage"], new["stage"]} <= {*STAGES}:
            continue
        if old["product"].startswith("~") and not new["product"].startswith("~"):
            adopted += 1
        elif old["name"] != new["name"]:
            yield f"{old['name']} is {new['name']} now"
    if adopted:
        yield f"{many(adopted, 'system')} now found in the catalogue"


def _gains(overlap: Overlap, holder: str) -> bool:
    """Whether a holder has something in common with others that it had with nobody."""
    return _with_others(overlap.after, holder) and not _with_others(overlap.before, holder)


def _loses(overlap: Overlap, holder: str) -> bool:
    return _with_others(overlap.before, holder) and not _with_others(overlap.after, holder)


def _with_others(use: Use, holder: str) -> bool:
    return holder in use.boroughs and len(use.boroughs) >= LEAST


def _shares(found: Sequence[Overlap], holder: str, *, lost: bool = False) -> Iterator[str]:
    """What a borough has in common with whom at last, or no longer."""
    said = []
    for each in found[:NAMED]:
        use = each.before if lost else each.after
        said.append(
            f"{use.name.removesuffix(f' {OUTSIDE}')} with {short([name for other, name in use.boroughs.items() if other != holder])}"
        )
    more = [f"{len(found) - NAMED} more"] if len(found) > NAMED else []
    if said:
        yield f"{'no longer shares' if lost else 'now shares'} {_listed([*said, *more])}"


def _uses_too(change: Consequences, holder: str) -> Iterator[str]:
    """What a body, which is never counted, has in common with boroughs since the change."""
    name = change.name(holder)
    for each in change.overlaps:
        if name in each.after.bodies and name not in each.before.bodies:
            yield f"has {each.name} as {short(list(each.after.boroughs.values()))} do"


def _side(joint: Joint, holder: str) -> str:
    """What happened to a joint window as one of its members sees it."""
    before, after = (window is not None and holder in window.holders for window in (joint.before, joint.after))
    return joint.change if before and after else NEW if after else LOST


def _joint(windows: Sequence[Joint], holder: str, change: Consequences) -> Iterator[str]:
    """The joint windows that change for a holder, those for one product first, and how many more there are.

    One for a function that it keeps, with the same start, stands in the table alone: where much is known there are dozens.
    """
    told = [each for each in windows if each.now.by == "product" or _side(each, holder) in (NEW, LOST) or _starts_otherwise(each)]
    told.sort(key=lambda each: each.now.by != "product")
    yield from (_window(each, holder, change) for each in told[:NAMED])
    if len(told) > NAMED:
        yield f"{many(len(told) - NAMED, 'more joint window')} new, changed or lost"


def _starts_otherwise(joint: Joint) -> bool:
    return joint.before is None or joint.after is None or _from(joint.before) != _from(joint.after)


def _window(joint: Joint, holder: str, change: Consequences) -> str:
    """What a joint window that appears, moves or vanishes is to one of its members."""
    side = _side(joint, holder)
    window = joint.before if side == LOST and joint.before else joint.now
    others = [other for other in window.holders if other != holder]
    if joint.before and joint.after and side not in (NEW, LOST):
        return _moved(joint.before, joint.after, side, [other for other in others if other in joint.before.holders], change)
    what = f"joint window with {_names(others, change)} for {window.name} from {_from(window)}"
    return f"new {what} (decide by {decide_day(window)})" if side == NEW else f"no longer a {what}"


def _moved(before: Window, after: Window, side: str, others: Sequence[str], change: Consequences) -> str:
    """A joint window that its member keeps: who joined or left, and how its days moved."""
    verbs = {GROWN: "gains", SHRUNK: "loses", CHANGED: "changes by"}
    said = [f"{verbs[side]} {_others(before, after, change)}"] if side in verbs else []
    if _from(before) != _from(after):
        said.append(f"moves from {_from(before)} to {_from(after)}")
    days = f"decide by {day(before.decide_by, before.about)} → {decide_day(after)}" if before.decide_by != after.decide_by else ""
    whom = f" with {_names(others, change)}" if others else ""
    did = " and ".join(said)
    return f"joint window{whom} for {after.name}" + (
        f" {did}{f' ({days})' if days else ''}" if did else f": {days or 'starts on another day'}"
    )


def _others(before: Window, after: Window, change: Consequences) -> str:
    """Who joined or left a joint window; how many contracts, where it is the same holders."""
    differ = [
        holder for holder in dict.fromkeys((*after.holders, *before.holders)) if (holder in after.holders) != (holder in before.holders)
    ]
    return _names(differ, change) or many(len(before.contracts ^ after.contracts), "contract")


def _names(holders: Iterable[str], change: Consequences) -> str:
    return short(sorted(change.name(holder) for holder in holders))


def _from(window: Window) -> str:
    return window.start[:7]


def _moves(moved: Sequence[Dated]) -> Iterator[str]:
    """Contracts of whose end something else is known: each where they are few, else how many."""
    if len(moved) > NAMED:
        yield f"{len(moved)} contracts have other dates"
    else:
        yield from map(_move, moved)


def _move(dated: Dated) -> str:
    old, new = dated.old, dated.new
    if old["decide_by"] and new["decide_by"] and old["decide_by"] != new["decide_by"]:
        before, after = (day(row["decide_by"], row["next_exit_about"]) for row in (old, new))
        return f"{new['title']}: decide by {before} → {after}"
    return f"{new['title']}: {dated.before} → {dated.after}"


def _covers(change: Consequences, holder: str) -> Iterator[str]:
    """What more or less of the capability map a holder reports, and how much of what it reports is fresh."""
    before, after = (state.functions.get(holder, {}) for state in (change.before, change.after))
    if set(before) != set(after):
        sides = (("new", after, before), ("no longer", before, after))
        said = (
            f"{word}: {some([name for each, name in one.items() if each not in other])}" for word, one, other in sides if {*one} - {*other}
        )
        yield f"reports {arrow(len(before), len(after))} of {change.after.facts['functions']} functions ({'; '.join(said)})"
    old, new = change.before.coverage.get(holder, {}), change.after.coverage.get(holder, {})
    for kind in KINDS if new else ():
        yield from _freshness(kind, old, new)


def _freshness(kind: str, old: Row, new: Row) -> Iterator[str]:
    stale = [stale_records(row, kind) for row in (old, new)]
    if old.get(kind) is None and new[kind] is not None:
        yield f"first {kind} reported" + (f", {stale[1]} of {new[kind]} stale" if stale[1] else "")
    elif stale[0] != stale[1]:
        yield f"{arrow(*stale)} of {many(new[kind] or 0, KINDS[kind])} stale"
    confirmed = new[f"{kind}_confirmed"]
    if confirmed and confirmed != old.get(f"{kind}_confirmed"):
        yield f"list of {kind} confirmed on {confirmed}"


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)
