"""Cutting-edge technologies: who uses, tries out or plans them, and for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from citytools import schema
from citytools.index import Index
from citytools.model import Column, Table
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask
from citytools.reports.words import enumerated, many, mark, percentage

SIDES = ("technology", "function", "borough")
STAGES = {"in use": "in_use", "on trial": "on_trial", "planned": "planned"}
_NO_FUNCTION = "No function stated"
_WRITTEN = {"ai": "AI", "iot": "IoT", "rpa": "RPA"}

COLUMNS = (
    Column("count", "Boroughs at any stage", "count", "lead"),
    Column("name", "Name", "text", "heading"),
    Column("stages", "Stages", "text", "heading"),
    *(Column(name, stage.capitalize(), "list", "detail") for stage, name in STAGES.items()),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("shared", "Shared", "list", "detail"),
    Column("doubtful", "On low confidence", "list", "detail"),
    Column("seen", "Seen", "text", "detail"),
    Column("share", "Share", "text", "detail"),
    *(Column(f"boroughs_{name}", f"Boroughs {stage}", "count", "hidden") for stage, name in STAGES.items()),
    Column("borough_names", "Boroughs", "list", "hidden"),
    Column("systems", "Systems", "list", "hidden"),
    Column("recent", "Systems seen recently", "count", "hidden"),
    Column("of", "Authorities that could be in it", "count", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the report is limited to; ids throughout, nothing for no limit."""

    boroughs: Sequence[str] = ()
    functions: Sequence[str] = ()
    technologies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """What stands under one heading; a system has a row for each of its technologies."""

    id: str
    name: str
    uses: Rows

    def counted(self, stage: str = "") -> Rows:
        return [use for use in self.uses if use["counts"] and stage in ("", use["stage"])]

    def holders(self, stage: str = "") -> dict[str, str]:
        return {use["holder"]: use["holder_name"] for use in self.counted(stage)}


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    lists = asked.lists
    return [technologies(index, asked["by"], Filters(lists["borough"], lists["function"], lists["technology"]))]


def technologies(index: Index, by: str, filters: Filters) -> Table:
    """A row for each technology, function or borough (``by``, one of SIDES), what most boroughs use first."""
    lists = {"borough": filters.boroughs, "function": filters.functions, "technology": filters.technologies}
    sections = ask(index, question("technologies"), {}, lists)
    functions: dict[str, Rows] = defaultdict(list)
    for row in sections["functions"]:
        functions[row["system"]].append(row)
    facts = sections["coverage"][0]
    reporters = {row["function"]: row["authorities"] for row in sections["reporters"]}
    groups = [group for group in _groups(sections["uses"], functions, by) if by != "borough" or group.counted()]
    rows = [_row(group, by, functions, reporters, facts) for group in groups]
    rows.sort(key=lambda row: (*(-row[key] for key in _order(by)), row["name"].casefold()))
    limited = bool(filters.boroughs or filters.functions or filters.technologies)
    return Table(
        title=f"{question('technologies').title}{'' if by == 'technology' else f' by {by}'}, as of {index.as_of}",
        columns=tuple(replace(column, title="Systems") if by == "borough" and column.name == "count" else column for column in COLUMNS),
        rows=tuple(tuple(row[column.name] for column in COLUMNS) for row in rows),
        coverage=tuple(_coverage(sections["uses"], facts, limited)),
        notes=tuple(_notes(sections["uses"], facts, by, limited, index)),
        facts={**facts, "by": by, "as_of": index.as_of.isoformat()},
    )


def written(technology: str) -> str:
    """A technology as people write it."""
    words = " ".join(_WRITTEN.get(word, word) for word in technology.split("-"))
    return words[:1].upper() + words[1:] if technology not in _WRITTEN else words


def _groups(uses: Rows, functions: Mapping[str, Rows], by: str) -> list[_Group]:
    found: dict[str, _Group] = {}
    for use in uses:
        for key, name in _headings(use, functions.get(use["system"], []), by):
            found.setdefault(key, _Group(key, name, [])).uses.append(use)
    return list(found.values())


def _headings(use: Mapping[str, Any], functions: Rows, by: str) -> Iterator[tuple[str, str]]:
    if by == "technology":
        yield use["technology"], written(use["technology"])
    elif by == "borough":
        yield use["holder"], use["holder_name"]
    elif functions:
        yield from ((row["function"], row["name"]) for row in functions)
    else:
        yield "", _NO_FUNCTION


def _order(by: str) -> tuple[str, ...]:
    return ("count",) if by == "borough" else ("count", "boroughs_in_use")


def _row(group: _Group, by: str, functions: Mapping[str, Rows], reporters: Mapping[str, int], facts: Mapping[str, Any]) -> dict[str, Any]:
    systems = {use["system"]: use for use in group.counted()}
    staged = {stage: len(group.holders(stage)) for stage in STAGES}
    everyone = group.holders()
    recent = sum(use["seen"] == "recent" for use in systems.values())
    of = reporters.get(group.id, 0) if by == "function" and group.id else facts["authorities"]
    return {
        "id": group.id,
        "name": group.name,
        "count": len(systems) if by == "borough" else len(everyone),
        "stages": _stages(group, by),
        **{name: list(_items(group, stage, by, functions)) for stage, name in STAGES.items()},
        "bodies": sorted({_body(use) for use in group.uses if not use["counts"]}),
        "shared": list(_sharing(group)),
        "doubtful": list(dict.fromkeys(use["name"] for use in systems.values() if use["confidence"] == "low")),
        "seen": f"{recent} of {many(len(systems), 'system')} within {facts['freshness_months']} months" if systems else "",
        "share": _share(group, by, of),
        **{f"boroughs_{name}": staged[stage] for stage, name in STAGES.items()},
        "borough_names": list(everyone.values()),
        "systems": list(systems),
        "recent": recent,
        "of": of,
    }


def _stages(group: _Group, by: str) -> str:
    """How many boroughs (systems of one borough) are at each stage."""
    numbers = {stage: len({use["system" if by == "borough" else "holder"] for use in group.counted(stage)}) for stage in STAGES}
    return ", ".join(f"{number} {stage}" for stage, number in numbers.items() if number) or "bodies only"


def _items(group: _Group, stage: str, by: str, functions: Mapping[str, Rows]) -> Iterator[str]:
    """A line for each product with its technologies and what it is for, and who has it, most boroughs first."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for use in group.counted(stage):
        kinds[use["system"]].append(_inside(written(use["technology"])))
    things: dict[tuple[str, ...], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for use in group.counted(stage):
        purposes = ", ".join(row["name"] for row in functions.get(use["system"], ()) if row["name"] != use["name"])
        key = use["thing"], "" if by == "technology" else enumerated(kinds[use["system"]]), "" if by == "function" else purposes
        things[key][use["system"]] = use
    for (_, kind, purpose), systems in sorted(things.items(), key=lambda item: (-len(item[1]), _names(item[1]))):
        uses = list(systems.values())
        context = ", ".join(part for part in (kind, f"for {purpose}" if purpose else "") if part)
        name = uses[0]["name"]
        if by == "borough":
            yield f"{name}: {context}{mark(uses[0])}"
        else:
            yield f"{name}{f', {context}' if context else ''}: {_who(uses)}"


def _names(systems: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [use["name"].casefold() for use in systems.values()]


def _inside(technology: str) -> str:
    """A technology's name within a sentence: an abbreviation keeps its capitals."""
    return technology if technology[:2].isupper() or technology in _WRITTEN.values() else technology[:1].lower() + technology[1:]


def _who(uses: Sequence[Mapping[str, Any]]) -> str:
    """Names of boroughs, with the year of what was not seen recently (the latest of several); what all have in common stands once."""
    latest = {use["holder_name"]: use for use in sorted(uses, key=lambda use: use["last_seen"] or "")}
    marks = {name: mark(latest[name]) for name in sorted(latest)}
    common = next(iter(marks.values())) if len(marks) > 1 and len(set(marks.values())) == 1 else ""
    if common:
        return f"{', '.join(marks)} (all {common.removeprefix(' (')}"
    return ", ".join(f"{name}{mark}" for name, mark in marks.items())


def _body(use: Mapping[str, Any]) -> str:
    return f"{use['holder_name']}: {use['name']}" + ("" if use["stage"] == "in use" else f" ({use['stage']})")


def _sharing(group: _Group) -> Iterator[str]:
    """Whose system others use."""
    users: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for use in group.counted():
        if use["owner_name"]:
            users[use["name"], use["owner_name"]][use["holder_name"]] = None
    for (name, owner), names in users.items():
        yield f"{enumerated(list(names))} {'uses' if len(names) == 1 else 'use'} the {name} that {owner} has"


def _share(group: _Group, by: str, of: int) -> str:
    if by == "borough":
        return ""
    using = len(group.holders("in use"))
    uses = "uses" if using == 1 else "use"
    if by == "function" and group.id:
        return f"{using} of the {of} that report{'s' if of == 1 else ''} this function {uses} any of these" if of else ""
    return f"{using} of {of} authorities {'is' if using == 1 else 'are'} known to use it"


def _coverage(uses: Rows, facts: Mapping[str, Any], limited: bool) -> Iterable[str]:
    total = facts["authorities"]
    counted = [use for use in uses if use["counts"]]
    stages = ", ".join(f"{len({use['holder'] for use in counted if use['stage'] == stage})} {stage}" for stage in STAGES)
    asked = " of what is asked for" if limited else ""
    yield f"{len({use['holder'] for use in counted})} of {total} authorities report any{asked}: {stages}; one may be at several stages."
    yield (
        f"A technology is named for {facts['systems_named']:,} of the {facts['systems']:,} systems in use"
        f"{percentage(facts['systems_named'], facts['systems'])} in the {facts['reporting']} authorities that report systems."
    )
    seen = {use["system"]: use["seen"] for use in counted}
    if seen:
        recent, undated = (sum(each == word for each in seen.values()) for word in ("recent", "undated"))
        yield (
            f"{recent:,} of the {len(seen):,} systems counted{percentage(recent, len(seen))} were seen in the last "
            f"{facts['freshness_months']} months, since {facts['fresh_from']}; {undated:,} without a date."
        )
    if facts["bodies"]:
        yield f"Bodies such as consortia ({facts['bodies']}) are named apart and never counted in the {total}."


def _notes(uses: Rows, facts: Mapping[str, Any], by: str, limited: bool, index: Index) -> Iterable[str]:
    yield "Not reported is not the same as not in use: few sources say what technology is in a system."
    yield "In use: stated to be live, or no status stated while nothing replaces it. A year in brackets is when a source last said so."
    yield "A trial or a plan of years ago may be over: ask."
    yield {
        "borough": "Order: systems with a technology, then name.",
        "technology": "Order: boroughs at any stage, then those that use it. A system with several technologies stands under each.",
        "function": "Order: boroughs at any stage, then those that use any. A system with several functions stands under each.",
    }[by]
    missing = [
        written(each)
        for each in schema.choices("technology", "technologies")
        if each not in {use["technology"] for use in uses if use["counts"]}
    ]
    if missing and not limited:
        yield f"Reported by no authority: {enumerated([_inside(each) for each in missing])}."
    if facts["gone"]:
        yield f"Left out: {many(facts['gone'], 'system')} retired or replaced."
    if facts["later"]:
        yield f"Left out: {many(facts['later'], 'system')} first heard of after {index.as_of}."
