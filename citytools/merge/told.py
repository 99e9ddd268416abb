"""What merging would do, in words: the changes, the conflicts, what is wrong and where, what was understood and what stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from citytools.merge.planning import Plan
from citytools.model import Change, Column, Finding, Sort, Table, under
from citytools.sheets.places import Key
from citytools.submission import Submission, sentence
from citytools.threeway import ABSENT, Conflict
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
