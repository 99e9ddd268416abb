"""A proposed change, checked: whose it is, what is wrong in it, what it means. Nothing of it is run; it is read from git's objects."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from citytools import dataset, diff, gitrepo
from citytools.ci import meaning, owners
from citytools.ci.report import Fault, File, Report, Section, dumps, loads
from citytools.ci.submissions import Submitted, submissions
from citytools.model import Change, Dataset, Finding, Location, Replaces, Severity, Sort
from citytools.planned import Register
from citytools.rules.privacy import private
from citytools.validate import counted, of_change, validate

_WHAT = {(False, True): "added", (True, False): "removed", (True, True): "changed"}
_ORDER = list(Severity)
_MASKED = "something is wrong with this value, which is not repeated here"


@dataclass(frozen=True, slots=True)
class _Sides:
    """The register before and after a change, and what the change has to answer for; ``left_out`` older findings are not among it."""

    before: Dataset
    after: Register
    findings: tuple[Finding, ...]
    left_out: int


def check(folder: Path, base: str, head: str, labels: Collection[str], as_of: datetime.date) -> Report:
    """Check what ``head`` changes since it parted from ``base``: a report within its limits. Raises CitytoolsError where it cannot."""
    verdict = owners.judge(folder, base, head, labels)
    new = gitrepo.commit_of(folder, head)
    sides = _read(folder, gitrepo.parting(folder, base, head), new, verdict, as_of) if verdict.readable else None
    handed = _submitted(folder, verdict, sides.after, as_of) if sides else Submitted()
    found = _masked((*sides.findings, *handed.findings)) if sides else ()
    compared = diff.diff(sides.before, sides.after.dataset) if sides else diff.Diff((), ())
    errors, warnings = (sum(each.severity is level for each in found) for level in (Severity.ERROR, Severity.WARNING))
    report = Report(
        base=gitrepo.commit_of(folder, base),
        head=new,
        passed=not errors and not verdict.refusals,
        data_only=verdict.data_only,
        files=tuple(_files(verdict.files)),
        faults=tuple(map(_fault, found)),
        errors=errors,
        warnings=warnings,
        refusals=verdict.refusals,
        summary=_summary(compared, {file.path for file in verdict.files}, sides.left_out) if sides else "",
        impact=_impact(sides, compared.changes, errors, as_of) if sides else (),
        submissions=handed.sections,
    )
    return loads(dumps(report))


def _read(folder: Path, old: str, new: str, verdict: owners.Verdict, as_of: datetime.date) -> _Sides:
    before = dataset.build(*_held(folder, old, frozenset()))
    files, unread = _held(folder, new, verdict.unfit)
    after = dataset.build(files, unread)
    changed = {file.path for file in verdict.files}
    found, left_out = of_change(validate(before, as_of), validate(after, as_of), changed)
    told = [finding for finding in found if finding.location.path not in verdict.unfit]
    told.sort(key=lambda each: (_ORDER.index(each.severity), each.location.path not in changed))
    return _Sides(before, Register(files, unread, after), tuple(told), left_out)


def _held(folder: Path, commit: str, unfit: Collection[str]) -> tuple[Mapping[str, bytes], list[Finding]]:
    """The files of a commit that have a place in the dataset, those that are unfit as unread; the others are named and not read."""
    blobs, findings = dataset.committed_files(folder, commit)
    left = [Finding(Location(path), "unreadable", "it is not read") for path in unfit if path in blobs]
    placed = {path: blob for path, blob in blobs.items() if dataset.kind_of(path)[0] and path not in unfit}
    contents = dataset.fetched(folder, placed.values())
    named = {path: b"" for path in blobs if not dataset.kind_of(path)[0]}
    return {**named, **{path: contents[blob.id] for path, blob in placed.items()}}, [*findings, *left]


def _masked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without what must not be shown again: nothing else is said of a line that one of them must not quote."""
    found = tuple(findings)
    secret = {(each.location.path, each.location.line) for each in found if not each.quotable}
    return tuple(_mask(each) if (each.location.path, each.location.line) in secret or _tells(each) else each for each in found)


def _tells(finding: Finding) -> bool:
    return any(map(private, (finding.where, finding.message, finding.advice, finding.suggestion)))


def _mask(finding: Finding) -> Finding:
    """The finding in words that repeat nothing; those of a rule that never quotes stay."""
    if not finding.quotable:
        return replace(finding, suggestion="")
    where = "" if private(finding.where) else finding.where
    return replace(finding, where=where, message=_MASKED, advice="", suggestion="", replaces=Replaces.NOTHING)


def _files(files: Iterable[gitrepo.Touched]) -> Iterator[File]:
    for file in files:
        yield File(file.path, _WHAT[bool(file.before), bool(file.after)])


def _fault(finding: Finding) -> Fault:
    place = finding.location
    said = (finding.where, finding.message, finding.advice, finding.suggestion, str(finding.replaces))
    return Fault(place.path, place.line, place.column, place.cell, str(finding.severity), finding.rule, *said)


def _summary(compared: diff.Diff, touched: Collection[str], left_out: int) -> str:
    """How many records differ, of how many files that cannot be said, and how many findings are not told."""
    sorts = Counter(change.sort for change in compared.changes)
    said = ", ".join(f"{sorts[sort]:,} {sort}" for sort in Sort if sorts[sort])
    unread = sum(path in touched for path in compared.unread)
    parts = [f"{counted(len(compared.changes), 'records')}: {said}." if said else "" if unread else "No record differs."]
    parts += [f"{counted(unread, 'files')} cannot be read, so that nothing is said of what changes in {_it(unread)}."] if unread else []
    parts += [f"{counted(left_out, 'older findings')} in other files {'is' if left_out == 1 else 'are'} left out."] if left_out else []
    return " ".join(filter(None, parts))


def _it(number: int) -> str:
    return "it" if number == 1 else "them"


def _impact(sides: _Sides, changes: Sequence[Change], errors: int, as_of: datetime.date) -> tuple[Section, ...]:
    """What changes, and what follows from it: not where that would show what must not be shown, or rest on files with errors."""
    if any(not finding.quotable for finding in sides.findings):
        return ()
    records = tuple(meaning.records(changes))
    return records if errors or not changes else (*records, *meaning.consequences(sides.before, sides.after.dataset, as_of))


def _submitted(folder: Path, verdict: owners.Verdict, register: Register, as_of: datetime.date) -> Submitted:
    """The plans of the workbooks that the change hands in, of those that are fit to be read."""
    workbooks = {
        file.path: file.id
        for file in verdict.files
        if file.after and file.path.startswith("submissions/") and file.path.endswith(".xlsx") and file.path not in verdict.unfit
    }
    found = gitrepo.contents(folder, workbooks.values())
    return submissions({path: found[digest] for path, digest in workbooks.items()}, register, as_of)
