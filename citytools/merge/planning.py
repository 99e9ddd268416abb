"""A plan first: which records and files change, what is wrong with them, and what is left out of a partial merge."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from citytools import dataset, diff, planned, schema, threeway, yamlfile
from citytools.errors import CitytoolsError
from citytools.merge.missing import put_back, with_missing
from citytools.model import (
    Change,
    Dataset,
    Document,
    FieldPath,
    Finding,
    Location,
    Replaces,
    Severity,
    full_ref,
)
from citytools.sheets.places import Key
from citytools.submission import WHOLE, Submission, document, for_cells, read
from citytools.threeway import Conflict, Side
from citytools.validate import added

_ROUNDS = 8  # of looking once more without what something is wrong with; then whole files are left out


@dataclass(frozen=True, slots=True)
class Asked:
    """How to merge: which side settles conflicts (or none), whether what is missing goes, whether sound records may go alone.

    Without ``texts`` no file is made, only said what would change.
    """

    take: Side | None = None
    removals: bool = False
    partial: bool = False
    texts: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do: new contents by path, the changes, what conflicts, what is kept though missing, what is wrong.

    ``remarks`` are new warnings. ``left_out`` are the records, and files, that a partial merge goes without; ``blocked`` is whether
    something is wrong all the same.
    """

    sent: Submission
    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    conflicts: tuple[tuple[str, Conflict], ...]
    kept: tuple[str, ...]
    faults: tuple[Finding, ...]
    remarks: tuple[Finding, ...] = ()
    left_out: tuple[str, ...] = ()
    blocked: bool = False

    @property
    def refused(self) -> bool:
        """Whether something stands in the way of what was handed in."""
        return bool(self.conflicts or self.faults)


def plan(
    files: Mapping[str, bytes],
    unread: Sequence[Finding],
    sent: Submission,
    asked: Asked,
    as_of: datetime.date,
    *,
    now: Dataset | None = None,
) -> Plan:
    """What merging a submission into the dataset's files would do; nothing is written. ``now`` is the dataset of ``files``, if at hand.

    The changes are those of records that nothing is wrong with; all else is left out, and in a partial merge only that.
    """
    now = now or dataset.build(files, list(unread))
    faulty, wrong = _faulty(sent)
    asked = replace(asked, removals=asked.removals and not faulty)  # what could not be understood may be what seems to be missing
    left = faulty
    found = first = _round(files, now, sent, asked, as_of, left)
    wrong += first.faults
    rounds = 0
    while not found.out <= left:
        rounds += 1
        left |= found.out if rounds < _ROUNDS else {(path, WHOLE) for path, _ in found.out}
        found = _round(files, now, sent, asked, as_of, left)
        wrong += found.faults
    texts = {path: _text(path, files.get(path), now, sent, fields) for path, fields in found.fields.items() if asked.texts}
    return Plan(
        sent,
        texts,
        _changes(now, found.fields),
        tuple(first.conflicts),
        tuple(found.kept),
        tuple(sorted(dict.fromkeys(wrong), key=sent.order)),
        tuple(sorted((*sent.remarks, *found.remarks), key=sent.order)),
        tuple(sorted(_named(key) for key in left if key != ("", ""))) if asked.partial else (),
        bool(found.conflicts or found.faults) if asked.partial else bool(wrong or first.conflicts),
    )


@dataclass(frozen=True, slots=True)
class _Merged:
    path: str
    fields: dict[str, Any] | None
    theirs: dict[str, Any] | None = None
    conflicts: tuple[Conflict, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Round:
    """One go at merging, without some records: what would be written, and what is wrong; ``out`` is what to go without next."""

    fields: Mapping[str, dict[str, Any]]
    conflicts: Sequence[tuple[str, Conflict]]
    faults: Sequence[Finding]
    remarks: Sequence[Finding]
    kept: Sequence[str]
    out: frozenset[Key]


def _faulty(sent: Submission) -> tuple[frozenset[Key], list[Finding]]:
    """The records (and files) that cannot be looked at further, and why: what could not be understood, what departs from the schemas."""
    faulty, wrong = set(sent.faulty), list(sent.findings)
    for path, their in sent.documents.items():
        before = read(path, sent.base[path])[0] if path in sent.base else None
        known = {(each.rule, each.where, each.message) for each in (schema.departures(before) if before else ())}
        for fault in schema.departures(their) if (path, WHOLE) not in faulty else ():
            if (fault.rule, fault.where, fault.message) in known:
                continue
            key = _key(path, their, fault.path)
            if fault.severity is Severity.ERROR and key not in sent.faulty:
                faulty.add(key)
                wrong.append(_placed(fault, {path: their}, sent))
    return frozenset(faulty), wrong


def _round(files: Mapping[str, bytes], now: Dataset, sent: Submission, asked: Asked, as_of: datetime.date, without: Set[Key]) -> _Round:
    """Merge what was sent, but for some records and files; ``out`` is what to go without besides so that nothing is wrong."""
    ours = {document.path: document for document in now.documents}
    documents = [document for path, document in sorted(sent.documents.items()) if (path, WHOLE) not in without]
    merged = [_file(_less(each, sent, without), files, ours, sent, asked) for each in documents]
    new = {each.path: each.fields for each in merged if each.fields is not None}
    after, fresh = _new_faults(files, new, now, sent, as_of)
    faults = [each for each in fresh if each.severity is Severity.ERROR]
    out = {_key(each.path, replace(sent.documents[each.path], fields=each.theirs), c.their_path) for each in merged for c in each.conflicts}
    out |= {_key(each.location.path, after.get(each.location.path), each.path) for each in faults if each.location.path in sent.documents}
    return _Round(
        new,
        [(each.path, conflict) for each in merged for conflict in each.conflicts],
        [_placed(_follows(each, after, without), after, sent) for each in faults],
        [_placed(each, after, sent) for each in fresh if each.severity is Severity.WARNING],
        [ref for each in merged for ref in each.kept],
        frozenset((key[0], WHOLE) if key in without else key for key in out),
    )


def _less(document: Document, sent: Submission, without: Set[Key]) -> Document:
    """A file as it was sent, but with some records as they were before, or not at all."""
    path, fields = document.path, dict(document.fields or {})
    gone = {key[1] for key in without if key[0] == path}
    if not gone or document.fields is None:
        return document
    before = read(path, sent.base[path])[0].fields if path in sent.base else None
    if "" in gone and not schema.record_lists(document.kind):
        return replace(document, fields=before or {"schema": fields["schema"]})
    for listed in schema.record_lists(document.kind):
        had = [item for item in (before or {}).get(listed.path[0]) or () if isinstance(item, dict)]
        old = {item.get("id"): item for item in had if item.get("id") in gone}
        items = fields.get(listed.path[0])
        if isinstance(items, list):
            sent_ids = {item.get("id") for item in items if isinstance(item, dict)}
            kept = [old.get(item.get("id")) if isinstance(item, dict) and item.get("id") in gone else item for item in items]
            back = [item for own, item in old.items() if own not in sent_ids]
            fields[listed.path[0]] = put_back([item for item in kept if item is not None], had, back)
            if items and not fields[listed.path[0]] and before is None:
                return replace(document, fields=None)  # nothing of it is left, which is not to say that there is none
    return replace(document, fields=fields)


def _key(path: str, document: Document | None, where: FieldPath) -> Key:
    """The record in which a place in a file is: the file itself where it is one, or where the place is in none."""
    record = document.value(where[:2]) if document and len(where) >= 2 else None
    own = record.get("id") if isinstance(record, dict) else None
    whole = document is not None and not schema.record_lists(document.kind)
    return path, "" if whole else own if isinstance(own, str) else WHOLE


def _follows(fault: Finding, after: Mapping[str, Document], without: Set[Key]) -> Finding:
    """A reference to a record that is left out is no mistake of its own, and another of that name is not meant."""
    document = after.get(fault.location.path)
    value = document.value(fault.path) if document and fault.rule == "unknown-reference" else None
    left = {_named(key) for key in without}
    if not document or not isinstance(value, str) or full_ref(document.holder, value) not in left:
        return fault
    return replace(fault, message=f'"{value}" has a fault itself', advice="Put that right first", suggestion="", replaces=Replaces.NOTHING)


def _placed(fault: Finding, after: Mapping[str, Document], sent: Submission) -> Finding:
    """A finding at the cell that its value came from, if it came from one, and in words for those who see cells."""
    path = fault.location.path
    if not sent.from_cells(path):
        return fault
    cell = sent.cell(path, after.get(path), fault.path)
    return for_cells(fault, dataset.kind_of(path)[0], cell or Location(path))


def _named(key: Key) -> str:
    """A record that is left out as it is referred to; a file as its path."""
    holder = dataset.kind_of(key[0])[1]
    return key[0] if key[1] in ("", WHOLE) else "/".join(filter(None, (holder, key[1])))


def _file(their: Document, files: Mapping[str, bytes], ours: Mapping[str, Document], sent: Submission, asked: Asked) -> _Merged:
    """The fields of one file merged; none where nothing changes."""
    path, kind, holder = their.path, their.kind, their.holder
    if their.fields is None:
        return _Merged(path, None)
    our, base = ours.get(path), sent.base.get(path)
    if our and our.fields is None:
        raise CitytoolsError(f"{path} as it stands here cannot be read, so that nothing can be merged into it. Run: citytools validate")
    now = our.fields if our else None
    before = now if base is not None and base == files.get(path) else read(path, base)[0].fields if base is not None else None
    if before is not None and yamlfile.same(before, their.fields):
        return _Merged(path, None)
    fields, kept = (their.fields, ()) if asked.removals else with_missing(kind, holder, before, now, their.fields)
    merged = threeway.merge_files(kind, before, now, fields, lambda _: asked.take, holder=holder, path=path)
    changed = merged.fields is not None and not (now is not None and yamlfile.same(now, merged.fields))
    return _Merged(path, merged.fields if changed else None, fields, merged.conflicts, kept)


def _text(path: str, ours: bytes | None, now: Dataset, sent: Submission, fields: dict[str, Any]) -> bytes:
    """A file with these fields: in our text, or in theirs where we have none, with only the lines touched that must be."""
    kind = dataset.kind_of(path)[0]
    old = next((document.fields for document in now.documents if document.path == path), None)
    if (ours is None or old is None) and path in sent.texts:
        ours, old = sent.texts[path], sent.documents[path].fields
    if ours is None or old is None:
        depth = "../" * path.count("/")
        ours, old = f"# yaml-language-server: $schema={depth}schemas/{kind}.schema.json\nschema: 1\n".encode(), {"schema": 1}
    return planned.edited(Document(path, kind, dict(old)), ours, yamlfile.changes(old, fields))


def _new_faults(
    files: Mapping[str, bytes], new: Mapping[str, dict[str, Any]], now: Dataset, sent: Submission, as_of: datetime.date
) -> tuple[Mapping[str, Document], Sequence[Finding]]:
    """The files as they would be, and what is wrong with the dataset with them and was not before.

    Places are lines of the new files, which only have them once they are written; of what came in cells they are not needed.
    """
    if not new:
        return {}, []
    if all(sent.from_cells(path) for path in new):
        after = dataset.replaced(now, (document(path, fields) for path, fields in new.items()))
    else:
        texts = {path: _text(path, files.get(path), now, sent, fields) for path, fields in new.items()}
        after = dataset.build({**files, **texts}, [each for each in now.findings if each.location.path not in files])
    return {document.path: document for document in after.documents if document.path in new}, added(now, after, as_of)


def _changes(now: Dataset, new: Mapping[str, dict[str, Any]]) -> tuple[Change, ...]:
    old = tuple(document for document in now.documents if document.path in new)
    merged = tuple(document(path, fields) for path, fields in sorted(new.items()))
    return diff.diff(*(Dataset("", side, {}, ()) for side in (old, merged))).changes


def in_place(theirs: Mapping[str, bytes], here: Iterable[str]) -> dict[str, bytes]:
    """Files at the places where the dataset has them: a body's folder is not taken for a borough's."""
    bodies = {path.split("/")[2] for path in here if path.startswith("data/bodies/")}
    found: dict[str, bytes] = {}
    for path, data in theirs.items():
        parts = path.split("/")
        moved = parts[1] == "boroughs" and parts[2] in bodies
        found["/".join(["data", "bodies", *parts[2:]]) if moved else path] = data
    return found
