"""Ids and holders: each thing once, each file under a holder that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from citytools import suggest
from citytools.model import Finding, Location, Record
from citytools.rules.registry import Subject, fault, fault_in, rule
from citytools.schema import properties

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
_TIERS = ("public", "members", "lead")


@rule("duplicate-id")
def duplicate_id(subject: Subject) -> Iterator[Finding]:
    """An id stands once in its list."""
    for records in subject.dataset.records.values():
        first: dict[str, Record] = {}
        for record in records:
            if not record.id:
                continue
            known = first.setdefault(record.ref, record)
            if known is not record:
                yield fault(
                    record,
                    ("id",),
                    f'the id "{record.id}" is also on line {known.at("id").line}',
                    advice="Give each record an id of its own; if it is the same thing, keep one record",
                )


@rule("ambiguous-name")
def ambiguous_name(subject: Subject) -> Iterator[Finding]:
    """A name or alias in the catalogue belongs to one entry only."""
    for kind in ("product", "supplier", "framework", "borough", "body"):
        for form, entries in subject.catalogue.shared_names(kind):
            first, *others = entries
            for entry in others:
                yield fault(
                    entry,
                    ("name",),
                    f'"{form}" names this {kind} and also {first.id} ({first.at()})',
                    advice="Leave the name or alias with one of them",
                )


@rule("unknown-holder")
def unknown_holder(subject: Subject) -> Iterator[Finding]:
    """A folder in data/boroughs is one of the authorities; one in data/bodies has a slug for a name."""
    seen: set[str] = set()
    for document in subject.dataset.documents:
        folder = document.path.rpartition("/")[0]
        if not document.holder or folder in seen:
            continue
        seen.add(folder)
        if document.path.startswith("data/boroughs/"):
            if document.holder not in subject.dataset.authorities and not subject.dataset.unread("dataset"):
                yield Finding(
                    Location(document.path),
                    "",
                    f'"{document.holder}" is not one of the authorities in data/dataset.yaml',
                    advice="The folder's name is the borough's id",
                    suggestion=suggest.closest(document.holder, subject.dataset.authorities),
                )
        elif not _SLUG.fullmatch(document.holder) or document.holder in _DEVICES:
            yield Finding(
                Location(document.path),
                "",
                f'"{document.holder}" cannot be the name of a folder here',
                advice="Use lower-case letters and digits, words joined by hyphens",
            )
        elif document.holder in subject.dataset.authorities:
            yield Finding(
                Location(document.path),
                "",
                f'"{document.holder}" is a borough, and data/bodies is for other holders',
                advice=f"Put the file in data/boroughs/{document.holder}/",
            )


@rule("holder-not-described")
def holder_not_described(subject: Subject) -> Iterator[Finding]:
    """A folder with systems, skills or contracts also says whose it is."""
    described = {document.path.rpartition("/")[0] for document in subject.dataset.documents if document.kind in ("borough", "body")}
    seen: set[str] = set()
    for document in subject.dataset.documents:
        folder = document.path.rpartition("/")[0]
        strange = folder.startswith("data/boroughs/") and document.holder not in subject.dataset.authorities
        if document.holder and folder not in described and folder not in seen and not strange:
            seen.add(folder)
            name = "borough.yaml" if folder.startswith("data/boroughs/") else "body.yaml"
            yield Finding(
                Location(document.path), "", f"there is no {name} in this folder", advice=f"Add {folder}/{name} with the holder's name"
            )


@rule("not-public")
def not_public(subject: Subject) -> Iterator[Finding]:
    """A repository holds no field above its own tier of visibility."""
    described = subject.dataset.document("dataset")
    tier = described.fields.get("visibility", "public") if described and described.fields else "public"
    allowed = _TIERS[: _TIERS.index(tier) + 1] if tier in _TIERS else _TIERS[:1]
    for document in subject.dataset.documents:
        hidden = {field.path: field for field in properties(document.kind) if field.definition.get("x-visibility", "public") not in allowed}
        outermost = [field for path, field in hidden.items() if path[:-1] not in hidden]
        for field in outermost:
            for path, _ in document.values(field.path):
                yield fault_in(
                    document,
                    path,
                    f'"{field.name}" is for {field.definition["x-visibility"]} only, and this repository is {tier}',
                    advice="Take it out here; it belongs in a members' repository",
                )
