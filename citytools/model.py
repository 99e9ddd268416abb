"""The nouns that every floor speaks of."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs: an error fails validation, a warning does under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: path from the root with ``/``, line and column counted from 1; 0 is the whole file.

    In a workbook ``cell`` is the sheet and cell, as in Contracts!E14.
    """

    path: str
    line: int = 0
    column: int = 0
    cell: str = ""

    def __str__(self) -> str:
        if self.cell:
            return f"{self.path} [{self.cell}]"
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


FieldPath = tuple[str | int, ...]
WITHHELD_TITLE = "(title withheld)"


class Replaces(StrEnum):
    """What a suggestion can be put in place of without a person deciding; ``NOTHING`` where it is only a guess."""

    NOTHING = ""
    VALUE = "value"
    KEY = "key"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: where it stands, which record or field, what is wrong, what to write instead.

    ``path`` leads to the value from the top of its file; ``quotable`` is False where its line must not be shown again.
    """

    location: Location
    rule: str
    message: str
    where: str = ""
    advice: str = ""
    suggestion: str = ""
    severity: Severity = Severity.ERROR
    path: FieldPath = ()
    replaces: Replaces = Replaces.NOTHING
    quotable: bool = True


class Marks:
    """Where every key and value of a file begins: one number each, in the order of the file, unfolded only where a place is asked for.

    ``offsets`` counts characters from the start of the file. After the offset of a mapping or list, and at the very beginning
    for the whole file, stands the position in ``offsets`` behind all that is inside it. ``lines`` holds where each line starts.
    """

    __slots__ = ("_inside", "lines", "offsets")

    def __init__(self, offsets: array[int], lines: array[int]) -> None:
        self.offsets = offsets
        self.lines = lines
        self._inside: dict[int, Any] = {}

    def place(self, position: int) -> tuple[int, int]:
        """Line and column, from 1, of the key or value at a position."""
        offset = self.offsets[position]
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def inside(self, node: Any, start: int) -> Any:
        """The positions of the values in a mapping (by key, each after its key's) or list whose marks begin at ``start``."""
        if start not in self._inside:
            positions = self._step(node, start)
            self._inside[start] = dict(zip(node, positions, strict=True)) if isinstance(node, dict) else list(positions)
        return self._inside[start]

    def _step(self, node: Any, start: int) -> Iterator[int]:
        position, keys = start + 1, int(isinstance(node, dict))
        for child in node.values() if keys else node:
            position += keys
            yield position
            position = self.offsets[position + 1] if isinstance(child, (dict, list)) else position + 1


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: its fields, their marks, where they depart from the schema; ``fields`` is None where it could not be used."""

    path: str
    kind: str
    fields: dict[str, Any] | None
    holder: str = ""
    marks: Marks | None = field(default=None, compare=False, repr=False)
    departures: tuple[Finding, ...] = ()

    def locate(self, path: FieldPath, *, key: bool = False) -> Location:
        """The place of the value at ``path`` (of its key with ``key``), or of the nearest thing around it."""
        node: Any = self.fields
        start, place = 0, (1, 1)
        for step in path:
            named = isinstance(node, dict) and isinstance(step, str) and step in node
            if not self.marks or not (named or (isinstance(node, list) and isinstance(step, int) and step < len(node))):
                break
            position = self.marks.inside(node, start)[step]
            place = self.marks.place(position - 1 if key and named else position)
            node, start = node[step], position + 1
        return Location(self.path, *place)

    def value(self, path: FieldPath) -> Any:
        """The value at a path; None where there is none."""
        node: Any = self.fields
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def values(self, pattern: tuple[str, ...]) -> Iterator[tuple[FieldPath, Any]]:
        """Each value at a path in which ``*`` stands for every item of a list, with its own path."""
        yield from _values(self.fields, pattern, ())

    def texts(self, pattern: tuple[str, ...], wanted: Callable[[str], object]) -> Iterator[tuple[FieldPath, str]]:
        """Each text at such a path that is wanted; a text is asked about once, and paths are only made where one is wanted."""
        nodes: list[Any] = [self.fields]
        for step in pattern:
            nodes = _below(nodes, step)
        found = set(filter(wanted, {node for node in nodes if isinstance(node, str)}))
        if found:
            yield from ((path, value) for path, value in self.values(pattern) if isinstance(value, str) and value in found)


def _below(nodes: list[Any], step: str) -> list[Any]:
    if step == "*":
        return [item for node in nodes if isinstance(node, list) for item in node]
    return [node[step] for node in nodes if isinstance(node, dict) and step in node]


def _values(node: Any, pattern: tuple[str, ...], path: FieldPath) -> Iterator[tuple[FieldPath, Any]]:
    if not pattern:
        yield path, node
    elif pattern[0] == "*":
        for number, item in enumerate(node if isinstance(node, list) else ()):
            yield from _values(item, pattern[1:], (*path, number))
    elif isinstance(node, dict) and pattern[0] in node:
        yield from _values(node[pattern[0]], pattern[1:], (*path, pattern[0]))


def full_ref(holder: str, value: str) -> str:
    """A reference as it stands in a holder's file, written ``holder/id``; empty for none."""
    return value if "/" in value or not value else f"{holder}/{value}"


@dataclass(frozen=True, slots=True)
class Record:
    """A view on one mapping of a document: its kind, its holder and its place. Never raises on bad data."""

    kind: str
    holder: str
    document: Document
    path: FieldPath
    fields: dict[str, Any]

    @property
    def id(self) -> str:
        """The record's id as text; empty where it has none."""
        value = self.fields.get("id", self.holder if not self.path else "")
        return value if isinstance(value, str) else ""

    @property
    def ref(self) -> str:
        """How others refer to the record: ``holder/id``, or the id alone for catalogue entries and holders."""
        return f"{self.holder}/{self.id}" if self.holder and self.path else self.id

    def text(self, key: str) -> str:
        """The field as text; empty where it is absent or of another type."""
        value = self.fields.get(key)
        return value if isinstance(value, str) else ""

    def items(self, key: str) -> list[Any]:
        """The field as a list; empty where it is absent or of another type."""
        value = self.fields.get(key)
        return value if isinstance(value, list) else []

    def texts(self, key: str, part: str = "") -> list[str]:
        """The texts of a list, or the ``part`` of each of its groups of fields; what is something else is left out."""
        found = (item.get(part) if isinstance(item, dict) else None for item in self.items(key)) if part else self.items(key)
        return [each for each in found if isinstance(each, str)]

    def values(self, pattern: tuple[str, ...]) -> Iterator[tuple[FieldPath, Any]]:
        """Each value at a path in which ``*`` stands for every item of a list, with its own path from the record."""
        yield from _values(self.fields, pattern, ())

    def withheld(self) -> list[tuple[str, ...]]:
        """The paths, from the record, of the fields that it says are known and not published."""
        return [tuple(field.removesuffix(".*").split(".")) for field in self.texts("withheld", "field")]

    def published(self) -> Record:
        """The record without what it withholds, should that stand in the file all the same; it keeps its id, and some title."""
        fields = self.fields
        for path in self.withheld():
            fields = {**fields, "title": WITHHELD_TITLE} if path == ("title",) else _without(fields, path) if path != ("id",) else fields
        return self if fields is self.fields else replace(self, fields=fields)

    def at(self, *path: str | int, key: bool = False) -> Location:
        """The place of a field (of its key with ``key``), or of the record where the field is absent."""
        return self.document.locate((*self.path, *path), key=key)


def _without(node: Any, path: tuple[str, ...]) -> Any:
    """A copy without the field at a path, in which ``*`` stands for every item of a list; the same where it has none."""
    first, *rest = path
    if first == "*" and isinstance(node, list):
        return [_without(item, tuple(rest)) for item in node]
    if not isinstance(node, dict) or first not in node:
        return node
    copied = copy(node)
    if rest:
        copied[first] = _without(node[first], tuple(rest))
    else:
        del copied[first]
    return copied


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything that was read, in file order, with the findings of the reading itself."""

    root: str
    documents: tuple[Document, ...]
    records: Mapping[str, tuple[Record, ...]]
    findings: tuple[Finding, ...]

    def document(self, kind: str) -> Document | None:
        """The only document of a kind such as ``dataset``; None where it is missing or could not be read."""
        found = (document for document in self.documents if document.kind == kind and document.fields is not None)
        return next(found, None)

    def unread(self, kind: str, holder: str = "") -> bool:
        """Whether there is a file of this kind (and holder) that could not be read, so that nothing can be said to be missing from it."""
        return any(d.fields is None and d.kind == kind and d.holder == holder for d in self.documents)

    def of(self, *kinds: str) -> Iterator[Record]:
        """The records of these kinds, kind after kind, each in file order."""
        for kind in kinds:
            yield from self.records.get(kind, ())

    @property
    def authorities(self) -> tuple[str, ...]:
        """The ids of the authorities that count, as data/dataset.yaml lists them."""
        document = self.document("dataset")
        listed = document.fields.get("authorities") if document and document.fields else None
        return tuple(a for a in listed if isinstance(a, str)) if isinstance(listed, list) else ()


class Sort(StrEnum):
    """What happened to a record between two states of the dataset."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One difference in a record: where, as a person reads it, and the value before and after; None where there was or is none.

    ``item`` is True where it is an item of a list that was added or removed, and not the whole field.
    """

    field: str
    old: Any
    new: Any
    item: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one record: its kind, its reference before and after (empty where it was or is not there), and its fields."""

    sort: Sort
    kind: str
    old: str
    new: str
    holder: str
    name: str
    location: Location
    fields: tuple[FieldChange, ...] = ()

    @property
    def ref(self) -> str:
        """How the record is referred to now, or was before it was removed."""
        return self.new or self.old


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: ``kind`` says how its values are to be shown and read.

    Kinds: text, id (never broken over lines), count, pence (integer), date (text as precise as its source), list (of text).
    ``place`` is where the value stands when a row is shown as a block: lead, heading, body or detail;
    hidden columns are for machines, and a table whose other columns are all ``cell`` is shown as a grid.
    """

    name: str
    title: str
    kind: str = "text"
    place: str = "cell"


def under(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, partial: bool = False) -> tuple[tuple[Any, ...], ...]:
    """What rows hold under each column, for a Table; with ``partial`` a row may lack some. Raises KeyError where it may not."""
    if partial:
        return tuple(tuple(row.get(column.name) for column in columns) for row in rows)
    return tuple(tuple(row[column.name] for column in columns) for row in rows)


@dataclass(frozen=True, slots=True)
class Bars:
    """A length for each row: its label, how long it is, and the figure in words."""

    title: str
    rows: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Days on a line for each row: its label, and each ISO day with its sort; ``today`` is the day from which one looks."""

    title: str
    today: str
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A share from 0 to 1 for each row and column with the figure in words; None where nothing is reported."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[float | None, str], ...]], ...]


Chart = Bars | Timeline | HeatMap


@dataclass(frozen=True, slots=True)
class Table:
    """An answer: rows under typed columns, with the coverage and assumptions that belong beside the figures.

    ``chart`` is for where people would rather look than read; formats without pictures leave it out. ``text_rows`` is how many
    rows text shows, 0 for all: the other formats always have them all.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    coverage: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    chart: Chart | None = None
    text_rows: int = 0

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Package:
    """An answer in a form that a published standard lays down, with the coverage that its file has to carry too."""

    content: Mapping[str, Any]
    coverage: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A box in a graph; ``group`` is the frame that it stands in, ``faint`` says that it is only known by name."""

    id: str
    label: str
    group: str = ""
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two nodes, named by their ids; ``direction`` is forward, both or none."""

    start: str
    end: str
    label: str = ""
    direction: str = "none"


@dataclass(frozen=True, slots=True)
class Graph:
    """An answer to be drawn: what is connected with what, with the coverage that belongs beside it."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    coverage: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
