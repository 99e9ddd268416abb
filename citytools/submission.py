"""What somebody handed in, by whichever door it came: files as YAML or JSON, or a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from citytools import dataset, schema, workbook, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import Document, FieldPath, Finding, Location, Severity
from citytools.planned import Register
from citytools.sheets.origin import Origin
from citytools.sheets.places import Key, Places
from citytools.sheets.returned import returned

WHOLE = "*"  # in the place of a record's id: all of its file
# What is said of lines in a file, and of cells in a workbook.
_IN_CELLS = (
    (r"data/catalogue/\w+\.yaml", "the catalogue"),
    (r"[Ll]eave the line out", "Leave the cell empty"),
    (r"or remove the line", "or leave the cell empty"),
    (r"[Rr]emove the line", "Empty the cell"),
    (r"goes under unknown or withheld", "goes on the sheet Unknown or Withheld"),
    (r"under unknown", "on the sheet Unknown"),
    (r"write name: and what it is called, in place of product:", "leave the cell empty and write what it is called in the column Name"),
)
_T = TypeVar("_T")

MAX_BYTES = 50_000_000
HANDED_IN = "submissions"  # the folder in which workbooks are handed in by pull request, one for each borough
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class Submission:
    """Files as they were meant, by their place in the dataset, and the state that they were made from.

    ``texts`` are those that came as YAML, so that one that is new here stays as it was written. ``findings`` stand in the way of the
    ``faulty`` records; ``remarks`` do not. ``read_as``, ``kept`` and ``notes`` say what was understood, what stays although it is
    missing, and what a person should know. ``places`` leads back to cells.
    """

    documents: Mapping[str, Document]
    base: Mapping[str, bytes]
    texts: Mapping[str, bytes] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    remarks: Sequence[Finding] = ()
    faulty: Set[Key] = frozenset()
    read_as: Sequence[str] = ()
    kept: Sequence[str] = ()
    notes: Sequence[str] = ()
    places: Sequence[Places] = ()

    @property
    def lines(self) -> int:
        """How many records have a line in a workbook."""
        return sum(len(places.rows) for places in self.places)

    def from_cells(self, path: str) -> bool:
        """Whether a file came as a workbook."""
        return any(path in places.files for places in self.places)

    def order(self, finding: Finding) -> tuple[object, ...]:
        """Where a finding stands among others: by file, and in a workbook by sheet, row and column."""
        place = finding.location
        sheet, _, cell = place.cell.rpartition("!")
        at = re.fullmatch(r"([A-Z]+)(\d+)", cell)
        sheets = next((each.order for each in self.places if each.file == place.path), ())
        number = sheets.index(sheet) if sheet in sheets else len(sheets)
        in_sheet = (int(at[2]), len(at[1]), at[1]) if at else (place.line, place.column, "")
        return (place.path, number, *in_sheet, finding.rule, finding.message)

    def cell(self, path: str, document: Document | None, where: FieldPath) -> Location | None:
        """The cell that a value of a file came from; None where it came from none."""
        fields = document.fields if document else None
        return next(filter(None, (places.of(path, fields, where) for places in self.places)), None)

    def cell_of(self, key: Key, name: str) -> Location | None:
        """The cell of a record's field; None where it came from none."""
        return next(filter(None, (places.field(key, name) for places in self.places)), None)


def content(path: Path) -> bytes:
    """What is in a workbook's file. Raises CitytoolsError where there is none, or it is larger than people fill in."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CitytoolsError(f"{path} has {path.stat().st_size:,} bytes, and a workbook may have {MAX_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise CitytoolsError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error


def of_files(theirs: Mapping[str, bytes], base: Mapping[str, bytes]) -> Submission:
    """Files by their place in the dataset, as YAML or JSON."""
    files = {path: read(path, data) for path, data in sorted(theirs.items())}
    problems = [each for _, found in files.values() for each in found if each.severity is Severity.ERROR]
    texts = {path: data for path, data in theirs.items() if not data.lstrip().startswith(b"{")}
    documents = {path: each for path, (each, _) in files.items()}
    unread = frozenset((path, WHOLE) for path, each in documents.items() if each.fields is None)
    return Submission(documents, base, texts, problems, faulty=unread)


def of_workbook(
    name: str,
    data: bytes,
    register: Register,
    *,
    holder: str = "",
    base: Mapping[str, bytes] | None = None,
    removals: bool = False,
) -> tuple[Submission, Origin]:
    """A workbook that came back, and what it says that it was made from. Raises CitytoolsError where it cannot be read at all."""
    book = workbook.read(name, data)
    found = returned(name, book, register.files, register.dataset, holder=holder, base=base, removals=removals)
    if removals and found.faulty:
        # What could not be understood may be what seems to be missing.
        first, found = found, returned(name, book, register.files, register.dataset, holder=holder, base=base)
        found.findings, found.faulty = first.findings, first.faulty
        found.notes.append("Nothing is removed as long as something in it cannot be understood.")
    documents = {path: document(path, fields) for path, fields in found.files.items()}
    errors = [each for each in found.findings if each.severity is Severity.ERROR]
    remarks = [each for each in found.findings if each.severity is not Severity.ERROR]
    said = found.read_as, found.kept, found.notes
    return Submission(documents, found.base, {}, errors, remarks, found.faulty, *said, (found.places,)), found.origin


def from_workbook(
    path: Path, register: Register, *, holder: str = "", base: Mapping[str, bytes] | None = None, removals: bool = False
) -> tuple[Submission, bytes, Origin]:
    """The same of a file, with its content; one in submissions/<borough>/ is that borough's. Raises CitytoolsError."""
    data = content(path)
    folder = path.absolute().parent
    owner = holder or (folder.name if folder.parent.name == HANDED_IN else "")
    sent, origin = of_workbook(path.name, data, register, holder=owner, base=base, removals=removals)
    return sent, data, origin


def annotated(name: str, data: bytes, findings: Iterable[Finding]) -> tuple[bytes, tuple[str, ...]]:
    """The workbook with a note in each cell that a finding is about, and sentences on what of it could not be kept."""
    notes = []
    for finding in findings:
        if finding.location.path == name and finding.location.cell:
            sheet, _, cell = finding.location.cell.rpartition("!")
            notes.append(workbook.Note(sheet, cell, sentence(finding), str(finding.severity)))
    done = workbook.annotate(data, notes)
    return done.data, done.lost


def for_cells(finding: Finding, kind: str, place: Location) -> Finding:
    """A finding about a file as it is said to who filled in a workbook: columns in place of fields, cells in place of lines."""
    message, advice = finding.message, finding.advice
    missing = re.fullmatch(r'the field "(\w+)" is missing', message)
    if missing:
        title = schema.definition(kind, (*finding.path, missing[1])).get("title", missing[1])
        message, advice = f"{title} is missing", f"Fill in the column {title}"
    said = {field.name: str(field.definition.get("title", field.name)) for field in schema.properties(kind)}
    for old, new in _IN_CELLS:
        advice = re.sub(old, new, advice)
    advice = re.sub(
        r"\b(?:Add|Write) ([a-z_]+):", lambda found: f"In the column {said[found[1]]} write" if found[1] in said else found[0], advice
    )
    advice = re.sub(r"\b([a-z_]+):", lambda found: f"{said[found[1]]}:" if found[1] in said else found[0], advice)
    where = re.sub(r"(?<=: )(\w+)( \d+)?(\.\w+)?$", lambda found: _title(kind, finding.path) or found[0], finding.where)
    return replace(finding, location=place, message=message, advice=advice, where=where, path=finding.path)


def _title(kind: str, path: FieldPath) -> str:
    return str(schema.definition(kind, path).get("title", "")) if path else ""


def sentence(finding: Finding) -> str:
    """What is wrong, and what to write instead."""
    parts = [f"{finding.where}: {finding.message}" if finding.where else finding.message, finding.advice]
    said = ". ".join(part[:1].upper() + part[1:] if number else part for number, part in enumerate(filter(None, parts)))
    return f"{said}." + (f" Did you mean {finding.suggestion}?" if finding.suggestion else "")


def together(sent: Sequence[Submission]) -> Submission:
    """Several submissions as one. Raises CitytoolsError where two of them hold the same file."""
    if len(sent) == 1:
        return sent[0]
    twice = next(
        (path for number, each in enumerate(sent) for path in each.documents for other in sent[:number] if path in other.documents), ""
    )
    if twice:
        raise CitytoolsError(f"two of the submissions hold {twice}. Merge one, and then the other")
    return Submission(
        _all(each.documents for each in sent),
        _all({path: data for path, data in each.base.items() if path in each.documents} for each in sent),
        _all(each.texts for each in sent),
        [finding for each in sent for finding in each.findings],
        [finding for each in sent for finding in each.remarks],
        frozenset(key for each in sent for key in each.faulty),
        [said for each in sent for said in each.read_as],
        [said for each in sent for said in each.kept],
        [said for each in sent for said in each.notes],
        [places for each in sent for places in each.places],
    )


def _all(parts: Iterable[Mapping[str, _T]]) -> dict[str, _T]:
    return {path: each for part in parts for path, each in part.items()}


def document(path: str, fields: dict[str, Any]) -> Document:
    """A file of the dataset with these fields, of which there is no text."""
    kind, holder = dataset.kind_of(path)
    return Document(path, kind, fields, holder)


def read(path: str, data: bytes) -> tuple[Document, list[Finding]]:
    """A file of the dataset, by its place, and what is wrong with its text."""
    kind, holder = dataset.kind_of(path)
    return yamlfile.read(path, data, kind=kind, holder=holder, text_fields=schema.text_fields(kind))
