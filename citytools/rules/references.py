"""References: each points at something that is there, and none in a circle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from citytools import suggest
from citytools.catalogue import Catalogue
from citytools.model import Dataset, Document, FieldPath, Finding, Record, Replaces, full_ref
from citytools.rules.registry import Subject, fault, fault_in, rule
from citytools.schema import properties

_IDLIKE = re.compile(r"[a-z0-9]+([-/][a-z0-9]+)*", re.ASCII)
_RECORDS = ("system", "contract")
_FILES = {
    "product": "catalogue-products",
    "supplier": "catalogue-suppliers",
    "function": "catalogue-functions",
    "area": "catalogue-functions",
    "skill-name": "catalogue-skills",
    "framework": "catalogue-frameworks",
    "system": "technology",
    "contract": "contracts",
}
_PLACES = {
    "product": "data/catalogue/products.yaml",
    "supplier": "data/catalogue/suppliers.yaml",
    "function": "data/catalogue/functions.yaml",
    "area": "data/catalogue/functions.yaml",
    "skill-name": "data/catalogue/skills.yaml",
    "framework": "data/catalogue/frameworks.yaml",
    "borough": "data/boroughs",
    "holder": "data/boroughs or data/bodies",
}
_NEW = {
    "product": "If the catalogue does not have it yet, write name: and what it is called, in place of product:",
    "framework": "If it is not there yet, leave the line out and name it in notes: someone will add it",
    "supplier-or-name": "If the supplier is not in the catalogue yet, write its full name with its capitals",
    "system-or-name": "If the system is not in the register, write its name with its capitals",
}


@rule("unknown-reference")
def unknown_reference(subject: Subject) -> Iterator[Finding]:
    """A reference points at something that exists."""
    known = {kind: {record.ref for record in subject.dataset.of(kind)} for kind in _RECORDS}
    for document in subject.dataset.documents:
        for field in properties(document.kind):
            target = field.definition.get("x-refers-to")
            if not target:
                continue
            for path, value in document.texts(field.path, partial(_missing, subject.catalogue, known, document, target)):
                if not _hidden(subject.dataset, document, target, value):
                    yield _unknown(subject.catalogue, known, document, path, target, value)
    yield from _functions_without_area(subject)


def _missing(catalogue: Catalogue, known: dict[str, set[str]], document: Document, target: str, value: str) -> bool:
    return bool(value) and not _exists(catalogue, known, document, target, value)


def _exists(catalogue: Catalogue, known: dict[str, set[str]], document: Document, target: str, value: str) -> bool:
    kind, _, free = target.partition("-or-")
    if free and not _IDLIKE.fullmatch(value):
        return True
    if kind in known:
        return full_ref(document.holder, value) in known[kind]
    if kind == "holder":
        return any(catalogue.entry(of, value) for of in ("borough", "body"))
    return catalogue.entry(kind, value) is not None


def _hidden(dataset: Dataset, document: Document, target: str, value: str) -> bool:
    """Whether what is referred to may stand in a file that could not be read: its own fault is enough said."""
    kind = target.partition("-or-")[0]
    if kind in _RECORDS:
        return dataset.unread(_FILES[kind], full_ref(document.holder, value).partition("/")[0])
    if kind in ("borough", "holder"):
        return dataset.unread("borough", value) or dataset.unread("body", value)
    return dataset.unread(_FILES[kind])


def _unknown(catalogue: Catalogue, known: dict[str, set[str]], document: Document, path: FieldPath, target: str, value: str) -> Finding:
    kind = target.partition("-or-")[0]
    if kind in known:
        own = f"{document.holder}/"
        suggestion = suggest.closest(value, [ref.removeprefix(own) for ref in sorted(known[kind])])
        message = f'no {kind} "{value}" is in the register' if "/" in value else f'this holder has no {kind} "{value}"'
        advice = _NEW.get(target, "Write the id of a record of this holder, or holder/id for another's")
        certain = Replaces.VALUE if suggest.same(value, suggestion) else Replaces.NOTHING
        return fault_in(document, path, message, advice=advice, suggestion=suggestion, replaces=certain)
    kinds = ("borough", "body") if kind == "holder" else (kind,)
    named = next((match.id for of in kinds if (match := catalogue.resolve(of, value))), "")
    thing = kind.removesuffix("-name")
    return fault_in(
        document,
        path,
        f'"{value}" is what the {thing} is called; its id belongs here' if named else f'no {thing} "{value}" is in {_PLACES[kind]}',
        advice="Write the id" if named else _NEW.get(target, f"Write an id from {_PLACES[kind]}"),
        suggestion=named or next((found for of in kinds if (found := catalogue.suggestion(of, value))), ""),
        replaces=Replaces.VALUE if named else Replaces.NOTHING,
    )


def _functions_without_area(subject: Subject) -> Iterator[Finding]:
    for record in subject.dataset.of("function"):
        area = record.id.partition("/")[0]
        if record.id and not subject.catalogue.entry("area", area):
            yield fault(
                record,
                ("id",),
                f'there is no area "{area}"',
                advice="Begin a function's id with the id of an area of this file",
                suggestion=subject.catalogue.suggestion("area", area),
            )


@rule("circular-reference")
def circular_reference(subject: Subject) -> Iterator[Finding]:
    """What replaces, owns or shares another does not lead back to itself."""
    for kind, field, following in (
        ("system", "replaces", _own("replaces")),
        ("system", "instance_of", _own("instance_of")),
        ("contract", "replaces", _own("replaces")),
        ("supplier", "parents", _parents),
    ):
        graph = {record.ref: following(record) for record in subject.dataset.of(kind)}
        for record in (record for record in subject.dataset.of(kind) if graph[record.ref]):
            way = _way_back(record.ref, graph)
            if way:
                message = f'following "{field}" from here leads back here: {" → ".join(way)}'
                yield fault(record, (field,), message, advice="Correct one of the records on the way")


def _own(field: str) -> Callable[[Record], list[str]]:
    def following(record: Record) -> list[str]:
        value = record.text(field)
        return [full_ref(record.holder, value)] if value else []

    return following


def _parents(record: Record) -> list[str]:
    parents = [parent.get("supplier") for parent in record.items("parents")[-1:] if isinstance(parent, dict)]
    return [parent for parent in parents if isinstance(parent, str)]


def _way_back(start: str, graph: dict[str, list[str]]) -> list[str]:
    """The shortest way round from a record to itself, both ends named; empty where there is none."""
    ways, seen = [[start]], set[str]()
    while ways:
        longer = [[*way, ref] for way in ways for ref in graph.get(way[-1], ())]
        back = next((way for way in longer if way[-1] == start), None)
        if back:
            return back
        ways = list({way[-1]: way for way in longer if way[-1] not in seen}.values())
        seen.update(way[-1] for way in ways)
    return []
