"""Somebody's workbook handed back with notes in it: the parts concerned are edited, everything else stays as it was to the byte.

Reading and writing it with openpyxl would lose the results of formulas, pictures, text boxes, the formats within a cell's text,
dropdowns that newer versions of Excel write, and labels of confidentiality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citytools.errors import CitytoolsError
from citytools.workbook.comments import comment
from citytools.workbook.elements import (
    RELATIONSHIPS,
    Edit,
    before_later,
    content,
    edited,
    elements,
    into,
    quoted,
    text,
    with_attributes,
    without,
)
from citytools.workbook.issues import issues
from citytools.workbook.marking import PLACE, mark
from citytools.workbook.names import area, free_name
from citytools.workbook.note import Note, colour
from citytools.workbook.parts import Parts
from citytools.workbook.styles import Styles

ISSUES = "Issues"  # or with a number, where somebody has a sheet of that name
_MARK = "citytools_issues"  # the hidden name by which a later round finds the sheet of an earlier one, whatever it is called by then
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ORDER = (
    *(
        "fileVersion",
        "fileSharing",
        "workbookPr",
        "AlternateContent",
        "revisionPtr",
        "absPath",
        "workbookProtection",
        "bookViews",
        "sheets",
    ),
    *("functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr"),
    *("smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst"),
)
_SIGNED = "the workbook was digitally signed; the signature does not hold for a changed workbook and was taken out"


@dataclass(frozen=True, slots=True)
class Annotated:
    """A workbook with notes, and in plain sentences what of it was not kept or could not be done."""

    data: bytes
    lost: tuple[str, ...] = ()


def annotate(data: bytes, notes: Sequence[Note]) -> Annotated:
    """The workbook with a comment and a colour in each cell of which there is a note, and a sheet that lists them, at the front.

    What an earlier round put in is taken out first. The workbook must have been read before, and so found to be harmless.
    """
    parts = Parts(data)
    lost = [_SIGNED] if _unsigned(parts) else []
    book = _Book(parts)
    styles = Styles(parts, book.part)
    for name, part in book.sheets.items():
        if part != book.issues:
            said = _by_cell([note for note in notes if note.sheet == name])
            mark(parts, part, _by_look(said, styles))
            held = comment(parts, part, {cell: [f"({note.severity}): {note.message}" for note in every] for cell, every in said.items()})
            lost += [_conversation(name, cell, book.name) for cell in held]
    book.put_in(issues(notes, book.sheets, styles))
    styles.save()
    return Annotated(parts.packed(), tuple(lost))


def _by_cell(notes: Sequence[Note]) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = {}
    for note in notes:
        if PLACE.fullmatch(note.cell):
            found.setdefault(note.cell, []).append(note)
    return found


def _by_look(said: Mapping[str, Sequence[Note]], styles: Styles) -> dict[int, list[str]]:
    """Cells by their colour: that of an error if there is one among the notes."""
    found: dict[int, list[str]] = {}
    for cell, notes in said.items():
        worst = min((colour(note.severity) for note in notes), key=[colour("error"), colour("warning")].index)
        found.setdefault(styles.colour(worst), []).append(cell)
    return found


def _conversation(sheet: str, cell: str, issues: str) -> str:
    return f'{area(sheet, cell)} holds a conversation, beside which no note can stand; what is wrong is said only in the sheet "{issues}"'


def _unsigned(parts: Parts) -> bool:
    """Take out a digital signature; whether there was one."""
    signatures = parts.names("_xmlsignatures/")
    for name in signatures:
        parts.drop(name)
    if signatures:
        parts.unrelate("", "origin")
    return bool(signatures)


class _Book:
    """The part that names the sheets."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.part = next((one.part for one in parts.relations("") if one.kind == "officeDocument"), "")
        if not self.part:
            raise CitytoolsError("the workbook is damaged: nothing says which of its parts is the workbook")
        self.data = parts.read(self.part)
        self.found = elements(self.data, {"sheet", "workbookView", "definedName"}, self.part)
        targets = {one.id: one.part for one in parts.relations(self.part)}
        self.entries = [one for one in self.found if one.name == "sheet"]
        self.sheets = {one.attribute("name"): targets[one.attribute("id")] for one in self.entries if one.attribute("id") in targets}
        self.marks = [one for one in self.found if one.name == "definedName" and one.attribute("name") == _MARK]
        earlier = [name for name in self.sheets if any(content(self.data, one) in _first_cell(name) for one in self.marks)]
        self.name = earlier[0] if earlier else free_name(ISSUES, list(self.sheets))
        self.issues = self.sheets[self.name] if earlier else ""

    def put_in(self, data: bytes) -> None:
        """Put the sheet of issues in: where that of an earlier round stands, otherwise at the front."""
        edits = self._again(data) if self.issues else self._first(data)
        self.parts.put(self.part, edited(self.data, edits))

    def _again(self, data: bytes) -> list[Edit]:
        self.parts.drop_relations(self.issues)
        self.parts.put(self.issues, data)
        number, entry = next((n, one) for n, one in enumerate(self.entries) if one.attribute("name") == self.name)
        return [with_attributes(entry, state=None), *self._shown(number)]

    def _first(self, data: bytes) -> list[Edit]:
        part = self.parts.add("xl/worksheets/sheet{}.xml", data, _SHEET)
        free = max((int(one.attribute("sheetId") or 0) for one in self.entries), default=0) + 1
        refers = f'xmlns:r="{RELATIONSHIPS}" r:id="{self.parts.relate(self.part, "worksheet", part)}"'
        sheets = next(one for one in self.found if one.name == "sheets")
        entry = f'<{sheets.prefix}sheet {refers} name={quoted(self.name)} sheetId="{free}"/>'
        return [Edit(sheets.inner, sheets.inner, entry.encode()), *self._shown(0), *map(without, self.marks), *self._names()]

    def _shown(self, number: int) -> list[Edit]:
        views = [one for one in self.found if one.name == "workbookView"]
        return [with_attributes(one, activeTab=str(number), firstSheet=None) for one in views]

    def _names(self) -> list[Edit]:
        """Names of a sheet follow it to its new place; one name more says which sheet is ours."""
        moved = [one for one in self.found if one.name == "definedName" and one.attribute("localSheetId") and one not in self.marks]
        edits = [with_attributes(one, localSheetId=str(int(one.attribute("localSheetId")) + 1)) for one in moved]
        every = next((one for one in self.found if one.name == "definedNames"), None)
        prefix = self.found[0].prefix
        name = f'<{prefix}definedName name="{_MARK}" hidden="1">{text(area(self.name, "$A$1"))}</{prefix}definedName>'
        if every:
            return [*edits, into(every, name)]
        return [before_later(self.found, _ORDER, "definedNames", f"<{prefix}definedNames>{name}</{prefix}definedNames>")]


def _first_cell(name: str) -> tuple[str, str]:
    return area(name, "$A$1"), f"{name}!$A$1"
