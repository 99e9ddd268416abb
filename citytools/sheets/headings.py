"""Finding one's way in a sheet that somebody sent back: which sheet it is, where its headings are, and what stands in its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from citytools import suggest
from citytools.model import Finding, Location, Severity
from citytools.schema import shown
from citytools.sheets.layout import Field, Items, Layout, Records, fold
from citytools.workbook import Cell, ReadSheet, column_letters

_LOOK_AT = 10  # rows, of which one has the headings
_ALSO = {"Borough": ("Authority", "Council", "Holder", "Borough or body"), "Record": ("Record id", "Belongs to"), "Sheet": ()}

Heading = Field | str


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the headings: its number, and its cells by their field, or by the title of the column before the fields."""

    number: int
    cells: Mapping[Heading, Cell]

    def text(self, heading: Heading) -> str:
        """What a cell says, without blanks at its ends; empty where there is none."""
        cell = self.cells.get(heading)
        return " ".join(str(cell.content).split()) if cell else ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet that was recognised: under which name it came, which columns it has, and its rows."""

    sheet: Records | Items
    name: str
    columns: Mapping[Heading, int]
    rows: tuple[Row, ...]

    def place(self, row: int, heading: Heading | None = None) -> str:
        """A cell's name in the workbook: Contracts!E14; the row's first for a column that the sheet does not have."""
        column = self.columns.get(heading) if heading is not None else None
        return f"{self.name}!{column_letters(column or min(self.columns.values(), default=1))}{row}"


@dataclass(frozen=True, slots=True)
class Recognised:
    """The sheets that were recognised, what is wrong with headings, and what a person should know."""

    sheets: tuple[Filled, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def recognised(file: str, sheets: Iterable[ReadSheet], layout: Layout, passed_over: Iterable[str]) -> Recognised:
    """Each sheet by its name, else by headings that only one has; those ``passed_over`` by name are not data."""
    skipped = {fold(name) for name in passed_over}
    found: list[Filled] = []
    findings: list[Finding] = []
    notes: list[str] = []
    for sheet in sheets:
        if fold(sheet.name) in skipped or not sheet.rows:
            continue
        wanted = _wanted(sheet, layout)
        if wanted is None:
            findings.append(_unread(file, sheet, layout))
            continue
        if fold(wanted.name) != fold(sheet.name):
            notes.append(f'The sheet "{shown(sheet.name)}" was read as {wanted.name}, whose headings it has.')
        if any(each.sheet is wanted for each in found):
            findings.append(_fault(file, f"{sheet.name}!A1", f"this is a second sheet of {wanted.name}", "Put all lines on one of them"))
            continue
        filled, wrong, said = _filled(file, sheet, wanted)
        found += [filled] if filled else []
        findings += wrong
        notes += said
    return Recognised(tuple(found), tuple(findings), tuple(notes))


def _wanted(sheet: ReadSheet, layout: Layout) -> Records | Items | None:
    every: list[Records | Items] = [*layout.records, *layout.items]
    for names in ({fold(each.name): each for each in every}, {fold(_listed(each)): each for each in every}):
        if fold(sheet.name) in names:
            return names[fold(sheet.name)]
    scores = sorted(((len(_headings(sheet, wanted)[1]), wanted) for wanted in layout.records), key=lambda each: -each[0])
    best, second = scores[0], scores[1] if len(scores) > 1 else (0, None)
    return best[1] if best[0] >= 4 and best[0] > second[0] else None


def _listed(sheet: Records | Items) -> str:
    """The name of the list that a sheet holds, as files have it."""
    return sheet.key or (sheet.record if isinstance(sheet, Records) else "")


def _headings(sheet: ReadSheet, wanted: Records | Items) -> tuple[Sequence[Cell], dict[int, Heading]]:
    """The row that has most of the headings, and which heading each of its columns has."""
    called = _called(wanted)
    best: tuple[Sequence[Cell], dict[int, Heading]] = ((), {})
    for row in sheet.rows[:_LOOK_AT]:
        known = {cell.column: called[fold(str(cell.content))] for cell in row if fold(str(cell.content)) in called}
        if len(known) > len(best[1]):
            best = row, known
    return best


def _filled(file: str, sheet: ReadSheet, wanted: Records | Items) -> tuple[Filled | None, list[Finding], list[str]]:
    row, known = _headings(sheet, wanted)
    titles = [*_lead_titles(wanted), *(field.title for field in wanted.fields)]
    if not known or (len(known) == 1 and len(row) > 1):
        advice = f"One row must have headings such as {', '.join(titles[:4])}"
        return None, [_fault(file, f"{sheet.name}!A1", "no headings were found on this sheet", advice)], []
    findings = list(_twice(file, sheet.name, row, known))
    if findings:
        return None, findings, []
    number = row[0].row
    unknown = {cell.column: cell for cell in row if cell.column not in known}
    below = [each for each in sheet.rows if each[0].row > number]
    findings = [_unknown(file, sheet.name, cell, below, titles) for cell in unknown.values()]
    findings += _orphans(file, sheet.name, below, {*known, *unknown})
    columns = {heading: column for column, heading in known.items()}
    rows = tuple(Row(each[0].row, {known[cell.column]: cell for cell in each if cell.column in known}) for each in below)
    notes = [f"On {sheet.name}, headings were found in row {number}."] if number > 1 else []
    missing = [field.title for field in wanted.fields if field not in columns]
    if missing:
        notes.append(f"{sheet.name} came without the columns {', '.join(missing)}: what the register has there stays.")
    return Filled(wanted, sheet.name, columns, tuple(row for row in rows if row.cells)), findings, notes


def _called(sheet: Records | Items) -> dict[str, Heading]:
    """What a heading may be called, folded: the title, the field's name, what people also call it where only one is called so."""
    found: dict[str, Heading] = {}
    others: dict[str, list[Heading]] = {}
    for lead in _lead_titles(sheet):
        for name in (lead, *_ALSO[lead]):
            found[fold(name)] = lead
    for field in sheet.fields:
        found.setdefault(fold(field.title), field)
        found.setdefault(fold(field.key), field)
        for name in (field.path[-1], *field.definition.get("x-also-called", ())):
            others.setdefault(fold(name), []).append(field)
    return {**{name: fields[0] for name, fields in others.items() if len(set(map(id, fields))) == 1}, **found}


def _lead_titles(sheet: Records | Items) -> tuple[str, ...]:
    return sheet.leads(single=False)


def _twice(file: str, name: str, row: Sequence[Cell], known: Mapping[int, Heading]) -> Iterator[Finding]:
    seen: dict[Heading, int] = {}
    for cell in row:
        heading = known.get(cell.column)
        if heading is None:
            continue
        if heading in seen:
            both = f"columns {column_letters(seen[heading])} and {column_letters(cell.column)} are both {shown(str(cell.content))}"
            yield _fault(file, f"{name}!{cell.place}", both, "Keep one of them; nothing on this sheet was read")
        seen.setdefault(heading, cell.column)


def _unknown(file: str, name: str, cell: Cell, below: Iterable[Sequence[Cell]], titles: Sequence[str]) -> Finding:
    number = sum(any(each.column == cell.column for each in row) for row in below)
    text = shown(str(cell.content))
    return Finding(
        Location(file, cell=f"{name}!{cell.place}"),
        "unknown-field",
        f'"{text}" is no heading here, so that its column was not read ({number} filled {"cell" if number == 1 else "cells"})',
        advice="Remove the column if it is only for yourself",
        suggestion=suggest.closest(str(cell.content), titles),
        severity=Severity.WARNING,
    )


def _orphans(file: str, name: str, below: Iterable[Sequence[Cell]], columns: set[int]) -> Iterator[Finding]:
    for row in below:
        for cell in row:
            if cell.column not in columns:
                message = f'"{shown(str(cell.content))}" is under no heading, so that it would be lost'
                yield _fault(file, f"{name}!{cell.place}", message, "Put a heading above it, move it or remove it")


def _unread(file: str, sheet: ReadSheet, layout: Layout) -> Finding:
    names = [*(each.name for each in layout.records), *(each.name for each in layout.items)]
    return Finding(
        Location(file, cell=f"{sheet.name}!{sheet.rows[0][0].place}"),
        "unknown-field",
        f'the sheet "{shown(sheet.name)}" was not read: it is none of {", ".join(names)}',
        advice="Give it the name of what it holds, or remove it if it is only for yourself",
        suggestion=suggest.closest(sheet.name, names),
        severity=Severity.WARNING,
    )


def _fault(file: str, cell: str, message: str, advice: str) -> Finding:
    return Finding(Location(file, cell=cell), "wrong-form", message, advice=advice)
