"""Which sheets a workbook has and which columns, as the schemas say; no field is named here.

A record is a row. Groups of fields are spread over columns, lists of words stand in one cell, and lists of groups (extensions, sources …)
have a sheet of their own, a row for each item, which names the record that it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from citytools import schema

# What an officer fills in; the rest of the dataset is added where all of it is written.
HOLDINGS = ("technology", "contracts", "skills", "borough")
KINDS = (*HOLDINGS, "body", *(f"catalogue-{name}" for name in ("products", "suppliers", "functions", "frameworks", "skills")))
NONE = "none"
UNKNOWN = "unknown"  # the list of fields that were looked for and not found, on every sort of record

_PLURALS = {"borough": "Boroughs", "body": "Bodies"}
# Columns beside the fields: whose a record is, and of a list's item on which sheet the record stands, and its id.
HOLDER, SHEET, RECORD = "Borough", "Sheet", "Record"
# A catalogue's list whose title another sheet has already.
_APART = "catalogue"


@dataclass(frozen=True, eq=False)
class Field:
    """A column: where its value stands in a record (or in an item of a list), its title, and its definition in the schema.

    A column is itself alone: of the same layout there is one, and cells are looked up by it many times.
    """

    path: tuple[str, ...]
    title: str
    definition: schema.Schema = field(repr=False)
    required: bool = False

    @cached_property
    def key(self) -> str:
        """The column's name for those who know the files: value.amount."""
        return ".".join(self.path)

    @cached_property
    def listed(self) -> bool:
        """Whether a cell holds several values."""
        return self.definition.get("type") == "array"

    @cached_property
    def single(self) -> schema.Schema:
        """The definition of the value, or of each of several in the cell."""
        return self.definition["items"] if self.listed else self.definition

    @cached_property
    def refers(self) -> str:
        """The kind of record that a value names; empty for none."""
        return str(self.single.get("x-refers-to", "")).partition("-or-")[0]

    @cached_property
    def free(self) -> bool:
        """Whether a name that no record has may stand there all the same."""
        return "-or-" in str(self.single.get("x-refers-to", ""))

    @cached_property
    def sort(self) -> str:
        """What a value is: text, date, integer, number, boolean, or a word of several (choice)."""
        if "enum" in self.single:
            return "choice"
        return "date" if self.single.get("format") == "partial-date" else str(self.single["type"]).replace("string", "text")


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """A sheet of records: its name, what they are, the kind of file and the list in it that holds them (none: a file is a record)."""

    name: str
    record: str
    title: str
    about: str
    file: str
    key: str
    fields: tuple[Field, ...]

    @property
    def held(self) -> bool:
        """Whether each belongs to a borough or body, or is one."""
        return not self.file.startswith(_APART)

    def leads(self, *, single: bool) -> tuple[str, ...]:
        """The columns before the fields, where the workbook is of a ``single`` borough or of many."""
        return (HOLDER,) if self.held and not single else ()


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A sheet of the items of a list that records of these sheets have: ``key`` is the list's name in a record."""

    name: str
    about: str
    key: str
    parents: tuple[Records, ...]
    definition: schema.Schema = field(repr=False)
    fields: tuple[Field, ...]

    @property
    def held(self) -> bool:
        """Whether the records belong to boroughs and bodies."""
        return any(parent.held for parent in self.parents)

    def leads(self, *, single: bool) -> tuple[str, ...]:
        """The columns before the fields, where the workbook is of a ``single`` borough or of many."""
        found = {HOLDER: self.held and not single, SHEET: len(self.parents) > 1, RECORD: any(parent.key for parent in self.parents)}
        return tuple(name for name, wanted in found.items() if wanted)


@dataclass(frozen=True, slots=True)
class Layout:
    """The sheets of a workbook: those of records first."""

    records: tuple[Records, ...]
    items: tuple[Items, ...]


@cache
def layout(kinds: tuple[str, ...]) -> Layout:
    """The sheets for these kinds of file."""
    records = tuple(sheet for sheet in _named_apart(sheet for kind in KINDS for sheet in _records(kind)) if sheet.file in kinds)
    return Layout(records, tuple(_items(records)))


def _records(kind: str) -> Iterator[Records]:
    whole = schema.load(kind)
    if record := whole.get("x-record"):
        yield Records(
            _PLURALS[record], record, whole["title"].removeprefix("A ").capitalize(), whole["description"], kind, "", _fields(whole)
        )
    for listed in schema.record_lists(kind):
        item, definition = listed.definition["items"], listed.definition
        yield Records(
            definition["title"], definition["x-record"], item["title"], definition["description"], kind, listed.path[0], _fields(item)
        )


def _named_apart(sheets: Iterable[Records]) -> Iterator[Records]:
    taken: set[str] = set()
    for sheet in sheets:
        found = replace(sheet, name=f"{sheet.name} ({_APART})") if sheet.name in taken else sheet
        taken.add(found.name)
        yield found


def _items(records: tuple[Records, ...]) -> Iterator[Items]:
    found: list[tuple[str, schema.Schema, list[Records]]] = []
    for sheet in records:
        for name, definition in _properties(sheet).items():
            if _nested(definition):
                same = next((parents for key, known, parents in found if key == name and known["items"] == definition["items"]), None)
                if same is None:
                    found.append((name, definition, [sheet]))
                else:
                    same.append(sheet)
    names = [definition["title"] for _, definition, _ in found]
    for key, definition, parents in found:
        title = definition["title"]
        name = f"{title} ({parents[0].name.lower()})" if names.count(title) > 1 or title in {each.name for each in records} else title
        yield Items(name, definition["description"], key, tuple(parents), definition, _fields(definition["items"]))


def _properties(sheet: Records) -> dict[str, schema.Schema]:
    return schema.definition(sheet.file, (sheet.key, 0) if sheet.key else ())["properties"]  # type: ignore[no-any-return]


def _nested(definition: schema.Schema) -> bool:
    return definition.get("type") == "array" and definition["items"].get("type") == "object" and "x-record" not in definition


def _fields(group: schema.Schema) -> tuple[Field, ...]:
    return tuple(_columns(group, (), ""))


def _columns(group: schema.Schema, path: tuple[str, ...], above: str) -> Iterator[Field]:
    needed = group.get("required", ()) if not path else ()
    for name, definition in group["properties"].items():
        if "const" in definition or "x-record" in definition or _nested(definition):
            continue
        title = definition["title"] if not above or definition["title"].startswith(above) else f"{above}: {_lower(definition['title'])}"
        if definition.get("type") == "object":
            yield from _columns(definition, (*path, name), definition["title"])
        else:
            yield Field((*path, name), _upper(title), definition, name in needed)


def _lower(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _upper(title: str) -> str:
    return title[:1].upper() + title[1:]


def named_field(sheet: Records, text: str) -> str:
    """The field of a record that a text names by its column's title, its group's or its list's; the text itself where it names none."""
    said = {fold(each.key): each.key for each in sheet.fields} | {fold(each.title): each.key for each in sheet.fields}
    for name, definition in _properties(sheet).items():
        said |= {fold(name): name, fold(definition["title"]): name}
    return said.get(fold(text), text)


def fold(text: str) -> str:
    """A heading without what people write differently: case, blanks, punctuation."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
