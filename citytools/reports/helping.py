"""Who could help whom: pairs under what they are about, in the order of their rank, and how able and in need people are, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citytools.reports.sections import Rows
from citytools.reports.words import enumerated, many, mark

Row = Mapping[str, Any]

# Standings: 1 expert, 2 practitioner, 3 offers help at another level, 4 at work in it, 5 names it; no level stated for the last two.
OFFERS, WORKS = 3, 4
NEEDS = {"seeks": 0, "awareness": 1, "none": 1, "nothing": 2}
RUNNING = ("awareness", "none", "nothing")
RANK = ("need: stated, awareness or none, nothing stated", "basis: product, skill", "standing: 1 to 5", "offers", "older evidence")
FORMULA = (
    "Rank of a pair: a stated need first, then an inferred one (with awareness or no skill stated before nothing stated); the same product "
    "before the same skill elsewhere; expert, practitioner, offering help at another level, at work in it without a level, no level; "
    "offering before not; the pair whose older evidence is newer."
)

_DOES = {"develop": "develops", "configure": "configures", "integrate": "integrates", "support": "supports"}


@dataclass(frozen=True, slots=True)
class Known:
    """Skills by record, needs by holder and record (where inferred, product), and what was written of each skill."""

    abilities: Mapping[str, Row]
    needs: Mapping[tuple[str, str], Row]
    texts: Mapping[tuple[str, str], Sequence[str]]

    def helper(self, pair: Row) -> Row:
        """The skill that the pair rests on."""
        return self.abilities[pair["record"]]

    def need(self, pair: Row) -> Row:
        """The need that the pair rests on."""
        return self.needs[pair["needer"], pair["need"] or pair["subject"]]

    def names(self, pair: Row) -> tuple[str, str]:
        """Who helps and who is helped."""
        return self.helper(pair)["holder_name"], self.need(pair)["holder_name"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A product or skill: pairs of helper and needer, each once and the best first, and the records that have a part in it."""

    basis: str
    id: str
    pairs: list[Row] = field(default_factory=list)
    abilities: dict[str, Row] = field(default_factory=dict)
    needs: dict[tuple[str, str], Row] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The product's or skill's name."""
        rows: Iterable[Row] = (*self.abilities.values(), *self.needs.values())
        return next((str(row[f"{self.basis}_name"]) for row in rows if row[self.basis] == self.id), self.id)

    def stated(self) -> Rows:
        """Needs that are stated."""
        return [dict(need) for need in self.needs.values() if need["sort"] == "seeks"]

    def people(self) -> list[list[Row]]:
        """The skills of each holder, the best first; the holders in the order of their best."""
        found: dict[str, list[Row]] = defaultdict(list)
        newest_first = sorted(self.abilities.values(), key=lambda row: row["last_seen"] or "", reverse=True)
        for row in sorted(newest_first, key=lambda row: (row["offers_none"], row["standing"], -row["offers"])):
            found[row["holder"]].append(row)
        return list(found.values())


def known(sections: Mapping[str, Rows]) -> Known:
    """The rows of skills.sql, ready for looking up."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sections["texts"]:
        texts[row["record"], row["sort"]].append(row["text"])
    needs = {(row["holder"], row["need"] or row["product"]): row for row in sections["needs"]}
    return Known({row["record"]: row for row in sections["abilities"]}, needs, texts)


def grouped(pairs: Iterable[Row], about: Known) -> dict[tuple[str, str], Subject]:
    """Pairs under what they are about; of several between the same two the best is kept, and the records of all."""
    found: dict[tuple[str, str], Subject] = {}
    seen: set[tuple[str, str, str, str]] = set()
    for pair in _ranked(pairs, about):
        subject = found.setdefault((pair["basis"], pair["subject"]), Subject(pair["basis"], pair["subject"]))
        subject.abilities[pair["record"]] = about.helper(pair)
        subject.needs[pair["needer"], pair["need"]] = about.need(pair)
        key = subject.basis, subject.id, pair["helper"], pair["needer"]
        if key not in seen:
            seen.add(key)
            subject.pairs.append(pair)
    return found


def _ranked(pairs: Iterable[Row], about: Known) -> Rows:
    """Best first, as FORMULA says in words; among equals by name."""
    by_name = sorted(pairs, key=lambda pair: (*map(str.casefold, about.names(pair)), pair["record"], pair["need"]))
    newest_first = sorted(by_name, key=lambda pair: str(pair["older"]), reverse=True)
    return [dict(pair) for pair in sorted(newest_first, key=_rank)]


def _rank(pair: Row) -> tuple[int, ...]:
    return NEEDS[pair["sort"]], int(pair["basis"] != "product"), pair["standing"], -pair["offers"]


def order(subject: Subject, others: int) -> tuple[Any, ...]:
    """By the best pair, then how many others have a part; without a pair what is sought, then what is offered, then the rest."""
    if subject.pairs:
        return (*_rank(subject.pairs[0]), -others, subject.name.casefold())
    offered = any(ability["offers"] for ability in subject.abilities.values())
    return (len(NEEDS), 0 if subject.stated() else 1 if offered else 2, subject.name.casefold())


def helper(records: Sequence[Row], basis: str, about: Known) -> str:
    """Who, and how able: the best of several records in words, with its reference to look it up with."""
    best = records[0]
    offers = _offers(best, about)
    said = (able(best, about), _context(best, basis), f"Offers: {offers}" if offers else "")
    more = f" and {many(len(records) - 1, 'record')} more" if len(records) > 1 else ""
    return f"{best['holder_name']}{mark(best)}: {'. '.join(filter(None, said))} [{best['record']}]{more}"


def in_brief(ability: Row, about: Known) -> str:
    """How able someone is, what is offered, and the year of what was not seen recently, to stand in brackets."""
    offers, year = _offers(ability, about), mark(ability).strip(" ()")
    return ", ".join(filter(None, (able(ability, about), f"offers {offers}" if offers else "", year)))


def sought(need: Row, about: Known) -> str:
    """What is sought, in the borough's own words."""
    return _quoted(about.texts[need["need"], "seeks"])


def seeker(need: Row, basis: str, about: Known) -> str:
    """Who, and what is sought."""
    what = filter(None, (sought(need, about), _context(need, basis)))
    return f"{need['holder_name']}{mark(need)}: {'. '.join(what)}"


def _context(row: Row, basis: str) -> str:
    """The skill under a product, the product under a skill."""
    other = "skill" if basis == "product" else "product"
    return f"{other.capitalize()}: {row[f'{other}_name']}" if row[f"{other}_name"] else ""


def _quoted(texts: Sequence[str]) -> str:
    """What a borough says in its own words."""
    return ", ".join(f'"{text}"' for text in texts)


def able(ability: Row, about: Known) -> str:
    """How able someone is: the level, or what is done where none is stated, and how many people."""
    does = work(about.texts.get((ability["record"], "does"), ()), ability["product"]) if ability["standing"] == WORKS else ""
    people = f"{ability['people']:g} {'person' if ability['people'] == 1 else 'people'}" if ability["people"] else ""
    return ", ".join(filter(None, (does, level_of(ability), people)))


def _offers(ability: Row, about: Known) -> str:
    return _quoted(about.texts.get((ability["record"], "offers"), ()))


def level_of(ability: Row) -> str:
    """The level, or why there is none."""
    withheld = ability["level_withheld"]
    return ability["level"] or (f"level withheld ({withheld})" if withheld else "level not stated")


def work(does: Sequence[str], product: str | None) -> str:
    """What a team does with a product, or in a skill."""
    verbs = enumerated([_DOES[each] for each in does if each in _DOES])
    it = " it" if product and verbs else ""
    supplier = ("manages its supplier" if product else "manages suppliers") if "manage-supplier" in does else ""
    trains = ("trains others in it" if product else "trains others") if "train" in does else ""
    return enumerated([*filter(None, (verbs + it, supplier, trains))])
