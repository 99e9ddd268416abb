"""Put right what can only be meant in one way: safe suggestions become edits of the lines concerned."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from citytools import dataset, schema, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import Column, Dataset, Finding, Location, Replaces, Table
from citytools.validate import counted, validate
from citytools.yamlfile import Edit

# A correction may uncover another: a field whose name is put right has a value to be looked at.
MAX_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Correction:
    """A line before and after, and the rules that asked for the change."""

    location: Location
    before: str
    after: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """The files that change (path → new bytes), each line that does, and the findings left for a person."""

    files: Mapping[str, bytes]
    corrections: tuple[Correction, ...]
    left: tuple[Finding, ...]


def fix(
    files: Mapping[str, bytes], unread: Sequence[Finding], as_of: datetime.date, concerned: Callable[[str], bool] = lambda _: True
) -> Fixed:
    """Apply every safe suggestion in the files whose path is ``concerned``; nothing is written. ``unread`` as for ``dataset.build``."""
    now = dict(files)
    asked: defaultdict[Location, list[str]] = defaultdict(list)
    for _ in range(MAX_ROUNDS):
        whole = dataset.build(now, list(unread))
        findings = validate(whole, as_of)
        edited = _round(whole, now, [finding for finding in findings if concerned(finding.location.path)])
        if not edited:
            break
        for finding in edited:
            asked[Location(finding.location.path, finding.location.line)].append(finding.rule)
    changed = {path: data for path, data in now.items() if data != files[path]}
    return Fixed(changed, tuple(_corrections(files, changed, asked)), tuple(f for f in findings if concerned(f.location.path)))


def table(fixed: Fixed, *, written: bool) -> Table:
    """What was put right, line by line, and how much is left."""
    columns = (
        Column("place", "Place", "id", "heading"),
        Column("before", "Was", "text", "detail"),
        Column("after", "Is" if written else "Would be", "text", "detail"),
        Column("rules", "Rule", "list", "hidden"),
    )
    rows = tuple(
        (f"{each.location.path} line {each.location.line}", each.before, each.after, list(each.rules)) for each in fixed.corrections
    )
    lines, files = counted(len(rows), "lines"), counted(len(fixed.files), "files")
    done = (
        f"{lines} {'put' if written else 'would be put'} right in {files}."
        if rows
        else "Nothing to put right: no finding here has only one answer."
    )
    left = f" What is left needs a person: {counted(len(fixed.left), 'findings')}, which citytools validate lists." if fixed.left else ""
    return Table("", columns, rows, notes=(done + left,))


def _place(location: Location) -> str:
    return f"{location.path} line {location.line}"


def _round(whole: Dataset, files: dict[str, bytes], findings: Iterable[Finding]) -> list[Finding]:
    """Make the safe edits that stand now, one at a path; the findings that were seen to."""
    by_file: defaultdict[str, dict[tuple[str | int, ...], Finding]] = defaultdict(dict)
    for finding in findings:
        if finding.replaces is not Replaces.NOTHING:
            by_file[finding.location.path].setdefault(finding.path, finding)
    kinds = {document.path: document.kind for document in whole.documents}
    seen_to: list[Finding] = []
    for path, found in by_file.items():
        files[path], done = _made(files[path], list(found.values()), schema.text_fields(kinds[path]))
        seen_to += done
    return seen_to


def _made(data: bytes, findings: list[Finding], text_fields: frozenset[str]) -> tuple[bytes, list[Finding]]:
    """A file with the findings' edits made, all together or, where they do not go together, each that goes alone."""
    try:
        new = yamlfile.splice(data, [Edit(f.path, f.replaces, f.suggestion) for f in findings], text_fields=text_fields)
        if new.count(b"\n") == data.count(b"\n"):
            return new, findings
    except CitytoolsError:
        pass
    done: list[Finding] = []
    for finding in findings if len(findings) > 1 else ():
        data, made = _made(data, [finding], text_fields)
        done += made
    return data, done


def _corrections(before: Mapping[str, bytes], after: Mapping[str, bytes], asked: Mapping[Location, Sequence[str]]) -> Iterator[Correction]:
    for path in sorted(after):
        lines = zip(before[path].decode().splitlines(), after[path].decode().splitlines(), strict=True)
        for number, (old, new) in enumerate(lines, start=1):
            if old != new:
                place = Location(path, number)
                yield Correction(place, old.strip(), new.strip(), tuple(dict.fromkeys(asked.get(place, ()))))
