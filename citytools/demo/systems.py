"""The systems of made-up boroughs: what each has, what replaced what, what two of them share."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citytools.demo import said
from citytools.demo.dice import REFERENCE, Dice, later
from citytools.demo.vocabulary import MADE_UP, Product, Vocabulary

# Of every hundred systems: a product for the service it is made for, one that has been replaced, a use of a platform.
_MADE_FOR, _REPLACED, _BUILT = 24, 7, 28
_FIRST, _LAST = datetime.date(1998, 1, 1), datetime.date(2026, 6, 30)
_FIRST_PLAN = datetime.date(2025, 1, 1)
_REPLACED_AFTER, _REPLACED_BEFORE = datetime.date(2008, 1, 1), datetime.date(2025, 11, 30)

_TECHNOLOGIES = (
    "ai",
    "machine-learning",
    "generative-ai",
    "chatbot",
    "rpa",
    "iot",
    "digital-twin",
    "computer-vision",
    "low-code",
    "open-data",
)
_STANDARDS = ("Open311", "OAuth 2.0", "BS 7666", "SAML 2.0", "OpenAPI", "WCAG 2.2", "GeoJSON", "FHIR", "iCalendar", "OData")
_OUTSIDE = ("GOV.UK Notify", "GOV.UK Pay", "Electronic mail gateway", "National address gazetteer", "Bank file exchange")
_DATA = (
    "addresses",
    "payments",
    "case status",
    "invoices",
    "customer details",
    "appointments",
    "documents",
    "staff and posts",
    "statutory returns",
    "service requests",
)
_NOTES = (
    "Used by one team only.",
    "The interface to the finance system is checked by hand every month.",
    "Being looked at as part of the application review.",
    "Licensed for the whole council, used by about half of it.",
    "Moved from our own servers to the supplier's in stages.",
    "The mobile part is not in use.",
)


@dataclass(slots=True, eq=False)
class System:
    """A made-up system as it is; ``fields`` says how much of that its record tells."""

    holder: str
    id: str
    title: str
    product: str
    supplier: str
    functions: tuple[str, ...]
    first: datetime.date
    bought: bool = True
    last: datetime.date | None = None
    planned: bool = False
    replaced: System | None = None
    owner: System | None = None
    partners: list[System] = field(default_factory=list)
    paid_elsewhere: bool = False
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """How other holders name it."""
        return f"{self.holder}/{self.id}"

    @property
    def in_use(self) -> bool:
        """Whether it is in use on the reference day."""
        return self.last is None and not self.planned


def landscape(dice: Dice, words: Vocabulary, holders: Sequence[str], count: int) -> dict[str, list[System]]:
    """The systems of each holder, about ``count`` of them, with fields."""
    found = {holder: _Borough(dice, words, holder).systems(count) for holder in holders}
    if len(holders) > 1:
        _share(dice, found, count)
    for systems in found.values():
        peers = [system for system in systems if system.in_use]
        for system in systems:
            system.fields = _fields(dice, system, peers, found)
    return found


class _Borough:
    """One holder's systems while they are being drawn: no id and no pair of product and function twice."""

    def __init__(self, dice: Dice, words: Vocabulary, holder: str) -> None:
        self.dice = dice
        self.words = words
        self.holder = holder
        self.found: dict[str, System] = {}

    def systems(self, count: int) -> list[System]:
        self.made_for_a_service(count * _MADE_FOR // 100)
        self.replaced(count * _REPLACED // 100)
        self.built_on_platforms(len(self.found) + count * _BUILT // 100)
        self.not_in_the_catalogue(count)
        for system in self.dice.some([system for system in self.found.values() if not system.replaced], count * 3 // 100):
            system.planned = system.last is None
        return sorted(self.found.values(), key=lambda system: system.id)

    def add(self, id: str, title: str, product: Product | None, functions: Sequence[str], supplier: str = "") -> System:
        maker, bought = (product.supplier, product.bought) if product else (supplier, True)
        first = self.dice.day(_FIRST, _LAST)
        system = System(self.holder, id, title, product.id if product else "", maker, tuple(sorted(functions)), first, bought)
        self.found[id] = system
        return system

    def made_for_a_service(self, limit: int) -> None:
        chosen: dict[str, tuple[Product, list[str]]] = {}
        for function in self.dice.some(list(self.words.by_function), len(self.words.by_function)):
            product = self.dice.popular(self.words.by_function[function])
            if product.id in chosen or len(chosen) < limit:
                chosen.setdefault(product.id, (product, []))[1].append(function)
        for product, functions in chosen.values():
            self.add(product.id, product.name, product, functions)

    def replaced(self, count: int) -> None:
        """Give some systems a predecessor: the same work in another product."""
        for successor in self.dice.some(list(self.found.values()), count):
            function = self.dice.one(successor.functions)
            others = [product for product in self.words.by_function[function] if product.id not in self.found]
            predecessor = self.add_another(self.dice.one(others), function) if others else self.add_made_up(function)
            if predecessor is None:
                continue
            successor.first = predecessor.last = self.dice.day(_REPLACED_AFTER, _REPLACED_BEFORE)
            predecessor.first = later(predecessor.last, -self.dice.between(36, 120))
            successor.replaced = predecessor

    def add_another(self, product: Product, function: str) -> System:
        return self.add(product.id, product.name, product, [function])

    def built_on_platforms(self, limit: int) -> None:
        chosen = [(platform, self.dice.popular(platform.products)) for platform in self.words.platforms]
        for _ in range(5 * limit if chosen else 0):
            platform, product = self.dice.one(chosen)
            function = self.dice.popular(platform.uses)
            use = f"{product.id}-{function.replace('/', '-')}"
            if len(self.found) < limit and use not in self.found and function not in product.functions:
                self.add(use, f"{self.words.names[function]} {platform.word} on {product.name}", product, [function])

    def not_in_the_catalogue(self, limit: int) -> None:
        for _ in range(20 * limit):
            if len(self.found) >= limit:
                break
            self.add_made_up(self.dice.one(self.words.functions))

    def add_made_up(self, function: str) -> System | None:
        """A system of a supplier that does not exist; the same few makers are popular for a function everywhere."""
        turn = self.words.functions.index(function) % len(MADE_UP)
        supplier = self.dice.popular(MADE_UP[turn:] + MADE_UP[:turn])
        brand = supplier.partition(" ")[0]
        name = f"{brand.lower()}-{function.replace('/', '-')}"
        return None if name in self.found else self.add(name, f"{brand} {self.words.names[function]}", None, [function], supplier)


def _share(dice: Dice, found: Mapping[str, list[System]], count: int) -> None:
    """Let some boroughs use another's instance, and some buy together what each runs for itself."""
    for holder, systems in found.items():
        for number in range(max(1, count * 3 // 100)):
            other = dice.one([each for each in found if each != holder])
            theirs = {system.product: system for system in found[other] if _for_sharing(system)}
            pairs = [(system, theirs[system.product]) for system in systems if _for_sharing(system) and system.product in theirs]
            pairs = [pair for pair in pairs if not (pair[0].partners and pair[1].partners)]
            if pairs:
                _join(*dice.one(pairs), one_instance=number % 3 < 2)


def _for_sharing(system: System) -> bool:
    return system.in_use and system.id == system.product and bool(system.supplier) and system.bought and not system.paid_elsewhere


def _join(one: System, other: System, *, one_instance: bool) -> None:
    """The one that has partners already, or had the product first, leads."""
    lead, partner = sorted((one, other), key=lambda system: (not system.partners, system.first, system.ref))
    lead.partners.append(partner)
    partner.paid_elsewhere = True
    if one_instance:
        partner.owner = lead
        partner.functions = lead.functions
        partner.first = max(partner.first, lead.first)


def _fields(dice: Dice, system: System, peers: Sequence[System], found: Mapping[str, list[System]]) -> dict[str, Any]:
    kept = {
        "id": system.id,
        "product": system.product,
        "name": "" if system.id == system.product else system.title,
        "supplier": "" if system.product else system.supplier,
        "functions": list(system.functions),
        "status": _status(dice, system),
        "hosting": _hosting(dice, system),
        "instance_of": system.owner.ref if system.owner else "",
        "replaces": system.replaced.id if system.replaced else "",
        "since": dice.partial(system.first) if not system.planned and dice.chance(60) else "",
    }
    if system.last:
        kept["until"] = dice.partial(system.last) if kept["status"] != "retired" or dice.chance(70) else ""
    elif kept["status"] == "retiring":
        kept["until"] = dice.partial(dice.day(datetime.date(2028, 1, 1), datetime.date(2032, 12, 31)))
    if system.in_use:
        kept |= _use(dice, system, peers, found)
    kept["notes"] = dice.one(_NOTES) if dice.chance(15) else ""
    kept |= said.sources(dice, system.ref, _FIRST_PLAN if system.planned else system.last or system.first, confirmable=not system.last)
    kept |= _gaps(dice, kept) if system.in_use else {}
    return {key: value for key, value in kept.items() if value}


def _status(dice: Dice, system: System) -> str:
    if system.planned:
        return dice.weighted(((65, "planned"), (35, "in-procurement")))
    if system.last:
        return dice.weighted(((70, "retired"), (30, "")))
    return dice.weighted(((52, "live"), (44, ""), (4, "retiring")))


def _hosting(dice: Dice, system: System) -> str:
    if system.owner:
        return "shared-service"
    own = ((45, "supplier-cloud"), (20, "own-data-centre"), (15, "public-cloud"), (8, "hybrid"), (12, ""))
    return dice.weighted(own)


def _use(dice: Dice, system: System, peers: Sequence[System], found: Mapping[str, list[System]]) -> dict[str, Any]:
    """What can be said of a system in use only."""
    rated = later(REFERENCE, -dice.between(0, 30)).isoformat()[:7]
    return {
        "users": dice.between(1, 60) * dice.weighted(((40, 1), (40, 7), (20, 60))) if dice.chance(30) else 0,
        "technologies": sorted(dice.some(_TECHNOLOGIES, dice.between(1, 2))) if dice.chance(8) else [],
        "standards": sorted(dice.some(_STANDARDS, dice.between(1, 3))) if dice.chance(12) else [],
        "connects_to": list(_connections(dice, system, peers, found)) if dice.chance(25) else [],
        "rating": {"value_for_money": dice.between(1, 5), "capability": dice.between(1, 5), "on": rated} if dice.chance(20) else {},
        "support": {"by": "shared" if system.owner else dice.weighted(((45, "supplier"), (55, "in-house")))} if dice.chance(40) else {},
    }


def _connections(dice: Dice, system: System, peers: Sequence[System], found: Mapping[str, list[System]]) -> Iterator[dict[str, Any]]:
    """Connections to systems that stand later in the file, so that none is told from both sides."""
    later_ones = [peer for peer in peers if peer.id > system.id]
    others = {peer.id: peer.id for peer in dice.some(later_ones, dice.between(1, 3))}
    for to in (*others, *([dice.one(_OUTSIDE)] if dice.chance(25) else [])):
        yield _connection(dice, to)
    if system.partners and not system.partners[0].owner:
        partner = system.partners[0]
        year = max(2018, partner.first.year)
        yield {**_connection(dice, partner.ref), "sharing_agreement": f"Information sharing agreement of {year}"}


def _connection(dice: Dice, to: str) -> dict[str, Any]:
    kept = {
        "to": to,
        "method": dice.weighted(((40, "api"), (20, "file"), (20, "sftp"), (8, "database"), (5, "message"), (7, "manual"))),
        "direction": dice.weighted(((40, "out"), (25, "in"), (20, "both"), (15, ""))),
        "frequency": dice.weighted(((35, "nightly"), (20, "at once"), (10, "hourly"), (10, "weekly"), (5, "monthly"), (20, ""))),
        "data": dice.one(_DATA) if dice.chance(70) else "",
        "sharing_agreement": f"Data sharing agreement {dice.between(2018, 2026)}" if dice.chance(10) else "",
    }
    return {key: value for key, value in kept.items() if value}


def _gaps(dice: Dice, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that were asked for and not found, or are known and held back: never one that is given."""
    unknown = [field for field in ("since", "users", "hosting") if not kept.get(field) and dice.chance(6)]
    withheld = [field for field in ("hosting",) if not kept.get(field) and field not in unknown and dice.chance(25)]
    return {
        "unknown": [said.not_found(dice, field) for field in unknown],
        "withheld": [said.held_back(dice, field, "FOIA s.31(1)(a)") for field in withheld],
    }
