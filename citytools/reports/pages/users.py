"""Who uses what a page is about, who tries it out, plans it or has left it, and by when each has to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from citytools.model import Column, Table, under
from citytools.reports import agreements
from citytools.reports.pages import contracts
from citytools.reports.pages.found import Found, grouped
from citytools.reports.sections import Rows
from citytools.reports.words import day, many, possessive, year

HOSTING = {"supplier-cloud": "supplier's cloud", "own-data-centre": "own data centre", "hybrid": "partly in a cloud"}
OTHER_STAGES = ("on trial", "planned", "gone")
NOT_REPORTED = "not reported"
_ITEMS = 6  # of what is said of one holder, so much in words
_APART = 3  # so many systems of one product are told one by one
_STAGES = {"gone": "no longer"}

COLUMNS = (
    Column("holder", "Borough"),
    Column("stage", "Stage"),
    Column("seen", "Seen"),
    Column("decide", "Decide by"),
    Column("what", "What is known", "list"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("decide_by", "Decide-by", "date", "hidden"),
    Column("since", "Since", "date", "hidden"),
    Column("hosting", "Hosting", "list", "hidden"),
    Column("users", "Users, as far as stated", "count", "hidden"),
    Column("products", "Products", "list", "hidden"),
    Column("functions", "Functions", "list", "hidden"),
    Column("systems", "Systems", "list", "hidden"),
    Column("contracts", "Contracts", "list", "hidden"),
    Column("holder_id", "Id of the holder", "text", "hidden"),
)


@dataclass(slots=True)
class _User:
    """One holder with its systems at one stage, and the contracts that it has a part in."""

    id: str
    name: str
    stage: str
    systems: Rows = field(default_factory=list)
    contracts: Rows = field(default_factory=list)
    over: Rows = field(default_factory=list)

    @property
    def first(self) -> Mapping[str, Any] | None:
        """The contract on which to decide first."""
        due = (contract for contract in self.contracts if contract["standing"] == "due")
        return min(due, key=lambda contract: (contract["decide_by"], contract["contract"]), default=None)


@dataclass(frozen=True, slots=True)
class Naming:
    """What a page says of each system: its product, the company that makes it (by its id) and what it is for (by system)."""

    products: bool = False
    companies: Mapping[str, str] = field(default_factory=dict)
    purposes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def members(found: Found) -> set[str]:
    """The authorities with a system in use, or with a contract in force for what is not a system of theirs."""
    return {user.id for user in _users(found, ("in use",), counts=True)}


def in_use(found: Found, title: str, naming: Naming) -> Table:
    """A row for each of these, the first to decide first."""
    users = sorted(_users(found, ("in use",), counts=True), key=_urgency)
    undecided = all(_decide(user, found) == NOT_REPORTED for user in users)
    table = _table(title, "users", users, found, naming, hidden={"stage", *(["decide"] if undecided else [])})
    notes = () if users else ("Not reported is not the same as not in use.",)
    return replace(table, coverage=tuple(_coverage(users, found)), notes=notes)


def otherwise(found: Found, naming: Naming) -> Table:
    """A row for each authority and stage short of use, or after it."""
    users = _users(found, OTHER_STAGES, counts=True)
    users.sort(key=lambda user: (OTHER_STAGES.index(user.stage), user.name))
    return _table("Trials, plans and former users", "other stages", users, found, naming)


def bodies(found: Found, naming: Naming) -> Table:
    """A row for each body and stage; bodies are never counted among the authorities."""
    users = _users(found, ("in use", *OTHER_STAGES), counts=False)
    table = _table(f"Bodies, never counted in the {found.facts['authorities']}", "bodies", users, found, naming)
    columns = (replace(column, title="Body") if column.name == "holder" else column for column in table.columns)
    return replace(table, columns=tuple(columns))


def _table(title: str, part: str, users: Sequence[_User], found: Found, naming: Naming, hidden: Collection[str] = ()) -> Table:
    rows = [_row(user, found, naming) for user in users]
    empty = {column.name for column in COLUMNS if not any(row[column.name] for row in rows)}
    columns = tuple(replace(column, place="hidden") if column.name in {*hidden, *empty} else column for column in COLUMNS)
    content = under(columns, rows)
    return Table(title, columns, content, facts={"part": part, "as_of": found.as_of})


def _users(found: Found, stages: Collection[str], *, counts: bool) -> list[_User]:
    """Holders by stage; a contract makes a user only of a holder that has no system it could be for."""
    users: dict[tuple[str, str], _User] = {}
    for system in found.staged(*stages, counts=counts):
        user = _User(system["holder"], system["holder_name"], system["stage"])
        users.setdefault((user.id, user.stage), user).systems.append(system)
    with_system = {system["holder"] for system in found.systems}
    for contract in contracts.in_force(found) if "in use" in stages else ():
        for holder in found.holders.get(contract["contract"], []):
            alone = _covers_nothing(contract, found) or holder["holder"] not in with_system
            if alone and bool(holder["counts"]) is counts:
                users.setdefault((holder["holder"], "in use"), _User(holder["holder"], holder["name"], "in use"))
    using = {system["holder"] for system in found.staged("in use", counts=counts)}
    for user in users.values():
        if user.stage != "in use" and user.id in using:
            continue  # its contracts stand with what it uses
        user.contracts += [contract for contract in found.contracts if user.id in found.ids(contract["contract"])]
        user.over += [contract for contract in found.over if user.id in found.ids(contract["contract"])]
    return sorted(users.values(), key=lambda user: user.name)


def _covers_nothing(contract: Mapping[str, Any], found: Found) -> bool:
    return not any(row["here"] for row in found.covered.get(contract["contract"], []))


def _urgency(user: _User) -> tuple[str, bool, bool, str]:
    """Who decides first; then those who have to ask when, and those of whom no contract is reported."""
    return user.first["decide_by"] if user.first else "9999", not user.contracts, not user.over, user.name


def _coverage(users: Sequence[_User], found: Found) -> Iterator[str]:
    if not users:
        yield f"None of the {found.facts['authorities']} authorities is reported here."
        return
    only = sum(not user.systems for user in users)
    known, uncertain = sum(user.first is not None for user in users), sum(not user.first and bool(user.contracts) for user in users)
    systems = f"{len(users) - only} with a system in use{f', {only} only with a contract' if only else ''}"
    if known or uncertain:
        yield f"{systems}. By when to decide is known for {known} of {len(users)}; {uncertain} more with a contract without such a day."
    else:
        yield f"{systems}. No contract is reported that is not over, so by when they have to decide is not known for any of them."


def _row(user: _User, found: Found, naming: Naming) -> dict[str, Any]:
    records = user.systems or user.contracts
    dates = sorted(row["last_seen"] for row in records if row["last_seen"])
    since = sorted(system["since"] for system in user.systems if system["since"])
    numbers = [system["users"] for system in user.systems if system["users"] is not None]
    return {
        "holder": user.name,
        "stage": _STAGES.get(user.stage, user.stage),
        "seen": dates[-1] if dates else "undated",
        "decide": _decide(user, found),
        "what": _cut(list(_said(user, found, naming))),
        "last_seen": dates[-1] if dates else "",
        "decide_by": agreements.earliest([user.first]) if user.first else "",
        "since": since[0] if since else "",
        "hosting": sorted({system["hosting"] for system in user.systems if system["hosting"]}),
        "users": sum(numbers) if numbers else None,
        "products": sorted({system["name"] for system in user.systems}),
        "functions": sorted({name for system in user.systems for name in naming.purposes.get(system["system"], ())}),
        "systems": [system["system"] for system in user.systems],
        "contracts": [contract["contract"] for contract in user.contracts],
        "holder_id": user.id,
    }


def _decide(user: _User, found: Found) -> str:
    """The first day by which to decide, or why none can be told."""
    if user.stage == "gone":
        return ""
    if user.first:
        first = user.first
        if first["too_short"]:
            return "at once"
        return day(first["decide_by"], first["about"]) + (", late" if agreements.late(first, found.as_of) else "")
    standings = {contract["standing"] for contract in user.contracts}
    if "ask" in standings:
        return "end uncertain"
    if standings:
        return "agreed" if "agreed" in standings else "to begin"
    return "contract over" if user.over else NOT_REPORTED if user.stage == "in use" else ""


def _said(user: _User, found: Found, naming: Naming) -> Iterator[str]:
    if naming.products:
        yield from _named(user.systems, found, naming)
    elif len(user.systems) > _APART:
        yield from _together(user.systems, found)
    else:
        yield from (_detailed(system, len(user.systems), found) for system in user.systems)
    for contract in user.contracts:
        if not user.systems or _covers_nothing(contract, found):
            supplier = contract["supplier_name"] or "supplier not stated"
            begins = " to begin" if contract["standing"] == "to begin" else ""
            yield f"contract{begins}: {contract['title']}" + ("" if supplier in contract["title"] else f" ({supplier})")


def _cut(items: list[str]) -> list[str]:
    more = len(items) - _ITEMS
    return items if more <= 1 else [*items[:_ITEMS], f"and {more} more"]


def _together(systems: Rows, found: Found) -> Iterator[str]:
    """What is said of many systems of one product in one place."""
    yield many(len(systems), "system")
    yield from dict.fromkeys(_hosted(system) for system in systems if system["hosting"])
    marks = Counter(mark for system in systems for mark in (*_marks(system), *_moves(system, found)))
    yield from (f"{number} {mark}" for mark, number in marks.items())


def _detailed(system: Mapping[str, Any], number: int, found: Found) -> str:
    """All that is said of one system, under its id where there are several."""
    said = ", ".join(_details(system, found))
    return said if number == 1 else ": ".join(filter(None, (system["system"].partition("/")[2], said)))


def _hosted(system: Mapping[str, Any]) -> str:
    return HOSTING.get(system["hosting"], str(system["hosting"]).replace("-", " "))


def _named(systems: Rows, found: Found, naming: Naming) -> Iterator[str]:
    """Each product once, with what must not be overlooked of it, or how often it is there."""
    for rows in grouped(systems, "thing").values():
        latest = max(rows, key=lambda row: (row["seen"] == "recent", row["last_seen"] or ""))
        marks = [naming.companies.get(latest["maker"] or "", ""), year(latest)]
        if len(rows) == 1:
            marks += [*_marks(latest), *_moves(latest, found)]
        said = ", ".join(mark for mark in marks if mark)
        yield "".join((f"{len(rows)} × " if len(rows) > 1 else "", latest["name"], f" ({said})" if said else ""))


def _details(system: Mapping[str, Any], found: Found) -> Iterator[str]:
    """All that is said of one system."""
    yield from _marks(system)
    if system["since"]:
        yield f"since {system['since']}"
    if system["until"]:
        yield f"until {system['until']}"
    if system["hosting"]:
        yield _hosted(system)
    if system["users"] is not None:
        yield many(system["users"], "user")
    yield from _sharers(system, found)
    yield from _moves(system, found)
    yield from _rating(system)
    yield from (f"{row['field']} withheld ({row['reason']})" for row in found.withheld.get(system["system"], []))


def _marks(system: Mapping[str, Any]) -> Iterator[str]:
    if system["status"] == "retiring":
        yield "being retired"
    if system["status"] == "in-procurement":
        yield "being bought"
    if system["owner_name"]:
        yield f"{possessive(system['owner_name'])} instance"
    if system["confidence"] == "low":
        yield "on low confidence"


def _sharers(system: Mapping[str, Any], found: Found) -> Iterator[str]:
    others = [other["holder_name"] for other in found.systems if other["instance_of"] == system["system"] and other["stage"] == "in use"]
    if others:
        yield f"shared with {', '.join(others)}"


def _moves(system: Mapping[str, Any], found: Found) -> Iterator[str]:
    """What the system took the place of, or gives way to, where that is something else."""
    for move in found.moves.get(system["system"], []):
        if move["thing"] != system["thing"]:
            yield f"{move['way']} {move['name']}"


def _rating(system: Mapping[str, Any]) -> Iterator[str]:
    ratings = (("rating_value_for_money", "value for money"), ("rating_capability", "capability"))
    said = [f"{name} {system[key]} of 5" for key, name in ratings if system[key] is not None]
    if said:
        yield f"rated {' and '.join(said)}" + (f" in {system['rating_on'][:4]}" if system["rating_on"] else "")
