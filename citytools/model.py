"""The nouns that every floor speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs: an error fails validation, a warning does under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: path from the root with ``/``, line and column counted from 1; 0 is the whole file."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


FieldPath = tuple[str | int, ...]


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


class Fields(dict[str, Any]):
    """A YAML mapping that knows its own place and, per key, those of key and value."""

    __slots__ = ("column", "line", "marks")

    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.line = line
        self.column = column
        self.marks: dict[str, tuple[int, int, int, int]] = {}


class Items(list[Any]):
    """A YAML list that knows its own place and that of each item."""

    __slots__ = ("column", "line", "marks")

    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.line = line
        self.column = column
        self.marks: list[tuple[int, int]] = []


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: its fields with places; ``fields`` is None where it could not be used."""

    path: str
    kind: str
    fields: Fields | None
    holder: str = ""

    def locate(self, path: FieldPath, *, key: bool = False) -> Location:
        """The place of the value at ``path`` (of its key with ``key``), or of the nearest thing around it."""
        node: Any = self.fields
        line, column = 1, 1
        for step in path:
            if isinstance(node, Fields) and isinstance(step, str) and step in node.marks:
                marks = node.marks[step]
                line, column = marks[:2] if key else marks[2:]
                node = node[step]
            elif isinstance(node, Items) and isinstance(step, int) and step < len(node):
                line, column = node.marks[step]
                node = node[step]
            else:
                break
        return Location(self.path, line, column)

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


def _values(node: Any, pattern: tuple[str, ...], path: FieldPath) -> Iterator[tuple[FieldPath, Any]]:
    if not pattern:
        yield path, node
    elif pattern[0] == "*":
        for number, item in enumerate(node if isinstance(node, Items) else ()):
            yield from _values(item, pattern[1:], (*path, number))
    elif isinstance(node, Fields) and pattern[0] in node:
        yield from _values(node[pattern[0]], pattern[1:], (*path, pattern[0]))


@dataclass(frozen=True, slots=True)
class Record:
    """A view on one mapping of a document: its kind, its holder and its place. Never raises on bad data."""

    kind: str
    holder: str
    document: Document
    path: FieldPath
    fields: Fields

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

    def at(self, *path: str | int, key: bool = False) -> Location:
        """The place of a field (of its key with ``key``), or of the record where the field is absent."""
        return self.document.locate((*self.path, *path), key=key)


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


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: ``kind`` says how its values are to be shown and read.

    Kinds: text, id (never broken over lines), count, pence (integer), date (text as precise as its source), list (of text).
    ``place`` is where the value stands when a row is shown as a block: lead, heading, body or detail;
    hidden columns are for machines, and a table whose columns are all ``cell`` is shown as a grid.
    """

    name: str
    title: str
    kind: str = "text"
    place: str = "cell"


@dataclass(frozen=True, slots=True)
class Table:
    """An answer: rows under typed columns, with the coverage and assumptions that belong beside the figures."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    coverage: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]
