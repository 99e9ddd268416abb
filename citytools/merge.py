"""Folding what somebody handed in into the dataset: first a plan, record by record, then, if asked, the files that change.

A submission is merged in three ways against the state that it was made from. Where nobody names that state it is taken to be the
dataset as it is now, so that what was changed in the submission is all that changes. What is missing in it is not thereby removed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools import dataset, diff, planned, schema, threeway, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import Change, Column, Dataset, Document, Finding, Severity, Sort, Table, under
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
_SIGNS = {Sort.ADDED: "+", Sort.REMOVED: "-", Sort.CHANGED: "~", Sort.MOVED: ">", Sort.RENAMED: ">"}


@dataclass(frozen=True, slots=True)
class Asked:
    """How to merge: which side settles conflicts (or none), whether what is missing goes, whether sound files may go alone."""

    take: Side | None = None
    removals: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do: new contents by path, the changes, what conflicts, what is kept though missing, what is wrong."""

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    conflicts: tuple[tuple[str, Conflict], ...]
    kept: tuple[str, ...]
    faults: tuple[Finding, ...]
    left_out: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether something stands in the way of the files that would be written."""
        return bool(self.conflicts or self.faults)


def plan(
    files: Mapping[str, bytes],
    unread: Sequence[Finding],
    base: Mapping[str, bytes],
    theirs: Mapping[str, bytes],
    asked: Asked,
    as_of: datetime.date,
) -> Plan:
    """What merging the submission's files (by their place in the dataset) into the dataset's would do; nothing is written."""
    merged = [_file(path, files.get(path), base.get(path), data, asked) for path, data in sorted(theirs.items())]
    faults = [fault for each in merged for fault in each.faults]
    sound = {each.path: each.data for each in merged if each.data is not None and not each.faults}
    new = {path: data for path, data in sound.items() if data != files.get(path) and not (_conflicted(merged, path) and asked.partial)}
    faults += _new_faults(files, {**files, **new}, unread, as_of)
    bad = {fault.location.path for fault in faults} | {each.path for each in merged if each.conflicts}
    left_out = sorted(bad & {*theirs}) if asked.partial else []
    kept_files = {path: data for path, data in new.items() if path not in left_out}
    changes = diff.diff(*(dataset.build(side) for side in _sides(files, kept_files))).changes
    return Plan(
        kept_files,
        changes,
        tuple((each.path, conflict) for each in merged for conflict in each.conflicts),
        tuple(ref for each in merged for ref in each.kept),
        tuple(faults),
        tuple(left_out),
    )


def tables(found: Plan, source: str, base: str, *, written: bool) -> list[Table]:
    """The plan in words: what changes, what conflicts, what is wrong."""
    rows = [_row(change) for change in found.changes]
    listed = [Table(_title(source, base, written), COLUMNS, under(COLUMNS, rows), tuple(_coverage(found)), tuple(_notes(found, written)))]
    if found.conflicts:
        conflicts = [_conflict(path, conflict) for path, conflict in found.conflicts]
        note = "Settle them with --take mine or --take theirs, or in the submission."
        listed.append(Table("Changed here and in the submission, and not alike", CONFLICTS, under(CONFLICTS, conflicts), notes=(note,)))
    if found.faults:
        columns = (Column("place", "Where", "text", "heading"), Column("what", "What is wrong, and what to write instead", "text", "body"))
        faults = [{"place": str(fault.location), "what": f"{_sentence(fault)} [{fault.rule}]"} for fault in found.faults]
        listed.append(Table("What is wrong in the submission", columns, under(columns, faults)))
    return listed


@dataclass(frozen=True, slots=True)
class _Merged:
    path: str
    data: bytes | None
    conflicts: tuple[Conflict, ...] = ()
    kept: tuple[str, ...] = ()
    faults: tuple[Finding, ...] = ()


def _file(path: str, ours: bytes | None, base: bytes | None, theirs: bytes, asked: Asked) -> _Merged:
    """One file merged: in our text, with only the lines touched that must be; theirs as it stands where we have none."""
    kind, holder = dataset.kind_of(path)
    their, problems = _read(path, theirs)
    faults = tuple(each for each in (*problems, *schema.departures(their)) if each.severity is Severity.ERROR)
    if their.fields is None or faults:
        return _Merged(path, None, faults=faults)
    our = _read(path, ours)[0] if ours is not None else None
    if our and our.fields is None:
        raise CitytoolsError(f"{path} as it stands here cannot be read, so that nothing can be merged into it. Run: citytools validate")
    before = _read(path, base)[0].fields if base is not None else None
    now = our.fields if our else None
    fields, kept = (their.fields, ()) if asked.removals else _with_missing(kind, holder, before, now, their.fields)
    merged = threeway.merge_files(kind, before, now, fields, lambda _: asked.take, holder=holder, path=path)
    return _Merged(path, _text(path, kind, ours, theirs, now, merged.fields), merged.conflicts, kept)


def _read(path: str, data: bytes) -> tuple[Document, list[Finding]]:
    kind, holder = dataset.kind_of(path)
    return yamlfile.read(path, data, kind=kind, holder=holder, text_fields=schema.text_fields(kind))


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
        renamed = {old.get("id") for old, _ in _renamed(kind, key, had, sent or [])}
        back = [item for item in missing if item.get("id") not in renamed]
        if back:
            found[key] = [*(sent or []), *back]
            kept += [f"{holder}/{item.get('id')}" if holder else str(item.get("id")) for item in back]
    return found, tuple(kept)


def _renamed(kind: str, key: str, had: Sequence[dict[str, Any]], sent: Sequence[Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Records that were sent under another id, so that the old one is not missing."""
    sides = [Document("", kind, {key: list(items)}, "x") for items in (had, [item for item in sent if isinstance(item, dict)])]
    for change in diff.diff(*(Dataset("", (side,), {}, ()) for side in sides)).changes:
        if change.sort is Sort.RENAMED:
            old, new = change.old.rpartition("/")[2], change.new.rpartition("/")[2]
            yield next(item for item in had if item.get("id") == old), next(item for item in sent if item.get("id") == new)


def _text(
    path: str, kind: str, ours: bytes | None, theirs: bytes, now: Mapping[str, Any] | None, fields: dict[str, Any] | None
) -> bytes | None:
    if fields is None:
        return None
    if ours is None or now is None:
        if not theirs.lstrip().startswith(b"{"):
            return theirs
        # A file that is new here and came as JSON is written as YAML, as all others are.
        depth = "../" * path.count("/")
        ours, now = f"# yaml-language-server: $schema={depth}schemas/{kind}.schema.json\nschema: 1\n".encode(), {"schema": 1}
    return planned.edited(Document(path, kind, dict(now)), ours, yamlfile.changes(now, fields))


def _conflicted(merged: Sequence[_Merged], path: str) -> bool:
    return any(each.conflicts for each in merged if each.path == path)


def _new_faults(before: Mapping[str, bytes], after: Mapping[str, bytes], unread: Sequence[Finding], as_of: datetime.date) -> list[Finding]:
    """Errors that the dataset has with the merge and had not without it."""
    if before == after:
        return []
    old, new = (dataset.build(side, list(unread)) for side in (before, after))
    return [each for each in added(old, new, as_of) if each.severity is Severity.ERROR]


def _sides(files: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """The files that change, as they are and as they would be."""
    return {path: files[path] for path in new if path in files}, new


def _row(change: Change) -> dict[str, Any]:
    return {
        "sign": _SIGNS[change.sort],
        "record": headline(change),
        "fields": [brief(change)] if change.sort is Sort.ADDED else [line.told for each in change.fields for line in said(each)],
        "file": change.location.path,
        "kind": change.kind,
        "ref": change.ref,
    }


def _conflict(path: str, conflict: Conflict) -> dict[str, Any]:
    before, mine, theirs = (_value(each) for each in (conflict.base, conflict.ours, conflict.theirs))
    field = f": {conflict.field}" if conflict.field else ""
    return {
        "sign": "!",
        "record": f"{conflict.kind} {conflict.ref}{field}",
        "reason": f"{conflict.reason[:1].upper()}{conflict.reason[1:]}.",
        "before": before,
        "mine": mine,
        "theirs": theirs,
        "file": path,
    }


def _value(value: Any) -> str:
    return "not there" if value is ABSENT else worded(value)


def _title(source: str, base: str, written: bool) -> str:
    done = "Merged" if written else "What merging would do"
    return f"{done}: {source}, made from {base}"


def _coverage(found: Plan) -> Iterator[str]:
    counts = {sort: sum(change.sort is sort for change in found.changes) for sort in Sort}
    words = ", ".join(f"{number} {sort}" for sort, number in counts.items() if number)
    files = len(found.files)
    yield f"{words} in {files} file{'' if files == 1 else 's'}." if words else "No record differs."
    if found.conflicts:
        yield f"{len(found.conflicts)} in conflict: changed here and in the submission since it was made."
    if found.faults:
        yield f"{len(found.faults)} wrong in it."


def _notes(found: Plan, written: bool) -> Iterator[str]:
    if found.kept:
        names = ", ".join(found.kept[:8]) + (f" and {len(found.kept) - 8} more" if len(found.kept) > 8 else "")
        yield f"Not in the submission, and kept: {names}. With --allow-removals they go."
    if found.left_out:
        yield f"Left out, as something in them is wrong or in conflict: {', '.join(found.left_out)}."
    if not written and found.files and not found.refused:
        yield "Nothing is written yet. With --write it is."
    elif not written and found.refused:
        yield "Nothing is written before that is settled; --partial leaves the files concerned out."


def _sentence(fault: Finding) -> str:
    parts = [f"{fault.where}: {fault.message}" if fault.where else fault.message, fault.advice]
    return ". ".join(part for part in parts if part) + (f". Did you mean {fault.suggestion}?" if fault.suggestion else "")


def in_place(theirs: Mapping[str, bytes], here: Iterable[str]) -> dict[str, bytes]:
    """Files at the places where the dataset has them: a body's folder is not taken for a borough's."""
    bodies = {path.split("/")[2] for path in here if path.startswith("data/bodies/")}
    found: dict[str, bytes] = {}
    for path, data in theirs.items():
        parts = path.split("/")
        moved = parts[1] == "boroughs" and parts[2] in bodies
        found["/".join(["data", "bodies", *parts[2:]]) if moved else path] = data
    return found
