"""Ids and holders: each thing once, each file under a holder that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from citytools import suggest
from citytools.catalogue import named, normalise
from citytools.model import Finding, Location, Record, Severity
from citytools.rules.registry import Subject, fault, fault_in, rule
from citytools.schema import properties

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
_NUMBERED = re.compile(r"(?![a-z]+-(?:19|20)[0-9]{2}$)[a-z]{0,6}-?[0-9]+", re.ASCII)  # a name with its year is a name
_ENOUGH = 6
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
            # A file in the wrong folder is told as that.
            own = [entry for entry in entries if kind != "borough" or _in_own_folder(subject, entry)]
            for first, entry in zip(own[:1] * len(own), own[1:], strict=False):
                path, name = next(((path, name) for path, name in named(entry) if normalise(name) == form), (("id",), entry.id))
                message = f'"{name}" names this {kind} and also {first.id} ({first.at()})'
                yield fault(entry, path, message, advice="Leave the name or alias with one of them")


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
                    suggestion=suggest.closest(document.holder, subject.dataset.authorities)
                    or next((each for each in subject.dataset.authorities if f"-{each}-" in f"-{document.holder}-"), ""),
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


@rule("wrong-borough")
def wrong_borough(subject: Subject) -> Iterator[Finding]:
    """A borough's file stands in the borough's own folder: neither its name nor its GSS code is another's."""
    boroughs = list(subject.dataset.of("borough"))
    for record in boroughs:
        named = _named_borough(subject, record)
        if named != record.holder:
            message = f'this folder is for {record.holder}; the file says "{record.text("name")}"'
            yield fault(
                record, ("name",), message, advice=f"Put it in data/boroughs/{named}/, or write {record.holder}'s own name and codes"
            )
            continue
        for other in boroughs:
            same = record.text("gss") and record.text("gss") == other.text("gss")
            if same and other.holder < record.holder and _in_own_folder(subject, other) and _in_own_folder(subject, record):
                message = f"{record.text('gss')} is also the code of {other.holder} ({other.at('gss')})"
                yield fault(record, ("gss",), message, advice="Each borough has a code of its own: correct one of them")


def _in_own_folder(subject: Subject, record: Record) -> bool:
    return record.holder in subject.dataset.authorities and _named_borough(subject, record) == record.holder


def _named_borough(subject: Subject, record: Record) -> str:
    """The authority whose id a borough's name spells; the folder's where it spells none, or no folder of an authority."""
    spelt = {normalise(each): each for each in subject.dataset.authorities}
    return spelt.get(normalise(record.text("name")), record.holder) if record.holder in subject.dataset.authorities else record.holder


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
            name, fields = ("borough.yaml", "name and gss") if folder.startswith("data/boroughs/") else ("body.yaml", "name and kind")
            advice = f"Add {folder}/{name} with schema: 1, {fields}"
            yield Finding(Location(document.path), "", f"there is no {name} in this folder", advice=advice)


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


@rule("id-style", Severity.NOTICE)
def id_style(subject: Subject) -> Iterator[Finding]:
    """An id is formed as the others of its file are: a name or a number, with the holder in front or without."""
    lists: dict[tuple[str, str], list[Record]] = {}
    for record in subject.dataset.of("system", "skill", "contract"):
        lists.setdefault((record.document.path, record.kind), []).append(record)
    for records in lists.values():
        for has, words in _STYLES:
            alike = [has(record) for record in records]
            usual = sum(alike) * 2 > len(alike)
            if len(alike) < _ENOUGH or alike.count(not usual) * 5 > len(alike):
                continue
            for record, own in zip(records, alike, strict=True):
                if own is not usual and record.id:
                    message = f'the id "{record.id}" {words[own]}, unlike the others in this file'
                    yield fault(record, ("id",), message, advice="If it is new, form it like the others; an id that is in use stays")


def _is_number(record: Record) -> bool:
    if not _NUMBERED.fullmatch(record.id):
        return False
    return normalise(record.id) not in normalise(" ".join(record.text(field) for field in ("product", "name", "title", "skill")))


def _has_holder(record: Record) -> bool:
    return record.id.startswith(f"{record.holder}-")


_STYLES = (
    (_is_number, ("is not a number", "is a number")),
    (_has_holder, ("does not begin with the holder's name", "begins with the holder's name")),
)
