"""Who can advise or train whom: skills beside needs, and expertise that rests on one borough or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.model import Column, Table
from citytools.reports.asking import Asked
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask
from citytools.reports.words import enumerated, many

_SENTENCES = 5  # of the help that one borough can give or get
_NAMED = 3  # of those who could help or be helped, so many by name
_EXPERTISE, _WEAKER = 2, 4  # standings: expertise up to the one, only evidence to ask about from the other
_NEEDS = {"seeks": 0, "awareness": 1, "none": 1, "nothing": 2}
_WHY = {
    "awareness": "runs it with awareness only",
    "none": "runs it and says that it has no skill in it",
    "nothing": "runs it and states no skill in it",
}
_DOES = {
    "develop": "develops",
    "configure": "configures",
    "integrate": "integrates",
    "support": "supports",
    "manage-supplier": "manages its supplier",
    "train": "trains in",
}

COLUMNS = (
    Column("needing", "Boroughs that need help", "count", "lead"),
    Column("name", "What", "text", "heading"),
    Column("basis", "Product or skill", "text", "heading"),
    Column("id", "Id", "text", "hidden"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    """Skills and needs by record, and what was written of each."""

    abilities: Mapping[str, Mapping[str, Any]]
    needs: Mapping[tuple[str, str], Rows]
    texts: Mapping[tuple[str, str], list[str]]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A product or skill with the pairs of helper and needer in it, best first, each pair once."""

    basis: str
    id: str
    name: str
    pairs: Rows


def answer(index: Index, asked: Asked) -> list[Table]:
    """The report as asked for."""
    return [Table("", COLUMNS, ())]


def help_between(index: Index, borough: str) -> tuple[list[str], list[str]]:
    """Sentences of the help that a holder (an id) can give, and of what it can get, best first by the rank of the report."""
    sections = ask(index, question("skills"), {"stated": 0}, {"borough": [borough]})
    known = _known(sections)
    give = list(_subjects([row for row in sections["pairs"] if row["helper"] == borough], known))
    get = list(_subjects([row for row in sections["pairs"] if row["needer"] == borough], known))
    return _cut([_giving(subject, known) for subject in give], borough), _cut([_getting(subject, known) for subject in get], borough)


def _cut(sentences: list[str], borough: str) -> list[str]:
    more = len(sentences) - _SENTENCES
    said = [f"and {more:,} more, which citytools report skills --borough {borough} lists"] if more > 0 else []
    return sentences[:_SENTENCES] + said


def _known(sections: Mapping[str, Rows]) -> _Known:
    needs: dict[tuple[str, str], Rows] = defaultdict(list)
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sections["needs"]:
        needs[row["holder"], row["need"] or row["product"]].append(row)
    for row in sections["texts"]:
        texts[row["record"], row["sort"]].append(row["text"])
    abilities = {row["record"]: row for row in sections["abilities"]}
    names = {row["holder"]: row["holder_name"] for row in [*sections["abilities"], *sections["needs"]]}
    return _Known(abilities, needs, texts, names)


def _subjects(pairs: Rows, known: _Known) -> Iterator[_Subject]:
    """Pairs under what they are about, in the order of each one's best pair."""
    found: dict[tuple[str, str], dict[tuple[str, str], Mapping[str, Any]]] = {}
    for pair in _ranked(pairs, known):
        found.setdefault((pair["basis"], pair["subject"]), {}).setdefault((pair["helper"], pair["needer"]), pair)
    for (basis, subject), best in found.items():
        first = known.abilities[next(iter(best.values()))["record"]]
        yield _Subject(basis, subject, first["product_name" if basis == "product" else "skill_name"], list(map(dict, best.values())))


def _ranked(pairs: Rows, known: _Known) -> Rows:
    """Best first: see _FORMULA, which says it in words."""
    by_name = sorted(pairs, key=lambda row: (known.names[row["helper"]].casefold(), known.names[row["needer"]].casefold(), row["record"]))
    fresh_first = sorted(by_name, key=lambda row: row["seen"], reverse=True)
    return sorted(fresh_first, key=lambda row: (_NEEDS[row["sort"]], row["basis"] != "product", row["standing"], -row["offers"]))


def _giving(subject: _Subject, known: _Known) -> str:
    """What a borough can do, and for whom."""
    own = subject.pairs[0]
    needers = {sort: [known.names[row["needer"]] for row in subject.pairs if row["sort"] == sort] for sort in _NEEDS}
    seeking = f"{_some(needers['seeks'])} {_verb(needers['seeks'], 'seek')} help" if needers["seeks"] else ""
    running = [f"{_some(needers[sort])} {_run(needers[sort], why)}" for sort, why in _WHY.items() if needers[sort]]
    return f"{subject.name} ({_able(own, known)}): {'; '.join([*filter(None, [seeking]), *running])}"


def _getting(subject: _Subject, known: _Known) -> str:
    """What a borough seeks or lacks, and who could help."""
    strong = [f"{known.names[row['helper']]} ({_able(row, known)})" for row in subject.pairs if row["standing"] < _WEAKER]
    weak = [f"{known.names[row['helper']]} ({_able(row, known)})" for row in subject.pairs if row["standing"] >= _WEAKER]
    own = subject.pairs[0]
    why = f"seeks: {'; '.join(known.texts[own['need'], 'seeks'])}" if own["sort"] == "seeks" else _WHY[own["sort"]]
    who = [f"{_some(strong)} can help"] if strong else []
    asked = [f"ask {_some(weak)}"] if weak else []
    return f"{subject.name} ({why}): {'; '.join(who + asked)}"


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - _NAMED
    return enumerated([*names[:_NAMED], f"{more} more"] if more > 0 else names)


def _verb(names: Sequence[str], verb: str) -> str:
    return f"{verb}s" if len(names) == 1 else verb


def _run(names: Sequence[str], why: str) -> str:
    """What is said of one, said of several."""
    if len(names) == 1:
        return why
    return why.replace("runs", "run").replace("says that it has", "say that they have").replace("states", "state")


def _able(row: Mapping[str, Any], known: _Known) -> str:
    """How able someone is, in words: the level, or what is done where none is stated, and what is offered."""
    ability = known.abilities[row["record"]]
    does = [_DOES.get(each, each) for each in known.texts.get((row["record"], "does"), ())]
    level = ability["level"] or "level not stated"
    words = [f"{enumerated(does)} it, {level}"] if ability["standing"] == _WEAKER and does else [level]
    offers = known.texts.get((row["record"], "offers"))
    return ", ".join([*words, *([f"offers: {'; '.join(offers)}"] if offers else [])])
