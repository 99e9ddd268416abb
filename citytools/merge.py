"""Folding what somebody handed in into the dataset: first a plan, record by record, then, if asked, the files that change.

A submission is merged in three ways against the state that it was made from. Where nobody names that state it is taken to be the
dataset as it is now, so that what was changed in the submission is all that changes. What is missing in it is not thereby removed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from citytools import dataset, diff, planned, schema, threeway, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import (
    Change,
    Column,
    Dataset,
    Document,
    FieldPath,
    Finding,
    Location,
    Replaces,
    Severity,
    Sort,
    Table,
    full_ref,
    under,
)
from citytools.sheets.places import Key
from citytools.submission import WHOLE, Submission, document, for_cells, read, sentence
from citytools.threeway import ABSENT, Conflict, Side
from citytools.validate import added
from citytools.wording import brief, headline, said, worded

COLUMNS = (
    Column("sign", "What", "text", "lead"),
    Column("record", "Record", "text", "heading"),
    Column("fields", "Fields", "list", "detail"),
    Column("file", "File", "text", "hidden"),
    Column("kind", "Kind", "text", "hidden"),
    Column("ref", "Reference", "text", "hidden"),
)
CONFLICTS = (
    Column("sign", "What", "text", "lead"),
    Column("record", "Record", "text", "heading"),
    Column("reason", "Why", "text", "body"),
    Column("before", "Before", "text", "detail"),
    Column("mine", "Here", "text", "detail"),
    Column("theirs", "In the submission", "text", "detail"),
    Column("file", "File", "text", "detail"),
)
_ROUNDS = 8  # of looking once more without what something is wrong with; then whole files are left out
_SIGNS = {Sort.ADDED: "+", Sort.REMOVED: "-", Sort.CHANGED: "~", Sort.MOVED: ">", Sort.RENAMED: ">"}


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


def tables(found: Plan, source: str, base: str, *, written: bool) -> list[Table]:
    """The plan in words: what changes, what conflicts, what is wrong."""
    rows = [_row(change, found.sent) for change in found.changes]
    listed = [Table(_title(source, base, written), COLUMNS, under(COLUMNS, rows), tuple(counted(found)), tuple(_notes(found, written)))]
    if found.conflicts:
        conflicts = [_conflict(path, conflict, found.sent) for path, conflict in found.conflicts]
        note = "Settle them with --take mine or --take theirs, or in the submission."
        listed.append(Table("Changed here and in the submission, and not alike", CONFLICTS, under(CONFLICTS, conflicts), notes=(note,)))
    if found.faults:
        listed.append(_findings("What is wrong in the submission", found.faults))
    return [*listed, *_remarks(found)]


def checked(found: Plan, source: str, handed_back: str = "", lost: Iterable[str] = ()) -> list[Table]:
    """What is wrong in a submission and what to look at, and in one line what it would change; where it was handed back with notes."""
    title = f"Check of {source}"
    first = _findings(title, found.faults)
    fine = () if found.faults else ("Nothing is wrong in it.",)
    back = (f"Handed back as {handed_back}, with a note in each cell that needs another look.", *lost) if handed_back else ()
    return [replace(first, coverage=tuple(counted(found)), notes=(*fine, *found.sent.notes, *back)), *_remarks(found)]


def _remarks(found: Plan) -> Iterator[Table]:
    if found.remarks:
        yield _findings("To look at", found.remarks)
    for title, sentences in (("Read as", found.sent.read_as), ("Kept, as nothing is removed without --allow-removals", found.sent.kept)):
        if sentences:
            column = Column("said", title, "text", "heading")
            yield Table(f"{title} ({len(sentences)})", (column,), tuple((each,) for each in sentences))


def _findings(title: str, findings: Iterable[Finding]) -> Table:
    columns = (Column("place", "Where", "text", "heading"), Column("what", "What is wrong, and what to write instead", "text", "body"))
    rows = [{"place": str(fault.location), "what": f"{sentence(fault)} [{fault.rule}]"} for fault in findings]
    return Table(title, columns, under(columns, rows))


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
            fields[listed.path[0]] = _put_back([item for item in kept if item is not None], had, back)
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
    fields, kept = (their.fields, ()) if asked.removals else _with_missing(kind, holder, before, now, their.fields)
    merged = threeway.merge_files(kind, before, now, fields, lambda _: asked.take, holder=holder, path=path)
    changed = merged.fields is not None and not (now is not None and yamlfile.same(now, merged.fields))
    return _Merged(path, merged.fields if changed else None, fields, merged.conflicts, kept)


def _with_missing(
    kind: str, holder: str, base: Mapping[str, Any] | None, ours: Mapping[str, Any] | None, theirs: dict[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Theirs with the records that it lacks and the base has, and which these are: a missing record may only not have been sent."""
    found, kept = dict(theirs), []
    for listed in schema.record_lists(kind):
        key = listed.path[0]
        sent = found.get(key)
        had = [item for item in (base or {}).get(key) or () if isinstance(item, dict)]
        ids = {item.get("id") for item in sent or () if isinstance(item, dict)}
        missing = [item for item in had if item.get("id") not in ids] if isinstance(sent, list) else []
        renamed = {old.get("id") for old in _renamed(kind, key, had, sent or [])} if missing else set()
        back = [item for item in missing if item.get("id") not in renamed]
        if back:
            found[key] = _put_back(sent or [], had, back)
            kept += [f"{holder}/{item.get('id')}" if holder else str(item.get("id")) for item in back]
    return found, tuple(kept)


def _put_back(sent: Sequence[Any], had: Sequence[dict[str, Any]], back: Sequence[dict[str, Any]]) -> list[Any]:
    """What was sent with what is put back, each after the record that it stood behind."""
    kept, missing = {str(_id(each)) for each in sent}, {str(_id(each)) for each in back}
    after: dict[str | None, list[Any]] = {}
    last: str | None = None
    for item in had:
        own = str(_id(item))
        if own in missing:
            after.setdefault(last, []).append(item)
        elif own in kept:
            last = own
    return [*after.get(None, ()), *(one for each in sent for one in (each, *after.pop(str(_id(each)), ())))]


def _id(item: Any) -> Any:
    return item.get("id") if isinstance(item, dict) else None


def _renamed(kind: str, key: str, had: Sequence[dict[str, Any]], sent: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Records that were sent under another id, so that the old one is not missing."""
    known = {item.get("id") for item in had}
    new = [item for item in sent if isinstance(item, dict) and item.get("id") not in known]
    gone, come = ([*diff.units(Dataset("", (Document("", kind, {key: items}, "x"),), {}, ()))] for items in ([*had], new))
    left = {item.get("id") for item in sent if isinstance(item, dict)}
    for old, _ in diff.pairs([unit for unit in gone if unit.id not in left], come):
        yield from (item for item in had if item.get("id") == old.id)


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


def _row(change: Change, sent: Submission) -> dict[str, Any]:
    key = (change.location.path, change.ref.removeprefix(f"{change.holder}/") if change.holder else change.ref)
    added = [brief(change) + _at(sent, key, "")] if change.sort is Sort.ADDED else []
    return {
        "sign": _SIGNS[change.sort],
        "record": headline(change),
        "fields": added or [f"{line.told}{_at(sent, key, each.field)}" for each in change.fields for line in said(each)],
        "file": change.location.path,
        "kind": change.kind,
        "ref": change.ref,
    }


def _at(sent: Submission, key: Key, field: str) -> str:
    """The cell of a field of a record, in brackets; nothing where it came from none."""
    cell = sent.cell_of(key, re.split(r"[\[ ]", field)[0])
    return f" [{cell.cell}]" if cell else ""


def _conflict(path: str, conflict: Conflict, sent: Submission) -> dict[str, Any]:
    before, mine, theirs = (_value(each) for each in (conflict.base, conflict.ours, conflict.theirs))
    field = f": {conflict.field}" if conflict.field else ""
    return {
        "sign": "!",
        "record": f"{conflict.kind} {conflict.ref}{field}",
        "reason": f"{conflict.reason[:1].upper()}{conflict.reason[1:]}.",
        "before": before,
        "mine": mine,
        "theirs": theirs,
        "file": str(sent.cell(path, sent.documents.get(path), conflict.their_path) or path),
    }


def _value(value: Any) -> str:
    return "not there" if value is ABSENT else worded(value)


def _title(source: str, base: str, written: bool) -> str:
    done = "Merged" if written else "What merging would do"
    return f"{done}: {source}, made from {base}"


def counted(found: Plan) -> Iterator[str]:
    """How many records would change in how many files, how many are in conflict, and how much is wrong."""
    counts = {sort: sum(change.sort is sort for change in found.changes) for sort in Sort}
    words = ", ".join(f"{number} {sort}" for sort, number in counts.items() if number)
    files = len({change.location.path for change in found.changes})
    same = found.sent.lines - len([change for change in found.changes if change.sort is not Sort.REMOVED])
    unchanged = f" {same:,} unchanged." if found.sent.lines and same > 0 and not found.faults and not found.conflicts else ""
    yield (f"{words} in {files} file{'' if files == 1 else 's'}." if words else "No record differs.") + unchanged
    if found.conflicts:
        yield f"{len(found.conflicts)} in conflict: changed here and in the submission since it was made."
    if found.faults:
        yield f"{len(found.faults)} wrong in it."


def _notes(found: Plan, written: bool) -> Iterator[str]:
    if found.kept:
        yield f"Not in the submission, and kept: {_few(found.kept)}. With --allow-removals they go."
    yield from found.sent.notes
    if found.left_out:
        yield f"Left out, as something in them is wrong or in conflict: {_few(found.left_out)}."
    if not written and found.files and not found.blocked:
        yield "Nothing is written yet. With --write it is."
    elif not found.files and not found.refused:
        yield "Nothing to merge: what was handed in is what is here."
    elif not written and found.refused:
        yield "Nothing is written before that is settled; --partial leaves out the records concerned."


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def in_place(theirs: Mapping[str, bytes], here: Iterable[str]) -> dict[str, bytes]:
    """Files at the places where the dataset has them: a body's folder is not taken for a borough's."""
    bodies = {path.split("/")[2] for path in here if path.startswith("data/bodies/")}
    found: dict[str, bytes] = {}
    for path, data in theirs.items():
        parts = path.split("/")
        moved = parts[1] == "boroughs" and parts[2] in bodies
        found["/".join(["data", "bodies", *parts[2:]]) if moved else path] = data
    return found
