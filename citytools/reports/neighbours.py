"""A borough's systems beside those of the others: who else runs each, and whom to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from citytools.model import Column, Table, under
from citytools.reports.sections import Rows, by_key
from citytools.reports.words import many, percentage

_NAMED = 3  # of those who run a system too, so many by name
_SYSTEMS = 20  # so many on one page
_DOUBLES = 3
_EMPTY = {
    "none": "0 systems in use: none, as reported.",
    "unread": "0 systems can be shown: the file cannot be read. What to do: citytools validate.",
}

COLUMNS = (
    Column("what", "System, and what for", "text"),
    Column("others", "Others", "count"),
    Column("who", "Who else, the one to ask first", "text"),
    Column("name", "System", "text", "hidden"),
    Column("area", "Area", "list", "hidden"),
    Column("functions", "Functions", "list", "hidden"),
    Column("holders", "Who else", "list", "hidden"),
    Column("bodies", "Bodies, not counted", "list", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("system", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands beside the systems: the products here, functions by system, others by product, systems for the same by function."""

    own: Set[str]
    functions: Mapping[str, Rows]
    others: Mapping[str, Rows]
    alike: Mapping[str, Rows]
    named: int


def systems(sections: Mapping[str, Rows], duplicates: Table, borough: str, *, everything: bool) -> Table:
    """A row for each system in use by what it is for; on one page only those that most others run."""
    functions, alike = (by_key(sections[section], key) for section, key in (("functions", "system"), ("same_function", "function")))
    own = {system["thing"] for system in sections["systems"]}
    known = _Known(own, functions, by_key(sections["others"], "thing"), alike, len(sections["others"]) if everything else _NAMED)
    rows = [_row(system, known) for system in sections["systems"]]
    rows.sort(key=lambda row: (-row["others"], row["name"].casefold(), row["system"]))
    shown = rows if everything else _products_first(rows)[:_SYSTEMS]
    shown.sort(key=lambda row: (not row["area"], row["area"], row["purpose"].casefold(), row["name"].casefold()))
    return Table(
        title="Its systems, and who else runs each",
        columns=COLUMNS,
        rows=under(COLUMNS, shown),
        coverage=tuple(_coverage(rows, len(shown), duplicates, borough, sections["head"][0]["systems_state"])),
        notes=tuple(_notes(rows, len(shown), sections["head"][0]["authorities"])),
        facts={"systems": len(rows), "shown": len(shown), "possible_duplicates": len(duplicates.rows)},
    )


def _products_first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of each product, then the second: a page is not to be filled with one that runs many times."""
    times: Counter[str] = Counter()
    numbered = []
    for row in rows:
        times[row["thing"]] += 1
        numbered.append((times[row["thing"]], row))
    return [row for _, row in sorted(numbered, key=lambda pair: pair[0])]


def _row(system: Mapping[str, Any], known: _Known) -> dict[str, Any]:
    functions = known.functions.get(system["system"], [])
    others = _latest_first(known.others.get(system["thing"], []))
    authorities = [row for row in others if row["counts"]]
    bodies = [row["name"] for row in others if not row["counts"] and row["name"] != system["owner_name"]]
    purpose = ", ".join(row["name"] for row in functions)
    for_what = "" if purpose == system["name"] else f": {purpose or 'what for is not reported'}"
    return {
        "what": f"{system['name']}{_mark(system)}{for_what}",
        "name": system["name"],
        "purpose": purpose,
        "thing": system["thing"],
        "others": len(authorities),
        "alone": not (authorities or bodies or system["owner_name"]),
        "who": _who(system, authorities, bodies, functions, known),
        "area": list(dict.fromkeys(row["area"] for row in functions if row["area"])),
        "functions": [row["function"] for row in functions],
        "holders": [row["name"] for row in authorities],
        "bodies": bodies,
        "last_seen": system["last_seen"],
        "system": system["system"],
    }


def _latest_first(rows: Rows) -> Rows:
    by_name = sorted(rows, key=lambda row: row["name"].casefold() if "counts" in row else row["holder_name"].casefold())
    return sorted(by_name, key=lambda row: row["last_seen"] or "", reverse=True)


def _mark(system: Mapping[str, Any]) -> str:
    """The year of what was not seen recently, and what else one should know before relying on it."""
    seen = "" if system["seen"] == "recent" else system["last_seen"][:4] if system["last_seen"] else "undated"
    doubt = "low confidence" if system["confidence"] == "low" else ""
    retiring = "retiring" if system["status"] == "retiring" else ""
    marks = ", ".join(mark for mark in (seen, retiring, doubt) if mark)
    return f" ({marks})" if marks else ""


def _who(system: Mapping[str, Any], authorities: Rows, bodies: Sequence[str], functions: Rows, known: _Known) -> str:
    shared = f"a share of the one that {system['owner_name']} has" if system["owner_name"] else ""
    also = f"bodies: {', '.join(bodies)}" if bodies else ""
    here = "" if authorities or shared or also else "; ".join(filter(None, ("only here", _instead(functions, known))))
    return "; ".join(part for part in (shared, here, _named(authorities[: known.named], len(authorities)), also) if part)


def _named(rows: Rows, number: int) -> str:
    named = [f"{row['name']}{_year(row)}{'' if place else _mailbox(row)}" for place, row in enumerate(rows)]
    return ", ".join(named) + (f" and {number - len(rows)} more" if number > len(rows) else "")


def _year(row: Mapping[str, Any]) -> str:
    return "" if row["recent"] else f" ({row['last_seen'][:4]})" if row["last_seen"] else " (undated)"


def _mailbox(row: Mapping[str, Any]) -> str:
    return f" <{row['mailbox']}>" if row["mailbox"] else ""


def _instead(functions: Rows, known: _Known) -> str:
    """Who has something for the same that does not run here, where nobody else reports the system itself."""
    rows = _latest_first([row for function in functions for row in known.alike.get(function["function"], ())])
    if not rows:
        return "nobody else reports a system for this" if functions else ""
    if not (news := [row for row in rows if row["thing"] not in known.own]):
        return f"{_have(rows)} what runs here too: {', '.join(dict.fromkeys(row['name'] for row in rows))}"
    first = news[0]
    return f"{_have(news)} something else: ask {first['holder_name']}{_year(first)}{_mailbox(first)} about {first['name']}"


def _have(rows: Rows) -> str:
    number = len({row["holder"] for row in rows})
    return f"{many(number, 'other')} {'has' if number == 1 else 'have'}"


def _coverage(rows: Sequence[Mapping[str, Any]], shown: int, duplicates: Table, borough: str, state: str | None) -> Iterable[str]:
    if not rows:
        yield _EMPTY.get(state or "", "0 systems in use are reported. What to do: begin with those that others have, in the last part.")
        return
    shared, alone = sum(bool(row["others"]) for row in rows), sum(row["alone"] for row in rows)
    part = f"{shown} of " if shown < len(rows) else ""
    both = f"{shared}{percentage(shared, len(rows))}"
    yield f"{part}{many(len(rows), 'system')} in use; reported by other authorities too: {both}; only here: {alone}."
    if doubles := [_double(row) for row in duplicates.dicts()]:
        more = f"; and {len(doubles) - _DOUBLES} more" if len(doubles) > _DOUBLES else ""
        see = f"See: citytools report duplicates --borough {borough}."
        yield f"{many(len(doubles), 'possible duplicate')}. {'; '.join(doubles[:_DOUBLES])}{more}. {see}"


def _double(row: Mapping[str, Any]) -> str:
    """What may be there twice, and the systems by name where these are few; those of one product have none but their ids."""
    if row["sort"] == "product":
        return str(row["what"])
    return f"{row['what']}: {row['names'] if row['systems'] <= _NAMED else many(row['systems'], 'system')}"


def _notes(rows: Sequence[Mapping[str, Any]], shown: int, authorities: int) -> Iterable[str]:
    if rows:
        yield f"Others: those of the {authorities} authorities that report it. Who is not named may run it too. A year: when last seen."
    if shown < len(rows):
        yield f"Not shown: {len(rows) - shown} that fewest others run, or of a product shown. --all lists them, with everybody's name."
