"""The contracts of made-up boroughs: for one system, for several, with others, and for services."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from citytools.demo import said
from citytools.demo.dice import REFERENCE, Dice, later
from citytools.demo.systems import System
from citytools.demo.vocabulary import MADE_UP, Vocabulary

_TRIES = 50
_FIRST = datetime.date(2004, 1, 1)
_TERMS = ((12, 12), (23, 24), (35, 36), (20, 48), (10, 60))
_OPTIONS: tuple[tuple[int, tuple[int, ...]], ...] = ((40, ()), (20, (12,)), (18, (12, 12)), (15, (24,)), (7, (24, 24)))
_NOTICE = ((30, 1), (35, 3), (25, 6), (10, 12))
_ROUTES = (
    (22, "framework-call-off"),
    (18, "framework-direct-award"),
    (12, "further-competition"),
    (14, "open"),
    (16, "direct-award"),
    (10, "quotation"),
    (4, "competitive-flexible"),
    (2, "restricted"),
    (2, "negotiated"),
)
_INCLUDES = ("licences", "hosting", "support", "implementation", "services")
_CPV = ("48000000", "72000000", "72212000", "72260000", "72267000", "72300000", "72400000", "79410000")
_TITLES = ("{}", "{} licences and support", "Supply of {}", "{}, hosted", "{}: support and maintenance", "{} renewal")
_SERVICES = ("specialist support", "consultancy", "managed service", "maintenance", "implementation", "training", "data services")
_NOTES = (
    "Paid by the year, in advance.",
    "The price rises with inflation every April.",
    "Licences are counted once a year.",
    "Novated when the supplier was sold.",
    "Exit plan agreed at the start.",
    "The saving was shared between the parties.",
)


@dataclass(slots=True)
class _Term:
    """What a contract runs for: months, options in order with those taken first, and whether it runs on the reference day."""

    start: datetime.date
    months: int
    options: tuple[int, ...] = ()
    taken: int = 0
    running: bool = False
    rolls: int = 0
    committed: datetime.date = field(init=False)
    latest: datetime.date = field(init=False)

    def __post_init__(self) -> None:
        """Work out the last day with the options taken, and with those that can still be taken."""
        self.committed = later(self.start, self.months + sum(self.options[: self.taken]), -1)
        self.latest = later(self.start, self.months + sum(self.options), -1) if self.running else self.committed


def contracts(dice: Dice, words: Vocabulary, systems: Mapping[str, Sequence[System]], count: int) -> dict[str, list[dict[str, Any]]]:
    """The contracts of each holder, about ``count`` of them."""
    seen: set[tuple[Any, ...]] = set()
    return {holder: _Register(dice, words, holder, list(systems), seen).contracts(own, count) for holder, own in systems.items()}


def _together(systems: Sequence[System]) -> str:
    """What people call these systems in one contract."""
    return systems[0].title if len(systems) == 1 else f"{systems[0].title} and {len(systems) - 1} more"


class _Register:
    """One holder's contracts while they are being drawn: no id twice, and nothing that looks like the same contract twice."""

    def __init__(self, dice: Dice, words: Vocabulary, holder: str, holders: Sequence[str], seen: set[tuple[Any, ...]]) -> None:
        self.dice = dice
        self.words = words
        self.holder = holder
        self.others = [each for each in holders if each != holder]
        self.seen = seen
        self.found: dict[str, dict[str, Any]] = {}

    def contracts(self, systems: Sequence[System], count: int) -> list[dict[str, Any]]:
        bought = [system for system in systems if system.bought and not system.paid_elsewhere and not system.planned]
        covered: set[str] = set()
        for group in (*([system] for system in bought if system.partners), *self.bundles(bought, count)):
            self.chain(group)
            covered |= {system.id for system in group}
        for system in self.dice.some([system for system in bought if system.id not in covered], len(bought)):
            if len(self.found) < count * 3 // 4 and self.dice.chance(85):
                self.chain([system])
        for _ in range(20 * count):
            if len(self.found) < count:
                self.service()
        return sorted(self.found.values(), key=lambda contract: str(contract["id"]))

    def bundles(self, systems: Sequence[System], count: int) -> Iterator[list[System]]:
        """Systems of one supplier that are bought together."""
        of: dict[str, list[System]] = {}
        for system in systems:
            if system.in_use and system.product and system.supplier and not system.partners:
                of.setdefault(system.supplier, []).append(system)
        several = [group for group in of.values() if len(group) > 1]
        for group in self.dice.some(several, max(1, count // 100)):
            yield sorted(self.dice.some(group, self.dice.between(2, 4)), key=lambda system: system.id)

    def chain(self, systems: Sequence[System]) -> None:
        """A contract for these systems and those before it, each replacing the one before."""
        stem = systems[0].id if len(systems) == 1 else f"{systems[0].supplier}-agreement"
        for _ in range(_TRIES):
            terms = list(self.terms(max(system.first for system in systems), systems[0].last))
            ids = [f"{stem}-{term.start.year}" for term in terms]
            drafts = [self.contract(*each, systems) for each in zip(ids, [*ids[1:], ""], terms, strict=True)]
            if self.add(drafts):
                return

    def service(self) -> None:
        """A contract that covers no listed system."""
        function = self.dice.one((*self.words.services, *self.words.functions))
        what = self.dice.one(_SERVICES)
        term = self.running(_FIRST) if self.dice.chance(45) else self.ended(self.dice.day(datetime.date(2008, 1, 1), REFERENCE))
        name = f"{function.replace('/', '-')}-{what.replace(' ', '-')}-{term.start.year}"
        title = f"{self.words.names[function]}: {what}"
        self.add([self.contract(name, "", term, (), title=title, functions=[function])])

    def add(self, drafts: Sequence[dict[str, Any]]) -> bool:
        """Take the drafts, or none of them where one looks like a contract there is already."""
        keys = [key for draft in drafts for key in self.keys(draft)]
        ids = [draft["id"] for draft in drafts]
        if not self.seen.isdisjoint(keys) or len({*keys}) < len(keys) or len({*ids, *self.found}) < len(ids) + len(self.found):
            return False
        self.seen.update(keys)
        self.found.update(zip(ids, drafts, strict=True))
        return True

    def keys(self, draft: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
        terms = (draft.get("supplier"), draft.get("start"), draft.get("end"))
        return (self.holder, *terms), (*terms, draft.get("value", {}).get("amount"))

    def terms(self, first: datetime.date, last: datetime.date | None) -> Iterator[_Term]:
        """The terms of a chain, the latest first."""
        term = self.ended(last) if last else self.running(first)
        yield term
        while self.dice.chance(40):
            term = self.ended(later(term.start, 0, -1))
            if term.start < max(first, _FIRST):
                return
            yield term

    def running(self, first: datetime.date) -> _Term:
        """A term that began on or after the day and has not ended."""
        dice = self.dice
        months, options, rolls = dice.weighted(_TERMS), dice.weighted(_OPTIONS), dice.weighted(((90, 0), (8, 12), (2, 24)))
        taken = dice.between(1, len(options)) if options and dice.chance(35) else 0
        least, most = 1, months - 3
        if rolls:
            options, taken, least, most = (), 0, months + 1, months + 30
        elif taken:
            least, most = months - 2, months + sum(options[:taken]) - 3
        possible = (REFERENCE.year - first.year) * 12 + REFERENCE.month - first.month - 1
        if possible < least:
            taken, rolls, least, most = 0, 0, 1, months - 3
        begun = later(REFERENCE, -dice.between(least, min(most, possible)))
        return _Term(begun.replace(day=1 if dice.chance(65) else dice.between(2, 28)), months, options, taken, True, rolls)

    def ended(self, end: datetime.date) -> _Term:
        """A term that ended on the day, or a few days before where months are shorter."""
        months, options = self.dice.weighted(_TERMS), self.dice.weighted(_OPTIONS)
        taken = self.dice.between(0, len(options))
        return _Term(later(end, -months - sum(options[:taken]), 1), months, options, taken)

    def contract(
        self, id: str, replaces: str, term: _Term, systems: Sequence[System], *, title: str = "", functions: Sequence[str] = ()
    ) -> dict[str, Any]:
        dice = self.dice
        partners = [partner for system in systems for partner in system.partners] if term.running else []
        value, gaps = self.value(term)
        supplier = self.supplier(systems)
        kept: dict[str, Any] = {
            "id": id,
            "title": title or dice.one(_TITLES).format(_together(systems)),
            "supplier": supplier,
            "covers": [*(system.id for system in systems), *(partner.ref for partner in partners)],
            "functions": list(functions),
            "parties": self.parties([partner.holder for partner in partners], value.get("amount")) if partners else [],
            **self.dates(term, must_end=any(system.last for system in systems)),
            "notice_months": dice.weighted(_NOTICE) if dice.chance(40) or term.rolls else 0,
            "value": value,
            "route": self.route(term.start),
            "cpv": [dice.one(_CPV)] if dice.chance(30) else [],
            "notices": self.notices(id) if dice.chance(30) else [],
            "replaces": replaces,
            **(self.prospects(term, partners) if term.running else {}),
            "notes": dice.one(_NOTES) if dice.chance(20) else "",
            **said.sources(dice, f"{self.holder}/{id}", min(term.start, said.LAST_SOURCE), confirmable=term.running),
        }
        if not supplier:
            gaps.setdefault("unknown", []).append(said.not_found(dice, "supplier"))
        return {key: each for key, each in {**kept, **gaps}.items() if each}

    def supplier(self, systems: Sequence[System]) -> str:
        """Who signed: the maker, or someone who sells what others make."""
        if not systems:
            return self.dice.one(MADE_UP)
        maker, sellers = systems[0].supplier, self.words.resellers
        if len(systems) == 1 and systems[0].product and sellers and self.dice.chance(12 if maker else 60):
            return self.dice.one(sellers)
        return maker

    def parties(self, partners: Sequence[str], amount: int | Decimal | None) -> list[dict[str, Any]]:
        """The lead and its partners; shares, where they are given, add up to the value, or to less where one is missing."""
        if amount is None or self.dice.chance(25):
            return [{"borough": party} for party in (self.holder, *partners)]
        part = int(amount) // (len(partners) + 2)
        shares = [self.dice.between(part // 2 + 1, part) for _ in partners]
        found = [{"borough": self.holder, "amount": amount - sum(shares)}]
        found += [{"borough": party, "amount": share} for party, share in zip(partners, shares, strict=True)]
        if self.dice.chance(20):
            del found[-1]["amount"]
        return found

    def dates(self, term: _Term, *, must_end: bool) -> dict[str, Any]:
        """The dates as a source gives them: never two that do not fit, however precise they are."""
        dice = self.dice
        precision = dice.weighted(((62, 10), (20, 7 if term.start.day == 1 else 10), (18, 4)))
        says_end = must_end or dice.chance(75)
        says_term = precision > 4 and (dice.chance(60) if says_end else dice.chance(80))
        basis = dice.weighted(
            ((60, "committed"), (20, "includes-options" if term.latest > term.committed else "committed"), (20, "unknown"))
        )
        end = term.latest if basis == "includes-options" else term.committed
        lists_options = term.taken > 0 or dice.chance(85)
        signed = later(term.start, 0, -dice.between(5, 60)) if dice.chance(45) else None
        awarded = later(signed or term.start, 0, -dice.between(10, 40)) if dice.chance(30) else None
        return {
            "awarded": awarded.isoformat() if awarded else "",
            "signed": signed.isoformat() if signed else "",
            "start": term.start.isoformat()[:precision],
            "end": end.isoformat()[:precision] if says_end else "",
            "term_months": term.months if says_term else 0,
            "end_basis": basis if says_end else "",
            "extensions": self.extensions(term) if lists_options or (says_term and basis == "includes-options") else [],
            "rolls_months": term.rolls,
        }

    def extensions(self, term: _Term) -> list[dict[str, Any]]:
        """The options: taken, then available in a contract that runs and lapsed in one that has ended."""
        rest = ("available" if self.dice.chance(75) else "") if term.running else "lapsed"
        notice = self.dice.weighted(_NOTICE) if self.dice.chance(30) else 0
        statuses = ["taken" if number < term.taken else rest for number in range(len(term.options))]
        found = (
            {"months": months, "notice_months": notice, "status": status} for months, status in zip(term.options, statuses, strict=True)
        )
        return [{key: value for key, value in option.items() if value} for option in found]

    def value(self, term: _Term) -> tuple[dict[str, Any], dict[str, list[dict[str, str]]]]:
        """The value, or why there is none."""
        dice = self.dice
        match dice.weighted(((73, "given"), (9, "withheld"), (8, "unknown"), (10, "not stated"))):
            case "withheld":
                return {}, {"withheld": [said.held_back(dice, "value", "FOIA s.43(2)")]}
            case "unknown":
                return {}, {"unknown": [said.not_found(dice, "value")]}
            case "not stated":
                return {}, {}
        value = {
            "amount": dice.amount(),
            "currency": "GBP",
            "for": dice.weighted(
                ((42, "initial-term"), (23, "whole-term" if term.options else "initial-term"), (20, "year"), (15, "unknown"))
            ),
            "includes": [each for each in _INCLUDES if dice.chance(40)] if dice.chance(50) else [],
            "vat": dice.weighted(((50, "excluded"), (10, "included"), (25, "unknown"), (15, ""))),
        }
        return {key: each for key, each in value.items() if each}, {}

    def route(self, start: datetime.date) -> dict[str, Any]:
        if not self.dice.chance(60):
            return {}
        kind = self.dice.weighted(_ROUTES)
        if start.year < 2025 and kind == "competitive-flexible":
            kind = "open"  # the procedure came with the Procurement Act 2023, in force from February 2025
        by_then = later(start, -4).isoformat()
        usable = [
            each.id for each in self.words.frameworks if (each.first or "2019") <= by_then and start.isoformat() <= (each.last or "2025")
        ]
        named = kind.startswith("framework") or kind == "further-competition"
        return {"kind": kind} | ({"framework": self.dice.one(usable)} if named and usable else {})

    def notices(self, id: str) -> list[dict[str, str]]:
        number = f"{self.dice.between(0, 0xFFFFFF):06x}"
        return [{"ocid": f"ocds-synthetic-{number}", "url": f"{said.ADDRESS}/notices/{self.holder}/{id}-{number}"}]

    def prospects(self, term: _Term, partners: Sequence[System]) -> dict[str, Any]:
        """What is said only of a contract that runs: who may join it, and what is to follow it."""
        dice, found = self.dice, dict[str, Any]()
        if dice.chance(5):
            found["lead_months"] = dice.weighted(((40, 12), (40, 18), (20, 24)))
        others = [other for other in self.others if other not in {partner.holder for partner in partners}]
        if others and dice.chance(5):
            joining = {"named": sorted(dice.some(others, dice.between(1, 3))), "how": "Access agreement with the lead borough"}
            found["open_to_others"] = joining | ({"until": term.committed.isoformat()} if not term.rolls and dice.chance(50) else {})
        if dice.chance(35):
            intention = dice.weighted(((35, "renew"), (30, "replace"), (10, "join"), (8, "retire"), (17, "undecided")))
            found["plan"] = {"intention": intention}
            if intention in ("replace", "join") and term.committed > later(REFERENCE, 4):
                day = dice.day(later(REFERENCE, 3), max(later(term.committed, -6), later(REFERENCE, 3)))
                found["plan"]["approach_market"] = day.isoformat()[:7]
        return found
