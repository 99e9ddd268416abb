"""Pairs of records: the same fact told twice, and two that cannot both be right. Both places are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from citytools import timeline
from citytools.catalogue import Catalogue, normalise
from citytools.model import Finding, Record, Severity, full_ref
from citytools.rules.registry import Subject, fault, rule

_MIRRORED = {"out": "in", "in": "out", "both": "both"}
_NOT_IN_USE = ("planned", "in-procurement", "retired")


@rule("stated-twice", Severity.WARNING)
def stated_twice(subject: Subject) -> Iterator[Finding]:
    """A fact stands once: one record for a system or contract, a shared contract with its lead, a source once in its record."""
    dataset, catalogue, deals = subject.dataset, subject.catalogue, _deals(subject)
    for record, first in _repeated((record, _use(catalogue, record)) for record in dataset.of("system")):
        message = f"the same product for the same functions is also {first.id} ({first.at('id')})"
        advice = "Keep one record with the sources of both; if there are two installations, let functions say what each is for"
        yield fault(record, (), message, advice=advice)
    for record, first in _repeated((record, _deal(deals, record)) for record in dataset.of("contract")):
        message = f"supplier, dates and all else that tells contracts apart are the same in {first.id} ({first.at('id')})"
        yield fault(record, (), message, advice="Keep one record with the sources of both")
    led = _led(subject, deals)
    for record in dataset.of("contract"):
        for lead in _led_elsewhere(record, led, deals):
            message = f"this looks like {lead.ref} ({lead.at('id')}), which names {record.holder} as a party"
            yield fault(record, (), message, advice="A shared contract stands once, with its lead: take this one out")
    for records in dataset.records.values():
        for record in records:
            yield from _sources(record)


def _repeated(keyed: Iterable[tuple[Record, tuple[Any, ...]]]) -> Iterator[tuple[Record, Record]]:
    """Records whose key another record had before, with that record; an empty key is like no other."""
    first: dict[Any, Record] = {}
    for record, key in keyed:
        if key and first.setdefault(key, record).ref != record.ref:
            yield record, first[key]


def _use(catalogue: Catalogue, record: Record) -> tuple[Any, ...]:
    """What a system in use is, and for what; empty for one that is not in use."""
    name = record.text("product") or normalise(record.text("name"))
    product = catalogue.entry("product", record.text("product"))
    functions = record.items("functions") or (product.items("functions") if product else [])
    in_use = record.text("status") not in _NOT_IN_USE and not record.text("until")
    return (record.holder, name, *sorted(map(str, functions))) if name and in_use else ()


def _deal(deals: _Deals, record: Record) -> tuple[Any, ...]:
    """What makes a contract the one it is; empty where too little is stated to tell it from another."""
    begin = _begin(record)
    until = record.text("end") or record.fields.get("term_months")
    rest = (until, str(record.fields.get("value")), str(record.items("covers")), str(record.items("functions")))
    return (record.holder, deals.signed_by(record), begin, *rest) if begin and until and record.text("supplier") else ()


def _begin(record: Record) -> str:
    return record.text("start") or record.text("signed") or record.text("awarded")


@dataclass(frozen=True, slots=True)
class _Deals:
    """Who signed each contract, by its place in the dataset, and what the systems are that contracts cover."""

    suppliers: Mapping[str, str]
    things: Mapping[str, str]

    def signed_by(self, record: Record) -> str:
        """The id of the contract's supplier, or its name without what people write differently."""
        return self.suppliers.get(record.text("supplier"), "")

    def covered(self, record: Record) -> set[str]:
        """The products, or names, of the systems that the contract covers."""
        return {self.things.get(full_ref(record.holder, ref), "") for ref in record.texts("covers")} - {""}


def _deals(subject: Subject) -> _Deals:
    suppliers = {record.text("supplier") for record in subject.dataset.of("contract")}
    things = {record.ref: record.text("product") or normalise(record.text("name")) for record in subject.dataset.of("system")}
    return _Deals({supplier: _supplier(subject.catalogue, supplier) for supplier in suppliers if supplier}, things)


def _supplier(catalogue: Catalogue, text: str) -> str:
    match = catalogue.resolve("supplier", text)
    return match.id if match else normalise(text)


def _led(subject: Subject, deals: _Deals) -> dict[tuple[str, str, str], list[Record]]:
    """Contracts by each of their parties, by who signed and when they begin."""
    led: dict[tuple[str, str, str], list[Record]] = {}
    for record in subject.dataset.of("contract"):
        for party in record.texts("parties", "borough"):
            led.setdefault((party, deals.signed_by(record), _begin(record)), []).append(record)
    return led


def _led_elsewhere(record: Record, led: Mapping[tuple[str, str, str], Iterable[Record]], deals: _Deals) -> Iterator[Record]:
    """The contract of another holder that this one repeats for one of its parties."""
    supplier, begin = deals.signed_by(record), _begin(record)
    for lead in led.get((record.holder, supplier, begin), ()) if supplier and begin else ():
        ours, theirs = deals.covered(record), deals.covered(lead)
        apart = ours and theirs and not ours & theirs
        if lead.holder != record.holder and not apart and not _differ(record, lead):
            yield lead


def _differ(one: Record, other: Record) -> bool:
    """Whether both state an end or a term, and not the same."""
    pairs = ((one.text("end"), other.text("end")), (one.fields.get("term_months"), other.fields.get("term_months")))
    return any(ours and theirs and ours != theirs for ours, theirs in pairs)


def _sources(record: Record) -> Iterator[Finding]:
    seen: dict[tuple[Any, Any], int] = {}
    for number, source in enumerate(record.items("sources")):
        if isinstance(source, dict):
            key = str(source.get("url")), str(source.get("on"))
            if seen.setdefault(key, number) != number:
                message = f"this source is also number {seen[key] + 1} of this record"
                yield fault(record, ("sources", number), message, advice="Take one of them out")


@rule("contradiction", Severity.WARNING)
def contradiction(subject: Subject) -> Iterator[Finding]:
    """Two current records do not contradict each other; where sources disagree, both stay and this says so."""
    systems = {record.ref: record for record in subject.dataset.of("system")}
    for record in systems.values():
        yield from _instance(record, systems.get(record.text("instance_of")))
        yield from _replaced(record, systems.get(full_ref(record.holder, record.text("replaces"))))
        yield from _connections(record, systems)
    deals = _deals(subject)
    # By each system that they cover: a borough may have hundreds of contracts with one supplier, and few for one system.
    alike: dict[tuple[str, str, str], list[_Running]] = {}
    for record in subject.dataset.of("contract"):
        for running in filter(None, [_running(subject, deals, record)]):
            for system in running.systems:
                alike.setdefault((record.holder, running.supplier, system), []).append(running)
    pairs = {(one.record.ref, other.record.ref): (one, other) for each in alike.values() for one, other in combinations(each, 2)}
    for one, other in pairs.values():
        yield from _ends(one, other)


def _instance(record: Record, owner: Record | None) -> Iterator[Finding]:
    if owner is None:
        return
    ours, theirs = record.text("product"), owner.text("product")
    if ours and theirs and ours != theirs:
        message = f"the product is {ours} here and {theirs} in {owner.ref} ({owner.at('product')}), of which this is an instance"
        yield fault(record, ("product",), message, advice="Correct one of the two")
    if owner.text("status") == "retired" and record.text("status") == "live":
        message = f"this is live, and {owner.ref} ({owner.at('status')}), of which it is an instance, is retired"
        yield fault(record, ("status",), message, advice="Correct one of the two")


def _replaced(record: Record, former: Record | None) -> Iterator[Finding]:
    if former and former.text("status") == record.text("status") == "live" and not former.text("until"):
        message = f"this is live and replaces {former.id} ({former.at('status')}), which is stated live too"
        yield fault(record, ("replaces",), message, advice="Give the former one status: retiring or retired, or until")


def _connections(record: Record, systems: Mapping[str, Record]) -> Iterator[Finding]:
    """Connections that both ends state once, and differently; told at the end that comes later in the files."""
    for number, connection in enumerate(record.items("connects_to")):
        other = systems.get(full_ref(record.holder, connection["to"])) if _single(record.items("connects_to"), connection) else None
        back = [each for each in other.items("connects_to") if _to(other, each) == record.ref] if other else []
        if other is None or len(back) != 1 or other.at() > record.at():
            continue
        here, there = connection.get("direction"), back[0].get("direction")
        for field, differs in (
            ("direction", here in _MIRRORED and there in _MIRRORED and there != _MIRRORED[here]),
            ("method", {"method"} <= connection.keys() & back[0].keys() and connection["method"] != back[0]["method"]),
        ):
            if differs:
                message = f"{field} {connection[field]} does not fit {field} {back[0][field]} at the other end, {other.ref} ({other.at()})"
                yield fault(record, ("connects_to", number, field), message, advice="Correct one of the two")


def _single(connections: list[Any], connection: Any) -> bool:
    """Whether a connection is well formed and the only one to its other end."""
    return isinstance(connection, dict) and isinstance(connection.get("to"), str) and _count(connections, connection["to"]) == 1


def _count(connections: list[Any], to: str) -> int:
    return sum(isinstance(each, dict) and each.get("to") == to for each in connections)


def _to(record: Record, connection: Any) -> str:
    to = connection.get("to") if isinstance(connection, dict) else None
    return full_ref(record.holder, to) if isinstance(to, str) else ""


@dataclass(frozen=True, slots=True)
class _Running:
    """A contract that has an end and has not reached it."""

    record: Record
    supplier: str
    end: str
    systems: frozenset[str]
    includes: frozenset[str]


def _running(subject: Subject, deals: _Deals, record: Record) -> _Running | None:
    end = record.text("end")
    last, begin = timeline.last_day(end), timeline.day(_begin(record))
    if last is None or last < subject.as_of or (begin and begin.date > subject.as_of):
        return None
    value = record.fields.get("value")
    includes = value.get("includes") if isinstance(value, dict) else None
    systems = frozenset(full_ref(record.holder, ref) for ref in record.texts("covers"))
    parts = frozenset(part for part in includes if isinstance(part, str)) if isinstance(includes, list) else frozenset()
    return _Running(record, deals.signed_by(record), end, systems, parts)


def _ends(one: _Running, other: _Running) -> Iterator[Finding]:
    follows = (
        full_ref(other.record.holder, other.record.text("replaces")) == one.record.ref
        or full_ref(one.record.holder, one.record.text("replaces")) == other.record.ref
    )
    apart = one.includes and other.includes and not one.includes & other.includes
    if one.end != other.end and not follows and not apart:
        message = f"this ends {other.end}; {one.record.id} ({one.record.at('end')}), for the same system and supplier, ends {one.end}"
        yield fault(
            other.record,
            ("end",),
            message,
            advice="If one follows the other, say replaces; if they are for different things, say so in value: includes",
        )
