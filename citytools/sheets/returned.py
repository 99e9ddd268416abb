"""What an officer sent back, as files of the dataset: only what was changed in a cell is changed in a record.

A workbook knows the state that it was made from. A cell that still holds what it was filled with leaves the value as it was, so that
nothing is lost on the way through Excel. A line or cell that is missing removes nothing unless removals are allowed; what cannot be
understood stays as it was, with a finding at its cell.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from citytools import SCHEMA_VERSION, dataset, schema, yamlfile
from citytools.catalogue import Catalogue
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Finding, Location
from citytools.sheets import origin as origins
from citytools.sheets.before import Before
from citytools.sheets.cells import CellError, Names, alike, clean, filled, meant, taken
from citytools.sheets.filling import item_rows, value_at
from citytools.sheets.headings import Filled, Heading, Row, recognised
from citytools.sheets.layout import HOLDER, KINDS, NONE, RECORD, SHEET, UNKNOWN, Field, Items, Layout, Records, layout, named_field
from citytools.sheets.origin import Origin
from citytools.sheets.pairing import Line, paired, same_cells
from citytools.sheets.places import Key, Places
from citytools.workbook import GUIDANCE, ISSUES, LISTS, Book

# Sheets of a workbook that hold no data: what is read first, what is chosen from, what a check found.
PASSED_OVER = (GUIDANCE, ISSUES, *(f"{ISSUES} {number}" for number in range(2, 10)), LISTS, origins.FACTS, origins.FILES)


@dataclass(slots=True)
class Returned:
    """What came back: the files as they were meant (by their place in the dataset), those that it was made from, and what to say of it.

    ``faulty`` are the records that a finding stands in the way of.
    """

    name: str
    origin: Origin
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    base: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    faulty: set[Key] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)
    read_as: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: Places = field(default_factory=lambda: Places("", {}, {}))


def returned(
    name: str,
    book: Book,
    files: Mapping[str, bytes],
    present: Dataset,
    *,
    holder: str = "",
    base: Mapping[str, bytes] | None = None,
    removals: bool = False,
) -> Returned:
    """What a workbook that was read means for the dataset's ``files``; ``holder`` is whose it is where it does not say.

    ``base`` is the state that it was made from, where that is known better than the workbook does. Raises CitytoolsError for a workbook
    in which nothing can be read.
    """
    known = None if base is not None else origins.origin(book.sheets)
    found = Returned(name, known or Origin())
    found.base = dict(base if base is not None else known.files if known and known.files else files)
    found.notes += book.notes
    reading = _Reading(found, files, present, holder, removals)
    reading.sheets(book)
    return found


class _Reading:
    """A workbook on its way into files; each step adds to what is returned."""

    def __init__(self, found: Returned, files: Mapping[str, bytes], present: Dataset, holder: str, removals: bool) -> None:
        self.found, self.removals = found, removals
        self.catalogue = Catalogue(present)
        self.names = Names(self.catalogue, found.origin.names)
        self.holder = self._holder_named(holder) if holder else ""
        self.only, self.of_others = bool(holder), 0
        self.given: dict[Key, list[Line]] = {}
        self.before = Before(found.name, found.base, files, present)
        self.sent: dict[Key, dict[str, Any]] = {}
        self.on: dict[str, set[Records]] = {}
        self.at: dict[tuple[str, str], str] = {}
        self.rows: dict[Key, tuple[Filled, Row]] = {}
        self.items: dict[tuple[str, str, str], list[tuple[Filled, Row] | None]] = {}

    def sheets(self, book: Book) -> None:
        """Read all of them, records first. Raises CitytoolsError where there are none, or they are not whose they are said to be."""
        made_for = origins.holder_of(book.sheets)
        if self.holder and made_for and self.holder != made_for:
            raise CitytoolsError(f"{self.found.name} was made for {made_for}, and was handed in for {self.holder}. Whose is it?")
        if made_for and not self._known_holder(made_for):
            raise CitytoolsError(f'{self.found.name} was made for "{schema.shown(made_for)}", and no borough or body of that name is here')
        self.holder, self.only = self.holder or made_for, self.only or bool(made_for)
        wanted: Layout = layout(KINDS)
        read = recognised(self.found.name, book.sheets, wanted, PASSED_OVER)
        if not read.sheets:
            names = ", ".join(f'"{sheet.name}"' for sheet in book.sheets[:6])
            raise CitytoolsError(
                f"{self.found.name}: no sheet was recognised. It has {names or 'none'}, and must have one such as Systems or Contracts. "
                "Make a workbook to fill in with: citytools template"
            )
        self.found.findings += read.findings
        self.found.notes += read.notes
        for sheet in read.sheets:
            if isinstance(sheet.sheet, Records):
                self._records(sheet, sheet.sheet)
        for sheet in read.sheets:
            if isinstance(sheet.sheet, Items):
                self._items(sheet, sheet.sheet)
        self._in_order()
        for sheet in read.sheets if self.found.origin.files else ():
            if isinstance(sheet.sheet, Records) and sheet.sheet.key:
                self._gone(sheet, sheet.sheet)
        if self.of_others:
            self.found.notes.append(f"{self.of_others} lines are of others than {self.holder}, and were not read.")
        self.found.places = Places(
            self.found.name, self.rows, self.items, frozenset(self.found.files), [sheet.name for sheet in book.sheets]
        )

    # Records

    def _records(self, sheet: Filled, wanted: Records) -> None:
        rows = [(row, path) for row in sheet.rows if (path := self._path(sheet, wanted, row))]
        by_file: dict[str, list[Row]] = {}
        for row, path in rows:
            by_file.setdefault(path, []).append(row)
        for path, lines in by_file.items():
            old = self.before.fields(path)
            if wanted.key:
                self._list(sheet, wanted, path, lines, old)
            else:
                self._whole(sheet, wanted, path, lines, old)

    def _whole(self, sheet: Filled, wanted: Records, path: str, rows: Sequence[Row], old: dict[str, Any]) -> None:
        first, *others = rows
        for row in others:
            self._fault(sheet, row, None, "duplicate-id", "this is a second line for the same", "Keep one of them", (path, ""))
        self.rows[path, ""] = (sheet, first)
        start = self.found.files.get(path) or {"schema": SCHEMA_VERSION, **old}
        self.found.files[path] = self._record(sheet, wanted, first, start, (path, ""))

    def _list(self, sheet: Filled, wanted: Records, path: str, rows: Sequence[Row], old: dict[str, Any]) -> None:
        named = next((heading for heading in sheet.columns if isinstance(heading, Field) and heading.path == ("id",)), None)
        whole = self.found.files.setdefault(path, {"schema": SCHEMA_VERSION, **{k: v for k, v in old.items() if k != wanted.key}})
        had = self.before.records(path, wanted.key)
        sent: dict[str, dict[str, Any]] = {}
        for row in rows:
            own = clean(row.text(named))[0] if named else ""
            if named and _says_none(row, named):
                whole.setdefault(wanted.key, [])
            elif not own:
                self._fault(sheet, row, named, "missing-field", "this line has no id", self._advice(wanted, row), (path, ""))
            elif own in sent or (path, own) in self.found.faulty:
                first = self.rows[path, own][1].number
                message = f'the id "{schema.shown(own)}" stands in row {first} too'
                self._fault(sheet, row, named, "duplicate-id", message, "Give one of them another id, or remove one line", (path, own))
                sent.pop(own, None)
            else:
                self.rows[path, own] = (sheet, row)
                sent[own] = self._record(sheet, wanted, row, dict(had.get(own, {"id": own})), (path, own))
        order = [*(own for own in had if own in sent), *(own for own in sent if own not in had)]
        if order or wanted.key in old:
            whole[wanted.key] = [sent[own] for own in order]
        elif wanted.key not in whole:
            del self.found.files[path]  # nothing of it could be read, and nothing is not none
        self.sent |= {(path, own): record for own, record in sent.items()}

    def _advice(self, wanted: Records, row: Row) -> str:
        titles = (field for field in wanted.fields if field.path in (("title",), ("name",), ("product",)))
        name = next(filter(None, map(row.text, titles)), "")
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        return f"Give it a short name that never changes{f', such as {slug}' if slug else ''}"

    def _record(self, sheet: Filled, wanted: Records, row: Row, start: dict[str, Any], key: Key) -> dict[str, Any]:
        """The record with what was changed in the cells of its row."""
        missing = [each for each in wanted.fields if value_at(start, each.path) is None] if start.get(UNKNOWN) else []
        for each in wanted.fields:
            if each in sheet.columns and each.path != ("id",):
                self._cell(sheet, row, each, start, key)
        given = {each for each in missing if value_at(start, each.path) is not None}
        if given:
            self._no_longer_unknown(wanted, start, given, key)
        return start

    def _no_longer_unknown(self, wanted: Records, record: dict[str, Any], given: Set[Field], key: Key) -> None:
        """Take what now has a value off the list of what is not known, whether or not its line was deleted."""
        names = {name for each in given for name in (each.key, each.path[0])}
        known = [item for item in record[UNKNOWN] if isinstance(item, dict) and item.get("field") in names]
        if not known:
            return
        items = next(each for each in layout(KINDS).items if each.key == UNKNOWN and wanted in each.parents)
        self.given[key] = [line for item in known for line in item_rows(items, [item], self.names)]
        left = [item for item in record[UNKNOWN] if item not in known]
        record.pop(UNKNOWN)
        if left:
            record[UNKNOWN] = left
        fields = ", ".join(str(item["field"]) for item in known)
        self.found.read_as.append(f"{_ref(wanted, key)}: {fields} now known, and no longer on the sheet {items.name}")

    def _cell(self, sheet: Filled, row: Row, each: Field, record: dict[str, Any], key: Key) -> bool:
        """Put into a record, or an item of a list, what a cell says if that differs from what it was filled with; whether it may stay."""
        old, cell = value_at(record, each.path), row.cells.get(each)
        content = cell.content if cell else None
        if alike(filled(each, old, self.names), content) and not (cell and cell.trouble):
            return True
        try:
            if cell and cell.trouble:
                raise CellError(cell.trouble, "Type the value itself")
            new = taken(each, cell.content, self.names) if cell else None
        except CellError as error:
            rule = {"date": "wrong-date", "choice": "not-allowed"}.get(each.sort, "wrong-type")
            self._fault(sheet, row, each, rule, error.message, error.advice, key, error.suggestion)
            return False
        if new is None:
            if old is not None and self.removals:
                _remove(record, each.path)
            elif old is not None:
                place = sheet.place(row.number, each)
                self.found.kept.append(f"{place} is empty; {schema.shown(_said(filled(each, old, self.names)), 40)} stays")
            return True
        if cell and cell.formula:
            self.found.read_as.append(
                f"{sheet.place(row.number, each)}: a formula, read as its last result {schema.shown(_said(cell.content), 40)}"
            )
        if new.said:
            self.found.read_as.append(f"{sheet.place(row.number, each)}: {new.said}")
        if old is None or not yamlfile.same(old, new.value):
            _set(record, each.path, new.value)
        return True

    def _gone(self, sheet: Filled, wanted: Records) -> None:
        """A file of which no line came back: whether nothing is left, or it was only not sent, is not for a program to guess."""
        for path in self.found.base:
            kind, holder = dataset.kind_of(path)
            number = len(self.before.records(path, wanted.key)) if kind == wanted.file and path not in self.found.files else 0
            if number and (not self.only or holder == self.holder):
                self.found.kept.append(f"{sheet.name}: all {number} lines of {holder or path} are gone; what the register has stays")
                if self.removals:
                    message = f"all {number} lines of {holder or path} are gone"
                    advice = f"If there are none, write {NONE} in the column Id of one line; if some are left, put them back"
                    self._fault(sheet, Row(2, {}), None, "missing-field", message, advice, (path, ""))

    # Items of lists

    def _items(self, sheet: Filled, wanted: Items) -> None:
        lines: dict[tuple[Key, int], list[Row]] = {}
        for row in sheet.rows:
            at = self._parent(sheet, wanted, row)
            if at:
                lines.setdefault(at, []).append(row)
        for (key, number), rows in lines.items():
            self._item_list(sheet, wanted, wanted.parents[number], key, rows)
        if self.removals:
            self._remove_lists(wanted, {key for key, _ in lines})

    def _item_list(self, sheet: Filled, wanted: Items, parent: Records, key: Key, rows: Sequence[Row]) -> None:
        record = self._sent(parent, key)
        if record is None:
            return self._of_unsent(sheet, wanted, parent, key, rows)
        first = wanted.fields[0]
        lines = self.given.get(key, ()) if wanted.key == UNKNOWN else ()
        rows = [row for row in rows if not any(same_cells(wanted, line, row) for line in lines)]
        old = record.get(wanted.key)
        if not rows and not old:
            return None
        if len(rows) == 1 and _says_none(rows[0], first):
            if old and not self.removals:
                place = sheet.place(rows[0].number)
                self.found.kept.append(f"{place} says {NONE}; the {len(old)} that are in the register stay")
            elif old != []:
                record[wanted.key] = []
            return None
        items = paired(wanted, [item for item in old or () if isinstance(item, dict)], rows, self.names)
        done = [(item, row) for item, row in items if row is None or self._item(sheet, wanted, parent, row, item, key)]
        if len(done) < len(items):
            return None
        left = [item for item, row in done if row is None]
        if left and self.removals:
            done = [(item, row) for item, row in done if row is not None]
        elif left:
            count = f"{len(left)} {'is' if len(left) == 1 else 'are'}"
            self.found.kept.append(f"{wanted.name} of {_ref(parent, key)}: {count} no longer there; what the register has stays")
        record[wanted.key] = [item for item, _ in done]
        self.items[(*key, wanted.key)] = [(sheet, row) if row else None for _, row in done]
        return None

    def _item(self, sheet: Filled, wanted: Items, parent: Records, row: Row, item: dict[str, Any], key: Key) -> bool:
        first = row.cells.get(wanted.fields[0])
        if first and isinstance(first.content, str):
            text = meant(first.content)
            if wanted.fields[0].definition.get("x-names-a-field"):
                text = named_field(parent, text)
            row = replace(row, cells={**row.cells, wanted.fields[0]: replace(first, content=text)})
        fine = [self._cell(sheet, row, each, item, key) for each in wanted.fields if each in sheet.columns]
        return all(fine)

    def _of_unsent(self, sheet: Filled, wanted: Items, parent: Records, key: Key, rows: Sequence[Row]) -> None:
        """Lines of a record that has no line itself: fine if they only say what is known, else a question."""
        there = self._known(parent, key)
        lines = [*item_rows(wanted, there.get(wanted.key) if there else None, self.names)]
        for row in rows:
            if not any(same_cells(wanted, line, row) for line in lines) and key not in self.found.faulty:
                advice = f"Put the record on {parent.name}, or correct the id in the column {RECORD}"
                message = f'there is no "{schema.shown(key[1] or key[0])}" on the sheet {parent.name}'
                self._fault(sheet, row, RECORD if RECORD in sheet.columns else None, "unknown-reference", message, advice, key)

    def _remove_lists(self, wanted: Items, there: set[Key]) -> None:
        """Take away the lists of which no line came back."""
        for parent in wanted.parents:
            for key in [key for key in self.rows if key not in there and self.rows[key][0].sheet is parent]:
                record = self._sent(parent, key)
                if record and record.get(wanted.key):
                    del record[wanted.key]

    # Whose a line is

    def _path(self, sheet: Filled, wanted: Records, row: Row) -> str:
        """The place of the file that a line belongs to; empty, with a finding, where that cannot be said."""
        holder = self._holder(sheet, row) if wanted.held else ""
        if self.only and holder != self.holder:
            self.of_others += 1
            return ""
        if wanted.held and not holder:
            return ""
        if (wanted.file, holder) not in self.at:
            self.at[wanted.file, holder] = _place(wanted.file, holder, body=self.catalogue.entry("body", holder) is not None)
        return self.at[wanted.file, holder]

    def _holder(self, sheet: Filled, row: Row) -> str:
        if HOLDER not in sheet.columns:
            if not self.holder:
                raise CitytoolsError(f"{self.found.name} does not say whose it is. Say so with --borough, as in --borough camden")
            return self.holder
        text = clean(row.text(HOLDER))[0]
        if not text:
            if self.holder:
                return self.holder
            self._fault(sheet, row, HOLDER, "missing-field", "it is not said whose this is", "Write the borough", ("", ""))
            return ""
        found = self._known_holder(text)
        if not found:
            message = f'no borough or body "{schema.shown(text)}" is in the register'
            meant = self.catalogue.suggestion("borough", text) or self.catalogue.suggestion("body", text)
            self._fault(sheet, row, HOLDER, "unknown-reference", message, "Write its name or id", ("", ""), meant)
        return found

    def _known_holder(self, text: str) -> str:
        own = self.names.id("holder", text).value
        return own if any(self.catalogue.entry(kind, own) for kind in ("borough", "body")) else ""

    def _holder_named(self, text: str) -> str:
        found = self._known_holder(text)
        if not found:
            raise CitytoolsError(f'no borough or body "{schema.shown(text)}" is in the register')
        return found

    def _parent(self, sheet: Filled, wanted: Items, row: Row) -> tuple[Key, int] | None:
        """The record that a line belongs to, and which of the sheet's parents has it; None, with a finding, where that cannot be said."""
        number = 0
        if len(wanted.parents) > 1:
            said = clean(row.text(SHEET))[0]
            names = [parent.name.casefold() for parent in wanted.parents]
            if said.casefold() in names:
                number = names.index(said.casefold())
            elif not said and (guessed := self._only_parent(sheet, wanted, row)) is not None:
                number = guessed
            else:
                message = f'"{schema.shown(said)}" is no sheet of records' if said else "it is not said to which sheet this line belongs"
                advice = f"Write one of: {', '.join(parent.name for parent in wanted.parents)}"
                self._fault(sheet, row, SHEET, "not-allowed", message, advice, ("", ""))
                return None
        parent = wanted.parents[number]
        path = self._path(sheet, parent, row)
        own = clean(row.text(RECORD))[0] if parent.key else ""
        if path and parent.key and not own:
            self._fault(sheet, row, RECORD, "missing-field", "it is not said to which record this line belongs", "Write its id", ("", ""))
            return None
        return ((path, own), number) if path else None

    def _only_parent(self, sheet: Filled, wanted: Items, row: Row) -> int | None:
        """The one sheet that has a record of the id that a line names; without an id, that of its holder itself."""
        own = clean(row.text(RECORD))[0]
        if own:
            sheets = [*self._sheets_of().get(own, ())]
        else:
            holder = self._holder(sheet, row)
            kind = "body" if self.catalogue.entry("body", holder) else "borough"
            sheets = [parent for parent in wanted.parents if parent.record == kind] if holder else []
        having = [number for number, parent in enumerate(wanted.parents) if parent in sheets]
        return having[0] if len(having) == 1 else None

    def _sheets_of(self) -> dict[str, set[Records]]:
        """The sheets of records on which each id stands."""
        if not self.on:
            for (_, own), (sheet, _) in self.rows.items():
                if isinstance(sheet.sheet, Records):
                    self.on.setdefault(own, set()).add(sheet.sheet)
        return self.on

    # Records that were sent, and as they were

    def _sent(self, parent: Records, key: Key) -> dict[str, Any] | None:
        """The record in what was sent; a file that is a record counts as sent where only its lists were."""
        path = key[0]
        if parent.key:
            return self.sent.get(key)
        if path not in self.found.files and self.before.fields(path):
            self.found.files[path] = {"schema": SCHEMA_VERSION, **self.before.fields(path)}
        return self.found.files.get(path)

    def _known(self, parent: Records, key: Key) -> dict[str, Any] | None:
        """The record in the state that the workbook was made from."""
        return self.before.records(key[0], parent.key).get(key[1]) if parent.key else self.before.fields(key[0])

    def _in_order(self) -> None:
        """Put the fields of what is new into the order that the schemas have."""
        for (path, own), (sheet, _) in self.rows.items():
            wanted = sheet.sheet
            record = self.sent.get((path, own))
            if record is not None and isinstance(wanted, Records) and own not in self.before.records(path, wanted.key):
                names = [*schema.definition(wanted.file, (wanted.key, 0))["properties"]]
                ordered = {name: record[name] for name in sorted(record, key=names.index)}
                record.clear()
                record.update(ordered)

    def _fault(
        self, sheet: Filled, row: Row, heading: Heading | None, rule: str, message: str, advice: str, key: Key, suggestion: str = ""
    ) -> None:
        self.found.faulty.add(key)
        where = Location(self.found.name, cell=sheet.place(row.number, heading))
        title = heading.title if isinstance(heading, Field) else heading or ""
        named = ": ".join(filter(None, (key[1], title)))
        self.found.findings.append(Finding(where, rule, message, where=named, advice=advice, suggestion=suggestion))


def _says_none(row: Row, field: Field) -> bool:
    """Whether a line says that there are none, and nothing else."""
    return row.text(field).casefold() == NONE and len([each for each in row.cells if isinstance(each, Field)]) == 1


def _place(kind: str, holder: str, *, body: bool) -> str:
    """Where a file of this kind stands, or would, of a borough or body."""
    names = [path for path in dataset.places(holder) if dataset.kind_of(path)[0] == kind]
    return next((path for path in names if path.startswith("data/bodies/") == body), names[0])


def _set(record: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Give a record a value; groups on the way are copied, as others may hold them too."""
    node = record
    for step in path[:-1]:
        node[step] = dict(node.get(step, {}))
        node = node[step]
    node[path[-1]] = value


def _remove(record: dict[str, Any], path: tuple[str, ...]) -> None:
    """Take away a field, and the groups that are empty without it."""
    inside = record.get(path[0])
    if len(path) > 1 and isinstance(inside, dict):
        record[path[0]] = inside = dict(inside)
        _remove(inside, path[1:])
        if inside:
            return
    record.pop(path[0], None)


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _ref(parent: Records, key: Key) -> str:
    holder = dataset.kind_of(key[0])[1]
    return "/".join(filter(None, (holder, key[1] if parent.key else "")))
