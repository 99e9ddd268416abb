"""Who can advise or train whom, expertise that rests on one borough or on none, and apprentices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.model import Bars, Column, Table
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.helping import (
    FORMULA,
    NEEDS,
    OFFERS,
    RANK,
    RUNNING,
    Known,
    Row,
    Subject,
    grouped,
    helper,
    in_brief,
    known,
    level_of,
    order,
    seeker,
    sought,
)
from citytools.reports.sections import Rows, ask
from citytools.reports.words import enumerated, many, mark, percentage

_SENTENCES = 5  # of the help that one borough can give or get
_TEXT_BLOCKS, _TEXT_ROWS = 30, 60  # that text has room for; the other formats have them all
_NAMED = 3  # of those who could help or be helped, so many by name
_RUNS = {
    "awareness": ("runs it with awareness only", "run it with awareness only"),
    "none": ("runs it and says that it has no skill in it", "run it and say that they have no skill in it"),
    "nothing": ("runs it and states no skill in it", "run it and state no skill in it"),
}
_SIDES = ("can_help", "to_ask", "bodies", "declining")
_COUNTED = {"": "Boroughs that could be helped", "get": "Boroughs that could help", "give": "Boroughs that could be helped"}

COLUMNS = (
    Column("name", "What", "text", "heading"),
    Column("basis", "Product or skill", "text", "heading"),
    Column("says", "In short", "text", "heading"),
    Column("can_help", "Can help", "list", "detail"),
    Column("to_ask", "Ask", "list", "detail"),
    Column("bodies", "Bodies, not counted", "list", "detail"),
    Column("declining", "Able, and say that they offer no help", "list", "detail"),
    Column("seek", "Seek help", "list", "detail"),
    Column("bodies_seek", "Bodies that seek help, not counted", "list", "detail"),
    Column("runs_awareness", "Run it, with awareness only", "list", "detail"),
    Column("runs_none", "Run it, and say that they have no skill in it", "list", "detail"),
    Column("runs_nothing", "Run it, no skill in it stated", "list", "detail"),
    Column("shared", "Shared", "list", "detail"),
    Column("best", "Best pairs", "list", "detail"),
    Column("doubtful", "On low confidence", "list", "detail"),
    Column("pairs", "Pairs of boroughs", "count", "hidden"),
    Column("pairs_stated", "Pairs on a stated need", "count", "hidden"),
    Column("pairs_able", "Pairs on stated expertise or an offer", "count", "hidden"),
    Column("helpers", "Ids of who can help", "list", "hidden"),
    Column("askable", "Ids of whom to ask", "list", "hidden"),
    Column("seekers", "Ids of who seek help", "list", "hidden"),
    Column("runners", "Ids of who may need help", "list", "hidden"),
    Column("ranked", "Pairs, best first", "list", "hidden"),
    Column("records", "Skill records", "list", "hidden"),
    Column("last_seen", "Last seen", "date", "hidden"),
    Column("id", "Id", "text", "hidden"),
)
RARE = (
    Column("boroughs", "Run by", "count"),
    Column("name", "Product"),
    Column("held", "Practitioner or expert"),
    Column("others", "Others with some skill", "list"),
    Column("recent", "Seen recently to run it", "count", "hidden"),
    Column("expert", "Who alone has it", "text", "hidden"),
    Column("other_ids", "Ids of the others", "list", "hidden"),
    Column("id", "Id", "text", "hidden"),
)
APPRENTICES = (
    Column("apprentices", "Apprentices", "count"),
    Column("name", "Skill"),
    Column("boroughs", "Boroughs", "count"),
    Column("who", "Who", "list"),
    Column("records", "Skill records", "list", "hidden"),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the report is limited to; ids throughout, nothing for no limit. ``stated`` leaves out needs that are inferred."""

    boroughs: Sequence[str] = ()
    products: Sequence[str] = ()
    skills: Sequence[str] = ()
    stated: bool = False


@dataclass(frozen=True, slots=True)
class _View:
    """Which help a table shows: all (no ``side``), or what some holders can ``get`` or ``give``; products that were asked for by name."""

    side: str
    holders: Sequence[str]
    products: Sequence[str]

    def pair(self, pair: Row) -> bool:
        """Whether it belongs in the table."""
        return not self.side or pair["needer" if self.side == "get" else "helper"] in self.holders

    def alone(self, ability: Row) -> bool:
        """Whether a skill is shown without a pair."""
        if self.side:
            return self.side == "give" and bool(ability["offers"]) and ability["holder"] in self.holders
        return ability["standing"] is not None

    def alone_needed(self, need: Row) -> bool:
        """Whether a need is shown without a pair."""
        wanted = need["sort"] == "seeks" or need["product"] in self.products
        return wanted and (not self.side or (self.side == "get" and need["holder"] in self.holders))

    def others(self, subject: Subject, about: Known) -> int:
        """How many authorities could be helped, or could help: bodies are not counted."""
        if self.side == "get":
            return len({pair["helper"] for pair in subject.pairs if about.helper(pair)["counts"]})
        return len({pair["needer"] for pair in subject.pairs if about.need(pair)["counts"]})


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    lists = asked.lists
    return skills(index, Filters(lists["borough"], lists["product"], lists["skill"], asked["stated"]))


def skills(index: Index, filters: Filters) -> list[Table]:
    """Help (of boroughs asked for: to get and to give), expertise held by one or none unless only skills are asked for, apprentices."""
    sections = _asked(index, filters)
    about = known(sections)
    views = [_View(side, filters.boroughs, filters.products) for side in (("get", "give") if filters.boroughs else ("",))]
    tables = [_help(view, sections, about, filters, index) for view in views]
    if filters.products or not filters.skills:
        tables.append(_rare(sections, about, filters, index))
    return [*tables, _apprentices(sections, filters, index)]


def help_between(index: Index, borough: str) -> tuple[list[str], list[str]]:
    """Sentences of the help that a holder (an id) can give, and of what it can get, best first by the rank of the report."""
    sections = _asked(index, Filters([borough]))
    about = known(sections)
    give, get = ([*grouped((pair for pair in sections["pairs"] if pair[side] == borough), about).values()] for side in ("helper", "needer"))
    giving = [_giving(subject, about) for subject in sorted(give, key=_many_pairs)]
    getting = [_getting(subject, about) for subject in sorted(get, key=_many_pairs)]
    return _cut(giving, borough), _cut(getting, borough)


def _many_pairs(subject: Subject) -> tuple[Any, ...]:
    return order(subject, len(subject.pairs))


def _asked(index: Index, filters: Filters) -> dict[str, Rows]:
    lists = {"borough": filters.boroughs, "product": filters.products, "skill": filters.skills}
    return ask(index, question("skills"), {"stated": int(filters.stated)}, lists)


def _title(view: _View, index: Index) -> str:
    title = question("skills").title
    if not view.side:
        return f"{title}: who could help whom, as of {index.as_of}"
    return f"{title}: help that {_holders(view.holders, index)} could {view.side}, as of {index.as_of}"


def _holders(holders: Sequence[str], index: Index) -> str:
    return enumerated([index.catalogue.holder_name(each) for each in holders])


def _help(view: _View, sections: Mapping[str, Rows], about: Known, filters: Filters, index: Index) -> Table:
    subjects = sorted(_subjects(view, sections, about), key=lambda each: order(each, view.others(each, about)))
    rows = [_row(subject, view, about) for subject in subjects]
    facts = sections["coverage"][0]
    columns = (Column("count", _COUNTED[view.side], "count", "lead"), *COLUMNS)
    return Table(
        title=_title(view, index),
        columns=columns,
        rows=tuple(tuple(row[column.name] for column in columns) for row in rows),
        coverage=tuple(_coverage(rows, view, facts, index)),
        notes=() if view.side == "get" else tuple(_notes(facts, filters, index)),
        facts={**facts, "as_of": index.as_of.isoformat(), "stated": int(filters.stated), "rank": list(RANK)},
        chart=_bars(_COUNTED[view.side], rows, "count"),
        text_rows=_TEXT_BLOCKS,
    )


def _subjects(view: _View, sections: Mapping[str, Rows], about: Known) -> list[Subject]:
    """What has a pair, and what is sought or can be given without one."""
    asked = {(row["basis"], row["subject"]) for row in sections["subjects"]}
    found = grouped(filter(view.pair, sections["pairs"]), about)

    def place(row: Row) -> Subject | None:
        key = ("product", row["product"]) if row["product"] else ("skill", row["skill"])
        return found.setdefault(key, Subject(*key)) if key in asked else None

    for ability in filter(view.alone, about.abilities.values()):
        if subject := place(ability):
            subject.abilities[ability["record"]] = ability
    for need in filter(view.alone_needed, about.needs.values()):
        if subject := place(need):
            subject.needs[need["holder"], need["need"]] = need
    return list(found.values())


def _row(subject: Subject, view: _View, about: Known) -> dict[str, Any]:
    helpers = {side: [records for records in subject.people() if _side(records[0]) == side] for side in _SIDES}
    needs = {sort: [need for need in subject.needs.values() if need["sort"] == sort and need["counts"]] for sort in NEEDS}
    return {
        "count": view.others(subject, about),
        "name": subject.name,
        "basis": subject.basis,
        "says": ", ".join(filter(None, (*_help_in_short(helpers), *_needs_in_short(needs, bool(subject.needs))))),
        **{side: [helper(records, subject.basis, about) for records in found] for side, found in helpers.items()},
        "bodies_seek": [seeker(need, subject.basis, about) for need in subject.stated() if not need["counts"]],
        "seek": [seeker(need, subject.basis, about) for need in needs["seeks"]],
        **{f"runs_{sort}": [f"{need['holder_name']}{mark(need)}" for need in needs[sort]] for sort in RUNNING},
        "shared": list(_sharing(subject)),
        "best": _best(subject, about),
        "doubtful": sorted({row["holder_name"] for row in (*subject.abilities.values(), *subject.stated()) if row["confidence"] == "low"}),
        **_ids(subject, about),
        "helpers": [records[0]["holder"] for records in helpers["can_help"]],
        "askable": [records[0]["holder"] for records in helpers["to_ask"]],
        "seekers": list(dict.fromkeys(need["holder"] for need in needs["seeks"])),
        "runners": [need["holder"] for sort in RUNNING for need in needs[sort]],
    }


def _side(ability: Row) -> str:
    """Under which of _SIDES someone is listed, by the best of their skills."""
    if not ability["counts"]:
        return "bodies"
    if ability["offers_none"]:
        return "declining"
    return "can_help" if ability["standing"] <= OFFERS else "to_ask"


def _help_in_short(helpers: Mapping[str, Sequence[object]]) -> Iterator[str]:
    can, ask = len(helpers["can_help"]), len(helpers["to_ask"])
    yield f"{can} can help" if can else ""
    yield f"{ask} to ask" if ask else ""
    if not can and not ask:
        yield "bodies only" if helpers["bodies"] else "no help offered" if helpers["declining"] else "no helper known"


def _needs_in_short(needs: Mapping[str, Sequence[Row]], needed: bool) -> Iterator[str]:
    seeking, running = len({need["holder"] for need in needs["seeks"]}), sum(len(needs[sort]) for sort in RUNNING)
    yield f"{seeking} seek{'s' if seeking == 1 else ''} help" if seeking else ""
    yield f"{running} may need it" if running else ""
    yield "" if needed else "no need known"


def _ids(subject: Subject, about: Known) -> dict[str, Any]:
    """The pairs and records for machines."""
    pairs = [pair for pair in subject.pairs if about.helper(pair)["counts"] and about.need(pair)["counts"]]
    return {
        "pairs": len(pairs),
        "pairs_stated": sum(pair["sort"] == "seeks" for pair in pairs),
        "pairs_able": sum(pair["standing"] <= OFFERS for pair in pairs),
        "ranked": [f"{pair['helper']} for {pair['needer']}" for pair in subject.pairs],
        "records": list(subject.abilities),
        "last_seen": max((row["last_seen"] for row in subject.abilities.values() if row["last_seen"]), default=""),
        "id": subject.id.removeprefix("~"),
    }


def _sharing(subject: Subject) -> Iterator[str]:
    """Whose system those who may need help use."""
    owners: dict[str, list[str]] = defaultdict(list)
    for need in subject.needs.values():
        if need["owner_name"]:
            owners[need["owner_name"]].append(need["holder_name"])
    yield from (f"{enumerated(users)} {'uses' if len(users) == 1 else 'use'} the one that {owner} has" for owner, users in owners.items())


def _best(subject: Subject, about: Known) -> list[str]:
    """The best pairs, where there is a choice on both sides."""
    if min(len({pair[side] for pair in subject.pairs}) for side in ("helper", "needer")) < 2:
        return []
    more = len(subject.pairs) - _NAMED
    said = [" for ".join(about.names(pair)) for pair in subject.pairs[:_NAMED]]
    return [*said, f"and {more:,} more"] if more > 0 else said


def _coverage(rows: Sequence[Row], view: _View, facts: Row, index: Index) -> Iterator[str]:
    if view.side != "give":
        yield from _register(facts)
    among = " and ".join(_paired([row for row in rows if row["basis"] == basis], basis) for basis in ("product", "skill")) + " listed"
    if not view.side:
        yield f"In {among} someone could help someone else: {_pairs(rows)}."
    else:
        who = "another could help" if view.side == "get" else "another may need it"
        yield f"Of {_holders(view.holders, index)}: in {among} {who}."


def _paired(rows: Sequence[Row], basis: str) -> str:
    return f"{sum(bool(row['ranked']) for row in rows):,} of {many(len(rows), basis)}"


def _register(facts: Row) -> Iterator[str]:
    """What the register holds, and how old it is."""
    records = facts["records"]
    yield (
        f"{facts['reporting']} of {facts['authorities']} authorities report skills, {many(records, 'record')} in all: {facts['recent']:,} "
        f"seen in the last {facts['freshness_months']} months, since {facts['fresh_from']}; {facts['undated']:,} undated."
    )
    if facts["reporting_none"]:
        yield f"{facts['reporting_none']} more {'says' if facts['reporting_none'] == 1 else 'say'} that there are none."
    yield (
        f"A level is stated in {facts['with_level']:,} of the {records:,}, practitioner or expert in {facts['with_expertise']:,}; "
        f"help is offered in {facts['offering']:,} and sought in {facts['seeking']:,}."
    )
    if facts["bodies"]:
        bodies = f"{facts['bodies']} with {many(facts['body_records'], 'record')}"
        yield f"Bodies such as consortia ({bodies}) are named apart and never counted in the {facts['authorities']}."


def _pairs(rows: Sequence[Row]) -> str:
    """How many pairs, and on what they rest."""
    total, strong, stated = (sum(row[key] for row in rows) for key in ("pairs", "pairs_able", "pairs_stated"))
    needs = f"{stated:,} on a stated need, {total - stated:,} on an inferred one"
    return f"{many(total, 'pair')} of boroughs, {needs}; {strong:,} with stated expertise or an offer, {total - strong:,} to ask"


def _notes(facts: Row, filters: Filters, index: Index) -> Iterator[str]:
    yield "Not reported is not the same as not able or not in need: a borough that is not named may be either."
    yield "Can help: practitioner or expert as stated, or offering help. Ask: a team has it, no level is stated; that is not expertise."
    if filters.stated:
        yield "Needs that are inferred from running a product are left out."
    else:
        yield from _inferred(facts)
    yield FORMULA
    yield "Order: best pair, then the number in front: boroughs that could be helped (that could help, where a borough is to get help)."
    yield "A year in brackets is when a source last said so; what was said years ago may be over."
    if facts["unread"]:
        yield f"Nothing is inferred where the skills of a borough cannot be read: {facts['unread']} of them."
    if facts["of_nothing"]:
        yield f"Left out: {many(facts['of_nothing'], 'record')} naming neither skill nor product."
    if facts["later"]:
        yield f"Left out: {many(facts['later'], 'record')} first heard of after {index.as_of}."


def _inferred(facts: Row) -> Iterator[str]:
    runs, recent = facts["runs"], facts["runs_recent"] or 0
    yield (
        "May need it: runs the product and states awareness, no skill, or nothing. No one has said so: it is inferred, for "
        f"{facts['inferred']:,} of {many(runs, 'pair')} of borough and product in use. Seen recently: "
        f"{recent:,} of these {runs:,}{percentage(recent, runs)}."
    )


def _bars(title: str, rows: Sequence[Row], figure: str) -> Bars:
    return Bars(title, tuple((str(row["name"]), float(row[figure]), f"{row[figure]:,}") for row in rows if row[figure]))


def _rare(sections: Mapping[str, Rows], about: Known, filters: Filters, index: Index) -> Table:
    """Products whose expertise rests on one borough while others run it, and those that several run and nobody masters."""
    abilities: dict[str, Rows] = defaultdict(list)
    for ability in about.abilities.values():
        abilities[ability["product"] or ""].append(dict(ability))
    rows = [_rare_row(row, abilities[row["product"]]) for row in sections["rare"]]
    facts = sections["coverage"][0]
    return Table(
        title=f"Expertise in products that one borough holds alone, or none, as of {index.as_of}",
        columns=RARE,
        rows=tuple(tuple(row[column.name] for column in RARE) for row in rows),
        coverage=tuple(_rare_coverage(rows, facts, filters, index)),
        notes=tuple(_rare_notes(facts)),
        facts={**facts, "as_of": index.as_of.isoformat()},
        chart=_bars("Boroughs that run it", rows, "boroughs"),
        text_rows=_TEXT_ROWS,
    )


def _rare_row(row: Row, abilities: Rows) -> dict[str, Any]:
    own = [ability for ability in abilities if ability["holder"] == row["expert"] and ability["standing"] in (1, 2)]
    others: dict[str, str] = {}
    for ability in sorted(abilities, key=lambda ability: ability["standing"] or OFFERS):
        if ability["holder"] != row["expert"] and (ability["standing"] or ability["level"] == "working"):
            level = f"{'' if ability['counts'] else 'a body, '}{level_of(ability)}"
            others.setdefault(ability["holder"], f"{ability['holder_name']}{mark(ability)}: {level}")
    more = len(others) - _NAMED
    return {
        "boroughs": row["boroughs"],
        "name": row["name"],
        "held": _alone(own) if own else "none stated",
        "others": [*others.values()][:_NAMED] + ([f"and {more:,} more"] if more > 0 else []),
        "recent": row["recent"],
        "expert": row["expert"] or "",
        "other_ids": list(others),
        "id": row["product"],
    }


def _alone(records: Rows) -> str:
    best = min(records, key=lambda ability: (ability["offers_none"], ability["standing"]))
    return f"{best['holder_name']} alone{mark(best)}{', offers no help' if best['offers_none'] else ''}"


def _rare_coverage(rows: Sequence[Row], facts: Row, filters: Filters, index: Index) -> Iterator[str]:
    alone = sum(bool(row["expert"]) for row in rows)
    yield f"{many(alone, 'product')} with one borough's expertise that another runs, {len(rows) - alone:,} with none that two or more run."
    shared = f"{facts['products_shared']:,} of them in two or more of the {facts['authorities']} authorities"
    stated = f"{facts['with_product_expertise']:,} of {many(facts['records'], 'skill record')}"
    yield f"In the register: {many(facts['products'], 'product')} in use, {shared}; expertise in a product is stated in {stated}."
    if filters.boroughs:
        run = "runs" if len(filters.boroughs) == 1 else "run"
        yield f"Only products that {_holders(filters.boroughs, index)} {run}, or has the expertise in alone."


def _rare_notes(facts: Row) -> Iterator[str]:
    silent = facts["authorities"] - facts["reporting"] - facts["reporting_none"]
    yield (
        "Expertise: practitioner or expert in the product, as stated. None stated is not none: "
        f"{silent} of {facts['authorities']} authorities report nothing about skills."
    )
    yield "Order: held by one first; then boroughs that run it, then name. A product that one borough runs for itself is left out."
    if facts["outside_catalogue"]:
        yield f"Left out: {many(facts['outside_catalogue'], 'system')} that the catalogue has no product for, so that no skill can name it."


def _apprentices(sections: Mapping[str, Rows], filters: Filters, index: Index) -> Table:
    """Apprentices by skill, as many as are stated."""
    by_skill: dict[str, Rows] = defaultdict(list)
    for row in sections["apprentices"]:
        by_skill[row["id"] or row["record"]].append(row)
    rows = [_apprentices_row(key, found) for key, found in by_skill.items()]
    rows.sort(key=lambda row: (-row["apprentices"], str(row["name"]).casefold()))
    facts = sections["coverage"][0]
    return Table(
        title=f"Apprentices by skill, as of {index.as_of}",
        columns=APPRENTICES,
        rows=tuple(tuple(row[column.name] for column in APPRENTICES) for row in rows),
        coverage=tuple(_apprentices_coverage(sections["apprentices"], facts, filters, index)),
        notes=("Order: most apprentices. A borough that is not named has not said whether it has any.",),
        facts={**facts, "as_of": index.as_of.isoformat()},
        chart=_bars("Apprentices", rows, "apprentices"),
        text_rows=_TEXT_ROWS,
    )


def _apprentices_row(key: str, records: Rows) -> dict[str, Any]:
    stated = [row for row in records if row["counts"] and row["apprentices"] is not None]
    return {
        "apprentices": sum(row["apprentices"] for row in stated),
        "name": records[0]["name"],
        "boroughs": len({row["holder"] for row in stated}),
        "who": [_training(row) for row in sorted(records, key=lambda row: (-row["counts"], -(row["apprentices"] or 0)))],
        "records": [row["record"] for row in records],
        "id": key.removeprefix("~"),
    }


def _training(row: Row) -> str:
    number = "withheld" if row["apprentices"] is None else f"{row['apprentices']:,}"
    return f"{row['holder_name']}{mark(row)}: {number}{'' if row['counts'] else ' (a body, not counted)'}"


def _apprentices_coverage(records: Rows, facts: Row, filters: Filters, index: Index) -> Iterator[str]:
    counted = [row for row in records if row["counts"]]
    stated = [row for row in counted if row["apprentices"] is not None]
    limited = " as asked for" if filters.boroughs or filters.products or filters.skills else ""
    yield (
        f"{many(sum(row['apprentices'] for row in stated), 'apprentice')}{limited}, stated by {len({row['holder'] for row in stated})} of "
        f"{facts['authorities']} authorities in {len(stated):,} of {many(facts['records'], 'skill record')}."
    )
    if len(stated) < len(counted):
        yield f"Withheld in {len(counted) - len(stated):,} more."


def _cut(sentences: list[str], borough: str) -> list[str]:
    more = len(sentences) - _SENTENCES
    said = [f"and {more:,} more, which citytools report skills --borough {borough} lists"] if more > 0 else []
    return sentences[:_SENTENCES] + said


def _giving(subject: Subject, about: Known) -> str:
    """What a borough can do, and for whom."""
    names = {sort: [_needer(pair, about) for pair in subject.pairs if pair["sort"] == sort] for sort in NEEDS}
    seeking = [f"{_some(names['seeks'])} {'seeks' if len(names['seeks']) == 1 else 'seek'} help"] if names["seeks"] else []
    running = [f"{_some(names[sort])} {_RUNS[sort][len(names[sort]) > 1]}" for sort in RUNNING if names[sort]]
    return f"{subject.name} ({in_brief(about.helper(subject.pairs[0]), about)}): {'; '.join(seeking + running)}"


def _needer(pair: Row, about: Known) -> str:
    return f"{about.need(pair)['holder_name']}{mark(about.need(pair))}"


def _getting(subject: Subject, about: Known) -> str:
    """What a borough seeks or lacks, and who could help."""
    helpers = [(pair["standing"], about.names(pair)[0], in_brief(about.helper(pair), about)) for pair in subject.pairs]
    can, may = ([f"{name} ({how})" for standing, name, how in helpers if (standing <= OFFERS) == strong] for strong in (True, False))
    first = subject.pairs[0]
    why = f"seeks {sought(about.need(first), about)}" if first["sort"] == "seeks" else _RUNS[first["sort"]][0]
    who = [f"{_some(can)} can help"] if can else []
    return f"{subject.name} ({why}): {'; '.join(who + ([f'ask {_some(may)}'] if may else []))}"


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - _NAMED
    return enumerated([*names[:_NAMED], f"{more} more"] if more > 0 else names)
