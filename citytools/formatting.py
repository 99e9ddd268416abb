"""Files in the one form that the register's own have: how they are laid out changes, what they say and their comments never do."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from citytools import dataset, schema, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import Column, Finding, Severity, Table
from citytools.validate import counted


@dataclass(frozen=True, slots=True)
class Formatted:
    """The files that change (path → new bytes), why others are left as they are (path → reason), and how many were looked at."""

    files: Mapping[str, bytes]
    left: Mapping[str, str]
    seen: int


def formatted(kind: str, data: bytes) -> bytes:
    """A file of this kind in canonical form. Raises CitytoolsError where it cannot be read, or would not say the same."""
    return _formatted(kind, data, yamlfile.read("", data, kind=kind, text_fields=schema.text_fields(kind))[1])


def _formatted(kind: str, data: bytes, findings: Iterable[Finding]) -> bytes:
    # Once it stands apart from the text before it, no one would be told of it again.
    if lost := next((finding for finding in findings if finding.rule == "swallowed-comment"), None):
        raise CitytoolsError(_said(lost))
    return yamlfile.canonical(
        data,
        records=[listed.path[0] for listed in schema.record_lists(kind)],
        order=lambda path: tuple(schema.definition(kind, path).get("properties", {})),
        text_fields=schema.text_fields(kind),
    )


def format_files(files: Mapping[str, bytes], unread: Sequence[Finding], concerned: Callable[[str], bool] = lambda _: True) -> Formatted:
    """Put the files whose path is ``concerned`` in canonical form; nothing is written. ``unread`` as for ``dataset.build``."""
    whole = dataset.build_all([(files, unread)], judged=False)[0]
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in whole.findings:
        found[finding.location.path].append(finding)
    documents = [document for document in whole.documents if concerned(document.path)]
    changed: dict[str, bytes] = {}
    left: dict[str, str] = {}
    for path, kind, fields in ((document.path, document.kind, document.fields) for document in documents):
        if fields is None:
            left[path] = next(_said(finding) for finding in found[path] if finding.severity is Severity.ERROR)
            continue
        try:
            new = _formatted(kind, files[path], found[path])
        except CitytoolsError as error:
            left[path] = str(error)
        else:
            changed |= {path: new} if new != files[path] else {}
    return Formatted(changed, left, len(documents))


def table(done: Formatted, *, written: bool) -> Table:
    """Which files were put in the usual form, or would be, and which are left as they are and why."""
    columns = (
        Column("file", "File", "id", "heading"),
        Column("done", "Done", "text", "hidden"),
        Column("why", "Left as it is", "text", "detail"),
    )
    verb = "put" if written else "would be put"
    rows = [(path, f"{verb} in the usual form", None) for path in done.files] + [
        (path, "left as it is", why) for path, why in done.left.items()
    ]
    said = (
        f"{counted(len(done.files), 'files')} {verb} in the usual form, of {done.seen:,}."
        if done.files
        else "No file to put in the usual form."
    )
    stay = f"{counted(len(done.left), 'files')} left as {'it is' if len(done.left) == 1 else 'they are'}"
    left = f" {stay}: correct by hand first." if done.left else ""
    return Table("", columns, tuple(sorted(rows, key=lambda row: row[0])), notes=(said + left,))


def difference(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    """What would change, line by line, as ``diff -u`` shows it."""
    return "".join(line for path in sorted(after) for line in _lines_of(path, before[path], after[path]))


def _lines_of(path: str, old: bytes, new: bytes) -> Iterator[str]:
    before, after = (data.decode("utf-8").splitlines(keepends=True) for data in (old, new))
    for line in difflib.unified_diff(before, after, path, path):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _said(finding: Finding) -> str:
    line = f"line {finding.location.line}: " if finding.location.line else ""
    return f"{line}{finding.message}" + (f". {finding.advice}" if finding.advice else "")
