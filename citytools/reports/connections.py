"""What is connected to what: by system, one by one, as common interfaces of several boroughs, and as a graph."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.model import Bars, Column, Edge, Graph, Node, Table
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.links import FIELDS, Link, Told, merged
from citytools.reports.sections import Rows, ask
from citytools.reports.words import enumerated, many, percentage

_METHODS = {"api": "API", "sftp": "SFTP", "manual": "hand"}
_NO_METHOD = "by a method not stated"
# Connections that do not count, by how far their ends are, and how that is said.
_APART = {"gone": "no longer in use", "planned": "planned", "on trial": "on trial"}
_UNSAID = {
    "withheld": "Connections withheld by their holders",
    "unknown": "Connections not known to their holders",
    "none": "Without any connection, as their holders say",
}
_DIRECTIONS = {"out": "sends_to", "in": "gets_from", "both": "both_ways", "": "not_stated"}
_FIELD_WORDS = {"frequency": "how often", "sharing_agreement": "a sharing agreement"}
_LEGEND = "An arrow shows which way the data goes; where there is none, nobody says. Dashed: only named, not a system of the register."
_BARS, _NAMED, _LABEL = 20, 6, 80

SYSTEMS = (
    Column("connections", "Connections", "count", "lead"),
    Column("name", "System", "text", "heading"),
    Column("holder", "Whose", "text", "heading"),
    Column("system", "To look up", "text", "heading"),
    Column("says", "How", "text", "body"),
    Column("sends_to", "Sends to", "list", "detail"),
    Column("gets_from", "Gets from", "list", "detail"),
    Column("both_ways", "Both ways with", "list", "detail"),
    Column("not_stated", "With, direction not stated", "list", "detail"),
    Column("differing", "The two ends differ", "list", "detail"),
    Column("apart", "Not counted", "list", "detail"),
    Column("shared", "Shared", "text", "detail"),
    Column("holder_id", "Holder's id", "text", "hidden"),
    Column("product", "Product's id", "text", "hidden"),
    Column("others", "Other ends", "list", "hidden"),
    Column("methods", "Methods stated", "list", "hidden"),
    Column("frequency_stated", "Connections with a frequency", "count", "hidden"),
    Column("without_agreement", "Connections without a stated agreement", "count", "hidden"),
    Column("last_seen", "System last seen", "date", "hidden"),
)
CONNECTIONS = (
    Column("connection", "Connection", "text", "heading"),
    Column("whose", "Whose", "text", "heading"),
    Column("how", "How", "text", "body"),
    Column("differing", "The two ends differ", "list", "detail"),
    Column("stated_by", "To look up", "list", "detail"),
    Column("system", "From", "text", "hidden"),
    Column("system_name", "From: its name", "text", "hidden"),
    Column("holder", "From: its holder's id", "text", "hidden"),
    Column("product", "From: its product's id", "text", "hidden"),
    Column("other", "To", "text", "hidden"),
    Column("other_name", "To: its name", "text", "hidden"),
    Column("other_holder", "To: its holder's id", "text", "hidden"),
    Column("other_product", "To: its product's id", "text", "hidden"),
    *(Column(field, field.replace("_", " ").capitalize(), "list", "hidden") for field in FIELDS),
    Column("last_seen", "Last seen", "date", "hidden"),
)
INTERFACES = (
    Column("boroughs", "Boroughs", "count", "lead"),
    Column("interface", "Interface", "text", "heading"),
    Column("methods", "Connected", "list", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("share", "Share", "text", "detail"),
    Column("unstated", "Both in use, no connection stated", "list", "detail"),
    Column("systems", "Systems", "list", "hidden"),
    Column("borough_names", "Boroughs", "list", "hidden"),
    Column("of", "Boroughs known to have both", "count", "hidden"),
    Column("things", "Products' ids", "list", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was asked and what came of it: ends by id, every connection in use, those asked for, and those that do not count."""

    index: Index
    asked: Asked
    sections: Mapping[str, Rows]
    ends: Mapping[str, Mapping[str, Any]]
    links: Sequence[Link]
    shown: Sequence[Link]
    apart: Sequence[Link]

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.sections["coverage"][0]

    @property
    def limited(self) -> bool:
        return self.asked.limited or bool(self.asked["without_agreement"])


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    found = _found(index, asked)
    if asked["by"] == "connection":
        return [_one_by_one(found)]
    return [_interfaces(found, alone=True)] if asked["by"] == "interface" else [_by_system(found), _interfaces(found, alone=False)]


def graph(index: Index, asked: Asked) -> Graph:
    """The connections asked for, their ends framed by holder."""
    found = _found(index, asked)
    links = [link.flowing for link in found.shown]
    ends = [found.ends[end] for end in {end for link in links for end in (link.one, link.other)}]
    ends.sort(key=lambda end: (end["holder_name"], end["id"]))
    return Graph(
        title=f"{question('connections').title}, as of {index.as_of}",
        nodes=tuple(Node(end["id"], _short(end["name"]), _holder(end), not end["system"]) for end in ends),
        edges=tuple(Edge(link.one, link.other, _short(_how(link, _method(link))), _arrow(link)) for link in links),
        coverage=tuple(_coverage(found)),
        notes=(_LEGEND,),
    )


ALSO = {"mermaid": graph, "dot": graph}


def _found(index: Index, asked: Asked) -> _Found:
    sections = ask(index, question("connections"), {}, asked.lists)
    ends = {row["id"]: row for row in sections["ends"]}
    by_stage: dict[str, list[Link]] = defaultdict(list)
    for link in merged(Told(row["system"], row["other"], _stated(row)) for row in sections["told"]):
        by_stage[_stage(link, ends)].append(link)
    links, known = by_stage["in use"], [link for stage in _APART for link in by_stage[stage]]
    shown, apart = ([link for link in some if _asked_for(link, ends) and _wanted(link, asked)] for some in (links, known))
    return _Found(index, asked, sections, ends, links, shown, apart)


def _stated(row: Mapping[str, Any]) -> dict[str, str]:
    return {field: row[field] for field in FIELDS if row[field]}


def _stage(link: Link, ends: Mapping[str, Mapping[str, Any]]) -> str:
    """How far a connection is: as far as the end that is least so."""
    stages = {ends[link.one]["stage"], ends[link.other]["stage"]}
    return next(stage for stage in ("not known", *_APART, "in use") if stage in stages)


def _asked_for(link: Link, ends: Mapping[str, Mapping[str, Any]]) -> bool:
    return any(ends[end]["asked"] for end in (link.one, link.other))


def _wanted(link: Link, asked: Asked) -> bool:
    methods = asked.lists["method"]
    by_method = not methods or any(method in methods for method in link.values("method"))
    return by_method and not (asked["without_agreement"] and link.values("sharing_agreement"))


def _by_system(found: _Found) -> Table:
    """A row for each system in use that is asked about, and for what is only named where a product or function is asked for."""
    links, apart = (_by_end(some) for some in (found.shown, found.apart))
    named = bool(found.asked.lists["product"] or found.asked.lists["function"])
    ends = [end for end in found.ends.values() if links[end["id"]] and end["asked"] and (end["system"] or named)]
    rows = [_system(end, links[end["id"]], apart[end["id"]], found) for end in ends]
    rows.sort(key=lambda row: (-row["connections"], row["name"].casefold(), row["holder"]))
    bars = tuple((f"{row['name']}, {row['holder']}", row["connections"], str(row["connections"])) for row in rows[:_BARS])
    return Table(
        title=f"{question('connections').title}, as of {found.index.as_of}",
        columns=SYSTEMS,
        rows=tuple(tuple(row[column.name] for column in SYSTEMS) for row in rows),
        coverage=tuple(_coverage(found)),
        notes=(*_notes(found), "Order: connections, then name."),
        facts=_facts(found),
        chart=Bars("The most connected systems", bars) if bars else None,
    )


def _by_end(links: Iterable[Link]) -> dict[str, list[Link]]:
    """The links of each end, seen from there."""
    found: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        for end in dict.fromkeys((link.one, link.other)):
            found[end].append(link.seen_from(end))
    return found


def _system(end: Mapping[str, Any], links: Sequence[Link], apart: Sequence[Link], found: _Found) -> dict[str, Any]:
    ways: dict[str, list[str]] = {name: [] for name in _DIRECTIONS.values()}
    for link in sorted(links, key=lambda link: _other(link, found).casefold()):
        first = f"{_other(link, found)} {_method(link)}".strip()
        ways[_DIRECTIONS[link.direction]].append(f"{_how(link, first)}{_mark(link, found)}")
    return {
        "connections": len(links),
        "name": end["name"] if end["system"] else f"{end['name']} (only named)",
        "holder": _holder(end),
        "says": _says(links),
        **ways,
        "differing": [line for link in links for line in _differing(link)],
        "apart": [f"{_other(link, found)} ({_APART[_stage(link, found.ends)]})" for link in apart],
        "shared": _shared(end, found),
        "system": end["system"],
        "holder_id": end["holder"],
        "product": end["product"],
        "others": [found.ends[link.other]["system"] or found.ends[link.other]["name"] for link in links],
        "methods": sorted({method for link in links for method in link.values("method")}),
        "frequency_stated": _having(links, "frequency"),
        "without_agreement": len(links) - _having(links, "sharing_agreement"),
        "last_seen": end["last_seen"],
    }


def _other(link: Link, found: _Found) -> str:
    """The other end's name, whose it is if another's, and whether it is no system of the register."""
    here, there = found.ends[link.one], found.ends[link.other]
    whose = f" of {there['holder_name']}" if there["holder"] != here["holder"] else ""
    return f"{there['name']}{whose}{'' if there['system'] else ' (only named)'}"


def _holder(end: Mapping[str, Any]) -> str:
    return f"{end['holder_name']}{'' if end['counts'] else ' (a body)'}"


def _method(link: Link) -> str:
    """By what, both words where the ends differ; empty where neither says."""
    return " or ".join(f"by {_METHODS.get(method, method)}" for method in link.values("method"))


def _how(link: Link, first: str) -> str:
    """What comes first, then frequency, what is exchanged and under which agreement, as far as these are stated."""
    often, data, agreement = (" or ".join(link.values(field)) for field in ("frequency", "data", "sharing_agreement"))
    how = ", ".join(part for part in (first, often) if part)
    said = ": ".join(part for part in (how, data) if part)
    return "; ".join(part for part in (said, f"under {agreement}" if agreement else "") if part)


def _mark(link: Link, found: _Found) -> str:
    """The year of what was not seen recently, and low confidence; the best of the ends that state it."""
    tellers = [found.ends[end] for end in link.told_by]
    dates = [end["last_seen"] for end in tellers if end["last_seen"]]
    seen = "" if any(end["seen"] == "recent" for end in tellers) else max(dates)[:4] if dates else "undated"
    low = "low confidence" if all(end["confidence"] == "low" for end in tellers) else ""
    marks = ", ".join(mark for mark in (seen, low) if mark)
    return f" ({marks})" if marks else ""


def _says(links: Sequence[Link]) -> str:
    """How many by which method, and for how many the rest is stated; one says that itself."""
    if len(links) == 1:
        return ""
    methods = Counter(_method(link) or _NO_METHOD for link in links)
    ordered = sorted(methods.items(), key=lambda item: (item[0] == _NO_METHOD, -item[1], item[0].casefold()))
    by = ", ".join(f"{number} {method}" for method, number in ordered)
    often, agreed = (_having(links, field) for field in ("frequency", "sharing_agreement"))
    return f"{by}; how often is stated for {often} of {len(links)}, a sharing agreement for {agreed or 'none'}"


def _having(links: Iterable[Link], field: str) -> int:
    return sum(bool(link.values(field)) for link in links)


def _differing(link: Link) -> Iterator[str]:
    """What each end says of one thing, by the references under which it can be corrected."""
    ways = {"out": f"to {link.other}", "in": f"to {link.one}", "both": "both ways"}
    for field in link.differing:
        here, there = (ways[value] if field == "direction" else value for value in link.values(field))
        yield f"{_FIELD_WORDS.get(field, field)}: {link.one} says {here}; {link.other} says {there}"


def _shared(end: Mapping[str, Any], found: _Found) -> str:
    names = [row["name"] for row in found.sections["shares"] if row["system"] == end["id"]]
    if end["owner_name"]:
        return f"a share of the one that {end['owner_name']} has"
    return f"{enumerated(names)} {'has a share' if len(names) == 1 else 'have shares'} in it" if names else ""


def _one_by_one(found: _Found) -> Table:
    """A row for each connection."""
    rows = [_connection(link.flowing, found) for link in found.shown]
    rows.sort(key=lambda row: (row["whose"], row["system_name"].casefold(), row["other_name"].casefold(), row["how"].casefold()))
    return Table(
        title=f"{question('connections').title} one by one, as of {found.index.as_of}",
        columns=CONNECTIONS,
        rows=tuple(tuple(row[column.name] for column in CONNECTIONS) for row in rows),
        coverage=tuple(_coverage(found)),
        notes=(*_notes(found), "Order: holder, then name."),
        facts=_facts(found),
    )


def _connection(link: Link, found: _Found) -> dict[str, Any]:
    ends = {"": found.ends[link.one], "other_": found.ends[link.other]}
    one, other = ends.values()
    holders = dict.fromkeys(_holder(end) for end in (one, other))
    dates = [found.ends[end]["last_seen"] for end in link.told_by if found.ends[end]["last_seen"]]
    return {
        "connection": f"{one['name']} {_between(link)} {other['name']}{'' if other['system'] else ' (only named)'}",
        "whose": " and ".join(holders),
        "how": f"{_how(link, _method(link) or _NO_METHOD)}{_mark(link, found)}",
        "differing": list(_differing(link)),
        "stated_by": list(link.told_by),
        "system": one["system"],
        "other": other["system"],
        **{f"{side or 'system_'}name": end["name"] for side, end in ends.items()},
        **{f"{side}{key}": end[key] for side, end in ends.items() for key in ("holder", "product")},
        **{field: list(link.values(field)) for field in FIELDS},
        "last_seen": max(dates, default=None),
    }


def _between(link: Link) -> str:
    return {"out": "to", "both": "to and from", "": "with"}[link.direction]


def _interfaces(found: _Found, *, alone: bool) -> Table:
    """A row for each pair of products that several boroughs have connected, whoever else has it."""
    links = [link for link in found.links if _wanted(link, found.asked)]
    asked = {_pair(link, found) for link in found.shown}
    pairs: dict[tuple[str, ...], list[Link]] = defaultdict(list)
    for link in links:
        if (pair := _pair(link, found)) in asked:
            pairs[pair].append(link)
    users: dict[str, dict[str, str]] = defaultdict(dict)
    for row in found.sections["in_use"]:
        users[row["thing"]][row["holder"]] = row["name"]
    every = [_interface(pair, some, users, found) for pair, some in pairs.items()]
    rows = sorted((row for row in every if row["boroughs"] >= found.asked["min_boroughs"]), key=_interface_order)
    bars = tuple((row["interface"], row["boroughs"], many(row["boroughs"], "borough")) for row in rows[:_BARS])
    least = found.asked["min_boroughs"]
    others = "; --min-boroughs 0 lists the others" if len(rows) < len(every) else ""
    where = f"at least {many(least, 'borough')}" if least else "any borough or body"
    said = f"{many(len(rows), 'interface')} between the same two products in {where}"
    return Table(
        title=f"Common interfaces, as of {found.index.as_of}",
        columns=INTERFACES,
        rows=tuple(tuple(row[column.name] for column in INTERFACES) for row in rows),
        coverage=(f"{said}, of {many(len(every), 'connected pair')}{_limits(found)}{others}.", *(_coverage(found) if alone else ())),
        notes=(*(_interface_notes() if rows else ()), *(_notes(found) if alone else ())),
        facts={**_facts(found), "min_boroughs": least, "pairs": len(every)},
        chart=Bars("Boroughs with each interface", bars) if bars else None,
    )


def _pair(link: Link, found: _Found) -> tuple[str, ...]:
    return tuple(sorted(found.ends[end]["thing"] for end in (link.one, link.other)))


def _interface_order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return -row["boroughs"], -len(row["bodies"]), row["interface"].casefold()


def _interface(pair: tuple[str, ...], links: Sequence[Link], users: Mapping[str, Mapping[str, str]], found: _Found) -> dict[str, Any]:
    ends = [found.ends[end] for link in links for end in (link.one, link.other)]
    names = {end["thing"]: end["name"] for end in reversed(ends)}
    boroughs = {end["holder"]: end["holder_name"] for end in ends if end["counts"]}
    one, other = (users.get(thing, {}) for thing in pair)
    both = {holder: name for holder, name in one.items() if holder in other} if len(names) == 2 else {}
    of = len(both | boroughs)
    return {
        "boroughs": len(boroughs),
        "interface": " with ".join(sorted((names[thing] for thing in pair), key=str.casefold)),
        "methods": list(_methods(links, found)),
        "bodies": sorted({end["holder_name"] for end in ends if not end["counts"]}),
        "share": f"stated in {len(boroughs)} of the {many(of, 'borough')} known to have both" if both else "",
        "unstated": sorted(name for holder, name in both.items() if holder not in boroughs),
        "systems": sorted({end["system"] for end in ends if end["system"]}),
        "borough_names": sorted(boroughs.values()),
        "of": of,
        "things": list(pair),
    }


def _methods(links: Sequence[Link], found: _Found) -> Iterator[str]:
    """Who does it how, the commonest method first, with the year of what was not seen recently."""
    users: dict[str, dict[str, str]] = defaultdict(dict)
    for link in links:
        mark = _mark(link, found)
        for end in (found.ends[link.one], found.ends[link.other]):
            names = users[_method(link) or _NO_METHOD]
            names[end["holder_name"]] = mark and names.get(end["holder_name"], mark)
    for method, names in sorted(users.items(), key=lambda item: (item[0] == _NO_METHOD, -len(item[1]), item[0])):
        yield f"{method} in {', '.join(f'{name}{names[name]}' for name in sorted(names))}"


def _coverage(found: _Found) -> Iterator[str]:
    facts = _facts(found)
    total, counted = facts["authorities"], facts["connections"]
    more = f"; {facts['connections_of_bodies']:,} more of bodies" if facts["connections_of_bodies"] else ""
    yield f"{many(counted, 'connection')} of systems in use{_limits(found)}, in {facts['boroughs']} of {total} authorities{more}."
    share = f"{facts['systems_connected']:,} of the {facts['systems']:,} systems in use"
    yield (
        f"A connection is stated for {share}{percentage(facts['systems_connected'], facts['systems'])}, in {facts['boroughs_connected']} "
        f"of the {facts['reporting']} authorities that report systems."
    )
    if counted:
        stated = [f"{_FIELD_WORDS.get(field, field)} for {facts[f'{field}_stated']:,}" for field in FIELDS]
        yield f"Stated of the {many(counted, 'connection')}: {', '.join(stated)}."
        seen = f"{facts['recent']:,} of {counted:,}{percentage(facts['recent'], counted)}"
        yield f"{seen} were seen in the last {facts['freshness_months']} months, since {facts['fresh_from']}."
        yield f"{facts['only_named']:,} of {counted:,} lead to what is only named: no system of the register."
    if facts["bodies"]:
        yield f"Bodies such as consortia ({facts['bodies']}) are named and never counted in the {total}."


def _limits(found: _Found) -> str:
    return " as asked for" if found.limited else ""


def _facts(found: _Found) -> dict[str, Any]:
    """What the sentences say, for machines: figures of connections in which an authority has an end, unless they say otherwise."""
    counted, everywhere = ([link for link in some if _of_boroughs(link, found)] for some in (found.shown, found.links))
    connected = {end for link in everywhere for end in (link.one, link.other) if found.ends[end]["counts"] and found.ends[end]["system"]}
    boroughs = {found.ends[end]["holder"] for link in counted for end in (link.one, link.other) if found.ends[end]["counts"]}
    return {
        **found.facts,
        "connections": len(counted),
        "connections_of_bodies": len(found.shown) - len(counted),
        "boroughs": len(boroughs),
        "systems_connected": len(connected),
        "boroughs_connected": len({found.ends[end]["holder"] for end in connected}),
        **{f"{field}_stated": _having(counted, field) for field in FIELDS},
        "recent": sum(any(found.ends[end]["seen"] == "recent" for end in link.told_by) for link in counted),
        "only_named": sum(not (found.ends[link.one]["system"] and found.ends[link.other]["system"]) for link in counted),
        "not_counted": len(found.apart),
        "as_of": found.index.as_of.isoformat(),
    }


def _of_boroughs(link: Link, found: _Found) -> bool:
    return any(found.ends[end]["counts"] for end in (link.one, link.other))


def _notes(found: _Found) -> Iterator[str]:
    yield from _on_systems(found)
    yield "Not stated is not the same as not connected: few registers say what a system is connected to."
    yield "A year in brackets is when a source last said so. Only named: the register has no such system."
    yield "What one end states counts at both; what both state is one connection, and where they differ both words are given."
    yield (
        "No agreement stated does not mean that there is none. Whether one is needed depends on the personal data exchanged, "
        "of which the register says nothing."
    )
    if found.apart:
        stages = Counter(_APART[_stage(link, found.ends)] for link in found.apart)
        yield f"Not counted, because an end is not in use: {', '.join(f'{number:,} {word}' for word, number in stages.items())}."
    asked = {end["id"] for end in found.ends.values() if end["asked"]}
    by_name = sum(row["by_name"] for row in found.sections["told"] if not asked.isdisjoint((row["system"], row["other"])))
    if by_name:
        yield f"Taken for the holder's only system of that name, although only named: {many(by_name, 'other end')}."
    for how, said in _UNSAID.items():
        systems = [f"{row['system']}{_reason(row)}" for row in found.sections["unsaid"] if row["how"] == how]
        if systems:
            more = f" and {len(systems) - _NAMED:,} more" if len(systems) > _NAMED else ""
            yield f"{said}: {'; '.join(systems[:_NAMED])}{more}."


def _reason(row: Mapping[str, Any]) -> str:
    return f" ({row['reason'].rstrip('.')})" if row["reason"] else ""


def _on_systems(found: _Found) -> Iterator[str]:
    """What is to be said of a system that was asked for and has no row."""
    spoken_of = {end for link in found.shown for end in (link.one, link.other)} | {row["system"] for row in found.sections["unsaid"]}
    for row in found.sections["asked_systems"]:
        if row["stage"] != "in use":
            yield f"{row['system']} is not in use ({row['stage']}): its connections do not count."
        elif row["system"] not in spoken_of:
            yield f"{row['system']}: no connection is stated, at its end or at another's."


def _interface_notes() -> Iterator[str]:
    yield "Who has an interface may know what it takes to build it: ask. The same two products may still exchange something else."
    yield "Order: boroughs, then bodies, then name."


def _arrow(link: Link) -> str:
    return {"out": "forward", "both": "both", "": "none"}[link.direction]


def _short(text: str) -> str:
    return textwrap.shorten(text, _LABEL, placeholder=" …")
